"""`Tokens`: articles as word ids with the way back to every character of the text."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pandas as pd

from mediaframes._console import say
from mediaframes._docs import rows_where
from mediaframes.corpus.articles import Corpus
from mediaframes.errors import InputError, check_kind
from mediaframes.made import Made, hash_frame, load_value, save_value, summary_html
from mediaframes.text.scanning import Rules, merged, scan_docs
from mediaframes.text.segmenting import segmented
from mediaframes.text.words import merging


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

    def merge(self, mapping: "Mapping[str, str] | pd.DataFrame") -> "Tokens":
        """The same tokens with words replaced by others, e.g. lemmas; spans stay.

        Parameters
        ----------
        mapping : mapping or DataFrame
            Word to form, or a table of `words.lemma_table`. Words that are not in it stay.
        """
        vocabulary, places = merging(self.vocabulary, mapping)
        settings = {"words": blake2b("\0".join(vocabulary[places]).encode()).hexdigest()[:32]}
        made = Made.by("merge", settings=settings, parents=(self.made,))
        return replace(self, ids=places[self.ids], vocabulary=vocabulary, made=made)

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


def tokenize(
    corpus: Corpus,
    *,
    hyphens: str = "keep",
    apostrophes: str = "keep",
    numbers: str = "keep",
    urls: str = "keep",
    tags: str = "split",
    segment: str = "auto",
    train: bool = False,
) -> Tokens:
    """Find the words and sentences of every article.

    A word is a run of letters, marks and digits; apostrophes between letters, hyphens between
    letters or digits and points or commas between digits join it (``Ukraine-Krieg``, ``don't``,
    ``1.234,56``). A closing ``'s`` is left off. Words are lower-cased and brought to Unicode's
    composed form (NFC), apostrophes and hyphens to ``'`` and ``-``; the spans point at the text as
    it is.

    Parameters
    ----------
    corpus : Corpus
        Usually after `clean` and `dedupe`.
    hyphens : {"keep", "split"}
        Whether ``Ukraine-Krieg`` is one word or two.
    apostrophes : {"keep", "split"}
        Whether ``l'homme`` is one word or two (``split`` suits French and Italian).
    numbers : {"keep", "split"}
        Whether ``1.234,56`` is one word or three.
    urls : {"keep", "split", "drop"}
        Web and mail addresses: one word each, ordinary words, or left out.
    tags : {"split", "keep", "drop"}
        ``#climate`` and ``@user``: ordinary words, words with their sign, or left out.
    segment : {"auto", "need", "never"}
        Korean, Chinese and Japanese articles (by their ``language``) are cut into words by
        kiwipiepy, jieba and janome, which come with the extras ``korean``, ``chinese`` and
        ``japanese`` (``pip install "mediaframes[chinese]"``). Where the package is not installed,
        ``auto`` says so and takes each run of letters for a word, ``need`` raises; ``never`` does
        not segment. Terms of a codebook are cut as the texts were.
    train : bool
        Whether to learn more abbreviations from the corpus itself (see `sentences.trained`).

    Returns
    -------
    Tokens
        Articles without any word are kept, with length 0, and reported.

    Raises
    ------
    InputError
        For a setting that is none of those listed, or a package that is needed and not installed.

    Examples
    --------
    >>> texts = pd.DataFrame({"text": ["Am 24. Oktober fielen 12.000 Schüsse."]})
    >>> tokenize(Corpus.from_frame(texts)).words("0")
    ['am', '24', 'oktober', 'fielen', '12.000', 'schüsse']
    """
    check_kind(corpus, Corpus, verb="tokenize", how="mf.read or mf.Corpus.from_frame makes it")
    rules = Rules(hyphens, apostrophes, numbers, urls, tags, segment)
    spaced = segmented(corpus.docs, segment, step="tokenize")
    scanners = scan_docs(spaced.docs, rules, spans=True, train=train)
    vocabulary, places = merged(scanners)
    n = sum(len(block.ids) for scanner in scanners for block in scanner.blocks)
    arrays = {name: np.empty(n, np.int32) for name in ("ids", "starts", "ends", "sentences")}
    lengths, done = [np.zeros(1, np.int64)], 0
    for scanner, place in zip(scanners, places, strict=True):
        while scanner.blocks:
            block = scanner.blocks.pop(0)  # its memory is free again after this
            here = slice(done, done + len(block.ids))
            np.take(place, block.ids, out=arrays["ids"][here])
            for name in ("starts", "ends", "sentences"):
                arrays[name][here] = getattr(block, name)
            lengths.append(np.diff(block.offsets))
            done = here.stop
    offsets = np.cumsum(np.concatenate(lengths))
    spaced.bring_back(corpus.docs, arrays, offsets, rules=rules, train=train)
    settings = spaced.settings(rules) | {"train": train}
    tokens = Tokens(
        docs=corpus.docs,
        offsets=offsets,
        vocabulary=vocabulary,
        made=Made.by("tokenize", settings=settings, parents=(corpus.made,)),
        **arrays,
    )
    report_empty(tokens.docs, tokens.lengths(), "tokenize")
    return tokens


def report_empty(docs: pd.DataFrame, lengths: np.ndarray, step: str) -> None:
    """Name the articles without a word."""
    empty = docs.index[lengths == 0]
    if len(empty):
        say(f"{step}: {len(empty)} articles hold no word, the first '{empty[0]}'; they stay, empty")
