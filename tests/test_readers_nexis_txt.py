"""LexisNexis as text: heads, labels in four languages, what only looks like them. All invented."""

from pathlib import Path

import pytest

from mediaframes.corpus.readers import Batch, Options
from mediaframes.corpus.readers._nexis import Counter, announced, article, day_of, label_of
from mediaframes.corpus.readers._nexis_txt import NexisTxt
from mediaframes.corpus.reading import read

COVER = """


Download Request: Selected Items: 1-{}
Time Of Request: Friday, March 20, 2020  16:51:31

Send To:
A LIBRARY

Terms: (budget AND NOT 1 of 60 document)



"""
ENGLISH = """                               1 of 4 DOCUMENTS



                               The Harbour Echo

                            January 11, 2010 Monday
                                   Edition 1;
                                    Northern

UPDATE: Council votes on the ferry, and a second line of the headline is here;
Harbour silent

BYLINE: Ann Sample

SECTION: NEWS; Pg. 6

LENGTH: 2,355  words

HIGHLIGHT: The ferry stays.

The council voted on the ferry on Monday, and the harbour was silent when it was
over.
  A list:
  one

NOTE: THIS STAYS IN THE TEXT.

FERRY: 1 of 60 document
LENGTH: 19.43 meters. WINGSPAN: none. The ferry's measures were read aloud, too.

It was late.

GRAPHIC: The ferry at
night

Photo: A. Sample

LOAD-DATE: January 10, 2010

LANGUAGE: ENGLISH

PUBLICATION-TYPE: Newspaper


                       Copyright 2010 Harbour Media Ltd.
                              All Rights Reserved

"""
GERMAN = """                               2 of 4 DOCUMENTS


                                   Der Bote

                            Mittwoch 31. August 2011

Die Zahlen steigen

AUTOR: Anna Beispiel Musterstadt

RUBRIK: S. 7 Ausg. 167

LÄNGE: 306 Wörter

SPIEGELBERG: Und nun zu den Zahlen.

BOTE: Sie steigen.

UPDATE: 2. September 2011

SPRACHE: GERMAN; DEUTSCH

ZEITUNGS-CODE: BOT

                          Copyright 2011 Bote Verlag
                            Alle Rechte Vorbehalten
"""
FRENCH = """                               3 of 4 DOCUMENTS

                            Copyright 2003 Le Messager
                                  Le Messager

                                   27 mars 2003

SECTION: Sports

LONGUEUR: 876 mots

TITRE: Le budget monte;
Le conseil hésite

SIGNATURE: Jeanne Exemple

CHAPEAU:
Les chiffres montent.

ARTICLE:
Le conseil hésite.

LANGUE: FRENCH; FRANCAISE
"""
LOST = """                               4 of 4 DOCUMENTS

                     Copyright 2009 Example Publishing LLC
                              All Rights Reserved
"""


def read_text(text: str) -> Batch:
    data = text.encode()
    assert NexisTxt().sniff(data, "a.TXT")
    return NexisTxt().read(data, "a.TXT", Options())


@pytest.fixture(scope="module")
def batch() -> Batch:
    return read_text(
        "\ufeff" + (COVER.format(4) + ENGLISH + GERMAN + FRENCH + LOST).replace("\n", "\r\n")
    )


def test_an_english_article(batch: Batch):
    row = batch.rows.iloc[0].to_dict()
    assert row["outlet"] == "The Harbour Echo"
    assert row["date"] == "January 11, 2010"
    assert row["edition"] == "Monday; Edition 1;; Northern"
    assert row["title"].startswith("UPDATE: Council votes") and row["title"].endswith("silent")
    assert (row["author"], row["section"]) == ("Ann Sample", "NEWS; Pg. 6")
    assert (row["length"], row["load_date"]) == ("2,355 words", "January 10, 2010")
    assert (row["language"], row["language_stated"]) == ("English", "ENGLISH")
    assert row["highlight"] == "The ferry stays."
    assert row["graphic"] == "The ferry at night; Photo: A. Sample"
    assert row["copyright"] == "Copyright 2010 Harbour Media Ltd. All Rights Reserved"
    paragraphs = row["text"].split("\n\n")
    # broken lines are joined, meant ones stay
    assert (
        paragraphs[0].startswith("The council voted")
        and "it was over.\nA list:\none" in paragraphs[0]
    )
    assert paragraphs[1:] == [
        "NOTE: THIS STAYS IN THE TEXT.",
        "FERRY: 1 of 60 document\n"
        "LENGTH: 19.43 meters. WINGSPAN: none. The ferry's measures were read aloud, too.",
        "It was late.",
    ]


def test_german_and_french_labels(batch: Batch):
    german, french = batch.rows.iloc[1], batch.rows.iloc[2]
    assert german["text"] == "SPIEGELBERG: Und nun zu den Zahlen.\n\nBOTE: Sie steigen."
    assert german["date"] == "31. August 2011" and german["load_date"] == "2. September 2011"
    assert (german["author"], german["language"]) == ("Anna Beispiel Musterstadt", "German")
    assert (german["section"], german["length"]) == ("S. 7 Ausg. 167", "306 Wörter")
    assert french["outlet"] == "Le Messager"  # named below the copyright only
    assert french["title"] == "Le budget monte; Le conseil hésite"
    assert french["text"] == "Les chiffres montent.\n\nLe conseil hésite."
    assert (french["author"], french["language"]) == ("Jeanne Exemple", "French")


