"""LexisNexis as Word files: Nexis Uni, classic Nexis, archives of them. All are invented."""

import io
import zipfile
from pathlib import Path

import pytest

from mediaframes.corpus.readers import Batch, Options, reader_for
from mediaframes.corpus.readers import _nexis_docx as module
from mediaframes.corpus.readers._nexis_docx import NexisDocx
from mediaframes.corpus.reading import read
from mediaframes.errors import InputError

NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def paragraph(text: str, align: str = "") -> str:
    look = f'<w:pPr><w:jc w:val="{align}"/></w:pPr>' if align else ""
    runs = "<w:br/>".join(f'<w:t xml:space="preserve">{part}</w:t>' for part in text.split("\n"))
    return f"<w:p>{look}<w:r>{runs}</w:r></w:p>"


def document(*parts: str, top: str = "") -> bytes:
    xml = f"{top}<w:document {NAMESPACE}><w:body>{''.join(parts)}</w:body></w:document>"
    return pack({"[Content_Types].xml": "<Types/>", "word/document.xml": xml})


def pack(files: dict[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


COVER = "".join(
    paragraph(line)
    for line in (
        "",
        "User Name: A. PERSON",
        "Date and Time: Friday, 5. July 2019 09:31:00 CEST",
        "Documents (2)",
        "1. Sums",
        "Client/Matter: -None-",
        "Quellen: The Echo; Content Type: News",
        "",
    )
)


def story(
    *,
    heading: tuple[str, ...] = ("Sums: more ", " ", "The Echo(Anytown)", "July 1, 2019 Monday"),
    fields: tuple[str, ...] = ("Section:\u00a0NEWS; Version:28", "Length:\u00a0355 words"),
    body: tuple[str, ...] = ("Body", "", "It adds up.", "Graphic novels sell.", "Twice."),
    below: tuple[str, ...] = (
        "Classification",
        "",
        "Language:\u00a0ENGLISH",
        "\nLoad-Date:\u00a0July 3, 2019",
    ),
    align: str = "center",
) -> str:
    return "".join(
        [
            paragraph(""),
            *(paragraph(line, align) for line in heading),
            paragraph("", "both"),
            paragraph("\nCopyright 2019 The Echo All Rights Reserved"),
            *(paragraph(line) for line in (*fields, "Byline:\u00a0A. Sample (now)", *body, *below)),
            paragraph(""),
            paragraph("\nEnd of Document"),
        ]
    )  # fmt: skip


def read_bytes(data: bytes) -> Batch:
    reader = reader_for(data, "a.DOCX")
    assert reader is not None and reader.name == "Nexis DOCX"
    return reader.read(data, "a.DOCX", Options())


def test_articles_below_a_cover():
    second = story(
        heading=("A second", "The Echo", "(Blog)", "2. Juli 2019 Dienstag 15:25 EST"),
        body=("Body", " ", "Text.", "\nGraphic", " ", "A photo", "Correction", "", "It was two."),
        below=(),
    )
    batch = read_bytes(document(COVER, story(), second))
    assert batch.announced == 2 and batch.rejected == [] and batch.notes == ()
    first, other = batch.rows.iloc[0], batch.rows.iloc[1]
    assert (first["title"], first["outlet"]) == ("Sums: more", "The Echo(Anytown)")
    assert (first["date"], first["edition"]) == ("July 1, 2019", "Monday")
    assert first["text"] == "It adds up.\n\nGraphic novels sell.\n\nTwice."
    assert (first["section"], first["length"]) == ("NEWS; Version:28", "355 words")
    assert (first["author"], first["load_date"]) == ("A. Sample (now)", "July 3, 2019")
    assert (other["date"], other["edition"]) == ("2. Juli 2019", "(Blog); Dienstag 15:25 EST")
    assert (other["text"], other["graphic"], other["correction"]) == (
        "Text.",
        "A photo",
        "It was two.",
    )
    assert other["language"] is None
    assert "PERSON" not in batch.rows.to_csv()


def test_without_date_alignment_or_text():
    plain = document(COVER, story(align=""))  # as other programs save it
    row = read_bytes(plain).rows.iloc[0]
    assert (row["title"], row["date"]) == ("Sums: more", "July 1, 2019")
    corrected = story(heading=("Sums", "The Echo"), fields=("\n Correction Appended",))
    batch = read_bytes(document(corrected, story(body=("Body", ""))))
    row = batch.rows.iloc[0]
    assert (row["title"], row["outlet"], row["date"]) == ("Sums", "The Echo", None)
    assert row["edition"] == "Correction Appended"
    assert batch.notes == ("1 without a date (1 of them with a load_date)",)
    assert [(item.row, item.reason, item.start) for item in batch.rejected] == [
        (2, "no text", "Sums: more")
    ]
    cut = story()
    batch = read_bytes(document(cut, cut[: cut.index('<w:p><w:r><w:t xml:space="preserve">Class')]))
    assert len(batch.rows) == 2 and "cut off" in batch.notes[0]


def test_classic_word_files():
    parts = [
        paragraph("Download Request: Selected Items: 1-2"),
        paragraph("1 of 2 DOCUMENTS", "center"),
        paragraph("The Echo", "center"),
        paragraph("May 5, 2015 Tuesday", "center"),
        paragraph("Sums"),
        paragraph("LENGTH:\u00a04 words"),
        paragraph("It adds up."),
        paragraph("LANGUAGE: ENGLISH"),
        paragraph("2 of 2 DOCUMENTS", "center"),
        paragraph("Copyright 2015 The Echo", "center"),
    ]
    batch = read_bytes(document(*parts))
    assert batch.announced == 2
    assert batch.rows[["title", "date", "text"]].values.tolist() == [
        ["Sums", "May 5, 2015", "It adds up."]
    ]
    assert [item.reason for item in batch.rejected] == ["copyright line only, no article"]


def test_an_archive(tmp_path: Path):
    other = story(heading=("Other", "The Echo", "July 2, 2019"))
    files: dict[str, str | bytes] = {
        "a/Sums.DOCX": document(story()),
        "b.docx": b"no archive",
        "c.docx": document(paragraph("A letter")),
        "d.docx": document(other),
        "list.docx": document(COVER),
        "readme.txt": "hello",
    }
    (tmp_path / "all.ZIP").write_bytes(pack(files))
    corpus = read(tmp_path)
    assert sorted(corpus.docs["title"]) == ["Other", "Sums: more"]
    assert sorted(corpus.docs["file_in_archive"]) == ["a/Sums.DOCX", "d.docx"]
    assert corpus.files["announced"].tolist() == [2]
    lost = corpus.left_out.set_index("start")["reason"]
    assert "damaged or cut off" in lost["b.docx"]
    assert "without an article" in lost["c.docx"] and "no Word file" in lost["readme.txt"]
    with pytest.raises(InputError, match="holds no Word file of Nexis"):
        NexisDocx().read(pack({}), "a.zip", Options())


def test_an_archive_adds_up_what_its_files_announce():
    batch = read_bytes(pack({"a.docx": document(COVER, story()), "b.docx": document(story())}))
    assert len(batch.rows) == 2 and batch.announced == 3  # the first says that it holds two
    assert list(batch.rows.index) == [1, 2]


def test_an_unknown_language_is_no_single_article():
    strange = story().replace("End of Document", "Loppu")
    with pytest.raises(InputError, match="2 articles, it seems, but no 'End of Document'"):
        read_bytes(document(strange, strange))


def test_damage_and_traps(monkeypatch: pytest.MonkeyPatch):
    good = document(COVER, story())
    with pytest.raises(InputError, match=r"a\.DOCX: the Word file or archive is damaged"):
        read_bytes(good[: len(good) // 2])
    with pytest.raises(InputError, match=r"begins 'A letter'\); export the articles"):
        read_bytes(document(paragraph("A letter")))
    with pytest.raises(InputError, match="inside is damaged"):
        read_bytes(pack({"word/document.xml": f"<w:document {NAMESPACE}><w:body>"}))
    for top in (
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY e "&a;&a;&a;">]>',
    ):
        with pytest.raises(InputError, match="must not declare entities"):
            read_bytes(document(paragraph("&e;"), story(), top=top))
    monkeypatch.setattr(module, "LARGEST", 10_000)
    with pytest.raises(InputError, match="unpacks to more than"):
        read_bytes(document(story(body=("Body", "", "a" * 100_000))))
    assert not NexisDocx().sniff(pack({"xl/workbook.xml": "<x/>"}), "a.xlsx")
    broken = bytearray(good)
    place = good.index(b"word/document.xml") + 40
    broken[place : place + 40] = b"\0" * 40
    with pytest.raises(InputError, match=r"cannot be unpacked|is damaged"):
        read_bytes(bytes(broken))
