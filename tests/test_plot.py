"""Plots show the numbers of their table, change nothing, and survive odd tables."""

import io
import re
import warnings
from itertools import pairwise

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import dates as mdates
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex, to_rgb

from mediaframes import plot
from mediaframes.errors import InputError
from mediaframes.plot import _labels, letters
from mediaframes.plot import style as look

FRAMES = ["Economic", "Legality, constitutionality and jurisprudence", "Morality", "Political"]
OUTLETS = ["Daily Example", "Harbor Courier", "Süddeutscher Kurier"]
LONG = ["Donaudampfschifffahrtsgesellschaftsanzeiger", "Zeitung für Nordrhein-Westfalen und Umland"]


def shares(*, frames=FRAMES, outlets=OUTLETS, weeks=8, every="7D") -> pd.DataFrame:
    rng = np.random.default_rng(7)
    days = pd.date_range("2024-05-06", periods=max(weeks, 1), freq=every)
    rows = [
        {"frame": frame, "outlet": outlet, "period": day, "value": rng.uniform(0.1, 0.4)}
        for frame in frames
        for outlet in outlets
        for day in days
    ]
    table = pd.DataFrame(rows)
    table["low"], table["high"] = table["value"] - 0.06, table["value"] + 0.07
    table["n"], table["unit"] = rng.integers(5, 40, len(table)), "share"
    table["interval"] = "95% bootstrap"
    return table if weeks else table.drop(columns="period")


def keyness_table() -> pd.DataFrame:
    words = ["tax", "army", "$5_bn$", "Haushaltskonsolidierungsgesetz", "санкции", "el_niño"]
    value = np.array([1.5, -1.2, 0.4, -0.3, 2.0, -2.2])
    table = pd.DataFrame({"word": words, "log_odds": value, "z": value * 3, "g2": value**2})
    table["log_odds_low"], table["log_odds_high"] = value - 0.5, value + 0.6
    table["docs_target"], table["docs_reference"] = np.arange(6) + 3, np.arange(6) + 9
    return table


def residual_table(outlets=OUTLETS) -> pd.DataFrame:
    cells = [(frame, outlet) for frame in FRAMES for outlet in outlets]
    table = pd.DataFrame(cells, columns=["frame", "outlet"])
    return table.assign(residual=np.linspace(-4, 4, len(table)))


def copy_table() -> pd.DataFrame:
    return pd.DataFrame(
        {"from_outlet": ["A", "B"], "to_outlet": ["B", "A"], "n": [12, 3], "share": [0.2, 0.05]}
    )


def word_table(topics: int = 3) -> pd.DataFrame:
    rows = [
        (t, f"Topic named {t}", r, f"word{t}{r}", 0.1 / r) for t in range(topics) for r in (1, 2)
    ]
    return pd.DataFrame(rows, columns=["topic", "name", "rank", "word", "weight"])


def estimate_table() -> pd.DataFrame:
    table = pd.DataFrame({"term": ["b", "a", "Legality, constitutionality and jurisprudence"]})
    table["estimate"], table["low"], table["high"] = [0.2, -0.1, 0.4], [0.1, -0.3, np.nan], 0.5
    table.loc[2, "high"] = np.nan
    return table


def candidate_table() -> pd.DataFrame:
    columns = ["k", "coherence", "exclusivity", "held_out", "stability", "frontier"]
    rows = [(10, -70, 8.9, -7.6, 0.9, True), (20, -80, 9.3, -7.4, np.nan, True)]
    return pd.DataFrame([*rows, (60, -95, 9.2, -7.5, 0.7, False)], columns=columns)


PLOTS = {
    "prevalence": (plot.prevalence, lambda: shares(frames=["Morality"])),
    "frame_share": (plot.frame_share, lambda: shares(weeks=0)),
    "residuals": (plot.residuals, residual_table),
    "copies": (plot.copies, copy_table),
    "keyness": (plot.keyness, keyness_table),
    "top_words": (plot.top_words, word_table),
    "estimates": (plot.estimates, estimate_table),
    "frontier": (plot.frontier, candidate_table),
}


