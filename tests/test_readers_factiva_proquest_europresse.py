"""Real exports of Factiva, ProQuest and Europresse against what a person counted in them."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mediaframes.corpus.dates import parse_dates
from mediaframes.corpus.gathering import _language
from mediaframes.corpus.readers import Options, reader_for

FILES = {
    "factiva_html": [
        "irish-independence_1_2017-11-14.html", "suddeutsche_1_2017-11-19.html", "german-ui.html",
        "amcat_factivia.htm", "amcat_az01.htm", "amcat_zt04.htm", "factiva_test.html",
    ],
    "factiva_xml": ["factiva_test.xml"],
    "proquest_txt": ["star.txt"],
    "proquest_eml": ["sample.eml", "malformed-html-tag.eml", "sample-1.html"],
    "europresse_html": ["europresse_test1.html"],
}  # fmt: skip
NAMES = {
    "factiva_html": ["Factiva HTML"],
    "factiva_xml": ["Factiva XML"],
    "proquest_txt": ["ProQuest TXT"],
    "proquest_eml": ["ProQuest mail", "ProQuest HTML"],
    "europresse_html": ["Europresse HTML"],
}
COLUMNS = {
    "title": "title",
    "outlet": "outlet",
    "author": "author",
    "section": "section",
    "length_stated": "length",
    "doc_id": "id",
    "source_code": "source_code",
    "page": "page",
}
# Where we differ from the list on purpose: (file, position or "", field) -> why
KNOWN: dict[tuple[str, object, str], str] = {
    ("star.txt", "", "outlets"): "'Toronto, O nt.' is mended",
    (
        "sample.eml",
        "",
        "n_with_date",
    ): "'Feb 26, 2 009' and 'Jan 1 7, 2009' are mended: 100, not 98",
}


def compared(record: dict[str, Any], rows: pd.DataFrame) -> list[tuple[object, str, Any, Any]]:
    """(position, field, read, expected) for every field that the list gives."""
    days = parse_dates(rows["date"].astype("str")).date
    date_range = [str(days.min().date()), str(days.max().date())]
    filled = {name: int(rows[name].notna().sum()) for name in rows}
    pairs: list[tuple[object, str, Any, Any]] = [
        ("", "n_with_date", int(days.notna().sum()), record["n_with_date"]),
        ("", "n_distinct_bodies", rows["text"].nunique(), record["n_distinct_bodies"]),
        ("", "date_range", date_range, record["date_range"]),
        ("", "outlets", rows["outlet"].value_counts().to_dict(), record["outlets"]),
    ]
    for role in ("title", "author", "section", "length"):
        pairs.append(("", f"n_with_{role}", filled.get(role, 0), record[f"n_with_{role}"]))
    for article in record["articles"]:
        place = article["position"]
        row = {k: None if pd.isna(v) else v for k, v in rows.iloc[place - 1].items()}
        words = row["text"].split()
        head, tail = article["body_first_8_words"].split(), article["body_last_8_words"].split()
        pairs += [
            (place, "date", str(days.iloc[place - 1].date()), article["date"]),
            (place, "body_first_8_words", words[: len(head)], head),
            (place, "body_last_8_words", words[-len(tail) :], tail),
            (place, "language", _language(row.get("language")), _language(article["language"])),
        ]
        pairs += [
            (place, field, row.get(column), article[field])
            for field, column in COLUMNS.items()
            if field in article
        ]
    return pairs


@pytest.mark.real
@pytest.mark.parametrize("folder", FILES)
def test_real_files(shared_data: Path, folder: str) -> None:
    base = shared_data / "press_exports" / folder
    records = {
        record["file"]: record for record in json.loads((base / "expected.json").read_text())
    }
    assert sorted(records) == sorted(FILES[folder])
    for name, record in records.items():
        data = (base / name).read_bytes()
        reader = reader_for(data, name)
        assert reader is not None
        assert reader.name in NAMES[folder], name
        batch = reader.read(data, name, Options())
        assert len(batch.rows) == record["n_articles"], name
        assert batch.rejected == []
        assert batch.announced == record["n_announced"]
        wrong = [
            (place, field, read, expected)
            for place, field, read, expected in compared(record, batch.rows)
            if read != expected and (name, place, field) not in KNOWN
        ]
        assert wrong == [], name


@pytest.mark.real
def test_no_reader_takes_a_file_of_another_database(shared_data: Path) -> None:
    ours = {name for names in NAMES.values() for name in names}
    taken = []
    for path in sorted((shared_data / "press_exports").glob("*/*")):
        if path.name in ("README.md", "expected.json") or path.parent.name in FILES:
            continue
        reader = reader_for(path.read_bytes(), path.name)
        if reader is not None and reader.name in ours:
            taken.append(f"{path.parent.name}/{path.name}: {reader.name}")
    assert taken == []
