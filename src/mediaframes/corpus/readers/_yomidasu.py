"""Yomidasu (Japan): pages of the Yomiuri Shimbun's database, a table of facts above each text."""

import re
from dataclasses import replace
from typing import Any

from mediaframes.corpus.readers._batch import Batch, Options, Reader
from mediaframes.corpus.readers._pages import (
    decode_page,
    one_line,
    read_page,
    text_of,
    tree,
    with_class,
)

_ARTICLE = re.compile(r"<table\b[^>]{0,200}\bcontentsTable\b", re.IGNORECASE)
_COLUMNS = ("number", "date", "title", "edition", "section", "page", "length", "columns", "photo")
OUTLET = "読売新聞"  # no article names it, but the page does: the database is this newspaper's
ROLES = ("text", "title", "date", "outlet", "language")


class Yomidasu(Reader):
    """A page of articles saved from Yomidasu Rekishikan."""

    name = "Yomidasu HTML"

    def sniff(self, head: bytes, file: str) -> bool:
        """By the database's name, or by its tables' class beside the newspaper's name."""
        if b"<" not in head[:1000]:
            return False
        text = decode_page(head, encoding=None, file=file).text
        named = re.search(r"<title>\s*ヨミダス", text) or "yomidasu" in text.lower()
        return bool(named) and ("heisei" in text or "contentsTable" in text)

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """One article per table; those without text (cartoons) are left out as such."""
        _, batch = read_page(
            data, file, options, form=self.name, mark=_ARTICLE, article=_article, roles=ROLES
        )
        return replace(batch, notes=(*batch.notes, f"outlet: {OUTLET}, from the database's name"))


def _article(piece: str) -> dict[str, Any]:
    root = tree(piece)
    facts = next(root.iter("table"), root)
    cells = [one_line(text_of(node)) or None for node in facts.iter("th")]
    row: dict[str, Any] = dict.fromkeys(("text", "title", "date"))
    row |= dict(zip(_COLUMNS, cells, strict=False))
    body = "\n".join(text_of(node) for node in with_class(root, "p", "mb10"))
    row["text"] = body.strip() or None
    row |= {"outlet": OUTLET, "language": "ja"}
    row["why"] = "no text: a cartoon or picture" if row.get("length") == "字" else None
    return row
