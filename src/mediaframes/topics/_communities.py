"""Communities in a small weighted graph, by five algorithms that share nothing but the graph.

A graph is a symmetric matrix of weights without loops, float64 of shape (n, n). A partition is an
int64 array of shape (n,), communities numbered from 0 by decreasing size, then by first member.
"""

from collections.abc import Callable

import numpy as np

WALK = 4  # steps of a random walk: the default of Pons and Latapy


def numbered(labels: np.ndarray) -> np.ndarray:
    """The same partition, largest community first.

    Examples
    --------
    >>> numbered(np.array([7, 2, 2, 7, 2])).tolist()
    [1, 0, 0, 1, 0]
    """
    found, first, size = np.unique(labels, return_index=True, return_counts=True)
    order = np.lexsort((first, -size))
    place = np.empty(len(found), np.int64)
    place[order] = np.arange(len(found))
    return place[np.searchsorted(found, labels)]


def modularity(graph: np.ndarray, labels: np.ndarray, *, resolution: float = 1.0) -> float:
    """Newman's modularity: weight inside communities beyond what the nodes' strengths explain.

    Source: Newman (2004), Analysis of weighted networks, Physical Review E 70, 056131; the
    resolution of Reichardt and Bornholdt (2006).

    Examples
    --------
    >>> two = np.kron(np.eye(2), 1 - np.eye(3))
    >>> round(modularity(two, np.array([0, 0, 0, 1, 1, 1])), 12)
    0.5
    """
    total = graph.sum()
    if total <= 0:
        return 0.0
    strength = graph.sum(axis=1)
    same = labels[:, None] == labels[None, :]
    expected = np.outer(strength, strength) / total
    return float((graph - resolution * expected)[same].sum() / total)


def louvain(graph: np.ndarray, *, seed: int, resolution: float = 1.0) -> np.ndarray:
    """Blondel et al. (2008), the implementation of networkx."""
    import networkx as nx

    found = nx.community.louvain_communities(
        nx.from_numpy_array(graph), weight="weight", resolution=resolution, seed=seed
    )
    return _labels(found, len(graph))


def fast_greedy(graph: np.ndarray) -> np.ndarray:
    """Clauset, Newman and Moore (2004), the implementation of networkx."""
    import networkx as nx

    if graph.sum() <= 0:
        return np.arange(len(graph))
    found = nx.community.greedy_modularity_communities(nx.from_numpy_array(graph), weight="weight")
    return _labels(found, len(graph))


def leading_eigenvector(graph: np.ndarray) -> np.ndarray:
    """Newman (2006): split by the signs of the modularity matrix's leading eigenvector, again and
    again while the modularity grows."""
    total = graph.sum()
    labels = np.zeros(len(graph), np.int64)
    if total <= 0:
        return np.arange(len(graph))
    strength = graph.sum(axis=1)
    full = graph - np.outer(strength, strength) / total
    waiting = [np.arange(len(graph))]
    while waiting:
        members = waiting.pop()
        part = full[np.ix_(members, members)]
        part = part - np.diag(part.sum(axis=1))
        values, vectors = np.linalg.eigh(part)
        side = vectors[:, -1] > 0
        signs = np.where(side, 1.0, -1.0)
        if values[-1] < 1e-10 or signs @ part @ signs <= 1e-10 * total or side.all():
            continue
        labels[members[side]] = labels.max() + 1
        waiting += [members[side], members[~side]]
    return numbered(labels)


