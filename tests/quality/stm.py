"""STM and CTM against R's stm 1.3.7: whole fits, labels, measures, effects, held-out words."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from mediaframes.inference.design import design
from mediaframes.inference.effects import composed
from mediaframes.inference.regression import regress
from mediaframes.topics import quality, stm
from mediaframes.topics.labels import label_weights
from mediaframes.topics.posterior import drawn_shares
from mediaframes.topics.spectral import spectral_start
from tests import stm_reference as reference

MODELS = {
    "gadarian_K3": "Pooled", "poliblog_K20": "Pooled", "poliblog_prevL1_K20": "L1",
    "poliblog_ctm_K20": "CTM", "poliblog_K50": "Pooled",
}  # fmt: skip
DRAWS = 25  # R's nsims
Rows = list[tuple[str, float, str]]


def whole_fit(folder: Path, name: str, prior: str) -> Rows:
    """From counts and metadata to topics, and what is read off them."""
    matrix, meta, vocabulary = reference.corpus(folder, name)
    begin = reference.table(folder, name, "beta_init.csv.gz")
    weights = np.ones(len(meta))
    start = spectral_start(matrix, len(begin), weights)
    x = None if prior == "CTM" else design(meta, formula=reference.formula(name)).matrix
    kind = "L1" if prior == "L1" else "Pooled"
    found = stm.fit(matrix, start, weights, covariates=x, prior=kind)
    bounds, words = reference.bounds(folder, name), reference.words(folder, name)
    n = min(len(bounds), len(found.bounds))
    partner, cosine = quality.matched(words, found.beta)
    mean = "K50" in name
    rows: Rows = [
        ("spectral start, largest difference", np.abs(start - begin).max(), "< 1e-10"),
        (
            "bounds of all iterations, largest relative difference",
            np.abs(found.bounds[:n] / bounds[:n] - 1).max(),
            "< 1e-5",
        ),
        (
            "final bound over R's, relative",
            (found.bounds[-1] - bounds[-1]) / abs(bounds[-1]),
            "> -1e-5",
        ),
        ("iterations more than R's", len(found.bounds) - len(bounds), "0"),
        (
            f"cosine of matched topics, {'mean' if mean else 'lowest'}",
            cosine.mean() if mean else cosine.min(),
            "≥ .99" if mean else "≥ .999",
        ),
    ]
    rows += _read_off(folder, name, (matrix, vocabulary), found.beta[partner])
    if x is not None:
        rows += _effects(folder, name, (meta, x, partner), found)
    return [(f"{name}: {what}", float(value), reach) for what, value, reach in rows]


def _read_off(folder: Path, name: str, corpus: tuple[Any, list[str]], words: np.ndarray) -> Rows:
    """FREX words, coherence and exclusivity of our topics beside R's of its own."""
    matrix, vocabulary = corpus
    frex = label_weights(words, np.asarray(matrix.sum(axis=0), float))["frex"]
    place = {word: column for column, word in enumerate(vocabulary)}
    theirs = pd.read_csv(folder / name / "labels.csv")["frex"].str.split()
    same = np.mean(
        [  # of words with equal weights either may be the tenth
            (row[[place[word] for word in best]] > np.sort(row)[-10] - 1e-9).mean()
            for row, best in zip(frex, theirs, strict=True)
        ]
    )
    measured = pd.read_csv(folder / name / "coherence_exclusivity.csv")
    coherence = quality.coherence(words, matrix, compat="stm") - measured["semcoh"]
    exclusive = quality.exclusivity(words) - measured["exclus"]
    return [
        ("share of R's FREX words that are ours", float(same), "1"),
        ("coherence, largest difference", float(coherence.abs().max()), "0"),
        ("exclusivity, largest difference", float(exclusive.abs().max()), "0"),
    ]


def _effects(folder: Path, name: str, data: tuple[Any, ...], found: stm.Model) -> Rows:
    """Gaps of coefficients in standard errors; R draws 500 times, and 25 times 500."""
    meta, x, partner = data
    meta = meta.set_axis([f"{i:04d}" for i in range(len(meta))])
    arrays = {
        "eta": found.eta, "mu": found.mu, "sigma": found.sigma,
        "order": np.arange(len(found.beta)),
    }  # fmt: skip
    topics = SimpleNamespace(docs=meta, shares=found.theta, arrays=arrays, model="stm")
    draws = drawn_shares(topics, kind="global", draws=DRAWS, seed=1, counts=None)
    gaps: dict[str, list[float]] = {"None": [], "Global": []}
    for kind, rows in gaps.items():
        expected = pd.read_csv(folder / name / f"estimateEffect_{kind}.csv")
        for place, topic in enumerate(partner):
            y, ones = found.theta[:, topic], np.ones(len(x))
            fit = (
                regress(x, y, ones, None)
                if kind == "None"
                else composed(iter(draws[:, :, topic]), (x, y, ones, None), "ols")
            )
            theirs = expected.loc[expected["topic"] == place + 1, "Estimate"].to_numpy()
            rows.extend(np.abs(fit.coefficients - theirs) / np.sqrt(np.diag(fit.covariance)))
    # normal quantiles of the largest of so many gaps: R's mean of 500 draws; of 25, twice
    n = len(gaps["None"])
    most = float(np.sqrt(2 * np.log(n)) + 1)
    return [
        ("effects without uncertainty, largest gap in errors", max(gaps["None"]),
         f"< {most / np.sqrt(500):.2f} (R's draws)"),
        ("effects with global draws, largest gap in errors", max(gaps["Global"]),
         f"< {most * np.sqrt(2 / DRAWS):.2f} (draws)"),
    ]  # fmt: skip


def held_out(folder: Path, name: str) -> Rows:
    """A fit without the words R held out, and how well it foretells them."""
    _, meta, _ = reference.corpus(folder, name)
    k = int(name.split("_K")[-1])
    size = len((folder / name / "heldout_vocab.txt").read_text(encoding="utf-8").splitlines())
    parts = {}
    for part in ("train", "test"):
        cells = pd.read_csv(folder / name / f"heldout_{part}.csv.gz")
        places = cells["doc"] - 1, cells["word"] - 1
        parts[part] = csr_array((cells["count"], places), shape=(len(meta), size))
    x = design(meta, formula=reference.formula(name)).matrix
    train, weights = parts["train"], np.ones(len(meta))
    found = stm.fit(train, spectral_start(train, k, weights), weights, covariates=x)
    value = quality.held_out(found.beta, found.theta, parts["test"])
    text = (folder / name / "heldout.txt").read_text()
    expected = float(text.split("expected.heldout ")[1].split()[0])
    return [(f"{name}: held-out words, difference from R's", value - expected, "0")]


def measure(shared: Path) -> pd.DataFrame:
    """``on quality value reach``."""
    folder = shared.parent / "reference" / "stm_r"
    rows: Rows = []
    if folder.is_dir():
        for name, prior in MODELS.items():
            rows += whole_fit(folder, name, prior)
        for name in ("gadarian_K3", "poliblog_K20"):
            rows += held_out(folder, name)
    split = [(*what.split(": ", 1), value, reach) for what, value, reach in rows]
    return pd.DataFrame(split, columns=["on", "quality", "value", "reach"])
