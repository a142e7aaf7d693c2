"""`induce`: word lists from coded articles, as a draft to edit, with what they are worth."""

import html
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mediaframes._console import say
from mediaframes._docs import article_weights
from mediaframes.errors import InputError
from mediaframes.frames.codebook import PALETTE, Codebook, Frame
from mediaframes.inference.measures import log_odds
from mediaframes.inference.resampling import copy_groups
from mediaframes.made import Made
from mediaframes.scores import Scores
from mediaframes.text.counts import Counts

METHODS = ("pmi", "log_odds")
FIELD_TOP = 250  # words per frame in Field et al. 2018
FIELD_DOCS, FIELD_SHARE = 0.001, 0.98  # and the shares of articles between which a word is used
PRIOR_MASS = 500.0  # words; Monroe et al. 2008, section 3.5.1
Z = 1.96  # log-odds below so many standard errors are no sign of a frame
MOST_HITS = 60  # the highest threshold that is tried
FEWEST = 5  # coded articles that a frame needs


@dataclass(frozen=True, eq=False)
class Induced:
    """A draft codebook from coded articles.

    Attributes
    ----------
    codebook : Codebook
        The draft; write it with `write_codebook`, edit it, read it again.
    terms : DataFrame
        The numbers behind each term, best first: ``frame term rank score pmi log_odds z count
        count_frame docs docs_frame precision``; `precision` is the share of the term's articles
        that are coded with the frame.
    quality : DataFrame
        What such lists find in articles they were not made from: ``frame n coded min_hits
        precision recall F1 always``, pooled over the folds; `min_hits` is the threshold chosen on
        the training articles (the median over folds), `always` the F1 of calling every article
        positive. **It is of the draft**: whatever you change afterwards needs its own validation.
    made : Made
    """

    codebook: Codebook
    terms: pd.DataFrame
    quality: pd.DataFrame
    made: Made

    def __repr__(self) -> str:
        mean = self.quality["F1"].mean()
        return (
            f"Induced: {len(self.codebook)} frames, {len(self.terms):,} terms, "
            f"cross-validated mean F1 {mean:.2f}"
        )

    def _repr_html_(self) -> str:
        best = self.terms.groupby("frame", sort=False)["term"].agg(lambda t: ", ".join(t.head(15)))
        table = self.quality.round(3).assign(terms=self.quality["frame"].map(best))
        return f"<p>{html.escape(repr(self))}</p>{table.to_html(index=False, escape=True)}"


