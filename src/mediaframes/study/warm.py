"""Compile what every study needs before the first one, so that no study waits for it."""

import contextlib
import io

import pandas as pd

# Two articles with a copy, a quotation, an address and a phrase: enough to reach each loop.
TEXT = (
    "“The ferry sails again,” the harbor office said on Monday, May 3. Trade talks at "
    "https://example.org go on; nobody has paid taxes for two years, and the court is late. "
)


def compile_loops() -> None:
    """Run each verb that has a compiled loop on two articles; what it prints is not shown.

    numba keeps compiled code beside the source, so this costs some twenty seconds once, and nothing
    the next time. Without it the first study does it.
    """
    import mediaframes as mf

    texts = [TEXT * 8, TEXT * 8 + "It was late. " * 40, "The judges met in the tower. " * 12]
    frame = pd.DataFrame({"text": texts, "language": "en", "outlet": ["A", "B", "B"]})
    with contextlib.redirect_stdout(io.StringIO()):
        corpus = mf.language(mf.Corpus.from_frame(frame.drop(columns="language")))
        mf.clean(corpus)
        corpus = mf.dedupe(mf.language(corpus, languages=("de", "en")))
        tokens = mf.tokenize(mf.Corpus.from_frame(frame))
        codebook = mf.Codebook.from_terms({"Economic": ["trade*", "trade talks"]}, language="en")
        mf.apply_codebook(tokens, codebook)
        mf.count(tokens)
        mf.count(corpus)
