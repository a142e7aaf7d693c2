"""Topic models: R's STM reproduced, planted topics found, starts that agree."""

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from mediaframes.inference.design import design
from mediaframes.topics import lda, quality, stm
from mediaframes.topics.spectral import spectral_start
from tests import stm_reference as reference

MODELS = {
    "gadarian_K3": "Pooled", "poliblog_K20": "Pooled", "poliblog_prevL1_K20": "L1",
    "poliblog_ctm_K20": "CTM", "poliblog_K50": "Pooled",
}  # fmt: skip


def _against_r(folder: Path, name: str, prior: str) -> list[tuple[str, float, str]]:
    matrix, meta, _ = reference.corpus(folder, name)
    begin = reference.table(folder, name, "beta_init.csv.gz")
    start = spectral_start(matrix, len(begin), np.ones(len(meta)))
    rows = [(f"{name}: spectral start, largest difference", np.abs(start - begin).max(), "< 1e-10")]
    x = None if prior == "CTM" else design(meta, formula=reference.formula(name)).matrix
    kind = "L1" if prior == "L1" else "Pooled"
    found = stm.fit(matrix, start, np.ones(len(meta)), covariates=x, prior=kind)
    bounds = reference.bounds(folder, name)
    n = min(len(bounds), len(found.bounds))
    apart = np.abs(found.bounds[:n] / bounds[:n] - 1).max()
    final = (found.bounds[-1] - bounds[-1]) / abs(bounds[-1])
    cosine = quality.matched(reference.words(folder, name), found.beta)[1]
    mean = "K50" in name
    return [
        *rows,
        (f"{name}: bounds of all iterations, relative difference", apart, "< 1e-5"),
        (f"{name}: final bound over R's, relative", final, "> -1e-5"),
        (f"{name}: iterations more than R's", len(found.bounds) - len(bounds), "0"),
        (
            f"{name}: cosine of matched topics, {'mean' if mean else 'lowest'}",
            cosine.mean() if mean else cosine.min(),
            "≥ .99" if mean else "≥ .999",
        ),
    ]


def planted(k: int, *, skewed: bool, n_docs: int = 1000) -> float:
    """Mean cosine of planted topics with LDA's, best of ten starts by bound."""
    rng = np.random.default_rng(k)
    words = rng.dirichlet(np.full(1000, 0.03), size=k)
    prior = 4 / np.arange(1, k + 1) / np.log(k + 1) if skewed else np.full(k, 2 / k)
    shares = rng.dirichlet(np.maximum(prior, 0.02), size=n_docs)
    matrix = csr_array(np.array([rng.multinomial(150, share @ words) for share in shares]))
    once = lda.contents(matrix, np.ones(n_docs))
    runs = [lda.fit(matrix[once.rows], k, seed, once) for seed in range(10)]
    best = max(runs, key=lambda run: run.bound)
    return float(quality.matched(words, best.words.T.astype(np.float64))[1].mean())


def measure(shared: Path) -> pd.DataFrame:
    """``on quality value reach``."""
    rows: list[tuple[str, float, str]] = []
    for k in (5, 20, 50):
        for skewed in (False, True):
            kind = "skewed" if skewed else "balanced"
            value = planted(k, skewed=skewed)
            rows.append((f"{k} planted topics, {kind}: LDA: mean cosine", value, "reported"))
    folder = shared.parent / "reference" / "stm_r"
    if folder.is_dir():
        for name, prior in MODELS.items():
            rows += _against_r(folder, name, prior)
    split = [(*what.split(": ", 1), value, reach) for what, value, reach in rows]
    return pd.DataFrame(split, columns=["on", "quality", "value", "reach"])
