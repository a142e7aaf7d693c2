"""Outlets: proposals decide nothing, a mapping keeps the raw names."""

from pathlib import Path

import pandas as pd
import pytest

from mediaframes.corpus.articles import Corpus
from mediaframes.corpus.duplicates import dedupe
from mediaframes.corpus.outlets import copies_between, outlets, propose_outlets, wire_share
from mediaframes.corpus.reading import read
from mediaframes.errors import InputError


def corpus_of(names: list[str | None], texts: list[str] | None = None) -> Corpus:
    texts = texts or [f"Text {number} of some words" for number in range(len(names))]
    return Corpus.from_frame(
        pd.DataFrame({"text": texts, "outlet": pd.Series(names, dtype="str")}, index=None)
    )


@pytest.mark.parametrize(
    ("names", "proposal"),
    [
        (["The Huffington Post", "thehuffingtonpost"], "The Huffington Post"),
        (["RT", "rt"], "RT"),
        (["daily-example.de", "Daily Example", "www.daily-example.de"], "Daily Example"),
        (["The Daily Example", "Daily Example"], "Daily Example"),
        (["dailyexample", "DailyExample"], "DailyExample"),
    ],
)
def test_spellings_of_one_outlet(names: list[str], proposal: str):
    found = propose_outlets(corpus_of([*names, *names[-1:], "Quite Other"]))
    assert set(found["proposal"]) >= {proposal, "Quite Other"}
    assert found["proposal"].nunique() <= 2 or proposal == "Daily Example"
    assert found["n"].sum() == len(names) + 2


@pytest.mark.parametrize(
    "names", [["Echo", "Echo of Europe"], ["Theater", "Ater"], ["Welt", "Welt am Sonntag"]]
)
def test_different_outlets_stay_apart(names: list[str]):
    found = propose_outlets(corpus_of(names))
    assert (found["outlet"] == found["proposal"]).all() or names[0] == "Theater"


def test_mapping_keeps_raw_names(capsys: pytest.CaptureFixture[str]):
    corpus = corpus_of(["rt", "RT", None])
    done = outlets(corpus, {"rt": "RT", "xy": "Z"})
    assert done.docs["outlet"].dropna().tolist() == ["RT", "RT"]
    assert done.docs["outlet_raw"].dropna().tolist() == ["rt", "RT"]
    assert corpus.docs["outlet"].dropna().tolist() == ["rt", "RT"]
    assert "not in the corpus: xy" in capsys.readouterr().out
    again = outlets(done, {"RT": "Russia Today"})
    assert again.docs["outlet_raw"].dropna().tolist() == ["rt", "RT"]


def test_proposals_are_a_mapping():
    corpus = corpus_of(["The Echo", "theecho", "Globe"])
    done = outlets(corpus, propose_outlets(corpus))
    assert sorted(done.docs["outlet"]) == ["Globe", "The Echo", "The Echo"]


def test_without_a_mapping_nothing_is_renamed(capsys: pytest.CaptureFixture[str]):
    corpus = corpus_of(["RT", "rt"])
    assert outlets(corpus).docs["outlet"].tolist() == ["RT", "rt"]
    assert "outlets: 'rt' may be 'RT'" in capsys.readouterr().out


def test_bad_mappings():
    corpus = corpus_of(["RT", "rt"])
    with pytest.raises(InputError, match=r"none of the mapping's names \(first: 'x'\)"):
        outlets(corpus, {"x": "y"})
    with pytest.raises(InputError, match="needs columns 'outlet' and 'proposal'"):
        outlets(corpus, pd.DataFrame({"a": [1]}))


def test_copies_need_dedupe():
    corpus = corpus_of(["A", "B"], ["same words here"] * 2)
    with pytest.raises(InputError, match="call dedupe"):
        copies_between(corpus)
    with pytest.raises(InputError, match="moved out"):
        wire_share(dedupe(corpus, policy="earliest"))


def test_copies_between_counts_from_the_earliest():
    docs = pd.DataFrame(
        {
            "text": ["same words here"] * 3 + ["other words"] * 2 + ["alone"],
            "outlet": ["A", "B", "B", "B", "A", "B"],
            "date": ["2024-01-01", "2024-01-02", "2024-01-05", "2024-01-01", "2024-01-02", None],
        }
    )
    corpus = dedupe(Corpus.from_frame(docs))
    assert copies_between(corpus).values.tolist() == [
        ["A", "B", 2, 0.5, 0, 2.5],
        ["B", "A", 1, 0.5, 0, 1.0],
    ]
    shares = wire_share(corpus).set_index("outlet")
    assert shares["shared"].to_dict() == {"A": 2, "B": 3}
    assert shares["first"].to_dict() == {"A": 1, "B": 1}
    assert shares["later"].to_dict() == {"A": 1, "B": 2}
    assert shares["tied"].to_dict() == {"A": 0, "B": 0}
    agencies = corpus.docs.assign(
        agency=pd.Series("AFP", corpus.docs.index).where(corpus.docs["text"] == "alone")
    )
    marked = wire_share(corpus.replace(step="clean", docs=agencies)).set_index("outlet")
    assert marked["wire"].to_dict() == {"A": 1, "B": 3}
    assert marked["share"].to_dict() == {"A": 0.5, "B": 0.75}


