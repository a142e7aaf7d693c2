"""Texts that came as HTML: which lines are the article was decided on the page, and is trusted."""

import re
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mediaframes.corpus.articles import Corpus
from mediaframes.corpus.lines import PROPER_WORDS, Line
from mediaframes.corpus.recurrence import line_key

# two kinds of closing tags in a text are markup, one may be an example in an article on the web
HTML = re.compile(r"(?is)</(?:p|div|span|a|script|h[1-6]|li|td|em|strong)>.*</")
# without one of these there are tags inside paragraphs only, which `without_residue` takes out
_BLOCK = re.compile(r"(?i)<(?:p|div|br|li|h[1-6]|td|article|section|script)\b")
_PAGE = re.compile(r"(?i)<(?:!doctype\s+html|html|head|body|nav|footer|script)\b")
# Reasons of the cleaner that hang on shape and place alone. On scraped text they are all there is;
# here trafilatura saw the page's elements, and knows better.
SHAPE = frozenset(
    (
        "before the article",
        "after the article",
        "one of several short lines without a sentence",
        "menu or teaser line",
        "text beside the article",
        "row of links",
    )
)
PARTS_TYPES = {"id": "str", "line": "int64", "part": "str", "text": "str", "reason": "str"}
KEPT, HEADING = "inside the article", "heading"  # as `webpage` says them


@dataclass(frozen=True)
class Told:
    """The lines of the article on one page.

    Attributes
    ----------
    text : str
        The lines, a blank line between them.
    numbers : tuple of int
        Their numbers on the page.
    kinds : tuple of str
        Of each line what it is on the page: `KEPT`, `HEADING` or not known.
    places : array of int
        Rows of `Pages.others` with the other lines.
    """

    text: str
    numbers: tuple[int, ...]
    kinds: tuple[str, ...]
    places: np.ndarray

    def around(self, lines: Sequence[Line], rest: Sequence[Line]) -> list[Line]:
        """The lines of the article, labeled by the cleaner, under their numbers on the page.

        `rest` are other lines of the page that become part of the article after all.
        """
        for line in lines:
            at = (line.number - 1) // 2
            line.number = self.numbers[at]
            if self.kinds[at]:
                _trust(line, heading=self.kinds[at] == HEADING)
        if any(self.kinds) and not any(line.part in ("lead", "body") for line in lines):
            for line in lines:  # the whole article in one line, with share links at its end
                if line.part == "furniture" and len(line.text.split()) >= PROPER_WORDS:
                    line.part, line.reason = "body", f"the only text (by its words: {line.reason})"
        return sorted([*rest, *lines], key=lambda line: line.number)


@dataclass(frozen=True)
class Pages:
    """Articles that came as HTML.

    Attributes
    ----------
    told : dict
        By id.
    others : DataFrame
        The lines outside the articles: ``id line part text reason``. They are the most of a page,
        and stay in a table.
    """

    told: dict[str, Told]
    others: pd.DataFrame

    def with_rest(self, parts: pd.DataFrame, moved: Sequence[int]) -> pd.DataFrame:
        """`Corpus.parts` from the lines of all articles and the other lines, without `moved`."""
        if self.others.empty:
            return parts
        rest = self.others.drop(index=list(moved)).astype(PARTS_TYPES)
        both = pd.concat([parts, rest], ignore_index=True)
        return both.sort_values(["id", "line"], kind="stable", ignore_index=True)

    def rest(
        self, name: str, title: str, wished: Callable[[Line], Line] | None
    ) -> tuple[list[Line], list[int]]:
        """Lines outside an article that are more than furniture, and their rows in `others`.

        These are the line above the article that repeats its title, and what the researcher wishes
        to keep or to drop by a pattern.
        """
        one = self.told[name]
        rows = self.others.take(one.places)
        wanted, first = line_key(title), one.numbers[0] if one.numbers else 0
        found: list[Line] = []
        places: list[int] = []
        titled = -1
        items = zip(one.places, rows["line"], rows["text"], rows["reason"], strict=True)
        for place, number, text, reason in items:
            line = Line(int(number), text, part="furniture", reason=reason)
            if wished is not None:
                line = wished(line)
            if line.part == "furniture" and number < first and wanted and line_key(text) == wanted:
                titled = len(found)
            elif line.part == "furniture" and line.reason == reason:
                continue
            found.append(line)
            places.append(int(place))
        for n, line in enumerate(found):
            if n == titled:
                line.part, line.reason = "title", "the given title"
        return found, places


