"""The settings of a study: ``study.toml``, checked in full before anything runs."""

import datetime as dt
import difflib
import re
import tomllib
import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from mediaframes.corpus.roles import ROLES
from mediaframes.errors import InputError
from mediaframes.plot.export import check_format


@dataclass(frozen=True)
class Event:
    """Something that happened, marked in figures over time."""

    date: dt.date
    label: str


@dataclass(frozen=True)
class StudySettings:
    """``[study]``: what the study is called, its seed, and what is said under every figure."""

    title: str = "A framing study"
    seed: int = 1
    note: str = ""
    cache: str = "data/derived"
    notebooks: str = "notebooks"


@dataclass(frozen=True)
class CorpusSettings:
    """``[corpus]``: files (relative to the study file), their columns, languages, period.

    ``day_first`` settles dates such as 5/3/2021; ``pattern`` names the parts of the names of text
    files, e.g. ``"{outlet}_{date}_{id}"``.
    """

    files: tuple[str, ...]
    languages: tuple[str, ...] = ()
    start: dt.date | None = None
    end: dt.date | None = None
    encoding: str | None = None
    day_first: bool | None = None
    pattern: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    outlets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CleaningSettings:
    """``[cleaning]``: whether to clean, and lines to keep or drop in any case (wildcards)."""

    enabled: bool = True
    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()


@dataclass(frozen=True)
class CopiesSettings:
    """``[copies]``: what counts as a copy and what happens to copies (see `dedupe`).

    `containment` 0 does not look for texts within longer ones.
    """

    similarity: float = 0.8
    containment: float = 0.8
    policy: Literal["weight", "fit", "earliest", "none"] = "weight"


@dataclass(frozen=True)
class FramesSettings:
    """``[frames]``: the codebook, the unit of the scores, the frames drawn over time."""

    codebook: str = "data/codebooks/policy-frames.yml"
    unit: Literal["share", "presence", "per_1000", "count"] = "share"
    highlight: tuple[str, ...] = ()


@dataclass(frozen=True)
class TopicsSettings:
    """``[topics]``: the model, fitted for each language, and for some models more.

    `prevalence` is the formula of ``stm``, such as ``"~ outlet + s(date)"``.
    ``[topics.keywords.en]`` holds lines such as ``security = ["border*", "police"]``; `k` counts
    further topics beside them.
    """

    model: Literal["nmf", "lda", "stm", "ctm", "keyatm", "seeded"] = "nmf"
    k: int = 10
    min_docs: int = 5
    max_share: float = 0.5
    stem: bool = False
    prevalence: str = ""
    keywords: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)


@dataclass(frozen=True)
class CompareSettings:
    """``[compare]``: the column that makes the groups, how many are shown, keyness targets.

    Without targets, keyness sets the largest group of each language against all others.
    """

    by: str = "outlet"
    most: int = 8
    targets: tuple[str, ...] = ()
    min_docs: int = 5


@dataclass(frozen=True)
class TimeSettings:
    """``[time]``: the length of a period (for all, and by group), and events to mark."""

    every: Literal["day", "week", "month", "quarter", "year"] = "month"
    every_by_group: Literal["day", "week", "month", "quarter", "year"] | None = None
    events: tuple[Event, ...] = ()


@dataclass(frozen=True)
class FiguresSettings:
    """``[figures]``: file formats and the number of bootstrap draws behind the intervals."""

    formats: tuple[str, ...] = ("pdf", "svg", "png")
    draws: int = 1000


