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

BUNDLES = ("figures", "tables")  # where `save_figure` and `save_table` put files with a record
NEW_FILES = "new-files.json"
ALL_ASIDE = "all-aside"  # marks that every old part has been set aside
CACHE = ".cache"  # in the folder of a run


def reproduce(study: str | Path, out: str | Path | None = None, *, cache: bool = True) -> Path:
    """Run a study's notebooks in fresh kernels and leave the results in a folder.

    Everything is made in a folder beside `out` and moved there when it is complete, so a run that
    fails or is killed leaves the earlier reports as they were. Only files of the last run are
    replaced: your own files in that folder stay.

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
    _listed(target)
    _sweep(target)
    prefix = f".{target.name}.partial-{os.getpid()}-"
    work = Path(tempfile.mkdtemp(dir=target.parent, prefix=prefix))
    try:
        _run_notebooks(path, settings, work, cache)
        write_atomic(work / "index.html", index_page(work, settings).encode())
        manifest = describe(path, settings, work)
        write_atomic(work / "manifest.json", _json(manifest).encode())
        _move(work, target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    say(f"Done: {len(manifest['outputs'])} files. Open {target / 'index.html'}")
    return target


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _listed(target: Path) -> set[str]:
    """The files that the last run left in `target`, by its manifest."""
    manifest = target / "manifest.json"
    if target.exists() and not target.is_dir():
        raise InputError(f"{target} is a file; the results need a folder: give another --out")
    if not manifest.is_file():
        return set()
    try:
        return {"manifest.json", *json.loads(manifest.read_text(encoding="utf-8"))["outputs"]}
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{manifest} is not the manifest of a study: {error!r}. Give another --out"
        ) from error


def _foreign(target: Path, name: str) -> bool:
    """Whether a file that stands where a result goes was made by somebody else."""
    path = target / name
    if not path.exists():
        return False
    if name == "numbers.json":
        return not isinstance(_read_json(path), dict)
    if name == "numbers.tex":
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        return not all(line.startswith("\\newcommand{") for line in lines)
    record = _read_json(path.with_suffix(".json"))
    return not (isinstance(record, dict) and "files" in record and path.parent.name in BUNDLES)


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


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
    """Put the new files in the place of the last run's; every other file stays as it is.

    The old files wait aside until all new ones are there, so that `_recover` can undo a move
    that was cut short.
    """
    listed = _listed(target)
    new = [f.relative_to(work).as_posix() for f in sorted(work.rglob("*")) if f.is_file()]
    foreign = [name for name in new if name not in listed and _foreign(target, name)]
    if foreign:
        raise InputError(
            f"{target} holds files of the same names that no run has made: "
            f"{', '.join(foreign[:3])}{' ...' if len(foreign) > 3 else ''}. Give another --out, or "
            "move them away"
        )
    aside = _aside(target)
    aside.mkdir(parents=True)
    try:
        write_atomic(aside / NEW_FILES, _json(new).encode())
        for name in sorted({*listed, *new}):
            if (target / name).exists():
                _rename(target / name, aside / "files" / name)
        (aside / ALL_ASIDE).touch()
        for name in new:
            _rename(work / name, target / name)
    except BaseException:
        _recover(target)
        raise
    shutil.rmtree(aside)


def _rename(old: Path, new: Path) -> None:
    new.parent.mkdir(parents=True, exist_ok=True)
    old.rename(new)


def _recover(target: Path) -> None:
    """Undo a move that was cut short: the earlier files come back, as they were."""
    aside = _aside(target)
    if not aside.is_dir():
        return
    if (aside / ALL_ASIDE).exists():  # so what stands there now are the first of the new files
        for name in _read_json(aside / NEW_FILES) or []:
            (target / name).unlink(missing_ok=True)
    for file in sorted((aside / "files").rglob("*")):
        if file.is_file():
            _rename(file, target / file.relative_to(aside / "files"))
    shutil.rmtree(aside)
