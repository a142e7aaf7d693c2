"""The structural topic model, and the correlated one, which it is without covariates.

Sources: Roberts, Stewart & Airoldi (2016), JASA; Blei & Lafferty (2007), Annals of Applied
Statistics; in the order and with the constants of R's stm 1.3.7, to give its results.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from mediaframes.topics.spectral import by_word

LANES = 8
BLOCK = 256  # articles whose sums are taken together; blocks are added in order
MOST, TOLERANCE = 500, 1e-5  # R's max.em.its and emtol
START_VARIANCE = 20.0
MOST_ROUNDS = 1000  # of the pooled prior's regression
PENALTIES, RATIO, COST = 100, 1e-4, 2.0  # glmnet's path; what a coefficient costs (ic.k)
SETTLED = 1e-7  # glmnet's thresh, a share of the variance
FLAT, ENOUGH, LEAST_PENALTIES = 1e-5, 0.999, 4  # where glmnet ends its path early


@dataclass(frozen=True)
class Model:
    """A fitted model: beta (K, V), eta (D, K - 1), mu (D, K - 1), sigma, gamma (P, K - 1)."""

    beta: np.ndarray
    eta: np.ndarray
    mu: np.ndarray
    sigma: np.ndarray
    gamma: np.ndarray
    bounds: np.ndarray
    done: bool

    @property
    def theta(self) -> np.ndarray:
        """Shares (D, K)."""
        return softmax(self.eta)


def softmax(eta: np.ndarray) -> np.ndarray:
    """Shares of K topics from the K - 1 coordinates against the last."""
    weights = np.exp(np.column_stack([eta, np.zeros(len(eta))]))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


@dataclass(frozen=True)
class Corpus:
    """Articles as the kernels take them, by article and by word, and what each weighs."""

    counts: tuple[np.ndarray, np.ndarray, np.ndarray]
    words: tuple[np.ndarray, np.ndarray, np.ndarray]
    weights: np.ndarray

    @classmethod
    def of(cls, matrix: Any, weights: np.ndarray) -> "Corpus":
        """From a CSR matrix."""
        counts = (
            matrix.indptr.astype(np.int64),
            matrix.indices.astype(np.int64),
            matrix.data.astype(np.float64),
        )
        return cls(counts, by_word(matrix), weights.astype(np.float64))


def fit(
    matrix: Any, start: np.ndarray, weights: np.ndarray, *, covariates: np.ndarray | None = None,
    prior: str = "Pooled", most: int = MOST, tolerance: float = TOLERANCE,
) -> Model:  # fmt: skip
    """Variational EM from the topics `start` (K, V).

    Parameters
    ----------
    matrix : csr_array (D, V)
        No empty rows.
    weights : array (D,)
        What each article adds to the topics, the covariance and the regression.
    covariates : array (D, P), optional
        The design, intercept first; without, the model is the correlated topic model.
    prior : {"Pooled", "L1"}
        On the coefficients: a variational regression with a half-Cauchy prior, or the group
        lasso's path with the best AIC.
    most, tolerance
        EM ends when the bound grows by less than the tolerance relatively, or after `most`.
    """
    from mediaframes.topics._algebra import cross, row_sums

    k = len(start)
    corpus, beta = Corpus.of(matrix, weights), start
    eta, mu = np.zeros((matrix.shape[0], k - 1)), np.zeros((matrix.shape[0], k - 1))
    sigma = START_VARIANCE * np.eye(k - 1)
    gamma, bounds, done = np.empty((0, k - 1)), [], False
    for _ in range(most):
        stats, cover, bound = expectation(corpus, beta, eta, mu, sigma)
        mu, gamma = _means(eta, corpus.weights, covariates, prior)
        gap = eta - mu
        between: Any = cross(gap, gap, corpus.weights)
        sigma = (between + cover) / weights.sum()
        sums: Any = row_sums(stats)
        beta = stats / sums[:, None]
        bounds.append(bound)
        if len(bounds) > 1 and bounds[-1] - bounds[-2] < tolerance * abs(bounds[-2]):
            done = True
            break
    return Model(beta, eta, mu, sigma, gamma, np.array(bounds), done)


def expectation(
    corpus: Corpus, beta: np.ndarray, eta: np.ndarray, mu: np.ndarray, sigma: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    """One E-step; moves `eta` in place. Expected counts (K, V), covariances summed, bound."""
    from mediaframes.topics._algebra import inverse
    from mediaframes.topics._stm import add_covers, word_counts

    k, n_words = beta.shape
    width, size = -(-k // LANES) * LANES, k - 1
    padded = np.zeros((n_words + 1, width))
    padded[:-1, :k] = beta.T
    padded[-1, k - 1] = 1.0
    means = np.zeros((len(eta), width))
    means[:, :size] = mu
    precision = np.zeros((width, width))
    inverted: Any = inverse(sigma)
    precision[:size, :size], entropy = inverted
    ratios, scales = np.empty(len(corpus.counts[2])), np.empty((len(eta), width))
    given = (padded.ravel(), eta, means, precision.ravel(), entropy, k, ratios, scales)
    cover, bound, begin = np.zeros(width * width), 0.0, 0
    for covers, each in _blocks(corpus, given):
        own = corpus.weights[begin : begin + len(each)]
        add_covers(cover, covers, own, size, width)
        bound += float(each @ own)
        begin += len(each)
    stats: Any = word_counts(
        corpus.words, padded[:-1], corpus.counts[2], ratios, scales, corpus.weights
    )
    upper = cover.reshape(width, width)[:size, :size]
    cover = np.triu(upper) + np.triu(upper, 1).T
    return np.ascontiguousarray(stats[:, :k].T), cover, bound


def _blocks(corpus: Corpus, given: tuple[Any, ...]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Blocks of articles, worked on side by side: each article's covariance and bound, in order."""
    from mediaframes.topics._stm import estep

    n = len(corpus.weights)

    def work(begin: int) -> tuple[np.ndarray, np.ndarray]:
        kernel: Any = estep
        covers, bounds = kernel(corpus.counts, (begin, min(begin + BLOCK, n)), *given)
        return covers, bounds

    begins = list(range(0, n, BLOCK))
    yield work(0)  # alone, so that the kernel is compiled once
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        yield from pool.map(work, begins[1:])


