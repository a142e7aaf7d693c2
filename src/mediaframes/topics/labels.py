"""Words that stand for a topic: by probability, FREX, lift and score."""

import numpy as np
import pandas as pd

FREX_WEIGHT = 0.5  # of frequency against exclusivity
NAME_WORDS = 3  # the provisional name of a topic: its three most probable words
LOWEST_LOG = -1000.0  # where R's stm cuts the logarithm of a probability


def label_weights(words: np.ndarray, totals: np.ndarray) -> dict[str, np.ndarray]:
    """The four weights of every word in every topic, each (K, V).

    Parameters
    ----------
    words : array of shape (K, V)
        Probability of each word in each topic.
    totals : array of shape (V,)
        How often each word occurs in the articles that were fitted.

    Returns
    -------
    dict
        ``prob``; ``frex``, the harmonic mean of the ranks of the word's frequency in the topic and
        of its exclusivity, which is shrunk towards all topics alike the rarer the word is;
        ``lift``, the log of its probability over that in the corpus; ``score``, its probability
        times the log of it over its geometric mean in all topics.

    Source
    ------
    Bischof & Airoldi (2012), ICML, with the shrinkage of Hausser & Strimmer (2009), JMLR; Taddy
    (2013), JASA; the R packages lda and stm.
    """
    from scipy.special import logsumexp
    from scipy.stats import rankdata

    with np.errstate(divide="ignore"):
        logs = np.maximum(np.log(words), LOWEST_LOG)
    # by way of logarithms as in R, so that the same words tie
    shrunk = _shrunk(np.exp(logs - logsumexp(logs, axis=0)), totals)
    exclusive = np.log(np.maximum(shrunk, np.finfo(float).tiny))
    n = words.shape[1]
    frequent, own = rankdata(logs, axis=1) / n, rankdata(exclusive, axis=1) / n
    with np.errstate(divide="ignore"):
        corpus = np.log(totals) - np.log(totals.sum())
    return {
        "prob": words,
        "frex": 1 / (FREX_WEIGHT / frequent + (1 - FREX_WEIGHT) / own),
        "lift": logs - corpus,
        "score": words * (logs - logs.mean(axis=0)),
    }


def _shrunk(alone: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """Each word's distribution over topics drawn towards the even one, James-Stein."""
    even = 1 / len(alone)
    away = ((alone - even) ** 2).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        strength = (alone * (1 - alone)).sum(axis=0) / (totals - 1) / away
    strength = np.where(totals <= 1, 1.0, np.where(away == 0, 0.0, np.clip(strength, 0, 1)))
    return np.asarray(strength * even + (1 - strength) * alone)


def label_table(
    words: np.ndarray, totals: np.ndarray, vocabulary: pd.Index, names: tuple[str, ...], n: int
) -> pd.DataFrame:
    """The `n` best words of each topic by each weight: ``topic name kind rank word weight``."""
    k, n = len(words), min(n, words.shape[1])
    parts = []
    for kind, weight in label_weights(words, totals).items():
        best = np.argsort(-weight, axis=1, kind="stable")[:, :n]
        parts.append(
            pd.DataFrame(
                {
                    "topic": np.repeat(np.arange(1, k + 1), n),
                    "name": pd.Series(np.repeat(np.array(names, object), n), dtype="str"),
                    "kind": kind,
                    "rank": np.tile(np.arange(1, n + 1), k),
                    "word": vocabulary[best.ravel()],
                    "weight": np.take_along_axis(weight, best, axis=1).ravel(),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def provisional_names(
    words: np.ndarray, vocabulary: pd.Index, given: tuple[str, ...] = ()
) -> list[str]:
    """The names `given` to the first topics, the best words of the others; each name once."""
    best = np.argsort(-words, axis=1, kind="stable")[len(given) :, :NAME_WORDS]
    seen: dict[str, int] = {}
    result = []
    for name in [*given, *(", ".join(vocabulary[row]) for row in best)]:
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return result
