"""Web archives and saved pages: what is a page in them, and what becomes of the rest."""

import gzip
import io
import json
import random
import tracemalloc
import zipfile
import zlib
from functools import partial
from pathlib import Path

import pytest

from mediaframes.corpus import pool
from mediaframes.corpus.pool import Pool
from mediaframes.corpus.readers import Options, Rejected, _warc, reader_for
from mediaframes.corpus.readers._mhtml import Mhtml
from mediaframes.corpus.readers._wacz import Wacz
from mediaframes.corpus.readers._warc import Warc
from mediaframes.corpus.reading import read
from mediaframes.errors import InputError
from tests.test_webpage import META, ONE, page


class Archive:
    """A WARC file in the making, each record packed by itself."""

    def __init__(self, *, packed: bool = False) -> None:
        self.packed, self.data = packed, b""
        self.add("warcinfo", "", b"software: a test\r\n", "application/warc-fields")

    def add(self, kind: str, url: str, block: bytes, form: str = "application/http") -> "Archive":
        record = (
            f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:x:{len(self.data)}>\r\n"
            f"WARC-Target-URI: {url}\r\nWARC-Date: 2024-10-30T01:02:03Z\r\n"
            f"Content-Type: {form}\r\nContent-Length: {len(block)}\r\n\r\n"
        ).encode() + block
        record += b"\r\n\r\n"
        self.data += gzip.compress(record) if self.packed else record
        return self

    def page(
        self,
        url: str,
        body: str | bytes,
        *more: str,
        status: str = "200 OK",
        form: str = "text/html; charset=utf-8",
    ) -> "Archive":
        body = body.encode() if isinstance(body, str) else body
        head = [f"HTTP/1.1 {status}", *([f"Content-Type: {form}"] if form else []), *more]
        block = "".join(f"{line}\r\n" for line in head).encode() + b"\r\n" + body
        return self.add("response", url, block, "application/http; msgtype=response")


def story(number: int) -> str:
    return page(head=META).replace("Monday", f"day {number}").replace("/ferry", f"/{number}")


def archive(*, packed: bool = False) -> Archive:
    made = Archive(packed=packed)
    made.page("https://example.org/1", story(1))
    made.page("https://example.org/gone", "<p>Not found</p>", status="404 Not Found")
    made.page("https://example.org/old", "", status="301 Moved")
    made.page("https://example.org/a.png", b"\x89PNG", form="image/png")
    made.add("request", "https://example.org/1", b"GET / HTTP/1.1\r\n\r\n")
    return made.page("https://example.org/2", story(2))


def batch_of(data: bytes, name: str = "a.warc"):
    reader = reader_for(data, name)
    assert isinstance(reader, Warc)
    return reader.read(data, name, Options())


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz", "crawl"])
def test_pages_and_the_rest(packed, name):
    batch = batch_of(archive(packed=packed).data, name)
    assert batch.rows.index.tolist() == [2, 7]
    assert batch.rows["url"].tolist() == ["https://example.org/1", "https://example.org/2"]
    assert set(batch.rows["captured"]) == {"2024-10-30"}
    assert [(item.row, item.reason) for item in batch.rejected] == [
        (3, "status 404"),
        (4, "status 301"),
    ]
    assert batch.total == 4
    assert "no pages: 1 other files (images, styles ...), 1 request, 1 warcinfo" in batch.notes
    assert batch.lines is not None
    assert set(batch.lines["row"]) == {2, 7}


def test_read_says_it_all(tmp_path, capsys):
    (tmp_path / "a.warc").write_bytes(archive(packed=True).data)
    corpus = read(tmp_path)
    assert len(corpus.docs) == 2
    assert corpus.left_out["reason"].tolist() == ["status 404", "status 301"]
    assert set(corpus.parts["part"]) == {"text", "furniture"}
    assert "a.warc: WARC, utf-8: 4 announced, 2 read, 2 rejected" in capsys.readouterr().out


def test_one_gzip_stream_over_all_records_is_read_too():
    whole = batch_of(gzip.compress(archive().data))
    assert whole.rows["url"].tolist() == batch_of(archive().data).rows["url"].tolist()