def points(ax: Axes, label: str) -> tuple[np.ndarray, np.ndarray]:
    line = next(line for line in ax.lines if line.get_label() == label)
    return np.asarray(line.get_xdata(), float), np.asarray(line.get_ydata(), float)


def bars(ax: Axes) -> np.ndarray:
    """Every interval drawn as a bar: rows of x0, y0, x1, y1."""
    found = [c.get_segments() for c in ax.collections if isinstance(c, LineCollection)]
    return np.array([np.ravel(segment) for part in found for segment in part])


# ---------------------------------------------------------------------------- all plots


@pytest.mark.parametrize("name", PLOTS)
def test_plot_changes_neither_its_table_nor_the_session(name):
    draw, make = PLOTS[name]
    table = make()
    before, settings = table.copy(deep=True), dict(mpl.rcParams)
    drawn = draw(table)
    pd.testing.assert_frame_equal(table, before)
    assert dict(mpl.rcParams) == settings
    figure = look.figure_of(drawn)
    assert isinstance(drawn, Axes) == (name not in ("top_words", "frontier"))
    # nothing is registered with pyplot, so nothing can leak
    assert not hasattr(figure, "number") and figure.canvas.manager is None


# the order of estimates is the researcher's
@pytest.mark.parametrize("name", sorted(set(PLOTS) - {"estimates"}))
def test_row_order_does_not_matter(name):
    draw, make = PLOTS[name]
    table = make()
    assert _pixels(draw(table)) == _pixels(draw(table.sample(frac=1, random_state=3)))


@pytest.mark.parametrize("name", PLOTS)
def test_session_settings_do_not_matter(name):
    draw, make = PLOTS[name]
    plain = _pixels(draw(make()))
    with mpl.rc_context({"font.size": 20, "axes.grid": True, "lines.linewidth": 9}):
        assert _pixels(draw(make())) == plain


@pytest.mark.parametrize("name", PLOTS)
def test_empty_and_wrong_tables_say_what_makes_a_right_one(name):
    draw, make = PLOTS[name]
    table = make()
    with pytest.raises(InputError, match="has no rows"):
        draw(table.iloc[:0])
    with pytest.raises(InputError, match="needs the column"):
        draw(table.drop(columns=table.columns[0]))
    with pytest.raises(InputError, match="not a list"):
        draw([1, 2])
    numbers = table.select_dtypes("number").columns
    with pytest.raises(InputError):
        draw(table.assign(**dict.fromkeys(numbers, np.nan)))


def _pixels(drawn) -> bytes:
    buffer = io.BytesIO()
    with look.journal():
        look.figure_of(drawn).savefig(buffer, format="png", dpi=60)
    return buffer.getvalue()


@pytest.mark.parametrize("name", PLOTS)
def test_pdf_has_no_transparency(name):
    draw, make = PLOTS[name]
    buffer = io.BytesIO()
    figure = look.figure_of(draw(make()))
    with look.journal():
        figure.savefig(buffer, format="pdf")
    alphas = re.findall(rb"/(?:CA|ca) ([0-9.]+)", buffer.getvalue())
    assert {float(alpha) for alpha in alphas} <= {1.0}


@pytest.mark.parametrize("name", PLOTS)
def test_text_and_lines_are_printable(name):
    draw, make = PLOTS[name]
    figure = look.figure_of(draw(make()))
    figure.draw_without_rendering()
    wide, tall = figure.get_size_inches() * figure.dpi
    for text in set(figure.findobj(mpl.text.Text)) - _beyond_the_axes(figure):
        if text.get_visible() and text.get_text().strip() and text.get_window_extent().width:
            assert text.get_fontsize() >= 7
            assert not text.get_parse_math()
            box = text.get_window_extent()
            assert box.x0 > -2 and box.x1 < wide + 2 and box.y0 > -2 and box.y1 < tall + 2, text
    for line in figure.findobj(mpl.lines.Line2D):
        assert line.get_linewidth() >= 0.5 or line.get_linestyle() == "None"
        assert line.get_alpha() in (None, 1)


