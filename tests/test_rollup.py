"""Hits added up by sentence, group and outlet-week; and whether length makes a frame."""

import numpy as np
import pandas as pd
import pytest

from mediaframes.corpus.articles import Corpus
from mediaframes.errors import InputError
from mediaframes.frames import Codebook, Frame, Hits, Rule, apply_codebook
from mediaframes.frames.rollup import _doubling
from mediaframes.text import Tokens, tokenize

BOOK = Codebook.from_terms({"A": ["tax*"], "B": ["duty"]}, language="en")


def tokens_of(texts: list[str], **columns: object) -> Tokens:
    frame = pd.DataFrame({"text": texts, "language": "en", **columns})
    return tokenize(Corpus.from_frame(frame))


def test_sentences_add_up_to_their_article() -> None:
    tokens = tokens_of(
        ["Taxes rise. A duty and a tax and a tax. Nothing.", "", "No hit."], weight=[0.5, 1, 1]
    )
    hits = apply_codebook(tokens, BOOK)
    scores = hits.sentence_scores(tokens, unit="count")
    assert scores.values.index.tolist() == ["0#0001", "0#0002", "0#0003", "2#0001"]
    assert scores.values.to_numpy().tolist() == [[1, 0], [2, 1], [0, 0], [0, 0]]
    assert scores.docs["words"].tolist() == [2, 8, 1, 2]
    np.testing.assert_allclose(scores.weights, [0.5 / 3] * 3 + [1])
    whole = hits.scores("count").values
    added = scores.values.groupby(scores.docs["article"]).sum()
    np.testing.assert_array_equal(added, whole.loc[["0", "2"]])
    present = hits.sentence_scores(tokens, min_hits=2).values
    assert present.to_numpy().tolist() == [[0, 0], [1, 0], [0, 0], [0, 0]]


def test_sentences_in_a_language_without_terms_are_not_measured() -> None:
    tokens = tokens_of(["Tax.", "Tax."]).where(pd.Series([True, True], ["0", "1"]))
    tokens.docs.loc["1", "language"] = "fr"
    hits = apply_codebook(tokens, BOOK)
    for unit in ("presence", "count", "share", "per_1000"):
        values = hits.sentence_scores(tokens, unit=unit).values
        assert values.loc["0#0001"].notna().any() and values.loc["1#0001"].isna().all()


def test_sentences_need_their_own_tokens() -> None:
    tokens = tokens_of(["Tax.", "Tax."])
    hits = apply_codebook(tokens, BOOK)
    with pytest.raises(InputError, match="1; give the tokens"):
        hits.sentence_scores(tokens.where(pd.Series([True, False], ["0", "1"])))


def paper() -> Hits:
    return apply_codebook(
        tokens_of(
            ["tax tax duty filler", "tax filler", "duty", "nothing here", "tax"],
            outlet=["X", "X", "X", "Y", None],
            date=pd.to_datetime(["2024-01-03", "2024-01-07", "2024-01-08", "2024-01-01", None]),
            weight=[1.0, 0.5, 1.0, 1.0, 1.0],
        ),
        BOOK,
    )


def test_outlet_weeks_are_pooled_with_weights(capsys: pytest.CaptureFixture[str]) -> None:
    table = paper().pooled().set_index(["frame", "outlet", "period"])
    first = pd.Timestamp("2024-01-01")  # Monday; the 7th is its Sunday
    row = table.loc[("A", "X", first)]
    # two hits in four words, and half of one hit in half of two words
    assert row[["value", "n", "weight", "words", "hits"]].tolist() == [500, 2, 1.5, 5, 2.5]
    assert table.loc[("B", "X", pd.Timestamp("2024-01-08")), "value"] == 1000
    assert table.loc[("A", "Y", first), "value"] == 0
    assert len(table) == 2 * 3
    assert "1 articles without outlet, date or terms" in capsys.readouterr().out


