"""`dedupe`: agency copy that was shortened or has own paragraphs added is found, and only that."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediaframes.corpus import _pairs
from mediaframes.corpus.articles import Corpus
from mediaframes.corpus.duplicates import dedupe, find_copies
from mediaframes.errors import InputError
from tests.quality.duplicates import edited, shingles

WORDS = np.array([f"word{number}" for number in range(5000)])


def story(length: int, seed: int) -> str:
    return " ".join(WORDS[np.random.default_rng(seed).integers(0, len(WORDS), length)])


def corpus_of(texts: dict[str, str], **columns: list) -> Corpus:
    frame = pd.DataFrame({"id": list(texts), "text": list(texts.values()), **columns})
    return Corpus.from_frame(frame)


def groups_of(corpus: Corpus) -> set[frozenset[str]]:
    return {frozenset(ids) for ids in corpus.docs.groupby("copy_of").groups.values()}


def containment(one: str, other: str) -> float:
    a, b = shingles(one), shingles(other)
    return len(a & b) / min(len(a), len(b))


@pytest.mark.parametrize("kind", ["shortened", "extended"])
@pytest.mark.parametrize("times", [1.5, 3, 5])
def test_edited_wire_copy_is_found_with_its_exact_containment(kind: str, times: float):
    texts, true = edited(kind, times, n=150, seed=int(10 * times))
    found = find_copies(texts, similarity=0.8, containment=0.8)
    pairs = dict(zip(zip(found.first, found.second, strict=True), found.containment, strict=True))
    want = {(2 * i, 2 * i + 1): true[i] for i in np.flatnonzero(true >= 0.8)}
    assert len(want) >= 40
    assert sum(pair in pairs for pair in want) >= 0.99 * len(want)
    assert all(value == pytest.approx(want[pair]) for pair, value in pairs.items())


@given(st.lists(st.text("ab \n", max_size=300), max_size=8))
@settings(max_examples=40, deadline=None)
def test_containment_is_that_of_the_plain_definition(texts: list[str]):
    found = find_copies(texts, similarity=0.8, containment=0.5)
    for a, b, jaccard, value, _, _ in zip(*found[:5], found.first, strict=True):
        assert value == pytest.approx(containment(texts[a], texts[b]))
        enough = min(len(shingles(texts[a])), len(shingles(texts[b]))) >= _pairs.LEAST_CONTAINED
        assert jaccard >= 0.8 or (value >= 0.5 and enough)


def test_none_looks_for_no_text_in_longer_ones():
    wire = story(200, 1)
    corpus = corpus_of({"wire": wire, "long": f"{wire} {story(200, 2)}"})
    assert len(groups_of(dedupe(corpus))) == 1
    done = dedupe(corpus, containment=None)
    assert len(groups_of(done)) == 2
    assert len(done.copies) == 0
    assert done.made.settings["containment"] is None


def test_shortened_and_extended_prints_of_one_report_are_one_group():
    wire = story(300, 1)
    words = wire.split()
    corpus = corpus_of(
        {
            "wire": wire,
            "half": " ".join(words[:150]),
            "third": " ".join(words[:100]),
            "own one": f"{wire} {story(150, 2)}",
            "own two": f"{story(80, 3)} {wire} {story(120, 4)}",
        },
        date=["2024-05-02", "2024-05-03", "2024-05-02", "2024-05-03", "2024-05-04"],
    )
    done = dedupe(corpus)
    assert groups_of(done) == {frozenset(corpus.docs.index)}
    assert set(done.docs["copy_of"]) == {"third"}  # of one day, by id
    assert done.docs["weight"].tolist() == [0.2] * 5
    assert done.copies["joined"].all()


def test_a_live_blog_does_not_merge_the_reports_it_holds():
    items = {f"item {number}": story(90 + 10 * number, number) for number in range(4)}
    corpus = corpus_of({**items, "live blog": " ".join(items.values())})
    done = dedupe(corpus)
    assert done.docs["copy_of"].loc[list(items)].nunique() == 4
    # the blog goes with the report it has most in common with, and all four are listed
    assert done.docs.loc["live blog", "copy_of"] == "item 3"
    assert len(done.copies) == 4
    assert done.copies.loc[done.copies["joined"], "id_a"].tolist() == ["item 3"]


def test_two_press_reviews_of_one_short_report_are_no_copies():
    report = story(100, 1)
    corpus = corpus_of(
        {
            "report": report,
            "review a": f"{report} {story(300, 2)}",
            "review b": f"{story(300, 3)} {report}",
        }
    )
    done = dedupe(corpus)
    assert done.docs["copy_of"]["review a"] != done.docs["copy_of"]["review b"]


def test_a_much_longer_text_is_listed_and_not_joined(capsys: pytest.CaptureFixture[str]):
    report = story(100, 1)
    corpus = corpus_of({"report": report, "review": f"{report} {story(500, 2)}"})
    done = dedupe(corpus)
    assert len(groups_of(done)) == 2
    assert done.copies["joined"].tolist() == [False]
    assert done.copies["containment"].tolist() == [1.0]
    assert "1 of a text in a longer one that is no copy" in capsys.readouterr().out


def test_stock_sentences_join_nothing():
    stock = story(40, 1)
    texts = {f"a{number}": f"{story(60, 10 + number)} {stock}" for number in range(5)}
    texts["alone"] = stock
    assert len(groups_of(dedupe(corpus_of(texts)))) == 6


def test_reports_of_two_desks_on_one_event_are_no_copies():
    """The same facts, names and quotations, and an agency paragraph, told by two desks."""
    quotation = (
        "We have waited eleven years for this bridge, and we will not wait another winter, "
        "said Mayor Anna Holt after the vote."
    )
    agency = (
        "The council of Easthaven approved the new harbor bridge on Tuesday evening with 31 votes "
        "to 24. It will cost 48 million and open in 2027."
    )
    one = (
        f"{agency} The decision ends a dispute that had split the governing coalition since "
        f"spring. {quotation} Opponents point to the cost: the sum is a third higher than planned "
        "two years ago, and nobody knows who will pay if the ground turns out softer than the "
        "engineers believe. At the ferry pier, where the road will begin, the owners of three "
        "cafes have hung banners from their windows. They fear for their terraces. The contracts "
        "are to be signed before the end of the month, said a spokesman for the port."
    )
    other = (
        f"{agency} For the ferrymen it is the end of an era: six boats have crossed the river "
        f"mouth every quarter of an hour since 1921. {quotation} The state pays half, the rest "
        "comes from a loan. Business groups welcomed the vote and called for a second lane for "
        "trucks, while the cyclists' association said the path was a hand too narrow. Work starts "
        "in March. Until then surveyors will drill at forty places in the river bed, and the "
        "fishing club has been asked to keep its nets out of the fairway."
    )
    assert 0.1 < containment(one, other) < 0.6  # much in common, and no copy
    done = dedupe(corpus_of({"desk one": one, "desk two": other}))
    assert len(groups_of(done)) == 2


def test_order_of_rows_changes_nothing():
    texts, _ = edited("extended", 3, n=40, seed=1)
    shorter, _ = edited("shortened", 2, n=40, seed=1)
    items = {f"a{number:03d}": text for number, text in enumerate([*texts, *shorter])}
    frame = pd.DataFrame({"id": list(items), "text": list(items.values())})
    first = dedupe(Corpus.from_frame(frame))
    mixed = frame.iloc[np.random.default_rng(5).permutation(len(frame))]
    second = dedupe(Corpus.from_frame(mixed))
    pd.testing.assert_frame_equal(first.docs, second.docs)
    pd.testing.assert_frame_equal(first.copies, second.copies)


def test_a_passage_that_everybody_prints_costs_no_square():
    """A notice in ten thousand articles is no reason to compare all of them."""
    notice = story(60, 1)
    texts = [f"{notice} {story(30, number)}" for number in range(3000)]
    found = find_copies(texts, similarity=0.8, containment=0.5)
    assert len(found.first) < 100 * len(texts)


def test_bad_containment():
    with pytest.raises(InputError, match=r"containment=0.2: use a number from 0.5 to 1, or None"):
        dedupe(corpus_of({"a": "Rain."}), containment=0.2)


def test_the_time_of_day_tells_who_was_first():
    wire = story(80, 1)
    corpus = corpus_of(
        {"a": wire, "b": wire, "c": wire},
        date=["2024-05-02"] * 3,
        date_raw=["2024-05-02T18:30:00", "2024-05-02T07:15:00", "2024-05-02 20:00"],
    )
    assert set(dedupe(corpus).docs["copy_of"]) == {"b"}
    # a print without a time is no later one
    unknown = corpus.docs.assign(date_raw=["2024-05-02", "2024-05-02T07:15:00", "2024-05-02"])
    assert set(dedupe(Corpus.from_frame(unknown)).docs["copy_of"]) == {"a"}
