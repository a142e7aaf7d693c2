"""From the text of a careless scraper to the article, and every line accounted for."""

import re
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from mediaframes._console import progress, say
from mediaframes._memory import give_back, gives_back
from mediaframes.corpus.articles import Corpus, leaving
from mediaframes.corpus.blocks import BLOCK, each_text, with_texts
from mediaframes.corpus.furniture import language_code, page_language, rules_for
from mediaframes.corpus.lines import Line, ends_sentence, shown_lines, split_lines
from mediaframes.corpus.markup import PARTS_TYPES, told_apart
from mediaframes.corpus.page import page_parts
from mediaframes.corpus.recurrence import NONE, Recurring, recurring
from mediaframes.corpus.residue import without_residue
from mediaframes.corpus.signatures import dateline, place_candidate, signature
from mediaframes.errors import InputError, check_kind

PARTS = (
    "kicker", "title", "lead", "body", "dateline", "subheading", "caption", "credit", "furniture",
)  # fmt: skip
ADDED = ("kicker", "dateline", "credit", "agency")


@gives_back
def clean(corpus: Corpus, *, keep: Sequence[str] = (), drop: Sequence[str] = ()) -> Corpus:
    """Keep the article of each text, and say of every other line what it is and why it went.

    A scraper saves all visible text of a page: ad-blocker and cookie notices, menus, offers,
    captions, share and comment links. `clean` gives every line one part and a reason. Three things
    decide: phrases per language (``corpus/rules/*.yml``), lines that recur over the pages of an
    outlet, and where running text stands on the page (maximum subsequence segmentation). A
    paragraph of running text is never dropped for a single word in it.

    Parameters
    ----------
    corpus : Corpus
        As `read` made it. `docs.language` chooses the rules; where it is missing, all apply.
    keep, drop : sequence of str
        Lines to keep or drop whatever the rules say: the whole line, case and outer spaces aside;
        ``*`` stands for any text, e.g. ``drop=["*lesen sie hier*"]``. `keep` wins.

    Returns
    -------
    Corpus
        `docs.text` holds lead and body, paragraphs separated by a blank line. New columns
        ``kicker dateline credit agency`` (str, NA where there is none); a missing title is filled
        from the page. A heading that a press database left in the text fills missing ``title date
        outlet language`` and, where there is one, ``author section length url``, and leaves the
        text. `parts` holds every line (``id line part text reason``; a line that was
        split has several rows), `dropped` those that went. An article of which nothing is left
        goes to `left_out` with its reason. Articles that were cleaned before stay as they are
        but for `keep` and `drop`.

    Raises
    ------
    InputError
        Where a pattern is empty or consists of ``*`` only.

    Notes
    -----
    The stretch of running text is found as in Pasternack & Roth (2009), "Extracting article text
    from the web with maximum subsequence segmentation", WWW 2009.

    Examples
    --------
    >>> import pandas as pd
    >>> page = '''Accept all cookies
    ... Harbor talks resume after a week
    ... NORHAVEN (ABX) - The two sides met again on Monday and agreed to talk about the ferry.
    ... They will meet again on Friday, a spokeswoman said, and then decide (ABX/dpa).
    ... Share on Facebook'''
    >>> corpus = Corpus.from_frame(pd.DataFrame({"text": [page], "language": "en"}, index=["a"]))
    >>> cleaned = clean(corpus)
    clean: 1 article, 2 of 5 lines dropped
    >>> cleaned.docs.loc["a", ["title", "dateline", "agency"]].tolist()
    ['Harbor talks resume after a week', 'NORHAVEN', 'ABX, dpa']
    >>> cleaned.dropped["reason"].tolist()
    ['cookie banner', 'share line']
    """
    check_kind(corpus, Corpus, verb="clean", how="mf.read or mf.Corpus.from_frame makes it")
    if "copy_of" in corpus.docs:
        say("clean: the copies were found in texts that were not cleaned; call dedupe again")
    for pattern in (*keep, *drop):
        if not pattern.replace("*", "").strip():
            raise InputError(
                f"the pattern '{pattern}' matches every line; write the words of the line, "
                "with * for what varies, e.g. '*subscribe to our newsletter*'"
            )
    before = _cleaned_before(corpus)
    pages = told_apart(corpus, done=before)
    told, moved = pages.told, list[int]()
    texts = with_texts(corpus.docs["text"], {name: one.text for name, one in told.items()})
    docs, residues = without_residue(
        corpus.docs.assign(text=texts), done=before.keys() | told.keys()
    )
    recurs = _recurring_lines(docs, before)
    places, signs = _places_of(docs["text"]), _signs_of(docs["text"])
    give_back()
    table = _Table()
    items = zip(
        docs.index,
        *(each_text(docs[column]) for column in ("text", "title", "language", "outlet")),
        strict=True,
    )
    for name, text, title, language, outlet in progress(items, "cleaning", total=len(docs)):
        if name in before:
            lines = [_wished(line, keep, drop) for line in before[name]]
        else:
            known = _code(language)
            rules = rules_for((known,) if known else page_language(text))
            lines = page_parts(
                text,
                title="" if pd.isna(title) else title,
                rules=rules,
                recurs=recurs.get(_outlet(outlet), NONE),
                wishes=_wishes(text, keep, drop),
                places=places,
                signs=signs,
            )
            if name in residues:
                lines = residues[name].around(lines)
            if name in told:
                wished = partial(_wished, keep=keep, drop=drop) if keep or drop else None
                rest, at = pages.rest(name, "" if pd.isna(title) else title, wished)
                lines = told[name].around(lines, rest)
                moved.extend(at)
        table.add(name, lines, title)
    give_back()
    parts, columns = table.done()
    parts = pages.with_rest(parts, moved)
    return _made(corpus, docs, table, columns, parts, {"keep": list(keep), "drop": list(drop)})


