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

LANES = 8
BLOCK = 256  # articles whose sums are taken together; blocks are added in order
MOST, TOLERANCE = 500, 1e-5  # R's max.em.its and emtol
START_VARIANCE = 20.0
REGRESSION = 1e-4  # change of the coefficients at which the pooled prior's regression ends
PENALTIES, RATIO, COST = 100, 1e-4, 2.0  # glmnet's path; what a coefficient costs (ic.k)
FLAT, ENOUGH, LEAST_PENALTIES = 1e-5, 0.999, 5  # where glmnet ends its path early


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
    """Articles as the kernels take them, and what each weighs."""

    counts: tuple[np.ndarray, np.ndarray, np.ndarray]
    weights: np.ndarray

    @classmethod
    def of(cls, matrix: Any, weights: np.ndarray) -> "Corpus":
        """From a CSR matrix."""
        arrays = (
            matrix.indptr.astype(np.int64),
            matrix.indices.astype(np.int64),
            matrix.data.astype(np.float64),
        )
        return cls(arrays, weights.astype(np.float64))


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
    from threadpoolctl import threadpool_limits

    k = len(start)
    corpus, beta = Corpus.of(matrix, weights), start
    eta, mu = np.zeros((matrix.shape[0], k - 1)), np.zeros((matrix.shape[0], k - 1))
    sigma = START_VARIANCE * np.eye(k - 1)
    gamma, bounds, done = np.empty((0, k - 1)), [], False
    with threadpool_limits(limits=1):  # a threaded product's last digits depend on the threads
        for _ in range(most):
            stats, cover, bound = expectation(corpus, beta, eta, mu, sigma)
            mu, gamma = _means(eta, weights, covariates, prior)
            gap = eta - mu
            sigma = ((gap * weights[:, None]).T @ gap + cover) / weights.sum()
            beta = stats / stats.sum(axis=1, keepdims=True)
            bounds.append(bound)
            if len(bounds) > 1 and bounds[-1] - bounds[-2] < tolerance * abs(bounds[-2]):
                done = True
                break
    return Model(beta, eta, mu, sigma, gamma, np.array(bounds), done)


def expectation(
    corpus: Corpus, beta: np.ndarray, eta: np.ndarray, mu: np.ndarray, sigma: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    """One E-step; moves `eta` in place. Expected counts (K, V), covariances summed, bound."""
    k, n_words = beta.shape
    width, size = -(-k // LANES) * LANES, k - 1
    padded = np.zeros((n_words, width))
    padded[:, :k] = beta.T
    means = np.zeros((len(eta), width))
    means[:, :size] = mu
    precision = np.zeros((width, width))
    precision[:size, :size] = np.linalg.inv(sigma)
    precision = (precision + precision.T) / 2
    entropy = 0.5 * float(np.linalg.slogdet(sigma)[1])
    stats, cover, bound = np.zeros(padded.size), np.zeros(width * width), 0.0
    given = (padded.ravel(), eta, means, precision.ravel(), entropy, k)
    for some, part, each in _blocks(corpus, given):
        stats += some
        cover += part
        bound += each
    stats = stats.reshape(n_words, width)[:, :k] * padded[:, :k]
    lower = cover.reshape(width, width)[:size, :size]
    cover = np.tril(lower) + np.tril(lower, -1).T
    return np.ascontiguousarray(stats.T), cover, bound


def _blocks(
    corpus: Corpus, given: tuple[Any, ...]
) -> Iterator[tuple[np.ndarray, np.ndarray, float]]:
    """The blocks' sums in order, worked on side by side; so they depend on no thread."""
    from mediaframes.topics._stm import estep

    n = len(corpus.weights)

    def work(begin: int) -> tuple[np.ndarray, np.ndarray, float]:
        end = min(begin + BLOCK, n)
        kernel: Any = estep
        stats, cover, bounds = kernel(corpus.counts, (begin, end), *given, corpus.weights)
        return stats, cover, float(bounds @ corpus.weights[begin:end])

    begins = list(range(0, n, BLOCK))
    yield work(0)  # alone, so that the kernel is compiled once
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        yield from pool.map(work, begins[1:])


def _means(
    eta: np.ndarray, weights: np.ndarray, covariates: np.ndarray | None, prior: str
) -> tuple[np.ndarray, np.ndarray]:
    """Prior means (D, K - 1) and coefficients (P, K - 1) from the articles' coordinates."""
    if covariates is None:
        mean = weights @ eta / weights.sum()
        return np.tile(mean, (len(eta), 1)), mean[None, :]
    if prior == "L1":
        gamma = lasso(covariates, eta, weights)
    else:
        gamma = np.column_stack([pooled(covariates, column, weights) for column in eta.T])
    return covariates @ gamma, gamma


def pooled(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Regression with a half-Cauchy prior on the scale of all coefficients but the intercept.

    Variational: Drugowitsch (2013) and Wand's linear mixed models, as in R's stm.
    """
    square, cross, own = (x * weights[:, None]).T @ x, x.T @ (weights * y), weights @ y**2
    p, n = x.shape[1], weights.sum()
    w, precision, shrink, scale = np.zeros(p), 1.0, float(p), 1.0
    while True:
        before = w
        penalty = np.full(p, shrink)
        penalty[0] = 0
        spread = np.linalg.inv(precision * square + np.diag(penalty))
        w = precision * spread @ cross
        error = own - 2 * w @ cross + w @ square @ w
        precision = ((1 + n) / 2) / (0.5 * (error + np.trace(square @ spread)) + scale)
        scale = 1 / (precision + 1)
        shrink = p / (2 * (2 / (shrink + 1)) + w[1:] @ w[1:] + np.trace(spread) - spread[0, 0])
        if np.abs(w - before).sum() <= REGRESSION:
            return np.asarray(w)


def lasso(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Group lasso over all coordinates at once, along glmnet's path, best by deviance + 2 df."""
    from mediaframes.topics._stm import group_lasso

    share = weights / weights.sum()
    center, middle = share @ x[:, 1:], share @ y
    apart, response = x[:, 1:] - center, y - middle
    spread = np.sqrt(share @ apart**2)
    apart = apart / spread
    square = (apart * share[:, None]).T @ apart
    cross = (apart * share[:, None]).T @ response
    null = float((share @ response**2).sum())
    top = np.sqrt((cross**2).sum(axis=1)).max()
    found, best, explained = np.zeros_like(cross), np.inf, 0.0
    coefficients = found.copy()
    for number, penalty in enumerate(top * np.geomspace(1, RATIO, PENALTIES)):
        group_lasso(square, cross, coefficients, penalty, 1e-7, 100_000)
        error = null - 2 * (coefficients * cross).sum()
        error += float((coefficients * (square @ coefficients)).sum())
        criterion = weights.sum() * error + COST * np.count_nonzero(coefficients)
        if criterion < best:
            best, found = criterion, coefficients.copy()
        now = 1 - error / null
        if number >= LEAST_PENALTIES and (now - explained < FLAT * now or now > ENOUGH):
            break
        explained = now
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
