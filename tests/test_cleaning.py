"""Cleaning: every line accounted for, the article kept, the rest named."""

import importlib.util
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mediaframes.corpus._words import tallied, words_of
from mediaframes.corpus.articles import Corpus
from mediaframes.corpus.cleaning import PARTS, _fits, clean
from mediaframes.corpus.furniture import (
    LANGUAGES,
    Phrases,
    load_rules,
    phrases_in,
    rules_for,
)
from mediaframes.corpus.recurrence import line_key, page_keys, recurring
from mediaframes.corpus.signatures import closing_credit, dateline
from mediaframes.errors import InputError

PAGE = """Bitte schalten Sie Ihren Werbeblocker aus
Mit Ihrem Ad-Blocker sehen Sie diese Seite nicht.

Jetzt für nur 1,50 € im ersten Monat testen
Jederzeit kündbar

Ärger um den Hafen

Warum Grünau seine Kräne verkauft

Blick auf die Kräne im alten Hafen
+
Blick auf die Kräne im alten Hafen von Grünau (Mai 2023).

Die Stadt Grünau will zwei Kräne verkaufen. Der Rat stimmt am Montag darüber ab.

Grünau – Der Rat der Stadt hat lange über die Kräne gestritten. „Wir brauchen das Geld“, sagte die
Bürgermeisterin am Dienstag, und sie bat die Fraktionen um Geduld bis zum Ende des Monats.

Kräne seit Jahren ohne Arbeit

Die Kräne stehen seit Jahren still, weil die Schiffe größer geworden sind. Ein Newsletter der
Reederei hatte das schon vor zwei Jahren beschrieben, und niemand hat widersprochen.

Einer der Kräne bei Sonnenuntergang (Archivbild).

Am Ende wird es wohl auf eine einzige Stimme ankommen, wie so oft im Rat (gh mit AFP). Kommentare

Teilen
Mehr zum Thema
"""


def corpus_of(*texts: str, **columns: object) -> Corpus:
    frame = pd.DataFrame({"text": list(texts), **columns})
    frame.index = [f"a{n:03d}" for n in range(len(texts))]
    return Corpus.from_frame(frame)


def parts_of(corpus: Corpus, part: str) -> list[str]:
    return corpus.parts.loc[corpus.parts["part"] == part, "text"].tolist()


def squeeze(text: str) -> str:
    return "".join(text.split())


@pytest.fixture(scope="module")
def page() -> Corpus:
    return clean(corpus_of(PAGE, language="de"))


def test_page_gets_title_kicker_dateline_credit(page: Corpus) -> None:
    row = page.docs.iloc[0]
    assert row["title"] == "Warum Grünau seine Kräne verkauft"
    assert row["kicker"] == "Ärger um den Hafen"
    assert row["dateline"] == "Grünau"
    assert row["credit"] == "(gh mit AFP)"
    assert row["agency"] == "AFP"


def test_page_text_is_lead_and_body(page: Corpus) -> None:
    paragraphs = page.docs["text"].iloc[0].split("\n\n")
    assert paragraphs[0].startswith("Die Stadt Grünau will")
    assert paragraphs[1].startswith("Der Rat der Stadt hat lange")
    assert "Geduld bis zum Ende" in paragraphs[1]  # the wrapped line was joined
    assert paragraphs[-1].endswith("wie so oft im Rat.")
    text = "\n".join(paragraphs)
    for gone in ("Werbeblocker", "Blick auf", "seit Jahren ohne Arbeit", "Archivbild", "Teilen"):
        assert gone not in text
    assert "Ein Newsletter der Reederei" in text


def test_page_captions_subheading_and_furniture_have_reasons(page: Corpus) -> None:
    assert len(parts_of(page, "caption")) == 3
    assert parts_of(page, "subheading") == ["Kräne seit Jahren ohne Arbeit"]
    reasons = dict(zip(page.dropped["text"], page.dropped["reason"], strict=True))
    assert reasons["+"] == "lone symbol"
    assert reasons["Kommentare"] == "comment link"
    assert reasons["Teilen"] == "share line"
    assert reasons["Mehr zum Thema"] == "read-more link"
    assert reasons["Jetzt für nur 1,50 € im ersten Monat testen"] == "subscription offer"


