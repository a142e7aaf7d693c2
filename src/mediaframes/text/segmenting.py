"""Words where no spaces stand between them: Korean, Chinese, Japanese, with an optional package.

A segmenter says where in a text words begin. A space is put there before the text is scanned, so
that all rules of `tokenize` hold; spans are brought back to the text as it is, and sentences are
those of the text as it is.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from itertools import pairwise
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from warnings import catch_warnings, simplefilter

import numpy as np
import pandas as pd

from mediaframes._console import progress, say
from mediaframes.errors import InputError
from mediaframes.text.scanning import Rules, scan_docs

Cut = Callable[[str], Iterable[int]]
# Letters that stand for * and ? while a codebook's term passes through: clicks of Khoisan
# languages, which no newspaper prints. A wildcard belongs to the word beside it.
STAND_INS = {"*": "ǁ", "?": "ǂ"}
# Han, kana, hangul. Latin words, numbers and addresses within such texts keep their own rules, so
# a cut counts only beside one of these.
SCRIPTS = re.compile(
    "[\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff]"
)


@cache
def _korean() -> Cut:
    from kiwipiepy import Kiwi

    kiwi = Kiwi(num_workers=1)
    # fused morphemes share a syllable: what is cut is the surface
    return lambda text: [place for part in kiwi.tokenize(text) for place in (part.start, part.end)]


@cache
def _chinese() -> Cut:
    with catch_warnings():
        simplefilter("ignore")  # old escapes in its sources
        import jieba
    jieba.setLogLevel("WARNING")
    cutter = jieba.Tokenizer()
    # it would keep its dictionary in, and trust one from, the common folder for temporary files
    with TemporaryDirectory(prefix="mediaframes-") as folder:
        cutter.tmp_dir = folder
        cutter.initialize()
    return lambda text: _beginnings(text, cutter.cut(text))


@cache
def _japanese() -> Cut:
    from janome.tokenizer import Tokenizer

    cutter = Tokenizer(wakati=True)
    return lambda text: _beginnings(text, map(str, cutter.tokenize(text)))


def _beginnings(text: str, words: Iterable[str]) -> Iterator[int]:
    at = 0
    for word in words:
        begin = text.find(word, at)
        if begin >= 0:
            at = begin + len(word)
            yield begin
            yield at


class Segmenter(NamedTuple):
    """A package that finds words, the extra it comes with, and what loads it."""

    package: str
    extra: str
    load: Callable[[], Cut]


SEGMENTERS = {
    "ja": Segmenter("janome", "japanese", _japanese),
    "ko": Segmenter("kiwipiepy", "korean", _korean),
    "zh": Segmenter("jieba", "chinese", _chinese),
}


def without_spaces(language: str) -> str:
    """``ja``, ``ko`` or ``zh`` for a language that has a segmenter, or nothing.

    Examples
    --------
    >>> without_spaces("zh-Hant"), without_spaces("de")
    ('zh', '')
    """
    code = re.split("[-_]", language.lower())[0]
    return code if code in SEGMENTERS else ""


@dataclass(frozen=True)
class Segmented:
    """Articles with spaces between their words, and the way back.

    Attributes
    ----------
    docs : DataFrame
        The articles; some texts have spaces put in.
    seams : dict of int64 arrays
        For the rows of those articles: where in the text with spaces each of them stands.
    by : dict
        ``ja``, ``ko``, ``zh``, where there is such an article: the package and its version, or
        nothing where those articles were not segmented.
    """

    docs: pd.DataFrame
    seams: dict[int, np.ndarray]
    by: dict[str, str]

    def settings(self, rules: Rules) -> dict[str, Any]:
        """The rules, with `segment` and what it led to where there was anything to segment."""
        settings: dict[str, Any] = asdict(rules)
        segment = settings.pop("segment")
        return settings | ({"segment": segment, "segmented": self.by} if self.by else {})

    def bring_back(
        self,
        docs: pd.DataFrame,
        arrays: dict[str, np.ndarray],
        offsets: np.ndarray,
        *,
        rules: Rules,
        train: bool,
    ) -> None:
        """Make spans and sentences in `arrays` those of `docs`, the articles as they are."""
        if not self.seams:
            return
        whole = docs.iloc[list(self.seams)]
        scanners = scan_docs(whole, replace(rules, segment="never"), spans=True, train=train)
        blocks = [block for scanner in scanners for block in scanner.blocks]
        ends = np.cumsum(np.concatenate([[0], *[np.diff(block.offsets) for block in blocks]]))
        starts = np.concatenate([block.starts for block in blocks])
        sentences = np.concatenate([block.sentences for block in blocks])
        for (row, seams), (a, b) in zip(self.seams.items(), pairwise(ends.tolist()), strict=True):
            here = slice(offsets[row], offsets[row + 1])
            for name in ("starts", "ends"):
                arrays[name][here] -= np.searchsorted(seams, arrays[name][here]).astype(np.int32)
            if b > a:
                before = np.searchsorted(starts[a:b], arrays["starts"][here], side="right") - 1
                arrays["sentences"][here] = sentences[a:b][np.maximum(before, 0)]


def segmented(docs: pd.DataFrame, segment: str, *, step: str) -> Segmented:
    """Put spaces between the words of Korean, Chinese and Japanese articles.

    Parameters
    ----------
    docs : DataFrame
        With ``text`` and ``language``.
    segment : {"auto", "need", "never"}
        See `tokenize`.
    step : str
        Who asks, for messages.

    Raises
    ------
    InputError
        With ``"need"``, where a package is not installed.
    """
    names = docs["language"].astype("str").fillna("")
    codes = names.map({name: without_spaces(name) for name in names.unique()}).to_numpy(object)
    seams: dict[int, np.ndarray] = {}
    by, texts = {}, None
    for code in sorted(set(codes) - {""}):
        rows = np.flatnonzero(codes == code)
        segmenter = SEGMENTERS[code]
        by[code] = ""
        if segment == "never":
            continue
        if find_spec(segmenter.package) is None:
            _tell_missing(segmenter, code, len(rows), segment, step)
            continue
        by[code] = f"{segmenter.package} {version(segmenter.package)}"
        cut = segmenter.load()
        texts = docs["text"].to_numpy(object).copy() if texts is None else texts
        for row in progress(rows.tolist(), f"segmenting {code}", total=len(rows)):
            texts[row], seams[row] = _spaced(texts[row], cut)
    if texts is not None:
        docs = docs.assign(text=pd.Series(texts, docs.index, dtype="str"))
    return Segmented(docs, dict(sorted(seams.items())), by)


def _tell_missing(segmenter: Segmenter, code: str, n: int, segment: str, step: str) -> None:
    what = (
        f"{step}: {n} articles in '{code}' are not cut into words, for the package "
        f'{segmenter.package} is not installed; pip install "mediaframes[{segmenter.extra}]"'
    )
    if segment == "need":
        raise InputError(f"{what}, or leave segment at 'auto'")
    say(f"{what}. Until then a run of letters is one word, and counts and hits mean little")


def _spaced(text: str, cut: Cut) -> tuple[str, np.ndarray]:
    """The text with a space at each seam, and where the spaces stand."""
    places = [place for place in sorted(set(cut(text))) if _is_seam(text, place)]
    spaced = " ".join(text[a:b] for a, b in pairwise([0, *places, len(text)]))
    return spaced, np.array(places, np.int64) + np.arange(len(places))


def _is_seam(text: str, place: int) -> bool:
    if not 0 < place < len(text):
        return False
    before, after = text[place - 1], text[place]
    if before in STAND_INS.values() or after in STAND_INS.values() or not after.isalnum():
        return False
    if not before.isalnum() and unicodedata.category(before)[0] != "M":
        return False
    return bool(SCRIPTS.match(before) or SCRIPTS.match(after))
