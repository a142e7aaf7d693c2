"""Estimates with intervals, one row each: effects, agreement of coders, quality of topics."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from mediaframes.errors import InputError
from mediaframes.plot._tables import check, check_numbers, names_of, plain, wrap
from mediaframes.plot.outlets import dots, label_width, legend, rows_axis
from mediaframes.plot.style import INK, PALETTE, Look, axes, looks, styled

VERB = "a table with one row for each estimate and its bounds"


@styled
def estimates(
    table: pd.DataFrame,
    *,
    label: str = "term",
    value: str = "estimate",
    group: str | None = None,
    against: float | None = 0.0,
    colors: Mapping[str, str] | None = None,
    width: str | float = "onehalf",
    ax: Axes | None = None,
) -> Axes:
    """A forest plot: a dot and its interval for each row, in the order of the table.

    For regression effects, reliability by frame, differences between outlets, anything with an
    estimate and two bounds. A hollow dot has no interval.

    Parameters
    ----------
    table : DataFrame
        The columns `label` and `value`, and the bounds ``low`` and ``high``.
    label, value : str
        The columns that name the rows and hold the estimates.
    group : str, optional
        A column whose values stand beside each other in each row, e.g. ``"model"``.
    against : float or None
        Where to draw the line estimates are held against, e.g. 0 for effects, 0.667 for alpha.
    colors : mapping, optional
        Group to hex color.
    width : str or float
        "single", "onehalf", "double" or millimeters.
    ax : Axes, optional
        Axes to draw on.

    Examples
    --------
    >>> table = pd.DataFrame({"frame": ["Morality", "Economic"], "alpha": [0.71, 0.8],
    ...                       "low": [0.6, 0.72], "high": [0.8, 0.87]})
    >>> ax = estimates(table, label="frame", value="alpha", against=0.667)
    >>> ax.get_xlabel()
    'alpha'
    """
    needed = [label, value, "low", "high", *([group] if group else [])]
    rows = check(table, needed, plot="estimates", verb=VERB)
    check_numbers(rows, value, plot="estimates", verb=VERB)
    rows = rows.astype({value: float, "low": float, "high": float})
    twice = rows.duplicated([label, *([group] if group else [])])
    if twice.any():
        name = rows[twice].iloc[0][label]
        raise InputError(f"plot.estimates: two rows for '{name}'; filter, or say group=")
    order = [str(name) for name in rows[label].drop_duplicates()]
    series = names_of(rows, group) if group else [""]
    found = looks(series, colors) if group else {"": Look(PALETTE[0], "o", "-")}
    labels = [wrap(name, label_width(width)) for name in order]
    lines = max(name.count("\n") + 1 for name in labels)
    pitch = max(5.0, 1.8 * len(series) + 1.6, 3.4 * lines)
    ax = axes(width=width, height=pitch * len(order) + (20 if group else 12), ax=ax)
    if against is not None:
        ax.axvline(against, color=INK, lw=0.6, zorder=1)
    place_of = {name: place for place, name in enumerate(order)}
    for number, name in enumerate(series):
        part = rows[rows[group].astype(str) == name] if group else rows
        aside = (number - (len(series) - 1) / 2) * 0.74 / max(len(series), 2)
        y = part[label].astype(str).map(place_of).to_numpy(float) + aside
        dots(ax, part.rename(columns={value: "value"}), y, found[name], name)
    rows_axis(ax, labels, stripes=bool(group))
    ax.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    ax.xaxis.set_major_formatter(FuncFormatter(plain))
    ax.set_xlabel(value)
    if group:
        legend(ax, width)
    return ax
