"""Bundles are whole, dateless, and the same bytes in every process."""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mediaframes import plot
from mediaframes.errors import InputError
from mediaframes.made import Made

SCRIPT = """
import sys
import numpy as np, pandas as pd
from mediaframes import plot
from mediaframes.made import Made
days = pd.date_range("2024-05-06", periods=6, freq="7D")
rows = [{"frame": "Morality", "outlet": o, "period": d, "value": (i + j + 1) / 20}
        for i, o in enumerate(["Daily Example", "Süddeutscher Kurier"]) for j, d in enumerate(days)]
table = pd.DataFrame(rows)
table["low"], table["high"] = table["value"] - 0.02, table["value"] + 0.02
table["n"], table["unit"], table["interval"] = 12, "share", "95% bootstrap"
made = Made.by("prevalence", settings={"seeds": {"b", "a", "c"}}, seed=7)
plot.save_figure(plot.prevalence(table), "fig-1", data=table, made=made, folder=sys.argv[1],
                 alt="Rising.", formats=("pdf", "svg", "png", "tiff-100"))
"""


@pytest.fixture
def reports(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("MEDIAFRAMES_OUT", str(tmp_path))
    return tmp_path


@pytest.fixture
def table() -> pd.DataFrame:
    return pd.DataFrame(
        {"from_outlet": ["A", "B"], "to_outlet": ["B", "A"], "n": [12, 3], "share": [0.2, 1 / 3]}
    )


# ---------------------------------------------------------------------------- figures


def test_same_bytes_in_every_process(tmp_path):
    for seed in ("1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": "C", "TZ": f"UTC+{seed}"}
        command = [sys.executable, "-W", "error", "-c", SCRIPT, str(tmp_path / seed)]
        subprocess.run(command, check=True, env=env, capture_output=True)
    names = sorted(path.name for path in (tmp_path / "1").iterdir())
    assert names == [f"fig-1.{kind}" for kind in ("csv", "json", "pdf", "png", "svg", "tiff")]
    for name in names:
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes(), name


def test_saving_twice_gives_the_same_bytes(reports, table):
    ax = plot.copies(table)
    first = plot.save_figure(ax, "fig-1", data=table, alt="A.", folder=reports / "a")
    plot.save_figure(ax, "fig-1", data=table, alt="A.", folder=reports / "b")
    for name in first.files:
        assert (reports / "a" / name).read_bytes() == (reports / "b" / name).read_bytes(), name


def test_bundle_holds_all_and_nothing_dated(reports, table):
    made = Made.by("copies_between", parents=(Made.by("read", sources={"a.csv": "12ab"}),))
    bundle = plot.save_figure(
        plot.copies(table), "fig-2-copies", data=table, alt="A copies B.", made=made
    )
    assert bundle.folder == reports / "figures"
    assert repr(bundle) == "figures/fig-2-copies: .pdf, .svg, .png, .csv, .json"
    entry = json.loads(bundle["json"].read_text(encoding="utf-8"))
    for name, digest in entry["files"].items():
        assert hashlib.sha256((bundle.folder / name).read_bytes()).hexdigest() == digest
    assert set(entry["files"]) == set(bundle.files) - {"fig-2-copies.json"}
    assert Made.from_dict(entry["made"][0]) == made
    assert entry["alt"] == "A copies B." and entry["rows"] == 2
    pdf, svg = bundle["pdf"].read_bytes(), bundle["svg"].read_text(encoding="utf-8")
    assert b"CreationDate" not in pdf and b"ModDate" not in pdf and b"/Type3" not in pdf
    assert b"/FontFile2" in pdf  # embedded TrueType
    assert (
        "<dc:date>" not in svg
        and ">copied by (articles, % of the outlet)</text>" in svg
        and "A copies B." in svg
    )
    for text in (pdf, svg.encode(), bundle["json"].read_bytes()):
        assert str(reports).encode() not in text


def test_nothing_is_transparent(reports, table):
    from PIL import Image

    bundle = plot.save_figure(
        plot.copies(table), "fig", data=table, alt="A.", formats=("pdf", "svg", "png", "tiff-150")
    )
    alphas = re.findall(rb"/(?:CA|ca) ([0-9.]+)", bundle["pdf"].read_bytes())
    assert {float(alpha) for alpha in alphas} <= {1.0}
    assert not re.search(r"(?:fill|stroke)?-?opacity: ?0?\.\d", bundle["svg"].read_text())
    for kind in ("png", "tiff"):
        with Image.open(bundle[kind]) as image:
            assert image.mode == "RGB"
    with Image.open(bundle["tiff"]) as image:
        assert image.info["compression"] == "tiff_lzw"
        assert image.width == pytest.approx(120 / 25.4 * 150, abs=1)
        assert image.info["dpi"] == pytest.approx((150, 150))
    with Image.open(bundle["png"]) as image:
        assert image.width == pytest.approx(120 / 25.4 * 300, abs=1)
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
        assert image.info["Description"] == "A."


def test_formats_no_longer_asked_for_do_not_stay(reports, table):
    ax = plot.copies(table)
    plot.save_figure(ax, "fig", data=table, alt="A.", formats=("png", "svg"))
    plot.save_figure(ax, "fig", data=table, alt="A.", formats=("svg",))
    names = {path.name for path in (reports / "figures").iterdir()}
    assert names == {"fig.svg", "fig.csv", "fig.json"}


@pytest.mark.parametrize("name", ["Fig 1", "../fig", "fig_1", "", "fig.1", "-a", "a" * 99, "ä"])
def test_names_are_plain(reports, table, name):
    with pytest.raises(InputError, match="lower-case letters, digits and hyphens"):
        plot.save_figure(plot.copies(table), name, data=table, alt="A.")
    with pytest.raises(InputError, match="lower-case letters, digits and hyphens"):
        plot.save_table(table, name)


def test_what_is_missing_is_asked_for(reports, table):
    ax = plot.copies(table)
    with pytest.raises(InputError, match="say in a sentence"):
        plot.save_figure(ax, "fig", data=table, alt="  ")
    with pytest.raises(InputError, match="table is empty"):
        plot.save_figure(ax, "fig", data=table.iloc[:0], alt="A.")
    with pytest.raises(InputError, match="no format 'gif'"):
        plot.save_figure(ax, "fig", data=table, alt="A.", formats=("gif",))
    with pytest.raises(InputError, match="300 to 1200"):
        plot.save_figure(ax, "fig", data=table, alt="A.", formats=("png-9000",))
    with pytest.raises(InputError, match="give Axes or a Figure"):
        plot.save_figure("no figure", "fig", data=table, alt="A.")
    with pytest.raises(InputError, match="made="):
        plot.save_figure(ax, "fig", data=table, alt="A.", made=3)
    assert not (reports / "figures").exists()


def test_note_of_the_nearest_study_stands_under_captions(tmp_path, monkeypatch):
    monkeypatch.delenv("MEDIAFRAMES_NOTE")
    (tmp_path / "study.toml").write_text("[study]\nnote = 'Invented'\n")
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    assert plot.export.caption_draft(pd.DataFrame(), "A") == "A. Invented."
    (tmp_path / "study.toml").write_text("[study\nnote = 1")
    assert plot.export.caption_draft(pd.DataFrame(), "A") == "A."


def test_caption_is_drafted_from_the_table(reports, monkeypatch):
    monkeypatch.setenv("MEDIAFRAMES_NOTE", "Illustrative sample")
    days = pd.to_datetime(["2024-05-06", "2024-05-13"])
    data = pd.DataFrame(
        {
            "frame": ["A", "A", "B", "B"],
            "period": [*days, *days],
            "n": [5, 1200, 5, 1200],
            "interval": "95% bootstrap over articles",
            "weights": "1/n for n copies",
        }
    )
    bundle = plot.save_figure(
        plot.axes(width="single", height=40), "fig", data=data, alt="A.", caption="Frames A and B"
    )
    assert json.loads(bundle["json"].read_text())["caption"] == (
        "Frames A and B. n = 1,205 articles (5 to 1,200 per point). Intervals: 95% bootstrap over "
        "articles. Weights: 1/n for n copies. Periods starting 2024-05-06 to 2024-05-13. "
        "Illustrative sample."
    )


def test_figures_from_pyplot_are_saved_too(reports, table):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(3, 2))
    figure.add_subplot().plot([1, 2])
    assert plot.save_figure(figure, "own", data=table, alt="A.")["png"].stat().st_size > 1000


