"""Pairs of words in articles, sentences or windows, counted per article."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mediaframes._docs import article_weights
from mediaframes.errors import InputError
from mediaframes.inference.collocates import counted_positions
from mediaframes.inference.comparison import split as sides_of
from mediaframes.text.counts import ROUNDING, Counts
from mediaframes.text.tokens import Tokens

MOST_WORDS = 2000  # pairs grow with the square: two million of these
PAIRS_AT_A_TIME = 2000  # bounds memory


@dataclass(frozen=True)
class Together:
    """Units per article that hold a pair or a word; articles without weight hold none.

    `joint` CSR (pairs, articles), `margin` CSR (words, articles), `units` (articles,); `first` and
    `second` are the pairs' places in `words`.
    """

    words: pd.Index
    first: np.ndarray
    second: np.ndarray
    joint: Any
    margin: Any
    units: np.ndarray


def together(
    source: Counts | Tokens,
    unit: str | int,
    words: int | Sequence[str],
    min_docs: int,
    *,
    split: tuple[str, str, str | None] | None = None,
) -> Together:
    """Pairs of words in at least `min_docs` articles (by weight), of both sides where `split`."""
    weight = article_weights(source.docs).to_numpy()
    if split is not None:
        weight = np.where(sides_of(source.docs, *split) >= 0, weight, 0.0)
    if isinstance(unit, bool) or not (
        unit in ("document", "sentence") or (isinstance(unit, int) and unit > 0)
    ):
        raise InputError(f"unit={unit!r} is not 'document', 'sentence' or a number of words from 1")
    if isinstance(source, Counts):
        if unit != "document":
            raise InputError(f"counts know no {unit}s; give tokens for unit={unit!r}")
        matrix = (source.matrix > 0).astype(np.float64)
        held = matrix.T @ weight
    else:
        matrix = _incidence(source, source.doc_of(), len(source.docs))
        # a list of words is taken as it is; of itself no stop word or number is chosen
        held = _counted_in(source) @ weight if isinstance(words, int | np.integer) else None
    names, columns = _chosen(source.vocabulary, words, held)
    used = np.flatnonzero(weight > 0)
    if unit == "document":
        margin, units = _only(matrix[:, columns], weight), (weight > 0).astype(np.float64)
        first, second = _pairs(margin.T.tocsr(), weight, min_docs)
        joint = _joint(margin.T.tocsr(), np.arange(len(weight)), (first, second), len(weight))
    elif unit == "sentence":
        assert isinstance(source, Tokens)
        of_token, doc_of_unit = _sentences(source)
        held = _only(
            _incidence(source, of_token, len(doc_of_unit))[:, columns], weight[doc_of_unit]
        )
        first, second = _pairs(
            margin_docs(held.T.tocsr(), doc_of_unit, len(weight)), weight, min_docs
        )
        joint = _joint(held.T.tocsr(), doc_of_unit, (first, second), len(weight))
        margin = _by_doc(held.T.tocsr(), doc_of_unit, len(weight)).T.tocsr()
        units = np.bincount(doc_of_unit, minlength=len(weight)).astype(np.float64)
    else:
        assert isinstance(source, Tokens)
        joint, margin, units, first, second = _windows(source, columns, int(unit), weight, min_docs)
        return Together(names, first, second, joint, margin, units)
    units[np.setdiff1d(np.arange(len(weight)), used)] = 0.0
    return Together(names, first, second, joint, margin.T.tocsr(), units)


def _incidence(tokens: Tokens, row: np.ndarray, n: int) -> Any:
    """Which words are in which units, 0/1 CSR."""
    from scipy.sparse import csr_array

    shape = (n, len(tokens.vocabulary))
    matrix = csr_array((np.ones(len(row)), (row, tokens.ids)), shape=shape)
    matrix.sum_duplicates()
    matrix.data[:] = 1.0
    return matrix


def _only(matrix: Any, weight: np.ndarray) -> Any:
    """Rows without weight hold nothing."""
    from scipy.sparse import csr_array, diags_array

    held = csr_array(diags_array((weight > 0).astype(np.float64)) @ matrix)
    held.eliminate_zeros()
    return held


def _counted_in(tokens: Tokens) -> Any:
    """Which words are counted words of which articles, 0/1 CSR (words, articles)."""
    from scipy.sparse import csr_array

    counted = counted_positions(tokens)
    places = (tokens.ids[counted], tokens.doc_of()[counted])
    shape = (len(tokens.vocabulary), len(tokens.docs))
    matrix = csr_array((np.ones(len(places[0])), places), shape=shape)
    matrix.sum_duplicates()
    matrix.data[:] = 1.0
    return matrix


def _chosen(
    vocabulary: pd.Index, words: int | Sequence[str], held: np.ndarray
) -> tuple[pd.Index, np.ndarray]:
    if isinstance(words, int | np.integer):
        if words < 2 or words > MOST_WORDS:
            raise InputError(f"words={words} must lie between 2 and {MOST_WORDS}")
        order = np.argsort(-held, kind="stable")[: int(words)]
        columns = np.sort(order[held[order] > 0])
    else:
        columns = vocabulary.get_indexer(list(words))
        absent = [word for word, column in zip(words, columns, strict=True) if column < 0]
        if absent:
            raise InputError(f"the word '{absent[0]}' does not occur; words are in lower case")
        columns = np.unique(columns)
    if len(columns) < 2:
        raise InputError("fewer than two different words; there is no pair to look at")
    names = vocabulary[columns]
    order = np.argsort(names.to_numpy(dtype=object), kind="stable")
    return names[order], columns[order]


def _sentences(tokens: Tokens) -> tuple[np.ndarray, np.ndarray]:
    """The sentence of each token, numbered through, and the article of each sentence."""
    docs = tokens.doc_of()
    new = np.diff(docs, prepend=-1) != 0
    new |= np.diff(tokens.sentences.astype(np.int64), prepend=-1) != 0
    return np.cumsum(new) - 1, docs[new]


def margin_docs(held: Any, doc_of_unit: np.ndarray, n: int) -> Any:
    """Whether a word is in any unit of an article, CSR (words, articles)."""
    docs = _by_doc(held, doc_of_unit, n)
    docs.data[:] = 1.0
    return docs


def _by_doc(held: Any, doc_of_unit: np.ndarray, n: int) -> Any:
    """Columns of units added up by article."""
    from scipy.sparse import csr_array

    place = csr_array(
        (np.ones(len(doc_of_unit)), (np.arange(len(doc_of_unit)), doc_of_unit)),
        shape=(len(doc_of_unit), n),
    )
    return csr_array(held @ place)


def _pairs(held: Any, weight: np.ndarray, min_docs: int) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of rows of `held` (words, articles) that share enough articles."""
    from scipy.sparse import csr_array, diags_array, triu

    shared = csr_array(triu(held @ diags_array(weight) @ held.T, k=1)).tocoo()
    enough = shared.data >= max(min_docs, ROUNDING) - ROUNDING
    first, second = shared.coords[0][enough], shared.coords[1][enough]
    _need(len(first), min_docs)
    order = np.lexsort((second, first))
    return first[order].astype(np.int64), second[order].astype(np.int64)


