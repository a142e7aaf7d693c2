"""APA-OnlineManager (RTF) and DeFacto (HTML)."""

from pathlib import Path

import pytest

from mediaframes.corpus.readers import Options, reader_for
from mediaframes.corpus.readers._apa import Apa
from mediaframes.corpus.readers._defacto import DeFacto
from mediaframes.corpus.reading import read
from mediaframes.errors import InputError

RTF = rb"""{\rtf1{\info{\title RTF Datei}{\author AOMweb}}{\fonttbl{\f1 Dialog;}}
{\header\pard APA-OnlineManager\cell 30.10.2017\cell\row{\*\shppict{\pict\jpegblip 123abc}}}
{\footer Suche nach "X"}
{\f1\i\b0 "Der Bote" vom 23.10.2017 Seite: 2\par\cf4 Ressort: Politik\par\i0\par\b Br\u252?cke
 teurer\b0  \par\par Der Bau kostet mehr. \par\par Im \cf5 Rat\cf4  wird gestritten. \par}\sect
{\i\b0 "\u214?sterreich Heute" Nr. 246 vom 3.10.2017 Seite L2\par Ressort: CHR Lokal\par\par p\u246?
\par\par OOE Morgen\i0  \par\par Streit um Kosten: \par\par\b Deutlich \i mehr\i0  Geld\b0  \par\par
Der Rat tagt. \par}\sect
{\i "Leer" vom 23.10.2017\par Ressort: Sport\par\i0\b Nur ein Titel\b0\par}\sect}"""

PAGE = """<html><head><meta http-equiv="Content-Type" content="text/html; charset=ISO-8859-1">
<title>DeFacto-Campus - Ausdruck</title></head><body class="print"><div class="printwrap">
<div class="eintrag">
  <pre>"Der Bote" Nr. 065 vom 02.04.2013                      Seite: 3
Ressort: Österreich</pre>

   Der Bau der Brücke wird teurer,
sagt der Rat.
<br>
  <h3>Mehr Geld
für die Brücke</h3>
  <p>   Wien - Der Bau kostet
mehr, ?heißt es?.</p>

<p>Im Rat wird gestritten.</p>
  <img src="x.gif" class="printimage">
</div>
<div class="eintrag"><pre>"Tagblatt" vom 22.04.2013
Ressort: Lokal</pre><h3>Kurz notiert </h3><p>Die Sonne scheint.</p></div>
<div class="eintrag"><pre>"Tagblatt" vom 22.04.2013
Ressort: Lokal</pre><h3>Ohne Text</h3></div>
</div><div id="tb">Werkzeug</div></body></html>
"""


def test_apa(tmp_path: Path):
    (tmp_path / "a.rtf").write_bytes(RTF)
    corpus = read(tmp_path)
    docs = corpus.docs.set_index("outlet")
    # the bold line, not the edition nor the kicker above it
    titles = {"Der Bote": "Brücke teurer", "Österreich Heute": "Deutlich mehr Geld"}
    assert docs["title"].to_dict() == titles
    assert docs.loc["Der Bote", "text"] == "Der Bau kostet mehr.\n\nIm Rat wird gestritten."
    second = docs.loc["Österreich Heute"]
    assert (second["kicker"], second["text"]) == ("Streit um Kosten:", "Der Rat tagt.")
    assert (second["edition"], second["section"]) == ("pö; OOE Morgen", "CHR Lokal")
    assert (second["issue"], second["page"]) == (246, "L2")
    assert str(second["date"].date()) == "2017-10-03"
    gone = corpus.left_out.iloc[0]
    assert (gone["reason"], gone["start"], gone["row"]) == ("no text", "Nur ein Titel", "3")


def test_apa_without_bold_takes_the_first_line():
    plain = rb'{\rtf1 "Der Bote" vom 23.10.2017\par Ressort: X\par Titel\par Text.\par}'
    row = Apa().read(plain, "a.rtf", Options()).rows.iloc[0]
    assert (row["title"], row["text"], row["page"]) == ("Titel", "Text.", None)


def test_other_rtf_is_not_taken():
    assert not Apa().sniff(rb"{\rtf1 1 of 2 DOCUMENTS\par Ressort: X\par}", "a.rtf")
    with pytest.raises(InputError, match="without articles"):
        Apa().read(rb"{\rtf1 nothing}", "a.rtf", Options())


def test_defacto(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "a.htm").write_bytes(PAGE.encode("cp1252"))
    corpus = read(tmp_path)
    docs = corpus.docs.set_index("outlet")
    first = docs.loc["Der Bote"]
    assert first["title"] == "Mehr Geld für die Brücke"
    assert first["text"] == ("Wien - Der Bau kostet mehr, ?heißt es?.\n\nIm Rat wird gestritten.")
    assert first["kicker"] == "Der Bau der Brücke wird teurer, sagt der Rat."
    assert (first["section"], first["issue"], first["page"]) == ("Österreich", "065", 3)
    assert str(first["date"].date()) == "2013-04-02"
    assert docs.loc["Tagblatt", "text"] == "Die Sonne scheint."
    gone = corpus.left_out.iloc[0]
    assert (gone["reason"], gone["start"]) == ("no text", "Ohne Text")
    assert "1 quotation marks are lost" in capsys.readouterr().out


def test_damaged_files_are_read_as_far_as_they_go():
    for reader, data in ((DeFacto(), PAGE.encode("cp1252")), (Apa(), RTF)):
        for end in range(0, len(data), 5):
            for piece in (data[:end], data[:end] + b"\0<{<\\" + data[end:]):
                try:
                    reader.read(piece, "a", Options())
                except InputError as error:
                    assert str(error).startswith("a: ")


def test_each_knows_its_own():
    assert isinstance(reader_for(RTF, "x.doc"), Apa)
    assert isinstance(reader_for(PAGE.encode("cp1252"), "x.txt"), DeFacto)
