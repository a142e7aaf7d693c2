"""Shares of articles that a model did not see, its topics left as they are."""

from typing import Any

import numpy as np

from mediaframes._console import say
from mediaframes.errors import InputError
from mediaframes.text.counts import Counts

GIVEN_ALPHA = 0.1  # prior per topic where the model's own is not known


def aligned(counts: Counts, vocabulary: Any, *, who: str = "transform") -> Any:
    """The counts' matrix with the columns of `vocabulary`; what it lacks is counted and said."""
    from scipy.sparse import csr_array

    place = vocabulary.get_indexer(counts.vocabulary)
    known = np.flatnonzero(place >= 0)
    if not len(known):
        raise InputError(
            "none of the words of these counts is in the topics' vocabulary; count them the same "
            "way (language, stems, stop words) as those the topics were fitted on"
        )
    spread = csr_array(
        (np.ones(len(known), np.int32), (known, place[known])),
        shape=(len(counts.vocabulary), len(vocabulary)),
    )
    matrix = csr_array((counts.matrix @ spread).astype(np.int32))
    matrix.sort_indices()
    all_words, some = int(counts.matrix.sum()), int(matrix.sum())
    if some < all_words:
        say(f"{who}: {all_words - some} of {all_words} words are unknown to the topics")
    return matrix


def fold_in(
    matrix: Any, words: np.ndarray, model: str, arrays: dict[str, np.ndarray]
) -> np.ndarray:
    """Shares (D, K) of the articles in `matrix`, NaN where no topic holds any of their words."""
    reached = np.asarray((matrix @ (words.sum(axis=0) > 0)) > 0).ravel()
    rows = np.flatnonzero(reached)
    shares = np.full((matrix.shape[0], len(words)), np.nan)
    if not len(rows):
        return shares
    part = matrix[rows]
    if model == "nmf":
        found = _nmf(part, words, arrays["idf"])
    elif "eta" in arrays:
        found = _stm(part, words, arrays)
    else:
        found = _lda(part, words, arrays)
    sums = found.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        shares[rows] = np.where(sums > 0, found / sums, np.nan)
    return shares


def _lda(matrix: Any, words: np.ndarray, arrays: dict[str, np.ndarray]) -> np.ndarray:
    from mediaframes.topics import lda

    return lda.amounts(matrix, words, arrays.get("alpha", np.full(len(words), GIVEN_ALPHA)))


def _stm(matrix: Any, words: np.ndarray, arrays: dict[str, np.ndarray]) -> np.ndarray:
    from mediaframes.topics import stm

    return stm.new_shares(matrix, words, arrays)


def _nmf(matrix: Any, words: np.ndarray, idf: np.ndarray) -> np.ndarray:
    """Non-negative least squares of the articles' tf-idf on the topics."""
    from sklearn.decomposition import non_negative_factorization
    from sklearn.feature_extraction.text import TfidfTransformer
    from threadpoolctl import threadpool_limits

    weighting = TfidfTransformer(sublinear_tf=True)
    weighting.idf_ = idf
    with threadpool_limits(limits=1):
        shares, _, _ = non_negative_factorization(
            weighting.transform(matrix), H=words, n_components=len(words), init="custom",
            update_H=False, solver="cd", tol=1e-6, max_iter=1000,
        )  # fmt: skip
    return np.asarray(shares)


def rows_to_one(weights: np.ndarray) -> np.ndarray:
    """Rows scaled to sum to 1; a topic of zeros has no preference among words."""
    sums = weights.sum(axis=1, keepdims=True)
    uniform = np.full_like(weights, 1 / weights.shape[1])
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(sums == 0, uniform, weights / sums)
