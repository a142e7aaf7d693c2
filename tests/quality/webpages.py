"""How well web pages are read, scored as trafilatura scores itself, beside trafilatura alone.

Run as ``python -m tests.quality.webpages FOLDER`` from the project's folder. The parts that count
as text are lead, body and subheadings: the gold segments hold headings. ``docs.text`` alone has no
subheadings, which costs recall of these segments and gains precision.
"""

import re
import resource
import sys
import tarfile
import tempfile
import time
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from mediaframes.corpus._headline import letters
from mediaframes.corpus.articles import Corpus
from mediaframes.corpus.cleaning import clean
from mediaframes.corpus.pool import Job, Pool
from mediaframes.corpus.readers import Batch, Options
from mediaframes.corpus.readers._webpage import Html
from mediaframes.corpus.reading import read
from mediaframes.corpus.webpage import quiet
from tests.quality.cleaning import half, pages, score

PAGES = Path("boilerplate_trafilatura_de_en") / "html.tar.xz"
TEXT = ("lead", "body", "subheading")
TIMED = 200  # pages whose reading is timed
ON = "trafilatura pages (HTML)"
_BETWEEN = re.compile(r"[;,/&]|\b(?:and|und|et|y|e)\b")
Row = dict[str, Any]


def measure(shared: Path) -> pd.DataFrame:
    """One row per quality: ``quality on value reach``."""
    rows = pages(shared)
    with tempfile.TemporaryDirectory() as name:
        with tarfile.open(shared / PAGES) as archive:
            archive.extractall(name, filter="data")
        folder = Path(name) / "html"
        corpus = read(folder)
        files = [folder / str(row["file"]) for row in rows]
        alone = [_trafilatura(file, str(row["url"])) for file, row in zip(files, rows, strict=True)]
        seconds = {count: _seconds(files[:TIMED], count) for count in (1, 2)}
    cleaned = clean(corpus)
    ids = _ids(corpus, rows)
    texts = _joined(cleaned, TEXT)
    table = [
        *_segments(rows, alone, [texts.get(name, "") for name in ids]),
        *_f1("docs.text: lead and body", rows, _texts(cleaned, ids)),
        *_f1("before clean", rows, _texts(corpus, ids)),
        *_fields(rows, corpus.docs.reindex(ids)),
        _lines(corpus),
        *(
            {"quality": f"{what} seconds per page, {count} process{'es' * (count > 1)}", "on": ON,
             "value": round(value, 4)}
            for count, values in seconds.items()
            for what, value in zip(("wall", "CPU"), values, strict=True)
        ),
    ]  # fmt: skip
    return pd.DataFrame(table, columns=["quality", "on", "value", "reach"])


def _trafilatura(file: Path, url: str) -> str:
    from trafilatura import extract

    quiet()
    return extract(file.read_bytes(), url=url, include_comments=False) or ""


def _ids(corpus: Corpus, rows: Sequence[Row]) -> list[str]:
    """The article of each page; file names are composed letters, in the gold table perhaps not."""
    names = {
        unicodedata.normalize("NFC", file): id_ for id_, file in corpus.docs["source_file"].items()
    }
    return [names.get(unicodedata.normalize("NFC", str(row["file"])), "") for row in rows]


def _texts(corpus: Corpus, ids: Sequence[str]) -> list[str]:
    return [corpus.docs["text"].get(name, "") for name in ids]


def _joined(corpus: Corpus, parts: Sequence[str]) -> pd.Series:
    kept = corpus.parts[corpus.parts["part"].isin(parts)]
    return kept.groupby("id")["text"].agg("\n".join)


