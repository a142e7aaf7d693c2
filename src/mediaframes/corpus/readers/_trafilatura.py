"""What trafilatura itself writes: JSON, JSON lines, XML and TEI."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pandas as pd

from mediaframes._xml import xml_parser
from mediaframes.corpus.readers._batch import Batch, Options, Reader, Rejected, table
from mediaframes.corpus.readers._decode import decode, head_text, looks_like_text
from mediaframes.corpus.readers._json import Json
from mediaframes.corpus.readers._press_html import Piece, cut, is_markup
from mediaframes.corpus.readers._webpage import START, lines_table, no_rows, roles_of
from mediaframes.corpus.webpage import HEADING, KEPT, archived

# Keys of its JSON; three of them are no chance ("license" and "comments" alone are)
_KEYS = re.compile(
    r'"(hostname|fingerprint|source-hostname|excerpt|raw_text|pagetype|filedate|license|comments'
    r'|sitename)"\s*:'
)
LEAST_KEYS = 3
OUTLETS = ("source-hostname", "sitename", "hostname")
ADDRESSES = ("source", "url")
_DOC = re.compile(
    rb"<doc\b(?:[^>]*\b(?:fingerprint|hostname|sitename)=|[^>]*>\s*<main\b)|<doc>\s*<main\b"
)
_TEI = re.compile(rb"<TEI\b[^>]{0,500}tei-c\.org")
_OWN_TEI = re.compile(rb"ident=\"Trafilatura\"|<div type=\"entry\"")
_MARK = re.compile(r"<(?:doc|TEI)(?=[\s>])")
_CLOSE = re.compile(r"</(?:doc|TEI)\s*>")
_BLOCKS = frozenset(("p", "head", "item", "quote", "row", "code", "ab", "list", "table", "div"))
_ATTRIBUTES = ("title", "author", "date", "language", "description", "excerpt", "categories")
_MORE = ("tags", "fingerprint", "license", "id", "sitename", "hostname")


class TrafilaturaJson(Json):
    """Articles that were extracted before, one object or many."""

    name = "trafilatura JSON"

    def sniff(self, head: bytes, file: str) -> bool:
        """JSON with trafilatura's keys."""
        if not super().sniff(head, file):
            return False
        text = head_text(head)
        return '"text"' in text and len(set(_KEYS.findall(text))) >= LEAST_KEYS

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """One article per object; its lines are those that trafilatura kept."""
        batch = super().read(data, file, options)
        rows = batch.rows.copy()
        if "text" not in rows and "raw_text" in rows:
            rows["text"] = rows["raw_text"]
        rows["outlet"] = _first(rows, OUTLETS)
        rows["url"] = _first(rows, ADDRESSES)
        rows["url"] = [archived(url)[0] if isinstance(url, str) else None for url in rows["url"]]
        rows = rows.drop(columns="raw_text", errors="ignore")  # the text again, in one line
        return replace(
            batch,
            rows=rows,
            format=f"{self.name}{' lines' if batch.format == 'JSON lines' else ''}",
            roles=roles_of(rows),
            lines=_told(rows) if "text" in rows else None,
        )


def _first(rows: pd.DataFrame, names: tuple[str, ...]) -> list[Any]:
    """Of each row the first of these columns that is filled."""
    found = [rows[name].tolist() for name in names if name in rows]
    return [next((v for v in values if v), None) for values in zip(*found, strict=True)] or [
        None
    ] * len(rows)


def _told(rows: pd.DataFrame) -> pd.DataFrame:
    return lines_table(
        (int(number), at, "text", line.strip(), "")
        for number, text in zip(rows.index, rows["text"], strict=True)
        if isinstance(text, str)
        for at, line in enumerate(text.split("\n"), start=1)
        if line.strip()
    )


class TrafilaturaXml(Reader):
    """Articles that were extracted before, as XML or TEI; several may follow each other."""

    name = "trafilatura XML"

    def sniff(self, head: bytes, file: str) -> bool:
        """By the element of a document with trafilatura's attributes, or its name in TEI."""
        if not is_markup(head) or not looks_like_text(head):
            return False
        bare = head.replace(b"\0", b"")
        return bool(_DOC.search(bare[:20_000]) or (_TEI.search(bare) and _OWN_TEI.search(bare)))

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """One article per document; the index is the line where it begins."""
        text, encoding, notes = decode(data, encoding=options.encoding, file=file)
        rows: list[dict[str, Any]] = []
        numbers: list[int] = []
        rejected: list[Rejected] = []
        lines: list[tuple[int, int, str, str, str]] = []
        for number, piece in _by_itself(cut(text, _MARK)):
            tree, problem = _parse(piece)
            row, told = ({}, []) if tree is None else _article(tree)
            row["text"] = "\n".join(line for part, line, _ in told if part == "text")
            if not row["text"]:
                start = " ".join(str(row.get("title") or piece).split())
                rejected.append(Rejected(number, problem or "no text", start[:START]))
                continue
            rows.append(row)
            numbers.append(number)
            lines += [(number, at, *line) for at, line in enumerate(told, start=1)]
        frame = table(rows, numbers) if rows else no_rows()
        return Batch(
            frame, self.name, encoding, rejected, roles_of(frame), notes, None, lines_table(lines)
        )


