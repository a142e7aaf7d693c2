"""CSV and its kin: the delimiter, the quotes and the header are found from the contents."""

import csv
import io
import re
import sys
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from mediaframes.corpus.readers._batch import Batch, Options, Reader, Rejected
from mediaframes.corpus.readers._decode import bare_name, decode, head_text, looks_like_text
from mediaframes.corpus.roles import KNOWN, plain
from mediaframes.errors import InputError

ENDINGS = (".csv", ".tsv", ".tab", ".psv")
DELIMITERS = ",;\t|"
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
SAMPLE = 1 << 18  # characters that decide about the dialect: some fifty articles
LONGEST_NAME = 60  # characters of a column's name; a longer cell in row one is an article
START = 80
_EXCEL = re.compile(r"\A\s*\"?sep=.\"?\r?\n")  # Excel's first line that names the delimiter


class Dialect(NamedTuple):
    """How cells are set apart: delimiter, quote (``""`` for none), backslash before quotes."""

    delimiter: str
    quote: str
    escaped: bool = False

    def __str__(self) -> str:
        quote = f", quote {self.quote}" if self.quote else ", no quotes"
        return f"{NAMES[self.delimiter]}{quote}{', backslashes' if self.escaped else ''}"

    def records(self, text: str, *, strict: bool = False) -> Iterator[tuple[int, list[str]]]:
        """The records with the line where each begins; blank lines are passed over."""
        reader = csv.reader(
            io.StringIO(text, newline=""),
            delimiter=self.delimiter,
            quotechar=self.quote or None,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            escapechar="\\" if self.escaped else None,
            strict=strict,
        )
        before = 0
        for record in reader:
            if record:
                yield before + 1, record
            before = reader.line_num


class Delimited(Reader):
    """CSV, TSV and other delimited tables; rows are counted by line."""

    name = "CSV"

    def sniff(self, head: bytes, file: str) -> bool:
        """By the name's ending, or, in a .txt file, by a first line of known column names."""
        if not looks_like_text(head):
            return False
        name = bare_name(file.lower())
        if name.endswith(ENDINGS):
            return True
        if not name.endswith((".txt", ".text", ".dat")):
            return False
        lines = head_text(head).split("\n")[:2]
        for delimiter in DELIMITERS:
            cells = [cell.strip(" \"'\r") for cell in lines[0].split(delimiter)]
            if len(cells) > 1 and sum(plain(cell) in KNOWN for cell in cells) > 1:
                return True
        return False

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """The rows; those with too many or too few cells are rejected with their line."""
        text, encoding, notes = decode(data, encoding=options.encoding, file=file)
        text = _EXCEL.sub("\n", text)  # the line stays, so that lines are counted as in the file
        limit = csv.field_size_limit(sys.maxsize)  # the default cuts articles at 131,072 characters
        try:
            dialect = find_dialect(text)
            records = list(dialect.records(text))
        except csv.Error as error:
            raise InputError(
                f"{file}: cannot be read as a table ({error}); save it again as CSV with quotes "
                "around every text"
            ) from error
        finally:
            csv.field_size_limit(limit)
        if not records:
            raise InputError(f"{file}: the file is empty; export it again or take it away")
        names, records, notes = _header(records, notes)
        good, rejected, mended = _regular(records, len(names))
        columns = list(zip(*(cells for _, cells in good), strict=True)) or [()] * len(names)
        rows = pd.DataFrame(
            {name: list(column) for name, column in zip(names, columns, strict=True)},
            index=[line for line, _ in good],
            dtype="object",
        )
        rows = rows.where(rows != "", None)
        return Batch(rows, f"{self.name} ({dialect})", encoding, rejected, notes=(*notes, *mended))


def find_dialect(text: str) -> Dialect:
    """The dialect under which the file is most regular.

    Regular is a file whose records have equally many cells, at least two, and whose quotes open
    and close cells. Among equals the usual one wins.

    Examples
    --------
    >>> str(find_dialect("Sport;'Wien – Es sagte \\"nein; nie\\".'\\nWeb;'Neu; gut'\\n"))
    "semicolon, quote '"
    """
    sample = text[:SAMPLE]
    cut = len(text) > SAMPLE
    if _one_column(sample, cut):
        return Dialect(",", '"')
    best, highest = Dialect(",", '"'), (0.0, 0.0, 0)
    for delimiter in DELIMITERS:
        if delimiter not in sample:
            continue
        for rank, (quote, escaped) in enumerate(
            [('"', False), ("'", False), ("", False), ('"', True)]
        ):
            dialect = Dialect(delimiter, quote, escaped)
            regular, width = _regularity(dialect, sample, cut)
            quoted = _quoted_share(dialect, sample) if quote else 0.0
            score = (regular, quoted, width * 10 - rank)
            if regular and score > highest:
                best, highest = dialect, score
    return best


