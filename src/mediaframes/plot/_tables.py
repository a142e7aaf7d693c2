"""Checks on the tables that plots take, and small helpers about their labels."""

import textwrap
from collections.abc import Sequence

import numpy as np
import pandas as pd

from mediaframes.errors import InputError

# What `prevalence` writes beside the column it was grouped by.
PREVALENCE = ("frame", "value", "low", "high", "n", "unit", "interval")
NOT_GROUPS = {*PREVALENCE, "period", "weights", "weighting", "method", "note"}

UNITS = {
    "share": "Share of frame hits (%)",
    "presence": "Articles with the frame (%)",
    "per_1000": "Hits per 1,000 words",
    "count": "Hits per article",
    "topic share": "Topic share (%)",
}
PERCENT = {"share", "presence", "topic share"}


def check(table: pd.DataFrame, needed: Sequence[str], *, plot: str, verb: str) -> pd.DataFrame:
    """A copy of `table` with a plain index, or an error that says which verb makes it.

    Raises
    ------
    InputError
        Where it is no table, is empty, lacks a column, or the first needed number is all missing.
    """
    if not isinstance(table, pd.DataFrame):
        raise InputError(
            f"plot.{plot} draws a table, not a {type(table).__name__}; {verb} makes it"
        )
    absent = [name for name in needed if name not in table.columns]
    if absent:
        raise InputError(
            f"plot.{plot} needs the column '{absent[0]}', which this table lacks "
            f"(it has: {', '.join(map(str, table.columns)) or 'none'}); {verb} makes such a table"
        )
    if table.empty:
        raise InputError(
            f"plot.{plot}: the table has no rows; {verb} makes such a table, or the filter "
            "before this call let nothing through"
        )
    return table.reset_index(drop=True).copy()


def check_numbers(table: pd.DataFrame, column: str, *, plot: str, verb: str) -> None:
    """Raise where `column` holds no finite number at all, or is no number."""
    try:
        numbers = table[column].astype(float)
    except (ValueError, TypeError) as error:
        raise InputError(
            f"plot.{plot}: '{column}' holds something that is no number ({error}); "
            f"{verb} makes such a table"
        ) from error
    if not np.isfinite(numbers).any():
        raise InputError(
            f"plot.{plot}: every '{column}' is missing, nothing can be drawn; look at the table "
            f"and at what went into {verb}"
        )


def group_column(table: pd.DataFrame) -> str | None:
    """The column that `prevalence` was grouped by, e.g. outlet; None where there is none."""
    groups = [
        str(name)
        for name in table.columns
        if name not in NOT_GROUPS and not pd.api.types.is_numeric_dtype(table[name])
    ]
    if "outlet" in groups:
        return "outlet"
    several = [name for name in groups if len(names_of(table, name)) > 1]
    if len(several) > 1:
        raise InputError(
            f"the table is grouped by {' and '.join(several)}; filter one of them first, e.g. "
            f"table[table['{several[0]}'] == ...]"
        )
    return next(iter(several or groups), None)


def names_of(table: pd.DataFrame, column: str) -> list[str]:
    """The distinct values of a column as text, in a fixed order."""
    return sorted({str(value) for value in table[column].dropna()})


def one(table: pd.DataFrame, column: str, *, plot: str) -> str:
    """The single value of a column such as unit."""
    values = names_of(table, column)
    if len(values) != 1:
        raise InputError(
            f"plot.{plot}: the table mixes {column}s ({', '.join(values) or 'none'}); "
            "they cannot share an axis: filter to one"
        )
    return values[0]


def only_frame(table: pd.DataFrame, frame: str | None) -> pd.DataFrame:
    """The rows of one frame, or all."""
    if frame is None:
        return table
    known = names_of(table, "frame")
    if frame not in known:
        raise InputError(f"no frame '{frame}' in the table; there are: {', '.join(known)}")
    return table[table["frame"].astype(str) == frame]


MOST_LINES = 4  # of a label; longer names would leave no room for the figure


def wrap(name: object, width: int = 26) -> str:
    """A long name on several lines; a word longer than a line is broken with a hyphen.

    Examples
    --------
    >>> print(wrap("Legality, constitutionality and jurisprudence", 26))
    Legality, constitutionality
    and jurisprudence
    >>> print(wrap("Haushaltskonsolidierung", 14))
    Haushaltskons-
    olidierung
    """
    words = []
    for word in str(name).split():
        while len(word) > width + 3:  # a few letters too many are better than a broken word
            words.append(word[: width - 1] + "-")
            word = word[width - 1 :]
        words.append(word)
    lines = textwrap.wrap(
        " ".join(words), width + 1, break_long_words=False, break_on_hyphens=False
    )
    if len(lines) > MOST_LINES:  # the whole name stands in the table beside the figure
        lines = [*lines[: MOST_LINES - 1], shorten(lines[MOST_LINES - 1] + " " * width, width)]
    return "\n".join(line.rstrip() for line in lines)


def shorten(word: str, letters: int) -> str:
    """A word that fits into `letters`, its end cut where it must be.

    Examples
    --------
    >>> shorten("Haushaltskonsolidierungsgesetz", 12)
    'Haushaltsko…'
    """
    return word if len(word) <= letters else word[: max(letters - 1, 1)] + "…"


def percent(value: float, _: object = None) -> str:
    """A share as a number of percent, without needless zeros."""
    return f"{round(100 * value, 6):g}".replace("-", "−")


def plain(value: float, _: object = None) -> str:
    """A number for an axis, with a true minus sign."""
    return f"{round(value, 6):g}".replace("-", "−")
