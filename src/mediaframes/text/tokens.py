"""`Tokens`: articles as word ids with the way back to every character of the text."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from mediaframes._console import progress, say
from mediaframes._docs import rows_where
from mediaframes.corpus.articles import Corpus
from mediaframes.errors import InputError
from mediaframes.made import Made, hash_frame, load_value, save_value, summary_html
from mediaframes.text.sentences import points_that_end_nothing

# Articles are scanned in blocks of about this many characters: 4 bytes each as code points and
# about 10 for the results, so a block needs some 60 MB whatever the size of the corpus.
BLOCK_CHARACTERS = 4_000_000


@dataclass(frozen=True, eq=False)
class Tokens:
    """The words of a corpus: flat arrays, never lists of strings.

    Attributes
    ----------
    docs : DataFrame
        The articles (D rows), with their text.
    ids : int32 array of shape (N,)
        Word ids into `vocabulary`; article d is ``ids[offsets[d]:offsets[d + 1]]``.
    offsets : int64 array of shape (D + 1,)
    starts, ends : int32 arrays of shape (N,)
        Character span of each word in its article's ``docs.text``.
    sentences : int32 array of shape (N,)
        Number of the sentence within the article, from 0.
    vocabulary : Index of str
        The V words, lower-cased, in code-point order.
    made : Made

    Examples
    --------
    >>> texts = pd.DataFrame({"text": ["Prices rise. Dr. Ambel's prices fall."]})
    >>> corpus = Corpus.from_frame(texts)
    >>> tokens = tokenize(corpus)
    >>> tokens.vocabulary.tolist()
    ['ambel', 'dr', 'fall', 'prices', 'rise']
    >>> tokens.sentences.tolist()
    [0, 0, 1, 1, 1, 1]
    """

    docs: pd.DataFrame
    ids: np.ndarray
    offsets: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    sentences: np.ndarray
    vocabulary: pd.Index
    made: Made

    def lengths(self) -> np.ndarray:
        """Words per article, int64 of shape (D,)."""
        return np.diff(self.offsets)

    def doc_of(self) -> np.ndarray:
        """For each token the row of its article, int64 of shape (N,)."""
        return np.repeat(np.arange(len(self.docs)), self.lengths())

    def words(self, doc_id: str) -> list[str]:
        """The words of one article, lower-cased, in order."""
        row = int(self.docs.index.get_indexer([doc_id])[0])
        if row < 0:
            raise InputError(f"no article '{doc_id}'; ids look like '{self.docs.index[0]}'")
        part = self.ids[self.offsets[row] : self.offsets[row + 1]]
        return [str(word) for word in self.vocabulary[part]]

    def where(self, condition: "str | pd.Series") -> "Tokens":
        """The articles for which `condition` (a query over `docs`, or a mask) holds.

        The vocabulary stays as it is.
        """
        keep = rows_where(self.docs, condition)
        token_keep = np.repeat(keep, self.lengths())
        settings = {"kept": hash_frame(self.docs.loc[keep, []])}
        return replace(
            self,
            docs=self.docs[keep],
            ids=self.ids[token_keep],
            offsets=np.concatenate([[0], np.cumsum(self.lengths()[keep])]).astype(np.int64),
            starts=self.starts[token_keep],
            ends=self.ends[token_keep],
            sentences=self.sentences[token_keep],
            made=Made.by("where", settings=settings, parents=(self.made,)),
        )

    @cached_property
    def content_hash(self) -> str:
        """Hash of articles and tokens."""
        digest = blake2b(hash_frame(self.docs).encode(), digest_size=16)
        for array in (self.ids, self.offsets, self.starts, self.ends, self.sentences):
            digest.update(np.ascontiguousarray(array).tobytes())
        digest.update("\0".join(self.vocabulary).encode())
        return digest.hexdigest()

    def save(self, folder: str | Path) -> None:
        """Save to a folder (Parquet, npz and JSON)."""
        names = ("ids", "offsets", "starts", "ends", "sentences")
        vocabulary = self.vocabulary.to_frame(name="word", index=False)
        save_value(
            folder,
            self,
            frames={"docs": self.docs, "vocabulary": vocabulary},
            arrays={name: getattr(self, name) for name in names},
        )

    @classmethod
    def load(cls, folder: str | Path) -> "Tokens":
        """Load what `save` wrote."""
        saved = load_value(folder, "Tokens")
        words = pd.Index(saved.frames["vocabulary"]["word"], dtype="str", name=None)
        return cls(docs=saved.frames["docs"], vocabulary=words, made=saved.made, **saved.arrays)

    def __len__(self) -> int:
        return len(self.docs)

    def __repr__(self) -> str:
        return (
            f"Tokens: {len(self.docs):,} articles, {len(self.ids):,} words, "
            f"{len(self.vocabulary):,} different"
        )

    def _repr_html_(self) -> str:
        facts = {
            "articles": f"{len(self.docs):,}",
            "words": f"{len(self.ids):,}",
            "different words": f"{len(self.vocabulary):,}",
            "articles without a word": int((self.lengths() == 0).sum()),
        }
        return summary_html("Tokens", facts)


def tokenize(corpus: Corpus, *, split_hyphens: bool = False) -> Tokens:
    """Find the words and sentences of every article.

    A word is a run of letters, marks and digits; apostrophes between letters, hyphens between
    letters or digits and points or commas between digits join it (``Ukraine-Krieg``, ``don't``,
    ``12.000``). A closing ``'s`` is left off. Words are lower-cased and brought to Unicode's
    composed form (NFC); the spans point at the text as it is.

    Parameters
    ----------
    corpus : Corpus
        Usually after `clean` and `dedupe`.
    split_hyphens : bool
        Whether ``Ukraine-Krieg`` is two words.

    Returns
    -------
    Tokens
        Articles without any word are kept, with length 0, and reported.

    Examples
    --------
    >>> texts = pd.DataFrame({"text": ["Am 24. Oktober fielen 12.000 Schüsse."]})
    >>> tokenize(Corpus.from_frame(texts)).words("0")
    ['am', '24', 'oktober', 'fielen', '12.000', 'schüsse']
    """
    docs = corpus.docs
    texts = docs["text"].to_numpy(dtype=object)
    languages = docs["language"].fillna("").to_numpy(dtype=object)
    blocks = list(_blocks(texts))
    pieces = []
    numbers: dict[str, int] = {}
    for begin, end in progress(blocks, "tokenizing", total=len(blocks)):
        piece, words = _scan_block(texts[begin:end], languages[begin:end], split_hyphens)
        local = [numbers.setdefault(word, len(numbers)) for word in words]
        pieces.append((np.array(local, np.int32)[piece[0]], *piece[1:]))
    order = sorted(numbers)
    rank = np.empty(len(order), np.int32)
    rank[[numbers[word] for word in order]] = np.arange(len(order), dtype=np.int32)
    ids, starts, ends, sentences, lengths = (
        np.concatenate([piece[k] for piece in pieces] or [np.empty(0, np.int32)]) for k in range(5)
    )
    tokens = Tokens(
        docs=docs,
        ids=rank[ids] if len(ids) else ids.astype(np.int32),
        offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        starts=starts,
        ends=ends,
        sentences=sentences,
        vocabulary=pd.Index(order, dtype="str"),
        made=Made.by("tokenize", settings={"split_hyphens": split_hyphens}, parents=(corpus.made,)),
    )
    _report_empty(tokens)
    return tokens


def _report_empty(tokens: Tokens) -> None:
    empty = tokens.docs.index[tokens.lengths() == 0]
    if len(empty):
        say(
            f"tokenize: {len(empty)} articles hold no word, the first '{empty[0]}'; "
            "they stay, empty"
        )


def _blocks(texts: np.ndarray) -> Iterator[tuple[int, int]]:
    begin, characters = 0, 0
    for row, text in enumerate(texts):
        characters += len(text)
        if characters >= BLOCK_CHARACTERS:
            yield begin, row + 1
            begin, characters = row + 1, 0
    if begin < len(texts):
        yield begin, len(texts)


def _scan_block(
    texts: np.ndarray, languages: np.ndarray, split_hyphens: bool
) -> tuple[tuple[np.ndarray, ...], list[str]]:
    """(ids, starts, ends, sentences, lengths) of some articles, and their words."""
    from mediaframes.text._scan import number_sentences, scan

    joined = "".join(texts).encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(joined, np.uint32)
    bounds = np.zeros(len(texts) + 1, np.int64)
    np.cumsum([len(text) for text in texts], out=bounds[1:])
    classes, lower = _tables(codes)
    ids, starts, ends, offsets, letters, letter_bounds = scan(
        codes, bounds, classes, lower, split_hyphens
    )
    whole = letters.tobytes().decode("utf-32-le", "surrogatepass")
    cuts = letter_bounds.tolist()
    words = [unicodedata.normalize("NFC", whole[a:b]) for a, b in pairwise(cuts)]
    names, rows = np.unique(languages.astype(str), return_inverse=True)
    index = pd.Index(words, dtype="str")
    table = np.array([points_that_end_nothing(index, str(name)) for name in names], dtype=bool)
    table = table.reshape(len(names), len(words))
    sentences = number_sentences(
        codes, bounds, classes, lower, (ids, starts, ends, offsets), (rows.astype(np.int64), table)
    )
    return (ids, starts, ends, sentences, np.diff(offsets)), words


def _tables(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Class and lower-case form by code point, filled in for those that occur."""
    present = np.flatnonzero(np.bincount(codes, minlength=1)) if len(codes) else np.empty(0, int)
    size = int(present[-1]) + 1 if len(present) else 1
    classes = np.zeros(size, np.uint8)
    lower = np.arange(size, dtype=np.uint32)
    for code in present.tolist():
        character = chr(code)
        classes[code] = _class_of(character)
        small = character.lower()
        lower[code] = ord(small[0])  # İ becomes i + a mark; the i alone keeps spans one to one
    return classes, lower


