"""Templates become sentences, sentences become stories (see README.md beside this file)."""

from __future__ import annotations

import datetime as dt
import random
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

NEUTRAL = ""
SLOT = re.compile(r"\{(\w+)\}")
# <Coastal Command> or <Küstenkommandos|Küstenkommando>: an institution that speaks, and its name
SPOKEN = re.compile(r"<([^>|]+)\|?([^>]*)>")
WORD = re.compile(r"\w+")
SHORTEST = 150  # words of lead and body: below that, tools that drop short texts would drop ours

# Ranges of the number slots; the number of digits decides how a number is written.
NUMBERS = {
    "n": (3, 12),
    "nn": (14, 95),
    "hundreds": (120, 980),
    "thousands": (1200, 48000),
    "pct": (21, 74),
    "millions": (15, 900),
    "year": (1987, 2016),
}
SMALL = {
    "en": ["three", "four", "five", "six", "seven", "eight", "nine", "10", "11", "12"],
    "de": ["drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"],
}
WEEKDAYS = {
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    "de": ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
}
MONTHS = {
    "en": ["January", "February", "March", "April", "May"],
    "de": ["Januar", "Februar", "März", "April", "Mai"],
}


@dataclass(frozen=True)
class Template:
    """One hand-written sentence with slots, and the frames it carries."""

    key: str
    text: str
    frame: str
    frame2: str = ""


@dataclass(frozen=True)
class Sentence:
    """One filled sentence of a story; `speaker` is empty where nobody speaks."""

    text: str
    frame: str
    frame2: str
    speaker: str
    template: str


@dataclass(frozen=True)
class Story:
    """What an article says, before any outlet's page is built around it."""

    kicker: str
    title: str
    lead: tuple[Sentence, ...]
    paragraphs: tuple[tuple[Sentence, ...], ...]
    subheadings: tuple[str, ...]
    captions: tuple[tuple[str, str], ...]
    main: str
    place: str

    @property
    def sentences(self) -> list[Sentence]:
        """Lead and body sentences in reading order."""
        return [*self.lead, *(s for paragraph in self.paragraphs for s in paragraph)]

    @property
    def body(self) -> str:
        """Lead and body as a perfect cleaner would leave them."""
        blocks = [self.lead, *self.paragraphs]
        return "\n\n".join(" ".join(s.text for s in block) for block in blocks)


@dataclass(frozen=True)
class Pack:
    """All that is hand-written for one language."""

    language: str
    sentences: dict[str, list[Template]]
    leads: dict[str, list[Template]]
    headlines: dict[str, list[str]]
    subheadings: dict[str, list[str]]
    kickers: list[str]
    captions: list[str]
    slots: dict[str, list[str]]
    speakers: dict[str, list[tuple[str, str]]]
    swaps: list[tuple[str, str]]


def lines(block: str) -> list[str]:
    """The non-empty lines of a YAML block, one item a line."""
    return [line.strip() for line in block.splitlines() if line.strip()]


def pair(line: str, mark: str) -> tuple[str, str]:
    """Both sides of `left <mark> right`."""
    left, right = line.split(f" {mark} ")
    return left.lstrip(), right.rstrip()


def templates(groups: dict[str, str], prefix: str) -> dict[str, list[Template]]:
    """Templates by (first) frame; a group `A + B` holds sentences that carry both."""
    found: dict[str, list[Template]] = {}
    count = 0
    for name, block in groups.items():
        frame, _, frame2 = name.partition(" + ")
        frame = NEUTRAL if frame == "none" else frame
        for text in lines(block):
            count += 1
            found.setdefault(frame, []).append(Template(f"{prefix}{count:03}", text, frame, frame2))
    return found


def read_pack(path: Path) -> Pack:
    """Read one language's sentence file."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    language = path.stem
    return Pack(
        language=language,
        sentences=templates(raw["sentences"], f"{language}-s"),
        leads=templates(raw["leads"], f"{language}-l"),
        headlines={frame: lines(block) for frame, block in raw["headlines"].items()},
        subheadings={frame: lines(block) for frame, block in raw["subheadings"].items()},
        kickers=lines(raw["kickers"]),
        captions=lines(raw["captions"]),
        slots={slot: lines(block) for slot, block in raw["slots"].items()},
        speakers={
            kind: [pair(line, "=") for line in lines(block)]
            for kind, block in raw["speakers"].items()
        },
        swaps=[pair(line, "=>") for line in lines(raw["swaps"])],
    )


def number(slot: str, language: str, rng: random.Random) -> str:
    """A number as the language's newspapers write it."""
    low, high = NUMBERS[slot]
    value = rng.randint(low, high)
    if slot == "n":
        return SMALL[language][value - low]
    if slot == "thousands":
        value = round(value, -2)
        return f"{value:,}" if language == "en" else f"{value:,}".replace(",", ".")
    if slot == "hundreds":
        value = round(value, -1)
    return str(value)


