"""`Counts`: how often each word stands in each article."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mediaframes._console import say
from mediaframes._docs import article_weights, fit_weights, rows_where
from mediaframes.errors import InputError
from mediaframes.made import Made, hash_frame, load_value, save_value, summary_html
from mediaframes.text.words import merging

ROUNDING = 1e-6
CELLS = 1_000_000  # about so many cells at a time: bounds the working memory


@dataclass(frozen=True, eq=False)
class Counts:
    """A document-term matrix with its articles and vocabulary.

    Attributes
    ----------
    docs : DataFrame
        The articles' metadata (D rows, without their text).
    matrix : scipy.sparse.csr_array of int32, shape (D, V)
        Sorted indices, no explicit zeros.
    vocabulary : Index of str
        The V words (or stems).
    made : Made

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> counts = Counts.from_matrix(csr_array([[2, 0], [1, 3]]), ["peace", "price"])
    >>> counts.totals().to_dict()
    {'peace': 3, 'price': 3}
    """

    docs: pd.DataFrame
    matrix: Any
    vocabulary: pd.Index
    made: Made

    @classmethod
    def from_matrix(
        cls, matrix: Any, vocabulary: "pd.Index | list[str]", *, docs: pd.DataFrame | None = None
    ) -> "Counts":
        """Counts from a matrix the researcher already has.

        Parameters
        ----------
        matrix : array or sparse matrix of shape (D, V)
            Whole, non-negative numbers.
        vocabulary : list of str
            The V words, each once.
        docs : DataFrame, optional
            Metadata, one row per row of `matrix`.

        Raises
        ------
        InputError
            Where the shapes do not fit, a word is repeated, or a count is negative or broken.
        """
        from scipy.sparse import csr_array

        table = csr_array(matrix)
        words = pd.Index(vocabulary, dtype="str")
        if docs is None:
            width = len(str(max(table.shape[0] - 1, 0)))
            docs = pd.DataFrame(index=[f"{row:0{width}d}" for row in range(table.shape[0])])
        docs = docs.rename_axis(index="id")
        if table.shape != (len(docs), len(words)):
            raise InputError(
                f"the matrix is {table.shape[0]} × {table.shape[1]}, but there are {len(docs)} "
                f"articles and {len(words)} words; rows are articles, columns words"
            )
        if words.has_duplicates:
            raise InputError(
                f"the word '{words[words.duplicated()][0]}' names two columns; merge them"
            )
        if table.nnz and (table.data.min() < 0 or np.any(table.data != np.floor(table.data))):
            raise InputError("counts must be whole and not negative; give counts, not tf-idf")
        order = np.argsort(docs.index.to_numpy(dtype=object), kind="stable")
        table = csr_array(table[order].astype(np.int32))
        table.sum_duplicates()
        table.eliminate_zeros()
        made = Made.by("from_matrix", settings={"content": hash_frame(docs), "sum": table.sum()})
        return cls(docs.iloc[order], table, words, made)

    def totals(self) -> pd.Series:
        """How often each word occurs in all, Series with the words as index.

        Articles count with their weights: int64 where all weigh 1, otherwise float64.
        """
        return self._sums(self.matrix, article_weights(self.docs))

    def doc_frequency(self) -> pd.Series:
        """In how many articles each word occurs, Series; weights as in `totals`."""
        return self._frequency(article_weights(self.docs))

    def _frequency(self, weights: pd.Series) -> pd.Series:
        if (weights == 1).all():
            return pd.Series(rows_with(self.matrix), self.vocabulary)
        return self._sums(self.matrix > 0, weights)

    def _sums(self, matrix: Any, weights: pd.Series) -> pd.Series:
        if (weights == 1).all():
            return pd.Series(np.asarray(matrix.sum(axis=0), np.int64), self.vocabulary)
        return pd.Series(np.asarray(matrix.T @ weights.to_numpy(), np.float64), self.vocabulary)

    def lengths(self) -> np.ndarray:
        """Counted words per article, int64 of shape (D,)."""
        return np.asarray(self.matrix.sum(axis=1), np.int64)

    def where(self, condition: "str | pd.Series") -> "Counts":
        """The articles for which `condition` (a query over `docs`, or a mask) holds."""
        keep = rows_where(self.docs, condition)
        settings = {"kept": hash_frame(self.docs.loc[keep, []])}
        made = Made.by("where", settings=settings, parents=(self.made,))
        return replace(self, docs=self.docs[keep], matrix=self.matrix[keep], made=made)

    def trim(self, *, min_docs: int = 1, max_share: float = 1.0) -> "Counts":
        """Only words in at least `min_docs` articles and at most `max_share` of them.

        Copies count together as one article where `dedupe` weighs them 1/n, and not at all with
        its policy ``"fit"``; ``min_docs=1`` keeps every word.

        Raises
        ------
        InputError
            Where there were words and none remains; the message says what the articles hold.
        """
        weights = fit_weights(self.docs)
        n = self._frequency(weights).to_numpy()
        plain = n if (weights == 1).all() else rows_with(self.matrix)
        keep = remaining(n, plain, weights, min_docs=min_docs, max_share=max_share)
        settings = {"min_docs": min_docs, "max_share": max_share}
        made = Made.by("trim", settings=settings, parents=(self.made,))
        if keep.all():
            return replace(self, made=made)
        places = np.where(keep, np.cumsum(keep) - 1, -1).astype(np.int32)
        matrix = recounted(self.matrix, places, int(keep.sum()))
        return replace(self, matrix=matrix, vocabulary=self.vocabulary[keep], made=made)

    def merge(self, mapping: "Mapping[str, str] | pd.DataFrame") -> "Counts":
        """Words replaced by others, e.g. lemmas; the counts of words that become one are added.

        Parameters
        ----------
        mapping : mapping or DataFrame
            Word to form, or a table of `words.lemma_table`. Words that are not in it stay.

        Examples
        --------
        >>> from scipy.sparse import csr_array
        >>> counts = Counts.from_matrix(csr_array([[2, 1]]), ["talk", "talks"])
        >>> counts.merge({"talks": "talk"}).totals().to_dict()
        {'talk': 3}
        """
        words, places = merging(self.vocabulary, mapping)
        settings = {"words": blake2b("\0".join(words[places]).encode()).hexdigest()[:32]}
        made = Made.by("merge", settings=settings, parents=(self.made,))
        matrix = recounted(self.matrix, places, len(words))
        return replace(self, matrix=matrix, vocabulary=words, made=made)

    def thin(self, words: int, *, seed: int) -> "Counts":
        """At most `words` counted words of each article, drawn without putting back.

        Articles of unequal length become comparable where a test needs that (`keyness_test`);
        shorter ones stay as they are, and what is not drawn is lost.

        Raises
        ------
        InputError
            Where `words` is below 1.

        Examples
        --------
        >>> from scipy.sparse import csr_array
        >>> counts = Counts.from_matrix(csr_array([[60, 40], [3, 0]]), ["peace", "price"])
        >>> counts.thin(10, seed=1).lengths().tolist()
        [10, 3]
        """
        if words < 1:
            raise InputError(f"words={words} leaves nothing of an article; give 1 or more")
        rng, matrix = np.random.default_rng(seed), self.matrix.copy()
        for row in np.flatnonzero(self.lengths() > words):
            cells = slice(matrix.indptr[row], matrix.indptr[row + 1])
            drawn = rng.multivariate_hypergeometric(matrix.data[cells], words, method="marginals")
            matrix.data[cells] = drawn
        matrix.eliminate_zeros()
        made = Made.by("thin", settings={"words": words}, seed=seed, parents=(self.made,))
        return replace(self, matrix=matrix, made=made)

    def group_by(self, by: str) -> "Counts":
        """One row for each value of a column of `docs`, e.g. ``"outlet"``, with summed counts.

        Articles without a value are left out and named. Weights are not applied.

        Raises
        ------
        InputError
            For a column that does not exist.
        """
        from scipy.sparse import csr_array

        if by not in self.docs:
            names = ", ".join(map(str, self.docs.columns))
            raise InputError(f"no column '{by}'; there are: {names}")
        codes, names = pd.factorize(self.docs[by].astype("str"), sort=True)
        inside = np.flatnonzero(codes >= 0)
        if len(inside) < len(codes):
            say(f"group_by: {len(codes) - len(inside)} articles without {by} are in no group")
        ones = np.ones(len(inside), np.int32)
        shape = (len(names), len(codes))
        matrix = csr_array(csr_array((ones, (codes[inside], inside)), shape=shape) @ self.matrix)
        matrix.sort_indices()
        sizes = np.bincount(codes[inside], minlength=len(names))
        docs = pd.DataFrame({by: names, "articles": sizes}, index=pd.Index(names, name="id"))
        made = Made.by("group_by", settings={"by": by}, parents=(self.made,))
        return replace(self, docs=docs, matrix=matrix.astype(np.int32), made=made)

    def tf_idf(self) -> Any:
        """Counts weighted by how few articles hold the word; csr_array of float64.

        A count is multiplied by ``ln((1 + D) / (1 + df)) + 1``, with D articles of which df hold
        the word; rows are then divided by their Euclidean length. The definition of scikit-learn's
        TfidfTransformer with its defaults. Weights of articles are not applied.
        """
        from scipy.sparse import csr_array

        n_docs, matrix = len(self.docs), self.matrix.astype(np.float64)
        df = rows_with(matrix)
        matrix.data *= (np.log((1 + n_docs) / (1 + df)) + 1)[matrix.indices]
        length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)))
        matrix.data /= np.repeat(np.where(length > 0, length, 1.0), np.diff(matrix.indptr))
        return csr_array(matrix)

    @cached_property
    def content_hash(self) -> str:
        """Hash of articles, words and counts."""
        digest = blake2b(hash_frame(self.docs).encode(), digest_size=16)
        for array in (self.matrix.data, self.matrix.indices, self.matrix.indptr):
            for begin in range(0, len(array), CELLS):
                digest.update(array[begin : begin + CELLS].astype(np.int64).tobytes())
        digest.update("\0".join(self.vocabulary).encode())
        return digest.hexdigest()

    def save(self, folder: str | Path) -> None:
        """Save to a folder (Parquet, npz and JSON)."""
        arrays = {name: getattr(self.matrix, name) for name in ("data", "indices", "indptr")}
        words = self.vocabulary.to_frame(name="word", index=False)
        save_value(folder, self, frames={"docs": self.docs, "vocabulary": words}, arrays=arrays)

    @classmethod
    def load(cls, folder: str | Path) -> "Counts":
        """Load what `save` wrote."""
        from scipy.sparse import csr_array

        saved = load_value(folder, "Counts")
        words = pd.Index(saved.frames["vocabulary"]["word"], dtype="str", name=None)
        docs = saved.frames["docs"]
        parts = tuple(saved.arrays[name] for name in ("data", "indices", "indptr"))
        return cls(docs, csr_array(parts, shape=(len(docs), len(words))), words, saved.made)

    def __len__(self) -> int:
        return len(self.docs)

    def __repr__(self) -> str:
        return f"Counts: {len(self.docs):,} articles × {len(self.vocabulary):,} words"

    def _repr_html_(self) -> str:
        most = self.totals().sort_values(ascending=False, kind="stable").head(10)
        facts = {
            "articles": f"{len(self.docs):,}",
            "different words": f"{len(self.vocabulary):,}",
            "words counted": f"{int(self.matrix.sum()):,}",
            "most frequent": ", ".join(map(str, most.index)),
        }
        return summary_html("Counts", facts)


def remaining(
    n: np.ndarray, plain: np.ndarray, weights: pd.Series, *, min_docs: int, max_share: float
) -> np.ndarray:
    """Which words `Counts.trim` keeps; bool (V).

    Parameters: `n` float or int (V), the weighted number of articles with the word; `plain` int
    (V), the same without weights; `weights`, of the D articles.
    """
    if not plain.any():
        say(f"no word to count in {len(weights)} articles; they stay, as rows without columns")
        return np.zeros(len(n), bool)
    # thirds and fifths do not add up to whole numbers exactly
    keep: np.ndarray = plain >= min_docs if min_docs <= 1 else n >= min_docs - ROUNDING
    keep = keep & (n <= max_share * weights.sum() + ROUNDING)
    if not keep.any():
        raise InputError(
            f"after trimming no words remain: of {len(n)} words in {len(weights)} articles the "
            f"most frequent is in {n.max(initial=0):g}; lower min_docs={min_docs} or raise "
            f"max_share={max_share}"
        )
    return keep


def recounted(matrix: Any, places: np.ndarray, n_columns: int) -> Any:
    """The matrix with column v moved to ``places[v]`` (int32; -1: left out), columns sorted.

    Columns that meet are added up.
    """
    rows = Rows(int(matrix.nnz), n_columns)
    ends = matrix.indptr.astype(np.int64)
    step = max(1, int(len(ends) * CELLS / max(matrix.nnz, 1)))
    zeros, table = np.zeros(step, np.int64), places[None, :].astype(np.int32)
    for begin in range(0, len(ends) - 1, step):
        cut = ends[begin : begin + step + 1]
        part = slice(cut[0], cut[-1])
        rows.add(
            matrix.indices[part].astype(np.int32, copy=False),
            cut - cut[0],
            zeros[: len(cut) - 1],
            table,
            matrix.data[part].astype(np.int32, copy=False),
        )
    return rows.matrix()


def rows_with(matrix: Any) -> np.ndarray:
    """In how many rows each column stands, int64 (V)."""
    n = np.zeros(matrix.shape[1], np.int64)
    for begin in range(0, len(matrix.indices), CELLS):
        n += np.bincount(matrix.indices[begin : begin + CELLS], minlength=len(n))
    return n


def sorted_rows(data: np.ndarray, indices: np.ndarray, ends: np.ndarray, n_columns: int) -> Any:
    """A csr_array of sorted rows, with `ends` int64 (D+1).

    scipy would widen the columns to the kind of the bounds, and they are as many as the cells.
    """
    from scipy.sparse import csr_array

    ends = ends.astype(np.int32 if len(data) < 2**31 else np.int64)
    found = csr_array((data, indices, ends), shape=(len(ends) - 1, n_columns))
    found.has_canonical_format = True
    return found


class Rows:
    """A document-term matrix that grows row by row; `room`: at most so many cells."""

    def __init__(self, room: int, n_columns: int) -> None:
        # memory that is never written is never taken
        self._indices, self._data = np.empty(room, np.int32), np.empty(room, np.int32)
        self._lengths: list[np.ndarray] = []
        self._n, self._columns = 0, n_columns

    def add(
        self,
        ids: np.ndarray,
        offsets: np.ndarray,
        rows: np.ndarray,
        places: np.ndarray,
        data: np.ndarray | None = None,
    ) -> None:
        """Add documents; see `_rows.count_rows`."""
        from mediaframes.text._rows import count_rows

        given = np.empty(0, np.int32) if data is None else data
        arrays = [np.ascontiguousarray(array) for array in (ids, offsets, rows, places, given)]
        kernel: Any = count_rows
        with np.errstate(over="ignore"):  # of bit sums, where numba is off
            indices, data, lengths = kernel(*arrays, self._columns)
        end = self._n + len(indices)
        self._indices[self._n : end], self._data[self._n : end] = indices, data
        self._lengths.append(lengths)
        self._n = end

    def matrix(self) -> Any:
        """The matrix, a csr_array of int32 with sorted columns."""
        ends = np.cumsum(np.concatenate([np.zeros(1, np.int64), *self._lengths]))
        return sorted_rows(self._data[: self._n], self._indices[: self._n], ends, self._columns)
