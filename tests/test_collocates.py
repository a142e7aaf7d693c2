"""Collocates and networks of words against plain counting."""

import math
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

import mediaframes as mf
from mediaframes import Bootstrap, Corpus, Counts, InputError

WORDS = ["ab", "cd", "ef", "gh", "ij", "kl"]


def invented(n: int = 40, seed: int = 1, **columns: Any) -> mf.Tokens:
    """Short articles of six words in sentences of a few words."""
    rng = np.random.default_rng(seed)
    texts = []
    for _ in range(n):
        sentences = [
            " ".join(rng.choice(WORDS, rng.integers(1, 7))).capitalize() + "."
            for _ in range(rng.integers(1, 5))
        ]
        texts.append(" ".join(sentences))
    frame = pd.DataFrame({"text": texts, **columns}, index=[f"{i:03d}" for i in range(n)])
    return mf.tokenize(Corpus.from_frame(frame))


def near_by_hand(tokens: mf.Tokens, node: str, window: int | str) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in range(len(tokens.docs)):
        part = slice(tokens.offsets[row], tokens.offsets[row + 1])
        words, sentence = list(tokens.vocabulary[tokens.ids[part]]), tokens.sentences[part]
        nodes = [i for i, word in enumerate(words) if word == node]
        for i, word in enumerate(words):
            if word == node:
                continue
            if window == "sentence":
                near = any(sentence[i] == sentence[j] for j in nodes)
            else:
                near = any(abs(i - j) <= window for j in nodes)
            if near:
                found[word] = found.get(word, 0) + 1
    return found


class TestCollocates:
    """Words near a node."""

    @pytest.mark.parametrize("window", [1, 2, 5, "sentence"])
    def test_counts_equal_plain_counting(self, window: int | str) -> None:
        tokens = invented()
        names = ("log_ratio", "g2", "pmi", "npmi", "ppmi", "log_dice", "t_score")
        table = mf.collocates(tokens, "ab", window=window, measures=names, min_docs=1, seed=1,
                              draws=50).set_index("word")  # fmt: skip
        near = near_by_hand(tokens, "ab", window)
        assert table["near"].to_dict() == near
        total = pd.Series(tokens.vocabulary[tokens.ids]).value_counts()
        n1, n = sum(near.values()), len(tokens.ids) - total["ab"]
        for word, a in near.items():
            row, e = table.loc[word], total[word] * n1 / n
            assert row["expected"] == pytest.approx(e)
            assert row["elsewhere"] == total[word] - a
            assert row["pmi"] == pytest.approx(math.log2(a / e))
            assert row["ppmi"] == max(row["pmi"], 0)
            assert row["npmi"] == pytest.approx(math.log2(a / e) / -math.log2(a / n))
            assert row["t_score"] == pytest.approx((a - e) / math.sqrt(a))
            dice = 14 + math.log2(2 * a / (total["ab"] + total[word]))
            assert row["log_dice"] == pytest.approx(dice)

    def test_copies_change_nothing(self) -> None:
        tokens = invented(30)
        twice = tokens.docs.loc[np.repeat(tokens.docs.index.to_numpy(), 2)]
        twice = twice.assign(copy_of=twice.index, weight=0.5)
        twice.index = [f"{i:03d}" for i in range(60)]
        twice["copy_of"] = [f"{2 * (i // 2):03d}" for i in range(60)]
        copied = mf.tokenize(Corpus.from_frame(twice))
        tables = [
            mf.collocates(part, "cd", window=2, measures=("log_odds", "log_ratio", "log_dice"),
                          seed=4, draws=200, min_docs=2).drop(columns="docs")
            for part in (tokens, copied)
        ]  # fmt: skip
        pd.testing.assert_frame_equal(*tables)

    def test_one_article_that_repeats_itself_widens_the_interval(self) -> None:
        calm = ["The storm hits the coast again."] * 12 + ["Rain hits the coast again."] * 12
        wild = (
            ["The storm hits. " * 11]
            + ["The storm hits us."]
            + ["The storm came over us."] * 10
            + calm[12:]
        )
        widths = []
        for texts in (calm, wild):
            frame = pd.DataFrame({"text": texts}, index=[f"{i:02d}" for i in range(24)])
            tokens = mf.tokenize(Corpus.from_frame(frame))
            row = mf.collocates(tokens, "storm", window=1, min_docs=1,
                                stop_words=False, seed=1).set_index("word").loc["hits"]  # fmt: skip
            widths.append(row["log_ratio_high"] - row["log_ratio_low"])
        assert widths[1] > 1.3 * widths[0]

    def test_stop_words_keep_their_place(self) -> None:
        texts = ["Sanctions of the banks. Rain falls."] * 6
        frame = pd.DataFrame({"text": texts, "language": "en"}, index=list("abcdef"))
        tokens = mf.tokenize(Corpus.from_frame(frame))
        with pytest.raises(InputError, match="no counted word is near the node"):
            mf.collocates(tokens, "sanctions", window=1, seed=1)
        near = mf.collocates(tokens, "sanctions of", window=2, seed=1)
        assert near["word"].tolist() == ["banks"]
        clustered = mf.collocates(
            tokens.where(tokens.docs["language"] == "en"), "sanctions", window=3, seed=1,
            draws=Bootstrap(draws=50, cluster="language"),
        )  # fmt: skip
        assert clustered["log_ratio_low"].isna().all(), "one cluster tells no spread"

    def test_bad_input(self) -> None:
        tokens = invented(10)
        for arguments, message in (
            ({"pattern": "zz"}, "'zz' does not occur"),
            ({"pattern": "ab", "window": 0}, "window=0 must be"),
            ({"pattern": "ab", "window": "article"}, "window='article' must be"),
            ({"pattern": "ab", "measures": ("mi3",)}, "no measure 'mi3'"),
            ({"pattern": "ab", "min_docs": 99}, "no word is near 'ab' in at least min_docs=99"),
        ):
            with pytest.raises(InputError, match=message):
                mf.collocates(tokens, seed=1, **arguments)


