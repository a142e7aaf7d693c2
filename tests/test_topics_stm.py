"""STM and CTM: R's results, planted effects, the same bytes, formulas, bad input."""

import math
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from mediaframes import Counts, InputError, Topics, fit_topics
from mediaframes.inference.design import design
from mediaframes.topics import quality, stm
from mediaframes.topics._algebra import add_extended, column_means
from mediaframes.topics.labels import label_weights
from mediaframes.topics.spectral import spectral_start
from tests import stm_reference as reference


def planted(n_docs: int = 600, k: int = 4) -> tuple[Counts, np.ndarray]:
    rng = np.random.default_rng(6)
    words = rng.dirichlet(np.full(150, 0.05), size=k)
    outlet = np.where(rng.random(n_docs) < 0.5, "Echo", "Globe")
    mean = np.where(outlet[:, None] == "Globe", [2.0, 0, 0], [-1.0, 0, 0])
    shares = stm.softmax(mean + rng.normal(0, 0.7, (n_docs, k - 1)))
    matrix = np.array([rng.multinomial(80, share @ words) for share in shares])
    keep = matrix.sum(axis=0) > 0
    docs = pd.DataFrame(
        {"outlet": outlet, "day": rng.integers(1, 60, n_docs)},
        index=[f"d{i:03d}" for i in range(n_docs)],
    )
    names = [f"w{i:03d}" for i in np.flatnonzero(keep)]
    return Counts.from_matrix(csr_array(matrix[:, keep]), names, docs=docs), words[:, keep]


def test_planted_topics_and_effect_are_found() -> None:
    counts, words = planted()
    topics = fit_topics(counts, k=4, model="stm", seed=1, prevalence="~ outlet")
    partner, cosine = quality.matched(words, topics.words)
    assert cosine.min() > 0.96
    globe = counts.docs["outlet"].to_numpy() == "Globe"
    gap = topics.shares[globe].mean(axis=0) - topics.shares[~globe].mean(axis=0)
    assert gap[partner[0]] > 0.3
    assert topics.arrays["columns"].tolist() == ["(Intercept)", "outletGlobe"]
    assert (np.diff(topics.arrays["bounds"]) > -1e-3).all()
    order, eta = topics.arrays["order"], topics.arrays["eta"]
    assert stm.softmax(eta)[:, order] == pytest.approx(topics.shares)


def test_ctm_takes_no_covariates() -> None:
    counts, words = planted()
    topics = fit_topics(counts, k=4, model="ctm", seed=1)
    assert quality.matched(words, topics.words)[1].min() > 0.96
    with pytest.raises(InputError, match="'ctm' takes no prevalence formula"):
        fit_topics(counts, k=4, model="ctm", seed=1, prevalence="~ outlet")
    with pytest.raises(InputError, match="'stm' needs prevalence"):
        fit_topics(counts, k=4, model="stm", seed=1)


@pytest.mark.parametrize("cores", [1, 2, 4])
def test_threads_change_no_byte(cores: int, monkeypatch: pytest.MonkeyPatch) -> None:
    counts, _ = planted()
    settings = {"most": 4}
    chosen = {"k": 4, "model": "stm", "seed": 1, "prevalence": "~ outlet", "settings": settings}
    alone = fit_topics(counts, **chosen)
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert fit_topics(counts, **chosen).content_hash == alone.content_hash


def test_articles_in_another_order_under_other_ids_give_the_same_topics() -> None:
    counts, _ = planted()
    order = np.random.default_rng(1).permutation(len(counts))
    docs = counts.docs.iloc[order].set_axis(counts.docs.index)
    turned = Counts.from_matrix(counts.matrix[order], counts.vocabulary, docs=docs)
    chosen = {"k": 4, "model": "stm", "seed": 1, "prevalence": "~ outlet"}
    one, two = fit_topics(counts, **chosen), fit_topics(turned, **chosen)
    partner, _ = quality.matched(one.words, two.words)
    assert two.words[partner] == pytest.approx(one.words, abs=1e-9)
    assert two.shares[:, partner] == pytest.approx(one.shares[order], abs=1e-9)


