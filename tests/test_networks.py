"""Topic networks: communities against igraph, packages with known truth, none in noise."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from mediaframes.errors import InputError
from mediaframes.topics import Topics, topic_network
from mediaframes.topics import _communities as communities

GOLD = json.loads((Path(__file__).parent / "gold" / "communities.json").read_text())["graphs"]


def _graph(name: str) -> np.ndarray:
    entry = GOLD[name]
    if "edges" in entry:
        graph = np.zeros((34, 34))
        one, two = np.array(entry["edges"]).T
        graph[one, two] = graph[two, one] = 1
        return graph
    upper = [[0.0] * (n + 1) + row for n, row in enumerate(entry["upper"])]
    return np.array(upper) + np.array(upper).T


@pytest.mark.parametrize("name", GOLD)
def test_algorithms_find_what_igraph_finds(name: str) -> None:
    graph = _graph(name)
    for algorithm, wanted in GOLD[name]["results"].items():
        found = communities.SURE[algorithm](graph)
        assert adjusted_rand_score(found, wanted["membership"]) == 1, algorithm
        value = communities.modularity(graph, found)
        assert value == pytest.approx(wanted["modularity"], abs=1e-9), algorithm


def test_louvain_reaches_the_known_best_of_the_karate_club() -> None:
    graph = _graph("karate")
    found = [communities.louvain(graph, seed=seed) for seed in range(20)]
    best = max(communities.modularity(graph, labels) for labels in found)
    assert best == pytest.approx(0.4197896, abs=1e-6)  # the optimum (Brandes et al. 2008)


def test_graphs_without_edges_have_no_communities() -> None:
    empty = np.zeros((5, 5))
    for algorithm in communities.SURE.values():
        assert communities.modularity(empty, algorithm(empty)) == 0


def _topics(packages: int, each: int, *, mixed: float, seed: int = 1, docs: int = 300) -> Topics:
    """Articles that divide between packages; `mixed` of each article is spread over all topics."""
    rng = np.random.default_rng(seed)
    main = rng.dirichlet(np.full(packages, 0.3), docs)
    parts = [main[:, [p]] * rng.dirichlet(np.full(each, 2.0), docs) for p in range(packages)]
    shares = (1 - mixed) * np.hstack(parts)
    shares += mixed * rng.dirichlet(np.full(packages * each, 0.5), docs)
    k = packages * each
    frame = pd.DataFrame({"outlet": "A"}, index=[f"d{n:03d}" for n in range(docs)])
    return Topics.from_arrays(
        words=np.ones((k, 4)), shares=shares, vocabulary=list("abcd"), docs=frame
    )


def test_planted_packages_are_found_stable_and_beyond_chance() -> None:
    network = topic_network(_topics(4, 5, mixed=0.3), seed=1, draws=50)
    truth = np.repeat(np.arange(4), 5)
    assert adjusted_rand_score(network.topics["package"], truth) == 1
    assert network.topics["stability"].min() > 0.8
    assert network.null["p"] == pytest.approx(1 / 51)
    assert (network.agreement.loc["packages"] > 0.9).all()
    assert network.packages()["package 1"] == [1, 2, 3, 4, 5]


def test_noise_has_no_packages() -> None:
    """Topics that keep no company form one package, and the null model says so, at its level."""
    networks = [
        topic_network(_topics(1, 12, mixed=1.0, seed=seed, docs=120), seed=1, draws=50)
        for seed in range(10)
    ]
    assert sum(network.null["p"] <= 0.05 for network in networks) <= 3  # expected: 1 of 20
    assert sum((network.topics["package"] == 1).all() for network in networks) >= 8


def test_artifacts_are_left_out_and_sizes_are_shares_of_all_words() -> None:
    topics = _topics(3, 4, mixed=0.2)
    lengths = np.arange(1, 301)
    network = topic_network(topics, seed=1, leave_out=[2, 12], lengths=lengths, draws=50)
    assert network.topics["topic"].tolist() == [1, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    wanted = (topics.shares * lengths[:, None]).sum(axis=0) / lengths.sum()
    sizes = network.topics.set_index("topic")["size"]
    assert np.allclose(sizes, wanted[sizes.index - 1])


def test_copies_do_not_make_topics_alike() -> None:
    topics = _topics(3, 4, mixed=0.3, docs=100)
    frame = topics.docs
    again = pd.concat([frame, frame.iloc[:50].rename(lambda name: name + "x")])
    origin = [*frame.index, *frame.index[:50]]
    double = Topics.from_arrays(
        words=topics.words, shares=np.vstack([topics.shares, topics.shares[:50]]),
        vocabulary=list("abcd"),
        docs=again.assign(copy_of=origin, weight=[0.5] * 50 + [1.0] * 50 + [0.5] * 50),
    )  # fmt: skip
    one = topic_network(topics, seed=1, draws=50)
    two = topic_network(double, seed=1, draws=50)
    assert np.allclose(one.similarity, two.similarity)
    assert one.topics["package"].tolist() == two.topics["package"].tolist()
    assert not np.allclose(one.topics["size"], two.topics["size"])  # salience counts copies


def test_backbone_keeps_every_topic_joined() -> None:
    topics = _topics(4, 5, mixed=0.4)
    network = topic_network(topics, seed=1, backbone=True, draws=50)
    full = topic_network(topics, seed=1, draws=50)
    assert (network.similarity > 0).sum() < (full.similarity > 0).sum()
    assert (network.topics["strength"] > 0).all()


def test_same_seed_same_network_and_graphml_comes_back(tmp_path: Path) -> None:
    import networkx as nx

    topics = _topics(3, 4, mixed=0.3)
    one, two = (topic_network(topics, seed=7, draws=50) for _ in range(2))
    pd.testing.assert_frame_equal(one.topics, two.topics)
    assert one.null == two.null
    path = one.save_graphml(tmp_path / "a.graphml")
    assert path.read_bytes() == two.save_graphml(tmp_path / "b.graphml").read_bytes()
    graph = nx.read_graphml(path)
    assert len(graph) == 12 and graph.number_of_edges() == len(one.edges())
    nodes = [graph.nodes[f"n{row}"] for row in range(12)]
    assert [node["topic"] for node in nodes] == one.topics["topic"].tolist()
    assert [node["package"] for node in nodes] == one.topics["package"].tolist()
    assert [node["next_package"] for node in nodes] == one.topics["next_package"].tolist()
    for name in ("topic", "package", "next_package"):
        assert {type(node[name]) for node in nodes} == {int}
    assert {type(node["size"]) for node in nodes} == {float}


def test_graphml_leaves_out_the_package_that_is_not_there(tmp_path: Path) -> None:
    import networkx as nx

    found = topic_network(_topics(2, 3, mixed=0.3), seed=1, draws=50)
    alone = found.topics.assign(next_package=pd.array([pd.NA] + [2] * 5, dtype="Int64"))
    graph = nx.read_graphml(replace(found, topics=alone).save_graphml(tmp_path / "a.graphml"))
    assert "next_package" not in graph.nodes["n0"] and graph.nodes["n1"]["next_package"] == 2


def test_what_makes_no_network_is_said() -> None:
    topics = _topics(2, 3, mixed=0.3)
    with pytest.raises(InputError, match="there is no topic 9"):
        topic_network(topics, seed=1, leave_out=[9])
    with pytest.raises(InputError, match="make no network"):
        topic_network(topics, seed=1, leave_out=[1, 2, 3])
    with pytest.raises(InputError, match="lengths"):
        topic_network(topics, seed=1, lengths=[1, 2])
    with pytest.raises(InputError, match="resolution"):
        topic_network(topics, seed=1, resolution=0)
    with pytest.raises(InputError, match="draws"):
        topic_network(topics, seed=1, draws=3)
