"""A web page becomes its article, and every visible line of it is accounted for."""

import logging
import re
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from mediaframes.corpus._headline import heads_of, title_of
from mediaframes.corpus._placed import placed
from mediaframes.corpus.readers._decode import Decoded, mend
from mediaframes.corpus.readers._pages import decode_page
from mediaframes.corpus.readers._press_html import flat, paragraphs
from mediaframes.errors import InputError

OUTSIDE, KEPT, HEADING = "outside the article", "inside the article", "heading"  # reasons
NO_ARTICLE = "no article found on the page"
# Pages of news sites have up to 1.6 MB and 9,000 tags (492 of trafilatura's test pages). What is
# far beyond is a book, a log or an attack, and would take gigabytes: a tree needs some fifty times
# the bytes of its page.
LARGEST = 5_000_000  # characters, pictures inside the page not counted
MOST_TAGS = 100_000
LARGEST_FILE = 200_000_000  # bytes, with pictures inside: no article was ever saved so large
# pictures and fonts that "save as one file" writes into the page
_EMBEDDED = re.compile(rb"data:[\w.+/-]{0,60}(?:;[\w=.+-]{1,40}){0,4};base64,[A-Za-z0-9+/=%]{64,}")
# "Save page as" and SingleFile leave the address in a comment
_SAVED_FROM = re.compile(
    r"<!--\s*(?:saved from url=\(\d{1,6}\)|Page saved with SingleFile\s+url:\s*)"
    r"(https?://[^\s<>\"]{4,2000})"
)
# https://web.archive.org/web/20190304050607id_/http://example.org/
_WAYBACK = re.compile(
    r"https?://[^/\s]{1,80}/(?:[\w-]{1,40}/)?(\d{4})(\d{2})(\d{2})\d{0,6}(?:[a-z]{2}_)?/(\w+:/.+)"
)
_TOOLBAR = ("<!-- BEGIN WAYBACK TOOLBAR INSERT -->", "<!-- END WAYBACK TOOLBAR INSERT -->")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
# Elements that only change the look of words: a page that never closes them nests ever deeper
_INLINE = re.compile(
    r"</?(?:font|b|i|u|em|strong|span|small|big|center|tt|s|strike)\b[^>]{0,1000}>", re.IGNORECASE
)
_HIDDEN = frozenset(("head", "script", "style", "template", "title"))
_ANY_TAG = re.compile(r"<[^<>]*>")
_BLOCK = re.compile(r"<(?:p|div|br|li|h[1-6]|td|article|section|pre)\b", re.IGNORECASE)
_LANGUAGE = re.compile(r"\s*([A-Za-z]{2,3})(?:[-_][A-Za-z0-9_-]{1,20})?\s*")


@dataclass(frozen=True)
class WebPage:
    """What a page holds.

    Attributes
    ----------
    text : str
        The article, one block (paragraph, heading, list item) per line; "" where there is none.
    title, author, date, outlet, language, url : str or None
        As the page says; `date` is ISO, several authors are separated by "; ".
    lines : tuple of (part, text, reason)
        Every visible line in page order: ``"text"`` for lines of the article (reason ``"heading"``
        or ``"inside the article"``), and ``"furniture"``.
    encoding : str
        In words.
    notes : tuple of str
        What the user should know.
    problem : str
        Why there is no article, else "".
    """

    text: str = ""
    title: str | None = None
    author: str | None = None
    date: str | None = None
    outlet: str | None = None
    language: str | None = None
    url: str | None = None
    lines: tuple[tuple[str, str, str], ...] = ()
    encoding: str = ""
    notes: tuple[str, ...] = ()
    problem: str = ""


