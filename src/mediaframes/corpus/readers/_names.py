"""What the name of a file of one article says: its date, outlet, id and whatever else."""

import re
from pathlib import PurePosixPath
from typing import NamedTuple

from mediaframes.corpus.months import MONTHS, plain_name
from mediaframes.corpus.readers._decode import bare_name
from mediaframes.errors import InputError

FIELDS = ("outlet", "date", "id", "title", "author", "language", "url")
# eight digits are a date only where they can be one: names are often numbers
_DAY = (
    r"(?P<date>\d{4}-\d{2}-\d{2}|(?:1[6-9]|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"|\d{1,2}\.\d{1,2}\.\d{4}|\d{2}-\d{2}-\d{4})"
)
# Tried in this order where the user gives no pattern. An outlet is only taken where it stands
# beside a date: the name of a folder, or words alone, may be anything.
USUAL = {
    "{outlet}_{date}_{id}": re.compile(rf"(?:.*/)?(?P<outlet>[^/]+?)_{_DAY}_(?P<id>[^/]+)"),
    "{outlet}_{date}": re.compile(rf"(?:.*/)?(?P<outlet>[^/]+?)_{_DAY}"),
    "{date}_{outlet}_{id}": re.compile(
        rf"(?:.*/)?{_DAY}_(?P<outlet>[^/_\d][^/_]*)_(?P<id>[^/_]*\d[^/_]*)"
    ),
    "{date}...": re.compile(rf"(?:.*/)?{_DAY}(?:[ _-][^/]*)?"),
    "...{date}": re.compile(rf"(?:.*/)?[^/]*[ _-]{_DAY}"),
    "{date}/...": re.compile(rf"(?:.*/)?{_DAY}/[^/]*"),
    "{date:%Y/%m/%d}/...": re.compile(
        r"(?:.*/)?(?P<y>(?:1[6-9]|20)\d\d)/(?P<m>\d\d)/(?P<d>\d\d)/[^/]*"
    ),
}
_FIELD = re.compile(r"\{(\w*)(?::([^{}]*))?\}")
_DIRECTIVES = {
    "Y": r"(?P<y>\d{4})", "y": r"(?P<yy>\d{2})", "m": r"(?P<m>\d{1,2})", "d": r"(?P<d>\d{1,2})",
    "b": r"(?P<month>[^\W\d_]{3,13})\.?", "B": r"(?P<month>[^\W\d_]{3,13})\.?",
    "H": r"\d{2}", "M": r"\d{2}", "S": r"\d{2}", "%": "%",
}  # fmt: skip
# Longer names, or with more signs between words, are tried against no pattern: with several free
# fields that could take hours, and no researcher names files so.
LONGEST, MOST_SIGNS = 300, 40


class Said(NamedTuple):
    """What a name says, and how that was found, or that it fits no pattern."""

    fields: dict[str, str]
    note: str


def said_by_name(file: str, pattern: str | None) -> Said:
    """The fields in a file's name, by the user's pattern or the first usual one that fits.

    Examples
    --------
    >>> said_by_name("a/Echo_2024-10-24_17.txt", None).fields
    {'outlet': 'Echo', 'date': '2024-10-24', 'id': '17'}
    >>> said_by_name("politics/24.10.24 Echo.txt", "{section}/{date:%d.%m.%y} {outlet}.txt").fields
    {'section': 'politics', 'outlet': 'Echo', 'date': '24.10.24'}
    """
    path = bare_name(file)
    stem = str(PurePosixPath(path).with_suffix(""))
    tail = path.split("/")[-(pattern or "").strip("/").count("/") - 1 :]
    long = len("/".join(tail)) > LONGEST or len(re.findall(r"[\W_]", "/".join(tail))) > MOST_SIGNS
    if pattern is not None:
        found = None if long else compile_pattern(pattern).search("/" + path)
        if found is None:
            return Said({}, f"the name does not fit '{pattern}'")
        return Said(_fields(found), "")
    for name, usual in USUAL.items():
        if not long and len(stem) < LONGEST and (found := usual.fullmatch(stem)):
            return Said(_fields(found), f"from the names: {name}")
    return Said({}, "")


def _fields(found: re.Match[str]) -> dict[str, str]:
    """The fields of a match; the parts of a date become one."""
    said = {name: value for name, value in found.groupdict().items() if value is not None}
    parts = {name: said.pop(name, None) for name in ("y", "yy", "m", "month", "d")}
    month = parts["m"]
    if parts["month"] is not None:
        number = MONTHS.get(plain_name(parts["month"]))
        month = parts["month"] if number is None else str(number)
    if parts["d"] is not None and parts["y"] is not None:
        said["date"] = f"{parts['y']}-{(month or '').zfill(2)}-{parts['d'].zfill(2)}"
    elif parts["d"] is not None and parts["yy"] is not None:  # the century is a guess, and so said
        said["date"] = f"{parts['d']}.{month}.{parts['yy']}"
    return {name: " ".join(value.split()) for name, value in said.items() if value.strip()}


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """A pattern such as ``"{outlet}/{date:%d.%m.%Y}_{id}.txt"`` as a regular expression.

    Fields stand for anything within one folder's or file's name; a date may have a format of
    ``%Y %y %m %d %b %B %H %M %S``. Fields that are no role become columns.

    Raises
    ------
    InputError
        For a field that stands twice or beside another, is called text, or a format that is none.

    Examples
    --------
    >>> found = compile_pattern("{outlet}/{date}_{id}.txt").search("/x/Echo/2024-10-24_17.txt")
    >>> found.groupdict()
    {'outlet': 'Echo', 'date': '2024-10-24', 'id': '17'}
    """
    bare = re.sub(r"\.\w+$", "", pattern.lstrip("/"))
    names = [match[1] for match in _FIELD.finditer(bare)]
    wrong = [name for name in names if not name.isidentifier() or name in ("text", "y", "yy", "m")]
    if not names or len(set(names)) < len(names) or wrong or "}{" in bare:
        raise InputError(
            f"pattern='{pattern}': write fields in braces, each once, with a sign between two, "
            "e.g. '{outlet}_{date:%Y-%m-%d}_{id}.txt'; "
            + ", ".join("{" + name + "}" for name in FIELDS)
            + " are understood, others, e.g. {section}, become columns"
        )
    body, at = "", 0
    for match in _FIELD.finditer(bare):
        body += re.escape(bare[at : match.start()]) + _expression(match[1], match[2], pattern)
        at = match.end()
    body += re.escape(bare[at:])
    return re.compile(rf"(?<=/){body}(?:\.\w+)?$")


def _expression(name: str, form: str | None, pattern: str) -> str:
    if not form:
        return f"(?P<{name}>[^/]+?)"
    pieces = re.split(r"%(.)", form)
    signs = pieces[1::2]
    day = {"d"} <= set(signs) and len({"Y", "y"} & set(signs)) == 1
    if name != "date" or not day or len({"m", "b", "B"} & set(signs)) != 1:
        raise InputError(
            f"pattern='{pattern}': '{form}' is no format of a date; write one of year, month and "
            "day, e.g. {date:%Y-%m-%d}, {date:%d.%m.%y} or {date:%d %B %Y}; only {date} has one"
        )
    if len(set(signs)) < len(signs) or not set(signs) <= set(_DIRECTIVES):
        raise InputError(
            f"pattern='{pattern}': in '{form}', use each of "
            + " ".join(f"%{sign}" for sign in _DIRECTIVES)
            + " at most once"
        )
    return "".join(
        _DIRECTIVES[piece] if place % 2 else re.escape(piece) for place, piece in enumerate(pieces)
    )
