"""Datelines and credits: where a report was written, and who signed it."""

import re
from collections.abc import Container
from functools import cache
from typing import NamedTuple

from mediaframes.corpus._words import words_of
from mediaframes.corpus.furniture import Rules, load_rules, rules_for

HEAD = 80  # characters in which a dateline must end; the longest real ones have about 60
SIGN_LETTERS = 5  # an author's sign without an agency is not longer
TAIL = 90  # characters in which a credit must begin

_DASHED = re.compile(r"^(?P<head>\S.{1,70}?)(?:\s+(?:-|–|—|--|\|)\s+|\s?—\s?)(?=\S)")
_BRACKETED = re.compile(
    r"^(?P<place>[^()\n.!?]{2,45}?(?:D\.C\.)?)\s*\((?P<inner>[^()\n]{2,40})\)\s*"
    r"(?:--?|–|—|\||:)?\s*(?=\S)"
)
_LOOSE = re.compile(
    r"^(?P<head>[^\W\d_][^\d.:;!?()\n]{2,40}?)(?P<mark>\s+(?:-|–|—|--|\|)\s+|\s?—\s?|\.\s|:\s)(?=\S)"
)
_UNKNOWN_AGENCY = re.compile(r"[A-ZÄÖÜ]{2,5}|[a-zäöü]{3,4}|[A-Z][a-z]{3,12}")
# "kor/mde", "kor mit mde": initials and an agency that is not in our list
_JOINED = re.compile(
    r"[a-zäöüß]{2,4}(?:/[\w.]{2,12}|\s(?:mit|with)\s(?P<agency>[\w.]{2,12}))+(?<![\d.])"
)
_MARKS = frozenset(",.:—")  # what may stand right behind a place, or inside a pair of them
_STAFF = frozenset({"staff", "red", "redaktion", "agenturen", "agencies", "eigener"})
_CAPITALS = re.compile(r"[A-ZÄÖÜ]{2,5}")
_CREDIT = re.compile(r"\s*[(\[]\s*([^()\[\]\n]{2,60}?)\s*[)\]]\s*\.?\s*$")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Function words that are no initials; those of all our languages together would leave none over.
_SIGNING = ("de", "en")
_LINKING = _set("mit with und and von by material quelle source via aus from plus")
_SMALL = _set("am an der den de del la el al of the upon im bei ob auf in a.m. and und")
# What stands before a full stop or dash and is no place.
_TITLES = _set("prof dr mr mrs ms sen rep gov gen lt col herr frau nein ja no yes laut teil part")
# Short words in brackets at the end of an article that are no initials.
_NO_SIGN = _set(
    "sic lacht etc usw pdf siehe ebd km mrd mio evtl bzw ggf ca vgl live plus "
    "archiv archive symbolbild update anzeige video "
    "lachend lachen laughs laughter applaus applause beifall"
)


class Dateline(NamedTuple):
    """A dateline and what follows it; `end` counts the characters it takes."""

    place: str
    agency: str
    end: int


@cache
def _agencies() -> dict[str, str]:
    table = load_rules("agencies")
    return {str(sign).lower(): str(name) for sign, name in table.items()}


@cache
def _places() -> frozenset[str]:
    names = load_rules("places")["places"].split(",")
    return frozenset(" ".join(name.split()).lower() for name in names)


def signature(text: str, *, initials: bool = True) -> tuple[bool, str]:
    """Whether a short text is a signature, and the agencies in it.

    Parameters
    ----------
    text : str
        What stands in the brackets or on the line.
    initials : bool
        Whether initials alone, without an agency, are enough.

    Examples
    --------
    >>> signature("bme mit AFP"), signature("dpa/AFP"), signature("Mit Material von Reuters")
    ((True, 'AFP'), (True, 'dpa, AFP'), (True, 'Reuters'))
    >>> signature("Juni 2024"), signature("lacht"), signature("CDU")
    ((False, ''), (False, ''), (False, ''))
    """
    if _no_sign(text):
        return False, ""
    plain = " ".join(text.replace("©", " ").replace("(c)", " ").split()).strip(" .:")
    whole = _agencies().get(plain.lower())
    if whole:
        return True, whole
    tokens = [token for token in re.split(r"[\s/,;+&:|]+", plain) if token]
    if not tokens or len(tokens) > 8:
        return False, ""
    found: list[str] = []
    known = frozenset(_agencies().values())
    signs, follows, long = 0, False, False
    for token in tokens:
        low = token.lower()
        if low in _agencies():
            found.append(_agencies()[low])
        elif low in _LINKING:
            follows = follows or low in {"mit", "with"}
            continue
        elif low in rules_for(_SIGNING).stopwords:
            return False, ""
        elif (follows or len(tokens) > 1) and _CAPITALS.fullmatch(token):
            found.append(token)  # an agency that is not in our list
        elif token.islower() and 2 <= len(token) <= 8 and token.isalpha() and low not in _NO_SIGN:
            signs += 1
            long = long or len(token) > SIGN_LETTERS
        elif re.fullmatch(r"(?:[A-ZÄÖÜ]\.){1,3}", token):
            signs += 1
        else:
            return False, ""
    sure = any(name in known for name in found)
    if not follows and not sure:
        return not found and initials and not long and 0 < signs <= 2, ""
    agency = ", ".join(dict.fromkeys(found))
    return bool(found), agency


