"""What is packed: compressed files, and archives whose members are read one after the other.

Nothing is ever written to disk: the path of a member is a name and no more. A format that is itself
a ZIP file (Word, Excel, WACZ) is left to its reader.
"""

import bz2
import io
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Any, NamedTuple

from mediaframes.corpus.readers._gdelt import ARCHIVE as GDELT
from mediaframes.corpus.readers._sources import skipped_name
from mediaframes.corpus.readers._zip import brief, check_directory, member_name, read_member
from mediaframes.corpus.readers._zip_rescue import rescued
from mediaframes.errors import InputError

LARGEST = 1 << 30  # bytes of one unpacked file: it is held in memory while it is read
TOTAL = 16 << 30  # bytes of all files in an archive: three million articles
MEMBERS = 200_000  # files in an archive; more of them are kept in a table, not each by itself
DEEPEST = 3  # archives inside archives
# Text packs 3 to 10 times, pages and tables with much repetition 50 times. Bombs begin at 1,000.
# Below RATIO_FROM bytes nothing can do harm.
RATIO, RATIO_FROM = 250, 16 << 20
_CHUNK = 1 << 20
_TAR_HEAD = 512
_SPANNED = 4  # bytes before the first member of an archive that once was in several volumes
_MAGIC = {
    b"\x1f\x8b": "gzip",
    b"\xfd7zXZ\x00": "xz",
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",  # an empty one
    b"PK\x07\x08": "zip",  # in several volumes
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!\x1a\x07": "RAR",
    b"\x28\xb5\x2f\xfd": "Zstandard",
}
_BZ2 = re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)")
_MACHINES: dict[str, Callable[[], Any]] = {
    "gzip": lambda: zlib.decompressobj(31),
    "xz": lambda: lzma.LZMADecompressor(memlimit=1 << 28),
    "bz2": bz2.BZ2Decompressor,
}
_OPENS = {"gzip": b"\x1f\x8b", "xz": b"\xfd7zXZ", "bz2": b"BZh"}


class Item(NamedTuple):
    """A file as it comes out of its packing, why it is not read, or (`archive`) what held it."""

    name: str
    data: bytes | None
    skipped: str = ""
    note: str = ""
    cut: bool = False  # the packed file breaks off
    archive: bool = False


class Budget:
    """What an archive, with all archives inside, may still unpack to."""

    def __init__(self) -> None:
        self.bytes, self.members = TOTAL, MEMBERS

    def spend(self, size: int) -> None:
        """Count bytes that came out."""
        self.bytes -= size


class _Cut(Exception):
    """The packed bytes end before their end."""


class TooLarge(Exception):
    """More comes out than any collection of articles holds; says how much."""


def kind_of(head: bytes) -> str:
    """How bytes are packed: gzip, xz, bz2, zip, tar, 7z, RAR, Zstandard, or ``""``."""
    if _BZ2.match(head):
        return "bz2"
    if head[257:262] == b"ustar":
        return "tar"
    return next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), "")


def unpacked(data: bytes, *, file: str) -> Item:
    """The content of a compressed file (gzip, xz, bz2); other bytes as they are.

    Raises
    ------
    InputError
        For a damaged file, or one that unpacks to more than any export.
    """
    found = list(contents(io.BytesIO(data), file))
    return found[-1] if len(found) == 1 else Item(file, data)


def contents(stream: IO[bytes], name: str, budget: Budget | None = None) -> Iterator[Item]:
    """The files that a file holds: itself, or the members of an archive and then the archive.

    Parameters
    ----------
    stream : seekable binary file
        The file, open.
    name : str
        Its name in the corpus. Members are called ``name/path/in/the/archive.txt``.

    Raises
    ------
    InputError
        Where nothing can be read of it: it is damaged, or too large.
    """
    yield from _contents(stream, name, budget or Budget(), 0)


def _contents(stream: IO[bytes], name: str, budget: Budget, depth: int) -> Iterator[Item]:
    kind = kind_of(stream.read(_TAR_HEAD))
    stream.seek(0)
    if kind in ("7z", "RAR", "Zstandard"):
        raise InputError(f"{name}: packed as {kind}, which is not opened here; unpack it first")
    if kind in _MACHINES:
        yield from _compressed(stream, kind, name, budget, depth)
    elif kind == "zip" and not _is_format(stream, name):
        yield from _guarded(_zip(stream, name, budget, depth), "zip", name, depth)
    elif kind == "tar":
        yield from _guarded(_tar(stream, name, budget, depth), "tar", name, depth)
    else:
        yield Item(name, stream.read())