def webpage(
    data: bytes | str,
    *,
    url: str | None = None,
    encoding: str | None = None,
    charset: str | None = None,
    latest: str | None = None,
) -> WebPage:
    """The article of a web page, its metadata, and all other visible lines.

    Text and metadata are found by trafilatura (Barbaresi 2021, "Trafilatura: a web scraping
    library", ACL demo), the date of publication by htmldate. Nothing is fetched.

    Parameters
    ----------
    data : bytes or str
        The page.
    url : str, optional
        Its address; else the one that the page states. One in a web archive becomes the original.
    encoding : str, optional
        What the user says; by default UTF-8 where the bytes are that, else what the page declares.
    charset : str, optional
        What the server said; counts where the page itself declares nothing.
    latest : str, optional
        ISO day on which the page was saved: no later date is taken for that of the article. By
        default today.

    Returns
    -------
    WebPage
        One without `text` says in `problem` why: too large, too deeply nested, or no article.

    Raises
    ------
    InputError
        Where `encoding` does not exist or does not fit.

    Examples
    --------
    >>> page = webpage('''<html lang="en"><head><title>Ferry talks resume</title></head><body>
    ... <nav><a href="/">Home</a> <a href="/sport">Sport</a></nav><article><h1>Ferry talks</h1>
    ... <p>The two sides met again on Monday and agreed to talk about the ferry.</p>
    ... <p>They will meet again on Friday, a spokeswoman said, and then decide.</p></article>
    ... <footer>All rights reserved</footer></body></html>''', url="https://example.org/2024/ferry")
    >>> page.title, page.outlet, page.language, page.text.split("\\n")[1][:23]
    ('Ferry talks', 'example.org', 'en', 'The two sides met again')
    >>> [text for part, text, _ in page.lines if part == "furniture"]
    ['Home Sport', 'All rights reserved']
    """
    decoded, problem = _decoded(data, encoding, charset)
    found = WebPage(url=url, encoding=decoded.encoding, notes=decoded.notes, problem=problem)
    if problem:
        return found
    html = _without_toolbar(_CONTROL.sub("", decoded.text))
    address = url or _stated_address(html)
    address, saved = archived(address) if address else (None, None)
    tree, problem = _tree(html)
    if tree is None:
        return replace(found, url=address, problem=problem)
    visible = _visible(tree)
    language, headings = _stated_language(tree), heads_of(tree)
    document, problem = _extract(tree, address, latest or saved)
    if document is None:
        lines = tuple(("furniture", line, OUTSIDE) for line in visible)
        return replace(found, url=address, title=_title(tree), lines=lines, problem=problem)
    kept = [" ".join(line.split()) for line in mend(document.text or "")[0].split("\n")]
    kept = [line for line in kept if line]
    heads = {" ".join("".join(head.itertext()).split()) for head in document.body.iter("head")}
    text = "\n".join(kept)
    # a page that only scripts would fill may hold its text as data for search engines
    told = placed(kept, visible)
    outlet = document.sitename or document.hostname
    return replace(
        found,
        text=text,
        title=title_of(headings, document.title, outlet),
        author=document.author,
        date=_whole_day(document.date, html, address),
        outlet=outlet,
        language=_not_contradicted(language, text),
        url=address or document.url,
        lines=tuple(
            (part, line, OUTSIDE if part != "text" else HEADING if line in heads else KEPT)
            for part, line in told
        ),
        problem="" if text else NO_ARTICLE,
    )


def visible_lines(html: str) -> list[str]:
    """All visible lines of a piece of HTML.

    Line breaks of a piece without paragraphs count, as in a text with a few words in bold.

    Examples
    --------
    >>> visible_lines("<p>The ferry <b>is</b><br>back.</p><p>It sails<script>x</script></p>")
    ['The ferry is', 'back.', 'It sails']
    >>> visible_lines("The <b>ferry</b> is back.\\n<i>It</i> sails.")
    ['The ferry is back.', 'It sails.']
    """
    if not _BLOCK.search(html):
        html = html.replace("\n", "<br>")
    tree, _ = _tree(_CONTROL.sub("", html))
    if tree is None:
        return [" ".join(_ANY_TAG.sub(" ", html).split())]  # nested beyond all measure
    return _visible(tree)


