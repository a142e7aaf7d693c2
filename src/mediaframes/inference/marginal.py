"""Predictions and differences from regressions, ready to be drawn."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from mediaframes.errors import InputError, check_kind
from mediaframes.inference.effects import Effects
from mediaframes.inference.regression import Fit, expit
from mediaframes.inference.resampling import percentile_interval


def marginal(
    effects: Effects,
    *,
    variable: str,
    at: str | Mapping[str, Any] = "observed",
    difference: tuple[str, str] | None = None,
    points: int = 100,
) -> pd.DataFrame:
    """What each frame's score would be along one covariate, with intervals.

    Parameters
    ----------
    effects : Effects
        From `effects`.
    variable : str
        A covariate of its formula: a number or date gives a curve, a category its levels.
    at : {"observed", "typical"} or mapping
        The other covariates: as they are in each article, the predictions being averaged with the
        articles' weights; or one article with medians and most frequent levels, as R's
        ``plot.estimateEffect``; or fixed by you (``{"outlet": "Echo"}``), the rest as observed.
    difference : pair of values, optional
        Instead of the levels the first minus the second.
    points : int
        Of a curve, between the smallest and the largest value.

    Returns
    -------
    DataFrame
        ``frame variable x estimate low high n unit interval``, in the unit of the scores.

    Raises
    ------
    InputError
        For a variable that is not in the formula, or a level the articles do not have.

    Notes
    -----
    Intervals by the delta method, for the fractional logit on the scale of log-odds so that they
    stay between 0 and 1 (but not for differences); after a bootstrap, percentiles of its draws.
    The covariates are taken as given.

    Examples
    --------
    >>> from mediaframes.inference.effects import effects
    >>> from mediaframes.scores import Scores
    >>> names = [f"{i:02d}" for i in range(12)]
    >>> docs = pd.DataFrame({"outlet": ["A"] * 6 + ["B"] * 6}, index=names)
    >>> values = pd.DataFrame({"Morality": [0, 1, 1, 0, 1, 1, 0, 0, 0, 1, 0, 0]}, index=docs.index)
    >>> codes = Scores.from_frame(values, unit="presence", docs=docs)
    >>> found = effects(codes, formula="~ outlet", seed=1)
    >>> marginal(found, variable="outlet")[["x", "estimate"]].round(2).values.tolist()
    [['A', 0.67], ['B', 0.17]]
    """
    check_kind(effects, Effects, verb="marginal", how="give what mf.effects returns, not its table")
    known = effects.design.covariates
    if variable not in known:
        raise InputError(f"no covariate '{variable}' in the formula; there are: {', '.join(known)}")
    values = _values(effects, variable, known[variable].levels, points)
    if difference is not None:
        values = list(difference)
        if len(values) != 2:
            raise InputError("difference takes two values, e.g. ('Globe', 'Echo')")
    docs, weights = _others(effects, known, at)
    grid = [effects.design.apply(docs.assign(**{variable: value})) for value in values]
    tables = []
    sizes = effects.table.drop_duplicates("frame").set_index("frame")
    for frame, fit in effects.fits.items():
        drawn = effects.redrawn.get(frame)
        n = int(sizes.loc[frame, "clusters"])
        bounds = _predicted(grid, weights, fit, effects, (drawn, n, difference is not None))
        x: Any = values if difference is None else [f"{values[0]} − {values[1]}"]
        part = pd.DataFrame(dict(zip(("estimate", "low", "high"), bounds, strict=True)))
        part.insert(0, "x", pd.Series(x))
        part.insert(0, "variable", variable)
        part.insert(0, "frame", frame)
        part["n"] = int(sizes.loc[frame, "n"])
        tables.append(part)
    result = pd.concat(tables, ignore_index=True)
    result["unit"], result["interval"] = effects.unit, effects.interval
    return result


def _values(effects: Effects, variable: str, levels: tuple[str, ...], points: int) -> list[Any]:
    if levels:
        return list(levels)
    if points < 2:
        raise InputError(f"points={points}: a curve needs at least 2")
    column = effects.docs[variable]
    if pd.api.types.is_datetime64_any_dtype(column):
        return list(pd.date_range(column.min(), column.max(), periods=points).as_unit("us"))
    if column.nunique() <= 2:
        return sorted(float(value) for value in column.unique())
    return [float(value) for value in np.linspace(column.min(), column.max(), points)]


def _others(
    effects: Effects, known: Mapping[str, Any], at: str | Mapping[str, Any]
) -> tuple[pd.DataFrame, np.ndarray]:
    """The articles for which is predicted, and their weights, which sum to 1."""
    docs, weights = effects.docs[list(known)], effects.weights / effects.weights.sum()
    if isinstance(at, str):
        if at == "observed":
            return docs, weights
        if at != "typical":
            raise InputError(f"at='{at}' is unknown; allowed: observed, typical, or a mapping")
        row = {
            name: docs[name].astype("str").mode().iloc[0] if v.levels else docs[name].median()
            for name, v in known.items()
        }
        return pd.DataFrame([row]), np.ones(1)
    unknown = [name for name in at if name not in known]
    if unknown:
        raise InputError(
            f"at: no covariate '{unknown[0]}' in the formula; there are: {', '.join(known)}"
        )
    return docs.assign(**dict(at)), weights


def _predicted(
    grid: list[np.ndarray],
    weights: np.ndarray,
    fit: Fit,
    effects: Effects,
    rest: tuple[np.ndarray | None, int, bool],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Estimate and bounds at each point of the grid, or of the difference of its two."""
    from scipy.special import stdtrit

    drawn, n, apart = rest
    logit = effects.model == "fractional_logit"

    def mean(beta: np.ndarray) -> np.ndarray:
        """(points, draws) from coefficients (P, draws)."""
        return np.array([weights @ (expit(x @ beta) if logit else x @ beta) for x in grid])

    center = mean(fit.coefficients[:, None])[:, 0]
    slopes = []
    for x in grid:
        fitted = expit(x @ fit.coefficients)
        slopes.append((weights * fitted * (1 - fitted) if logit else weights) @ x)
    slope = np.array(slopes)
    if apart:
        center, slope = center[:1] - center[1:], slope[:1] - slope[1:]
    if drawn is not None:
        known = drawn[~np.isnan(drawn).any(axis=1)]
        found = mean(known.T)
        found = found[:1] - found[1:] if apart else found
        low, high = percentile_interval(found.T, np.full(len(center), n), level=effects.level)
        return center, low, high
    # the smallest degrees of freedom of the coefficients that take part: the cautious choice
    df = np.array([np.min(fit.df[np.abs(row) > 1e-12], initial=np.inf) for row in slope])
    se = np.sqrt(np.maximum(((slope @ fit.covariance) * slope).sum(axis=1), 0))
    reach = stdtrit(df, 0.5 + effects.level / 2) * se
    if not logit or apart:
        return center, center - reach, center + reach
    odds, scale = np.log(center / (1 - center)), center * (1 - center)
    return center, expit(odds - reach / scale), expit(odds + reach / scale)
