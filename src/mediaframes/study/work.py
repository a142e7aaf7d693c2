"""`Study`: the steps of a study with the settings of its file, each computed once."""

import os
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from mediaframes._console import say
from mediaframes.corpus import Corpus, clean, dedupe, language, outlets, read
from mediaframes.errors import InputError
from mediaframes.frames import Codebook, Hits, apply_codebook, read_codebook
from mediaframes.inference.design import variables_of
from mediaframes.inference.effects import Effects, effects
from mediaframes.made import Cache
from mediaframes.plot import save_figure
from mediaframes.scores import Scores
from mediaframes.study.settings import Settings, find_beside, read_settings
from mediaframes.text import Counts, Tokens, count, tokenize
from mediaframes.topics import Topics, assisted, fit_topics

Compared = TypeVar("Compared", Scores, Counts)


class EndOfNotebook(Exception):
    """The corpus is too small for the rest of a notebook: an end, not a mistake."""

    def _render_traceback_(self) -> list[str]:
        # Jupyter shows this in place of a traceback
        return [str(self)]


@dataclass(frozen=True, eq=False)
class Study:
    """A study file with the folder it stands in.

    The methods call the package's verbs with the study's settings; `corpus`, `tokens`, `counts`
    and `topics` keep their results in the study's cache folder, so that the notebooks, which run
    each on its own, do not compute them again.
    """

    path: Path
    settings: Settings
    cache: Cache

    @property
    def folder(self) -> Path:
        """The folder that holds the study file."""
        return self.path.parent

    @property
    def seed(self) -> int:
        """The study's seed."""
        return self.settings.study.seed

    def read(self) -> Corpus:
        """The articles as they are in the files."""
        chosen = self.settings.corpus
        return read(
            [self.folder / file for file in chosen.files],
            columns=dict(chosen.columns) or None,
            encoding=chosen.encoding,
            day_first=chosen.day_first,
            pattern=chosen.pattern,
        )

    def corpus(self, *, policy: str | None = None) -> Corpus:
        """Articles read, cleaned, within the period, their copies found: see `prepare`.

        `policy` takes the place of the study's policy for copies.
        """
        settings = self.settings
        result: Corpus = self.cache.get(
            prepare,
            self.read(),
            selection={k: v for k, v in asdict(settings.corpus).items() if k != "files"},
            cleaning=asdict(settings.cleaning),
            copies=asdict(settings.copies)
            | {"containment": settings.copies.containment or None}
            | ({"policy": policy} if policy else {}),
        )
        return result

    def tokens(self, corpus: Corpus) -> Tokens:
        """The words of a corpus."""
        result: Tokens = self.cache.get(tokenize, corpus)
        return result

    def counts(self, tokens: Tokens, language: str | None = None) -> Counts:
        """Word counts for one language, trimmed as ``[topics]`` says."""
        chosen = self.settings.topics
        part = tokens if language is None else tokens.where(tokens.docs["language"] == language)
        result: Counts = self.cache.get(
            count, part, min_docs=chosen.min_docs, max_share=chosen.max_share, stem=chosen.stem
        )
        return result

    def topics(self, counts: Counts) -> Topics:
        """The topic model that ``[topics]`` asks for."""
        chosen = self.settings.topics
        more: dict[str, Any] = {}
        if chosen.prevalence:
            more["prevalence"] = chosen.prevalence
            counts = self._with_covariates(counts)
        if chosen.keywords:
            languages = sorted(set(counts.docs["language"]))
            if len(languages) > 1:
                raise InputError(
                    f"counts of {' and '.join(languages)}: keywords are given by language; take "
                    "study.counts(tokens, language)"
                )
            more["keywords"] = chosen.keywords.get(languages[0])
        result: Topics = self.cache.get(
            fit_topics, counts, k=chosen.k, model=chosen.model, seed=self.seed, **more
        )
        return result

    def effects(self, topics: Topics) -> Effects | None:
        """How the topics' shares depend on the formula of ``[topics] prevalence``.

        With the uncertainty of the shares, as R's ``estimateEffect``; None, and said, where the
        study has no formula.
        """
        formula = self.settings.topics.prevalence
        if not formula:
            say('topics: no formula (model = "stm", prevalence = "~ outlet + s(date)")')
            return None
        scores = topics.scores(draws=topics.posterior(seed=self.seed))
        return effects(scores, formula=formula, method="composition", seed=self.seed)

    def _with_covariates(self, counts: Counts) -> Counts:
        """Without the articles of which something in the formula is not known; they are said."""
        formula = self.settings.topics.prevalence
        columns = [name for name in variables_of(formula) if name in counts.docs]
        known = counts.docs[columns].notna().all(axis=1)
        if known.all():
            return counts
        missing = counts.docs.index[~known]
        say(
            f"topics: {len(missing)} of {len(known)} articles lack a value of '{formula}' (the "
            f"first: '{missing[0]}') and are left out of the topic model"
        )
        return counts.where(known)

    @cached_property
    def codebook(self) -> Codebook:
        """The codebook that ``[frames]`` names."""
        path = find_beside(self.folder, self.settings.frames.codebook)
        if path is None:
            raise InputError(f"there is no codebook {self.settings.frames.codebook}")
        return read_codebook(path)

    def hits(self, tokens: Tokens) -> Hits:
        """Where the terms of the codebook stand."""
        result: Hits = self.cache.get(apply_codebook, tokens, codebook=self.codebook)
        return result

    @property
    def events(self) -> dict[str, str]:
        """The events to mark: label to date."""
        return {event.label: event.date.isoformat() for event in self.settings.time.events}

    @property
    def by(self) -> str:
        """The column whose groups are compared, usually ``outlet``."""
        return self.settings.compare.by

    def languages(self, tokens: Tokens, *, articles: int = 1) -> list[str]:
        """The languages with at least so many articles, most articles first; others are named.

        Where none has, the notebook ends here, in words.
        """
        found = tokens.docs["language"].value_counts()
        names = sorted(found.index, key=lambda name: (-found[name], name))
        few = [f"{name} ({found[name]})" for name in names if found[name] < articles]
        unknown = int(tokens.docs["language"].isna().sum())
        if unknown:
            few.append(f"of unknown language ({unknown})")
        if few:
            say(f"fewer than {articles} articles, so left out here: {', '.join(few)}")
        enough = [str(name) for name in names if found[name] >= articles]
        if not enough:
            raise EndOfNotebook(
                f"What follows needs at least {articles} articles in one language; this corpus "
                f"has {', '.join(few) or 'none'}. The notebook ends here."
            )
        return enough

    def compared(self, value: Compared) -> Compared:
        """Scores or counts of the largest groups only; the others are named, not forgotten."""
        self._check_by(value.docs)
        groups = value.docs[self.by].value_counts()
        order = sorted(groups.index, key=lambda name: (-groups[name], str(name)))
        main, rest = order[: self.settings.compare.most], order[self.settings.compare.most :]
        if rest:
            n = int(groups[rest].sum())
            say(
                f"{len(main)} largest of {len(order)} groups ({self.by}) are compared; "
                f"{n} articles of {len(rest)} smaller ones are not ([compare] most)"
            )
        nameless = value.docs[self.by].isna()
        if nameless.any():
            first = value.docs.index[nameless][0]
            say(
                f"{int(nameless.sum())} of {len(value.docs)} articles have no {self.by} and are in "
                f"no group (the first: '{first}')"
            )
        return value.where(value.docs[self.by].isin(main))

    def targets(self, counts: Counts) -> list[str]:
        """The groups that keyness sets against all others of these counts."""
        groups = counts.docs[self.by].astype("str").value_counts()
        wanted = self.settings.compare.targets
        if not wanted:
            return [min(groups.index, key=lambda name: (-groups[name], name))]
        chosen = [name for name in wanted if name in groups.index]
        absent = [name for name in wanted if name not in groups.index]
        if absent:
            say(f"not among these articles ([compare] targets): {', '.join(absent)}")
        return chosen

    def _check_by(self, docs: pd.DataFrame) -> None:
        if self.by not in docs:
            raise InputError(
                f"[compare] by = '{self.by}': the articles have no such column; there are: "
                f"{', '.join(map(str, docs.columns.drop('text', errors='ignore')))}"
            )

    def with_copies(self, corpus: Corpus) -> Corpus:
        """The corpus with its copies still in it, also where the study leaves them out."""
        if self.settings.copies.policy != "earliest":
            return corpus
        return self.corpus(policy="none")

    def need_scores(self, scores: Scores) -> None:
        """End the notebook here, in words, where no article has a score."""
        if scores.values.notna().any(axis=None):
            return
        found = ", ".join(sorted(scores.docs["language"].dropna().unique())) or "not known"
        terms = ", ".join(sorted({code for f in self.codebook.frames for code in f.terms}))
        raise EndOfNotebook(
            f"No article has a score. The codebook has terms in: {terms}; the articles' languages: "
            f"{found}. Either no term occurs, or the codebook lacks the language. The notebook "
            "ends here."
        )

    def need(self, corpus: Corpus, *, articles: int = 1, groups: int = 0, periods: int = 0) -> None:
        """End the notebook here, in words, where the corpus is too small for what follows.

        Parameters
        ----------
        corpus : Corpus
        articles, groups, periods : int
            How many articles, groups to compare and dated periods the rest of the notebook needs.
        """
        from mediaframes.inference.prevalence import PERIODS

        docs, every = corpus.docs, self.settings.time.every
        self._check_by(docs)
        named = docs[self.by].nunique()
        dated = docs["date"].dropna().dt.to_period(PERIODS[every]).nunique()
        for n, least, what in (
            (len(docs), articles, "articles"),
            (named, groups, f"groups ({self.by})"),
            (dated, periods, f"periods ({every}) with a dated article"),
        ):
            if n < least:
                raise EndOfNotebook(
                    f"What follows needs at least {least} {what}; this corpus has {n}. "
                    "The notebook ends here."
                )

    def save_figure(
        self, figure: Any, name: str, *, data: pd.DataFrame, alt: str, made: Any = None
    ) -> Any:
        """`save_figure` with the study's file formats; returns what it was given, to be shown."""
        formats = self.settings.figures.formats
        save_figure(figure, name, data=data, alt=alt, made=made, formats=formats)
        return figure

    def __repr__(self) -> str:
        return f"Study '{self.settings.study.title}' ({self.path.name})"


