"""Kikuzo and Yomidasu: facts above each text, withheld texts, marked hits."""

from pathlib import Path

import pytest

from mediaframes.corpus.readers import Options, reader_for
from mediaframes.corpus.readers._kikuzo import Kikuzo
from mediaframes.corpus.readers._yomidasu import Yomidasu
from mediaframes.corpus.reading import read
from mediaframes.errors import InputError

HIT = '<span style="font-weight: bold;background:#88FFCC">'
NAMES = ("No.", "発行日", "朝夕刊", "面名", "ページ", "文字数")


def kikuzo_article(number: int, day: str, title: str, body: str) -> str:
    cells = (
        f"0000{number}",
        f"<nobr>1985年</nobr><nobr>{day}</nobr>",
        "朝刊",
        "１総",
        "001",
        "9文字",
    )
    names = "".join(f'<th class="topic-list">{name}</th>' for name in NAMES)
    row = "".join(f'<td class="topic-list">{cell}</td>' for cell in cells)
    return (
        f'<hr><table class="topic-inside"><tr><td>\n<TABLE class="topic-list"><tr>{names}</tr>\n'
        f'<tr>{row}</tr></TABLE></td></tr></table>\n<table class="topic-detail">\n<tr><td>'
        f'<span class="font002">\n{title}</span></td></tr><tr><td>{body}</td></tr></table>\n'
    )


KIKUZO = (
    '<html lang="ja"><head><meta charset="UTF-8"></head><body><table><tr><td>聞蔵II</td>'
    '<td>総件数：\t<span class="x">317</span>件</td></tr></table>\n'
    + kikuzo_article(
        1,
        "01月07日",
        f"橋の{HIT}{HIT}建設</span></span>　費用かさむ",
        f'<span class="font003"><div class="detail001">\n　川に{HIT}橋</span>を。<br>'
        "　市長は語る。</div>",
    )
    + kikuzo_article(2, "01月08日", "通信社の記事", "※著作権などの関係で本文を表示できません。<br>")
    + "</body></html>"
)

YOMIDASU = """
<?xml version="1.0" encoding="utf-8"?>
<html xmlns="http://www.w3.org/1999/xhtml" lang="ja"><head><title>ヨミダス歴史館</title></head>
<body><div id="heiseiDetailArea"><table class="contentsTable" style="x"><tr>
<th>1</th><th>1987.01.07</th><th>「橋」の&#24314;設</th><th>東京朝刊</th><th>解説</th><th>09頁</th>
<th>1796字</th><th>04段</th><th class="last">写真</th></tr></table>
<table class="selectSearchTable"><tr><th>検索</th><td><input value="x"/></td></tr></table></div>
<div id="heiseiDetailContents"><p class="mb10">　川に<span class="phrase">橋</span>を。<br/>
　市長は語る。<br/></p></div>
<div id="heiseiDetailArea"><table class="contentsTable"><tr>
<th>2</th><th>1987.01.08</th><th>［漫画］橋</th><th>東京朝刊</th><th>二面</th><th>02頁</th><th>字</th>
</tr></table></div><div id="heiseiDetailContents"></div></body></html>
"""


def test_kikuzo(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "a.html").write_text(KIKUZO, encoding="utf-8")
    corpus = read(tmp_path)
    article = corpus.docs.iloc[0]
    assert len(corpus.docs) == 1
    assert article["title"] == "橋の建設 費用かさむ"  # no space where a mark of the hit ends
    assert article["text"] == "川に橋を。\n　市長は語る。"
    assert str(article["date"].date()) == "1985-01-07"
    assert (article["outlet"], article["language"]) == ("朝日新聞", "ja")
    assert (article["section"], article["edition"], article["page"]) == ("１総", "朝刊", "001")
    gone = corpus.left_out.iloc[0]
    assert (gone["reason"], gone["start"]) == ("no text: withheld for copyright", "通信社の記事")
    assert gone["row"] == str(KIKUZO[: KIKUZO.rindex("<TABLE")].count("\n") + 1)
    said = capsys.readouterr().out
    assert "317 announced, 1 read, 1 rejected; 315 ANNOUNCED ARTICLES NOT FOUND" in said
    assert "this page holds 2 of them" in said


def test_yomidasu(tmp_path: Path):
    (tmp_path / "a.html").write_text(YOMIDASU, encoding="utf-8")
    corpus = read(tmp_path)
    article = corpus.docs.iloc[0]
    assert (article["title"], article["text"]) == ("「橋」の建設", "川に橋を。\n　市長は語る。")
    assert str(article["date"].date()) == "1987-01-07"
    assert (article["outlet"], article["section"], article["length"]) == (
        "読売新聞",
        "解説",
        "1796字",
    )
    assert corpus.left_out["reason"].tolist() == ["no text: a cartoon or picture"]
    assert corpus.left_out["start"].tolist() == ["［漫画］橋"]


@pytest.mark.parametrize("page", [KIKUZO, YOMIDASU])
def test_damaged_pages_are_read_as_far_as_they_go(page: str):
    data = page.encode()
    for end in range(0, len(data), 7):
        for piece in (data[:end], data[:end] + b"\0<a<<" + data[end:]):
            for reader in (Kikuzo(), Yomidasu()):
                try:
                    reader.read(piece, "a.html", Options())
                except InputError as error:
                    assert "a.html" in str(error)


def test_each_knows_its_own():
    kikuzo, yomidasu = KIKUZO.encode(), YOMIDASU.encode()
    assert isinstance(reader_for(kikuzo, "x.txt"), Kikuzo)
    assert isinstance(reader_for(yomidasu, "x.htm"), Yomidasu)
    page = reader_for(b"<html><body><p>A page</p></body></html>", "x.html")
    assert not isinstance(page, Kikuzo | Yomidasu)


def test_what_the_parser_cannot_finish_is_left_out_by_name():
    deep = KIKUZO.replace("川に", "<span>" * 300 + "川に" + "</span>" * 300)
    batch = Kikuzo().read(deep.encode(), "a.html", Options())
    first, second = batch.rejected
    assert first.reason == "the HTML is nested too deeply or too large to be read safely"
    assert "00001 1985年" in first.start
    assert second.start == "通信社の記事"
