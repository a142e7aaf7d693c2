"""Outlets compared: frame shares with intervals, residuals, and who copies from whom."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize, to_rgb
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from mediaframes.errors import InputError
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
    shorten,
    wrap,
)
from mediaframes.plot.style import (
    FAINT,
    GUIDE,
    INK,
    LETTER,
    SMALL,
    Look,
    Page,
    axes,
    figure_of,
    legend_columns,
    looks,
    millimeters,
    styled,
)

VERB = "mf.prevalence(scores, by='outlet', seed=...)"
# Blue and vermillion of the palette: told apart by readers with any color vision.
DIVERGING = LinearSegmentedColormap.from_list("residuals", ["#0072B2", "#ffffff", "#D55E00"])
RISING = LinearSegmentedColormap.from_list("copies", ["#ffffff", "#0072B2"])
# A standardized residual from 2 on is unlikely (about 5%) where outlets do not differ.
NOTABLE = 2.0
ONEHALF = 8  # outlets whose cells have room for their numbers in a figure of 120 mm
STANDING = 24  # letters of a name that stands up; a longer one would push the cells together


@styled
def frame_share(
    table: pd.DataFrame,
    *,
    frame: str | None = None,
    colors: Mapping[str, str] | None = None,
    order: Sequence[str] | None = None,
    width: str | float = "double",
    ax: Axes | None = None,
) -> Axes:
    """Frames by outlet: a dot and its interval each, the most frequent frame on top.

    With one frame, outlets are the rows. A hollow dot has too few articles for an interval.

    Parameters
    ----------
    table : DataFrame
        From ``mf.prevalence(..., by="outlet")``: frame, outlet, value, low, high, n, unit,
        interval. Without an outlet column, one dot for each frame.
    frame : str, optional
        One frame only.
    colors : mapping, optional
        Outlet to hex color.
    order : sequence of str, optional
        The rows from top to bottom; by default the largest value on top. Needed in `grid`, where
        all panels must have the same rows.
    width : str or float
        "single", "onehalf", "double" or millimeters.
    ax : Axes, optional
        Axes to draw on.

    Examples
    --------
    >>> table = pd.DataFrame({"frame": "Morality", "outlet": ["A", "B"], "value": [0.1, 0.2],
    ...     "low": [0.05, 0.1], "high": [0.2, 0.3], "n": [20, 30], "unit": "presence",
    ...     "interval": "95% Wilson"})
    >>> [label.get_text() for label in frame_share(table).get_yticklabels()]
    ['B (n = 30)', 'A (n = 20)']
    """
    rows, by = _shares_of(table, frame)
    several = by is not None and len(names_of(rows, "frame")) > 1
    row_column = by if by is not None and not several else "frame"
    in_order = list(order) if order is not None else _by_value(rows, row_column)
    series = names_of(rows, by) if several and by else [""]
    unit = one(rows, "unit", plot="frame_share")
    figure = None if ax is None else figure_of(ax)
    in_panels = isinstance(figure, Page) and figure.in_panels
    # rows of panels stand close: a name on two lines would lie over the next one
    fitted = shorten if in_panels else wrap
    labels = [fitted(name, label_width(width)) for name in in_order]
    pitch = max(5.0, 1.8 * len(series) + 1.6, 3.4 * max(name.count("\n") + 1 for name in labels))
    ax = axes(width=width, height=pitch * len(in_order) + (20 if several else 14), ax=ax)
    place_of = {name: place for place, name in enumerate(in_order)}
    found = looks(series, colors) if several else {"": Look(INK, "o", "-")}
    for place, name in enumerate(series):
        part = rows[rows[by].astype(str) == name] if several else rows
        aside = (place - (len(series) - 1) / 2) * 0.74 / max(len(series), 2)
        y = part[row_column].astype(str).map(place_of).to_numpy(float) + aside
        dots(ax, part, y, found[name], name)
    if not several and row_column != "frame" and order is None:
        n = rows.set_index(rows[row_column].astype(str))["n"]
        labels = [f"{wrap(name, label_width(width))} (n = {n[name]:,.0f})" for name in in_order]
    rows_axis(ax, labels, stripes=several)
    ax.set_xlabel(UNITS.get(unit, unit))
    ax.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    ax.xaxis.set_major_formatter(FuncFormatter(percent if unit in PERCENT else plain))
    if rows[["value", "low"]].min(axis=None) >= 0:
        # a little below zero, so that dots at zero are drawn whole
        ax.set_xlim(left=-0.01 * ax.get_xlim()[1])
    if several:
        legend(ax, width)
    elif row_column != "frame" and not several:
        ax.set_title(names_of(rows, "frame")[0])
    return ax


def _shares_of(table: pd.DataFrame, frame: str | None) -> tuple[pd.DataFrame, str | None]:
    rows = check(table, PREVALENCE, plot="frame_share", verb=VERB)
    rows = only_frame(rows, frame)
    if "period" in rows and len(names_of(rows, "period")) > 1:
        raise InputError(
            "plot.frame_share: the table holds several periods; draw it with plot.prevalence, or "
            f"make it without every=: {VERB}"
        )
    check_numbers(rows, "value", plot="frame_share", verb=VERB)
    rows = rows.astype({"value": float, "low": float, "high": float, "n": float})
    by = group_column(rows)
    twice = rows.duplicated(["frame", by] if by else ["frame"])
    if twice.any():
        raise InputError(
            f"plot.frame_share: two rows for the frame '{rows[twice].iloc[0]['frame']}'; another "
            "column tells them apart: filter it first"
        )
    return rows, by


def _by_value(rows: pd.DataFrame, column: str) -> list[str]:
    """Names by their mean value over articles, highest first, then by name."""
    weight = rows["n"].where(rows["value"].notna(), 0).clip(lower=0)
    name = rows[column].astype(str)
    total = (rows["value"].fillna(0) * weight).groupby(name).sum()
    mean = total / weight.groupby(name).sum().replace(0, np.nan)
    return sorted(mean.index, key=lambda key: (-np.nan_to_num(mean[key], nan=-np.inf), key))


def dots(ax: Axes, part: pd.DataFrame, y: np.ndarray, look: Look, name: str) -> None:
    """One series of dots with their intervals; hollow where there is none."""
    x, low, high = (part[column].to_numpy(float) for column in ("value", "low", "high"))
    known = ~np.isnan(low) & ~np.isnan(high)
    ax.hlines(y[known], low[known], high[known], color=look.color, lw=0.9, zorder=2)
    ax.plot(x, y, linestyle="none", marker=look.marker, color=look.color, zorder=3, label=name)
    bare = ~known & ~np.isnan(x)
    ax.plot(
        x[bare],
        y[bare],
        linestyle="none",
        marker=look.marker,
        markerfacecolor="white",
        markeredgecolor=look.color,
        zorder=3.1,
        label="_no-interval",
    )


def rows_axis(ax: Axes, labels: Sequence[str], *, stripes: bool) -> None:
    """A vertical axis of named rows, the first on top."""
    ax.set_yticks(range(len(labels)), labels)
    ax.set_ylim(len(labels) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.grid(axis="x", color=GUIDE, linewidth=0.5)
    if stripes:
        for place in range(0, len(labels), 2):
            ax.axhspan(place - 0.5, place + 0.5, color="#f4f4f4", lw=0, zorder=0)
    else:
        ax.grid(axis="y", color=GUIDE, linewidth=0.5)


def legend(ax: Axes, width: str | float) -> None:
    """Name the series above the axes; `grid` names them itself."""
    figure = figure_of(ax)
    handles, names = ax.get_legend_handles_labels()
    if isinstance(figure, Page) and figure.in_panels:
        return
    if not isinstance(figure, Page):
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
        return
    columns = legend_columns(names, millimeters(width))
    figure.legend(
        handles, names, loc="outside upper left", ncols=columns, handlelength=1.0, columnspacing=1.2
    )


def label_width(width: str | float) -> int:
    """Letters in a row label: about a third of the figure."""
    return max(14, int(millimeters(width) / 3 / LETTER))


@styled
def residuals(
    table: pd.DataFrame,
    *,
    rows: str = "frame",
    columns: str = "outlet",
    width: str | float = "double",
    ax: Axes | None = None,
) -> Axes:
    """Which outlet uses which frame more, or less, than expected: a heatmap with its numbers.

    Cells from ±2 on, as printed, are boxed and bold: there the outlet differs from what its size
    and the frame's frequency lead one to expect.

    Parameters
    ----------
    table : DataFrame
        From ``mf.residuals``: frame, outlet, residual (standardized).
    rows, columns : str
        The columns of the table that become rows and columns.
    width : str or float
        "single", "onehalf", "double" or millimeters.
    ax : Axes, optional
        Axes to draw on.

    Examples
    --------
    >>> table = pd.DataFrame({"frame": ["Morality", "Political"], "outlet": "A",
    ...                       "residual": [2.5, -2.5]})
    >>> [text.get_text() for text in residuals(table, width="single").texts]
    ['2.5', '−2.5']
    """
    verb = "mf.residuals(scores, by='outlet')"
    cells = check(table, [rows, columns, "residual"], plot="residuals", verb=verb)
    check_numbers(cells, "residual", plot="residuals", verb=verb)
    matrix = _matrix(cells, rows, columns, "residual", plot="residuals")
    # rows with the strongest contrasts between outlets first
    matrix = matrix.loc[
        sorted(matrix.index, key=lambda name: (-matrix.loc[name].abs().max(), name))
    ]
    ax = axes(width=width, height=_matrix_height(matrix, width), ax=ax)
    bound = max(3.0, min(float(matrix.abs().max(axis=None)), 6.0))
    scale = Normalize(-bound, bound)
    _heatmap(ax, matrix, DIVERGING, scale, width)
    for (i, j), value in np.ndenumerate(matrix.to_numpy()):
        if np.isnan(value):
            continue
        # the printed number decides, so that no two cells with 2.0 are treated differently
        shown = round(value, 1) + 0.0
        strong = abs(shown) >= NOTABLE
        _cell_text(
            ax,
            i,
            j,
            f"{shown:.1f}".replace("-", "−"),
            DIVERGING(scale(value)),
            strong,
        )
        if strong:
            ax.add_patch(
                Rectangle((j - 0.46, i - 0.45), 0.92, 0.9, fill=False, ec=INK, lw=0.7, zorder=3)
            )
    ax.set_xlabel(
        "Standardized residual: orange more, blue less than expected; boxed from ±2.0 on",
        fontsize=SMALL,
    )
    return ax


@styled
def copies(
    table: pd.DataFrame,
    *,
    most: int = 12,
    width: str | float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Who prints whose text: number of copied articles, and their share of the copying outlet.

    Parameters
    ----------
    table : DataFrame
        From ``mf.copies_between``: from_outlet, to_outlet, n, share. `n` articles of
        `to_outlet` copy one of `from_outlet`; share is of all articles of `to_outlet`. With a
        column tied, the axis says that some were printed by both on the same day.
    most : int
        At most so many outlets, those with the most copies in both directions; a line below says
        how many there are.
    width : str or float, optional
        "single", "onehalf", "double" or millimeters; without it "double" from nine outlets on.
    ax : Axes, optional
        Axes to draw on.

    Examples
    --------
    >>> table = pd.DataFrame({"from_outlet": ["A", "B"], "to_outlet": ["B", "A"],
    ...                       "n": [3, 1], "share": [0.3, 0.1]})
    >>> copies(table).get_xlabel()
    'copied by (articles, % of the outlet)'
    """
    verb = "mf.copies_between(corpus)"
    cells = check(table, ["from_outlet", "to_outlet", "n", "share"], plot="copies", verb=verb)
    check_numbers(cells, "n", plot="copies", verb=verb)
    if most < 1:
        raise InputError(f"most={most}: give the number of outlets to draw, at least 1")
    known = {*names_of(cells, "from_outlet"), *names_of(cells, "to_outlet")}
    n = _matrix(cells, "from_outlet", "to_outlet", "n", plot="copies")
    names = _busiest(cells, most)
    width = width or ("onehalf" if len(names) <= ONEHALF else "double")
    n = n.reindex(index=names, columns=names)
    share = _matrix(cells, "from_outlet", "to_outlet", "share", plot="copies")
    share = share.reindex(index=names, columns=names)
    top = float(np.nanmax(share.to_numpy(), initial=0.0))
    scale = Normalize(0, max(top * 1.25, 0.05))
    ax = axes(width=width, height=_matrix_height(n, width, row=8.0), ax=ax)
    _heatmap(ax, share, RISING, scale, width)
    for i, source in enumerate(names):
        for j, target in enumerate(names):
            count, part = n.loc[source, target], share.loc[source, target]
            if np.isnan(count):
                own = source == target
                ax.text(j, i, "" if own else "0", ha="center", va="center", color=FAINT)
                if own:
                    ax.add_patch(
                        Rectangle((j - 0.5, i - 0.5), 1, 1, fc="#f0f0f0", ec="white", lw=1)
                    )
                continue
            text = f"{count:,.0f}" + ("" if np.isnan(part) else f"\n{100 * part:.0f}%")
            shade = RISING(scale(0.0 if np.isnan(part) else part))
            _cell_text(ax, i, j, text, shade, False)
    ax.set_xlabel("copied by (articles, % of the outlet)")
    tied = "tied" in cells and bool((cells["tied"] > 0).any())
    ax.set_ylabel("printed first, or same day, by" if tied else "printed first by")
    ax.xaxis.set_label_position("top")
    if len(names) < len(known):
        ax.text(
            0.0, -0.02, f"{len(names)} of {len(known)} outlets: those with the most copies",
            transform=ax.transAxes, ha="left", va="top", fontsize=SMALL, label="_note",
        )  # fmt: skip
    return ax


