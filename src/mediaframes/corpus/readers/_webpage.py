"""Web pages saved as HTML: one article each, found by trafilatura."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pandas as pd

from mediaframes.corpus.readers._batch import Batch, Options, Reader, Rejected, table
from mediaframes.corpus.readers._decode import looks_like_text
from mediaframes.corpus.webpage import WebPage, webpage
from mediaframes.errors import InputError

FIELDS = ("text", "title", "author", "date", "outlet", "language", "url")
START = 80  # characters shown of what is left out
_NAME = re.compile(r"\.(?:html?|xhtml|shtml|phtml|php|aspx?|jsp|cfm)(?:\.\w{2,3})?$")
# How a page begins, whatever its file is called: blanks, comments and an XML declaration aside
_BEGIN = re.compile(
    rb"(?:\s|\xef\xbb\xbf|\xff\xfe|\xfe\xff|<\?xml[^>]{0,200}\?>|<!--.{0,2000}?-->){0,50}"
    rb"<(?:!doctype\s+html|html|head|body|meta|title|link|script)\b",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(
    rb"<(?:html|head|body|div|p|meta|title|article|section|main|table|span|h[1-6]|br)\b",
    re.IGNORECASE,
)
# Exports of press databases in a form that no reader knows, and lists of results: read as one
# article they would be a wrong number in every count.
_BASES = r"(?:Factiva|LexisNexis|Nexis(?: Uni)?|Europresse|ProQuest|wiso|Genios)"
_DATABASE = re.compile(
    rf"<title>\s*{_BASES}\b[^<]{{0,25}}</title>|[-–|]\s*{_BASES}\s*</title>"
    r"|\b\d{1,6} (?:of|von|de) \d{1,6} DOCUMENTS?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class PageReader(Reader):
    """Reads one page of which more is known than its bytes say.

    Attributes
    ----------
    url, charset, latest
        As in `webpage`.
    more : dict
        Further columns.
    format : str
        The format in words.
    """

    url: str | None = None
    charset: str | None = None
    latest: str | None = None
    more: Mapping[str, Any] = field(default_factory=dict)
    format: str = "web page"
    slow: ClassVar[bool] = True
    name = "web page"

    def sniff(self, head: bytes, file: str) -> bool:
        """Nothing: it is told what to read."""
        return False

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """The page as one article, or as a reject with the reason."""
        try:
            page = webpage(
                data,
                url=self.url,
                encoding=options.encoding,
                charset=self.charset,
                latest=self.latest,
            )
        except InputError as error:
            raise InputError(str(error).replace("the page", file, 1)) from error
        return page_batch(page, more=self.more, format=self.format)


class Html(Reader):
    """A page saved by a browser or a crawler."""

    name = "web page (HTML)"
    slow: ClassVar[bool] = True

    def sniff(self, head: bytes, file: str) -> bool:
        """By the first tag, or by the name and any tag."""
        if not looks_like_text(head):
            return False
        bare = head.replace(b"\0", b"")  # UTF-16
        if _BEGIN.match(bare):
            return True
        return bool(_NAME.search(file.lower()) and _TAG.search(bare))

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """One article; a page without one is left out, with the reason."""
        head = data[: 1 << 16].replace(b"\0", b"").decode("utf-8", "replace")
        if found := _DATABASE.search(head):
            shown = " ".join(re.sub(r"</?title>", "", found[0]).strip(" -–|").split())
            raise InputError(
                f"{file}: looks like an export of a press database ('{shown}') and not like a page "
                "of an outlet; export the articles in another form, e.g. as text or RTF"
            )
        return PageReader(format=self.name).read(data, file, options)


def page_batch(page: WebPage, *, more: Mapping[str, Any], format: str) -> Batch:
    """A page as a batch of one article, or of one reject."""
    if page.problem:
        where = f" ({len(page.lines)} visible lines)" if page.lines else ""
        start = page.title or page.url or ""
        rejected = [Rejected(1, f"{page.problem}{where}", start[:START])]
        return Batch(no_rows(), format, page.encoding, rejected, notes=page.notes)
    row = {name: getattr(page, name) for name in FIELDS} | dict(more)
    rows = table([row], [1])  # all columns in each, so that a folder's pages are one table
    return Batch(
        rows, format, page.encoding, [], roles_of(rows), page.notes, None, lines_of([(1, page)])
    )


def no_rows() -> pd.DataFrame:
    """A table without rows that has a column for the text."""
    return pd.DataFrame({"text": pd.Series([], dtype="object")})


def roles_of(rows: pd.DataFrame) -> dict[str, str]:
    """Columns that are called as their roles."""
    return {name: name for name in FIELDS if name in rows}


def lines_of(pages: Iterable[tuple[int, WebPage]]) -> pd.DataFrame:
    """`Batch.lines` of pages and the rows they are in."""
    return lines_table(
        (row, number, *line)
        for row, page in pages
        for number, line in enumerate(page.lines, start=1)
    )


def lines_table(lines: Iterable[tuple[int, int, str, str, str]]) -> pd.DataFrame:
    """`Batch.lines` from (row, line, part, text, reason)."""
    names = ["row", "line", "part", "text", "reason"]
    types = {"row": "int64", "line": "int64", "part": "str", "text": "str", "reason": "str"}
    # WebPage keeps (part, text, reason) together
    return pd.DataFrame(list(lines), columns=names).astype(types)
