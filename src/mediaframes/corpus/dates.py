"""Dates of articles: strict formats, the day as the outlet wrote it, ambiguity decided per file.

A wrong date is worse than none, so nothing here tries until something fits. What no format matches
is missing, and `read` counts it.
"""

import re
from datetime import datetime
from typing import NamedTuple

import pandas as pd

from mediaframes.corpus.months import MONTHS, WEEKDAYS, plain_name

# Newspapers begin shortly after 1600; a later year than 2100 is a typing error. Fixed years, so
# that the answer does not depend on the day of the analysis.
FIRST_YEAR, LAST_YEAR = 1600, 2100
# Where a date comes from: a field of the file or record, running text or a page, the file's name.
SOURCES = ("metadata", "text", "file name")
# Two-digit years as in POSIX: 69-99 are 19xx, 00-68 are 20xx.
PIVOT = 69

_CLOCK = r"(?:[01]?\d|2[0-4])[:.][0-5]\d(?:[:.][0-5]\d(?:[.,]\d+)?)?"
_ZONE = (
    r"(?:z|utc|gmt|mes?z|ces?t|[ecmp][sd]t|[a-z]{3,4})?\s*(?:[+-]\d{2}:?\d{2})?(?:\s*\([a-z ]+\))?"
)
_TIME = (
    rf"(?:(?:t|,?\s+|\s*,\s*)(?:(?:um|at|à|a las|alle|om|kl\.?|o godz\.|в|v|saat)\s+)?{_CLOCK}"
    rf"\s*(?:uhr|h)?\s*(?:[ap]\.?m\.?)?\s*{_ZONE})?"
)
_WEEKDAY = (
    r"(?:[^\W\d_]{2,12}(?:-feira)?\.?,?\s+(?:(?:den|de|le|el|il|dnia|d\.)\s+)?|den\s+|le\s+|el\s+)?"
)
_MONTH = r"([^\W\d_]{3,13})"
# "2024 г.", "2024 r.", "2024 Perşembe", "2024, Thursday"
_YEAR = r"(\d{4})(?:\s?(?:года|г\.?|roku|r\.))?(?:,?\s+(?P<weekday>[^\W\d_]{3,12}(?:-feira)?))?"

_ISO = re.compile(rf"(?P<y>\d{{4}})([-/.])(?P<m>\d{{1,2}})\2(?P<d>\d{{1,2}}){_TIME}")
_COMPACT = re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?:t?\d{6}z?)?")
# "2012 年 10 月 4 日", in Japanese and Chinese; in Korean with 년, 월 and 일
_EASTERN = re.compile(
    rf"(?P<y>\d{{4}})\s?[年년]\s?(?P<m>\d{{1,2}})\s?[月월]\s?(?P<d>\d{{1,2}})\s?[日일]{_TIME}"
)
_NUMBERS = re.compile(rf"{_WEEKDAY}(\d{{1,2}})([./-])(\d{{1,2}})\2(\d{{4}}|\d{{2}}){_TIME}")
_DAY_MONTH = re.compile(
    rf"{_WEEKDAY}(\d{{1,2}})(?:st|nd|rd|th|er|º|°|:e|\.)?[\s-]*(?:of\s+|de\s+)?{_MONTH}\.?,?"
    rf"[\s-]+(?:del?\s+)?{_YEAR}{_TIME}"
)
_MONTH_DAY = re.compile(rf"{_WEEKDAY}{_MONTH}\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+{_YEAR}{_TIME}")
_YEAR_FIRST = re.compile(rf"(\d{{4}})[\s-]{_MONTH}\.?[\s-](\d{{1,2}}){_TIME}")  # "2024-Oct-24"
# "Thu Oct 24 10:00:00 +0000 2024", as Unix and Twitter write it
_UNIX = re.compile(rf"[a-z]{{3}}\s+{_MONTH}\s+(\d{{1,2}})\s+{_CLOCK}\s+{_ZONE}\s*(\d{{4}})")


class Dates(NamedTuple):
    """Days, how each was found, and the order of day and month that the column showed.

    Attributes
    ----------
    date : Series of datetime64[us]
        Days at midnight, NaT where missing or unreadable.
    source : Series of str
        Where the date was found (see `SOURCES`), or ``"guessed"`` where the order of day and month
        or the century is assumed; NA without a date.
    order : str
        ``"day first"``, ``"month first"``, or ``""`` where the column did not need one.
    impossible : Series of bool
        What is written as a date and names no day, as 31 February, or one outside of 1600 to 2100.
    """

    date: pd.Series
    source: pd.Series
    order: str
    impossible: pd.Series


class _Parts(NamedTuple):
    """A date as read: sure (year, month, day), or two numbers whose order is open."""

    year: int
    first: int
    second: int
    open: bool
    guessed: bool


