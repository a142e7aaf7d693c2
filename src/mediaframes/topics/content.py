"""The same topic in the words of several outlets: a description of a fitted model."""

from typing import Any

import numpy as np
import pandas as pd

from mediaframes._console import say
from mediaframes._docs import article_weights
from mediaframes.errors import InputError, check_kind
from mediaframes.inference.keyness import PRIOR_MASS
from mediaframes.inference.measures import log_odds
from mediaframes.text.counts import Counts
from mediaframes.topics.model import Topics, check_topics


def topic_words_by(
    topics: Topics, counts: Counts, *, by: str, n: int = 10, min_count: float = 5.0
) -> pd.DataFrame:
    """Words that each group of articles uses more than the others within the same topic.

    Parameters
    ----------
    topics : Topics
        Of any model, with the articles of `counts` (after `transform`, too).
    counts : Counts
        Words the topics do not know are left out.
    by : str
        A column of ``counts.docs``, e.g. ``"outlet"``. Articles without a value are left out and
        their number is said.
    n : int
        Words for each topic and group, those with the highest `z_words`.
    min_count : float
        Words with a smaller expected count in the topic over all groups are left out.

    Returns
    -------
    DataFrame
        ``topic name <by> rank word count count_rest log_odds z_words``: `count` is how many
        of the word's occurrences in the group are expected to belong to the topic (articles
        weighted, as in `Counts.totals`), `count_rest` in all other groups; `log_odds` compares
        the two within the topic, with a Dirichlet prior of 500 words spread as in the topic as a
        whole.

    Notes
    -----
    A description, no test: the model decided which words belong to a topic, from the same
    articles and, unless it has this column as its content covariate, as if all groups used the
    same words; that draws groups together. And `z_words` takes words for independent, though they
    come in bursts: it ranks words. For a test read the articles or see `mediaframes.keyness`.

    Raises
    ------
    InputError
        Where the articles differ, the column does not exist or has one value only.

    Source
    ------
    Monroe, Colaresi, Quinn (2008), Fightin' Words, eqs. 16 and 22.

    Examples
    --------
    >>> docs = pd.DataFrame({"outlet": ["A", "A", "B", "B"]}, index=list("abcd"))
    >>> counts = Counts.from_matrix([[9, 8, 1]] * 2 + [[9, 1, 8]] * 2, ["tax", "cut", "rise"],
    ...                             docs=docs)
    >>> topics = Topics.from_arrays(words=[[1, 1, 1]], shares=[[1]] * 4, docs=docs,
    ...                             vocabulary=["tax", "cut", "rise"])
    >>> topic_words_by(topics, counts, by="outlet", n=1)[["outlet", "word", "count", "count_rest"]]
      outlet  word  count  count_rest
    0      A   cut   16.0         2.0
    1      B  rise   16.0         2.0
    """
    check_topics(topics, "topic_words_by")
    check_kind(counts, Counts, verb="topic_words_by", how="give the counts of the fit")
    names, codes = _groups(topics, counts, by)
    expected = expected_counts(topics, counts, (names, codes))
    parts = []
    for topic, table in enumerate(expected):
        whole = table.sum(axis=0)
        keep = np.flatnonzero((whole >= min_count) & (whole > 0))
        totals, mass = table.sum(axis=1), whole.sum()
        if not len(keep):
            continue
        for group, name in enumerate(names):
            a, rest = table[group, keep], whole[keep] - table[group, keep]
            value, error = log_odds(
                a, rest, totals[group], mass - totals[group],
                prior=PRIOR_MASS * whole[keep] / mass, prior_mass=PRIOR_MASS,
            )  # fmt: skip
            z = value / error
            best = np.argsort(-z, kind="stable")
            best = best[z[best] > 0][:n]
            parts.append(
                pd.DataFrame(
                    {
                        "topic": topic + 1,
                        "name": topics.names[topic],
                        by: name,
                        "rank": np.arange(1, len(best) + 1),
                        "word": topics.vocabulary[keep[best]],
                        "count": a[best],
                        "count_rest": rest[best],
                        "log_odds": value[best],
                        "z_words": z[best],
                    }
                )
            )
    if not parts:
        raise InputError(
            f"no word is expected {min_count:g} times in any topic; lower min_count={min_count:g}"
        )
    return pd.concat(parts, ignore_index=True).astype({"name": "str", by: "str", "word": "str"})


def _groups(topics: Topics, counts: Counts, by: str) -> tuple[list[str], np.ndarray]:
    """The values of a column and the number of each article's, -1 where it has none."""
    if not topics.docs.index.equals(counts.docs.index):
        raise InputError(
            f"the topics have {len(topics.docs)} articles, the counts {len(counts)}, and not the "
            "same ones; use topics.transform(counts)"
        )
    taken = ("topic", "name", "rank", "word", "count", "count_rest", "log_odds", "z_words")
    if by not in counts.docs or by in taken:
        names = ", ".join(map(str, counts.docs))
        raise InputError(f"no column '{by}' to compare by; there are: {names}")
    codes, names = pd.factorize(counts.docs[by].astype("str"), sort=True)
    if len(names) < 2:
        raise InputError(f"all articles have the same {by}; there is nothing to compare")
    if (codes < 0).any():
        say(f"topic_words_by: {(codes < 0).sum()} articles without {by} are left out")
    return [str(name) for name in names], np.asarray(codes)


def expected_counts(
    topics: Topics, counts: Counts, groups: tuple[list[str], np.ndarray]
) -> np.ndarray:
    """Expected counts of each word per topic and group, float64 (K, G, V).

    An occurrence of word v in article d belongs to topic k with probability proportional to
    ``shares[d, k] * words[k, v]``, with the group's own words where the model has a content
    covariate of these values.
    """
    from mediaframes.topics.folding import aligned

    names, codes = groups
    matrix = aligned(counts, topics.vocabulary, who="topic_words_by")
    weights = article_weights(counts.docs).to_numpy()
    own: dict[str, Any] = topics.words_by if "words_by" in topics.arrays else {}
    if set(own) != set(names):
        own = {}
    shape = (len(topics), len(names), len(topics.vocabulary))
    result = np.zeros(shape)
    known = ~np.isnan(topics.shares).any(axis=1)
    for group, name in enumerate(names):
        rows = np.flatnonzero((codes == group) & known)
        part = matrix[rows]
        row = np.repeat(np.arange(len(rows)), np.diff(part.indptr))
        shares, words = topics.shares[rows], own.get(name, topics.words)
        mass = np.zeros(len(row))
        for topic in range(len(topics)):  # one at a time: all together would fill the memory
            mass += shares[row, topic] * words[topic, part.indices]
        with np.errstate(invalid="ignore", divide="ignore"):
            value = np.where(mass > 0, part.data * weights[rows][row] / mass, 0.0)
        for topic in range(len(topics)):
            belongs = value * shares[row, topic] * words[topic, part.indices]
            result[topic, group] = np.bincount(part.indices, belongs, minlength=shape[2])
    return result
