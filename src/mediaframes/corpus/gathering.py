"""Batches of files become one table: columns under the names of the corpus, dates, empty texts."""

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mediaframes.corpus.dates import parse_dates
from mediaframes.corpus.opening import Opened
from mediaframes.corpus.readers import Batch
from mediaframes.corpus.readers._decode import mend
from mediaframes.corpus.readers._ids import CORE, left_out_rows
from mediaframes.corpus.roles import RETRIEVAL, find_roles, plain
from mediaframes.errors import InputError

# What spreadsheets, R and pandas write where there is nothing. Only whole cells, and never in the
# researcher's own columns, where "None" may be a category.
MISSING = {"", "NA", "N/A", "NaN", "nan", "NULL", "null", "None", "none", "-"}
LANGUAGES = {
    "de": "german deutsch ger deu allemand alemán",
    "en": "english englisch eng anglais inglés",
    "fr": "french französisch fre fra français francés",
    "es": "spanish spanisch spa espagnol español",
}
_LANGUAGE = {name: code for code, names in LANGUAGES.items() for name in names.split()}
# Columns that `dedupe` makes; a researcher's own of these names are kept beside them.
OURS = {"weight", "copy_of", "group_size", "fit_weight"}
# two kinds of closing tags in a text are markup, one may be an example in an article on the web
_HTML = re.compile(r"(?is)</(?:p|div|span|a|script|h[1-6]|li|td|em|strong)>.*</")


@dataclass(frozen=True)
class Group:
    """Files read together: their rows of `Corpus.files`, articles (`id` as given) and rejects."""

    facts: list[dict[str, Any]]
    articles: pd.DataFrame
    rejected: pd.DataFrame
    names: tuple[str, ...] = ()  # columns of the files
    lines: pd.DataFrame | None = None  # what readers told apart, by `source_file` and `row`


def together(opened: list[Opened]) -> list[list[Opened]]:
    """Files to be treated as one table: those of one folder that hold one article each.

    Their dates are evidence for each other (day or month first), and ten thousand of them take
    seconds, not minutes.
    """
    groups: dict[tuple[Any, ...], list[Opened]] = {}
    for file in opened:
        if file.batch is None:
            continue
        name = file.source.name
        key: tuple[Any, ...] = (name,)
        if len(file.batch.rows) == 1 and not file.batch.rejected:
            known = tuple(sorted(file.batch.roles.items()))
            key = (name.rpartition("/")[0], file.batch.format, known, *file.batch.rows.columns)
        groups.setdefault(key, []).append(file)
    return list(groups.values())


def articles_of(files: list[Opened], columns: dict[str, str], day_first: bool | None) -> Group:
    """Files of equal columns under the names of the corpus, dates read, empty texts apart."""
    batches = [file.batch for file in files if file.batch is not None]
    sources = np.array([file.source.name for file in files], dtype=object)
    rows = pd.concat([batch.rows for batch in batches]) if len(batches) > 1 else batches[0].rows
    lines = rows.index.to_numpy()
    rows = rows.reset_index(drop=True)
    of_file = np.repeat(np.arange(len(files)), [len(batch.rows) for batch in batches])
    roles = find_roles(rows, columns=columns, known=batches[0].roles, file=sources[0])
    frame, repaired = _core(rows, roles)
    found_in = np.concatenate([np.broadcast_to(b.date_source, len(b.rows)) for b in batches])
    dates = parse_dates(
        frame["date_raw"], day_first=day_first, found_in=pd.Series(found_in, dtype="str")
    )
    frame["date"], frame["date_source"] = dates.date, dates.source
    frame["source_file"], frame["row"] = sources[of_file], lines
    for name in rows.columns:
        if name not in roles.values():
            kept = f"given_{name}" if name in frame.columns or name in OURS else name
            frame[kept] = rows[name]
    empty = frame["text"].isna().to_numpy()
    gone: list[tuple[str, int, str, str, str | None]] = [
        (sources[place], item.row, item.reason, item.start, None)
        for place, batch in enumerate(batches)
        for item in batch.rejected
    ]
    gone += [
        (row.source_file, row.row, "empty text", row.title or "", row.id)
        for row in frame[empty][["source_file", "row", "title", "id"]].itertuples()
    ]
    marks = {
        "read": ~empty,
        "repaired": repaired > 0,
        "with_html": np.array([_has_html(text) for text in frame["text"]], dtype=bool),
        "dates_unreadable": (frame["date_raw"].notna() & frame["date"].isna()).to_numpy() & ~empty,
        "dates_guessed": (frame["date_source"] == "guessed").to_numpy() & ~empty,
        "dates_impossible": dates.impossible.to_numpy() & ~empty,
        "dates_too_late": _too_late(rows, frame["date"]) & ~empty,
    }
    counts = {
        name: np.bincount(of_file[mark], minlength=len(files)) for name, mark in marks.items()
    }
    counts["repaired_places"] = np.bincount(of_file, weights=repaired, minlength=len(files))
    shown = ", ".join(f"{role} = {name}" for role, name in roles.items())
    facts = [
        _facts(file, batch, {name: int(n[place]) for name, n in counts.items()})
        | {"roles": shown, "date_order": dates.order}
        for place, (file, batch) in enumerate(zip(files, batches, strict=True))
    ]
    articles = frame[~empty].reset_index(drop=True)
    lines = [
        batch.lines.assign(source_file=file.source.name)
        for file, batch in zip(files, batches, strict=True)
        if batch.lines is not None
    ]
    told = pd.concat(lines, ignore_index=True) if lines else None
    return Group(facts, articles, left_out_rows(gone), tuple(rows.columns), told)


