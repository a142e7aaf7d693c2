"""What all LexisNexis exports share: labels in four languages, counters, and a document's parts.

A classic document is a centered head (copyright, outlet, date, edition), a headline, labeled lines
(``LENGTH: 355 words``), the text, and labeled lines again. A label counts only where it is one that
Nexis uses, in capitals at the start of a paragraph: headlines ("DENNIS: DEAL ME IN") and interviews
("SPIEGEL: ...") look the same.
"""

import re
from collections import Counter as Counted
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from mediaframes.corpus.months import MONTHS
from mediaframes.corpus.readers._batch import Rejected

ROLES = ("text", "title", "date", "outlet", "author", "language")
START = 80  # characters shown of what is not read
MAJORITY = 0.8  # share of counters that agree; fewer, and the file was glued together from several
LARGEST_DOWNLOAD = 500  # Nexis gives at most so many documents at once


class Block(NamedTuple):
    """A paragraph: its lines, whether it is centered, and where it begins in the file."""

    text: str
    centered: bool
    line: int

    @property
    def flat(self) -> str:
        """The paragraph on one line."""
        return " ".join(self.text.split())


class Counter(NamedTuple):
    """A line such as ``3 of 500 DOCUMENTS``."""

    number: int
    total: int


_COUNTER = re.compile(
    r"(?:FOCUS - )?(?:(\d{1,6}) (?:of|von|de|van) (\d{1,6}) (?:DOCUMENTS?|DOCUMENTEN|DOKUMENTEN?)"
    r"|(?:Dokument|Document) (\d{1,6}) (?:von|de|van|of) (\d{1,6}))"
)
_COVER = re.compile(
    r"^(?:Download Request|Print Request|Druckauftrag|Downloadauftrag|Demande de .{1,30}|"
    r"Printopdracht)\s?:.{0,60}?(\d{1,6})-(\d{1,6})\s*$",
    re.MULTILINE,
)
_LABEL = re.compile(r"([^\W\d_][\w'-]{2,24}(?: [\w-]{2,20}){0,2}) ?:[ \t]*", re.UNICODE)
_UNKNOWN = re.compile(r"[A-ZÄÖÜÀÉÈ]{3,20}(?:-[A-ZÄÖÜÀÉÈ]{2,20})?: ")
_NAMES = {
    "length": "LENGTH LÄNGE LONGUEUR LENGTE",
    "author": "BYLINE AUTOR AUTEUR AUTHOR SIGNATURE NAME",
    "section": "SECTION RUBRIK RUBRIQUE RUBRIEK",
    "title": "HEADLINE TITLE TITRE TITEL SCHLAGZEILE ÜBERSCHRIFT",
    "highlight": "HIGHLIGHT ENCART",
    "dateline": "DATELINE ORTSZEILE",
    "series": "SERIES SERIE",
    "body": "BODY TEXT ARTICLE CHAPEAU VOLLTEXT",
    "guests": "GUESTS ANCHORS SHOW BIO",
    "load_date": "LOAD-DATE UPDATE DATE-CHARGEMENT LADEDATUM",
    "language": "LANGUAGE SPRACHE LANGUE TAAL",
    "publication_type": "PUBLICATION-TYPE PUB-TYPE TYPE-PUBLICATION PUBLIKATIONSTYP",
    "journal_code": "JOURNAL-CODE ZEITUNGS-CODE CODE-REVUE",
    "document_type": "DOCUMENT-TYPE TRANSCRIPT DISTRIBUTION ACC-NO",
    "subject": "SUBJECT SUJET THEMA PUB-SUBJECT SCHLAGWÖRTER",
    "geographic": "GEOGRAPHIC LOCALISATION-GEO GEOGRAFIE STATE COUNTRY CITY LOCATION LAND STADT",
    "company": "COMPANY SOCIETE SOCIÉTÉ UNTERNEHMEN FIRMA TICKER SYMBOLE-BOURSIER",
    "organization": "ORGANIZATION ORGANISATION",
    "person": "PERSON PERSONNE",
    "industry": "INDUSTRY BRANCHE INDUSTRIE SECTEUR-ACTIVITE",
    "graphic": "GRAPHIC GRAFIK ILLUSTRATION GRAPHIQUE",
    "correction": "CORRECTION CORRECTION-DATE KORREKTUR",
    "notes": "NOTES",
}
LABELS = {name: key for key, names in _NAMES.items() for name in names.split()}
_MAY_BE_LONG = {"graphic", "correction", "notes", "highlight"}  # of several paragraphs
_HEAD_ONLY = {"author", "title", "highlight", "dateline", "body", "guests"}
# labels that tell that the headline is over; "UPDATE: Storm nears" may be a headline
_HEAD = _HEAD_ONLY | {"length", "section", "series"}
_WORDS = re.compile(
    r"\d[\d.,' \u00a0]{0,9}\s*(?:words?|Wörter|Woerter|mots|woorden|ord|palabras|parole)", re.I
)
_COPYRIGHT = re.compile(r"(?:Copyright|©|\(c\)|Alle Rechte|Tous droits|All Rights Res)", re.I)
_NOTICE = re.compile(r"reserved|vorbehalten|réservés|distributed by", re.I)
_CORRECTED = re.compile(r"Corrections? (?:appended|attached)\.?", re.I)
_URL = re.compile(r"(?:https?://|www\.)\S+", re.I)
ERROR = re.compile(r"We are sorry but there is an error in this document", re.I)

