"""Which outlet publishes what on which day: the plan of the sample corpus, carried out."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml
from _pages import Block, Outlet, Page, restyled
from _writing import Pack, Sentence, Story, Writer, edited, read_pack

HERE = Path(__file__).resolve().parent
OUTLETS: dict[str, Any] = yaml.safe_load((HERE / "outlets.yml").read_text(encoding="utf-8"))
SEED = 2023
START = dt.date(2023, 1, 2)  # a Monday
WEEKS = 20
SHIFT_WEEK = 11
SHIFT_FRAME = "Security and defense"
SHIFT_FACTOR = 2
# Kinds of the copies of a wire story, used in turn: seven copies in five stories.
WIRE_KINDS = (
    ("verbatim",),
    ("edited",),
    ("verbatim", "edited"),
    ("edited",),
    ("verbatim", "verbatim"),
)
WIRES, NEARS = 15, 5  # per language, each in a week of its own
GARBLED = {"afz": 3, "eab": 2, "wtb": 1, "nhp": 1, "dhy": 1}
ALIAS_SHARE = 0.2


@dataclass
class Article:
    """One planned article; story and page follow once all are numbered."""

    outlet: Outlet
    week: int
    date: dt.date
    group: str = ""
    kind: str = "own"  # own | original | verbatim | edited | near
    id: str = ""
    special: str = ""
    agency: str = ""
    story: Story | None = None
    blocks: list[Block] | None = None
    written: str = ""  # the outlet's name as the file spells it


def stream(name: str) -> random.Random:
    """A stream of random numbers of its own, so that one part's change leaves others alone."""
    return random.Random(f"{SEED} {name}")


def schedule(outlets: list[Outlet]) -> list[Article]:
    """Three or four articles a week and outlet, 400 in all."""
    articles = []
    for position, outlet in enumerate(outlets):
        rng = stream(f"days {outlet['code']}")
        for week in range(1, WEEKS + 1):
            count = 4 if (position + week) % 3 == 0 else 3
            monday = START + dt.timedelta(weeks=week - 1)
            for day in sorted(rng.sample(range(7), count)):
                articles.append(Article(outlet, week, monday + dt.timedelta(days=day)))
    return articles


def plant(articles: list[Article], language: str) -> None:
    """Give some articles over to wire stories and to reports on the same event."""
    rng = stream(f"wires {language}")
    outlets = sorted({a.outlet["code"] for a in articles if a.outlet["language"] == language})
    weeks = rng.sample(range(1, WEEKS + 1), WIRES + NEARS)
    for number, week in enumerate(weeks):
        wire = number < WIRES
        size = len(WIRE_KINDS[number % 5]) + 1 if wire else 2
        day = START + dt.timedelta(weeks=week - 1, days=rng.randrange(6))
        group = f"{language}-{'wire' if wire else 'event'}-{number + 1:02}"
        for code in rng.sample(outlets, size):
            same = [a for a in articles if a.outlet["code"] == code and a.week == week]
            article = min(same, key=lambda a: (abs((a.date - day).days), a.date))
            article.date = day + dt.timedelta(days=rng.choice((0, 1)))
            article.group, article.kind = group, "original" if wire else "near"


def name(articles: list[Article]) -> list[Article]:
    """Number the articles of each outlet by date and settle who was first with a wire story."""
    articles = sorted(articles, key=lambda a: (a.outlet["code"], a.date, a.group))
    counts: dict[str, int] = {}
    for article in articles:
        code = article.outlet["code"]
        counts[code] = counts.get(code, 0) + 1
        article.id = f"{code}-{counts[code]:03}"
    for group, members in groups(articles).items():
        rng = stream(f"agency {group}")
        agencies = OUTLETS["agencies"][group[:2]]
        agency = rng.choice(agencies)
        kinds = WIRE_KINDS[(int(group[-2:]) - 1) % 5]
        for article, kind in zip(members, ("original", *kinds), strict=False):
            article.agency = agency
            article.kind = kind if article.kind == "original" else article.kind
    return articles


def groups(articles: list[Article]) -> dict[str, list[Article]]:
    """Members of each planted group, earliest first."""
    found: dict[str, list[Article]] = {}
    for article in sorted(articles, key=lambda a: (a.group, a.date, a.id)):
        if article.group:
            found.setdefault(article.group, []).append(article)
    return found


