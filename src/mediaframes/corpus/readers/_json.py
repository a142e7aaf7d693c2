"""JSON: one object per line, an array of objects, or one object per file."""

import json
from collections.abc import Iterator
from typing import Any

from mediaframes.corpus.readers._batch import Batch, Options, Reader, Rejected, table
from mediaframes.corpus.readers._decode import decode, head_text, looks_like_text
from mediaframes.corpus.readers._zip import brief
from mediaframes.errors import InputError

START = 80  # characters shown of a line that cannot be read


class Json(Reader):
    """JSON lines and JSON arrays, known by the first brace or bracket."""

    name = "JSON"

    def sniff(self, head: bytes, file: str) -> bool:
        """Whether the first thing in the file is an object, or an array of objects."""
        if not looks_like_text(head):
            return False
        text = head_text(head).lstrip()
        compact = "".join(text[:200].split())
        return compact.startswith(('{"', "[{", "{}", "[]"))

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """One article per object; nested objects become columns ``outer.inner``."""
        text, encoding, notes = decode(data, encoding=options.encoding, file=file)
        lines = _lines(text) if text.lstrip().startswith("{") else None
        rejected: list[Rejected] = []
        if lines is not None:
            numbers, items, rejected = lines
            form = "JSON lines"
            if len(items) == 1 and not rejected and len(unwrapped := _unwrapped(items[0])) > 1:
                items, numbers, form = unwrapped, list(range(1, len(unwrapped) + 1)), "JSON"
        else:
            items = _whole(text, file)
            numbers, form = list(range(1, len(items) + 1)), "JSON"
        rows, kept = [], []
        for number, item in zip(numbers, items, strict=True):
            if isinstance(item, dict):
                rows.append(_flat(item))
                kept.append(number)
            else:
                rejected.append(Rejected(number, "no JSON object", str(item)[:START]))
        return Batch(table(rows, kept), form, encoding, sorted(rejected), notes=notes)


def _lines(text: str) -> tuple[list[int], list[Any], list[Rejected]] | None:
    """Objects one per line; None where no line stands for itself (an indented object)."""
    numbers: list[int] = []
    items: list[Any] = []
    rejected: list[Rejected] = []
    for number, line in enumerate(_each_line(text), start=1):
        if not line.strip():
            continue
        try:
            items.append(json.loads(line, strict=False))
            numbers.append(number)
        except (ValueError, RecursionError) as error:
            if not items and not rejected and line.strip() in "{[":
                return None
            why = "nested too deeply" if isinstance(error, RecursionError) else brief(error)
            reason = f"no JSON: {getattr(error, 'msg', why)}"
            rejected.append(Rejected(number, reason, line[:START]))
    return numbers, items, rejected


def _each_line(text: str) -> Iterator[str]:
    """The lines one by one: no second copy of a large file in memory.

    Not as splitlines(), which also breaks at characters that may stand inside JSON strings.
    """
    begin = 0
    while begin < len(text):
        end = text.find("\n", begin)
        end = len(text) if end < 0 else end
        yield text[begin:end]
        begin = end + 1


def _whole(text: str, file: str) -> list[Any]:
    try:
        content = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:  # also a number without end
        where = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise InputError(
            f"{file}{where}: no JSON ({error}); export again, best as JSON lines, where one "
            "damaged article does not spoil the others"
        ) from error
    return _unwrapped(content)


def _unwrapped(content: Any) -> list[Any]:
    """The articles in a file's content: a list, an object's only list of objects, or itself."""
    if isinstance(content, list):
        return content
    if not isinstance(content, dict):
        return [content]
    lists = [
        value
        for value in content.values()
        if isinstance(value, list) and value and all(isinstance(item, dict) for item in value)
    ]
    return lists[0] if len(lists) == 1 else [content]


def _flat(item: dict[str, Any], above: str = "") -> dict[str, Any]:
    """Nested objects as columns ``outer.inner``."""
    flat: dict[str, Any] = {}
    for key, value in item.items():
        name = f"{above}{key}"
        # deeper than two levels is structure, not a column
        if isinstance(value, dict) and value and above.count(".") < 2:
            flat |= _flat(value, f"{name}.")
        else:
            flat[name] = value
    return flat
