"""A million articles from Parquet parts to counts: CPU seconds and peak memory.

A long run (some ten minutes, some 3 GB of disk for a time), so `make bench` leaves it out unless
the environment variable MEDIAFRAMES_BENCH_LONG is set. Run alone as ``python -m tests.bench.parts
FOLDER [ARTICLES]`` from the project's folder. The articles are grown from real English ones: each
has as many paragraphs as a real one, drawn from all.
"""

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

ARTICLES, PART = 1_000_000, 25_000
MIN_DOCS = 5
SEED = 20_261_123
LIMIT_GIB = 4


def bench(shared: Path, articles: int | None = None) -> pd.DataFrame:
    """``what ours_seconds peer peer_seconds ratio``; no row where a long run is not asked for."""
    columns = ["what", "ours_seconds", "peer", "peer_seconds", "ratio"]
    if articles is None and not os.environ.get("MEDIAFRAMES_BENCH_LONG"):
        return pd.DataFrame(columns=columns)
    with tempfile.TemporaryDirectory(prefix="mediaframes-parts-") as folder:
        characters = grow(shared, Path(folder), articles or ARTICLES)
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.parts", "--measure", folder],
            check=True,
            capture_output=True,
            text=True,
        )
    found = json.loads(done.stdout.splitlines()[-1])
    what = f"{found['articles']:,} articles ({characters / 1e9:.1f} billion characters) from "
    what += f"Parquet parts of {PART:,} to counts: {found['words']:,} words, "
    what += f"{found['cells'] / 1e6:.0f} million cells; peak memory {found['gib']:.2f} GiB "
    row = (what + f"(limit {LIMIT_GIB})", found["seconds"], "", np.nan, np.nan)
    return pd.DataFrame([row], columns=columns)


def measure(folder: Path) -> dict[str, float]:
    """CPU seconds of this process (with imports and reading), its peak memory, what came out."""
    import mediaframes as mf

    counts = mf.count_parts(folder, min_docs=MIN_DOCS)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return {
        "seconds": time.process_time(), "gib": peak, "articles": len(counts.docs),
        "words": len(counts.vocabulary), "cells": int(counts.matrix.nnz),
    }  # fmt: skip


def grow(shared: Path, folder: Path, articles: int) -> int:
    """Write the parts; returns the number of characters."""
    real = pd.read_csv(shared / "uk_immigration_news_2014_en" / "immigrationnews.csv.gz")
    lines = [[line for line in re.split(r"\n\s*", str(text)) if line] for text in real["text"]]
    pool = [line for one in lines for line in one]
    sizes = np.array([len(one) for one in lines])
    characters = 0
    for begin in range(0, articles, PART):
        rng = np.random.default_rng([SEED, begin])
        like = rng.integers(0, len(real), min(PART, articles - begin))
        texts = [
            "\n".join([pool[k] for k in rng.integers(0, len(pool), n).tolist()])
            for n in sizes[like].tolist()
        ]
        characters += sum(map(len, texts))
        day = pd.Timestamp("2013-12-31") + pd.to_timedelta(real["day"].to_numpy()[like], unit="D")
        part = {
            "id": [f"g{begin + k:07d}" for k in range(len(like))],
            "text": texts, "date": day, "outlet": real["paper"].to_numpy()[like], "language": "en",
        }  # fmt: skip
        pd.DataFrame(part).to_parquet(
            folder / f"{begin:07d}.parquet", index=False, compression="zstd"
        )
    return characters


if __name__ == "__main__":
    if sys.argv[1] == "--measure":
        print(json.dumps(measure(Path(sys.argv[2]))))
    else:
        n = int(sys.argv[2]) if len(sys.argv) > 2 else ARTICLES
        print(bench(Path(sys.argv[1]), n).round(2).to_string(index=False))
