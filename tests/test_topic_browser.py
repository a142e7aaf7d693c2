"""Reading topics: sentences and shared words by hand, and a page no text can break out of."""

import json
import re
from html import unescape
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from mediaframes.corpus.articles import Corpus
from mediaframes.errors import InputError
from mediaframes.text import count, tokenize
from mediaframes.topics import (
    Topics,
    browse_topics,
    fit_topics,
    representative_sentences,
    shared_words,
    topic_sheet,
)
from mediaframes.topics import browser as browsing

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
MONEY = "The banks lend money while savers save money in banks."
PARKS = "Tall trees shade green parks where gardeners plant trees."


def corpus(title: str = "Größe") -> Corpus:
    rows = []
    for n in range(12):
        first, second = (MONEY, PARKS) if n % 2 else (PARKS, MONEY)
        text = f"{first} {first} Nothing else happened today in town {n}. {second if n < 2 else ''}"
        rows.append({"text": text, "title": f"{title} {n}", "outlet": "A & B", "language": "en"})
    return Corpus.from_frame(pd.DataFrame(rows, index=[f"d{n:02d}" for n in range(12)]))


@pytest.fixture(scope="module")
def fitted():
    tokens = tokenize(corpus())
    return fit_topics(count(tokens, min_docs=2), k=2, seed=1), tokens


def data_of(page: str) -> dict:
    found = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert len(found) == 1
    return json.loads(found[0])


