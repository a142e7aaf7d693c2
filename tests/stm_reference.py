"""R's stm 1.3.7 on two corpora, as files; see the README in their folder."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.io import mmread
from scipy.sparse import csr_array


def corpus(folder: Path, name: str) -> tuple[Any, pd.DataFrame, list[str]]:
    """Counts, metadata and vocabulary that a model of R was fitted on."""
    place = folder / ("input_gadarian" if name.startswith("gadarian") else "input_poliblog5k")
    file = next(place.glob("dtm.mtx*"))
    matrix = csr_array(mmread(file)).astype(np.int32)
    matrix.sort_indices()
    vocabulary = (place / "vocab.txt").read_text(encoding="utf-8").splitlines()
    return matrix, pd.read_csv(place / "meta.csv"), vocabulary


def formula(name: str) -> str:
    """The prevalence formula of R's call."""
    return "~ treatment + s(pid_rep)" if name.startswith("gadarian") else "~ rating + s(day)"


def table(folder: Path, name: str, file: str, *, header: bool = False) -> np.ndarray:
    """One of R's arrays."""
    frame = pd.read_csv(folder / name / file, header=0 if header else None)
    return frame.to_numpy(np.float64)


def bounds(folder: Path, name: str) -> np.ndarray:
    """R's bound of each iteration."""
    return pd.read_csv(folder / name / "bound.csv")["bound"].to_numpy()


def words(folder: Path, name: str) -> np.ndarray:
    """R's converged topics, (K, V)."""
    return np.exp(table(folder, name, "logbeta.csv.gz"))