def test_nothing_of_a_page_is_lost(page: Corpus) -> None:
    assert squeeze("".join(page.parts["text"])) == squeeze(PAGE)
    assert set(page.parts["part"]) <= set(PARTS)
    assert (page.parts["reason"] != "").all()


def test_cleaning_twice_changes_nothing(page: Corpus) -> None:
    again = clean(page)
    pd.testing.assert_frame_equal(again.docs, page.docs)
    pd.testing.assert_frame_equal(again.parts, page.parts)
    anew = clean(Corpus.from_frame(page.docs))
    assert anew.docs["text"].tolist() == page.docs["text"].tolist()


def test_given_title_leaves_the_body_and_stays() -> None:
    text = "Kräne verkauft | Grünauer Bote\nKräne verkauft in Grünau\n" + PAGE.split("\n\n")[-3]
    corpus = clean(corpus_of(text, title="Kräne verkauft in Grünau", language="de"))
    assert corpus.docs["title"].iloc[0] == "Kräne verkauft in Grünau"
    assert "Kräne verkauft in" not in corpus.docs["text"].iloc[0]


def test_paragraphs_with_site_words_stay() -> None:
    paragraphs = [
        "Der Newsletter des Ministeriums erreichte am Montag mehr als 4.000 Menschen im Land.",
        "Die Cookies, so die Verbraucherschützer, seien ohne Einwilligung gesetzt worden.",
        "Wer die Kommentare unter dem Beitrag liest, ahnt, wie tief der Graben geworden ist.",
        "She said the cookies policy of the company was discussed in parliament on Tuesday.",
    ]
    corpus = clean(corpus_of("\n".join(paragraphs), title="Ohne Bezug zum Text"))
    assert corpus.docs["text"].iloc[0] == "\n\n".join(paragraphs)


def test_one_line_article_passes_unchanged() -> None:
    text = "Markets rise. " + "The minister said that the talks would go on for a week. " * 8
    assert clean(corpus_of(text)).docs["text"].iloc[0] == text.strip()


@pytest.mark.parametrize(
    ("paragraph", "place", "agency"),
    [
        ("Kiew – Die Ukraine rechnet mit Schnee.", "Kiew", ""),
        ("NORHAVEN (ABX) - The talks go on.", "NORHAVEN", "ABX"),
        ("BERLIN, 3. Mai (Reuters) – Der Rat tagt.", "BERLIN", "Reuters"),
        ("LONDON — The vote is open.", "LONDON", ""),
        ("KYIV, Ukraine (AP) — The power is back.", "KYIV, Ukraine", "AP"),
        ("Berlin (dpa) - Der Rat tagt.", "Berlin", "dpa"),
        ("Brüssel/Paris (AFP) Der Rat tagt.", "Brüssel/Paris", "AFP"),
        ("BERLIN taz | Der Rat tagt.", "", ""),
        ("Frankfurt am Main – „Wir warten“, sagte sie.", "Frankfurt am Main", ""),
    ],
)
def test_datelines(paragraph: str, place: str, agency: str) -> None:
    found = dateline(paragraph, rules_for(("de", "en")))
    assert (found.place, found.agency) == (place, agency) if place else found is None


@pytest.mark.parametrize(
    "paragraph",
    [
        "Er kam – und ging.",
        "Das Wetter – es war der 3. Mai – blieb schlecht.",
        "NATO – Der Rat tagt.",
        "Ja – das war alles.",
        "The man – a tall one – left.",
        "Merkel (CDU) – Die Kanzlerin schweigt.",
        "In Berlin – Die Zeit drängt.",
    ],
)
def test_no_dateline(paragraph: str) -> None:
    assert dateline(paragraph, rules_for(("de", "en"))) is None


def test_unlisted_place_is_learned_from_the_corpus() -> None:
    texts = [
        f"Obertal. Die Feuerwehr wurde am {day}. Mai gerufen, weil ein Keller unter Wasser stand. "
        f"Nach {day} Stunden war alles vorbei, sagte der Kommandant dem Lokalblatt."
        for day in range(3, 7)
    ]
    corpus = clean(corpus_of(*texts, language="de", title="Keller unter Wasser"))
    assert corpus.docs["dateline"].tolist() == ["Obertal"] * 4


