"""One page: every line gets its part."""

import re
from collections.abc import Container, Mapping, Sequence
from itertools import pairwise

from mediaframes.corpus._words import words_of
from mediaframes.corpus.captions import is_picture_credit, mark_captions
from mediaframes.corpus.furniture import Rules
from mediaframes.corpus.lines import (
    PROPER_WORDS,
    Line,
    article,
    has_sentences,
    measure,
    running_share,
    split_lines,
)
from mediaframes.corpus.odds import Model, article_odds, drop_unlikely, shipped
from mediaframes.corpus.recurrence import Recurring
from mediaframes.corpus.signatures import (
    closing_credit,
    dateline,
    own_line_signature,
    signature,
)

# What follows the last sentence of a line: perhaps a button that a scraper glued on.
_GLUED = re.compile(r"(?<=[.!?…“”\"»)])(\s?)([^.!?…()“”\"»]{2,50}(?:\(\d+\))?)$")
_NO_BUTTON = frozenset('.!?…(“”"»')  # a button's label ends with none of these
_ROW = re.compile(r"\s[|›»·•>]\s|\S\s{3,}\S")  # "Home › World › Asia", "Share   Post   Mail"
# A page with this share of running text was cleaned before: what is no known furniture stays.
CLEAN = 0.8
# A page with more short lines than this, and this share of all, came from a careless scraper: the
# line model decides, which was fitted on such pages. (Pages of the trafilatura set: 26 and .49 at
# the 5th percentile; articles of FANG-COVID: 22 and .36 at the 99th.) On smaller pages the rules
# and the stretch of running text do.
FEW_SHORT = 25
SHORT_SHARE = 0.4
HEADLINE_WORDS = 22
KICKER_WORDS = 9
SECTION_WORDS = 5
LEAD_WORDS = 70  # a lead has one to three sentences
SUBHEADING_WORDS = 16
ABOVE = 12  # lines above the text among which the headline is looked for
AROUND = 6  # words that may stand beside the title in its line: the site's name, a section
BETWEEN = frozenset(
    ("lone symbol", "date line", "picture credit", "time or place of publication", "signature")
)
NOTICES = frozenset(
    ("ad-blocker notice", "cookie banner", "subscription offer", "newsletter", "donation appeal")
)
NOTICE_PIECE = 8
RUN = 4  # short lines in a row, from which they are a menu or a teaser list

_NAME = re.compile(r"^[^\W\d_]")
_CLOCK = re.compile(
    r"\d{1,2}[.:]\d{2}|\d{1,2}\.\s?\d{1,2}\.\s?\d{2,4}|\d{1,2}/\d{1,2}/\d{2,4}|\d{4}"
)


def page_parts(
    text: str,
    *,
    title: str,
    rules: Rules,
    recurs: Recurring,
    wishes: Mapping[str, str],
    places: Container[str] = (),
    signs: Container[str] = (),
    model: Model | None = None,
) -> list[Line]:
    """The lines of a page, each with part and reason.

    Parameters
    ----------
    text : str
        The page.
    title : str
        The title, where known; else empty.
    rules : Rules
        Of the page's language.
    recurs : Recurring
        Lines that recur over the outlet's pages.
    wishes : mapping
        Line text to ``"keep"`` or the reason to drop it, from the researcher's patterns.
    places : container of str
        Places that open datelines elsewhere in the corpus, in lower case.
    signs : container of str
        What stands in brackets at the end of articles of this corpus, and seldom elsewhere.
    model : Model, optional
        Weights of the line model; those in ``rules/lines.yml`` unless given (to measure others).
    """
    lines = known_lines(text, title=title, rules=rules, recurs=recurs, wishes=wishes)
    start, end = article(lines)
    short = sum(line.weight <= 0 for line in lines)
    scraped = short > FEW_SHORT and short >= SHORT_SHARE * len(lines)
    clean = not scraped and running_share(lines) >= CLEAN
    model = model or shipped()
    likely = article_odds(lines, rules, model) > model.keep_above if scraped else None
    first = next(
        (
            n
            for n in range(start, end)
            if lines[n].weight > 0 and (lines[n].ended or lines[n].proper)
        ),
        end,
    )
    _read_head(lines, first, bool(title), clean)
    if likely is not None:
        drop_unlikely(lines, likely)
    if clean or scraped:
        start, end = 0, len(lines)
    end = _end_at_credit(lines, start, end, rules, signs)
    _read_body(lines, start, end, lists=scraped)
    if not any(line.part == "body" for line in lines):
        _keep_what_there_is(lines)
    for n, line in enumerate(lines):
        if not line.part:
            where = "before" if n < start else "after"
            line.part, line.reason = "furniture", f"{where} the article"
    lines = _split_signatures(lines, rules, places, signs)
    _mark_lead(lines)
    return lines


