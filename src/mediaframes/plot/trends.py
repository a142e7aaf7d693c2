"""Frames over time: lines with their intervals."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.ticker import FuncFormatter, MaxNLocator

from mediaframes._console import say
from mediaframes.errors import InputError
from mediaframes.plot import _labels
from mediaframes.plot._tables import (
    PERCENT,
    PREVALENCE,
    UNITS,
    check,
    check_numbers,
    group_column,
    names_of,
    one,
    only_frame,
    percent,
    plain,
)
from mediaframes.plot.style import (
    FAINT,
    GUIDE,
    MM,
    PALETTE,
    SMALL,
    Look,
    Page,
    axes,
    figure_of,
    lay_out,
    looks,
    styled,
    tint,
)

VERB = "mf.prevalence(scores, by='outlet', every='week', seed=...)"
# More bands than two cover each other: from three lines on each point carries its own bar.
MOST_BANDS = 2


@styled
def prevalence(
    table: pd.DataFrame,
    *,
    frame: str | None = None,
    highlight: str | Iterable[str] | None = None,
    events: Any = None,
    colors: Mapping[str, str] | None = None,
    counts: bool = True,
    width: str | float = "double",
    ax: Axes | None = None,
) -> Axes:
    """Prevalence over time: a line for each outlet, or for each frame of one outlet.

    Intervals are bands (one or two lines) or bars (more lines, side by side). A hollow point has
    too few articles for an interval; a line breaks where a period has no value. The strip below
    shows the number of articles.

    Parameters
    ----------
    table : DataFrame
        From ``mf.prevalence(..., every=...)``: frame, (outlet), period, value, low, high, n,
        unit, interval.
    frame : str, optional
        The frame to draw, where the table holds several.
    highlight : str or iterable of str, optional
        Lines to draw in color, with intervals and names; the others stay gray, for context.
    events : mapping or iterable, optional
        ``{"Vote": "2024-10-03"}``, ``{date: label}`` or dates: vertical lines.
    colors : mapping, optional
        Line name to hex color, e.g. ``scores.colors``.
    counts : bool
        Draw the strip of article numbers.
    width : str or float
        "single", "onehalf", "double" or millimeters.
    ax : Axes, optional
        Axes to draw on.

    Raises
    ------
    InputError
        Where the table cannot be drawn as lines: no period, several frames and several outlets,
        mixed units, two rows for one point.

    Examples
    --------
    >>> days = pd.date_range("2024-05-06", periods=3, freq="7D")
    >>> table = pd.DataFrame({"frame": "Morality", "outlet": "Daily Example", "period": days,
    ...     "value": [0.1, 0.2, 0.3], "low": [0.05, 0.1, np.nan], "high": [0.2, 0.3, np.nan],
    ...     "n": [20, 30, 4], "unit": "share", "interval": "95% bootstrap"})
    >>> ax = prevalence(table)
    >>> ax.get_ylabel()
    'Share of frame hits (%)'
    """
    rows, column = _lines_of(table, frame)
    names = names_of(rows, column)
    strong = _highlighted(highlight, names)
    if len(strong) > len(PALETTE):
        say(
            f"plot.prevalence: {len(strong)} lines are hard to tell apart; name the important ones "
            "with highlight=, or use plot.grid"
        )
    found = looks(names, colors)
    if len(strong) < len(names):
        # the palette's first colors go to the lines that matter
        fixed = dict(colors or {})
        found |= looks(strong, fixed)
        found |= {name: Look("#bdbdbd", "", "-") for name in names if name not in strong}
    ax = axes(width=width, height=80 if counts else 68, ax=ax)
    figure = figure_of(ax)
    in_panels = isinstance(figure, Page) and figure.in_panels
    # panels share their axis: one that holds other periods than the last must not lie outside it
    shared = figure.periods if isinstance(figure, Page) and in_panels else None
    days = rows["period"] if shared is None else shared
    step = _step(days)
    ends = _draw_lines(ax, rows, column, strong, found, step)
    _dress(ax, rows, days, step)
    strip = _count_strip(ax, rows, column, step) if counts else None
    _labels.time_axis(strip or ax, days)
    title = _title(rows, column)
    if title and not in_panels:
        ax.set_title(title)
    if len(names) > 1 and not in_panels:
        _labels.label_ends(ax, ends, found)
    if events is not None:
        if not in_panels:
            lay_out(figure)
        depth = _labels.draw_events(ax, events, label=not in_panels)
        if title and not in_panels:
            ax.set_title(title, pad=6 + 9 * depth)
    return ax


def _lines_of(table: pd.DataFrame, frame: str | None) -> tuple[pd.DataFrame, str]:
    """The rows to draw, and the column whose values are the lines."""
    rows = check(table, PREVALENCE, plot="prevalence", verb=VERB)
    if "period" not in rows:
        raise InputError(
            "plot.prevalence draws change over time, and this table has no 'period'; make it with "
            "every='week' or every='month', or use plot.frame_share"
        )
    rows = only_frame(rows, frame)
    check_numbers(rows, "value", plot="prevalence", verb=VERB)
    rows = rows.astype({"value": float, "low": float, "high": float, "n": float})
    one(rows, "unit", plot="prevalence")
    by = group_column(rows)
    frames, groups = names_of(rows, "frame"), names_of(rows, by) if by else []
    if len(frames) > 1 and len(groups) > 1:
        raise InputError(
            f"plot.prevalence: the table holds {len(frames)} frames and {len(groups)} {by}s, too "
            f"much for one set of lines; say frame='{frames[0]}', filter to one {by}, or draw "
            "small multiples: plot.grid(table, plot.prevalence, by='frame')"
        )
    column = "frame" if len(frames) > 1 or by is None else by
    known = rows[column].notna() & rows["period"].notna()
    if not known.all():
        say(f"plot.prevalence: {(~known).sum()} rows without {column} or period are not drawn")
    rows = rows[known]
    rows["period"] = pd.to_datetime(rows["period"])
    twice = rows.duplicated([column, "period"])
    if twice.any():
        row = rows[twice].iloc[0]
        raise InputError(
            f"plot.prevalence: two rows for '{row[column]}' in {row['period']:%Y-%m-%d}; "
            "another column tells them apart: filter it first"
        )
    return rows.sort_values([column, "period"], kind="stable").reset_index(drop=True), column


def _highlighted(highlight: str | Iterable[str] | None, names: list[str]) -> list[str]:
    if highlight is None:
        return names
    wanted = [highlight] if isinstance(highlight, str) else list(highlight)
    unknown = [name for name in wanted if name not in names]
    if unknown or not wanted:
        raise InputError(
            f"highlight: no line '{unknown[0] if unknown else ''}'; there are: {', '.join(names)}"
        )
    return [name for name in names if name in wanted]


def _step(periods: pd.Series) -> float:
    """Days between neighboring periods; the smallest distance in the table."""
    days = np.sort(periods.unique()).astype("datetime64[s]").astype(np.int64) / 86400
    return float(np.diff(days).min()) if len(days) > 1 else 7.0


def _with_gaps(rows: pd.DataFrame, step: float) -> pd.DataFrame:
    """One line's rows, with an empty one wherever a period is missing."""
    x = np.array([_labels.day_number(day) for day in rows["period"]])
    numbers = rows[["value", "low", "high"]].to_numpy(float)
    # months differ by 10%, so only a distance of one and a half steps is a hole
    holes = np.flatnonzero(np.diff(x) > 1.5 * step) + 1
    x = np.insert(x, holes, x[holes - 1] + step)
    return pd.DataFrame(
        np.column_stack([x, np.insert(numbers, holes, np.nan, axis=0)]),
        columns=["x", "value", "low", "high"],
    )


