"""Which words one outlet, or one day, carries alone: keyness with each of them left out in turn."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from mediaframes._console import say
from mediaframes.errors import InputError
from mediaframes.inference.comparison import Two, basic, frequent, indicator, two_groups
from mediaframes.inference.measures import log_ratio
from mediaframes.inference.permutation import Labels, rows_of, studentized
from mediaframes.text.counts import Counts

# a word is called significant where its t is beyond this: two-sided 5 % of the normal distribution
SIGNIFICANT = 1.959963984540054
# fewer articles make any t smaller: significance that is lost counts only where the effect goes too
HALF = 0.5
LEVELS_AT_A_TIME = 64  # bounds memory: this many × words


def keyness_drivers(
    counts: Counts,
    *,
    by: str,
    target: str,
    reference: str | None = None,
    leave_out: str = "outlet",
    min_docs: int = 5,
) -> pd.DataFrame:
    """For each word the outlet (day, author ...) without which least of its keyness is left.

    Parameters
    ----------
    counts : Counts
    by, target, reference
        As in `keyness`.
    leave_out : str
        A column of ``counts.docs``; its values are left out in turn, with all their articles on
        both sides. ``"date"`` leaves out days.
    min_docs : int
        Words in fewer articles are left out.

    Returns
    -------
    DataFrame
        One row per word, the strongest (by |t|) first: ``word count_target count_reference
        docs_target docs_reference log_ratio t`` (as in `keyness_test`); ``driver`` (the value
        left out), ``driver_share`` (its share of the word's occurrences on the side the word
        marks), ``log_ratio_without``, ``t_without``; ``fall`` (the share of the log ratio that is
        lost; above 1 the sign changes); ``sign_lost``, ``significance_lost`` (|t| was above
        1.96 and is not without the driver) and ``driven``: a significant word loses its sign, or
        its significance and at least half of its log ratio.

    Notes
    -----
    A value that is a whole side (the target itself) cannot be left out, which is said; articles
    without a value stay in. ``t`` falls a little with any articles left out, so significance lost
    alone does not make a word driven.

    Raises
    ------
    InputError
        For a column that does not exist, or with one value only.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> docs = pd.DataFrame({"side": ["A"] * 18 + ["B"] * 18, "day": [1, 2, 3] * 12},
    ...                     index=[f"{i:02d}" for i in range(36)])
    >>> rows = [[9, 5, 30], [0, 4, 30], [0, 3, 30]] * 6 + [[0, 0, 30], [0, 1, 30]] * 9
    >>> words = ["storm", "tax", "day"]
    >>> counts = Counts.from_matrix(csr_array(np.array(rows)), words, docs=docs)
    >>> table = keyness_drivers(counts, by="side", target="A", leave_out="day").set_index("word")
    >>> table.loc[["storm", "tax"], ["driver", "driver_share", "driven"]].round(2).values.tolist()
    [['1', 1.0, True], ['2', 0.33, False]]
    """
    two = two_groups(counts, by, target, reference)
    if leave_out not in two.docs:
        names = ", ".join(map(str, two.docs.columns))
        raise InputError(f"no column '{leave_out}' to leave out by; there are: {names}")
    column = two.docs[leave_out].astype("str")
    codes, names = pd.factorize(column, sort=True)
    if len(names) < 2:
        raise InputError(
            f"the articles compared have {len(names)} different {leave_out}, so none can be left "
            "out; choose another column"
        )
    keep, *docs = frequent(two, min_docs)
    table = basic(two, keep, (docs[0], docs[1]))
    sums = _Sums(two, keep, codes.astype(np.int64), len(names))
    table["log_ratio"], table["t"] = sums.whole()
    sign = np.where(table["t"] < 0, -1.0, 1.0)
    best = _Least(len(keep))
    skipped: list[int] = []
    for levels, ratio, t in sums.without():
        usable = np.isfinite(t).all(axis=1)
        skipped += levels[~usable].tolist()
        best.see(levels[usable], sign * t[usable], ratio[usable])
    if skipped:
        shown = ", ".join(f"'{names[level]}'" for level in skipped[:3])
        say(
            f"keyness_drivers: {len(skipped)} of {len(names)} values of {leave_out} are a whole "
            f"side and cannot be left out ({shown}{' ...' if len(skipped) > 3 else ''})"
        )
    return _described(table, best, sums, sign, names)


def _described(
    table: pd.DataFrame, best: "_Least", sums: "_Sums", sign: np.ndarray, names: pd.Index
) -> pd.DataFrame:
    found = best.level >= 0
    labels = np.asarray(names, dtype=object)[np.where(found, best.level, 0)]
    table["driver"] = pd.Series(labels, dtype="str").where(found)
    table["driver_share"] = np.where(found, sums.share(best.level, sign), np.nan)
    table["log_ratio_without"] = best.ratio
    table["t_without"] = sign * best.t
    with np.errstate(divide="ignore", invalid="ignore"):
        table["fall"] = 1 - best.ratio / table["log_ratio"].to_numpy()
    significant = np.abs(table["t"].to_numpy()) > SIGNIFICANT
    table["sign_lost"] = found & (best.t <= 0) & (table["t"].to_numpy() != 0)
    table["significance_lost"] = found & significant & (best.t <= SIGNIFICANT)
    gone = table["significance_lost"] & (table["fall"] >= HALF)
    table["driven"] = significant & (table["sign_lost"] | gone)
    order = np.lexsort((table["word"].to_numpy(dtype=object), -np.abs(table["t"].to_numpy())))
    return table.iloc[order].reset_index(drop=True)


class _Least:
    """For each word the level that leaves the least t in the word's direction, ties: the first."""

    def __init__(self, words: int) -> None:
        self.t = np.full(words, np.nan)
        self.ratio = np.full(words, np.nan)
        self.level = np.full(words, -1)

    def see(self, levels: np.ndarray, t: np.ndarray, ratio: np.ndarray) -> None:
        if not len(levels):
            return
        least = t.argmin(axis=0)
        word = np.arange(len(self.t))
        value = t[least, word]
        better = np.isnan(self.t) | (value < self.t)
        self.t[better], self.level[better] = value[better], levels[least[better]]
        self.ratio[better] = ratio[least[better], word[better]]


