"""Regressions on scores: other programs' numbers, weights, draws, coverage, bad input."""

import itertools
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mediaframes import InputError, Scores, effects, fit_topics, marginal, plot
from mediaframes.inference.regression import regress
from mediaframes.topics import posterior
from mediaframes.topics.posterior import drawn_shares
from tests import stm_reference as reference
from tests.quality.effects import coverage
from tests.test_topics_stm import planted, stm_r  # noqa: F401


@pytest.fixture(scope="module")
def gold(root: Path) -> dict[str, np.ndarray]:
    values = json.loads((root / "tests/gold/regression.json").read_text())
    return {name: np.array(value) for name, value in values.items() if name != "source"}


def scores_of(gold: dict[str, np.ndarray], **columns: object) -> Scores:
    names = [f"{i:03d}" for i in range(len(gold["y"]))]
    docs = pd.DataFrame({"x": gold["x"], "z": gold["z"], "c": gold["cluster"]}, index=names)
    docs = docs.assign(**columns)
    frame = pd.DataFrame({"Morality": gold["y"]}, index=names)
    return Scores.from_frame(frame, unit="share", docs=docs)


@pytest.fixture(scope="session")
def gadarian(stm_r: Path) -> tuple[Path, pd.DataFrame, np.ndarray]:  # noqa: F811
    _, meta, _ = reference.corpus(stm_r, "gadarian_K3")
    meta.index = [f"{i:04d}" for i in range(len(meta))]
    return stm_r, meta, reference.table(stm_r, "gadarian_K3", "theta.csv.gz")


class TestAgainstStatsmodels:
    """`tests/gold/regression.json`."""

    @pytest.mark.parametrize(
        ("model", "groups", "estimate", "error"),
        [
            ("ols", None, "ols", "plain"),
            ("ols", "each", "ols", "hc1"),
            ("fractional_logit", None, "logit", "logit_plain"),
            ("fractional_logit", "cluster", "logit", "logit_cr1"),
        ],
    )
    def test_errors(
        self, gold: dict[str, np.ndarray], model: str, groups: str | None, estimate: str, error: str
    ) -> None:
        n = len(gold["y"])
        x = np.column_stack([np.ones(n), gold["x"], gold["z"]])
        labels = {None: None, "each": np.arange(n), "cluster": gold["cluster"]}[groups]
        fit = regress(x, gold["y"], np.ones(n), labels, model=model)
        np.testing.assert_allclose(fit.coefficients, gold[estimate], rtol=1e-8)
        np.testing.assert_allclose(np.sqrt(np.diag(fit.covariance)), gold[error], rtol=1e-8)

    def test_many_clusters_are_cr1(
        self, gold: dict[str, np.ndarray], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("mediaframes.inference.regression.FEW", 2)
        table = effects(scores_of(gold), formula="~ x + z", seed=1, cluster="c").table
        np.testing.assert_allclose(table["se"], gold["cr1"], rtol=1e-8)
        assert table["clusters"].tolist() == [12] * 3

    def test_cr2_of_single_articles_is_hc2(self, gold: dict[str, np.ndarray]) -> None:
        from mediaframes.inference import regression

        n = len(gold["y"])
        x = np.column_stack([np.ones(n), gold["x"], gold["z"]])
        bread = np.linalg.inv(x.T @ x)
        error = gold["y"] - x @ gold["ols"]
        fit = regression._few(x, error, np.arange(n), (gold["ols"], bread))
        np.testing.assert_allclose(np.sqrt(np.diag(fit.covariance)), gold["hc2"], rtol=1e-8)

    def test_cr2_and_its_degrees_of_freedom_written_out(self, gold: dict[str, np.ndarray]) -> None:
        n, groups = len(gold["y"]), gold["cluster"]
        x = np.column_stack([np.ones(n), gold["x"], gold["z"]])
        bread = np.linalg.inv(x.T @ x)
        rest = np.eye(n) - x @ bread @ x.T
        error, meat, reach = rest @ gold["y"], np.zeros((3, 3)), []
        for group in range(12):
            rows = groups == group
            values, vectors = np.linalg.eigh(rest[np.ix_(rows, rows)])
            adjust = vectors @ np.diag(values**-0.5) @ vectors.T
            part = x[rows].T @ adjust @ error[rows]
            meat += np.outer(part, part)
            reach.append(rest[:, rows] @ adjust @ x[rows] @ bread[:, 1])
        values = np.linalg.eigvalsh(np.array(reach) @ np.array(reach).T)
        fit = regress(x, gold["y"], np.ones(n), groups)
        np.testing.assert_allclose(fit.covariance, bread @ meat @ bread, rtol=1e-8)
        assert fit.df[1] == pytest.approx(values.sum() ** 2 / (values**2).sum())

    def test_weights(self, gold: dict[str, np.ndarray]) -> None:
        scores = scores_of(gold, weight=gold["weights"])
        table = effects(scores, formula="~ x + z", seed=1, method="plain").table
        np.testing.assert_allclose(table["estimate"], gold["wls"], rtol=1e-8)
        np.testing.assert_allclose(table["se"], gold["wls_plain"], rtol=1e-8)


@pytest.mark.parametrize("method", ["robust", "plain", "bootstrap"])
@pytest.mark.parametrize("model", ["ols", "fractional_logit"])
def test_copies_with_their_weights_change_nothing(
    gold: dict[str, np.ndarray], method: str, model: str
) -> None:
    once = scores_of(gold)
    docs, values = once.docs, once.values
    copy = [f"{name}b" for name in docs.index[:20]]
    more = docs.iloc[:20].set_axis(copy)
    docs = pd.concat([docs.assign(copy_of=docs.index), more.assign(copy_of=docs.index[:20])])
    docs["weight"] = 1 / docs.groupby("copy_of")["x"].transform("size")
    twice = Scores.from_frame(
        pd.concat([values, values.iloc[:20].set_axis(copy)]), unit="share", docs=docs
    )
    settings = {"formula": "~ x + z", "seed": 3, "method": method, "model": model, "draws": 60}
    one, two = effects(once, **settings).table, effects(twice, **settings).table
    columns = ["estimate", "se", "low", "high", "p", "clusters"]
    np.testing.assert_allclose(two[columns], one[columns], rtol=1e-6)
    assert two["n"].iloc[0] == 80


def test_missing_covariates_are_named_counted_and_left_out(
    gold: dict[str, np.ndarray], capsys: pytest.CaptureFixture[str]
) -> None:
    holes = gold["x"].copy()
    holes[[2, 5]] = np.nan
    found = effects(scores_of(gold, x=holes), formula="~ x", seed=1)
    assert found.dropped.to_dict() == {"x": 2}
    assert found.table["n"].tolist() == [58, 58]
    said = capsys.readouterr()
    assert "2 of 60 articles have no x" in said.out + said.err


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"formula": "~ same"}, "'same' has one value only"),
        ({"formula": "~ nothing"}, "no column 'nothing'"),
        ({"formula": "~ c", "cluster": "c"}, "'c' is a covariate and the cluster"),
        ({"formula": "~ x + z", "cluster": "half"}, "2 clusters by half and 3 coefficients"),
        ({"formula": "~ x", "method": "magic"}, "unknown method 'magic'"),
        ({"formula": "~ x", "method": "composition"}, "needs scores with draws"),
        ({"formula": "~ x", "draws": 3}, "draws=3"),
    ],
)
def test_refused(gold: dict[str, np.ndarray], settings: dict[str, str], message: str) -> None:
    scores = scores_of(gold, same="a", half=np.arange(60) % 2)
    with pytest.raises(InputError, match=message):
        effects(scores, seed=1, **settings)


