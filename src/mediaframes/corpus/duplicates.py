"""`dedupe`: copies and near copies are found, grouped and weighted, not thrown away unseen."""

from functools import cache
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from mediaframes._console import say
from mediaframes.corpus.articles import Corpus, leaving
from mediaframes.errors import InputError

Policy = Literal["weight", "earliest", "none"]
POLICIES = ("weight", "earliest", "none")
# Below this, almost every text becomes a candidate, and what is found is no copy.
LEAST_SIMILARITY = 0.3
# Share of pairs at exactly the threshold that the signatures may overlook, in theory. Pairs above
# it are overlooked far less often.
MISSED = 1e-4
MAX_ROWS = 8
# A bucket (or a set of identical texts) larger than this is compared as a star: with its first
# member and a few neighbors, not each with each. Real groups of copies are smaller; what is larger
# is a form letter ("The offices are closed today").
BUCKET = 64
REACH = 8
BLOCK = 20_000_000  # code points worked on at a time: 80 MB


class _Found(NamedTuple):
    """Pairs of rows and their similarity."""

    first: np.ndarray
    second: np.ndarray
    jaccard: np.ndarray
    exact: np.ndarray


def dedupe(corpus: Corpus, *, similarity: float = 0.8, policy: Policy = "weight") -> Corpus:
    """Find copies and near copies, group them, and decide what an article counts.

    Two articles are copies where their texts share at least `similarity` of all runs of five words
    that occur in either (Jaccard of 5-word shingles, Broder 1997; lower-cased, punctuation
    ignored; texts under five words must be equal). MinHash signatures propose pairs, and every
    proposed pair is confirmed by its exact similarity. Groups are articles connected by confirmed
    pairs; the earliest, by date and then id, is the original.

    Parameters
    ----------
    corpus : Corpus
        Best after `clean`: the same page furniture makes different articles alike.
    similarity : float
        Between 0.3 and 1.
    policy : {"weight", "earliest", "none"}
        ``"weight"`` keeps every article and counts each of n copies 1/n; ``"earliest"`` keeps the
        original and moves the others to ``left_out``; ``"none"`` only marks (weight 1): a copy
        was read by other readers, which matters for salience.

    Returns
    -------
    Corpus
        ``docs`` with ``copy_of`` (id of the original; own id without copies), ``group_size`` and
        ``weight``; ``copies`` with the confirmed pairs: ``id_a id_b jaccard exact``.

    Raises
    ------
    InputError
        For a `similarity` or `policy` that does not exist.

    Examples
    --------
    >>> text = "The ministers met on Monday to talk about the new budget for schools"
    >>> corpus = Corpus.from_frame(pd.DataFrame({
    ...     "id": ["a", "b", "c"], "text": [text, text + ".", "Rain is expected."],
    ...     "date": ["2024-10-25", "2024-10-24", "2024-10-24"]}))
    >>> dedupe(corpus).docs[["copy_of", "group_size", "weight"]].reset_index()
    dedupe: 2 of 3 articles in 1 group of copies (1 pair, 1 exact); policy 'weight'
      id copy_of  group_size  weight
    0  a       b           2     0.5
    1  b       b           2     0.5
    2  c       c           1     1.0
    """
    if policy not in POLICIES:
        raise InputError(f"policy='{policy}': use one of {', '.join(POLICIES)}")
    if not LEAST_SIMILARITY <= similarity <= 1:
        raise InputError(f"similarity={similarity}: use a number from {LEAST_SIMILARITY} to 1")
    docs = corpus.docs
    found = find_copies(docs["text"].tolist(), similarity=similarity)
    groups = _groups(len(docs), found)
    original = _originals(docs, groups)
    size = np.bincount(groups, minlength=max(1, len(docs)))[groups]
    weight = 1.0 / size if policy == "weight" else np.ones(len(docs))
    marked = docs.assign(copy_of=original, group_size=size, weight=weight)
    marked["copy_of"] = marked["copy_of"].astype("str")
    copies = pd.DataFrame(
        {
            "id_a": docs.index[found.first],
            "id_b": docs.index[found.second],
            "jaccard": found.jaccard,
            "exact": found.exact,
        }
    )
    gone = None
    if policy == "earliest":
        copy = (marked["copy_of"] != marked.index).to_numpy()
        gone = leaving(marked[copy], step="dedupe", reason="copy")
        gone["reason"] = ("copy of " + marked["copy_of"][copy]).to_numpy()
        marked = marked[~copy]
    _report(size, groups, found, policy)
    settings = {"similarity": similarity, "policy": policy}
    return corpus.replace(
        step="dedupe", settings=settings, docs=marked, copies=copies, left_out=gone
    )


