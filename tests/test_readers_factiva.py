"""Factiva: the index of codes, the layout without labels, XML. All articles are invented."""

import gzip
from pathlib import Path

import pytest

from mediaframes.corpus.readers import Batch, Options, reader_for
from mediaframes.corpus.reading import read
from mediaframes.errors import InputError

PAGE = (
    '<!DOCTYPE html><html><head><title>Factiva</title></head><body><div id="contentLeft">'
    "{}</div><table>{}</table></body></html>"
)


def unlabelled(number: int, *, length: str = "808 words", date: str = "13 November 2017") -> str:
    """An article as Factiva saves it without codes; search hits are bold."""
    return f"""<div id="article-X{number}" class="article"><div class="article deArticle"><p>
</p><div>Politik</div>
<div id="hd"><span class="deHeadline">{number}) Der <b>Haus</b>halt &amp; die Zahlen</span>
</div><div class="author">Anna Beispiel </div><div>{length}</div><div>{date}</div><div>11:21</div>
<div>Der Bote</div><div>BOTE</div><div>1; National</div><div>6,7</div><div>German</div>
<div>(c) 2017 Bote Verlag </div>
<p></p>
<p class="articleParagraph dearticleParagraph">Die Zahlen
 steigen.<br>Seit Mai.</p>
<p>Ein Zwischenruf.</p><table><tr><td>Mai</td><td>7</td></tr></table>
<p class="articleParagraph dearticleParagraph">Der Rat <b>berät</b>.</p>
<p>Foto: Archiv</p><p>Bote Verlag GmbH</p><p>Dokument BOTE00002017111{number}edbd0000d</p></div>
</div><br>"""


def index_row(code: str, value: str) -> str:
    return f'<tr><td class="index"><b>{code}</b>&nbsp;</td><td>{value}</td></tr>'


INDEX = "".join(
    [
        '<div class="article frArticle"><table>',
        index_row("SE", "Monde"),
        index_row("HD", "<b class='frHeadline'>Le budget</b>"),
        index_row("WC", "295 mots"),
        index_row("PD", "29 décembre 2011"),
        index_row("SN", "Le Messager"),
        index_row("LA", "Français"),
        index_row("LP", "<p class='articleParagraph'>Les chiffres montent.</p>"),
        index_row("TD", "<p class='articleParagraph'>Un.</p><p class='articleParagraph'>Deux.</p>"),
        index_row("NS", "gpol : Politique | gvote : Élections"),
        index_row("XYZ", "une colonne nouvelle"),
        index_row("AN", "Document MESS000020111229e7ct0001r"),
        "</table></div>",
    ]
)


def read_bytes(content: str | bytes, name: str = "a.html") -> Batch:
    data = content.encode() if isinstance(content, str) else content
    reader = reader_for(data, name)
    assert reader is not None
    return reader.read(data, name, Options())


