"""The compiled loop over windows of text that C_V counts in."""

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def windows_with(ids, offsets, weights, n, size):  # type: ignore[no-untyped-def]
    """Windows that hold each pair of words, (n, n), a word alone on the diagonal; and all windows.

    A window of `size` positions moves along an article one by one; a shorter article is one window.
    `ids` are places among the n words, -1 for others. While no word of the n enters or leaves, the
    windows are alike and counted at once.
    """
    pairs = np.zeros((n, n))
    times = np.zeros(n, np.int64)  # of each word in the window
    there, place = np.zeros(n, np.int64), np.zeros(n, np.int64)  # its different words
    total = 0.0
    for d in range(len(offsets) - 1):
        begin, end, weight = offsets[d], offsets[d + 1], weights[d]
        if end == begin or weight == 0.0:
            continue
        last = max(end - size, begin)  # where the last window begins
        total += (last - begin + 1) * weight
        held = alike = 0
        for right in range(begin, end):
            left = right - size  # what falls out as `right` comes in
            changed = ids[right] >= 0 and times[ids[right]] == 0
            if left >= begin and ids[left] >= 0 and times[ids[left]] == 1:
                changed = changed or ids[right] != ids[left]
            if changed and alike:
                _add(pairs, there, held, alike * weight)
                alike = 0
            if ids[right] >= 0:
                times[ids[right]] += 1
                if times[ids[right]] == 1:
                    there[held], place[ids[right]] = ids[right], held
                    held += 1
            if left >= begin and ids[left] >= 0:
                times[ids[left]] -= 1
                if times[ids[left]] == 0:
                    held -= 1
                    moved, gap = there[held], place[ids[left]]
                    there[gap], place[moved] = moved, gap
            if right + 1 >= begin + size or right + 1 == end:
                alike += 1
        _add(pairs, there, held, alike * weight)
        for i in range(held):
            times[there[i]] = 0
    return pairs, total


@njit(cache=True, nogil=True)
def _add(pairs, there, held, mass):  # type: ignore[no-untyped-def]
    for i in range(held):
        for j in range(held):
            pairs[there[i], there[j]] += mass