def prepare(
    corpus: Corpus,
    *,
    selection: dict[str, Any],
    cleaning: dict[str, Any],
    copies: dict[str, Any],
) -> Corpus:
    """From the articles in the files to those the study counts.

    The steps, in this order: languages, outlet names, cleaning, period and languages chosen,
    copies. See `language`, `outlets`, `clean`, `Corpus.where` and `dedupe`.
    """
    languages = tuple(selection["languages"])
    corpus = language(corpus, languages=languages or None)
    if selection["outlets"]:
        corpus = outlets(corpus, selection["outlets"])
    if cleaning["enabled"]:
        corpus = clean(corpus, keep=tuple(cleaning["keep"]), drop=tuple(cleaning["drop"]))
    if languages:
        inside = corpus.docs["language"].isin(languages)
        corpus = corpus.where(inside, reason=f"language is none of {', '.join(languages)}")
    date = corpus.docs["date"]
    for name, outside in (
        ("start", date < pd.Timestamp(selection["start"] or "1600-01-01")),
        ("end", date > pd.Timestamp(selection["end"] or "2200-01-01")),
    ):
        if selection[name]:
            word = "before the start" if name == "start" else "after the end"
            corpus = corpus.where(~outside, reason=f"{word} of the period ({selection[name]})")
    undated = int(corpus.docs["date"].isna().sum())
    if undated and (selection["start"] or selection["end"]):
        say(f"period: kept without a date, so perhaps outside of it: {undated}")
    if not len(corpus):
        reasons = corpus.left_out["reason"].value_counts()
        raise InputError(
            "no article is left for the study; left out: "
            + "; ".join(f"{n} {reason}" for reason, n in reasons.items())
        )
    return dedupe(corpus, **copies)


