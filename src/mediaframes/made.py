"""How a value came to be, and the cache that never answers with a stale one.

Every value carries a `Made`: the step, its settings and seed, the hashes of the source files, the
versions of the software, and the `Made` of what it was made from. `Cache` keeps values under a
fingerprint of all of these, so that a changed file, setting, helper or library is always computed
anew.
"""

import hashlib
import html
import importlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mediaframes._console import heard, say
from mediaframes.errors import InputError

# The libraries whose version can change a number.
LIBRARIES = (
    "mediaframes",
    "numpy",
    "pandas",
    "scipy",
    "scikit-learn",
    "numba",
    "nltk",
    "py3langid",
)


@cache
def library_versions() -> dict[str, str]:
    """Versions of the libraries that can change a number, by name."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


@cache
def code_hash() -> str:
    """Hash of every source and rule file of this package: a changed helper changes it."""
    folder = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".py", ".yml", ".json", ".txt"}:
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def canonical(value: Any) -> Any:
    """`value` as plain JSON types in a fixed order, so that equal settings have equal bytes.

    Raises TypeError for what has no such form: a shortened print could stand for two values.

    Examples
    --------
    >>> canonical({"b": (1, 2), "a": {3, 1}})
    {'a': [1, 3], 'b': [1, 2]}
    """
    if isinstance(value, Mapping):
        return {str(key): canonical(value[key]) for key in sorted(value, key=str)}
    if isinstance(value, set | frozenset):
        return sorted((canonical(item) for item in value), key=str)
    if isinstance(value, list | tuple):
        return [canonical(item) for item in value]
    if isinstance(value, np.generic):
        return value.item()
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if hasattr(value, "isoformat"):  # dates
        return str(value.isoformat())
    if isinstance(value, Path):
        return value.as_posix()
    raise TypeError(f"a setting of type {type(value).__name__} has no canonical form")


def _json(value: Any) -> str:
    return json.dumps(canonical(value), ensure_ascii=False, sort_keys=True, indent=1)


@dataclass(frozen=True)
class Made:
    """How a value came to be.

    Attributes
    ----------
    step : str
        The verb, e.g. ``"tokenize"``.
    settings : dict
        Its settings, as plain JSON types.
    seed : int or None
        The seed of a random step.
    sources : dict of str to str
        File name to SHA-256 of its bytes, for steps that read files.
    parents : tuple of Made
        How the inputs came to be.
    versions : dict of str to str
        Libraries that can change a number.

    Examples
    --------
    >>> read = Made.by("read", sources={"a.csv": "12ab"})
    >>> tokens = Made.by("tokenize", settings={"lower": True}, parents=(read,))
    >>> [made.step for made in tokens.chain()]
    ['read', 'tokenize']
    """

    step: str
    settings: dict[str, Any] = field(default_factory=dict)
    seed: int | None = None
    sources: dict[str, str] = field(default_factory=dict)
    parents: tuple["Made", ...] = ()
    versions: dict[str, str] = field(default_factory=dict)

    @classmethod
    def by(
        cls,
        step: str,
        *,
        settings: Mapping[str, Any] | None = None,
        seed: int | None = None,
        sources: Mapping[str, str] | None = None,
        parents: tuple["Made", ...] = (),
    ) -> "Made":
        """A `Made` for a step done now, with the versions installed now."""
        return cls(
            step=step,
            settings=canonical(settings or {}),
            seed=seed,
            sources=dict(sorted((sources or {}).items())),
            parents=tuple(parents),
            versions=library_versions(),
        )

    @property
    def fingerprint(self) -> str:
        """SHA-256 over everything above, as 64 hex digits."""
        return hashlib.sha256(_json(self.to_dict()).encode()).hexdigest()

    def chain(self) -> list["Made"]:
        """All steps that led here, the first first, each once."""
        steps: dict[str, Made] = {}
        for parent in self.parents:
            for made in parent.chain():
                steps.setdefault(made.fingerprint, made)
        steps[self.fingerprint] = self
        return list(steps.values())

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain JSON types."""
        return {
            "step": self.step,
            "settings": self.settings,
            "seed": self.seed,
            "sources": self.sources,
            "versions": self.versions,
            "parents": [parent.to_dict() for parent in self.parents],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Made":
        """The opposite of `to_dict`."""
        parents = tuple(cls.from_dict(parent) for parent in data["parents"])
        return cls(
            data["step"],
            data["settings"],
            data["seed"],
            data["sources"],
            parents,
            data["versions"],
        )

    def save(self, path: str | Path) -> None:
        """Save to a JSON file."""
        write_atomic(Path(path), _json(self.to_dict()).encode())

    @classmethod
    def load(cls, path: str | Path) -> "Made":
        """Load what `save` wrote."""
        try:
            return cls.from_dict(json.loads(Path(path).read_text(encoding="utf-8")))
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path} holds no saved Made: {error!r}") from error

    def table(self) -> pd.DataFrame:
        """The chain as a table: step, settings, seed, number of source files, fingerprint."""
        rows = [
            {
                "step": made.step,
                "settings": json.dumps(made.settings, ensure_ascii=False, sort_keys=True),
                "seed": made.seed,
                "files": len(made.sources),
                "fingerprint": made.fingerprint[:12],
            }
            for made in self.chain()
        ]
        return pd.DataFrame(rows).astype({"seed": "Int64"})

    def _repr_html_(self) -> str:
        return str(self.table().to_html(index=False))


