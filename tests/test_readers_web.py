"""Web pages as files: saved as HTML, and told from the exports of press databases."""

import pytest

from mediaframes.corpus.readers import Options, reader_for
from mediaframes.corpus.readers._webpage import Html
from mediaframes.corpus.reading import read
from mediaframes.errors import InputError
from tests.test_webpage import META, ONE, PARAGRAPHS, TWO, page

NAME = "web page (HTML)"


@pytest.mark.parametrize(
    "begin",
    [
        "",
        "\ufeff",
        "\n\n  ",
        "<!-- saved from url=(0020)https://example.org/ -->\n",
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        "<!-- a --><!-- b -->",
    ],
)
def test_a_page_is_known_by_its_beginning(begin):
    data = (begin + page()).encode()
    for file in ("a.html", "a.txt", "2024/ferry", "a.aspx"):
        reader = reader_for(data, file)
        assert reader is not None
        assert reader.name == NAME, (begin, file)
    wide = reader_for((begin.removeprefix("\ufeff") + page()).encode("utf-16"), "a")
    assert wide is not None
    assert wide.name == NAME


@pytest.mark.parametrize(
    ("data", "file", "known"),
    [
        (PARAGRAPHS, "a.htm", True),  # a fragment
        (PARAGRAPHS, "a.txt", False),
        ("no tags at all", "a.html", False),
        ("<rss version='2.0'><channel></channel></rss>", "a.xml", False),
        ("<HTML><BODY>" + PARAGRAPHS, "a", True),
        ("text, then <p>a tag</p>", "a.csv", False),
        ('{"text": "<p>a</p>"}', "a.json", False),
        ("%PDF-1.4 \x01\x02\x03\x04<html>", "a.html", False),
    ],
)
def test_what_is_a_page(data, file, known):
    assert Html().sniff(data.encode(), file) is known


def test_read_a_folder_of_pages(tmp_path, capsys):
    (tmp_path / "a.html").write_text(page(head=META))
    (tmp_path / "b.htm").write_text("<html><title>Log in</title><body><form><input></form></body>")
    corpus = read(tmp_path)
    assert corpus.docs["outlet"].tolist() == ["Daily Example"]
    assert corpus.docs["date"].dt.strftime("%Y-%m-%d").tolist() == ["2024-10-24"]
    assert ONE in corpus.docs["text"].iloc[0]
    assert "All rights reserved" not in corpus.docs["text"].iloc[0]
    said = capsys.readouterr().out
    assert "a.html: web page (HTML), utf-8: 1 announced, 1 read, 0 rejected" in said
    accounted = len(corpus.docs) + len(corpus.left_out)
    assert accounted == 2


def test_a_page_without_an_article_is_left_out_with_its_reason():
    data = b"<html><head><title>Log in</title></head><body><form><input></form></body></html>"
    batch = Html().read(data, "a.html", Options())
    assert batch.rows.empty
    assert [(item.reason, item.start) for item in batch.rejected] == [
        ("no article found on the page", "Log in")
    ]


def test_the_lines_of_a_page_go_with_it():
    batch = Html().read(page().encode(), "a.html", Options())
    assert batch.lines is not None
    assert batch.rows.index.tolist() == [1]
    assert set(batch.lines["row"]) == {1}
    assert batch.lines["line"].tolist() == list(range(1, len(batch.lines) + 1))
    kept = batch.lines[batch.lines["part"] == "text"]
    assert "\n".join(kept["text"]) == batch.rows.loc[1, "text"]
    assert TWO in kept["text"].tolist()


def test_an_export_that_no_reader_knows_is_not_one_article():
    title = "Ferry talks resume - Daily Example"
    for name in ("Factiva Results", "12 results | Nexis Uni", "3 of 12 DOCUMENTS"):
        with pytest.raises(InputError, match="looks like an export of a press database"):
            Html().read(page().replace(title, name).encode(), "a.html", Options())
    article = page().replace(title, "Factiva, the database, is sold to a rival, the owner says")
    assert len(Html().read(article.encode(), "a.html", Options()).rows) == 1


def test_a_wrong_encoding_names_the_file(tmp_path):
    (tmp_path / "a.html").write_bytes(page().replace("ferry", "fähre").encode("cp1252"))
    with pytest.raises(InputError, match=r"a\.html, line 1: byte 0xe4 is no utf-8"):
        read(tmp_path / "a.html", encoding="utf-8")
