"""`Codebook`: what a researcher's frames are, and the words that indicate them."""

import hashlib
import html
import json
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from mediaframes.errors import InputError

# Okabe and Ito's eight colors, then six dark ones and a gray that were searched for so that no two
# of the fifteen come nearer to each other than the nearest two of the eight do, for full color
# vision and without red or green cones (distance in Oklab; a test holds it).
PALETTE = (
    "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00", "#CC79A7", "#F0E442", "#000000",
    "#0000AA", "#773300", "#225566", "#5588FF", "#441144", "#2200FF", "#BBBBBB",
)  # fmt: skip
# A term of k words is looked for in 2^(k-1) spellings (space or hyphen at each seam); nobody's
# set phrase is longer than this.
LONGEST_TERM = 8
NO_CONTENT = {"file", "sha256", "left_out"}  # the layout of a file, not what a codebook says
WITHIN = 3  # words around a hit in which an "unless" looks, where a rule does not say otherwise


@dataclass(frozen=True)
class Rule:
    """What is particular to one term of a frame.

    Attributes
    ----------
    weight : float
        What a hit counts in every unit of scores; 1 by default.
    unless : tuple of str
        Words and phrases that cancel the hit when they stand near it in the same sentence.
    within : int
        How near, in words: 1 is the next word.
    """

    weight: float = 1.0
    unless: tuple[str, ...] = ()
    within: int = WITHIN


@dataclass(frozen=True)
class Frame:
    """One frame of a codebook.

    Attributes
    ----------
    name, definition : str
        What the frame is called and what it means.
    color : str
        Hex color in all figures, e.g. ``"#0072B2"``.
    terms : dict of str to tuple of str
        Language to the words and phrases that indicate the frame; empty when `coded_by_hand`.
    exclude : dict of str to tuple of str
        Language to phrases that look like a hit but are none.
    coded_by_hand : bool
        True for a frame that people assign when they read; no word list measures it.
    source : str
        Where definition and terms come from.
    group : str
        The group it belongs to; ``A > B`` for a group within a group.
    negation_window : int
        A hit with a negation at most so many words before it (in its sentence) does not count;
        0 looks for none. The words are the codebook's `negations`.
    rules : dict of str to dict of str to Rule
        Language to term to its `Rule`, for terms that have one.
    quality : tuple of dict
        How well the terms found what people coded, as the file says: one row per coded set.
    """

    name: str
    definition: str
    color: str
    terms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exclude: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    coded_by_hand: bool = False
    source: str = ""
    group: str = ""
    negation_window: int = 0
    rules: Mapping[str, Mapping[str, Rule]] = field(default_factory=dict)
    quality: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True)
