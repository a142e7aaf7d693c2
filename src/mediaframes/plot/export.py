"""Figures, tables and numbers leave for the paper: the same bytes every time.

A figure leaves as a bundle of files under one name, in ``reports/figures``: PDF, SVG and PNG, the
table as CSV, and a JSON with how it came to be, the alternative text and a draft of the caption.
"""

import hashlib
import io
import json
import os
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from mediaframes._console import say
from mediaframes.errors import InputError
from mediaframes.made import Made, canonical, write_atomic

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Resolutions journals ask for: color 300 dpi, line art in TIFF 600 or 1200.
RESOLUTIONS = {"pdf": 300, "svg": 300, "png": 300, "tiff": 600}
MOST_LETTERS = 50  # of a file name made from a text
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Bundle:
    """The files written under one name."""

    folder: Path
    name: str
    files: tuple[str, ...]

    def __getitem__(self, suffix: str) -> Path:
        """The path of one of the files, e.g. ``bundle["pdf"]``."""
        file = f"{self.name}.{suffix}"
        if file not in self.files:
            raise InputError(f"no {file} was written; there are: {', '.join(self.files)}")
        return self.folder / file

    def __repr__(self) -> str:
        # only the folder's own name: a full path would put this machine into the notebook
        return (
            f"{self.folder.name}/{self.name}: {', '.join(f[len(self.name) :] for f in self.files)}"
        )


def reports_folder() -> Path:
    """Where figures, tables and numbers go.

    The environment variable ``MEDIAFRAMES_OUT`` (set by ``mediaframes reproduce``), else
    ``reports`` beside the nearest ``study.toml`` above the working folder, else ``reports`` in it.
    """
    if out := os.environ.get("MEDIAFRAMES_OUT"):
        return Path(out)
    study = _nearest_study()
    return (study.parent if study else Path.cwd()) / "reports"


def _nearest_study() -> Path | None:
    here = Path.cwd()
    files = (folder / "study.toml" for folder in (here, *here.parents))
    return next((file for file in files if file.is_file()), None)


def _note() -> str:
    """What the study says under each caption, found as `reports_folder` is.

    The environment variable ``MEDIAFRAMES_NOTE`` (set by ``mediaframes reproduce``), else ``note``
    in the nearest ``study.toml``.
    """
    if (note := os.environ.get("MEDIAFRAMES_NOTE")) is not None:
        return note.strip()
    study = _nearest_study()
    try:
        content = tomllib.loads(study.read_text(encoding="utf-8")) if study else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return ""  # `open_study` says what is wrong with it
    section = content.get("study", {})
    note = section.get("note", "") if isinstance(section, dict) else ""
    return note.strip() if isinstance(note, str) else ""


def save_figure(
    figure: "Axes | Figure",
    name: str,
    *,
    data: pd.DataFrame,
    alt: str,
    caption: str | None = None,
    made: Any = None,
    folder: str | Path | None = None,
    formats: Sequence[str] = ("pdf", "svg", "png"),
) -> Bundle:
    """Save a figure as a bundle: its formats, its table, its provenance.

    Parameters
    ----------
    figure : Axes or Figure
        What a plot returned.
    name : str
        Lower-case letters, digits and hyphens, e.g. ``"fig-2-security"``.
    data : DataFrame
        The table the figure shows; saved beside it as CSV.
    alt : str
        What the figure shows, in a sentence, for readers who cannot see it.
    caption : str, optional
        The caption's first sentences; n, interval, period, weights and the study's note
        are added from the table. Default: the alternative text.
    made : Made, a value that has one, or a sequence of them, optional
        How the table came to be.
    folder : path, optional
        Default: ``figures`` in `reports_folder`.
    formats : sequence of str
        From pdf, svg, png (300 dpi), tiff (600 dpi, LZW). A number after a hyphen sets the
        resolution: ``"tiff-1200"``, ``"png-600"``.

    Returns
    -------
    Bundle
        The files written; the JSON is written last.

    Raises
    ------
    InputError
        For a name that is no plain file name, an empty `alt`, an unknown format, or an empty
        table.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> from mediaframes import plot
    >>> table = pd.DataFrame({"from_outlet": ["A", "B"], "to_outlet": ["B", "A"],
    ...                       "n": [3, 1], "share": [0.3, 0.1]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     plot.save_figure(plot.copies(table), "fig-1", data=table, folder=folder,
    ...                      alt="A copies from B more than B from A.").files
    ('fig-1.pdf', 'fig-1.svg', 'fig-1.png', 'fig-1.csv', 'fig-1.json')
    """
    check_name(name, "figure")
    if not isinstance(alt, str) or not alt.strip():
        raise InputError(f"figure '{name}': alt= is empty; say in a sentence what the figure shows")
    wanted = [_resolution(item) for item in formats]
    table = _as_table(data, name)
    target = Path(folder) if folder is not None else reports_folder() / "figures"
    contents: dict[str, bytes] = {}
    fonts: list[str] = []
    from mediaframes.plot.style import figure_of, laid_out

    with laid_out(figure_of(figure)):
        for kind, dpi in wanted:
            contents[f"{name}.{kind}"], fonts = _render(figure, kind, dpi=dpi, name=name, alt=alt)
    contents[f"{name}.csv"] = csv_bytes(table)
    about = {
        "alt": alt.strip(),
        "caption": caption_draft(table, (caption or alt).strip()),
        "resolution": {kind: dpi for kind, dpi in wanted if kind in {"png", "tiff"}},
        "more_fonts": fonts,
    }
    return _write(target, name, contents, {**about, **_provenance(table, made)})


