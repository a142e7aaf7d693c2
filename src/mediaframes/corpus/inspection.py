"""Look at what `clean` did: pages line by line in colors, and lines to think about again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

import pandas as pd

from mediaframes.corpus.articles import Corpus
from mediaframes.corpus.lines import PROPER_WORDS, ends_sentence
from mediaframes.corpus.recurrence import line_key
from mediaframes.errors import InputError

SHOWN = 600  # characters of a line; enough to recognize a paragraph
RUN = 6  # more dropped lines in a row are folded up
ARTICLE = ("title", "lead", "body")
# Translucent, so that the page reads in light and dark notebooks; every color has its word beside
# it, so nothing hangs on seeing it. (Vermilion, sky blue and yellow of Okabe and Ito.)
LEFT = "text-align:left;vertical-align:top"
COLORS = {"dropped": "rgba(213,94,0,.16)", "apart": "rgba(86,180,233,.20)", "kept": "transparent"}


@dataclass(frozen=True)
class CleanedPages:
    """Pages line by line: what the page held on the left, what is left of it on the right.

    In a notebook it shows as a table in colors, printed as text with a mark before each line:
    ``-`` dropped, ``~`` kept apart (caption, subheading, dateline, credit), ``+`` kept.
    """

    docs: pd.DataFrame
    parts: pd.DataFrame

    def __repr__(self) -> str:
        marks = {"dropped": "-", "apart": "~", "kept": "+"}
        blocks = []
        for name, lines in self._pages():
            head = f"{name}: {self._heading(name, lines)}"
            rows = [
                f"{marks[_kind(line.part)]} {_cut(line.text, 80)}"
                + (f"  [{_why(line)}]" if _kind(line.part) != "kept" else "")
                for line in lines.itertuples()
            ]
            blocks.append("\n".join([head, *rows]))
        return "\n\n".join(blocks)

    def _repr_html_(self) -> str:
        return "".join(self._page_html(name, lines) for name, lines in self._pages())

    def _pages(self) -> Iterator[tuple[str, pd.DataFrame]]:
        for name in self.docs.index:
            yield name, self.parts[self.parts["id"] == name]

    def _heading(self, name: str, lines: pd.DataFrame) -> str:
        doc = self.docs.loc[name]
        known = [str(doc[column]) for column in ("outlet",) if not pd.isna(doc[column])]
        if not pd.isna(doc["date"]):
            known.append(f"{doc['date']:%Y-%m-%d}")
        gone = int((lines["part"] == "furniture").sum())
        return f"{', '.join(known) or 'no outlet or date'}; {gone} of {len(lines)} lines dropped"

    def _page_html(self, name: str, lines: pd.DataFrame) -> str:
        body = []
        rows = list(lines.itertuples())
        for kind, group in groupby(rows, key=lambda line: _kind(line.part)):
            run = list(group)
            if kind == "dropped" and len(run) > RUN:
                reasons = ", ".join(dict.fromkeys(line.reason for line in run))
                inner = "".join(map(_row_html, run))
                body.append(
                    f'<tr style="background:{COLORS[kind]}"><td colspan="3" style="{LEFT}">'
                    f"<details><summary>{len(run)} lines dropped: {escape(_cut(reasons, 160))}"
                    f"</summary><table>{inner}</table></details></td></tr>"
                )
            else:
                body += map(_row_html, run)
        return (
            f'<table class="mediaframes-page"><caption style="{LEFT}"><b>{escape(name)}</b> '
            f"{escape(self._heading(name, lines))}</caption><thead><tr><th>line</th>"
            f'<th style="{LEFT}">the page</th><th style="{LEFT}">the article</th>'
            f"</tr></thead><tbody>{''.join(body)}</tbody></table>"
        )


def _kind(part: str) -> str:
    return "dropped" if part == "furniture" else "kept" if part in ARTICLE else "apart"


def _why(line: object) -> str:
    part, reason = line.part, line.reason  # type: ignore[attr-defined]
    return str(reason) if part == "furniture" else f"{part}: {reason}" if reason else str(part)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _row_html(line: object) -> str:
    text, part = line.text, line.part  # type: ignore[attr-defined]
    kind = _kind(part)
    shown = escape(_cut(text, SHOWN))
    said = {
        "dropped": f"<i>dropped: {escape(_why(line))}</i>",
        "apart": f"<i>{escape(_why(line))}</i>",
    }
    right = said.get(kind, f"<b>{shown}</b>" if part == "title" else shown)
    left = f"<s>{shown}</s>" if kind == "dropped" else shown
    cell = f'<td style="{LEFT};width:48%">'
    number = line.line  # type: ignore[attr-defined]
    return (
        f'<tr style="background:{COLORS[kind]}"><td style="{LEFT}">{number}</td>'
        f"{cell}{left}</td>{cell}{right}</td></tr>"
    )


def show_cleaning(
    corpus: Corpus, *, ids: str | Sequence[str] | None = None, n: int = 3
) -> CleanedPages:
    """Pages as `clean` saw them: kept and dropped lines side by side.

    Parameters
    ----------
    corpus : Corpus
        After `clean`.
    ids : str or list of str, optional
        Which articles. By default `n` of them, evenly spaced from the page that lost the largest
        share of its characters to the one that lost least.
    n : int
        How many, where `ids` is not given.

    Returns
    -------
    CleanedPages
        Shows as a table in a notebook. Long runs of dropped lines are folded up.

    Raises
    ------
    InputError
        Where the corpus was not cleaned, an id is not there, or `n` is below 1.

    Examples
    --------
    >>> import mediaframes as mf
    >>> text = "Accept all cookies\\nThe ferry sails again on Monday, the harbor office said today."
    >>> corpus = mf.clean(Corpus.from_frame(pd.DataFrame({"text": [text], "language": "en"})))
    clean: 1 article, 1 of 2 lines dropped
    >>> mf.show_cleaning(corpus)
    0: no outlet or date; 1 of 2 lines dropped
    - Accept all cookies  [cookie banner]
    + The ferry sails again on Monday, the harbor office said today.
    """
    if corpus.parts.empty:
        raise InputError("this corpus was not cleaned; call clean first")
    if n < 1:
        raise InputError(f"n={n}: show at least one page")
    parts = corpus.parts
    if ids is None:
        sizes = parts["text"].str.len()
        dropped = sizes.where(parts["part"] == "furniture", 0)
        share = (dropped.groupby(parts["id"]).sum() / sizes.groupby(parts["id"]).sum()).fillna(0)
        share = share[share.index.isin(corpus.docs.index)].sort_index()
        ranked = share.sort_values(ascending=False, kind="stable").index
        last = len(ranked) - 1
        chosen = list(dict.fromkeys(ranked[round(k * last / max(1, n - 1))] for k in range(n)))
    else:
        chosen = [ids] if isinstance(ids, str) else list(ids)
        for name in chosen:
            if name not in corpus.docs.index:
                raise InputError(f"no article '{name}' in the corpus; see corpus.docs.index")
    return CleanedPages(corpus.docs.loc[chosen], parts[parts["id"].isin(chosen)])


SEVERAL = 3  # articles of an outlet that hold the same line, from which it may be furniture


def check_cleaning(corpus: Corpus) -> pd.DataFrame:
    """Lines about which `clean` may be wrong: think of `keep` and `drop` patterns for them.

    Two kinds: sentences of fifteen words and more that were
    dropped (not by a pattern of yours), and lines that were kept
    although they stand in several articles of one outlet that are no copies of each other.

    Returns
    -------
    DataFrame
        One row per line (numbers within it taken as equal): ``doubt text part reason articles
        example`` (an id), most articles first.

    Raises
    ------
    InputError
        Where the corpus was not cleaned.

    Examples
    --------
    >>> import mediaframes as mf
    >>> text = "The ferry sails again on Monday, the harbor office said.\\nIt was two hours late."
    >>> corpus = mf.clean(Corpus.from_frame(pd.DataFrame({"text": [text], "language": "en"})))
    clean: 1 article, 0 of 2 lines dropped
    >>> len(mf.check_cleaning(corpus))
    0
    """
    if corpus.parts.empty:
        raise InputError("this corpus was not cleaned; call clean first")
    parts = corpus.parts[corpus.parts["id"].isin(corpus.docs.index)]
    gone = parts[parts["part"] == "furniture"]
    long = gone["text"].str.count(" ") >= PROPER_WORDS - 1
    wished = gone["reason"].str.startswith("your pattern")
    sentences = gone[~wished & long & gone["text"].map(ends_sentence).astype(bool)]
    kept = parts[parts["part"].isin(("lead", "body"))]
    kept = kept.assign(key=kept["text"].map(line_key), outlet=kept["id"].map(corpus.docs["outlet"]))
    if "copy_of" in corpus.docs:
        originals = corpus.docs.index[corpus.docs["copy_of"] == corpus.docs.index]
        kept = kept[kept["id"].isin(originals)]
    times = kept.groupby(["outlet", "key"])["id"].transform("nunique")
    tables = [
        _summed(sentences.assign(key=sentences["text"].map(line_key)), "a sentence, dropped"),
        _summed(kept[times >= SEVERAL], "in several articles, kept"),
    ]
    table = pd.concat(tables, ignore_index=True)
    return table.sort_values(
        ["articles", "doubt", "text"], ascending=[False, True, True], ignore_index=True
    )


def _summed(lines: pd.DataFrame, doubt: str) -> pd.DataFrame:
    table = (
        lines.groupby("key", sort=True)
        .agg(
            text=("text", "first"),
            part=("part", "first"),
            reason=("reason", "first"),
            articles=("id", "nunique"),
            example=("id", "first"),
        )
        .reset_index(drop=True)
    )
    table.insert(0, "doubt", doubt)
    return table
