"""`dedupe`: copies and near copies are found, grouped and weighted, not thrown away unseen."""

from typing import Literal

import numpy as np
import pandas as pd

from mediaframes._console import say
from mediaframes.corpus._pairs import Found, find_copies
from mediaframes.corpus.articles import Corpus, leaving
from mediaframes.errors import InputError, check_kind

Policy = Literal["weight", "fit", "earliest", "none"]
POLICIES = ("weight", "fit", "earliest", "none")
# Below this, almost every text becomes a candidate, and what is found is no copy.
LEAST_SIMILARITY = 0.3
LEAST_CONTAINMENT = 0.5
_TIME = r"^\d{4}-\d\d?-\d\d?[T ](\d\d):(\d\d)(?::(\d\d))?"


def dedupe(
    corpus: Corpus,
    *,
    similarity: float = 0.8,
    containment: float | None = 0.8,
    policy: Policy = "weight",
) -> Corpus:
    """Find copies and near copies, group them, and decide what an article counts.

    Two articles are copies where their texts share at least `similarity` of all runs of five words
    that occur in either (Jaccard of 5-word shingles, Broder 1997; lower-cased, punctuation
    ignored; texts under five words must be equal), or where at least `containment` of the runs of
    the shorter one (of 50 runs or more) stand in the longer one: agency copy that was shortened or
    has own paragraphs added. MinHash signatures and an index of sampled runs propose pairs, and
    every proposed pair is confirmed by its exact similarity.

    Similar articles are joined to groups. A text within a longer one joins its group only where
    the longer one is at most five times as long and any two texts of the group (the longest among
    similar ones) share at least half of the shorter one: so a live blog or press review does not
    merge the reports it holds; it joins the one it has most in common with. The earliest of a
    group, by date, time of day where the files give it, and id, is the original.

    Parameters
    ----------
    corpus : Corpus
        Best after `clean`: the same page furniture makes different articles alike.
    similarity : float
        Between 0.3 and 1.
    containment : float, optional
        Between 0.5 and 1; None does not look for texts within longer ones.
    policy : {"weight", "fit", "earliest", "none"}
        ``"weight"`` keeps every article and counts each of n copies 1/n; ``"fit"`` counts every
        article in full, but topic models (and their vocabularies) are fitted without the copies;
        ``"earliest"`` keeps the original and moves the others to ``left_out``; ``"none"`` only
        marks (weight 1): a copy was read by other readers, which matters for salience.

    Returns
    -------
    Corpus
        ``docs`` with ``copy_of`` (id of the original; own id without copies), ``group_size``,
        ``weight`` and, with policy ``"fit"``, ``fit_weight`` (1 for originals, 0 for copies);
        ``copies`` with the confirmed pairs: ``id_a id_b jaccard containment exact joined``
        (whether both are in one group). Of more than 64 equal texts only the pairs with the first
        are listed, of more than 64 similar ones (a form letter) those with a few others.

    Raises
    ------
    InputError
        For a `similarity`, `containment` or `policy` that does not exist.

    Examples
    --------
    >>> text = "The ministers met on Monday to talk about the new budget for schools"
    >>> corpus = Corpus.from_frame(pd.DataFrame({
    ...     "id": ["a", "b", "c"], "text": [text, text + ".", "Rain is expected."],
    ...     "date": ["2024-10-25", "2024-10-24", "2024-10-24"]}))
    >>> dedupe(corpus).docs[["copy_of", "group_size", "weight"]].reset_index()
    dedupe: 2 of 3 articles in 1 group of copies (1 pair, 1 exact); policy 'weight'
      id copy_of  group_size  weight
    0  a       b           2     0.5
    1  b       b           2     0.5
    2  c       c           1     1.0
    """
    check_kind(corpus, Corpus, verb="dedupe", how="mf.read or mf.Corpus.from_frame makes it")
    _check(similarity, containment, policy)
    docs = corpus.docs
    found = find_copies(docs["text"], similarity=similarity, containment=containment)
    original = _originals(docs, found.groups)
    size = np.bincount(found.groups, minlength=max(1, len(docs)))[found.groups]
    weight = 1.0 / size if policy == "weight" else np.ones(len(docs))
    marked = docs.drop(columns="fit_weight", errors="ignore").assign(
        copy_of=original, group_size=size, weight=weight
    )
    marked["copy_of"] = marked["copy_of"].astype("str")
    is_copy = (marked["copy_of"] != marked.index).to_numpy()
    if policy == "fit":
        marked["fit_weight"] = np.where(is_copy, 0.0, 1.0)
    gone = None
    if policy == "earliest":
        gone = leaving(marked[is_copy], step="dedupe", reason="copy")
        gone["reason"] = ("copy of " + marked["copy_of"][is_copy]).to_numpy()
        marked = marked[~is_copy]
    copies = _pair_table(docs.index, found)
    _report(size, found, copies, policy)
    settings = {"similarity": similarity, "containment": containment, "policy": policy}
    return corpus.replace(
        step="dedupe", settings=settings, docs=marked, copies=copies, left_out=gone
    )


