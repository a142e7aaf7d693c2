"""Names of topics in a file that the researcher edits and that later runs find by content."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mediaframes._console import say
from mediaframes.errors import InputError
from mediaframes.made import write_atomic
from mediaframes.topics.model import Topics, check_topics

WORDS = 20  # kept of each topic to know it again
# Cosine of the kept words' probabilities, from which a topic counts as the same one. Between LDA
# fits of the 2,833 UK immigration articles with other seeds (K = 20) paired topics have a median of
# .65 to .76; of all other pairs 95 % lie below .35, 99 % below .6.
SAME = 0.5
CHANGED = 0.7  # below it, half of its weight may lie on other words: the name must be looked at
HEAD = """\
# Names of the topics. Edit name, note and artifact (true: a topic of boilerplate or language, not
# of content). The words are there to find each topic again when the model is fitted anew.
"""


@dataclass(frozen=True, eq=False)
class TopicNames:
    """A model's topics with the names, notes and artifact marks of a file.

    Attributes
    ----------
    topics : Topics
        Under their names.
    table : DataFrame
        One row per topic: ``topic name note artifact match was``. `match` is the cosine with the
        topic of the file that it was found to be, `was` that topic's number there; both are missing
        for a topic that the file does not know.
    """

    topics: Topics
    table: pd.DataFrame

    @property
    def artifacts(self) -> list[int]:
        """Numbers of the topics marked as artifacts, e.g. for ``topic_network(leave_out=...)``."""
        return [int(topic) for topic in self.table.loc[self.table["artifact"], "topic"]]

    def __repr__(self) -> str:
        known = int(self.table["match"].notna().sum())
        return (
            f"TopicNames: {len(self.table)} topics, {known} found again, "
            f"{len(self.artifacts)} marked as artifacts"
        )

    def _repr_html_(self) -> str:
        return str(self.table.round({"match": 2}).to_html(index=False, na_rep=""))

    def write(self, path: str | Path) -> Path:
        """Write the names as they are now, with this model's words."""
        import yaml

        entries = []
        top = self.topics.top_words(WORDS).groupby("topic")
        for row in self.table.itertuples():
            words = top.get_group(row.topic)
            entries.append(
                {
                    "topic": int(row.topic),
                    "name": str(row.name),
                    "note": str(row.note),
                    "artifact": bool(row.artifact),
                    "words": {
                        str(word): round(float(weight), 6)
                        for word, weight in zip(words["word"], words["weight"], strict=True)
                    },
                }
            )
        content = {"model": f"{self.topics.model}, k = {len(self.topics)}", "topics": entries}
        text = HEAD + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)
        write_atomic(Path(path), text.encode())
        return Path(path)


def topic_names(topics: Topics, *, path: str | Path) -> TopicNames:
    """Give topics the names in a file; where there is none yet, write one with proposals.

    Topics are matched by their words, not by their numbers: numbers change with every new fit. A
    topic of the file that is no longer there, one that the file does not know, and a name that
    goes to a topic of other words, are said. Proposed names that nobody edited follow the words.

    Parameters
    ----------
    topics : Topics
    path : path
        A YAML file, e.g. ``"topics.yml"``. It is never written over; to bring it up to date, look
        at the result and call its ``write``.

    Raises
    ------
    InputError
        For a file that is no list of topics, one name for two topics, or a mark that is neither
        true nor false.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "topics.yml"
    >>> words = np.array([[9, 8, 0, 0], [0, 0, 9, 8]])
    >>> model = Topics.from_arrays(words=words, shares=[[1, 0], [0, 1]],
    ...                            vocabulary=["bank", "loan", "park", "tree"])
    >>> _ = topic_names(model, path=file)
    topics.yml: written with proposed names for 2 topics; edit it
    >>> _ = file.write_text(file.read_text().replace("bank, loan, park", "money"))
    >>> turned = Topics.from_arrays(words=words[::-1], shares=[[1, 0], [0, 1]],
    ...                             vocabulary=["bank", "loan", "park", "tree"])
    >>> topic_names(turned, path=file).topics.names[1]
    topics.yml: 2 of 2 topics found again
    'money'
    """
    check_topics(topics, "topic_names")
    file = Path(path)
    if not file.exists():
        names = TopicNames(topics, _table(topics, {}, {}))
        names.write(file)
        say(f"{file.name}: written with proposed names for {len(topics)} topics; edit it")
        return names
    entries = _read(file)
    match = _matches(topics, entries)
    table = _table(topics, entries, match)
    known = {
        int(topic): str(name) for topic, name in zip(table["topic"], table["name"], strict=True)
    }
    if len(set(known.values())) < len(known):
        twice = table.loc[table["name"].duplicated(), "name"].iloc[0]
        raise InputError(f"{file.name}: two topics are named '{twice}'; give each its own name")
    _report(file.name, table, entries, match)
    return TopicNames(topics.rename(known), table)


