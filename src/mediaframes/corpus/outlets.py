"""Outlets by one name each, and who copies from whom."""

import difflib
import re
import unicodedata
from collections.abc import Mapping

import pandas as pd

from mediaframes._console import say
from mediaframes.corpus.articles import Corpus
from mediaframes.corpus.duplicates import clock
from mediaframes.errors import InputError

# Endings of addresses that outlets use as names. Only these: "welt.online" must not become "welt".
_ENDING = re.compile(
    r"\.(?:com|org|net|info|news|eu|de|at|ch|co\.uk|uk|ie|us|ca|com\.au|au|fr|es|it|example)$"
)
_START = re.compile(r"^(?:https?://)?(?:www\.)?")
_ARTICLE = re.compile(r"^the\b(?=[\s._-]|$)")
# "thehuffingtonpost": an article glued on counts only where the rest is itself a name here.
_GLUED = "the"


def _key(name: str) -> str:
    """What two spellings of one outlet have in common.

    Examples
    --------
    >>> _key("The Daily Example"), _key("daily-example.com"), _key("RT")
    ('dailyexample', 'dailyexample', 'rt')
    """
    text = unicodedata.normalize("NFKC", name).casefold().strip()
    text = _ENDING.sub("", _START.sub("", text).rstrip("/"))
    text = _ARTICLE.sub("", text)
    return "".join(char for char in text if char.isalnum()) or text


def _beauty(name: str, n: int) -> tuple[bool, bool, int, str]:
    """How much a spelling looks like a name: words, capitals, then how often it is used."""
    return (" " not in name, name == name.lower(), -n, name)


def propose_outlets(corpus: Corpus) -> pd.DataFrame:
    """Spellings that may be one outlet.

    Names are compared without case, spaces, punctuation, "the" and domain endings. Nothing is
    changed: look at the proposals, mend the column ``proposal``, and hand the table to `outlets`.

    Parameters
    ----------
    corpus : Corpus

    Returns
    -------
    DataFrame
        ``outlet n proposal``, one row per spelling, spellings of one proposal together; a
        spelling that stands alone proposes itself.

    Examples
    --------
    >>> corpus = Corpus.from_frame(pd.DataFrame({
    ...     "text": ["a", "b", "c", "d"],
    ...     "outlet": ["The Daily Example", "thedailyexample", "RT", "daily-example.com"]}))
    >>> propose_outlets(corpus)
                  outlet  n           proposal
    0                 RT  1                 RT
    1  The Daily Example  1  The Daily Example
    2  daily-example.com  1  The Daily Example
    3    thedailyexample  1  The Daily Example
    """
    counts = corpus.docs["outlet"].value_counts().sort_index()
    keys = {str(name): _key(str(name)) for name in counts.index}
    known = set(keys.values())
    for name, key in keys.items():
        rest = key.removeprefix(_GLUED)
        if rest != key and rest in known:
            keys[name] = rest
    best: dict[str, str] = {}
    for name in sorted(keys, key=lambda name: _beauty(name, int(counts[name]))):
        best.setdefault(keys[name], name)
    table = pd.DataFrame(
        {
            "outlet": list(keys),
            "n": [int(counts[name]) for name in keys],
            "proposal": [best[key] for key in keys.values()],
        }
    ).astype({"outlet": "str", "n": "int64", "proposal": "str"})
    return table.sort_values(["proposal", "outlet"], ignore_index=True)


MOST_NAMED = 12  # names in one message


