"""Where labels go: line ends, events, ticks of time. Layout only, no numbers are made here."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import dates as mdates
from matplotlib.axes import Axes
from matplotlib.text import Annotation
from matplotlib.ticker import FixedFormatter, FixedLocator
from matplotlib.transforms import ScaledTranslation

from mediaframes._console import say
from mediaframes.errors import InputError
from mediaframes.plot._tables import wrap
from mediaframes.plot.style import (
    FAINT,
    INK,
    LETTER,
    MM,
    SMALL,
    TEXT,
    Look,
    figure_of,
    lay_out,
    readable,
)

# strftime would take the names of the session's locale
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def spread(wanted: Sequence[float], heights: Sequence[float], top: float) -> list[float]:
    """Centers of labels that do not overlap within 0 to `top`, as near as can be to those wanted.

    Least squares: with the room below each label taken off, the condition is that positions never
    fall, which is an isotonic regression (pool adjacent violators); clipping keeps it optimal.

    Examples
    --------
    >>> spread([5.0, 5.0, 30.0], [10, 10, 10], 100)
    [5.0, 15.0, 30.0]
    """
    order = np.argsort(np.asarray(wanted), kind="stable")
    tall = np.asarray(heights, dtype=float)[order]
    below = np.cumsum(tall) - tall / 2
    pools: list[list[float]] = []  # [sum, size]
    for rank, place in enumerate(order):
        pools.append([wanted[place] - below[rank], 1.0])
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] > pools[-1][0] / pools[-1][1]:
            total, size = pools.pop()
            pools[-1][0] += total
            pools[-1][1] += size
    flat = np.concatenate([np.full(int(size), total / size) for total, size in pools])
    flat = np.clip(flat, 0.0, max(top - tall.sum(), 0.0))
    placed = np.empty(len(flat))
    placed[order] = flat + below
    return [float(value) for value in placed]


def label_ends(
    ax: Axes, ends: Mapping[str, tuple[float, float]], found: Mapping[str, Look]
) -> list[Annotation]:
    """Name the lines at their right ends, without overlaps, joined by a hairline."""
    figure = figure_of(ax)
    names = sorted(ends)
    # labels take at most about a third of the figure
    room = max(14, int(figure.get_figwidth() / MM * 0.3 / LETTER))
    texts = [wrap(name, room) for name in names]
    shift = ax.transAxes + ScaledTranslation(12 / 72, 0, figure.dpi_scale_trans)
    labels = [
        ax.annotate(
            text,
            xy=ends[name],
            xytext=(1.0, 0.5),
            textcoords=shift,
            va="center",
            ha="left",
            color=readable(found[name].color),
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "lw": 0.5,
                "color": readable(found[name].color),
                "shrinkA": 0,
                "shrinkB": 3,
                "relpos": (0.0, 0.5),
            },
        )
        for name, text in zip(names, texts, strict=True)
    ]
    for label in labels:
        label.set_label("_end-label")
    lay_out(figure)
    tall = ax.get_window_extent().height * 72 / figure.dpi
    wanted = [float(ax.transData.transform(ends[n])[1] - ax.get_window_extent().y0) for n in names]
    places = spread(
        [value * 72 / figure.dpi for value in wanted],
        [TEXT * (0.1 + 1.2 * (text.count("\n") + 1)) for text in texts],
        tall,
    )
    for label, place in zip(labels, places, strict=True):
        label.set_position((1.0, place / tall))
    return labels


# Where a label may stand about its mark: the side it leans to, right and left first.
SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
GAPS = (1.5, 7.0, 14.0)  # between mark and label, points; from the second on a hairline joins them


def beside(
    marks: np.ndarray, sizes: np.ndarray, room: tuple[float, float], taken: np.ndarray | None = None
) -> np.ndarray:
    """Centers of labels beside round marks, without overlaps; missing where there is no space.

    Parameters
    ----------
    marks : array of shape (n, 3)
        Center and radius of each mark; they are labeled in this order.
    sizes : array of shape (n, 2)
        Width and height of each label; a label without width is not placed.
    room : tuple
        Width and height of the space, from 0.
    taken : array of shape (m, 4), optional
        Boxes (left, bottom, right, top) that must stay free.

    Returns
    -------
    array of shape (n, 2)

    Examples
    --------
    >>> beside(np.array([[10.0, 10, 2], [10, 30, 2]]), np.array([[20.0, 6], [20, 6]]), (50, 50))
    array([[23.5, 10. ],
           [23.5, 30. ]])
    >>> bool(np.isnan(beside(np.array([[10.0, 10, 2]]), np.array([[99.0, 6]]), (50, 50))).all())
    True
    """
    centers = np.full((len(marks), 2), np.nan)
    boxes = [] if taken is None else [tuple(box) for box in taken]
    tries = [(gap, side) for gap in GAPS for side in SIDES]
    for row, (x, y, radius) in enumerate(marks):
        half = sizes[row] / 2
        for gap, side in tries if half[0] > 0 else ():
            lean = np.array(side, float)
            out = lean / np.hypot(*lean) * (radius + gap)
            center = np.array([x, y]) + out + lean * half
            box = (*(center - half), *(center + half))
            inside = min(box) >= 0 and box[2] <= room[0] and box[3] <= room[1]
            away = _away(box, marks)
            # a label near to another mark could name that one; a hairline tells whose it is
            nearest = np.delete(away, row).min(initial=np.inf)
            own = gap > GAPS[0] or GAPS[1] <= nearest
            if inside and own and (away >= 0).all() and not _hits(box, boxes):
                centers[row] = center
                boxes.append(box)
                break
    return centers


def _hits(box: tuple[float, ...], boxes: list[tuple[float, ...]]) -> bool:
    if not boxes:
        return False
    left, bottom, right, top = np.array(boxes).T
    apart = (left >= box[2]) | (right <= box[0]) | (bottom >= box[3]) | (top <= box[1])
    return bool((~apart).any())


def _away(box: tuple[float, ...], marks: np.ndarray) -> np.ndarray:
    """How far the box is from the edge of each round mark; below 0 where it lies over it."""
    nearest_x = np.clip(marks[:, 0], box[0], box[2])
    nearest_y = np.clip(marks[:, 1], box[1], box[3])
    return np.asarray(np.hypot(marks[:, 0] - nearest_x, marks[:, 1] - nearest_y) - marks[:, 2])


def time_axis(ax: Axes, days: pd.Series) -> None:
    """Ticks at months or years, in English whatever the locale, the year below."""
    first, last = days.min(), days.max()
    figure = figure_of(ax)
    # millimeters that line labels leave, about
    room = ax.get_position().width * figure.get_figwidth() / MM * 0.8
    span = (last - first).days
    if span <= 75:
        ticks = list(days.drop_duplicates().sort_values())
        ticks = ticks[:: -(-len(ticks) // max(2, int(room // 11)))]
        texts = [f"{day.day} {MONTHS[day.month - 1]}" for day in ticks]
    elif span <= 5 * 366:
        step = next(s for s in (1, 2, 3, 6) if span / 30.4 / s <= room / 8 or s == 6)
        ticks = [
            day
            for day in pd.date_range(first.to_period("M").start_time, last, freq="MS")
            if (day.month - 1) % step == 0 and day >= first
        ]
        texts = [MONTHS[day.month - 1] for day in ticks]
    else:
        years_each = span / 365 / max(2, room / 8)
        step = next((s for s in (1, 2, 5, 10, 20) if s >= years_each), 50)
        years = range(first.year + (first.day_of_year > 1), last.year + 1)
        ticks = [pd.Timestamp(year, 1, 1) for year in years if year % step == 0]
        texts = [str(day.year) for day in ticks]
    if span <= 5 * 366:
        texts = [
            f"{text}\n{day.year}" if not i or ticks[i - 1].year != day.year else text
            for i, (day, text) in enumerate(zip(ticks, texts, strict=True))
        ]
    ax.xaxis.set_major_locator(FixedLocator([day_number(day) for day in ticks]))
    ax.xaxis.set_major_formatter(FixedFormatter(texts))


def day_number(day: Any) -> float:
    """A day as matplotlib counts days."""
    number = mdates.date2num(pd.Timestamp(day).to_pydatetime())  # type: ignore[no-untyped-call]
    return float(number)


def event_days(events: Any) -> list[tuple[pd.Timestamp, str]]:
    """Events as (day, label), sorted; from ``{date: label}``, ``{label: date}`` or dates.

    Examples
    --------
    >>> event_days({"Vote": "2024-05-02"})
    [(Timestamp('2024-05-02 00:00:00'), 'Vote')]
    """
    if isinstance(events, str | dt.date):
        events = [events]
    pairs = list(events.items()) if isinstance(events, Mapping) else [(day, "") for day in events]
    found = []
    for left, right in pairs:
        day, label = (left, right) if _is_day(left) else (right, left)
        if not _is_day(day):
            raise InputError(f"the event '{label}' has no date ('{day}'); write it as 2024-05-02")
        found.append((pd.Timestamp(day).normalize(), str(label)))
    return sorted(found)


def _is_day(value: Any) -> bool:
    if isinstance(value, dt.date):
        return True
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return False
    try:
        pd.Timestamp(value)
    except ValueError:
        return False
    return True


def event_list(events: Any) -> str:
    """Events in one line of text, for figures whose panels have no room to name them."""
    named = [f"{day:%Y-%m-%d} {text}".strip() for day, text in event_days(events)]
    return "Dotted lines: " + "; ".join(named)


def draw_events(ax: Axes, events: Any, *, label: bool = True) -> int:
    """Vertical lines with labels above the axes; returns how many rows of labels there are."""
    figure = figure_of(ax)
    left, right = ax.get_xlim()
    shown = [(day, text) for day, text in event_days(events) if left <= day_number(day) <= right]
    outside = [text or str(day.date()) for day, text in event_days(events)]
    outside = [text for text in outside if text not in {t or str(d.date()) for d, t in shown}]
    if outside:
        say(f"plot: outside the period shown, so not drawn: {', '.join(outside)}")
    for day, _ in shown:
        ax.axvline(
            day_number(day), color=FAINT, linewidth=0.6, linestyle=(0, (2, 1.5)), zorder=2.05
        )
    if not label or not any(text for _, text in shown):
        return 0
    wide = ax.get_window_extent().width * 72 / figure.dpi
    row_ends: list[float] = []
    for day, text in shown:
        if not text:
            continue
        place = (day_number(day) - left) / (right - left) * wide
        length = len(text) * LETTER * MM * 72 * SMALL / TEXT
        flush = place + length > wide and place > length
        start = place - length if flush else place
        row = next((r for r, end in enumerate(row_ends) if start > end + 6), len(row_ends))
        row_ends[row : row + 1] = [place if flush else place + length]
        note = ax.annotate(
            text,
            xy=(day_number(day), 1.0),
            xycoords=ax.get_xaxis_transform(),
            xytext=(-2 if flush else 2, 2 + row * 9),
            textcoords="offset points",
            ha="right" if flush else "left",
            va="bottom",
            fontsize=SMALL,
            color=INK,
            annotation_clip=False,
        )
        note.set_label("_event")
    return len(row_ends)
