"""Reading topics: sentences that stand for them, words they share, a sheet to name them by."""

import numpy as np
import pandas as pd

from mediaframes._console import say
from mediaframes.errors import InputError, check_kind
from mediaframes.text.tokens import Tokens
from mediaframes.topics.model import Topics, check_topics

OWN = 0.9  # of a word's probability from the topic, the rest from all words: none is impossible
LEAST = 5  # counted words of a sentence; a shorter one is a heading or says too little
LONGEST = 60  # words of a sentence; beyond it is a list, or an article without points
ARTICLES = 20  # best articles of a topic that are searched for sentences


def representative_sentences(topics: Topics, *, tokens: Tokens, n: int = 3) -> pd.DataFrame:
    """Sentences whose words are most particular to a topic, out of its best articles.

    Parameters
    ----------
    topics : Topics
    tokens : Tokens
        The articles the topics were fitted on (others are passed over).
    n : int
        Sentences of each topic, each from another article.

    Returns
    -------
    DataFrame
        One row per sentence, best first: ``topic name rank id outlet date sentence text score
        start end``; `start` and `end` are its span in the article's text. A topic whose articles
        hold no sentence long enough has none.

    Raises
    ------
    InputError
        Where no article, or no word, of the topics is in `tokens` (as with stems).

    Notes
    -----
    The score is the mean over the sentence's counted words of ``ln(.9 phi / p + .1)``, with phi the
    word's probability in the topic and p that in all topics by their shares. Sentences have 5 or
    more counted and at most 60 words and a score above 0; the 20 articles with the largest share
    are searched.

    Examples
    --------
    >>> from mediaframes.corpus.articles import Corpus
    >>> from mediaframes.text.tokens import tokenize
    >>> text = "Banks lend money banks save. Trees grow in parks, trees and parks."
    >>> tokens = tokenize(Corpus.from_frame(pd.DataFrame({"text": [text]})))
    >>> words = ["banks", "lend", "money", "parks", "save", "trees"]
    >>> model = Topics.from_arrays(words=[[3, 1, 1, 0, 1, 0], [0, 0, 0, 1, 0, 1]],
    ...                            shares=[[0.6, 0.4]], vocabulary=words)
    >>> table = representative_sentences(model, tokens=tokens)  # doctest: +ELLIPSIS
    representative_sentences: 1 of 2 topics have none; ...
    >>> table[["topic", "text"]].values.tolist()
    [[1, 'Banks lend money banks save.']]
    """
    check_topics(topics, "representative_sentences")
    check_kind(tokens, Tokens, verb="representative_sentences", how="mf.tokenize(corpus) makes it")
    if n < 1:
        raise InputError(f"n={n}: give the number of sentences for each topic, at least 1")
    columns = topics.vocabulary.get_indexer(tokens.vocabulary)
    if (columns < 0).all():
        raise InputError(
            "no word of the topics is in these tokens; give the tokens that were counted, and "
            "topics of words, not stems"
        )
    ratios = log_ratios(topics)
    best = topics.representative(ARTICLES)
    rows_of = tokens.docs.index.get_indexer(best["id"])
    if (rows_of < 0).all():
        raise InputError("no article of the topics is in these tokens; give those of their fit")
    best = best.assign(row=rows_of)[rows_of >= 0]
    rows: list[dict[str, object]] = []
    for topic, part in best.groupby("topic", sort=True):
        ratio = ratios[int(str(topic)) - 1]
        found = [_best_sentence(tokens, int(row), columns, ratio) for row in part["row"]]
        kept = [entry for entry in found if entry is not None]
        kept.sort(key=lambda entry: -round(float(str(entry["score"])), 12))
        texts: set[object] = set()
        for entry in kept:
            if entry["text"] not in texts and len(texts) < n:
                texts.add(entry["text"])
                name = topics.names[int(str(topic)) - 1]
                rows.append({"topic": topic, "name": name, "rank": len(texts), **entry})
    without = len(topics) - len({row["topic"] for row in rows})
    if without:
        say(
            f"representative_sentences: {without} of {len(topics)} topics have none; their "
            f"articles hold no sentence of {LEAST} counted to {LONGEST} words in all (are full "
            "stops missing?) that is particular to them"
        )
    order = ["topic", "name", "rank", "id", "outlet", "date", "sentence", "text", "score"]
    return pd.DataFrame(rows, columns=[*order, "start", "end"])


def log_ratios(topics: Topics) -> np.ndarray:
    """``ln(.9 phi / p + .1)`` of each word in each topic, (K, V); 0 where as frequent as in all."""
    size = np.nan_to_num(topics.diagnostics["share"].to_numpy(np.float64))
    overall = size @ topics.words / max(float(size.sum()), 1e-300)
    return np.asarray(np.log(OWN * topics.words / np.maximum(overall, 1e-300) + 1 - OWN))


