"""ProQuest's results sent by mail, and the HTML in them."""

import re
from email import message_from_bytes
from email.message import Message
from typing import Any

from mediaframes.corpus.readers._batch import Batch, Options, Reader, Rejected
from mediaframes.corpus.readers._decode import decode
from mediaframes.corpus.readers._press_html import (
    Piece,
    batch,
    cut,
    is_markup,
    lines,
    parse,
    unreadable,
    words,
)
from mediaframes.corpus.readers._proquest import field, finish, mend_outlets
from mediaframes.corpus.readers._proquest_txt import articles as text_articles
from mediaframes.errors import InputError

# <a name="DocID_MSTAR_251439970"> stands above every article
_MARK = re.compile(r"""<a\b[^<>]{0,100}?\bname\s*=\s*["']?DocID_(?:[A-Z]+_)?(\w+)""", re.I)
_MARK_BYTES = re.compile(rb"""<a\b[^<>]{0,100}?\bname\s*=\s*["']?DocID_(?:[A-Z]+_)?\w""", re.I)
_HEADER = re.compile(
    rb"^(?:From|To|Subject|Date|Received|Return-Path|Message-ID|MIME-Version|Content-Type)"
    rb":[ \t]",
    re.MULTILINE | re.IGNORECASE,
)
_LABEL = re.compile(r"<strong\b[^<>]*>([^<>]{2,60})</strong>", re.IGNORECASE)
_BODY = re.compile(r"<text\b[^<>]*>", re.IGNORECASE)
_BODY_END = re.compile(r"</text\s*>", re.IGNORECASE)
_END = (re.compile(r"</(?:p|div)\b", re.IGNORECASE), re.compile(r"</div\b", re.IGNORECASE))
_WORD_COUNT = re.compile(r"""\bwordcount\s*=\s*["']?(\d{1,7})""", re.IGNORECASE)
# In some mails the page within the page begins with a mangled tag: the words "html>"
_MANGLED = re.compile(r"\s*(?:&lt;)?html(?:&gt;|>)", re.IGNORECASE)
_PART = re.compile(r"\bEmail (\d{1,4}) of (\d{1,4})\b")

Found = list[tuple[int, dict[str, Any] | Rejected]]


class ProquestHtml(Reader):
    """Pages with ProQuest's articles, as its mails hold them."""

    name = "ProQuest HTML"

    def sniff(self, head: bytes, file: str) -> bool:
        """Whether it is a page with ProQuest's mark above an article."""
        return is_markup(head) and bool(_MARK_BYTES.search(head.replace(b"\0", b"")))

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """Every article of the page."""
        text, encoding, notes = decode(data, encoding=options.encoding, file=file)
        return _batch(_page(text), self.name, encoding, notes)


class ProquestMail(Reader):
    """Mails of ProQuest with articles, saved as .eml."""

    name = "ProQuest mail"

    def sniff(self, head: bytes, file: str) -> bool:
        """Whether it begins as a mail does, and names ProQuest."""
        named = re.match(rb"\s*[A-Za-z][A-Za-z0-9-]{1,40}:[ \t]", head)
        few = len({match[0].lower() for match in _HEADER.finditer(head[:20_000])}) < 2
        return bool(named) and not few and b"proquest" in head.lower()

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """Every article of the mail, once; their places are numbers, not lines."""
        found: Found = []
        encodings: list[str] = []
        notes: list[str] = []
        for part in _parts(data, file):
            text, encoding, said = _text(part, file)
            if part.get_content_type() == "text/html" or _MARK.search(text):
                items = _page(text)
            else:  # the cover letter is no article
                items, _ = text_articles(text.replace("\r\n", "\n"))
                items = [item for item in items if isinstance(item[1], dict)]
            found += [(len(found) + n, item) for n, (_, item) in enumerate(items, 1)]
            encodings += [encoding] if encoding not in encodings else []
            notes += [note for note in said if note not in notes]
            if (mail := _PART.search(text)) and mail[2] != "1":
                note = f"mail {mail[1]} of {mail[2]} of one export: read the others too"
                notes += [note] if note not in notes else []
        if not found:
            raise InputError(
                f"{file}: a mail of ProQuest without articles; choose 'Full text' when you let "
                "ProQuest send them"
            )
        return _batch(found, self.name, ", ".join(encodings), tuple(notes))


def _parts(data: bytes, file: str) -> list[Message]:
    """The texts in a mail, also in mails that it forwards."""
    try:
        parts = list(message_from_bytes(data.lstrip()).walk())
    except RecursionError as error:
        raise InputError(
            f"{file}: mails within mails, too deep to be read; save the inner mail itself"
        ) from error
    kinds = ("text/html", "text/plain")
    return [p for p in parts if not p.is_multipart() and p.get_content_type() in kinds]


