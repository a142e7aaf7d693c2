"""Where the terms of a codebook stand: word ids, positions, longest match first. numpy only."""

import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import product

import numpy as np

from mediaframes.text.tokens import Tokens
from mediaframes.text.words import WordFinder

Spans = tuple[np.ndarray, np.ndarray]  # first token (int64) and number of tokens (int64)


def spellings(term: str) -> list[tuple[str, ...]]:
    """The word sequences a term stands for: a space also finds a hyphen, and the reverse.

    Texts (and English dictionaries) disagree on "health care", "health-care"; a researcher should
    not have to list both. A seam beside a bare wildcard stays as it is written.

    Examples
    --------
    >>> spellings("peace talks")
    [('peace', 'talks'), ('peace-talks',)]
    >>> spellings("*-sanction*")
    [('*-sanction*',)]
    """
    pieces = re.split(r"([ -])", term)
    words, seams = [_as_tokenized(word) for word in pieces[::2]], pieces[1::2]
    choices = [
        (" ", "-") if _has_letter(before) and _has_letter(after) else (seam,)
        for seam, before, after in zip(seams, words, words[1:], strict=False)
    ]
    found = []
    for chosen in product(*choices):
        joined = words[0] + "".join(s + w for s, w in zip(chosen, words[1:], strict=True))
        found.append(tuple(joined.split(" ")))
    return found


def _has_letter(word: str) -> bool:
    return any(character.isalnum() for character in word)


def _as_tokenized(word: str) -> str:
    """`word` without a closing 's, which `tokenize` leaves off."""
    return word[:-2] if word.endswith("'s") and len(word) > 2 else word


@dataclass(frozen=True, eq=False)
class Places:
    """Which tokens each word of the vocabulary is, for looking up many terms."""

    tokens: Tokens
    finder: WordFinder
    order: np.ndarray  # token positions sorted by word id, ascending within a word
    bounds: np.ndarray  # order[bounds[w]:bounds[w + 1]] are the places of word w
    sentence: np.ndarray  # running number of the sentence over all documents
    sorted_words: list[str]
    known: dict[str, np.ndarray]  # pattern -> word ids, so that no pattern is looked up twice

    @classmethod
    def of(cls, tokens: Tokens) -> "Places":
        size = len(tokens.vocabulary)
        counts = np.bincount(tokens.ids, minlength=size)
        begins = np.zeros(len(tokens.ids), bool)
        begins[1:] = tokens.sentences[1:] != tokens.sentences[:-1]
        inner = tokens.offsets[:-1][tokens.lengths() > 0]
        begins[inner] = True
        return cls(
            tokens=tokens,
            finder=WordFinder(tokens.vocabulary),
            order=np.argsort(tokens.ids, kind="stable"),
            bounds=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            sentence=np.cumsum(begins, dtype=np.int32),
            sorted_words=tokens.vocabulary.tolist(),
            known={},
        )

    def words(self, pattern: str) -> np.ndarray:
        """The word ids a pattern matches; typographic and straight apostrophes are alike."""
        if pattern not in self.known:
            found = self._matches(pattern)
            if "'" in pattern:
                curly = self._matches(pattern.replace("'", "’"))
                found = np.union1d(found, curly).astype(np.int32)
            self.known[pattern] = found
        return self.known[pattern]

    def _matches(self, pattern: str) -> np.ndarray:
        stem = pattern[:-1]
        if not pattern.endswith("*") or set(stem) & set("*?"):
            return self.finder.matches(pattern)
        # the vocabulary is sorted by code point: words with one beginning lie side by side
        first = bisect_left(self.sorted_words, stem)
        after = bisect_left(self.sorted_words, stem + chr(0x10FFFF), lo=first)
        return np.arange(first, after, dtype=np.int32)

    def of_words(self, words: np.ndarray) -> np.ndarray:
        """The positions of all tokens that are one of these words, int64, unsorted."""
        sizes = self.bounds[words + 1] - self.bounds[words]
        first = np.cumsum(sizes) - sizes
        steps = np.arange(int(sizes.sum()), dtype=np.int64)
        found: np.ndarray = self.order[steps + np.repeat(self.bounds[words] - first, sizes)]
        return found

    def of_term(self, term: str) -> Spans:
        """Where a term stands: first tokens and lengths in tokens."""
        starts, lengths = [], []
        for words in spellings(term):
            found = self._of_sequence(words)
            starts.append(found)
            lengths.append(np.full(len(found), len(words), np.int64))
        return np.concatenate(starts), np.concatenate(lengths)

    def _of_sequence(self, patterns: tuple[str, ...]) -> np.ndarray:
        n = len(patterns)
        # a bare wildcard inside a phrase stands for any one word
        chosen = {k: self.words(p) for k, p in enumerate(patterns) if _has_letter(p)}
        if not chosen:
            return np.empty(0, np.int64)
        sizes = {k: int((self.bounds[w + 1] - self.bounds[w]).sum()) for k, w in chosen.items()}
        rarest = min(sizes, key=lambda k: (sizes[k], k))
        if sizes[rarest] == 0:
            return np.empty(0, np.int64)
        found = self.of_words(chosen[rarest]) - rarest
        found = found[(found >= 0) & (found + n <= len(self.tokens.ids))]
        if n == 1:
            return np.asarray(found)
        found = found[self.sentence[found] == self.sentence[found + n - 1]]
        for k, words in chosen.items():
            if k != rarest:
                found = found[np.isin(self.tokens.ids[found + k], words)]
        return np.asarray(found)


