"""Words, sentences, counts and concordance, against naive references."""

import os
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from mediaframes import Corpus, Counts, InputError, Tokens, concordance, count, tokenize
from mediaframes.text import Rules
from mediaframes.text.words import WordFinder, plain, stems, stop_words

texts = st.lists(
    st.text(
        alphabet=st.sampled_from(list("abAÄßé’'-.,!?\n \u00ad\u0301„“10€×\u00a0中я😀_")),
        max_size=60,
    ),
    min_size=1,
    max_size=6,
)


def corpus_of(*documents: str, language: str | None = "de") -> Corpus:
    ids = [f"d{i}" for i in range(len(documents))]
    frame = pd.DataFrame({"text": list(documents), "language": language}, index=ids)
    return Corpus.from_frame(frame)


def words_of(text: str) -> list[str]:
    return tokenize(corpus_of(text)).words("d0")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1.234,56 Euro, 3.5% mehr", ["1.234,56", "euro", "3.5", "mehr"]),
        ("siehe www.example.org/a?b=1, oder", ["siehe", "www.example.org/a?b=1", "oder"]),
        ("(https://Example.org/Ä/x).", ["https://example.org/ä/x"]),
        ("an jo-ann.doe@mail.example.org!", ["an", "jo-ann.doe@mail.example.org"]),
        ("a.b und c@d", ["a", "b", "und", "c", "d"]),
        ("#Klima_Krise von @user1", ["klima", "krise", "von", "user1"]),
        ("❤️ and 1️⃣ 👩‍🚒", ["and", "1⃣"]),
        ("İstanbul und ISTANBUL", ["istanbul", "und", "istanbul"]),
        ("ΛΌΓΟΣ λόγος", ["λόγος", "λόγος"]),
        ("don’t don't Covid‑19", ["don't", "don't", "covid-19"]),
        ("Donaudampfschifffahrtsgesellschaft", ["donaudampfschifffahrtsgesellschaft"]),
        ("sechzehnbuchstab äöüßäöüß achtbyte", ["sechzehnbuchstab", "äöüßäöüß", "achtbyte"]),
        ("שלום, עולם", ["שלום", "עולם"]),
        ("Ukraine-Krieg: 12.000 Soldaten", ["ukraine-krieg", "12.000", "soldaten"]),
        ("Don't stop the U.S. ships!", ["don't", "stop", "the", "u", "s", "ships"]),
        ("the government’s plan", ["the", "government", "plan"]),
        ("„nicht untätig bleiben“", ["nicht", "untätig", "bleiben"]),
        ("0,99€ im Monat", ["0,99", "im", "monat"]),
        ("Größe STRASSE", ["größe", "strasse"]),
        ("Covid-19- und G-7-Treffen", ["covid-19", "und", "g-7-treffen"]),
        ("so\u00adgenannt", ["sogenannt"]),
        ("u\u0308ber", ["über"]),
        ("snake_case a_b", ["snake", "case", "a", "b"]),
        ("Москва и 北京", ["москва", "и", "北京"]),
        ("--- ... '' -a- 'b'", ["a", "b"]),
        ("", []),
        ("😀😀", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("rules", "text", "words"),
    [
        ({"hyphens": "split"}, "Ukraine-Krieg", ["ukraine", "krieg"]),
        ({"apostrophes": "split"}, "l’homme don't", ["l", "homme", "don", "t"]),
        ({"numbers": "split"}, "1.234,56", ["1", "234", "56"]),
        ({"urls": "split"}, "www.a.de", ["www", "a", "de"]),
        ({"urls": "drop"}, "von www.a.de und a@b.de hier", ["von", "und", "hier"]),
        ({"tags": "keep"}, "#Klima_x @a C# a@b #1", ["#klima_x", "@a", "c", "a", "b", "#1"]),
        ({"tags": "drop"}, "#Klima_x und @a", ["und"]),
        ({"tags": "keep"}, "#über-uns", ["#über", "uns"]),
    ],
)
def test_choices(rules: dict[str, str], text: str, words: list[str]) -> None:
    corpus = corpus_of(text)
    tokens = tokenize(corpus, **rules)
    assert tokens.words("d0") == words
    spans = [text[a:b] for a, b in zip(tokens.starts, tokens.ends, strict=True)]
    assert [plain(span) for span in spans] == words
    alone = count(corpus, rules=Rules(**rules), stop_words=False, numbers=True, min_letters=1)
    assert list(alone.vocabulary) == sorted(set(words))


