"""Lemmas, merging, compounds, sentences by language, groups and tf-idf."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from mediaframes import Corpus, Counts, InputError, count, tokenize
from mediaframes.text.sentences import languages, points
from mediaframes.text.words import compound_table, lemma_table, plain, stop_words


def corpus_of(*texts: str, language: str | None = "de") -> Corpus:
    return Corpus.from_frame(pd.DataFrame({"text": list(texts), "language": language}))


GOLD = {  # a bar where one sentence ends and the next begins
    "de": "Am 24. Oktober kam Prof. Dr. Ambel, u. a. mit Nr. 5. | Er sagte: „Gut.“ | Danach ging er usw. "  # noqa: E501
    "| Der Rat tagt ca. 3 Std. lang. | BERLIN (xpa) – Die Lage sei ernst. | „Nein!“, rief sie. "
    "| Laut Blank et al., 2014, sinkt es. | Rot vs. Blau hieß es bei den Senioren. | Es gilt für die Schweiz. "  # noqa: E501
    "| Dies sagte John Hale jr. | Dann kamen 16 Mrd. Euro (lat. munus), evtl. mehr. | Der 13. Senat tagt.",  # noqa: E501
    "en": "HARBOR CITY, Oct. 24 (XPA) - Mr. Hale met Gen. Orr at 5 p.m. in the U.S. Senate. | The end. "  # noqa: E501
    "| “Stop!” he said. | Hale Inc. rose; Orr Co. | The rest fell. | He lives in the U.S. | They do not.",  # noqa: E501
    "fr": "M. Le Goff a vu Mme Roux à midi. | « Non ! » dit-elle. | Le Dr. Blanc, etc. | Il part.",
    "es": "El Sr. Ruiz y la Dra. Vega hablan. | ¿Por qué? | «Basta.» | Llegó con libros, etc. | Los vio.",  # noqa: E501
    "it": "Il dott. Neri e on. Riva parlano. | «Basta!» | Portò libri, ecc. | Il resto no.",
    "nl": "Dhr. Vos en mevr. Dam spraken. | Hij kocht brood, enz. | De rest niet. | Prof. Dam bleef.",  # noqa: E501
    "pt": "O Sr. Melo e a Dra. Reis falam. | Comprou pão, etc. | Os outros não. | O prof. Melo ficou.",  # noqa: E501
    "pl": "Dnia 24. lipca prof. Nowak i dr Lis przyszli. | Kupił chleb itd. | Oni nie. | Ul. Polna.",  # noqa: E501
    "ru": "Проф. Иванов и акад. Лис пришли. | Он купил хлеб. | На ул. Мира тихо. | В 5 ч. утра.",
}


@pytest.mark.parametrize("language", sorted(GOLD))
def test_sentences_of_nine_languages(language: str) -> None:
    sentences = [part.strip() for part in GOLD[language].split("|")]
    tokens = tokenize(corpus_of(" ".join(sentences), language=language))
    expected = [
        number
        for number, sentence in enumerate(sentences)
        for _ in tokenize(corpus_of(sentence, language=language)).ids
    ]
    assert tokens.sentences.tolist() == expected
    assert language in languages()


def test_abbreviations_are_words_of_one_piece() -> None:
    for language in languages():
        means = points(language)
        assert len(means.never) > 40 and len(means.starters) > 30
        assert not means.never & means.sometimes
        for word in means.never | means.sometimes | means.starters:
            assert tokenize(corpus_of(word)).words("0") == [word]


def test_training_learns_an_abbreviation() -> None:
    text = "Der Abtq. Meyer kam. Auch Abtq. Schulz ging. Heute fehlt Abtq. Braun. Gut so. " * 20
    assert tokenize(corpus_of(text)).sentences[3] == 1
    assert tokenize(corpus_of(text), train=True).sentences[3] == 0


CONTENT = {  # what is left of a sentence without its stop words, in order
    "de": ("Der Rat hat gestern nicht über die neuen Sanktionen entschieden, weil er keine Mehrheit hatte.",  # noqa: E501
           "rat neuen sanktionen entschieden mehrheit"),
    "en": ("The council didn't decide on the new sanctions because it had no majority for them.",
           "council decide new sanctions majority"),
    "es": ("El consejo no ha decidido sobre las nuevas sanciones porque no tenía una mayoría, aunque el Estado quería.",  # noqa: E501
           "consejo decidido nuevas sanciones tenía mayoría estado quería"),
    "fr": ("Le conseil n'a pas encore voté les nouvelles sanctions, parce qu'il n’est plus sûr de sa majorité ; l'or monte.",  # noqa: E501
           "conseil voté nouvelles sanctions sûr majorité l'or monte"),
    "it": ("Il consiglio non ha votato sulle nuove sanzioni perché c'è poca maggioranza nello Stato.",  # noqa: E501
           "consiglio votato nuove sanzioni maggioranza stato"),
    "nl": ("De raad heeft gisteren niet over nieuwe sancties gestemd, omdat er geen meerderheid was.",  # noqa: E501
           "raad gisteren nieuwe sancties gestemd meerderheid"),
    "pl": ("Rada nie głosowała jeszcze nad nowymi sankcjami, ponieważ nie było dla nich większości.",  # noqa: E501
           "rada głosowała nowymi sankcjami większości"),
    "pt": ("O conselho ainda não votou as novas sanções, porque não havia uma maioria para elas no Estado.",  # noqa: E501
           "conselho votou novas sanções maioria estado"),
    "ru": ("Совет ещё не голосовал за новые санкции, потому что у них не было большинства.",
           "совет голосовал новые санкции большинства"),
}  # fmt: skip


@pytest.mark.parametrize("language", sorted(CONTENT))
def test_stop_lists_of_nine_languages(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    text, content = CONTENT[language]
    corpus = corpus_of(text, language=language)
    assert sorted(count(corpus).vocabulary) == sorted(content.split())
    assert "no stop list" not in capsys.readouterr().out
    words = stop_words(language)
    assert len(words) > 250
    for word in words:  # each is one word of the tokenizer, or it would never be found
        assert tokenize(corpus_of(word)).words("0") == [plain(word)]


def test_a_language_without_a_list_is_said_with_what_to_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    texts = pd.DataFrame({"text": ["Det är en sanktion", "the bank"], "language": ["sv", None]})
    corpus = Corpus.from_frame(texts)
    assert {"det", "är", "en", "the"} <= set(count(corpus).vocabulary)
    said = capsys.readouterr().out
    assert "'sv' (1 articles): all their words count; give stop_words={'sv': [...]}" in said
    assert "'' (1 articles): all their words count; run mf.language first" in said
    given = {"sv": ["det", "är", "en"], "": ["the"]}
    assert count(corpus, stop_words=given).vocabulary.tolist() == ["bank", "sanktion"]
    count(corpus, stop_words=False)
    assert "no stop list" not in capsys.readouterr().out


def test_lemmas_are_shown_then_merged() -> None:
    tokens = tokenize(corpus_of("The talks ended. A talk ends", language="en"))
    counts = count(tokens)
    table = lemma_table(counts.totals(), "en")
    assert dict(zip(table["word"], table["lemma"], strict=True)) == {
        "talks": "talk", "ended": "end", "ends": "end",
    }  # fmt: skip
    assert counts.merge(table).totals().to_dict() == {"end": 2, "talk": 2}
    merged = tokens.merge(table)
    assert merged.words("0") == ["the", "talk", "end", "a", "talk", "end"]
    assert (merged.starts == tokens.starts).all()
    assert count(merged).totals().to_dict() == {"end": 2, "talk": 2}
    with pytest.raises(InputError, match="no lemmas for the language 'xx'"):
        lemma_table(counts.totals(), "xx")
    with pytest.raises(InputError, match="'talks' is mapped to nothing"):
        counts.merge({"talks": ""})


GERMAN = json.loads((Path(__file__).parent / "gold" / "german_words.json").read_text())


def test_compounds_against_gold() -> None:
    """Of 40 compounds 31 are split as judged, four more into an inflected form of the first part.

    Not found are parts that lose their ending (*Impf-*) or have fewer than four letters (*Amt*).
    """
    gold = GERMAN["compounds"]
    often = dict.fromkeys([*GERMAN["parts"], *GERMAN["whole"]], 9)
    table = compound_table(pd.Series(often | dict.fromkeys(gold, 2))).set_index("word")
    assert set(table.index) <= set(gold), "no word that is none is split"
    right = [
        word for word in table.index if list(table.loc[word, ["first", "second"]]) == gold[word]
    ]
    assert len(right) / len(gold) >= 0.75
    assert len(right) / len(table) >= 0.85
    assert all(table.loc[word, "second"] == gold[word][1] for word in table.index)


def test_lemmas_against_gold() -> None:
    """Verbs in the place of nouns (*Urteile*: *urteilen*) are what simplemma gets wrong."""
    gold = GERMAN["lemmas"]
    found = lemma_table(pd.Index(list(gold)), "de").set_index("word")["lemma"]
    right = [word for word, lemma in gold.items() if found.get(word, word) == lemma]
    assert len(gold) >= 50 and len(right) / len(gold) >= 0.9


def test_groups_add_up(capsys: pytest.CaptureFixture[str]) -> None:
    docs = pd.DataFrame({"outlet": ["B", "A", "B", None]}, index=list("wxyz"))
    counts = Counts.from_matrix(csr_array([[1, 0], [2, 1], [3, 0], [9, 9]]), ["a", "b"], docs=docs)
    groups = counts.group_by("outlet")
    assert groups.matrix.toarray().tolist() == [[2, 1], [4, 0]]
    assert groups.docs["articles"].to_dict() == {"A": 1, "B": 2}
    assert "1 articles without outlet are in no group" in capsys.readouterr().out
    with pytest.raises(InputError, match="no column 'paper'"):
        counts.group_by("paper")


def test_tf_idf_is_scikit_learn_s() -> None:
    from sklearn.feature_extraction.text import TfidfTransformer

    matrix = np.random.default_rng(1).poisson(0.4, (30, 12))
    matrix[3] = 0
    counts = Counts.from_matrix(csr_array(matrix), [f"w{i:02d}" for i in range(12)])
    theirs = TfidfTransformer().fit_transform(counts.matrix).toarray()
    assert np.abs(counts.tf_idf().toarray() - theirs).max() < 1e-12
