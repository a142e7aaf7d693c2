# ruff: noqa: E501
"""Encodings are found by the letters that come out; western text stays cp1252. All invented."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaframes.corpus.readers._decode import decode, mend
from mediaframes.corpus.readers._encodings import guess_encoding
from mediaframes.corpus.reading import read

TEXTS = {
    "de": (
        "Die Gespräche über die Fähre gehen weiter. Die Bürger müssen länger warten, sagte der Bürgermeister am Mittwoch in Köln. Früher hätte man größere Schiffe gekauft.",
        ["cp1252", "mac_roman"],
    ),
    "fr": (
        "Les négociations sur le ferry ont repris à Calais. « Nous espérons arriver à un accord très bientôt », a déclaré le ministre. L’été dernier, la grève a coûté cher.",
        ["cp1252", "mac_roman"],
    ),
    "es": (
        "Las negociaciones sobre el transbordador continúan. «Mañana habrá más información», señaló el portavoz. ¿Qué pasará después? El año pasado subió la inflación.",
        ["cp1252"],
    ),
    "pl": (
        "Rozmowy o promie trwają. Minister powiedział, że mieszkańcy będą musieli dłużej czekać. Wcześniej kupiono większe statki, żeby zwiększyć przepustowość portu w Gdańsku.",
        ["cp1250", "iso8859_2"],
    ),
    "cs": (
        "Jednání o trajektu pokračují. Ministr řekl, že obyvatelé budou muset déle čekat. Příští týden se obě strany znovu sejdou a rozhodnou o dalším postupu v přístavu.",
        ["cp1250", "iso8859_2"],
    ),
    "ru": (
        "Переговоры о пароме продолжаются. Министр заявил, что жителям придется подождать. На следующей неделе стороны встретятся снова и примут решение.",
        ["cp1251", "koi8_r", "iso8859_5", "cp866"],
    ),
    "ja": (
        "フェリーをめぐる交渉が続いている。大臣は、住民はもう少し待たなければならないと述べた。来週、両者は再び会談し、今後の方針を決める。",
        ["cp932", "euc_jp"],
    ),
    "zh": (
        "关于渡轮的谈判仍在继续。部长说，居民们还要再等一段时间。下个星期，双方将再次会面，并对今后的工作作出决定。这是不可以的。",
        ["gb18030"],
    ),
    "zt": (
        "關於渡輪的談判仍在繼續。部長說，居民還要再等一段時間。下個星期，雙方將再次會面，並對今後的工作作出決定。這是不可以的。",
        ["big5"],
    ),
    "ko": (
        "여객선에 관한 협상이 계속되고 있다. 장관은 주민들이 더 기다려야 한다고 말했다. 다음 주에 양측은 다시 만나 결정할 것이다.",
        ["cp949"],
    ),
    "tr": (
        "Feribot görüşmeleri sürüyor. Bakan, halkın biraz daha beklemesi gerektiğini söyledi. Gelecek hafta taraflar yeniden görüşecek ve karar verecek. Çocuklar için ışık.",
        ["cp1254"],
    ),
    "da": (
        "Forhandlingerne om færgen fortsætter. Ministeren sagde, at borgerne må vente længere. Næste år køber man større skibe på Færøerne.",
        ["cp1252"],
    ),
    "sv": (
        "Förhandlingarna om färjan fortsätter. Ministern sade att invånarna måste vänta längre. Nästa år köper man större båtar.",
        ["cp1252"],
    ),
    "pt": (
        "As negociações sobre a balsa continuam. O ministro afirmou que a população terá de esperar. Amanhã não haverá informações, segundo o órgão.",
        ["cp1252"],
    ),
    "it": (
        "Le trattative sul traghetto continuano. Il ministro ha detto che la città dovrà aspettare di più. Sarà così perché è già tardi, però si può.",
        ["cp1252"],
    ),
    "nl": (
        "De onderhandelingen over de veerboot gaan verder. Volgens België is er één voorstel; de coördinatie en financiële reünie geïnformeerd, categorieën ruïne.",
        ["cp1252"],
    ),
}

CASES = [(name, encoding) for name, (_, known) in TEXTS.items() for encoding in known]


@pytest.mark.parametrize(("name", "encoding"), CASES)
@pytest.mark.parametrize("times", [1, 50])
def test_the_letters_show_the_encoding(name: str, encoding: str, times: int):
    data = (TEXTS[name][0] + "\n").encode(encoding) * times
    english = b"Talks on the ferry resume on Monday, a spokeswoman said.\n" * 400
    assert guess_encoding(english + data) == encoding
    found = decode(data, encoding=None, file="a.txt")
    assert found.text == (TEXTS[name][0] + "\n") * times
    assert found.encoding == encoding
    assert ("by its letters" in found.notes[0]) == (encoding != "cp1252")


@pytest.mark.parametrize("name", [name for name, encoding in CASES if encoding == "cp1252"])
def test_few_letters_are_cp1252(name: str):
    for word in TEXTS[name][0].split():
        assert guess_encoding(word.encode("cp1252")) == "cp1252"


def test_western_languages_together_stay_cp1252():
    text = " ".join(TEXTS[name][0] for name, encoding in CASES if encoding == "cp1252")
    assert guess_encoding(text.encode("cp1252")) == "cp1252"


@given(st.binary(max_size=300))
def test_any_bytes_are_survived(data: bytes):
    guess_encoding(data)


def test_one_long_line_takes_no_time():
    data = ("ü" * 5_000_000).encode("cp1252")
    assert guess_encoding(data) == "cp1252"


def test_the_encoding_stands_in_the_report(tmp_path: Path):
    (tmp_path / "a.txt").write_bytes(TEXTS["ru"][0].encode("koi8_r"))
    corpus = read(tmp_path)
    assert corpus.docs["text"].tolist() == [TEXTS["ru"][0]]
    assert corpus.files["encoding"].tolist() == ["koi8_r"]


def test_mended_places_are_counted(tmp_path: Path):
    assert mend("fÃ¼r Ã–konomie\nfein\nGrÃ¼n") == ("für Ökonomie\nfein\nGrün", 3)
    table = "text,title\nfÃ¼r Ã–l,x\nfein,y\nfein auch,grÃ¼n\n"
    (tmp_path / "a.csv").write_text(table, encoding="utf-8")
    facts = read(tmp_path).files.iloc[0]
    assert facts[["repaired", "repaired_places"]].tolist() == [2, 3]
