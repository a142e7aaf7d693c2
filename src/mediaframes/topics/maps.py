"""Topics in two dimensions, and networks of topics laid out: the tables behind the figures."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mediaframes.errors import InputError, check_kind
from mediaframes.inference.layout import forces, ranks, scaled, springs
from mediaframes.topics.model import Topics, check_topics

if TYPE_CHECKING:
    from mediaframes.topics.networks import TopicNetwork

# what a topic's size is, as figures say it
WORDS, ARTICLES = "share of the words", "mean share of an article"


def topic_map(topics: Topics) -> pd.DataFrame:
    """Where topics lie when topics with alike words lie close together.

    Parameters
    ----------
    topics : Topics

    Returns
    -------
    DataFrame
        One row per topic: ``topic name share share_of x y kept``. `share` is the topic's size, of
        what `share_of` says: of all words, or, for topics of another program, whose words were not
        counted here, the mean of the articles. `kept`, the same in all rows, tells how much of the
        (squared) distances the two dimensions show. Add a column of your own, such as the package,
        to color by it.

    Raises
    ------
    InputError
        For fewer than three topics.

    Notes
    -----
    Distance is the square root of the Jensen-Shannon divergence (base 2) of two topics' words, the
    positions are its classical multidimensional scaling (as LDAvis, which scales the divergence
    itself). Each axis is turned so that its largest coordinate is positive.

    Examples
    --------
    >>> words = [[8, 2, 0, 0], [7, 3, 0, 0], [0, 0, 5, 5]]
    >>> model = Topics.from_arrays(words=words, shares=[[1, 1, 1]], vocabulary=list("abcd"))
    >>> topic_map(model).round(2)[["topic", "share", "x"]].values.tolist()
    [[1.0, 0.33, -0.33], [2.0, 0.33, -0.33], [3.0, 0.33, 0.67]]
    """
    check_topics(topics, "topic_map")
    if len(topics) < 3:
        raise InputError(f"{len(topics)} topics make no map; it takes three")
    places, kept = scaled(word_distances(topics.words))
    table = topics.diagnostics[["topic", "name", "share"]].reset_index(drop=True)
    share_of = WORDS if "totals" in topics.arrays else ARTICLES
    return table.assign(share_of=share_of, x=places[:, 0], y=places[:, 1], kept=kept)


def word_distances(words: np.ndarray) -> np.ndarray:
    """Jensen-Shannon distance (root of the divergence, base 2) between all rows; (K, K), 0 to 1.

    Examples
    --------
    >>> word_distances(np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]])).round(3).tolist()
    [[0.0, 1.0, 0.558], [1.0, 0.0, 0.558], [0.558, 0.558, 0.0]]
    """
    from scipy.special import xlogy

    own = xlogy(words, words).sum(axis=1)
    result = np.zeros((len(words), len(words)))
    for one in range(len(words)):
        middle = (words[one] + words[one + 1 :]) / 2
        both = (own[one] + own[one + 1 :]) / 2 - xlogy(middle, middle).sum(axis=1)
        result[one, one + 1 :] = np.sqrt(np.clip(both / np.log(2), 0, 1))
    return np.asarray(result + result.T)


def network_map(network: "TopicNetwork") -> tuple[pd.DataFrame, pd.DataFrame]:
    """A topic network laid out: its topics with places, its edges ranked.

    Parameters
    ----------
    network : TopicNetwork

    Returns
    -------
    nodes : DataFrame
        The network's topics with ``x y``, ``package_stability``, the mean of its topics, and
        ``size_of``, what their size is a share of.
    edges : DataFrame
        ``topic_a topic_b similarity together rank``: `rank` is the edge's place among those of
        its topics (1: no edge of one of the two is stronger), so that edges up to a rank leave no
        topic alone.

    Notes
    -----
    Fruchterman and Reingold's forces, with the edges up to rank 3 as springs, each as strong as
    its similarity over the largest. The start is the classical scaling of 1 - similarity, nothing
    is random, and the result is turned to its principal axes.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> model = Topics.from_arrays(words=np.ones((6, 3)), shares=rng.dirichlet([1] * 6, 50),
    ...                            vocabulary=list("abc"))
    >>> from mediaframes.topics.networks import topic_network
    >>> nodes, edges = network_map(topic_network(model, seed=1, draws=50))
    >>> len(nodes), int(edges["rank"].min())
    (6, 1)
    """
    _check_network(network, "network_map")
    edges = network.edges()
    ends = ("topic_a", "topic_b")
    edges = edges.assign(rank=ranks(edges, ends, "similarity"))
    pull = springs(edges, ends, "similarity", network.topics["topic"])
    start, _ = scaled(1 - network.similarity - np.eye(len(pull)))
    places = forces(start, pull)
    nodes = network.topics.assign(x=places[:, 0], y=places[:, 1])
    nodes["size_of"] = WORDS if network.made.settings["lengths"] else ARTICLES
    nodes["package_stability"] = nodes.groupby("package")["stability"].transform("mean")
    return nodes, edges


def _check_network(network: object, verb: str) -> None:
    from mediaframes.topics.networks import TopicNetwork

    check_kind(network, TopicNetwork, verb=verb, how="mf.topic_network(topics, seed=1) makes it")


def co_membership(network: "TopicNetwork") -> pd.DataFrame:
    """How often each two topics fall into one package, over all partitions.

    Parameters
    ----------
    network : TopicNetwork

    Returns
    -------
    DataFrame
        One row per ordered pair of two topics: ``topic_a name_a package_a place_a topic_b name_b
        package_b place_b together``. `place` (from 1) orders the topics by package and, within it,
        by stability.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> model = Topics.from_arrays(words=np.ones((4, 3)), shares=rng.dirichlet([1] * 4, 50),
    ...                            vocabulary=list("abc"))
    >>> from mediaframes.topics.networks import topic_network
    >>> len(co_membership(topic_network(model, seed=1, draws=50)))
    12
    """
    _check_network(network, "co_membership")
    topics = network.topics.reset_index(drop=True)
    order = topics.sort_values(
        ["package", "stability", "topic"], ascending=[True, False, True]
    ).index.to_numpy()
    place = np.empty(len(topics), np.int64)
    place[order] = np.arange(1, len(topics) + 1)
    facts = topics[["topic", "name", "package"]].assign(place=place)
    one, two = np.nonzero(~np.eye(len(topics), dtype=bool))
    table = pd.concat(
        [
            facts.iloc[one].add_suffix("_a").reset_index(drop=True),
            facts.iloc[two].add_suffix("_b").reset_index(drop=True),
        ],
        axis=1,
    ).assign(together=network.together[one, two])
    return table.sort_values(["place_a", "place_b"], ignore_index=True)