def test_transform_is_near_the_fit_and_saved_topics_can_do_it(tmp_path: Path) -> None:
    counts, _ = planted()
    topics = fit_topics(counts, k=4, model="stm", seed=1, prevalence="~ outlet")
    again = topics.transform(counts).shares
    assert np.abs(again - topics.shares).mean() < 0.03
    topics.save(tmp_path / "t")
    assert Topics.load(tmp_path / "t").transform(counts).shares.tobytes() == again.tobytes()


def test_l1_leaves_out_what_has_no_effect() -> None:
    counts, _ = planted()
    noise = np.random.default_rng(2).normal(size=len(counts))
    counts = Counts.from_matrix(
        counts.matrix, counts.vocabulary, docs=counts.docs.assign(noise=noise)
    )
    topics = fit_topics(
        counts, k=4, model="stm", seed=1, prevalence="~ outlet + noise", settings={"prior": "L1"}
    )
    gamma = dict(zip(topics.arrays["columns"], topics.arrays["gamma"], strict=True))
    assert np.abs(gamma["outletGlobe"]).max() > 10 * np.abs(gamma["noise"]).max()


@pytest.mark.skipif(np.finfo(np.longdouble).nmant != 63, reason="no numbers of 80 bits here")
def test_sums_as_in_80_bits() -> None:
    rng = np.random.default_rng(0)
    for _ in range(2000):
        values = rng.choice([-1, 1], 6) * rng.integers(1, 2**30, 6) * 2.0 ** rng.integers(-60, 3, 6)
        total, expected = (0.0, 0.0), np.longdouble(0)
        for value in values.tolist():
            total, expected = add_extended(total, value), expected + np.longdouble(value)
            assert np.longdouble(total[0]) + np.longdouble(total[1]) == expected


@pytest.mark.skipif(np.finfo(np.longdouble).nmant != 63, reason="no numbers of 80 bits here")
def test_means_as_in_80_bits() -> None:
    values = np.random.default_rng(3).normal(size=(1001, 50))
    expected = values.sum(axis=0, dtype=np.longdouble) / len(values)
    found = column_means(values, np.ones(len(values)))
    np.testing.assert_array_equal(found, expected.astype(np.float64))


@pytest.mark.parametrize("chosen", [{"model": "ctm"}, {"model": "stm", "prevalence": "~ outlet"}])
def test_words_that_only_weightless_articles_hold_have_probability_0(
    chosen: dict[str, str],
) -> None:
    """As in a sample drawn with replacement, whose rare words may all be in what was not drawn."""
    counts, _ = planted(80)
    matrix = counts.matrix.toarray()
    matrix = np.column_stack([matrix, np.zeros((len(matrix), 2), int)])
    matrix[5, -2], matrix[6], matrix[6, -1] = 3, 0, 2
    weights = np.where(np.isin(np.arange(len(matrix)), [5, 6]), 0.0, 1.0)
    vocabulary = [*counts.vocabulary, "rare", "alone"]
    given = Counts.from_matrix(matrix, vocabulary, docs=counts.docs.assign(fit_weight=weights))
    topics = fit_topics(given, k=3, seed=1, **chosen)  # type: ignore[arg-type]
    assert (topics.words[:, -2:] == 0).all()
    assert np.isnan(topics.shares[6]).all() and topics.shares[5].sum() == pytest.approx(1)
    kept = np.setdiff1d(np.arange(len(matrix)), [6])
    known = Counts.from_matrix(
        matrix[kept, :-2], vocabulary[:-2], docs=given.docs.iloc[kept]
    )  # all that the fit may see
    alike = fit_topics(known, k=3, seed=1, **chosen)  # type: ignore[arg-type]
    np.testing.assert_allclose(alike.words, topics.words[:, :-2], rtol=1e-12)
    np.testing.assert_allclose(alike.shares, topics.shares[kept], rtol=1e-12)
    draws = topics.posterior(seed=1, draws=2)
    assert draws.shape == (2, len(matrix), 3)
    assert np.isnan(draws[:, 6]).all() and np.isfinite(draws[:, kept]).all()
    assert np.isfinite(topics.transform(given).shares[kept]).all()