def _has_html(text: str | None) -> bool:
    return text is not None and "</" in text and _HTML.search(text) is not None


def _too_late(rows: pd.DataFrame, dates: pd.Series) -> np.ndarray:
    """Dates after the day on which the same record says that it was retrieved.

    A day of tolerance: the outlet's morning may be the evening before where the page was saved.
    """
    late = np.zeros(len(rows), dtype=bool)
    for name in rows.columns:
        if plain(name) in RETRIEVAL:
            cells = [None if cell is None else str(cell) for cell in rows[name]]
            retrieved = parse_dates(pd.Series(cells, dtype="str")).date
            late |= (dates.reset_index(drop=True) > retrieved + pd.Timedelta(days=1)).to_numpy()
    return late


def stubs_of(file: Opened, columns: dict[str, str], day_first: bool | None) -> pd.DataFrame:
    """What a file says of articles whose texts it does not hold, under the names of the corpus."""
    batch = file.batch
    assert batch is not None
    rows = batch.rows if batch.stubs is None else batch.stubs
    rows = rows.astype("object").where(rows.notna(), None)
    place = file.source.name
    roles = find_roles(rows, columns=columns, known=batch.roles, file=place, text_needed=False)
    if batch.stubs is None and "text" not in roles:  # a text column that only its contents show
        with suppress(InputError):
            roles = find_roles(rows, columns=columns, known=batch.roles, file=place)
    frame, _ = _core(rows, roles)
    dates = parse_dates(frame["date_raw"], day_first=day_first)
    frame["date"], frame["date_source"] = dates.date, dates.source
    frame["source_file"], frame["row"] = place, [str(number) for number in rows.index]
    for name in rows.columns:
        if name not in roles.values():
            frame[f"given_{name}" if name in frame.columns else name] = rows[name]
    return frame[frame["text"].isna()].drop(columns="text")


def parts_of(groups: list[Group], articles: pd.DataFrame) -> pd.DataFrame | None:
    """Rows of `Corpus.parts` under the ids of `articles` (``id source_file row``), or None."""
    found = [group.lines for group in groups if group.lines is not None]
    if not found:
        return None
    lines = pd.concat(found, ignore_index=True)
    ids = articles[["id", "source_file", "row"]]
    parts = lines.merge(ids, on=["source_file", "row"], validate="many_to_one")
    parts["text"] = [mend(text)[0] for text in parts["text"]]
    parts = parts.sort_values(["id", "line"], kind="stable", ignore_index=True)
    types = {"id": "str", "line": "int64", "part": "str", "text": "str", "reason": "str"}
    return parts[list(types)].astype(types)


def _facts(file: Opened, batch: Batch, counts: dict[str, int]) -> dict[str, Any]:
    """A file's row of `Corpus.files`."""
    return {
        "file": file.source.name,
        "format": batch.format,
        "encoding": batch.encoding,
        "announced": batch.total,
        "rejected": len(batch.rejected) + len(batch.rows) - counts["read"],
        "note": "; ".join(filter(None, (file.note, *batch.notes))),
        **counts,
    }


def _core(rows: pd.DataFrame, roles: dict[str, str]) -> tuple[pd.DataFrame, np.ndarray]:
    """The columns every corpus has, cleaned of mojibake and stray spaces; how much there was."""
    frame = pd.DataFrame(index=rows.index)
    touched = np.zeros(len(frame), dtype="int64")
    for name in (*CORE, "id"):
        role = name.removesuffix("_raw")
        cells: list[str | None] = [None] * len(frame)
        if role in roles:
            for place, value in enumerate(rows[roles[role]]):
                cells[place], repaired = _clean_cell(value, multiline=role == "text")
                touched[place] += repaired
        frame[name] = pd.Series(cells, frame.index, dtype="object")
    frame["language"] = [_language(code) for code in frame["language"]]
    return frame, touched


def _clean_cell(value: Any, *, multiline: bool) -> tuple[str | None, int]:
    if value is None:
        return None, 0
    if isinstance(value, float) and value.is_integer():  # ids that pandas made floats
        value = int(value)
    text, repaired = mend(str(value))
    if multiline:
        text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    else:
        text = " ".join(text.split())
    return (None if text in MISSING else text), repaired


def _language(name: str | None) -> str | None:
    if name is None:
        return None
    code = name.casefold().replace("_", "-").split("-")[0].strip()
    return _LANGUAGE.get(code, code)
