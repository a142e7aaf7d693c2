"""Models of the library topica: topics with keywords, and words that differ by a covariate.

Its samplers know whole words only, no weights; what follows from that is in `Feed`. They run in
one thread, since their results depend on how many there are.

Sources: Eshima, Imai & Sasaki (2024), American Journal of Political Science; Watanabe & Baturo
(2023), Social Science Computer Review; Roberts, Stewart & Airoldi (2016), JASA.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mediaframes._console import say
from mediaframes.errors import InputError
from mediaframes.inference.resampling import copy_groups
from mediaframes.text.words import WordFinder
from mediaframes.topics.fitting import Fitted, Task
from mediaframes.topics.folding import fold_in

PINNED = "0.62.0"  # the version whose results tests/gold/topica.json holds
ROUNDING = 1e-6
# iterations of the R packages keyATM and seededlda
KEYATM_ITERATIONS, SEEDED_ITERATIONS = 1500, 2000
SEED_WEIGHT = 0.01  # seededlda: a keyword's pseudo-count is weight × its frequency × 100
TOKEN_WEIGHTS = ("information-theory", "inv-freq", "none")
LARGEST_SEED = 2**64 - 1


def library() -> Any:
    """The module topica, or what to do to have it."""
    try:
        import topica
    except ImportError as error:
        raise InputError(
            "the models 'keyatm' and 'seeded', and a content covariate of 'stm', need the package "
            f"topica, which is not installed: pip install topica=={PINNED}"
        ) from error
    if topica.__version__ != PINNED:
        say(
            f"fit_topics: topica {topica.__version__} is installed; results are checked for "
            f"{PINNED} only (pip install topica=={PINNED})"
        )
    return topica


class Feed:
    """The articles as topica takes them: lists of words, in an order made from what they hold.

    Of a group of copies only the original (or the first) is fitted, as often as the group weighs
    in all, rounded, and at least once; articles that weigh nothing in the fit are left out. All of
    them get their shares from the finished topics (`complete`). Words that no fitted article holds
    have probability 0.
    """

    def __init__(self, task: Task, levels: np.ndarray | None = None) -> None:
        from mediaframes.topics.lda import contents

        self.task = task
        rows, times = _once(task.docs, task.weights)
        inverse = contents(task.matrix[rows], np.ones(len(rows))).inverse
        ties = np.zeros(len(rows)) if levels is None else levels[rows]
        order = np.lexsort((ties, inverse))
        self.rows = np.repeat(rows[order], times[order])
        sums = np.asarray(task.matrix[rows].sum(axis=0)).ravel()
        self.columns = np.flatnonzero(sums > 0)
        part = task.matrix[self.rows]
        names = np.array([str(column) for column in range(part.shape[1])], object)
        words = np.repeat(names[part.indices], part.data)
        ends = np.cumsum(np.asarray(part.sum(axis=1), np.int64).ravel())
        documents = [piece.tolist() for piece in np.split(words, ends[:-1])]
        self.corpus = library().Corpus.from_documents(
            documents, vocabulary=names[self.columns].tolist()
        )

    def spread(self, words: np.ndarray) -> np.ndarray:
        """Weights of the fitted words (..., v) as weights of all words (..., V)."""
        result = np.zeros((*words.shape[:-1], self.task.matrix.shape[1]))
        result[..., self.columns] = words
        return result

    def complete(self, shares: np.ndarray, words: np.ndarray, alpha: np.ndarray) -> np.ndarray:
        """Shares of all articles (D, K): of the fitted ones as found, of the others folded in."""
        result = np.zeros((len(self.task.weights), len(words)))
        np.add.at(result, self.rows, shares)
        rest = np.setdiff1d(np.arange(len(result)), self.rows)
        if len(rest):
            found = fold_in(self.task.matrix[rest], words, "lda", {"alpha": alpha})
            result[rest] = np.nan_to_num(found)
        return result


def _once(docs: pd.DataFrame, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One row of each group of copies that weighs anything, and how often it is fitted."""
    groups = copy_groups(docs)
    original = np.ones(len(docs), bool)
    if "copy_of" in docs:
        original = (docs["copy_of"].fillna("").astype("str") == docs.index).to_numpy(bool)
    kept = np.flatnonzero(weights > 0)
    kept = kept[np.lexsort((kept, ~original[kept], groups[kept]))]
    _, first, place = np.unique(groups[kept], return_index=True, return_inverse=True)
    mass = np.bincount(place, weights[kept])
    times = np.maximum(np.rint(mass), 1).astype(np.int64)
    if (np.abs(times - mass) > ROUNDING).any():
        say("fit_topics: topica knows no weights; articles are fitted as often as they weigh, "
            "rounded, and at least once")  # fmt: skip
    order = np.argsort(kept[first])
    return kept[first][order], times[order]


