"""From topics to frame packages: which topics the same articles hold, and how sure that is.

The analysis of topic model networks (ANTMN; Walter & Ophir 2019, Communication Methods and Measures
13(4)): topics that share articles form communities, which a researcher may read as frame packages.
Communities of a small dense graph are fragile, so they are computed by five algorithms, over
bootstrap samples of the articles and over random starts, and only what holds together is reported
as a package, each with its stability, beside a null model without any structure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mediaframes._console import progress
from mediaframes.errors import InputError
from mediaframes.inference.networks import graphml
from mediaframes.inference.resampling import check_draws, copy_groups, draws_of
from mediaframes.made import Made, write_atomic
from mediaframes.topics.model import Topics, check_topic, check_topics

# Two topics belong to one package where they fall together in at least half of all partitions.
TOGETHER = 0.5
RESOLUTIONS = tuple(round(0.5 + 0.1 * step, 1) for step in range(16))
SWEEP_STARTS = 10


@dataclass(frozen=True, eq=False)
class TopicNetwork:
    """Topics, how strongly they hang together, and the packages they form.

    Attributes
    ----------
    topics : DataFrame
        One row per topic of the network: ``topic name size package stability next_package
        next_stability strength``. `size` is the topic's share of all words (without `lengths` its
        mean share of an article); `stability` the mean share of partitions in which the topic
        falls together with the rest of its package (for a package of one topic: in which it stays
        apart from all others); `next_package` the other package it falls into most often.
    similarity : float64 array of shape (K, K)
        Cosine of the topics' shares over the articles; what the backbone took away is 0.
    together : float64 array of shape (K, K)
        Share of all partitions (samples x algorithms) in which two topics fall together.
    partitions : DataFrame
        Topics x algorithms, on all articles.
    agreement : DataFrame
        Algorithms x algorithms, and ``packages``: adjusted Rand index of their partitions.
    starts : DataFrame
        Louvain's random starts: ``packages modularity n``, the best first.
    resolutions : DataFrame
        ``resolution packages modularity agreement``: at other resolutions, the modularity at that
        resolution and the adjusted Rand index with the packages.
    null : dict
        ``modularity`` of the packages' graph (Louvain), ``null_mean null_sd p``: the same with
        each topic's shares shuffled over the articles.
    made : Made
    """

    topics: pd.DataFrame
    similarity: np.ndarray
    together: np.ndarray
    partitions: pd.DataFrame
    agreement: pd.DataFrame
    starts: pd.DataFrame
    resolutions: pd.DataFrame
    null: dict[str, float]
    made: Made

    def packages(self) -> dict[str, list[int]]:
        """Topics of each package, for `Topics.promote` once you have named and defended them."""
        groups = self.topics.groupby("package")["topic"].agg(list)
        return {
            f"package {name}": [int(topic) for topic in topics] for name, topics in groups.items()
        }

    def edges(self) -> pd.DataFrame:
        """The network's edges: ``topic_a topic_b similarity together``, strongest first."""
        one, two = np.triu_indices(len(self.topics), 1)
        numbers = self.topics["topic"].to_numpy()
        table = pd.DataFrame(
            {
                "topic_a": numbers[one],
                "topic_b": numbers[two],
                "similarity": self.similarity[one, two],
                "together": self.together[one, two],
            }
        )
        table = table[table["similarity"] > 0]
        return table.sort_values(
            ["similarity", "topic_a", "topic_b"],
            ascending=[False, True, True],
            ignore_index=True,
        )

    def save_graphml(self, path: str | Path) -> Path:
        """Write the network as GraphML, e.g. for Gephi: nodes with all columns of `topics`."""
        nodes = self.topics.rename(columns={"name": "label"})
        ends = {"topic_a": "source", "topic_b": "target", "similarity": "weight"}
        target = Path(path)
        text = graphml(nodes, self.edges().rename(columns=ends), key="topic")
        write_atomic(target, text.encode())
        return target

    def __repr__(self) -> str:
        count = self.topics["package"].nunique()
        return (
            f"TopicNetwork: {len(self.topics)} topics in {count} packages, mean stability "
            f"{self.topics['stability'].mean():.2f}; modularity {self.null['modularity']:.3f}, "
            f"without structure {self.null['null_mean']:.3f} (p = {self.null['p']:.3f})"
        )


