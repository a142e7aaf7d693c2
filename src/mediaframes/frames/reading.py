"""Codebook files: every slip is named with its line and the mend."""

import hashlib
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

from mediaframes.errors import InputError
from mediaframes.frames.codebook import (
    PALETTE,
    WITHIN,
    Codebook,
    Frame,
    Rule,
    check_language,
    check_rule,
    clean_term,
)

FIELDS = ("name", "description", "citation", "version", "languages", "negation", "frames")
FRAME_FIELDS = (
    "name", "definition", "source", "color", "group", "terms", "exclude", "negation_window",
    "coded_by_hand", "quality",
)  # fmt: skip
TERM_FIELDS = ("term", "weight", "unless", "within")


def read_own(path: Path, content: bytes) -> Codebook:
    """A codebook from a YAML file of our own, all of it checked.

    The file gives ``name``, ``languages`` and ``frames`` (and, if you like, ``description``,
    ``citation``, ``version``, ``negation``). Each frame has a ``name``, a ``definition``,
    ``terms`` by language, and may have more; a frame without word list says
    ``coded_by_hand: true``. See ``data/codebooks`` for two complete ones.

    Raises
    ------
    InputError
        With file, line, the offending value and the mend: for broken YAML, an unknown or missing
        field, a value of the wrong type, a frame, term or color that stands twice, an unusable
        term or rule, a color that is none, or a language that is not declared.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(
            f"{path}, line {line}: not UTF-8 (byte 0x{content[error.start]:02x}); "
            "save the file as UTF-8 in your editor"
        ) from error
    source = _Source(path)
    codebook = source.codebook(source.compose(text))
    digest = hashlib.sha256(content).hexdigest()
    return Codebook(**{**codebook, "file": path.name, "sha256": digest})


@dataclass(frozen=True)
class _Source:
    """One file while it is read; every method refuses with file and line."""

    path: Path

    def refuse(self, node: Any, message: str) -> NoReturn:
        mark = getattr(node, "start_mark", node)
        where = f", line {mark.line + 1}" if mark is not None else ""
        raise InputError(f"{self.path}{where}: {message}")

    def compose(self, text: str) -> Any:
        """The file's nodes, with their lines; nothing is constructed from them."""
        import yaml

        try:
            node = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            self._refuse_yaml(text, error)
        except (yaml.YAMLError, RecursionError) as error:
            raise InputError(f"{self.path}: this is no YAML file: {error}") from error
        if node is None:
            raise InputError(f"{self.path}: the file is empty; see data/codebooks for examples")
        return node

    def _refuse_yaml(self, text: str, error: Any) -> NoReturn:
        mark = error.problem_mark or error.context_mark
        lines = text.splitlines()
        line = lines[mark.line].strip() if mark is not None and mark.line < len(lines) else ""
        mend = "see data/codebooks for the layout"
        if "alias" in str(error) or re.search(r"(^|[\[,]|- )\s*\*", line):
            mend = 'put a term that begins with * into quotes, e.g. "*sanktion*"'
        elif "\\t" in str(error) or "\t" in line:
            mend = "indent with spaces, not with tabs"
        shown = f" ('{line[:60]}')" if line else ""
        self.refuse(mark, f"broken YAML{shown}: {error.problem or error.context}; {mend}")

    def kind(self, node: Any) -> str:
        kinds = {"mapping": "fields", "sequence": "a list", "scalar": "a single value"}
        return kinds[node.id]

    def mapping(self, node: Any, what: str) -> dict[str, tuple[Any, Any]]:
        """Key to (key node, value node); refuses repeated keys."""
        if node.id != "mapping":
            shown = f" '{node.value}'" if node.id == "scalar" else ""
            self.refuse(node, f"{what} must be 'key: value' lines, not {self.kind(node)}{shown}")
        found: dict[str, tuple[Any, Any]] = {}
        for key, value in node.value:
            name = self.text(key, f"a field of {what}")
            if name in found:
                first = found[name][0].start_mark.line + 1
                self.refuse(key, f"'{name}' stands twice in {what} (first in line {first})")
            found[name] = (key, value)
        return found

    def fields(
        self, node: Any, what: str, allowed: tuple[str, ...], required: tuple[str, ...]
    ) -> dict[str, Any]:
        found = self.mapping(node, what)
        for name, (key, _) in found.items():
            if name not in allowed:
                self.refuse(key, f"unknown field '{name}' in {what}; allowed: {', '.join(allowed)}")
        for name in required:
            if name not in found:
                self.refuse(node, f"{what} has no '{name}'; add a line '{name}: ...'")
        return {name: value for name, (_, value) in found.items()}

    def text(self, node: Any, what: str) -> str:
        """A scalar as it is written: `no` and `2015` are words here, not truth or number."""
        if node.id != "scalar":
            self.refuse(node, f"{what} must be a text, not {self.kind(node)}")
        return " ".join(str(node.value).split())

    def filled(self, node: Any, what: str) -> str:
        text = self.text(node, what)
        if not text:
            self.refuse(node, f"{what} is empty; write it out")
        return text

    def items(self, node: Any, what: str) -> Iterator[Any]:
        if node.id != "sequence":
            shown = f" '{node.value}'" if node.id == "scalar" else ""
            self.refuse(
                node, f"{what} must be a list, e.g. [one, two], not {self.kind(node)}{shown}"
            )
        return iter(node.value)

    def codebook(self, node: Any) -> dict[str, Any]:
        fields = self.fields(node, "the codebook", FIELDS, ("name", "languages", "frames"))
        languages = self.languages(fields["languages"])
        window, negations = 0, dict[str, tuple[str, ...]]()
        if "negation" in fields:
            window, negations = self.negation(fields["negation"], languages)
        frames: list[Frame] = []
        colors: dict[str, str] = {}
        for entry in self.items(fields["frames"], "'frames'"):
            frame = self.frame(entry, languages, [known.name for known in frames], window)
            if frame.negation_window and not negations:
                self.refuse(
                    entry,
                    f"the frame '{frame.name}' has a negation_window but the codebook no words "
                    "that negate; add negation: {window: 3, words: {en: [no, not, never]}} at the "
                    "top",
                )
            if frame.color and frame.color.upper() in colors:
                other = colors[frame.color.upper()]
                self.refuse(
                    entry,
                    f"the frames '{other}' and '{frame.name}' have the same color {frame.color}; "
                    "give one of them another",
                )
            colors[frame.color.upper()] = frame.name
            frames.append(frame)
        if not frames:
            self.refuse(fields["frames"], "'frames' is empty; describe at least one frame")
        texts = ("name", "description", "citation", "version")
        plain = {name: self.text(fields[name], f"'{name}'") for name in texts if name in fields}
        made = {"languages": languages, "frames": _colored(frames), "negations": negations}
        return {**plain, **made}

    def negation(
        self, node: Any, languages: tuple[str, ...]
    ) -> tuple[int, dict[str, tuple[str, ...]]]:
        """The codebook's window, and the words that negate by language."""
        fields = self.fields(node, "'negation'", ("window", "words"), ("window", "words"))
        window = self.number(fields["window"], "'window'", least=1)
        words, _ = self.lists(fields["words"], "negation", "words", languages)
        return int(window), words

    def number(self, node: Any, what: str, *, least: float, whole: bool = True) -> float:
        text = self.text(node, what)
        kind = "a whole number" if whole else "a number"
        try:
            value = float(text)
        except ValueError:
            self.refuse(node, f"{what} is '{text}'; give {kind}, e.g. 3")
        if not math.isfinite(value) or value < least or (whole and value != int(value)):
            self.refuse(node, f"{what} is {text}; give {kind} of {least:g} or more, e.g. 3")
        return value

    def languages(self, node: Any) -> tuple[str, ...]:
        found: list[str] = []
        for entry in self.items(node, "'languages'"):
            code = self.text(entry, "a language")
            try:
                check_language(code)
            except InputError as error:
                self.refuse(entry, str(error))
            if code in found:
                self.refuse(entry, f"the language '{code}' stands twice; keep one")
            found.append(code)
        if not found:
            self.refuse(node, "'languages' is empty; name those you have terms in, e.g. [en, de]")
        return tuple(found)

    def frame(self, node: Any, languages: tuple[str, ...], known: list[str], window: int) -> Frame:
        fields = self.fields(node, "a frame", FRAME_FIELDS, ("name", "definition"))
        name = self.filled(fields["name"], "a frame's name")
        if name in known:
            self.refuse(fields["name"], f"the frame '{name}' stands twice; rename or merge them")
        by_hand = self.flag(fields["coded_by_hand"]) if "coded_by_hand" in fields else False
        terms: dict[str, tuple[str, ...]] = {}
        exclude: dict[str, tuple[str, ...]] = {}
        rules: dict[str, dict[str, Rule]] = {}
        if "terms" in fields:
            terms, rules = self.lists(fields["terms"], name, "terms", languages)
        if "exclude" in fields:
            exclude, odd = self.lists(fields["exclude"], name, "exclude", languages)
            if odd:
                self.refuse(
                    fields["exclude"],
                    f"an exclusion of the frame '{name}' has weight or 'unless'; only terms have: "
                    "write the plain words",
                )
        if by_hand and (any(terms.values()) or any(exclude.values())):
            self.refuse(node, f"the frame '{name}' is coded by hand but has terms; drop one")
        for language in languages:
            if not by_hand and not terms.get(language):
                at = fields.get("terms", node)
                self.refuse(
                    at,
                    f"the frame '{name}' has no terms in '{language}'; add some under terms, or "
                    "say coded_by_hand: true",
                )
            both = [term for term in terms.get(language, ()) if term in exclude.get(language, ())]
            if both:
                self.refuse(
                    fields["exclude"],
                    f"'{both[0]}' is a term of the frame '{name}' and excluded as well, so it "
                    "would never count; keep it in one place",
                )
        color = self.color(fields["color"], name) if "color" in fields else ""
        definition = self.filled(fields["definition"], f"the definition of '{name}'")
        plain = {
            key: self.text(fields[key], f"'{key}'") for key in ("source", "group") if key in fields
        }
        if "negation_window" in fields:
            window = int(self.number(fields["negation_window"], "'negation_window'", least=0))
        return Frame(
            name,
            definition,
            color,
            terms,
            exclude,
            by_hand,
            negation_window=0 if by_hand else window,
            rules=rules,
            quality=self.measures(fields["quality"]) if "quality" in fields else (),
            **plain,
        )

    def measures(self, node: Any) -> tuple[Mapping[str, str], ...]:
        """What was measured of a frame: rows of plain texts, shown and not computed with."""
        rows = []
        for entry in self.items(node, "'quality'"):
            found = self.mapping(entry, "a row of 'quality'")
            rows.append({key: self.text(value, f"'{key}'") for key, (_, value) in found.items()})
        return tuple(rows)

    def flag(self, node: Any) -> bool:
        value = self.text(node, "'coded_by_hand'").lower()
        if value not in {"true", "false"}:
            self.refuse(node, f"coded_by_hand is '{value}'; allowed: true, false")
        return value == "true"

    def color(self, node: Any, frame: str) -> str:
        # an unquoted #E69F00 is a comment to YAML, so the value arrives empty
        value = self.text(node, "'color'")
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
            self.refuse(
                node,
                f"the color of '{frame}' is '{value}'; allowed is # and six hex digits in quotes, "
                'e.g. "#0072B2"',
            )
        return value

    def lists(
        self, node: Any, frame: str, field: str, languages: tuple[str, ...]
    ) -> tuple[dict[str, tuple[str, ...]], dict[str, dict[str, Rule]]]:
        """Language to terms, and language to term to its rule."""
        found: dict[str, tuple[str, ...]] = {}
        rules: dict[str, dict[str, Rule]] = {}
        where = f"'{field}' of the frame '{frame}'" if frame != field else f"'{field}'"
        for language, (key, value) in self.mapping(node, where).items():
            if language not in languages:
                self.refuse(
                    key,
                    f"the language '{language}' in {where} is not known; "
                    f"allowed: {', '.join(languages)} (the list at the top)",
                )
            lines: dict[str, int] = {}
            for entry in self.items(value, f"{where} in '{language}'"):
                for term, rule in self.entry(entry, frame, field, language):
                    if term in lines:
                        self.refuse(
                            entry,
                            f"the term '{term}' stands twice in {where}, '{language}' "
                            f"(first in line {lines[term]}); keep one",
                        )
                    lines[term] = entry.start_mark.line + 1
                    if rule != Rule():
                        rules.setdefault(language, {})[term] = rule
            found[language] = tuple(lines)
        return found, rules

    def entry(self, node: Any, frame: str, field: str, language: str) -> list[tuple[str, Rule]]:
        """The terms of one item: a word or phrase, or fields with `term` and what is particular."""
        if node.id != "mapping":
            return [(self.term(node, frame, field, language), Rule())]
        keys = [str(key.value) for key, _ in node.value]
        if "term" not in keys:
            self.refuse(
                node,
                f"a term of the frame '{frame}' must be a text, or fields with 'term', e.g. "
                "{term: bank*, weight: 2, unless: [river*], within: 3}; the fields here are: "
                + ", ".join(keys),
            )
        fields = self.fields(node, f"a term of the frame '{frame}'", TERM_FIELDS, ("term",))
        of = fields["term"]
        words = self.items(of, "'term'") if of.id == "sequence" else [of]
        weight = 1.0
        if "weight" in fields:
            weight = self.number(fields["weight"], "'weight'", least=0, whole=False)
        within = WITHIN
        if "within" in fields:
            within = int(self.number(fields["within"], "'within'", least=1))
        near: tuple[str, ...] = ()
        if "unless" in fields:
            listed = self.items(fields["unless"], "'unless'")
            near = tuple(dict.fromkeys(self.term(n, frame, "unless", language) for n in listed))
        elif "within" in fields:
            self.refuse(node, "'within' without 'unless' says nothing; add unless: [...]")
        rule = Rule(weight, near, within)
        found = [(self.term(word, frame, field, language), rule) for word in words]
        for term, _ in found:
            try:
                check_rule(term, rule, (term,), frame)
            except InputError as error:
                self.refuse(node, str(error))
        return found

    def term(self, node: Any, frame: str, field: str, language: str) -> str:
        raw = self.text(node, f"a term of the frame '{frame}'")
        try:
            return clean_term(raw)
        except InputError as error:
            self.refuse(node, f"{error} (frame '{frame}', {field}, '{language}')")


def _colored(frames: list[Frame]) -> tuple[Frame, ...]:
    """The frames, those without a color given the next free one of the palette."""
    used = {frame.color.upper() for frame in frames}
    free = [color for color in PALETTE if color not in used] or list(PALETTE)
    out = []
    for frame in frames:
        color = frame.color
        if not color:
            color = free.pop(0) if len(free) > 1 else free[0]
        out.append(replace(frame, color=color))
    return tuple(out)