def keyword_words(
    keywords: Mapping[str, Sequence[str]], vocabulary: pd.Index, present: np.ndarray
) -> list[list[int]]:
    """Columns of the words that each topic's keywords match, among the columns `present`.

    Raises
    ------
    InputError
        Where no keyword of a topic is in the articles: all topics of which that is so are named.
    """
    finder = WordFinder(vocabulary[present])
    result: list[list[int]] = []
    absent, lost, owner, twice = [], [], dict[int, str](), list[str]()
    for name, patterns in keywords.items():
        found: set[int] = set()
        for pattern in patterns:
            hits = present[finder.matches(pattern)].tolist()
            found.update(hits)
            if not hits:
                absent.append(f"'{pattern}' ({name})")
        if not found:
            lost.append(f"'{name}' ({', '.join(patterns)})")
        twice += [f"'{vocabulary[v]}' ({owner[v]}, {name})" for v in sorted(found) if v in owner]
        owner |= dict.fromkeys(found, name)
        result.append(sorted(found))
    if lost:
        raise InputError(
            f"none of the keywords of {'; '.join(lost)} is among the {len(present)} words that "
            "were counted: check min_docs, max_share and stop words of the counts, give stems "
            "where stems were counted, use wildcards ('migra*'), or leave the topic out"
        )
    if absent:
        say(f"fit_topics: keywords that no article holds: {', '.join(absent)}")
    if twice:
        say(f"fit_topics: words that are keywords of two topics: {', '.join(twice)}")
    return result


def fit_keywords(task: Task, model: str) -> Fitted:
    """keyATM or seeded LDA; the topics with keywords come first, in the order given."""
    chosen = dict(task.settings)
    usual = KEYATM_ITERATIONS if model == "keyatm" else SEEDED_ITERATIONS
    iterations = chosen.pop("iterations", usual)
    if isinstance(iterations, bool) or not isinstance(iterations, int) or iterations < 1:
        raise InputError(f"iterations={iterations!r} must be a whole number from 1, e.g. {usual}")
    _check_seed(task.seed)
    topica = library()
    feed = Feed(task)
    keywords = task.keywords or {}
    columns = keyword_words(keywords, task.vocabulary, feed.columns)
    # topica takes the topics in the order of the names, whatever the researcher's are
    words = {f"{i:05d}": [str(v) for v in found] for i, found in enumerate(columns)}
    arrays: dict[str, np.ndarray] = {}
    if model == "keyatm":
        weights = chosen.pop("token_weights", TOKEN_WEIGHTS[0])
        if weights not in TOKEN_WEIGHTS:
            raise InputError(
                f"token_weights={weights!r} is unknown; allowed: {', '.join(TOKEN_WEIGHTS)}"
            )
        fit = topica.KeyATM(words, num_topics=task.k, seed=task.seed, num_threads=1)
        fit.fit(feed.corpus, iters=iterations, weights=weights, keep_theta_draws=False)
        arrays["keyword_rate"] = np.asarray(fit.keyword_rate, np.float64)
    else:
        weight = chosen.pop("weight", SEED_WEIGHT)
        if not isinstance(weight, int | float) or not 0 < weight < np.inf:
            raise InputError(f"weight={weight!r} must be a number above 0, e.g. {SEED_WEIGHT}")
        fit = topica.SeededLDA(
            words, residual=task.k - len(words), weight=weight, seed=task.seed, num_threads=1
        )
        fit.fit(feed.corpus, iters=iterations, keep_theta_draws=False)
    found = feed.spread(np.asarray(fit.topic_word))
    arrays["alpha"] = np.asarray(fit.alpha, np.float64)
    rows = [(topic, v) for topic, some in enumerate(columns) for v in some]
    arrays["keywords"] = np.array(rows, np.int64).reshape(-1, 2)
    shares = feed.complete(np.asarray(fit.doc_topic), found, arrays["alpha"])
    return Fitted(found, shares, arrays, tuple(keywords))