def test_nothing_is_lost_in_silence(batch: Batch):
    assert batch.announced == 4
    assert [(item.reason, item.start[:14]) for item in batch.rejected] == [
        ("copyright line only, no article", "Copyright 2009")
    ]
    lines = (COVER.format(4) + ENGLISH + GERMAN + FRENCH + LOST).split("\n")
    marks = [number for number, line in enumerate(lines, start=1) if line.endswith(" DOCUMENTS")]
    assert [*batch.rows.index, batch.rejected[0].row] == marks


def test_a_file_without_articles_spoils_no_folder(tmp_path: Path):
    (tmp_path / "a.TXT").write_text(LOST)
    (tmp_path / "b.TXT").write_text(GERMAN)
    corpus = read(tmp_path)
    assert corpus.files[["read", "rejected"]].values.tolist() == [[0, 1], [1, 0]]


def test_the_corpus(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "a.TXT").write_text(COVER.format(5) + ENGLISH + GERMAN + FRENCH + LOST)
    corpus = read(tmp_path)
    assert sorted(corpus.docs["language"]) == ["de", "en", "fr"]
    assert sorted(corpus.docs["date"].dt.strftime("%Y-%m-%d")) == [
        "2003-03-27",
        "2010-01-11",
        "2011-08-31",
    ]
    said = capsys.readouterr().out
    assert "5 announced, 3 read, 1 rejected; 1 ANNOUNCED ARTICLES NOT FOUND" in said


HEAD = "                               {} of {} DOCUMENTS\n\n\n"


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        (  # headline above the date, length and section below the text
            "                               Agency Example\n\n201940 GMT Apr 03 Talks/ Roundup\n\n"
            "                            April 20, 2003, Sunday\n"
            "                           19:53 Central European Time\n\n"
            "DATELINE: Anytown\n\nThe talks resumed.\n\nThey ended.\n\nSECTION: Politics\n\n"
            "LENGTH: 49 words\n\nLOAD-DATE: April 20, 2003\n",
            {
                "title": "201940 GMT Apr 03 Talks/ Roundup",
                "date": "April 20, 2003",
                "dateline": "Anytown",
                "text": "The talks resumed.\n\nThey ended.",
                "section": "Politics",
                "length": "49 words",
            },
        ),
        (  # nothing centered, no labels, an address
            "De Bode\n\nhttp://bode.example/2016/\nkip.html\n\n3 april 2016 zondag\n\n"
            "'De kip moet weg'\n\n184 words\n\n   De kip moet weg van de kaart.\n",
            {
                "outlet": "De Bode",
                "url": "http://bode.example/2016/kip.html",
                "date": "3 april 2016",
                "title": "'De kip moet weg'",
                "length": "184 words",
                "text": "De kip moet weg van de kaart.",
            },
        ),
        (  # own segments: outlet below the copyright, headline and text with labels
            "         Copyright 2015 Example Papers\n",
            "no text",
        ),
        (
            "                         Copyright 2015 Example Papers\n"
            "                              All Rights Reserved\n"
            "                          Example Post (Anystate)\n\n"
            "                      Distributed by a Content Agency\n\n"
            "                              May 10, 2015 Sunday\n"
            "                                 FINAL EDITION\n\n"
            "LENGTH: 12 words\n\nHEADLINE: Sums;\nmore sums\n\nBYLINE: A;and reported by B\n\n"
            "BODY: It adds up.\n\nKANPUR: it does.\n\nLANGUAGE: English\n",
            {
                "outlet": "Example Post (Anystate)",
                "date": "May 10, 2015",
                "title": "Sums; more sums",
                "author": "A;and reported by B",
                "text": "It adds up.\n\nKANPUR: it does.",
            },
        ),
        (  # no headline; no date; the byline in capitals below the headline
            "                              Some News Service\n\nTalks on the ferry resume in town\n"
            "FROM OUR CORRESPONDENT\n\nLENGTH: 10 words\n\nFLASH: TALKS RESUME\n\n"
            "LANGUAGE: Dutch / Nederlands\n",
            {
                "title": "Talks on the ferry resume in town",
                "author": "FROM OUR CORRESPONDENT",
                "date": None,
                "text": "FLASH: TALKS RESUME",
                "language": "nl",
            },
        ),
        (  # an issue of a season has no day, which is said, not guessed
            "                          Journal of Examples\n\n"
            "                                  Summer, 2008\n\nA report\n\nNAME: By A. Sample\n\n"
            "TEXT:\n\n   It was a report.\n",
            {"date": "Summer, 2008", "author": "By A. Sample", "text": "It was a report."},
        ),
        (  # a caption within a text does not end it
            "                                   The Echo\n\n"
            "                              May 10, 2015 Sunday\n\nSums\n\nLENGTH: 9 words\n\n"
            "One.\n\nGRAPHIC: see page 2\n\nTwo is a long paragraph.\n\nLANGUAGE: English\n",
            {"text": "One.\n\nGRAPHIC: see page 2\n\nTwo is a long paragraph."},
        ),
        (
            "                                   The Echo\n\n"
            "                              May 10, 2015 Sunday\n\nSums\n\nLENGTH: 9 words\n\n"
            "We are sorry but there is an error in this document and it is not possible to\n"
            "display it.\n",
            "error document: Nexis could not deliver it",
        ),
        (
            "                                   The Echo\n\nSums\n\nLOAD-DATE: May 10, 2015\n\n"
            "GRAPHIC: a sum\n",
            "no text, only a caption",
        ),
    ],
)
def test_kinds_of_documents(story: str, expected: dict[str, str | None] | str):
    batch = read_text(HEAD.format(1, 1) + story)
    if isinstance(expected, str):
        reasons = [item.reason for item in batch.rejected]
        assert len(batch.rows) == 0
        assert reasons == [expected] or reasons == ["copyright line only, no article"]
    else:
        row = batch.rows.iloc[0]
        assert {key: row[key] for key in expected} == expected


