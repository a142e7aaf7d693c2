"""LDA to the held-out perplexity of tomotopy, beside other libraries.

The peers (tomotopy, topica, gensim) come with the extra `bench`; one that is not installed is named
and left out. `MEDIAFRAMES_BENCH_LDA` chooses corpora, numbers of topics and peers, e.g.
``"associated_press_dtm_en:20,50:tomotopy,gensim"``; without it all of them, which takes twenty
minutes. The corpus ``grown`` (100,000 articles made from real ones) has to be asked for.
"""

import os
import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mediaframes.text.counts import Counts
from mediaframes.topics import lda, quality
from tests.bench import _topics_data as data

CORPORA = ("associated_press_dtm_en", "uk_immigration_news_2014_en", "fang_covid_de")
SIZES, PEERS = (20, 50, 100), ("tomotopy", "topica", "sklearn", "gensim")
SEEDS = (3, 4, 5)  # of tomotopy and ours; the other peers run once
STARTS = 10  # of the default fit
CAP = 15  # times our seconds: a peer that has not reached the target by then is stopped


def to_target(train: Counts, k: int, seed: int, target: float, halves: Any) -> data.Fit:
    """Our LDA, pass by pass until the target; seconds include the start."""
    begin = time.process_time()
    state = lda.Fit(train.matrix, k, seed)
    extra = time.process_time() - begin

    def step() -> tuple[np.ndarray, np.ndarray]:
        state.next_pass()
        return state.phi(), state.alpha[:k].astype(np.float64)

    phi, alpha, seconds = data.until(target, step, halves, 600)
    return phi, alpha, seconds + extra


def whole(train: Counts, k: int, seeds: tuple[int, ...]) -> data.Fit:
    """Our LDA to its own end, the best of some starts by bound; seconds of all."""
    begin = time.process_time()
    runs = [lda.fit(train.matrix, k, seed) for seed in seeds]
    seconds = time.process_time() - begin
    best = max(runs, key=lambda run: run.bound)
    words = best.words.astype(np.float64).T
    return words / words.sum(axis=1, keepdims=True), best.alpha, seconds


def _row(what: str, train: Counts, halves: Any, fit: data.Fit) -> dict[str, Any]:
    return {
        "what": what,
        "seconds": fit[2],
        "perplexity": data.perplexity(fit[0], fit[1], *halves),
        "npmi": float(quality.npmi(fit[0], train.matrix).mean()),
        "diversity": quality.diversity(fit[0]),
    }


def compare(train: Counts, halves: Any, k: int, peers: tuple[str, ...], seeds: tuple[int, ...]):  # type: ignore[no-untyped-def]
    """``what seconds perplexity npmi diversity``, one row for each fit.

    The target is the mean perplexity of tomotopy's fits.
    """
    rows = [_row("tomotopy", train, halves, data.tomotopy(train, k, seed)) for seed in seeds]
    target = float(np.mean([row["perplexity"] for row in rows]))
    for seed in seeds:
        fit = to_target(train, k, seed, target, halves)
        rows += [
            _row("to its perplexity", train, halves, fit),
            _row("whole fit", train, halves, whole(train, k, (seed,))),
        ]
    if len(seeds) > 1:
        starts = tuple(range(101, 101 + STARTS))
        rows.append(_row(f"best of {STARTS}", train, halves, whole(train, k, starts)))
    most = CAP * float(np.mean([row["seconds"] for row in rows if "to its" in row["what"]]))
    others: dict[str, Callable[[], data.Fit]] = {
        "topica": lambda: data.topica(train, k, SEEDS[0]),
        "sklearn": lambda: data.sklearn(train, k, target, halves, most),
        "gensim": lambda: data.gensim(train, k, target, halves, most),
    }
    rows += [_row(name, train, halves, others[name]()) for name in others if name in peers]
    return pd.DataFrame(rows)


def _alone(train: Counts, k: int) -> tuple[float, float]:
    """CPU seconds and peak memory (GiB) of one whole fit; meant for a fresh process."""
    seconds = whole(train, k, (3,))[2]
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def beside(name: str, table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as the other benches have them: ``what ours_seconds peer peer_seconds ratio note``."""
    numbers = table.columns.drop("what").tolist()
    mean = table.groupby("what", sort=False)[numbers].mean()
    spread = table.groupby("what")[numbers].std()
    own = [what for what in mean.index if what not in PEERS]

    def told(what: str) -> str:
        parts = []
        for column, digits in (("perplexity", 0), ("npmi", 3), ("diversity", 3)):
            text = f"{column} {mean.loc[what, column]:.{digits}f}"
            if not np.isnan(spread.loc[what, column]):
                text += f" ± {spread.loc[what, column]:.{digits}f}"
            parts.append(text)
        return ", ".join(parts)

    target = float(mean.loc["tomotopy", "perplexity"])
    rows = []
    for peer in [what for what in mean.index if what in PEERS]:
        for mine in own if peer == "tomotopy" else own[:1]:
            short = (
                "" if peer == "tomotopy" or mean.loc[peer, "perplexity"] <= target else " (short)"
            )
            one, two = float(mean.loc[mine, "seconds"]), float(mean.loc[peer, "seconds"])
            rows.append(
                {
                    "what": f"{name}, {mine}", "ours_seconds": one, "peer": peer,
                    "peer_seconds": two, "ratio": two / one,
                    "note": f"{told(mine)}; {peer}: {told(peer)}{short}",
                }
            )  # fmt: skip
    return rows


def bench(shared: Path) -> pd.DataFrame:
    """``what ours_seconds peer peer_seconds ratio note`` (CPU seconds)."""
    chosen = os.environ.get("MEDIAFRAMES_BENCH_LDA", "").split(":")
    corpora = tuple(chosen[0].split(",")) if chosen[0] else CORPORA
    sizes = tuple(map(int, chosen[1].split(","))) if len(chosen) > 1 else SIZES
    asked = tuple(chosen[2].split(",")) if len(chosen) > 2 else PEERS
    peers = tuple(name for name in asked if find_spec(name))
    rows: list[dict[str, Any]] = [
        {"what": f"{name}: not installed, left out"} for name in asked if name not in peers
    ]
    if "tomotopy" not in peers:
        return pd.DataFrame(rows)
    for corpus in corpora:
        train, *halves = data.split(data.articles(shared, corpus))
        lda.fit(train.matrix[:300], 8, 1)  # compiles the kernels
        for k in sizes:
            if corpus == "grown":
                with ProcessPoolExecutor(1, get_context("spawn")) as pool:
                    seconds, memory = pool.submit(_alone, train, k).result()
                note = f"peak of the process, data included, {memory:.2f} GiB"
                what = f"{corpus} K={k}, whole fit alone"
                rows.append({"what": what, "ours_seconds": seconds, "note": note})
            table = compare(train, halves, k, peers, SEEDS[:1] if corpus == "grown" else SEEDS)
            rows += beside(f"{corpus} K={k}", table)
    return pd.DataFrame(rows)
