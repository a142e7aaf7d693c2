"""Factiva's HTML: an index table with two-letter codes, or the layout without labels."""

import re
from collections.abc import Iterator
from typing import Any

import pandas as pd

from mediaframes.corpus.dates import parse_dates
from mediaframes.corpus.readers._batch import Batch, Options, Reader, Rejected
from mediaframes.corpus.readers._decode import decode
from mediaframes.corpus.readers._press_html import (
    Piece,
    batch,
    cut,
    has_class,
    is_markup,
    lines,
    parse,
    unreadable,
    words,
)
from mediaframes.errors import InputError

# Codes of the index, in the order of Factiva's own help; the text is LP (lead) and TD (the rest).
CODES = {
    "HD": "title",
    "CR": "credit_line",
    "BY": "author",
    "WC": "length",
    "PD": "date",
    "ET": "time",
    "SN": "outlet",
    "SC": "source_code",
    "ED": "edition",
    "PG": "page",
    "VOL": "volume",
    "LA": "language_name",
    "CY": "copyright",
    "SE": "section",
    "CLM": "column",
    "ART": "captions",
    "CT": "contact",
    "RF": "reference",
    "CO": "companies",
    "IN": "industries",
    "NS": "subjects",
    "RE": "regions",
    "IPC": "ipc",
    "IPD": "descriptors",
    "NGC": "source_group",
    "GC": "source_group_code",
    "PUB": "publisher",
    "AN": "id",
}
TEXT_CODES = ("LP", "TD")

_TITLE = re.compile(rb"<title>\s*Factiva\s*</title>", re.IGNORECASE)
_ARTICLE = re.compile(rb"""<div class=["']?article [a-z]{2,4}Article\b""")
# "<div class="article deArticle">": the code is the article's language, whatever the interface.
# In saved pages a <div class="article"> stands around it, which is none.
_MARK = re.compile(r"""<div\b[^<>]{0,200}?\bclass=["']?article\s+([a-z]{2,4})Article\b[^<>]*>""")
HEADING = 40  # lines above the text that are looked through; real headings have about ten
# "808 words", "1.285 Wörter", "295 mots", "1,024語": a number and one word of any language
LENGTH = re.compile(r"\d[\d.,' ]*\s*[^\W\d_]{1,12}\.?")
_TIME = re.compile(r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s*[AaPp]\.?[Mm]\.?)?")
_CODE = re.compile(r"[A-Z0-9]{2,8}")
_PAGE = re.compile(r"[A-Z]{0,3}\d+(?:[,/ -]+[A-Z]{0,3}\d+)*")
_COPYRIGHT = re.compile(r"\(c\)|©|copyright|all rights reserved|\b(?:19|20)\d\d\b", re.IGNORECASE)
_LANGUAGE = re.compile(r"[^\W\d_]+(?:[ -]*\([^()]{1,30}\)|[ -][^\W\d_]+)?")
# "Document IINM000020171113edbd0000d", in any language
DOCUMENT = re.compile(
    r"(?:\S+\s+){0,3}[^\x00-\x7f]{0,9}([A-Za-z]{2,8}[A-Za-z0-9]{0,4}\d[A-Za-z0-9]{12,30})"
)
# How many articles the search found; an export holds only those that were marked.
_RESULTS = re.compile(
    r"<td[^<>]*\blabel\b[^<>]*>(?:Results Found|Gefundene Ergebnisse|Résultats trouvés)</td>\s*"
    r"<td[^<>]*>\s*([\d.,  ]{1,12})<"
)


class FactivaHtml(Reader):
    """Pages saved from Factiva, in any language of the interface."""

    name = "Factiva HTML"

    def sniff(self, head: bytes, file: str) -> bool:
        """Whether the page is called Factiva, or holds its kind of articles."""
        if not is_markup(head):
            return False
        head = head.replace(b"\0", b"")
        return bool(_TITLE.search(head) or _ARTICLE.search(head))

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """Every article of the page."""
        text, encoding, notes = decode(data, encoding=options.encoding, file=file)
        pieces = cut(text, _MARK)
        if not pieces:
            raise InputError(
                f"{file}: a page of Factiva without articles; mark articles in Factiva's list and "
                "save them as HTML ('Article Format')"
            )
        found = [(piece.line, _article(piece)) for piece in pieces]
        last = found[-1][1]
        off = isinstance(last, dict) and "id" not in last and "</html>" not in text[-2000:].lower()
        if off:
            notes = (*notes, f"cut off in the last article (line {pieces[-1].line})")
        if results := _RESULTS.search(text):
            notes = (*notes, f"the search had {results[1].strip()} results, this page holds some")
        return batch(found, format=self.name, encoding=encoding, notes=notes, cut_off=off)


def _article(piece: Piece) -> dict[str, Any] | Rejected:
    tree, problem = parse(piece.html)
    if tree is None:
        return unreadable(piece, problem)
    box = next(iter(tree.xpath("//div")), tree)
    rows = box.xpath(f".//tr[td[{has_class('index')}]]")
    article = _indexed(rows) if rows else _unlabelled(box)
    mark = _MARK.match(piece.html)
    assert mark is not None
    code = mark[1]
    article["language"] = code[:2]  # "zhcn" and "zhtw" are Chinese
    return article


