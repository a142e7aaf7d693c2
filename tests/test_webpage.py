"""A page becomes its article; every visible line is accounted for; no page is too hostile."""

import json
import resource
import socket
import time
from datetime import date, timedelta

import pytest

from mediaframes.corpus._placed import placed
from mediaframes.corpus.webpage import KEPT, OUTSIDE, archived, webpage
from mediaframes.errors import InputError

ONE = "The two sides met again on Monday and agreed to talk about the ferry to Norhaven."
TWO = "They will meet again on Friday, a spokeswoman of the harbor said, and then decide."
THREE = "Until then the ferry does not sail, and the islanders will have to wait for their mail."
PARAGRAPHS = f"<p>{ONE}</p>\n<h2>What comes next</h2><p>{TWO}</p><p>{THREE}</p>"


def page(body: str = PARAGRAPHS, *, head: str = "", lang: str = "en") -> str:
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><title>Ferry talks resume - Daily Example'
        f"</title>{head}</head><body><nav><ul><li><a href='/'>Home</a></li><li><a href='/s'>Sport"
        f"</a></li></ul></nav><div>Accept all cookies</div><article><h1>Ferry talks resume</h1>"
        f"{body}</article><footer><p>All rights reserved</p></footer></body></html>"
    )


META = (
    '<meta property="og:site_name" content="Daily Example"><meta name="author" content="Ann Other">'
    '<meta property="article:published_time" content="2024-10-24T23:50:00+02:00">'
    '<meta property="article:modified_time" content="2024-11-02T08:00:00+02:00">'
    '<link rel="canonical" href="https://example.org/ferry">'
)


def test_the_article_and_what_is_said_of_it():
    found = webpage(page(head=META))
    assert [line for line in found.text.split("\n") if line in (ONE, TWO, THREE)] == [
        ONE,
        TWO,
        THREE,
    ]
    assert "What comes next" in found.text.split("\n")
    assert (found.author, found.outlet, found.language) == ("Ann Other", "Daily Example", "en")
    assert (found.date, found.url) == ("2024-10-24", "https://example.org/ferry")
    assert found.title == "Ferry talks resume"
    assert found.problem == ""


def test_every_visible_line_is_there_in_page_order():
    found = webpage(page())
    texts = [text for _, text, _ in found.lines]
    for line in ("Home", "Sport", "Accept all cookies", ONE, TWO, THREE, "All rights reserved"):
        assert any(line in text for text in texts), line
    assert texts.index(ONE) < texts.index(TWO) < texts.index("All rights reserved")
    assert texts.index("Accept all cookies") < texts.index(ONE)
    assert "\n".join(text for part, text, _ in found.lines if part == "text") == found.text
    outside = {text: reason for part, text, reason in found.lines if part == "furniture"}
    assert outside["All rights reserved"] == OUTSIDE
    assert not any("Daily Example" in text for text in texts)  # the title of the window


def test_no_connection_is_opened(monkeypatch):
    def refused(*args, **kwargs):
        raise AssertionError("a page must not be fetched")

    monkeypatch.setattr(socket, "socket", refused)
    dtd = '<!DOCTYPE html SYSTEM "http://example.org/x.dtd">'
    assert ONE in webpage(page(head='<link rel="stylesheet" href="http://example.org/a">')).text
    assert ONE in webpage(dtd + page()).text


def test_dates_are_never_invented_and_never_from_the_future():
    assert webpage(page()).date is None
    tomorrow = (date.today() + timedelta(days=2)).isoformat()
    coming = f'<meta property="article:published_time" content="{tomorrow}T10:00:00Z">'
    assert webpage(page(head=coming)).date is None
    assert webpage(page(head=META), latest="2024-10-01").date is None
    assert webpage(page(), url="https://example.org/2024/11/ferry").date is None
    first = META.replace("2024-10-24", "2024-10-01")
    assert webpage(page(head=first)).date == "2024-10-01"
    assert webpage(page("<time>October 1, 2024</time>" + PARAGRAPHS)).date == "2024-10-01"
    assert webpage(page(head=META), latest="2024-10-24").date == "2024-10-24"


