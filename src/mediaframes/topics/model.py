"""`Topics` and `fit_topics`: what a model finds. A topic is not a frame until someone says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mediaframes._console import say
from mediaframes._docs import article_weights, fit_weights, rows_where
from mediaframes.errors import InputError
from mediaframes.inference.resampling import copy_groups
from mediaframes.made import Made, hash_frame, load_value, save_value, summary_html
from mediaframes.scores import Scores
from mediaframes.text.counts import Counts
from mediaframes.topics._fit import MODELS, Training
from mediaframes.topics.quality import npmi

NAME_WORDS = 3  # the provisional name of a topic: its three most probable words


@dataclass(frozen=True, eq=False)
class Topics:
    """A topic model's result.

    Attributes
    ----------
    docs : DataFrame
        The articles' metadata (D rows).
    words : float64 array of shape (K, V)
        Probability of each word in each topic; rows sum to 1.
    shares : float64 array of shape (D, K)
        Share of each topic in each article; rows sum to 1, or are NaN for an article without any
        counted word.
    vocabulary : Index of str
        The V words.
    names : tuple of str
        The K topics' names; at first their three most probable words.
    diagnostics : DataFrame
        One row per topic: ``topic name share npmi``.
    model : str
        Which model was fitted.
    made : Made

    Examples
    --------
    >>> topics = Topics.from_arrays(words=[[0.9, 0.1], [0.2, 0.8]], shares=[[1, 0], [0.5, 0.5]],
    ...                             vocabulary=["bank", "park"])
    >>> topics.promote({"money": [1]}).values["money"].tolist()
    [1.0, 0.5]
    """

    docs: pd.DataFrame
    words: np.ndarray
    shares: np.ndarray
    vocabulary: pd.Index
    names: tuple[str, ...]
    diagnostics: pd.DataFrame
    model: str
    made: Made

    @classmethod
    def from_arrays(
        cls,
        *,
        words: Any,
        shares: Any,
        vocabulary: Sequence[str],
        docs: pd.DataFrame | None = None,
        model: str = "given",
    ) -> "Topics":
        """Topics from another program's result.

        Parameters
        ----------
        words : array of shape (K, V)
            Weights of the words; rows are scaled to sum to 1.
        shares : array of shape (D, K)
            Weights of the topics; rows are scaled to sum to 1.
        vocabulary : sequence of str
            The V words.
        docs : DataFrame, optional
            The articles' metadata, in the order of `shares`.
        model : str
            A name for the model.

        Raises
        ------
        InputError
            Where the shapes do not fit or a weight is negative or missing.
        """
        phi, theta = np.asarray(words, np.float64), np.asarray(shares, np.float64)
        index = pd.Index(vocabulary, dtype="str")
        if docs is None:
            docs = pd.DataFrame(index=[str(row) for row in range(len(theta))])
        docs = docs.rename_axis(index="id")
        fits = phi.ndim == theta.ndim == 2 and phi.shape == (theta.shape[1], len(index))
        if not fits or len(docs) != len(theta):
            raise InputError(
                f"words is {phi.shape}, shares is {theta.shape}, with {len(index)} words and "
                f"{len(docs)} articles; words must be (topics, words), shares (articles, topics)"
            )
        if not (phi >= 0).all() or (theta < 0).any():
            raise InputError("a weight is negative or missing; give probabilities or counts")
        phi, theta = _rows_to_one(phi), _rows_to_one(theta)
        made = Made.by("from_arrays", settings={"model": model, "content": hash_frame(docs)})
        return _build(docs, phi, theta, index, (model, made, None))

    def top_words(self, n: int = 10) -> pd.DataFrame:
        """The most probable words of each topic: ``topic name rank word weight``."""
        n = min(n, len(self.vocabulary))
        order = np.argsort(-self.words, axis=1, kind="stable")[:, :n]
        k = len(self.names)
        return pd.DataFrame(
            {
                "topic": np.repeat(np.arange(1, k + 1), n),
                "name": pd.Series(np.repeat(np.array(self.names, object), n), dtype="str"),
                "rank": np.tile(np.arange(1, n + 1), k),
                "word": self.vocabulary[order.ravel()],
                "weight": np.take_along_axis(self.words, order, axis=1).ravel(),
            }
        )

    def representative(self, n: int = 3) -> pd.DataFrame:
        """Articles with the largest share of each topic: ``topic name id share outlet title``.

        Of several copies of one report only the one with the largest share.
        """
        rows, groups = [], copy_groups(self.docs)
        for topic, name in enumerate(self.names):
            share = np.nan_to_num(self.shares[:, topic], nan=-1.0)
            order = np.argsort(-share, kind="stable")
            _, first = np.unique(groups[order], return_index=True)
            for row in order[np.sort(first)][:n]:
                meta = self.docs.iloc[row]
                rows.append(
                    {
                        "topic": topic + 1,
                        "name": name,
                        "id": self.docs.index[row],
                        "share": share[row],
                        "outlet": meta.get("outlet"),
                        "title": meta.get("title"),
                    }
                )
        return pd.DataFrame(rows)

    def rename(self, names: Mapping[int, str]) -> "Topics":
        """The same topics with names of your own: ``{1: "grain prices", ...}``, from 1.

        Raises
        ------
        InputError
            For a topic number that does not exist, or a name given twice.
        """
        new = list(self.names)
        for topic, name in names.items():
            if not 1 <= topic <= len(new):
                raise InputError(f"there is no topic {topic}; topics run from 1 to {len(new)}")
            new[topic - 1] = name
        if len(set(new)) < len(new):
            raise InputError(f"two topics have the same name: {', '.join(new)}")
        diagnostics = self.diagnostics.assign(name=pd.Series(new, dtype="str"))
        made = Made.by("rename", settings={"names": new}, parents=(self.made,))
        return replace(self, names=tuple(new), diagnostics=diagnostics, made=made)

    def where(self, condition: "str | pd.Series") -> "Topics":
        """The articles for which `condition` (a query over `docs`, or a mask) holds.

        The topics' words, names and diagnostics stay those of the fit.
        """
        keep = rows_where(self.docs, condition)
        settings = {"kept": hash_frame(self.docs.loc[keep, []])}
        made = Made.by("where", settings=settings, parents=(self.made,))
        return replace(self, docs=self.docs[keep], shares=self.shares[keep], made=made)

    def scores(self) -> Scores:
        """The shares as `Scores`, unit ``topic share``, under the topics' names."""
        values = pd.DataFrame(self.shares, self.docs.index, list(self.names))
        return Scores.from_frame(values, unit="topic share", docs=self.docs, made=self.made)

    def promote(self, frames: Mapping[str, Sequence[int]]) -> Scores:
        """Say which topics, taken together, you read as a frame: the only way to do so.

        Parameters
        ----------
        frames : mapping
            Frame to topic numbers (from 1), e.g. ``{"security": [3, 7]}``.

        Returns
        -------
        Scores
            Unit ``topic share``: the sum of the topics' shares per article.

        Raises
        ------
        InputError
            For a topic that does not exist or is given to two frames.
        """
        used: dict[int, str] = {}
        for frame, numbers in frames.items():
            for topic in numbers:
                if not 1 <= topic <= len(self.names):
                    raise InputError(
                        f"frame '{frame}': there is no topic {topic}; they run from 1 to "
                        f"{len(self.names)}"
                    )
                if topic in used:
                    raise InputError(f"topic {topic} is given to '{used[topic]}' and '{frame}'")
                used[topic] = frame
        columns = {
            frame: self.shares[:, [topic - 1 for topic in numbers]].sum(axis=1)
            for frame, numbers in frames.items()
        }
        values = pd.DataFrame(columns, self.docs.index)
        settings = {"frames": {frame: list(numbers) for frame, numbers in frames.items()}}
        made = Made.by("promote", settings=settings, parents=(self.made,))
        return Scores.from_frame(values, unit="topic share", docs=self.docs, made=made)

    @cached_property
    def content_hash(self) -> str:
        """Hash of words, shares and names."""
        digest = blake2b(hash_frame(self.docs).encode(), digest_size=16)
        digest.update(np.ascontiguousarray(self.words).tobytes())
        digest.update(np.ascontiguousarray(self.shares).tobytes())
        digest.update("\0".join([*self.names, *self.vocabulary]).encode())
        return digest.hexdigest()

    def save(self, folder: str | Path) -> None:
        """Save to a folder (Parquet, npz and JSON)."""
        frames = {
            "docs": self.docs,
            "vocabulary": self.vocabulary.to_frame(name="word", index=False),
            "diagnostics": self.diagnostics,
        }
        arrays = {"words": self.words, "shares": self.shares}
        extra = {"names": list(self.names), "model": self.model}
        save_value(folder, self, frames=frames, arrays=arrays, extra=extra)

    @classmethod
    def load(cls, folder: str | Path) -> "Topics":
        """Load what `save` wrote."""
        saved = load_value(folder, "Topics")
        return cls(
            docs=saved.frames["docs"],
            vocabulary=pd.Index(saved.frames["vocabulary"]["word"], dtype="str", name=None),
            names=tuple(saved.extra["names"]),
            diagnostics=saved.frames["diagnostics"],
            model=saved.extra["model"],
            made=saved.made,
            **saved.arrays,
        )

    def __len__(self) -> int:
        return len(self.names)

    def __repr__(self) -> str:
        return f"Topics: {len(self.names)} topics ({self.model}) of {len(self.docs):,} articles"

    def _repr_html_(self) -> str:
        top = self.top_words(8).groupby("topic")["word"].agg(", ".join)
        facts = {
            f"{topic}: {name}": f"{share:.1%} of the words: {top[topic]}"
            for topic, name, share in self.diagnostics[["topic", "name", "share"]].itertuples(
                index=False
            )
        }
        return summary_html(f"Topics ({self.model})", facts)


