"""`verify`: compute a study again and say, for each file, whether it came out the same."""

import hashlib
import io
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mediaframes._console import say
from mediaframes.errors import InputError
from mediaframes.made import hash_file
from mediaframes.study.run import reproduce

CLOSE = 1e-9  # largest difference, relative or absolute, that counts as equal
DRAWN = {".pdf", ".svg", ".png", ".tiff"}
# pages show tables and pictures that are compared by themselves, and the text of messages
PAGES = {".html"}

IDENTICAL, EQUAL, REDRAWN, DIFFERS = "identical", "equal to 1e-9", "drawn differently", "DIFFERS"


@dataclass(frozen=True)
class Verdict:
    """What became of one file."""

    file: str
    verdict: str
    detail: str = ""


def verify(study: str | Path, reports: str | Path | None = None) -> list[Verdict]:
    """Reproduce a study into a temporary folder, without cached values, and compare every file.

    Parameters
    ----------
    study : str or Path
        The study file.
    reports : str or Path, optional
        The reports to verify; by default ``reports`` beside the study file.

    Returns
    -------
    list of Verdict
        ``identical``; ``equal to 1e-9`` (tables and numbers whose text and shape agree and whose
        numbers differ by less); ``drawn differently`` (a figure, or a page, whose data is one of
        the former); ``DIFFERS``, with the first difference.

    Raises
    ------
    InputError
        Where there are no reports to verify, or the study cannot be run.
    """
    path = Path(study).resolve()
    old = Path(reports).resolve() if reports else path.parent / "reports"
    if not (old / "manifest.json").is_file():
        raise InputError(f"no reports in {old} (no manifest.json); run 'make reproduce' first")
    with tempfile.TemporaryDirectory(prefix="mediaframes-verify-") as folder:
        new = Path(folder) / "reports"
        reproduce(path, new, cache=False)
        return list(compare(old, new))


def compare(old: Path, new: Path) -> Iterator[Verdict]:
    """Compare two folders of reports, file by file as their manifests list them."""
    before = json.loads((old / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    after = json.loads((new / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    verdicts = {name: _file(old, new, name, before, after) for name in sorted({*before, *after})}
    for name, verdict in verdicts.items():
        data = verdicts.get(Path(name).with_suffix(".csv").as_posix())
        kind = Path(name).suffix
        drawn = kind in DRAWN and data is not None
        # the record beside a table or figure: hashes of pictures, versions of software
        told = kind == ".json" and data is not None
        good = data is None or data.verdict in (IDENTICAL, EQUAL)
        both = verdict.verdict == DIFFERS and not verdict.detail.startswith("only")
        if both and good and (drawn or told or kind in PAGES):
            record = "other versions of the software, or hashes of redrawn pictures"
            detail = "its data agree" if drawn else record if told else "other text or pictures"
            verdict = Verdict(name, REDRAWN, detail)
        yield verdict


def _file(
    old: Path, new: Path, name: str, before: dict[str, str], after: dict[str, str]
) -> Verdict:
    if name not in after:
        return Verdict(name, DIFFERS, "only in the earlier reports")
    if name not in before:
        return Verdict(name, DIFFERS, "only in the new run")
    if not (old / name).is_file():
        return Verdict(name, DIFFERS, "only in the manifest: the file itself is missing")
    if hash_file(old / name) != before[name]:
        return Verdict(name, DIFFERS, "was changed after the manifest was written")
    if before[name] == after[name]:
        return Verdict(name, IDENTICAL)
    one, two = (old / name).read_bytes(), (new / name).read_bytes()
    if name.endswith(".csv"):
        detail = _tables_differ(one, two)
    elif name.endswith(".json"):
        detail = _values_differ(json.loads(one), json.loads(two), "")
    elif name.endswith(".tex"):
        detail = _lines_differ(one.decode(), two.decode())
    else:
        detail = f"bytes ({_short(one)} and {_short(two)})"
    return Verdict(name, DIFFERS, detail) if detail else Verdict(name, EQUAL)


def _short(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:8]


def _close(one: float, two: float) -> bool:
    return bool(np.isclose(one, two, rtol=CLOSE, atol=CLOSE, equal_nan=True))


def _tables_differ(one: bytes, two: bytes) -> str:
    """The first difference between two CSV files, or nothing."""
    old, new = (pd.read_csv(io.BytesIO(content), dtype="str") for content in (one, two))
    if list(old.columns) != list(new.columns) or len(old) != len(new):
        return f"{len(old)} rows of {list(old.columns)} against {len(new)} of {list(new.columns)}"
    for column in old.columns:
        for row, (a, b) in enumerate(zip(old[column], new[column], strict=True), 2):
            if not _cells_agree(a, b):
                return f"line {row}, {column}: {a} against {b}"
    return ""


def _cells_agree(one: Any, two: Any) -> bool:
    if (pd.isna(one) and pd.isna(two)) or one == two:
        return True
    try:
        return _close(float(one), float(two))
    except (TypeError, ValueError):
        return False


def _values_differ(one: Any, two: Any, place: str) -> str:
    """The first difference between two JSON values, or nothing."""
    if isinstance(one, dict) and isinstance(two, dict):
        for key in sorted({*one, *two}):
            if key not in one or key not in two:
                return f"{place}/{key} is in one only"
            if found := _values_differ(one[key], two[key], f"{place}/{key}"):
                return found
        return ""
    if isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
        pairs = enumerate(zip(one, two, strict=True))
        each = (_values_differ(a, b, f"{place}/{i}") for i, (a, b) in pairs)
        return next((text for text in each if text), "")
    plain = not isinstance(one, dict | list) and not isinstance(two, dict | list)
    return "" if plain and _cells_agree(one, two) else f"{place}: {one} against {two}"


def _lines_differ(one: str, two: str) -> str:
    for number, (a, b) in enumerate(zip_longest(one.split("\n"), two.split("\n")), 1):
        words = zip_longest(
            str(a).replace("}", " ").split("{"), str(b).replace("}", " ").split("{")
        )
        if not all(_cells_agree(x, y) for x, y in words):
            return f"line {number}: {a} against {b}"
    return ""


def report(verdicts: list[Verdict]) -> bool:
    """Print the verdicts, and say whether none differs."""
    for verdict in verdicts:
        tail = f" ({verdict.detail})" if verdict.detail else ""
        say(f"{verdict.verdict:>18}  {verdict.file}{tail}")
    counts = pd.Series([v.verdict for v in verdicts], dtype="str").value_counts().sort_index()
    say("; ".join(f"{n} {name}" for name, n in counts.items()))
    return all(verdict.verdict != DIFFERS for verdict in verdicts)
