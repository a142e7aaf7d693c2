"""Word lists from coded articles: definitions by hand, planted words, honest validation."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from mediaframes.errors import InputError
from mediaframes.frames import induce, read_codebook, write_codebook
from mediaframes.scores import Scores
from mediaframes.text import Counts


def planted(n: int, seed: int, signal: float = 0.08) -> tuple[Counts, pd.DataFrame]:
    """200 words of noise; ten of them ten times as likely where the frame is coded."""
    rng = np.random.default_rng(seed)
    names = [f"w{k:03d}" for k in range(200)]
    base = rng.dirichlet(np.full(200, 0.5))
    coded = rng.random(n) < 0.3
    lifted = base.copy()
    lifted[:10] = signal / 10
    lifted /= lifted.sum()
    flat = base.copy()
    flat[:10] = signal / 100
    flat /= flat.sum()
    rows = [rng.multinomial(150, lifted if c else flat) for c in coded]
    counts = Counts.from_matrix(csr_array(np.array(rows)), names)
    return counts, pd.DataFrame({"A": coded.astype(int)}, index=counts.docs.index)


def test_pmi_by_hand() -> None:
    matrix = [[2, 1, 0], [1, 1, 0]] * 5 + [[0, 1, 3]] * 10
    counts = Counts.from_matrix(csr_array(matrix), ["tax", "the", "war"])
    codes = pd.DataFrame({"A": [1] * 10 + [0] * 10}, index=counts.docs.index)
    terms = induce(codes, counts).terms.set_index("term")
    # 15 of the frame's 25 words are tax; 15 of all 65
    assert terms.loc["tax", "pmi"] == pytest.approx(math.log((15 / 25) / (15 / 65)))
    assert terms.loc["tax", ["count_frame", "count", "docs_frame", "docs"]].tolist() == [
        15, 15, 10, 10,
    ]  # fmt: skip
    assert "war" not in terms.index
    # "the" is in all articles: more than 98 %
    assert "the" not in terms.index


@pytest.mark.parametrize("method", ["pmi", "log_odds"])
def test_planted_words_are_found_and_the_draft_can_be_edited(method: str, tmp_path: Path) -> None:
    counts, codes = planted(400, 1)
    draft = induce(codes, counts, method=method, top=10)
    found = set(draft.terms["term"])
    assert len(found & {f"w{k:03d}" for k in range(10)}) >= 9
    row = draft.quality.iloc[0]
    assert row["F1"] > 0.8 > row["always"]
    write_codebook(draft.codebook, tmp_path / "draft.yml")
    assert set(read_codebook(tmp_path / "draft.yml").terms("en")["A"]) == found


def test_the_quality_is_not_that_of_the_training_articles() -> None:
    """With codes that mean nothing, many words fit by chance: validated F1 must not say so."""
    counts, codes = planted(300, 2)
    rng = np.random.default_rng(3)
    nonsense = pd.DataFrame({"A": rng.permutation(codes["A"].to_numpy())}, index=codes.index)
    row = induce(nonsense, counts, top=100).quality.iloc[0]
    assert row["F1"] <= row["always"] + 0.08


def test_copies_lie_in_one_fold_and_count_by_weight() -> None:
    counts, codes = planted(80, 4)
    docs = counts.docs.assign(weight=0.5, copy_of=np.repeat(counts.docs.index[::2], 2))
    matrix = counts.matrix[np.repeat(np.arange(0, 80, 2), 2)]
    paired = Counts(docs, matrix, counts.vocabulary, counts.made)
    labels = codes.iloc[np.repeat(np.arange(0, 80, 2), 2)].set_axis(codes.index)
    terms = induce(labels, paired).terms
    single = Counts(docs.iloc[::2].assign(weight=1.0), matrix[::2], counts.vocabulary, counts.made)
    pd.testing.assert_frame_equal(terms, induce(labels.iloc[::2], single).terms)


def test_order_changes_nothing_and_the_seed_does() -> None:
    counts, codes = planted(100, 5)
    one = induce(codes, counts, seed=1)
    two = induce(codes.sample(frac=1, random_state=1), counts, seed=1)
    pd.testing.assert_frame_equal(one.terms, two.terms)
    pd.testing.assert_frame_equal(one.quality, two.quality)
    assert one.made.fingerprint == two.made.fingerprint
    assert one.made.fingerprint != induce(codes, counts, seed=2).made.fingerprint


def test_scores_keep_their_colors_and_gaps() -> None:
    counts, codes = planted(120, 6)
    values = codes.astype(float)
    values.iloc[:20] = np.nan
    scores = Scores.from_frame(values, unit="presence", colors={"A": "#123456"})
    draft = induce(scores, counts, method="log_odds")
    assert draft.quality.loc[0, "n"] == 100
    assert draft.codebook.frame("A").color == "#123456"
    assert "<b>" not in draft._repr_html_()


def test_refusals() -> None:
    counts, codes = planted(30, 7)
    with pytest.raises(InputError, match="allowed: pmi, log_odds"):
        induce(codes, counts, method="tfidf")
    with pytest.raises(InputError, match="not in the counts"):
        induce(codes.rename(index=lambda name: f"x{name}"), counts)
    with pytest.raises(InputError, match="0 of 30"):
        induce(codes * 0, counts)
    with pytest.raises(InputError, match="folds=1"):
        induce(codes, counts, folds=1)
