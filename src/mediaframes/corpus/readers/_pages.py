"""HTML exports: which encoding, where one article ends, and what of it is text."""

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pandas as pd

from mediaframes.corpus.readers._batch import Batch, Options, Rejected, table
from mediaframes.corpus.readers._decode import NO_UTF8, Decoded, decode
from mediaframes.errors import InputError

START = 80  # characters shown of what is left out
# "charset=" of a page stands in its first lines; browsers look no further either
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_DECLARED = 4096
# What browsers read under these names is the larger Windows code page
_LARGER = {"iso8859-1": "cp1252", "ascii": "cp1252", "shift_jis": "cp932", "euc_kr": "cp949"}
_TAG = re.compile(r"<[^>]{0,500}>")
_SPACE = re.compile(r"[ \t\r\n\f]+")  # not the fixed or the Japanese space
_BLOCKS = frozenset(
    ("p", "div", "br", "h1", "h2", "h3", "h4", "h5", "h6", "li", "tr", "table", "pre", "hr")
)
_SILENT = frozenset(("script", "style", "head", "title", "button", "select"))


def decode_page(data: bytes, *, encoding: str | None, file: str) -> Decoded:
    """Text of a page: UTF-8 where it is that, and otherwise the encoding that it declares."""
    declared = _declared(data) if encoding is None else None
    if declared is not None and declared != "cp1252":
        try:
            return decode(data, encoding=declared, file=file)
        except InputError:  # declared, but not true
            pass
    found = decode(data, encoding=encoding, file=file)
    if declared == "cp1252":
        return found._replace(notes=tuple(note for note in found.notes if note != NO_UTF8))
    return found


def _declared(data: bytes) -> str | None:
    """The encoding that a page declares, where the bytes do not show another."""
    found = _CHARSET.search(data, 0, _DECLARED)
    if found is None:
        return None
    try:
        name = codecs.lookup(found[1].decode()).name
    except LookupError:
        return None
    name = _LARGER.get(name, name)
    if not name.startswith(("utf", "iso2022")) and _is_utf8(data):
        return None
    return None if name == "utf-8" else name


def _is_utf8(data: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)  # the last letter may be cut
    except UnicodeDecodeError:
        return False
    return True


def rows_or_none(rows: list[dict[str, Any]], lines: list[int]) -> pd.DataFrame:
    """Records as a table; without any, a table without rows that has a column for the text.

    So that a file in which everything is left out is reported and does not stop the others.
    """
    return table(rows, lines) if rows else pd.DataFrame({"text": pd.Series([], dtype="object")})


class Unreadable(ValueError):
    """A piece of HTML that the parser does not read to its end."""


def read_page(
    data: bytes,
    file: str,
    options: Options,
    *,
    form: str,
    mark: re.Pattern[str],
    article: Callable[[str], dict[str, Any]],
    roles: Iterable[str],
) -> tuple[str, Batch]:
    """A page's text, and its articles as `read_articles` finds them; columns are called as roles.

    Raises
    ------
    InputError
        For a page without articles.
    """
    text, encoding, notes = decode_page(data, encoding=options.encoding, file=file)
    odd = broken_off(text)
    rows, rejected = read_articles(text, mark, article)
    if rows.empty and not rejected:
        base = form.removesuffix(" HTML")
        raise InputError(f"{file}: a page of {base} without articles; export or save it once more")
    known = {name: name for name in roles}
    return text, Batch(rows, form, encoding, rejected, known, (*notes, *odd), cut=bool(odd))


def read_articles(
    text: str, mark: re.Pattern[str], article: Callable[[str], dict[str, Any]]
) -> tuple[pd.DataFrame, list[Rejected]]:
    """The articles of a page, each read by itself from one `mark` to the next.

    Parameters
    ----------
    text : str
        The page.
    mark : pattern
        How an article begins.
    article : function
        Makes a row of a piece, with `text` and `title`; a piece without text is left out, with
        the reason in ``row["why"]`` where it says one.
    """
    rows, lines, rejected = [], [], []
    for line, piece in fragments(text, mark):
        try:
            row = article(piece)
        except Unreadable as error:
            start = one_line(_TAG.sub(" ", piece[:5000]))
            rejected.append(Rejected(line, str(error), start[:START]))
            continue
        why = row.pop("why", None) or "no text"
        if row["text"]:
            rows.append(row)
            lines.append(line)
        else:
            rejected.append(Rejected(line, why, (row["title"] or "")[:START]))
    return rows_or_none(rows, lines), rejected


def fragments(text: str, mark: re.Pattern[str]) -> list[tuple[int, str]]:
    """The pieces of a page from one `mark` to the next, each with the line where it begins.

    Each is read by itself, so that damage stays where it is.
    """
    places = [found.start() for found in mark.finditer(text)]
    pieces, line, before = [], 1, 0
    for place, end in zip(places, [*places[1:], len(text)], strict=False):
        line += text.count("\n", before, place)
        before = place
        pieces.append((line, text[place:end]))
    return pieces


def broken_off(text: str) -> tuple[str, ...]:
    """A note where a page has no end: a download that stopped leaves half an article."""
    if "</html" in text[-2000:].lower():
        return ()
    return ("the file breaks off (no </html>): its last article may be cut",)


def tree(html: str) -> Any:
    """The elements of a piece of HTML; an empty element for an empty piece.

    Raises
    ------
    Unreadable
        Where the parser stops: what follows would be lost in silence.
    """
    from lxml import etree

    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    root = etree.fromstring(html.encode("utf-8", "replace"), parser) if html.strip() else None
    if any(entry.level == etree.ErrorLevels.FATAL for entry in parser.error_log):
        raise Unreadable("the HTML is nested too deeply or too large to be read safely")
    return etree.Element("html") if root is None else root


def text_of(element: Any, *, keep_lines: bool = False) -> str:
    """The text of an element: a line per block or ``<br>``, other line breaks as spaces.

    Parameters
    ----------
    element : lxml element or None
        None has no text.
    keep_lines : bool
        Keep the line breaks of the source too, as in ``<pre>``.
    """
    if element is None:
        return ""
    text = "".join(_pieces(element, keep_lines))
    lines = [
        line.strip(" \t\r\f") if not keep_lines else line.rstrip() for line in text.split("\n")
    ]
    return "\n".join(lines).strip("\n")


def _pieces(element: Any, keep_lines: bool) -> Iterator[str]:
    from lxml import etree

    hidden = 0
    for event, node in etree.iterwalk(element, events=("start", "end")):
        name = node.tag if isinstance(node.tag, str) else ""
        hidden += (name in _SILENT) * (1 if event == "start" else -1)
        if name in _BLOCKS and node is not element and not (name == "br" and event == "end"):
            yield "\n"
        words = node.text if event == "start" else None if node is element else node.tail
        if words and not hidden:
            yield words if keep_lines else _SPACE.sub(" ", words)


def one_line(text: str) -> str:
    """`text` with all white space as single spaces."""
    return " ".join(text.split())


def with_class(root: Any, tag: str, name: str) -> list[Any]:
    """The elements of a tag that have a class."""
    return [node for node in root.iter(tag) if name in (node.get("class") or "").split()]
