"""Single words: stop lists, stems, numbers, and patterns with wildcards."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from mediaframes._console import say
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

    Words that are as well frequent nouns are left in the texts (Italian ``stato``, French ``or``).

    Parameters
    ----------
    language : str
        ``de``, ``en``, ``es``, ``fr``, ``it``, ``nl``, ``pl``, ``pt`` or ``ru``; another language
        has an empty list.

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


def report_lists(languages: pd.Series, chosen: bool | Mapping[str, list[str]]) -> None:
    """Say in which of the articles' languages no word is left out, and what to do about it."""
    if chosen is False:
        return
    for name, n in languages.fillna("").value_counts().sort_index().items():
        if stop_words(str(name)) if chosen is True else name in chosen:
            continue
        mend = f"give stop_words={{'{name}': [...]}}" if name else "run mf.language first"
        say(f"no stop list for language '{name}' ({n} articles): all their words count; {mend}")


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


def lemma_table(words: "pd.Series | pd.Index", language: str) -> pd.DataFrame:
    """The dictionary form of each word (simplemma), as a table to look through before it is used.

    Parameters
    ----------
    words : Series or Index
        Words as index and how often they occur as values, e.g. ``counts.totals()``; or the words.
    language : str
        Code of the language, e.g. ``"de"``.

    Returns
    -------
    DataFrame
        ``word lemma count`` of the words that change, the most frequent first. Rows can be taken
        out or changed; `Counts.merge` and `Tokens.merge` take the table.

    Raises
    ------
    InputError
        For a language simplemma does not know.

    Examples
    --------
    >>> lemma_table(pd.Series({"talks": 3, "talk": 1, "met": 2}), "en")
        word lemma  count
    0  talks  talk      3
    1    met  meet      2
    """
    import simplemma

    counts = words if isinstance(words, pd.Series) else pd.Series(0, words)
    try:
        # nouns are in the dictionaries with capitals in German
        lemmas = [simplemma.lemmatize(str(word), lang=language).lower() for word in counts.index]
    except ValueError as error:
        raise InputError(f"there are no lemmas for the language '{language}': {error}") from error
    table = pd.DataFrame({"word": counts.index, "lemma": lemmas, "count": counts.to_numpy()})
    table = table[table["word"] != table["lemma"]].astype({"word": "str", "lemma": "str"})
    return table.sort_values(["count", "word"], ascending=[False, True], ignore_index=True)


def merging(
    vocabulary: pd.Index, mapping: "Mapping[str, str] | pd.DataFrame"
) -> tuple[pd.Index, np.ndarray]:
    """A vocabulary after `mapping` (word to form; or a table: first and second column).

    Returns
    -------
    tuple
        The new vocabulary, in code-point order, and for each old word its place in it, int32.

    Raises
    ------
    InputError
        Where a word is mapped to nothing.
    """
    if isinstance(mapping, pd.DataFrame):
        mapping = dict(zip(mapping.iloc[:, 0], mapping.iloc[:, 1], strict=True))
    empty = [word for word, form in mapping.items() if not isinstance(form, str) or not form]
    if empty:
        raise InputError(f"the word '{empty[0]}' is mapped to nothing; leave the row out")
    forms = [mapping.get(word, word) for word in vocabulary]
    merged = pd.Index(sorted(set(forms)), dtype="str")
    return merged, merged.get_indexer(pd.Index(forms, dtype="str")).astype(np.int32)


# Between the parts of a German compound may stand one of these.
LINKS = ("", "s", "es", "n", "en", "er", "e")
SHORTEST_PART = 4  # shorter parts ("ein", "rat") split far too many words by chance


def compound_table(words: pd.Series, *, min_count: int = 2, language: str = "de") -> pd.DataFrame:
    """Split compounds into words that the corpus itself holds.

    A word is split in two where both parts occur at least `min_count` times and the geometric mean
    of their counts exceeds the word's own count; of several splits the one with the highest mean.

    Parameters
    ----------
    words : Series
        Words as index, counts as values, e.g. ``counts.totals()``.
    min_count : int
        How often a part must occur.
    language : str
        Only ``"de"`` has linking letters; others split without.

    Returns
    -------
    DataFrame
        ``word first second count``, to look through before it is used.

    Source
    ------
    Koehn, Knight (2003), Empirical Methods for Compound Splitting, EACL.

    Examples
    --------
    >>> words = pd.Series({"friedensgespräch": 1, "frieden": 9, "gespräch": 7})
    >>> compound_table(words)[["first", "second"]].values.tolist()
    [['frieden', 'gespräch']]
    """
    counts = {str(word): int(n) for word, n in words.items()}
    links = LINKS if language == "de" else ("",)
    rows = []
    for word, n in counts.items():
        best = (float(n), "", "")
        for cut in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
            second = counts.get(word[cut:], 0)
            if second < min_count:
                continue
            for link in links:
                first = word[: cut - len(link)]
                if not word[:cut].endswith(link) or len(first) < SHORTEST_PART:
                    continue
                mean = (counts.get(first, 0) * second) ** 0.5
                if counts.get(first, 0) >= min_count and (mean, first) > (best[0], best[1]):
                    best = (mean, first, word[cut:])
        if best[1]:
            rows.append((word, best[1], best[2], n))
    table = pd.DataFrame(rows, columns=["word", "first", "second", "count"])
    table = table.astype({"word": "str", "first": "str", "second": "str", "count": "int64"})
    return table.sort_values(["count", "word"], ascending=[False, True], ignore_index=True)


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
