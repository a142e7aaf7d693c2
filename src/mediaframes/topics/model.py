"""`Topics`: what a model finds. A topic is not a frame until someone says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mediaframes._docs import rows_where
from mediaframes.errors import InputError, check_kind, check_whole
from mediaframes.inference.resampling import copy_groups
from mediaframes.made import Made, hash_frame, load_value, save_value, summary_html
from mediaframes.scores import Scores
from mediaframes.text.counts import Counts
from mediaframes.topics.folding import rows_to_one
from mediaframes.topics.labels import label_table
from mediaframes.topics.quality import diversity, stability


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
        One row per topic: ``topic name share npmi coherence exclusivity effective_words
        stability`` (see `mediaframes.topics.quality`). Stability is the mean cosine with the
        topic's partners in the other random starts, missing for a model without any.
    model : str
        Which model was fitted.
    made : Made
    arrays : dict of str to array
        What else the fit found: ``totals`` (V) of the words; of LDA ``alpha`` (K), the prior over
        articles, ``bounds`` of all starts, best first, and ``runs``, the topics (K, V) of the
        others in that order; of STM and CTM ``eta mu sigma gamma`` (coordinates against the last
        topic of the fit, whose place among its own is ``order``), ``bounds`` of the iterations,
        ``design`` and ``columns``. Rows of ``eta``, ``mu`` and ``design`` are the articles with
        words, in the order of the fit's `docs`. Of topics with keywords ``keywords``, pairs of
        topic and word (from 0), ``alpha``, and of keyATM ``keyword_rate`` (K), how often a word of
        the topic is drawn from its keywords only. For a content covariate see `words_by`.

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
    arrays: dict[str, np.ndarray] = field(default_factory=dict)

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
        from mediaframes.topics.building import build

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
        phi, theta = rows_to_one(phi), rows_to_one(theta)
        made = Made.by("from_arrays", settings={"model": model, "content": hash_frame(docs)})
        return build(docs, phi, theta, index, (model, made, None))

    def top_words(self, n: int = 10) -> pd.DataFrame:
        """The most probable words of each topic: ``topic name rank word weight``."""
        check_whole(n, "n")
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

    def labels(self, n: int = 10) -> pd.DataFrame:
        """Words for each topic by four weights: ``topic name kind rank word weight``.

        `kind` is ``prob``, ``frex``, ``lift`` or ``score``; see
        `mediaframes.topics.labels.label_weights`.

        Raises
        ------
        InputError
            For topics of another program, which come without the words' totals.
        """
        if "totals" not in self.arrays:
            raise InputError(
                "these topics come without how often each word occurs, which FREX and lift need; "
                "use top_words, or fit them here"
            )
        totals = self.arrays["totals"].astype(np.float64)
        return label_table(self.words, totals, self.vocabulary, self.names, n)

    @property
    def words_by(self) -> dict[str, np.ndarray]:
        """Of a model with a content covariate, each level's words: arrays (K, V), rows sum to 1.

        `words` is their mean, weighted by how much of the topic is in each level's articles.

        Raises
        ------
        InputError
            For topics without a content covariate.
        """
        if "words_by" not in self.arrays:
            raise InputError(
                "these topics have the same words everywhere; fit with settings={'content': "
                "'outlet'}, or compare with topic_words_by"
            )
        words, levels = self.arrays["words_by"], self.arrays["levels"]
        return {str(level): words[:, at] for at, level in enumerate(levels)}

    def stability(self) -> pd.DataFrame:
        """Each topic's partner in the other random starts: ``run topic partner cosine``."""
        return stability(self.words, self.arrays.get("runs", np.empty((0, *self.words.shape))))

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
        if not isinstance(names, Mapping):
            raise InputError(f"rename takes numbers and names, e.g. {{1: 'wages'}}, not {names!r}")
        for topic, name in names.items():
            check_topic(topic, len(new))
            if not isinstance(name, str) or not name.strip():
                raise InputError(f"topic {topic}: the name {name!r} is no text; give it a name")
            new[topic - 1] = name
        if twice := [name for name in new if new.count(name) > 1]:
            places = [n for n, name in enumerate(new, 1) if name == twice[0]]
            raise InputError(
                f"topics {places[0]} and {places[1]} have the same name: '{twice[0]}'; give each "
                "its own, or take them together with promote"
            )
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

    def transform(self, counts: Counts) -> "Topics":
        """The same topics in other articles: fit without, count with.

        Parameters
        ----------
        counts : Counts
            Counted as those of the fit were; words the topics do not know are left out, and their
            number is said.

        Returns
        -------
        Topics
            With the articles of `counts`; words, names and diagnostics stay those of the fit.
            Articles without any word the topics know have missing shares.

        Raises
        ------
        InputError
            Where no word of `counts` is in the topics' vocabulary.

        Examples
        --------
        >>> topics = Topics.from_arrays(words=[[0.9, 0.1], [0.1, 0.9]], shares=[[1, 0]],
        ...                             vocabulary=["bank", "park"])
        >>> new = Counts.from_matrix([[5, 0], [3, 3], [0, 0]], ["bank", "park"])
        >>> topics.transform(new).shares.round(2).tolist()
        [[0.98, 0.02], [0.5, 0.5], [nan, nan]]
        """
        from mediaframes.topics.folding import aligned, fold_in

        check_kind(counts, Counts, verb="transform", how="mf.count(tokens) makes it")
        matrix = aligned(counts, self.vocabulary)
        shares = fold_in(matrix, self.words, self.model, self.arrays)
        made = Made.by("transform", parents=(self.made, counts.made))
        return replace(self, docs=counts.docs, shares=shares, made=made)

    def posterior(
        self, *, kind: str = "global", draws: int = 25, seed: int, counts: Counts | None = None
    ) -> np.ndarray:
        """Shares drawn from the posterior of ``stm`` or ``ctm``; array (draws, D, K).

        `kind` as R's ``thetaPosterior``: ``global``, one covariance for all articles; ``local``,
        each its own, from the `counts` of the fit. See `mediaframes.topics.posterior`.

        Raises
        ------
        InputError
            For another model, or articles that are not those of the fit.
        """
        from mediaframes.topics.posterior import drawn_shares

        return drawn_shares(self, kind=kind, draws=draws, seed=seed, counts=counts)

    def scores(self, *, draws: np.ndarray | None = None) -> Scores:
        """The shares as `Scores`, unit ``topic share``, under the topics' names.

        `draws` of `posterior` travel along, for ``effects(..., method="composition")``.
        """
        from mediaframes.topics.posterior import with_draws

        values = pd.DataFrame(self.shares, self.docs.index, list(self.names))
        scores = Scores.from_frame(values, unit="topic share", docs=self.docs, made=self.made)
        if draws is None:
            return scores
        return with_draws(self, scores, draws, np.eye(len(self.names)))

    def promote(
        self, frames: Mapping[str, Sequence[int]], *, draws: np.ndarray | None = None
    ) -> Scores:
        """Say which topics, taken together, you read as a frame: the only way to do so.

        Parameters
        ----------
        frames : mapping
            Frame to topic numbers (from 1), e.g. ``{"security": [3, 7]}``.
        draws : array (draws, D, K), optional
            Of `posterior`; summed as the shares are, for ``effects(..., method="composition")``.

        Returns
        -------
        Scores
            Unit ``topic share``: the sum of the topics' shares per article.

        Raises
        ------
        InputError
            For a frame without topics, a topic that does not exist or is given to two frames, or
            draws of other topics.
        """
        from mediaframes.topics.posterior import with_draws

        _check_frames(frames, len(self.names))
        places = {frame: [topic - 1 for topic in numbers] for frame, numbers in frames.items()}
        columns = {frame: self.shares[:, place].sum(axis=1) for frame, place in places.items()}
        values = pd.DataFrame(columns, self.docs.index)
        settings = {"frames": {frame: list(numbers) for frame, numbers in frames.items()}}
        made = Made.by("promote", settings=settings, parents=(self.made,))
        scores = Scores.from_frame(values, unit="topic share", docs=self.docs, made=made)
        if draws is None:
            return scores
        parts = np.zeros((len(self.names), len(places)))
        for column, place in enumerate(places.values()):
            parts[place, column] = 1.0
        return with_draws(self, scores, draws, parts)

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
        arrays |= {f"fit_{name}": value for name, value in self.arrays.items()}
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
            words=saved.arrays["words"],
            shares=saved.arrays["shares"],
            arrays={
                name.removeprefix("fit_"): value
                for name, value in saved.arrays.items()
                if name.startswith("fit_")
            },
        )

    def __len__(self) -> int:
        return len(self.names)

    def __repr__(self) -> str:
        return f"Topics: {len(self.names)} topics ({self.model}) of {len(self.docs):,} articles"

    def _repr_html_(self) -> str:
        top = self.top_words(8).groupby("topic")["word"].agg(", ".join)
        of = "of the words" if "totals" in self.arrays else "of an article on average"
        facts = {
            f"{topic}: {name}": f"{share:.1%} {of}: {top[topic]}"
            for topic, name, share in self.diagnostics[["topic", "name", "share"]].itertuples(
                index=False
            )
        }
        facts["different words among the ten best of all"] = f"{diversity(self.words):.0%}"
        if "stability" in self.diagnostics and self.diagnostics["stability"].notna().any():
            again = self.diagnostics["stability"]
            facts["stability over random starts (cosine)"] = (
                f"mean {again.mean():.2f}, lowest {again.min():.2f} (topic {again.idxmin() + 1})"
            )
        return summary_html(f"Topics ({self.model})", facts)


def check_topics(value: object, verb: str) -> None:
    """Raise where `verb` was given something else than topics."""
    check_kind(value, Topics, verb=verb, how="mf.fit_topics(counts, k=...) makes it")


def check_topic(topic: object, k: int, where: str = "") -> None:
    """Raise unless `topic` is the number of one of `k` topics."""
    if not isinstance(topic, int | np.integer) or not 1 <= topic <= k:
        raise InputError(f"{where}there is no topic {topic!r}; topics run from 1 to {k}")


def _check_frames(frames: Mapping[str, Sequence[int]], k: int) -> None:
    """Each frame has topics, and no topic two frames."""
    if not isinstance(frames, Mapping) or not frames:
        raise InputError(f"promote takes frames, e.g. {{'security': [3, 7]}}, not {frames!r}")
    used: dict[int, str] = {}
    for frame, numbers in frames.items():
        if isinstance(numbers, str | int | np.integer) or not len(numbers):
            raise InputError(f"frame '{frame}': {numbers!r} is no list of topics, such as [3, 7]")
        for topic in numbers:
            check_topic(topic, k, f"frame '{frame}': ")
            if topic in used:
                raise InputError(f"topic {topic} is given to '{used[topic]}' and '{frame}'")
            used[topic] = frame
