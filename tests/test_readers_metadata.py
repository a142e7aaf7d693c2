"""MediaCloud and GDELT: rows without text are no articles, and are said to be none."""

import json
import zipfile
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest

from mediaframes.corpus.readers import Options, reader_for
from mediaframes.corpus.readers._gdelt import METADATA_ONLY, Gdelt
from mediaframes.corpus.readers._mediacloud import MediaCloudCsv, MediaCloudJson
from mediaframes.corpus.reading import read, read_stubs
from mediaframes.errors import InputError

NEW = "id,indexed_date,language,media_name,media_url,publish_date,title,url"
OLD = "stories_id,publish_date,title,url,language,ap_syndicated,media_id,media_name"
ROW = 'a1,2024-10-25,en,bote.example,bote.example,2024-10-24,"Bridge, dearer",https://b.example/1'
MENTIONS = (
    "555924816\t20160701210000\t20170701234500\t1\tbote.example\thttp://b.example/{n}\t4\t-1\t9\t9\t"
    "1\t100\t2579\t0.8\t\t"
)


def gkg(n: int) -> str:
    cells = [f"20170701234500-{n}", "20170701234500", "1", "bote.example", f"http://b.example/{n}"]
    extras = "<PAGE_LINKS>x</PAGE_LINKS><PAGE_TITLE>A &amp; B</PAGE_TITLE>"
    return "\t".join([*cells, *["x"] * 21, extras])


def test_stubs_beside_articles(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "a.csv").write_text("title,date,text\nOne,2024-10-24,A text.\n")
    (tmp_path / "cloud.csv").write_text(f"{NEW}\n{ROW}\n")
    (tmp_path / "g.csv").write_text("\n".join([gkg(1), gkg(2), gkg(1), "broken", ""]))
    (tmp_path / "m.csv").write_text("\n".join([MENTIONS.format(n=1), MENTIONS.format(n=1)]))
    corpus = read(tmp_path)
    assert corpus.docs["title"].tolist() == ["One"]
    gone = corpus.left_out[["file", "row", "reason", "start"]].values.tolist()
    assert gone == [
        ["cloud.csv", "2", METADATA_ONLY, "Bridge, dearer"],
        ["g.csv", "1", METADATA_ONLY, "A & B"],
        ["g.csv", "2", METADATA_ONLY, "A & B"],
        ["g.csv", "4", "1 cells where there should be 27", "broken"],
        ["m.csv", "1", METADATA_ONLY, "http://b.example/1"],
    ]
    notes = corpus.files.set_index("file")["note"]
    assert "1 stories without text" in notes["cloud.csv"]
    assert "4 records of 2 pages, without their texts" in notes["g.csv"]
    assert "GDELT Mentions, utf-8: 1 announced, 0 read, 1 rejected" in capsys.readouterr().out


def test_stories_with_a_text_are_articles():
    data = f"{OLD},text\n7,2024-10-24,T,u,en,f,1,Bote,A text.\n8,2024-10-25,U,u,en,f,1,Bote,\n"
    assert isinstance(reader_for(data.encode(), "a.csv"), MediaCloudCsv)
    batch = MediaCloudCsv().read(data.encode(), "a.csv", Options())
    assert batch.rows["text"].tolist() == ["A text."]
    assert batch.roles["outlet"] == "media_name"
    assert batch.roles["id"] == "stories_id"
    assert [tuple(item) for item in batch.rejected] == [(3, METADATA_ONLY, "U")]


def test_sentences_become_stories():
    sentences = [
        {"stories_id": "7", "sentence_number": n, "sentence": s, "media_id": 1, "publish_date": "x"}
        for n, s in ((1, "Two."), (0, "One."))
    ]
    for content in ({"7": sentences}, sentences):
        data = json.dumps(content).encode()
        assert isinstance(reader_for(data, "a.json"), MediaCloudJson)
        batch = MediaCloudJson().read(data, "a.json", Options())
        assert batch.rows[["text", "stories_id"]].values.tolist() == [["One. Two.", "7"]]