def _means(
    eta: np.ndarray, weights: np.ndarray, covariates: np.ndarray | None, prior: str
) -> tuple[np.ndarray, np.ndarray]:
    """Prior means (D, K - 1) and coefficients (P, K - 1) from the articles' coordinates."""
    from mediaframes.topics._algebra import column_means, cross, times
    from mediaframes.topics._coefficients import pooled

    if covariates is None:
        mean: Any = column_means(eta, weights)
        return np.tile(mean, (len(eta), 1)), mean[None, :]
    if prior == "L1":
        gamma = lasso(covariates, eta, weights)
    else:
        square: Any = cross(covariates, covariates, weights)
        against: Any = cross(covariates, eta, weights)
        coefficients: Any = pooled(covariates, eta, weights, square, against, MOST_ROUNDS)
        gamma = np.asarray(coefficients)
    means: Any = times(covariates, gamma)
    return means, gamma


def lasso(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Group lasso over all coordinates at once, along glmnet's path, best by deviance + 2 df."""
    from mediaframes.topics._coefficients import group_lasso

    share = weights / weights.sum()
    center, middle = share @ x[:, 1:], share @ y
    apart, response = x[:, 1:] - center, y - middle
    spread = np.sqrt(share @ apart**2)
    apart = apart / spread
    square = (apart * share[:, None]).T @ apart
    cross = (apart * share[:, None]).T @ response
    null = float((share @ response**2).sum())
    top = np.sqrt((cross**2).sum(axis=1)).max()
    found, best, before = np.zeros_like(cross), np.inf, null
    coefficients, order, state = found.copy(), np.zeros(len(cross), np.int64), np.zeros(2, np.int64)
    enough = SETTLED * null / cross.shape[1]
    for number, penalty in enumerate(top * np.geomspace(1, RATIO, PENALTIES)):
        if number:
            group_lasso(square, cross, coefficients, order, state, penalty, enough)
        error = null - 2 * (coefficients * cross).sum()
        error += float((coefficients * (square @ coefficients)).sum())
        criterion = weights.sum() * error + COST * np.count_nonzero(coefficients)
        if criterion < best:
            best, found = criterion, coefficients.copy()
        explained = 1 - error / null
        if number >= LEAST_PENALTIES and (before - error < FLAT * error or explained > ENOUGH):
            break
        before = error
    slopes = found / spread[:, None]
    return np.vstack([middle - center @ slopes, slopes])


def new_shares(matrix: Any, words: np.ndarray, arrays: dict[str, np.ndarray]) -> np.ndarray:
    """Shares of articles the model did not see, around the mean of those it saw.

    As R's ``fitNewDocuments`` with ``prevalencePrior = "Average"``: the prior's covariance grows by
    what the covariates explained. `arrays` are those of a fit.
    """
    from threadpoolctl import threadpool_limits

    eta, mu, order = arrays["eta"], arrays["mu"], arrays["order"]
    mean = mu.mean(axis=0)
    wide, narrow = eta - mean, eta - mu
    sigma = arrays["sigma"] + (wide.T @ wide - narrow.T @ narrow) / len(eta)
    beta = np.empty_like(words)
    beta[order] = np.maximum(words, 1e-300)  # a word that no topic holds says nothing either way
    found = np.zeros((matrix.shape[0], eta.shape[1]))
    with threadpool_limits(limits=1):
        corpus = Corpus.of(matrix, np.ones(len(found)))
        expectation(corpus, beta, found, np.tile(mean, (len(found), 1)), sigma)
    return softmax(found)[:, order]