def _check_seed(seed: int) -> None:
    if not isinstance(seed, int | np.integer) or not 0 <= seed <= LARGEST_SEED:
        raise InputError(f"seed={seed!r} must be a whole number from 0")


def fit_content(task: Task) -> Fitted:
    """STM whose topics' words differ between the levels of a column (SAGE)."""
    from mediaframes.inference.design import design
    from mediaframes.topics.folding import GIVEN_ALPHA
    from mediaframes.topics.stm import MOST, TOLERANCE

    chosen = dict(task.settings)
    levels, codes = _levels(task.docs, str(chosen.pop("content")))
    if "start_words" in chosen:
        raise InputError("start_words does not go together with content; leave one of them out")
    _check_seed(task.seed)
    topica = library()
    feed = Feed(task, codes)
    if task.k >= len(feed.columns):
        raise InputError(
            f"k={task.k} with {len(feed.columns)} words: the spectral start needs more words than "
            "topics"
        )
    covariates = None
    if task.prevalence is not None:
        covariates = design(task.docs, formula=task.prevalence).matrix[feed.rows, 1:]
    model = topica.STM(task.k, seed=task.seed)
    model.fit(
        feed.corpus, covariates, content=[f"{code:05d}" for code in codes[feed.rows]],
        iters=int(chosen.get("most", MOST)),
        convergence_tol=float(chosen.get("tolerance", TOLERANCE)),
        gamma_prior=str(chosen.get("prior", "Pooled")).lower(), keep_eta_cov=False, num_threads=1,
    )  # fmt: skip
    if not model.converged:
        say(f"fit_topics: EM stopped after {len(model.bound_history)} iterations, not at its end")
    if len(model.groups) < len(levels):
        gone = [name for code, name in enumerate(levels) if f"{code:05d}" not in model.groups]
        raise InputError(f"no article of {gone[0]!r} takes part in the fit; leave the level out")
    order = np.argsort(model.groups)
    by_level = feed.spread(np.asarray(model.topic_word_by_group)[:, order])  # (K, G, V)
    shares = np.asarray(model.doc_topic)
    lengths = np.asarray(task.matrix[feed.rows].sum(axis=1)).ravel()
    mass = np.zeros((len(levels), task.k))
    np.add.at(mass, codes[feed.rows], shares * lengths[:, None])
    words = np.einsum("gk,kgv->kv", mass / mass.sum(axis=0), by_level)
    arrays = {
        "words_by": by_level, "levels": np.array(levels), "bounds": np.array(model.bound_history),
    }  # fmt: skip
    complete = feed.complete(shares, words, np.full(task.k, GIVEN_ALPHA))
    return Fitted(words, complete, arrays)


def _levels(docs: pd.DataFrame, by: str) -> tuple[list[str], np.ndarray]:
    """The levels of a column, in code-point order, and the level of each article."""
    if by not in docs:
        raise InputError(f"content: no column '{by}'; there are: {', '.join(map(str, docs))}")
    missing = docs[by].isna().to_numpy()
    if missing.any():
        raise InputError(
            f"content: {missing.sum()} articles have no {by} (the first: "
            f"'{docs.index[missing][0]}'); leave them out, counts.where(\"{by}.notna()\")"
        )
    names, codes = np.unique(docs[by].astype("str").to_numpy(dtype=str), return_inverse=True)
    if len(names) < 2:
        raise InputError(f"content: all articles have the same {by}, '{names[0]}'; leave it out")
    return names.tolist(), codes