def induce(
    scores: Scores | pd.DataFrame,
    counts: Counts,
    *,
    method: str = "pmi",
    top: int = FIELD_TOP,
    language: str = "en",
    folds: int = 5,
    seed: int = 0,
) -> Induced:
    """Word lists from coded articles: which words mark the articles with a frame.

    Parameters
    ----------
    scores : Scores or DataFrame
        Codes: articles × frames, the frame is there where the value is above 0. NaN: not coded.
    counts : Counts
        Words of the same articles; articles without codes are not used.
    method : str
        ``pmi`` (Field et al. 2018): log of a word's share of the words in articles with the frame
        over its share in all; words in at least 0.1 % and at most 98 % of the articles; the `top`
        highest. Rare words rank high: it needs many coded articles. ``log_odds``: weighted
        log-odds with a prior from all articles (500 words), ranked by standard errors, those below
        1.96 left out; steady with few articles.
    top : int
        At most so many words per frame.
    language : str
        Of the words, for the codebook.
    folds : int
        Parts of the cross-validation; copies stay together.
    seed : int
        Of the parts.

    Returns
    -------
    Induced
        Draft codebook, the numbers behind each term, and cross-validated quality. Words count
        by the articles' weights.

    Raises
    ------
    InputError
        For an unknown method, codes without counts, or a frame coded in fewer than five articles
        or in all.

    Source
    ------
    Field, Kliger, Wintner, Pan, Jurafsky, Tsvetkov (2018), Framing and Agenda-setting in Russian
    News; Monroe, Colaresi, Quinn (2008), Fightin' Words. There spans are coded, here articles.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> counts = Counts.from_matrix(csr_array([[3, 0, 1], [0, 3, 1]] * 99), ["tax", "war", "the"])
    >>> codes = pd.DataFrame({"Economic": [1, 0] * 99}, index=counts.docs.index)
    >>> draft = induce(codes, counts, method="log_odds")
    >>> draft.codebook.terms("en"), draft.quality["F1"].tolist()
    ({'Economic': ('tax',)}, [1.0])
    """
    if method not in METHODS:
        raise InputError(f"unknown method '{method}'; allowed: {', '.join(METHODS)}")
    if top < 1 or folds < 2:
        raise InputError(f"top={top}, folds={folds}; give 1 term and 2 folds or more")
    codes, data = _aligned(scores, counts)
    words = counts.vocabulary.to_numpy(dtype=object)
    part = _folds(data.groups, folds, seed)
    tables, quality = [], []
    for name in codes:
        known = codes[name].notna().to_numpy(bool)
        coded = codes[name].to_numpy(np.float64) > 0
        _refuse_few(str(name), coded, known)
        table, chosen = _terms(data, coded, known, method, top)
        picked = table.iloc[chosen].reset_index(drop=True)
        picked.insert(0, "frame", str(name))
        picked.insert(1, "term", pd.Series(words[chosen], dtype="str"))
        picked.insert(2, "rank", np.arange(1, len(picked) + 1))
        tables.append(picked)
        quality.append(_validated(str(name), data, coded, known, (method, top, part, folds)))
    terms = pd.concat(tables, ignore_index=True).astype({"frame": "str"})
    empty = [str(name) for name in codes if not (terms["frame"] == name).any()]
    if empty:
        say(f"induce: no word marks {', '.join(empty)}; the draft has no terms there")
    settings = {"method": method, "top": top, "folds": folds}
    parents = (counts.made, *((scores.made,) if isinstance(scores, Scores) else ()))
    return Induced(
        _draft(terms, [str(name) for name in codes], language, method, scores),
        terms,
        pd.DataFrame(quality),
        Made.by("induce", settings=settings, seed=seed, parents=parents),
    )


@dataclass(frozen=True, eq=False)
class _Data:
    """Coded articles × words, their weights and groups of copies."""

    matrix: Any
    present: Any
    weight: np.ndarray
    groups: np.ndarray


def _aligned(scores: Scores | pd.DataFrame, counts: Counts) -> tuple[pd.DataFrame, _Data]:
    codes = scores.values if isinstance(scores, Scores) else scores
    codes = codes.copy()
    codes.index = codes.index.astype("str")
    missing = codes.index.difference(counts.docs.index)
    if len(missing):
        raise InputError(
            f"{len(missing):,} coded articles are not in the counts, the first '{missing[0]}'; "
            "give both the same ids"
        )
    codes = codes.sort_index(kind="stable")
    rows = counts.docs.index.get_indexer(codes.index)
    matrix = counts.matrix[rows].astype(np.float64)
    present = matrix.copy()
    present.data = np.ones_like(present.data)
    docs = counts.docs.iloc[rows]
    return codes, _Data(matrix, present, article_weights(docs).to_numpy(), copy_groups(docs))


def _refuse_few(name: str, coded: np.ndarray, known: np.ndarray) -> None:
    n = int((coded & known).sum())
    if n < FEWEST or n > known.sum() - FEWEST:
        raise InputError(
            f"'{name}' is coded in {n} of {int(known.sum())} articles; words that mark it need at "
            f"least {FEWEST} with and {FEWEST} without: leave the frame out or code more"
        )


def _folds(groups: np.ndarray, folds: int, seed: int) -> np.ndarray:
    """The part of each article; a group of copies lies in one."""
    n = int(groups.max(initial=-1)) + 1
    order = np.random.default_rng(seed).permutation(n)
    part = np.empty(n, np.int64)
    part[order] = np.arange(n) % folds
    return np.asarray(part[groups], np.int64)


