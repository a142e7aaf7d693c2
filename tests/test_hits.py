"""Hits: equal to a naive matcher, faithful to the text, and nothing lost in silence."""

import re
import unicodedata
from fnmatch import fnmatchcase
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediaframes.corpus.articles import Corpus
from mediaframes.errors import InputError
from mediaframes.frames import Codebook, Hits, apply_codebook, read_codebook
from mediaframes.frames.codebook import Rule
from mediaframes.text import Tokens, tokenize


def tokens_of(*texts: str, language: str | list[str | None] | None = "en") -> Tokens:
    frame = pd.DataFrame({"text": list(texts), "language": language})
    return tokenize(Corpus.from_frame(frame))


def spans(hits: Hits) -> list[tuple[str, str, str]]:
    """(frame, term, text of the hit) in order."""
    texts = hits.docs["text"]
    return [
        (row.frame, row.term, texts[row.id][row.start : row.end])
        for row in hits.table.itertuples(index=False)
    ]


def book(
    language: str = "en",
    exclude: dict[str, list[str]] | None = None,
    rules: dict[str, dict[str, Rule]] | None = None,
    negation: tuple[int, list[str]] = (0, []),
    **terms: list[str],
) -> Codebook:
    return Codebook.from_terms(
        terms, language=language, exclude=exclude, rules=rules, negation=negation
    )


# --- the naive matcher -----------------------------------------------------------------------


def naive(tokens: Tokens, codebook: Codebook, language: str) -> set[tuple[str, str, str, int, int]]:
    """Word by word: (id, frame, term, token, length) of every hit."""
    found = set()
    for d, doc in enumerate(tokens.docs.index):
        part = slice(tokens.offsets[d], tokens.offsets[d + 1])
        words = [str(word) for word in tokens.vocabulary[tokens.ids[part]]]
        numbers = tokens.sentences[part].tolist()
        negations = [
            place
            for word in codebook.negations.get(language, ())
            for place in naive_places(words, numbers, word)
        ]
        for frame in codebook.measured:
            out = [
                (a, n)
                for term in frame.exclude[language]
                for a, n in naive_places(words, numbers, term)
            ]
            hits = [
                (-n, a, rank, term)
                for rank, term in enumerate(frame.terms[language])
                for a, n in naive_places(words, numbers, term)
                if not any(b <= a and a + n <= b + m for b, m in out)
                and not naive_rule(words, numbers, (a, n), frame.rules.get(language, {}).get(term))
                and not any(
                    b + m <= a and a - (b + m) < frame.negation_window and numbers[b] == numbers[a]
                    for b, m in negations
                )
            ]
            taken: set[int] = set()
            for minus_n, a, _, term in sorted(hits):
                places = set(range(a, a - minus_n))
                if not places & taken:
                    taken |= places
                    found.add((str(doc), frame.name, term, a, -minus_n))
    return found


def naive_rule(
    words: list[str], numbers: list[int], hit: tuple[int, int], rule: Rule | None
) -> bool:
    """Whether a word stands near the hit that must not."""
    near = [p for term in (rule.unless if rule else ()) for p in naive_places(words, numbers, term)]
    a, n = hit
    for b, m in near:
        gap = min(abs(x - y) for x in range(a, a + n) for y in range(b, b + m))
        if numbers[a] == numbers[b] and gap <= (rule.within if rule else 0):
            return True
    return False


def naive_places(words: list[str], numbers: list[int], term: str) -> set[tuple[int, int]]:
    pieces = term.split(" ")
    found = set()
    for seams in product(" -", repeat=len(pieces) - 1):
        bare = [not any(c.isalnum() for c in piece) for piece in pieces]
        if any(s == "-" and (bare[k] or bare[k + 1]) for k, s in enumerate(seams)):
            continue
        globs = pieces[0]
        for seam, piece in zip(seams, pieces[1:], strict=True):
            globs += seam + piece
        sequence = globs.split(" ")
        for a in range(len(words) - len(sequence) + 1):
            here = words[a : a + len(sequence)]
            one = len(set(numbers[a : a + len(sequence)])) == 1
            if one and all(fnmatchcase(w, g) for w, g in zip(here, sequence, strict=True)):
                found.add((a, len(sequence)))
    return found


