"""Hits of a corpus in parts, added up: the same as of the whole, with one part in memory."""

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from mediaframes.errors import InputError
from mediaframes.frames.codebook import Codebook
from mediaframes.frames.hits import Hits, frame_index, term_index
from mediaframes.made import Made
from mediaframes.text.tokens import Tokens

KEY = ["frame", "language", "term"]
FATES = ["matches", "cancelled", "overlapped", "hits"]


def hits_of_parts(
    parts: Iterable[Tokens], codebook: Codebook, find: Callable[[Tokens], Hits]
) -> Hits:
    """The hits of all parts as one value, without the articles' texts.

    Parameters
    ----------
    parts : iterable of Tokens
        Each is taken, searched and let go before the next.
    codebook : Codebook
    find : callable
        Finds the hits of one part.

    Raises
    ------
    InputError
        Where there is no part, something else than Tokens, an article in two parts, or languages
        in some parts only (what an article without language is depends on all others).
    """
    found = []
    for number, part in enumerate(parts, 1):
        if not isinstance(part, Tokens):
            raise InputError(
                f"part {number} is a {type(part).__name__}; give Tokens, e.g. "
                "(mf.tokenize(mf.read(path)) for path in paths)"
            )
        found.append(_slim(find(part)))
    if not found:
        raise InputError("no part at all; give at least one, e.g. a list of Tokens")
    return _joined(found, codebook)


def _slim(hits: Hits) -> Hits:
    """The hits without texts, and with codes instead of strings."""
    from dataclasses import replace

    return replace(hits, docs=hits.docs.drop(columns="text"))


def _joined(found: list[Hits], codebook: Codebook) -> Hits:
    said = [hits.docs["language"].notna().any() for hits in found if len(hits.docs)]
    guessed = [
        hits for hits in found if len(hits.docs) and hits.docs["language"].isna().all()
        and hits.languages.notna().any()
    ]  # fmt: skip
    if any(said) and guessed and not guessed[0].made.settings.get("language"):
        raise InputError(
            "some parts say the languages of their articles, others of none; find them with "
            "mf.language for all parts, or pass language="
        )
    docs = pd.concat([hits.docs for hits in found])
    if docs.index.has_duplicates:
        twice = docs.index[docs.index.duplicated()][0]
        raise InputError(f"the article '{twice}' is in two parts; give each id once")
    order = np.argsort(docs.index.to_numpy(dtype=object), kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    counts = _counts(found, codebook)
    names = [frame.name for frame in codebook.measured]
    terms = term_index(counts)
    columns: dict[str, list[np.ndarray]] = {name: [] for name in found[0].table.columns}
    before = 0
    for hits in found:
        table = hits.table
        own = terms.get_indexer(pd.Index(table["term"].cat.categories))
        columns["id"].append(place[before + table["id"].cat.codes.to_numpy(np.int64)])
        columns["frame"].append(table["frame"].cat.codes.to_numpy(np.int64))
        columns["term"].append(own[table["term"].cat.codes.to_numpy(np.int64)])
        for name in ("token", "length", "sentence", "start", "end"):
            columns[name].append(table[name].to_numpy())
        before += len(hits.docs)
    whole = {name: np.concatenate(pieces) for name, pieces in columns.items()}
    by_article = np.argsort(whole["id"], kind="stable")
    table = pd.DataFrame({name: values[by_article] for name, values in whole.items()})
    docs = docs.iloc[order]
    table["id"] = pd.Categorical.from_codes(table["id"].to_numpy(), docs.index)
    table["frame"] = pd.Categorical.from_codes(table["frame"].to_numpy(), frame_index(names))
    table["term"] = pd.Categorical.from_codes(table["term"].to_numpy(), terms)
    unmatched: dict[str, int] = {}
    for hits in found:
        for language, n in hits.unmatched_languages.items():
            unmatched[language] = unmatched.get(language, 0) + n
    return Hits(
        docs=docs,
        codebook=codebook,
        table=table,
        lengths=pd.concat([hits.lengths for hits in found]).iloc[order],
        languages=pd.concat([hits.languages for hits in found]).iloc[order],
        counts=counts,
        made=Made.by(
            "apply_codebook",
            settings={"parts": len(found)},
            parents=tuple(hits.made for hits in found),
        ),
        unmatched_languages=dict(sorted(unmatched.items())),
    )


def _counts(found: list[Hits], codebook: Codebook) -> pd.DataFrame:
    """What became of each term in all parts, in the order of the codebook."""
    all_of_them = pd.concat([hits.counts for hits in found], ignore_index=True)
    sums = all_of_them.groupby(KEY, sort=False)[FATES].sum()
    weights = all_of_them.drop_duplicates(KEY).set_index(KEY)["weight"]
    present = set(all_of_them["language"])
    rows = [
        (frame.name, language, term)
        for frame in codebook.measured
        for language in codebook.languages
        if language in present
        for term in frame.terms.get(language, ())
    ]
    index = pd.MultiIndex.from_tuples(rows, names=KEY) if rows else sums.index
    table = sums.reindex(index).astype("int64")
    table.insert(0, "weight", weights.reindex(index))
    kinds = dict.fromkeys(KEY, "str") | {"weight": "float64"}
    return table.reset_index().astype(kinds)