def _beyond_the_axes(figure) -> set:
    """Tick labels outside the limits, which matplotlib keeps but does not draw."""
    found = set()
    for axis in (axis for ax in figure.axes for axis in (ax.xaxis, ax.yaxis)):
        low, high = sorted(axis.get_view_interval())
        for tick in axis.get_major_ticks():
            if not low - 1e-9 <= tick.get_loc() <= high + 1e-9:
                found |= {tick.label1, tick.label2}
    return found


# ---------------------------------------------------------------------------- prevalence


def test_prevalence_draws_the_values_and_bounds():
    table = shares(frames=["Morality"], outlets=OUTLETS[:2])
    ax = plot.prevalence(table)
    for outlet in OUTLETS[:2]:
        rows = table[table["outlet"] == outlet]
        x, y = points(ax, outlet)
        assert x == pytest.approx(mdates.date2num(rows["period"]))
        assert y == pytest.approx(rows["value"].to_numpy())
    bands = [c for c in ax.collections if c.get_label() == "_band"]
    assert len(bands) == 2
    corners = np.unique(bands[0].get_paths()[0].vertices[:, 1].round(9))
    rows = table[table["outlet"] == OUTLETS[0]]
    assert set(corners) == set(rows["low"].round(9)) | set(rows["high"].round(9))
    assert ax.get_ylabel() == "Share of frame hits (%)" and ax.get_title(loc="left") == "Morality"


def test_overlap_of_two_bands_is_where_both_are():
    table = shares(frames=["Morality"], outlets=OUTLETS[:2], weeks=2)
    table["low"], table["high"] = [0.0, 0.4, 0.4, 0.0], [0.2, 0.6, 0.6, 0.2]
    ax = plot.prevalence(table)
    both = next(c for c in ax.collections if c.get_label() == "_overlap")
    corners = both.get_paths()[0].vertices
    # the bands cross like an X and share the rhomb in its middle
    start, end = mdates.date2num(table["period"].unique())
    shape, width = both.get_paths()[0], end - start
    for place, height, shared in [(0.5, 0.3, True), (0.5, 0.22, True), (0.2, 0.3, False)]:
        assert shape.contains_point((start + width * place, height)) == shared
    assert corners[:, 1].max() == pytest.approx(0.4)
    one, two = (to_rgb(c.get_facecolor()[0]) for c in ax.collections if c.get_label() == "_band")
    mixed = np.multiply(one, two)
    assert to_rgb(both.get_facecolor()[0]) == pytest.approx(mixed, abs=0.01)


def test_many_lines_carry_bars_beside_each_other():
    table = shares(frames=["Morality"], outlets=[*OUTLETS, "Fourth", "Fifth"])
    ax = plot.prevalence(table)
    drawn = bars(ax)
    assert len(drawn) == len(table)
    assert sorted(drawn[:, 1].round(9)) == sorted(table["low"].round(9))
    assert sorted(drawn[:, 3].round(9)) == sorted(table["high"].round(9))
    assert len(np.unique(drawn[:, 0].round(6))) == len(table)  # none on top of another
    nearest = (drawn[:, 0][:, None] - mdates.date2num(table["period"].unique())[None, :]).round(9)
    assert np.abs(nearest).min(axis=1).max() < 7 / 3


def test_few_articles_are_hollow_and_missing_periods_break_the_line():
    table = shares(frames=["Morality"], outlets=OUTLETS[:1])
    table = table.drop(index=4)
    table.loc[2, ["low", "high"]] = np.nan
    ax = plot.prevalence(table)
    hollow = next(line for line in ax.lines if line.get_label() == "_no-interval")
    assert list(hollow.get_ydata()) == [table.loc[2, "value"]]
    assert to_hex(hollow.get_markerfacecolor()) == "#ffffff"
    _, y = points(ax, OUTLETS[0])
    assert np.flatnonzero(np.isnan(y)).tolist() == [4]


