"""LexisNexis: plain text exports (classic Nexis)."""

from collections.abc import Iterator
from itertools import pairwise

from mediaframes.corpus.readers._batch import Batch, Options, Reader
from mediaframes.corpus.readers._decode import bare_name, decode, head_text, looks_like_text
from mediaframes.corpus.readers._delimited import ENDINGS
from mediaframes.corpus.readers._nexis import (
    Block,
    Counter,
    announced,
    collect,
    counter,
    label_of,
)
from mediaframes.corpus.readers._nexis_batch import nexis_batch
from mediaframes.errors import InputError

_SPACES = {0xA0: " ", 0x0C: " ", 0xAD: None}  # soft hyphens show only where a word is broken
WIDTH = 80  # columns at which Nexis breaks lines and centers
SLACK = 2  # columns by which its centering is off


class NexisTxt(Reader):
    """Many articles in one text file, each below a line such as ``3 of 500 DOCUMENTS``."""

    name = "Nexis TXT"

    def sniff(self, head: bytes, file: str) -> bool:
        """Whether a line of the text counts documents as Nexis does."""
        # a cell of a table may hold a whole export
        table = bare_name(file.lower()).endswith(ENDINGS)
        if table or not looks_like_text(head) or head.lstrip()[:1] in (b"{", b"[", b"<"):
            return False
        if b"DO" not in head and b"Do" not in head and b"\0" not in head:
            return False
        text = head_text(head)
        return any(counter(line) is not None for line in text.splitlines())

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """The articles; their index is the line of their counter."""
        text, encoding, notes = decode(data, encoding=options.encoding, file=file)
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        marks = [(place, found) for place, line in enumerate(lines) if (found := counter(line))]
        if not marks:
            raise InputError(
                f"{file}: a text of Nexis without a line such as '1 of 20 DOCUMENTS'; export it "
                "again, with the numbers of the documents"
            )
        ends = [place for place, _ in marks[1:]] + [len(lines)]
        rows, places, rejected = collect(
            (place + 1, list(paragraphs(lines[place + 1 : end], place + 2)))
            for (place, _), end in zip(marks, ends, strict=True)
        )
        cover = "\n".join(lines[: marks[0][0]])
        said, odd = announced(cover, [Counter(*found) for _, found in marks])
        return nexis_batch(
            rows, places, rejected, form=self.name, encoding=encoding, notes=(*notes, *odd),
            announced=said, cut=False,
        )  # fmt: skip


def paragraphs(lines: list[str], first: int) -> Iterator[Block]:
    """Paragraphs with their lines joined again; a labeled line begins one of its own."""
    found: list[str] = []
    begin = first
    labeled = False
    for number, line in enumerate([*lines, ""], start=first):
        line = line.translate(_SPACES)
        fresh = labeled and label_of(line) is not None
        if found and (not line.strip() or fresh):
            yield _block(found, begin)
            found = []
        if line.strip():
            if not found:
                begin = number
                labeled = label_of(line.strip()) is not None
            found.append(line.rstrip())


def _block(lines: list[str], begin: int) -> Block:
    centered = _centered(lines)
    bare = [line.strip() for line in lines]
    return Block("\n".join(bare) if centered or len(bare) < 2 else unwrap(bare), centered, begin)


def _centered(lines: list[str]) -> bool:
    """Whether all lines have as much space before them as after, and one of them some."""
    indents = [len(line) - len(line.lstrip()) for line in lines]
    middles = [(WIDTH - len(line.strip())) / 2 for line in lines]
    fit = all(
        abs(indent - max(middle, 0)) <= SLACK
        for indent, middle in zip(indents, middles, strict=True)
    )
    return fit and max(indents) > SLACK


def unwrap(lines: list[str]) -> str:
    """Lines joined where only the width broke them: the next word would not have fitted.

    Examples
    --------
    >>> unwrap(["a" * 70, "unbreakable word.", "Short line"]).count("\\n")
    1
    """
    text = lines[0]
    for line, after in pairwise(lines):
        full = len(line) + 1 + len(after.split()[0]) >= WIDTH - SLACK
        text += (" " if full else "\n") + after
    return text
