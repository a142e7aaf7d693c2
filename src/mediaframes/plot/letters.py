"""Letters beyond DejaVu Sans: another installed font, or a word about what is missing."""

from functools import cache
from weakref import WeakKeyDictionary

from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.text import Text

from mediaframes._console import say

# DejaVu Sans ships with matplotlib: the same letters on every machine.
FONT = "DejaVu Sans"

# Families asked in this order for characters that DejaVu Sans lacks.
FALLBACKS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans CJK KR",
    "Noto Sans SC",
    "Noto Sans TC",
    "Noto Sans JP",
    "Noto Sans KR",
    "Source Han Sans SC",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans",
    "Yu Gothic",
    "Malgun Gothic",
    "Apple SD Gothic Neo",
    "WenQuanYi Zen Hei",
    "SimHei",
    "IPAexGothic",
    "NanumGothic",
    "Noto Sans Arabic",
    "Noto Sans Hebrew",
    "Noto Sans Devanagari",
    "Noto Sans Bengali",
    "Noto Sans Tamil",
    "Noto Sans Thai",
    "Noto Sans Ethiopic",
    "Nirmala UI",
    "Arial Unicode MS",
)

_told: "WeakKeyDictionary[Figure, set[str]]" = WeakKeyDictionary()


@cache
def _letters(family: str) -> frozenset[int]:
    path = font_manager.findfont(family, fallback_to_default=True)
    return frozenset(font_manager.get_font(path).get_charmap())


def missing_letters(text: str) -> set[str]:
    """Characters of `text` that DejaVu Sans cannot draw.

    Examples
    --------
    >>> missing_letters("Säure кислота 酸 $x_1$")
    {'酸'}
    """
    has = _letters(FONT)
    return {char for char in text if not char.isspace() and ord(char) not in has}


def _fallbacks(missing: set[str]) -> tuple[list[str], set[str]]:
    """Installed families that cover `missing`, and what stays missing."""
    installed = {font.name for font in font_manager.fontManager.ttflist}
    used = []
    for family in FALLBACKS:
        if family in installed and missing:
            left = {char for char in missing if ord(char) not in _letters(family)}
            if left != missing:
                used.append(family)
                missing = left
    return used, missing


def cover(figure: Figure) -> list[str]:
    """Give texts with letters beyond DejaVu Sans another installed font; say what stays missing.

    Returns the families added. What no installed font can draw appears as a box, and is said
    once per figure, by name.
    """
    texts = [item for item in figure.findobj(Text) if isinstance(item, Text) and item.get_text()]
    lacking = {item: missing_letters(item.get_text()) for item in texts}
    missing: set[str] = set().union(*lacking.values()) if lacking else set()
    if not missing:
        return []
    families, left = _fallbacks(missing)
    for item, letters in lacking.items():
        if letters and families:
            item.set_fontfamily([FONT, *families])
    new = left - _told.setdefault(figure, set())
    if new:
        _told[figure] |= new
        shown = " ".join(sorted(new)[:20]) + (" ..." if len(new) > 20 else "")
        say(
            f"figure: no installed font can draw {shown} (they appear as boxes); "
            f"install one that can, e.g. Noto Sans CJK for Chinese, Japanese and Korean"
        )
    return families
