"""The language of each article, where nobody said it."""

import unicodedata
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from mediaframes._console import progress, say
from mediaframes.corpus.articles import Corpus
from mediaframes.corpus.furniture import language_code
from mediaframes.corpus.lines import LOOKED_AT
from mediaframes.errors import InputError, check_kind

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
AT_ONCE = 4096  # samples scored at a time, which bounds memory
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
        The expected ones, as ISO 639-1 codes, e.g. ``("de", "en")``; by default all that
        py3langid knows. Fewer candidates make short texts safer. Only a text of 100 letters and
        more that is surely in none of them is given another language.

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
    check_kind(corpus, Corpus, verb="language", how="mf.read or mf.Corpus.from_frame makes it")
    detector = _detector(languages)
    docs = corpus.docs.copy()
    titles = docs["title"].fillna("")
    rows = zip(docs["text"], titles, strict=True)
    samples = [
        _sample(text, title)
        for text, title in progress(rows, "detecting languages", total=len(docs))
    ]
    letters = np.array([sum(map(str.isalpha, sample)) for sample in samples], dtype=np.int64)
    codes, probability = classify(detector, samples)
    known = letters >= MIN_LETTERS
    foreign = np.zeros(len(docs), dtype=bool)
    if languages is None:
        known &= (letters >= SURE_LETTERS) | (probability >= LIKELY)
    else:  # a text that is surely in none of them would be taken for the nearest of them
        whole, likely = classify(_detector(None), samples)
        foreign = (letters >= SURE_LETTERS) & (likely >= SURE) & ~np.isin(whole, list(languages))
        codes, probability = np.where(foreign, whole, codes), np.where(foreign, likely, probability)
    detected = codes.astype(object)
    detected[~known] = None
    sure = known & (letters >= SURE_LETTERS) & (probability >= SURE)
    docs["language_detected"] = pd.Series(detected, index=docs.index, dtype="str")
    given = docs["language"].notna()
    if "language_source" in docs:  # found by an earlier call, so not stated by anybody
        given &= docs["language_source"] != "detected"
    filled = ~given & docs["language_detected"].notna()
    docs.loc[filled, "language"] = docs["language_detected"]
    source = pd.Series(None, index=docs.index, dtype="str")
    source[given], source[filled] = "given", "detected"
    docs["language_source"] = source
    stated = docs["language"].map(language_code, na_action="ignore").astype("str")
    against = given & sure & (stated != docs["language_detected"])
    if languages is not None:  # with a closed list, an article in a third language proves nothing
        against &= stated.isin(list(languages)) | foreign
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
                f"'{unknown[0]}' is no language that can be detected; write two-letter codes "
                "(ISO 639-1), e.g. languages=['de', 'en']. There are: "
                + ", ".join(sorted(set(detector.nb_classes)))
            )
        detector.set_languages(list(languages))
    return detector


def classify(detector: Any, samples: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """The most likely language of each sample and its probability, as py3langid has them.

    Parameters
    ----------
    detector : LanguageIdentifier
        Of py3langid, with its candidates set.
    samples : list of str

    Returns
    -------
    codes : array of object, shape (samples,)
    probabilities : float64 array, shape (samples,)
    """
    from mediaframes.corpus import _langid

    automaton = (
        np.asarray(detector.tk_nextmove),
        np.asarray(detector.tk_row, dtype=np.int64) << 8,
        np.asarray(detector.tk_output, dtype=np.int64),
    )
    model = (np.asarray(detector.nb_ptc, np.float32), np.asarray(detector.nb_pc, np.float32))
    names = np.array(detector.nb_classes, dtype=object)
    pairs = [
        (int(np.flatnonzero(names == name)[0]), place)
        for place, name in enumerate(names)
        if (names[:place] == name).any()
    ]
    codes, probabilities = [names[:0]], [np.zeros(0)]
    for begin in range(0, len(samples), AT_ONCE):
        encoded = [_encoded(sample) for sample in samples[begin : begin + AT_ONCE]]
        lengths = np.array([len(sample) for sample in encoded], dtype=np.int64)
        data = np.frombuffer(b"".join(encoded), dtype=np.uint8)
        scores = _langid.scores(data, np.concatenate([[0], lengths.cumsum()]), automaton, model)
        # divided by the root of the length, probabilities of long samples stay below 1
        scores /= np.sqrt(np.maximum(lengths, 1))[:, None]
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        scores /= scores.sum(axis=1, keepdims=True)
        for first, again in pairs:  # one language under two scripts
            scores[:, first] += scores[:, again]
            scores[:, again] = 0
        best = scores.argmax(axis=1)
        codes.append(names[best])
        probabilities.append(scores[np.arange(len(best)), best])
    return np.concatenate(codes), np.concatenate(probabilities)


def _encoded(sample: str) -> bytes:
    """UTF-8 of a sample, in lower case where all of it is upper case."""
    text = sample.lower() if sample.isupper() else sample
    return unicodedata.normalize("NFC", text).encode("utf-8", "surrogatepass")


def _sample(text: str, title: str) -> str:
    """Characters from the longest lines of the text, and of the title where that is short."""
    lines = [line.strip() for line in text.replace("\r", "\n").split("\n")]
    longest = _letters(max(lines, key=_looked_at)[:SAMPLE])
    if len(longest) + 1 >= SAMPLE:
        return longest
    found, size = [], 0
    # equal lengths in the order of the text, so that the sample is always the same
    for line in sorted(lines, key=_looked_at, reverse=True):
        found.append(_letters(line[: SAMPLE - size]))
        size += len(found[-1]) + 1
        if size >= SAMPLE:
            break
    if size < SAMPLE:
        found.append(_letters(title[:SAMPLE]))
    return " ".join(part for part in found if part)


def _looked_at(line: str) -> int:
    return min(len(line), LOOKED_AT)


def _letters(line: str) -> str:
    """The line without addresses, which look like English."""
    words = line.split()
    if "//" in line or "@" in line:
        words = [word for word in words if "//" not in word and "@" not in word]
    return " ".join(words)


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
