"""Text files: one article each, with what the file name says about it."""

import re

from mediaframes.corpus.readers._batch import Batch, Options, Reader, table
from mediaframes.corpus.readers._decode import bare_name, decode, looks_like_text
from mediaframes.corpus.readers._names import FIELDS, said_by_name
from mediaframes.errors import InputError

# Signs of a press database's export with many articles in one file. Read as one article it would
# be a wrong number in every count, so it is refused. Nexis counts its documents; ProQuest and
# Factiva set long lines between them; Mediargus numbers titles above "De Morgen, ..., p. 23, 853w."
SEVERAL = (
    re.compile(
        r"^\s*(?:Dokument|Document)?\s*\d+ (?:of|von|de|van) \d+(?: DOCUMENTS?| DOKUMENTEN?)?\s*$",
        re.MULTILINE | re.IGNORECASE,
    ),
    re.compile(r"^(?:Document [A-Z]{4,}\d+|_{40,}|={40,})\s*$", re.MULTILINE),
    re.compile(r"^.{3,80}, p\. \d+, \d+w\.\s*$", re.MULTILINE),
)
# Factiva closes each article of a text export with such a line; two of them are two articles
FACTIVA = re.compile(
    r"^\s*Do[ck]ument [A-Z]{2}[A-Za-z0-9]{2,8}\d[A-Za-z0-9]{8,30}\s*$", re.MULTILINE
)
MOST_SIGNS = 2  # a rule above and one below an article are no sign of several


class Text(Reader):
    """Plain text, one article per file."""

    name = "text"

    def sniff(self, head: bytes, file: str) -> bool:
        """Whether the name ends in .txt or .text and the bytes are text."""
        name = bare_name(file.lower())
        return name.endswith((".txt", ".text")) and looks_like_text(head)

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """The whole file as one article."""
        text, encoding, notes = decode(data, encoding=options.encoding, file=file)
        signs = max(len(sign.findall(text)) for sign in SEVERAL)
        factiva = len(FACTIVA.findall(text))
        if signs > MOST_SIGNS or factiva > 1:
            signs = max(signs, factiva)
            raise InputError(
                f"{file}: holds several articles, it seems ({signs} marks between them, as press "
                "databases set them); export one article per file, or a table"
            )
        said, note = said_by_name(file, options.pattern)
        row = {"text": text, **said}
        rows = table([row], [1])
        roles = {name: name for name in row if name in ("text", *FIELDS)}
        notes = (*notes, note) if note else notes
        return Batch(rows, self.name, encoding, [], roles, notes, date_source="file name")
