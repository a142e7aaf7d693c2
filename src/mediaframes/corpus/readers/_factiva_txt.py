"""Factiva's text and RTF: articles with two-letter codes or without labels, each with a number.

Every article ends with its number ("Document IINM000020171113edbd0000d", in any language of the
interface); the search that found them is told below the last one.
"""

import re
from typing import Any, NamedTuple

from mediaframes.corpus.dates import one_date
from mediaframes.corpus.readers._batch import Batch, Options, Reader, Rejected
from mediaframes.corpus.readers._decode import bare_name, decode, head_text, looks_like_text
from mediaframes.corpus.readers._delimited import ENDINGS
from mediaframes.corpus.readers._factiva_html import (
    CODES,
    DOCUMENT,
    LENGTH,
    TEXT_CODES,
    heading_facts,
)
from mediaframes.corpus.readers._press_html import batch, start
from mediaframes.corpus.readers._rtf import rtf_text
from mediaframes.errors import InputError

LONGEST_MARK = 90  # characters of a line that ends an article
ABOVE = 3  # lines above the length: section, headline, byline
BELOW = 12  # lines of facts below it: date, time, outlet, code, edition, page, language, copyright
PUBLISHER = 80  # characters of a last line that is no sentence
# "HD", "HD<tab>Talks resume", "HD   Talks resume"
_CODE = re.compile(r"\s*(?P<code>[A-Z]{2,3})(?:\s*$|\t\s*(?P<tab>.*)$|\s{2,}(?P<space>\S.*)$)")
_KNOWN = {*CODES, *TEXT_CODES}
# What may stand below the text; the others are words in capitals there
_LATE = frozenset(
    ["ART", "CT", "RF", "CO", "IN", "NS", "RE", "IPC", "IPD", "NGC", "GC", "PUB", "AN", "CR"]
)
_NEEDED = {"HD", "WC", "PD"}
_RIGHTS = re.compile(
    r"\s*(?:\(c\)|©|copyright|all rights|alle rechte|tous droits|todos los derechos|todos os dir|"
    r"tutti i diritti)",
    re.IGNORECASE,
)
_FOUND = re.compile(
    r"^\s*(?:Results Found|Gefundene Ergebnisse|Résultats trouvés|Resultados encontrados)\s+"
    r"([\d.,]{1,12})\s*$",
    re.MULTILINE,
)
_BYLINE = re.compile(r"(?:by|von|par|por|di|da|door|av|af|przez)\s", re.IGNORECASE)
_SENTENCE = re.compile(r"[.!?…:;\"'”“»)]\s*$")
_CODES_OF_LANGUAGES = {
    name: code
    for code, names in {
        "en": "english englisch anglais inglés inglese inglês engels",
        "de": "german deutsch allemand alemán tedesco alemão duits",
        "fr": "french französisch français francés francese francês frans",
        "es": "spanish spanisch espagnol español spagnolo espanhol spaans",
        "it": "italian italienisch italien italiano italiaans",
        "nl": "dutch niederländisch néerlandais neerlandés olandese nederlands holandês",
        "pt": "portuguese portugiesisch portugais portugués portoghese português",
        "pl": "polish polnisch polonais polaco polacco polski",
        "ru": "russian russisch russe ruso russo русский",
        "da": "danish dänisch danois danés dansk",
        "sv": "swedish schwedisch suédois sueco svenska",
        "no": "norwegian norwegisch norvégien noruego norsk",
        "cs": "czech tschechisch tchèque checo čeština",
        "tr": "turkish türkisch turc turco türkçe",
    }.items()
    for name in names.split()
}


class _Piece(NamedTuple):
    """The lines of one article, where it begins, and the number that ends it."""

    lines: list[str]
    begin: int
    number: str | None


class FactivaTxt(Reader):
    """Articles that were saved or copied as text."""

    name = "Factiva TXT"

    def sniff(self, head: bytes, file: str) -> bool:
        """By its codes, or a length above a date and the number of a document."""
        if bare_name(file.lower()).endswith(ENDINGS) or not looks_like_text(head):
            return False
        if head.lstrip()[:1] in (b"{", b"[", b"<"):
            return False
        if not any(mark in head for mark in (b"HD", b"\n", b"\0")):
            return False
        return _is_factiva(head_text(head), sure=False)

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """Every article, and what stands between them and is none."""
        text, encoding, notes = decode(data, encoding=options.encoding, file=file)
        return _read(text, file, self.name, encoding, notes)