def test_a_choice_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="hyphens='no' is no choice; use one of keep, split"):
        tokenize(corpus_of("a"), hyphens="no")


def naive_words(text: str) -> list[str]:
    """Words by a regular expression over the classes of the characters."""
    special = {"'": "A", "’": "A", "-": "H", ".": "P", ",": "P"}
    group = {"L": "L", "M": "M", "N": "D"}
    names = [unicodedata.category(c) for c in text]
    classes = "".join(
        special.get(c, "F" if name == "Cf" else group.get(name[0], "O"))
        for c, name in zip(text, names, strict=True)
    )
    word = r"[LD](?:[LDMF]|(?<=[LM])A(?=L)|(?<=[LDM])H(?=[LD])|(?<=D)P(?=D))*"
    found = []
    for match in re.finditer(word, classes):
        printed = text[match.start() : match.start() + len(match.group().rstrip("F"))]
        printed = "".join(c.lower()[0] for c in printed if unicodedata.category(c) != "Cf")
        found.append(plain(re.sub("(?<=.)['’]s$", "", printed)))
    return found


@settings(max_examples=300, deadline=None)
@given(texts)
@example(["a" * 17 + "ä" * 9 + "ÄÖ", "×÷ã×", "1-2-a's-b's"])
def test_equals_a_naive_reference(documents: list[str]) -> None:
    corpus = corpus_of(*documents)
    tokens = tokenize(corpus)
    for name, text in corpus.docs["text"].items():
        assert tokens.words(str(name)) == naive_words(text)
    loose = {"stop_words": False, "numbers": True, "min_letters": 1}
    if len(tokens.ids):
        one, two = count(tokens, **loose), count(corpus, **loose)
        assert one.content_hash == two.content_hash
        for row, text in enumerate(corpus.docs["text"]):
            cells = one.matrix[[row]].toarray()[0]
            got = {w: int(n) for w, n in zip(one.vocabulary, cells, strict=True) if n}
            assert got == dict(Counter(naive_words(text)))


def _printed_hashes(**environment: str) -> str:
    code = (
        "import pandas as pd, mediaframes as mf; "
        "t = ['Der Hafen, der Hafen schließt. Ödes u\u0308ber www.a.de!', '', 'Ein', 'İ ' * 9]; "
        "c = mf.Corpus.from_frame(pd.DataFrame({'text': t * 3, 'language': 'de'})); "
        "print(mf.tokenize(c).content_hash, mf.count(c, min_docs=2).content_hash)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True, text=True, check=True, env={**os.environ, **environment},
    )  # fmt: skip
    return done.stdout


def test_without_compiler_the_same() -> None:
    assert _printed_hashes(NUMBA_DISABLE_JIT="1") == _printed_hashes()


@pytest.mark.parametrize("threads", ["1", "2", "4"])
def test_threads_do_not_show(monkeypatch: pytest.MonkeyPatch, threads: str) -> None:
    corpus = corpus_of(*[f"Wort{i % 7} über {i} Worte. Dr. Ende z{i} hier." for i in range(99)])
    monkeypatch.setenv("MEDIAFRAMES_THREADS", "1")
    whole, counts = tokenize(corpus), count(corpus, min_docs=2)
    monkeypatch.setattr("mediaframes.text.scanning.BLOCK_BYTES", 200)
    monkeypatch.setenv("MEDIAFRAMES_THREADS", threads)
    assert tokenize(corpus).content_hash == whole.content_hash
    assert count(corpus, min_docs=2).content_hash == counts.content_hash


