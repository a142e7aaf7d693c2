"""Lines that recur in the pages of an outlet: furniture, whatever they say."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from mediaframes.corpus.furniture import words_of
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
KEPT_PAGES = 1000  # whose keys are kept at a time, so that a large corpus needs no memory for them

_DIGIT = re.compile(r"[1-9]")
# blanks beside the space and the line break; where a text has none, most lines are their own keys
_BLANKS = tuple(c for c in map(chr, range(0x3001)) if c.isspace() and c not in " \n")


def line_key(line: str) -> str:
    """A line as it is compared between pages: case, digits and spaces do not count."""
    return " ".join(_DIGIT.sub("0", line.lower()).split())


def page_keys(text: str) -> list[str]:
    """The keys of the lines of a page that may recur, each once, in their order.

    Examples
    --------
    >>> page_keys("Page 12\\n\\nShare  this\\nPage 31")
    ['page 00', 'share this']
    """
    low = _DIGIT.sub("0", text.lower())
    if len(low) != len(text) or "  " in low or any(blank in low for blank in _BLANKS):
        lines = [line for line in shown_lines(text) if len(line) <= KEY_CHARACTERS]
        return list(dict.fromkeys(map(line_key, lines)))
    keys = dict.fromkeys(map(str.strip, low.split("\n")))
    return [key for key in keys if 0 < len(key) <= KEY_CHARACTERS]


@dataclass(frozen=True)
class Recurring:
    """Lines that recur over the pages of an outlet.

    Attributes
    ----------
    reasons : dict
        Line key to e.g. ``"recurs in 34 of 60 pages of this outlet"``.
    shapes : frozenset
        Number of words, first and last word of each, so that other lines need no key.
    """

    reasons: Mapping[str, str]
    shapes: frozenset[tuple[int, str, str]]

    @classmethod
    def of(cls, reasons: Mapping[str, str]) -> "Recurring":
        """From line keys and reasons."""
        return cls(reasons, frozenset(_shape(words_of(key)) for key in reasons))

    def reason(self, line: Line) -> str:
        """Why the line is furniture, if it recurs."""
        if not self.reasons:
            return ""
        if len(line.text) <= KEY_CHARACTERS and _shape(line.words) not in self.shapes:
            return ""
        return self.reasons.get(line_key(line.text), "")


def _shape(words: Sequence[str]) -> tuple[int, str, str]:
    return (len(words), words[0], words[-1]) if words else (0, "", "")


NONE = Recurring.of({})


def recurring(pages: pd.Series) -> dict[str, str]:
    """Lines that recur over the pages of one outlet, with the reason in words.

    Parameters
    ----------
    pages : Series of str
        The text of each article, by its id. They are gone through twice, so that only lines that
        can recur are kept in memory.

    Returns
    -------
    dict of str to str
        Line key to e.g. ``"recurs in 34 of 60 pages of this outlet"``.
    """
    pages = pages.sort_index()
    hashes = [_hashes(page_keys(text)) for text in pages]
    often = _often(hashes, len(pages))
    if not often:
        return {}
    where: dict[str, list[int]] = defaultdict(list)
    for n, (page, text) in enumerate(zip(hashes, pages, strict=True)):
        if often.isdisjoint(page.tolist()):
            continue
        for key in page_keys(text):
            if hash(key) in often and len(key) <= KEY_CHARACTERS:
                where[key].append(n)
    keys_of = lru_cache(KEPT_PAGES)(lambda n: page_keys(pages.iloc[n]))
    found = {}
    for key, at in where.items():
        if _is_often(key, len(at), len(pages)) and _differ(at, keys_of):
            found[key] = f"recurs in {len(at)} of {len(pages)} pages of this outlet"
    return found


def _hashes(keys: Iterable[str]) -> np.ndarray:
    """Hashes of keys. They differ from run to run, and only choose what is counted."""
    return np.fromiter(map(hash, keys), np.int64)


def _often(pages: Sequence[np.ndarray], count: int) -> frozenset[int]:
    """Hashes on as many pages as lines that recur are at least."""
    hashes, times = np.unique(np.concatenate([np.zeros(0, np.int64), *pages]), return_counts=True)
    least = min(max(MIN_PAGES, int(MIN_SHARE * count)), MANY_PAGES)
    return frozenset(hashes[times >= least].tolist())


def _is_often(key: str, times: int, count: int) -> bool:
    if times >= MANY_PAGES and key.count(" ") + 1 >= LONG:
        return True
    return times >= MIN_PAGES and times / count >= MIN_SHARE


def _differ(at: Sequence[int], keys_of: Callable[[int], Sequence[str]]) -> bool:
    looked = [keys_of(page) for page in at[:LOOKED_AT]]
    counts = Counter(key for page in looked for key in page)
    own = []
    for page in looked:
        total = sum(map(len, page)) or 1
        own.append(sum(len(key) for key in page if counts[key] <= len(looked) / 2) / total)
    return sum(own) / len(own) >= MIN_OWN
