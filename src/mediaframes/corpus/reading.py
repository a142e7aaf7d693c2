"""`read`: files of any supported format become one `Corpus`, and nothing is lost in silence."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from mediaframes._console import say
from mediaframes._memory import gives_back
from mediaframes.corpus.articles import Corpus
from mediaframes.corpus.gathering import articles_of, parts_of, stubs_of, together
from mediaframes.corpus.opening import not_read, open_all
from mediaframes.corpus.readers import Options
from mediaframes.corpus.readers._ids import typed, with_ids
from mediaframes.corpus.readers._sources import find_sources
from mediaframes.corpus.receipt import check_found, files_table, report, unread
from mediaframes.corpus.roles import check_columns
from mediaframes.errors import InputError
from mediaframes.made import Made


@gives_back
def read(
    paths: str | Path | Iterable[str | Path],
    *,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    pattern: str | None = None,
    day_first: bool | None = None,
    language: str | None = None,
    processes: int | None = None,
) -> Corpus:
    """Read articles from files and folders.

    Tables (CSV and other delimited ones, Excel, JSON, Parquet), plain text, web pages and archives
    of them, and the exports of press databases are told apart by their contents. Files may be
    compressed (gzip, xz, bz2) or stand in archives (zip, tar), whose members are called
    ``archive.zip/inner/name.txt``. Which column holds the text, title, date, outlet, author,
    address, language and id is guessed from the names (in nine languages) and contents, printed,
    and kept in ``corpus.files.roles``; other columns stay as they are.

    Parameters
    ----------
    paths : path or list of paths
        Files, or folders with all that is below them. Hidden files, READMEs, files of unknown
        format and links to files that are read anyway are named in ``corpus.files`` as not read.
    columns : dict, optional
        What the guess gets wrong, e.g. ``{"text": "article", "title": "header"}``.
    encoding : str, optional
        Of text files. By default UTF-8 or UTF-16, and what the letters show for what is neither.
    pattern : str, optional
        What names of .txt files say, e.g. ``"{outlet}/{date:%d.%m.%Y}_{id}.txt"``; a field that
        is no role, e.g. ``{section}``, becomes a column. By default ``"{outlet}_{date}_{id}.txt"``,
        ``"{outlet}_{date}.txt"``, ``"{date}_{outlet}_{id}.txt"`` and a date at the beginning or end
        of the name or as a folder are understood. Files whose name does not fit are read and named.
    day_first : bool, optional
        How to read ``5/3/2021``. By default each file's other dates decide; where they cannot, the
        day is taken first and ``date_source`` says ``guessed``.
    language : str, optional
        Code of the language, e.g. ``"de"``, of articles that do not say theirs.
    processes : int, optional
        In how many processes files are read whose formats take long, by default one for each
        processor. It changes nothing in the result.

    Returns
    -------
    Corpus
        ``docs`` has ``text title date outlet language`` (``author url`` where there are any),
        ``date_raw`` (as in the file), ``date_source`` (where it was found: ``metadata``,
        ``text`` or ``file name``; or ``guessed``), ``source_file`` and the files' other columns.
        Ids come from the id column; without one they are a hash of outlet, date, title and text,
        so an article keeps its id whatever else is in the file.

    Raises
    ------
    InputError
        For missing, empty or damaged files and tables without a text column named directly, or
        nothing to read. Those in a folder are named in ``corpus.files`` and a warning.

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
    opened = open_all(find_sources(paths), options, processes=processes)
    groups = []
    for files in together(opened):
        try:
            groups.append(articles_of(files, given, day_first))
        except InputError as error:
            opened = not_read(opened, files, error)
    check_found(groups, opened, given)
    articles, repeated = with_ids(pd.concat([group.articles for group in groups]))
    table = files_table(groups, opened, repeated)
    docs = typed(articles)
    if language is not None:
        docs["language"] = docs["language"].fillna(language)
    report(table, docs["date"], opened)
    made = Made.by(
        "read",
        settings={
            "columns": given,
            "encoding": encoding,
            "pattern": pattern,
            "day_first": day_first,
            "language": language,
            "reconciliation": {
                "files": len(table),
                **{name: int(table[name].sum()) for name in ("announced", "read", "rejected")},
            },
        },
        sources={file.source.name: file.digest for file in opened},
    )
    left_out = pd.concat([*(group.rejected for group in groups), repeated], ignore_index=True)
    left_out = left_out.sort_values(["file", "row"], key=_by_number, kind="stable")
    corpus = Corpus.from_frame(docs, made=made)
    parts = parts_of(groups, articles)
    return replace(
        corpus,
        files=table,
        left_out=left_out.astype("str").reset_index(drop=True),
        parts=corpus.parts if parts is None else parts,
    )


def read_stubs(
    paths: str | Path | Iterable[str | Path],
    *,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    day_first: bool | None = None,
) -> pd.DataFrame:
    """Read what files say of articles whose texts they do not hold.

    MediaCloud, GDELT and ProQuest's spreadsheets list addresses, dates, titles and outlets. `read`
    leaves such records out and names them; here they are a table, to be joined with texts that were
    fetched elsewhere.

    Parameters
    ----------
    paths, columns, encoding, day_first
        As for `read`; any table without a column of texts will do.

    Returns
    -------
    DataFrame
        One row per record without text, in the order of files and rows: ``id title date outlet
        language author url date_raw date_source source_file row`` and the files' other columns.

    Raises
    ------
    InputError
        For files that cannot be read, or where every record has its text.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "list.csv").write_text(
    ...     "url,title,published\\nhttps://echo.example/1,Talks resume,2024-10-24")
    >>> stubs = read_stubs(folder)
    list.csv: CSV (comma, quote "): 1 records without text
    >>> texts = pd.DataFrame({"url": ["https://echo.example/1"], "text": ["The two sides met."]})
    >>> texts.merge(stubs[["url", "title", "date"]], on="url").loc[0, "title"]
    'Talks resume'
    """
    given = check_columns(columns)
    opened = open_all(find_sources(paths), Options(encoding, None))
    found = []
    for file in opened:
        if file.batch is None:
            continue
        stubs = stubs_of(file, given, day_first)
        if len(stubs):
            say(f"{file.source.name}: {file.batch.format}: {len(stubs):,} records without text")
            found.append(stubs)
    for file in unread(opened):
        say(f"{file.source.name}: NOT READ: {file.skipped}")
    if not found:
        raise InputError(
            "read_stubs: no record without a text in these files; articles are for read"
        )
    table = pd.concat(found, ignore_index=True)
    first = ["id", "title", "date", "outlet", "language", "author", "url", "date_raw"]
    first += ["date_source", "source_file", "row"]
    for name in first:
        if name != "date":
            table[name] = table[name].astype("str")
    return table[[*first, *(name for name in table.columns if name not in first)]]


def _by_number(column: pd.Series) -> pd.Series:
    return column.astype("int64") if column.name == "row" else column
