"""Pictures leave their captions and credits in a scraped text: find them."""

import re
from collections.abc import Sequence

from mediaframes.corpus._words import words_of
from mediaframes.corpus.furniture import Rules
from mediaframes.corpus.lines import Line, has_sentences

CAPTION_WORDS = 60
PICTURE_CREDIT_WORDS = 8
TWICE_WORDS = 5  # a shorter line can open the paragraph below it by chance
# What says whose picture it is, in our languages.
_PICTURE = (
    r"(?:Foto|Bild|Bildquelle|Photo|Image|Picture|Grafik|Photograph|Crédits? photos?|Crédits?|"
    r"Imagen|Imagem|Immagine|Beeld|Afbeelding|Zdjęcie|Zdj|Fot|Фото|Снимок|Créditos?|Credit)s?"
)
_MAYBE = ("©", ")", "]", ":", "/", "|", "Images", "Photo by", "photo by")  # no mark without one
# "(Foto: A. Beispiel)", "[Photo/ABX]"
_CREDITED = re.compile(rf"[(\[]{_PICTURE}\.?\s?[:/©|][^()]{{2,50}}[)\]]?\.?$")
# "... am Hafen. Foto: A. Beispiel | CC BY", "... vor Gericht / (C) A. Beispiel"
_NAMED = re.compile(
    rf"(?:(?:\b|(?<=[a-zäöüß])){_PICTURE}\.?\s?:\s?[^:!?]{{2,50}}|\([cC]\)\s?[^:!?()]{{2,40}}"
    r"|\b[Pp]hoto by [^:!?.]{2,40})$"
)
_BRACKETED = re.compile(r"\(([^()]{3,40})\)\.?$")
_AGENCY = re.compile(r"(?:/(?:dpa|AFP|AP|EFE|ANSA|ANP|PAP|Reuters|Getty Images)|Getty Images)$")
_CAPTION_START = re.compile(r"^[^\W\d_]+\s?(?::|©|\|)|^\(")


def mark_captions(lines: Sequence[Line], rules: Rules) -> None:
    """Mark picture captions: by a mark, above a picture credit, or because they stand twice."""
    for n, line in enumerate(lines):
        if line.part or line.size > CAPTION_WORDS:
            continue
        starts = _CAPTION_START.match(line.text) and rules.caption["start"].at(line.words, 0)
        if starts or (line.size >= 3 and _marked(line, rules)):
            line.part, line.reason = "caption", "picture caption"
            continue
        after = lines[n + 1] if n + 1 < len(lines) else None
        opens = after is not None and after.text == "+"  # the button that enlarges a picture
        if line.size < (2 if opens else TWICE_WORDS) or line.ended:
            continue
        # The same caption twice: once short, once in full, often with a lone symbol between.
        for later in lines[n + 1 : n + (3 if opens else 4)]:
            if not opens and not later.text.startswith(line.text):
                continue
            longer = len(later.text) > len(line.text) or any(
                between.reason == "lone symbol" for between in lines[n + 1 : n + 3]
            )
            fits = later.size <= CAPTION_WORDS and not has_sentences(later)
            if (
                longer
                and fits
                and (later.text.startswith(line.text) or (opens and _alike(line, later)))
            ):
                for one in (line, later):
                    one.part, one.reason = "caption", "picture caption, given twice"
                break


def _alike(one: Line, two: Line) -> bool:
    """Whether two captions begin alike or share most of the shorter one's words."""
    common = len(set(one.words) & set(two.words))
    return common >= max(2, len(set(one.words)) / 2)


def is_picture_credit(line: Line, rules: Rules) -> bool:
    """Whether a line says no more than who took a picture."""
    if line.size > PICTURE_CREDIT_WORDS:
        return False
    starts = rules.caption["start"].at(line.words, 0) and re.match(r"^[^:©]{3,20}[:©]", line.text)
    return bool(starts) or (line.text[0] == "©" and "#" not in line.words)


def _marked(line: Line, rules: Rules) -> bool:
    end = line.text[-90:]
    if not any(sign in end for sign in _MAYBE):
        return False
    if "©" in end[-60:] and not line.text.startswith("©"):
        return True
    if _CREDITED.search(end) or (not line.ended and _NAMED.search(end)):
        return True
    bracketed = _BRACKETED.search(end[-60:])
    if bracketed and not has_sentences(line):
        words = words_of(bracketed.group(1))
        dated = 0 < len(words) <= 3 and words[-1] == "#" and not rules.months.isdisjoint(words)
        if dated or rules.caption["mark"].anywhere(words):
            return True
    return bool(_AGENCY.search(end))
