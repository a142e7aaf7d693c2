"""Dictionary files of other programs: read as they are found, written back, losses named."""

import gzip
import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediaframes.corpus.articles import Corpus
from mediaframes.errors import InputError
from mediaframes.frames import Codebook, Frame, Rule, apply_codebook, read_codebook, write_codebook
from mediaframes.frames.formats import FORMATS
from mediaframes.frames.formats._draft import path_of
from mediaframes.text import tokenize

Tree = dict[tuple[str, ...], list[str]]


def tree(codebook: Codebook, language: str = "en") -> Tree:
    """Path of each frame to its terms."""
    return {path_of(frame): list(frame.terms[language]) for frame in codebook.frames}


def put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    data = content if isinstance(content, bytes) else content.encode()
    path.write_bytes(data)
    return path


def reasons(codebook: Codebook) -> str:
    return "; ".join(f"{line}: {entry}: {reason}" for line, entry, reason in codebook.left_out)


# --- LIWC ------------------------------------------------------------------------------------

LIWC_2015 = """\
%
1\tfunction\t(Function Words)
\t2\tpronoun\t(Pronouns)
\t\t3\tppron
20\tAffect
%
i\t1\t2\t3
happy*\t20
a lot\t1
"""


def test_liwc_2015_with_hierarchy_phrases_and_descriptions(tmp_path: Path) -> None:
    book = read_codebook(put(tmp_path, "a.dic", LIWC_2015), language="en")
    assert tree(book) == {
        ("function",): ["i", "a lot"],
        ("function", "pronoun"): ["i"],
        ("function", "pronoun", "ppron"): ["i"],
        ("Affect",): ["happy*"],
    }
    assert book.frame("function").definition == "Function Words"
    assert book.frame("ppron").group == "function > pronoun"


def test_liwc_damage_is_survived_and_named(tmp_path: Path) -> None:
    text = (
        "\ufeff%\r\n01\tOne\r\n2 Two\r\n3\tEmpty\r\nnonsense\r\n2\tTwice\r\n%  \r\n\r\n"
        "plain\t01\r\nspaces   1  2\r\nkind\t<of>1/2\r\nlike\t(02 1)2/1\t2\r\nlost\t99\r\n"
        "nothing\r\n:)\t1\r\n"
    )
    book = read_codebook(put(tmp_path, "a.dic", text), language="en")
    assert tree(book) == {("One",): ["plain", "spaces"], ("Two",): ["spaces", "like"]}
    said = reasons(book)
    for word in ("11: kind", "12: like", "13: lost 99: the number 99", "14: nothing", "15: :)",
                 "5: nonsense", "6: 2 Twice", "Empty: a category without terms"):  # fmt: skip
        assert word in said, said


def test_liwc_in_windows_1252(tmp_path: Path) -> None:
    path = put(tmp_path, "a.dic", "%\n1\tWut\n%\nwütend*\t1\nüber\t1\n".encode("cp1252"))
    assert tree(read_codebook(path, language="de"), "de") == {("Wut",): ["wütend*", "über"]}


@pytest.mark.parametrize(
    "data", [b"SQLite format 3\0\1\1", b"PK\3\4abc", bytes(range(256)) * 4, b"%\n1\tA\0B\n%\n"]
)
def test_what_is_no_text_is_explained(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(InputError, match="encrypted"):
        read_codebook(put(tmp_path, "LIWC.dic", data), language="en")


def test_a_legend_without_end(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"a\.dic, line 1: .*second % line"):
        read_codebook(put(tmp_path, "a.dic", "%\n1\tA\nword\t1\n"), language="en")


# --- the others ------------------------------------------------------------------------------


def test_lexicoder(tmp_path: Path) -> None:
    book = read_codebook(
        put(tmp_path, "a.lc3", "+GOOD\n nice \n well done\n+BAD\nawful*\n"), language="en"
    )
    assert tree(book) == {("GOOD",): ["nice", "well done"], ("BAD",): ["awful*"]}


def test_wordstat_weights_rules_phrases_and_spaces_for_tabs(tmp_path: Path) -> None:
    text = (
        "MONEY\n    TAX (1)\n    INTEREST_RATE* (2.5)\n    INNER\n        GDP (1)\n    @R [x] (1)\n"
    )
    for content in (text, text.replace("    ", "\t"), text.replace("\n", "\r\n")):
        book = read_codebook(put(tmp_path, "a.cat", content), language="en")
        assert tree(book) == {("MONEY",): ["tax", "interest rate*"], ("MONEY", "INNER"): ["gdp"]}
        assert book.frame("MONEY").rules == {"en": {"interest rate*": Rule(2.5)}}
        assert "rule of WordStat" in reasons(book)


def test_yoshikoder_hostile_xml_is_refused(tmp_path: Path) -> None:
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
        '<dictionary><cnode name="&b;"><pnode name="x"/></cnode></dictionary>'
    )
    with pytest.raises(InputError, match="DOCTYPE"):
        read_codebook(put(tmp_path, "a.ykd", bomb), language="en")
    deep = "<dictionary>" + '<cnode name="a">' * 90 + '<pnode name="x"/>' + "</cnode>" * 90
    with pytest.raises(InputError, match="deeper than"):
        read_codebook(put(tmp_path, "a.ykd", deep + "</dictionary>"), language="en")
    with pytest.raises(InputError, match=r"a\.ykd, line 2: broken XML"):
        read_codebook(put(tmp_path, "a.ykd", "<dictionary>\n<cnode>"), language="en")


