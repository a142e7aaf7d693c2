"""Topic models: planted topics found, same bytes, nothing dropped, no topic called a frame."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array

from mediaframes import (
    Counts,
    InputError,
    Topics,
    browse_topics,
    choose_k,
    fit_topics,
    representative_sentences,
    shared_words,
    topic_correlation,
    topic_map,
    topic_names,
    topic_network,
    topic_sheet,
    topic_stability,
    topic_words_by,
)
from tests.planted import planted


@pytest.mark.parametrize(("model", "least"), [("lda", 0.97), ("nmf", 0.85)])
def test_planted_topics_are_found(model: str, least: float) -> None:
    counts, words = planted()
    topics = fit_topics(counts, k=5, model=model, seed=1)
    one = topics.words / np.linalg.norm(topics.words, axis=1, keepdims=True)
    two = words / np.linalg.norm(words, axis=1, keepdims=True)
    cosine = one @ two.T
    rows, columns = linear_sum_assignment(-cosine)
    assert cosine[rows, columns].mean() > least
    assert topics.words.sum(axis=1) == pytest.approx(1)
    assert topics.shares.sum(axis=1) == pytest.approx(1)
    assert (np.diff(topics.diagnostics["share"]) <= 0).all()


@pytest.mark.parametrize("model", ["lda", "nmf"])
def test_same_seed_same_bytes_any_row_order(model: str) -> None:
    counts, _ = planted(100)
    one = fit_topics(counts, k=4, model=model, seed=1)
    assert fit_topics(counts, k=4, model=model, seed=1).content_hash == one.content_hash
    order = np.random.default_rng(1).permutation(100)
    shuffled = Counts.from_matrix(
        counts.matrix[order], counts.vocabulary, docs=counts.docs.iloc[order]
    )
    assert fit_topics(shuffled, k=4, model=model, seed=1).content_hash == one.content_hash


def test_lda_seed_matters() -> None:
    counts, _ = planted(60)
    one, two = (fit_topics(counts, k=4, model="lda", seed=s) for s in (1, 2))
    assert one.content_hash != two.content_hash


def test_empty_articles_keep_their_place(capsys: pytest.CaptureFixture[str]) -> None:
    matrix = csr_array(np.array([[4, 3, 0, 0], [0, 0, 0, 0], [0, 0, 3, 4], [3, 4, 1, 0]]))
    topics = fit_topics(Counts.from_matrix(matrix, list("abcd")), k=2, seed=1)
    assert np.isnan(topics.shares[1]).all()
    assert not np.isnan(topics.shares[[0, 2, 3]]).any()
    assert "1 articles hold no counted word (the first: '1')" in capsys.readouterr().out
    assert len(topics.scores()) == 4
    assert topics.representative(1)["id"].isin(["0", "2", "3"]).all()


def test_articles_that_no_topic_knows_have_missing_shares(
    capsys: pytest.CaptureFixture[str],
) -> None:
    matrix = np.zeros((9, 6), int)
    matrix[:4, :2], matrix[4:8, 2:4], matrix[8, 4:] = 5, 5, 1
    topics = fit_topics(Counts.from_matrix(csr_array(matrix), list("abcdef")), k=2, seed=1)
    assert np.isnan(topics.shares[8]).all()
    assert "no topic holds the words of 1 articles (the first: '8')" in capsys.readouterr().out


def test_bad_input() -> None:
    counts, _ = planted(20)
    with pytest.raises(InputError, match="unknown model 'bert'; allowed: nmf, lda"):
        fit_topics(counts, k=3, model="bert", seed=1)
    with pytest.raises(
        InputError, match=r"k=21 topics cannot be fitted to 20 articles.*choose k from 2 to 20"
    ):
        fit_topics(counts, k=21, seed=1)
    few = Counts.from_matrix(counts.matrix[:, :3], counts.vocabulary[:3])
    with pytest.raises(InputError, match=r"k=4 .* and 3 different words; choose k from 2 to 3"):
        fit_topics(few, k=4, model="lda", seed=1)
    with pytest.raises(InputError, match="k=1 "):
        fit_topics(counts, k=1, seed=1)
    for model in ("nmf", "lda", "ctm"):
        for wrong in (2.5, "10", None):
            with pytest.raises(InputError, match=f"k={wrong!r} must be a whole number"):
                fit_topics(counts, k=wrong, model=model, seed=1)  # type: ignore[arg-type]
        for seed in (None, -1, "a"):
            with pytest.raises(InputError, match=f"seed={seed!r} must be a whole number from 0"):
                fit_topics(counts, k=3, model=model, seed=seed)  # type: ignore[arg-type]


class TestTopics:
    """Names, promotion, saving."""

    topics = Topics.from_arrays(
        words=[[5, 1, 0], [0, 2, 2], [1, 1, 1]],
        shares=[[1, 0, 0], [1, 2, 1]],
        vocabulary=["a", "b", "c"],
    )

    def test_top_words_and_names(self) -> None:
        table = self.topics.top_words(2)
        assert table["word"].tolist() == ["a", "b", "b", "c", "a", "b"]
        assert table["weight"].tolist() == pytest.approx([5 / 6, 1 / 6, 0.5, 0.5, 1 / 3, 1 / 3])
        assert self.topics.names == ("a, b, c", "b, c, a", "a, b, c (2)")
        renamed = self.topics.rename({1: "alpha"})
        assert renamed.names[0] == renamed.diagnostics["name"].iloc[0] == "alpha"
        with pytest.raises(InputError, match="there is no topic 4; topics run from 1 to 3"):
            self.topics.rename({4: "x"})
        with pytest.raises(InputError, match="the same name"):
            self.topics.rename({1: "x", 2: "x"})
        for names, message in (
            (["x"], r"rename takes numbers and names, .* not \['x'\]"),
            ({"1": "x"}, "there is no topic '1'"),
            ({1: " "}, "topic 1: the name ' ' is no text"),
            ({2: 5}, "topic 2: the name 5 is no text"),
        ):
            with pytest.raises(InputError, match=message):
                self.topics.rename(names)  # type: ignore[arg-type]
        with pytest.raises(InputError, match="n=-1 must be"):
            self.topics.top_words(-1)

    def test_draws_of_shares_are_promoted_with_them(self) -> None:
        draws = np.stack([self.topics.shares, self.topics.shares[:, [1, 0, 2]]])
        scores = self.topics.promote({"both": [1, 3], "second": [2]}, draws=draws)
        assert scores.draws is not None
        assert scores.draws[0] == pytest.approx(scores.values.to_numpy())
        assert scores.draws[1, :, 1] == pytest.approx(self.topics.shares[:, 0])
        with pytest.raises(InputError, match="do not fit 2 articles and 3 topics"):
            self.topics.promote({"a": [1]}, draws=draws[:, :1])

    def test_promote_is_the_only_way_to_a_frame(self) -> None:
        scores = self.topics.promote({"both": [1, 3], "second": [2]})
        assert scores.values.loc["1"].tolist() == [0.5, 0.5]
        assert scores.made.settings == {"frames": {"both": [1, 3], "second": [2]}}
        with pytest.raises(InputError, match="topic 1 is given to 'a' and 'b'"):
            self.topics.promote({"a": [1], "b": [1]})
        with pytest.raises(InputError, match="frame 'a': there is no topic 0"):
            self.topics.promote({"a": [0]})
        for frames, message in (
            ({"a": []}, r"frame 'a': \[\] is no list of topics"),  # else 0 in every article
            ({"a": 3}, "frame 'a': 3 is no list of topics"),
            ({"a": ["b, c, a"]}, "frame 'a': there is no topic 'b, c, a'"),
            ({}, "promote takes frames"),
        ):
            with pytest.raises(InputError, match=message):
                self.topics.promote(frames)  # type: ignore[arg-type]

    def test_verbs_say_what_they_take(self) -> None:
        counts = Counts.from_matrix([[1, 2]], ["a", "b"])
        given: Any = counts
        for verb in (
            lambda: topic_map(given), lambda: topic_network(given, seed=1),
            lambda: browse_topics(given), lambda: topic_names(given, path="topics.yml"),
            lambda: topic_correlation(given, seed=1), lambda: shared_words(given),
            lambda: topic_sheet(given), lambda: topic_words_by(given, counts, by="outlet"),
            lambda: topic_stability(counts, topics=given, seed=1),
            lambda: representative_sentences(given, tokens=given),
        ):  # fmt: skip
            with pytest.raises(InputError, match=r"takes Topics, and was given Counts: mf\.fit_"):
                verb()
        with pytest.raises(InputError, match="browse_topics takes Tokens or Corpus"):
            browse_topics(self.topics, tokens=given)
        topics: Any = self.topics
        with pytest.raises(InputError, match="transform takes Counts"):
            topics.transform(topics)
        for wrong in (5, "10"):
            with pytest.raises(InputError, match="must be a list of candidates"):
                choose_k(counts, k=wrong, seed=1)  # type: ignore[arg-type]
        with pytest.raises(InputError, match="draws=0 must be a whole number from 1"):
            topic_stability(counts, topics=topics, seed=1, draws=0)
        with pytest.raises(InputError, match="leave_out=3 is no list of topics"):
            topic_network(topics, seed=1, leave_out=3)  # type: ignore[arg-type]

    def test_save_load(self, tmp_path: Path) -> None:
        part = self.topics.where(self.topics.docs.index == "1")
        assert part.shares.tolist() == [[0.25, 0.5, 0.25]]
        assert part.names == self.topics.names
        self.topics.save(tmp_path / "t")
        assert Topics.load(tmp_path / "t").content_hash == self.topics.content_hash

    def test_from_arrays_checks(self) -> None:
        with pytest.raises(InputError, match=r"words must be \(topics, words\)"):
            Topics.from_arrays(words=[[1, 2]], shares=[[1, 2]], vocabulary=["a", "b"])
        with pytest.raises(InputError, match="negative or missing"):
            Topics.from_arrays(words=[[-1, 2]], shares=[[1]], vocabulary=["a", "b"])

    def test_articles_may_have_missing_shares(self) -> None:
        topics = Topics.from_arrays(
            words=[[1, 1]], shares=[[np.nan], [2]], vocabulary=["a", "b"],
            docs=pd.DataFrame(index=["x", "y"]),
        )  # fmt: skip
        assert np.isnan(topics.shares[0, 0])
        assert topics.shares[1, 0] == 1