def mark(articles: list[Article]) -> None:
    """Choose the dateless, the empty and the garbled articles among the ordinary ones."""
    rng = stream("special")

    def pick(code: str, count: int) -> list[Article]:
        free = [a for a in articles if a.outlet["code"] == code and a.kind == "own"]
        return rng.sample([a for a in free if not a.special], count)

    pick("gwc", 1)[0].special = "dateless"
    pick("afz", 1)[0].special = "empty"
    for code, count in GARBLED.items():
        for article in pick(code, count):
            article.special = "mojibake"


def full(profile: dict[str, float]) -> dict[str, float]:
    """The profile with the frames it does not name, so that it sums to one."""
    others = OUTLETS["other_frames"]
    rest = 1 - sum(profile.values())
    return profile | {frame: round(rest / len(others), 4) for frame in others}


def shifted(profile: dict[str, float]) -> dict[str, float]:
    """The profile with the shifted frame's share multiplied and the others shrunk to fit."""
    before = profile[SHIFT_FRAME]
    after = before * SHIFT_FACTOR
    scale = (1 - after) / (1 - before)
    return {
        frame: round(after if frame == SHIFT_FRAME else share * scale, 4)
        for frame, share in profile.items()
    }


def profile_of(article: Article) -> dict[str, float]:
    """Frame probabilities of this article's outlet in this article's week."""
    profile = full(article.outlet["profile"])
    moved = article.outlet.get("shift") and article.week >= SHIFT_WEEK
    return shifted(profile) if moved else profile


@dataclass
class Bag:
    """Frames drawn like slips from a bag that is filled in a profile's proportions.

    Each slip is drawn with the profile's probability, but the shares that come out stay close
    to it: with independent draws, 27 articles would scatter too far to show what was planted.
    """

    profile: dict[str, float]
    size: int
    rng: random.Random
    left: list[str] = field(default_factory=list)

    def draw(self) -> str:
        """The next frame."""
        if not self.left:
            exact = {frame: share * self.size for frame, share in self.profile.items()}
            self.left = [frame for frame, share in exact.items() for _ in range(int(share))]
            rest = {frame: share % 1 for frame, share in exact.items()}
            while len(self.left) < self.size:
                frame = self.rng.choices(list(rest), list(rest.values()))[0]
                self.left.append(frame)
                rest[frame] = 0.0 if sum(map(bool, rest.values())) > 1 else rest[frame]
            self.rng.shuffle(self.left)
        return self.left.pop()


class Agenda:
    """What an outlet writes about in one phase: a main frame for each article, and others."""

    def __init__(self, profile: dict[str, float], name: str) -> None:
        self.profile = profile
        self.mains = Bag(profile, 27, stream(f"main frames {name}"))  # own articles in ten weeks
        self.rng = stream(f"other frames {name}")
        self.owed = dict.fromkeys(profile, 0.0)  # sentences the profile asks for and did not get

    def frames(self, count: int) -> list[str]:
        """Frames of one article, the main one first and in four of ten further sentences.

        The others are drawn from what the earlier articles left owing, so that a phase's
        sentences come close to its profile although each article leans to its main frame.
        """
        main = self.mains.draw()
        drawn = [main] * (round(0.4 * (count - 1)) + 1)
        for frame, share in self.profile.items():
            self.owed[frame] += share * count
        self.owed[main] -= len(drawn)
        while len(drawn) < count:
            wish = [max(owed, 0.0) ** 2 for owed in self.owed.values()]
            frame = self.rng.choices(list(self.owed), wish)[0]
            self.owed[frame] -= 1
            drawn.append(frame)
        return drawn


class Agendas(dict[tuple[str, bool], Agenda]):
    """One agenda for each outlet before and after the shift, made when first needed."""

    def of(self, article: Article) -> Agenda:
        """The agenda an article is written under."""
        key = article.outlet["code"], article.week >= SHIFT_WEEK
        if key not in self:
            self[key] = Agenda(profile_of(article), f"{key[0]} {key[1]}")
        return self[key]


