"""Europresse: the new layout and the old one. All articles are invented."""

from pathlib import Path

import pytest

from mediaframes.corpus.readers import Batch, Options, reader_for
from mediaframes.corpus.reading import read
from mediaframes.errors import InputError


def new(
    header: str = "Politique, jeudi 5 octobre 2013, p. 03",
    *,
    title: str = '<p class="titreArticleVisu rdp__articletitle">Le <mark>bud</mark>get</p>',
    author: str = '<div class="docAuthors">Anne Exemple</div>',
    body: str = "<p>Les <mark>chiffres</mark> montent.</p><p>Un<br>deux.</p>",
) -> str:
    """An article of the new layout."""
    return f"""<article>
<header><div class="rdp__DocPublicationName"><span class="DocPublicationName">Le Messager, no. 12
<br>Édition du soir</span></div><span class="DocHeader">{header}</span>
<div class="titreArticle">{title}<p class="sm-margin-TopNews rdp__subtitle">Un sous-titre</p></div>
{author}</header>
<section><div class="DocText clearfix"><div class="docOcurrContainer">{body}
<aside>Lire aussi</aside></div></div></section>
<div class="apd-wrapper">Aussi paru dans Le Soir</div>
<footer><small>© 2013 Le Messager. Tous droits réservés.</small>
<p>news·20131005·ME·0042</p></footer></article>"""


def page(*articles: str) -> str:
    head = "<!DOCTYPE html>\n<html><head><title>Europresse</title></head><body>\n"
    return head + "\n".join(articles) + "</body></html>"


def old(*, author: str = "", header: str = "", before: str = "", title: str = "Le budget") -> str:
    """An article of the old layout: a table, then loose text."""
    return f"""<p><br><br><table><tr><td><span class="DocPublicationName">Mag, no. 5</span><br>
<span class="DocHeader">{header}jeudi </span><span class="DocHeader">4 octobre 2012</span><br><br>
{before}<span class="TitreArticleVisu">{title}</span><br><br>{author}Les <span>chiffres</span>
 montent.<font> Toujours.</font><p></p>© AFP, dit-il.<p></p>
<b><i>© 2012 Mag. Tous droits réservés.</i></b><p></p>
Numéro de document : news·20121003·MAG·15<br><table><tr><td>Ce certificat est émis</td></tr></table>
</td></tr></table>"""


def old_page(*articles: str) -> bytes:
    head = '<html xmlns:n1="http://www.cedrom-sni.com/schema/newsv1.xsd"><head><META charset="'
    return (head + 'ISO-8859-1"></head><body>' + "".join(articles) + "</body></html>").encode()


def read_bytes(content: str | bytes, name: str = "a.html") -> Batch:
    data = content.encode() if isinstance(content, str) else content
    reader = reader_for(data, name)
    assert reader is not None
    return reader.read(data, name, Options())


def test_new_layout() -> None:
    batch = read_bytes(page(new(), new()))
    assert batch.format == "Europresse HTML (new layout)"
    assert batch.rows.iloc[0].to_dict() == {
        "date": "5 octobre 2013", "section": "Politique", "page": "03", "title": "Le budget",
        "subtitle": "Un sous-titre", "outlet": "Le Messager, no. 12", "author": "Anne Exemple",
        "also_in": "Aussi paru dans Le Soir", "id": "news·20131005·ME·0042",
        "copyright": "© 2013 Le Messager. Tous droits réservés.",
        "text": "Les chiffres montent.\n\nUn\ndeux.",
    }  # fmt: skip
    assert list(batch.rows.index) == [3, 13]


@pytest.mark.parametrize(
    ("header", "date", "section"),
    [
        ("Politique, jeudi 5 octobre 2013, p. 03", "2013-10-05", "Politique"),
        ("jeudi 5 octobre 2013 10:03 UTC +02:00", "2013-10-05", None),
        ("Opinion, Monde, 1er août 2020", "2020-08-01", "Opinion, Monde"),
        ("News, Thursday, October 5, 2013, p. A3", "2013-10-05", "News"),
        ("2013-10-05", "2013-10-05", None),
    ],
)
def test_headers(tmp_path: Path, header: str, date: str, section: str | None) -> None:
    path = tmp_path / "a.html"
    path.write_text(page(new(header)), encoding="utf-8")
    row = read(path).docs.iloc[0]
    assert str(row["date"].date()) == date
    assert row.get("section") == section


def test_author_in_the_other_place_and_losses() -> None:
    name = '<p class="sm-margin-bottomNews">Par Anne</p>'
    other = '<div class="grandTitre">Autre titre</div>'
    deep = new(body="<div>" * 400 + "x")
    batch = read_bytes(page(new(author=name, title=other), new(body=""), deep))
    assert batch.rows[["author", "title"]].values.tolist() == [["Par Anne", "Autre titre"]]
    assert [(item.row, item.reason.split(" (")[0]) for item in batch.rejected] == [
        (13, "no text"),
        (23, "HTML that cannot be read"),
    ]


def test_old_layout() -> None:
    first = old(author="Anne Exemple<br><p></p>", header="Éditorial, ", before="Débat<br>")
    batch = read_bytes(old_page(first, old(title='Un <span style="color:red">mot</span> rouge')))
    assert batch.format == "Europresse HTML (old layout)"
    assert batch.rows.iloc[0].to_dict() == {
        "date": "4 octobre 2012", "section": "Éditorial", "outlet": "Mag, no. 5",
        "title": "Le budget", "subtitle": "Débat", "author": "Anne Exemple",
        "text": "Les chiffres montent. Toujours.\n\n© AFP, dit-il.",
        "copyright": "© 2012 Mag. Tous droits réservés.", "id": "news·20121003·MAG·15",
    }  # fmt: skip
    second = batch.rows.iloc[1].to_dict()
    assert second["title"] == "Un mot rouge"
    assert second["author"] is None
    assert second["section"] is None
    assert second["text"] == "Les chiffres montent. Toujours.\n\n© AFP, dit-il."


def test_a_cut_and_an_empty_page() -> None:
    whole = page(new(), new())
    batch = read_bytes(whole[: whole.rindex("Un<br>")])
    assert batch.rows["text"].tolist()[1] == "Les chiffres montent."
    assert batch.notes == ("cut off in the last article (line 13)",)
    with pytest.raises(InputError, match="without articles"):
        read_bytes(page("<p>Aucun document</p>"))


def test_other_pages_are_left_to_others() -> None:
    reader = reader_for(b"<html><body><article><p>A page.</p></article></body></html>", "a.html")
    assert reader is None or reader.name != "Europresse HTML"
