"""`clean` on texts that came as HTML: lines are labeled, and trafilatura's choice is trusted."""

from pathlib import Path

import pandas as pd
import pytest

from mediaframes.corpus.articles import Corpus
from mediaframes.corpus.cleaning import clean
from mediaframes.corpus.markup import told_apart
from mediaframes.corpus.reading import read
from tests.test_webpage import META, ONE, THREE, TWO, page

LIST = "<ul><li>Ferry</li><li>Harbor</li><li>Letters</li><li>Island</li><li>Crew</li></ul>"
BODY = (
    f"<p>NORHAVEN (ABX) - {ONE}</p><p>{TWO}</p><h2>What comes next</h2><p>{THREE}</p>{LIST}"
    f"<p>Advertisement</p><p>{ONE[:-1]}, said the captain (ABX/dpa).</p>"
)


def corpus_of(tmp_path: Path, html: str) -> Corpus:
    (tmp_path / "a.html").write_text(html)
    return read(tmp_path)


def parts_of(corpus: Corpus) -> dict[str, str]:
    return dict(zip(corpus.parts["text"], corpus.parts["part"], strict=True))


def test_the_lines_of_a_page_are_labelled(tmp_path):
    raw = corpus_of(tmp_path, page(BODY, head=META))
    cleaned = clean(raw)
    parts = parts_of(cleaned)
    assert parts["NORHAVEN (ABX) -"] == "dateline"
    assert parts["What comes next"] == "subheading"
    assert parts["Advertisement"] == "furniture"
    assert parts["(ABX/dpa)."] == "credit"
    assert parts["All rights reserved"] == "furniture"
    assert parts["Accept all cookies"] == "furniture"
    doc = cleaned.docs.iloc[0]
    assert (doc["dateline"], doc["agency"]) == ("NORHAVEN", "ABX, dpa")
    assert ONE in doc["text"]
    assert "What comes next" not in doc["text"]
    assert "Advertisement" not in doc["text"]
    reasons = dict(zip(cleaned.parts["text"], cleaned.parts["reason"], strict=True))
    assert reasons["All rights reserved"] == "outside the article"
    assert reasons["Advertisement"] == "advertisement"


def test_what_trafilatura_kept_is_not_dropped_for_its_shape(tmp_path):
    cleaned = clean(corpus_of(tmp_path, page(BODY, head=META)))
    for word in ("Ferry", "Harbor", "Letters", "Island", "Crew"):
        assert f"- {word}" in cleaned.docs["text"].iloc[0], word
    plain = "\n\n".join(["Ferry", "Harbor", "Letters", "Island", "Crew", ONE, TWO, THREE])
    scraped = clean(Corpus.from_frame(pd.DataFrame({"text": [plain]}, index=["a"])))
    assert "Harbor" not in scraped.docs.loc["a", "text"]


def test_lines_keep_the_numbers_and_the_order_of_the_page(tmp_path):
    raw = corpus_of(tmp_path, page(BODY, head=META))
    cleaned = clean(raw)
    assert cleaned.parts["line"].is_monotonic_increasing
    assert set(cleaned.parts["line"]) == set(raw.parts["line"])
    before = raw.parts.set_index("line")["text"]
    for line, texts in cleaned.parts.groupby("line")["text"]:
        assert "".join("".join(texts).split()) == "".join(before[line].split())


def test_the_headline_above_the_article_is_no_furniture(tmp_path):
    html = page(f"<div class='meta'></div>{BODY}", head=META)
    html = html.replace(
        "<article><h1>Ferry talks resume</h1>", "<h1>Ferry talks resume</h1><article>"
    )
    cleaned = clean(corpus_of(tmp_path, html))
    assert parts_of(cleaned)["Ferry talks resume"] == "title"


def test_wishes_reach_the_whole_page(tmp_path):
    cleaned = clean(
        corpus_of(tmp_path, page(BODY, head=META)),
        keep=["all rights reserved"],
        drop=["*meet again on friday*"],
    )
    text = cleaned.docs["text"].iloc[0]
    assert text.endswith("All rights reserved")
    assert TWO not in text
    assert parts_of(cleaned)[TWO] == "furniture"


