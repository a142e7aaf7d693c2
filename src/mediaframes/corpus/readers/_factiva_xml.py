"""Factiva's XML, as its interface for programs and some libraries deliver it."""

import re
from contextlib import suppress
from typing import Any

from mediaframes._xml import xml_parser
from mediaframes.corpus.readers._batch import Batch, Options, Reader
from mediaframes.corpus.readers._decode import decode
from mediaframes.corpus.readers._press_html import batch, is_markup
from mediaframes.errors import InputError

_SIGNS = re.compile(rb"global\.factiva\.com/pps|<(?:\w+:)?ppsarticle\b", re.IGNORECASE)
_DECLARATION = re.compile(r"\s*<\?xml[^<>]{0,200}\?>")
_ENTITY = re.compile(r"<!(?:ENTITY|DOCTYPE)", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")  # which XML forbids
# Elements that have a role or a better name; the others keep theirs ("newsSubject").
NAMES = {
    "headline": "title",
    "byline": "author",
    "publicationDate": "date",
    "sourceName": "outlet",
    "baseLanguage": "language",
    "accessionNo": "id",
    "wordCount": "length",
    "sectionName": "section",
    "columnName": "column",
    "newsSubject": "subjects",
    "region": "regions",
    "company": "companies",
    "industry": "industries",
    "descField": "descriptors",
    "pages": "page",
    "publisherName": "publisher",
    "sourceCode": "source_code",
    "artWork": "captions",
}
TEXTS = ("leadParagraph", "tailParagraphs")


class FactivaXml(Reader):
    """Answers of Factiva in XML."""

    name = "Factiva XML"

    def sniff(self, head: bytes, file: str) -> bool:
        """Whether it is XML that names Factiva's own elements."""
        return is_markup(head) and bool(_SIGNS.search(head.replace(b"\0", b"")))

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """Every article; of damaged XML, what stands before the damage."""
        from lxml import etree

        text, encoding, notes = decode(data, encoding=options.encoding, file=file)
        if entity := _ENTITY.search(text):
            line = text.count("\n", 0, entity.start()) + 1
            raise InputError(
                f"{file}, line {line}: declares entities ({entity[0]}), which no export of Factiva "
                "does and which may be an attack; export the articles again"
            )
        parser = xml_parser(encoding="utf-8", recover=True)
        # the declaration goes, as the text is no longer in the encoding it names; lines stay
        body = _DECLARATION.sub(lambda match: "\n" * match[0].count("\n"), text, count=1)
        root = None
        with suppress(etree.XMLSyntaxError):  # nothing in it is an element
            root = etree.fromstring(_CONTROL.sub("", body).encode("utf-8", "replace"), parser)
        if root is None:
            raise InputError(f"{file}: the XML cannot be read; export the articles again")
        if problems := [entry for entry in parser.error_log if entry.level >= 2]:
            first = problems[0]
            notes = (
                *notes,
                f"damaged XML (line {first.line}: {first.message.strip()}): read as far as "
                "possible, the article there may be incomplete",
            )
        sets = root.xpath("//*[local-name()='ppsarticleResultSet']/@count")
        counts = [int(count) for count in sets if re.fullmatch(r"\d{1,7}", count)]
        return batch(
            [(node.sourceline, _article(node)) for node in root.iter("{*}article")],
            format=self.name,
            encoding=encoding,
            notes=notes,
            announced=sum(counts) if counts else None,
        )


def _article(node: Any) -> dict[str, Any]:
    article: dict[str, Any] = {}
    body: list[str] = []
    for child in node.iterchildren("*"):
        name = child.tag.rpartition("}")[2]
        if name in TEXTS:
            body += _paragraphs(child)
            continue
        value = " ".join(_paragraphs(child))
        key = NAMES.get(name, name)
        if value:
            article[key] = f"{article[key]}; {value}" if key in article else value
    article["text"] = "\n\n".join(body)
    return article


def _paragraphs(node: Any) -> list[str]:
    """The paragraphs in an element; search hits (``<hlt>``) stay in their sentence."""
    found = list(node.iter("{*}paragraph")) or [node]
    texts = (" ".join("".join(each.itertext()).split()) for each in found)
    return [text for text in texts if text]
