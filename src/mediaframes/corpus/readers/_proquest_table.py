"""ProQuest's spreadsheets: a row for each record, hardly ever with its full text."""

import pandas as pd

from mediaframes.corpus.readers._batch import Batch, Rejected
from mediaframes.corpus.readers._gdelt import METADATA_ONLY, metadata_only
from mediaframes.corpus.readers._pages import START
from mediaframes.corpus.roles import plain

# Columns that only ProQuest names so; so many of them are no accident
_OWN = (
    "storeid articletype pubtitle pubdate documenturl findacopy subjectterms startpage entrydate "
    "placeofpublication classificationcodes documentfeature authoraffiliation"
)
PROQUEST = frozenset(_OWN.split())
LEAST_PROQUEST = 3
_ROLES = {
    "text": "fulltext text",
    "title": "title",
    "date": "pubdate publicationdate year",
    "outlet": "pubtitle publicationtitle",
    "author": "authors author",
    "url": "documenturl url",
    "language": "language",
    "id": "storeid proquestdocumentid",
}


def proquest_table(rows: pd.DataFrame, form: str, encoding: str, notes: tuple[str, ...]) -> Batch:
    """Records with a full text are articles; an abstract is none, so the others are stubs."""
    names = {plain(name): name for name in reversed(rows.columns)}
    roles = {
        role: next(names[name] for name in known.split() if name in names)
        for role, known in _ROLES.items()
        if set(known.split()) & set(names)
    }
    text = roles.get("text")
    found = pd.Series(False, rows.index) if text is None else rows[text].notna()
    shown = roles.get("title", rows.columns[0])
    rejected = [
        Rejected(place, METADATA_ONLY, str(start or "")[:START])
        for place, start in rows.loc[~found, shown].items()
    ]
    if len(rejected):
        notes = (*notes, f"{len(rejected):,} records without full text: save them as HTML or text "
                 "from ProQuest, with the full text")  # fmt: skip
    if not found.any():
        return metadata_only(form, encoding, rejected, notes, rows, roles)
    return Batch(rows[found], form, encoding, rejected, roles, notes, stubs=rows[~found])