def test_stories_as_json(tmp_path: Path):
    story = {"stories_id": 7, "media_name": "Bote", "publish_date": "2024-10-24", "title": "T"}
    lost = [{"sentence_number": 0, "sentence": "One."}, {"sentence_number": 5, "sentence": "Two."}]
    stories = [
        story,
        story | {"stories_id": 8, "story_text": "A text."},
        story | {"stories_id": 9, "story_sentences": lost},
    ]
    (tmp_path / "a.json").write_text(json.dumps({"stories": stories}))
    corpus = read(tmp_path)
    assert corpus.docs["text"].to_dict() == {"8": "A text.", "9": "One. Two."}
    assert corpus.docs["outlet"].tolist() == ["Bote", "Bote"]
    assert corpus.left_out["reason"].tolist() == [METADATA_ONLY]
    assert "1 stories lack sentences" in corpus.files["note"].iloc[0]
    lines = "\n".join(json.dumps(item) for item in stories)
    assert len(MediaCloudJson().read(lines.encode(), "a.json", Options()).rows) == 2


def test_what_holds_no_stories_at_all():
    media = [{"media_id": 1, "name": "Bote", "media_source_tags": []}]
    with pytest.raises(InputError, match="a list of MediaCloud's media"):
        MediaCloudJson().read(json.dumps(media).encode(), "a.json", Options())
    with pytest.raises(InputError, match="describes GDELT's columns"):
        Gdelt().read(b"name,type,description\nGKGRECORDID,STRING,x\n", "a.csv", Options())
    with pytest.raises(InputError, match="no JSON"):
        MediaCloudJson().read(b'[{"media_id": 1', "a.json", Options())


def test_mentions_with_commas():
    head = "GLOBALEVENTID,EventTimeDate,MentionTimeDate," + ",".join("x" * 13)
    row = '5,20160701210000,20170701234500,1,b.example,"http://b.example/1,2"' + ",x" * 10
    data = f"{head}\n{row}\n{'x' * 140_000}\n".encode()
    batch = Gdelt().read(data, "a.csv", Options())
    assert [item.start[:20] for item in batch.rejected] == ["http://b.example/1,2", "x" * 20]


def test_archives_of_the_feed():
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("20170701234500.gkg.csv", gkg(1))
    name = "20170701234500.gkg.csv.zip"
    assert isinstance(reader_for(out.getvalue(), name), Gdelt)
    assert len(Gdelt().read(out.getvalue(), name, Options()).rejected) == 1
    with pytest.raises(InputError, match="zip archive is damaged"):
        Gdelt().read(out.getvalue()[:60], name, Options())


def test_a_table_of_ones_own_is_not_taken():
    for first in ("id,title,date,text", "media_name,publish_date,text", "id,publish_date,title"):
        assert not MediaCloudCsv().sniff(first.encode(), "a.csv")
    assert not MediaCloudJson().sniff(b'[{"keys": ["media_id", "publish_date"]}]', "a.json")
    assert not Gdelt().sniff(b"1\t2\t3\n", "a.tsv")


def test_files_in_which_everything_is_left_out_do_not_stop_the_others(tmp_path: Path):
    entry = '<div class="eintrag"><pre>"Bote" vom 22.04.2013\nRessort: X</pre><h3>T</h3></div>'
    withheld = "<table class='topic-list'><td>聞蔵</td></table>"
    (tmp_path / "a.csv").write_text("title,date,text\nOne,2024-10-24,A text.\n")
    (tmp_path / "d.htm").write_text(f"<html>{entry}</html>")
    (tmp_path / "k.html").write_text(f"<html>{withheld}</html>", encoding="utf-8")
    (tmp_path / "m.txt").write_text("1. T\n\nDe Bode, maandag 3 mei 2011, p. 1, 9w.\n")
    (tmp_path / "r.rtf").write_text('{\\rtf1 "Bote" vom 22.04.2013\\par Ressort: X\\par T\\par}')
    corpus = read(tmp_path)
    assert corpus.docs["title"].tolist() == ["One"]
    assert corpus.left_out["file"].tolist() == ["d.htm", "k.html", "m.txt", "r.rtf"]
    assert corpus.files["rejected"].tolist() == [0, 1, 1, 1, 1]


