"""From a word, phrase or hit to its lines: read before you count."""

import html

import numpy as np
import pandas as pd

from mediaframes.errors import InputError
from mediaframes.text.tokens import Tokens
from mediaframes.text.words import WordFinder


def find(tokens: Tokens, pattern: str) -> np.ndarray:
    """Positions of the first word of every occurrence of a word or phrase, int64, ascending.

    A phrase must stand within one sentence. Wildcards as in `WordFinder`.
    """
    parts = pattern.split()
    if not parts:
        raise InputError("the pattern is empty; give a word or phrase, e.g. 'sanction*'")
    chosen = np.zeros((len(parts), max(len(tokens.vocabulary), 1)), bool)
    finder = WordFinder(tokens.vocabulary)
    for row, part in enumerate(parts):
        chosen[row, finder.matches(part)] = True
    last = len(tokens.ids) - len(parts) + 1
    found = (
        np.flatnonzero(chosen[0][tokens.ids[: max(last, 0)]]) if len(tokens.ids) else np.empty(0)
    )
    found = found.astype(np.int64)
    docs = tokens.doc_of()
    for step in range(1, len(parts)):
        found = found[chosen[step][tokens.ids[found + step]]]
    end = found + len(parts) - 1
    same = (docs[found] == docs[end]) & (tokens.sentences[found] == tokens.sentences[end])
    return np.asarray(found[same], np.int64)


SORTS = ("text", "left", "right", "match", "date", "outlet")


class Lines(pd.DataFrame):  # type: ignore[misc]
    """A table of lines that shows itself in a notebook with the match in the middle."""

    @property
    def _constructor(self) -> type["Lines"]:
        return Lines

    def _repr_html_(self) -> str:
        needed = {"id", "outlet", "date", "left", "match", "right"}
        if not needed <= set(self.columns):
            return str(pd.DataFrame(self)._repr_html_())
        rows = []
        shown = self.head(LINES_SHOWN)
        for _, row in shown.iterrows():
            day = "" if pd.isna(row["date"]) else f"{row['date']:%Y-%m-%d}"
            outlet = "" if pd.isna(row["outlet"]) else str(row["outlet"])
            about, left, match, right = (
                html.escape(text)
                for text in (
                    ", ".join(part for part in (outlet, day, str(row["id"])) if part),
                    str(row["left"]), str(row["match"]), str(row["right"]),
                )
            )  # fmt: skip
            rows.append(
                f"<tr><td>{about}</td><td style='text-align:right'>{left}</td>"
                f"<td><mark>{match}</mark></td><td style='text-align:left'>{right}</td></tr>"
            )
        rest = len(self) - len(shown)
        more = f"<p>and {rest:,} more lines</p>" if rest else ""
        return f"<table>{''.join(rows)}</table>{more}"


LINES_SHOWN = 100  # in a notebook; the table holds all


def concordance(
    tokens: Tokens, pattern: str, *, window: int | str = 8, sort: str = "text"
) -> pd.DataFrame:
    """Every occurrence of a word or phrase with the words around it (KWIC).

    Parameters
    ----------
    tokens : Tokens
    pattern : str
        A word or phrase; ``*`` and ``?`` are wildcards.
    window : int or "sentence"
        Words to either side, or the rest of the sentence.
    sort : {"text", "left", "right", "match", "date", "outlet"}
        Order of the lines: as in the corpus; by the words before (from the match outwards), after
        or in the match; by date or outlet.

    Returns
    -------
    DataFrame
        One row per occurrence: ``id outlet date left match right start end sentence``; `start`
        and `end` are the match's character span in the article's text. In a notebook the match
        is marked.

    Raises
    ------
    InputError
        For an empty pattern, wildcards only, a negative window, or an unknown order.

    Examples
    --------
    >>> from mediaframes.corpus.articles import Corpus
    >>> from mediaframes.text.tokens import tokenize
    >>> texts = pd.DataFrame({"text": ["New sanctions were announced on Monday."]})
    >>> lines = concordance(tokenize(Corpus.from_frame(texts)), "sanction*", window=2)
    >>> lines[["left", "match", "right"]].values.tolist()
    [['New', 'sanctions', 'were announced']]
    """
    if window != "sentence" and (isinstance(window, str) or window < 0):
        raise InputError(
            f"window={window!r} is negative or no number; give a number of words, e.g. 8, or "
            "'sentence'"
        )
    if sort not in SORTS:
        raise InputError(f"sort={sort!r} is unknown; use one of {', '.join(SORTS)}")
    length = len(pattern.split())
    found = find(tokens, pattern)
    docs = tokens.doc_of()[found]
    if isinstance(window, str):
        begin, stop = _sentence(tokens, found)
    else:
        begin = np.maximum(found - window, tokens.offsets[docs])
        stop = np.minimum(found + length + window, tokens.offsets[docs + 1]) - 1
    spans = (
        tokens.starts[begin],
        tokens.starts[found],
        tokens.ends[found + length - 1],
        tokens.ends[stop],
    )
    texts = tokens.docs["text"].to_numpy(dtype=object)
    cuts = list(zip(docs, *spans, strict=True))
    lines = Lines(
        {
            "id": tokens.docs.index[docs],
            "outlet": tokens.docs["outlet"].to_numpy()[docs],
            "date": tokens.docs["date"].to_numpy()[docs],
            "left": pd.Series([_line(texts[d][a:b]) for d, a, b, _, _ in cuts], dtype="str"),
            "match": pd.Series([_line(texts[d][b:c]) for d, _, b, c, _ in cuts], dtype="str"),
            "right": pd.Series([_line(texts[d][c:e]) for d, _, _, c, e in cuts], dtype="str"),
            "start": spans[1],
            "end": spans[2],
            "sentence": tokens.sentences[found],
        }
    )
    return lines if sort == "text" else _sorted(lines, sort)


def _sentence(tokens: Tokens, found: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first and last token of the sentence each token stands in."""
    begins = np.ones(len(tokens.ids), bool)
    begins[1:] = tokens.sentences[1:] != tokens.sentences[:-1]
    begins[tokens.offsets[:-1][tokens.lengths() > 0]] = True
    firsts = np.append(np.flatnonzero(begins), len(tokens.ids))
    at = np.searchsorted(firsts, found, side="right")
    return firsts[at - 1], firsts[np.minimum(at, len(firsts) - 1)] - 1


def _sorted(lines: Lines, sort: str) -> pd.DataFrame:
    key = lines[sort]
    if sort in ("left", "right", "match"):
        # the word next to the match first
        step = -1 if sort == "left" else 1
        words = [" ".join(str(text).casefold().split()[::step]) for text in key]
        key = pd.Series(words, lines.index, dtype="str")
    order = key.sort_values(kind="stable").index
    return lines.loc[order].reset_index(drop=True)


def _line(text: str) -> str:
    return " ".join(text.split())
