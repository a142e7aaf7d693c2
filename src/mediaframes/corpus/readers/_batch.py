"""The seam between `read` and the formats: what a reader is and what it gives back."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import IO, Any, ClassVar, NamedTuple, Protocol

import numpy as np
import pandas as pd

_OBJECT = np.dtype(object)  # its name would be looked up for each table


@dataclass(frozen=True)
class Options:
    """What the user says about all files.

    Attributes
    ----------
    encoding : str or None
        Encoding of text files; None finds it.
    pattern : str or None
        How file names of text files are built, e.g. ``"{outlet}_{date}_{id}.txt"``.
    """

    encoding: str | None = None
    pattern: str | None = None


class Rejected(NamedTuple):
    """A row that is no article: where, why, how it begins."""

    row: int
    reason: str
    start: str


@dataclass(frozen=True)
class Batch:
    """What one file held.

    Attributes
    ----------
    rows : DataFrame
        One row per article, columns as in the file, cells as `cell` makes them. The index counts
        as a person does: the line where the article begins, or its number in a binary file.
    format : str
        The format in words, shown to the user.
    encoding : str
        The encoding in words, ``""`` for a binary format.
    rejected : list of Rejected
        Rows that could not be read.
    roles : dict
        Roles of columns that the format itself defines; others are guessed from names.
    notes : tuple of str
        What the user should know.
    announced : int or None
        How many articles the file says it holds; None counts what was found.
    lines : DataFrame or None
        Lines that the reader told apart, for `Corpus.parts`: ``row`` (as in the index of `rows`,
        which must then be unique), ``line`` (number in the article or page), ``part`` (``"text"``
        or ``"furniture"``), ``text`` and ``reason``.
    stubs : DataFrame or None
        Records that name an article and do not hold its text, for `read_stubs`; indexed as `rows`,
        and each of them in `rejected` as well. `roles` holds for them too.
    date_source : str or Series of str
        Where the dates come from, for `docs.date_source`: ``"metadata"`` (a field of the file or
        record), ``"text"`` (running text or the visible page) or ``"file name"``; a Series has one
        for each of `rows`.
    cut : bool
        Whether the file breaks off in the middle of an article.
    """

    rows: pd.DataFrame
    format: str
    encoding: str = ""
    rejected: list[Rejected] = field(default_factory=list)
    roles: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    announced: int | None = None
    lines: pd.DataFrame | None = None
    stubs: pd.DataFrame | None = None
    date_source: "str | pd.Series" = "metadata"
    cut: bool = False

    @property
    def total(self) -> int:
        """Articles announced, or else found."""
        found = len(self.rows) + len(self.rejected)
        return found if self.announced is None else self.announced


class Reader(Protocol):
    """One format. Add one: a class with these, entered in ``readers/__init__.py``.

    A reader whose class says ``slow = True`` (some milliseconds for each file) is run in several
    processes where there are many files; it must be importable and keep nothing between files.
    One that says ``streams = True`` has a method ``read_stream`` too, which is given the open file
    instead of its bytes, so that the file may be larger than the memory.
    """

    name: str
    slow: ClassVar[bool] = False
    streams: ClassVar[bool] = False

    def sniff(self, head: bytes, file: str) -> bool:
        """Whether a file is of this format, from its first bytes (already unzipped) and name."""
        ...

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """The articles in a file's bytes (already unzipped); InputError where it is damaged."""
        ...

    def read_stream(self, stream: IO[bytes], file: str, options: Options) -> Batch:
        """As `read`, of an open file, packed or not; only called where `streams` is True."""
        return self.read(stream.read(), file, options)


def cell(value: Any) -> str | int | float | bool | None:
    """One cell as str, number, bool or None; dates as ISO, nested values as JSON.

    Examples
    --------
    >>> cell(datetime(2024, 10, 24)), cell(["A. Smith", "B. Jones"]), cell(float("nan"))
    ('2024-10-24', 'A. Smith; B. Jones', None)
    """
    if value is None or value is pd.NaT:
        return None
    if isinstance(value, float):
        return None if math.isnan(value) else value
    if isinstance(value, str | bool | int):
        return value
    if isinstance(value, datetime):
        midnight = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
        return value.date().isoformat() if midnight else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return "; ".join(value)
    if isinstance(value, Mapping | list | tuple):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return str(value)


def table(rows: list[dict[str, Any]], numbers: list[int]) -> pd.DataFrame:
    """Records as a table of objects; columns in the order of their first appearance."""
    names = tuple(dict.fromkeys(name for row in rows for name in row))
    cells = np.empty((len(names), len(rows)), dtype=object)
    for place, name in enumerate(names):
        cells[place] = [cell(row.get(name)) for row in rows]
    index = pd.Index(np.array(numbers, dtype="int64"))
    # one block of cells and a shared header: a folder of texts makes a table for each file
    return pd.DataFrame(cells.T, index=index, columns=_header(names), dtype=_OBJECT)


@lru_cache(maxsize=64)
def _header(names: tuple[str, ...]) -> pd.Index:
    return pd.Index(list(names))
