"""Marks on a map, their areas and names, and lines between them: for maps and networks."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle

from mediaframes.errors import InputError
from mediaframes.plot._labels import GAPS, beside
from mediaframes.plot._tables import check_numbers, shorten, wrap
from mediaframes.plot.style import (
    FAINT,
    INK,
    MM,
    SMALL,
    TALLEST,
    TEXT,
    Look,
    Page,
    figure_of,
    lay_out,
    legend_columns,
    millimeters,
    tint,
)

INKED = 0.13  # of the map that all marks cover together; more would leave no room for names
DOT = 1.2  # points; a smaller mark could not be seen, nor its color
MARGIN = 0.15  # about the outermost marks, of the span
WIDENED = 12  # rounds until no mark lies beyond the edge; each shrinks what is beyond by half
LINE = 3.4  # a line of small text, millimeters
# A circle inside the marker, over the circle of its area: a hairline must not miss a slanted side
INNER = {"^": 0.56, "v": 0.56, "<": 0.56, ">": 0.56, "s": 0.88, "D": 0.88}
NAME = 18  # letters of a name on one line beside its mark


def edges_between(ax: Axes, drawn: pd.DataFrame, rows: pd.DataFrame, plot: str) -> None:
    """Lines between marks, the stronger the wider; `drawn` has topic_a, topic_b, similarity."""
    places = rows.set_index("topic")[["x", "y"]].astype(float)
    absent = sorted({*drawn["topic_a"], *drawn["topic_b"]} - set(places.index), key=str)
    if absent:
        raise InputError(
            f"plot.{plot}: an edge leads to '{absent[0]}', which is not in nodes; take "
            "both tables from one network"
        )
    drawn = drawn.sort_values(["similarity", "topic_a", "topic_b"], kind="stable")
    strength = drawn["similarity"].to_numpy(float) / max(float(drawn["similarity"].max()), 1e-9)
    ends = [places.loc[drawn[column]].to_numpy() for column in ("topic_a", "topic_b")]
    ax.add_collection(
        LineCollection(
            list(np.stack(ends, axis=1)),
            linewidths=0.5 + 2.0 * strength,
            colors=[tint(INK, 0.15 + 0.3 * value) for value in strength],
            zorder=1,
        ),
        autolim=False,
    )


def height_of(width: str | float) -> float:
    """Millimeters: the narrower the figure, the nearer to a square."""
    return millimeters(width) * (0.6 if millimeters(width) > 130 else 0.9)


def marks_of(rows: pd.DataFrame, size: str, plot: str, verb: str) -> pd.DataFrame:
    """One row per topic, the largest first, so that small marks lie on top."""
    for column in (size, "x", "y"):
        check_numbers(rows, column, plot=plot, verb=verb)
    numbers = rows[[size, "x", "y"]].to_numpy(float)
    if rows["topic"].duplicated().any():
        raise InputError(f"plot.{plot}: two rows for one topic; filter the table to one model")
    if not np.isfinite(numbers).all() or (numbers[:, 0] < 0).any():
        raise InputError(f"plot.{plot}: a place or '{size}' is missing or negative; see {verb}")
    rows = rows.sort_values([size, "topic"], ascending=[False, True], ignore_index=True)
    missing = rows["name"].isna() | (rows["name"].astype(str) == "")
    rows["name"] = rows["name"].astype(str).mask(missing, "Topic " + rows["topic"].astype(str))
    return rows


def bare(ax: Axes) -> Axes:
    """Axes without ticks: only closeness means something."""
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_visible(False)
    return ax


def legend_above(ax: Axes, handles: list[Line2D], width: float) -> None:
    figure = figure_of(ax)
    if not handles or (isinstance(figure, Page) and figure.in_panels):
        return
    names = [str(handle.get_label()) for handle in handles]
    figure.legend(
        handles=handles, loc="outside upper left", handlelength=1.0, columnspacing=1.2,
        ncols=legend_columns(names, width, mark=8.0),
    )  # fmt: skip


def note_below(ax: Axes, text: str, width: str | float) -> None:
    room = int(millimeters(width) / 1.5)
    ax.set_xlabel(wrap(text, room), fontsize=SMALL, loc="left")


def draw_marks(
    ax: Axes, rows: pd.DataFrame, size: str, shape: list[Look], filled: list[str]
) -> None:
    """The marks with their areas, and their names where there is room."""
    texts, places, marks, room = _names(ax, rows, size, shape)
    sizes = _sizes(ax, texts)
    for row, look in enumerate(shape):
        area = np.pi * marks[row, 2] ** 2 / _area(look.marker)
        ax.scatter(
            rows["x"].iloc[row],
            rows["y"].iloc[row],
            s=area,
            marker=look.marker,
            facecolor=filled[row],
            edgecolor=look.color,
            linewidth=0.8,
            zorder=2 + row / len(shape),
            clip_on=False,
            label="_topic",
        )
        # the outline once more over all marks: one that lies behind others can still be followed
        ax.scatter(
            rows["x"].iloc[row], rows["y"].iloc[row], s=area, marker=look.marker,
            facecolor="none", edgecolor=look.color, linewidth=0.5, zorder=3.5, clip_on=False,
            label="_outline",
        )  # fmt: skip
        mark = (*marks[row], INNER.get(look.marker, 1.0))
        _write(ax, texts[row], mark, places[row], sizes[row], room)


def _names(
    ax: Axes, rows: pd.DataFrame, size: str, shape: list[Look]
) -> tuple[list[str], np.ndarray, np.ndarray, tuple[float, float]]:
    """What stands beside each mark, where; names without room give way to their number."""
    figure = figure_of(ax)
    tall = figure.get_figheight()
    # corners of other shapes reach farther than a circle of the same area
    reach = np.array([1.0 if look.marker == "o" else 1.35 for look in shape])
    numbered: set[int] = set()
    key: Legend | None = None
    while True:  # ends: each round numbers another topic
        lay_out(figure)
        _limits(ax, rows, size)
        marks, room = _measured(ax, rows, size)
        both = zip(rows["topic"], rows["name"], strict=True)
        texts = [
            str(number) if row in numbered else wrap(name, NAME)
            for row, (number, name) in enumerate(both)
        ]
        outer = marks * np.column_stack([np.ones((len(marks), 2)), reach])
        places = beside(outer, _sizes(ax, texts), room)
        crowded = {int(row) for row in np.flatnonzero(np.isnan(places[:, 0]))} - numbered
        if not crowded:
            return texts, places, marks, room
        numbered |= crowded
        if isinstance(figure, Page) and not figure.in_panels:
            if key is not None:
                key.remove()
            key = _list_names(figure, rows.iloc[sorted(numbered)], tall)


def _limits(ax: Axes, rows: pd.DataFrame, size: str) -> None:
    """One scale for both directions, with a margin for names, and no mark beyond the edge."""
    box = ax.get_window_extent()
    radius = _radii(rows, size, box.width, box.height)
    places = rows[["x", "y"]].to_numpy(float)
    span = np.ptp(places, axis=0) * (1 + 2 * MARGIN)
    middle = (places.min(axis=0) + places.max(axis=0)) / 2
    scale = max(span[0] / box.width, span[1] / box.height) or 1.0
    for _ in range(WIDENED):  # the larger the scale, the more a mark of fixed size covers
        reach = (radius * scale)[:, None]
        low, high = (places - reach).min(axis=0), (places + reach).max(axis=0)
        middle, span = (low + high) / 2, np.maximum(span, high - low)
        scale = max(span[0] / box.width, span[1] / box.height) or 1.0
    for set_limits, center, pixels in (
        (ax.set_xlim, middle[0], box.width),
        (ax.set_ylim, middle[1], box.height),
    ):
        set_limits(center - scale * pixels / 2, center + scale * pixels / 2)


def _radii(rows: pd.DataFrame, size: str, width: float, height: float) -> np.ndarray:
    """Of all marks, in the unit of the map's width and height."""
    share = rows[size].to_numpy(float) / max(float(rows[size].sum()), 1e-12)
    return np.asarray(np.sqrt(INKED * share * width * height / np.pi))