def test_fractional_logit_stays_within_bounds_where_ols_does_not(
    gold: dict[str, np.ndarray],
) -> None:
    low = {**gold, "y": 1 / (1 + np.exp(4 - 2.5 * gold["x"]))}
    curves = {}
    for model in ("ols", "fractional_logit"):
        found = effects(scores_of(low), formula="~ x", seed=1, model=model)
        curves[model] = marginal(found, variable="x")
    assert curves["ols"]["estimate"].min() < 0
    logit = curves["fractional_logit"][["estimate", "low", "high"]].to_numpy()
    assert len(logit) == 100
    assert ((logit > 0) & (logit < 1)).all()
    with pytest.raises(InputError, match="effects takes Scores, and was given DataFrame"):
        effects(pd.DataFrame(), formula="~ outlet", seed=1)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="needs scores from 0 to 1"):
        effects(
            scores_of({**gold, "y": gold["y"] * 9}), formula="~ x", seed=1, model="fractional_logit"
        )


@pytest.mark.parametrize("method", ["robust", "bootstrap"])
def test_difference_of_two_levels_is_the_coefficient(
    gold: dict[str, np.ndarray], method: str
) -> None:
    scores = scores_of(gold, z=np.where(gold["z"] > 0, "Sun", "Echo"))
    found = effects(scores, formula="~ x + z", seed=1, method=method, draws=200)
    gap = marginal(found, variable="z", difference=("Sun", "Echo")).iloc[0]
    row = found.table[found.table["term"] == "zSun"].iloc[0]
    assert gap["x"] == "Sun − Echo"
    names = ["estimate", "low", "high"]
    np.testing.assert_allclose(gap[names].astype(float), row[names].astype(float))
    typical = marginal(found, variable="z", at="typical").set_index("x")["estimate"]
    fixed = marginal(found, variable="z", at={"x": float(np.median(gold["x"]))})
    np.testing.assert_allclose(typical, fixed["estimate"])


