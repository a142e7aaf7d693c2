"""What one file of Nexis held, in whichever form it was saved."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from mediaframes.corpus.readers._batch import Batch, Rejected, table
from mediaframes.corpus.readers._nexis import ROLES

CUT = "the file is cut off: its last article may be too"


def nexis_batch(
    rows: list[dict[str, Any]],
    places: list[int],
    rejected: list[Rejected],
    *,
    form: str,
    encoding: str = "",
    notes: tuple[str, ...] = (),
    announced: int | None,
    cut: bool,
) -> Batch:
    """The documents of a file, which may be none, with what is odd about them."""
    notes = (*notes, *((CUT,) if cut else ()), *undated(rows))
    roles = {name: name for name in ROLES}
    return Batch(
        rows_table(rows, places), form, encoding, rejected, roles, notes, announced, cut=cut
    )


def rows_table(rows: list[dict[str, Any]], places: list[int]) -> pd.DataFrame:
    """The rows as a table, which has its columns also where every document was rejected."""
    return table(rows, places) if rows else pd.DataFrame(columns=list(ROLES), dtype="object")


def undated(rows: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """A note on articles without a date, which often have a load date."""
    without = sum(row.get("date") is None for row in rows)
    loaded = sum(row.get("date") is None and row.get("load_date") is not None for row in rows)
    if not without:
        return ()
    return (f"{without} without a date ({loaded} of them with a load_date)",)
