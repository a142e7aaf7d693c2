"""`read`: files of any supported format become one `Corpus`, and nothing is lost in silence."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mediaframes._console import progress, say
from mediaframes.corpus.articles import Corpus
from mediaframes.corpus.dates import parse_dates
from mediaframes.corpus.readers import Batch, Options, reader_for
from mediaframes.corpus.readers._decode import gunzip, mend
from mediaframes.corpus.readers._ids import CORE, left_out_rows, typed, with_ids
from mediaframes.corpus.readers._sources import Source, find_sources
from mediaframes.corpus.roles import check_columns, find_roles
from mediaframes.errors import InputError
from mediaframes.made import Made

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
# More files of one kind in one folder than this are summed up in one printed line.
MANY = 5


@dataclass(frozen=True)
class _File:
    """One file's row in `Corpus.files`, its articles (column `id`: as given) and its rejects."""

    facts: dict[str, Any]
    articles: pd.DataFrame
    rejected: pd.DataFrame
    names: tuple[str, ...] = ()  # columns of the file


def read(
    paths: str | Path | Iterable[str | Path],
    *,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    pattern: str | None = None,
    day_first: bool | None = None,
    language: str | None = None,
) -> Corpus:
    """Read articles from files and folders.

    CSV and other delimited tables, JSON lines and arrays, Parquet and plain text, each also
    gzipped, are told apart by their contents. Which column holds the text, title, date, outlet,
    author, address, language and id is guessed from the names (English, German, French, Spanish)
    and contents, printed, and kept in ``corpus.files.roles``; other columns stay as they are.

    Parameters
    ----------
    paths : path or list of paths
        Files, or folders with all that is below them. Hidden files, READMEs and files of unknown
        format are named in ``corpus.files`` as not read.
    columns : dict, optional
        What the guess gets wrong, e.g. ``{"text": "article", "title": "header"}``.
    encoding : str, optional
        Of text files. By default UTF-8 or UTF-16, and cp1252 for what is neither.
    pattern : str, optional
        What names of .txt files say, e.g. ``"{outlet}/{date}_{id}.txt"``; by default
        ``"{outlet}_{date}_{id}.txt"`` and ``"{outlet}_{date}.txt"`` are understood.
    day_first : bool, optional
        How to read ``5/3/2021``. By default each file's other dates decide; where they cannot, the
        day is taken first and ``date_source`` says ``guessed``.
    language : str, optional
        Code of the language, e.g. ``"de"``, of articles that do not say theirs.

    Returns
    -------
    Corpus
        ``docs`` has ``text title date outlet language`` (``author url`` where there are any),
        ``date_raw`` (as in the file), ``date_source`` (given, guessed), ``source_file`` and the
        files' other columns. Ids come from the id column; without one they are a hash of outlet,
        date, title and text, so an article keeps its id whatever else is in the file.

    Raises
    ------
    InputError
        For missing, empty or damaged files named directly, a file without a text column, or
        nothing to read.

    Notes
    -----
    Rows that repeat an id with the same content are left out; with different content both are
    kept, the second as ``id-2``. Everything left out stands in ``corpus.left_out`` with file and
    line. The order of rows and of `paths` changes nothing.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> table = "id;Zeitung;Datum;Volltext\\n7;Der Bote;24.10.2024;Die Zahlen steigen."
    >>> _ = (folder / "a.csv").write_text(table)
    >>> corpus = read(folder)
    a.csv: CSV (semicolon, quote "), utf-8: 1 announced, 1 read, 0 rejected;
        text = Volltext, date = Datum, outlet = Zeitung, id = id
    >>> corpus.docs[["outlet", "date", "text"]].astype(str).values.tolist()
    [['Der Bote', '2024-10-24', 'Die Zahlen steigen.']]
    """
    given = check_columns(columns)
    options = Options(encoding, pattern)
    files = []
    for source in progress(find_sources(paths), "reading"):
        files.append(_read_one(source, options, given, day_first))
    _check_found(files, given)
    articles, repeated = with_ids(pd.concat([file.articles for file in files]))
    for file in files:
        gone = repeated["file"].eq(file.facts["file"]) if len(repeated) else pd.Series(dtype=bool)
        file.facts["read"] = file.facts["read"] - int(gone.sum())
        file.facts["rejected"] = file.facts["rejected"] + int(gone.sum())
    docs = typed(articles)
    if language is not None:
        docs["language"] = docs["language"].fillna(language)
    table = _files_table(files)
    _report(table)
    made = Made.by(
        "read",
        settings={
            "columns": given,
            "encoding": encoding,
            "pattern": pattern,
            "day_first": day_first,
            "language": language,
        },
        sources={file.facts["file"]: file.facts["sha256"] for file in files},
    )
    left_out = pd.concat([*(file.rejected for file in files), repeated], ignore_index=True)
    left_out = left_out.sort_values(["file", "row"], key=_by_number, kind="stable")
    corpus = Corpus.from_frame(docs, made=made)
    return Corpus(
        corpus.docs, made, files=table, left_out=left_out.astype("str").reset_index(drop=True)
    )


