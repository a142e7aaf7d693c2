"""Kernels of the structural and the correlated topic model, in double precision.

An article's topics are softmax of (eta, 0) with eta normal around mu. Its posterior mode is found
by a quasi-Newton search that takes the steps of R's ``optim(method = "BFGS")``, since another
search ends in other modes and the model in another place; the curvature there is its covariance.
For the same reason every sum takes its terms in R's order. Sums are taken side by side, so
this costs no time: an article's topics are kept twice, as rows of words and as rows of topics, each
padded with zeros to a multiple of eight and beginning where the processor loads eight at once.

Sources: Roberts, Stewart & Airoldi (2016), JASA; Wang & Blei (2013), JMLR, for the Laplace step;
Nash (1990), Compact Numerical Methods, algorithm 21, for the search.
"""

import math
from typing import Any

import numpy as np
from numba import njit

from mediaframes.topics._algebra import factor
from mediaframes.topics._tiles import fetch, invert_rows, products, renew_inverse, transpose
from mediaframes.topics._vector import (
    WORDS,
    add_shares,
    axpy,
    exps,
    scale_rows,
    sum_logs,
    sum_masses,
    sum_rows,
    sum_scaled,
)

STEP, ACCEPT, FAR = 0.2, 1e-4, 10.0  # constants of R's vmmin
RELATIVE = math.sqrt(np.finfo(np.float64).eps)  # and the default of its optim
MOST = 500
DOCS = 1024  # articles whose weights stay in the processor's memory while words are counted
# without counting who holds an array, which costs a tenth of the time; these loops make none
UNCOUNTED: dict[str, Any] = {"_nrt": False}
loop = njit(cache=True, nogil=True, **UNCOUNTED)
LEAST, EPSILON = np.finfo(np.float64).tiny, np.finfo(np.float64).eps


@njit(cache=True, nogil=True)
def _zeros(n):  # type: ignore[no-untyped-def]
    """Zeros that begin at a multiple of 64 bytes."""
    room = np.zeros(n + 8)
    first = -(room.ctypes.data >> 3) & 7
    return room[first : first + n]


@loop
def _copy(target, source, n):  # type: ignore[no-untyped-def]
    for t in range(n):
        target[t] = source[t]


@loop
def _width(n, lanes):  # type: ignore[no-untyped-def]
    return (n + lanes - 1) // lanes * lanes


@loop
def _sum(values, n):  # type: ignore[no-untyped-def]
    """The even and the odd terms apart, as Armadillo's ``sum``."""
    even, odd = 0.0, 0.0
    for i in range(0, n - 1, 2):
        even += values[i]
        odd += values[i + 1]
    if n % 2:
        even += values[n - 1]
    return even + odd


@loop
def _image(target, square, vector, k, kp):  # type: ignore[no-untyped-def]
    sum_rows(target, 0, vector, square, (0, 1, 0, kp), k - 1, kp)


@loop
def _objective(eta, mu, precision, columns, data, masses, work, sizes):  # type: ignore[no-untyped-def]
    """Minus the log posterior of eta as (value, slack, part): R's is within `slack` of the value.

    R's own is what `_settled` makes of it. Leaves behind exp(eta, 0), the gap's image and each
    word's mass from its even and from its odd topics, whose sum R takes in the gradient.
    """
    k, kp, n, total = sizes
    width = _width(n, 8)
    weight, gap, image = work[0], work[1], work[2]
    exps(weight, eta, kp)  # of zeros beyond the last coordinate
    for t in range(k, kp):
        weight[t] = 0.0
    for t in range(k - 1):
        gap[t] = eta[t] - mu[t]
    _image(image, precision, gap, k, kp)
    quadratic = 0.0
    for t in range(k - 1):  # before the masses, so that the processor does not wait for each term
        quadratic += image[t] * gap[t]
    part = (0.5 * quadratic, total * math.log(_sum(weight, k)))
    apart, even = masses.shape[1], k + k % 2
    for j in range(0, width, WORDS):
        sum_masses(masses, j, apart, weight, columns, j * kp, even, min(width - j, WORDS))
    likelihood, least = sum_logs(masses, 0, apart, data, width)
    if not least >= LEAST:
        return _settled((0.0, 1.0, part), weight, columns, data, masses, sizes)
    digits = abs(part[0]) + abs(likelihood) + 3.0 * part[1]  # no log exceeds that of the sum
    slack = (digits * (n + 16) + total * (k + 1)) * EPSILON
    return part[0] - (likelihood - part[1]), slack, part


