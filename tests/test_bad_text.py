"""Texts and patterns that nobody means, through every verb that takes words."""

from collections.abc import Callable

import pandas as pd
import pytest

import mediaframes as mf
from mediaframes import Codebook, Corpus, Counts, InputError, Tokens, count, tokenize
from mediaframes.text import Rules, collocations, join_phrases

LOOSE = {"stop_words": False, "numbers": True, "min_letters": 1}


def corpus_of(*texts: str, language: str = "en") -> Corpus:
    frame = pd.DataFrame({"text": list(texts), "language": language})
    frame["outlet"] = ["A", "B"] * (len(texts) // 2) + ["A"] * (len(texts) % 2)
    return Corpus.from_frame(frame)


def agree(corpus: Corpus) -> tuple[Tokens, Counts]:
    """Tokens and counts, which both ways to count must share; spans lie within the texts."""
    tokens, counts = tokenize(corpus), count(corpus, **LOOSE)
    assert count(tokens, **LOOSE).content_hash == counts.content_hash
    assert counts.lengths().tolist() == tokens.lengths().tolist()
    sizes = corpus.docs["text"].str.len().to_numpy()[tokens.doc_of()]
    assert (tokens.starts < tokens.ends).all() and (tokens.ends <= sizes).all()
    return tokens, counts


@pytest.mark.parametrize("texts", [("",) * 10, (" \n\t", "...", "–", "😀", "\u200d") * 2])
def test_documents_without_a_word(texts: tuple[str, ...]) -> None:
    tokens, counts = agree(corpus_of(*texts))
    assert counts.matrix.shape == (10, 0)
    assert len(mf.concordance(tokens, "bank")) == 0
    book = Codebook.from_terms({"A": ["bank*"]}, language="en")
    hits = mf.apply_codebook(tokens, book)
    assert hits.scores(unit="count").values["A"].tolist() == [0.0] * 10
    assert hits.scores(unit="per_1000").values["A"].isna().all()
    assert len(collocations(tokens)) == 0
    group = {"by": "outlet", "target": "A"}
    for verb in (
        lambda: mf.keyness(counts, seed=1, **group),
        lambda: mf.keyness_test(counts, seed=1, **group),
        lambda: mf.keyness_over_parts([counts], **group),
        lambda: mf.collocates(tokens, "bank", seed=1),
        lambda: mf.cooccurrence(tokens),
        lambda: mf.dispersion(counts),
    ):
        with pytest.raises(InputError):
            verb()


def test_an_alphabet_of_one_character() -> None:
    texts = [" ".join(["a" * (1 + (i * k) % 4) for k in range(1, 30)]) for i in range(12)]
    tokens, counts = agree(corpus_of(*texts, "", "a", "aaaa-a'a"))
    assert set(counts.vocabulary) <= {"a", "aa", "aaa", "aaaa", "aaaa-a'a"}
    assert len(mf.concordance(tokens, "a?")) == counts.totals()["aa"]
    assert len(mf.concordance(tokens, "a*")) == len(tokens.ids)
    book = Codebook.from_terms({"A": ["a*a", "aa aa", "a"], "B": ["a?"]}, language="en")
    hits = mf.apply_codebook(tokens, book)
    assert hits.scores(unit="count").values["B"].sum() == counts.totals()["aa"]
    table = mf.keyness_test(counts, by="outlet", target="A", seed=1, permutations=99)
    assert table["p"].between(0, 1).all()
    same = agree(corpus_of(*["a"] * 10))[1]  # one word, everywhere: nothing can differ
    alone = mf.keyness(same, by="outlet", target="A", seed=1, draws=50)
    assert alone["log_ratio"].tolist() == [0.0] and alone["g2"].tolist() == [0.0]


def test_a_word_of_ten_megabytes() -> None:
    long = "ä" * 5_000_000
    tokens, counts = agree(corpus_of(f"vor {long} nach", long.upper(), "vor nach", language="de"))
    assert counts.totals()[long] == 2
    assert tokens.ends.tolist() == [3, 5_000_004, 5_000_009, 5_000_000, 3, 8]
    lines = mf.concordance(tokens, "nach", window=1)
    assert lines["left"].tolist() == [long, "vor"]
    assert len(mf.concordance(tokens, "ää*ä")) == 2


def test_right_to_left_text_marks_and_emoji() -> None:
    texts = ["قال الرئيس: «أزمة المناخ»!", "cafe\u0301 cafe\u0301s café", "👩‍🚒 fire 🔥fire🔥 1️⃣"]
    tokens, counts = agree(corpus_of(*texts))
    for row, text in enumerate(texts):
        here = slice(tokens.offsets[row], tokens.offsets[row + 1])
        printed = [text[a:b] for a, b in zip(tokens.starts[here], tokens.ends[here], strict=True)]
        assert " ".join(printed).split() == printed
    assert counts.totals()[["café", "fire", "أزمة"]].tolist() == [2, 2, 1]
    assert mf.concordance(tokens, "café")["match"].tolist() == ["cafe\u0301", "café"]
    assert mf.concordance(tokens, "أزمة المناخ")["match"].tolist() == ["أزمة المناخ"]
    assert mf.concordance(tokens, "CAFE\u0301?")["match"].tolist() == ["cafe\u0301s"]


@pytest.mark.parametrize("pattern", ["*", "?", "*?*", "* *"])
def test_terms_of_wildcards_only_are_refused_everywhere(pattern: str) -> None:
    tokens = tokenize(corpus_of("the bank", "a park"))
    verbs: list[Callable[[], object]] = [
        lambda: mf.concordance(tokens, pattern),
        lambda: mf.collocates(tokens, pattern, seed=1),
        lambda: Codebook.from_terms({"A": [pattern]}, language="en"),
        lambda: join_phrases(tokens, [pattern]),
    ]
    for verb in verbs:
        with pytest.raises(InputError, match=r"matches every word|give some letters|is one word"):
            verb()


def test_terms_that_contradict_each_other() -> None:
    """What is excluded never counts, and a term is listed once."""
    tokens = tokenize(corpus_of("hot war, cold war, hot war", "war"))
    book = Codebook.from_terms(
        {"A": ["hot war", "war"], "B": ["hot war"]},
        language="en", exclude={"A": ["hot war"]},
    )  # fmt: skip
    hits = mf.apply_codebook(tokens, book)
    assert hits.scores(unit="count").values.to_numpy().tolist() == [[1.0, 2.0], [1.0, 0.0]]
    assert ("A", "hot war") in set(
        mf.check_codebook(tokens, book).of("contradiction")[["frame", "term"]].itertuples(
            index=False, name=None
        )
    )  # fmt: skip
    with pytest.raises(InputError, match="'war' stands twice in the frame 'A'"):
        Codebook.from_terms({"A": ["war", "WAR"]}, language="en")


def test_signs_of_latin_letters_that_are_no_letters() -> None:
    """× and ÷ lie among À to ÿ; a word may end before half of one, or at the end of the text."""
    tokens, counts = agree(corpus_of("ä×ö÷", "3×4", "×", "À×", "ß÷ÿ", "ÀÉÎÕÜÝÞ"))
    assert sorted(counts.vocabulary) == ["3", "4", "ß", "à", "àéîõüýþ", "ä", "ö", "ÿ"]
    assert tokens.words("4") == ["ß", "ÿ"]
    assert tokenize(corpus_of("a-ö×b", language="de"), hyphens="split").words("0") == [
        "a", "ö", "b",
    ]  # fmt: skip
    assert count(corpus_of("Ä×" * 40), rules=Rules(), **LOOSE).totals().to_dict() == {"ä": 40}
