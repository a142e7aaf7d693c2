"""Words that stand together more often than chance: collocations, and phrases joined to words."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from mediaframes.errors import InputError
from mediaframes.made import Made
from mediaframes.text.concordance import find
from mediaframes.text.terms import NO_SPACES
from mediaframes.text.tokens import Tokens
from mediaframes.text.words import is_number, stop_words_in

MEASURES = ("g2", "pmi", "npmi", "log_dice", "t")


def collocations(
    tokens: Tokens,
    *,
    n: int = 2,
    measure: str = "g2",
    min_count: int = 5,
    stop_words: bool = False,
) -> pd.DataFrame:
    """Pairs or triples of neighboring words that stand together more often than chance.

    Parameters
    ----------
    tokens : Tokens
    n : {2, 3}
        Words in a phrase; all within one sentence.
    measure : {"g2", "pmi", "npmi", "log_dice", "t"}
        What the table is sorted by.
    min_count : int
        Phrases that occur less often are left out.
    stop_words : bool
        Whether phrases may begin or end with a stop word of the article's language or a number.

    Returns
    -------
    DataFrame
        ``phrase count g2 pmi npmi log_dice t``, highest `measure` first. Of triples, `g2` and the
        others compare with three independent words.

    Raises
    ------
    InputError
        For an unknown measure or length.

    Source
    ------
    Dunning (1993) for G2, Bouma (2009) for NPMI, Rychlý (2008) for logDice, Church et al. (1991)
    for t; as in nltk's BigramAssocMeasures and TrigramAssocMeasures.

    Examples
    --------
    >>> from mediaframes.corpus.articles import Corpus
    >>> from mediaframes.text.tokens import tokenize
    >>> texts = pd.DataFrame({"text": ["climate change is here. climate change"]})
    >>> found = collocations(tokenize(Corpus.from_frame(texts)), min_count=2)
    >>> found[["phrase", "count"]].values.tolist()
    [['climate change', 2]]
    """
    if measure not in MEASURES or n not in (2, 3):
        raise InputError(
            f"measure={measure!r}, n={n}: measures are {', '.join(MEASURES)}; n is 2 or 3"
        )
    grams, counts = _grams(tokens, n)
    keep = counts >= min_count
    if not stop_words:
        keep &= _inside_only(tokens, grams)
    words = np.bincount(tokens.ids, minlength=len(tokens.vocabulary)).astype(np.float64)
    scores = _scores(tokens, grams[keep], counts[keep], words)
    table = pd.DataFrame(
        {"phrase": _texts(tokens.vocabulary, grams[keep]), "count": counts[keep], **scores}
    )
    return table.sort_values([measure, "phrase"], ascending=[False, True], ignore_index=True)


def _grams(tokens: Tokens, n: int) -> tuple[np.ndarray, np.ndarray]:
    """The different runs of `n` words within sentences, int32 (G, n), and how often; sorted."""
    last = max(len(tokens.ids) - n + 1, 0)
    docs = tokens.doc_of()
    end = np.arange(last) + n - 1
    inside = (docs[:last] == docs[end]) & (tokens.sentences[:last] == tokens.sentences[end])
    begin = np.flatnonzero(inside)
    size = max(len(tokens.vocabulary), 1)
    if size**n >= 2**63:
        raise InputError(f"{size} different words are too many for n={n}; count a part")
    key = np.zeros(len(begin), np.int64)
    for step in range(n):
        key = key * size + tokens.ids[begin + step]
    found, counts = np.unique(key, return_counts=True)
    columns = [found // size ** (n - 1 - step) % size for step in range(n)]
    return np.stack(columns, axis=1).astype(np.int32), counts.astype(np.int64)


def _inside_only(tokens: Tokens, grams: np.ndarray) -> np.ndarray:
    out = is_number(tokens.vocabulary)
    for name in sorted(tokens.docs["language"].dropna().unique()):
        out = out | stop_words_in(tokens.vocabulary, str(name), True)
    result: np.ndarray = ~(out[grams[:, 0]] | out[grams[:, -1]])
    return result


def _texts(vocabulary: pd.Index, grams: np.ndarray) -> list[str]:
    words = vocabulary.to_numpy(dtype=object)
    return [" ".join(row) for row in words[grams].tolist()]


def _scores(
    tokens: Tokens, grams: np.ndarray, counts: np.ndarray, words: np.ndarray
) -> dict[str, np.ndarray]:
    total, n = float(max(len(tokens.ids), 1)), grams.shape[1]
    each = words[grams]
    observed = counts.astype(np.float64)
    expected = each.prod(axis=1) / total ** (n - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        pmi = np.log2(observed / expected)
        share = -np.log2(observed / total)
        npmi = np.where(share > 0, pmi / (share * (n - 1)), 1.0)
    return {
        "g2": _g2(tokens, grams, observed, each, total),
        "pmi": pmi,
        "npmi": npmi,
        "log_dice": 14 + np.log2(n * observed / each.sum(axis=1)),
        "t": (observed - expected) / np.sqrt(observed),
    }


def _g2(
    tokens: Tokens, grams: np.ndarray, observed: np.ndarray, each: np.ndarray, total: float
) -> np.ndarray:
    """Log-likelihood over all cells of a table of 2 × 2 or 2 × 2 × 2."""
    n = grams.shape[1]
    pairs = {}
    if n == 3:
        found, counts = _grams(tokens, 2)
        size = max(len(tokens.vocabulary), 1)
        keys = found[:, 0].astype(np.int64) * size + found[:, 1]
        apart = _apart(tokens, grams)
        for a, b in ((0, 1), (1, 2)):
            at = np.searchsorted(keys, grams[:, a].astype(np.int64) * size + grams[:, b])
            pairs[a, b] = counts[at].astype(np.float64)
        pairs[0, 2] = apart
    value = np.zeros(len(grams))
    for cell in range(2**n):
        inside = [bool(cell >> k & 1) for k in range(n)]
        expected = np.ones(len(grams)) * total
        for k in range(n):
            expected *= (each[:, k] if inside[k] else total - each[:, k]) / total
        # inclusion and exclusion gives the cell from the counts of words, pairs and triples
        count = np.zeros(len(grams))
        for other in range(2**n):
            if cell & ~other:
                continue
            chosen = tuple(k for k in range(n) if other >> k & 1)
            sign = (-1.0) ** (bin(other).count("1") - sum(inside))
            if len(chosen) == n:
                part = observed
            elif len(chosen) == 2:
                part = pairs[chosen[0], chosen[1]]
            else:
                part = each[:, chosen[0]] if chosen else np.full(len(grams), total)
            count += sign * part
        with np.errstate(divide="ignore", invalid="ignore"):
            value += np.where(count > 0, count * np.log(count / expected), 0.0)
    return 2 * value


def _apart(tokens: Tokens, grams: np.ndarray) -> np.ndarray:
    """How often the first and last word of each triple stand around any one word."""
    found, counts = _grams(tokens, 3)
    size = max(len(tokens.vocabulary), 1)
    keys = found[:, 0].astype(np.int64) * size + found[:, 2]
    names, place = np.unique(keys, return_inverse=True)
    sums = np.bincount(place, weights=counts)
    return np.asarray(
        sums[np.searchsorted(names, grams[:, 0].astype(np.int64) * size + grams[:, 2])]
    )


def join_phrases(tokens: Tokens, phrases: "Sequence[str] | pd.DataFrame") -> Tokens:
    """Make one word of each phrase: ``climate change`` becomes the word ``climate change``.

    Parameters
    ----------
    tokens : Tokens
    phrases : list of str, or DataFrame
        Phrases (``*`` and ``?`` are wildcards), or a table of `collocations`. Where two overlap,
        the longer is joined, then the earlier.

    Returns
    -------
    Tokens
        A joined word's span runs from its first to its last word; sentences stay as they are.

    Examples
    --------
    >>> from mediaframes.corpus.articles import Corpus
    >>> from mediaframes.text.tokens import tokenize
    >>> texts = pd.DataFrame({"text": ["Climate Change is here"]})
    >>> join_phrases(tokenize(Corpus.from_frame(texts)), ["climate change"]).words("0")
    ['climate change', 'is', 'here']
    """
    listed = list(phrases["phrase"] if isinstance(phrases, pd.DataFrame) else phrases)
    single = [p for p in listed if len(p.split()) < 2 and not NO_SPACES.search(p)]
    if single:
        raise InputError(f"'{single[0]}' is one word, not a phrase; nothing is to be joined")
    places = [find(tokens, phrase) for phrase in listed]
    starts = np.concatenate([np.empty(0, np.int64), *(first for first, _ in places)])
    lengths = np.concatenate([np.empty(0, np.int64), *(last - first + 1 for first, last in places)])
    starts, lengths = starts[lengths > 1], lengths[lengths > 1]
    order = np.lexsort((starts, -lengths))
    taken = np.zeros(len(tokens.ids), bool)
    joined = np.zeros(len(tokens.ids), np.int64)  # words that follow and belong to this one
    for at, size in zip(starts[order].tolist(), lengths[order].tolist(), strict=True):
        if not taken[at : at + size].any():
            taken[at : at + size] = True
            joined[at] = size - 1
    gone = taken & (joined == 0)
    first = np.flatnonzero(joined)
    words = tokens.vocabulary.to_numpy(dtype=object)
    names = [
        " ".join(words[tokens.ids[at : at + joined[at] + 1]].tolist()) for at in first.tolist()
    ]
    vocabulary = pd.Index(sorted(set(tokens.vocabulary) | set(names)), dtype="str")
    ids = vocabulary.get_indexer(tokens.vocabulary).astype(np.int32)[tokens.ids]
    ends = tokens.ends.copy()
    ids[first] = vocabulary.get_indexer(pd.Index(names, dtype="str")).astype(np.int32)
    ends[first] = tokens.ends[first + joined[first]]
    before = np.concatenate([[0], np.cumsum(~gone)])
    return replace(
        tokens,
        ids=ids[~gone],
        offsets=before[tokens.offsets].astype(np.int64),
        starts=tokens.starts[~gone],
        ends=ends[~gone],
        sentences=tokens.sentences[~gone],
        vocabulary=vocabulary,
        made=Made.by("join_phrases", settings={"phrases": listed}, parents=(tokens.made,)),
    )
