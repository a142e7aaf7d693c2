"""Whether intervals cover what they claim, and keyness errs as rarely as it says, by simulation."""

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from mediaframes.inference import keyness, prevalence
from mediaframes.inference.measures import g2 as log_likelihood
from mediaframes.scores import Scores
from mediaframes.text import Counts

RUNS = 400


def measure(shared: Path | None = None) -> pd.DataFrame:
    """Coverage of 95 % intervals and false positives of keyness at 5 %."""
    rows = [
        (f"prevalence: coverage, {n} articles{', half of them copies' * copies}", "simulation",
         coverage(n, copies=copies), "0.95")
        for n in (5, 10, 40, 200) for copies in (False, True)
    ]  # fmt: skip
    ours, tokens = false_positives()
    rows.append(
        ("keyness: false positives at p < .05, by articles", "bursty text", ours, "<= 0.05")
    )
    rows.append(("the same, G2 over words (for comparison)", "bursty text", tokens, "-"))
    return pd.DataFrame(rows, columns=["quality", "on", "value", "reach"])


def coverage(n: int, *, copies: bool, runs: int = RUNS) -> float:
    """Share of runs whose interval holds the true mean of beta-distributed shares (0.2).

    With `copies`, half of the n articles are second prints of others, weighing 1/2 as theirs.
    """
    rng = np.random.default_rng(20231)
    inside, tried = 0, 0
    names = [f"{i:04d}" for i in range(n)]
    originals = n - n // 2 if copies else n
    group = np.concatenate([np.arange(originals), np.arange(n - originals)])
    weight = 1 / np.bincount(group)[group]
    docs = pd.DataFrame(
        {"copy_of": [names[g] for g in group], "weight": weight}, index=pd.Index(names, name="id")
    )
    for run in range(runs):
        shares = rng.beta(0.5, 2.0, originals)[group]
        scores = Scores.from_frame(
            pd.DataFrame({"x": shares}, index=docs.index), unit="share", docs=docs
        )
        row = prevalence(scores, seed=run, draws=400).iloc[0]
        if np.isnan(row["low"]):
            continue
        tried += 1
        inside += row["low"] <= 0.2 <= row["high"]
    return inside / tried if tried else float("nan")


def false_positives(runs: int = 20) -> tuple[float, float]:
    """Share of words with p < .05 where no word differs: (keyness, G2 over words)."""
    rng = np.random.default_rng(7)
    n_docs, n_words = 120, 300
    base = rng.dirichlet(np.full(n_words, 0.5))
    docs = pd.DataFrame(
        {"outlet": ["A"] * 60 + ["B"] * 60},
        index=pd.Index([f"{i:03d}" for i in range(n_docs)], name="id"),
    )
    ours, tokens, n = 0, 0, 0
    for run in range(runs):
        # words come in bursts: each article has its own word distribution around the common one
        matrix = np.array([rng.multinomial(300, rng.dirichlet(base * 100)) for _ in range(n_docs)])
        counts = Counts.from_matrix(
            csr_array(matrix), [f"w{i:03d}" for i in range(n_words)], docs=docs
        )
        table = keyness(counts, by="outlet", target="A", seed=run, draws=300)
        g2 = log_likelihood(
            table["count_target"].to_numpy(), table["count_reference"].to_numpy(), 18000, 18000
        )
        ours += int((table["p"] < 0.05).sum())
        tokens += int((np.abs(g2) > 3.841).sum())
        n += len(table)
    return ours / n, tokens / n
