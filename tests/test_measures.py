"""Measures of keyness and dispersion against golden numbers, R, scipy and exact fractions."""

import json
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.stats import binomtest, chi2_contingency, fisher_exact

from mediaframes import Counts, InputError, keyness
from mediaframes.inference import dispersion, measures
from mediaframes.inference.dispersion import DISPERSION, of_matrix

GOLD = Path(__file__).parent / "gold"
CONTINGENCY = json.loads((GOLD / "contingency.json").read_text())
SPREAD = json.loads((GOLD / "dispersion.json").read_text())
NAMES = sorted(set(measures.MEASURES) - {"log_odds"})


def exact_fisher(a: int, b: int, n1: int, n2: int) -> float:
    """In exact fractions: all tables no more probable than the observed one."""
    k = a + b
    ways = {
        x: math.comb(n1, x) * math.comb(n2, k - x) for x in range(max(0, k - n2), min(k, n1) + 1)
    }
    seen = ways[a]
    return float(Fraction(sum(w for w in ways.values() if w <= seen), sum(ways.values())))


def of(name: str, a: float, b: float, n1: float, n2: float, **more: Any) -> float:
    return float(np.asarray(measures.MEASURES[name].function(a, b, n1, n2, **more)))


class TestGold:
    """Published values."""

    @pytest.mark.parametrize("case", CONTINGENCY["r"], ids=lambda case: case["name"])
    def test_what_r_prints_and_exact_fractions(self, case: dict[str, Any]) -> None:
        (a, b), (c, d) = case["table"]
        p = of("fisher", a, b, a + c, b + d)
        assert round(p, case["digits"]) == case["fisher_p"]
        assert p == pytest.approx(float(Fraction(case["fisher_exact"])), rel=1e-10)
        if "chisq_yates" in case:
            chi2 = abs(of("chi2_yates", a, b, a + c, b + d))
            assert round(chi2, 5) == case["chisq_yates"]
            assert chi2 == pytest.approx(float(Fraction(case["chisq_yates_exact"])), rel=1e-12)

    @pytest.mark.parametrize("name", ["chi2", "chi2_yates", "g2", "g2_williams"])
    def test_keyness_gold(self, name: str) -> None:
        gold = CONTINGENCY["keyness"]
        cells = [gold[key] for key in ("a", "b", "n_target", "n_reference")]
        assert of(name, *cells) == pytest.approx(gold[name], abs=1e-8)
        flipped = [cells[1], cells[0], cells[3], cells[2]]
        assert of(name, *flipped) == pytest.approx(-gold[name], abs=1e-8)

    @pytest.mark.parametrize("name", ["g2_williams", "g2_yates"])
    def test_corrected_g2(self, name: str) -> None:
        gold = CONTINGENCY["corrected_g2"]
        cells = [gold[key] for key in ("a", "b", "n_target", "n_reference")]
        assert of(name, *cells) == pytest.approx(gold[name], abs=1.1e-5)

    def test_dispersion_gold(self) -> None:
        sizes, held = np.array(SPREAD["sizes"]), np.array(SPREAD["counts"])
        matrix = csr_array(np.column_stack([held, sizes - held]).astype(float))
        table = of_matrix(matrix, np.arange(10), tuple(DISPERSION), np.array([0])).iloc[0]
        for name, value in SPREAD["recomputed"].items():
            assert table[name] == pytest.approx(value, abs=1e-8), name
        printed = SPREAD["printed"]
        for name in ("rosengren_s", "d_a", "juilland_d"):
            assert table[name] == pytest.approx(printed[name], abs=5e-8), name
        assert 1 / (1 + table["kld"]) == pytest.approx(printed["kld_conventional"], abs=5e-8)
        assert table["range"] == 5