def test_what_servers_do_to_pages():
    html = story(1).encode()
    packed = gzip.compress(html)
    chunked = b"".join(b"%x\r\n%s\r\n" % (len(html[at : at + 500]), html[at : at + 500])
                       for at in range(0, len(html), 500)) + b"0\r\n\r\n"  # fmt: skip
    made = Archive()
    made.page("http://a.org/u1", packed, "Content-Encoding: gzip")
    made.page("http://a.org/u2", chunked, "Transfer-Encoding: Chunked")
    made.page("http://a.org/u3", zlib.compress(html), "Content-Encoding: deflate")
    made.page("http://a.org/u4", packed, "Content-Encoding: x-gzip")
    made.page("http://a.org/u5", html, "Content-Encoding: br")  # unpacked by the crawler
    made.page("http://a.org/u6", html, form="")
    made.page("http://a.org/u7", b"%PDF-1.4", form="")
    made.page("http://a.org/u8", b"\x1b\x01\x02\xffabc<p>" * 9, "Content-Encoding: strange")
    batch = batch_of(made.data)
    assert batch.rows.index.tolist() == [2, 3, 4, 5, 6, 7]
    assert all("The two sides met again on day 1" in text for text in batch.rows["text"])
    assert [item.reason for item in batch.rejected] == ["packed as 'strange'"]