def _best_sentence(
    tokens: Tokens, row: int, columns: np.ndarray, ratio: np.ndarray
) -> dict[str, object] | None:
    """The sentence of an article with the highest mean ratio."""
    part = slice(int(tokens.offsets[row]), int(tokens.offsets[row + 1]))
    word, number = columns[tokens.ids[part]], tokens.sentences[part]
    if not len(word):
        return None
    known = word >= 0
    counted = np.bincount(number, weights=known)
    total = np.bincount(number, weights=np.where(known, ratio[word], 0.0))
    fits = (counted >= LEAST) & (np.bincount(number) <= LONGEST)
    if not fits.any():
        return None
    mean = np.where(fits, total / np.maximum(counted, 1), -np.inf)
    best = int(np.argmax(mean))
    if mean[best] <= 0:  # its words are those of other topics
        return None
    here = np.flatnonzero(number == best) + part.start
    doc = tokens.docs.iloc[row]
    start = int(tokens.starts[here[0]])
    text = str(doc["text"])
    later = here[-1] + 1
    # what stands between the last word and the next sentence: points and quotation marks
    stop = int(tokens.starts[later]) if later < part.stop else len(text)
    tail = text[int(tokens.ends[here[-1]]) : stop].split()
    end = int(tokens.ends[here[-1]]) + (len(tail[0]) if tail and not tail[0][0].isalnum() else 0)
    return {
        "id": tokens.docs.index[row], "outlet": doc.get("outlet"), "date": doc.get("date"),
        "sentence": best, "text": " ".join(text[start:end].split()), "score": float(mean[best]),
        "start": start, "end": end,
    }  # fmt: skip


def shared_words(topics: Topics, *, n: int = 10, pairs: int = 10) -> pd.DataFrame:
    """Words that two topics share, for the pairs that share most.

    Parameters
    ----------
    topics : Topics
    n : int
        Words of each pair.
    pairs : int
        How many pairs, those with the largest overlap first.

    Returns
    -------
    DataFrame
        ``topic_a name_a topic_b name_b overlap rank word weight_a weight_b``: `overlap` is the
        probability two topics have in common, ``sum of min(weight_a, weight_b)`` over all words;
        the words are those that add most to it.

    Examples
    --------
    >>> model = Topics.from_arrays(words=[[6, 4, 0], [0, 5, 5]], shares=[[1, 1]],
    ...                            vocabulary=["bank", "loan", "park"])
    >>> shared_words(model, n=1)[["overlap", "word"]].values.tolist()
    [[0.4, 'loan']]
    """
    check_topics(topics, "shared_words")
    if n < 1 or pairs < 1:
        raise InputError(f"n={n}, pairs={pairs}: give numbers from 1")
    words = topics.words
    one, two = np.triu_indices(len(words), 1)
    overlap = np.array(
        [np.minimum(words[a], words[b]).sum() for a, b in zip(one, two, strict=True)]
    )
    rows = []
    for pair in np.argsort(-overlap.round(12), kind="stable")[:pairs]:
        a, b = int(one[pair]), int(two[pair])
        both = np.minimum(words[a], words[b])
        for rank, word in enumerate(np.argsort(-both, kind="stable")[:n], 1):
            if both[word] > 0:
                rows.append(
                    (a + 1, topics.names[a], b + 1, topics.names[b], float(overlap[pair]), rank,
                     topics.vocabulary[word], words[a, word], words[b, word])
                )  # fmt: skip
    columns = [
        "topic_a",
        "name_a",
        "topic_b",
        "name_b",
        "overlap",
        "rank",
        "word",
        "weight_a",
        "weight_b",
    ]
    return pd.DataFrame(rows, columns=columns)


def topic_sheet(topics: Topics, *, tokens: Tokens | None = None, n: int = 8) -> pd.DataFrame:
    """One row for each topic with all that helps to name it.

    Parameters
    ----------
    topics : Topics
    tokens : Tokens, optional
        Adds the most particular sentence.
    n : int
        Words by each weight.

    Returns
    -------
    DataFrame
        ``topic name share``, a column with words for each kind of label the topics offer (``prob
        frex lift score``; only ``prob`` for another program's topics), ``closest`` (the topic
        with the largest overlap), ``shared`` (the words it shares with it), and ``sentence``.

    Examples
    --------
    >>> model = Topics.from_arrays(words=[[6, 4, 0], [0, 5, 5]], shares=[[1, 1]],
    ...                            vocabulary=["bank", "loan", "park"])
    >>> topic_sheet(model, n=2)["prob"].tolist()
    ['bank, loan', 'loan, park']
    """
    check_topics(topics, "topic_sheet")
    table = topics.diagnostics[["topic", "name", "share"]].set_index("topic")
    labels = topics.labels(n) if "totals" in topics.arrays else topics.top_words(n)
    for kind, part in labels.assign(kind=labels.get("kind", "prob")).groupby("kind", sort=False):
        table[str(kind)] = part.groupby("topic")["word"].agg(", ".join)
    alike = shared_words(topics, n=n, pairs=len(topics) ** 2)
    turned = alike.rename(columns={"topic_a": "topic_b", "topic_b": "topic_a"})
    both = pd.concat([alike, turned[alike.columns]], ignore_index=True)
    both = both.sort_values(["overlap", "topic_b"], ascending=[False, True], kind="stable")
    for topic, part in both.groupby("topic_a"):
        first = part[part["topic_b"] == part["topic_b"].iloc[0]].sort_values("rank")
        table.loc[topic, "closest"] = first["topic_b"].iloc[0]
        table.loc[topic, "shared"] = ", ".join(first["word"])
    if "closest" in table:
        table["closest"] = table["closest"].astype("Int64")
    if tokens is not None:
        sentences = representative_sentences(topics, tokens=tokens, n=1).set_index("topic")["text"]
        table["sentence"] = sentences
    return table.reset_index()
