"""How well `clean` finds the article in scraped text, scored as trafilatura scores itself.

Run ``python -m tests.quality.cleaning FOLDER`` with the folder of the real data sets. Sites are
split in two halves by the hash of their host: one half ("tuned") is for trying constants and
phrases, the other ("held out") is what counts. (The rules were first written from general
knowledge, after a look at a few dozen segments of both halves; later phrases, the words of the site
and the caption marks after reading what went wrong on the tuned half alone.) What counts is cross-
validated over sites: weights and threshold of the line model from four fifths of the sites, scored
on the fifth (tests/quality/fit_lines.py). The scored text is the article as trafilatura puts it
out: lead, body and subheadings; `docs.text` has no subheadings.
"""

import gzip
import hashlib
import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd

import mediaframes.corpus.cleaning as cleaning
from mediaframes.corpus.articles import Corpus
from mediaframes.corpus.language import language
from mediaframes.corpus.reading import read
from tests.quality.fit_lines import cross_validated, load

REACH = {"F1": 0.90, "recall": 0.95}
SECONDS = 7.0  # of CPU for the 7,136 articles of FANG-COVID
PAGES = Path("boilerplate_trafilatura_de_en") / "pages_naive_text.jsonl.gz"


def half(url: str) -> str:
    """Which half a site belongs to; all pages of a host fall into the same."""
    host = urlsplit(url).netloc.removeprefix("www.")
    return ("tuned", "held out")[hashlib.sha256(host.encode()).digest()[0] % 2]