# ---------------------------------------------------------------------------- tables


def test_csv_is_exact_and_the_same_everywhere(reports):
    data = pd.DataFrame(
        {
            "day": pd.to_datetime(["2024-05-06", None]),
            "time": pd.to_datetime(["2024-05-06 10:30", "2024-05-07 00:00"]),
            "x": [1 / 3, np.nan],
            "zero": [-0.0, 1e-12],
            "word": ['say "hi", Jürg', "a\nb"],
            "flag": [True, False],
        }
    )
    bundle = plot.save_table(data, "table-1", caption="Days")
    assert bundle["csv"].read_bytes().decode("utf-8") == (
        "day,time,x,zero,word,flag\n"
        '2024-05-06,2024-05-06T10:30:00,0.3333333333,0,"say ""hi"", Jürg",True\n'
        ',2024-05-07T00:00:00,,1e-12,"a\nb",False\n'
    )
    assert bundle.folder == reports / "tables"
    assert json.loads(bundle["json"].read_text())["caption"] == "Days."


def test_named_index_is_kept_and_the_rest_is_not(reports):
    data = pd.DataFrame({"x": [1, 2]}, index=pd.Index(["a", "b"], name="id"))
    assert plot.save_table(data, "t")["csv"].read_text() == "id,x\na,1\nb,2\n"
    assert plot.save_table(data.rename_axis(None), "t")["csv"].read_text() == "x\n1\n2\n"


