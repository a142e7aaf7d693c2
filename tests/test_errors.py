"""What a verb says to a value of another step: what it takes, what it got, what makes it."""

import pandas as pd
import pytest

import mediaframes as mf
from mediaframes.errors import InputError

DOCS = pd.DataFrame({"text": ["Police at the border."] * 6, "outlet": ["A", "B"] * 3})
CORPUS = mf.Corpus.from_frame(DOCS.assign(language="en"))
TOKENS = mf.tokenize(CORPUS)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: mf.clean("data/raw"), "clean takes Corpus, and was given str: mf.read"),
        (lambda: mf.language(DOCS), "language takes Corpus, and was given DataFrame: mf.read"),
        (lambda: mf.dedupe(DOCS), "dedupe takes Corpus, and was given DataFrame"),
        (lambda: mf.tokenize("data/raw"), "tokenize takes Corpus, and was given str"),
        (lambda: mf.count(DOCS), "count takes Tokens or Corpus, and was given DataFrame"),
        (lambda: mf.fit_topics(TOKENS, k=2, seed=1), "was given Tokens: mf.count"),
        (lambda: mf.keyness(TOKENS, by="outlet", target="A", seed=1), "was given Tokens: mf.count"),
        (lambda: mf.concordance(CORPUS, "police"), "was given Corpus: mf.tokenize"),
        (lambda: mf.prevalence(TOKENS, by="outlet", seed=1), r"Tokens: hits.scores\(\)"),
        (lambda: mf.word_intrusion(mf.count(TOKENS), seed=1), "was given Counts: mf.fit_topics"),
    ],
)
def test_a_value_of_another_step_is_told_what_makes_the_right_one(call, told):
    with pytest.raises(InputError, match=told):
        call()


def test_cleaning_after_copies_were_found_and_searches_without_a_hit_are_said(capsys):
    mf.clean(mf.dedupe(CORPUS))
    assert "call dedupe again" in capsys.readouterr().out
    mf.clean(CORPUS)
    assert "dedupe" not in capsys.readouterr().out
    assert mf.concordance(TOKENS, "sanction.+").empty
    assert "'sanction.+' occurs in no article" in capsys.readouterr().out


def test_an_unknown_language_is_told_how_codes_are_written():
    with pytest.raises(
        InputError, match=r"'german' .* two-letter codes .*languages=\['de', 'en'\]"
    ):
        mf.language(CORPUS, languages=["german"])


def test_scores_without_dates_are_told_how_to_name_them():
    codebook = mf.Codebook.from_terms({"Security": ["police"]}, language="en")
    scores = mf.apply_codebook(TOKENS, codebook).scores()
    with pytest.raises(InputError, match=r"none has date; name the column .* leave out every="):
        mf.prevalence(scores, every="week", seed=1)
