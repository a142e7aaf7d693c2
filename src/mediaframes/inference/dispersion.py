"""How evenly a word is spread over articles, outlets or days: dispersion measures over parts.

Notation: part i holds the share ``s_i`` of all words and ``v_i`` of the word's ``f`` occurrences.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from mediaframes._docs import article_weights
from mediaframes.errors import InputError
from mediaframes.inference.comparison import (
    doc_frequency,
    group_mask,
    indicator,
    known_words,
)
from mediaframes.inference.resampling import copy_groups
from mediaframes.text.counts import Counts

# name -> what it is and where even words stand
DISPERSION: dict[str, str] = {
    "dp": "Gries' deviation of proportions, half the sum of |v_i / f - s_i|; 0 is even",
    "dp_norm": "dp / (1 - min s_i), Lijffijt and Gries (2012); 0 is even",
    "dp_egbert": "1 - dp / (1 - min s_i over parts with the word), Egbert et al. (2020); 1 is even",
    "juilland_d": "1 - cv / sqrt(n - 1) of the relative frequencies (population sd); 1 is even",
    "rosengren_s": "(sum of sqrt(s_i v_i))^2 / f; 1 is even",
    "kld": "Kullback-Leibler divergence of v_i / f from s_i, in bits; 0 is even",
    "range": "number of parts with the word",
    "d_a": "1 - mean difference between parts / twice the mean, of relative frequencies; 1 is even",
}
COMMON = ("range", "dp", "dp_norm", "juilland_d")


def dispersion(
    counts: Counts,
    *,
    by: str | None = None,
    measures: Sequence[str] = COMMON,
    min_docs: int = 1,
) -> pd.DataFrame:
    """How evenly each word is spread over articles, or over the groups of a column.

    Parameters
    ----------
    counts : Counts
    by : str, optional
        A column whose groups are the parts, e.g. ``"outlet"``; by default articles, of which
        copies of one text are one part.
    measures : list of str
        ``dp dp_norm dp_egbert juilland_d rosengren_s kld range d_a``; see docs/methods.md.
    min_docs : int
        Words in fewer articles are left out.

    Returns
    -------
    DataFrame
        One row per word, most frequent first: ``word count docs`` and the measures. NaN where
        there are too few parts (``juilland_d``, ``d_a``: two; ``dp_norm``: two).

    Notes
    -----
    Parts without a counted word are no parts. Articles with a missing `by` are left out.

    Raises
    ------
    InputError
        For an unknown measure or column, or where no word is left.

    Source
    ------
    Gries (2008), Dispersions and Adjusted Frequencies in Corpora; Juilland, Chang-Rodriguez (1964);
    Rosengren (1971); Burch, Egbert, Biber (2017).

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> counts = Counts.from_matrix(csr_array([[4, 1], [0, 1], [0, 1]]), ["storm", "day"])
    >>> dispersion(counts, measures=("range", "dp")).round(2).values.tolist()
    [['storm', 4.0, 1, 1.0, 0.29], ['day', 3.0, 3, 3.0, 0.38]]
    """
    from scipy.sparse import diags_array

    weights = article_weights(counts.docs).to_numpy()
    keep = weights > 0
    groups = copy_groups(counts.docs)
    if by is not None:
        column = group_mask(counts.docs, by, [])
        keep &= column.notna().to_numpy()
        groups = pd.factorize(column, sort=True)[0].astype(np.int64)
    rows = np.flatnonzero(keep)
    matrix = (diags_array(weights[rows]) @ counts.matrix[rows].astype(np.float64)).tocsr()
    words = known_words(matrix, weights[rows], min_docs)
    table = of_matrix(matrix, groups[rows], measures, words)
    total = np.asarray(matrix.sum(axis=0))[words]
    table.insert(0, "word", counts.vocabulary[words])
    table.insert(1, "count", total)
    table.insert(2, "docs", doc_frequency(matrix)[words])
    return table.sort_values(["count", "word"], ascending=[False, True], ignore_index=True)


def of_matrix(
    matrix: Any, parts: np.ndarray, measures: Sequence[str], words: np.ndarray
) -> pd.DataFrame:
    """Dispersion of `words` over `parts` (int, one per row of the weighted count matrix)."""
    for name in measures:
        if name not in DISPERSION:
            raise InputError(f"no measure '{name}'; there are: {', '.join(DISPERSION)}")
    whole = (indicator(np.unique(parts, return_inverse=True)[1]) @ matrix).tocsr()
    size = np.asarray(whole.sum(axis=1), np.float64)
    whole, size = whole[size > 0], size[size > 0]
    part = whole[:, words].tocoo()
    real = part.data > 0
    row, column, value = part.coords[0][real], part.coords[1][real], part.data[real]
    total = np.bincount(column, value, minlength=len(words))
    cells = _Cells(row, column, value, size, np.where(total > 0, total, np.nan))
    return pd.DataFrame({name: getattr(cells, name)() for name in measures})


class _Cells:
    """The cells above zero of a parts × words table, and the measures over them."""

    def __init__(
        self, row: np.ndarray, column: np.ndarray, value: np.ndarray, size: np.ndarray,
        total: np.ndarray,
    ) -> None:  # fmt: skip
        self.column, self.value, self.total, self.n = column, value, total, len(size)
        self.share = size / size.sum()
        self.s = self.share[row]
        self.t = value / total[column]
        self.rate = value / size[row]

    def _sum(self, values: np.ndarray) -> np.ndarray:
        sums = np.bincount(self.column, values, minlength=len(self.total))
        return np.asarray(sums + 0 * self.total)  # NaN for a word without occurrence

    def _least(self) -> float:
        return float(self.share.min()) if self.n > 1 else np.nan

    def dp(self) -> np.ndarray:
        # parts without the word add their share s_i
        return np.asarray((1 + self._sum(np.abs(self.t - self.s) - self.s)) / 2)

    def dp_norm(self) -> np.ndarray:
        return np.asarray(self.dp() / (1 - self._least()))

    def dp_egbert(self) -> np.ndarray:
        least = np.full(len(self.total), np.inf)
        np.minimum.at(least, self.column, self.s)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(1 - self.dp() / (1 - least))

    def juilland_d(self) -> np.ndarray:
        if self.n < 2:
            return np.full(len(self.total), np.nan)
        mean = self._sum(self.rate) / self.n
        empty = self.n - self.range()
        squares = self._sum((self.rate - mean[self.column]) ** 2) + empty * mean**2
        return np.asarray(1 - np.sqrt(squares / self.n) / mean / np.sqrt(self.n - 1))

    def rosengren_s(self) -> np.ndarray:
        return np.asarray(self._sum(np.sqrt(self.s * self.value)) ** 2 / self.total)

    def kld(self) -> np.ndarray:
        return self._sum(self.t * np.log2(self.t / self.s))

    def range(self) -> np.ndarray:
        return self._sum(np.ones(len(self.column)))

    def d_a(self) -> np.ndarray:
        if self.n < 2:
            return np.full(len(self.total), np.nan)
        # sorted within each word, the sum over pairs of |x_i - x_j| is that of (2 k - n - 1) x_(k)
        order = np.lexsort((self.rate, self.column))
        column, rate = self.column[order], self.rate[order]
        held = np.bincount(column, minlength=len(self.total))
        first = np.cumsum(held) - held
        rank = np.arange(len(column)) - first[column] + 1 + self.n - held[column]
        pairs = np.bincount(
            column, (2 * rank - self.n - 1) * rate, minlength=len(self.total)
        ) / (self.n * (self.n - 1) / 2)  # fmt: skip
        return np.asarray(1 - pairs / (2 * self._sum(self.rate) / self.n))