def uncovered(hits: Spans, exclusions: Spans) -> np.ndarray:
    """For each hit, whether no exclusion covers all of it; bool."""
    starts, lengths = hits
    if not len(exclusions[0]):
        return np.ones(len(starts), bool)
    order = np.argsort(exclusions[0], kind="stable")
    begin = exclusions[0][order]
    # the farthest end of all exclusions that begin at or before this one
    reach = np.maximum.accumulate((exclusions[0] + exclusions[1])[order])
    before = np.searchsorted(begin, starts, side="right") - 1
    return np.asarray((before < 0) | (reach[np.maximum(before, 0)] < starts + lengths), bool)


def longest_first(hits: Spans, terms: np.ndarray, taken: np.ndarray) -> np.ndarray:
    """Which of the hits of one frame stay when they overlap: the longest, then the earliest.

    Parameters
    ----------
    hits : Spans
        H first tokens and lengths.
    terms : int array of shape (H,)
        The term's place in the codebook: of equal spans the first term stays.
    taken : bool array of shape (N,)
        Room to mark tokens in; all False, and all False again on return.

    Returns
    -------
    int64 array
        Rows of the hits that stay, ordered by first token.
    """
    starts, lengths = hits
    order = np.lexsort((terms, starts, -lengths))
    same = np.zeros(len(order), bool)
    same[1:] = (np.diff(starts[order]) == 0) & (np.diff(lengths[order]) == 0)
    order = order[~same]
    kept, marked = [], []
    for length in np.unique(lengths)[::-1].tolist():
        rows = order[lengths[order] == length]
        free = ~taken[starts[rows][:, None] + np.arange(length)].any(axis=1)
        rows = rows[free]
        rows = rows[_earliest(starts[rows], length)]
        marked.append((starts[rows][:, None] + np.arange(length)).ravel())
        taken[marked[-1]] = True
        kept.append(rows)
    for places in marked:
        taken[places] = False
    stay = np.concatenate(kept) if kept else np.empty(0, np.int64)
    return np.asarray(stay[np.argsort(starts[stay], kind="stable")])


def _earliest(starts: np.ndarray, length: int) -> np.ndarray:
    """Of spans of one length, sorted and distinct, those that stay from left to right; bool."""
    stay = np.ones(len(starts), bool)
    # only a span that begins within the one before can go; such chains are rare
    end = -1
    for k in np.flatnonzero(np.diff(starts, prepend=-length) < length).tolist():
        end = max(end, int(starts[k - 1]) + length) if stay[k - 1] else end
        if starts[k] < end:
            stay[k] = False
    return stay
