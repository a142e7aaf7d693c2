"""Keyness by permuted labels: which differences chance would not make, were outlets all alike."""

from dataclasses import dataclass
from math import comb, lgamma, log
from typing import Any

import numpy as np
import pandas as pd

from mediaframes._console import say
from mediaframes.errors import InputError
from mediaframes.inference.comparison import Two, basic, frequent, indicator, two_groups
from mediaframes.inference.keyness import false_discovery_rate
from mediaframes.inference.measures import log_ratio
from mediaframes.inference.resampling import check_draws, units_of
from mediaframes.text.counts import Counts

LABELS_AT_A_TIME = 128  # permutations made at a time; bounds memory: this many × words
ALL = 20_000  # up to so many possible labelings all are gone through, instead of drawn
UNEQUAL = 2.0  # mean lengths of the groups' articles, from which on p_family was seen to err
TIE = 1e-9  # a relabeled statistic within this share of the observed one equals it


def keyness_test(
    counts: Counts,
    *,
    by: str,
    target: str,
    reference: str | None = None,
    min_docs: int = 5,
    seed: int,
    permutations: int = 1000,
    cluster: str | None = None,
) -> pd.DataFrame:
    """Whether words differ between groups of articles more than chance would make them.

    The labels target and reference are dealt out again among the articles; how often does a
    difference as large come about? Copies of one text keep one label. Where the comparison is
    between kinds of outlets, ``cluster="outlet"`` deals labels out among whole outlets.

    Parameters
    ----------
    counts : Counts
    by, target, reference
        As in `keyness`.
    min_docs : int
        Words in fewer articles are left out.
    seed : int
        Of the permutations.
    permutations : int
        How many; where fewer are possible, all are gone through.
    cluster : str, optional
        A column each of whose values lies within one group, e.g. ``"outlet"`` for
        ``by="press_type"``.

    Returns
    -------
    DataFrame
        One row per word, sorted by ``t``, high to low: ``word count_target count_reference
        docs_target docs_reference log_ratio``; ``t`` (difference of the relative frequencies over
        its standard error between articles); ``p`` (share of relabelings with a ``t`` as far from
        0, for this word alone); ``p_family`` (the same for the farthest ``t`` of all words,
        stepping down: below .05 the chance that any word is called wrongly is below 5 %); ``q``
        (Benjamini-Hochberg of ``p``).

    Notes
    -----
    No p can be smaller than one over the number of relabelings plus one; the message says what
    that means with few clusters. ``t`` is studentized, so articles of different burstiness in the
    two groups do not deceive the test in large samples; the labels themselves make it exact where
    articles are exchangeable. Articles of very different length are not: where those of one group
    are on average twice as long, a message says so, and `Counts.thin` makes them alike. A group of
    copies that has prints on both sides keeps as many on each side.

    Raises
    ------
    InputError
        As `keyness`, and for a cluster with articles in both groups.

    Source
    ------
    Westfall, Young (1993), Resampling-Based Multiple Testing, algorithm 4.1 (step-down maxT);
    Janssen (1997) for studentizing; Phipson, Smyth (2010) for counting the observed labels.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> names = [f"{i:02d}" for i in range(12)]
    >>> docs = pd.DataFrame({"outlet": ["A"] * 6 + ["B"] * 6}, index=names)
    >>> matrix = csr_array(np.array([[3, 1], [2, 1], [4, 1]] * 2 + [[1, 3], [1, 2], [1, 4]] * 2))
    >>> counts = Counts.from_matrix(matrix, ["bank", "park"], docs=docs)
    >>> table = keyness_test(counts, by="outlet", target="A", seed=1)
    all 924 possible relabelings are gone through
    >>> table[["word", "p"]].round(3).values.tolist()
    [['bank', 0.002], ['park', 0.002]]
    """
    check_draws(permutations, seed, name="permutations")
    two = two_groups(counts, by, target, reference)
    keep, *docs = frequent(two, min_docs)
    table = basic(two, keep, (docs[0], docs[1]))
    labels = Labels.of(two, cluster)
    spread = Spread(rows_of(two, labels.row), keep)
    observed = spread.statistic(labels.observed[:, None])[:, 0]
    draws = labels.draws(permutations, seed)
    p, family = compare_labels(
        spread.statistic, observed, draws, counted=labels.complete(permutations)
    )
    n1, n2 = (np.float64(total) for total in two.totals())
    table["log_ratio"] = log_ratio(table["count_target"], table["count_reference"], n1, n2)
    table["t"], table["p"], table["p_family"] = observed, p, family
    table["q"] = false_discovery_rate(p)
    _say_limits(labels, permutations, len(table), cluster)
    _say_lengths(spread.lengths, labels.observed)
    return table.sort_values(["t", "word"], ascending=[False, True], ignore_index=True)