@pytest.mark.parametrize(
    ("language", "text", "sentences"),
    [
        ("de", "Am 24. Oktober kam Dr. Ambel. Er ging.", 2),
        ("en", "Mr. Hale spoke on Monday. He left at 5 p.m. yesterday.", 2),
        ("en", "It was 24. He won.", 2),
        ("de", "„Wir gehen.“ Danach schwieg er.", 2),
        ("de", "Er fragte: Warum? Weil es so ist.", 2),
        ("en", "e.g. this is one", 1),
        ("en", "A hard\nwrapped line. Then\nanother", 2),
        ("en", "Heading without a stop\n\nA paragraph", 2),
        ("de", "z. B. dort u. a. hier", 1),
        (None, "Prof. Dr. Ambel sprach. Ende.", 2),
        ("en", "no capital. after it", 1),
    ],
)
def test_sentences(language: str | None, text: str, sentences: int) -> None:
    tokens = tokenize(corpus_of(text, language=language))
    assert tokens.sentences.max() + 1 == sentences


@settings(max_examples=200, deadline=None)
@given(texts)
@example(["a’s b's A-B-c ’s", "\n\n\n"])
def test_spans_give_back_the_text(documents: list[str]) -> None:
    corpus = corpus_of(*documents)
    tokens = tokenize(corpus)
    for row, text in enumerate(corpus.docs["text"]):
        here = slice(tokens.offsets[row], tokens.offsets[row + 1])
        spans = list(zip(tokens.starts[here], tokens.ends[here], strict=True))
        for (start, end), word in zip(spans, tokens.words(corpus.docs.index[row]), strict=True):
            printed = "".join(c for c in text[start:end] if unicodedata.category(c) != "Cf")
            lowered = "".join(c.lower()[0] for c in printed)
            assert plain(lowered) == word
            assert not any(c.isspace() for c in printed)
        assert all(a[1] <= b[0] for a, b in pairwise(spans))
        outside = set(range(len(text))) - {i for a, b in spans for i in range(a, b)}
        letters = [text[i] for i in outside if text[i].isalnum()]
        assert set(letters) <= {"s", "S"}, "only the s of a possessive may lie outside words"
        numbers = tokens.sentences[here]
        assert (np.diff(numbers) >= 0).all()
        assert len(numbers) == 0 or numbers[0] == 0


@settings(max_examples=50, deadline=None)
@given(texts, st.randoms(use_true_random=False))
def test_order_of_rows_changes_nothing(documents: list[str], random: object) -> None:
    frame = pd.DataFrame({"text": documents}, index=[f"d{i}" for i in range(len(documents))])
    order = list(range(len(documents)))
    random.shuffle(order)  # type: ignore[attr-defined]
    one = tokenize(Corpus.from_frame(frame))
    two = tokenize(Corpus.from_frame(frame.iloc[order]))
    assert one.content_hash == two.content_hash


def test_blocks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = corpus_of(*[f"Wort{i % 7} und noch {i} Worte. Ende hier." for i in range(50)])
    whole = tokenize(corpus)
    monkeypatch.setattr("mediaframes.text.scanning.BLOCK_BYTES", 100)
    assert tokenize(corpus).content_hash == whole.content_hash


def test_hostile_text() -> None:
    long = "x" * 10_000_000
    tokens = tokenize(corpus_of(long, "\0null\0byte", "אבג שלום", "e" + "\u0301" * 500))
    assert tokens.lengths().tolist() == [1, 2, 2, 1]
    assert len(tokenize(corpus_of("a a aa aaa aaaa " * 99)).vocabulary) == 4
    many = " ".join(f"w{i}" for i in range(200_000))  # the word table grows several times
    assert len(tokenize(corpus_of(many)).vocabulary) == 200_000


def test_articles_without_words_stay(capsys: pytest.CaptureFixture[str]) -> None:
    tokens = tokenize(corpus_of("eins zwei", "", "..."))
    assert tokens.lengths().tolist() == [2, 0, 0]
    assert "2 articles hold no word, the first 'd1'" in capsys.readouterr().out
    assert len(count(tokens)) == 3
    nothing = tokenize(corpus_of(""))
    assert len(nothing.ids) == 0


def test_tokens_save_load_where(tmp_path: Path) -> None:
    tokens = tokenize(corpus_of("eins zwei. Drei", "vier", "fünf eins"))
    tokens.save(tmp_path / "t")
    assert Tokens.load(tmp_path / "t").content_hash == tokens.content_hash
    part = tokens.where(tokens.docs.index != "d1")
    assert part.words("d2") == ["fünf", "eins"]
    assert part.lengths().tolist() == [3, 2]
    with pytest.raises(InputError, match="no article 'd1'; ids look like 'd0'"):
        part.words("d1")


