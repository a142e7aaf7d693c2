"""From a word, phrase or hit to its lines: read before you count."""

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


def concordance(tokens: Tokens, pattern: str, *, window: int = 8) -> pd.DataFrame:
    """Every occurrence of a word or phrase with the words around it (KWIC).

    Parameters
    ----------
    tokens : Tokens
    pattern : str
        A word or phrase; ``*`` and ``?`` are wildcards.
    window : int
        Words to either side.

    Returns
    -------
    DataFrame
        One row per occurrence: ``id outlet date left match right start end sentence``; `start`
        and `end` are the match's character span in the article's text.

    Raises
    ------
    InputError
        For an empty pattern, wildcards only, or a negative window.

    Examples
    --------
    >>> from mediaframes.corpus.articles import Corpus
    >>> from mediaframes.text.tokens import tokenize
    >>> texts = pd.DataFrame({"text": ["New sanctions were announced on Monday."]})
    >>> lines = concordance(tokenize(Corpus.from_frame(texts)), "sanction*", window=2)
    >>> lines[["left", "match", "right"]].values.tolist()
    [['New', 'sanctions', 'were announced']]
    """
    if window < 0:
        raise InputError(f"window={window} is negative; give a number of words, e.g. 8")
    length = len(pattern.split())
    found = find(tokens, pattern)
    docs = tokens.doc_of()[found]
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
    return pd.DataFrame(
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


def _line(text: str) -> str:
    return " ".join(text.split())
