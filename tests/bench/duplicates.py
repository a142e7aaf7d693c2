"""Near copies against datasketch: same shingles, same task, CPU seconds side by side.

Run as ``python -m tests.bench.duplicates FOLDER`` from the project's folder.
"""

import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from mediaframes.corpus.duplicates import find_copies
from mediaframes.corpus.reading import read
from tests.bench.intake import grown
from tests.quality.duplicates import every_pair

SIMILARITY = 0.8
# so many grown articles: datasketch needs minutes for 100,000
GROWN = 20_000
Pairs = set[tuple[int, int]]


def bench(shared: Path) -> pd.DataFrame:
    """``what ours_seconds peer peer_seconds ratio``: CPU seconds, compiled beforehand."""
    real = read(shared / "fang_covid_de" / "articles.jsonl.gz").docs["text"].tolist()
    many = pd.read_parquet(grown(shared, GROWN))["text"].tolist()
    ours(real[:2])  # compile
    # the smaller corpus twice, in turn; the better time counts
    rows = [_row(real, "real articles", times=2), _row(many, "grown articles", times=1)]
    columns = ["what", "ours_seconds", "peer", "peer_seconds", "ratio"]
    return pd.DataFrame(rows, columns=columns)


def _row(texts: list[str], name: str, *, times: int) -> tuple[str, float, str, float, float]:
    mine, theirs, seconds, peer_seconds = set(), set(), [], []
    for _ in range(times):
        mine, second = _timed(ours, texts)
        theirs, peer_second = _timed(with_datasketch, texts)
        seconds.append(second)
        peer_seconds.append(peer_second)
    each = every_pair(texts)
    each = each[each["jaccard"] >= SIMILARITY]
    true = set(zip(each["a"].tolist(), each["b"].tolist(), strict=True))
    what = f"near copies, {len(texts):,} {name} ({len(true):,} pairs; recall "
    what += f"{len(mine & true) / len(true):.4f}, peer {len(theirs & true) / len(true):.4f})"
    best, peer_best = min(seconds), min(peer_seconds)
    return what, best, "datasketch MinHashLSH", peer_best, peer_best / best


def _timed(search: Callable[[list[str]], Pairs], texts: list[str]) -> tuple[Pairs, float]:
    start = time.process_time()
    found = search(texts)
    return found, time.process_time() - start


def ours(texts: list[str]) -> Pairs:
    """Pairs with at least this Jaccard, as datasketch is asked for."""
    found = find_copies(texts, similarity=SIMILARITY)
    return set(zip(found.first.tolist(), found.second.tolist(), strict=True))


def with_datasketch(texts: list[str]) -> Pairs:
    """The same with datasketch: 128 permutations, LSH, exact Jaccard of the candidates."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=SIMILARITY, num_perm=128)
    sets = []
    pairs = set()
    for number, text in enumerate(texts):
        words = re.findall(r"\w+", text.lower())
        runs = {" ".join(words[i : i + 5]).encode() for i in range(max(1, len(words) - 4))}
        sign = MinHash(num_perm=128)
        sign.update_batch(runs)
        for other in index.query(sign):
            shared = len(runs & sets[other])
            if shared / (len(runs) + len(sets[other]) - shared) >= SIMILARITY:
                pairs.add((other, number))
        index.insert(number, sign)
        sets.append(runs)
    return pairs


if __name__ == "__main__":
    print(bench(Path(sys.argv[1])).to_string())
