"""The weights in ``rules/lines.yml``: fitted, and measured on sites that did not take part.

``python -m tests.quality.fit_lines`` prints the cross-validated quality and writes the weights
anew; ``--check`` only measures. What is learned from: the lines that hold a gold segment of the
trafilatura pages (kept or gone), and, with a two-hundredth of their weight, all other lines, which
are called kept where at least two of three settings of trafilatura keep them from the page's HTML.
Trafilatura is the teacher of the sites learned from only; measured is with the gold segments alone.

The sites are dealt into five parts by the hash of their host. For each part, weights and threshold
are fitted on the other four; the threshold by a second dealing inside these four. Which names
there are in the two rounds was chosen on the same five parts (from 33 and 38 names, by leaving out
the least ones), so that choice is not nested.
"""

import gzip
import hashlib
import json
import os
import re
import sys
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from mediaframes.corpus import odds
from mediaframes.corpus.cleaning import _article
from mediaframes.corpus.furniture import Rules, page_language, rules_for
from mediaframes.corpus.lines import Line
from mediaframes.corpus.page import known_lines, page_parts
from mediaframes.corpus.recurrence import NONE

FOLDER = Path("boilerplate_trafilatura_de_en")
WEIGHTS = Path(__file__).parents[2] / "src" / "mediaframes" / "corpus" / "rules" / "lines.yml"
FOLDS = 5
# A gold segment was chosen by hand because it is telling; 40 to 1000 give the same F1 within .003.
GOLD_WEIGHT = 200.0
# Lines of long pages weigh less, each by this power of the page's lines (0: alike, 1: pages alike).
PAGE_POWER = 0.3
RIDGE = 3.0  # on standardized columns; .3 to 30 change F1 by less than .002
RECALL = 0.955  # asked of the sites learned from, a little above the reach of .95
LONG_TEXT = 25  # letters from which a line is looked for anywhere in trafilatura's text


@dataclass
class Page:
    """A page with its gold segments, lines as the model sees them, labels and weights."""

    row: dict[str, Any]
    rules: Rules
    lines: list[Line]
    kept: np.ndarray
    weight: np.ndarray


def host(row: dict[str, Any]) -> str:
    return urlsplit(str(row["url"])).netloc.removeprefix("www.")


def part(name: str, *, of: int, deal: str) -> int:
    """Which part a host is dealt into."""
    return hashlib.sha256((deal + name).encode()).digest()[0] % of


