"""The sample study end to end: same bytes whatever the circumstances, nothing half-done."""

import csv
import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import mediaframes as mf
import mediaframes.study.run as run_module
from mediaframes import InputError
from mediaframes.study.cli import main
from mediaframes.study.run import reproduce
from mediaframes.study.verify import DIFFERS, EQUAL, IDENTICAL, REDRAWN, _values_differ, compare

COMPARED = {".csv", ".pdf", ".svg", ".png", ".tex"}


def run(study: Path, out: Path, **environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "mediaframes", "reproduce", str(study), "--out", str(out)]
    return subprocess.Popen(
        [*command, "--no-cache"], env={**os.environ, **environment}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=study.parent,
    )  # fmt: skip


def shuffled_copy(root: Path, target: Path) -> Path:
    """The sample study in another folder, the rows of its files in another order."""
    shutil.copytree(root / "data" / "sample" / "articles", target / "data" / "sample" / "articles")
    shutil.copy(root / "study.toml", target)
    rng = random.Random(5)
    for path in sorted((target / "data" / "sample" / "articles").glob("*.*")):
        if not path.is_file():
            continue
        text = path.read_text(encoding="utf-8-sig")
        bom = "\ufeff" if path.read_bytes().startswith(b"\xef\xbb\xbf") else ""
        if path.suffix == ".jsonl":
            lines = text.splitlines(keepends=True)
            rng.shuffle(lines)
            path.write_text("".join(lines), encoding="utf-8")
            continue
        delimiter = max(",;\t", key=text.split("\n")[0].count)
        header, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        rng.shuffle(rows)
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows([header, *rows])
        path.write_text(bom + out.getvalue(), encoding="utf-8", newline="")
    return target / "study.toml"


