"""STM's whole fit, ours and topica's, on the posts that R's results are kept of."""

import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd

from mediaframes.inference.design import design
from mediaframes.text.counts import Counts
from mediaframes.topics import stm
from mediaframes.topics.spectral import spectral_start
from tests import stm_reference as reference
from tests.bench import _topics_data as data

MODELS = ("poliblog_K20", "poliblog_K50")
ROUNDS = 3  # a shared machine is up to half as fast again from one minute to the next


def race(folder: Path, name: str, rounds: int = ROUNDS) -> dict[str, Any]:
    """CPU seconds of ours and topica's, one thread each, in turn; medians, and all the ratios."""
    matrix, meta, vocabulary = reference.corpus(folder, name)
    x = design(meta, formula=reference.formula(name)).matrix
    k, weights = int(name.split("K")[-1]), np.ones(len(meta))
    few = matrix[:50], spectral_start(matrix[:50], 3, weights[:50]), weights[:50]
    stm.fit(*few, covariates=x[:50], most=2)  # compiles the kernels
    texts = data.as_words(Counts.from_matrix(matrix, vocabulary))
    ours, theirs = [], []
    for _ in range(rounds):
        begin = time.process_time()
        with patch("os.cpu_count", return_value=1):
            found = stm.fit(matrix, spectral_start(matrix, k, weights), weights, covariates=x)
        ours.append(time.process_time() - begin)
        if find_spec("topica"):
            import topica

            begin = time.process_time()
            model = topica.STM(num_topics=k, seed=3)
            model.fit(texts, prevalence=x[:, 1:], num_threads=1)
            theirs.append(time.process_time() - begin)
    row = {
        "what": f"STM {name}",
        "ours_seconds": float(np.median(ours)),
        "note": f"bound {found.bounds[-1]:.0f} after {len(found.bounds)} iterations",
    }
    if theirs:
        ratios = np.array(theirs) / np.array(ours)
        row["note"] += f"; ratios of {rounds} rounds {', '.join(f'{r:.2f}' for r in ratios)}"
        row |= {"peer": "topica", "peer_seconds": float(np.median(theirs))}
        row["ratio"] = float(np.median(ratios))
    return row


def bench(shared: Path) -> pd.DataFrame:
    """``what ours_seconds peer peer_seconds ratio note`` (CPU seconds)."""
    folder = shared.parent / "reference" / "stm_r"
    return pd.DataFrame([race(folder, name) for name in MODELS] if folder.is_dir() else [])