def walktrap(graph: np.ndarray) -> np.ndarray:
    """Pons and Latapy (2006): merge what short random walks cannot tell apart; best modularity."""
    n = len(graph)
    degree = np.maximum((graph > 0).sum(axis=1), 1)
    loops = np.where(graph.sum(axis=1) > 0, graph.sum(axis=1) / degree, 1.0)
    walked = graph + np.diag(loops)  # as in the authors' program: a loop of the mean weight
    strength = walked.sum(axis=1)
    step = walked / strength[:, None]
    reach = np.linalg.matrix_power(step, WALK) / np.sqrt(strength)[None, :]
    members: dict[int, np.ndarray] = {node: np.array([node]) for node in range(n)}
    place = {node: reach[node] for node in range(n)}
    touch = graph > 0
    labels = np.arange(n)
    best, best_labels = modularity(graph, labels), labels.copy()
    while len(members) > 1:
        pair = _nearest(members, place, touch)
        if pair is None:
            break  # what is left does not hang together
        one, two = pair
        size = len(members[one]), len(members[two])
        place[one] = (place[one] * size[0] + place[two] * size[1]) / sum(size)
        members[one] = np.concatenate([members[one], members[two]])
        touch[one] |= touch[two]
        touch[:, one] |= touch[:, two]
        del members[two], place[two]
        labels[members[one]] = one
        now = modularity(graph, labels)
        if now > best + 1e-12:
            best, best_labels = now, labels.copy()
    return numbered(best_labels)


def _nearest(
    members: dict[int, np.ndarray], place: dict[int, np.ndarray], touch: np.ndarray
) -> tuple[int, int] | None:
    """The neighbors whose union costs least (Ward's criterion)."""
    names = np.array(list(members))
    points = np.stack([place[name] for name in names])
    size = np.array([len(members[name]) for name in names], np.float64)
    squares = (points**2).sum(axis=1)
    cost = np.maximum(squares[:, None] + squares[None, :] - 2 * points @ points.T, 0)
    cost *= size[:, None] * size[None, :] / (size[:, None] + size[None, :])
    cost[~touch[np.ix_(names, names)]] = np.inf
    cost[np.tril_indices(len(names))] = np.inf
    # ties in the last digits are broken by the order of the nodes
    first = int(np.argmax(cost <= cost.min() * (1 + 1e-12)))
    one, two = divmod(first, len(names))
    return None if np.isinf(cost[one, two]) else (int(names[one]), int(names[two]))


def average_linkage(graph: np.ndarray) -> np.ndarray:
    """Hierarchical clustering (average linkage) of the weights, cut where modularity is best."""
    from scipy.cluster.hierarchy import cut_tree, linkage
    from scipy.spatial.distance import squareform

    if len(graph) < 2:
        return np.zeros(len(graph), np.int64)
    apart = graph.max() - graph
    np.fill_diagonal(apart, 0)
    cuts = cut_tree(linkage(squareform(apart, checks=False), "average"))
    values = [modularity(graph, cuts[:, level]) for level in range(cuts.shape[1])]
    return numbered(cuts[:, int(np.argmax(np.round(values, 12)))])


# Algorithms that need no seed; Louvain beside them.
SURE: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "fast greedy": fast_greedy,
    "leading eigenvector": leading_eigenvector,
    "walktrap": walktrap,
    "average linkage": average_linkage,
}


def backbone(graph: np.ndarray) -> np.ndarray:
    """The disparity filter at the strictest level (in steps of .05) that leaves no node alone.

    Source: Serrano, Boguna and Vespignani (2009), PNAS 106(16); the level as in ANTMN.

    Examples
    --------
    >>> weights = np.array([[0, 9, 1], [9, 0, 1], [1, 1, 0.]])
    >>> backbone(weights).tolist()
    [[0.0, 9.0, 1.0], [9.0, 0.0, 1.0], [1.0, 1.0, 0.0]]
    """
    strength = np.maximum(graph.sum(axis=1), 1e-300)
    degree = (graph > 0).sum(axis=1)
    chance = (1 - graph / strength[:, None]) ** np.maximum(degree - 1, 0)[:, None]
    chance = np.minimum(chance, chance.T)
    kept = graph
    joined = (graph > 0).any(axis=1)
    for level in np.arange(20, 0, -1) / 20:
        tried = np.where(chance < level, graph, 0.0)
        if ((tried > 0).any(axis=1) != joined).any():
            break
        kept = tried
    return kept


def _labels(communities: list[set[int]], n: int) -> np.ndarray:
    labels = np.zeros(n, np.int64)
    for number, members in enumerate(communities):
        labels[sorted(members)] = number
    return numbered(labels)