def topic_network(
    topics: Topics,
    *,
    seed: int,
    leave_out: Sequence[int] = (),
    lengths: Sequence[int] | None = None,
    backbone: bool = False,
    resolution: float = 1.0,
    draws: int = 100,
) -> TopicNetwork:
    """Which topics hang together by the articles that hold them (ANTMN), and how stably.

    Parameters
    ----------
    topics : Topics
    seed : int
        Of the random starts, the bootstrap and the null model.
    leave_out : sequence of int
        Numbers (from 1) of topics that you read as artifacts: they are no nodes.
    lengths : sequence of int, optional
        Words of each article (``counts.lengths()``): a topic's size is its share of all words.
        Without them each article counts the same, and the size is the mean share of an article.
        Copies count in full here: a text that was printed three times was read three times.
    backbone : bool
        Keep only edges that are strong for one of their topics (disparity filter), as ANTMN may.
    resolution : float
        Of Louvain's modularity; above 1 finds smaller packages.
    draws : int
        Bootstrap samples of the articles, random starts, and shufflings of the null model.

    Returns
    -------
    TopicNetwork

    Raises
    ------
    InputError
        For fewer than four topics, a topic that does not exist, articles without shares only, or
        lengths that do not fit.

    Notes
    -----
    Similarity is the cosine between columns of the document-topic matrix, as published; articles
    are weighted by ``docs.weight``, so that copies do not make topics alike. A package is a group
    of topics that fall together in at least half of all partitions (average linkage of the
    co-membership). Modularity does not tell packages from noise: compare it with the null model,
    in which every topic keeps its shares but not its company.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> two = rng.dirichlet([1, 1], size=200)  # articles divide between two packages
    >>> shares = np.hstack([two[:, [0]] * rng.dirichlet([5] * 3, 200),
    ...                     two[:, [1]] * rng.dirichlet([5] * 3, 200)])
    >>> model = Topics.from_arrays(words=np.ones((6, 3)), shares=shares, vocabulary=list("abc"))
    >>> topic_network(model, seed=1, draws=50).packages()
    {'package 1': [1, 2, 3], 'package 2': [4, 5, 6]}
    """
    check_topics(topics, "topic_network")
    check_draws(draws, seed)
    if resolution <= 0:
        raise InputError(f"resolution={resolution} must be above 0; 1 is usual")
    kept = _kept(topics, leave_out)
    shares, weights, groups, length = _articles(topics, kept, lengths)
    algorithms = _algorithms(seed, resolution)
    graph = _graph(shares, weights, backbone)
    partitions = {name: find(graph, 0) for name, find in algorithms.items()}
    together = np.zeros_like(graph)
    number = 0
    for block in draws_of(groups, draws=draws, seed=seed):
        for times in progress(block, "topic network"):
            drawn = _graph(shares, weights * times, backbone)
            for find in algorithms.values():
                labels = find(drawn, number)
                together += labels[:, None] == labels[None, :]
            number += 1
    together /= number * len(algorithms)
    package = _packages(together)
    table = _table(topics, kept, package, together)
    size = (shares * length[:, None]).sum(axis=0)
    everything = np.nan_to_num(topics.shares[_known(topics)]) * length[:, None]
    table["size"] = size / everything.sum()
    table["strength"] = graph.sum(axis=1)
    made = Made.by(
        "topic_network",
        settings={
            "leave_out": sorted(leave_out), "backbone": backbone, "resolution": resolution,
            "draws": draws, "lengths": lengths is not None,
        },
        seed=seed,
        parents=(topics.made,),
    )  # fmt: skip
    columns = pd.DataFrame(partitions, index=pd.Index(table["topic"], name="topic")) + 1
    return TopicNetwork(
        topics=table[list(_COLUMNS)],
        similarity=graph,
        together=together,
        partitions=columns,
        agreement=_agreement({**partitions, "packages": package}),
        starts=_starts(graph, draws, seed, resolution),
        resolutions=_sweep(graph, package, seed),
        null=_null(shares, weights, backbone, (draws, seed, resolution)),
        made=made,
    )