def pages(shared: Path) -> list[dict[str, object]]:
    """The pages with their gold segments."""
    with gzip.open(shared / PAGES, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def cleaned(rows: list[dict[str, object]], *, titles: bool = False) -> Corpus:
    """The pages as a corpus, cleaned; without their titles, as a scraper of text has none."""
    frame = pd.DataFrame(
        {
            "text": [row["naive_text"] for row in rows],
            "title": [row.get("title") if titles else None for row in rows],
            "outlet": [urlsplit(str(row["url"])).netloc for row in rows],
            "language": [row["lang"] if row["lang"] in ("de", "en") else None for row in rows],
        },
        index=[f"{n:04d}" for n in range(len(rows))],
    )
    return cleaning.clean(Corpus.from_frame(frame))


def score(rows: Iterable[dict[str, object]], texts: Iterable[str]) -> dict[str, float]:
    """Segments that should be there and are (true positives), and so on, as trafilatura counts."""
    tp = fn = fp = tn = 0
    for row, text in zip(rows, texts, strict=True):
        plain = " ".join(text.split())
        for segment in row["with"]:
            found = " ".join(segment.split()) in plain
            tp, fn = tp + found, fn + (not found)
        for segment in row["without"]:
            found = " ".join(segment.split()) in plain
            fp, tn = fp + found, tn + (not found)
    precision, recall = tp / max(1, tp + fp), tp / max(1, tp + fn)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return {"precision": precision, "recall": recall, "F1": f1}


def measure(shared: Path) -> pd.DataFrame:
    """Quality of cleaning: columns quality, on, value, reach."""
    rows = pages(shared)
    corpus = cleaned(rows)
    names = [f"{n:04d}" for n in range(len(rows))]
    inside = corpus.parts[corpus.parts["part"].isin(("lead", "body", "subheading"))]
    texts = inside.groupby("id")["text"].agg("\n".join).reindex(names).fillna("")
    naive = [str(row["naive_text"]) for row in rows]
    table = _table(rows, cross_validated(load(shared, teach=True)), ", sites left out", REACH)
    table += _table(rows, list(texts), ", weights as shipped", {})
    table += _table(rows, naive, ", naive text", {})
    right = sample_lines(Path(__file__).resolve().parents[2] / "data" / "sample")
    for part, value in right.items():
        what = {"quality": f"lines with the right part: {part}", "on": "sample corpus, gold lines"}
        table.append({**what, "value": round(value, 3), "reach": None})
    return pd.DataFrame([*table, *_clean_corpora(shared)])


def _table(
    rows: list[dict[str, object]], texts: list[str], how: str, reach: dict[str, float]
) -> list[dict[str, object]]:
    """Precision, recall and F1 on all pages, per language and per half."""
    groups = {
        "all": [True] * len(rows),
        **{name: [_language(row) == name for row in rows] for name in ("de", "en", "other")},
        **{name: [half(str(row["url"])) == name for row in rows] for name in ("held out", "tuned")},
    }
    table: list[dict[str, object]] = []
    for name, chosen in groups.items():
        picked = [n for n, one in enumerate(chosen) if one]
        for what, value in score([rows[n] for n in picked], [texts[n] for n in picked]).items():
            row = {"quality": f"cleaning {what}{how}", "on": f"trafilatura pages, {name}"}
            wanted = reach.get(what) if name == "all" else None
            table.append({**row, "value": round(value, 3), "reach": wanted})
    return table


def sample_lines(folder: Path) -> dict[str, float]:
    """Share of the sample's gold lines that get their part, in all and per part.

    Gold and found pieces are laid over each other by characters (without blanks and full stops,
    which stand on either side of a credit), as the readers may have mended letters or lines.
    """
    gold = pd.read_csv(folder / "gold" / "lines.csv", keep_default_na=False)
    corpus = language(read(folder / "articles"), languages=("de", "en"))
    parts = dict(list(cleaning.clean(corpus).parts.groupby("id")))
    right: dict[str, list[bool]] = {}
    for name, rows in gold.groupby("id"):
        found = parts.get(name)
        spread = [] if found is None else _spread(found)
        at = 0
        for part, text in zip(rows["part"], rows["text"], strict=True):
            size = len("".join(text.replace(".", "").split()))
            here = spread[at : at + size]
            right.setdefault(part, []).append(here.count(part) * 2 > size)
            at += size
    every = [one for values in right.values() for one in values]
    shares = {part: sum(values) / len(values) for part, values in sorted(right.items())}
    return {"all": sum(every) / len(every), **shares}


def _spread(parts: pd.DataFrame) -> list[str]:
    return [
        part
        for part, text in zip(parts["part"], parts["text"], strict=True)
        for _ in "".join(text.replace(".", "").split())
    ]


def _language(row: dict[str, object]) -> str:
    return str(row["lang"]) if row["lang"] in ("de", "en") else "other"


def _clean_corpora(shared: Path) -> list[dict[str, object]]:
    """Articles that need little cleaning must pass nearly unchanged."""
    table: list[dict[str, object]] = []
    for name, frame in _texts(shared):
        start = time.process_time()
        corpus = cleaning.clean(Corpus.from_frame(frame))
        seconds = time.process_time() - start
        before = frame["text"].str.replace(r"\s", "", regex=True).str.len().sum()
        after = corpus.docs["text"].str.replace(r"\s", "", regex=True).str.len().sum()
        table.append(
            {"quality": "share of characters kept", "on": name, "value": round(after / before, 4)}
        )
        limit = {"reach": SECONDS} if name == "fang_covid_de" else {}
        table.append(
            {"quality": "CPU seconds of cleaning", "on": name, "value": round(seconds, 1), **limit}
        )
        again = cleaning.clean(Corpus.from_frame(corpus.docs))
        same = (again.docs["text"].reindex(corpus.docs.index) == corpus.docs["text"]).mean()
        table.append(
            {"quality": "texts equal when cleaned anew", "on": name, "value": round(same, 4)}
        )
    return table


def _texts(shared: Path) -> Iterable[tuple[str, pd.DataFrame]]:
    fang = pd.read_json(shared / "fang_covid_de" / "articles.jsonl.gz", lines=True)
    yield (
        "fang_covid_de",
        pd.DataFrame(
            {
                "text": fang["article"],
                "title": fang["header"],
                "outlet": fang["source"],
                "language": "de",
            }
        ).set_axis(fang["id"].astype(str)),
    )
    narrative = pd.read_csv(shared / "narrative_frames_en" / "articles_metadata.tsv.gz", sep="\t")
    yield (
        "narrative_frames_en",
        pd.DataFrame(
            {"text": narrative["text"], "outlet": narrative["source"], "language": "en"}
        ).set_axis(narrative["ID"].astype(str)),
    )


if __name__ == "__main__":
    with pd.option_context(
        "display.width", 160, "display.max_rows", None, "display.max_colwidth", 60
    ):
        print(measure(Path(sys.argv[1])).to_string(index=False))
