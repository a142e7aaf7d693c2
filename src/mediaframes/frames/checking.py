"""`check_codebook`: what a codebook's terms do in these articles, before anything is counted on."""

import html
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from mediaframes.errors import InputError
from mediaframes.frames.codebook import Codebook
from mediaframes.frames.hits import Hits
from mediaframes.frames.matching import apply_codebook
from mediaframes.text.tokens import Tokens
from mediaframes.text.words import WordFinder

KEY = ["frame", "language", "term"]
MOST = 0.5  # a term with more than half of a frame's hits: the frame measures that term
FEW = 10  # below so many hits nothing is said about outlets
# An outlet that prints half of a term's hits, and at least twice what its share of the words
# would let one expect, owns the term.
OUTLET_SHARE, OUTLET_TIMES = 0.5, 2.0
FINDINGS = {
    "matches nothing": "take it out, or look for a slip in its spelling",
    "contradiction": "all its places here are excluded; is the exclusion too wide?",
    "never counts": "longer or earlier terms of the frame take all its places; take it out",
    "covered": "another term of the frame finds all of this; take one out",
    "several frames": "it counts for each; keep it where it belongs, if it does not belong to all",
    "most of the frame": "the frame measures this term; read its lines, add others",
    "one outlet": "differences between outlets may be this term's; read its lines",
}


@dataclass(frozen=True, eq=False)
class CodebookCheck:
    """What a codebook's terms do in a corpus.

    Attributes
    ----------
    findings : DataFrame
        One row for each thing to look at, the gravest first: ``finding frame language term detail
        mend``.
    terms : DataFrame
        One row per term of the corpus' languages: ``frame language term matches hits docs share
        forms top_outlet outlet_share outlet_expected``; `share` is of the frame's hits in that
        language, `forms` the most frequent forms behind a wildcard, `outlet_expected` the outlet's
        share of the words.
    hits : Hits
        The hits themselves, so that lines can be read.
    """

    findings: pd.DataFrame
    terms: pd.DataFrame
    hits: Hits

    def of(self, finding: str) -> pd.DataFrame:
        """The rows of one kind of finding.

        Raises
        ------
        InputError
            For an unknown kind; the message lists those that are.
        """
        if finding not in FINDINGS:
            raise InputError(f"no finding '{finding}'; there are: {', '.join(FINDINGS)}")
        return self.findings[self.findings["finding"] == finding].reset_index(drop=True)

    def __repr__(self) -> str:
        counts = self.findings["finding"].value_counts()
        listed = ", ".join(f"{name} {counts[name]:,}" for name in FINDINGS if name in counts)
        return f"CodebookCheck: {len(self.terms):,} terms; {listed or 'nothing to look at'}"

    def _repr_html_(self) -> str:
        few = self.findings.groupby("finding", sort=False).head(5)
        table = few.drop(columns="mend").to_html(index=False, escape=True)
        mends = "".join(
            f"<li><b>{html.escape(name)}</b>: {html.escape(FINDINGS[name])}</li>"
            for name in self.findings["finding"].unique()
        )
        return (
            f"<p>{html.escape(repr(self))}</p>{table}<ul>{mends}</ul>"
            "<p>At most five rows of each kind; all are in <code>.findings</code>, every term in "
            "<code>.terms</code>.</p>"
        )


