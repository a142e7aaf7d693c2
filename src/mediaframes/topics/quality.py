"""How good a topic is: measures with one definition each."""

from typing import Any

import numpy as np
import pandas as pd

from mediaframes.errors import InputError
from mediaframes.text.tokens import Tokens

WINDOW = 110  # words of the windows of C_V
TOP = 10  # words per topic that coherence looks at, as in the literature
STM_SMOOTHING = 0.01  # of R's stm, where Mimno et al. add 1
EXCLUSIVITY_WEIGHT = 0.7  # of exclusivity against frequency, as in R's stm


def best_words(words: np.ndarray, n: int = TOP) -> np.ndarray:
    """The columns of each topic's `n` most probable words, ties in the vocabulary's order."""
    return np.asarray(np.argsort(-words, axis=1, kind="stable")[:, :n])


class Together:
    """In how many articles the topics' best words stand, alone and two together."""

    def __init__(self, words: np.ndarray, matrix: Any, weights: np.ndarray | None = None) -> None:
        self.best = best_words(words)
        self.columns, place = np.unique(self.best, return_inverse=True)
        self.place = place.reshape(self.best.shape)
        present = (matrix.tocsc()[:, self.columns] > 0).astype(np.float64)
        mass = np.ones(matrix.shape[0]) if weights is None else np.asarray(weights, np.float64)
        self.pairs = np.asarray((present.T @ present.multiply(mass[:, None])).todense())
        self.n = float(mass.sum())

    def of(self, topic: int) -> np.ndarray:
        """Articles that hold both words, for the topic's words in order of probability."""
        rows = self.place[topic]
        return np.asarray(self.pairs[np.ix_(rows, rows)])


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
    together = Together(words, matrix, weights)
    result = np.empty(len(words))
    for topic in range(len(words)):
        table = _npmi_table(together.of(topic), together.n)
        value = table[np.triu_indices(len(table), 1)]
        result[topic] = value.mean() if len(value) else np.nan
    return result


def _npmi_table(pairs: np.ndarray, n: float, added: float = 0.0) -> np.ndarray:
    both, single = pairs / n, np.diag(pairs) / n
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.log((both + added) / (single[:, None] * single)) / -np.log(both + added)
    return np.where(both + added == 0, -1.0, np.where(both >= 1, 0.0, value))


def c_v(
    words: np.ndarray,
    vocabulary: pd.Index,
    tokens: Tokens,
    *,
    window: int = WINDOW,
    weights: np.ndarray | None = None,
) -> np.ndarray:
    """C_V of each topic: how alike the ten best words are in the company they keep.

    Parameters
    ----------
    words : array of shape (K, V)
        Weights of the words.
    vocabulary : Index of str
        The V words.
    tokens : Tokens
        The articles, of which every word takes a place in the windows.
    window : int
        Words of a window, which moves along each article word by word; a shorter article is one
        window. What counts is whether a word stands in a window.
    weights : array of shape (D,), optional
        What each article of `tokens` weighs; by default 1.

    Returns
    -------
    float64 array of shape (K,)
        Each word's vector holds its NPMI with all ten (1 with itself); the value is the mean cosine
        between a word's vector and the sum of all.

    Raises
    ------
    InputError
        For one of the best words that is not in `tokens`, as with stems.

    Source
    ------
    Röder, Both & Hinneburg (2015), WSDM, with their window of 110, 1e-12 added to the share of
    windows with both words, and gamma 1 (Palmetto ran with 2 since 2016).

    Examples
    --------
    >>> from mediaframes.corpus import Corpus
    >>> from mediaframes.text import tokenize
    >>> texts = pd.DataFrame({"text": ["bank loan rate", "park tree", "bank loan", "tree"]})
    >>> tokens = tokenize(Corpus.from_frame(texts))
    >>> c_v(np.array([[0.6, 0.4]]), pd.Index(["bank", "loan"]), tokens).round(6).tolist()
    [1.0]
    """
    from mediaframes.topics._windows import windows_with

    best = best_words(words)
    columns, place = np.unique(best, return_inverse=True)
    place = place.reshape(best.shape)
    ids = tokens.vocabulary.get_indexer(vocabulary[columns])
    if (ids < 0).any():
        raise InputError(
            f"the word '{vocabulary[columns[ids < 0][0]]}' is not in these tokens; give those that "
            "were counted, and topics of words, not stems"
        )
    near = np.full(len(tokens.vocabulary), -1, np.int32)
    near[ids] = np.arange(len(ids))
    mass = np.ones(len(tokens)) if weights is None else np.asarray(weights, np.float64)
    pairs, n = windows_with(near[tokens.ids], tokens.offsets, mass, len(ids), window)
    result = np.empty(len(words))
    for topic, rows in enumerate(place):
        table = _npmi_table(pairs[np.ix_(rows, rows)], n, added=1e-12)
        np.fill_diagonal(table, 1.0)
        whole = table.sum(axis=0)
        lengths = np.sqrt((table**2).sum(axis=1)) * np.sqrt(whole @ whole)
        result[topic] = (table @ whole / lengths).mean()
    return result


