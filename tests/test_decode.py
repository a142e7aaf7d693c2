"""Mending letters: a short way for ordinary texts that changes nothing."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from mediaframes.corpus.readers._decode import _BEYOND, mend


def test_what_is_passed_over_needs_no_mending() -> None:
    passed = [chr(code) for code in range(0x110000) if not _BEYOND.search(chr(code))]
    assert {"a", "ü", "ẞ"} & set(passed) == {"a", "ü"}
    assert all(unicodedata.is_normalized("NFC", char) for char in passed)
    assert not any("\ufb00" <= char <= "\ufb06" or "\ud800" <= char <= "\udfff" for char in passed)


@given(st.text(alphabet="aü\u0301\u0308ﬁ€„“ \ud800é", max_size=12))
def test_letters_are_composed_whatever_stands_beside_them(text: str) -> None:
    mended, repaired = mend(text)
    assert not repaired
    plain = text.replace("\ud800", "\ufffd").replace("ﬁ", "fi")
    assert mended == unicodedata.normalize("NFC", plain)