def _class_of(character: str) -> int:
    from mediaframes.text import _scan

    special = {
        "'": _scan.APOSTROPHE, "’": _scan.APOSTROPHE, "ʼ": _scan.APOSTROPHE,
        "-": _scan.HYPHEN, "‐": _scan.HYPHEN, "‑": _scan.HYPHEN,
        ".": _scan.POINT, ",": _scan.POINT,
        "!": _scan.STOP, "?": _scan.STOP, "…": _scan.STOP, "。": _scan.STOP,
        "！": _scan.STOP, "？": _scan.STOP, "؟": _scan.STOP,
        '"': _scan.QUOTE, "“": _scan.QUOTE, "”": _scan.QUOTE, "»": _scan.QUOTE,
        "«": _scan.QUOTE, "„": _scan.QUOTE, "_": _scan.OTHER,
        "\n": _scan.NEWLINE, "\r": _scan.OTHER, "\u2028": _scan.NEWLINE, "\u2029": _scan.NEWLINE,
    }  # fmt: skip
    if character in special:
        return special[character]
    category = unicodedata.category(character)
    if category[0] in "LM":
        return _scan.LETTER
    if category[0] == "N":
        return _scan.DIGIT
    # soft hyphens and joiners stand inside words without being part of them
    return _scan.IGNORED if category == "Cf" else _scan.OTHER