def test_encodings():
    body = "<p>Die Fähre fährt über Föhr, sagte der Kapitän am Montag in Wyk „auf Föhr“.</p>" * 3
    text = page(body, lang="de")
    said = '<meta charset="{}">'
    wanted = webpage(text).text
    assert "Kapitän" in wanted
    for name, declared in [
        ("utf-8", "iso-8859-1"),
        ("cp1252", "iso-8859-1"),
        ("cp1252", "utf-8"),
        ("utf-16", "utf-8"),
    ]:
        data = page(body, head=said.format(declared), lang="de").encode(name)
        assert webpage(data).text == wanted, (name, declared)
    assert webpage(text.encode("cp1252"), encoding="cp1252").text == wanted
    broken = text.encode().decode("latin-1").encode()
    assert webpage(broken).text == wanted
    assert "broken letters (Ã¼) mended" in webpage(broken).notes
    with pytest.raises(InputError, match="is no encoding"):
        webpage(text.encode(), encoding="klingon")


def test_an_alphabet_that_nobody_declared():
    russian = "Две стороны снова встретились в понедельник и договорились поговорить о пароме."
    data = page(f"<p>{russian}</p>" * 3, lang="ru").encode("cp1251")
    assert russian in webpage(data).text
    assert russian in webpage(data, charset="windows-1251").text


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("<p>" + "x " * 2_600_000, "too large for a web page"),
        ("<p>a" * 100_001, "tags: too many"),
        ("<div>" * 90_000 + ONE, "nested too deeply"),
        ("", "no article found"),
    ],
)
def test_what_is_no_article_says_so(body, problem):
    data = f"<html><body>{body}</body></html>".encode()
    start = time.process_time()
    found = webpage(data)
    assert problem in found.problem
    assert found.text == ""
    assert time.process_time() - start < 5


def article(*headlines: str) -> str:
    """A page's JSON-LD."""
    found = [{"@type": ["NewsArticle"], "headline": said} for said in headlines]
    graph = json.dumps({"@graph": [{"@type": "WebSite", "headline": "Daily Example"}, *found]})
    return f'<script type="application/ld+json">{graph}</script>'


@pytest.mark.parametrize(
    ("heads", "title", "more", "expected"),
    [
        # what social networks are told is no headline
        (["Ferry talks resume"], "Ferry talks resume - Daily Example", "Why ferries matter", None),
        (["Menu", "Ferry talks resume"], "Daily Example: Ferry talks resume", "Press room", None),
        (["Daily Example", "Ferry talks resume"], "Ferry talks resume | Daily Example", "", None),
        # one heading holds kicker and headline; JSON-LD tells them apart
        (["Harbor: Ferry talks resume"], "News", "Why ferries matter" + article("Other", "Ferry "
         "talks resume"), "Ferry talks resume"),
        (["\u201eFerry\u201c talks resume"], "News", article('"Ferry" talks resume'),
         "\u201eFerry\u201c talks resume"),
        # nothing agrees: the title that was found, without the outlet's name
        (["Menu", "Sport"], "x", "Ferry talks resume - Daily Example", "Ferry talks resume"),
        (["Sport"], "Sport and more", "Ferry talks resume", "Ferry talks resume"),
        (["Menu"], "x", "Ferry talks resume" + article("Storm in Norhaven"), None),
        (["Menu"], "x", "Ferry talks resume<script type='application/ld+json'>[[{</script>", None),
        (["Menu"], "x", "Ferry talks resume<script type='application/ld+json'>" + "[" * 9000
         + "</script>", None),
    ],
)  # fmt: skip
def test_the_title_is_the_heading_above_the_article(heads, title, more, expected):
    social, _, scripts = more.partition("<script")
    scripts = "<script" + scripts if scripts else ""
    meta = f'<meta property="og:title" content="{social}">' if social else ""
    head = f'<title>{title}</title>{meta}<meta property="og:site_name" content="Daily Example">'
    body = "".join(f"<h1>{said}</h1>" for said in heads)
    html = f"<html><head>{head}{scripts}</head><body>{body}<article>{PARAGRAPHS}</article></body>"
    assert webpage(html).title == (expected or "Ferry talks resume")


def test_a_text_that_only_a_script_would_show():
    data = {"@type": "NewsArticle", "headline": "Ferry", "articleBody": f"{ONE} {TWO} {THREE}" * 3}
    html = f'<html><head><script type="application/ld+json">{json.dumps(data)}</script></head>'
    found = webpage(f"{html}<body><script>draw()</script></body></html>")
    assert found.text == data["articleBody"]
    assert found.lines == (("text", found.text, KEPT),)


def test_fifty_megabytes_are_refused_before_they_cost_memory():
    data = b"<html><body>" + (b"<p>" + ONE.encode() + b"</p>") * 560_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "too large" in webpage(data).problem
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert after - before < 200_000  # kB on Linux; a tree would take two million