def _guarded(items: Iterator[Item], kind: str, name: str, depth: int) -> Iterator[Item]:
    """The members as they come, and at the end what became of the archive."""
    if depth >= DEEPEST:
        raise InputError(f"{name}: an archive inside {depth} others; unpack it first")
    found, whole, problem, cut = 0, 0, "", False
    try:
        for item in items:
            found += not item.archive
            whole += item.data is not None
            yield item
    except TooLarge as error:
        problem = f"{error}: the rest is not read; unpack it and look"
    except _Cut as error:
        problem, cut = f"THE ARCHIVE BREAKS OFF ({error}): copy or download it again", True
    if problem and not whole:
        raise InputError(f"{name}: {problem}")
    members = f"{kind} archive, {found:,} file{'s' * (found != 1)} in it"
    yield Item(name, None, "", "; ".join(filter(None, (members, problem))), cut, archive=True)


def _compressed(
    stream: IO[bytes], kind: str, name: str, budget: Budget, depth: int
) -> Iterator[Item]:
    """One compressed file: its content, or what is in the archive that it is."""
    source = _Pieces(_unpack(stream, kind, name))
    try:
        head = source.peek(_TAR_HEAD)
    except _Cut:
        raise InputError(
            f"{name}: the {kind} archive is damaged (it ends at once); copy or download the file "
            "again"
        ) from None
    except TooLarge as error:
        raise InputError(f"{name}: {error}") from error
    if kind_of(head) == "tar":
        yield from _guarded(_tar(source, name, budget, depth), f"tar ({kind})", name, depth)
        return
    note, cut = "", False
    parts: list[bytes] = []
    size, most = 0, min(LARGEST, budget.bytes)
    try:
        while piece := source.read(_CHUNK):
            parts.append(piece)
            size += len(piece)
            if size > most:
                raise TooLarge(f"unpacks to more than {most:,} bytes")
    except TooLarge as error:
        raise InputError(f"{name}: {error}; unpack it, look, and split it") from error
    except _Cut:
        parts.append(source.rest())
        size, cut = size + len(parts[-1]), True
        note = (
            f"THE FILE BREAKS OFF: of the {kind} archive only {size:,} bytes could be unpacked, "
            "the last article may be cut; copy or download it again"
        )
    data = b"".join(parts)
    parts.clear()
    budget.spend(size)
    if depth < DEEPEST and not cut and kind_of(data[:_TAR_HEAD]) not in ("", "tar"):
        yield from _contents(io.BytesIO(data), name, budget, depth + 1)
        return
    yield Item(name, data, "", note, cut)


def _unpack(stream: IO[bytes], kind: str, name: str) -> Iterator[bytes]:
    """What comes out of one or more compressed streams in a row, piece by piece."""
    machine = _MACHINES[kind]()
    packed, came, went, full = b"", 0, 0, False
    while True:
        if not packed and not full:
            packed = stream.read(_CHUNK)
            came += len(packed)
            if not packed:
                raise _Cut(f"{went:,} bytes unpacked")
        try:
            piece = machine.decompress(packed, _CHUNK)
        except (OSError, EOFError, zlib.error, lzma.LZMAError, ValueError) as error:
            raise InputError(
                f"{name}: the {kind} archive is damaged ({brief(error)}); copy or "
                "download the file again"
            ) from error
        full = len(piece) >= _CHUNK
        packed = machine.unconsumed_tail if kind == "gzip" else b""
        went += len(piece)
        if went > RATIO_FROM and went > RATIO * came:
            raise TooLarge(
                f"unpacks to more than {RATIO} times its size, as no text does (a zip bomb)"
            )
        if piece:
            yield piece
        if machine.eof:
            packed = machine.unused_data or stream.read(_CHUNK)
            came += 0 if machine.unused_data else len(packed)
            packed = packed.lstrip(b"\0")  # tapes and some tools fill up with zeros
            if not packed.startswith(_OPENS[kind]):
                return
            machine, full = _MACHINES[kind](), False


