"""Topics with keywords: planted ones found under their names, same bytes, golden results of topica.

The tests that fit need the extra `topica`; those of the door do not.
"""

import json
import os
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from mediaframes import (
    Counts,
    InputError,
    Topics,
    choose_k,
    fit_topics,
    open_study,
    topic_stability,
)
from mediaframes.study.work import check_study
from mediaframes.topics import assisted
from tests.planted import planted

GOLD = Path(__file__).parent / "gold" / "topica.json"
MODELS = ("keyatm", "seeded")


def keywords_of(counts: Counts, words: np.ndarray, topics: dict[str, int]) -> dict[str, list[str]]:
    """Four of the ten best words of planted topics, those that other topics have least."""
    result = {}
    for name, topic in topics.items():
        best = np.argsort(-words[topic])[:10]
        own = words[topic, best] / words[:, best].sum(axis=0)
        result[name] = list(counts.vocabulary[best[np.argsort(-own, kind="stable")[:4]]])
    return result


def patterned(n_docs: int = 36) -> Counts:
    """Three themes by a rule, so that no generator's version changes them; two outlets."""
    words = [f"{theme}{i}" for theme in ("grain", "bridge", "choir") for i in range(6)]
    matrix = np.zeros((n_docs, 18), int)
    for d in range(n_docs):
        for v in range(18):
            theme = (3 * d + d // 12) % 3 == v // 6
            matrix[d, v] = 1 + (d * (v + 2)) % 4 if theme else int((5 * d + 3 * v) % 11 == 0)
    matrix[1::2, 5::6] += 2  # the second outlet's own words
    ids = [f"{d:02d}" for d in range(n_docs)]
    docs = pd.DataFrame({"outlet": ["Echo", "Globe"] * (n_docs // 2)}, index=ids)
    return Counts.from_matrix(csr_array(matrix), words, docs=docs)


KEYWORDS = {"music": ["choir*"], "crossings": ["bridge1", "bridge2", "ferr*"]}


def golden_fits() -> dict[str, Topics]:
    counts = patterned()
    short: dict[str, Any] = {"k": 1, "seed": 3, "keywords": KEYWORDS}
    return {
        "keyatm": fit_topics(counts, model="keyatm", settings={"iterations": 200}, **short),
        "seeded": fit_topics(counts, model="seeded", settings={"iterations": 200}, **short),
        "stm": fit_topics(counts, k=3, model="stm", seed=3, settings={"content": "outlet"}),
    }


def golden(topics: Topics) -> dict[str, Any]:
    result = {"names": list(topics.names), "words": topics.words, "shares": topics.shares[:8]}
    for name in ("alpha", "keyword_rate", "words_by"):
        if name in topics.arrays:
            result[name] = topics.arrays[name]
    return {
        name: value if isinstance(value, list) else np.round(value, 7).tolist()
        for name, value in result.items()
    }


class TestFits:
    """What topica finds."""

    @pytest.fixture(autouse=True)
    def _topica(self) -> None:
        pytest.importorskip("topica")

    @pytest.mark.parametrize("model", MODELS)
    def test_planted_topics_with_keywords_are_found_under_their_names(self, model: str) -> None:
        counts, words = planted(k=6, n_words=300)
        keywords = keywords_of(counts, words, {"fourth": 3, "first": 0})
        topics = fit_topics(counts, k=4, model=model, keywords=keywords, seed=1)
        assert topics.names[:2] == ("fourth", "first")
        one = topics.words / np.linalg.norm(topics.words, axis=1, keepdims=True)
        two = words / np.linalg.norm(words, axis=1, keepdims=True)
        cosine = one @ two.T
        assert cosine[:2].argmax(axis=1).tolist() == [3, 0]
        assert sorted(cosine.argmax(axis=1)) == list(range(6))
        # seeded LDA counts each keyword double, which draws a topic away from the planted one
        assert cosine.max(axis=1).min() > {"keyatm": 0.97, "seeded": 0.88}[model]
        assert topics.diagnostics["name"].tolist() == list(topics.names)
        assert (np.diff(topics.diagnostics["share"].iloc[2:]) <= 0).all()
        assert topics.diagnostics[["npmi", "coherence", "exclusivity"]].notna().all(axis=None)
        assert topics.shares.sum(axis=1) == pytest.approx(1)
        assert topics.made.settings["topica"] == {"version": assisted.PINNED, "threads": 1}
        assert [name for name, _ in topics.made.settings["keywords"]] == ["fourth", "first"]
        again = topics.transform(counts).shares
        assert np.abs(again - topics.shares).mean() < 0.05

    @pytest.mark.parametrize("model", MODELS)
    def test_names_follow_the_keywords(self, model: str) -> None:
        counts, words = planted(k=6, n_words=300)
        for asked in ({"one": 2, "two": 5}, {"one": 5, "two": 2}):
            topics = fit_topics(
                counts, k=4, model=model, keywords=keywords_of(counts, words, asked), seed=1,
                settings={"iterations": 300},
            )  # fmt: skip
            assert topics.names[:2] == ("one", "two")
            cosine = topics.words[:2] @ (words / np.linalg.norm(words, axis=1)[:, None]).T
            assert cosine.argmax(axis=1).tolist() == list(asked.values())

    def test_a_keyword_of_another_theme_misleads_seeded_lda_more(self) -> None:
        """What docs/methods.md says of words that are frequent in another theme."""
        counts, words = planted(k=6, n_words=300)
        keywords = {"fourth": [*keywords_of(counts, words, {"x": 3})["x"], "w088"]}
        at = counts.vocabulary.get_loc("w088")
        assert words[5, at] > 2 * words[3, at] > 0.1
        cosine = {}
        for model in MODELS:
            found = fit_topics(counts, k=5, model=model, keywords=keywords, seed=1).words[0]
            cosine[model] = found @ words[3] / np.linalg.norm(found) / np.linalg.norm(words[3])
        assert cosine["keyatm"] > 0.97
        assert cosine["seeded"] < cosine["keyatm"] - 0.1

    def test_golden_results_of_the_pinned_version(self) -> None:
        gold = json.loads(GOLD.read_text())
        import topica

        assert topica.__version__ == gold["version"] == assisted.PINNED
        for name, topics in golden_fits().items():
            for part, value in golden(topics).items():
                wanted = gold[name][part]
                if part == "names":
                    assert value == wanted
                else:
                    np.testing.assert_allclose(value, wanted, atol=1e-6, err_msg=f"{name} {part}")

    def test_another_process_gives_the_same_bytes(self) -> None:
        tests = Path(__file__).parent
        code = (
            f"import sys; sys.path.insert(0, {str(tests)!r})\n"
            "from test_topics_assisted import golden_fits\n"
            "for name, topics in golden_fits().items(): print(name, topics.content_hash)"
        )
        runs = [
            subprocess.run(
                [sys.executable, "-c", code], capture_output=True, text=True, check=True,
                env={**os.environ, "PYTHONHASHSEED": seed, "RAYON_NUM_THREADS": threads},
            ).stdout
            for seed, threads in (("1", "1"), ("2", "2"))
        ]  # fmt: skip
        assert runs[0] == runs[1] != ""
        here = [f"{name} {topics.content_hash}" for name, topics in golden_fits().items()]
        assert runs[0].splitlines()[-3:] == here

    @pytest.mark.parametrize("model", MODELS)
    def test_other_ids_and_order_give_the_same_topics(self, model: str) -> None:
        counts = patterned()
        order = np.random.default_rng(1).permutation(len(counts))
        other = Counts.from_matrix(counts.matrix[order], counts.vocabulary)
        asked: dict[str, Any] = {
            "k": 1, "model": model, "keywords": KEYWORDS, "seed": 1, "settings": {"iterations": 50},
        }  # fmt: skip
        one, two = fit_topics(counts, **asked), fit_topics(other, **asked)
        assert one.words.tobytes() == two.words.tobytes()
        reordered = {name: KEYWORDS[name][::-1] for name in KEYWORDS}
        same = fit_topics(counts, **asked | {"keywords": reordered})
        assert same.words.tobytes() == one.words.tobytes()
        seed = fit_topics(counts, **asked | {"seed": 2})
        assert seed.words.tobytes() != one.words.tobytes()

    @pytest.mark.parametrize("policy", ["weight", "fit"])
    def test_copies_are_fitted_once_and_all_counted(self, policy: str) -> None:
        counts = patterned()
        n, ids = len(counts), list(counts.docs.index)
        copies = [f"{i}-copy" for i in ids[:12]]
        weight = [0.5] * 12 + [1.0] * (n - 12) + [0.5] * 12
        frame = pd.DataFrame({"copy_of": ids + ids[:12], "weight": weight}, index=ids + copies)
        if policy == "fit":
            frame = frame.assign(weight=1.0, fit_weight=[1.0] * n + [0.0] * 12)
        matrix = csr_array(np.vstack([counts.matrix.todense(), counts.matrix[:12].todense()]))
        doubled = Counts.from_matrix(matrix, counts.vocabulary, docs=frame)
        asked: dict[str, Any] = {
            "k": 1, "model": "keyatm", "keywords": KEYWORDS, "seed": 1,
            "settings": {"iterations": 50},
        }  # fmt: skip
        one, two = fit_topics(counts, **asked), fit_topics(doubled, **asked)
        assert two.words == pytest.approx(one.words, abs=1e-12)
        assert np.isfinite(two.shares).all()
        assert len(two.shares) == n + 12

    def test_stability_takes_keywords(self) -> None:
        counts = patterned()
        settings = {"iterations": 50}
        topics = fit_topics(
            counts, k=1, model="keyatm", keywords=KEYWORDS, seed=1, settings=settings
        )
        table = topic_stability(
            counts, topics=topics, seed=1, draws=1, keywords=KEYWORDS, settings=settings
        )
        assert table["topic"].tolist() == [1, 2, 3]
        assert table["cosine"].min() > 0.5

    def test_weights_that_are_no_copies_are_said(self, capsys: pytest.CaptureFixture[str]) -> None:
        counts = patterned()
        weights = counts.docs.assign(weight=0.25)
        light = Counts.from_matrix(counts.matrix, counts.vocabulary, docs=weights)
        settings = {"iterations": 5}
        fit_topics(light, k=1, model="seeded", keywords=KEYWORDS, seed=1, settings=settings)
        assert "topica knows no weights" in capsys.readouterr().out

    def test_absent_keywords_are_named(self, capsys: pytest.CaptureFixture[str]) -> None:
        counts = patterned()
        asked: dict[str, Any] = {"k": 1, "seed": 1, "settings": {"iterations": 5}}
        for model in MODELS:
            fit_topics(counts, model=model, keywords=KEYWORDS, **asked)
            assert "no article holds: 'ferr*' (crossings)" in capsys.readouterr().out
            lost = KEYWORDS | {"weather": ["storm", "rain*"], "sport": ["goal"]}
            with pytest.raises(InputError, match=r"'weather' \(storm, rain\*\); 'sport' \(goal\)"):
                fit_topics(counts, model=model, keywords=lost, **asked)
            both = {"one": ["choir1", "choir2"], "two": ["choir2", "grain1"]}
            fit_topics(counts, model=model, keywords=both, **asked)
            assert "keywords of two topics: 'choir2' (one, two)" in capsys.readouterr().out

    def test_only_topics_with_keywords_empty_articles_saved(self, tmp_path: Path) -> None:
        counts = patterned()
        matrix = csr_array(np.vstack([counts.matrix.todense(), np.zeros((1, 18), int)]))
        topics = fit_topics(
            Counts.from_matrix(matrix, counts.vocabulary), k=0, model="seeded", seed=1,
            keywords=KEYWORDS, settings={"iterations": 20},
        )  # fmt: skip
        assert topics.names == ("music", "crossings")
        assert np.isnan(topics.shares[-1]).all()
        topics.save(tmp_path / "t")
        assert Topics.load(tmp_path / "t").content_hash == topics.content_hash

    def test_study_file_gives_keywords_in_their_order(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        counts = patterned()
        counts = replace(counts, docs=counts.docs.assign(language="en"))
        (tmp_path / "articles.csv").write_text("text\nx\n")
        lines = ['music = ["choir*"]', 'crossings = ["bridge1", "ferr*"]']
        for order in (lines, lines[::-1]):
            text = '[corpus]\nfiles = ["articles.csv"]\n[topics]\nmodel = "seeded"\nk = 1\n'
            (tmp_path / "study.toml").write_text(text + "\n".join(["[topics.keywords.en]", *order]))
            topics = open_study(tmp_path / "study.toml").topics(counts)
            assert list(topics.names[:2]) == [line.split(" ")[0] for line in order]
            assert "keywords that no article holds: 'ferr*' (crossings)" in capsys.readouterr().out
        german = replace(counts, docs=counts.docs.assign(language="de"))
        with pytest.raises(InputError, match="model 'seeded' needs keywords"):
            open_study(tmp_path / "study.toml").topics(german)

    def test_settings(self) -> None:
        counts = patterned()
        asked: dict[str, Any] = {"k": 1, "keywords": KEYWORDS, "seed": 1}
        for model, settings, message in (
            ("keyatm", {"iterations": 0}, "iterations=0 must be a whole number"),
            ("keyatm", {"token_weights": "tf"}, "allowed: information-theory, inv-freq, none"),
            ("seeded", {"weight": 0}, "weight=0 must be a number above 0"),
            ("seeded", {"token_weights": "none"}, "has no setting 'token_weights'"),
        ):
            with pytest.raises(InputError, match=message):
                fit_topics(counts, model=model, settings=settings, **asked)
        with pytest.raises(InputError, match="seed=-1 must be a whole number"):
            fit_topics(counts, model="seeded", **asked | {"seed": -1})


class TestDoor:
    """What is refused before topica is needed."""

    counts = patterned()

    @pytest.mark.parametrize(
        ("asked", "message"),
        [
            ({"model": "keyatm"}, "model 'keyatm' needs keywords, e.g."),
            ({"model": "lda", "keywords": KEYWORDS}, "takes no keywords; use model='keyatm' or"),
            ({"model": "seeded", "keywords": {"a": "word"}}, "a name and a list of words"),
            ({"model": "seeded", "keywords": {"a": []}}, "a name and a list of words"),
            ({"model": "keyatm", "keywords": KEYWORDS, "k": -1}, "k=-1 topics beside 2 with"),
            ({"model": "keyatm", "keywords": KEYWORDS, "k": 17}, "choose k from 0 to 16"),
            ({"model": "keyatm", "keywords": {"a": ["b*"]}, "k": 0}, "choose k from 1 to 17"),
            ({"model": "keyatm", "keywords": KEYWORDS, "restarts": 3}, "is fitted once; compare"),
        ],
    )
    def test_refused(self, asked: dict[str, Any], message: str) -> None:
        with pytest.raises(InputError, match=message):
            fit_topics(self.counts, **{"k": 1, "seed": 1} | asked)

    def test_choose_k_knows_no_keywords(self) -> None:
        with pytest.raises(InputError, match="call fit_topics with several k"):
            choose_k(self.counts, k=[2], model="keyatm", seed=1)

    def test_absent_library(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setitem(sys.modules, "topica", None)
        command = f"pip install topica=={assisted.PINNED}"
        with pytest.raises(InputError, match=command):
            fit_topics(self.counts, k=1, model="keyatm", keywords=KEYWORDS, seed=1)
        with pytest.raises(InputError, match=command):
            fit_topics(self.counts, k=3, model="stm", seed=1, settings={"content": "outlet"})
        (tmp_path / "articles.csv").write_text("text\nx\n")
        text = '[corpus]\nfiles = ["articles.csv"]\n[topics]\nmodel = "seeded"\n'
        (tmp_path / "s.toml").write_text(text + '[topics.keywords.en]\na = ["choir*"]\nb = ["x"]')
        with pytest.raises(InputError, match=command):
            check_study(tmp_path / "s.toml")

    def test_pinned_in_its_extra(self, root: Path) -> None:
        extras = tomllib.loads((root / "pyproject.toml").read_text())["project"][
            "optional-dependencies"
        ]
        pin = f"topica=={assisted.PINNED}"
        assert extras["topica"] == [pin]
        assert pin in extras["bench"]
        assert f"pip install {pin}" in (fit_topics.__doc__ or "")


if __name__ == "__main__":  # write the golden results anew, after looking at what has changed
    results: dict[str, Any] = {"version": assisted.PINNED}
    results |= {name: golden(topics) for name, topics in golden_fits().items()}
    GOLD.write_text(json.dumps(results) + "\n")
