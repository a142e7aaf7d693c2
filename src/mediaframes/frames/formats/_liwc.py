"""LIWC ``.dic`` (2007 and 2015): a legend between two lines of %, then terms with numbers."""

import re

from mediaframes.errors import InputError
from mediaframes.frames.formats._draft import Draft, Format, one_line

_LEGEND = re.compile(r"(\s*)(\d+)[ \t]+([^\t]+)(?:\t+(.*))?")
# "<of>131/125" counts only behind a word, "(02 134)125/464" only near categories: no codebook can
_CONDITION = re.compile(r"<[^>]*>\S*|\([^)]*\)\s*\S*|\d+/\d+")
_CODES = re.compile(r"(?:\d+|<[^>\s]*>\S*|\([^)]*\)\s*\S*|\d+/\d+|\s)+")


def looks(text: str) -> bool:
    return text.lstrip("\ufeff \t\r\n").startswith("%")


def read(text: str) -> Draft:
    """The text as a draft; conditions, unknown numbers and empty categories are left out."""
    draft = Draft()
    lines = text.splitlines()
    marks = [k for k, line in enumerate(lines) if line.strip().strip("%") == "" and "%" in line]
    if len(marks) < 2:
        raise InputError(
            "line 1: a LIWC dictionary has its legend (number, tab, name) between two lines of %; "
            "the second % line is missing"
        )
    paths = _legend(draft, lines, marks[0], marks[1])
    for k in range(marks[1] + 1, len(lines)):
        if lines[k].strip():
            _term(draft, paths, lines[k], k + 1)
    return draft


def _legend(draft: Draft, lines: list[str], first: int, last: int) -> dict[str, tuple[str, ...]]:
    paths: dict[str, tuple[str, ...]] = {}
    above: list[tuple[int, tuple[str, ...]]] = []  # indentation and path of the open categories
    for k in range(first + 1, last):
        match = _LEGEND.fullmatch(lines[k].rstrip())
        if not match:
            if lines[k].strip():
                draft.drop(k + 1, lines[k], "no 'number, tab, name' line in the legend")
            continue
        indent = len(match[1].expandtabs(4))
        while above and above[-1][0] >= indent:
            above.pop()
        name, more = match[3].strip(), (match[4] or "").strip()
        bracket = re.fullmatch(r"(\S+)\s+\((.*)\)", name)
        if bracket and not more:
            name, more = bracket[1], bracket[2]
        path = (*(above[-1][1] if above else ()), name)
        number = match[2].lstrip("0") or "0"
        if number in paths:
            draft.drop(k + 1, lines[k], f"the number {match[2]} stands twice; the first stays")
            continue
        paths[number] = path
        draft.categories[path] = re.sub(r"^\((.*)\)$", r"\1", more)
        above.append((indent, path))
    return paths


def _term(draft: Draft, paths: dict[str, tuple[str, ...]], line: str, number: int) -> None:
    term, _, rest = line.strip().partition("\t")
    if not rest or not _CODES.fullmatch(rest):  # spaces for tabs
        parts = re.fullmatch(r"(\S.*?)[ \t]+((?:\d|<|\().*)", line.strip())
        if not parts:
            draft.drop(number, line, "no category number behind the term")
            return
        term, rest = parts[1], parts[2]
    conditions = _CONDITION.findall(rest)
    codes = [code.lstrip("0") or "0" for code in re.findall(r"\d+", _CONDITION.sub(" ", rest))]
    unknown = [code for code in codes if code not in paths]
    known = [code for code in dict.fromkeys(codes) if code in paths]
    if conditions:
        draft.drop(number, line, f"the condition {conditions[0].strip()} cannot be kept")
    if unknown:
        draft.drop(number, line, f"the number {unknown[0]} is not in the legend")
    if not known and not conditions and not unknown:
        draft.drop(number, line, "no category number behind the term")
    for code in known:
        draft.add(paths[code], term.strip(), number)


def write(draft: Draft) -> str:
    """Legend and terms; a group is a category of its own, in whose column its members stand."""
    numbers: dict[tuple[str, ...], int] = {}
    for path in draft.categories:
        for depth in range(1, len(path) + 1):
            numbers.setdefault(path[:depth], len(numbers) + 1)
    # the hierarchy is read from indentation, so members must follow their group at once
    order = sorted(numbers, key=lambda path: [numbers[path[:d]] for d in range(1, len(path) + 1)])
    legend = [
        "\t" * (len(path) - 1)
        + f"{numbers[path]}\t{one_line(path[-1])}"
        + (f"\t({one_line(draft.categories[path])})" if draft.categories.get(path) else "")
        for path in order
    ]
    codes: dict[str, list[int]] = {}
    for entry in draft.entries:
        codes.setdefault(entry.term, []).append(numbers[entry.path])
    body = [
        "\t".join([one_line(term), *map(str, dict.fromkeys(found))])
        for term, found in codes.items()
    ]
    return "\n".join(["%", *legend, "%", *body, ""])


FORMAT = Format("liwc", "LIWC", ".dic", looks, read, write, ("definitions", "groups"), "utf-8")
