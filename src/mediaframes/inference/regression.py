"""Least squares and fractional logit with weights, and the errors that go with clusters."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from mediaframes.errors import InputError

STEPS, CLOSE = 100, 1e-10  # of the logit's reweighted least squares; five to ten are usual
# Below so many clusters CR1 is too small (Cameron & Miller 2015, section VI), and CR2 with its own
# degrees of freedom is used
FEW = 50


@dataclass(frozen=True, eq=False)
class Fit:
    """Coefficients (P,), their covariance (P, P), and degrees of freedom (P,)."""

    coefficients: np.ndarray
    covariance: np.ndarray
    df: np.ndarray


def expit(value: np.ndarray) -> np.ndarray:
    """Logistic function, safe at both ends."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * value)))


def coefficients(
    x: np.ndarray, y: np.ndarray, w: np.ndarray, model: str, start: np.ndarray | None = None
) -> np.ndarray:
    """Weighted least squares, or the quasi-likelihood of a share (Papke & Wooldridge 1996).

    Raises
    ------
    InputError
        Where the logit has no finite coefficients.
    """
    if model == "ols":
        return np.asarray(np.linalg.solve((x * w[:, None]).T @ x, x.T @ (w * y)))
    mean = float(w @ y / w.sum())
    beta = np.zeros(x.shape[1])
    beta[0] = np.log(mean / (1 - mean)) if 0 < mean < 1 else 0.0
    beta = beta if start is None else start.copy()
    for _ in range(STEPS):
        fitted = expit(x @ beta)
        spread = w * fitted * (1 - fitted)
        try:
            step = np.linalg.solve((x * spread[:, None]).T @ x, x.T @ (w * (y - fitted)))
        except np.linalg.LinAlgError:
            break
        largest = np.abs(step).max()
        beta = beta + step * min(1.0, 5.0 / max(largest, 1e-300))
        if largest < CLOSE * (1 + np.abs(beta).max()) and np.abs(x @ beta).max() < 30:
            return np.asarray(beta)
    raise InputError(
        "the fractional logit has no finite coefficients: some group has only zeros or only ones; "
        "merge groups, leave the frame out, or use model='ols'"
    )


def regress(
    x: np.ndarray, y: np.ndarray, w: np.ndarray, groups: np.ndarray | None, *, model: str = "ols"
) -> Fit:
    """Coefficients with plain errors (`groups` None) or errors robust to clusters.

    Parameters
    ----------
    x, y, w : arrays (D, P), (D,), (D,)
        Weights above 0; their sum counts as the number of observations.
    groups : int array (D,), optional
        Cluster of each row, from 0 without gaps.
    model : {"ols", "fractional_logit"}

    Returns
    -------
    Fit
    """
    beta = coefficients(x, y, w, model)
    size, p = float(w.sum()), x.shape[1]
    fitted = x @ beta if model == "ols" else expit(x @ beta)
    spread = w if model == "ols" else w * fitted * (1 - fitted)
    bread, error = np.linalg.inv((x * spread[:, None]).T @ x), y - fitted
    rest = size - p
    if groups is None:
        variance = np.ones_like(fitted) if model == "ols" else fitted * (1 - fitted)
        scale = float(w @ (error**2 / variance)) / rest
        return Fit(beta, scale * bread, np.full(p, rest))
    n_groups = int(groups.max()) + 1
    if model == "ols" and n_groups < min(FEW, len(y)):
        return _few(x * np.sqrt(w)[:, None], error * np.sqrt(w), groups, (beta, bread))
    parts = np.zeros((n_groups, p))
    np.add.at(parts, groups, x * (w * error)[:, None])
    factor = n_groups / (n_groups - 1) * (size - 1) / rest
    return Fit(
        beta, factor * bread @ (parts.T @ parts) @ bread, np.full(p, min(n_groups - 1, rest))
    )


def _few(
    x: np.ndarray, error: np.ndarray, groups: np.ndarray, fit: tuple[np.ndarray, np.ndarray]
) -> Fit:
    """CR2 with Satterthwaite's degrees of freedom (Bell & McCaffrey 2002).

    Each cluster's residuals are multiplied by ``(I - H_gg)^(-1/2)``, whose eigenvectors come from
    a P × P matrix, since the hat matrix of a cluster has at most rank P.
    """
    beta, bread = fit
    root = np.linalg.cholesky(bread)
    n_groups, p = int(groups.max()) + 1, x.shape[1]
    parts, reach = np.zeros((n_groups, p)), np.zeros((n_groups, p, p))
    own = np.zeros((n_groups, p))
    for group in range(n_groups):
        rows = np.flatnonzero(groups == group)
        side = x[rows] @ root
        values, vectors = np.linalg.eigh(side.T @ side)
        kept = values > 1e-10
        basis = side @ (vectors[:, kept] / np.sqrt(values[kept]))
        left = 1 - values[kept]
        # a direction that one cluster alone decides has no residual left to learn from
        more = np.where(left > 1e-8, 1 / np.sqrt(np.maximum(left, 1e-8)), 0.0) - 1

        def adjust(part: np.ndarray, basis: np.ndarray = basis, more: np.ndarray = more) -> Any:
            return part + basis @ ((basis.T @ part).T * more).T

        parts[group] = x[rows].T @ adjust(error[rows])
        lever = adjust(x[rows] @ bread)  # (n, P): one column for each coefficient
        own[group] = (lever**2).sum(axis=0)
        reach[group] = x[rows].T @ lever
    df = np.empty(p)
    for j in range(p):
        across = reach[:, :, j]
        product = np.diag(own[:, j]) - across @ bread @ across.T
        df[j] = np.trace(product) ** 2 / (product**2).sum()
    return Fit(beta, bread @ (parts.T @ parts) @ bread, df)


def redrawn(
    x: np.ndarray, y: np.ndarray, w: np.ndarray, times: np.ndarray, *, model: str, start: np.ndarray
) -> np.ndarray:
    """Coefficients (draws, P) with each row taken `times` (draws, D); NaN where there are none."""
    p = x.shape[1]
    found = np.full((len(times), p), np.nan)
    mass = times * w
    if model == "ols":
        products = (x[:, :, None] * x[:, None, :]).reshape(len(x), -1)
        squares = (mass @ products).reshape(-1, p, p)
        crosses = mass @ (x * y[:, None])
        # a level that no drawn article has leaves its coefficient open
        fine = np.linalg.cond(squares) < 1e12
        found[fine] = np.linalg.solve(squares[fine], crosses[fine][:, :, None])[:, :, 0]
        return found
    for draw, one in enumerate(mass):
        rows = one > 0
        try:
            found[draw] = coefficients(x[rows], y[rows], one[rows], model, start)
        except InputError:
            continue
    return found
