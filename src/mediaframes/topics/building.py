"""From weights of words and shares to `Topics`: sorted, named, measured."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from mediaframes._docs import article_weights, fit_weights
from mediaframes.made import Made
from mediaframes.text.counts import Counts
from mediaframes.topics.labels import provisional_names
from mediaframes.topics.model import Topics
from mediaframes.topics.quality import measured


def build(
    docs: pd.DataFrame,
    words: np.ndarray,
    shares: np.ndarray,
    vocabulary: pd.Index,
    origin: tuple[str, Made, Counts | None],
    arrays: Mapping[str, np.ndarray] | None = None,
    given: tuple[str, ...] = (),
) -> Topics:
    """Sort the topics (of a fitted model), name them, and measure them.

    Topics with a name `given` come first, in that order.
    """
    model, made, counts = origin
    kept = dict(arrays or {})
    size = np.nanmean(shares, axis=0) if counts is None else _sizes(shares, counts)
    if counts is not None:
        first = len(given)
        order = np.r_[:first, first + np.argsort(-size[first:], kind="stable")]
        words, shares, size = words[order], shares[:, order], size[order]
        kept = {name: _reordered(name, value, order) for name, value in kept.items()}
        kept["totals"] = counts.totals().to_numpy()
    names = provisional_names(words, vocabulary, given)
    facts: dict[str, Any] = {
        "topic": np.arange(1, len(words) + 1),
        "name": pd.Series(names, dtype="str"),
        "share": size,
    }
    if counts is not None:
        facts |= measured(
            words,
            counts.matrix,
            fit_weights(counts.docs).to_numpy(),
            kept.get("runs", np.empty((0, *words.shape))),
        )
    else:
        facts |= {"npmi": np.nan}
    diagnostics = pd.DataFrame(facts)
    return Topics(docs, words, shares, vocabulary, tuple(names), diagnostics, model, made, kept)


def _reordered(name: str, value: np.ndarray, order: np.ndarray) -> np.ndarray:
    """The arrays of a fit that go by topic, in the order of the result."""
    return value[order] if name in ("alpha", "order", "keyword_rate", "words_by") else value


def _sizes(shares: np.ndarray, counts: Counts) -> np.ndarray:
    lengths = counts.lengths() * article_weights(counts.docs).to_numpy()
    return np.asarray((np.nan_to_num(shares) * lengths[:, None]).sum(axis=0) / lengths.sum())