def archived(url: str) -> tuple[str, str | None]:
    """An address without the web archive's part, and the ISO day on which it was saved.

    Examples
    --------
    >>> archived("https://web.archive.org/web/20190304050607/http://example.org/a")
    ('http://example.org/a', '2019-03-04')
    >>> archived("http://example.org/a")
    ('http://example.org/a', None)
    """
    match = _WAYBACK.match(url)
    if match is None:
        return url, None
    year, month, day, original = match.groups()
    try:
        return original, date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return url, None


def _decoded(data: bytes | str, encoding: str | None, charset: str | None) -> tuple[Decoded, str]:
    if isinstance(data, str):
        decoded = Decoded(data, "", ())
    else:
        if len(data) > LARGEST_FILE:
            return Decoded("", "", ()), f"{len(data) / 1e6:.0f} MB: too large for a web page"
        data = _EMBEDDED.sub(b"", data)
        if len(data) > 4 * LARGEST:  # no letter takes more than four bytes
            return Decoded("", "", ()), f"{len(data) / 1e6:.0f} MB: too large for a web page"
        decoded = _decode(data, encoding, charset)
    text, tags = decoded.text, decoded.text.count("<")
    if len(text) > LARGEST:
        return decoded, f"{len(text) / 1e6:.0f} million characters: too large for a web page"
    if tags > MOST_TAGS:
        return decoded, f"{tags:,} tags: too many for a web page"
    text, repaired = mend(text)
    notes = (*decoded.notes, "broken letters (Ã¼) mended") if repaired else decoded.notes
    return decoded._replace(text=text, notes=notes), ""


def _decode(data: bytes, encoding: str | None, charset: str | None) -> Decoded:
    """What the page declares where that fits, then what the server said, then a guess."""
    decoded = decode_page(data, encoding=encoding, file="the page")
    if encoding is not None or decoded.encoding != "cp1252" or not decoded.notes:
        return decoded
    if charset:
        try:
            return decode_page(data, encoding=charset, file="the page")
        except InputError:  # the server was wrong
            pass
    return _other_alphabet(data) or decoded


def _other_alphabet(data: bytes) -> Decoded | None:
    """Undeclared bytes in Cyrillic, Greek, Arabic ...: read as cp1252 they would be gibberish.

    Between western encodings a guess is worse than cp1252, so only those are taken that make
    nearly all letters beyond ASCII belong to another alphabet.
    """
    from charset_normalizer import from_bytes

    quiet()
    best = from_bytes(data[:20_000]).best()
    if best is None:
        return None
    try:
        text = data.decode(best.encoding)
    except (UnicodeDecodeError, LookupError):
        return None
    strange = [char for char in text if char > "\x7f" and char.isalpha()]
    other = sum(char > "\u024f" for char in strange)
    if not strange or other < 0.95 * len(strange):
        return None
    note = f"no encoding declared, read as {best.encoding} (say encoding= if letters look wrong)"
    return Decoded(text, best.encoding, (note,))


def _without_toolbar(html: str) -> str:
    begin, end = (html.find(mark) for mark in _TOOLBAR)
    return html[:begin] + html[end:] if 0 <= begin < end else html


def _stated_address(html: str) -> str | None:
    found = _SAVED_FROM.search(html, 0, 10_000)
    return found[1] if found else None


def _tree(html: str) -> tuple[Any, str]:
    """The page's tree, or None and why there is none."""
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring
    from trafilatura.utils import repair_faulty_html

    if not html.strip():
        return None, "an empty page"
    for text in (html, None):
        text = _INLINE.sub("", html) if text is None else text
        parser = HTMLParser(
            collect_ids=False,
            default_doctype=False,
            encoding="utf-8",
            remove_comments=True,
            remove_pis=True,
            no_network=True,
            huge_tree=False,
        )
        text = repair_faulty_html(text, text[:50].lower())
        try:
            tree = document_fromstring(text.encode("utf-8", "replace"), parser=parser)
        except (etree.LxmlError, ValueError, AssertionError):
            return None, "no HTML"
        # the parser stops at 256 levels, and what follows would be lost in silence
        if not any("RESOURCE_LIMIT" in entry.type_name for entry in parser.error_log):
            return tree, ""
    return None, "HTML that is nested too deeply to be read safely"


