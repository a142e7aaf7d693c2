"""Kernels over UTF-8 bytes: words with spans and sentences, and rows of counts.

The text arrives as the bytes in which Arrow holds it; nothing is joined or decoded beforehand.
Runs of ASCII letters and digits and of À to ÿ, most of any news text in Latin script, are read byte
by byte; what else may belong to a word is decoded and looked up in tables by code point, which
`mediaframes.text.scanning` makes from Unicode's own data. A word is a run of letters, marks and
digits, joined inside by an apostrophe between letters, a hyphen between letters or digits, or a
point or comma between digits: in substance UAX 29 with hyphens.

Where numba is switched off the same code runs as plain Python, with the same answer. Kernels that
call each other stand in one file: numba compiles anew when that file changes, not another.
"""

from typing import Any

import numpy as np
from numba import njit

# Classes of code points. Up to POINT they end a word at once; the next four may join two words.
# WIDE is a byte that is not ASCII.
OTHER, NEWLINE, STOP, TAG, POINT = range(5)
APOSTROPHE, HYPHEN, DOT, COMMA = range(5, 9)
MARK, IGNORED, LETTER, DIGIT, WIDE = range(9, 14)
KIND, SMALL = 15, 64  # the class, and the flag of lower-case letters
# What `known` tells about a word: a point after it ends no sentence, unless (MAY_END) a STARTER
# with a capital follows.
ABBREVIATION, MAY_END, STARTER = 1, 2, 4
# What a language does with a point after one or two digits, and after a single letter.
ORDINALS, LETTERS_END = 1, 2
SPLIT, KEEP, DROP = range(3)  # what is done with addresses and tags
# What is noted of a word: what stands before it, and what it is itself.
AFTER_STOP, AFTER_DOT, AFTER_LINE, AFTER_PARAGRAPH = 1, 2, 4, 8
BEGINS_SMALL, ONE_LETTER, ORDINAL = 16, 32, 64
# What a byte may do in addresses.
NOT_IN_WEB, CLOSING, IN_MAIL, IN_HOST, MAY_BEGIN = 1, 2, 4, 8, 16

LATIN = 0xC3  # leads the two bytes of À to ÿ; ä is C3 A4, Ä C3 84
LONG = np.uint64(0xFF << 56)  # no UTF-8 text begins with this byte
EIGHT, ONE, LAST = np.uint64(8), np.uint64(1), np.uint64(255)
SHIFT_29, SHIFT_32, SHIFT_56 = np.uint64(29), np.uint64(32), np.uint64(56)
MIX_1, MIX_2 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
FNV_START, FNV = np.uint64(14695981039346656037), np.uint64(1099511628211)


@njit(cache=True, nogil=True)
def _decode(data, i):  # type: ignore[no-untyped-def]
    """The code point at byte `i` and how many bytes it has."""
    b = np.int64(data[i])
    if b < 0x80:
        return b, 1
    if b < 0xE0:
        return (b & 31) << 6 | (data[i + 1] & 63), 2
    if b < 0xF0:
        return (b & 15) << 12 | np.int64(data[i + 1] & 63) << 6 | (data[i + 2] & 63), 3
    high = (b & 7) << 18 | np.int64(data[i + 1] & 63) << 12
    return high | np.int64(data[i + 2] & 63) << 6 | (data[i + 3] & 63), 4


@njit(cache=True, nogil=True)
def _class(data, i, kinds):  # type: ignore[no-untyped-def]
    """The class of the character at byte `i`, with its flag, and how many bytes it has."""
    code, size = _decode(data, i)
    return kinds[code] if code < len(kinds) else np.uint8(OTHER), size


@njit(cache=True, nogil=True)
def _write(pool, at, code):  # type: ignore[no-untyped-def]
    """Write a code point as UTF-8; returns where the next goes."""
    if code < 0x80:
        pool[at] = code
        return at + 1
    more = 1 + (code >= 0x800) + (code >= 0x10000)
    pool[at] = (0xFF00 >> more + 1 & 0xFF) | code >> 6 * more  # C0, E0 or F0 and the first bits
    for k in range(more):
        pool[at + more - k] = 0x80 | (code >> 6 * k & 63)
    return at + more + 1


