"""Integrum (Russia): the HTML report with a list of contents and field tables like ``^ИС:``."""

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
)

# Columns of the XLSX export, which `_xlsx.py` reads. The article stands under "announcement".
COLUMNS = {
    "Источник": "outlet",
    "Дата": "date",
    "Заголовок": "title",
    "Анонс": "text",
    "Автор": "author",
}
_FIELDS = {
    "ИС": "outlet",
    "ДТ": "date",
    "ЗГ": "title",
    "АВ": "author",
    "РБ": "section",
    "НР": "issue",
    "СТ": "page",
}
_TITLE = re.compile(r"<title>\s*Report \d\d\.\d\d\.\d{4} \d\d?:\d\d:\d\d\s*</title>", re.IGNORECASE)
_ARTICLE = re.compile(r'<a\s+name="?\d+"?\s*>', re.IGNORECASE)
_ENTRY = re.compile(r'<a\s+href="#\d+"', re.IGNORECASE)
_FIELD = re.compile(r"^\^(\w\w):[ \t]*", re.MULTILINE)
# A paragraph begins with an empty line or with spaces; other line breaks only fill the width.
_PARAGRAPH = re.compile(r"\n(?:[ \t]*\n)+|\n(?=[ \t]{2})")
ROLES = ("text", "title", "date", "outlet", "author")


class IntegrumHtml(Reader):
    """Integrum's report as HTML."""

    name = "Integrum HTML"

    def sniff(self, head: bytes, file: str) -> bool:
        """By the title of the report, or by a field table."""
        if b"<" not in head[:100]:
            return False
        text = decode_page(head, encoding=None, file=file).text
        return bool(_TITLE.search(text[:2000])) or "^ИС:" in text

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """One article per entry; the list of contents says how many there should be."""
        text, batch = read_page(
            data, file, options, form=self.name, mark=_ARTICLE, article=_article, roles=ROLES
        )
        return replace(batch, announced=len(_ENTRY.findall(text)) or None)


def _article(piece: str) -> dict[str, Any]:
    root = tree(piece)
    row: dict[str, Any] = dict.fromkeys(("text", "title", "date", "outlet", "author"))
    parts = _FIELD.split(text_of(root.find(".//td"), keep_lines=True))
    for code, value in zip(parts[1::2], parts[2::2], strict=True):
        row[_FIELDS.get(code, f"field {code}")] = one_line(value).rstrip(",") or None
    row["title"] = row["title"] or one_line(text_of(root.find(".//h3"))) or None
    body = "\n".join(text_of(node, keep_lines=True) for node in root.iter("pre"))
    paragraphs = (one_line(part) for part in _PARAGRAPH.split(body))
    row["text"] = "\n\n".join(part for part in paragraphs if part) or None
    return row
