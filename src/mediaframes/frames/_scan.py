"""Every term of a codebook in one pass over the words: the hot loop of `apply_codebook`.

A term is a sequence of patterns; a pattern is a set of words. Each sequence hangs at its rarest
pattern (the anchor), so most words of a text lead to no sequence at all. Within an article hits
are settled frame by frame: exclusions and rules first, then the longest, the earliest, the term
listed first.
"""

import numpy as np
from numba import njit

TERM, EXCLUSION, CONTEXT = 0, 1, 2  # kinds of entries
LONG_CLUSTER = 32  # hits that overlap in a chain; beyond so many a real sort pays


@njit(cache=True)
def _longer(array, size):  # type: ignore[no-untyped-def]
    """The array with room for at least `size` items."""
    if size <= len(array):
        return array
    new = np.empty(max(size, 2 * len(array)), array.dtype)
    new[: len(array)] = array
    return new


@njit(cache=True)
def _stands(ids, start, patterns, anchor, of_word, word_patterns):  # type: ignore[no-untyped-def]
    """Whether every pattern but the anchor (-1: any word) matches its word."""
    for k in range(len(patterns)):
        pattern = patterns[k]
        if k == anchor or pattern < 0:
            continue
        word = ids[start + k]
        found = False
        for j in range(of_word[word], of_word[word + 1]):
            if word_patterns[j] == pattern:
                found = True
                break
        if not found:
            return False
    return True


@njit(cache=True)
def _raw(ids, sentences, first, last, sequences, patterns, room):  # type: ignore[no-untyped-def]
    """All places of all entries in one article, sorted by first word, then entry."""
    hung, hung_sequences, bounds, parts, anchors, entries = sequences
    starts, lengths, who = room
    n = 0
    for at in range(first, last):
        word = ids[at]
        for j in range(hung[word], hung[word + 1]):
            s = hung_sequences[j]
            length = bounds[s + 1] - bounds[s]
            start = at - anchors[s]
            if length > 1:
                end = start + length
                if start < first or end > last or sentences[start] != sentences[end - 1]:
                    continue
                sequence = parts[bounds[s] : bounds[s + 1]]
                if not _stands(ids, start, sequence, anchors[s], patterns[0], patterns[1]):
                    continue
            if n == len(starts):
                starts = _longer(starts, n + 1)
                lengths = _longer(lengths, n + 1)
                who = _longer(who, n + 1)
            # nearly sorted already: an anchor lies at most a phrase's length behind its start
            entry = entries[s]
            k = n
            while k > 0 and (
                starts[k - 1] > start or (starts[k - 1] == start and who[k - 1] > entry)
            ):
                starts[k], lengths[k], who[k] = starts[k - 1], lengths[k - 1], who[k - 1]
                k -= 1
            starts[k], lengths[k], who[k] = start, length, entry
            n += 1
    return n, (starts, lengths, who)


@njit(cache=True)
def _cancelled(h, n, raw, sentences, rules, reach):  # type: ignore[no-untyped-def]
    """Whether an exclusion covers the hit, or a word stands near that the term must not have.

    rules: kind, frame, group, within, negation group and negation window of each entry.
    """
    starts, lengths, who = raw
    kinds, frames, groups, unless, within, negation, window = rules
    entry = who[h]
    begin, end = starts[h], starts[h] + lengths[h]
    k = h
    while k > 0 and starts[k - 1] >= begin - reach:
        k -= 1
    while k < n and starts[k] <= end + reach:
        other = who[k]
        low, high = starts[k], starts[k] + lengths[k]
        if kinds[other] == 1:  # an exclusion
            if frames[other] == frames[entry] and low <= begin and end <= high:
                return True
        elif kinds[other] == 2 and sentences[low] == sentences[begin]:
            gap = low - end + 1 if low >= end else begin - high + 1
            if groups[other] == unless[entry] and gap <= within[entry]:
                return True
            before = high <= begin and begin - high < window[entry]
            if groups[other] == negation[entry] and before:
                return True
        k += 1
    return False


