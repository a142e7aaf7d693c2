"""WordStat ``.cat``: a tree indented by tabs, whose leaves end in a weight, ``TERM (1)``."""

import re

from mediaframes.frames.formats._draft import Draft, Format, one_line

_LEAF = re.compile(r"(.+?)\s*\((-?\d+(?:[.,]\d+)?)\)")


def looks(text: str) -> bool:
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    leaves = sum(bool(_LEAF.fullmatch(line.strip())) for line in lines)
    return leaves > 0 and leaves >= len(lines) / 3 and any(line[0].isspace() for line in lines)


def read(text: str) -> Draft:
    """The text as a draft; ``_`` joins the words of a phrase there, and is a space here."""
    draft = Draft()
    lines = text.splitlines()
    unit = _unit(lines)
    above: list[tuple[int, str]] = []  # indentation and name of the open categories
    for k, line in enumerate(lines, 1):
        if not line.strip():
            continue
        indent = _indent(line, unit)
        while above and above[-1][0] >= indent:
            above.pop()
        path = tuple(name for _, name in above)
        leaf = _LEAF.fullmatch(line.strip())
        if not leaf:
            name = line.strip()
            above.append((indent, name))
            draft.categories[(*path, name)] = ""
        elif leaf[1].startswith("@"):
            draft.drop(k, line, "a rule of WordStat (@), not a word; write it as 'unless' here")
        elif not path:
            draft.drop(k, line, "a term outside any category")
        else:
            term = leaf[1].replace("_", " ").strip()
            draft.add(path, term, k, float(leaf[2].replace(",", ".")))
    return draft


def _unit(lines: list[str]) -> int:
    """How many spaces stand for a tab, in files whose tabs an editor has turned into spaces."""
    widths = [len(line) - len(line.lstrip(" ")) for line in lines if line.startswith(" ")]
    return min(widths, default=4)


def _indent(line: str, unit: int) -> int:
    lead = line[: len(line) - len(line.lstrip())]
    return lead.count("\t") + lead.replace("\t", "").count(" ") // unit


def write(draft: Draft) -> str:
    """The tree; weights as they are."""
    lines: list[str] = []
    open_path: tuple[str, ...] = ()
    order: dict[tuple[str, ...], int] = {}
    for path in draft.categories:
        for depth in range(1, len(path) + 1):
            order.setdefault(path[:depth], len(order))
    for path in sorted(order, key=lambda p: [order[p[:d]] for d in range(1, len(p) + 1)]):
        same = sum(1 for a, b in zip(path, open_path, strict=False) if a == b)
        for depth in range(min(same, len(path) - 1), len(path)):
            lines.append("\t" * depth + one_line(path[depth]))
        open_path = path
        for entry in draft.entries:
            if entry.path == path:
                term = one_line(entry.term).replace(" ", "_")
                lines.append("\t" * len(path) + f"{term} ({entry.weight:g})")
    return "\r\n".join([*lines, ""])


FORMAT = Format("wordstat", "WordStat", ".cat", looks, read, write, ("groups", "weights"), "cp1252")