def outlets(corpus: Corpus, mapping: Mapping[str, str] | pd.DataFrame | None = None) -> Corpus:
    """Give outlets the names of a mapping; the names in the files stay as ``outlet_raw``.

    Parameters
    ----------
    corpus : Corpus
    mapping : dict or DataFrame, optional
        Raw name to name, or a table with columns ``outlet`` and ``proposal`` (or ``name``) as
        `propose_outlets` makes it. Names that are not in it stay. Without a mapping nothing is
        renamed, and possible spellings of one outlet are printed.
        Names that a mapping does not know are listed.

    Returns
    -------
    Corpus

    Raises
    ------
    InputError
        Where no name of the mapping occurs, or a table lacks the columns.

    Examples
    --------
    >>> corpus = Corpus.from_frame(pd.DataFrame({"text": ["a", "b"], "outlet": ["rt", "RT"]}))
    >>> outlets(corpus, {"rt": "RT"}).docs[["outlet", "outlet_raw"]].values.tolist()
    outlets: 1 article of 1 spelling renamed; 1 outlet
    [['RT', 'rt'], ['RT', 'RT']]
    """
    docs = corpus.docs
    raw = docs["outlet_raw"] if "outlet_raw" in docs else docs["outlet"]
    if mapping is None:
        proposals = propose_outlets(corpus)
        several = proposals[proposals["outlet"] != proposals["proposal"]]
        for outlet, name in zip(several["outlet"], several["proposal"], strict=True):
            say(f"outlets: '{outlet}' may be '{name}'")
        return corpus.replace(step="outlets", settings={}, docs=docs.assign(outlet_raw=raw))
    names = _as_dict(mapping)
    used = {old: new for old, new in names.items() if (docs["outlet"] == old).any()}
    if names and not used:
        first, there = next(iter(names)), sorted(docs["outlet"].dropna().unique())
        raise InputError(
            f"outlets: none of the mapping's names (first: '{first}') is in the corpus. Write "
            '"spelling in the files" = "name"; the spelling must agree letter by letter. '
            f"There are {_nearest_first(first, there)}"
        )
    renamed = docs["outlet"].map(lambda name: used.get(name, name), na_action="ignore")
    changed = renamed.ne(docs["outlet"]) & docs["outlet"].notna()
    spellings, n = docs["outlet"][changed].nunique(), int(changed.sum())
    total = renamed.nunique()
    say(
        f"outlets: {n} article{'' if n == 1 else 's'} of {spellings} "
        f"spelling{'' if spellings == 1 else 's'} renamed; {total} outlet"
        + ("" if total == 1 else "s")
    )
    if unused := sorted(set(names) - set(used)):
        say(f"outlets: not in the corpus: {', '.join(unused)}")
    others = sorted(set(docs["outlet"].dropna()) - set(used) - set(used.values()))
    if others:
        more = f" and {len(others) - MOST_NAMED} more" if len(others) > MOST_NAMED else ""
        say(f"outlets: not in the mapping: {', '.join(others[:MOST_NAMED])}{more}")
    new = docs.assign(outlet=renamed.astype("str"), outlet_raw=raw)
    return corpus.replace(step="outlets", settings={"mapping": names}, docs=new)


def _nearest_first(wanted: str, names: list[str]) -> str:
    """Names for a message: those most like what was wanted first."""
    known = {name.casefold(): name for name in reversed(names)}
    near = [known[key] for key in difflib.get_close_matches(wanted.casefold(), known, n=3)]
    shown = [*near, *(name for name in names if name not in near)][:MOST_NAMED]
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(f"'{name}'" for name in shown) + more


def _as_dict(mapping: Mapping[str, str] | pd.DataFrame) -> dict[str, str]:
    if not isinstance(mapping, pd.DataFrame):
        return {str(old): str(new) for old, new in mapping.items()}
    new = next((name for name in ("proposal", "name") if name in mapping), None)
    if "outlet" not in mapping or new is None:
        found = ", ".join(map(str, mapping.columns))
        raise InputError(
            f"outlets: the table needs columns 'outlet' and 'proposal' (found: {found}); start "
            "from propose_outlets(corpus)"
        )
    rows = mapping.dropna(subset=["outlet", new])
    return {str(old): str(name) for old, name in zip(rows["outlet"], rows[new], strict=True)}


def copies_between(corpus: Corpus) -> pd.DataFrame:
    """How many articles of one outlet another outlet had printed before, and how long before.

    Who printed a report first is the source of all others of its group. Often both copy from an
    agency: the table says who was first in this corpus, not who wrote the text.

    Parameters
    ----------
    corpus : Corpus
        After `dedupe`, with any policy but ``"earliest"``.

    Returns
    -------
    DataFrame
        ``from_outlet to_outlet n share tied lag``: `n` articles of `to_outlet` whose report
        `from_outlet` was the first to print, their share of all articles of `to_outlet`; `tied`,
        how many of these have no direction, because both outlets printed the report on the same
        day and their times are not known, or a date is missing: they stand in both directions;
        `lag`, the median of the days between (without the tied ones, NaN where all are). Articles
        without an outlet are left out; copies within one outlet have equal names.

    Raises
    ------
    InputError
        Before `dedupe`, or where it moved the copies out of ``docs``.

    Examples
    --------
    >>> from mediaframes.corpus.duplicates import dedupe
    >>> corpus = dedupe(Corpus.from_frame(pd.DataFrame({
    ...     "text": ["Rain is near."] * 3 + ["Sun."], "outlet": ["Echo", "Globe", "Post", "Post"],
    ...     "date": ["2024-05-01", "2024-05-03", "2024-05-01", "2024-05-01"]})))
    dedupe: 3 of 4 articles in 1 group of copies (3 pairs, 3 exact); policy 'weight'
    >>> copies_between(corpus)
      from_outlet to_outlet  n  share  tied  lag
    0        Echo     Globe  1    1.0     0  2.0
    1        Echo      Post  1    0.5     1  NaN
    2        Post      Echo  1    1.0     1  NaN
    3        Post     Globe  1    1.0     0  2.0
    """
    prints = _prints(_with_copies(corpus))
    first = prints[prints["first"]].drop_duplicates(["copy_of", "outlet"])
    pairs = prints.merge(
        first[["copy_of", "outlet", "id", "date"]], on="copy_of", suffixes=("", "_from")
    )
    pairs = pairs[pairs["id"] != pairs["id_from"]]
    # the first print of an outlet is no copy of the outlet's own
    pairs["tied"] = pairs["first"] | pairs["date"].isna()
    pairs["lag"] = (pairs["date"] - pairs["date_from"]).dt.days.where(~pairs["tied"])
    cells = pairs.groupby(["outlet_from", "outlet"], sort=True)
    table = cells.agg(n=("tied", "size"), tied=("tied", "sum"), lag=("lag", "median"))
    table = table.rename_axis(["from_outlet", "to_outlet"]).reset_index()
    totals = corpus.docs["outlet"].value_counts()
    table["share"] = table["n"] / table["to_outlet"].map(totals).astype("float64")
    table = table.astype(
        {"from_outlet": "str", "to_outlet": "str", "n": "int64", "tied": "int64", "lag": "float64"}
    )
    return table[["from_outlet", "to_outlet", "n", "share", "tied", "lag"]]


