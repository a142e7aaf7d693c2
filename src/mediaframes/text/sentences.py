"""What a point after a word means: abbreviations, initials, ordinals, by language.

Sentence bounds are found together with the words (`mediaframes.text._scan`), by the rules of
nltk's Punkt with lists of our own in the place of a trained model: a sentence ends at ``. ! ? …``
where the next word is not in lower case, and at every empty line (a lone line end may be a hard
wrap). A point after an abbreviation, an initial or an ordinal ends none, unless a word follows
that only the beginning of a sentence gives a capital. `trained` learns more abbreviations and
beginnings from a corpus, with Punkt's own trainer.
"""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

LISTS = Path(__file__).parent / "lists"
SECTIONS = ("habits", "never", "sometimes", "starters")
# Punkt's trainer reads about a megabyte in 2 s; beyond this many characters it learns little more.
TRAINING_CHARACTERS = 5_000_000


class Points(NamedTuple):
    """What points mean in a language: habits, and lower-cased words."""

    habits: frozenset[str]
    never: frozenset[str]
    sometimes: frozenset[str]
    starters: frozenset[str]

    def __or__(self, other: tuple[frozenset[str], ...]) -> "Points":
        return Points(*(mine | theirs for mine, theirs in zip(self, other, strict=True)))


NOTHING = Points(*[frozenset[str]()] * 4)


def languages() -> list[str]:
    """The languages whose abbreviations are listed.

    Examples
    --------
    >>> languages()
    ['de', 'en', 'es', 'fr', 'it', 'nl', 'pl', 'pt', 'ru']
    """
    return sorted(path.stem.removeprefix("sentences-") for path in LISTS.glob("sentences-*.txt"))


@cache
def points(language: str) -> Points:
    """What points mean in a language; where it is not known or listed, in any.

    Examples
    --------
    >>> "dr" in points("de").never, "etc" in points("en").sometimes, "ul" in points("").sometimes
    (True, True, True)
    """
    if language not in languages():
        together = NOTHING
        for name in languages():
            together |= points(name)
        return together._replace(habits=frozenset())
    found: dict[str, list[str]] = {name: [] for name in SECTIONS}
    section = ""
    for line in (LISTS / f"sentences-{language}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section, _, rest = line[1:].partition("]")
            found[section] += rest.split() if section == "habits" else []
        elif not line.startswith("#"):
            found[section] += line.split()
    return Points(*(frozenset(found[name]) for name in SECTIONS))


def trained(texts: Iterable[str]) -> Points:
    """Abbreviations and beginnings of sentences that Punkt's trainer finds in texts.

    Source
    ------
    Kiss, Strunk (2006), Unsupervised Multilingual Sentence Boundary Detection, Computational
    Linguistics 32(4); nltk's implementation.
    """
    from nltk.tokenize.punkt import PunktTrainer

    trainer, left = PunktTrainer(), TRAINING_CHARACTERS
    for text in texts:
        trainer.train(text[:left], finalize=False)
        left -= len(text)
        if left <= 0:
            break
    trainer.finalize_training()
    learned = trainer.get_params()
    one = re.compile(r"[^\W\d_]{2,}")
    return Points(
        frozenset(),
        frozenset(word for word in learned.abbrev_types if one.fullmatch(word)),
        frozenset(),
        frozenset(word for word in learned.sent_starters if one.fullmatch(word)),
    )


def known_words(means: list[Points]) -> tuple[str, tuple[np.ndarray, np.ndarray]]:
    """The words that matter in any of the languages, and what the kernel must know of them.

    Returns
    -------
    tuple
        The A words, separated by spaces; flags uint8 (L, A) and habits uint8 (L).
    """
    from mediaframes.text import _scan

    words = sorted(frozenset().union(*(word for mean in means for word in mean[1:])))
    index = pd.Index(words, dtype="str")
    flags = np.zeros((len(means), len(words)), np.uint8)
    habits = np.zeros(len(means), np.uint8)
    for row, mean in enumerate(means):
        abbreviation = sorted(mean.never | mean.sometimes)
        flags[row, index.isin(abbreviation)] |= _scan.ABBREVIATION
        flags[row, index.isin(sorted(mean.sometimes))] |= _scan.MAY_END
        flags[row, index.isin(sorted(mean.starters))] |= _scan.STARTER
        habits[row] |= _scan.ORDINALS if "ordinals" in mean.habits else 0
        habits[row] |= _scan.LETTERS_END if "letters" in mean.habits else 0
    return " ".join(words), (flags, habits)
