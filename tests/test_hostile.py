# ruff: noqa: E501
"""Hostile and damaged input: every reader gives articles and named losses, or says what is wrong.

Each reader gets a small valid file of its format (invented, from the reader's own tests) that is
cut, spliced, flipped, repeated and filled with strange characters, and pure noise. What is allowed:
a `Batch` that makes sense, or an `InputError` that names the file.
"""

import bz2
import gzip
import importlib.util
import io
import json
import lzma
import os
import tarfile
import tracemalloc
import zipfile
from functools import cache
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediaframes.corpus.readers import READERS, Batch, Options, Reader, reader_for
from mediaframes.corpus.readers._archives import contents
from mediaframes.corpus.reading import read
from mediaframes.errors import InputError

# More rounds are asked for by hand: MEDIAFRAMES_FUZZ=2000 pytest tests/test_hostile.py -k fuzz
ROUNDS = int(os.environ.get("MEDIAFRAMES_FUZZ", "25"))
STRANGE = (
    b"\0", b"\0\0\0\0", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x1a", b"\x0c", b"\x1b", b"\r",
    b"\x85", b"\xe2\x80\xa8", b"\xe2\x80\xae", b"\xf0\x9f\x98\x80", b"\xed\xa0\x80", b"\xc3", b"\xff",
    b"<", b">", b"</", b"<!--", b"]]>", b"&#0;", b"&#x110000;", b"&lt;", b'"', b"'", b"{", b"}", b"[",
    b"\\", b"\\u-1", b"\\u99999", b"\\'zz", b"\\bin99999999 ", b"\t", b"\n\n\n", b",", b";", b"-",
    b"9" * 30, b"NaN", b"1e999", b" " * 50, b"(" * 20, b"%", b"PK\x03\x04", b"\x1f\x8b\x08",
)  # fmt: skip


