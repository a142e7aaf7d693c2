"""How well `dedupe` finds copies, on real and on planted ones.

Run as ``python -m tests.quality.duplicates FOLDER`` from the project's folder.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from mediaframes.corpus.articles import Corpus
from mediaframes.corpus.duplicates import dedupe, find_copies
from mediaframes.corpus.reading import read

WORDS = np.array([f"word{number}" for number in range(20_000)])
LENGTHS = (12, 40, 150, 400, 1000)


def measure(shared: Path) -> pd.DataFrame:
    """One row per quality: ``quality on value reach`` (reach: what should be reached)."""
    return pd.DataFrame([*_real(shared), *_planted()], columns=["quality", "on", "value", "reach"])


def _real(shared: Path) -> list[tuple[str, str, float, str]]:
    folder = shared / "fang_covid_de"
    corpus = read(folder / "articles.jsonl.gz")
    listed = pd.read_csv(folder / "near_duplicate_pairs.csv.gz", dtype={"id_a": str, "id_b": str})
    known = listed.set_index(_keys(listed))["jaccard5"]
    rows = []
    for similarity in (0.8, 0.5):
        found = dedupe(corpus, similarity=similarity)
        ours = found.copies.set_index(_keys(found.copies))["jaccard"]
        want = known[known >= similarity]
        recall = float(want.index.isin(ours.index).mean())
        rows.append((f"recall of pairs, J >= {similarity}", "fang_covid_de", recall, ">= 0.99"))
        if similarity == 0.8:
            true = known.reindex(ours.index).fillna(0)
            within = _least_within_groups(found)
            equal = float((true - ours).abs().le(5.1e-5).mean())
            rows += [
                (
                    "least listed J of a confirmed pair",
                    "fang_covid_de",
                    float(true.min()),
                    ">= 0.5",
                ),
                # the rest: letters written as "u" and dots, which `read` puts together
                ("pairs with the listed J, 4 digits", "fang_covid_de", equal, ">= 0.99"),
                ("least J within a group", "fang_covid_de", within, ">= 0.5"),
            ]
    return rows


def _keys(pairs: pd.DataFrame) -> pd.Index:
    return pd.Index(
        [f"{min(a, b)}|{max(a, b)}" for a, b in zip(pairs["id_a"], pairs["id_b"], strict=True)]
    )


def shingles(text: str) -> set[tuple[str, ...]]:
    """Runs of five words, the plain way."""
    import re

    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + 5]) for i in range(max(1, len(words) - 4))}


def jaccard(one: str, other: str) -> float:
    """Shared runs over all runs, the plain way."""
    a, b = shingles(one), shingles(other)
    return len(a & b) / len(a | b)


def _least_within_groups(corpus: Corpus) -> float:
    docs = corpus.docs[corpus.docs["group_size"] > 1]
    least = 1.0
    for _, group in docs.groupby("copy_of"):
        texts = group["text"].tolist()
        for i, one in enumerate(texts):
            least = min([least, *(jaccard(one, other) for other in texts[i + 1 :])])
    return least


def planted(length: int, *, n: int, seed: int) -> tuple[list[str], np.ndarray]:
    """Texts 2i and 2i+1 are copies with some words changed or added; and their Jaccard."""
    rng = np.random.default_rng(seed)
    texts = []
    for _ in range(n):
        words = WORDS[rng.integers(0, len(WORDS), length)]
        copy = words.copy()
        if length < 40:  # in short texts, any changed word goes below the threshold
            copy = np.append(copy, WORDS[rng.integers(0, len(WORDS), max(1, length // 6))])
        else:
            places = rng.choice(length, rng.integers(1, length // 20 + 2), replace=False)
            copy[places] = WORDS[rng.integers(0, len(WORDS), len(places))]
        texts += [" ".join(words), " ".join(copy)]
    true = np.array([jaccard(texts[i], texts[i + 1]) for i in range(0, len(texts), 2)])
    return texts, true


def _planted() -> list[tuple[str, str, float, str]]:
    rows = []
    for length in LENGTHS:
        texts, true = planted(length, n=1000, seed=length)
        found = find_copies(texts, similarity=0.8)
        pairs = set(zip(found.first.tolist(), found.second.tolist(), strict=True))
        hits = [(2 * i, 2 * i + 1) in pairs for i in np.flatnonzero(true >= 0.8)]
        rows.append(
            ("recall of pairs, J >= 0.8", f"planted, {length} words", np.mean(hits), ">= 0.99")
        )
    return rows


if __name__ == "__main__":
    print(measure(Path(sys.argv[1])).to_string())
