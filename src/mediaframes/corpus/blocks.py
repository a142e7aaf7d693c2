"""Texts in blocks: Python's objects for a whole corpus would need several times its memory."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

import pandas as pd

BLOCK = 2000  # articles; larger ones save no time


def blocks(count: int) -> Iterator[slice]:
    """Slices of so many rows.

    Examples
    --------
    >>> list(blocks(2500))
    [slice(0, 2000, None), slice(2000, 2500, None)]
    """
    for start in range(0, count, BLOCK):
        yield slice(start, min(start + BLOCK, count))


def text_blocks(texts: pd.Series) -> Iterator[Sequence[str]]:
    """The texts as they are, block by block: four times faster than one by one.

    Examples
    --------
    >>> [list(block) for block in text_blocks(pd.Series(["one", "two"]))]
    [['one', 'two']]
    """
    for rows in blocks(len(texts)):
        yield texts.iloc[rows].to_numpy(object)


def each_text(texts: pd.Series) -> Iterator[str]:
    """The texts one by one.

    Examples
    --------
    >>> list(each_text(pd.Series(["one", "two"])))
    ['one', 'two']
    """
    return chain.from_iterable(text_blocks(texts))


def with_texts(texts: pd.Series, changed: Mapping[str, str]) -> pd.Series:
    """The texts, those in `changed` (by id) exchanged; blocks without one are not copied.

    Examples
    --------
    >>> with_texts(pd.Series({"a": "one", "b": "two"}), {"b": "three"}).tolist()
    ['one', 'three']
    """
    if not changed:
        return texts
    pieces = []
    for rows in blocks(len(texts)):
        piece = texts.iloc[rows]
        if any(name in changed for name in piece.index):
            new = [changed.get(name, text) for name, text in piece.items()]
            piece = pd.Series(new, piece.index, dtype="str")
        pieces.append(piece)
    return pd.concat(pieces)
