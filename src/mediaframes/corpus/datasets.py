"""Published data sets by name: downloaded once, when asked, checked and cited."""

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from mediaframes._console import say
from mediaframes.errors import InputError

FOLDER = "data/raw"
CITED = "README.txt"  # which `read` passes over


@cache
def _registry() -> dict[str, Any]:
    import yaml

    text = (files("mediaframes.corpus") / "datasets.yml").read_text(encoding="utf-8")
    known: dict[str, Any] = yaml.safe_load(text)
    return known


def available() -> pd.DataFrame:
    """The data sets that `fetch` knows.

    Returns
    -------
    DataFrame
        One row per data set, index = name: ``what articles language megabytes licence citation``.

    Examples
    --------
    >>> available().loc["narrative_frames", "articles"]
    np.int64(428)
    """
    rows = {
        name: {
            "what": entry["what"],
            "articles": entry["articles"],
            "language": entry["language"],
            "megabytes": round(sum(one["bytes"] for one in entry["files"].values()) / 1e6, 1),
            "licence": entry["licence"],
            "citation": entry["citation"],
        }
        for name, entry in _registry().items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("name")


def fetch(name: str, *, folder: str | Path = FOLDER, mirror: str | None = None) -> Path:
    """Download a published data set, unless it is there already, and say how to cite it.

    Nothing else in the package ever opens a connection. Every file is compared with its known
    SHA-256; a file that differs is never left in place.

    Parameters
    ----------
    name : str
        One of `available`.
    folder : path
        The data set gets a folder of its own in it, with its licence and citation in
        ``README.txt``. By default ``data/raw``.
    mirror : str, optional
        Address (http or https) of a folder that holds ``<name>/<file>``, e.g. a university's copy.

    Returns
    -------
    Path
        The data set's files, to be handed to `read` or named in ``study.toml``: the only file, or
        the folder of several.

    Raises
    ------
    InputError
        For an unknown name, an address that is none, no connection, or a file that is not the
        published one.

    Examples
    --------
    >>> fetch("narative_frames")
    Traceback (most recent call last):
    ...
    mediaframes.errors.InputError: no data set 'narative_frames'; there are \
climate_sentences_canada, gnad10k_test, narrative_frames
    """
    if name not in _registry():
        raise InputError(f"no data set '{name}'; there are {', '.join(sorted(_registry()))}")
    entry = _registry()[name]
    if mirror is not None and urlsplit(mirror).scheme not in ("http", "https"):
        raise InputError(f"mirror='{mirror}': give an address, e.g. https://example.org/data")
    address = entry["address"].strip() if mirror is None else f"{mirror.rstrip('/')}/{name}/"
    place = Path(folder) / name
    paths = [
        _file(address + file, file, facts, place) for file, facts in sorted(entry["files"].items())
    ]
    note = f"{entry['what']}\nLicence: {entry['licence']}\nPlease cite: {entry['citation']}\n"
    (place / CITED).write_text(note, encoding="utf-8")
    say(f"{name}: {entry['what']}.\n    Licence: {entry['licence']}\n    Cite: {entry['citation']}")
    return paths[0] if len(paths) == 1 else place


def _file(address: str, file: str, facts: dict[str, Any], place: Path) -> Path:
    """One file in its place, as published."""
    import pooch
    import requests

    path = place / file
    if path.exists() and pooch.file_hash(str(path)) != facts["sha256"]:
        raise InputError(
            f"{path}: not the published file (other SHA-256); if it was changed on purpose give "
            "another folder=, else delete it and fetch again"
        )
    try:
        pooch.retrieve(
            address,
            known_hash=f"sha256:{facts['sha256']}",
            fname=file,
            path=place,
            downloader=pooch.HTTPDownloader(timeout=30),
        )
    except ValueError as error:  # pooch deletes what it got
        raise InputError(
            f"{address}: what came is not the published file (its SHA-256 differs), and was "
            "deleted; try again, or give a mirror="
        ) from error
    except (requests.RequestException, OSError) as error:
        answer = getattr(error, "response", None)  # a server that answers has no such file
        why = type(error).__name__ if answer is None else f"the server says {answer.status_code}"
        raise InputError(
            f"{address}: could not be downloaded ({why}); check the connection and the address, "
            f"or download the file elsewhere and save it as {path}"
        ) from error
    return path
