"""What several tests share: the real data beside the project, and the sample corpus."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with the real data, which the project may read but not hold."""
    default = ROOT.parent / "shared" / "data"
    folder = Path(os.environ.get("MEDIAFRAMES_SHARED_DATA", default))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}; set MEDIAFRAMES_SHARED_DATA to run this test")
    return folder
