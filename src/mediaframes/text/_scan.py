"""Kernels over UTF-8 bytes: words with spans and sentences, and rows of counts.

The text arrives as the bytes in which Arrow holds it; nothing is joined or decoded beforehand.
Runs of ASCII letters and digits, most of any news text in Latin script, are read byte by byte;
what else may belong to a word is decoded and looked up in tables by code point, which
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

LONG = np.uint64(0xFF << 56)  # no UTF-8 text begins with this byte
EIGHT, ONE = np.uint64(8), np.uint64(1)
SHIFT_29, SHIFT_32 = np.uint64(29), np.uint64(32)
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
def _write(pool, at, code):  # type: ignore[no-untyped-def]
    """Write a code point as UTF-8; returns where the next goes."""
    if code < 0x80:
        pool[at] = code
        return at + 1
    if code < 0x800:
        pool[at] = 0xC0 | code >> 6
    else:
        if code < 0x10000:
            pool[at] = 0xE0 | code >> 12
        else:
            pool[at] = 0xF0 | code >> 18
            at += 1
            pool[at] = 0x80 | (code >> 12 & 63)
        at += 1
        pool[at] = 0x80 | (code >> 6 & 63)
    pool[at + 1] = 0x80 | (code & 63)
    return at + 2


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
        code_after = _decode(data, i + size)[0]
        after = OTHER
        if code_after < len(kinds):
            after = kinds[code_after] & KIND
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
            code, size = _decode(data, j)
            if code > 127 and (code >= len(kinds) or kinds[code] & KIND < MARK):
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
def _keys(pool, base, n):  # type: ignore[no-untyped-def]
    """A word's first sixteen bytes as two numbers, or two hashes where it is longer."""
    first, second = np.uint64(0), np.uint64(0)
    if n <= 16:
        for j in range(min(n, 8)):
            first |= np.uint64(pool[base + j]) << np.uint64(56 - 8 * j)
        for j in range(8, n):
            second |= np.uint64(pool[base + j]) << np.uint64(120 - 8 * j)
        return first, second
    value = FNV_START
    for j in range(n):
        value = (value ^ np.uint64(pool[base + j])) * FNV
    return value | LONG, (value ^ value >> SHIFT_29) * MIX_1


