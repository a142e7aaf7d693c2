"""Trafilatura's own files and news feeds."""

import json
import time

import pytest

from mediaframes.corpus.cleaning import clean
from mediaframes.corpus.readers import Batch, Options, reader_for
from mediaframes.corpus.reading import read
from mediaframes.errors import InputError
from tests.test_webpage import META, ONE, THREE, TWO, page

NS = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"'
)
FULL = f"<p>{ONE}</p><h3>What comes next</h3><p>{TWO}</p><p>{THREE}</p>"


def batch_of(data: str | bytes, file: str, name: str) -> Batch:
    data = data.encode() if isinstance(data, str) else data
    reader = reader_for(data, file)
    assert reader is not None
    assert reader.name == name
    return reader.read(data, file, Options())


def extracted(form: str) -> str:
    """What trafilatura makes of a page of ours."""
    from trafilatura import extract

    found = extract(page(FULL, head=META), url="https://example.org/ferry", output_format=form,
                    with_metadata=True)  # fmt: skip
    assert found
    return found


def record(number: int = 1) -> dict[str, object]:
    return json.loads(extracted("json")) | {"title": f"Ferry talks {number}"}


@pytest.mark.parametrize("form", ["object", "indented", "list", "lines"])
def test_json_of_trafilatura(form):
    many = [record(number) for number in (1, 2)]
    text = {
        "object": json.dumps(many[0]),
        "indented": json.dumps(many[0], indent=1),
        "list": json.dumps(many),
        "lines": "\n".join(map(json.dumps, many)),
    }[form]
    batch = batch_of(text, "a.json", "trafilatura JSON")
    row = batch.rows.iloc[0]
    assert len(batch.rows) == (2 if form in ("list", "lines") else 1)
    assert (row["title"], row["author"], row["date"]) == (
        "Ferry talks 1",
        "Ann Other",
        "2024-10-24",
    )
    assert (row["outlet"], row["url"]) == ("Daily Example", "https://example.org/ferry")
    assert set(batch.roles) >= {"text", "title", "author", "date", "outlet", "url"}
    assert batch.lines is not None
    told = batch.lines[batch.lines["row"] == batch.rows.index[0]]
    assert "\n".join(told["text"]) == row["text"]
    assert ONE in row["text"]


def test_json_with_less(tmp_path):
    rows = [
        {"text": ONE, "hostname": "example.org", "fingerprint": "a", "license": None,
         "source": "https://example.org/1"},
        {"text": None, "hostname": None, "fingerprint": None, "license": None, "source": None},
        {"text": TWO, "hostname": "b.org", "source-hostname": "B", "fingerprint": "b",
         "source": "https://web.archive.org/web/20240102030405/https://b.org/1"},
    ]  # fmt: skip
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    corpus = read(tmp_path)
    assert sorted(corpus.docs["outlet"]) == ["B", "example.org"]
    assert "https://b.org/1" in corpus.docs["url"].tolist()
    assert corpus.left_out["reason"].tolist() == ["empty text"]
    assert set(corpus.parts["part"]) == {"text"}
    assert set(clean(corpus).docs["text"]) == {ONE, TWO}


def test_other_json_is_not_taken_for_it():
    other = json.dumps([{"text": ONE, "license": "CC0", "comments": "none"}])
    assert batch_of(other, "a.json", "JSON").rows["text"].tolist() == [ONE]


@pytest.mark.parametrize("form", ["xml", "xmltei"])
def test_xml_of_trafilatura(form):
    one = extracted(form)
    declared = '<?xml version="1.0" encoding="UTF-8"?>\n' + one
    for text, count in [(one, 1), (declared, 1), (one + "\n" + one, 2), (one + one, 2)]:
        batch = batch_of(text, "a.xml", "trafilatura XML")
        assert len(batch.rows) == count
        assert batch.rows.index.is_unique
        row = batch.rows.iloc[0]
        assert row["title"] == "Ferry talks resume"
        assert (row["author"], row["date"]) == ("Ann Other", "2024-10-24")
        assert (row["outlet"], row["url"]) == ("Daily Example", "https://example.org/ferry")
        assert [line for line in row["text"].split("\n") if line in (ONE, TWO, THREE)] == [
            ONE,
            TWO,
            THREE,
        ]
        assert batch.lines is not None
        heads = batch.lines.loc[batch.lines["reason"] == "heading", "text"]
        assert "What comes next" in heads.tolist()


