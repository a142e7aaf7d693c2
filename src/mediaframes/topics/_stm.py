"""Kernels of the structural and the correlated topic model, in double precision.

An article's topics are softmax of (eta, 0) with eta normal around mu. Its posterior mode is found
by a quasi-Newton search that takes the steps of R's ``optim(method = "BFGS")``, since another
search ends in other modes and the model in another place; the curvature there is its covariance.
Rows of topics are padded to a multiple of eight; `beta` is (V * Kp), flat.

Sources: Roberts, Stewart & Airoldi (2016), JASA; Wang & Blei (2013), JMLR, for the Laplace step;
Nash (1990), Compact Numerical Methods, algorithm 21, for the search.
"""

import math

import numpy as np
from numba import njit

from mediaframes.topics._vector import add_four, add_two, axpy, dot, dot_four

STEP, ACCEPT, FAR = 0.2, 1e-4, 10.0  # constants of R's vmmin
RELATIVE = math.sqrt(np.finfo(np.float64).eps)  # and the default of its optim
MOST = 500


@njit(cache=True, nogil=True)
def _objective(eta, mu, precision, rows, data, mass, work, sizes):  # type: ignore[no-untyped-def]
    """Minus the log posterior of eta; leaves exp(eta, 0), each word's mass and the gap behind."""
    k, kp, n, total = sizes
    weight, gap, part = work[0], work[1], work[2]
    whole = 0.0
    for t in range(k - 1):
        weight[t] = math.exp(eta[t])
        gap[t] = eta[t] - mu[t]
        whole += weight[t]
    weight[k - 1] = 1.0
    whole += 1.0
    likelihood, product = 0.0, 1.0
    for j in range(0, n, 4):  # the last may pass the end, where there is room and nobody looks
        dot_four(mass, j, weight, rows, j * kp, kp, kp)
    for j in range(n):
        if data[j] <= 3.0 and mass[j] > 1e-60 and mass[j] < 1e60:
            # one logarithm for many words
            product *= mass[j]
            if data[j] > 1.0:
                product *= mass[j]
                if data[j] > 2.0:
                    product *= mass[j]
            if product < 1e-120 or product > 1e120:
                likelihood += math.log(product)
                product = 1.0
        else:
            likelihood += data[j] * math.log(mass[j])
    likelihood += math.log(product) - total * math.log(whole)
    quadratic = 0.0
    for t in range(k - 1):
        part[t] = dot(precision, t * kp, gap, 0, kp)
        quadratic += gap[t] * part[t]
    return 0.5 * quadratic - likelihood


@njit(cache=True, nogil=True)
def _gradient(gradient, rows, data, mass, work, sizes):  # type: ignore[no-untyped-def]
    """Gradient at the point `_objective` saw last; the words' masses are used up."""
    k, kp, n, total = sizes
    weight, part, sums = work[0], work[2], work[3]
    sums[:] = 0.0
    whole = n // 4 * 4
    for j in range(n):
        mass[j] = data[j] / mass[j]
    for j in range(0, whole, 4):
        add_four(sums, 0, mass, rows, (j, 1, j * kp, kp), kp)
    for j in range(whole, n):
        axpy(sums, 0, mass[j], rows, j * kp, kp)
    total_weight = 0.0
    for t in range(k):
        total_weight += weight[t]
    for t in range(k - 1):
        gradient[t] = part[t] - weight[t] * sums[t] + total / total_weight * weight[t]


@njit(cache=True, nogil=True)
def _search(eta, mu, precision, rows, data, mass, work, inverse, sizes):  # type: ignore[no-untyped-def]
    """Move eta to the mode with the steps of R's BFGS."""
    k, kp = sizes[0], sizes[1]
    size = k - 1
    gradient, old, change, way, image = work[4], work[5], work[6], work[7], work[8]
    for row in (4, 5, 6, 7, 8):
        work[row][:] = 0.0
    best = _objective(eta, mu, precision, rows, data, mass, work, sizes)
    _gradient(gradient, rows, data, mass, work, sizes)
    gradients, last = 1, 1
    while True:
        if last == gradients:
            inverse[:] = 0.0
            for t in range(size):
                inverse[t * kp + t] = 1.0
        old[:size] = eta[:size]
        change[:] = gradient
        slope = 0.0
        for t in range(size):
            way[t] = -dot(inverse, t * kp, gradient, 0, kp)
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
                    value = _objective(eta, mu, precision, rows, data, mass, work, sizes)
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
                _gradient(gradient, rows, data, mass, work, sizes)
                gradients += 1
                one = 0.0
                for t in range(size):
                    way[t] *= length
                    change[t] = gradient[t] - change[t]
                    one += way[t] * change[t]
                if one > 0.0:
                    two = 0.0
                    for t in range(size):
                        image[t] = dot(inverse, t * kp, change, 0, kp)
                        two += image[t] * change[t]
                    two = 1.0 + two / one
                    for t in range(size):
                        pair = ((two * way[t] - image[t]) / one, -way[t] / one)
                        add_two(inverse, t * kp, pair, way, image, kp)
                else:
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
def _factor(matrix, lower, size, kp):  # type: ignore[no-untyped-def]
    """Cholesky factor of the first `size` rows; False where the matrix is not positive."""
    lower[:] = 0.0
    for i in range(size):
        for j in range(i + 1):
            span = (j + 7) // 8 * 8
            value = matrix[i * kp + j] - dot(lower, i * kp, lower, j * kp, span)
            if i == j:
                if not value > 0.0:
                    return False
                lower[i * kp + i] = math.sqrt(value)
            else:
                lower[i * kp + j] = value / lower[j * kp + j]
    return True


