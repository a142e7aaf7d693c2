"""From a Parquet file to clean articles without their copies: 100,000 of them, stage by stage.

Run as ``python -m tests.bench.intake FOLDER [ARTICLES]`` from the project's folder. The articles
are grown from real ones: each has as many paragraphs as a real article of its outlet, drawn from
all paragraphs of the outlet. One in ten is a copy of another, and every third of those shortened,
every third edited. They are kept in a folder for temporary files.
"""

import gzip
import hashlib
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ARTICLES = 100_000
SEED = 20_261_123
COPIES = 10  # each so-manieth article is a copy of an earlier one
LIMIT_SECONDS, LIMIT_GIB = 180, 4
STAGES = ("import", "read", "language", "clean", "dedupe")


def bench(shared: Path, articles: int = ARTICLES) -> pd.DataFrame:
    """``what ours_seconds peer peer_seconds ratio``: CPU seconds per stage, and the whole."""
    file = grown(shared, articles)
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.intake", "--measure", str(file)],
        check=True,
        capture_output=True,
        text=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    total = sum(found["seconds"].values())
    rows = [
        (f"{articles:,} articles from Parquet: {stage} ({seconds / total:.0%})", seconds)
        for stage, seconds in found["seconds"].items()
    ]
    whole = f"{articles:,} articles from Parquet, all (limit {LIMIT_SECONDS} s); peak memory "
    rows.append((whole + f"{found['gib']:.2f} GiB (limit {LIMIT_GIB})", total))
    table = pd.DataFrame(rows, columns=["what", "ours_seconds"])
    return table.assign(peer="", peer_seconds=np.nan, ratio=np.nan)


def measure(file: Path) -> dict[str, Any]:
    """CPU seconds of each stage in this process (with what it imports), and its peak memory."""
    seconds, last = {}, 0.0

    def note(stage: str) -> None:
        nonlocal last
        now = time.process_time()
        seconds[stage], last = now - last, now

    import mediaframes as mf

    note("import")
    corpus = mf.read(file)
    note("read")
    corpus = mf.language(corpus)  # first, as in the README: clean chooses its rules by it
    note("language")
    corpus = mf.clean(corpus)
    note("clean")
    corpus = mf.dedupe(corpus)
    note("dedupe")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    groups = int((corpus.docs["group_size"] > 1).sum())
    return {"seconds": seconds, "gib": peak, "articles": len(corpus), "in_groups": groups}


def grown(shared: Path, articles: int) -> Path:
    """The Parquet file with so many grown articles, written once."""
    code = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:8]
    folder = Path(tempfile.gettempdir()) / "mediaframes-bench"
    file = folder / f"grown-{articles}-{code}.parquet"
    if not file.exists():
        folder.mkdir(exist_ok=True)
        part = file.with_suffix(".part")
        grow(shared, articles).to_parquet(part, index=False)
        part.rename(file)
    return file


def grow(shared: Path, articles: int) -> pd.DataFrame:
    """``id title text date outlet`` of so many articles."""
    real = _real(shared)
    rng = np.random.default_rng(SEED)
    pools = {name: np.concatenate(part.to_list()) for name, part in real.groupby("outlet")["lines"]}
    like = real.iloc[rng.integers(0, len(real), articles)]
    texts: list[str] = []
    for number, (outlet, lines) in enumerate(zip(like["outlet"], like["lines"], strict=True)):
        if number % COPIES == COPIES - 1:
            texts.append(_copy(texts[rng.integers(0, number)], number // COPIES % 3, rng))
        else:
            texts.append("\n".join(rng.choice(pools[outlet], len(lines))))
    return pd.DataFrame(
        {
            "id": [f"g{number:06d}" for number in range(articles)],
            "title": like["title"].to_numpy(),
            "text": texts,
            "date": like["date"].to_numpy(),
            "outlet": like["outlet"].to_numpy(),
        }
    )


def _copy(text: str, kind: int, rng: np.random.Generator) -> str:
    """The text as it is, its first three quarters, or with one word in fifty another."""
    if kind == 1:
        lines = text.split("\n")
        return "\n".join(lines[: max(1, 3 * len(lines) // 4)])
    if kind == 2:
        words = text.split(" ")
        for place in rng.integers(0, len(words), len(words) // 50):
            words[place] = "anders"
        return " ".join(words)
    return text


def _real(shared: Path) -> pd.DataFrame:
    """``outlet title date lines`` of the real articles."""
    with gzip.open(shared / "fang_covid_de" / "articles.jsonl.gz", "rt", encoding="utf-8") as file:
        german = pd.DataFrame([json.loads(line) for line in file])
    german = german.rename(columns={"source": "outlet", "header": "title", "article": "text"})
    english = pd.read_csv(shared / "uk_immigration_news_2014_en" / "immigrationnews.csv.gz")
    days = pd.Timestamp("2013-12-31") + pd.to_timedelta(english["day"], unit="D")
    english = english.assign(
        outlet=english["paper"], title=english["paper"], date=days.dt.strftime("%Y-%m-%d")
    )
    # the lines above the first paragraph are the database's
    english["text"] = english["text"].str.replace(r"^(?:\S+ ?){0,14}\n", "", regex=True)
    real = pd.concat([german, english], ignore_index=True)
    real["lines"] = [
        np.array([line for line in re.split(r"\n\s*", text) if line] or ["-"], dtype=object)
        for text in real["text"]
    ]
    return real[["outlet", "title", "date", "lines"]]


if __name__ == "__main__":
    if sys.argv[1] == "--measure":
        print(json.dumps(measure(Path(sys.argv[2]))))
    else:
        n = int(sys.argv[2]) if len(sys.argv) > 2 else ARTICLES
        print(bench(Path(sys.argv[1]), n).round(2).to_string(index=False))
