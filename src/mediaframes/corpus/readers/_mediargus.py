"""Mediargus (Belgium): a numbered list of hits, then the full texts in the same order.

Outlet and length stand only in the list, the articles only below it.
"""

import re
from typing import Any, NamedTuple

from mediaframes.corpus.readers._batch import Batch, Options, Reader, Rejected
from mediaframes.corpus.readers._decode import decode, head_text, looks_like_text
from mediaframes.corpus.readers._pages import START, rows_or_none
from mediaframes.errors import InputError

# "De Morgen, woensdag 30 november 2011, p. 23, 853w."
_SOURCE = re.compile(
    r"(?P<outlet>.{1,120}), (?P<date>[a-z]{2,10} \d{1,2} [a-z]{3,10} \d{4})"
    r"(?:, p\. ?(?P<page>[^,]{1,40}))?, (?P<length>\d{1,6}w)\."
)
_NUMBERED = re.compile(r"\??(\d{1,6})\. (.+)")
_HEADER = re.compile(r"(?P<date>\d\d-\d\d-\d{4})(?:, p\. ?(?P<page>\S.{0,39}))?")
_RIGHTS = re.compile(r"© .{2,80}")
_UNTITLED = "Artikel zonder titel"
_MONTHS = "januari februari maart april mei juni juli augustus september oktober november december"
_MONTH = {name: number for number, name in enumerate(_MONTHS.split(), start=1)}


class _Hit(NamedTuple):
    """An entry of the list."""

    line: int
    title: str
    facts: dict[str, Any]
    day: str  # as the texts write it, dd-mm-yyyy


class _Story(NamedTuple):
    """A full text: its header and the paragraphs below."""

    line: int
    day: str
    page: str | None
    paragraphs: list[str]


class Mediargus(Reader):
    """A text file saved from Mediargus."""

    name = "Mediargus"

    def sniff(self, head: bytes, file: str) -> bool:
        """Whether the file begins with a numbered title and a line of outlet, day and length."""
        if not looks_like_text(head[:4096]):
            return False
        text = head_text(head)[:8192]
        lines = [line.strip() for line in text.split("\n") if line.strip()][:6]
        numbered = [place for place, line in enumerate(lines) if _NUMBERED.fullmatch(line)]
        return any(_SOURCE.fullmatch(line) for place in numbered for line in lines[place + 1 :][:1])

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """The full texts with what the list says about them."""
        text, encoding, notes = decode(data, encoding=options.encoding, file=file)
        hits, stories = _parts(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
        if not hits:
            raise InputError(f"{file}: a Mediargus file without a list of hits; export it again")
        pairs, alone = _pairs(hits, stories)
        above = {story.paragraphs[0] for story, hit in pairs if hit and _begins(story, hit) == 1}
        rows, lines = [], []
        rejected = [Rejected(hit.line, "in the list of hits, without text", hit.title[:START])
                    for hit in alone]  # fmt: skip
        for story, hit in pairs:
            row = _article(story, hit, above)
            if row["text"]:
                rows.append(row)
                lines.append(story.line)
            else:
                title = hit.title if hit else " ".join(story.paragraphs)
                rejected.append(Rejected(story.line, "copyright line only, no text", title[:START]))
        if strange := sum(hit is None for _, hit in pairs):
            notes = (*notes, f"{strange} texts are not in the list of hits: outlet unknown")
        roles = {name: name for name in ("text", "title", "date", "outlet", "author")}
        found = rows_or_none(rows, lines)
        return Batch(found, self.name, encoding, sorted(rejected), roles, notes, len(hits))


def _parts(lines: list[str]) -> tuple[list[_Hit], list[_Story]]:
    """The entries of the list and the full texts."""
    hits: list[_Hit] = []
    stories: list[_Story] = []
    last: tuple[int, str] | None = None  # the line before that is not empty
    for number, line in enumerate(lines, start=1):
        words = " ".join(line.split())
        if not words:
            continue
        if header := _HEADER.fullmatch(words):
            stories.append(_Story(number, header["date"], header["page"], []))
        elif stories:
            stories[-1].paragraphs.append(words)
        elif (
            last is not None
            and (titled := _NUMBERED.fullmatch(last[1]))
            and (source := _SOURCE.fullmatch(words))
        ):
            facts = source.groupdict() | {"number": int(titled[1])}
            hits.append(_Hit(last[0], titled[2], facts, _day(source["date"])))
        last = (number, words)
    return hits, stories


def _day(words: str) -> str:
    """``woensdag 3 november 2011`` as ``03-11-2011``."""
    _, day, month, year = words.split()
    return f"{int(day):02}-{_MONTH.get(month, 0):02}-{year}"


def _pairs(
    hits: list[_Hit], stories: list[_Story]
) -> tuple[list[tuple[_Story, _Hit | None]], list[_Hit]]:
    """Texts with their entries, in order; day and page must agree. Then entries without text."""
    pairs: list[tuple[_Story, _Hit | None]] = []
    alone: list[_Hit] = []
    next_hit = 0
    for story in stories:
        key = (story.day, story.page)
        places = range(next_hit, len(hits))
        found = next((n for n in places if (hits[n].day, hits[n].facts["page"]) == key), None)
        if found is None:
            pairs.append((story, None))
            continue
        alone += hits[next_hit:found]
        pairs.append((story, hits[found]))
        next_hit = found + 1
    return pairs, alone + hits[next_hit:]


def _begins(story: _Story, hit: _Hit) -> int | None:
    """Which paragraph is the title."""
    title = " ".join(hit.title.split())
    cut = title.rstrip(". …") if title.endswith(("...", "…")) else None
    for place, words in enumerate(story.paragraphs[:4]):
        if words == title or (cut and words.startswith(cut)):
            return place
    return None


def _article(story: _Story, hit: _Hit | None, above: set[str]) -> dict[str, Any]:
    """A row. `above` are the lines that stand above titles elsewhere in the file."""
    row: dict[str, Any] = dict.fromkeys(("text", "title", "outlet", "author", "section"))
    row |= {"date": story.day, "page": story.page}
    body = story.paragraphs
    if body and _RIGHTS.fullmatch(body[-1]):
        row["copyright"] = body[-1]
        body = body[:-1]
    if hit is not None:
        row |= hit.facts
        row["title"] = None if hit.title == _UNTITLED else hit.title
    place = None if hit is None else _begins(story, hit)
    if place is None and body and body[0] in above:  # no title
        head, body = body[:1], body[1:]
    else:
        head, body = body[: place or 0], body[0 if place is None else place + 1 :]
    authors = [line for line in head if _is_name(line)]
    row["author"] = "; ".join(authors) or None
    row["section"] = "; ".join(line for line in head if line not in authors) or None
    row["text"] = "\n\n".join(body) or None
    return row


def _is_name(line: str) -> bool:
    """Whether a line above a title names a writer, not a supplement or the regional editions.

    Writers are printed with every word capital ("Ann Van De Broek") or as initials ("Vk").

    Examples
    --------
    >>> [_is_name(x) for x in ("Ann Van De Broek", "Vk", "DM Magazine", "Cultuur", "Antwerpen, X")]
    [True, True, False, False, False]
    """
    words = line.replace(";", " ").split()
    if "," in line or any(not word[0].isupper() for word in words) or len(words) > 8:
        return False
    if len(words) == 1:
        return len(line) <= 3
    return not words[0].isupper()
