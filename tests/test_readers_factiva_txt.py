"""Factiva as text and RTF: with codes and without, in any language of the interface. Invented."""

from pathlib import Path

import pytest

from mediaframes.corpus.readers import Options, reader_for
from mediaframes.corpus.readers._factiva_txt import FactivaRtf, FactivaTxt
from mediaframes.corpus.reading import read
from mediaframes.errors import InputError

LABELLED = """
HD
Harbor talks resume
BY
By Ann Sample
WC
1,234 words
PD
24 October 2024
ET
09:15
SN
The Harbor Echo
SC
HARECO
PG
7
LA
English
CY
(c) 2024, The Harbor Echo.
LP
NORHAVEN - The two sides met again.

TD
They will meet on Friday.
CO
A ferry is late.

NS
gpol : Domestic Politics | gvote : Elections
RE
norh : Norhaven
PUB
Echo Ltd
AN
Document HARECO0020241024ekao0000d
\f
SE\tSport
HD\tFerry wins
WC\t80 words
PD\t25. Oktober 2024
SN\tDer Bote
LA\tDeutsch
LP\tDie Fähre gewinnt.
AN\tDokument DERBOT0020241025ekap0000e

Search Summary
Text\tferry
Results Found\t812
"""
PLAIN = """Inland
Hafengespräche gehen weiter
Von Anna Muster
312 Wörter
24. Oktober 2024
10:07
Der Bote
BOTE
5
Deutsch
(c) 2024, Bote Verlag

Die beiden Seiten trafen sich wieder.

Am Freitag geht es weiter.

Bote Verlag GmbH

Dokument DERBOT0020241024ekao0000d

Prices rise again in the harbor
45 words
25 October 2024
The Harbor Echo
English
Copyright 2024 The Harbor Echo

Prices rose by 3 per cent.

Document HARECO0020241025ekap0000e

Résumé de la recherche
Résultats trouvés 2
"""


def rtf(text: str) -> bytes:
    lines = "".join(
        rf"{line.encode('ascii', 'backslashreplace').decode()}\par" + "\n"
        if not any(ord(c) > 127 for c in line)
        else "".join(c if ord(c) < 128 else rf"\u{ord(c)}?" for c in line) + "\\par\n"
        for line in text.replace("\f", "\\page ").replace("\t", "\\tab ").split("\n")
    )
    return (r"{\rtf1\ansi{\footer \'a9 2024 Factiva, Inc.\par}" + lines + "}").encode("ascii")


@pytest.mark.parametrize("form", ["txt", "rtf"])
def test_with_codes(form: str):
    data = rtf(LABELLED) if form == "rtf" else LABELLED.encode()
    reader = reader_for(data, f"a.{form}")
    assert isinstance(reader, FactivaRtf if form == "rtf" else FactivaTxt)
    batch = reader.read(data, f"a.{form}", Options())
    first, second = batch.rows.to_dict("records")
    assert first["title"] == "Harbor talks resume"
    assert " ".join(first["text"].split()) == (
        "NORHAVEN - The two sides met again. They will meet on Friday."
    )
    assert first["companies"] == "A ferry is late."
    assert (first["author"], first["length"], first["date"]) == (
        "By Ann Sample", "1,234 words", "24 October 2024",
    )  # fmt: skip
    assert (first["outlet"], first["language"], first["page"]) == ("The Harbor Echo", "en", "7")
    assert first["subjects"] == "gpol : Domestic Politics; gvote : Elections"
    assert first["id"] == "HARECO0020241024ekao0000d"
    assert (second["section"], second["title"], second["language"]) == ("Sport", "Ferry wins", "de")
    assert second["text"] == "Die Fähre gewinnt."
    assert "the search had 812 results, this file holds some" in batch.notes
    assert any(
        "below the last article" in note and "Search Summary" in note for note in batch.notes
    )
    assert batch.rejected == []


@pytest.mark.parametrize("form", ["txt", "rtf"])
def test_without_labels(form: str):
    data = rtf(PLAIN) if form == "rtf" else PLAIN.encode("utf-16")
    reader = reader_for(data, f"a.{form}")
    assert isinstance(reader, FactivaRtf if form == "rtf" else FactivaTxt)
    batch = reader.read(data, f"a.{form}", Options())
    first, second = batch.rows.to_dict("records")
    assert first["section"] == "Inland"
    assert first["title"] == "Hafengespräche gehen weiter"
    assert first["author"] == "Von Anna Muster"
    assert (first["date"], first["time"], first["outlet"]) == (
        "24. Oktober 2024", "10:07", "Der Bote",
    )  # fmt: skip
    assert (first["source_code"], first["page"], first["language"]) == ("BOTE", "5", "de")
    assert first["text"] == "Die beiden Seiten trafen sich wieder.\n\nAm Freitag geht es weiter."
    assert first["publisher"] == "Bote Verlag GmbH"
    assert second["title"] == "Prices rise again in the harbor"
    assert (second["outlet"], second["text"]) == ("The Harbor Echo", "Prices rose by 3 per cent.")
    assert "the search had 2 results, this file holds some" in batch.notes


def test_the_corpus(tmp_path: Path, capsys):
    (tmp_path / "a.txt").write_text(PLAIN, encoding="utf-8")
    (tmp_path / "b.rtf").write_bytes(rtf(LABELLED))
    docs = read(tmp_path).docs
    assert len(docs) == 4
    assert docs["date"].dt.strftime("%m-%d").value_counts().to_dict() == {"10-24": 2, "10-25": 2}
    assert "a.txt: Factiva TXT, utf-8: 2 announced, 2 read, 0 rejected" in capsys.readouterr().out


def test_what_is_cut_or_no_article_is_named():
    text = PLAIN[: PLAIN.index("Copyright 2024")]
    batch = FactivaTxt().read(text.encode(), "a.txt", Options())
    assert len(batch.rows) == 1
    assert [item.reason for item in batch.rejected] == ["no text"]
    odd = PLAIN.replace("45 words\n25 October 2024\n", "")
    batch = FactivaTxt().read(odd.encode(), "a.txt", Options())
    assert [(item.reason, item.start[:12]) for item in batch.rejected] == [
        ("an article whose heading is not understood", "Prices rise ")
    ]
    with pytest.raises(InputError, match="a text of Factiva without an article"):
        FactivaTxt().read(b"Search Summary\nText ferry\n", "a.txt", Options())


def test_a_form_feed_parts_articles_without_numbers():
    text = PLAIN.replace("Dokument DERBOT0020241024ekao0000d", "\f")
    batch = FactivaTxt().read(text.encode(), "a.txt", Options())
    assert batch.rows["title"].tolist() == [
        "Hafengespräche gehen weiter", "Prices rise again in the harbor",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "Talks resume.\n\nDocument 7 of the council was read.\n",
        "A title\n120 words\n5 March 2023\nText without any number of a document.\n",
        '{"HD": 1}\nWC\nPD\nHD\nLP\n',
    ],
)
def test_other_texts_are_not_factivas(text: str):
    assert not isinstance(reader_for(text.encode(), "a.txt"), FactivaTxt)