@pytest.fixture(scope="module")
def two_runs(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sample study, run plainly, and run under every other circumstance at once."""
    folder = tmp_path_factory.mktemp("runs")
    other = shuffled_copy(root, tmp_path_factory.mktemp("elsewhere"))
    plain = run(root / "study.toml", folder / "plain", PYTHONHASHSEED="0", OMP_NUM_THREADS="1")
    odd = run(
        other, folder / "odd", PYTHONHASHSEED="4242", OMP_NUM_THREADS="2",
        OPENBLAS_NUM_THREADS="2", NUMBA_NUM_THREADS="2", TZ="Pacific/Auckland", LC_ALL="C",
    )  # fmt: skip
    for process in (plain, odd):
        said, _ = process.communicate(timeout=900)
        assert process.returncode == 0, said
    return folder / "plain", folder / "odd"


def outputs(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*")) if path.is_file()
    }  # fmt: skip


def test_same_bytes_from_shuffled_rows_other_folder_hash_seed_and_threads(
    two_runs: tuple[Path, Path],
) -> None:
    plain, odd = (outputs(folder) for folder in two_runs)
    assert plain.keys() == odd.keys()
    chosen = [name for name in plain if Path(name).suffix in COMPARED]
    assert len(chosen) > 50
    assert [name for name in chosen if plain[name] != odd[name]] == []
    assert plain["numbers.json"] == odd["numbers.json"]


def test_manifest_lists_every_file_and_source(two_runs: tuple[Path, Path], root: Path) -> None:
    plain = two_runs[0]
    manifest = json.loads((plain / "manifest.json").read_text())
    assert set(manifest["outputs"]) == set(outputs(plain)) - {"manifest.json"}
    assert "study.toml" in manifest["sources"]
    assert "data/sample/articles/feed_en.jsonl" in manifest["sources"]
    assert "data/codebooks/policy-frames.yml" in manifest["sources"]
    assert manifest["software"]["mediaframes"]


def test_no_path_of_this_machine_leaves(two_runs: tuple[Path, Path], root: Path) -> None:
    for name, content in outputs(two_runs[0]).items():
        for path in (str(root), str(two_runs[0]), str(Path.home()) + os.sep):
            assert path.encode() not in content, name


def test_bundles_are_whole(two_runs: tuple[Path, Path]) -> None:
    figures = two_runs[0] / "figures"
    for record in sorted(figures.glob("*.json")):
        told = json.loads(record.read_text())
        assert told["alt"]
        assert "Illustrative sample" in told["caption"]
        for kind in ("pdf", "svg", "png", "csv"):
            assert record.with_suffix(f".{kind}").stat().st_size > 100


def test_pages_need_no_network(two_runs: tuple[Path, Path]) -> None:
    for page in [*sorted(two_runs[0].glob("notebooks/*.html")), two_runs[0] / "index.html"]:
        text = page.read_text(encoding="utf-8")
        assert 'src="http' not in text
        assert "src='http" not in text
        assert "Traceback" not in text


def test_committed_reports_are_those_of_this_code(two_runs: tuple[Path, Path], root: Path) -> None:
    verdicts = list(compare(root / "reports", two_runs[0]))
    assert [v for v in verdicts if v.verdict == DIFFERS] == []


class TestVerify:
    """What `verify` says of a changed file."""

    @pytest.fixture
    def old(self, two_runs: tuple[Path, Path], tmp_path: Path) -> Path:
        return Path(shutil.copytree(two_runs[0], tmp_path / "old"))

    def test_identical(self, old: Path, two_runs: tuple[Path, Path]) -> None:
        assert {v.verdict for v in compare(old, two_runs[0])} == {IDENTICAL}

    def rewrite(self, old: Path, name: str, content: bytes) -> None:
        from mediaframes.made import hash_file

        (old / name).write_bytes(content)
        manifest = json.loads((old / "manifest.json").read_text())
        manifest["outputs"][name] = hash_file(old / name)
        (old / "manifest.json").write_text(json.dumps(manifest))

    def verdict(self, old: Path, new: Path, name: str) -> tuple[str, str]:
        found = next(v for v in compare(old, new) if v.file == name)
        return found.verdict, found.detail

    def test_numbers_within_and_beyond(self, old: Path, two_runs: tuple[Path, Path]) -> None:
        name = "tables/frames-overall.csv"
        table = pd.read_csv(old / name)
        table.loc[0, "value"] *= 1 + 1e-11
        self.rewrite(old, name, table.to_csv(index=False, float_format="%.17g").encode())
        assert self.verdict(old, two_runs[0], name)[0] == EQUAL
        table.loc[0, "value"] *= 1.001
        self.rewrite(old, name, table.to_csv(index=False, float_format="%.17g").encode())
        verdict, detail = self.verdict(old, two_runs[0], name)
        assert verdict == DIFFERS
        assert detail.startswith("line 2, value: ")

    def test_redrawn_figure_missing_and_tampered_files(
        self, old: Path, two_runs: tuple[Path, Path]
    ) -> None:
        self.rewrite(old, "figures/fig-2-frames.png", b"other pixels")
        assert self.verdict(old, two_runs[0], "figures/fig-2-frames.png") == (
            REDRAWN, "its data agree",
        )  # fmt: skip
        (old / "figures/fig-2-frames.pdf").write_bytes(b"tampered")
        assert self.verdict(old, two_runs[0], "figures/fig-2-frames.pdf")[0] in (REDRAWN, DIFFERS)
        (old / "numbers.json").unlink()
        assert self.verdict(old, two_runs[0], "numbers.json")[0] == DIFFERS


def small_study(folder: Path, notebook: str) -> Path:
    """A study of one article and one notebook with one code cell."""
    (folder / "books").mkdir(exist_ok=True)
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": notebook, "outputs": [],
            "execution_count": None}  # fmt: skip
    book = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "books" / "one.ipynb").write_text(json.dumps(book))
    (folder / "a.csv").write_text("text,outlet\nAn article about the harbor.,A\n")
    path = folder / "study.toml"
    path.write_text('[study]\nnotebooks = "books"\n[corpus]\nfiles = ["a.csv"]\n')
    return path


class TestFailures:
    """A run that stops leaves what was there, and says where it stopped."""

    def test_error_in_a_notebook(self, tmp_path: Path) -> None:
        study = small_study(tmp_path, "import mediaframes as mf\nmf.save_numbers(articles=1)")
        reproduce(study)
        before = outputs(tmp_path / "reports")
        small_study(
            tmp_path, "import mediaframes as mf\nmf.open_study().codebook\nmf.read('none.csv')"
        )
        with pytest.raises(InputError, match=r"one.ipynb, cell 1 stopped: .*none\.csv"):
            reproduce(study)
        small_study(tmp_path, "1 / 0")
        with pytest.raises(
            InputError, match=r"(?s)cell 1 stopped: ZeroDivisionError.*begins: '1 / 0'"
        ):
            reproduce(study)
        assert outputs(tmp_path / "reports") == before
        assert not list(tmp_path.glob(".reports*"))

    @pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
    def test_killed_then_run_again(self, tmp_path: Path) -> None:
        study = small_study(
            tmp_path, "import time, mediaframes as mf\nmf.save_numbers(articles=1)\ntime.sleep(60)"
        )
        process = run(study, tmp_path / "reports")
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob(".reports.partial-*/numbers.json")):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert not (tmp_path / "reports").exists()
        small_study(tmp_path, "import mediaframes as mf\nmf.save_numbers(articles=2)")
        reproduce(study)
        assert json.loads((tmp_path / "reports/numbers.json").read_text()) == {"articles": 2}
        assert not list(tmp_path.glob(".reports*")), "the killed run's remains are swept"

    def test_other_files_in_reports_stay(self, tmp_path: Path) -> None:
        study = small_study(tmp_path, "import mediaframes as mf\nmf.save_numbers(articles=1)")
        (tmp_path / "reports").mkdir()
        (tmp_path / "reports" / "my-notes.txt").write_text("mine")
        reproduce(study)
        assert (tmp_path / "reports" / "my-notes.txt").read_text() == "mine"

    def test_files_of_the_researcher_are_never_replaced(self, tmp_path: Path) -> None:
        study = small_study(tmp_path, "import mediaframes as mf\nmf.save_numbers(articles=1)")
        mine = tmp_path / "paper" / "figures" / "my-drawing.svg"
        mine.parent.mkdir(parents=True)
        mine.write_text("mine")
        for _ in range(2):
            out = reproduce(study, tmp_path / "paper")
            assert mine.read_text() == "mine"
            assert (out / "numbers.json").exists()
        small_study(tmp_path, "import mediaframes as mf")
        reproduce(study, tmp_path / "paper")
        assert mine.read_text() == "mine"
        assert not (out / "numbers.json").exists(), "what the study no longer makes is gone"
        (tmp_path / "other").mkdir()
        (tmp_path / "other" / "index.html").write_text("my home page")
        with pytest.raises(InputError, match=r"same names that no run has made: index.html"):
            reproduce(study, tmp_path / "other")
        assert outputs(tmp_path / "other") == {"index.html": b"my home page"}
        with pytest.raises(InputError, match="is a file; the results need a folder"):
            reproduce(study, tmp_path / "a.csv")

    def test_what_a_notebook_saved_by_hand_gives_way(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        save = "import pandas as pd, mediaframes as mf\n" + (
            "mf.save_table(pd.DataFrame({'x': [%d]}), 'one')\nmf.save_numbers(articles=%d)"
        )
        study = small_study(tmp_path, save % (2, 2))
        monkeypatch.chdir(tmp_path)
        exec(save % (1, 1), {})
        exec(
            "import pandas as pd, mediaframes as mf\nmf.save_table(pd.DataFrame({'x': [3]}), 'two')"
        )
        out = reproduce(study)
        assert (out / "tables" / "one.csv").read_text() == "x\n2\n"
        assert (out / "tables" / "two.csv").read_text() == "x\n3\n", "an extra table stays"

    def test_two_runs_at_once_are_refused(self, tmp_path: Path) -> None:
        study = small_study(tmp_path, "1")
        other = tmp_path / f".reports.partial-{os.getppid()}-x"
        other.mkdir()
        with pytest.raises(InputError, match=rf"another run \(process {os.getppid()}\)"):
            reproduce(study)
        assert other.is_dir()

    @pytest.mark.parametrize("step", range(1, 8))
    def test_a_move_cut_short_is_undone(
        self, tmp_path: Path, step: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        old, work = tmp_path / "reports", tmp_path / "work"
        for folder, text in ((old, "old"), (work, "new")):
            (folder / "figures").mkdir(parents=True)
            (folder / "figures" / "a.csv").write_text(text)
            (folder / "numbers.json").write_text("{}")
            names = ["figures/a.csv", "numbers.json"]
            (folder / "manifest.json").write_text(json.dumps({"outputs": dict.fromkeys(names, "")}))
        (work / "index.html").write_text("new")
        before, calls = outputs(old), [0]
        rename = run_module._rename

        def dying(one: Path, two: Path) -> None:
            calls[0] += 1
            if calls[0] == step:
                raise KeyboardInterrupt
            rename(one, two)

        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(run_module, "_rename", dying)
            patch.setattr(run_module, "_recover", lambda target: None)  # as if killed
            run_module._move(work, old)
        run_module._recover(old)
        assert outputs(old) == before
        assert not (tmp_path / ".reports.replaced").exists()

    def test_early_end_is_no_mistake(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        study = small_study(
            tmp_path,
            "import mediaframes as mf\ns = mf.open_study()\ns.need(s.corpus(), groups=2)",
        )
        reproduce(study)
        assert "ended early: What follows needs at least 2 groups" in capsys.readouterr().out
        page = (tmp_path / "reports/notebooks/one.html").read_text()
        assert "The notebook ends here." in page
        assert "Traceback" not in page


class TestCommandLine:
    """Exit codes and messages."""

    def test_check(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["check", str(root / "study.toml")]) == 0
        assert "is in order" in capsys.readouterr().out

    def test_mistake(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "s.toml").write_text('[corpus]\nfiles = ["x"]\n')
        for command in ("check", "reproduce", "verify"):
            assert main([command, str(tmp_path / "s.toml")]) == 1
        assert "s.toml, line 2: files: 'x' does not exist" in capsys.readouterr().err

    def test_verify_without_reports(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        study = small_study(tmp_path, "1")
        assert main(["verify", str(study)]) == 1
        assert "run 'make reproduce' first" in capsys.readouterr().err

    def test_verify_says_what_differs(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        study = small_study(tmp_path, "import mediaframes as mf\nmf.save_numbers(articles=1)")
        assert main(["reproduce", str(study)]) == 0
        assert main(["verify", str(study)]) == 0
        small_study(tmp_path, "import mediaframes as mf\nmf.save_numbers(articles=2)")
        assert main(["verify", str(study)]) == 2
        assert "DIFFERS  numbers.json (/articles: 1 against 2)" in capsys.readouterr().out


def test_pages_do_not_tell_what_came_from_the_cache(tmp_path: Path) -> None:
    study = small_study(tmp_path, "import mediaframes as mf\nmf.open_study().corpus()")
    pages = []
    for _ in range(2):
        reproduce(study)
        pages.append((tmp_path / "reports/notebooks/one.html").read_bytes())
    assert list((tmp_path / "data/derived").iterdir()), "the second run had a cache to use"
    assert pages[0] == pages[1]


def test_structural_topics_leave_out_articles_without_covariates_and_say_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(1)
    words = np.array([f"word{letter}" for letter in "abcdefghijklmnopqrst"])
    rows = []
    for n in range(60):
        half = words[:10] if n % 2 else words[10:]
        day = "" if n == 7 else f"2023-01-{1 + n % 28:02d}"
        rows.append({"id": f"a{n}", "text": " ".join(rng.choice(half, 40)), "date": day,
                     "outlet": "A" if n % 3 else "B", "language": "en"})  # fmt: skip
    pd.DataFrame(rows).to_csv(tmp_path / "a.csv", index=False)
    (tmp_path / "study.toml").write_text(
        '[corpus]\nfiles = ["a.csv"]\nlanguages = ["en"]\n[cleaning]\nenabled = false\n'
        '[copies]\npolicy = "none"\n[topics]\nmodel = "stm"\nk = 2\nmax_share = 0.9\n'
        'prevalence = "~ outlet + s(date, df=4)"\n'
    )
    study = mf.open_study(tmp_path / "study.toml")
    tokens = study.tokens(study.corpus())
    topics = study.topics(study.counts(tokens, "en"))
    assert len(topics.docs) == 59
    assert not topics.docs["date"].isna().any()
    assert "1 of 60 articles lack a value of '~ outlet + s(date, df=4)'" in capsys.readouterr().out
    found = study.effects(topics)
    assert found is not None
    assert list(found.design.covariates) == ["outlet", "date"]
    assert set(found.table["frame"]) == set(topics.names)
    assert set(found.table["n"]) == {59}
    curve = mf.marginal(found, variable="date")
    assert curve.groupby("frame").size().tolist() == [100, 100]
    text = (tmp_path / "study.toml").read_text().partition("prevalence")[0]
    (tmp_path / "study.toml").write_text(text.replace('"stm"', '"ctm"'))
    assert mf.open_study(tmp_path / "study.toml").effects(topics) is None
    assert "topics: no formula" in capsys.readouterr().out


def test_records_with_lists_of_other_lengths_are_compared() -> None:
    longer = _values_differ({"columns": ["a"]}, {"columns": ["a", "b"]}, "")
    assert longer == "/columns: ['a'] against ['a', 'b']"
    assert _values_differ({"n": None}, {"n": [1]}, "") == "/n: None against [1]"
    assert _values_differ({"n": [None, 1.0]}, {"n": [None, 1.0 + 1e-12]}, "") == ""


def test_compile_reaches_every_loop_of_a_study() -> None:
    """After `mediaframes compile`, a study of two languages compiles nothing any more."""
    code = (
        "import numba.core.event as event\n"
        "from mediaframes.study.cli import main\n"
        "assert main(['compile']) == 0\n"
        "compiled = []\n"
        "class Listener(event.Listener):\n"
        "    def on_start(self, e): compiled.append(e.data['dispatcher'].py_func)\n"
        "    def on_end(self, e): pass\n"
        "with event.install_listener('numba:compile', Listener()):\n"
        "    import mediaframes as mf\n"
        "    corpus = mf.language(mf.read('data/sample/articles'), languages=['de', 'en'])\n"
        "    corpus = mf.dedupe(mf.clean(corpus))\n"
        "    tokens = mf.tokenize(corpus)\n"
        "    mf.apply_codebook(tokens, 'data/codebooks/policy-frames.yml')\n"
        "    mf.count(tokens, min_docs=3)\n"
        "mine = sorted({f.__name__ for f in compiled if 'mediaframes' in f.__module__})\n"
        "print('COMPILED', mine)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "COMPILED []"
