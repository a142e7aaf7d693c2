"""The line model: its weights and what it sees belong together, and it parts menus from text."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mediaframes.corpus.articles import Corpus
from mediaframes.corpus.cleaning import clean
from mediaframes.corpus.furniture import load_rules, rules_for
from mediaframes.corpus.lines import measure, split_lines
from mediaframes.corpus.odds import Model, article_odds, observe, shipped, surroundings
from mediaframes.corpus.page import page_parts
from mediaframes.corpus.recurrence import NONE
from tests.quality import fit_lines

MENU = [
    place + kind
    for place in ("Hafen", "Stadt", "Land", "Wald", "Berg", "See")
    for kind in ("leben", "blick", "bühne", "markt", "küche", "schule")
]
ARTICLE = """Warum Grünau seine Kräne verkauft
Die Stadt Grünau will zwei Kräne verkaufen. Der Rat stimmt am Montag darüber ab.
Der Rat der Stadt hat lange über die Kräne gestritten. „Wir brauchen das Geld“, sagte die \
Bürgermeisterin am Dienstag, und sie bat die Fraktionen um Geduld bis zum Ende des Monats.
Kräne seit Jahren ohne Arbeit
Die Kräne stehen seit Jahren still, weil die Schiffe größer geworden sind. Das hatte die Reederei \
schon vor zwei Jahren beschrieben, und niemand hat der Reederei damals im Rat widersprochen.
Drei Dinge sprechen aus Sicht der Fraktionen für den Verkauf der Kräne:
• Die Stadt Grünau braucht das Geld für die Schule.
• Die Kräne stehen still und kosten die Stadt trotzdem jedes Jahr viel Geld.
• Die Reederei will beide Kräne kaufen und im neuen Hafen wieder aufbauen.
Am Ende wird es im Rat der Stadt wohl auf eine einzige Stimme ankommen, wie so oft in Grünau."""
TEASERS = [
    "Neue Bänke für den Park in Wiesental",
    "So wird das Wetter am langen Wochenende …",
    "Tüftler baut sich eine Werkstatt im Keller",
    "Diese zehn Rezepte gelingen immer",
    "Verein sucht Helfer für das Sommerfest",
]
PAGE = "\n".join([*MENU, *ARTICLE.split("\n"), "Das könnte Sie auch interessieren", *TEASERS * 3])


@pytest.fixture(scope="module")
def cleaned() -> Corpus:
    return clean(Corpus.from_frame(pd.DataFrame({"text": [PAGE], "language": "de"}, index=["a"])))


def test_names_in_the_file_are_the_names_that_are_seen() -> None:
    lines = split_lines(PAGE)
    rules = rules_for(("de",))
    measure(lines, rules)
    own = observe(lines, rules)
    around = surroundings(lines, np.zeros(len(lines)), own)
    assert {"constant", *own} == set(shipped().first)
    assert {"constant", *around} == set(shipped().second)
    assert all(values.shape == (len(lines),) for values in (*own.values(), *around.values()))
    table = load_rules("lines")
    for part in ("first round", "second round"):
        assert all(entry["is"] and entry["weight"] != 0 for entry in table[part].values())


def test_menus_and_teasers_go_and_the_article_stays(cleaned: Corpus) -> None:
    text = cleaned.docs["text"].iloc[0]
    for line in ARTICLE.split("\n"):
        heading = line in ("Warum Grünau seine Kräne verkauft", "Kräne seit Jahren ohne Arbeit")
        assert (line in text.split("\n\n")) == (not heading), line
    assert not any(line in text for line in (*MENU, *TEASERS))
    assert cleaned.docs["title"].iloc[0] == "Warum Grünau seine Kräne verkauft"


def test_reasons_are_words(cleaned: Corpus) -> None:
    reasons = dict(zip(cleaned.parts["text"], cleaned.parts["reason"], strict=True))
    assert reasons[MENU[0]] == "before the article"
    assert reasons[TEASERS[0]] == "after the article"
    assert reasons["Das könnte Sie auch interessieren"] == "read-more link"
    assert reasons["Kräne seit Jahren ohne Arbeit"] == "short line between paragraphs"


def test_cleaning_a_cleaned_page_changes_nothing(cleaned: Corpus) -> None:
    again = clean(cleaned)
    pd.testing.assert_frame_equal(again.docs, cleaned.docs)
    anew = clean(Corpus.from_frame(cleaned.docs))
    assert anew.docs["text"].tolist() == cleaned.docs["text"].tolist()


def test_the_threshold_decides() -> None:
    # nothing is likely enough, so only what there is otherwise is left; all is, so menus stay
    kept = {}
    for above in (-50.0, 50.0):
        model = Model(shipped().first, shipped().second, above)
        lines = page_parts(
            PAGE, title="", rules=rules_for(("de",)), recurs=NONE, wishes={}, model=model
        )
        kept[above] = sum(line.part != "furniture" for line in lines)
    assert kept[-50.0] > 40 and kept[-50.0] > kept[50.0]


def test_no_line_no_odds() -> None:
    assert article_odds([], rules_for(("de",)), shipped()).shape == (0,)


def test_logistic_finds_the_weights_that_made_the_labels() -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(size=(40_000, 3)) * [1.0, 4.0, 0.2]
    y = (rng.random(40_000) < 1 / (1 + np.exp(-(x @ [1.0, -0.5, 3.0] + 0.7)))).astype(float)
    found = fit_lines.logistic(x, y, np.ones(len(y)))
    assert np.allclose(found, [1.0, -0.5, 3.0, 0.7], atol=0.15)


def test_pages_of_a_host_are_never_on_both_sides() -> None:
    rows = [{"url": url} for url in ("https://www.bote.example/a", "https://bote.example/b")]
    hosts = {fit_lines.host(row) for row in rows}
    assert hosts == {"bote.example"}
    deals = [fit_lines.part(f"{n}.example", of=5, deal="outer") for n in range(200)]
    assert sorted(set(deals)) == [0, 1, 2, 3, 4]


def test_threshold_leaves_the_asked_share() -> None:
    needed = [float(n) for n in range(1000)]
    at = fit_lines.cut(needed)
    assert sum(value >= at for value in needed) == 955


def test_weights_are_written_where_they_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "lines.yml"
    copy.write_text(fit_lines.WEIGHTS.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(fit_lines, "WEIGHTS", copy)
    fit_lines.write(shipped())
    assert copy.read_text(encoding="utf-8") == (
        Path(fit_lines.__file__).parents[2] / "src/mediaframes/corpus/rules/lines.yml"
    ).read_text(encoding="utf-8")
