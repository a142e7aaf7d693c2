"""A researcher's own format needs a class with a name and two methods."""

from pathlib import Path

import pytest

from mediaframes.corpus import readers
from mediaframes.corpus.readers import Batch, Options
from mediaframes.corpus.readers._batch import table
from mediaframes.corpus.reading import read
from mediaframes.errors import InputError


class Dashes:
    """Articles with four dashes between them, announced in the first line."""

    name = "dashes"

    def sniff(self, head: bytes, file: str) -> bool:
        return head.startswith(b"dashes ")

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        first, *stories = data.decode().split("----\n")
        rows = [{"headline": s.split("\n")[0], "story": s.split("\n")[1]} for s in stories]
        count = int(first.split()[1])
        return Batch(table(rows, list(range(1, len(rows) + 1))), self.name, announced=count)


def test_a_new_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    path = tmp_path / "a.dash"
    path.write_text("dashes 3\n----\nOne\nTalks resume.\n----\nTwo\nSun.\n")
    with pytest.raises(InputError, match="no known format"):
        read(path)
    monkeypatch.setattr(readers, "READERS", (Dashes(), *readers.READERS))
    docs = read(path).docs
    assert sorted(docs["title"]) == ["One", "Two"]
    said = capsys.readouterr().out
    assert "a.dash: dashes: 3 announced, 2 read, 0 rejected; 1 ANNOUNCED ARTICLES NOT" in said


def test_readers_are_readers():
    names = [reader.name for reader in readers.READERS]
    assert len(set(names)) == len(names)


def test_what_one_file_lacks_another_does_not_make_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
):
    monkeypatch.setattr(readers, "READERS", (Dashes(), *readers.READERS))
    for number in range(7):
        said = {0: 4, 1: 1}.get(number, 2)
        text = f"dashes {said}\n----\nOne\nTalks {number}.\n----\nTwo\nSun {number}.\n"
        (tmp_path / f"{number}.dash").write_text(text)
    corpus = read(tmp_path)
    assert (len(corpus), corpus.files["announced"].sum()) == (14, 15)
    said = capsys.readouterr().out
    assert "2 ANNOUNCED ARTICLES NOT FOUND; 1 more than announced" in said
    assert "WARNING: 2 ANNOUNCED ARTICLES WERE NOT FOUND: 0.dash; see corpus.files" in said