@loop
def _settled(point, weight, columns, data, masses, sizes):  # type: ignore[no-untyped-def]
    """The objective as R sums it, with the library's logarithms, which take their time."""
    value, slack, part = point
    if slack > 0.0:
        k, kp, n, _ = sizes
        mass, likelihood = masses[2], 0.0
        for j in range(0, n, WORDS):
            sum_rows(mass, j, weight, columns, (0, 1, j * kp, WORDS), k, WORDS)
        for j in range(n):
            likelihood += math.log(mass[j]) * data[j]
        value = part[0] - (likelihood - part[1])
    return value, 0.0, part


@loop
def _bounds(best, slope, length):  # type: ignore[no-untyped-def]
    """The value a step has to reach, and the change of value below which the search ends."""
    return best + slope * length * ACCEPT, RELATIVE * (abs(best) + RELATIVE)


@loop
def _gradient(gradient, rows, data, masses, work, sizes):  # type: ignore[no-untyped-def]
    """Gradient at the point `_objective` saw last."""
    k, kp, n, total = sizes
    weight, part, sums = work[0], work[2], work[3]
    even, odd, factors = masses[0], masses[1], masses[2]
    share = total / _sum(weight, k)
    for j in range(n):
        factors[j] = data[j] / (even[j] + odd[j])
    sum_scaled(sums, 0, factors, rows, (0, 1, 0, kp), n, kp, weight)
    for t in range(k - 1):
        gradient[t] = part[t] - (sums[t] - share * weight[t])


