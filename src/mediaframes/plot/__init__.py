"""Figures fit for a journal, and their way into the paper.

A plot takes one table, computes nothing, and returns the axes:

>>> from mediaframes import plot
>>> plot.WIDTHS["double"]
180.0

In a notebook, end the cell with the axes (or the figure of `grid` and `top_words`): it shows
itself, once, at its printed size. No ``plt.show()``, no ``%matplotlib inline``, no pyplot::

    ax = plot.prevalence(monthly, frame="Security and defense")
    mf.save_figure(ax, "fig-2-security", data=monthly, alt="Security framing rises in October.")
    ax

| what | table from | drawn as |
|---|---|---|
| `prevalence` | ``mf.prevalence(..., every=)`` | lines over time with intervals and n |
| `grid` | any | small multiples of any plot |
| `frame_share` | ``mf.prevalence(..., by=)`` | dots with intervals by outlet |
| `residuals` | ``mf.residuals`` | heatmap of frames by outlets |
| `copies` | ``mf.copies_between`` | matrix of copied articles |
| `estimates` | any with value, low, high | forest: a dot and interval for each row |
| `effects` | ``mf.effects(...).table`` | forest of coefficients |
| `marginal` | ``mf.marginal`` | predictions: a curve with its band, or points |
| `keyness` | ``mf.keyness`` | two-sided dots with intervals |
| `top_words` | ``topics.top_words`` | words of each topic |
| `topic_map` | ``mf.topic_map`` | topics in two dimensions, alike ones close |
| `topic_network` | ``mf.network_map`` | topics, edges and packages with their stability |
| `frontier` | ``mf.choose_k`` | numbers of topics in four measures |
| `word_network` | ``mf.cooccurrence(...).map()`` | words that stand together |
| `co_membership` | ``mf.co_membership`` | matrix: how often two topics fall together |
| `save_figure` `save_table` `save_numbers` | | files in `reports_folder` |
| `journal` `axes` | | the same look for a figure of your own |
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mediaframes.plot.export import Bundle, file_name, reports_folder, save_figure, save_table
from mediaframes.plot.numbers import save_numbers

if TYPE_CHECKING:
    from mediaframes.plot.candidates import frontier
    from mediaframes.plot.coefficients import effects, marginal
    from mediaframes.plot.forest import estimates
    from mediaframes.plot.maps import topic_map, topic_network, word_network
    from mediaframes.plot.outlets import copies, frame_share, residuals
    from mediaframes.plot.packages import co_membership
    from mediaframes.plot.panels import grid
    from mediaframes.plot.style import PALETTE, WIDTHS, axes, journal
    from mediaframes.plot.topics import top_words
    from mediaframes.plot.trends import prevalence
    from mediaframes.plot.words import keyness

# matplotlib takes a second to load, so a plot's module is loaded when it is first asked for
_WHERE = {
    "copies": "outlets",
    "frame_share": "outlets",
    "residuals": "outlets",
    "PALETTE": "style",
    "WIDTHS": "style",
    "axes": "style",
    "effects": "coefficients",
    "marginal": "coefficients",
    "estimates": "forest",
    "frontier": "candidates",
    "journal": "style",
    "top_words": "topics",
    "co_membership": "packages",
    "grid": "panels",
    "topic_map": "maps",
    "topic_network": "maps",
    "word_network": "maps",
    "prevalence": "trends",
    "keyness": "words",
}

__all__ = [
    "PALETTE",
    "WIDTHS",
    "Bundle",
    "axes",
    "co_membership",
    "copies",
    "effects",
    "estimates",
    "file_name",
    "frame_share",
    "frontier",
    "grid",
    "journal",
    "keyness",
    "marginal",
    "prevalence",
    "reports_folder",
    "residuals",
    "save_figure",
    "save_numbers",
    "save_table",
    "top_words",
    "topic_map",
    "topic_network",
    "word_network",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"mediaframes.plot has no '{name}'; it has: {', '.join(__all__)}")
    return getattr(import_module(f"mediaframes.plot.{_WHERE[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
