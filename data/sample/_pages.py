"""A story becomes an outlet's scraped page, with the gold part of every line."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from typing import Any

from _writing import MONTHS, Pack, Story

Outlet = dict[str, Any]  # one entry of outlets.yml


@dataclass(frozen=True)
class Line:
    """One line of a scraped page: as it stands there, and its parts with their clean text."""

    raw: str
    parts: tuple[tuple[str, str], ...]


Block = list[Line]


def plain(part: str, text: str) -> Line:
    """A line that is of one part throughout."""
    return Line(text, ((part, text.strip()),))


def restyled(text: str, outlet: Outlet) -> str:
    """The text with the outlet's quotation marks and apostrophes."""
    marks = {
        "straight": str.maketrans("“”’", '""\''),
        "curly": str.maketrans("'", "’"),
        "german": {},
        "guillemets": str.maketrans("„“", "»«"),
    }
    return text.translate(marks[outlet["quotes"]])


def garbled(text: str) -> str:
    """The text as it looks when its UTF-8 bytes are taken for Windows-1252."""

    def character(byte: int) -> str:
        try:
            return bytes([byte]).decode("cp1252")
        except UnicodeDecodeError:  # five bytes mean nothing there; browsers show a control code
            return chr(byte)

    return "".join(character(byte) for byte in text.encode("utf-8"))


def long_date(date: dt.date, language: str) -> str:
    """A date as a page shows it."""
    month = MONTHS[language][date.month - 1]
    return f"{month} {date.day}, 2023" if language == "en" else f"{date.day}. {month} 2023"


@dataclass
class Page:
    """Builds one page; `headlines` are other stories' titles for the page's links."""

    outlet: Outlet
    pack: Pack
    rng: random.Random
    date: dt.date
    agency: str
    headlines: tuple[str, str]

    def furniture(self, text: str) -> Block:
        """A piece of page furniture, one or more lines."""
        values = {
            "{title2}": self.headlines[1],
            "{title}": self.headlines[0],
            "{date}": long_date(self.date, self.pack.language),
            "{digit}": str(self.rng.randint(2, 8)),
        }
        for slot, value in values.items():
            text = text.replace(slot, value)
        return [plain("furniture", line) for line in text.splitlines() if line.strip()]

    def some(self, items: list[str], counts: tuple[int, ...]) -> list[Block]:
        """A random few of the outlet's pieces of furniture, in their usual order."""
        count = min(len(items), self.rng.choice(counts))
        picked = sorted(self.rng.sample(range(len(items)), count))
        return [self.furniture(items[i]) for i in picked]

    def caption(self, short: str, long: str) -> Block:
        """A picture's caption; some pages carry it twice with a lone plus sign between."""
        block = [plain("caption", long)]
        if self.outlet["plus"]:
            block = [plain("caption", short), plain("furniture", "+"), *block]
        if self.rng.random() < 0.7:
            photographer = self.rng.choice(self.pack.slots["photographer"])
            credit = self.rng.choice(self.outlet["photo"])
            credit = credit.replace("{photographer}", photographer)
            block += self.furniture(credit.replace("{agency}", self.some_agency()))
        return block

    def some_agency(self) -> str:
        """The story's agency, or any where the story has none."""
        return self.agency or "ABX"

    def dateline(self, story: Story, text: str) -> Line:
        """The first body line, with the place in front."""
        shown = self.outlet["dateline"]
        if "{agency}" in shown and not self.agency:
            shown = shown.replace(" ({agency})", "")
        shown = shown.replace("{place}", story.place).replace("{PLACE}", story.place.upper())
        shown = shown.replace("{agency}", self.agency)
        return Line(shown + text, (("dateline", shown.strip()), ("body", text)))

    def credit(self) -> str:
        """The line's end that says who wrote it."""
        forms = self.outlet["credit"]
        if not self.agency:
            return f"({self.rng.choice(self.outlet['signs'])})"
        form = self.rng.choice([form for form in forms if "{agency}" in form])
        sign = self.rng.choice(self.outlet["signs"])
        return str(form.replace("{sign}", sign).replace("{agency}", self.agency))

    def last(self, line: Line) -> Line:
        """The last body line with credit and, on some pages, a link glued to it."""
        raw, parts = line.raw, line.parts
        if self.agency or self.rng.random() < 0.4:
            credit = self.credit()
            inside = raw.endswith(".") and self.rng.random() < 0.4
            raw = f"{raw[:-1]} {credit}." if inside else f"{raw} {credit}"
            parts = (*parts, ("credit", credit))
        glue = self.rng.choice(self.outlet["glue"])
        if glue:
            glue = glue.replace("{digit}", str(self.rng.randint(2, 8)))
            raw = f"{raw}{glue}"
            parts = (*parts, ("furniture", glue))
        return Line(raw, parts)

    def body(self, story: Story) -> list[Block]:
        """Paragraphs with subheadings, a second caption and furniture between them."""
        texts = [" ".join(s.text for s in paragraph) for paragraph in story.paragraphs]
        found = [plain("body", text) for text in texts]
        if self.rng.random() < 0.8:
            found[0] = self.dateline(story, texts[0])
        found[-1] = self.last(found[-1])
        between: dict[int, list[Block]] = {}
        gaps = list(range(1, len(found)))
        places = sorted(self.rng.sample(gaps, min(len(gaps), len(story.subheadings))))
        for place, text in zip(places, story.subheadings, strict=False):
            between[place] = [[plain("subheading", text)]]
        if story.captions[1:] and gaps:
            extra = self.caption(*story.captions[1])
            between.setdefault(self.rng.choice(gaps), []).insert(0, extra)
        if gaps and self.rng.random() < 0.6:
            extra = self.furniture(self.rng.choice(self.outlet["middle"]))
            between.setdefault(self.rng.choice(gaps), []).insert(0, extra)
        blocks = []
        for position, line in enumerate(found):
            blocks += [*between.get(position, []), [line]]
        return blocks

    def build(self, story: Story) -> list[Block]:
        """All blocks of the page from top to bottom."""
        blocks = self.some(self.outlet["top"], (0, 1, 1, 2))
        if self.rng.random() < 0.7:
            blocks.append([plain("kicker", story.kicker)])
        if self.outlet["title_in_text"]:
            blocks.append([plain("title", story.title)])
        blocks += self.some(self.outlet["after_title"], (0, 1))
        if story.captions:
            blocks.append(self.caption(*story.captions[0]))
        blocks.append([plain("lead", " ".join(s.text for s in story.lead))])
        blocks += self.body(story)
        blocks += self.some(self.outlet["bottom"], (0, 1, 1, 2))
        return blocks


def page_text(blocks: list[Block], outlet: Outlet) -> str:
    """The page as one string."""
    gap = "\n\n" if outlet["gap"] == "blank" else "\n"
    return gap.join("\n".join(line.raw for line in block) for block in blocks)
