"""Intrusion tests: perfect, guessing and sleeping coders; sheets that do not fit; the form."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, chi2

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
    with pytest.raises(InputError, match=r"item 1: the answer '9' is no choice; .* 1 to 6"):
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


def _parts(box: Any) -> tuple[Any, Any, dict[str, Any], Any]:
    """Head, choices shown, buttons by name, and tail of a form."""
    head, place, buttons, tail = box.children
    return head, place.children[0], {one.description: one for one in buttons.children}, tail


def test_the_form_shows_paragraphs_and_no_tags(
    topics: Topics, texts: pd.Series, tmp_path: Path
) -> None:
    written = texts.map(lambda text: f"One <b>bold</b> start.\n\n{text}")
    box = topic_intrusion(topics, texts=written, seed=1).form(tmp_path / "a.csv")
    shown = _parts(box)[0].value
    assert "One &lt;b&gt;bold&lt;/b&gt; start.\n\n" in shown
    assert "white-space: pre-line" in shown


def test_the_form_saves_each_answer_and_goes_on_later(topics: Topics, tmp_path: Path) -> None:
    test = word_intrusion(topics, seed=1)
    path = tmp_path / "anna.csv"
    box = test.form(path)
    _parts(box)[1].value = 2
    _parts(box)[2]["Next"].click()
    _parts(box)[1].value = 5
    assert pd.read_csv(path)["answer"].tolist()[:2] == [2, 5]
    box = test.form(path)
    head, _, buttons, tail = _parts(box)
    assert "3 of 8" in head.value and "2 of 8 answered, open: 3, 4, 5, 6, 7, 8;" in tail.value
    for _ in range(6):
        _parts(box)[1].value = 1
        buttons["Next"].click()
    assert "8 of 8" in head.value and "all answered; each answer is kept in anna.csv" in tail.value
    assert (buttons["Next"].disabled, buttons["Back"].disabled) == (True, False)
    with pytest.raises(InputError, match="another seed or model"):
        word_intrusion(topics, seed=2).form(path)


def test_answers_are_changed_taken_back_and_left_open(topics: Topics, tmp_path: Path) -> None:
    path = tmp_path / "anna.csv"
    box = word_intrusion(topics, seed=1).form(path)
    head, first, buttons, tail = _parts(box)
    first.value = 3
    buttons["Next"].click()
    buttons["Next"].click()  # the second stays open
    _parts(box)[1].value = 6
    buttons["Back"].click()
    buttons["Back"].click()
    assert _parts(box)[1].value == 3
    _parts(box)[1].value = 4
    assert pd.read_csv(path)["answer"].fillna(0).tolist()[:4] == [4, 0, 6, 0]
    buttons["No answer"].click()
    assert pd.read_csv(path)["answer"].fillna(0).tolist()[:4] == [0, 0, 6, 0]
    assert buttons["No answer"].disabled and _parts(box)[1].value is None
    places = []
    for _ in range(7):
        buttons["Next open"].click()
        places.append(head.value.split(" of ")[0].removeprefix("<p><b>"))
    assert places == ["2", "4", "5", "6", "7", "8", "1"]
    assert "1 of 8 answered, open: 1, 2, 4, 5, 6, 7, 8;" in tail.value


def test_a_late_click_answers_the_item_that_was_seen(topics: Topics, tmp_path: Path) -> None:
    box = word_intrusion(topics, seed=1).form(tmp_path / "a.csv")
    _, seen, buttons, _ = _parts(box)
    buttons["Next"].click()
    seen.value = 2  # clicked before the next item came to the screen
    assert pd.read_csv(tmp_path / "a.csv")["answer"].fillna(0).tolist()[:2] == [2, 0]


def test_two_forms_of_one_file_lose_no_answer(topics: Topics, tmp_path: Path) -> None:
    test, path = word_intrusion(topics, seed=1), tmp_path / "a.csv"
    one, other = test.form(path), test.form(path)
    _parts(one)[1].value = 2
    _parts(other)[2]["Next"].click()
    _parts(other)[1].value = 5
    assert pd.read_csv(path)["answer"].fillna(0).tolist()[:2] == [2, 5]


def test_an_answer_that_cannot_be_saved_is_said(topics: Topics, tmp_path: Path) -> None:
    test, path = word_intrusion(topics, seed=1), tmp_path / "a.csv"
    box = test.form(path)
    _parts(box)[1].value = 2
    held = path.read_bytes()
    path.unlink()
    path.mkdir()
    _parts(box)[2]["Next"].click()
    _parts(box)[1].value = 3
    assert "NOT SAVED" in _parts(box)[3].value
    path.rmdir()
    path.write_bytes(held)
    _parts(box)[2]["Next"].click()
    _parts(box)[1].value = 4
    assert "NOT SAVED" not in _parts(box)[3].value
    assert pd.read_csv(path)["answer"].fillna(0).tolist()[:3] == [2, 3, 4]


def test_a_damaged_file_is_named_before_the_form_opens(topics: Topics, tmp_path: Path) -> None:
    test, path = word_intrusion(topics, seed=1), tmp_path / "a.csv"
    test.sheet().assign(answer="w1x02").to_csv(path, index=False)
    with pytest.raises(InputError, match=r"a.csv, item 1: the answer 'w1x02' is no choice"):
        test.form(path)
    test.sheet().drop(columns="answer").to_csv(path, index=False)
    with pytest.raises(InputError, match="needs the columns item and answer"):
        test.form(path)


@pytest.mark.parametrize(
    ("mark", "encoding"), [(",", "utf-8"), (";", "cp1252"), ("\t", "utf-8-sig")]
)
def test_words_that_look_like_something_else_come_back(
    tmp_path: Path, mark: str, encoding: str
) -> None:
    vocabulary = ["null", "nan", "007", "true", "1e5", "NA", "über", "x", "none", "12"]
    weights = np.vstack([np.arange(10, 0, -1.0), np.arange(1, 11.0)])
    model = Topics.from_arrays(words=weights, shares=[[1, 0], [0, 1]], vocabulary=vocabulary)
    test = word_intrusion(model, seed=1, words=3)
    path = test.save(tmp_path, coders=["anna"])[0]
    answered = pd.read_csv(path, dtype=str, keep_default_na=False).assign(answer="2 ")
    answered.loc[len(answered)] = ""  # an empty line at the end
    answered.to_csv(path, sep=mark, encoding=encoding, index=False)
    results = intrusion_results(test, answers={"anna": path}, seed=1)
    assert results.coders["answered"].tolist() == [2]
    assert results.coders["found"].tolist() == [int((test.key["intruder"] == 2).sum())]
    assert "all answered" in _parts(test.form(path))[3].value


def test_the_key_stays_away_from_coders(topics: Topics, tmp_path: Path) -> None:
    test = word_intrusion(topics, seed=1)
    assert repr(test) == "word intrusion test: 8 items of 6 choices"
    *sheets, key = test.save(tmp_path, coders=["key", "anna"])
    assert key.parent.name == "key"
    assert [sheet.parent for sheet in sheets] == [tmp_path, tmp_path]
    assert "intruder" not in sheets[0].read_text() and "intruder" in key.read_text()
    test.save(tmp_path, coders=["bela"])
    with pytest.raises(InputError, match="belongs to another test"):
        word_intrusion(topics, seed=2).save(tmp_path, coders=["cora"])
    assert not (tmp_path / "word-test-cora.csv").exists()
    for coders in ("anna", [], ["Dora", "dora"]):
        with pytest.raises(InputError, match="coders="):
            test.save(tmp_path, coders=coders)


def test_no_article_becomes_a_formula_in_a_sheet(topics: Topics, tmp_path: Path) -> None:
    texts = pd.Series("=HYPERLINK(1)", topics.docs.index)
    test = topic_intrusion(topics, texts=texts, seed=1)
    path = test.save(tmp_path, coders=["anna"])[0]
    assert "=HYPERLINK" not in path.read_text().replace("'=HYPERLINK", "")
    assert intrusion_results(test, answers={"anna": path}, seed=1).coders["answered"].tolist() == [
        0
    ]
    with pytest.raises(InputError, match="texts lacks article 'd"):
        topic_intrusion(topics, texts=texts.where(texts.index < "d100"), seed=1)


def test_numbers_of_two_coders_by_hand(topics: Topics) -> None:
    """Eight items; Anna finds 6 of 8, Bela 1 of 4 he answered: 7 of 12."""
    test = word_intrusion(topics, seed=1)
    right = test.key["intruder"]
    wrong = right % 6 + 1
    anna = right.where(right.index < 6, wrong)
    bela = wrong.where(wrong.index > 0, right).where(wrong.index < 4).astype("Int64")
    answers = {"anna": test.sheet().assign(answer=anna), "bela": test.sheet().assign(answer=bela)}
    results = intrusion_results(test, answers=answers, seed=1)
    row = results.summary.iloc[0]
    assert row["precision"] == pytest.approx(7 / 12)
    assert results.coders["found"].tolist() == [6, 1]
    assert results.coders["answered"].tolist() == [8, 4]
    p = [binom.sf(5, 8, 1 / 6), binom.sf(0, 4, 1 / 6)]
    assert results.coders["p"].tolist() == pytest.approx(p)
    assert row["p"] == pytest.approx(chi2.sf(-2 * np.log(p).sum(), 4))
    # items 1 to 4 give 2, 1, 1, 1 of 2; items 5 to 8 give 1, 1, 0, 0 of 1
    hits, asked = np.array([2, 1, 1, 1, 1, 1, 0, 0]), np.array([2, 2, 2, 2, 1, 1, 1, 1])
    drawn = np.random.default_rng(9).integers(0, 8, (20_000, 8))
    low, high = np.quantile(hits[drawn].sum(axis=1) / asked[drawn].sum(axis=1), [0.025, 0.975])
    assert row["low"] <= low + 0.03 and row["high"] >= high - 0.03
    assert row["high"] - row["low"] <= (high - low) * 1.4  # widened for eight items


def test_answers_of_another_kind_are_said(topics: Topics, tmp_path: Path) -> None:
    test = word_intrusion(topics, seed=1)
    with pytest.raises(InputError, match=r"absent.csv cannot be read"):
        intrusion_results(test, answers={"a": tmp_path / "absent.csv"}, seed=1)
    with pytest.raises(InputError, match="answers="):
        intrusion_results(test, answers=[test.sheet()], seed=1)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="'a' is a list"):
        intrusion_results(test, answers={"a": [1, 2]}, seed=1)
    with pytest.raises(InputError, match="word_intrusion makes it"):
        intrusion_results(topics, answers={"a": test.sheet()}, seed=1)  # type: ignore[arg-type]
    twice = pd.concat([test.sheet(), test.sheet().head(1)])
    with pytest.raises(InputError, match="item 1 stands there twice"):
        intrusion_results(test, answers={"a": twice}, seed=1)
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(InputError, match=r"empty.csv is no table"):
        intrusion_results(test, answers={"a": tmp_path / "empty.csv"}, seed=1)
