"""Kernels of the structural and the correlated topic model, in double precision.

An article's topics are softmax of (eta, 0) with eta normal around mu. Its posterior mode is found
by a quasi-Newton search that takes the steps of R's ``optim(method = "BFGS")``, since another
search ends in other modes and the model in another place; the curvature there is its covariance.
For the same reason every sum takes its terms in R's order. Sums are taken side by side, so
this costs no time: an article's topics are kept twice, as rows of words and as rows of topics, each
padded with zeros to a multiple of four.

Sources: Roberts, Stewart & Airoldi (2016), JASA; Wang & Blei (2013), JMLR, for the Laplace step;
Nash (1990), Compact Numerical Methods, algorithm 21, for the search.
"""

import math

import numpy as np
from numba import njit

from mediaframes.topics._algebra import factor
from mediaframes.topics._vector import (
    add_four,
    add_mass,
    add_scaled,
    axpy,
    renew_inverse,
    transpose,
)

STEP, ACCEPT, FAR = 0.2, 1e-4, 10.0  # constants of R's vmmin
RELATIVE = math.sqrt(np.finfo(np.float64).eps)  # and the default of its optim
MOST = 500


@njit(cache=True, nogil=True)
def _sum(values, n):  # type: ignore[no-untyped-def]
    """The even and the odd terms apart, as Armadillo's ``sum``."""
    even, odd = 0.0, 0.0
    for i in range(0, n - 1, 2):
        even += values[i]
        odd += values[i + 1]
    if n % 2:
        even += values[n - 1]
    return even + odd


@njit(cache=True, nogil=True)
def _objective(eta, mu, precision, columns, data, masses, work, sizes):  # type: ignore[no-untyped-def]
    """Minus the log posterior of eta.

    Leaves behind exp(eta, 0), the gap's image and each word's mass, as R sums it here and, its even
    and its odd topics apart, in the gradient.
    """
    k, kp, n, total = sizes
    width = (n + 3) // 4 * 4
    weight, gap, part, mass = work[0], work[1], work[2], masses[0]
    for t in range(k - 1):
        weight[t] = math.exp(eta[t])
        gap[t] = eta[t] - mu[t]
    weight[k - 1] = 1.0
    part[:] = 0.0
    for t in range(0, kp, 4):
        add_four(part, 0, gap, precision, (t, 1, t * kp, kp), kp)
    masses[:, :width] = 0.0
    for t in range(0, kp, 4):
        add_mass(mass, masses[1], masses[2], weight, t, columns, t * width, width)
    likelihood, quadratic = 0.0, 0.0
    for j in range(n):
        likelihood += math.log(mass[j]) * data[j]
    for t in range(k - 1):
        quadratic += part[t] * gap[t]
    return 0.5 * quadratic - (likelihood - total * math.log(_sum(weight, k)))


