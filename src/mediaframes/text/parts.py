"""`count_parts`: counts of articles that do not fit into memory together."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from mediaframes._docs import fit_weights
from mediaframes.corpus.articles import Corpus
from mediaframes.corpus.folder import corpora_in
from mediaframes.errors import InputError
from mediaframes.made import Made
from mediaframes.text.counting import untrimmed
from mediaframes.text.counts import CELLS, Counts, remaining, sorted_rows

Piece = tuple[np.ndarray, np.ndarray, np.ndarray]  # columns, counts, bounds of rows


def count_parts(
    parts: Iterable[Corpus] | str | Path,
    *,
    min_docs: int = 1,
    max_share: float = 1.0,
    **settings: Any,
) -> Counts:
    """Count articles that do not fit into memory together, part by part.

    Parameters
    ----------
    parts : iterable of Corpus, or folder
        Parts with different ids, each taken once; or a folder of Parquet files (`corpora_in`).
    min_docs, max_share
        As in `count`, over all parts.
    **settings
        The other settings of `count`.

    Returns
    -------
    Counts
        The same as `count` gives for all articles at once. Memory holds the texts of one part and
        the result, 8 bytes for each word of an article, once; the parts' counts wait in a folder
        for temporary files (about 5 bytes for each word of an article).

    Raises
    ------
    InputError
        Where there are no parts, two hold the same article, or `min_docs` and `max_share` leave
        no word.

    Examples
    --------
    >>> texts = pd.DataFrame({"text": ["Prices rise", "Prices fall"], "language": "en"})
    >>> halves = [Corpus.from_frame(texts.iloc[[k]]) for k in (0, 1)]
    >>> count_parts(halves).totals().to_dict()
    {'fall': 1, 'prices': 2, 'rise': 1}
    """
    if isinstance(parts, str | Path):
        parts = corpora_in(parts)
    with TemporaryDirectory(prefix="mediaframes-") as folder:
        kept = _Kept(Path(folder))
        for part in parts:
            kept.add(untrimmed(part, **settings))
            del part  # or two would be in memory while the next is read
        docs, order = kept.in_order()
        weights = fit_weights(docs)
        n, plain = kept.frequencies(weights.to_numpy(), order)
        keep = remaining(n, plain, weights, min_docs=max(min_docs, 1), max_share=max_share)
        words, matrix = kept.matrix(keep, int(plain[keep].sum()), order)
    settings = {"parts": len(kept.mades), "min_docs": min_docs, "max_share": max_share}
    made = Made.by("count_parts", settings=settings, parents=tuple(kept.mades))
    return Counts(docs, matrix, words, made)


class _Kept:
    """The parts' counts on disk, with one numbering of the words of all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers: dict[str, int] = {}
        self._docs: list[pd.DataFrame] = []
        self.mades: list[Made] = []

    def add(self, counts: Counts) -> None:
        """Put away a part."""
        numbers = self._numbers
        to = [numbers.setdefault(str(word), len(numbers)) for word in counts.vocabulary]
        matrix, stem = counts.matrix, f"{len(self._docs):08d}"
        np.save(self._folder / f"{stem}-columns", np.array(to, np.int32)[matrix.indices])
        small = np.min_scalar_type(int(matrix.data.max(initial=0)))
        np.save(self._folder / f"{stem}-counts", matrix.data.astype(small))
        np.save(self._folder / f"{stem}-bounds", matrix.indptr.astype(np.int64))
        self._docs.append(counts.docs)
        self.mades.append(counts.made)

    def _load(self, number: int, name: str) -> np.ndarray:
        loaded: np.ndarray = np.load(self._folder / f"{number:08d}-{name}.npy")
        return loaded

    def in_order(self) -> tuple[pd.DataFrame, np.ndarray]:
        """The articles by id, and which of those as they came stands in each place; int64 (D)."""
        if not self._docs:
            raise InputError(
                "there are no parts to count; give corpora or a folder of Parquet files"
            )
        self._sizes = [len(docs) for docs in self._docs]
        # parts without articles would only blur the kinds of the columns
        docs = pd.concat([docs for docs in self._docs if len(docs)] or self._docs[:1])
        self._docs.clear()
        if docs.index.has_duplicates:
            twice = docs.index[docs.index.duplicated()][0]
            raise InputError(f"the article '{twice}' stands in two parts; make the ids unique")
        order = np.argsort(docs.index.to_numpy(dtype=object), kind="stable")
        return (docs if (np.diff(order) > 0).all() else docs.iloc[order]), order

    def frequencies(self, weights: np.ndarray, order: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """In how many articles each word is: with their weights (float64), and plainly (int64)."""
        size = len(self._numbers)
        plain = np.zeros(size, np.int64)
        for number in range(len(self._sizes)):
            plain += np.bincount(self._load(number, "columns"), minlength=size)
        if (weights == 1).all():
            return plain, plain
        n, as_came = np.zeros(size), np.empty(len(order))
        as_came[order] = weights
        for number, rows in self._rows():
            each = np.repeat(as_came[rows], np.diff(self._load(number, "bounds")))
            n += np.bincount(self._load(number, "columns"), weights=each, minlength=size)
        return n, plain

    def _rows(self) -> Iterator[tuple[int, slice]]:
        ends = np.cumsum(self._sizes).tolist()
        for number, (end, size) in enumerate(zip(ends, self._sizes, strict=True)):
            yield number, slice(end - size, end)

    def _pieces(self, places: np.ndarray) -> Iterator[tuple[slice, Piece]]:
        """Some rows of a part at a time, with the columns that remain at their new places."""
        for number, rows in self._rows():
            columns, cells = self._load(number, "columns"), self._load(number, "counts")
            ends = self._load(number, "bounds")
            step = max(1, len(ends) * CELLS // max(len(columns), 1))
            for begin in range(0, len(ends) - 1, step):
                cut = ends[begin : begin + step + 1]
                part = slice(cut[0], cut[-1])
                to = places[columns[part]]
                left = to >= 0
                bounds = np.append(0, np.cumsum(left))[cut - cut[0]]
                first = rows.start + begin
                yield slice(first, first + len(cut) - 1), (to[left], cells[part][left], bounds)

    def matrix(self, keep: np.ndarray, n_cells: int, order: np.ndarray) -> tuple[pd.Index, Any]:
        """The words to keep in code-point order, and the matrix with the articles in `order`."""
        words = sorted(word for word, number in self._numbers.items() if keep[number])
        places = np.full(len(keep), -1, np.int32)
        places[[self._numbers[word] for word in words]] = np.arange(len(words), dtype=np.int32)
        lengths = np.zeros(len(order), np.int64)
        for rows, (_, _, bounds) in self._pieces(places):
            lengths[rows] = np.diff(bounds)
        ends = np.append(0, np.cumsum(lengths[order]))
        begins = np.empty(len(order), np.int64)
        begins[order] = ends[:-1]
        indices, data = np.empty(n_cells, np.int32), np.empty(n_cells, np.int32)
        for rows, (columns, cells, bounds) in self._pieces(places):
            # within a row the columns are in order already: a part's vocabulary was sorted, too
            to = np.repeat(begins[rows] - bounds[:-1], np.diff(bounds)) + np.arange(len(columns))
            indices[to], data[to] = columns, cells
        return pd.Index(words, dtype="str"), sorted_rows(data, indices, ends, len(words))
