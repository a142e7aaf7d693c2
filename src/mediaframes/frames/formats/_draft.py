"""What every format is read into and written from: keys, terms, and what could not be kept."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from mediaframes.errors import InputError
from mediaframes.frames.codebook import PALETTE, Codebook, Frame, Rule, clean_term

SEPARATOR = " > "  # between the levels of a group


class Entry(NamedTuple):
    """A term under its category: the path from the top, and the line it stands in."""

    path: tuple[str, ...]
    term: str
    line: int
    weight: float = 1.0
    language: str = ""
    kind: str = "term"  # or "exclude"


@dataclass
class Draft:
    """A dictionary file as it was understood."""

    entries: list[Entry] = field(default_factory=list)
    left_out: list[tuple[int, str, str]] = field(default_factory=list)  # line, entry, reason
    categories: dict[tuple[str, ...], str] = field(default_factory=dict)  # path -> description

    def add(self, path: tuple[str, ...], term: str, line: int, weight: float = 1.0) -> None:
        """Keep a term, or say why a codebook cannot."""
        if not weight > 0:
            self.left_out.append((line, term, f"its weight is {weight:g}; weights are above 0"))
        else:
            self.entries.append(Entry(path, term, line, weight))

    def drop(self, line: int, entry: str, reason: str) -> None:
        self.left_out.append((line, " ".join(entry.split())[:80], reason))


@dataclass(frozen=True)
class Format:
    """One kind of file.

    Attributes
    ----------
    name, program : str
        Short name and whose format it is.
    suffix : str
        Its usual ending.
    looks : callable
        Whether a text is of this kind.
    read : callable
        The text as a `Draft`.
    write : callable or None
        (paths of categories with descriptions, entries in one or more languages) as a text.
    holds : tuple of str
        What it can hold beyond terms: ``definitions groups languages weights exclusions``.
    encoding : str
        In which its own program reads it.
    """

    name: str
    program: str
    suffix: str
    looks: Callable[[str], bool]
    read: Callable[[str], Draft]
    write: Callable[[Draft], str] | None = None
    holds: tuple[str, ...] = ()
    encoding: str = "utf-8"


def decode(data: bytes, encoding: str | None, file: str) -> str:
    """Text of a dictionary file: what its first bytes say, UTF-8, Shift JIS, or windows-1252.

    No format says its encoding. Shift JIS is taken where the bytes are valid in it and hold kana:
    accented Latin letters in windows-1252 may be valid Shift JIS, but come out as rare kanji.
    """
    if encoding:
        try:
            return data.decode(encoding)
        except (LookupError, UnicodeDecodeError) as error:
            raise InputError(
                f"{file}: cannot be read as '{encoding}' ({error}); give another, e.g. 'cp1252'"
            ) from error
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    for name in ("utf-8-sig", "shift_jis", "cp1252"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if name != "shift_jis" or re.search("[\u3041-\u30fe]", text):
            return text
    return data.decode("latin-1")


def refuse_binary(data: bytes, file: str) -> None:
    """Explain files that are no text, above all the dictionaries inside the LIWC program."""
    begin = data[:4096]
    if begin[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return
    odd = sum(byte < 9 or 13 < byte < 32 for byte in begin)
    if b"\0" in begin or begin[:2] == b"PK" or odd > len(begin) / 50:
        raise InputError(
            f"{file}: this is no text file. If it comes from the folder of the LIWC program: its "
            "built-in dictionaries are encrypted and no other program can read them. Use the .dic "
            "file your license gives you, or export the dictionary from LIWC as text; other "
            "programs' dictionaries must be saved as text as well"
        )


def codebook_of(
    draft: Draft, *, name: str, language: str | None, file: str, sha256: str
) -> Codebook:
    """A codebook from what was read; every entry that cannot be one is in ``left_out``."""
    spoken = list(dict.fromkeys(e.language or language or "" for e in draft.entries))
    if "" in spoken:
        raise InputError(
            f"{file}: the file does not say its language; say it, e.g. "
            f"read_codebook('{file}', language='en')"
        )
    lists: dict[tuple[str, ...], dict[tuple[str, str], dict[str, float]]] = {}
    left_out = list(draft.left_out)
    for entry in draft.entries:
        try:
            term = clean_term(entry.term)
        except InputError as error:
            left_out.append((entry.line, entry.term[:80], str(error)))
            continue
        kept = lists.setdefault(entry.path, {}).setdefault(
            (entry.kind, entry.language or str(language)), {}
        )
        kept.setdefault(term, entry.weight)
    for path in draft.categories:
        if path not in lists and not any(other[: len(path)] == path for other in lists):
            left_out.append((0, SEPARATOR.join(path), "a category without terms"))
    if not lists:
        raise InputError(f"{file}: no usable term in it; is it the right file?")
    left_out += _contradictions(lists)
    names = _names(list(lists))
    frames = tuple(
        Frame(
            name=names[path],
            definition=draft.categories.get(path, ""),
            color=PALETTE[k % len(PALETTE)],
            terms={code: tuple(found.get(("term", code), ())) for code in spoken},
            exclude={code: tuple(found.get(("exclude", code), ())) for code in spoken},
            group=SEPARATOR.join(path[:-1]),
            rules=_rules(found),
        )
        for k, (path, found) in enumerate(lists.items())
    )
    return Codebook(
        name=name, languages=tuple(spoken), frames=frames, file=file, sha256=sha256,
        left_out=tuple(sorted(left_out)),
    )  # fmt: skip


def _contradictions(
    lists: dict[tuple[str, ...], dict[tuple[str, str], dict[str, float]]],
) -> list[tuple[int, str, str]]:
    """Take exclusions away that are terms of the same frame, and say so."""
    gone = []
    for path, found in lists.items():
        for (kind, code), terms in found.items():
            if kind == "exclude":
                for term in [t for t in terms if t in found.get(("term", code), {})]:
                    del terms[term]
                    gone.append(
                        (0, term, f"term and exclusion of '{SEPARATOR.join(path)}' at once; the "
                         "term stays")
                    )  # fmt: skip
    return gone


def _rules(
    found: dict[tuple[str, str], dict[str, float]],
) -> dict[str, dict[str, Rule]]:
    rules = {
        code: {term: Rule(weight) for term, weight in terms.items() if weight != 1}
        for (kind, code), terms in found.items()
        if kind == "term"
    }
    return {code: own for code, own in rules.items() if own}


def _names(paths: list[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    """The last part of each path, or all of it where two end alike."""
    last = [path[-1] for path in paths]
    return {path: path[-1] if last.count(path[-1]) == 1 else SEPARATOR.join(path) for path in paths}


def path_of(frame: Frame) -> tuple[str, ...]:
    """The categories from the top to a frame."""
    above = tuple(frame.group.split(SEPARATOR)) if frame.group else ()
    own = frame.name
    if above and own.startswith(frame.group + SEPARATOR):
        own = own[len(frame.group + SEPARATOR) :]
    return (*above, own)


def draft_of(codebook: Codebook, languages: tuple[str, ...]) -> Draft:
    """What of a codebook any format may hold: terms, exclusions, weights, definitions."""
    draft = Draft()
    for frame in codebook.frames:
        path = path_of(frame)
        if frame.coded_by_hand:
            draft.drop(0, frame.name, "coded by hand: no terms")
            continue
        draft.categories[path] = frame.definition
        for code in languages:
            for kind, lists in (("term", frame.terms), ("exclude", frame.exclude)):
                for term in lists.get(code, ()):
                    rule = frame.rules.get(code, {}).get(term, Rule())
                    weight = rule.weight if kind == "term" else 1.0
                    draft.entries.append(Entry(path, term, 0, weight, code, kind))
    return draft


def one_line(text: str) -> str:
    """`text` without what would end a line or a field."""
    return " ".join(text.split())