def test_months_of_unequal_length_are_no_gaps():
    table = shares(frames=["Morality"], outlets=OUTLETS[:1], weeks=26, every="MS")
    _, y = points(plot.prevalence(table), OUTLETS[0])
    assert len(y) == 26 and not np.isnan(y).any()


def test_interval_without_neighbors_is_a_bar():
    table = shares(frames=["Morality"], outlets=OUTLETS[:1], weeks=3)
    table.loc[[0, 2], ["low", "high"]] = np.nan
    drawn = bars(plot.prevalence(table))
    assert drawn[:, [1, 3]].tolist() == [table.loc[1, ["low", "high"]].astype(float).tolist()]


def test_strip_shows_the_number_of_articles():
    table = shares(frames=["Morality"])
    strip = plot.prevalence(table).child_axes[0]
    expected = table.groupby("period")["n"].sum().tolist()
    assert [bar.get_height() for bar in strip.patches] == expected
    # frames of one outlet are measured on the same articles
    frames = shares(outlets=OUTLETS[:1])
    strip = plot.prevalence(frames).child_axes[0]
    assert [b.get_height() for b in strip.patches] == frames.groupby("period")["n"].max().tolist()
    assert not plot.prevalence(frames, counts=False).child_axes


def test_highlighted_lines_alone_have_names_and_color():
    ax = plot.prevalence(shares(frames=["Morality"]), highlight="Harbor Courier")
    names = [text.get_text() for text in ax.texts if text.get_label() == "_end-label"]
    assert names == ["Harbor Courier"]
    grays = [line for line in ax.lines if to_hex(line.get_color()) == "#bdbdbd"]
    assert len(grays) == 2
    with pytest.raises(InputError, match="Evening Sun"):
        plot.prevalence(shares(frames=["Morality"]), highlight=["Evening Sun"])


def test_frames_keep_the_codebooks_colors():
    colors = {"Morality": "#123456"}
    ax = plot.prevalence(shares(outlets=OUTLETS[:1]), colors=colors)
    line = next(line for line in ax.lines if line.get_label() == "Morality")
    assert to_hex(line.get_color()) == "#123456"
    with pytest.raises(InputError, match="no color"):
        plot.prevalence(shares(outlets=OUTLETS[:1]), colors={"Morality": "reddish-blue"})


@pytest.mark.parametrize(
    "table",
    [
        shares(frames=["Morality"], outlets=OUTLETS[:1], weeks=1),
        shares(frames=["Morality"], outlets=OUTLETS, weeks=1),
        shares(frames=["Morality"], outlets=LONG),
        shares(frames=["Morality"], weeks=80),
        shares(frames=["Morality"], weeks=90, every="MS"),
        shares(frames=["Morality"], outlets=OUTLETS[:1]).drop(columns="outlet"),
        shares(outlets=OUTLETS[:1]).assign(unit="per_1000"),
    ],
    ids=["1x1", "1 period", "long names", "80 weeks", "90 months", "no outlet", "rate"],
)
@pytest.mark.parametrize("width", ["single", "double"])
def test_prevalence_takes_all_kinds_of_tables(table, width):
    ax = plot.prevalence(table, width=width, events={"Vote": "2024-05-20"})
    millimeters = look.figure_of(ax).get_figwidth() * 25.4
    assert millimeters == pytest.approx(look.WIDTHS[width])
    ends = [t for t in ax.texts if t.get_label() == "_end-label"]
    boxes = sorted((t.get_window_extent() for t in ends), key=lambda box: box.y0)
    for lower, upper in pairwise(boxes):
        assert upper.y0 > lower.y1 - 2  # names do not run into each other


def test_twelve_outlets_get_a_hint(capsys):
    plot.prevalence(shares(frames=["Morality"], outlets=[f"Outlet {i}" for i in range(12)]))
    assert "plot.grid" in capsys.readouterr().out


