"""How sure the packages of a topic network are: which topics fall together, how often."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter

from mediaframes.errors import InputError
from mediaframes.plot._tables import check, check_numbers, percent, shorten, wrap
from mediaframes.plot.outlets import label_width
from mediaframes.plot.style import (
    INK,
    PALETTE,
    SMALL,
    TALLEST,
    axes,
    figure_of,
    millimeters,
    styled,
)

RISING = LinearSegmentedColormap.from_list("together", ["#ffffff", PALETTE[0], "#00263c"])
ROW = 3.0  # of a topic, millimeters: a line of small text


@styled
def co_membership(
    table: pd.DataFrame, *, width: str | float = "double", ax: Axes | None = None
) -> Axes:
    """Which topics fall into one package, over all samples and algorithms; packages framed.

    A dark square on the diagonal is a package that nearly all partitions find; gray between two
    squares tells that they are not surely two.

    Parameters
    ----------
    table : DataFrame
        From ``mf.co_membership(network)``: topic_a, name_a, package_a, place_a, the same with _b,
        and together (0 to 1).
    width : str or float
        "single", "onehalf", "double" or millimeters.
    ax : Axes, optional
        Axes to draw on.

    Examples
    --------
    >>> table = pd.DataFrame({"topic_a": [1, 2], "topic_b": [2, 1], "package_a": 1, "package_b": 1,
    ...                       "name_a": ["bank", "loan"], "name_b": ["loan", "bank"],
    ...                       "place_a": [1, 2], "place_b": [2, 1], "together": 0.9})
    >>> [text.get_text() for text in co_membership(table).get_yticklabels()]
    ['1 bank', '2 loan']
    """
    verb = "mf.co_membership(network)"
    sides = [f"{name}_{side}" for side in "ab" for name in ("topic", "name", "package", "place")]
    rows = check(table, [*sides, "together"], plot="co_membership", verb=verb)
    check_numbers(rows, "together", plot="co_membership", verb=verb)
    if rows.duplicated(["place_a", "place_b"]).any():
        raise InputError("plot.co_membership: two rows for one pair; filter to one network")
    topics = rows.drop_duplicates("topic_a").sort_values("place_a", ignore_index=True)
    n = len(topics)
    place = pd.Index(topics["topic_a"])
    matrix = np.full((n, n), np.nan)
    one, two = place.get_indexer(rows["topic_a"]), place.get_indexer(rows["topic_b"])
    if (two < 0).any():
        raise InputError("plot.co_membership: a topic has no row of its own; give the whole table")
    matrix[one, two] = rows["together"].to_numpy(float)
    ax = axes(width=width, height=min(ROW * n + 26, TALLEST), ax=ax)
    edges = np.arange(n + 1) - 0.5
    mesh = ax.pcolormesh(
        edges, edges, np.ma.masked_invalid(matrix), cmap=RISING, norm=Normalize(0, 1)
    )
    ax.set_ylim(n - 0.5, -0.5)
    _frames(ax, topics["package_a"].astype(str).tolist())
    room = label_width(width) + 6
    names = [
        shorten(f"{number} {name}", room)
        for number, name in zip(topics["topic_a"], topics["name_a"], strict=True)
    ]
    ax.set_yticks(range(n), names, fontsize=SMALL)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    bar = figure_of(ax).colorbar(mesh, ax=ax, location="bottom", aspect=40, pad=0.02, shrink=0.8)
    bar.outline.set_linewidth(0.5)
    bar.ax.xaxis.set_major_formatter(FuncFormatter(percent))
    label = wrap("Partitions with both topics together (%)", int(millimeters(width) * 0.3))
    bar.set_label(label, fontsize=SMALL)
    return ax


def _frames(ax: Axes, packages: list[str]) -> None:
    """A frame about each package, its name above where it does not run into the one before."""
    starts = [row for row, name in enumerate(packages) if not row or packages[row - 1] != name]
    ends = [*starts[1:], len(packages)]
    ticks, free = [], -1.0
    for start, end in zip(starts, ends, strict=True):
        size = end - start
        ax.add_patch(Rectangle((start - 0.5, start - 0.5), size, size, fill=False, ec=INK, lw=0.8))
        middle = (start + end - 1) / 2
        need = len(packages) / 45 * len(packages[start])  # about the width of its letters
        if middle - need >= free:
            ticks.append((middle, packages[start]))
            free = middle + need
    ax.xaxis.tick_top()
    ax.xaxis.set_label_position("top")
    ax.set_xticks([place for place, _ in ticks], [name for _, name in ticks], fontsize=SMALL)
    ax.set_xlabel("Package", fontsize=SMALL)
