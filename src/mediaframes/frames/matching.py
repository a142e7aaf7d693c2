"""`apply_codebook`: find a codebook's terms in the articles."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from mediaframes._console import progress, say
from mediaframes.errors import InputError
from mediaframes.frames._match import Lookup, entries_of
from mediaframes.frames.codebook import Codebook
from mediaframes.frames.files import read_codebook
from mediaframes.frames.hits import Hits, frame_index, term_index
from mediaframes.frames.parts import hits_of_parts
from mediaframes.made import Made
from mediaframes.text.tokens import Tokens

NOT_KNOWN = "not known"  # stands for articles without a language in reports


def apply_codebook(
    tokens: Tokens | Iterable[Tokens],
    codebook: Codebook | str | Path,
    *,
    language: str | None = None,
) -> Hits:
    """Find a codebook's terms in the articles.

    Each article is searched with the terms of its own language. A term matches whole words, in
    upper or lower case; ``*`` stands for any run of characters, ``?`` for one; a phrase matches
    within one sentence, and a space in it also finds a hyphen and the reverse. Within a frame
    overlapping hits are settled in favor of the longest, then the earliest; an exclusion that
    covers a hit cancels it. A token may count for several frames.

    Parameters
    ----------
    tokens : Tokens, or an iterable of them
        From `tokenize`. A corpus too large for memory comes in parts, e.g. ``(mf.tokenize(
        mf.read(path)) for path in paths)``: each is searched and let go; the hits are those of
        the whole, without the articles' texts (so ``hits.lines`` needs the part).
    codebook : Codebook or path
        The frames, or the YAML file that holds them (see `read_codebook`).
    language : str, optional
        The language of all articles, whatever ``docs.language`` says.

    Returns
    -------
    Hits
        Terms that match nothing and articles whose language the codebook lacks are reported and
        kept in ``hits.unmatched()`` and ``hits.unmatched_languages``.

    Raises
    ------
    InputError
        For a broken codebook, a `language` it lacks, or articles without any language where the
        codebook has several.

    Examples
    --------
    >>> from mediaframes.corpus.articles import Corpus
    >>> from mediaframes.text.tokens import tokenize
    >>> texts = pd.DataFrame({"text": ["Das Verfassungsgericht kippt die Sanktionen."]})
    >>> codebook = Codebook.from_terms({"Legality": ["*gericht*"]}, language="de")
    >>> apply_codebook(tokenize(Corpus.from_frame(texts)), codebook)
    Hits: 1 in 1 of 1 articles
    """
    book = codebook if isinstance(codebook, Codebook) else read_codebook(codebook)
    if language is not None:
        book.terms(language)  # refuses a language it lacks
    if not isinstance(tokens, Tokens):
        hits = hits_of_parts(tokens, book, lambda part: _apply(part, book, language))
    else:
        hits = _apply(tokens, book, language)
    _report(hits)
    return hits


def _apply(tokens: Tokens, book: Codebook, language: str | None) -> Hits:
    spoken = _languages(tokens.docs, book, language)
    found, table_of_counts = _find(tokens, book, spoken)
    return Hits(
        docs=tokens.docs,
        codebook=book,
        table=_table(tokens, book, table_of_counts, found),
        lengths=pd.Series(tokens.lengths(), tokens.docs.index, name="length"),
        languages=spoken,
        counts=table_of_counts,
        unmatched_languages=_left_without(tokens.docs, spoken),
        made=Made.by(
            "apply_codebook",
            settings={"codebook": book.name, "content": book.content_hash, "language": language},
            sources={book.file: book.sha256} if book.file else {},
            parents=(tokens.made,),
        ),
    )


def _languages(docs: pd.DataFrame, book: Codebook, language: str | None) -> pd.Series:
    """The language whose terms each article is searched with; NA where the codebook has none."""
    given = docs["language"].astype("str")
    if language is None and len(docs) and given.isna().all():
        if len(book.languages) > 1:
            raise InputError(
                f"no article says its language, and the codebook '{book.name}' has terms in "
                f"{', '.join(book.languages)}; find the languages with mf.language(corpus), or "
                f"pass language='{book.languages[0]}'"
            )
        language = book.languages[0]
    if language is not None:
        return pd.Series(language, docs.index, dtype="str", name="language")
    return given.where(given.isin(book.languages)).rename("language")


def _left_without(docs: pd.DataFrame, spoken: pd.Series) -> dict[str, int]:
    lacking = docs["language"].astype("str")[spoken.isna()].fillna(NOT_KNOWN)
    return {str(name): int(n) for name, n in lacking.value_counts().sort_index().items()}


Found = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # doc, start, length, row of counts


def _find(tokens: Tokens, book: Codebook, spoken: pd.Series) -> tuple[Found, pd.DataFrame]:
    """The hits in the order of articles, words and frames; and what became of each term."""
    from mediaframes.frames._scan import find_hits

    lookup = Lookup(tokens.vocabulary)
    counts = np.bincount(tokens.ids, minlength=len(tokens.vocabulary))
    present = [name for name in book.languages if (spoken == name).any()]
    pieces: list[Found] = []
    tables: list[pd.DataFrame] = []
    for name in progress(present, "looking for frames", total=len(present)):
        entries = entries_of(book, name, lookup, counts, tokens.made)
        rows = np.flatnonzero((spoken == name).to_numpy(bool)).astype(np.int64)
        doc, start, length, who, tally = find_hits(
            tokens.ids,
            tokens.offsets,
            tokens.sentences,
            rows,
            entries.sequences,
            entries.patterns,
            entries.rules,
            len(book.measured),
            entries.reach,
        )
        n = len(entries.rows)
        kept = np.bincount(who, minlength=n)[:n]
        fates = {"matches": tally[0], "cancelled": tally[1], "overlapped": tally[2], "hits": kept}
        before = sum(len(table) for table in tables)
        tables.append(entries.rows.assign(**{key: fate[:n] for key, fate in fates.items()}))
        pieces.append((doc, start, length, who.astype(np.int64) + before))
    doc, start, length, row = (
        np.concatenate([np.empty(0, np.int64), *column])
        for column in (zip(*pieces, strict=True) if pieces else [()] * 4)
    )
    if len(present) > 1:
        order = np.argsort(doc, kind="stable")  # an article lies in one piece, in order
        doc, start, length, row = doc[order], start[order], length[order], row[order]
    return _in_codebook_order(book, tables, (doc, start, length, row))


def _in_codebook_order(
    book: Codebook, tables: list[pd.DataFrame], found: Found
) -> tuple[Found, pd.DataFrame]:
    """The terms frame by frame, each frame's in all languages of the corpus."""
    columns = ("frame", "language", "term", "weight", "matches", "cancelled", "overlapped", "hits")
    if not tables:
        kinds = dict.fromkeys(columns[:3], "str") | {"weight": "float64"}
        empty = pd.DataFrame({name: pd.Series([], dtype="int64") for name in columns})
        return found, empty.astype(kinds)
    table = pd.concat(tables, ignore_index=True)[list(columns)]
    names = [frame.name for frame in book.measured]
    order = np.argsort(pd.Index(names).get_indexer(table["frame"]), kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    doc, start, length, row = found
    return (doc, start, length, rank[row]), table.iloc[order].reset_index(drop=True)


def _table(tokens: Tokens, book: Codebook, counts: pd.DataFrame, found: Found) -> pd.DataFrame:
    docs, starts, lengths, rows = found
    names = [frame.name for frame in book.measured]
    frame_codes = pd.Index(names).get_indexer(counts["frame"])[rows]
    categories = term_index(counts)
    term_codes = categories.get_indexer(pd.Index(counts["term"]))[rows]
    return pd.DataFrame(
        {
            "id": pd.Categorical.from_codes(docs, tokens.docs.index),
            "frame": pd.Categorical.from_codes(frame_codes, frame_index(names)),
            "term": pd.Categorical.from_codes(term_codes, categories),
            "token": (starts - tokens.offsets[docs]).astype(np.int32),
            "length": lengths.astype(np.int32),
            "sentence": tokens.sentences[starts],
            "start": tokens.starts[starts],
            "end": tokens.ends[starts + lengths - 1] if len(starts) else np.empty(0, np.int32),
        }
    )


def _report(hits: Hits) -> None:
    if hits.unmatched_languages:
        listed = ", ".join(f"{name} {n:,}" for name, n in hits.unmatched_languages.items())
        say(
            f"apply_codebook: {sum(hits.unmatched_languages.values()):,} articles are not "
            f"measured, for the codebook has no terms in their language ({listed}); it has: "
            f"{', '.join(hits.codebook.languages)}"
        )
    nothing = int((hits.counts["matches"] == 0).sum())
    if len(hits.counts) and nothing == len(hits.counts):
        say(
            f"apply_codebook: WARNING: none of the {nothing:,} terms of '{hits.codebook.name}' "
            "matches anything in these articles. Is it the right codebook and language?"
        )
    elif nothing:
        say(
            f"apply_codebook: {nothing:,} of {len(hits.counts):,} terms match nothing here; "
            "see hits.unmatched()"
        )
