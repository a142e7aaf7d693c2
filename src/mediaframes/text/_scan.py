"""Kernels over code points: words with spans, and where sentences begin.

The text arrives as an array of code points together with two tables, a class and a lower-case
form for each code point (`mediaframes.text.tokens` makes them from Unicode's own data). A word is
a run of letters, marks and digits, joined inside by an apostrophe between letters, a hyphen
between letters or digits, or a point or comma between digits: in substance UAX 29 with hyphens.
"""

import numpy as np
from numba import njit

# classes of code points
OTHER, LETTER, DIGIT, APOSTROPHE, HYPHEN, POINT, IGNORED, NEWLINE, STOP, QUOTE = range(10)


@njit(cache=True)
def _word_end(codes, classes, start, limit, split_hyphens):  # type: ignore[no-untyped-def]
    """The end of the word that begins at `start`."""
    i = start + 1
    while i < limit:
        kind = classes[codes[i]]
        if kind in (LETTER, DIGIT, IGNORED):
            i += 1
            continue
        if i + 1 >= limit:
            break
        before, after = classes[codes[i - 1]], classes[codes[i + 1]]
        joined = (
            (kind == APOSTROPHE and before == LETTER and after == LETTER)
            or (
                kind == HYPHEN
                and not split_hyphens
                and before in (LETTER, DIGIT)
                and after in (LETTER, DIGIT)
            )
            or (kind == POINT and before == DIGIT and after == DIGIT)
        )
        if not joined:
            break
        i += 1
    while classes[codes[i - 1]] == IGNORED and i - 1 > start:
        i -= 1
    return i


@njit(cache=True)
def _without_possessive(codes, classes, start, end):  # type: ignore[no-untyped-def]
    """`end` without a closing 's, so that "government's" counts as "government"."""
    if end - start > 2 and classes[codes[end - 2]] == APOSTROPHE:
        last = codes[end - 1]
        if last == 115 or last == 83:  # s, S
            return end - 2
    return end


@njit(cache=True)
def scan(codes, bounds, classes, lower, split_hyphens):  # type: ignore[no-untyped-def]
    """Find the words of documents that lie one after another in `codes`.

    Parameters: `bounds` int64 (D+1) where each document begins; `classes` uint8 and `lower`
    uint32, indexed by code point. Returns ids int32 (N, in order of first appearance), starts and
    ends int32 (N, relative to the document), offsets int64 (D+1), and for the V words their
    lower-cased code points: letters uint32, letter_bounds int64 (V+1).
    """
    n_docs = len(bounds) - 1
    room = len(codes) // 2 + n_docs + 1  # between two words lies at least one other character
    ids = np.empty(room, np.int32)
    starts = np.empty(room, np.int32)
    ends = np.empty(room, np.int32)
    offsets = np.zeros(n_docs + 1, np.int64)
    letters = np.empty(len(codes) + 1, np.uint32)
    letter_bounds = np.zeros(room + 1, np.int64)
    hashes = np.empty(room, np.uint64)
    slots = np.full(1 << 16, -1, np.int32)
    mask = np.uint64(len(slots) - 1)
    n = 0
    n_words = 0
    for d in range(n_docs):
        i, limit = bounds[d], bounds[d + 1]
        while i < limit:
            kind = classes[codes[i]]
            if kind not in (LETTER, DIGIT):
                i += 1
                continue
            whole = _word_end(codes, classes, i, limit, split_hyphens)
            end = _without_possessive(codes, classes, i, whole)
            base = letter_bounds[n_words]
            length = 0
            value = np.uint64(14695981039346656037)  # FNV-1a, 64 bit
            for j in range(i, end):
                if classes[codes[j]] == IGNORED:
                    continue
                letter = lower[codes[j]]
                letters[base + length] = letter
                length += 1
                value = (value ^ np.uint64(letter)) * np.uint64(1099511628211)
            value ^= value >> np.uint64(29)
            slot = value & mask
            while True:
                word = slots[slot]
                if word < 0:
                    break
                if hashes[word] == value:
                    first = letter_bounds[word]
                    if letter_bounds[word + 1] - first == length:
                        same = True
                        for j in range(length):
                            if letters[first + j] != letters[base + j]:
                                same = False
                                break
                        if same:
                            break
                slot = (slot + np.uint64(1)) & mask
            if word < 0:
                word = n_words
                slots[slot] = word
                hashes[word] = value
                n_words += 1
                letter_bounds[n_words] = base + length
                if n_words * 2 > len(slots):  # at most half full, so that chains stay short
                    slots = np.full(len(slots) * 4, -1, np.int32)
                    mask = np.uint64(len(slots) - 1)
                    for w in range(n_words):
                        at = hashes[w] & mask
                        while slots[at] >= 0:
                            at = (at + np.uint64(1)) & mask
                        slots[at] = w
            ids[n] = word
            starts[n] = i - bounds[d]
            ends[n] = end - bounds[d]
            n += 1
            i = whole
        offsets[d + 1] = n
    n_letters = letter_bounds[n_words]
    return (
        ids[:n].copy(),
        starts[:n].copy(),
        ends[:n].copy(),
        offsets,
        letters[:n_letters].copy(),
        letter_bounds[: n_words + 1].copy(),
    )


@njit(cache=True)
def number_sentences(codes, bounds, classes, lower, words, no_stop):  # type: ignore[no-untyped-def]
    """Number the sentences of each document from 0.

    Parameters: `words` is (ids, starts, ends, offsets) of `scan`; `no_stop` bool (D, V) compressed
    to (language of d, V): True where a point after the word ends no sentence (abbreviations,
    initials, German ordinals), given as (rows int64 (D), table bool (L, V)).
    """
    ids, starts, ends, offsets = words
    rows, table = no_stop
    sentences = np.zeros(len(ids), np.int32)
    for d in range(len(offsets) - 1):
        number = 0
        for t in range(offsets[d] + 1, offsets[d + 1]):
            here = bounds[d] + ends[t - 1]
            there = bounds[d] + starts[t]
            stop = False
            strong = False
            newlines = 0
            quote = False
            for i in range(here, there):
                kind = classes[codes[i]]
                if kind == STOP:
                    strong = True
                elif kind == POINT and codes[i] == 46:  # a full stop, not a comma
                    stop = True
                elif kind == NEWLINE:
                    newlines += 1
                elif kind == QUOTE and (stop or strong):
                    quote = True
            first = codes[there]
            begins = lower[first] != first or classes[first] == DIGIT or quote
            ends_here = strong or (stop and not table[rows[d], ids[t - 1]])
            # a lone line end may be a hard wrap; an empty line never is
            if newlines > 1 or (ends_here and (begins or newlines > 0)):
                number += 1
            sentences[t] = number
    return sentences