class Tags(HTMLParser):
    """Every tag a browser would see."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def test_sentences_are_those_of_the_topics_words(fitted) -> None:
    topics, tokens = fitted
    table = representative_sentences(topics, tokens=tokens, n=2)
    money = next(n for n, name in enumerate(topics.names, 1) if "money" in name or "banks" in name)
    assert set(table.loc[table["topic"] == money, "text"]) == {MONEY}
    assert set(table.loc[table["topic"] != money, "text"]) == {PARKS}
    for row in table.itertuples():
        assert tokens.docs.loc[row.id, "text"][row.start : row.end] == row.text
    first = table[table["topic"] == money].iloc[0]
    size = topics.diagnostics["share"].to_numpy()
    overall = size @ topics.words / size.sum()
    words = [word for word in re.findall(r"\w+", MONEY.lower()) if word in topics.vocabulary]
    place = topics.vocabulary.get_indexer(words)
    ratio = np.log(0.9 * topics.words[money - 1][place] / overall[place] + 0.1)
    assert first["score"] == pytest.approx(ratio.mean())


def test_sentences_need_the_words_and_articles_of_the_topics(fitted) -> None:
    topics, tokens = fitted
    other = tokenize(Corpus.from_frame(pd.DataFrame({"text": ["Zzz yyy xxx."]})))
    with pytest.raises(InputError, match="no word of the topics"):
        representative_sentences(topics, tokens=other)
    other = tokenize(Corpus.from_frame(pd.DataFrame({"text": [MONEY]}, index=["else"])))
    with pytest.raises(InputError, match="no article of the topics"):
        representative_sentences(topics, tokens=other)
    with pytest.raises(InputError, match="n=0"):
        representative_sentences(topics, tokens=tokens, n=0)


def test_shared_words_by_hand() -> None:
    model = Topics.from_arrays(
        words=[[5, 3, 2, 0], [0, 2, 3, 5], [10, 0, 0, 0]],
        shares=[[1, 1, 1]],
        vocabulary=["a", "b", "c", "d"],
    )
    table = shared_words(model, pairs=2)
    assert table[["topic_a", "topic_b", "word"]].values.tolist() == [
        [1, 3, "a"], [1, 2, "b"], [1, 2, "c"],
    ]  # fmt: skip
    assert table["overlap"].tolist() == pytest.approx([0.5, 0.4, 0.4])


def test_sheet_has_all_kinds_of_words_and_a_sentence(fitted) -> None:
    topics, tokens = fitted
    sheet = topic_sheet(topics, tokens=tokens, n=3)
    assert {"prob", "frex", "lift", "score", "closest", "shared", "sentence"} <= {*sheet}
    assert sheet["prob"].tolist() == [
        ", ".join(part["word"]) for _, part in topics.top_words(3).groupby("topic")
    ]
    assert set(sheet["sentence"]) == {MONEY, PARKS}


def test_no_text_becomes_a_tag() -> None:
    tokens = tokenize(corpus(HOSTILE))
    topics = fit_topics(count(tokens, min_docs=2), k=2, seed=1)
    topics = topics.rename({1: HOSTILE, 2: "<!--"})
    browser = browse_topics(topics, tokens=tokens)
    tags = Tags(browser.page).found
    assert sum(tag == "script" for tag, _ in tags) == 2 and "img" not in {tag for tag, _ in tags}
    assert not any(name.startswith("on") for _, attributes in tags for name in attributes)
    data = data_of(browser.page)
    assert data["topics"][0]["name"] == HOSTILE
    assert any(HOSTILE in item["title"] for item in data["topics"][0]["articles"])
    frame = Tags(browser._repr_html_()).found
    assert [tag for tag, _ in frame] == ["iframe"]
    assert frame[0][1]["srcdoc"] == browser.page
    assert frame[0][1]["sandbox"] == "allow-scripts"
    assert "box-sizing:border-box;width:100%" in frame[0][1]["style"]  # else the cell scrolls
    # the script writes text, never HTML, and asks no network
    script = unescape(browser.page)
    for danger in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "fetch("):
        assert danger not in script
    assert "http" not in re.sub(r"http-equiv", "", browser.page)
    assert "default-src 'none'" in browser.page


def test_page_holds_words_articles_and_marked_sentences(fitted, tmp_path) -> None:
    topics, tokens = fitted
    browser = browse_topics(topics, tokens=tokens, articles=2, sentences=1)
    data = data_of(browser.page)
    for number, topic in enumerate(data["topics"]):
        weights = {row["word"]: row["prob"] for row in topic["words"]}
        best = topics.vocabulary[np.argmax(topics.words[number])]
        assert weights[best] == pytest.approx(topics.words[number].max(), rel=1e-5)
        assert len(topic["articles"]) == 2 and len(topic["sentences"]) == 1
        assert "".join(topic["sentences"][0]["text"]) in {MONEY, PARKS}
        assert topic["sentences"][0]["text"][1].lower() in topics.vocabulary
        assert topic["articles"][0]["outlet"] == "A & B"
    assert data["kinds"] == ["prob", "frex", "lift", "score"]
    file = browser.save(tmp_path / "topics.html")
    assert file.read_text(encoding="utf-8") == browser.page
    assert browse_topics(topics, tokens=tokens, articles=2, sentences=1).page == browser.page


def test_corpus_or_nothing_in_place_of_tokens(fitted) -> None:
    topics, tokens = fitted
    assert browse_topics(topics, tokens=corpus()).page == browse_topics(topics, tokens=tokens).page
    bare = data_of(browse_topics(topics).page)
    assert bare["topics"][0]["sentences"] == [] and bare["topics"][0]["articles"][0]["title"]


def test_page_stays_below_its_bound(fitted, monkeypatch, capsys) -> None:
    topics, tokens = fitted
    small = len(browse_topics(topics, tokens=tokens, articles=0, sentences=0).page.encode())
    monkeypatch.setattr(browsing, "MOST_BYTES", small + 1500)
    browser = browse_topics(topics, tokens=tokens)
    assert len(browser.page.encode()) <= small + 1500
    assert "articles and sentences per topic" in capsys.readouterr().out
    monkeypatch.setattr(browsing, "MOST_BYTES", small - 100)
    with pytest.raises(InputError, match="2 MB"):
        browse_topics(topics, tokens=tokens)
    with pytest.raises(InputError, match="articles=-1"):
        browse_topics(topics, articles=-1)


def test_long_words_and_articles_without_shares() -> None:
    docs = pd.DataFrame({"title": ["One", None]}, index=["a", "b"])
    topics = Topics.from_arrays(
        words=[[1, 0], [0, 1]], shares=[[1, 0], [np.nan, np.nan]], docs=docs,
        vocabulary=["w" * 500, "short"],
    )  # fmt: skip
    data = data_of(browse_topics(topics).page)
    assert max(len(row["word"]) for row in data["topics"][0]["words"]) == browsing.WORD
    assert [item["id"] for item in data["topics"][0]["articles"]] == ["a"]