_DAY = re.compile(
    r"(?:[^\W\d_]{3,13}\.?,? )?(?P<date>\d{1,2}(?:\.|er|st|nd|rd|th)?(?: de)? "
    r"(?P<month>[^\W\d_]{3,13})\.?,?(?: de)? \d{4}|(?P<first>[^\W\d_]{3,13})\.? \d{1,2}, ?\d{4})"
    r"(?![\w:])[,;]{0,3} ?(?P<rest>.*)"
)
_VAGUE = re.compile(  # an issue of a month or a season: no day, but no other line is the date
    r"(?P<month>[^\W\d_]{3,10}),? \d{4}(?: [^\W\d_]{3,10})?", re.UNICODE
)
_SEASONS = "spring summer fall autumn winter frühjahr sommer herbst printemps été automne"
_WEEKDAYS = (
    "monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag "
    "freitag samstag sonnabend sonntag lundi mardi mercredi jeudi vendredi samedi dimanche maandag "
    "dinsdag woensdag donderdag vrijdag zaterdag zondag"
)
_LANGUAGES = {"dutch": "nl", "danish": "da", "italian": "it", "portuguese": "pt", "swedish": "sv"}


def counter(line: str) -> Counter | None:
    """The numbers in a line that counts documents and holds nothing else.

    Examples
    --------
    >>> counter("   3 of 500 DOCUMENTS"), counter("Dokument 2 von 7"), counter("1 of 60 document")
    (Counter(number=3, total=500), Counter(number=2, total=7), None)
    """
    found = _COUNTER.fullmatch(" ".join(line[:200].split())) if len(line) < 200 else None
    if found is None:
        return None
    return Counter(int(found[1] or found[3]), int(found[2] or found[4]))


def announced(cover: str, counters: Sequence[Counter]) -> tuple[int | None, tuple[str, ...]]:
    """How many documents a file says it holds, and what is odd about that.

    The cover names the documents asked for (``1-161``); without one, the counters do. A download in
    several parts counts through (``501 of 812``), so there the numbers in this file decide.

    Examples
    --------
    >>> announced("", [Counter(2001, 2146), Counter(2002, 2146)])
    (2, ())
    """
    found = _COVER.search(cover)
    said = int(found[2]) - int(found[1]) + 1 if found else None
    if not counters:
        return said, ()
    (total, times), *others = Counted(item.total for item in counters).most_common()
    if times < MAJORITY * len(counters):
        also = f", the cover says {said}" if said else ""
        shown = ", ".join(str(number) for number, _ in [(total, times), *others][:5])
        return None, (f"its counters disagree on how many documents there are ({shown}{also})",)
    if said is not None:
        return said, ()
    numbers = [item.number for item in counters if item.total == total]
    if min(numbers) == 1 and total <= LARGEST_DOWNLOAD:
        return total, ()
    return max(numbers) - min(numbers) + 1, ()


def label_of(text: str, *, capitals: bool = True) -> tuple[str, str] | None:
    """The field that a paragraph's label names, and what follows it.

    Examples
    --------
    >>> label_of("LÄNGE: 306 Wörter"), label_of("SPIEGEL: Und nun?"), label_of("LENGTH: 19 meters")
    (('length', '306 Wörter'), None, None)
    """
    found = _LABEL.match(text)
    if found is None or (capitals and not found[1].isupper()):
        return None
    key = LABELS.get(found[1].upper().replace(" ", "-"))
    rest = text[found.end() :].strip()
    if key is None or (key == "length" and not _WORDS.match(rest)):
        return None
    if key == "load_date" and day_of(" ".join(rest.split())) is None:
        return None
    return key, rest