@cache
def _tests(name: str) -> ModuleType:
    path = Path(__file__).with_name(f"test_readers_{name}.py")
    spec = importlib.util.spec_from_file_location(f"hostile_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def _samples() -> dict[str, tuple[str, bytes]]:
    """For each reader, by its name, a file's name and content."""
    austria, europresse, factiva = _tests("austria"), _tests("europresse"), _tests("factiva")
    integrum, japan, mediargus = _tests("integrum"), _tests("japan"), _tests("mediargus")
    metadata, docx, rtf = _tests("metadata"), _tests("nexis_docx"), _tests("nexis_rtf")
    html, text, proquest = _tests("nexis_html"), _tests("nexis_txt"), _tests("proquest")
    books, plain = _tests("xlsx"), _tests("factiva_txt")
    crawls, feeds = _tests("archives"), _tests("feeds")
    frame = pd.DataFrame({"text": ["Talks resume.", "Sun."], "date": ["2024-10-24", None]})
    parquet = io.BytesIO()
    frame.to_parquet(parquet)
    story = {"stories_id": 7, "media_name": "Bote", "publish_date": "2024-10-24", "text": "Sun."}
    found = {
        "Parquet": ("a.parquet", parquet.getvalue()),
        "Factiva HTML": ("a.html", factiva.PAGE.format(factiva.unlabelled(1) * 2, "")),
        "Factiva XML": ("a.xml", factiva.XML),
        "Europresse HTML": ("a.html", europresse.old_page(europresse.old(), europresse.old())),
        "ProQuest TXT": ("a.txt", proquest.RULE + proquest.block(1) + proquest.RULE
                         + proquest.block(2) + proquest.RULE + proquest.FOOTER),
        "ProQuest HTML": ("a.html", proquest.page(proquest.article(1), proquest.article(2))),
        "ProQuest mail": ("a.eml", proquest.mail(("text/html", proquest.page(proquest.article(1))))),
        "Integrum HTML": ("a.html", integrum.PAGE),
        "Kikuzo HTML": ("a.html", japan.KIKUZO),
        "Yomidasu HTML": ("a.html", japan.YOMIDASU),
        "DeFacto HTML": ("a.htm", austria.PAGE.encode("cp1252")),
        "APA-OnlineManager RTF": ("a.rtf", austria.RTF),
        "Mediargus": ("a.txt", mediargus.LIST),
        "MediaCloud JSON": ("a.json", json.dumps({"stories": [story, story]})),
        "MediaCloud CSV": ("a.csv", f"{metadata.NEW}\n{metadata.ROW}\n{metadata.ROW}\n"),
        "GDELT": ("a.csv", metadata.gkg(1) + "\n" + metadata.gkg(2) + "\n"),
        "XLSX": ("a.xlsx", books.workbook({"A": [books.HEADER, ["T", "24.10.2024", "B", "Sun.", 1]]})),
        "Nexis DOCX": ("a.docx", docx.document(docx.story(), docx.story())),
        "Nexis HTML": ("a.html", html.TOP + html.COVER + html.story(1, *html.GERMAN) + html.story(2, *html.GERMAN) + html.END),
        "Nexis RTF": ("a.rtf", rtf.START + rtf.story(1) + rtf.story(2) + "}"),
        "Nexis TXT": ("a.txt", text.COVER.format(2) + text.ENGLISH + text.GERMAN),
        "Factiva RTF": ("a.rtf", plain.rtf(plain.PLAIN)),
        "Factiva TXT": ("a.txt", plain.LABELLED),
        "WARC": ("a.warc", crawls.archive().data),
        "WACZ": ("a.wacz", crawls.zipped({"archive/a.warc": crawls.archive(packed=True).data,
                                          "pages/pages.jsonl": crawls.listed()})),
        "saved web page (MHTML)": ("a.mhtml", crawls.mhtml()),
        "web page (HTML)": ("a.html", crawls.story(1)),
        "trafilatura XML": ("a.xml", feeds.extracted("xml") + feeds.extracted("xmltei")),
        "trafilatura JSON": ("a.json", json.dumps([feeds.record(1), feeds.record(2)])),
        "news feed": ("a.xml", feeds.rss(feeds.item(feeds.FULL), feeds.item())),
        "JSON": ("a.json", '[{"id": 1, "text": "Talks."}, {"id": 2, "text": "Sun.", "x": [1]}]'),
        "CSV": ("a.csv", 'id;outlet;text\n1;Echo;"Talks; resume."\n2;Bote;"Sun\n\nrain"\n'),
        "text": ("Echo_2024-10-24_7.txt", "Talks resume.\n\nThe two sides met.\n"),
    }  # fmt: skip
    return {
        name: (file, data.encode() if isinstance(data, str) else data)
        for name, (file, data) in found.items()
    }


READ = sorted(_samples())
PAGES = [name for name in READ if "HTML" in name or name == "ProQuest mail"]


def _reader(name: str) -> Reader:
    return next(reader for reader in READERS if reader.name == name)


def _sane(name: str, data: bytes) -> Batch | None:
    """What a reader makes of bytes, if that makes sense; None for an `InputError` in words."""
    file, _ = _samples()[name]
    try:
        batch = _reader(name).read(data, file, Options())
    except InputError as error:
        assert file in str(error)
        assert len(str(error)) < 2000
        return None
    assert batch.total >= 0
    for column in batch.rows.columns:
        cells = batch.rows[column].dropna()
        assert all(isinstance(cell, str | int | float | bool) for cell in cells), column
    for item in batch.rejected:
        assert isinstance(item.row, int)
        assert item.reason
        assert len(item.start) <= 200
    assert all(isinstance(note, str) for note in batch.notes)
    return batch


def _mangled(data: bytes, steps: list[tuple[int, int, int]]) -> bytes:
    """Bytes cut, spliced, flipped, repeated and filled, as `steps` say."""
    for kind, where, what in steps:
        at = where % (len(data) + 1)
        to = min(len(data), at + what % 400)
        match kind:
            case 0:
                data = data[:at]
            case 1:
                data = data[:at] + data[to:]
            case 2:
                data = data[:at] + data[at:to] * (2 + what % 5) + data[to:]
            case 3:
                data = data[:at] + bytes([what % 256]) + data[at + 1 :]
            case 4:
                data = data[:at] + STRANGE[what % len(STRANGE)] + data[at:]
            case 5:
                data = data[to:] + data[:at]
            case _:
                data = data[:at] + data[at:to].swapcase() + data[to:]
    return data


STEPS = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 100_000), st.integers(0, 100_000)),
    min_size=1, max_size=6,
)  # fmt: skip


def test_the_samples_are_read_by_their_readers():
    assert set(READ) == {reader.name for reader in READERS}  # none is left out
    for name in READ:
        file, data = _samples()[name]
        reader = reader_for(data, file)
        assert reader is not None
        assert reader.name == name
        batch = _sane(name, data)
        assert batch is not None
        assert len(batch.rows) or batch.stubs is not None or name == "Mediargus"  # a list


@pytest.mark.parametrize("name", READ)
@settings(max_examples=ROUNDS, deadline=None, derandomize=True, database=None)
@given(steps=STEPS)
def test_fuzz(name: str, steps: list[tuple[int, int, int]]):
    file, data = _samples()[name]
    data = _mangled(data, steps)
    _sane(name, data)
    reader_for(data, file)


