"""Kikuzo (Japan): pages of the Asahi Shimbun's database, a table of facts above each article."""

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

_ARTICLE = re.compile(r"<table\b[^>]{0,200}\btopic-list\b", re.IGNORECASE)
_DETAIL = re.compile(rb"<table\b[^>]{0,200}\btopic-(?:list|detail)\b", re.IGNORECASE)
_TOTAL = re.compile(r"総件数\s*[：:]\s*(?:<[^>]{1,100}>\s*)?(\d{1,9})")
_COLUMNS = {
    "No.": "number",
    "発行日": "date",
    "朝夕刊": "edition",
    "面名": "section",
    "ページ": "page",
    "文字数": "length",
}
_WITHHELD = "著作権などの関係で本文を表示できません"
OUTLET = "朝日新聞"  # no article names it, but the page does: the database is this newspaper's
ROLES = ("text", "title", "date", "outlet", "language")


class Kikuzo(Reader):
    """A page of articles saved from Kikuzo."""

    name = "Kikuzo HTML"

    def sniff(self, head: bytes, file: str) -> bool:
        """By the class of its tables and the database's or the newspaper's name."""
        if not _DETAIL.search(head):
            return False
        text = decode_page(head, encoding=None, file=file).text
        return any(name in text for name in ("聞蔵", OUTLET, "総件数"))

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """One article per table; those whose text is withheld are left out as such."""
        text, batch = read_page(
            data, file, options, form=self.name, mark=_ARTICLE, article=_article, roles=ROLES
        )
        total = _TOTAL.search(text)
        announced = int(total[1]) if total else None
        here = batch.total
        notes = (*batch.notes, f"outlet: {OUTLET}, from the database's name")
        if announced is not None and announced > here:
            notes = (*notes, f"the search had {announced} hits, this page holds {here} of them")
        return replace(batch, notes=notes, announced=announced)


def _article(piece: str) -> dict[str, Any]:
    root = tree(piece)
    facts = next(root.iter("table"), root)
    names = [one_line(text_of(node)) for node in facts.iter("th")]
    cells = [one_line(text_of(node)) or None for node in facts.iter("td")]
    row: dict[str, Any] = dict.fromkeys(("text", "title", "date"))
    row |= {_COLUMNS.get(name, name): cell for name, cell in zip(names, cells, strict=False)}
    row["date"] = row["date"] and row["date"].replace(" ", "")  # year and day stand apart
    headings = with_class(root, "span", "font002")
    row["title"] = one_line(text_of(headings[0])) or None if headings else None
    body = "\n".join(text_of(node) for node in with_class(root, "div", "detail001"))
    row["text"] = body.strip() or None
    row |= {"outlet": OUTLET, "language": "ja"}
    row["why"] = "no text: withheld for copyright" if _WITHHELD in piece else None
    return row
