"""Compiled kernel of `language`: the classifier of py3langid over many samples at once.

A finite automaton walks over a sample's bytes and marks the byte sequences that the model knows; a
multinomial naive Bayes model scores them (Lui & Baldwin 2012). Automaton and model are those of
py3langid; its own loop over the bytes is Python's and takes forty times as long.
"""

import numpy as np
from numba import njit


@njit(cache=True)
def scores(data, offsets, automaton, model):  # type: ignore[no-untyped-def]
    """Log-scores (samples × languages) of UTF-8 samples ``data[offsets[d]:offsets[d + 1]]``.

    `automaton` = (next state by row and byte, start of each state's row, feature of each state or
    -1); `model` = (features × languages, prior by language), float32. A sample without a known
    feature has zeros, which stand for "any language".
    """
    moves, rows, outputs = automaton
    table, prior = model
    n = len(offsets) - 1
    n_features, n_languages = table.shape
    result = np.zeros((n, n_languages), dtype=np.float64)
    times = np.zeros(n_features, dtype=np.int64)
    seen = np.empty(n_features, dtype=np.int64)
    for d in range(n):
        state = 0
        found = 0
        for place in range(offsets[d], offsets[d + 1]):
            state = moves[rows[state] + data[place]]
            feature = outputs[state]
            if feature >= 0:
                if times[feature] == 0:
                    seen[found] = feature
                    found += 1
                times[feature] += 1
        if found == 0:
            continue
        for k in range(n_languages):
            result[d, k] = prior[k]
        for s in range(found):
            feature = seen[s]
            weight = np.log1p(np.float64(times[feature]))
            times[feature] = 0
            for k in range(n_languages):
                result[d, k] += weight * table[feature, k]
    return result
