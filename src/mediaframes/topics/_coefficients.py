"""Kernels of the two priors on the coefficients of prevalence."""

import math

import numpy as np
from numba import njit

from mediaframes.topics._algebra import add_extended, inverse

END = 1e-4  # change of the coefficients at which the pooled prior's regression ends


@njit(cache=True, nogil=True)
def _errors(x, y, weights, slopes):  # type: ignore[no-untyped-def]
    """Weighted squared errors of the fits to the columns of `y` (n, q), summed as R's ``sum``."""
    q = y.shape[1]
    high, low, fitted = np.zeros(q), np.zeros(q), np.empty(q)
    for row in range(len(x)):
        fitted[:] = 0.0
        for i in range(x.shape[1]):
            for t in range(q):
                fitted[t] += slopes[i, t] * x[row, i]
        for t in range(q):  # the columns side by side, since each sum waits for itself
            gap = fitted[t] - y[row, t]
            high[t], low[t] = add_extended((high[t], low[t]), weights[row] * (gap * gap))
    return high + low


@njit(cache=True, nogil=True)
def pooled(x, y, weights, square, against, most):  # type: ignore[no-untyped-def]
    """Variational regressions with a half-Cauchy prior on the scale of all but the intercept.

    One for each column of `y` (n, q). `square` (p, p) is the weighted product of `x` with itself,
    `against` (p, q) that with `y`. Returns the coefficients (p, q).
    """
    p, q = against.shape
    total = 0.0
    for weight in weights:
        total += weight
    result, w = np.zeros((p, q)), np.zeros(p)
    precision, scale, shrink = np.ones(q), np.ones(q), np.full(q, float(p))
    traces, longs, moves = np.empty(q), np.empty(q), np.full(q, np.inf)
    for _ in range(most):
        for t in range(q):
            if not moves[t] > END:
                continue
            curve = precision[t] * square
            for i in range(1, p):
                curve[i, i] += shrink[t]
            spread, _logs = inverse(curve)
            w[:] = 0.0
            for j in range(p):
                for i in range(p):
                    w[i] += against[j, t] * spread[i, j]
            trace, own, moved, long = (0.0, 0.0), (0.0, 0.0), (0.0, 0.0), 0.0
            for i in range(p):
                w[i] *= precision[t]
                value = 0.0
                for j in range(p):
                    value += spread[j, i] * square[i, j]
                trace = add_extended(trace, value)
                moved = add_extended(moved, abs(w[i] - result[i, t]))
                result[i, t] = w[i]
                if i > 0:
                    own = add_extended(own, spread[i, i])
                    long += w[i] * w[i]
            traces[t], moves[t] = trace[0] + trace[1], moved[0] + moved[1]
            longs[t] = long + (own[0] + own[1])
        errors = _errors(x, y, weights, result)
        for t in range(q):
            rest = 0.5 * (errors[t] + traces[t]) + scale[t]
            precision[t] = ((1.0 + total) / 2.0) / rest
            scale[t] = 1.0 / (precision[t] + 1.0)
            shrink[t] = p / (2.0 * (2.0 / (shrink[t] + 1.0)) + longs[t])
        if not np.any(moves > END):
            break
    return result


@njit(cache=True, nogil=True)
def _sweep(square, cross, coefficients, places, penalty):  # type: ignore[no-untyped-def]
    """Renew the rows at `places` in turn; the largest square by which a number moved."""
    p, q = cross.shape
    new = np.empty(q)
    moved = 0.0
    for i in places:
        norm = 0.0
        for r in range(q):
            value = cross[i, r]
            for j in range(p):
                value -= square[i, j] * coefficients[j, r]
            new[r] = value + coefficients[i, r]
            norm += new[r] * new[r]
        norm = math.sqrt(norm)
        shrink = 0.0 if norm <= penalty else 1.0 - penalty / norm
        for r in range(q):
            change = new[r] * shrink - coefficients[i, r]
            moved = max(moved, change * change)
            coefficients[i, r] = new[r] * shrink
    return moved


@njit(cache=True, nogil=True)
def group_lasso(square, cross, coefficients, order, state, penalty, enough):  # type: ignore[no-untyped-def]
    """Coordinate descent for one penalty, from `coefficients` (p, q), in place, as glmnet's.

    `square` (p, p) is the predictors' correlation, `cross` (p, q) their product with the responses
    over n; the penalty is on the Euclidean norm of each predictor's row. It ends when no square of
    a move reaches `enough`, so early that the order of moves shows in the result: all predictors,
    then those that ever entered until they settle, and again. `order` and `state` remember between
    penalties which entered, in which order, how many they are, and whether they ever settled.
    """
    everything = np.arange(len(square))
    known = state[1] > 0
    while True:
        if not known:
            moved = _sweep(square, cross, coefficients, everything, penalty)
            for i in everything:
                entered = False
                for place in order[: state[0]]:
                    entered = entered or place == i
                if not entered and np.any(coefficients[i] != 0.0):
                    order[state[0]] = i
                    state[0] += 1
            if moved < enough:
                break
        known, state[1] = False, 1
        while _sweep(square, cross, coefficients, order[: state[0]], penalty) >= enough:
            pass
