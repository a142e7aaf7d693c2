"""`fit_topics`: one door to every model; checks, restarts, and what comes out of a fit."""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd

from mediaframes._console import say
from mediaframes._docs import fit_weights
from mediaframes.errors import InputError, check_kind, check_whole
from mediaframes.made import Made
from mediaframes.text.counts import Counts
from mediaframes.topics.building import build
from mediaframes.topics.folding import rows_to_one
from mediaframes.topics.model import Topics

# NMF's own default of 200 iterations stops early on a few thousand articles
NMF_ITERATIONS = 1000
RESTARTS = 10  # random starts of a model that has them


@dataclass(frozen=True)
class Fitted:
    """What a model gives back: weights (K, V) and (D, K), and the arrays worth keeping.

    Topics that already have `names` come first and stay in their order.
    """

    words: np.ndarray
    shares: np.ndarray
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Task:
    """What a model is asked: a CSR matrix without empty rows, what each weighs, and the rest.

    `k` counts all topics, those with keywords among them.
    """

    matrix: Any
    weights: np.ndarray
    docs: Any
    k: int
    seed: int
    restarts: int | None
    prevalence: str | None
    settings: dict[str, Any]
    vocabulary: pd.Index
    keywords: Mapping[str, Sequence[str]] | None


def fit_topics(
    counts: Counts,
    *,
    k: int,
    model: str = "nmf",
    seed: int,
    restarts: int | None = None,
    prevalence: str | None = None,
    keywords: Mapping[str, Sequence[str]] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Topics:
    """Fit a topic model.

    Parameters
    ----------
    counts : Counts
        Trimmed: rare and very frequent words only blur topics.
    k : int
        Number of topics; beside `keywords`, of further topics without any, from 0.
    model : {"nmf", "lda", "stm", "ctm", "keyatm", "seeded"}
        ``nmf``: non-negative matrix factorization of tf-idf (scikit-learn, deterministic start).
        ``lda``: latent Dirichlet allocation (our own kernels; asymmetric prior over articles,
        optimized; eta 0.01). ``stm``: structural topic model, whose shares depend on covariates,
        from the spectral start, with the results of R's stm. ``ctm``: the same without covariates,
        the correlated topic model. ``keyatm`` and ``seeded``: keyword-assisted topic model and
        seeded LDA, by the library topica (``pip install topica==0.62.0``).
    seed : int
        Seed of the random starts; ``nmf``, ``stm`` and ``ctm`` have none.
    restarts : int, optional
        Random starts of ``lda``, 10 unless said otherwise; the best by log posterior is the
        result, and the topics of all are kept, from which each topic's stability comes. Models
        with a deterministic start have none.
    prevalence : str, optional
        What the shares of ``stm`` depend on, e.g. ``"~ outlet + s(day)"``; see
        `mediaframes.inference.design.design`.
    keywords : mapping, optional
        Of ``keyatm`` and ``seeded``: name of a topic to its words, with ``*`` and ``?`` as
        wildcards, e.g. ``{"security": ["border*", "police"]}``. A word may serve two topics.
    settings : mapping, optional
        Of ``stm`` and ``ctm``: ``tolerance`` (1e-5, at which relative growth of the bound EM ends),
        ``most`` (500 iterations), ``start_words`` (10,000, the most frequent, take part in the
        spectral start); of ``stm``: ``prior`` on the coefficients, ``"Pooled"`` or ``"L1"``, and
        ``content``, a column between whose values a topic's words may differ (by topica, see
        `Topics.words_by`; then `prevalence` may be left out). Of ``keyatm``: ``iterations``
        (1500) and ``token_weights`` (``"information-theory"``, ``"inv-freq"`` or ``"none"``); of
        ``seeded``: ``iterations`` (2000) and ``weight`` (.01).

    Returns
    -------
    Topics
        Topics with keywords first, under their names; the others sorted by their share of the
        words, largest first. Articles without any counted word keep
        their place with missing shares. The same counts give the same bytes, whatever the number
        of threads, the order of the articles or the machine's load.

    Raises
    ------
    InputError
        For an unknown model or setting, k below 2 or above the number of articles or words, or a
        formula whose column is absent, has missing values or one level only; where no keyword of a
        topic was counted; or where topica is needed and not installed.

    Notes
    -----
    Copies weigh in the fit what `dedupe` says: 1/n each with policy ``"weight"``, nothing with
    ``"fit"``. Every article gets its shares all the same, and counts in `diagnostics` (share of
    the words) with its ``weight``. Models of topica know no weights: of a group of copies one
    article is fitted, and the others get their shares from the finished topics.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> matrix = csr_array(np.array([[4, 3, 0, 0], [5, 2, 0, 0], [0, 0, 3, 4], [0, 0, 2, 5]]))
    >>> counts = Counts.from_matrix(matrix, ["bank", "loan", "park", "tree"])
    >>> fit_topics(counts, k=2, seed=1).top_words(2).groupby("topic")["word"].agg(" ".join).tolist()
    ['tree park', 'bank loan']
    """
    check_kind(counts, Counts, verb="fit_topics", how="mf.count(tokens, min_docs=5) makes it")
    if model not in MODELS:
        raise InputError(f"unknown model '{model}'; allowed: {', '.join(MODELS)}")
    _check_settings(model, dict(settings or {}), restarts, prevalence)
    _check_keywords(model, keywords)
    check_whole(seed, "seed")
    check_whole(k, "k", least=None)
    total = k + len(keywords or {})
    filled = np.flatnonzero(counts.lengths() > 0)
    weights = fit_weights(counts.docs).to_numpy()[filled]
    n = int((weights > 0).sum())
    most = min(n, len(counts.vocabulary))
    if k < 0 or not 2 <= total <= most:
        least, beside = max(2 - len(keywords or {}), 0), ""
        allowed = f"choose k from {least} to {most - total + k}"
        if keywords:
            beside = f" beside {len(keywords)} with keywords"
        needed = max(2, len(keywords or {}))
        if most < needed:
            allowed = f"there must be at least {needed} of each"
        raise InputError(
            f"k={k} topics{beside} cannot be fitted to {n} articles with words and "
            f"{len(counts.vocabulary)} different words; {allowed}"
        )
    if len(filled) < len(counts):
        first = counts.docs.index[counts.lengths() == 0][0]
        say(
            f"fit_topics: {len(counts) - len(filled)} articles hold no counted word (the first: "
            f"'{first}'); they keep their place with missing shares"
        )
    task = Task(
        counts.matrix[filled], weights, counts.docs.iloc[filled], total, seed, restarts,
        prevalence, dict(settings or {}), counts.vocabulary, keywords,
    )  # fmt: skip
    fitted = MODELS[model](task)
    shares = np.full((len(counts), total), np.nan)
    known = fitted.shares.sum(axis=1) > 0
    shares[filled[known]] = rows_to_one(fitted.shares[known])
    if not known.all():
        first = counts.docs.index[filled[~known]][0]
        say(
            f"fit_topics: no topic holds the words of {(~known).sum()} articles (the first: "
            f"'{first}'); their shares are missing"
        )
    asked = {"restarts": restarts, "prevalence": prevalence, "settings": dict(settings or {})}
    chosen = {"k": k, "model": model} | {key: value for key, value in asked.items() if value}
    if keywords:  # pairs, since the order of the topics is theirs
        chosen["keywords"] = [[name, list(words)] for name, words in keywords.items()]
    if keywords or "content" in (settings or {}):
        chosen["topica"] = {"version": version("topica"), "threads": 1}
    made = Made.by("fit_topics", settings=chosen, seed=seed, parents=(counts.made,))
    origin = (model, made, counts)
    return build(
        counts.docs, rows_to_one(fitted.words), shares, counts.vocabulary, origin, fitted.arrays,
        fitted.names,
    )  # fmt: skip


def _check_settings(
    model: str, settings: dict[str, Any], restarts: int | None, prevalence: str | None
) -> None:
    unknown = sorted(set(settings) - set(SETTINGS[model]))
    if unknown:
        allowed = ", ".join(SETTINGS[model]) or "none"
        if unknown[0] in ("restarts", "prevalence", "keywords", "seed", "k"):
            allowed += f"; {unknown[0]} stands beside settings: fit_topics(..., {unknown[0]}=...)"
        raise InputError(f"model '{model}' has no setting '{unknown[0]}'; allowed: {allowed}")
    for name in {"most", "start_words", "iterations"} & set(settings):
        check_whole(settings[name], f"settings: {name}", least=1)
    for name in {"tolerance", "weight"} & set(settings):
        if not isinstance(settings[name], int | float) or not 0 < settings[name] < np.inf:
            raise InputError(f"settings: {name}={settings[name]!r} must be a number above 0")
    if restarts is not None:
        check_whole(restarts, "restarts", least=1)
    if restarts is not None and restarts > 1 and model in KEYWORDED:
        raise InputError(
            f"restarts={restarts}: model '{model}' is fitted once; compare fits with other seeds"
        )
    if restarts is not None and restarts > 1 and model != "lda":
        raise InputError(
            f"restarts={restarts}: model '{model}' has one deterministic start; leave restarts out"
        )
    if prevalence is not None and model != "stm":
        raise InputError(f"model '{model}' takes no prevalence formula; use model='stm'")
    if prevalence is None and model == "stm" and "content" not in settings:
        raise InputError(
            "model 'stm' needs prevalence, a formula such as '~ outlet + s(day)'; without "
            "covariates use model='ctm'"
        )


def _check_keywords(model: str, keywords: Mapping[str, Sequence[str]] | None) -> None:
    if keywords and model not in KEYWORDED:
        allowed = "' or '".join(KEYWORDED)
        raise InputError(f"model '{model}' takes no keywords; use model='{allowed}'")
    if model in KEYWORDED and not keywords:
        raise InputError(
            f"model '{model}' needs keywords, e.g. keywords={{'security': ['border*', 'police']}}"
        )
    for name, words in (keywords or {}).items():
        fits = not isinstance(words, str) and all(isinstance(word, str) for word in words)
        if not isinstance(name, str) or not name.strip() or not fits or not len(words):
            raise InputError(
                f"keywords: {name!r}: {words!r} must be a name and a list of words, e.g. "
                "{'security': ['border*', 'police']}"
            )


def side_by_side(work: Callable[[int], Any], n: int) -> list[Any]:
    """``[work(0), ..., work(n - 1)]`` in threads; the first alone, so that it compiles once."""
    results = [work(0)]
    if n > 1:
        with ThreadPoolExecutor(min(n - 1, os.cpu_count() or 1)) as pool:
            results += list(pool.map(work, range(1, n)))
    return results


def _fit_nmf(task: Task) -> Fitted:
    """Factors H (K, V) and W (D, K) of the tf-idf matrix, in one thread.

    The squared error of an article counts with its weight, so rows are scaled by its root; what
    weighs nothing is left out and gets its W from the finished H.
    """
    import warnings

    from scipy.sparse import csr_array, diags_array
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.feature_extraction.text import TfidfTransformer
    from threadpoolctl import threadpool_limits

    weighting = TfidfTransformer(sublinear_tf=True).fit(task.matrix)
    frequency = np.asarray((task.matrix > 0).T @ task.weights, np.float64)
    weighting.idf_ = np.log((task.weights.sum() + 1) / (frequency + 1)) + 1
    tfidf = csr_array(weighting.transform(task.matrix))
    fitted = task.weights > 0
    root = np.sqrt(task.weights[fitted])
    model = NMF(
        task.k, init="nndsvd", solver="cd", random_state=task.seed, max_iter=NMF_ITERATIONS,
        tol=1e-5,
    )  # fmt: skip
    shares = np.zeros((len(fitted), task.k))
    quiet = np.errstate(invalid="ignore")  # a perfect fit's error may come out just below zero
    with quiet, threadpool_limits(limits=1), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ConvergenceWarning)
        scaled = csr_array(diags_array(root) @ tfidf[np.flatnonzero(fitted)])
        shares[fitted] = model.fit_transform(scaled) / root[:, None]
        if not fitted.all():
            shares[~fitted] = model.transform(tfidf[np.flatnonzero(~fitted)])
    if caught:
        say(f"fit_topics: NMF stopped after {NMF_ITERATIONS} iterations before it had converged")
    # W and H are only known up to a factor for each topic; with H's rows summing to 1, W's rows
    # are amounts of the topics and can be compared
    return Fitted(
        model.components_, shares * model.components_.sum(axis=1), {"idf": weighting.idf_}
    )


