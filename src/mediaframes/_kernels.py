"""Compiled code that numba keeps is forgotten where the files it was made of have changed.

numba looks at the file of a function only. What it compiles into the function from other files,
other loops and constants, may be newer: after an update the old code would give old results, or
crash.
"""

import re
from contextlib import suppress
from pathlib import Path

_IMPORTED = re.compile(r"^from (mediaframes(?:\.\w+)+) import", re.MULTILINE)


def forget_stale(package: Path = Path(__file__).parent) -> int:
    """Delete kept code that is older than a file with loops or one that such a file imports.

    Parameters
    ----------
    package : Path
        The folder of the package, by default this one; code is kept in the ``__pycache__`` of its
        subfolders.

    Returns
    -------
    int
        How many functions will be compiled anew, when they are next called.
    """
    kept = list(package.glob("*/__pycache__/*.nbi"))
    loops = {index.parent.parent / f"{index.name.partition('.')[0]}.py" for index in kept}
    made_of = {path for path in loops if path.exists()}
    for path in sorted(made_of):
        for name in _IMPORTED.findall(path.read_text(encoding="utf-8")):
            made_of.add(package.parent.joinpath(*name.split(".")).with_suffix(".py"))
    newest = max((path.stat().st_mtime for path in made_of if path.exists()), default=0.0)
    forgotten = 0
    for index in kept:
        # another process may be faster, or the folder may belong to somebody else
        with suppress(OSError):
            if index.stat().st_mtime < newest:
                index.unlink()
                forgotten += 1
    return forgotten
