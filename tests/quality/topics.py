"""Planted topics found, beside other libraries."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from mediaframes.text.counts import Counts
from mediaframes.topics import fit_topics, lda, quality, stm
from mediaframes.topics.spectral import spectral_start
from tests.bench import _topics_data as peers


def corpus(k: int, *, skewed: bool, n_docs: int = 1000) -> tuple[np.ndarray, csr_array]:
    """Topics (K, V) and articles drawn from them."""
    rng = np.random.default_rng(k)
    words = rng.dirichlet(np.full(1000, 0.03), size=k)
    prior = 4 / np.arange(1, k + 1) / np.log(k + 1) if skewed else np.full(k, 2 / k)
    shares = rng.dirichlet(np.maximum(prior, 0.02), size=n_docs)
    matrix = csr_array(np.array([rng.multinomial(150, share @ words) for share in shares]))
    known = np.flatnonzero(matrix.sum(axis=0))
    return words[:, known], matrix[:, known]


def by_lda(matrix: csr_array, k: int) -> np.ndarray:
    """Best of ten starts by bound."""
    once = lda.contents(matrix, np.ones(matrix.shape[0]))
    runs = [lda.fit(matrix[once.rows], k, seed, once) for seed in range(10)]
    return max(runs, key=lambda run: run.bound).words.T.astype(np.float64)


def by_ctm(matrix: csr_array, k: int) -> np.ndarray:
    """From the spectral start."""
    weights = np.ones(matrix.shape[0])
    return stm.fit(matrix, spectral_start(matrix, k, weights), weights).beta


def planted(k: int, *, skewed: bool) -> dict[str, float]:
    """Mean cosine of planted topics with those each model finds."""
    words, matrix = corpus(k, skewed=skewed)
    counts = Counts.from_matrix(matrix, [f"w{i:04d}" for i in range(matrix.shape[1])])
    models: dict[str, Callable[[], np.ndarray]] = {
        "LDA": lambda: by_lda(matrix, k),
        "CTM": lambda: by_ctm(matrix, k),
        "NMF": lambda: fit_topics(counts, k=k, model="nmf", seed=1).words,
    }
    if find_spec("tomotopy"):
        models["LDA of tomotopy"] = lambda: peers.tomotopy(counts, k, 3)[0]
    if find_spec("topica"):
        models["LDA of topica"] = lambda: peers.topica(counts, k, 3)[0]
        models["CTM of topica"] = lambda: by_topica(counts, k)
    return {name: float(quality.matched(words, fit())[1].mean()) for name, fit in models.items()}


def by_topica(counts: Counts, k: int) -> np.ndarray:
    """topica's CTM."""
    import topica

    model = topica.CTM(num_topics=k, seed=3)
    model.fit(peers.as_words(counts), num_threads=1)
    words = np.full((k, len(counts.vocabulary)), 1e-12)
    words[:, counts.vocabulary.get_indexer(model.vocabulary)] = model.topic_word
    return words


def measure(shared: Path) -> pd.DataFrame:
    """``on quality value reach``."""
    rows: list[tuple[str, float, str]] = []
    for k in (5, 20, 50):
        for skewed in (False, True):
            kind = "skewed" if skewed else "balanced"
            for model, value in planted(k, skewed=skewed).items():
                rows.append(
                    (f"{k} planted topics, {kind}: {model}: mean cosine", value, "reported")
                )
    split = [(*what.split(": ", 1), value, reach) for what, value, reach in rows]
    return pd.DataFrame(split, columns=["on", "quality", "value", "reach"])