def _batch(found: Found, name: str, encoding: str, notes: tuple[str, ...]) -> Batch:
    single, more = _once(found)
    last = single[-1][1] if single else None
    off = isinstance(last, dict) and bool(last.get("cut_off"))
    if off:
        more = (*more, "cut off in the last article")
    items: Found = []
    for place, item in single:
        if isinstance(item, dict):
            item.pop("cut_off", None)
        items.append((place, finish(place, item)))
    outlets = mend_outlets([item for _, item in items if isinstance(item, dict)])
    notes = (*notes, *more, *outlets)
    return batch(items, format=name, encoding=encoding, notes=notes, cut_off=off)


def _text(part: Message, file: str) -> tuple[str, str, tuple[str, ...]]:
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    try:
        return decode(data, encoding=part.get_content_charset(), file=file)
    except InputError:  # declared, but not true
        return decode(data, encoding=None, file=file)


def _page(text: str) -> Found:
    """The articles of a page, with the line where each begins."""
    return [(piece.line, _article(piece)) for piece in cut(text, _MARK)]


def _article(piece: Piece) -> dict[str, Any] | Rejected:
    mark = _MARK.match(piece.html)
    assert mark is not None
    source = piece.html
    labels = _labels(source)
    fields: dict[str, Any] = {}
    ends = [*[begin for _, begin, _ in labels], len(source)][1:]
    heading, problem = parse(source[: labels[0][1] if labels else len(source)])
    if heading is None:
        return unreadable(piece, problem)
    titles = [line for line in lines(heading) if not re.fullmatch(r"Document \d+ \w+ \d+", line)]
    fields["title"] = titles[0] if titles else ""
    for (column, _, begin), end in zip(labels, ends, strict=True):
        value = source[begin:end]
        if end == len(source) and column != "text":  # below the last article stands the page's foot
            value = _END[column == "abstract"].split(value, maxsplit=1)[0]
        if column == "text" and (opened := _BODY.search(value)):
            count = _WORD_COUNT.search(opened[0])
            fields["word_count"] = count[1] if count else ""
            closed = _BODY_END.search(value)
            fields["cut_off"] = closed is None
            value = value[opened.end() : closed.start() if closed else len(value)]
            value = _MANGLED.sub("", value, count=1) if _MANGLED.match(value) else value
        tree, problem = parse(f"<div>{value}</div>")
        if tree is None:
            return unreadable(piece, problem)
        content = "\n\n".join(lines(tree)) if column == "text" else words(tree)
        if column == "title" and fields["title"]:
            continue
        fields[column] = f"{fields[column]}; {content}" if fields.get(column) else content
    fields["id"] = fields.get("id") or mark[1]
    return fields


def _labels(source: str) -> list[tuple[str, int, int]]:
    """(column, where the label begins, where its value begins), not those within the text."""
    inside = (0, 0)
    if opened := _BODY.search(source):
        closed = _BODY_END.search(source, opened.end())
        inside = (opened.end(), closed.start()) if closed else (0, 0)
    found = []
    for match in _LABEL.finditer(source):
        known = field(match[1])
        if known is not None and not inside[0] <= match.start() < inside[1]:
            found.append((known.column, match.start(), match.end()))
    return found


def _once(found: Found) -> tuple[Found, tuple[str, ...]]:
    """Each article once: a mail may hold teasers first, and articles as text and as HTML.

    The longest text is kept. Articles are the same where ProQuest's number is, or, without a
    number, the title.
    """
    articles = {number: item for number, (_, item) in enumerate(found) if isinstance(item, dict)}
    numbered = {
        _bare(item.get("title", "")): item["id"] for item in articles.values() if item.get("id")
    }
    best: dict[str, int] = {}  # key -> place in `found` of the article to keep
    teasers = twice = 0
    for number, item in articles.items():
        title = _bare(item.get("title", ""))
        key = item.get("id") or numbered.get(title) or title or f"#{number}"
        earlier = best.setdefault(key, number)
        if earlier == number:
            continue
        lengths = len(articles[earlier].get("text", "")), len(item.get("text", ""))
        teasers += 0 in lengths
        twice += 0 not in lengths
        if lengths[1] > lengths[0]:
            best[key] = number
    kept = {*best.values(), *(n for n, (_, item) in enumerate(found) if n not in articles)}
    notes = [f"{teasers} teasers of articles that it holds in full"] if teasers else []
    notes += [f"{twice} articles stand there twice, read once"] if twice else []
    return [found[number] for number in sorted(kept)], tuple(notes)


def _bare(text: str) -> str:
    return "".join(text.casefold().split())