def check_study(path: str | Path) -> Settings:
    """Check a study file with its codebook, before anything runs.

    Raises
    ------
    InputError
        For the first mistake, with its line.
    """
    settings = read_settings(path)
    codebook = find_beside(Path(path).resolve().parent, settings.frames.codebook)
    if codebook is not None:  # that it exists was checked
        frames = [frame.name for frame in read_codebook(codebook).frames]
        for name in settings.frames.highlight:
            if name not in frames:
                raise InputError(
                    f"{Path(path).name}: [frames] highlight: '{name}' is no frame of "
                    f"{codebook.name}; there are: {', '.join(frames)}"
                )
    if settings.topics.keywords:
        assisted.library()
    return settings


def open_study(path: str | Path | None = None) -> Study:
    """Open a study file, checking every setting.

    Parameters
    ----------
    path : str or Path, optional
        By default the study that is being reproduced, or else the ``study.toml`` in this folder or
        the nearest one above, so that notebooks find it wherever they are started.

    Raises
    ------
    InputError
        Where no study file is found, or for the first mistake in it.
    """
    chosen = path or os.environ.get("MEDIAFRAMES_STUDY") or _nearest()
    found = Path(chosen).resolve()
    settings = check_study(found)
    cache = os.environ.get("MEDIAFRAMES_CACHE", settings.study.cache)
    tell = "MEDIAFRAMES_OUT" not in os.environ  # else a page of results is being made
    return Study(found, settings, Cache(found.parent / cache if cache else None, tell))


def _nearest() -> Path:
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "study.toml").is_file():
            return folder / "study.toml"
    raise InputError(f"no study.toml in {here} or above; give its path: mf.open_study('...')")
