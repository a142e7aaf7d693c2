"""Kernel: rows of a document-term matrix. It calls nothing of another file, see `_scan`."""

import numpy as np
from numba import njit

ONE = np.uint64(1)


@njit(cache=True, nogil=True)
def count_rows(ids, offsets, rows, places, data, n_columns):  # type: ignore[no-untyped-def]
    """Rows of a document-term matrix with sorted columns.

    Parameters: `ids` int32 (N) and `offsets` int64 (D+1), the words of each document; `rows` int64
    (D), the row of `places` int32 (L, V) that says which column a word is counted in (-1: none);
    `data` int32 (N), how often each stands there, or empty: once.

    Two bitmaps, of the columns and of the groups of 64 that have any, give the columns back in
    order.

    Returns indices, data (int32) and row lengths int64 (D).
    """
    once = len(data) == 0
    indices = np.empty(len(ids), np.int32)
    cells = np.empty(len(ids), np.int32)
    lengths = np.zeros(len(offsets) - 1, np.int64)
    sums = np.zeros(n_columns, np.int32)
    bits = np.zeros((n_columns >> 6) + 1, np.uint64)
    groups = np.zeros((n_columns >> 12) + 1, np.uint64)
    n = 0
    for d in range(len(offsets) - 1):
        row, first = rows[d], n
        for t in range(offsets[d], offsets[d + 1]):
            column = places[row, ids[t]]
            if column >= 0:
                sums[column] += 1 if once else data[t]
                bits[column >> 6] |= ONE << np.uint64(column & 63)
                groups[column >> 12] |= ONE << np.uint64(column >> 6 & 63)
        for g in range(len(groups)):
            group = groups[g]
            groups[g] = np.uint64(0)
            while group:
                lowest = group & (~group + ONE)
                group ^= lowest
                block = g << 6 | _ones(lowest - ONE)
                left = bits[block]
                bits[block] = np.uint64(0)
                while left:
                    lowest = left & (~left + ONE)
                    left ^= lowest
                    column = block << 6 | _ones(lowest - ONE)
                    indices[n] = column
                    cells[n] = sums[column]
                    sums[column] = 0
                    n += 1
        lengths[d] = n - first
    return indices[:n].copy(), cells[:n].copy(), lengths


@njit(cache=True, nogil=True)
def _ones(value):  # type: ignore[no-untyped-def]
    """How many bits are set."""
    value = value - (value >> ONE & np.uint64(0x5555555555555555))
    value = (value & np.uint64(0x3333333333333333)) + (
        value >> np.uint64(2) & np.uint64(0x3333333333333333)
    )
    value = value + (value >> np.uint64(4)) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64(value * np.uint64(0x0101010101010101) >> np.uint64(56))
