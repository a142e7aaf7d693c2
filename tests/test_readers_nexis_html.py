"""LexisNexis as HTML. All articles are invented."""

import gzip
from pathlib import Path

import pytest

from mediaframes.corpus.readers import Batch, Options, reader_for
from mediaframes.corpus.readers._nexis_html import NexisHtml
from mediaframes.corpus.reading import read
from mediaframes.errors import InputError

TOP = """<HTML>
<HEAD>
<STYLE TYPE="text/css"><!--
.c0 { text-align: center; }
.c1 { text-align: center; margin-top: 0em; margin-bottom: 0em; }
.c2 { font-family: Arial; }
.c5 { text-align: left; }
--></STYLE>
<!-- LXNComment 1827:622163867 -->
<META TOPIC="null" DOCUMENTS="99" /></HEAD>
<BODY>
"""
COVER = (
    '<DIV CLASS="c5"><P CLASS="c5"><SPAN CLASS="c2">Download Request: Selected Items: 1-{}<BR>'
    "Terms: (x)<BR></SPAN></P>\n</DIV>\n"
)
END = "</BODY></HTML>"


def middle(text: str) -> str:
    return f'<BR><DIV CLASS="c0"><BR><P CLASS="c1"><SPAN CLASS="c2">{text}</SPAN></P>\n</DIV>\n'


def left(*paragraphs: str) -> str:
    inner = "\n".join(f'<P CLASS="c5"><SPAN CLASS="c2">{text}</SPAN></P>' for text in paragraphs)
    return f'<BR><DIV CLASS="c5">{inner}\n</DIV>\n'


def label(name: str, text: str) -> str:
    return left(f"{name}: </SPAN><SPAN>{text}")


def story(number: int, *parts: str, total: int = 2) -> str:
    return (
        f'<A NAME="DOC_ID_{number}_0"></A><!-- Hide XML section from browser\n<DOC NUMBER=1>\n'
        f"<DOCFULL> -->\n{middle(f'{number} of {total} DOCUMENTS')}{''.join(parts)}"
        '<!-- Hide XML section from browser\n</DOCFULL>\n</DOC> -->\n<DIV CLASS="c10"/>\n'
    )


GERMAN = (
    middle('<IMG SRC="x.gif"><BR>Der Bote'),
    middle("27.</SPAN><SPAN> Februar 2012 Montag 9:50 PM GMT+1</SPAN><SPAN>&nbsp;"),
    left("DENNIS: Die Z&auml;hlung;<BR>Zweiter Teil"),
    label("AUTOR", "Anna Beispiel"),
    label("L&Auml;NGE", "12 W&ouml;rter"),
    label("HIGHLIGHT", "&nbsp;Es z&auml;hlt.<BR><BR>http://bote.example/1"),
    left(
        "BOTE: Z&auml;hlt die <B>1\nof 60</B> document?",
        "1 of 60 document",
        "Ja.<BR>Sehr.",
        "&nbsp;",
    ),
    label("UPDATE", "1. M&auml;rz 2012"),
    label("SPRACHE", "GERMAN; DEUTSCH"),
    label("SECTEUR-UNBEKANNT", "x"),
    label("GRAFIK", "Bild"),
    middle("Copyright 2012 Bote Verlag<BR>Alle Rechte Vorbehalten"),
)


def read_text(text: str) -> Batch:
    return NexisHtml().read(text.encode(), "a.html", Options())


def test_an_article():
    batch = read_text(TOP + COVER.format(1) + story(1, *GERMAN, total=1) + END)
    row = batch.rows.iloc[0]
    assert batch.announced == 1 and batch.notes == ()
    assert (row["outlet"], row["date"]) == ("Der Bote", "27. Februar 2012")
    assert row["title"] == "DENNIS: Die Zählung; Zweiter Teil"
    assert row["text"] == "BOTE: Zählt die 1 of 60 document?\n\n1 of 60 document\n\nJa.\nSehr."
    assert row["highlight"] == "Es zählt. http://bote.example/1"
    assert (row["author"], row["length"], row["graphic"]) == ("Anna Beispiel", "12 Wörter", "Bild")
    assert (row["language"], row["load_date"]) == ("German", "1. März 2012")
    assert row["copyright"] == "Copyright 2012 Bote Verlag Alle Rechte Vorbehalten"


def test_many_articles_and_losses(tmp_path: Path):
    error = left("We are sorry but there is an error in this document.")
    same = [story(number, *GERMAN, total=400) for number in range(1, 401)]
    page = TOP + "".join(same) + story(401, middle("Copyright 2012 X"), total=401)
    batch = read_text(
        page + story(402, error, total=401) + END
    )  # unclosed tags would nest too deep
    assert len(batch.rows) == 400
    assert [item.reason for item in batch.rejected] == [
        "copyright line only, no article",
        "error document: Nexis could not deliver it",
    ]
    (tmp_path / "a.html.gz").write_bytes(gzip.compress((TOP + same[0] + END).encode()))
    corpus = read(tmp_path)
    assert corpus.docs["date"].dt.strftime("%Y-%m-%d").tolist() == ["2012-02-27"]
    assert corpus.docs["language"].tolist() == ["de"]
    assert corpus.files["announced"].tolist() == [400]  # 399 of them are not in the file


def test_sniffing_and_damage():
    page = TOP + story(1, *GERMAN) + story(2, *GERMAN) + END
    reader = reader_for(page.encode(), "a.html")
    assert reader is not None and reader.name == "Nexis HTML"
    assert not NexisHtml().sniff(b"<html><body><p>1 of 2 DOCUMENTS</p></body></html>", "a.html")
    cut = read_text(page[: page.index("SPRACHE", page.index("DOC_ID_2"))])
    assert len(cut.rows) == 2 and "the file is cut off: its last article may be too" in cut.notes
    with pytest.raises(InputError, match="without bookmarks of documents"):
        read_text(TOP + END)
    entities = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + page.replace("Ja.", "&e;")
    assert "root:" not in str(read_text(entities).rows["text"].tolist())
    read_text(TOP + story(1, *GERMAN, "<DIV>" * 50_000) + END)
    read_text(TOP + story(1, "\0", *GERMAN) + END)
