"""Corpora, train/test split, document completion and the peers that topic models are held to."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numba import njit
from scipy.sparse import csr_array

import mediaframes as mf
from mediaframes.text.counts import Counts

TOMOTOPY_PASSES = 200  # the reach: what tomotopy's sampler gets to in so many
COMPLETION_STEPS = 60  # fixed point of an article's shares; the same for every model


def articles(shared: Path, name: str) -> Counts:
    """Counts of one of the corpora, trimmed as a study would."""
    if name == "grown":
        return grown(articles(shared, "uk_immigration_news_2014_en"))
    folder = shared / name
    if name == "associated_press_dtm_en":
        cells = pd.read_csv(folder / "ap_docs_triplets.csv.gz")
        words = pd.read_csv(
            folder / "ap_vocab.txt.gz", header=None, keep_default_na=False, dtype="str"
        )[0]
        place = (cells.iloc[:, 2], (cells.iloc[:, 0] - 1, cells.iloc[:, 1] - 1))
        shape = (int(cells.iloc[:, 0].max()), len(words))
        return Counts.from_matrix(csr_array(place, shape=shape), words.tolist())
    file = "articles.jsonl.gz" if name == "fang_covid_de" else "immigrationnews.csv.gz"
    corpus = mf.read(folder / file)
    if name == "fang_covid_de":
        corpus = mf.language(corpus, languages=["de"])
    else:
        corpus = mf.language(corpus, languages=["en"])
    return mf.count(mf.tokenize(corpus), min_docs=5, max_share=0.5)


def grown(counts: Counts, n: int = 100_000, length: int = 300, seed: int = 5) -> Counts:
    """`n` articles of `length` words: each drawn from a few real ones and all together.

    A tenth of the words comes from the whole corpus, the rest from three real articles with
    Dirichlet weights, so words stand together as in news and no article is a copy.
    """
    rng = np.random.default_rng(seed)
    matrix = counts.matrix
    flat = np.repeat(matrix.indices, matrix.data).astype(np.int32)
    ends = np.concatenate([[0], np.cumsum(counts.lengths())])
    filled = np.flatnonzero(np.diff(ends) >= 30)
    parts = []
    for begin in range(0, n, 5000):
        size = min(5000, n - begin)
        sources = filled[rng.integers(0, len(filled), (size, 3))]
        weight = rng.dirichlet([1.0, 0.5, 0.25], size).cumsum(axis=1)
        chosen = (rng.random((size, length))[:, :, None] > weight[:, None, :2]).sum(axis=2)
        rows = np.take_along_axis(sources, chosen, axis=1)
        first = ends[rows]
        place = first + (rng.random((size, length)) * (ends[rows + 1] - first)).astype(np.int64)
        everywhere = rng.random((size, length)) < 0.1
        place[everywhere] = rng.integers(0, len(flat), int(everywhere.sum()))
        block = csr_array(
            (np.ones(size * length, np.int32), flat[place].ravel(),
             np.arange(0, size * length + 1, length)),
            shape=(size, matrix.shape[1]),
        )  # fmt: skip
        block.sum_duplicates()
        parts.append(block)
    from scipy.sparse import vstack

    return Counts.from_matrix(csr_array(vstack(parts)), counts.vocabulary)


def split(counts: Counts, seed: int = 11) -> tuple[Counts, Any, Any]:
    """Nine tenths to learn from; of the others a half of the words to read, a half to guess."""
    rng = np.random.default_rng(seed)
    test = np.zeros(len(counts), bool)
    test[rng.permutation(len(counts))[: len(counts) // 10]] = True
    train = counts.where(pd.Series(~test, counts.docs.index))
    seen = np.asarray(train.matrix.sum(axis=0)) > 0
    train = Counts.from_matrix(train.matrix[:, np.flatnonzero(seen)], counts.vocabulary[seen])
    held = csr_array(counts.matrix[np.flatnonzero(test)][:, np.flatnonzero(seen)])
    flat = np.repeat(held.indices, held.data)
    rows = np.repeat(np.repeat(np.arange(held.shape[0]), np.diff(held.indptr)), held.data)
    order = np.lexsort((rng.random(len(flat)), rows))
    first = np.searchsorted(rows[order], rows[order])
    odd = (np.arange(len(flat)) - first) % 2 == 1
    halves = []
    for mask in (~odd, odd):
        half = csr_array(
            (np.ones(mask.sum(), np.int32), (rows[order][mask], flat[order][mask])),
            shape=held.shape,
        )
        half.sum_duplicates()
        halves.append(half)
    return train, halves[0], halves[1]


def perplexity(phi: np.ndarray, alpha: np.ndarray, read: Any, guess: Any) -> float:
    """Document completion: shares from one half of an article, perplexity of the other half."""
    words = np.ascontiguousarray(np.asarray(phi, np.float64).T)
    known = [(m.indptr, m.indices, m.data.astype(np.float64)) for m in (read, guess)]
    total = completion(words, np.asarray(alpha, np.float64), *known)
    return float(np.exp(-total / guess.sum()))


@njit(cache=True)
def completion(words, alpha, read, guess):  # type: ignore[no-untyped-def]
    """Log-likelihood of the half to guess; a loop, since it is taken after every pass."""
    total = 0.0
    for d in range(len(read[0]) - 1):
        theta = alpha / alpha.sum()
        for _ in range(COMPLETION_STEPS):
            part = np.zeros(len(alpha))
            for j in range(read[0][d], read[0][d + 1]):
                row = words[read[1][j]]
                ratio = read[2][j] / np.dot(theta, row)
                for t in range(len(part)):
                    part[t] += row[t] * ratio
            theta = theta * part + alpha
            theta /= theta.sum()
        for j in range(guess[0][d], guess[0][d + 1]):
            total += guess[2][j] * np.log(np.dot(theta, words[guess[1][j]]))
    return total


Fit = tuple[np.ndarray, np.ndarray, float]


def tomotopy(train: Counts, k: int, seed: int) -> Fit:
    """phi, alpha and CPU seconds of tomotopy's LDA with one worker."""
    import tomotopy

    model = tomotopy.LDAModel(k=k, seed=seed)
    for words in as_words(train):
        model.add_doc(words)
    begin = time.process_time()
    model.train(TOMOTOPY_PASSES, workers=1)
    seconds = time.process_time() - begin
    order = [train.vocabulary.get_loc(word) for word in model.used_vocabs]
    phi = np.full((k, len(train.vocabulary)), 1e-12)
    phi[:, order] = [model.get_topic_word_dist(t) for t in range(k)]
    return phi, np.asarray(model.alpha), seconds


