"""How well `dedupe` finds copies, on real and on planted ones.

Run as ``python -m tests.quality.duplicates FOLDER`` from the project's folder.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from mediaframes.corpus._pairs import LEAST_CONTAINED
from mediaframes.corpus.articles import Corpus
from mediaframes.corpus.duplicates import dedupe, find_copies
from mediaframes.corpus.reading import read

WORDS = np.array([f"word{number}" for number in range(20_000)])
LENGTHS = (12, 40, 150, 400, 1000)


def measure(shared: Path) -> pd.DataFrame:
    """One row per quality: ``quality on value reach`` (reach: what should be reached)."""
    rows = [*_real(shared), *_planted(), *_edited()]
    return pd.DataFrame(rows, columns=["quality", "on", "value", "reach"])


def _real(shared: Path) -> list[tuple[str, str, float, str]]:
    folder = shared / "fang_covid_de"
    corpus = read(folder / "articles.jsonl.gz")
    listed = pd.read_csv(folder / "near_duplicate_pairs.csv.gz", dtype={"id_a": str, "id_b": str})
    known = listed.set_index(_keys(listed))[["jaccard5", "containment5"]]
    rows = []
    for similarity in (0.8, 0.5):
        found = dedupe(corpus, similarity=similarity)
        ours = found.copies.set_index(_keys(found.copies))
        want = known[known["jaccard5"] >= similarity]
        recall = float(want.index.isin(ours.index).mean())
        rows.append((f"recall of pairs, J >= {similarity}", "fang_covid_de", recall, ">= 0.99"))
    found = dedupe(corpus)
    ours = found.copies.set_index(_keys(found.copies))
    want = known[known["containment5"] >= 0.8]
    held = float(want.index.isin(ours.index).mean())
    true = known.reindex(ours.index).fillna(0)
    each = every_pair(corpus.docs["text"].tolist())
    each = each[(each["containment"] >= 0.8) & (each["least"] >= LEAST_CONTAINED)]
    ids = corpus.docs.index
    inside = pd.DataFrame({"id_a": ids[each["a"]], "id_b": ids[each["b"]]})
    in_all = float(_keys(inside).isin(ours.index).mean())
    differ = pd.DataFrame(
        {"j": true["jaccard5"] - ours["jaccard"], "c": true["containment5"] - ours["containment"]}
    )[true["jaccard5"] > 0]
    equal = float(differ.abs().le(5.1e-5).all(axis=1).mean())
    least = _least_within_groups(found)
    on = "fang_covid_de"
    return [
        *rows,
        ("recall of pairs, containment >= 0.8", on, held, ">= 0.99"),
        ("the same, each compared with each", on, in_all, ">= 0.99"),
        ("joined with neither J >= .5 nor containment >= .8", on, float(_unlike(found)), "0"),
        # the rest: letters written as "u" and dots, which `read` puts together
        ("pairs with the listed J and containment, 4 digits", on, equal, ">= 0.98"),
        ("least part of the shorter text shared within a group", on, least, ">= 0.5"),
    ]


def _keys(pairs: pd.DataFrame) -> pd.Index:
    return pd.Index(
        [f"{min(a, b)}|{max(a, b)}" for a, b in zip(pairs["id_a"], pairs["id_b"], strict=True)]
    )


def shingles(text: str) -> set[tuple[str, ...]]:
    """Runs of five words, the plain way."""
    import re

    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + 5]) for i in range(max(1, len(words) - 4))}


def every_pair(texts: list[str]) -> pd.DataFrame:
    """All pairs that share a shingle, each compared with each: ``a b jaccard containment least``.

    `least` is the number of shingles of the shorter one.
    """
    from scipy.sparse import coo_array, csr_array

    sets = [np.fromiter(map(hash, shingles(text)), np.int64) for text in texts]
    sizes = np.array([len(one) for one in sets])
    column = np.unique(np.concatenate(sets), return_inverse=True)[1]
    begins = np.concatenate([[0], sizes.cumsum()])
    matrix = csr_array((np.ones(len(column), np.int32), column, begins))
    both = coo_array(matrix @ matrix.T)
    upper = both.row < both.col
    a, b, shared = both.row[upper], both.col[upper], both.data[upper]
    least = np.minimum(sizes[a], sizes[b])
    return pd.DataFrame(
        {
            "a": a,
            "b": b,
            "jaccard": shared / (sizes[a] + sizes[b] - shared),
            "containment": shared / least,
            "least": least,
        }
    )


def jaccard(one: str, other: str) -> float:
    """Shared runs over all runs, the plain way."""
    a, b = shingles(one), shingles(other)
    return len(a & b) / len(a | b)


def _unlike(corpus: Corpus) -> int:
    """Pairs that are joined with neither J >= .5 nor containment >= .8, the plain way."""
    texts, pairs = corpus.docs["text"], corpus.copies[corpus.copies["joined"]]
    unlike = 0
    for a, b in zip(pairs["id_a"], pairs["id_b"], strict=True):
        one, other = shingles(texts[a]), shingles(texts[b])
        shared = len(one & other)
        union = len(one) + len(other) - shared
        unlike += shared < 0.5 * union and shared < 0.8 * min(len(one), len(other))
    return unlike


def _least_within_groups(corpus: Corpus) -> float:
    docs = corpus.docs[corpus.docs["group_size"] > 1]
    least = 1.0
    for _, group in docs.groupby("copy_of"):
        sets = [shingles(text) for text in group["text"]]
        for i, one in enumerate(sets):
            for other in sets[i + 1 :]:
                least = min(least, len(one & other) / min(len(one), len(other)))
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


def edited(kind: str, times: float, *, n: int, seed: int) -> tuple[list[str], np.ndarray]:
    """Texts 2i and 2i+1: agency copy and its print, `times` shorter or longer; and containment.

    A print drops paragraphs or adds its own before and after, and changes up to one word in
    thirty of what it keeps.
    """
    rng = np.random.default_rng(seed)
    texts = []
    for _ in range(n):
        length = int(rng.integers(60, 400))  # of the shorter text
        words = WORDS[rng.integers(0, len(WORDS), int(length * times))]
        begin = 0 if rng.random() < 0.5 else int(rng.integers(0, len(words) - length + 1))
        part = words[begin : begin + length].copy()
        places = rng.choice(length, rng.integers(0, length // 30 + 1), replace=False)
        part[places] = WORDS[rng.integers(0, len(WORDS), len(places))]
        pair = (words, part) if kind == "shortened" else (part, words)
        texts += [" ".join(text) for text in pair]
    true = []
    for one, other in zip(texts[::2], texts[1::2], strict=True):
        a, b = shingles(one), shingles(other)
        true.append(len(a & b) / min(len(a), len(b)))
    return texts, np.array(true)


def _edited() -> list[tuple[str, str, float, str]]:
    rows = []
    for kind, times in (("shortened", 2), ("shortened", 5), ("extended", 2), ("extended", 5)):
        texts, true = edited(kind, times, n=1000, seed=times)
        found = find_copies(texts, similarity=0.8, containment=0.8)
        pairs = set(zip(found.first.tolist(), found.second.tolist(), strict=True))
        hits = [(2 * i, 2 * i + 1) in pairs for i in np.flatnonzero(true >= 0.8)]
        on = f"planted, {kind}, 1:{times}"
        rows.append(("recall of pairs, containment >= 0.8", on, np.mean(hits), ">= 0.99"))
    return rows


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
