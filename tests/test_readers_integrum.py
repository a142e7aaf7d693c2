"""Integrum: the HTML report and the workbook."""

from pathlib import Path

import openpyxl
import pytest

from mediaframes.corpus.readers import Options
from mediaframes.corpus.readers._integrum import IntegrumHtml
from mediaframes.corpus.reading import read
from mediaframes.errors import InputError

PAGE = """<!DOCTYPE HTML><html><head><META http-equiv="Content-Type" content="text/html; \
charset=windows-1251"><title>Report 12.05.2021 15:50:05</title></head><body>\r
<h3>Report 12.05.2021 15:50:05</h3>1.\r
  <a href="#1">НОВЫЙ МОСТ</a><small>Вестник; 09.02.1994;</small><br>2.\r
  <a href="#2">ПОГОДА</a><br>3.\r
  <a href="#3">БЕЗ ТЕКСТА</a><br>\r
<div align="left"><a name="1"></a><table><tr><td bgcolor="#e4e1d9">^ИС:\r
     Вестник \r
<br>^НР:\r
     6\r
<br>^ДТ:\r
     09.02.1994\r
<br>^АВ:\r
     Иванов Иван,\r
<br>^ЗГ:\r
     <font color="#0000FF"><b>НОВЫЙ</b></font> МОСТ<br></td></tr></table><h3>НОВЫЙ МОСТ</h3><pre>\r
     Над рекой строят <font color="#FF0000"><b>мост</b></font>. Стоимость\r
растет: 2 + 2 &lt; 5.\r
     Мэр доволен.</pre></div>\r
<div align="left"><a name="2"></a><table><tr><td>^ИС:\r
     Вестник\r
<br>^ДТ:\r
     01.12.1993\r
</td></tr></table><h3>ПОГОДА</h3><pre>Солнце.\n\nВетер.</pre></div>\r
<div align="left"><a name="3"></a><table><tr><td>^ЗГ:\r
     БЕЗ ТЕКСТА\r
<br></td></tr></table><pre>\r
</pre></div></body></html>"""


def test_html(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "a.html").write_bytes(PAGE.encode("cp1251"))
    corpus = read(tmp_path)
    docs = corpus.docs.set_index("title")
    assert docs.loc["НОВЫЙ МОСТ", "text"] == (
        "Над рекой строят мост. Стоимость растет: 2 + 2 < 5.\n\nМэр доволен."
    )
    assert docs.loc["НОВЫЙ МОСТ", "author"] == "Иванов Иван"
    assert docs.loc["ПОГОДА", "text"] == "Солнце.\n\nВетер."
    assert docs["outlet"].tolist() == ["Вестник", "Вестник"]
    assert str(docs.loc["НОВЫЙ МОСТ", "date"].date()) == "1994-02-09"  # day first
    assert corpus.left_out[["reason", "start"]].values.tolist() == [["no text", "БЕЗ ТЕКСТА"]]
    assert "Integrum HTML, cp1251: 3 announced, 2 read, 1 rejected" in capsys.readouterr().out


def test_a_declaration_that_is_not_true():
    batch = IntegrumHtml().read(PAGE.encode(), "a.html", Options())
    assert batch.encoding == "utf-8"
    assert batch.rows["title"].tolist() == ["НОВЫЙ МОСТ", "ПОГОДА"]


def test_a_cut_report_says_what_is_missing():
    data = PAGE.encode("cp1251")
    batch = IntegrumHtml().read(data[: data.index(b'name="2"')], "a.html", Options())
    assert (len(batch.rows), batch.announced) == (1, 3)
    assert batch.notes == ("the file breaks off (no </html>): its last article may be cut",)
    with pytest.raises(InputError, match=r"a.html: a page of Integrum without articles"):
        IntegrumHtml().read(data[:300], "a.html", Options())


def test_xlsx(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Источник", "Дата", "Время", "Заголовок", "Анонс", "Оригинал", "Автор"])
    sheet.append(["Канал", "28.02.05", "00:00", "Мост", "Мост\n\n28.02.2005\n\nСтроят.", "", ""])
    sheet.append(["Канал", "01.02.05", "00:00", "Пусто", "", "", ""])
    book.save(tmp_path / "channel_20050201-20050228_0001-0003_0003.xlsx")
    corpus = read(tmp_path)
    article = corpus.docs.iloc[0]
    assert (article["title"], article["outlet"]) == ("Мост", "Канал")
    assert article["text"] == "Мост\n\n28.02.2005\n\nСтроят."
    assert str(article["date"].date()) == "2005-02-28"
    assert corpus.left_out[["row", "reason"]].values.tolist() == [["3", "empty text"]]
    assert "Integrum XLSX: 3 announced, 1 read, 1 rejected" in capsys.readouterr().out
