"""How likely a line is part of the article: a logistic model of two rounds, small enough to read.

The first round looks at the line itself, the second at the line among its neighbors. What each
name means and what it weighs stands in ``rules/lines.yml``; ``python -m tests.quality.fit_lines``
makes the weights anew from the data.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from mediaframes.corpus.furniture import Rules, load_rules
from mediaframes.corpus.lines import LOOKED_AT, Line, article

# Which kind of evidence the reason of a line is; other reasons weigh nothing.
KINDS = {
    "ad-blocker notice": "notice",
    "cookie banner": "notice",
    "subscription offer": "notice",
    "donation appeal": "notice",
    "newsletter": "notice",
    "advertisement": "notice",
    "embedded content": "navigation",
    "site navigation": "navigation",
    "row of links": "navigation",
    "share line": "share line",
    "comment link": "comment link",
    "read-more link": "read-more link",
    "time or place of publication": "date",
    "date line": "date",
    "picture credit": "picture",
    "picture caption": "picture",
    "picture caption, given twice": "picture",
}
CLIPPED = 5.0  # odds beyond 150 to 1 say no more about the neighbors than these
MOST = 60  # words that count of a line; a long paragraph of terms of use wins nothing
LONG_WORD = 5  # letters from which a word says what a text is about
BEGINNING = 400  # characters in which capitals, numbers and commas are counted
WINDOWS = (1, 4, 16)  # lines on each side: the next ones, the section, the column
AROUND = 3  # lines on each side in which words of the site and numbers are counted
SHORT = 8  # words below which a line inside the article is a subheading, an item or a cell
FAR = 50  # lines; a paragraph farther away counts as this far

_SEPARATORS = re.compile(r"[|›»→←•·@]|>>")
_WORDS = re.compile(r"\w+")
_END = tuple('.!?…"”“»。！？؟')
_DOTS = ("...", "…", "[…]", "[...]")

Table = dict[str, np.ndarray]


@dataclass(frozen=True)
class Model:
    """Weights by name for the two rounds, and the log-odds above which a line is kept."""

    first: dict[str, float]
    second: dict[str, float]
    keep_above: float


@cache
def shipped() -> Model:
    """The model in ``rules/lines.yml``."""
    table = load_rules("lines")
    rounds = [
        {name: float(entry["weight"]) for name, entry in table[part].items()}
        for part in ("first round", "second round")
    ]
    return Model(rounds[0], rounds[1], float(table["keep above"]))


def article_odds(lines: Sequence[Line], rules: Rules, model: Model) -> np.ndarray:
    """Log-odds that each line is part of the article, shape (lines,).

    Examples
    --------
    >>> from mediaframes.corpus.furniture import rules_for
    >>> from mediaframes.corpus.lines import measure, split_lines
    >>> rules = rules_for(("en",))
    >>> text = "World\\nThe council met on Monday, and it will meet again soon."
    >>> lines = split_lines(text)
    >>> measure(lines, rules)
    >>> odds = article_odds(lines, rules, shipped())
    >>> bool(odds[0] < odds[1])
    True
    """
    if not lines:
        return np.zeros(0)
    own = observe(lines, rules)
    first = weighed(own, model.first)
    return weighed(surroundings(lines, first, own), model.second)


def weighed(table: Table, weights: dict[str, float]) -> np.ndarray:
    """The weighted sum of what was seen, with the constant."""
    total = np.full(len(next(iter(table.values()))), weights["constant"])
    for name, values in table.items():
        total += weights[name] * values
    return total


def observe(lines: Sequence[Line], rules: Rules) -> Table:
    """First round: what each line shows by itself, one array of shape (lines,) per name."""
    size = np.array([line.size for line in lines], float)
    stops = np.array([line.stops for line in lines], float)
    texts = [line.text for line in lines]
    keys = [text[:LOOKED_AT].lower() for text in texts]
    times = Counter(keys)
    kinds = [KINDS.get(line.reason, "") for line in lines]
    site = [sum(word in rules.site for word in line.words[:MOST]) for line in lines]
    letters = np.array([_capitals_and_numbers(text[:BEGINNING]) for text in texts], float)

    def flags(values: Sequence[bool]) -> np.ndarray:
        return np.array(values, float)

    table = {
        "words": np.log1p(size),
        "function words": np.where(size > 3, stops, stops / 2),
        "no function word": (stops == 0).astype(float),
        "closing mark": flags([text.endswith(_END) for text in texts]),
        "ellipsis": flags([text.endswith(_DOTS) for text in texts]),
        "colon": flags([text[-1] == ":" for text in texts]),
        "capitals": letters[:, 0],
        "numbers": letters[:, 1],
        "list item": flags([line.bullet for line in lines]),
        "separators": flags([_SEPARATORS.search(text[:LOOKED_AT]) is not None for text in texts]),
        "twice on the page": flags([times[key] > 1 for key in keys]),
        # of one or two words most are the site's, so three more are added to the count of words
        "words of the site": np.array(site) / (np.minimum(size, MOST) + 3),
        "shared words": _shared(lines),
    }
    for kind in dict.fromkeys(KINDS.values()):
        table[kind] = flags([one == kind for one in kinds])
    return table


def _capitals_and_numbers(text: str) -> tuple[float, float]:
    words = _WORDS.findall(text)
    count = max(1, len(words))
    return (
        sum(word[0].isupper() for word in words) / count,
        sum(word[0].isdigit() for word in words) / count,
    )


def _shared(lines: Sequence[Line]) -> np.ndarray:
    """Share of a line's longer words that stand in other paragraphs of the main stretch."""
    start, end = article(lines)
    longer = [{word for word in line.words[:MOST] if len(word) >= LONG_WORD} for line in lines]
    main = [n for n in range(start, end) if lines[n].proper]
    counts = Counter(word for n in main for word in longer[n])
    own = set(main)
    found = [sum(counts[word] > (n in own) for word in words) for n, words in enumerate(longer)]
    # a little is added to both, so that a line of a single long word is neither 0 nor 1
    return (np.array(found) + 0.3) / (np.array([len(words) for words in longer]) + 1.5)


