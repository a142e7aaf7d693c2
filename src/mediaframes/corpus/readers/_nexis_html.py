"""LexisNexis: HTML exports (classic Nexis)."""

import re

from mediaframes.corpus.readers._batch import Batch, Options, Reader
from mediaframes.corpus.readers._decode import decode, looks_like_text
from mediaframes.corpus.readers._nexis import (
    Block,
    Counter,
    announced,
    collect,
    counter,
)
from mediaframes.corpus.readers._nexis_batch import nexis_batch
from mediaframes.errors import InputError

_ANCHOR = re.compile(r"<a name=\"?DOC_ID[^>]{0,40}>", re.I)
_SIGN = re.compile(rb"<a name=\"?DOC_ID|<!-- LXNComment|<DOCFULL>", re.I)
_CENTER = re.compile(r"\.(\w{1,20})\s{0,5}\{[^}]{0,200}?text-align:\s{0,5}center", re.I)
_BLOCKS = {"p", "div", "td", "th", "tr", "table", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5"}
_BLOCKS |= {"h6", "blockquote", "pre", "body", "html", "hr"}
_SILENT = {"script", "style", "head", "title"}


class NexisHtml(Reader):
    """Many articles in one web page, each below a bookmark and ``3 of 500 DOCUMENTS``."""

    name = "Nexis HTML"

    def sniff(self, head: bytes, file: str) -> bool:
        """Whether the page has the bookmarks or comments of Nexis."""
        return looks_like_text(head) and b"<" in head[:2000] and _SIGN.search(head) is not None

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """The articles; their index is the line of their bookmark."""
        text, encoding, notes = decode(data, encoding=options.encoding, file=file)
        starts = [found.start() for found in _ANCHOR.finditer(text)]
        if not starts:
            raise InputError(
                f"{file}: a page of Nexis without bookmarks of documents; download it again, and "
                "all of it"
            )
        middle = set(_CENTER.findall(text[: starts[0]]))
        counters: list[Counter] = []
        documents = []
        line, before = 1, 0
        for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
            line += text.count("\n", before, start)
            before = start
            # one document at a time: unclosed tags would nest 500 of them too deeply for lxml
            blocks = _blocks(text[start:end], middle, line)
            found = [counter(block.flat) for block in blocks[:3]]
            counters += [item for item in found if item is not None]
            documents.append((line, [block for block in blocks if counter(block.flat) is None]))
        rows, places, rejected = collect(documents)
        cover = "\n".join(block.text for block in _blocks(text[: starts[0]], middle, 1))
        said, odd = announced(cover, counters)
        tail = text[-2000:].lower()
        return nexis_batch(
            rows, places, rejected, form=self.name, encoding=encoding, notes=(*notes, *odd),
            announced=said, cut="</html" not in tail and "</body" not in tail,
        )  # fmt: skip


def _blocks(text: str, middle: set[str], line: int) -> list[Block]:
    """The paragraphs of a piece of a page; a ``<br>`` is a line break."""
    from lxml import etree

    parser = etree.HTMLParser(
        no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, encoding="utf-8"
    )
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    if root is None:
        return []
    found: list[Block] = []
    words: list[str] = []
    centers = [False]

    def flush() -> None:
        lines = [" ".join(part.split()) for part in "".join(words).split("\n")]
        words.clear()
        if any(lines):
            found.append(Block("\n".join(lines).strip(), centers[-1], line))

    silent = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        if event == "start":
            silent += tag in _SILENT
            if tag in _BLOCKS:
                flush()
                centers.append(element.get("class") in middle)
            words.append("\n" if tag == "br" else "")
            words.append("" if silent else _plain(element.text))
            continue
        if tag in _BLOCKS:
            flush()
            centers.pop()
        silent -= tag in _SILENT
        words.append("" if silent else _plain(element.tail))
    flush()
    return found


def _plain(text: str | None) -> str:
    """Text of the source: its line breaks are only spaces."""
    return re.sub(r"\s", " ", text or "").replace("\u00ad", "")