@njit(cache=True, nogil=True)
def _gradient(gradient, rows, data, masses, work, sizes):  # type: ignore[no-untyped-def]
    """Gradient at the point `_objective` saw last."""
    k, kp, n, total = sizes
    weight, part, sums = work[0], work[2], work[3]
    factors, even, odd = masses[0], masses[1], masses[2]
    for j in range(n):
        factors[j] = data[j] / (even[j] + odd[j])
    factors[n : (n + 3) // 4 * 4] = 0.0
    sums[:] = 0.0
    for j in range(0, n, 4):
        add_scaled(sums, 0, factors, j, rows, j * kp, weight, kp)
    share = total / _sum(weight, k)
    for t in range(k - 1):
        gradient[t] = part[t] - (sums[t] - share * weight[t])


@njit(cache=True, nogil=True)
def _image(target, inverse, vector, kp):  # type: ignore[no-untyped-def]
    target[:] = 0.0
    for t in range(0, kp, 4):
        add_four(target, 0, vector, inverse, (t, 1, t * kp, kp), kp)


@njit(cache=True, nogil=True)
def _renew(inverse, way, change, image, k, kp):  # type: ignore[no-untyped-def]
    """The inverse Hessian after a step; False where the step says nothing about it."""
    size = k - 1
    one, two = 0.0, 0.0
    for t in range(size):
        one += way[t] * change[t]
    if not one > 0.0:
        return False
    _image(image, inverse, change, kp)
    for t in range(size):
        two += image[t] * change[t]
    two = 1.0 + two / one
    for t in range(size):
        numbers = (two * way[t], image[t], way[t], one)
        renew_inverse(inverse, t * kp, numbers, way, image, t // 4 * 4 + 4)
    for t in range(0, kp, 4):  # the upper triangle
        for u in range(0, t, 4):
            transpose(inverse, t * kp + u, u * kp + t, kp)
        for u in range(t, t + 4):
            for v in range(t, u):
                inverse[v * kp + u] = inverse[u * kp + v]
    return True


@njit(cache=True, nogil=True)
def _search(eta, mu, precision, rows, columns, data, masses, work, inverse, sizes):  # type: ignore[no-untyped-def]
    """Move eta to the mode with the steps of R's BFGS."""
    k, kp = sizes[0], sizes[1]
    size = k - 1
    gradient, old, change, way, image = work[4], work[5], work[6], work[7], work[8]
    work[:] = 0.0
    best = _objective(eta, mu, precision, columns, data, masses, work, sizes)
    _gradient(gradient, rows, data, masses, work, sizes)
    gradients, last = 1, 1
    while True:
        if last == gradients:
            inverse[:] = 0.0
            for t in range(size):
                inverse[t * kp + t] = 1.0
        old[:size] = eta[:size]
        change[:] = gradient
        _image(way, inverse, gradient, kp)
        slope = 0.0
        for t in range(size):
            way[t] = -way[t]
            slope += way[t] * gradient[t]
        stuck = size
        if slope < 0.0:
            length, accepted, value = 1.0, False, best
            while True:
                stuck = 0
                for t in range(size):
                    eta[t] = old[t] + length * way[t]
                    if FAR + old[t] == FAR + eta[t]:
                        stuck += 1
                if stuck < size:
                    value = _objective(eta, mu, precision, columns, data, masses, work, sizes)
                    accepted = math.isfinite(value) and value <= best + slope * length * ACCEPT
                    if not accepted:
                        length *= STEP
                if stuck == size or accepted:
                    break
            if abs(value - best) <= RELATIVE * (abs(best) + RELATIVE):
                stuck = size
                best = value
            if stuck < size:
                best = value
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
        else:
            stuck = 0
            if last == gradients:
                stuck = size
            else:
                last = gradients
        if gradients >= MOST:
            break
        if gradients - last > 2 * size:
            last = gradients
        if stuck == size and last == gradients:
            break


@njit(cache=True, nogil=True)
def _products(target, rows, n, sizes, triangle):  # type: ignore[no-untyped-def]
    """Sum over `n` rows of their products with themselves, the lower triangle in blocks of four.

    `sizes` are the rows of the result and their length. In a `triangle` row t ends at t.
    """
    size, kp = sizes
    target[: kp * kp] = 0.0
    for j in range(0, n, 4):
        for t in range(min(j + 4, size) if triangle else size):
            add_four(target, t * kp, rows, rows, (j * kp + t, kp, j * kp, kp), t // 4 * 4 + 4)


@njit(cache=True, nogil=True)
def _curvature(hessian, scaled, rows, ratio, root, weight, precision, sizes):  # type: ignore[no-untyped-def]
    """Second derivatives of minus the log posterior at eta, rows of Kp.

    `root` holds the root of each word's count, `ratio` this over the word's mass.
    """
    k, kp, n, total = sizes
    sums, share = np.zeros(kp), np.zeros(kp)
    whole = _sum(weight, k)
    for t in range(k):
        share[t] = weight[t] / whole
    for j in range(n):
        for t in range(kp):
            value = rows[j * kp + t] * weight[t] * ratio[j]
            scaled[j * kp + t] = value
            sums[t] += value * root[j]
    scaled[n * kp : (n + 3) // 4 * 4 * kp] = 0.0
    _products(hessian, scaled, n, (k - 1, kp), False)
    for t in range(k - 1):
        for u in range(t + 1):
            value = hessian[t * kp + u] - total * (share[t] * share[u])
            if u == t:
                value -= sums[t] - total * share[t]
            hessian[t * kp + u] = value + precision[t * kp + u]
            hessian[u * kp + t] = hessian[t * kp + u]


@njit(cache=True, nogil=True)
def _covariance(hessian, upper, root, cover, size, kp):  # type: ignore[no-untyped-def]
    """The inverse of the hessian into `cover`, lower blocks; minus the sum of the factor's logs."""
    spare = np.empty(kp + 8)
    upper[: kp * kp] = hessian
    if not factor(upper, size, kp, spare):
        # not at a minimum in some direction: as R's stm does, the diagonal is made to dominate
        for i in range(size):
            others = 0.0
            for j in range(size):
                others += abs(hessian[i * kp + j])
            own = hessian[i * kp + i]
            hessian[i * kp + i] = max(own, others - abs(own))
        upper[: kp * kp] = hessian
        factor(upper, size, kp, spare)
    logs = 0.0
    root[:] = 0.0
    for j in range(size):  # columns of the factor's inverse, as rows
        one = 1.0 / upper[j * kp + j]
        logs += math.log(one)
        whole = j // 4 * 4
        for i in range(0, whole, 4):
            add_four(root, j * kp, upper, root, (i * kp + j, kp, i * kp, kp), j // 4 * 4 + 4)
        for i in range(whole, j):
            axpy(root, j * kp, upper[i * kp + j], root, i * kp, j // 4 * 4 + 4)
        for i in range(j):
            root[j * kp + i] *= -one
        root[j * kp + j] = one
    _products(cover, root, size, (size, kp), True)
    return logs


@njit(cache=True, nogil=True)
def estep(counts, docs, beta, eta, mu, precision, entropy, k, ratios, weights):  # type: ignore[no-untyped-def]
    """The articles from ``docs[0]`` up to ``docs[1]``: their modes go into `eta` (D, K - 1).

    `beta` is (V * Kp), `mu` (D, Kp), `precision` (Kp * Kp). Into `ratios` goes for each count its
    root over the word's mass, into `weights` (D, Kp) exp(eta, 0). Returns each article's covariance
    (lower blocks) and bound.
    """
    indptr, indices, data = counts
    kp = mu.shape[1]
    size = k - 1
    bounds = np.zeros(docs[1] - docs[0])
    covers = np.zeros((docs[1] - docs[0], kp * kp))
    most = 0
    for d in range(docs[0], docs[1]):
        most = max(most, indptr[d + 1] - indptr[d])
    most = (most + 3) // 4 * 4
    rows, columns, scaled = np.zeros(most * kp), np.zeros(most * kp), np.zeros(most * kp)
    masses, work = np.zeros((3, most)), np.zeros((9, kp))
    square = np.zeros((4, (kp + 4) * kp))
    here = np.zeros(kp)
    for d in range(docs[0], docs[1]):
        first, n = indptr[d], indptr[d + 1] - indptr[d]
        width = (n + 3) // 4 * 4
        values = data[first : first + n]
        total = 0.0
        rows[n * kp : width * kp] = 0.0
        columns[: width * kp] = 0.0
        for j in range(n):
            total += values[j]
            w = indices[first + j] * kp
            for t in range(kp):
                rows[j * kp + t] = beta[w + t]
                columns[t * width + j] = beta[w + t]
        sizes = (k, kp, n, total)
        here[:size] = eta[d]
        _search(here, mu[d], precision, rows, columns, values, masses, work, square[0], sizes)
        value = _objective(here, mu[d], precision, columns, values, masses, work, sizes)
        eta[d] = here[:size]
        weights[d] = work[0]
        root, ratio = masses[0], ratios[first : first + n]
        for j in range(n):
            root[j] = math.sqrt(values[j])
            ratio[j] = root[j] / (masses[1, j] + masses[2, j])
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
    result = np.zeros(beta.shape)
    for w in range(len(beta)):
        for at in range(indptr[w], indptr[w + 1]):
            d, place = docs[at], places[at]
            root = math.sqrt(data[place])
            for t in range(beta.shape[1]):
                share = beta[w, t] * weights[d, t] * ratios[place] * root
                result[w, t] += importance[d] * share
    return result


@njit(cache=True, nogil=True)
def add_covers(total, covers, importance):  # type: ignore[no-untyped-def]
    """Add each article's covariance to `total`, articles in turn."""
    for d in range(len(covers)):
        axpy(total, 0, importance[d], covers[d], 0, len(total))
