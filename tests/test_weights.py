"""Copies that weigh 1/n change no statistic: half of a corpus twice is the corpus once."""

import numpy as np
import pandas as pd
import pytest

import mediaframes as mf
from mediaframes import Corpus, Counts, Scores

WORDS = np.array([f"word{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(120)])


def articles(n: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(8)
    themes = rng.dirichlet(np.full(len(WORDS), 0.08), size=3)
    texts = [" ".join(rng.choice(WORDS, 90, p=themes[row % 3])) for row in range(n)]
    return pd.DataFrame(
        {
            "id": [f"d{row:03d}" for row in range(n)],
            "text": texts,
            "outlet": np.where(np.arange(n) % 4 < 2, "Echo", "Globe"),
            "date": pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(n) * 2, unit="D"),
            "language": "en",
        }
    )


def doubled(frame: pd.DataFrame) -> pd.DataFrame:
    """Every second article twice, in the same outlet on the same day."""
    again = frame[::2].assign(id=frame["id"][::2] + "-again")
    return pd.concat([frame, again], ignore_index=True)


def counts_of(frame: pd.DataFrame, policy: str, **settings: float) -> Counts:
    corpus = mf.dedupe(Corpus.from_frame(frame), policy=policy)  # type: ignore[arg-type]
    return mf.count(mf.tokenize(corpus), stop_words=False, **settings)


def scores_of(frame: pd.DataFrame) -> Scores:
    counts = counts_of(frame, "weight")
    frequent = counts.totals().nlargest(3).index  # weighted, so the same words
    columns = [counts.vocabulary.get_loc(word) for word in frequent]
    values = pd.DataFrame(
        counts.matrix[:, columns].toarray(), counts.docs.index, ["A", "B", "C"], dtype=float
    )
    return Scores.from_frame(values, unit="count", docs=counts.docs)


@pytest.fixture(scope="module")
def once() -> pd.DataFrame:
    return articles()


@pytest.fixture(scope="module")
def twice(once: pd.DataFrame) -> pd.DataFrame:
    return doubled(once)


def test_dedupe_finds_the_doubled_half(twice: pd.DataFrame) -> None:
    docs = mf.dedupe(Corpus.from_frame(twice)).docs
    assert (docs["weight"] == 0.5).sum() == 60
    assert docs["weight"].sum() == 60


@pytest.mark.parametrize(("min_docs", "max_share"), [(1, 1.0), (5, 0.5), (12, 0.3)])
def test_counts(once: pd.DataFrame, twice: pd.DataFrame, min_docs: int, max_share: float) -> None:
    one, two = (
        counts_of(frame, "weight", min_docs=min_docs, max_share=max_share)
        for frame in (once, twice)
    )
    assert list(one.vocabulary) == list(two.vocabulary)
    pd.testing.assert_series_equal(one.totals(), two.totals(), check_dtype=False)
    pd.testing.assert_series_equal(one.doc_frequency(), two.doc_frequency(), check_dtype=False)


def test_prevalence_and_residuals(once: pd.DataFrame, twice: pd.DataFrame) -> None:
    one, two = scores_of(once), scores_of(twice)
    for settings in ({"by": "outlet"}, {"every": "month"}, {"by": "outlet", "every": "month"}):
        tables = [mf.prevalence(scores, seed=1, **settings) for scores in (one, two)]
        # n says how many articles were measured, copies included
        same = [column for column in tables[0] if column not in ("n", "interval")]
        # the same groups are drawn, so the intervals are the same as well
        pd.testing.assert_frame_equal(tables[0][same], tables[1][same])
    tables = [mf.residuals(scores, by="outlet") for scores in (one, two)]
    pd.testing.assert_frame_equal(*(table.drop(columns="n") for table in tables))


def test_keyness(once: pd.DataFrame, twice: pd.DataFrame) -> None:
    tables = [
        mf.keyness(counts_of(frame, "weight"), by="outlet", target="Echo", seed=1, min_docs=9)
        for frame in (once, twice)
    ]
    # docs_target and docs_reference say in how many articles a word stands, copies included
    same = [column for column in tables[0] if not column.startswith("docs_")]
    pd.testing.assert_frame_equal(tables[0][same], tables[1][same], check_dtype=False)


def test_lda_under_weight(once: pd.DataFrame, twice: pd.DataFrame) -> None:
    one, two = (
        mf.fit_topics(counts_of(frame, "weight", min_docs=3), k=3, model="lda", seed=4)
        for frame in (once, twice)
    )
    np.testing.assert_allclose(one.words, two.words, atol=1e-9)
    rows = two.docs.index.get_indexer(one.docs.index)
    np.testing.assert_allclose(one.shares, two.shares[rows], atol=1e-9)
    np.testing.assert_allclose(one.diagnostics["share"], two.diagnostics["share"])
    np.testing.assert_allclose(one.diagnostics["npmi"], two.diagnostics["npmi"])


def test_nmf_under_weight(once: pd.DataFrame, twice: pd.DataFrame) -> None:
    """Equal to the tolerance at which the iterations stop.

    The start comes from a singular value decomposition, which knows its vectors to rounding only.
    """
    one, two = (
        mf.fit_topics(counts_of(frame, "weight", min_docs=3), k=3, seed=4)
        for frame in (once, twice)
    )
    np.testing.assert_allclose(one.words, two.words, atol=1e-3)
    rows = two.docs.index.get_indexer(one.docs.index)
    np.testing.assert_allclose(one.shares, two.shares[rows], atol=1e-2)
    np.testing.assert_allclose(one.diagnostics["share"], two.diagnostics["share"], atol=1e-3)
    np.testing.assert_allclose(one.diagnostics["npmi"], two.diagnostics["npmi"], atol=1e-9)


@pytest.mark.parametrize("model", ["lda", "nmf"])
def test_fit_without_count_with(once: pd.DataFrame, twice: pd.DataFrame, model: str) -> None:
    fit = mf.fit_topics(counts_of(twice, "fit", min_docs=5), k=3, model=model, seed=4)
    without = mf.fit_topics(counts_of(once, "weight", min_docs=5), k=3, model=model, seed=4)
    # the same model as without the copies ...
    assert list(fit.vocabulary) == list(without.vocabulary)
    key = [[frozenset(np.argsort(-row)[:8]) for row in topics.words] for topics in (fit, without)]
    order = [key[0].index(topic) for topic in key[1]]  # sorted by size, which copies change
    np.testing.assert_allclose(fit.words[order], without.words, atol=1e-12)
    # ... and shares for every article, the copy's as its original's
    assert len(fit.docs) == 90
    assert fit.docs["weight"].eq(1).all()
    rows = fit.docs.index.get_indexer(fit.docs["copy_of"])
    np.testing.assert_allclose(fit.shares, fit.shares[rows], atol=1e-3)
    # every article counts in full
    lengths = np.full(90, 90)
    assert fit.scores().weights.eq(1).all()
    assert fit.diagnostics["share"].to_numpy() == pytest.approx(
        np.average(fit.shares, axis=0, weights=lengths), abs=0.02
    )


def test_fit_changes_what_a_copied_story_does_to_the_topics() -> None:
    """A report printed thirty times makes a topic of its own, unless copies are left out."""
    frame = articles(45)
    other = " ".join(WORDS[60:80])
    rng = np.random.default_rng(1)
    wire = " ".join(rng.permutation((other + " ").split() * 4))
    copies = pd.DataFrame(
        {
            "id": [f"w{row:03d}" for row in range(30)],
            "text": wire,
            "outlet": "Globe",
            "date": pd.Timestamp("2024-02-01"),
            "language": "en",
        }
    )
    whole = pd.concat([frame, copies], ignore_index=True)
    shares = {}
    for policy in ("none", "fit", "weight"):
        counts = counts_of(whole, policy)
        topics = mf.fit_topics(counts, k=3, model="lda", seed=2)
        wired = [word in other.split() for word in topics.vocabulary]
        shares[policy] = topics.words[:, wired].sum(axis=1).max()
    assert shares["none"] > shares["fit"] + 0.1
    assert shares["weight"] == pytest.approx(shares["fit"], abs=0.05)


def test_representative_articles_are_no_copies_of_each_other(twice: pd.DataFrame) -> None:
    topics = mf.fit_topics(counts_of(twice, "none"), k=3, seed=4)
    found = topics.representative(4)
    original = topics.docs["copy_of"].loc[found["id"]].to_numpy()
    assert (
        found.assign(original=original).groupby("topic")["original"].nunique().tolist() == [4] * 3
    )
