"""Korean, Chinese, Japanese: words by a segmenter, spans and sentences of the text as it is."""

import re
from collections.abc import Iterable, Iterator

import pandas as pd
import pytest

from mediaframes import (
    Codebook,
    Corpus,
    InputError,
    Tokens,
    apply_codebook,
    collocates,
    concordance,
    count,
    tokenize,
)
from mediaframes.text import Rules, join_phrases, segmenting
from mediaframes.text.segmenting import SEGMENTERS, Segmenter

WORDS = ("印度尼西亚", "印度", "总统", "访问", "移民", "政策", "ǁ")


def longest_first(text: str) -> Iterator[int]:
    """A stand-in: the longest known word; otherwise, one character."""
    at = 0
    while at < len(text):
        yield at
        at += len(next((word for word in WORDS if text.startswith(word, at)), "x"))


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    for code in SEGMENTERS:
        monkeypatch.setitem(SEGMENTERS, code, Segmenter("numpy", "none", lambda: longest_first))


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segmenting, "find_spec", lambda name: None)


def corpus_of(texts: Iterable[str], language: str | None = "zh") -> Corpus:
    return Corpus.from_frame(pd.DataFrame({"text": list(texts), "language": language}))


def pieces(tokens: Tokens, row: int = 0) -> list[str]:
    text = tokens.docs["text"].iloc[row]
    here = slice(tokens.offsets[row], tokens.offsets[row + 1])
    return [text[a:b] for a, b in zip(tokens.starts[here], tokens.ends[here], strict=True)]


TEXT = "🙂印度尼西亚总统访问印度。他说GDP增长3.5%,“好”!U.S.也在2020年。\n\nhttps://a.b/c的移民政策"


@pytest.mark.usefixtures("stand_in")
def test_spans_and_sentences_are_of_the_text_as_it_is() -> None:
    tokens = tokenize(corpus_of([TEXT]))
    assert tokens.docs["text"].tolist() == [TEXT]
    words = "印度尼西亚 总统 访问 印度 他 说 GDP 增 长 3.5 好 U S 也 在 2020 年"
    assert pieces(tokens) == [*words.split(), "https://a.b/c", "的", "移民", "政策"]
    assert [w.lower() for w in pieces(tokens)] == tokens.words("0")
    plain = tokenize(corpus_of([TEXT]), segment="never")
    of_plain = dict(zip(plain.starts.tolist(), plain.sentences.tolist(), strict=True))
    for start, sentence in zip(tokens.starts.tolist(), tokens.sentences.tolist(), strict=True):
        if start in of_plain:
            assert sentence == of_plain[start]
    assert tokens.sentences.tolist() == [0] * 4 + [1] * 7 + [2] * 6 + [3] * 4


@pytest.mark.usefixtures("stand_in")
def test_a_cut_syllable_is_no_initial_that_keeps_a_sentence_open() -> None:
    tokens = tokenize(corpus_of(["정책을 발표했다. 그는 말했다."], "ko"))
    assert tokens.sentences.tolist() == [0] * 7 + [1] * 5


@pytest.mark.usefixtures("stand_in")
def test_only_articles_of_those_languages_are_cut() -> None:
    texts = pd.DataFrame({"text": ["印度总统"] * 4, "language": ["zh-Hant", "en", None, "ja"]})
    tokens = tokenize(Corpus.from_frame(texts))
    assert tokens.lengths().tolist() == [2, 1, 1, 2]
    tokens = tokenize(Corpus.from_frame(texts.iloc[1:3]))
    assert "segmented" not in tokens.made.settings, "what others made stays what it was"
    assert "segment" not in tokens.made.settings


@pytest.mark.usefixtures("stand_in")
def test_counts_of_articles_and_of_tokens_agree() -> None:
    texts = [TEXT, "", "移民", "印度 India, 移民政策政策"] * 3
    settings = {"stop_words": False, "min_letters": 1, "numbers": True}
    corpus = corpus_of(texts)
    one, other = count(corpus, **settings), count(tokenize(corpus), **settings)
    assert one.content_hash == other.content_hash
    assert one.totals()[["政策", "印度", "印度尼西亚"]].tolist() == [9, 6, 3]
    whole = count(corpus, rules=Rules(segment="never"), **settings)
    assert whole.totals()["移民政策政策"] == 3


@pytest.mark.usefixtures("stand_in")
def test_terms_are_cut_as_the_text_was() -> None:
    """The term 印度 (India) must not fire in 印度尼西亚 (Indonesia): quanteda, issue 2476."""
    tokens = tokenize(corpus_of(["印度尼西亚总统访问印度。", "移民政策", "移民。政策"]))
    for terms, expected in (
        (["印度"], ["印度"]),
        (["印度*"], ["印度尼西亚", "印度"]),
        (["移民政策"], ["移民政策"]),
    ):
        hits = apply_codebook(tokens, Codebook.from_terms({"A": terms}, language="zh"))
        found = [
            tokens.docs["text"][i][a:b]
            for i, a, b in zip(
                hits.table["id"], hits.table["start"], hits.table["end"], strict=True
            )
        ]
        assert found == expected, terms


