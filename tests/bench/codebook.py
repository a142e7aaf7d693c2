"""A large codebook over many articles, beside one compiled `re` alternation per frame.

The corpus is grown from real articles: each new article is sentences of two others, so that the
vocabulary stays real and no article stands there twice. The regular expressions would need hours:
they run over a sample of the articles and of the frames, and their time is scaled by both, which
favors neither side (each frame and article costs them alike on average). CPU seconds throughout.
"""

import re
import time
from pathlib import Path

import numpy as np
import pandas as pd

import mediaframes as mf
from mediaframes.frames import Codebook

ARTICLES, FRAMES, TERMS = 100_000, 30, 200
SAMPLE_ARTICLES, SAMPLE_FRAMES = 400, 5
SETS = {"fang_covid_de": "de", "uk_immigration_news_2014_en": "en"}


def grown(texts: list[str], n: int, seed: int = 1) -> list[str]:
    """`n` articles, each the first half of one text and the second half of another."""
    rng = np.random.default_rng(seed)
    halves = []
    for text in texts:
        cut = text.find(". ", len(text) // 2) + 2
        halves.append((text[:cut], text[cut:]) if cut > 1 else (text, ""))
    one, two = rng.integers(0, len(halves), (2, n))
    return [halves[a][0] + " " + halves[b][1] for a, b in zip(one, two, strict=True)]


def large_codebook(tokens: mf.Tokens, language: str, seed: int = 2) -> Codebook:
    """Frames of words, prefixes, infixes and phrases that occur in the texts.

    Of ten terms four end in a wildcard, one is open on both sides, two are plain words, and three
    are phrases of two or three words (one with a wildcard), as in the shipped lists.
    """
    rng = np.random.default_rng(seed)
    counts = np.bincount(tokens.ids, minlength=len(tokens.vocabulary))
    words = tokens.vocabulary.to_numpy(dtype=object)
    usable = [k for k in np.flatnonzero(counts > 4) if len(words[k]) > 5 and words[k].isalpha()]
    frames: dict[str, list[str]] = {}
    for number in range(FRAMES):
        terms: dict[str, None] = {}
        while len(terms) < TERMS:
            kind = len(terms) % 10
            if kind < 7:
                word = words[usable[rng.integers(len(usable))]]
                term = word if kind < 2 else f"{word[:-1]}*" if kind < 6 else f"*{word[1:-1]}*"
            else:
                at = int(rng.integers(len(tokens.ids) - 3))
                size = 2 + kind % 2
                part = [str(w) for w in words[tokens.ids[at : at + size]]]
                if not all(w.isalpha() for w in part):
                    continue
                term = " ".join(part) + ("*" if kind == 9 else "")
            terms[term] = None
        frames[f"frame {number:02d}"] = list(terms)
    return Codebook.from_terms(frames, language=language)


def patterns_of(codebook: Codebook, language: str) -> list["re.Pattern[str]"]:
    """One alternation per frame, the longest terms first, as people write it."""
    out = []
    for terms in codebook.terms(language).values():
        parts = [
            re.escape(t).replace(r"\*", r"\w*") for t in sorted(terms, key=lambda t: (-len(t), t))
        ]
        out.append(re.compile(r"\b(?:" + "|".join(parts) + r")\b", re.IGNORECASE))
    return out


def one(texts: list[str], language: str, name: str) -> tuple[str, float, str, float]:
    """A row of the table for one set of texts."""
    frame = pd.DataFrame({"text": grown(texts, ARTICLES), "language": language})
    tokens = mf.tokenize(mf.Corpus.from_frame(frame))
    codebook = large_codebook(tokens, language)
    mf.apply_codebook(tokens.where(np.arange(ARTICLES) < 50), codebook)  # compiles
    begin = time.process_time()
    mf.apply_codebook(tokens, codebook)
    ours = time.process_time() - begin
    rows = np.random.default_rng(3).choice(ARTICLES, SAMPLE_ARTICLES, replace=False)
    sample = [tokens.docs["text"].iloc[k] for k in np.sort(rows)]
    patterns = patterns_of(codebook, language)[:SAMPLE_FRAMES]
    begin = time.process_time()
    for pattern in patterns:
        for text in sample:
            for match in pattern.finditer(text):
                match.span()
    theirs = time.process_time() - begin
    scaled = theirs * (ARTICLES / SAMPLE_ARTICLES) * (FRAMES / SAMPLE_FRAMES)
    what = f"codebook of {FRAMES} x {TERMS} terms, {ARTICLES:,} articles grown from {name}"
    peer = (
        f"one compiled re alternation per frame ({SAMPLE_ARTICLES} articles, {SAMPLE_FRAMES} "
        f"frames: {theirs:.1f} s, scaled)"
    )
    return what, ours, peer, scaled


def bench(shared: Path) -> pd.DataFrame:
    """``what ours_seconds peer peer_seconds ratio``; tokenizing is in neither time."""
    rows = []
    for name, language in SETS.items():
        paths = sorted((shared / name).glob("*.gz"))
        corpus = mf.read([path for path in paths if "article" in path.name or len(paths) == 1])
        rows.append(one(corpus.docs["text"].tolist(), language, name))
    table = pd.DataFrame(rows, columns=["what", "ours_seconds", "peer", "peer_seconds"])
    return table.assign(ratio=table["peer_seconds"] / table["ours_seconds"])
