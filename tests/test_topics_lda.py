"""LDA: planted topics, the same bytes on any number of threads, any order, restarts, measures."""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from mediaframes import Corpus, Counts, InputError, Topics, fit_topics, tokenize
from mediaframes.topics import choose_k, lda, quality, topic_stability
from mediaframes.topics._lda import draw
from mediaframes.topics._windows import windows_with
from mediaframes.topics.choice import hold_out


def grown(k: int, *, skewed: bool, n_docs: int = 600, n_words: int = 600) -> tuple[Counts, ...]:
    rng = np.random.default_rng(k)
    words = rng.dirichlet(np.full(n_words, 0.03), size=k)
    prior = np.full(k, 2 / k) if not skewed else 4 / np.arange(1, k + 1) / np.log(k + 1)
    shares = rng.dirichlet(np.maximum(prior, 0.02), size=n_docs)
    matrix = np.array([rng.multinomial(150, share @ words) for share in shares])
    keep = matrix.sum(axis=0) > 0
    names = [f"w{i:04d}" for i in np.flatnonzero(keep)]
    return Counts.from_matrix(csr_array(matrix[:, keep]), names), words[:, keep], shares


@pytest.mark.parametrize(
    ("k", "skewed", "least"), [(5, False, 0.98), (5, True, 0.97), (50, False, 0.85)]
)
def test_planted_topics_of_many_sizes_are_found(k: int, skewed: bool, least: float) -> None:
    counts, words, shares = grown(k, skewed=skewed)
    topics = fit_topics(counts, k=k, model="lda", seed=3, restarts=4)
    partner, cosine = quality.matched(words, topics.words)
    assert cosine.mean() > least
    seen = topics.shares[:, partner]
    assert np.corrcoef(seen.ravel(), shares.ravel())[0, 1] > 0.9


def test_the_prior_over_articles_learns_that_topics_differ_in_size() -> None:
    counts, _, shares = grown(5, skewed=True)
    topics = fit_topics(counts, k=5, model="lda", seed=3, restarts=2)
    alpha = topics.arrays["alpha"]
    assert alpha[0] == alpha.max()
    assert alpha.max() > 2 * alpha.min()
    assert np.sort(topics.diagnostics["share"])[-1] == pytest.approx(
        shares.mean(axis=0).max(), abs=0.05
    )


def test_drawn_topics_follow_the_posterior() -> None:
    from itertools import product

    words = np.zeros((3, 8))
    words[:, :2] = [[0.6, 0.1], [0.3, 0.2], [0.1, 0.7]]
    alpha = np.zeros(8)
    alpha[:2] = [0.3, 0.8]
    article = [0, 1, 2, 2]
    exact = np.zeros(5)  # by how many words the first topic has
    for topics in product((0, 1), repeat=4):
        rising = [alpha[t] + topics[:i].count(t) for i, t in enumerate(topics)]
        exact[topics.count(0)] += np.prod(rising) * np.prod(words[article, list(topics)])
    n = 20_000
    counts = csr_array(np.tile([1, 1, 2], (n, 1)))
    single = [array.astype(np.float32) for array in (words.ravel(), np.eye(8)[:2].sum(axis=0))]
    drawn = draw(
        lda.arrays(counts, np.ones(n)), np.arange(n), *single, np.ones(8 * n, np.float32),
        alpha.astype(np.float32), 20, np.random.default_rng(1),
    )  # fmt: skip
    assert (drawn.sum(axis=1) == 4).all()
    assert (drawn[:, 2:] == 0).all()
    seen = np.bincount(drawn[:, 0].astype(int), minlength=5) / n
    np.testing.assert_allclose(seen, exact / exact.sum(), atol=0.012)  # over three errors


