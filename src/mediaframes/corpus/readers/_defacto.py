"""DeFacto (APA, Austria): the print view as HTML, one ``<div class="eintrag">`` per article."""

import re
from dataclasses import replace
from typing import Any

from mediaframes.corpus.readers._apa import SECTION, above_and_text, header_facts
from mediaframes.corpus.readers._batch import Batch, Options, Reader
from mediaframes.corpus.readers._pages import (
    one_line,
    read_page,
    text_of,
    tree,
)

_ARTICLE = re.compile(r"<div\b[^>]{0,200}\bclass=[\"']?eintrag\b", re.IGNORECASE)
_ENTRY = re.compile(rb"<div\b[^>]{0,200}\bclass=[\"']?eintrag\b", re.IGNORECASE)
_TITLE = re.compile(rb"<title>\s*DeFacto", re.IGNORECASE)
_HERE = "\ue001"  # marks the heading among the lines
_LOST_QUOTE = re.compile(r"(?:^|[\s(])\?(?=[^\W\d])")  # ?Word, where „Word stood
ROLES = ("text", "title", "date", "outlet")


class DeFacto(Reader):
    """A print view of DeFacto or DeFacto-Campus."""

    name = "DeFacto HTML"

    def sniff(self, head: bytes, file: str) -> bool:
        """By the title, or by an entry whose first lines are a header and a section."""
        entry = _ENTRY.search(head)
        if _TITLE.search(head[:4096]):
            return True
        return entry is not None and SECTION.encode() in head[entry.end() : entry.end() + 1000]

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """The title is the heading; what stands above it is the kicker."""
        _, batch = read_page(
            data, file, options, form=self.name, mark=_ARTICLE, article=_article, roles=ROLES
        )
        lost = sum(len(_LOST_QUOTE.findall(found)) for found in batch.rows.get("text", ()))
        if not lost:
            return batch
        note = f"{lost} quotation marks are lost in the file and stand as '?'"
        return replace(batch, notes=(*batch.notes, note))


def _article(piece: str) -> dict[str, Any]:
    root = tree(piece)
    entry = next(root.iter("div"), root)
    header = entry.find("pre")
    first, _, second = text_of(header, keep_lines=True).partition("\n")
    row = header_facts(first.strip())
    row["section"] = one_line(second).removeprefix(SECTION).strip() or None
    heading = entry.find("h3")
    row["title"] = one_line(text_of(heading)) or None
    for node in (header, heading):
        if node is not None:
            node.text, node[:] = None, []
    if heading is not None:
        heading.text = _HERE
    lines = [one_line(line) for line in text_of(entry).split("\n")]
    lines = [line for line in lines if line]
    place = lines.index(_HERE) if _HERE in lines else -1
    return row | above_and_text(lines[: max(place, 0)], lines[place + 1 :])
