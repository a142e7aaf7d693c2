"""`Scores`: documents × frames, from any method. The joint of the house.

A codebook's hits, a topic model's shares, a classifier or human codes all become `Scores`;
prevalence, comparisons and plots take `Scores` and do not ask where they came from.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pandas as pd

from mediaframes._docs import article_weights, rows_where
from mediaframes.errors import InputError
from mediaframes.made import Made, hash_frame, load_value, save_value, summary_html

UNITS = ("share", "presence", "per_1000", "count", "topic share")


@dataclass(frozen=True, eq=False)
class Scores:
    """How much of each frame is in each article.

    Attributes
    ----------
    docs : DataFrame
        The articles' metadata, index `id`.
    values : DataFrame of float
        Articles × frames, same index as `docs`. NaN: cannot be measured for this article (e.g.
        the share of a frame among the hits of an article without hits).
    unit : str
        ``share`` (of the article's hits), ``presence`` (0/1), ``per_1000`` (hits per 1,000
        tokens), ``count`` or ``topic share``.
    weights : Series of float
        What an article weighs, same index; from `dedupe` (1/n for n copies) or 1.
    made : Made
        How the scores came to be.
    colors : dict
        Frame to hex color, where the codebook gives one.
    draws : float64 array of shape (draws, articles, frames), optional
        Values drawn anew from their measurement uncertainty, where the method knows it.

    Examples
    --------
    >>> codes = pd.DataFrame({"Morality": [1, 0], "Economic": [0, 1]}, index=["a", "b"])
    >>> Scores.from_frame(codes, unit="presence").values.loc["a", "Morality"]
    np.float64(1.0)
    """

    docs: pd.DataFrame
    values: pd.DataFrame
    unit: str
    weights: pd.Series
    made: Made
    colors: dict[str, str] = field(default_factory=dict)
    draws: np.ndarray | None = None

    @classmethod
    def from_frame(
        cls,
        values: pd.DataFrame,
        *,
        unit: str,
        docs: pd.DataFrame | None = None,
        made: Made | None = None,
        colors: Mapping[str, str] | None = None,
    ) -> "Scores":
        """Scores from a table the researcher already has, e.g. human codes.

        Parameters
        ----------
        values : DataFrame
            Articles × frames, numbers; the index names the articles.
        unit : str
            One of ``share presence per_1000 count topic share``.
        docs : DataFrame, optional
            The articles' metadata (date, outlet, weight ...), matched by index.
        made : Made, optional
            How the table came to be.
        colors : mapping, optional
            Frame to hex color.

        Raises
        ------
        InputError
            For an unknown unit, columns that are no numbers, or articles missing from `docs`.
        """
        if unit not in UNITS:
            raise InputError(f"unknown unit '{unit}'; allowed: {', '.join(UNITS)}")
        try:
            numbers = values.astype(np.float64)
        except (ValueError, TypeError) as error:
            raise InputError(f"a score is not a number: {error}; recode it first") from error
        numbers.index = numbers.index.astype("str").rename("id")
        if numbers.index.has_duplicates:
            twice = numbers.index[numbers.index.duplicated()][0]
            raise InputError(f"the article '{twice}' has two rows of scores; keep one")
        numbers = numbers.sort_index(kind="stable")
        if docs is None:
            docs = pd.DataFrame(index=numbers.index)
        missing = numbers.index.difference(docs.index)
        if len(missing):
            raise InputError(
                f"{len(missing)} articles have scores but no row in docs, the first "
                f"'{missing[0]}'; give the same ids to both"
            )
        docs = docs.loc[numbers.index]
        made = made or Made.by("from_frame", settings={"content": hash_frame(numbers)})
        return cls(docs, numbers, unit, article_weights(docs), made, dict(colors or {}))

    @property
    def frames(self) -> list[str]:
        """The frames' names."""
        return [str(name) for name in self.values.columns]

    def only(self, *frames: str) -> "Scores":
        """The same articles, with these frames alone.

        Raises
        ------
        InputError
            For a frame that is not there; the message lists those that are.
        """
        unknown = [frame for frame in frames if frame not in self.values.columns]
        if unknown:
            raise InputError(f"no frame '{unknown[0]}'; there are: {', '.join(self.frames)}")
        made = Made.by("only", settings={"frames": frames}, parents=(self.made,))
        columns = [self.frames.index(frame) for frame in frames]
        draws = None if self.draws is None else self.draws[:, :, columns]
        return replace(self, values=self.values[list(frames)], draws=draws, made=made)

    def where(self, condition: "str | pd.Series") -> "Scores":
        """The articles for which `condition` (a query over `docs`, or a mask) holds."""
        mask = rows_where(self.docs, condition)
        settings = {"kept": hash_frame(self.docs.loc[mask, []])}
        made = Made.by("where", settings=settings, parents=(self.made,))
        return replace(
            self,
            docs=self.docs[mask],
            values=self.values[mask],
            weights=self.weights[mask],
            draws=None if self.draws is None else self.draws[:, mask],
            made=made,
        )

    @cached_property
    def content_hash(self) -> str:
        """Hash of articles, values, weights, unit and colors."""
        parts = [
            hash_frame(self.docs),
            hash_frame(self.values),
            hash_frame(self.weights.to_frame()),
        ]
        if self.draws is not None:
            parts.append(blake2b(np.ascontiguousarray(self.draws).tobytes()).hexdigest())
        return blake2b(
            "".join([*parts, self.unit, str(sorted(self.colors.items()))]).encode(), digest_size=16
        ).hexdigest()

    def save(self, folder: str | Path) -> None:
        """Save to a folder (Parquet and JSON)."""
        frames = {"docs": self.docs, "values": self.values, "weights": self.weights.to_frame()}
        arrays = {} if self.draws is None else {"draws": self.draws}
        extra = {"unit": self.unit, "colors": self.colors}
        save_value(folder, self, frames=frames, arrays=arrays, extra=extra)

    @classmethod
    def load(cls, folder: str | Path) -> "Scores":
        """Load what `save` wrote."""
        saved = load_value(folder, "Scores")
        weights = saved.frames["weights"]["weight"]
        return cls(
            docs=saved.frames["docs"],
            values=saved.frames["values"],
            unit=saved.extra["unit"],
            weights=weights,
            made=saved.made,
            colors=saved.extra["colors"],
            draws=saved.arrays.get("draws"),
        )

    def __len__(self) -> int:
        return len(self.docs)

    def __repr__(self) -> str:
        return f"Scores: {len(self.docs)} articles × {len(self.frames)} frames, unit {self.unit}"

    def _repr_html_(self) -> str:
        means = self.values.mean().round(4)
        facts = {"articles": len(self.docs), "unit": self.unit, **means.to_dict()}
        return summary_html("Scores (mean over articles)", facts)
