"""What was planted in the sample corpus comes out at the other end."""

import json
from pathlib import Path

import pandas as pd
import pytest

import mediaframes as mf
from mediaframes.study import open_study
from mediaframes.study.work import Study


@pytest.fixture(scope="module")
def study(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Study:
    opened = open_study(root / "study.toml")
    return Study(opened.path, opened.settings, mf.made.Cache(tmp_path_factory.mktemp("cache")))


@pytest.fixture(scope="module")
def corpus(study: Study) -> mf.Corpus:
    return study.corpus()


@pytest.fixture(scope="module")
def gold(root: Path) -> Path:
    return root / "data" / "sample" / "gold"


@pytest.fixture(scope="module")
def plan(gold: Path) -> dict[str, object]:
    return dict(json.loads((gold / "plan.json").read_text(encoding="utf-8")))


def gold_table(gold: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(gold / f"{name}.csv", dtype="str", keep_default_na=False)


def test_every_article_is_read_or_named(corpus: mf.Corpus, gold: Path) -> None:
    articles = gold_table(gold, "articles").set_index("id")
    assert set(corpus.docs.index) | set(corpus.left_out["id"]) == set(articles.index)
    assert corpus.left_out[["id", "reason"]].values.tolist() == [["afz-040", "empty text"]]
    assert corpus.docs.index[corpus.docs["date"].isna()].tolist() == ["gwc-047"]


def test_outlets_languages_and_dates(corpus: mf.Corpus, gold: Path) -> None:
    want = gold_table(gold, "articles").set_index("id").loc[corpus.docs.index]
    assert (corpus.docs["outlet"] == want["outlet"]).all()
    assert (corpus.docs["language"] == want["language"]).all()
    dated = corpus.docs["date"].notna()
    got = corpus.docs.loc[dated, "date"].dt.strftime("%Y-%m-%d")
    assert (got == want.loc[dated, "date"]).all()


def test_mojibake_is_mended(corpus: mf.Corpus) -> None:
    assert not corpus.docs["text"].str.contains("Ã|â€", regex=True).any()
    assert int(corpus.files["repaired"].astype(int).sum()) >= 7


def test_texts_are_the_written_ones(corpus: mf.Corpus, gold: Path) -> None:
    sentences = gold_table(gold, "frames")
    texts = corpus.docs["text"].str.split().str.join(" ")
    found = sum(
        " ".join(row.sentence.split()) in texts.get(row.id, "") for row in sentences.itertuples()
    )
    assert found / len(sentences) > 0.97, "written sentences that cleaning kept whole"
    lines = gold_table(gold, "lines")
    furniture = lines[lines["part"] == "furniture"]
    left = sum(
        len(row.text) > 15 and " ".join(row.text.split()) in texts.get(row.id, "")
        for row in furniture.itertuples()
    )
    assert left / len(furniture) < 0.01, "page furniture that is still in the texts"


def test_copies_are_found_and_nothing_else(corpus: mf.Corpus, gold: Path) -> None:
    copies = gold_table(gold, "copies")
    planted = {
        frozenset((a, b))
        for _, group in copies.groupby("group")["id"] for a in group for b in group if a < b
    }  # fmt: skip
    groups = corpus.docs["copy_of"]
    found = {
        frozenset((a, b))
        for _, part in groups.groupby(groups) for a in part.index for b in part.index if a < b
    }  # fmt: skip
    assert found <= planted, "no two articles joined that were written apart"
    assert len(found & planted) / len(planted) > 0.9
    near = gold_table(gold, "distinct")
    assert all(frozenset((r.id_a, r.id_b)) not in found for r in near.itertuples())
    together = corpus.docs.groupby("copy_of")["weight"].sum()
    assert together.to_numpy() == pytest.approx(1)


def test_the_earliest_copy_is_the_original(corpus: mf.Corpus) -> None:
    dates = corpus.docs["date"]
    first = dates.groupby(corpus.docs["copy_of"]).min()
    assert (dates[first.index] == first)[dates[first.index].notna()].all()


def test_the_planted_shift_and_nothing_else_shifts(
    study: Study, corpus: mf.Corpus, plan: dict[str, dict[str, object]]
) -> None:
    shift = plan["shift"]
    scores = study.hits(study.tokens(corpus)).scores().only(str(shift["frame"]))
    scores = scores.where("date == date")
    phases = {}
    for phase, mask in (("before", scores.docs["date"] < shift["date"]),
                        ("after", scores.docs["date"] >= shift["date"])):  # fmt: skip
        means = mf.prevalence(scores.where(mask), by="outlet", seed=1)
        phases[phase] = means.set_index("outlet")
    change = phases["after"]["value"] - phases["before"]["value"]
    shifted = set(shift["outlets"])  # type: ignore[call-overload]
    assert set(change.nlargest(2).index) == shifted
    assert (change[sorted(shifted)] > 0.05).all()
    assert (change.drop(sorted(shifted)).abs() < 0.08).all()
    for outlet in sorted(shifted):
        assert phases["after"].loc[outlet, "value"] > phases["before"].loc[outlet, "high"]


def test_planted_profiles_order_the_outlets(
    study: Study, corpus: mf.Corpus, plan: dict[str, dict[str, dict[str, dict[str, float]]]]
) -> None:
    scores = study.hits(study.tokens(corpus)).scores()
    table = mf.prevalence(scores, by="outlet", seed=1)
    means = table.set_index(["outlet", "frame"])["value"].unstack("frame")  # noqa: PD010
    planted = pd.DataFrame(
        {
            name: {
                frame: (outlet["realized_before"].get(frame, 0)
                        + outlet["realized_from_shift_week"].get(frame, 0)) / 2
                for frame in means.columns
            }
            for name, outlet in plan["outlets"].items()
        }
    ).T  # fmt: skip
    # over outlets, each frame for itself: a word list may find a frame too often, but everywhere
    spread = planted.std()
    for frame in spread[spread > 0.03].index:
        assert means[frame].corr(planted[frame], method="spearman") > 0.5, frame


def test_keyness_names_the_shifted_frame_s_words(study: Study, corpus: mf.Corpus) -> None:
    tokens = study.tokens(corpus)
    counts = mf.count(tokens.where("language == 'en'"), min_docs=5)
    words = mf.keyness(counts, by="outlet", target="Greywick Chronicle", seed=1, draws=300)
    assert len(words) > 500
    assert (words["q"] >= words["p"]).all()
    assert words["z"].is_monotonic_decreasing