def load(shared: Path, *, teach: bool) -> list[Page]:
    """The pages; with trafilatura's opinion of their lines where `teach`."""
    with gzip.open(shared / FOLDER / "pages_naive_text.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    html: dict[str, bytes] = {}
    if teach:
        with tarfile.open(shared / FOLDER / "html.tar.xz") as archive:
            for member in archive:
                source = archive.extractfile(member) if member.isfile() else None
                if source is not None:
                    html[Path(member.name).name] = source.read()
    return [_page(row, html.get(Path(str(row["file"])).name)) for row in rows]


def _page(row: dict[str, Any], html: bytes | None) -> Page:
    rules = page_rules(row)
    lines = known_lines(row["naive_text"], title="", rules=rules, recurs=NONE, wishes={})
    kept = np.zeros(len(lines)) if html is None else _taught(lines, html)
    weight = np.full(len(lines), 1.0)
    texts = [" ".join(line.text.split()) for line in lines]
    for name, value in (("without", 0.0), ("with", 1.0)):
        for segment in row[name]:
            for n, text in enumerate(texts):
                if " ".join(segment.split()) in text:
                    kept[n], weight[n] = value, GOLD_WEIGHT
    return Page(row, rules, lines, kept, weight / len(lines) ** PAGE_POWER)


def page_rules(row: dict[str, Any]) -> Rules:
    known = row["lang"] in ("de", "en")
    return rules_for((row["lang"],) if known else page_language(row["naive_text"]))


def _taught(lines: Sequence[Line], html: bytes) -> np.ndarray:
    """1 where at least two of three settings of trafilatura keep the line."""
    from trafilatura import extract

    bare = [_bare(line.text) for line in lines]
    votes = np.zeros(len(lines))
    for setting in ({}, {"favor_precision": True}, {"favor_recall": True}):
        text = extract(html, include_comments=False, **setting) or ""
        whole = _bare(text)
        cells = {_bare(cell) for row in text.split("\n") for cell in (row, *row.split("|"))}
        long = [n for n, one in enumerate(bare) if len(one) >= LONG_TEXT and one in whole]
        votes[long] += 1
        # short lines recur in menus, so they count only near the lines that are sure
        for n in range(max(0, long[0] - 4), min(len(lines), long[-1] + 5)) if long else ():
            votes[n] += 0 < len(bare[n]) < LONG_TEXT and bare[n] in cells
    return (votes >= 2).astype(float)


def _bare(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())


def logistic(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Weights and constant of a logistic regression (Newton's method, ridge on scaled columns)."""
    mean, scale = x.mean(0), x.std(0) + 1e-9
    z = np.hstack([(x - mean) / scale, np.ones((len(x), 1))])
    ridge = np.eye(z.shape[1]) * RIDGE
    ridge[-1, -1] = 1e-6
    beta = np.zeros(z.shape[1])
    for _ in range(15):
        p = 1 / (1 + np.exp(-np.clip(z @ beta, -30, 30)))
        gradient = z.T @ (weight * (p - y)) + ridge @ beta
        hessian = (z * (weight * np.maximum(p * (1 - p), 1e-6))[:, None]).T @ z + ridge
        step = np.linalg.solve(hessian, gradient)
        beta -= step
        if np.abs(step).max() < 1e-6:
            break
    slopes = beta[:-1] / scale
    return np.append(slopes, beta[-1] - slopes @ mean)


def fit(pages: Sequence[Page]) -> odds.Model:
    """Both rounds from these pages; the threshold is left at 0."""
    y = np.concatenate([page.kept for page in pages])
    weight = np.concatenate([page.weight for page in pages])
    weight = weight / weight[weight < 1.0].mean()
    own = [odds.observe(page.lines, page.rules) for page in pages]
    first = _fitted(own, y, weight)
    around = [
        odds.surroundings(page.lines, odds.weighed(seen, first), seen)
        for page, seen in zip(pages, own, strict=True)
    ]
    return odds.Model(first, _fitted(around, y, weight), 0.0)


def _fitted(tables: Sequence[odds.Table], y: np.ndarray, weight: np.ndarray) -> dict[str, float]:
    names = list(tables[0])
    x = np.vstack([np.column_stack([table[name] for name in names]) for table in tables])
    found = logistic(x, y, weight)
    return {"constant": float(found[-1]), **dict(zip(names, found[:-1].tolist(), strict=True))}


def threshold(pages: Sequence[Page]) -> float:
    """The highest log-odds at which recall is still reached on pages left out of the fit."""
    return cut(_needed(pages))


def _needed(pages: Sequence[Page]) -> list[float]:
    """For each segment that must stay, the odds of its line on pages left out of the fit."""
    needed: list[float] = []
    for fold in range(FOLDS):
        out = [page for page in pages if part(host(page.row), of=FOLDS, deal="inner") == fold]
        ids = {id(page) for page in out}
        model = fit([page for page in pages if id(page) not in ids])
        for page in out:
            found = odds.article_odds(page.lines, page.rules, model)
            texts = [" ".join(line.text.split()) for line in page.lines]
            for segment in page.row["with"]:
                at = [n for n, text in enumerate(texts) if " ".join(segment.split()) in text]
                # what stands on no line, or on one that a rule names, is had at no threshold
                needed.append(max((found[n] for n in at if not page.lines[n].part), default=-99.0))
    return needed


def cut(needed: Sequence[float]) -> float:
    """The highest log-odds that leaves the share `RECALL` of the segments."""
    return float(sorted(needed, reverse=True)[int(np.ceil(RECALL * len(needed))) - 1])


def complete(pages: Sequence[Page]) -> odds.Model:
    """Weights and threshold from these pages alone."""
    model = fit(pages)
    return odds.Model(model.first, model.second, round(threshold(pages), 2))


def article_text(page: Page, model: odds.Model) -> str:
    """Lead, body and subheadings of the page as `clean` would find them with this model."""
    lines = page_parts(
        page.row["naive_text"], title="", rules=page.rules, recurs=NONE, wishes={}, model=model
    )
    for line in lines:
        line.part = "body" if line.part == "subheading" else line.part
    return str(_article(lines)["text"])


def cross_validated(pages: Sequence[Page]) -> list[str]:
    """The text of each page, found with weights and threshold from the other parts' sites."""
    texts = [""] * len(pages)
    for fold in range(FOLDS):
        parts = [part(host(page.row), of=FOLDS, deal="outer") for page in pages]
        model = complete([page for page, one in zip(pages, parts, strict=True) if one != fold])
        for n, page in enumerate(pages):
            if parts[n] == fold:
                texts[n] = article_text(page, model)
    return texts


def write(model: odds.Model) -> None:
    """Put the weights into ``lines.yml``, leaving its words as they are."""
    text = WEIGHTS.read_text(encoding="utf-8")
    text = re.sub(r"(?m)^keep above: .*$", f"keep above: {model.keep_above}", text)
    head, second = text.split("second round:\n")
    rounds = []
    for piece, weights in ((head, model.first), (second, model.second)):
        for name, value in weights.items():
            found = re.compile(rf"(?m)^(  {re.escape(name)}: {{weight: )[^,]+,")
            if not found.search(piece):
                raise SystemExit(f"lines.yml has no entry '{name}'")
            piece = found.sub(rf"\g<1>{value:.3f},", piece)
        rounds.append(piece)
    WEIGHTS.write_text("second round:\n".join(rounds), encoding="utf-8")


def main() -> int:
    """Measure, and write the weights unless told to check only."""
    from tests.quality.cleaning import score

    shared = Path(os.environ["MEDIAFRAMES_SHARED_DATA"])
    pages = load(shared, teach=True)
    texts = cross_validated(pages)
    print("cross-validated:", score([page.row for page in pages], texts))
    if "--check" not in sys.argv:
        write(complete(pages))
        print("wrote", WEIGHTS.name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
