"""What scores depend on: coefficients as a forest, predictions as curves or points."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from mediaframes.errors import InputError
from mediaframes.plot import _labels
from mediaframes.plot._tables import (
    PERCENT,
    UNITS,
    check,
    check_numbers,
    names_of,
    one,
    percent,
    plain,
    shorten,
    wrap,
)
from mediaframes.plot.forest import estimates
from mediaframes.plot.outlets import STANDING, legend
from mediaframes.plot.style import (
    GUIDE,
    INK,
    LETTER,
    MM,
    Look,
    axes,
    figure_of,
    looks,
    styled,
    tint,
)

MOST_CURVES = (
    3  # more bands cover each other; plot.grid(table, plot.marginal, by="frame") is better
)


def effects(
    table: pd.DataFrame,
    *,
    term: str | None = None,
    colors: Mapping[str, str] | None = None,
    width: str | float = "onehalf",
    ax: Axes | None = None,
) -> Axes:
    """Coefficients with their intervals: terms of one frame, or one term of all frames.

    Parameters
    ----------
    table : DataFrame
        ``mf.effects(...).table``; rows of the intercept and of splines are not drawn, since they
        mean nothing by themselves.
    term : str, optional
        The term to compare between frames, where the table holds several of both.
    colors : mapping, optional
        Frame to hex color.
    width : str or float
        "single", "onehalf", "double" or millimeters.
    ax : Axes, optional
        Axes to draw on.

    Examples
    --------
    >>> table = pd.DataFrame({"frame": "Morality", "term": ["(Intercept)", "outletGlobe"],
    ...                       "estimate": [0.2, 0.1], "low": [0.1, 0.0], "high": [0.3, 0.2]})
    >>> [label.get_text() for label in effects(table).get_yticklabels()]
    ['outletGlobe']
    """
    verb = "mf.effects(scores, formula='~ outlet', seed=...).table"
    rows = check(table, ["frame", "term", "estimate", "low", "high"], plot="effects", verb=verb)
    names = rows["term"].astype(str)
    rows = rows[(names != "(Intercept)") & ~names.str.contains(r"\bs\(", regex=True)]
    if term is not None:
        rows = rows[rows["term"] == term]
    if rows.empty:
        there = ", ".join(names[~names.str.contains(r"\bs\(|\(Intercept", regex=True)].unique())
        raise InputError(
            f"plot.effects: no {'term ' + repr(term) if term else 'term'} to draw; there are: "
            f"{there or 'none (draw splines with plot.marginal)'}"
        )
    terms, frames = names_of(rows, "term"), names_of(rows, "frame")
    several = len(terms) > 1 and len(frames) > 1
    if several and len(frames) > 4:
        raise InputError(
            f"plot.effects: {len(terms)} terms of {len(frames)} frames "
            f"are too much for one figure; say term='{rows['term'].iloc[0]}', or filter the frames"
        )
    label = "term" if len(frames) == 1 or several else "frame"
    return estimates(
        rows, label=label, group="frame" if several else None, colors=colors, width=width, ax=ax
    )


@styled
def marginal(
    table: pd.DataFrame,
    *,
    colors: Mapping[str, str] | None = None,
    width: str | float = "onehalf",
    ax: Axes | None = None,
) -> Axes:
    """Predicted scores along a covariate: a curve with its band, or a point for each level.

    Parameters
    ----------
    table : DataFrame
        From ``mf.marginal``: frame, variable, x, estimate, low, high, unit.
    colors : mapping, optional
        Frame to hex color.
    width : str or float
        "single", "onehalf", "double" or millimeters.
    ax : Axes, optional
        Axes to draw on.

    Examples
    --------
    >>> table = pd.DataFrame({"frame": "Morality", "variable": "day", "x": [1.0, 2.0, 3.0],
    ...     "estimate": [0.1, 0.2, 0.3], "low": [0.05, 0.1, 0.2], "high": [0.2, 0.3, 0.4],
    ...     "unit": "share"})
    >>> ax = marginal(table)
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('day', 'Share of frame hits (%)')
    """
    verb = "mf.marginal(effects, variable=...)"
    needed = ["frame", "variable", "x", "estimate", "low", "high", "unit"]
    rows = check(table, needed, plot="marginal", verb=verb)
    check_numbers(rows, "estimate", plot="marginal", verb=verb)
    rows = rows.astype({"estimate": float, "low": float, "high": float})
    names = names_of(rows, "frame")
    dates = pd.api.types.is_datetime64_any_dtype(rows["x"])
    curve = dates or pd.api.types.is_numeric_dtype(rows["x"])
    if curve and len(names) > MOST_CURVES:
        raise InputError(
            f"plot.marginal: {len(names)} curves cover each other; filter to {MOST_CURVES} frames, "
            "or draw plot.grid(table, plot.marginal, by='frame')"
        )
    found = looks(names, colors)
    ax = axes(width=width, height=70, ax=ax)
    if curve:
        rows = rows.assign(at=[_labels.day_number(x) for x in rows["x"]] if dates else rows["x"])
        for name in names:
            _curve(ax, rows[rows["frame"].astype(str) == name], name, found[name])
    else:
        _levels(ax, rows, names, found)
    if dates:
        ax.xaxis_date()
        _labels.time_axis(ax, rows["x"])
    unit = one(rows, "unit", plot="marginal")
    ax.set_ylabel(UNITS.get(unit, unit))
    ax.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    ax.yaxis.set_major_formatter(FuncFormatter(percent if unit in PERCENT else plain))
    ax.grid(axis="y", color=GUIDE, linewidth=0.5)
    if rows["low"].min() < 0:
        ax.axhline(0, color=INK, lw=0.6, zorder=1)
    ax.set_xlabel("" if dates else one(rows, "variable", plot="marginal"))
    if len(names) > 1:
        legend(ax, width)
    elif not ax.get_title():
        ax.set_title(names[0])
    return ax


def _curve(ax: Axes, part: pd.DataFrame, name: str, look: Look) -> None:
    part = part.sort_values("at", kind="stable")
    ax.fill_between(
        part["at"], part["low"], part["high"], color=tint(look.color, 0.2), lw=0, zorder=1.8,
        label="_band",
    )  # fmt: skip
    for bound in ("low", "high"):  # edges over all bands, so that a covered one can be followed
        ax.plot(part["at"], part[bound], color=tint(look.color, 0.55), lw=0.5, zorder=2.1)
    ax.plot(
        part["at"], part["estimate"], color=look.color, linestyle=look.dash, zorder=3, label=name
    )


def _levels(ax: Axes, rows: pd.DataFrame, names: list[str], found: Mapping[str, Look]) -> None:
    levels = [str(x) for x in rows["x"].drop_duplicates()]
    for number, name in enumerate(names):
        part = rows[rows["frame"].astype(str) == name]
        aside = (number - (len(names) - 1) / 2) * 0.6 / max(len(names), 2)
        x = np.array([levels.index(str(value)) for value in part["x"]]) + aside
        look = found[name]
        ax.vlines(x, part["low"], part["high"], color=look.color, lw=0.9, zorder=2)
        ax.plot(
            x, part["estimate"], linestyle="none", marker=look.marker, color=look.color, zorder=3,
            label=name,
        )  # fmt: skip
    across = ax.get_position().width * figure_of(ax).get_figwidth() / MM
    room = int(across / len(levels) / LETTER)  # letters side by side
    ax.set_xticks(range(len(levels)), [wrap(level, min(max(room, 8), 14)) for level in levels])
    if max(len(word) for level in levels for word in level.split()) > room:
        ax.set_xticks(range(len(levels)), [shorten(level, STANDING) for level in levels])
        for tick in ax.get_xticklabels():
            tick.set(rotation=45, ha="right", rotation_mode="anchor")
    ax.set_xlim(-0.5, len(levels) - 0.5)
