"""Slow readers in several processes: the same corpus, and a dead process names its file."""

import subprocess
import sys
from pathlib import Path

import pytest

from mediaframes.corpus import pool, readers
from mediaframes.corpus.reading import read
from mediaframes.errors import InputError

READER = """
import os
import pandas as pd
from mediaframes.corpus.readers import Batch
from mediaframes.errors import InputError

class Slow:
    name = "slow"
    slow = True

    def sniff(self, head, file):
        return head.startswith(b"slow ")

    def read(self, data, file, options):
        word = data.decode().split()[1]
        if word == "die":
            os._exit(3)
        if word == "bad":
            raise InputError(f"{file}: is bad; mend it")
        if word == "bug":
            raise KeyError("x")
        lines = pd.DataFrame({"row": 1, "line": [1, 2], "part": ["text", "furniture"],
                              "text": [word, "Share"], "reason": ["", "menu"]})
        return Batch(pd.DataFrame({"text": [word], "process": str(os.getpid())}, index=[1],
                     dtype="object"), self.name, roles={"text": "text"}, lines=lines)
"""


@pytest.fixture
def slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for files, with a slow reader that other processes can import."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "slow_reader_for_tests.py").write_text(READER)
    monkeypatch.syspath_prepend(tmp_path / "code")
    import slow_reader_for_tests

    monkeypatch.setattr(readers, "READERS", (slow_reader_for_tests.Slow(), *readers.READERS))
    monkeypatch.setattr(pool, "FEW_FILES", 4)
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def test_any_number_of_processes_gives_the_same_corpus(slow: Path):
    for n in range(12):
        (slow / f"{n:02}.x").write_text(f"slow word{n}")
    (slow / "05.x").write_text("slow bad")
    (slow / "06.x").write_text("slow bug")
    one, two = read(slow, processes=1), read(slow, processes=2)
    assert one.docs["process"].nunique() == 1
    assert set(one.docs["process"]).isdisjoint(two.docs["process"])
    assert one.docs.drop(columns="process").equals(two.docs.drop(columns="process"))
    assert one.files.equals(two.files)
    assert one.parts.equals(two.parts)
    notes = one.files.set_index("file")["note"]
    assert notes["05.x"] == "not read: is bad; mend it"
    assert "the reader for slow failed (KeyError: 'x')" in notes["06.x"]


def test_lines_of_a_reader_are_parts_under_the_articles_ids(slow: Path):
    (slow / "a.x").write_text("slow word")
    corpus = read(slow)
    assert corpus.parts.drop(columns="id").values.tolist() == [
        [1, "text", "word", ""], [2, "furniture", "Share", "menu"],
    ]  # fmt: skip
    assert set(corpus.parts["id"]) == set(corpus.docs.index)
    assert corpus.dropped["text"].tolist() == ["Share"]


def test_a_dead_process_names_its_file(slow: Path):
    for n in range(12):
        (slow / f"{n:02}.x").write_text(f"slow word{n}")
    (slow / "07.x").write_text("slow die")
    corpus = read(slow, processes=2)
    assert len(corpus) == 11
    assert "the process that read it died" in corpus.files.set_index("file").loc["07.x", "note"]
    with pytest.raises(InputError, match=r"07\.x: the process that read it died"):
        read(sorted(slow.iterdir()), processes=2)


def test_a_script_without_guard_is_not_run_again(slow: Path, tmp_path: Path):
    for n in range(6):
        (slow / f"{n}.x").write_text(f"slow word{n}")
    script = tmp_path / "script.py"
    script.write_text(
        "import sys; sys.path.insert(0, 'code')\n"
        "import slow_reader_for_tests as mine\n"
        "from mediaframes.corpus import pool, readers, read\n"
        "print('once')\n"
        "pool.FEW_FILES = 2\n"
        "readers.READERS = (mine.Slow(), *readers.READERS)\n"
        "corpus = read('in', processes=2)\n"
        "import os; print(len(corpus), str(os.getpid()) in set(corpus.docs.process))\n"
    )
    done = subprocess.run(
        [sys.executable, script.name], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.count("once") == 1
    assert done.stdout.strip().endswith("6 False")
    assert done.stderr == ""