@njit(cache=True, nogil=True)
def _rest(data, start, limit, kinds, lower, pool, base, tag):  # type: ignore[no-untyped-def]
    """Read a word that is not a plain run of letters and digits, from its first character on.

    Writes the lower-cased word to `pool` from `base` and returns its end there, its end in `data`,
    how many continuation bytes it has up to there, where to read on, and the continuation bytes up
    to there.
    """
    i, at = start, base
    if tag:  # its sign
        pool[at] = data[i]
        at += 1
        i += 1
    end, extra, end_extra = i, i - i, i - i
    before = LETTER
    apostrophe, apostrophe_end, apostrophe_extra, apostrophe_at = i - i - 1, i, extra, at
    while i < limit:
        code, size = _decode(data, i)
        kind = OTHER
        if code < len(kinds):
            kind = kinds[code] & KIND
        if tag and code == 95:  # an underscore belongs to a tag
            kind = LETTER
        if kind >= LETTER or kind == MARK:
            at = _write(pool, at, lower[code])
            i += size
            extra += size - 1
            end, end_extra = i, extra
            before = DIGIT if kind == DIGIT else LETTER
            continue
        if kind == IGNORED:
            i += size
            extra += size - 1
            before = IGNORED
            continue
        if kind < APOSTROPHE or i + size >= limit or tag:
            break
        after = _class(data, i + size, kinds)[0] & KIND
        joined = (
            (kind == APOSTROPHE and before == LETTER and after == LETTER)
            or (kind == HYPHEN and (before in (LETTER, DIGIT)) and after >= LETTER)
            or (kind in (DOT, COMMA) and before == DIGIT and after == DIGIT)
        )
        if not joined:
            break
        if kind == APOSTROPHE:
            apostrophe, apostrophe_end, apostrophe_extra = at, i, extra
        at = _write(pool, at, lower[code])
        apostrophe_at = at
        i += size
        extra += size - 1
        before = kind
    if apostrophe >= 0 and at == apostrophe_at + 1 and pool[at - 1] == 115:
        # a closing 's: "government's" counts as "government"
        return apostrophe, apostrophe_end, apostrophe_extra, i, extra
    return at, end, end_extra, i, extra


@njit(cache=True, nogil=True)
def _address(data, start, i, limit, bytewise, kinds, signs):  # type: ignore[no-untyped-def]
    """The end of the web or mail address whose first word is `start` to `i`, or 0."""
    web = data[i] == 58 and i + 3 < limit and data[i + 1] == 47 and data[i + 2] == 47  # ://
    if data[i] == 46 and i - start == 3:  # www.
        web = (
            data[start] | 32 == 119 and data[start + 1] | 32 == 119 and data[start + 2] | 32 == 119
        )
    j = i
    if web:
        while j < limit and signs[data[j]] & NOT_IN_WEB == 0:
            kind, size = _class(data, j, kinds)
            if size > 1 and kind & KIND < MARK:
                break
            j += size
        while signs[data[j - 1]] & CLOSING:
            j -= 1
        return j if j > i + 2 else i - i
    while j < limit and signs[data[j]] & IN_MAIL:
        j += 1
    if j >= limit or data[j] != 64:
        return i - i
    j += 1
    host, dotted = j, i < 0
    while j < limit and signs[data[j]] & IN_HOST:
        if data[j] == 46 and j + 1 < limit and bytewise[data[j + 1]] == LETTER:
            dotted = True
        j += 1
    while signs[data[j - 1]] & IN_HOST and bytewise[data[j - 1]] < LETTER:
        j -= 1
    return j if dotted and j > host else i - i


@njit(cache=True, nogil=True)
def _copy(data, start, end, small, scratch, base):  # type: ignore[no-untyped-def]
    """Write a plain run of letters and digits in lower case."""
    for i in range(start, end):
        scratch[base + i - start] = small[data[i]]


