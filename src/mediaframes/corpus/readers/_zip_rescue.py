"""ZIP files that break off: their list of members stands at the end, and each member's head at it.

A download that stopped, or a stick that was pulled, leaves most of the articles whole.
"""

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, NamedTuple

from mediaframes.corpus.readers._zip import member_name

_LOCAL, _CENTRAL, _DESCRIPTOR = b"PK\x03\x04", b"PK\x01\x02", b"PK\x07\x08"
_FIXED = struct.Struct("<4s5H3L2H")  # what every member's head begins with
_ENCRYPTED, _SIZES_BEHIND, _UTF8 = 0x1, 0x8, 0x800  # flags
_UNKNOWN = 0xFFFFFFFF  # a size that stands in the extras
_CHUNK = 1 << 20
MOST_LOST = 100  # each costs as much time as it unpacks to: a bomb would have a million
CUT = "breaks off with its archive; copy or download the archive again"


class _Head(NamedTuple):
    """What a member says of itself."""

    name: str
    flags: int
    method: int
    crc: int
    packed: int | None  # bytes, where it says so
    begin: int  # of its data


def rescued(
    stream: IO[bytes], limit: Callable[[int], int]
) -> Iterator[tuple[str, bytes | None, str]]:
    """The members by their own heads: name, and content or why there is none.

    Parameters
    ----------
    stream : seekable binary file
        The archive, whose list of members is missing or damaged.
    limit : callable
        To how many bytes so many packed ones may unpack.
    """
    place, lost = _signature(stream, 0), 0
    while place is not None:
        if lost > MOST_LOST:
            yield "the rest", None, f"not looked at after {lost} damaged files; download it again"
            return
        head = _head(stream, place)
        if head is None:
            yield "the last file", None, CUT
            return
        data, problem, end = _content(stream, head, limit)
        lost += data is None
        if not head.name.endswith("/"):
            yield member_name(head.name), data, problem
        place = _signature(stream, end)


def _signature(stream: IO[bytes], begin: int) -> int | None:
    """Where the next member begins; None where the list of members or the end comes first."""
    held = b""
    stream.seek(begin)
    while piece := stream.read(_CHUNK):
        held += piece
        found = {sign: held.find(sign) for sign in (_LOCAL, _CENTRAL)}
        if found[_LOCAL] >= 0 and not 0 <= found[_CENTRAL] < found[_LOCAL]:
            return begin + found[_LOCAL]
        if found[_CENTRAL] >= 0:
            return None
        begin, held = begin + len(held) - len(held[-3:]), held[-3:]
    return None


def _head(stream: IO[bytes], place: int) -> _Head | None:
    """A member's head, None where it is cut."""
    stream.seek(place)
    fixed = stream.read(_FIXED.size)
    if len(fixed) < _FIXED.size:
        return None
    _, _, flags, method, _, _, crc, packed, size, name_length, extra_length = _FIXED.unpack(fixed)
    name, extra = stream.read(name_length), stream.read(extra_length)
    if len(extra) < extra_length:
        return None
    if packed == _UNKNOWN:
        packed = _long_size(extra, after=size == _UNKNOWN)
    behind = flags & _SIZES_BEHIND and not packed
    shown = name.decode("utf-8" if flags & _UTF8 else "cp437", "replace")
    info = zipfile.ZipInfo(shown)
    info.flag_bits = flags
    ending = "/" if shown.endswith("/") else ""  # a folder
    begin = place + _FIXED.size + name_length + extra_length
    return _Head(member_name(info) + ending, flags, method, crc, None if behind else packed, begin)


def _long_size(extra: bytes, *, after: bool) -> int:
    """The packed size of a large member, in its extras; `after` its size."""
    place = 0
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, place)
        at = place + 4 + 8 * after
        if kind == 1 and at + 8 <= min(len(extra), place + 4 + length):
            return int(struct.unpack_from("<Q", extra, at)[0])
        place += 4 + length
    return _UNKNOWN


def _content(
    stream: IO[bytes], head: _Head, limit: Callable[[int], int]
) -> tuple[bytes | None, str, int]:
    """A member's content or why there is none, and where to look for the next."""
    after = head.begin if head.packed is None else head.begin + head.packed
    if head.flags & _ENCRYPTED:
        return None, "encrypted; unpack the archive with its password and read the folder", after
    if head.method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or (
        head.method == zipfile.ZIP_STORED and head.packed is None
    ):
        why = f"the archive breaks off, and this file's end is not known (method {head.method})"
        return None, f"{why}; copy or download the archive again", after
    stream.seek(head.begin)
    data, came, whole, problem = bytearray(), 0, False, ""
    machine = zlib.decompressobj(-15) if head.method == zipfile.ZIP_DEFLATED else None
    while not whole and not problem:
        left = _CHUNK if head.packed is None else min(_CHUNK, head.packed - came)
        piece = stream.read(left)
        came += len(piece)
        try:
            data += piece if machine is None else machine.decompress(piece, limit(came) + 1)
        except zlib.error as error:
            problem = f"damaged in the archive ({error}); copy or download the archive again"
        if len(data) > limit(came):
            return None, f"unpacks to more than {limit(came):,} bytes (a zip bomb?)", after
        whole = machine.eof if machine is not None else came == head.packed
        if not whole and not problem and not piece:
            problem = CUT
    if problem:
        return None, problem, after
    if machine is not None:
        came -= len(machine.unused_data)
    if zlib.crc32(data) != (head.crc or _crc_behind(stream, head.begin + came)):
        return None, "damaged in the archive (wrong checksum); copy or download it again", after
    return bytes(data), "", head.begin + came


def _crc_behind(stream: IO[bytes], place: int) -> int:
    """The checksum that stands behind a member."""
    stream.seek(place)
    found = stream.read(8).removeprefix(_DESCRIPTOR)[:4]
    return int.from_bytes(found, "little")