@njit(cache=True)
def _settle(rows, first, last, raw, keep, stamp, base):  # type: ignore[no-untyped-def]
    """Of one chain of overlapping hits of a frame: the longest stay, then the earliest."""
    starts, lengths = raw[0], raw[1]
    size = last - first
    order = rows[first:last].copy()
    if size > LONG_CLUSTER:
        span = starts[rows[last - 1]] - starts[rows[first]] + 1
        keys = np.empty(size, np.int64)
        for k in range(size):  # rows are ordered by start and entry, so k breaks the tie
            h = order[k]
            keys[k] = ((64 - lengths[h]) * span + starts[h] - starts[rows[first]]) * size + k
        order = order[np.argsort(keys)]
    else:
        for i in range(1, size):
            h = order[i]
            j = i
            while j > 0 and lengths[order[j - 1]] < lengths[h]:
                order[j] = order[j - 1]
                j -= 1
            order[j] = h
    begin = starts[rows[first]] - base
    finish = begin
    for h in order:
        finish = max(finish, starts[h] + lengths[h] - base)
    stamp[begin:finish] = False
    for h in order:
        a = starts[h] - base
        b = a + lengths[h]
        free = True
        for t in range(a, b):
            if stamp[t]:
                free = False
                break
        keep[h] = free
        if free:
            stamp[a:b] = True


@njit(cache=True)
def find_hits(ids, offsets, sentences, docs, sequences, patterns, rules, n_frames, reach):  # type: ignore[no-untyped-def]
    """Hits of the entries in some articles.

    Parameters
    ----------
    ids, offsets, sentences : arrays
        Of the tokens.
    docs : int64 array
        Rows of the articles to search, ascending.
    sequences : tuple of arrays
        Word to sequences (CSR: bounds, sequences), sequence to patterns (bounds, patterns; -1 is
        any word), anchor and entry of each sequence.
    patterns : tuple of arrays
        Word to patterns (CSR).
    rules : tuple of arrays, one item per entry
        Kind, frame, context group; group and width of its "unless"; group and width of negation.
    n_frames, reach : int
        Number of frames; words to look around for exclusions and context.

    Returns
    -------
    doc, start, length, entry of the hits that stay, in the order of start and entry; and for each
    entry its places, those cancelled, and those that an overlapping hit of its frame took.
    """
    kinds, frames = rules[0], rules[1]
    n_entries = len(kinds)
    tally = np.zeros((3, n_entries), np.int64)
    room = (np.empty(64, np.int64), np.empty(64, np.int64), np.empty(64, np.int32))
    out_doc, out_start = np.empty(1024, np.int64), np.empty(1024, np.int64)
    out_length, out_entry = np.empty(1024, np.int32), np.empty(1024, np.int32)
    alive, keep = np.empty(64, np.bool_), np.empty(64, np.bool_)
    rows = np.empty(64, np.int64)
    stamp = np.empty(1024, np.bool_)
    size = 0
    for doc in docs:
        first, last = offsets[doc], offsets[doc + 1]
        n, room = _raw(ids, sentences, first, last, sequences, patterns, room)
        if n == 0:
            continue
        starts, lengths, who = room
        alive, keep, rows = _longer(alive, n), _longer(keep, n), _longer(rows, n)
        stamp = _longer(stamp, last - first)
        begins = np.zeros(n_frames + 1, np.int64)
        extra = False
        for h in range(n):
            extra = extra or kinds[who[h]] != 0
        for h in range(n):
            entry = who[h]
            tally[0, entry] += 1
            alive[h] = kinds[entry] == 0
            keep[h] = False
            if alive[h] and extra and _cancelled(h, n, room, sentences, rules, reach):
                alive[h] = False
                tally[1, entry] += 1
            if alive[h]:
                begins[frames[entry] + 1] += 1
        for f in range(n_frames):
            begins[f + 1] += begins[f]
        fill = begins.copy()
        for h in range(n):
            if alive[h]:
                frame = frames[who[h]]
                rows[fill[frame]] = h
                fill[frame] += 1
        for f in range(n_frames):
            k = begins[f]
            while k < begins[f + 1]:
                j = k + 1
                end = starts[rows[k]] + lengths[rows[k]]
                while j < begins[f + 1] and starts[rows[j]] < end:
                    end = max(end, starts[rows[j]] + lengths[rows[j]])
                    j += 1
                if j == k + 1:
                    keep[rows[k]] = True
                else:
                    _settle(rows, k, j, room, keep, stamp, first)
                k = j
        if size + n > len(out_doc):
            out_doc, out_start = _longer(out_doc, size + n), _longer(out_start, size + n)
            out_length, out_entry = _longer(out_length, size + n), _longer(out_entry, size + n)
        for h in range(n):
            if keep[h]:
                out_doc[size], out_start[size] = doc, starts[h]
                out_length[size], out_entry[size] = lengths[h], who[h]
                size += 1
            elif alive[h]:
                tally[2, who[h]] += 1
    return out_doc[:size], out_start[:size], out_length[:size], out_entry[:size], tally