def test_xml_lists_tables_comments_and_damage():
    good = (
        '<doc sitename="Daily Example" title="T" fingerprint="a"><main><p>One<lb/>Two <hi>three'
        "</hi> four</p><list><item>Red</item><item>Blue</item></list><table><row><cell>a</cell>"
        "<cell>b</cell></row></table></main><comments><p>I disagree</p></comments></doc>"
    )
    broken = '<doc sitename="Daily Example" title="Broken"><main><p>One</main></doc>'
    empty = '<doc sitename="Daily Example" title="Empty"><main/></doc>'
    cut = '<doc sitename="Daily Example" title="Cut"><main><p>One'
    batch = batch_of("\n".join([good, broken, empty, cut]), "a.xml", "trafilatura XML")
    assert batch.rows["text"].tolist() == ["One\nTwo three four\nRed\nBlue\na | b"]
    reasons = [item.reason for item in batch.rejected]
    assert reasons[1] == "no text"
    assert all(reason.startswith("damaged XML") for reason in (reasons[0], reasons[2]))
    assert [item.row for item in batch.rejected] == [2, 3, 4]
    assert batch.lines is not None
    assert batch.lines.iloc[-1][["part", "text"]].tolist() == ["furniture", "I disagree"]


LAUGHS = '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12)
) + "]>"  # fmt: skip


def test_entities_do_not_multiply(tmp_path):
    start = time.process_time()
    text = f'<doc sitename="E" fingerprint="a"><main><p>{ONE} &m;</p></main></doc>'
    secret = tmp_path / "secret"
    secret.write_text("the secret")
    for data in (LAUGHS + text, text.replace("&m;", "&x;").join(
        [f'<!DOCTYPE r [<!ENTITY x SYSTEM "{secret.as_uri()}">]>', ""]
    )):  # fmt: skip
        batch = batch_of(data, "a.xml", "trafilatura XML")
        assert "secret" not in str(batch.rows.to_dict())
        assert sum(map(len, batch.rows.get("text", []))) < 1000
    feed = f"<rss version='2.0'><channel><item><title>{'&m;' * 5}</title></item></channel></rss>"
    reader = reader_for(feed.encode(), "a.xml")
    assert reader is not None
    with pytest.raises(InputError, match="declares entities"):
        reader.read((LAUGHS + feed).encode(), "a.xml", Options())
    assert time.process_time() - start < 5


def rss(*items: str) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" {NS}><channel>'
        f"<title>Daily Example</title><language>en-GB</language>{''.join(items)}</channel></rss>"
    )


def item(content: str = "", teaser: str = "The ferry is back.", title: str = "Ferry") -> str:
    full = f"<content:encoded><![CDATA[{content}]]></content:encoded>" if content else ""
    return (
        f"<item><title>{title} &amp; mail</title><link>https://example.org/1</link>"
        f"<dc:creator>Ann Other</dc:creator><guid isPermaLink='false'>17</guid>"
        f"<pubDate>Thu, 24 Oct 2024 10:00:00 +0200</pubDate><category>Islands</category>"
        f"<description>{teaser}</description>{full}</item>"
    )


def test_rss_with_full_articles_and_teasers(tmp_path, capsys):
    text = rss(item(FULL), item().replace(">17<", ">18<"), item("", "", "Storm"))
    (tmp_path / "feed.xml").write_text(text)
    corpus = read(tmp_path)
    docs = corpus.docs
    assert docs.index.tolist() == ["17", "18"]
    assert docs.loc["17", "text"].split("\n") == [ONE, "What comes next", TWO, THREE]
    assert docs["teaser"].tolist() == [False, True]
    assert docs.loc["18", "text"] == "The ferry is back."
    assert docs["title"].tolist() == ["Ferry & mail"] * 2
    assert docs["date"].dt.strftime("%Y-%m-%d").tolist() == ["2024-10-24"] * 2
    assert docs["outlet"].tolist() == ["Daily Example"] * 2
    assert docs["language"].tolist() == ["en"] * 2
    assert docs["author"].tolist() == ["Ann Other"] * 2
    assert docs["categories"].tolist() == ["Islands"] * 2
    assert corpus.left_out["reason"].tolist() == ["no text, a title only"]
    said = capsys.readouterr().out
    assert "1 of 2 items hold a teaser only, not the article" in said
    assert "3 announced, 2 read, 1 rejected" in said