@dataclass(frozen=True)
class Settings:
    """All settings of a study, one attribute per section of ``study.toml``.

    Examples
    --------
    >>> text = '[corpus]\\nfiles = ["data/raw"]\\n[topics]\\nk = 12'
    >>> settings = parse_settings(text, "study.toml")
    >>> settings.topics.k, settings.copies.policy
    (12, 'weight')
    >>> parse_settings('[corpus]\\nfiles = ["a"]\\n[topics]\\nkk = 12', "study.toml")
    Traceback (most recent call last):
    ...
    mediaframes.errors.InputError: study.toml, line 4: unknown key 'kk' in [topics]; allowed: k, \
keywords, max_share, min_docs, model, prevalence, stem. Did you mean 'k'?
    """

    corpus: CorpusSettings
    study: StudySettings = StudySettings()
    cleaning: CleaningSettings = CleaningSettings()
    copies: CopiesSettings = CopiesSettings()
    frames: FramesSettings = FramesSettings()
    topics: TopicsSettings = TopicsSettings()
    compare: CompareSettings = CompareSettings()
    time: TimeSettings = TimeSettings()
    figures: FiguresSettings = FiguresSettings()


# smallest and largest allowed values
RANGES = {
    "copies.similarity": (0.3, 1.0),
    "copies.containment": (0.0, 1.0),
    "topics.k": (0, 1000),
    "topics.min_docs": (1, 10**9),
    "topics.max_share": (0.0, 1.0),
    "compare.min_docs": (1, 10**9),
    "compare.most": (1, 1000),
    "figures.draws": (100, 100_000),
    "study.seed": (0, 2**32 - 1),
}
WORDS_FOR_TYPES = {
    str: "text in quotes", int: "a whole number", float: "a number", bool: "true or false",
    dt.date: "a date such as 2024-10-24 (without quotes)",
}  # fmt: skip


@dataclass(frozen=True)
class _Source:
    """The file's name and text, to tell lines."""

    name: str
    text: str

    def line(self, section: str, key: str | None = None) -> int:
        """Line of a key, of its section where the key is not found, or 1."""
        here, found = "", 1
        for number, raw in enumerate(self.text.splitlines(), 1):
            header = re.match(r"\s*\[+\s*([\w.\"' -]+?)\s*\]+", raw)
            if header and "=" not in raw.split("]")[0]:
                here = header.group(1)
                if here == section:
                    found = number
                continue
            name = re.match(r"\s*[\"']?([^=\"']+?)[\"']?\s*=", raw)
            if name and key is not None:
                full = f"{here}.{name.group(1)}" if here else name.group(1)
                if full == f"{section}.{key}" or full.startswith(f"{section}.{key}."):
                    return number
        return found

    def error(self, section: str, key: str | None, message: str) -> InputError:
        return InputError(f"{self.name}, line {self.line(section, key)}: {message}")


def read_settings(path: str | Path) -> Settings:
    """Read and check a study file, including that the files it names exist.

    Parameters
    ----------
    path : str or Path
        A ``study.toml``.

    Raises
    ------
    InputError
        With line, offending value and allowed values, for the first mistake found.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"there is no study file {path}; give the path of a study.toml")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 (byte {error.start}); save it as UTF-8") from error
    settings = parse_settings(text, path.name)
    source = _Source(path.name, text)
    for file in settings.corpus.files:
        if not (path.parent / file).exists():
            raise source.error(
                "corpus", "files",
                f"files: '{file}' does not exist (looked in {path.parent / file}); give files or "
                "folders relative to this file",
            )  # fmt: skip
    _refuse_own_results(path.parent, settings, source)
    for folder, section, key in (
        (settings.frames.codebook, "frames", "codebook"),
        (settings.study.notebooks, "study", "notebooks"),
    ):
        if find_beside(path.parent, folder) is None:
            raise source.error(section, key, f"{key}: '{folder}' does not exist")
    return settings


def _refuse_own_results(folder: Path, settings: Settings, source: _Source) -> None:
    """A study that reads its own cache or reports would count them as articles."""
    own = [folder / "reports", *([folder / settings.study.cache] if settings.study.cache else [])]
    for file in settings.corpus.files:
        place = (folder / file).resolve()
        for result in own:
            if result.resolve().is_relative_to(place):
                raise source.error(
                    "corpus", "files",
                    f"files: '{file}' also holds the study's own results ({result.name}); put the "
                    "articles into a folder of their own, e.g. data/raw",
                )  # fmt: skip


def find_beside(folder: Path, name: str) -> Path | None:
    """`name` relative to the study's folder or, for the parts that come along, to the project."""
    project = Path(__file__).resolve().parents[3]
    for base in (folder, project):
        if (base / name).exists():
            return (base / name).resolve()
    return None


