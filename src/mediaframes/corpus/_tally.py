"""Compiled loop of `clean`: the words of each line of a page, counted without being made."""

import numpy as np
from numba import njit

from mediaframes.corpus._words import (
    BEGINNINGS,
    BLANK,
    BREAK,
    DIGIT,
    FNV_PRIME,
    FNV_SHIFT,
    FNV_START,
    FUNCTION_WORD,
    LETTER,
    MARK,
    SIGN,
    STEM,
    WHOLE_WORDS,
)

NUMBER, ONE = np.uint64(ord("#")), np.uint64(1)
START, PRIME, SHIFT = np.uint64(FNV_START), np.uint64(FNV_PRIME), np.uint64(FNV_SHIFT)


@njit(cache=True)
def tally(points, classes, keys, flags):  # type: ignore[no-untyped-def]
    """Words, function words and flags of each line; int64 of shape (lines, 3).

    `points` are the code points of a page in lower case, a line break between lines; `classes` has
    the class of each code point. `keys` and `flags` are a table of words by their hash (FNV-1a of
    64 bits over code points; of two different words, one in ten million million has the other's),
    free slots 0.
    """
    n_lines = 1
    for point in points:
        n_lines += point == 10
    found = np.zeros((n_lines, 3), np.int64)
    line, i, n = 0, 0, len(points)
    last = np.uint32(len(classes) - 1)
    while i < n:
        kind = classes[min(points[i], last)]
        if kind == BREAK:
            line += 1
        if kind in (BLANK, BREAK, MARK):
            i += 1
            continue
        value, stem, length = START, START, 0
        if kind == LETTER:
            while i < n and classes[min(points[i], last)] == LETTER:
                value = (value ^ np.uint64(points[i])) * PRIME
                length += 1
                if length == STEM:
                    stem = value
                i += 1
        elif kind == SIGN:
            value = (value ^ np.uint64(points[i])) * PRIME
            i += 1
        else:
            value = (value ^ NUMBER) * PRIME
            i = _behind_number(points, i, classes, last)
        found[line, 0] += 1
        seen = _flags(value, keys, flags)
        found[line, 1] += seen & FUNCTION_WORD
        found[line, 2] |= seen & WHOLE_WORDS
        if length >= STEM:
            found[line, 2] |= _flags(stem, keys, flags) & BEGINNINGS
    return found


@njit(cache=True)
def _behind_number(points, i, classes, last):  # type: ignore[no-untyped-def]
    """Where a number ends that begins here: digits, with single marks between them."""
    n = len(points)
    while i < n:
        kind = classes[min(points[i], last)]
        if kind == DIGIT:
            i += 1
        elif kind == MARK and i + 1 < n and classes[min(points[i + 1], last)] == DIGIT:
            i += 2
        else:
            break
    return i


@njit(cache=True)
def _flags(value, keys, flags):  # type: ignore[no-untyped-def]
    slot = value >> SHIFT & np.uint64(len(keys) - 1)
    while keys[slot] != 0:
        if keys[slot] == value:
            return np.int64(flags[slot])
        slot = slot + ONE & np.uint64(len(keys) - 1)
    return np.int64(0)