def _report(size: np.ndarray, groups: np.ndarray, found: _Found, policy: str) -> None:
    several = len(np.unique(groups[size > 1])) if len(groups) else 0
    pairs, exact = len(found.first), int(found.exact.sum())
    say(
        f"dedupe: {int((size > 1).sum()):,} of {len(groups):,} articles in {several:,} "
        f"group{'' if several == 1 else 's'} of copies ({pairs:,} pair{'' if pairs == 1 else 's'}, "
        f"{exact:,} exact); policy '{policy}'"
    )


def find_copies(texts: list[str], *, similarity: float) -> _Found:
    """Pairs of texts with at least this similarity, sorted, and which of them are equal.

    Equal texts stand for each other while candidates are searched, so a text that a hundred
    outlets print costs as much as one.
    """
    from mediaframes.corpus import _minhash

    signs, words, wholes = _signatures(texts)
    alike = _equal_texts(words, wholes)
    single = np.asarray([rows[0] for rows in alike], dtype=np.int64)
    candidates = _candidates(signs[single], similarity)
    needed, place = np.unique(candidates, return_inverse=True)
    place = place.reshape(candidates.shape)
    flat, begins = _sets([texts[single[row]] for row in needed])
    jaccard = _minhash.jaccards(place[:, 0], place[:, 1], flat, begins)
    close = jaccard >= similarity
    return _expand(alike, candidates[close], jaccard[close])


@cache
def _word_table() -> np.ndarray:
    """For every code point whether it is part of a word, as in the regular expression \\w."""
    return np.fromiter(
        (char.isalnum() or char == "_" for char in map(chr, range(0x110000))), np.bool_, 0x110000
    )


def _blocks(texts: list[str]) -> list[tuple[int, int]]:
    """Ranges of texts of about `BLOCK` characters."""
    blocks, begin, total = [], 0, 0
    for number, text in enumerate(texts, start=1):
        total += len(text)
        if total >= BLOCK or number == len(texts):
            blocks.append((begin, number))
            begin, total = number, 0
    return blocks


