"""LDA to the held-out perplexity of tomotopy, and STM, beside other libraries.

The peers (tomotopy, gensim, topica) come with the extra `bench`; one that is not installed is named
and left out. `MEDIAFRAMES_BENCH_TOPICS` chooses corpora, numbers of topics and peers, e.g.
``"associated_press_dtm_en:20,50:tomotopy,gensim"``; without it all of them, which takes long.
"""

import os
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd

from mediaframes.inference.design import design
from mediaframes.text.counts import Counts
from mediaframes.topics import lda, quality, stm
from mediaframes.topics.spectral import spectral_start
from tests import stm_reference as reference
from tests.bench import _topics_data as data

CORPORA = ("associated_press_dtm_en", "uk_immigration_news_2014_en", "fang_covid_de")
SIZES, PEERS = (20, 50, 100), ("tomotopy", "topica", "sklearn", "gensim")


def ours(train: Counts, k: int, target: float, halves: tuple[object, object]) -> data.Fit:
    """Our LDA, pass by pass until the target; seconds include the start."""
    begin = time.process_time()
    state = lda.Fit(train.matrix, k, 3)
    extra = time.process_time() - begin

    def step() -> tuple[np.ndarray, np.ndarray]:
        state.stochastic()
        return state.phi(), state.alpha[:k].astype(np.float64)

    phi, alpha, seconds = data.until(target, step, halves, 40)
    return phi, alpha, seconds + extra


def whole(train: Counts, k: int) -> data.Fit:
    """Our LDA, one default start to its end."""
    begin = time.process_time()
    run = lda.fit(train.matrix, k, 3)
    seconds = time.process_time() - begin
    words = run.words.astype(np.float64).T
    return words / words.sum(axis=1, keepdims=True), run.alpha, seconds


def _row(what: str, k: int, train: Counts, halves: tuple[object, object], fit: data.Fit) -> dict:
    return {
        "what": what,
        "k": k,
        "seconds": fit[2],
        "perplexity": data.perplexity(fit[0], fit[1], *halves),
        "npmi": float(quality.npmi(fit[0], train.matrix).mean()),
        "diversity": quality.diversity(fit[0]),
    }


def compare(train: Counts, halves: tuple[object, object], k: int, peers: tuple[str, ...]) -> list:
    """One row for each library on one corpus; the target is tomotopy's perplexity."""
    rows = [_row("tomotopy", k, train, halves, data.tomotopy(train, k))]
    target = rows[0]["perplexity"]
    fits: dict[str, Callable[[], data.Fit]] = {
        "ours, to the target": lambda: ours(train, k, target, halves),
        "ours, whole fit": lambda: whole(train, k),
    }
    others: dict[str, Callable[[], data.Fit]] = {
        "topica": lambda: data.topica(train, k),
        "sklearn": lambda: data.sklearn(train, k, target, halves),
        "gensim": lambda: data.gensim(train, k, target, halves),
    }
    fits |= {name: fit for name, fit in others.items() if name in peers}
    for name, fit in fits.items():
        rows.append(_row(name, k, train, halves, fit()))
    return rows


def bench_stm(folder: Path, name: str) -> list[dict]:
    """The whole fit of the model, ours and topica's, with their final bounds."""
    matrix, meta, vocabulary = reference.corpus(folder, name)
    x = design(meta, formula=reference.formula(name)).matrix
    counts = Counts.from_matrix(matrix, vocabulary)
    k = int(name.split("K")[-1])
    stm.fit(matrix[:50], spectral_start(matrix[:50], 3, np.ones(50)), np.ones(50), most=2)
    begin = time.process_time()
    found = stm.fit(
        matrix, spectral_start(matrix, k, np.ones(len(meta))), np.ones(len(meta)), covariates=x
    )
    rows = [_stm_row("ours", name, k, time.process_time() - begin, found.bounds)]
    if find_spec("topica"):
        import topica

        texts = data._as_words(counts)
        begin = time.process_time()
        model = topica.STM(num_topics=k, seed=3)
        model.fit(texts, prevalence=x[:, 1:], num_threads=1)
        rows.append(_stm_row("topica", name, k, time.process_time() - begin, [np.nan]))
    return rows


def _stm_row(what: str, name: str, k: int, seconds: float, bounds: object) -> dict:
    values = np.asarray(bounds, np.float64)
    return {
        "corpus": f"STM {name}", "what": what, "k": k, "seconds": seconds,
        "perplexity": np.nan, "npmi": np.nan, "diversity": np.nan, "bound": values[-1],
    }  # fmt: skip


def bench(shared: Path) -> pd.DataFrame:
    """``what ours_seconds peer peer_seconds ratio note`` (CPU seconds)."""
    chosen = os.environ.get("MEDIAFRAMES_BENCH_TOPICS", "").split(":")
    corpora = tuple(chosen[0].split(",")) if chosen[0] else CORPORA
    sizes = tuple(map(int, chosen[1].split(","))) if len(chosen) > 1 else SIZES
    asked = tuple(chosen[2].split(",")) if len(chosen) > 2 else PEERS
    peers = tuple(name for name in asked if find_spec(name))
    rows: list[dict] = [
        {"corpus": "-", "what": f"{name}: not installed, left out"}
        for name in asked
        if name not in peers
    ]
    if "tomotopy" in peers:
        for corpus in corpora:
            train, *halves = data.split(data.articles(shared, corpus))
            lda.fit(train.matrix[:300], 8, 1)  # compiles the kernels
            for k in sizes:
                rows += [{"corpus": corpus, **row} for row in compare(train, halves, k, peers)]
    folder = shared.parent / "reference" / "stm_r"
    if folder.is_dir():
        rows += bench_stm(folder, "poliblog_K20") + bench_stm(folder, "poliblog_K50")
    return _beside(rows)


def _beside(rows: list[dict]) -> pd.DataFrame:
    """``what ours_seconds peer peer_seconds ratio note``, as the other benches."""
    table = pd.DataFrame(rows)
    result = [{"what": row.what} for row in table[table["k"].isna()].itertuples()]
    for (corpus, k), part in table.dropna(subset="k").groupby(["corpus", "k"], sort=False):
        own = part["what"].isin(["ours, to the target", "ours"])
        mine = part[own].iloc[0]
        for row in part[~own].itertuples():
            note = (
                f"perplexity {row.perplexity:.0f} (ours {mine.perplexity:.0f}), NPMI "
                f"{row.npmi:.3f} ({mine.npmi:.3f}), diversity {row.diversity:.2f} "
                f"({mine.diversity:.2f})"
            )
            result.append(
                {
                    "what": f"{corpus} K={k:.0f}", "ours_seconds": mine.seconds,
                    "peer": row.what, "peer_seconds": row.seconds,
                    "ratio": row.seconds / mine.seconds,
                    "note": "" if np.isnan(row.perplexity) else note,
                }
            )  # fmt: skip
    return pd.DataFrame(result)
