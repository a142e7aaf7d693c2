"""Bytes become text: encodings, null bytes, mojibake."""

import codecs
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from mediaframes.corpus.readers._encodings import guess_encoding
from mediaframes.errors import InputError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# UTF-8 read as cp1252 shows these pairs: "Ã¼" for "ü", "â€ž" for an opening German quote, "Â " for
# a fixed space. Real text hardly holds them, so only lines with one are handed to ftfy.
_SUSPICIOUS = re.compile(
    "[ÂÃÅ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â[€‚„\u0080-\u0082]|Ð[\u0080-¿°±²³µ]|ï»¿|ðŸ"
)
NO_UTF8 = "no UTF-8, read as cp1252 (say encoding= if letters look wrong)"
_CONTROL = bytes(byte for byte in range(32) if byte not in b"\t\n\r\f\x1b\x1a")
_FIRST = "ÂÃÅâÐïð"  # how each of them begins: quick to search for
_LIGATURES = re.compile("[\ufb00-\ufb06]")
_PACKED = re.compile(r"\.(?:gz|xz|bz2)$", re.IGNORECASE)
_SURROGATES = re.compile("[\ud800-\udfff]")
# Composed letters of Latin script, dashes, quotation marks, the euro: what most texts consist of,
# and where nothing has to be composed, replaced or taken apart.
_BEYOND = re.compile("[^\x00-\u02ff\u2010-\u203a\u20ac]")


class Decoded(NamedTuple):
    """A file's text, the encoding in words, and what had to be done."""

    text: str
    encoding: str
    notes: tuple[str, ...]


def bare_name(file: str) -> str:
    """A file's name without the endings of compression.

    Examples
    --------
    >>> bare_name("articles.csv.gz"), bare_name("a.txt")
    ('articles.csv', 'a.txt')
    """
    return _PACKED.sub("", file)


def decode(data: bytes, *, encoding: str | None, file: str) -> Decoded:
    """Text of bytes: the encoding given, its byte order mark, UTF-8, or what its letters show.

    Where hardly anything is UTF-8, the letters decide (`guess_encoding`), in doubt for cp1252;
    otherwise only the bytes that are none are read as cp1252 (files glued together from two
    sources).

    Raises
    ------
    InputError
        Where the given encoding does not exist or does not fit.
    """
    text, name, notes = _decode(data, encoding, file)
    if nulls := text.count("\0"):
        text = text.replace("\0", "")
        notes = (*notes, f"{nulls} null bytes removed")
    if lost := text.count("\ufffd"):
        notes = (*notes, f"{lost} lost characters (\ufffd) in the file")
    return Decoded(text, name, notes)


def _decode(data: bytes, encoding: str | None, file: str) -> Decoded:
    for mark, name in _MARKS:
        if data.startswith(mark) and encoding is None:
            return Decoded(data[len(mark) :].decode(name, "replace"), name, ())
    if encoding is not None:
        try:
            return Decoded(data.decode(encoding).removeprefix("\ufeff"), encoding, ())
        except LookupError as error:
            raise InputError(
                f"'{encoding}' is no encoding; usual ones are utf-8, utf-16, cp1252, latin-1"
            ) from error
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise InputError(
                f"{file}, line {line}: byte {data[error.start]:#04x} is no {encoding}; leave "
                "encoding= out to have it found, or give another"
            ) from error
    if (unmarked := _unmarked_utf16(data)) is not None:
        return Decoded(data.decode(unmarked, "replace"), f"{unmarked} (no mark)", ())
    try:
        return Decoded(data.decode("utf-8"), "utf-8", ())
    except UnicodeDecodeError:
        return _mixed(data)


def _mixed(data: bytes) -> Decoded:
    strange = 0

    def as_cp1252(error: UnicodeError) -> tuple[str, int]:
        nonlocal strange
        assert isinstance(error, UnicodeDecodeError)
        strange += error.end - error.start
        return error.object[error.start : error.end].decode("cp1252", "replace"), error.end

    codecs.register_error("mediaframes.cp1252", as_cp1252)
    text = data.decode("utf-8", "mediaframes.cp1252")
    fine = sum(char > "\x7f" for char in text) - strange
    if fine > strange:
        note = f"{strange} bytes are no UTF-8, read as cp1252"
        return Decoded(text, f"utf-8, {strange} bytes cp1252", (note,))
    name = guess_encoding(data)
    note = NO_UTF8 if name == "cp1252" else NO_UTF8.replace("cp1252", f"{name} by its letters")
    return Decoded(data.decode(name, "replace"), name, (note,))


def _unmarked_utf16(data: bytes) -> str | None:
    """UTF-16 without a mark: western text has a null in every second byte."""
    head = data[:2000]
    if len(head) < 4:
        return None
    half = len(head) // 2
    if head[1::2].count(0) > 0.7 * half and head[::2].count(0) < 0.1 * half:
        return "utf-16-le"
    if head[::2].count(0) > 0.7 * half and head[1::2].count(0) < 0.1 * half:
        return "utf-16-be"
    return None


@lru_cache(maxsize=2)
def head_text(head: bytes) -> str:
    """The first bytes of a file as text; each reader in turn asks for the same."""
    return decode(head, encoding=None, file="").text


@lru_cache(maxsize=2)
def looks_like_text(head: bytes) -> bool:
    """Whether bytes are text at all: few control characters (random bytes hold 12 %)."""
    if any(head.startswith(mark) for mark, _ in _MARKS) or _unmarked_utf16(head):
        return True
    strange = len(head) - len(head.translate(None, _CONTROL))
    return strange <= 0.05 * len(head)


def mend(text: str) -> tuple[str, int]:
    """`text` with mojibake repaired and letters composed, and in how many places it was found.

    Examples
    --------
    >>> mend("GrÃ¼ne fÃ¼r Ã–konomie")
    ('Grüne für Ökonomie', 3)
    """
    repaired = 0
    if text.isascii():
        return text, 0
    if any(char in text for char in _FIRST) and _SUSPICIOUS.search(text):
        from ftfy import fix_encoding

        lines = text.split("\n")
        mended = [fix_encoding(line) if _SUSPICIOUS.search(line) else line for line in lines]
        repaired = sum(
            max(1, len(_SUSPICIOUS.findall(line)) - len(_SUSPICIOUS.findall(good)))
            for line, good in zip(lines, mended, strict=True)
            if line != good
        )
        text = "\n".join(mended)
    if not _BEYOND.search(text):
        return text, repaired
    try:
        text.encode()
    except UnicodeEncodeError:  # half characters, from JSON
        text = _SURROGATES.sub("\ufffd", text)
    if _LIGATURES.search(text):  # "ﬁne", as PDF exports have it, would not be found as "fine"
        text = _LIGATURES.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    if not unicodedata.is_normalized("NFC", text):  # "u" + dots is "ü" for every count
        text = unicodedata.normalize("NFC", text)
    return text, repaired