def test_too_much_for_one_set_of_lines_says_how_to_go_on():
    with pytest.raises(InputError, match=r"frame='Economic'.*plot\.grid"):
        plot.prevalence(shares())
    assert plot.prevalence(shares(), frame="Morality").get_title(loc="left") == "Morality"
    with pytest.raises(InputError, match="there are: Economic"):
        plot.prevalence(shares(), frame="Sport")
    table = shares(frames=["Morality"])
    with pytest.raises(InputError, match="two rows"):
        plot.prevalence(pd.concat([table, table]))
    with pytest.raises(InputError, match="mixes units"):
        plot.prevalence(pd.concat([table, table.assign(unit="count")]))
    with pytest.raises(InputError, match="no 'period'"):
        plot.prevalence(shares(weeks=0))


def test_rows_without_outlet_are_told_of(capsys):
    table = shares(frames=["Morality"])
    table.loc[0, "outlet"] = None
    plot.prevalence(table)
    assert "1 rows without outlet" in capsys.readouterr().out


def test_events_inside_are_named_and_events_outside_are_told_of(capsys):
    events = {"Vote": "2024-05-20", "2024-06-01": "Talks", "Landing": "1969-07-20"}
    ax = plot.prevalence(shares(frames=["Morality"]), events=events)
    assert [t.get_text() for t in ax.texts if t.get_label() == "_event"] == ["Vote", "Talks"]
    assert "Landing" in capsys.readouterr().out
    with pytest.raises(InputError, match="no date"):
        plot.prevalence(shares(frames=["Morality"]), events={"Vote": "in May"})


def test_labels_are_spread_no_more_than_needed():
    placed = _labels.spread([50, 50, 50, 90], [10, 10, 10, 10], 200)
    assert sorted(placed) == pytest.approx([40, 50, 60, 90])
    assert np.diff(sorted(_labels.spread([0] * 30, [10] * 30, 100))).min() == pytest.approx(10)


# ---------------------------------------------------------------------------- grid


def test_grid_has_a_panel_for_each_value_and_one_legend():
    table = shares()
    figure = plot.grid(table, plot.prevalence, by="frame", events={"Vote": "2024-05-20"})
    assert [ax.get_title(loc="left").replace("\n", " ") for ax in figure.axes] == FRAMES
    assert len({ax.get_ylim() for ax in figure.axes}) == 1
    assert [t.get_text() for t in figure.legends[0].get_texts()] == OUTLETS
    for ax, frame in zip(figure.axes, FRAMES, strict=True):
        rows = table[(table["frame"] == frame) & (table["outlet"] == OUTLETS[0])]
        assert points(ax, OUTLETS[0])[1] == pytest.approx(rows["value"].to_numpy())
    strips = {strip.get_ylim() for ax in figure.axes for strip in ax.child_axes}
    assert len(strips) == 1
    single = plot.grid(shares(frames=["Morality"]), plot.prevalence, by="outlet", columns=2)
    assert not single.legends  # the titles say it
    # the titles name outlets, so the axis names what is measured
    assert single.get_supylabel() == "Morality: share of frame hits (%)"
    assert figure.get_supylabel() == "Share of frame hits (%)"


def test_panels_with_different_periods_show_all_of_them():
    early = shares(frames=["Morality"], outlets=["A", "B"])
    late = early[early["outlet"] == "B"].assign(period=lambda t: t["period"] + pd.Timedelta("730D"))
    table = pd.concat([early[early["outlet"] == "A"], late], ignore_index=True)
    day = table["period"].iloc[0].strftime("%Y-%m-%d")
    figure = plot.grid(table, plot.prevalence, by="outlet", events={"Vote": day})
    for ax, outlet in zip(figure.axes, ["A", "B"], strict=True):
        low, high = ax.get_xlim()
        for shown in table["period"]:
            assert low < _labels.day_number(shown) < high
        assert len(points(ax, outlet)[1]) == (table["outlet"] == outlet).sum()


