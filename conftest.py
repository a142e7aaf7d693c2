"""For all tests and doctests: no study's note is left over from the test before."""

import pytest


@pytest.fixture(autouse=True)
def _no_note(monkeypatch: pytest.MonkeyPatch) -> None:
    """`open_study` sets the note of its study for the whole process."""
    monkeypatch.delenv("MEDIAFRAMES_NOTE", raising=False)
