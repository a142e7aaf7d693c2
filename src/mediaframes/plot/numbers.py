r"""Numbers for the prose: ``numbers.json`` and ``numbers.tex``, so that no number is typed."""

import json
import math
import re
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mediaframes.errors import InputError
from mediaframes.made import write_atomic
from mediaframes.plot.export import reports_folder

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
# LaTeX's own commands that a number could be named after: \newcommand would stop the document.
TAKEN = """
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma
    tau upsilon phi chi psi omega date day month year time title author text label ref cite
    section part chapter page caption table figure item line rule width height depth tiny
    small large huge normalsize sum prod max min sup inf lim log ln exp det dim ker arg deg
    gcd sin cos tan cot sec csc sinh cosh tanh top bot mid par box number count left right
    big end begin include input output special write read index glossary hat bar dot vec
    tilde check star ast circ times div pm mp le ge ne leq geq neq in ni to gets sim approx
    equiv prime partial nabla infty forall exists neg cap cup vee wedge ll gg mark sc bf it
    rm sf sl tt em underline overline frac sqrt over above atop not or if else fi def let
    new show space
"""


def save_numbers(**numbers: Any) -> None:
    r"""Save numbers under names, for the text of a paper to use.

    They are merged into ``numbers.json`` (sorted by name) and ``numbers.tex`` (one
    ``\newcommand`` each: ``security_peak`` becomes ``\securitypeak``, ``alpha_2`` becomes
    ``\alphatwo``) in `reports_folder`. Round them, or format them as text, as the prose should
    say them.

    Parameters
    ----------
    **numbers : int, float, bool, str or date
        A name (a Python identifier) and its value each.

    Raises
    ------
    InputError
        For a missing or infinite number, a value that is neither number, text nor date, two names
        that give the same command, or a name that is LaTeX's own.

    Examples
    --------
    >>> import json, os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     os.environ["MEDIAFRAMES_OUT"] = folder
    ...     save_numbers(security_peak=0.4213, articles=408, rise="12%")
    ...     print((reports_folder() / "numbers.tex").read_text(), end="")
    ...     del os.environ["MEDIAFRAMES_OUT"]
    \newcommand{\articles}{408}
    \newcommand{\rise}{12\%}
    \newcommand{\securitypeak}{0.4213}
    """
    folder = reports_folder()
    known = _known(folder / "numbers.json")
    known |= {name: _plain(name, value) for name, value in numbers.items()}
    macros: dict[str, str] = {}
    for name in sorted(known):
        macro = macro_name(name)
        if macro in macros:
            raise InputError(
                f"the names '{macros[macro]}' and '{name}' both give the command \\{macro}; "
                "rename one"
            )
        macros[macro] = name
    lines = [
        f"\\newcommand{{\\{macro}}}{{{_tex(known[macros[macro]])}}}\n" for macro in sorted(macros)
    ]
    text = json.dumps(known, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    write_atomic(folder / "numbers.json", text.encode())
    write_atomic(folder / "numbers.tex", "".join(lines).encode())


def macro_name(name: str) -> str:
    """The LaTeX command for a name: letters only, digits spelled.

    Examples
    --------
    >>> macro_name("security_peak_2024")
    'securitypeaktwozerotwofour'
    """
    spelled = re.sub(r"[0-9]", lambda digit: DIGITS[int(digit.group())], name)
    macro = re.sub(r"[^A-Za-z]", "", spelled)
    if re.search(r"[^A-Za-z0-9_]", name) or not macro:
        raise InputError(f"'{name}' gives no LaTeX command; use letters a to z, digits and _")
    if len(macro) == 1 or macro in TAKEN.split():
        raise InputError(
            f"'{name}' is a command of LaTeX's own; say more, e.g. 'krippendorff_{name}'"
        )
    return macro


def _known(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{path} is damaged ({error}); delete it and run again") from error
    if not isinstance(known, dict):
        raise InputError(f"{path} holds no names and numbers; delete it and run again")
    return known


def _plain(name: str, value: Any) -> bool | int | float | str:
    """One value as JSON has it; floats with ten significant digits."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, pd.Timestamp | date) and value is not pd.NaT:
        return value.isoformat()[:10]
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return float(f"{value:.10g}")
    if isinstance(value, float) or value is pd.NA or value is pd.NaT or value is None:
        raise InputError(
            f"the number '{name}' is {value}; look at the table it comes from, or leave it out"
        )
    raise InputError(
        f"'{name}' is a {type(value).__name__}, not one number; take one cell, e.g. .iloc[0], "
        ".item() or .max()"
    )


def _tex(value: bool | int | float | str) -> str:
    if isinstance(value, str):
        special = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
        special |= {char: "\\" + char for char in "&%$#_{}"}
        return "".join(special.get(char, char) for char in " ".join(value.split()))
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value) if isinstance(value, int) else f"{value:.10g}"
    if "e" in text:
        digits, power = text.split("e")
        return rf"\ensuremath{{{digits}\times10^{{{int(power)}}}}}"
    return rf"\ensuremath{{{text}}}" if text.startswith("-") else text
