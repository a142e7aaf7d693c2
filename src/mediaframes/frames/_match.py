"""A codebook's terms as sequences of patterns over a vocabulary, ready for the one pass."""

import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from mediaframes.frames.codebook import LONGEST_TERM, Codebook, Frame, Rule
from mediaframes.made import Made
from mediaframes.text.terms import as_in_text, has_letter, settings_of
from mediaframes.text.words import WordFinder, plain

TERM, EXCLUSION, CONTEXT = 0, 1, 2  # kinds of entries, as in _scan


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
        (" ", "-") if has_letter(before) and has_letter(after) else (seam,)
        for seam, before, after in zip(seams, words, words[1:], strict=False)
    ]
    found = []
    for chosen in product(*choices):
        joined = words[0] + "".join(s + w for s, w in zip(chosen, words[1:], strict=True))
        found.append(tuple(joined.split(" ")))
    return found


def _as_tokenized(word: str) -> str:
    """`word` without a closing 's, which `tokenize` leaves off."""
    return word[:-2] if word.endswith("'s") and len(word) > 2 else word


class Lookup:
    """The words of a vocabulary that a pattern matches; no pattern is looked up twice."""

    def __init__(self, vocabulary: pd.Index) -> None:
        self._finder = WordFinder(vocabulary)
        self._sorted: list[str] = vocabulary.tolist()
        self._known: dict[str, np.ndarray] = {}

    def words(self, pattern: str) -> np.ndarray:
        """Word ids, int32, ascending; typographic apostrophes and hyphens count as plain ones."""
        if pattern not in self._known:
            self._known[pattern] = self._matches(plain(pattern))
        return self._known[pattern]

    def _matches(self, pattern: str) -> np.ndarray:
        stem = pattern[:-1]
        if not set(pattern) & set("*?"):
            at = bisect_left(self._sorted, pattern)
            there = at < len(self._sorted) and self._sorted[at] == pattern
            return np.array([at] if there else [], np.int32)
        if not pattern.endswith("*") or set(stem) & set("*?"):
            return self._finder.matches(pattern)
        # the vocabulary is sorted by code point: words with one beginning lie side by side
        first = bisect_left(self._sorted, stem)
        after = bisect_left(self._sorted, stem + chr(0x10FFFF), lo=first)
        return np.arange(first, after, dtype=np.int32)


@dataclass(frozen=True, eq=False)
class Entries:
    """All terms, exclusions and context words of a codebook in one language.

    Attributes
    ----------
    sequences, patterns, rules : tuples of arrays
        As `_scan.find_hits` wants them.
    rows : DataFrame
        One row per term (in the order of the codebook): ``frame language term weight``.
    reach : int
        Words to look around a hit.
    """

    sequences: tuple[np.ndarray, ...]
    patterns: tuple[np.ndarray, ...]
    rules: tuple[np.ndarray, ...]
    rows: pd.DataFrame
    reach: int


@dataclass
class _Entry:
    """One term, exclusion or context word on its way into the arrays."""

    kind: int
    frame: int
    term: str
    group: int = -2
    unless: int = -1
    within: int = 0
    negation: int = -1
    window: int = 0


def entries_of(
    book: Codebook, language: str, lookup: Lookup, counts: np.ndarray, made: Made
) -> Entries:
    """The codebook's entries in one language over a vocabulary.

    Parameters
    ----------
    book : Codebook
    language : str
    lookup : Lookup
    counts : int array of shape (V,)
        How often each word occurs; a sequence hangs at the pattern that occurs least.
    made : Made
        Of the tokens: terms are cut as they were.
    """
    listed, rows = _listed(book, language)
    distinct = list(dict.fromkeys(entry.term for entry in listed))
    cut = as_in_text(distinct, language, settings_of(made, language))
    numbers: dict[str, int] = {}  # pattern -> number
    parts: list[int] = []
    bounds, anchors, who, hung = [0], [], [], []
    for number, entry in enumerate(listed):
        for words in spellings(cut[entry.term]):
            if len(words) > 2 * LONGEST_TERM:
                continue
            found = {k: lookup.words(p) for k, p in enumerate(words) if has_letter(p)}
            if not found or any(not len(ids) for ids in found.values()):
                continue
            sizes = {k: int(counts[ids].sum()) for k, ids in found.items()}
            anchor = min(sizes, key=lambda k: (sizes[k], k))
            hung.append(found[anchor])
            anchors.append(anchor)
            who.append(number)
            parts += [numbers.setdefault(p, len(numbers)) if has_letter(p) else -1 for p in words]
            bounds.append(len(parts))
    size = len(counts)
    verified = [lookup.words(pattern) for pattern in numbers]
    sequences = (
        *_by_word(hung, size),
        np.array(bounds, np.int64),
        np.array(parts, np.int32),
        np.array(anchors, np.int64),
        np.array(who, np.int32),
    )
    columns = ("kind", "frame", "group", "unless", "within", "negation", "window")
    rules = tuple(
        np.array([getattr(entry, name) for entry in listed], np.int64) for name in columns
    )
    look = max((max(entry.within, entry.window) for entry in listed), default=0)
    return Entries(sequences, _by_word(verified, size), rules, rows, look + 2 * LONGEST_TERM)


def _by_word(groups: list[np.ndarray], size: int) -> tuple[np.ndarray, np.ndarray]:
    """Word -> numbers of the groups it is in: bounds (V + 1) and numbers, ascending in a word."""
    words = np.concatenate([np.empty(0, np.int32), *groups])
    numbers = np.repeat(np.arange(len(groups), dtype=np.int32), [len(group) for group in groups])
    bounds = np.zeros(size + 1, np.int64)
    np.cumsum(np.bincount(words, minlength=size), out=bounds[1:])
    return bounds, numbers[np.argsort(words, kind="stable")]


def _listed(book: Codebook, language: str) -> tuple[list[_Entry], pd.DataFrame]:
    """The entries in order: frame by frame its terms, then its exclusions; context words last."""
    entries: list[_Entry] = []
    context: dict[tuple[str, ...], int] = {}
    negations = book.negations.get(language, ())
    rows: list[tuple[Any, ...]] = []
    terms = 0
    out: list[_Entry] = []
    for number, frame in enumerate(book.measured):
        for term in frame.terms.get(language, ()):
            rule = rule_of(frame, language, term)
            entry = _Entry(TERM, number, term)
            if rule.unless:
                entry.unless = context.setdefault(rule.unless, len(context))
                entry.within = rule.within
            if frame.negation_window and negations:
                entry.negation = context.setdefault(negations, len(context))
                entry.window = frame.negation_window
            entries.append(entry)
            rows.append((frame.name, language, term, rule.weight))
            terms += 1
        out += [_Entry(EXCLUSION, number, term) for term in frame.exclude.get(language, ())]
    for words, group in context.items():
        out += [_Entry(CONTEXT, -1, word, group=group) for word in words]
    table = pd.DataFrame(rows, columns=["frame", "language", "term", "weight"])
    table = table.astype({"frame": "str", "language": "str", "term": "str", "weight": "float64"})
    return entries + out, table


def rule_of(frame: Frame, language: str, term: str) -> Rule:
    """What a term counts and what must not stand near it."""
    return frame.rules.get(language, {}).get(term, Rule())
