"""Correlations of shares: plain numbers, copies, bad input."""

import numpy as np
import pandas as pd
import pytest

from mediaframes import InputError, Topics, topic_correlation


def made(shares: np.ndarray, docs: pd.DataFrame | None = None) -> Topics:
    return Topics.from_arrays(words=np.eye(4), shares=shares, vocabulary=list("abcd"), docs=docs)


def test_numbers_edges_and_copies() -> None:
    shares = np.random.default_rng(1).dirichlet([1, 1, 1, 3], 80)
    table = topic_correlation(made(shares), seed=1, draws=100)
    expected = np.corrcoef(shares.T)[np.triu_indices(4, 1)]
    np.testing.assert_allclose(table["correlation"], expected, atol=1e-12)
    assert (table["edge"] == (expected > 0.01)).all()
    assert ((table["low"] < expected) & (expected < table["high"])).all()
    names = [f"{i:03d}" for i in range(160)]
    docs = pd.DataFrame({"copy_of": names[:80] * 2, "weight": 0.5}, index=names)
    twice = topic_correlation(made(np.vstack([shares, shares]), docs), seed=1, draws=100)
    np.testing.assert_allclose(
        twice[["correlation", "low", "high"]], table[["correlation", "low", "high"]], atol=1e-12
    )


def test_refused() -> None:
    with pytest.raises(InputError, match="needs at least 2"):
        topic_correlation(made(np.ones((1, 4))), seed=1)
