"""How well the shipped codebooks find frames that people coded.

Run ``python tests/quality/frames.py FOLDER`` with the folder of the real data sets. Each set is
split in two halves by the hash of its article: terms and thresholds were chosen on one half only
("tuned"), the other half ("held out") is what counts. The coded categories are near relatives of
the codebooks' frames, not the same, and so the numbers are a floor for the word lists, not their
validity in a new study.
"""

import gzip
import hashlib
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from mediaframes.corpus.articles import Corpus
from mediaframes.frames import apply_codebook, read_codebook
from mediaframes.text import tokenize

DATA = Path(__file__).resolve().parents[2] / "data"
BOOKS = DATA / "codebooks"
HALVES = ("tuned", "held out")

# coded category -> frames of ours; several frames count as present when any is
ARTICLES = {
    "Resolution": ("Attribution of responsibility",),
    "Human interest": ("Human interest",),
    "Conflict": ("Conflict",),
    "Moral": ("Morality",),
    "Economic": ("Economic consequences",),
}
SENTENCES = {
    "Eco": ("Economic",),
    "Pbh": ("Health and safety",),
    "Secu": ("Security and defense",),
    "Just": ("Fairness and equality",),
    "Pol": (
        "Political",
        "Policy prescription and evaluation",
        "External regulation and reputation",
    ),
    "Cult": ("Cultural identity",),
}
HEADLINES = {
    1: ("2nd Amendment rights", ("Legality, constitutionality and jurisprudence",)),
    2: ("Gun control", ("Policy prescription and evaluation",)),
    3: ("Politics", ("Political",)),
    4: ("Mental health", ("Health and safety",)),
    5: ("School or public safety", ("Security and defense",)),
    6: ("Race", ("Fairness and equality",)),
    7: ("Public opinion", ("Public opinion",)),
    8: ("Society and culture", ("Cultural identity",)),
    9: ("Economic consequences", ("Economic",)),
}
SECTIONS = {
    "Wirtschaft": ("Economic",),
    "Inland": ("Political",),
    "International": ("External regulation and reputation", "Security and defense"),
    "Kultur oder Sport": ("Cultural identity",),
    "Panorama": ("Crime and punishment",),
}
# What a supervised bag-of-words reaches on the same articles (F1 of the positive class, official
# folds) or, where it is better, calling every article positive: a word list should not be worse.
REACH = {
    "Resolution": 0.617,
    "Human interest": 0.205,
    "Conflict": 0.799,
    "Moral": 0.186,
    "Economic": 0.647,
}


@dataclass(frozen=True)
class Coded:
    """One hand-coded set: texts, 0/1 codes by category, the halves, and our frames for each."""

    name: str
    book: str
    texts: pd.Series
    codes: pd.DataFrame
    half: pd.Series
    frames: Mapping[str, tuple[str, ...]]
    choose_threshold: bool = False  # long texts need more than one hit
    language: str = "en"


def half_of(key: object) -> str:
    """Which half an article falls into."""
    return HALVES[hashlib.sha256(str(key).encode()).digest()[0] % 2]


def articles(shared: Path) -> Coded:
    """428 climate articles with the five generic frames (resolution for responsibility)."""
    table = pd.read_csv(shared / "narrative_frames_en" / "articles_metadata.tsv.gz", sep="\t")
    columns = {
        "Resolution": "RE",
        "Human interest": "HI",
        "Conflict": "CO",
        "Moral": "MO",
        "Economic": "EC",
    }
    codes = pd.DataFrame(
        {
            name: table[column].astype("str").str.strip(")").eq("True").astype(int)
            for name, column in columns.items()
        }
    )
    half = table["ID"].map(half_of)
    return Coded(
        "climate articles", "generic-frames.yml", table["text"], codes, half, ARTICLES, True
    )


def sentences(shared: Path) -> Coded:
    """1,927 English sentence pairs from Canadian climate news."""
    path = shared / "ccf_climate_frames_en_fr" / "Annotated_sentences.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [row for row in map(json.loads, file) if row["meta"]["language"] == "EN"]
    codes = pd.DataFrame(
        [{name: int(f"{name} Detection" in row["label"]) for name in SENTENCES} for row in rows]
    )
    half = pd.Series([half_of(row["meta"]["doc_ID"]) for row in rows])
    texts = pd.Series([row["text"] for row in rows], dtype="str")
    return Coded("climate sentences", "policy-frames.yml", texts, codes, half, SENTENCES)


def headlines(shared: Path) -> Coded:
    """Relevant headlines on gun violence with one or two of nine themes."""
    table = pd.read_csv(shared / "gvfc_en" / "gvfc_headlines.csv.gz")
    table = table[table["q1_relevant"] == 1].drop_duplicates("headline").reset_index(drop=True)
    codes = pd.DataFrame(
        {
            name: ((table["q3_theme1"] == k) | (table["q3_theme2"] == k)).astype(int)
            for k, (name, _) in HEADLINES.items()
        }
    )
    frames = dict(HEADLINES.values())
    half = table["headline"].map(half_of)
    return Coded("gun headlines", "policy-frames.yml", table["headline"], codes, half, frames)