@cache
def _first_words() -> frozenset[str]:
    """Words with which a signature may begin whatever they look like."""
    return _LINKING.union(re.split(r"[\s/,;+&:|]+", sign)[0] for sign in _agencies())


def _no_sign(text: str) -> bool:
    """Whether the first word says that this is no signature: for speed, as most lines are none."""
    first = (*text.split(None, 1), "")[0]
    low = first.lower()
    if not first.isalpha() or low in _first_words():
        return False
    if first.islower():
        return len(first) > 8 or low in _NO_SIGN or low in rules_for(_SIGNING).stopwords
    return _CAPITALS.fullmatch(first) is None or low in rules_for(_SIGNING).stopwords


def own_line_signature(text: str) -> bool:
    """Whether a bracketed text looks like a signature whose names we do not know.

    Only asked where nothing else is likely: behind the last sentence, or on a line of its own.

    Examples
    --------
    >>> [own_line_signature(text) for text in ("jx/ABX", "Chronicle staff", "lacht", "Juni 2024")]
    [True, True, False, False]
    """
    tokens = [token for token in re.split(r"[\s/,;+&|]+", text.strip(". ")) if token]
    if not 0 < len(tokens) <= 4:
        return False
    stopwords = rules_for(_SIGNING).stopwords - _LINKING
    for token in tokens:
        low = token.lower()
        if low in _NO_SIGN or low in stopwords or not low.replace(".", "").isalpha():
            return False
        small = token.islower() and len(token) > SIGN_LETTERS
        if small and low not in _STAFF:
            return False
    return any(token.lower() in _STAFF for token in tokens) or len(tokens) <= 2


def closing_credit(text: str, rules: Rules, *, known: Container[str] = ()) -> tuple[int, str, str]:
    """Where the credit at the end of a paragraph begins (-1: none), the credit, its agencies.

    Initials without an agency count only after the end of a sentence, so that a party or a
    currency in brackets stays in the text; `known` are signs that only close articles.

    Examples
    --------
    >>> from mediaframes.corpus.furniture import rules_for
    >>> closing_credit("Das sagte er am Montag (bme mit AFP).", rules_for(("de",)))
    (22, '(bme mit AFP)', 'AFP')
    >>> closing_credit("Das sagte Meier (parteilos).", rules_for(("de",)))[0]
    -1
    """
    base = max(0, len(text) - TAIL)
    match = _CREDIT.search(text[base:])
    if not match or base + match.start() == 0:
        return -1, "", ""
    before = text[: base + match.start()].rstrip()
    after_sentence = before[-1:] in '.!?…“”"»«’'
    inner = match.group(1)
    begin, printed = base + match.start(), _as_printed(match.group(0))
    found, agency = signature(inner)
    if found and agency:
        return begin, printed, agency
    if inner in known:
        return begin, printed, inner if _CAPITALS.fullmatch(inner) and len(inner) > 2 else ""
    joined = _JOINED.fullmatch(inner)
    if joined and not any(word.lower() in rules.stopwords - _LINKING for word in inner.split()):
        return begin, printed, joined["agency"] or ""
    phrase = rules.credit["start"].at(words_of(inner), 0) and inner[:1].isupper()
    free = after_sentence and (found or own_line_signature(inner))
    if phrase or (free and inner.lower() not in rules.stopwords):
        return begin, printed, ""
    return -1, "", ""


def _as_printed(text: str) -> str:
    return text.strip().rstrip(". ")


def place_candidate(paragraph: str) -> str:
    """Capitalized words that open a paragraph as a dateline would, or nothing.

    A place that opens paragraphs in several articles in this way is taken for one (`clean` counts
    that), so that papers may write ``Hallein. Die ...`` and towns need not be in our list.

    Examples
    --------
    >>> place_candidate("Hallein. Der Rat tagte am Montag."), place_candidate("Er kam – und ging")
    ('Hallein', '')
    """
    first, second = (*paragraph[:HEAD].split(None, 2), "", "")[:2]
    # for speed: a second word in small letters goes on with a sentence, most often
    goes_on = second.isalpha() and second[0].islower() and second.lower() not in _SMALL
    if goes_on and _MARKS.isdisjoint(first):
        return ""
    match = _LOOSE.match(paragraph[:HEAD])
    if not match or not _opens(paragraph[match.end() : match.end() + 10]):
        return ""
    return _place(match["head"].strip(), rules_for(_SIGNING))


