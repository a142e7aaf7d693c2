"""Web archives: WARC and its ancestor ARC, gzipped or not, whatever their name says."""

import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr
from typing import Any

from mediaframes.corpus.readers._archives import unpacked
from mediaframes.corpus.readers._batch import Batch, Options, Reader, Rejected
from mediaframes.corpus.readers._decode import looks_like_text
from mediaframes.corpus.readers._merged import Page, merged, start_of
from mediaframes.corpus.readers._webpage import PageReader
from mediaframes.corpus.webpage import LARGEST_FILE, archived, quiet
from mediaframes.errors import InputError

_BEGIN = re.compile(rb"\s{0,4}(?:WARC/\d\.\d{1,2}\r?\n|filedesc://)")
_NEXT = re.compile(rb"\nWARC/\d\.\d{1,2}\r?\n")
_HTML = re.compile(r"\s*(?:text/html|application/xhtml\+xml)\b", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w:.-]{2,40})", re.IGNORECASE)
_TAG = re.compile(rb"<(?:html|head|body|div|p|title|!doctype)\b", re.IGNORECASE)
_UNPACKED = ("gzip", "x-gzip", "deflate", "identity", "none", "")
BROTLI = "; pip install brotli, and read again"
DAMAGED = 1000  # damaged places after which the rest of a file is given up


class Warc(Reader):
    """Pages that a crawler or a browser saved into a web archive."""

    name = "WARC"

    def sniff(self, head: bytes, file: str) -> bool:
        """By the first record."""
        if head.startswith(b"\x1f\x8b"):
            try:
                head = unpacked(head, file=file).data or b""
            except InputError:
                return False
        return bool(_BEGIN.match(head))

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """One article per HTML page with status 200; the index is the number of the record.

        Other HTML pages are left out with their status; images, styles and the like are counted.
        """
        found = Records(data, file)
        batch = merged(found.pages(), file=file, options=options, form=self.name, notes=found.notes)
        if batch.rows.empty and not batch.rejected:
            raise InputError(
                f"{file}: a web archive without an HTML page ({'; '.join(found.notes)}); crawl the "
                "pages once more, or read their HTML"
            )
        return batch


def _is_html(data: bytes) -> bool:
    return looks_like_text(data[:5000]) and bool(_TAG.search(data[:5000]))


class Records:
    """The records of one archive, as they are read.

    Attributes
    ----------
    number : int
        Of the last record.
    urls : set of str
        Addresses of all HTML pages met.
    notes : list of str
        Filled when all records are read.
    """

    def __init__(self, data: bytes, file: str, *, before: int = 0) -> None:
        item = unpacked(data, file=file)
        self.file, self.number, self.urls = file, before, set[str]()
        self.notes: list[str] = [item.note] if item.note else []
        self._data = item.data or b""
        self._others: Counter[str] = Counter()
        self._cut = item.cut

    def pages(self) -> Iterator[Page | Rejected]:
        """HTML pages, and those that are none for a reason."""
        begin, damaged = 0, 0
        while begin < len(self._data) and damaged <= DAMAGED:
            records = _Safe(self._data, begin)
            for record in records:
                self.number += 1
                yield from self._page(record, records)
            if not records.problem:
                break
            damaged += 1
            self.number += 1
            yield Rejected(self.number, f"damaged record ({records.problem})", "")
            found = _NEXT.search(self._data, records.offset + 1)
            begin = found.start() + 1 if found else len(self._data)
        self.notes += self._summary()

    def _summary(self) -> list[str]:
        others = ", ".join(f"{n:,} {name}" for name, n in sorted(self._others.items()))
        notes = [f"no pages: {others}"] if others else []
        if self._cut and not any("BREAKS OFF" in note for note in self.notes):
            notes.append("THE ARCHIVE BREAKS OFF: its last page may be cut")
        return notes

    def _page(self, record: Any, records: "_Safe") -> Iterator[Page | Rejected]:
        kind = record.rec_type
        if kind is None:
            yield Rejected(self.number, "damaged record (without a WARC-Type)", "")
            return
        if kind not in ("response", "resource"):
            name = "revisits (pages captured before)" if kind == "revisit" else kind
            self._others[name] += 1
            return
        headers = record.http_headers
        said = (headers or record.rec_headers).get_header("Content-Type") or ""
        status = headers.get_statuscode() if headers else "200"
        url = record.rec_headers.get_header("WARC-Target-URI") or ""
        captured = (record.rec_headers.get_header("WARC-Date") or "")[:10]
        if said and not _HTML.match(said):
            self._others["other files (images, styles ...)"] += 1
            return
        url, day = archived(url.strip("<> "))
        self.urls.add(url)
        if status != "200":
            yield Rejected(self.number, f"status {status or 'missing'}", start_of(None, url))
            return
        data, problem = records.payload(record)
        self._cut |= records.cut
        if not problem and not said and not _is_html(data):
            self._others["other files (images, styles ...)"] += 1
            return
        if problem:
            yield Rejected(self.number, problem, start_of(None, url))
            return
        charset = _CHARSET.search(said)
        latest = min(filter(None, (captured, day)), default=None)
        more = {"captured": latest} if latest else {}
        reader = PageReader(url or None, charset and charset[1], latest, more, "WARC")
        yield Page(self.number, data, reader)


class _Safe:
    """warcio's records, without its exceptions and messages.

    Attributes
    ----------
    problem : str
        Why reading stopped before the end, else "".
    offset : int
        Where the record begins at which it stopped.
    cut : bool
        Whether the last payload ends before its record should.
    """

    def __init__(self, data: bytes, begin: int) -> None:
        from warcio.archiveiterator import ArchiveIterator

        quiet()
        stream = io.BytesIO(data)  # shares the bytes
        stream.seek(begin)
        self._records = ArchiveIterator(stream, arc2warc=True)
        self._arc = data[:100].lstrip().startswith(b"filedesc://")
        self.problem, self.offset, self.cut = "", begin, False

    def __iter__(self) -> Iterator[Any]:
        while True:
            try:
                with redirect_stderr(io.StringIO()):
                    record = next(self._records)
            except StopIteration:
                return
            except Exception as error:  # any kind, for damaged headers
                self.problem = " ".join(str(error).split())[:60] or type(error).__name__
                self.offset = self._records.offset
                return
            yield record

    def payload(self, record: Any) -> tuple[bytes, str]:
        """What the server sent, unpacked, or why it cannot be had."""
        packed = ""
        if record.http_headers:
            headers = record.http_headers
            packed = (headers.get_header("Content-Encoding") or "").strip().lower()
            if (headers.get_header("Transfer-Encoding") or "").strip().lower() == "chunked":
                headers.replace_header("Transfer-Encoding", "chunked")
            if packed == "x-gzip":
                headers.replace_header("Content-Encoding", "gzip")
        try:
            with redirect_stderr(io.StringIO()):
                data = record.content_stream().read(LARGEST_FILE + 1)
        except Exception as error:  # zlib and warcio raise several kinds
            return b"", f"cannot be unpacked ({type(error).__name__})"
        # the data end although the header announces more
        whole = self._arc or len(data) > LARGEST_FILE  # ARC counts the line before the next record
        self.cut = not whole and getattr(record.raw_stream, "limit", 0) > 0
        if packed not in _UNPACKED and not _is_html(
            data
        ):  # some crawlers unpack, and leave it said
            return b"", f"packed as {packed[:20]!r}{BROTLI if packed == 'br' else ''}"
        return data, "" if data.strip() else "an empty page"
