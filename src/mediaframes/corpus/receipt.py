"""What was read, file by file: `Corpus.files`, the printed lines, and the end where nothing was."""

import os
from collections.abc import Iterable
from typing import Any

import pandas as pd

from mediaframes._console import say
from mediaframes.corpus.gathering import Group
from mediaframes.corpus.opening import Opened
from mediaframes.corpus.readers._sources import LINK
from mediaframes.errors import InputError

WORDS = ("file", "sha256", "format", "encoding", "roles", "date_order", "note")
COUNTS = (
    "announced",
    "read",
    "rejected",
    "breaks_off",
    "repaired",
    "repaired_places",
    "with_html",
    "dates_unreadable",
    "dates_impossible",
    "dates_too_late",
    "dates_guessed",
)
# More files of one kind in one folder than this are summed up in one printed line.
MANY = 5
# what nobody takes for articles, and what is read by another name
EXPECTED = ("hidden", "a README", LINK)
ARCHIVE = "archive"  # the format of a file that holds others


def check_found(groups: list[Group], opened: list[Opened], columns: dict[str, str]) -> None:
    """Something was read, and every column the user named is in some file."""
    if not groups:
        unread = [file for file in opened if not file.archive]
        names = "; ".join(f"{file.source.name} ({file.skipped})" for file in unread[:MANY])
        raise InputError(
            f"nothing to read: {names or 'the folder is empty'}. Put CSV, JSON, Parquet or .txt "
            "files there"
        )
    named = [file for file in opened if file.batch is not None and file.batch.format == "text"]
    odd = [file for file in named if any("does not fit" in n for n in file.batch.notes)]  # type: ignore[union-attr]
    if named and len(odd) == len(named):
        raise InputError(
            f"pattern: none of {len(odd)} text files has such a name, e.g. "
            f"'{odd[0].source.name}': write the pattern as the names are, or leave it out"
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
        mend = "Look whether columns={'text': ...} names the right column"
        if any(file.batch is not None and file.batch.stubs is not None for file in opened):
            mend = (
                "Such files name articles and do not hold their texts: read_stubs reads addresses, "
                "dates and titles as a table, to be joined by url with texts from elsewhere"
            )
        raise InputError(f"no article in {', '.join(files[:MANY])}: {why}. {mend}")


def files_table(groups: list[Group], opened: list[Opened], repeated: pd.DataFrame) -> pd.DataFrame:
    """`Corpus.files`: a row for every file found, read or not."""
    facts = {fact["file"]: fact for group in groups for fact in group.facts}
    again = repeated["file"].value_counts()
    rows = []
    for file in opened:
        name = file.source.name
        row: dict[str, Any] = dict.fromkeys(WORDS, "") | dict.fromkeys(COUNTS, 0)
        row |= {"file": name, "sha256": file.digest}
        unread = {"format": "not read", "note": f"not read: {file.skipped}"}
        if file.archive:
            unread = {"format": ARCHIVE, "note": file.note}
        row |= facts.get(name, unread)
        row["breaks_off"] = int(file.cut)
        row["read"] -= int(again.get(name, 0))
        row["rejected"] += int(again.get(name, 0))
        rows.append(row)
    types = dict.fromkeys(WORDS, "str") | dict.fromkeys(COUNTS, "int64")
    order = ["file", "sha256", "format", "encoding", *COUNTS[:3], "roles", *COUNTS[3:]]
    return pd.DataFrame(rows)[[*order, "date_order", "note"]].astype(types)


def report(files: pd.DataFrame, dates: pd.Series, opened: Iterable[Opened]) -> None:
    """One line per file: announced, read, rejected, roles; many small files are summed up.

    Dates in the future are said and nothing more: what is kept must not depend on the day. A study
    that runs unattended does not say it either, for its pages are compared byte by byte.
    """
    ahead = int((dates > _today() + pd.Timedelta(days=1)).sum())
    if ahead and not os.environ.get("MEDIAFRAMES_OUT"):
        say(f"{ahead:,} DATES LIE IN THE FUTURE; look at corpus.docs.sort_values('date').tail()")
    gap = files["announced"] - files["read"] - files["rejected"]
    # in a sum over files, what one lacks must not be made up by what another has too much
    files = files.assign(missing=gap.clip(lower=0), surplus=(-gap).clip(lower=0))
    folders = files["file"].str.rpartition("/")[0]
    groups = files.groupby([folders, "format", "encoding", "roles", "note"], sort=True)
    for (folder, *_), group in groups:
        if len(group) <= MANY:
            for _, row in group.iterrows():
                say(_line(row["file"], row))
            continue
        total = group.iloc[0].copy()
        some = ", ".join(group["file"].str.rpartition("/")[2].iloc[:3])
        numeric = group.select_dtypes("number")
        total[numeric.columns] = numeric.sum()
        shown = f" ({some}, ...)" if "does not fit" in total["note"] else ""
        say(_line(f"{len(group)} files in {folder or 'the folder'}{shown}", total))
    names = [file.source.name for file in unread(opened)]
    _warn(len(names), "FILES WERE NOT READ", names)
    for column, what in (
        ("missing", "ANNOUNCED ARTICLES WERE NOT FOUND"),
        ("breaks_off", "FILES BREAK OFF"),
    ):
        concerned = files[files[column] > 0]
        _warn(int(concerned[column].sum()), what, concerned["file"].tolist())


def unread(opened: Iterable[Opened]) -> list[Opened]:
    """Files that were not read, but for those that nobody expects to be."""
    skipped = [file for file in opened if file.batch is None and not file.archive]
    return [file for file in skipped if not file.skipped.startswith(EXPECTED)]


def _warn(count: int, what: str, names: list[str]) -> None:
    """What must not be overlooked, below all lines."""
    if names:
        more = f" and {len(names) - MANY} more" if len(names) > MANY else ""
        say(f"WARNING: {count:,} {what}: {', '.join(names[:MANY])}{more}; see corpus.files")


def _today() -> pd.Timestamp:
    return pd.Timestamp.now().normalize()


def _unreadable(row: pd.Series) -> str:
    if not row["dates_unreadable"]:
        return ""
    impossible = row["dates_impossible"]
    more = f" ({impossible} of them name a day that does not exist)" if impossible else ""
    return f"{row['dates_unreadable']} dates unreadable{more}"


def _line(name: str, row: pd.Series) -> str:
    if row["format"] in ("not read", ARCHIVE):
        return f"{name}: {row['note']}"
    kind = ", ".join(part for part in (row["format"], row["encoding"]) if part)
    counts = f"{row['announced']:,} announced, {row['read']:,} read, {row['rejected']:,} rejected"
    extras = [
        f"{row['missing']} ANNOUNCED ARTICLES NOT FOUND" if row["missing"] else "",
        f"{row['surplus']} more than announced" if row["surplus"] else "",
        f"broken letters (Ã¼) mended in {row['repaired']} article{'s'[row['repaired'] == 1 :]}, "
        f"{row['repaired_places']} place{'s'[row['repaired_places'] == 1 :]}"
        if row["repaired"]
        else "",
        f"{row['with_html']} texts hold HTML tags, which `clean` takes out"
        if row["with_html"]
        else "",
        _unreadable(row),
        f"{row['dates_too_late']} DATES LATER THAN THE DAY OF RETRIEVAL in the same record"
        if row["dates_too_late"]
        else "",
        f"{row['dates_guessed']} dates guessed ({row['date_order'] or 'two-digit year'}; "
        "see day_first=)"
        if row["dates_guessed"]
        else "",
        row["note"],
    ]
    more = "".join(f"; {extra}" for extra in extras if extra)
    return f"{name}: {kind}: {counts}{more};\n    {row['roles']}"
