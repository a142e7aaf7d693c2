"""Mediargus: list and texts are joined by day and page, in order."""

from pathlib import Path

import pytest

from mediaframes.corpus.readers import Options, reader_for
from mediaframes.corpus.readers._mediargus import Mediargus
from mediaframes.corpus.reading import read

LIST = """?1. De brug wordt duurder

De Bode, woensdag 30 november 2011, p. 23, 853w.

Een aanloop ...


2. Feest

De Standerd, dinsdag 1 maart 2011, p. 13, 678w.


3. Artikel zonder titel

De Standerd, dinsdag 1 maart 2011, p. 14, 20w.


4. Artikel zonder titel

De Standerd, dinsdag 1 maart 2011, p. 15, 9w.


5. Verdwenen

De Bode, dinsdag 1 maart 2011, p. 16, 9w.


6. Slot

De Bode, maandag 28 februari 2011, p. A1, 9w.





"""
TEXTS = """30-11-2011, p.23

Ann Van De Broek

De brug wordt duurder

De raad: “te duur”

De stad betaalt meer.

 © De Uitgever







01-03-2011, p.13

Antwerpen, Limburg

Feest

Er is feest.

 © Standerd

01-03-2011, p.14

Antwerpen, Limburg

De zon schijnt.

 © Standerd

01-03-2011, p.15

Antwerpen, Limburg

 © Standerd

28-02-2011, p.A1

Slot

Het is gedaan.

 © De Uitgever
"""


def test_mediargus(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "a.txt").write_bytes((LIST + TEXTS).encode("cp1252"))
    corpus = read(tmp_path)
    docs = corpus.docs.set_index("number").sort_index()
    assert docs.index.tolist() == [1, 2, 3, 6]
    assert docs.loc[1, "text"] == "De raad: “te duur”\n\nDe stad betaalt meer."
    assert docs["outlet"].tolist() == ["De Bode", "De Standerd", "De Standerd", "De Bode"]
    assert docs["title"].fillna("").tolist() == ["De brug wordt duurder", "Feest", "", "Slot"]
    assert docs.loc[3, "text"] == "De zon schijnt."  # the line of editions is known from above
    assert docs.loc[1, "author"] == "Ann Van De Broek"
    assert docs.loc[2, "section"] == "Antwerpen, Limburg"
    days = docs["date"].dt.strftime("%Y-%m-%d").tolist()
    assert days == ["2011-11-30", "2011-03-01", "2011-03-01", "2011-02-28"]
    assert corpus.left_out[["reason", "start"]].values.tolist() == [
        ["in the list of hits, without text", "Verdwenen"],
        ["copyright line only, no text", "Artikel zonder titel"],
    ]
    assert "Mediargus, cp1252: 6 announced, 4 read, 2 rejected" in capsys.readouterr().out


def test_only_the_list_gives_no_teasers_as_articles():
    batch = Mediargus().read(LIST.encode(), "a.txt", Options())
    assert (len(batch.rows), len(batch.rejected), batch.announced) == (0, 6, 6)


def test_a_text_that_the_list_lacks():
    extra = TEXTS + "\n05-05-2011, p.5\n\nExtra\n\nNog iets.\n\n © De Uitgever\n"
    batch = Mediargus().read((LIST + extra).encode(), "a.txt", Options())
    assert batch.rows["text"].iloc[-1] == "Extra\n\nNog iets."
    assert "1 texts are not in the list of hits: outlet unknown" in batch.notes


def test_it_knows_its_own():
    assert isinstance(reader_for(LIST.encode(), "x.txt"), Mediargus)
    assert not Mediargus().sniff(b"1. Een lijst\n\nvan dingen, niet meer.\n", "x.txt")
