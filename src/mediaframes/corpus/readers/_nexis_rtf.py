"""LexisNexis: RTF exports (classic Nexis), also those whose names end in .DOC."""

import re
from collections.abc import Iterator

from mediaframes.corpus.readers._batch import Batch, Options, Reader
from mediaframes.corpus.readers._nexis import (
    Block,
    announced,
    collect,
    counter,
    label_of,
)
from mediaframes.corpus.readers._nexis_batch import nexis_batch
from mediaframes.corpus.readers._rtf import rtf_text
from mediaframes.errors import InputError

CENTERED = "\ue000"  # put at the start of centered paragraphs, to be found again in the text
_QC = re.compile(rb"\\qc(?![a-z0-9-]) ?")
_SIGN = re.compile(
    rb"LXNComment|bkmkstart DOC_ID_|\d of \d{1,6} DOCUMENT|Dokument \d{1,6} von|Document \d{1,6} de"
)


class NexisRtf(Reader):
    """Many articles in one RTF file, each below a line such as ``3 of 500 DOCUMENTS``."""

    name = "Nexis RTF"

    def sniff(self, head: bytes, file: str) -> bool:
        """Whether it is RTF, whatever its name, with Nexis' comment, bookmarks or counters."""
        return head.lstrip().startswith(b"{\\rtf") and _SIGN.search(head) is not None

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """The articles; their index is their number in the file."""
        text = rtf_text(_QC.sub(rb"\\qc \\u57344?", data))
        lines = text.split("\n")
        marks = [
            (place, found)
            for place, line in enumerate(lines)
            if (found := counter(line.replace(CENTERED, " "))) is not None
        ]
        if not marks:
            raise InputError(
                f"{file}: an RTF file of Nexis without a line such as '1 of 20 DOCUMENTS'; "
                "export it again, with the numbers of the documents"
            )
        ends = [place for place, _ in marks[1:]] + [len(lines)]
        rows, places, rejected = collect(
            (number, list(_blocks(lines[place + 1 : end], place + 2)))
            for number, ((place, _), end) in enumerate(zip(marks, ends, strict=True), start=1)
        )
        for row in rows:  # each line is a paragraph
            row["text"] = re.sub(r"\n+", "\n\n", row["text"])
        cover = "\n".join(lines[: marks[0][0]]).replace(CENTERED, "")
        said, odd = announced(cover, [found for _, found in marks])
        whole = data.rstrip(b"\0\r\n\t ").endswith(b"}")
        return nexis_batch(
            rows, places, rejected, form=self.name, notes=odd, announced=said, cut=not whole
        )


def _blocks(lines: list[str], first: int) -> Iterator[Block]:
    """Lines between empty ones; centered and other lines never in one block.

    A line is a paragraph here, so a labeled one is complete; only headlines have several lines.
    """
    found: list[str] = []
    begin, middle = first, False
    for number, line in enumerate([*lines, ""], start=first):
        centered = CENTERED in line
        bare = line.replace(CENTERED, "").replace("\u00a0", " ").strip()
        complete = len(found) == 1 and (label_of(found[0]) or ("title",))[0] != "title"
        if found and (not bare or centered != middle or complete):
            yield Block("\n".join(found), middle, begin)
            found = []
        if bare:
            if not found:
                begin, middle = number, centered
            found.append(bare)