def _segments(rows: Sequence[Row], alone: Sequence[str], ours: Sequence[str]) -> list[Row]:
    """F1 of text and subheadings on all pages, by language, and on the sites held out."""
    groups: dict[str, Callable[[Row], bool]] = {
        "": lambda row: True,
        ", de": lambda row: row["lang"] == "de",
        ", en": lambda row: row["lang"] == "en",
        ", other": lambda row: row["lang"] not in ("de", "en"),
        ", held out": lambda row: half(str(row["url"])) == "held out",
    }
    table: list[Row] = []
    for name, chosen in groups.items():
        places = [n for n, row in enumerate(rows) if chosen(row)]
        picked = [rows[n] for n in places]
        them = score(picked, [alone[n] for n in places])
        us = score(picked, [ours[n] for n in places])
        for key, value in us.items():
            table.append(
                {
                    "quality": f"web pages {key}",
                    "on": ON + name,
                    "value": round(value, 4),
                    "reach": round(them[key], 4) if key == "F1" and not name else None,
                }
            )
            quality = f"web pages {key} (trafilatura alone)"
            table.append({"quality": quality, "on": ON + name, "value": round(them[key], 4)})
    return table


def _f1(name: str, rows: Sequence[Row], texts: Sequence[str]) -> list[Row]:
    value = round(score(rows, texts)["F1"], 4)
    return [{"quality": f"web pages F1 ({name})", "on": ON, "value": value}]


def _fields(rows: Sequence[Row], docs: pd.DataFrame) -> list[Row]:
    """Title, author and day against the gold fields: right, wrong, missing, of those given."""
    table: list[Row] = []
    found = {
        "title": [_plain(value) for value in docs["title"]],
        "author": [_plain(value) for value in docs["author"]],
        "date": [None if pd.isna(value) else f"{value:%Y-%m-%d}" for value in docs["date"]],
    }
    for name, values in found.items():
        gold = [_gold(row.get(name)) for row in rows]
        given = [(g, v) for g, v in zip(gold, values, strict=True) if g]
        right = sum(v is not None and _same(name, g, v) for g, v in given)
        missing = sum(v is None for _, v in given)
        on = f"{ON}, {len(given)} with gold"
        for what, count in (
            ("right", right),
            ("missing", missing),
            ("wrong", len(given) - right - missing),
        ):
            share = round(count / max(1, len(given)), 4)
            table.append({"quality": f"{name} {what}", "on": on, "value": share})
    return table


def _gold(value: Any) -> str | None:
    return _plain("; ".join(value) if isinstance(value, list) else value)


def _plain(value: Any) -> str | None:
    if value is None or pd.isna(value):
        return None
    return " ".join(str(value).split()).casefold() or None


def _same(name: str, gold: str, found: str) -> bool:
    """Dates as they are. Titles and authors by their letters, also where one holds the other
    (kickers, firms); authors also name by name, whatever stands between them."""
    if name == "date":
        return gold == found
    if name == "author" and _persons(gold) == _persons(found):
        return True
    return letters(gold) in letters(found) or letters(found) in letters(gold)


def _persons(text: str) -> set[str]:
    names = {letters(name) for name in _BETWEEN.split(text.removeprefix("von "))}
    return names - {""}


def _lines(corpus: Corpus) -> Row:
    """Lines of the articles that stand among the visible lines in the order of the text."""
    kept = corpus.parts[corpus.parts["part"] == "text"].groupby("id")["text"].agg("\n".join)
    same = kept.reindex(corpus.docs.index).eq(corpus.docs["text"]).mean()
    return {"quality": "texts whose lines are those of the page, in order", "on": ON,
            "value": round(float(same), 4), "reach": 1}  # fmt: skip


def _seconds(files: Sequence[Path], processes: int) -> tuple[float, float]:
    """Wall and CPU seconds per page, with the start of the processes."""
    begin, used = time.perf_counter(), _cpu()
    pool, reader = Pool(processes), Html()
    found: list[Batch] = []
    try:
        for place, file in enumerate(files):
            job = Job(place, reader, file.read_bytes(), file.name, Options())
            found += [batch for _, batch in pool.add(job) if isinstance(batch, Batch)]
        found += [batch for _, batch in pool.finish() if isinstance(batch, Batch)]
    finally:
        pool.close()
    assert len(found) == len(files)
    return (time.perf_counter() - begin) / len(files), (_cpu() - used) / len(files)


def _cpu() -> float:
    """Of this process and of those that have ended."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(who) for who in whose]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    with pd.option_context("display.width", 160, "display.max_rows", None):
        print(measure(Path(sys.argv[1])).to_string(index=False, na_rep="-", max_colwidth=90))
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB at most")
