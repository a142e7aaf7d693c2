"""Edges of two groups' networks compared, by relabeled articles."""

from typing import Any

import numpy as np
import pandas as pd

from mediaframes._docs import article_weights
from mediaframes.inference.comparison import indicator, split
from mediaframes.inference.keyness import false_discovery_rate
from mediaframes.inference.permutation import Labels, compare_labels
from mediaframes.inference.resampling import check_draws
from mediaframes.inference.together import Together

ADDED = 0.5  # units added to what is observed, so that a pair one group never has can be compared


def compared_edges(
    source: Any,
    found: Together,
    grouping: tuple[str, str, str | None],
    seed: int,
    permutations: int,
) -> pd.DataFrame:
    """The table of `compare_networks`."""
    check_draws(permutations, seed, name="permutations")
    side = split(source.docs, *grouping)
    weight = article_weights(source.docs).to_numpy()
    used = np.flatnonzero((side >= 0) & (weight > 0))
    inside = side[used] == 1
    labels = Labels.of_articles(source.docs.iloc[used], inside, None)
    spread = _Edges(found, used, weight, labels)
    (o1, o2), (p1, p2), t = spread.parts(labels.observed[:, None])
    observed = t[:, 0]
    joint = found.joint[:, used]
    table = pd.DataFrame(
        {
            "source": found.words[found.first], "target": found.words[found.second],
            "n_target": o1[:, 0], "n_reference": o2[:, 0],
            "docs_target": np.diff(joint[:, inside].tocsr().indptr),
            "docs_reference": np.diff(joint[:, ~inside].tocsr().indptr),
            "pmi_target": p1[:, 0], "pmi_reference": p2[:, 0],
            "difference": p1[:, 0] - p2[:, 0], "t": observed,
        }
    )  # fmt: skip
    draws = labels.draws(permutations, seed)
    table["p"], table["p_family"] = compare_labels(
        spread.statistic, observed, draws, counted=labels.complete(permutations)
    )
    table.loc[table["difference"].isna(), ["t", "p", "p_family"]] = np.nan
    table["q"] = false_discovery_rate(table["p"].to_numpy())
    order = ["t", "source", "target"]
    return table.sort_values(order, ascending=[False, True, True], ignore_index=True)


class _Edges:
    """Weighted joint units, margins and units of each labeled row."""

    def __init__(
        self, found: Together, used: np.ndarray, weight: np.ndarray, labels: Labels
    ) -> None:
        add = indicator(labels.row).T * weight[used][:, None]
        self.joint, self.margin = ((m[:, used] @ add).tocsr() for m in (found.joint, found.margin))
        self.units = found.units[used] @ add
        self.first, self.second = found.first, found.second
        self.all_joint = np.asarray(self.joint.sum(axis=1))[:, None]
        self.all_margin = np.asarray(self.margin.sum(axis=1))[:, None]

    def parts(self, labels: np.ndarray) -> tuple[Any, Any, np.ndarray]:
        """Joint units of both groups, PMI of both groups, and t, each (pairs, labelings)."""
        dense = np.ascontiguousarray(labels, np.float64)
        o1, m1, n1 = (
            self.joint @ dense,
            self.margin @ dense,
            np.einsum("i,ij->j", self.units, dense),
        )
        o2, m2, n2 = self.all_joint - o1, self.all_margin - m1, self.units.sum() - n1
        ends = (self.first, self.second)
        pmi = [_smooth_pmi(o, m, n, *ends) for o, m, n in ((o1, m1, n1), (o2, m2, n2))]
        # the standard error of a difference of logarithms of two counts, in bits
        error = np.sqrt(1 / (o1 + ADDED) + 1 / (o2 + ADDED)) / np.log(2)
        t = (pmi[0] - pmi[1]) / error
        return (o1, o2), (pmi[0], pmi[1]), np.where(np.isfinite(t), t, 0.0)

    def statistic(self, labels: np.ndarray) -> np.ndarray:
        """t of each pair for each labeling."""
        return self.parts(labels)[2]


def _smooth_pmi(
    joint: np.ndarray, margin: np.ndarray, n: np.ndarray, first: np.ndarray, second: np.ndarray
) -> np.ndarray:
    """NaN where a group lacks one of the words."""
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.log2((joint + ADDED) * n / (margin[first] * margin[second]))
    return np.asarray(np.where(np.isfinite(value), value, np.nan))