def save_table(
    table: pd.DataFrame,
    name: str,
    *,
    caption: str | None = None,
    made: Any = None,
    folder: str | Path | None = None,
) -> Bundle:
    """Save a table for the paper as ``tables/<name>.csv``, with a JSON beside it.

    UTF-8, commas, ``\\n`` line ends, ISO dates, ten significant digits. An index is kept where it
    has a name. Cells are kept exactly as they are: cells that begin with ``= + - @`` could run as
    formulas in a spreadsheet, and a message names their columns.

    Parameters
    ----------
    table : DataFrame
        What to save.
    name : str
        Lower-case letters, digits and hyphens.
    caption : str, optional
        Goes into the JSON, with n, interval, period and the study's note.
    made : Made, a value that has one, or a sequence of them, optional
        How the table came to be.
    folder : path, optional
        Default: ``tables`` in `reports_folder`.

    Raises
    ------
    InputError
        For a name that is no plain file name, or a table without columns.
    """
    check_name(name, "table")
    frame = _as_table(table, name, may_be_empty=True)
    target = Path(folder) if folder is not None else reports_folder() / "tables"
    about = {"caption": caption_draft(frame, (caption or "").strip())}
    return _write(target, name, {f"{name}.csv": csv_bytes(frame)}, about | _provenance(frame, made))


def file_name(text: str) -> str:
    """A plain file name from any text, e.g. an outlet's name.

    Where letters are lost or the name is cut, a short hash keeps two names apart.

    Examples
    --------
    >>> file_name("Ellmärker Abendruf"), file_name("Le Médiateur"), file_name("A/B")
    ('ellmaerker-abendruf', 'le-mediateur', 'a-b-fe28')
    """
    spelled = text.lower()
    for letter, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        spelled = spelled.replace(letter, letters)
    plain = unicodedata.normalize("NFKD", spelled)
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(name) <= MOST_LETTERS and re.fullmatch(r"[a-z0-9]+([ .-][a-z0-9]+)*", plain):
        return name
    rest = hashlib.blake2b(text.encode(), digest_size=2).hexdigest()
    return f"{name[:MOST_LETTERS].strip('-')}-{rest}".strip("-")


# ---------------------------------------------------------------------------- parts of a bundle


def check_name(name: str, what: str) -> None:
    """Raise unless `name` is a safe file name on every system."""
    if not isinstance(name, str) or not NAME.fullmatch(name) or len(name) > 80:
        raise InputError(
            f"'{name}' is no name for a {what}; use lower-case letters, digits and hyphens, "
            "e.g. 'fig-2-security'"
        )


def check_format(item: str) -> None:
    """Raise unless `item` is a file format for figures, e.g. ``pdf`` or ``tiff-1200``."""
    _resolution(item)


def _resolution(item: str) -> tuple[str, int]:
    kind, _, number = item.partition("-")
    if kind not in RESOLUTIONS or (number and not number.isdigit()):
        raise InputError(
            f"no format '{item}'; use pdf, svg, png, tiff, or with a resolution, e.g. 'tiff-1200'"
        )
    dpi = int(number) if number else RESOLUTIONS[kind]
    if not 72 <= dpi <= 1200:
        raise InputError(f"'{item}': journals ask for 300 to 1200 dots per inch")
    return kind, dpi


