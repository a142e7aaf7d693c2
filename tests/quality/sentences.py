"""Our sentence ends against nltk's Punkt, trained on the same newspaper, on articles neither saw.

Looked at is every place between two words of one line. German alone: the English articles at hand
have lost their capitals and points. Which of the two is right was judged by hand for a sample of
the places where they differ; docs/methods.md has the result.
"""

from pathlib import Path

import numpy as np
import pandas as pd

import mediaframes as mf

TRAINED, COMPARED = 2000, 300  # articles


def measure(shared: Path) -> pd.DataFrame:
    """Of the places where either ends a sentence: share where both do, and where one alone does."""
    texts = pd.read_json(shared / "fang_covid_de" / "articles.jsonl.gz", lines=True)["article"]
    places = junctions(texts.dropna().astype(str), "de")
    both, n = places["ours"] & places["theirs"], len(places)
    on = f"fang_covid_de, {COMPARED} articles, {n} places"
    rows = [
        ("sentence ends, of ours or Punkt's: shared", on, both.mean(), "-"),
        ("the same, ours alone", on, (places["ours"] & ~both).mean(), "-"),
        ("the same, Punkt's alone", on, (places["theirs"] & ~both).mean(), "-"),
    ]
    return pd.DataFrame(rows, columns=["quality", "on", "value", "reach"])


def junctions(texts: pd.Series, language: str) -> pd.DataFrame:
    """Places between two words of a paragraph: ``before after ours theirs``."""
    from nltk.tokenize.punkt import PunktSentenceTokenizer, PunktTrainer

    order = np.random.default_rng(20_267).permutation(len(texts))
    trainer = PunktTrainer()
    for text in texts.iloc[order[COMPARED : COMPARED + TRAINED]]:
        trainer.train(text, finalize=False)
    punkt = PunktSentenceTokenizer(trainer.get_params())
    held = pd.DataFrame({"text": texts.iloc[order[:COMPARED]].tolist(), "language": language})
    tokens = mf.tokenize(mf.Corpus.from_frame(held))
    rows = []
    for row, text in enumerate(tokens.docs["text"]):
        here = slice(tokens.offsets[row], tokens.offsets[row + 1])
        starts, ends = tokens.starts[here], tokens.ends[here]
        begins = np.array([begin for begin, _ in punkt.span_tokenize(text)] or [0])
        theirs = np.diff(np.searchsorted(begins, starts, side="right")) > 0
        ours = np.diff(tokens.sentences[here]) > 0
        for k in np.flatnonzero(ours | theirs):
            if "\n" not in text[ends[k] : starts[k + 1]]:
                left, right = text[max(ends[k] - 40, 0) : ends[k]], text[ends[k] : ends[k] + 45]
                rows.append((left, right, bool(ours[k]), bool(theirs[k])))
    return pd.DataFrame(rows, columns=["before", "after", "ours", "theirs"])
