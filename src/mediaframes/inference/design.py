"""A formula in the notation of R becomes the columns of a regression."""

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from mediaframes.errors import InputError

SPLINE_COLUMNS, DEGREE = 10, 3  # as `s()` of R's stm
_TERM = re.compile(r"s\(\s*(\w+)\s*(?:,\s*(?:df\s*=\s*)?(\d+)\s*)?\)|(\w+)")


@dataclass(frozen=True)
class Variable:
    """One variable of a formula as it was in the articles it was made from.

    `levels` are a category's values, the first being the base; `knots` those of a spline; both
    empty for a number as it stands.
    """

    text: str
    column: str
    levels: tuple[str, ...] = ()
    knots: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class Design:
    """Columns of a regression, the intercept first.

    Attributes
    ----------
    matrix : float64 array (D, P)
    columns : tuple of str
        Their names, as R gives them.
    formula : str
    variables : dict of str to Variable
        How each variable was coded; `apply` codes other articles the same way.
    """

    matrix: np.ndarray
    columns: tuple[str, ...]
    formula: str
    variables: dict[str, Variable] = field(default_factory=dict)

    @property
    def covariates(self) -> dict[str, Variable]:
        """The variables by the column they are made of: ``date`` for ``s(date)``."""
        return {variable.column: variable for variable in self.variables.values()}

    def apply(self, docs: pd.DataFrame) -> np.ndarray:
        """The same columns for other articles; a level or value not seen before is an error."""
        blocks = {text: _columns(v, docs) for text, v in self.variables.items()}
        return _assemble(parse_formula(self.formula), blocks, len(docs))[0]


def parse_formula(formula: str) -> list[tuple[str, ...]]:
    """The terms of a formula, main effects before interactions.

    Examples
    --------
    >>> parse_formula("~ outlet * party + s(day, df=5)")
    [('outlet',), ('party',), ('s(day, 5)',), ('outlet', 'party')]
    """
    text = formula.strip().removeprefix("~").strip()
    terms: list[tuple[str, ...]] = []
    for part in text.split("+"):
        crossed = [_factors(piece, formula) for piece in part.split("*")]
        for size in range(1, len(crossed) + 1):
            for chosen in _subsets(len(crossed), size):
                term = tuple(name for place in chosen for name in crossed[place])
                if term not in terms:
                    terms.append(term)
    return sorted(terms, key=len)


def variables_of(formula: str) -> list[str]:
    """The columns a formula names, in its order.

    Examples
    --------
    >>> variables_of("~ outlet * party + s(day, df=5)")
    ['outlet', 'party', 'day']
    """
    names = [name for term in parse_formula(formula) for name in term]
    found = [_TERM.fullmatch(name).groups() for name in names]  # type: ignore[union-attr]
    return list(dict.fromkeys(plain or spline for spline, _, plain in found))


def _subsets(n: int, size: int) -> list[tuple[int, ...]]:
    from itertools import combinations

    return list(combinations(range(n), size))


def _factors(piece: str, formula: str) -> tuple[str, ...]:
    names = []
    for factor in piece.split(":"):
        match = _TERM.fullmatch(factor.strip())
        if not match or factor.strip().isdigit():
            raise InputError(
                f"formula '{formula}': '{factor.strip()}' is no term; write columns joined by +, "
                "a:b or a*b for interactions, and s(day) or s(day, df=5) for a smooth curve"
            )
        spline, size, plain = match.groups()
        names.append(plain or (f"s({spline}, {size})" if size else f"s({spline})"))
    return tuple(names)


def design(docs: pd.DataFrame, *, formula: str) -> Design:
    """The columns of a formula such as ``"~ outlet + s(day)"``.

    Parameters
    ----------
    docs : DataFrame
        Numbers stay as they are; dates become days; everything else, and true or false, becomes a
        category in treatment coding, whose base is the first level in alphabetical order (of code
        points), or the first of an ordered pandas category.
    formula : str
        Columns joined by ``+``; ``a:b`` is an interaction, ``a*b`` both effects and it;
        ``s(day)`` a cubic B-spline of 10 columns, ``s(day, df=5)`` of 5, with its inner knots at
        quantiles, as R's stm and splines. There is always an intercept.

    Raises
    ------
    InputError
        For a column that is absent, has missing values or one value only.

    Examples
    --------
    >>> docs = pd.DataFrame({"outlet": ["Echo", "Globe"] * 2, "day": [1, 2, 4, 7]})
    >>> made = design(docs, formula="~ outlet * day")
    >>> made.columns
    ('(Intercept)', 'outletGlobe', 'day', 'outletGlobe:day')
    >>> made.matrix[1].tolist()
    [1.0, 1.0, 2.0, 2.0]
    """
    terms = parse_formula(formula)
    single = {term[0] for term in terms if len(term) == 1}
    for term in terms:
        absent = [name for name in term if name not in single]
        if absent:
            raise InputError(
                f"formula '{formula}': the interaction {':'.join(term)} comes without "
                f"{absent[0]} itself; write {' * '.join(term)}"
            )
    variables = {name: _variable(name, docs, formula) for name in sorted(single)}
    blocks = {name: _columns(variable, docs) for name, variable in variables.items()}
    matrix, columns = _assemble(terms, blocks, len(docs))
    rank = np.linalg.matrix_rank(matrix) if len(docs) else 0
    if rank < matrix.shape[1]:
        raise InputError(
            f"formula '{formula}' has {matrix.shape[1]} columns, of which only {rank} tell "
            f"something of their own in {len(docs)} articles; leave out a term or give a smooth "
            "curve fewer columns: s(day, df=4)"
        )
    return Design(matrix, columns, formula, variables)


