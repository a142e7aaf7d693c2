"""The articles as files, each outlet's in a format of its own."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from typing import Any

from _pages import garbled, page_text
from _plan import Article, stream


def scraped(article: Article) -> tuple[str, str]:
    """Title and text as the file holds them."""
    if article.story is None:
        return "Korrin-Krise: Was am Wochenende geschah", ""
    title, text = article.story.title, page_text(article.blocks or [], article.outlet)
    if article.special == "mojibake":
        return garbled(title), garbled(text)
    return title, text


def table(rows: list[list[Any]], *, delimiter: str = ",", bom: bool = False) -> bytes:
    """Rows as delimited text, UTF-8, lines ending in a newline."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return out.getvalue().encode("utf-8-sig" if bom else "utf-8")


def moment(article: Article) -> str:
    """A publication time with its zone; summer time begins on 26 March 2023."""
    rng = stream(f"time {article.id}")
    zone = "+02:00" if article.date >= dt.date(2023, 3, 26) else "+01:00"
    return f"{article.date}T{rng.randint(6, 20):02}:{rng.randint(0, 59):02}:00{zone}"


def json_lines(records: list[dict[str, str]]) -> bytes:
    """One JSON object a line."""
    return "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records).encode()


def article_files(articles: list[Article]) -> dict[str, bytes]:
    """The articles in their six formats, by path below data/sample."""
    rows: dict[str, list[Article]] = {}
    for article in articles:
        rows.setdefault(article.outlet["code"], []).append(article)
    day = {a.id: "" if a.special == "dateless" else str(a.date) for a in articles}
    files = {}
    english = [[a.id, *scraped(a), day[a.id], a.written, "en"] for a in rows["nhp"]]
    header = ["id", "title", "text", "date", "source", "language"]
    files["press_export_en.csv"] = table([header, *english])
    german = [[*scraped(a), f"{a.date:%d.%m.%Y}", a.written, a.id] for a in rows["afz"]]
    header = ["Titel", "Text", "Datum", "Quelle", "Kennung"]
    files["archiv_de.csv"] = table([header, *german], delimiter=";", bom=True)
    records = []
    for a in rows["dhy"]:
        title, text = scraped(a)
        records.append(
            {"id": a.id, "published": moment(a), "outlet": a.written, "lang": "en"}
            | {"headline": title, "body": text}
        )
    files["feed_en.jsonl"] = json_lines(records)
    records = []
    for a in rows["eab"]:
        title, text = scraped(a)
        url = f"https://abendruf.example/korrin/{a.id}"
        records.append(
            {"id": a.id, "url": url, "site": a.written, "date": moment(a)}
            | {"title": title, "text": text}
        )
    files["crawl_de.jsonl"] = json_lines(records)
    tabbed = [[a.id, day[a.id], a.written, *scraped(a)] for a in rows["gwc"]]
    header = ["id", "date", "newspaper", "headline", "text"]
    files["regional_en.tsv"] = table([header, *tabbed], delimiter="\t")
    for a in rows["wtb"]:
        path = f"{a.outlet['file']}/{a.outlet['slug']}_{a.date}_{a.id}.txt"
        files[path] = (scraped(a)[1] + "\n").encode()
    return {f"articles/{path}": content for path, content in files.items()}


def file_of(article: Article) -> str:
    """The file an article is in, below articles/."""
    outlet = article.outlet
    if outlet["code"] != "wtb":
        return str(outlet["file"])
    return f"{outlet['file']}/{outlet['slug']}_{article.date}_{article.id}.txt"
