"""Which column holds what: guessed from names and contents, shown, and overridable."""

import re
import unicodedata
from collections.abc import Mapping

import pandas as pd

from mediaframes.corpus.dates import parse_dates
from mediaframes.errors import InputError

# Names in English, German, French, Spanish and the usual ones of five more languages, without
# accents, spaces and punctuation, best first: where a file has both "fulltext" and
# "text", the first is the article.
NAMES = {
    "text": "fulltext volltext articletext artikeltext haupttext maintext bodytext textbody "
    "articlebody text body article artikel content articlecontent inhalt story plaintext rawtext "
    "document transcript texte textecomplet contenu corps texto textocompleto contenido cuerpo "
    "articulo noticia testo tekst tresc текст",
    "title": "title headline header titel uberschrift ueberschrift schlagzeile articletitle "
    "heading titre titulo titular titolo kop tytuł заголовок hl",
    "date": "date publicationdate publisheddate publishdate publishedat published pubdate "
    "datepublished datepublication datetime datum erscheinungsdatum veroffentlichungsdatum "
    "veroeffentlichungsdatum publikationsdatum veroffentlicht veroeffentlicht datedeparution "
    "datepubli fecha fechadepublicacion fechapublicacion дата articledate",
    "outlet": "outlet newspaper newspapername paper source sourcename outletname medium media "
    "medianame publication publicationname publisher newsoutlet zeitung quelle medientitel "
    "zeitungsname journal nomdujournal titredepresse testata krant jornal gazeta издание "
    "fuente medio periodico diario website site "
    "domain sitename",
    "author": "author authors byline writer journalist autor autoren autorin verfasser verfasserin "
    "auteur auteurs autores autora autore автор",
    "url": "url link permalink uri href weburl articleurl adresse webadresse lien enlace",
    "language": "language lang sprache langue idioma languagecode",
    "id": "id articleid docid documentid uid uuid guid identifier artikelid dokumentid kennung "
    "accessionnumber identifiant",
}
# These may hold dates or quite other things ("day 53 of the year"), so the contents must agree.
WEAK_DATES = "day time timestamp created createdat tag zeit jour dia fechahora data"
# When a page or a record was fetched, filed or changed is not when the article appeared.
RETRIEVED = (
    "retrieved retrievaldate retrievedat retrievedon dateretrieved access accessdate accessed "
    "accessedon dateaccessed crawldate crawled crawledat datecrawled datecrawl scrapedate scraped "
    "scrapedat datescraped download downloaddate downloaded downloadedat datedownload fetched "
    "fetchedat collectdate collected collectedat datecollected abrufdatum abgerufen abgerufenam "
    "zugriff zugriffsdatum heruntergeladen dateconsultation dateacces consultele fechadeconsulta "
    "fechadeacceso fechadescarga"
)
_FILED = (
    "loaddate loaded lastupdated lastupdate updated updatedat modified datemodified modifieddate "
    "lastmodified indexeddate indexed dateindexed filedate dateadded added importdate"
)
ROLES = tuple(NAMES)
# An article without a heading is hardly shorter; a title, a place or a comment hardly longer.
LEAST_TEXT = 200
# Share of a column's cells that must look like a date or an address: leaves room for gaps.
MOST = 0.9
# A column called "id" that repeats itself more often numbers something else, e.g. outlets.
LEAST_DISTINCT = 0.5
SHOWN = 20  # columns named in a message
_LIST = r"\[[{\[]"  # how a nested list of a JSON file begins
SAMPLE = 200  # cells looked at, evenly spaced among the sorted distinct ones


def plain(name: object) -> str:
    """A column's name without case, accents, spaces and punctuation.

    Examples
    --------
    >>> plain("Publication_Date"), plain("Überschrift"), plain("source.name")
    ('publicationdate', 'uberschrift', 'sourcename')
    """
    text = unicodedata.normalize("NFKD", str(name).casefold())
    return "".join(char for char in text if char.isalnum())


_ORDERED = {role: names.split() for role, names in NAMES.items()}
RETRIEVAL = frozenset(RETRIEVED.split())
_OTHER_DATES = RETRIEVAL | frozenset(_FILED.split())
KNOWN = {name for names in _ORDERED.values() for name in names}


def find_roles(
    rows: pd.DataFrame,
    *,
    columns: Mapping[str, str],
    known: Mapping[str, str],
    file: str,
    text_needed: bool = True,
) -> dict[str, str]:
    """The column of each role: what the user says, what the format knows, names, contents.

    Parameters
    ----------
    rows : DataFrame
        The file's rows, cells as str or None.
    columns : mapping of role to column
        What the user says; a column that this file lacks is passed over (another may have it).
    known : mapping of role to column
        What the format itself defines.
    file : str
        For messages.
    text_needed : bool
        Whether a file without a column of texts is an error.

    Raises
    ------
    InputError
        Where no column holds the text.

    Examples
    --------
    >>> rows = pd.DataFrame({"Titel": ["Neue Zahlen"], "Volltext": ["Die Zahlen steigen."]})
    >>> find_roles(rows, columns={}, known={}, file="a.csv")
    {'text': 'Volltext', 'title': 'Titel'}
    """
    roles = {role: name for role, name in known.items() if name in rows}
    roles |= {role: name for role, name in columns.items() if name in rows}
    for role in ROLES:
        if role not in roles and (text_needed or role != "text"):
            free = [name for name in rows.columns if name not in roles.values()]
            found = _by_name(role, rows[free]) or _by_content(role, rows[free])
            if found is not None:
                roles[role] = found
    if "text" not in roles and text_needed:
        raise InputError(_no_text(rows, file))
    return {role: roles[role] for role in ROLES if role in roles}


