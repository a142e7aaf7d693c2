"""ProQuest: text export, mails, the HTML in them. All articles are invented."""

import quopri
from email.message import EmailMessage

import pytest

from mediaframes.corpus.readers import Batch, Options, reader_for
from mediaframes.corpus.readers._proquest import field, whole_date
from mediaframes.errors import InputError

RULE = "_" * 60
FOOTER = "\n\nContact us at: http://example.org\nDatabase copyright 2022 ProQuest LLC.\n"


def block(number: int, *, outlet: str = "The Echo; Town, Ont.", text: str = "Talks resume.") -> str:
    """An article as the text export writes it, broken by stray spaces."""
    return f"""
Budget talks: part {number}

Publication info: The Echo; Town, Ont. [Town]. 09 Mar 2022.

https://www.proquest.com/docview/{number}

Abstract: None available.

Links: https://example.org/openurl?a=1&amp;b=2

Full text: {text}
Location: unknown, said the mayor.

Location: still unknown.

The end.

CREDIT: Anna Beispiel

Subject: Budgets; Talks

Title: Budget talks: part {number}

Publication title: {outlet}

First page: B.5

Publication year: 2022

Publicationdate: Mar 9, 2 022

Section: News

Language of publication: English

ProQuest documentID: {number}

DocumentURL: https://www.proquest.com/docview/{number}?accountid=1&amp;x=2

Database: Canadian Newsstream

"""


def read_bytes(content: str | bytes, name: str = "a.txt") -> Batch:
    data = content.encode() if isinstance(content, str) else content
    reader = reader_for(data, name)
    assert reader is not None
    return reader.read(data, name, Options())


