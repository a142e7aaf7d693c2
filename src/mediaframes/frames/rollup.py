"""Hits added up: by sentence, by group of frames, by outlet and period; and a check of length."""

import numpy as np
import pandas as pd

from mediaframes._console import say
from mediaframes._docs import article_weights
from mediaframes.errors import InputError
from mediaframes.frames.hits import Hits, frame_index, unit_values
from mediaframes.made import Made
from mediaframes.scores import Scores
from mediaframes.text.tokens import Tokens

PERIODS = {"day": "D", "week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}
STEPS, ENOUGH = 50, 1e-10  # Newton steps of the logit, and the step at which it has arrived
# A doubling of length that raises the odds of presence by less than a fifth hardly shows in a
# table; from there on a difference in length between outlets looks like one in frames.
NOTABLE = 1.2
Z = 1.959963984540054  # of a 95 % interval


def sentence_scores(
    hits: Hits, tokens: Tokens, *, unit: str = "presence", min_hits: int = 1
) -> Scores:
    """The scores of each sentence.

    Parameters
    ----------
    hits : Hits
    tokens : Tokens
        Those the hits were found in: they know the sentences without a hit.
    unit : str
        As in `Hits.scores`.
    min_hits : int
        For ``presence``.

    Returns
    -------
    Scores
        One row per sentence, id ``article#0001``; `docs` has the article's columns (without its
        text), ``article``, ``sentence`` and ``words``. A sentence weighs its article's weight
        divided by the article's sentences, so that an article weighs the same as before.

    Raises
    ------
    InputError
        Where the hits are not of these articles.

    Examples
    --------
    >>> from mediaframes.corpus.articles import Corpus
    >>> from mediaframes.frames import Codebook, apply_codebook
    >>> from mediaframes.text.tokens import tokenize
    >>> texts = pd.DataFrame({"text": ["Prices rise. A duty calls."], "language": ["en"]})
    >>> tokens = tokenize(Corpus.from_frame(texts))
    >>> terms = {"Economic": ["price*"], "Morality": ["duty"]}
    >>> codebook = Codebook.from_terms(terms, language="en")
    >>> scores = sentence_scores(apply_codebook(tokens, codebook), tokens)
    >>> scores.values["Economic"].tolist(), scores.weights.tolist()
    ([1.0, 0.0], [0.5, 0.5])
    """
    if not hits.docs.index.equals(tokens.docs.index):
        raise InputError(
            f"the hits are of {len(hits.docs):,} articles and the tokens of "
            f"{len(tokens.docs):,}; give the tokens that went into apply_codebook"
        )
    doc = tokens.doc_of()
    begins = np.ones(len(doc), bool)
    begins[1:] = (doc[1:] != doc[:-1]) | (tokens.sentences[1:] != tokens.sentences[:-1])
    first = np.flatnonzero(begins)
    article, number = doc[first], tokens.sentences[first]
    words = np.diff(np.append(first, len(doc)))
    of_hit = tokens.offsets[hits.table["id"].cat.codes.to_numpy(np.int64)]
    row = np.searchsorted(first, of_hit + hits.table["token"].to_numpy(np.int64), "right") - 1
    ids = [
        f"{name}#{k + 1:04d}"
        for name, k in zip(hits.docs.index[article], number.tolist(), strict=True)
    ]
    docs = hits.docs.drop(columns="text", errors="ignore").iloc[article].copy()
    sentences = np.bincount(article, minlength=len(hits.docs))
    docs["weight"] = article_weights(hits.docs).to_numpy()[article] / sentences[article]
    docs = docs.assign(article=hits.docs.index[article], sentence=number, words=words)
    docs.index = pd.Index(ids, dtype="str", name="id")
    counts = _cells(hits, row, len(first))
    counts[hits.languages.isna().to_numpy()[article]] = np.nan
    values = unit_values(counts, words, unit, min_hits)
    made = Made.by(
        "sentence_scores", settings={"unit": unit, "min_hits": min_hits}, parents=(hits.made,)
    )
    return Scores.from_frame(
        pd.DataFrame(values, index=docs.index, columns=frame_index(hits.frames)),
        unit=unit,
        docs=docs,
        made=made,
        colors={name: hits.codebook.colors[name] for name in hits.frames},
    )


def _cells(hits: Hits, row: np.ndarray, n: int) -> np.ndarray:
    """Weighted hits in rows × frames, float."""
    frames = len(hits.frames)
    cells = row * frames + hits.table["frame"].cat.codes.to_numpy(np.int64)
    counts = np.bincount(cells, weights=hits.weights(), minlength=n * frames)
    return counts.reshape(n, frames).astype(np.float64)


def pooled(
    hits: Hits,
    *,
    unit: str = "per_1000",
    by: str = "outlet",
    every: str | None = "week",
    min_hits: int = 1,
) -> pd.DataFrame:
    """Frames by outlet and week, hits and words of all its articles added up.

    `prevalence` averages articles, so that a note counts as much as a long report; here they are
    added up, so that a word counts as a word. Copies count by their weight in both.

    Parameters
    ----------
    hits : Hits
    unit : str
        ``per_1000``: weighted hits per 1,000 weighted words. ``share``: of all weighted hits.
        ``presence``: weighted share of articles with at least `min_hits`. ``count``: weighted
        hits.
    by : str
        A column of the articles.
    every : str or None
        ``day``, ``week`` (from Monday), ``month``, ``quarter``, ``year``; None for all time.
    min_hits : int
        For ``presence``.

    Returns
    -------
    DataFrame
        ``frame``, the `by` column, ``period`` (its first day), ``value``, ``n`` (articles),
        ``weight``, ``words`` and ``hits`` (both weighted), ``unit``; one row for each frame, group
        and period with an article. Articles without date or group, or not measured, are left out
        and counted.

    Raises
    ------
    InputError
        For an unknown unit, column or period, or no article that can be placed.
    """
    docs = hits.docs
    if by not in docs:
        raise InputError(f"no column '{by}'; there are: {', '.join(docs.columns)}")
    if every is not None and every not in PERIODS:
        raise InputError(f"unknown period '{every}'; allowed: {', '.join(PERIODS)}, None")
    counts = _cells(hits, hits.table["id"].cat.codes.to_numpy(np.int64), len(docs))
    unit_values(counts[:0], np.empty(0), unit, min_hits)  # refuses an unknown unit
    keys = pd.DataFrame({by: docs[by]})
    if every is not None:
        keys["period"] = docs["date"].dt.to_period(PERIODS[every]).dt.start_time
        keys["period"] = keys["period"].astype("datetime64[us]")
    placed = (keys.notna().all(axis=1) & hits.languages.notna()).to_numpy(bool)
    if not placed.any():
        raise InputError(f"no article has a {by}, a date and a language of the codebook")
    if not placed.all():
        say(f"pooled: {int((~placed).sum()):,} articles without {by}, date or terms are left out")
    weight = article_weights(docs).to_numpy()[placed]
    words = hits.lengths.to_numpy(np.float64)[placed]
    counts = counts[placed]
    present = (counts >= min_hits) if unit == "presence" else counts
    table = pd.DataFrame(weight[:, None] * present, columns=hits.frames)
    table = table.assign(n=1, weight=weight, words=weight * words, hits=weight * counts.sum(axis=1))
    groups = [keys[name].to_numpy()[placed] for name in keys]
    sums = table.groupby(groups).sum().rename_axis(index=list(keys))
    whole = {
        "per_1000": sums["words"] / 1000, "share": sums["hits"], "presence": sums["weight"],
        "count": pd.Series(1.0, sums.index),
    }[unit]  # fmt: skip
    out = []
    for frame in hits.frames:
        part = sums[["n", "weight", "words"]].copy()
        part["hits"] = table[frame].groupby(groups).sum().to_numpy()
        part.insert(0, "value", sums[frame] / whole.where(whole > 0))
        out.append(part.reset_index().assign(frame=frame, unit=unit))
    columns = ["frame", *keys, "value", "n", "weight", "words", "hits", "unit"]
    return pd.concat(out, ignore_index=True)[columns].astype({"frame": "str", "unit": "str"})


def length_check(hits: Hits, *, min_hits: int = 1) -> pd.DataFrame:
    """Whether a frame is found more often in longer articles: a check before presence is compared.

    A long article has more places for a term by chance alone. For each frame the presence is
    regressed on the logarithm of length (logit, weights of copies, robust standard errors): the
    odds ratio says by what the odds of presence grow when an article is twice as long.

    Parameters
    ----------
    hits : Hits
    min_hits : int
        What counts as presence, as in ``hits.scores("presence")``.

    Returns
    -------
    DataFrame
        ``frame n present correlation odds_ratio low high short long reading``: measured articles,
        share with the frame, correlation of presence and log length, odds ratio per doubling with
        95 % interval, share with the frame in the shorter and in the longer half, and a sentence.
        NaN where all or no articles have the frame, or all are of one length.

    Raises
    ------
    InputError
        For a `min_hits` below 1.
    """
    if min_hits < 1:
        raise InputError(f"min_hits={min_hits}; it must be 1 or more")
    values = hits.scores("presence", min_hits=min_hits).values
    words = hits.lengths.to_numpy(np.float64)
    known = values.notna().all(axis=1).to_numpy() & (words > 0)
    doubled = np.log2(words[known])
    weight = article_weights(hits.docs).to_numpy()[known]
    rows = []
    for frame in hits.frames:
        there = values[frame].to_numpy()[known]
        mean = np.average(there, weights=weight) if weight.sum() > 0 else np.nan
        short, long = _halves(there, doubled, weight)
        fit = _doubling(there, doubled, weight)
        rows.append(
            (frame, int(known.sum()), mean, *fit, short, long, _sentence(frame, fit, short, long))
        )
    columns = ["frame", "n", "present", "correlation", "odds_ratio", "low", "high", "short",
               "long", "reading"]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns).astype({"frame": "str", "reading": "str"})
    biased = int((table["low"] > 1).sum())
    if biased:
        say(
            f"length_check: {biased} of {len(table)} frames are found more often in longer "
            "articles; compare them per 1,000 words or as shares, or raise min_hits"
        )
    return table


