"""Kernels of latent Dirichlet allocation: expected counts by a deterministic fixed point.

Each article's expected topic counts and the words' expected topic counts make each other. This is
CVB0 (Asuncion et al. 2009) without taking a word out of its own counts, which makes it EM for the
mode under priors alpha + 1 and eta + 1; with small batches and decaying steps it is the stochastic
form of Foulds et al. (2013). Rows of topics are padded to a multiple of eight with zeros.

`counts` is (indptr int64, indices int32, data float32) of a CSR matrix and the articles' weights
(float32), by which they add to the words' counts; `words` float32 (V * Kp)
the words' expected counts plus eta, `scale` float32 (Kp) one over each topic's total plus V * eta
(0 in the padding), `amounts` float32 (D * Kp) the articles' expected topic counts.
"""

import numpy as np
from numba import njit

from mediaframes.topics._vector import axpy, dot, renew_row


@njit(cache=True, nogil=True)
def expect(counts, docs, words, scale, amounts, alpha, stats, rounds, watch):  # type: ignore[no-untyped-def]
    """Update the amounts of the articles `docs` in so many rounds; add to the words' statistics.

    The statistics, times the words' counts so far, are the words' counts of the next step.
    Returns the log-likelihood of the articles before their last update, where it is to `watch`:
    the logarithms take a tenth of the time.
    """
    indptr, indices, data, weights = counts
    kp = len(alpha)
    part = np.zeros(kp, np.float32)
    mix = np.zeros(kp, np.float32)
    alphas = np.float64(0.0)
    for t in range(kp):
        alphas += alpha[t]
    total = 0.0
    for d in docs:
        first, last, row = indptr[d], indptr[d + 1], d * kp
        length = np.float64(0.0)
        for step in range(rounds):
            for t in range(kp):
                mix[t] = (amounts[row + t] + alpha[t]) * scale[t]
                part[t] = 0.0
            if step < rounds - 1:
                for j in range(first, last):
                    w = np.int64(indices[j]) * kp
                    axpy(part, 0, data[j] / dot(mix, 0, words, w, kp), words, w, kp)
            else:
                for j in range(first, last):
                    w = np.int64(indices[j]) * kp
                    mass = dot(mix, 0, words, w, kp)
                    ratio = data[j] / mass
                    axpy(part, 0, ratio, words, w, kp)
                    axpy(stats, w, ratio * weights[d], mix, 0, kp)
                    if watch:
                        total += weights[d] * data[j] * np.log(mass)
                        length += data[j]
            for t in range(kp):
                amounts[row + t] = part[t] * mix[t]
        if watch:
            total -= weights[d] * length * np.log(length + alphas)
    return total


@njit(cache=True, nogil=True)
def renew(words, stats, weights, sums):  # type: ignore[no-untyped-def]
    """Move the words' counts towards the statistics: `weights` = (eta, what is kept, the gain)."""
    kp = len(sums)
    part = np.zeros(kp, np.float32)
    sums[:] = 0.0
    rows = len(words) // kp
    for begin in range(0, rows, 64):  # short sums in single precision, long ones in double
        part[:] = 0.0
        for row in range(begin, min(begin + 64, rows)):
            renew_row(part, words, row * kp, stats, weights, kp)
        for t in range(kp):
            sums[t] += part[t]


@njit(cache=True, nogil=True)
def settle(counts, words, scale, amounts, alpha, most, tolerance):  # type: ignore[no-untyped-def]
    """Articles' amounts for fixed words, each until its shares move less than `tolerance` in all.

    Returns the log-likelihood of each article, float64 (D).
    """
    indptr, indices, data, _ = counts
    kp = len(alpha)
    part = np.zeros(kp, np.float32)
    mix = np.zeros(kp, np.float32)
    alphas = np.float64(0.0)
    for t in range(kp):
        alphas += alpha[t]
    result = np.zeros(len(indptr) - 1)
    for d in range(len(indptr) - 1):
        first, last, row = indptr[d], indptr[d + 1], d * kp
        length = np.float64(0.0)
        for j in range(first, last):
            length += data[j]
        for _ in range(most):
            for t in range(kp):
                mix[t] = (amounts[row + t] + alpha[t]) * scale[t]
                part[t] = 0.0
            for j in range(first, last):
                w = np.int64(indices[j]) * kp
                axpy(part, 0, data[j] / dot(mix, 0, words, w, kp), words, w, kp)
            moved = np.float64(0.0)
            for t in range(kp):
                value = part[t] * mix[t]
                moved += abs(value - amounts[row + t])
                amounts[row + t] = value
            if moved < tolerance * length:
                break
        for t in range(kp):
            mix[t] = (amounts[row + t] + alpha[t]) * scale[t]
        for j in range(first, last):
            mass = dot(mix, 0, words, np.int64(indices[j]) * kp, kp)
            result[d] += data[j] * (np.log(mass) - np.log(length + alphas))
    return result


@njit(cache=True, nogil=True)
def draw(counts, docs, words, scale, amounts, alpha, sweeps, rng):  # type: ignore[no-untyped-def]
    """Topics of the words of the articles `docs`, drawn for topics that stay (Gibbs sampling).

    Each word's topic is drawn from the article's amounts first, then `sweeps` times given those of
    the article's other words. Returns how many words each topic has, float64 (len(docs), Kp).
    """
    indptr, indices, data, _ = counts
    kp = len(alpha)
    result = np.zeros((len(docs), kp))
    sums = np.zeros(kp)
    for i, d in enumerate(docs):
        length = int(data[indptr[d] : indptr[d + 1]].sum())
        word = np.zeros(length, np.int64)
        topic = np.zeros(length, np.int64)
        filled = 0
        for j in range(indptr[d], indptr[d + 1]):
            times = int(data[j])
            word[filled : filled + times] = np.int64(indices[j]) * kp
            filled += times
        own = result[i]
        for sweep in range(sweeps + 1):
            for at in range(length):
                if sweep:
                    own[topic[at]] -= 1.0
                total = np.float64(0.0)
                for t in range(kp):
                    known = own[t] if sweep else amounts[d * kp + t]
                    total += words[word[at] + t] * scale[t] * (known + alpha[t])
                    sums[t] = total
                level = rng.random() * total
                found = 0
                while sums[found] <= level and found < kp - 1:
                    found += 1
                topic[at] = found
                if sweep:
                    own[found] += 1.0
            if sweep == 0:
                for at in range(length):
                    own[topic[at]] += 1.0
    return result