def parse_settings(text: str, name: str) -> Settings:
    """Settings from the text of a study file; `name` is used in messages."""
    source = _Source(name, text)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{name}: not valid TOML: {error}") from error
    sections = {item.name: item for item in fields(Settings)}
    for section in data:
        if section not in sections:
            raise source.error(
                section, None, f"unknown section [{section}]; {_allowed(section, sections)}"
            )
    if "corpus" not in data:
        raise InputError(f"{name}: the section [corpus] is missing; it needs files = [...]")
    hints = get_type_hints(Settings)
    values = {}
    for section in sections:
        table = data.get(section, {})
        if not isinstance(table, dict):
            raise source.error(section, None, f"[{section}] must be a section, not {table!r}")
        values[section] = _section(hints[section], section, table, source)
    settings = Settings(**values)
    _check_together(settings, source)
    return settings


def _allowed(given: str, names: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(given, names, n=1, cutoff=0.5)
    hint = f". Did you mean '{near[0]}'?" if near else ""
    return f"allowed: {', '.join(sorted(names))}{hint}"


def _section(kind: Any, section: str, table: Mapping[str, Any], source: _Source) -> Any:
    known: dict[str, Field[Any]] = {item.name: item for item in fields(kind)}
    hints = get_type_hints(kind)
    for key in table:
        if key not in known:
            raise source.error(
                section, key, f"unknown key '{key}' in [{section}]; {_allowed(key, known)}"
            )
    for key, item in known.items():
        needed = item.default is MISSING and item.default_factory is MISSING
        if needed and key not in table:
            raise source.error(section, None, f"[{section}] needs the key '{key}'")
    return kind(**{k: _value(hints[k], v, (section, k), source) for k, v in table.items()})


def _value(kind: Any, value: Any, place: tuple[str, str], source: _Source) -> Any:
    """`value` checked against an annotated type and its range."""
    section, key = place
    origin = get_origin(kind)

    def wrong(expected: str) -> InputError:
        return source.error(section, key, f"{key} must be {expected}, not {value!r}")

    if origin in (Union, types.UnionType):
        inner = [part for part in get_args(kind) if part is not type(None)]
        return _value(inner[0], value, place, source)
    if origin is Literal:
        if value not in get_args(kind):
            raise wrong("one of " + ", ".join(f'"{part}"' for part in get_args(kind)))
        return value
    if origin is tuple:
        if not isinstance(value, list):
            raise wrong("a list, e.g. [...]")
        inner_kind = get_args(kind)[0]
        return tuple(_value(inner_kind, item, place, source) for item in value)
    if origin is Mapping:
        inner_kind = get_args(kind)[1]
        kept = {str: str, Mapping[str, tuple[str, ...]]: dict}.get(inner_kind, object)
        if not isinstance(value, dict) or not all(isinstance(v, kept) for v in value.values()):
            lines = f'[{section}.{key}] of lines such as name = "value"'
            if kept is dict:
                lines = f'[{section}.{key}.en] of lines such as security = ["border*", "police"]'
            raise wrong(f"a section {lines}")
        inside = f"{section}.{key}"
        return {name: _value(inner_kind, v, (inside, name), source) for name, v in value.items()}
    if is_dataclass(kind):
        if not isinstance(value, dict):
            raise wrong(f"a table [[{section}.{key}]]")
        return _section(kind, f"{section}.{key}", value, source)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not kind:
        raise wrong(WORDS_FOR_TYPES.get(kind, str(kind)))
    low, high = RANGES.get(f"{section}.{key}", (None, None))
    if low is not None and high is not None and not low <= value <= high:
        raise wrong(f"from {low} to {high}")
    return value


def _check_prevalence(topics: TopicsSettings, source: _Source) -> None:
    """The structural topic model has a formula, and no other model has."""
    from mediaframes.inference.design import parse_formula

    if (topics.model == "stm") != bool(topics.prevalence):
        raise source.error(
            "topics", "prevalence" if topics.prevalence else "model",
            'model "stm" and prevalence = "~ outlet + s(date)", or another formula, belong '
            'together; without a formula the model is "ctm"',
        )  # fmt: skip
    if topics.prevalence:
        try:
            parse_formula(topics.prevalence)
        except InputError as error:
            raise source.error("topics", "prevalence", str(error)) from error


def _check_keywords(settings: Settings, source: _Source) -> None:
    """Keywords and the models that take them belong together; each language has its own."""
    topics, languages = settings.topics, settings.corpus.languages
    place = "topics.keywords"
    if topics.model not in ("keyatm", "seeded"):
        if topics.keywords:
            raise source.error(
                f"{place}.{next(iter(topics.keywords))}", None,
                f'model "{topics.model}" takes no keywords; choose model = "keyatm" or "seeded"',
            )  # fmt: skip
        if topics.k < 2:
            raise source.error("topics", "k", f"k must be from 2 to 1000, not {topics.k}")
        return
    for language in languages or ("en",):
        if not topics.keywords or (languages and language not in topics.keywords):
            raise source.error(
                "topics", "model",
                f'model "{topics.model}" needs keywords: a section [{place}.{language}] of lines '
                'such as security = ["border*", "police"]',
            )  # fmt: skip
    for language, named in topics.keywords.items():
        if not re.fullmatch(r"[a-z]{2}", language) or (languages and language not in languages):
            raise source.error(
                f"{place}.{language}", None,
                f"[{place}.{language}] is for none of the study's languages"
                + (f" ({', '.join(languages)})" if languages else ", e.g. en"),
            )  # fmt: skip
        for name, words in named.items():
            if not words or not all(word.strip() for word in words):
                raise source.error(
                    f"{place}.{language}", name,
                    f"'{name}' has no keywords, or an empty one; give words, or take it out",
                )  # fmt: skip
        if topics.k + len(named) < 2:
            raise source.error("topics", "k", "one topic in all; give k or another with keywords")


def _check_together(settings: Settings, source: _Source) -> None:
    """What only several values together can get wrong."""
    corpus = settings.corpus
    if not corpus.files:
        raise source.error("corpus", "files", "files is empty; name at least one file or folder")
    if corpus.start and corpus.end and corpus.start > corpus.end:
        raise source.error(
            "corpus", "start", f"start {corpus.start} lies after end {corpus.end}; swap them"
        )
    for language in corpus.languages:
        if not re.fullmatch(r"[a-z]{2}", language):
            raise source.error(
                "corpus", "languages",
                f"'{language}' is no language code; give two letters, e.g. \"de\" or \"en\"",
            )  # fmt: skip
    _check_prevalence(settings.topics, source)
    _check_keywords(settings, source)
    if 0 < settings.copies.containment < 0.5:
        raise source.error(
            "copies", "containment",
            f"containment must be from 0.5 to 1.0, or 0 to switch it off, not "
            f"{settings.copies.containment}",
        )  # fmt: skip
    if not settings.figures.formats:
        raise source.error("figures", "formats", 'formats is empty; give at least one, e.g. "pdf"')
    for kind in settings.figures.formats:
        try:
            check_format(kind)
        except InputError as error:
            raise source.error("figures", "formats", str(error)) from error
    labels = [event.label for event in settings.time.events]
    for label in labels:
        if labels.count(label) > 1:
            raise source.error(
                "time.events", "label", f"two events are called '{label}'; give each its own label"
            )
    for role in corpus.columns:
        if role not in ROLES:
            raise source.error(
                "corpus.columns", role, f"unknown role '{role}'; allowed: {', '.join(ROLES)}"
            )
