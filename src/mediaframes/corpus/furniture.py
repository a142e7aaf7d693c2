"""What is furniture of a page: the rules per language, and the lines that recur in an outlet.

The rules are data (``rules/*.yml``), lists of phrases that a newcomer can read and extend. A
phrase is compared word by word, never as a regular expression, so its cost is linear in the line.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from mediaframes.corpus._words import (
    BEGINS_CREDIT,
    BEGINS_LINE,
    BEGINS_NOTICE,
    FUNCTION_WORD,
    OF_CREDIT,
    OF_LINE,
    OF_NOTICE,
    Table,
    word_table,
    words_of,
)

LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pl", "pt", "ru")
# How sources other than ISO 639-1 name a language that we have rules for.
LANGUAGE_NAMES = {
    "deutsch": "de",
    "german": "de",
    "ger": "de",
    "deu": "de",
    "english": "en",
    "englisch": "en",
    "eng": "en",
    "spanish": "es",
    "español": "es",
    "espanol": "es",
    "spa": "es",
    "french": "fr",
    "français": "fr",
    "francais": "fr",
    "fra": "fr",
    "fre": "fr",
    "italian": "it",
    "italiano": "it",
    "ita": "it",
    "dutch": "nl",
    "nederlands": "nl",
    "nld": "nl",
    "dut": "nl",
    "polish": "pl",
    "polski": "pl",
    "pol": "pl",
    "portuguese": "pt",
    "português": "pt",
    "portugues": "pt",
    "por": "pt",
    "russian": "ru",
    "русский": "ru",
    "rus": "ru",
}
MODES = ("whole", "start", "anywhere", "notice")
GAP = 4  # words that a lone * may stand for; enough for "unseren kostenlosen täglichen"
# A notice is longer than a link but no chapter. Most consent texts on the trafilatura pages have up
# to 90 words (a few up to 120); longer paragraphs are kept whatever phrase stands in them.
NOTICE_WORDS = 90
START_WORDS = 30  # a line of more words than this only begins like a link by chance
ANYWHERE_WORDS = 25
_NUMBERS_AND_BRACKETS = frozenset("#()")


def language_code(name: str) -> str:
    """The two-letter code of a language as sources write it.

    Examples
    --------
    >>> [language_code(name) for name in ("de-AT", "German", "EN", "deu")]
    ['de', 'de', 'en', 'de']
    """
    low = name.strip().lower()
    return LANGUAGE_NAMES.get(low, low[:2])


def _pattern(phrase: str) -> tuple[str, ...]:
    pattern: list[str] = []
    for piece in phrase.split():
        if piece == "*" or piece == "#":
            pattern.append(piece)
        elif piece.endswith("*"):
            pattern += [*words_of(piece[:-1])[:-1], words_of(piece[:-1])[-1] + "*"]
        else:
            pattern += words_of(piece)
    return tuple(pattern)


def _matches(words: Sequence[str], at: int, pattern: tuple[str, ...]) -> int:
    """Where the pattern ends when it begins at word `at`; -1 where it does not match."""
    for n, wanted in enumerate(pattern):
        if wanted == "*":
            for skip in range(GAP + 1):
                end = _matches(words, at + skip, pattern[n + 1 :])
                if end >= 0:
                    return end
            return -1
        if at >= len(words):
            return -1
        word = words[at]
        if wanted != word and not (wanted[-1] == "*" and word.startswith(wanted[:-1])):
            return -1
        at += 1
    return at


@dataclass(frozen=True)
class Phrases:
    """Phrases with what each stands for, found by their first word."""

    exact: dict[str, list[tuple[tuple[str, ...], str]]]
    prefixes: dict[str, list[tuple[tuple[str, ...], str]]]
    # For speed: a line without any of the phrases' longest words (`rare`), nor a word that
    # begins as a phrase without a whole word does (`stems`), holds none of them; nor does a line
    # of more words than the longest phrase, where it must be the whole line.
    rare: frozenset[str]
    stems: frozenset[str]
    longest: int

    @classmethod
    def of(
        cls, entries: Iterable[tuple[str, str]], *, common: frozenset[str] = frozenset()
    ) -> "Phrases":
        """Phrases and meanings; `common` words say little about whether a line holds a phrase."""
        exact: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        prefixes: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        for phrase, meaning in entries:
            pattern = _pattern(phrase)
            if not pattern:
                continue
            if pattern[0].endswith("*"):
                prefixes[pattern[0][:3]].append((pattern, meaning))
            else:
                exact[pattern[0]].append((pattern, meaning))
        patterns = [p for table in (exact, prefixes) for found in table.values() for p, _ in found]
        rare, stems = set(), set()
        for pattern in patterns:
            whole = [word for word in pattern if word[-1] != "*" and word != "#"]
            if whole:
                rare.add(max(whole, key=lambda word: (word not in common, len(word))))
            elif pattern[0] == "#":
                rare.add("#")
            else:
                stems.add(" " + pattern[0][:3])
        longest = max((len(p) + GAP * p.count("*") for p in patterns), default=0)
        return cls(dict(exact), dict(prefixes), frozenset(rare), frozenset(stems), longest)

    def at(self, words: Sequence[str], at: int, *, to_the_end: bool = False) -> str:
        """What the phrase at word `at` stands for, or nothing."""
        if at >= len(words):
            return ""
        word = words[at]
        for candidates in (self.exact.get(word), self.prefixes.get(word[:3])):
            for pattern, meaning in candidates or ():
                end = _matches(words, at, pattern)
                if end == len(words) or (end >= 0 and not to_the_end):
                    return meaning
        return ""

    def nowhere(self, words: Sequence[str]) -> bool:
        """Whether a quick look says that no phrase is in the line."""
        if not self.rare.isdisjoint(words):
            return False
        if not self.stems:
            return True
        line = " " + " ".join(words)
        for stem in self.stems:  # noqa: SIM110 - one or two; any() takes longer to set up
            if stem in line:
                return False
        return True

    def anywhere(self, words: Sequence[str]) -> str:
        """What the first phrase in the line stands for, or nothing."""
        if self.nowhere(words):
            return ""
        exact, prefixes = self.exact, self.prefixes
        for at, word in enumerate(words):
            if word in exact or (prefixes and word[:3] in prefixes):
                meaning = self.at(words, at)
                if meaning:
                    return meaning
        return ""


@dataclass(frozen=True)
class Rules:
    """The rules of one or several languages, ready to be asked."""

    furniture: dict[str, Phrases]
    ends: frozenset[str]
    credit: dict[str, Phrases]
    caption: dict[str, Phrases]
    dates: frozenset[str]
    months: frozenset[str]
    hanging: frozenset[str]
    stopwords: frozenset[str]
    site: frozenset[str]
    names: tuple[str, ...] = field(default=())

    @cached_property
    def table(self) -> Table:
        """Function words and the telling words of the phrases, as `tallied` wants them."""
        words = dict.fromkeys(self.stopwords, FUNCTION_WORD)
        kinds = []
        for mode, phrases in self.furniture.items():
            whole, begins = OF_LINE, BEGINS_LINE
            if mode == "notice":
                whole, begins = OF_NOTICE, BEGINS_NOTICE
            kinds += [(phrases.rare, whole), (phrases.stems, begins)]
        for phrases in self.credit.values():
            kinds += [(phrases.rare, OF_CREDIT), (phrases.stems, BEGINS_CREDIT)]
        for found, kind in kinds:
            for word in found:
                words[word.strip()] = words.get(word.strip(), 0) | kind
        return word_table(words)

    def may_tell(self, count: int, flags: int) -> bool:
        """Whether a line of so many words with these flags needs a look by `reason`."""
        notice = flags & (OF_NOTICE | BEGINS_NOTICE)
        if count <= START_WORDS:
            return (notice | flags & (OF_LINE | BEGINS_LINE)) > 0
        return count <= NOTICE_WORDS and notice > 0

    def may_sign(self, flags: int) -> bool:
        """Whether a phrase of credits may stand in a line with these flags."""
        return flags & (OF_CREDIT | BEGINS_CREDIT) > 0

    def reason(self, words: Sequence[str], *, proper: bool) -> tuple[str, bool]:
        """Why a line is furniture (or ``""``), and whether the article may end here.

        Parameters
        ----------
        words : sequence of str
            The line as `words_of` gives it.
        proper : bool
            Whether the line looks like a paragraph of running text: then only phrases that speak
            to the reader about the site count.
        """
        if len(words) <= START_WORDS:
            found, end = self._short(words, proper=proper)
            if found:
                return found, end
        if not proper and len(words) <= ANYWHERE_WORDS:
            anywhere = self.furniture["anywhere"].anywhere(words)
            if anywhere:
                return anywhere, False
        if len(words) <= NOTICE_WORDS:
            return self.furniture["notice"].anywhere(words), False
        return "", False

    def _short(self, words: Sequence[str], *, proper: bool) -> tuple[str, bool]:
        """Why a line of few words is furniture as a whole, or by how it begins."""
        candidates = [words]
        if not _NUMBERS_AND_BRACKETS.isdisjoint(words):
            bare = [word for word in words if word not in "()"]
            while bare and bare[0] == "#":
                bare = bare[1:]
            while bare and bare[-1] == "#":
                bare = bare[:-1]
            candidates = [bare, words]
        if len(candidates[0]) <= self.furniture["whole"].longest:
            for candidate in candidates:
                whole = self.furniture["whole"].at(candidate, 0, to_the_end=True)
                if whole:
                    return whole, whole in self.ends
        if proper:
            return "", False
        starts = (self.furniture["start"].at(candidate, 0) for candidate in reversed(candidates))
        return next(filter(None, starts), ""), False


def phrases_in(text: str) -> list[str]:
    """Phrases of a rule file, which stand between commas."""
    return [" ".join(phrase.split()) for phrase in text.split(",") if phrase.strip()]


@cache
def load_rules(name: str) -> Any:
    """One of the rule files, as plain types."""
    import yaml

    source = files("mediaframes.corpus") / "rules" / f"{name}.yml"

    return yaml.safe_load(source.read_text(encoding="utf-8"))


@cache
def rules_for(languages: tuple[str, ...]) -> Rules:
    """The rules of these languages together; all rules where a language has none.

    Examples
    --------
    >>> rules_for(("de",)).reason(words_of("Teilen auf Facebook"), proper=False)
    ('share line', False)
    >>> rules_for(("en",)).reason(words_of("Comments (12)"), proper=False)
    ('comment link', True)
    """
    known = tuple(name for name in languages if name in LANGUAGES) or LANGUAGES
    tables = [load_rules(name) for name in known]

    def merged(mode: str) -> Phrases:
        return Phrases.of(
            (phrase, reason)
            for table in tables
            for reason, modes in table["furniture"].items()
            for phrase in phrases_in(modes.get(mode, ""))
        )

    def small(section: str, kind: str) -> Phrases:
        texts = [table[section].get(kind, "") for table in tables]
        return Phrases.of((phrase, section) for text in texts for phrase in phrases_in(text))

    def words(*sections: str) -> frozenset[str]:
        return frozenset(w for t in tables for section in sections for w in phrases_in(t[section]))

    return Rules(
        furniture={mode: merged(mode) for mode in MODES},
        ends=frozenset(
            reason
            for table in tables
            for reason, modes in table["furniture"].items()
            if modes.get("end")
        ),
        credit={kind: small("credit", kind) for kind in ("whole", "start", "anywhere")},
        caption={kind: small("caption", kind) for kind in ("start", "mark")},
        dates=words("months", "weekdays", "clock"),
        months=words("months"),
        hanging=words("hanging"),
        stopwords=words("stopwords"),
        site=words("site"),
        names=known,
    )


# A page is taken for a language when at least this share of its words are function words of it (no
# page of running text of the trafilatura pages has less than .15 in its own language; a menu has
# less), and none of another language's reach as far.
LANGUAGE_SHARE = 0.08
LANGUAGE_CHARACTERS = 20_000  # of a page, looked at for that


def page_language(text: str) -> tuple[str, ...]:
    """The language of a page by its function words, with English, in which sites label buttons.

    Empty where no language of ours is seen, so that all rules apply.

    Examples
    --------
    >>> page_language("La ministre a dit que le pont ne sera pas fermé avant la fin de la semaine.")
    ('fr', 'en')
    >>> page_language("Menu Home Video")
    ()
    """
    words = Counter(text[:LANGUAGE_CHARACTERS].lower().split())
    languages_of = _languages_of()
    found = dict.fromkeys(LANGUAGES, 0)
    for word in words.keys() & languages_of.keys():
        for name in languages_of[word]:
            found[name] += words[word]
    best = max(LANGUAGES, key=lambda name: found[name])
    if not words or found[best] < LANGUAGE_SHARE * words.total():
        return ()
    return ("en",) if best == "en" else (best, "en")


@cache
def _languages_of() -> dict[str, tuple[str, ...]]:
    """Function word to the languages that have it."""
    found: dict[str, tuple[str, ...]] = {}
    for name in LANGUAGES:
        for word in rules_for((name,)).stopwords:
            found[word] = (*found.get(word, ()), name)
    return found