def _measured(ax: Axes, rows: pd.DataFrame, size: str) -> tuple[np.ndarray, tuple[float, float]]:
    """Center and radius of each mark, and the room, in points from the axes' lower left corner."""
    per_point = figure_of(ax).dpi / 72
    box = ax.get_window_extent()
    room = (box.width / per_point, box.height / per_point)
    places = ax.transData.transform(rows[["x", "y"]].to_numpy(float))
    places = (places - [box.x0, box.y0]) / per_point
    radius = _radii(rows, size, *room)
    return np.column_stack([places, np.maximum(radius, DOT)]), room


def _sizes(ax: Axes, texts: list[str]) -> np.ndarray:
    """Width and height of each text in points, with a little air."""
    per_point = figure_of(ax).dpi / 72
    sizes = []
    for text in texts:
        probe = ax.text(0, 0, text, fontsize=SMALL, linespacing=1.05)
        box = probe.get_window_extent()
        sizes.append((box.width / per_point + 2, box.height / per_point + 1))
        probe.remove()
    return np.array(sizes)


def _write(
    ax: Axes, text: str, place: tuple[float, ...], spot: np.ndarray, size: np.ndarray, room: Any
) -> None:
    """One name; where it stands away from its mark, a hairline joins them.

    `place` is the mark's center and radius, and how much of this a side may lie within.
    """
    mark, inner = np.array(place[:3]), place[3]
    inside = bool(np.isnan(spot[0]))  # no room even for the number: on the mark itself
    center = mark[:2] if inside else spot
    note = ax.text(
        center[0] / room[0], center[1] / room[1], text, transform=ax.transAxes, ha="center",
        va="center", fontsize=SMALL, linespacing=1.05, color=INK, zorder=5, label="_name",
    )  # fmt: skip
    note.set_in_layout(False)
    if inside:
        return
    note.set_bbox({"facecolor": "white", "edgecolor": "white", "linewidth": 0, "pad": 0.2})
    nearest = np.clip(mark[:2], spot - size / 2, spot + size / 2)
    way = nearest - mark[:2]
    far = float(np.hypot(*way))
    if far - mark[2] > (GAPS[0] + GAPS[1]) / 2:
        ends = np.array([mark[:2] + way / far * mark[2] * inner, nearest]) / room
        ax.add_line(
            Line2D(*ends.T, transform=ax.transAxes, lw=0.5, color=FAINT, zorder=4, label="_to-name")
        )


