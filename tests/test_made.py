"""`Made`, saving and loading, and the cache: never stale, never half."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import mediaframes.made as made_module
from mediaframes import Corpus, InputError, Made, tokenize
from mediaframes.made import Cache, canonical, hash_frame, load_value, save_value, write_atomic


@pytest.fixture
def corpus() -> Corpus:
    texts = ["Prices rise. The harbor closes.", "Ein Satz über Größe.", ""]
    return Corpus.from_frame(pd.DataFrame({"text": texts}, index=["c", "a", "b"]))


def test_fingerprint_depends_on_everything() -> None:
    base = Made.by("read", settings={"a": 1}, seed=1, sources={"f": "12"})
    others = [
        Made.by("reads", settings={"a": 1}, seed=1, sources={"f": "12"}),
        Made.by("read", settings={"a": 2}, seed=1, sources={"f": "12"}),
        Made.by("read", settings={"a": 1}, seed=2, sources={"f": "12"}),
        Made.by("read", settings={"a": 1}, seed=1, sources={"f": "13"}),
        Made.by("read", settings={"a": 1}, seed=1, sources={"f": "12"}, parents=(base,)),
        Made("read", {"a": 1}, 1, {"f": "12"}, (), {"numpy": "0"}),
    ]
    prints = {made.fingerprint for made in [base, *others]}
    assert len(prints) == len(others) + 1


def test_made_survives_json(corpus: Corpus) -> None:
    made = tokenize(corpus).made
    assert Made.from_dict(made.to_dict()) == made
    assert Made.from_dict(made.to_dict()).fingerprint == made.fingerprint
    assert list(made.table()["step"]) == ["from_frame", "tokenize"]


def test_made_saves_and_loads(corpus: Corpus, tmp_path: Path) -> None:
    made = tokenize(corpus).made
    made.save(tmp_path / "made.json")
    assert Made.load(tmp_path / "made.json") == made
    (tmp_path / "made.json").write_text("{}")
    with pytest.raises(InputError, match="holds no saved Made"):
        Made.load(tmp_path / "made.json")


def test_canonical_orders_sets_and_keys() -> None:
    assert canonical({"b": {"z", "a"}, "a": (1, None)}) == {"a": [1, None], "b": ["a", "z"]}
    assert canonical(np.int64(3)) == 3
    assert canonical(pd.Timestamp("2024-10-24").date()) == "2024-10-24"
    with pytest.raises(TypeError, match="DataFrame has no canonical form"):
        canonical({"x": pd.DataFrame()})


def test_hash_frame_sees_cells_names_types_and_missing() -> None:
    frame = pd.DataFrame({"a": ["x", None], "b": [1, 2]})
    changes = [
        frame.assign(a=["x", ""]),
        frame.assign(b=[1, 3]),
        frame.astype({"b": float}),
        frame.rename(columns={"b": "c"}),
        frame.set_axis([1, 2]),
    ]
    assert len({hash_frame(f) for f in [frame, *changes]}) == 6


def test_save_and_load_every_value(corpus: Corpus, tmp_path: Path) -> None:
    corpus.save(tmp_path / "corpus")
    again = Corpus.load(tmp_path / "corpus")
    assert again.content_hash == corpus.content_hash
    assert again.made == corpus.made
    pd.testing.assert_frame_equal(again.docs, corpus.docs)


def test_saving_twice_replaces_the_value(corpus: Corpus, tmp_path: Path) -> None:
    corpus.save(tmp_path / "x")
    smaller = corpus.where("index == 'a'", reason="test")
    smaller.save(tmp_path / "x")
    assert len(Corpus.load(tmp_path / "x")) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_load_says_what_is_wrong(corpus: Corpus, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no saved value"):
        Corpus.load(tmp_path)
    corpus.save(tmp_path / "x")
    with pytest.raises(InputError, match=r"holds a Corpus, not a Tokens; use Corpus\.load"):
        load_value(tmp_path / "x", "Tokens")
    with (tmp_path / "x" / "docs.parquet").open("r+b") as file:
        file.truncate(100)
    with pytest.raises(InputError, match="damaged or incomplete"):
        Corpus.load(tmp_path / "x")


def test_a_column_of_mixed_types_is_named(tmp_path: Path) -> None:
    frame = pd.DataFrame({"text": ["a", "b"], "note": pd.Series(["x", 3], dtype=object)})
    with pytest.raises(InputError, match="note"):
        Corpus.from_frame(frame).save(tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_write_atomic_keeps_the_old_file_when_it_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "numbers.json"
    write_atomic(path, b"old")

    def full(_: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(made_module.os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["numbers.json"]


class TestCache:
    """The cache answers only with what would be computed now."""

    def test_hit_and_message(
        self, corpus: Corpus, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        cache = Cache(tmp_path)
        first = cache.get(tokenize, corpus)
        assert "from the cache" not in capsys.readouterr().out
        second = cache.get(tokenize, corpus)
        assert "unchanged since last time, from the cache" in capsys.readouterr().out
        Cache(tmp_path, tell=False).get(tokenize, corpus)
        assert "from the cache" not in capsys.readouterr().out
        assert second.content_hash == first.content_hash
        assert second.made == first.made

    def test_changed_setting_article_code_or_version_misses(
        self, corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cache = Cache(tmp_path)

        def entries() -> int:
            return len(list(tmp_path.glob("*/value.json")))

        cache.get(tokenize, corpus)
        cache.get(tokenize, corpus, hyphens="split")
        assert entries() == 2
        docs = corpus.docs.assign(text=corpus.docs["text"] + " more")
        cache.get(tokenize, Corpus(docs, corpus.made))
        assert entries() == 3
        monkeypatch.setattr(made_module, "code_hash", lambda: "another helper")
        cache.get(tokenize, corpus)
        assert entries() == 4
        monkeypatch.setattr(made_module, "library_versions", lambda: {"numpy": "99"})
        cache.get(tokenize, corpus)
        assert entries() == 5

    def test_a_folder_that_cannot_be_written_loses_nothing(
        self, corpus: Corpus, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "derived").write_text("a file in the place of the folder")
        found = Cache(tmp_path / "derived").get(tokenize, corpus)
        assert found.content_hash == tokenize(corpus).content_hash
        assert "tokenize: the value cannot be kept in the cache" in capsys.readouterr().out

    def test_damaged_entry_is_computed_again(
        self, corpus: Corpus, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        cache = Cache(tmp_path)
        whole = cache.get(tokenize, corpus)
        entry = next(tmp_path.glob("*/arrays.npz"))
        entry.write_bytes(entry.read_bytes()[:50])
        again = cache.get(tokenize, corpus)
        assert "unusable and is computed again" in capsys.readouterr().out
        assert again.content_hash == whole.content_hash
        entry.parent.joinpath("value.json").write_text("{ half")
        assert cache.get(tokenize, corpus).content_hash == whole.content_hash

    def test_code_hash_changes_with_any_source_file(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "made.py").write_text("x = 1")
        (tmp_path / "helper.py").write_text("y = 1")
        monkeypatch.setattr(made_module, "__file__", str(tmp_path / "made.py"))
        made_module.code_hash.cache_clear()
        before = made_module.code_hash()
        (tmp_path / "helper.py").write_text("y = 2")
        made_module.code_hash.cache_clear()
        assert made_module.code_hash() != before
        monkeypatch.undo()
        made_module.code_hash.cache_clear()


SAVE_FOREVER = """
import sys, numpy as np, pandas as pd
from mediaframes import Corpus
corpus = Corpus.from_frame(pd.DataFrame({"text": ["word " * 200] * 3000}))
print("ready", flush=True)
while True:
    corpus.save(sys.argv[1])
"""


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_killed_while_writing_leaves_a_whole_value_or_none(tmp_path: Path) -> None:
    for delay in (0.01, 0.05, 0.11):
        target = tmp_path / f"value-{delay}"
        process = subprocess.Popen(
            [sys.executable, "-c", SAVE_FOREVER, str(target)], stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        if (target / "value.json").exists():
            assert len(Corpus.load(target)) == 3000
        corpus = Corpus.from_frame(pd.DataFrame({"text": ["a good run follows"]}))
        corpus.save(target)
        assert len(Corpus.load(target)) == 1


def test_unsaved_values_hold_no_pickle(corpus: Corpus, tmp_path: Path) -> None:
    tokenize(corpus).save(tmp_path / "tokens")
    with np.load(tmp_path / "tokens" / "arrays.npz", allow_pickle=False) as data:
        assert all(data[name].dtype != object for name in data.files)
    with pytest.raises(ValueError, match="allow_pickle=False"):
        save_value(tmp_path / "bad", corpus, frames={}, arrays={"x": np.array([{}], dtype=object)})
        load_value(tmp_path / "bad", "Corpus")