def _by_number(column: pd.Series) -> pd.Series:
    return column.astype("int64") if column.name == "row" else column


def _read_one(
    source: Source, options: Options, columns: dict[str, str], day_first: bool | None
) -> _File:
    """One file; what cannot be read in a folder is named, what the user named raises."""
    if source.skipped:
        return _skipped(source, source.skipped, b"")
    data = source.path.read_bytes()
    try:
        content = gunzip(data, file=source.name)
        if not content.strip():
            raise InputError(f"{source.name}: the file is empty; export it again or take it away")
        reader = reader_for(content, source.name)
        if reader is None:
            raise InputError(
                f"{source.name}: no known format; CSV, JSON, Parquet and .txt are read. Save it as "
                "one of these, as UTF-8"
            )
        batch = reader.read(content, source.name, options)
    except InputError as error:
        if source.asked:
            raise
        reason = str(error).removeprefix(f"{source.name}: ").split("; ")[0]
        return _skipped(source, reason, data)
    roles = find_roles(batch.rows, columns=columns, known=batch.roles, file=source.name)
    return _articles(source, batch, roles, day_first, hashlib.sha256(data).hexdigest())


def _skipped(source: Source, reason: str, data: bytes) -> _File:
    facts = {
        "file": source.name,
        "sha256": hashlib.sha256(data or source_bytes(source)).hexdigest(),
        "format": "not read",
        "read": 0,
        "rejected": 0,
        "note": f"not read: {reason}",
    }
    return _File(facts, pd.DataFrame(), left_out_rows([]))


def source_bytes(source: Source) -> bytes:
    """A file's bytes; none for a folder (a hidden one is named, not opened)."""
    return source.path.read_bytes() if source.path.is_file() else b""


def _articles(
    source: Source, batch: Batch, roles: dict[str, str], day_first: bool | None, digest: str
) -> _File:
    """A batch's rows under the names of the corpus, dates read, empty texts apart."""
    frame, repaired = _core(batch, roles)
    dates = parse_dates(frame["date_raw"], day_first=day_first)
    frame["date"], frame["date_source"] = dates.date, dates.source
    frame["source_file"] = source.name
    frame["row"] = frame.index
    for name in batch.rows.columns:
        if name not in roles.values():
            kept = f"given_{name}" if name in frame.columns or name == "weight" else name
            frame[kept] = batch.rows[name]
    empty = frame["text"].isna()
    gone = [(item.row, item.reason, item.start, None) for item in batch.rejected]
    gone += [
        (row, "empty text", frame["title"][row] or "", frame["id"][row])
        for row in frame.index[empty]
    ]
    articles = frame[~empty].reset_index(drop=True)
    kept = articles["date_raw"].notna()
    facts = {
        "file": source.name,
        "sha256": digest,
        "format": batch.format,
        "encoding": batch.encoding,
        "announced": batch.total,
        "read": len(articles),
        "rejected": len(gone),
        "roles": ", ".join(f"{role} = {name}" for role, name in roles.items()),
        "repaired": repaired,
        "dates_unreadable": int((kept & articles["date"].isna()).sum()),
        "dates_guessed": int((articles["date_source"] == "guessed").sum()),
        "date_order": dates.order,
        "note": "; ".join(batch.notes),
    }
    rejected = left_out_rows([(source.name, *item) for item in gone])
    return _File(facts, articles, rejected, tuple(batch.rows.columns))