def _list_names(figure: Page, rows: pd.DataFrame, tall: float) -> Legend:
    """The names of numbered topics below the map, which is `tall` inches high without them."""
    width = figure.get_figwidth() / MM
    most = 3 if width > 150 else 2 if width > 100 else 1
    rows = rows.sort_values("topic")
    texts = [
        f"{number}  {shorten(name, int(width / most / 1.5) - 6)}"
        for number, name in zip(rows["topic"], rows["name"], strict=True)
    ]
    # small letters are narrower than those the columns of a legend are reckoned with
    columns = min(len(texts), max(most, legend_columns(texts, width * TEXT / SMALL, mark=4.0)))
    lines = -(-len(texts) // columns)
    figure.set_figheight(min(tall + (LINE * lines + 2) * MM, TALLEST * MM))
    key = figure.legend(
        handles=[Line2D([], [], ls="none", label=text) for text in texts],
        loc="outside lower left", ncols=columns, fontsize=SMALL, handlelength=0, handletextpad=0,
        columnspacing=1.0, labelspacing=0.25,
    )  # fmt: skip
    return key


def _area(marker: str) -> float:
    """What a marker of size 1 covers: markers of one size differ, a circle covers pi / 4."""
    style = MarkerStyle(marker)
    path = style.get_path().transformed(style.get_transform())
    total = 0.0
    for polygon in path.to_polygons():
        x, y = np.asarray(polygon).T
        total += float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1])) / 2
    return abs(total)