class TestCount:
    """Document-term counts."""

    def test_equals_a_naive_count(self) -> None:
        documents = ["Der Hafen, der Hafen schließt.", "Preise 2024 steigen im Hafen", "Preise"]
        counts = count(tokenize(corpus_of(*documents)))
        expected = [Counter(hafen=2, schließt=1), Counter(preise=1, steigen=1, hafen=1),
                    Counter(preise=1)]  # fmt: skip
        for row, want in enumerate(expected):
            cells = counts.matrix[[row]].toarray()[0]
            got = {w: int(n) for w, n in zip(counts.vocabulary, cells, strict=True) if n}
            assert got == dict(want)

    def test_same_words_as_countvectorizer(self, root: Path) -> None:
        from sklearn.feature_extraction.text import CountVectorizer

        documents = ["Ein Hafen ohne Schiffe", "ohne Hafen kein Schiff", "Schiffe, Schiffe!"]
        theirs = CountVectorizer(token_pattern=r"\w+")
        matrix = theirs.fit_transform(documents)
        ours = count(tokenize(corpus_of(*documents)), stop_words=False, numbers=True)
        assert list(ours.vocabulary) == list(theirs.get_feature_names_out())
        assert (ours.matrix.toarray() == matrix.toarray()).all()

    def test_stop_words_of_each_language(self) -> None:
        frame = pd.DataFrame(
            {"text": ["die Toten", "they die"], "language": ["de", "en"]}, index=["a", "b"]
        )
        counts = count(tokenize(Corpus.from_frame(frame)))
        assert counts.totals().to_dict() == {"die": 1, "toten": 1}

    def test_own_stop_words_numbers_letters_stems(self) -> None:
        tokens = tokenize(corpus_of("Sanktion Sanktionen 2024 x", language="de"))
        assert list(count(tokens, stem=True).vocabulary) == ["sanktion"]
        assert "2024" in count(tokens, numbers=True).vocabulary
        assert "x" in count(tokens, min_letters=1).vocabulary
        own = count(tokens, stop_words={"de": ["Sanktion"]})
        assert list(own.vocabulary) == ["sanktionen"]

    def test_trim_and_empty_vocabulary(self) -> None:
        tokens = tokenize(corpus_of("Hafen Preis", "Hafen Zoll"))
        assert list(count(tokens, min_docs=2).vocabulary) == ["hafen"]
        assert list(count(tokens, max_share=0.5).vocabulary) == ["preis", "zoll"]
        with pytest.raises(
            InputError, match=r"no words remain: of 3 words in 2 articles.*lower min_docs=3"
        ):
            count(tokens, min_docs=3)

    def test_from_matrix_checks(self) -> None:
        with pytest.raises(InputError, match="rows are articles, columns words"):
            Counts.from_matrix(csr_array(np.eye(2)), ["a"])
        with pytest.raises(InputError, match="give counts, not tf-idf"):
            Counts.from_matrix(csr_array(np.eye(2) * 0.5), ["a", "b"])
        with pytest.raises(InputError, match="the word 'a' names two columns"):
            Counts.from_matrix(csr_array(np.eye(2)), ["a", "a"])

    def test_save_load_where(self, tmp_path: Path) -> None:
        counts = count(tokenize(corpus_of("Hafen Preis", "Hafen Zoll")))
        counts.save(tmp_path / "c")
        assert Counts.load(tmp_path / "c").content_hash == counts.content_hash
        assert len(counts.where(counts.docs.index == "d1")) == 1


