"""The company a word keeps: which words stand near it more often than elsewhere."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from mediaframes._docs import article_weights
from mediaframes.errors import InputError
from mediaframes.inference.comparison import Two, doc_frequency
from mediaframes.inference.keyness import false_discovery_rate, judged
from mediaframes.inference.measures import MEASURES, Asked, chosen
from mediaframes.inference.resampling import Bootstrap, check_draws, copy_groups
from mediaframes.made import Made
from mediaframes.text.concordance import find
from mediaframes.text.counts import Counts
from mediaframes.text.tokens import Tokens
from mediaframes.text.words import is_number, report_lists, stop_words_in

Array = Any


def pmi(joint: Array, expected: Array) -> Array:
    """Pointwise mutual information in bits: ``log2(observed / expected)``; -inf where never.

    Source
    ------
    Church, Hanks (1990), Word Association Norms, Mutual Information, and Lexicography.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log2(np.divide(joint, expected))


def npmi(joint: Array, expected: Array, n: Array) -> Array:
    """PMI over ``-log2(observed / n)``: -1 never together, 0 by chance, 1 only together.

    Source
    ------
    Bouma (2009), Normalized (Pointwise) Mutual Information in Collocation Extraction.

    Examples
    --------
    >>> float(npmi(5.0, 0.25, 100.0).round(6)), float(npmi(0.0, 0.25, 100.0))
    (1.0, -1.0)
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        value = pmi(joint, expected) / -np.log2(np.divide(joint, n))
        return np.where(
            np.asarray(joint) > 0, value, np.where(np.asarray(expected) > 0, -1.0, np.nan)
        )


def log_dice(joint: Array, first: Array, second: Array) -> Array:
    """``14 + log2(2 f(x, y) / (f(x) + f(y)))``.

    Source
    ------
    Rychlý (2008), A Lexicographer-Friendly Association Score.

    Examples
    --------
    >>> float(log_dice(10.0, 10.0, 10.0))
    14.0
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return 14 + np.log2(2 * np.asarray(joint) / (np.asarray(first) + second))


