"""How many topics: what each candidate gives and costs, without a winner."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from mediaframes.errors import InputError
from mediaframes.plot._tables import check, plain, wrap
from mediaframes.plot.style import (
    FAINT,
    INK,
    PALETTE,
    SMALL,
    PageAxes,
    millimeters,
    page,
    styled,
    tint,
)

VERB = "mf.choose_k(counts, k=[10, 20, 30], seed=...)"
MEASURES = {
    "coherence": "Coherence",
    "exclusivity": "Exclusivity",
    "held_out": "Held-out words",
    "stability": "Stability",
}
UNITS = {
    "coherence": "log share, summed",
    "exclusivity": "0 to 10",
    "held_out": "log probability",
    "stability": "cosine",
}


@styled
def frontier(table: pd.DataFrame, *, width: str | float = "double") -> Figure:
    """Numbers of topics in the four measures that pull apart; higher is better in each.

    Filled: no other number of topics is at least as good in all four and better in one. Which of
    them to take is the researcher's choice, and often more than one remains.

    Parameters
    ----------
    table : DataFrame
        From ``mf.choose_k``: k, coherence, exclusivity, held_out, stability, frontier.
    width : str or float
        "single", "onehalf", "double" or millimeters.

    Returns
    -------
    Figure
        One panel for each measure; one that is missing throughout is left out.

    Examples
    --------
    >>> table = pd.DataFrame({"k": [10, 20, 30], "coherence": [-70, -80, -95],
    ...                       "exclusivity": [8.9, 9.3, 9.2], "held_out": [-7.6, -7.4, -7.5],
    ...                       "stability": [0.9, 0.8, 0.7], "frontier": [True, True, False]})
    >>> [ax.get_title(loc='left') for ax in frontier(table).axes]
    ['Coherence', 'Exclusivity', 'Held-out words', 'Stability']
    """
    rows = check(table, ["k", *MEASURES, "frontier"], plot="frontier", verb=VERB)
    if rows["k"].duplicated().any():
        raise InputError("plot.frontier: two rows for one k; filter the table to one model")
    rows = rows.sort_values("k", ignore_index=True)
    shown = [name for name in MEASURES if np.isfinite(rows[name].astype(float)).any()]
    if not shown:
        raise InputError(f"plot.frontier: every measure is missing; {VERB} makes such a table")
    columns = len(shown) if millimeters(width) > 130 else min(2, len(shown))
    deep = -(-len(shown) // columns)
    figure = page(width=width, height=48.0 * deep + 13)
    for place, name in enumerate(shown):
        ax = figure.add_subplot(deep, columns, place + 1, axes_class=PageAxes)
        _panel(ax, rows, name)
    figure.supxlabel(
        "Number of topics (higher is better in each panel)", fontsize="medium", color=INK
    )
    kept = rows["frontier"].astype(bool)
    handles = [
        _mark(True, "on the frontier: no other is at least as good in all and better in one")
    ]
    if not kept.all():
        handles.append(_mark(False, "another is"))
    room = int(millimeters(width) / 1.9)
    for handle in handles:
        handle.set_label(wrap(handle.get_label(), room))
    figure.legend(handles=handles, loc="outside upper left", ncols=2 if columns > 2 else 1)
    return figure


def _mark(kept: bool, label: str) -> Line2D:
    face = PALETTE[0] if kept else "white"
    return Line2D(
        [], [], ls="none", marker="o", color=PALETTE[0], markerfacecolor=face, label=label,
        markersize=4.5,
    )  # fmt: skip


def _panel(ax: Axes, rows: pd.DataFrame, name: str) -> None:
    x, y = rows["k"].to_numpy(float), rows[name].to_numpy(float)
    kept = rows["frontier"].to_numpy(bool)
    ax.plot(x, y, color=tint(PALETTE[0], 0.35), lw=1.0, zorder=2)
    for mask, face in ((~kept, "white"), (kept, PALETTE[0])):
        ax.plot(
            x[mask], y[mask], ls="none", marker="o", color=PALETTE[0], markerfacecolor=face,
            markersize=4.5, zorder=3, label="_k",
        )  # fmt: skip
    ax.set_title(MEASURES[name])
    ax.set_ylabel(UNITS[name], color=FAINT, fontsize=SMALL)
    ax.margins(x=0.1, y=0.12)
    ax.grid(axis="y")
    # a tick at each candidate that its neighbor leaves room for
    least = (x[-1] - x[0]) / 6
    ticks: list[float] = []
    for value in x:
        if not ticks or value - ticks[-1] >= least:
            ticks.append(float(value))
    ax.set_xticks(ticks, [f"{value:g}" for value in ticks])
    ax.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10], min_n_ticks=3))
    ax.yaxis.set_major_formatter(FuncFormatter(plain))
