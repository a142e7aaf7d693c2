"""Keyness of a corpus too large for memory: sums over parts, one part at a time."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from mediaframes._docs import article_weights
from mediaframes.errors import InputError
from mediaframes.inference.comparison import doc_frequency, indicator
from mediaframes.inference.dispersion import DISPERSION
from mediaframes.inference.keyness import DEFAULT, PRIOR_MASS, arranged, point, spread_prior
from mediaframes.inference.measures import Asked, chosen, log_odds
from mediaframes.inference.permutation import studentized
from mediaframes.inference.resampling import MIN_ARTICLES, copy_groups
from mediaframes.text.counts import ROUNDING, Counts

# of each word and side; `weight` is the weighted number of articles, `xl` the sum of count × length
SUMS = ("count", "docs", "weight", "xx", "xl")


def keyness_over_parts(
    parts: Iterable[Counts],
    *,
    by: str,
    target: str,
    reference: str | None = None,
    measures: Asked = DEFAULT,
    min_docs: int = 5,
) -> pd.DataFrame:
    """Keyness of articles that come in parts, each seen once; memory holds one part and the sums.

    Parameters
    ----------
    parts : iterable of Counts
        Each with its own articles; vocabularies may differ. A generator that loads and counts one
        part after the other keeps memory small.
    by, target, reference, measures, min_docs
        As in `keyness`; no dispersion.

    Returns
    -------
    DataFrame
        The columns of `keyness`, the same numbers for every measure, sorted by the first measure.
        ``log_ratio`` has linearized instead of bootstrap bounds; with ``t``, ``p``, ``q`` as in
        `keyness_test`, but p from Student's distribution instead of relabelings.

    Notes
    -----
    Sums over articles of x, x², x l and l² add up; draws of articles do not, so there are no
    bootstrap intervals (of ``log_odds`` and other effects), no permutations, no drivers. Copies
    are one observation within a part; prints of one text in two parts are taken for two, so keep
    them in one part, or the intervals are too narrow.

    Raises
    ------
    InputError
        As `keyness`.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> def part(names, rows, words):
    ...     docs = pd.DataFrame({"outlet": ["A", "B"] * 4}, index=names)
    ...     return Counts.from_matrix(csr_array(np.array(rows)), words, docs=docs)
    >>> one = part(list("abcdefgh"), [[3, 1], [1, 3]] * 4, ["bank", "park"])
    >>> two = part(list("ijklmnop"), [[1, 4, 1], [3, 1, 0]] * 4, ["park", "bank", "zoo"])
    >>> table = keyness_over_parts(iter([one, two]), by="outlet", target="A")
    >>> table[["word", "count_target", "log_ratio"]].round(2).values.tolist()
    [['bank', 28.0, 1.49], ['park', 8.0, -1.91]]
    """
    asked = chosen(measures, others=tuple(DISPERSION))
    if any(name in DISPERSION for name in asked):
        raise InputError("dispersion does not add up over parts; ask for it of a sample")
    sums = _Sums(str(target), None if reference is None else str(reference), by)
    for part in parts:
        sums.add(part)
    sums.check()
    known = sums.of["weight"].sum(axis=0)
    keep = np.flatnonzero(known >= (min_docs - ROUNDING if min_docs > 1 else ROUNDING))
    if not len(keep):
        raise InputError(f"no word is in at least min_docs={min_docs} articles; lower min_docs")
    # in the order in which one matrix would hold them, so that ties and sums do not depend on parts
    words = pd.Index(sums.words, dtype="str")
    keep = keep[np.argsort(words[keep].to_numpy(dtype=object), kind="stable")]
    count, docs = sums.of["count"][:, keep], sums.of["docs"][:, keep].astype(np.int64)
    table = pd.DataFrame(
        {"word": words[keep], "count_target": count[0], "count_reference": count[1],
         "docs_target": docs[0], "docs_reference": docs[1]}
    )  # fmt: skip
    totals = (float(sums.n[0]), float(sums.n[1]))
    for name, settings in asked.items():
        if name == "log_odds":
            mass = float(settings.get("prior_mass", PRIOR_MASS))
            background = settings.get("background", "both")
            prior = spread_prior(sums.of["count"].sum(axis=0), words, mass, background)[keep]
            value = log_odds(
                count[0], count[1], totals[0], totals[1], prior=prior, prior_mass=mass
            )[0]
            table[name] = np.where(np.isfinite(value), value, np.nan)
        else:
            table[name] = point(name, table, totals, settings)
            if name == "log_ratio":
                table["log_ratio_low"], table["log_ratio_high"] = sums.bounds(table, keep)
    table["t"], table["p"] = sums.test(keep)
    return arranged(table, asked)


class _Sums:
    """What adds up: per word and side the `SUMS`, per side words, squared lengths, articles."""

    def __init__(self, target: str, reference: str | None, by: str) -> None:
        self.target, self.reference, self.by = target, reference, by
        self.words: list[str] = []
        self.place: dict[str, int] = {}
        self.of = {name: np.zeros((2, 0)) for name in SUMS}
        self.n, self.squares, self.rows = np.zeros(2), np.zeros(2), np.zeros(2)
        self.seen: set[str] = set()
        self.parts = 0

    def add(self, part: Counts) -> None:
        """Add one part."""
        if self.by not in part.docs:
            names = ", ".join(map(str, part.docs.columns))
            raise InputError(f"part {self.parts}: no column '{self.by}'; there are: {names}")
        self.parts += 1
        column = part.docs[self.by].astype("str")
        self.seen |= set(column.dropna().unique())
        inside = (column == self.target).fillna(False).to_numpy(bool)
        other = column.notna() & ~inside if self.reference is None else column == self.reference
        weight = article_weights(part.docs).to_numpy()
        at = self._places(part.vocabulary)
        for side, chosen_rows in enumerate((inside, other.fillna(False).to_numpy(bool) & ~inside)):
            rows = np.flatnonzero(chosen_rows & (weight > 0))
            if len(rows):
                self._add_side(part, side, rows, weight[rows], at)

    def _add_side(
        self, part: Counts, side: int, rows: np.ndarray, weight: np.ndarray, at: np.ndarray
    ) -> None:
        from scipy.sparse import diags_array

        plain = part.matrix[rows].astype(np.float64)
        groups = copy_groups(part.docs.iloc[rows])
        units = np.unique(groups, return_inverse=True)[1]
        x = (indicator(units) @ (diags_array(weight) @ plain)).tocsr()
        length = np.asarray(x.sum(axis=1), np.float64)
        self.n[side] += length.sum()
        self.squares[side] += (length**2).sum()
        self.rows[side] += x.shape[0]
        found = {
            "count": x.sum(axis=0), "docs": doc_frequency(plain),
            "weight": (plain > 0).astype(np.float64).T @ weight,
            "xx": (x * x).sum(axis=0), "xl": x.T @ length,
        }  # fmt: skip
        for name, values in found.items():
            self.of[name][side, at] += np.asarray(values, np.float64)

    def _places(self, vocabulary: pd.Index) -> np.ndarray:
        """Where the words of a part stand among all so far; new ones are added."""
        for word in vocabulary:
            if word not in self.place:
                self.place[word] = len(self.words)
                self.words.append(word)
        more = len(self.words) - self.of["count"].shape[1]
        if more:
            self.of = {name: np.pad(old, ((0, 0), (0, more))) for name, old in self.of.items()}
        return np.array([self.place[word] for word in vocabulary], np.int64)

    def check(self) -> None:
        """Raise where a group has no articles or no words."""
        if not self.parts:
            raise InputError("there are no parts; give an iterable of Counts")
        for name in (self.target, self.reference):
            if name is not None and name not in self.seen:
                known = ", ".join(sorted(self.seen))
                raise InputError(f"no article has {self.by} '{name}'; there are: {known}")
        if not (self.n > 0).all():
            raise InputError(
                f"'{self.target}' or the articles to compare with hold no counted word; there is "
                "nothing to compare"
            )

    def test(self, keep: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """t as in `keyness_test`, and its two-sided p; NaN below five articles on a side."""
        from scipy.special import stdtr

        count = self.of["count"][:, keep]
        rate = count.sum(axis=0) / self.n.sum()
        squares = self._squares(keep, np.array([rate, rate]))
        t = studentized((count[0], count[1]), (self.n[0], self.n[1]), (squares[0], squares[1]))
        if self.rows.min() < MIN_ARTICLES:
            return np.full_like(t, np.nan), np.full_like(t, np.nan)
        return t, np.asarray(2 * stdtr(self.rows.min() - 1, -np.abs(t)))

    def bounds(self, table: pd.DataFrame, keep: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Linearized 95 % bounds of the log ratio; NaN where a count is zero on either side."""
        from scipy.special import stdtrit

        rate = self.of["count"][:, keep] / self.n[:, None]
        squares = self._squares(keep, rate)
        with np.errstate(divide="ignore", invalid="ignore"):
            relative = np.sqrt((squares / (self.n[:, None] * rate) ** 2).sum(axis=0))
        known = (rate > 0).all(axis=0) & (self.rows.min() >= MIN_ARTICLES)
        reach = stdtrit(max(self.rows.min() - 1, 1), 0.975) * relative / np.log(2)
        reach = np.where(known, reach, np.nan)
        value = table["log_ratio"].to_numpy()
        return value - reach, value + reach

    def _squares(self, keep: np.ndarray, rate: np.ndarray) -> np.ndarray:
        """Sum of (x - rate × l)² of each side, (2, words)."""
        xx, xl = self.of["xx"][:, keep], self.of["xl"][:, keep]
        return np.asarray(np.maximum(xx - 2 * rate * xl + rate**2 * self.squares[:, None], 0.0))