def check_codebook(
    tokens: Tokens, codebook: Codebook | str | Path, *, language: str | None = None, forms: int = 5
) -> CodebookCheck:
    """What a codebook's terms do in these articles: read this before you count.

    Named are terms that match nothing, that contradict an exclusion, that never count because
    others take their places, that another term covers, that stand in several frames, that make
    most of a frame, and whose hits come from one outlet.

    Parameters
    ----------
    tokens : Tokens
        From `tokenize`.
    codebook : Codebook or path
    language : str, optional
        The language of all articles, as in `apply_codebook`.
    forms : int
        How many forms to list behind each wildcard.

    Returns
    -------
    CodebookCheck

    Raises
    ------
    InputError
        For a `forms` below 1, and whatever `apply_codebook` refuses.

    Examples
    --------
    >>> from mediaframes.corpus.articles import Corpus
    >>> from mediaframes.text.tokens import tokenize
    >>> texts = pd.DataFrame({"text": ["Prices, price, prices and taxes."], "language": "en"})
    >>> codebook = Codebook.from_terms({"Economic": ["price*", "prices", "gdp"]}, language="en")
    >>> check = check_codebook(tokenize(Corpus.from_frame(texts)), codebook)
    apply_codebook: 1 of 3 terms match nothing here; see hits.unmatched()
    >>> check.findings[["finding", "term", "detail"]].values.tolist()[:2]
    [['matches nothing', 'gdp', ''], ['never counts', 'prices', '2 places, 0 cancelled']]
    >>> check.terms.set_index("term").loc["price*", "forms"]
    'prices 2, price 1'
    """
    if forms < 1:
        raise InputError(f"forms={forms}; give the number of forms to list, e.g. 5")
    hits = apply_codebook(tokens, codebook, language=language)
    terms = hits.counts.drop(columns=["weight"])
    rows = _row_of_hit(hits)
    n = len(terms)
    doc = hits.table["id"].cat.codes.to_numpy(np.int64)
    pairs = pd.DataFrame({"row": rows, "doc": doc}).drop_duplicates()
    terms["docs"] = np.bincount(pairs["row"], minlength=n)[:n]
    whole = terms.groupby(["frame", "language"])["hits"].transform("sum")
    terms["share"] = terms["hits"] / whole.where(whole > 0)
    terms["forms"] = _forms(tokens, hits, rows, forms)
    terms = pd.concat([terms, _outlets(tokens, hits, rows)], axis=1)
    findings = _findings(terms, hits.codebook)
    return CodebookCheck(findings, terms, hits)


def _row_of_hit(hits: Hits) -> np.ndarray:
    """The row of `hits.counts` each hit belongs to, int64."""
    known = pd.MultiIndex.from_frame(hits.counts[KEY])
    spoken = hits.languages.to_numpy(dtype=object)[hits.table["id"].cat.codes.to_numpy()]
    found = pd.MultiIndex.from_arrays(
        [hits.table["frame"].astype("str"), spoken, hits.table["term"].astype("str")], names=KEY
    )
    return np.asarray(known.get_indexer(found), np.int64)


def _forms(tokens: Tokens, hits: Hits, rows: np.ndarray, n: int) -> list[str]:
    """The most frequent forms behind each term with a wildcard."""
    wild = hits.counts["term"].str.contains(r"[*?]").to_numpy(bool)
    chosen = np.flatnonzero(wild[rows]) if len(rows) else np.empty(0, np.int64)
    doc = hits.table["id"].cat.codes.to_numpy(np.int64)[chosen]
    first = tokens.offsets[doc] + hits.table["token"].to_numpy(np.int64)[chosen]
    lengths = hits.table["length"].to_numpy(np.int64)[chosen]
    words = tokens.vocabulary.to_numpy(dtype=object)
    forms = words[tokens.ids[first]] if len(chosen) else np.empty(0, object)
    for k in np.flatnonzero(lengths > 1):
        forms[k] = " ".join(words[tokens.ids[first[k] : first[k] + lengths[k]]])
    table = pd.DataFrame({"row": rows[chosen], "form": pd.Series(forms, dtype="str")})
    counts = table.groupby(["row", "form"]).size().rename("n").reset_index()
    counts = counts.sort_values(["row", "n", "form"], ascending=[True, False, True])
    top = counts.groupby("row").head(n)
    out = [""] * len(hits.counts)
    for row, part in top.groupby("row"):
        out[int(row)] = ", ".join(f"{form} {k}" for form, k in zip(part["form"], part["n"]))  # noqa: B905
    return out


