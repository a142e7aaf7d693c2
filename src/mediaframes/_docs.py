"""The table of articles that travels with every value: choosing rows."""

from typing import Any

import numpy as np
import pandas as pd

from mediaframes.errors import InputError


def rows_where(docs: pd.DataFrame, condition: Any) -> np.ndarray:
    """Which rows of `docs` fulfil a condition; bool of shape (len(docs),).

    Parameters
    ----------
    docs : DataFrame
    condition : str, Series of bool, or array of bool
        A query over the columns and the index (``"outlet == 'Daily Example'"``); or a mask, a
        Series matched by index (absent: False), an array by position.

    Raises
    ------
    InputError
        For a query that cannot be evaluated or a mask of the wrong length.

    Examples
    --------
    >>> docs = pd.DataFrame({"outlet": ["A", None]}, index=["x", "y"])
    >>> rows_where(docs, "outlet == 'A'").tolist(), rows_where(docs, docs["outlet"].isna()).tolist()
    ([True, False], [False, True])
    """
    if isinstance(condition, str):
        try:
            condition = docs.eval(condition)
        except Exception as error:
            names = ", ".join(map(str, docs.columns))
            raise InputError(f"'{condition}' is no condition over {names}: {error}") from error
    if not isinstance(condition, pd.Series):
        if np.shape(condition) != (len(docs),):
            raise InputError(
                f"a mask of shape {np.shape(condition)} does not fit {len(docs)} articles; give "
                "one true or false for each"
            )
        condition = pd.Series(condition, docs.index)
    mask = condition.astype("boolean").reindex(docs.index)
    return np.asarray(mask.fillna(False).to_numpy(dtype=bool))


def article_weights(docs: pd.DataFrame) -> pd.Series:
    """What each article weighs: the column `weight` of `dedupe`, or 1; Series of float64.

    Raises
    ------
    InputError
        For a weight that is missing, negative, infinite or no number; the message names it.

    Examples
    --------
    >>> article_weights(pd.DataFrame({"weight": [0.5, 0.5]}, index=["a", "b"])).tolist()
    [0.5, 0.5]
    """
    return _weights(docs, "weight")


def fit_weights(docs: pd.DataFrame) -> pd.Series:
    """What each article weighs where a model is fitted: the column `fit_weight`, or `weight`.

    Raises
    ------
    InputError
        As `article_weights`.

    Examples
    --------
    >>> docs = pd.DataFrame({"weight": [1.0, 1.0], "fit_weight": [1.0, 0.0]}, index=["a", "b"])
    >>> fit_weights(docs).tolist(), fit_weights(docs[["weight"]]).tolist()
    ([1.0, 0.0], [1.0, 1.0])
    """
    return _weights(docs, "fit_weight" if "fit_weight" in docs else "weight")


def _weights(docs: pd.DataFrame, column: str) -> pd.Series:
    if column not in docs:
        return pd.Series(1.0, docs.index, name=column)
    weights = pd.to_numeric(docs[column], errors="coerce").astype(np.float64)
    bad = ~(np.isfinite(weights) & (weights >= 0))
    if bad.any():
        first = docs.index[bad.to_numpy()][0]
        raise InputError(
            f"the column '{column}' holds missing or negative values or no numbers (the first: "
            f"{docs.loc[first, column]!r}, article '{first}'); give each article a number from 0"
        )
    return weights.rename(column)
