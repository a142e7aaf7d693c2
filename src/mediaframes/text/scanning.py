"""From the bytes of the texts to words: Unicode tables, the word table, blocks and threads.

`Scanner` reads blocks of articles one after another with one growing table of words; several
scanners can work at a time on parts of a corpus, and `merged` makes one vocabulary of theirs, in
code-point order, so that the number of scanners shows nowhere in the result.
"""

import os
import string
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from mediaframes._console import progress
from mediaframes.errors import InputError
from mediaframes.text.sentences import known_words, points, trained
from mediaframes.text.words import VARIANTS

# Articles are scanned in blocks of about this many bytes: spans and all take about ten bytes for
# each, so a block needs some 40 MB beside the result, whatever the size of the corpus.
BLOCK_BYTES = 4_000_000
# Planes 0 to 3 hold every script; what lies above is variation selectors and private use.
CODES = 0x40000
_WORD = (string.ascii_letters + string.digits).encode()


@dataclass(frozen=True)
class Rules:
    """What counts as a word; see `tokenize`."""

    hyphens: str = "keep"
    apostrophes: str = "keep"
    numbers: str = "keep"
    urls: str = "keep"
    tags: str = "split"
    segment: str = "auto"

    def __post_init__(self) -> None:
        """Refuse what is no choice."""
        for name in ("hyphens", "apostrophes", "numbers", "urls", "tags"):
            chosen = getattr(self, name)
            allowed = ("keep", "split", "drop")[: 3 if name in ("urls", "tags") else 2]
            if chosen not in allowed:
                raise InputError(f"{name}={chosen!r} is no choice; use one of {', '.join(allowed)}")
        if self.segment not in ("auto", "need", "never"):
            raise InputError(f"segment={self.segment!r} is no choice; use auto, need or never")


def _nothing() -> np.ndarray:
    return np.empty(0, np.int32)


@dataclass(frozen=True)
class Block:
    """Words of some articles.

    Attributes
    ----------
    ids : int32 array of shape (N,)
        As the scanner numbers words; with spans each word, without each once in an article.
    offsets : int64 array of shape (D + 1,)
    cells : int32 array of shape (N,), or empty
        Without spans: how often the word stands in the article.
    starts, ends, sentences : int32 arrays of shape (N,), or empty
    """

    ids: np.ndarray
    offsets: np.ndarray
    cells: np.ndarray = field(default_factory=_nothing)
    starts: np.ndarray = field(default_factory=_nothing)
    ends: np.ndarray = field(default_factory=_nothing)
    sentences: np.ndarray = field(default_factory=_nothing)


@cache
def _unicode() -> tuple[np.ndarray, np.ndarray]:
    """Class and lower-case form of every code point of planes 0 to 3."""
    from mediaframes.text import _scan

    by_category = {"Cf": _scan.IGNORED, "Ll": _scan.LETTER | _scan.SMALL}
    by_group = {"L": _scan.LETTER, "M": _scan.MARK, "N": _scan.DIGIT}
    category = unicodedata.category
    classes: dict[str, int] = {}
    kinds = np.zeros(CODES, np.uint8)
    for code in range(CODES):
        name = category(chr(code))
        if name not in classes:
            classes[name] = by_category.get(name, by_group.get(name[0], _scan.OTHER))
        kinds[code] = classes[name]
    kinds[0xFE00:0xFE10] = _scan.IGNORED  # how an emoji or letter is drawn
    special = {
        _scan.APOSTROPHE: "'’ʼ＇", _scan.HYPHEN: "-‐‑", _scan.DOT: ".", _scan.COMMA: ",",
        _scan.STOP: "!?…。！？؟।‼⁇⁈⁉", _scan.NEWLINE: "\n\u2028\u2029",
    }  # fmt: skip
    for kind, signs in special.items():
        kinds[[ord(sign) for sign in signs]] = kind
    lower = np.arange(CODES, dtype=np.int32)
    for code in np.flatnonzero(kinds & 15 >= _scan.MARK).tolist():
        small = chr(code).lower()
        if small != chr(code):
            lower[code] = ord(
                small[0]
            )  # İ becomes i and a mark; the i alone keeps words apart less
    for sign, plain in VARIANTS.items():
        lower[sign] = ord(plain)
    return kinds, lower


