"""Words that a researcher types, cut as the texts were: terms of codebooks, patterns, phrases."""

import inspect
import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pandas as pd

from mediaframes.corpus.articles import Corpus
from mediaframes.made import Made
from mediaframes.text.segmenting import STAND_INS, without_spaces
from mediaframes.text.tokens import tokenize

# What the tokenizer leaves in one word unless it is told otherwise; a term with anything else is
# tokenized like a text, and so are scripts without spaces, which only a segmenter can cut.
NO_SPACES = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
PLAIN = re.compile(r"(?:[^\W_]|[ *?'-]|(?<=\d)[.,](?=[\d*?]))+")


def has_letter(word: str) -> bool:
    """Whether there is anything but signs and wildcards."""
    return any(character.isalnum() for character in word)


def settings_of(made: Made, language: str = "") -> dict[str, Any]:
    """How the words of a text were cut, where `tokenize` was told something else than usual.

    In a language without spaces: whether a segmenter did it, which may have been elsewhere.

    Examples
    --------
    >>> settings_of(Made.by("tokenize", settings={"something": "else"}))
    {}
    >>> settings_of(Made.by("tokenize", settings={"segmented": {"zh": ""}}), "zh")
    {'segment': 'never'}
    """
    while made.step != "tokenize" and made.parents:
        made = made.parents[0]
    usual = inspect.signature(tokenize).parameters
    settings = {
        name: value
        for name, value in made.settings.items()
        # training is of sentences, which a term has none of
        if name in usual and name not in ("train", "segment") and value != usual[name].default
    }
    if code := without_spaces(language):
        settings["segment"] = "need" if made.settings.get("segmented", {}).get(code) else "never"
    return settings


def as_in_text(
    terms: list[str], language: str, settings: Mapping[str, Any] | None = None
) -> dict[str, str]:
    """Each term as the tokenizer cuts it: ``u.s.`` is whatever ``U.S.`` is in a text.

    Terms of letters, digits, hyphens, apostrophes and wildcards stay as they are; the others pass
    through `tokenize` (wildcards as letters), in the language of the term, and all do where the
    texts were cut in another way than the usual (`settings`, see `settings_of`).

    Examples
    --------
    >>> as_in_text(["c++", "labor market*", "r&d*"], "en")
    {'c++': 'c', 'labor market*': 'labor market*', 'r&d*': 'r d*'}
    """
    odd = [
        term
        for term in terms
        if has_letter(term) and (settings or not PLAIN.fullmatch(term) or NO_SPACES.search(term))
    ]
    out = {term: term for term in terms}
    if not odd:
        return out
    table = str.maketrans(STAND_INS)
    frame = pd.DataFrame(
        {"text": [term.translate(table) for term in odd], "language": language},
        index=[f"{k:08d}" for k in range(len(odd))],
    )
    tokens = tokenize(Corpus.from_frame(frame), **(settings or {}))
    back = str.maketrans({letter: sign for sign, letter in STAND_INS.items()})
    words = [str(word).translate(back) for word in tokens.vocabulary]
    for term, (a, b) in zip(odd, pairwise(tokens.offsets.tolist()), strict=True):
        pieces = [words[k] for k in tokens.ids[a:b]]
        while pieces and not has_letter(pieces[-1]):  # a wildcard that punctuation cut off
            pieces.pop()
        while pieces and not has_letter(pieces[0]):
            pieces.pop(0)
        cut = " ".join(pieces)
        # a term that the tokenizer dissolves altogether matches nothing, and is reported as such
        out[term] = cut if has_letter(cut) else term
    return out
