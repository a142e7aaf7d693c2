"""`Hits`: where a codebook's terms stand in the articles, and what follows for each article."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pandas as pd

from mediaframes._docs import rows_where
from mediaframes.errors import InputError
from mediaframes.frames.codebook import Codebook
from mediaframes.made import Made, hash_frame, load_value, save_value, summary_html
from mediaframes.scores import Scores
from mediaframes.text.tokens import Tokens

# Characters set aside for each word around a hit; German compounds and links are seldom longer.
LONGEST_WORD = 60
UNITS = ("share", "per_1000", "presence", "count")


@dataclass(frozen=True, eq=False)
class Hits:
    """Every place where a term of a codebook stands.

    A token may count for several frames. Within a frame each token counts once: of overlapping
    terms the longest stays, then the earliest, then the one listed first; what an exclusion covers
    does not count.

    Attributes
    ----------
    docs : DataFrame
        The articles (D rows).
    codebook : Codebook
        The frames.
    table : DataFrame
        One row per hit, in the order of articles and words: ``id frame term token length sentence
        start end``; `token` is the number of the hit's first word within the article (from 0),
        `length` its number of words, `start` and `end` its characters in ``docs.text``.
        ``id frame term`` are categorical.
    lengths : Series of int
        Words per article.
    languages : Series of str
        The language whose terms were looked for in each article; NA where the codebook has none.
    counts : DataFrame
        Every term of every language of the corpus: ``frame language term weight matches cancelled
        overlapped hits``. Of all its places (`matches`) some are cancelled by an exclusion, a rule
        or a negation, some are taken by a longer or earlier hit of the frame; the rest are hits.
    unmatched_languages : dict of str to int
        Language to the number of articles that were left without terms.
    made : Made

    Examples
    --------
    >>> from mediaframes.corpus.articles import Corpus
    >>> from mediaframes.frames.matching import apply_codebook
    >>> from mediaframes.text.tokens import tokenize
    >>> texts = pd.DataFrame({"text": ["Prices rise. A moral duty?"], "language": ["en"]})
    >>> tokens = tokenize(Corpus.from_frame(texts))
    >>> codebook = Codebook.from_terms(
    ...     {"Economic": ["price*"], "Morality": ["moral*", "moral duty"]}, language="en")
    >>> hits = apply_codebook(tokens, codebook)
    >>> hits.table[["frame", "term", "sentence", "start", "end"]].values.tolist()
    [['Economic', 'price*', 0, 0, 6], ['Morality', 'moral duty', 1, 15, 25]]
    >>> hits.scores().values.loc["0"].to_dict()
    {'Economic': 0.5, 'Morality': 0.5}
    """

    docs: pd.DataFrame
    codebook: Codebook
    table: pd.DataFrame
    lengths: pd.Series
    languages: pd.Series
    counts: pd.DataFrame
    made: Made
    unmatched_languages: Mapping[str, int] = field(default_factory=dict)

    @property
    def frames(self) -> list[str]:
        """The frames that were looked for (those coded by hand are not)."""
        return [frame.name for frame in self.codebook.measured]

    def scores(self, unit: str = "share", *, min_hits: int = 1, groups: bool = False) -> Scores:
        """How much of each frame is in each article.

        Parameters
        ----------
        unit : str
            ``share``: of all the article's hits, which sum to 1 over the frames; NaN without any
            hit. ``per_1000``: hits per 1,000 words; NaN without words. ``presence``: 1 with at
            least `min_hits`, else 0; long articles reach it more easily. ``count``: hits.
        min_hits : int
            For ``presence``.
        groups : bool
            Add up the frames of a group (the highest level of ``frame.group``) first; a frame
            without group stays. A word that counts for two frames of a group counts twice.

        Returns
        -------
        Scores
            Articles whose language has no terms are NaN in every unit: they were not measured.

        Raises
        ------
        InputError
            For an unknown unit, or a `min_hits` below 1 or with another unit than ``presence``.
        """
        frames = self.frames
        cells = self.table["id"].cat.codes.to_numpy(np.int64) * len(frames)
        cells += self.table["frame"].cat.codes.to_numpy(np.int64)
        size = len(self.docs) * len(frames)
        counts = np.bincount(cells, weights=self.weights(), minlength=size)
        counts = counts.reshape(len(self.docs), len(frames)).astype(np.float64)
        colors = {name: self.codebook.colors[name] for name in frames}
        if groups:
            top = [frame.group.split(" > ")[0] or frame.name for frame in self.codebook.measured]
            names = list(dict.fromkeys(top))
            counts = counts @ (np.array(top)[:, None] == np.array(names)).astype(np.float64)
            colors = {name: colors[frames[top.index(name)]] for name in names}
            frames = names
        values = unit_values(counts, self.lengths.to_numpy(), unit, min_hits)
        values[self.languages.isna().to_numpy()] = np.nan
        settings: dict[str, object] = {"unit": unit, "min_hits": min_hits}
        if groups:
            settings["groups"] = True
        return Scores.from_frame(
            pd.DataFrame(values, index=self.docs.index, columns=pd.Index(frames, dtype="str")),
            unit=unit,
            docs=self.docs,
            made=Made.by("scores", settings=settings, parents=(self.made,)),
            colors=colors,
        )

    def weights(self) -> np.ndarray:
        """What each hit counts (1, where its term has no weight of its own), float (H,)."""
        known = self.counts
        if not (known["weight"] != 1).any():
            return np.ones(len(self.table))
        key = ["frame", "language", "term"]
        weight = known.set_index(key)["weight"]
        spoken = self.languages.to_numpy(dtype=object)[self.table["id"].cat.codes.to_numpy()]
        rows = pd.MultiIndex.from_arrays(
            [self.table["frame"].astype("str"), spoken, self.table["term"].astype("str")]
        )
        return np.asarray(weight.to_numpy()[weight.index.get_indexer(rows)], np.float64)

    def length_check(self, *, min_hits: int = 1) -> pd.DataFrame:
        """Whether frames are found more often in longer articles: see `rollup.length_check`."""
        from mediaframes.frames.rollup import length_check

        return length_check(self, min_hits=min_hits)

    def sentence_scores(
        self, tokens: Tokens, *, unit: str = "presence", min_hits: int = 1
    ) -> Scores:
        """The scores of each sentence: see `rollup.sentence_scores`."""
        from mediaframes.frames.rollup import sentence_scores

        return sentence_scores(self, tokens, unit=unit, min_hits=min_hits)

    def pooled(
        self,
        *,
        unit: str = "per_1000",
        by: str = "outlet",
        every: str | None = "week",
        min_hits: int = 1,
    ) -> pd.DataFrame:
        """Hits and words added up by outlet and week: see `rollup.pooled`."""
        from mediaframes.frames.rollup import pooled

        return pooled(self, unit=unit, by=by, every=every, min_hits=min_hits)

    def unmatched(self) -> pd.DataFrame:
        """The terms that match nothing in the corpus: ``frame language term``.

        Only languages that occur in the corpus; of the corpus as it was when the codebook was
        applied, also after `where`.
        """
        missing = self.counts[self.counts["matches"] == 0]
        return missing[["frame", "language", "term"]].reset_index(drop=True)

    def top_terms(self, n: int = 10) -> pd.DataFrame:
        """The terms that make up each frame: ``frame term n share``.

        `share` is of the frame's hits: a frame that hangs on one term measures that term.

        Parameters
        ----------
        n : int
            At most so many terms per frame.
        """
        if n < 1:
            raise InputError(f"n={n}; give the number of terms per frame, e.g. 10")
        pairs = self.table.groupby(["frame", "term"], observed=True).size().rename("n")
        found = pairs.reset_index().astype({"term": "str"})
        whole = found.groupby("frame", observed=True)["n"].transform("sum")
        found["share"] = found["n"] / whole
        found = found.sort_values(["frame", "n", "term"], ascending=[True, False, True])
        top = found.groupby("frame", observed=True).head(n)
        return top.astype({"frame": "str"}).reset_index(drop=True)

    def lines(self, frame: str, *, window: int = 8) -> pd.DataFrame:
        """The hits of a frame with the text around them: read before you count.

        Parameters
        ----------
        frame : str
            One of `frames`.
        window : int
            Words to either side, also beyond the sentence.

        Returns
        -------
        DataFrame
            One row per hit: ``id outlet date frame term left match right start end sentence``.
        """
        if frame not in self.frames:
            raise InputError(f"no frame '{frame}'; there are: {', '.join(self.frames)}")
        if window < 0:
            raise InputError(f"window={window} is negative; give a number of words, e.g. 8")
        if "text" not in self.docs:
            raise InputError(
                "these hits were found in parts and hold no texts; apply the codebook to the part "
                "whose lines you want to read"
            )
        rows = self.table[self.table["frame"] == frame]
        places = rows["id"].cat.codes.to_numpy()
        texts = self.docs["text"].to_numpy(dtype=object)[places]
        cuts = list(zip(texts, rows["start"], rows["end"], strict=True))
        return pd.DataFrame(
            {
                "id": self.docs.index[places],
                "outlet": self.docs["outlet"].to_numpy()[places],
                "date": self.docs["date"].to_numpy()[places],
                "frame": pd.Series(frame, range(len(rows)), dtype="str"),
                "term": pd.Series(rows["term"].astype("str").to_numpy(), dtype="str"),
                "left": pd.Series([_before(t, a, window) for t, a, _ in cuts], dtype="str"),
                "match": pd.Series([" ".join(t[a:b].split()) for t, a, b in cuts], dtype="str"),
                "right": pd.Series([_after(t, b, window) for t, _, b in cuts], dtype="str"),
                "start": rows["start"].to_numpy(),
                "end": rows["end"].to_numpy(),
                "sentence": rows["sentence"].to_numpy(),
            }
        )

    def where(self, condition: "str | pd.Series") -> "Hits":
        """The hits in the articles for which `condition` (a query over `docs`, or a mask) holds."""
        keep = rows_where(self.docs, condition)
        docs = self.docs[keep]
        table = self.table[keep[self.table["id"].cat.codes.to_numpy()]].reset_index(drop=True)
        table["id"] = table["id"].cat.set_categories(docs.index)
        settings = {"kept": hash_frame(docs[[]])}
        return replace(
            self,
            docs=docs,
            table=table,
            lengths=self.lengths[keep],
            languages=self.languages[keep],
            made=Made.by("where", settings=settings, parents=(self.made,)),
        )

    @cached_property
    def content_hash(self) -> str:
        """Hash of articles, codebook and hits."""
        digest = blake2b(hash_frame(self.docs).encode(), digest_size=16)
        digest.update(self.codebook.content_hash.encode())
        digest.update(hash_frame(self.lengths.to_frame().assign(of=self.languages)).encode())
        for name in ("id", "frame", "term"):
            column = self.table[name].cat
            digest.update("\0".join(map(str, column.categories)).encode("utf-8", "surrogatepass"))
            digest.update(column.codes.to_numpy(np.int64).tobytes())
        for name in ("token", "length", "sentence", "start", "end"):
            digest.update(self.table[name].to_numpy(np.int64).tobytes())
        return digest.hexdigest()

    def save(self, folder: str | Path) -> None:
        """Save to a folder (Parquet and JSON)."""
        per_doc = pd.DataFrame({"length": self.lengths, "language": self.languages})
        # plain codes instead of categories, which Parquet readers may reorder
        codes = {name: self.table[name].cat.codes.astype("int32") for name in ("id", "frame")}
        table = self.table.assign(**codes, term=self.table["term"].astype("str"))
        tables = {"docs": self.docs, "table": table, "per_doc": per_doc, "counts": self.counts}
        extra = {
            "codebook": self.codebook.to_dict(),
            "unmatched_languages": dict(self.unmatched_languages),
        }
        save_value(folder, self, frames=tables, extra=extra)

    @classmethod
    def load(cls, folder: str | Path) -> "Hits":
        """Load what `save` wrote."""
        saved = load_value(folder, "Hits")
        codebook = Codebook.from_dict(saved.extra["codebook"])
        docs, per_doc = saved.frames["docs"], saved.frames["per_doc"]
        table = saved.frames["table"]
        names = [frame.name for frame in codebook.measured]
        table["id"] = pd.Categorical.from_codes(table["id"].to_numpy(), docs.index)
        table["frame"] = pd.Categorical.from_codes(table["frame"].to_numpy(), frame_index(names))
        table["term"] = pd.Categorical(table["term"], categories=term_index(saved.frames["counts"]))
        return cls(
            docs=docs,
            codebook=codebook,
            table=table,
            lengths=per_doc["length"],
            languages=per_doc["language"],
            counts=saved.frames["counts"],
            made=saved.made,
            unmatched_languages=saved.extra["unmatched_languages"],
        )

    def __len__(self) -> int:
        return len(self.table)

    def facts(self) -> dict[str, object]:
        """What one wants to know first."""
        with_hits = self.table["id"].nunique()
        per_frame = self.table["frame"].value_counts(sort=False)
        return {
            "codebook": self.codebook.name,
            "hits": f"{len(self.table):,}",
            "articles with hits": f"{with_hits:,} of {len(self.docs):,}",
            "articles without terms in their language": int(self.languages.isna().sum()),
            "terms that match nothing": int((self.counts["matches"] == 0).sum()),
            **{str(name): f"{n:,}" for name, n in per_frame.items()},
        }

    def __repr__(self) -> str:
        facts = self.facts()
        return f"Hits: {facts['hits']} in {facts['articles with hits']} articles"

    def _repr_html_(self) -> str:
        return summary_html("Hits", self.facts())


def unit_values(counts: np.ndarray, words: np.ndarray, unit: str, min_hits: int) -> np.ndarray:
    """Hits in rows × frames as values of a unit (see `Hits.scores`); `words` of each row.

    Raises
    ------
    InputError
        For an unknown unit, or a `min_hits` below 1 or with another unit than ``presence``.
    """
    if unit not in UNITS:
        raise InputError(f"unknown unit '{unit}'; allowed: {', '.join(UNITS)}")
    if min_hits < 1 or (min_hits != 1 and unit != "presence"):
        raise InputError(
            f"min_hits={min_hits} with unit='{unit}'; it must be 1 or more, and other than 1 "
            "only with unit='presence'"
        )
    if unit == "presence":
        return np.where(np.isnan(counts), np.nan, (counts >= min_hits).astype(np.float64))
    if unit == "count":
        return counts
    whole = counts.sum(axis=1) if unit == "share" else words / 1000
    values = np.full_like(counts, np.nan)
    known = whole > 0
    values[known] = counts[known] / whole[known, None]
    return values


def frame_index(names: list[str]) -> pd.Index:
    return pd.Index(names, dtype="str")


def term_index(counts: pd.DataFrame) -> pd.Index:
    """The distinct terms, in the order of the codebook."""
    return pd.Index(counts["term"].drop_duplicates(), dtype="str", name=None)


def _before(text: str, start: int, window: int) -> str:
    """The words before a hit; only as much of the text as holds them is split."""
    begin = max(start - LONGEST_WORD * (window + 1), 0)
    words = text[begin:start].split()
    return " ".join(words[max(len(words) - window, 0) :])


def _after(text: str, end: int, window: int) -> str:
    """The words after a hit."""
    return " ".join(text[end : end + LONGEST_WORD * (window + 1)].split()[:window])
