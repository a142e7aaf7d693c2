"""Do people see what the model sees? Word, topic and word-set intrusion tests for several coders.

A coder gets the words of a topic with one that does not belong (or an article with a topic that is
not in it) and names the intruder. Where coders cannot, the topic means nothing to readers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mediaframes.errors import InputError, check_kind, check_whole
from mediaframes.made import Made, write_atomic
from mediaframes.people._sheets import read_answers, write_sheet
from mediaframes.people.agreement import krippendorff_alpha
from mediaframes.topics import Topics

# Definitions and defaults as in oolong (Chan & Saltzer 2020, Journal of Open Source Software 5(55))
TOP_WORDS, TOP_TOPICS, SHOWN_WORDS = 5, 3, 8
UNLIKELY = 0.6  # an intruding word lies below this quantile of the topic's word probabilities
SETS, SET_WORDS, SET_FROM = 3, 4, 20  # Ying, Montgomery & Stewart (2022), Political Analysis 30(4)
LEAST_ARTICLES, ARTICLE_SHARE = 15, 0.01
SIMULATED = 1500  # random coders behind the p value of the topic log odds
TEXT = 1500  # characters of an article that a coder reads


@dataclass(frozen=True, eq=False, repr=False)
class IntrusionTest:
    """What coders are asked, and the answers.

    Attributes
    ----------
    kind : str
        ``"word"``, ``"topic"`` or ``"word set"``.
    items : DataFrame
        What coders see: ``item``, ``text`` (of a topic test), ``choice_1 choice_2 ...``.
    key : DataFrame
        What they must not see: ``item topic intruder`` (number of the choice) and, of a topic test,
        ``id`` and ``share_1 share_2 ...``, the choices' shares in the article.
    made : Made
    """

    kind: str
    items: pd.DataFrame
    key: pd.DataFrame
    made: Made

    def __repr__(self) -> str:  # a coder may sit in front of this notebook: no key
        return f"{self.kind} intrusion test: {len(self.items)} items of {self.choices} choices"

    @property
    def choices(self) -> int:
        """How many choices an item has."""
        return sum(name.startswith("choice_") for name in self.items)

    def sheet(self) -> pd.DataFrame:
        """The items with an empty column ``answer``, for the number of the intruding choice."""
        return self.items.assign(answer=pd.array([None] * len(self.items), dtype="Int64"))

    def save(self, folder: str | Path, *, coders: Sequence[str]) -> list[Path]:
        """A sheet for each coder (``word-test-anna.csv``) and the key, in a folder of its own.

        Give coders their sheets, and not the folder ``key``. Sheets that are there already may
        hold answers and are never written over; nor is the key of another test.

        Raises
        ------
        InputError
            For a coder whose sheet exists, or whose name makes no file name; for another key.
        """
        stem = self.kind.replace(" ", "-")
        place = Path(folder)
        if isinstance(coders, str) or not coders:
            raise InputError(f"coders={coders!r}: give a list of names, e.g. coders=['anna']")
        for coder in coders:
            if not coder.replace("-", "").replace("_", "").isalnum():
                raise InputError(f"coder '{coder}': use letters, digits, - and _ only")
        if len({coder.casefold() for coder in coders}) < len(coders):
            raise InputError(f"coders={list(coders)!r}: two would share one file")
        paths = [place / f"{stem}-test-{coder}.csv" for coder in coders]
        there = [path.name for path in paths if path.exists()]
        if there:
            raise InputError(f"{there[0]} exists and may hold answers; take it away first")
        key = place / "key" / f"{stem}-test-key.csv"
        content = self.key.to_csv(index=False).encode()
        if key.exists() and key.read_bytes() != content:
            raise InputError(
                f"{key.parent.name}/{key.name} belongs to another test, whose sheets may be with "
                "coders; give another folder, or take that key away first"
            )
        for path in paths:
            write_sheet(self.sheet(), path)
        write_atomic(key, content)
        return [*paths, key]

    def form(self, path: str | Path) -> Any:
        """A form in the notebook: an item at a time; each answer is saved at once to `path`.

        Answers that `path` holds already are kept, so that a coder can go on another day. An item
        may be left open. Tab reaches choices and buttons, Space takes them; other keys belong to
        the notebook.
        """
        from mediaframes.people._form import form

        return form(self, Path(path))


def word_intrusion(topics: Topics, *, seed: int, words: int = TOP_WORDS) -> IntrusionTest:
    """For each topic its most probable words and one of another topic (Chang et al. 2009).

    Parameters
    ----------
    topics : Topics
    seed : int
        Of the intruders and of the order.
    words : int
        True words of an item. The intruder is a top word of another topic whose probability in
        this one lies below the 60th percentile.

    Raises
    ------
    InputError
        For a model with fewer than two topics or fewer than ``2 * words`` words.

    Examples
    --------
    >>> weights = np.array([[9, 8, 7, 1, 1, 1], [1, 1, 1, 9, 8, 7]])
    >>> model = Topics.from_arrays(words=weights, shares=[[1, 0], [0, 1]],
    ...                            vocabulary="bank loan rate park tree lake".split())
    >>> word_intrusion(model, seed=1, words=3).key["topic"].tolist()
    [2, 1]
    """
    _check(topics, words, seed)
    rng = np.random.default_rng(seed)
    order = np.argsort(-topics.words, axis=1, kind="stable")
    rows = []
    for topic in range(len(topics)):
        own = order[topic, :words]
        unlikely = topics.words[topic] <= np.quantile(topics.words[topic], UNLIKELY)
        others = np.delete(order, topic, axis=0)
        # the other topics' best words, deeper where all of them are likely here as well
        for depth in range(words, order.shape[1] + words, words):
            found = np.unique(others[:, :depth])
            found = found[unlikely[found] & ~np.isin(found, own)]
            if len(found):
                break
        else:
            raise InputError(f"topic {topic + 1} has no unlikely word; the topics are alike")
        rows.append(
            (topic, list(topics.vocabulary[own]), str(topics.vocabulary[rng.choice(found)]))
        )
    return _test("word", rows, rng, topics, {"seed": seed, "words": words})


def word_set_intrusion(topics: Topics, *, seed: int) -> IntrusionTest:
    """Three sets of four words of a topic and one set of another (Ying et al. 2022).

    Sets are drawn from the twenty most probable words. Parameters and errors as `word_intrusion`.
    """
    _check(topics, SET_FROM, seed)
    rng = np.random.default_rng(seed)
    order = np.argsort(-topics.words, axis=1, kind="stable")[:, :SET_FROM]
    rows = []
    for topic in range(len(topics)):
        drawn = rng.permutation(order[topic])[: SETS * SET_WORDS].reshape(SETS, SET_WORDS)
        other = int(rng.choice(np.delete(np.arange(len(topics)), topic)))
        strange = order[other][~np.isin(order[other], order[topic])]
        if len(strange) < SET_WORDS:
            raise InputError(f"topics {topic + 1} and {other + 1} have almost the same top words")
        alien = rng.choice(strange, SET_WORDS, replace=False)
        sets = [", ".join(topics.vocabulary[one]) for one in drawn]
        rows.append((topic, sets, ", ".join(topics.vocabulary[alien])))
    return _test("word set", rows, rng, topics, {"seed": seed})


def topic_intrusion(
    topics: Topics, *, texts: pd.Series, seed: int, n: int | None = None
) -> IntrusionTest:
    """For articles their three largest topics and one that is hardly in them (Chang et al. 2009).

    Parameters
    ----------
    topics : Topics
    texts : Series of str
        The articles' texts by id, e.g. ``corpus.docs["text"]``.
    seed : int
    n : int, optional
        Articles; by default one in a hundred, at least fifteen.

    Raises
    ------
    InputError
        For fewer than five topics, or texts that lack an article.
    """
    _check(topics, 1, seed)
    if len(topics) < TOP_TOPICS + 2:
        raise InputError(f"a topic test needs at least {TOP_TOPICS + 2} topics")
    check_kind(texts, pd.Series, verb="topic_intrusion", how="texts=corpus.docs['text']")
    missing = topics.docs.index.difference(texts.dropna().index)
    if len(missing):
        raise InputError(f"texts lacks article '{missing[0]}'; give corpus.docs['text']")
    known = np.flatnonzero(~np.isnan(topics.shares).any(axis=1))
    count = max(LEAST_ARTICLES, round(ARTICLE_SHARE * len(known))) if n is None else n
    if not 1 <= count <= len(known):
        raise InputError(f"n={count}: there are {len(known)} articles with topic shares")
    rng = np.random.default_rng(seed)
    shown = topics.top_words(SHOWN_WORDS).groupby("topic")["word"].agg(", ".join)
    rows, extra = [], []
    for row in np.sort(rng.choice(known, count, replace=False)):
        shares = topics.shares[row]
        order = np.argsort(-shares, kind="stable")
        alien = int(rng.choice(order[max(TOP_TOPICS, len(order) // 2) :]))
        own = [int(topic) for topic in order[:TOP_TOPICS]]
        rows.append((alien, [shown[topic + 1] for topic in own], shown[alien + 1]))
        extra.append((str(topics.docs.index[row]), [*shares[own], shares[alien]]))
    test = _test("topic", rows, rng, topics, {"seed": seed, "n": count}, extra)
    items = test.items
    cut = [_shortened(str(texts[name])) for name in test.key["id"]]
    items.insert(1, "text", pd.Series(cut, items.index, dtype="str"))
    return test


def _shortened(text: str) -> str:
    return text if len(text) <= TEXT else text[:TEXT].rsplit(" ", 1)[0] + " …"


def _check(topics: Topics, words: int, seed: int) -> None:
    check_kind(topics, Topics, verb="the test", how="mf.fit_topics(counts, k=...) makes it")
    check_whole(seed, "seed")
    check_whole(words, "words", least=1)
    if len(topics) < 2:
        raise InputError("one topic has no intruders; fit at least two")
    if len(topics.vocabulary) < 2 * words:
        raise InputError(
            f"{len(topics.vocabulary)} different words are too few for {words} words an item"
        )


def _test(
    kind: str,
    rows: list[tuple[int, list[str], str]],
    rng: np.random.Generator,
    topics: Topics,
    settings: dict[str, Any],
    extra: list[tuple[str, list[float]]] | None = None,
) -> IntrusionTest:
    """Choices and items in random order; the key beside."""
    items, key = [], []
    for number, place in enumerate(rng.permutation(len(rows)), 1):
        topic, true, intruder = rows[place]
        order = rng.permutation(len(true) + 1)
        choices = [[*true, intruder][at] for at in order]
        items.append({"item": number} | {f"choice_{n}": x for n, x in enumerate(choices, 1)})
        facts: dict[str, Any] = {"item": number, "topic": topic + 1}
        facts["intruder"] = int(np.flatnonzero(order == len(true))[0]) + 1
        if extra is not None:
            name, shares = extra[place]
            facts |= {"id": name} | {f"share_{n}": shares[at] for n, at in enumerate(order, 1)}
        key.append(facts)
    made = Made.by(f"{kind} intrusion", settings=settings, parents=(topics.made,))
    return IntrusionTest(kind, pd.DataFrame(items), pd.DataFrame(key), made)


@dataclass(frozen=True, eq=False)
class IntrusionResults:
    """What the coders found.

    Attributes
    ----------
    summary : DataFrame
        One row: ``kind items coders precision low high p alpha`` and, of a topic test,
        ``median_log_odds mean_log_odds p_log_odds``. `precision` is the share of intruders found,
        with a bootstrap interval over items; `p` says how likely guessing is to do as well
        (binomial test of each coder, combined by Fisher's method); `alpha` is Krippendorff's, of
        the answers, with several coders.
    coders : DataFrame
        ``coder answered found precision p``.
    topics : DataFrame
        ``topic asked found precision``: of a topic test, by the intruding topic.
    """

    summary: pd.DataFrame
    coders: pd.DataFrame
    topics: pd.DataFrame

    def __repr__(self) -> str:
        row = self.summary.iloc[0]
        return (
            f"{row['kind']} intrusion: {row['precision']:.2f} of the intruders found "
            f"({row['low']:.2f} to {row['high']:.2f}), p = {row['p']:.3g}, {row['coders']} coders"
        )


def intrusion_results(
    test: IntrusionTest, *, answers: Mapping[str, Any], seed: int
) -> IntrusionResults:
    """Model precision, topic log odds and agreement, from the coders' sheets.

    Parameters
    ----------
    test : IntrusionTest
    answers : mapping
        Coder to sheet: a path, or a DataFrame with ``item`` and ``answer``.
    seed : int
        Of the bootstrap and the simulated random coders.

    Raises
    ------
    InputError
        For no coder, a sheet of another test, or an answer that is no choice.

    Source
    ------
    Chang et al. (2009), Reading tea leaves, NIPS 22; p values as in oolong.

    Examples
    --------
    >>> weights = np.array([[9, 8, 7, 1, 1, 1], [1, 1, 1, 9, 8, 7]])
    >>> model = Topics.from_arrays(words=weights, shares=[[1, 0], [0, 1]],
    ...                            vocabulary="bank loan rate park tree lake".split())
    >>> test = word_intrusion(model, seed=1, words=3)
    >>> perfect = test.sheet().assign(answer=test.key["intruder"])
    >>> intrusion_results(test, answers={"anna": perfect}, seed=1).summary["precision"].tolist()
    [1.0]
    """
    from scipy.stats import binomtest, combine_pvalues

    check_kind(test, IntrusionTest, verb="intrusion_results", how="mf.word_intrusion makes it")
    if not isinstance(answers, Mapping) or not answers:
        raise InputError("no answers; give answers={'coder': sheet, ...}")
    given = pd.DataFrame(
        {
            coder: read_answers(test, sheet, name=f"the sheet of '{coder}'")
            for coder, sheet in answers.items()
        }
    )
    intruder = test.key.set_index("item")["intruder"]
    found = given.eq(intruder, axis=0).where(given.notna())
    rows = []
    for coder in found:
        hits, asked = int(found[coder].sum()), int(given[coder].notna().sum())
        p = binomtest(hits, asked, 1 / test.choices, "greater").pvalue if asked else np.nan
        rows.append((coder, asked, hits, hits / asked if asked else np.nan, p))
    coders = pd.DataFrame(rows, columns=["coder", "answered", "found", "precision", "p"])
    known = coders["p"].dropna()
    low, high = _interval(found, seed)
    summary: dict[str, Any] = {
        "kind": test.kind, "items": len(test.items), "coders": len(coders),
        "precision": float(np.nanmean(found.astype(float))) if len(known) else np.nan,
        "low": low, "high": high,
        "p": float(combine_pvalues(known, method="fisher").pvalue) if len(known) else np.nan,
        "alpha": krippendorff_alpha(given) if given.shape[1] > 1 else np.nan,
    }  # fmt: skip
    if test.kind == "topic":
        summary |= _log_odds(test, given, seed)
    topic = test.key.set_index("item")["topic"]
    asked, hit = found.notna().sum(axis=1), found.eq(True).sum(axis=1)
    by_topic = pd.DataFrame({"asked": asked, "found": hit}).groupby(topic).sum().reset_index()
    by_topic = by_topic[by_topic["asked"] > 0].reset_index(drop=True)
    by_topic["precision"] = by_topic["found"] / by_topic["asked"]
    return IntrusionResults(pd.DataFrame([summary]), coders, by_topic)


def _interval(found: pd.DataFrame, seed: int) -> tuple[float, float]:
    """Bootstrap over items, all coders' answers of an item together."""
    from mediaframes.inference.resampling import percentile_interval

    values = found.astype(float).to_numpy()
    values = values[~np.isnan(values).all(axis=1)]
    if not len(values):
        return np.nan, np.nan
    hits, asked = np.nansum(values, axis=1), (~np.isnan(values)).sum(axis=1)
    times = np.random.default_rng(seed).multinomial(
        len(values), np.full(len(values), 1 / len(values)), size=2000
    )
    drawn = (times @ hits) / (times @ asked)
    low, high = percentile_interval(drawn[:, None], np.array([len(values)]), level=0.95)
    return float(max(low[0], 0)), float(min(high[0], 1))


def _log_odds(test: IntrusionTest, given: pd.DataFrame, seed: int) -> dict[str, float]:
    """Topic log odds: of the true intruder's share over that of the topic the coder chose.

    0 is the best; the p value is the share of simulated random coders whose median is as high.
    """
    shares = test.key.filter(like="share_").to_numpy(np.float64)
    logs = np.log(np.maximum(shares, 1e-12))
    truth = logs[np.arange(len(logs)), test.key["intruder"].to_numpy() - 1]
    values = []
    for coder in given:
        answered = np.flatnonzero(given[coder].notna())
        chosen = given[coder].to_numpy()[answered].astype(int) - 1
        values.append(truth[answered] - logs[answered, chosen])
    odds = np.concatenate(values)
    if not len(odds):
        return dict.fromkeys(("median_log_odds", "mean_log_odds", "p_log_odds"), np.nan)
    rng = np.random.default_rng(seed)
    places = np.concatenate([np.flatnonzero(given[coder].notna()) for coder in given])
    guesses = rng.integers(0, test.choices, size=(SIMULATED, len(places)))
    random = np.median(truth[places] - logs[places, guesses], axis=1)
    median = float(np.median(odds))
    return {
        "median_log_odds": median,
        "mean_log_odds": float(odds.mean()),
        "p_log_odds": float((1 + (random >= median).sum()) / (1 + SIMULATED)),
    }
