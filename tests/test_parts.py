"""Keyness over parts equals keyness in memory."""

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from mediaframes import Counts, InputError, keyness, keyness_over_parts, keyness_test
from mediaframes.inference.measures import MEASURES


def whole(seed: int = 1, n: int = 90) -> Counts:
    """Articles with copies that lie side by side."""
    rng = np.random.default_rng(seed)
    matrix = rng.poisson(0.6, (n, 40)) * rng.integers(0, 3, (n, 40))
    docs = pd.DataFrame(index=[f"{i:03d}" for i in range(n)])
    docs["outlet"] = rng.choice(["A", "B", "C"], n)
    docs["copy_of"], docs["weight"] = docs.index, 1.0
    for first in (10, 40, 70):  # two prints of one text, in one part and of one outlet
        matrix[first + 1] = matrix[first]
        docs.iloc[first + 1, 0] = docs.iloc[first, 0]
        docs.iloc[first + 1, 1] = docs.index[first]
        docs.iloc[[first, first + 1], 2] = 0.5
    return Counts.from_matrix(csr_array(matrix), [f"w{i:02d}" for i in range(40)], docs=docs)


def in_parts(counts: Counts, size: int) -> list[Counts]:
    """Each part with the words it holds, in an order of its own."""
    parts = []
    for begin in range(0, len(counts.docs), size):
        part = counts.where(
            pd.Series(np.arange(len(counts.docs)) // size == begin // size, counts.docs.index)
        )
        held = np.flatnonzero(np.asarray(part.matrix.sum(axis=0)))[:: (-1) ** (begin // size)]
        parts.append(
            Counts.from_matrix(part.matrix[:, held], counts.vocabulary[held], docs=part.docs)
        )
    return parts


@pytest.mark.parametrize("size", [30, 45, 90])
@pytest.mark.parametrize("reference", [None, "B"])
def test_point_measures_are_the_same(size: int, reference: str | None) -> None:
    counts, every = whole(), list(MEASURES)
    table = keyness_over_parts(
        iter(in_parts(counts, size)), by="outlet", target="A", reference=reference,
        measures=every, min_docs=4,
    )  # fmt: skip
    memory = keyness(counts, by="outlet", target="A", reference=reference, measures=every,
                     min_docs=4, seed=1, draws=50)  # fmt: skip
    first = ["word", "count_target", "count_reference", "docs_target", "docs_reference"]
    pd.testing.assert_frame_equal(
        table[[*first, *every]].sort_values("word", ignore_index=True),
        memory[[*first, *every]].sort_values("word", ignore_index=True), rtol=1e-10,
    )  # fmt: skip
    tested = keyness_test(counts, by="outlet", target="A", reference=reference, min_docs=4, seed=1)
    t = tested.set_index("word")["t"].loc[table["word"]]
    assert table["t"].to_numpy() == pytest.approx(t.to_numpy(), abs=1e-9)


def test_parts_do_not_matter_and_bounds_are_near_the_bootstrap() -> None:
    counts = whole(seed=4, n=600)
    tables = [
        keyness_over_parts(iter(in_parts(counts, size)), by="outlet", target="A")
        for size in (100, 600)
    ]
    pd.testing.assert_frame_equal(*tables, rtol=1e-9)
    memory = keyness(counts, by="outlet", target="A", seed=1).set_index("word")
    table = tables[0].set_index("word").loc[memory.index]
    width = (table["log_ratio_high"] - table["log_ratio_low"]) / (
        memory["log_ratio_high"] - memory["log_ratio_low"]
    )
    assert width.between(0.85, 1.15).all()


def test_bad_input() -> None:
    parts = in_parts(whole(), 30)
    for arguments, message in (
        ({"by": "paper", "target": "A"}, "part 0: no column 'paper'"),
        ({"by": "outlet", "target": "Z"}, "no article has outlet 'Z'; there are: A, B, C"),
        ({"by": "outlet", "target": "A", "reference": "A"}, "nothing to compare"),
        ({"by": "outlet", "target": "A", "measures": ("dp",)}, "dispersion does not add up"),
        ({"by": "outlet", "target": "A", "min_docs": 999}, "no word is in at least min_docs=999"),
    ):
        with pytest.raises(InputError, match=message):
            keyness_over_parts(iter(parts), **arguments)
    with pytest.raises(InputError, match="there are no parts"):
        keyness_over_parts(iter([]), by="outlet", target="A")
    few = [part.where("outlet != 'A' or index < '010'") for part in in_parts(whole(), 30)]
    table = keyness_over_parts(few, by="outlet", target="A", min_docs=1)
    assert table[["t", "p", "q", "log_ratio_low"]].isna().all(axis=None), "fewer than five of A"
    assert table["log_ratio"].notna().all()