def test_layout_without_labels() -> None:
    batch = read_bytes(PAGE.format(unlabelled(1) + unlabelled(2), ""))
    assert batch.format == "Factiva HTML"
    row = batch.rows.iloc[0].to_dict()
    assert row["title"] == "1) Der Haushalt & die Zahlen"
    assert row["text"] == (
        "Die Zahlen steigen.\nSeit Mai.\n\nEin Zwischenruf.\n\nMai\n\n7\n\nDer Rat berät."
    )
    expected = {
        "section": "Politik", "author": "Anna Beispiel", "length": "808 words", "time": "11:21",
        "date": "13 November 2017", "outlet": "Der Bote", "source_code": "BOTE", "page": "6,7",
        "edition": "1; National", "language": "de", "language_name": "German",
        "copyright": "(c) 2017 Bote Verlag", "captions": "Foto: Archiv",
        "publisher": "Bote Verlag GmbH", "id": "BOTE000020171111edbd0000d",
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected
    assert list(batch.rows.index) == [1, 13]


@pytest.mark.parametrize(
    ("length", "date"),
    [
        ("1.285 Wörter", "1 April 2017"),
        ("295 mots", "29 décembre 2011"),
        ("1,024 palabras", "3 enero 2012"),
        ("12 parole", "4 settembre 2012"),
        ("77 palavras", "4 março 2012"),
        ("95 слов", "4 октября 2012"),
        ("512語", "2012 年 10 月 4 日"),
        ("512 字", "2012年10月4日"),
    ],
)
def test_any_language_of_the_interface(tmp_path: Path, length: str, date: str) -> None:
    page = tmp_path / "a.html"
    page.write_text(PAGE.format(unlabelled(1, length=length, date=date), ""))
    docs = read(page).docs
    assert docs["length"].tolist() == [length]
    assert docs["outlet"].tolist() == ["Der Bote"]
    assert docs["date"].notna().all()


def test_index_of_codes(tmp_path: Path) -> None:
    page = tmp_path / "a.htm.gz"
    page.write_bytes(gzip.compress(PAGE.format(INDEX, "").encode()))
    corpus = read(page)
    row = corpus.docs.iloc[0].to_dict()
    assert corpus.docs.index[0] == "MESS000020111229e7ct0001r"
    assert row["text"] == "Les chiffres montent.\n\nUn.\n\nDeux."
    assert row["subjects"] == "gpol : Politique; gvote : Élections"
    assert (row["language"], row["section"], row["length"]) == ("fr", "Monde", "295 mots")
    assert row["xyz"] == "une colonne nouvelle"
    assert str(row["date"].date()) == "2011-12-29"


def test_an_article_without_text_is_rejected_and_damage_stays_where_it_is() -> None:
    empty = '<div class="article enArticle"><div id="hd">Only a headline</div><div>1 words</div>'
    deep = '<div class="article enArticle">' + "<div>" * 400 + "too deep"
    results = "<tr><td class='label'>Results Found</td><td>1,342</td></tr>"
    batch = read_bytes(PAGE.format(empty + deep + unlabelled(3), results))
    assert len(batch.rows) == 1
    assert [(item.row, item.reason) for item in batch.rejected] == [
        (1, "no text"),
        (1, "HTML that cannot be read (Excessive depth in document: 256)"),
    ]
    assert batch.rejected[0].start == "Only a headline"
    assert batch.notes == ("the search had 1,342 results, this page holds some",)


def test_a_heading_without_length_and_a_byline_without_class() -> None:
    article = unlabelled(1).replace("<div>808 words</div>", "")
    row = read_bytes(PAGE.format(article, "")).rows.iloc[0].to_dict()
    assert (row["date"], row["outlet"]) == ("13 November 2017", "Der Bote")
    article = unlabelled(1).replace('<div class="author">', "<div>")
    row = read_bytes(PAGE.format(article, "")).rows.iloc[0].to_dict()
    assert (row["author"], row["outlet"]) == ("Anna Beispiel", "Der Bote")
    article = unlabelled(1, length="", date="").replace("<div></div>", "")
    row = read_bytes(PAGE.format(article, "")).rows.iloc[0].to_dict()
    assert row["heading"].startswith("11:21; Der Bote; BOTE")  # nothing to hold on to: kept whole
    assert row["text"].startswith("Die Zahlen")


def test_a_page_of_many_small_elements_takes_seconds() -> None:
    page = '<div class="article enArticle"><div id="hd">T</div>' + "<div>x</div>" * 20_000
    assert read_bytes(PAGE.format(page, "")).rejected[0].reason == "no text"


def test_a_file_cut_off_says_so() -> None:
    page = PAGE.format(unlabelled(1) + unlabelled(2), "")
    batch = read_bytes(page[: page.rindex("Der Rat") + 7])
    assert batch.rows["text"].tolist()[1].endswith("Der Rat")
    assert batch.notes == ("cut off in the last article (line 13)",)


def test_a_page_without_articles_is_refused() -> None:
    with pytest.raises(InputError, match="without articles"):
        read_bytes(PAGE.format("<p>Headlines</p>", ""))


XML = """<?xml version="1.0" encoding="utf-8"?>
<PPSResponse>
<ppsArticleResponse xmlns="http://global.factiva.com/pps/2.0"><ppsarticleResultSet count="2">
<ppsarticle><article><accessionNo>ECHO000020120109e5170003</accessionNo>
<baseLanguage>EN</baseLanguage><headline><paragraph><hlt>BUDGET</hlt> talks</paragraph></headline>
<byline>A. Smith</byline>
<leadParagraph><paragraph>The talks resume.</paragraph></leadParagraph>
<publicationDate><dateTime>2012-01-09T01:35:58Z</dateTime></publicationDate>
<sourceName>The Echo</sourceName><region code="usa"><name>United States</name></region>
<region code="fra"><name>France</name></region><tailParagraphs><paragraph>Rates
 <hlt>rise</hlt>n.</paragraph><paragraph>End.</paragraph></tailParagraphs>
<wordCount>942</wordCount></article></ppsarticle>
<ppsarticle><article><headline><paragraph>No text here</paragraph></headline>
</article></ppsarticle></ppsarticleResultSet></ppsArticleResponse></PPSResponse>"""


def test_xml() -> None:
    batch = read_bytes("\ufeff" + XML, "a.xml")
    assert (batch.format, batch.announced) == ("Factiva XML", 2)
    row = batch.rows.iloc[0].to_dict()
    assert row["title"] == "BUDGET talks"
    assert row["text"] == "The talks resume.\n\nRates risen.\n\nEnd."
    assert (row["author"], row["outlet"], row["length"]) == ("A. Smith", "The Echo", "942")
    assert row["regions"] == "United States; France"
    assert [(item.row, item.reason, item.start) for item in batch.rejected] == [
        (13, "no text", "No text here")
    ]
    assert list(batch.rows.index) == [4]


def test_damaged_xml_is_read_as_far_as_possible() -> None:
    batch = read_bytes(XML[: XML.index("End.")], "a.xml")
    assert batch.rows["text"].tolist() == ["The talks resume.\n\nRates risen."]
    assert "damaged XML (line 1" in batch.notes[0]
    assert batch.announced == 2


def test_xml_with_entities_is_refused() -> None:
    evil = XML.replace(
        "<PPSResponse>", '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><PPSResponse>'
    ).replace("A. Smith", "&a;")
    with pytest.raises(InputError, match=r"a\.xml, line 2: declares entities"):
        read_bytes(evil, "a.xml")


@pytest.mark.parametrize(
    "content", ["<html><p>Factiva</p></html>", "id;text\n1;<div>Factiva</div>"]
)
def test_other_files_are_left_to_others(content: str) -> None:
    reader = reader_for(content.encode(), "a.html")
    assert reader is None or "Factiva" not in reader.name