def _busiest(cells: pd.DataFrame, most: int) -> list[str]:
    """The outlets that copy, or are copied, most often, by name."""
    sides = [cells[side].astype(str) for side in ("from_outlet", "to_outlet")]
    total = pd.concat([cells["n"].groupby(side).sum() for side in sides]).groupby(level=0).sum()
    return sorted(sorted(total.index, key=lambda name: (-total[name], name))[:most])


def _matrix(cells: pd.DataFrame, rows: str, columns: str, value: str, *, plot: str) -> pd.DataFrame:
    cells = cells.dropna(subset=[rows, columns])
    twice = cells.duplicated([rows, columns])
    if twice.any():
        row = cells[twice].iloc[0]
        raise InputError(
            f"plot.{plot}: two rows for {row[rows]} and {row[columns]}; another column tells them "
            "apart: filter it first"
        )
    names = cells.assign(**{rows: cells[rows].astype(str), columns: cells[columns].astype(str)})
    matrix = names.set_index([rows, columns])[value].astype(float)
    matrix = matrix.unstack(columns)  # noqa: PD010 - each pair is there once, as checked
    return matrix.sort_index().sort_index(axis=1)


def _matrix_height(matrix: pd.DataFrame, width: str | float, row: float = 6.0) -> float:
    lines = max(wrap(name, label_width(width)).count("\n") + 1 for name in matrix.index)
    return len(matrix) * max(row, 3.5 * lines) + 22


