"""ProQuest's text export: articles between rules of underscores, fields as "Label: value"."""

import re
from bisect import bisect_right
from typing import Any

from mediaframes.corpus.readers._batch import Batch, Options, Reader, Rejected
from mediaframes.corpus.readers._decode import decode, looks_like_text
from mediaframes.corpus.readers._press_html import batch, is_markup, start
from mediaframes.corpus.readers._proquest import field, finish, mend_outlets

_RULE = re.compile(r"^_{40,}[ \t\r]*$", re.MULTILINE)
_RULE_BYTES = re.compile(rb"^_{40,}[ \t\r]*$", re.MULTILINE)
_BLANK = re.compile(r"\n[ \t\xa0]*\n\s*")
_COUNT = re.compile(r"Document \d{1,6} (?:of|de|von) (\d{1,6})")
LEAST_LABELS = 3  # different labels that a file must show, so that no other list is mistaken


class ProquestTxt(Reader):
    """Text files saved from ProQuest."""

    name = "ProQuest TXT"

    def sniff(self, head: bytes, file: str) -> bool:
        """Whether there are rules of underscores, ProQuest's name and its labels."""
        if is_markup(head) or not looks_like_text(head) or not _RULE_BYTES.search(head):
            return False
        if b"proquest" not in head.lower():
            return False
        text = head.decode("utf-8", "replace")
        if re.match(r"[A-Za-z-]{2,40}: .*\n", text):  # a mail, which may hold such a text
            return False
        found = (field(line) for line in text.splitlines())
        return len({item.column for item in found if item is not None}) >= LEAST_LABELS

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """Every article of the file."""
        text, encoding, notes = decode(data, encoding=options.encoding, file=file)
        items, announced = articles(text.replace("\r\n", "\n"))
        found = [(place, finish(place, item)) for place, item in items]
        last = found[-1][1] if found else None
        if isinstance(last, dict) and "id" not in last:
            notes = (*notes, f"cut off in the last article (line {found[-1][0]})")
        outlets = mend_outlets([item for _, item in found if isinstance(item, dict)])
        return batch(
            found,
            format=self.name,
            encoding=encoding,
            notes=(*notes, *outlets),
            announced=announced,
        )


def articles(text: str) -> tuple[list[tuple[int, dict[str, Any] | Rejected]], int | None]:
    """The fields of each article with the line where it begins, and how many are announced."""
    rules = list(_RULE.finditer(text))
    starts = [0, *(rule.end() for rule in rules)]
    ends = [*(rule.start() for rule in rules), len(text)]
    breaks = [match.start() for match in re.finditer("\n", text)]
    found: list[tuple[int, dict[str, Any] | Rejected]] = []
    announced = None
    for begin, end in zip(starts, ends, strict=True):
        block = text[begin:end]
        if not block.strip():
            continue
        begin += len(block) - len(block.lstrip())
        line = bisect_right(breaks, begin) + 1
        pieces = _BLANK.split(block.strip())
        if count := _COUNT.fullmatch(pieces[0].strip()):
            announced = int(count[1])
            pieces = pieces[1:]
        fields = _fields(pieces)
        if set(fields) <= {"title"}:
            # the cover and the closing page name ProQuest, whatever else they say
            if "proquest" not in block.lower():
                found.append((line, Rejected(line, "no labels of ProQuest", start(block))))
            continue
        found.append((line, fields))
    return found, announced


def _fields(pieces: list[str]) -> dict[str, Any]:
    """The fields of one block; `pieces` are its paragraphs between empty lines.

    The text ends where two known labels follow each other, or the last one: a paragraph of the
    article may begin with "Location:" too.
    """
    labels = [field(piece) for piece in pieces]
    fields: dict[str, Any] = {}
    if labels and (labels[0] is None or labels[0].column != "title"):
        # also "Location: unknown", a headline that looks like a field, where a field follows
        fields["title"] = " ".join(pieces[0].split())
        pieces, labels = pieces[1:], labels[1:]
    place = next((n for n, item in enumerate(labels) if item and item.column == "text"), None)
    end = place
    if place is not None:
        end = place + 1
        while end < len(pieces) and not _ends_text(labels, end):
            end += 1
        label = labels[place]
        assert label is not None
        body = [pieces[place][label.end :], *pieces[place + 1 : end]]
        fields["text"] = "\n\n".join(part.strip() for part in body if part.strip())
    before = 0
    latest = ""
    for number, piece in enumerate(pieces):
        if place is not None and end is not None and place <= number < end:
            latest = ""
            continue
        label = labels[number]
        if label is None:
            if latest:
                fields[latest] += " " + " ".join(piece.split())
            elif not piece.startswith(("http://", "https://")):
                before += 1
                fields[f"unlabelled_{before}"] = " ".join(piece.split())
            continue
        latest = label.column
        value = " ".join(piece[label.end :].split())
        if latest == "title" and "title" in fields:
            # the first line is the headline; the field repeats it, sometimes with its subtitle
            # twice, or broken by a space
            if "".join(value.split()) != "".join(fields["title"].split()):
                fields["title_field"] = value
        elif latest not in fields:
            fields[latest] = value
        else:
            fields[latest] += f"; {value}"
    return fields


def _ends_text(labels: list[Any], place: int) -> bool:
    if labels[place] is None:
        return False
    return place + 1 == len(labels) or labels[place + 1] is not None
