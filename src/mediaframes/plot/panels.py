"""Small multiples of any plot."""

from collections.abc import Callable
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mediaframes.errors import InputError
from mediaframes.plot import _labels
from mediaframes.plot._tables import check, names_of, wrap
from mediaframes.plot.style import (
    INK,
    MM,
    SMALL,
    TALLEST,
    Page,
    PageAxes,
    journal,
    legend_columns,
    millimeters,
    page,
    settle,
)

VERB = "mf.prevalence(scores, by='outlet', every='week', seed=...)"


def grid(
    table: pd.DataFrame,
    draw: Callable[..., Axes],
    *,
    by: str,
    columns: int = 3,
    width: str | float = "double",
    height: float | None = None,
    **settings: Any,
) -> Figure:
    """Small multiples: `draw` once for each value of `by`, on shared axes.

    Parameters
    ----------
    table : DataFrame
        What `draw` takes, with the column `by`.
    draw : callable
        A plot of this wing, e.g. ``plot.prevalence``.
    by : str
        The column whose values become panels, e.g. ``"frame"`` or ``"outlet"``.
    columns : int
        Panels beside each other.
    width : str or float
        "single", "onehalf", "double" or millimeters.
    height : float, optional
        Of one row of panels, millimeters.
    **settings
        Handed on to `draw`, e.g. ``events=``, ``colors=``.

    Returns
    -------
    Figure
        One panel for each value, and one legend for all.
    """
    rows = check(table, [by], plot="grid", verb=VERB)
    values = names_of(rows, by)
    columns = max(1, min(columns, len(values)))
    deep = -(-len(values) // columns)
    tall = height or min(48.0, (TALLEST - 12) / deep)
    with journal():
        figure = page(width=width, height=tall * deep + 10)
        figure.in_panels = True
        if "period" in rows:
            figure.periods = pd.to_datetime(rows["period"].dropna())
        shared: Axes | None = None
        panels = []
        for place, value in enumerate(values):
            ax = figure.add_subplot(
                deep, columns, place + 1, axes_class=PageAxes, sharex=shared, sharey=shared
            )
            shared = shared or ax
            draw(rows[rows[by].astype(str) == value], ax=ax, **settings)
            ax.set_title(wrap(value, int(millimeters(width) / columns / 2.1)))
            panels.append(ax)
        _share(figure, panels, columns)
        if by != "frame" and "frame" in rows:
            _name_frame(figure, names_of(rows, "frame"))
        if settings.get("events") is not None:
            figure.supxlabel(
                _labels.event_list(settings["events"]), fontsize=SMALL, x=0.06, ha="left"
            )
        figure.in_panels = False
        settle(figure)
    return figure


def _share(figure: Page, panels: list[Axes], columns: int) -> None:
    """One label for each direction, tick labels at the edges only, one legend."""
    first, last = panels[0].get_ylim()
    if first > last:  # rows with names, not values: the values run along x
        _share_rows(figure, panels)
    else:
        low = min(ax.get_ylim()[0] for ax in panels)
        high = max(ax.dataLim.y1 for ax in panels)
        panels[0].set_ylim(low, high + 0.04 * (high - low))
    label = panels[0].get_ylabel()
    for place, ax in enumerate(panels):
        ax.set_ylabel("")
        if place % columns:
            ax.tick_params(labelleft=False)
        if place + columns < len(panels):
            for lowest in (ax, *ax.child_axes):
                lowest.tick_params(labelbottom=False)
                lowest.set_xlabel("")
    figure.supylabel(label, fontsize="medium", color=INK)
    _share_counts(panels, columns)
    handles: dict[str, Any] = {}
    most = 0
    for ax in panels:
        found, names = ax.get_legend_handles_labels()
        most = max(most, len(names))
        handles |= dict(zip(names, found, strict=True))
    if most > 1:  # with one line in each panel, its title says it all
        figure.legend(
            list(handles.values()),
            [wrap(name) for name in handles],
            loc="outside lower center",
            ncols=legend_columns(handles, figure.get_figwidth() / MM),
        )


def _name_frame(figure: Page, frames: list[str]) -> None:
    """The one frame that all panels show, before what the shared axis measures."""
    label = figure.get_supylabel()
    if len(frames) == 1 and label:
        # a letter as in `Articles with the frame (%)`, within a sentence now
        figure.supylabel(
            f"{frames[0]}: {label[0].lower()}{label[1:]}", fontsize="medium", color=INK
        )


def _share_rows(figure: Page, panels: list[Axes]) -> None:
    """One range and one label for the values of panels whose rows have names."""
    names = [[text.get_text() for text in ax.get_yticklabels()] for ax in panels]
    if any(rows != names[0] for rows in names):
        raise InputError(
            "plot.grid: the panels have different rows; give all of them in one order, e.g. "
            "order=sorted(table['outlet'].unique())"
        )
    high = max(ax.dataLim.x1 for ax in panels)
    panels[0].set_xlim(right=1.04 * high)
    if min(ax.dataLim.x0 for ax in panels) >= 0 >= panels[0].get_xlim()[0]:
        panels[0].set_xlim(left=-0.02 * high)
    figure.supxlabel(panels[0].get_xlabel(), fontsize="medium", color=INK)
    for ax in panels:
        ax.set_xlabel("")


def _share_counts(panels: list[Axes], columns: int) -> None:
    """One scale for all strips of article numbers, written once in each row of panels."""
    strips = [(place, strip) for place, ax in enumerate(panels) for strip in ax.child_axes]
    top = max((strip.get_ylim()[1] for _, strip in strips), default=1.0)
    for place, strip in strips:
        strip.set_ylim(0, top)
        strip.set_yticks([top], [f"{top:,.0f}" if place % columns == 0 else ""])
        if place % columns:
            strip.set_ylabel("")
