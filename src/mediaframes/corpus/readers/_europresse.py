"""Europresse's HTML: the new layout with <article>, the old one with a table per article."""

import re
from typing import Any

from mediaframes.corpus.months import MONTHS
from mediaframes.corpus.readers._batch import Batch, Options, Reader, Rejected
from mediaframes.corpus.readers._decode import decode
from mediaframes.corpus.readers._press_html import (
    BLOCK,
    BREAK,
    GAP,
    Piece,
    batch,
    cut,
    first,
    flat,
    has_class,
    is_markup,
    lines,
    paragraphs,
    parse,
    unreadable,
    words,
)
from mediaframes.errors import InputError

_SIGNS = re.compile(
    rb"\bDocPublicationName\b|www\.cedrom-sni\.com/schema/|<title>\s*Europresse\b", re.IGNORECASE
)
_NEW = re.compile(r"<article\b[^<>]*>", re.IGNORECASE)
_OLD = re.compile(r"""<span\b[^<>]*\bclass=["']?DocPublicationName\b[^<>]*>""", re.IGNORECASE)
# "news·20121004·PO·2040056000", the number of the document
_NUMBER = re.compile(r"\b[a-z]{3,8}·\d{8}·\w{1,12}·[\w-]{1,40}")
# "jeudi 5 octobre 2013", "Thursday, October 5, 2013", "2013-10-05"
_DATES = (
    re.compile(r"\b\d{1,2}(?:er)?\.?\s(?:de\s)?([^\W\d_]{3,12})\.?\s(?:de\s)?\d{4}\b"),
    re.compile(r"\b([^\W\d_]{3,12})\.?\s\d{1,2},?\s\d{4}\b"),
    re.compile(r"\b\d{4}-\d{2}-\d{2}\b()"),
)
_WEEKDAYS = frozenset(
    (
        "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
        "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag",
        "lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo",
    )
)  # fmt: skip
_PAGE = re.compile(r",\s*p(?:ages?|\.)?\s*([A-Za-z]{0,4}\d[\w.,-]*)")
# The old layout ends the text with <b><i>© 2012 ...</i></b>, "Numéro de document : ..." and a
# certificate about the library
_OLD_END = re.compile(
    r"<b>\s*<i>\s*(?:©|&copy;|&#169;|\(c\))|Num\S{1,8}ro de document|Document number|"
    r"<table\b[^<>]*>\s*<tr>\s*<td[^<>]*>\s*<img[^<>]*certificat",
    re.IGNORECASE,
)
_AUTHOR = re.compile(rf"[\s{BLOCK}{BREAK}]*([^{BLOCK}{BREAK}]{{1,200}}){BREAK}[\s{BREAK}]*{BLOCK}")


class Europresse(Reader):
    """Pages saved from Europresse."""

    name = "Europresse HTML"

    def sniff(self, head: bytes, file: str) -> bool:
        """Whether the page has Europresse's own marks."""
        return is_markup(head) and bool(_SIGNS.search(head.replace(b"\0", b"")))

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """Every article of the page."""
        text, encoding, notes = decode(data, encoding=options.encoding, file=file)
        new = cut(text, _NEW)
        pieces = new or cut(text, _OLD)
        if not pieces:
            raise InputError(
                f"{file}: a page of Europresse without articles; mark articles in the list of "
                "results and save them as HTML"
            )
        found = [(piece.line, _new(piece) if new else _old(piece)) for piece in pieces]
        last = found[-1][1]
        off = isinstance(last, dict) and "id" not in last and "</html" not in text[-2000:].lower()
        if off:
            notes = (*notes, f"cut off in the last article (line {pieces[-1].line})")
        layout = "new layout" if new else "old layout"
        return batch(
            found, format=f"{self.name} ({layout})", encoding=encoding, notes=notes, cut_off=off
        )


