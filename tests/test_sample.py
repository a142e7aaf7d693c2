"""The sample corpus is what its plan says, and comes out the same every time."""

import csv
import json
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "sample"
FRAMES = {
    "Economic",
    "Capacity and resources",
    "Morality",
    "Fairness and equality",
    "Legality, constitutionality and jurisprudence",
    "Policy prescription and evaluation",
    "Crime and punishment",
    "Security and defense",
    "Health and safety",
    "Quality of life",
    "Cultural identity",
    "Public opinion",
    "Political",
    "External regulation and reputation",
    "Other",
}
PARTS = [
    "kicker",
    "title",
    "lead",
    "body",
    "dateline",
    "subheading",
    "caption",
    "credit",
    "furniture",
]
# A reader must never take a sample sentence for news: some names that must not occur.
REAL = re.compile(r"\S+").findall("""
    Germany Deutschland Austria Österreich Switzerland Schweiz France Frankreich Ukraine Russia
    Russland Moscow Moskau Kremlin Kreml China Taiwan Korea Japan Israel Gaza Iran Iraq Syria
    Syrien America Amerika Washington Brussels Brüssel London Berlin Paris Wien Europe Europa
    NATO Nato UN EU CDU SPD FDP Bundestag Bundeswehr Trump Biden Putin Selenskyj Zelensky Merkel
    Scholz Merz Macron Reuters AFP dpa AP Guardian Spiegel FAZ BBC CNN Bild-Zeitung
    dollar dollars euro euros Euro Dollar
""")


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one gold table."""
    with (SAMPLE / "gold" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def articles() -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in rows("articles.csv")}


@pytest.fixture(scope="module")
def sentences() -> list[dict[str, str]]:
    return rows("frames.csv")


@pytest.fixture(scope="module")
def plan() -> dict:
    return json.loads((SAMPLE / "gold" / "plan.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def shingles(sentences) -> dict[str, set[tuple[str, ...]]]:
    """Five-word shingles of each article's lead and body, straight from the gold."""
    texts = defaultdict(list)
    for row in sentences:
        texts[row["id"]].append(row["sentence"])
    found = {}
    for key, parts in texts.items():
        words = re.findall(r"\w+", " ".join(parts).lower())
        found[key] = {tuple(words[i : i + 5]) for i in range(len(words) - 4)}
    return found


def jaccard(one: set, other: set) -> float:
    return len(one & other) / len(one | other)


def texts() -> dict[str, str]:
    """The scraped text of every article, read with nothing but the standard library."""
    csv.field_size_limit(10**7)
    folder, found = SAMPLE / "articles", {}
    for name, encoding, delimiter, key, column in (
        ("press_export_en.csv", "utf-8", ",", "id", "text"),
        ("archiv_de.csv", "utf-8-sig", ";", "Kennung", "Text"),
        ("regional_en.tsv", "utf-8", "\t", "id", "text"),
    ):
        with (folder / name).open(encoding=encoding, newline="") as file:
            table = csv.DictReader(file, delimiter=delimiter)
            found |= {row[key]: row[column] for row in table}
    for name, column in (("feed_en.jsonl", "body"), ("crawl_de.jsonl", "text")):
        for line in (folder / name).read_text(encoding="utf-8").split("\n")[:-1]:
            record = json.loads(line)
            found[record["id"]] = record[column]
    for path in sorted((folder / "wendelauer_tagblatt").iterdir()):
        found[path.stem.rsplit("_", 1)[1]] = path.read_text(encoding="utf-8").removesuffix("\n")
    return found


