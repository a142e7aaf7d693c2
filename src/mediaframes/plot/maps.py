"""Topics on a map, topics and words in networks, and how sure packages of topics are."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from mediaframes.errors import InputError
from mediaframes.plot._marks import (
    bare,
    draw_marks,
    edges_between,
    height_of,
    legend_above,
    marks_of,
    note_below,
)
from mediaframes.plot._tables import check, check_numbers, names_of, percent
from mediaframes.plot.style import (
    GUIDE,
    PALETTE,
    TALLEST,
    Look,
    axes,
    looks,
    millimeters,
    styled,
    tint,
)

ALONE = Look("#9a9a9a", "o", "-")


@styled
def topic_map(
    table: pd.DataFrame,
    *,
    group: str | None = None,
    colors: Mapping[str, str] | None = None,
    height: float | None = None,
    width: str | float = "double",
    ax: Axes | None = None,
) -> Axes:
    """Topics in two dimensions: those with alike words lie close together.

    The area of a mark is the topic's share. Names stand beside the marks; where there is no room
    for one, its number stands there, and the name in a list below.

    Parameters
    ----------
    table : DataFrame
        From ``mf.topic_map``: topic, name, share, x, y (share_of and kept for the line below).
    group : str, optional
        A column to color by, e.g. ``"package"``.
    colors : mapping, optional
        Group to hex color.
    height : float, optional
        Of the map, millimeters; without it 0.6 to 1 of the width.
    width : str or float
        "single", "onehalf", "double" or millimeters.
    ax : Axes, optional
        Axes to draw on.

    Examples
    --------
    >>> table = pd.DataFrame({"topic": [1, 2, 3], "name": ["bank", "park", "vote"], "kept": 1.0,
    ...                       "share": [0.5, 0.3, 0.2], "x": [-1, 0, 1], "y": [0, 1, 0]})
    >>> sorted(text.get_text() for text in topic_map(table).texts)
    ['bank', 'park', 'vote']
    """
    verb = "mf.topic_map(topics)"
    needed = ["topic", "name", "share", "x", "y", *([group] if group else [])]
    rows = marks_of(check(table, needed, plot="topic_map", verb=verb), "share", "topic_map", verb)
    names = names_of(rows, group) if group else []
    if group and rows[group].isna().any():
        raise InputError(f"plot.topic_map: '{group}' is missing for a topic; give each its group")
    found = looks(names, colors) if group else {"": Look(PALETTE[0], "o", "-")}
    shape = [found[str(value)] for value in rows[group]] if group else [found[""]] * len(rows)
    tall = height or height_of(width)
    ax = bare(axes(width=width, height=min(tall + 8, TALLEST), ax=ax))
    ax.axhline(0, color=GUIDE, lw=0.6, zorder=0)
    ax.axvline(0, color=GUIDE, lw=0.6, zorder=0)
    handles = [
        Line2D([], [], ls="none", marker=found[name].marker, color=found[name].color,
               label=f"{group} {name}" if name.isdigit() else name,
               markerfacecolor=tint(found[name].color, 0.45), markersize=5)
        for name in names
    ]  # fmt: skip
    legend_above(ax, handles, millimeters(width))
    kept = (
        f"; {percent(round(rows['kept'].iloc[0], 2))}% of the distances" if "kept" in rows else ""
    )
    note_below(
        ax,
        f"Close together: alike words (two dimensions{kept}). "
        f"Area: {_size_of(rows, 'share_of')} (largest {percent(round(rows['share'].max(), 3))}%)",
        width,
    )
    filled = [tint(look.color, 0.45) for look in shape]
    draw_marks(ax, rows, "share", shape, filled)
    return ax


@styled
def topic_network(
    nodes: pd.DataFrame,
    edges: pd.DataFrame,
    *,
    strongest: int = 3,
    stable: float = 0.7,
    colors: Mapping[str, str] | None = None,
    height: float | None = None,
    width: str | float = "double",
    ax: Axes | None = None,
) -> Axes:
    """Topics that share articles, with the packages they form and how sure these are.

    The area of a mark is the topic's size, color and shape are its package, a hollow mark is not
    stable. Only the strongest edges of each topic are drawn; a line below says how many.

    Parameters
    ----------
    nodes, edges : DataFrame
        From ``mf.network_map(network)``: topic, name, size, package, stability, x, y (and
        package_stability and size_of for legend and line); topic_a, topic_b, similarity, rank.
    strongest : int
        Edges drawn of each topic.
    stable : float
        Topics below this stability are hollow.
    colors : mapping, optional
        Package (as text) to hex color.
    height : float, optional
        Of the network, millimeters.
    width : str or float
        "single", "onehalf", "double" or millimeters.
    ax : Axes, optional
        Axes to draw on.

    Examples
    --------
    >>> nodes = pd.DataFrame({"topic": [1, 2, 3], "name": ["bank", "loan", "vote"],
    ...                       "size": [0.5, 0.3, 0.2], "package": [1, 1, 2], "x": [-1, 0, 1],
    ...                       "stability": [0.9, 0.9, 0.5], "y": [0, 1, 0]})
    >>> edges = pd.DataFrame({"topic_a": [1, 2], "topic_b": [2, 3], "similarity": [0.6, 0.1],
    ...                       "rank": 1})
    >>> topic_network(nodes, edges).get_xlabel().split(".")[0]
    '2 of 2 edges: the 3 strongest of each topic'
    """
    verb = "mf.network_map(network)"
    needed = ["topic", "name", "size", "package", "stability", "x", "y"]
    rows = check(nodes, needed, plot="topic_network", verb=verb)
    rows = marks_of(rows, "size", "topic_network", verb)
    lines = check(
        edges, ["topic_a", "topic_b", "similarity", "rank"], plot="topic_network", verb=verb
    )
    check_numbers(lines, "similarity", plot="topic_network", verb=verb)
    if strongest < 1:
        raise InputError(f"strongest={strongest}: give the number of edges of each topic, from 1")
    packages = rows["package"].astype(str)
    several = packages.map(packages.value_counts()) > 1
    order = list(rows.loc[several].sort_values("package")["package"].astype(str).unique())
    found = looks(order, colors)
    shape = [found.get(name, ALONE) for name in packages]
    tall = height or height_of(width)
    ax = bare(axes(width=width, height=min(tall + 14, TALLEST), ax=ax))
    drawn = lines[lines["rank"] <= strongest]
    edges_between(ax, drawn, rows, "topic_network")
    legend_above(ax, _package_handles(rows, found, bool((~several).any())), millimeters(width))
    note_below(
        ax,
        f"{len(drawn)} of {len(lines)} edges: the {strongest} strongest of each topic. Area: "
        f"{_size_of(rows, 'size_of')}. Hollow: stability below {stable:g}",
        width,
    )
    low = rows["stability"].to_numpy(float) < stable
    filled = [
        "white" if weak else tint(look.color, 0.6) for look, weak in zip(shape, low, strict=True)
    ]
    draw_marks(ax, rows, "size", shape, filled)
    return ax


def _size_of(rows: pd.DataFrame, column: str) -> str:
    return str(rows[column].iloc[0]) if column in rows else "size of the topic"


def _package_handles(rows: pd.DataFrame, found: Mapping[str, Look], alone: bool) -> list[Line2D]:
    """Legend: each package of several topics, how many, and its stability."""
    handles = []
    for name, look in found.items():
        part = rows[rows["package"].astype(str) == name]
        text = f"package {name}" if name.isdigit() else name
        text += f": {len(part)} topics"
        if "package_stability" in part:
            text += f", stability {part['package_stability'].iloc[0]:.2f}"
        handles.append(_handle(look, text))
    return [*handles, _handle(ALONE, "topics on their own")] if alone else handles


def _handle(look: Look, text: str) -> Line2D:
    return Line2D(
        [], [], ls="none", marker=look.marker, color=look.color, label=text,
        markerfacecolor=tint(look.color, 0.6), markersize=5,
    )  # fmt: skip


@styled
def word_network(
    nodes: pd.DataFrame,
    edges: pd.DataFrame,
    *,
    strongest: int = 3,
    group: str | None = None,
    colors: Mapping[str, str] | None = None,
    height: float | None = None,
    width: str | float = "double",
    ax: Axes | None = None,
) -> Axes:
    """Words that stand together, drawn near each other; the area of a mark is how often.

    Only the strongest edges of each word are drawn; a line below says how many.

    Parameters
    ----------
    nodes, edges : DataFrame
        From ``network.map()`` of `mf.cooccurrence`: word, n, x, y; source, target, strength, rank.
    strongest : int
        Edges drawn of each word.
    group : str, optional
        A column of `nodes` to color by, e.g. the frame a word belongs to.
    colors : mapping, optional
        Group to hex color.
    height : float, optional
        Of the network, millimeters.
    width : str or float
        "single", "onehalf", "double" or millimeters.
    ax : Axes, optional
        Axes to draw on.

    Examples
    --------
    >>> nodes = pd.DataFrame({"word": ["bank", "loan", "vote"], "n": [5, 3, 2], "x": [-1, 0, 1],
    ...                       "y": [0, 1, 0]})
    >>> edges = pd.DataFrame({"source": ["bank"], "target": ["loan"], "strength": 0.6, "rank": 1})
    >>> word_network(nodes, edges).get_xlabel().split(".")[0]
    '1 of 1 edges: the 3 strongest of each word'
    """
    verb = "network.map() of mf.cooccurrence"
    needed = ["word", "n", "x", "y", *([group] if group else [])]
    rows = check(nodes, needed, plot="word_network", verb=verb)
    rows = rows.sort_values(["n", "word"], ascending=[False, True]).rename(columns={"word": "name"})
    rows = marks_of(rows.assign(topic=range(1, len(rows) + 1)), "n", "word_network", verb)
    lines = check(edges, ["source", "target", "strength", "rank"], plot="word_network", verb=verb)
    numbers = dict(zip(rows["name"], rows["topic"], strict=True))
    lines = lines.assign(
        topic_a=lines["source"].map(lambda word: numbers.get(word, word)),
        topic_b=lines["target"].map(lambda word: numbers.get(word, word)),
        similarity=lines["strength"],
    )
    check_numbers(lines, "similarity", plot="word_network", verb=verb)
    if strongest < 1:
        raise InputError(f"strongest={strongest}: give the number of edges of each word, from 1")
    found = looks(names_of(rows, group), colors) if group else {}
    plain = Look(PALETTE[0], "o", "-") if group is None else ALONE
    shape = (
        [found.get(str(value), plain) for value in rows[group]] if group else [plain] * len(rows)
    )
    tall = height or height_of(width)
    ax = bare(axes(width=width, height=min(tall + 14, TALLEST), ax=ax))
    drawn = lines[lines["rank"] <= strongest]
    edges_between(ax, drawn, rows, "word_network")
    handles = [_handle(look, name) for name, look in found.items()]
    if group and rows[group].isna().any():
        handles.append(_handle(ALONE, "others"))
    legend_above(ax, handles, millimeters(width))
    note_below(
        ax,
        f"{len(drawn)} of {len(lines)} edges: the {strongest} strongest of each word. Area: how "
        "often the word occurs",
        width,
    )
    draw_marks(ax, rows, "n", shape, [tint(look.color, 0.6) for look in shape])
    return ax
