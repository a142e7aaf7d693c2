"""The same topic in two outlets' words: by the content covariate of STM, and described."""

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from mediaframes import Counts, InputError, Topics, fit_topics, topic_words_by


def two_outlets(n_docs: int = 240) -> tuple[Counts, np.ndarray]:
    """Two topics; in the first, Echo says `refugee` where Globe says `migrant`."""
    rng = np.random.default_rng(3)
    names = [f"b{i:02d}" for i in range(20)] + [f"p{i:02d}" for i in range(20)]
    names += ["migrant", "refugee"]
    border, park = np.zeros(42), np.zeros(42)
    border[:20], park[20:40] = rng.dirichlet(np.ones(20)), rng.dirichlet(np.ones(20))
    words = {}
    for outlet, word in (("Echo", 41), ("Globe", 40)):
        own = 0.9 * border
        own[word] += 0.1
        words[outlet] = np.array([own, park])
    outlets = np.array(["Echo", "Globe"])[np.arange(n_docs) % 2]
    shares = rng.dirichlet([0.3, 0.3], size=n_docs)
    matrix = np.array(
        [rng.multinomial(80, share @ words[o]) for share, o in zip(shares, outlets, strict=True)]
    )
    ids = [f"{i:03d}" for i in range(n_docs)]
    docs = pd.DataFrame({"outlet": outlets, "day": np.arange(n_docs) % 30}, index=ids)
    return Counts.from_matrix(csr_array(matrix), names, docs=docs), shares


def border_of(topics: Topics) -> int:
    return int(np.argmax(topics.words[:, :20].sum(axis=1)))


class TestContentCovariate:
    """`settings={"content": ...}` of stm."""

    @pytest.fixture(autouse=True)
    def _topica(self) -> None:
        pytest.importorskip("topica")

    @pytest.mark.parametrize("prevalence", [None, "~ outlet + day"])
    def test_planted_difference_is_found(self, prevalence: str | None) -> None:
        counts, shares = two_outlets()
        topics = fit_topics(
            counts, k=2, model="stm", seed=1, prevalence=prevalence, settings={"content": "outlet"}
        )
        k = border_of(topics)
        assert np.corrcoef(topics.shares[:, k], shares[:, 0])[0, 1] > 0.99
        by = topics.words_by
        assert list(by) == ["Echo", "Globe"]
        assert by["Echo"].shape == topics.words.shape
        assert by["Echo"].sum(axis=1) == pytest.approx(1)
        at = {word: i for i, word in enumerate(counts.vocabulary)}
        assert by["Echo"][k, at["refugee"]] > 10 * by["Globe"][k, at["refugee"]]
        assert by["Globe"][k, at["migrant"]] > 10 * by["Echo"][k, at["migrant"]]
        between = np.stack(list(by.values()))
        assert (topics.words <= between.max(axis=0) + 1e-12).all()
        assert (topics.words >= between.min(axis=0) - 1e-12).all()
        table = topic_words_by(topics, counts, by="outlet", n=1)
        first = table[table["topic"] == k + 1].set_index("outlet")["word"]
        assert first.to_dict() == {"Echo": "refugee", "Globe": "migrant"}

    def test_seed_is_without_effect_and_topics_are_saved(self, tmp_path) -> None:  # type: ignore[no-untyped-def]
        counts, _ = two_outlets(60)
        one, two = (
            fit_topics(counts, k=2, model="stm", seed=seed, settings={"content": "outlet"})
            for seed in (1, 2)
        )
        assert one.words.tobytes() == two.words.tobytes()
        one.save(tmp_path / "t")
        again = Topics.load(tmp_path / "t")
        assert again.words_by["Globe"].tobytes() == one.words_by["Globe"].tobytes()
        assert one.transform(counts).shares.sum(axis=1) == pytest.approx(1)

    def test_bad_columns(self) -> None:
        counts, _ = two_outlets(60)
        for column, message in (
            ("paper", "content: no column 'paper'; there are: outlet, day"),
            ("one", "all articles have the same one, 'x'"),
            ("gap", r"1 articles have no gap \(the first: '000'\)"),
        ):
            docs = counts.docs.assign(one="x", gap=[None] + ["x", "y"] * 29 + ["y"])
            other = Counts.from_matrix(counts.matrix, counts.vocabulary, docs=docs)
            with pytest.raises(InputError, match=message):
                fit_topics(other, k=2, model="stm", seed=1, settings={"content": column})
        with pytest.raises(InputError, match="start_words does not go together with content"):
            settings = {"content": "outlet", "start_words": 5}
            fit_topics(counts, k=2, model="stm", seed=1, settings=settings)
        with pytest.raises(InputError, match="has no setting 'content'"):
            fit_topics(counts, k=2, model="ctm", seed=1, settings={"content": "outlet"})