def test_bad_settings() -> None:
    counts, _ = planted(40)
    chosen = {"k": 3, "model": "stm", "seed": 1, "prevalence": "~ outlet"}
    with pytest.raises(InputError, match="prior='L2' is unknown"):
        fit_topics(counts, **chosen, settings={"prior": "L2"})
    with pytest.raises(InputError, match="no setting 'emtol'; allowed: tolerance, most"):
        fit_topics(counts, **chosen, settings={"emtol": 1})
    for name, wrong in (("most", 0), ("most", "5"), ("start_words", 1.5)):
        with pytest.raises(InputError, match=f"settings: {name}={wrong!r} must be a whole number"):
            fit_topics(counts, **chosen, settings={name: wrong})
    for tolerance in ("small", 0, float("nan")):
        with pytest.raises(InputError, match=r"settings: tolerance=.* must be a number above 0"):
            fit_topics(counts, **chosen, settings={"tolerance": tolerance})
    with pytest.raises(InputError, match=r"restarts stands beside settings: fit_topics\(\.\.\., r"):
        fit_topics(counts, k=3, model="lda", seed=1, settings={"restarts": 2})
    names = counts.docs.assign(title=[f"t{n}" for n in range(len(counts.docs))])
    with pytest.raises(InputError, match=r"40 columns for 40 articles.*'title' has 40 different"):
        fit_topics(replace(counts, docs=names), **{**chosen, "prevalence": "~ title"})
    with pytest.raises(InputError, match="no column 'party'; there are: outlet, day"):
        fit_topics(counts, **{**chosen, "prevalence": "~ party"})
    tiny = Counts.from_matrix([[1, 2, 1], [3, 1, 0], [1, 0, 2]], ["a", "b", "c"])
    with pytest.raises(InputError, match="more words than topics"):
        fit_topics(tiny, k=3, model="ctm", seed=1)
    alone = Counts.from_matrix(np.eye(6, dtype=int), list("abcdef"))
    with pytest.raises(InputError, match="only 0 words stand in an article with another word"):
        fit_topics(alone, k=2, model="ctm", seed=1)


class TestBadInput:
    """What articles may lack."""

    chosen = {"k": 3, "model": "stm", "seed": 1, "prevalence": "~ outlet"}  # noqa: RUF012

    def test_empty_articles_keep_their_place_with_missing_shares(self) -> None:
        counts, _ = planted(60)
        matrix = counts.matrix.toarray()
        matrix[[0, 7]] = 0
        gone = Counts.from_matrix(csr_array(matrix), counts.vocabulary, docs=counts.docs)
        topics = fit_topics(gone, **self.chosen)
        missing = np.isnan(topics.shares).all(axis=1)
        assert np.flatnonzero(missing).tolist() == [0, 7]
        assert topics.arrays["eta"].shape == (58, 2)
        # and the rest is the model of the rest
        rest = counts.docs.iloc[np.flatnonzero(~missing)]
        kept = Counts.from_matrix(csr_array(matrix[~missing]), counts.vocabulary, docs=rest)
        assert fit_topics(kept, **self.chosen).words == pytest.approx(topics.words, abs=1e-12)

    def test_too_little(self) -> None:
        counts, _ = planted(60)
        one = Counts.from_matrix(counts.matrix[:1], counts.vocabulary, docs=counts.docs[:1])
        with pytest.raises(InputError, match="k=3 topics cannot be fitted to 1 article"):
            fit_topics(one, **self.chosen)
        few = Counts.from_matrix(counts.matrix[:4], counts.vocabulary, docs=counts.docs[:4])
        with pytest.raises(InputError, match="k=5 topics cannot be fitted to 4 articles"):
            fit_topics(few, **{**self.chosen, "k": 5})

    @pytest.mark.parametrize(
        ("outlets", "message"),
        [
            (["Echo"] * 59 + [None], "1 of 60 articles have no 'outlet'"),
            (["Echo"] * 60, "'outlet' has one value only"),
        ],
    )
    def test_covariates(self, outlets: list[str | None], message: str) -> None:
        counts, _ = planted(60)
        docs = counts.docs.assign(outlet=outlets)
        other = Counts.from_matrix(counts.matrix, counts.vocabulary, docs=docs)
        with pytest.raises(InputError, match=message):
            fit_topics(other, **self.chosen)