class Codebook:
    """Frames with definitions, colors and terms in one or more languages.

    Usually read from a file with `read_codebook`. ``*`` in a term stands for any run of
    characters, ``?`` for one; the whole word must match, in upper or lower case.

    Attributes
    ----------
    name, description, citation, version : str
        What it is called, what it is, whom to cite, which version.
    languages : tuple of str
        Codes of the languages it has terms in, e.g. ``("en", "de")``.
    frames : tuple of Frame
        In the order of the file.
    file, sha256 : str
        Name and hash of the file it was read from; empty when made in code.
    negations : dict of str to tuple of str
        Language to the words that negate, for frames with a `negation_window`.
    left_out : tuple of (int, str, str)
        Line, entry and reason of what a file of another program holds and a codebook cannot.

    Examples
    --------
    >>> codebook = Codebook.from_terms(
    ...     {"Economic": ["price*", "labor market"], "Morality": ["moral*"]}, language="en")
    >>> codebook.terms("en")["Economic"]
    ('price*', 'labor market')
    >>> codebook
    Codebook 'my codebook': 2 frames, 3 terms (en)
    """

    name: str
    languages: tuple[str, ...]
    frames: tuple[Frame, ...]
    description: str = ""
    citation: str = ""
    version: str = ""
    file: str = ""
    sha256: str = ""
    negations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    left_out: tuple[tuple[int, str, str], ...] = ()

    @classmethod
    def from_terms(
        cls,
        terms: Mapping[str, Sequence[str]],
        *,
        language: str,
        exclude: Mapping[str, Sequence[str]] | None = None,
        rules: Mapping[str, Mapping[str, Rule]] | None = None,
        negation: tuple[int, Sequence[str]] = (0, ()),
        name: str = "my codebook",
    ) -> "Codebook":
        """A codebook in one language from a table of terms, for trying things out.

        Parameters
        ----------
        terms : mapping of str to list of str
            Frame to its terms.
        language : str
            Language code of the terms, e.g. ``"en"``.
        exclude : mapping of str to list of str, optional
            Frame to phrases that are no hits.
        rules : mapping of str to mapping of str to Rule, optional
            Frame to term to its weight and what must not stand near it.
        negation : tuple of int and list of str
            The window of every frame, and the words that negate.
        name : str
            Its name.

        Raises
        ------
        InputError
            For an unusable term or language code, or exclusions of a frame that is not there.
        """
        check_language(language)
        out = exclude or {}
        unknown = [frame for frame in out if frame not in terms]
        if unknown:
            raise InputError(
                f"exclude names the frame '{unknown[0]}', but the frames are: {', '.join(terms)}"
            )
        frames = []
        for k, (frame, words) in enumerate(terms.items()):
            listed = _checked(list(words), frame)
            found = {clean_term(t): rule for t, rule in (rules or {}).get(frame, {}).items()}
            for term, rule in found.items():
                check_rule(term, rule, listed, frame)
            frames.append(
                Frame(
                    name=frame,
                    definition="",
                    color=PALETTE[k % len(PALETTE)],
                    terms={language: listed},
                    exclude={language: _checked(list(out.get(frame, [])), frame)},
                    negation_window=negation[0],
                    rules={language: found} if found else {},
                )
            )
        words_of = {language: _checked(list(negation[1]), "negation")} if negation[1] else {}
        return cls(name, (language,), tuple(frames), negations=words_of)

    @property
    def measured(self) -> tuple[Frame, ...]:
        """The frames with word lists: all but those coded by hand."""
        return tuple(frame for frame in self.frames if not frame.coded_by_hand)

    @property
    def colors(self) -> dict[str, str]:
        """Frame to hex color."""
        return {frame.name: frame.color for frame in self.frames}

    def terms(self, language: str) -> dict[str, tuple[str, ...]]:
        """Frame to its terms in a language; frames coded by hand are absent.

        Raises
        ------
        InputError
            For a language the codebook has no terms in.
        """
        self._need(language)
        return {frame.name: frame.terms[language] for frame in self.measured}

    def exclude(self, language: str) -> dict[str, tuple[str, ...]]:
        """Frame to the phrases that are no hits, in a language."""
        self._need(language)
        return {frame.name: frame.exclude.get(language, ()) for frame in self.measured}

    def frame(self, name: str) -> Frame:
        """The frame of this name.

        Raises
        ------
        InputError
            For a frame that is not there; the message lists those that are.
        """
        for frame in self.frames:
            if frame.name == name:
                return frame
        raise InputError(f"no frame '{name}'; there are: {', '.join(self.colors)}")

    def table(self) -> pd.DataFrame:
        """Every term in a row: ``frame language kind term``; kind is ``term`` or ``exclude``."""
        rows = [
            (frame.name, language, kind, term)
            for frame in self.frames
            for kind, lists in (("term", frame.terms), ("exclude", frame.exclude))
            for language in self.languages
            for term in lists.get(language, ())
        ]
        return pd.DataFrame(rows, columns=["frame", "language", "kind", "term"], dtype="str")

    def quality(self) -> pd.DataFrame:
        """What the file says of how well each frame finds what people coded, a row per coded set.

        Columns are the file's own (in the shipped codebooks ``on category texts coded min_hits
        precision recall F1 always``), as texts; empty where nothing was measured.
        """
        rows = [{"frame": frame.name, **row} for frame in self.frames for row in frame.quality]
        return pd.DataFrame(rows, columns=None if rows else ["frame"], dtype="str")

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain JSON types."""
        frames = [
            {
                "name": frame.name,
                "definition": frame.definition,
                "color": frame.color,
                "terms": {key: list(words) for key, words in frame.terms.items()},
                "exclude": {key: list(words) for key, words in frame.exclude.items()},
                "coded_by_hand": frame.coded_by_hand,
                "source": frame.source,
                "group": frame.group,
                "negation_window": frame.negation_window,
                "quality": [dict(row) for row in frame.quality],
                "rules": {
                    key: {term: [r.weight, list(r.unless), r.within] for term, r in found.items()}
                    for key, found in frame.rules.items()
                },
            }
            for frame in self.frames
        ]
        names = ("name", "description", "citation", "version", "file", "sha256")
        plain: dict[str, Any] = {name: getattr(self, name) for name in names}
        plain["negations"] = {key: list(words) for key, words in self.negations.items()}
        plain["left_out"] = [list(row) for row in self.left_out]
        return {**plain, "languages": list(self.languages), "frames": frames}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Codebook":
        """The opposite of `to_dict`."""
        frames = tuple(
            Frame(
                **{
                    **frame,
                    "terms": {key: tuple(words) for key, words in frame["terms"].items()},
                    "exclude": {key: tuple(words) for key, words in frame["exclude"].items()},
                    "quality": tuple(frame.get("quality", ())),
                    "rules": {
                        key: {term: Rule(w, tuple(near), n) for term, (w, near, n) in found.items()}
                        for key, found in frame.get("rules", {}).items()
                    },
                }
            )
            for frame in data["frames"]
        )
        others = {
            "languages": tuple(data["languages"]),
            "negations": {key: tuple(words) for key, words in data.get("negations", {}).items()},
            "left_out": tuple((a, b, c) for a, b, c in data.get("left_out", ())),
        }
        return cls(**{**data, **others, "frames": frames})

    @cached_property
    def content_hash(self) -> str:
        """Hash of names, definitions, colors and terms (not of the file's layout)."""
        plain = {key: item for key, item in self.to_dict().items() if key not in NO_CONTENT}
        for frame in plain["frames"]:
            del frame["quality"]
            frame["exclude"] = {key: words for key, words in frame["exclude"].items() if words}
        content = json.dumps(plain, ensure_ascii=False, sort_keys=True)
        return hashlib.blake2b(content.encode(), digest_size=16).hexdigest()

    def _need(self, language: str) -> None:
        if language not in self.languages:
            raise InputError(
                f"the codebook '{self.name}' has no terms in '{language}'; "
                f"it has: {', '.join(self.languages)}"
            )

    def __len__(self) -> int:
        return len(self.frames)

    def __repr__(self) -> str:
        n = sum(len(words) for frame in self.frames for words in frame.terms.values())
        languages = ", ".join(self.languages)
        return f"Codebook '{self.name}': {len(self.frames)} frames, {n:,} terms ({languages})"

    def _repr_html_(self) -> str:
        rows = "".join(_row_html(frame, self.languages) for frame in self.frames)
        heads = "".join(f"<th>terms ({html.escape(name)})</th>" for name in self.languages)
        left = "style='text-align:left'"
        return (
            f"<table><caption><b>{html.escape(self.name)}</b><br>{html.escape(self.description)}"
            f"<br>{html.escape(self.citation)}</caption><thead><tr><th></th><th {left}>frame</th>"
            f"<th {left}>definition</th>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        )


def _row_html(frame: Frame, languages: tuple[str, ...]) -> str:
    swatch = f"<span style='color:{html.escape(frame.color)}'>&#9632;</span>"
    cells = []
    for language in languages:
        words = frame.terms.get(language, ())
        few = ", ".join(words[:6]) + (" …" if len(words) > 6 else "")
        shown = "coded by hand" if frame.coded_by_hand else f"{len(words)}: {few}"
        cells.append(f"<td style='text-align:left'>{html.escape(shown)}</td>")
    return (
        f"<tr><td>{swatch}</td><td style='text-align:left'>{html.escape(frame.name)}</td>"
        f"<td style='text-align:left'>{html.escape(frame.definition)}</td>{''.join(cells)}</tr>"
    )


def check_language(code: str) -> str:
    """`code`, if it has the form of a language code.

    Raises
    ------
    InputError
        For anything but two or three small letters.
    """
    if not re.fullmatch(r"[a-z]{2,3}", code):
        raise InputError(
            f"'{code}' is no language code; allowed are two or three small letters (ISO 639), "
            "e.g. en, de, fr"
        )
    return code


def clean_term(text: str) -> str:
    """A term as it is compared: lower case, composed Unicode (NFC), single spaces.

    Raises
    ------
    InputError
        For an empty term, one of wildcards only, or one of too many words.

    Examples
    --------
    >>> clean_term("Labor  Market*")
    'labor market*'
    """
    # İ becomes i and a mark in lower case; the words of a text keep the i alone
    small = unicodedata.normalize("NFC", text).replace("İ", "i").lower()
    term = " ".join(small.replace("’", "'").replace("\u00ad", "").split())
    if not term:
        raise InputError("an empty term; write a word, or take the line out")
    if not any(character.isalnum() for character in term):
        raise InputError(
            f"the term '{term}' holds no letter or digit and would match everything or nothing; "
            "give some letters, e.g. 'sanction*'"
        )
    words = re.split(r"[ -]", term)
    if len(words) > LONGEST_TERM:
        raise InputError(
            f"the term '{term}' has {len(words)} words; at most {LONGEST_TERM} are allowed: "
            "shorten it to the words that matter"
        )
    return term


def check_rule(term: str, rule: Rule, terms: tuple[str, ...], frame: str) -> None:
    """Refuse a rule that makes no sense.

    Raises
    ------
    InputError
        For a rule of a term that is not listed, a weight that is no positive number, a width below
        1, or a term that forbids itself.
    """
    if term not in terms:
        raise InputError(f"a rule names '{term}', which is no term of the frame '{frame}'; add it")
    if not (rule.weight > 0 and math.isfinite(rule.weight)):
        raise InputError(
            f"the weight of '{term}' (frame '{frame}') is {rule.weight}; it must be above 0, "
            "e.g. 2 or 0.5; take a term out that should count nothing"
        )
    if rule.within < 1:
        raise InputError(
            f"within={rule.within} of '{term}' (frame '{frame}'): give 1 word or more, e.g. 3"
        )
    if term in rule.unless:
        raise InputError(
            f"'{term}' (frame '{frame}') must not stand near itself, so it would never count; "
            "take it out of 'unless'"
        )


def _checked(words: list[str], frame: str) -> tuple[str, ...]:
    terms = [clean_term(word) for word in words]
    for k, term in enumerate(terms):
        if term in terms[:k]:
            raise InputError(f"the term '{term}' stands twice in the frame '{frame}'; keep one")
    return tuple(terms)