def _render(
    drawn: "Axes | Figure", kind: str, *, dpi: int, name: str, alt: str
) -> tuple[bytes, list[str]]:
    """The bytes of one format, free of dates, and the fonts added to DejaVu Sans."""
    from mediaframes.plot.letters import cover
    from mediaframes.plot.style import figure_of, journal, quiet

    figure = figure_of(drawn)
    buffer = io.BytesIO()
    with journal(), quiet():
        fonts = cover(figure)
        if kind == "pdf":
            told: dict[str, Any] = {"Title": name, "Subject": alt}
            dateless = {"Creator": None, "Producer": None, "CreationDate": None}
            figure.savefig(buffer, format="pdf", dpi=dpi, metadata=told | dateless)
        elif kind == "svg":
            told = {"Title": name, "Description": alt, "Creator": None, "Date": None}
            figure.savefig(buffer, format="svg", dpi=dpi, metadata=told)
        else:
            # uncompressed: it is only on its way to `_opaque`
            passing = {"compress_level": 0}
            figure.savefig(
                buffer, format="png", dpi=dpi, metadata={"Software": None}, pil_kwargs=passing
            )
            return _opaque(buffer, kind, dpi=dpi, alt=alt), fonts
    return buffer.getvalue(), fonts


def _opaque(png: io.BytesIO, kind: str, *, dpi: int, alt: str) -> bytes:
    """The picture without an alpha channel, which journals refuse, as PNG or TIFF (LZW)."""
    from PIL import Image, PngImagePlugin

    image = Image.open(png).convert("RGB")
    out = io.BytesIO()
    if kind == "tiff":
        image.save(out, format="tiff", compression="tiff_lzw", dpi=(dpi, dpi))
    else:
        info = PngImagePlugin.PngInfo()
        info.add_itxt("Description", alt)
        image.save(out, format="png", dpi=(dpi, dpi), pnginfo=info, optimize=False)
    return out.getvalue()


def _as_table(data: Any, name: str, *, may_be_empty: bool = False) -> pd.DataFrame:
    if isinstance(data, pd.Series):
        data = data.to_frame()
    if not isinstance(data, pd.DataFrame):
        raise InputError(f"'{name}': data= is a {type(data).__name__}; give the table (DataFrame)")
    if not len(data.columns) or (data.empty and not may_be_empty):
        raise InputError(f"'{name}': the table is empty; give the table that is shown")
    if any(level is not None for level in data.index.names):
        data = data.reset_index()
    return data


def csv_bytes(table: pd.DataFrame) -> bytes:
    r"""A table as CSV: UTF-8, ``\n``, ISO dates, ten significant digits.

    Examples
    --------
    >>> csv_bytes(pd.DataFrame({"day": pd.to_datetime(["2024-05-01"]), "x": [1 / 3]}))
    b'day,x\n2024-05-01,0.3333333333\n'
    """
    plain = {}
    for number in range(len(table.columns)):
        cells = table.iloc[:, number]
        if pd.api.types.is_datetime64_any_dtype(cells):
            days = bool((cells.dropna() == cells.dropna().dt.normalize()).all())
            cells = cells.dt.strftime("%Y-%m-%d" if days else "%Y-%m-%dT%H:%M:%S")
        elif pd.api.types.is_float_dtype(cells):
            cells = cells + 0.0  # -0.0 becomes 0.0, which reads the same on every machine
        plain[number] = cells
    frame = pd.DataFrame(plain)
    frame.columns = [str(column) for column in table.columns]
    text = frame.to_csv(
        index=False, lineterminator="\n", float_format="%.10g", date_format="%Y-%m-%d"
    )
    return str(text).encode("utf-8", "backslashreplace")


def formula_columns(table: pd.DataFrame) -> list[str]:
    """Columns with cells that a spreadsheet would take for a formula."""
    found = []
    for number, column in enumerate(table.columns):
        cells = table.iloc[:, number]
        if pd.api.types.is_string_dtype(cells) or cells.dtype == object:
            texts = [value for value in cells.to_numpy(dtype=object) if isinstance(value, str)]
            if any(value[:1] in "=+-@\t\r" and value for value in texts):
                found.append(str(column))
    return found