def test_text_export() -> None:
    broken = block(2, outlet="The Echo; Town, O nt.")
    text = RULE + "\n" + f"{RULE}\n".join([block(1), broken, block(3)]) + RULE + FOOTER
    batch = read_bytes(text.replace("\n", "\r\n"))
    assert batch.format == "ProQuest TXT"
    assert batch.rejected == []
    row = batch.rows.iloc[1].to_dict()
    expected = {
        "title": "Budget talks: part 2",
        "text": "Talks resume.\nLocation: unknown, said the mayor.\n\nLocation: still unknown.\n\n"
        "The end.\n\nCREDIT: Anna Beispiel",
        "outlet": "The Echo; Town, Ont.", "date": "Mar 9, 2022", "section": "News", "id": "2",
        "language": "English", "url": "https://www.proquest.com/docview/2?accountid=1&x=2",
        "page": "B.5", "subject": "Budgets; Talks",
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected
    assert "abstract" not in row
    assert batch.notes == ("stray spaces in 1 outlet names removed",)
    places = [n for n, line in enumerate(text.split("\n"), 1) if line.startswith("Budget talks")]
    assert list(batch.rows.index) == places


def test_french_labels_counts_and_a_date_from_the_line_above() -> None:
    text = f"""{RULE}
Document 1 de 2

Le budget

Texte intégral: Les chiffres
montent.

Titre de la publication: Le Messager

Date de publication: 29 déc embre 2011

ID du document ProQuest: 77

{RULE}
Document 2 de 2

Une brève

Publication info: Le Messager; Ville [Ville]30 Dec 2011: 3.

Abstract: Un résumé seulement.

{RULE}
"""
    batch = read_bytes(text)
    row = batch.rows.iloc[0].to_dict()
    assert (row["text"], row["outlet"]) == ("Les chiffres\nmontent.", "Le Messager")
    assert (row["date"], row["id"]) == ("29 décembre 2011", "77")
    assert batch.announced == 2
    assert [tuple(item) for item in batch.rejected] == [
        (16, "only an abstract, no full text", "Une brève")
    ]


def test_blocks_of_another_kind_and_a_cut_are_named() -> None:
    text = f"{RULE}\n{block(1)}{RULE}\n\nA loose note.\n\n{RULE}\n{block(2)}"
    batch = read_bytes(text[: text.rindex("The end.")])
    assert [tuple(item) for item in batch.rejected] == [
        (46, "no labels of ProQuest", "A loose note.")
    ]
    assert batch.notes == ("cut off in the last article (line 50)",)
    assert len(batch.rows) == 2


def test_date_of_the_line_above_where_the_field_is_missing() -> None:
    text = block(1).replace("Publicationdate: Mar 9, 2 022\n\n", "")
    assert read_bytes(f"{RULE}\n{text}{RULE}\n").rows["date"].tolist() == ["09 Mar 2022"]


@pytest.mark.parametrize(
    "text", ["Jan 17, 2009", "J an 1 7, 2009", "Jan 17, 20 09", "Jan17,2009", "Jan. 17, 2009"]
)
def test_stray_spaces_in_dates(text: str) -> None:
    assert whole_date(text) == "Jan 17, 2009"


def test_labels() -> None:
    for label in ("Full text", "Fulltext", "F ull text", "Texte intégral", "Volltext"):
        found = field(f"{label}: a")
        assert found is not None
        assert found.column == "text"
    assert field("Twitter: @x") is None
    assert field("https://example.org") is None


def article(number: int, *, body: str | None = "<p>Talks <b>re</b>sume.</p><p>End.</p>") -> str:
    """An article as ProQuest's mails hold it; without body it is a teaser."""
    text = (
        '<p><strong>Full text: </strong><Text WordCount="3" HTMLContent="true"><html><head>'
        f"<title></title></head><body>{body}<p><strong>Location: </strong>here</p></body></html>"
        "</Text></p>"
    )
    return f"""<div style="x"><a name="DocID_MSTAR_{number}"></a><p></p>
<p style="font-weight:bold;">Budget {number}</p><p><strong>Author:  </strong>Smith, Anna</p>
<p><strong>Abstract:  </strong><body></p><p>In short.</p><p></body></p>
{text if body is not None else ""}<p><strong>Publication title: </strong>The Echo</p>
<p><strong>Publication date: </strong>Jan 1 7, 2009</p>
<p><strong>Language ofpublication: </strong>English</p>
<p><strong>ProQuest document ID: </strong>{number}</p></div>"""


def mail(*parts: tuple[str, str]) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "noreply@proquest.com", "Your ProQuest Research"
    for kind, content in parts:
        message.add_attachment(content, subtype=kind)
    return message.as_bytes()


def page(*articles: str) -> str:
    return (
        "<html><body><p>Email 4 of 5</p>" + "".join(articles) + "<p>ProQuest LLC</p></body></html>"
    )


def test_mail() -> None:
    batch = read_bytes(mail(("html", page(article(1), article(2)))), "a.eml")
    assert batch.format == "ProQuest mail"
    row = batch.rows.iloc[1].to_dict()
    expected = {
        "title": "Budget 2", "author": "Smith, Anna", "abstract": "In short.", "word_count": "3",
        "text": "Talks resume.\n\nEnd.\n\nLocation: here", "outlet": "The Echo", "id": "2",
        "date": "Jan 17, 2009", "language": "English",
    }  # fmt: skip
    assert row == expected
    assert batch.notes == ("mail 4 of 5 of one export: read the others too",)


def test_teasers_first_then_the_articles_as_text_and_as_html() -> None:
    teasers = [article(n, body=None) for n in (1, 2, 3)]
    full = [article(n) for n in (1, 2)]
    text = f"{RULE}\n" + f"{RULE}\n".join(block(n) for n in (1, 2)) + f"{RULE}{FOOTER}"
    batch = read_bytes(mail(("plain", text), ("html", page(*teasers, *full))), "a.eml")
    assert batch.rows["id"].tolist() == ["1", "2"]
    assert [tuple(item) for item in batch.rejected] == [
        (5, "only an abstract, no full text", "Budget 3")
    ]
    assert "2 teasers of articles that it holds in full" in batch.notes
    assert "2 articles stand there twice, read once" in batch.notes


def test_the_mangled_tag_of_real_mails_costs_no_article() -> None:
    mangled = article(1).replace("<html><head>", "html&gt;<head>")
    batch = read_bytes(mail(("html", page(mangled, article(2)))), "a.eml")
    assert batch.rows["text"].tolist() == ["Talks resume.\n\nEnd.\n\nLocation: here"] * 2


def test_quoted_printable_with_a_false_charset_and_a_cut() -> None:
    body = quopri.encodestring(page(article(1, body="<p>Bücher — teuer.</p>"), article(2)).encode())
    head = (
        b"From: noreply@proquest.com\nMIME-Version: 1.0\nSubject: ProQuest\n"
        b'Content-Type: text/html; charset="us-ascii"\n'
        b"Content-Transfer-Encoding: quoted-printable\n\n"
    )
    batch = read_bytes(head + body[: body.rindex(b"End.")], "a.eml")
    assert batch.rows["text"].tolist()[0].startswith("Bücher — teuer.")
    assert batch.rows["text"].tolist()[1] == "Talks resume."
    assert batch.notes[-1] == "cut off in the last article"


def test_a_page_saved_from_a_mail() -> None:
    batch = read_bytes(article(7), "a.html")
    assert (batch.format, batch.rows["id"].tolist()) == ("ProQuest HTML", ["7"])


def test_hostile_mails() -> None:
    nested = b"From: a@proquest.com\nSubject: x\n" + b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(3000)
    )
    with pytest.raises(InputError, match="too deep"):
        read_bytes(nested, "a.eml")
    with pytest.raises(InputError, match="without articles"):
        read_bytes(mail(("plain", "Dear reader, nothing today.")), "a.eml")
    deep = article(1, body="<div>" * 500 + "x")
    batch = read_bytes(mail(("html", page(deep, article(2)))), "a.eml")
    assert batch.rows["id"].tolist() == ["2"]
    assert batch.rejected[0].reason.startswith("HTML that cannot be read (Excessive depth")


def test_other_files_are_left_to_others() -> None:
    rule = f"{RULE}\nA story\n{RULE}\nProQuest was sold.\n"
    letter = b"From: a@example.org\nSubject: lunch\nDate: today\n\nNoon?"
    for data, name in ((rule.encode(), "a.txt"), (letter, "a.eml"), (b"<p>ProQuest", "a.html")):
        reader = reader_for(data, name)
        assert reader is None or "ProQuest" not in reader.name
