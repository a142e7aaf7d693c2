"""What names of text files say: usual patterns, the user's own, and what fits none."""

from pathlib import Path

import pytest

from mediaframes.corpus.readers._names import compile_pattern, said_by_name
from mediaframes.corpus.reading import read
from mediaframes.errors import InputError


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("A_B_2024-10-24_17.txt", {"outlet": "A_B", "date": "2024-10-24", "id": "17"}),
        ("x/Echo_20241024.txt.gz", {"outlet": "Echo", "date": "20241024"}),
        ("Echo_24.10.2024_a-7.txt", {"outlet": "Echo", "date": "24.10.2024", "id": "a-7"}),
        ("2024-10-24_Echo_17.txt", {"outlet": "Echo", "date": "2024-10-24", "id": "17"}),
        ("2024-10-24_talks_resume.txt", {"date": "2024-10-24"}),
        ("2024-10-24 Talks resume.txt", {"date": "2024-10-24"}),
        ("talks-resume-2024-10-24.txt", {"date": "2024-10-24"}),
        ("2024-10-24.txt", {"date": "2024-10-24"}),
        ("2024-10-24/talks.txt", {"date": "2024-10-24"}),
        ("echo/2024/10/24/talks.txt", {"date": "2024-10-24"}),
        ("Echo/talks.txt", {}),  # a folder may be anything
        ("covid-19.txt", {}),
        ("12345678.txt", {}),
        ("call 0049-20241024.txt", {"date": "20241024"}),
        ("a" * 400 + "_2024-10-24.txt", {}),
    ],
)  # fmt: skip
def test_usual_names(name: str, said: dict[str, str]):
    assert said_by_name(name, None).fields == said


@pytest.mark.parametrize(
    ("pattern", "name", "said"),
    [
        ("{outlet}_{date:%Y-%m-%d}_{id}.txt", "The_Echo_2024-10-24_x_1.txt",
         {"outlet": "The_Echo", "date": "2024-10-24", "id": "x_1"}),
        ("{date:%d.%m.%Y}", "in/5.3.2021.txt", {"date": "2021-03-05"}),
        ("{date:%d.%m.%y} {outlet}", "5.3.21 Echo.txt", {"date": "5.3.21", "outlet": "Echo"}),
        ("{date:%d %B %Y}", "5 października 2021.txt", {"date": "2021-10-05"}),
        ("{date:%m-%d-%Y_%H%M}-{id}", "03-05-2021_2359-7.txt", {"date": "2021-03-05", "id": "7"}),
        ("{outlet}/{date:%Y/%m/%d}/{section}-{page}.txt", "a/Echo/2021/03/05/news-7.txt",
         {"outlet": "Echo", "date": "2021-03-05", "section": "news", "page": "7"}),
        ("{country}/{outlet}/{title}", "x/de/Bote/Ein Titel.txt.xz",
         {"country": "de", "outlet": "Bote", "title": "Ein Titel"}),
        ("({id})[{n}]+.txt", "(7)[8]+.txt", {"id": "7", "n": "8"}),
    ],
)  # fmt: skip
def test_own_patterns(pattern: str, name: str, said: dict[str, str]):
    found = said_by_name(name, pattern)
    assert (found.fields, found.note) == (said, "")


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("echo.txt", "write fields in braces"),
        ("{id}_{id}", "each once"),
        ("{id}{date}", "with a sign between two"),
        ("{text}", "write fields in braces"),
        ("{}", "write fields in braces"),
        ("{id:%Y-%m-%d}", "is no format of a date"),
        ("{date:%Y-%m}", "is no format of a date"),
        ("{date:%Y-%m-%d-%A}", "use each of %Y"),
        ("{date:%Y-%m-%d-%d}", "at most once"),
        ("{date:yyyy-mm-dd}", "is no format of a date"),
    ],
)
def test_patterns_that_are_none(pattern: str, message: str):
    with pytest.raises(InputError, match=message):
        compile_pattern(pattern)


def test_names_that_do_not_fit_are_read_and_listed(tmp_path: Path, capsys):
    for number in range(3):
        (tmp_path / f"Echo-{number}-politics.txt").write_text(f"Story {number}.")
    for number in range(7):
        (tmp_path / f"other{number}.txt").write_text(f"Other {number}.")
    corpus = read(tmp_path, pattern="{outlet}-{n}-{section}.txt")
    assert len(corpus) == 10
    assert corpus.docs["section"].dropna().tolist() == ["politics"] * 3
    assert sorted(corpus.docs["n"].dropna()) == [0, 1, 2]
    said = capsys.readouterr().out
    assert "7 files in the folder (other0.txt, other1.txt, other2.txt, ...)" in said
    assert "the name does not fit '{outlet}-{n}-{section}.txt'" in said
    with pytest.raises(InputError, match="none of 10 text files has such a name"):
        read(tmp_path, pattern="{outlet}+{date}.txt")


def test_dates_from_names_know_their_source(tmp_path: Path):
    (tmp_path / "a 5.3.21.txt").write_text("One.")
    (tmp_path / "b 6.3.21.txt").write_text("Two.")
    (tmp_path / "c 31.2.21.txt").write_text("Three.")
    corpus = read(tmp_path, pattern="{outlet} {date:%d.%m.%y}")
    assert sorted(corpus.docs["date_source"].dropna()) == ["guessed", "guessed"]  # the century
    assert corpus.files["dates_impossible"].sum() == 1
    exact = read(tmp_path / "a 5.3.21.txt", pattern="{date} 5.3.{id}").docs
    assert exact["date_raw"].tolist() == ["a"]


def test_the_same_id_in_two_names_is_said(tmp_path: Path, capsys):
    for outlet in ("Echo", "Globe"):
        (tmp_path / f"{outlet}_2024-10-24_1.txt").write_text(f"Story of the {outlet}.")
    corpus = read(tmp_path)
    assert corpus.docs.index.tolist() == ["1", "1-2"]
    assert "carry an id that another article has" in capsys.readouterr().out


def test_hostile_names_take_no_time(tmp_path: Path):
    name = "_" * 250 + "x" + "_a" * 3000
    assert said_by_name(name, "{a}_{b}_{c}_{d}_{e}_{f}_{g}!").fields == {}
    assert said_by_name(name, None).fields == {}