@njit(cache=True, nogil=True)
def _read(data, begin, limit, tables, rules, found, spans):  # type: ignore[no-untyped-def]
    """Find the words of one document, from byte `begin` to `limit`; returns how many.

    `found` is room for keys uint64 (n, 2); froms int64 and sizes int32, where words of more than
    16 bytes lie in `scratch`, and their bytes; marks uint8; `scratch` uint8. `spans` is room for
    starts and ends (int32).
    """
    small, bytewise, kinds, lower, signs = tables
    keys, froms, sizes, marks, scratch = found
    starts, ends = spans
    addresses, tags = rules[0], rules[1]
    # np.int64 and the like: a literal would have the functions called compiled once more
    zero: Any = np.int64(0)
    n, base, mark = zero, zero, zero
    i, last, stop_all = begin, begin - 1, np.uint64(limit)
    while i < limit:
        kind = bytewise[data[i]]
        size, tag, is_small = zero + 1, i < zero, data[i] > 96
        if kind == WIDE:
            code, size = _decode(data, i)
            kind = OTHER
            if code < len(kinds):
                kind = kinds[code] & KIND
                is_small = kinds[code] & SMALL != 0
        if kind < LETTER:
            if kind == TAG and i + 1 < limit and i > last:
                code = _decode(data, i + 1)[0]
                tag = code == 95 or (code < len(kinds) and kinds[code] & KIND >= LETTER)
            if not tag:
                if kind in (DOT, POINT):
                    mark |= AFTER_STOP if mark & AFTER_DOT else AFTER_DOT
                elif kind == STOP:
                    mark |= AFTER_STOP
                elif kind == NEWLINE:
                    mark |= AFTER_PARAGRAPH if mark & AFTER_LINE else AFTER_LINE
                i += size
                begin += size - 1  # i - begin stays a number of characters
                continue
        start, start_at, length = i, i - begin, zero
        first, second, value = np.uint64(0), np.uint64(0), np.uint64(0)
        if not tag:
            at = np.uint64(i)  # unsigned, so that no index is looked at for being negative
            while at < stop_all:
                letter = small[data[at]]
                if letter == 0:
                    # ä is C3 A4, Ä C3 84; the signs × and ÷ lie between them
                    if data[at] != 0xC3 or at + ONE >= stop_all or data[at + ONE] & 31 == 23:
                        break
                    letter = data[at + ONE]
                    if letter < 0x9F:
                        letter += np.uint8(32)
                    value = value << EIGHT | np.uint64(0xC3)
                    at += ONE
                    begin += 1
                    length += 1
                    if length == 8:
                        first, value = value, np.uint64(0)
                    elif length == 16:
                        second, value = value, np.uint64(0)
                value = value << EIGHT | np.uint64(letter)
                at += ONE
                length += 1
                if length == 8:
                    first, value = value, np.uint64(0)
                elif length == 16:
                    second, value = value, np.uint64(0)
            i = np.int64(at)
        end, end_at, plain = i, i - begin, not tag
        if plain and i < limit:
            kind, size = bytewise[data[i]], 1
            if kind == WIDE:
                code, size = _decode(data, i)
                kind = OTHER
                if code < len(kinds):
                    kind = kinds[code] & KIND
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
        froms[n] = base
        if not plain or length > 16:
            if plain:
                _rest(data, start, i, kinds, lower, scratch, base, tag)
            first, second = _keys(scratch, base, length)
            base += length
        elif length < 8:
            first = value << np.uint64(64 - 8 * length)
        elif length > 8 and length < 16:
            second = value << np.uint64(128 - 8 * length)
        keys[n, 0], keys[n, 1] = first, second
        sizes[n] = length
        starts[n], ends[n] = start_at, end_at
        if is_small:
            mark |= BEGINS_SMALL
        if end_at - start_at < 3:
            if data[end - 1] < 58:
                mark |= ORDINAL
            elif end_at - start_at == 1:
                mark |= ONE_LETTER
        marks[n] = mark
        mark = 0
        n += 1
    return n


@njit(cache=True, nogil=True)
def _slot(table, first, second):  # type: ignore[no-untyped-def]
    value = first * MIX_1 ^ (second ^ second >> SHIFT_29) * MIX_2
    value = (value ^ value >> SHIFT_32) * MIX_1
    return (value ^ value >> SHIFT_29) & np.uint64(len(table) - 1)


@njit(cache=True, nogil=True)
def _grown(table):  # type: ignore[no-untyped-def]
    """The same words in a table twice as large."""
    larger = np.zeros((len(table) * 2, 3), np.uint64)
    for k in range(len(table)):
        if table[k, 2]:
            at = _slot(larger, table[k, 0], table[k, 1])
            while larger[at, 2]:
                at = (at + ONE) & np.uint64(len(larger) - 1)
            for c in range(3):
                larger[at, c] = table[k, c]
    return larger


@njit(cache=True, nogil=True)
def _same(pool, begin, end, scratch, base, n):  # type: ignore[no-untyped-def]
    """Whether a word of the pool is the one that lies in `scratch`."""
    if end - begin != n:
        return False
    for j in range(n):  # noqa: SIM110
        if pool[begin + j] != scratch[base + j]:
            return False
    return True


