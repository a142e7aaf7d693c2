"""LexisNexis: Word files of Nexis Uni (one article, many, a ZIP of them) and of classic Nexis."""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from mediaframes._xml import xml_parser
from mediaframes.corpus.readers._batch import Batch, Options, Reader, Rejected
from mediaframes.corpus.readers._nexis import (
    ROLES,
    Block,
    announced,
    as_row,
    begins,
    collect,
    counter,
    day_of,
    label_of,
)
from mediaframes.corpus.readers._nexis_batch import nexis_batch, rows_table
from mediaframes.corpus.readers._zip import brief
from mediaframes.errors import InputError

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# 500 articles are some 20 MB of XML; a file that unpacks to more than this is a trap or no export
LARGEST = 150 << 20
MOST_FILES = 20_000
# the headers of an archive's files: those of a Word file, or a name that ends in .docx
_ARCHIVE = re.compile(rb"PK\x03\x04.{26}(?:word/|[^\0]{0,250}?\.docx)", re.S | re.I)
_COUNT = re.compile(r"(?:Documents?|Dokumente?|Documenten|Documentos|Documenti) \((\d{1,6})\)")
_COVER = re.compile(
    r"(?:User Name|Benutzername|Date and Time|Job Number|Client/Matter|Search Terms|Search Type|"
    r"Narrowed by|Content Type|Sources?|Quellen?|Suchbegriffe|News$|\d{1,4}\. )"
)
_BODY = {"Body", "Text", "Volltext", "Hauptteil", "Haupttext", "Corps", "Corps de l'article"}
_BELOW = {"Graphic", "Grafik", "Graphique", "Correction", "Korrektur", "Notes"}
_CLASSES = {"Classification", "Klassifizierung", "Klassifikation"}
_END = {"End of Document", "Ende des Dokuments", "Fin du document", "Einde van document"}
_END |= {"Fin del documento", "Fine del documento", "Fim do documento"}
_KEYS = {"graphic": ("graphic", "grafik", "graphique"), "correction": ("correction", "korrektur")}


class NexisDocx(Reader):
    """Word files of LexisNexis, and ZIP archives of them."""

    name = "Nexis DOCX"

    def sniff(self, head: bytes, file: str) -> bool:
        """Whether it is a ZIP archive that begins as a Word file, or holds one."""
        if not head.startswith(b"PK\x03\x04"):
            return False
        return _ARCHIVE.search(head) is not None

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """The articles; their index is their number in the file, in an archive over all files."""
        with _opened(data, file) as archive:
            names = [item.filename for item in archive.infolist()]
            if "word/document.xml" in names:
                return _document(archive, file)
            return _archive(archive, file)


def _archive(archive: zipfile.ZipFile, file: str) -> Batch:
    """All Word files in an archive as one batch; a list of documents announces their number."""
    frames, rejected, notes = [], [], []
    number, total = 0, 0
    listed: int | None = None
    for item in archive.infolist():
        name = item.filename
        if item.is_dir() or name.startswith("__MACOSX/"):
            continue
        try:
            if not name.lower().endswith(".docx"):
                raise InputError("no Word file; take it out and read it by itself")
            with _opened(_member(archive, name, file), name) as inner:
                batch = _document(inner, name, listing=True)
        except InputError as error:
            number, total = number + 1, total + 1
            reason = str(error).removeprefix(f"{name}: ")
            rejected.append(Rejected(number, reason, name[:80]))
            continue
        if not len(batch.rows) and not batch.rejected:
            listed = batch.announced if listed is None else listed
            continue
        places = [*batch.rows.index, *(item.row for item in batch.rejected)]
        rows = batch.rows.assign(file_in_archive=name)
        rows.index = rows.index + number
        frames.append(rows)
        rejected += [item._replace(row=item.row + number) for item in batch.rejected]
        notes += [f"{name}: {note}" for note in batch.notes]
        number, total = number + max(places), total + batch.total
    if not frames and not rejected:
        raise InputError(f"{file}: the archive holds no Word file of Nexis; unpack it and look")
    rows = pd.concat(frames).astype("object") if frames else rows_table([], [])
    rows = rows.where(rows.notna(), None)
    form = f"{NexisDocx.name} in ZIP"
    said = total if listed is None else listed
    return Batch(rows, form, "", rejected, {name: name for name in ROLES}, tuple(notes), said)