def known_lines(
    text: str,
    *,
    title: str,
    rules: Rules,
    recurs: Recurring,
    wishes: Mapping[str, str],
) -> list[Line]:
    """The lines of a page, measured, those marked that a rule knows (as in `page_parts`)."""
    lines = _unglue(split_lines(text), rules)
    measure(lines, rules)
    _mark_known(lines, rules, recurs, wishes)
    _mark_title(lines, title)
    mark_captions(lines, rules)
    _fill_blocks(lines)
    return lines


def _unglue(lines: list[Line], rules: Rules) -> list[Line]:
    """Split a share or comment button off the end of the sentence it is glued to."""
    result = []
    for line in lines:
        open_end = len(line.text) > 40 and line.text[-1] not in _NO_BUTTON
        match = _GLUED.search(line.text[-60:]) if open_end else None
        if match and not match.group(2)[0].islower():
            reason, _ = rules.reason(words_of(match.group(2)), proper=bool(match.group(1)))
            if reason:
                cut = len(line.text) - min(60, len(line.text)) + match.start(2)
                result.append(Line(line.number, line.text[:cut].rstrip(), gap=line.gap))
                result.append(Line(line.number, line.text[cut:].strip(), gap=False))
                continue
        result.append(line)
    return result


def _mark_known(
    lines: Sequence[Line], rules: Rules, recurs: Recurring, wishes: Mapping[str, str]
) -> None:
    for n, line in enumerate(lines):
        wish = wishes.get(line.text) if wishes else None
        if wish == "keep":
            line.part, line.reason = "body", "kept on your wish"
            continue
        if wish:
            line.part, line.reason = "furniture", wish
            continue
        if not (line.text[0].isalnum() or any(map(str.isalnum, line.text[:200]))):
            line.part, line.reason = "furniture", "lone symbol"
            continue
        if len(line.text) <= 90 and _own_line_credit(line, rules, near_end=n >= len(lines) - 12):
            line.part, line.reason = "credit", "signature"
            continue
        if is_picture_credit(line, rules):
            line.part, line.reason = "furniture", "picture credit"
            continue
        if line.size <= 25 and not line.ended and _is_row(line.text):
            line.part, line.reason = "furniture", "row of links"
            continue
        reason, end = "", False
        if line.telling:
            reason, end = rules.reason(line.words, proper=line.proper or line.joined)
        if line.joined and line.proper and line.size <= NOTICE_PIECE:
            reason = ""  # a word of a sentence that a link broke off
        if not reason and line.size <= 14 and _is_dated(line, rules):
            reason, end = "date line", False
        if not reason:
            reason = recurs.reason(line)
        if reason:
            line.part, line.reason, line.end = "furniture", reason, end


def _is_row(text: str) -> bool:
    # for speed: nearly all lines hold neither a mark nor three blanks
    if text.isascii() and text.isprintable() and not ("|" in text or ">" in text or "   " in text):
        return False
    return len(_ROW.findall(text)) >= 2


def _own_line_credit(line: Line, rules: Rules, *, near_end: bool) -> bool:
    bracketed = line.text[0] in "([" and line.text.rstrip(".")[-1:] in ")]"
    inner = line.text.rstrip(". ").strip("()[] ")
    found, agency = signature(inner, initials=bracketed)
    if found and (agency or bracketed):
        return True
    if bracketed and near_end and own_line_signature(inner):
        return True
    if not line.signing:
        return False
    if rules.credit["whole"].at(line.words, 0, to_the_end=True):
        return True
    if line.size > 14 or not rules.credit["start"].at(line.words, 0):
        return bool(near_end and line.size <= 14 and rules.credit["anywhere"].anywhere(line.words))
    # "Von Anna Beispiel" and "By A. N. Other and Eva Muster", not "Von hier aus geht es weiter."
    rest = line.text.split()[1:]
    names = [word for word in rest if _NAME.match(word)]
    small = sum(word[0].islower() for word in names)
    return bool(names) and small * 3 <= len(names) and line.text[-1:] not in ".!?:"


def _is_dated(line: Line, rules: Rules) -> bool:
    if "#" not in line.words:
        return False
    other = sum(w != "#" and w not in rules.dates and w not in "()" for w in line.words)
    month = any(word in rules.months for word in line.words)
    return other <= 3 and (month or bool(_CLOCK.search(line.text))) and other < len(line.words) / 2