class _Sums:
    """Sums of both sides, and what each level takes away from them.

    For rows x of copies together with lengths l, t needs the sums of x, x², x l, l, l² (see
    `Spread`). A level takes from row x its part p of it: from x² it takes x² - (x - p)².
    """

    def __init__(self, two: Two, words: np.ndarray, codes: np.ndarray, levels: int) -> None:
        labels = Labels.of(two, None)
        rows = rows_of(two, labels.row)
        size = np.asarray(rows.sum(axis=1), np.float64)
        x = rows[:, words]
        self.levels = levels
        sides = labels.observed[:, None] == np.array([True, False])
        self.own = [_moments(x, size, x, size, sides[:, k]) for k in (0, 1)]
        # a pair is a row and a level that has articles in it
        known = np.flatnonzero(codes >= 0)
        key = labels.row[known] * levels + codes[known]
        pairs, pair = np.unique(key, return_inverse=True)
        part = (indicator(pair) @ two.matrix[known]).tocsr()
        part_size = np.asarray(part.sum(axis=1), np.float64)
        row, level = pairs // levels, pairs % levels
        self.taken = [
            _moments(x[row], size[row], part[:, words], part_size, sides[row, k], level, levels)
            for k in (0, 1)
        ]

    def whole(self) -> tuple[np.ndarray, np.ndarray]:
        """Log ratio and t of each word."""
        ratio, t = _effects([[q.toarray() for q in side] for side in self.own])
        return ratio[0], t[0]

    def without(self) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Levels with log ratio and t of each word without them, in blocks of levels."""
        own = [[q.toarray() for q in side] for side in self.own]
        for begin in range(0, self.levels, LEVELS_AT_A_TIME):
            block = slice(begin, begin + LEVELS_AT_A_TIME)
            left = [
                [q - part[block].toarray() for q, part in zip(side, taken, strict=True)]
                for side, taken in zip(own, self.taken, strict=True)
            ]
            levels = np.arange(self.levels)[block]
            yield (levels, *_effects(left))

    def share(self, level: np.ndarray, sign: np.ndarray) -> np.ndarray:
        """Share of `level` in each word's occurrences on the side the word marks."""
        word = np.arange(len(level))
        shares = []
        for own, taken in zip(self.own, self.taken, strict=True):
            part = np.asarray(taken[0].tocsr()[np.maximum(level, 0), word]).ravel()
            with np.errstate(divide="ignore", invalid="ignore"):
                shares.append(part / own[0].toarray()[0])
        return np.asarray(np.where(sign > 0, shares[0], shares[1]))


def _moments(
    x: Any, size: np.ndarray, p: Any, p_size: np.ndarray, side: np.ndarray,
    level: np.ndarray | None = None, levels: int = 1,
) -> list[Any]:  # fmt: skip
    """What the parts `p` of rows `x` add to the sums x, x², x l, l, l² of each level, sparse."""
    from scipy.sparse import csr_array, diags_array

    at = np.flatnonzero(side)
    where = np.zeros(len(at), np.int64) if level is None else level[at]
    add = csr_array((np.ones(len(at)), (where, np.arange(len(at)))), shape=(levels, len(at)))
    x, p, size, p_size = x[at], p[at], size[at], p_size[at]
    squares = 2 * (x * p) - p * p
    product = diags_array(p_size) @ x + diags_array(size - p_size) @ p
    lengths = np.column_stack([p_size, 2 * size * p_size - p_size**2])
    one, two = (csr_array((add @ lengths)[:, [k]]) for k in (0, 1))
    return [csr_array(add @ p), csr_array(add @ squares), csr_array(add @ product), one, two]


def _effects(sides: list[list[np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    """Log ratio and t from the sums of both sides, (levels, words); NaN where a side is empty."""
    (a, aa, al, n1, l1), (b, bb, bl, n2, l2) = sides
    # what is left of a side that was taken away whole is a rounding error
    there = (n1 > 1e-9) & (n2 > 1e-9)
    n1, n2 = np.where(there, n1, np.nan), np.where(there, n2, np.nan)
    a, b = np.maximum(a, 0), np.maximum(b, 0)
    rate = (a + b) / (n1 + n2)
    squares = (aa - 2 * rate * al + rate**2 * l1, bb - 2 * rate * bl + rate**2 * l2)
    t = np.where(there, studentized((a, b), (n1, n2), squares), np.nan)
    return log_ratio(a, b, n1, n2), t
