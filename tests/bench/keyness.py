"""Permutation keyness: 10,000 words, 1,000 permutations, 5,000 articles, in CPU seconds."""

import time
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

import mediaframes as mf

ARTICLES, WORDS, LENGTH = 5_000, 10_000, 300


def bench(shared: Path) -> pd.DataFrame:
    """``what ours_seconds peer peer_seconds ratio``; the peer is the reach, 30 s of CPU."""
    counts = invented()
    grouping = {"by": "outlet", "target": "A", "seed": 1}
    rows = []
    for what, work in (
        (
            "keyness_test: 10,000 words × 1,000 permutations × 5,000 articles",
            lambda: mf.keyness_test(counts, min_docs=1, permutations=1000, **grouping),
        ),
        (
            "keyness: the same, 1,000 bootstrap draws",
            lambda: mf.keyness(counts, min_docs=1, draws=1000, **grouping),
        ),
        (
            "keyness_drivers: the same, 365 days",
            lambda: mf.keyness_drivers(
                counts, by="outlet", target="A", min_docs=1, leave_out="day"
            ),
        ),
    ):
        begin = time.process_time()
        work()
        rows.append((what, time.process_time() - begin, "reach", 30.0))
    table = pd.DataFrame(rows, columns=["what", "ours_seconds", "peer", "peer_seconds"])
    return table.assign(ratio=table["peer_seconds"] / table["ours_seconds"])


def invented() -> mf.Counts:
    """Articles of about 300 words, word frequencies after Zipf."""
    rng = np.random.default_rng(1)
    share = 1 / np.arange(1, WORDS + 1)
    lengths = rng.poisson(LENGTH, ARTICLES)
    words = rng.choice(WORDS, size=lengths.sum(), p=share / share.sum())
    rows = np.repeat(np.arange(ARTICLES), lengths)
    matrix = csr_array((np.ones(len(words)), (rows, words)), shape=(ARTICLES, WORDS))
    docs = pd.DataFrame(
        {"outlet": rng.choice(["A", "B"], ARTICLES), "day": rng.integers(0, 365, ARTICLES)},
        index=[f"{i:05d}" for i in range(ARTICLES)],
    )
    return mf.Counts.from_matrix(matrix, [f"w{i:05d}" for i in range(WORDS)], docs=docs)
