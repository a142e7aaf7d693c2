"""Words that tell two groups of articles apart."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from mediaframes.errors import InputError
from mediaframes.plot._tables import check, check_numbers, plain, wrap
from mediaframes.plot.style import (
    FAINT,
    GUIDE,
    INK,
    LETTER,
    PALETTE,
    SMALL,
    axes,
    millimeters,
    styled,
    tint,
)

VERB = "mf.keyness(counts, by='outlet', target='...')"
# name: label, and the columns that tell the strength of evidence, the first there is counts
MEASURES = {
    "log_odds": ("Log-odds ratio", ("z", "t", "g2")),
    "log_ratio": ("Log ratio (base 2)", ("g2", "t", "z")),
    "lrc": ("Conservative log ratio (base 2)", ("lrc",)),
}
DRIVEN = "†"  # stands at words that one outlet or day carries alone
LONGEST_DRIVER = 24  # letters of the name beside it


@styled
def keyness(
    table: pd.DataFrame,
    *,
    n: int = 15,
    measure: str = "log_odds",
    target: str = "target",
    reference: str = "reference",
    width: str | float = "onehalf",
    ax: Axes | None = None,
) -> Axes:
    """The words most typical of the target, and of the reference, with their intervals.

    Words are chosen by the strength of evidence (z for log odds, G2 for log ratio; where the table
    has none, t) and ordered by the size of the effect. The small numbers are articles with the
    word: target | reference. Words whose column ``driven`` is true carry a dagger, and beside the
    numbers the name of the outlet or day without which their keyness goes away.

    Parameters
    ----------
    table : DataFrame
        From ``mf.keyness``: word, docs_target, docs_reference, and the measure with its bounds; or
        from ``mf.keyness_test`` (no bounds: hollow points). For the daggers, merged with
        ``driver`` and ``driven`` from ``mf.keyness_drivers`` (see the example).
    n : int
        Words on each side.
    measure : str
        ``"log_odds"``, ``"log_ratio"`` or ``"lrc"``.
    target, reference : str
        What the two sides are called in the figure.
    width : str or float
        "single", "onehalf", "double" or millimeters.
    ax : Axes, optional
        Axes to draw on.

    Examples
    --------
    >>> table = pd.DataFrame({"word": ["tax", "army"], "docs_target": [9, 1],
    ...     "docs_reference": [2, 8], "log_odds": [1.2, -1.5], "log_odds_low": [0.4, -2.5],
    ...     "log_odds_high": [2.0, -0.5], "z": [3.0, -3.0]})
    >>> [text.get_text() for text in keyness(table).texts if text.get_label() == "_word"]
    ['tax', 'army']
    >>> drivers = pd.DataFrame({"word": ["army", "tax"], "driver": ["Echo", "Post"],
    ...     "driven": [True, False]})
    >>> ax = keyness(table.merge(drivers, on="word", how="left"))
    >>> [text.get_text() for text in ax.texts if text.get_label() == "_word"]
    ['tax', 'army †']
    """
    rows = _chosen(table, n, measure)
    ax = axes(width=width, height=3.9 * len(rows) + 22, ax=ax)
    y = np.arange(len(rows), dtype=float)
    value, low, high = (rows[name].to_numpy(float) for name in _columns(measure))
    bare = np.isnan(low) | np.isnan(high)  # an interval open on one side is drawn up to the value
    for side, color, marker in ((value > 0, PALETTE[0], "o"), (value <= 0, PALETTE[1], "s")):
        ax.hlines(y[side], 0, value[side], color=tint(color, 0.3), lw=2.4, zorder=1)
        known = [np.where(np.isnan(bound), value, bound)[side] for bound in (low, high)]
        ax.hlines(y[side], *known, color=color, lw=0.9, zorder=2)
        full = side & ~bare
        ax.plot(value[full], y[full], linestyle="none", marker=marker, color=color, zorder=3)
    ax.plot(
        value[bare],
        y[bare],
        linestyle="none",
        marker="o",
        markerfacecolor="white",
        markeredgecolor=INK,
        zorder=3.1,
        label="_no-interval",
    )
    ax.axvline(0, color=INK, lw=0.6)
    reach = float(np.nanmax(np.abs(np.concatenate([value, low, high]))))
    ax.set_xlim(-1.04 * reach, 1.04 * reach)
    for place, (_, row) in enumerate(rows.iterrows()):
        right = value[place] > 0
        # beside zero, or beside the interval where that reaches over zero
        bound = low[place] if right else high[place]
        edge = 0.0 if np.isnan(bound) else min(bound, 0.0) if right else max(bound, 0.0)
        ax.annotate(
            f"{row['word']} {DRIVEN}" if row["driven"] else str(row["word"]),
            (edge, place),
            xytext=(-4 if right else 4, 0),
            label="_word",
            textcoords="offset points",
            ha="right" if right else "left",
            va="center",
        )
    _sides(ax, rows, measure, target, reference, width)
    return ax


def _columns(measure: str) -> list[str]:
    return [measure, f"{measure}_low", f"{measure}_high"]


def _chosen(table: pd.DataFrame, n: int, measure: str) -> pd.DataFrame:
    if measure not in MEASURES:
        raise InputError(f"no measure '{measure}'; use {' or '.join(MEASURES)}")
    if n < 1:
        raise InputError(f"n={n}: give the number of words on each side, at least 1")
    wanted = MEASURES[measure][1]
    # a table of all effects is not asked for its evidence here, but it must have some
    evidence = next((name for name in wanted if name in getattr(table, "columns", ())), wanted[0])
    needed = ["word", measure, evidence, "docs_target", "docs_reference"]
    rows = check(table, needed, plot="keyness", verb=VERB)
    check_numbers(rows, measure, plot="keyness", verb=VERB)
    for name, absent in (*((bound, np.nan) for bound in _columns(measure)[1:]), ("driver", "")):
        if name not in rows:
            rows[name] = absent
    rows["driven"] = rows["driven"].eq(True) if "driven" in rows else False
    rows = rows[np.isfinite(rows[measure].astype(float))]
    rows = rows.assign(strength=rows[evidence].abs()).sort_values(
        ["strength", "word"], ascending=[False, True], kind="stable"
    )
    more, less = rows[rows[measure] > 0].head(n), rows[rows[measure] < 0].head(n)
    chosen = pd.concat([more, less])
    if chosen.empty:
        raise InputError("plot.keyness: no word is more frequent on either side; look at the table")
    return chosen.sort_values([measure, "word"], ascending=[False, True], kind="stable")


def _short(name: object) -> str:
    text = "" if pd.isna(name) else str(name)
    return text if len(text) <= LONGEST_DRIVER else text[: LONGEST_DRIVER - 1] + "…"


def _sides(
    ax: Axes, rows: pd.DataFrame, measure: str, target: str, reference: str, width: str | float
) -> None:
    ax.set_ylim(len(rows) - 0.4, -0.6)
    docs = [
        f"{row.docs_target:,.0f} | {row.docs_reference:,.0f}"
        + (f"  {DRIVEN} {_short(row.driver)}" if row.driven else "")
        for row in rows.itertuples(index=False)
    ]
    ax.yaxis.tick_right()
    ax.set_yticks(range(len(rows)), docs, fontsize=SMALL, color=FAINT)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.grid(axis="x", color=GUIDE, linewidth=0.5)
    ax.xaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10], symmetric=True))
    ax.xaxis.set_major_formatter(FuncFormatter(plain))
    bounded = rows[_columns(measure)[1:]].notna().any(axis=None)
    label = f"{MEASURES[measure][0]}{', with its interval' if bounded else ''}"
    if rows["driven"].any():
        label += f"\n{DRIVEN} goes away without the one named"
    ax.set_xlabel(label)
    room = int(millimeters(width) * 0.38 / LETTER)  # letters of each side, below each other
    for place, text, ha in (
        (0.0, wrap(f"← more in {reference}", room), "left"),
        (1.0, wrap(f"more in {target} →", room), "right"),
    ):
        ax.text(
            place,
            1.01,
            text,
            transform=ax.transAxes,
            ha=ha,
            va="bottom",
            fontweight="bold",
            color=PALETTE[0] if ha == "right" else PALETTE[1],
            label="_side",
        )
    ax.text(
        1.0,
        1.01,
        "  articles",
        transform=ax.transAxes,
        ha="left",
        va="bottom",
        fontsize=SMALL,
        color=FAINT,
    )
