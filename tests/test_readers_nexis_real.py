"""LexisNexis: every real file beside the project against what its expected.json says."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mediaframes.corpus.dates import parse_dates
from mediaframes.corpus.readers import Batch, Options, reader_for
from mediaframes.errors import InputError

FOLDERS = {
    "nexis_txt": "Nexis TXT",
    "nexis_rtf": "Nexis RTF",
    "nexis_html": "Nexis HTML",
    "nexis_docx": "Nexis DOCX",
}
COLUMNS = {
    "title": "title",
    "outlet": "outlet",
    "author": "author",
    "section": "section",
    "length_stated": "length",
    "language": "language_stated",
}
REACH = 0.99


def fields(batch: Batch, position: int) -> dict[str, Any] | None:
    """What was read of the article at a place in the file; None where it was rejected."""
    places = sorted([*batch.rows.index, *(item.row for item in batch.rejected)])
    if places[position - 1] not in batch.rows.index:
        return None
    row = batch.rows.loc[places[position - 1]]
    words = str(row["text"]).split()
    date = parse_dates(pd.Series([row["date"]], dtype="object")).date.iloc[0]
    found = {name: row.get(column) for name, column in COLUMNS.items()}
    found = {name: None if pd.isna(value) else value for name, value in found.items()}
    return found | {
        "date": None if pd.isna(date) else date.date().isoformat(),
        "body_first_8_words": " ".join(words[:8]),
        "body_last_8_words": " ".join(words[-8:]),
    }


@pytest.mark.real
@pytest.mark.parametrize("folder", FOLDERS)
def test_real_files(folder: str, shared_data: Path):
    right, wrong = 0, []
    place = shared_data / "press_exports" / folder
    for expected in json.loads((place / "expected.json").read_text(encoding="utf-8")):
        name = expected["file"]
        data = (place / name).read_bytes()
        reader = reader_for(data, name)
        assert reader is not None and reader.name == FOLDERS[folder]
        if expected["n_articles"] == 0:
            with pytest.raises(InputError, match=r"test\.DOCX: a Word file without an article"):
                reader.read(data, name, Options())
            continue
        batch = reader.read(data, name, Options())
        assert batch.announced == expected["n_announced"]
        separators = expected.get("n_separators", expected["n_articles"])
        assert len(batch.rows) + len(batch.rejected) == separators
        for column in ("title", "author", "section", "length", "date"):
            count = expected.get(f"n_with_{column}")
            assert count is None or batch.rows[column].notna().sum() == count, (name, column)
        for outlet, count in expected.get("outlets", {}).items():
            assert (batch.rows["outlet"] == outlet).sum() == count
        assert expected.get("n_outlets") in (None, batch.rows["outlet"].nunique())
        for article in expected["articles"]:
            found = fields(batch, article["position"]) or {}
            for key in (*COLUMNS, "date", "body_first_8_words", "body_last_8_words"):
                same = found.get(key) == article[key]
                right += same
                wrong += [] if same else [(name, article["position"], key)]
    assert right / (right + len(wrong)) >= REACH, wrong


@pytest.mark.real
def test_text_and_rtf_of_one_download_agree(shared_data: Path):
    stem = "Newspaper_Stories,_Combined_Papers2015-07-11"
    tables = []
    for folder, ending in (("nexis_txt", "TXT"), ("nexis_rtf", "RTF"), ("nexis_rtf", "DOC")):
        data = (shared_data / "press_exports" / folder / f"{stem}.{ending}").read_bytes()
        reader = reader_for(data, f"{stem}.{ending}")
        assert reader is not None
        rows = reader.read(data, stem, Options()).rows.reset_index(drop=True)
        # the text file breaks lines at 80 columns, also after a hyphen, where paragraphs of
        # captions (";" between them) begin cannot be seen there
        tables.append(rows.map(lambda value: "".join(str(value).replace(";", " ").split())))
    assert tables[0].equals(tables[1][tables[0].columns])
    assert tables[1].equals(tables[2])


@pytest.mark.real
def test_what_is_no_article_is_named(shared_data: Path):
    path = shared_data / "press_exports" / "nexis_txt" / "amcat_test.txt"
    reader = reader_for(path.read_bytes(), path.name)
    assert reader is not None
    batch = reader.read(path.read_bytes(), path.name, Options())
    assert [item.reason for item in batch.rejected] == [
        "no text, only a caption",
        "copyright line only, no article",
    ]
    assert any("counters disagree" in note for note in batch.notes)
    lengths = batch.rows["length"].dropna().tolist()
    assert "1122 words" in lengths and "184 words" in lengths
    assert not any("19.43" in length for length in lengths)
