"""From a word, phrase or hit to its lines: read before you count."""

import html

import numpy as np
import pandas as pd

from mediaframes._console import say
from mediaframes.errors import InputError, check_kind
from mediaframes.text.segmenting import without_spaces
from mediaframes.text.terms import as_in_text, settings_of
from mediaframes.text.tokens import Tokens
from mediaframes.text.words import WordFinder


def find(tokens: Tokens, pattern: str) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the first and the last word of every occurrence of a word or phrase.

    A phrase must stand within one sentence. Wildcards as in `WordFinder`. The pattern is cut into
    words as the texts were, in Korean, Chinese and Japanese by the segmenter of the article's
    language. Two int64 arrays, ascending.
    """
    if not pattern.split():
        raise InputError("the pattern is empty; give a word or phrase, e.g. 'sanction*'")
    names = tokens.docs["language"].astype("str").fillna("")
    codes = names.map({name: without_spaces(name) for name in names.unique()}).to_numpy(object)
    docs = tokens.doc_of()
    firsts, lasts = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for code in sorted(set(codes)) or [""]:
        words = as_in_text([pattern], code, settings_of(tokens.made, code))[pattern].split()
        begin, end = _runs(tokens, words, docs)
        here = codes[docs[begin]] == code
        firsts.append(begin[here])
        lasts.append(end[here])
    first, last = np.concatenate(firsts), np.concatenate(lasts)
    order = np.argsort(first, kind="stable")
    return first[order], last[order]


def _runs(tokens: Tokens, words: list[str], docs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    finder = WordFinder(tokens.vocabulary)
    first = np.arange(max(len(tokens.ids) - len(words) + 1, 0))
    for step, word in enumerate(words):
        chosen = np.zeros(max(len(tokens.vocabulary), 1), bool)
        chosen[finder.matches(word)] = True
        first = first[chosen[tokens.ids[first + step]]]
    last = first + len(words) - 1
    same = (docs[first] == docs[last]) & (tokens.sentences[first] == tokens.sentences[last])
    return first[same], last[same]


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
        A word or phrase; ``*`` and ``?`` are wildcards. It is cut as the texts were.
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
    check_kind(tokens, Tokens, verb="concordance", how="mf.tokenize(corpus) makes it")
    if window != "sentence" and (isinstance(window, str) or window < 0):
        raise InputError(
            f"window={window!r} is negative or no number; give a number of words, e.g. 8, or "
            "'sentence'"
        )
    if sort not in SORTS:
        raise InputError(f"sort={sort!r} is unknown; use one of {', '.join(SORTS)}")
    found, last = find(tokens, pattern)
    if not len(found):
        say(f"concordance: '{pattern}' occurs in no article; * and ? are wildcards")
    docs = tokens.doc_of()[found]
    if isinstance(window, str):
        begin, stop = _sentence(tokens, found)
    else:
        begin = np.maximum(found - window, tokens.offsets[docs])
        stop = np.minimum(last + 1 + window, tokens.offsets[docs + 1]) - 1
    spans = (
        tokens.starts[begin],
        tokens.starts[found],
        tokens.ends[last],
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
