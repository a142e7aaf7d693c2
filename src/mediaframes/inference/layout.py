"""Places for the nodes of a network, by forces that no random number moves."""

from typing import Any

import numpy as np
import pandas as pd

LINKS = 3  # edges of each node that pull: all of a dense graph would pull it into one ball
ROUNDS = 300  # of the forces; their steps grow smaller and end at 0


def ranks(edges: pd.DataFrame, ends: tuple[str, str], value: str) -> np.ndarray:
    """Each edge's place among those of its two nodes, the better one: 1 is a strongest edge."""
    both = pd.concat([edges[ends[0]], edges[ends[1]]]).to_frame("node")
    both["value"] = [*edges[value], *edges[value]]
    place = both.groupby("node")["value"].rank(ascending=False, method="first").to_numpy()
    return np.asarray(np.minimum(place[: len(edges)], place[len(edges) :]).astype(np.int64))


def springs(edges: pd.DataFrame, ends: tuple[str, str], value: str, nodes: Any) -> np.ndarray:
    """The strongest edges of each node (column ``rank``) as a matrix, the largest being 1."""
    names = pd.Index(nodes)
    pull = np.zeros((len(names), len(names)))
    near = edges[edges["rank"] <= LINKS]
    one, two = (names.get_indexer(near[end]) for end in ends)
    top = float(near[value].max()) if len(near) else 1.0
    pull[one, two] = pull[two, one] = near[value].to_numpy() / top
    return pull


def scaled(distances: np.ndarray) -> tuple[np.ndarray, float]:
    """Classical multidimensional scaling to (K, 2), and the share of squared distances kept.

    Examples
    --------
    >>> places, kept = scaled(np.array([[0.0, 3.0, 4.0], [3.0, 0.0, 5.0], [4.0, 5.0, 0.0]]))
    >>> float(np.linalg.norm(places[1] - places[2]).round(6)), round(kept, 6)
    (5.0, 1.0)
    """
    n = len(distances)
    center = np.eye(n) - 1 / n
    values, vectors = np.linalg.eigh(center @ (distances**2) @ center / -2)
    best = np.argsort(-values, kind="stable")[:2]
    places = vectors[:, best] * np.sqrt(np.maximum(values[best], 0.0))
    # which way an axis runs is arbitrary; rounding keeps last digits from deciding
    largest = np.argmax(np.abs(places).round(9), axis=0)
    places = places * np.where(places[largest, [0, 1]] < 0, -1.0, 1.0)
    positive = float(values[values > 0].sum())
    return places, float(np.maximum(values[best], 0).sum()) / positive if positive > 0 else 0.0


def forces(start: np.ndarray, pull: np.ndarray) -> np.ndarray:
    """Places after `ROUNDS` of attraction along edges and repulsion between all, (K, 2)."""
    n = len(start)
    places = start / max(float(np.abs(start).max()), 1e-9)
    # topics on one spot would not know where to go: a spiral, too small to see, sets them apart
    turn = np.arange(n) * 2.399963  # the golden angle
    places = places + 1e-3 * np.column_stack([np.cos(turn), np.sin(turn)])
    wide = 2 / np.sqrt(n)  # the distance at which two topics joined by a full spring rest
    for step in range(ROUNDS):
        way = places[:, None, :] - places[None, :, :]
        far = np.maximum(np.sqrt((way**2).sum(axis=2)), 1e-6)
        # gravity keeps parts without edges between them on the page
        force = (way * (wide**2 / far**2 - pull * far / wide)[:, :, None]).sum(axis=1)
        force -= 0.5 * places
        length = np.maximum(np.sqrt((force**2).sum(axis=1)), 1e-9)
        heat = 0.1 * (1 - step / ROUNDS)
        places = places + force / length[:, None] * np.minimum(length, heat)[:, None]
    places = places - places.mean(axis=0)
    _, _, axes = np.linalg.svd(places, full_matrices=False)
    places = places @ axes.T
    largest = np.argmax(np.abs(places).round(6), axis=0)
    return np.asarray(places * np.where(places[largest, [0, 1]] < 0, -1.0, 1.0))