def _mark_title(lines: Sequence[Line], title: str) -> None:
    """Mark where the given title stands; the last place before the text counts as the headline."""
    wanted = [word for word in words_of(title) if word not in "()"]
    if len(wanted) < 2:
        return
    paragraphs = 0
    for line in lines:
        paragraphs += line.proper
        brackets = line.text.count("(") + line.text.count(")")
        if not len(wanted) <= line.count <= len(wanted) + AROUND + brackets:
            continue
        words = [word for word in line.words if word not in "()"]
        same = words == wanted
        if paragraphs > 1:  # below the lead it is a link to the same page
            if same:
                line.part, line.reason = "furniture", "the title again"
            continue
        # "Headline | Daily Example", "Section: Headline": a little more than the title
        around = (
            len(wanted) >= 4
            and len(words) <= len(wanted) + AROUND
            and (words[: len(wanted)] == wanted or words[-len(wanted) :] == wanted)
        )
        if same or (around and not line.proper and not line.ended):
            line.part, line.reason, line.end = "title", "the given title", False


def _fill_blocks(lines: Sequence[Line]) -> None:
    """A short line between two lines of one notice belongs to the notice."""
    known = [n for n, line in enumerate(lines) if line.reason in NOTICES]
    for one, two in pairwise(known):
        between = lines[one + 1 : two]
        if 0 < len(between) <= 2 and not any(x.proper or x.part for x in between):
            for line in between:
                line.part, line.reason = "furniture", f"between two lines: {lines[one].reason}"


def _headline_shaped(line: Line) -> bool:
    return not line.part and 2 <= line.size <= HEADLINE_WORDS and not line.bullet


def _read_head(lines: Sequence[Line], first: int, known: bool, clean: bool) -> None:
    """Title and kicker in the lines before the running text."""
    titled = [n for n in range(min(first + 1, len(lines))) if lines[n].part == "title"]
    if titled:
        _mark_kicker(lines, titled[-1], clean)
        return
    for n, line in enumerate(lines[:3]):
        if line.part == "furniture":  # "Share" and "Share" are no headline
            continue
        # the page's own title, "Headline | Daily Example", and the headline again
        pieces = re.split(r"\s[|–—›»·-]\s", line.text)
        for later in lines[n + 1 : first]:
            if later.size >= 3 and later.text in (line.text, *pieces):
                later.part, later.reason = "title", "headline, as in the page's title"
                line.part, line.reason = "title", "the page's title"
                _mark_kicker(lines, lines.index(later), clean)
                return
    if known and not clean:
        return
    group: list[int] = []
    for n in range(first - 1, max(-1, first - 1 - ABOVE), -1):
        line = lines[n]
        if _headline_shaped(line) and (line.weight <= 0 or not line.ended):
            group.insert(0, n)
        elif group and line.reason not in BETWEEN:
            break
        if len(group) == 4:
            break
    if not group and not known and clean and first < len(lines) - 1:
        opening = lines[first]
        if not opening.part and 2 <= opening.size <= 14 and opening.text[-1] in "?!":
            opening.part, opening.reason = "title", "short question or call before the text"
        return
    if group:
        if known and len(group) == 1 and lines[group[0]].size <= SECTION_WORDS:
            lines[group[0]].part, lines[group[0]].reason = "kicker", "short line above the text"
            return
        best = max(group[-3:], key=lambda n: (min(lines[n].size, 14), -n))
        lines[best].part, lines[best].reason = "title", "headline-shaped line before the text"
        _mark_kicker(lines, best, clean)


def _mark_kicker(lines: Sequence[Line], title: int, clean: bool) -> None:
    if title == 0:
        return
    above = lines[title - 1]
    if not above.part and above.size <= KICKER_WORDS and not above.proper:
        above.part, above.reason = "kicker", "short line above the headline"


def _end_at_credit(
    lines: Sequence[Line], start: int, end: int, rules: Rules, signs: Container[str]
) -> int:
    """Behind a signed paragraph or an end mark the article is over, unless paragraphs follow."""
    last = next((n for n in range(end - 1, start, -1) if lines[n].proper and not lines[n].part), -1)
    if last <= 0:
        return end
    if closing_credit(lines[last].text, rules, known=signs)[0] > 0:
        return last + 1
    # "More on this story": the links below it are no part of the article
    return next((n for n in range(last + 1, end) if lines[n].end), end)


def _is_short(line: Line) -> bool:
    return not line.part and line.weight <= 0 and not line.bullet


def _read_body(lines: Sequence[Line], start: int, end: int, *, lists: bool) -> None:
    """Body, subheadings and fragments inside the article; `lists`: whether there may be lists."""
    n = start
    while n < end:
        line = lines[n]
        if line.part:
            n += 1
            continue
        if line.joined or (n + 1 < end and lines[n + 1].joined):
            line.part, line.reason = "body", "part of a broken sentence"
            n += 1
            continue
        if not _is_short(line):
            heading = _is_question_heading(lines, n)
            line.part = "subheading" if heading else "body"
            line.reason = "short question between paragraphs" if heading else "running text"
            n += 1
            continue
        stop = n
        while stop < end and _is_short(lines[stop]):
            stop += 1
        _read_short(lines, n, stop, lists=lists)
        n = stop


