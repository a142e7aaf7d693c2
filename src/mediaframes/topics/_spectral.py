"""Kernels of the spectral start."""

import math

import numpy as np
from numba import njit

from mediaframes.topics._algebra import sum_extended
from mediaframes.topics._vector import axpy, dot, exps, sum_rows

TILE = 64  # columns mirrored together, so that a line of the processor's memory is read once


@njit(cache=True, nogil=True)
def pair_products(words, docs, n):  # type: ignore[no-untyped-def]
    """The product (n, n) of the transposed articles with themselves, articles in turn.

    `words` is (indptr, docs, places) by word, `docs` (indptr, indices, data), indices ascending.
    """
    begins, where, places = words
    ends, indices, data = docs
    result = np.zeros((n, n))
    for w in range(n):
        row = result[w]
        for at in range(begins[w], begins[w + 1]):
            place = places[at]
            value = data[place]
            for other in range(place, ends[where[at] + 1]):
                row[indices[other]] += value * data[other]
    for first in range(0, n, TILE):
        for w in range(first, n):
            for v in range(first, min(first + TILE, w)):
                result[w, v] = result[v, w]
    return result


@njit(cache=True, nogil=True)
def take_out(rows, chosen, best, far):  # type: ignore[no-untyped-def]
    """Take the direction of row `best` out of all rows not yet chosen; squared lengths in `far`.

    `rows` is flat, each row padded with zeros to a multiple of eight.
    """
    n = len(rows) // len(far)
    way = rows[best * n : (best + 1) * n] / math.sqrt(far[best])
    for i in range(len(far)):
        if chosen[i]:
            far[i] = 0.0
        else:
            axpy(rows, i * n, -dot(rows, i * n, way, 0, n), way, 0, n)
            far[i] = dot(rows, i * n, rows, i * n, n)


@njit(cache=True, nogil=True)
def mix_anchors(gram, anchors, tolerance, most):  # type: ignore[no-untyped-def]
    """For each row of `gram` the mixture of the anchors' rows nearest to it, (V, K).

    By exponentiated gradient, whose steps (2 times 50) are so long that on short texts it never
    settles: where it then stops depends on the last digit of every sum. So all sums are taken in
    R's order, one number after the other, and in extended precision where R does.
    """
    n, k = len(gram), len(anchors)
    kp = (k + 7) // 8 * 8
    side = np.zeros(n * kp)  # the anchors' rows, transposed
    for t in range(k):
        for v in range(n):
            side[v * kp + t] = gram[anchors[t], v]
    square, against = np.zeros(kp * kp), np.zeros(kp)
    for t in range(k):
        for v in range(n):
            axpy(square, t * kp, gram[anchors[t], v], side, v * kp, kp)
    result = np.empty((n, k))
    gradient, growth = np.zeros(kp), np.zeros(kp)
    product, mix = np.zeros(kp), np.zeros(kp)
    for w in range(n):
        against[:] = 0.0
        for v in range(n):
            axpy(against, 0, gram[w, v], side, v * kp, kp)
        mix[:k] = 1.0 / k
        before = np.inf
        for _ in range(most):
            sum_rows(product, 0, mix, square, (0, 1, 0, kp), k, kp)
            error, top = 0.0, -np.inf
            for t in range(k):
                gradient[t] = against[t] - product[t]
                error += gradient[t] ** 2  # decides on the end only
                gradient[t] *= 100.0
                top = max(top, gradient[t])
            for t in range(k):
                gradient[t] -= top
            exps(growth, gradient, kp)
            for t in range(k):
                mix[t] *= growth[t]
            whole = sum_extended(mix, 0, k)
            for t in range(k):
                mix[t] /= whole
            now = math.sqrt(error)
            if abs(before - now) < tolerance:
                break
            before = now
        result[w] = mix[:k]
    return result