@pytest.mark.parametrize(
    "line",
    ["Dokument 1 von 2", "Document 1 de 2", "   1 of 2 DOCUMENTS", "FOCUS - 1 of 2 DOCUMENTS"],
)
def test_counters(line: str):
    story = f"{line}\n\nThe Echo\n\n5 May 2015\n\nSums\n\nLENGTH: 2 words\n\nIt adds up.\n"
    batch = read_text(story + story.replace("1", "2"))
    assert batch.rows["title"].tolist() == ["Sums", "Sums"]


def test_what_is_announced():
    def count(numbers: list[int], total: int) -> list[Counter]:
        return [Counter(number, total) for number in numbers]

    assert announced("", count([1, 2], 74))[0] == 74
    assert announced("", count([2001, 2003], 2146))[0] == 3  # a later part of a large download
    assert announced("", count([1, 2], 2146))[0] == 2
    cover = "Download Request: All Documents: 101-200\n"
    assert announced(cover, count([101], 300))[0] == 100
    said, notes = announced(cover, [Counter(1, 4), Counter(1, 204)])
    assert said is None and "counters disagree" in notes[0] and "the cover says 100" in notes[0]


def test_dates_and_labels_that_only_look_like_it():
    assert day_of("May Day 2015 was quiet") is None
    assert day_of("December 19, 1991, Sunday, An Edition") == (
        "December 19, 1991",
        "Sunday, An Edition",
    )
    assert day_of("January 20, 14:00 GMT") is None
    assert day_of("May 2, 2002, Thursday,, FINAL EDITION") == (
        "May 2, 2002",
        "Thursday,, FINAL EDITION",
    )
    assert label_of("DENNIS: DEAL ME BACK IN") is None
    assert label_of("PORTILLO:GET OUT") is None
    assert label_of("UPDATE: Storm nears") is None
    assert label_of("LENGTH: long") is None


def test_damaged_and_hostile_files():
    assert not NexisTxt().sniff(b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "a.TXT")
    assert not NexisTxt().sniff(b'id,text\n1,"\n1 of 2 DOCUMENTS\n"', "a.csv")
    assert not NexisTxt().sniff(b"There were 3 of 5 DOCUMENTS on the table.", "a.txt")
    cut = (COVER.format(4) + ENGLISH)[:-400]
    assert len(read_text(cut).rows) == 1
    nulls = read_text(HEAD.format(1, 1) + "The Echo\n\nSums\n\nLENGTH: 2 words\n\nOne\0.\n")
    assert nulls.rows["text"].tolist() == ["One."] and nulls.notes[0] == "1 null bytes removed"
    for hostile in (
        "LANGUAGE: X\n\n" * 20_000 + "end",
        "A" * 200_000,
        "1 " * 100_000,
        "\n" * 100_000,
    ):
        read_text(HEAD.format(1, 1) + "The Echo\n\nSums\n\n" + hostile)
    assert article([]) == "empty document"


@pytest.mark.parametrize(
    "between",
    [
        "                 Correction Appended\n\n                     January 11, 2010 Monday",
        "                     January 11, 2010 Monday\n                      Correction Appended",
        "Correction Appended\n\n                            January 11, 2010 Monday",
    ],
)
def test_a_correction_is_neither_date_nor_headline(between: str):
    head = (
        "                               1 of 1 DOCUMENTS\n\n\n                 The Harbour Echo\n\n"
    )
    story = "\n\n\nCouncil votes\n\nLENGTH: 235  words\n\nThe next vote is on April 20, 1400 GMT.\n"
    row = read_text(head + between + story).rows.iloc[0]
    assert row[["title", "date", "outlet"]].tolist() == [
        "Council votes", "January 11, 2010", "The Harbour Echo",
    ]  # fmt: skip
    assert "Correction Appended" in row["edition"]