def _by_itself(pieces: list[Piece]) -> Iterator[tuple[int, str]]:
    """Each document with the line where it begins; two in one line get numbers of their own."""
    last = 0
    for line, piece in pieces:
        last = max(line, last + 1)
        end = _CLOSE.search(piece)
        yield last, piece[: end.end()] if end else piece


def _parse(piece: str) -> tuple[Any, str]:
    from lxml import etree

    parser = xml_parser(remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(piece.encode("utf-8", "replace"), parser), ""
    except (etree.LxmlError, ValueError) as error:
        return None, f"damaged XML ({str(error).split(', line')[0][:60]})"


def _article(tree: Any) -> tuple[dict[str, Any], list[tuple[str, str, str]]]:
    """The row of a document and its lines as (part, text, reason)."""
    if _name(tree) == "TEI":
        row = _header(tree)
        main = tree.xpath("//*[local-name()='div' and @type='entry']") or tree.xpath(
            "//*[local-name()='text']/*[local-name()='body']"
        )
        comments = tree.xpath("//*[local-name()='div' and @type='comments']")
    else:
        row = {name: tree.get(name) for name in (*_ATTRIBUTES, *_MORE)}
        row["outlet"] = tree.get("sitename") or tree.get("hostname")
        row["url"] = next((tree.get(name) for name in ADDRESSES if tree.get(name)), None)
        main, comments = tree.xpath("./main"), tree.xpath("./comments")
    if row.get("url"):
        row["url"] = archived(str(row["url"]))[0]
    lines = [("text", line, kind) for body in main for line, kind in _lines(body)]
    lines += [
        ("furniture", line, "reader comments") for node in comments for line, _ in _lines(node)
    ]
    return {name: value for name, value in row.items() if value}, lines


def _header(tree: Any) -> dict[str, Any]:
    """What the head of a TEI document says."""

    def first(path: str) -> str | None:
        steps = "/".join(f"*[local-name()='{step}']" for step in path.split("/"))
        found = tree.xpath(f"//{steps}")
        return " ".join("".join(found[0].itertext()).split()) or None if found else None

    publisher = first("biblFull/publicationStmt/publisher") or ""
    address = tree.xpath("//*[local-name()='ptr' and @type='URL']/@target")
    # "Daily Example (example.org)"
    outlet = re.sub(r"\s\([^()]+\.[^()]+\)$", "", publisher)
    return {
        "title": first("titleStmt/title"),
        "author": first("titleStmt/author"),
        "date": first("biblFull/publicationStmt/date"),
        "outlet": None if outlet in ("", "N/A") else outlet,
        "url": address[0] if address else None,
        "description": first("abstract/p"),
        "fingerprint": (tree.xpath("//*[@type='fingerprint']/text()") or [None])[0],
    }


def _name(node: Any) -> str:
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def _lines(body: Any) -> Iterator[tuple[str, str]]:
    """The lines of an element, each a block, and whether it is a heading."""
    from lxml import etree

    blocks: list[bool] = []  # whether each open one is a heading
    words: list[str] = []

    def line() -> Iterator[tuple[str, str]]:
        text = " ".join("".join(words).split()).strip("| ")
        words.clear()
        if text:
            yield text, HEADING if any(blocks) else KEPT

    for event, node in etree.iterwalk(body, events=("start", "end")):
        name = _name(node)
        if event == "start":
            if name in _BLOCKS or name == "lb":
                yield from line()
            if name in _BLOCKS:
                blocks.append(name == "head" or (name == "ab" and node.get("type") == "header"))
            words.append(" | " if name == "cell" else "")
            words.append(node.text or "")
            continue
        if name in _BLOCKS:
            yield from line()
            blocks.pop()
        if node is not body:
            words.append(node.tail or "")
    yield from line()
