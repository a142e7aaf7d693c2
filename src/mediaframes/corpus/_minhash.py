"""Compiled kernels of `dedupe`: shingles, signatures, candidates.

A text is its words: runs of letters, digits and underscores, lower-cased, read straight from its
UTF-8. Its shingles are all runs of five words, each a 64-bit hash, so two different shingles are
taken for one about once in 10^19 comparisons. Signatures are one-permutation MinHash (Li, Owen &
Zhang 2012): the hash's upper bits choose one of 128 bins, each bin keeps its least value; empty
bins borrow from full ones by the optimal densification of Shrivastava (2017), so that short texts
can be compared as well.
"""

import numpy as np
from numba import njit

WORDS = 5  # words in a shingle
BITS = 7
BINS = 1 << BITS

_U = np.uint64
_FNV = _U(0xCBF29CE484222325)
_PRIME = _U(0x100000001B3)
_STEP = _U(0x9E3779B97F4A7C15)
_MIX1 = _U(0xBF58476D1CE4E5B9)
_MIX2 = _U(0x94D049BB133111EB)
_S27, _S30, _S31 = _U(27), _U(30), _U(31)
_BIN_SHIFT = _U(64 - BITS)
_LOW32 = _U(0xFFFFFFFF)
_ODD = _U(0xD6E8FEB86659FD93)
_ZERO = _U(0)


@njit(cache=True, inline="always")
def _mix(x: np.uint64) -> np.uint64:
    """Spread every input bit over all output bits (SplitMix64)."""
    x = (x ^ (x >> _S30)) * _MIX1
    x = (x ^ (x >> _S27)) * _MIX2
    return x ^ (x >> _S31)


@njit(cache=True, inline="always")
def _code_point(data, place):  # type: ignore[no-untyped-def]
    """The code point whose (valid) UTF-8 begins at `place`, and where the next one begins."""
    byte = np.int64(data[place])
    if byte < 0x80:
        return byte, place + 1
    one = np.int64(data[place + 1]) & 0x3F
    if byte < 0xE0:
        return (byte & 0x1F) << 6 | one, place + 2
    two = np.int64(data[place + 2]) & 0x3F
    if byte < 0xF0:
        return (byte & 0x0F) << 12 | one << 6 | two, place + 3
    three = np.int64(data[place + 3]) & 0x3F
    return (byte & 0x07) << 18 | one << 12 | two << 6 | three, place + 4


@njit(cache=True)
def _shingles(data, start, end, fold, out):  # type: ignore[no-untyped-def]
    """Write a text's shingles to `out`; return their number, the words', and a hash of all words.

    A text of fewer than five words is one shingle.
    """
    a, b, c, d, e = _ZERO, _ZERO, _ZERO, _ZERO, _ZERO  # the last five words, the newest last
    words, count = 0, 0
    whole = _STEP
    inside = False
    token = _FNV
    place = start
    while place <= end:
        folded = np.uint32(0)
        if place < end:
            code, place = _code_point(data, place)
            folded = fold[code]
        else:
            place += 1
        if folded != 0:
            token = (token ^ _U(folded)) * _PRIME
            inside = True
            continue
        if not inside:
            continue
        a, b, c, d, e = b, c, d, e, _mix(token)
        whole = _mix(whole * _ODD + e)
        words += 1
        if words >= WORDS:
            value = (((a * _ODD + b) * _ODD + c) * _ODD + d) * _ODD + e
            out[count] = _mix(value + _STEP)
            count += 1
        token = _FNV
        inside = False
    if 0 < words < WORDS:
        out[0] = whole
        count = 1
    return count, words, whole


