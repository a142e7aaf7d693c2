"""Which texts are copies: candidates, their exact similarity, and the groups they form."""

from collections.abc import Callable
from functools import cache
from math import comb
from typing import NamedTuple

import numpy as np
import pandas as pd

# Share of pairs at exactly the threshold that the search may overlook, in theory. Pairs above it
# are overlooked far less often.
MISSED = 1e-4
MAX_ROWS = 8
# A bucket (or a set of identical texts) larger than this is compared as a star: with its first
# member and a few neighbors, not each with each. Real groups of copies are smaller; what is larger
# is a form letter ("The offices are closed today").
BUCKET = 64
REACH = 8
# A text of fewer runs of five words is not looked for in longer ones: two stock sentences ("The
# ministry could not be reached for comment ...") have about 40.
LEAST_CONTAINED = 50
# A text that is more than so many times as long as the one it holds is not its copy: a live blog,
# a press review, a day's summary. Such pairs are listed, but not joined.
LONGEST = 5
# Any two texts that containment brings into one group share at least this part of the shorter one.
# Without it a summary would join all reports that it holds.
RELATED = 0.5


class Found(NamedTuple):
    """Pairs of rows and how similar they are; and the group of each row (its first row)."""

    first: np.ndarray
    second: np.ndarray
    jaccard: np.ndarray
    containment: np.ndarray
    exact: np.ndarray
    groups: np.ndarray


class _Texts(NamedTuple):
    """Texts as UTF-8: text d is ``data[offsets[d]:offsets[d + 1]]``."""

    data: np.ndarray
    offsets: np.ndarray


class _Scan(NamedTuple):
    """What one pass over the texts finds: see `_minhash.signatures`."""

    signs: np.ndarray
    words: np.ndarray
    wholes: np.ndarray
    samples: np.ndarray
    begins: np.ndarray
    sizes: np.ndarray


class _Pairs(NamedTuple):
    """Confirmed pairs among different texts, and the shingles of the texts that need them."""

    first: np.ndarray
    second: np.ndarray
    jaccard: np.ndarray
    containment: np.ndarray
    sets: "_Sets"


class _Sets(NamedTuple):
    """Distinct shingles of some texts, flat; `place` is -1 for a text whose set is not here."""

    flat: np.ndarray
    begins: np.ndarray
    place: np.ndarray

    def sizes(self, texts: np.ndarray) -> np.ndarray:
        """How many shingles each of the texts has."""
        at = self.place[texts]
        return np.asarray(self.begins[at + 1] - self.begins[at])

    def shared(self, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """How many shingles the texts of each pair share."""
        from mediaframes.corpus import _containment

        pairs = self.place[first], self.place[second]
        return np.asarray(_containment.shared(*pairs, self.flat, self.begins))


def find_copies(
    texts: list[str] | pd.Series, *, similarity: float, containment: float | None = None
) -> Found:
    """Pairs of texts that are similar enough, or one of which holds the other; and their groups.

    Equal texts stand for each other while candidates are searched, so a text that a hundred
    outlets print costs as much as one.
    """
    from mediaframes.corpus import _containment, _minhash

    encoded = _utf8(texts)
    scan = _Scan(*_minhash.signatures(*encoded, _fold(), _containment.SAMPLED))
    alike = _equal_texts(scan.words, scan.wholes)
    single = np.asarray([rows[0] for rows in alike], dtype=np.int64)
    candidates = _similar(scan.signs[single], similarity)
    if containment is not None:
        inside = _contained(scan, single, containment)
        candidates = np.unique(np.concatenate([candidates, inside]), axis=0)
    needed = np.unique(candidates)
    place = np.full(len(single), -1, dtype=np.int64)
    place[needed] = np.arange(len(needed))
    flat, begins = _minhash.shingle_sets(*encoded, _fold(), single[needed], scan.sizes)
    sets = _Sets(flat, begins, place)
    pairs = _confirm(sets, candidates, similarity, containment)
    groups = np.arange(len(texts))
    for group, rows in zip(_groups(len(single), pairs, similarity), alike, strict=True):
        groups[rows] = single[group]
    return _expand(alike, pairs, groups)


def _confirm(
    sets: _Sets, candidates: np.ndarray, similarity: float, containment: float | None
) -> _Pairs:
    """The candidates that are as similar as they should be, by their whole sets of shingles."""
    first, second = candidates[:, 0], candidates[:, 1]
    a, b, both = sets.sizes(first), sets.sizes(second), sets.shared(first, second)
    shorter = np.minimum(a, b)
    jaccard, contained = both / np.maximum(a + b - both, 1), both / np.maximum(shorter, 1)
    close = jaccard >= similarity
    if containment is not None:
        close |= (contained >= containment) & (shorter >= LEAST_CONTAINED)
    return _Pairs(first[close], second[close], jaccard[close], contained[close], sets)


@cache
def _fold() -> np.ndarray:
    """For every code point its lower case, or 0 where it is in no word (as \\w says).

    One code point for one: the two small sigmas are one, and the Turkish I with a dot is an i.
    """
    table = np.zeros(0x110000, dtype=np.uint32)
    for code in range(0x40000):  # no letter or digit is assigned above
        char = chr(code)
        if char.isalnum() or char == "_":
            table[code] = ord(char.lower()[0])
    table[ord("ς")] = ord("σ")
    return table


def _utf8(texts: list[str] | pd.Series) -> _Texts:
    """The texts' bytes, without a copy where pandas holds them as Arrow does."""
    import pyarrow as pa

    found = pa.array(texts, type=pa.large_string())
    if isinstance(found, pa.ChunkedArray):
        found = found.chunk(0) if found.num_chunks == 1 else found.combine_chunks()
    _, offsets, data = found.buffers()
    ends = np.frombuffer(offsets, dtype=np.int64)[found.offset : found.offset + len(found) + 1]
    return _Texts(np.frombuffer(data or b"", dtype=np.uint8), ends)


def _equal_texts(words: np.ndarray, wholes: np.ndarray) -> list[np.ndarray]:
    """Rows with the same words in the same order; texts without a word are no article's copy."""
    some = np.flatnonzero(words > 0)
    keys = np.rec.fromarrays([wholes[some], words[some]])
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))  # groups in the order of their first row
    group = rank[group.reshape(-1)]
    order = np.argsort(group, kind="stable")
    borders = np.searchsorted(group[order], np.arange(1, len(first)))
    return [some[part] for part in np.split(order, borders)] if len(some) else []


