"""The same topics whatever the order of the articles, their ids, the threads or the process."""

import os
import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from mediaframes import Counts, fit_topics
from mediaframes.topics import quality

MODELS: dict[str, dict[str, Any]] = {
    "nmf": {},
    "lda": {"restarts": 2},
    "stm": {"prevalence": "~ outlet"},
    "ctm": {},
}
MAKE = """
import numpy as np, pandas as pd, mediaframes as mf
from scipy.sparse import csr_array
rng = np.random.default_rng(7)
words = rng.dirichlet(np.full(90, 0.1), size=4)
shares = rng.dirichlet(np.full(4, 0.3), size=120)
matrix = np.array([rng.multinomial(80, share @ words) for share in shares])
matrix[50] = matrix[3]
matrix[-1] = 0
outlet = np.where(np.arange(120) % 3, "Echo", "Globe")
"""


def made() -> tuple[np.ndarray, np.ndarray]:
    found: dict[str, Any] = {}
    exec(MAKE, found)  # the same lines run in the other processes
    return found["matrix"], found["outlet"]


def counts_of(matrix: np.ndarray, outlet: np.ndarray) -> Counts:
    docs = pd.DataFrame({"outlet": outlet}, [f"{row:03d}" for row in range(len(matrix))])
    return Counts.from_matrix(csr_array(matrix), [f"w{v:02d}" for v in range(90)], docs=docs)


@pytest.mark.parametrize("model", MODELS)
def test_other_order_and_ids_give_the_same_topics(model: str) -> None:
    matrix, outlet = made()
    order = np.random.default_rng(1).permutation(len(matrix))
    one = fit_topics(counts_of(matrix, outlet), k=4, model=model, seed=2, **MODELS[model])
    two = fit_topics(
        counts_of(matrix[order], outlet[order]), k=4, model=model, seed=2, **MODELS[model]
    )
    partner, _ = quality.matched(one.words, two.words)
    assert two.words[partner] == pytest.approx(one.words, abs=1e-9)
    assert two.shares[:, partner] == pytest.approx(one.shares[order], abs=1e-9, nan_ok=True)


def test_threads_hash_seeds_and_processes_change_no_byte() -> None:
    code = MAKE + (
        "docs = pd.DataFrame({'outlet': outlet}, [f'{row:03d}' for row in range(120)])\n"
        "names = [f'w{v:02d}' for v in range(90)]\n"
        "counts = mf.Counts.from_matrix(csr_array(matrix), names, docs=docs)\n"
        f"for model, settings in {MODELS!r}.items():\n"
        "    topics = mf.fit_topics(counts, k=4, model=model, seed=2, **settings)\n"
        "    print(model, topics.content_hash)\n"
    )
    matrix, outlet = made()
    counts = counts_of(matrix, outlet)
    here = [
        f"{model} {fit_topics(counts, k=4, model=model, seed=2, **settings).content_hash}"
        for model, settings in MODELS.items()
    ]
    for threads in ("1", "2", "4"):
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")
        given = {**os.environ, "PYTHONHASHSEED": threads, **dict.fromkeys(names, threads)}
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=given
        )
        assert [line for line in done.stdout.splitlines() if line.split()[0] in MODELS] == here
