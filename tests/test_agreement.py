"""Agreement of coders, against published values."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mediaframes.errors import InputError
from mediaframes.people import agreement, krippendorff_alpha

GOLD = json.loads((Path(__file__).parent / "gold" / "krippendorff_alpha.json").read_text())


@pytest.mark.parametrize("case", GOLD["cases"], ids=lambda case: f"{case['name']} {case['metric']}")
def test_alpha_equals_published_values(case) -> None:  # type: ignore[no-untyped-def]
    codes = pd.DataFrame(case["coders_by_units"]).T
    found = krippendorff_alpha(codes, level=case["metric"])
    assert found == pytest.approx(case["expected_alpha"], abs=case["tolerance"])


def test_words_as_codes_and_missing_coders() -> None:
    numbers = pd.DataFrame({"a": [1, 2, 3, None], "b": [1, 2, 2, 1], "c": [None, 2, 3, None]})
    words = numbers.replace({1: "conflict", 2: "economy", 3: "morality"})
    assert krippendorff_alpha(words) == pytest.approx(krippendorff_alpha(numbers))
    assert krippendorff_alpha(words[["c", "b", "a"]]) == pytest.approx(krippendorff_alpha(words))


def test_nothing_to_agree_on_is_nan_and_said_by_counts() -> None:
    assert np.isnan(krippendorff_alpha([[1, 1], [1, 1]]))
    assert np.isnan(krippendorff_alpha([[1, None], [None, 2]]))
    row = agreement([[1, None], [None, 2]], seed=1).iloc[0]
    assert row["pairable"] == 0 and row["units"] == 2 and np.isnan(row["low"])


def test_interval_covers_and_narrows_with_units() -> None:
    """Two coders who know the truth in 80 % of the units: how many intervals hold alpha."""
    truth = krippendorff_alpha(_coders(200_000, 0))
    covered = []
    for seed in range(120):
        row = agreement(_coders(120, seed + 1), seed=1, draws=400).iloc[0]
        covered.append(row["low"] <= truth <= row["high"])
    assert 0.88 <= np.mean(covered) <= 0.99
    few = agreement(_coders(60, 1), seed=1).iloc[0]
    many = agreement(_coders(600, 1), seed=1).iloc[0]
    assert many["high"] - many["low"] < 0.5 * (few["high"] - few["low"])


def _coders(units: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    true = rng.choice(3, size=units, p=[0.5, 0.3, 0.2])
    guess = rng.choice(3, size=(units, 2))
    return np.where(rng.random((units, 2)) < 0.8, true[:, None], guess)


def test_bad_codes_are_said() -> None:
    with pytest.raises(InputError, match="one column per coder"):
        krippendorff_alpha([[1], [2]])
    with pytest.raises(InputError, match="needs numbers"):
        krippendorff_alpha([["a", "b"], ["b", "b"]], level="interval")
    with pytest.raises(InputError, match="use one of"):
        krippendorff_alpha([[1, 2]], level="nomnal")  # type: ignore[arg-type]


@pytest.mark.real
def test_alpha_of_real_coders(shared_data: Path) -> None:
    folder = shared_data / "reliability_examples"
    human = pd.read_csv(folder / "nk_reddit_two_human_coders.csv")
    assert krippendorff_alpha(human[["annotator_1", "annotator_2"]]) == pytest.approx(
        0.7519, abs=5e-5
    )
    models = pd.read_csv(folder / "nk_reddit_six_llm_coders.csv")
    coders = models.drop(
        columns=[c for c in models if c.endswith("id") or c in ("batch", "gold_label")]
    )
    assert krippendorff_alpha(coders) == pytest.approx(0.7210, abs=5e-4)
