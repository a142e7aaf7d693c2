"""Yomidasu (Japan): pages of the Yomiuri Shimbun's database, a table of facts above each text."""

import re
from typing import Any

from mediaframes.corpus.readers._batch import Batch, Options, Reader
from mediaframes.corpus.readers._pages import (
    broken_off,
    decode_page,
    one_line,
    read_articles,
    text_of,
    tree,
    with_class,
)
from mediaframes.errors import InputError

_ARTICLE = re.compile(r"<table\b[^>]{0,200}\bcontentsTable\b", re.IGNORECASE)
_COLUMNS = ("number", "date", "title", "edition", "section", "page", "length", "columns", "photo")
OUTLET = "読売新聞"  # no article names it, but the page does: the database is this newspaper's


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
        text, encoding, notes = decode_page(data, encoding=options.encoding, file=file)
        notes = (*notes, *broken_off(text))
        rows, rejected = read_articles(text, _ARTICLE, _article)
        if rows.empty and not rejected:
            raise InputError(f"{file}: a Yomidasu page without articles; save the page once more")
        notes = (*notes, f"outlet: {OUTLET}, from the database's name")
        roles = {name: name for name in ("text", "title", "date", "outlet", "language")}
        return Batch(rows, self.name, encoding, rejected, roles, notes)


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