def sample(language: str) -> Coded:
    """The sentences of the invented sample corpus, written for one frame or two each.

    Some sentences exist in both languages, and their twins may lie in the other half: held-out
    numbers here flatter the lists a little.
    """
    gold = DATA / "sample" / "gold"
    languages = pd.read_csv(gold / "articles.csv").set_index("id")["language"]
    table = pd.read_csv(gold / "frames.csv").drop_duplicates("template")
    table = table[table["id"].map(languages) == language].reset_index(drop=True)
    frames = {
        frame.name: (frame.name,) for frame in read_codebook(BOOKS / "policy-frames.yml").measured
    }
    codes = pd.DataFrame(
        {
            name: ((table["frame"] == name) | (table["frame2"] == name)).astype(int)
            for name in frames
        }
    )
    half = table["template"].map(half_of)
    name = f"sample sentences ({language})"
    return Coded(name, "policy-frames.yml", table["sentence"], codes, half, frames, False, language)


def sections(shared: Path) -> Coded:
    """1,028 German articles by newspaper section: what a section is about should show."""
    path = shared / "gnad10k_test_de" / "test.csv.gz"
    table = pd.read_csv(
        path, sep=";", quotechar="'", header=None, names=["section", "text"], on_bad_lines="skip"
    ).dropna()
    codes = pd.DataFrame({name: (table["section"] == name).astype(int) for name in SECTIONS})
    codes["Kultur oder Sport"] = table["section"].isin(["Kultur", "Sport"]).astype(int)
    half = table["text"].map(half_of)
    texts = table["text"].reset_index(drop=True)
    return Coded(
        "sections of a German paper",
        "policy-frames.yml",
        texts,
        codes.reset_index(drop=True),
        half.reset_index(drop=True),
        SECTIONS,
        True,
        "de",
    )


def every(shared: Path) -> list[Coded]:
    """All coded sets."""
    return [
        articles(shared),
        sentences(shared),
        headlines(shared),
        sections(shared),
        sample("en"),
        sample("de"),
    ]


def rates(coded: np.ndarray, found: np.ndarray) -> dict[str, float]:
    """Precision, recall and F1 of the positive class."""
    both = int((coded & found).sum())
    precision = both / max(1, int(found.sum()))
    recall = both / max(1, int(coded.sum()))
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return {"precision": precision, "recall": recall, "F1": f1}


def area(coded: np.ndarray, score: np.ndarray) -> float:
    """Chance that a positive article scores above a negative one (ROC AUC), ties half."""
    ranks = pd.Series(score).rank().to_numpy()
    n = int(coded.sum())
    rest = len(coded) - n
    return float((ranks[coded].sum() - n * (n + 1) / 2) / max(1, n * rest))


def counts_of(data: Coded) -> pd.DataFrame:
    """Hits per text and coded category."""
    frame = pd.DataFrame({"text": data.texts.to_numpy(), "language": data.language})
    frame.index = [f"{n:05d}" for n in range(len(frame))]
    hits = apply_codebook(tokenize(Corpus.from_frame(frame)), BOOKS / data.book)
    values = hits.scores("count").values.reset_index(drop=True)
    return pd.DataFrame(
        {name: values[list(ours)].sum(axis=1) for name, ours in data.frames.items()}
    )


def score(data: Coded) -> pd.DataFrame:
    """Precision, recall, F1, AUC, threshold and prevalence by category and half."""
    counts = counts_of(data)
    rows = []
    for name in data.frames:
        coded = data.codes[name].to_numpy(bool)
        count = counts[name].to_numpy()
        tuned = (data.half == "tuned").to_numpy()
        least = 1
        if data.choose_threshold:
            least = max(
                range(1, 41), key=lambda m: (rates(coded[tuned], count[tuned] >= m)["F1"], -m)
            )
        for half in HALVES:
            part = (data.half == half).to_numpy()
            rows.append(
                {
                    "on": data.name,
                    "category": name,
                    "half": half,
                    "n": int(part.sum()),
                    "coded": int(coded[part].sum()),
                    "min_hits": least,
                    **rates(coded[part], count[part] >= least),
                    "always": rates(coded[part], np.ones(int(part.sum()), bool))["F1"],
                    "AUC": area(coded[part], count[part]),
                }
            )
    return pd.DataFrame(rows)


def macro_f1(data: Coded, half: str) -> float:
    """Mean F1 over the categories of a set, those with at least five coded texts in the half."""
    table = score(data)
    table = table[(table["half"] == half) & (table["coded"] >= 5)]
    return float(table["F1"].mean())


def measure(shared: Path) -> pd.DataFrame:
    """Quality of the shipped codebooks: columns quality, on, value, reach."""
    table = []
    for data in every(shared):
        for row in score(data).itertuples(index=False):
            if row.half != "held out":
                continue
            on = f"{row.on}, held out (n={row.n}, {row.coded} coded, min_hits={row.min_hits})"
            reach = REACH.get(row.category, np.nan) if data.name == "climate articles" else np.nan
            for name in ("precision", "recall", "F1", "AUC"):
                goal = reach if name == "F1" else np.nan
                table.append((f"codebook {name}: {row.category}", on, getattr(row, name), goal))
        table.append(
            ("codebook macro F1", f"{data.name}, held out", macro_f1(data, "held out"), np.nan)
        )
    return pd.DataFrame(table, columns=["quality", "on", "value", "reach"])


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    everything = pd.concat([score(data) for data in every(folder)])
    print(everything.round(3).to_string(index=False))
