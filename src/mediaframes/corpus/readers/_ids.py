"""Ids that do not depend on the order of rows, and columns with the type they show."""

import hashlib
import re
from collections import Counter

import numpy as np
import pandas as pd

from mediaframes._console import say
from mediaframes.corpus.articles import START
from mediaframes.corpus.readers._decode import mend

CORE = ("text", "title", "date_raw", "outlet", "language", "author", "url")
_INTEGER = re.compile(r"-?(0|[1-9]\d{0,17})")  # no leading zeros: those are codes, not numbers
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
# In a column of numbers or truth values these mean a missing cell; in one of words they stay.
NONE_IN_NUMBERS = {"NA", "NaN", "nan", "NULL", "null"}


def left_out_rows(rows: list[tuple[str, int, str, str, str | None]]) -> pd.DataFrame:
    """Rows of `Corpus.left_out` from (file, row, reason, start, id)."""
    return pd.DataFrame(
        {
            "id": [given or f"{file}:{row}" for file, row, _, _, given in rows],
            "step": "read",
            "reason": [reason for _, _, reason, _, _ in rows],
            "file": [file for file, *_ in rows],
            "row": [str(row) for _, row, *_ in rows],
            "start": [mend(start[:START])[0] for _, _, _, start, _ in rows],
        }
    ).astype("str")


def with_ids(articles: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Unique ids, whatever the order of rows, and the rows that repeat an article.

    Rows are put in an order that depends on nothing but their file and contents before repeated
    ids get their numbers.
    """
    keys = _row_hashes(articles)
    lines = articles["row"].tolist()
    order = sorted(range(len(keys)), key=lambda place: (keys[place], lines[place]))
    articles = articles.iloc[order].reset_index(drop=True)
    content = _content_hashes(articles)
    given = articles["id"].notna()
    wanted = articles["id"].where(given, content)
    repeats = pd.DataFrame({"id": wanted, "content": content}).duplicated() & given
    gone = articles[repeats]
    rows = zip(gone["source_file"], gone["row"], gone["text"], gone["id"], strict=True)
    left_out = left_out_rows(
        [(file, row, "duplicate id, same content", text, name) for file, row, text, name in rows]
    )
    articles, wanted = articles[~repeats], wanted[~repeats]
    ids = _numbered(wanted.tolist())
    renamed = sum(new != old for new, old in zip(ids, wanted, strict=True) if old is not None)
    clash = int((given[~repeats].to_numpy() & (np.asarray(ids) != wanted.to_numpy())).sum())
    if clash:
        say(
            f"{clash} articles carry an id that another article has; both are kept, the later as "
            "'id-2'"
        )
    if renamed > clash:
        say(f"{renamed - clash} articles without an id equal another one; see dedupe")
    return articles.assign(id=ids), left_out


def _row_hashes(articles: pd.DataFrame) -> list[tuple[str, bytes]]:
    """Of each row its file and a hash of all its cells but the line."""
    names = [*CORE, "id", *sorted(set(articles.columns) - {*CORE, "id", "row", "source_file"})]
    keys = []
    for file, *cells in articles[["source_file", *names]].itertuples(index=False, name=None):
        digest = hashlib.blake2b(digest_size=16)
        for name, cell in zip(names, cells, strict=True):
            # missing cells are passed over: a column of another file must not change the order
            if cell is not None and cell is not pd.NaT and cell == cell:
                digest.update(f"\x1e{name}\x1f{cell}".encode("utf-8", "replace"))
        keys.append((file, digest.digest()))
    return keys


def _content_hashes(articles: pd.DataFrame) -> pd.Series:
    """Twelve hex digits over outlet, date, title and text of each article.

    48 bits: among a million articles, two different ones share a hash once in 600 corpora; they
    are then numbered like equal ones, and both are kept.
    """
    hashes = []
    for row in zip(*(articles[name] for name in ("outlet", "date", "title", "text")), strict=True):
        cells = [
            row[0] or "",
            "" if pd.isna(row[1]) else f"{row[1]:%Y-%m-%d}",
            row[2] or "",
            row[3],
        ]
        packed = "\x1f".join(cells).encode("utf-8", "surrogatepass")
        hashes.append(hashlib.blake2b(packed, digest_size=6).hexdigest())
    return pd.Series(hashes, articles.index, dtype="object")


def _numbered(names: list[str]) -> list[str]:
    """Names made unique: the second "a" becomes "a-2", or the next number that is free."""
    taken = set(names)
    times: Counter[str] = Counter()
    result = []
    for name in names:
        times[name] += 1
        new = name
        while times[name] > 1 and new in taken:
            new = f"{name}-{times[name]}"
            times[name] += new in taken
        taken.add(new)
        result.append(new)
    return result


def typed(articles: pd.DataFrame) -> pd.DataFrame:
    """The articles with their columns as text, days, numbers or truth values.

    A column that the researcher brings becomes whole numbers, numbers or truth values where every
    cell is one, so that CSV, JSON and Parquet give the same corpus; any other becomes text.
    `author` and `url` go where no article has one.
    """
    empty = [name for name in ("author", "url") if articles[name].isna().all()]
    docs = articles.drop(columns=["row", *empty])
    order = ["id", "text", "title", "date", "outlet", "language"]
    fixed = [*order, "author", "url", "date_raw", "date_source", "source_file"]
    for name in docs.columns:
        if name not in fixed:
            docs[name] = _guess_type(docs[name])
        elif name != "date":
            docs[name] = docs[name].astype("str")
    docs["date"] = docs["date"].astype("datetime64[us]")
    first = [name for name in fixed if name in docs.columns]
    return docs[[*first, *sorted(name for name in docs.columns if name not in first)]]


def _guess_type(column: pd.Series) -> pd.Series:
    cells = [None if value is None or pd.isna(value) else value for value in column]
    words = [None if cell is None else str(cell) for cell in cells]
    plain = [None if word is None or word in NONE_IN_NUMBERS else word for word in words]
    shown = {word for word in plain if word is not None}
    if shown and shown <= {"True", "False", "true", "false", "TRUE", "FALSE"}:
        truth = [None if word is None else word.lower() == "true" for word in plain]
        return pd.Series(truth, column.index, dtype="boolean")
    if shown and all(_INTEGER.fullmatch(word) for word in shown):
        whole = [None if word is None else int(word) for word in plain]
        return pd.Series(whole, column.index, dtype="Int64")
    if shown and all(_NUMBER.fullmatch(word) for word in shown):
        numbers = [np.nan if word is None else float(word) for word in plain]
        return pd.Series(numbers, column.index, dtype="float64")
    return pd.Series([word or None for word in words], column.index, dtype="str")