def test_names_of_rows_in_panels_stay_on_one_line_and_dots_at_zero_are_whole():
    long = [f"The Guardian (London) - Final Edition {i}" for i in range(8)]
    table = shares(outlets=long, weeks=0).assign(low=0.0, value=0.0)
    figure = plot.grid(table, plot.frame_share, by="frame", order=long)
    labels = [tick.get_text() for tick in figure.axes[0].get_yticklabels()]
    assert all(label.endswith("…") and "\n" not in label for label in labels)
    assert figure.axes[0].get_xlim()[0] < 0


def test_sides_of_keyness_do_not_overlap():
    table = pd.DataFrame(
        {"word": ["tax", "army"], "docs_target": [9, 1], "docs_reference": [2, 8],
         "log_odds": [1.2, -1.5], "log_odds_low": [0.4, -2.5], "log_odds_high": [2.0, -0.5],
         "z": [3.0, -3.0]}
    )  # fmt: skip
    ax = plot.keyness(
        table, target="Los Angeles Times; Los Angeles, Calif.", reference="all others"
    )
    left, right = (t.get_window_extent() for t in ax.texts if t.get_label() == "_side")
    assert left.x1 < right.x0


# ---------------------------------------------------------------------------- outlets


def test_frame_share_draws_dots_and_intervals():
    table = shares(weeks=0)
    table.loc[0, ["low", "high"]] = np.nan
    ax = plot.frame_share(table)
    for outlet in OUTLETS:
        rows = table[table["outlet"] == outlet]
        assert points(ax, outlet)[0] == pytest.approx(rows["value"].to_numpy())
    assert sorted(bars(ax)[:, 0]) == pytest.approx(sorted(table["low"].dropna()))
    assert sorted(bars(ax)[:, 2]) == pytest.approx(sorted(table["high"].dropna()))
    hollow = [line for line in ax.lines if line.get_label() == "_no-interval"]
    assert [x for line in hollow for x in line.get_xdata()] == [table.loc[0, "value"]]
    order = [t.get_text().replace("\n", " ") for t in ax.get_yticklabels()]
    mass = table.assign(mass=table["value"] * table["n"]).groupby("frame")[["mass", "n"]].sum()
    assert order == (mass["mass"] / mass["n"]).sort_values(ascending=False).index.tolist()


def test_frame_share_of_one_frame_has_outlets_as_rows():
    table = shares(weeks=0, frames=["Morality"]).assign(value=[0.1, 0.3, 0.2])
    labels = [t.get_text() for t in plot.frame_share(table).get_yticklabels()]
    assert [label.split(" (")[0] for label in labels] == [OUTLETS[1], OUTLETS[2], OUTLETS[0]]


@pytest.mark.parametrize("outlets", [OUTLETS[:1], [f"Outlet {i}" for i in range(12)], LONG])
def test_frame_share_takes_one_and_twelve_outlets(outlets):
    assert plot.frame_share(shares(weeks=0, outlets=outlets)).get_xlabel()


def test_frame_share_of_several_periods_is_refused():
    with pytest.raises(InputError, match=r"plot\.prevalence"):
        plot.frame_share(shares())


@pytest.mark.parametrize(
    "outlets", [OUTLETS[:1], OUTLETS, [f"Outlet {i}" for i in range(12)], LONG]
)
@pytest.mark.parametrize("width", ["onehalf", "double"])
def test_residuals_prints_every_number_and_marks_the_notable(outlets, width):
    table = residual_table(outlets)
    ax = plot.residuals(table, width=width)
    printed = sorted(float(t.get_text().replace("−", "-")) for t in ax.texts)
    assert printed == pytest.approx(sorted(table["residual"].round(1)), abs=0.051)
    assert len(ax.patches) == sum(abs(value) >= 2 for value in printed)
    drawn = np.sort(ax.collections[0].get_array().compressed())
    assert drawn == pytest.approx(table["residual"].sort_values().to_numpy())


def test_copies_prints_numbers_and_shares():
    texts = [t.get_text() for t in plot.copies(copy_table()).texts if t.get_text()]
    assert texts == ["12\n20%", "3\n5%"]


