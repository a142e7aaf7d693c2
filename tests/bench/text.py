"""Words counted, beside scikit-learn's CountVectorizer; terms found, beside regular expressions."""

import re
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import mediaframes as mf

REPEATS = 3  # the fastest counts: the others waited for something else


def _seconds(work: Any) -> float:
    times = []
    for _ in range(REPEATS):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return min(times)


def bench(shared: Path) -> pd.DataFrame:
    """``what ours_seconds peer peer_seconds ratio`` on fang_covid_de (CPU seconds)."""
    from sklearn.feature_extraction.text import CountVectorizer

    corpus = mf.language(mf.read(shared / "fang_covid_de" / "articles.jsonl.gz"), languages=["de"])
    tokens = mf.tokenize(corpus)  # also compiles the kernels
    texts = corpus.docs["text"].tolist()
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
        (
            "articles to counts (spans and sentences included)",
            _seconds(lambda: mf.count(mf.tokenize(corpus), min_docs=5, stop_words=False)),
            "CountVectorizer",
            _seconds(lambda: CountVectorizer(min_df=5).fit_transform(texts)),
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