@cache
def tables(rules: Rules) -> tuple[np.ndarray, ...]:
    """The kernel's tables (see `_scan.scan`)."""
    from mediaframes.text import _scan

    kinds, lower = _unicode()
    kinds = kinds.copy()
    ends = {
        _scan.HYPHEN: rules.hyphens,
        _scan.APOSTROPHE: rules.apostrophes,
        _scan.COMMA: rules.numbers,
    }
    for kind, wish in ends.items():
        if wish == "split":
            kinds[kinds == kind] = _scan.OTHER
    if rules.numbers == "split":
        kinds[kinds == _scan.DOT] = _scan.POINT
    if rules.tags != "split":
        kinds[[ord("#"), ord("@")]] = _scan.TAG
    bytewise = np.full(256, _scan.WIDE, np.uint8)
    bytewise[:128] = kinds[:128] & _scan.KIND
    small = np.where(bytewise < _scan.LETTER, 0, np.arange(256)).astype(np.uint8)
    small[128:] = 0
    small[65:91] += 32
    # À to ÿ are C3 and one of these; the signs × and ÷ lie between them
    small[_scan.LATIN] = _scan.LATIN
    small[0x80:0xC0] = np.arange(0x80, 0xC0)
    small[0x80:0x9F] += 32
    small[[0x97, 0xB7]] = 0
    signs = np.zeros(256, np.uint8)
    for flag, bytes_ in (
        (_scan.NOT_IN_WEB, bytes(range(33)) + b'"<>`{|}'),
        (_scan.CLOSING, b"!'),.:;?]"),
        (_scan.IN_MAIL, _WORD + b"%+-._"),
        (_scan.IN_HOST, _WORD + b"-."),
        (_scan.MAY_BEGIN, b"%+-.:@_"),
    ):
        signs[list(bytes_)] |= flag
    return small, bytewise, kinds, lower, signs