@pytest.mark.usefixtures("stand_in")
def test_patterns_and_phrases_are_cut_as_the_text_was() -> None:
    """Also where articles in other languages, with words of their own, stand among them."""
    texts = [
        "移民政策,印度移民政策。",
        "印度尼西亚总统访问印度。",
        "移民。政策",
        "The U.S. bank 移民政策 hit",
    ]
    frame = pd.DataFrame({"text": texts * 3, "language": ["zh", "zh", "zh", "en"] * 3})
    tokens = tokenize(Corpus.from_frame(frame))
    lines = concordance(tokens, "移民政策")
    assert lines["match"].tolist() == ["移民政策", "移民政策", "移民政策"] * 3
    assert set(lines["id"]) == {"0", "3", "4", "7", "8", "11"}  # of 移民。政策 none
    assert set(concordance(tokens, "印度")["match"]) == {"印度"}
    assert set(concordance(tokens, "印度*")["match"]) == {"印度", "印度尼西亚"}
    assert concordance(tokens, "U.S.")["match"].tolist() == ["U.S"] * 3
    near = collocates(tokens, "移民政策", window=1, measures=("npmi",), seed=1, stop_words=False)
    assert near["near"].to_dict() == {0: 3.0, 1: 3.0, 2: 3.0} and "印度" in set(near["word"])
    joined = join_phrases(tokens, ["移民政策"])
    assert joined.words("0") == ["移民 政策", "印度", "移民 政策"]
    assert joined.words("3") == tokens.words("3")
    whole = tokenize(Corpus.from_frame(frame), segment="never")
    assert len(concordance(whole, "移民政策")) == 6


def test_terms_of_texts_that_were_not_cut_are_not_cut(
    stand_in: None, capsys: pytest.CaptureFixture[str]
) -> None:
    texts, book = ["移民政策", "移民"], Codebook.from_terms({"A": ["移民政策"]}, language="zh")
    for tokens in (
        tokenize(corpus_of(texts), segment="never"),
        tokenize(corpus_of(texts, None)),  # languages were not known
    ):
        assert len(apply_codebook(tokens, book).table) == 1
    assert "not installed" not in capsys.readouterr().out


def test_without_the_package(nothing_installed: None, capsys: pytest.CaptureFixture[str]) -> None:
    corpus = corpus_of(["印度总统", "印度"])
    tokens = tokenize(corpus)
    assert tokens.words("0") == ["印度总统"]
    told = capsys.readouterr().out
    assert "tokenize: 2 articles in 'zh' are not cut into words" in told
    assert 'pip install "mediaframes[chinese]"' in told
    assert tokens.made.settings["segmented"] == {"zh": ""}
    count(corpus)
    assert "count: 2 articles in 'zh'" in capsys.readouterr().out
    with pytest.raises(InputError, match=re.escape('pip install "mediaframes[korean]"')):
        tokenize(corpus_of(["정책"], "ko"), segment="need")
    with pytest.raises(InputError, match="use auto, need or never"):
        tokenize(corpus, segment="jieba")
    tokenize(corpus, segment="never")
    assert capsys.readouterr().out == ""


REAL = {
    "zh": (
        "jieba",
        "🙂印度尼西亚总统访问了印度。他宣布移民政策。",
        ["印度尼西亚", "总统", "访问", "了", "印度", "他", "宣布", "移民", "政策"],
        ["印度", "移民政策"],
    ),
    "ja": (
        "janome",
        "🙂首相は東京で移民政策を発表した。\n\n彼は2020年に行く。",
        ["首相", "は", "東京", "で", "移民", "政策", "を", "発表", "し", "た", "彼", "は",
         "2020", "年", "に", "行く"],
        ["東京", "移民政策"],
    ),
    "ko": (
        "kiwipiepy",
        "🙂대통령은 난민정책을 발표했다. 그는 말했다.",
        ["대통령", "은", "난민", "정책", "을", "발표", "했", "다", "그", "는", "말", "했", "다"],
        ["난민정책", "대통령*"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", sorted(REAL))
@pytest.mark.filterwarnings("default")
def test_the_packages_themselves(language: str) -> None:
    package, text, words, terms = REAL[language]
    pytest.importorskip(package)
    tokens = tokenize(corpus_of([text, "", text[1:]], language), segment="need")
    assert pieces(tokens) == pieces(tokens, 2) == words
    assert tokens.sentences.max() == 1
    assert tokens.made.settings["segmented"][language].startswith(package + " ")
    again = tokenize(corpus_of([text, "", text[1:]], language))
    assert again.content_hash == tokens.content_hash
    hits = apply_codebook(tokens, Codebook.from_terms({"A": terms}, language=language))
    found = [text[a:b] for a, b in hits.table.query("id == '0'")[["start", "end"]].to_numpy()]
    assert sorted(found) == sorted(term.rstrip("*") for term in terms)
