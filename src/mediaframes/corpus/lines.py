"""The shape of a line: how much it looks like running text, and where running text stands."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mediaframes.corpus._words import tallied, words_of
from mediaframes.corpus.furniture import Rules

# Shape is judged on the first characters of a line: enough for any paragraph, and a page saved as
# one line of ten megabytes costs no more than a long paragraph.
LOOKED_AT = 1500
LONGEST_WORD = 40  # letters; no word that hangs on the next is as long
PROPER_WORDS = 15  # two short sentences; below that a caption or teaser can look the same
# Share of function words in running text: .27 to .54 (5th to 95th percentile of the paragraphs of
# the German and English trafilatura pages that must be kept); a quarter of the short lines that
# must go hold none. Well below the first, so that no paragraph is lost.
FUNCTION_WORDS = 0.15
# A page whose lines hold less than this is in a language whose function words we do not know, or
# in none; then the shape alone decides.
UNKNOWN_LANGUAGE = 0.12

_INNER = re.compile(r"[.!?…。！？؟۔।][\"”“»«)’]*\s+\S")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ENDS = frozenset(".!?…:。！？؟۔।")
_FIRST_WIDE = 0x3040
_CLOSING = "\"”“»«›‹’')]"
_BULLET = re.compile(r"^(?:[•·●▪■◦‣*–—-]\s|\d{1,2}[.)]\s)")


@dataclass(slots=True)
class Line:
    """One line, or a piece of one, of a page."""

    number: int
    text: str
    count: int = 0  # words in the first `LOOKED_AT` characters
    size: int = 0  # words, also those behind and of scripts without blanks
    stops: float = 0.0
    ended: bool = False
    proper: bool = False
    gap: bool = True  # whether a blank line stands before it
    part: str = ""
    reason: str = ""
    end: bool = False  # whether the article may end before this line
    weight: float = 0.0
    joined: bool = False  # whether it goes on with the sentence of the line before
    telling: bool = True  # whether a phrase of the rules may stand in it
    signing: bool = True  # whether a phrase of credits may
    _words: list[str] | None = None

    @property
    def words(self) -> list[str]:
        """The words of the first `LOOKED_AT` characters; most long lines are never asked."""
        if self._words is None:
            self._words = words_of(self.text[:LOOKED_AT])
        return self._words

    @property
    def bullet(self) -> bool:
        """Whether the line is an item of a list."""
        return bool(_BULLET.match(self.text))


def ends_sentence(text: str) -> bool:
    """Whether the text ends as a sentence does, closing quotes and brackets aside.

    Examples
    --------
    >>> [ends_sentence(text) for text in ("„So war es.“", "werden „nicht untätig bleiben“")]
    [True, False]
    """
    return text[-20:].rstrip().rstrip(_CLOSING)[-1:] in _ENDS


def shown_lines(text: str) -> list[str]:
    """The non-blank lines of a text as they show, without what `split_lines` notes of them."""
    pieces = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return list(filter(None, map(str.strip, pieces)))


def split_lines(text: str) -> list[Line]:
    """The non-blank lines of a text, numbered from 1 with the blank ones counted."""
    lines, gap = [], True
    for number, raw in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        shown = raw.strip()
        if not shown:
            gap = True
            continue
        lines.append(Line(number, shown, gap=gap))
        gap = False
    return lines


def measure(lines: Sequence[Line], rules: Rules) -> None:
    """Fill in words, size, function words and shape of each line."""
    starts = [line.text[:LOOKED_AT] for line in lines]
    wide = _reaches("".join(starts), _FIRST_WIDE)
    found = tallied(starts, rules.table).tolist()
    for line, start, (count, function_words, flags) in zip(lines, starts, found, strict=True):
        line.count = line.size = count
        line.telling = rules.may_tell(count, flags)
        line.signing = rules.may_sign(flags)
        line.stops = function_words / max(1, count)
        if wide:  # Chinese and Japanese words have about two characters
            line.size += len(_WIDE.findall(start)) // 2
        if len(line.text) > LOOKED_AT:
            line.size += line.text.count(" ", LOOKED_AT)
        line.ended = ends_sentence(line.text)
    long = [line for line in lines if line.size >= PROPER_WORDS]
    known = sum(line.stops * line.size for line in long) / max(1, sum(line.size for line in long))
    for line in lines:
        if known < UNKNOWN_LANGUAGE:
            line.stops = 0.3 if line.ended else 0.0
        line.proper = _is_proper(line)
    _join_broken(lines, rules)


def _reaches(text: str, point: int) -> bool:
    """Whether a text holds this code point or a higher one; a search is ten times slower."""
    if text.isascii():
        return False
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return bool(points.max() >= point)


def has_sentences(line: Line) -> bool:
    """Whether a sentence ends inside the line and another one begins."""
    return bool(_INNER.search(line.text[:LOOKED_AT]))


def _is_proper(line: Line) -> bool:
    if line.size < PROPER_WORDS or line.stops < FUNCTION_WORDS:
        return False
    return line.ended or has_sentences(line)


# Share of neighboring lines that break inside a sentence, from which the text was wrapped at some
# width: then every line break without a blank line is one. (Scraped pages: .09 at the
# 99th percentile of the trafilatura pages.)
WRAPPED = 0.4
WRAP_WIDTH = 30


def _join_broken(lines: Sequence[Line], rules: Rules) -> None:
    """Find sentences that go on in the next line, and judge them as a whole."""
    for before, line in pairwise(lines):
        line.joined = not line.gap and _goes_on(before, line, rules)
    neighbors = [line for line in lines[1:] if not line.gap]
    broken = sum(line.joined for line in neighbors)
    if len(neighbors) >= 8 and broken >= WRAPPED * len(neighbors):
        paragraphs = sum(line.gap for line in lines) >= 3
        for before, line in pairwise(lines):
            wide = len(before.text) >= WRAP_WIDTH and not before.ended
            line.joined = line.joined or (
                not line.gap and (wide or (paragraphs and before.size > 4))
            )
    start = 0
    for n in range(1, len(lines) + 1):
        if n == len(lines) or not lines[n].joined:
            if n - start > 1:
                _judge_together(lines[start:n])
            start = n


def _goes_on(before: Line, line: Line, rules: Rules) -> bool:
    if before.ended and before.text[-1] != ":":
        return False
    if before.ended or before.bullet or line.bullet:
        return False
    first = line.text[0]
    if first.islower() or (first in ",.;)" and len(line.text) > 1):
        long = before.size >= 5 or line.size >= 5
        if before.joined or (before.stops > 0 and long):
            return True
    # "Die / EU-Kommission / hat beschlossen": a link in the middle of a sentence
    if not before.text[-1].isalpha() or before.size == 2 or max(before.size, line.size) < 5:
        return False
    return words_of(before.text[:LOOKED_AT][-LONGEST_WORD:])[-1] in rules.hanging


def _judge_together(group: Sequence[Line]) -> None:
    whole = Line(group[0].number, " ".join(line.text[:LOOKED_AT] for line in group))
    whole.size = sum(line.size for line in group)
    whole.stops = sum(line.stops * line.size for line in group) / max(1, whole.size)
    whole.ended = group[-1].ended
    proper = _is_proper(whole)
    for line in group:
        line.proper = proper


# --- where the article stands --------------------------------------------------------------------

# The article is the stretch of lines with the largest sum of weights (maximum subsequence
# segmentation, Pasternack & Roth 2009, "Extracting article text from the web", WWW): running text
# counts its words, everything else costs. Half or twice any of these values changes F1 by less than
# .003 on the half of the trafilatura pages that is there for tuning (tests/quality/cleaning.py).
MOST_WORDS = 60  # a long paragraph counts no more than this, so that terms of use win nothing
SHORT = -6.0  # a short line without end: menu, teaser, table
FURNITURE = -10.0  # a line that a rule knows
END = -40.0  # "Comments", "Related articles": the article must be worth crossing it


def weigh(line: Line) -> float:
    """What a line says for (above 0) or against (below) being inside the article."""
    if line.part == "furniture":
        return END if line.end else FURNITURE
    if line.part:
        return 0.0
    if line.proper and line.size < PROPER_WORDS:  # one line of a longer sentence
        return float(line.size)
    if line.proper:
        return float(min(line.size, MOST_WORDS))
    if line.size >= 8 and line.ended and line.stops >= FUNCTION_WORDS:
        return float(line.size)
    if line.size >= 3 and line.ended and line.stops > 0:
        return line.size / 2
    if line.size >= 10 and line.stops >= 0.25:
        return line.size / 2
    return SHORT


def article(lines: Sequence[Line]) -> tuple[int, int]:
    """First line of the article and the line after its last; (0, 0) where there is none."""
    best, best_from, best_to = 0.0, 0, 0
    total, start = 0.0, 0
    for n, line in enumerate(lines):
        line.weight = weigh(line)
        if total <= 0:
            total, start = 0.0, n
        total += line.weight
        if total > best:
            best, best_from, best_to = total, start, n + 1
    return best_from, best_to


def running_share(lines: Sequence[Line]) -> float:
    """Share of the words outside known furniture that stand in running text."""
    free = [line for line in lines if not line.part]
    words = sum(line.size for line in free)
    return sum(line.size for line in free if line.weight > 0) / words if words else 0.0
