"""Every mistake in a study file is answered by its line, the value and what is allowed."""

from pathlib import Path

import pytest

from mediaframes import InputError
from mediaframes.study.settings import parse_settings, read_settings
from mediaframes.study.work import check_study

GOOD = """\
[corpus]
files = ["articles"]
start = 2024-01-01
end = 2024-12-31

[corpus.columns]
text = "body"

[topics]
k = 12

[[time.events]]
date = 2024-03-01
label = "vote"
"""


def test_good_settings() -> None:
    settings = parse_settings(GOOD, "study.toml")
    assert settings.corpus.files == ("articles",)
    assert settings.corpus.columns == {"text": "body"}
    assert settings.time.events[0].label == "vote"
    assert settings.copies.similarity == 0.8
    assert parse_settings(GOOD + "[copies]\nsimilarity = 1\n", "s").copies.similarity == 1.0


KEYS = """[corpus]
files = ["articles"]
languages = ["en"]
[topics]
model = "keyatm"
k = 3
[topics.keywords.en]
security = ["border*", "police"]
"""


def test_keywords_of_topics() -> None:
    topics = parse_settings(KEYS, "study.toml").topics
    assert topics.keywords == {"en": {"security": ("border*", "police")}}
    assert (topics.model, topics.k) == ("keyatm", 3)


STM = """[corpus]
files = ["articles"]
[topics]
model = "stm"
k = 3
prevalence = "~ outlet + s(date)"
"""


def test_formula_of_topics() -> None:
    topics = parse_settings(STM, "study.toml").topics
    assert (topics.model, topics.prevalence) == ("stm", "~ outlet + s(date)")
    without = STM.replace('"stm"', '"ctm"').replace('prevalence = "~ outlet + s(date)"', "")
    assert parse_settings(without, "study.toml").topics.model == "ctm"