@pytest.mark.parametrize(
    ("name", "inner"), [("Nexis DOCX", "word/document.xml"), ("XLSX", "xl/worksheets/sheet1.xml")]
)
@settings(max_examples=ROUNDS, deadline=None, derandomize=True, database=None)
@given(steps=STEPS)
def test_fuzz_inside(name: str, inner: str, steps: list[tuple[int, int, int]]):
    with zipfile.ZipFile(io.BytesIO(_samples()[name][1])) as archive:
        members = {item: archive.read(item) for item in archive.namelist()}
    members[inner] = _mangled(members[inner], steps)
    _sane(name, _zipped(members))


@settings(max_examples=ROUNDS * 2, deadline=None, derandomize=True, database=None)
@given(data=st.binary(max_size=400))
def test_fuzz_noise(data: bytes):
    for name in READ:
        reader_for(data, _samples()[name][0])
        _sane(name, data)


@pytest.mark.parametrize("kind", ["zip", "gzip", "xz", "bz2", "tar", "tgz"])
@settings(max_examples=ROUNDS, deadline=None, derandomize=True, database=None)
@given(steps=STEPS)
def test_fuzz_archives(kind: str, steps: list[tuple[int, int, int]]):
    data = _mangled(_packed(kind), steps)
    try:
        for item in contents(io.BytesIO(data), "a.bin"):
            assert item.data is not None or item.skipped or item.archive
            assert ".." not in item.name.split("/")
    except InputError as error:
        assert "a.bin" in str(error)


def _zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


@cache
def _packed(kind: str) -> bytes:
    members = {"a.csv": b"id,text\n1,Sun.\n", "b/c.txt": b"Rain."}
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name * (30 if kind == "tar" else 1))
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    text = b"Talks resume. " * 200
    return {
        "zip": _zipped(members), "gzip": gzip.compress(text), "xz": lzma.compress(text),
        "bz2": bz2.compress(text), "tar": tar.getvalue(), "tgz": gzip.compress(tar.getvalue()),
    }[kind]  # fmt: skip


ENTITIES = """<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d SYSTEM "file:///etc/hostname">]>"""


@pytest.mark.parametrize(
    ("name", "inner"),
    [("Nexis DOCX", "word/document.xml"), ("XLSX", "xl/worksheets/sheet1.xml"),
     ("XLSX", "xl/workbook.xml")],
)  # fmt: skip
def test_entities_in_office_files_are_refused(name: str, inner: str):
    with zipfile.ZipFile(io.BytesIO(_samples()[name][1])) as archive:
        members = {item: archive.read(item) for item in archive.namelist()}
    xml = members[inner].decode()
    head, _, rest = xml.partition("?>") if xml.startswith("<?xml") else ("", "", xml)
    xml = (head + "?>" if head else "") + ENTITIES + rest.replace("Sun.", "&c;&d;")
    members[inner] = xml.replace("It adds up.", "&c;&d;").encode()
    batch = _sane(name, _zipped(members))
    assert batch is None or "ha" * 50 not in str(batch.rows.to_dict())


@pytest.mark.parametrize("name", ["Nexis DOCX", "XLSX"])
def test_bombs_in_office_files_are_refused(name: str):
    inner = "word/document.xml" if name == "Nexis DOCX" else "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(_samples()[name][1])) as archive:
        members = {item: archive.read(item) for item in archive.namelist()}
    members[inner] = members[inner][:200] + b" " * (160 << 20)
    assert _sane(name, _zipped(members)) is None