def day_of(line: str) -> tuple[str, str] | None:
    """The day at the start of a line, and the rest: weekday, time, edition.

    Examples
    --------
    >>> day_of("27. Februar 2012 Montag 9:50 PM GMT+1")
    ('27. Februar 2012', 'Montag 9:50 PM GMT+1')
    >>> day_of("Schedule for Sunday, April 20, 1400 GMT") is None
    True
    """
    found = _DAY.match(line[:300])
    if found is None or (found["month"] or found["first"]).lower() not in MONTHS:
        return None
    rest = found["rest"].strip(" ,;")
    return found["date"].replace(" ,", ","), rest


def _vague(line: str) -> bool:
    found = _VAGUE.fullmatch(line)
    return found is not None and found["month"].lower() in {*MONTHS, *_SEASONS.split()}


@dataclass
class _Head:
    """What stands above a document's text."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)  # editions and what else is centered
    spare: str = ""  # the outlet, where no line of its own names it
    end: int = 0  # the first block below

    def add(self, key: str, value: str) -> None:
        """Note a value; the first of a field that can stand but once is kept."""
        if value:
            self.fields.setdefault(key, []).append(value)

    def has(self, key: str) -> bool:
        """Whether a field was found."""
        return key in self.fields


def article(blocks: Sequence[Block]) -> dict[str, Any] | str:
    """The fields of one classic document, or the reason why it is no article."""
    blocks = [block for block in blocks if block.text.strip()]
    said = " ".join(block.flat for block in blocks[:20])
    if ERROR.search(said):
        return "error document: Nexis could not deliver it"
    if not blocks:
        return "empty document"
    if all(block.centered and _COPYRIGHT.match(block.text.strip()) for block in blocks):
        return "copyright line only, no article"
    head = _read_head(blocks)
    _read_labels(blocks, head)
    tail = _tail(blocks, head.end)
    text = "\n\n".join(_unlabeled(block.text.strip()) for block in blocks[head.end : tail])
    last = ""
    for block in blocks[tail:]:
        found = label_of(block.text.strip())
        if found is not None:
            last = found[0]
            head.add(last, " ".join(found[1].split()))
        elif block.centered or _COPYRIGHT.match(block.text.strip()):
            head.add("copyright", block.flat)
        else:
            head.add("notes" if _UNKNOWN.match(block.text) else last or "notes", block.flat)
    if not text.strip():
        return "no text" + (", only a caption" if head.has("graphic") else "")
    return as_row(head.fields, head.lines, text)


def as_row(fields: dict[str, list[str]], lines: Iterable[str], text: str) -> dict[str, Any]:
    """A row of the corpus: roles under their own names, the rest as extra columns."""
    once = {"outlet", "date", "title", "length", "url", "language", "load_date", "section"}
    row: dict[str, Any] = dict.fromkeys(
        ("title", "outlet", "date", "author", "section", "length", "language", "load_date")
    )
    for key, values in fields.items():
        row[key] = values[0] if key in once else "; ".join(dict.fromkeys(values))
    row["text"] = text
    if (said := row["language"]) is not None:
        first = re.split(r"[;/,(]", said)[0].strip()
        row["language"] = _LANGUAGES.get(first.lower(), first.capitalize())
        row["language_stated"] = said
    if edition := "; ".join(line for line in lines if line):
        row["edition"] = edition
    return row


def _read_head(blocks: Sequence[Block]) -> _Head:
    """Copyright, outlet, date, edition and headline: all above the first label."""
    head = _Head()
    for place, block in enumerate(blocks):
        head.end = place
        text = block.text.strip()
        found = label_of(text)
        centered = block.centered and not (found and found[0] in _HEAD - {"guests"})
        if _CORRECTED.fullmatch(block.flat):  # where outlet, date or headline should be
            head.lines.append(block.flat)
            continue
        if found and found[0] in _HEAD and not centered:
            return head
        if found and head.has("title"):
            return head
        if _COPYRIGHT.match(text) and (centered or not head.has("outlet")):
            _copyright(text, head)
        elif centered or not head.has("outlet"):
            _centered(text, head)
        elif _URL.match(text) and not head.has("title"):
            head.add("url", "".join(text.split()))
        elif not head.has("date") and (day := day_of(block.flat)) and _is_rest(day[1]):
            head.add("date", day[0])
            head.lines.append(day[1])
        elif not head.has("title"):
            _headline(text, head)
        elif len(text) < START and _labels_follow(blocks, place):
            head.add("length" if _WORDS.fullmatch(text) else "author", block.flat)
        else:
            return head
    head.end = len(blocks)
    return head


def _centered(text: str, head: _Head) -> None:
    for line in (" ".join(line.split()) for line in text.split("\n") if line.strip()):
        day = day_of(line)
        named = head.has("outlet") or bool(head.spare)
        if not head.has("date") and (day or (named and _vague(line))):
            if head.spare and not head.has("outlet"):
                head.add("outlet", head.spare)
            head.add("date", day[0] if day else line)
            head.lines.append(day[1] if day else "")
        elif _NOTICE.search(line):
            head.add("copyright", line)
        elif not head.has("outlet"):
            head.add("outlet", line)
        else:
            head.lines.append(line)


def _copyright(text: str, head: _Head) -> None:
    """A copyright notice; its last line may be the outlet, if no line of its own is."""
    lines = [" ".join(line.split()) for line in text.split("\n")]
    head.add("copyright", " ".join(lines))
    if len(lines) > 1 and not _NOTICE.search(lines[-1]):
        head.spare = lines[-1]


def _is_rest(text: str) -> bool:
    """Whether only a weekday or a time follows a date: a headline may begin with a date."""
    return not text or text.split()[0].strip(",.").lower() in _WEEKDAYS.split() or text[0].isdigit()


def _headline(text: str, head: _Head) -> None:
    """A headline; a last line in capitals below one that is not is the byline."""
    lines = [" ".join(line.split()) for line in text.split("\n")]
    before = " ".join(lines[:-1])
    if before and lines[-1].isupper() and not before.isupper() and before[-1] not in ";:,-":
        head.add("author", lines.pop())
    head.add("title", " ".join(lines))


def _labels_follow(blocks: Sequence[Block], place: int) -> bool:
    after = [label_of(block.text.strip()) for block in blocks[place + 1 : place + 3]]
    return _WORDS.fullmatch(blocks[place].text.strip()) is not None or any(
        found is not None and found[0] in _HEAD for found in after
    )


def _read_labels(blocks: Sequence[Block], head: _Head) -> None:
    """The labeled lines between headline and text; moves `head.end` to the text."""
    body = next(
        (
            place
            for place in range(head.end, min(head.end + 40, len(blocks)))
            if (found := label_of(blocks[place].text.strip())) and found[0] == "body"
        ),
        None,
    )
    last = ""
    for place in range(head.end, len(blocks)):
        text = blocks[place].text.strip()
        found = label_of(text)
        if found and found[0] == "body":
            head.end = place if found[1] else place + 1
            return
        if found:
            last = found[0]
            head.add(last, " ".join(found[1].split()))
        elif body is not None and last:  # a field of several paragraphs
            head.fields.setdefault(last, [""])[-1] += f" {' '.join(text.split())}"
        elif not last and _WORDS.fullmatch(text):
            head.add("length", text)
        elif last and len(text) < START and _dateline_follows(blocks, place):
            head.add("author", text)
        elif not (blocks[place].centered and not last):
            head.end = place
            return
        head.end = place + 1


def _dateline_follows(blocks: Sequence[Block], place: int) -> bool:
    found = label_of(blocks[place + 1].text.strip()) if place + 1 < len(blocks) else None
    return found is not None and found[0] == "dateline"


def _tail(blocks: Sequence[Block], begin: int) -> int:
    """The first block below the text: from there on, all is labeled or centered.

    Read from the end. Captions and corrections may go on for some paragraphs, but a "GRAPHIC:" with
    more below than above is part of the text.
    """
    tail = len(blocks)
    sizes = [len(block.text) for block in blocks]
    above = sum(sizes[begin:])
    loose, open_ = 0, True
    for place in range(len(blocks) - 1, begin - 1, -1):
        above -= sizes[place]
        found = label_of(blocks[place].text.strip())
        if found is not None and found[0] not in _HEAD_ONLY - {"highlight"}:
            if loose and (found[0] not in _MAY_BE_LONG or loose > above):
                break
            tail, loose, open_ = place, 0, False
        elif blocks[place].centered or _COPYRIGHT.match(blocks[place].text):
            tail = place if open_ else tail
        elif not loose and not open_ and _UNKNOWN.match(blocks[place].text):
            continue  # part of the tail if a known label stands above it
        else:
            loose += sizes[place]
            open_ = False
    return tail


def _unlabeled(text: str) -> str:
    found = label_of(text)
    return found[1] if found and found[0] == "body" else text


def begins(blocks: Sequence[Block]) -> str:
    """How a document that is not read begins."""
    return " ".join(" ".join(block.flat for block in blocks).split())[:START]


def collect(
    documents: Iterable[tuple[int, Sequence[Block]]],
) -> tuple[list[dict[str, Any]], list[int], list[Rejected]]:
    """Rows, where each begins, and the documents that are no articles."""
    rows, places, rejected = [], [], []
    for place, blocks in documents:
        found = article(blocks)
        if isinstance(found, str):
            rejected.append(Rejected(place, found, begins(blocks)))
        else:
            rows.append(found)
            places.append(place)
    return rows, places, rejected
