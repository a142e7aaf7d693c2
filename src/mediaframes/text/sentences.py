"""Which points end no sentence: abbreviations, initials, German ordinals.

Sentence bounds are found together with the words (`mediaframes.text._scan`): a sentence ends at
``. ! ? …`` when the next word begins with a capital, a digit or follows a closing quotation mark,
and at every empty line (a lone line end may be a hard wrap inside a sentence).
"""

import numpy as np
import pandas as pd

_GERMAN = (
    "abb abs abt adr allg anm art aufl az bd bes betr bsp bspw bzgl bzw ca co dez dgl dipl dr "
    "ebd engl etc evtl exkl feb febr fr franz frl geb gegr gem gen ggf hbf hl hr hrsg ing "
    "inkl jan jh jr jul jun kath kfm korr lt ltd mag max med min mind mio mrd mrz mwst nachf "
    "nov nr okt op orig phil pol prof rd rep resp russ sen sept sog st std str tel ukr ung "
    "usf usw verf verh vgl vorm vors wg zit zz zzgl "
)
_ENGLISH = (
    "adm approx apr assn aug ave bros capt cf cmdr co col corp dec dept dist dr ed est etc "
    "feb fig ft gen gov hon inc jan jr jul jun lt ltd maj mar messrs mr mrs ms mt no nov oct "
    "op pp pres prof prov rep rev sen sept sgt sr st supt univ vol vs "
)
ABBREVIATIONS: dict[str, frozenset[str]] = {
    "de": frozenset(_GERMAN.split()),
    "en": frozenset(_ENGLISH.split()),
}
# A point after one or two digits is an ordinal in German ("24. Oktober"), a stop in English.
ORDINAL_LANGUAGES = frozenset({"de"})
ORDINAL_DIGITS = 2


def points_that_end_nothing(words: pd.Index, language: str) -> np.ndarray:
    """For each word, whether a point after it ends no sentence; bool of shape (V,).

    Examples
    --------
    >>> points_that_end_nothing(pd.Index(["dr", "24", "haus", "k"]), "de").tolist()
    [True, True, False, True]
    """
    # where the language is not known, an abbreviation of any language counts
    lists = ABBREVIATIONS.get(language, frozenset().union(*ABBREVIATIONS.values()))
    letters = words.str.len()
    initial = np.asarray((letters == 1) & words.str.isalpha(), dtype=bool)
    result: np.ndarray = np.asarray(words.isin(sorted(lists)), dtype=bool) | initial
    if language in ORDINAL_LANGUAGES:
        result |= np.asarray((letters <= ORDINAL_DIGITS) & words.str.isdecimal(), dtype=bool)
    return result