def _draw_lines(
    ax: Axes,
    rows: pd.DataFrame,
    column: str,
    strong: list[str],
    found: dict[str, Look],
    step: float,
) -> dict[str, tuple[float, float]]:
    """Draw all lines; returns the last point of each that gets a name."""
    as_bars = len(strong) > MOST_BANDS
    # many short series in little room: smaller markers keep the lines apart
    size = 2.2 if as_bars and _crowded(ax, rows) else 3.2
    parts = {name: _with_gaps(part, step) for name, part in rows.groupby(rows[column].astype(str))}
    for name in sorted(set(parts) - set(strong)):
        ax.plot(parts[name]["x"], parts[name]["value"], color=found[name].color, lw=0.7, zorder=2)
    if len(strong) == 2:
        _draw_overlap(ax, [parts[name] for name in strong], [found[n].color for n in strong])
    ends = {}
    for place, name in enumerate(strong):
        line, look = parts[name], found[name]
        # bars of several lines stand side by side, within less than a third of a period each way
        aside = (place - (len(strong) - 1) / 2) * 0.55 * step / len(strong) if as_bars else 0.0
        x = line["x"] + aside
        _draw_intervals(ax, line, x, look, as_bars=as_bars)
        _draw_points(ax, line, x, look, label=name, size=size)
        last = line["value"].last_valid_index()
        if last is not None:
            ends[name] = (float(x[last]), float(line["value"][last]))
    return ends


def _draw_intervals(
    ax: Axes, line: pd.DataFrame, x: pd.Series, look: Look, *, as_bars: bool
) -> None:
    # a band needs two neighbors; an interval alone is a bar
    alone = line["low"].shift(1).isna() & line["low"].shift(-1).isna()
    bars = line["low"].notna() & (as_bars | alone)
    low, high = line["low"][bars], line["high"][bars]
    ax.vlines(x[bars], low, high, color=tint(look.color, 0.5), lw=0.8, zorder=2.2)
    if not as_bars:
        _draw_band(ax, line, look.color)


