"""Archives and compressed files: members are files, nothing is unpacked without bounds."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from mediaframes.corpus.readers import _archives
from mediaframes.corpus.reading import read
from mediaframes.errors import InputError

TABLE = b"id,outlet,date,text\n1,Echo,2024-10-24,Talks resume.\n2,Globe,2024-10-25,Sun.\n"
STORY = b"Prices rise in Norhaven."


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


MEMBERS = {
    "table.csv": TABLE,
    "deep/er/Echo_2024-10-26_7.txt": STORY,
    "packed.csv.gz": gzip.compress(b"id,text\n8,Rain.\n"),
    "inner.zip": zipped({"sub/Globe_2024-10-27_9.txt": b"Storm."}),
    "__MACOSX/._table.csv": b"\0\0",
    "README.txt": b"notes",
    "image.png": b"\x89PNG\r\n\x1a\n\0\0\0",
}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.zip", zipped(MEMBERS)),
        ("a.ZIP.bin", zipped(MEMBERS, zipfile.ZIP_LZMA)),
        ("a.tar", tarred(MEMBERS)),
        ("a.tar.gz", gzip.compress(tarred(MEMBERS))),
        ("a.tar.xz", lzma.compress(tarred(MEMBERS))),
        ("a.tbz", bz2.compress(tarred(MEMBERS))),
    ],
)
def test_members_are_files(tmp_path: Path, name: str, data: bytes, capsys):
    (tmp_path / name).write_bytes(data)
    corpus = read(tmp_path / name)
    docs = corpus.docs
    assert docs["text"].to_dict() == {
        "1": "Talks resume.", "2": "Sun.", "7": STORY.decode(), "8": "Rain.", "9": "Storm.",
    }  # fmt: skip
    assert docs.loc["7", "source_file"] == f"{name}/deep/er/Echo_2024-10-26_7.txt"
    assert docs.loc["9", "source_file"] == f"{name}/inner.zip/sub/Globe_2024-10-27_9.txt"
    assert docs.loc["9", "outlet"] == "Globe"
    notes = corpus.files.set_index("file")["note"]
    assert "archive, 7 files in it" in notes[name]
    assert notes[f"{name}/__MACOSX/._table.csv"] == "not read: hidden"
    assert notes[f"{name}/README.txt"] == "not read: a README"
    assert notes[f"{name}/image.png"].startswith("not read: no known format")
    assert f"{name}/table.csv: CSV" in capsys.readouterr().out


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress])
def test_compressed_files_are_known_by_their_bytes(tmp_path: Path, pack):
    (tmp_path / "a.csv").write_bytes(pack(TABLE[:40]) + pack(TABLE[40:]))  # two in a row
    corpus = read(tmp_path)
    assert len(corpus) == 2
    assert corpus.files["file"].tolist() == ["a.csv"]


@pytest.mark.parametrize(
    ("name", "pack"), [("a.gz", gzip.compress), ("a.xz", lzma.compress), ("a.bz2", bz2.compress)]
)
def test_what_a_cut_file_still_holds_is_read_and_said(tmp_path: Path, name: str, pack, capsys):
    rows = b"".join(b"%d,Story number %d of %d.\n" % (n, n, n * n) for n in range(60_000))
    packed = pack(b"id,text\n" + rows)
    path = tmp_path / name.replace(".", ".csv.")
    path.write_bytes(packed[: len(packed) // 2])
    corpus = read(path)
    assert 20_000 < len(corpus) < 45_000
    assert corpus.files["breaks_off"].tolist() == [1]
    assert "THE FILE BREAKS OFF" in capsys.readouterr().out
    path.write_bytes(packed[:12])
    with pytest.raises(InputError, match="archive is damaged"):
        read(path)


def test_a_gzip_file_with_wrong_checksum_is_damaged(tmp_path: Path):
    packed = bytearray(gzip.compress(TABLE))
    packed[-6] ^= 1
    (tmp_path / "a.csv.gz").write_bytes(packed)
    with pytest.raises(InputError, match=r"a.csv.gz: the gzip archive is damaged \(.*check"):
        read(tmp_path / "a.csv.gz")


def test_a_cut_tar_says_where_it_ends(tmp_path: Path):
    data = tarred({"a.csv": TABLE, "b_2024-10-10_5.txt": b"x" * 100_000, "c.csv": TABLE})
    (tmp_path / "a.tar.gz").write_bytes(gzip.compress(data)[:-200])
    corpus = read(tmp_path)
    assert corpus.docs.index[:2].tolist() == ["1", "2"]
    whole = corpus.files.set_index("file").loc["a.tar.gz"]
    assert "BREAKS OFF" in whole["note"]
    assert whole["breaks_off"] == 1


class Pipe(io.RawIOBase):
    """What cannot be wound back: sizes and checksums stand behind each member."""

    def __init__(self) -> None:
        self.data = b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.data += bytes(data)
        return len(data)


def streamed(members: dict[str, bytes]) -> bytes:
    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return pipe.data


THREE = {
    "a.csv": TABLE, "ü/Echo_2024-10-26_7.txt": STORY, "b.csv": TABLE.replace(b"1,E", b"3,E"),
}  # fmt: skip


@pytest.mark.parametrize(
    "pack", [zipped, streamed, lambda members: zipped(members, zipfile.ZIP_STORED)]
)
def test_of_a_zip_that_breaks_off_whole_files_are_read_and_the_others_named(tmp_path, pack, capsys):
    data = pack(THREE)
    last = data.rindex(b"b.csv", 0, data.index(b"PK\x01\x02"))
    (tmp_path / "cut.zip").write_bytes(data[: last + 20])
    corpus = read(tmp_path)
    assert corpus.docs.index.tolist() == ["1", "2", "7"]
    assert corpus.docs.loc["7", "source_file"] == "cut.zip/ü/Echo_2024-10-26_7.txt"
    files = corpus.files.set_index("file")
    assert files.loc["cut.zip", "breaks_off"] == 1
    assert "THE ARCHIVE BREAKS OFF" in files.loc["cut.zip", "note"]
    lost = files[files["format"] == "not read"]
    assert lost["note"].str.contains("breaks off with its archive").all()
    said = capsys.readouterr().out
    assert "WARNING: 1 FILES BREAK OFF: cut.zip" in said
    (tmp_path / "cut.zip").write_bytes(data[:-30])  # of the list only
    assert read(tmp_path).docs.index.tolist()[:4] == ["1", "2", "3", "7"]


def test_the_list_of_an_archive_inside_is_not_taken_for_the_whole(tmp_path: Path):
    data = zipped({"a.csv": TABLE, "in.zip": zipped({"b_2024-10-10_5.txt": b"Sun."}),
                   "c.txt": STORY}, zipfile.ZIP_STORED)  # fmt: skip
    (tmp_path / "cut.zip").write_bytes(data[:-60])
    corpus = read(tmp_path)
    assert len(corpus) == 4
    assert corpus.files.set_index("file").loc["cut.zip", "breaks_off"] == 1


def test_every_cut_of_a_zip_is_said():
    for data in (zipped(THREE), streamed(THREE)):
        for end in range(4, len(data) - 1):
            try:
                items = list(_archives.contents(io.BytesIO(data[:end]), "a.zip"))
            except InputError as error:
                assert "THE ARCHIVE BREAKS OFF" in str(error)
                continue
            assert items[-1].cut
            for item in items[:-1]:
                assert item.skipped or item.data in THREE.values()


def test_a_zip_without_one_whole_file_says_so(tmp_path: Path):
    (tmp_path / "cut.zip").write_bytes(zipped(THREE)[:60])
    with pytest.raises(InputError, match=r"cut\.zip"):
        read(tmp_path / "cut.zip")


def test_damage_in_a_zip_without_its_list_ends_soon():
    def items(data: bytes) -> list[_archives.Item]:
        found: list[_archives.Item] = []
        with pytest.raises(InputError, match="THE ARCHIVE BREAKS OFF"):
            found.extend(_archives.contents(io.BytesIO(data), "a.zip"))
        return found

    bomb = zipped({"a.txt": bytes(64 << 20)})
    assert "zip bomb" in items(bomb[:-30])[0].skipped
    head = bytearray(bomb[:30])
    head[6], head[18:26] = 8, bytes(8)  # sizes behind
    many = items((bytes(head[:26]) + b"\x01\0\0\0a") * 5000)
    assert len(many) < 110
    assert "not looked at after 101 damaged files" in many[-1].skipped


def test_a_damaged_zip_is_named(tmp_path: Path):
    data = zipped({"a.csv": TABLE, "b.csv": TABLE.replace(b"1,E", b"3,E").replace(b"2,G", b"4,G")})
    broken = bytearray(data)
    broken[50] ^= 0xFF  # within the first member
    for cut in (0, 30):
        (tmp_path / "cut.zip").write_bytes(broken[: len(broken) - cut])
        corpus = read(tmp_path / "cut.zip")
        assert corpus.docs.index.tolist() == ["3", "4"]
        note = corpus.files.set_index("file").loc["cut.zip/a.csv", "note"]
        assert "damaged in the archive" in note


def test_names_are_names_only(tmp_path: Path):
    members = {"../../up.csv": TABLE, "/abs.txt": STORY, "C:\\x\\y.txt": b"Wind.", "é.txt": b"Fog."}
    (tmp_path / "a.zip").write_bytes(zipped(members))
    corpus = read(tmp_path / "a.zip")
    assert corpus.files["file"].tolist() == [
        "a.zip", "a.zip/C:/x/y.txt", "a.zip/abs.txt", "a.zip/up.csv", "a.zip/é.txt",
    ]  # fmt: skip
    assert [path.name for path in tmp_path.rglob("*")] == ["a.zip"]
    assert not (tmp_path.parent.parent / "up.csv").exists()


def test_names_that_repeat_are_told_apart(tmp_path: Path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("a.txt", "One.")
        archive.writestr("a.txt", "Two.")
    (tmp_path / "a.zip").write_bytes(out.getvalue())
    corpus = read(tmp_path / "a.zip")
    assert sorted(corpus.docs["source_file"]) == ["a.zip/a (2).txt", "a.zip/a.txt"]


def test_encrypted_and_unknown_members_are_named_with_what_to_do(tmp_path: Path):
    data = bytearray(zipped({"a.csv": TABLE, "b.csv": TABLE, "c.csv": TABLE}))
    central = data.find(b"PK\x01\x02")
    data[central + 8] |= 1  # the flag of encryption
    data[data.find(b"PK\x01\x02", central + 4) + 10] = 9  # deflate64
    (tmp_path / "a.zip").write_bytes(data)
    corpus = read(tmp_path / "a.zip")
    notes = corpus.files.set_index("file")["note"]
    assert notes["a.zip/a.csv"].startswith("not read: encrypted; unpack the archive with its pass")
    assert "method that is not opened here (number 9); unpack" in notes["a.zip/b.csv"]
    assert len(corpus) == 2


@pytest.mark.parametrize("kind", ["7z\xbc\xaf\x27\x1c", "Rar!\x1a\x07\x00", "\x28\xb5\x2f\xfd"])
def test_other_archives_are_named(tmp_path: Path, kind: str):
    (tmp_path / "a.bin").write_bytes(kind.encode("latin-1") + b"xxxx")
    with pytest.raises(InputError, match="which is not opened here; unpack it first"):
        read(tmp_path / "a.bin")


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress])
def test_bombs_of_one_file(tmp_path: Path, pack):
    (tmp_path / "a.txt").write_bytes(pack(bytes(100 << 20)))
    with pytest.raises(InputError, match="more than 250 times its size"):
        read(tmp_path / "a.txt")


def test_bombs_in_archives(tmp_path: Path):
    bomb = zipped({"zero.txt": bytes(100 << 20)})
    (tmp_path / "a.zip").write_bytes(zipped({"a.csv": TABLE, "in.zip": bomb}))
    (tmp_path / "b.tgz").write_bytes(gzip.compress(tarred({"zero.txt": bytes(100 << 20)})))
    corpus = read(tmp_path)
    notes = corpus.files.set_index("file")["note"]
    assert "a zip bomb?" in notes["a.zip/in.zip/zero.txt"]
    assert "more than 250 times its size" in notes["b.tgz"]
    assert len(corpus) == 2


def test_archives_in_archives_end(tmp_path: Path):
    data = zipped({"a.csv": TABLE})
    for _ in range(5):
        data = zipped({"next.zip": data})
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(InputError, match="an archive inside 3 others; unpack it first"):
        read(tmp_path / "a.zip")


def test_the_whole_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    members = {f"{n}.txt": b"Story %d." % n for n in range(20)}
    (tmp_path / "a.zip").write_bytes(zipped(members))
    (tmp_path / "a.tar").write_bytes(tarred(members))
    monkeypatch.setattr(_archives, "MEMBERS", 12)
    with pytest.raises(InputError, match="an archive of 20 files, more than 12"):
        read(tmp_path / "a.zip")
    corpus = read(tmp_path / "a.tar")
    assert len(corpus) == 12
    assert "more than 12 files" in corpus.files.set_index("file").loc["a.tar", "note"]
    monkeypatch.setattr(_archives, "MEMBERS", 100)
    monkeypatch.setattr(_archives, "TOTAL", 50)
    for name in ("a.zip", "a.tar"):
        corpus = read(tmp_path / name)
        assert 0 < len(corpus) < 20
        assert "unpack to more than 50 bytes" in corpus.files.set_index("file").loc[name, "note"]


def test_an_archive_that_lies_about_a_million_members(tmp_path: Path):
    entry = b"PK\x01\x02" + bytes(42)
    end = b"PK\x05\x06" + bytes(4) + b"\xff\xff\xff\xff" + (46 << 20).to_bytes(4, "little")
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04" + entry * (1 << 20) + end + bytes(6))
    with pytest.raises(InputError, match="put the articles into a table"):
        read(tmp_path / "a.zip")
