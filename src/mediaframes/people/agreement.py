"""How far coders agree beyond chance."""

from typing import Any, Literal

import numpy as np
import pandas as pd

from mediaframes.errors import InputError
from mediaframes.inference.resampling import check_draws, percentile_interval

Level = Literal["nominal", "ordinal", "interval", "ratio"]
LEVELS = ("nominal", "ordinal", "interval", "ratio")
BLOCK = 200  # bootstrap samples computed at a time


def krippendorff_alpha(codes: Any, *, level: Level = "nominal") -> float:
    """Krippendorff's alpha, 1 - observed over expected disagreement.

    Parameters
    ----------
    codes : DataFrame or array of shape (units, coders)
        One row per unit (article, sentence), one column per coder; NaN or None is missing. Units
        with fewer than two codes count nothing.
    level : {"nominal", "ordinal", "interval", "ratio"}
        How far apart two codes are. All but nominal need numbers.

    Returns
    -------
    float
        1 is perfect agreement, 0 chance. NaN where no unit has two codes, or where all codes are
        the same: without variation there is nothing to agree on.

    Raises
    ------
    InputError
        For an unknown level, or codes that are no numbers where numbers are needed.

    Source
    ------
    Krippendorff (2018), Content Analysis, 4th ed., chapter 12.

    Examples
    --------
    >>> codes = [[1, 1], [2, 2], [3, 3], [3, 3], [2, 2], [1, 2], [4, 4], [1, 1], [2, 2]]
    >>> round(krippendorff_alpha(codes), 3)
    0.852
    """
    pairs, values = _coincidences(_table(codes), level)
    return float(_alpha(pairs.sum(axis=0)[None], _distances(values, level))[0])


def agreement(
    codes: Any, *, level: Level = "nominal", seed: int, draws: int = 1000, confidence: float = 0.95
) -> pd.DataFrame:
    """Agreement of coders with an interval: alpha, percent agreement, and what they rest on.

    Parameters
    ----------
    codes : DataFrame or array of shape (units, coders)
        As in `krippendorff_alpha`.
    level : {"nominal", "ordinal", "interval", "ratio"}
    seed : int
    draws : int
        Bootstrap samples. Units are drawn with replacement: the interval is about other units
        coded by the same coders, and it narrows with their number.
    confidence : float

    Returns
    -------
    DataFrame
        One row: ``alpha low high percent_agreement units pairable coders level interval``.
        `percent_agreement` is the share of pairs of codes of one unit that are equal.

    Raises
    ------
    InputError
        As `krippendorff_alpha`; also for bad `draws`, `seed` or `confidence`.

    Examples
    --------
    >>> codes = [[1, 1], [2, 2], [3, 3], [3, 3], [2, 2], [1, 2], [4, 4], [1, 1], [2, 2]]
    >>> table = agreement(codes, seed=1)
    >>> table[["alpha", "percent_agreement", "pairable"]].round(3).values.tolist()
    [[0.852, 0.889, 9.0]]
    """
    check_draws(draws, seed)
    if not 0 < confidence < 1:
        raise InputError(f"confidence={confidence} must be between 0 and 1, e.g. 0.95")
    table = _table(codes)
    pairs, values = _coincidences(table, level)
    distances = _distances(values, level)
    whole = pairs.sum(axis=0)
    alpha = float(_alpha(whole[None], distances)[0])
    low = high = np.nan
    if len(pairs) >= 2 and not np.isnan(alpha):
        rng = np.random.default_rng(seed)
        drawn = []
        for begin in range(0, draws, BLOCK):
            size = min(BLOCK, draws - begin)
            times = rng.multinomial(len(pairs), np.full(len(pairs), 1 / len(pairs)), size=size)
            drawn.append(_alpha(np.tensordot(times.astype(float), pairs, axes=1), distances))
        ends = percentile_interval(
            np.concatenate(drawn)[:, None], np.array([len(pairs)]), level=confidence
        )
        low, high = float(ends[0][0]), float(ends[1][0])
    total = whole.sum()
    row = {
        "alpha": alpha, "low": low, "high": high,
        "percent_agreement": float(np.trace(whole) / total) if total else np.nan,
        "units": len(table), "pairable": len(pairs), "coders": table.shape[1], "level": level,
        "interval": f"{confidence:.0%} bootstrap over units",
    }  # fmt: skip
    return pd.DataFrame([row])


def _table(codes: Any) -> pd.DataFrame:
    table = codes if isinstance(codes, pd.DataFrame) else pd.DataFrame(codes)
    if table.shape[1] < 2:
        raise InputError(
            f"codes has {table.shape[1]} column; give one row per unit and one column per coder"
        )
    return table


def _coincidences(table: pd.DataFrame, level: str) -> tuple[np.ndarray, np.ndarray]:
    """Coincidence matrices, float64 of shape (pairable units, values, values), and the values."""
    if level not in LEVELS:
        raise InputError(f"level='{level}': use one of {', '.join(LEVELS)}")
    flat = table.astype(object).to_numpy().ravel()
    known = ~pd.isna(flat)
    given = flat[known]
    if level == "nominal":
        names = [_name(value) for value in given]
        values = np.array(sorted(set(names)), dtype=object)
        place = {value: n for n, value in enumerate(values)}
        numbers = np.array([place[name] for name in names], np.int64)
    else:
        try:
            amounts = given.astype(np.float64)
        except (TypeError, ValueError) as error:
            raise InputError(f"level='{level}' needs numbers as codes: {error}") from error
        values, numbers = np.unique(amounts, return_inverse=True)
    counts = np.zeros((len(table), len(values)))
    rows = np.repeat(np.arange(len(table)), table.shape[1])[known]
    np.add.at(counts, (rows, numbers), 1)
    coded = counts.sum(axis=1)
    counts, coded = counts[coded >= 2], coded[coded >= 2]
    pairs = counts[:, :, None] * counts[:, None, :]
    pairs -= np.eye(len(values)) * counts[:, :, None]
    return pairs / (coded - 1)[:, None, None], values


def _name(code: object) -> str:
    """A code as text: 3 and 3.0, as pandas reads whole numbers beside empty cells, are one."""
    if isinstance(code, float | np.floating) and float(code).is_integer():
        return str(int(code))
    return str(code)


def _distances(values: np.ndarray, level: str) -> Any:
    """Distances between the values, or, for ordinal ones, what makes them from the marginals."""
    if level == "nominal":
        return 1 - np.eye(len(values))
    if level == "ordinal":
        return None  # they depend on how often each value is used
    one, two = values[:, None].astype(float), values[None, :].astype(float)
    if level == "interval":
        return (one - two) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.nan_to_num(((one - two) / (one + two)) ** 2)


def _alpha(pairs: np.ndarray, distances: np.ndarray | None) -> np.ndarray:
    """Alpha of each coincidence matrix; shape (samples,)."""
    used = pairs.sum(axis=2)
    total = used.sum(axis=1)
    if distances is None:
        below = np.cumsum(used, axis=1)
        middle = below - used / 2
        distances = (middle[:, :, None] - middle[:, None, :]) ** 2
    observed = (pairs * distances).sum(axis=(1, 2))
    expected = (used[:, :, None] * used[:, None, :] * distances).sum(axis=(1, 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(expected > 0, 1 - (total - 1) * observed / expected, np.nan))