class TestAgainstOthers:
    """scipy, exact fractions and the plain formulas."""

    @settings(max_examples=150, deadline=None)
    @given(st.integers(0, 40), st.integers(0, 40), st.integers(41, 300), st.integers(41, 300))
    def test_fisher(self, a: int, b: int, n1: int, n2: int) -> None:
        p = of("fisher", a, b, n1, n2)
        if a + b == 0:
            assert math.isnan(p)
            return
        assert p == pytest.approx(exact_fisher(a, b, n1, n2), abs=1e-12)
        assert p == pytest.approx(fisher_exact([[a, b], [n1 - a, n2 - b]])[1], abs=1e-10)

    @settings(max_examples=100, deadline=None)
    @given(st.integers(0, 40), st.integers(1, 40), st.integers(41, 300), st.integers(41, 300))
    def test_chi2(self, a: int, b: int, n1: int, n2: int) -> None:
        table = [[a, b], [n1 - a, n2 - b]]
        for name, correction, lambda_ in (
            ("chi2", False, "pearson"), ("chi2_yates", True, "pearson"),
            ("g2", False, "log-likelihood"), ("g2_yates", True, "log-likelihood"),
        ):  # fmt: skip
            want = chi2_contingency(table, correction=correction, lambda_=lambda_).statistic
            assert abs(of(name, a, b, n1, n2)) == pytest.approx(want, abs=1e-8), name

    @settings(max_examples=60, deadline=None)
    @given(st.integers(0, 60), st.integers(0, 60), st.integers(1, 1000))
    def test_lrc_is_the_bound_nearer_to_zero(self, a: int, b: int, words: int) -> None:
        n1, n2 = 5000, 7000
        got = float(measures.lrc(np.array([a]), np.array([b]), n1, n2, words=words)[0])
        if a + b == 0:
            assert math.isnan(got)
            return
        interval = binomtest(a, a + b).proportion_ci(1 - 0.05 / words, method="exact")
        with np.errstate(divide="ignore"):
            low, high = (np.log2(n2 / n1 * np.divide(p, 1 - p)) for p in interval)
        want = low if low > 0 else high if high < 0 else 0.0
        assert got == pytest.approx(want, abs=1e-8)

    def test_by_hand(self) -> None:
        # 30 of 10,000 words against 10 of 20,000
        cells = (30, 10, 10_000, 20_000)
        two = 2 * (30 * math.log(30 / (40 / 3)) + 10 * math.log(10 / (80 / 3)))
        assert of("g2_two_cell", *cells) == pytest.approx(two, abs=1e-10)
        assert of("bic", *cells) == pytest.approx(two - math.log(30_000), abs=1e-10)
        assert of("ell", *cells) == pytest.approx(two / (30_000 * math.log(40 / 3)), abs=1e-12)
        assert of("percent_diff", *cells) == pytest.approx(500)
        assert of("odds_ratio", *cells) == pytest.approx((30 / 9970) / (10 / 19990), abs=1e-10)
        assert of("log_ratio", *cells) == pytest.approx(math.log2(6), abs=1e-12)
        assert of("simple_maths", *cells, k=100) == pytest.approx(3100 / 600, abs=1e-10)
        with pytest.raises(InputError, match="k=0"):
            of("simple_maths", *cells, k=0)

    def test_what_cannot_be_known_is_missing_or_infinite(self) -> None:
        assert of("percent_diff", 3, 0, 10, 10) == math.inf
        assert of("odds_ratio", 3, 0, 10, 10) == math.inf
        assert math.isnan(of("ell", 1, 0, 10, 10))
        for name in ("chi2", "fisher", "lrc", "percent_diff"):
            assert math.isnan(of(name, 0, 0, 10, 10)), name

    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.integers(0, 6), min_size=3, max_size=12).filter(any), st.data())
    def test_dispersion_equals_the_plain_formulas(self, held: list[int], data: Any) -> None:
        rest = data.draw(st.lists(st.integers(1, 30), min_size=len(held), max_size=len(held)))
        v, size = np.array(held, float), np.array(held) + np.array(rest, float)
        matrix = csr_array(np.column_stack([v, size - v]))
        got = of_matrix(matrix, np.arange(len(v)), tuple(DISPERSION), np.array([0])).iloc[0]
        s, t, r, n = size / size.sum(), v / v.sum(), v / size, len(v)
        dp = np.abs(t - s).sum() / 2
        pairs = np.abs(r[:, None] - r).sum() / (n * (n - 1))
        want = {
            "dp": dp, "dp_norm": dp / (1 - s.min()), "dp_egbert": 1 - dp / (1 - s[v > 0].min()),
            "juilland_d": 1 - r.std() / r.mean() / math.sqrt(n - 1),
            "rosengren_s": np.sqrt(s * v).sum() ** 2 / v.sum(),
            "kld": sum(x * math.log2(x / y) for x, y in zip(t, s, strict=True) if x),
            "range": (v > 0).sum(), "d_a": 1 - pairs / (2 * r.mean()),
        }  # fmt: skip
        for name, value in want.items():
            assert got[name] == pytest.approx(value, abs=1e-10), name


def counts_of(matrix: object, **columns: list[Any]) -> Counts:
    table = csr_array(np.asarray(matrix))
    docs = pd.DataFrame(columns, index=[f"{i:04d}" for i in range(table.shape[0])])
    return Counts.from_matrix(table, [f"w{i}" for i in range(table.shape[1])], docs=docs)