def _new(piece: Piece) -> dict[str, Any] | Rejected:
    tree, problem = parse(piece.html)
    if tree is None:
        return unreadable(piece, problem)
    box = tree.xpath("//article")[0]
    title = first(box, f".//*[{has_class('titreArticleVisu')} or {has_class('grandTitre')}]")
    article = _header(_spans(box, "DocHeader"))
    article["title"] = title or first(box, f".//*[{has_class('titreArticle')}]") or ""
    article["subtitle"] = first(box, f".//*[{has_class('rdp__subtitle')}]") or ""
    names = box.xpath(f".//*[{has_class('DocPublicationName')}]")
    article["outlet"] = (lines(names[0]) or [""])[0].split("\n")[0] if names else ""
    authors = f"{has_class('docAuthors')} or {has_class('sm-margin-bottomNews')}"
    article["author"] = first(box, f".//*[{authors}]") or ""
    article["also_in"] = first(box, f".//*[{has_class('apd-wrapper')}]") or ""
    article["copyright"] = first(box, ".//footer//small") or ""
    if number := _NUMBER.search(words(box)):
        article["id"] = number[0]
    article["text"] = "\n\n".join(_body(box))
    return article


def _body(box: Any) -> list[str]:
    """The text of the new layout, without the foot and without what repeats the heading."""
    for name in ("docOcurrContainer", "DocText"):
        for node in box.xpath(f".//*[{has_class(name)}]"):
            apart = f".//header | .//footer | .//aside | .//*[{has_class('apd-wrapper')}]"
            for other in node.xpath(apart):
                _cut_out(other)
            if body := lines(node):
                return body
    return []


def _cut_out(node: Any) -> None:
    """Remove an element, but not the words that follow it."""
    parent, before = node.getparent(), node.getprevious()
    if node.tail and before is not None:
        before.tail = (before.tail or "") + node.tail
    elif node.tail:
        parent.text = (parent.text or "") + node.tail
    parent.remove(node)


def _old(piece: Piece) -> dict[str, Any] | Rejected:
    ends = _OLD_END.search(piece.html)
    foot = piece.html[ends.start() :] if ends else ""
    tree, problem = parse(f"<div>{piece.html[: ends.start()] if ends else piece.html}</div>")
    if tree is None:
        return unreadable(piece, problem)
    article = _header(_spans(tree, "DocHeader"))
    article["outlet"] = first(tree, f"//*[{has_class('DocPublicationName')}]") or ""
    headers = tree.xpath(f"//*[{has_class('DocHeader')} or {has_class('DocPublicationName')}]")
    titles = tree.xpath("//*[contains(translate(@class, 'T', 't'), 'titreArticleVisu')]")[:1]
    article["title"] = words(titles[0]) if titles else ""
    *between, rest = flat(tree, apart=[*headers, *titles]).split(GAP)
    if titles and between:  # what stands between the headings and the title
        article["subtitle"] = " ".join(" ".join(paragraphs(between[-1])).split())
    if author := _AUTHOR.match(rest):  # the author's line ends before the first paragraph
        article["author"] = " ".join(author[1].split())
        rest = rest[author.end() :]
    article["text"] = "\n\n".join(paragraphs(rest))
    below, _ = parse(f"<div>{foot}</div>") if foot else (None, "")
    if below is not None:
        article["copyright"] = first(below, "//b/i") or ""
        if number := _NUMBER.search(words(below)):
            article["id"] = number[0]
    return article


def _spans(box: Any, name: str) -> str:
    found = box.xpath(f".//*[{has_class(name)}]")
    return " ".join("".join("".join(node.itertext()) for node in found).split())


def _header(text: str) -> dict[str, Any]:
    """Section, date and page of "Politique, jeudi 5 octobre 2013, p. 03"; the weekday may err."""
    date = next(
        (
            match
            for pattern in _DATES
            for match in pattern.finditer(text)
            if not match[1] or match[1].casefold() in MONTHS
        ),
        None,
    )
    if date is None:
        return {"heading": text}
    article: dict[str, Any] = {"date": date[0]}
    before = [part.strip() for part in text[: date.start()].split(",")]
    kept = [part for part in before if part and part.casefold() not in _WEEKDAYS]
    article["section"] = ", ".join(kept)
    if page := _PAGE.match(text, date.end()):
        article["page"] = page[1]
    return article
