"""Look through topics in the notebook: words, articles and sentences, on one page of its own."""

import json
import math
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mediaframes._console import say
from mediaframes.corpus.articles import Corpus
from mediaframes.errors import InputError, check_kind
from mediaframes.made import write_atomic
from mediaframes.text.tokens import Tokens, tokenize
from mediaframes.topics.labels import label_weights
from mediaframes.topics.model import Topics, check_topics
from mediaframes.topics.reading import representative_sentences, shared_words

MOST_BYTES = 2_000_000  # of the page: a notebook with ten of them still opens
OPENING = 320  # characters of an article
WORD, TITLE, SENTENCE = 60, 240, 500  # characters; what is longer is cut
SHOWN = 20  # words in the list of a topic
HEIGHT = 620  # pixels in the notebook
LABELS = {"prob": "probability", "frex": "FREX", "lift": "lift", "score": "score"}
MEASURES = ("npmi", "stability")
# The page may load nothing at all, from nowhere; only its own script and style run.
POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'"


@dataclass(frozen=True)
class TopicBrowser:
    """Topics to look through; shows itself in a notebook, works offline and in exported pages.

    Attributes
    ----------
    page : str
        The whole page as HTML, self-contained.
    topics : int
        How many topics it holds.
    """

    page: str
    topics: int

    def save(self, path: str | Path) -> Path:
        """Write the page to a file that any web browser opens."""
        target = Path(path)
        write_atomic(target, self.page.encode("utf-8"))
        return target

    def __repr__(self) -> str:
        return f"TopicBrowser: {self.topics} topics, {len(self.page.encode()) / 1000:,.0f} kB"

    def _repr_html_(self) -> str:
        # a frame without rights: texts cannot reach the notebook, nor its keys the list of topics
        return (
            f'<iframe title="Topics" sandbox="allow-scripts" srcdoc="{escape(self.page)}" '
            f'style="box-sizing:border-box;width:100%;height:{HEIGHT}px;border:1px solid #bbb">'
            "</iframe>"
        )


def browse_topics(
    topics: Topics, *, tokens: Tokens | Corpus | None = None, articles: int = 5, sentences: int = 5
) -> TopicBrowser:
    """Look through topics: words with their weights, articles, sentences, and a search.

    Parameters
    ----------
    topics : Topics
    tokens : Tokens or Corpus, optional
        The articles' texts. Without them there are words, and articles by title only.
    articles, sentences : int
        Of each topic. Where the page would exceed 2 MB there are fewer, and a message says so.

    Returns
    -------
    TopicBrowser
        End the cell with it, or ``save("topics.html")``. In the list, arrow keys choose a topic.

    Raises
    ------
    InputError
        For negative numbers, texts of other articles, or topics whose words alone exceed 2 MB.

    Notes
    -----
    The page needs no network and may not use any (content security policy); in the notebook it
    runs in a frame without rights. Texts enter it as text, never as HTML.

    Examples
    --------
    >>> model = Topics.from_arrays(words=[[6, 4, 0], [0, 5, 5]], shares=[[1, 1]],
    ...                            vocabulary=["bank", "loan", "park"])
    >>> browse_topics(model)
    TopicBrowser: 2 topics, 11 kB
    """
    check_topics(topics, "browse_topics")
    if tokens is not None:
        check_kind(tokens, Tokens, Corpus, verb="browse_topics", how="tokens=mf.tokenize(corpus)")
    if articles < 0 or sentences < 0:
        raise InputError(f"articles={articles}, sentences={sentences}: give numbers from 0")
    read = tokenize(tokens) if isinstance(tokens, Corpus) else tokens
    found = pd.DataFrame()
    if read is not None and sentences:
        found = representative_sentences(topics, tokens=read, n=sentences)
    data = _payload(topics, read, found, articles)
    page = _page(data)
    fewer = max(articles, sentences)
    while len(page.encode()) > MOST_BYTES and fewer > 0:
        fewer -= 1
        for topic in data["topics"]:
            topic["articles"] = topic["articles"][:fewer]
            topic["sentences"] = topic["sentences"][:fewer]
        page = _page(data)
    if len(page.encode()) > MOST_BYTES:
        raise InputError(f"{len(topics)} topics need more than 2 MB for their words alone")
    if fewer < max(articles, sentences):
        say(f"browse_topics: at most {fewer} articles and sentences per topic, to stay below 2 MB")
    return TopicBrowser(page, len(topics))