def surroundings(lines: Sequence[Line], first: np.ndarray, own: Table) -> Table:
    """Second round: the odds of the line and its neighbors, and where on the page it stands."""
    count = len(lines)
    at = np.arange(count)
    odds = np.clip(first, -CLIPPED, CLIPPED)
    table = {"own odds": odds}
    for width in WINDOWS:
        table[f"odds of {width} before"] = _mean(odds, at - width, at, width)
        table[f"odds of {width} after"] = _mean(odds, at + 1, at + 1 + width, width)
    size = np.array([line.size for line in lines], float)
    running = np.array([line.proper for line in lines])
    start, end = _stretch((odds + 1).tolist())
    table["in the likely stretch"] = ((at >= start) & (at < end)).astype(float)
    begin, stop = article(lines)
    inside = ((at >= begin) & (at < stop)).astype(float)
    table["among the paragraphs"] = inside
    table["short among the paragraphs"] = inside * (size < SHORT)
    table["no end among the paragraphs"] = inside * (1 - own["closing mark"]) * (size > 4)
    table["lines before the paragraphs"] = np.log1p(np.maximum(0, begin - at))
    ends = np.cumsum([line.end for line in lines])
    passed = np.where(at >= begin, ends - ends[min(begin, count - 1)], 0)
    table["end marks passed"] = np.clip(passed, 0, 3).astype(float)
    most = np.minimum(size, MOST)
    table["running text of the page"] = np.full(count, (most * running).sum() / max(1, most.sum()))
    table["to the paragraph below"] = np.log(_to_the_next(running))
    table["place on the page"] = at / count
    wide = 2 * AROUND + 1
    for name, of in (("site around", "words of the site"), ("numbers around", "numbers")):
        table[name] = _mean(own[of], at - AROUND, at + AROUND + 1, wide)
    return table


def _mean(values: np.ndarray, start: np.ndarray, end: np.ndarray, width: int) -> np.ndarray:
    """Means of windows; beyond the ends of the page there are zeros."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    count = len(values)
    means: np.ndarray = (sums[np.clip(end, 0, count)] - sums[np.clip(start, 0, count)]) / width
    return means


def _stretch(values: Sequence[float]) -> tuple[int, int]:
    """The stretch with the largest sum."""
    best, start, end, total, begin = 0.0, 0, 0, 0.0, 0
    for n, value in enumerate(values):
        if total <= 0:
            total, begin = 0.0, n
        total += value
        if total > best:
            best, start, end = total, begin, n + 1
    return start, end


def _to_the_next(running: np.ndarray) -> np.ndarray:
    """Lines to the next paragraph below, at least 1, at most `FAR`."""
    count = len(running)
    at = np.arange(count)
    coming = np.minimum.accumulate(np.where(running, at, count + FAR)[::-1])[::-1]
    below = np.concatenate([coming[1:], [count + FAR]])
    return np.clip(below - at, 1, FAR)


def drop_unlikely(lines: Sequence[Line], likely: np.ndarray) -> None:
    """Lines that are no part of the article, by all that is seen of them, and why in words."""
    kept = likely.copy()
    for n, line in enumerate(lines[1:], 1):
        if line.joined:  # a sentence stays or goes as a whole
            kept[n] = kept[n] or kept[n - 1]
    for n in range(len(lines) - 2, -1, -1):
        if lines[n + 1].joined:
            kept[n] = kept[n] or kept[n + 1]
    inside = [n for n, line in enumerate(lines) if kept[n] and not line.part]
    first, last = (inside[0], inside[-1]) if inside else (len(lines), len(lines))
    for n, line in enumerate(lines):
        if line.part or kept[n]:
            continue
        if n < first or n > last:
            reason = "before the article" if n < first else "after the article"
        elif line.proper:
            reason = "text beside the article"
        else:
            reason = "menu or teaser line"
        line.part, line.reason = "furniture", reason