@njit(cache=True, nogil=True)
def _keys(pool, base, n):  # type: ignore[no-untyped-def]
    """A word's up to sixteen bytes as two numbers, or two hashes where it is longer."""
    first, second = np.uint64(0), np.uint64(0)
    if n <= 16:
        for j in range(n):
            first = first << EIGHT | second >> SHIFT_56
            second = second << EIGHT | np.uint64(pool[base + j])
        return first, second
    value = FNV_START
    for j in range(n):
        value = (value ^ np.uint64(pool[base + j])) * FNV
    return value | LONG, (value ^ value >> SHIFT_29) * MIX_1


@njit(cache=True, nogil=True)
def _read(data, begin, limit, tables, rules, found, spans):  # type: ignore[no-untyped-def]
    """Find the words of one document, from byte `begin` to `limit`; returns how many.

    `found` is room for keys uint64 (n, 2); the places int64 (n, 2) of words of more than 16 bytes
    in `scratch` uint8, and these. `spans` is room for starts and ends (int32) and marks (uint8), or
    None, which numba compiles to a function of its own without them.
    """
    small, bytewise, kinds, lower, signs = tables
    keys, places, scratch = found
    addresses, tags = rules[0], rules[1]
    # np.int64 and the like: a literal would have the functions called compiled once more
    zero: Any = np.int64(0)
    n, n_long, base, mark = zero, zero, zero, zero
    i, last, stop_all = begin, begin - 1, np.uint64(limit)
    while i < limit:
        kind = bytewise[data[i]]
        size, tag, is_small = zero + 1, i < zero, data[i] > 96
        if kind == WIDE:
            kind, size = _class(data, i, kinds)
            is_small = kind & SMALL != 0
            kind &= KIND
        if kind < LETTER:
            if kind == TAG and i + 1 < limit and i > last:
                tag = data[i + 1] == 95 or _class(data, i + 1, kinds)[0] & KIND >= LETTER
            if not tag:
                if spans is not None:
                    if kind in (DOT, POINT):
                        mark |= AFTER_STOP if mark & AFTER_DOT else AFTER_DOT
                    elif kind == STOP:
                        mark |= AFTER_STOP
                    elif kind == NEWLINE:
                        mark |= AFTER_PARAGRAPH if mark & AFTER_LINE else AFTER_LINE
                i += size
                begin += size - 1  # i - begin stays a number of characters
                continue
        start, start_at = i, i - begin
        first, second = np.uint64(0), np.uint64(0)
        if not tag:
            at = np.uint64(i)  # unsigned, so that no index is looked at for being negative
            while at < stop_all:
                letter = small[data[at]]
                if letter == 0:
                    break
                if spans is not None:
                    begin += letter == LATIN
                first = first << EIGHT | second >> SHIFT_56
                second = second << EIGHT | np.uint64(letter)
                at += ONE
            i = np.int64(at)
        end, end_at, length, plain = i, i - begin, i - start, not tag
        if plain and i < limit:
            kind, size = bytewise[data[i]], 1
            if kind == WIDE and data[i] < 0xC0:  # the second byte of × or ÷
                kind = MARK
            elif kind == WIDE:
                kind, size = _class(data, i, kinds)
                kind &= KIND
            if kind >= APOSTROPHE:
                # a hyphen, point or apostrophe joins only what comes before another word
                plain = kind < MARK and (
                    i + size >= limit
                    or bytewise[data[i + size]] < LETTER
                    or (kind >= DOT and bytewise[data[i - 1]] != DIGIT)
                )
        if not plain:
            begin = start - start_at
            at_end, end, extra, i, more = _rest(
                data, start, limit, kinds, lower, scratch, base, tag
            )
            length = at_end - base
            end_at = end - begin - extra
            begin += more
        stop = zero
        if addresses != SPLIT and i < limit and signs[data[i]] & MAY_BEGIN:
            stop = _address(data, start, i, limit, bytewise, kinds, signs)
            if stop:
                plain, length, begin, i = False, zero, start - start_at, start
                while i < stop:
                    code, size = _decode(data, i)
                    length = _write(scratch, base + length, lower[code]) - base
                    begin += size - 1
                    i += size
                end, end_at = i, i - begin
        last = i
        if (tag and tags == DROP) or (stop and addresses == DROP):
            continue
        if not plain or length > 16:
            if plain:
                _copy(data, start, i, small, scratch, base)
            first, second = _keys(scratch, base, length)
            if length > 16:
                places[n_long, 0], places[n_long, 1] = base, base + length
                n_long += 1
                base += length
        keys[n, 0], keys[n, 1] = first, second
        if spans is not None:
            spans[0][n], spans[1][n] = start_at, end_at
            if is_small:
                mark |= BEGINS_SMALL
            if end_at - start_at < 3:
                if data[end - 1] < 58:
                    mark |= ORDINAL
                elif end_at - start_at == 1:
                    mark |= ONE_LETTER
            spans[2][n] = mark
        mark = zero
        n += 1
    return n


