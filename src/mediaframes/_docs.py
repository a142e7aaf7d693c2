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