def test_what_is_said_of_articles_without_text_is_a_table(tmp_path: Path, capsys):
    head = "id,publish_date,title,url,language,media_name,indexed_date\n"
    row = "{0},2024-10-2{0},Talks {0},https://echo.example/{0},en,Echo,2024-10-30\n"
    (tmp_path / "cloud.csv").write_text(head + row.format(4) + row.format(5))
    (tmp_path / "20170701.gkg.csv").write_text(gkg(1) + "\n")
    with pytest.raises(InputError, match="read_stubs reads addresses, dates and titles as a table"):
        read(tmp_path)
    stubs = read_stubs(tmp_path)
    cloud = stubs[stubs["source_file"] == "cloud.csv"]
    assert cloud[["id", "title", "outlet", "language", "url", "row"]].values.tolist() == [
        ["4", "Talks 4", "Echo", "en", "https://echo.example/4", "2"],
        ["5", "Talks 5", "Echo", "en", "https://echo.example/5", "3"],
    ]
    assert cloud["date"].dt.strftime("%m-%d").tolist() == ["10-24", "10-25"]
    assert cloud["indexed_date"].tolist() == ["2024-10-30"] * 2
    graph = stubs[stubs["source_file"] != "cloud.csv"].iloc[0]
    assert graph["url"].startswith("http")
    assert pd.notna(graph["date"])
    assert 'cloud.csv: MediaCloud CSV (comma, quote "): 2 records' in capsys.readouterr().out


def test_stubs_of_any_table_and_of_rows_without_text(tmp_path: Path):
    table = "url,title,text\nhttps://a.example/1,One,\nhttps://a.example/2,Two,Full.\n"
    (tmp_path / "a.csv").write_text(table)
    (tmp_path / "b.csv").write_text("link,headline\nhttps://b.example/1,Three\n")
    stubs = read_stubs(tmp_path)
    assert stubs["url"].tolist() == ["https://a.example/1", "https://b.example/1"]
    assert stubs["row"].tolist() == ["2", "2"]
    (tmp_path / "b.csv").unlink()
    (tmp_path / "a.csv").write_text("url,text\nhttps://a.example/2,Full.\n")
    with pytest.raises(InputError, match="no record without a text"):
        read_stubs(tmp_path)


def test_proquests_spreadsheet_holds_abstracts_and_no_texts(tmp_path: Path):
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Title", "Abstract", "StoreId", "Authors", "pubdate", "pubtitle", "DocumentURL"])
    for number in (1, 2):
        sheet.append(
            [f"Title {number}", "An abstract. " * 30, f"4{number}", "Sample, A.", "Oct 24, 2024",
             "The Echo", f"https://www.example.org/docview/4{number}"]
        )  # fmt: skip
    book.save(tmp_path / "p.xlsx")
    with pytest.raises(InputError, match=r"2 times 'metadata only: no text'\. Such files name"):
        read(tmp_path / "p.xlsx")
    stubs = read_stubs(tmp_path)
    assert stubs[["id", "title", "outlet"]].values.tolist() == [
        ["41", "Title 1", "The Echo"], ["42", "Title 2", "The Echo"],
    ]  # fmt: skip
    assert stubs["date"].dt.strftime("%Y-%m-%d").tolist() == ["2024-10-24"] * 2
    assert stubs["Abstract"].str.startswith("An abstract.").all()
    sheet.cell(1, 8, "Full text")
    sheet.cell(2, 8, "The two sides met again.")
    book.save(tmp_path / "p.xlsx")
    corpus = read(tmp_path)
    assert corpus.docs["text"].to_dict() == {"41": "The two sides met again."}
    assert corpus.files[["announced", "read", "rejected"]].values.tolist() == [[2, 1, 1]]
