"""`count`: articles or their words become `Counts`, in one pass."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from mediaframes.corpus.articles import Corpus
from mediaframes.errors import check_kind
from mediaframes.made import Made
from mediaframes.text.counts import Counts, Rows
from mediaframes.text.scanning import Rules, Scanner, language_rows, merged, scan_docs
from mediaframes.text.segmenting import segmented
from mediaframes.text.tokens import Tokens, report_empty
from mediaframes.text.words import is_number, report_lists, stems, stop_words_in

DOCS_AT_A_TIME = 2000  # articles of tokens counted together: bounds the working memory


def count(
    source: Tokens | Corpus,
    *,
    min_docs: int = 1,
    max_share: float = 1.0,
    stop_words: bool | Mapping[str, list[str]] = True,
    numbers: bool = False,
    min_letters: int = 2,
    stem: bool = False,
    rules: Rules | None = None,
) -> Counts:
    """Count the words of every article.

    Parameters
    ----------
    source : Tokens or Corpus
        Words from `tokenize`; or the articles themselves, which takes a third of the memory and
        gives the same counts, where no spans or sentences are needed.
    min_docs : int
        Words in fewer articles are left out.
    max_share : float
        Words in more than this share of the articles are left out.
    stop_words : bool or mapping
        Leave out the stop words of each article's own language (German ``die`` goes, English
        ``die`` stays); or a mapping from language to your own list.
    numbers : bool
        Whether to count numbers.
    min_letters : int
        Shorter words are left out.
    stem : bool
        Count Snowball stems (nltk) of each article's language instead of words.
    rules : Rules, optional
        For a corpus: what counts as a word, with the settings of `tokenize`.

    Returns
    -------
    Counts
        Articles that hold no counted word stay, as empty rows; where none holds any, there are
        no columns.

    Raises
    ------
    InputError
        Where `min_docs` and `max_share` leave no word.

    Examples
    --------
    >>> texts = pd.DataFrame({"text": ["The prices rise", "The prices fall"], "language": "en"})
    >>> count(Corpus.from_frame(texts)).totals().to_dict()
    {'fall': 1, 'prices': 2, 'rise': 1}
    """
    check_kind(source, Tokens, Corpus, verb="count", how="mf.read or mf.tokenize makes one")
    found = untrimmed(
        source, stop_words=stop_words, numbers=numbers, min_letters=min_letters, stem=stem,
        rules=rules,
    )  # fmt: skip
    return found.trim(min_docs=max(min_docs, 1), max_share=max_share)


def untrimmed(
    source: Tokens | Corpus,
    *,
    stop_words: bool | Mapping[str, list[str]] = True,
    numbers: bool = False,
    min_letters: int = 2,
    stem: bool = False,
    rules: Rules | None = None,
) -> Counts:
    """All that `count` counts, also where that is nothing; some columns may be empty."""
    chosen = _Choice(stop_words, numbers, min_letters, stem)
    names, rows = language_rows(source.docs)
    report_lists(source.docs["language"], stop_words)
    settings: dict[str, Any] = asdict(chosen)
    if isinstance(source, Corpus):
        rules = rules or Rules()
        spaced = segmented(source.docs, rules.segment, step="count")
        settings["rules"] = spaced.settings(rules)
        scanners = scan_docs(spaced.docs, rules, spans=False)
        del spaced
        vocabulary, places = merged(scanners)
        report_empty(source.docs, _lengths(scanners), "count")
        columns, table = _columns(vocabulary, names, chosen)
        matrix = _from_scanners(scanners, places, rows, table, len(columns))
    else:
        columns, table = _columns(source.vocabulary, names, chosen)
        matrix = _from_tokens(source, rows, table, len(columns))
    made = Made.by("count", settings=settings, parents=(source.made,))
    return Counts(source.docs.drop(columns="text"), matrix, columns, made)


@dataclass(frozen=True)
class _Choice:
    """Which words are counted; see `count`."""

    stop_words: bool | Mapping[str, list[str]]
    numbers: bool
    min_letters: int
    stem: bool


def _columns(
    vocabulary: pd.Index, names: list[str], chosen: _Choice
) -> tuple[pd.Index, np.ndarray]:
    """The columns of the matrix, and the column of each word in each language (-1: none)."""
    short = np.asarray(vocabulary.str.len() < chosen.min_letters, dtype=bool)
    out = short if chosen.numbers else short | is_number(vocabulary)
    columns, mapped = vocabulary, []
    if chosen.stem:
        mapped = [pd.Index(stems(vocabulary, name), dtype="str") for name in names]
        columns = pd.Index(sorted(set().union(*mapped)), dtype="str")
    table = np.empty((len(names), len(vocabulary)), np.int32)
    for row, name in enumerate(names):
        to = columns.get_indexer(mapped[row]) if chosen.stem else np.arange(len(vocabulary))
        table[row] = np.where(out | stop_words_in(vocabulary, name, chosen.stop_words), -1, to)
    used = np.zeros(len(columns) + 1, bool)  # the last for -1
    used[table.ravel()] = True
    used[-1] = False
    if used[:-1].all():
        return columns, table
    places = np.where(used, np.cumsum(used) - 1, -1).astype(np.int32)
    return columns[used[:-1]], places[table]


def _lengths(scanners: list[Scanner]) -> np.ndarray:
    found = [np.diff(block.offsets) for scanner in scanners for block in scanner.blocks]
    return np.concatenate([np.empty(0, np.int64), *found])


def _from_scanners(
    scanners: list[Scanner],
    places: list[np.ndarray],
    rows: np.ndarray,
    table: np.ndarray,
    n_columns: int,
) -> Any:
    total = sum(len(block.ids) for scanner in scanners for block in scanner.blocks)
    growing, done = Rows(total, n_columns), 0
    for scanner, place in zip(scanners, places, strict=True):
        mine = table[:, place]
        while scanner.blocks:
            block = scanner.blocks.pop(0)  # its memory is free again after this
            end = done + len(block.offsets) - 1
            growing.add(block.ids, block.offsets, rows[done:end], mine, block.cells)
            done = end
    return growing.matrix()


def _from_tokens(tokens: Tokens, rows: np.ndarray, table: np.ndarray, n_columns: int) -> Any:
    growing = Rows(len(tokens.ids), n_columns)
    for begin in range(0, len(tokens.docs), DOCS_AT_A_TIME):
        cut = tokens.offsets[begin : begin + DOCS_AT_A_TIME + 1]
        ids = tokens.ids[cut[0] : cut[-1]]
        growing.add(ids, cut - cut[0], rows[begin : begin + DOCS_AT_A_TIME], table)
    return growing.matrix()
