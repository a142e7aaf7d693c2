"""Every real file of the smaller press databases against what a person read in it."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mediaframes.corpus import readers
from mediaframes.corpus.articles import Corpus
from mediaframes.corpus.readers import reader_for
from mediaframes.corpus.reading import read

pytestmark = pytest.mark.real

FILES = {
    "apa_rtf": ["onlinemanager.rtf"],
    "defacto_html": ["DeFacto-Ausdruck1.htm"],
    "integrum_html": ["moscow_1993-06-06_1994-09-02.html"],
    "integrum_xlsx": ["channel1_20050201-20050228_0001-0059_0059.xlsx"],
    "kikuzo_html": ["kikuzo_1985-01-01_001.html", "kikuzo_raw.html"],
    "mediargus_txt": ["mediargus.txt"],
    "yomidasu_html": ["yomidasu_1987-01-01_001.html", "yomidasu_2018-01-01_001.html"],
}
NAMES = {
    "apa_rtf": "Apa",
    "defacto_html": "DeFacto",
    "integrum_html": "IntegrumHtml",
    "integrum_xlsx": "Xlsx",
    "kikuzo_html": "Kikuzo",
    "mediargus_txt": "Mediargus",
    "yomidasu_html": "Yomidasu",
    "gdelt": "Gdelt",
}
# Left out for a reason that is checked here. The Mediargus file's 43rd text is its copyright
# line alone, which expected.json counts as a body.
WITHOUT_TEXT = {"kikuzo_1985-01-01_001.html": 5, "yomidasu_1987-01-01_001.html": 8} | {
    "mediargus.txt": 1
}
# What expected.json has otherwise, and why it is right as read:
# - the first line above the headline (an edition, a kicker) as the title, and the headline in the
#   body: APA prints the headline in bold, DeFacto as <h3>
# - the title of one Integrum article with its tags, authors with a comma behind them
# - a Mediargus author as the section
# - no outlet for Kikuzo and Yomidasu, whose pages name the newspaper
SAID_OTHERWISE = {
    "onlinemanager.rtf": {(3, "title"), (18, "title"), (19, "title"), (20, "title")}
    | {(3, "first"), (18, "first"), (19, "first"), (20, "first")},
    "DeFacto-Ausdruck1.htm": {(n, field) for n in (2, 19, 21) for field in ("title", "first")},
    "moscow_1993-06-06_1994-09-02.html": {(2, "title")} | {(n, "author") for n in (2, 3, 25, 26)},
    "mediargus.txt": {(99, "section")},
}


def expected(folder: Path, file: str) -> dict[str, Any]:
    records = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return next(record for record in records if record["file"] == file)


def in_order(corpus: Corpus, path: Path) -> list[pd.Series | None]:
    """The articles as they stand in the file; None for those left out."""
    batch = reader_for(path.read_bytes(), path.name).read(  # type: ignore[union-attr]
        path.read_bytes(), path.name, readers.Options()
    )
    texts = batch.roles["text"]
    places: list[tuple[int, Any]] = [(item.row, None) for item in batch.rejected]
    docs = {" ".join(row["text"].split()): row for _, row in corpus.docs.iterrows()}
    for line, text in batch.rows[texts].items():
        places.append((line, docs[" ".join(text.split())]))
    return [row for _, row in sorted(places, key=lambda place: place[0])]


def compared(article: dict[str, Any], row: pd.Series) -> dict[str, tuple[Any, Any]]:
    """Fields of an article that expected.json names: (expected, read)."""
    pairs: dict[str, tuple[Any, Any]] = {}
    for field in ("title", "outlet", "author", "section", "edition", "issue"):
        if article.get(field) is not None:
            pairs[field] = (article[field], str(row.get(field)))
    pairs["date"] = (article["date"], str(row["date"].date()))
    words = row["text"].split()
    if "body_first_8_words" in article:
        pairs["first"] = (article["body_first_8_words"], " ".join(words[:8]))
        pairs["last"] = (article["body_last_8_words"], " ".join(words[-8:]))
    else:
        letters = "".join(words)
        pairs["first"] = (article["body_first_16_chars"], letters[:16])
        pairs["last"] = (article["body_last_16_chars"], letters[-16:])
    return pairs


@pytest.mark.parametrize(
    ("folder", "file"), [(folder, file) for folder, files in FILES.items() for file in files]
)
def test_a_real_file(shared_data: Path, folder: str, file: str):
    path = shared_data / "press_exports" / folder / file
    record = expected(path.parent, file)
    corpus = read(path)
    facts = corpus.files.iloc[0]
    gone = WITHOUT_TEXT.get(file, 0)
    assert facts["read"] == record["n_articles"] - gone
    assert facts["rejected"] == len(corpus.left_out) == gone
    assert facts["announced"] == (record["n_announced"] or record["n_articles"])
    assert facts["dates_unreadable"] == 0
    days = corpus.docs["date"].dt.strftime("%Y-%m-%d")
    assert [days.min(), days.max()] == record["date_range"]
    if record["language"] == "ja":
        assert set(corpus.docs["language"]) == {"ja"}
    articles = in_order(corpus, path)
    misses = {
        (article["position"], field)
        for article in record["articles"]
        if (row := articles[article["position"] - 1]) is not None
        for field, (wanted, found) in compared(article, row).items()
        if wanted != found
    }
    assert misses == SAID_OTHERWISE.get(file, set())


def test_headlines_that_expected_json_has_in_the_body(shared_data: Path):
    """What is taken as the title there is a line above it; our title begins its body."""
    for folder, file in (
        ("apa_rtf", FILES["apa_rtf"][0]),
        ("defacto_html", FILES["defacto_html"][0]),
    ):
        path = shared_data / "press_exports" / folder / file
        articles = in_order(read(path), path)
        for article in expected(path.parent, file)["articles"]:
            row = articles[article["position"] - 1]
            assert row is not None
            start = f"{article['title']} {article['body_first_8_words']}"
            assert row["title"][:30] in start


def test_metadata(shared_data: Path, tmp_path: Path):
    """Mentions, sentences and stories; what describes columns or media is not read."""
    (tmp_path / "own.csv").write_text("title,text\nOne,A text.\n")
    folder = shared_data / "press_exports"
    corpus = read([folder / "gdelt", folder / "mediacloud_json", tmp_path / "own.csv"])
    files = corpus.files.set_index(corpus.files["file"].str.rpartition("/")[2])
    mentions = expected(folder / "gdelt", "mentionssamp.csv")
    assert files.loc["mentionssamp.csv", "rejected"] == mentions["n_distinct_urls"]
    assert f"{mentions['n_rows']:,} records" in files.loc["mentionssamp.csv", "note"]
    for name in ("gkg2.csv", "mentions.csv", "media-list-573b3e.json"):
        assert files.loc[name, "format"] == "not read"
    sentences = expected(folder / "mediacloud_json", "sentences_by_story_1.json")
    text = corpus.docs.loc[sentences["stories_id"], "text"]
    assert text.startswith(sentences["first_sentence"])
    assert text.endswith(sentences["last_sentence"])
    assert "lack sentences" in files.loc["story_27456565.json", "note"]


def test_no_reader_takes_a_file_of_another(shared_data: Path):
    ours = set(NAMES.values()) | {"MediaCloudCsv", "MediaCloudJson"}
    for path in sorted((shared_data / "press_exports").rglob("*.*")):
        if path.suffix.lower() in (".warc", ".wacz", ".gz") or path.name == "README.md":
            continue
        if path.name == "expected.json" and path.parent.name == "mediacloud_json":
            continue  # repeats a story's keys
        head = path.read_bytes()[: readers.HEAD]
        takers = {
            type(reader).__name__
            for reader in readers.READERS
            if type(reader).__name__ in ours and reader.sniff(head, path.name)
        }
        folder = path.parent.name
        if path.name == "expected.json":
            assert takers == set()
        elif folder == "mediacloud_json":
            assert takers == {"MediaCloudJson"}
        else:
            assert takers == ({NAMES[folder]} if folder in NAMES else set()), path.name
