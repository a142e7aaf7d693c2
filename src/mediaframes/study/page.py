"""``reports/index.html``: every figure, table and number of a study on one page."""

import html
import json
import re
from pathlib import Path

import pandas as pd

from mediaframes.study.settings import Settings

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem;
       color: #222; }
figure { margin: 2.5rem 0; } figure img { max-width: 100%; height: auto; }
figcaption, .note { color: #444; font-size: .92rem; } table { border-collapse: collapse; }
td, th { padding: .15rem .8rem .15rem 0; text-align: left; vertical-align: top; }
nav a, p.files a { margin-right: 1rem; } code { background: #f3f3f3; padding: 0 .2rem; }
"""


def index_page(folder: Path, settings: Settings) -> str:
    """The page over what lies in `folder`; same files, same bytes."""
    title = html.escape(settings.study.title)
    note = html.escape(settings.study.note)
    notebooks = _links(folder, "notebooks", "*.html")
    parts = [
        f"<!doctype html>\n<html lang='en'><head><meta charset='utf-8'><title>{title}</title>",
        "<meta name='viewport' content='width=device-width, initial-scale=1'>",
        f"<style>{STYLE}</style></head><body><h1>{title}</h1>",
        f"<p class='note'>{note}</p>" if note else "",
        f"<nav><b>Notebooks as run:</b> {notebooks}</nav>",
        "<h2>Figures</h2>",
        *(_figure(folder, path) for path in sorted(folder.glob("figures/*.json"), key=_in_order)),
        "<h2>Tables</h2>",
        f"<p class='files'>{_links(folder, 'tables', '*.csv')}</p>",
        "<h2>Numbers</h2>",
        _numbers(folder),
        "<p class='note'>What went in, the versions and the hash of every file: "
        "<a href='manifest.json'>manifest.json</a>. <code>make verify</code> computes all of it "
        "again and compares.</p></body></html>\n",
    ]
    return "\n".join(part for part in parts if part)


def _in_order(path: Path) -> list[tuple[int, str]]:
    """The order of a file's name, numbers in it by their value: fig-2 before fig-10."""
    return [(int(number or 0), text) for number, text in re.findall(r"(\d+)|(\D+)", path.stem)]


def _links(folder: Path, place: str, pattern: str) -> str:
    names = sorted(path.name for path in folder.glob(f"{place}/{pattern}"))
    return " ".join(f"<a href='{place}/{html.escape(n)}'>{html.escape(n)}</a>" for n in names)


def _figure(folder: Path, path: Path) -> str:
    """One figure's picture, caption draft and files."""
    name = path.stem
    told = json.loads(path.read_text(encoding="utf-8"))
    alt, caption = html.escape(str(told.get("alt", ""))), html.escape(str(told.get("caption", "")))
    files = sorted(file.name for file in path.parent.glob(f"{name}.*"))
    picture = next((f for f in (f"{name}.svg", f"{name}.png") if f in files), "")
    image = f"<img src='figures/{picture}' alt='{alt}'>" if picture else f"<p>{alt}</p>"
    links = " ".join(f"<a href='figures/{f}'>{f.rsplit('.', 1)[1].upper()}</a>" for f in files)
    return (
        f"<figure id='{name}'>{image}"
        f"<figcaption><b>{name}.</b> {caption}</figcaption><p class='files'>{links}</p></figure>"
    )


def _numbers(folder: Path) -> str:
    path = folder / "numbers.json"
    if not path.is_file():
        return "<p>None.</p>"
    numbers = json.loads(path.read_text(encoding="utf-8"))
    table = pd.DataFrame({"name": list(numbers), "value": [str(v) for v in numbers.values()]})
    return str(table.to_html(index=False, border=0))
