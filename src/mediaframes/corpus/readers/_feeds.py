"""News feeds: RSS 2.0 and 1.0, and Atom. Many hold teasers only, which is said."""

import html
import re
from html.entities import name2codepoint
from typing import Any

from mediaframes._xml import xml_parser
from mediaframes.corpus.readers._batch import Batch, Options, Reader, Rejected, table
from mediaframes.corpus.readers._decode import decode, looks_like_text
from mediaframes.corpus.readers._press_html import is_markup
from mediaframes.corpus.readers._webpage import START, lines_table, no_rows, roles_of
from mediaframes.corpus.webpage import visible_lines
from mediaframes.errors import InputError

_BEGIN = re.compile(
    rb"(?:\s|\xef\xbb\xbf|\xff\xfe|\xfe\xff|<\?.{0,500}?\?>|<!--.{0,2000}?-->"
    rb"|<!DOCTYPE[^>\[]{0,300}>){0,50}"
    rb"<(?:rss\b|rdf:RDF\b|(?:atom:)?feed\b[^>]{0,2000}www\.w3\.org/2005/Atom)",
    re.DOTALL,
)
_ITEM = re.compile(r"<(?:\w{1,20}:)?(?:item|entry)(?=[\s>])")
_ENTITY = re.compile(r"<!ENTITY\s[^>]{0,60}")
_NAMED = re.compile(r"&(\w{2,10});")
_XML = {"lt", "gt", "amp", "quot", "apos"}
_DECLARED = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")
# From this many characters on a description is taken for the article: a teaser has one to three
# sentences. Chosen, not measured; the column `teaser` shows the result.
FULL = 1000
_CUT = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|\[&hellip;\])\W*$")


class Feed(Reader):
    """The items of a news feed."""

    name = "news feed"

    def sniff(self, head: bytes, file: str) -> bool:
        """By the first element."""
        bare = head.replace(b"\0", b"")
        return is_markup(head) and looks_like_text(head) and bool(_BEGIN.match(bare))

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """One article per item; ``teaser`` says whether the text is more than an announcement."""
        text, encoding, notes = decode(data, encoding=options.encoding, file=file)
        if entity := _ENTITY.search(text):
            line = text.count("\n", 0, entity.start()) + 1
            raise InputError(
                f"{file}, line {line}: declares entities ({entity[0]}), which no feed needs and "
                "which may be an attack; save the feed again"
            )
        root, damage = _parse(text, file)
        common = _common(root)
        rows: list[dict[str, Any]] = []
        numbers: list[int] = []
        rejected: list[Rejected] = []
        lines: list[tuple[int, int, str, str, str]] = []
        items = [node for node in root.iter() if _name(node) in ("item", "entry")]
        for number, item in enumerate(items, start=1):
            row, told = _article(item, common)
            if not told:
                rejected.append(Rejected(number, "no text, a title only", row["title"][:START]))
                continue
            rows.append({name: value for name, value in row.items() if value not in (None, "")})
            numbers.append(number)
            lines += [(number, at, "text", line, "") for at, line in enumerate(told, start=1)]
        teasers = sum(row["teaser"] for row in rows)
        if teasers:
            what = "a teaser" if teasers == 1 else "teasers"
            notes = (*notes, f"{teasers} of {len(rows)} items hold {what} only, not the article")
        frame = table(rows, numbers) if rows else no_rows()
        announced = len(_ITEM.findall(text)) if damage else None
        return Batch(
            frame,
            f"{self.name} ({'Atom' if _name(root) == 'feed' else 'RSS'})",
            encoding,
            rejected,
            roles_of(frame) | ({"id": "id"} if "id" in frame else {}),
            (*notes, *damage),
            announced,
            lines_table(lines),
        )


