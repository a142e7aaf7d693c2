"""Draws of the shares of a structural topic model, given its topics.

As R's ``thetaPosterior``: an article's coordinates are normal around its mode. Globally, all have
one covariance, what the model's covariance holds beyond that of the modes around their means;
locally, each has its own, the inverse curvature at its mode (Laplace).
"""

from dataclasses import replace
from hashlib import blake2b
from typing import Any

import numpy as np

from mediaframes._docs import fit_weights
from mediaframes.errors import InputError
from mediaframes.inference.resampling import copy_groups
from mediaframes.made import Made
from mediaframes.scores import Scores


def drawn_shares(topics: Any, *, kind: str, draws: int, seed: int, counts: Any) -> np.ndarray:
    """Shares (draws, D, K), NaN for articles without words; copies share their chance."""
    if "eta" not in topics.arrays:
        raise InputError(
            f"model '{topics.model}' has no posterior of its shares; fit 'stm' or 'ctm', or use "
            "effects(..., method='bootstrap')"
        )
    if kind not in ("global", "local"):
        raise InputError(f"kind='{kind}' is unknown; allowed: global, local")
    if draws < 1 or seed < 0:
        raise InputError(f"draws={draws}, seed={seed}: give draws from 1 and a seed from 0")
    eta, order = topics.arrays["eta"], topics.arrays["order"]
    rows = np.flatnonzero(~np.isnan(topics.shares).any(axis=1))
    if len(rows) != len(eta) or not np.allclose(
        _shares(eta)[:, order], topics.shares[rows], atol=1e-8
    ):
        raise InputError(
            "these articles are not those of the fit, whose posterior is known; call posterior on "
            "the fitted topics, and choose articles afterwards: scores.where(...)"
        )
    roots = _global(topics, rows)[None] if kind == "global" else _local(topics, rows, counts)
    groups = copy_groups(topics.docs.iloc[rows])
    rng = np.random.default_rng(seed)
    result = np.full((draws, *topics.shares.shape), np.nan)
    for draw in range(draws):
        chance = rng.standard_normal((groups.max() + 1, eta.shape[1]))[groups]
        away = np.einsum("dij,dj->di", np.broadcast_to(roots, (len(eta), *roots.shape[1:])), chance)
        result[draw, rows] = _shares(eta + away)[:, order]
    return result


def with_draws(topics: Any, scores: Scores, draws: np.ndarray, parts: np.ndarray) -> Scores:
    """Scores with `draws` of shares, summed over the topics of each frame: `parts` (K, frames)."""
    if draws.shape[1:] != topics.shares.shape:
        raise InputError(
            f"draws of shape {draws.shape} do not fit {topics.shares.shape[0]} articles and "
            f"{topics.shares.shape[1]} topics; give those of topics.posterior"
        )
    order = topics.docs.index.get_indexer(scores.docs.index)  # scores are sorted by id
    settings = {"draws": blake2b(np.ascontiguousarray(draws).tobytes()).hexdigest()}
    made = Made.by("scores", settings=settings, parents=(scores.made,))
    return replace(scores, draws=draws[:, order] @ parts, made=made)


def _shares(eta: np.ndarray) -> np.ndarray:
    full = np.column_stack([eta, np.zeros(len(eta))])
    weights = np.exp(full - full.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _global(topics: Any, rows: np.ndarray) -> np.ndarray:
    weights = fit_weights(topics.docs).to_numpy()[rows]
    gap = topics.arrays["eta"] - topics.arrays["mu"]
    covariance = topics.arrays["sigma"] - (gap * weights[:, None]).T @ gap / weights.sum()
    return np.asarray(np.linalg.cholesky((covariance + covariance.T) / 2))


def _local(topics: Any, rows: np.ndarray, counts: Any) -> np.ndarray:
    from mediaframes.topics.folding import aligned

    if counts is None or not counts.docs.index.equals(topics.docs.index):
        raise InputError("kind='local' needs the counts of the fit: posterior(..., counts=counts)")
    matrix = aligned(counts, topics.vocabulary)[rows]
    eta, order = topics.arrays["eta"], topics.arrays["order"]
    words = np.empty_like(topics.words)
    words[order] = topics.words
    precision = np.linalg.inv(topics.arrays["sigma"])
    roots = np.empty((len(eta), eta.shape[1], eta.shape[1]))
    for d, share in enumerate(_shares(eta)):
        span = slice(matrix.indptr[d], matrix.indptr[d + 1])
        number = matrix.data[span].astype(np.float64)
        part = share[:, None] * words[:, matrix.indices[span]]
        part /= np.maximum(part.sum(axis=0), 1e-300)
        curve = (part * number) @ part.T - np.diag(part @ number)
        curve += number.sum() * (np.diag(share) - np.outer(share, share))
        curve = curve[:-1, :-1] + precision
        try:
            np.linalg.cholesky(curve)
        except np.linalg.LinAlgError:  # not at a minimum: the diagonal is made to dominate
            others = np.abs(curve).sum(axis=1) - np.abs(np.diag(curve))
            np.fill_diagonal(curve, np.maximum(np.diag(curve), others))
        roots[d] = np.linalg.cholesky(np.linalg.inv(curve))
    return roots