@dataclass(frozen=True)
class Labels:
    """Rows that are labeled, and who exchanges labels with whom.

    `row` is the row of each article: a unit (copies, cluster) that lies on one side is one row;
    of copies with prints on both sides each article is a row. `stratum` 0 holds the units, others
    one such group of copies each; labels are exchanged within a stratum.
    """

    row: np.ndarray
    observed: np.ndarray
    stratum: np.ndarray
    possible: float

    @classmethod
    def of(cls, two: Two, cluster: str | None) -> "Labels":
        return cls.of_articles(two.docs, two.inside, cluster)

    @classmethod
    def of_articles(cls, docs: pd.DataFrame, side: np.ndarray, cluster: str | None) -> "Labels":
        """Of articles of which `side` says whether they are in the target."""
        units = units_of(docs, cluster)
        n = int(units.max()) + 1
        held = np.bincount(units, minlength=n)
        inside = np.bincount(units, side, minlength=n)
        mixed = (inside > 0) & (inside < held)
        if cluster is not None and mixed.any():
            name = docs[cluster].astype("str").iloc[int(np.argmax(mixed[units]))]
            raise InputError(
                f"{mixed.sum()} of {n} values of {cluster} have articles in both groups (the "
                f"first: '{name}'), so a label cannot be theirs; to draw them as a whole use "
                f"keyness(..., draws=Bootstrap(cluster='{cluster}'))"
            )
        apart = mixed[units]
        key = np.where(apart, n + np.arange(len(units)), units)
        row = np.unique(key, return_inverse=True)[1].astype(np.int64)
        first = np.unique(row, return_index=True)[1]
        stratum = np.where(apart, 1 + units, 0)[first]
        stratum = np.unique(stratum, return_inverse=True)[1]
        observed = side[first]
        ways = [
            _log_comb(int((stratum == s).sum()), int(observed[stratum == s].sum()))
            for s in np.unique(stratum)
        ]
        return cls(row, observed, stratum, float(sum(ways)))

    def complete(self, permutations: int) -> bool:
        """Whether all possible labelings are gone through."""
        few = self.possible <= log(max(min(permutations, ALL), 1)) + 1e-9
        return bool(few and len(np.unique(self.stratum)) == 1)

    def draws(self, permutations: int, seed: int) -> Any:
        """Labelings in blocks, bool of shape (rows, up to `LABELS_AT_A_TIME`)."""
        if self.complete(permutations):
            yield from self._all()
            return
        rng = np.random.default_rng(seed)
        order = np.argsort(self.stratum, kind="stable")
        sorted_labels = self.observed[order]
        strata = self.stratum[order].astype(np.float64)
        for begin in range(0, permutations, LABELS_AT_A_TIME):
            size = min(LABELS_AT_A_TIME, permutations - begin)
            # a random order within each stratum: the stratum's number leads, chance follows
            keys = strata + rng.random((size, len(order)))
            places = np.argsort(keys, axis=1, kind="stable")
            labels = np.empty((len(order), size), bool)
            labels[order] = sorted_labels[places].T
            yield labels

    def _all(self) -> Any:
        from itertools import combinations, islice

        n, k = len(self.observed), int(self.observed.sum())
        every = combinations(range(n), k)
        while block := list(islice(every, LABELS_AT_A_TIME)):
            labels = np.zeros((n, len(block)), bool)
            for column, rows in enumerate(block):
                labels[list(rows), column] = True
            yield labels


