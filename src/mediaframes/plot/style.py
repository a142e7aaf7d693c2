"""How every figure looks: sizes, fonts, colors, and the axes that show themselves in a notebook.

Figures are built without pyplot: nothing is registered anywhere, so a hundred figures leak
nothing, and no setting of the session (a seaborn theme, a matplotlibrc) changes their bytes.
"""

import io
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import is_color_like, to_hex, to_rgb, to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from mediaframes.errors import InputError
from mediaframes.plot.letters import FONT, cover

# Columns of a journal page: one, one and a half, two (design section 7).
WIDTHS = {"single": 85.0, "onehalf": 120.0, "double": 180.0}
# A page of A4 with margins and room for a caption holds no more (mm).
TALLEST = 230.0
MM = 1 / 25.4
TEXT = 8.0
# A letter of 8 pt DejaVu Sans, on average, in millimeters.
LETTER = 1.7
SMALL = 7.0
INK = "#1a1a1a"
FAINT = "#757575"
GUIDE = "#e3e3e3"

# Okabe and Ito (2008), ordered so that neighbors differ in grey print too. Their yellow is left
# out: it cannot be read as text on white.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#E69F00", "#56B4E9")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "h")
DASHES: tuple[Any, ...] = (
    "-",
    (0, (4, 1.3)),
    (0, (1.2, 1)),
    (0, (5, 1.2, 1.2, 1.2)),
    (0, (8, 1.5)),
)

RC: dict[str, Any] = {
    "font.family": [FONT],
    "font.size": TEXT,
    "text.color": INK,
    "text.parse_math": False,  # a "$" or "_" in an article's word is no formula
    "text.hinting": "none",
    "axes.titlesize": TEXT,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": TEXT,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "axes.formatter.use_locale": False,
    "xtick.labelsize": TEXT,
    "ytick.labelsize": TEXT,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "grid.color": GUIDE,
    "grid.linewidth": 0.5,
    "lines.linewidth": 1.2,
    "lines.markersize": 3.2,
    "lines.markeredgewidth": 0.8,
    "hatch.linewidth": 0.5,
    "legend.fontsize": TEXT,
    "legend.frameon": False,
    "legend.handlelength": 2.6,
    "legend.borderaxespad": 0.2,
    "figure.dpi": 100,
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "savefig.bbox": None,
    "savefig.facecolor": "auto",
    "savefig.transparent": False,
    "pdf.fonttype": 42,
    "pdf.compression": 6,
    "ps.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "mediaframes",
    "path.simplify": False,
}

P = ParamSpec("P")
Drawn = TypeVar("Drawn", Axes, Figure)


@contextmanager
def journal() -> Iterator[None]:
    """The look of all figures here, for a figure of your own that stands beside them.

    Starts from matplotlib's defaults, not from the settings of the session, and puts the
    session's settings back at the end.

    Examples
    --------
    >>> from mediaframes import plot
    >>> with plot.journal():
    ...     ax = plot.axes(width="single", height=50)
    ...     _ = ax.plot([1, 2, 3])
    """
    with mpl.rc_context():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", mpl.MatplotlibDeprecationWarning)
            mpl.rcdefaults()
        mpl.rcParams.update(RC)  # type: ignore[arg-type]
        yield


class Page(Figure):
    """A figure at its printed size, known to no window manager, that shows itself in notebooks."""

    # True while `grid` fills the panels: they get one legend, and one layout at the end.
    in_panels = False
    # All periods that the panels share, where there are any: each panel draws the same axis.
    periods: pd.Series | None = None

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        return screen_png(self)


class PageAxes(Axes):
    """Axes that show their figure when a notebook cell ends with them."""

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        return screen_png(figure_of(self))


def figure_of(drawn: Axes | Figure) -> Figure:
    """The figure that holds these axes, or the figure itself."""
    figure = drawn.get_figure(root=True) if isinstance(drawn, Axes) else drawn
    if not isinstance(figure, Figure):
        raise InputError(f"{type(drawn).__name__} belongs to no figure; give Axes or a Figure")
    return figure


def millimeters(width: str | float) -> float:
    """A named width ("single", "onehalf", "double") or a number of millimeters, as a number."""
    if isinstance(width, str):
        if width not in WIDTHS:
            raise InputError(f"no width '{width}'; use {', '.join(WIDTHS)} or millimeters")
        return WIDTHS[width]
    if not 30 <= width <= 400:
        raise InputError(f"a figure {width:g} mm wide cannot be printed; use 85, 120 or 180")
    return float(width)


