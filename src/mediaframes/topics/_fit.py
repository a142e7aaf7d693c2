"""The models' fits: from weighted counts to words of topics and topics of articles."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from mediaframes._console import say

# Priors of the LDA (symmetric; those of tomotopy); say them in the paper.
ALPHA, ETA = 0.1, 0.01
# NMF's own default of 200 iterations stops early on a few thousand articles
NMF_ITERATIONS = 1000
LDA_PASSES, LDA_TOLERANCE = 500, 2e-5


class Training(NamedTuple):
    """Articles with words: counts (D, V), what each weighs in the fit, its group of copies (D,)."""

    matrix: Any
    weights: np.ndarray
    groups: np.ndarray


def _tfidf(training: Training) -> Any:
    """Sublinear tf-idf; the articles of the idf are counted by their weights."""
    from sklearn.feature_extraction.text import TfidfTransformer

    transformer = TfidfTransformer(sublinear_tf=True).fit(training.matrix)
    n = training.weights.sum()
    frequency = np.asarray((training.matrix > 0).T @ training.weights, np.float64)
    transformer.idf_ = np.log((n + 1) / (frequency + 1)) + 1
    return transformer.transform(training.matrix)


def fit_nmf(training: Training, k: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Factors H (K, V) and W (D, K) of the tf-idf matrix, in one thread.

    The squared error of an article counts with its weight, so rows are scaled by its root; what
    weighs nothing is left out and gets its W from the finished H.
    """
    import warnings

    from scipy.sparse import csr_array, diags_array
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits

    tfidf = csr_array(_tfidf(training))
    fitted = training.weights > 0
    root = np.sqrt(training.weights[fitted])
    model = NMF(k, init="nndsvd", solver="cd", random_state=seed, max_iter=NMF_ITERATIONS, tol=1e-5)
    shares = np.zeros((len(fitted), k))
    with threadpool_limits(limits=1), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ConvergenceWarning)
        scaled = csr_array(diags_array(root) @ tfidf[np.flatnonzero(fitted)])
        shares[fitted] = model.fit_transform(scaled) / root[:, None]
        if not fitted.all():
            shares[~fitted] = model.transform(tfidf[np.flatnonzero(~fitted)])
    if caught:
        say(f"fit_topics: NMF stopped after {NMF_ITERATIONS} iterations before it had converged")
    # W and H are only known up to a factor for each topic; with H's rows summing to 1, W's rows
    # are amounts of the topics and can be compared
    return model.components_, shares * model.components_.sum(axis=1)


def fit_lda(training: Training, k: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Expected counts of the LDA: topic-word (K, V) and article-topic (D, K), with priors.

    An article adds its words to the topics' with its weight; its own shares do not depend on it.
    """
    from mediaframes.topics._lda import fit

    matrix, weights, _ = training
    start = _starts(training, k, seed)
    words = np.asarray(matrix.T @ (start * weights[:, None]))
    shares = start * np.asarray(matrix.sum(axis=1), np.float64)[:, None]
    counts = (
        matrix.indptr.astype(np.int64),
        matrix.indices.astype(np.int64),
        matrix.data.astype(np.float64),
        weights.astype(np.float64),
    )
    words, shares, bounds = fit(counts, words, shares, (ALPHA, ETA), LDA_PASSES, LDA_TOLERANCE)
    if len(bounds) == LDA_PASSES:
        say(f"fit_topics: LDA stopped after {LDA_PASSES} passes before it had converged")
    return words.T + ETA, shares + ALPHA


def _starts(training: Training, k: int, seed: int) -> np.ndarray:
    """Random shares to start from, the same for all copies of a report (D, K).

    So n copies that weigh 1/n each go the way of the one, and groups that are not fitted draw
    after those that are.
    """
    fitted = np.unique(training.groups[training.weights > 0])
    order = np.concatenate([fitted, np.setdiff1d(training.groups, fitted)])
    place = np.empty(int(order.max(initial=0)) + 1, np.int64)
    place[order] = np.arange(len(order))
    # far from "all topics alike", which is a saddle where the fixed point would linger
    drawn = np.random.default_rng(seed).dirichlet(np.full(k, 0.2), size=len(order))
    return np.asarray(drawn[place[training.groups]])


MODELS: dict[str, Callable[[Training, int, int], tuple[np.ndarray, np.ndarray]]] = {
    "nmf": fit_nmf,
    "lda": fit_lda,
}