class FactivaRtf(Reader):
    """Factiva's "Article Format" as RTF."""

    name = "Factiva RTF"

    def sniff(self, head: bytes, file: str) -> bool:
        """As for text; the page's footer names Factiva as well."""
        if not head.lstrip().startswith(b"{\\rtf"):
            return False
        return _is_factiva(rtf_text(head), sure=b"Factiva" in head)

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """Every article, and what stands between them and is none."""
        whole = data.rstrip(b"\0 \t\r\n").endswith(b"}")
        notes = () if whole else ("the file is cut off",)
        return _read(rtf_text(data), file, self.name, "", notes)


def _is_factiva(text: str, *, sure: bool) -> bool:
    lines = [line.strip("\f ") for line in text.splitlines()]
    codes = {match["code"] for line in lines if (match := _CODE.match(line))}
    if codes >= _NEEDED and codes & {*TEXT_CODES, "AN"}:
        return True
    full = [line for line in lines if line]
    if not (sure or any(_number(line) for line in full)):
        return False
    return any(_is_length(full, place) for place in range(len(full)))


def _number(line: str) -> str | None:
    """The number of a document, where a line holds it and nothing else."""
    found = DOCUMENT.fullmatch(line.strip()) if len(line) < LONGEST_MARK else None
    if found is None or not any(map(str.isdigit, found[1][-16:])):
        return None
    words = line.split()
    # "Document ..."; a number alone is one only with Factiva's twenty-odd signs
    return found[1] if len(words) > 1 or len(found[1]) >= 22 else None


def _is_length(lines: list[str], place: int) -> bool:
    """Whether a line says the length in words and the next one the date."""
    if len(lines[place]) > 40 or not LENGTH.fullmatch(lines[place].strip()):
        return False
    after = lines[place + 1 : place + 2]
    return bool(after) and len(after[0]) < 60 and one_date(after[0].strip()) is not None