def restyle(story: Story, outlet: Outlet) -> Story:
    """The story in the outlet's own typography."""

    def sentence(s: Sentence) -> Sentence:
        return replace(s, text=restyled(s.text, outlet), speaker=restyled(s.speaker, outlet))

    return replace(
        story,
        kicker=restyled(story.kicker, outlet),
        title=restyled(story.title, outlet),
        lead=tuple(map(sentence, story.lead)),
        paragraphs=tuple(tuple(map(sentence, p)) for p in story.paragraphs),
        subheadings=tuple(restyled(text, outlet) for text in story.subheadings),
        captions=tuple((restyled(a, outlet), restyled(b, outlet)) for a, b in story.captions),
    )


def write_stories(articles: list[Article], pack: Pack) -> None:
    """Write every story of one language: the agencies' first, then the outlets' own."""
    mine = [a for a in articles if a.outlet["language"] == pack.language]
    wire = Agenda(full(OUTLETS["wire"]), f"wire {pack.language}")
    agendas = Agendas()
    writer = Writer(pack, stream(f"stories {pack.language}"))
    for members in groups(mine).values():
        if members[0].kind == "near":
            write_event(writer, members, agendas)
        else:
            write_wire(writer, members, wire)
    for article in mine:
        if article.story is None and article.special != "empty":
            frames = agendas.of(article).frames(writer.rng.randint(7, 10))
            story = writer.story(frames, article.date, neutral=writer.rng.randint(3, 5))
            article.story = restyle(story, article.outlet)
            if writer.rng.random() < 0.25:
                article.agency = writer.rng.choice(OUTLETS["agencies"][pack.language])


def write_wire(writer: Writer, members: list[Article], wire: Agenda) -> None:
    """One agency's story, as each outlet prints it."""
    first = members[0]
    copies: list[Story | None] = [None]
    while None in copies:  # a story that no desk can reword is written anew
        story = writer.story(wire.frames(11), first.date, neutral=6)
        copies = [print_wire(writer, story, article) for article in members]
    for article, copy in zip(members, copies, strict=True):
        article.story = copy


def print_wire(writer: Writer, story: Story, article: Article) -> Story | None:
    """The agency's story as one outlet prints it, None where the story allows no edit."""
    if article.kind != "edited":
        return story
    return edited(story, writer.headline(story, article.date), writer.pack, writer.rng)


def write_event(writer: Writer, members: list[Article], agendas: Agendas) -> None:
    """Two reports on one event: some sentences alike (an agency's, a quote), the rest their own."""
    first, second = members
    frames = agendas.of(first).frames(9)
    first.story = writer.story(frames, first.date, neutral=4)
    body = [s for paragraph in first.story.paragraphs for s in paragraph]
    keep = tuple(writer.rng.sample(body, writer.rng.choice((7, 8, 9))))
    own = [frames[0], *agendas.of(second).frames(9)[len(keep) - 1 :]]
    second.story = writer.story(own, second.date, neutral=2, keep=keep)


def build_pages(articles: list[Article], packs: dict[str, Pack]) -> None:
    """Build every article's scraped page."""
    for article in articles:
        rng = stream(f"page {article.id}")
        outlet = article.outlet
        aliases = rng.random() < ALIAS_SHARE and outlet.get("alias")
        article.written = outlet["alias"] if aliases else outlet.get("slug", outlet["name"])
        if article.story is None:
            article.blocks = []
            continue
        titles = sorted(
            a.story.title for a in articles if a.story and a.outlet is outlet and a is not article
        )
        one, two = rng.sample(titles, 2)
        page = Page(
            outlet, packs[outlet["language"]], rng, article.date, article.agency, (one, two)
        )
        article.blocks = page.build(article.story)


def corpus() -> tuple[list[Article], dict[str, Pack]]:
    """All articles with their stories and pages, and the language packs they come from."""
    packs = {code: read_pack(HERE / "sentences" / f"{code}.yml") for code in ("en", "de")}
    articles = schedule(OUTLETS["outlets"])
    for language in packs:
        plant(articles, language)
    articles = name(articles)
    mark(articles)
    for pack in packs.values():
        write_stories(articles, pack)
    build_pages(articles, packs)
    return articles, packs