def test_what_is_a_teaser():
    long = f"{ONE} {TWO} {THREE} " * 5
    texts = [
        item(FULL),
        item("", long),  # whole articles in the description
        item(f"{ONE} […]"),
        item("", f"&lt;p&gt;{ONE}&lt;/p&gt;&lt;p&gt;{TWO}&lt;/p&gt;"),
        item("short", ONE),
    ]
    batch = batch_of(rss(*texts), "a.xml", "news feed")
    assert batch.rows["teaser"].tolist() == [False, False, True, True, True]
    assert batch.rows["text"].tolist()[3:] == [f"{ONE}\n{TWO}", ONE]


def test_atom():
    text = f"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de">
    <title type="html">Daily &lt;b&gt;Example&lt;/b&gt;</title>
    <entry><title>Ferry</title><link rel="enclosure" href="https://example.org/a.mp3"/>
    <link rel="alternate" href="https://example.org/1"/><id>tag:1</id>
    <published>2024-10-24T23:00:00Z</published><updated>2024-10-25T00:00:00Z</updated>
    <author><name>Ann Other</name><email>a@example.org</email></author>
    <category term="Islands"/><summary>The ferry is back.</summary>
    <content type="html">{FULL.replace("<", "&lt;")}</content></entry>
    <entry><title>Two</title><link href="https://example.org/2"/><id>tag:2</id>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{FULL}</div></content></entry>
    <entry><title>Three</title><link href="https://example.org/3"/><id>tag:3</id>
    <content type="text">Prices &lt; 5, he said.</content></entry></feed>"""
    batch = batch_of(text, "a.atom", "news feed")
    rows = batch.rows
    whole = "\n".join([ONE, "What comes next", TWO, THREE])
    assert rows["text"].tolist() == [whole, whole, "Prices < 5, he said."]
    assert rows["url"].tolist() == [f"https://example.org/{n}" for n in (1, 2, 3)]
    assert rows["author"].tolist() == ["Ann Other", None, None]
    assert rows["outlet"].tolist() == ["Daily Example"] * 3
    assert rows["date"].iloc[0] == "2024-10-24T23:00:00Z"
    assert rows["id"].tolist() == ["tag:1", "tag:2", "tag:3"]


def test_a_damaged_feed_is_read_as_far_as_it_goes(tmp_path, capsys):
    text = rss(item(FULL), item(FULL).replace(">17<", ">18<"))
    (tmp_path / "feed.xml").write_text(text[: text.rindex("<item>") + 30])
    corpus = read(tmp_path)
    assert corpus.docs.index.tolist() == ["17"]
    assert "damaged XML (line 2): what could be read is read" in capsys.readouterr().out


def test_names_of_letters_that_xml_does_not_know():
    batch = batch_of(rss(item("", "Caf&eacute;&nbsp;open")), "a.xml", "news feed")
    assert [" ".join(text.split()) for text in batch.rows["text"]] == ["Café open"]
    assert not any("damaged" in note for note in batch.notes)


def test_old_rss_and_other_xml():
    old = (
        '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        "<title>Daily Example</title></channel><item><title>Ferry</title><dc:date>2024-10-24"
        f"</dc:date><link>https://example.org/1</link><description>{ONE}</description></item>"
        "</rdf:RDF>"
    )
    row = batch_of(old, "a.rdf", "news feed").rows.iloc[0]
    assert (row["outlet"], row["date"], row["text"]) == ("Daily Example", "2024-10-24", ONE)
    for other in ("<note><to>Ann</to></note>", "<urlset><url/></urlset>", "<feed><a/></feed>"):
        assert reader_for(other.encode(), "a.xml") is None
