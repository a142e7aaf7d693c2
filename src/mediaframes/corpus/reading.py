"""`read`: files of any supported format become one `Corpus`, and nothing is lost in silence."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

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
WORDS = ("file", "sha256", "format", "encoding", "roles", "date_order", "note")
# two kinds of closing tags in a text are markup, one may be an example in an article on the web
_HTML = re.compile(r"(?is)</(?:p|div|span|a|script|h[1-6]|li|td|em|strong)>.*</")
COUNTS = (
    "announced",
    "read",
    "rejected",
    "repaired",
    "with_html",
    "dates_unreadable",
    "dates_guessed",
)
# More files of one kind in one folder than this are summed up in one printed line.
MANY = 5


class _Opened(NamedTuple):
    """One file's content, or why it is not read."""

    source: Source
    digest: str
    batch: Batch | None
    skipped: str = ""


@dataclass(frozen=True)
class _Group:
    """Files read together: their rows of `Corpus.files`, articles (`id` as given) and rejects."""

    facts: list[dict[str, Any]]
    articles: pd.DataFrame
    rejected: pd.DataFrame
    names: tuple[str, ...] = ()  # columns of the files


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

    Tables (CSV and other delimited ones, Excel, JSON, Parquet), plain text and the exports of
    press databases, each also gzipped, are told apart by their contents. Which column holds the
    text, title, date, outlet, author, address, language and id is guessed from the names (English,
    German, French, Spanish) and contents, printed, and kept in ``corpus.files.roles``; other
    columns stay as they are.

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
    opened = [_open(source, options) for source in progress(find_sources(paths), "reading")]
    groups = [_articles(files, given, day_first) for files in _together(opened)]
    _check_found(groups, opened, given)
    articles, repeated = with_ids(pd.concat([group.articles for group in groups]))
    table = _files_table(groups, opened, repeated)
    docs = typed(articles)
    if language is not None:
        docs["language"] = docs["language"].fillna(language)
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
        sources={file.source.name: file.digest for file in opened},
    )
    left_out = pd.concat([*(group.rejected for group in groups), repeated], ignore_index=True)
    left_out = left_out.sort_values(["file", "row"], key=_by_number, kind="stable")
    corpus = Corpus.from_frame(docs, made=made)
    return Corpus(
        corpus.docs, made, files=table, left_out=left_out.astype("str").reset_index(drop=True)
    )


def _by_number(column: pd.Series) -> pd.Series:
    return column.astype("int64") if column.name == "row" else column


def _open(source: Source, options: Options) -> _Opened:
    """One file's content; what cannot be read in a folder is named, what the user named raises."""
    try:
        data = source.path.read_bytes() if source.path.is_file() else b""
    except OSError as error:
        raise InputError(
            f"{source.name}: cannot be opened ({error.strerror}); check the file's permissions"
        ) from error
    digest = hashlib.sha256(data).hexdigest()
    if source.skipped:
        return _Opened(source, digest, None, source.skipped)
    try:
        content = gunzip(data, file=source.name)
        if not content.strip():
            raise InputError(f"{source.name}: the file is empty; export it again or take it away")
        reader = reader_for(content, source.name)
        if reader is None:
            raise InputError(
                f"{source.name}: no known format. Tables (CSV, Excel, JSON, Parquet), text files "
                "and exports of press databases are read; save it as one of these, as UTF-8"
            )
        return _Opened(source, digest, reader.read(content, source.name, options))
    except InputError as error:
        if source.asked:
            raise
        return _Opened(
            source, digest, None, str(error).removeprefix(f"{source.name}: ").split("; ")[0]
        )


def _together(opened: list[_Opened]) -> list[list[_Opened]]:
    """Files to be treated as one table: those of one folder that hold one article each.

    Their dates are evidence for each other (day or month first), and ten thousand of them take
    seconds, not minutes.
    """
    groups: dict[tuple[Any, ...], list[_Opened]] = {}
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


def _articles(files: list[_Opened], columns: dict[str, str], day_first: bool | None) -> _Group:
    """Files of equal columns under the names of the corpus, dates read, empty texts apart."""
    batches = [file.batch for file in files if file.batch is not None]
    sources = np.array([file.source.name for file in files], dtype=object)
    rows = pd.concat([batch.rows for batch in batches]) if len(batches) > 1 else batches[0].rows
    lines = rows.index.to_numpy()
    rows = rows.reset_index(drop=True)
    of_file = np.repeat(np.arange(len(files)), [len(batch.rows) for batch in batches])
    roles = find_roles(rows, columns=columns, known=batches[0].roles, file=sources[0])
    frame, repaired = _core(rows, roles)
    dates = parse_dates(frame["date_raw"], day_first=day_first)
    frame["date"], frame["date_source"] = dates.date, dates.source
    frame["source_file"], frame["row"] = sources[of_file], lines
    for name in rows.columns:
        if name not in roles.values():
            kept = f"given_{name}" if name in frame.columns or name == "weight" else name
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
        "repaired": repaired,
        "with_html": frame["text"].str.contains(_HTML).fillna(False).to_numpy(dtype=bool),
        "dates_unreadable": (frame["date_raw"].notna() & frame["date"].isna()).to_numpy() & ~empty,
        "dates_guessed": (frame["date_source"] == "guessed").to_numpy() & ~empty,
    }
    counts = {
        name: np.bincount(of_file[mark], minlength=len(files)) for name, mark in marks.items()
    }
    shown = ", ".join(f"{role} = {name}" for role, name in roles.items())
    facts = [
        _facts(file.source.name, batch, {name: int(n[place]) for name, n in counts.items()})
        | {"roles": shown, "date_order": dates.order}
        for place, (file, batch) in enumerate(zip(files, batches, strict=True))
    ]
    articles = frame[~empty].reset_index(drop=True)
    return _Group(facts, articles, left_out_rows(gone), tuple(rows.columns))