@njit(cache=True, nogil=True)
def _slot(first, second, n_slots):  # type: ignore[no-untyped-def]
    value = (second ^ first * MIX_2) * MIX_1
    return value >> SHIFT_32 & np.uint64(n_slots - 1)


@njit(cache=True, nogil=True)
def _with_room(table, n_words):  # type: ignore[no-untyped-def]
    """A table of which `n_words` leave half free, so that chains stay short."""
    n_slots = len(table)
    while n_words * 2 > n_slots:
        n_slots *= 2
    if n_slots == len(table):
        return table
    larger = np.zeros((n_slots, 3), np.uint64)
    for k in range(len(table)):
        if table[k, 2]:
            slot = _slot(table[k, 0], table[k, 1], n_slots)
            while larger[slot, 2]:
                slot = (slot + ONE) & np.uint64(n_slots - 1)
            for c in range(3):
                larger[slot, c] = table[k, c]
    return larger


@njit(cache=True, nogil=True)
def _same(pool, word_bounds, word, scratch, place):  # type: ignore[no-untyped-def]
    """Whether a word of the pool is the one at `place` in `scratch`."""
    begin = word_bounds[word]
    if word_bounds[word + 1] - begin != place[1] - place[0]:
        return False
    for j in range(place[1] - place[0]):  # noqa: SIM110
        if pool[begin + j] != scratch[place[0] + j]:
            return False
    return True


@njit(cache=True, nogil=True)
def _write_down(pool, at, first, second, scratch, place):  # type: ignore[no-untyped-def]
    """Write a new word to the pool; returns where the next goes."""
    if first >= LONG:
        for j in range(place[0], place[1]):
            pool[at] = scratch[j]
            at += 1
        return at
    for key in (first, second):
        for shift in range(56, -8, -8):
            byte = np.uint8(key >> np.uint64(shift) & LAST)
            if byte:
                pool[at] = byte
                at += 1
    return at


@njit(cache=True, nogil=True)
def _look_up(found, n, words, ids):  # type: ignore[no-untyped-def]
    """Write the numbers of the `n` words in `found` to `ids`; returns how many words are known."""
    keys, places, scratch = found
    table, pool, word_bounds, n_words = words
    mask, n_long = np.uint64(len(table) - 1), np.int64(0)
    for t in range(n):
        first, second = keys[t, 0], keys[t, 1]
        slot, is_long = _slot(first, second, len(table)), first >= LONG
        while table[slot, 2]:
            # up to 16 bytes the keys are the word; of longer ones they are hashes
            if table[slot, 0] == first and table[slot, 1] == second and (not is_long or _same(
                pool, word_bounds, np.int64(table[slot, 2]) - 1, scratch, places[n_long]
            )):  # fmt: skip
                break
            slot = (slot + ONE) & mask
        if table[slot, 2] == 0:
            at = _write_down(pool, word_bounds[n_words], first, second, scratch, places[n_long])
            n_words += 1
            word_bounds[n_words] = at
            table[slot, 0], table[slot, 1], table[slot, 2] = first, second, np.uint64(n_words)
        ids[t] = np.int64(table[slot, 2]) - 1
        n_long += is_long
    return n_words