def test_copies_says_where_the_direction_is_not_known():
    assert plot.copies(copy_table()).get_ylabel() == "printed first by"
    tied = copy_table().assign(tied=[0, 1])
    assert plot.copies(tied).get_ylabel() == "printed first, or same day, by"


def test_copies_of_many_outlets_draw_the_busiest_and_say_so():
    names = [f"Outlet {i:02}" for i in range(30)]
    table = pd.DataFrame(
        {"from_outlet": names[:-1], "to_outlet": names[1:], "n": range(29), "share": 0.1}
    )
    ax = plot.copies(table, most=5)
    assert [tick.get_text() for tick in ax.get_yticklabels()] == names[-6:-1]
    assert "5 of 30 outlets: those with the most copies" in [t.get_text() for t in ax.texts]
    assert not [t for t in plot.copies(table.head(3)).texts if t.get_label() == "_note"]
    with pytest.raises(InputError, match="most=0"):
        plot.copies(table, most=0)


# ---------------------------------------------------------------------------- words, topics


def test_keyness_draws_both_sides():
    table = keyness_table()
    ax = plot.keyness(table, n=2)
    words = [t.get_text() for t in ax.texts if t.get_label() == "_word"]
    assert words == ["санкции", "tax", "army", "el_niño"]
    values = np.concatenate([line.get_xdata() for line in ax.lines if len(line.get_xdata()) == 2])
    assert {2.0, 1.5, -1.2, -2.2} <= set(np.round(values, 6).tolist())
    with pytest.raises(InputError, match="no measure"):
        plot.keyness(table, measure="chi2")


def test_keyness_marks_words_that_one_outlet_drives():
    table = keyness_table().assign(driver="Ein Blatt mit einem sehr langen Namen", driven=False)
    table.loc[table["word"] == "army", "driven"] = True
    ax = plot.keyness(table)
    words = [t.get_text() for t in ax.texts if t.get_label() == "_word"]
    assert [word for word in words if "†" in word] == ["army †"]
    labels = [t.get_text() for t in ax.get_yticklabels()]
    assert [label for label in labels if "†" in label] == ["4 | 10  † Ein Blatt mit einem seh…"]
    assert "goes away without the one named" in ax.get_xlabel()
    look.screen_png(look.figure_of(ax))
    # words that the table of drivers lacks are not marked
    ax = plot.keyness(table.assign(driven=table["driven"].where(table["driven"], None)))
    assert "†" in ax.get_xlabel()
    assert "†" not in plot.keyness(keyness_table()).get_xlabel()


def test_keyness_of_a_test_without_intervals():
    table = keyness_table().rename(columns={"log_odds": "log_ratio", "z": "t"})
    table = table.drop(columns=["log_odds_low", "log_odds_high", "g2"])
    ax = plot.keyness(table, n=1, measure="log_ratio")
    assert ax.get_xlabel() == "Log ratio (base 2)"
    hollow = next(line for line in ax.lines if line.get_label() == "_no-interval")
    assert list(hollow.get_xdata()) == [2.0, -2.2]
    ax = plot.keyness(table.assign(lrc=table["log_ratio"] / 2), n=1, measure="lrc")
    assert ax.get_xlabel() == "Conservative log ratio (base 2)"


def test_words_are_never_formulas():
    ax = plot.keyness(keyness_table())
    assert "$5_bn$" in [t.get_text() for t in ax.texts]
    look.screen_png(look.figure_of(ax))  # as a formula this would be an error


def test_top_words_shows_words_in_order():
    figure = plot.top_words(word_table(20), n=2, columns=5)
    assert [t.get_text() for t in figure.axes[3].texts] == ["word31", "word32"]
    assert [p.get_width() for p in figure.axes[0].patches] == pytest.approx([0.1, 0.05])
    with pytest.raises(InputError, match="more than a page"):
        plot.top_words(word_table(200), columns=2)


