"""Excel workbooks: a table per sheet, read as CSV is. Integrum's export is known by its header."""

import re
import warnings
import zipfile
from io import BytesIO
from typing import Any

import pandas as pd

from mediaframes.corpus.readers._archives import RATIO, RATIO_FROM
from mediaframes.corpus.readers._batch import Batch, Options, Reader, cell
from mediaframes.corpus.readers._delimited import _header
from mediaframes.corpus.readers._integrum import COLUMNS as INTEGRUM
from mediaframes.corpus.readers._proquest_table import LEAST_PROQUEST, PROQUEST, proquest_table
from mediaframes.corpus.readers._zip import brief
from mediaframes.corpus.roles import KNOWN, plain
from mediaframes.errors import InputError

LARGEST = 1 << 30  # bytes unpacked: a workbook of 300,000 articles; more is a zip bomb
MOST_ROWS = 1 << 20  # what Excel holds; a damaged row number may say anything
LONGEST = 32_767  # characters that Excel keeps in a cell
ABOVE = 20  # rows in which a header is looked for: exports set their name and date above it
# Integrum numbers its files: hits 1 to 59 of 59 are "..._0001-0059_0059.xlsx"
_FROM_TO = re.compile(r"_(\d{4,6})-(\d{4,6})_\d{4,6}\.xlsx$", re.IGNORECASE)
_Record = tuple[int, list[str]]


class Xlsx(Reader):
    """Workbooks of Excel 2007 and later; rows are counted as Excel counts them."""

    name = "XLSX"

    def sniff(self, head: bytes, file: str) -> bool:
        """By the names of the archive's first members."""
        if not head.startswith(b"PK\x03\x04") or b"word/" in head:
            return False
        return b"xl/" in head or file.lower().endswith((".xlsx", ".xlsm"))

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """The rows of the first sheet and of others with the same header."""
        _check(data, file)
        names: list[str] = []
        good: list[_Record] = []
        notes: tuple[str, ...] = ()
        for sheet, records, visible in _sheets(data, file):
            if not records:
                continue
            if not visible:
                notes = (*notes, f"hidden sheet '{sheet}' with {len(records)} rows is not read: "
                         "unhide it if it holds articles")  # fmt: skip
                continue
            records, skipped = _from_header(records)
            header, records, said = _header(records, ())
            if not names:
                names, first = header, sheet
                notes = (*notes, *said, *skipped)
            elif header != names:
                notes = (*notes, f"sheet '{sheet}' with {len(records)} rows is not read: its "
                         f"columns are others than those of '{first}'")  # fmt: skip
                continue
            else:
                last = good[-1][0] if good else 0
                notes = (*notes, f"rows of sheet '{sheet}' are counted from {last}")
                records = [(last + number, cells) for number, cells in records]
            good += records
        if not names:
            raise InputError(f"{file}: the workbook is empty; export it again or take it away")
        rows = pd.DataFrame(
            [(cells + [""] * len(names))[: len(names)] for _, cells in good],
            columns=names,
            index=[number for number, _ in good],
            dtype="object",
        )
        rows = rows.where(rows != "", None)
        cut = int((rows.map(lambda value: len(value or "")) >= LONGEST).any(axis=1).sum())
        if cut:
            notes = (*notes, f"{cut} rows hold {LONGEST:,} characters in a cell, the most that "
                     "Excel keeps: their texts may be cut")  # fmt: skip
        if len(PROQUEST & {plain(name) for name in names}) >= LEAST_PROQUEST:
            return proquest_table(rows, f"ProQuest {self.name}", "", notes)
        known = {role: name for name, role in INTEGRUM.items() if name in names}
        integrum = {"text", "date", "outlet", "title"} <= set(known)
        if not integrum:
            return Batch(rows, self.name, notes=notes)
        numbers = _FROM_TO.search(file)
        announced = int(numbers[2]) - int(numbers[1]) + 1 if numbers else None
        return Batch(rows, "Integrum XLSX", roles=known, notes=notes, announced=announced)


def _check(data: bytes, file: str) -> None:
    """A whole archive of bearable size, without definitions of entities."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            size = sum(member.file_size for member in archive.infolist())
            if size > LARGEST:
                raise InputError(
                    f"{file}: unpacks to {size:,} bytes, more than the {LARGEST:,} a workbook may "
                    "have here; save it as CSV"
                )
            for member in archive.infolist():
                if member.file_size > max(RATIO_FROM, RATIO * member.compress_size):
                    raise InputError(
                        f"{file}: {member.filename} unpacks to {member.file_size:,} bytes, more "
                        f"than {RATIO} times its size (a zip bomb?); save the table as CSV"
                    )
                if member.filename.endswith((".xml", ".rels")):
                    content = archive.read(member)
                    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
                        raise InputError(
                            f"{file}: {member.filename} defines entities, as no spreadsheet "
                            "program does; it is not read. Save the table as CSV"
                        )
    except InputError:
        raise
    except Exception as error:  # zipfile raises a dozen kinds for damaged archives
        raise _damaged(file, error) from error


def _damaged(file: str, error: Exception) -> InputError:
    return InputError(f"{file}: the workbook is damaged ({brief(error)}); copy or save it again")


def _sheets(data: bytes, file: str) -> list[tuple[str, list[_Record], bool]]:
    """The sheets with their rows that are not empty, and whether they are visible."""
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on styles and extensions, which are not read
            book = openpyxl.load_workbook(
                BytesIO(data), read_only=True, data_only=True, keep_links=False
            )
            try:
                return [
                    (sheet.title, _rows(sheet), sheet.sheet_state == "visible")
                    for sheet in book.worksheets
                ]
            finally:
                book.close()
    except Exception as error:  # openpyxl raises whatever its parts do
        raise _damaged(file, error) from error


def _rows(sheet: Any) -> list[_Record]:
    records = []
    sheet.reset_dimensions()  # what the file says of its size is often wrong
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        if number > MOST_ROWS:
            raise ValueError(f"more than {MOST_ROWS:,} rows")
        cells = [_text(value) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            records.append((number, cells))
    return records


def _text(value: Any) -> str:
    found = cell(value)
    return "" if found is None else str(found).strip("\ufeff")


def _from_header(records: list[_Record]) -> tuple[list[_Record], tuple[str, ...]]:
    """The records from the row of names on, and what stands above it."""
    for place, (_, cells) in enumerate(records[:ABOVE]):
        known = sum(plain(name) in KNOWN or name in INTEGRUM for name in cells)
        if known > 1:
            above = "; ".join(" ".join(cells) for _, cells in records[:place])
            return records[place:], (f"above the header: {above[:80]}",) if above else ()
    return records, ()