@dataclass
class Deck:
    """Templates drawn without replacement, so that all are used about equally often."""

    items: list[Template]
    rng: random.Random
    left: list[Template] = field(default_factory=list)

    def draw(self, avoid: set[str]) -> Template:
        """The next template whose key is not in `avoid`."""
        for _ in range(2):
            for position, item in enumerate(self.left):
                if item.key not in avoid:
                    return self.left.pop(position)
            fresh = list(self.items)
            self.rng.shuffle(fresh)
            self.left += fresh
        raise ValueError(f"too few templates for {self.items[0].frame or 'none'!r}")


@dataclass
class Filler:
    """Fills the slots of one story: its day, and who has already spoken in it."""

    pack: Pack
    rng: random.Random
    date: dt.date
    spoken: list[str] = field(default_factory=list)

    def fill(self, text: str) -> tuple[str, str]:
        """The filled text and the speaker's name (empty where nobody speaks)."""
        used: list[str] = []
        speaker = ""

        def value(match: re.Match[str]) -> str:
            nonlocal speaker
            slot = match[1]
            if slot in self.pack.speakers:
                speaker, shown = self.speaker(slot)
                return shown.replace("()", speaker)
            found = self.plain(slot, used)
            used.append(found)
            return found

        filled = SLOT.sub(value, text)
        institution = SPOKEN.search(filled)
        if institution:
            speaker = institution[2] or institution[1]
            filled = SPOKEN.sub(r"\1", filled)
        return filled[0].upper() + filled[1:], speaker

    def speaker(self, kind: str) -> tuple[str, str]:
        """A speaker of this kind, one who has not spoken yet where there is one."""
        people = self.pack.speakers[kind]
        free = [person for person in people if person[0] not in self.spoken] or people
        person = self.rng.choice(free)
        self.spoken.append(person[0])
        return person

    def plain(self, slot: str, used: list[str]) -> str:
        """A value for a slot that names no speaker."""
        language = self.pack.language
        if slot in NUMBERS:
            return number(slot, language, self.rng)
        if slot == "weekday":
            day = self.date - dt.timedelta(days=self.rng.choice((0, 1, 1)))
            return WEEKDAYS[language][day.weekday()]
        if slot == "month":
            return MONTHS[language][self.date.month - 1]
        values = self.pack.slots[slot]
        return self.rng.choice([value for value in values if value not in used] or values)

    def sentence(self, template: Template) -> Sentence:
        """A template with its slots filled."""
        text, speaker = self.fill(template.text)
        return Sentence(text, template.frame, template.frame2, speaker, template.key)