def _document(archive: zipfile.ZipFile, file: str, *, listing: bool = False) -> Batch:
    paragraphs = _paragraphs(_member(archive, "word/document.xml", file), file)
    marks = [place for place, block in enumerate(paragraphs) if counter(block.flat)]
    bodies = sum(_is_body(block) for block in paragraphs)
    if not marks and bodies > 1 and not any(block.flat in _END for block in paragraphs):
        raise InputError(
            f"{file}: {bodies} articles, it seems, but no 'End of Document' between them; export "
            "them again, with an English interface"
        )
    batch = _classic(paragraphs, marks) if marks else _uni(paragraphs)
    if not len(batch.rows) and not batch.rejected and not (listing and batch.announced):
        start = begins(paragraphs)
        raise InputError(
            f"{file}: a Word file without an article of Nexis (it begins '{start}'); export the "
            "articles with their full text"
        )
    return batch


def _classic(paragraphs: list[Block], marks: list[int]) -> Batch:
    """Word files of classic Nexis: counters between the articles, as in its text files."""
    counters = [found for place in marks if (found := counter(paragraphs[place].flat))]
    ends = [*marks[1:], len(paragraphs)]
    rows, places, rejected = collect(
        (number, paragraphs[place + 1 : end])
        for number, (place, end) in enumerate(zip(marks, ends, strict=True), start=1)
    )
    cover = "\n".join(block.text for block in paragraphs[: marks[0]])
    said, odd = announced(cover, counters)
    return nexis_batch(
        rows, places, rejected, form=NexisDocx.name, notes=odd, announced=said, cut=False
    )


def _uni(paragraphs: list[Block]) -> Batch:
    rows: list[dict[str, Any]] = []
    places: list[int] = []
    rejected: list[Rejected] = []
    counts = [found for block in paragraphs[:60] if (found := _COUNT.fullmatch(block.flat))]
    notes: tuple[str, ...] = ()
    number = 0
    for part, ended in _parts(paragraphs):
        body = _body(part)
        if not ended and body is None:
            continue  # a cover page alone, or nothing after the last article
        number += 1
        row = _article(part, body)
        if row["text"]:
            rows.append(row)
            places.append(number)
        else:
            rejected.append(Rejected(number, "no text", (row["title"] or begins(part))[:80]))
        if not ended:
            notes = ("the last article has no end: the file may be cut off",)
    said = int(counts[0][1]) if counts else None
    return nexis_batch(
        rows, places, rejected, form=NexisDocx.name, notes=notes, announced=said, cut=False
    )


def _parts(paragraphs: list[Block]) -> Iterator[tuple[list[Block], bool]]:
    """The paragraphs of each article, and whether it has its "End of Document"."""
    begin = 0
    for place, block in enumerate(paragraphs):
        if block.flat in _END:
            yield paragraphs[begin:place], True
            begin = place + 1
    if begin < len(paragraphs):
        yield paragraphs[begin:], False


def _body(part: Sequence[Block]) -> int | None:
    """Where the text begins: the first paragraph that is "Body" and nothing else."""
    return next((place for place, block in enumerate(part) if _is_body(block)), None)


def _is_body(block: Block) -> bool:
    return block.flat.replace("’", "'") in _BODY and not block.centered


def _article(part: list[Block], body: int | None) -> dict[str, Any]:
    top = part if body is None else part[:body]
    heading, rest = _heading(top)
    fields: dict[str, list[str]] = {}
    lines = _titles(heading, fields)
    below = _read_fields(rest, fields, lines, stop=body is None)
    texts = rest[below:] if body is None else part[body + 1 :]
    end = next((place for place in range(len(texts)) if _is_below(texts, place)), len(texts))
    text = "\n\n".join(block.text.strip() for block in texts[:end] if block.flat)
    last = ""
    for block in texts[end:]:
        found = label_of(block.text.strip(), capitals=False)
        if block.flat in _BELOW:
            last = next(
                (key for key, names in _KEYS.items() if block.flat.lower() in names), "notes"
            )
        elif found is not None:
            last = found[0] if found[1] else last
            if found[1]:
                fields.setdefault(last, []).append(" ".join(found[1].split()))
        elif block.flat and block.flat not in _CLASSES:
            fields.setdefault(last or "notes", []).append(block.flat)
    return as_row(fields, lines, text)


def _heading(top: list[Block]) -> tuple[list[str], list[Block]]:
    """The centered lines above an article (title, outlet, date), and what is below them.

    Without any (files that went through another program), the lines below the cover page and above
    the first label.
    """
    last = max(
        (place for place, block in enumerate(top) if block.centered and block.flat), default=-1
    )
    if last >= 0:
        first = last
        while first and top[first - 1].centered:
            first -= 1
        heading = [block.flat for block in top[first : last + 1] if block.flat]
        return heading, top[last + 1 :]
    cover = max((place for place, block in enumerate(top) if _COVER.match(block.flat)), default=-1)
    heading = []
    for place in range(cover + 1, len(top)):
        flat = top[place].flat
        if label_of(flat, capitals=False) or flat.startswith(("Copyright", "©")):
            return heading, top[place:]
        if flat:
            heading.append(flat)
    return heading, []