def _draw_points(
    ax: Axes, line: pd.DataFrame, x: pd.Series, look: Look, *, label: str, size: float
) -> None:
    signs: dict[str, Any] = {
        "marker": look.marker,
        "markeredgecolor": look.color,
        "markersize": size,
    }
    value = line["value"]
    ax.plot(x, value, color=look.color, linestyle=look.dash, label=label, zorder=3, **signs)
    bare = value.notna() & line["low"].isna()
    signs |= {"linestyle": "none", "markerfacecolor": "white", "label": "_no-interval"}
    ax.plot(x[bare], value[bare], zorder=3.1, **signs)


def _draw_overlap(ax: Axes, lines: list[pd.DataFrame], colors: list[str]) -> None:
    """Where two bands lie over each other: the mixture of their colors, not a transparent one."""
    one, two = (line.groupby("x")[["low", "high"]].first() for line in lines)
    x = one.index.union(two.index)
    one, two = one.reindex(x), two.reindex(x)
    bounds = np.stack([one["low"], two["low"], one["high"], two["high"]])
    day, bounds = _with_crossings(x.to_numpy(float), bounds)
    low, high = bounds[:2].max(axis=0), bounds[2:].min(axis=0)
    first, second = (np.array(to_rgb(tint(color, 0.2))) for color in colors)
    ax.fill_between(
        day,
        low,
        np.maximum(low, high),
        color=tuple(first * second),
        lw=0,
        zorder=1.9,
        label="_overlap",
    )


def _with_crossings(x: np.ndarray, bounds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Add the places where two of the lines `bounds` cross, so that their maximum is exact."""
    places = [x]
    for i in range(len(bounds)):
        for j in range(i):
            gap = bounds[i] - bounds[j]
            with np.errstate(invalid="ignore"):
                where = np.flatnonzero(gap[:-1] * gap[1:] < 0)
            share = gap[where] / (gap[where] - gap[where + 1])
            places.append(x[where] + share * (x[where + 1] - x[where]))
    every = np.unique(np.concatenate(places))
    return every, np.stack([np.interp(every, x, bound) for bound in bounds])


def _crowded(ax: Axes, rows: pd.DataFrame) -> bool:
    """Whether periods stand closer than 4 mm."""
    wide = ax.get_position().width * figure_of(ax).get_figwidth() / MM
    return wide / max(len(names_of(rows, "period")), 1) < 4


def _draw_band(ax: Axes, line: pd.DataFrame, color: str) -> None:
    ax.fill_between(
        line["x"],
        line["low"],
        line["high"],
        color=tint(color, 0.2),
        lw=0,
        zorder=1.8,
        label="_band",
    )
    # edges over all bands, so that a band behind another can still be followed
    for bound in ("low", "high"):
        ax.plot(line["x"], line[bound], color=tint(color, 0.55), lw=0.5, zorder=2.1, label="_edge")


def _dress(ax: Axes, rows: pd.DataFrame, days: pd.Series, step: float) -> None:
    unit = one(rows, "unit", plot="prevalence")
    ax.set_ylabel(UNITS.get(unit, unit))
    ax.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    ax.yaxis.set_major_formatter(FuncFormatter(percent if unit in PERCENT else plain))
    if rows[["value", "low"]].min(axis=None) >= 0:
        # a little below zero, so that points at zero are drawn whole
        ax.set_ylim(bottom=-0.02 * ax.get_ylim()[1])
    ax.grid(axis="y", color=GUIDE, linewidth=0.5)
    ax.xaxis_date()
    ax.set_xlim(
        _labels.day_number(days.min()) - 0.7 * step, _labels.day_number(days.max()) + 0.7 * step
    )


def _title(rows: pd.DataFrame, column: str) -> str:
    by = group_column(rows)
    parts = [names_of(rows, "frame")[0]] if column != "frame" or by is None else []
    if by and len(names_of(rows, by)) == 1:
        parts.append(names_of(rows, by)[0])
    if by is None and len(names_of(rows, "frame")) > 1:
        parts = []
    return ", ".join(parts)


def _count_strip(ax: Axes, rows: pd.DataFrame, column: str, step: float) -> Axes:
    """Bars of the number of articles in each period, below the axes."""
    # every frame is measured on the same articles: n counts once
    by_period = rows.groupby("period")["n"]
    n = (by_period.max() if column == "frame" else by_period.sum()).fillna(0)
    strip = ax.inset_axes((0, -0.18, 1, 0.12), sharex=ax)
    strip.bar(
        [_labels.day_number(day) for day in n.index],
        n,
        width=0.7 * step,
        color="#a6a6a6",
        label="_counts",
    )
    top = max(float(n.max()), 1.0)
    strip.set_ylim(0, top)
    strip.set_yticks([top], [f"{top:,.0f}"], fontsize=SMALL)
    strip.set_ylabel("n", rotation=0, ha="right", va="center")
    strip.spines["left"].set_visible(False)
    strip.tick_params(axis="y", length=0)
    for label in strip.get_yticklabels():
        label.set_verticalalignment("top")  # keeps clear of the 0 above
    ax.tick_params(axis="x", labelbottom=False, length=0)
    ax.spines["bottom"].set_color(FAINT)
    return strip
