"""What was planted in the sample corpus, as tables that tests can hold the software to."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from typing import Any

import _plan
from _files import file_of, scraped, table
from _plan import OUTLETS, Article, full, groups, shifted
from _writing import Pack, jaccard, shingles


def article_table(articles: list[Article]) -> bytes:
    """One row per article."""
    rows: list[list[Any]] = [
        [
            "id",
            "file",
            "outlet",
            "outlet_written",
            "language",
            "date",
            "week",
            "title",
            "main_frame",
            "kind",
            "group",
            "special",
        ]
    ]
    for a in articles:
        date = "" if a.special == "dateless" else a.date
        story = a.story
        title, main = (story.title, story.main) if story else (scraped(a)[0], "")
        rows.append(
            [
                a.id,
                file_of(a),
                a.outlet["name"],
                a.written,
                a.outlet["language"],
                date,
                a.week,
                title,
                main,
                a.kind,
                a.group,
                a.special,
            ]
        )
    return table(rows)


def frame_table(articles: list[Article]) -> bytes:
    """One row per sentence of lead and body, with the frames its writer gave it."""
    rows: list[list[Any]] = [["id", "sentence_no", "sentence", "frame", "frame2", "template"]]
    for a in articles:
        for number, s in enumerate(a.story.sentences if a.story else []):
            rows.append([a.id, number, s.text, s.frame, s.frame2, s.template])
    return table(rows)


def speaker_table(articles: list[Article], packs: dict[str, Pack]) -> bytes:
    """One row per sentence in which a named person or institution speaks."""
    people = {n for pack in packs.values() for kind in pack.speakers.values() for n, _ in kind}
    rows: list[list[Any]] = [["id", "sentence_no", "speaker", "kind"]]
    for a in articles:
        for number, s in enumerate(a.story.sentences if a.story else []):
            if s.speaker:
                kind = "person" if s.speaker in people else "institution"
                rows.append([a.id, number, s.speaker, kind])
    return table(rows)


def line_table(articles: list[Article]) -> bytes:
    """One row per part of every non-empty line of the scraped text."""
    rows: list[list[Any]] = [["id", "line_no", "part", "text"]]
    for a in articles:
        lines = (line for block in a.blocks or [] for line in block)
        for number, line in enumerate(lines):
            rows += [[a.id, number, part, text] for part, text in line.parts]
    return table(rows)


def copy_table(articles: list[Article]) -> bytes:
    """Members of the planted wire groups, the earliest first."""
    rows: list[list[Any]] = [["group", "id", "kind"]]
    for group, members in groups(articles).items():
        rows += [[group, a.id, a.kind] for a in members if a.kind != "near"]
    return table(rows)


def bodies(articles: list[Article]) -> dict[str, set[tuple[str, ...]]]:
    """Shingles of every article's lead and body."""
    return {a.id: shingles(a.story.body) for a in articles if a.story}


def distinct_table(articles: list[Article]) -> bytes:
    """Pairs of reports on one event that are no copies."""
    found = bodies(articles)
    rows: list[list[Any]] = [["id_a", "id_b", "jaccard"]]
    for members in groups(articles).values():
        if members[0].kind == "near":
            one, two = sorted(a.id for a in members)
            rows.append([one, two, f"{jaccard(found[one], found[two]):.4f}"])
    return table(rows)


def similarity(articles: list[Article]) -> dict[str, float]:
    """Jaccard of planted pairs, and the largest one among all others."""
    found = bodies(articles)
    group = {a.id: a.group for a in articles}
    kind = {a.id: a.kind for a in articles}
    language = {a.id: a.outlet["language"] for a in articles}
    values: dict[str, list[float]] = {"edited": [], "verbatim": [], "near": [], "unplanned": []}
    for one, two in itertools.combinations(found, 2):
        if language[one] != language[two]:
            continue
        value = jaccard(found[one], found[two])
        if not group[one] or group[one] != group[two]:
            values["unplanned"].append(value)
        elif "near" in kind[one]:
            values["near"].append(value)
        elif "edited" in (kind[one], kind[two]):
            values["edited"].append(value)
        else:
            values["verbatim"].append(value)
    return {
        "edited_min": round(min(values["edited"]), 4),
        "edited_max": round(max(values["edited"]), 4),
        "verbatim_min": round(min(values["verbatim"]), 4),
        "near_max": round(max(values["near"]), 4),
        "unplanned_max": round(max(values["unplanned"]), 4),
    }