def t_score(joint: Array, expected: Array) -> Array:
    """``(observed - expected) / sqrt(observed)`` of Church et al. (1991); NaN where never."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return (np.asarray(joint) - expected) / np.sqrt(joint)


# of (joint, expected, f of the first, f of the second, n)
ASSOCIATION: dict[str, Callable[..., Array]] = {
    "pmi": lambda o, e, f1, f2, n: pmi(o, e),
    "ppmi": lambda o, e, f1, f2, n: np.maximum(pmi(o, e), 0.0),
    "npmi": lambda o, e, f1, f2, n: npmi(o, e, n),
    "log_dice": lambda o, e, f1, f2, n: log_dice(o, f1, f2),
    "t_score": lambda o, e, f1, f2, n: t_score(o, e),
}
COMMON = ("log_dice", "log_ratio", "g2", "npmi")  # the first sorts: it favors no rare words


def collocates(
    tokens: Tokens,
    pattern: str,
    *,
    window: int | str = 5,
    measures: Asked = COMMON,
    min_docs: int = 3,
    stop_words: bool = True,
    seed: int,
    draws: int | Bootstrap = 1000,
) -> pd.DataFrame:
    """Words around a word or phrase, against the same words everywhere else.

    Parameters
    ----------
    tokens : Tokens
    pattern : str
        The node: a word or phrase; ``*`` and ``?`` are wildcards.
    window : int or "sentence"
        Words to either side, within the article; or all words of the node's sentence.
    measures : names, or mapping of name to settings
        ``pmi ppmi npmi log_dice t_score``, and all of `keyness`, of which effects have bootstrap
        intervals.
    min_docs : int
        Words that stand near the node in fewer articles (by weight) are left out.
    stop_words : bool
        Leave out stop words of each article's language and numbers; they keep their place in the
        window.
    seed, draws
        Of the bootstrap over articles, as in `keyness`.

    Returns
    -------
    DataFrame
        One row per word, sorted by the first measure: ``word``, ``near`` (weighted occurrences in
        a window; each position once, however many nodes are near), ``expected`` (``near`` if the
        word were spread evenly over all counted positions but the node's own), ``elsewhere``,
        ``docs`` (articles in which it is near), then the measures.

    Notes
    -----
    Observed and expected are of positions: with n1 positions near and n2 elsewhere, expected is
    ``(near + elsewhere) n1 / (n1 + n2)``. ``log_ratio`` compares the relative frequencies near and
    elsewhere; its interval draws articles, so that one article that repeats itself widens it.
    ``log_dice`` takes f(x) as the number of nodes.

    Raises
    ------
    InputError
        Where the node does not occur or no word is near it often enough.

    Source
    ------
    Evert (2008), Corpora and Collocations (surface co-occurrence).

    Examples
    --------
    >>> from mediaframes.corpus.articles import Corpus
    >>> from mediaframes.text.tokens import tokenize
    >>> texts = ["New sanctions hit banks. Farmers wait.", "The sanctions hit trade. Rain fell."]
    >>> frame = pd.DataFrame({"text": texts * 4, "language": "en"}, [str(i) for i in range(8)])
    >>> tokens = tokenize(Corpus.from_frame(frame))
    >>> table = collocates(tokens, "sanction*", window=1, measures=("npmi",), seed=1)
    >>> table[["word", "near", "expected"]].round(2).values.tolist()
    [['hit', 8.0, 2.67], ['new', 4.0, 1.33]]
    """
    asked = chosen(measures, others=tuple(ASSOCIATION))
    check_draws(draws.draws if isinstance(draws, Bootstrap) else draws, seed)
    near, node, nodes = _near(tokens, pattern, window)
    counted = counted_positions(tokens) if stop_words else np.ones(len(tokens.ids), bool)
    two = _near_and_elsewhere(tokens, near, ~node & counted)
    part = two.matrix[two.inside]
    weight = article_weights(tokens.docs).to_numpy()
    enough = (part > 0).astype(np.float64).T @ two.weights[two.inside] >= max(min_docs, 1) - 1e-6
    keep = np.flatnonzero(enough)
    if not len(keep):
        raise InputError(
            f"no word is near '{pattern}' in at least min_docs={min_docs} articles; widen the "
            "window or lower min_docs"
        )
    a, b = two.counts(keep)
    n1, n2 = two.totals()
    table = pd.DataFrame({"word": two.vocabulary[keep], "count_target": a, "count_reference": b})
    table["expected"] = (a + b) * n1 / (n1 + n2)
    table["docs"] = doc_frequency(part)[keep]
    of_keyness = {name: settings for name, settings in asked.items() if name in MEASURES}
    table = judged(table, two, keep, of_keyness, draws=draws, seed=seed)
    f_node = float(weight[tokens.doc_of()[nodes]].sum())
    for name in asked:
        if name in ASSOCIATION:
            table[name] = ASSOCIATION[name](a, table["expected"].to_numpy(), f_node, a + b, n1 + n2)
    return _arranged(table, asked)


def count_near(
    tokens: Tokens, pattern: str, *, window: int | str = 5, stop_words: bool = True
) -> Counts:
    """Count, in each article, only the words around a word or phrase.

    Given to `keyness` and `keyness_test`, these counts say what stands around it in one outlet
    rather than in the others; given to `cooccurrence` or `fit_topics`, they do the same for its
    surroundings as for whole articles.

    Parameters
    ----------
    tokens, pattern, window, stop_words
        As for `collocates`; each position counts once, however many nodes are near.

    Returns
    -------
    Counts
        All articles of `tokens`, rows of those without the node empty; only words near a node.

    Raises
    ------
    InputError
        Where the node does not occur.

    Examples
    --------
    >>> from mediaframes.corpus.articles import Corpus
    >>> from mediaframes.text.tokens import tokenize
    >>> texts = ["Migrants flood the town. Rain fell.", "A flood came. Migrants arrive in town."]
    >>> frame = pd.DataFrame({"text": texts, "language": "en"}, index=["a", "b"])
    >>> near = count_near(tokenize(Corpus.from_frame(frame)), "migrant*", window="sentence")
    >>> near.vocabulary.tolist(), near.matrix.toarray().tolist()
    (['arrive', 'flood', 'town'], [[0, 1, 1], [1, 0, 1]])
    """
    from scipy.sparse import csr_array

    near, node, _ = _near(tokens, pattern, window)
    counted = near & ~node
    if stop_words:
        counted &= counted_positions(tokens)
    used, columns = np.unique(tokens.ids[counted], return_inverse=True)
    shape = (len(tokens.docs), len(used))
    ones = np.ones(len(columns), np.int32)
    matrix = csr_array((ones, (tokens.doc_of()[counted], columns)), shape=shape)
    order = np.argsort(tokens.vocabulary[used].to_numpy(object), kind="stable")
    matrix = csr_array(matrix[:, order])
    matrix.sort_indices()
    settings = {"pattern": pattern, "window": window, "stop_words": stop_words}
    made = Made.by("count_near", settings=settings, parents=(tokens.made,))
    return Counts(tokens.docs.drop(columns="text"), matrix, tokens.vocabulary[used[order]], made)


def _arranged(table: pd.DataFrame, asked: dict[str, Any]) -> pd.DataFrame:
    table = table.rename(columns={"count_target": "near", "count_reference": "elsewhere"})
    if "p" in table:
        table["q"] = false_discovery_rate(table["p"].to_numpy())
    first = ["word", "near", "expected", "elsewhere", "docs"]
    columns = first + [
        column for name in asked for column in table
        if column in (name, f"{name}_low", f"{name}_high")
    ]  # fmt: skip
    columns += [name for name in ("z", "p", "q") if name in table]
    by = [next(iter(asked)), "near", "word"]
    return table[columns].sort_values(by, ascending=[False, False, True], ignore_index=True)


def _near(
    tokens: Tokens, pattern: str, window: int | str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Positions near a node and of nodes (bool of shape (N,)), and where the nodes begin."""
    found, last = find(tokens, pattern)
    if not len(found):
        raise InputError(f"'{pattern}' does not occur; try a wildcard, e.g. '{pattern}*'")
    if window == "sentence":
        docs = tokens.doc_of()
        new = np.flatnonzero(
            np.diff(docs, prepend=-1).astype(bool)
            | np.diff(tokens.sentences.astype(np.int64), prepend=-1).astype(bool)
        )
        at = np.searchsorted(new, found, side="right") - 1
        begin, stop = new[at], np.append(new[1:], len(docs))[at]
    elif isinstance(window, int) and not isinstance(window, bool) and window > 0:
        docs = tokens.doc_of()[found]
        begin = np.maximum(found - window, tokens.offsets[docs])
        stop = np.minimum(last + window + 1, tokens.offsets[docs + 1])
    else:
        raise InputError(f"window={window!r} must be a number of words from 1, or 'sentence'")
    node = _covered(len(tokens.ids), found, last + 1)
    return _covered(len(tokens.ids), begin, stop) & ~node, node, found


def _covered(n: int, begin: np.ndarray, stop: np.ndarray) -> np.ndarray:
    """Positions within any of the runs from `begin` to before `stop`; bool of shape (n,)."""
    steps = np.bincount(begin, minlength=n + 1) - np.bincount(stop, minlength=n + 1)
    return np.asarray(np.cumsum(steps)[:n] > 0)


def counted_positions(tokens: Tokens) -> np.ndarray:
    """Positions whose word is no number and no stop word of the article's language, bool (N,)."""
    languages = tokens.docs["language"].fillna("").to_numpy(dtype=object)
    out = np.empty(len(tokens.ids), bool)
    of_token = np.repeat(languages, tokens.lengths())
    number = is_number(tokens.vocabulary)
    report_lists(tokens.docs["language"], True)
    for name in sorted(set(languages)):
        these = of_token == name
        gone = number | stop_words_in(tokens.vocabulary, name, True)
        out[these] = gone[tokens.ids[these]]
    return ~out


def _near_and_elsewhere(tokens: Tokens, near: np.ndarray, counted: np.ndarray) -> Two:
    """The counted positions of each article as two rows: near a node, and elsewhere."""
    from scipy.sparse import csr_array, diags_array

    weight = article_weights(tokens.docs).to_numpy()
    n = len(tokens.docs)
    row = tokens.doc_of() + np.where(near, 0, n)
    matrix = csr_array(
        (np.ones(counted.sum()), (row[counted], tokens.ids[counted])),
        shape=(2 * n, len(tokens.vocabulary)),
    )
    twice = np.concatenate([weight, weight])
    used = np.flatnonzero((np.asarray(matrix.sum(axis=1)) > 0) & (twice > 0))
    inside = used < n
    if not inside.any() or inside.all():
        raise InputError(
            "no counted word is near the node, or none elsewhere; there is nothing to compare"
        )
    docs = tokens.docs.drop(columns="text").iloc[used % n]
    groups = copy_groups(tokens.docs)[used % n]
    # both rows of an article are drawn together, and with its copies
    docs = docs.assign(copy_of=groups.astype(str))
    matrix = csr_array(diags_array(twice[used]) @ matrix[used])
    return Two(
        docs=docs, matrix=matrix, vocabulary=tokens.vocabulary, inside=inside,
        lengths=np.asarray(matrix.sum(axis=1)), weights=twice[used], copies=groups,
    )  # fmt: skip
