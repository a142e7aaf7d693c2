"""How good a topic is: measures with one definition each."""

from typing import Any

import numpy as np

TOP = 10  # words per topic that coherence looks at, as in the literature


def npmi(words: np.ndarray, matrix: Any, *, weights: np.ndarray | None = None) -> np.ndarray:
    """Coherence of each topic: mean normalized PMI of its ten most probable words.

    Parameters
    ----------
    words : array of shape (K, V)
        Weights of the words.
    matrix : sparse matrix of shape (D, V)
        Counts; two words occur together where they stand in the same article.
    weights : array of shape (D,), optional
        What each article weighs; by default 1.

    Returns
    -------
    float64 array of shape (K,)
        From -1 (never together) over 0 (as if independent) to 1 (always together).

    Source
    ------
    Lau, Newman, Baldwin (2014), Machine Reading Tea Leaves, EACL; here with whole articles as
    windows. A pair in every article counts 0 (it tells nothing).

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> matrix = csr_array(np.array([[1, 1, 0, 1], [2, 1, 0, 0], [0, 0, 1, 1], [0, 0, 4, 0]]))
    >>> npmi(np.array([[0.6, 0.4], [0.6, 0.4]]), matrix[:, [0, 1]]).tolist()  # always together
    [1.0, 1.0]
    >>> npmi(np.array([[0.6, 0.4]]), matrix[:, [0, 3]]).tolist()  # as if independent
    [0.0]
    """
    present = (matrix > 0).astype(np.float64).tocsc()
    mass = np.ones(matrix.shape[0]) if weights is None else np.asarray(weights, np.float64)
    n = mass.sum()
    result = np.empty(len(words))
    for topic, row in enumerate(words):
        best = np.argsort(-row, kind="stable")[:TOP]
        columns = present[:, best]
        together = np.asarray((columns.T @ columns.multiply(mass[:, None])).todense()) / n
        single = np.diag(together)
        first, second = np.triu_indices(len(best), 1)
        both = together[first, second]
        with np.errstate(divide="ignore", invalid="ignore"):
            value = np.log(both / (single[first] * single[second])) / -np.log(both)
        value = np.where(both == 0, -1.0, np.where(both == 1, 0.0, value))
        result[topic] = value.mean() if len(value) else np.nan
    return result