@njit(cache=True, nogil=True)
def _look_up(found, n, words, ids):  # type: ignore[no-untyped-def]
    """Write the ids of the `n` words in `found`; returns the table of words and their number."""
    keys, froms, sizes, _, scratch = found
    table, pool, word_bounds, n_words = words
    for t in range(n):
        first, second = keys[t, 0], keys[t, 1]
        slot, mask = _slot(table, first, second), np.uint64(len(table) - 1)
        word = np.int64(-1)
        while table[slot, 2]:
            if table[slot, 0] == first and table[slot, 1] == second:
                word = np.int64(table[slot, 2]) - 1
                # up to 16 bytes the keys are the word; of longer ones they are hashes
                if sizes[t] <= 16 or _same(
                    pool, word_bounds[word], word_bounds[word + 1], scratch, froms[t], sizes[t]
                ):
                    break
                word = np.int64(-1)
            slot = (slot + ONE) & mask
        if word < 0:
            word = n_words
            base = word_bounds[word]
            for j in range(sizes[t]):
                if sizes[t] > 16:
                    pool[base + j] = scratch[froms[t] + j]
                else:
                    key = first if j < 8 else second
                    pool[base + j] = np.uint8(key >> np.uint64(56 - 8 * (j & 7)) & np.uint64(255))
            n_words += 1
            word_bounds[n_words] = base + sizes[t]
            table[slot, 0], table[slot, 1], table[slot, 2] = first, second, np.uint64(n_words)
            if n_words * 5 > len(table) * 3:  # some room, so that chains stay short
                table = _grown(table)
        ids[t] = word
    return table, n_words


@njit(cache=True, nogil=True)
def scan(data, bounds, tables, rules, words, spans):  # type: ignore[no-untyped-def]
    """Find the words of documents that lie one after another in `data`.

    Parameters: `data` uint8 (UTF-8); `bounds` int64 (D+1), where each document begins; `tables`
    (small uint8 (256): ASCII letters and digits lower-cased, 0 for all else; bytewise uint8 (256):
    their classes; kinds uint8 and lower int32, by code point; signs uint8 (256), what a byte may do
    in addresses); `rules` int64 (2), what is done with addresses and tags; `words` (table, pool,
    word_bounds, V), what is known so far, changed in place; `spans` whether they are wanted.

    Returns ids int32 (N); starts, ends int32 and marks uint8 (N or 0); offsets int64 (D+1); table
    and V.
    """
    table, pool, word_bounds, n_words = words
    n_docs = len(bounds) - 1
    # between two words lies at least one other character
    room = (bounds[n_docs] - bounds[0]) // 2 + n_docs + 1
    longest = np.max(bounds[1:] - bounds[:-1])
    most = longest // 2 + 2
    keys, froms = np.empty((most, 2), np.uint64), np.empty(most, np.int64)
    sizes, scratch = np.empty(most, np.int32), np.empty(longest + longest // 2 + 16, np.uint8)
    ids = np.empty(room, np.int32)
    starts = np.empty(room if spans else most, np.int32)
    ends = np.empty(room if spans else most, np.int32)
    marks = np.empty(room if spans else most, np.uint8)
    offsets = np.zeros(n_docs + 1, np.int64)
    n = 0
    for d in range(n_docs):
        at = n if spans else 0
        found = (keys, froms, sizes, marks[at:], scratch)
        more = _read(data, bounds[d], bounds[d + 1], tables, rules, found, (starts[at:], ends[at:]))
        table, n_words = _look_up(found, more, (table, pool, word_bounds, n_words), ids[n:])
        n += more
        offsets[d + 1] = n
    kept = n if spans else 0
    found_spans = (starts[:kept].copy(), ends[:kept].copy(), marks[:kept].copy())
    return ids[:n].copy(), found_spans, offsets, table, n_words


@njit(cache=True, nogil=True)
def beginnings(pool, bounds):  # type: ignore[no-untyped-def]
    """The first sixteen bytes of each word as two numbers, and whether it may not be in NFC.

    Whatever lies below U+0300, whose UTF-8 begins with CC, is in NFC and no sigma.
    """
    n = len(bounds) - 1
    first, second = np.empty(n, np.uint64), np.empty(n, np.uint64)
    unsure = np.zeros(n, np.bool_)
    for w in range(n):
        size = bounds[w + 1] - bounds[w]
        first[w], second[w] = _keys(pool, bounds[w], min(size, np.int64(16)))
        for j in range(bounds[w], bounds[w + 1]):
            if pool[j] >= 0xCC:
                unsure[w] = True
    return first, second, unsure
