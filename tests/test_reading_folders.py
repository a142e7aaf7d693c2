"""A folder with files of all kinds: what can be read is read, and the rest cannot be overlooked."""

import errno
import io
from pathlib import Path

import pytest

from mediaframes.corpus import opening
from mediaframes.corpus.reading import read, read_stubs
from mediaframes.errors import InputError


def test_a_table_without_texts_does_not_keep_from_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.csv").write_text("id,text\n1,The ferry sails.\n")
    (tmp_path / "outlets.csv").write_text("name,place\nEcho,Norhaven\n")
    (tmp_path / "README.md").write_text("Notes.")
    corpus = read(tmp_path)
    assert corpus.docs["text"].tolist() == ["The ferry sails."]
    note = corpus.files.set_index("file").loc["outlets.csv", "note"]
    assert "no column holds the articles' text (columns: 'name', 'place')" in note
    assert (
        "WARNING: 1 FILES WERE NOT READ: outlets.csv; see corpus.files" in capsys.readouterr().out
    )
    with pytest.raises(InputError, match="no column holds"):
        read([tmp_path, tmp_path / "outlets.csv"])
    (tmp_path / "a.csv").unlink()
    with pytest.raises(InputError, match=r"nothing to read: .*outlets.csv .no column holds"):
        read(tmp_path)


def test_a_locked_file_does_not_keep_from_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.csv").write_text("id,text\n1,The ferry sails.\n")
    (tmp_path / "b.csv").write_text("id,text\n2,It was late.\n")
    stream = opening._stream

    def locked(source: opening.Source) -> object:
        if source.name.endswith("b.csv"):
            raise InputError(f"{source.name}: cannot be opened (Permission denied); check")
        return stream(source)

    monkeypatch.setattr(opening, "_stream", locked)
    corpus = read(tmp_path)
    assert len(corpus) == 1
    assert (
        corpus.files["note"].tolist()[1] == "not read: cannot be opened (Permission denied); check"
    )
    with pytest.raises(InputError, match="cannot be opened"):
        read(tmp_path / "b.csv")


def test_commas_in_unquoted_texts_are_no_row_names(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    line = "The ferry sails, he said.,2024-10-24\n"
    path.write_text("text,date\n" + line + line.replace("24\n", "25\n"))
    with pytest.raises(InputError, match="2 times '3 cells where there should be 2'"):
        read(path)
    path.write_text("text,date\n1,Ferry sails.,2024-10-24\n2,Ferry is late.,2024-10-25\n")
    assert sorted(read(path).docs["text"]) == ["Ferry is late.", "Ferry sails."]


def test_a_locked_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.csv").write_text("id,text\n1,The ferry sails.\n")
    (tmp_path / "inner").mkdir()
    inside = Path.iterdir

    def locked(folder: Path) -> object:
        if folder.name == "inner":
            raise PermissionError(13, "Permission denied", str(folder))
        return inside(folder)

    monkeypatch.setattr(Path, "iterdir", locked)
    files = read(tmp_path).files.set_index("file")
    assert files.loc["inner", "note"] == "not read: the folder cannot be opened (Permission denied)"
    with pytest.raises(InputError, match="inner: the folder cannot be opened"):
        read(tmp_path / "inner")


@pytest.mark.parametrize(
    "names",
    [
        "titolo,testo,data,testata,autore",
        "titel,tekst,datum,krant,auteur",
        "tytuł,treść,data,gazeta,autor",
        "заголовок,текст,дата,издание,автор",
        "título,texto,data,jornal,autor",
    ],
)
def test_column_names_of_five_more_languages(tmp_path: Path, names: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{names}\nTalks,The ferry sails.,2024-01-02,Echo,A. Smith\n", "utf-8")
    first = read(path).docs.iloc[0]
    found = [first["title"], first["text"], str(first["date"].date()), first["outlet"]]
    assert found == ["Talks", "The ferry sails.", "2024-01-02", "Echo"]
    assert first["author"] == "A. Smith"


def test_a_link_to_a_file_that_is_read_is_not_read_again(tmp_path: Path, capsys) -> None:
    (tmp_path / ".store").mkdir()
    for name in ("b.csv", ".store/kept.csv"):
        (tmp_path / name).write_text(f"outlet,text\nEcho,Talks of {name[0]}.\n")
    (tmp_path / "a.csv").symlink_to(tmp_path / "b.csv")
    (tmp_path / "hidden.csv").symlink_to(tmp_path / ".store" / "kept.csv")  # as git-annex does
    (tmp_path / "again.csv").symlink_to(tmp_path / ".store" / "kept.csv")
    (tmp_path / "gone.csv").symlink_to(tmp_path / "nowhere")
    corpus = read(tmp_path)
    assert sorted(corpus.docs["source_file"]) == ["again.csv", "b.csv"]
    notes = corpus.files.set_index("file")["note"]
    assert notes["a.csv"] == "not read: a link to b.csv, which is read"
    assert notes["hidden.csv"] == "not read: a link to again.csv, which is read"
    said = capsys.readouterr().out
    assert "WARNING: 1 FILES WERE NOT READ: gone.csv; see corpus.files" in said


def test_stubs_name_the_files_that_were_not_read(tmp_path: Path, capsys) -> None:
    (tmp_path / "list.csv").write_text("url,title\nhttps://echo.example/1,Talks resume\n")
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert len(read_stubs(tmp_path)) == 1
    assert "old.xls: NOT READ: a file of Office before 2007" in capsys.readouterr().out


def test_what_systems_leave_behind_is_hidden_and_advice_is_kept(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,text\n1,The ferry sails.\n")
    for name in ("Thumbs.db", "desktop.ini", "~$a.xlsx"):
        (tmp_path / name).write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    (tmp_path / "b.7z").write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(60))
    notes = read(tmp_path).files.set_index("file")["note"]
    assert set(notes[["Thumbs.db", "desktop.ini", "~$a.xlsx"]]) == {"not read: hidden"}
    assert notes["b.7z"] == "not read: packed as 7z, which is not opened here; unpack it first"


def test_a_disk_that_gives_out_costs_only_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Worn(io.BufferedReader):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(errno.EIO, "Input/output error")

    (tmp_path / "a.csv").write_text("id,text\n1,The ferry sails.\n")
    (tmp_path / "b.csv").write_text("id,text\n2,It was late.\n")
    stream = opening._stream

    def worn(source: opening.Source) -> io.BufferedReader:
        return Worn(stream(source).detach()) if source.name == "b.csv" else stream(source)

    monkeypatch.setattr(opening, "_stream", worn)
    corpus = read(tmp_path)
    assert len(corpus) == 1
    note = corpus.files["note"].tolist()[1]
    assert note.startswith("not read: cannot be read to its end (Input/output error); copy it")
    with pytest.raises(InputError, match=r"b\.csv: cannot be read to its end"):
        read(tmp_path / "b.csv")
