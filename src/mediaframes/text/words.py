"""Single words: stop lists, stems, numbers, and patterns with wildcards."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from mediaframes.errors import InputError

# Typographic variants count as the plain sign.
VARIANTS = str.maketrans({"’": "'", "ʼ": "'", "＇": "'", "‐": "-", "‑": "-"})
LISTS = Path(__file__).parent / "lists"
SNOWBALL = {"en": "english", "de": "german", "fr": "french", "es": "spanish", "it": "italian",
            "nl": "dutch", "pt": "portuguese", "ru": "russian", "sv": "swedish", "da": "danish",
            "no": "norwegian", "fi": "finnish", "hu": "hungarian", "ro": "romanian"}  # fmt: skip


@cache
def stop_words(language: str) -> tuple[str, ...]:
    """The stop list of a language, compiled for this project (closed-class words only).

    Parameters
    ----------
    language : str
        ``"de"`` or ``"en"``; an unknown language has an empty list.

    Examples
    --------
    >>> "die" in stop_words("de"), "die" in stop_words("en")
    (True, False)
    """
    path = LISTS / f"stop-words-{language}.txt"
    if not re.fullmatch(r"[a-z]{2,3}", language) or not path.is_file():
        return ()
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(word for line in lines if not line.startswith("#") for word in line.split())


def stop_words_in(
    vocabulary: pd.Index, language: str, chosen: bool | Mapping[str, list[str]]
) -> np.ndarray:
    """For each word, whether it is a stop word in `language`; bool of shape (V,)."""
    if chosen is False:
        return np.zeros(len(vocabulary), dtype=bool)
    words = stop_words(language) if chosen is True else chosen.get(language, [])
    return np.asarray(vocabulary.isin([plain(word) for word in words]), dtype=bool)


def plain(word: str) -> str:
    """A word as `tokenize` writes it: lower case, NFC, apostrophes and hyphens as ``'`` and ``-``.

    Examples
    --------
    >>> plain("DON’T")
    "don't"
    """
    return unicodedata.normalize("NFC", word.lower().translate(VARIANTS))


def is_number(vocabulary: pd.Index) -> np.ndarray:
    """For each word, whether it holds no letter; bool of shape (V,).

    Examples
    --------
    >>> is_number(pd.Index(["12.000", "covid-19", "2024"])).tolist()
    [True, False, True]
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    found = pc.match_substring_regex(pa.array(vocabulary), r"\p{L}")
    return ~np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)


def stems(vocabulary: pd.Index, language: str) -> list[str]:
    """The Snowball stem of each word (nltk); words of an unknown language stay as they are.

    Examples
    --------
    >>> stems(pd.Index(["sanctions", "sanctioned"]), "en")
    ['sanction', 'sanction']
    """
    if language not in SNOWBALL:
        return [str(word) for word in vocabulary]
    from nltk.stem.snowball import SnowballStemmer

    stemmer = SnowballStemmer(SNOWBALL[language])
    return [stemmer.stem(word) for word in vocabulary]


class WordFinder:
    """Finds the words of a vocabulary that a pattern with wildcards matches.

    ``*`` stands for any run of characters, also none; ``?`` for one character. The whole word must
    match; upper and lower case are alike. Every other character stands for itself.

    The words lie in one string, so that a pattern's longest literal piece finds its candidates at
    the speed of ``str.find``; only they are compared in full, piece by piece from left to right,
    which no pattern can make slow.

    Parameters
    ----------
    vocabulary : Index of str
        V words, lower-cased.

    Examples
    --------
    >>> finder = WordFinder(pd.Index(["krieg", "kriege", "ukraine-krieg"]))
    >>> finder.matches("*krieg").tolist(), finder.matches("krieg?").tolist()
    ([0, 2], [1])
    """

    def __init__(self, vocabulary: pd.Index) -> None:
        self.vocabulary = vocabulary
        self._words = [str(word) for word in vocabulary]
        self._joined = "\n" + "\n".join(self._words) + "\n"
        self._starts = np.cumsum([1, *(len(word) + 1 for word in self._words)])

    def matches(self, pattern: str) -> np.ndarray:
        """The ids of the words that `pattern` matches, int32, ascending.

        Raises
        ------
        InputError
            For an empty pattern, one with a space, or one of wildcards only.
        """
        glob = plain(pattern.strip())
        if not glob.strip("*?"):
            raise InputError(f"the pattern '{pattern}' matches every word; give some letters")
        if len(glob.split()) > 1:
            raise InputError(f"'{pattern}' is a phrase, not a word; split it at the spaces")
        if not set(glob) & set("*?"):
            at = int(self.vocabulary.get_indexer([glob])[0])
            return np.array([at] if at >= 0 else [], np.int32)
        literal = max(re.split(r"[*?]", glob), key=len)
        pieces = glob.split("*")
        hits = [i for i in self._candidates(literal) if _fits(self._words[i], pieces)]
        return np.array(hits, np.int32)

    def _candidates(self, literal: str) -> list[int]:
        found, at = [], self._joined.find(literal)
        while at >= 0:
            word = int(np.searchsorted(self._starts, at, side="right")) - 1
            found.append(word)
            at = self._joined.find(literal, int(self._starts[word + 1]))
        return found


def _fits(word: str, pieces: list[str]) -> bool:
    """Whether `word` is the pieces in order with anything between them; ``?`` is one character."""

    def stands(piece: str, at: int) -> bool:
        return all(p in ("?", c) for p, c in zip(piece, word[at : at + len(piece)], strict=False))

    first, last = pieces[0], pieces[-1]
    if len(pieces) == 1:
        return len(word) == len(first) and stands(first, 0)
    end = len(word) - len(last)
    if end < len(first) or not stands(first, 0) or not stands(last, end):
        return False
    at = len(first)
    for piece in pieces[1:-1]:  # the leftmost place for each piece leaves most room for the next
        while at + len(piece) <= end and not stands(piece, at):
            at += 1
        if at + len(piece) > end:
            return False
        at += len(piece)
    return True