@loop
def _renew(inverse, way, change, image, k, kp):  # type: ignore[no-untyped-def]
    """The inverse Hessian after a step; False where the step says nothing about it."""
    size = k - 1
    one, two = 0.0, 0.0
    for t in range(size):
        one += way[t] * change[t]
    if not one > 0.0:
        return False
    _image(image, inverse, change, k, kp)
    for t in range(size):
        two += image[t] * change[t]
    two = 1.0 + two / one
    for t in range(size):
        numbers = (two * way[t], image[t], way[t], one)
        renew_inverse(inverse, t * kp, numbers, way, image, t // 8 * 8 + 8)
    for t in range(0, size, 4):  # the upper triangle
        for u in range(0, t, 4):
            transpose(inverse, u * kp + t, kp, inverse, t * kp + u, kp)
        for u in range(t, t + 4):
            for v in range(t, u):
                inverse[v * kp + u] = inverse[u * kp + v]
    return True


@loop
def _step(eta, best, slope, given):  # type: ignore[no-untyped-def]
    """Move eta along the way, less and less far until the objective falls.

    Returns the best point so far, the last one tried, how far along it is, the coordinates that no
    longer move, and whether any point was tried.
    """
    columns, data, masses, work, sizes = given[2:]
    size, old, way = sizes[0] - 1, work[5], work[7]
    length, tried, point = 1.0, False, best
    while True:
        stuck = 0
        for t in range(size):
            eta[t] = old[t] + length * way[t]
            if FAR + old[t] == FAR + eta[t]:
                stuck += 1
        if stuck == size:
            break
        tried = True
        point = _objective(eta, *given)
        line, least = _bounds(best[0], slope, length)
        nearest = min(abs(point[0] - line), abs(abs(point[0] - best[0]) - least))
        if nearest <= 2.0 * (point[1] + best[1]):  # the last digits decide
            point = _settled(point, work[0], columns, data, masses, sizes)
            best = _settled(best, work[9], columns, data, masses, sizes)
            line, least = _bounds(best[0], slope, length)
        if math.isfinite(point[0]) and point[0] <= line:
            break
        length *= STEP
    return best, point, length, stuck, tried


@loop
def _search(eta, rows, inverse, given):  # type: ignore[no-untyped-def]
    """Move eta to the mode with the steps of R's BFGS; `given` is the rest of `_objective`'s.

    Returns what `_objective` says there and whether it saw that point last.
    """
    data, masses, work, sizes = given[3:]
    k, kp = sizes[:2]
    size = k - 1
    gradient, old, change, way, image = work[4], work[5], work[6], work[7], work[8]
    work[:] = 0.0
    best = _objective(eta, *given)
    _copy(work[9], work[0], kp)
    _gradient(gradient, rows, data, masses, work, sizes)
    gradients, last, seen = 1, 1, True
    while True:
        if last == gradients:
            inverse[:] = 0.0
            for t in range(size):
                inverse[t * kp + t] = 1.0
        _copy(old, eta, size)
        _copy(change, gradient, kp)
        _image(way, inverse, gradient, k, kp)
        slope = 0.0
        for t in range(size):
            way[t] = -way[t]
            slope += way[t] * gradient[t]
        stuck = size
        if slope < 0.0:
            best, point, length, stuck, tried = _step(eta, best, slope, given)
            seen = stuck < size
            if abs(point[0] - best[0]) <= _bounds(best[0], slope, length)[1]:
                stuck, moved = size, tried
            else:
                moved = stuck < size
            if moved:
                best = point
                _copy(work[9], work[0], kp)
            if stuck < size:
                _gradient(gradient, rows, data, masses, work, sizes)
                gradients += 1
                for t in range(size):
                    way[t] *= length
                    change[t] = gradient[t] - change[t]
                if not _renew(inverse, way, change, image, k, kp):
                    last = gradients
            elif last < gradients:
                stuck = 0
                last = gradients
        elif last < gradients:
            stuck, last = 0, gradients
        if gradients >= MOST:
            break
        if gradients - last > 2 * size:
            last = gradients
        if stuck == size and last == gradients:
            break
    return best, seen


@loop
def _square(target, rows, n, size, kp):  # type: ignore[no-untyped-def]
    """Sum over `n` rows of their products with themselves, the upper triangle in blocks of 8 x 8.

    What is left of `size` by eights is summed a column at a time, as rows of the lower triangle.
    """
    whole = size // 8 * 8
    for t in range(0, whole, 8):
        for u in range(t, whole, 8):
            products(target, t * kp + u, rows, t, u, kp, n, 8)
    for t in range(whole, size):
        sum_rows(target, t * kp, rows, rows, (t, kp, 0, kp), n, kp)
        for u in range(t):
            target[u * kp + t] = target[t * kp + u]


@loop
def _square_lower(target, rows, size, kp):  # type: ignore[no-untyped-def]
    """The same over rows of which row t ends at t, the upper triangle in blocks of 4 x 8."""
    for t in range(0, size, 4):
        for u in range(t // 8 * 8, size, 8):
            begin = u * kp
            products(target, t * kp + u, rows, begin + t, begin + u, kp, size - u, 4)


@njit(cache=True, nogil=True)
def _curvature(hessian, scaled, rows, ratio, root, weight, precision, sizes):  # type: ignore[no-untyped-def]
    """Second derivatives of minus the log posterior at eta, the upper triangle in rows of Kp.

    `root` holds the root of each word's count, `ratio` this over the word's mass.
    """
    k, kp, n, total = sizes
    sums, share = _zeros(kp), np.zeros(kp)
    whole = _sum(weight, k)
    for t in range(k):
        share[t] = weight[t] / whole
    scale_rows(scaled, sums, rows, weight, ratio, root, n, kp)
    _square(hessian, scaled, n, k - 1, kp)
    for t in range(k - 1):
        row = hessian[t * kp : t * kp + k - 1]
        own, prior = row[t], precision[t * kp : t * kp + k - 1]
        for u in range(t, k - 1):
            row[u] = row[u] - total * (share[t] * share[u]) + prior[u]
        own -= total * (share[t] * share[t])
        row[t] = own - (sums[t] - total * share[t]) + prior[t]


@njit(cache=True, nogil=True)
def _dominate(hessian, size, kp):  # type: ignore[no-untyped-def]
    """Where it is not positive in every direction: as R's stm, let the diagonal dominate."""
    others = np.zeros(size)
    for t in range(size):
        for u in range(size):
            others[t] += abs(hessian[min(t, u) * kp + max(t, u)])
    for t in range(size):
        own = hessian[t * kp + t]
        hessian[t * kp + t] = max(own, others[t] - abs(own))


@njit(cache=True, nogil=True)
def _covariance(hessian, upper, root, cover, size, kp):  # type: ignore[no-untyped-def]
    """The inverse of the hessian, its upper blocks into `cover`; minus the sum of its logs."""
    upper[: kp * kp] = hessian
    if not factor(upper, size, kp):
        _dominate(hessian, size, kp)
        upper[: kp * kp] = hessian
        factor(upper, size, kp)
    logarithms, ones = 0.0, np.zeros(4)
    for first in range(0, size, 4):  # columns of the factor's inverse, as rows
        for j in range(first, min(first + 4, size)):
            ones[j - first] = 1.0 / upper[j * kp + j]
            logarithms += math.log(ones[j - first])
        invert_rows(root, upper, ones, first, kp)
    _square_lower(cover, root, size, kp)
    return logarithms


@njit(cache=True, nogil=True)
def estep(counts, docs, beta, eta, mu, precision, entropy, k, ratios, weights):  # type: ignore[no-untyped-def]
    """The articles from ``docs[0]`` up to ``docs[1]``: their modes go into `eta` (D, K - 1).

    `beta` is ((V + 1) * Kp), last a word that only the last topic has, with certainty: where eight
    words are taken at a time, it stands for those that are missing, since its logarithm is 0. `mu`
    is (D, Kp), `precision` (Kp * Kp). Into `ratios` goes for each count its root over the word's
    mass, into `weights` (D, Kp) exp(eta, 0). Returns each article's covariance (upper blocks) and
    bound.
    """
    indptr, indices, data = counts
    kp = mu.shape[1]
    size = k - 1
    bounds = np.zeros(docs[1] - docs[0])
    covers = np.empty((docs[1] - docs[0], kp * kp))
    most = 0
    for d in range(docs[0], docs[1]):
        most = max(most, indptr[d + 1] - indptr[d])
    most = _width(most, WORDS)
    rows, columns, scaled = _zeros(most * kp), _zeros(most * kp), _zeros(most * kp)
    masses, work = _zeros(3 * most).reshape((3, most)), _zeros(10 * kp).reshape((10, kp))
    values, places = _zeros(most), np.zeros(most, np.int64)
    square = _zeros(5 * (kp + 8) * kp).reshape((5, (kp + 8) * kp))
    square[4, : kp * kp] = precision
    own, here = square[4], np.zeros(kp)
    for d in range(docs[0], docs[1]):
        first, n = indptr[d], indptr[d + 1] - indptr[d]
        width = _width(n, 8)
        values[:n] = data[first : first + n]
        values[n:width], places[n:width] = 0.0, len(beta) // kp - 1
        total = 0.0
        for j in range(n):
            total += values[j]
            places[j] = indices[first + j]
        for j in range(0, width, 8):
            begin = j // WORDS * WORDS
            fetch(rows, j * kp, columns, begin * kp + j - begin, beta, places, j, kp)
        sizes = (k, kp, n, total)
        here[:size] = eta[d]
        given = (mu[d], own, columns, values, masses, work, sizes)
        point, seen = _search(here, rows, square[0], given)
        if not seen:
            point = _objective(here, *given)
        value = _settled(point, work[0], columns, values, masses, sizes)[0]
        eta[d] = here[:size]
        weights[d] = work[0]
        root, ratio = masses[2], ratios[first : first + n]
        for j in range(n):
            root[j] = math.sqrt(values[j])
            ratio[j] = root[j] / (masses[0, j] + masses[1, j])
        hessian, upper = square[1, : kp * kp], square[2]
        _curvature(hessian, scaled, rows, ratio, root, work[0], precision, sizes)
        cover = covers[d - docs[0]]
        bounds[d - docs[0]] = _covariance(hessian, upper, square[3], cover, size, kp)
        bounds[d - docs[0]] -= value + entropy
    return covers, bounds


@njit(cache=True, nogil=True)
def word_counts(words, beta, data, ratios, weights, importance):  # type: ignore[no-untyped-def]
    """Expected counts (V, Kp) of each word in each topic, articles in turn.

    `words` is (indptr, docs, places) by word: the articles that have it and where in `data`.
    """
    indptr, docs, places = words
    n, kp = beta.shape
    result, flat, scales = np.zeros(n * kp), beta.ravel(), weights.ravel()
    rows, numbers, at = np.zeros(DOCS, np.int64), np.zeros((DOCS, 3)), indptr.copy()
    for first in range(0, len(weights), DOCS):
        for w in range(n):
            size = 0
            while at[w] < indptr[w + 1] and docs[at[w]] < first + DOCS:
                d, place = docs[at[w]], places[at[w]]
                rows[size] = d
                numbers[size] = ratios[place], math.sqrt(data[place]), importance[d]
                size += 1
                at[w] += 1
            add_shares(result, w * kp, flat, scales, rows, numbers, size, kp)
    return result.reshape((n, kp))


@njit(cache=True, nogil=True)
def add_covers(total, covers, importance, size, kp):  # type: ignore[no-untyped-def]
    """Add each article's covariance (upper blocks) to `total` (Kp * Kp), articles in turn."""
    end = _width(size, 8)
    for d in range(len(covers)):
        for t in range(size):
            begin = t // 8 * 8
            axpy(total, t * kp + begin, importance[d], covers[d], t * kp + begin, end - begin)
