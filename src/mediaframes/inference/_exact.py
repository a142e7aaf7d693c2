"""Fisher's exact test, word by word: the hypergeometric probabilities relative to the mode's."""

import numpy as np
from numba import njit

TIES = 1 + 1e-7  # as in R's fisher.test: probabilities this near are equal


@njit(cache=True)
def fisher_p(a, b, n1, n2):  # type: ignore[no-untyped-def]
    """Two-sided p for each word; all arguments float64 of shape (words,), whole numbers."""
    result = np.empty(len(a))
    for w in range(len(a)):
        k = a[w] + b[w]
        if not (k > 0 and n1[w] > 0 and n2[w] > 0):
            result[w] = np.nan
            continue
        least, most = max(0.0, k - n2[w]), min(k, n1[w])
        mode = np.floor((k + 1) * (n1[w] + 1) / (n1[w] + n2[w] + 2))
        mode = min(max(mode, least), most)
        # the observed probability, relative to the mode's
        seen, x = 1.0, mode
        while x < a[w]:
            seen *= (k - x) * (n1[w] - x) / ((x + 1) * (n2[w] - k + x + 1))
            x += 1
        while x > a[w]:
            seen *= x * (n2[w] - k + x) / ((k - x + 1) * (n1[w] - x + 1))
            x -= 1
        total, small = 1.0, 1.0 if seen * TIES >= 1 else 0.0
        p, x = 1.0, mode
        while x < most and p > 0:
            p *= (k - x) * (n1[w] - x) / ((x + 1) * (n2[w] - k + x + 1))
            x += 1
            total += p
            if p <= seen * TIES:
                small += p
        p, x = 1.0, mode
        while x > least and p > 0:
            p *= x * (n2[w] - k + x) / ((k - x + 1) * (n1[w] - x + 1))
            x -= 1
            total += p
            if p <= seen * TIES:
                small += p
        result[w] = min(small / total, 1.0)
    return result