def test_large_corpora_learn_the_prior_from_drawn_topics(monkeypatch: pytest.MonkeyPatch) -> None:
    counts, words, _ = grown(5, skewed=True)
    known = np.maximum(4 / np.arange(1, 6) / np.log(6), 0.02)
    for name, value in {"LARGE": 100, "LARGE_BATCH": 16, "DRAWN": 500}.items():
        monkeypatch.setattr(lda, name, value)
    topics = fit_topics(counts, k=5, model="lda", seed=3, restarts=1)
    partner, cosine = quality.matched(words, topics.words)
    assert cosine.mean() > 0.97
    alpha = topics.arrays["alpha"][partner]
    assert alpha[0] == alpha.max()
    assert alpha.sum() == pytest.approx(known.sum(), rel=0.35)
    order = np.random.default_rng(0).permutation(len(counts))
    shuffled = Counts.from_matrix(counts.matrix[order], counts.vocabulary)
    again = fit_topics(shuffled, k=5, model="lda", seed=3, restarts=1)
    np.testing.assert_allclose(again.words, topics.words, atol=1e-9)
    np.testing.assert_allclose(again.arrays["alpha"], topics.arrays["alpha"], rtol=1e-9)
    state = lda.Fit(counts.matrix, 5, 3)
    state.steps = state.stochastic * -(-state.docs // state.batch)
    assert state._plan()[0] < 0.01  # the noise has ended when whole passes begin


@pytest.mark.parametrize("cores", [1, 2, 4])
def test_threads_change_no_byte(cores: int, monkeypatch: pytest.MonkeyPatch) -> None:
    counts, _, _ = grown(5, skewed=False, n_docs=120)
    alone = fit_topics(counts, k=5, model="lda", seed=2, restarts=4)
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    again = fit_topics(counts, k=5, model="lda", seed=2, restarts=4)
    assert again.content_hash == alone.content_hash
    assert again.arrays["runs"].tobytes() == alone.arrays["runs"].tobytes()


def test_articles_in_another_order_under_other_ids_give_the_same_topics() -> None:
    counts, _, _ = grown(5, skewed=False, n_docs=150)
    matrix = csr_array(np.vstack([counts.matrix.todense()] + [counts.matrix[[3]].todense()] * 2))
    order = np.random.default_rng(1).permutation(matrix.shape[0])
    one = Counts.from_matrix(matrix, counts.vocabulary)
    two = Counts.from_matrix(matrix[order], counts.vocabulary)
    first = fit_topics(one, k=5, model="lda", seed=2, restarts=2)
    other = fit_topics(two, k=5, model="lda", seed=2, restarts=2)
    partner, _ = quality.matched(first.words, other.words)
    assert other.words[partner] == pytest.approx(first.words, abs=1e-9)
    assert other.shares[:, partner] == pytest.approx(first.shares[order], abs=1e-9)
    assert first.shares[3].tolist() == first.shares[-1].tolist()  # one text, one answer


def test_restarts_keep_the_best_and_all_of_them() -> None:
    counts, _, _ = grown(5, skewed=False, n_docs=150)
    topics = fit_topics(counts, k=5, model="lda", seed=1, restarts=5)
    bounds = topics.arrays["bounds"]
    assert (np.diff(bounds) <= 0).all()
    assert len(bounds) == 5
    assert topics.arrays["runs"].shape == (4, 5, len(counts.vocabulary))
    table = topics.stability()
    assert table.groupby("run")["partner"].nunique().tolist() == [5] * 4
    mean = table.groupby("topic")["cosine"].mean().to_numpy()
    assert topics.diagnostics["stability"].to_numpy() == pytest.approx(mean)
    assert mean.max() > 0.99
    assert "stability over random starts" in topics._repr_html_()
    single = fit_topics(counts, k=5, model="lda", seed=1, restarts=1)
    assert single.diagnostics["stability"].isna().all()
    assert len(fit_topics(counts, k=5, model="lda", seed=1).arrays["bounds"]) == 10


def test_transform_gives_the_training_articles_their_shares_again() -> None:
    counts, _, _ = grown(5, skewed=False, n_docs=150)
    for model, near in (("lda", 0.02), ("nmf", 0.02)):
        topics = fit_topics(counts, k=5, model=model, seed=1)
        again = topics.transform(counts)
        assert np.abs(again.shares - topics.shares).mean() < near
        assert again.names == topics.names


def test_transform_says_what_it_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    topics = Topics.from_arrays(words=[[3, 1]], shares=[[1]], vocabulary=["a", "b"])
    new = Counts.from_matrix([[2, 1, 0], [0, 0, 4], [0, 0, 0]], ["b", "a", "z"])
    shares = topics.transform(new).shares
    assert shares[0].tolist() == [1.0]
    assert np.isnan(shares[1:]).all()
    assert "4 of 7 words are unknown to the topics" in capsys.readouterr().out
    with pytest.raises(InputError, match="none of the words of these counts"):
        topics.transform(Counts.from_matrix([[1]], ["z"]))


def test_bad_settings() -> None:
    counts, _, _ = grown(5, skewed=False, n_docs=20)
    with pytest.raises(InputError, match="restarts=0"):
        fit_topics(counts, k=2, model="lda", seed=1, restarts=0)
    with pytest.raises(InputError, match="'nmf' has one deterministic start"):
        fit_topics(counts, k=2, seed=1, restarts=3)
    with pytest.raises(InputError, match="'lda' takes no prevalence formula"):
        fit_topics(counts, k=2, model="lda", seed=1, prevalence="~ outlet")
    with pytest.raises(InputError, match="'lda' has no setting 'beta'; allowed: none"):
        fit_topics(counts, k=2, model="lda", seed=1, settings={"beta": 1})
    one = Counts.from_matrix([[1, 2, 3]], ["a", "b", "c"])
    with pytest.raises(InputError, match=r"1 articles with words.*at least 2 of each"):
        fit_topics(one, k=2, seed=1)


class TestMeasures:
    """Each measure against a count by hand."""

    words = np.array([[0.5, 0.3, 0.2, 0.0], [0.0, 0.2, 0.3, 0.5]])
    matrix = csr_array(np.array([[1, 1, 0, 0], [1, 2, 1, 0], [0, 0, 1, 1], [2, 0, 0, 1]]))

    def test_coherence(self) -> None:
        # topic 1 in order: a b c d; documents with a 3, b 2, c 2, d 2; ab 2, ac 1, bc 1,
        # ad 1, bd 0, cd 1
        log = np.log
        by_hand = log(3 / 3) + log(2 / 3) + log(2 / 2) + log(2 / 3) + log(1 / 2) + log(2 / 2)
        assert quality.coherence(self.words, self.matrix)[0] == pytest.approx(by_hand)
        with pytest.raises(InputError, match="allowed: 'stm'"):
            quality.coherence(self.words, self.matrix, compat="r")

    def test_c_v_is_gensims(self) -> None:
        gold = Path(__file__).parent / "gold" / "c_v.json"
        known = json.loads(gold.read_text(encoding="utf-8"))
        tokens = tokenize(Corpus.from_frame(pd.DataFrame({"text": known["texts"]})))
        words = np.zeros((len(known["topics"]), len(tokens.vocabulary)))
        for row, best in zip(words, known["topics"], strict=True):
            row[tokens.vocabulary.get_indexer(best)] = range(10, 0, -1)
        for window, values in known["c_v"].items():
            found = quality.c_v(words, tokens.vocabulary, tokens, window=int(window))
            assert found == pytest.approx(values, abs=1e-10)
        with pytest.raises(InputError, match="the word 'zebra' is not in these tokens"):
            quality.c_v(np.ones((1, 1)), pd.Index(["zebra"]), tokens)

    @pytest.mark.parametrize("size", [1, 4, 9, 200])
    def test_windows_are_those_of_the_definition(self, size: int) -> None:
        rng = np.random.default_rng(size)
        articles = [rng.integers(-1, 6, n) for n in rng.integers(0, 40, 30)]
        weights = rng.choice([0.0, 0.5, 1.0], 30)
        pairs, total = np.zeros((6, 6)), 0.0
        for article, weight in zip(articles, weights, strict=True):
            starts = range(max(1, len(article) - size + 1)) if len(article) else ()
            for start in starts:
                held = np.isin(np.arange(6), article[start : start + size])
                pairs += weight * np.outer(held, held)
                total += weight
        ends = np.cumsum([0, *map(len, articles)])
        ids = np.concatenate(articles).astype(np.int32)
        found, n = windows_with(ids, ends, weights, 6, size)
        assert found == pytest.approx(pairs)
        assert n == pytest.approx(total)

    def test_diversity_and_effective_words(self) -> None:
        assert quality.diversity(self.words, 2) == 1.0
        assert quality.diversity(self.words, 4) == 0.5
        assert quality.effective_words(np.full((1, 7), 1 / 7)) == pytest.approx(7)

    def test_dispersion_is_one_where_the_topics_are_the_truth(self) -> None:
        rng = np.random.default_rng(3)
        words = rng.dirichlet(np.full(50, 1.0), size=2)
        shares = rng.dirichlet([1.0, 1.0], size=4000)
        matrix = csr_array([rng.multinomial(200, share @ words) for share in shares])
        assert quality.dispersion(words, shares, matrix) == pytest.approx(1, abs=0.05)
        flat = np.full_like(shares, 0.5)
        assert quality.dispersion(words, flat, matrix) > 1.3

    def test_labels(self) -> None:
        counts, _, _ = grown(5, skewed=False, n_docs=120)
        topics = fit_topics(counts, k=5, model="lda", seed=2, restarts=1)
        table = topics.labels(4)
        assert table.groupby(["topic", "kind"]).size().eq(4).all()
        assert set(table["kind"]) == {"prob", "frex", "lift", "score"}
        probable = table[table["kind"] == "prob"]["word"].tolist()
        assert probable == topics.top_words(4)["word"].tolist()
        given = Topics.from_arrays(words=[[1, 1]], shares=[[1]], vocabulary=["a", "b"])
        with pytest.raises(InputError, match="FREX and lift need"):
            given.labels()


def test_saved_topics_keep_their_starts(tmp_path: "os.PathLike[str]") -> None:
    counts, _, _ = grown(5, skewed=False, n_docs=60)
    topics = fit_topics(counts, k=3, model="lda", seed=2, restarts=2)
    topics.save(f"{tmp_path}/t")
    again = Topics.load(f"{tmp_path}/t")
    assert again.arrays["runs"].tobytes() == topics.arrays["runs"].tobytes()
    pd.testing.assert_frame_equal(again.diagnostics, topics.diagnostics)


class TestChoice:
    """The grid over k, and stability over a bootstrap of articles."""

    def test_the_planted_number_is_on_the_frontier(self) -> None:
        counts, _, _ = grown(5, skewed=False, n_docs=200)
        table = choose_k(counts, k=[2, 5, 12], seed=1)
        assert table["k"].tolist() == [2, 5, 12]
        assert table["held_out"].idxmax() == 1
        assert table.loc[1, "frontier"]
        assert table.loc[0, "dispersion"] > table.loc[1, "dispersion"]
        assert table.loc[1, "stability"] > table.loc[2, "stability"]
        pd.testing.assert_frame_equal(table, choose_k(counts, k=[12, 5, 2], seed=1))
        assert "c_v" not in table
        with pytest.raises(InputError, match="holds no candidate"):
            choose_k(counts, k=[], seed=1)

    def test_held_out_words_and_the_rest_are_all(self) -> None:
        counts, _, _ = grown(5, skewed=False, n_docs=50)
        rest, missing = hold_out(counts, seed=3)
        kept = counts.vocabulary.isin(rest.vocabulary)
        whole = counts.matrix[:, np.flatnonzero(kept)]
        assert abs(whole - rest.matrix - missing).sum() == 0
        assert ((missing.sum(axis=1) > 0).sum()) == 5

    def test_stability_over_articles(self) -> None:
        counts, _, _ = grown(5, skewed=False, n_docs=200)
        good = fit_topics(counts, k=5, model="nmf", seed=1)
        table = topic_stability(counts, topics=good, seed=2, draws=2)
        assert table["cosine"].mean() > 0.95
        noise = Counts.from_matrix(
            np.random.default_rng(1).poisson(0.5, (60, 50)), counts.vocabulary[:50]
        )
        none = topic_stability(noise, topics=fit_topics(noise, k=5, seed=1), seed=2, draws=2)
        assert none["cosine"].mean() < 0.8
        with pytest.raises(InputError, match="not the counts the topics were fitted on"):
            topic_stability(noise, topics=good, seed=2)
