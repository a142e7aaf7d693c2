"""RTF to text: escapes, code pages, dropped destinations, damaged files."""

import pytest

from mediaframes.corpus.readers._rtf import BOLD, ITALIC, PLAIN, rtf_text


@pytest.mark.parametrize(
    ("rtf", "text"),
    [
        (rb"{\rtf1\ansi\ansicpg1252 \'84Gr\'fcn\'93\par}", "„Grün“\n"),
        (rb"{\rtf1\ansicpg1251 \'cc\'e8\'f0}", "Мир"),
        (rb"{\rtf1{\fonttbl{\f0 A;}{\f1\fcharset204 B;}}\f0 \'e9\f1 \'cc\'e8\'f0}", "éМир"),
        (rb"{\rtf1{\fonttbl{\f1\fcharset128 G;}}{\f1\'93\'fa\'83A} a}", "日ア a"),
        (rb"{\rtf1\uc1 Gr\u252?n, \u-3?}", "Grün, \ufffd"),
        (rb"{\rtf1\uc2 Gr\u252\'fc\'fcn}", "Grün"),
        (rb"{\rtf1\uc0 Gr\u252 n {\uc1\u228 ?}}", "Grün ä"),
        (rb"{\rtf1\u-10179?\u-8704?}", "😀"),
        (rb"{\rtf1 a\u8364{\b b}}", "a€b"),  # a group ends the fallback
        (rb"{\rtf1 a\line b\par c\tab d\cell e\row}", "a\nb\nc\td\te\n"),
        (rb"{\rtf1 one\page two\sect}", "one\n\f\ntwo\n\f\n"),
        (rb"{\rtf1 \{x\}\\ a\~b\_c\-d}", "{x}\\ a\u00a0b-cd"),
        (rb"{\rtf1{\*\unknown gone {deep}}{\pict 00ff}{\info{\title T}}stays}", "stays"),
        (rb"{\rtf1{\header H}{\footer F}{\field{\*\fldinst X}{\fldrslt link}}}", "link"),
        (b"{\\rtf1 a\r\nb\\\nc}", "ab\nc"),
        (b"{\\rtf1 a\\bin3 }}}b}", "ab"),
        ("{\\rtf1 Grün}".encode(), "Grün"),  # against the specification, but seen
        ("{\\rtf1 Grün}".encode("cp1252"), "Grün"),
        (rb"{\rtf1 cut \'", "cut "),
        (rb"{\rtf1 a}} b{{ c\\", "a b c\\"),
        (b"{\\rtf1 a\0b\\", "ab"),
        (b"", ""),
    ],
)
def test_text(rtf: bytes, text: str):
    assert rtf_text(rtf) == text


def test_depth_is_bounded():
    deep = b"{\\rtf1 a" + b"{" * 200_000 + b"b" + b"}" * 200_000 + b"c}"
    assert rtf_text(deep) == "abc"


def test_a_group_beyond_the_bound_that_is_dropped_does_not_swallow_the_rest():
    deep = b"{\\rtf1 a" + b"{" * 300 + b"{\\*\\x y}" + b"}" * 300 + b"c}"
    assert rtf_text(deep) == "ac"


def test_marks_say_where_the_style_changes():
    rtf = rb"{\rtf1{\i Ressort\par}{\b Gr\u252?n}\par \b neu\b0  Text}"
    text = rtf_text(rtf, marks=True)
    assert text == f"{ITALIC}Ressort\n{BOLD}Grün{PLAIN}\n{BOLD}neu{PLAIN} Text"