def _parse(text: str, file: str) -> tuple[Any, tuple[str, ...]]:
    """The feed's root, and a note where the XML is damaged."""
    from lxml import etree

    def character(match: re.Match[str]) -> str:  # "&nbsp;" is HTML's, and unknown to XML
        known = match[1] in name2codepoint and match[1] not in _XML
        return chr(name2codepoint[match[1]]) if known else match[0]

    parser = xml_parser(recover=True, remove_comments=True, remove_pis=True)
    bare = _DECLARED.sub("", text).lstrip()
    above = text.count("\n", 0, len(text) - len(bare))
    source = _NAMED.sub(character, bare)
    try:
        root = etree.fromstring(source.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError) as error:
        raise InputError(f"{file}: damaged XML ({error}); save the feed again") from error
    if root is None:
        raise InputError(f"{file}: damaged XML, nothing can be read; save the feed again")
    faults = [entry for entry in parser.error_log if entry.level >= etree.ErrorLevels.ERROR]
    if not faults:
        return root, ()
    return root, (f"damaged XML (line {faults[0].line + above}): what could be read is read",)


def _name(node: Any) -> str:
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def _children(node: Any) -> dict[str, list[Any]]:
    """The children of an element by name; "content:encoded" as "encoded"."""
    found: dict[str, list[Any]] = {}
    for child in node:
        if _name(child):
            found.setdefault(_name(child), []).append(child)
    return found


def _common(root: Any) -> dict[str, str | None]:
    """What the feed says of all its items."""
    channel = next((node for node in root if _name(node) == "channel"), root)
    said = _children(channel)
    language = _plain(said, "language") or root.get("{http://www.w3.org/XML/1998/namespace}lang")
    return {"outlet": _plain(said, "title") or None, "language": language or None}


def _article(item: Any, common: dict[str, str | None]) -> tuple[dict[str, Any], list[str]]:
    """An item's row and the lines of its text."""
    said = _children(item)
    full = _longest(said, "encoded", "content")
    teaser = _longest(said, "description", "summary")
    full_size, teaser_size = (sum(map(len, lines)) for lines in (full, teaser))
    lines = full if full_size >= teaser_size else teaser
    size = max(full_size, teaser_size)
    whole = size >= FULL or (lines is full and full_size > teaser_size)
    cut = bool(lines) and bool(_CUT.search(lines[-1])) and size < FULL
    authors = [_words(node) for name in ("creator", "author") for node in said.get(name, [])]
    row = {
        "text": "\n".join(lines),
        "title": _plain(said, "title"),
        "date": next(
            (day for name in ("pubDate", "published", "date", "issued", "updated")
             if (day := _plain(said, name))), None
        ),
        "author": "; ".join(dict.fromkeys(filter(None, authors))),
        "url": _address(said),
        **common,
        "id": _plain(said, "guid") or _plain(said, "id"),
        "categories": "; ".join(
            filter(None, (node.get("term") or _words(node) for node in said.get("category", [])))
        ),
        "teaser": cut or not whole,
    }  # fmt: skip
    return row, lines


def _longest(said: dict[str, list[Any]], *names: str) -> list[str]:
    """The visible lines of the element with most text."""
    found = [_visible(node) for name in names for node in said.get(name, [])]
    return max(found, key=lambda lines: sum(map(len, lines)), default=[])


def _visible(node: Any) -> list[str]:
    from lxml import etree

    if len(node):  # XHTML, as elements
        return visible_lines(etree.tostring(node, encoding="unicode", with_tail=False))
    text = node.text or ""
    if node.get("type") == "text" or not re.search(r"<[a-zA-Z/!]", text):
        text = html.escape(html.unescape(text), quote=False)
    return visible_lines(text) if text.strip() else []


def _words(node: Any) -> str:
    """An element's text in one line; of an author the name."""
    name = next((child for child in node if _name(child) == "name"), node)
    text = " ".join("".join(name.itertext()).split())
    return " ".join(" ".join(visible_lines(text)).split()) if "<" in text else html.unescape(text)


def _plain(said: dict[str, list[Any]], name: str) -> str:
    return next((text for node in said.get(name, []) if (text := _words(node))), "")


def _address(said: dict[str, list[Any]]) -> str | None:
    """Where the article stands: the original behind a counting service, else the link."""
    if found := _plain(said, "origLink"):
        return found
    for node in said.get("link", []):
        address = node.get("href") or " ".join((node.text or "").split())
        if address and node.get("rel", "alternate") == "alternate":
            return str(address)
    guid = _plain(said, "guid")
    return guid if guid.startswith(("http://", "https://")) else None
