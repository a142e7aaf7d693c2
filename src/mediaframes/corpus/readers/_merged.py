"""Pages of one file, each read by itself, as one batch."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import pandas as pd

from mediaframes.corpus.readers._batch import Batch, Options, Rejected
from mediaframes.corpus.readers._webpage import START, PageReader, no_rows, roles_of
from mediaframes.errors import InputError


class Page(NamedTuple):
    """One page of a file: its number there, its bytes, and what else is known of it."""

    number: int
    data: bytes
    reader: PageReader


def merged(
    pages: Iterable[Page | Rejected],
    *,
    file: str,
    options: Options,
    form: str,
    notes: Sequence[str] = (),
) -> Batch:
    """Read pages, several at a time where there are many; the index is the number of each.

    Parameters
    ----------
    pages : iterable
        Pages, and what is already known to be none. It may append to `notes` on its way.
    file : str
        For messages.
    form : str
        The format in words.
    notes : list of str
        What the user should know, looked at after the last page.
    """
    from mediaframes._console import progress
    from mediaframes.corpus.pool import Job, Pool

    rejected: list[Rejected] = []
    batches: dict[int, Batch] = {}

    def settle(number: int, found: Batch | InputError) -> None:
        if isinstance(found, InputError):
            rejected.append(Rejected(number, str(found), ""))
        else:
            batches[number] = found

    pool = Pool()
    try:
        for page in progress(pages, f"reading {file}"):
            if isinstance(page, Rejected):
                rejected.append(page)
                continue
            job = Job(page.number, page.reader, page.data, f"{file}, {page.number}", options)
            for number, found in pool.add(job):
                settle(number, found)
        for number, found in pool.finish():
            settle(number, found)
    finally:
        pool.close()
    return _one(dict(sorted(batches.items())), rejected, form, notes)


def _one(
    batches: dict[int, Batch], rejected: list[Rejected], form: str, notes: Sequence[str]
) -> Batch:
    rows, lines = [], []
    said = list(notes)
    for number, batch in batches.items():
        rejected += [item._replace(row=number) for item in batch.rejected]
        said += [note for note in batch.notes if note not in said]
        if len(batch.rows):
            rows.append(batch.rows.set_axis([number]))
        if batch.lines is not None:
            lines.append(batch.lines.assign(row=number))
    frame = pd.concat(rows) if rows else no_rows()
    names = list(dict.fromkeys(batch.encoding for batch in batches.values() if batch.encoding))
    encoding = names[0] if len(names) == 1 else f"{len(names)} encodings" if names else ""
    told = pd.concat(lines, ignore_index=True) if lines else None
    return Batch(frame, form, encoding, sorted(rejected), roles_of(frame), tuple(said), None, told)


def start_of(title: Any, url: Any) -> str:
    """What shows of a page that is left out."""
    return " ".join(str(title or url or "").split())[:START]
