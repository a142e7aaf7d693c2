"""How much of each frame there is, by outlet and over time, with honest intervals."""

import numpy as np
import pandas as pd

from mediaframes._console import say
from mediaframes.errors import InputError, check_kind
from mediaframes.inference.resampling import (
    check_draws,
    copy_groups,
    draws_of,
    percentile_interval,
)
from mediaframes.scores import Scores

# columns of the result, which a grouping column may not be called
RESERVED = ("frame", "period", "value", "low", "high", "n", "unit", "interval")
PERIODS = {"day": "D", "week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}


def prevalence(
    scores: Scores,
    *,
    by: str | None = None,
    every: str | None = None,
    seed: int,
    draws: int = 1000,
    level: float = 0.95,
) -> pd.DataFrame:
    """The mean of each frame's scores per group and period, with bootstrap intervals.

    Parameters
    ----------
    scores : Scores
        From any method.
    by : str, optional
        A column of ``scores.docs``, e.g. ``"outlet"``.
    every : str, optional
        ``day``, ``week`` (from Monday), ``month``, ``quarter`` or ``year``.
    seed : int
        Of the bootstrap.
    draws : int
        Bootstrap draws.
    level : float
        Of the interval.

    Returns
    -------
    DataFrame
        One row per frame, group and period that holds an article: ``frame``, the `by` column,
        ``period`` (its first day), ``value`` (weighted mean in the unit of the scores), ``low``,
        ``high``, ``n`` (articles measured), ``unit``, ``interval``. No interval is given below
        five independent articles.

    Notes
    -----
    Articles weigh what `dedupe` says (1/n in a group of n copies). The bootstrap draws groups of
    copies, over the whole corpus, so that an agency report that appears in two outlets is drawn
    into both. Articles without a date cannot be placed in time; they are left out and counted in
    a message.

    Raises
    ------
    InputError
        For a column or period that does not exist, or scores without any article.

    Examples
    --------
    >>> names = [f"{i:02d}" for i in range(12)]
    >>> docs = pd.DataFrame({"outlet": ["A"] * 6 + ["B"] * 6}, index=names)
    >>> values = pd.DataFrame({"Morality": [0, 1, 1, 0, 1, 1, 0, 0, 0, 1, 0, 0]}, index=docs.index)
    >>> scores = Scores.from_frame(values, unit="presence", docs=docs)
    >>> prevalence(scores, by="outlet", seed=1)[["outlet", "value", "n"]].round(2).values.tolist()
    [['A', 0.67, 6], ['B', 0.17, 6]]
    """
    check_kind(scores, Scores, verb="prevalence", how="hits.scores() or topics.scores() makes it")
    if not 0 < level < 1:
        raise InputError(f"level={level} must lie between 0 and 1, e.g. 0.95")
    check_draws(draws, seed)
    columns = ([by] if by else []) + (["period"] if every else [])
    docs, keep = _cells(scores, by, every)
    values = scores.values.to_numpy(np.float64)[keep]
    weights = scores.weights.to_numpy(np.float64)[keep]
    groups = copy_groups(docs)
    if columns:
        keys = docs.groupby(columns, sort=True, observed=True)
        cell = keys.ngroup().to_numpy()
        names = keys.size().index.to_frame(index=False)
    else:
        cell = np.zeros(len(docs), int)
        names = pd.DataFrame(index=[0])
    center, low, high = _means(values, weights, cell, groups, (len(names), draws, seed, level))
    measured = ~np.isnan(values) & (weights > 0)[:, None]
    tables = []
    for column, frame in enumerate(scores.frames):
        table = names.copy()
        table.insert(0, "frame", frame)
        table["value"], table["low"], table["high"] = (
            part[:, column] for part in (center, low, high)
        )
        table["n"] = np.bincount(cell[measured[:, column]], minlength=len(names))
        tables.append(table[table["n"] > 0])
    result = pd.concat(tables, ignore_index=True)
    result["frame"] = result["frame"].astype("str")
    result["unit"] = scores.unit
    copies = "" if len(np.unique(groups)) == len(groups) else ", copies drawn together"
    result["interval"] = f"{level:.0%} bootstrap over articles{copies}"
    return result


def _cells(scores: Scores, by: str | None, every: str | None) -> tuple[pd.DataFrame, np.ndarray]:
    """The articles that can be placed, with `period`, and which of all those are."""
    docs = scores.docs
    keep = np.ones(len(docs), bool)
    if by:
        if by in RESERVED:
            raise InputError(f"the column '{by}' has a name of the result's own; rename it first")
        if by not in docs:
            names = ", ".join(map(str, docs.columns))
            raise InputError(f"no column '{by}' to group by; there are: {names}")
        keep &= docs[by].notna().to_numpy()
        _report(docs, ~keep, f"no {by}")
    if every:
        if every not in PERIODS:
            raise InputError(f"unknown period '{every}'; allowed: {', '.join(PERIODS)}")
        dated = docs["date"].notna().to_numpy() if "date" in docs else np.zeros(len(docs), bool)
        _report(docs, keep & ~dated, "no date")
        keep &= dated
    if not keep.any():
        lacking = " and ".join([*([by] if by else []), *(["date"] if every else [])])
        mend = (
            "; name the column with mf.read(..., columns={'date': '...'}), or leave out every="
            if lacking == "date"
            else "; look at the table scores.docs"
        )
        raise InputError(f"no article left: none has {lacking or 'scores'}{mend}")
    docs = docs[keep]
    if by and not isinstance(docs[by].dtype, pd.StringDtype):
        docs = docs.assign(**{by: docs[by].astype("str")})  # groups are names, also years
    if every:
        period = docs["date"].dt.to_period(PERIODS[every]).dt.start_time
        docs = docs.assign(period=period.astype("datetime64[us]"))
    return docs, keep


def _report(docs: pd.DataFrame, gone: np.ndarray, what: str) -> None:
    if gone.any():
        first = docs.index[gone][0]
        say(
            f"prevalence: {gone.sum()} of {len(docs)} articles have {what} and cannot be placed "
            f"(the first: '{first}')"
        )


def _means(
    values: np.ndarray,
    weights: np.ndarray,
    cell: np.ndarray,
    groups: np.ndarray,
    plan: tuple[int, int, int, float],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weighted means and intervals, each of shape (cells, frames)."""
    from scipy.sparse import csr_array

    n_cells, draws, seed, level = plan
    n_docs, n_frames = values.shape
    measured = ~np.isnan(values)
    column = (cell[:, None] * n_frames + np.arange(n_frames)).ravel()
    row = np.repeat(np.arange(n_docs), n_frames)
    shape = (n_docs, n_cells * n_frames)
    mass = (measured * weights[:, None]).ravel()
    sums = csr_array((np.nan_to_num(values).ravel() * mass, (row, column)), shape=shape).T.tocsr()
    masses = csr_array((mass, (row, column)), shape=shape).T.tocsr()
    drawn = []
    with np.errstate(invalid="ignore", divide="ignore"):
        center = (sums @ np.ones(n_docs)) / (masses @ np.ones(n_docs))
        for times in draws_of(groups, draws=draws, seed=seed):
            drawn.append(((sums @ times.T) / (masses @ times.T)).T)
    pairs = pd.DataFrame(
        {"column": column[measured.ravel()], "group": groups[row[measured.ravel()]]}
    )
    independent = pairs.drop_duplicates()["column"].value_counts()
    n = independent.reindex(range(shape[1]), fill_value=0).to_numpy()
    low, high = percentile_interval(np.concatenate(drawn), n, level=level)
    form = (n_cells, n_frames)
    return center.reshape(form), low.reshape(form), high.reshape(form)


def residuals(scores: Scores, *, by: str = "outlet") -> pd.DataFrame:
    """Which groups use which frames more or less than all groups together.

    Parameters
    ----------
    scores : Scores
        From any method.
    by : str
        A column of ``scores.docs``.

    Returns
    -------
    DataFrame
        ``frame``, the `by` column, ``observed`` (weighted mean of the group), ``expected``
        (weighted mean of all), ``residual`` (their difference in standard errors), ``n``.

    Notes
    -----
    With presence scores and without copies this is Pearson's adjusted standardized residual of the
    table frame × group. The standard error supposes, as his does, that all groups have the mean
    and variance of all articles together; it also holds for shares and rates, and takes three
    prints of one report for one observation. Values beyond ±2 are rare where the groups do not
    differ (about one in twenty), also in small groups and for rare frames.

    Raises
    ------
    InputError
        For a column that does not exist, or one group only.

    Source
    ------
    Haberman (1973), The Analysis of Residuals in Cross-Classified Tables, Biometrics 29, 205-220.

    Examples
    --------
    >>> names = [f"{i:03d}" for i in range(100)]
    >>> docs = pd.DataFrame({"outlet": ["A"] * 50 + ["B"] * 50}, index=names)
    >>> values = pd.DataFrame({"Morality": [1, 1, 1, 0, 0] * 10 + [1, 0, 0, 0, 0] * 10}, names)
    >>> scores = Scores.from_frame(values, unit="presence", docs=docs)
    >>> residuals(scores)["residual"].round(1).tolist()
    [4.1, -4.1]
    """
    docs, keep = _cells(scores, by, None)
    values = scores.values.to_numpy(np.float64)[keep]
    weights = scores.weights.to_numpy(np.float64)[keep]
    names = sorted(docs[by].unique())
    if len(names) < 2:
        raise InputError(f"only one {by} ('{names[0]}'), so there is nothing to compare")
    groups = copy_groups(docs)
    rows = []
    for column, frame in enumerate(scores.frames):
        x = values[:, column]
        measured = ~np.isnan(x)
        mass = weights * measured
        total = mass.sum()
        mean = float((mass * np.nan_to_num(x)).sum() / total) if total else np.nan
        variance = float((mass * np.nan_to_num(x - mean) ** 2).sum() / total) if total else np.nan
        for name in names:
            inside = (docs[by] == name).to_numpy(bool)
            own = mass[inside].sum()
            if not own:
                continue
            # copies count as one: their parts are added before they are squared
            parts = np.bincount(groups, mass * (inside / own - 1 / total))
            error = np.sqrt(variance * (parts**2).sum())
            observed = float((mass * np.nan_to_num(x))[inside].sum() / own)
            # no spread: a frame that nobody uses, or everybody alike, shows no difference
            residual = (observed - mean) / error if error > 0 else 0.0
            n = int((measured & (weights > 0))[inside].sum())
            rows.append((frame, name, observed, mean, residual, n))
    return pd.DataFrame(rows, columns=["frame", by, "observed", "expected", "residual", "n"])
