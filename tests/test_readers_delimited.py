"""CSV in all its dialects: what a writer wrote comes back, cell for cell."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediaframes.corpus.readers import Options
from mediaframes.corpus.readers._delimited import Delimited, find_dialect

PIECES = ["word", "Ärger", '"quote"', "it's", "a, b", "c; d", "x|y", "a\tb", "two\nlines", '"', "'"]
NAMES = ["id", "date", "text", "outlet"]
texts = st.lists(st.sampled_from(PIECES), min_size=3, max_size=30).map(" ".join)


def rows_of(content: str) -> tuple[list[str], list[list[str]], object]:
    batch = Delimited().read(content.encode(), "a.csv", Options())
    cells = [["" if cell is None else cell for cell in row] for row in batch.rows.values.tolist()]
    return list(batch.rows.columns), cells, batch


@given(
    st.lists(texts, min_size=3, max_size=12),
    st.sampled_from(",;\t|"),
    st.sampled_from("\"'"),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_dialects_come_back(bodies: list[str], delimiter: str, quote: str, end: str, header: bool):
    rows = [[str(n), "2024-10-01", body, "Echo"] for n, body in enumerate(bodies)]
    target = io.StringIO()
    writer = csv.writer(
        target, delimiter=delimiter, quotechar=quote, quoting=csv.QUOTE_ALL, lineterminator=end
    )
    writer.writerows([NAMES, *rows] if header else rows)
    names, cells, _ = rows_of(target.getvalue())
    assert cells == rows
    assert names == (NAMES if header else [f"column {n}" for n in range(1, 5)])


def test_tables_without_quotes():
    content = 'id\ttext\n1\t"Soon", he said, and left\n2\tIt\'s 5 o\'clock\n3\t"All of it"\n'
    _, cells, _ = rows_of(content)
    assert cells[0] == ["1", '"Soon", he said, and left']
    assert cells[1] == ["2", "It's 5 o'clock"]


def test_backslashes_before_quotes():
    content = 'id,text\n1,"He said \\"soon, perhaps\\", and left"\n2,"Rain, sun"\n'
    _, cells, _ = rows_of(content)
    assert cells == [["1", 'He said "soon, perhaps", and left'], ["2", "Rain, sun"]]


def test_excel_names_its_delimiter():
    _, cells, batch = rows_of("sep=;\nid;text\n1;Talks, resume.\n2;Sun.\n3\n")
    assert cells == [["1", "Talks, resume."], ["2", "Sun."]]
    assert [item.row for item in batch.rejected] == [5]


def test_row_names_of_r():
    names, cells, _ = rows_of('"id" "x"\n'.replace(" ", "\t") + '"1"\t"a"\t"b"\n"2"\t"c"\t"d"\n')
    assert names == ["row name", "id", "x"]
    assert cells == [["1", "a", "b"], ["2", "c", "d"]]


def test_equal_and_empty_names_are_told_apart():
    names, _, _ = rows_of("text,text,\na,b,c\nd,e,f\n")
    assert names == ["text", "text (2)", "column 3"]


def test_one_column():
    names, cells, _ = rows_of("text\nTalks resume.\nSun.\n")
    assert (names, cells) == (["text"], [["Talks resume."], ["Sun."]])


def test_a_torn_row_is_rejected_and_a_short_one_filled():
    torn = "id,outlet,text,a,b\n1,Echo,Talks\nresume.,x,y\n2,Globe,Sun.,x,y\n3,Globe,Rain.\n"
    _, cells, batch = rows_of(torn)
    assert [row[0] for row in cells] == ["2", "3"]
    assert [item.row for item in batch.rejected] == [2, 3]
    assert batch.notes == ("line 5: 3 of 5 cells, the rest taken as missing",)


def test_rows_are_counted_by_line():
    batch = rows_of('id,text\n1,"two\nlines"\n\n2,Sun.\n')[2]
    assert batch.rows.index.tolist() == [2, 5]


@pytest.mark.parametrize(
    ("file", "content", "table"),
    [
        ("a.csv", b"anything", True),
        ("a.tsv", b"anything", True),
        ("a.txt", b"id\ttitle\ttext\n1\tA\tB\n", True),
        ("a.txt", b"Talks resume, he said.\nNo title; no date.\n", False),
        ("a.csv", b"\0\1\2\3" * 100, False),
    ],
)
def test_sniff(file: str, content: bytes, table: bool):
    assert Delimited().sniff(content, file) == table


def test_huge_cells_are_read():
    _, cells, _ = rows_of("id,text\n1," + "word " * 100_000 + "\n")
    assert len(cells[0][1]) == 500_000


def test_dialect_in_words():
    assert str(find_dialect("id|text\n1|a\n2|b\n")) == 'bar, quote "'


def test_one_column_of_quoted_texts():
    text = 'text\n"One, two, three."\n"Four; five, six"\n"Seven"\n'
    assert str(find_dialect(text)) == 'comma, quote "'


def test_a_header_speaks_for_its_delimiter():
    text = "Datum;Zeitung;Text\n01.02.2023;Bote;Erst dies, dann das, dann jenes, und mehr\n"
    assert str(find_dialect(text)) == 'semicolon, quote "'
    assert str(find_dialect(text.replace(";", "\t"))) == 'tab, quote "'
