"""Collocations against nltk's measures, and phrases joined with their spans."""

import numpy as np
import pandas as pd
import pytest

from mediaframes import Corpus, InputError, count, tokenize
from mediaframes.text import collocations, join_phrases
from mediaframes.text.tokens import Tokens


def tokens_of(*texts: str, language: str = "en") -> Tokens:
    return tokenize(Corpus.from_frame(pd.DataFrame({"text": list(texts), "language": language})))


def random_tokens() -> Tokens:
    # one long sentence, so that nltk's pairs are ours
    words = np.random.default_rng(3).choice(list("abcdef"), 800, p=[0.3, 0.25, 0.2, 0.1, 0.1, 0.05])
    return tokens_of(" ".join(words))


def test_pairs_have_nltk_s_scores() -> None:
    from nltk.collocations import BigramCollocationFinder
    from nltk.metrics import BigramAssocMeasures as Measures

    tokens = random_tokens()
    table = collocations(tokens, min_count=1, stop_words=True).set_index("phrase")
    finder = BigramCollocationFinder.from_words(tokens.words("0"))
    theirs = {"g2": Measures.likelihood_ratio, "pmi": Measures.pmi, "t": Measures.student_t}
    for name, measure in theirs.items():
        for pair, value in finder.score_ngrams(measure):
            assert table.loc[" ".join(pair), name] == pytest.approx(value, abs=1e-9)
    for pair, value in finder.score_ngrams(Measures.dice):
        assert table.loc[" ".join(pair), "log_dice"] == pytest.approx(14 + np.log2(value), abs=1e-9)
    assert len(table) == len(finder.ngram_fd)
    share = table["count"] / 800
    assert np.allclose(table["npmi"], -table["pmi"] / np.log2(share), atol=1e-9)


def test_triples_have_nltk_s_scores() -> None:
    from nltk.collocations import TrigramCollocationFinder
    from nltk.metrics import TrigramAssocMeasures as Measures

    tokens = random_tokens()
    table = collocations(tokens, n=3, min_count=1, stop_words=True).set_index("phrase")
    finder = TrigramCollocationFinder.from_words(tokens.words("0"))
    for name, measure in {
        "pmi": Measures.pmi,
        "t": Measures.student_t,
        "g2": Measures.likelihood_ratio,
    }.items():
        for triple, value in finder.score_ngrams(measure):
            assert table.loc[" ".join(triple), name] == pytest.approx(value, abs=1e-9)


def test_sentences_stop_words_and_counts_bound_phrases() -> None:
    tokens = tokens_of("The climate change. Change of climate change now", "climate", "change")
    table = collocations(tokens, min_count=1)
    assert "change change" not in set(table["phrase"]), "not across sentences"
    assert not table["phrase"].str.contains("the|of").any()
    assert collocations(tokens, min_count=2)["phrase"].tolist() == ["climate change"]
    assert len(collocations(tokens, min_count=99)) == 0
    with pytest.raises(InputError, match="measures are g2"):
        collocations(tokens, measure="chi")


def test_joined_phrases_keep_their_spans() -> None:
    tokens = tokens_of("The Climate\nChange debate. Climate change", "change")
    joined = join_phrases(tokens, ["climate change", "climate change debate"])
    assert joined.words("0") == ["the", "climate change debate", "climate change"]
    text = tokens.docs["text"].iloc[0]
    spans = [text[a:b] for a, b in zip(joined.starts, joined.ends, strict=True)]
    assert spans[:3] == ["The", "Climate\nChange debate", "Climate change"]
    assert joined.lengths().tolist() == [3, 1]
    assert joined.sentences.tolist() == [0, 0, 1, 0]
    assert list(count(joined).vocabulary) == ["change", "climate change", "climate change debate"]
    assert join_phrases(tokens, collocations(tokens, min_count=2)).words("0")[1] == "climate change"
    assert join_phrases(tokens, ["not there"]).words("0") == tokens.words("0")
    with pytest.raises(InputError, match="'climate' is one word"):
        join_phrases(tokens, ["climate"])
