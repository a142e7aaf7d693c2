"""The language of each article, where nobody said it."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from mediaframes._console import progress, say
from mediaframes.corpus.articles import Corpus
from mediaframes.corpus.furniture import language_code
from mediaframes.corpus.lines import LOOKED_AT
from mediaframes.errors import InputError

# Below this number of letters the answer is a guess, even between two languages: of 400 starts of
# German and English articles cut to 20 letters 6 were given the wrong one of the two.
MIN_LETTERS = 20
# With all languages as candidates short texts are worse (cut to 20 letters 100 of 400 wrong, to 60
# letters 12, to 100 letters 4). So a short text needs this probability: then 3 of 154, 3 of 321.
LIKELY = 0.5
# Characters of the sample that is looked at; of 2,000 German articles .9975 are found German with
# 200 and .998 with 400 characters.
SAMPLE = 200
# A stated language is only contradicted by at least this much text and by this probability.
SURE_LETTERS = 100
SURE = 0.9


def language(corpus: Corpus, *, languages: Sequence[str] | None = None) -> Corpus:
    """Fill in the language of articles that have none, and check the language that is stated.

    The sample looked at comes from the longest lines of the text, because the first lines of a
    scraped page are menus and notices, often in another language than the article.

    Parameters
    ----------
    corpus : Corpus
        Before or after `clean`.
    languages : sequence of str, optional
        The only candidates, as ISO 639-1 codes, e.g. ``("de", "en")``; by default all that
        py3langid knows. Fewer candidates make short texts safer.

    Returns
    -------
    Corpus
        `docs.language` filled where it was missing; new columns ``language_source`` (``"given"``,
        ``"detected"``, NA where the text is too short to tell: fewer
        than 20 letters, or fewer than 100 and no likely language among all) and
        ``language_detected`` (what the text looks like, also where another language is stated).
        Articles whose text contradicts their stated language are counted in the
        message; nothing is changed in them.

    Raises
    ------
    InputError
        Where a candidate is no language that can be detected.

    Notes
    -----
    py3langid is a faster langid.py (Lui & Baldwin 2012, "langid.py: an off-the-shelf language
    identification tool", ACL demo). Its answer depends on nothing but the text.

    Examples
    --------
    >>> import pandas as pd
    >>> corpus = Corpus.from_frame(pd.DataFrame({"text": [
    ...     "Die Gespräche über den Hafen wurden am Montag wieder aufgenommen.",
    ...     "The talks about the harbor were taken up again on Monday."]}, index=["a", "b"]))
    >>> language(corpus, languages=("de", "en")).docs["language"].tolist()
    language: 2 detected (de 1, en 1)
    ['de', 'en']
    """
    detector = _detector(languages)
    docs = corpus.docs.copy()
    detected: list[str | None] = []
    sure: list[bool] = []
    for text, title in progress(
        zip(docs["text"], docs["title"], strict=True), "detecting languages", total=len(docs)
    ):
        sample = _sample(text, "" if pd.isna(title) else title)
        letters = sum(char.isalpha() for char in sample)
        code, probability = detector.classify(sample) if letters >= MIN_LETTERS else (None, 0.0)
        if languages is None and letters < SURE_LETTERS and probability < LIKELY:
            code = None
        detected.append(code)
        sure.append(letters >= SURE_LETTERS and float(probability) >= SURE)
    docs["language_detected"] = pd.Series(detected, index=docs.index, dtype="str")
    given = docs["language"].notna()
    if "language_source" in docs:  # found by an earlier call, so not stated by anybody
        given &= docs["language_source"] != "detected"
    filled = ~given & docs["language_detected"].notna()
    docs.loc[filled, "language"] = docs["language_detected"]
    source = pd.Series(None, index=docs.index, dtype="str")
    source[given], source[filled] = "given", "detected"
    docs["language_source"] = source
    codes = docs["language"].map(language_code, na_action="ignore").astype("str")
    against = given & pd.Series(sure, index=docs.index) & (codes != docs["language_detected"])
    if languages is not None:  # with a closed list, an article in a third language proves nothing
        against &= codes.isin(list(languages))
    say(_message(docs, filled, against))
    settings = {"languages": list(languages) if languages is not None else None}
    return corpus.replace(step="language", settings=settings, docs=docs)


def _detector(languages: Sequence[str] | None) -> Any:
    if isinstance(languages, str) or (languages is not None and not languages):
        raise InputError(
            f"languages={languages!r} is no list of codes; write e.g. languages=('de', 'en')"
        )
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    detector = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    if languages is not None:
        unknown = [code for code in languages if code not in detector.nb_classes]
        if unknown:
            raise InputError(
                f"'{unknown[0]}' is no language that can be detected; use ISO 639-1 codes, "
                f"of: {', '.join(sorted(detector.nb_classes))}"
            )
        detector.set_languages(list(languages))
    return detector


def _sample(text: str, title: str) -> str:
    """Characters from the longest lines of the text, and of the title where that is short."""
    lines = [line.strip() for line in text.replace("\r", "\n").split("\n")]
    found, size = [], 0
    # equal lengths in the order of the text, so that the sample is always the same
    for line in sorted(lines, key=lambda line: -min(len(line), LOOKED_AT)):
        found.append(_letters(line[: SAMPLE - size]))
        size += len(found[-1]) + 1
        if size >= SAMPLE:
            break
    if size < SAMPLE:
        found.append(_letters(title[:SAMPLE]))
    return " ".join(part for part in found if part)


def _letters(line: str) -> str:
    """The line without addresses, which look like English."""
    return " ".join(word for word in line.split() if "//" not in word and "@" not in word)


def _message(docs: pd.DataFrame, filled: pd.Series, against: pd.Series) -> str:
    counts = docs.loc[filled, "language"].value_counts().sort_index()
    each = ", ".join(f"{code} {n}" for code, n in counts.items())
    pieces = [f"language: {int(filled.sum())} detected" + (f" ({each})" if each else "")]
    missing = int(docs["language"].isna().sum())
    if missing:
        pieces.append(f"{missing} too short to tell and left missing")
    if against.any():
        shown = ", ".join(map(str, docs.index[against][:3]))
        pieces.append(
            f"{int(against.sum())} look like another language than stated "
            f"(e.g. {shown}; see language_detected)"
        )
    return "; ".join(pieces)