@pytest.mark.parametrize(("said", "codec"), [("br", "brotli"), ("zstd", "zstd")])
def test_pages_that_browsers_record_as_their_servers_packed_them(said, codec, monkeypatch):
    import pyarrow as pa

    packed = pa.compress(story(1).encode(), codec=codec, asbytes=True)
    made = Archive()
    made.page("http://a.org/u1", packed, f"Content-Encoding: {said}")
    made.page("http://a.org/u2", packed[: len(packed) // 2], f"Content-Encoding: {said}")
    made.page("http://a.org/u3", b"\x1b\x01\x02\xffabc" * 9, f"Content-Encoding: {said}")
    batch = batch_of(made.data)
    assert batch.rows["url"].tolist()[0] == "http://a.org/u1"
    assert "The two sides met again on day 1" in batch.rows["text"].iloc[0]
    assert len(batch.rows) + len(batch.rejected) == 3
    assert f"packed as '{said}', and cannot be unpacked" in batch.rejected[-1].reason
    without = type("Codec", (), {"is_available": staticmethod(lambda codec: False)})
    monkeypatch.setattr(pa, "Codec", without)
    assert [item.reason for item in batch_of(made.data).rejected] == [
        f"packed as '{said}', which this pyarrow does not open; pip install pyarrow"
    ] * 3


def test_a_bomb_in_a_page_is_bounded(monkeypatch):
    import pyarrow as pa

    monkeypatch.setattr(_warc, "LARGEST_FILE", 3 << 20)
    made = Archive().page("http://a.org/u1", pa.compress(b"<p>" * (16 << 20), "brotli",
                          asbytes=True), "Content-Encoding: br")  # fmt: skip
    tracemalloc.start()
    batch = batch_of(made.data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40 << 20
    assert "too" in batch.rejected[0].reason


@pytest.mark.parametrize("pack", ["open", "each record", "whole"])
def test_a_file_larger_than_memory(tmp_path, pack):
    made, picture = Archive(packed=pack == "each record"), random.Random(7).randbytes(20 << 20)
    made.page("https://example.org/1", story(1))
    for _ in range(4):
        made.page("https://example.org/a.png", picture, form="image/png")
    made.page("https://example.org/2", story(2))
    path = tmp_path / "a.warc"
    path.write_bytes(gzip.compress(made.data, 1) if pack == "whole" else made.data)
    del made
    read(tmp_path)  # what is loaded once does not count
    tracemalloc.start()
    corpus = read(tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sorted(corpus.docs["url"]) == ["https://example.org/1", "https://example.org/2"]
    assert peak < 16 << 20  # of 80 MB


@pytest.mark.parametrize("pack", ["open", "each record", "whole"])
def test_a_file_cut_at_any_place_says_so(pack):
    data = archive(packed=pack == "each record").data
    data = gzip.compress(data) if pack == "whole" else data
    silent = []
    for end in range(len(data) // 10, len(data), 7):
        found = _warc.Records(io.BytesIO(data[:end]))
        pages = list(found.pages())
        named = found.cut or any("damaged" in p.reason for p in pages if isinstance(p, Rejected))
        if len(pages) < 4 and not named:
            silent.append(end)
    # cut between two records, or within the few bytes before a record says what it is
    assert len(silent) < 0.08 * len(data) / 7


@pytest.mark.parametrize("where", [0.2, 0.5, 0.9])
def test_a_damaged_member_costs_only_itself(where):
    made = Archive(packed=True)
    starts = [len(made.data)]
    for number in range(10):
        made.page(f"https://example.org/{number}", story(number))
        starts.append(len(made.data))
    data = bytearray(made.data)
    hit = int(where * 10)
    place = (starts[hit] + starts[hit + 1]) // 2
    data[place : place + 20] = b"\0" * 20
    batch = batch_of(bytes(data))
    numbers = {int(url[-1]) for url in batch.rows["url"]}
    assert numbers >= set(range(10)) - {hit}
    assert hit in numbers or batch.rejected


def test_resources_wayback_addresses_and_the_charset_of_the_server():
    russian = "Две стороны снова встретились в понедельник и договорились поговорить о пароме."
    data = f"<html><body><p>{russian}</p><p>{russian[::-1]}</p></body></html>".encode("koi8-r")
    made = Archive()
    wayback = "https://web.archive.org/web/20230102030405/https://example.org/ferry"
    made.add("resource", wayback, story(3).encode(), "text/html")
    made.page("http://a.org/u1", data, form='text/html; charset="koi8-r"')
    batch = batch_of(made.data)
    assert batch.rows["captured"].tolist() == ["2023-01-02", "2024-10-30"]
    assert batch.rows["date"].tolist() == [None, None]  # the page's date is after its capture
    assert russian in batch.rows["text"].iloc[1]


def test_a_revisit_is_said():
    made = archive()
    made.add("revisit", "https://example.org/1", b"HTTP/1.1 200 OK\r\n\r\n")
    assert any("1 revisits (pages captured before)" in note for note in batch_of(made.data).notes)


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_that_breaks_off(tmp_path, packed, capsys):
    data = archive(packed=packed).data
    whole = len(data) - (80 if packed else 120)
    (tmp_path / "a.warc.gz").write_bytes(data[:whole])
    corpus = read(tmp_path)
    assert len(corpus.docs) == 2
    assert len(corpus.left_out) == 2
    assert "BREAKS OFF" in capsys.readouterr().out


def test_a_damaged_record_costs_only_itself():
    data = archive().data
    place = data.index(b"WARC/1.0", 10)  # the first page
    broken = data[:place] + b"WARC/9.9 gibberish\r\n" + data[place + 10 :]
    batch = batch_of(broken)
    assert batch.rows["url"].tolist() == ["https://example.org/2"]
    assert [item.row for item in batch.rejected] == [2, 3, 4]
    assert batch.rejected[0].reason.startswith("damaged record")


def test_a_record_that_does_not_say_what_it_is_costs_only_itself():
    data = archive().data.replace(b"WARC-Type: response", b"\0", 1)
    batch = batch_of(data)
    assert batch.rows["url"].tolist() == ["https://example.org/2"]
    assert batch.rejected[0] == (2, "damaged record (without a WARC-Type)", "")


@pytest.mark.parametrize("size", [0, 1, 20, 300, 700, 900])
def test_rubbish_ends_in_words(size):
    data = archive().data[:size] or b"WARC/1.0\r\n"
    if size in (1, 20):
        data = b"WARC/1.0\r\n" + b"\0\xff" * size
    try:
        Warc().read(data, "a.warc", Options())
    except InputError as error:
        assert "a.warc" in str(error)


def test_an_archive_without_pages_says_so():
    with pytest.raises(InputError, match=r"without an HTML page \(no pages: 1 warcinfo"):
        batch_of(Archive().data)


def test_the_number_of_processes_changes_nothing(monkeypatch):
    made = Archive()
    for number in range(6):
        made.page(f"https://example.org/{number}", story(number))
    monkeypatch.setattr(pool, "FEW_FILES", 2)
    batches = []
    for processes in (1, 2):
        monkeypatch.setattr(pool, "Pool", partial(Pool, processes))
        batches.append(batch_of(made.data))
    one, two = batches
    assert one.rows.equals(two.rows)
    assert one.lines is not None
    assert one.lines.equals(two.lines)
    assert (one.notes, one.rejected) == (two.notes, two.rejected)


def zipped(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name, data in members.items():
            made.writestr(name, data)
    return file.getvalue()


PAGES = [
    {"format": "json-pages-1.0", "id": "pages"},
    {"url": "http://www.example.org/1/#top", "title": "One"},
    {"url": "https://example.org/lost", "title": "Lost"},
]


def listed() -> bytes:
    return "\n".join([*map(json.dumps, PAGES), "{broken", ""]).encode()


def test_wacz():
    data = zipped(
        {
            "archive/one.warc": archive(packed=True).data,  # gzipped, whatever it is called
            "archive/two.warc.gz": Archive().page("https://example.org/3", story(3)).data,
            "pages/pages.jsonl": listed(),
            "datapackage.json": b"{}",
        }
    )
    reader = reader_for(data, "crawl.zip")
    assert isinstance(reader, Wacz)
    batch = reader.read(data, "crawl.zip", Options())
    assert batch.rows["url"].tolist() == [f"https://example.org/{n}" for n in (1, 2, 3)]
    assert batch.rows.index.is_unique
    assert [(item.reason, item.start) for item in batch.rejected] == [
        ("status 404", "https://example.org/gone"),
        ("status 301", "https://example.org/old"),
        ("in the list of pages, but not in the archive", "Lost"),
    ]


def test_a_zip_file_that_is_no_wacz():
    with pytest.raises(InputError, match="no WACZ"):
        Wacz().read(zipped({"data/a.txt": b"a"}), "a.wacz", Options())
    with pytest.raises(InputError, match="damaged"):
        Wacz().read(b"PK\x03\x04rubbish", "a.wacz", Options())


def mhtml(encoding: str = "quoted-printable", *, charset: str = "utf-8") -> bytes:
    import base64
    import quopri

    html = page(head=META).replace("ferry", "fähre").encode(charset)
    body = quopri.encodestring(html) if "quoted" in encoding else base64.encodebytes(html)
    frame = b"<html><body>An advertisement</body></html>"
    return (
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://example.org/snap\r\n"
        b"Subject: =?utf-8?Q?Ferry=20talks?=\r\nDate: Wed, 30 Oct 2024 10:00:00 -0000\r\n"
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype="text/html";\r\n'
        b'\tboundary="----Mark"\r\n\r\n\r\n------Mark\r\nContent-Type: text/html\r\n'
        b"Content-Transfer-Encoding: " + encoding.encode() + b"\r\n"
        b"Content-Location: https://example.org/ferry\r\n\r\n" + body + b"\r\n------Mark\r\n"
        b"Content-Type: text/html\r\nContent-Location: cid:frame\r\n\r\n" + frame + b"\r\n"
        b"------Mark\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        b"iVBORw0K\r\n------Mark--\r\n"
    )


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64"])
@pytest.mark.parametrize("charset", ["utf-8", "cp1252"])
def test_mhtml(encoding, charset):
    data = mhtml(encoding, charset=charset)
    reader = reader_for(data, "a.mhtml")
    assert isinstance(reader, Mhtml)
    batch = reader.read(data, "a.mhtml", Options())
    assert ONE.replace("ferry", "fähre") in batch.rows.loc[1, "text"]
    assert batch.rows.loc[1, "date"] == "2024-10-24"
    assert batch.rows.loc[1, "outlet"] == "Daily Example"
    assert "1 frame inside the page not read" in batch.notes


def test_mhtml_of_internet_explorer_and_a_plain_mail():
    data = mhtml().replace(b"<Saved by Blink>", b'"Saved by Windows Internet Explorer 8"')
    assert isinstance(reader_for(data, "page"), Mhtml)
    mail = b"From: Ann <ann@example.org>\r\nSubject: Lunch\r\n\r\nContent-Type: multipart/related"
    assert not Mhtml().sniff(mail, "a.eml")


def test_mhtml_without_a_page_or_nested_without_end():
    empty = mhtml().split(b"------Mark")[0] + b"------Mark--\r\n"
    with pytest.raises(InputError, match="without HTML"):
        Mhtml().read(empty, "a.mht", Options())
    deep = b"From: <Saved by Blink>\r\n" + b"".join(
        b'Content-Type: multipart/related; boundary="%d"\r\n\r\n--%d\r\n' % (n, n)
        for n in range(3000)
    )
    with pytest.raises(InputError, match="save the page again"):
        Mhtml().read(deep, "a.mht", Options())


@pytest.mark.real
def test_real_archives(shared_data: Path):
    """Each HTML page of the real files is read, or named as lost."""
    folder = shared_data / "press_exports" / "warc"
    for expected in json.loads((folder / "expected.json").read_text(encoding="utf-8")):
        corpus = read(folder / expected["file"])
        redirects = corpus.left_out["reason"].str.startswith("status").sum()
        # warcio refuses one stream over several records, in which there is one page
        pages = expected["n_html_pages_200"] or 1
        assert len(corpus.docs) + len(corpus.left_out) - redirects == pages, expected["file"]
        urls = {found["uri"] for found in expected["pages"]}
        lost = set(corpus.left_out["start"])
        for url in urls - set(corpus.docs["url"]):
            assert any(url.startswith(start) for start in lost), url


@pytest.mark.real
def test_real_wacz(shared_data: Path):
    folder = shared_data / "press_exports" / "wacz"
    corpus = read(folder / "valid_example_1.wacz")
    assert corpus.docs["url"].tolist() == ["http://www.example.com/"]
    assert corpus.left_out.empty
    with pytest.raises(InputError, match="no WACZ"):
        read(folder / "invalid_example_1.wacz")
