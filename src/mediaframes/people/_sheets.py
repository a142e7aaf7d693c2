"""Coders' sheets as they come back: from pandas, from the form, or from a spreadsheet program."""

from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from mediaframes.errors import InputError
from mediaframes.made import write_atomic

if TYPE_CHECKING:
    from mediaframes.people.intrusion import IntrusionTest


def write_sheet(sheet: pd.DataFrame, path: Path) -> None:
    """Write a sheet for a spreadsheet program: with a byte order mark, and no cell a formula."""
    if "text" in sheet:
        formula = sheet["text"].str.match(r"[=+\-@\t\r]")
        sheet = sheet.assign(text=sheet["text"].mask(formula, "'" + sheet["text"]))
    write_atomic(path, sheet.to_csv(index=False).encode("utf-8-sig"))


def read_sheet(path: Path) -> pd.DataFrame:
    """A sheet with all cells as text ("null" is a word); commas, semicolons or tabs.

    Raises
    ------
    InputError
        For a file that is not there or is no table.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path} cannot be read ({error.strerror}); give the path of the coder's sheet"
        ) from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:  # Excel's "CSV", other than its "CSV UTF-8"
        text = content.decode("cp1252", errors="replace")
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    try:
        table = pd.read_csv(StringIO(text), sep=mark, dtype=str, keep_default_na=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise InputError(f"{path.name} is no table ({error}); save it as CSV") from error
    return table[(table != "").any(axis=1)]


def read_answers(test: "IntrusionTest", sheet: Any, *, name: str) -> pd.Series:
    """Numbers of the choices by item, missing where there is none; `name` is how errors call it.

    Raises
    ------
    InputError
        For a sheet of another test, an item that stands twice, or an answer that is no choice.
    """
    table = read_sheet(Path(sheet)) if isinstance(sheet, str | Path) else sheet
    if not isinstance(table, pd.DataFrame):
        raise InputError(f"{name} is a {type(table).__name__}; give a path or a DataFrame")
    shown = test.items.set_index("item").filter(like="choice_")
    item = pd.to_numeric(table.get("item", pd.Series(dtype=float)), errors="coerce")
    if not {"item", "answer"} <= set(table) or not item.isin(shown.index).all():
        raise InputError(_other(name))
    if item.duplicated().any():
        raise InputError(f"{name}: item {item[item.duplicated()].iloc[0]:.0f} stands there twice")
    if set(shown.columns) <= set(table):
        mine = shown.loc[item.astype(int)].astype(str).to_numpy().tolist()
        if table[list(shown.columns)].astype(str).to_numpy().tolist() != mine:
            raise InputError(_other(name))
    written = table["answer"].set_axis(item.astype(int))
    written = written.mask(written.astype("str").str.strip() == "")
    answer = pd.to_numeric(written, errors="coerce")
    wrong = written.notna() & ~answer.isin(range(1, test.choices + 1))
    if wrong.any():
        at = wrong.index[wrong][0]
        raise InputError(
            f"{name}, item {at}: the answer '{written[at]}' is no choice; give its number, 1 to "
            f"{test.choices}, or nothing"
        )
    return answer.astype(float).reindex(shown.index)


def _other(name: str) -> str:
    return (
        f"{name} is not of this test; it needs the columns item and answer and the test's own "
        "items and choices. Is it of another seed or model, or were its words changed?"
    )
