"""Prevalence, residuals and keyness against hand-made values, references and simulations."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.stats import chi2_contingency, false_discovery_control

from mediaframes import Counts, InputError, Scores, keyness, prevalence, residuals
from mediaframes.inference.keyness import false_discovery_rate
from mediaframes.inference.measures import g2 as log_likelihood
from mediaframes.inference.resampling import copy_groups, draws_of, percentile_interval


def scores_of(values: list[float], **columns: list[object]) -> Scores:
    ids = [f"{i:04d}" for i in range(len(values))]
    docs = pd.DataFrame(columns, index=pd.Index(ids, name="id"))
    table = pd.DataFrame({"x": values}, index=docs.index)
    return Scores.from_frame(table, unit="share", docs=docs)


class TestPrevalence:
    """Means with weights, copies, gaps and intervals."""

    def test_weighted_means_by_group_and_period(self) -> None:
        scores = scores_of(
            [0.2, 0.4, 1.0, np.nan],
            outlet=["A", "A", "B", "A"],
            weight=[1.0, 0.5, 1.0, 1.0],
            date=pd.to_datetime(["2024-10-01", "2024-10-31", "2024-11-02", "2024-10-05"]).tolist(),
        )
        table = prevalence(scores, by="outlet", every="month", seed=1)
        assert table[["outlet", "n"]].values.tolist() == [["A", 2], ["B", 1]]
        assert table["value"].tolist() == pytest.approx([(0.2 + 0.4 * 0.5) / 1.5, 1.0])
        assert table["period"].dt.strftime("%Y-%m-%d").tolist() == ["2024-10-01", "2024-11-01"]
        assert table[["low", "high"]].isna().all(axis=None), "too few articles for an interval"
        assert set(table["unit"]) == {"share"}

    @pytest.mark.parametrize(
        ("every", "first"),
        [("day", "2024-10-24"), ("week", "2024-10-21"), ("month", "2024-10-01"),
         ("quarter", "2024-10-01"), ("year", "2024-01-01")],
    )  # fmt: skip
    def test_periods_begin_where_they_should(self, every: str, first: str) -> None:
        scores = scores_of([1.0], date=[pd.Timestamp("2024-10-24")])
        table = prevalence(scores, every=every, seed=1)
        assert table["period"].dt.strftime("%Y-%m-%d").tolist() == [first]

    def test_interval_agrees_with_theory(self) -> None:
        rng = np.random.default_rng(3)
        values = rng.normal(0.5, 0.1, 400)
        row = prevalence(scores_of(values.tolist()), seed=1, draws=4000).iloc[0]
        error = values.std(ddof=1) / math.sqrt(400)
        assert row["low"] == pytest.approx(values.mean() - 1.966 * error, abs=0.001)
        assert row["high"] == pytest.approx(values.mean() + 1.966 * error, abs=0.001)

    def test_copies_widen_the_interval(self) -> None:
        rng = np.random.default_rng(3)
        values = np.repeat(rng.random(40), 5)
        names = [f"{i:04d}" for i in range(200)]
        own = prevalence(scores_of(values.tolist()), seed=1).iloc[0]
        of = [names[5 * (i // 5)] for i in range(200)]
        copied = prevalence(scores_of(values.tolist(), copy_of=of), seed=1).iloc[0]
        ratio = (copied["high"] - copied["low"]) / (own["high"] - own["low"])
        assert ratio == pytest.approx(math.sqrt(5), rel=0.15)
        assert "copies drawn together" in copied["interval"]
        assert "copies" not in own["interval"]

    def test_seed_decides_and_row_order_does_not(self) -> None:
        values = np.random.default_rng(1).random(30)
        scores = scores_of(values.tolist(), outlet=["A", "B"] * 15)
        one = prevalence(scores, by="outlet", seed=1)
        pd.testing.assert_frame_equal(one, prevalence(scores, by="outlet", seed=1))
        assert not one.equals(prevalence(scores, by="outlet", seed=2))
        shuffled = Scores.from_frame(
            scores.values.sample(frac=1, random_state=1), unit="share", docs=scores.docs
        )
        pd.testing.assert_frame_equal(one, prevalence(shuffled, by="outlet", seed=1))

    def test_what_cannot_be_placed_is_said(self, capsys: pytest.CaptureFixture[str]) -> None:
        dates = [pd.Timestamp("2024-01-01"), pd.NaT]
        table = prevalence(scores_of([0.1, 0.9], date=dates), every="year", seed=1)
        assert table["n"].tolist() == [1]
        assert "1 of 2 articles have no date and cannot be placed (the first: '0001')" in (
            capsys.readouterr().out
        )

    def test_bad_input(self) -> None:
        scores = scores_of([0.1], date=[pd.NaT], outlet=[None])
        with pytest.raises(InputError, match="no column 'paper' to group by; there are: date"):
            prevalence(scores, by="paper", seed=1)
        with pytest.raises(InputError, match="unknown period 'decade'; allowed: day"):
            prevalence(scores, every="decade", seed=1)
        with pytest.raises(InputError, match="no article left: none has date"):
            prevalence(scores, every="week", seed=1)
        with pytest.raises(InputError, match=r"level=95 must lie between"):
            prevalence(scores, seed=1, level=95)
        with pytest.raises(InputError, match="draws=0 must be a whole number from 50"):
            prevalence(scores, seed=1, draws=0)
        with pytest.raises(InputError, match="seed=-1"):
            prevalence(scores, seed=-1)
        with pytest.raises(InputError, match="'value' has a name of the result's own"):
            prevalence(scores_of([0.1], value=["A"]), by="value", seed=1)
        with pytest.raises(InputError, match="none has outlet"):
            prevalence(scores, by="outlet", seed=1)

    def test_coverage_by_simulation(self) -> None:
        rng = np.random.default_rng(5)
        inside = 0
        for run in range(200):
            row = prevalence(scores_of(rng.beta(2, 5, 40).tolist()), seed=run, draws=300).iloc[0]
            inside += row["low"] <= 2 / 7 <= row["high"]
        # the 99.9 % range of a binomial with p = .95 and 200 trials; see also tests/quality
        assert 178 <= inside <= 199


class TestResiduals:
    """Standardized residuals, robust to copies."""

    def test_pearsons_adjusted_residuals(self) -> None:
        rng = np.random.default_rng(1)
        outlets = rng.choice(["A", "B", "C"], 3000, p=[0.5, 0.3, 0.2])
        share = pd.Series(outlets).map({"A": 0.32, "B": 0.30, "C": 0.27})
        values = (rng.random(3000) < share).astype(float)
        table = residuals(scores_of(values.tolist(), outlet=outlets.tolist()))
        cells = pd.crosstab(values, outlets)
        expected = chi2_contingency(cells, correction=False).expected_freq
        row, column = cells.sum(axis=1).to_numpy() / 3000, cells.sum().to_numpy() / 3000
        adjusted = (cells - expected) / np.sqrt(expected * np.outer(1 - row, 1 - column))
        assert table["residual"].tolist() == pytest.approx(adjusted.loc[1.0].tolist(), abs=1e-9)

    @pytest.mark.parametrize("size", [8, 50])
    def test_small_groups_and_rare_frames_raise_no_alarm(self, size: int) -> None:
        rng = np.random.default_rng(3)
        outlets = ["Small"] * size + ["Big"] * 1000
        alarms = 0
        for _ in range(200):
            values = (rng.random(size + 1000) < 0.02).astype(float)
            table = residuals(scores_of(values.tolist(), outlet=outlets))
            alarms += abs(table["residual"].iloc[1]) > 2
        assert alarms < 40, "a rare frame is lumpy, so not exactly one in twenty"

    def test_standard_normal_where_nothing_differs(self) -> None:
        rng = np.random.default_rng(2)
        found = []
        for _ in range(300):
            values, outlets = rng.beta(0.5, 2, 120), rng.choice(["A", "B"], 120)
            table = residuals(scores_of(values.tolist(), outlet=outlets.tolist()))
            found.append(table["residual"].iloc[0])
        assert np.std(found) == pytest.approx(1, abs=0.13)
        assert np.mean(np.abs(found) > 1.96) < 0.09

    def test_copies_count_once(self) -> None:
        values, outlets = [1.0, 0.0] * 10 + [1.0] * 20, ["A", "B"] * 10 + ["A", "B"] * 10
        apart = residuals(scores_of(values, outlet=outlets))["residual"].iloc[0]
        of = [f"{i - i % 2:04d}" for i in range(40)]
        together = residuals(scores_of(values, outlet=outlets, copy_of=of))["residual"].iloc[0]
        assert together != pytest.approx(apart)

    def test_no_spread_and_one_group(self) -> None:
        table = residuals(scores_of([0.0] * 4, outlet=["A", "A", "B", "B"]))
        assert table["residual"].tolist() == [0.0, 0.0]
        with pytest.raises(InputError, match=r"only one outlet \('A'\)"):
            residuals(scores_of([0.1, 0.2], outlet=["A", "A"]))


def counts_of(matrix: object, **columns: list[object]) -> Counts:
    table = csr_array(np.asarray(matrix))
    ids = [f"{i:04d}" for i in range(table.shape[0])]
    docs = pd.DataFrame(columns, index=pd.Index(ids, name="id"))
    return Counts.from_matrix(table, [f"w{i}" for i in range(table.shape[1])], docs=docs)


class TestKeyness:
    """Effect sizes against references, inference against simulation."""

    @pytest.mark.parametrize(
        "case", json.loads((Path(__file__).parent / "gold" / "keyness.json").read_text())["cases"],
        ids=lambda case: case["name"],
    )  # fmt: skip
    def test_log_likelihood_gold(self, case: dict[str, float]) -> None:
        got = log_likelihood(
            np.array([case["a"]], float), np.array([case["b"]], float),
            case["n_target"], case["n_reference"],
        )  # fmt: skip
        assert got[0] == pytest.approx(case["g2"], abs=1e-8)

    @settings(max_examples=100, deadline=None)
    @given(st.integers(0, 50), st.integers(0, 50), st.integers(60, 500), st.integers(60, 500))
    def test_log_likelihood_equals_scipy(self, a: int, b: int, n: int, m: int) -> None:
        got = log_likelihood(np.array([a], float), np.array([b], float), n, m)[0]
        if a + b == 0:
            assert got == 0
            return
        want = chi2_contingency(
            [[a, b], [n - a, m - b]], correction=False, lambda_="log-likelihood"
        )
        assert abs(got) == pytest.approx(want.statistic, abs=1e-8)
        assert got == 0 or (got > 0) == (a * m > b * n) or abs(got) < 1e-9

    @settings(max_examples=50, deadline=None)
    @given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
    def test_false_discovery_rate_equals_scipy(self, p: list[float]) -> None:
        got = false_discovery_rate(np.array(p))
        assert got == pytest.approx(false_discovery_control(np.array(p)), abs=1e-12)

    def test_weighted_log_odds_by_hand(self) -> None:
        # target 6 + 4 words, reference 2 + 8; prior mass 10 split as the words are (8 and 12 of 20)
        rows = [[2, 0], [1, 1], [1, 1], [1, 1], [1, 1], [2, 0], [0, 2], [0, 2], [0, 2], [0, 2]]
        counts = counts_of(rows, outlet=["A"] * 5 + ["B"] * 5)
        table = keyness(
            counts,
            by="outlet",
            target="A",
            measures={"log_odds": {"prior_mass": 10}, "log_ratio": {}},
            min_docs=1,
            seed=1,
        ).set_index("word")
        a, b, prior, mass = 6, 2, 4, 10
        want = math.log((a + prior) / (10 + mass - a - prior)) - math.log(
            (b + prior) / (10 + mass - b - prior)
        )
        assert table.loc["w0", "log_odds"] == pytest.approx(want, abs=1e-12)
        published = want / math.sqrt(1 / (a + prior) + 1 / (b + prior))
        assert abs(table.loc["w0", "z"]) <= published + 1e-12
        assert table.loc["w0", "log_ratio"] == pytest.approx(math.log2(3))
        assert table.loc["w0", ["docs_target", "docs_reference"]].tolist() == [5, 1]

    def test_few_articles_have_effects_but_no_tests(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        counts = counts_of([[3, 2]] * 4 + [[1, 4]] * 9, outlet=["A"] * 4 + ["B"] * 9)
        table = keyness(counts, by="outlet", target="A", min_docs=1, seed=1)
        assert "only 4 independent articles" in capsys.readouterr().out
        missing = ["log_odds_low", "log_odds_high", "z", "p", "q", "log_ratio_low"]
        assert table[missing].isna().all(axis=None)
        assert table["word"].tolist() == ["w0", "w1"]

    def test_groups_may_be_numbers(self) -> None:
        rows = [[3, 1]] * 6 + [[1, 3]] * 6
        counts = counts_of(rows, year=[2020] * 6 + [2021] * 6)
        named = keyness(counts, by="year", target="2020", seed=1)
        assert named["count_target"].sum() == 24
        assert prevalence(scores_of([0.1, 0.3], year=[2020, 2021]), by="year", seed=1)[
            "year"
        ].tolist() == ["2020", "2021"]

    def test_log_ratio_grows_with_the_count(self) -> None:
        few = counts_of([[0, 9]] * 5 + [[9, 9]] * 5, outlet=["A"] * 5 + ["B"] * 5)
        some = counts_of(
            [[0, 9]] * 4 + [[1, 9]] + [[9, 9]] * 5,
            outlet=["A"] * 5 + ["B"] * 5, weight=[1.0] * 4 + [0.2] + [1.0] * 5,
        )  # fmt: skip
        ratios = []
        for counts in (few, some):
            table = keyness(counts, by="outlet", target="A", min_docs=1, seed=1)
            ratios.append(table.set_index("word")["log_ratio"]["w0"])
        assert ratios[0] <= ratios[1]

    def test_log_odds_signs_of_tidylo(self) -> None:
        # tests/testthat/test-bind-log-odds.R of tidylo: words of one text only have the sign of it
        words = {"the": (1, 1), "quick": (1, 0), "brown": (1, 1), "fox": (1, 0), "jumped": (2, 0),
                 "over": (0, 1), "lazy": (0, 1), "dog": (0, 2)}  # fmt: skip
        matrix = np.array(list(words.values())).T
        docs = pd.DataFrame({"text": ["1", "2"]}, index=pd.Index(["a", "b"], name="id"))
        counts = Counts.from_matrix(csr_array(matrix), list(words), docs=docs)
        table = keyness(
            counts,
            by="text",
            target="1",
            min_docs=1,
            measures={"log_odds": {"prior_mass": 12}},
            seed=1,
        )
        odds = table.set_index("word")["log_odds"]
        assert (odds[["quick", "fox", "jumped"]] > 0).all()
        assert (odds[["over", "lazy", "dog"]] < 0).all()

    def test_zero_counts_leave_one_side_open(self) -> None:
        counts = counts_of([[3, 1]] * 6 + [[0, 4]] * 6, outlet=["A"] * 6 + ["B"] * 6)
        table = keyness(counts, by="outlet", target="A", min_docs=1, seed=1).set_index("word")
        assert math.isnan(table.loc["w0", "log_ratio_high"])
        assert math.isfinite(table.loc["w0", "log_ratio_low"])
        assert table.loc["w0", "log_ratio"] == pytest.approx(math.log2((18 / 24) / (0.5 / 24)))

    def test_copies_share_one_weight(self) -> None:
        base = [[3, 1]] * 6 + [[1, 3]] * 6
        outlet = ["A"] * 6 + ["B"] * 6
        plain = keyness(counts_of(base, outlet=outlet), by="outlet", target="A", seed=1)
        twice = counts_of(
            [row for row in base for _ in (0, 1)],
            outlet=[o for o in outlet for _ in (0, 1)],
            weight=[0.5] * 24,
            copy_of=[f"{2 * (i // 2):04d}" for i in range(24)],
        )
        copied = keyness(twice, by="outlet", target="A", seed=1)
        columns = ["count_target", "log_odds", "z", "log_ratio", "log_ratio_low", "g2", "q"]
        pd.testing.assert_frame_equal(plain[columns], copied[columns])

    def test_bursts_do_not_deceive(self) -> None:
        rng = np.random.default_rng(11)
        base = rng.dirichlet(np.full(100, 0.5))
        ours = words = 0
        for run in range(6):
            rows = [rng.multinomial(200, rng.dirichlet(base * 50)) for _ in range(80)]
            counts = counts_of(rows, outlet=["A", "B"] * 40)
            table = keyness(counts, by="outlet", target="A", seed=run, draws=200)
            ours += int((table["p"] < 0.05).sum())
            words += int((table["g2"].abs() > 3.841).sum())
        assert ours < 0.08 * 600
        assert words > 0.2 * 600, "the simulation must be one that deceives tests over words"

    def test_a_planted_word_is_found(self) -> None:
        rng = np.random.default_rng(1)
        rows = rng.poisson(2, size=(60, 40))
        rows[:30, 7] += rng.poisson(3, 30)
        table = keyness(
            counts_of(rows, outlet=["A"] * 30 + ["B"] * 30), by="outlet", target="A", seed=1
        )
        assert table["word"].iloc[0] == "w7"
        assert table["q"].iloc[0] < 0.001
        assert (table["q"].iloc[1:] > 0.01).all()

    def test_bad_input(self) -> None:
        counts = counts_of([[1, 1]] * 4, outlet=["A", "A", "B", None])
        for arguments, message in (
            ({"by": "paper", "target": "A"}, "no column 'paper'; there are: outlet"),
            ({"by": "outlet", "target": "C"}, "no article has outlet 'C'; there are: A, B"),
            ({"by": "outlet", "target": "A", "reference": "A"}, "nothing to compare 'A' with"),
            (
                {"by": "outlet", "target": "A"},
                "no word is in at least min_docs=5 of the 3 articles",
            ),
        ):
            with pytest.raises(InputError, match=message):
                keyness(counts, seed=1, **arguments)

    def test_missing_weights_are_refused(self) -> None:
        counts = counts_of([[1, 1]] * 2, outlet=["A", "B"], weight=[1.0, np.nan])
        with pytest.raises(InputError, match=r"'weight' holds missing.*article '0001'"):
            keyness(counts, by="outlet", target="A", min_docs=1, seed=1)
        with pytest.raises(InputError, match="'weight' holds missing"):
            scores_of([0.1, 0.2], weight=[1.0, np.nan])

    def test_an_article_of_weight_zero_is_not_counted(self) -> None:
        table = prevalence(scores_of([0.1, 0.9], weight=[1.0, 0.0]), seed=1)
        assert table[["value", "n"]].values.tolist() == [[0.1, 1]]


class TestResampling:
    """Drawing groups of copies."""

    def test_copies_come_together(self) -> None:
        docs = pd.DataFrame({"copy_of": ["a", "a", "c", None]}, index=["a", "b", "c", "d"])
        groups = copy_groups(docs)
        assert groups.tolist() == [0, 0, 1, 2]
        drawn = np.concatenate(list(draws_of(groups, draws=250, seed=1)))
        assert drawn.shape == (250, 4)
        assert (drawn[:, 0] == drawn[:, 1]).all()
        assert (drawn[:, [0, 2, 3]].sum(axis=1) == 3).all()

    def test_interval_of_few_is_missing_and_of_many_is_plain(self) -> None:
        draws = np.random.default_rng(1).normal(size=(5000, 2))
        low, high = percentile_interval(draws, np.array([4, 100_000]), level=0.9)
        assert np.isnan(low[0])
        assert np.isnan(high[0])
        assert low[1] == pytest.approx(np.quantile(draws[:, 1], 0.05), abs=1e-3)

    def test_empty_cells_of_a_draw_are_left_out(self) -> None:
        draws = np.full((10, 1), np.nan)
        draws[:5] = 1.0
        low, high = percentile_interval(draws, np.array([9]), level=0.95)
        assert (low[0], high[0]) == (1.0, 1.0)
