"""MediaCloud: lists of stories (CSV, JSON), mostly without texts, and sentences of stories."""

import json
import re
from typing import Any

import pandas as pd

from mediaframes.corpus.readers._batch import Batch, Options, Reader, Rejected, table
from mediaframes.corpus.readers._decode import decode, head_text, looks_like_text
from mediaframes.corpus.readers._delimited import Delimited
from mediaframes.corpus.readers._gdelt import METADATA_ONLY, metadata_only
from mediaframes.corpus.readers._pages import START
from mediaframes.corpus.roles import NAMES, plain
from mediaframes.errors import InputError

_TEXTS = NAMES["text"].split()
# Besides the day and a name of the outlet, one of these makes a table MediaCloud's: the older
# tools number stories, the newer search says when it found them.
_OWN = {"stories_id", "indexed_date", "processed_stories_id"}
_KEY = re.compile(rb'"([a-z_]{2,30})"\s{0,20}:')
_ROLES = {"title": "title", "date": "publish_date", "url": "url", "language": "language"}


class MediaCloudCsv(Reader):
    """A list of stories as CSV; with a column of texts, stories that have one are articles."""

    name = "MediaCloud CSV"

    def sniff(self, head: bytes, file: str) -> bool:
        """By the names of the columns."""
        if not looks_like_text(head[:4096]):
            return False
        first = head_text(head).lstrip("\ufeff").split("\n")[0]
        for delimiter in ",;\t":
            names = {name.strip(" \"'\r") for name in first.split(delimiter)}
            if "publish_date" in names and names & {"media_name", "media_id"} and names & _OWN:
                return True
        return False

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """The stories with a text; the others are left out as metadata."""
        batch = Delimited().read(data, file, options)
        names = {plain(name): name for name in reversed(batch.rows.columns)}
        text = next((names[name] for name in _TEXTS if name in names), None)
        rows = batch.rows
        found = pd.Series(False, rows.index) if text is None else rows[text].notna()
        roles = {role: name for role, name in _ROLES.items() if name in rows}
        if "media_name" in rows:
            roles["outlet"] = "media_name"
        if number := next((name for name in ("stories_id", "id") if name in rows), None):
            roles["id"] = number
        rejected = list(batch.rejected)
        for line, row in zip(rows.index[~found], rows[~found].to_dict("records"), strict=True):
            rejected.append(Rejected(line, METADATA_ONLY, _shown(row)))
        form = batch.format.replace("CSV", self.name, 1)
        notes = (*batch.notes, *_missing(int((~found).sum())))
        if text is None or not found.any():
            return metadata_only(form, batch.encoding, rejected, notes, rows, roles)
        roles["text"] = text
        return Batch(
            rows[found], form, batch.encoding, sorted(rejected), roles, notes, stubs=rows[~found]
        )


class MediaCloudJson(Reader):
    """Stories, or sentences of stories, as MediaCloud's interface gives them."""

    name = "MediaCloud JSON"

    def sniff(self, head: bytes, file: str) -> bool:
        """By the first object's keys."""
        if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
            return False
        keys = set(_KEY.findall(head))
        if not keys & {b"media_id", b"media_name"}:
            return False
        own = any(name.encode() in keys for name in _OWN)
        return (b"publish_date" in keys and own) or b"media_source_tags" in keys

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """One article per story that has a text or sentences."""
        text, encoding, notes = decode(data, encoding=options.encoding, file=file)
        rows: list[dict[str, Any]] = []
        stubs: list[dict[str, Any]] = []
        numbers, rejected = [], []
        gaps = 0
        for number, story in enumerate(_stories(_load(text, file), file), start=1):
            row, gap = _article(story)
            if row["text"]:
                rows.append(row)
                numbers.append(number)
                gaps += gap
            else:
                rejected.append(Rejected(number, METADATA_ONLY, _shown(row)))
                stubs.append(row)
        if gaps:
            notes = (*notes, f"{gaps} stories lack sentences: their numbers leave some out")
        notes = (*notes, *_missing(len(rejected)))
        roles = {"text": "text", "id": "stories_id", "outlet": "media_name"} | _ROLES
        stubs = [{name: row[name] for name in row if name != "text"} for row in stubs]
        without = table(stubs, [item.row for item in rejected])
        if not rows:
            known = {role: name for role, name in roles.items() if name in without}
            return metadata_only(self.name, encoding, rejected, notes, without, known)
        found = table(rows, numbers)
        roles = {role: name for role, name in roles.items() if name in found}
        return Batch(found, self.name, encoding, rejected, roles, notes, stubs=without)


def _missing(n: int) -> tuple[str, ...]:
    if not n:
        return ()
    return (f"{n:,} stories without text: MediaCloud gives addresses, not articles",)


def _shown(row: dict[Any, Any]) -> str:
    return str(row.get("title") or row.get("url") or "")[:START]


def _load(text: str, file: str) -> Any:
    """The content of a JSON file, or the objects of its lines."""
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:  # also a number without end
        try:
            lines = [line for line in text.split("\n") if line.strip()]
            return [json.loads(line, strict=False) for line in lines]
        except (ValueError, RecursionError):
            where = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
            raise InputError(f"{file}{where}: no JSON ({error}); download it again") from error


def _stories(content: Any, file: str) -> list[dict[str, Any]]:
    """The stories; sentences are gathered by the story they belong to."""
    if isinstance(content, dict) and "stories_id" not in content and "url" not in content:
        lists = [value for value in content.values() if isinstance(value, list)]
        content = [item for value in lists for item in value]
    items = content if isinstance(content, list) else [content]
    items = [item for item in items if isinstance(item, dict)]
    if not any("publish_date" in item for item in items):
        raise InputError(
            f"{file}: a list of MediaCloud's media, not of articles; move it elsewhere"
        )
    stories: list[dict[str, Any]] = []
    of: dict[str, dict[str, Any]] = {}
    for item in items:
        if "sentence" not in item:
            stories.append(item)
            continue
        key = str(item.get("stories_id"))
        if key not in of:
            shared = ("stories_id", "media_id", "media_name", "language", "publish_date")
            of[key] = {name: item[name] for name in shared if name in item}
            of[key]["story_sentences"] = []
            stories.append(of[key])
        of[key]["story_sentences"].append(item)
    return stories


def _article(story: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """A row, and whether sentences are missing from its text."""
    said = story.get("story_sentences")
    sentences = [item for item in said if isinstance(item, dict)] if isinstance(said, list) else []
    sentences.sort(key=lambda item: _number(item.get("sentence_number")))
    numbers = [_number(item.get("sentence_number")) for item in sentences]
    gap = numbers != list(range(len(numbers)))
    texts = {plain(name): name for name in reversed(story)}
    order = [texts[name] for name in ("storytext", *_TEXTS) if name in texts]
    whole = next((str(story[name]).strip() for name in order if story[name]), "")
    joined = " ".join(str(item.get("sentence") or "").strip() for item in sentences).strip()
    row = {k: v for k, v in story.items() if k not in (*order, "story_sentences")}
    return {"text": whole or joined or None, **row}, gap and bool(sentences)


def _number(value: Any) -> int:
    return int(value) if str(value or 0).isdecimal() and len(str(value)) < 10 else 0
