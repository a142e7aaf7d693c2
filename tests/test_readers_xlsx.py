"""Workbooks: roles as for CSV, several sheets, damaged and hostile files."""

import zipfile
from datetime import datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from mediaframes.corpus.readers import Options, reader_for
from mediaframes.corpus.readers import _xlsx as module
from mediaframes.corpus.readers._xlsx import Xlsx
from mediaframes.corpus.reading import read
from mediaframes.errors import InputError


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


HEADER = ["Titel", "Datum", "Zeitung", "Volltext", "Seite"]


def test_roles_are_found_as_in_csv(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    rows = [
        ["Export vom 1.1.2024"],
        HEADER,
        ["Brücke", datetime(2024, 10, 24), "Der Bote", "Die Brücke kostet mehr.", 3],
        [],
        ["Leer", datetime(2024, 10, 25), "Der Bote", None, 4],
        ["Sonne", "25.10.2024", "Tagblatt", "=1+1 ist kein Befehl", 5],
    ]
    (tmp_path / "a.xlsx").write_bytes(workbook({"A": rows, "Leer": []}))
    corpus = read(tmp_path)
    docs = corpus.docs.set_index("title")
    assert docs.loc["Brücke", "text"] == "Die Brücke kostet mehr."
    assert docs["date"].dt.strftime("%Y-%m-%d").to_dict() == {"Brücke": "2024-10-24"} | (
        {"Sonne": "2024-10-25"} if "Sonne" in docs.index else {}
    )
    assert docs.loc["Brücke", "Seite"] == 3
    assert ["5", "empty text"] in corpus.left_out[["row", "reason"]].values.tolist()
    said = capsys.readouterr().out
    assert "above the header: Export vom 1.1.2024" in said
    assert "text = Volltext, title = Titel, date = Datum, outlet = Zeitung" in said


def test_sheets_with_the_same_columns_are_joined_and_others_named():
    first = [HEADER, ["A", "1.1.2024", "Bote", "Eins.", 1]]
    second = [HEADER, ["B", "2.1.2024", "Bote", "Zwei.", 1]]
    other = [["Wort", "Zahl"], ["x", 1]]
    batch = Xlsx().read(workbook({"A": first, "B": second, "C": other}), "a.xlsx", Options())
    assert batch.rows["Volltext"].tolist() == ["Eins.", "Zwei."]
    assert batch.rows.index.is_unique
    assert any("sheet 'C' with 1 rows is not read" in note for note in batch.notes)


def test_a_hidden_sheet_is_named():
    rows = [HEADER, ["T", "24.10.2024", "B", "Sun.", 1]]
    book = openpyxl.load_workbook(BytesIO(workbook({"A": rows, "Old": rows, "Empty": []})))
    book["Old"].sheet_state = book["Empty"].sheet_state = "hidden"
    out = BytesIO()
    book.save(out)
    batch = Xlsx().read(out.getvalue(), "a.xlsx", Options())
    assert len(batch.rows) == 1
    assert batch.notes == (
        "hidden sheet 'Old' with 2 rows is not read: unhide it if it holds articles",
    )


def test_a_text_that_excel_cut_is_said():
    rows = [HEADER, ["A", "1.1.2024", "Bote", "x" * 32_767, 1]]
    batch = Xlsx().read(workbook({"A": rows}), "a.xlsx", Options())
    assert any("1 rows hold 32,767 characters" in note for note in batch.notes)


def test_damaged_and_hostile_workbooks(monkeypatch: pytest.MonkeyPatch):
    data = workbook({"A": [HEADER, ["A", "1.1.2024", "Bote", "Eins.", 1]]})
    for end in range(4, len(data), 97):
        with pytest.raises(InputError, match=r"a.xlsx: the workbook is damaged"):
            Xlsx().read(data[:end], "a.xlsx", Options())
    with pytest.raises(InputError, match="is empty"):
        Xlsx().read(workbook({"A": []}), "a.xlsx", Options())
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/workbook.xml":
                content = b'<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]>' + content
            new.writestr(name, content)
    with pytest.raises(InputError, match="defines entities"):
        Xlsx().read(out.getvalue(), "a.xlsx", Options())
    monkeypatch.setattr(module, "LARGEST", 1000)
    with pytest.raises(InputError, match="unpacks to"):
        Xlsx().read(data, "a.xlsx", Options())


def test_it_knows_its_own():
    data = workbook({"A": [HEADER]})
    assert isinstance(reader_for(data, "x.bin"), Xlsx)
    assert not Xlsx().sniff(b"PK\x03\x04....word/document.xml", "a.docx")
    assert not Xlsx().sniff(b"PK\x03\x04....a.csv", "a.zip")
