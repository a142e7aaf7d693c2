"""APA-OnlineManager (Austria): RTF, a header line and the headline in bold for each article."""

import re
from itertools import pairwise
from typing import Any, NamedTuple

from mediaframes.corpus.readers._batch import Batch, Options, Reader, Rejected
from mediaframes.corpus.readers._pages import START, rows_or_none
from mediaframes.corpus.readers._rtf import BOLD, ITALIC, PLAIN, rtf_text
from mediaframes.errors import InputError

# '"Kurier" vom 23.10.2017 Seite: 4', '"Wiener Zeitung" Nr. 065 vom 02.04.2013   Seite 3',
# '"Vorarlberger Nachrichten" vom 02.04.2013'
HEADER = re.compile(
    r"[\"„“»](?P<outlet>[^\"“”«]{2,80})[\"“”«](?: {1,3}Nr\.? ?(?P<issue>\S{1,20}))?"
    r" {1,3}vom (?P<date>\d\d?\.\d\d?\.\d{4})(?: {1,60}Seite:? ?(?P<page>[^\n]{1,40}))?"
)
SECTION = "Ressort:"
LONGEST_KICKER = 200  # characters; more above a headline is text
_STYLES = PLAIN + BOLD + ITALIC


class _Line(NamedTuple):
    number: int
    text: str
    styles: set[str]  # of the letters in the line


class Apa(Reader):
    """An export of APA-OnlineManager."""

    name = "APA-OnlineManager RTF"

    def sniff(self, head: bytes, file: str) -> bool:
        """By the program's name, or by a header line with its section in the line below."""
        if not head.lstrip().startswith(b"{\\rtf"):
            return False
        lines = _lines(rtf_text(head, marks=True))
        return any(
            HEADER.fullmatch(line.text) and after.text.startswith(SECTION)
            for line, after in pairwise(lines)
        )

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """The title is the bold line; lines above it in italics name the edition."""
        lines = _lines(rtf_text(data, marks=True))
        starts = [place for place, line in enumerate(lines) if HEADER.fullmatch(line.text)]
        if not starts:
            raise InputError(f"{file}: an APA export without articles; export it once more")
        rows: list[dict[str, Any]] = []
        numbers, rejected = [], []
        if above := [line.text for line in lines[: starts[0]] if line.text]:
            rejected.append(Rejected(1, "before the first article", above[0][:START]))
        for number, (start, end) in enumerate(
            zip(starts, [*starts[1:], len(lines)], strict=True), start=1
        ):
            row = _article([line for line in lines[start:end] if line.text])
            if row["text"]:
                rows.append(row)
                numbers.append(number)
            else:
                rejected.append(Rejected(number, "no text", (row["title"] or "")[:START]))
        roles = {name: name for name in ("text", "title", "date", "outlet")}
        whole = data.rstrip(b"\0 \t\r\n").endswith(b"}")
        notes = () if whole else ("the file breaks off: its last article may be cut",)
        return Batch(
            rows_or_none(rows, numbers), self.name, "", rejected, roles, notes, cut=not whole
        )


def _lines(marked: str) -> list[_Line]:
    """The lines of a text with marks of style, each with the styles of its letters."""
    lines, style = [], PLAIN
    for number, line in enumerate(marked.replace("\f", "").split("\n"), start=1):
        styles: set[str] = set()
        for piece in re.split(f"([{_STYLES}])", line):
            if piece and piece in _STYLES:
                style = piece
            elif piece.strip():
                styles.add(style)
        text = " ".join(re.sub(f"[{_STYLES}]", "", line).split())
        lines.append(_Line(number, text, styles))
    return lines


def _article(lines: list[_Line]) -> dict[str, Any]:
    """Facts, title and text of one article.

    Where no line is bold, the first one is the title.
    """
    row = header_facts(lines[0].text)
    rest = lines[1:]
    if rest and rest[0].text.startswith(SECTION):
        row["section"] = rest[0].text.removeprefix(SECTION).strip() or None
        rest = rest[1:]
    bold = next((place for place, line in enumerate(rest) if line.styles == {BOLD}), None)
    title = 0 if bold is None else bold
    editions = [line.text for line in rest[:title] if line.styles == {ITALIC}]
    row["edition"] = "; ".join(editions) or None
    row["title"] = rest[title].text if rest else None
    above = [line.text for line in rest[:title] if line.styles != {ITALIC}]
    return row | above_and_text(above, [line.text for line in rest[title + 1 :]])


def above_and_text(above: list[str], below: list[str]) -> dict[str, Any]:
    """What stands above a headline as the kicker, unless it is long or all there is of the text."""
    kicker = " ".join(above)
    if not below or len(kicker) > LONGEST_KICKER:
        above, below, kicker = [], [*above, *below], ""
    return {"kicker": kicker or None, "text": "\n\n".join(below) or None}


def header_facts(line: str) -> dict[str, Any]:
    """Outlet, issue, date and page of a header line; all None where it is none.

    Examples
    --------
    >>> header_facts('"Kurier" vom 23.10.2017 Seite: 4')
    {'outlet': 'Kurier', 'issue': None, 'date': '23.10.2017', 'page': '4'}
    """
    found = HEADER.fullmatch(line)
    names = ("outlet", "issue", "date", "page")
    return {name: None if found is None else found[name] for name in names}
