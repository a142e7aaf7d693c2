"""Lexicoder ``.lc3``: ``+category`` lines, then one pattern a line."""

from mediaframes.frames.formats._draft import Draft, Format, one_line


def looks(text: str) -> bool:
    lines = [line for line in text.splitlines() if line.strip()]
    return bool(lines) and lines[0].startswith("+")


def read(text: str) -> Draft:
    """The text as a draft; spaces around a pattern (Lexicoder's word boundaries) fall away."""
    draft = Draft()
    path: tuple[str, ...] = ()
    for k, line in enumerate(text.splitlines(), 1):
        if line.startswith("+"):
            path = (line[1:].strip() or f"category in line {k}",)
            draft.categories[path] = ""
        elif line.strip():
            if path:
                draft.add(path, line.strip(), k)
            else:
                draft.drop(k, line, "stands before the first +category")
    return draft


def write(draft: Draft) -> str:
    """Categories one after the other."""
    lines = []
    for path in draft.categories:
        lines.append("+" + " > ".join(map(one_line, path)))
        lines += [one_line(entry.term) for entry in draft.entries if entry.path == path]
    return "\n".join([*lines, ""])


FORMAT = Format("lexicoder", "Lexicoder", ".lc3", looks, read, write)