def test_frontier_fills_what_no_other_number_beats():
    figure = plot.frontier(candidate_table())
    beaten, kept = figure.axes[0].lines[1:]
    assert kept.get_xydata().tolist() == [[10, -70], [20, -80]]
    assert beaten.get_xydata().tolist() == [[60, -95]]
    assert (kept.get_markerfacecolor(), beaten.get_markerfacecolor()) == (plot.PALETTE[0], "white")
    alone = plot.frontier(candidate_table().assign(stability=np.nan), width="single")
    assert [ax.get_title(loc="left") for ax in alone.axes] == [
        "Coherence",
        "Exclusivity",
        "Held-out words",
    ]
    with pytest.raises(InputError, match="two rows for one k"):
        plot.frontier(pd.concat([candidate_table()] * 2))


# ---------------------------------------------------------------------------- estimates


def test_estimates_keep_the_order_of_the_table():
    table = estimate_table()
    ax = plot.estimates(table)
    assert [t.get_text().split()[0] for t in ax.get_yticklabels()] == ["b", "a", "Legality,"]
    assert bars(ax)[:, [0, 2]].tolist() == [[0.1, 0.5], [-0.3, 0.5]]
    hollow = next(line for line in ax.lines if line.get_label() == "_no-interval")
    assert list(hollow.get_xdata()) == [0.4]
    two = pd.concat([table.assign(model="LDA"), table.assign(model="STM")])
    assert [
        t.get_text()
        for t in look.figure_of(plot.estimates(two, group="model")).legends[0].get_texts()
    ] == ["LDA", "STM"]
    with pytest.raises(InputError, match="say group="):
        plot.estimates(two)


# ---------------------------------------------------------------------------- letters


def test_letters_no_font_has_are_told_of_once(capsys, monkeypatch):
    monkeypatch.setattr(letters, "FALLBACKS", ())
    table = keyness_table().replace({"word": {"tax": "制裁"}})
    ax = plot.keyness(table)
    look.screen_png(look.figure_of(ax))
    said = capsys.readouterr().out
    assert said.count("制") == 1 and "裁" in said and "boxes" in said


def test_letters_another_installed_font_has_are_drawn_with_it(capsys, monkeypatch):
    # U+1D400 is in STIXGeneral, which ships with matplotlib, and not in DejaVu Sans
    monkeypatch.setattr(letters, "FALLBACKS", ("STIXGeneral",))
    char = next(c for c in map(chr, range(0x2000, 0x2C00)) if _only_in_stix(c))
    ax = plot.keyness(keyness_table().replace({"word": {"tax": f"x{char}"}}))
    text = next(t for t in ax.texts if char in t.get_text())
    assert text.get_fontfamily() == [letters.FONT, "STIXGeneral"]
    assert capsys.readouterr().out == ""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        look.screen_png(look.figure_of(ax))


def _only_in_stix(char: str) -> bool:
    return bool(letters.missing_letters(char)) and ord(char) in letters._letters("STIXGeneral")


# ---------------------------------------------------------------------------- showing


def test_axes_show_themselves_at_printed_size():
    ax = plot.prevalence(shares(frames=["Morality"]), width="single")
    data, size = ax._repr_png_()
    assert data.startswith(b"\x89PNG") and size["width"] == round(85 / 25.4 * 110)
    figure = plot.grid(shares(), plot.prevalence, by="frame")
    assert figure._repr_png_()[0].startswith(b"\x89PNG")


def test_a_notebook_cell_shows_axes_as_one_picture():
    from IPython.core.formatters import DisplayFormatter

    shown, size = DisplayFormatter().format(plot.copies(copy_table()))
    assert set(shown) == {"text/plain", "image/png"}
    assert size["image/png"]["width"] == round(120 / 25.4 * 110)


def test_a_width_nobody_prints_is_refused():
    with pytest.raises(InputError, match="single"):
        plot.axes(width="wide")
    with pytest.raises(InputError, match="mm wide"):
        plot.axes(width=4000)


def test_own_axes_are_used():
    ax = plot.axes(width=100, height=60)
    assert plot.prevalence(shares(frames=["Morality"]), ax=ax) is ax
