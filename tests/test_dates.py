"""Dates: every format of the list, nothing else, and the order of day and month from evidence."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaframes.corpus.dates import FIRST_YEAR, LAST_YEAR, parse_dates

days = st.dates(dt.date(FIRST_YEAR, 1, 1), dt.date(LAST_YEAR, 12, 31))
GERMAN = ["Januar", "Februar", "März", "April", "Mai", "Juni"]
GERMAN += ["Juli", "August", "September", "Oktober", "November", "Dezember"]


def one(text: str) -> str | None:
    """A single date, read."""
    day = parse_dates(pd.Series([text], dtype="str")).date.iloc[0]
    return None if pd.isna(day) else f"{day:%Y-%m-%d}"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2020-11-13T15:47:14+01:00", "2020-11-13"),
        ("2020-11-13T00:30:00+01:00", "2020-11-13"),  # the outlet's day, not UTC's
        ("2020-11-13T23:30:00Z", "2020-11-13"),
        ("2020-07-20 18:44:37", "2020-07-20"),
        ("2020-07-20T18:44:37.123456", "2020-07-20"),
        ("2021-03-5", "2021-03-05"),
        ("2021/03/05", "2021-03-05"),
        ("20210305", "2021-03-05"),
        ("20241024T101500Z", "2024-10-24"),
        ("20241024101500", "2024-10-24"),
        ("03.02.2023", "2023-02-03"),
        ("3.2.2023, 14:05 Uhr", "2023-02-03"),
        ("24/10/2024", "2024-10-24"),
        ("10/24/2024", "2024-10-24"),
        ("24.10.24", "2024-10-24"),
        ("24.10.98", "1998-10-24"),
        ("5 March 2021", "2021-03-05"),
        ("March 5, 2021", "2021-03-05"),
        ("5th of March 2021", "2021-03-05"),
        ("Mar. 5, 2021 10:15 AM EST", "2021-03-05"),
        ("10 april 2014", "2014-04-10"),
        ("Donnerstag, 24. Oktober 2024", "2024-10-24"),
        ("Donnerstag, den 24. Oktober 2024 um 10:15 Uhr", "2024-10-24"),
        ("5. Mär 2021", "2021-03-05"),
        ("1er août 2020", "2020-08-01"),
        ("5 de marzo de 2021", "2021-03-05"),
        ("Thu, 24 Oct 2024 10:00:00 +0200", "2024-10-24"),
        ("Thu Oct 24 10:00:00 +0000 2024", "2024-10-24"),
        ("05-Mar-2021", "2021-03-05"),
        ("2021-Mar-05", "2021-03-05"),
        ("giovedì 24 ottobre 2024", "2024-10-24"),
        ("24 febbr. 2020", "2020-02-24"),
        ("donderdag 5 mrt. 2020", "2020-03-05"),
        ("quinta-feira, 24 de outubro de 2024", "2024-10-24"),
        ("5 de set de 2020", "2020-09-05"),
        ("24 października 2024 r.", "2024-10-24"),
        ("poniedziałek, 5 paź 2020", "2020-10-05"),
        ("24 октября 2024 года, 10:15", "2024-10-24"),
        ("5 мая 2020 г.", "2020-05-05"),
        ("Воскресенье, 1 июня 2025", "2025-06-01"),
        ("torsdag den 24. oktober 2024 kl. 10.15", "2024-10-24"),
        ("5 augusti 2020", "2020-08-05"),
        ("24. desember 2020", "2020-12-24"),
        ("24. října 2024", "2024-10-24"),
        ("1. květen 2020", "2020-05-01"),
        ("24 Ekim 2024 Perşembe", "2024-10-24"),
        ("24 EKİM 2024", "2024-10-24"),
        ("5 KASIM 2024", "2024-11-05"),
        ("5 Agustos 2024", "2024-08-05"),
        ("October 24, 2024 Thursday", "2024-10-24"),
    ],
)
def test_formats(text: str, day: str):
    assert one(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "", "soon", "2021", "2021-03", "März 2021", "2021-13-01", "2021-02-30", "31.11.2020",
        "32/13/2020", "1599-12-31", "2101-01-01", "0000-00-00", "5 Foo 2021", "2021-03-05 25:00",
        "12345", "1234567", "53", "2021-03/05", "05.03.2021 and later", "1603981234", "24.10.024",
        "April 20, 1400 GMT", "April 20, 2015 GMT", "Correction Appended", "5 March 2021 edition",
    ],
)  # fmt: skip
def test_nothing_else_is_a_date(text: str):
    assert one(text) is None


@given(st.lists(days, min_size=1, max_size=8))
def test_unambiguous_formats_come_back(dates: list[dt.date]):
    for form in ("{0:%Y}-{0.month}-{0.day}", "{0.day}.{0.month}.{0:%Y}", "{0:%Y%m%d}"):
        texts = pd.Series([form.format(day) for day in dates], dtype="str")
        found = parse_dates(texts)
        assert [day.date() for day in found.date] == dates
        assert set(found.source) == {"metadata"}
    named = [f"{day.day}. {GERMAN[day.month - 1]} {day:%Y}" for day in dates]
    assert [day.date() for day in parse_dates(pd.Series(named)).date] == dates


@given(st.lists(days, min_size=1, max_size=8), st.booleans(), st.randoms())
def test_order_of_day_and_month(dates: list[dt.date], day_first: bool, random):
    form = "%d/%m/%Y" if day_first else "%m/%d/%Y"
    texts = [day.strftime(form).zfill(10) for day in dates]
    told = parse_dates(pd.Series(texts), day_first=day_first)
    assert [day.date() for day in told.date] == dates
    found = parse_dates(pd.Series(texts))
    if any(day.day > 12 for day in dates):
        assert [day.date() for day in found.date] == dates
        assert found.order == ("day first" if day_first else "month first")
        assert set(found.source) == {"metadata"}
    else:
        unclear = [day.day != day.month for day in dates]
        assert (found.source == "guessed").tolist() == unclear
    random.shuffle(texts)
    again = parse_dates(pd.Series(texts))
    assert sorted(again.date) == sorted(found.date)


@given(st.text(max_size=30))
def test_any_text_is_survived(text: str):
    one(text)


def test_evidence_for_both_orders_is_a_guess():
    found = parse_dates(pd.Series(["24/10/2024", "25/10/2024", "10/26/2024", "3/4/2024"]))
    assert found.date.dt.strftime("%m-%d").tolist() == ["10-24", "10-25", "10-26", "04-03"]
    assert found.source.tolist() == ["metadata", "metadata", "metadata", "guessed"]


def test_missing_stays_missing():
    found = parse_dates(pd.Series([None, "2024-10-24"], index=["b", "a"], dtype="str"))
    assert found.date.index.tolist() == ["b", "a"]
    assert found.date.isna().tolist() == [True, False]


def test_every_month_of_every_language_is_one_month():
    from mediaframes.corpus.months import _NAMES, MONTHS

    known = ",".join(_NAMES)
    assert known == "de,en,fr,es,it,nl,pt,pl,ru,da,sv,no,cs,tr"
    for names in _NAMES.values():
        months = names.split("|")
        assert len(months) == 12
        for number, spellings in enumerate(months, start=1):
            for name in spellings.split():
                for shown in (name, name.upper(), name.capitalize(), name + "."):
                    assert one(f"5 {shown} 2020") == f"2020-{number:02d}-05", shown
    assert set(MONTHS.values()) == set(range(1, 13))


def test_days_that_do_not_exist_are_told_from_what_is_no_date():
    found = parse_dates(pd.Series(["31.02.2020", "2101-01-01", "soon", "29 February 2020"]))
    assert found.impossible.tolist() == [True, True, False, False]
    assert found.date.notna().tolist() == [False, False, False, True]


def test_where_a_date_was_found_is_kept_and_a_guess_wins():
    raw = pd.Series(["2020-01-05", "3/4/2020", "soon"])
    found = parse_dates(raw, found_in=pd.Series(["text", "file name", "text"]))
    assert found.source.tolist()[:2] == ["text", "guessed"]
    assert pd.isna(found.source.iloc[2])
