"""Text files: one article each, with what the file name says about it."""

import re
from pathlib import PurePosixPath

from mediaframes.corpus.readers._batch import Batch, Options, Reader, table
from mediaframes.corpus.readers._decode import bare_name, decode, looks_like_text
from mediaframes.errors import InputError

# "Daily Example_2024-10-24_17.txt": tried where the user gives no pattern of their own
USUAL = re.compile(r"(?P<outlet>[^/]+?)_(?P<date>\d{4}-?\d{2}-?\d{2})(?:_(?P<id>[^/]+))?")
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
FIELDS = ("outlet", "date", "id", "title", "author", "language")


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
        path = PurePosixPath(bare_name(file))
        if options.pattern is None:
            found = USUAL.fullmatch(path.stem)
        else:
            found = compile_pattern(options.pattern).search("/" + path.as_posix())
            if found is None:
                notes = (*notes, f"the name does not fit '{options.pattern}'")
        said = {key: value for key, value in found.groupdict().items() if value} if found else {}
        rows = table([{"text": text, **said}], [1])
        return Batch(
            rows,
            self.name,
            encoding,
            roles={name: name for name in rows},
            notes=notes,
            date_source="file name",
        )


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """A pattern such as ``"{outlet}/{date}_{id}.txt"`` as a regular expression.

    Raises
    ------
    InputError
        For a field that does not exist or stands twice.

    Examples
    --------
    >>> found = compile_pattern("{outlet}/{date}_{id}.txt").search("/x/Echo/2024-10-24_17.txt")
    >>> found.groupdict()
    {'outlet': 'Echo', 'date': '2024-10-24', 'id': '17'}
    """
    pieces = re.split(r"\{(\w*)\}", re.sub(r"\.\w+$", "", pattern.lstrip("/")))
    names = pieces[1::2]
    if not names or len(set(names)) < len(names) or any(name not in FIELDS for name in names):
        raise InputError(
            f"pattern='{pattern}': use each of {', '.join('{' + name + '}' for name in FIELDS)} at "
            "most once, e.g. '{outlet}_{date}_{id}.txt'"
        )
    body = "".join(
        f"(?P<{piece}>[^/]+?)" if place % 2 else re.escape(piece)
        for place, piece in enumerate(pieces)
    )
    return re.compile(rf"(?<=/){body}(?:\.\w+)?$")
