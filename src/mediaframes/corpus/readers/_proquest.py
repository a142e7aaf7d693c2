"""ProQuest's labels, and what its exports do to them.

The exports break labels and values at random by one space too many or too few ("DocumentURL",
"Jan 1 7, 2009", "Toronto, O nt."), so labels are compared without spaces.
"""

import html
import re
from collections import Counter
from typing import Any, NamedTuple

from mediaframes.corpus.readers._batch import Rejected
from mediaframes.corpus.readers._press_html import start
from mediaframes.corpus.roles import plain

# English, French, German, Spanish, Portuguese, Italian. Only English is tested on real exports.
_LABELS = {
    "title": "Title; Titre; Titel; Título; Titolo",
    "text": "Full text; Texte intégral; Volltext; Texto completo; Testo completo",
    "author": "Author; Auteur; Autor; Verfasser; Autore",
    "outlet": "Publication title; Titre de la publication; Titre de publication; Publikationstitel;"
    "Titel der Publikation; Título de publicación; Título de la publicación;"
    "Título da publicação; Titolo della pubblicazione; Titolo pubblicazione",
    "date": "Publication date; Date de publication; Date de la publication; Publikationsdatum;"
    "Datum der Publikation; Veröffentlichungsdatum; Erscheinungsdatum; Fecha de publicación;"
    "Data de publicação; Data di pubblicazione; Data della pubblicazione",
    "section": "Section; Rubrique; Rubrik; Abschnitt; Sección; Seção; Sezione",
    "language": "Language of publication; Langue de publication; Langue de la publication;"
    "Sprache der Publikation; Publikationssprache; Idioma de publicación;"
    "Idioma de la publicación; Idioma da publicação; Lingua di pubblicazione; Language",
    "id": "ProQuest document ID; ID du document ProQuest; ID de document ProQuest;"
    "Identifiant de document ProQuest; ProQuest-Dokument-ID; Dokument-ID von ProQuest;"
    "ID del documento de ProQuest; ID de documento de ProQuest; ID do documento ProQuest;"
    "ID documento ProQuest",
    "url": "Document URL; URL du document; URL de document; Dokument-URL; URL del documento;"
    "URL de documento; URL do documento; URL documento",
    "abstract": "Abstract; Résumé; Zusammenfassung; Resumen; Resumo; Riassunto",
    "page": "First page; Pages; Première page; Erste Seite; Startseite; Seiten; Primera página;"
    "Página inicial; Páginas; Prima pagina; Pagine",
    "publication_info": "Publication info; Infos sur la publication;"
    "Informations sur la publication; Publikationsinfo; Información de publicación",
    "year": "Publication year; Année de publication; Publikationsjahr; Erscheinungsjahr;"
    "Año de publicación; Ano de publicação; Anno di pubblicazione",
    "subject": "Subject; Sujet; Thema; Schlagwort; Materia; Assunto; Soggetto",
    "location": "Location; Lieu; Ort; Ubicación; Lugar; Local; Luogo",
    "people": "People; Personnes; Personen; Personas; Pessoas; Persone",
    "company": "Company / organization; Company; Entreprise / organisation;"
    "Unternehmen/Organisation; Empresa / organización; Empresa; Azienda/organizzazione",
    "publisher": "Publisher; Éditeur; Verlag; Herausgeber; Editorial; Editora; Editore",
    "place": "Place of publication; Lieu de publication; Publikationsort; Erscheinungsort;"
    "Lugar de publicación; Local de publicação; Luogo di pubblicazione",
    "country": "Country of publication; Pays de publication; Publikationsland; Erscheinungsland;"
    "Land der Publikation; País de publicación; País de publicação; Paese di pubblicazione",
    "publication_subject": "Publication subject; Sujet de la publication; Thema der Publikation;"
    "Materia de la publicación; Materia de publicación",
    "source_type": "Source type; Type de source; Quellentyp; Quellenart; Tipo de fuente;"
    "Tipo de fonte; Tipo di fonte",
    "document_type": "Document type; Type de document; Dokumenttyp; Tipo de documento;"
    "Tipo di documento",
    "copyright": "Copyright; Droits d'auteur; Urheberrecht; Derechos de autor",
    "last_updated": "Last updated; Dernière mise à jour; Zuletzt aktualisiert;"
    "Letzte Aktualisierung; Última actualización; Última atualização; Ultimo aggiornamento",
    "database": "Database; Base de données; Datenbank; Base de datos; Banco de dados",
    "links": "Links; Liens; Enlaces; Link",
    "dateline": "Dateline",
    "classification": "Classification; Klassifizierung; Clasificación",
    "column": "Column; Kolumne",
    "keywords": "Identifier / keyword; Identifiant / mot-clé; Identifikator / Schlüsselwort;"
    "Identificador / palabra clave",
    "indexing_term": "Business indexing term",
    "issn": "ISSN",
    "eissn": "e-ISSN; Electronic ISSN",
    "isbn": "ISBN",
    "volume": "Volume; Jahrgang; Volumen",
    "issue": "Issue; Numéro; Heft; Número",
    "supplement": "Supplement",
    "edition": "Edition",
    "document_feature": "Document feature",
    "alternate_title": "Alternate title",
}
LABELS = {plain(name): key for key, names in _LABELS.items() for name in names.split(";")}
# "Abstract: None available."
_NOTHING = frozenset(
    (
        "noneavailable", "notavailable", "unavailable", "aucundisponible", "aucunedisponible",
        "nondisponible", "nichtverfugbar", "keineverfugbar", "nodisponible", "indisponible",
        "nofulltextavailable", "fulltextnotavailable", "fulltextunavailable",
    )
)  # fmt: skip
_LABEL = re.compile(r"\s*([^:\n]{2,60}):(?!//)")
_DAY_FIRST = re.compile(r"(\d{1,2})\.?(?:de)?([^\W\d_]{3,12})\.?,?(?:de)?(\d{4})")
_MONTH_FIRST = re.compile(r"([^\W\d_]{3,12})\.?(\d{1,2}),(\d{4})")
_IN_INFO = re.compile(r"\b(\d{1,2} [^\W\d_]{3,12}\.? \d{4}|[^\W\d_]{3,12}\.? \d{1,2}, \d{4})\b")


