"""LexisNexis as RTF, also under the name .DOC. All articles are invented."""

from pathlib import Path

import pytest

from mediaframes.corpus.readers import Options, reader_for
from mediaframes.corpus.readers._nexis_rtf import NexisRtf
from mediaframes.corpus.reading import read
from mediaframes.errors import InputError

LEFT = r"\par \pard \hyphpar0 \ql \li0\ri0 \sb0 \fi0 "
BODY = r"\par \b0 \i0 \pard \ql \li0\ri0 \sb120 \fi0 "
MIDDLE = r"\par \pard \qc \li0\ri0 \sb0 \fi0 "
GAP = r"\par \pard " + "\n"
START = (
    r"{\rtf1\ansi\deff0{\fonttbl{\f0\fmodern Courier;}}{\stylesheet{\fs20 Normal;}}"
    r"{\*\LXNComment 1826:520979124}" + LEFT + "NOTE: an uploader's remark\n" + GAP
    + LEFT + "Download Request: All Documents: 1-2\n" + GAP
)  # fmt: skip


def story(number: int, *, body: str = BODY + "It adds up.\n" + BODY + "Twice.\n") -> str:
    logo = r"{\*\shppict{\pict\pngblip" + "\n89504e470d0a1a0a}}"
    return (
        r"\sect \sectd {\header \pard Page \chpgn \qr" + "\n" + r"\par Sums The Echo \qc }"
        r"{\*\bkmkstart DOC_ID_0_1}{\*\bkmkend DOC_ID_0_1}\pard " + "\n"
        + MIDDLE + f"{number} of 2 DOCUMENTS\n" + GAP + GAP
        + MIDDLE + "Copyright 2015 Example Papers, d/b/a Echo\n"
        + MIDDLE + "All Rights Reserved\n" + MIDDLE + logo + "\n"
        + MIDDLE + "The Echo\n" + GAP
        + r"\par \cf17 \b \pard \qc \li1200\ri1200 July\cf \b0  1, 2015 Wednesday" + "\n"
        + MIDDLE + "Met 2 Edition\n" + GAP
        + LEFT + r"Caf\'e9 sums \u8211? and \cf17 \b more\cf \b0" + "\n" + GAP
        + LEFT + r"\b BYLINE: \b0 A. Sample" + "\n" + GAP
        + LEFT + r"\b LENGTH: \b0 4 words" + "\n" + body + GAP
        + LEFT + r"\b LANGUAGE: \b0 ENGLISH" + "\n" + GAP
        + LEFT + r"\b LOAD-DATE: \b0 July 2, 2015" + "\n"
    )  # fmt: skip


def test_articles(tmp_path: Path):
    (tmp_path / "export.DOC").write_text(START + story(1) + story(2) + r"\par }")
    corpus = read(tmp_path)
    assert corpus.files["format"].tolist() == ["Nexis RTF"]
    assert corpus.files[["announced", "read", "rejected"]].values.tolist() == [[2, 2, 0]]
    row = corpus.docs.iloc[0]
    assert (row["title"], row["outlet"]) == ("Café sums – and more", "The Echo")
    assert row["text"] == "It adds up.\n\nTwice."
    assert (row["author"], row["language"]) == ("A. Sample", "en")
    assert row["date"].date().isoformat() == "2015-07-01"
    assert row["edition"] == "Wednesday; Met 2 Edition"
    assert row["copyright"] == "Copyright 2015 Example Papers, d/b/a Echo All Rights Reserved"


def test_losses_are_named():
    data = (START + story(1) + story(2, body="")).encode()
    batch = NexisRtf().read(data, "a.rtf", Options())
    assert batch.announced == 2 and len(batch.rows) == 1
    assert [(item.row, item.reason) for item in batch.rejected] == [(2, "no text")]
    assert batch.notes == ("the file is cut off: its last article may be too",)


def test_sniffing_and_damage():
    data = (START + story(1) + "}").encode()
    reader = reader_for(data, "a.DOC")
    assert reader is not None and reader.name == "Nexis RTF"
    assert not NexisRtf().sniff(rb"{\rtf1\ansi A letter.}", "a.rtf")
    assert not NexisRtf().sniff(b"LXNComment 1 of 2 DOCUMENTS", "a.rtf")
    with pytest.raises(InputError, match="without a line such as '1 of 20 DOCUMENTS'"):
        NexisRtf().read(START.encode() + b"}", "a.rtf", Options())
    for hostile in (b"{" * 100_000, b"\\bin99999999 x", b"\0" * 1000, b"\\u-1?\\u99999999999?"):
        NexisRtf().read(data[:-1] + hostile, "a.rtf", Options())