def units_by_hand(tokens: mf.Tokens, unit: str) -> list[set[str]]:
    units = []
    for row in range(len(tokens.docs)):
        part = slice(tokens.offsets[row], tokens.offsets[row + 1])
        words, sentence = tokens.vocabulary[tokens.ids[part]], tokens.sentences[part]
        if unit == "document":
            units.append(set(words))
        else:
            units += [set(words[sentence == s]) for s in np.unique(sentence)]
    return units


class TestNetworks:
    """Pairs of words."""

    @pytest.mark.parametrize("unit", ["document", "sentence"])
    def test_units_equal_plain_counting(self, unit: str) -> None:
        tokens = invented(25)
        network = mf.cooccurrence(tokens, unit=unit, min_docs=1,
                                  measures=("npmi", "g2", "log_dice", "t_score"))  # fmt: skip
        units = units_by_hand(tokens, unit)
        edges = network.edges.set_index(["source", "target"])
        assert network.nodes.set_index("word")["n"].to_dict() == {
            word: sum(word in unit for unit in units) for word in WORDS
        }
        for first, second in combinations(WORDS, 2):
            joint = sum(first in unit and second in unit for unit in units)
            if not joint:
                assert (first, second) not in edges.index
                continue
            f1, f2 = (sum(word in unit for unit in units) for word in (first, second))
            row, e = edges.loc[(first, second)], f1 * f2 / len(units)
            assert row["n"] == joint
            assert row["expected"] == pytest.approx(e)
            if joint < len(units):
                npmi = math.log2(joint / e) / -math.log2(joint / len(units))
                assert row["npmi"] == pytest.approx(npmi)
            assert row["log_dice"] == pytest.approx(14 + math.log2(2 * joint / (f1 + f2)))

    def test_windows_equal_plain_counting(self) -> None:
        tokens = invented(25)
        network = mf.cooccurrence(tokens, unit=2, min_docs=1, measures=("pmi",))
        pairs: dict[tuple[str, str], int] = {}
        margin, total = dict.fromkeys(WORDS, 0), 0
        for row in range(len(tokens.docs)):
            words = list(
                tokens.vocabulary[tokens.ids[tokens.offsets[row] : tokens.offsets[row + 1]]]
            )
            for i, j in combinations(range(len(words)), 2):
                if j - i > 2:
                    continue
                total += 2
                margin[words[i]] += 1
                margin[words[j]] += 1
                if words[i] != words[j]:
                    key = (min(words[i], words[j]), max(words[i], words[j]))
                    pairs[key] = pairs.get(key, 0) + 1
        edges = network.edges.set_index(["source", "target"])
        assert edges["n"].to_dict() == pairs
        for (first, second), n in pairs.items():
            want = math.log2(n * total / (margin[first] * margin[second]))
            assert edges.loc[(first, second), "pmi"] == pytest.approx(want)

    @pytest.mark.parametrize("unit", ["document", "sentence", 3])
    def test_copies_change_nothing(self, unit: str | int) -> None:
        tokens = invented(20)
        twice = tokens.docs.loc[np.repeat(tokens.docs.index.to_numpy(), 2)].assign(weight=0.5)
        twice.index = [f"{i:03d}" for i in range(40)]
        copied = mf.tokenize(Corpus.from_frame(twice))
        one, two = (
            mf.cooccurrence(part, unit=unit, min_docs=3).edges.drop(columns="docs")
            for part in (tokens, copied)
        )
        pd.testing.assert_frame_equal(one, two)

    def test_graphml_can_be_read(self, tmp_path: Path) -> None:
        counts = Counts.from_matrix(csr_array([[1, 1], [2, 1], [1, 0]]), ['a<"&', "b"])
        network = mf.cooccurrence(counts, min_docs=1, measures=("npmi", "g2"))
        network.save_graphml(tmp_path / "words.graphml")
        root = ElementTree.parse(tmp_path / "words.graphml").getroot()
        space = {"g": "http://graphml.graphdrawing.org/xmlns"}
        names = [d.text for d in root.findall(".//g:node/g:data[@key='node_0']", space)]
        assert names == ['a<"&', "b"]
        edge = root.find(".//g:edge", space)
        assert edge is not None
        assert (edge.get("source"), edge.get("target")) == ("n0", "n1")
        keys = {k.get("id"): k.get("attr.name") for k in root.findall("g:key", space)}
        values = {keys[d.get("key")]: d.text for d in edge}
        assert float(values["n"] or "") == 2.0

    def test_a_pair_of_one_outlet_is_found_and_frequency_alone_is_not(self) -> None:
        rng = np.random.default_rng(3)
        x = (rng.random((300, 8)) < 0.3).astype(int)
        x[:150, 1] = np.where(rng.random(150) < 0.8, x[:150, 0], x[:150, 1])
        x[:150, 5] |= (rng.random(150) < 0.4).astype(int)  # more frequent, not more together
        docs = pd.DataFrame(
            {"outlet": ["A"] * 150 + ["B"] * 150}, index=[f"{i:03d}" for i in range(300)]
        )
        counts = Counts.from_matrix(csr_array(x), [f"w{i}" for i in range(8)], docs=docs)
        table = mf.compare_networks(counts, by="outlet", target="A", seed=1)
        top = table.iloc[0]
        assert (top["source"], top["target"]) == ("w0", "w1")
        assert top["p_family"] < 0.01
        assert (table["p_family"].iloc[1:] > 0.05).all()
        assert len(table) == 28

    def test_nothing_differs_nothing_is_called(self) -> None:
        rng = np.random.default_rng(5)
        called = family = 0
        for run in range(40):
            x = (rng.random((80, 7)) < rng.beta(1, 2, (80, 1))).astype(int)  # long and short ones
            docs = pd.DataFrame({"outlet": ["A", "B"] * 40}, index=[f"{i:03d}" for i in range(80)])
            counts = Counts.from_matrix(csr_array(x), [f"w{i}" for i in range(7)], docs=docs)
            table = mf.compare_networks(counts, by="outlet", target="A", seed=run, permutations=199)
            called += int((table["p"] <= 0.05).sum())
            family += int((table["p_family"] <= 0.05).any())
        assert called < 0.08 * 40 * 21
        assert family <= 6

    def test_bad_input(self) -> None:
        tokens = invented(12, outlet=["A", "B"] * 6)
        counts = mf.count(tokens, stop_words=False)
        for call, message in (
            (lambda: mf.cooccurrence(counts, unit="sentence"), "counts know no sentences"),
            (lambda: mf.cooccurrence(tokens, unit="page"), "unit='page' is not"),
            (lambda: mf.cooccurrence(tokens, words=["ab", "zz"]), "the word 'zz' does not occur"),
            (lambda: mf.cooccurrence(tokens, words=["ab"]), "fewer than two different words"),
            (lambda: mf.cooccurrence(tokens, words=1), "words=1 must lie between"),
            (lambda: mf.cooccurrence(tokens, measures=("jaccard",)), "no measure 'jaccard'"),
            (lambda: mf.cooccurrence(tokens, min_docs=50), "no pair of these words shares"),
            (
                lambda: mf.compare_networks(counts, by="outlet", target="C", seed=1),
                "no article has",
            ),
        ):
            with pytest.raises(InputError, match=message):
                call()