def _one_column(sample: str, cut: bool) -> bool:
    """Whether the file is a single column of quoted texts, with commas inside the quotes."""
    try:
        records = [record for _, record in Dialect(",", '"').records(sample, strict=True)]
    except csv.Error:
        return False
    whole = records[:-1] if cut else records
    if len(whole) < 2 or any(len(record) != 1 for record in whole):
        return False
    name_alone = not any(delimiter in whole[0][0] for delimiter in DELIMITERS)
    return name_alone and sample.count('\n"') >= len(whole) / 2


def _regularity(dialect: Dialect, sample: str, cut: bool) -> tuple[float, int]:
    """Share of records with the usual number of cells (0: hardly a table), and that number."""
    widths: list[int] = []
    strict = bool(dialect.quote)
    broken = False
    try:
        for _, record in dialect.records(sample, strict=strict):
            widths.append(len(record))
    except csv.Error as error:
        broken = not (cut and "unexpected end" in str(error))
        if broken:
            widths = [len(record) for _, record in dialect.records(sample)]
    if cut and len(widths) > 1:
        widths.pop()  # cut in the middle
    if not widths:
        return 0.0, 0
    width, times = Counter(widths[1:] or widths).most_common(1)[0]
    if width < 2:
        return 0.0, width
    # quotes inside cells that no dialect explains: possible, but any clean reading is better
    doubt = 0.8 if broken else 1.0
    if widths[0] not in (width, width - 1):  # a header that fits the records speaks for a reading
        doubt *= 0.5
    return round(times / len(widths[1:] or widths), 2) * doubt, width


def _quoted_share(dialect: Dialect, sample: str) -> float:
    """Of the places where a cell can begin, the share with this quote, in tenths."""
    quote, delimiter = re.escape(dialect.quote), re.escape(dialect.delimiter)
    opened = len(re.findall(rf"(?:^|{delimiter}){quote}", sample, re.MULTILINE))
    closed = len(re.findall(rf"{quote}(?:$|\r|{delimiter})", sample, re.MULTILINE))
    return round(min(opened, closed) / max(1, sample.count(dialect.delimiter)), 1)


def _header(
    records: list[tuple[int, list[str]]], notes: tuple[str, ...]
) -> tuple[list[str], list[tuple[int, list[str]]], tuple[str, ...]]:
    """Names of the columns and the records below them."""
    first = [name.strip() for name in records[0][1]]
    usual = Counter(len(cells) for _, cells in records[1:]).most_common(1)
    width = usual[0][0] if usual else len(first)
    if not _is_header(first, [cells for _, cells in records[1:200]]):
        names = [f"column {number}" for number in range(1, width + 1)]
        return names, records, (*notes, "no header line")
    if width == len(first) + 1 and _row_names(records[1:], width):
        first = ["row name", *first]
    names = []
    for number, name in enumerate(first, start=1):
        name = name or f"column {number}"
        names.append(name if name not in names else f"{name} ({number})")
    return names, records[1:], notes


def _row_names(records: list[tuple[int, list[str]]], width: int) -> bool:
    """Whether the first cells are row names, as R writes them: short, and none twice.

    Else a comma within unquoted texts adds the cell, and the text would lose its beginning.
    """
    names = [cells[0] for _, cells in records if len(cells) == width]
    return len(set(names)) == len(names) and max(map(len, names)) <= LONGEST_NAME


def _is_header(first: list[str], below: list[list[str]]) -> bool:
    if any(plain(name) in KNOWN for name in first):
        return True
    if any(len(name) > LONGEST_NAME or re.fullmatch(r"[\d.,:/ -]+", name) for name in first):
        return False
    # names stand nowhere below; the first row of a file without header often repeats (a section)
    seen = {(place, cell.strip()) for cells in below for place, cell in enumerate(cells)}
    return len(set(first)) == len(first) and not any(
        (place, name) in seen for place, name in enumerate(first)
    )


def _regular(
    records: list[tuple[int, list[str]]], width: int
) -> tuple[list[tuple[int, list[str]]], list[Rejected], tuple[str, ...]]:
    """Records with the right number of cells, the others with their line, and what was mended.

    A row that lacks cells at its end is filled with missing ones, but only where it stands alone:
    a line break inside an unquoted text tears a row into two or more short ones, and half of an
    article must not pass for one. One or two cells are too little to tell.
    """
    good, rejected, notes = [], [], []
    short = [len(cells) < width for _, cells in records]
    for place, (line, cells) in enumerate(records):
        if len(cells) > width and not any(cells[width:]):  # delimiters at the end of the line
            cells = cells[:width]
        alone = not any(short[max(0, place - 1) : place]) and not any(short[place + 1 : place + 2])
        if short[place] and alone and len(cells) >= max(3, width / 2):
            notes.append(f"line {line}: {len(cells)} of {width} cells, the rest taken as missing")
            cells = cells + [""] * (width - len(cells))
        if len(cells) == width:
            good.append((line, cells))
        else:
            reason = f"{len(cells)} cells where there should be {width}"
            rejected.append(Rejected(line, reason, max(cells, key=len)[:START]))
    return good, rejected, tuple(notes)
