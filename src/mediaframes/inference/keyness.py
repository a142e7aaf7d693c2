"""Which words mark one group of articles against another, judged by articles, not by words."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mediaframes._console import say
from mediaframes._docs import article_weights
from mediaframes.errors import InputError
from mediaframes.inference.resampling import (
    MIN_ARTICLES,
    check_draws,
    copy_groups,
    draws_of,
    percentile_interval,
)
from mediaframes.text.counts import ROUNDING, Counts

# Total weight of the informative prior, in words: the value of Monroe, Colaresi and Quinn (2008).
PRIOR_MASS = 500.0
NORMAL_95 = 1.959963984540054  # the 97.5th percentile of the normal distribution
WORDS_AT_A_TIME = 2000  # bounds the memory of the bootstrap: draws × this many numbers


def keyness(
    counts: Counts,
    *,
    by: str,
    target: str,
    reference: str | None = None,
    prior_mass: float = PRIOR_MASS,
    min_docs: int = 5,
    seed: int,
    draws: int = 1000,
) -> pd.DataFrame:
    """Words that a target group uses more, or less, than a reference group.

    Parameters
    ----------
    counts : Counts
    by : str
        A column of ``counts.docs``, e.g. ``"outlet"``.
    target : str
        The group of interest.
    reference : str, optional
        The group to compare with; by default all other articles.
    prior_mass : float
        Total weight, in words, of the prior of the weighted log-odds. The prior's shape is the
        word's share in target and reference together.
    min_docs : int
        Words in fewer articles (target and reference together) are left out.
    seed, draws : int
        Of the bootstrap over articles (groups of copies drawn together).

    Returns
    -------
    DataFrame
        One row per word, sorted by ``z``, high to low (intervals, ``z``, ``p`` and ``q`` are NaN
        where a side has fewer than five independent articles): ``word``; ``count_target``,
        ``count_reference`` (weighted counts; copies share one weight), ``docs_target``,
        ``docs_reference`` (articles); ``log_odds`` (weighted log-odds) with its 95 % interval
        ``log_odds_low``, ``log_odds_high``; ``z`` (log-odds over its standard error);
        ``log_ratio`` (binary logarithm of the ratio of relative frequencies) with its bootstrap
        interval, open (NaN) on the side where a count is zero; ``g2`` (log-likelihood over the
        four cells, signed: negative where the word marks the reference); ``p`` (two-sided, of
        ``z``) and ``q`` (Benjamini-Hochberg over all words).

    Notes
    -----
    Words come in bursts within articles, so articles, not words, are resampled. The standard error
    of the log-odds is the bootstrap's, but never below the published one for independent words:
    where a word is missing in one group every draw repeats that zero and knows no uncertainty.
    ``g2`` does treat every word as independent; it is given for comparison with other studies.

    Raises
    ------
    InputError
        For a column or group that does not exist, or where no word is frequent enough.

    Source
    ------
    Monroe, Colaresi, Quinn (2008), Fightin' Words, Political Analysis 16(4), eqs. 16, 22, 23;
    Dunning (1993) for `g2`; Hardie (2014) for `log_ratio` (counts below 0.5 count as 0.5).

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> names = [f"{i:02d}" for i in range(12)]
    >>> docs = pd.DataFrame({"outlet": ["A"] * 6 + ["B"] * 6}, index=names)
    >>> matrix = csr_array(np.array([[3, 1], [2, 1], [4, 1]] * 2 + [[1, 3], [1, 2], [1, 4]] * 2))
    >>> counts = Counts.from_matrix(matrix, ["bank", "park"], docs=docs)
    >>> table = keyness(counts, by="outlet", target="A", seed=1)
    >>> table[["word", "log_ratio"]].round(2).values.tolist()
    [['bank', 1.58], ['park', -1.58]]
    """
    check_draws(draws, seed)
    both = _two_groups(counts, by, str(target), None if reference is None else str(reference))
    n_docs = np.asarray((both.matrix[both.inside] > 0).sum(axis=0))
    n_other = np.asarray((both.matrix[~both.inside] > 0).sum(axis=0))
    # copies count together as one article, as everywhere
    known = np.asarray((both.matrix > 0).T @ both.weights) >= min_docs - ROUNDING
    keep = np.flatnonzero((n_docs + n_other > 0) & (known | (min_docs <= 1)))
    if not len(keep):
        raise InputError(
            f"no word is in at least min_docs={min_docs} of the {len(both.inside)} articles "
            "compared; lower min_docs"
        )
    a, b = _sums(both, np.ones((1, len(both.inside))), keep)
    totals = _totals(both, np.ones((1, len(both.inside))))
    words = np.asarray(both.matrix.T @ both.weights)
    prior = prior_mass * (words / words.sum())[keep]
    log_odds, error = _log_odds(a, b, totals, prior, prior_mass)
    table = pd.DataFrame(
        {
            "word": both.vocabulary[keep],
            "count_target": a[0],
            "count_reference": b[0],
            "docs_target": n_docs[keep],
            "docs_reference": n_other[keep],
            "log_odds": log_odds[0],
            "log_ratio": _log_ratio(a, b, totals)[0],
            "g2": log_likelihood(a[0], b[0], totals[0][0], totals[1][0]),
        }
    )
    times = np.concatenate(list(draws_of(both.groups, draws=draws, seed=seed)))
    _add_intervals(table, both, keep, times, (prior, prior_mass, error[0]))
    columns = ["word", "count_target", "count_reference", "docs_target", "docs_reference",
               "log_odds", "log_odds_low", "log_odds_high", "z", "log_ratio", "log_ratio_low",
               "log_ratio_high", "g2", "p", "q"]  # fmt: skip
    return table[columns].sort_values(["z", "word"], ascending=[False, True], ignore_index=True)


@dataclass(frozen=True)
class _Two:
    """Articles of target (`inside`) and reference."""

    matrix: Any
    vocabulary: pd.Index
    inside: np.ndarray
    weights: np.ndarray
    groups: np.ndarray


def _two_groups(counts: Counts, by: str, target: str, reference: str | None) -> _Two:
    if by not in counts.docs:
        names = ", ".join(map(str, counts.docs.columns))
        raise InputError(f"no column '{by}'; there are: {names}")
    column = counts.docs[by].astype("str")  # years and other numbers are names of groups here
    known = sorted(column.dropna().unique())
    for name in (target, reference):
        if name is not None and name not in known:
            raise InputError(f"no article has {by} '{name}'; there are: {', '.join(known)}")
    inside = (column == target).fillna(False).to_numpy(bool)
    other = column.notna() & ~inside if reference is None else column == reference
    outside = other.fillna(False).to_numpy(bool)
    if not outside.any() or reference == target:
        raise InputError(f"nothing to compare '{target}' with: no other {by} has articles")
    chosen = np.flatnonzero(inside | outside)
    docs = counts.docs.iloc[chosen]
    return _Two(
        counts.matrix[chosen],
        counts.vocabulary,
        inside[chosen],
        article_weights(docs).to_numpy(),
        copy_groups(docs),
    )


def _totals(both: _Two, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Words in target and reference per draw; each of shape (draws,)."""
    lengths = np.asarray(both.matrix.sum(axis=1)) * both.weights
    return times @ (lengths * both.inside), times @ (lengths * ~both.inside)