def _facts(name: str, batch: Batch, counts: dict[str, int]) -> dict[str, Any]:
    """A file's row of `Corpus.files`."""
    return {
        "file": name,
        "format": batch.format,
        "encoding": batch.encoding,
        "announced": batch.total,
        "rejected": len(batch.rejected) + len(batch.rows) - counts["read"],
        "note": "; ".join(batch.notes),
        **counts,
    }


def _core(rows: pd.DataFrame, roles: dict[str, str]) -> tuple[pd.DataFrame, np.ndarray]:
    """The columns every corpus has, cleaned of mojibake and stray spaces; which had mojibake."""
    frame = pd.DataFrame(index=rows.index)
    touched = np.zeros(len(frame), dtype=bool)
    for name in (*CORE, "id"):
        role = name.removesuffix("_raw")
        cells: list[str | None] = [None] * len(frame)
        if role in roles:
            for place, value in enumerate(rows[roles[role]]):
                cells[place], repaired = _clean_cell(value, multiline=role == "text")
                touched[place] |= repaired
        frame[name] = pd.Series(cells, frame.index, dtype="object")
    frame["language"] = [_language(code) for code in frame["language"]]
    return frame, touched


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


def _check_found(groups: list[_Group], opened: list[_Opened], columns: dict[str, str]) -> None:
    """Something was read, and every column the user named is in some file."""
    if not groups:
        names = "; ".join(f"{file.source.name} ({file.skipped})" for file in opened[:MANY])
        raise InputError(
            f"nothing to read: {names or 'the folder is empty'}. Put CSV, JSON, Parquet or .txt "
            "files there"
        )
    found = list(dict.fromkeys(name for group in groups for name in group.names))
    for role, name in columns.items():
        if name not in found:
            raise InputError(
                f"columns: no file has a column '{name}' (for {role}); there are "
                + ", ".join(f"'{other}'" for other in found)
            )
    if not any(len(group.articles) for group in groups):
        reasons = pd.concat([group.rejected for group in groups])["reason"].value_counts()
        why = ", ".join(f"{n} times '{reason}'" for reason, n in reasons.items()) or "no rows"
        files = [fact["file"] for group in groups for fact in group.facts]
        raise InputError(
            f"no article in {', '.join(files[:MANY])}: {why}. Look whether columns={{'text': ...}} "
            "names the right column"
        )


def _files_table(
    groups: list[_Group], opened: list[_Opened], repeated: pd.DataFrame
) -> pd.DataFrame:
    """`Corpus.files`: a row for every file found, read or not."""
    facts = {fact["file"]: fact for group in groups for fact in group.facts}
    again = repeated["file"].value_counts()
    rows = []
    for file in opened:
        name = file.source.name
        row: dict[str, Any] = dict.fromkeys(WORDS, "") | dict.fromkeys(COUNTS, 0)
        row |= {"file": name, "sha256": file.digest}
        row |= facts.get(name, {"format": "not read", "note": f"not read: {file.skipped}"})
        row["read"] -= int(again.get(name, 0))
        row["rejected"] += int(again.get(name, 0))
        rows.append(row)
    types = dict.fromkeys(WORDS, "str") | dict.fromkeys(COUNTS, "int64")
    order = ["file", "sha256", "format", "encoding", *COUNTS[:3], "roles", *COUNTS[3:]]
    return pd.DataFrame(rows)[[*order, "date_order", "note"]].astype(types)


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
    gap = row["announced"] - row["read"] - row["rejected"]
    extras = [
        f"{gap} ANNOUNCED ARTICLES NOT FOUND" if gap > 0 else "",
        f"{-gap} more than announced" if gap < 0 else "",
        f"broken letters (Ã¼) mended in {row['repaired']} articles" if row["repaired"] else "",
        f"{row['with_html']} texts hold HTML tags, which are counted as words: take them out first"
        if row["with_html"]
        else "",
        f"{row['dates_unreadable']} dates unreadable" if row["dates_unreadable"] else "",
        f"{row['dates_guessed']} dates guessed ({row['date_order'] or 'two-digit year'}; "
        "see day_first=)"
        if row["dates_guessed"]
        else "",
        row["note"],
    ]
    more = "".join(f"; {extra}" for extra in extras if extra)
    return f"{name}: {kind}: {counts}{more};\n    {row['roles']}"
