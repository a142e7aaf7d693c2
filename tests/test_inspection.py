"""Looking at what `clean` did."""

import pandas as pd
import pytest

import mediaframes as mf

SENTENCE = "The two sides met again on Monday in {} and agreed to talk about the ferry once more."


@pytest.fixture
def cleaned() -> mf.Corpus:
    texts = {
        "many": "\n".join(
            ["Advertisement", "Newsletter", "Log in", *["Share on Facebook"] * 6]
            + [SENTENCE.format("Norhaven")] * 2
        ),
        "some": "Share on Facebook\n" + SENTENCE.format("<b>Port</b> & 'Ansel'"),
        "none": SENTENCE.format("Halmarin"),
    }
    frame = pd.DataFrame({"text": texts, "language": "en", "outlet": "Post", "title": "Talks"})
    return mf.clean(mf.Corpus.from_frame(frame))


def test_pages_go_from_the_most_to_the_least_dropped(cleaned: mf.Corpus) -> None:
    pages = mf.show_cleaning(cleaned)
    assert pages.docs.index.tolist() == ["many", "some", "none"]
    assert mf.show_cleaning(cleaned, n=1).docs.index.tolist() == ["many"]
    assert mf.show_cleaning(cleaned, ids="none").docs.index.tolist() == ["none"]
    assert mf.show_cleaning(cleaned, n=99).docs.index.tolist() == ["many", "some", "none"]


def test_every_line_is_shown_and_dropped_ones_are_marked(cleaned: mf.Corpus) -> None:
    text = repr(mf.show_cleaning(cleaned, ids=["many", "none"]))
    assert text.count("\n- Share on Facebook  [share line]") == 6
    assert text.count("\n+ The two sides met") == 3
    page = mf.show_cleaning(cleaned, ids="many")._repr_html_()
    assert page.count("<s>Share on Facebook</s>") == 6
    assert (
        "<summary>9 lines dropped: advertisement, newsletter, site navigation, share line" in page
    )


def test_text_of_articles_is_escaped() -> None:
    text = SENTENCE.format("<script>alert(1)</script> & 'Ansel'")
    frame = pd.DataFrame({"text": [text], "language": "en", "outlet": "<img src=x>"}, index=["<i>"])
    page = mf.show_cleaning(mf.clean(mf.Corpus.from_frame(frame)))._repr_html_()
    assert "<script" not in page and "<img" not in page and "<i>0" not in page
    assert "&lt;script&gt;" in page and "&lt;i&gt;" in page


def test_what_cannot_be_shown_is_said(cleaned: mf.Corpus) -> None:
    with pytest.raises(mf.InputError, match="no article 'nobody'"):
        mf.show_cleaning(cleaned, ids=["nobody"])
    with pytest.raises(mf.InputError, match="at least one"):
        mf.show_cleaning(cleaned, n=0)
    raw = mf.Corpus.from_frame(pd.DataFrame({"text": ["a"]}))
    for look in (mf.show_cleaning, mf.check_cleaning):
        with pytest.raises(mf.InputError, match="call clean first"):
            look(raw)


def test_doubtful_lines_are_dropped_sentences_and_repeated_lines() -> None:
    notice = "We use cookies on this site to make sure that you get the best of what we have here."
    note = "The writer is a member of the harbor council."
    rest = [SENTENCE.format(place) for place in ("Norhaven", "Halmarin", "Port Ansel")]
    texts = [f"{notice}\n{one}\n{note}\n{one.replace('met', 'dined')}" for one in rest]
    outlets = ["Post", "Post", "Post"]
    frame = pd.DataFrame({"text": texts, "language": "en", "outlet": outlets, "title": "Talks"})
    found = mf.check_cleaning(mf.clean(mf.Corpus.from_frame(frame), keep=[note]))
    assert found[["doubt", "text", "articles"]].values.tolist() == [
        ["a sentence, dropped", notice, 3],
        ["in several articles, kept", note, 3],
    ]
    # what the researcher dropped is no doubt
    wished = mf.clean(mf.Corpus.from_frame(frame), keep=[note], drop=["*cookies*"])
    assert mf.check_cleaning(wished)["text"].tolist() == [note]
