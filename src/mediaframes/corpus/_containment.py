"""Compiled kernels of `dedupe`: texts that stand in longer ones, and how much two texts share.

A shingle is sampled where the last `SAMPLED` bits of its hash are zero, so two texts sample the
shingles they share alike (Broder 1997, "modulo m"). An index of all samples, sorted by hash, gives
for each of a text's samples the texts that hold it as well, the longest first.
"""

import numpy as np
from numba import njit

SAMPLED = 2  # bits: one shingle in four, so that the shortest text that is looked for has about 12
RANK_BITS = 24  # of an entry's 64 bits, for the text; the others hold the start of the hash
QUERIES = 32  # samples asked for per text: the standard error of a containment of .8 is then .07

_U = np.uint64
_RANK = _U((1 << RANK_BITS) - 1)


@njit(cache=True)
def of_texts(values, begins, texts):  # type: ignore[no-untyped-def]
    """The values of some texts, one text after another, and where each text's begin."""
    starts = np.zeros(len(texts) + 1, dtype=np.int64)
    for place in range(len(texts)):
        starts[place + 1] = starts[place] + begins[texts[place] + 1] - begins[texts[place]]
    result = np.empty(starts[-1], dtype=values.dtype)
    for place in range(len(texts)):
        result[starts[place] : starts[place + 1]] = values[
            begins[texts[place]] : begins[texts[place] + 1]
        ]
    return result, starts


@njit(cache=True)
def index_entries(samples, begins, rank):  # type: ignore[no-untyped-def]
    """One number per sample: the start of its hash, then the rank of its text."""
    entries = np.empty(len(samples), dtype=np.uint64)
    for d in range(len(begins) - 1):
        for s in range(begins[d], begins[d + 1]):
            entries[s] = (samples[s] & ~_RANK) | _U(rank[d])
    return entries


@njit(cache=True)
def _starts(entries, bits):  # type: ignore[no-untyped-def]
    """Where in the sorted entries those begin whose first `bits` bits are at least a number."""
    starts = np.zeros((1 << bits) + 1, dtype=np.int64)
    shift = _U(64 - bits)
    for entry in entries:
        starts[np.int64(entry >> shift) + 1] += 1
    for place in range(1, len(starts)):
        starts[place] += starts[place - 1]
    return starts


@njit(cache=True)
def containers(entries, bits, samples, begins, order, least, caps):  # type: ignore[no-untyped-def]
    """Pairs of texts (the shorter, the longer) that share enough of the shorter one's samples.

    `entries` is sorted; `order` lists the texts from the longest to the shortest, as their ranks
    do; `least[q]` is how many of q samples must be shared; in a run of more than ``caps[0]`` texts
    with one sample only the ``caps[1]`` longest are looked at.
    """
    starts = _starts(entries, bits)
    shift = _U(64 - bits)
    cap, reach = caps
    n = len(order)
    times = np.zeros(n, dtype=np.int32)
    touched = np.empty(n, dtype=np.int64)
    pairs = np.empty((1024, 2), dtype=np.int64)
    found = 0
    for rank in range(n):
        d = order[rank]
        first = begins[d]
        last = min(begins[d + 1], first + QUERIES)
        seen = 0
        for s in range(first, last):
            key = samples[s] & ~_RANK
            place = starts[np.int64(key >> shift)]
            while place < len(entries) and (entries[place] & ~_RANK) < key:
                place += 1
            end = place
            while end < len(entries) and end - place <= cap and (entries[end] & ~_RANK) == key:
                end += 1
            if end - place > cap:
                end = place + reach
            for entry in entries[place:end]:
                other = np.int64(entry & _RANK)
                if other >= rank:
                    break
                if times[other] == 0:
                    touched[seen] = other
                    seen += 1
                times[other] += 1
        for t in range(seen):
            if times[touched[t]] >= least[last - first]:
                if found == len(pairs):
                    more = np.empty((2 * found, 2), dtype=np.int64)
                    more[:found] = pairs
                    pairs = more
                pairs[found, 0] = d
                pairs[found, 1] = order[touched[t]]
                found += 1
            times[touched[t]] = 0
    return pairs[:found]


@njit(cache=True)
def shared(first, second, flat, begins):  # type: ignore[no-untyped-def]
    """How many shingles the two texts of each pair share, exactly."""
    result = np.zeros(len(first), dtype=np.int64)
    for p in range(len(first)):
        i, i_end = begins[first[p]], begins[first[p] + 1]
        j, j_end = begins[second[p]], begins[second[p] + 1]
        n = 0
        while i < i_end and j < j_end:
            if flat[i] == flat[j]:
                n += 1
                i += 1
                j += 1
            elif flat[i] < flat[j]:
                i += 1
            else:
                j += 1
        result[p] = n
    return result