class _Pieces:
    """Pieces of bytes as a stream to read from; what was unpacked before a cut is not lost."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._held = pieces, bytearray()
        self._at = 0

    def _fill(self, size: int) -> None:
        while len(self._held) < size:
            piece = next(self._pieces, None)
            if piece is None:
                return
            self._held += piece

    def peek(self, size: int) -> bytes:
        """The next bytes, which stay."""
        try:
            self._fill(size)
        except _Cut:
            if not self._held:
                raise
            self._pieces = _cut_at_once()
        return bytes(self._held[:size])

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        if size < 0 or size > LARGEST:
            raise TooLarge(f"a part of more than {LARGEST:,} bytes")
        self._fill(size)
        found = bytes(self._held[:size])
        del self._held[:size]
        self._at += len(found)
        return found

    def rest(self) -> bytes:
        """What is unpacked and not yet read."""
        found = bytes(self._held)
        self._held.clear()
        return found

    def tell(self) -> int:
        """How many bytes were read."""
        return self._at


def _cut_at_once() -> Iterator[bytes]:
    raise _Cut("its beginning only")
    yield b""  # a generator


def _is_format(stream: IO[bytes], name: str) -> bool:
    """Whether a ZIP file is one document of a format of its own."""
    check_directory(stream, name, most=MEMBERS)
    try:
        with zipfile.ZipFile(stream) as archive:
            names = [info.filename for info in archive.infolist() if not info.is_dir()]
    except Exception:  # damaged: readers of such formats say so in their own words
        return _begins_as_format(stream)
    finally:
        stream.seek(0)
    known = {"[Content_Types].xml", "datapackage.json", "mimetype", "word/document.xml"}
    if known & set(names) or any(found.startswith("xl/") for found in names):
        return True
    files = [found for found in names if not skipped_name(found)]
    if len(files) == 1 and GDELT.search(name):
        return True
    return bool(files) and all(found.lower().endswith(".docx") for found in files)


def _begins_as_format(stream: IO[bytes]) -> bool:
    stream.seek(0)
    head = stream.read(1 << 16)
    return any(mark in head for mark in (b"[Content_Types].xml", b"word/", b"xl/", b"mimetype"))


def _zip(stream: IO[bytes], name: str, budget: Budget, depth: int) -> Iterator[Item]:
    try:
        archive = zipfile.ZipFile(stream)
        infos = archive.infolist()
        if min((info.header_offset for info in infos), default=0) > _SPANNED:
            raise zipfile.BadZipFile("the list is that of an archive inside")
    except Exception as error:  # zipfile raises a dozen kinds for damaged archives
        for inner, data, problem in rescued(stream, _may_unpack_to):
            yield from _member(f"{name}/{inner}", data, problem, budget, depth)
        raise _Cut(
            "its list of files is missing or damaged; those that are whole are read"
        ) from error
    with archive:
        for info in infos:
            if info.is_dir():
                continue
            inner = f"{name}/{member_name(info)}"
            limit = _may_unpack_to(info.compress_size)
            if info.file_size <= limit and info.file_size > budget.bytes:
                raise TooLarge(f"its files unpack to more than {TOTAL:,} bytes")
            data, problem = read_member(archive, info, most=limit)
            yield from _member(inner, data, problem, budget, depth)


def _may_unpack_to(packed: int) -> int:
    return min(LARGEST, max(RATIO_FROM, RATIO * packed))


def _member(
    name: str, data: bytes | None, problem: str, budget: Budget, depth: int
) -> Iterator[Item]:
    """A member of an archive: a file, an archive again, or why it is not read."""
    budget.members -= 1
    if budget.members < 0:
        raise TooLarge(f"more than {MEMBERS:,} files")
    if data is None:
        yield Item(name, None, problem)
        return
    budget.spend(len(data))
    if budget.bytes < 0:
        raise TooLarge(f"its files unpack to more than {TOTAL:,} bytes")
    if not kind_of(data[:_TAR_HEAD]):
        yield Item(name, data)
        return
    try:
        yield from _contents(io.BytesIO(data), name, budget, depth + 1)
    except InputError as error:
        yield Item(name, None, str(error).removeprefix(f"{name}: "))


def _tar(stream: Any, name: str, budget: Budget, depth: int) -> Iterator[Item]:
    try:
        archive: Any = tarfile.open(fileobj=stream, mode="r|", errors="replace")  # noqa: SIM115
        while (info := archive.next()) is not None:
            archive.members = []  # or a million of them are kept
            if not info.isfile():
                continue
            inner = f"{name}/{member_name(info.name)}"
            problem = ""
            if info.issparse():
                problem = "a sparse file, as no text is; unpack the archive and look"
            elif info.size > LARGEST:
                problem = f"{info.size:,} bytes, more than {LARGEST:,}; unpack it and split it"
            file = None if problem else archive.extractfile(info)
            data = None if file is None else file.read()
            yield from _member(inner, data, problem, budget, depth)
    except (TooLarge, InputError, _Cut):
        raise
    except Exception as error:  # tarfile lets much through from its depth
        if "unexpected end" in str(error) or isinstance(error, EOFError):
            raise _Cut(brief(error)) from error
        raise InputError(
            f"{name}: the tar archive is damaged ({brief(error)}); copy or download it again"
        ) from error
