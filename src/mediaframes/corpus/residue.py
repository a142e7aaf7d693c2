"""What a press database leaves inside a text: its heading above the article, its marks below.

Tables made from exports often hold them: "933 words / 10 april 2014 / the times / english", or
"LENGTH: 933 words" above and "LOAD-DATE: ..." below. The heading says when, where and by whom the
article was printed, so it is read before it is taken away.
"""

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import NamedTuple

import pandas as pd

from mediaframes._console import say
from mediaframes.corpus._words import words_of
from mediaframes.corpus.blocks import each_text, with_texts
from mediaframes.corpus.dates import one_date, parse_dates
from mediaframes.corpus.furniture import Phrases, load_rules, phrases_in
from mediaframes.corpus.lines import Line, ends_sentence, shown_lines, split_lines

# Lines looked through for a heading. The longest on real exports had 15 (a section of several
# lines, two bylines); a "LENGTH: 19.43 meters" deep in an article is none.
HEADING_LINES = 25
HEADING_CHARACTERS = 6000  # the same in characters, so that a text in one long line costs nothing
TAIL_CHARACTERS = 8000  # holds the summary of a search that lists its forty sources
# Labels that make a heading: one ("Date: ...") opens many an article.
LEAST_LABELS = 2
AFTER_LENGTH = 9  # lines between the number of words and the language; seven on real files
BYLINE_WORDS = 12
# A name is no longer than this where no "by" says that it is one.
NAME_WORDS = 5

# What a heading may say of an article, beside its date.
FILLED = ("title", "outlet", "language", "author", "section", "length", "url")

_TAG = re.compile(r"(?i)</?(?:b|i|u|em|strong|mark|hit|hl\d?|span)(?:\s[^<>]{0,100})?>")
_RULE = re.compile(r"[_=*~#–—-]{4,}")
_RECORD = re.compile(r"[{\[].{0,300}[}\]]")
_LABEL = re.compile(r"([^\W\d_][^\W\d_ /-]*(?:[ /-][^\W\d_]+){0,4})\s?:[\s\xa0]*(.*)")
_CLOCK = re.compile(r"\d{4}|\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s*(?:uhr|[ap]\.?m\.?))?", re.I)
_WEEKDAY = re.compile(r",?\s+[^\W\d_]{4,10}$")
_CODE = re.compile(r"[A-Za-z0-9]{2,8}")
_COPYRIGHT = re.compile(
    r"(?i)(?:^|\s)(?:©|\(c\)|c (?=(?:19|20)\d\d)|copyright)|all rights reserved"
)
_BY = re.compile(r"(?i)(?:by|von|par|por|di|door|autor:?|przez)\s+\S")
# "Document IINM000020171113edbd0000d", in any language
_DOCUMENT = re.compile(r"(?:\S+\s+){1,3}[A-Za-z]{1,12}\d{8,}[A-Za-z0-9]{4,30}")


@dataclass(frozen=True)
class Residue:
    """What stood around an article.

    Attributes
    ----------
    text : str
        The article without it.
    above, below : tuple of Line
        The lines taken away, with part and reason; the title and the byline are among them.
    skipped : int
        Lines of the file above `text`, so that its lines keep their numbers.
    facts : dict
        ``title author section date_raw outlet language length url`` as far as the heading says.
    """

    text: str
    above: tuple[Line, ...] = ()
    below: tuple[Line, ...] = ()
    skipped: int = 0
    facts: dict[str, str] = field(default_factory=dict)

    def around(self, lines: Sequence[Line]) -> list[Line]:
        """The lines of the article under their numbers in the file, between what was taken."""
        for line in lines:
            line.number += self.skipped
        return [*self.above, *lines, *self.below]


class _Words(NamedTuple):
    length: re.Pattern[str]
    languages: dict[str, str]
    labels: dict[str, str]
    opens: frozenset[str]
    closing: Phrases


@cache
def _words() -> _Words:
    rules = load_rules("databases")
    units = "|".join(sorted(map(re.escape, phrases_in(rules["length units"])), key=len))
    return _Words(
        re.compile(rf"\d[\d.,']{{0,8}}\s?(?:{units})\.?", re.I),
        {name: code for code, names in rules["languages"].items() for name in phrases_in(names)},
        {label: fact for fact, names in rules["labels"].items() for label in phrases_in(names)},
        frozenset(phrases_in(rules["text labels"])),
        Phrases.of((phrase, "end of the record") for phrase in phrases_in(rules["closing"])),
    )