def _provenance(table: pd.DataFrame, made: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "made": [item.to_dict() for item in _all_made(made)],
        "rows": len(table),
        "columns": [str(column) for column in table.columns],
        "software": {name: version(name) for name in ("matplotlib", "mediaframes", "pillow")},
    }
    if formulas := formula_columns(table):
        found["formula_like_columns"] = formulas
    return found


def _all_made(made: Any) -> list[Made]:
    if made is None:
        return []
    if isinstance(made, Made):
        return [made]
    if isinstance(getattr(made, "made", None), Made):
        return [made.made]
    if isinstance(made, Sequence) and not isinstance(made, str):
        return [item for part in made for item in _all_made(part)]
    raise InputError(
        f"made= is a {type(made).__name__}; give a value of mediaframes, its .made, or a list"
    )


def _write(
    folder: Path, name: str, contents: Mapping[str, bytes], about: Mapping[str, Any]
) -> Bundle:
    """Write all files, the JSON last; files of an earlier bundle of this name do not stay."""
    record = folder / f"{name}.json"
    hashes = {file: hashlib.sha256(data).hexdigest() for file, data in contents.items()}
    stale = _files_of(record, name) - set(contents)
    for file, data in contents.items():
        write_atomic(folder / file, data)
    entry = {"name": name, **about, "files": hashes}
    text = json.dumps(canonical(entry), ensure_ascii=False, indent=1, sort_keys=True)
    write_atomic(record, (text + "\n").encode("utf-8", "backslashreplace"))
    for file in sorted(stale):
        (folder / file).unlink(missing_ok=True)
    if formulas := about.get("formula_like_columns"):
        say(
            f"{name}.csv: cells in {', '.join(formulas)} begin with = + - @; they are kept as they "
            "are, so import these columns as text when you open the file in a spreadsheet"
        )
    return Bundle(folder, name, (*contents, record.name))


def _files_of(record: Path, name: str) -> set[str]:
    try:
        files = json.loads(record.read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    return {file for file in files if re.fullmatch(re.escape(name) + r"\.(pdf|svg|png|tiff)", file)}


def caption_draft(table: pd.DataFrame, start: str) -> str:
    """A caption: `start`, then n, interval, period and weights from the table, then the note.

    Examples
    --------
    >>> table = pd.DataFrame({"frame": ["A", "A"], "n": [20, 31], "interval": "95% bootstrap",
    ...                       "period": pd.to_datetime(["2024-05-06", "2024-05-13"])})
    >>> caption_draft(table, "A over time")
    'A over time. n = 51 articles (20 to 31 per point). Intervals: 95% bootstrap. Periods starting 2024-05-06 to 2024-05-13.'
    """  # noqa: E501
    parts = [start.rstrip(".")] if start else []
    if "n" in table and pd.api.types.is_numeric_dtype(table["n"]) and table["n"].notna().any():
        parts.append(_articles(table))
    for column, label in (("interval", "Intervals"), ("weights", "Weights")):
        if column in table and not pd.api.types.is_numeric_dtype(table[column]):
            kinds = sorted({str(kind) for kind in table[column].dropna()} - {""})
            if kinds:
                parts.append(f"{label}: {'; '.join(kinds)}")
    if "period" in table and pd.api.types.is_datetime64_any_dtype(table["period"]):
        days = table["period"].dropna()
        if len(days):
            parts.append(f"Periods starting {days.min():%Y-%m-%d} to {days.max():%Y-%m-%d}")
    if note := _note():
        parts.append(note.rstrip("."))
    return " ".join(f"{part}." if part[-1] not in ".?!" else part for part in parts)


def _articles(table: pd.DataFrame) -> str:
    # every frame is measured on the same articles, so n counts once, not once per frame
    counts = table["n"].dropna()
    total = table.groupby("frame")["n"].sum().max() if "frame" in table else counts.sum()
    if {"from_outlet", "to_outlet"} <= set(table.columns):
        tied = int(table["tied"].sum()) if "tied" in table else 0
        both = f", {tied:,} of them printed on one day and counted in both directions"
        return f"n = {int(total):,} copies{both if tied else ''}"
    low, high = int(counts.min()), int(counts.max())
    spread = f" ({low:,} to {high:,} per point)" if len(counts) > 1 and low != high else ""
    return f"n = {int(total):,} articles{spread}"