def page(*, width: str | float = "double", height: float = 75.0) -> Page:
    """An empty figure of the given size, height in millimeters."""
    size = (millimeters(width) * MM, min(height, TALLEST) * MM)
    figure = Page(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.set(w_pad=0.03, h_pad=0.03, wspace=0.03, hspace=0.03)  # type: ignore[call-arg]
    return figure


def axes(*, width: str | float = "double", height: float = 75.0, ax: Axes | None = None) -> Axes:
    """Empty axes on a figure of their own, or `ax` where it is given.

    Parameters
    ----------
    width : str or float
        "single" (85 mm), "onehalf" (120), "double" (180), or millimeters.
    height : float
        Millimeters, at most 230.
    ax : Axes, optional
        Used as they are: the figure they belong to keeps its size.
    """
    if ax is not None:
        ax.spines[["top", "right"]].set_visible(False)
        ax.tick_params(width=0.6, length=2.5, color=INK, labelcolor=INK, labelsize=TEXT)
        ax.set_axisbelow(True)
        return ax
    return page(width=width, height=height).add_subplot(axes_class=PageAxes)


def styled(draw: Callable[P, Drawn]) -> Callable[P, Drawn]:
    """Decorator of every plot: draw in our style, then settle the layout."""

    @wraps(draw)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> Drawn:
        with journal():
            drawn = draw(*args, **kwargs)
            figure = figure_of(drawn)
            if not (isinstance(figure, Page) and figure.in_panels):
                settle(figure)
        return drawn

    return wrapper


@contextmanager
def quiet() -> Iterator[None]:
    """Draw without matplotlib's warnings about glyphs, which `cover` has already told of."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph \d+ ")
        yield


def lay_out(figure: Figure) -> None:
    """Put axes and labels in their places, so that these can be measured; draws nothing."""
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)


@contextmanager
def laid_out(figure: Figure) -> Iterator[None]:
    """Arrange the figure once for several files: the arrangement is most of the work."""
    engine = figure.get_layout_engine()
    with journal(), quiet():
        cover(figure)
        lay_out(figure)
    manual: Any = {"figure.autolayout": False, "figure.constrained_layout.use": False}
    with mpl.rc_context(manual):
        figure.set_layout_engine(None)  # no engine at all, or each file would be drawn twice
    try:
        yield
    finally:
        if engine is not None:
            figure.set_layout_engine(engine)


def settle(figure: Figure) -> None:
    """Make the layout final, as it will be in the files, and check that letters can be drawn."""
    cover(figure)
    without_clear_edges(figure)
    for last in (False, False, False, True):
        with quiet(), warnings.catch_warnings():
            warnings.filterwarnings("error", message=".*collapsed to zero.*")
            try:
                lay_out(figure)
                return
            except UserWarning as error:
                if last:
                    raise InputError(
                        "the labels leave no room for the figure; use width='double', a larger "
                        "figure, or shorter names"
                    ) from error
        width, height = figure.get_size_inches()
        figure.set_size_inches(width, 1.5 * height)  # long labels need a taller figure


def without_clear_edges(figure: Figure) -> None:
    """Replace invisible edges, which a PDF records as transparency, by edges of no width."""
    for patch in figure.findobj(Patch):
        if isinstance(patch, Patch) and patch.get_fill():
            edge = to_rgba(patch.get_edgecolor())
            if edge[3] == 0:
                patch.set_edgecolor(patch.get_facecolor())
                patch.set_linewidth(0)


def screen_png(figure: Figure) -> tuple[bytes, dict[str, int]]:
    """The figure for a notebook: twice as sharp as a plain screen, a little over printed size."""
    per_inch, sharp = 110, 2
    buffer = io.BytesIO()
    with laid_out(figure), journal(), quiet():
        figure.savefig(buffer, format="png", dpi=per_inch * sharp, metadata={"Software": None})
    width, height = (round(side * per_inch) for side in figure.get_size_inches())
    return buffer.getvalue(), {"width": width, "height": height}


# ---------------------------------------------------------------------------- colors


@dataclass(frozen=True)
class Look:
    """Color, marker and line of one series: any two of them tell it from the others."""

    color: str
    marker: str
    dash: Any


def tint(color: str, share: float) -> str:
    """`color` laid over white with the given opacity, as an opaque color.

    Examples
    --------
    >>> tint("#000000", 0.2)
    '#cccccc'
    """
    red, green, blue = (1 - share * (1 - part) for part in to_rgb(color))
    return to_hex((red, green, blue))


def readable(color: str) -> str:
    """`color`, darkened until it can be read as small text on white.

    Contrast of at least 4.5:1 (WCAG 2.1, 1.4.3).

    Examples
    --------
    >>> readable("#0072B2"), readable("#E69F00")
    ('#0072b2', '#9b6b00')
    """
    parts = np.array(to_rgb(color))
    while 1.05 / (_luminance(parts) + 0.05) < 4.5:
        parts = parts * 0.97
    return to_hex((parts[0], parts[1], parts[2]))


def _luminance(parts: np.ndarray) -> float:
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))


def looks(names: Sequence[str], colors: Mapping[str, str] | None = None) -> dict[str, Look]:
    """A look for each name, in the order given.

    Parameters
    ----------
    names : sequence of str
        Series names.
    colors : mapping, optional
        Name to hex color; wins over the palette.

    Examples
    --------
    >>> looks(["a", "b"], {"b": "#333333"})["b"].color
    '#333333'
    """
    found = {}
    for number, name in enumerate(names):
        color = (colors or {}).get(name, PALETTE[number % len(PALETTE)])
        if not is_color_like(color):
            raise InputError(f"'{color}' for '{name}' is no color; give one like '#0072B2'")
        # the dash moves on after each round of the palette, so that no two series look the same
        turn = number + number // len(PALETTE)
        found[name] = Look(to_hex(color), MARKERS[number % len(MARKERS)], DASHES[turn % 5])
    return found


def legend_columns(names: Iterable[str], width: float, *, mark: float = 9.0) -> int:
    """How many columns a legend can have in `width` millimeters; `mark` is sign and spaces.

    Examples
    --------
    >>> legend_columns(["a" * 40, "b", "c", "d"], 100)
    3
    """
    lengths = [len(name) * LETTER + mark for name in names]
    for columns in range(len(lengths), 1, -1):
        parts = np.array_split(lengths, columns)  # as the legend itself fills its columns
        if sum(part.max() for part in parts) <= width:
            return columns
    return 1