def take_residue(text: str) -> Residue:
    """The article without the heading and the marks of a press database.

    A heading without labels hangs on its number of words, followed by a date; a labelled one needs
    two labels a database uses. Without either, the text stays as it is.

    Examples
    --------
    >>> found = take_residue('''Ferry talks resume
    ... By Jo Field
    ... 412 words
    ... 3 May 2021
    ... The Harbor Post
    ... HARPO
    ... English
    ... (c) 2021 Harbor Media
    ... The two sides met again on Monday.
    ... Document HARPO00020210503eh5300004''')
    >>> found.text
    'The two sides met again on Monday.'
    >>> found.facts["outlet"], found.facts["date_raw"], found.facts["author"]
    ('The Harbor Post', '3 May 2021', 'Jo Field')
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not _may_hold(text):  # nearly all texts
        return Residue(text)
    head = split_lines(text[:HEADING_CHARACTERS])[:HEADING_LINES]
    found = _unlabelled(head) or _labelled(head)
    above, facts = found if found else ([], {})
    skipped = above[-1].number if above else 0
    body = text.split("\n", skipped)[skipped:] if skipped else [text]
    rest, below = _below("\n".join(body), skipped, sure=bool(above))
    return Residue(rest, tuple(above), tuple(below), skipped, facts)


def _may_hold(text: str) -> bool:
    """Whether a look at the head and at the last line leaves a heading or marks possible."""
    end = text[-TAIL_CHARACTERS:].rstrip()
    if "\n" not in end and len(text) > TAIL_CHARACTERS:
        return True  # one long line
    last = end[end.rfind("\n") + 1 :].strip()
    if last and _closes(last, sure=False):
        return True
    words, labels = _words(), 0
    for line in shown_lines(text[:HEADING_CHARACTERS])[:HEADING_LINES]:
        if line[0].isdecimal() and words.length.fullmatch(line):
            return True
        if ":" in line:
            labels += line.partition(":")[0].rstrip().lower() in words.labels
    return labels >= LEAST_LABELS


def without_tags(text: str) -> str:
    """The text without the tags that databases set around words that were searched for.

    Examples
    --------
    >>> without_tags('The <b>ferry</b> and the <span class="hit">harbor</span>')
    'The ferry and the harbor'
    """
    return _TAG.sub("", text) if "</" in text else text


def without_residue(
    docs: pd.DataFrame, *, done: Container[str] = ()
) -> tuple[pd.DataFrame, dict[str, Residue]]:
    """Articles without headings and marks of databases, and what was taken from which.

    What a heading says fills what is missing in `docs`, and nothing else; a date from a heading
    has ``date_source`` ``"text"``. Articles in `done` stay as they are.
    """
    found: dict[str, Residue] = {}
    changed: dict[str, str] = {}
    for name, text in zip(docs.index, each_text(docs["text"]), strict=True):
        if name in done:
            continue
        plain = without_tags(text)
        residue = take_residue(plain)
        if residue.above or residue.below:
            # the text itself stands in `docs`
            found[name], plain = replace(residue, text=""), residue.text
        if plain != text:
            changed[name] = plain
    docs = docs.assign(text=with_texts(docs["text"], changed))
    facts = pd.DataFrame([residue.facts for residue in found.values()], index=list(found))
    if facts.empty:
        return docs, found
    counts = []
    facts = facts.reindex(docs.index)
    if "date_raw" in facts:
        facts["date"] = parse_dates(facts["date_raw"]).date
        new = docs["date"].isna() & facts["date"].notna()
        for column, value in (("date_raw", facts["date_raw"]), ("date_source", "text")):
            old = docs[column] if column in docs else pd.Series(pd.NA, docs.index, dtype="str")
            docs[column] = old.astype("str").mask(new, value)
        docs["date"] = docs["date"].where(~new, facts["date"])
        counts.append(("date", int(new.sum())))
    for column in [name for name in FILLED if name in facts]:
        old = docs[column] if column in docs else pd.Series(pd.NA, docs.index, dtype="str")
        new = old.isna() & facts[column].notna()
        docs[column] = old.astype("str").mask(new, facts[column])
        counts.append((column, int(new.sum())))
    filled = ", ".join(f"{n:,} {column}" for column, n in counts if n)
    say(
        f"clean: headings of a press database in {int(facts.notna().any(axis=1).sum()):,} texts"
        + (f"; from them {filled}" if filled else "")
    )
    return docs, found


def _mark(line: Line, what: str) -> Line:
    part = {"title": "title", "byline": "credit"}.get(what, "furniture")
    return Line(line.number, line.text, part=part, reason=f"database heading: {what}")


# --- a heading without labels --------------------------------------------------------------------


def _unlabelled(lines: Sequence[Line]) -> tuple[list[Line], dict[str, str]] | None:
    """Lines around "933 words", told apart by their order and what they look like."""
    length = _words().length
    at = next((n for n, line in enumerate(lines) if length.fullmatch(line.text)), None)
    if not at or at + 1 >= len(lines) or not _date(lines[at + 1].text):
        return None
    facts = {"length": lines[at].text, "date_raw": lines[at + 1].text}
    marked = _title_lines(lines[:at], facts)
    marked += [_mark(lines[at], "length"), _mark(lines[at + 1], "date")]
    rest = list(lines[at + 2 : at + 2 + AFTER_LENGTH])
    if rest and _CLOCK.fullmatch(rest[0].text):
        marked.append(_mark(rest.pop(0), "time"))
    if rest:
        facts["outlet"] = rest[0].text
        marked.append(_mark(rest.pop(0), "outlet"))
    last = _last_of_heading(rest)
    for n, line in enumerate(rest[:last]):
        code = _words().languages.get(line.text.lower())
        if code:
            facts["language"] = code
            marked.append(_mark(line, "language"))
        elif _COPYRIGHT.search(line.text):
            marked.append(_mark(line, "copyright"))
        elif n == 0 and _CODE.fullmatch(line.text):
            marked.append(_mark(line, "source code"))
        elif _CLOCK.fullmatch(line.text) and len(line.text) > 3:
            marked.append(_mark(line, "time"))
        else:
            marked.append(_mark(line, "edition or page"))
    return marked, facts


def _last_of_heading(rest: Sequence[Line]) -> int:
    """How many of the lines below the outlet belong to the heading."""
    languages = _words().languages
    ends = [n for n, line in enumerate(rest) if line.text.lower() in languages]
    if ends:
        after = ends[0] + 1
        return after + (after < len(rest) and bool(_COPYRIGHT.search(rest[after].text)))
    rights = [n for n, line in enumerate(rest) if _COPYRIGHT.search(line.text)]
    if rights:
        return rights[0] + 1
    return int(bool(rest) and bool(_CODE.fullmatch(rest[0].text)))


def _title_lines(lines: Sequence[Line], facts: dict[str, str]) -> list[Line]:
    """Above the number of words: marks of the table, [section], headline, [byline]."""
    marks = [n for n, x in enumerate(lines) if _RULE.fullmatch(x.text) or _RECORD.fullmatch(x.text)]
    first = marks[-1] + 1 if marks else 0
    marked = [_mark(line, "record mark") for line in lines[:first]]
    names = list(lines[first:])
    byline = names[-1] if _is_byline([line.text for line in names]) else None
    if byline is not None:
        names.pop()
        facts["author"] = re.sub(r"(?i)^(?:by|von|par|por|di|door)\s+", "", byline.text)
    if names:
        title = names.pop()
        facts["title"] = title.text
        if names:
            facts["section"] = "; ".join(line.text for line in names)
        marked += [_mark(line, "section") for line in names]
        marked.append(_mark(title, "title"))
    if byline is not None:
        marked.append(_mark(byline, "byline"))
    return marked


def _is_byline(lines: Sequence[str]) -> bool:
    """Whether the last line above the number of words names the authors."""
    words = lines[-1].split() if len(lines) > 1 else []
    if not words or len(words) > BYLINE_WORDS:
        return False
    if _BY.match(lines[-1]):
        return True
    if len(lines) > 2:  # section, headline, byline
        return not lines[-1].endswith((".", "?", "!"))
    # two lines are headline and byline, or section and headline: the longer one is the headline
    return len(words) <= NAME_WORDS < len(lines[0].split())


def _date(text: str) -> str:
    """The date of a line, without the weekday that LexisNexis sets behind it; or nothing."""
    if len(text) > 60 or not any(map(str.isdigit, text)):
        return ""
    bare = _WEEKDAY.sub("", text)
    return next((found for found in (bare, text) if one_date(found) is not None), "")


# --- a labelled heading --------------------------------------------------------------------------


def _label(text: str) -> tuple[str, str] | None:
    """The label of a line, as the rules know it, and its value."""
    match = _LABEL.match(text[:400])
    label = match[1].lower() if match else text.rstrip(":").strip().lower()
    if label in _words().opens and (match is None or not match[2]):
        return "body", ""
    if match is None or label not in _words().labels:
        return None
    return label, (match[2] + text[400:]).strip()


def _labelled(lines: Sequence[Line]) -> tuple[list[Line], dict[str, str]] | None:
    """Lines with labels at the top, and the lines among them."""
    found = [_label(line.text) for line in lines]
    said = [n for n, label in enumerate(found) if label and label[0] != "body"]
    if not said or said[0] > 4 or len({found[n][0] for n in said}) < LEAST_LABELS:  # type: ignore[index]
        return None
    # labels stand together: one below running text is a part of the article
    last = said[0]
    for n in said[1:]:
        if n - last > 3 or any(_is_sentence(line.text) for line in lines[last + 1 : n]):
            break
        last = n
    if len([n for n in said if n <= last]) < LEAST_LABELS:
        return None
    opens = [n for n in range(last + 1, min(last + 3, len(lines))) if found[n] == ("body", "")]
    last = opens[0] if opens else last
    facts: dict[str, str] = {}
    marked = []
    for line, label in zip(lines[: last + 1], found, strict=False):
        what = "mark" if label is None else label[0]
        fact = _words().labels.get(what, "")
        if label is not None and fact and label[1]:
            facts.setdefault({"date": "date_raw"}.get(fact, fact), label[1])
        marked.append(_mark(line, what))
    for n, what in _above_labels(lines[: said[0]]).items():
        value = _date(lines[n].text) if what == "date" else lines[n].text
        facts.setdefault({"date": "date_raw"}.get(what, what), value)
        marked[n] = _mark(lines[n], what)
    if "language" in facts:
        low = facts["language"].lower()
        facts["language"] = _words().languages.get(low, low[:2])
    return marked, facts


def _is_sentence(text: str) -> bool:
    return len(text) > 200 or (ends_sentence(text) and len(text.split()) >= 8)


def _above_labels(lines: Sequence[Line]) -> dict[int, str]:
    """What the lines above the first label are: outlet, date, title, as far as there is a date."""
    dated = next((n for n, line in enumerate(lines) if _date(line.text)), None)
    if dated is None:
        return {len(lines) - 1: "title"} if lines else {}
    places = {dated - 1: "outlet", dated: "date", dated + 1: "title"}
    return {n: what for n, what in places.items() if 0 <= n < len(lines)}


# --- below the article ---------------------------------------------------------------------------


def _below(text: str, skipped: int, *, sure: bool) -> tuple[str, list[Line]]:
    """The text without the marks at its end; `sure` where a heading was found above."""
    start = max(0, len(text) - TAIL_CHARACTERS)
    start = text.rfind("\n", 0, start) + 1 if start else 0
    before = text.count("\n", 0, start) + skipped
    tail = split_lines(text[start:])
    # below the document's number stands at most the summary of the search
    numbers = [n for n, line in enumerate(tail) if sure and _DOCUMENT.fullmatch(line.text)]
    first = numbers[0] if numbers else len(tail)
    while first and _closes(tail[first - 1].text, sure=sure):
        first -= 1
    marks = tail[first:]
    if not first or not marks:
        return text, []
    lines = text[start:].split("\n")[: marks[0].number - 1]
    rest = (text[:start] + "\n".join(lines)).rstrip()
    for line in marks:
        line.number += before
    return rest, [_mark(line, "end of the record") for line in marks]


def _closes(text: str, *, sure: bool) -> bool:
    if _DOCUMENT.fullmatch(text):
        return True
    label = _label(text)
    if label is not None and label[0] != "body":
        # without a heading only what no article says of itself: "LOAD-DATE: May 3, 2021"
        return sure or "-" in label[0] or text[: len(label[0])].isupper()
    if not sure:
        return False
    return bool(_words().closing.at(words_of(text[:200]), 0, to_the_end=True)) or bool(
        len(text) < 120 and _COPYRIGHT.search(text)
    )