def summary_html(title: str, facts: Mapping[str, object]) -> str:
    """A small table that shows a value in a notebook; all text is escaped."""
    rows = "".join(
        f"<tr><th style='text-align:left'>{html.escape(str(name))}</th>"
        f"<td style='text-align:left'>{html.escape(str(fact))}</td></tr>"
        for name, fact in facts.items()
    )
    return f"<table><caption><b>{html.escape(title)}</b></caption>{rows}</table>"


def hash_frame(frame: pd.DataFrame) -> str:
    """Hash of a table's index, column names, types and cells, as 32 hex digits.

    Examples
    --------
    >>> one = pd.DataFrame({"text": ["ab", "c"]})
    >>> two = pd.DataFrame({"text": ["a", "bc"]})
    >>> hash_frame(one) == hash_frame(one.copy()), hash_frame(one) == hash_frame(two)
    (True, False)
    """
    digest = hashlib.blake2b(digest_size=16)
    columns = [("", frame.index.to_series()), *((str(name), frame[name]) for name in frame)]
    for name, column in columns:
        digest.update(f"{name}\0{column.dtype}\0".encode())
        if isinstance(column.dtype, np.dtype) and column.dtype.kind in "biufmM":
            digest.update(np.ascontiguousarray(column.to_numpy()).tobytes())
            continue
        missing = column.isna().to_numpy()
        for value, gone in zip(column.to_numpy(dtype=object), missing, strict=True):
            cell = b"" if gone else str(value).encode("utf-8", "surrogatepass")
            digest.update((-1 if gone else len(cell)).to_bytes(8, "little", signed=True) + cell)
    return digest.hexdigest()


def hash_file(path: Path) -> str:
    """SHA-256 of a file's bytes, read in blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_atomic(path: Path, content: bytes) -> None:
    """Write a file so that a killed run leaves the old file or the new one, never half a one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def replace_folder(new: Path, target: Path) -> None:
    """Put the finished folder `new` in the place of `target`; both on one file system."""
    if target.exists():
        old = target.with_name(f".{target.name}.old-{os.getpid()}")
        target.rename(old)
        new.rename(target)
        shutil.rmtree(old)
    else:
        new.rename(target)