def test_quanteda_yaml_keeps_words_that_yaml_takes_for_values(tmp_path: Path) -> None:
    text = 'A:\n  - no\n  - 1990\n  - "*krieg"\n  - B:\n      - peace talks\nC: single\n'
    book = read_codebook(put(tmp_path, "a.yml", text), language="en")
    assert tree(book) == {
        ("A",): ["no", "1990", "*krieg"], ("A", "B"): ["peace talks"], ("C",): ["single"],
    }  # fmt: skip
    lines = ["a0: &a0 [x, y]"] + [f"a{k}: &a{k} [*a{k - 1}, *a{k - 1}]" for k in range(1, 40)]
    with pytest.raises(InputError, match="alias"):
        read_codebook(put(tmp_path, "a.yml", "\n".join(lines)), language="en")


def test_tables_long_and_wide(tmp_path: Path) -> None:
    long = (
        "key;pattern;weight;language;kind\n"
        "A > B;sanktion*;2,5;de;\nA > B;price;;en;\nA > B;price tag;;en;exclude\n"
        ";lost;;en;\nA;x;-1;en;\nA;tax;1;en;\n"
    )
    book = read_codebook(put(tmp_path, "a.csv", long))
    assert tree(book, "de") == {("A", "B"): ["sanktion*"], ("A",): []}
    assert tree(book) == {("A", "B"): ["price"], ("A",): ["tax"]}
    assert book.exclude("en")["B"] == ("price tag",)
    assert book.frame("B").rules == {"de": {"sanktion*": Rule(2.5)}}
    assert len(book.left_out) == 2
    wide = "word,care,harm_sent,fair\nkind,0.5,-1,0\njust,X,1,1\n"
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(wide.encode()))
    book = read_codebook(path, language="en")
    assert tree(book) == {("care",): ["kind", "just"], ("fair",): ["just"]}
    assert book.frame("care").rules == {"en": {"kind": Rule(0.5)}}
    assert "harm_sent" in reasons(book)


def test_languages_in_part_of_a_table(tmp_path: Path) -> None:
    """A frame without terms in a language is searched with none there."""
    book = read_codebook(
        put(tmp_path, "a.csv", "key,pattern,language\nA,tax,en\nB,steuer*,de\nA,steuer*,de\n")
    )
    texts = pd.DataFrame({"text": ["tax", "Steuern"], "language": ["en", "de"]})
    hits = apply_codebook(tokenize(Corpus.from_frame(texts)), book)
    assert hits.scores("count").values.to_numpy().tolist() == [[1, 0], [1, 1]]


def test_a_folder_of_lists(tmp_path: Path) -> None:
    put(tmp_path, "economy.txt", "Abgabe\nAbkomme|Abkommen\n\n# a note\n")
    put(tmp_path, "LICENSE.txt", "All rights")
    book = read_codebook(tmp_path, language="de")
    assert tree(book, "de") == {("economy",): ["abgabe", "abkomme", "abkommen"]}
    (tmp_path / "nothing").mkdir()
    with pytest.raises(InputError, match="no word list"):
        read_codebook(tmp_path / "nothing", language="de")