def _terms(
    data: _Data, coded: np.ndarray, use: np.ndarray, method: str, top: int
) -> tuple[pd.DataFrame, np.ndarray]:
    """The numbers of the words that mark the frame, best first, and which words they are."""
    weight = np.where(use, data.weight, 0.0)
    of_frame = np.where(coded, weight, 0.0)
    count, inside = weight @ data.matrix, of_frame @ data.matrix
    docs, docs_inside = weight @ data.present, of_frame @ data.present
    whole, whole_inside = count.sum(), inside.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        pmi = np.log((inside / whole_inside) / (count / whole))
    prior = PRIOR_MASS * count / max(whole, 1)
    value, error = log_odds(
        inside, count - inside, whole_inside, whole - whole_inside,
        prior=prior, prior_mass=PRIOR_MASS,
    )  # fmt: skip
    z = np.divide(value, error, out=np.zeros_like(value), where=error > 0)
    share = docs / max(weight.sum(), 1e-12)
    usable = (inside > 0) & (share >= FIELD_DOCS) & (share <= FIELD_SHARE)
    if method == "pmi":
        score = pmi
        usable &= pmi > 0
    else:
        score = z
        usable &= z >= Z
    found = np.flatnonzero(usable)
    # equal scores: the more frequent word, then the alphabet (columns are sorted)
    chosen = found[np.lexsort((found, -count[found], -score[found]))][:top]
    table = pd.DataFrame(
        {
            "score": score, "pmi": pmi, "log_odds": value, "z": z, "count": count,
            "count_frame": inside, "docs": docs, "docs_frame": docs_inside,
            "precision": docs_inside / np.maximum(docs, 1e-12),
        }
    )  # fmt: skip
    return table, chosen


def _validated(
    name: str,
    data: _Data,
    coded: np.ndarray,
    known: np.ndarray,
    how: tuple[str, int, np.ndarray, int],
) -> dict[str, object]:
    """Lists and thresholds from all parts but one, tried on that one; pooled."""
    method, top, part, folds = how
    found = np.zeros(len(coded), bool)
    thresholds = []
    for k in range(folds):
        train = known & (part != k)
        n = int((coded & train).sum())
        if n == 0:
            continue
        _, chosen = _terms(data, coded, train, method, top)
        hits = np.asarray(data.matrix[:, chosen].sum(axis=1)).ravel()
        tries = np.arange(1, MOST_HITS + 1)
        f1 = [_rates(coded[train], hits[train] >= m)[2] for m in tries]
        least = int(tries[int(np.argmax(f1))])  # the lowest of the best
        thresholds.append(least)
        test = known & (part == k)
        found[test] = hits[test] >= least
    precision, recall, f1_all = _rates(coded[known], found[known])
    share = coded[known].mean()
    return {
        "frame": name, "n": int(known.sum()), "coded": int(coded[known].sum()),
        "min_hits": float(np.median(thresholds)), "precision": precision, "recall": recall,
        "F1": f1_all, "always": float(2 * share / (1 + share)),
    }  # fmt: skip


def _rates(coded: np.ndarray, found: np.ndarray) -> tuple[float, float, float]:
    """Precision (NaN where nothing is found), recall, F1."""
    both = int((coded & found).sum())
    precision = both / found.sum() if found.any() else np.nan
    recall = both / coded.sum() if coded.any() else np.nan
    return (
        float(precision),
        float(recall),
        float(2 * both / max(1, int(coded.sum() + found.sum()))),
    )


def _draft(
    terms: pd.DataFrame, names: list[str], language: str, method: str, scores: Any
) -> Codebook:
    colors = scores.colors if isinstance(scores, Scores) else {}
    lists = {name: tuple(terms.loc[terms["frame"] == name, "term"]) for name in names}
    frames = tuple(
        Frame(
            name=name,
            definition=f"(draft: words that mark articles coded as {name}; write the definition)",
            color=colors.get(name, PALETTE[k % len(PALETTE)]),
            terms={language: lists[name]},
            source=f"induced from coded articles by {method}",
        )
        for k, name in enumerate(names)
    )
    return Codebook(
        "Draft", (language,), frames,
        description="Induced from coded articles: read each term's lines and edit before use.",
    )  # fmt: skip
