"""Latent Dirichlet allocation by a deterministic fixed point.

Each pass takes every word of every article once: its expected topics, from the article's and the
words' counts of the pass before, make the counts of the next. Articles are taken in their (sorted)
order by one thread, so the same counts and start give the same bytes. This is CVB0 except that a
word is not taken out of its own counts, which makes it EM for the mode under alpha + 1, eta + 1.

Source: Asuncion, Welling, Smyth, Teh (2009), On Smoothing and Inference for Topic Models, UAI.
"""

import numpy as np
from numba import njit


@njit(cache=True)
def fit(counts, words, shares, priors, most, tolerance):  # type: ignore[no-untyped-def]
    """Iterate to a fixed point.

    Parameters: `counts` = (indptr, indices, data) of the CSR matrix and the articles' weights (D,);
    `words` float64 (V, K) start of the topic-word counts; `shares` float64 (D, K) start of the
    article-topic counts; `priors` = (alpha, eta); at most `most` passes, or until the mean
    log-likelihood per word changes by less than `tolerance` relatively. Returns words,
    shares (as counts), log-likelihoods per pass.
    """
    indptr, indices, data, weights = counts
    alpha, eta = priors
    n_words, k = words.shape
    n_docs = len(indptr) - 1
    total = 0.0
    for d in range(n_docs):
        total += weights[d] * data[indptr[d] : indptr[d + 1]].sum()
    bounds = np.zeros(most)
    phi = np.empty((n_words, k))
    part = np.empty(k)
    each = np.empty(k)
    passes = 0
    for step in range(most):
        sums = words.sum(axis=0) + n_words * eta
        for w in range(n_words):
            for t in range(k):
                phi[w, t] = (words[w, t] + eta) / sums[t]
        words[:, :] = 0.0
        bound = 0.0
        for d in range(n_docs):
            first, last = indptr[d], indptr[d + 1]
            if first == last:
                continue
            length = data[first:last].sum() + k * alpha
            part[:] = 0.0
            for j in range(first, last):
                w = indices[j]
                mass = 0.0
                for t in range(k):
                    value = (shares[d, t] + alpha) * phi[w, t]
                    each[t] = value
                    mass += value
                bound += weights[d] * data[j] * np.log(mass / length)
                scale = data[j] / mass
                for t in range(k):
                    value = scale * each[t]
                    part[t] += value
                    words[w, t] += weights[d] * value
            shares[d, :] = part
        bounds[step] = bound / total
        passes = step + 1
        if step > 0 and abs(bounds[step] - bounds[step - 1]) < tolerance * abs(bounds[step]):
            break
    return words, shares, bounds[:passes]
