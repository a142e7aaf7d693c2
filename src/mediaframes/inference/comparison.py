"""Two groups of articles set against each other: who is in them, and what they hold."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mediaframes._console import say
from mediaframes._docs import article_weights
from mediaframes.errors import InputError
from mediaframes.inference.resampling import copy_groups
from mediaframes.text.counts import ROUNDING, Counts


@dataclass(frozen=True)
class Two:
    """Articles of target (`inside`) and reference with a weight above 0.

    `matrix` holds weighted counts (float64 CSR, articles × words), `lengths` weighted words per
    article, `copies` the group of copies of each.
    """

    docs: pd.DataFrame
    matrix: Any
    vocabulary: pd.Index
    inside: np.ndarray
    lengths: np.ndarray
    weights: np.ndarray
    copies: np.ndarray

    def sides(self) -> tuple[np.ndarray, np.ndarray]:
        """Rows of target and reference."""
        return np.flatnonzero(self.inside), np.flatnonzero(~self.inside)

    def totals(self) -> tuple[float, float]:
        """Weighted words in target and reference."""
        target, reference = self.sides()
        return float(self.lengths[target].sum()), float(self.lengths[reference].sum())

    def counts(self, words: np.ndarray | slice = slice(None)) -> tuple[np.ndarray, np.ndarray]:
        """Weighted counts of words in target and reference, each of shape (words,)."""
        target, reference = self.sides()
        sums = [np.asarray(self.matrix[side].sum(axis=0))[words] for side in (target, reference)]
        return sums[0], sums[1]


def group_mask(docs: pd.DataFrame, by: str, names: list[str | None]) -> pd.Series:
    """The column `by` as names of groups; raises where a name in `names` is none of them."""
    if by not in docs:
        known = ", ".join(map(str, docs.columns))
        raise InputError(f"no column '{by}'; there are: {known}")
    column = docs[by].astype("str")  # years and other numbers are names of groups here
    present = sorted(column.dropna().unique())
    for name in names:
        if name is not None and name not in present:
            there = ", ".join(present) or f"none, as all {len(docs)} articles have no {by}"
            raise InputError(f"no article has {by} '{name}'; there are: {there}")
    return column


def split(docs: pd.DataFrame, by: str, target: str, reference: str | None) -> np.ndarray:
    """1 for articles of the target, 0 of the reference, -1 of neither; int8 of shape (D,)."""
    target = str(target)
    reference = None if reference is None else str(reference)
    column = group_mask(docs, by, [target, reference])
    inside = (column == target).fillna(False).to_numpy(bool)
    other = column.notna() & ~inside if reference is None else column == reference
    outside = other.fillna(False).to_numpy(bool)
    if not outside.any() or reference == target:
        raise InputError(f"nothing to compare '{target}' with: no other {by} has articles")
    nameless = column.isna().to_numpy()
    if reference is None and nameless.any():
        say(
            f"{nameless.sum()} of {len(docs)} articles have no {by} and are in neither group "
            f"(the first: '{docs.index[nameless][0]}')"
        )
    return np.where(inside, 1, np.where(outside, 0, -1)).astype(np.int8)


def two_groups(counts: Counts, by: str, target: str, reference: str | None) -> Two:
    """The two groups of a comparison.

    Raises
    ------
    InputError
        For a column or group that does not exist, and for a group without weight or words.
    """
    from scipy.sparse import csr_array, diags_array

    side = split(counts.docs, by, target, reference)
    weights = article_weights(counts.docs).to_numpy()
    chosen = np.flatnonzero((side >= 0) & (weights > 0))
    docs, inside = counts.docs.iloc[chosen], side[chosen] == 1
    matrix = csr_array(diags_array(weights[chosen]) @ counts.matrix[chosen].astype(np.float64))
    lengths = np.asarray(matrix.sum(axis=1))
    for which, name in ((inside, f"'{target}'"), (~inside, "the articles to compare with")):
        if not lengths[which].sum() > 0:
            raise InputError(
                f"{name}: {which.sum()} articles with a weight above 0, and no counted word in "
                "them; there is nothing to compare"
            )
    return Two(docs, matrix, counts.vocabulary, inside, lengths, weights[chosen], copy_groups(docs))


def indicator(groups: np.ndarray) -> Any:
    """Sparse 0/1 of shape (groups, articles), which adds up rows by group."""
    from scipy.sparse import csr_array

    n = int(groups.max(initial=-1)) + 1
    rows = np.arange(len(groups))
    return csr_array((np.ones(len(groups)), (groups, rows)), shape=(n, len(groups)))


def known_words(matrix: Any, weights: np.ndarray, min_docs: int) -> np.ndarray:
    """Columns with words in at least `min_docs` articles by weight: copies count together as one.

    Raises
    ------
    InputError
        Where there is none.
    """
    if not isinstance(min_docs, int | np.integer) or min_docs < 0:
        raise InputError(f"min_docs={min_docs!r} must be a whole number, e.g. 5")
    held = (matrix > 0).astype(np.float64).T
    # thirds and fifths do not add up to whole numbers exactly
    enough = held @ weights >= (min_docs - ROUNDING if min_docs > 1 else ROUNDING)
    keep = np.flatnonzero(enough)
    if not len(keep):
        raise InputError(
            f"no word is in at least min_docs={min_docs} of the {len(weights)} articles "
            "compared; lower min_docs"
        )
    return keep


def doc_frequency(matrix: Any) -> np.ndarray:
    """In how many rows each word is, int64."""
    n = np.bincount(matrix.indices[matrix.data > 0], minlength=matrix.shape[1])
    return np.asarray(n, np.int64)


def frequent(two: Two, min_docs: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Words in at least `min_docs` articles, and in how many articles of either side they are."""
    keep = known_words(two.matrix, two.weights, min_docs)
    target, reference = (doc_frequency(two.matrix[side]) for side in two.sides())
    return keep, target[keep], reference[keep]


def basic(two: Two, keep: np.ndarray, docs: tuple[np.ndarray, np.ndarray]) -> pd.DataFrame:
    """The first columns of every table of keyness: words, counts, articles."""
    a, b = two.counts(keep)
    return pd.DataFrame(
        {
            "word": two.vocabulary[keep],
            "count_target": a,
            "count_reference": b,
            "docs_target": docs[0],
            "docs_reference": docs[1],
        }
    )