def test_formula_like_cells_are_kept_and_told_of(reports, capsys):
    data = pd.DataFrame({"word": ["=1+1", "plain"], "x": [-1, 2]})
    bundle = plot.save_table(data, "words")
    assert bundle["csv"].read_text() == "word,x\n=1+1,-1\nplain,2\n"
    assert "word" in capsys.readouterr().out
    assert json.loads(bundle["json"].read_text())["formula_like_columns"] == ["word"]


# ---------------------------------------------------------------------------- numbers


def test_numbers_are_merged_sorted_and_typeset(reports):
    plot.save_numbers(security_peak=np.float64(0.12345678912345), articles=np.int64(408))
    plot.save_numbers(alpha_2=-0.5, first_day=pd.Timestamp("2024-05-06"), weak=0.00000123)
    plot.save_numbers(articles=409, share="12 % & more_$")
    numbers = json.loads((reports / "numbers.json").read_text())
    assert list(numbers) == sorted(numbers)
    assert numbers["articles"] == 409 and numbers["security_peak"] == 0.1234567891
    assert (reports / "numbers.tex").read_text().splitlines() == [
        r"\newcommand{\alphatwo}{\ensuremath{-0.5}}",
        r"\newcommand{\articles}{409}",
        r"\newcommand{\firstday}{2024-05-06}",
        r"\newcommand{\securitypeak}{0.1234567891}",
        r"\newcommand{\share}{12 \% \& more\_\$}",
        r"\newcommand{\weak}{\ensuremath{1.23\times10^{-6}}}",
    ]


@pytest.mark.parametrize(
    ("numbers", "match"),
    [
        ({"a_b": 1, "ab": 2}, "both give"),
        ({"alpha": 0.8}, "LaTeX's own"),
        ({"x": 0.8}, "LaTeX's own"),
        ({"peak": float("nan")}, "look at the table"),
        ({"peak": None}, "look at the table"),
        ({"peak": pd.NA}, "look at the table"),
        ({"peak": pd.NaT}, "look at the table"),
        ({"peak": pd.Series([1])}, "not one number"),
        ({"größe": 1}, "letters a to z"),
    ],
)
def test_numbers_that_would_break_the_paper(reports, numbers, match):
    with pytest.raises(InputError, match=match):
        plot.save_numbers(**numbers)
    assert not (reports / "numbers.json").exists()


# ---------------------------------------------------------------------------- folders


def test_reports_stand_beside_the_study(tmp_path, monkeypatch):
    monkeypatch.delenv("MEDIAFRAMES_OUT", raising=False)
    deep = tmp_path / "study" / "notebooks"
    deep.mkdir(parents=True)
    (tmp_path / "study" / "study.toml").touch()
    monkeypatch.chdir(deep)
    assert plot.reports_folder() == tmp_path / "study" / "reports"
    (tmp_path / "study" / "study.toml").unlink()
    assert plot.reports_folder() == deep / "reports"
    monkeypatch.setenv("MEDIAFRAMES_OUT", str(tmp_path / "out"))
    assert plot.reports_folder() == tmp_path / "out"


def test_no_temporary_files_stay(reports, table):
    plot.save_figure(plot.copies(table), "fig", data=table, alt="A.")
    plot.save_numbers(articles=1)
    assert not list(reports.rglob(".*"))


def test_plot_is_loaded_without_matplotlib():
    code = "import sys; from mediaframes import plot; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