def test_what_is_needed_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="language='en'"):
        read_codebook(put(tmp_path, "a.lc3", "+A\nx\n"))
    with pytest.raises(InputError, match="known are YAML, LIWC"):
        read_codebook(put(tmp_path, "a.doc", "just a letter"), language="en")
    with pytest.raises(InputError, match="no usable term"):
        read_codebook(put(tmp_path, "a.lc3", "+A\n*\n"), language="en")
    with pytest.raises(InputError, match="cannot be read as 'utf-9'"):
        read_codebook(put(tmp_path, "a.lc3", "+A\nx\n"), language="en", encoding="utf-9")
    with pytest.raises(InputError, match=r"broken \.gz"):
        read_codebook(put(tmp_path, "a.dic.gz", b"\x1f\x8bnothing"), language="en")


def test_the_content_decides_not_the_name(tmp_path: Path) -> None:
    for name in FORMATS:
        book = Codebook.from_terms({"A": ["tax*", "labor market"]}, language="en")
        write_codebook(book, tmp_path / "x", format=name)
        path = put(tmp_path, "named.wrong", (tmp_path / "x").read_bytes())
        if name != "quanteda":  # nearly any text is YAML, so there the ending is asked
            assert tree(read_codebook(path, language="en")) == tree(book), name


SAMPLES = {
    ".dic": LIWC_2015,
    ".lc3": "+A\n b\n+C\nd*\n",
    ".cat": "A\n\tB (1)\n\tC\n\t\tD_E* (2)\n",
    ".ykd": '<dictionary><cnode name="A"><pnode name="b"/></cnode></dictionary>',
    ".yml": "A:\n  - b\n  - C: [d, '*e']\n",
    ".csv": 'key,pattern,weight,language\nA,b,1,en\nA,"c, d",2,de\n',
}


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(sorted(SAMPLES)),
    st.lists(st.tuples(st.integers(0, 10_000), st.binary(max_size=4)), max_size=4),
    st.booleans(),
)
def test_damaged_files_are_read_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory,
    suffix: str,
    damage: list[tuple[int, bytes]],
    cut: bool,
) -> None:
    data = SAMPLES[suffix].encode()
    for at, piece in damage:
        at %= len(data) + 1
        data = data[:at] + piece + data[at + (len(piece) if cut else 0) :]
    path = put(tmp_path_factory.getbasetemp(), f"damaged{suffix}", data)
    try:
        book = read_codebook(path, language="en")
    except InputError as error:
        assert "damaged" in str(error)
    else:
        assert all(frame.name for frame in book.frames)


# --- written and read again ------------------------------------------------------------------

words = st.text("abcäöß19", min_size=1, max_size=5)
terms = st.lists(st.one_of(words, words.map("*{}*".format)), min_size=1, max_size=3).map(" ".join)
names = st.text("ABCÄ -+/&", min_size=1, max_size=6).map(lambda t: " ".join(t.split())).filter(
    lambda t: t.strip(" -+/&")
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(names, st.lists(terms, min_size=1, max_size=4, unique=True), min_size=1,
                    max_size=4),
    st.sampled_from(["own", *FORMATS]),
)  # fmt: skip
def test_terms_and_frames_survive_every_format(
    tmp_path_factory: pytest.TempPathFactory, lists: dict[str, list[str]], name: str
) -> None:
    book = Codebook.from_terms(lists, language="de")
    out = tmp_path_factory.mktemp("round") / "book.txt"
    if name in ("own", "quanteda"):
        out = out.with_suffix(".yml")
    lost = write_codebook(book, out, format=name)
    again = read_codebook(out, language="de")
    assert {f.name: set(f.terms["de"]) for f in again.frames} == {
        f.name: set(f.terms["de"]) for f in book.frames
    }
    assert set(lost["what"]) <= {"color", "definition"}


def rich() -> Codebook:
    one = Frame(
        "Markets", "What: things # cost", "#0072B2", {"en": ("price*", "no"), "de": ("preis*",)},
        {"en": ("price to pay",), "de": ()}, group="Money", source="Me",
        rules={"en": {"price*": Rule(2.0, ("petrol",), 4)}, "de": {"preis*": Rule(0.5)}},
        negation_window=3, quality=({"on": "x", "precision": ".5"},),
    )  # fmt: skip
    two = Frame("By hand", "Read it", "#D55E00", coded_by_hand=True)
    return Codebook(
        "Rich", ("en", "de"), (one, two), description="d", negations={"en": ("not",), "de": ()}
    )


def test_our_own_file_loses_nothing(tmp_path: Path, root: Path) -> None:
    for book in (rich(), read_codebook(root / "data/codebooks/generic-frames.yml")):
        assert write_codebook(book, tmp_path / "a.yml").empty
        again = read_codebook(tmp_path / "a.yml")
        assert again.content_hash == book.content_hash
        assert [f.quality for f in again.frames] == [f.quality for f in book.frames]


