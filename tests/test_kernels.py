"""Compiled code is kept, and forgotten where it may be of another version."""

import os
from pathlib import Path

import pytest

from mediaframes._kernels import forget_stale

LOOP = "from mediaframes.corpus._words import MARK\n\n\ndef tally(): ...\n"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package with a loop, what it imports, a file of no account, and kept code of the loop."""
    folder = tmp_path / "mediaframes" / "corpus"
    (folder / "__pycache__").mkdir(parents=True)
    for name, text in {"_tally": LOOP, "_words": "MARK = 3\n", "reading": ""}.items():
        (folder / f"{name}.py").write_text(text)
        os.utime(folder / f"{name}.py", (1000, 1000))
    kept = folder / "__pycache__" / "_tally.tally-4.py311.nbi"
    kept.write_bytes(b"index")
    os.utime(kept, (2000, 2000))
    return folder.parent


@pytest.mark.parametrize(
    ("changed", "forgotten"), [("", 0), ("_tally", 1), ("_words", 1), ("reading", 0)]
)
def test_code_older_than_what_it_is_made_of_is_forgotten(
    package: Path, changed: str, forgotten: int
) -> None:
    if changed:
        os.utime(package / "corpus" / f"{changed}.py", (3000, 3000))
    assert forget_stale(package) == forgotten
    assert len(list(package.rglob("*.nbi"))) == 1 - forgotten


def test_nothing_is_kept_of_a_file_that_is_gone(package: Path) -> None:
    (package / "corpus" / "_tally.py").unlink()
    assert forget_stale(package) == 0
