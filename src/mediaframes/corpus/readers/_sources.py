"""Which files there are to read, and under which names they are known."""

import os
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from mediaframes.errors import InputError

# What systems lay beside the user's files; "~$" are locks of open Office files
_SYSTEM = {"__MACOSX", "Thumbs.db", "desktop.ini"}
LINK = "a link to "  # begins the reason why a second name of a file is not read


class Source(NamedTuple):
    """A file, its name in the corpus, and why it is not read (``""``: it is)."""

    path: Path
    name: str
    skipped: str
    asked: bool  # named by the user, not found in a folder


def find_sources(paths: str | Path | Iterable[str | Path]) -> list[Source]:
    """The files under `paths`, sorted by name, whatever the order of `paths`.

    A file's name is its path below the deepest folder that holds all of `paths`, so that it is
    unique and the same on every machine.

    Raises
    ------
    InputError
        Where a path does not exist.
    """
    given = [paths] if isinstance(paths, str | Path) else list(paths)
    if not given:
        raise InputError("read: no path given; name a file or a folder, e.g. read('data/raw')")
    found: dict[Path, tuple[str, bool]] = {}
    folders = []
    for path in sorted({Path(item).expanduser() for item in given}):
        if not path.exists():
            raise InputError(_absent(path))
        base = path.resolve()
        folders.append(base if base.is_dir() else base.parent)
        items = _below(base, (base,)) if base.is_dir() else [(base, "", True)]
        for item, skipped, asked in items:
            if asked or item not in found:
                found[item] = (skipped, asked)
    _only_once(found)
    top = Path(os.path.commonpath(folders))
    sources = [
        Source(path, _name(path, top), skipped, asked) for path, (skipped, asked) in found.items()
    ]
    return sorted(sources, key=lambda source: source.name)


def _only_once(found: dict[Path, tuple[str, bool]]) -> None:
    """Mark links to files that are read by their own name, or by another link before.

    An article that is read twice would count twice wherever `dedupe` is not called.
    """
    first: dict[Path, Path] = {}
    to_read = [path for path, (skipped, _) in found.items() if not skipped]
    # by their own name first, then in the order of names
    for path in sorted(to_read, key=lambda path: (path.resolve() != path, str(path))):
        own = first.setdefault(path.resolve(), path)
        if own != path:
            found[path] = (f"{LINK}{own.name}, which is read", found[path][1])


def _absent(path: Path) -> str:
    if any(char in str(path) for char in "*?"):
        return f"{path}: no such file; name the folder, or list the files, e.g. with Path.glob"
    return (
        f"{path}: no such file or folder (looked in {Path.cwd().name}/); check the spelling, or "
        "the folder in which Python or the notebook was started"
    )


def _name(path: Path, top: Path) -> str:
    """The name below `top`, in composed letters (macOS takes them apart) and valid Unicode."""
    name = path.relative_to(top).as_posix()
    valid = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return unicodedata.normalize("NFC", valid)


def _below(folder: Path, above: tuple[Path, ...]) -> list[tuple[Path, str, bool]]:
    """All files below a folder; hidden ones and READMEs with the reason for leaving them."""
    items: list[tuple[Path, str, bool]] = []
    try:
        inside = sorted(folder.iterdir())
    except OSError as error:
        reason = f"the folder cannot be opened ({error.strerror})"
        if len(above) == 1:
            raise InputError(f"{folder.name}: {reason}; check its permissions") from error
        return [(folder, reason, False)]
    for path in inside:
        if not path.name.startswith(".") and path.is_dir():
            place = path.resolve()
            if place not in above:  # a link to a folder that holds it would never end
                items += _below(path, (*above, place))
        else:
            items.append((path, skipped_name(path.name), False))
    return items


def skipped_name(name: str) -> str:
    """Why a file of this name, in a folder or an archive, is not read; ``""``: it is.

    Examples
    --------
    >>> skipped_name("news.zip/__MACOSX/._a.txt"), skipped_name("README.md"), skipped_name("a.txt")
    ('hidden', 'a README', '')
    """
    parts = name.split("/")
    if any(part.startswith((".", "~$")) or part in _SYSTEM for part in parts):
        return "hidden"
    return "a README" if parts[-1].upper().startswith("README") else ""
