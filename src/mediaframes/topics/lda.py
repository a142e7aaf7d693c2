"""Latent Dirichlet allocation: stochastic steps to begin with, whole passes to end with.

Sources: Asuncion, Welling, Smyth & Teh (2009), UAI; Foulds, Boyles, DuBois, Smyth & Welling
(2013), KDD; Wallach, Mimno & McCallum (2009), NIPS, for the asymmetric prior over articles and the
symmetric one over words; Minka (2000) for its fixed point.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

LANES = 8
# Priors: alpha begins symmetric with sum K / 10 (tomotopy's) and is optimized; eta stays.
ALPHA, ETA = 0.1, 0.01
# A step of the stochastic phase weighs (1 + t) ** -0.25. It need not converge, since whole passes
# follow and take the noise out; the noise leads out of poor optima: with decays of .3 and .2 topics
# are more coherent and more diverse, and held-out words likelier, than with .5 and .4.
DECAY = 0.25
ROUNDS = 5  # updates of an article each time it is met; fewer leave it behind its topics
STOCHASTIC, WHOLE, TOLERANCE = 8, 100, 5e-4
# Small corpora get small batches and more passes: the noise of the steps is what leads out of
# poor optima (planted topics: 150 articles, found from every start instead of from half of them).
LEAST_BATCH, PARTS, LEAST_STEPS = 16, 20, 200
OPTIMIZE_EVERY, ALPHA_ROUNDS = 3, 3  # passes; the first say little
# From so many articles on a pass has hundreds of steps, and their noise ends by a plan: a step
# weighs .3 * (share of the plan left) ** 2, at least 1 / t. (1 + t) ** -DECAY stays noisy far too
# long: 90,000 articles ended at a perplexity of 2,577 instead of 2,404 (K = 50).
LARGE, LARGE_BATCH, PLANNED, FIRST_STEP = 20_000, 256, 50, 0.3
FULL_PASSES, LATER_ROUNDS = 2, 2  # after the first passes articles keep up with fewer rounds
# Articles learn with a part of alpha: expected counts smooth on their own, since a word's own
# assignment counts towards it. After 60 passes perplexity was 2,413 with all of alpha, 2,403 with
# a half, 2,399 with a third.
PART = 1 / 3
DRAWN, SWEEPS = 1000, 10  # articles whose words' topics are drawn for alpha, and how often
SETTLE_ROUNDS, SETTLE = 200, 1e-4


@dataclass(frozen=True)
class Run:
    """One fit: words (V, K) as expected counts plus eta, amounts (D, K), alpha (K), log posterior.

    `done` says whether the fit had settled.
    """

    words: np.ndarray
    amounts: np.ndarray
    alpha: np.ndarray
    bound: float
    done: bool


class Contents(NamedTuple):
    """Articles by what they hold: each row once, in an order that depends on nothing else.

    `rows` is the first article of each content, `weights` what all its articles weigh together,
    `inverse` the content of each article, `keys` a hash of each content.
    """

    rows: np.ndarray
    weights: np.ndarray
    inverse: np.ndarray
    keys: np.ndarray


def contents(matrix: Any, weights: np.ndarray) -> Contents:
    """Articles with the same words are one article with their weights together.

    So n copies that weigh 1/n each are one article, and neither the order of the articles nor
    their ids change a model.
    """
    with np.errstate(over="ignore"):
        words, times = matrix.indices.astype(np.uint64), matrix.data.astype(np.uint64)
        cells = _mix(words * np.uint64(1 << 24) + times)
        sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(cells, dtype=np.uint64)])
        keys = _mix(sums[matrix.indptr[1:]] - sums[matrix.indptr[:-1]])
    keys, rows, inverse = np.unique(keys, return_index=True, return_inverse=True)
    return Contents(rows, np.bincount(inverse, weights), inverse, keys)


def _mix(x: np.ndarray) -> np.ndarray:
    """Well-spread 64 bits (the finalizer of splitmix64)."""
    x = x.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(x ^ (x >> np.uint64(31)))


def arrays(matrix: Any, weights: np.ndarray) -> tuple[np.ndarray, ...]:
    """The arrays of a CSR matrix, and weights, as the kernels take them."""
    return (
        matrix.indptr.astype(np.int64),
        matrix.indices.astype(np.int32),
        matrix.data.astype(np.float32),
        weights.astype(np.float32),
    )


class Fit:
    """A fit under way: one `next_pass` after another, and at any time a `run`."""

    def __init__(self, matrix: Any, k: int, seed: int, contents: Contents | None = None) -> None:
        rng = np.random.default_rng(seed)
        self.k, self.width = k, -(-k // LANES) * LANES
        self.docs, self.n_words = matrix.shape
        self.weights = np.ones(self.docs) if contents is None else contents.weights
        self.order = np.arange(self.docs)
        if contents is not None:
            with np.errstate(over="ignore"):
                self.order = np.argsort(_mix(contents.keys + _mix(np.array([seed], np.uint64))))
        self.counts = arrays(matrix, self.weights)
        lengths = np.asarray(matrix.sum(axis=1), np.float64)
        self.lengths, self.total = lengths, float(lengths @ self.weights)
        begin = rng.gamma(1.0, 1.0, (self.n_words, k))
        begin *= (np.asarray(matrix.T @ self.weights) / begin.sum(axis=1))[:, None]
        words = np.zeros((self.n_words, self.width), np.float32)
        words[:, :k] = begin + ETA
        self.sums = np.zeros(self.width)
        self.sums[:k] = begin.sum(axis=0)
        self.words, self.stats = words.ravel(), np.zeros(words.size, np.float32)
        amounts = np.zeros((self.docs, self.width), np.float32)
        amounts[:, :k] = lengths[:, None] / k
        self.amounts = amounts.ravel()
        self.alpha = np.zeros(self.width, np.float32)
        self.alpha[:k] = ALPHA
        self.steps = self.turns = 0
        self.likelihoods: list[float] = []  # per word, before each whole pass
        # a batch must be worth the update of all words that ends it
        usual = ROUNDS * max(matrix.nnz / self.docs, 1)
        worth = max(64, int(4 * self.n_words / usual))
        self.batch = max(LEAST_BATCH, min(worth, self.docs // PARTS))
        self.stochastic = max(STOCHASTIC, -(-LEAST_STEPS // -(-self.docs // self.batch)))
        self.large, self.seed = self.docs >= LARGE, seed
        if self.large:
            self.batch, self.stochastic = max(self.batch, LARGE_BATCH), PLANNED

    @property
    def done(self) -> bool:
        """Whether the last whole pass changed next to nothing."""
        if len(self.likelihoods) < 2:
            return False
        before, last = self.likelihoods[-2:]
        return last - before < TOLERANCE * abs(last)

    def next_pass(self) -> None:
        """One pass over the articles: so many in small batches, then whole ones."""
        if self.turns < self.stochastic:
            for begin in range(0, self.docs, self.batch):
                self.steps += 1
                docs = self.order[begin : begin + self.batch]
                self._step(docs, *self._plan())
        else:
            self.likelihoods.append(self._step(self.order, 1.0, 1) / self.total)
        self.turns += 1
        if self.turns % OPTIMIZE_EVERY == 0:
            self._optimize()

    def _plan(self) -> tuple[float, int]:
        """What the next step of the stochastic phase weighs, and its rounds."""
        if not self.large:
            return (1 + self.steps) ** -DECAY, ROUNDS
        left = 1 - self.steps / (self.stochastic * -(-self.docs // self.batch))
        rounds = ROUNDS if self.turns < FULL_PASSES else LATER_ROUNDS
        return max(1 / self.steps, FIRST_STEP * left**2), rounds

    def _optimize(self) -> None:
        """Alpha anew, from all articles' amounts or, in large corpora, from drawn topics of some.

        Where every article has a little of everything, amounts say that many topics have a word
        or less each; draws say which few have some. Alpha from amounts was then three times as
        large, and topics were worse. In small corpora a draw of few articles has more noise than
        amounts have bias.
        """
        from mediaframes.topics._lda import draw

        docs, counts = np.arange(self.docs), self.amounts.reshape(-1, self.width)
        if self.large:
            docs = self.order[:: self.docs // DRAWN]
            rng = np.random.default_rng((self.seed, self.turns))
            counts = draw(
                self.counts, docs, self.words, self._scale(), self.amounts, self.alpha, SWEEPS, rng
            )
        self.alpha[: self.k] = optimized(
            self.alpha[: self.k], counts[:, : self.k],
            self.lengths[docs], self.weights[docs], drawn=self.large,
        )  # fmt: skip

    def _scale(self) -> np.ndarray:
        scale = np.zeros(self.width, np.float32)
        scale[: self.k] = 1 / (self.sums[: self.k] + self.n_words * ETA)
        return scale

    def _step(self, docs: np.ndarray, step: float, rounds: int) -> float:
        from mediaframes.topics._lda import expect, renew

        alpha = self.alpha * np.float32(PART if self.large else 1)
        likelihood = expect(
            self.counts, docs, self.words, self._scale(), self.amounts, alpha,
            self.stats, rounds, rounds == 1,
        )  # fmt: skip
        factor = self.total / (self.lengths[docs] @ self.weights[docs])
        weights = (np.float32(ETA), np.float32(1 - step), np.float32(step * factor))
        renew(self.words, self.stats, weights, self.sums)
        self.sums[self.k :] = 0
        return float(likelihood)

    def phi(self) -> np.ndarray:
        """The topics, (K, V)."""
        words = self.words.reshape(-1, self.width)[:, : self.k].astype(np.float64)
        return np.asarray((words / words.sum(axis=0)).T)

    def run(self) -> Run:
        """Every article settled on the final topics, and the log posterior."""
        from scipy.special import gammaln

        from mediaframes.topics._lda import settle

        likelihood = settle(
            self.counts, self.words, self._scale(), self.amounts, self.alpha,
            SETTLE_ROUNDS, SETTLE,
        )  # fmt: skip
        words = self.words.reshape(-1, self.width)[:, : self.k]
        amounts = self.amounts.reshape(-1, self.width)[:, : self.k]
        alpha = self.alpha[: self.k].astype(np.float64)
        theta = (amounts + alpha) / (self.lengths + alpha.sum())[:, None]
        bound = float(likelihood @ self.weights)
        bound += float(self.weights @ (np.log(theta) @ alpha))
        bound += self.weights.sum() * float(gammaln((alpha + 1).sum()) - gammaln(alpha + 1).sum())
        bound += ETA * float(np.log(self.phi()).sum())
        return Run(words.copy(), np.asarray(amounts), alpha, bound, self.done)


def optimized(
    alpha: np.ndarray,
    amounts: np.ndarray,
    lengths: np.ndarray,
    weights: np.ndarray,
    *,
    drawn: bool = False,
) -> np.ndarray:
    """Minka's fixed point for the prior over articles, from their topic counts.

    Counts that were `drawn` are taken as they are. Others are expected, and an expected count of
    .01 is mostly no word, rarely one; taken for a real count it would make alpha far too large. So
    the expectation is over the topic having any word, as in Teh, Newman & Welling (2007), with a
    Poisson count.
    """
    from scipy.special import digamma

    alpha = alpha.astype(np.float64)
    for _ in range(ALPHA_ROUNDS):
        above = np.zeros(len(alpha))
        for begin in range(0, len(weights), 4096):
            rows = slice(begin, begin + 4096)
            part = amounts[rows].astype(np.float64)
            # the words of a topic in an article are about Poisson: `some` is the chance of any
            some = np.ones(1) if drawn else -np.expm1(-part)
            usual = np.where(some > 1e-9, part / np.maximum(some, 1e-9), 1.0)
            above += weights[rows] @ (some * (digamma(usual + alpha) - digamma(alpha)))
        whole = alpha.sum()
        below = weights @ (digamma(lengths + whole) - digamma(whole))
        alpha = np.clip(alpha * above / below, 1e-4, 1e3)
    return alpha


def fit(matrix: Any, k: int, seed: int, contents: Contents | None = None) -> Run:
    """Fit from one random start; `matrix` holds each of the `contents` once."""
    state = Fit(matrix, k, seed, contents)
    for _ in range(state.stochastic + WHOLE):
        state.next_pass()
        if state.done:
            break
    return state.run()


def amounts(matrix: Any, words: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Expected topic counts plus alpha (D, K) of articles, for topics (K, V) that stay."""
    from mediaframes.topics._lda import settle

    k, width = len(words), -(-len(words) // LANES) * LANES
    padded = np.zeros((words.shape[1], width), np.float32)
    # a word that no topic holds must not divide by zero; it says nothing either way
    padded[:, :k] = np.maximum(words.T, 1e-12)
    prior, scale = np.zeros(width, np.float32), np.zeros(width, np.float32)
    prior[:k], scale[:k] = alpha, 1.0
    result = np.zeros((matrix.shape[0], width), np.float32)
    result[:, :k] = np.asarray(matrix.sum(axis=1))[:, None] / k
    flat = result.ravel()
    settle(
        arrays(matrix, np.ones(matrix.shape[0])),
        padded.ravel(),
        scale,
        flat,
        prior,
        SETTLE_ROUNDS,
        SETTLE,
    )
    return np.asarray(flat.reshape(-1, width)[:, :k] + alpha)