@njit(cache=True, nogil=True)
def _curvature(hessian, scaled, rows, data, mass, weight, precision, sizes):  # type: ignore[no-untyped-def]
    """Second derivatives of minus the log posterior at eta, rows of Kp."""
    k, kp, n, total = sizes
    whole = 0.0
    for t in range(k):
        whole += weight[t]
    sums = np.zeros(kp)
    for j in range(n):
        factor = math.sqrt(data[j]) / mass[j]
        for t in range(k):
            value = rows[j * kp + t] * weight[t]
            scaled[j * kp + t] = value * factor
            sums[t] += value * data[j] / mass[j]
    rest = (4 - n % 4) % 4
    scaled[n * kp : (n + rest) * kp] = 0.0
    hessian[:] = 0.0
    for j in range(0, n, 4):
        for t in range(k - 1):  # the lower triangle, in blocks of eight
            add_four(hessian, t * kp, scaled, scaled, (j * kp + t, kp, j * kp, kp), t // 8 * 8 + 8)
    for t in range(k - 1):
        share = weight[t] / whole
        for u in range(t + 1):
            hessian[t * kp + u] -= total * share * weight[u] / whole
            if u == t:
                hessian[t * kp + u] -= sums[t] - total * share
            hessian[t * kp + u] += precision[t * kp + u]
            hessian[u * kp + t] = hessian[t * kp + u]


@njit(cache=True, nogil=True)
def _covariance(hessian, lower, root, cover, size, kp):  # type: ignore[no-untyped-def]
    """Add the inverse of the hessian to `cover`; minus the sum of the logs of its factor."""
    if not _factor(hessian, lower, size, kp):
        # not at a minimum in some direction: as R's stm does, the diagonal is made to dominate
        for i in range(size):
            others = 0.0
            for j in range(size):
                if j != i:
                    others += abs(hessian[i * kp + j])
            hessian[i * kp + i] = max(hessian[i * kp + i], others)
        _factor(hessian, lower, size, kp)
    logs = 0.0
    root[:] = 0.0
    for i in range(size):
        logs -= math.log(lower[i * kp + i])
        for j in range(i):
            axpy(root, i * kp, -lower[i * kp + j], root, j * kp, j // 8 * 8 + 8)
        root[i * kp + i] += 1.0
        inverse = 1.0 / lower[i * kp + i]
        for j in range(i + 1):
            root[i * kp + j] *= inverse
    for i in range(0, size, 4):  # rows beyond `size` are zero
        last = min(i + 3, size - 1)
        for t in range(last + 1):
            add_four(cover, t * kp, root, root, (i * kp + t, kp, i * kp, kp), t // 8 * 8 + 8)
    return logs


@njit(cache=True, nogil=True)
def estep(counts, docs, beta, eta, mu, precision, entropy, k, weights):  # type: ignore[no-untyped-def]
    """The articles from ``docs[0]`` up to ``docs[1]``: their modes go into `eta` (D, K - 1).

    `mu` is (D, Kp), `precision` (Kp * Kp). Returns what they add to the words (V * Kp, to be
    multiplied by beta), to the covariance (Kp * Kp, lower blocks), and each one's bound.
    """
    indptr, indices, data = counts
    kp = mu.shape[1]
    size = k - 1
    stats, cover = np.zeros(len(beta)), np.zeros(kp * kp)
    bounds = np.zeros(docs[1] - docs[0])
    most = 0
    for d in range(docs[0], docs[1]):
        most = max(most, indptr[d + 1] - indptr[d])
    rows, scaled = np.zeros((most + 4) * kp), np.zeros((most + 4) * kp)
    mass, work = np.zeros(most + 4), np.zeros((9, kp))
    square = np.zeros((4, (kp + 4) * kp))
    one = np.zeros(kp * kp)
    here = np.zeros(kp)
    for d in range(docs[0], docs[1]):
        first, n = indptr[d], indptr[d + 1] - indptr[d]
        values = data[first : first + n]
        total = 0.0
        for j in range(n):
            total += values[j]
            w = indices[first + j] * kp
            rows[j * kp : (j + 1) * kp] = beta[w : w + kp]
        sizes = (k, kp, n, total)
        here[:size] = eta[d]
        _search(here, mu[d], precision, rows, values, mass, work, square[0], sizes)
        value = _objective(here, mu[d], precision, rows, values, mass, work, sizes)
        eta[d] = here[:size]
        _curvature(square[1], scaled, rows, values, mass, work[0], precision, sizes)
        one[:] = 0.0
        logs = _covariance(square[1], square[2], square[3], one, size, kp)
        axpy(cover, 0, weights[d], one, 0, kp * kp)
        bounds[d - docs[0]] = logs - value - entropy
        for j in range(n):
            factor = weights[d] * values[j] / mass[j]
            axpy(stats, indices[first + j] * kp, factor, work[0], 0, kp)
    return stats, cover, bounds


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
def add_extended(total, value):  # type: ignore[no-untyped-def]
    """A number of 64 bits, as (high, low), plus one of 53, rounded to 64 bits.

    So sums R, in the 80-bit numbers of Intel's processors; this does it on any processor.
    """
    high = total[0] + value
    back = high - total[0]
    low = (total[0] - (high - back)) + (value - back) + total[1]
    high, low = high + low, low - ((high + low) - high)
    if high != 0.0:
        fraction, power = math.frexp(high)
        power -= 12
        if abs(fraction) == 0.5 and high * low < 0.0:
            power -= 1
        anchor = math.ldexp(1.5, power)
        low = (low + anchor) - anchor
    return high, low


@njit(cache=True, nogil=True)
def row_sums(matrix):  # type: ignore[no-untyped-def]
    """Sums of rows as R's ``rowSums``."""
    result = np.empty(len(matrix))
    for i in range(len(matrix)):
        total = (0.0, 0.0)
        for value in matrix[i]:
            total = add_extended(total, value)
        result[i] = total[0] + total[1]
    return result


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
    square, against = np.zeros(k * kp), np.zeros(kp)
    for t in range(k):
        for v in range(n):
            axpy(square, t * kp, gram[anchors[t], v], side, v * kp, kp)
    result = np.empty((n, k))
    gradient, product = np.empty(k), np.zeros(kp)
    for w in range(n):
        against[:] = 0.0
        for v in range(n):
            axpy(against, 0, gram[w, v], side, v * kp, kp)
        mix = np.full(k, 1.0 / k)
        before = np.inf
        for _ in range(most):
            product[:] = 0.0
            for u in range(k):
                axpy(product, 0, mix[u], square, u * kp, kp)
            error, top = (0.0, 0.0), -np.inf
            for t in range(k):
                gradient[t] = against[t] - product[t]
                error = add_extended(error, gradient[t] ** 2)
                gradient[t] *= 100.0
                top = max(top, gradient[t])
            whole = (0.0, 0.0)
            for t in range(k):
                mix[t] *= math.exp(gradient[t] - top)
                whole = add_extended(whole, mix[t])
            for t in range(k):
                mix[t] /= whole[0] + whole[1]
            now = math.sqrt(error[0] + error[1])
            if abs(before - now) < tolerance:
                break
            before = now
        result[w] = mix
    return result


@njit(cache=True, nogil=True)
def group_lasso(square, cross, coefficients, penalty, tolerance, most):  # type: ignore[no-untyped-def]
    """Block coordinate descent for one penalty, from `coefficients` (p, q), in place.

    `square` (p, p) is the predictors' correlation, `cross` (p, q) their product with the
    responses over n; the penalty is on the Euclidean norm of each predictor's row.
    """
    p, q = cross.shape
    new = np.empty(q)
    for _ in range(most):
        moved = 0.0
        for i in range(p):
            norm = 0.0
            for r in range(q):
                value = cross[i, r]
                for j in range(p):
                    if j != i:
                        value -= square[i, j] * coefficients[j, r]
                new[r] = value
                norm += value * value
            norm = math.sqrt(norm)
            shrink = 0.0 if norm <= penalty else (1.0 - penalty / norm) / square[i, i]
            for r in range(q):
                value = shrink * new[r]
                moved = max(moved, abs(value - coefficients[i, r]))
                coefficients[i, r] = value
        if moved < tolerance:
            break