def _fit_lda(task: Task) -> Fitted:
    """The best of several random starts; the topics of all of them, best first."""
    from mediaframes.topics import lda

    n = RESTARTS if task.restarts is None else task.restarts
    seeds = np.random.SeedSequence(task.seed).generate_state(n)
    fitted = np.flatnonzero(task.weights > 0)
    once = lda.contents(task.matrix[fitted], task.weights[fitted])
    matrix = task.matrix[fitted[once.rows]]
    runs = side_by_side(lambda i: lda.fit(matrix, task.k, int(seeds[i]), once), n)
    late = sum(not run.done for run in runs)
    if late:
        say(f"fit_topics: {late} of {n} starts of LDA stopped after {lda.WHOLE} passes")
    order = sorted(range(n), key=lambda i: (-runs[i].bound, i))
    best = runs[order[0]]
    topics = np.stack([rows_to_one(runs[i].words.T.astype(np.float64)) for i in order])
    shares = np.empty((len(task.weights), task.k))
    shares[fitted] = (best.amounts + best.alpha)[once.inverse]
    rest = np.flatnonzero(task.weights == 0)
    if len(rest):
        shares[rest] = lda.amounts(task.matrix[rest], topics[0], best.alpha)
    arrays = {
        "alpha": best.alpha,
        "bounds": np.array([runs[i].bound for i in order]),
        "runs": topics[1:].astype(np.float32),
    }
    return Fitted(topics[0], shares, arrays)


