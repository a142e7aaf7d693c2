"""Which words mark one group of articles against another, judged by articles, not by words."""

from typing import Any

import numpy as np
import pandas as pd

from mediaframes._console import say
from mediaframes.errors import InputError, check_kind
from mediaframes.inference.comparison import Two, basic, frequent, two_groups
from mediaframes.inference.dispersion import DISPERSION, of_matrix
from mediaframes.inference.measures import MEASURES, Asked, chosen, log_odds
from mediaframes.inference.resampling import (
    MIN_ARTICLES,
    Bootstrap,
    check_draws,
    draws_of,
    percentile_interval,
    units_of,
)
from mediaframes.text.counts import Counts

# Total weight of the informative prior, in words: the value of Monroe, Colaresi and Quinn (2008).
PRIOR_MASS = 500.0
WORDS_AT_A_TIME = 2000  # bounds the memory of the bootstrap: draws × this many numbers
DEFAULT = ("log_odds", "log_ratio", "g2")


def keyness(
    counts: Counts,
    *,
    by: str,
    target: str,
    reference: str | None = None,
    measures: Asked = DEFAULT,
    min_docs: int = 5,
    seed: int,
    draws: int | Bootstrap = 1000,
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
    measures : names, or mapping of name to settings
        Effects, with bootstrap intervals: ``log_odds`` (settings ``prior_mass`` = 500 words,
        ``background`` = ``"both"``, ``"flat"`` or a Series of counts by word), ``log_ratio``,
        ``percent_diff``, ``odds_ratio``, ``simple_maths`` (``k`` = 1). Conservative effect:
        ``lrc`` (``level``). Evidence over words, which bursts inflate: ``g2 g2_two_cell
        g2_williams g2_yates chi2 chi2_yates fisher bic ell``. Dispersion over the target's
        articles: ``dp dp_norm juilland_d rosengren_s kld range d_a``.
    min_docs : int
        Words in fewer articles (target and reference together, by weight: copies count together as
        one) are left out.
    seed : int
        Of the bootstrap over articles (groups of copies drawn together).
    draws : int or Bootstrap
        Draws; ``Bootstrap(cluster="date")`` draws whole days.

    Returns
    -------
    DataFrame
        One row per word, sorted by ``z``, high to low (by the first measure where ``log_odds`` is
        not asked for): ``word``; ``count_target``, ``count_reference`` (weighted counts; copies
        share one weight), ``docs_target``, ``docs_reference`` (articles); then each measure,
        effects with ``_low`` and ``_high`` (95 %), open (NaN) on the side where a count is zero;
        with ``log_odds`` also ``z`` (log-odds over its standard error), ``p`` (two-sided, of
        ``z``) and ``q`` (Benjamini-Hochberg over all words). Intervals, ``z``, ``p`` and ``q`` are
        NaN where a side has fewer than five independent articles (or clusters).

    Notes
    -----
    Words come in bursts within articles, so articles, not words, are resampled. The standard error
    of the log-odds is the bootstrap's, but never below the published one for independent words:
    where a word is missing in one group every draw repeats that zero and knows no uncertainty.
    ``keyness_test`` permutes labels instead; ``keyness_drivers`` tells which words one outlet or
    day carries alone.

    Raises
    ------
    InputError
        For a column, group or measure that does not exist, a group without words, or where no
        word is frequent enough.

    Source
    ------
    Monroe, Colaresi, Quinn (2008), Fightin' Words, Political Analysis 16(4), eqs. 16, 22, 23. All
    other measures: docs/methods.md, section 10.

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
    >>> asked = keyness(counts, by="outlet", target="A", measures=("chi2", "dp"), seed=1)
    >>> asked[["word", "chi2", "dp"]].round(2).values.tolist()
    [['bank', 12.0, 0.03], ['park', -12.0, 0.08]]
    """
    check_kind(counts, Counts, verb="keyness", how="mf.count(tokens, min_docs=5) makes it")
    asked = chosen(measures, others=tuple(DISPERSION))
    check_draws(draws.draws if isinstance(draws, Bootstrap) else draws, seed)
    two = two_groups(counts, by, target, reference)
    keep, *docs = frequent(two, min_docs)
    table = judged(basic(two, keep, (docs[0], docs[1])), two, keep, asked, draws=draws, seed=seed)
    return arranged(table, asked)


def judged(
    table: pd.DataFrame,
    two: Two,
    keep: np.ndarray,
    asked: dict[str, dict[str, Any]],
    *,
    draws: int | Bootstrap,
    seed: int,
) -> pd.DataFrame:
    """The table of the words `keep` with every measure asked for, effects with intervals."""
    how = draws if isinstance(draws, Bootstrap) else Bootstrap(draws)
    table = table.copy()
    effects = [name for name in asked if name in MEASURES and MEASURES[name].effect]
    drawn = _Drawn(two, how, seed) if effects else None
    for name, settings in asked.items():
        if name == "log_odds":
            prior, mass = prior_of(two, keep, **settings)
            _add_log_odds(table, keep, two, (prior, mass), drawn)
        elif name in DISPERSION:
            target_rows = two.sides()[0]
            part = of_matrix(two.matrix[target_rows], two.copies[target_rows], (name,), keep)
            table[name] = part[name].to_numpy()
        else:
            table[name] = point(name, table, two.totals(), settings)
            if name in effects and drawn is not None:
                _add_interval(table, keep, (name, settings), drawn)
    return table


def arranged(table: pd.DataFrame, asked: dict[str, dict[str, Any]]) -> pd.DataFrame:
    """With p and q last, sorted by z or by the first measure."""
    if "p" in table:
        table["q"] = false_discovery_rate(table["p"].to_numpy())
        table = table[[name for name in table if name not in ("p", "q")] + ["p", "q"]]
    first = "z" if "z" in table and table["z"].notna().any() else next(iter(asked))
    # a rest of words without the value comes last, by name
    return table.sort_values([first, "word"], ascending=[False, True], ignore_index=True)


def point(
    name: str, table: pd.DataFrame, totals: tuple[float, float], settings: dict[str, Any]
) -> np.ndarray:
    """One measure for every word of a table of counts."""
    a, b = table["count_target"].to_numpy(), table["count_reference"].to_numpy()
    value = MEASURES[name].function(a, b, np.float64(totals[0]), np.float64(totals[1]), **settings)
    return np.asarray(value, np.float64)


def prior_of(
    two: Two,
    keep: np.ndarray,
    prior_mass: float = PRIOR_MASS,
    background: "str | pd.Series" = "both",
) -> tuple[np.ndarray, float]:
    """The prior of the words `keep`, in words, and its mass (see `keyness`)."""
    words = np.asarray(two.matrix.sum(axis=0), np.float64)
    return spread_prior(words, two.vocabulary, prior_mass, background)[keep], float(prior_mass)


def spread_prior(
    words: np.ndarray, vocabulary: pd.Index, prior_mass: float, background: "str | pd.Series"
) -> np.ndarray:
    """The prior mass spread over all words: as they are in both groups, flat, or as given."""
    if not (np.isfinite(prior_mass) and prior_mass >= 0):
        raise InputError(f"prior_mass={prior_mass} must be a number of words from 0, e.g. 500")
    if isinstance(background, pd.Series):
        shape = pd.to_numeric(background, errors="coerce").reindex(vocabulary).fillna(0).to_numpy()
    elif background == "both":
        shape = words
    elif background == "flat":
        shape = (words > 0).astype(np.float64)
    else:
        raise InputError(
            f"background={background!r} is not known; use 'both', 'flat' or a Series of counts by "
            "word, e.g. other.totals()"
        )
    if not np.all(shape >= 0) or not np.isfinite(shape).all() or not shape.sum() > 0:
        raise InputError(
            "the background of the prior holds none of these words, or broken counts; give a "
            "Series of counts with the words as index"
        )
    return np.asarray(prior_mass * shape / shape.sum(), np.float64)


class _Drawn:
    """Counts of words and totals in every bootstrap draw."""

    def __init__(self, two: Two, how: Bootstrap, seed: int) -> None:
        units = units_of(two.docs, how.cluster)
        self.level = how.level
        sides = two.sides()
        # the smaller group tells how much is known
        self.n = min(len(np.unique(units[side])) for side in sides)
        times = np.concatenate(list(draws_of(units, draws=how.draws, seed=seed)))
        self.times = [np.ascontiguousarray(times[:, side].T) for side in sides]
        self.matrices = [two.matrix[side].T.tocsr() for side in sides]
        self.totals = [
            # einsum adds in one order; a BLAS product's last digits depend on its threads
            np.einsum("i,ij->j", two.lengths[side], part)
            for side, part in zip(sides, self.times, strict=True)
        ]
        if self.n < MIN_ARTICLES:
            unit = "articles" if how.cluster is None else f"clusters ({how.cluster})"
            say(
                f"keyness: one side has only {self.n} independent {unit}; words cannot be judged "
                f"by fewer than {MIN_ARTICLES}, so there are no intervals, z, p and q"
            )

    def counts(self, words: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Counts in target and reference, each of shape (draws, words)."""
        a, b = ((m[words] @ t).T for m, t in zip(self.matrices, self.times, strict=True))
        return a, b


def _add_interval(
    table: pd.DataFrame, keep: np.ndarray, measure: tuple[str, dict[str, Any]], drawn: _Drawn
) -> None:
    """Percentile bounds of an effect as columns of `table` (which this module owns)."""
    name, settings = measure
    lows, highs = [], []
    n1, n2 = (total[:, None] for total in drawn.totals)
    for begin in range(0, len(keep), WORDS_AT_A_TIME):
        a, b = drawn.counts(keep[begin : begin + WORDS_AT_A_TIME])
        value = MEASURES[name].function(a, b, n1, n2, **settings)
        # a draw can leave a whole group empty (few articles); the others tell the spread
        value = np.where((n1 > 0) & (n2 > 0), value, np.nan)
        low, high = percentile_interval(value, np.repeat(drawn.n, a.shape[1]), level=drawn.level)
        lows.append(np.where(np.isfinite(low), low, np.nan))
        highs.append(np.where(np.isfinite(high), high, np.nan))
    table[f"{name}_low"] = np.where(table["count_target"] > 0, np.concatenate(lows), np.nan)
    table[f"{name}_high"] = np.where(table["count_reference"] > 0, np.concatenate(highs), np.nan)


def _add_log_odds(
    table: pd.DataFrame,
    keep: np.ndarray,
    two: Two,
    prior: tuple[np.ndarray, float],
    drawn: _Drawn | None,
) -> None:
    """Weighted log-odds with interval, z and p as columns of `table` (which this module owns)."""
    from scipy.special import stdtr, stdtrit

    assert drawn is not None
    a, b = table["count_target"].to_numpy(), table["count_reference"].to_numpy()
    n1, n2 = (np.float64(total) for total in two.totals())
    value, published = log_odds(a, b, n1, n2, prior=prior[0], prior_mass=prior[1])
    value = np.where(np.isfinite(value), value, np.nan)
    errors = []
    for begin in range(0, len(keep), WORDS_AT_A_TIME):
        part = slice(begin, begin + WORDS_AT_A_TIME)
        times = (total[:, None] for total in drawn.totals)
        odds = log_odds(
            *drawn.counts(keep[part]), *times, prior=prior[0][part], prior_mass=prior[1]
        )[0]
        # a draw can leave a whole group empty (few articles), and without a prior a word too; the
        # others tell the spread
        known = np.isfinite(odds)
        n_known = known.sum(axis=0)
        kept = np.where(known, odds, 0.0)
        mean = kept.sum(axis=0) / np.maximum(n_known, 1)
        squares = (np.where(known, odds - mean, 0.0) ** 2).sum(axis=0)
        spread = np.sqrt(squares / np.maximum(n_known - 1, 1))
        errors.append(np.where(n_known > 1, np.maximum(spread, published[part]), np.nan))
    error = np.concatenate(errors)
    # with few independent articles or clusters the error itself is uncertain: Student's t
    freedom = max(drawn.n - 1, 1)
    if drawn.n < MIN_ARTICLES:
        error = np.full_like(error, np.nan)
    reach = stdtrit(freedom, 0.5 + drawn.level / 2) * error
    table["log_odds"], table["log_odds_low"], table["log_odds_high"] = (
        value, value - reach, value + reach,
    )  # fmt: skip
    with np.errstate(invalid="ignore"):
        table["z"] = value / error
    table["p"] = 2 * stdtr(freedom, -np.abs(table["z"].to_numpy()))


def false_discovery_rate(p: np.ndarray) -> np.ndarray:
    """Benjamini-Hochberg q: the false discovery rate at which each test would be called.

    Missing p stay missing and do not count as tests.

    Source
    ------
    Benjamini, Hochberg (1995), Journal of the Royal Statistical Society B 57(1).

    Examples
    --------
    >>> false_discovery_rate(np.array([0.01, 0.04, 0.03])).tolist()
    [0.03, 0.04, 0.04]
    """
    q = np.full(len(p), np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    steps = p[order] * len(order) / np.arange(1, len(order) + 1)
    q[order] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0)
    return q