def _no_text(rows: pd.DataFrame, file: str) -> str:
    if not len(rows.columns):
        return f"{file}: holds no articles, or not one object per article; move it elsewhere"
    names = ", ".join(f"'{name}'" for name in rows.columns[:SHOWN])
    more = len(rows.columns) - SHOWN
    names += f" and {more} more" if more > 0 else ""
    longest = max(rows.columns, key=lambda name: _usual_length(rows[name]))
    return (
        f"{file}: no column holds the articles' text (columns: {names}). Say which one, e.g. "
        f"read(..., columns={{'text': '{longest}'}}), or move the file elsewhere if it holds no "
        "articles (a list of articles without their texts is for read_stubs)"
    )


def _by_name(role: str, rows: pd.DataFrame) -> str | None:
    names = {plain(name): name for name in reversed(rows.columns)}
    if role != "id":  # "meta.date": the inner name, where no outer one fits; an inner id is rare
        inner = {plain(name.rpartition(".")[2]): name for name in reversed(rows.columns)}
        names = {**inner, **names}
    fits = [names[name] for name in _ORDERED[role] if name in names]
    if role == "date":
        weak = [names[name] for name in WEAK_DATES.split() if name in names]
        fits += [name for name in weak if _look_like_dates(rows[name])]
    if role == "id":  # of several, one that names each row once
        fits = [name for name in fits if _distinct(rows[name]) >= LEAST_DISTINCT]
        return next((name for name in fits if rows[name].is_unique), fits[0] if fits else None)
    if role == "outlet":  # "source" is often an address
        fits = [name for name in fits if not _share(rows[name], r"https?://") > MOST]
    if role == "text":  # "articles" may hold a list of objects
        fits = [name for name in fits if not _share(rows[name], _LIST) > MOST]
    return fits[0] if fits else None


def _by_content(role: str, rows: pd.DataFrame) -> str | None:
    if role == "text":
        words = [name for name in rows.columns if not _share(rows[name], _LIST) > MOST]
        lengths = {name: _usual_length(rows[name]) for name in words}
        longest = max(lengths, key=lambda name: lengths[name], default=None)
        return longest if longest is not None and lengths[longest] >= LEAST_TEXT else None
    if role == "date":
        # bare digits are more often a number than a date
        columns = [name for name in rows.columns if _share(rows[name], r"\d+$") < 1 - MOST]
        columns = [name for name in columns if plain(name) not in _OTHER_DATES]
        return next((name for name in columns if _look_like_dates(rows[name])), None)
    if role == "url":
        return next((n for n in rows.columns if _share(rows[n], r"https?://\S+$") > MOST), None)
    return None


def _cells(column: pd.Series) -> list[str]:
    """Some cells, the same ones whatever the order of the rows."""
    distinct = sorted({str(cell) for cell in column.dropna()})
    return distinct[:: max(1, len(distinct) // SAMPLE)]


def _usual_length(column: pd.Series) -> float:
    lengths = sorted(len(str(cell)) for cell in column.dropna())
    return lengths[len(lengths) // 2] if lengths else 0


def _distinct(column: pd.Series) -> float:
    """Share of the rows with a value that no earlier row has."""
    return float(column.dropna().nunique() / max(1, len(column)))


def _share(column: pd.Series, pattern: str) -> float:
    cells = _cells(column)
    return sum(re.match(pattern, cell) is not None for cell in cells) / max(1, len(cells))


def _look_like_dates(column: pd.Series) -> bool:
    cells = [cell for cell in _cells(column) if len(cell) <= 40]
    if not cells:
        return False
    return bool(parse_dates(pd.Series(cells, dtype="str")).date.notna().mean() >= MOST)


def check_columns(columns: Mapping[str, str] | None) -> dict[str, str]:
    """The user's `columns`, checked.

    Raises
    ------
    InputError
        For a role that does not exist, or one column in two roles.
    """
    given = {str(role): str(name) for role, name in (columns or {}).items()}
    for role in given:
        if role not in ROLES:
            raise InputError(
                f"columns: '{role}' is no role; the roles are {', '.join(ROLES)}, written as "
                "columns={'role': 'name in the file'}. Other columns are kept as they are"
            )
    twice = [name for name in given.values() if list(given.values()).count(name) > 1]
    if twice:
        raise InputError(f"columns: '{twice[0]}' stands for two roles; name it once")
    return given