def _trust(line: Line, *, heading: bool) -> None:
    """What trafilatura kept stays, and a heading is what the page calls one."""
    if line.part == "furniture" and line.reason in SHAPE:
        line.part, line.reason = "body", f"kept by trafilatura (by its shape: {line.reason})"
    if heading and line.part in ("body", "lead"):
        line.part, line.reason = "subheading", "a heading on the page"
    elif line.part == "subheading" and not heading:
        line.part, line.reason = "body", f"no heading on the page (by its shape: {line.reason})"


def told_apart(corpus: Corpus, *, done: Container[str] = ()) -> Pages:
    """The articles that came as HTML: from `Corpus.parts`, or in a column of texts.

    A text that is a whole page goes through `webpage`; of one that is a piece of a page (a cell of
    a table, with paragraphs in tags), all visible lines are the article.

    Parameters
    ----------
    corpus : Corpus
        Before `clean`.
    done : container of str
        Articles that are passed over.
    """
    texts = corpus.docs["text"]
    fresh = [name for name in texts.index if name not in done]
    parts = corpus.parts
    pages = parts.loc[parts["part"] == "text", "id"]
    known = parts[parts["id"].isin(pages) & parts["id"].isin(fresh)]
    kept = known[known["part"] == "text"].groupby("id")["text"].agg("".join)
    # else somebody changed the text, and it is cleaned as any other
    same = [name for name, text in kept.items() if _bare(text) == _bare(texts[name])]
    known = known[known["id"].isin(same)]
    html = texts.index[texts.str.contains(HTML) & texts.str.contains(_BLOCK)]
    tagged = texts[html.intersection(fresh).difference(same)]
    return _pages(pd.concat([known, _read(tagged)], ignore_index=True))


def _pages(lines: pd.DataFrame) -> Pages:
    """Pages from a table ``id line part text reason``."""
    kept = lines["part"] == "text"
    others = lines[~kept].reset_index(drop=True)
    places = others.groupby("id", sort=False).indices
    none = np.array([], dtype=np.intp)
    told = {
        str(name): Told(
            "\n\n".join(rows["text"]),
            tuple(rows["line"].tolist()),
            tuple(rows["reason"].tolist()),
            places.get(name, none),
        )
        for name, rows in lines[kept].groupby("id", sort=False)
    }
    return Pages(told, others)


def _read(texts: pd.Series) -> pd.DataFrame:
    """The lines of texts with tags, as in `Corpus.parts`; whole pages in several processes."""
    from mediaframes.corpus.readers import Options
    from mediaframes.corpus.readers._merged import Page, merged
    from mediaframes.corpus.readers._webpage import PageReader, lines_table
    from mediaframes.corpus.webpage import visible_lines

    names = list(texts.index)
    whole = [n for n, text in enumerate(texts) if _PAGE.search(text)]
    reader = PageReader()
    pages = (Page(n, texts.iloc[n].encode("utf-8", "replace"), reader) for n in whole)
    tables = []
    if whole:
        batch = merged(pages, file="texts", options=Options(encoding="utf-8"), form="HTML")
        tables += [batch.lines] if batch.lines is not None else []
        whole = batch.rows.index.tolist()  # one without an article is no page
    pieces = sorted(set(range(len(names))).difference(whole))
    lines = lines_table(
        (n, number, "text", line, "")
        for n in pieces
        for number, line in enumerate(visible_lines(texts.iloc[n]), start=1)
    )
    table = pd.concat([*tables, lines], ignore_index=True)
    found = table.assign(id=pd.Series([names[n] for n in table["row"]], table.index, dtype="str"))
    return found[["id", "line", "part", "text", "reason"]]


def _bare(text: str | None) -> str:
    return "".join((text or "").split())