def _fit_stm(task: Task) -> Fitted:
    """STM or CTM; words that only articles without weight hold have probability 0."""
    from scipy.sparse import csr_array

    if "content" in task.settings:
        from mediaframes.topics.assisted import fit_content

        _check_prior(task)
        return fit_content(task)
    held = np.flatnonzero(task.matrix.T @ task.weights > 0)
    if len(held) == task.matrix.shape[1]:
        return _fit_em(task)
    matrix = csr_array(task.matrix[:, held])
    rows = np.flatnonzero(matrix.sum(axis=1) > 0)
    part = replace(
        task, matrix=csr_array(matrix[rows]), weights=task.weights[rows],
        docs=task.docs.iloc[rows], vocabulary=task.vocabulary[held],
    )  # fmt: skip
    found = _fit_em(part)
    words, shares = np.zeros((task.k, task.matrix.shape[1])), np.zeros((len(task.docs), task.k))
    words[:, held], shares[rows] = found.words, found.shares
    return replace(found, words=words, shares=shares)


def _check_prior(task: Task) -> str:
    prior = str(task.settings.get("prior", "Pooled"))
    if prior not in ("Pooled", "L1"):
        raise InputError(f"prior='{prior}' is unknown; allowed: Pooled, L1")
    return prior


def _fit_em(task: Task) -> Fitted:
    """From the spectral start; the articles taken in an order made from what they hold."""
    from mediaframes.inference.design import design
    from mediaframes.topics import stm
    from mediaframes.topics.lda import contents
    from mediaframes.topics.spectral import MOST_WORDS, spectral_start

    chosen = dict(task.settings)
    prior = _check_prior(task)
    chosen.pop("prior", None)
    if task.k >= task.matrix.shape[1]:
        raise InputError(
            f"k={task.k} with {task.matrix.shape[1]} words: the spectral start needs more words "
            "than topics"
        )
    covariates = None
    if task.prevalence is not None:
        covariates = design(task.docs, formula=task.prevalence)
        if covariates.matrix.shape[1] >= len(task.docs):
            columns = [variable.column for variable in covariates.variables.values()]
            most = max(columns, key=lambda name: task.docs[name].nunique())
            raise InputError(
                f"formula '{task.prevalence}' has {covariates.matrix.shape[1]} columns for "
                f"{len(task.docs)} articles, so that nothing can depend on them; '{most}' has "
                f"{task.docs[most].nunique()} different values: leave it out, or join its values"
            )
    order = np.argsort(contents(task.matrix, task.weights).inverse, kind="stable")
    matrix, weights = task.matrix[order], task.weights[order]
    start = spectral_start(matrix, task.k, weights, most=int(chosen.pop("start_words", MOST_WORDS)))
    if len(start) < task.k:
        raise InputError(
            f"k={task.k}: only {len(start)} words stand in an article with another word, and each "
            "topic starts from one; choose a smaller k or longer articles"
        )
    found = stm.fit(
        matrix, start, weights, prior=prior,
        covariates=None if covariates is None else covariates.matrix[order], **chosen,
    )  # fmt: skip
    if not found.done:
        say(f"fit_topics: EM stopped after {len(found.bounds)} iterations, not yet at its end")
    back = np.argsort(order)
    arrays = {
        "eta": found.eta[back], "mu": found.mu[back], "sigma": found.sigma,
        "gamma": found.gamma, "bounds": found.bounds, "order": np.arange(task.k),
    }  # fmt: skip
    if covariates is not None:
        arrays |= {"design": covariates.matrix, "columns": np.array(covariates.columns)}
    return Fitted(found.beta, found.theta[back], arrays)


def _fit_keyatm(task: Task) -> Fitted:
    from mediaframes.topics.assisted import fit_keywords

    return fit_keywords(task, "keyatm")


def _fit_seeded(task: Task) -> Fitted:
    from mediaframes.topics.assisted import fit_keywords

    return fit_keywords(task, "seeded")


MODELS: dict[str, Callable[[Task], Fitted]] = {
    "nmf": _fit_nmf,
    "lda": _fit_lda,
    "stm": _fit_stm,
    "ctm": _fit_stm,
    "keyatm": _fit_keyatm,
    "seeded": _fit_seeded,
}
KEYWORDED = ("keyatm", "seeded")
_EM = ("tolerance", "most", "start_words")
SETTINGS: dict[str, tuple[str, ...]] = {
    "nmf": (), "lda": (), "stm": (*_EM, "prior", "content"), "ctm": _EM,
    "keyatm": ("iterations", "token_weights"), "seeded": ("iterations", "weight"),
}  # fmt: skip