def test_other_units_and_periods_of_the_roll_up() -> None:
    hits = paper()

    def value(frame: str, **settings: object) -> float:
        table = hits.pooled(**settings)  # type: ignore[arg-type]
        chosen = table[(table["frame"] == frame) & (table["outlet"] == "X")]
        return float(chosen["value"].iloc[0])

    assert value("A", unit="share") == pytest.approx(2.5 / 3.5)
    assert value("A", unit="presence") == 1
    assert value("A", unit="presence", min_hits=2) == pytest.approx(1 / 1.5)
    assert value("A", unit="count") == 2.5
    assert value("B", unit="count", every=None) == 2
    assert value("B", unit="count", every="month") == 2
    with pytest.raises(InputError, match="allowed: day, week"):
        hits.pooled(every="fortnight")
    with pytest.raises(InputError, match="no column 'paper'"):
        hits.pooled(by="paper")
    with pytest.raises(InputError, match="unknown unit"):
        hits.pooled(unit="pound")


def long_and_short(n: int, rate: float, seed: int) -> Hits:
    """Articles of 20 to 400 words, each word a hit with probability `rate`; B never depends."""
    rng = np.random.default_rng(seed)
    texts = []
    for length in rng.integers(20, 400, n).tolist():
        words = np.where(rng.random(length) < rate, "tax", "filler")
        if rng.random() < 0.4:
            words[0] = "duty"
        texts.append(" ".join(words))
    return apply_codebook(tokens_of(texts), BOOK)


def test_length_makes_presence_and_the_check_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    table = long_and_short(600, 0.005, 1).length_check().set_index("frame")
    assert table.loc["A", "low"] > 1.2 and table.loc["A", "long"] > table.loc["A", "short"]
    assert "much more often in longer articles" in table.loc["A", "reading"]
    assert table.loc["B", "low"] < 1 < table.loc["B", "high"]
    assert "no clear tie" in table.loc["B", "reading"]
    assert "1 of 2 frames" in capsys.readouterr().out


def test_the_logit_equals_another_implementation() -> None:
    from sklearn.linear_model import LogisticRegression

    hits = long_and_short(200, 0.01, 2)
    there = hits.scores("presence").values["A"].to_numpy()
    length = np.log2(hits.lengths.to_numpy(float))
    fit = LogisticRegression(C=np.inf, tol=1e-10).fit(length[:, None], there)
    row = hits.length_check().set_index("frame").loc["A"]
    assert row["odds_ratio"] == pytest.approx(np.exp(fit.coef_[0, 0]), rel=1e-4)
    assert row["correlation"] == pytest.approx(np.corrcoef(there, length)[0, 1])


def test_the_check_holds_its_five_percent() -> None:
    """Where presence does not depend on length, the interval misses 1 once in twenty."""
    rng = np.random.default_rng(7)
    called = 0
    for _ in range(1000):
        length = np.log2(rng.integers(20, 400, 80))
        weight = rng.choice([0.5, 1.0], 80)
        _, _, low, high = _doubling((rng.random(80) < 0.4).astype(float), length, weight)
        called += int(low > 1 or high < 1)
    assert 30 <= called <= 80  # 50 expected, four standard errors are 28


def test_nothing_can_be_said_without_variation() -> None:
    row = apply_codebook(tokens_of(["tax", "tax", "tax"]), BOOK).length_check().iloc[0]
    assert np.isnan(row["odds_ratio"]) and "nothing can be said" in row["reading"]
    separated = apply_codebook(tokens_of(["a", "b c", "tax d e f g", "tax d e f g h"]), BOOK)
    assert separated.length_check()["odds_ratio"].isna().all()


def test_groups_of_frames() -> None:
    one = Frame("A", "", "#000001", {"en": ("tax",)}, group="Money > In")
    two = Frame("B", "", "#000002", {"en": ("price",)}, group="Money > Out")
    three = Frame("C", "", "#000003", {"en": ("duty",)}, rules={"en": {"duty": Rule(2)}})
    hits = apply_codebook(
        tokens_of(["tax price duty", "tax"]), Codebook("g", ("en",), (one, two, three))
    )
    by_group = hits.scores("count", groups=True)
    assert by_group.values.to_dict("list") == {"Money": [2, 1], "C": [2, 0]}
    assert by_group.colors == {"Money": "#000001", "C": "#000003"}
    assert hits.scores("presence", min_hits=2, groups=True).values["Money"].tolist() == [1, 0]