def shares(articles: list[Article]) -> dict[str, float]:
    """Shares of frames among the framed sentences, the first frame of each counted."""
    counts: dict[str, int] = {}
    for a in articles:
        for s in a.story.sentences if a.story else []:
            if s.frame:
                counts[s.frame] = counts.get(s.frame, 0) + 1
    total = sum(counts.values())
    return {frame: round(counts[frame] / total, 4) for frame in sorted(counts)}


def outlet_plan(outlet: dict[str, Any], articles: list[Article]) -> dict[str, Any]:
    """What was planned for one outlet, and what came of it."""
    mine = [a for a in articles if a.outlet is outlet]
    own = [a for a in mine if a.kind in ("own", "near")]
    early = [a for a in own if a.week < _plan.SHIFT_WEEK]
    late = [a for a in own if a.week >= _plan.SHIFT_WEEK]
    profile = full(outlet["profile"])
    moved = shifted(profile) if outlet.get("shift") else profile
    spellings = [outlet["name"], *(outlet[key] for key in ("alias", "slug") if key in outlet)]
    return {
        "code": outlet["code"],
        "language": outlet["language"],
        "kind": outlet["kind"],
        "file": outlet["file"],
        "spellings": spellings,
        "articles": len(mine),
        "own_articles": len(own),
        "shift": bool(outlet.get("shift")),
        "profile": profile,
        "profile_from_shift_week": moved,
        "realized_before": shares(early),
        "realized_from_shift_week": shares(late),
        "realized_with_wire_copies": shares(mine),
    }


def plan(articles: list[Article], packs: dict[str, Pack]) -> bytes:
    """Everything planted, as JSON."""
    special = {
        name: [a.id for a in articles if a.special == name]
        for name in ("dateless", "empty", "mojibake")
    }
    start = _plan.START
    kinds = [a.kind for a in articles]
    value = {
        "note": "Illustrative sample written for this project; everything in it is invented.",
        "seed": _plan.SEED,
        "articles": len(articles),
        "weeks": _plan.WEEKS,
        "first_day": str(start),
        "last_day": str(start + dt.timedelta(weeks=_plan.WEEKS, days=-1)),
        "shift": {
            "frame": _plan.SHIFT_FRAME,
            "factor": _plan.SHIFT_FACTOR,
            "week": _plan.SHIFT_WEEK,
            "date": str(start + dt.timedelta(weeks=_plan.SHIFT_WEEK - 1)),
            "outlets": [o["name"] for o in OUTLETS["outlets"] if o.get("shift")],
        },
        "wire_profile": full(OUTLETS["wire"]),
        "outlets": {o["name"]: outlet_plan(o, articles) for o in OUTLETS["outlets"]},
        "copies": {k: kinds.count(k) for k in ("original", "verbatim", "edited", "near")},
        "jaccard_5_words": similarity(articles),
        "special": special,
        "templates": {
            code: {
                "sentences": sum(map(len, pack.sentences.values())),
                "leads": sum(map(len, pack.leads.values())),
            }
            for code, pack in packs.items()
        },
    }
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def gold_files(articles: list[Article], packs: dict[str, Pack]) -> dict[str, bytes]:
    """All gold files by path below data/sample."""
    return {
        "gold/articles.csv": article_table(articles),
        "gold/frames.csv": frame_table(articles),
        "gold/speakers.csv": speaker_table(articles, packs),
        "gold/lines.csv": line_table(articles),
        "gold/copies.csv": copy_table(articles),
        "gold/distinct.csv": distinct_table(articles),
        "gold/plan.json": plan(articles, packs),
    }