def _variable(name: str, docs: pd.DataFrame, formula: str) -> Variable:
    spline, size, plain = _TERM.fullmatch(name).groups()  # type: ignore[union-attr]
    column = plain or spline
    if column not in docs:
        raise InputError(
            f"formula '{formula}': the articles have no column '{column}'; there are: "
            f"{', '.join(map(str, docs.columns))}"
        )
    values = docs[column]
    if values.isna().any():
        first = values.index[values.isna()][0]
        raise InputError(
            f"formula '{formula}': {int(values.isna().sum())} of {len(values)} articles have no "
            f"'{column}' (the first: '{first}'); leave them out before: "
            f"counts.where(counts.docs['{column}'].notna())"
        )
    if values.nunique() < 2:
        raise InputError(
            f"formula '{formula}': '{column}' has one value only ('{values.iloc[0]}'), so nothing "
            "can depend on it; leave it out"
        )
    if not (_is_number(values) or pd.api.types.is_datetime64_any_dtype(values)):
        if spline:
            raise InputError(f"formula '{formula}': s({column}) needs numbers or dates")
        if isinstance(values.dtype, pd.CategoricalDtype) and values.cat.ordered:
            found = [str(level) for level in values.cat.categories if (values == level).any()]
        else:
            found = sorted(values.astype("str").unique())
        return Variable(name, column, levels=tuple(found))
    if not spline:
        return Variable(name, column)
    distinct = values.nunique()
    if distinct == 2:
        return Variable(name, column)  # as R: two values have no curve
    columns = int(size) if size else min(SPLINE_COLUMNS, distinct - 1)
    return Variable(name, column, knots=_knots(_numbers(values), max(columns, DEGREE)))


def _is_number(values: pd.Series) -> bool:
    is_bool = pd.api.types.is_bool_dtype(values)
    return bool(pd.api.types.is_numeric_dtype(values) and not is_bool)


def _numbers(values: pd.Series) -> np.ndarray:
    if pd.api.types.is_datetime64_any_dtype(values):
        days = (values - pd.Timestamp("1970-01-01")) / pd.Timedelta(days=1)
        return np.asarray(days.to_numpy(np.float64))
    return np.asarray(values.to_numpy(np.float64))


def _knots(x: np.ndarray, columns: int) -> tuple[float, ...]:
    inner = columns - DEGREE
    places = np.quantile(x, np.arange(1, inner + 1) / (inner + 1)) if inner else np.empty(0)
    ends = [float(x.min())] * (DEGREE + 1), [float(x.max())] * (DEGREE + 1)
    return (*ends[0], *places.tolist(), *ends[1])


def _columns(variable: Variable, docs: pd.DataFrame) -> tuple[np.ndarray, list[str]]:
    values = docs[variable.column]
    if variable.levels:
        text = values.astype("str")
        new = sorted(set(text.dropna()) - set(variable.levels))
        if new or text.isna().any():
            what = f"the level '{new[0]}'" if new else "a missing value"
            raise InputError(
                f"'{variable.column}' has {what}, which the model does not know; it knows: "
                f"{', '.join(variable.levels)}"
            )
        coded = [(text == level).to_numpy(np.float64) for level in variable.levels[1:]]
        return np.column_stack(coded), [variable.text + level for level in variable.levels[1:]]
    x = _numbers(values)
    if not variable.knots:
        return x[:, None], [variable.text]
    from scipy.interpolate import BSpline

    knots = np.array(variable.knots)
    inside = np.clip(x, knots[0], knots[-1])  # a curve says nothing beyond its ends
    basis = BSpline.design_matrix(inside, knots, DEGREE).toarray()[:, 1:]
    return basis, [f"{variable.text}{i + 1}" for i in range(basis.shape[1])]


def _assemble(
    terms: list[tuple[str, ...]], blocks: dict[str, tuple[np.ndarray, list[str]]], n: int
) -> tuple[np.ndarray, tuple[str, ...]]:
    parts: list[Any] = [np.ones((n, 1))]
    names = ["(Intercept)"]
    for term in terms:
        block, labels = blocks[term[0]]
        for name in term[1:]:
            other, more = blocks[name]
            block = (other[:, :, None] * block[:, None, :]).reshape(n, -1)
            labels = [f"{a}:{b}" for b in more for a in labels]
        parts.append(block)
        names += labels
    return np.column_stack(parts), tuple(names)
