"""Which topics stand in the same articles."""

import numpy as np
import pandas as pd

from mediaframes._docs import article_weights
from mediaframes.errors import InputError
from mediaframes.inference.resampling import check_draws, copy_groups, draws_of, percentile_interval
from mediaframes.topics.model import Topics, check_topics


def topic_correlation(
    topics: Topics, *, seed: int, cutoff: float = 0.01, draws: int = 500, level: float = 0.95
) -> pd.DataFrame:
    """Correlation of the shares of each pair of topics, with bootstrap intervals.

    Parameters
    ----------
    topics : Topics
    seed : int
        Of the bootstrap, which draws groups of copies.
    cutoff : float
        Pairs above it are edges, as in R's ``topicCorr(method = "simple")``.
    draws, level
        Of the bootstrap.

    Returns
    -------
    DataFrame
        One row per pair: ``topic_a topic_b name_a name_b correlation low high edge n interval``;
        the edges are ``table[table["edge"]]``.

    Raises
    ------
    InputError
        For fewer than two articles with shares, or draws and level that cannot be used.

    Notes
    -----
    Shares sum to 1, so topics are correlated negatively where nothing ties them: about
    -1 / (K - 1). Few positive pairs are therefore no finding by themselves. Articles weigh what
    `dedupe` says.

    Examples
    --------
    >>> topics = Topics.from_arrays(words=np.eye(3), vocabulary=["a", "b", "c"],
    ...     shares=[[4, 4, 2], [1, 2, 7], [3, 3, 4], [5, 4, 1], [2, 1, 7], [3, 4, 3]])
    >>> topic_correlation(topics, seed=1, draws=50)[["topic_a", "topic_b", "edge"]].values.tolist()
    [[1, 2, True], [1, 3, False], [2, 3, False]]
    """
    from threadpoolctl import threadpool_limits

    check_topics(topics, "topic_correlation")
    check_draws(draws, seed)
    if not 0 < level < 1:
        raise InputError(f"level={level} must lie between 0 and 1, e.g. 0.95")
    weights = article_weights(topics.docs).to_numpy()
    rows = np.flatnonzero(~np.isnan(topics.shares).any(axis=1) & (weights > 0))
    if len(rows) < 2:
        raise InputError(f"{len(rows)} articles have shares; a correlation needs at least 2")
    shares, weights = topics.shares[rows], weights[rows]
    groups = np.unique(copy_groups(topics.docs.iloc[rows]), return_inverse=True)[1]
    a, b = np.triu_indices(len(topics.names), 1)
    with threadpool_limits(limits=1):
        found = _correlation(shares, weights)[a, b]
        drawn = np.array(
            [
                _correlation(shares, weights * times)[a, b]
                for block in draws_of(groups, draws=draws, seed=seed)
                for times in block
            ]
        )
    n = np.full(len(a), len(np.unique(groups)))
    low, high = percentile_interval(drawn, n, level=level)
    names = np.array(topics.names, object)
    return pd.DataFrame(
        {
            "topic_a": a + 1, "topic_b": b + 1,
            "name_a": pd.Series(names[a], dtype="str"), "name_b": pd.Series(names[b], dtype="str"),
            "correlation": found, "low": low, "high": high, "edge": found > cutoff,
            "n": len(rows), "interval": f"{level:.0%} bootstrap over articles",
        }
    )  # fmt: skip


def _correlation(shares: np.ndarray, weights: np.ndarray) -> np.ndarray:
    away = shares - weights @ shares / weights.sum()
    square = (away * weights[:, None]).T @ away
    spread = np.sqrt(np.diag(square))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(square / np.outer(spread, spread))