class TestFormula:
    """The columns that R would make, and what is refused."""

    docs = pd.DataFrame(
        {
            "outlet": ["Echo", "Globe", "Sun", "Echo", "Globe", "Sun"],
            "day": [1, 2, 3, 4, 5, 6],
            "date": pd.date_range("2024-01-01", periods=6),
            "same": 1,
            "gap": [1.0, None, 3, 4, 5, 6],
        },
        index=[f"a{i}" for i in range(6)],
    )

    def test_interactions_as_in_r(self) -> None:
        made = design(self.docs, formula="~ outlet * day")
        assert made.columns == (
            "(Intercept)", "outletGlobe", "outletSun", "day", "outletGlobe:day", "outletSun:day",
        )  # fmt: skip
        assert made.matrix[4].tolist() == [1, 1, 0, 5, 5, 0]
        assert design(self.docs, formula="day").columns == ("(Intercept)", "day")

    def test_splines_of_dates_are_those_of_day_numbers(self) -> None:
        one = design(self.docs, formula="~ s(day, df=4)")
        two = design(self.docs, formula="~ s(date, df = 4)")
        assert one.matrix == pytest.approx(two.matrix)
        assert one.matrix.shape == (6, 5)
        assert one.matrix[-1].tolist() == [1, 0, 0, 0, 1]  # the last point is the last column

    def test_other_articles_are_coded_alike(self) -> None:
        made = design(self.docs, formula="~ outlet + s(day, df=3)")
        again = made.apply(self.docs.iloc[[5, 1]])
        assert again.tolist() == made.matrix[[5, 1]].tolist()
        with pytest.raises(InputError, match="'outlet' has the level 'Star'"):
            made.apply(pd.DataFrame({"outlet": ["Star"], "day": [2]}))

    @pytest.mark.parametrize(
        ("formula", "message"),
        [
            ("~ gap", r"1 of 6 articles have no 'gap' \(the first: 'a1'\)"),
            ("~ same", r"'same' has one value only \('1'\)"),
            ("~ outlet + ", "'' is no term"),
            ("~ import(os)", r"'import\(os\)' is no term"),
            ("~ outlet:day", r"comes without outlet itself; write outlet \* day"),
            ("~ s(outlet)", "needs numbers or dates"),
            ("~ day + s(day, df=3)", "of which only 4 tell something of their own"),
        ],
    )
    def test_refused(self, formula: str, message: str) -> None:
        with pytest.raises(InputError, match=message):
            design(self.docs, formula=formula)


@pytest.fixture(scope="session")
def stm_r(shared_data: Path) -> Path:
    """R's results, beside the real data."""
    folder = shared_data.parent / "reference" / "stm_r"
    if not folder.is_dir():
        pytest.skip(f"no reference results at {folder}")
    return folder


