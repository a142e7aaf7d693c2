"""Tables: ``key,pattern,weight,language,kind`` (long), or a word and a column per category."""

import csv
import io
import math

from mediaframes.errors import InputError
from mediaframes.frames.formats._draft import SEPARATOR, Draft, Entry, Format

NAMES = {  # what people call the columns
    "key": ("key", "category", "frame", "kategorie"),
    "pattern": ("pattern", "term", "word", "entry", "dicterm", "wort"),
    "weight": ("weight", "gewicht", "score"),
    "language": ("language", "lang", "sprache"),
    "kind": ("kind", "type"),
}


def _header(text: str) -> tuple[list[str], str]:
    first = next((line for line in text.lstrip("\ufeff").splitlines() if line.strip()), "")
    sign = max((",", ";", "\t"), key=first.count)
    return next(csv.reader([first], delimiter=sign), []), sign


def _columns(header: list[str]) -> dict[str, int]:
    low = [name.strip().lower() for name in header]
    return {
        role: next((low.index(name) for name in names if name in low), -1)
        for role, names in NAMES.items()
    }


def looks(text: str) -> bool:
    header, _ = _header(text)
    return len(header) > 1 and _columns(header)["pattern"] >= 0


def read(text: str) -> Draft:
    """The table as a draft; without a key column every other column is a category of weights."""
    header, sign = _header(text)
    place = _columns(header)
    draft = Draft()
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=sign)
    try:
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)][1:]
    except csv.Error as error:
        raise InputError(
            f"line {reader.line_num}: broken table ({error}); save it again"
        ) from error
    if place["key"] < 0:
        return _wide(draft, header, place["pattern"], rows)
    for line, row in rows:
        cells = {role: row[k].strip() if 0 <= k < len(row) else "" for role, k in place.items()}
        path = tuple(part.strip() for part in cells["key"].split(SEPARATOR) if part.strip())
        if not path or not cells["pattern"]:
            draft.drop(line, sign.join(row), "no key or no pattern")
            continue
        kind = "exclude" if cells["kind"].lower().startswith("excl") else "term"
        weight = _number(cells["weight"] or "1")
        if not weight > 0:
            draft.drop(line, cells["pattern"], f"the weight '{cells['weight']}' is none above 0")
            continue
        draft.categories.setdefault(path, "")
        language = cells["language"].lower()
        draft.entries.append(Entry(path, cells["pattern"], line, weight, language, kind))
    return draft


def _wide(draft: Draft, header: list[str], word: int, rows: list[tuple[int, list[str]]]) -> Draft:
    """A word and its weight in each category; X is 1, empty and 0 are no entry."""
    for column, name in enumerate(header):
        if column == word or not name.strip():
            continue
        cells = [(line, row) for line, row in rows if len(row) > max(column, word)]
        weights = [1.0 if row[column].strip() in "Xx" and row[column].strip() else
                   _number(row[column] or "0") for _, row in cells]  # fmt: skip
        if any(math.isnan(weight) or weight < 0 for weight in weights):
            draft.drop(1, name, "a column with texts or weights below 0, no category of terms")
            continue
        path = (name.strip(),)
        draft.categories[path] = ""
        draft.entries += [
            Entry(path, row[word], line, weight)
            for (line, row), weight in zip(cells, weights, strict=True)
            if weight > 0
        ]
    return draft


def _number(text: str) -> float:
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan


def write(draft: Draft) -> str:
    """The long table."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["key", "pattern", "weight", "language", "kind"])
    for entry in draft.entries:
        weight = f"{entry.weight:.12g}"
        table.writerow([SEPARATOR.join(entry.path), entry.term, weight, entry.language, entry.kind])
    return out.getvalue()


FORMAT = Format(
    "csv", "table (CSV)", ".csv", looks, read, write,
    ("groups", "languages", "weights", "exclusions"),
)  # fmt: skip