def _need(pairs: int, min_docs: int) -> None:
    if not pairs:
        raise InputError(
            f"no pair of these words shares min_docs={min_docs} articles; take more words or lower "
            "min_docs"
        )


def _joint(held: Any, doc_of_unit: np.ndarray, pairs: tuple[np.ndarray, np.ndarray], n: int) -> Any:
    """Units per article that hold both words of each pair, CSR (pairs, articles)."""
    from scipy.sparse import csr_array, vstack

    blocks = []
    for begin in range(0, len(pairs[0]), PAIRS_AT_A_TIME):
        part = slice(begin, begin + PAIRS_AT_A_TIME)
        both = csr_array(held[pairs[0][part]] * held[pairs[1][part]])
        blocks.append(_by_doc(both, doc_of_unit, n))
    joint = csr_array(vstack(blocks))
    joint.eliminate_zeros()
    return joint


def _windows(
    tokens: Tokens, columns: np.ndarray, reach: int, weight: np.ndarray, min_docs: int
) -> tuple[Any, Any, np.ndarray, np.ndarray, np.ndarray]:
    """Pairs of positions at most `reach` apart: each counts twice, once from either word."""
    from scipy.sparse import csr_array

    n, n_docs = len(columns), len(weight)
    place = np.full(len(tokens.vocabulary), -1)
    place[columns] = np.arange(n)
    word, doc = place[tokens.ids], tokens.doc_of()
    codes, docs, members, member_docs = [], [], [], []
    units = np.zeros(n_docs)
    for step in range(1, reach + 1):
        same = (doc[step:] == doc[:-step]) & (weight[doc[step:]] > 0)
        a, b, d = word[:-step][same], word[step:][same], doc[step:][same]
        units += 2 * np.bincount(d, minlength=n_docs)
        for side in (a, b):
            members.append(side[side >= 0])
            member_docs.append(d[side >= 0])
        both = (a >= 0) & (b >= 0) & (a != b)
        low, high = np.minimum(a, b)[both], np.maximum(a, b)[both]
        codes.append(low * n + high)
        docs.append(d[both])
    code, at = np.concatenate(codes), np.concatenate(docs)
    pairs, row = np.unique(code, return_inverse=True)
    joint = csr_array((np.ones(len(code)), (row, at)), shape=(len(pairs), n_docs))
    joint.sum_duplicates()
    enough = np.flatnonzero((joint > 0) @ weight >= max(min_docs, ROUNDING) - ROUNDING)
    _need(len(enough), min_docs)
    # of ordered pairs: a word's margin holds those in which it comes first
    held = (np.ones(sum(map(len, members))), (np.concatenate(members), np.concatenate(member_docs)))
    margin = csr_array(held, shape=(n, n_docs))
    margin.sum_duplicates()
    return joint[enough], margin, units, pairs[enough] // n, pairs[enough] % n