def fit_topics(counts: Counts, *, k: int, model: str = "nmf", seed: int) -> Topics:
    """Fit a topic model.

    Parameters
    ----------
    counts : Counts
        Trimmed: rare and very frequent words only blur topics.
    k : int
        Number of topics.
    model : {"nmf", "lda"}
        ``nmf``: non-negative matrix factorization of tf-idf (scikit-learn, deterministic start).
        ``lda``: latent Dirichlet allocation (our own kernel; alpha 0.1, eta 0.01).
    seed : int
        Of the random start (LDA) and of the randomized singular value decomposition (NMF).

    Returns
    -------
    Topics
        Sorted by their share of the words, largest first. Articles without any counted word keep
        their place with missing shares.

    Raises
    ------
    InputError
        For an unknown model, or k below 2 or above the number of articles or words.

    Notes
    -----
    Copies weigh in the fit what `dedupe` says: 1/n each with policy ``"weight"``, nothing with
    ``"fit"``. Every article gets its shares all the same, and counts in `diagnostics` (share of
    the words) with its ``weight``.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> matrix = csr_array(np.array([[4, 3, 0, 0], [5, 2, 0, 0], [0, 0, 3, 4], [0, 0, 2, 5]]))
    >>> counts = Counts.from_matrix(matrix, ["bank", "loan", "park", "tree"])
    >>> fit_topics(counts, k=2, seed=1).top_words(2).groupby("topic")["word"].agg(" ".join).tolist()
    ['tree park', 'bank loan']
    """
    if model not in MODELS:
        raise InputError(f"unknown model '{model}'; allowed: {', '.join(MODELS)}")
    filled = np.flatnonzero(counts.lengths() > 0)
    training = Training(
        counts.matrix[filled],
        fit_weights(counts.docs).to_numpy()[filled],
        copy_groups(counts.docs)[filled],
    )
    n = int((training.weights > 0).sum())
    most = min(n, len(counts.vocabulary))
    if not 2 <= k <= most:
        raise InputError(
            f"k={k} topics cannot be fitted to {n} articles with words and "
            f"{len(counts.vocabulary)} different words; choose k from 2 to {most}"
        )
    if len(filled) < len(counts):
        first = counts.docs.index[counts.lengths() == 0][0]
        say(
            f"fit_topics: {len(counts) - len(filled)} articles hold no counted word (the first: "
            f"'{first}'); they keep their place with missing shares"
        )
    words, part = MODELS[model](training, k, seed)
    shares = np.full((len(counts), k), np.nan)
    known = part.sum(axis=1) > 0
    shares[filled[known]] = _rows_to_one(part[known])
    if not known.all():
        first = counts.docs.index[filled[~known]][0]
        say(
            f"fit_topics: no topic holds the words of {(~known).sum()} articles (the first: "
            f"'{first}'); their shares are missing"
        )
    made = Made.by(
        "fit_topics", settings={"k": k, "model": model}, seed=seed, parents=(counts.made,)
    )
    return _build(
        counts.docs, _rows_to_one(words), shares, counts.vocabulary, (model, made, counts)
    )