def _check(similarity: float, containment: float | None, policy: str) -> None:
    if policy not in POLICIES:
        raise InputError(f"policy='{policy}': use one of {', '.join(POLICIES)}")
    if not LEAST_SIMILARITY <= similarity <= 1:
        raise InputError(f"similarity={similarity}: use a number from {LEAST_SIMILARITY} to 1")
    if containment is not None and not LEAST_CONTAINMENT <= containment <= 1:
        raise InputError(
            f"containment={containment}: use a number from {LEAST_CONTAINMENT} to 1, or None"
        )


def _pair_table(ids: pd.Index, found: Found) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id_a": ids[found.first],
            "id_b": ids[found.second],
            "jaccard": found.jaccard,
            "containment": found.containment,
            "exact": found.exact,
            "joined": found.groups[found.first] == found.groups[found.second],
        }
    )


def _report(size: np.ndarray, found: Found, copies: pd.DataFrame, policy: str) -> None:
    several = len(np.unique(found.groups[size > 1])) if len(size) else 0
    pairs, exact = len(copies), int(copies["exact"].sum())
    apart = int((~copies["joined"]).sum())
    say(
        f"dedupe: {int((size > 1).sum()):,} of {len(size):,} articles in {several:,} "
        f"group{'' if several == 1 else 's'} of copies ({pairs:,} pair{'' if pairs == 1 else 's'}, "
        f"{exact:,} exact"
        + (f", {apart:,} of a text in a longer one that is no copy" if apart else "")
        + f"); policy '{policy}'"
    )


def _originals(docs: pd.DataFrame, groups: np.ndarray) -> np.ndarray:
    """The id of the earliest article of each row's group; an article without date comes last."""
    rows = docs[[name for name in ("date", "date_raw") if name in docs]].assign(group=groups)
    rows = rows.assign(clock=clock(rows, rows["group"]))
    # the rows come sorted by id
    rows = rows.sort_values(["date", "clock"], na_position="last", kind="stable")
    first = rows.drop_duplicates("group")
    original = pd.Series(first.index.to_numpy(dtype=object), first["group"])
    return np.asarray(original.reindex(groups).to_numpy(dtype=object))


def clock(docs: pd.DataFrame, groups: pd.Series) -> pd.Series:
    """Seconds since midnight at which each article was published, float64; NaN where not known.

    Read from the date as the file has it (``date_raw``), where that is ISO with a time of day;
    time zones are not compared. Midnight is what exports write where they do not know. Times are
    only given where all articles of one group and day have one: a newspaper without times was not
    the last.

    Examples
    --------
    >>> docs = pd.DataFrame({"date_raw": ["2020-11-13T15:47:14+01:00", "2020-11-13 09:00"] * 2})
    >>> docs["date"] = pd.Timestamp("2020-11-13")
    >>> clock(docs, pd.Series([1, 1, 2, 2])).tolist()
    [56834.0, 32400.0, 56834.0, 32400.0]
    >>> clock(docs.assign(date_raw=["2020-11-13T15:47", "2020-11-13"] * 2), docs.index // 4)[0]
    np.float64(nan)
    """
    if "date_raw" not in docs:
        return pd.Series(np.nan, docs.index)
    parts = docs["date_raw"].astype("str").str.extract(_TIME).astype("float64")
    seconds = parts[0] * 3600 + parts[1] * 60 + parts[2].fillna(0)
    seconds = seconds.where(seconds > 0)
    keys = [np.asarray(groups), docs["date"].to_numpy()]
    known = seconds.notna().groupby(keys, dropna=False).transform("all")
    return seconds.where(known)