def coherence(
    words: np.ndarray, matrix: Any, *, weights: np.ndarray | None = None, compat: str | None = None
) -> np.ndarray:
    """Semantic coherence of each topic: how often a top word's article holds a better one too.

    ``sum over m > l of log((D(v_m, v_l) + 1) / D(v_l))`` over the ten most probable words in
    order, with D the number of articles that hold the word or both; 0 is the most. Float64 (K,).

    Parameters
    ----------
    words, matrix, weights
        As for `npmi`.
    compat : {None, "stm"}
        ``"stm"``: as R's stm 1.3.7 computes it, with .01 in the place of 1 (also added below the
        line), and which word of a pair conditions decided by their place in the list of all
        topics' words instead of the topic's.

    Source
    ------
    Mimno, Wallach, Talley, Leenders & McCallum (2011), EMNLP.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> matrix = csr_array(np.array([[1, 1], [1, 0], [2, 0], [0, 1]]))
    >>> coherence(np.array([[0.6, 0.4]]), matrix).round(4).tolist()  # log(2 / 3)
    [-0.4055]
    """
    if compat not in (None, "stm"):
        raise InputError(f"compat='{compat}' is unknown; allowed: 'stm'")
    together = Together(words, matrix, weights)
    result = np.empty(len(words))
    # R numbers the words by their first appearance, topic after topic
    numbers = {word: i for i, word in enumerate(dict.fromkeys(together.best.ravel().tolist()))}
    for topic, best in enumerate(together.best):
        pairs = together.of(topic)
        if compat is None:
            later, first = np.tril_indices(len(best), -1)
            above, below = pairs[later, first] + 1, np.diag(pairs)[first]
        else:
            rank = np.array([numbers[word] for word in best.tolist()])
            later, first = np.nonzero(rank[:, None] > rank)
            above = pairs[later, first] + STM_SMOOTHING
            below = np.diag(pairs)[first] + STM_SMOOTHING
        with np.errstate(divide="ignore"):
            result[topic] = (np.log(above) - np.log(below)).sum()
    return result


def exclusivity(words: np.ndarray, *, weight: float = EXCLUSIVITY_WEIGHT) -> np.ndarray:
    """Exclusivity of each topic: how much its ten best words are its own, from 0 to 10.

    The sum over the words of ``1 / (weight / E + (1 - weight) / F)``: E is the rank (ties
    averaged, as a share of the words) of the word's probability in the topic over its sum in all
    topics, F that of its probability in the topic. Float64 (K,).

    Source
    ------
    Roberts et al. (2014), AJPS, as in R's stm.

    Examples
    --------
    >>> exclusivity(np.array([[0.5, 0.4, 0.1], [0.1, 0.4, 0.5]])).round(3).tolist()
    [2.0, 2.0]
    """
    from scipy.stats import rankdata

    # summed in extended precision as R does, so that the same words tie
    sums = words.sum(axis=0, dtype=np.longdouble).astype(np.float64)
    alone = words / np.maximum(sums, np.finfo(float).tiny)
    own = rankdata(alone, axis=1) / words.shape[1]
    frequent = rankdata(words, axis=1) / words.shape[1]
    value = 1 / (weight / own + (1 - weight) / frequent)
    return np.asarray(np.take_along_axis(value, best_words(words), axis=1).sum(axis=1))


def effective_words(words: np.ndarray) -> np.ndarray:
    """How many words a topic spreads over: the exponential of its entropy. Float64 (K,).

    Examples
    --------
    >>> effective_words(np.array([[0.5, 0.5, 0.0], [1.0, 0.0, 0.0]])).tolist()
    [2.0, 1.0]
    """
    from scipy.special import xlogy

    return np.asarray(np.exp(-xlogy(words, words).sum(axis=1)))


