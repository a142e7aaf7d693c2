"""Whether the intervals of `effects` cover what they claim where articles come in clusters."""

from pathlib import Path

import numpy as np
import pandas as pd

from mediaframes.inference import effects
from mediaframes.scores import Scores

METHODS = ("plain", "robust", "bootstrap")


def measure(shared: Path | None = None) -> pd.DataFrame:
    """Coverage of 95 % intervals of the effect of an outlet's party on its shares."""
    rows = []
    for clusters in (12, 60):
        for method, value in coverage(runs=1000, clusters=clusters, draws=400).items():
            reach = "- (for comparison)" if method == "plain" else "0.95"
            what = f"effects: coverage, {clusters} clusters, {method}"
            rows.append((what, "simulation", value, reach))
    return pd.DataFrame(rows, columns=["quality", "on", "value", "reach"])


def coverage(*, runs: int, clusters: int, draws: int, each: int = 20) -> dict[str, float]:
    """Share of runs whose interval holds the true effect (0.05) of a covariate of outlets."""
    rng = np.random.default_rng(11)
    group = np.repeat(np.arange(clusters), each)
    party = group % 2
    names = pd.Index([f"{i:05d}" for i in range(len(group))], name="id")
    docs = pd.DataFrame({"party": party, "outlet": [f"o{g:03d}" for g in group]}, index=names)
    inside = dict.fromkeys(METHODS, 0)
    for run in range(runs):
        noise = rng.normal(0, 0.05, clusters)[group] + rng.normal(0, 0.1, len(group))
        values = pd.DataFrame({"x": 0.3 + 0.05 * party + noise}, index=names)
        scores = Scores.from_frame(values, unit="share", docs=docs)
        for method in METHODS:
            found = effects(
                scores, formula="~ party", seed=run, method=method, cluster="outlet", draws=draws
            )
            row = found.table.iloc[1]
            inside[method] += bool(row["low"] <= 0.05 <= row["high"])
    return {method: count / runs for method, count in inside.items()}