@njit(cache=True)
def signatures(data, offsets, fold, sampled):  # type: ignore[no-untyped-def]
    """Signatures (documents × bins), number of words, a hash of all words, and sampled shingles.

    `data` holds the texts' UTF-8 one after another, text d is ``data[offsets[d]:offsets[d + 1]]``;
    `fold` has for every code point its lower case, or 0 where it is in no word. The samples are
    the distinct shingles whose last `sampled` bits are zero, sorted, one text after another; with
    them where each text's begin, and how many shingles it has in all.
    """
    n = len(offsets) - 1
    signs = np.empty((n, BINS), dtype=np.uint32)
    words = np.zeros(n, dtype=np.int64)
    wholes = np.zeros(n, dtype=np.uint64)
    begins = np.zeros(n + 1, dtype=np.int64)
    sizes = np.zeros(n, dtype=np.int64)
    longest = 0
    for d in range(n):
        longest = max(longest, offsets[d + 1] - offsets[d])
    buffer = np.empty(longest // 2 + 2, dtype=np.uint64)
    part = np.empty(longest // 2 + 2, dtype=np.uint64)
    samples = np.empty(1024, dtype=np.uint64)
    end = 0
    mask = _U((1 << sampled) - 1)
    least = np.empty(BINS, dtype=np.uint32)
    full = np.empty(BINS, dtype=np.bool_)
    for d in range(n):
        count, words[d], wholes[d] = _shingles(data, offsets[d], offsets[d + 1], fold, buffer)
        sizes[d] = count
        full[:] = False
        few = 0
        for s in range(count):
            value = buffer[s]
            place = np.int64(value >> _BIN_SHIFT)
            low = np.uint32(value & _LOW32)
            if not full[place] or low < least[place]:
                least[place] = low
                full[place] = True
            if value & mask == _ZERO:
                part[few] = value
                few += 1
        _densify(least, full, count, signs[d])
        while end + few > len(samples):
            more = np.empty(2 * len(samples), dtype=np.uint64)
            more[:end] = samples[:end]
            samples = more
        end = _append_distinct(part[:few], samples, end)
        begins[d + 1] = end
    return signs, words, wholes, samples[:end].copy(), begins, sizes


@njit(cache=True)
def _append_distinct(values, out, end):  # type: ignore[no-untyped-def]
    """Write the sorted distinct values to `out` from place `end`; return the next free place."""
    ordered = np.sort(values)
    for place in range(len(ordered)):
        if place == 0 or ordered[place] != ordered[place - 1]:
            out[end] = ordered[place]
            end += 1
    return end


@njit(cache=True)
def _densify(least, full, count, sign):  # type: ignore[no-untyped-def]
    """Fill empty bins from full ones, in an order that is the same for every text."""
    for place in range(BINS):
        if full[place]:
            sign[place] = least[place]
        elif count == 0:
            sign[place] = 0
        else:
            tried = _STEP * _U(place) + _ODD
            source = np.int64(_mix(tried) >> _BIN_SHIFT)
            while not full[source]:
                tried += _ODD
                source = np.int64(_mix(tried) >> _BIN_SHIFT)
            sign[place] = least[source]


@njit(cache=True)
def shingle_sets(data, offsets, fold, rows, sizes):  # type: ignore[no-untyped-def]
    """Distinct shingles of the texts `rows`, sorted, one text after another; where each begins.

    `sizes` says how many shingles each text has in all.
    """
    bound = 0
    for d in rows:
        bound += sizes[d] + 1
    flat = np.empty(bound, dtype=np.uint64)
    begins = np.zeros(len(rows) + 1, dtype=np.int64)
    end = 0
    for place in range(len(rows)):
        d = rows[place]
        count, _, _ = _shingles(data, offsets[d], offsets[d + 1], fold, flat[end:])
        end = _append_distinct(flat[end : end + count], flat, end)
        begins[place + 1] = end
    return flat[:end], begins


@njit(cache=True)
def band_keys(signs, first, rows):  # type: ignore[no-untyped-def]
    """One key per text for the band of `rows` bins from bin `first`."""
    keys = np.empty(len(signs), dtype=np.uint64)
    for d in range(len(signs)):
        key = _STEP
        for place in range(first, first + rows):
            key = _mix(key * _ODD + _U(signs[d, place]))
        keys[d] = key
    return keys


@njit(cache=True)
def pairs_in_runs(keys, order, cap, reach):  # type: ignore[no-untyped-def]
    """Pairs of texts with equal keys, as ``a * n + b`` with a < b.

    `order` sorts `keys`. In a bucket of more than `cap` texts each is paired with the first and
    with its next `reach` neighbors, which keeps the number of pairs linear.
    """
    n = len(keys)
    total = 0
    for turn in range(2):
        if turn == 1:
            pairs = np.empty(total, dtype=np.uint64)
            total = 0
        begin = 0
        while begin < n:
            end = begin + 1
            while end < n and keys[order[end]] == keys[order[begin]]:
                end += 1
            small = end - begin <= cap
            for i in range(begin, end):
                last = end if small else min(end, i + 1 + reach)
                for j in range(i + 1, last):
                    if turn == 1:
                        pairs[total] = _pair(order[i], order[j], n)
                    total += 1
                if not small and i > begin + reach:
                    if turn == 1:
                        pairs[total] = _pair(order[begin], order[i], n)
                    total += 1
            begin = end
    return pairs


@njit(cache=True, inline="always")
def _pair(a, b, n):  # type: ignore[no-untyped-def]
    return _U(min(a, b)) * _U(n) + _U(max(a, b))
