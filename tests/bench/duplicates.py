"""Near copies against datasketch: same shingles, same task, CPU seconds side by side.

Run as ``python -m tests.bench.duplicates FOLDER`` from the project's folder.
"""

import re
import sys
import time
from pathlib import Path

import pandas as pd

from mediaframes.corpus.duplicates import find_copies
from mediaframes.corpus.reading import read

SIMILARITY = 0.8
TIMES = 2  # each is run so often, in turn; the best counts


def bench(shared: Path) -> pd.DataFrame:
    """``what ours_seconds peer peer_seconds ratio``: CPU seconds, compiled beforehand."""
    corpus = read(shared / "fang_covid_de" / "articles.jsonl.gz")
    texts = corpus.docs["text"].tolist()
    find_copies(texts[:2], similarity=SIMILARITY)  # compile
    ours, peers = [], []
    for _ in range(TIMES):
        start = time.process_time()
        found = find_copies(texts, similarity=SIMILARITY)
        ours.append(time.process_time() - start)
        start = time.process_time()
        pairs = with_datasketch(texts)
        peers.append(time.process_time() - start)
    mine = set(zip(found.first.tolist(), found.second.tolist(), strict=True))
    what = f"near copies, {len(texts)} articles ({len(mine)} pairs; peer {len(pairs)}"
    what += f", shared {len(mine & pairs)})"
    return pd.DataFrame(
        {
            "what": [what],
            "ours_seconds": [min(ours)],
            "peer": ["datasketch MinHashLSH"],
            "peer_seconds": [min(peers)],
            "ratio": [min(peers) / min(ours)],
        }
    )


def with_datasketch(texts: list[str]) -> set[tuple[int, int]]:
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