@pytest.mark.parametrize("name", list(FORMATS))
def test_what_a_format_cannot_hold_is_said(tmp_path: Path, name: str) -> None:
    holds = FORMATS[name].holds
    out = tmp_path / ("a.yml" if name == "quanteda" else "a.txt")
    language = None if "languages" in holds else "en"
    lost = write_codebook(rich(), out, format=name, language=language)
    said = set(lost["what"])
    assert {"frame", "color", "source", "rule of price*", "negation window"} <= said
    assert ("language de" in said) == ("languages" not in holds)
    assert ("exclusion price to pay" in said) == ("exclusions" not in holds)
    assert ("definition" in said) == ("definitions" not in holds)
    assert ("group" in said) == ("groups" not in holds)
    if "weights" in holds:
        frame = read_codebook(out, language="en").frames[0]
        assert frame.rules["en"]["price*"].weight == 2


def test_several_languages_where_one_fits(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="language='en'"):
        write_codebook(rich(), tmp_path / "a.dic")
    with pytest.raises(InputError, match="allowed: own, liwc"):
        write_codebook(rich(), tmp_path / "a.doc")


# --- real files ------------------------------------------------------------------------------


def flat(expected: object, path: tuple[str, ...] = ()) -> Tree:
    if isinstance(expected, list):
        return {path: [str(term).lower() for term in expected]}
    assert isinstance(expected, dict)
    out: Tree = {}
    for key, value in expected.items():
        out |= flat(value, path if key == "_terms" else (*path, key))
    return out


@pytest.mark.real
def test_real_dictionaries(shared_data: Path, tmp_path: Path) -> None:
    rows = json.loads((shared_data / "dictionaries" / "expected.json").read_text())
    assert len(rows) == 13
    for row in rows:
        book = read_codebook(shared_data / "dictionaries" / row["file"], language="en")
        found = {path: sorted(terms) for path, terms in tree(book).items()}
        if row["expected"] is None:
            tops = pd.Series({p: len(t) for p, t in found.items()})
            sums = tops.groupby(level=0).sum().to_dict() if tops.index.nlevels > 1 else {}
            assert sums == row["summary"]["top_level"]
            assert sum(map(len, found.values())) == row["summary"]["n_terms"]
        else:
            assert found == {p: sorted(t) for p, t in flat(row["expected"]).items()}, row["file"]
        for name in FORMATS:  # and into each other's formats
            out = tmp_path / ("a.yml" if name == "quanteda" else "a.txt")
            write_codebook(book, out, format=name)
            again = tree(read_codebook(out, language="en"))
            if "groups" in FORMATS[name].holds:
                assert {p: sorted(t) for p, t in again.items()} == found, (row["file"], name)


@pytest.mark.real
def test_real_lexica_load_and_apply(shared_data: Path) -> None:
    lexica = shared_data / "frame_lexica_de_en"
    german = read_codebook(lexica / "rmfv_de", language="de")
    assert [frame.name for frame in german.frames] == [
        "economy", "identity", "legal", "morality", "policy", "politics", "public_opinion",
        "security", "welfare",
    ]  # fmt: skip
    moral = read_codebook(lexica / "mfd2.0_en.dic", language="en")
    assert len(moral) == 10 and sum(len(f.terms["en"]) for f in moral.frames) == 2103
    emfd = read_codebook(lexica / "emfd_scoring_en.csv.gz", language="en")
    assert [frame.name for frame in emfd.frames] == [
        "care_p", "fairness_p", "loyalty_p", "authority_p", "sanctity_p",
    ]  # fmt: skip
    texts = pd.DataFrame(
        {"text": ["Eine Abgabe schafft Achtung.", "Compassion is brought close."],
         "language": ["de", "en"]}
    )  # fmt: skip
    tokens = tokenize(Corpus.from_frame(texts))
    assert apply_codebook(tokens, german).scores("count").values.loc["0", "economy"] == 1
    assert apply_codebook(tokens, moral).table["frame"].tolist() == ["care.virtue"]
    weights = apply_codebook(tokens, emfd).scores("count").values.loc["1"]
    listed = pd.read_csv(lexica / "emfd_scoring_en.csv.gz", index_col="word")["care_p"]
    expected = listed.reindex(["compassion", "is", "brought", "close"]).sum()
    assert weights["care_p"] == pytest.approx(expected)