_COLUMNS = (
    "topic", "name", "size", "package", "stability", "next_package", "next_stability", "strength",
)  # fmt: skip


def _kept(topics: Topics, leave_out: Sequence[int]) -> np.ndarray:
    if isinstance(leave_out, str | int | np.integer):
        raise InputError(f"leave_out={leave_out!r} is no list of topics, such as [3, 7]")
    for topic in leave_out:
        check_topic(topic, len(topics), "leave_out: ")
    kept = np.array([n for n in range(len(topics)) if n + 1 not in set(leave_out)], np.int64)
    if len(kept) < 4:
        raise InputError(
            f"{len(kept)} topics make no network; fit more topics (ANTMN uses 20 and more)"
        )
    return kept


def _known(topics: Topics) -> np.ndarray:
    return np.flatnonzero(~np.isnan(topics.shares).any(axis=1))


def _articles(
    topics: Topics, kept: np.ndarray, lengths: Sequence[int] | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Shares, weights, copy groups and lengths of the articles that have shares."""
    known = _known(topics)
    if len(known) < 2:
        raise InputError("fewer than two articles have topic shares; nothing can hang together")
    length = np.ones(len(topics.docs)) if lengths is None else np.asarray(lengths, np.float64)
    if length.shape != (len(topics.docs),) or (length < 0).any():
        raise InputError(
            f"lengths has shape {length.shape}; give one number of words for each of the "
            f"{len(topics.docs)} articles"
        )
    docs = topics.docs.iloc[known]
    weights = docs["weight"].to_numpy(np.float64) if "weight" in docs else np.ones(len(known))
    return topics.shares[np.ix_(known, kept)], weights, copy_groups(docs), length[known]


def _graph(shares: np.ndarray, weights: np.ndarray, filtered: bool) -> np.ndarray:
    """Cosines between the topics over weighted articles, no loops."""
    from mediaframes.topics._communities import backbone

    products = shares.T @ (shares * weights[:, None])
    norms = np.sqrt(np.maximum(np.diag(products), 1e-300))
    graph = np.asarray(products / norms[:, None] / norms[None, :])
    graph = (graph + graph.T) / 2
    np.fill_diagonal(graph, 0.0)
    return backbone(graph) if filtered else graph


def _algorithms(seed: int, resolution: float) -> dict[str, Any]:
    """Each takes a graph and a number, which makes Louvain's random order another one."""
    from mediaframes.topics import _communities as communities

    def louvain(graph: np.ndarray, number: int) -> np.ndarray:
        return communities.louvain(graph, seed=seed + number, resolution=resolution)

    sure = {
        name: (lambda graph, _, find=find: find(graph)) for name, find in communities.SURE.items()
    }
    return {"Louvain": louvain, **sure}


def _packages(together: np.ndarray) -> np.ndarray:
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    from mediaframes.topics._communities import numbered

    apart = 1 - together
    np.fill_diagonal(apart, 0)
    tree = linkage(squareform(np.round(apart, 12), checks=False), "average")
    return numbered(fcluster(tree, 1 - TOGETHER, "distance"))


def _table(
    topics: Topics, kept: np.ndarray, package: np.ndarray, together: np.ndarray
) -> pd.DataFrame:
    count = int(package.max()) + 1
    mean = np.full((len(kept), count), np.nan)
    for name in range(count):
        inside = package == name
        for topic in range(len(kept)):
            others = inside.copy()
            others[topic] = False
            if others.any():
                mean[topic, name] = together[topic, others].mean()
    own = mean[np.arange(len(kept)), package]
    other = mean.copy()
    other[np.arange(len(kept)), package] = np.nan
    best = np.where(
        np.isnan(other).all(axis=1), -1, np.nanargmax(np.nan_to_num(other, nan=-1), axis=1)
    )
    value = np.where(best < 0, np.nan, other[np.arange(len(kept)), best])
    alone = np.isnan(own)  # a package of one topic
    largest = (together - np.eye(len(kept))).max(axis=1)
    return pd.DataFrame(
        {
            "topic": kept + 1,
            "name": pd.Series([topics.names[n] for n in kept], dtype="str"),
            "package": package + 1,
            "stability": np.where(alone, 1 - largest, own),
            "next_package": pd.array([None if b < 0 else b + 1 for b in best], dtype="Int64"),
            "next_stability": value,
        }
    )


def _agreement(partitions: dict[str, np.ndarray]) -> pd.DataFrame:
    from sklearn.metrics import adjusted_rand_score

    names = list(partitions)
    values = [
        [float(adjusted_rand_score(partitions[one], partitions[two])) for two in names]
        for one in names
    ]
    return pd.DataFrame(values, index=pd.Index(names, name="algorithm"), columns=names)


def _starts(graph: np.ndarray, draws: int, seed: int, resolution: float) -> pd.DataFrame:
    from mediaframes.topics._communities import louvain, modularity

    rows = []
    for number in range(draws):
        labels = louvain(graph, seed=seed + number, resolution=resolution)
        value = round(modularity(graph, labels, resolution=resolution), 10)
        rows.append((int(labels.max()) + 1, value, labels.tobytes()))
    table = pd.DataFrame(rows, columns=["packages", "modularity", "partition"])
    table = table.groupby("partition").agg(
        packages=("packages", "first"), modularity=("modularity", "first"), n=("packages", "size")
    )
    return table.sort_values(["modularity", "n"], ascending=False, ignore_index=True)


def _best(graph: np.ndarray, starts: int, seed: int, resolution: float) -> tuple[np.ndarray, float]:
    from mediaframes.topics._communities import louvain, modularity

    found = [louvain(graph, seed=seed + n, resolution=resolution) for n in range(starts)]
    values = [round(modularity(graph, labels, resolution=resolution), 10) for labels in found]
    best = int(np.argmax(values))
    return found[best], values[best]


def _sweep(graph: np.ndarray, package: np.ndarray, seed: int) -> pd.DataFrame:
    from sklearn.metrics import adjusted_rand_score

    rows = []
    for resolution in RESOLUTIONS:
        labels, value = _best(graph, SWEEP_STARTS, seed, resolution)
        same = float(adjusted_rand_score(package, labels))
        rows.append((resolution, int(labels.max()) + 1, value, same))
    return pd.DataFrame(rows, columns=["resolution", "packages", "modularity", "agreement"])


def _null(
    shares: np.ndarray, weights: np.ndarray, filtered: bool, how: tuple[int, int, float]
) -> dict[str, float]:
    """Modularity of the graph, and of graphs of topics without company."""
    draws, seed, resolution = how
    _, observed = _best(_graph(shares, weights, filtered), SWEEP_STARTS, seed, resolution)
    rng = np.random.default_rng(seed)
    values = []
    for number in range(draws):
        shuffled = rng.permuted(shares, axis=0)
        values.append(_best(_graph(shuffled, weights, filtered), 1, seed + number, resolution)[1])
    reached = sum(value >= observed for value in values)
    return {
        "modularity": observed,
        "null_mean": float(np.mean(values)),
        "null_sd": float(np.std(values, ddof=1)),
        "p": (1 + reached) / (1 + draws),
    }
