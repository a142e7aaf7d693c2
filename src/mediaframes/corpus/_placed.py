"""Where the lines of an extracted article stand among the visible lines of its page."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

_WORD = re.compile(r"\w+")
RUN = 3  # words in a row by which a place is found; fewer stand in menus by chance
CANDIDATES = 8  # places compared for the longest agreement; more only cost time


class _Page:
    """The words of a page in a row, and which of them the article has taken."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.words: list[str] = []
        self.spans: list[tuple[int, int]] = []
        self.starts: list[int] = []  # of each line its first word
        for line in lines:
            self.starts.append(len(self.words))
            for match in _WORD.finditer(line):
                self.words.append(match[0])
                self.spans.append(match.span())
        self.taken = bytearray(len(self.words))
        self.owner: dict[int, int] = {}  # word -> line of the article
        self.runs: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for at in range(len(self.words) - RUN + 1):
            self.runs[tuple(self.words[at : at + RUN])].append(at)
        self.whole: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for at, end in pairwise([*self.starts, len(self.words)]):
            if 0 < end - at < RUN:
                self.whole[tuple(self.words[at:end])].append(at)

    def agreement(self, at: int, words: Sequence[str], begin: int) -> int:
        """How many words from `begin` on stand free at a place."""
        size = 0
        most = min(len(words) - begin, len(self.words) - at)
        while size < most and not self.taken[at + size]:
            if self.words[at + size] != words[begin + size]:
                break
            size += 1
        return size

    def best(self, words: Sequence[str], begin: int, cursor: int) -> tuple[int, int]:
        """The place with the longest agreement, the first from `cursor` on among equals."""
        if len(words) < RUN:
            places, least = self.whole.get(tuple(words), []), len(words)
        else:
            places, least = self.runs.get(tuple(words[begin : begin + RUN]), []), RUN
        first = bisect_left(places, cursor)
        place, longest = -1, 0
        for at in [*places[first : first + CANDIDATES], *places[: min(first, CANDIDATES)]]:
            size = self.agreement(at, words, begin)
            if size >= least and size > longest:
                place, longest = at, size
        return place, longest

    def take(self, words: Sequence[str], line: int, cursor: int) -> tuple[int, int]:
        """Mark the words of a line of the article; where it stands (or -1), and the new cursor."""
        begin, anchor, longest = 0, -1, 0
        while begin < len(words):
            if anchor >= 0 and (size := self.agreement(cursor, words, begin)):
                at = cursor
            else:
                at, size = self.best(words, begin, cursor)
            if not size:
                begin += 1
                continue
            self.taken[at : at + size] = b"\1" * size
            self.owner[at] = line
            if size > longest:
                anchor, longest = at, size
            begin, cursor = begin + size, at + size
        return anchor, cursor


def placed(kept: Sequence[str], page: Sequence[str]) -> list[tuple[str, str]]:
    """All lines in page order: ``("text", line)`` of the article, ``("furniture", line)`` others.

    The lines of the article keep their order and wording. Of a visible line that is in the article
    only in part, the rest is furniture. A line of the article that is not visible (some sites keep
    it in a script) stands behind the one before it.

    Examples
    --------
    >>> kept = ["The ferry is back.", "It sails on Monday."]
    >>> page = ["Home", "The ferry is back.", "Share", "It sails on Monday. Read more"]
    >>> [line for part, line in placed(kept, page) if part == "furniture"]
    ['Home', 'Share', 'Read more']
    >>> [line for _, line in placed(kept, page)]
    ['Home', 'The ferry is back.', 'Share', 'It sails on Monday.', 'Read more']
    """
    words = _Page(page)
    order: list[tuple[int, int, int, str, str]] = []
    cursor = behind = 0
    for number, line in enumerate(kept):
        anchor, cursor = words.take(_WORD.findall(line), number, cursor)
        behind = max(behind, anchor)
        order.append((behind, 0, number, "text", line))
    wording = ["".join(line.split()) for line in kept]
    symbols = {line for line in kept if not _WORD.search(line)}
    for number, (line, at) in enumerate(zip(page, words.starts, strict=True)):
        end = words.starts[number + 1] if number + 1 < len(page) else len(words.words)
        if at == end and line in symbols:  # "* * *"
            continue
        for place, rest in _rests(words, line, at, end, wording):
            order.append((place, 1, number, "furniture", rest))
    return [(part, line) for *_, part, line in sorted(order, key=lambda item: item[:3])]


def _rests(
    words: _Page, line: str, at: int, end: int, wording: Sequence[str]
) -> list[tuple[int, str]]:
    """The pieces of a visible line that are not in the article, with their places."""
    if not any(words.taken[at:end]):
        return [(at, line)]
    near = [wording[words.owner[place]] for place in range(at, end) if place in words.owner]
    pieces, place = [], at
    while place < end:
        if words.taken[place]:
            place += 1
            continue
        stop = place
        while stop < end and not words.taken[stop]:
            stop += 1
        rest = line[words.spans[place][0] : words.spans[stop - 1][1]]
        # "theBank" in the article for "the Bank" on the page is no rest
        if not any("".join(rest.split()) in text for text in near):
            pieces.append((place, rest))
        place = stop
    return pieces