def _sums(both: _Two, times: np.ndarray, keep: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Counts of the words `keep` in target and reference per draw; each (draws, words)."""
    part = both.matrix[:, keep].astype(np.float64).T.tocsr()
    mass = times * both.weights
    return (part @ (mass * both.inside).T).T, (part @ (mass * ~both.inside).T).T


def _log_odds(
    a: np.ndarray,
    b: np.ndarray,
    totals: tuple[np.ndarray, np.ndarray],
    prior: np.ndarray,
    mass: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Weighted log-odds and standard errors; `a`, `b` (draws, words), `prior` (words,)."""
    n_a, n_b = (total[:, None] for total in totals)
    a, b = a + prior, b + prior
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.log(a / (n_a + mass - a)) - np.log(b / (n_b + mass - b))
        return value, np.sqrt(1 / a + 1 / b)


def _log_ratio(a: np.ndarray, b: np.ndarray, totals: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    n_a, n_b = (total[:, None] for total in totals)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log2(np.maximum(a, 0.5) / n_a) - np.log2(np.maximum(b, 0.5) / n_b)
    return np.asarray(ratio, np.float64)


def log_likelihood(a: np.ndarray, b: np.ndarray, n_target: float, n_reference: float) -> np.ndarray:
    """Signed log-likelihood ratio G2 over all four cells of word × group.

    Parameters
    ----------
    a, b : arrays of shape (words,)
        Counts of each word in target and reference.
    n_target, n_reference : float
        All words in each.

    Returns
    -------
    array of shape (words,)
        Negative where the word is rarer in the target.

    Notes
    -----
    The two-cell form of many corpus tools leaves out the cells "all other words"; for rare words
    the two differ little. No continuity correction is applied.

    Source
    ------
    Dunning (1993), Accurate Methods for the Statistics of Surprise and Coincidence.

    Examples
    --------
    >>> log_likelihood(np.array([8.0]), np.array([1.0]), 2000, 3000).round(6).tolist()
    [9.419492]
    """
    observed = np.array([a, b, n_target - a, n_reference - b], dtype=np.float64)
    row = observed[0] + observed[1]
    rest = observed[2] + observed[3]
    n = n_target + n_reference
    expected = (
        np.array([row * n_target, row * n_reference, rest * n_target, rest * n_reference]) / n
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(observed > 0, observed * np.log(observed / expected), 0.0)
    sign = np.where(observed[0] * n_reference < observed[1] * n_target, -1.0, 1.0)
    return np.asarray(sign * np.maximum(2 * terms.sum(axis=0), 0.0), np.float64)


def _add_intervals(
    table: pd.DataFrame,
    both: _Two,
    keep: np.ndarray,
    times: np.ndarray,
    prior: tuple[np.ndarray, float, np.ndarray],
) -> None:
    """Intervals, z, p and q as columns of `table` (which this module owns)."""
    from scipy.special import ndtr

    totals = _totals(both, times)
    # the smaller group tells how much is known
    n_groups = min(len(np.unique(both.groups[side])) for side in (both.inside, ~both.inside))
    lows, highs, errors = [], [], []
    for begin in range(0, len(keep), WORDS_AT_A_TIME):
        part = slice(begin, begin + WORDS_AT_A_TIME)
        a, b = _sums(both, times, keep[part])
        odds = _log_odds(a, b, totals, prior[0][part], prior[1])[0]
        # a draw can leave a whole group empty (few articles); the others tell the spread
        usable = np.isfinite(odds).all(axis=1)
        spread = odds[usable].std(axis=0, ddof=1) if usable.sum() > 1 else np.inf
        errors.append(np.maximum(spread, prior[2][part]))
        ratio = _log_ratio(a, b, totals)
        ratio = np.where(np.isfinite(ratio), ratio, np.nan)
        low, high = percentile_interval(ratio, np.repeat(n_groups, a.shape[1]), level=0.95)
        lows.append(low)
        highs.append(high)
    error, value = np.concatenate(errors), table["log_odds"].to_numpy()
    if n_groups < MIN_ARTICLES:
        say(
            f"keyness: one side has only {n_groups} independent articles; words cannot be judged "
            f"by fewer than {MIN_ARTICLES}, so there are no intervals, z, p and q"
        )
        error = np.full_like(error, np.nan)
    table["z"] = value / error
    table["log_odds_low"] = value - NORMAL_95 * error
    table["log_odds_high"] = value + NORMAL_95 * error
    table["log_ratio_low"] = np.where(table["count_target"] > 0, np.concatenate(lows), np.nan)
    table["log_ratio_high"] = np.where(table["count_reference"] > 0, np.concatenate(highs), np.nan)
    table["p"] = 2 * ndtr(-np.abs(table["z"].to_numpy()))
    table["q"] = false_discovery_rate(table["p"].to_numpy())


def false_discovery_rate(p: np.ndarray) -> np.ndarray:
    """Benjamini-Hochberg q: the false discovery rate at which each test would be called.

    Source
    ------
    Benjamini, Hochberg (1995), Journal of the Royal Statistical Society B 57(1).

    Examples
    --------
    >>> false_discovery_rate(np.array([0.01, 0.04, 0.03])).tolist()
    [0.03, 0.04, 0.04]
    """
    order = np.argsort(p, kind="stable")
    steps = p[order] * len(p) / np.arange(1, len(p) + 1)
    q = np.empty(len(p))
    q[order] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0)
    return q