def _visible(tree: Any) -> list[str]:
    found = (line for block in paragraphs(flat(tree, hidden=_HIDDEN)) for line in block.split("\n"))
    return [line for line in found if line]


def _title(tree: Any) -> str | None:
    found = tree.find(".//title")
    return " ".join((found.text_content() if found is not None else "").split()) or None


def _extract(tree: Any, url: str | None, latest: str | None) -> tuple[Any, str]:
    """What trafilatura finds, or None and why it finds nothing."""
    from trafilatura import bare_extraction

    quiet()
    params = {
        "original_date": True,
        "extensive_search": False,
        "max_date": latest or date.today().isoformat(),
    }
    try:
        found = bare_extraction(
            tree,
            url=url,
            include_comments=False,
            with_metadata=True,
            date_extraction_params=params,
        )
    except Exception as error:  # a fault inside the library must not cost the other pages
        return None, f"trafilatura cannot read this page ({type(error).__name__})"
    return found, "" if found else NO_ARTICLE


def _whole_day(found: str | None, html: str, url: str | None) -> str | None:
    """The date, where the page names its day.

    htmldate makes the first day of what is only a month or a year ("2024/11" in an address), and of
    a date that it refuses because it lies in the future.
    """
    if found is None or not found.endswith("-01"):
        return found
    year, month, _ = found.split("-")
    month = month.lstrip("0")
    first = (
        rf"{year}([-/.]?)0?{month}\1(?:0?1)(?!\d)"
        rf"|(?<!\d)0?1([./-])0?{month}\2(?:{year}|{year[2:]})(?!\d)"
        rf"|(?<!\d)0?{month}/0?1/(?:{year}|{year[2:]})(?!\d)"
        rf"|(?<![\d.,])0?1(?:st|er|º|\.)?\s+(?:de\s+)?[^\W\d_]{{3,12}}\.?,?\s+(?:de\s+)?{year}"
        rf"|[^\W\d_]{{3,12}}\.?\s+0?1(?:st)?,?\s+{year}"
        rf"|{year}\s?[年년]\s?0?{month}\s?[月월]\s?0?1\s?[日일]"
    )
    return found if re.search(first, f"{html} {url or ''}") else None


def quiet() -> None:
    """Keep messages of the libraries off the screen, unless the user listens to them."""
    for name in ("trafilatura", "htmldate", "charset_normalizer", "courlan", "justext", "warcio"):
        logger = logging.getLogger(name)
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())


def _stated_language(tree: Any) -> str | None:
    root = tree if tree.tag == "html" else tree.getroottree().getroot()
    said = [root.get("lang"), root.get("{http://www.w3.org/XML/1998/namespace}lang")]
    said += [root.get("xml:lang")]
    said += tree.xpath(
        "//meta[@property='og:locale' or translate(@http-equiv,'CL','cl')='content-language'"
        " or @itemprop='inLanguage']/@content"
    )
    matches = (_LANGUAGE.fullmatch(word) for word in said if word)
    return next((match[1].lower() for match in matches if match), None)


def _not_contradicted(stated: str | None, text: str) -> str | None:
    """The language that the page states, where its text is not surely in another.

    Of 74 pages that say "en", 9 are in another language: it is what templates come with.
    """
    from mediaframes.corpus.language import SURE, SURE_LETTERS, _sample

    sample = _sample(text, "")
    if stated is None or sum(char.isalpha() for char in sample) < SURE_LETTERS:
        return stated
    code, probability = _detector().classify(sample)
    return None if code != stated and float(probability) >= SURE else stated


@cache
def _detector() -> Any:
    from mediaframes.corpus.language import _detector as make

    return make(None)