def _read_short(lines: Sequence[Line], start: int, stop: int, *, lists: bool) -> None:
    """A run of short lines inside the article: a subheading, or a list of links."""
    after = lines[stop] if stop < len(lines) else None
    for n in range(start, stop):
        line = lines[n]
        following = lines[n + 1] if n + 1 < len(lines) else after
        if stop - start >= RUN and lists:
            line.part, line.reason = "body", "list or table inside the article"
        elif stop - start >= RUN:
            line.part, line.reason = "furniture", "one of several short lines without a sentence"
        elif line.size <= SUBHEADING_WORDS and following is not None:
            line.part, line.reason = "subheading", "short line between paragraphs"
        else:
            line.part, line.reason = "body", "inside the article"


def _is_question_heading(lines: Sequence[Line], n: int) -> bool:
    line = lines[n]
    if line.text[-1] not in "?!" or line.size > 12 or line.stops >= 0.25 or line.size < 2:
        return False
    around = [*lines[max(0, n - 1) : n], *lines[n + 1 : n + 2]]
    return len(around) == 2 and all(other.proper for other in around)


def _keep_what_there_is(lines: Sequence[Line]) -> None:
    """Where nothing looks like running text, lines that no rule knows stay (headlines, verse)."""
    for line in lines:
        if not line.part and line.size >= 4:
            line.part, line.reason = "body", "no running text on this page, so this is kept"
    if any(line.part == "body" for line in lines):
        return
    for line in lines:
        if line.part in {"title", "caption"} and line.size >= PROPER_WORDS:
            line.part, line.reason = "body", "the only text on this page"
            return


def _split_signatures(
    lines: list[Line], rules: Rules, places: Container[str], signs: Container[str]
) -> list[Line]:
    """Dateline off the first paragraphs, credit off the last one."""
    body = [n for n, line in enumerate(lines) if line.part == "body"]
    pieces: dict[int, list[Line]] = {}
    for n in body[:4]:  # a caption that looks like a sentence and the lead may stand above
        found = dateline(lines[n].text, rules, known=places)
        head = lines[n].text[: found.end] if found else ""
        # in an interview the same name opens other paragraphs as well
        if found and not any(m != n and lines[m].text.startswith(head) for m in body):
            rest = lines[n].text[found.end :].lstrip()
            place = Line(lines[n].number, lines[n].text[: found.end].rstrip(), part="dateline")
            place.reason, place.gap = f"place: {found.place}", lines[n].gap
            body_piece = Line(lines[n].number, rest, part="body", reason=lines[n].reason, gap=True)
            body_piece.size, body_piece.proper = lines[n].size, lines[n].proper
            pieces[n] = [place, body_piece]
            break
    for n in body[-1:]:
        last = pieces.get(n, [lines[n]])[-1]
        at, _, _ = closing_credit(last.text, rules, known=signs)
        if at > 0:
            credit = Line(last.number, last.text[at:].strip(), part="credit", reason="signature")
            credit.gap = False
            kept = Line(last.number, last.text[:at].rstrip(), part="body", reason=last.reason)
            kept.gap, kept.size, kept.proper = last.gap, last.size, last.proper
            kept.joined = last.joined
            pieces[n] = [*pieces.get(n, [lines[n]])[:-1], kept, credit]
    return [piece for n, line in enumerate(lines) for piece in pieces.get(n, [line])]


def _mark_lead(lines: Sequence[Line]) -> None:
    """The first paragraph under a headline is the lead, when it is short and more follows."""
    body = [n for n, line in enumerate(lines) if line.part == "body"]
    if len(body) < 2:
        return
    first, second = body[0], body[1]
    titled = any(line.part in {"title", "kicker", "caption"} for line in lines[:first])
    dated = [n for n, line in enumerate(lines) if line.part == "dateline"]
    # Headline, one more line, a paragraph, then the dateline: that line stood under a picture.
    between = [n for n in body if dated and n < dated[0]]
    if titled and len(between) == 2 and lines[first].size <= 25 and not has_sentences(lines[first]):
        lines[first].part, lines[first].reason = "caption", "between headline and lead"
        first, second = second, body[2]
    before_dateline = bool(dated) and first < dated[0] < second + 1
    if dated and dated[0] < first:
        return
    if (titled or before_dateline) and lines[first].size <= LEAD_WORDS:
        lines[first].part, lines[first].reason = "lead", "first paragraph under the headline"
