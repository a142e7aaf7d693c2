"""Cleaning in each language there are rules for: invented pages, one gold part per line."""

from pathlib import Path

import pandas as pd
import pytest

from mediaframes.corpus._words import words_of
from mediaframes.corpus.articles import Corpus
from mediaframes.corpus.cleaning import clean
from mediaframes.corpus.furniture import (
    LANGUAGES,
    MODES,
    load_rules,
    page_language,
    phrases_in,
    rules_for,
)

# part | line; a line with two parts is written "dateline+body | ...". All invented.
FOLDER = Path(__file__).parent / "gold" / "cleaning_pages"
PAGES = {
    file.stem: file.read_text(encoding="utf-8").rstrip("\n")
    for file in sorted(FOLDER.glob("*.txt"))
}


def parts_of_page(page: str, language: str | None) -> list[tuple[str, str]]:
    rows = [line.split(" | ", 1) for line in page.split("\n")]
    frame = pd.DataFrame({"text": ["\n".join(text for _, text in rows)], "language": [language]})
    corpus = clean(Corpus.from_frame(frame.set_axis(["a"])))
    found = corpus.parts.groupby("line")["part"].agg("+".join)
    return [(found[n], text) for n, (_, text) in enumerate(rows, 1)]


@pytest.mark.parametrize("known", [True, False], ids=["known", "guessed"])
@pytest.mark.parametrize("language", sorted(PAGES))
def test_page_line_by_line(language: str, known: bool) -> None:
    wanted = [tuple(line.split(" | ", 1)) for line in PAGES[language].split("\n")]
    assert parts_of_page(PAGES[language], language if known else None) == wanted


def test_each_language_beside_german_and_english_has_a_page() -> None:
    assert sorted([*PAGES, "de", "en"]) == sorted(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_rules_have_the_same_sections(language: str) -> None:
    table, german = load_rules(language), load_rules("de")
    assert list(table) == list(german)
    assert list(table["furniture"]) == list(german["furniture"])
    for reason, modes in table["furniture"].items():
        assert set(modes) <= {*MODES, "end"}
        assert bool(modes.get("end")) == bool(german["furniture"][reason].get("end"))
    assert set(table["caption"]) == {"start", "mark"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_phrases_are_found_by_their_own_rules(language: str) -> None:
    rules = rules_for((language,))
    for modes in load_rules(language)["furniture"].values():
        for phrase in modes.get("whole", "").split(","):
            line = " ".join(phrase.replace("*", "").replace("#", "3").split())
            if line and line.strip(" 3"):
                assert rules.reason(words_of(line), proper=False)[0], (language, line)


@pytest.mark.parametrize("language", sorted(PAGES))
def test_language_of_a_page_is_seen(language: str) -> None:
    text = "\n".join(line.split(" | ", 1)[1] for line in PAGES[language].split("\n"))
    assert page_language(text) == (language, "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_lines_are_passed_over_only_where_no_phrase_is(language: str) -> None:
    # the quick test of the line's words must let through every line that holds a phrase
    phrases = rules_for((language,)).furniture["notice"]
    for modes in load_rules(language)["furniture"].values():
        for phrase in phrases_in(modes.get("notice", "")):
            words = [word.replace("#", "3").rstrip("*") for word in phrase.split() if word != "*"]
            line = words_of(f"Und dann {' '.join(words)} und so weiter")
            assert phrases.anywhere(line), phrase


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Am Hafen", ["am", "hafen"]),
        ("Am 3. Mai", ["am", "#", "mai"]),
        ("a_b (c)", ["a", "b", "(", "c", ")"]),
        ("0,99€ ² x²", ["#", "€", "#", "x²"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words