def _page(data: dict[str, Any]) -> str:
    """The whole page; in its data no character can end the script they stand in."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    folder = files("mediaframes.topics") / "page"
    style, script = ((folder / f"page.{kind}").read_text("utf-8") for kind in ("css", "js"))
    top = "".join(f"<li>{topic['topic']}: {escape(topic['name'])}</li>" for topic in data["topics"])
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width"><title>Topics</title>'
        f"<style>{style}</style></head><body><header><h1>{escape(data['title'])}</h1>"
        '<label>Search <input id="search" type="search"></label>'
        '<label>Sort by <select id="order"></select></label>'
        '<span id="count" role="status"></span></header>'
        f'<noscript><ul>{top}</ul></noscript><ul id="list" role="listbox" aria-label="Topics">'
        '</ul><main id="detail" tabindex="0" aria-live="polite" aria-label="The chosen topic">'
        f'</main><script type="application/json" id="data">{text}</script>'
        f"<script>{script}</script></body></html>"
    )


def _payload(
    topics: Topics, tokens: Tokens | None, sentences: pd.DataFrame, articles: int
) -> dict[str, Any]:
    totals = topics.arrays.get("totals")
    weights = {"prob": topics.words}
    if totals is not None:
        weights = label_weights(topics.words, np.asarray(totals, np.float64))
    kinds = [kind for kind in LABELS if kind in weights]
    best = topics.representative(articles) if articles else pd.DataFrame()
    alike = shared_words(topics, n=8, pairs=3 * len(topics))
    measures = [
        name for name in MEASURES
        if name in topics.diagnostics and topics.diagnostics[name].notna().any()
    ]  # fmt: skip
    docs = topics.docs if tokens is None else tokens.docs
    entries = []
    for row, facts in enumerate(topics.diagnostics.to_dict("records")):
        number = row + 1
        entries.append(
            {
                "topic": number,
                "name": _cut(topics.names[row], TITLE),
                "share": _number(facts["share"]),
                **{name: _number(facts[name]) for name in measures},
                "words": _words(topics, {kind: weights[kind][row] for kind in kinds}),
                "alike": _alike(alike, number),
                "articles": [
                    {**_about(docs, item["id"]), "share": _number(item["share"])}
                    for item in _of(best, number)
                    if item["share"] >= 0  # articles without shares stand for nothing
                ],
                "sentences": [_sentence(item, topics, row) for item in _of(sentences, number)],
            }
        )
    return {
        "title": f"{len(topics)} topics ({topics.model}) of {len(topics.docs):,} articles",
        "kinds": kinds, "labels": LABELS, "measures": measures, "shown": SHOWN, "topics": entries,
    }  # fmt: skip


def _of(table: pd.DataFrame, topic: int) -> list[dict[str, Any]]:
    if table.empty:
        return []
    return [dict(row) for row in table[table["topic"] == topic].to_dict("records")]


def _words(topics: Topics, weights: dict[str, np.ndarray]) -> list[dict[str, Any]]:
    """The best words by any of the weights, with all of them."""
    best = [np.argsort(-weight, kind="stable")[:SHOWN] for weight in weights.values()]
    return [
        {"word": _cut(str(topics.vocabulary[column]), WORD)}
        | {kind: _number(weight[column]) or 0.0 for kind, weight in weights.items()}
        for column in np.unique(np.concatenate(best))
    ]


def _alike(shared: pd.DataFrame, topic: int) -> list[dict[str, Any]]:
    """The topics this one shares words with."""
    found: list[dict[str, Any]] = []
    for one, other in (("a", "b"), ("b", "a")):
        part = shared[shared[f"topic_{one}"] == topic]
        for number, rows in part.groupby(f"topic_{other}"):
            found.append(
                {
                    "topic": int(str(number)),
                    "name": _cut(str(rows[f"name_{other}"].iloc[0]), TITLE),
                    "overlap": _number(rows["overlap"].iloc[0]),
                    "words": [_cut(str(word), WORD) for word in rows["word"]],
                }
            )
    return sorted(found, key=lambda entry: (-(entry["overlap"] or 0.0), entry["topic"]))[:3]


def _about(docs: pd.DataFrame, name: Any) -> dict[str, Any]:
    """What is known of an article, each in bounded length."""
    if name not in docs.index:
        return {"id": _cut(str(name), TITLE), "outlet": "", "date": "", "title": "", "opening": ""}
    doc = docs.loc[name]
    date = doc.get("date")
    return {
        "id": _cut(str(name), TITLE),
        "outlet": _text(doc.get("outlet"), TITLE),
        "date": "" if date is None or pd.isna(date) else str(date)[:10],
        "title": _text(doc.get("title"), TITLE),
        "opening": _text(doc.get("text"), OPENING),
    }


def _sentence(item: dict[str, Any], topics: Topics, row: int) -> dict[str, Any]:
    """A sentence in pieces, every second one a word of the topic."""
    best = np.argsort(-topics.words[row], kind="stable")[: 2 * SHOWN]
    own = {str(topics.vocabulary[column]) for column in best if topics.words[row, column] > 0}
    pieces, plain = [], ""
    for part in _cut(str(item["text"]), SENTENCE).split(" "):
        core = part.strip("\"'“”‘’„«»()[].,;:!?…–-")
        if core and core.lower().removesuffix("'s").removesuffix("’s") in own:
            before, after = part.split(core, 1)
            pieces += [plain + before, core]
            plain = after + " "
        else:
            plain += part + " "
    about = {"outlet": _text(item["outlet"], TITLE), "id": _cut(str(item["id"]), TITLE)}
    date = item["date"]
    about["date"] = "" if date is None or pd.isna(date) else str(date)[:10]
    return {**about, "text": [*pieces, plain.rstrip()]}


def _text(value: Any, most: int) -> str:
    return "" if value is None or pd.isna(value) else _cut(" ".join(str(value).split()), most)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _number(value: Any) -> float | None:
    """Six digits are more than a reader sees; JSON knows no missing numbers."""
    number = float(value)
    return float(f"{number:.6g}") if math.isfinite(number) else None
