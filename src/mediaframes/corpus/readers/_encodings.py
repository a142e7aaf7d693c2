"""In which encoding are bytes that are no UTF-8? By the letters that come out, and in doubt cp1252.

Each candidate is judged by one language at a time: letters beyond ASCII that the language uses
speak for it. Western text read as cp1252 shows one language's letters; Czech read as cp1252 shows
those of no language. Statistics over many languages at once, as general detectors keep them, take
short western texts for Polish or Turkish ones.
"""

import re
from typing import NamedTuple

SAMPLE = 1 << 16  # bytes of lines with letters beyond ASCII that are looked at
# Another encoding than cp1252 must explain nearly all, and clearly more than cp1252 does.
LEAST, MARGIN = 0.9, 0.2
FEWEST = 8  # letters beyond ASCII; fewer prove nothing
MANGLED = 0.02  # share of bytes that a candidate may fail to read, for the sample is cut
TOP_RUSSIAN = 0.45  # share of the ten commonest letters; real texts have 0.6, wrong case 0.1
DENSE = 0.25  # share of letters beyond ASCII in lines of Russian, Japanese, Chinese, Korean
LEAST_KANA, LEAST_HANGUL, LEAST_COMMON = 0.2, 0.8, 0.06

_SIGNS = "„“”‚‘’«»‹›–—…•°§€£©®·×½²´¨\u00a0\u00ad"
_WESTERN = {
    "de": "äöüßÄÖÜé",
    "fr": "éèêëàâçîïôûùœæÉÀÈÇÊÔÎ",
    "es": "áéíóúñü¿¡ÁÉÍÓÚÑªº",
    "it": "àèéìòùÀÈÉÌÒÙ",
    "nl": "ëïéèüöóáêçä",
    "pt": "ãõçáéíóúâêôàÃÕÇÁÉÍÓÚÂÊÔÀªº",
    "da": "æøåÆØÅéöäü",
    "sv": "åäöÅÄÖéü",
}
_CENTRAL = {
    "pl": "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ",
    "cs": "áčďéěíňóřšťúůýžÁČĎÉĚÍŇÓŘŠŤÚŮÝŽ",
    "sk": "áäčďéíľĺňóôŕšťúýžÁÄČĎÉÍĽĹŇÓÔŔŠŤÚÝŽ",
    "hu": "áéíóöőúüűÁÉÍÓÖŐÚÜŰ",
}
_TURKISH = {"tr": "çğıöşüÇĞİÖŞÜâî"}
_RUSSIAN = "абвгдежзийклмнопрстуфхцчшщъыьэюяё"
_INSIDE = re.compile("(?<=[a-z])[^\x00-\x7f](?=[a-z])")
_TOP = frozenset("оеаинтсрвл")
_COMMON_HAN = frozenset(
    "的一是不了在人有我他这中大来上国个到说们为子和地出会也时要就可以对生能而得"
    "這個來國說們為時會對後發學經過進還當與"
)


class _Candidate(NamedTuple):
    encoding: str
    kind: str
    letters: dict[str, str]


_CANDIDATES = (
    _Candidate("cp1252", "alphabet", _WESTERN),
    _Candidate("mac_roman", "alphabet", _WESTERN),
    _Candidate("cp1250", "alphabet", _CENTRAL),
    _Candidate("iso8859_2", "alphabet", _CENTRAL),
    _Candidate("cp1254", "alphabet", _TURKISH),
    _Candidate("cp850", "alphabet", _WESTERN),
    _Candidate("cp1251", "russian", {}),
    _Candidate("koi8_r", "russian", {}),
    _Candidate("iso8859_5", "russian", {}),
    _Candidate("cp866", "russian", {}),
    _Candidate("cp932", "japanese", {}),
    _Candidate("euc_jp", "japanese", {}),
    _Candidate("gb18030", "chinese", {}),
    _Candidate("big5", "chinese", {}),
    _Candidate("cp949", "korean", {}),
)


def guess_encoding(data: bytes) -> str:
    """The encoding of bytes that are no UTF-8: cp1252 unless another one fits clearly better.

    Examples
    --------
    >>> guess_encoding("Grüße aus Köln, schöne Tage für alle".encode("cp1252"))
    'cp1252'
    >>> guess_encoding("Zażółć gęślą jaźń, proszę państwa".encode("cp1250"))
    'cp1250'
    """
    sample = _sample(data)
    scores = {item.encoding: _score(sample, item) for item in _CANDIDATES}
    usual = scores.pop("cp1252")
    best = max(scores, key=lambda name: scores[name])  # of equals, the first
    return best if scores[best] >= LEAST and scores[best] >= usual + MARGIN else "cp1252"


def _sample(data: bytes) -> bytes:
    """Lines with bytes beyond ASCII, so that a long English passage decides nothing."""
    lines: list[bytes] = []
    size = place = 0
    found = re.search(rb"[\x80-\xff]", data)
    while found is not None and size < SAMPLE:
        begin = max(data.rfind(b"\n", place, found.start()) + 1, place)
        end = data.find(b"\n", found.start())
        end = len(data) if end < 0 else end + 1
        begin, end = max(begin, found.start() - SAMPLE), min(end, found.start() + SAMPLE)
        lines.append(data[begin:end])
        size, place = size + end - begin, end
        found = re.compile(rb"[\x80-\xff]").search(data, place)
    return b"".join(lines)


def _score(sample: bytes, candidate: _Candidate) -> float:
    """How well the letters that come out fit a language, 0 to 1."""
    text = sample.decode(candidate.encoding, "replace")
    lost = text.count("\ufffd")
    if lost > MANGLED * len(text):
        return 0.0
    high = [char for char in text if char > "\x7f"]
    if candidate.kind == "alphabet":
        if candidate.encoding != "cp1252" and sum(char not in _SIGNS for char in high) < FEWEST:
            return 0.0
        return max(_covered(text, high, known + _SIGNS) for known in candidate.letters.values())
    high = [char for char in high if char not in _SIGNS]
    if len(high) < max(FEWEST, DENSE * len(text)):
        return 0.0
    match candidate.kind:
        case "russian":
            low = [char for char in high if char in _RUSSIAN]
            if len(low) < 0.7 * len(high):
                return 0.0
            return 1.0 if sum(c in _TOP for c in low) > TOP_RUSSIAN * len(high) else 0.0
        case "japanese":
            return float(_share(high, "\u3041", "\u30ff") >= LEAST_KANA)
        case "korean":
            return float(_share(high, "\uac00", "\ud7a3") >= LEAST_HANGUL)
        case _:
            han = _share(high, "\u4e00", "\u9fff") >= 0.5
            common = sum(char in _COMMON_HAN for char in high) >= LEAST_COMMON * len(high)
            kana = _share(high, "\u3041", "\u30ff") >= LEAST_KANA / 2
            return 0.99 if han and common and not kana else 0.0  # below Japanese and Korean


def _covered(text: str, high: list[str], known: str) -> float:
    """Share of the letters beyond ASCII that a language has; a capital within a word is none."""
    good = sum(char in known for char in high)
    inside: list[str] = _INSIDE.findall(text)
    odd = sum(char in known and char.isupper() for char in inside)
    return max(0, good - odd) / max(1, len(high))


def _share(high: list[str], first: str, last: str) -> float:
    return sum(first <= char <= last for char in high) / len(high)