def test_draws_travel_and_widen_the_intervals(tmp_path: Path) -> None:
    counts, _ = planted(200)
    topics = fit_topics(counts, k=4, model="ctm", seed=1)
    draws = topics.posterior(draws=25, seed=2)
    assert draws.shape == (25, 200, 4)
    assert draws.tobytes() == topics.posterior(draws=25, seed=2).tobytes()
    local = topics.posterior(kind="local", draws=25, seed=2, counts=counts)
    assert local.shape == draws.shape
    # the global covariance is about the mean of the articles' own (EM stops before they agree)
    rows = np.arange(200)
    one, own = posterior._global(topics, rows), posterior._local(topics, rows, counts)
    mean = np.mean(own @ own.transpose(0, 2, 1), axis=0)
    np.testing.assert_allclose(mean, one @ one.T, atol=0.06 * np.abs(mean).max())
    scores = topics.scores(draws=draws)
    part = scores.only(*scores.frames[:2]).where("outlet == 'Echo'")
    assert part.draws is not None
    assert part.draws.shape == (25, *part.values.shape)
    scores.save(tmp_path / "s")
    loaded = Scores.load(tmp_path / "s")
    assert loaded.content_hash == scores.content_hash
    composed = effects(loaded, formula="~ outlet", seed=1, method="composition").table
    alone = effects(scores, formula="~ outlet", seed=1).table
    assert (composed["se"] > alone["se"]).all()
    with pytest.raises(InputError, match="not those of the fit"):
        topics.where("outlet == 'Echo'").posterior(seed=1)


def test_local_covariance_is_the_curvature_of_the_log_posterior() -> None:
    counts, _ = planted(200)
    topics = fit_topics(counts, k=4, model="ctm", seed=1)
    root = posterior._local(topics, np.arange(200), counts)[7]
    eta, mu = topics.arrays["eta"][7], topics.arrays["mu"][7]
    precision = np.linalg.inv(topics.arrays["sigma"])
    row = counts.matrix[[7]].toarray()[0]

    def lost(place: np.ndarray) -> float:
        share = posterior._shares(place[None])[0][topics.arrays["order"]]
        gap = place - mu
        return float(gap @ precision @ gap / 2 - row @ np.log(share @ topics.words))

    step = 1e-3 * np.eye(3)
    curve = [
        [
            (lost(eta + a + b) - lost(eta + a - b) - lost(eta - a + b) + lost(eta - a - b)) / 4e-6
            for a in step
        ]
        for b in step
    ]
    np.testing.assert_allclose(np.linalg.inv(root @ root.T), curve, atol=1e-4)


def test_coverage_of_clustered_data() -> None:
    found = coverage(runs=60, clusters=12, draws=200)
    assert found["plain"] < 0.8
    assert found["robust"] > 0.86


@pytest.mark.real
class TestAgainstR:
    """estimateEffect of stm 1.3.7 on the shares R found."""

    def test_without_uncertainty(self, gadarian: tuple[Path, pd.DataFrame, np.ndarray]) -> None:
        folder, meta, theta = gadarian
        names = ["1", "2", "3"]
        frame = pd.DataFrame(theta, index=meta.index, columns=names)
        scores = Scores.from_frame(frame, unit="topic share", docs=meta)
        formula = reference.formula("gadarian_K3")
        table = effects(scores, formula=formula, seed=1, method="plain", cluster=None).table
        exact = reference.table(folder, "gadarian_K3", "estimateEffect_None_coef.csv.gz").T.ravel()
        np.testing.assert_allclose(table["estimate"], exact, atol=1e-8)
        drawn = pd.read_csv(folder / "gadarian_K3" / "estimateEffect_None.csv")
        # R's summary draws 500 times: its errors are off by 3 % (1 / sqrt(1000)), its means by 4 %
        np.testing.assert_allclose(table["se"], drawn["Std. Error"], rtol=0.12)
        gap = (table["estimate"] - drawn["Estimate"]).abs() / table["se"]
        assert gap.max() < 4 / np.sqrt(500)

    def test_global(self, gadarian: tuple[Path, pd.DataFrame, np.ndarray]) -> None:
        from types import SimpleNamespace

        folder, meta, theta = gadarian
        name = "gadarian_K3"
        arrays = {
            "eta": reference.table(folder, name, "eta.csv.gz"),
            "mu": reference.table(folder, name, "mu.csv.gz").T,
            "sigma": reference.table(folder, name, "sigma.csv.gz"),
            "order": np.arange(3),
        }
        topics = SimpleNamespace(docs=meta, shares=theta, arrays=arrays, model="stm")
        draws = drawn_shares(topics, kind="global", draws=400, seed=1, counts=None)
        from mediaframes.inference.design import design
        from mediaframes.inference.effects import composed

        x = design(meta, formula=reference.formula(name)).matrix
        expected = pd.read_csv(folder / name / "estimateEffect_Global.csv")
        for topic in range(3):
            data = x, theta[:, topic], np.ones(len(x)), None
            fit = composed(iter(draws[:, :, topic]), data, "ols")
            theirs = expected[expected["topic"] == topic + 1]
            se = np.sqrt(np.diag(fit.covariance))
            # R's 25 draws: their mean is off by up to 1 / 5 of a standard error (one sigma)
            gap = np.abs(fit.coefficients - theirs["Estimate"].to_numpy()) / se
            assert gap.max() < 0.6
            np.testing.assert_allclose(se, theirs["Std. Error"], rtol=0.25)