def as_words(counts: Counts) -> list[list[str]]:
    words = counts.vocabulary.to_numpy(dtype=object)
    matrix = counts.matrix
    return [
        np.repeat(words[matrix.indices[a:b]], matrix.data[a:b]).tolist()
        for a, b in zip(matrix.indptr[:-1], matrix.indptr[1:], strict=True)
    ]


def until(
    target: float, step: Callable[[], tuple[np.ndarray, np.ndarray]], halves: Any, most: float
) -> Fit:
    """Steps of a model until it reaches the perplexity `target`, or `most` CPU seconds."""
    seconds = 0.0
    while True:
        begin = time.process_time()
        phi, alpha = step()
        seconds += time.process_time() - begin
        if seconds > most or perplexity(phi, alpha, *halves) <= target:
            return phi, alpha, seconds


def sklearn(train: Counts, k: int, target: float, halves: Any, most: float) -> Fit:
    """scikit-learn's online LDA, a pass at a time."""
    from sklearn.decomposition import LatentDirichletAllocation

    model = LatentDirichletAllocation(
        k, random_state=3, doc_topic_prior=0.1, topic_word_prior=0.01, batch_size=256,
        total_samples=len(train), learning_method="online",
    )  # fmt: skip

    def step() -> tuple[np.ndarray, np.ndarray]:
        for begin in range(0, len(train), 256):
            model.partial_fit(train.matrix[begin : begin + 256])
        phi = model.components_ / model.components_.sum(axis=1, keepdims=True)
        return phi, np.full(k, 0.1)

    return until(target, step, halves, most)


def gensim(train: Counts, k: int, target: float, halves: Any, most: float) -> Fit:
    """gensim's online LDA with optimized asymmetric prior, a pass at a time."""
    from gensim.matutils import Sparse2Corpus
    from gensim.models import LdaModel

    texts = list(Sparse2Corpus(train.matrix.tocsr().T.tocsc(), documents_columns=True))
    names = dict(enumerate(train.vocabulary))
    model = LdaModel(id2word=names, num_topics=k, alpha="auto", eta=0.01, random_state=3)

    def step() -> tuple[np.ndarray, np.ndarray]:
        model.update(texts, eval_every=0)
        return model.get_topics().astype(np.float64), np.asarray(model.alpha, np.float64)

    return until(target, step, halves, most)


def topica(train: Counts, k: int, seed: int) -> Fit:
    """topica's LDA with one thread, as many sweeps as tomotopy."""
    import topica as package

    texts = as_words(train)
    begin = time.process_time()
    model = package.LDA(num_topics=k, seed=seed, num_threads=1)
    model.fit(texts, iters=TOMOTOPY_PASSES, keep_theta_draws=False)
    seconds = time.process_time() - begin
    phi = np.full((k, len(train.vocabulary)), 1e-12)
    phi[:, train.vocabulary.get_indexer(model.vocabulary)] = model.topic_word
    alpha = np.asarray(getattr(model, "alpha", np.full(k, 0.1)), np.float64)
    return phi, alpha if alpha.ndim else np.full(k, float(alpha)), seconds
