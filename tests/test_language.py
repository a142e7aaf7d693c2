"""Detecting languages: robust against furniture, honest about short and contradicting texts."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mediaframes.corpus.articles import Corpus
from mediaframes.corpus.language import _detector, classify, language
from mediaframes.errors import InputError

GERMAN = "Die Gespräche über den neuen Hafen wurden am Montag nach langer Pause wieder aufgenommen."
ENGLISH = (
    "The talks about the new harbor were taken up again on Monday after a break of many weeks."
)


def corpus_of(*texts: str, **columns: object) -> Corpus:
    frame = pd.DataFrame({"text": list(texts), **columns})
    frame.index = [f"a{n}" for n in range(len(texts))]
    return Corpus.from_frame(frame)


def test_fills_what_is_missing_and_keeps_what_is_given() -> None:
    corpus = language(corpus_of(GERMAN, ENGLISH, GERMAN, language=[None, None, "de-AT"]))
    assert corpus.docs["language"].tolist() == ["de", "en", "de-AT"]
    assert corpus.docs["language_source"].tolist() == ["detected", "detected", "given"]


def test_furniture_at_the_top_does_not_decide() -> None:
    page = "Home\nSign in\nSubscribe now\nShare this article\nCookie settings\n" * 5 + GERMAN
    assert language(corpus_of(page)).docs["language"].tolist() == ["de"]


def test_short_texts_stay_missing_and_are_reported(capsys: pytest.CaptureFixture[str]) -> None:
    corpus = language(corpus_of("Ja.", "", "12345 67890 12345 67890"))
    assert corpus.docs["language"].isna().all() and corpus.docs["language_source"].isna().all()
    assert "3 too short" in capsys.readouterr().out


def test_contradiction_is_reported_and_nothing_changed(capsys: pytest.CaptureFixture[str]) -> None:
    corpus = language(corpus_of(ENGLISH * 2, GERMAN * 2, language="German"))
    assert corpus.docs["language"].tolist() == ["German", "German"]
    assert corpus.docs["language_detected"].tolist() == ["en", "de"]
    assert "1 look like another language than stated (e.g. a0" in capsys.readouterr().out


def test_candidates_restrict_the_answer() -> None:
    danish = "Regeringen vil fremlægge en ny plan for havnen, siger ministeren til avisen mandag."
    assert language(corpus_of(danish)).docs["language"].iloc[0] == "da"
    restricted = language(corpus_of(danish), languages=("de", "en"))
    assert restricted.docs["language"].iloc[0] in {"de", "en"}
    with pytest.raises(InputError, match="'xx' is no language"):
        language(corpus_of(danish), languages=("de", "xx"))
    with pytest.raises(InputError, match="no list of codes"):
        language(corpus_of(danish), languages="de")


def test_a_language_that_was_not_expected_is_not_taken_for_one_that_was(
    capsys: pytest.CaptureFixture[str],
) -> None:
    french = (
        "Le ministre a présenté lundi à Paris de nouvelles règles pour le commerce, et "
        "l'opposition a critiqué le projet et demandé plus de temps pour le lire."
    )
    texts = corpus_of(french, french, ENGLISH * 2, GERMAN, language=[None, "en", "en", None])
    docs = language(texts, languages=("de", "en")).docs
    assert docs["language"].tolist() == ["fr", "en", "en", "de"]
    assert docs["language_detected"].tolist() == ["fr", "fr", "en", "de"]
    assert "1 look like another language than stated (e.g. a1" in capsys.readouterr().out


def test_called_twice_says_the_same() -> None:
    once = language(corpus_of(GERMAN, ENGLISH, "Ja."))
    twice = language(once)
    pd.testing.assert_frame_equal(once.docs, twice.docs)


def test_odd_input() -> None:
    empty = Corpus.from_frame(pd.DataFrame({"text": pd.Series([], dtype="str")}))
    assert len(language(empty)) == 0
    odd = corpus_of("\x00" * 300, "a" * 10_000_000, "\n" * 100_000 + GERMAN + "\r\n", "קמץ " * 40)
    assert language(odd).docs["language"].iloc[2] == "de"


def same_as_py3langid(samples: list[str], languages: tuple[str, ...] | None) -> None:
    detector = _detector(languages)
    codes, probabilities = classify(detector, samples)
    theirs = [detector.classify(sample) for sample in samples]
    likely = np.array([probability for _, probability in theirs])
    np.testing.assert_allclose(probabilities, likely, atol=2e-3)
    clear = likely > 0.51  # below, two languages may be equally likely
    assert codes[clear].tolist() == [c for (c, _), sure in zip(theirs, clear, strict=True) if sure]


@pytest.mark.parametrize("languages", [None, ("de", "en"), ("sr", "de")])
def test_kernel_gives_what_py3langid_gives(languages: tuple[str, ...] | None) -> None:
    samples = [GERMAN, ENGLISH, GERMAN.upper(), "", "?", "Ja.", "קמץ " * 20, "Žena čita knjigu u",
               "Жена чита књигу у парку", "u\u0308ber den Fluss", "\x00" * 30]  # fmt: skip
    same_as_py3langid(samples, languages)


@pytest.mark.real
def test_kernel_gives_what_py3langid_gives_for_articles(shared_data: Path) -> None:
    frame = pd.read_json(shared_data / "fang_covid_de/articles.jsonl.gz", lines=True, nrows=300)
    same_as_py3langid([text[:200] for text in frame["article"]], None)


@pytest.mark.real
@pytest.mark.parametrize(
    ("file", "column", "code"),
    [("fang_covid_de/articles.jsonl.gz", "article", "de"),
     ("narrative_frames_en/articles_metadata.tsv.gz", "text", "en")],
)  # fmt: skip
def test_published_articles(shared_data: Path, file: str, column: str, code: str) -> None:
    path = shared_data / file
    frame = (
        pd.read_json(path, lines=True, nrows=500)
        if ".jsonl" in file
        else pd.read_csv(path, sep="\t", nrows=400)
    )
    corpus = language(corpus_of(*frame[column]), languages=("de", "en"))
    assert (corpus.docs["language"] == code).mean() >= 0.995