class TestCountNear:
    """Counts of the words around a node."""

    @pytest.mark.parametrize("window", [1, 3, "sentence"])
    def test_counts_equal_plain_counting(self, window: int | str) -> None:
        tokens = invented()
        counts = mf.count_near(tokens, "ab", window=window, stop_words=False)
        assert counts.totals().to_dict() == near_by_hand(tokens, "ab", window)
        assert list(counts.docs.index) == list(tokens.docs.index)

    def test_keyness_finds_what_one_outlet_says_of_the_node_and_not_what_it_says_elsewhere(
        self,
    ) -> None:
        about = {
            "A": "Migrants flood the town. Rain came.",
            "B": "Migrants reach town. A flood came.",
        }
        outlets = ["A", "B"] * 30
        frame = pd.DataFrame(
            {"text": [about[name] for name in outlets], "outlet": outlets, "language": "en"},
            index=[f"{n:02d}" for n in range(60)],
        )
        tokens = mf.tokenize(Corpus.from_frame(frame))
        near = mf.count_near(tokens, "migrant*", window="sentence")
        table = mf.keyness(near, by="outlet", target="A", seed=1, draws=50).set_index("word")
        assert table["log_odds"].idxmax() == "flood"
        assert table.loc["flood", "log_odds_low"] > 0
        everywhere = mf.keyness(mf.count(tokens), by="outlet", target="A", seed=1, draws=50)
        flood = everywhere.set_index("word").loc["flood"]
        assert flood["log_odds_low"] < 0 < flood["log_odds_high"]

    def test_a_node_that_does_not_occur_is_said(self) -> None:
        with pytest.raises(InputError, match="does not occur; try a wildcard"):
            mf.count_near(invented(), "xy")
