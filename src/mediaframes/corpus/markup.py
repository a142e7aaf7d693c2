"""Texts that came as HTML: which lines are the article was decided on the page, and is trusted."""

import re
from collections.abc import Container, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mediaframes.corpus.articles import Corpus
from mediaframes.corpus.furniture import line_key
from mediaframes.corpus.lines import Line

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
        "row of links",
    )
)
KEPT, HEADING = "inside the article", "heading"  # as `webpage` says them


@dataclass(frozen=True)
class Told:
    """The lines of one page.

    Attributes
    ----------
    text : str
        The lines of the article, a blank line between them.
    numbers : tuple of int
        Their numbers on the page.
    kinds : tuple of str
        Of each line of `text` what it is on the page: `KEPT`, `HEADING` or not known.
    source, places : DataFrame and array
        Where the other lines stand: most lines of a page, so they are made when they are needed.
    """

    text: str
    numbers: tuple[int, ...]
    kinds: tuple[str, ...]
    source: pd.DataFrame | None = None
    places: np.ndarray | None = None

    @property
    def furniture(self) -> list[Line]:
        """The other lines, made anew."""
        if self.source is None:
            return []
        rows = self.source.take(self.places)[["line", "text", "reason"]]
        return [
            Line(int(number), text, part="furniture", reason=reason)
            for number, text, reason in rows.itertuples(index=False, name=None)
        ]

    def around(self, lines: Sequence[Line], rest: Sequence[Line], *, title: str) -> list[Line]:
        """The lines of the article, labeled, under their numbers on the page, with the rest.

        Parameters
        ----------
        lines : sequence of Line
            Those of `text`, as the cleaner labeled them.
        rest : sequence of Line
            `furniture`, after the researcher's wishes.
        title : str
            The title, where known: the line above the article that repeats it is no furniture.
        """
        for line in lines:
            at = (line.number - 1) // 2
            line.number = self.numbers[at]
            if self.kinds[at]:
                _trust(line, heading=self.kinds[at] == HEADING)
        self._mark_title(rest, title)
        return sorted([*rest, *lines], key=lambda line: line.number)

    def _mark_title(self, rest: Sequence[Line], title: str) -> None:
        wanted = line_key(title)
        above = [line for line in rest if line.number < self.numbers[0]] if self.numbers else []
        for line in reversed(above):
            if wanted and line.part == "furniture" and line_key(line.text) == wanted:
                line.part, line.reason = "title", "the given title"
                return


def _trust(line: Line, *, heading: bool) -> None:
    """What trafilatura kept stays, and a heading is what the page calls one."""
    if line.part == "furniture" and line.reason in SHAPE:
        line.part, line.reason = "body", f"kept by trafilatura (by its shape: {line.reason})"
    if heading and line.part in ("body", "lead"):
        line.part, line.reason = "subheading", "a heading on the page"
    elif line.part == "subheading" and not heading:
        line.part, line.reason = "body", f"no heading on the page (by its shape: {line.reason})"


def told_apart(corpus: Corpus, *, done: Container[str] = ()) -> dict[str, Told]:
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
    from mediaframes.corpus.webpage import visible_lines

    texts = corpus.docs["text"]
    told = {
        str(name): found
        for name, found in _of_parts(corpus.parts, "id").items()
        if name in texts.index
        and name not in done
        and _bare(found.text) == _bare(texts[name])  # else somebody changed the text
    }
    html = texts.index[texts.str.contains(HTML) & texts.str.contains(_BLOCK)]
    names = [name for name in html if name not in told and name not in done]
    pages = [name for name in names if _PAGE.search(texts[name])]
    told |= _read_pages(pages, [texts[name] for name in pages])
    for name in names:
        if name not in told:
            lines = visible_lines(texts[name])
            told[name] = Told(
                "\n\n".join(lines), tuple(range(1, len(lines) + 1)), ("",) * len(lines)
            )
    return told


def _of_parts(parts: pd.DataFrame, by: str) -> dict[Hashable, Told]:
    """The pages in a table of ``line part text reason`` and a column that names the page."""
    texts = parts["part"] == "text"
    if not texts.any():
        return {}
    others = parts[~texts]
    places = others.groupby(by, sort=False).indices
    told: dict[Hashable, Told] = {}
    for name, rows in parts[texts].groupby(by, sort=False):
        told[name] = Told(
            "\n\n".join(rows["text"]),
            tuple(rows["line"].tolist()),
            tuple(rows["reason"].tolist()),
            others,
            places.get(name, np.array([], dtype=np.intp)),
        )
    return told


def _read_pages(names: Sequence[str], texts: Sequence[str]) -> dict[str, Told]:
    """Pages in several processes; one without an article is no page, and stays for the rest."""
    if not names:
        return {}
    from mediaframes.corpus.readers import Options
    from mediaframes.corpus.readers._merged import Page, merged
    from mediaframes.corpus.readers._webpage import PageReader

    reader = PageReader()
    pages = (Page(n, text.encode("utf-8", "replace"), reader) for n, text in enumerate(texts))
    batch = merged(pages, file="texts", options=Options(encoding="utf-8"), form="HTML")
    if batch.lines is None:
        return {}
    return {names[int(str(n))]: found for n, found in _of_parts(batch.lines, "row").items()}


def _bare(text: str | None) -> str:
    return "".join((text or "").split())
