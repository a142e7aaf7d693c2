"""`apply_codebook`: find a codebook's terms in the articles."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from mediaframes._console import progress, say
from mediaframes.errors import InputError
from mediaframes.frames._match import Places, longest_first, uncovered
from mediaframes.frames.codebook import Codebook, Frame
from mediaframes.frames.hits import Hits, frame_index, term_index
from mediaframes.frames.reading import read_codebook
from mediaframes.made import Made
from mediaframes.text.tokens import Tokens

NOT_KNOWN = "not known"  # stands for articles without a language in reports


def apply_codebook(
    tokens: Tokens, codebook: Codebook | str | Path, *, language: str | None = None
) -> Hits:
    """Find a codebook's terms in the articles.

    Each article is searched with the terms of its own language. A term matches whole words, in
    upper or lower case; ``*`` stands for any run of characters, ``?`` for one; a phrase matches
    within one sentence, and a space in it also finds a hyphen and the reverse. Within a frame
    overlapping hits are settled in favor of the longest, then the earliest; an exclusion that
    covers a hit cancels it. A token may count for several frames.

    Parameters
    ----------
    tokens : Tokens
        From `tokenize`.
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
    spoken = _languages(tokens.docs, book, language)
    places = Places.of(tokens)
    taken = np.zeros(len(tokens.ids), bool)
    present = [name for name in book.languages if (spoken == name).any()]
    speaks = {
        name: np.repeat((spoken == name).to_numpy(bool), tokens.lengths()) for name in present
    }
    counts: list[tuple[str, str, str, int]] = []
    pieces = []
    for number, frame in enumerate(
        progress(book.measured, "looking for frames", total=len(book.measured))
    ):
        spans = _frame_hits(places, frame, speaks, taken, counts)
        pieces.append((*spans, np.full(len(spans[0]), number)))
    table_of_counts = pd.DataFrame(counts, columns=["frame", "language", "term", "matches"])
    table_of_counts = table_of_counts.astype(
        {"frame": "str", "language": "str", "term": "str", "matches": "int64"}
    )
    starts, lengths, rows, frames = (
        np.concatenate([np.empty(0, np.int64), *(piece[k] for piece in pieces)]) for k in range(4)
    )
    order = np.lexsort((frames, starts))
    sorted_spans = (starts[order], lengths[order], rows[order], frames[order])
    hits = Hits(
        docs=tokens.docs,
        codebook=book,
        table=_table(tokens, book, table_of_counts, sorted_spans),
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
    _report(hits)
    return hits


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


def _frame_hits(
    places: Places,
    frame: Frame,
    speaks: Mapping[str, np.ndarray],
    taken: np.ndarray,
    counts: list[tuple[str, str, str, int]],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """First tokens, lengths and rows of `counts` of a frame's hits; `counts` grows by its terms."""
    starts, lengths, rows = [np.empty(0, np.int64)], [np.empty(0, np.int64)], [np.empty(0, int)]
    out_starts, out_lengths = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    everywhere = len(speaks) == 1 and all(mask.all() for mask in speaks.values())
    for name, mask in speaks.items():
        for kind, words in (("term", frame.terms[name]), ("out", frame.exclude.get(name, ()))):
            for term in words:
                begin, length = places.of_term(term)
                if not everywhere:
                    inside = mask[begin]
                    begin, length = begin[inside], length[inside]
                if kind == "out":
                    out_starts.append(begin)
                    out_lengths.append(length)
                    continue
                starts.append(begin)
                lengths.append(length)
                rows.append(np.full(len(begin), len(counts)))
                counts.append((frame.name, name, term, len(begin)))
    first, size, row = np.concatenate(starts), np.concatenate(lengths), np.concatenate(rows)
    out = (np.concatenate(out_starts), np.concatenate(out_lengths))
    stay = uncovered((first, size), out)
    first, size, row = first[stay], size[stay], row[stay]
    kept = longest_first((first, size), row, taken)
    return first[kept], size[kept], row[kept]


def _table(
    tokens: Tokens,
    book: Codebook,
    counts: pd.DataFrame,
    spans: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
) -> pd.DataFrame:
    starts, lengths, rows, frames = spans
    docs = np.searchsorted(tokens.offsets, starts, side="right") - 1
    names = [frame.name for frame in book.measured]
    categories = term_index(counts)
    term_codes = categories.get_indexer(pd.Index(counts["term"]))[rows]
    return pd.DataFrame(
        {
            "id": pd.Categorical.from_codes(docs, tokens.docs.index),
            "frame": pd.Categorical.from_codes(frames, frame_index(names)),
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