LETTERS = "abü"
words = st.text(LETTERS, min_size=1, max_size=3)
globs = st.text(LETTERS + "*?", min_size=1, max_size=4).filter(
    lambda glob: any(c in LETTERS for c in glob)
)
phrases = (
    st.lists(st.one_of(globs, st.just("*")), min_size=1, max_size=3)
    .map(" ".join)
    .filter(lambda term: any(c in LETTERS for c in term))
)
sentences = st.lists(st.one_of(words, st.tuples(words, words).map("-".join)), max_size=8)
documents = st.lists(
    st.lists(sentences, max_size=3).map(
        lambda parts: " ".join(" ".join(part).capitalize() + "." for part in parts if part)
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=60, deadline=None)
@given(
    documents,
    st.lists(phrases, min_size=1, max_size=5, unique=True),
    st.lists(phrases, max_size=2, unique=True),
    st.lists(phrases, min_size=1, max_size=2, unique=True),
)
def test_hits_equal_the_naive_matcher(
    texts: list[str], terms: list[str], out: list[str], others: list[str]
) -> None:
    tokens = tokens_of(*texts)
    codebook = book(exclude={"A": out}, A=terms, B=others)
    hits = apply_codebook(tokens, codebook)
    table = hits.table
    found = set(
        zip(
            table["id"].astype("str"),
            table["frame"].astype("str"),
            table["term"].astype("str"),
            table["token"].tolist(),
            table["length"].tolist(),
            strict=True,
        )
    )
    assert len(found) == len(table)
    assert found == naive(tokens, codebook, "en")


@settings(max_examples=80, deadline=None)
@given(
    documents,
    st.lists(phrases, min_size=1, max_size=4, unique=True),
    st.lists(phrases, min_size=1, max_size=2, unique=True),
    st.integers(1, 3),
    st.lists(phrases, min_size=1, max_size=2, unique=True),
    st.integers(0, 3),
)
def test_rules_and_negation_equal_the_naive_matcher(
    texts: list[str], terms: list[str], near: list[str], within: int, no: list[str], window: int
) -> None:
    tokens = tokens_of(*texts)
    # every other term of the frame has a rule, unless it would forbid itself
    rules = {term: Rule(2.0, tuple(near), within) for term in terms[::2] if term not in near}
    codebook = book(rules={"A": rules}, negation=(window, no), A=terms, B=near)
    table = apply_codebook(tokens, codebook).table
    found = set(
        zip(*(table[name].astype("str") for name in ("id", "frame", "term")),
            table["token"].tolist(), table["length"].tolist(), strict=True)
    )  # fmt: skip
    assert found == naive(tokens, codebook, "en")


@settings(max_examples=40, deadline=None)
@given(documents, st.lists(phrases, min_size=1, max_size=4, unique=True))
def test_every_place_of_a_term_has_one_fate(texts: list[str], terms: list[str]) -> None:
    hits = apply_codebook(tokens_of(*texts), book(exclude={"A": ["b*"]}, A=terms))
    counts = hits.counts
    assert (counts["matches"] == counts[["cancelled", "overlapped", "hits"]].sum(axis=1)).all()
    assert counts["hits"].sum() == len(hits)


def test_hundreds_of_hits_that_overlap_in_a_chain() -> None:
    tokens = tokens_of("a " * 500 + "b")
    codebook = book(A=["a a a", "a a", "a b"])
    found = apply_codebook(tokens, codebook)
    rows = zip(*(found.table[name].tolist() for name in ("term", "token", "length")), strict=True)
    assert {("0", "A", *row) for row in rows} == naive(tokens, codebook, "en")


@settings(max_examples=60, deadline=None)
@given(documents, st.lists(globs, min_size=1, max_size=4, unique=True))
def test_spans_give_back_the_text(texts: list[str], terms: list[str]) -> None:
    for _, term, piece in spans(apply_codebook(tokens_of(*texts), book(A=terms))):
        assert fnmatchcase(unicodedata.normalize("NFC", piece.lower()), term)


@settings(max_examples=40, deadline=None)
@given(documents, st.randoms(use_true_random=False))
def test_the_order_of_documents_changes_nothing(texts: list[str], random: object) -> None:
    frame = pd.DataFrame(
        {"text": texts, "language": "en"}, index=[f"a{k}" for k in range(len(texts))]
    )
    mixed = frame.sample(frac=1, random_state=random.randrange(1000))  # type: ignore[attr-defined]
    codebook = book(A=["a*", "b a"], B=["*ü"])
    one = apply_codebook(tokenize(Corpus.from_frame(frame)), codebook)
    two = apply_codebook(tokenize(Corpus.from_frame(mixed)), codebook)
    assert one.content_hash == two.content_hash
    pd.testing.assert_frame_equal(one.table, two.table)


# --- what a hit is ---------------------------------------------------------------------------


def test_phrases_do_not_cross_sentences_or_documents() -> None:
    tokens = tokens_of("We talk peace. Talks began with peace", "talks went on.")
    assert spans(apply_codebook(tokens, book(A=["peace talks"]))) == []
    tokens = tokens_of("The peace talks. The peace\ntalks.")
    assert len(apply_codebook(tokens, book(A=["peace talks"])).table) == 2


def test_the_longest_of_overlapping_terms_stays() -> None:
    tokens = tokens_of("The labor market reform act passed.")
    found = apply_codebook(
        tokens, book(A=["labor", "market*", "labor market", "market reform act"])
    )
    assert spans(found) == [
        ("A", "labor", "labor"),
        ("A", "market reform act", "market reform act"),
    ]


def test_of_equal_terms_the_earlier_stays() -> None:
    tokens = tokens_of("one two three two one")
    found = apply_codebook(tokens, book(A=["two three", "one two", "two one", "o*", "one"]))
    assert spans(found) == [("A", "one two", "one two"), ("A", "two one", "two one")]


def test_a_token_may_count_for_several_frames() -> None:
    found = apply_codebook(tokens_of("Tax reform."), book(A=["tax"], B=["tax reform"], C=["tax*"]))
    assert [frame for frame, _, _ in spans(found)] == ["A", "B", "C"]


def test_exclusions_cancel_what_they_cover_and_nothing_longer() -> None:
    terms = {"A": ["security", "social security fund", "state"]}
    codebook = Codebook.from_terms(
        terms, language="en", exclude={"A": ["social security", "state of health"]}
    )
    tokens = tokens_of("Social security. A social security fund. National security, state of art.")
    assert [piece for _, _, piece in spans(apply_codebook(tokens, codebook))] == [
        "social security fund",
        "security",
        "state",
    ]


def test_an_exclusion_in_one_frame_leaves_the_others_alone() -> None:
    codebook = book(exclude={"A": ["food security"]}, A=["security"], B=["security"])
    assert spans(apply_codebook(tokens_of("Food security."), codebook)) == [
        ("B", "security", "security")
    ]


def test_single_words_can_be_excluded_from_a_wildcard() -> None:
    codebook = book("de", {"A": ["*gerichtet"]}, A=["*gericht*"])
    tokens = tokens_of("Das Landgericht hat berichtet, was eingerichtet ist.", language="de")
    assert spans(apply_codebook(tokens, codebook)) == [("A", "*gericht*", "Landgericht")]


def test_unless_within_so_many_words_of() -> None:
    rules = {"A": {"bank*": Rule(unless=("river*", "sand bar"), within=3)}}
    codebook = book(A=["bank*", "loan"], rules=rules)
    tokens = tokens_of(
        "The river has a bank.",  # three words on
        "A river that has a bank.",  # four
        "The bank of the river. River loan.",  # behind it, three
        "The bank failed. A river rose.",  # another sentence
        "Banks near a sand bar.",
    )
    found = apply_codebook(tokens, codebook)
    assert [(row.id, row.term) for row in found.table.itertuples()] == [
        ("1", "bank*"), ("2", "loan"), ("3", "bank*")
    ]  # fmt: skip
    assert found.counts.set_index("term")["cancelled"].to_dict() == {"bank*": 3, "loan": 0}


def test_a_negation_in_its_window_takes_the_hit_away() -> None:
    codebook = book(A=["crisis"], negation=(2, ["no", "not"]))
    tokens = tokens_of("No crisis.", "No such crisis.", "No one saw a crisis.", "Crisis, no?")
    assert apply_codebook(tokens, codebook).table["id"].tolist() == ["2", "3"]


def test_weights_count_in_every_unit_but_the_hit_stays_one_row() -> None:
    codebook = book(A=["tax"], B=["moral"], rules={"A": {"tax": Rule(weight=3)}})
    hits = apply_codebook(tokens_of("tax and moral", "moral"), codebook)
    assert len(hits) == 3
    assert hits.scores("count").values.to_numpy().tolist() == [[3, 1], [0, 1]]
    assert hits.scores("share").values.to_numpy().tolist() == [[0.75, 0.25], [0, 1]]
    assert hits.scores("presence", min_hits=2).values.to_numpy().tolist() == [[1, 0], [0, 0]]


def test_a_term_is_cut_as_the_text_is() -> None:
    tokens = tokens_of("The U.S. army and AT&T, C++ and 12.000 men, k/w.")
    found = apply_codebook(tokens, book(A=["u.s.", "at&t", "c++", "12.0*", "k/w", "#metoo"]))
    pieces = [piece.rstrip(".") for _, _, piece in spans(found)]
    assert pieces == ["U.S", "AT&T", "C", "12.000", "k/w"]


def test_a_term_is_cut_as_the_text_was_told_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever `tokenize` did to the text it does to the terms, a segmenter's cuts included."""
    from mediaframes.text import terms

    def by_character(corpus: Corpus, **settings: object) -> Tokens:
        spaced = corpus.docs.assign(text=[" ".join(text) for text in corpus.docs["text"]])
        return tokenize(Corpus.from_frame(spaced), **settings)

    monkeypatch.setattr(terms, "tokenize", by_character)
    assert terms.as_in_text(["印度", "india"], "zh") == {"印度": "印 度", "india": "india"}


def test_terms_follow_split_hyphens() -> None:
    import inspect

    name, value = next(
        (name, value)
        for name, value in (("split_hyphens", True), ("hyphens", "split"))
        if name in inspect.signature(tokenize).parameters
    )
    frame = pd.DataFrame({"text": ["EU-Sanktionen und Covid-19"], "language": ["de"]})
    tokens = tokenize(Corpus.from_frame(frame), **{name: value})
    found = apply_codebook(tokens, book("de", A=["*-sanktion*", "covid-19"]))
    assert [piece for _, _, piece in spans(found)] == ["Sanktionen", "Covid-19"]


def test_right_to_left_marks_emoji_and_a_word_of_ten_megabytes() -> None:
    tokens = tokens_of("أزمة المناخ، والأزمة", "e\u0301tat d’alerte 😀", "a" * 10_000_000 + " tax")
    found = apply_codebook(tokens, book(A=["*أزمة", "état", "tax", "aaa*z"]))
    assert [piece for _, _, piece in spans(found)] == ["أزمة", "والأزمة", "e\u0301tat", "tax"]


def test_umlauts_in_any_unicode_form_and_case() -> None:
    tokens = tokens_of("ÄRZTE, a\u0308rzte und Ärztinnen.", language="de")
    found = spans(apply_codebook(tokens, book("de", A=["ärzt*"])))
    assert [piece for _, _, piece in found] == ["ÄRZTE", "a\u0308rzte", "Ärztinnen"]


def test_a_space_in_a_term_finds_a_hyphen_and_the_reverse() -> None:
    tokens = tokens_of("Covid-19 and Covid 19: health-care workers, health care, UN-Rat.")
    found = apply_codebook(tokens, book(A=["covid 19", "health-care", "un-*"]))
    assert [piece for _, _, piece in spans(found)] == [
        "Covid-19",
        "Covid 19",
        "health-care",
        "health care",
        "UN-Rat",
    ]
    assert found.counts["matches"].tolist() == [2, 2, 1]


def test_apostrophes() -> None:
    tokens = tokens_of("Women’s rights and women's rights. They don’t, don't.")
    found = spans(apply_codebook(tokens, book(A=["women's rights", "don't"])))
    assert len(found) == 4


def test_regex_characters_are_harmless() -> None:
    evil = ["(a+)+b", "a.b", "[a-z]*", "a|b", "^a$", "\\w*", "a{2}", "(?=a)*"]
    tokens = tokens_of("aab a.b ab " + "a" * 60)
    found = apply_codebook(tokens, book(A=evil))
    # as words they find themselves, as patterns they would find all of it
    assert {piece for _, _, piece in spans(found)} <= {"a.b"}
    assert {"[a-z]*", "\\w*", "a{2}"} <= set(found.unmatched()["term"])


def test_many_stars_do_not_take_forever() -> None:
    tokens = tokens_of(("a" * 400 + " ") * 50)
    found = apply_codebook(tokens, book(A=["a*" * 20 + "b", "*a*a*a*a*a*a*a*"]))
    assert len(found) == 50


# --- languages and reports -------------------------------------------------------------------


def two_languages() -> Codebook:
    from mediaframes.frames import Frame

    terms = {"en": ("war",), "de": ("krieg", "war nie")}
    frame = Frame("War", "", "#000000", terms, {"en": (), "de": ()})
    return Codebook("two", ("en", "de"), (frame,))


def test_each_article_is_searched_in_its_own_language(capsys: pytest.CaptureFixture[str]) -> None:
    texts = ["The war.", "Es war Krieg.", "La war.", "War?"]
    tokens = tokens_of(*texts, language=["en", "de", "fr", None])
    found = apply_codebook(tokens, two_languages())
    assert spans(found) == [("War", "war", "war"), ("War", "krieg", "Krieg")]
    assert found.unmatched_languages == {"fr": 1, "not known": 1}
    said = capsys.readouterr().out
    assert "2 articles are not measured" in said and "fr 1, not known 1" in said
    for unit in ("share", "per_1000", "presence", "count"):
        values = found.scores(unit).values["War"]
        assert values.isna().tolist() == [False, False, True, True], unit


def test_articles_without_any_language() -> None:
    tokens = tokens_of("war", "krieg", language=None)
    with pytest.raises(InputError, match=r"mf\.language.*language='en'"):
        apply_codebook(tokens, two_languages())
    assert len(apply_codebook(tokens, two_languages(), language="de")) == 1
    assert len(apply_codebook(tokens, book("de", A=["krieg"]))) == 1
    with pytest.raises(InputError, match="it has: en, de"):
        apply_codebook(tokens, two_languages(), language="fr")


def test_terms_of_absent_languages_are_not_called_unmatched() -> None:
    found = apply_codebook(tokens_of("nothing here"), two_languages())
    assert found.unmatched().values.tolist() == [["War", "en", "war"]]


def test_a_codebook_that_matches_nothing_is_reported_loudly(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = apply_codebook(tokens_of("some words"), book(A=["x"], B=["y z"]))
    assert "WARNING: none of the 2 terms" in capsys.readouterr().out
    assert len(found.unmatched()) == 2
    assert found.scores().values.isna().all(axis=None)
    assert found.top_terms().empty
    assert found.lines("A").empty


def test_an_empty_corpus() -> None:
    frame = pd.DataFrame({"text": pd.Series([], dtype="str")})
    found = apply_codebook(tokenize(Corpus.from_frame(frame)), book(A=["x"]))
    assert len(found) == 0 and found.scores().values.shape == (0, 1)


# --- scores ----------------------------------------------------------------------------------


def scored() -> Hits:
    texts = ["tax tax moral.", "moral " + "word " * 9, "no hit at all", ""]
    return apply_codebook(tokens_of(*texts), book(Money=["tax"], Good=["moral"], Gone=["xyz"]))


def test_units() -> None:
    hits = scored()
    nan = np.nan
    expected = {
        "count": [[2, 1, 0], [0, 1, 0], [0, 0, 0], [0, 0, 0]],
        "presence": [[1, 1, 0], [0, 1, 0], [0, 0, 0], [0, 0, 0]],
        "share": [[2 / 3, 1 / 3, 0], [0, 1, 0], [nan] * 3, [nan] * 3],
        "per_1000": [[2000 / 3, 1000 / 3, 0], [0, 100, 0], [0, 0, 0], [nan] * 3],
    }
    for unit, values in expected.items():
        scores = hits.scores(unit)
        assert scores.unit == unit and scores.frames == ["Money", "Good", "Gone"]
        np.testing.assert_allclose(scores.values.to_numpy(), values)
    strict = hits.scores("presence", min_hits=2).values
    assert strict.iloc[0].tolist() == [1, 0, 0]
    assert hits.scores().colors == hits.codebook.colors


def test_units_refuse_what_makes_no_sense() -> None:
    hits = scored()
    with pytest.raises(InputError, match="allowed: share"):
        hits.scores("percent")
    with pytest.raises(InputError, match="min_hits=0"):
        hits.scores("presence", min_hits=0)
    with pytest.raises(InputError, match="only with unit='presence'"):
        hits.scores("share", min_hits=2)
    with pytest.raises(InputError, match="there are: Money"):
        hits.lines("None")
    with pytest.raises(InputError, match="window"):
        hits.lines("Money", window=-1)
    with pytest.raises(InputError, match="n=0"):
        hits.top_terms(0)


def test_frames_coded_by_hand_are_not_scored(root: Path) -> None:
    hits = apply_codebook(tokens_of("The court."), root / "data/codebooks/policy-frames.yml")
    assert len(hits.frames) == 14 and "Other" not in hits.scores().frames
    assert hits.made.sources.keys() == {"policy-frames.yml"}


def test_weights_travel() -> None:
    frame = pd.DataFrame({"text": ["tax", "tax"], "language": "en", "weight": [0.5, 1.0]})
    hits = apply_codebook(tokenize(Corpus.from_frame(frame)), book(A=["tax"]))
    assert hits.scores().weights.tolist() == [0.5, 1.0]


def test_top_terms_and_lines() -> None:
    hits = scored()
    assert hits.top_terms(1).values.tolist() == [
        ["Money", "tax", 2, 1.0],
        ["Good", "moral", 2, 1.0],
    ]
    line = hits.lines("Good").iloc[0]
    assert (line["left"], line["match"], line["right"]) == ("tax tax", "moral", ".")
    cut = hits.lines("Good", window=2).iloc[1]
    assert (cut["left"], cut["match"], cut["right"]) == ("", "moral", "word word")
    bare = hits.lines("Good", window=0).iloc[0]
    assert (bare["left"], bare["right"]) == ("", "")


def test_where_keeps_the_rest_consistent() -> None:
    hits = scored()
    part = hits.where(pd.Series([False, True, True, False], hits.docs.index))
    assert part.docs.index.tolist() == ["1", "2"]
    assert spans(part) == [("Good", "moral", "moral")]
    np.testing.assert_array_equal(
        part.scores("count").values, hits.scores("count").values.iloc[1:3]
    )
    assert hits.where("language == 'de'").table.empty
    with pytest.raises(InputError, match="is no condition"):
        hits.where("outlett == 'x'")


def test_save_and_load(tmp_path: Path) -> None:
    hits = scored()
    hits.save(tmp_path / "hits")
    again = Hits.load(tmp_path / "hits")
    assert again.content_hash == hits.content_hash
    assert again.made == hits.made and again.codebook == hits.codebook
    pd.testing.assert_frame_equal(again.table, hits.table)
    pd.testing.assert_frame_equal(again.counts, hits.counts)
    pd.testing.assert_frame_equal(again.scores().values, hits.scores().values)


def test_the_cache_knows_the_codebook(tmp_path: Path) -> None:
    from mediaframes.made import Cache

    cache = Cache(tmp_path)
    tokens = tokens_of("tax and moral")
    one, two = book(A=["tax"]), book(A=["tax", "moral"])
    first = cache.get(apply_codebook, tokens, codebook=one)
    assert cache.get(apply_codebook, tokens, codebook=one).content_hash == first.content_hash
    assert len(list(tmp_path.iterdir())) == 1
    assert len(cache.get(apply_codebook, tokens, codebook=two)) == 2


def test_the_codebook_is_part_of_how_hits_came_to_be() -> None:
    tokens = tokens_of("tax")
    one = apply_codebook(tokens, book(A=["tax"]))
    two = apply_codebook(tokens, book(A=["tax", "moral"]))
    assert one.made.fingerprint != two.made.fingerprint
    assert one.content_hash != two.content_hash


def test_pages_escape_texts() -> None:
    page = apply_codebook(tokens_of("tax"), book(**{"<script>": ["tax"]}))._repr_html_()
    assert "<script>" not in page


# --- the shipped codebooks -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "text", "frame", "expected"),
    [
        ("en", "Social security for all.", "Security and defense", []),
        ("en", "National security is at risk.", "Security and defense", ["national security"]),
        ("en", "The state of health of the economy.", "Health and safety", []),
        ("en", "Health-care workers fell sick.", "Health and safety", ["health care*", "sick"]),
        ("de", "Das Amtsgericht hat neu eingerichtet.", "Legality", ["*gericht"]),
        ("de", "Reporter berichtet, er klagte über Schmerzen.", "Legality", []),
        ("de", "Die Landwirtschaft und die Wirtschaft.", "Economic", ["wirtschaft"]),
        ("de", "Das ist mit Sicherheit falsch.", "Security and defense", []),
        ("de", "Die EU-Sanktionen wirken.", "External", ["*sanktion*"]),
    ],
)
def test_known_traps(root: Path, language: str, text: str, frame: str, expected: list[str]) -> None:
    tokens = tokens_of(text, language=language)
    hits = apply_codebook(tokens, root / "data/codebooks/policy-frames.yml")
    found = [term for name, term, _ in spans(hits) if name.startswith(frame)]
    assert found == expected


# --- real articles ---------------------------------------------------------------------------


@pytest.mark.real
def test_german_news_of_a_pandemic_year(shared_data: Path, root: Path) -> None:
    import gzip
    import json

    with gzip.open(shared_data / "fang_covid_de" / "articles.jsonl.gz", "rt") as file:
        rows = [json.loads(line) for _, line in zip(range(500), file, strict=False)]
    frame = pd.DataFrame({"text": [row["article"] for row in rows], "language": "de"})
    tokens = tokenize(Corpus.from_frame(frame))
    hits = apply_codebook(tokens, root / "data/codebooks/policy-frames.yml")
    # every span gives back a text that its term matches
    texts = hits.docs["text"]
    for row in hits.table.sample(300, random_state=1).itertuples(index=False):
        piece = unicodedata.normalize("NFC", texts[row.id][row.start : row.end].lower())
        # the words of a phrase may have a comma between them
        joined = " ".join(re.sub(r"[-,;:()„“\"]", " ", piece.replace("\u00ad", "")).split())
        assert fnmatchcase(joined, row.term.replace("-", " ").replace("'s", "")), (piece, row.term)
    shares = hits.scores().values
    np.testing.assert_allclose(shares.sum(axis=1)[shares.notna().all(axis=1)], 1)
    assert shares.mean().idxmax() == "Health and safety"


# --- a corpus in parts -----------------------------------------------------------------------


@settings(max_examples=15, deadline=None)
@given(documents, st.integers(1, 4), st.lists(phrases, min_size=1, max_size=4, unique=True))
def test_parts_add_up_to_the_whole(texts: list[str], n: int, terms: list[str]) -> None:
    languages = ["en" if k % 3 else "fr" for k in range(len(texts))]
    frame = pd.DataFrame({"text": texts, "language": languages, "weight": 0.5})
    frame.index = [f"a{k:02d}" for k in range(len(texts))]
    codebook = book(rules={"A": {terms[0]: Rule(weight=2)}}, A=terms, B=["*ü"])
    whole = apply_codebook(tokenize(Corpus.from_frame(frame)), codebook)
    parts = (tokenize(Corpus.from_frame(frame[k::n])) for k in range(n) if len(frame[k::n]))
    found = apply_codebook(parts, codebook)
    pd.testing.assert_frame_equal(found.table, whole.table)
    pd.testing.assert_frame_equal(found.counts, whole.counts)
    for unit in ("share", "per_1000", "presence", "count"):
        one, two = found.scores(unit), whole.scores(unit)
        pd.testing.assert_frame_equal(one.values, two.values)
        pd.testing.assert_series_equal(one.weights, two.weights)
    assert found.unmatched_languages == whole.unmatched_languages
    pd.testing.assert_frame_equal(found.length_check(), whole.length_check())


def test_parts_refuse_what_would_count_wrongly() -> None:
    codebook = book(A=["tax"])
    part = tokens_of("tax")
    with pytest.raises(InputError, match="in two parts"):
        apply_codebook([part, part], codebook)
    with pytest.raises(InputError, match="no part"):
        apply_codebook([], codebook)
    with pytest.raises(InputError, match="part 1 is a str"):
        apply_codebook(["tax"], codebook)  # type: ignore[list-item]
    silent = tokenize(Corpus.from_frame(pd.DataFrame({"text": ["tax"]}, index=["b"])))
    with pytest.raises(InputError, match="some parts say the languages"):
        apply_codebook([part, silent], codebook)
    assert len(apply_codebook([part, silent], codebook, language="en")) == 2
    with pytest.raises(InputError, match="in parts and hold no texts"):
        apply_codebook([part], codebook).lines("A")


def test_typographic_signs_in_terms_are_those_of_the_text(tmp_path: Path) -> None:
    file = tmp_path / "signs.yml"
    file.write_text(
        "name: signs\nlanguages: [en]\nframes:\n- name: A\n  definition: x\n"
        "  terms:\n    en: [o’br*, '*’brien', self‐made*, don’t]\n"
    )
    text = "It was O’Brien, a self-made man. They don't know O'Brien, self‐made again."
    corpus = Corpus.from_frame(pd.DataFrame({"text": [text], "language": "en"}))
    hits = apply_codebook(tokenize(corpus), read_codebook(file))
    assert hits.counts["matches"].tolist() == [2, 2, 2, 1]
