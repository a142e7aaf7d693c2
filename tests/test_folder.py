"""A folder of Parquet parts gives what all articles give in memory: counts, hits, keyness."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import mediaframes as mf
from mediaframes import (
    Codebook,
    Corpus,
    Counts,
    InputError,
    corpora_in,
    count,
    count_parts,
    keyness_over_parts,
    tokenize,
)
from mediaframes.text.parts import _Kept


def articles(n: int = 40) -> pd.DataFrame:
    """Two languages, copies, an article without words; ids that lie among each other in parts."""
    texts = [f"Wort{i % 5} der Zoll{i % 3} u\u0308ber {i} the bank" for i in range(n)] + [""]
    frame = pd.DataFrame({"text": texts, "language": ["de", "en"] * (n // 2) + ["de"]})
    frame["outlet"] = [f"Outlet {'AB'[i * i % 7 % 2]}" for i in range(n + 1)]
    frame["copy_of"] = frame.index = pd.Index([f"{i * 7 % (n + 1):02d}" for i in range(n + 1)])
    frame["weight"] = 1.0
    frame.iloc[[4, 5], 3] = frame.index[4]
    frame.iloc[[4, 5], 4] = 0.5
    return frame


def written(frame: pd.DataFrame, folder: Path, size: int) -> Path:
    for k in range(0, len(frame), size):
        part = frame.iloc[k : k + size].rename_axis("id").reset_index()
        part.to_parquet(folder / f"{k:03d}.parquet", index=False)
    return folder


@pytest.mark.parametrize("size", [1, 9, 41])
@pytest.mark.parametrize(
    "settings", [{}, {"min_docs": 3, "max_share": 0.9, "stem": True}, {"min_docs": 8}]
)
def test_counts_of_parts_are_those_of_the_whole(
    size: int, settings: dict[str, object], tmp_path: Path
) -> None:
    frame = articles()
    whole = count(Corpus.from_frame(frame), **settings)
    parts = (Corpus.from_frame(frame.iloc[k : k + size]) for k in range(0, 41, size))
    found = count_parts(parts, **settings)
    pd.testing.assert_frame_equal(found.docs, whole.docs)
    assert found.matrix.has_sorted_indices
    assert found.matrix.dtype == found.matrix.indices.dtype == np.int32
    assert found.content_hash == whole.content_hash
    folder = written(frame, tmp_path, size)
    assert count_parts(folder, **settings).content_hash == whole.content_hash


def test_parts_without_words_or_articles() -> None:
    frame = articles()
    whole = count(Corpus.from_frame(frame), min_docs=2)
    cuts = [frame.iloc[40:], frame.iloc[:0], frame.iloc[:17], frame.iloc[17:40], frame.iloc[:0]]
    parts = [Corpus.from_frame(cut) for cut in cuts]
    assert count_parts(parts, min_docs=2).content_hash == whole.content_hash
    with pytest.raises(InputError, match=r"no words remain: of 1 words in 2 articles"):
        count_parts([Corpus.from_frame(pd.DataFrame({"text": ["bank", ""]}))], min_docs=3)


def test_a_part_without_words_is_a_block_of_empty_rows(tmp_path: Path) -> None:
    """An article is never lost, also where no article of its file holds a word to count."""
    frame = articles()
    silent = frame.iloc[:3].assign(text=["", "...", "12 ?"])
    silent.index = ["s1", "s2", "s3"]
    written(silent, tmp_path, 3)
    (part,) = corpora_in(tmp_path)
    for source in (part, tokenize(part)):
        block = count(source, min_docs=5)
        assert (list(block.docs.index), block.matrix.shape) == (["s1", "s2", "s3"], (3, 0))
        assert block.lengths().tolist() == [0, 0, 0]
        assert block.tf_idf().shape == block.trim(max_share=0.1).matrix.shape == (3, 0)
        block.save(tmp_path / "saved")
        assert Counts.load(tmp_path / "saved").content_hash == block.content_hash
    corpora = [part, Corpus.from_frame(frame)]
    whole = count(Corpus.from_frame(pd.concat([silent, frame])))
    assert count_parts(corpora).content_hash == whole.content_hash
    assert {"s1", "s2", "s3"} <= set(whole.docs.index)
    compared = {"by": "outlet", "target": str(frame["outlet"].iloc[0]), "min_docs": 1}
    both = keyness_over_parts((count(corpus) for corpus in corpora), **compared)
    same = ["word", "count_target", "count_reference", "log_ratio", "g2"]  # bounds know of n
    alone = keyness_over_parts([count(corpora[1])], **compared)
    pd.testing.assert_frame_equal(both[same], alone[same])
    with pytest.raises(InputError, match="nothing to compare"):
        keyness_over_parts([count(part)], **compared)


def test_counts_above_a_byte_are_kept() -> None:
    texts = pd.DataFrame({"text": ["bank " * 70_000 + "park", "bank park " * 300]})
    whole = count(Corpus.from_frame(texts))
    found = count_parts([Corpus.from_frame(texts.iloc[[k]]) for k in (1, 0)])
    assert found.content_hash == whole.content_hash
    assert whole.matrix.max() == 70_000


def test_only_one_part_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each part is let go before the next is asked for."""
    import weakref

    frame, alive = articles(), []

    def one_after_the_other() -> object:
        for k in range(0, 41, 9):
            assert [ref() for ref in alive if ref() is not None] == []
            part = Corpus.from_frame(frame.iloc[k : k + 9])
            alive.append(weakref.ref(part))
            yield part
            del part

    held = []
    add = _Kept.add
    monkeypatch.setattr(_Kept, "add", lambda self, found: (held.append(1), add(self, found))[1])
    count_parts(one_after_the_other())
    assert len(held) == 5


