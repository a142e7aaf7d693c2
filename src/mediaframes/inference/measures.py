"""Measures of keyness, each under the name of its definition.

All take the counts ``a`` and ``b`` of a word in target and reference and the numbers of all words
``n1`` and ``n2``; arrays of any shapes that broadcast. A measure of strength of evidence is signed:
negative where the word is rarer in the target. What a table cannot tell is NaN.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mediaframes.errors import InputError

Array = Any  # an array, or a number
HARDIE_ZERO = 0.5  # what replaces a count of zero in the log ratio, after Hardie (2014)
PER = 1_000_000  # simple maths counts words per million


def _cells(a: Array, b: Array, n1: Array, n2: Array) -> tuple[Array, Array]:
    """Observed and expected counts of word and all other words in both groups, (4, ...)."""
    a, b, n1, n2 = np.broadcast_arrays(*(np.asarray(x, np.float64) for x in (a, b, n1, n2)))
    observed = np.array([a, b, n1 - a, n2 - b])
    row, rest, n = a + b, n1 + n2 - a - b, n1 + n2
    with np.errstate(divide="ignore", invalid="ignore"):
        return observed, np.array([row * n1, row * n2, rest * n1, rest * n2]) / n


def _signed(value: Array, a: Array, b: Array, n1: Array, n2: Array) -> Array:
    lower = np.asarray(a, np.float64) * n2 < np.asarray(b, np.float64) * n1
    return np.asarray(np.where(lower, -1.0, 1.0) * value, np.float64)


def _g(observed: Array, expected: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(observed > 0, observed * np.log(observed / expected), 0.0)
    return np.asarray(np.maximum(2 * terms.sum(axis=0), 0.0), np.float64)


def g2(a: Array, b: Array, n1: Array, n2: Array) -> Array:
    """Log-likelihood ratio G2 over all four cells of word × group, signed, uncorrected.

    Source
    ------
    Dunning (1993), Accurate Methods for the Statistics of Surprise and Coincidence.

    Examples
    --------
    >>> g2(np.array([8.0]), np.array([1.0]), 2000, 3000).round(6).tolist()
    [9.419492]
    """
    return _signed(_g(*_cells(a, b, n1, n2)), a, b, n1, n2)


def g2_two_cell(a: Array, b: Array, n1: Array, n2: Array) -> Array:
    """Log-likelihood ratio over the two cells of the word only, signed (UCREL's calculator).

    Source
    ------
    Rayson, Garside (2000), Comparing Corpora Using Frequency Profiling.

    Examples
    --------
    >>> g2_two_cell(8, 1, 2000, 3000).round(6).item()
    9.403325
    """
    observed, expected = _cells(a, b, n1, n2)
    return _signed(_g(observed[:2], expected[:2]), a, b, n1, n2)


def g2_williams(a: Array, b: Array, n1: Array, n2: Array) -> Array:
    """Four-cell G2 divided by Williams' correction, signed.

    Source
    ------
    Williams (1976), Improved Likelihood Ratio Tests for Complete Contingency Tables.
    """
    n = np.asarray(n1, np.float64) + n2
    row = np.asarray(a, np.float64) + b
    with np.errstate(divide="ignore", invalid="ignore"):
        rows = n / row + n / (n - row) - 1
        columns = n / np.asarray(n1, np.float64) + n / np.asarray(n2, np.float64) - 1
        return np.asarray(g2(a, b, n1, n2) / (1 + rows * columns / (6 * n)), np.float64)


def _toward_expected(observed: Array, expected: Array) -> Array:
    """Each cell half a count nearer to what is expected, but never past it (Yates)."""
    gap = expected - observed
    return np.asarray(observed + np.sign(gap) * np.minimum(0.5, np.abs(gap)), np.float64)


def g2_yates(a: Array, b: Array, n1: Array, n2: Array) -> Array:
    """Four-cell G2 with Yates' continuity correction of each cell, signed."""
    observed, expected = _cells(a, b, n1, n2)
    return _signed(_g(_toward_expected(observed, expected), expected), a, b, n1, n2)


def chi2(a: Array, b: Array, n1: Array, n2: Array) -> Array:
    """Pearson's chi-square over the four cells, signed, without continuity correction.

    Examples
    --------
    >>> chi2(7, 2, 10, 9).round(6).item()
    4.33716
    """
    observed, expected = _cells(a, b, n1, n2)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = ((observed - expected) ** 2 / expected).sum(axis=0)
    return _signed(value, a, b, n1, n2)


def chi2_yates(a: Array, b: Array, n1: Array, n2: Array) -> Array:
    """Pearson's chi-square with Yates' continuity correction, as R's ``chisq.test`` has it."""
    observed, expected = _cells(a, b, n1, n2)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = ((_toward_expected(observed, expected) - expected) ** 2 / expected).sum(axis=0)
    return _signed(value, a, b, n1, n2)


def fisher(a: Array, b: Array, n1: Array, n2: Array) -> Array:
    """Two-sided p of Fisher's exact test over words; weighted counts are rounded.

    All tables with the same sums that are no more probable than the observed one are added
    (relative tolerance 1e-7), as R's ``fisher.test`` and scipy's ``fisher_exact`` do.

    Examples
    --------
    >>> fisher(np.array([3]), np.array([1]), 4, 4).round(6).tolist()
    [0.485714]
    """
    from mediaframes.inference._exact import fisher_p

    whole = np.broadcast_arrays(*(np.rint(np.asarray(x, np.float64)) for x in (a, b, n1, n2)))
    flat = [np.array(x).ravel() for x in whole]
    return np.asarray(fisher_p(*flat).reshape(whole[0].shape), np.float64)


def log_ratio(a: Array, b: Array, n1: Array, n2: Array) -> Array:
    """Binary logarithm of the ratio of relative frequencies; counts below 0.5 count as 0.5.

    Source
    ------
    Hardie (2014), Log Ratio: An Informal Introduction.

    Examples
    --------
    >>> log_ratio(8, 1, 2000, 2000).item(), log_ratio(8, 0, 2000, 2000).item()
    (3.0, 4.0)
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        first = np.log2(np.maximum(a, HARDIE_ZERO)) - np.log2(n1)
        return np.asarray(first - (np.log2(np.maximum(b, HARDIE_ZERO)) - np.log2(n2)), np.float64)


def percent_diff(a: Array, b: Array, n1: Array, n2: Array) -> Array:
    """%DIFF: how many percent more frequent in the target; infinite where the reference has none.

    Source
    ------
    Gabrielatos, Marchi (2011), Keyness: Matching Metrics to Definitions.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        first, second = np.divide(a, n1), np.divide(b, n2)
        return np.asarray(100 * (first - second) / second, np.float64)


def odds_ratio(a: Array, b: Array, n1: Array, n2: Array) -> Array:
    """Sample odds ratio ``a (n2 - b) / (b (n1 - a))``; infinite where the reference has none."""
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(a * (n2 - b) / (b * (n1 - a)), np.float64)


def bic(a: Array, b: Array, n1: Array, n2: Array) -> Array:
    """Bayes factor approximation: two-cell G2 minus ``ln(n1 + n2)``; above 2 is evidence.

    Source
    ------
    Wilson (2013), Embracing Bayes Factors for Key Item Analysis in Corpus Linguistics.
    """
    return np.asarray(np.abs(g2_two_cell(a, b, n1, n2)) - np.log(np.add(n1, n2)), np.float64)


def ell(a: Array, b: Array, n1: Array, n2: Array) -> Array:
    """Effect size for log-likelihood: two-cell G2 over ``(n1 + n2) ln(min E)``, 0 to 1.

    NaN where the smaller expected count is 1 or less, which the formula cannot take.

    Source
    ------
    Johnston, Berry, Mielke (2006), Measures of Effect Size for Chi-Squared and Likelihood-Ratio
    Goodness-of-Fit Tests.
    """
    least = _cells(a, b, n1, n2)[1][:2].min(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.abs(g2_two_cell(a, b, n1, n2)) / (np.add(n1, n2) * np.log(least))
    return np.asarray(np.where(least > 1, value, np.nan), np.float64)


def simple_maths(a: Array, b: Array, n1: Array, n2: Array, *, k: float = 1.0) -> Array:
    """``(f1 + k) / (f2 + k)`` of the frequencies per million words.

    Parameters
    ----------
    k : float
        Greater than 0; 1 favors rare words, 100 or 1,000 frequent ones.

    Source
    ------
    Kilgarriff (2009), Simple Maths for Keywords.
    """
    if not k > 0:
        raise InputError(f"simple_maths: k={k} must be greater than 0, e.g. 1 or 100")
    with np.errstate(divide="ignore", invalid="ignore"):
        first, second = PER * np.divide(a, n1), PER * np.divide(b, n2)
        return np.asarray((first + k) / (second + k), np.float64)


def lrc(
    a: Array, b: Array, n1: Array, n2: Array, *, level: float = 0.95, words: int | None = None
) -> Array:
    """Conservative log ratio: the bound nearer to 0 of its interval, 0 where that holds 0.

    The interval is Clopper and Pearson's for the target's share of the word's occurrences, at
    ``1 - (1 - level) / words``, i.e. corrected for so many tests (Bonferroni).

    Parameters
    ----------
    level : float
        Family-wise level.
    words : int, optional
        Words tested; by default the size of `a`.

    Source
    ------
    Evert (2023), Measuring Keyness.
    """
    from scipy.special import betaincinv

    if not 0 < level < 1:
        raise InputError(f"lrc: level={level} must lie between 0 and 1, e.g. 0.95")
    a, b, n1, n2 = np.broadcast_arrays(*(np.asarray(x, np.float64) for x in (a, b, n1, n2)))
    tail = (1 - level) / (2 * max(words or a.size, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        low = np.where(a > 0, betaincinv(np.where(a > 0, a, 1), b + 1, tail), 0.0)
        high = np.where(b > 0, betaincinv(a + 1, np.where(b > 0, b, 1), 1 - tail), 1.0)
        low, high = (np.log2(n2 / n1 * p / (1 - p)) for p in (low, high))
    value = np.where(a * n2 >= b * n1, np.maximum(low, 0.0), np.minimum(high, 0.0))
    return np.asarray(np.where(a + b > 0, value, np.nan), np.float64)


def log_odds(
    a: Array, b: Array, n1: Array, n2: Array, *, prior: Array, prior_mass: float
) -> tuple[Array, Array]:
    """Weighted log-odds with a Dirichlet prior, and its standard error for independent words.

    Parameters
    ----------
    prior : array
        Of each word, in words; they and the prior of all other words add up to `prior_mass`.
    prior_mass : float

    Source
    ------
    Monroe, Colaresi, Quinn (2008), Fightin' Words, eqs. 16, 22, 23.

    Examples
    --------
    >>> value, error = log_odds(6, 2, 10, 10, prior=np.array([4.0]), prior_mass=10)
    >>> value.round(6).tolist(), (value / error).round(6).tolist()
    ([0.847298], [1.640785])
    """
    a, b = a + prior, b + prior
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.log(a / (n1 + prior_mass - a)) - np.log(b / (n2 + prior_mass - b))
        return np.asarray(value, np.float64), np.sqrt(1 / a + 1 / b)


@dataclass(frozen=True)
class Measure:
    """One measure: its function, whether it is an effect (and gets an interval), its settings."""

    function: Callable[..., Any]
    effect: bool = False
    settings: tuple[str, ...] = ()


MEASURES: dict[str, Measure] = {
    "log_odds": Measure(log_odds, True, ("prior_mass", "background")),
    "log_ratio": Measure(log_ratio, True),
    "percent_diff": Measure(percent_diff, True),
    "odds_ratio": Measure(odds_ratio, True),
    "simple_maths": Measure(simple_maths, True, ("k",)),
    "g2": Measure(g2),
    "g2_two_cell": Measure(g2_two_cell),
    "g2_williams": Measure(g2_williams),
    "g2_yates": Measure(g2_yates),
    "chi2": Measure(chi2),
    "chi2_yates": Measure(chi2_yates),
    "fisher": Measure(fisher),
    "bic": Measure(bic),
    "ell": Measure(ell),
    "lrc": Measure(lrc, False, ("level",)),
}
Asked = Sequence[str] | Mapping[str, Mapping[str, Any]]


def chosen(measures: Asked, *, others: Sequence[str] = ()) -> dict[str, dict[str, Any]]:
    """Measures asked for, each with its settings, in the order asked; `others` are known too.

    Raises
    ------
    InputError
        For an unknown measure or setting.

    Examples
    --------
    >>> chosen(("g2", "lrc")), chosen({"simple_maths": {"k": 100}})
    ({'g2': {}, 'lrc': {}}, {'simple_maths': {'k': 100}})
    """
    if isinstance(measures, str):
        measures = (measures,)
    given = measures if isinstance(measures, Mapping) else {name: {} for name in measures}
    result: dict[str, dict[str, Any]] = {}
    for name, settings in given.items():
        known = [*MEASURES, *others]
        if name not in known:
            raise InputError(f"no measure '{name}'; there are: {', '.join(known)}")
        allowed = MEASURES[name].settings if name in MEASURES else ()
        for setting in settings or {}:
            if setting not in allowed:
                has = ", ".join(allowed) or "none"
                raise InputError(f"'{name}' has no setting '{setting}'; its settings: {has}")
        result[str(name)] = dict(settings or {})
    if not result:
        raise InputError("no measure asked for; give e.g. measures=('log_odds', 'g2')")
    return result
