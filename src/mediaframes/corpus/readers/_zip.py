"""ZIP files that nobody vouches for: how many members, under which names, never more than asked."""

import re
import struct
import zipfile
from contextlib import suppress
from typing import IO

from mediaframes.errors import InputError

_END = b"PK\x05\x06"
_END_64 = b"PK\x06\x06"
_TAIL = 22 + (1 << 16) + 100  # the end record, the longest comment, and a locator before them
# Bytes of the list of members for each member that is allowed: 46 fixed ones, a name, extras
_EACH = 160
LONGEST = 120  # characters of another library's message that are shown
_ENCRYPTED = 0x1
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA}
_CONTROL = re.compile("[\x00-\x1f\x7f]")


def brief(error: Exception) -> str:
    """What an error says, in one short line: zipfile quotes whole headers of damaged files.

    Examples
    --------
    >>> brief(ValueError("a\\n" * 1000))[-12:]
    'a a a a a...'
    """
    said = " ".join(str(error).split())
    return said if len(said) <= LONGEST else said[: LONGEST - 3].rstrip() + "..."


def check_directory(stream: IO[bytes], name: str, *, most: int) -> None:
    """Refuse an archive of too many members before its list of members is loaded.

    Raises
    ------
    InputError
        Where the archive says that it holds more than `most`, or its list is longer than theirs.
    """
    stream.seek(0, 2)
    size = stream.tell()
    stream.seek(max(0, size - _TAIL))
    tail = stream.read()
    stream.seek(0)
    place = tail.rfind(_END)
    if place < 0 or len(tail) < place + 22:
        return  # zipfile will say that this is no archive
    members, length = struct.unpack_from("<HL", tail, place + 10)
    place = tail.rfind(_END_64, 0, place)
    if place >= 0 and len(tail) >= place + 48:
        members, length = struct.unpack_from("<QQ", tail, place + 32)
    if members > most or length > most * _EACH:
        raise InputError(
            f"{name}: an archive of {members:,} files, more than {most:,}; put the articles into a "
            "table, or unpack it and read the folder"
        )


def member_name(info: zipfile.ZipInfo | str) -> str:
    """The name of a member, as a name and never as a place on the disk.

    Examples
    --------
    >>> member_name("../../etc/passwd"), member_name("C:\\\\news\\\\a.txt"), member_name("/")
    ('etc/passwd', 'C:/news/a.txt', 'no name')
    """
    name = info if isinstance(info, str) else info.filename
    if not isinstance(info, str) and not info.flag_bits & 0x800:
        # UTF-8 that nobody marked as such, as macOS packs it, was read as cp437
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    name = _CONTROL.sub("", name).replace("\\", "/")
    name = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    parts = [part for part in name.split("/") if part not in ("", ".", "..")]
    return "/".join(parts) or "no name"


def read_member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, *, most: int
) -> tuple[bytes | None, str]:
    """The content of a member, or None and why not, with what to do."""
    if info.flag_bits & _ENCRYPTED:
        return None, "encrypted; unpack the archive with its password and read the folder"
    if info.compress_type not in _METHODS:
        return None, (
            f"packed by a method that is not opened here (number {info.compress_type}); unpack the "
            "archive first"
        )
    if info.file_size > most:
        return None, (
            f"unpacks to {info.file_size:,} bytes, too many for a file of articles or for its "
            "packed size (a zip bomb?); unpack it and look"
        )
    try:
        with archive.open(info) as file:
            data = file.read(most + 1)
    except Exception as error:  # zipfile and its decompressors raise a dozen kinds
        return None, f"damaged in the archive ({brief(error)}); copy or download the archive again"
    if len(data) > most:
        return None, f"unpacks to more than {most:,} bytes (a zip bomb?); unpack it and look"
    return data, ""
