"""Permuted labels and left-out outlets, against plain recomputation and simulation."""

import os
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

import mediaframes as mf
from mediaframes import Counts, InputError, keyness, keyness_drivers, keyness_test


def counts_of(matrix: object, **columns: list[Any]) -> Counts:
    table = csr_array(np.asarray(matrix))
    docs = pd.DataFrame(columns, index=[f"{i:04d}" for i in range(table.shape[0])])
    return Counts.from_matrix(table, [f"w{i:02d}" for i in range(table.shape[1])], docs=docs)


def plain_t(x: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """The studentized difference of relative frequencies, written out."""
    length = x.sum(axis=1)
    rate = x.sum(axis=0) / length.sum()
    y = x - np.outer(length, rate)
    n1, n2 = length[inside].sum(), length[~inside].sum()
    difference = x[inside].sum(axis=0) / n1 - x[~inside].sum(axis=0) / n2
    error = (y[inside] ** 2).sum(axis=0) / n1**2 + (y[~inside] ** 2).sum(axis=0) / n2**2
    return difference / np.sqrt(error)


def test_all_relabelings_by_hand() -> None:
    x = np.random.default_rng(1).poisson(2, (7, 6)) + np.eye(7, 6, dtype=int)
    inside = np.arange(7) < 3
    table = keyness_test(
        counts_of(x, outlet=["A"] * 3 + ["B"] * 4), by="outlet", target="A", min_docs=1, seed=1
    ).set_index("word").sort_index()  # fmt: skip
    observed = plain_t(x, inside)
    assert table["t"].to_numpy() == pytest.approx(observed, abs=1e-10)
    drawn = np.array(
        [np.abs(plain_t(x, np.isin(np.arange(7), rows))) for rows in combinations(range(7), 3)]
    )
    size = np.abs(observed) * (1 - 1e-9)
    assert table["p"].to_numpy() == pytest.approx((drawn >= size).mean(axis=0), abs=1e-12)
    family, worst = np.empty(6), 0.0
    order = np.argsort(-size)
    for place, word in enumerate(order):
        worst = max(worst, (drawn[:, order[place:]].max(axis=1) >= size[word]).mean())
        family[word] = worst
    assert table["p_family"].to_numpy() == pytest.approx(family, abs=1e-12)


def test_seed_decides_and_order_of_articles_does_not() -> None:
    x = np.random.default_rng(2).poisson(1, (60, 30))
    outlet = ["A", "B"] * 30
    one = keyness_test(counts_of(x, outlet=outlet), by="outlet", target="A", seed=3)
    again = keyness_test(counts_of(x, outlet=outlet), by="outlet", target="A", seed=3)
    pd.testing.assert_frame_equal(one, again)
    docs = pd.DataFrame({"outlet": outlet}, index=[f"{i:04d}" for i in range(60)])
    order = np.random.default_rng(5).permutation(60)
    mixed = Counts.from_matrix(csr_array(x[order]), [f"w{i:02d}" for i in range(30)],
                               docs=docs.iloc[order])  # fmt: skip
    pd.testing.assert_frame_equal(one, keyness_test(mixed, by="outlet", target="A", seed=3))
    assert not one["p"].equals(
        keyness_test(counts_of(x, outlet=outlet), by="outlet", target="A", seed=4)["p"]
    )


def test_copies_are_one_unit() -> None:
    rng = np.random.default_rng(6)
    x, outlet = rng.poisson(1.5, (24, 8)), ["A"] * 12 + ["B"] * 12
    plain = keyness_test(counts_of(x, outlet=outlet), by="outlet", target="A", seed=1)
    times = rng.integers(1, 4, 24)
    rows = np.repeat(np.arange(24), times)
    copied = counts_of(
        x[rows], outlet=[outlet[r] for r in rows], weight=(1 / times[rows]).tolist(),
        copy_of=[f"{int(np.flatnonzero(rows == r)[0]):04d}" for r in rows],
    )  # fmt: skip
    again = keyness_test(copied, by="outlet", target="A", seed=1)
    columns = ["word", "count_target", "log_ratio", "t", "p", "p_family", "q"]
    pd.testing.assert_frame_equal(plain[columns], again[columns])


def test_copies_on_both_sides_keep_as_many_on_each() -> None:
    """A story both print says nothing of their difference, however often its word occurs."""
    rng = np.random.default_rng(7)
    x = np.column_stack([rng.poisson(3, 40), np.zeros(40, int)])
    x[:10, 1] = 9
    copy_of = [f"{i % 5:04d}" if i < 10 else f"{i:04d}" for i in range(40)]
    counts = counts_of(
        x, outlet=["A"] * 5 + ["B"] * 5 + ["A", "B"] * 15, copy_of=copy_of,
        weight=[0.5] * 10 + [1.0] * 30,
    )  # fmt: skip
    table = keyness_test(counts, by="outlet", target="A", seed=1, min_docs=1).set_index("word")
    assert table.loc["w01", "p"] > 0.2


def test_few_clusters_cannot_be_significant(capsys: pytest.CaptureFixture[str]) -> None:
    rng = np.random.default_rng(8)
    x = rng.poisson(2, (80, 10))
    x[:40, 3] += 5
    outlet = [f"O{i // 20}" for i in range(80)]
    counts = counts_of(x, kind=["tabloid"] * 40 + ["broadsheet"] * 40, outlet=outlet)
    table = keyness_test(counts, by="kind", target="tabloid", cluster="outlet", seed=1)
    assert table["p"].min() == pytest.approx(2 / 6)
    said = capsys.readouterr().out
    assert "2 of 4 outlets have the target's label; 6 relabelings are possible" in said
    assert "no p can be below 0.33" in said
    with pytest.raises(InputError, match=r"have articles in both groups \(the first: 'tabloid'\)"):
        keyness_test(counts, by="outlet", target="O1", reference="O0", cluster="kind", seed=1)
    with pytest.raises(InputError, match="no column 'day' to cluster by"):
        keyness_test(counts, by="kind", target="tabloid", cluster="day", seed=1)
    gaps = counts_of(x, kind=["t"] * 40 + ["b"] * 40, outlet=[None, *outlet[1:]])
    with pytest.raises(InputError, match="1 of 80 articles have no outlet"):
        keyness_test(gaps, by="kind", target="t", cluster="outlet", seed=1)


THREADS = """
import sys
import numpy as np, pandas as pd
from hashlib import sha256
from scipy.sparse import csr_array
import mediaframes as mf
rng = np.random.default_rng(1)
x = rng.poisson(0.4, (3000, 50))
docs = pd.DataFrame(index=[f"{i:04d}" for i in range(3000)])
docs["outlet"], docs["weight"] = rng.choice(["A", "B"], 3000), rng.choice([1, 1 / 3], 3000)
counts = mf.Counts.from_matrix(csr_array(x), [f"w{i}" for i in range(50)], docs=docs)
group = {"by": "outlet", "target": "A", "seed": 1}
tables = [mf.keyness(counts, draws=200, **group),
          mf.keyness_test(counts, permutations=200, **group),
          mf.compare_networks(counts, words=20, permutations=200, **group)]
sys.stderr.write(sha256("".join(t.to_csv() for t in tables).encode()).hexdigest())
"""


def test_threads_change_nothing() -> None:
    found = set()
    for threads in ("1", "2"):
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
        run = subprocess.run(
            [sys.executable, "-c", THREADS], capture_output=True, text=True, check=True,
            env=os.environ | dict.fromkeys(names, threads),
        )  # fmt: skip
        found.add(run.stderr[-64:])
    assert len(found) == 1


def test_one_article_each_and_articles_of_no_outlet(capsys: pytest.CaptureFixture[str]) -> None:
    counts = counts_of([[3, 1], [1, 4], [2, 2]], outlet=["A", "B", None])
    table = keyness_test(counts, by="outlet", target="A", min_docs=1, seed=1)
    said = capsys.readouterr().out
    assert "1 of 3 articles have no outlet and are in neither group (the first: '0002')" in said
    assert "1 of 2 articles have the target's label; 2 relabelings are possible" in said
    assert (table["p"] == 1).all()
    effects = keyness(counts, by="outlet", target="A", min_docs=1, seed=1)
    assert effects["log_ratio"].notna().all()
    assert effects[["p", "log_ratio_low"]].isna().all(axis=None)
    assert "only 1 independent articles" in capsys.readouterr().out


def test_resolution_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    x = np.random.default_rng(1).poisson(1, (40, 300))
    keyness_test(counts_of(x, outlet=["A", "B"] * 20), by="outlet", target="A", seed=1,
                 permutations=99)  # fmt: skip
    assert "q falls below 0.05 only where at least 60 words" in capsys.readouterr().out


def test_bursts_and_unequal_articles_do_not_deceive() -> None:
    """No word differs; articles of one outlet are few and twice as long."""
    rng = np.random.default_rng(12)
    base = rng.dirichlet(np.full(60, 0.5))
    plain = family = words = 0
    for run in range(60):
        sizes = [300] * 30 + [150] * 60
        x = [rng.multinomial(n, rng.dirichlet(base * 30)) for n in sizes]
        counts = counts_of(x, outlet=["A"] * 30 + ["B"] * 60)
        table = keyness_test(counts, by="outlet", target="A", seed=run, permutations=199)
        plain += int((table["p"] <= 0.05).sum())
        words += len(table)
        family += int((table["p_family"] <= 0.05).any())
    assert 0.03 * words < plain < 0.07 * words
    assert family <= 8, "the 99 % bound of 60 trials at 5 %"


def test_very_unequal_lengths_are_said_and_thinning_mends_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Twenty articles of 1,000 words against sixty of 100, no difference."""
    rng = np.random.default_rng(5)
    base = rng.dirichlet(np.full(200, 0.5)) + 1e-6
    as_is = thinned = 0
    for run in range(40):
        sizes = [1000] * 20 + [100] * 60
        x = [rng.multinomial(n, rng.dirichlet(base / base.sum() * 100)) for n in sizes]
        counts = counts_of(x, outlet=["A"] * 20 + ["B"] * 60)
        test = {"by": "outlet", "target": "A", "seed": run, "permutations": 99}
        as_is += int((keyness_test(counts, **test)["p_family"] <= 0.05).any())
        assert "10.0 times as long" in (said := capsys.readouterr().out)
        assert "counts.thin(100, seed=...)" in said
        alike = counts.thin(100, seed=run)
        assert set(alike.lengths()) == {100}
        assert (alike.matrix.toarray() <= counts.matrix.toarray()).all()
        thinned += int((keyness_test(alike, **test)["p_family"] <= 0.05).any())
        assert "times as long" not in capsys.readouterr().out
    assert as_is >= 8, "else the message and the page on methods are wrong"
    assert thinned <= 6, "the 99 % bound of 40 trials at 5 %"


def test_thinning_draws_without_putting_back() -> None:
    counts = counts_of(np.tile([30, 60, 10], (400, 1)), outlet=["A"] * 400)
    drawn = counts.thin(40, seed=1).matrix.toarray()
    assert (drawn.sum(axis=1) == 40).all()
    assert drawn.mean(axis=0) == pytest.approx([12, 24, 4], abs=0.5)
    spread = 40 * np.array([0.21, 0.24, 0.09]) * 60 / 99  # hypergeometric
    assert drawn.var(axis=0) == pytest.approx(spread, rel=0.25)
    assert counts.thin(100, seed=1).content_hash == counts.content_hash
    with pytest.raises(InputError, match="words=0 leaves nothing"):
        counts.thin(0, seed=1)


@pytest.mark.real
def test_real_articles_with_shuffled_outlets(shared_data: Path) -> None:
    corpus = mf.read(shared_data / "fang_covid_de" / "articles.jsonl.gz")
    rng = np.random.default_rng(3)
    some = np.zeros(len(corpus.docs), bool)
    some[rng.permutation(len(some))[:600]] = True
    corpus = corpus.where(pd.Series(some, corpus.docs.index), reason="a sample")
    counts = mf.count(mf.tokenize(corpus), min_docs=15, stop_words=False)
    label = np.where(rng.permutation(600) < 200, "A", "B")
    shuffled = Counts.from_matrix(
        counts.matrix, counts.vocabulary, docs=pd.DataFrame({"outlet": label}, counts.docs.index)
    )
    table = keyness_test(shuffled, by="outlet", target="A", seed=1, permutations=499)
    bootstrap = keyness(shuffled, by="outlet", target="A", seed=1, draws=300)
    assert (table["p"] <= 0.05).mean() < 0.08
    assert (bootstrap["p"] <= 0.05).mean() < 0.08
    assert table["p_family"].min() > 0.01
    assert (bootstrap["g2"].abs() > 3.841).mean() > 0.1, "words by words, chance looks like style"


def test_a_planted_word_is_found() -> None:
    rng = np.random.default_rng(1)
    x = rng.poisson(2, (80, 200))
    x[:40, 7] += rng.poisson(4, 40)
    table = keyness_test(counts_of(x, outlet=["A"] * 40 + ["B"] * 40), by="outlet", target="A",
                         seed=1)  # fmt: skip
    assert table["word"].iloc[0] == "w07"
    assert table["p_family"].iloc[0] < 0.01
    assert (table["p_family"].iloc[1:] > 0.05).all()


class TestDrivers:
    """One outlet, one day."""

    def test_equals_leaving_each_out(self) -> None:
        rng = np.random.default_rng(9)
        x = rng.poisson(1.5, (50, 12)) + (rng.random((50, 1)) < 0.5)
        kind = np.array(["A", "B"])[rng.integers(0, 2, 50)]
        outlet = [f"{k}{j}" for k, j in zip(kind, rng.integers(0, 4, 50), strict=True)]
        of = [f"{i - i % 2:04d}" if i < 12 else f"{i:04d}" for i in range(50)]
        weight = [0.5 if i < 12 else 1.0 for i in range(50)]
        counts = counts_of(x, kind=kind.tolist(), outlet=outlet, copy_of=of, weight=weight)
        table = keyness_drivers(counts, by="kind", target="A", min_docs=1).set_index("word")
        whole = keyness_test(counts, by="kind", target="A", min_docs=1, seed=1, permutations=50)
        assert table["t"].sort_index().to_numpy() == pytest.approx(
            whole.set_index("word")["t"].sort_index().to_numpy(), abs=1e-9
        )
        for name in sorted(set(outlet)):
            left = keyness_test(counts.where(f"outlet != '{name}'"), by="kind", target="A",
                                min_docs=1, seed=1, permutations=50).set_index("word")  # fmt: skip
            mine = table[table["driver"] == name]
            toward = np.sign(mine["t"])
            # copies split over outlets become single articles where one print is left out
            alone = left.loc[mine.index]
            assert (toward * mine["t_without"]).to_numpy() == pytest.approx(
                (toward * alone["t"]).to_numpy(), abs=1e-9
            )
            assert mine["log_ratio_without"].to_numpy() == pytest.approx(
                alone["log_ratio"].to_numpy(), abs=1e-9
            )
            others = table[table["driver"] != name]
            assert (
                np.sign(others["t"]) * others["t_without"]
                <= np.sign(others["t"]) * left.loc[others.index]["t"] + 1e-9
            ).all()

    def test_one_outlet_and_one_day_are_named(self, capsys: pytest.CaptureFixture[str]) -> None:
        rng = np.random.default_rng(10)
        x = rng.poisson(3, (120, 40))
        outlet = [f"O{i // 20}" for i in range(120)]
        x[20:40, 0] += 6  # one outlet of the target
        x[:60, 1] += 3  # all of them
        dates = pd.date_range("2024-10-01", periods=30).tolist() * 4
        counts = counts_of(x, kind=["A"] * 60 + ["B"] * 60, outlet=outlet, date=dates)
        table = keyness_drivers(counts, by="kind", target="A").set_index("word")
        assert table.loc["w00", ["driver", "driven"]].tolist() == ["O1", True]
        assert table.loc["w00", "driver_share"] > 0.5
        assert table.loc["w00", "fall"] > 0.5
        assert not table.loc["w01", "driven"]
        days = keyness_drivers(counts, by="kind", target="A", leave_out="date").set_index("word")
        assert not days.loc[["w00", "w01"], "driven"].any()
        capsys.readouterr()
        keyness_drivers(counts, by="outlet", target="O1")
        assert "1 of 6 values of outlet are a whole side" in capsys.readouterr().out

    def test_bad_input(self) -> None:
        counts = counts_of([[1, 2]] * 10, kind=["A"] * 5 + ["B"] * 5, outlet=["X"] * 10)
        with pytest.raises(InputError, match="have 1 different outlet"):
            keyness_drivers(counts, by="kind", target="A")
        with pytest.raises(InputError, match="no column 'day' to leave out by"):
            keyness_drivers(counts, by="kind", target="A", leave_out="day")
        flat = keyness_test(counts, by="kind", target="A", seed=1)
        assert (flat["t"] == 0).all(), "all alike: no difference"
        assert (flat["p"] == 1).all()
        none = keyness_drivers(counts.where("kind == 'A' or kind == 'B'"), by="kind", target="A",
                               leave_out="kind")  # fmt: skip
        assert none["driver"].isna().all()
        assert not none["driven"].any()
