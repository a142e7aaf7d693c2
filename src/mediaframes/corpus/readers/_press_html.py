"""HTML of press databases: cut into articles first, then parsed one by one.

An export is one page with hundreds of articles, often badly nested. Cut at the marks where an
article begins, damage in one article cannot swallow the next, and every article has its line.
"""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

import pandas as pd

from mediaframes.corpus.readers._batch import Batch, Rejected, table

START = 80  # characters of a rejected article that are shown
# Elements that end a paragraph, and elements whose words no reader of the page sees.
_BLOCK_NAMES = (
    "article aside blockquote div dd dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr "
    "li ol p pre section table td th tr ul"
)
_HIDDEN_NAMES = "head script style title noscript template button input select"
_BLOCKS, _HIDDEN = frozenset(_BLOCK_NAMES.split()), frozenset(_HIDDEN_NAMES.split())
BLOCK, BREAK, GAP = (
    "\x1c",
    "\x1d",
    "\x1e",
)  # separators that no text holds (control characters are removed)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_TAG = re.compile(r"<[^<>]*>")
# Columns of the press databases that stand for the role of the same name.
ROLES = ("text", "title", "date", "outlet", "author", "url", "language", "id")


class Piece(NamedTuple):
    """The HTML of one article and the line of the file where it begins."""

    line: int
    html: str


def is_markup(head: bytes) -> bool:
    """Whether bytes begin as HTML or XML do: with a tag.

    Examples
    --------
    >>> is_markup(b" <!DOCTYPE html>"), is_markup(b"id;text"), is_markup("<p>".encode("utf-16"))
    (True, False, True)
    """
    bare = head[:200].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return bare.startswith(b"<")


def cut(text: str, marks: re.Pattern[str]) -> list[Piece]:
    """The parts of a page from each mark to the next, without what stands before the first."""
    starts = [match.start() for match in marks.finditer(text)]
    breaks = [match.start() for match in re.finditer("\n", text)]
    ends = [*starts, len(text)][1:]
    return [
        Piece(bisect_right(breaks, begin) + 1, text[begin:end])
        for begin, end in zip(starts, ends, strict=True)
    ]


def parse(html: str) -> tuple[Any, str]:
    """The tree of one article, or None and why it cannot be read.

    Nothing is fetched and no limit of the parser is lifted: nesting beyond 256 levels and single
    texts beyond 10 MB are refused, not half read.
    """
    from lxml import etree

    parser = etree.HTMLParser(
        encoding="utf-8",
        recover=True,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    data = _CONTROL.sub("", html).encode("utf-8", "replace")
    try:
        tree = etree.fromstring(data, parser)
    except etree.LxmlError as error:
        return None, f"HTML that cannot be read ({error})"
    if tree is None:
        return None, "HTML without any text"
    limits = [entry.message for entry in parser.error_log if "RESOURCE_LIMIT" in entry.type_name]
    if limits:
        return None, f"HTML that cannot be read ({limits[0].split(',')[0].strip()})"
    return tree, ""


def unreadable(piece: Piece, problem: str) -> Rejected:
    """A piece that `parse` refused, with its first words."""
    return Rejected(piece.line, problem, start(_TAG.sub(" ", piece.html[:4000])))


def flat(element: Any, *, apart: Collection[Any] = (), hidden: Collection[str] = _HIDDEN) -> str:
    """All visible text, with `BLOCK` where paragraphs end and `BREAK` where lines break.

    In place of the elements `apart` stands a `GAP`; tags in `hidden` are passed over. Walks without
    recursion, so that deep nesting costs no stack.
    """
    from lxml import etree

    parts: list[str] = []
    inside = 0
    apart = frozenset(apart)
    for event, node in etree.iterwalk(element, events=("start", "end")):
        tag = node.tag if isinstance(node.tag, str) else ""
        if event == "start":
            inside += tag in hidden or node in apart
            if node in apart:
                parts.append(GAP)
            if tag in _BLOCKS:
                parts.append(BLOCK)
            elif tag == "br":
                parts.append(BREAK)
            if not inside:
                parts.append(node.text or "")
            continue
        inside -= tag in hidden or node in apart
        if tag in _BLOCKS:
            parts.append(BLOCK)
        if node is not element and not inside:
            parts.append(node.tail or "")
    return "".join(parts)


def paragraphs(marked: str) -> list[str]:
    """The paragraphs of a text with `BLOCK` and `BREAK`."""
    found = (
        "\n".join(" ".join(line.split()) for line in block.split(BREAK)).strip()
        for block in marked.split(BLOCK)
    )
    return [paragraph for paragraph in found if paragraph]


def lines(element: Any) -> list[str]:
    """The text of each paragraph; a line break inside is kept, other white space is one space.

    Search hits in bold are joined without a space, as they stand.
    """
    return paragraphs(flat(element))


def words(element: Any) -> str:
    """All text of an element in one line.

    Examples
    --------
    >>> tree, _ = parse("<p>An <b>elec</b>tion<br>year</p>")
    >>> words(tree)
    'An election year'
    """
    return " ".join(" ".join(lines(element)).split())


def first(element: Any, path: str) -> str | None:
    """The words of the first element at an XPath, None where there are none."""
    found = (words(node) for node in element.xpath(path))
    return next((text for text in found if text), None)


def has_class(name: str) -> str:
    """XPath condition: the element has this class among others."""
    return f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')"


def start(text: str) -> str:
    """The first words of a text, in one line."""
    return " ".join(text.split())[:START]


def batch(
    found: Iterable[tuple[int, dict[str, Any] | Rejected]],
    *,
    format: str,
    encoding: str,
    notes: tuple[str, ...] = (),
    announced: int | None = None,
    cut_off: bool = False,
) -> Batch:
    """Articles and rejects as a `Batch`; an article without text becomes a reject.

    Parameters
    ----------
    found : pairs of place and article
        An article is a dict with the roles as keys and whatever else its file says.
    format, encoding, notes, announced, cut_off
        As in `Batch`.
    """
    rows: list[dict[str, Any]] = []
    places: list[int] = []
    rejected: list[Rejected] = []
    for place, item in found:
        if isinstance(item, Rejected):
            rejected.append(item)
        elif not item.get("text"):
            shown = item.get("title") or item.get("id") or ""
            rejected.append(Rejected(place, "no text", start(str(shown))))
        else:
            rows.append({key: value for key, value in item.items() if value not in (None, "")})
            places.append(place)
    frame = table(rows, places) if rows else pd.DataFrame({"text": []}, dtype="object")
    known = {role: role for role in ROLES if role in frame}
    return Batch(frame, format, encoding, rejected, known, notes, announced, cut=cut_off)
