"""For all tests and doctests: captions carry no note of the study in whose folder they run."""

import pytest


@pytest.fixture(autouse=True)
def _no_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIAFRAMES_NOTE", "")