@njit(cache=True, nogil=True)
def _room_for(bounds):  # type: ignore[no-untyped-def]
    """Room for the words of the longest document, see `_read`; how many words there may be."""
    longest, size = np.max(bounds[1:] - bounds[:-1]), bounds[len(bounds) - 1] - bounds[0]
    keys = np.empty((longest // 2 + 2, 2), np.uint64)
    places, scratch = (
        np.empty((longest // 8 + 2, 2), np.int64),
        np.empty(longest * 2 + 16, np.uint8),
    )
    # between two words lies at least one other character
    return (keys, places, scratch), size // 2 + len(bounds)


@njit(cache=True, nogil=True)
def scan(data, bounds, tables, rules, words):  # type: ignore[no-untyped-def]
    """Find the words of documents that lie one after another in `data`, with their spans.

    Parameters: `data` uint8 (UTF-8); `bounds` int64 (D+1), where each document begins; `tables`
    (small uint8 (256): the bytes of ASCII letters and digits and of À to ÿ, lower-cased, 0 for all
    else; bytewise uint8 (256): classes of bytes; kinds uint8 and lower int32, by code point; signs
    uint8 (256), what a byte may do in addresses); `rules` int64 (2), what is done with addresses
    and tags; `words` (table, pool, word_bounds, V), what is known so far, changed in place.

    Returns ids int32 (N); offsets int64 (D+1); starts, ends int32 and marks uint8 (N); table and
    V.
    """
    table, pool, word_bounds, n_words = words
    n_docs = len(bounds) - 1
    found, room = _room_for(bounds)
    ids, starts, ends = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.int32)
    marks = np.empty(room, np.uint8)
    offsets = np.zeros(n_docs + 1, np.int64)
    n = 0
    for d in range(n_docs):
        spans = (starts[n:], ends[n:], marks[n:])
        more = _read(data, bounds[d], bounds[d + 1], tables, rules, found, spans)
        table = _with_room(table, n_words + more)
        n_words = _look_up(found, more, (table, pool, word_bounds, n_words), ids[n:])
        n += more
        offsets[d + 1] = n
    spans = (starts[:n].copy(), ends[:n].copy(), marks[:n].copy())
    return ids[:n].copy(), offsets, spans, table, n_words


@njit(cache=True, nogil=True)
def scan_counts(data, bounds, tables, rules, words):  # type: ignore[no-untyped-def]
    """Find the words of documents as `scan` does, and how often each is in each document.

    Returns ids int32 (N), each once in a document; offsets int64 (D+1); cells int32 (N); table and
    V.
    """
    table, pool, word_bounds, n_words = words
    n_docs = len(bounds) - 1
    found, room = _room_for(bounds)
    ids, cells = np.empty(room, np.int32), np.empty(room, np.int32)
    offsets = np.zeros(n_docs + 1, np.int64)
    sums = np.zeros(len(table), np.int32)
    n = 0
    for d in range(n_docs):
        more = _read(data, bounds[d], bounds[d + 1], tables, rules, found, None)
        table = _with_room(table, n_words + more)
        n_words = _look_up(found, more, (table, pool, word_bounds, n_words), ids[n:])
        if len(sums) < len(table):
            sums = np.zeros(len(table), np.int32)
        for t in range(n, n + more):
            word = ids[t]
            ids[n] = word  # written over where the word was seen before: no branch to mispredict
            n += sums[word] == 0
            sums[word] += 1
        for k in range(offsets[d], n):
            cells[k] = sums[ids[k]]
            sums[ids[k]] = 0
        offsets[d + 1] = n
    return ids[:n].copy(), offsets, cells[:n].copy(), table, n_words