def _heatmap(
    ax: Axes, matrix: pd.DataFrame, colors: Any, scale: Normalize, width: str | float
) -> None:
    edges_x, edges_y = np.arange(matrix.shape[1] + 1) - 0.5, np.arange(matrix.shape[0] + 1) - 0.5
    ax.pcolormesh(
        edges_x,
        edges_y,
        np.ma.masked_invalid(matrix.to_numpy()),
        cmap=colors,
        norm=scale,
        edgecolors="white",
        linewidth=0.8,
    )
    ax.set_ylim(len(matrix) - 0.5, -0.5)
    label = label_width(width)
    # what the row labels leave, divided by the columns
    room = int(millimeters(width) * 0.6 / matrix.shape[1] / LETTER)
    names = [wrap(name, max(room, 8)) for name in matrix.columns]
    words = [len(word) for name in matrix.columns for word in str(name).split()]
    ax.xaxis.tick_top()
    # names that do not fit side by side stand up
    if max(words) > room + 1 or max(name.count("\n") for name in names) > 2:
        ax.set_xticks(range(matrix.shape[1]), [shorten(name, STANDING) for name in matrix.columns])
        for tick in ax.get_xticklabels():
            tick.set(rotation=45, ha="left", rotation_mode="anchor")
    else:
        ax.set_xticks(range(matrix.shape[1]), names)
    ax.set_yticks(range(len(matrix)), [wrap(name, label) for name in matrix.index])
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)


def _cell_text(ax: Axes, i: int, j: int, text: str, shade: Any, strong: bool) -> None:
    red, green, blue = to_rgb(shade)
    dark = 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.5
    ax.text(
        j,
        i,
        text,
        ha="center",
        va="center",
        color="white" if dark else INK,
        fontsize=SMALL if "\n" in text else None,
        fontweight="bold" if strong else "normal",
        linespacing=1.05,
        zorder=4,
    )