@pytest.mark.parametrize("name", READ)
def test_cut_at_any_place(name: str):
    data = _samples()[name][1]
    for place in range(1, 20):
        _sane(name, data[: len(data) * place // 20])


# formats whose end is to be seen, or what ends their last article
ENDED = {
    "APA-OnlineManager RTF": b"", "DeFacto HTML": b"", "Europresse HTML": "news·".encode(),
    "Factiva HTML": b"Dokument ", "Factiva TXT": b"Document ", "Integrum HTML": b"",
    "Kikuzo HTML": b"", "Nexis HTML": b"", "Nexis RTF": b"", "WARC": b"", "Yomidasu HTML": b"",
    "ProQuest HTML": b"</Text>",
}  # fmt: skip


@pytest.mark.parametrize("name", ENDED)
def test_a_file_that_breaks_off_is_a_warning(name: str, tmp_path: Path, capsys):
    file, data = _samples()[name]
    (tmp_path / file).write_bytes(data)
    assert read(tmp_path / file).files["breaks_off"].tolist() == [0]
    assert "BREAK OFF" not in capsys.readouterr().out
    end = data.rindex(ENDED[name]) if ENDED[name] else len(data) - 40
    (tmp_path / file).write_bytes(data[:end])
    assert read(tmp_path / file).files["breaks_off"].tolist() == [1]
    assert f"WARNING: 1 FILES BREAK OFF: {file}" in capsys.readouterr().out


@pytest.mark.parametrize("name", [name for name in READ if name not in ("XLSX", "Parquet")])
def test_one_long_line_null_bytes_and_mixed_encodings(name: str):
    file, data = _samples()[name]
    if name == "Nexis DOCX":
        return
    half = len(data) // 2
    _sane(name, data[:half] + b"word " * 2_000_000 + data[half:])  # 10 MB
    _sane(name, data.replace(b"e", b"e\0"))
    mixed = "Grüße, ação, żółw".encode() + "Grüße".encode("cp1252") + "привет".encode("koi8_r")
    _sane(name, data[:half] + mixed * 20 + data[half:])
    assert reader_for(data, file) is not None


def test_an_interface_language_that_nobody_knows(tmp_path: Path):
    text = _samples()["Nexis TXT"][1].decode()
    for ours, theirs in (("DOCUMENTS", "DOKUMENTUM"), ("LENGTH", "HOSSZ"), ("of", "a"),
                         ("DOKUMENTEN", "DOKUMENTUM"), ("von", "a")):  # fmt: skip
        text = text.replace(ours, theirs)
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    corpus = read(tmp_path)  # one long text, said to be text and not Nexis
    assert corpus.files["format"].tolist() == ["text"]


def test_a_nexis_file_that_is_cut_in_the_middle(tmp_path: Path, capsys):
    head = "The Echo\n\n5 May 2015\n\nSums\n\nLENGTH: 5 words\n\n"
    stories = [f"{n} of 3 DOCUMENTS\n\n{head}It adds up, and {n} is odd.\n" for n in (1, 2, 3)]
    text = "\n\n".join(stories)
    (tmp_path / "a.txt").write_text(text[: text.index("and 2 is")])
    corpus = read(tmp_path)
    assert corpus.docs["text"].tolist() == ["It adds up, and 1 is odd.", "It adds up,"]
    said = capsys.readouterr().out
    assert "3 announced, 2 read, 0 rejected; 1 ANNOUNCED ARTICLES NOT FOUND" in said
    assert "WARNING: 1 ANNOUNCED ARTICLES WERE NOT FOUND: a.txt" in said


FILLERS = {
    "nested": b"<div><p>word ",
    "open tags": b"<a href='x",
    "signs": b"< ",
    "no spaces": b"word",
    "articles": b"",
    "comments": b"<!-- ",
    "cells": b"<tr><td>1<td>2",
}


def _large(name: str, filler: str, size: int) -> bytes:
    """A page that begins and ends as a reader expects, with `size` bytes of filler between."""
    data = _samples()[name][1]
    piece = FILLERS[filler] or data
    half = len(data) // 2
    return data[:half] + piece * (size // len(piece)) + data[half:]


@pytest.mark.parametrize("filler", sorted(FILLERS))
def test_memory_of_large_pages_is_bounded(filler: str):
    for name in PAGES:
        data = _large(name, filler, 40_000)
        tracemalloc.start()
        _sane(name, data)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 100 * len(data), name


def test_other_libraries_messages_are_cut_short():
    data = bytearray(_samples()["XLSX"][1])
    data[26:28] = b"\xff\xff"  # the length of the first name: zipfile quotes all that follows
    with pytest.raises(InputError) as caught:
        _reader("XLSX").read(bytes(data), "a.xlsx", Options())
    assert len(str(caught.value)) < 300


def test_what_fuzzing_found():
    for name, data in FOUND:
        _sane(name, data)


# Cases that once ended in another error than ours: reader and content.
FOUND = [
    ("Factiva HTML", b'<div class="article deArticle=><p>\n</p><di<!DOCTYPE html>'),
    ("Factiva HTML", b"<div class='article deArticle"),
    ("Factiva XML", b""),
    ("Factiva XML", b"<?xml version='1.0'?>"),
    ("JSON", b'[{"id": ' + b"9" * 5000 + b', "text": "Sun."}]'),  # more digits than Python reads
    ("JSON", b'{"id": ' + b"9" * 5000 + b', "text": "Sun."}\n{"id": 1, "text": "Rain."}'),
    ("MediaCloud JSON", b'[{"url": "a", "publish_date": "2024-10-24", "story_sentences": 5}]'),
    ("MediaCloud JSON", b'[{"stories_id": ' + b"9" * 5000 + b', "publish_date": "2024"}]'),
    (
        "MediaCloud JSON",
        '[{"stories_id": 1, "publish_date": "2024-10-24", "story_sentences": '
        '[{"sentence": "Sun.", "sentence_number": "²"}]}]'.encode(),
    ),
    ("web page (HTML)", b'<!doctype html><html lang="en"><head><title>F'),  # nothing visible
    ("Nexis TXT", b"A story.\x0b1 of 3 DOCUMENTS\x0bText.\n"),  # a line break that is none
]