def _split(text: str) -> _Parts | None:
    """Take one date apart; None where no format fits."""
    text = " ".join(text.lower().replace("\u0307", "").split())  # of the Turkish capital i
    if match := _ISO.fullmatch(text) or _COMPACT.fullmatch(text) or _EASTERN.fullmatch(text):
        return _Parts(int(match["y"]), int(match["m"]), int(match["d"]), False, False)
    if match := _NUMBERS.fullmatch(text):
        short = len(match[4]) == 2
        year = int(match[4]) + ((1900 if int(match[4]) >= PIVOT else 2000) if short else 0)
        first, second = int(match[1]), int(match[3])
        if match[2] == ".":  # with dots, the day comes first wherever dots are used
            return _Parts(year, second, first, False, short)
        return _Parts(year, first, second, True, short)
    if match := _DAY_MONTH.fullmatch(text):
        return _named(match[3], match[2], match[1], match["weekday"])
    if match := _MONTH_DAY.fullmatch(text):
        return _named(match[3], match[1], match[2], match["weekday"])
    if match := _UNIX.fullmatch(text):
        return _named(match[3], match[1], match[2])
    if match := _YEAR_FIRST.fullmatch(text):
        return _named(match[1], match[2], match[3])
    return None


def _named(year: str, month: str, day: str, weekday: str | None = None) -> _Parts | None:
    number = MONTHS.get(plain_name(month))
    if weekday is not None and plain_name(weekday) not in WEEKDAYS:
        return None
    return None if number is None else _Parts(int(year), number, int(day), False, False)


def _day(year: int, month: int, day: int) -> datetime | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return datetime(year, month, day)
    except ValueError:
        return None


def parse_dates(
    raw: pd.Series, *, day_first: bool | None = None, found_in: "str | pd.Series" = "metadata"
) -> Dates:
    """Read a column of dates as they stand in a file.

    Time of day and zone are cut off: the day is the one the outlet printed. Understood are ISO
    dates (also ``2021-3-5``, ``2021/03/05``, ``20210305``), ``05.03.2021``, ``5/3/2021``,
    ``5-3-21``, ``2024-Oct-24``, month names in English, German, French, Spanish, Italian, Dutch,
    Portuguese, Polish, Russian, Danish, Swedish, Norwegian, Czech and Turkish (`months`), and
    Japanese, Chinese and Korean dates with 年, 月, 日. In ``5/3/2021`` the order of day and month
    is taken from the other dates of the column; where none shows it, the day is assumed first and
    the date is marked as guessed.

    Parameters
    ----------
    raw : Series of str
        The dates as written; NA is missing.
    day_first : bool, optional
        The order of day and month in ``5/3/2021``, where you know it.
    found_in : str or Series of str
        Where the dates come from, one of `SOURCES`.

    Returns
    -------
    Dates
        Series with the index of `raw`.

    Examples
    --------
    >>> found = parse_dates(pd.Series(["2021-03-5", "24. Oktober 2024", "5/13/2020", "soon"]))
    >>> found.date.dt.strftime("%Y-%m-%d").tolist()
    ['2021-03-05', '2024-10-24', '2020-05-13', nan]
    >>> found.order
    'month first'
    """
    values = raw.dropna().astype("str")
    parts = {text: _split(text) for text in sorted(values.unique())}
    order, sure = _order(list(parts.values()), day_first)
    days: dict[str, datetime | None] = {}
    guesses: dict[str, bool] = {}
    for text, part in parts.items():
        days[text], guessed = _resolve(part, order == "month first", sure)
        guesses[text] = guessed
    keys = raw.astype("object").where(raw.notna(), None)
    date = pd.Series([days.get(key) for key in keys], raw.index, dtype="datetime64[us]")
    source = pd.Series(found_in, raw.index, dtype="str").where(date.notna(), None)
    sure_of = pd.Series([not guesses.get(key, False) for key in keys], raw.index, dtype="bool")
    source = source.where(sure_of | date.isna(), "guessed")
    written = pd.Series([parts.get(key) is not None for key in keys], raw.index, dtype="bool")
    return Dates(date, source, order, written & date.isna())


def one_date(text: str) -> datetime | None:
    """One date that stands alone, the day first where its order is open; None for anything else.

    Examples
    --------
    >>> one_date("10 april 2014").isoformat(), one_date("933 words")
    ('2014-04-10T00:00:00', None)
    """
    return _resolve(_split(text), False, False)[0]


def _order(parts: list[_Parts | None], day_first: bool | None) -> tuple[str, bool]:
    """The order of day and month in a column, and whether the column (or the user) shows it."""
    unclear = [part for part in parts if part is not None and part.open]
    if not unclear:
        return "", True
    if day_first is not None:
        return ("day first" if day_first else "month first"), True
    for_day = sum(part.first > 12 >= part.second for part in unclear)
    for_month = sum(part.second > 12 >= part.first for part in unclear)
    # evidence for both orders is evidence for none: the larger side is taken, but as a guess
    sure = (for_day == 0) != (for_month == 0)
    return ("month first" if for_month > for_day else "day first"), sure


def _resolve(part: _Parts | None, month_first: bool, sure: bool) -> tuple[datetime | None, bool]:
    if part is None:
        return None, False
    if not part.open:
        return _day(part.year, part.first, part.second), part.guessed
    if part.first > 12 or part.second > 12:  # only one order is possible
        month, day = min(part.first, part.second), max(part.first, part.second)
        return _day(part.year, month, day), part.guessed
    month, day = (part.first, part.second) if month_first else (part.second, part.first)
    return _day(part.year, month, day), part.guessed or (not sure and month != day)
