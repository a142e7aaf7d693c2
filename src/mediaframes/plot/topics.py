"""What a topic model found: the words of each topic."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from mediaframes.errors import InputError
from mediaframes.plot._tables import check, check_numbers, plain, shorten, wrap
from mediaframes.plot.style import (
    INK,
    LETTER,
    PALETTE,
    TALLEST,
    PageAxes,
    millimeters,
    page,
    styled,
    tint,
)

VERB = "the words table of mf.fit_topics"


@styled
def top_words(
    table: pd.DataFrame,
    *,
    n: int = 8,
    columns: int = 4,
    width: str | float = "double",
) -> Figure:
    """The most probable words of each topic, one panel for each, on one scale.

    Parameters
    ----------
    table : DataFrame
        topic, name, rank (from 1), word, weight (probability of the word in the topic).
    n : int
        Words for each topic.
    columns : int
        Panels beside each other.
    width : str or float
        "single", "onehalf", "double" or millimeters.

    Returns
    -------
    Figure
        One panel for each topic, in the order of topic numbers.

    Examples
    --------
    >>> table = pd.DataFrame({"topic": 0, "name": "Sanctions", "rank": [1, 2],
    ...                       "word": ["sanctions", "trade"], "weight": [0.08, 0.05]})
    >>> figure = top_words(table)
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['sanctions', 'trade']
    """
    rows = check(table, ["topic", "name", "rank", "word", "weight"], plot="top_words", verb=VERB)
    check_numbers(rows, "weight", plot="top_words", verb=VERB)
    if n < 1:
        raise InputError(f"n={n}: give the number of words for each topic, at least 1")
    rows = rows.sort_values(["topic", "rank", "word"], kind="stable")
    topics = list(rows["topic"].drop_duplicates())
    columns = max(1, min(columns, len(topics)))
    deep = -(-len(topics) // columns)
    names = {topic: _name(part) for topic, part in rows.groupby("topic")}
    titles = {
        topic: wrap(name, int((millimeters(width) / columns - 4) / 1.9))
        for topic, name in names.items()
    }
    tallest = max(title.count("\n") + 1 for title in titles.values())
    shown = min(n, int(rows.groupby("topic").size().max()))
    height = deep * (3.9 * shown + 3.5 * tallest + 5) + 8
    if height > TALLEST + 20:
        raise InputError(
            f"{len(topics)} topics with {shown} words need {height:.0f} mm, more than a page; use "
            "a smaller n=, more columns=, or filter the table"
        )
    figure = page(width=width, height=height)
    # a word longer than its panel is shortened, not overprinted
    room = int((millimeters(width) / columns - 4) / LETTER)
    top = float(rows["weight"].max())
    for place, topic in enumerate(topics):
        part = rows[rows["topic"] == topic].head(n)
        ax = figure.add_subplot(deep, columns, place + 1, axes_class=PageAxes)
        _panel(ax, part, room)
        ax.set_ylim(shown - 0.5, -0.5)
        ax.set_xlim(0, 1.06 * top)
        ax.set_title(titles[topic])
        if place + columns < len(topics):
            ax.tick_params(axis="x", labelbottom=False)
    figure.supxlabel("Probability of the word in the topic", fontsize="medium", color=INK)
    return figure


def _name(part: pd.DataFrame) -> str:
    name = part["name"].iloc[0]
    return f"Topic {part['topic'].iloc[0]}" if pd.isna(name) or not str(name) else str(name)


def _panel(ax: Axes, part: pd.DataFrame, room: int) -> None:
    """One topic: each word written over the bar of its probability."""
    y = range(len(part))
    ax.barh(y, part["weight"], height=0.82, color=tint(PALETTE[0], 0.3))
    for line, word in zip(y, part["word"], strict=True):
        ax.annotate(
            shorten(str(word), room),
            (0, line),
            xytext=(2.5, 0),
            textcoords="offset points",
            va="center",
            ha="left",
            annotation_clip=False,
            label="_word",
        )
    ax.set_yticks([])
    ax.spines["left"].set_color("#b0b0b0")
    ax.xaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 5, 10]))
    ax.xaxis.set_major_formatter(FuncFormatter(plain))