def _code_points(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    lowered = [text.lower() for text in texts]
    codes = np.frombuffer("".join(lowered).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    offsets = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum([len(text) for text in lowered], out=offsets[1:])
    return codes, offsets


def _signatures(texts: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    from mediaframes.corpus import _minhash

    signs = np.zeros((len(texts), _minhash.BINS), dtype=np.uint32)
    words = np.zeros(len(texts), dtype=np.int64)
    wholes = np.zeros(len(texts), dtype=np.uint64)
    for begin, end in _blocks(texts):
        part = slice(begin, end)
        codes, offsets = _code_points(texts[part])
        signs[part], words[part], wholes[part] = _minhash.signatures(codes, offsets, _word_table())
    return signs, words, wholes


def _sets(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """The distinct shingles of some texts, flat, and where each text's begin."""
    from mediaframes.corpus import _minhash

    pieces, begins = [np.zeros(0, dtype=np.uint64)], [np.zeros(1, dtype=np.int64)]
    for begin, end in _blocks(texts):
        codes, offsets = _code_points(texts[begin:end])
        flat, starts = _minhash.shingle_sets(codes, offsets, _word_table())
        pieces.append(flat)
        begins.append(starts[1:] + begins[-1][-1])
    return np.concatenate(pieces), np.concatenate(begins)


def _equal_texts(words: np.ndarray, wholes: np.ndarray) -> list[np.ndarray]:
    """Rows with the same words in the same order; texts without a word are no article's copy."""
    some = np.flatnonzero(words > 0)
    keys = np.rec.fromarrays([wholes[some], words[some]])
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))  # groups in the order of their first row
    group = rank[group.reshape(-1)]
    order = np.argsort(group, kind="stable")
    borders = np.searchsorted(group[order], np.arange(1, len(first)))
    return [some[part] for part in np.split(order, borders)] if len(some) else []


def _band_rows(similarity: float, bins: int) -> int:
    """Bins per band: as many as overlook at most `MISSED` of the pairs at the threshold."""
    fits = [
        rows
        for rows in range(1, MAX_ROWS + 1)
        if (1 - similarity**rows) ** (bins // rows) <= MISSED
    ]
    return max(fits, default=1)


def _candidates(signs: np.ndarray, similarity: float) -> np.ndarray:
    """Pairs of rows (m × 2) that agree in all bins of at least one band, sorted."""
    from mediaframes.corpus import _minhash

    rows = _band_rows(similarity, _minhash.BINS)
    found = np.zeros(0, dtype=np.uint64)
    for first in range(0, _minhash.BINS - rows + 1, rows):
        keys = _minhash.band_keys(signs, first, rows)
        order = np.argsort(keys, kind="stable")
        found = np.union1d(found, _minhash.pairs_in_runs(keys, order, BUCKET, REACH))
    n = np.uint64(max(1, len(signs)))
    return np.column_stack([found // n, found % n]).astype(np.int64)


def _expand(alike: list[np.ndarray], pairs: np.ndarray, jaccard: np.ndarray) -> _Found:
    """Pairs of texts from pairs of groups of equal texts, and the pairs within each group."""
    first, second, values, exact = [], [], [], []

    def add(one: np.ndarray, other: np.ndarray, value: float, same: bool) -> None:
        first.append(np.minimum(one, other))
        second.append(np.maximum(one, other))
        values.append(np.full(len(one), value))
        exact.append(np.full(len(one), same))

    for rows in alike:
        if len(rows) > BUCKET:
            add(np.full(len(rows) - 1, rows[0]), rows[1:], 1.0, True)
        elif len(rows) > 1:
            one, other = np.triu_indices(len(rows), 1)
            add(rows[one], rows[other], 1.0, True)
    for (a, b), value in zip(pairs, jaccard, strict=True):
        left, right = alike[a], alike[b]
        if len(left) * len(right) > BUCKET**2:
            left, right = left[:1], right[:1]
        add(np.repeat(left, len(right)), np.tile(right, len(left)), value, False)
    if not first:
        none = np.zeros(0, dtype=np.int64)
        return _Found(none, none, np.zeros(0), np.zeros(0, dtype=bool))
    a, b = np.concatenate(first), np.concatenate(second)
    order = np.lexsort((b, a))
    return _Found(a[order], b[order], np.concatenate(values)[order], np.concatenate(exact)[order])


def _groups(n: int, found: _Found) -> np.ndarray:
    """The group of each row (the number of its first row): rows connected by pairs."""
    parent = list(range(n))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    for a, b in zip(found.first.tolist(), found.second.tolist(), strict=True):
        one, other = root(a), root(b)
        parent[max(one, other)] = min(one, other)
    return np.asarray([root(row) for row in range(n)], dtype=np.int64)


def _originals(docs: pd.DataFrame, groups: np.ndarray) -> np.ndarray:
    """The id of the earliest article of each row's group; an article without date comes last."""
    rows = pd.DataFrame({"group": groups, "date": docs["date"].to_numpy(), "id": docs.index})
    rows = rows.sort_values(["date", "id"], na_position="last", kind="stable")
    first = rows.drop_duplicates("group").set_index("group")["id"]
    return np.asarray(first.reindex(groups).to_numpy(dtype=object))
