"""Web archives: WARC and its ancestor ARC, gzipped or not, whatever their name says."""

import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr
from dataclasses import replace
from itertools import islice
from typing import IO, Any, ClassVar, cast

from mediaframes.corpus.readers._batch import Batch, Options, Reader, Rejected
from mediaframes.corpus.readers._decode import looks_like_text
from mediaframes.corpus.readers._merged import Page, merged, start_of
from mediaframes.corpus.readers._webpage import PageReader
from mediaframes.corpus.readers._zip import brief
from mediaframes.corpus.webpage import LARGEST_FILE, archived, quiet
from mediaframes.errors import InputError

_BEGIN = re.compile(rb"\s{0,4}(?:WARC/\d\.\d{1,2}\r?\n|filedesc://)")
_GZIP = b"\x1f\x8b\x08"
# Where the next record may begin: in the open, or as a gzip member of its own
_NEXT = re.compile(rb"\nWARC/\d\.\d{1,2}\r?\n|\x1f\x8b\x08")
_CHUNK = 1 << 20
_OVERLAP = 1 << 10  # bytes looked at again in the next chunk: a sign that lies across both
_HTML = re.compile(r"\s*(?:text/html|application/xhtml\+xml)\b", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w:.-]{2,40})", re.IGNORECASE)
_TAG = re.compile(rb"<(?:html|head|body|div|p|title|!doctype)\b", re.IGNORECASE)
_UNPACKED = ("gzip", "x-gzip", "deflate", "identity", "none", "")
_ARROW = {"br": "brotli", "zstd": "zstd"}  # what pyarrow opens and warcio does not
DAMAGED = 1000  # damaged places after which the rest of a file is given up


class Warc(Reader):
    """Pages that a crawler or a browser saved into a web archive."""

    name = "WARC"
    streams: ClassVar[bool] = True

    def sniff(self, head: bytes, file: str) -> bool:
        """By the first record."""
        return _begins(head)

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """As `read_stream`."""
        return self.read_stream(io.BytesIO(data), file, options)

    def read_stream(self, stream: IO[bytes], file: str, options: Options) -> Batch:
        """One article per HTML page with status 200; the index is the number of the record.

        Other HTML pages are left out with their status; images, styles and the like are counted.
        One record is in memory at a time, and the pages that wait for a process.
        """
        found = Records(stream)
        batch = merged(found.pages(), file=file, options=options, form=self.name, notes=found.notes)
        if batch.rows.empty and not batch.rejected:
            raise InputError(
                f"{file}: a web archive without an HTML page ({'; '.join(found.notes)}); crawl the "
                "pages once more, or read their HTML"
            )
        return replace(batch, cut=found.cut)


def _begins(head: bytes) -> bool:
    """Whether a record begins here, gzipped or not."""
    return bool(_BEGIN.match(_opened(head)))


