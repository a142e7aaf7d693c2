"""Kernel: where sentences end. It calls nothing of another file, see `_scan`."""

import numpy as np
from numba import njit

from mediaframes.text._scan import (
    ABBREVIATION,
    AFTER_DOT,
    AFTER_LINE,
    AFTER_PARAGRAPH,
    AFTER_STOP,
    BEGINS_SMALL,
    LETTERS_END,
    MAY_END,
    ONE_LETTER,
    ORDINAL,
    ORDINALS,
    STARTER,
)


@njit(cache=True, nogil=True)
def number_sentences(ids, offsets, marks, rows, flags, habits):  # type: ignore[no-untyped-def]
    """Number the sentences of each document from 0; int32 (N).

    Parameters: `ids` int32 (N), `offsets` int64 (D+1) and `marks` uint8 (N) of `_scan.scan`; `rows`
    int64 (D), the row of each document's language; `flags` uint8 (L, A) says of the first A words
    which are abbreviations and starters there, `habits` uint8 (L) what the language does with
    points.
    """
    sentences = np.zeros(len(ids), np.int32)
    n_known = flags.shape[1]
    for d in range(len(offsets) - 1):
        row, sentence = rows[d], 0
        for t in range(offsets[d] + 1, offsets[d + 1]):
            mark, before = marks[t], marks[t - 1]
            small = mark & BEGINS_SMALL != 0
            ends = mark & AFTER_STOP != 0
            if not ends and mark & AFTER_DOT != 0:
                starter, flag = False, 0
                if ids[t] < n_known and not small:
                    starter = flags[row, ids[t]] & STARTER != 0
                if ids[t - 1] < n_known:
                    flag = flags[row, ids[t - 1]]
                if flag & ABBREVIATION:
                    ends = starter and flag & MAY_END != 0
                elif before & ONE_LETTER:
                    ends = starter and habits[row] & LETTERS_END != 0
                else:
                    ends = starter or before & ORDINAL == 0 or habits[row] & ORDINALS == 0
            # a lone line end may be a hard wrap; an empty line never is
            if mark & AFTER_PARAGRAPH or (ends and (not small or mark & AFTER_LINE)):
                sentence += 1
            sentences[t] = sentence
    return sentences
