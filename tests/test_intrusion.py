"""Intrusion tests: perfect, guessing and sleeping coders; sheets that do not fit; the form."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mediaframes.errors import InputError
from mediaframes.people import (
    IntrusionTest,
    intrusion_results,
    topic_intrusion,
    word_intrusion,
    word_set_intrusion,
)
from mediaframes.topics import Topics

K = 8


@pytest.fixture(scope="module")
def topics() -> Topics:
    """Eight topics with thirty words of their own each."""
    rng = np.random.default_rng(1)
    words = np.full((K, 30 * K), 0.001)
    for topic in range(K):
        words[topic, 30 * topic : 30 * topic + 30] = np.linspace(2, 1, 30)
    docs = pd.DataFrame({"outlet": "A"}, index=[f"d{n:03d}" for n in range(400)])
    vocabulary = [f"w{n // 30}x{n % 30:02d}" for n in range(30 * K)]
    return Topics.from_arrays(
        words=words, shares=rng.dirichlet(np.full(K, 0.2), 400), vocabulary=vocabulary, docs=docs
    )


@pytest.fixture(scope="module")
def texts(topics: Topics) -> pd.Series:
    return pd.Series("Text of " + topics.docs.index, topics.docs.index)


def _tests(topics: Topics, texts: pd.Series) -> list[IntrusionTest]:
    return [
        word_intrusion(topics, seed=3),
        word_set_intrusion(topics, seed=3),
        topic_intrusion(topics, texts=texts, seed=3, n=40),
    ]


def _coder(test: IntrusionTest, *, knows: float, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    guess = rng.integers(1, test.choices + 1, len(test.items))
    known = rng.random(len(test.items)) < knows
    return test.sheet().assign(answer=np.where(known, test.key["intruder"], guess))


def test_the_intruder_belongs_to_another_topic(topics: Topics, texts: pd.Series) -> None:
    word, sets, topic = _tests(topics, texts)
    for test in (word, sets):
        assert sorted(test.key["topic"]) == list(range(1, K + 1))
        for item, key in zip(test.items.itertuples(), test.key.itertuples(), strict=True):
            choices = [getattr(item, f"choice_{n}") for n in range(1, test.choices + 1)]
            own = [f"w{key.topic - 1}x" in one for one in choices]
            assert own.index(False) == key.intruder - 1 and sum(own) == test.choices - 1
    assert word.choices == 6 and sets.choices == 4 and topic.choices == 4
    for key in topic.key.itertuples():
        shares = [getattr(key, f"share_{n}") for n in range(1, 5)]
        assert int(np.argmin(shares)) == key.intruder - 1
    assert topic.items["text"].tolist() == ("Text of " + topic.key["id"]).tolist()


def test_intruders_stand_anywhere(topics: Topics) -> None:
    places = [set(word_intrusion(topics, seed=s).key["intruder"]) for s in range(12)]
    assert set().union(*places) == {1, 2, 3, 4, 5, 6}


def test_perfect_coders_find_all_and_agree(topics: Topics, texts: pd.Series) -> None:
    for test in _tests(topics, texts):
        answers = {name: _coder(test, knows=1, seed=1) for name in ("anna", "bela")}
        results = intrusion_results(test, answers=answers, seed=1)
        row = results.summary.iloc[0]
        assert row["precision"] == 1 and row["alpha"] == 1 and row["p"] < 0.01
        assert (results.topics["precision"] == 1).all()
        if test.kind == "topic":
            assert row["median_log_odds"] == 0 and row["p_log_odds"] < 0.01


def test_guessing_coders_are_called_rarely(topics: Topics, texts: pd.Series) -> None:
    test = topic_intrusion(topics, texts=texts, seed=3, n=40)
    called = []
    for seed in range(100):
        answers = {
            "a": _coder(test, knows=0, seed=seed),
            "b": _coder(test, knows=0, seed=seed + 999),
        }
        row = intrusion_results(test, answers=answers, seed=1).summary.iloc[0]
        called.append((row["p"] <= 0.05, row["p_log_odds"] <= 0.05))
    assert np.mean([one for one, _ in called]) <= 0.1
    assert np.mean([two for _, two in called]) <= 0.1


def test_precision_and_interval_hold_the_truth(topics: Topics, texts: pd.Series) -> None:
    test = topic_intrusion(topics, texts=texts, seed=3, n=100)
    truth = 0.6 + 0.4 / 4
    rows = [
        intrusion_results(
            test, answers={"a": _coder(test, knows=0.6, seed=s)}, seed=1
        ).summary.iloc[0]
        for s in range(80)
    ]
    assert np.mean([row["precision"] for row in rows]) == pytest.approx(truth, abs=0.02)
    assert 0.88 <= np.mean([row["low"] <= truth <= row["high"] for row in rows]) <= 0.99


def test_unanswered_items_count_nothing(topics: Topics) -> None:
    test = word_intrusion(topics, seed=1)
    sheet = _coder(test, knows=1, seed=1)
    sheet["answer"] = sheet["answer"].astype("Int64")
    sheet.loc[2:, "answer"] = pd.NA
    results = intrusion_results(test, answers={"a": sheet, "b": test.sheet()}, seed=1)
    assert results.coders["answered"].tolist() == [2, 0]
    assert results.summary["precision"].iloc[0] == 1


def test_sheets_go_out_and_come_back(topics: Topics, tmp_path: Path) -> None:
    test = word_set_intrusion(topics, seed=1)
    paths = test.save(tmp_path, coders=("anna", "bela"))
    assert [path.name for path in paths] == [
        "word-set-test-anna.csv", "word-set-test-bela.csv", "word-set-test-key.csv",
    ]  # fmt: skip
    assert "intruder" not in paths[0].read_text()
    assert "nan" in repr(intrusion_results(test, answers={"anna": paths[0]}, seed=1))
    with pytest.raises(InputError, match="may hold answers"):
        test.save(tmp_path, coders=("bela",))
    with pytest.raises(InputError, match="letters, digits"):
        test.save(tmp_path, coders=("../x",))


def test_sheets_that_do_not_fit_are_refused(topics: Topics) -> None:
    test, other = word_intrusion(topics, seed=1), word_intrusion(topics, seed=2)
    with pytest.raises(InputError, match="not of this test"):
        intrusion_results(test, answers={"a": other.sheet()}, seed=1)
    sheet = test.sheet().assign(answer=9)
    with pytest.raises(InputError, match="item 1: give the number of a choice, 1 to 6"):
        intrusion_results(test, answers={"a": sheet}, seed=1)
    with pytest.raises(InputError, match="no answers"):
        intrusion_results(test, answers={}, seed=1)


def test_models_too_small_are_said(topics: Topics, texts: pd.Series) -> None:
    one = Topics.from_arrays(words=[[1, 1]], shares=[[1]], vocabulary=["a", "b"])
    with pytest.raises(InputError, match="at least two"):
        word_intrusion(one, seed=1)
    two = Topics.from_arrays(words=np.eye(2), shares=np.eye(2), vocabulary=["a", "b"])
    with pytest.raises(InputError, match="too few"):
        word_intrusion(two, seed=1)
    with pytest.raises(InputError, match="at least 5 topics"):
        topic_intrusion(two, texts=texts, seed=1)
    with pytest.raises(InputError, match="lacks article 'd000'"):
        topic_intrusion(topics, texts=texts.iloc[1:], seed=1)
    with pytest.raises(InputError, match="n=900"):
        topic_intrusion(topics, texts=texts, seed=1, n=900)


def test_the_form_shows_paragraphs_and_no_tags(topics: Topics, texts: pd.Series, tmp_path: Path):  # type: ignore[no-untyped-def]
    written = texts.map(lambda text: f"One <b>bold</b> start.\n\n{text}")
    shown = topic_intrusion(topics, texts=written, seed=1).form(tmp_path / "a.csv").children[0]
    assert "One &lt;b&gt;bold&lt;/b&gt; start.\n\n" in shown.value
    assert "white-space: pre-line" in shown.value


def test_the_form_saves_each_answer_and_goes_on_later(topics: Topics, tmp_path: Path) -> None:
    test = word_intrusion(topics, seed=1)
    path = tmp_path / "anna.csv"
    box = test.form(path)
    _, choice, buttons = box.children
    choice.value = 2
    buttons.children[1].click()
    choice.value = 5
    assert pd.read_csv(path)["answer"].tolist()[:2] == [2, 5]
    again = test.form(path)
    text, choice, (back, ahead) = again.children[0], again.children[1], again.children[2].children
    assert "3 of 8" in text.value and "(2 answered; each answer is kept in anna.csv)" in text.value
    for _ in range(6):
        choice.value = 1
        ahead.click()
    assert "8 of 8" in text.value and "(all answered;" in text.value
    assert (ahead.disabled, back.disabled) == (True, False)
    with pytest.raises(InputError, match="another test"):
        word_intrusion(topics, seed=2).form(path)
