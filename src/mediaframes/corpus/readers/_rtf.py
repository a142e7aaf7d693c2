"""RTF becomes plain text: groups, code pages, Unicode escapes; pictures and tables of styles go.

After the Rich Text Format specification 1.9.1. Only what carries text is understood; every other
control word is passed over, as the specification asks of readers.
"""

import codecs
import re

DEEPEST = 256  # groups within groups; deeper ones share the state of the last (Word stops near 100)

_TOKEN = re.compile(
    rb"\\(?P<word>[A-Za-z]{1,32})(?P<number>-?\d{1,10})?(?P<space> ?)"
    rb"|\\'(?P<hex>[0-9A-Fa-f]{2})"
    rb"|\\(?P<symbol>[^A-Za-z])"
    rb"|(?P<brace>[{}])"
    rb"|[\r\n\0]+"
    rb"|(?P<text>[^\\{}\r\n\0]+)"
)
# Destinations whose text is not the document's
_DESTINATIONS = (
    "fonttbl colortbl stylesheet info pict object objdata nonshppict fldinst header headerl "
    "headerr headerf footer footerl footerr footerf listtable listoverridetable revtbl rsidtbl "
    "xmlnstbl filetbl generator themedata colorschememapping datastore latentstyles bkmkstart "
    "bkmkend xe tc tcn rxe txe private1 template annotation atnid atnauthor pntext"
)
_DROPPED = frozenset(_DESTINATIONS.split())
_WORDS = {
    "par": "\n",
    "line": "\n",
    "row": "\n",
    "nestrow": "\n",
    "sect": "\n\f\n",
    "page": "\n\f\n",
    "tab": "\t",
    "cell": "\t",
    "nestcell": "\t",
    "emdash": "—",
    "endash": "–",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "bullet": "•",
    "emspace": " ",
    "enspace": " ",
    "qmspace": " ",
}
_SYMBOLS = {
    b"\\": "\\",
    b"{": "{",
    b"}": "}",
    b"~": "\u00a0",
    b"_": "-",
    b"\r": "\n",
    b"\n": "\n",
    b"\t": "\t",
}
_PAGES = {"ansi": "cp1252", "mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
# \fcharset of a font; 0, 1 and 2 (western, default, symbols) are the document's own code page
_CHARSETS = {
    77: "mac_roman",
    128: "cp932",
    129: "cp949",
    134: "cp936",
    136: "cp950",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
}
_SURROGATES = re.compile("[\ud800-\udfff]")


# With `marks`, one of these stands where the style of the letters changes
PLAIN, BOLD, ITALIC = "\x11", "\x12", "\x13"


def rtf_text(data: bytes, *, marks: bool = False) -> str:
    r"""The text of an RTF document.

    Parameters
    ----------
    data : bytes
        The file. A damaged or cut-off one is read as far as it goes.
    marks : bool
        Put `PLAIN`, `BOLD` or `ITALIC` where the style changes: some exports say only by it what
        the headline is.

    Returns
    -------
    str
        A line per paragraph (``\par``, ``\line``, ``\row``), a tab for ``\tab`` and ``\cell``, a
        form feed on a line of its own for ``\page`` and ``\sect``. Page headers and footers,
        fields' instructions, pictures and ignorable destinations are left out.

    Examples
    --------
    >>> rtf_text(rb"{\rtf1\ansi{\info{\title x}}\'84Gr\u252?n\'93\par {\b neu}\tab 1\par}")
    '„Grün“\nneu\t1\n'
    """
    return _Document(data, marks).text()


class _State:
    """What holds within a group."""

    __slots__ = ("bold", "dropped", "font", "fonts", "italic", "skip")

    def __init__(self, above: "_State | None" = None) -> None:
        self.dropped: bool = above is not None and above.dropped
        self.fonts: bool = above is not None and above.fonts  # within the table of fonts
        self.font: int | None = None if above is None else above.font
        self.skip: int = 1 if above is None else above.skip  # bytes of fallback after each \uN
        self.bold: bool = above is not None and above.bold
        self.italic: bool = above is not None and above.italic

    def style(self) -> str:
        return BOLD if self.bold else ITALIC if self.italic else PLAIN


class _Document:
    """One pass over the bytes."""

    def __init__(self, data: bytes, marks: bool) -> None:
        self.data = data
        self.marks = marks
        self.style = PLAIN
        self.page = "cp1252"
        self.charsets: dict[int, str] = {}
        self.default: int | None = None
        self.state = _State()
        self.above: list[_State] = []
        self.beyond = 0  # groups open beyond DEEPEST
        self.to_skip = 0  # bytes of fallback still to come
        self.bytes = bytearray()  # not yet decoded: characters may have several bytes
        self.out: list[str] = []
        self.raw_utf8 = not data.isascii() and _is_utf8(data)

    def text(self) -> str:
        place, end = 0, len(self.data)
        while place < end:
            token = _TOKEN.match(self.data, place)
            if token is None:  # a backslash at the very end
                break
            place = token.end()
            if token["text"] is not None:
                self._text(token["text"])
            elif token["word"] is not None:
                number = None if token["number"] is None else int(token["number"])
                word = token["word"].decode()
                if word == "bin":
                    place += max(number or 0, 0)
                self._word(word, number)
            elif token["hex"] is not None:
                self._bytes(bytes.fromhex(token["hex"].decode()))
            elif token["brace"] is not None:
                self._group(opens=token["brace"] == b"{")
            elif token["symbol"] is not None:
                self._symbol(token["symbol"])
        self._flush()
        text = "".join(self.out)
        if _SURROGATES.search(text):  # letters beyond 16 bits come as two halves
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return text

    def _group(self, *, opens: bool) -> None:
        self._flush()
        self.to_skip = 0
        if opens and len(self.above) >= DEEPEST:
            self.beyond += 1
        elif opens:
            self.above.append(self.state)
            self.state = _State(self.state)
        elif self.beyond:
            self.beyond -= 1
        elif self.above:
            self.state = self.above.pop()

    def _text(self, text: bytes) -> None:
        if self.raw_utf8 and not self.to_skip and not text.isascii():
            self._emit(text.decode("utf-8", "replace"))
        else:
            self._bytes(text)

    def _bytes(self, found: bytes) -> None:
        if self.to_skip:
            skipped = min(self.to_skip, len(found))
            self.to_skip -= skipped
            found = found[skipped:]
        if not self.state.dropped:
            self.bytes += found

    def _emit(self, text: str) -> None:
        self._flush()
        if self.to_skip:
            self.to_skip -= 1
        elif not self.state.dropped:
            self._put(text)

    def _put(self, text: str) -> None:
        if self.marks and self.style != self.state.style():
            self.style = self.state.style()
            self.out.append(self.style)
        self.out.append(text)

    def _flush(self) -> None:
        if self.bytes:
            font = self.state.font
            codec = self.page if font is None else self.charsets.get(font, self.page)
            self._put(self.bytes.decode(codec, "replace"))
            self.bytes.clear()

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self._flush()
            self.state.dropped = True
        elif symbol in _SYMBOLS:
            self._emit(_SYMBOLS[symbol])

    def _word(self, word: str, number: int | None) -> None:
        if word in _WORDS:
            self._emit(_WORDS[word])
        elif word == "u" and number is not None:
            self._flush()
            code = number % 65536
            if code and not self.state.dropped:
                self._put(chr(code))
            self.to_skip = self.state.skip
        elif word == "uc":
            self.state.skip = min(max(number or 0, 0), 16)
        elif word in _DROPPED:
            self._flush()
            self.state.dropped = True
            self.state.fonts = word == "fonttbl"
        elif word in _PAGES:
            self.page = _PAGES[word]
        elif word == "ansicpg" and number:
            self.page = _codec(number)
        elif word in ("f", "plain", "deff", "fcharset", "b", "i"):
            self._style(word, number)

    def _style(self, word: str, number: int | None) -> None:
        self._flush()
        if word == "deff":
            self.default = number
        elif word == "plain":
            self.state.font, self.state.bold, self.state.italic = self.default, False, False
        elif word == "b":
            self.state.bold = number != 0
        elif word == "i":
            self.state.italic = number != 0
        elif word == "f":
            self.state.font = number
        elif self.state.fonts and self.state.font is not None and number in _CHARSETS:
            self.charsets[self.state.font] = _CHARSETS[number]


def _codec(page: int) -> str:
    """Python's name for a Windows code page; cp1252 for one it does not know."""
    name = {10000: "mac_roman", 65001: "utf-8", 20866: "koi8_r"}.get(page, f"cp{page}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"


def _is_utf8(data: bytes) -> bool:
    """Whether raw bytes beyond ASCII are UTF-8, against the specification but found in the wild."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
