"""How many topics: every candidate measured in several ways, none declared the winner."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from mediaframes._console import progress
from mediaframes._docs import fit_weights
from mediaframes.errors import InputError, check_kind, check_whole
from mediaframes.inference.resampling import copy_groups
from mediaframes.made import Made
from mediaframes.text.counts import Counts
from mediaframes.text.tokens import Tokens
from mediaframes.topics import quality
from mediaframes.topics.fitting import KEYWORDED, fit_topics
from mediaframes.topics.model import Topics

DRAWS = 2  # of articles, for the stability of a candidate without random starts
HELD_SHARE = 0.1  # of the articles lose half of their words, as in R's stm


def hold_out(counts: Counts, *, seed: int, share: float = HELD_SHARE) -> tuple[Counts, Any]:
    """Counts without half of the words of some articles, and these words as a matrix (D, V).

    Copies of one report are held out together. Words that are left in no article are taken out
    of both. As R's ``make.heldout``.

    Parameters
    ----------
    counts : Counts
    seed : int
    share : float
        Share of the articles.

    Examples
    --------
    >>> counts = Counts.from_matrix(np.full((20, 4), 5), list("abcd"))
    >>> rest, missing = hold_out(counts, seed=1)
    >>> int(rest.matrix.sum()), int(missing.sum())
    (380, 20)
    """
    from scipy.sparse import csr_array

    rng = np.random.default_rng(seed)
    matrix, groups = counts.matrix, copy_groups(counts.docs)
    usable = np.unique(groups[counts.lengths() >= 2])
    wanted = max(1, int(share * len(usable)))
    chosen = np.isin(groups, rng.permutation(usable)[:wanted]) & (counts.lengths() >= 2)
    taken = np.zeros_like(matrix.data)
    for row in np.flatnonzero(chosen):
        part = slice(matrix.indptr[row], matrix.indptr[row + 1])
        n = matrix.data[part]
        taken[part] = rng.multivariate_hypergeometric(n, int(n.sum()) // 2)
    shape = matrix.shape
    rest = csr_array((matrix.data - taken, matrix.indices.copy(), matrix.indptr.copy()), shape)
    missing = csr_array((taken, matrix.indices.copy(), matrix.indptr.copy()), shape)
    rest.eliminate_zeros()
    missing.eliminate_zeros()
    keep = np.flatnonzero(np.bincount(rest.indices, minlength=shape[1]) > 0)
    made = Made.by("hold_out", settings={"share": share}, seed=seed, parents=(counts.made,))
    rest, missing = csr_array(rest[:, keep]), csr_array(missing[:, keep])
    return replace(counts, matrix=rest, vocabulary=counts.vocabulary[keep], made=made), missing


def topic_stability(
    counts: Counts, *, topics: Topics, seed: int, draws: int = 5,
    prevalence: str | None = None, keywords: Mapping[str, Sequence[str]] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """How alike each topic comes again when other articles of the same kind are drawn.

    Parameters
    ----------
    counts : Counts
        Those the topics were fitted on.
    topics : Topics
    seed : int
    draws : int
        Fits, each on as many articles drawn with replacement (copies of one report together).
    prevalence, keywords, settings
        As for `fit_topics`, where the topics were fitted with any.

    Returns
    -------
    DataFrame
        ``run topic partner cosine``: topics are matched one to one (Hungarian method).

    Examples
    --------
    >>> matrix = np.array([[4, 3, 0, 0], [0, 0, 3, 4]] * 8)
    >>> counts = Counts.from_matrix(matrix, ["bank", "loan", "park", "tree"])
    >>> topics = fit_topics(counts, k=2, model="lda", restarts=1, seed=1)
    >>> topic_stability(counts, topics=topics, seed=1, draws=2)[["run", "topic"]].values.tolist()
    [[2, 1], [2, 2], [3, 1], [3, 2]]
    """
    check_kind(counts, Counts, verb="topic_stability", how="give the counts of the fit")
    check_kind(topics, Topics, verb="topic_stability", how="mf.fit_topics(counts, k=...) makes it")
    check_whole(seed, "seed")
    check_whole(draws, "draws", least=1)
    rng = np.random.default_rng(seed)
    groups = copy_groups(counts.docs)
    names = np.unique(groups)
    base = fit_weights(counts.docs).to_numpy()
    place = topics.vocabulary.get_indexer(counts.vocabulary)
    if len(place) != len(topics.vocabulary) or (place < 0).any():
        raise InputError("these are not the counts the topics were fitted on: other words")
    runs = []
    for _ in range(draws):
        times = np.bincount(rng.integers(0, len(names), len(names)), minlength=len(names))
        weights = base * times[np.searchsorted(names, groups)]
        drawn = replace(counts, docs=counts.docs.assign(fit_weight=weights))
        single = {"restarts": 1} if topics.model == "lda" else {}
        other = fit_topics(
            drawn, k=len(topics) - len(keywords or {}), model=topics.model, seed=seed,
            prevalence=prevalence, keywords=keywords, settings=settings, **single,
        )  # fmt: skip
        runs.append(other.words)
    return quality.stability(topics.words, np.array(runs))


def choose_k(
    counts: Counts,
    *,
    k: Sequence[int],
    model: str = "lda",
    seed: int,
    restarts: int | None = None,
    prevalence: str | None = None,
    settings: Mapping[str, Any] | None = None,
    tokens: Tokens | None = None,
) -> pd.DataFrame:
    """Measure models with several numbers of topics; which to take remains your decision.

    Parameters
    ----------
    counts : Counts
    k : sequence of int
        The candidates, e.g. ``[10, 20, 30, 50]``.
    model, seed, restarts, prevalence, settings
        As for `fit_topics`; 3 restarts unless said otherwise.
    tokens : Tokens, optional
        The articles' words in order; with them the table has ``c_v``.

    Returns
    -------
    DataFrame
        One row per k: means over topics of ``coherence npmi exclusivity``, ``diversity``, mean
        log-probability of held-out words (``held_out``), residual ``dispersion``, ``stability``
        (mean cosine of matched topics in other fits), and ``frontier``, whether no other k is at
        least as good in coherence, exclusivity, held-out words and stability and better in one.

    Notes
    -----
    A tenth of the articles loses half of its words before the fit, as in R's ``searchK``.

    Examples
    --------
    >>> matrix = np.array([[4, 3, 0, 0, 1], [0, 0, 3, 4, 1], [0, 2, 0, 3, 4]] * 10)
    >>> counts = Counts.from_matrix(matrix, ["bank", "loan", "park", "tree", "rain"])
    >>> choose_k(counts, k=[2, 3], seed=1)["k"].tolist()
    [2, 3]
    """
    check_kind(counts, Counts, verb="choose_k", how="mf.count(tokens, min_docs=5) makes it")
    check_whole(seed, "seed")
    if isinstance(k, str | int):
        raise InputError(f"choose_k: k={k!r} must be a list of candidates, e.g. k=[10, 20, 30]")
    for number in k:
        check_whole(number, "choose_k: k", least=2)
    candidates = sorted(set(k))
    if not candidates:
        raise InputError("choose_k: k holds no candidate; give some, e.g. k=[10, 20, 30]")
    if model in KEYWORDED:
        raise InputError(
            f"choose_k: model '{model}' has its topics from keywords; call fit_topics with several "
            "k and compare the diagnostics"
        )
    rest, missing = hold_out(counts, seed=seed)
    several: dict[str, Any] = {} if restarts is None else {"restarts": restarts}
    if model == "lda":
        several.setdefault("restarts", 3)
    rows = []
    for number in progress(candidates, "choose_k", total=len(candidates)):
        topics = fit_topics(
            rest, k=number, model=model, seed=seed, prevalence=prevalence, settings=settings,
            **several,
        )  # fmt: skip
        again = topics.stability()
        if again.empty:
            again = topic_stability(
                rest, topics=topics, seed=seed, draws=DRAWS, prevalence=prevalence,
                settings=settings,
            )  # fmt: skip
        means = topics.diagnostics[["coherence", "npmi", "exclusivity"]].mean()
        rows.append(
            {
                "k": number,
                **means.to_dict(),
                "diversity": quality.diversity(topics.words),
                "held_out": quality.held_out(topics.words, topics.shares, missing),
                "dispersion": quality.dispersion(topics.words, topics.shares, rest.matrix),
                "stability": again["cosine"].mean(),
            }
        )
        if tokens is not None:
            mass = fit_weights(tokens.docs).to_numpy()
            c_v = quality.c_v(topics.words, topics.vocabulary, tokens, weights=mass)
            rows[-1]["c_v"] = c_v.mean()
    table = pd.DataFrame(rows)
    return table.assign(frontier=_frontier(table))


def _frontier(table: pd.DataFrame) -> np.ndarray:
    """Which rows no other row dominates."""
    values = table[["coherence", "exclusivity", "held_out", "stability"]]
    best = values.fillna(-np.inf).to_numpy(np.float64)
    as_good = (best[:, None] >= best).all(axis=2)
    better = (best[:, None] > best).any(axis=2)
    return np.asarray(~(as_good & better).any(axis=0))
