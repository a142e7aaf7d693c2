"""Maps and networks of topics: places from words, names that do not overlap, nothing random."""

import io
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection
from matplotlib.markers import MarkerStyle
from scipy.spatial.distance import jensenshannon

from mediaframes import Counts, cooccurrence, plot
from mediaframes.errors import InputError
from mediaframes.plot import style as look
from mediaframes.plot._labels import GAPS, beside
from mediaframes.plot._marks import INNER, _area
from mediaframes.topics import Topics, co_membership, network_map, topic_map, topic_network
from mediaframes.topics.maps import scaled, word_distances


def model(k: int = 12, *, packages: int = 3, seed: int = 5) -> Topics:
    rng = np.random.default_rng(seed)
    main = rng.dirichlet(np.full(packages, 0.3), 200)
    own = [rng.dirichlet(np.full(k // packages, 2.0), 200) for _ in range(packages)]
    shares = np.hstack([main[:, [p]] * own[p] for p in range(packages)])
    words = rng.dirichlet(np.full(40, 0.1), shares.shape[1])
    vocabulary = [f"wort{n:02d}überprüfung" for n in range(40)]
    return Topics.from_arrays(words=words, shares=shares, vocabulary=vocabulary)


def test_distances_are_scipys() -> None:
    words = model().words
    found = word_distances(words)
    for one, two in combinations(range(len(words)), 2):
        assert found[one, two] == pytest.approx(jensenshannon(words[one], words[two], base=2))


def test_scaling_finds_places_in_the_plane_again() -> None:
    places = np.random.default_rng(1).normal(size=(8, 2))
    far = np.linalg.norm(places[:, None] - places[None], axis=2)
    found, kept = scaled(far)
    assert np.linalg.norm(found[:, None] - found[None], axis=2) == pytest.approx(far)
    assert kept == pytest.approx(1)


def test_map_is_the_same_for_topics_in_another_order() -> None:
    topics = model()
    order = np.random.default_rng(2).permutation(len(topics))
    turned = Topics.from_arrays(
        words=topics.words[order], shares=topics.shares[:, order], vocabulary=topics.vocabulary
    )
    one, two = topic_map(topics), topic_map(turned)
    assert two[["x", "y"]].to_numpy() == pytest.approx(one[["x", "y"]].to_numpy()[order])
    with pytest.raises(InputError, match="three"):
        topic_map(Topics.from_arrays(words=np.eye(2), shares=np.eye(2), vocabulary=["a", "b"]))


def test_network_map_puts_packages_together_and_ranks_edges() -> None:
    network = topic_network(model(), seed=1, draws=50)
    nodes, edges = network_map(network)
    again, _ = network_map(network)
    pd.testing.assert_frame_equal(nodes, again)
    assert nodes["package"].nunique() == 3
    places = nodes[["x", "y"]].to_numpy()
    far = np.linalg.norm(places[:, None] - places[None], axis=2)
    same = nodes["package"].to_numpy()[:, None] == nodes["package"].to_numpy()[None]
    assert far[same & ~np.eye(12, dtype=bool)].mean() < 0.6 * far[~same].mean()
    for topic in nodes["topic"]:
        own = edges[(edges["topic_a"] == topic) | (edges["topic_b"] == topic)]
        assert own.loc[own["similarity"].idxmax(), "rank"] == 1
    expected = nodes.groupby("package")["stability"].transform("mean")
    assert nodes["package_stability"].to_numpy() == pytest.approx(expected.to_numpy())


def test_co_membership_orders_topics_by_package() -> None:
    network = topic_network(model(), seed=1, draws=50)
    table = co_membership(network)
    first = table.drop_duplicates("place_a")
    assert first["package_a"].is_monotonic_increasing and len(table) == 12 * 11
    row = table.iloc[7]
    assert row["together"] == network.together[row["topic_a"] - 1, row["topic_b"] - 1]


def words_together():
    rng = np.random.default_rng(5)
    themes = rng.integers(0, 3, 80)
    near = 0.1 + 0.5 * (themes[:, None] == np.arange(12)[None] // 4)
    matrix = (rng.random((80, 12)) < near).astype(int)
    return cooccurrence(Counts.from_matrix(matrix, [f"word{i:02d}" for i in range(12)]))


def test_words_that_stand_together_lie_together() -> None:
    network = words_together()
    nodes, edges = network.map()
    pd.testing.assert_frame_equal(nodes, network.map(by="npmi")[0])
    assert (edges["strength"] == edges["npmi"]).all() and (edges["npmi"] > 0).all()
    places = nodes.set_index("word").sort_index()[["x", "y"]].to_numpy()
    far = np.linalg.norm(places[:, None] - places[None], axis=2)
    theme = np.arange(12) // 4
    same = theme[:, None] == theme[None]
    assert far[same & ~np.eye(12, dtype=bool)].mean() < 0.6 * far[~same].mean()
    with pytest.raises(InputError, match="no measure 't_score'; there are: npmi, ppmi, g2"):
        network.map(by="t_score")
    with pytest.raises(InputError, match="no edge has npmi above 0"):
        replace(network, edges=network.edges.assign(npmi=-0.5)).map()
    with pytest.raises(InputError, match="an edge leads to 'word00', which is not in nodes"):
        plot.word_network(nodes[nodes["word"] != "word00"], edges)
    grouped = plot.word_network(nodes.assign(theme=["a", None] * 6), edges, group="theme")
    legend = look.figure_of(grouped).legends[0]
    assert [text.get_text() for text in legend.get_texts()] == ["a", "others"]


def drawings():
    topics = model()
    network = topic_network(topics, seed=1, draws=50)
    nodes, edges = network_map(network)
    return {
        "map": (plot.topic_map, (topic_map(topics),)),
        "network": (plot.topic_network, (nodes, edges)),
        "pairs": (plot.co_membership, (co_membership(network),)),
        "words": (plot.word_network, words_together().map()),
    }


DRAWINGS = drawings()


def _bytes(drawn, kind: str) -> bytes:
    buffer = io.BytesIO()
    none = {"svg": {"Date": None}, "png": {"Software": None}}[kind]
    with look.journal():
        look.figure_of(drawn).savefig(buffer, format=kind, metadata=none)
    return buffer.getvalue()


@pytest.mark.parametrize("name", DRAWINGS)
def test_same_bytes_in_any_row_order_and_tables_stay(name: str) -> None:
    draw, tables = DRAWINGS[name]
    before = [table.copy() for table in tables]
    mixed = [table.sample(frac=1, random_state=3) for table in tables]
    assert _bytes(draw(*tables), "svg") == _bytes(draw(*mixed), "svg")
    for table, copy in zip(tables, before, strict=True):
        pd.testing.assert_frame_equal(table, copy)


@pytest.mark.parametrize("name", DRAWINGS)
def test_wrong_tables_are_told(name: str) -> None:
    draw, tables = DRAWINGS[name]
    with pytest.raises(InputError, match="has no rows"):
        draw(tables[0].iloc[:0], *tables[1:])
    with pytest.raises(InputError, match="needs the column"):
        draw(tables[0].drop(columns=tables[0].columns[0]), *tables[1:])


@pytest.mark.parametrize("width", [85, 120, 180])
@pytest.mark.parametrize("k", [3, 20, 50])
def test_names_do_not_overlap_and_each_topic_is_named(k: int, width: int) -> None:
    rng = np.random.default_rng(k)
    names = [f"Überfremdungsdebatte, Straße {n}" for n in range(1, k + 1)]
    table = pd.DataFrame({"topic": range(1, k + 1), "name": names, "kept": 0.2})
    table = table.assign(
        share=rng.dirichlet(np.ones(k)), x=rng.normal(size=k), y=rng.normal(size=k)
    )
    ax = plot.topic_map(table, width=width)
    figure = look.figure_of(ax)
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts if not text.get_text().isdigit()]
    for one, two in combinations(boxes, 2):
        assert not (one.x0 < two.x1 and two.x0 < one.x1 and one.y0 < two.y1 and two.y0 < one.y1)
    shown = {text.get_text().replace("\n", " ") for text in ax.texts}
    listed = [text.get_text() for key in figure.legends for text in key.get_texts()]
    for topic, name in zip(table["topic"], names, strict=True):
        assert name in shown or (str(topic) in shown and f"{topic}  {name[:8]}" in str(listed))


def test_area_is_the_share_whatever_the_marker() -> None:
    table = DRAWINGS["map"][1][0].assign(group=[f"g{n % 4}" for n in range(12)])
    ax = plot.topic_map(table, group="group")
    marks = [c for c in ax.collections if c.get_label() == "_topic"]
    markers = look.looks(["g0", "g1", "g2", "g3"])
    rows = table.sort_values(["share", "topic"], ascending=[False, True])
    covered = [
        mark.get_sizes()[0] * _area(markers[group].marker)
        for mark, group in zip(marks, rows["group"], strict=True)
    ]
    assert np.array(covered) / covered[0] == pytest.approx(rows["share"] / rows["share"].max())
    outlines = [c for c in ax.collections if c.get_label() == "_outline"]
    assert [c.get_sizes()[0] for c in outlines] == [c.get_sizes()[0] for c in marks]
    assert min(c.get_zorder() for c in outlines) > max(c.get_zorder() for c in marks)


def test_no_mark_lies_beyond_the_edge_of_the_map() -> None:
    table = pd.DataFrame(
        {"topic": [1, 2, 3], "name": ["a", "b", "c"], "share": [0.8, 0.1, 0.1],
         "x": [0.0, -0.5, 0.5], "y": [0.0, 0.1, 0.1], "kept": 0.5}
    )  # fmt: skip
    ax = plot.topic_map(table)
    box, per_point = ax.get_window_extent(), ax.get_figure().dpi / 72
    for mark in (c for c in ax.collections if c.get_label() == "_topic"):
        x, y = ax.transData.transform(mark.get_offsets()[0])
        radius = np.sqrt(mark.get_sizes()[0]) / 2 * per_point
        assert box.x0 - 1 <= x - radius and x + radius <= box.x1 + 1
        assert box.y0 - 1 <= y - radius and y + radius <= box.y1 + 1


def test_a_label_stands_nearest_to_its_own_mark() -> None:
    # to the right of the left mark there is room only beside the other one
    marks, sizes = np.array([[30.0, 50, 20], [55, 50, 8]]), np.array([[20.0, 6], [0, 0]])
    taken = np.array([[0.0, 0, 12, 100], [0, 0, 50, 30], [0, 70, 50, 100]])
    place = beside(marks, sizes, (200, 100), taken)[0]
    box = np.array([place - sizes[0] / 2, place + sizes[0] / 2])
    away = np.hypot(*(np.clip(marks[:, :2], *box) - marks[:, :2]).T) - marks[:, 2]
    assert away[0] <= away[1] or away[0] > GAPS[0] + 1  # else a hairline tells whose it is


def test_figures_say_what_sizes_are_shares_of() -> None:
    given = model()
    shares = given.shares
    counts = Counts.from_matrix(np.ones((len(shares), 3), int), list("abc"))
    fitted = replace(given, arrays={"totals": np.ones(given.words.shape[1])})
    assert "mean share of an article (" in plot.topic_map(topic_map(given)).get_xlabel()
    assert "share of the words (" in plot.topic_map(topic_map(fitted)).get_xlabel()
    for lengths, said in ((None, "Area: mean share of an article."), (counts.lengths(), "words.")):
        network = topic_network(given, seed=1, draws=50, lengths=lengths)
        assert said in plot.topic_network(*network_map(network)).get_xlabel().replace("\n", " ")


def test_nothing_of_co_membership_is_cut_off_in_one_column() -> None:
    ax = plot.co_membership(*DRAWINGS["pairs"][1], width="single")
    figure = look.figure_of(ax)
    look.lay_out(figure)
    label = figure.axes[-1].xaxis.label.get_window_extent()
    assert label.x1 <= figure.bbox.x1 and label.x0 >= 0


def test_networks_are_asked_for() -> None:
    topics: Any = model()
    for verb in (network_map, co_membership):
        with pytest.raises(InputError, match="takes TopicNetwork, and was given Topics"):
            verb(topics)


def test_packages_are_called_so_on_a_map() -> None:
    table = DRAWINGS["map"][1][0].assign(package=[1, 2] * 6)
    ax = plot.topic_map(table, group="package")
    assert [text.get_text() for text in look.figure_of(ax).legends[0].get_texts()] == [
        "package 1",
        "package 2",
    ]


def test_hairlines_reach_triangles() -> None:
    """A name above a triangle, where a circle of its area would be larger."""
    marks = {"^": 0.56, "s": 0.88, "o": 1.0}
    for marker, inner in marks.items():
        path = MarkerStyle(marker)
        shape = path.get_path().transformed(path.get_transform())
        radius = np.sqrt(_area(marker) / np.pi) * INNER.get(marker, 1.0)
        assert INNER.get(marker, 1.0) == inner
        angles = np.linspace(0, 2 * np.pi, 90)
        around = 0.99 * radius * np.column_stack([np.cos(angles), np.sin(angles)])
        assert shape.contains_points(around).all()


def test_network_draws_the_strongest_edges_and_hollow_marks() -> None:
    nodes, edges = DRAWINGS["network"][1]
    nodes = nodes.assign(stability=np.where(nodes["topic"] == 4, 0.2, 0.9))
    ax = plot.topic_network(nodes, edges, strongest=1)
    lines = next(c for c in ax.collections if isinstance(c, LineCollection))
    assert len(lines.get_segments()) == (edges["rank"] == 1).sum()
    assert ax.get_xlabel().startswith(f"{(edges['rank'] == 1).sum()} of {len(edges)} edges")
    marks = [c for c in ax.collections if c.get_label() == "_topic"]
    hollow = [mark for mark in marks if (mark.get_facecolor()[0] == 1).all()]
    assert len(hollow) == 1
    place = [float(value) for value in np.ravel(hollow[0].get_offsets())]
    assert place == pytest.approx(nodes.loc[3, ["x", "y"]].tolist())
    with pytest.raises(InputError, match="not in nodes"):
        plot.topic_network(nodes[nodes["topic"] != 4], edges)