def _indexed(rows: list[Any]) -> dict[str, Any]:
    """An article as a table: a code and its content in each row."""
    article: dict[str, Any] = {}
    body: list[str] = []
    for row in rows:
        cells = row.xpath("./td")
        code = words(cells[0]).rstrip(": ")
        content = [line for cell in cells[1:] for line in lines(cell)]
        if code in TEXT_CODES:
            body += content
            continue
        name = CODES.get(code, code.lower())
        value = " ".join(" ".join(content).split())
        if name == "id":
            value = _number(value)
        elif " | " in value:  # "gpol : Domestic Politics | gvote : Elections"
            value = "; ".join(part.strip() for part in value.split("|"))
        article[name] = f"{article[name]}; {value}" if name in article else value
    article["text"] = "\n\n".join(body)
    return article


def _number(value: str) -> str:
    match = DOCUMENT.fullmatch(value)
    return match[1] if match else value


def _unlabelled(box: Any) -> dict[str, Any]:
    """An article without labels: the lines above the text are told apart by what they look like."""
    article: dict[str, Any] = {}
    body: list[str] = []
    above: list[str] = []
    below: list[str] = []
    after: list[str] = []
    for kind, content in _parts(box):
        if kind in ("title", "author"):
            article[kind] = " ".join(" ".join(content).split())
        elif kind == "text" or (kind == "table" and body):
            body += [*after, *content]  # what stands between two paragraphs belongs to the text
            after = []
        elif body:
            after += content
            if content and DOCUMENT.fullmatch(content[-1]):
                break  # what follows is the page, not the article
        else:
            (below if "title" in article else above).extend(content)
    article |= _heading(above, below, known_author="author" in article)
    article |= _ending(after)
    article["text"] = "\n\n".join(body)
    return article


def _parts(box: Any) -> Iterator[tuple[str, list[str]]]:
    """Title, author, paragraphs, tables and other lines of an article, in their order."""
    stack = [box]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            if node.strip():
                yield "line", [" ".join(node.split())]
            continue
        classes = (node.get("class") or "").split()
        if any(name.endswith("articleParagraph") for name in classes):
            yield "text", lines(node)
        elif node.get("id") == "hd" or any(name.endswith("Headline") for name in classes):
            yield "title", lines(node)
        elif "author" in classes:
            yield "author", lines(node)
        elif node.tag in ("table", "ul", "ol", "pre"):
            yield "table", lines(node)
        elif node is box or len(node.xpath("./div|./p|./table|./ul|./ol|./pre")):
            inner = [node.text, *(part for child in node for part in (child, child.tail))]
            stack += [part for part in reversed(inner) if part is not None]
        else:
            yield "line", [words(node)] if words(node) else []


def _heading(above: list[str], below: list[str], *, known_author: bool) -> dict[str, str]:
    """Section before the title; words, date, [time], outlet, code, ..., copyright after it."""
    article = {"section": "; ".join(above)}
    near = below[:HEADING]
    anchor = next((n for n, line in enumerate(near) if LENGTH.fullmatch(line)), None)
    if anchor is None:
        dates = parse_dates(pd.Series(near, dtype="str")).date.notna().tolist()
        anchor = dates.index(True) - 1 if True in dates else None
    if anchor is None:
        return article | {"heading": "; ".join(below)}
    byline = "; ".join(below[: max(anchor, 0)])
    article["byline" if known_author else "author"] = byline
    article |= heading_facts(below[max(anchor, 0) :]) if anchor >= 0 else _facts(below)
    return {name: value for name, value in article.items() if value}


def heading_facts(lines: list[str]) -> dict[str, str]:
    """Length, date, [time], outlet, code, edition, page, language and copyright, in this order."""
    return {"length": lines[0], **_facts(lines[1:])}


def _facts(lines: list[str]) -> dict[str, str]:
    article: dict[str, str] = {}
    rest = [*lines]
    for name, fits in (("date", None), ("time", _TIME), ("outlet", None), ("source_code", _CODE)):
        if rest and (fits is None or fits.fullmatch(rest[0])):
            article[name] = rest.pop(0)
    if rest and (_COPYRIGHT.search(rest[-1]) or not _LANGUAGE.fullmatch(rest[-1])):
        article["copyright"] = rest.pop()
    if rest and _LANGUAGE.fullmatch(rest[-1]):
        article["language_name"] = rest.pop()
    if clock := next((line for line in rest if _TIME.fullmatch(line)), None):
        rest.remove(clock)
        article.setdefault("time", clock)
    if rest and _PAGE.fullmatch(rest[-1]):
        article["page"] = rest.pop()
    article["edition"] = "; ".join(rest)
    return {name: value for name, value in article.items() if value}


def _ending(after: list[str]) -> dict[str, str]:
    """Captions, the publisher and the document's number, which stand below the text."""
    ending: dict[str, str] = {}
    if after and (match := DOCUMENT.fullmatch(after[-1])):
        ending["id"] = match[1]
        after = after[:-1]
        if after:
            ending["publisher"] = after[-1]
            after = after[:-1]
    if after:
        ending["captions"] = "; ".join(after)
    return ending
