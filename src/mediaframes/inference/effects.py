"""What the scores of articles depend on: regressions with honest errors."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from mediaframes._console import say
from mediaframes.errors import InputError, check_kind
from mediaframes.inference.design import Design, design, variables_of
from mediaframes.inference.keyness import false_discovery_rate
from mediaframes.inference.regression import FEW, Fit, redrawn, regress
from mediaframes.inference.resampling import check_draws, draws_of, percentile_interval, units_of
from mediaframes.scores import Scores

METHODS, MODELS = ("robust", "plain", "bootstrap", "composition"), ("ols", "fractional_logit")
DRAWS = 1000  # of the bootstrap


@dataclass(frozen=True, eq=False)
class Effects:
    """Regressions of several frames on the same covariates.

    Attributes
    ----------
    table : DataFrame
        One row per frame and term: ``frame term estimate se low high t p q df n clusters interval
        method``. With the fractional logit estimates are log-odds; see `marginal`.
    docs : DataFrame
        The articles that had all covariates and a weight above 0.
    design : Design
    fits : dict of str to Fit
        Coefficients, covariance and degrees of freedom of each frame that could be fitted.
    redrawn : dict of str to array (draws, P)
        Coefficients of the bootstrap; empty with other methods.
    weights : array (D,)
    dropped : Series of int
        Articles left out, by the covariate they lack.
    model, unit, interval, level
        The model, the scores' unit, the kind of interval and its level.
    """

    table: pd.DataFrame
    docs: pd.DataFrame
    design: Design
    fits: dict[str, Fit]
    redrawn: dict[str, np.ndarray]
    weights: np.ndarray
    dropped: pd.Series
    model: str
    unit: str
    interval: str
    level: float

    def __repr__(self) -> str:
        return (
            f"Effects: {len(self.fits)} frames on {self.design.formula} ({self.model}), "
            f"{len(self.docs)} articles, {self.interval}"
        )

    def _repr_html_(self) -> str:
        return str(self.table.round(4).to_html(index=False))


def effects(
    scores: Scores,
    *,
    formula: str,
    seed: int,
    method: str = "robust",
    model: str = "ols",
    cluster: str | None = "copies",
    draws: int = DRAWS,
    level: float = 0.95,
) -> Effects:
    """How the scores of each frame depend on the articles' covariates.

    Parameters
    ----------
    scores : Scores
        From any method: codebook, topics, human codes.
    formula : str
        ``"~ outlet * period + s(date)"``; see `mediaframes.inference.design.design`.
    seed : int
        Of the bootstrap; other methods draw nothing here.
    method : {"robust", "plain", "bootstrap", "composition"}
        ``robust``: errors that hold where articles of a cluster resemble each other. ``plain``:
        as if all articles were independent and equally variable. ``bootstrap``: clusters drawn
        again. ``composition``: robust errors and the scores' measurement uncertainty, from
        ``scores.draws`` (as R's ``estimateEffect``; ``topics.scores(draws=topics.posterior(...))``
        carries them).
    model : {"ols", "fractional_logit"}
        Straight, or for shares and presence bounded by 0 and 1.
    cluster : str or None
        ``"copies"``: copies of one text together; a column, e.g. ``"outlet"``; None: each article
        for itself.
    draws : int
        Of the bootstrap.
    level : float
        Of the intervals.

    Returns
    -------
    Effects
        With ``table``; give it to `marginal` for predictions and differences.

    Raises
    ------
    InputError
        For an unknown method, model or column, a covariate with one level, a cluster that is itself
        a covariate, scores outside 0 and 1 with the fractional logit, or scores without draws.

    Notes
    -----
    Articles weigh what `dedupe` says, and the sum of weights counts as their number: n copies with
    1/n give what one of them gives. Articles that lack a covariate are left out, said, and counted
    in ``dropped``. Below 50 clusters OLS uses CR2 with Satterthwaite's degrees of freedom. ``q``
    is Benjamini and Hochberg's over all rows but intercepts.

    Source
    ------
    Cameron, Miller (2015), Journal of Human Resources 50(2); Bell, McCaffrey (2002), Survey
    Methodology 28(2); Papke, Wooldridge (1996), Journal of Applied Econometrics 11(6); Treier,
    Jackman (2008), American Journal of Political Science 52(1), for the method of composition.

    Examples
    --------
    >>> names = [f"{i:02d}" for i in range(12)]
    >>> docs = pd.DataFrame({"outlet": ["A"] * 6 + ["B"] * 6}, index=names)
    >>> values = pd.DataFrame({"Morality": [0, 1, 1, 0, 1, 1, 0, 0, 0, 1, 0, 0]}, index=docs.index)
    >>> codes = Scores.from_frame(values, unit="presence", docs=docs)
    >>> found = effects(codes, formula="~ outlet", seed=1)
    >>> found.table[["term", "estimate", "se", "n"]].round(2).values.tolist()
    [['(Intercept)', 0.67, 0.21, 12], ['outletB', -0.5, 0.27, 12]]
    """
    from threadpoolctl import threadpool_limits

    _check(scores, method, model, level)
    check_draws(draws, seed)
    keep, dropped = _complete(scores, formula)
    docs, weights = scores.docs[keep], scores.weights.to_numpy(np.float64)[keep]
    made = design(docs, formula=formula)
    groups = _groups(docs, cluster, made)
    rows, fits, again = [], {}, {}
    with threadpool_limits(limits=1):  # a threaded product's last digits depend on the threads
        for place, frame in enumerate(scores.frames):
            y = scores.values.to_numpy(np.float64)[keep, place]
            known = ~np.isnan(y)
            own = np.unique(groups[known], return_inverse=True)[1]
            data = made.matrix[known], y[known], weights[known], own
            fit = _first(frame, data, made, (method, model))
            if fit is None:
                rows.append(_missing(frame, made, len(own)))
                continue
            bounds = None
            if method == "composition":
                fit = composed(_drawn(scores, place, keep, known), data, model)
            elif method == "bootstrap":
                again[frame] = np.concatenate(
                    [
                        redrawn(*data[:3], times, model=model, start=fit.coefficients)
                        for times in draws_of(own, draws=draws, seed=seed)
                    ]
                )
                fit, bounds = _spread(fit, again[frame], own, level)
            fits[frame] = fit
            rows.append(_rows(frame, made, fit, (own, level, bounds)))
    if not fits:
        raise InputError(f"effects: no frame could be fitted to '{formula}'; see the messages")
    table = pd.concat(rows, ignore_index=True)
    if method in ("robust", "composition"):
        table = _without_single(table, made, groups)
    slope = table["term"] != "(Intercept)"
    table.insert(8, "q", np.nan)
    table.loc[slope, "q"] = false_discovery_rate(table.loc[slope, "p"].to_numpy())
    how = _interval(method, model, cluster, level, groups)
    table["interval"], table["method"] = how, f"{model}, {method}"
    return Effects(
        table, docs, made, fits, again, weights, dropped, model, scores.unit, how, level
    )  # fmt: skip


def _check(scores: Scores, method: str, model: str, level: float) -> None:
    how = "topics.scores() or hits.scores() makes it"
    check_kind(scores, Scores, verb="effects", how=how)
    for name, value, allowed in (("method", method, METHODS), ("model", model, MODELS)):
        if value not in allowed:
            raise InputError(f"unknown {name} '{value}'; allowed: {', '.join(allowed)}")
    if not 0 < level < 1:
        raise InputError(f"level={level} must lie between 0 and 1, e.g. 0.95")
    if method == "composition" and scores.draws is None:
        raise InputError(
            "method='composition' needs scores with draws of their uncertainty, e.g. "
            "topics.scores(draws=topics.posterior(seed=1)); use method='robust' for others"
        )
    values = scores.values.to_numpy(np.float64)
    outside = (values < 0) | (values > 1 + 1e-12)
    if model == "fractional_logit" and outside.any():
        frame = scores.frames[int(np.nonzero(outside)[1][0])]
        raise InputError(
            f"the fractional logit needs scores from 0 to 1; '{frame}'"
            f" holds {values[outside][0]:g} (unit {scores.unit}); use model='ols'"
        )


def _complete(scores: Scores, formula: str) -> tuple[np.ndarray, pd.Series]:
    """Which articles have all covariates and a weight; what others lack is said and counted."""
    keep, counts = scores.weights.to_numpy(np.float64) > 0, {}
    for column in variables_of(formula):
        if column not in scores.docs:
            continue  # design says what there is
        gone = scores.docs[column].isna().to_numpy()
        if gone.any():
            counts[column] = int(gone.sum())
            say(
                f"effects: {gone.sum()} of {len(gone)} articles have no {column} and are left out "
                f"(the first: '{scores.docs.index[gone][0]}')"
            )
            keep &= ~gone
    if not keep.any():
        raise InputError(f"effects: no article has all covariates of '{formula}' and a weight")
    return keep, pd.Series(counts, dtype="int64", name="articles")


def _groups(docs: pd.DataFrame, cluster: str | None, made: Design) -> np.ndarray:
    if cluster is None:
        return np.arange(len(docs))
    if any(v.column == cluster for v in made.variables.values()):
        raise InputError(
            f"'{cluster}' is a covariate and the cluster: its differences cannot be told from "
            "those of clusters; cluster by copies, or leave it out of the formula"
        )
    groups = units_of(docs, None if cluster == "copies" else cluster)
    n = int(groups.max()) + 1
    if n <= made.matrix.shape[1]:
        raise InputError(
            f"{n} clusters by {cluster} and {made.matrix.shape[1]} coefficients: too few clusters "
            "to tell how much they differ; use fewer terms or cluster='copies'"
        )
    if cluster != "copies" and n < FEW:
        say(f"effects: only {n} clusters by {cluster}; intervals rest on these, not on articles")
    return groups


def _first(
    frame: str, data: tuple[np.ndarray, ...], made: Design, plan: tuple[str, str]
) -> Fit | None:
    x, y, w, groups = data
    p = x.shape[1]
    if not len(y) or min(w.sum(), len(np.unique(groups))) <= p or np.linalg.matrix_rank(x) < p:
        say(f"effects: '{frame}' is measured in {len(y)} articles, too few for {made.formula}")
        return None
    if y.min() == y.max():
        say(f"effects: '{frame}' is {y[0]:g} in all {len(y)} articles; nothing to explain")
        return None
    try:
        return regress(x, y, w, None if plan[0] == "plain" else groups, model=plan[1])
    except InputError as error:
        say(f"effects: '{frame}': {error}")
        return None


def _drawn(scores: Scores, place: int, keep: np.ndarray, known: np.ndarray) -> Iterator[np.ndarray]:
    assert scores.draws is not None
    for values in scores.draws:
        yield values[keep, place][known]


def composed(drawn: Iterator[np.ndarray], data: tuple[np.ndarray, ...], model: str) -> Fit:
    """One regression for each draw of the scores, as a mixture of normals: mean and covariance.

    R's summary draws 500 times from each; this is what it tends to with more.
    """
    x, _, w, groups = data
    fits = [regress(x, y, w, groups, model=model) for y in drawn]
    each = np.array([fit.coefficients for fit in fits])
    away = each - each.mean(axis=0)
    within = np.mean([fit.covariance for fit in fits], axis=0)
    df = np.mean([fit.df for fit in fits], axis=0)
    return Fit(each.mean(axis=0), within + away.T @ away / len(each), df)


def _spread(
    fit: Fit, found: np.ndarray, groups: np.ndarray, level: float
) -> tuple[Fit, tuple[np.ndarray, np.ndarray]]:
    known = found[~np.isnan(found).any(axis=1)]
    lost = len(found) - len(known)
    if lost:
        say(f"effects: {lost} of {len(found)} bootstrap draws lack a level and are left out")
    n = np.full(found.shape[1], len(np.unique(groups)))
    if len(known) < 2:
        return replace(fit, covariance=np.full_like(fit.covariance, np.nan)), (n * np.nan,) * 2
    covariance = np.atleast_2d(np.cov(known.T))
    return replace(fit, covariance=covariance), percentile_interval(known, n, level=level)


def _rows(
    frame: str,
    made: Design,
    fit: Fit,
    rest: tuple[np.ndarray, float, tuple[np.ndarray, np.ndarray] | None],
) -> pd.DataFrame:
    from scipy.special import stdtr, stdtrit

    groups, level, bounds = rest
    variance = np.diag(fit.covariance)
    # of a term that one cluster fits perfectly, rounding may leave a negative one
    se = np.sqrt(np.where(variance < 0, np.nan, variance))
    reach = stdtrit(fit.df, 0.5 + level / 2) * se
    low, high = bounds or (fit.coefficients - reach, fit.coefficients + reach)
    t = np.divide(fit.coefficients, se, out=np.full_like(se, np.nan), where=se > 0)
    return pd.DataFrame(
        {
            "frame": frame, "term": list(made.columns), "estimate": fit.coefficients, "se": se,
            "low": low, "high": high, "t": t, "p": 2 * stdtr(fit.df, -np.abs(t)), "df": fit.df,
            "n": len(groups), "clusters": len(np.unique(groups)),
        }
    )  # fmt: skip


def _without_single(table: pd.DataFrame, made: Design, groups: np.ndarray) -> pd.DataFrame:
    """No errors for terms of one cluster: it fits them perfectly, so its residuals say nothing."""
    single = [
        name
        for name, column in zip(made.columns, made.matrix.T, strict=True)
        if len(np.unique(groups[column != 0])) == 1
    ]
    if not single:
        return table
    say(
        f"effects: {len(single)} terms rest on one cluster each (the first: '{single[0]}'), which "
        "says nothing about their errors; these are missing"
    )
    numbers = ["se", "low", "high", "t", "p"]
    table.loc[table["term"].isin(single), numbers] = np.nan
    return table


def _missing(frame: str, made: Design, n: int) -> pd.DataFrame:
    numbers = dict.fromkeys(("estimate", "se", "low", "high", "t", "p", "df"), np.nan)
    return pd.DataFrame(
        {"frame": frame, "term": list(made.columns), **numbers, "n": n, "clusters": 0}
    )


def _interval(method: str, model: str, cluster: str | None, level: float, groups: Any) -> str:
    n = int(groups.max()) + 1
    by = "articles" if cluster is None else f"clusters by {cluster}"
    if method == "plain":
        return f"{level:.0%}, articles taken as independent"
    if method == "bootstrap":
        return f"{level:.0%} bootstrap over {by}"
    kind = "CR2" if model == "ols" and n < min(FEW, len(groups)) else "CR1"
    kind = f"{level:.0%} robust ({kind}) over {by}"
    return f"{kind}, with draws of the scores" if method == "composition" else kind