def _read(text: str, file: str, form: str, encoding: str, notes: tuple[str, ...]) -> Batch:
    pieces = _pieces(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    found: list[tuple[int, dict[str, Any] | Rejected]] = []
    for piece in pieces:
        full = [line for line in piece.lines if line.strip()]
        if not full:
            continue
        article = _article(piece)
        if article is not None:
            found.append((piece.begin, article))
        elif piece.number is not None:
            problem = "an article whose heading is not understood"
            found.append((piece.begin, Rejected(piece.begin, problem, start(" ".join(full)))))
        else:
            said = start(" ".join(full))
            if results := _FOUND.search("\n".join(piece.lines)):
                notes = (*notes, f"the search had {results[1]} results, this file holds some")
            notes = (*notes, f"below the last article, from line {piece.begin}: '{said}'")
    if not found:
        raise InputError(
            f"{file}: a text of Factiva without an article; mark articles in Factiva's list and "
            "save them in 'Article Format'"
        )
    last = found[-1][1]
    off = isinstance(last, dict) and "id" not in last
    if off:
        notes = (*notes, "the last article has no number: the file may be cut off")
    return batch(found, format=form, encoding=encoding, notes=notes, cut_off=off)


def _pieces(lines: list[str]) -> list[_Piece]:
    """Articles from one number to the next; a form feed between two headings parts them too."""
    pieces: list[_Piece] = []
    held: list[str] = []
    begin = 1

    def take(number: str | None, at: int) -> None:
        nonlocal held, begin
        blank = next((n for n, line in enumerate(held) if line.strip()), len(held))
        pieces.append(_Piece(held[blank:], begin + blank, number))
        held, begin = [], at + 1

    for at, line in enumerate(lines, start=1):
        if "\f" in line and _article(_Piece(held, begin, None)) is not None:
            take(None, at - 1)
        line = line.replace("\f", "")
        number = _number(line)
        if number is None:
            coded = _CODE.match(line)
            number = _number(coded["tab"] or coded["space"] or "") if coded else None
        if number is None:
            held.append(line)
            continue
        if held and held[-1].strip() == "AN":  # the code stands on a line of its own
            held.pop()
        take(number, at)
    take(None, len(lines))
    return pieces


def _article(piece: _Piece) -> dict[str, Any] | None:
    codes = {match["code"] for line in piece.lines if (match := _CODE.match(line))}
    if codes >= {"HD", "PD"}:
        article = _labelled(piece.lines)
    else:
        found = _unlabelled(piece.lines)
        if found is None:
            return None
        article = found
    if piece.number is not None:
        article["id"] = piece.number
    name = (article.get("language_name") or "").split(" ")[0].casefold()
    if name in _CODES_OF_LANGUAGES:
        article["language"] = _CODES_OF_LANGUAGES[name]
    return article


def _labelled(lines: list[str]) -> dict[str, Any]:
    """An article with a code at the beginning of each field."""
    fields: dict[str, list[str]] = {}
    code = ""
    body: list[str] = []
    for line in lines:
        match = _CODE.match(line)
        if match and match["code"] in _KNOWN and (not body or match["code"] in {*_LATE, "TD"}):
            code = match["code"]
            line = match["tab"] or match["space"] or ""
        if code in TEXT_CODES:
            body.append(line.strip())
        elif code and line.strip():
            fields.setdefault(CODES[code], []).append(" ".join(line.split()))
    article: dict[str, Any] = {}
    for name, values in fields.items():
        value = " ".join(values)
        article[name] = "; ".join(p.strip() for p in value.split("|")) if " | " in value else value
    article["text"] = _paragraphs(body)
    return article


def _unlabelled(lines: list[str]) -> dict[str, Any] | None:
    """An article whose heading hangs on its length and the date below it."""
    full = [(place, line.strip()) for place, line in enumerate(lines) if line.strip()]
    words = [line for _, line in full]
    anchor = next((n for n in range(len(words)) if _is_length(words, n)), None)
    if anchor is None or not anchor:
        return None
    near = words[anchor + 1 : anchor + 1 + BELOW]
    ends = [n for n, line in enumerate(near) if _RIGHTS.match(line)]
    named = [n for n, line in enumerate(near) if line.split(" ")[0].casefold() in
             _CODES_OF_LANGUAGES and len(line) < 30]  # fmt: skip
    short = (n for n, line in enumerate([*near, "."]) if n and _SENTENCE.search(line))
    end = ends[0] if ends else named[0] if named else min(next(short), 4) - 1
    article: dict[str, Any] = _top(words[max(0, anchor - ABOVE) : anchor])
    if anchor > ABOVE:
        article["above"] = "; ".join(words[: anchor - ABOVE])
    article |= heading_facts([words[anchor], *near[: end + 1]])
    first = anchor + end + 2
    rest = lines[full[first][0] :] if first < len(full) else []
    last = next((n for n in range(len(rest) - 1, -1, -1) if rest[n].strip()), None)
    if last and len(rest[last]) < PUBLISHER and not _SENTENCE.search(rest[last]):
        article["publisher"] = rest[last].strip()
        rest = rest[:last]
    article["text"] = _paragraphs(rest)
    return article


def _top(lines: list[str]) -> dict[str, Any]:
    """Section, headline and byline above the length; of two, the longer one is the headline."""
    if len(lines) == 1:
        return {"title": lines[0]}
    if len(lines) == 2:
        by = _BYLINE.match(lines[1]) or len(lines[0]) >= len(lines[1])
        section, title, author = ("", *lines) if by else (*lines, "")
    else:
        section, title, author = lines
    return {name: value for name, value in
            (("section", section), ("title", title), ("author", author)) if value}  # fmt: skip


def _paragraphs(lines: list[str]) -> str:
    """Blocks between empty lines; without any, each line is a paragraph."""
    text = "\n".join(line.strip() for line in lines).strip("\n")
    if "\n\n" in text:
        return re.sub(r"\n{2,}", "\n\n", text)
    return text.replace("\n", "\n\n")