@pytest.mark.parametrize(
    ("end", "credit"),
    [
        ("sagte sie (bme mit AFP).", "(bme mit AFP)"),
        ("sagte sie. (dpa/AFP)", "(dpa/AFP)"),
        ("sagte sie. (DM)", "(DM)"),
        ("sagte Meier (CDU).", ""),
        ("sagte sie (lacht).", ""),
        ("sagte sie. (lacht)", ""),
        ("kostet viel (siehe oben).", ""),
    ],
)
def test_credits(end: str, credit: str) -> None:
    assert closing_credit("Das war das Ende, " + end, rules_for(("de",)))[1] == credit


@pytest.mark.parametrize("line", ["dpa", "dpa/AFP", "Mit Material von Reuters", "© AP", "(red)"])
def test_credit_on_its_own_line(line: str) -> None:
    text = (
        PAGE.split("\n\n")[7] + "\n\n" + "Mehr war am Abend nicht zu erfahren. " * 4 + "\n\n" + line
    )
    corpus = clean(corpus_of(text, title="Kräne", language="de"))
    assert line not in corpus.docs["text"].iloc[0]


def test_lines_that_recur_are_furniture_but_copies_are_not() -> None:
    letters = "abcdefghijkl"
    own = [
        f"Am {n}. Mai stritt der Rat von Dorf Nummer {letters[n]}{'xyz' * n} lange."
        for n in range(12)
    ]
    line = "Ein Angebot der Grünauer Druckhaus Gesellschaft für alle Haushalte"
    pages = {f"p{n}": f"{own[n]}\n{own[n][::-1]}\n{line}" for n in range(12)}
    assert recurring(pd.Series(pages)) == {
        line_key(line): "recurs in 12 of 12 pages of this outlet"
    }
    copies = {f"p{n}": f"{own[0]}\n{line}" for n in range(12)}
    assert recurring(pd.Series(copies)) == {}


@pytest.mark.parametrize(
    "text",
    ["Seite 12\n\nTeilen\nSeite 31", " İzmir \u00a0 7\r\nΟΔΟΣ\nΟΔΟΣ Α\n", "a  b\n" + "x " * 700],
)
def test_keys_of_a_page_are_those_of_its_lines(text: str) -> None:
    keys = [line_key(line) for line in re.split(r"\r?\n", text) if len(line.strip()) <= 1000]
    assert page_keys(text) == list(dict.fromkeys(key for key in keys if key))


def test_keep_and_drop() -> None:
    text = (
        "Ein Satz über den Hafen, der lang genug ist.\nTeilen\nDer zweite Satz ist der letzte hier."
    )
    corpus = clean(corpus_of(text), keep=["teilen"], drop=["der zweite*"])
    assert corpus.docs["text"].iloc[0].endswith("Teilen")
    assert corpus.dropped["reason"].tolist() == ["your pattern 'der zweite*'"]
    later = clean(clean(corpus_of(text)), drop=["Der zweite Satz*"])
    assert "zweite" not in later.docs["text"].iloc[0]
    with pytest.raises(InputError, match="every line"):
        clean(corpus_of(text), drop=["*"])


def test_wildcards_have_no_runaway() -> None:
    # a backtracking matcher would not come back from the first of these
    assert not _fits("a" * 100_000 + "b", "*a*a*a*a*a*a*a*a*c*")
    assert _fits("abc", "a*c") and not _fits("ab", "ab*b")


def test_only_furniture_is_left_out_with_a_reason() -> None:
    corpus = clean(
        corpus_of("Wir verwenden Cookies\nAkzeptieren\nTeilen", "", "\n \n", language="de")
    )
    assert len(corpus) == 0
    assert corpus.left_out["step"].tolist() == ["clean"] * 3
    assert "cookie banner" in corpus.left_out["reason"].iloc[0]
    assert corpus.left_out["reason"].iloc[1] == "the text is empty"


def test_empty_corpus() -> None:
    empty = Corpus.from_frame(pd.DataFrame({"text": pd.Series([], dtype="str")}))
    assert len(clean(empty)) == 0
    assert list(clean(empty).parts.columns) == ["id", "line", "part", "text", "reason"]