class Scanner:
    """A growing table of words, and the kernel that fills it."""

    def __init__(self, rules: Rules, known: tuple[np.ndarray, np.ndarray], first: str) -> None:
        """`first`: words that get the first ids, separated by spaces, for the flags `known`."""
        from mediaframes.text import _scan

        wishes = {"split": _scan.SPLIT, "keep": _scan.KEEP, "drop": _scan.DROP}
        self._rules = np.array([wishes[rules.urls], wishes[rules.tags]], np.int64)
        self._tables = tables(rules)
        self._known = known
        self._table = np.zeros((1 << 14, 3), np.uint64)
        self._pool = np.empty(0, np.uint8)
        self._bounds = np.zeros(1, np.int64)
        self._n = 0
        self.blocks: list[Block] = []
        if first:
            data = np.frombuffer(first.encode(), np.uint8)
            self._scan(data, np.array([0, len(data)]), np.zeros(1, np.int64), spans=False)
        self._n_first = self._n

    def add(self, data: np.ndarray, bounds: np.ndarray, rows: np.ndarray, *, spans: bool) -> None:
        """Read a block of articles."""
        self.blocks.append(self._scan(data, bounds, rows, spans=spans))

    def _scan(
        self, data: np.ndarray, bounds: np.ndarray, rows: np.ndarray, *, spans: bool
    ) -> Block:
        from mediaframes.text._scan import scan, scan_counts
        from mediaframes.text._sentences import number_sentences

        data = data[:]
        data.flags.writeable = False  # one kind of array, or the kernel is compiled for each
        size = int(bounds[-1] - bounds[0])
        # a letter's lower-case form may be half as long again (Ⱥ)
        self._pool = _room(self._pool, int(self._bounds[self._n]), size + size // 2 + 16)
        self._bounds = _room(self._bounds, self._n + 1, size // 2 + len(bounds) + 1)
        words = (self._table, self._pool, self._bounds, self._n)
        read: Any = scan if spans else scan_counts
        with np.errstate(over="ignore"):  # hashes run over; numpy says so where numba is off
            ids, offsets, more, self._table, self._n = read(
                data, bounds, self._tables, self._rules, words
            )
        if not spans:
            return Block(ids, offsets, cells=more)
        starts, ends, marks = more
        sentences = number_sentences(ids, offsets, marks, rows, *self._known)
        return Block(ids, offsets, starts=starts, ends=ends, sentences=sentences)

    def used(self) -> np.ndarray:
        """Which words occur: all but some of the first; bool (V)."""
        used = np.ones(self._n, bool)
        used[: self._n_first] = False
        for block in self.blocks if self._n_first else []:
            n = np.bincount(np.minimum(block.ids, self._n_first), minlength=self._n_first)
            used[: self._n_first] |= n[: self._n_first] > 0
        return used

    def words(self) -> Any:
        """All words, an Arrow array of large strings."""
        import pyarrow as pa

        bounds = np.ascontiguousarray(self._bounds[: self._n + 1])
        pool = self._pool[: bounds[-1]].copy()
        buffers = [None, pa.py_buffer(bounds), pa.py_buffer(pool)]
        return pa.Array.from_buffers(pa.large_string(), self._n, buffers)


def _room(array: np.ndarray, used: int, more: int) -> np.ndarray:
    """The array, or a larger copy, with room for `more` after those used."""
    if len(array) >= used + more:
        return array
    larger = np.empty(used * 2 + more, array.dtype)  # pages that are never written cost nothing
    larger[:used] = array[:used]
    return larger


def utf8(texts: pd.Series) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The texts as Arrow holds them: pieces of bytes (uint8) and bounds (int64), uncopied."""
    import pyarrow as pa

    array = pa.array(texts)
    for chunk in array.chunks if isinstance(array, pa.ChunkedArray) else [array]:
        chunk = chunk.cast(pa.large_string())
        if not len(chunk):
            continue
        _, bounds, data = chunk.buffers()
        ends = np.frombuffer(bounds, np.int64)[chunk.offset : chunk.offset + len(chunk) + 1]
        yield np.frombuffer(data, np.uint8) if data and data.size else np.zeros(1, np.uint8), ends


def threads() -> int:
    """How many threads scan: the processors this process may use, or MEDIAFRAMES_THREADS."""
    affinity = getattr(os, "sched_getaffinity", None)
    given = os.environ.get("MEDIAFRAMES_THREADS", "")
    found = len(affinity(0)) if affinity else os.cpu_count() or 1
    return int(given) if given.isdecimal() and int(given) > 0 else found


def scan_docs(
    docs: pd.DataFrame, rules: Rules, *, spans: bool, train: bool = False
) -> list[Scanner]:
    """Scanners that have read all articles, each a stretch of them, in order."""
    names, rows = language_rows(docs)
    means = [points(name) for name in names]
    if train:
        for row in range(len(names)):
            means[row] |= trained(docs["text"][rows == row])
    first, known = known_words(means if spans else [])
    return scan_texts(
        docs["text"],
        rows,
        spans=spans,
        threads=threads(),
        make=lambda: Scanner(rules, known, first),
    )


def language_rows(docs: pd.DataFrame) -> tuple[list[str], np.ndarray]:
    """The languages of the articles, sorted ("": not known), and each article's place there."""
    codes, names = pd.factorize(docs["language"].fillna("").astype("str"), sort=True)
    return [str(name) for name in names], codes.astype(np.int64)


def scan_texts(
    texts: pd.Series,
    rows: np.ndarray,
    *,
    spans: bool,
    threads: int,
    make: Any,
) -> list[Scanner]:
    """Scanners that have read all texts, each a stretch of them, in order.

    `make` gives a new `Scanner`; `rows` int64 (D) is the row of each article's language.
    """
    jobs = []
    done = 0
    for data, bounds in utf8(texts):
        for begin, end in _blocks(bounds):
            jobs.append((data, bounds[begin : end + 1].copy(), rows[done + begin : done + end]))
        done += len(bounds) - 1
    n = max(1, min(threads, len(jobs)))
    scanners = [make() for _ in range(n)]
    cuts = [len(jobs) * k // n for k in range(n + 1)]

    def read(k: int) -> None:
        mine = jobs[cuts[k] : cuts[k + 1]]
        for job in progress(mine, "tokenizing", total=len(mine)) if k == 0 else mine:
            scanners[k].add(*job, spans=spans)

    if n == 1:
        read(0)
    else:
        with ThreadPoolExecutor(n) as pool:
            list(pool.map(read, range(n)))
    return scanners


def _blocks(bounds: np.ndarray) -> Iterator[tuple[int, int]]:
    begin, last = 0, len(bounds) - 1
    while begin < last:
        end = int(np.searchsorted(bounds, bounds[begin] + BLOCK_BYTES, side="left"))
        end = min(max(end, begin + 1), last)
        yield begin, end
        begin = end


def merged(scanners: list[Scanner]) -> tuple[pd.Index, list[np.ndarray]]:
    """One vocabulary in code-point order, and for each scanner its words' places in it (int32).

    Words are brought to NFC, and a sigma at the end of a word to its final form.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    used = [scanner.used() for scanner in scanners]
    words = pa.concat_arrays(
        [
            _normal(scanner.words().filter(pa.array(mine)))
            for scanner, mine in zip(scanners, used, strict=True)
        ]
    )
    order = sorted_by_code(words)
    sorted_words = words.take(pa.array(order))
    new = np.ones(len(order), bool)
    if len(order):
        same = pc.equal(sorted_words.slice(1), sorted_words.slice(0, len(order) - 1))
        new[1:] = ~np.asarray(same.to_numpy(zero_copy_only=False), bool)
    ranks = np.empty(len(order), np.int32)
    ranks[order] = np.cumsum(new, dtype=np.int32) - np.int32(1)
    if not new.all():
        sorted_words = sorted_words.filter(pa.array(new))
    places, done = [], 0
    for mine in used:
        place = np.full(len(mine), -1, np.int32)
        n = int(mine.sum())
        place[mine] = ranks[done : done + n]
        done += n
        places.append(place)
    return pd.Index(pd.array(sorted_words, dtype="str")), places


def word_bytes(words: Any) -> tuple[np.ndarray, np.ndarray]:
    """The bytes of an Arrow array of large strings (uint8), and where each begins (int64)."""
    _, bounds, pool = words.buffers()
    cuts = np.frombuffer(bounds, np.int64)[words.offset : words.offset + len(words) + 1]
    return np.frombuffer(pool, np.uint8) if pool and pool.size else np.zeros(1, np.uint8), cuts


def sorted_by_code(words: Any) -> np.ndarray:
    """The order of an Arrow array of words by code point (which is that of their UTF-8 bytes)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from mediaframes.text._vocabulary import beginnings

    if not len(words):
        return np.empty(0, np.int64)
    first, second = beginnings(*word_bytes(words))
    order = np.argsort(first, kind="stable")
    for level in range(2):  # only those that agree so far are compared further
        same = first[order[1:]] == first[order[:-1]]
        if level:
            same &= second[order[1:]] == second[order[:-1]]
        tied = np.flatnonzero(np.append(False, same) | np.append(same, False))
        these = order[tied]
        if level:
            finer = pc.array_sort_indices(words.take(pa.array(these))).to_numpy()
        else:
            finer = np.lexsort((second[these], first[these]))
        order[tied] = these[finer]
    return order


def _normal(words: Any) -> Any:
    """The words in NFC, with final sigmas."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from mediaframes.text._vocabulary import unsure

    places = np.flatnonzero(unsure(*word_bytes(words)))
    changed = {}
    for place, word in zip(places.tolist(), words.take(pa.array(places)).to_pylist(), strict=True):
        normal = word
        if not unicodedata.is_normalized("NFC", word):
            normal = unicodedata.normalize("NFC", word)
        if normal[-1] == "σ" and len(normal) > 1:
            normal = normal[:-1] + "ς"
        if normal != word:
            changed[place] = normal
    if not changed:
        return words
    mask = np.zeros(len(words), bool)
    mask[list(changed)] = True
    return pc.replace_with_mask(
        words, pa.array(mask), pa.array(list(changed.values()), pa.large_string())
    )