def _build(
    docs: pd.DataFrame,
    words: np.ndarray,
    shares: np.ndarray,
    vocabulary: pd.Index,
    origin: tuple[str, Made, Counts | None],
) -> Topics:
    """Sort the topics (of a fitted model), name them, and measure them."""
    model, made, counts = origin
    size = np.nanmean(shares, axis=0) if counts is None else _sizes(shares, counts)
    if counts is not None:
        order = np.argsort(-size, kind="stable")
        words, shares, size = words[order], shares[:, order], size[order]
    best = np.argsort(-words, axis=1, kind="stable")[:, :NAME_WORDS]
    names = _unique([", ".join(vocabulary[row]) for row in best])
    diagnostics = pd.DataFrame(
        {
            "topic": np.arange(1, len(words) + 1),
            "name": pd.Series(names, dtype="str"),
            "share": size,
            "npmi": np.nan
            if counts is None
            else npmi(words, counts.matrix, weights=fit_weights(counts.docs).to_numpy()),
        }
    )
    return Topics(docs, words, shares, vocabulary, tuple(names), diagnostics, model, made)


def _sizes(shares: np.ndarray, counts: Counts) -> np.ndarray:
    lengths = counts.lengths() * article_weights(counts.docs).to_numpy()
    return np.asarray((np.nan_to_num(shares) * lengths[:, None]).sum(axis=0) / lengths.sum())


def _unique(names: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    result = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return result


def _rows_to_one(weights: np.ndarray) -> np.ndarray:
    """Rows scaled to sum to 1; a topic of zeros has no preference among words."""
    sums = weights.sum(axis=1, keepdims=True)
    uniform = np.full_like(weights, 1 / weights.shape[1])
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(sums == 0, uniform, weights / sums)