def wire_share(corpus: Corpus) -> pd.DataFrame:
    """How much of each outlet's output is agency copy, or was printed elsewhere before.

    Parameters
    ----------
    corpus : Corpus
        After `dedupe`, with any policy but ``"earliest"``; after `clean`, agencies named in the
        texts count as well.

    Returns
    -------
    DataFrame
        ``outlet n shared first tied later with_agency wire share``: articles; those in a group of
        copies with another outlet, and of these: in which this outlet was the `first`, was `tied`
        with another (same day, or a date is missing), or came `later`; those that name an agency;
        `wire`, those that do or were tied or later; and `share`, the last over `n`.

    Raises
    ------
    InputError
        As `copies_between`.

    Examples
    --------
    >>> from mediaframes.corpus.duplicates import dedupe
    >>> corpus = dedupe(Corpus.from_frame(pd.DataFrame({
    ...     "text": ["Rain is near."] * 2 + ["Sun."], "outlet": ["Echo", "Globe", "Globe"],
    ...     "date": ["2024-05-01", "2024-05-03", "2024-05-03"]})))
    dedupe: 2 of 3 articles in 1 group of copies (1 pair, 1 exact); policy 'weight'
    >>> wire_share(corpus)[["outlet", "n", "first", "later", "share"]].values.tolist()
    [['Echo', 1, 1, 0, 0.0], ['Globe', 2, 0, 1, 0.5]]
    """
    docs = _with_copies(corpus)
    prints = _prints(docs)
    outlets_first = prints[prints["first"]].groupby("copy_of")["outlet"].nunique()
    own = prints["first"].groupby([prints["copy_of"], prints["outlet"]]).transform("any")
    alone = own & (prints["copy_of"].map(outlets_first) == 1)
    shared = prints.groupby("copy_of")["outlet"].transform("nunique") > 1
    tied = shared & ~alone & (own | prints["date"].isna())
    marks = pd.DataFrame(
        {
            "shared": shared,
            "first": shared & alone,
            "tied": tied,
            "later": shared & ~alone & ~tied,
        }
    ).set_index(prints["id"])
    marks = marks.reindex(docs.index, fill_value=False)
    marks["with_agency"] = docs["agency"].notna() if "agency" in docs else False
    marks["wire"] = marks["with_agency"] | marks["tied"] | marks["later"]
    groups = marks.astype("int64").groupby(docs["outlet"], sort=True)
    table = groups.sum()
    table.insert(0, "n", groups.size())
    table["share"] = table["wire"] / table["n"]
    return table.reset_index()


def _prints(docs: pd.DataFrame) -> pd.DataFrame:
    """Articles of groups of copies: ``id copy_of outlet date first``, sorted by id.

    `first`: nothing in the group is known to be earlier. An article without a date is only first
    where all are without.
    """
    columns = [name for name in ("copy_of", "outlet", "date", "date_raw") if name in docs]
    prints = docs.loc[docs["copy_of"].duplicated(keep=False), columns].copy()
    seconds = clock(prints, prints["copy_of"]).fillna(0)
    moment = prints["date"] + pd.to_timedelta(seconds, unit="s")
    earliest = moment.groupby(prints["copy_of"]).transform("min")
    prints["first"] = (moment == earliest) | earliest.isna()
    return prints[prints["outlet"].notna()].rename_axis("id").reset_index()


def _with_copies(corpus: Corpus) -> pd.DataFrame:
    docs = corpus.docs
    if "copy_of" not in docs:
        raise InputError("the copies are not known yet; call dedupe(corpus) first")
    if len(corpus.left_out) and (corpus.left_out["step"] == "dedupe").any():
        raise InputError(
            "the copies were moved out of this corpus; use dedupe(corpus, policy='weight') or "
            "policy='none'"
        )
    return docs