def _outlets(tokens: Tokens, hits: Hits, rows: np.ndarray) -> pd.DataFrame:
    """The outlet with most hits of each term, its share of them, and its share of all words."""
    names = hits.docs["outlet"].astype("str").fillna("not known")
    outlets, code = np.unique(names.to_numpy(dtype=object).astype(str), return_inverse=True)
    words = np.bincount(code, weights=tokens.lengths(), minlength=max(len(outlets), 1))
    expected = words / max(words.sum(), 1)
    doc = hits.table["id"].cat.codes.to_numpy(np.int64)
    n, k = len(hits.counts), max(len(outlets), 1)
    cells = np.bincount(rows * k + code[doc], minlength=n * k).reshape(n, k)
    top = cells.argmax(axis=1)
    total = cells.sum(axis=1)
    known = total > 0
    share = np.where(known, cells[np.arange(n), top] / np.maximum(total, 1), np.nan)
    labels = outlets[top] if len(outlets) else np.full(n, "")
    return pd.DataFrame(
        {
            "top_outlet": pd.Series(np.where(known, labels, ""), dtype="str"),
            "outlet_share": share,
            "outlet_expected": np.where(known, expected[top], np.nan),
        }
    )


def _findings(terms: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    found: list[tuple[str, str, str, str, str]] = []
    covered = _covered(codebook)
    several = terms.groupby(["language", "term"])["frame"].agg(list)
    for row in terms.itertuples(index=False):
        key = (str(row.frame), str(row.language), str(row.term))
        gone = f"{row.matches:,} places, {row.cancelled:,} cancelled"
        if row.matches == 0:
            found.append(("matches nothing", *key, ""))
        elif row.hits == 0 and row.cancelled == row.matches:
            found.append(("contradiction", *key, gone))
        elif row.hits == 0:
            found.append(("never counts", *key, gone))
        if key in covered:
            found.append(("covered", *key, "by " + ", ".join(covered[key][:3])))
        frames = several[(row.language, row.term)]
        others = [frame for frame in frames if frame != row.frame]
        if others and frames[0] == row.frame:
            found.append(("several frames", *key, "also in " + ", ".join(others)))
        if row.hits >= FEW and row.share > MOST:
            found.append(("most of the frame", *key, f"{row.share:.0%} of {row.frame}"))
        owns = row.outlet_share >= max(OUTLET_SHARE, OUTLET_TIMES * row.outlet_expected)
        if row.hits >= FEW and row.outlet_expected < 1 and owns:
            detail = f"{row.outlet_share:.0%} in {row.top_outlet}, words {row.outlet_expected:.0%}"
            found.append(("one outlet", *key, detail))
    order = {name: k for k, name in enumerate(FINDINGS)}
    found.sort(key=lambda row: order[row[0]])  # stable: within a kind the codebook's order
    table = pd.DataFrame(found, columns=["finding", *KEY, "detail"], dtype="str")
    return table.assign(mend=table["finding"].map(FINDINGS).astype("str"))


def _covered(codebook: Codebook) -> dict[tuple[str, str, str], list[str]]:
    """Terms of one word to the wildcard terms of their frame that find all they find.

    A wildcard is a character like any other here: what ``tax*`` matches, ``taxpayer*`` included,
    it also matches in texts.
    """
    out: dict[tuple[str, str, str], list[str]] = {}
    for frame in codebook.measured:
        for language, listed in frame.terms.items():
            rules = frame.rules.get(language, {})
            single = [term for term in listed if " " not in term and term not in rules]
            finder = WordFinder(pd.Index(single, dtype="str"))
            for pattern in single:
                if not set(pattern) & set("*?"):
                    continue
                for k in finder.matches(pattern).tolist():
                    if single[k] != pattern:
                        out.setdefault((frame.name, language, single[k]), []).append(pattern)
    return out
