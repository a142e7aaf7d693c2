"""Words counted, beside scikit-learn's CountVectorizer; terms found, beside regular expressions."""

import os
import re
import threading
import time
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import mediaframes as mf
from mediaframes.text import Rules

REPEATS = 3  # the fastest counts: the others waited for something else


def _seconds(work: Any) -> float:
    times = []
    for _ in range(REPEATS):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return min(times)


# scikit-learn's pattern and what it leaves out, and ours as a regular expression
PATTERNS = {
    "runs of letters and digits": (
        r"(?u)\b\w\w+\b",
        Rules(hyphens="split", apostrophes="split", numbers="split", urls="split"),
    ),
    "words as by default": (
        r"[^\W_]+(?:(?:(?<=[^\W\d_])'(?=[^\W\d_])|-(?=[^\W_])|(?<=\d)[.,](?=\d))[^\W_]+)*",
        Rules(urls="split"),
    ),
}
GROWN = 100_000


def _plain(text: str) -> str:
    """The text without what regular expressions and Unicode's words see differently."""
    text = "".join(
        " " if c == "_" else c
        for c in text
        if unicodedata.category(c)[0] not in "MC" or c.isspace()
    )
    return re.sub(r"(?<=[^\W_])['’]s\b", "", text.replace("’", "'"), flags=re.I)


def _peak(work: Any) -> float:
    """By how many bytes the resident memory grows while `work` runs, sampled every 5 ms."""
    import psutil

    process, done, most = psutil.Process(), threading.Event(), [0]
    before = process.memory_info().rss

    def watch() -> None:
        while not done.wait(0.005):
            most[0] = max(most[0], process.memory_info().rss - before)

    watcher = threading.Thread(target=watch)
    watcher.start()
    work()
    done.set()
    watcher.join()
    return float(most[0])


def _counting(name: str, corpus: mf.Corpus) -> list[tuple[str, float, str, float]]:
    """Rows for the table: both patterns, in one run, on one thread."""
    from sklearn.feature_extraction.text import CountVectorizer

    texts = corpus.docs["text"].tolist()
    size = sum(len(text.encode()) for text in texts)
    rows = []
    for what, (pattern, rules) in PATTERNS.items():
        chosen = {"stop_words": False, "numbers": True, "rules": rules}
        mf.count(mf.Corpus.from_frame(corpus.docs.iloc[:2]), **chosen)  # compiles
        ours = _seconds(lambda chosen=chosen: mf.count(corpus, **chosen))
        peak = _peak(lambda chosen=chosen: mf.count(corpus, **chosen)) / size
        peer = CountVectorizer(token_pattern=pattern)
        begin = time.process_time()
        peer.fit_transform(texts)
        seconds = time.process_time() - begin
        ours_words = set(mf.count(corpus, **chosen).vocabulary)
        theirs = {word for word in peer.get_feature_names_out() if len(word) > 1}
        label = f"{name}: articles to counts, {what}, {len(texts)} articles"
        label += f" ({len(ours_words)} words, {len(ours_words ^ theirs)} others in the peer's; "
        rows.append((f"{label}memory {peak:.2f} x text)", ours, "CountVectorizer", seconds))
    return rows


def bench(shared: Path) -> pd.DataFrame:
    """``what ours_seconds peer peer_seconds ratio`` (CPU seconds, one thread)."""
    os.environ["MEDIAFRAMES_THREADS"] = "1"
    corpus = mf.language(mf.read(shared / "fang_covid_de" / "articles.jsonl.gz"), languages=["de"])
    tokens = mf.tokenize(corpus)  # also compiles the kernels
    texts = corpus.docs["text"].tolist()
    plain = corpus.docs.assign(text=[_plain(text) for text in texts])
    counting = _counting("fang_covid_de", mf.Corpus.from_frame(plain))
    english = pd.read_csv(shared / "uk_immigration_news_2014_en" / "immigrationnews.csv.gz")
    few_english = [_plain(str(text)) for text in english["text"]]
    grown = pd.DataFrame({"text": [few_english[k % len(few_english)] for k in range(GROWN)]})
    counting += _counting("uk_immigration_news, grown", mf.Corpus.from_frame(grown))
    del grown
    # the regular expressions take minutes for all articles: both sides get each twentieth
    few = tokens.where(np.arange(len(texts)) % 20 == 0)
    few_texts = few.docs["text"].tolist()
    codebook = mf.read_codebook("data/codebooks/policy-frames.yml")
    patterns = [
        re.compile(
            r"\b(?:" + "|".join(re.escape(t).replace(r"\*", r"\w*") for t in terms) + r")\b", re.I
        )
        for frame in codebook.frames
        if (terms := [str(getattr(t, "text", t)) for t in frame.terms.get("de", ())])
    ]
    rows = [
        *counting,
        (
            "articles to tokens with spans and sentences to counts",
            _seconds(lambda: mf.count(mf.tokenize(corpus), stop_words=False)),
            "CountVectorizer",
            counting[0][3],
        ),
        (
            f"codebook hits with spans, {len(few_texts)} articles",
            _seconds(lambda: mf.apply_codebook(few, codebook)),
            "one compiled re alternation per frame",
            _seconds(lambda: [[p.findall(text) for text in few_texts] for p in patterns]),
        ),
    ]
    table = pd.DataFrame(rows, columns=["what", "ours_seconds", "peer", "peer_seconds"])
    return table.assign(ratio=table["peer_seconds"] / table["ours_seconds"])
