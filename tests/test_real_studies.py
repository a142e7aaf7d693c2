"""The notebooks run over real articles (where these are beside the project)."""

import json
from pathlib import Path

import pandas as pd
import pytest

from mediaframes.study.run import reproduce

pytestmark = pytest.mark.real
SHARED = "../../../shared/data"


def study_file(root: Path, shared_data: Path, folder: Path, name: str) -> Path:
    """The study file with the real data's place on this machine."""
    text = (root / "tests" / "studies" / f"{name}.toml").read_text(encoding="utf-8")
    assert SHARED in text
    path = folder / f"{name}.toml"
    path.write_text(text.replace(SHARED, shared_data.as_posix()), encoding="utf-8")
    return path


def test_one_scraped_page(root: Path, shared_data: Path, tmp_path: Path) -> None:
    out = reproduce(study_file(root, shared_data, tmp_path, "seed-page"), tmp_path / "out")
    assert json.loads((out / "numbers.json").read_text())["articles"] == 1
    parts = pd.read_csv(out / "tables" / "lines-by-part.csv").groupby("part")["lines"].sum()
    assert set(parts.index) == {
        "kicker", "title", "lead", "body", "dateline", "subheading", "caption", "credit",
        "furniture",
    }  # fmt: skip
    assert parts["subheading"] == 2
    assert parts["caption"] == 3
    assert (out / "figures" / "fig-2-frames.pdf").exists()
    for notebook in ("01-corpus", "02-frames", "03-topics", "04-over-time"):
        page = (out / "notebooks" / f"{notebook}.html").read_text(encoding="utf-8")
        assert "The notebook ends here." in page


def test_english_climate_articles(root: Path, shared_data: Path, tmp_path: Path) -> None:
    path = study_file(root, shared_data, tmp_path, "narrative-frames")
    out = reproduce(path, tmp_path / "out")
    numbers = json.loads((out / "numbers.json").read_text())
    assert numbers["articles"] + numbers["articles_left_out"] == 428
    assert numbers["articles_left_out"] == 0
    by_group = pd.read_csv(out / "tables" / "frames-by-outlet.csv")
    assert by_group["mbfc"].nunique() == 4
    assert by_group.groupby("frame")["n"].sum().eq(428).all()
    over_time = pd.read_csv(out / "tables" / "frames-over-time.csv")
    assert over_time["period"].min() == "2017-04-01"
    assert over_time["period"].max() == "2019-10-01"
    figures = {path.stem for path in (out / "figures").glob("*.pdf")}
    assert {"fig-2-frames", "fig-4-residuals", "fig-6-topics-en", "fig-9-over-time-1"} <= figures