def dateline(text: str, rules: Rules, *, known: Container[str] = ()) -> Dateline | None:
    """The dateline at the start of a paragraph, or None.

    `known` are places beyond our list, in lower case, as `place_candidate` found them.

    Examples
    --------
    >>> from mediaframes.corpus.furniture import rules_for
    >>> rules = rules_for(("de", "en"))
    >>> dateline("Kiew – Die Ukraine rechnet mit Schnee.", rules)
    Dateline(place='Kiew', agency='', end=7)
    >>> dateline("BERLIN, 3. Mai (Reuters) – Der Rat tagt.", rules)
    Dateline(place='BERLIN', agency='Reuters', end=27)
    >>> dateline("Er kam – und ging.", rules) is None
    True
    """
    start = text[:HEAD]
    match = _BRACKETED.match(start) if "(" in start else None
    if match:
        place = _place(match["place"], rules)
        found, agency = _in_brackets(match["inner"], place)
        if place and (found or _is_date(match["inner"], rules)) and _opens(text[match.end() :]):
            return Dateline(place, agency, match.end())
    match = _LOOSE.match(start)
    if match and _opens(text[match.end() :]):
        place = _place(match["head"].strip(), rules)
        low = place.lower()
        mark = match["mark"].strip()
        if mark == ":" and not place.isupper():
            place = ""  # "Beruf: ...", a speaker, a label
        if place and (low in known or (low in _places() and (mark != "." or place.isupper()))):
            return Dateline(place, "", match.end())
    match = _DASHED.match(start)
    if not match or not _opens(text[match.end() :]):
        return None
    head, agency, sure = match["head"].strip(), "", False
    bracket = re.match(r"^(.*\S)\s*\(([^()]{2,40})\)$", head)
    if bracket:
        found, agency = _in_brackets(bracket[2], _place(bracket[1], rules))
        if not found and not _is_date(bracket[2], rules):
            return None
        head, sure = bracket[1], True
    else:
        last = head.rsplit(" ", 1)
        signed = _agencies().get(last[-1].lower().strip(",/")) if len(last) == 2 else None
        if signed:
            head, agency, sure = last[0].rstrip(" ,/"), signed, True
    pieces = [piece.strip() for piece in head.split(",")]
    sure = sure or any(_is_date(piece, rules) for piece in pieces[1:])
    place = _place(head, rules)
    if place and (sure or _sounds_like_place(place, text[match.end() :], rules)):
        return Dateline(place, agency, match.end())
    return None


def _in_brackets(text: str, place: str) -> tuple[bool, str]:
    """An agency behind the place; one we do not know counts behind a place in capitals."""
    found, agency = signature(text, initials=False)
    if not found and _UNKNOWN_AGENCY.fullmatch(text.strip()):
        known = place.isupper() or place.lower() in _places()
        return known, text.strip() if known else ""
    return found, agency


def _opens(rest: str) -> bool:
    """Whether a sentence could begin here."""
    first = rest.lstrip("\"„“”«»‚‘'(")[:1]
    return bool(first) and not first.islower()


def _is_date(text: str, rules: Rules) -> bool:
    words = words_of(text)
    return bool(words) and "#" in words and all(w == "#" or w in rules.dates for w in words)


def _place(head: str, rules: Rules) -> str:
    """The place in what stands before the dash, without the date; empty where it is none."""
    pieces = [piece.strip() for piece in head.split(",")]
    kept = [pieces[0]]
    for piece in pieces[1:]:
        if _is_date(piece, rules):
            break
        kept.append(piece)
    names = [word for piece in kept for word in piece.replace("/", " ").split()]
    if any(name.lower().strip(".") in _TITLES for name in names):
        return ""
    if not names or len(names) > 5 or len(kept) > 2 or len(names[-1]) == 1:
        return ""
    if names[0].lower() in rules.stopwords and " ".join(names).lower() not in _places():
        return ""
    for name in names:
        letters = name.replace("-", "").replace(".", "").replace("'", "").replace("’", "")
        if not letters.isalpha() or not (name[0].isupper() or name.lower() in _SMALL):
            return ""
    return ", ".join(kept)


def _sounds_like_place(place: str, rest: str, rules: Rules) -> bool:
    names = [name.strip().lower() for name in place.split("/")]
    if all(name in _places() or name.split(",")[0] in _places() for name in names):
        return True
    if place.isupper():
        # NATO or CDU before a dash is no place; towns of up to five letters must be listed
        return len(place) > 5
    # An unknown town: one or two words, then a sentence that begins with a function word.
    first = rest.lstrip('"„“”«»').split(" ", 1)[0].strip(",.").lower()
    return place.count(" ") <= 1 and first in rules.stopwords