@pytest.mark.parametrize("seed", ["0", "4711"])
def test_regenerating_gives_the_committed_bytes(seed):
    done = subprocess.run(
        [sys.executable, str(SAMPLE / "generate.py"), "--check"],
        env=os.environ | {"PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_counts(articles, plan):
    assert len(articles) == plan["articles"] == 400 == len(rows("articles.csv"))
    assert Counter(a["language"] for a in articles.values()) == {"en": 200, "de": 200}
    assert Counter(a["outlet"] for a in articles.values()) == {
        name: outlet["articles"] for name, outlet in plan["outlets"].items()
    }
    assert len(plan["outlets"]) == 6
    assert {int(a["week"]) for a in articles.values()} == set(range(1, 21))
    days = [date.fromisoformat(a["date"]) for a in articles.values() if a["date"]]
    assert date(2023, 1, 2) <= min(days) and max(days) <= date(2023, 5, 21)
    spelled = {(a["outlet"], a["outlet_written"]) for a in articles.values()}
    assert len(spelled) == 8


def test_every_article_is_in_its_file(articles):
    found = texts()
    assert set(found) == set(articles)
    for key, article in articles.items():
        assert (SAMPLE / "articles" / article["file"]).is_file()
        assert bool(found[key]) == (article["special"] != "empty"), key


def test_gold_refers_to_existing_articles(articles, sentences, plan):
    for name in ("frames.csv", "speakers.csv", "lines.csv", "copies.csv"):
        assert {row["id"] for row in rows(name)} <= set(articles), name
    for row in rows("distinct.csv"):
        assert {row["id_a"], row["id_b"]} <= set(articles)
    numbered = {(row["id"], row["sentence_no"]) for row in sentences}
    assert len(numbered) == len(sentences)
    assert {(row["id"], row["sentence_no"]) for row in rows("speakers.csv")} <= numbered
    with_text = {key for key, article in articles.items() if article["special"] != "empty"}
    assert {row["id"] for row in sentences} == with_text
    for name, ids in plan["special"].items():
        assert [key for key, a in articles.items() if a["special"] == name] == ids


def test_frames_and_parts_are_the_known_ones(sentences):
    assert {row["frame"] for row in sentences} - {""} <= FRAMES
    assert {row["frame2"] for row in sentences} - {""} <= FRAMES
    assert {row["part"] for row in rows("lines.csv")} == set(PARTS)


def test_lines_are_the_lines_of_the_files(articles):
    found = texts()
    lines: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in rows("lines.csv"):
        lines[row["id"]][int(row["line_no"])].append(row["text"])
    for key, article in articles.items():
        scraped = [line for line in found[key].split("\n") if line.strip()]
        assert len(scraped) == len(lines[key]), key
        if article["special"] == "mojibake":
            continue
        for number, line in enumerate(scraped):
            position = 0
            for text in lines[key][number]:
                # a credit may stand before the full stop of the sentence it closes
                at = line.find(text.removesuffix("."), position)
                assert at >= 0, (key, number, text)
                position = at + len(text.removesuffix("."))


def test_body_lines_are_the_framed_sentences(sentences):
    body = defaultdict(list)
    for row in rows("lines.csv"):
        if row["part"] in ("lead", "body"):
            body[row["id"]].append(row["text"])
    gold = defaultdict(list)
    for row in sentences:
        gold[row["id"]].append(row["sentence"])
    assert {k: " ".join(v) for k, v in body.items()} == {k: " ".join(v) for k, v in gold.items()}


def test_speakers_are_named_in_their_sentences(sentences):
    text = {(row["id"], row["sentence_no"]): row["sentence"] for row in sentences}
    for row in rows("speakers.csv"):
        assert row["speaker"] in text[row["id"], row["sentence_no"]], row
        assert row["kind"] in ("person", "institution")
    quoted = {key for key, sentence in text.items() if re.search('[“”"„«»]', sentence)}
    assert quoted <= {(row["id"], row["sentence_no"]) for row in rows("speakers.csv")}


def test_every_slot_is_filled():
    for path in sorted((SAMPLE / "articles").rglob("*")):
        if path.is_file() and path.suffix != ".jsonl":
            assert "{" not in path.read_text(encoding="utf-8"), path.name
    for name in ("frames.csv", "lines.csv", "speakers.csv", "articles.csv"):
        assert "{" not in (SAMPLE / "gold" / name).read_text(encoding="utf-8"), name


def test_many_different_sentences(sentences, plan):
    assert all(plan["templates"][code]["sentences"] >= 450 for code in ("en", "de"))
    used = {row["template"] for row in sentences}
    for code in ("en", "de"):
        assert len([key for key in used if key.startswith(code)]) >= 500


def test_no_sentence_is_worn_out(articles, sentences):
    where = defaultdict(set)
    for row in sentences:
        where[row["template"]].add(row["id"])
    most = max(where, key=lambda key: len(where[key]))
    assert len(where[most]) <= 0.1 * 200, most


def test_lengths(sentences):
    words = Counter()
    for row in sentences:
        words[row["id"]] += len(row["sentence"].split())
    assert min(words.values()) >= 145
    assert max(words.values()) <= 320


def test_edited_copies_have_another_headline(articles):
    title = {}
    for row in rows("copies.csv"):
        if row["kind"] == "original":
            title[row["group"]] = articles[row["id"]]["title"]
    for row in rows("copies.csv"):
        same = articles[row["id"]]["title"] == title[row["group"]]
        assert same == (row["kind"] != "edited"), row


def test_no_number_runs_into_a_word(sentences):
    for row in sentences:
        assert "  " not in row["sentence"]
        assert not re.search(r"[a-zäöüß]\d|\s[.,]", row["sentence"]), row


def test_copies_are_as_similar_as_promised(articles, shingles):
    groups = defaultdict(dict)
    for row in rows("copies.csv"):
        groups[row["group"]][row["id"]] = row["kind"]
    assert len(groups) == 30
    for members in groups.values():
        first = min(members, key=lambda key: (articles[key]["date"], key))
        assert [key for key, kind in members.items() if kind == "original"] == [first]
        assert len({articles[key]["outlet"] for key in members}) == len(members)
        for key, kind in members.items():
            value = jaccard(shingles[first], shingles[key])
            if kind == "edited":
                assert 0.82 <= value <= 0.95, key
            else:
                assert value == 1, key


def test_only_planted_pairs_are_similar(articles, shingles, plan):
    for row in rows("distinct.csv"):
        value = jaccard(shingles[row["id_a"]], shingles[row["id_b"]])
        assert value == pytest.approx(float(row["jaccard"]), abs=1e-4)
        assert value < 0.5
    most = 0.0
    for one, two in combinations(sorted(shingles), 2):
        a, b = articles[one], articles[two]
        if a["language"] == b["language"] and (not a["group"] or a["group"] != b["group"]):
            most = max(most, jaccard(shingles[one], shingles[two]))
    assert most == pytest.approx(plan["jaccard_5_words"]["unplanned_max"], abs=1e-4)
    assert most < 0.5


def test_the_shift_is_there(plan):
    frame = plan["shift"]["frame"]
    for outlet in plan["outlets"].values():
        planned = outlet["profile_from_shift_week"][frame] / outlet["profile"][frame]
        assert planned == pytest.approx(2 if outlet["shift"] else 1)
        came = outlet["realized_from_shift_week"][frame] - outlet["realized_before"][frame]
        assert came > 0.1 if outlet["shift"] else abs(came) < 0.08


def test_no_real_names():
    words = re.compile(r"\b(" + "|".join(REAL) + r")\b")
    for path in sorted((SAMPLE / "articles").rglob("*")):
        if path.is_file():
            hit = words.search(path.read_text(encoding="utf-8-sig"))
            assert hit is None, (path.name, hit)