def prints(*rows: tuple[str, str | None, str | None]) -> Corpus:
    """One report, printed by outlets on dates (as the files have them)."""
    names, days, raw = zip(*rows, strict=True)
    return dedupe(
        Corpus.from_frame(
            pd.DataFrame(
                {
                    "text": "same words here",
                    "outlet": names,
                    "date": days,
                    "date_raw": pd.Series(raw, dtype="str"),
                }
            )
        )
    )


def test_one_day_has_no_direction():
    day, next_day = "2024-01-01", "2024-01-02"
    corpus = prints(("B", day, day), ("A", day, day), ("C", next_day, next_day))
    assert copies_between(corpus).drop(columns="share").fillna(-1).values.tolist() == [
        ["A", "B", 1, 1, -1],
        ["A", "C", 1, 0, 1],
        ["B", "A", 1, 1, -1],
        ["B", "C", 1, 0, 1],
    ]
    shares = wire_share(corpus).set_index("outlet")
    assert shares["tied"].to_dict() == {"A": 1, "B": 1, "C": 0}
    assert shares["wire"].to_dict() == {"A": 1, "B": 1, "C": 1}


def test_known_times_give_a_direction_within_a_day():
    day = "2024-01-01"
    late, early = f"{day}T18:00:00+01:00", f"{day}T07:30:00+01:00"
    corpus = prints(("A", day, late), ("B", day, early))
    assert copies_between(corpus)[["from_outlet", "to_outlet", "tied", "lag"]].values.tolist() == [
        ["B", "A", 0, 0.0]
    ]
    assert wire_share(corpus).set_index("outlet")["first"].to_dict() == {"A": 0, "B": 1}
    # one time alone says nothing
    half = prints(("A", day, late), ("B", day, day))
    assert copies_between(half)["tied"].tolist() == [1, 1]


def test_without_dates_nobody_was_first():
    corpus = prints(("A", None, None), ("B", None, None))
    assert copies_between(corpus)[["n", "tied"]].values.tolist() == [[1, 1], [1, 1]]
    # a dated print is listed first, but the other may have been earlier
    mixed = prints(("A", "2024-01-01", "2024-01-01"), ("B", None, None))
    assert copies_between(mixed)[["from_outlet", "to_outlet", "tied"]].values.tolist() == [
        ["A", "B", 1]
    ]


def test_an_outlet_that_prints_its_own_report_again_copies_nobody():
    first, second, third = "2024-01-01", "2024-01-02", "2024-01-03"
    corpus = prints(("A", first, first), ("B", second, second), ("A", third, third))
    assert copies_between(corpus)[["from_outlet", "to_outlet", "n", "lag"]].values.tolist() == [
        ["A", "A", 1, 2.0],
        ["A", "B", 1, 1.0],
    ]
    shares = wire_share(corpus).set_index("outlet")
    assert shares["wire"].to_dict() == {"A": 0, "B": 1}
    assert shares["first"].to_dict() == {"A": 2, "B": 0}


def test_twice_on_one_day_in_one_outlet_is_one_copy():
    day = "2024-01-01"
    corpus = prints(("A", day, day), ("A", day, day), ("A", day, day))
    assert copies_between(corpus)[["from_outlet", "to_outlet", "n"]].values.tolist() == [
        ["A", "A", 2]
    ]


@pytest.mark.real
def test_real_spellings(shared_data: Path):
    corpus = read(shared_data / "narrative_frames_en" / "articles_metadata.tsv.gz")
    found = propose_outlets(corpus).set_index("outlet")["proposal"]
    assert len(found) == 63
    assert found.nunique() == 36
    assert found["thehuffingtonpost"] == "The Huffington Post"
    assert found["rt"] == "RT"


def test_names_that_the_mapping_does_not_know_are_listed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    frame = pd.DataFrame({"text": list("abcd"), "outlet": ["rt", "RT", "Echo", "Post"]})
    outlets(Corpus.from_frame(frame), {"rt": "RT"})
    assert "not in the mapping: Echo, Post" in capsys.readouterr().out