class TestDescription:
    """`topic_words_by` of any model."""

    def test_planted_difference_is_found_in_lda(self) -> None:
        counts, _ = two_outlets()
        topics = fit_topics(counts, k=2, model="lda", seed=1, restarts=2)
        table = topic_words_by(topics, counts, by="outlet", n=3)
        k = border_of(topics) + 1
        best = table[table["rank"] == 1].set_index(["topic", "outlet"])
        assert best.loc[(k, "Echo"), "word"] == "refugee"
        assert best.loc[(k, "Globe"), "word"] == "migrant"
        assert best.loc[(k, "Echo"), "z_words"] > 10
        # the other topic has the same words everywhere
        assert table[table["topic"] != k]["z_words"].max() < 4

    def test_expected_counts_by_hand(self) -> None:
        docs = pd.DataFrame({"outlet": ["A", "B"], "weight": [1.0, 0.5]}, index=["x", "y"])
        counts = Counts.from_matrix([[6, 2], [4, 8]], ["tax", "park"], docs=docs)
        topics = Topics.from_arrays(
            words=[[0.5, 0.5], [1.0, 0.0]], shares=[[0.5, 0.5], [1.0, 0.0]],
            vocabulary=["tax", "park"], docs=docs,
        )  # fmt: skip
        table = topic_words_by(topics, counts, by="outlet", min_count=0)
        found = table.set_index(["topic", "outlet", "word"])[["count", "count_rest"]]
        # x: a `tax` is of topic 1 with .25 / (.25 + .5); y counts half
        assert found.loc[(1, "A", "tax")].tolist() == pytest.approx([2, 2])
        assert found.loc[(1, "B", "park")].tolist() == pytest.approx([4, 2])

    def test_bad_input(self, capsys: pytest.CaptureFixture[str]) -> None:
        counts, _ = two_outlets(60)
        topics = fit_topics(counts, k=2, seed=1)
        with pytest.raises(InputError, match="no column 'paper' to compare by; there are: outlet"):
            topic_words_by(topics, counts, by="paper")
        with pytest.raises(InputError, match=r"use topics\.transform"):
            topic_words_by(topics, counts.where("outlet == 'Echo'"), by="outlet")
        with pytest.raises(InputError, match="the same outlet; there is nothing to compare"):
            echo = counts.where("outlet == 'Echo'")
            topic_words_by(topics.where("outlet == 'Echo'"), echo, by="outlet")
        with pytest.raises(InputError, match="lower min_count=1e"):
            topic_words_by(topics, counts, by="outlet", min_count=1e9)
        with pytest.raises(InputError, match="the same words everywhere"):
            topics.words_by  # noqa: B018
        docs = counts.docs.assign(outlet=counts.docs["outlet"].where(counts.docs.index != "000"))
        gap = Counts.from_matrix(counts.matrix, counts.vocabulary, docs=docs)
        topic_words_by(topics, gap, by="outlet")
        assert "1 articles without outlet are left out" in capsys.readouterr().out
