"""`reproduce`: a study file becomes reports, as a whole or not at all."""

import hashlib
import json
import os
import platform
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from mediaframes._console import say
from mediaframes.errors import InputError
from mediaframes.made import hash_file, library_versions, write_atomic
from mediaframes.study.notebooks import execute, to_html
from mediaframes.study.page import index_page
from mediaframes.study.settings import Settings, find_beside
from mediaframes.study.work import check_study

# What a run makes; nothing else in the reports folder is touched.
MADE = (
    "figures",
    "tables",
    "notebooks",
    "numbers.json",
    "numbers.tex",
    "index.html",
    "manifest.json",
)

ALL_ASIDE = "all-aside"  # marks that every old part has been set aside
CACHE = ".cache"  # in the folder of a run


def reproduce(study: str | Path, out: str | Path | None = None, *, cache: bool = True) -> Path:
    """Run a study's notebooks in fresh kernels and leave the results in a folder.

    Everything is made in a folder beside `out` and moved there when it is complete, so a run that
    fails or is killed leaves the earlier reports as they were.

    Parameters
    ----------
    study : str or Path
        The study file.
    out : str or Path, optional
        Where the results go; by default ``reports`` beside the study file.
    cache : bool
        Whether values computed earlier may be used.

    Returns
    -------
    Path
        The folder with the results.

    Raises
    ------
    InputError
        For a mistake in the study file, before anything runs, or where a notebook stops.
    """
    path = Path(study).resolve()
    settings = check_study(path)
    target = Path(out).resolve() if out else path.parent / "reports"
    target.parent.mkdir(parents=True, exist_ok=True)
    _recover(target)
    _refuse_foreign(target)
    _sweep(target)
    prefix = f".{target.name}.partial-{os.getpid()}-"
    work = Path(tempfile.mkdtemp(dir=target.parent, prefix=prefix))
    try:
        _run_notebooks(path, settings, work, cache)
        write_atomic(work / "index.html", index_page(work, settings).encode())
        manifest = describe(path, settings, work)
        write_atomic(work / "manifest.json", _json(manifest).encode())
        _refuse_foreign(target)
        _move(work, target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    say(f"Done: {len(manifest['outputs'])} files. Open {target / 'index.html'}")
    return target


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _refuse_foreign(target: Path) -> None:
    """Raise where the results would take the place of files that no run has made."""
    if target.exists() and not target.is_dir():
        raise InputError(f"{target} is a file; the results need a folder: give another --out")
    known = {"manifest.json"}
    if (target / "manifest.json").is_file():
        try:
            known |= set(json.loads((target / "manifest.json").read_text("utf-8"))["outputs"])
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{target / 'manifest.json'} is not one of ours: {error}") from error
    places = [target / name for name in MADE if (target / name).exists()]
    files = [f for place in places for f in ([place] if place.is_file() else place.rglob("*"))]
    names = sorted(f.relative_to(target).as_posix() for f in files if f.is_file())
    foreign = [name for name in names if name not in known]
    if foreign:
        raise InputError(
            f"{target} holds files that no run of a study has made, and that the results would "
            f"replace: {', '.join(foreign[:3])}{' ...' if len(foreign) > 3 else ''}. Give another "
            "--out, or move them away"
        )


def _sweep(target: Path) -> None:
    """Remove what a killed run left behind; refuse to run beside one that is alive."""
    import psutil

    for left in target.parent.glob(f".{target.name}.partial-*"):
        number = left.name.split(".partial-")[1].split("-")[0]
        if number.isdigit() and int(number) != os.getpid() and psutil.pid_exists(int(number)):
            raise InputError(
                f"another run (process {number}) is writing to {target}; wait for it, or give "
                f"another --out. If it is none of yours, delete {left}"
            )
        shutil.rmtree(left, ignore_errors=True)


def _run_notebooks(path: Path, settings: Settings, work: Path, cache: bool) -> None:
    keep = cache and bool(settings.study.cache)
    folder = find_beside(path.parent, settings.study.notebooks)
    notebooks = sorted(folder.glob("*.ipynb")) if folder else []
    if not notebooks:
        raise InputError(f"no notebook (*.ipynb) in {folder}; see [study] notebooks")
    environment = {
        "MEDIAFRAMES_STUDY": str(path),
        "MEDIAFRAMES_OUT": str(work),
        "MEDIAFRAMES_NOTE": settings.study.note,
        # one thread: the notebooks are short, and no library's sums depend on the number of threads
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),
        # without a lasting cache the notebooks of one run still share what they compute
        "MEDIAFRAMES_CACHE": settings.study.cache if keep else str(work / CACHE),
    }
    (work / "notebooks").mkdir()
    for notebook in notebooks:
        begin = time.perf_counter()
        say(f"Running {notebook.name} ...")
        executed = execute(notebook, folder=path.parent, environment=environment)
        page = to_html(executed, notebook.stem)
        write_atomic(work / "notebooks" / f"{notebook.stem}.html", page.encode())
        say(f"  {time.perf_counter() - begin:.0f} s")
    shutil.rmtree(work / CACHE, ignore_errors=True)


def describe(path: Path, settings: Settings, work: Path) -> dict[str, Any]:
    """The manifest: what went in, the software, and the hash of every file that came out."""
    sources = {path.name: hash_file(path)}
    codebook = find_beside(path.parent, settings.frames.codebook)
    if codebook:
        sources[settings.frames.codebook] = hash_file(codebook)
    for name in settings.corpus.files:
        for file in _files(path.parent / name):
            key = Path(os.path.relpath(file, path.parent)).as_posix()
            sources[key] = hash_file(file)
    outputs = {
        file.relative_to(work).as_posix(): hash_file(file)
        for file in sorted(work.rglob("*"))
        if file.is_file() and file.name != "manifest.json"
    }
    everything = hashlib.sha256(_json(sources).encode()).hexdigest()
    return {
        "study": settings.study.title,
        "note": settings.study.note,
        "seed": settings.study.seed,
        "sources": sources,
        "sources_sha256": everything,
        "software": {**library_versions(), "python": platform.python_version()},
        "outputs": outputs,
    }


def _files(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    files = [file for file in sorted(place.rglob("*")) if file.is_file()]
    return [file for file in files if not any(part.startswith(".") for part in file.parts[-2:])]


def _aside(target: Path) -> Path:
    return target.with_name(f".{target.name}.replaced")


def _move(work: Path, target: Path) -> None:
    """Put the finished parts in place; the old ones stay aside until all are there."""
    target.mkdir(exist_ok=True)
    aside = _aside(target)
    aside.mkdir()
    try:
        for name in MADE:
            if (target / name).exists():
                (target / name).rename(aside / name)
        (aside / ALL_ASIDE).touch()
        for name in MADE:
            if (work / name).exists():
                (work / name).rename(target / name)
    except BaseException:
        _recover(target)
        raise
    shutil.rmtree(aside)


def _recover(target: Path) -> None:
    """Undo a move that was cut short: the earlier reports come back, as they were."""
    aside = _aside(target)
    if not aside.is_dir():
        return
    for name in MADE:
        place = target / name
        if (aside / ALL_ASIDE).exists():  # so what stands there now is the half of the new ones
            if place.is_dir():
                shutil.rmtree(place)
            else:
                place.unlink(missing_ok=True)
        if (aside / name).exists():
            (aside / name).rename(place)
    shutil.rmtree(aside)