def test_huge_texts_come_back() -> None:
    # seconds; anything quadratic in these would take days
    line = "Der Rat tagte am Montag und vertagte sich. " * 240_000
    many = "Menü\n" * 200_000
    glued = "a" * 10_000_000
    brackets = "(" * 1_000_000
    corpus = clean(corpus_of(line, many, glued, brackets))
    assert corpus.docs["text"].str.len().max() == len(line.strip())


@pytest.mark.parametrize(
    "text",
    [
        "Ein Satz mit\x00Nullbyte, der lang genug für einen Absatz ist.",
        "قال الوزير إن المحادثات ستستمر أسبوعا آخر. ثم غادر المدينة مع وفده.",
        "首相は月曜日、交渉を一週間続けると述べた。次の会合は金曜日に開かれる。",
        "Ein Satz am Anfang, der lang genug ist.\r\nUnd ein zweiter, der es auch ist.\r\n",
        "Nur eine Überschrift ohne Punkt",
    ],
)
def test_odd_texts_survive(text: str) -> None:
    corpus = clean(corpus_of(text))
    assert squeeze(corpus.docs["text"].iloc[0]) == squeeze(text)


QUALITY = Path(__file__).parent / "quality" / "cleaning.py"
LINES = st.lists(
    st.one_of(
        st.sampled_from(PAGE.split("\n")),
        st.text(alphabet='aB .–(),:/|•©"„“1\t+\u200f', max_size=90),
        st.just("Der Rat tagte (dpa).Kommentare"),
    ),
    max_size=25,
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(LINES, st.sampled_from(["\n", "\r\n", "\r"]))
def test_every_line_is_in_parts_exactly_once(lines: list[str], newline: str) -> None:
    corpus = clean(corpus_of(newline.join(lines)))
    wanted = {n: squeeze(line) for n, line in enumerate(lines, 1) if line.strip()}
    found = corpus.parts.groupby("line")["text"].agg(lambda texts: squeeze("".join(texts)))
    assert found.to_dict() == wanted
    kept = set(corpus.docs.index) | set(corpus.left_out["id"])
    assert kept == {"a000"}


def test_row_order_changes_nothing() -> None:
    frame = pd.DataFrame(
        {"text": [PAGE, PAGE.replace("Grünau", "Wiesental"), PAGE[:900]], "outlet": "Bote"},
        index=["c", "a", "b"],
    )
    one = clean(Corpus.from_frame(frame))
    two = clean(Corpus.from_frame(frame.iloc[::-1]))
    assert one.content_hash == two.content_hash
    pd.testing.assert_frame_equal(one.parts, two.parts)


def test_the_corpus_given_is_not_changed() -> None:
    corpus = corpus_of(PAGE)
    before = corpus.content_hash
    clean(corpus)
    assert corpus.docs["text"].iloc[0] == PAGE and corpus.content_hash == before
    assert "kicker" not in corpus.docs


def test_sample_corpus_lines(root: Path) -> None:
    if not (root / "data" / "sample" / "gold" / "lines.csv").is_file():
        pytest.skip("the sample corpus is not there; run data/sample/generate.py")
    spec = importlib.util.spec_from_file_location("quality_cleaning", QUALITY)
    assert spec is not None and spec.loader is not None
    quality = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(quality)
    right = quality.sample_lines(root / "data" / "sample")
    # measured: .98 in all, .999 for body lines
    assert right["all"] >= 0.96 and right["body"] >= 0.99, right


# --- the real page of the README ------------------------------------------------------------------


@pytest.fixture(scope="module")
def seed_page(shared_data: Path) -> Corpus:
    text = (shared_data / "seed_page_de" / "page.txt").read_text(encoding="utf-8")
    return clean(corpus_of(text))  # no title, no language: what a scraper gives


# One row per row of the README's table: lines of page.txt, the part they must get.
SEED_ROWS = [
    ([1, 3, 5, 7, 8, 9, 10, 11, 13], "furniture"),
    ([15], "kicker"),
    ([17], "title"),
    ([19, 21], "caption"),
    ([20], "furniture"),
    ([23], "lead"),
    ([27, 35], "subheading"),
    ([29, 31, 33, 37, 39], "body"),
    ([41], "caption"),
    ([45], "furniture"),
]


@pytest.mark.real
@pytest.mark.parametrize(("numbers", "part"), SEED_ROWS)
def test_seed_page_lines(seed_page: Corpus, numbers: list[int], part: str) -> None:
    found = seed_page.parts.set_index("line")["part"]
    assert found.loc[numbers].tolist() == [part] * len(numbers)


@pytest.mark.real
def test_seed_page_dateline_and_credit(seed_page: Corpus) -> None:
    parts = seed_page.parts.groupby("line")["part"].agg(list)
    assert parts[25] == ["dateline", "body"] and parts[43] == ["body", "credit"]
    row = seed_page.docs.iloc[0]
    assert row["dateline"] == "Kiew" and not row["text"].split("\n\n")[1].startswith("Kiew")
    assert row["credit"] == "(bme mit AFP)" and row["agency"] == "AFP"
    assert row["text"].endswith("Guardian.") and "Kommentare" not in row["text"]


@pytest.mark.real
def test_comments_glued_to_the_credit(shared_data: Path) -> None:
    text = (shared_data / "seed_page_de" / "page.txt").read_text(encoding="utf-8")
    corpus = clean(corpus_of(text.replace("\n\nKommentare", "Kommentare")))
    assert parts_of(corpus, "credit") == ["(bme mit AFP)."]
    assert corpus.dropped["reason"].iloc[-1] == "comment link"


def test_furniture_given_twice_is_no_headline() -> None:
    text = (
        "Share on Facebook\nShare on Facebook\n" + "The two sides met again on Monday and talked."
    )
    corpus = Corpus.from_frame(pd.DataFrame({"text": [text], "language": "en"}))
    assert clean(corpus).dropped["text"].tolist() == ["Share on Facebook"] * 2


def test_a_sentence_that_a_link_interrupts_stays_one_when_cleaned_twice() -> None:
    text = (
        "Der Rat der Stadt hat am Montag lange über den Verkauf der beiden Kräne gestritten. "
        "Am Ende kam es auf die Stimmen der\nTeilen\nlinken Fraktion an, die sich lange nicht "
        "entscheiden konnten. Die Sitzung war erst nach Mitternacht vorbei."
    )
    once = clean(corpus_of(text, language="de"), drop=["Teilen"])
    assert "der linken Fraktion an" in once.docs["text"].iloc[0]
    assert clean(once).docs["text"].tolist() == once.docs["text"].tolist()


@given(st.lists(st.text(st.sampled_from("aB1²_ #().,:-–İΣς\u0301\xa0\t٣①½€@“日한'%😀|\ud800"))))
@settings(deadline=None)  # the loop is compiled by the first example
def test_words_that_are_only_counted_are_those_that_are_made(lines: list[str]) -> None:
    rules = replace(rules_for(("en",)), stopwords=frozenset({"a", "b", "#", "(", "日"}))
    counted = tallied(lines, rules.table)
    made = [words_of(line) for line in lines]
    assert counted[:, 0].tolist() == [len(words) for words in made]
    known = [sum(word in rules.stopwords for word in words) for words in made]
    assert counted[:, 1].tolist() == known


@pytest.mark.parametrize("languages", [("de",), ("en",), LANGUAGES])
def test_a_line_with_a_phrase_is_flagged(languages: tuple[str, ...]) -> None:
    rules = rules_for(languages)
    for language in languages:
        for modes in load_rules(language)["furniture"].values():
            for mode, before in (("notice", "und so " * 20), ("whole", ""), ("start", "")):
                for phrase in phrases_in(modes.get(mode, "")):
                    line = before + phrase.replace("#", "3").replace("*", "")
                    found = tallied([line], rules.table)[0]
                    if not rules.furniture[mode].nowhere(words_of(line)):
                        assert rules.may_tell(found[0], found[2]), phrase


def test_a_line_that_may_be_a_credit_is_flagged() -> None:
    rules = rules_for(LANGUAGES)
    rules = replace(rules, credit={**rules.credit, "start": Phrases.of([("zeichn*", "credit")])})
    for line, may in (("Zeichnung A. Other", True), ("Der Hafen ist offen", False)):
        assert rules.may_sign(tallied([line], rules.table)[0, 2]) == may