def _core(batch: Batch, roles: dict[str, str]) -> tuple[pd.DataFrame, int]:
    """The columns every corpus has, cleaned of mojibake and stray spaces; texts repaired."""
    frame = pd.DataFrame(index=batch.rows.index)
    touched = np.zeros(len(frame), dtype=bool)
    for name in (*CORE, "id"):
        role = name.removesuffix("_raw")
        cells: list[str | None] = [None] * len(frame)
        if role in roles:
            for place, value in enumerate(batch.rows[roles[role]]):
                cells[place], repaired = _clean_cell(value, multiline=role == "text")
                touched[place] |= repaired
        frame[name] = pd.Series(cells, frame.index, dtype="object")
    frame["language"] = [_language(code) for code in frame["language"]]
    return frame, int(touched.sum())


def _clean_cell(value: Any, *, multiline: bool) -> tuple[str | None, bool]:
    if value is None:
        return None, False
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


def _check_found(files: list[_File], columns: dict[str, str]) -> None:
    """Something was read, and every column the user named is in some file."""
    read_files = [file for file in files if "roles" in file.facts]
    if not read_files:
        names = "; ".join(f"{file.facts['file']} {file.facts['note']}" for file in files[:MANY])
        raise InputError(
            f"nothing to read: {names or 'the folder is empty'}. Put CSV, JSON, Parquet or .txt "
            "files there"
        )
    for role, name in columns.items():
        if not any(f"{role} = {name}" in file.facts["roles"].split(", ") for file in read_files):
            found = list(dict.fromkeys(n for file in read_files for n in file.names))
            raise InputError(
                f"columns: no file has a column '{name}' (for {role}); there are "
                + ", ".join(f"'{other}'" for other in found)
            )
    if not any(len(file.articles) for file in read_files):
        reasons = pd.concat([file.rejected for file in read_files])["reason"].value_counts()
        why = ", ".join(f"{n} times '{reason}'" for reason, n in reasons.items()) or "no rows"
        raise InputError(
            f"no article in {', '.join(file.facts['file'] for file in read_files[:MANY])}: {why}. "
            "Look whether columns={'text': ...} names the right column"
        )


def _files_table(files: list[_File]) -> pd.DataFrame:
    table = pd.DataFrame([file.facts for file in files])
    counts = ["announced", "read", "rejected", "repaired", "dates_unreadable", "dates_guessed"]
    words = [name for name in table.columns if name not in counts]
    table[counts] = table[counts].fillna(0).astype("int64")
    table[words] = table[words].fillna("").astype("str")
    return table


def _report(files: pd.DataFrame) -> None:
    """One line per file: announced, read, rejected, roles; many small files are summed up."""
    folders = files["file"].str.rpartition("/")[0]
    groups = files.groupby([folders, "format", "encoding", "roles", "note"], sort=True)
    for (folder, *_), group in groups:
        if len(group) <= MANY:
            for _, row in group.iterrows():
                say(_line(row["file"], row))
            continue
        total = group.iloc[0].copy()
        numeric = group.select_dtypes("number")
        total[numeric.columns] = numeric.sum()
        say(_line(f"{len(group)} files in {folder or 'the folder'}", total))


def _line(name: str, row: pd.Series) -> str:
    if row["format"] == "not read":
        return f"{name}: {row['note']}"
    kind = ", ".join(part for part in (row["format"], row["encoding"]) if part)
    counts = f"{row['announced']:,} announced, {row['read']:,} read, {row['rejected']:,} rejected"
    extras = [
        f"{row['repaired']} texts with broken letters (Ã¼) mended" if row["repaired"] else "",
        f"{row['dates_unreadable']} dates unreadable" if row["dates_unreadable"] else "",
        f"{row['dates_guessed']} dates guessed ({row['date_order'] or 'two-digit year'}; "
        "see day_first=)"
        if row["dates_guessed"]
        else "",
        row["note"],
    ]
    more = "".join(f"; {extra}" for extra in extras if extra)
    return f"{name}: {kind}: {counts}{more};\n    {row['roles']}"
