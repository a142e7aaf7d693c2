"""`Corpus`: the articles, where they came from, and where each one that is gone went."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from mediaframes._docs import rows_where
from mediaframes.corpus.dates import parse_dates
from mediaframes.errors import InputError
from mediaframes.made import Made, hash_frame, load_value, save_value, summary_html

COLUMNS = ("text", "title", "date", "outlet", "language")
EMPTY = {
    "files": ("file", "sha256", "format", "encoding", "announced", "read", "rejected", "roles"),
    "left_out": ("id", "step", "reason", "file", "row", "start"),
    "parts": ("id", "line", "part", "text", "reason"),
    "copies": ("id_a", "id_b", "jaccard", "containment", "exact", "joined"),
}
START = 80  # characters of an article that is left out, enough to recognize it


def _empty(name: str) -> pd.DataFrame:
    return pd.DataFrame({column: pd.Series(dtype="str") for column in EMPTY[name]})


@dataclass(frozen=True, eq=False)
class Corpus:
    """News articles, one row each, and the record of everything that happened to them.

    Attributes
    ----------
    docs : DataFrame
        One row per article, sorted by its index `id` (so the order of rows in the source files
        never matters); columns ``text title date outlet language`` and whatever else the
        researcher brings. Missing cells are NA (`date`: NaT, days without time of day).
    made : Made
        How the corpus came to be.
    files : DataFrame
        One row per source file: what it announced, what was read, what was rejected.
    left_out : DataFrame
        Every article that is not, or no longer, in `docs`: ``id step reason file row start``.
    parts : DataFrame
        After `clean`: every line of every text with its part and the reason.
    copies : DataFrame
        After `dedupe`: the confirmed pairs of copies.

    Examples
    --------
    >>> corpus = Corpus.from_frame(pd.DataFrame({
    ...     "text": ["Talks resume.", "Prices rise."], "outlet": ["A", "B"]}, index=["a2", "a1"]))
    >>> corpus.docs.index.tolist()
    ['a1', 'a2']
    >>> kept = corpus.where("outlet == 'A'", reason="only outlet A")
    >>> kept.left_out[["id", "reason"]].values.tolist()
    [['a1', 'only outlet A']]
    """

    docs: pd.DataFrame
    made: Made
    files: pd.DataFrame = field(default_factory=lambda: _empty("files"))
    left_out: pd.DataFrame = field(default_factory=lambda: _empty("left_out"))
    parts: pd.DataFrame = field(default_factory=lambda: _empty("parts"))
    copies: pd.DataFrame = field(default_factory=lambda: _empty("copies"))

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, *, made: Made | None = None) -> "Corpus":
        """A corpus from a table the researcher already has.

        Parameters
        ----------
        frame : DataFrame
            Needs a column ``text``; ``title date outlet language`` are filled with NA where
            missing. A column ``id``, or else the index, names the articles.
        made : Made, optional
            How the table came to be; by default its content's hash.

        Raises
        ------
        InputError
            Without a text column, with repeated ids, or with dates that cannot be read.
        """
        if "text" not in frame.columns:
            raise InputError(
                f"no column 'text' (columns: {', '.join(map(str, frame.columns))}); rename the one "
                "that holds the articles, e.g. frame.rename(columns={'body': 'text'})"
            )
        _check_characters(frame["text"])
        docs = frame.set_index("id") if "id" in frame.columns else frame.copy()
        docs.index = _ids(docs.index)
        if docs.index.has_duplicates:
            twice = docs.index[docs.index.duplicated()][0]
            raise InputError(f"the id '{twice}' stands in several rows; make the ids unique")
        for column in COLUMNS:
            kind = "datetime64[us]" if column == "date" else "str"
            if column not in docs.columns:
                docs[column] = pd.Series(
                    pd.NaT if column == "date" else None, docs.index, dtype=kind
                )
        docs["date"] = _as_days(docs["date"])
        for column in ("text", "title", "outlet", "language"):
            docs[column] = docs[column].astype("str")
        docs["text"] = docs["text"].fillna("")
        rest = [column for column in docs.columns if column not in COLUMNS]
        docs = docs[[*COLUMNS, *rest]].sort_index(kind="stable")
        return cls(docs, made or Made.by("from_frame", settings={"content": hash_frame(docs)}))

    def replace(
        self,
        *,
        step: str,
        settings: Mapping[str, Any] | None = None,
        seed: int | None = None,
        left_out: pd.DataFrame | None = None,
        **tables: pd.DataFrame,
    ) -> "Corpus":
        """A new corpus with some tables exchanged and the step added to `made`.

        `left_out` holds rows to add; ``docs files parts copies`` replace what was there.
        """
        if left_out is not None and len(left_out):
            known = [self.left_out] if len(self.left_out) else []
            tables["left_out"] = pd.concat([*known, left_out], ignore_index=True)
        made = Made.by(step, settings=settings, seed=seed, parents=(self.made,))
        return replace(self, made=made, **tables)

    def where(self, condition: "str | pd.Series", *, reason: str) -> "Corpus":
        """The articles for which `condition` holds; the others go to `left_out` with the reason.

        Parameters
        ----------
        condition : str or Series of bool
            A query over the columns of `docs`, e.g. ``"outlet == 'Daily Example'"``, or a mask.
        reason : str
            Why the others are left out, in words a reader of the paper would understand.
        """
        mask = rows_where(self.docs, condition)
        gone = leaving(self.docs[~mask], step="where", reason=reason)
        settings = {"reason": reason, "kept": hash_frame(self.docs.loc[mask, []])}
        return self.replace(step="where", settings=settings, docs=self.docs[mask], left_out=gone)

    @property
    def dropped(self) -> pd.DataFrame:
        """The lines that `clean` took out of the texts, with their reasons."""
        return self.parts[self.parts["part"] == "furniture"]

    @cached_property
    def content_hash(self) -> str:
        """Hash of the articles themselves."""
        return hash_frame(self.docs)

    def save(self, folder: str | Path) -> None:
        """Save to a folder (Parquet and JSON)."""
        tables = ("docs", "files", "left_out", "parts", "copies")
        save_value(folder, self, frames={name: getattr(self, name) for name in tables})

    @classmethod
    def load(cls, folder: str | Path) -> "Corpus":
        """Load what `save` wrote."""
        saved = load_value(folder, "Corpus")
        return cls(made=saved.made, **saved.frames)

    def __len__(self) -> int:
        return len(self.docs)

    def facts(self) -> dict[str, object]:
        """What one wants to know first: sizes, period, outlets, languages, what is missing."""
        dates = self.docs["date"].dropna()
        period = f"{dates.min():%Y-%m-%d} to {dates.max():%Y-%m-%d}" if len(dates) else "no dates"
        languages = self.docs["language"].value_counts().sort_index()
        return {
            "articles": len(self.docs),
            "outlets": self.docs["outlet"].nunique(),
            "period": period,
            "without a date": int(self.docs["date"].isna().sum()),
            "languages": ", ".join(f"{name} {n}" for name, n in languages.items()) or "not known",
            "left out": len(self.left_out),
            "lines dropped": len(self.dropped),
        }

    def __repr__(self) -> str:
        return "Corpus: " + ", ".join(f"{fact} {name}" for name, fact in self.facts().items())

    def _repr_html_(self) -> str:
        return summary_html("Corpus", self.facts())


def leaving(docs: pd.DataFrame, *, step: str, reason: str) -> pd.DataFrame:
    """Rows for `Corpus.left_out`: the articles in `docs`, which leave at `step` for `reason`."""
    file = (
        docs["source_file"] if "source_file" in docs else pd.Series(None, docs.index, dtype="str")
    )
    return pd.DataFrame(
        {
            "id": docs.index.to_numpy(),
            "step": step,
            "reason": reason,
            "file": file.to_numpy(),
            "row": pd.Series(None, docs.index, dtype="str").to_numpy(),
            "start": docs["text"].str.slice(0, START).to_numpy(),
        }
    ).astype("str")


def _ids(index: pd.Index) -> pd.Index:
    if index.hasnans:
        raise InputError(
            f"{int(index.isna().sum())} rows have no id; give each row one, or drop the column 'id'"
        )
    if pd.api.types.is_float_dtype(index.dtype) and (index == index.astype("int64")).all():
        index = index.astype("int64")  # 1.0, as pandas reads whole numbers beside empty cells
    return index.astype("str").rename("id")


def _check_characters(texts: pd.Series) -> None:
    """Halves of surrogate pairs are no characters; Parquet and UTF-8 cannot hold them."""
    if texts.dtype != object:
        return
    for name, text in texts.items():
        if isinstance(text, str) and any("\ud800" <= c <= "\udfff" for c in text):
            raise InputError(
                f"the text of row '{name}' holds broken characters (lone surrogates); read its "
                "file with the right encoding"
            )


def _as_days(dates: pd.Series) -> pd.Series:
    """Dates as days, the day as written: 23:59 in any time zone stays on its day."""
    if pd.api.types.is_datetime64_any_dtype(dates.dtype):
        return dates.dt.tz_localize(None).dt.normalize().astype("datetime64[us]")
    found = parse_dates(dates.astype("object").where(dates.notna(), None).map(_plain_date))
    unread = dates.notna() & found.date.isna()
    if unread.any():
        row = dates.index[unread][0]
        raise InputError(
            f"the date {dates.loc[row]!r} of row '{row}' cannot be read or is not from 1600 to "
            "2100; write 2024-10-24, or leave the cell empty"
        )
    return found.date


def _plain_date(value: object) -> str | None:
    return None if value is None else str(value)
