"""The spectral start: topics from the words that belong to one topic only.

Source: Arora et al. (2013), ICML; Roberts, Stewart & Tingley (2016), Navigating the Local Modes of
Big Data; the details are those of R's stm 1.3.7, so that its start is reproduced.
"""

from typing import Any

import numpy as np

MOST_WORDS = 10_000  # the most frequent; all words together would need V * V numbers
TOLERANCE, ROUNDS = 1e-7, 500
NOISE = 0.001  # in all, for the words left out of the start


def spectral_start(
    matrix: Any, k: int, weights: np.ndarray, *, most: int = MOST_WORDS
) -> np.ndarray:
    """Topics (K, V) to begin with; no randomness.

    Parameters
    ----------
    matrix : csr_array of shape (D, V)
    k : int
    weights : array of shape (D,)
        What each article weighs.
    most : int
        Words that take part.
    """
    from threadpoolctl import threadpool_limits

    from mediaframes.topics._algebra import row_sums
    from mediaframes.topics._spectral import mix_anchors

    n_words = matrix.shape[1]
    frequency = np.asarray(matrix.T @ weights, np.float64)
    keep = np.arange(n_words)
    if n_words > most:
        keep = np.argsort(-frequency, kind="stable")[:most]
    with threadpool_limits(limits=1):  # a threaded product's last digits depend on the threads
        gram = _gram(matrix[:, keep], weights)
        sums: Any = row_sums(gram)
        usable = np.flatnonzero(sums != 0)
        if len(usable) < len(keep):
            keep, gram, sums = keep[usable], gram[np.ix_(usable, usable)], sums[usable]
        if not len(keep):
            return np.empty((0, n_words))
        gram /= sums[:, None]
        anchors = _anchors(gram, min(k, len(keep)))
    mixtures = mix_anchors(gram, anchors, TOLERANCE, ROUNDS)
    mixtures[mixtures <= 0] = np.finfo(float).eps
    mixtures[anchors] = np.eye(len(anchors))
    topics = mixtures * (frequency[keep] / frequency[keep].sum())[:, None]
    sums = row_sums(np.ascontiguousarray(topics.T))
    topics = (topics / sums).T
    if len(keep) == n_words:
        return np.asarray(topics)
    whole = np.zeros((len(topics), n_words))
    whole[:, keep] = topics
    whole += NOISE / n_words
    return np.asarray(whole / whole.sum(axis=1, keepdims=True))


def by_word(matrix: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where each word of a CSR matrix begins, in which articles it is, and where in their data."""
    from scipy.sparse import csr_array

    places = np.arange(matrix.nnz)
    turned = csr_array((places, matrix.indices, matrix.indptr), shape=matrix.shape).tocsc()
    return turned.indptr.astype(np.int64), turned.indices.astype(np.int64), turned.data


def _gram(matrix: Any, weights: np.ndarray) -> np.ndarray:
    """How likely two different words of an article are these two, summed over articles."""
    from scipy.sparse import csr_array

    from mediaframes.topics._spectral import pair_products

    lengths = np.asarray(matrix.sum(axis=1), np.float64)
    rows = np.flatnonzero((lengths >= 2) & (weights > 0))
    # divided as R divides: among equally rare words the last digit decides who is an anchor
    pairs = lengths[rows] * (lengths[rows] - 1) / weights[rows]
    part = csr_array(matrix[rows].astype(np.float64))
    part.sort_indices()
    each = np.repeat(pairs, np.diff(part.indptr))
    scaled = part.indptr, part.indices, part.data / np.sqrt(each)
    gram: Any = pair_products(by_word(part), scaled, part.shape[1])
    part.data /= each
    gram[np.diag_indices(len(gram))] -= np.asarray(part.sum(axis=0))
    return np.asarray(gram)


def _anchors(rows: np.ndarray, k: int) -> np.ndarray:
    """The words farthest from the span of those before them (stabilized Gram-Schmidt)."""
    from mediaframes.topics._spectral import take_out

    n = len(rows)
    padded = np.zeros((n, -(-rows.shape[1] // 8) * 8))
    padded[:, : rows.shape[1]] = rows
    far = (rows**2).sum(axis=1)
    taken, chosen = np.zeros(n, bool), []
    for _ in range(k):
        best = int(np.argmax(far))
        chosen.append(best)
        taken[best] = True
        take_out(padded.ravel(), taken, best, far)
    return np.array(chosen)