def _band_rows(similarity: float, bins: int) -> int:
    """Bins per band: as many as overlook at most `MISSED` of the pairs at the threshold."""
    fits = [
        rows
        for rows in range(1, MAX_ROWS + 1)
        if (1 - similarity**rows) ** (bins // rows) <= MISSED
    ]
    return max(fits, default=1)


def _similar(signs: np.ndarray, similarity: float) -> np.ndarray:
    """Pairs of rows (m × 2) that agree in all bins of at least one band, sorted."""
    from mediaframes.corpus import _minhash

    rows = _band_rows(similarity, _minhash.BINS)
    found = [np.zeros(0, dtype=np.uint64)]
    for first in range(0, _minhash.BINS - rows + 1, rows):
        keys = _minhash.band_keys(signs, first, rows)
        order = np.argsort(keys, kind="stable")
        found.append(_minhash.pairs_in_runs(keys, order, BUCKET, REACH))
    pairs = np.unique(np.concatenate(found))
    n = np.uint64(max(1, len(signs)))
    return np.column_stack([pairs // n, pairs % n]).astype(np.int64)


def _contained(scan: _Scan, single: np.ndarray, containment: float) -> np.ndarray:
    """Pairs of texts (m × 2, numbers in `single`), one of which may hold the other, sorted."""
    from mediaframes.corpus import _containment

    texts = single[scan.sizes[single] >= LEAST_CONTAINED]
    if len(texts) >= 1 << _containment.RANK_BITS:  # pragma: no cover - 16 million different texts
        raise MemoryError("too many articles to look for texts within texts; use containment=None")
    order = np.lexsort((texts, -scan.sizes[texts]))  # the longest first
    rank = np.empty(len(texts), dtype=np.int64)
    rank[order] = np.arange(len(texts))
    samples, begins = _containment.of_texts(scan.samples, scan.begins, texts)
    entries = np.sort(_containment.index_entries(samples, begins, rank))
    least = np.array([_least_shared(q, containment) for q in range(_containment.QUERIES + 1)])
    bits = min(24, max(1, len(entries).bit_length() - 3))
    pairs = _containment.containers(entries, bits, samples, begins, order, least, (BUCKET, REACH))
    number = np.searchsorted(single, texts)
    return np.unique(np.sort(number[pairs], axis=1), axis=0)


def _least_shared(q: int, containment: float) -> int:
    """How many of q samples all but `MISSED` of the pairs at the threshold share, at least 1.

    Examples
    --------
    >>> [_least_shared(q, 0.8) for q in (3, 12, 32)]
    [1, 4, 16]
    """
    below, shared = 0.0, 0
    while shared < q:
        below += comb(q, shared) * containment**shared * (1 - containment) ** (q - shared)
        if below >= MISSED:
            break
        shared += 1
    return max(shared, 1)


def _groups(n: int, pairs: _Pairs, similarity: float) -> np.ndarray:
    """The group of each text (the number of its first text).

    Similar texts are joined in any case. A text within a longer one joins two groups, the pairs
    with most in common first, where the longest texts of both share enough as well.
    """
    parent = list(range(n))

    def root(text: int) -> int:
        while parent[text] != text:
            parent[text] = parent[parent[text]]
            text = parent[text]
        return text

    def join(one: int, other: int) -> int:
        parent[max(one, other)] = min(one, other)
        return min(one, other)

    close = pairs.jaccard >= similarity
    for a, b in zip(pairs.first[close].tolist(), pairs.second[close].tolist(), strict=True):
        join(root(a), root(b))
    sizes = pairs.sets.sizes
    a, b = pairs.first[~close], pairs.second[~close]
    longer, shorter = np.maximum(sizes(a), sizes(b)), np.minimum(sizes(a), sizes(b))
    fits = longer <= LONGEST * shorter
    a, b, jaccard = a[fits], b[fits], pairs.jaccard[~close][fits]
    members = _longest(n, root, pairs)
    for place in np.lexsort((b, a, -jaccard)).tolist():
        one, other = root(int(a[place])), root(int(b[place]))
        if one != other and _related(members[one], members[other], pairs.sets):
            together = members[one] + members[other]
            members[join(one, other)] = together
    return np.asarray([root(text) for text in range(n)], dtype=np.int64)


def _longest(n: int, root: Callable[[int], int], pairs: _Pairs) -> dict[int, list[int]]:
    """The longest text of each group of similar texts (that has pairs), by its root."""
    longest: dict[int, list[int]] = {}
    texts = np.unique(np.concatenate([pairs.first, pairs.second]))
    order = np.lexsort((texts, -pairs.sets.sizes(texts)))
    for text in texts[order].tolist():
        longest.setdefault(root(text), [text])
    return longest


def _related(one: list[int], other: list[int], sets: _Sets) -> bool:
    """Whether each text of one group shares enough with each of the other."""
    a, b = np.repeat(one[:BUCKET], len(other[:BUCKET])), np.tile(other[:BUCKET], len(one[:BUCKET]))
    shorter = np.minimum(sets.sizes(a), sets.sizes(b))
    return bool((sets.shared(a, b) >= RELATED * shorter).all())


def _expand(alike: list[np.ndarray], pairs: _Pairs, groups: np.ndarray) -> Found:
    """Pairs of rows from pairs of different texts, and the pairs within each set of equal texts."""
    first, second, values = [], [], []

    def add(one: np.ndarray, other: np.ndarray, *value: float) -> None:
        first.append(np.minimum(one, other))
        second.append(np.maximum(one, other))
        values.append(np.tile(value, (len(one), 1)))

    for rows in alike:
        if len(rows) > BUCKET:
            add(np.full(len(rows) - 1, rows[0]), rows[1:], 1.0, 1.0, 1.0)
        elif len(rows) > 1:
            one, other = np.triu_indices(len(rows), 1)
            add(rows[one], rows[other], 1.0, 1.0, 1.0)
    for a, b, jaccard, containment in zip(*pairs[:4], strict=True):
        left, right = alike[a], alike[b]
        if len(left) * len(right) > BUCKET**2:
            left, right = left[:1], right[:1]
        one, other = np.repeat(left, len(right)), np.tile(right, len(left))
        add(one, other, jaccard, containment, 0.0)
    if not first:
        none = np.zeros(0, dtype=np.int64)
        return Found(none, none, np.zeros(0), np.zeros(0), np.zeros(0, dtype=bool), groups)
    a, b, value = np.concatenate(first), np.concatenate(second), np.concatenate(values)
    order = np.lexsort((b, a))
    a, b, value = a[order], b[order], value[order]
    return Found(a, b, value[:, 0], value[:, 1], value[:, 2] == 1, groups)
