"""`Corpus` and `Scores` made from what a researcher has; nothing leaves without a row."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mediaframes import Corpus, InputError, Scores, read


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": ["b", "a", "c"],
            "text": ["Two", "One", None],
            "date": ["2024-10-24", None, "2024-10-25T23:59:00+02:00"],
            "outlet": ["X", "Y", None],
            "genre": ["news", "comment", "news"],
        }
    )


def test_rows_are_sorted_and_columns_filled() -> None:
    corpus = Corpus.from_frame(frame())
    assert list(corpus.docs.index) == ["a", "b", "c"]
    assert list(corpus.docs.columns) == ["text", "title", "date", "outlet", "language", "genre"]
    assert corpus.docs.loc["c", "text"] == ""
    assert corpus.docs.loc["c", "date"] == pd.Timestamp("2024-10-25")
    assert corpus.docs["language"].isna().all()


def test_dates_keep_their_day_and_ids_their_numbers() -> None:
    zone = pd.to_datetime(["2024-10-24T23:59:00+02:00"])
    for dates in (zone, ["24.10.2024"], [pd.Timestamp("2024-10-24 05:00").date()]):
        corpus = Corpus.from_frame(pd.DataFrame({"text": ["a"], "date": dates, "id": [7.0]}))
        assert corpus.docs["date"].tolist() == [pd.Timestamp("2024-10-24")]
        assert corpus.docs.index.tolist() == ["7"]


def test_order_of_rows_changes_nothing() -> None:
    one = Corpus.from_frame(frame())
    two = Corpus.from_frame(frame().sample(frac=1, random_state=3))
    assert one.content_hash == two.content_hash
    assert one.made == two.made


def test_the_given_frame_is_not_changed() -> None:
    given = frame()
    before = given.copy()
    Corpus.from_frame(given)
    pd.testing.assert_frame_equal(given, before)


def test_bad_frames() -> None:
    with pytest.raises(InputError, match=r"no column 'text' \(columns: body\); rename"):
        Corpus.from_frame(pd.DataFrame({"body": ["a"]}))
    with pytest.raises(InputError, match="the id 'x' stands in several rows"):
        Corpus.from_frame(pd.DataFrame({"text": ["a", "b"], "id": ["x", "x"]}))
    for date in ("yesterday", "3000-01-01"):
        with pytest.raises(InputError, match=f"the date '{date}' of row 'x' cannot be read"):
            Corpus.from_frame(pd.DataFrame({"text": ["a"], "date": [date]}, index=["x"]))
    with pytest.raises(InputError, match="1 rows have no id"):
        Corpus.from_frame(pd.DataFrame({"text": ["a", "b"], "id": ["x", None]}))

    with pytest.raises(InputError, match="row 'x' holds broken characters"):
        broken = pd.DataFrame({"text": pd.Series(["a\ud800"], ["x"], dtype=object)})
        Corpus.from_frame(broken)


def test_where_keeps_account() -> None:
    corpus = Corpus.from_frame(frame())
    kept = corpus.where("genre == 'news'", reason="only news")
    assert list(kept.docs.index) == ["b", "c"]
    gone = kept.left_out.iloc[0]
    assert (gone["id"], gone["step"], gone["reason"], gone["start"]) == (
        "a", "where", "only news", "One",
    )  # fmt: skip
    assert len(corpus) == 3
    twice = kept.where(kept.docs["outlet"] == "X", reason="only X")
    assert set(twice.left_out["id"]) | set(twice.docs.index) == {"a", "b", "c"}
    assert [made.step for made in twice.made.chain()] == ["from_frame", "where", "where"]
    with pytest.raises(InputError, match="is no condition over"):
        corpus.where("colour == 'red'", reason="?")


def test_html_is_escaped() -> None:
    given = frame().assign(language="<script>alert(1)</script>")
    page = Corpus.from_frame(given)._repr_html_()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_empty_corpus_can_be_shown() -> None:
    empty = Corpus.from_frame(frame()).where("genre == 'x'", reason="none")
    assert "no dates" in repr(empty)
    assert len(empty) == 0


def test_html_in_texts_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.csv"
    path.write_text('text\n<p>One</p><p>Two</p>\nPlain\n"In HTML, </b> closes"\n')
    corpus = read(path)
    assert corpus.files["with_html"].tolist() == [1]
    assert "1 texts hold HTML tags" in capsys.readouterr().out


class TestScores:
    """Scores from any method."""

    values = pd.DataFrame({"A": [1.0, np.nan], "B": [0, 2]}, index=["y", "x"])

    def test_sorted_and_weighted(self) -> None:
        docs = pd.DataFrame({"weight": [0.5, 1.0, 1.0]}, index=["x", "y", "z"])
        scores = Scores.from_frame(self.values, unit="count", docs=docs)
        assert list(scores.values.index) == ["x", "y"]
        assert list(scores.weights) == [0.5, 1.0]
        assert scores.frames == ["A", "B"]

    def test_bad(self) -> None:
        with pytest.raises(InputError, match="unknown unit 'percent'; allowed: share"):
            Scores.from_frame(self.values, unit="percent")
        with pytest.raises(InputError, match="not a number"):
            Scores.from_frame(pd.DataFrame({"A": ["yes"]}), unit="count")
        with pytest.raises(InputError, match="no row in docs, the first 'x'"):
            Scores.from_frame(self.values, unit="count", docs=pd.DataFrame(index=["y"]))
        with pytest.raises(InputError, match="'a' has two rows"):
            twice = pd.DataFrame({"A": [1, 2]}, index=["a", "a"])
            Scores.from_frame(twice, unit="count")
        with pytest.raises(InputError, match="no frame 'C'; there are: A, B"):
            Scores.from_frame(self.values, unit="count").only("C")

    def test_save_and_load(self, tmp_path: Path) -> None:
        scores = Scores.from_frame(self.values, unit="count", colors={"A": "#000000"})
        scores.only("A").save(tmp_path / "s")
        again = Scores.load(tmp_path / "s")
        assert again.content_hash == scores.only("A").content_hash
        assert (again.unit, again.colors) == ("count", {"A": "#000000"})

    def test_where(self) -> None:
        docs = pd.DataFrame({"outlet": ["P", "Q"]}, index=["x", "y"])
        scores = Scores.from_frame(self.values, unit="count", docs=docs)
        assert list(scores.where("outlet == 'Q'").values.index) == ["y"]
        with pytest.raises(InputError, match="is no condition"):
            scores.where("x y z")