@pytest.mark.real
class TestAgainstR:
    """stm 1.3.7 on 341 answers (K = 3), the first steps on 5,000 posts (K = 20).

    `make quality` compares whole fits.
    """

    @pytest.mark.parametrize("name", ["gadarian_K3", "poliblog_K20"])
    def test_design(self, stm_r: Path, name: str) -> None:
        _, meta, _ = reference.corpus(stm_r, name)
        made = design(meta, formula=reference.formula(name))
        expected = reference.table(stm_r, name, "X.csv.gz", header=True)
        np.testing.assert_allclose(made.matrix, expected, atol=1e-14)

    @pytest.mark.parametrize("name", ["gadarian_K3", "poliblog_K20"])
    def test_spectral_start_to_the_last_bit(self, stm_r: Path, name: str) -> None:
        # R's file went through logarithms
        matrix, _, _ = reference.corpus(stm_r, name)
        expected = reference.table(stm_r, name, "beta_init.csv.gz")
        start = spectral_start(matrix, len(expected), np.ones(matrix.shape[0]))
        again = [[math.exp(math.log(v)) if v else 0.0 for v in row] for row in start.tolist()]
        np.testing.assert_allclose(again, expected, rtol=1e-15)

    def test_every_iteration_and_the_result(self, stm_r: Path) -> None:
        name = "gadarian_K3"
        matrix, meta, _ = reference.corpus(stm_r, name)
        made = design(meta, formula=reference.formula(name))
        begin = spectral_start(matrix, 3, np.ones(len(meta)))
        found = stm.fit(matrix, begin, np.ones(len(meta)), covariates=made.matrix)
        bounds = reference.bounds(stm_r, name)
        assert len(found.bounds) == len(bounds)
        np.testing.assert_allclose(found.bounds, bounds, rtol=1e-8)
        assert quality.matched(reference.words(stm_r, name), found.beta)[1].min() > 1 - 1e-10
        for file, near in {"theta": 3e-4, "gamma": 1e-3, "sigma": 1e-5}.items():
            expected = reference.table(stm_r, name, f"{file}.csv.gz")
            np.testing.assert_allclose(getattr(found, file), expected, atol=near)

    @pytest.mark.parametrize("iterations", [1, 2])
    def test_the_first_iterations_on_posts_to_the_last_bit(
        self, stm_r: Path, iterations: int
    ) -> None:
        name = "poliblog_K20"
        matrix, meta, _ = reference.corpus(stm_r, name)
        made = design(meta, formula=reference.formula(name))
        begin = spectral_start(matrix, 20, np.ones(len(meta)))
        found = stm.fit(matrix, begin, np.ones(len(meta)), covariates=made.matrix, most=iterations)
        expected = reference.bounds(stm_r, name)[:iterations]
        np.testing.assert_allclose(found.bounds, expected, rtol=1e-14)
        for file, value in {
            "eta": found.eta, "gamma": found.gamma, "sigma": found.sigma, "mu": found.mu.T
        }.items():  # fmt: skip
            expected = reference.table(stm_r, name, f"{file}_it{iterations}.csv.gz")
            np.testing.assert_array_equal(value, expected)
        logs = reference.table(stm_r, name, f"logbeta_it{iterations}.csv.gz")
        np.testing.assert_allclose(np.exp(logs), found.beta, rtol=1e-14)

    def test_coefficients_under_l1(self, stm_r: Path) -> None:
        # glmnet ends its sweeps early: with a tenth of its threshold coefficients differ by .05
        name = "poliblog_prevL1_K20"
        x = reference.table(stm_r, name, "X.csv.gz", header=True)
        shares = reference.table(stm_r, name, "theta.csv.gz")
        eta = np.log(shares[:, :-1] / shares[:, -1:])
        expected = reference.table(stm_r, name, "gamma.csv.gz")
        np.testing.assert_allclose(stm.lasso(x, eta, np.ones(len(x))), expected, atol=1e-10)

    @pytest.mark.parametrize(
        "name", ["gadarian_K3", "poliblog_K20", "poliblog_K50", "poliblog_ctm_K20"]
    )
    def test_labels_and_measures(self, stm_r: Path, name: str) -> None:
        matrix, _, vocabulary = reference.corpus(stm_r, name)
        words = reference.words(stm_r, name)
        weights = label_weights(words, np.asarray(matrix.sum(axis=0), np.float64))
        expected = pd.read_csv(stm_r / name / "labels.csv")
        place = {word: column for column, word in enumerate(vocabulary)}
        for kind, weight in weights.items():
            for row, best in zip(weight, expected[kind], strict=True):
                # of words with equal weights either may be the tenth
                chosen = row[[place[word] for word in best.split()]]
                np.testing.assert_allclose(chosen, np.sort(row)[:-11:-1], rtol=1e-9)
        measured = pd.read_csv(stm_r / name / "coherence_exclusivity.csv")
        coherence = quality.coherence(words, matrix, compat="stm")
        np.testing.assert_allclose(coherence, measured["semcoh"], rtol=1e-9)
        np.testing.assert_allclose(quality.exclusivity(words), measured["exclus"], rtol=1e-9)

    def test_held_out(self, stm_r: Path) -> None:
        for name in ("gadarian_K3", "poliblog_K20"):
            folder = stm_r / name
            cells = pd.read_csv(folder / "heldout_test.csv.gz")
            words = reference.table(stm_r, name, "heldout_beta.csv.gz")
            shares = reference.table(stm_r, name, "heldout_theta.csv.gz")
            missing = csr_array(
                (cells["count"], (cells["doc"] - 1, cells["word"] - 1)),
                shape=(len(shares), words.shape[1]),
            )
            text = (folder / "heldout.txt").read_text()
            expected = float(text.split("expected.heldout ")[1].split()[0])
            assert quality.held_out(words, shares, missing) == pytest.approx(expected, abs=1e-9)
