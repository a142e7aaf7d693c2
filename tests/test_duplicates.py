"""`dedupe`: planted copies are found, with their exact similarity, whatever the order of rows."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediaframes.corpus.articles import Corpus
from mediaframes.corpus.duplicates import dedupe, find_copies
from mediaframes.errors import InputError

WORDS = np.array([f"word{number}" for number in range(5000)])
STORY = " ".join(WORDS[:60])


def shingles(text: str) -> set[tuple[str, ...]]:
    """Runs of five words, the plain way."""
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + 5]) for i in range(max(1, len(words) - 4))}


def jaccard(one: str, other: str) -> float:
    """Shared runs of five words over all runs."""
    a, b = shingles(one), shingles(other)
    return len(a & b) / len(a | b)


def planted(length: int, n: int, seed: int) -> list[str]:
    """Texts 2i and 2i + 1 differ in some words."""
    rng = np.random.default_rng(seed)
    texts = []
    for _ in range(n):
        words = WORDS[rng.integers(0, len(WORDS), length)]
        copy = words.copy()
        places = rng.choice(length, rng.integers(1, length // 20 + 2), replace=False)
        copy[places] = WORDS[rng.integers(0, len(WORDS), len(places))]
        texts += [" ".join(words), " ".join(copy)]
    return texts


def corpus_of(texts: list[str], **columns: list) -> Corpus:
    ids = [f"d{number:03d}" for number in range(len(texts))]
    return Corpus.from_frame(pd.DataFrame({"id": ids, "text": texts, **columns}))


@pytest.mark.parametrize("similarity", [0.5, 0.8, 0.9])
@pytest.mark.parametrize("length", [30, 120, 500])
def test_planted_copies_are_found_with_their_exact_similarity(length: int, similarity: float):
    texts = planted(length, n=200, seed=length)
    true = np.array([jaccard(texts[i], texts[i + 1]) for i in range(0, len(texts), 2)])
    found = find_copies(texts, similarity=similarity)
    pairs = dict(zip(zip(found.first, found.second, strict=True), found.jaccard, strict=True))
    want = {(2 * i, 2 * i + 1): true[i] for i in np.flatnonzero(true >= similarity)}
    assert len(want) >= 5
    assert sum(pair in pairs for pair in want) >= 0.99 * len(want)
    assert all(value == pytest.approx(want[pair]) for pair, value in pairs.items())


@given(st.lists(st.text("ab ,ß_Ä1\n", max_size=40), max_size=12))
@settings(max_examples=60, deadline=None)
def test_similarity_is_that_of_the_plain_definition(texts: list[str]):
    found = find_copies(texts, similarity=0.3)
    for a, b, value, _, exact in zip(*found[:5], strict=True):
        assert a < b
        assert value == pytest.approx(jaccard(texts[a], texts[b]))
        assert not exact or value == 1


def test_groups_weights_and_originals():
    changed = STORY.replace("word30", "other")
    corpus = corpus_of(
        [STORY, STORY.upper() + "!", changed, "Rain is near."],
        date=["2024-01-03", None, "2024-01-01", "2024-01-01"],
    )
    done = dedupe(corpus)
    assert done.docs["copy_of"].tolist() == ["d002", "d002", "d002", "d003"]
    assert done.docs["weight"].tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 3, 1])
    assert done.docs["group_size"].tolist() == [3, 3, 3, 1]
    assert done.copies["exact"].tolist() == [True, False, False]
    assert done.copies["jaccard"].tolist() == pytest.approx([1, 51 / 61, 51 / 61])
    assert "copy_of" not in corpus.docs


def test_policies():
    corpus = corpus_of([STORY, STORY, "Rain."], date=["2024-01-02", "2024-01-01", None])
    kept = dedupe(corpus, policy="earliest")
    assert kept.docs.index.tolist() == ["d001", "d002"]
    assert kept.docs["weight"].tolist() == [1, 1]
    assert kept.left_out[["id", "step", "reason"]].values.tolist() == [
        ["d000", "dedupe", "copy of d001"]
    ]
    marked = dedupe(corpus, policy="none")
    assert marked.docs["weight"].tolist() == [1, 1, 1]
    assert marked.docs["copy_of"].tolist() == ["d001", "d001", "d002"]
    assert marked.made.fingerprint != kept.made.fingerprint


def test_chains_are_one_group():
    words = WORDS[:60].tolist()
    second = ["x1", *words[1:]]
    third = ["x1", *words[1:-1], "x2"]
    texts = [" ".join(part) for part in (words, second, third)]
    done = dedupe(corpus_of(texts), similarity=0.97, containment=None)
    assert done.docs["copy_of"].nunique() == 3
    done = dedupe(corpus_of(texts), similarity=0.96, containment=None)
    assert done.copies[["id_a", "id_b"]].values.tolist() == [["d000", "d001"], ["d001", "d002"]]
    assert done.docs["copy_of"].unique().tolist() == ["d000"]


def test_order_of_rows_changes_nothing():
    texts = planted(80, n=60, seed=3) + [STORY] * 5 + ["", "", "!", "Rain.", "rain"]
    frame = pd.DataFrame({"text": texts, "id": [f"d{n:03d}" for n in range(len(texts))]})
    first = dedupe(Corpus.from_frame(frame))
    mixed = frame.iloc[np.random.default_rng(5).permutation(len(frame))]
    second = dedupe(Corpus.from_frame(mixed))
    pd.testing.assert_frame_equal(first.docs, second.docs)
    pd.testing.assert_frame_equal(first.copies, second.copies)


def test_short_and_empty_texts():
    done = dedupe(corpus_of(["Rain is near", "rain, is near!", "Rain is far", "", "", "?!", "?!"]))
    assert done.docs["group_size"].tolist() == [2, 2, 1, 1, 1, 1, 1]


def test_nothing_to_compare():
    assert len(dedupe(corpus_of([])).docs) == 0
    assert len(dedupe(corpus_of(["Rain."])).copies) == 0


def test_form_letters_do_not_cost_the_square():
    """Ten thousand notices of one wording: one group, few pairs."""
    texts = [f"{STORY} number{number}" for number in range(10_000)] + [STORY] * 1000
    found = find_copies(texts, similarity=0.8)
    assert len(found.first) < 60 * len(texts)
    assert (found.groups == 0).all()


def test_a_column_and_a_list_of_texts_are_the_same():
    texts = [*planted(80, n=50, seed=9), "", "ÄÖ ß 語 😀 Ünï ein zwei", "äö SS 語 😀 ünÏ, ein zwei"]
    whole = pd.concat([pd.Series(texts[:30], dtype="str"), pd.Series(texts[30:], dtype="str")])
    for column in (whole, whole.iloc[5:], pd.Series(texts, dtype="object")):
        one = find_copies(column, similarity=0.8)
        other = find_copies(column.tolist(), similarity=0.8)
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a, b)


def test_words_are_those_of_the_regular_expression():
    """Letters beyond ASCII, of two to four bytes, in lower case."""
    words = ["Ärger", "ÉTÉ", "ΟΔΟΣ", "Жена", "漢字", "𝔄𝔅", "x_1", "ﬁne", "naïve", "Straße"]
    same = " ".join(words) + " end"
    other = "…".join(word.lower() for word in words) + "“end"
    found = find_copies([same, other], similarity=0.8)
    assert found.exact.tolist() == [True]


def test_no_letters_beyond_those_in_the_table():
    assert not any(chr(code).isalnum() for code in range(0x40000, 0x110000))


def test_bad_arguments():
    corpus = corpus_of(["Rain."])
    with pytest.raises(InputError, match="similarity=80: use a number from 0"):
        dedupe(corpus, similarity=80)
    with pytest.raises(InputError, match="use one of weight, fit, earliest, none"):
        dedupe(corpus, policy="first")  # type: ignore[arg-type]


@pytest.mark.real
def test_real_copies(shared_data):
    from mediaframes.corpus.reading import read

    folder = shared_data / "fang_covid_de"
    corpus = dedupe(read(folder / "articles.jsonl.gz"))
    listed = pd.read_csv(folder / "near_duplicate_pairs.csv.gz", dtype={"id_a": str, "id_b": str})
    known = {
        frozenset((a, b)): values
        for a, b, *values in listed[["id_a", "id_b", "jaccard5", "containment5"]].values.tolist()
    }
    ours = {
        frozenset((a, b)): values
        for a, b, *values in corpus.copies[
            ["id_a", "id_b", "jaccard", "containment", "joined"]
        ].values.tolist()
    }
    want = [pair for pair, (value, _) in known.items() if value >= 0.8]
    assert len(want) == 374
    assert sum(pair in ours for pair in want) >= 0.99 * len(want)
    held = [pair for pair, (_, inside) in known.items() if inside >= 0.8]
    assert sum(pair in ours for pair in held) >= 0.99 * len(held)
    texts = corpus.docs["text"]
    for a, b in corpus.copies.loc[corpus.copies["joined"], ["id_a", "id_b"]].values.tolist():
        one, other = shingles(texts[a]), shingles(texts[b])  # the list is not complete
        shared = len(one & other)
        close = shared >= 0.5 * (len(one) + len(other) - shared)
        assert close or shared >= 0.8 * min(len(one), len(other)), (a, b)
    equal = [
        abs(known[pair][0] - value) < 5.1e-5 and abs(known[pair][1] - inside) < 5.1e-5
        for pair, (value, inside, _) in ours.items()
        if pair in known
    ]
    assert np.mean(equal) > 0.98  # the rest: letters as "u" and dots, which `read` puts together
