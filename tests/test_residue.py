"""Headings and marks of press databases inside a text."""

import pandas as pd
import pytest

from mediaframes.corpus.articles import Corpus
from mediaframes.corpus.cleaning import clean
from mediaframes.corpus.reading import read
from mediaframes.corpus.residue import take_residue, without_tags

BODY = (
    "The two sides met again on Monday and agreed to talk about the ferry.\n"
    "They will meet on Friday, a spokeswoman said, and then decide what to do."
)
PLAIN = f"""____
Local news
Ferry talks resume after a week of silence
By Jo Field
1,412 words
3 May 2021
04:12
The Harbor Post
HARPO
1st
12
English
(c) 2021 Harbor Media. All Rights Reserved.

{BODY}
Document HARPO00020210503eh5300004"""
GERMAN = f"""Fähre fährt wieder, die Gespräche gehen weiter
Anna Beispiel
412 Wörter
3. Mai 2021
Der Hafenbote
HABO
Deutsch
© 2021 Hafenbote
{BODY}
Dokument HABO00020210503eh5300004"""
LABELLED = f"""The Harbor Post

May 3, 2021 Monday

Ferry talks resume

BYLINE: Jo Field

SECTION: LOCAL; Pg. 4

LENGTH: 412 words

{BODY}

LOAD-DATE: May 4, 2021

LANGUAGE: ENGLISH

PUBLICATION-TYPE: Newspaper"""


def _corpus(*texts: str, **columns: list[object]) -> Corpus:
    names = [f"a{n}" for n in range(len(texts))]
    return Corpus.from_frame(pd.DataFrame({"text": list(texts), **columns}, index=names))


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (PLAIN, {"title": "Ferry talks resume after a week of silence", "author": "Jo Field",
                 "date_raw": "3 May 2021", "outlet": "The Harbor Post", "language": "en",
                 "section": "Local news", "length": "1,412 words"}),
        (GERMAN, {"title": "Fähre fährt wieder, die Gespräche gehen weiter",
                  "author": "Anna Beispiel", "date_raw": "3. Mai 2021",
                  "outlet": "Der Hafenbote", "language": "de", "length": "412 Wörter"}),
        (LABELLED, {"title": "Ferry talks resume", "author": "Jo Field",
                    "date_raw": "May 3, 2021", "outlet": "The Harbor Post",
                    "section": "LOCAL; Pg. 4", "length": "412 words"}),
    ],
)  # fmt: skip
def test_heading_is_read_and_taken_away(text: str, facts: dict[str, str]) -> None:
    found = take_residue(text)
    assert found.text.strip() == BODY
    assert found.facts == facts
    numbers = [line.number for line in (*found.above, *found.below)]
    lines = text.split("\n")
    for line in (*found.above, *found.below):
        assert lines[line.number - 1].strip() == line.text
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize(
    "text",
    [
        BODY,
        # a measure in an article is no label, and no number of words
        "The new ship was shown on Monday.\nLENGTH: 19.43 meters\nIt is the largest so far.",
        "He said it in\n12 words\nand left the room before anyone could ask him about it.",
        # an interview
        "SPIEGEL: What now?\nFIELD: We wait.\nSPIEGEL: For how long?\nFIELD: Until Friday.",
        "Date: Sunday\nWe met at the harbor and talked about the ferry for two hours.",
        "933 words",
        "",
    ],
)
def test_texts_without_heading_stay(text: str) -> None:
    assert take_residue(text).text == text


def test_huge_line_costs_nothing() -> None:
    text = "a" * 5_000_000 + "\n" + PLAIN
    assert take_residue(text).text.endswith("do.")


def test_summary_of_the_search_goes_with_the_record() -> None:
    text = PLAIN + "\nSearch Summary\nText\nferry and talks\nSource\nThe Harbor Post\nPage 1 of 1"
    found = take_residue(text)
    assert found.text.strip() == BODY
    assert [line.text for line in found.below][-1] == "Page 1 of 1"


def test_clean_fills_what_is_missing_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    corpus = _corpus(PLAIN, PLAIN.replace("Monday", "Tuesday"), outlet=["My name", None])
    cleaned = clean(corpus)
    docs = cleaned.docs
    assert docs["outlet"].tolist() == ["My name", "The Harbor Post"]
    assert docs["date"].dt.strftime("%Y-%m-%d").tolist() == ["2021-05-03"] * 2
    assert set(docs["date_source"]) == {"text"}
    assert docs["author"].tolist() == ["Jo Field"] * 2
    assert docs.loc["a0", "text"] == BODY.replace("\n", "\n\n")
    parts = cleaned.parts[cleaned.parts["id"] == "a0"]
    lines = PLAIN.split("\n")
    assert [lines[n - 1] for n in parts["line"]] == parts["text"].tolist()
    assert len(parts) == sum(bool(line.strip()) for line in lines)
    assert "2 date" in capsys.readouterr().out
    again = clean(cleaned)
    assert again.docs["text"].tolist() == docs["text"].tolist()


def test_marks_around_words_searched_for_go() -> None:
    assert clean(_corpus(BODY.replace("ferry", "<hit>ferry</hit>"))).docs["text"].iloc[
        0
    ] == BODY.replace("\n", "\n\n")
    assert without_tags("a < b and c > d") == "a < b and c > d"


@pytest.mark.real
def test_headings_of_uk_immigration_news(shared_data) -> None:  # type: ignore[no-untyped-def]
    table = shared_data / "uk_immigration_news_2014_en" / "immigrationnews.csv.gz"
    cleaned = clean(read(table, columns={"outlet": "paper"}))
    docs = cleaned.docs
    right = (docs["date"].dt.day_of_year == docs["day"].astype("int64")).mean()
    assert right >= 0.99, right
    assert (docs["date"].dt.year == 2014).all()
    for column in ("title", "section", "length"):
        assert docs[column].notna().mean() > 0.8, column
    assert docs["author"].notna().mean() > 0.7
    assert not docs["text"].str.contains(r"\d+ words\n|\bdocument \w+\d{8}", regex=True).any()
    assert len(cleaned) + len(cleaned.left_out) == 2833