def _log_comb(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def rows_of(two: Two, row: np.ndarray) -> Any:
    """The weighted count matrix with articles of one row added up."""
    return (indicator(row) @ two.matrix).tocsr()


class Spread:
    """Sums from which the studentized difference of any labeling follows.

    With y = count - length × rate for each row and word (rate: of all rows together), t is the
    difference of the groups' relative frequencies over ``sqrt(sum y² / n1² + sum y² / n2²)``.
    """

    def __init__(self, rows: Any, words: np.ndarray) -> None:
        self.lengths = np.asarray(rows.sum(axis=1), np.float64)
        part = rows[:, words]
        self.total = np.asarray(part.sum(axis=0), np.float64)
        self.rate = self.total / self.lengths.sum()
        self.counts = part.T.tocsr()
        squares = part.copy()
        # sum y² = sum x² - 2 rate × sum x l + rate² × sum l²; the first two are of x's own cells
        lengths = np.repeat(self.lengths, np.diff(part.indptr))
        squares.data = part.data**2 - 2 * self.rate[part.indices] * part.data * lengths
        self.squares = squares.T.tocsr()
        self.all_squares = np.asarray(squares.sum(axis=0), np.float64)

    def statistic(self, labels: np.ndarray) -> np.ndarray:
        """t of each word for each labeling, (words, labelings); `labels` bool (rows, labelings)."""
        dense = np.ascontiguousarray(labels, np.float64)
        a, own = self.counts @ dense, self.squares @ dense
        # einsum adds in one order; a BLAS product's last digits depend on its threads
        n1 = np.einsum("i,ij->j", self.lengths, dense)
        long1 = np.einsum("i,ij->j", self.lengths**2, dense)
        n2, long2 = self.lengths.sum() - n1, (self.lengths**2).sum() - long1
        return studentized(
            (a, self.total[:, None] - a), (n1, n2),
            (own + self.rate[:, None] ** 2 * long1,
             self.all_squares[:, None] - own + self.rate[:, None] ** 2 * long2),
        )  # fmt: skip


def studentized(
    counts: tuple[np.ndarray, np.ndarray], totals: tuple[Any, Any], squares: tuple[Any, Any]
) -> np.ndarray:
    """Difference of relative frequencies over its standard error; 0 where nothing varies."""
    with np.errstate(divide="ignore", invalid="ignore"):
        difference = counts[0] / totals[0] - counts[1] / totals[1]
        error = np.sqrt(
            np.maximum(squares[0], 0) / totals[0] ** 2 + np.maximum(squares[1], 0) / totals[1] ** 2
        )
        return np.asarray(np.where(error > 0, difference / error, 0.0), np.float64)


def compare_labels(
    statistic: Any, observed: np.ndarray, draws: Any, *, counted: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Plain and step-down family-wise p; `counted`: the draws hold the observed labels."""
    size = np.abs(observed)
    order = np.argsort(-size, kind="stable")
    alone, family, n = np.zeros(len(size)), np.zeros(len(size)), 0
    for labels in draws:
        drawn = np.abs(statistic(labels))
        drawn[~np.isfinite(drawn)] = 0.0
        alone += (drawn >= size[:, None] * (1 - TIE)).sum(axis=1)
        # the largest among this word and all less extreme ones
        largest = np.maximum.accumulate(drawn[order][::-1], axis=0)[::-1]
        family[order] += (largest >= size[order][:, None] * (1 - TIE)).sum(axis=1)
        n += labels.shape[1]
    extra = 0 if counted else 1
    p, stepped = (alone + extra) / (n + extra), (family + extra) / (n + extra)
    stepped[order] = np.maximum.accumulate(stepped[order])
    return p, stepped


def _say_limits(labels: Labels, permutations: int, words: int, cluster: str | None) -> None:
    units = f"{len(labels.observed)} {'articles' if cluster is None else cluster + 's'}"
    n1 = int(labels.observed.sum())
    if labels.complete(permutations):
        n = comb(len(labels.observed), n1)
        say(f"all {n:,} possible relabelings are gone through")
        # swapping both labels gives the same |t| where the groups are equally many
        least = (2 if 2 * n1 == len(labels.observed) else 1) / n
        if least > 0.05:
            say(
                f"keyness_test: {n1} of {units} have the target's label; {n} relabelings are "
                f"possible, so no p can be below {least:.2g}: significance cannot be had from so "
                "few, whatever the texts say. Report the effects, with the number"
            )
    elif words / (permutations + 1) > 0.05:
        say(
            f"keyness_test: with {permutations:,} relabelings p is at least "
            f"{1 / (permutations + 1):.2g}, so for {words:,} words q falls below 0.05 only where "
            f"at least {int(np.ceil(words / (permutations + 1) / 0.05)):,} words are called; "
            "p_family has no such limit"
        )


def _say_lengths(lengths: np.ndarray, observed: np.ndarray) -> None:
    mean = lengths[observed].mean(), lengths[~observed].mean()
    if max(mean) < UNEQUAL * min(mean):
        return
    shorter = lengths[observed if mean[0] < mean[1] else ~observed]
    words = max(int(np.quantile(shorter, 0.25)), 1)
    longer = "target" if mean[0] > mean[1] else "reference"
    say(
        f"keyness_test: articles of the {longer} are {max(mean) / min(mean):.1f} times as long as "
        "the others; so unequal, p_family may call false words far more often than it says. Hold "
        f"the result against that of counts.thin({words}, seed=...), in which they are alike"
    )
