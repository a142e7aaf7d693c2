"""Lines that recur in the pages of an outlet: furniture, whatever they say."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mediaframes.corpus._words import words_of
from mediaframes.corpus.blocks import text_blocks
from mediaframes.corpus.lines import Line, shown_lines

# A line on three pages of an outlet is no chance; below that, two versions of one report or an
# interviewer's "Warum?" would count.
MIN_PAGES = 3
# ... and on this share of the outlet's pages. Furniture of a template stands on a third of the
# pages and more; a section's kicker, a reused caption or a subheading ("Hintergrund") stays below,
# as do phrases a newspaper likes ("Was bedeutet das?": below 1 % of the articles of FANG-COVID).
MIN_SHARE = 0.2
# ... or, for long lines in large outlets, on so many pages: notices of a season reach no share.
MANY_PAGES = 20
LONG = 8  # words from which a line counts as long
# Versions of one report repeat its paragraphs, and these are no furniture. So the pages that share
# the line must differ in the rest: on average at least this share of their characters stands on at
# most half of these pages. (Copies: near 0; pages of one template: .5 to 1.)
MIN_OWN = 0.3
LOOKED_AT = 40  # pages compared for that; more change nothing but the time
KEY_CHARACTERS = 1000  # longer lines do not recur as furniture

_SIGMA = {"ς": "σ"}  # another small letter at the end of a word


def line_key(line: str) -> str:
    """A line as it is compared between pages: case, digits and spaces do not count."""
    return " ".join(_low(line).split())


def _low(text: str) -> str:
    """In lower case, every digit 0."""
    low = text.lower()
    for digit in "123456789":  # in a page less than half the time of one regular expression
        low = low.replace(digit, "0")
    return low


def page_keys(text: str) -> list[str]:
    """The keys of the lines of a page that may recur, each once, in their order.

    Examples
    --------
    >>> page_keys("Page 12\\n\\nShare  this\\nPage 31")
    ['page 00', 'share this']
    """
    low = _low(text)
    if len(low) != len(text):  # a capital that has two small characters
        lines = [line for line in shown_lines(text) if len(line) <= KEY_CHARACTERS]
        return list(dict.fromkeys(map(line_key, lines)))
    keys = dict.fromkeys(shown_lines(low))
    if max(map(len, keys), default=0) > KEY_CHARACTERS:
        keys = dict.fromkeys(key for key in keys if len(key) <= KEY_CHARACTERS)
    # the only printable blank is the space, so most lines are their own keys
    plain = [
        key if key.isprintable() and "  " not in key else " ".join(key.split()) for key in keys
    ]
    return list(dict.fromkeys(plain))


@dataclass(frozen=True)
class Recurring:
    """Lines that recur over the pages of an outlet.

    Attributes
    ----------
    reasons : dict
        Line key to e.g. ``"recurs in 34 of 60 pages of this outlet"``.
    shapes : frozenset
        Number of words, first and last character of each, so that other lines need no key.
    """

    reasons: Mapping[str, str]
    shapes: frozenset[tuple[int, str, str]]

    @classmethod
    def of(cls, reasons: Mapping[str, str]) -> "Recurring":
        """From line keys and reasons."""
        return cls(reasons, frozenset(_shape(len(words_of(key)), key) for key in reasons))

    def reason(self, line: Line) -> str:
        """Why the line is furniture, if it recurs."""
        if not self.reasons:
            return ""
        if len(line.text) <= KEY_CHARACTERS and _shape(line.count, line.text) not in self.shapes:
            return ""
        return self.reasons.get(line_key(line.text), "")


def _shape(count: int, text: str) -> tuple[int, str, str]:
    first, last = _low(text[0])[0], _low(text[-1])[-1]
    return count, _SIGMA.get(first, first), _SIGMA.get(last, last)


NONE = Recurring.of({})


def recurring(pages: pd.Series) -> dict[str, str]:
    """Lines that recur over the pages of one outlet, with the reason in words.

    Parameters
    ----------
    pages : Series of str
        The text of each article, by its id. Of its lines only hashes and lengths are kept.

    Returns
    -------
    dict of str to str
        Line key to e.g. ``"recurs in 34 of 60 pages of this outlet"``.
    """
    if len(pages) < MIN_PAGES:
        return {}
    pages = pages if pages.index.is_monotonic_increasing else pages.sort_index()
    hashes, lengths, starts = _hashed(pages)
    _, first, codes, times = np.unique(
        hashes, return_index=True, return_inverse=True, return_counts=True
    )
    least = min(max(MIN_PAGES, int(MIN_SHARE * len(pages))), MANY_PAGES)
    often = np.flatnonzero(times >= least)
    often = often[np.argsort(first[often])]
    page_of = np.repeat(np.arange(len(pages)), np.diff(starts))
    order = np.argsort(codes, kind="stable")  # places of each key, its pages in their order
    begins = np.cumsum(times) - times
    found: dict[str, str] = {}
    looked, keys = -1, list[str]()
    for code in often:
        place = first[code]
        page = int(page_of[place])
        if page != looked:
            looked, keys = page, page_keys(pages.iloc[page])
        key, count = keys[place - starts[page]], int(times[code])
        at = page_of[order[begins[code] : begins[code] + min(count, LOOKED_AT)]]
        if _is_often(key, count, len(pages)) and _differ(at, codes, lengths, starts):
            found[key] = f"recurs in {count} of {len(pages)} pages of this outlet"
    return found


def _hashed(pages: pd.Series) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Hash (64 bits, the same in every run) and length of each key; where each page begins."""
    hashes, lengths, counts = [], [], [0]
    for texts in text_blocks(pages):
        keys: list[str] = []
        for text in texts:
            own = page_keys(text)
            keys += own
            counts.append(len(own))
        hashes.append(pd.util.hash_array(np.array(keys, dtype=object), categorize=False))
        lengths.append(np.fromiter(map(len, keys), np.int64, len(keys)))
    return np.concatenate(hashes), np.concatenate(lengths), np.cumsum(counts)


def _is_often(key: str, times: int, count: int) -> bool:
    if len(key) > KEY_CHARACTERS:
        return False
    if times >= MANY_PAGES and key.count(" ") + 1 >= LONG:
        return True
    return times >= MIN_PAGES and times / count >= MIN_SHARE


def _differ(at: np.ndarray, codes: np.ndarray, lengths: np.ndarray, starts: np.ndarray) -> bool:
    """Whether the pages that share a line differ in the rest."""
    spans = [slice(starts[page], starts[page + 1]) for page in at]
    _, key, times = np.unique(
        np.concatenate([codes[span] for span in spans]), return_inverse=True, return_counts=True
    )
    length = np.concatenate([lengths[span] for span in spans])
    begins = np.cumsum([0, *(span.stop - span.start for span in spans[:-1])])
    alone = np.where(times[key] <= len(at) / 2, length, 0)
    own = np.add.reduceat(alone, begins) / np.add.reduceat(length, begins)
    return bool(sum(own.tolist()) / len(own) >= MIN_OWN)