class TestWordFinder:
    """Wildcards over the vocabulary."""

    words = st.lists(st.text(alphabet="ab.*c", min_size=1, max_size=6), min_size=1, max_size=20)

    @settings(max_examples=300, deadline=None)
    @given(words, st.text(alphabet="ab?*.", min_size=1, max_size=5))
    def test_equals_a_regular_expression(self, words: list[str], pattern: str) -> None:
        vocabulary = pd.Index(sorted(set(words)), dtype="str")
        if not pattern.strip("*?"):
            with pytest.raises(InputError, match="matches every word"):
                WordFinder(vocabulary).matches(pattern)
            return
        escaped = "".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern)
        expected = [i for i, w in enumerate(vocabulary) if re.fullmatch(escaped, w, re.DOTALL)]
        if "*" not in pattern and "?" not in pattern:
            expected = [i for i, w in enumerate(vocabulary) if w == pattern]
        assert WordFinder(vocabulary).matches(pattern).tolist() == expected

    def test_no_pattern_is_slow(self) -> None:
        finder = WordFinder(pd.Index(["a" * 100_000 + "b"]))
        assert finder.matches("*a*a*a*a*a*a*c").tolist() == []

    def test_phrases_are_refused(self) -> None:
        with pytest.raises(InputError, match="is a phrase"):
            WordFinder(pd.Index(["a"])).matches("a b")


def test_stop_lists_and_stems() -> None:
    for language in ("de", "en"):
        words = stop_words(language)
        assert len(words) > 150
        assert all(word == word.lower() for word in words)
    assert stop_words("xx") == stop_words("../../secret") == ()
    assert stems(pd.Index(["häuser"]), "xx") == ["häuser"]


class TestConcordance:
    """Back to the lines."""

    def test_word_phrase_and_borders(self) -> None:
        tokens = tokenize(
            corpus_of("Neue Sanktionen treffen den Hafen. Sanktionen helfen.", "Keine")
        )
        lines = concordance(tokens, "sanktion*", window=1)
        assert lines[["left", "match", "right"]].values.tolist() == [
            ["Neue", "Sanktionen", "treffen"],
            ["Hafen.", "Sanktionen", "helfen"],
        ]
        text = tokens.docs["text"].iloc[0]
        assert [text[a:b] for a, b in zip(lines["start"], lines["end"], strict=True)] == [
            "Sanktionen"
        ] * 2
        assert len(concordance(tokens, "den hafen")) == 1
        assert len(concordance(tokens, "hafen sanktionen")) == 0, "not across sentences"
        assert len(concordance(tokens, "helfen keine")) == 0, "not across articles"
        assert len(concordance(tokens, "fehlt")) == 0

    def test_the_sentence_and_orders(self) -> None:
        tokens = tokenize(
            corpus_of("Er kam. Der neue Zoll stieg. Ende", "Ein Zoll aber fiel", "Zoll")
        )
        lines = concordance(tokens, "zoll", window="sentence")
        assert lines[["left", "match", "right"]].values.tolist() == [
            ["Der neue", "Zoll", "stieg"], ["Ein", "Zoll", "aber fiel"], ["", "Zoll", ""],
        ]  # fmt: skip
        assert concordance(tokens, "zoll", sort="right")["right"].tolist()[:2] == ["", "aber fiel"]
        left = concordance(tokens, "zoll", sort="left", window=1)["left"].tolist()
        assert left == ["", "Ein", "neue"]
        with pytest.raises(InputError, match="sort='up' is unknown"):
            concordance(tokens, "zoll", sort="up")
        with pytest.raises(InputError, match="window='all'"):
            concordance(tokens, "zoll", window="all")

    def test_lines_are_escaped(self) -> None:
        frame = pd.DataFrame(
            {"text": ["<b>x</b> Zoll <script>"], "outlet": "<i>", "date": "2024-01-02"}
        )
        page = concordance(tokenize(Corpus.from_frame(frame)), "zoll")._repr_html_()
        assert "<mark>Zoll</mark>" in page and "2024-01-02" in page
        assert "<script" not in page and "<b>" not in page and "&lt;i&gt;" in page

    def test_regular_expression_characters_are_harmless(self) -> None:
        tokens = tokenize(corpus_of("a.b (x abc"))
        assert len(concordance(tokens, "(")) == 0
        # cut as a text: the word "a"; as a regular expression it would find "abc" as well
        assert concordance(tokens, "a.*")["match"].tolist() == ["a"]

    def test_bad_patterns(self) -> None:
        tokens = tokenize(corpus_of("ein Wort"))
        for pattern, message in (("", "empty"), ("*", "every word")):
            with pytest.raises(InputError, match=message):
                concordance(tokens, pattern)
        with pytest.raises(InputError, match="window=-1"):
            concordance(tokens, "wort", window=-1)