def _read(file: Path) -> dict[int, dict[str, Any]]:
    import yaml

    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{file} cannot be read ({error.strerror}); give a YAML file") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        place = getattr(error, "problem_mark", None)
        where = f", line {place.line + 1}" if place else ""
        raise InputError(
            f"{file.name}{where}: no YAML ({error}); mend it or move it away"
        ) from error
    entries = content.get("topics") if isinstance(content, dict) else None
    if not isinstance(entries, list) or not entries:
        raise InputError(f"{file.name}: no list 'topics'; let topic_names write a new file")
    known: dict[int, dict[str, Any]] = {}
    for number, entry in enumerate(entries, 1):
        facts = entry if isinstance(entry, dict) else {}
        words = facts.get("words")
        fine = isinstance(words, dict) and words and facts.get("name")
        fine = fine and isinstance(facts.get("topic", number), int)
        if not fine or not all(
            isinstance(weight, int | float) for weight in (words or {}).values()
        ):
            raise InputError(
                f"{file.name}: entry {number} needs a name and words with their weights, as "
                "topic_names wrote them"
            )
        place = facts.get("topic", number)
        if place in known:
            raise InputError(f"{file.name}: topic {place} stands there twice; give each its number")
        if not isinstance(facts.get("artifact", False), bool):
            raise InputError(
                f"{file.name}, topic {place}: artifact is {facts['artifact']!r}; write true or "
                "false, without quotation marks"
            )
        known[place] = facts
    return known


def _named(entry: dict[str, Any]) -> bool:
    """Whether a person named the topic, or only `topic_names` by its first words."""
    words = sorted(entry["words"].items(), key=lambda item: -float(item[1]))
    proposals = (", ".join(str(word) for word, _ in words[:3]), ", ".join(list(entry["words"])[:3]))
    name = re.sub(r" \(\d+\)$", "", str(entry["name"]))
    return name not in proposals


def _edited(entry: dict[str, Any]) -> bool:
    return _named(entry) or bool(entry.get("note")) or bool(entry.get("artifact"))


def _matches(topics: Topics, entries: dict[int, dict[str, Any]]) -> dict[int, tuple[int, float]]:
    """Topic (from 0) to the file's topic and their cosine, one to one, the best pairs overall."""
    from scipy.optimize import linear_sum_assignment

    place = {str(word): n for n, word in enumerate(topics.vocabulary)}
    order = np.argsort(-topics.words, axis=1, kind="stable")[:, :WORDS]
    mine = np.zeros_like(topics.words)
    np.put_along_axis(mine, order, np.take_along_axis(topics.words, order, axis=1), axis=1)
    mine /= np.maximum(np.linalg.norm(mine, axis=1, keepdims=True), 1e-300)
    alike = np.zeros((len(topics), len(entries)))
    for column, entry in enumerate(entries.values()):
        weights = {str(word): float(weight) for word, weight in entry["words"].items()}
        norm = np.sqrt(sum(weight**2 for weight in weights.values()))
        for word, weight in weights.items():
            if word in place and norm > 0:
                alike[:, column] += mine[:, place[word]] * weight / norm
    rows, columns = linear_sum_assignment(-alike)
    numbers = list(entries)
    return {
        int(row): (numbers[column], float(alike[row, column]))
        for row, column in zip(rows, columns, strict=True)
        if alike[row, column] >= SAME
    }


def _table(
    topics: Topics, entries: dict[int, dict[str, Any]], match: dict[int, tuple[int, float]]
) -> pd.DataFrame:
    taken = {str(entries[was]["name"]) for was, _ in match.values() if _named(entries[was])}
    rows = []
    for topic, proposal in enumerate(topics.names):
        was, cosine = match.get(topic, (None, np.nan))
        if proposal in taken:  # a new topic must not go by the name of one that was found again
            proposal = f"{proposal} ({topic + 1})"
        entry = entries[was] if was is not None else {}
        rows.append(
            {
                "topic": topic + 1,
                "name": str(entry["name"]) if entry and _named(entry) else proposal,
                "note": str(entry.get("note") or ""),
                "artifact": bool(entry.get("artifact", False)),
                "match": cosine,
                "was": was,
            }
        )
    table = pd.DataFrame(rows)
    return table.astype({"name": "str", "note": "str", "artifact": "bool", "was": "Int64"})


def _report(
    name: str,
    table: pd.DataFrame,
    entries: dict[int, dict[str, Any]],
    match: dict[int, tuple[int, float]],
) -> None:
    """What was found again, what has changed, what is lost, and what is new."""
    say(f"{name}: {len(match)} of {len(table)} topics found again")
    changed = [
        f"'{entries[was]['name']}' ({cosine:.2f}) is topic {topic + 1}"
        for topic, (was, cosine) in sorted(match.items())
        if cosine < CHANGED and _edited(entries[was])
    ]
    if changed:
        say(
            f"    CHANGED, their words are alike below {CHANGED:.2f}: {', '.join(changed)}; read "
            "these before you keep the name"
        )
    lost = [entries[n] for n in entries if n not in {was for was, _ in match.values()}]
    if lost:
        marks = {False: "", True: " (artifact)"}
        said = [
            f"'{entry['name']}'{marks[bool(entry.get('artifact'))]}"
            for entry in lost
            if _edited(entry)
        ]
        if plain := len(lost) - len(said):
            said.append(f"{plain} under proposed names")
        say(
            f"    NOT FOUND in this model: {', '.join(said)}; is the file of another corpus, or "
            "has the model changed?"
        )
    new = table.loc[table["match"].isna()]
    if len(new):
        said = [f"{row.topic} {row.name}" for row in new.itertuples(index=False)]
        say(f"    new, with proposed names: {'; '.join(said)}")