def _titles(heading: list[str], fields: dict[str, list[str]]) -> list[str]:
    """Title, outlet and date from the lines of the heading; returns the lines left over."""
    lines = []
    names = [*heading]
    for place, line in enumerate(heading):
        day = day_of(line)
        if day is not None and place > 0 and place >= len(heading) - 3:
            fields["date"] = [day[0]]
            names = heading[:place]
            lines = [day[1], *heading[place + 1 :]]
            break
    if len(names) == 1 and "date" in fields:  # no title: the outlet stands alone above the date
        fields["outlet"] = names
    elif names:
        fields["title"] = names[:1]
        fields["outlet"] = names[1:2]
        lines = [*names[2:], *lines]
    return [line for line in lines if line]


def _read_fields(
    rest: list[Block], fields: dict[str, list[str]], lines: list[str], *, stop: bool
) -> int:
    """The labeled lines above the text; without a "Body", the text begins below the last one."""
    labeled = [
        place
        for place, block in enumerate(rest)
        if (found := label_of(block.text.strip(), capitals=False)) and found[0] != "body"
    ]
    end = len(rest)
    if stop:
        above = [place for place in labeled if place <= labeled[0] + 12] if labeled else []
        end = above[-1] + 1 if above else 0
    for block in rest[:end]:
        text = block.text.strip()
        found = label_of(text, capitals=False)
        if found is not None:
            if found[1]:
                fields.setdefault(found[0], []).append(" ".join(found[1].split()))
        elif text.startswith(("Copyright", "©")):
            fields.setdefault("copyright", []).append(block.flat)
        elif "date" not in fields and (day := day_of(block.flat)):
            fields["date"] = [day[0]]
        elif block.flat:
            lines.append(block.flat)
    return end


def _is_below(texts: Sequence[Block], place: int) -> bool:
    """Whether the text is over: index terms, or a heading such as "Graphic" with a gap below."""
    flat = texts[place].flat
    if flat in _CLASSES:
        return True
    if flat in _BELOW:
        return place + 1 == len(texts) or not texts[place + 1].flat
    found = label_of(texts[place].text.strip(), capitals=False)
    return found is not None and found[0] in {"load_date", "language"} and len(flat) < 60


def _opened(data: bytes, file: str) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise InputError(
            f"{file}: the Word file or archive is damaged or cut off ({brief(error)}); "
            "download it again"
        ) from error
    if len(archive.infolist()) > MOST_FILES:
        raise InputError(f"{file}: {len(archive.infolist()):,} files in the archive; unpack it")
    return archive


def _member(archive: zipfile.ZipFile, name: str, file: str) -> bytes:
    """One file of an archive, never more than `LARGEST` bytes, whatever the archive says."""
    try:
        with archive.open(name) as stream:
            data = stream.read(LARGEST + 1)
    except Exception as error:  # zipfile, zlib and lzma raise a dozen kinds for damaged archives
        raise InputError(
            f"{file}: '{name}' cannot be unpacked ({error or type(error).__name__}); download the "
            "file again"
        ) from error
    if len(data) > LARGEST:
        raise InputError(
            f"{file}: '{name}' unpacks to more than {LARGEST >> 20} MB; that is no export of Nexis"
        )
    return data


def _paragraphs(data: bytes, file: str) -> list[Block]:
    """The paragraphs of a Word document in order, also empty ones."""
    from lxml import etree

    try:
        root = etree.fromstring(data, xml_parser())
    except etree.XMLSyntaxError as error:
        raise InputError(
            f"{file}: the Word document inside is damaged ({brief(error)}); download the file again"
        ) from error
    if root.getroottree().docinfo.doctype:
        raise InputError(f"{file}: a Word document must not declare entities; it is not read")
    etree.strip_elements(root, f"{_WORD}txbxContent", _FALLBACK, with_tail=False)
    found = []
    for number, paragraph in enumerate(root.iter(f"{_WORD}p"), start=1):
        place = paragraph.find(f"{_WORD}pPr/{_WORD}jc")
        centered = place is not None and place.get(f"{_WORD}val") == "center"
        block = Block("".join(_pieces(paragraph)).replace("\u00a0", " "), centered, number)
        lines = "\n".join(" ".join(line.split()) for line in block.text.split("\n"))
        found.append(block._replace(text=lines.strip("\n")))
    return found


def _pieces(paragraph: Any) -> Iterator[str]:
    marks = {f"{_WORD}br": "\n", f"{_WORD}cr": "\n", f"{_WORD}tab": " "}
    marks[f"{_WORD}noBreakHyphen"] = "-"
    for element in paragraph.iter():
        if element.tag == f"{_WORD}t":
            yield element.text or ""
        else:
            yield marks.get(element.tag, "")