def save_value(
    folder: str | Path,
    value: Any,
    *,
    frames: Mapping[str, pd.DataFrame],
    arrays: Mapping[str, np.ndarray] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> None:
    """Save a value as a folder: one Parquet per table, one npz, and ``value.json``.

    ``value.json`` is written last and holds the hash of every other file, so that `load_value`
    can tell a whole value from a half-written or damaged one. Never a pickle.
    """
    target = Path(folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    try:
        for name, frame in frames.items():
            try:
                frame.to_parquet(work / f"{name}.parquet", engine="pyarrow")
            except Exception as error:
                raise InputError(
                    f"the table '{name}' of this {type(value).__name__} cannot be saved: {error}. "
                    "A column mixes types; make it one type, e.g. with .astype('str')"
                ) from error
        if arrays:
            np.savez(work / "arrays.npz", **arrays)  # type: ignore[arg-type]
        files = {path.name: hash_file(path) for path in sorted(work.iterdir())}
        kind = {"class": type(value).__name__, "module": type(value).__module__}
        entry = {**kind, "made": value.made.to_dict(), "files": files, "extra": extra or {}}
        write_atomic(work / "value.json", _json(entry).encode())
        work.chmod(0o755)
        replace_folder(work, target)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise


@dataclass(frozen=True)
class Loaded:
    """What `load_value` found in a folder."""

    made: Made
    frames: dict[str, pd.DataFrame]
    arrays: dict[str, np.ndarray]
    extra: dict[str, Any]


def load_value(folder: str | Path, kind: str) -> Loaded:
    """Load what `save_value` wrote, checking every file against its hash.

    Raises
    ------
    InputError
        Where the folder is missing, holds another kind of value, or was damaged.
    """
    folder = Path(folder)
    if not (folder / "value.json").is_file():
        raise InputError(f"{folder} holds no saved value (no value.json); save it again")
    entry = json.loads((folder / "value.json").read_text(encoding="utf-8"))
    if entry["class"] != kind:
        raise InputError(
            f"{folder} holds a {entry['class']}, not a {kind}; use {entry['class']}.load"
        )
    for name, digest in entry["files"].items():
        if not (folder / name).is_file() or hash_file(folder / name) != digest:
            raise InputError(
                f"{folder / name} is damaged or incomplete; delete {folder} and save again"
            )
    frames = {
        Path(n).stem: pd.read_parquet(folder / n) for n in entry["files"] if n.endswith("parquet")
    }
    arrays = {}
    if "arrays.npz" in entry["files"]:
        with np.load(folder / "arrays.npz", allow_pickle=False) as data:
            arrays = {name: data[name] for name in data.files}
    return Loaded(Made.from_dict(entry["made"]), frames, arrays, entry["extra"])


@dataclass(frozen=True)
class Cache:
    """Values computed once, kept in a folder under the fingerprint of all they depend on.

    The fingerprint covers the verb, the content of its inputs, its settings, the source code of
    this package and the versions of the libraries, so an entry can be old but never stale. The
    folder can be deleted at any time.

    Parameters
    ----------
    folder : Path or None
        Where to keep values, usually ``data/derived``; None computes everything anew.
    tell : bool
        Whether to say which values come from the cache. A page of results must not: it would
        change from one run to the next.
    """

    folder: Path | None
    tell: bool = True

    def get(self, verb: Callable[..., Any], *values: Any, **settings: Any) -> Any:
        """The result of ``verb(*values, **settings)``, computed or from the cache.

        Parameters
        ----------
        verb : callable
            A verb that returns a value with ``save`` and ``load``.
        *values
            Inputs with a ``content_hash``.
        **settings
            Keyword settings, plain types, or objects with a ``content_hash``.
        """
        if self.folder is None:
            return verb(*values, **settings)
        plain = {key: getattr(item, "content_hash", item) for key, item in settings.items()}
        name = verb.__name__
        parts = {
            "verb": f"{verb.__module__}.{name}",
            "inputs": [value.content_hash for value in values],
            "made": [value.made.to_dict() for value in values],
            "settings": plain,
            "order": [list(item) for item in settings.values() if isinstance(item, Mapping)],
            "code": code_hash(),
            "versions": library_versions(),
        }
        key = hashlib.sha256(_json(parts).encode()).hexdigest()[:16]
        entry = self.folder / f"{name.strip('_')}-{key}"
        if (entry / "value.json").is_file():
            try:
                value = self._load(entry)
            except (InputError, ValueError, KeyError, OSError) as error:
                say(f"{name}: the cached value is unusable and is computed again ({error})")
            else:
                # what the step said when it was done holds for its value still
                for message in _messages(entry):
                    say(message)
                if self.tell:
                    say(f"{name}: unchanged since last time, from the cache")
                return value
        with heard() as messages:
            value = verb(*values, **settings)
        try:
            value.save(entry)
            write_atomic(entry / MESSAGES, _json(messages).encode())
        except OSError as error:  # what was computed is not lost for a locked or full disk
            say(
                f"{name}: the value cannot be kept in the cache ({error.strerror}) and is computed "
                f"again next time; make the folder '{self.folder.name}' writable, or name another"
            )
        return value

    @staticmethod
    def _load(entry: Path) -> Any:
        kind = json.loads((entry / "value.json").read_text(encoding="utf-8"))
        if not kind["module"].startswith("mediaframes."):
            raise InputError(f"{entry} was not written by mediaframes")
        return getattr(importlib.import_module(kind["module"]), kind["class"]).load(entry)


MESSAGES = "messages.json"


def _messages(entry: Path) -> list[str]:
    """What was said when a cached value was made; nothing where that was not kept."""
    try:
        return [str(text) for text in json.loads((entry / MESSAGES).read_text(encoding="utf-8"))]
    except (OSError, ValueError):
        return []