class _Table:
    """Collects lines and columns; block by block, they leave Python's objects for Arrow's."""

    def __init__(self) -> None:
        self._blocks: list[tuple[pd.DataFrame, pd.DataFrame]] = []
        self.empty: list[str] = []  # the articles of which nothing is left
        self._start()

    def _start(self) -> None:
        self._lines: dict[str, list[Any]] = {column: [] for column in PARTS_TYPES}
        self._articles: dict[str, dict[str, str | None]] = {}

    def add(self, name: str, lines: Sequence[Line], title: object) -> None:
        """The lines of one article; a title that is known stays."""
        table = self._lines  # by column: a tuple for each line would be one more object each
        table["id"] += [name] * len(lines)
        table["line"] += [line.number for line in lines]
        table["part"] += [line.part for line in lines]
        table["text"] += [line.text for line in lines]
        table["reason"] += [line.reason for line in lines]
        found = _article(lines)
        found["title"] = found["title"] if pd.isna(title) else str(title)
        if found["text"]:
            self._articles[name] = found
        else:
            self.empty.append(name)
        if len(self._articles) >= BLOCK:
            self._close()

    def _close(self) -> None:
        parts = pd.DataFrame(
            {name: pd.Series(self._lines[name], dtype=kind) for name, kind in PARTS_TYPES.items()}
        )
        columns = {
            column: pd.Series([found[column] for found in self._articles.values()], dtype="str")
            for column in ("text", "title", *ADDED)
        }
        self._blocks.append((parts, pd.DataFrame(columns).set_axis(list(self._articles))))
        self._start()

    def done(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """``id line part text reason`` of all lines, and a row of columns per article with text."""
        self._close()
        parts, columns = zip(*self._blocks, strict=True)
        return pd.concat(parts, ignore_index=True), pd.concat(columns)


def _made(
    corpus: Corpus,
    docs: pd.DataFrame,
    table: _Table,
    columns: pd.DataFrame,
    parts: pd.DataFrame,
    settings: Mapping[str, list[str]],
) -> Corpus:
    """The corpus of the articles with text; columns that the researcher brought stay."""
    names = docs.columns.union(columns.columns, sort=False)
    if table.empty:  # without the texts, which are exchanged: a copy of them would cost most
        docs = docs.drop(columns=["text", "title"]).loc[columns.index]
    columns.index = docs.index
    for column in columns.columns.intersection(ADDED).intersection(docs.columns):
        columns[column] = docs[column].astype("str").where(docs[column].notna(), columns[column])
    docs = docs.assign(**columns)[names]
    dropped = int((parts["part"] == "furniture").sum())
    ids, known = pd.factorize(parts["id"])
    lines = len(pd.unique(ids * (1 + parts["line"].max()) + parts["line"])) if len(parts) else 0
    held = parts[["id", "reason"]][
        np.isin(ids, known.get_indexer(pd.Index(table.empty, dtype="str")))
    ]
    gone = _left_empty(corpus.docs.loc[table.empty], held)
    count = len(corpus)
    say(
        f"clean: {count} article{'s' * (count != 1)}, {dropped} of {lines} lines dropped"
        + (f", {len(gone)} articles left empty and left out" if len(gone) else "")
    )
    return corpus.replace(step="clean", settings=settings, docs=docs, parts=parts, left_out=gone)


def _left_empty(docs: pd.DataFrame, held: pd.DataFrame) -> pd.DataFrame:
    """Rows for `left_out`, with what the pages held instead of articles."""
    if docs.empty:
        return leaving(docs, step="clean", reason="")
    reasons = held.groupby("id")["reason"].agg(
        lambda reasons: ", ".join(dict.fromkeys(reasons))[:120]
    )
    tables = [
        leaving(docs.loc[[name]], step="clean", reason=f"no text left; held only: {reasons[name]}"
                if name in reasons.index else "the text is empty")
        for name in docs.index
    ]  # fmt: skip
    return pd.concat(tables, ignore_index=True)


def _code(language: object) -> str:
    return language_code(language) if isinstance(language, str) else ""


def _outlet(outlet: object) -> str:
    return outlet if isinstance(outlet, str) else ""


def _recurring_lines(docs: pd.DataFrame, done: Container[str]) -> dict[str, Recurring]:
    rows: dict[str, list[int]] = {}
    for n, (name, outlet) in enumerate(zip(docs.index, docs["outlet"], strict=True)):
        if _outlet(outlet) and name not in done:
            rows.setdefault(_outlet(outlet), []).append(n)
    # one outlet's texts at a time are copied
    return {one: Recurring.of(recurring(docs["text"].iloc[at])) for one, at in rows.items()}


# A name that opens a long paragraph in this many articles, as a place does, is taken for one.
PLACE_ARTICLES = 3
PARAGRAPH = 80  # characters, so that labels of menus and tables are not counted


def _places_of(texts: pd.Series) -> frozenset[str]:
    """Places that open datelines in several articles, in lower case."""
    counts: Counter[str] = Counter()
    for text in each_text(texts):
        found = Counter(
            place.lower()
            for line in shown_lines(text)
            if len(line) >= PARAGRAPH and (place := place_candidate(line))
        )
        # the speakers of an interview open many paragraphs, a dateline one
        counts.update(place for place, times in found.items() if times == 1)
    return frozenset(place for place, articles in counts.items() if articles >= PLACE_ARTICLES)


# A sign in brackets closes this many articles, and at least this share of its places is the end of
# one of their last lines; a party or a currency stands in brackets anywhere.
SIGN_ARTICLES = 3
SIGN_SHARE = 0.8
LAST_LINES = 12
_SIGN = re.compile(r"\(([^\W\d_][^\W\d_/. ]{1,9}(?:/[^\W\d_]{2,9})?)\)")


_SIGN_AT_END = re.compile(_SIGN.pattern + r"\.?[^().]{0,25}$")


def _signs_of(texts: pd.Series) -> frozenset[str]:
    """What closes several articles in brackets and seldom stands elsewhere."""
    everywhere: Counter[str] = Counter()
    closing: Counter[str] = Counter()
    for text in each_text(texts):
        if "(" not in text:
            continue
        signs = _SIGN.findall(text)
        if not signs:
            continue
        everywhere.update(signs)
        tails = [line[-40:] for line in shown_lines(text[-5000:])[-LAST_LINES:]]
        found = (match for tail in tails for match in [_SIGN_AT_END.search(tail)] if match)
        closing.update({match.group(1) for match in found})
    return frozenset(
        sign
        for sign, articles in closing.items()
        if articles >= SIGN_ARTICLES and articles >= SIGN_SHARE * everywhere[sign]
    )


def _fits(line: str, pattern: str) -> bool:
    """Whether a line fits a pattern with ``*``; linear in the line, unlike a regular expression.

    Examples
    --------
    >>> _fits("Lesen Sie hier mehr", "*sie hier*"), _fits("Lesen Sie hier mehr", "lesen*hier")
    (True, False)
    """
    low, pieces = line.strip().lower(), pattern.strip().lower().split("*")
    if len(pieces) == 1:
        return low == pieces[0]
    if not low.startswith(pieces[0]) or not low.endswith(pieces[-1]):
        return False
    at, stop = len(pieces[0]), len(low) - len(pieces[-1])
    for piece in pieces[1:-1]:
        at = low.find(piece, at, stop)
        if at < 0:
            return False
        at += len(piece)
    return at <= stop


def _wishes(text: str, keep: Sequence[str], drop: Sequence[str]) -> dict[str, str]:
    if not keep and not drop:
        return {}
    found = {}
    for line in split_lines(text):
        for pattern in drop:
            if _fits(line.text, pattern):
                found[line.text] = f"your pattern '{pattern}'"
        if any(_fits(line.text, pattern) for pattern in keep):
            found[line.text] = "keep"
    return found


def _wished(line: Line, keep: Sequence[str], drop: Sequence[str]) -> Line:
    for text, wish in _wishes(line.text, keep, drop).items():
        if text == line.text:
            part = "body" if wish == "keep" else "furniture"
            if wish == "keep" and line.part != "furniture":
                continue
            reason = "kept on your wish" if wish == "keep" else wish
            return Line(line.number, line.text, part=part, reason=reason)
    return line


def _cleaned_before(corpus: Corpus) -> dict[str, list[Line]]:
    """The lines of articles whose text is what their parts say: they were cleaned before."""
    if corpus.parts.empty:
        return {}
    lines: dict[str, list[Line]] = {}
    pages = corpus.parts.loc[corpus.parts["part"] == "text", "id"]  # read, and not cleaned yet
    for row in corpus.parts[~corpus.parts["id"].isin(pages)].itertuples(index=False):
        lines.setdefault(row.id, []).append(
            Line(int(row.line), row.text, part=row.part, reason=row.reason)
        )
    texts = corpus.docs["text"]
    return {
        name: _rejoined(known, texts[name])
        for name, known in lines.items()
        if name in texts.index and _plain(_article(known)["text"]) == _plain(texts[name])
    }


def _rejoined(lines: list[Line], text: str) -> list[Line]:
    """Mark the lines that the cleaned text holds in one paragraph with the kept line before."""
    kept = [line for line in lines if line.part in {"lead", "body"}]
    for before, line in pairwise(kept):
        line.joined = before.text + " " + line.text in text
    return lines


def _plain(text: str | None) -> str:
    return "".join((text or "").split())


def _article(lines: Sequence[Line]) -> dict[str, str | None]:
    """What goes into `docs` from the lines of a page."""
    paragraphs: list[str] = []
    for n, line in enumerate(lines):
        if line.part not in {"lead", "body"}:
            continue
        text = line.text
        after = lines[n + 1] if n + 1 < len(lines) else None
        if after is not None and after.part == "credit" and after.number == line.number:
            # "... said (bme mit AFP).": the full stop belongs to the sentence
            text += "" if ends_sentence(text) else "."
        if paragraphs and line.joined:
            paragraphs[-1] += " " + text
        else:
            paragraphs.append(text)
    credits = [line for line in lines if line.part == "credit"]
    datelines = [line for line in lines if line.part == "dateline"]
    titles = [line.text for line in lines if line.part == "title"]
    kickers = [line.text for line in lines if line.part == "kicker"]
    agencies = [_agency(line) for line in (*datelines, *credits)]
    signed = [line.text.rstrip(". ") for line in credits]
    return {
        "text": "\n\n".join(paragraphs),
        "title": titles[-1] if titles else None,
        "kicker": kickers[-1] if kickers else None,
        "dateline": datelines[0].reason.removeprefix("place: ") if datelines else None,
        "credit": "; ".join(signed) or None,
        "agency": ", ".join(dict.fromkeys(a for found in agencies for a in found)) or None,
    }


def _agency(line: Line) -> list[str]:
    if line.part == "dateline":
        found = dateline(line.text + " A.", rules_for(("de", "en")))
        return [found.agency] if found and found.agency else []
    agency = signature(line.text.strip("()[]. "))[1]
    return agency.split(", ") if agency else []