class Writer:
    """Writes stories in one language from one stream of random numbers."""

    def __init__(self, pack: Pack, rng: random.Random) -> None:
        self.pack = pack
        self.rng = rng
        self.decks = {frame: Deck(items, rng) for frame, items in pack.sentences.items()}
        self.lead_decks = {frame: Deck(items, rng) for frame, items in pack.leads.items()}

    def story(
        self,
        frames: list[str],
        date: dt.date,
        *,
        neutral: int,
        keep: tuple[Sentence, ...] = (),
    ) -> Story:
        """A story with a sentence for each of `frames`, the first in its lead.

        `keep` are sentences it shares with another story. Neutral sentences are added until the
        story is long enough for a news item.
        """
        filler = Filler(self.pack, self.rng, date, [s.speaker for s in keep])
        main, *others = frames
        lead = filler.sentence(self.lead_decks[main].draw(set()))
        avoid = {s.template for s in keep}
        chosen = list(keep)

        def add(frame: str) -> None:
            template = self.decks[frame].draw(avoid)
            avoid.add(template.key)
            chosen.append(filler.sentence(template))

        for frame in [*others, *[NEUTRAL] * neutral]:
            add(frame)
        while sum(len(s.text.split()) for s in [lead, *chosen]) < SHORTEST:
            add(NEUTRAL)
        return Story(
            kicker=filler.fill(self.rng.choice(self.pack.kickers))[0],
            title=filler.fill(self.rng.choice(self.pack.headlines[main]))[0],
            lead=(lead,),
            paragraphs=self.paragraphs(chosen, main),
            subheadings=self.subheadings(chosen, main),
            captions=self.captions(filler),
            main=main,
            place=filler.fill("{dateline}")[0],
        )

    def headline(self, story: Story, date: dt.date) -> str:
        """Another headline for a story."""
        filler = Filler(self.pack, self.rng, date)
        others = [t for t in self.pack.headlines[story.main] if not t.startswith(story.title[:6])]
        return filler.fill(self.rng.choice(others))[0]

    def paragraphs(self, chosen: list[Sentence], main: str) -> tuple[tuple[Sentence, ...], ...]:
        """Sentences ordered by frame, the main one first, neutral ones strewn in, two or three
        to a paragraph."""
        order: dict[str, int] = {main: 0}
        for sentence in chosen:
            order.setdefault(sentence.frame, len(order))
        framed = sorted((s for s in chosen if s.frame), key=lambda s: order[s.frame])
        for sentence in (s for s in chosen if not s.frame):
            framed.insert(self.rng.randint(0, len(framed)), sentence)
        blocks = []
        while framed:
            size = len(framed) if len(framed) <= 3 else self.rng.choice((2, 3))
            blocks.append(tuple(framed[:size]))
            framed = framed[size:]
        return tuple(blocks)

    def subheadings(self, chosen: list[Sentence], main: str) -> tuple[str, ...]:
        """Up to two subheadings from the frames that occur."""
        present = sorted({s.frame for s in chosen if s.frame in self.pack.subheadings} | {main})
        frames = self.rng.sample(present, min(len(present), self.rng.choice((0, 1, 1, 2))))
        return tuple(self.rng.choice(self.pack.subheadings[frame]) for frame in frames)

    def captions(self, filler: Filler) -> tuple[tuple[str, str], ...]:
        """Up to two captions, each short and long (pages often carry both)."""
        found = []
        for line in self.rng.sample(self.pack.captions, self.rng.choice((0, 1, 1, 2))):
            short, extra = pair(line, "|")
            state = self.rng.getstate()
            text = filler.fill(short)[0]
            self.rng.setstate(state)
            glue = "" if extra.startswith(",") else " "  # a clause follows, or a phrase
            found.append((text, filler.fill(f"{short}{glue}{extra}")[0]))
        return tuple(found)


def shingles(text: str) -> set[tuple[str, ...]]:
    """All runs of five words, lower-cased."""
    words = WORD.findall(text.lower())
    return {tuple(words[i : i + 5]) for i in range(len(words) - 4)}


def jaccard(one: set[tuple[str, ...]], other: set[tuple[str, ...]]) -> float:
    """Shared shingles over all shingles."""
    union = len(one | other)
    return len(one & other) / union if union else 0.0


def reworded(sentence: Sentence, swaps: list[tuple[str, str]]) -> Sentence:
    """The sentence with every phrase changed that the language's list knows.

    The left side is a pattern; a # at the end keeps a space that YAML would strip.
    """
    text = sentence.text
    for old, new in swaps:
        text = re.sub(old, new.removesuffix("#"), text)
    return replace(sentence, text=text)


def edited(story: Story, title: str, pack: Pack, rng: random.Random) -> Story | None:
    """A copy as a desk edits it: new headline, one sentence dropped, one paragraph reworded.

    Only edits that leave a 5-word-shingle Jaccard of .83 to .94 are taken: similar enough that
    every careful tool should call it a copy, far enough that equality does not find it. Of those
    above a floor drawn anew for each copy, it is the edit that rewords most. None where the
    list of wordings has nothing for this story.
    """
    base = shingles(story.body)
    options = []
    for number_, dropped in [(p, s) for p, par in enumerate(story.paragraphs) for s in par]:
        if len(story.paragraphs[number_]) < 2:
            continue
        for changed in range(len(story.paragraphs)):
            blocks = [list(paragraph) for paragraph in story.paragraphs]
            blocks[number_].remove(dropped)
            new = [reworded(s, pack.swaps) for s in blocks[changed]]
            if new == blocks[changed]:
                continue
            blocks[changed] = new
            copy = replace(story, title=title, paragraphs=tuple(map(tuple, blocks)))
            fresh = len(shingles(copy.body) - base)
            if 0.83 <= jaccard(base, shingles(copy.body)) <= 0.94:
                options.append((fresh, rng.random(), copy))
    if not options:
        return None
    floor = rng.choice((0.83, 0.85, 0.87, 0.89))  # desks differ in how much they touch
    light = [option for option in options if jaccard(base, shingles(option[2].body)) >= floor]
    return max(light or options, key=lambda option: option[:2])[2]