def _halves(there: np.ndarray, length: np.ndarray, weight: np.ndarray) -> tuple[float, float]:
    if not len(length) or length.min() == length.max():
        return np.nan, np.nan
    longer = length > np.median(length)
    if not longer.any() or longer.all():
        longer = length >= np.median(length)
    out = [
        float(np.average(there[half], weights=weight[half])) if weight[half].sum() > 0 else np.nan
        for half in (~longer, longer)
    ]
    return out[0], out[1]


def _doubling(
    there: np.ndarray, length: np.ndarray, weight: np.ndarray
) -> tuple[float, float, float, float]:
    """Correlation, odds ratio per doubling, and its 95 % interval (sandwich)."""
    use = weight > 0
    y, w = there[use], weight[use]
    nothing = (np.nan, np.nan, np.nan, np.nan)
    if len(y) < 3 or y.min() == y.max() or np.ptp(length[use]) == 0:
        return nothing
    with_it, without = length[use][y > 0], length[use][y == 0]
    if with_it.min() >= without.max() or with_it.max() <= without.min():
        return nothing  # one length parts them perfectly: there is no finite odds ratio
    x = np.column_stack([np.ones(len(y)), length[use] - np.average(length[use], weights=w)])
    beta = np.zeros(2)
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
        bread = (x * (w * p * (1 - p))[:, None]).T @ x
        step = np.linalg.solve(bread, x.T @ (w * (y - p)))
        beta = beta + step
        if np.abs(step).max() < ENOUGH:
            break
    inverse = np.linalg.inv(bread)
    scored = x * (w * (y - p))[:, None]
    error = np.sqrt((inverse @ (scored.T @ scored) @ inverse)[1, 1])
    d = y - np.average(y, weights=w)
    r = np.sum(w * d * x[:, 1]) / np.sqrt(np.sum(w * d * d) * np.sum(w * x[:, 1] ** 2))
    low, high = (
        np.exp(beta[1] - 1.959963984540054 * error),
        np.exp(beta[1] + 1.959963984540054 * error),
    )
    return float(r), float(np.exp(beta[1])), float(low), float(high)


def _sentence(frame: str, fit: tuple[float, float, float, float], short: float, long: float) -> str:
    _, odds, low, high = fit
    if np.isnan(odds):
        return f"{frame}: nothing can be said, all or no articles have it or all are as long"
    found = f"{short:.0%} of the shorter half and {long:.0%} of the longer"
    if low > 1:
        much = "much " if odds > NOTABLE else ""
        return f"{frame}: found {much}more often in longer articles ({found})"
    if high < 1:
        return f"{frame}: found less often in longer articles ({found})"
    return f"{frame}: no clear tie to length ({found})"