def test_pictures_inside_the_page_do_not_count():
    picture = '<img src="data:image/png;base64,' + "iVBORw0K" * 1_000_000 + '">'
    assert ONE in webpage(page(picture + PARAGRAPHS).encode()).text


@pytest.mark.parametrize("data", ["", "<", "<!--", "\0\0", "<html></html>", "&#xD800;", "\ud800"])
def test_nothing_crashes(data):
    found = webpage(data)
    assert found.text in ("", "<", "\ufffd")
    assert "".join(text for _, text, _ in found.lines) == found.text


def test_damage_is_survived():
    assert ONE in webpage(page().replace("e", "e\0").encode()).text
    assert ONE in webpage(f"<p>{ONE}</p><p>{TWO}</p><p>{THREE}</p>").text  # no body
    assert ONE in webpage(page(f"<font><p>{TWO}</p>" * 300 + PARAGRAPHS)).text  # never closed
    assert ONE in webpage('<?xml version="1.0" encoding="utf-16"?>' + page()).text


def test_a_fault_inside_the_library_is_said(monkeypatch):
    import trafilatura

    def broken(*args, **kwargs):
        raise RecursionError

    monkeypatch.setattr(trafilatura, "bare_extraction", broken)
    found = webpage(page())
    assert found.problem == "trafilatura cannot read this page (RecursionError)"
    assert {part for part, _, _ in found.lines} == {"furniture"}
    assert any(text == ONE for _, text, _ in found.lines)


def test_where_a_saved_page_comes_from():
    saved = "<!-- saved from url=(0025)https://example.org/ferry -->\n"
    assert webpage(saved + page()).url == "https://example.org/ferry"
    single = "<html><!--\n Page saved with SingleFile \n url: https://example.org/f \n--><body>"
    assert webpage(single + PARAGRAPHS).url == "https://example.org/f"
    bar = (
        "<!-- BEGIN WAYBACK TOOLBAR INSERT --><p>1,204 captures</p>"
        "<!-- END WAYBACK TOOLBAR INSERT -->"
    )
    address = "https://web.archive.org/web/20241030010203/https://example.org/ferry"
    found = webpage(page(bar + PARAGRAPHS), url=address)
    assert found.url == "https://example.org/ferry"
    assert not any("captures" in text for _, text, _ in found.lines)
    later = META.replace("2024-10-24T", "2024-11-24T")
    assert webpage(page(head=later), url=address).date is None  # after the page was saved


def test_archived():
    assert archived("http://archive.org/web/20241399/http://a.b/") == (
        "http://archive.org/web/20241399/http://a.b/",
        None,
    )
    assert archived("https://arquivo.pt/noFrame/replay/20190304050607/http://a.b/")[1] is None
    assert archived("https://web.archive.org/web/20190304050607id_/http://a.b/") == (
        "http://a.b/",
        "2019-03-04",
    )


def test_a_language_is_only_believed_where_the_text_does_not_contradict():
    german = "Die beiden Seiten trafen sich am Montag wieder und sprachen über die Fähre. " * 2
    assert webpage(page(f"<p>{german}</p>" * 3, lang="en")).language is None
    assert webpage(page(f"<p>{german}</p>" * 3, lang="de-AT")).language == "de"


def test_the_rest_of_a_line_is_furniture():
    lines = placed(["The ferry is back again."], ["By Ann The ferry is back again. Share"])
    assert lines == [
        ("furniture", "By Ann"),
        ("text", "The ferry is back again."),
        ("furniture", "Share"),
    ]


def test_a_line_that_stands_twice_is_taken_where_the_article_is():
    page = ["Ferry", "The ferry is late today", "Menu", "One two three four.", "Ferry", "Five six"]
    found = placed(["One two three four.", "Ferry", "Five six"], page)
    assert [part for part, _ in found] == ["furniture"] * 3 + ["text"] * 3


def test_text_that_is_not_visible_stands_behind_the_line_before():
    found = placed(["One two three.", "Only in a script.", "Four five six."],
                   ["One two three.", "Share", "Four five six.", "End"])  # fmt: skip
    assert [line for part, line in found if part == "text"] == [
        "One two three.",
        "Only in a script.",
        "Four five six.",
    ]
    assert [line for part, line in found if part == "furniture"] == ["Share", "End"]


def test_placing_is_linear_on_a_page_of_one_word():
    start = time.process_time()
    placed(["a " * 50] * 200, ["a a a a a a a a a a"] * 5000)
    assert time.process_time() - start < 5
