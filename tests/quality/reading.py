"""How well `read` understands the exports of press databases, against what is known of real files.

Run as ``python -m tests.quality.reading FOLDER`` from the project's folder. The real files lie in
``press_exports``, a folder for each format, with an ``expected.json``: how many articles a file
holds, and title, outlet, date, first and last words of some of them.

Where lines stand above a headline (an edition, a kicker, the first line of several), the records
of APA and DeFacto call the first of them the title "as printed", and say that a person would take
another. The reader takes the headline and keeps the lines above as ``edition`` and ``kicker``. So
fields are counted twice: as the record has them, and where title and first words may be found in
these lines in the order of print, without tags of highlighted hits.
"""

import contextlib
import io
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from mediaframes.corpus.articles import Corpus
from mediaframes.corpus.readers import reader_for
from mediaframes.corpus.readers._archives import unpacked
from mediaframes.corpus.reading import read
from mediaframes.errors import InputError

FIELDS = ("title", "outlet", "date", "first words", "last words")
# readers of any table or text: no sign that the format is known
GENERAL = {"CSV", "JSON", "Parquet", "text"}
REACH = ">= 0.99"
_TAG = re.compile(r"<[^<>]+>")


class _Counts(NamedTuple):
    """Articles there are, accounted for; fields known, right, right in the order of print."""

    articles: int = 0
    accounted: int = 0
    fields: int = 0
    right: int = 0
    printed: int = 0

    def __add__(self, other: object) -> "_Counts":
        assert isinstance(other, _Counts)
        return _Counts(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


def measure(shared: Path) -> pd.DataFrame:
    """One row per quality: ``quality on value reach`` (reach: what should be reached).

    Articles are read or named as lost: one that is neither, and one too many, count against it.
    Formats without a reader, and files whose articles nobody counted, are named with no value.
    """
    rows: list[tuple[str, str, float, str]] = []
    total = _Counts()
    for path in sorted((shared / "press_exports").glob("*/expected.json")):
        counts = _Counts()
        unknown = []
        for expected in json.loads(path.read_text(encoding="utf-8")):
            file = path.parent / expected["file"]
            if not _has_reader(file):
                unknown.append(file.name)
            elif expected.get("n_articles") is not None:
                counts += _count(file, expected)
        folder = path.parent.name
        if unknown:
            rows.append((f"no reader for {len(unknown)} files", folder, float("nan"), "-"))
        elif not counts.articles:
            rows.append(("read, but its articles are not counted", folder, float("nan"), "-"))
        rows += _shares(folder, counts)
        total += counts
    rows += _shares("all press exports", total)
    return pd.DataFrame(rows, columns=["quality", "on", "value", "reach"])


def _shares(on: str, counts: _Counts) -> Iterator[tuple[str, str, float, str]]:
    if counts.articles:
        share = counts.accounted / counts.articles
        yield (f"articles read or named as lost, of {counts.articles}", on, share, "1")
    if counts.fields:
        share = counts.right / counts.fields
        yield (f"fields right, of {counts.fields}", on, share, REACH)
        if counts.printed != counts.right:
            printed = counts.printed / counts.fields
            yield (f"fields right in the order of print, of {counts.fields}", on, printed, REACH)


def _has_reader(file: Path) -> bool:
    try:
        reader = reader_for(unpacked(file.read_bytes(), file=file.name).data or b"", file.name)
    except InputError:
        return False
    return reader is not None and reader.name not in GENERAL


def _count(file: Path, expected: dict[str, Any]) -> _Counts:
    """One file against its record; one that cannot be read has nothing right."""
    articles = expected["n_articles"]
    # an article known to be without text is lost by right, which is counted above
    known = [item for item in expected.get("articles", []) if _has_text(item)]
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            corpus = read(file)
    except InputError:  # of a file without an article, that is the right answer
        return _Counts(articles, 0, len(known) * len(FIELDS), 0, 0)
    found = len(corpus.docs) + len(corpus.left_out)
    extra = max(len(corpus.docs) - articles, 0)
    accounted = max(min(found, articles) - extra, 0)
    read_of = _fields_of(corpus)
    right = sum(sum(_best(read_of, article)) for article in known)
    printed = sum(sum(_best(read_of, article, printed=True)) for article in known)
    return _Counts(articles, accounted, len(known) * len(FIELDS), right, printed)


def _has_text(article: dict[str, Any]) -> bool:
    return bool(article.get("body_first_8_words") or article.get("body_first_16_chars"))


def _fields_of(corpus: Corpus) -> list[dict[str, str | None]]:
    """What was read of each article, all white space away (Japanese is written without)."""
    docs = corpus.docs.reindex(columns=["edition", "kicker", "title", "outlet", "date", "text"])
    fields = []
    for _, row in docs.iterrows():
        item = {name: _bare(row[name]) for name in ("title", "outlet")}
        item["date"] = None if pd.isna(row["date"]) else f"{row['date']:%Y-%m-%d}"
        item["text"] = _bare(row["text"]) or ""
        lines = ("edition", "kicker", "title", "text")
        item["printed"] = "".join(_bare(row[name]) or "" for name in lines)
        fields.append(item)
    return fields


def _best(
    read_of: list[dict[str, str | None]], article: dict[str, Any], *, printed: bool = False
) -> list[bool]:
    """Which fields are right in the article that fits a known one best.

    A corpus is sorted by id, so an article's place in the file is no longer to be seen. One that
    shares neither title nor words with the known one is another article.
    """
    unit = "8_words" if "body_first_8_words" in article else "16_chars"
    first, last = (_bare(article.get(f"body_{end}_{unit}")) or " " for end in ("first", "last"))
    wanted = {name: _bare(article.get(name)) for name in ("title", "outlet", "date")}
    plain = _bare(_TAG.sub("", article.get("title") or "")) or " "
    best = [False] * len(FIELDS)
    for item in read_of:
        text, lines = item["text"] or "", item["printed"] or ""
        title, outlet, date = (item[name] == value for name, value in wanted.items())
        # where the file does not say the outlet, the format may: Kikuzo is the Asahi Shimbun
        outlet |= wanted["outlet"] is None
        words = [text.startswith(first), text.endswith(last)]
        if (title and wanted["title"]) or any(words):
            above = printed and lines.startswith(plain)
            words[0] |= above and lines[len(plain) :].startswith(first)
            best = max(best, [title or above, outlet, date, *words], key=sum)
    return best


def _bare(value: Any) -> str | None:
    return None if value is None or pd.isna(value) else "".join(str(value).split())


if __name__ == "__main__":
    print(measure(Path(sys.argv[1])).to_string(index=False, max_colwidth=90))
