"""Kernels over a vocabulary's bytes. They call nothing of another file, see `_scan`."""

import numpy as np
from numba import njit

EIGHT = np.uint64(8)


@njit(cache=True, nogil=True)
def beginnings(pool, bounds):  # type: ignore[no-untyped-def]
    """The first sixteen bytes of each word as two numbers, in which shorter words end in zeros."""
    n = len(bounds) - 1
    first, second = np.empty(n, np.uint64), np.empty(n, np.uint64)
    for w in range(n):
        size = bounds[w + 1] - bounds[w]
        for half, values in enumerate((first, second)):
            value, left = np.uint64(0), min(max(size - 8 * half, 0), 8)
            begin = bounds[w] + 8 * half
            for j in range(begin, begin + left):
                value = value << EIGHT | np.uint64(pool[j])
            values[w] = value << np.uint64(8 * (8 - left)) if left else np.uint64(0)
    return first, second


@njit(cache=True, nogil=True)
def unsure(pool, bounds):  # type: ignore[no-untyped-def]
    """Which words may not be in NFC, or may end in a sigma; bool (V).

    Whatever lies below U+0300, whose UTF-8 begins with CC, is in NFC and no sigma.
    """
    found = np.zeros(len(bounds) - 1, np.bool_)
    for w in range(len(found)):
        for j in range(bounds[w], bounds[w + 1]):
            if pool[j] >= 0xCC:
                found[w] = True
                break
    return found