MISTAKES = {
    GOOD: [
        ("k = 12", "kk = 12", r"line 10: unknown key 'kk' in \[topics\]; allowed: .*mean 'k'"),
        ("[topics]", "[topcs]", r"line 9: unknown section \[topcs\]; .*Did you mean 'topics'"),
        ("k = 12", 'k = "12"', r"line 10: k must be a whole number, not '12'"),
        ("k = 12", "k = true", r"line 10: k must be a whole number, not True"),
        ("k = 12", "k = 1", r"line 10: k must be from 2 to 1000, not 1"),
        ("k = 12", 'model = "bert"', r'line 10: model must be one of "nmf", "lda", .*not .bert.'),
        ("k = 12", "max_share = 1.5", r"line 10: max_share must be from 0.0 to 1.0"),
        ("2024-01-01", "2025-01-01", r"line 3: start 2025-01-01 lies after end 2024-12-31; swap"),
        ("2024-01-01", '"2024-01-01"', r"line 3: start must be a date such as 2024-10-24"),
        ('["articles"]', '"articles"', r"line 2: files must be a list"),
        ('["articles"]', "[]", r"line 2: files is empty"),
        ('["articles"]', "[3]", r"line 2: files must be text in quotes, not 3"),
        ('text = "body"', 'txt = "body"', r"line 7: unknown role 'txt'; allowed: text, title"),
        ('text = "body"', "text = 3", r"must be a section \[corpus.columns\] of lines"),
        ("label =", "lable =", r"unknown key 'lable' in \[time.events\]; allowed: date, label"),
        ("k = 12", "k = 12 oops", r"study.toml: not valid TOML: .*line 10"),
        ("[[time.events]]", '[corpus.x]', r"unknown key 'x' in \[corpus\]"),
        ("[topics]", '[figures]\nformats = ["gif"]\n[topics]', r"line 10: no format 'gif'"),
        ("[topics]", "[copies]\ncontainment = 0.3\n[topics]", r"line 10: containment must be .* 0"),
        ("start =", 'languages = ["german"]\nstart =', r"line 3: 'german' is no language code"),
    ],
    KEYS: [
        ('"keyatm"', '"lda"', r'line 7: model "lda" takes no keywords; choose model = "keyatm"'),
        ('["border*", "police"]', '"police"', r"line 8: security must be a list"),
        ('["border*", "police"]', "[1]", r"line 8: security must be text in quotes, not 1"),
        ('["border*", "police"]', "[]", r"line 8: 'security' has no keywords, or an empty one"),
        ('"police"]', '" "]', r"line 8: 'security' has no keywords, or an empty one"),
        ("keywords.en", "keywords", r"keywords must be a section \[topics.keywords.en\] of lines"),
        ("keywords.en", "keywords.fr", r'line 5: model "keyatm" needs keywords: .*keywords.en\]'),
        (', "police"]', ', "police"]\n[topics.keywords.de]\nx = ["y"]', r"line 9: .*languages"),
        ("k = 3", "k = 0", r"line 6: one topic in all"),
        ("k = 3", "k = -1", r"line 6: k must be from 0 to 1000"),
    ],
    STM: [
        ('"stm"', '"lda"', r'line 6: model "stm" and prevalence = .* belong together'),
        ('prevalence = "~ outlet + s(date)"', "", r'line 4: model "stm" and prevalence'),
        ("~ outlet + s(date)", "~ s(date", r"line 6: .*s\(date"),
        ("s(date)", "", r"line 6: .*formula"),
        ("k = 3", "k = 1", r"line 5: k must be from 2 to 1000"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("given", "old", "new", "message"),
    [(given, *mistake) for given, mistakes in MISTAKES.items() for mistake in mistakes],
)
def test_mistakes(given: str, old: str, new: str, message: str) -> None:
    assert old in given
    with pytest.raises(InputError, match=message):
        parse_settings(given.replace(old, new), "study.toml")


def test_missing_parts() -> None:
    with pytest.raises(InputError, match=r"the section \[corpus\] is missing"):
        parse_settings("", "study.toml")
    with pytest.raises(InputError, match=r"line 1: \[corpus\] needs the key 'files'"):
        parse_settings("[corpus]\n", "study.toml")
    with pytest.raises(InputError, match=r"\[corpus\] must be a section"):
        parse_settings("corpus = 3", "study.toml")


def test_files_must_exist(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no study file"):
        read_settings(tmp_path / "study.toml")
    path = tmp_path / "study.toml"
    path.write_text(GOOD)
    with pytest.raises(InputError, match=r"study.toml, line 2: files: 'articles' does not exist"):
        read_settings(path)
    (tmp_path / "articles").mkdir()
    assert read_settings(path).topics.k == 12
    path.write_text(GOOD + '[frames]\ncodebook = "my.yml"\n')
    with pytest.raises(InputError, match=r"line 16: codebook: 'my.yml' does not exist"):
        read_settings(path)
    path.write_bytes(b"\xff\xfe bad")
    with pytest.raises(InputError, match="is not UTF-8"):
        read_settings(path)


def test_own_results_are_no_articles(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(GOOD.replace('["articles"]', '["."]'))
    with pytest.raises(InputError, match=r"line 2: files: '.' also holds the study's own results"):
        read_settings(path)


def test_two_events_of_one_name() -> None:
    twice = GOOD + '[[time.events]]\ndate = 2024-04-01\nlabel = "vote"\n'
    with pytest.raises(InputError, match="two events are called 'vote'"):
        parse_settings(twice, "study.toml")


def test_highlight_must_be_a_frame(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    path = tmp_path / "study.toml"
    path.write_text(GOOD + '[frames]\nhighlight = ["Security"]\n')
    with pytest.raises(InputError, match=r"highlight: 'Security' is no frame of policy-frames.yml"):
        check_study(path)


def test_the_projects_own_study_files_are_in_order(root: Path) -> None:
    read_settings(root / "study.toml")
    for path in sorted((root / "tests" / "studies").glob("*.toml")):
        parse_settings(path.read_text(encoding="utf-8"), path.name)