def _opened(head: bytes) -> bytes:
    """The first bytes of a file or record, out of their gzip where they are in one."""
    if not head.startswith(_GZIP):
        return head
    try:
        return zlib.decompressobj(31).decompress(head, 1 << 16)
    except zlib.error:
        return b""


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
    cut : bool
        Whether the last record ends before it should, known when all records are read.
    """

    def __init__(self, stream: IO[bytes], *, before: int = 0) -> None:
        self.number, self.urls = before, set[str]()
        self.notes: list[str] = []
        self.cut = False
        self._arc = _opened(stream.read(_OVERLAP)).lstrip().startswith(b"filedesc://")
        self._stream = stream
        self._others: Counter[str] = Counter()

    def pages(self) -> Iterator[Page | Rejected]:
        """HTML pages, and those that are none for a reason."""
        begin: int | None = 0
        damaged, met, skip = 0, 0, 0
        while begin is not None and damaged <= DAMAGED:
            records = _Safe(self._stream, begin, arc=self._arc)
            for record in islice(records, skip, None):
                met += 1
                self.number += 1
                yield from self._page(record, records)
            self.cut |= records.cut
            if not records.problem:
                break
            if records.one_stream and begin == 0:  # gzipped as a whole: warcio wants it opened
                self._stream.seek(0)
                self._stream, skip = cast("IO[bytes]", gzip.GzipFile(fileobj=self._stream)), met
                continue
            damaged, skip = damaged + 1, 0
            self.number += 1
            yield Rejected(self.number, f"damaged record ({records.problem})", "")
            begin = _next_record(self._stream, records.offset + 1)
        self.notes += self._summary()

    def _summary(self) -> list[str]:
        others = ", ".join(f"{n:,} {name}" for name, n in sorted(self._others.items()))
        notes = [f"no pages: {others}"] if others else []
        if self.cut:
            notes.append(
                "THE ARCHIVE BREAKS OFF: its last page may be cut and others missing; copy it again"
            )
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
        Whether the last record ends before it should.
    one_stream : bool
        Whether it stopped because one gzip stream goes over several records.
    """

    def __init__(self, stream: IO[bytes], begin: int, *, arc: bool) -> None:
        from warcio.archiveiterator import ArchiveIterator

        quiet()
        stream.seek(begin)
        self._stream, self._arc = stream, arc
        self._records = ArchiveIterator(stream, arc2warc=True)
        self.problem, self.offset, self.cut, self.one_stream = "", begin, False, False

    def __iter__(self) -> Iterator[Any]:
        record = None
        while True:
            try:
                with redirect_stderr(io.StringIO()):
                    record = next(self._records)
            except StopIteration:
                # ARC counts the line before the next record
                left = 0 if self._arc else _left(record)
                self.cut = left > 0 or _breaks_off(self._stream, self.offset)
                return
            except Exception as error:  # any kind, for damaged headers
                self.cut = isinstance(error, EOFError)
                self.one_stream = "non-chunked gzip" in str(error)
                self.problem = " ".join(str(error).split())[:60] or type(error).__name__
                self.offset = self._records.offset
                return
            self.offset = self._records.offset
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
        # some crawlers unpack, and leave it said
        if packed not in _UNPACKED and not _is_html(data):
            data, problem = _by_arrow(data, packed)
            if problem:
                return b"", problem
        return data, "" if data.strip() else "an empty page"


def _left(record: Any) -> int:
    """Bytes of a record that were announced and did not come."""
    return getattr(getattr(record, "raw_stream", None), "limit", 0)


def _breaks_off(stream: IO[bytes], begin: int) -> bool:
    """Whether the last record that could be read, which begins here, is not the last one."""
    stream.seek(begin)
    packed = stream.read(len(_GZIP)) == _GZIP
    stream.seek(begin)
    try:
        rest = gzip.GzipFile(fileobj=stream) if packed else stream
        while rest.read(_CHUNK):
            pass
    except EOFError:
        return True
    except (OSError, zlib.error):  # something else behind the last record
        return False
    return _next_record(stream, begin + 1) is not None


def _by_arrow(data: bytes, packed: str) -> tuple[bytes, str]:
    """A page that its server packed as Brotli or Zstandard, or why it cannot be had."""
    import pyarrow as pa

    if packed not in _ARROW:
        return b"", f"packed as {packed[:20]!r}"
    if not pa.Codec.is_available(_ARROW[packed]):
        return b"", f"packed as {packed!r}, which this pyarrow does not open; pip install pyarrow"
    pieces: list[bytes] = []
    size = 0
    try:
        with pa.CompressedInputStream(pa.BufferReader(data), _ARROW[packed]) as stream:
            while size <= LARGEST_FILE and (piece := stream.read(_CHUNK)):
                pieces.append(piece)
                size += len(piece)
    except OSError as error:
        if not pieces:  # else its record is cut, and what came before is read
            return b"", f"packed as {packed!r}, and cannot be unpacked ({brief(error)})"
    return b"".join(pieces), ""


def _next_record(stream: IO[bytes], begin: int) -> int | None:
    """Where the first record at or after a place begins."""
    held = b""
    while piece := _piece(stream, begin + len(held)):
        held += piece
        for found in _NEXT.finditer(held):
            if found[0] != _GZIP:
                return begin + found.start() + 1
            if _begins(held[found.start() : found.start() + _OVERLAP]):
                return begin + found.start()
        begin += max(0, len(held) - _OVERLAP)
        held = held[-_OVERLAP:]
    return None


def _piece(stream: IO[bytes], begin: int) -> bytes:
    """Some bytes of a stream, none where it cannot be opened further."""
    try:
        stream.seek(begin)
        return stream.read(_CHUNK)
    except (EOFError, OSError, zlib.error):
        return b""