def test_an_article_in_one_line_with_share_links_is_not_lost(tmp_path):
    line = (
        "Fähren. Ich würde ja in Fähren investieren und wundere mich, dass es sie hier noch nicht "
        "mit Service gibt. Teilen Sie dies mit: Twitter Facebook E-Mail Drucken Gefällt mir: Liken"
    )
    cleaned = clean(corpus_of(tmp_path, f'<html lang="de"><body>{line}</body></html>'))
    assert cleaned.docs["text"].tolist() == [line]
    assert cleaned.parts["reason"].str.startswith("the only text (by its words: share line").all()


def test_cleaning_twice_changes_nothing(tmp_path):
    once = clean(corpus_of(tmp_path, page(BODY, head=META)))
    twice = clean(once)
    pd.testing.assert_frame_equal(once.docs, twice.docs)
    pd.testing.assert_frame_equal(once.parts, twice.parts)


def test_a_text_that_was_changed_is_cleaned_as_text(tmp_path):
    raw = corpus_of(tmp_path, page(BODY, head=META))
    docs = raw.docs.assign(text=f"{ONE}\n{TWO}")
    changed = raw.replace(step="edited", docs=docs)
    assert told_apart(changed).told == {}
    assert "outside the article" not in set(clean(changed).parts["reason"])


def test_recurring_lines_of_an_outlet_are_found_on_pages(tmp_path):
    days = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta")
    for number in range(6):
        own = f"<p>On the day of {days[number]} the ferry sailed, {TWO}</p>"
        words = " ".join(f"{word}{days[number]}" for word in days)
        more = f"<p>The captain said {words} before the ferry left the harbor again.</p>"
        html = page(own + more + f"<p>{ONE}</p><p>Your harbor, your news, every day</p>", head=META)
        (tmp_path / f"{number}.html").write_text(html)
    cleaned = clean(read(tmp_path))
    reasons = cleaned.parts.loc[
        cleaned.parts["text"] == "Your harbor, your news, every day", "reason"
    ]
    assert len(reasons) == 6
    assert reasons.str.startswith("recurs in 6 of 6 pages").all()


def test_a_column_of_html(capsys):
    cell = f"<p>{ONE}</p><p>{TWO} &amp; wait.</p><p>{THREE}</p>"
    frame = pd.DataFrame(
        {
            "text": [cell, page(BODY), f"The <b>ferry</b> and the <em>crew</em>.\n{ONE}", ONE],
            "language": "en",
        },
        index=list("abcd"),
    )
    cleaned = clean(Corpus.from_frame(frame))
    texts = cleaned.docs["text"]
    assert not texts.str.contains("<").any()
    assert texts["a"] == "\n\n".join([ONE, f"{TWO} & wait.", THREE])
    assert THREE in texts["b"]
    assert "Home" not in texts["b"]
    assert "All rights reserved" in parts_of(cleaned)
    assert ONE in texts["c"]
    assert texts["d"] == ONE


def test_the_number_of_processes_does_not_reach_the_text(monkeypatch):
    from functools import partial

    from mediaframes.corpus import pool

    original = pool.Pool
    frame = pd.DataFrame({"text": [page(BODY)] * 5}, index=list("abcde"))
    found = []
    monkeypatch.setattr(pool, "FEW_FILES", 2)
    for processes in (1, 2):
        monkeypatch.setattr(pool, "Pool", partial(original, processes))
        found.append(clean(Corpus.from_frame(frame)))
    pd.testing.assert_frame_equal(found[0].parts, found[1].parts)
    assert found[0].content_hash == found[1].content_hash


@pytest.mark.real
def test_real_pages_are_no_worse_than_with_trafilatura_alone(shared_data: Path, tmp_path):
    """A fifth of the pages of trafilatura's own test, scored as it scores itself."""
    import tarfile

    from tests.quality import webpages
    from tests.quality.cleaning import pages, score

    rows = pages(shared_data)[::5]
    wanted = {str(row["file"]) for row in rows}
    with tarfile.open(shared_data / webpages.PAGES) as archive:
        members = [info for info in archive if info.name.removeprefix("html/") in wanted]
        archive.extractall(tmp_path, members, filter="data")
    files = [tmp_path / "html" / str(row["file"]) for row in rows]
    alone = [
        webpages._trafilatura(file, str(row["url"])) for file, row in zip(files, rows, strict=True)
    ]
    corpus = read(tmp_path / "html")
    texts = webpages._joined(clean(corpus), webpages.TEXT)
    ours = [texts.get(name, "") for name in webpages._ids(corpus, rows)]
    assert score(rows, ours)["F1"] >= score(rows, alone)["F1"]