def diversity(words: np.ndarray, n: int = TOP) -> float:
    """Share of different words among all topics' `n` best: 1 where no two topics share one.

    Source: Dieng, Ruiz & Blei (2020), TACL.

    Examples
    --------
    >>> diversity(np.array([[0.6, 0.4, 0.0], [0.0, 0.6, 0.4]]), n=2)
    0.75
    """
    best = best_words(words, n)
    return len(np.unique(best)) / best.size


def dispersion(words: np.ndarray, shares: np.ndarray, matrix: Any) -> float:
    """Residual dispersion: about 1 where the topics account for the counts, above with too few.

    The sum of ``(x - m q)^2 / (m q (1 - q))`` over articles (of m words) and words, over its
    degrees of freedom: the cells with an expected count above .01, less V and the parameters.

    Source
    ------
    Taddy (2012), On Estimation and Selection for Topic Models, AISTATS; as in R's stm.
    """
    total, cells = 0.0, 0
    usable = np.flatnonzero(~np.isnan(shares).any(axis=1))
    for begin in range(0, len(usable), 256):
        rows = usable[begin : begin + 256]
        q = shares[rows] @ words
        x = np.asarray(matrix[rows].todense(), np.float64)
        m = x.sum(axis=1)[:, None]
        cells += int((q * m > 0.01).sum())
        with np.errstate(divide="ignore", invalid="ignore"):
            part = (x - m * q) ** 2 / (m * q * (1 - q))
        total += float(np.where(q > 0, part, 0.0).sum())
    k, v = words.shape
    free = cells - v - (len(usable) * (k - 1) + k * (v - 1))
    return total / free if free > 0 else float("nan")


def held_out(words: np.ndarray, shares: np.ndarray, missing: Any) -> float:
    """Mean over articles of the mean log-probability of their held-out words (`missing`, D x V).

    Articles without a held-out word, or without shares, do not count. As R's ``eval.heldout``.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> round(held_out(np.array([[0.5, 0.5]]), np.array([[1.0]]), csr_array([[3, 1]])), 4)
    -0.6931
    """
    values = []
    for row in range(missing.shape[0]):
        part = slice(missing.indptr[row], missing.indptr[row + 1])
        n = missing.data[part]
        if n.sum() == 0 or np.isnan(shares[row]).any():
            continue
        with np.errstate(divide="ignore"):
            value = np.log(shares[row] @ words[:, missing.indices[part]])
        values.append(float((n * value).sum() / n.sum()))
    return float(np.mean(values)) if values else float("nan")


def matched(words: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each topic its partner in `other` (Hungarian method) and their cosine."""
    from scipy.optimize import linear_sum_assignment

    one = words / np.linalg.norm(words, axis=1, keepdims=True)
    two = other / np.linalg.norm(other, axis=1, keepdims=True)
    cosine = one @ two.T
    rows, columns = linear_sum_assignment(-cosine)
    partner, value = np.full(len(words), -1), np.full(len(words), np.nan)
    partner[rows], value[rows] = columns, cosine[rows, columns]
    return partner, value


def stability(words: np.ndarray, runs: np.ndarray) -> pd.DataFrame:
    """How alike each topic comes again in other fits: ``run topic partner cosine``.

    `runs` is (R, K', V). Topics of two fits are matched one to one by the cosine of their words
    (Hungarian method); a topic without partner (K' below K) has none.
    """
    rows = []
    for number, other in enumerate(runs):
        partner, value = matched(words, other.astype(np.float64))
        rows.append(
            pd.DataFrame(
                {
                    "run": number + 2,
                    "topic": np.arange(1, len(words) + 1),
                    "partner": partner + 1,
                    "cosine": value,
                }
            )
        )
    columns = ["run", "topic", "partner", "cosine"]
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=columns)


def measured(
    words: np.ndarray, matrix: Any, weights: np.ndarray, runs: np.ndarray
) -> dict[str, np.ndarray]:
    """The measures of each topic that every fit comes with."""
    again = np.full(len(words), np.nan)
    if len(runs):
        again = stability(words, runs).groupby("topic")["cosine"].mean().to_numpy()
    return {
        "npmi": npmi(words, matrix, weights=weights),
        "coherence": coherence(words, matrix, weights=weights),
        "exclusivity": exclusivity(words),
        "effective_words": effective_words(words),
        "stability": again,
    }
