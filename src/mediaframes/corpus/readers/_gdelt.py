"""GDELT 2: the Global Knowledge Graph and Mentions. They name pages and hold no texts."""

import csv
import html
import re
import zipfile
from io import BytesIO

import pandas as pd

from mediaframes.corpus.readers._batch import Batch, Options, Reader, Rejected, table
from mediaframes.corpus.readers._decode import decode, head_text, looks_like_text
from mediaframes.corpus.readers._pages import START, rows_or_none
from mediaframes.corpus.readers._zip import brief
from mediaframes.errors import InputError

METADATA_ONLY = "metadata only: no text"
# Columns, in the order of the code books (GKG 2.1; Event 2.0, Mentions); the feeds have no header
_GKG_WIDTH, _GKG_DAY, _GKG_OUTLET, _GKG_URL = 27, 1, 3, 4
_MENTIONS_WIDTH, _MENTIONS_DAY, _MENTIONS_OUTLET, _MENTIONS_URL = 16, 2, 4, 5
_GKG = re.compile(r"\d{14}-T?\d{1,9}\t\d{14}\t\d\t")
_MENTION = re.compile(r"\d{1,12}\t\d{14}\t\d{14}\t\d\t")
_MENTIONS_HEADER = re.compile(
    r"globaleventid[\t,]eventtimedate[\t,]mentiontimedate[\t,]", re.IGNORECASE
)
_SCHEMA = re.compile(r"name,type,description\s+(?:GKGRECORDID|GLOBALEVENTID),", re.IGNORECASE)
_PAGE_TITLE = re.compile(r"<PAGE_TITLE>([^<]{1,500})</PAGE_TITLE>")
ARCHIVE = re.compile(r"\.(?:gkg|mentions)\.csv\.zip$", re.IGNORECASE)
LARGEST = 1 << 30  # bytes of an unpacked file; fifteen minutes of the world's news are some 20 MB


class Gdelt(Reader):
    """Tables of GDELT: each page once, left out as metadata without text."""

    name = "GDELT"

    def sniff(self, head: bytes, file: str) -> bool:
        """By the first record, a header of Mentions, or the name of an archive of the feed."""
        if head.startswith(b"PK\x03\x04"):
            return bool(ARCHIVE.search(file))
        if not looks_like_text(head[:4096]):
            return False
        text = head_text(head)[:4096]
        return any(sign.match(text) for sign in (_GKG, _MENTION, _MENTIONS_HEADER, _SCHEMA))

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """No articles: every page named is left out, with its title or address."""
        text, encoding, notes = decode(_unzip(data, file), encoding=options.encoding, file=file)
        if _SCHEMA.match(text):
            raise InputError(f"{file}: describes GDELT's columns and holds no data; move it away")
        lines = text.split("\n")
        if header := _MENTIONS_HEADER.match(text):
            separator, first = header[0][-1], 1
        else:
            separator, first = "\t", 0
        gkg = bool(_GKG.match(text))
        width, column = (_GKG_WIDTH, _GKG_URL) if gkg else (_MENTIONS_WIDTH, _MENTIONS_URL)
        pages: dict[str, Rejected] = {}
        stubs: dict[str, dict[str, str | None]] = {}
        rejected, records = [], 0
        for number, line in enumerate(lines[first:], start=first + 1):
            if not line.strip():
                continue
            records += 1
            line = line.rstrip("\r")
            # the feed knows no quotes; tables that were saved with commas do
            cells = line.split("\t") if separator == "\t" else _cells(line)
            if len(cells) < width - 2 or not cells[column].strip():  # older feeds lack the last two
                reason = f"{len(cells)} cells where there should be {width}"
                rejected.append(Rejected(number, reason, line[:START]))
                continue
            url = cells[column].strip()
            title = _PAGE_TITLE.search(cells[-1]) if gkg else None
            named = html.unescape(title[1]).strip() if title else None
            pages.setdefault(url, Rejected(number, METADATA_ONLY, (named or url)[:START]))
            day, outlet = (cells[_GKG_DAY], cells[_GKG_OUTLET]) if gkg else (
                cells[_MENTIONS_DAY], cells[_MENTIONS_OUTLET])  # fmt: skip
            stubs.setdefault(url, {"url": url, "title": named, "date": day[:8], "outlet": outlet})
        kind = "GKG 2.1" if gkg else "Mentions"
        note = f"{records:,} records of {len(pages):,} pages, without their texts"
        found = table(list(stubs.values()), [page.row for page in pages.values()])
        return metadata_only(
            f"{self.name} {kind}", encoding, [*rejected, *pages.values()], (*notes, note), found,
            {name: name for name in ("url", "title", "date", "outlet")},
        )  # fmt: skip


def _cells(line: str) -> list[str]:
    try:
        return next(csv.reader([line]))
    except csv.Error:  # a cell beyond all measure
        return [line]


def metadata_only(
    form: str,
    encoding: str,
    rejected: list[Rejected],
    notes: tuple[str, ...],
    stubs: pd.DataFrame,
    roles: dict[str, str],
) -> Batch:
    """A file without texts: no article, everything in it left out by name and kept as `stubs`."""
    known = {**roles, "text": "text"}
    rows = rows_or_none([], [])
    return Batch(rows, form, encoding, sorted(rejected), known, notes, stubs=stubs)


def _unzip(data: bytes, file: str) -> bytes:
    if not data.startswith(b"PK\x03\x04"):
        return data
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) != 1 or members[0].file_size > LARGEST:
                raise InputError(
                    f"{file}: an archive of {len(members)} files, "
                    f"{sum(member.file_size for member in members):,} bytes; GDELT packs one file "
                    "in each. Download it again"
                )
            return archive.read(members[0])
    except InputError:
        raise
    except Exception as error:  # zipfile raises a dozen kinds for damaged archives
        raise InputError(
            f"{file}: the zip archive is damaged ({brief(error)}); download it again"
        ) from error