def test_bad_parts(tmp_path: Path) -> None:
    frame = articles()
    parts = [Corpus.from_frame(frame.iloc[k : k + 9]) for k in range(0, 41, 9)]
    with pytest.raises(InputError, match="stands in two parts"):
        count_parts(parts + parts[:1])
    with pytest.raises(InputError, match="no parts to count"):
        count_parts([])
    with pytest.raises(InputError, match="no Parquet files"):
        mf.corpora_in(tmp_path)
    frame.rename(columns={"text": "body"}).to_parquet(tmp_path / "one.parquet")
    with pytest.raises(InputError, match=r"one\.parquet: no column 'text'"):
        next(mf.corpora_in(tmp_path))
    (tmp_path / "one.parquet").write_bytes(b"PAR1 but not really")
    with pytest.raises(InputError, match=r"one\.parquet: not a Parquet file"):
        count_parts(tmp_path)


@pytest.mark.parametrize("size", [7, 41])
def test_hits_and_keyness_of_a_folder_are_those_of_the_whole(size: int, tmp_path: Path) -> None:
    frame = articles()
    folder, whole = written(frame, tmp_path, size), Corpus.from_frame(frame)
    codebook = Codebook.from_terms({"Trade": ["zoll*", "bank"], "Words": ["wort1"]}, language="de")
    hits = mf.apply_codebook((mf.tokenize(part) for part in mf.corpora_in(folder)), codebook)
    memory = mf.apply_codebook(mf.tokenize(whole), codebook)
    pd.testing.assert_frame_equal(hits.table, memory.table)
    pd.testing.assert_frame_equal(hits.scores().values, memory.scores().values)
    asked = {"by": "outlet", "target": "Outlet A", "min_docs": 2}
    point = ["word", "count_target", "docs_target", "docs_reference", "log_ratio", "g2"]
    counted = (mf.count(part) for part in mf.corpora_in(folder))
    table = mf.keyness_over_parts(counted, measures=["log_ratio", "g2"], **asked)
    same = mf.keyness(count(whole), measures=["log_ratio", "g2"], seed=1, draws=50, **asked)
    pd.testing.assert_frame_equal(
        table[point].sort_values("word", ignore_index=True),
        same[point].sort_values("word", ignore_index=True),
        rtol=1e-10,
    )