class Field(NamedTuple):
    """The column that a label stands for, and where the value begins."""

    column: str
    end: int


def field(text: str) -> Field | None:
    """The field that a text begins with, None where it does not begin with a known label.

    Examples
    --------
    >>> field("ProQuest documentID: 7")
    Field(column='id', end=20)
    >>> field("The minister said: no")
    """
    match = _LABEL.match(text)
    column = LABELS.get(plain(match[1])) if match else None
    return None if match is None or column is None else Field(column, match.end())


def whole_date(text: str) -> str:
    """A date without the stray spaces that break it; any other text as it is.

    Examples
    --------
    >>> whole_date("Feb 26, 2 009"), whole_date("Jan 1 7, 2009"), whole_date("17 ja nv. 2009")
    ('Feb 26, 2009', 'Jan 17, 2009', '17 janv 2009')
    """
    bare = "".join(text.split())
    if match := _MONTH_FIRST.fullmatch(bare):
        return f"{match[1]} {match[2]}, {match[3]}"
    if match := _DAY_FIRST.fullmatch(bare):
        return f"{match[1]} {match[2]} {match[3]}"
    return text


def finish(place: int, article: dict[str, Any] | Rejected) -> dict[str, Any] | Rejected:
    """An article with its values set right, or why it is none."""
    if isinstance(article, Rejected):
        return article._replace(row=place)
    article = {
        key: value
        for key, value in article.items()
        if value and not (len(value) < 60 and plain(value) in _NOTHING)
    }
    for key in ("url", "links", "title"):
        if "&" in article.get(key, ""):
            article[key] = html.unescape(article[key])
    if "date" in article:
        article["date"] = whole_date(article["date"])
    elif found := _IN_INFO.search(article.get("publication_info", "")):
        article["date"] = found[1]
    if "text" in article:
        return article
    shown = start(article.get("title", "") or article.get("id", ""))
    teaser = "only an abstract, no full text" if "abstract" in article else "no full text"
    return Rejected(place, teaser, shown)


def mend_outlets(articles: list[dict[str, Any]]) -> tuple[str, ...]:
    """Give outlets that differ by spaces only their usual spelling, in place; what was done."""
    spellings: dict[str, Counter[str]] = {}
    for article in articles:
        if outlet := article.get("outlet"):
            spellings.setdefault("".join(outlet.split()), Counter())[outlet] += 1
    mended = 0
    for article in articles:
        if outlet := article.get("outlet"):
            counts = spellings["".join(outlet.split())]
            usual = min(counts, key=lambda name: (-counts[name], name))
            mended += outlet != usual
            article["outlet"] = usual
    return (f"stray spaces in {mended} outlet names removed",) if mended else ()