class TestPlots:
    """Curves for numbers, points for levels, forests for coefficients."""

    def test_forest_leaves_out_what_means_nothing_alone(self, gold: dict[str, np.ndarray]) -> None:
        scores = scores_of(gold, z=np.where(gold["z"] > 0, "Sun", "Echo"))
        found = effects(scores, formula="~ z + s(x, df=4)", seed=1)
        ax = plot.effects(found.table)
        assert [label.get_text() for label in ax.get_yticklabels()] == ["zSun"]
        with pytest.raises(InputError, match="there are: zSun"):
            plot.effects(found.table, term="zMoon")

    def test_curve_and_points(self, gold: dict[str, np.ndarray]) -> None:
        days = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(60), "D")
        scores = scores_of(gold, z=np.where(gold["z"] > 0, "Sun", "Echo"), date=days)
        found = effects(scores, formula="~ z + date", seed=1)
        curve = marginal(found, variable="date")
        ax = plot.marginal(curve)
        line = next(line for line in ax.lines if line.get_label() == "Morality")
        assert line.get_ydata() == pytest.approx(curve["estimate"].to_numpy())
        points = marginal(found, variable="z")
        ax = plot.marginal(points)
        assert [label.get_text() for label in ax.get_xticklabels()] == ["Echo", "Sun"]
        with pytest.raises(InputError, match="not its table"):
            marginal(found.table, variable="z")  # type: ignore[arg-type]
        with pytest.raises(InputError, match="7 curves cover each other"):
            plot.marginal(pd.concat([curve.assign(frame=f"f{i}") for i in range(7)]))

    def test_a_level_of_one_cluster_has_no_errors(
        self, gold: dict[str, np.ndarray], capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Its dummy fits it perfectly: a sandwich would call the coefficient all but certain."""
        author = np.where(gold["z"] > 0, "Ann", "Bob").astype(object)
        author[7] = "Cid"
        scores = scores_of(gold, author=author)
        table = effects(scores, formula="~ author", seed=1).table.set_index("term")
        assert table.loc["authorCid", ["se", "low", "high", "t", "p", "q"]].isna().all()
        assert np.isfinite(table.loc["authorCid", "estimate"])
        assert table.loc["authorBob", ["se", "low", "high", "p", "q"]].notna().all()
        assert (
            "1 terms rest on one cluster each (the first: 'authorCid')" in capsys.readouterr().out
        )

    @pytest.mark.parametrize("width", ["single", "double"])
    def test_names_of_levels_do_not_overlap(self, width: str) -> None:
        levels = ["Daily Example", "Sunday Telegraph", "FT", "independent", "guardian", "sun"]
        table = pd.DataFrame({"frame": "A", "variable": "outlet", "x": levels, "unit": "share"})
        ax = plot.marginal(table.assign(estimate=0.2, low=0.1, high=0.3), width=width)
        figure = ax.get_figure()
        assert figure is not None
        figure.draw_without_rendering()  # type: ignore[union-attr]
        labels = ax.get_xticklabels()
        if labels[0].get_rotation():
            assert width == "single" and {label.get_ha() for label in labels} == {"right"}
            return
        boxes = [label.get_window_extent() for label in labels]
        assert all(one.x1 < two.x0 for one, two in itertools.pairwise(boxes))

    def test_panels_name_the_variable_once_in_a_column(self) -> None:
        table = pd.DataFrame({"variable": "day", "x": [1.0, 2, 3], "unit": "share"})
        table = table.assign(estimate=0.2, low=0.1, high=0.3)
        curves = pd.concat([table.assign(frame=name) for name in "abcd"])
        figure = plot.grid(curves, plot.marginal, by="frame", columns=2)
        assert [ax.get_xlabel() for ax in figure.axes] == ["", "", "day", "day"]