class TestTables:
    """Measures by name, weights and copies."""

    def test_every_measure_by_name_and_copies_change_none(self) -> None:
        rng = np.random.default_rng(4)
        base = rng.poisson(1.2, (40, 25))
        outlet, every = ["A", "B"] * 20, [*NAMES, "log_odds", *DISPERSION]
        plain = keyness(counts_of(base, outlet=outlet), by="outlet", target="A", measures=every,
                        seed=1, draws=50)  # fmt: skip
        times = rng.integers(1, 5, 40)
        rows = np.repeat(np.arange(40), times)
        copied = counts_of(
            base[rows], outlet=[outlet[r] for r in rows], weight=(1 / times[rows]).tolist(),
            copy_of=[f"{int(np.flatnonzero(rows == r)[0]):04d}" for r in rows],
        )  # fmt: skip
        again = keyness(copied, by="outlet", target="A", measures=every, seed=1, draws=50)
        # these say in how many articles a word stands, copies included
        again[["docs_target", "docs_reference"]] = (
            plain.set_index("word").loc[again["word"], ["docs_target", "docs_reference"]].to_numpy()
        )
        pd.testing.assert_frame_equal(
            plain.sort_values("word", ignore_index=True),
            again.sort_values("word", ignore_index=True), check_exact=False, rtol=1e-9,
        )  # fmt: skip
        assert set(every) <= set(plain)
        assert plain.columns[-2:].tolist() == ["p", "q"]

    def test_without_log_odds_the_first_measure_sorts(self) -> None:
        counts = counts_of([[3, 1, 0]] * 6 + [[1, 3, 1]] * 6, outlet=["A"] * 6 + ["B"] * 6)
        table = keyness(counts, by="outlet", target="A", measures=("g2", "dp"), seed=1)
        assert table["g2"].is_monotonic_decreasing
        assert table.columns.tolist()[-2:] == ["g2", "dp"]
        assert math.isnan(table.set_index("word").loc["w2", "dp"]), "no occurrence in the target"

    def test_priors_differ_and_are_named(self) -> None:
        counts = counts_of([[3, 1, 9]] * 6 + [[1, 3, 9]] * 6, outlet=["A"] * 6 + ["B"] * 6)
        values = {}
        other = pd.Series({"w0": 10, "w1": 10, "w2": 80})
        for name, background in (("both", "both"), ("flat", "flat"), ("given", other)):
            asked = {"log_odds": {"prior_mass": 30, "background": background}}
            table = keyness(counts, by="outlet", target="A", measures=asked, seed=1)
            values[name] = table.set_index("word")["log_odds"]["w0"]
        n = 78 + 30
        for name, alpha in (("both", 30 * 24 / 156), ("flat", 10), ("given", 3)):
            want = math.log((18 + alpha) / (n - 18 - alpha)) - math.log(
                (6 + alpha) / (n - 6 - alpha)
            )
            assert values[name] == pytest.approx(want, abs=1e-12)

    def test_bad_input(self) -> None:
        counts = counts_of([[3, 1]] * 6 + [[1, 3]] * 6, outlet=["A"] * 6 + ["B"] * 6)
        for asked, message in (
            (("g3",), "no measure 'g3'; there are: log_odds"),
            ({"g2": {"k": 1}}, "'g2' has no setting 'k'; its settings: none"),
            ((), "no measure asked for"),
            ({"log_odds": {"background": "web"}}, "background='web' is not known"),
            ({"log_odds": {"prior_mass": -1}}, "prior_mass=-1"),
            ({"log_odds": {"background": pd.Series({"x": 1})}}, "holds none of these words"),
        ):
            with pytest.raises(InputError, match=message):
                keyness(counts, by="outlet", target="A", measures=asked, seed=1)
        empty = counts_of([[0, 0]] * 6 + [[1, 3]] * 6, outlet=["A"] * 6 + ["B"] * 6)
        with pytest.raises(InputError, match=r"'A': 6 articles .* no counted word"):
            keyness(empty, by="outlet", target="A", seed=1)
        nameless = counts_of([[1, 1]] * 12, outlet=[None] * 12)
        with pytest.raises(InputError, match="none, as all 12 articles have no outlet"):
            keyness(nameless, by="outlet", target="A", seed=1)
        zero = counts_of([[1, 1]] * 12, outlet=["A"] * 6 + ["B"] * 6, weight=[0.0] * 6 + [1.0] * 6)
        with pytest.raises(InputError, match="'A': 0 articles with a weight above 0"):
            keyness(zero, by="outlet", target="A", seed=1)
        with pytest.raises(InputError, match="no measure 'gini'"):
            dispersion(counts, measures=("gini",))

    def test_a_word_without_prior_spoils_no_other(self) -> None:
        rng = np.random.default_rng(2)
        x = rng.poisson(2, (20, 3))
        x[10:, 0] = 0
        counts = counts_of(x, outlet=["A"] * 10 + ["B"] * 10)
        asked = {"log_odds": {"prior_mass": 0}, "percent_diff": {}}
        table = keyness(counts, by="outlet", target="A", measures=asked, seed=1).set_index("word")
        assert table.loc["w0", ["log_odds", "z", "p"]].isna().all(), "log of zero"
        assert np.isfinite(table.loc[["w1", "w2"], ["z", "p", "q", "log_odds_low"]]).all(axis=None)
        assert table.loc["w0", "percent_diff"] == math.inf
        assert table.loc["w0", ["percent_diff_low", "percent_diff_high"]].isna().all()

    def test_dispersion_over_outlets(self) -> None:
        counts = counts_of(
            [[2, 1], [0, 3], [0, 3]], outlet=["A", "B", None], weight=[1.0, 1.0, 1.0]
        )
        table = dispersion(counts, by="outlet", measures=("range", "dp")).set_index("word")
        assert table.loc["w0"].tolist() == [2.0, 1, 1.0, 0.5]
        one = dispersion(counts_of([[1, 2]]), measures=("juilland_d", "d_a", "dp_norm", "dp"))
        assert one[["juilland_d", "d_a", "dp_norm"]].isna().all(axis=None)
        assert (one["dp"] == 0).all()
