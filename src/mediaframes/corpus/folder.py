"""A folder of Parquet files, each of them a corpus: one in memory at a time."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from mediaframes.corpus.articles import Corpus
from mediaframes.errors import InputError


def corpora_in(folder: str | Path) -> Iterator[Corpus]:
    """The Parquet files of a folder, by name, each read when its turn comes.

    What does not fit into memory is tokenized, counted, searched or compared part by part::

        parts = mf.corpora_in("data/derived/parts")
        hits = mf.apply_codebook((mf.tokenize(part) for part in parts), codebook)
        table = mf.keyness_over_parts((mf.count(part) for part in parts), by="outlet", target="A")
        counts = mf.count_parts(parts, min_docs=5)

    each with a fresh `corpora_in`, for an iterator is used up after one turn.

    Parameters
    ----------
    folder : str or Path
        Files ``*.parquet`` with the columns of `Corpus.from_frame`. Ids are unique in all, and
        prints of one text (`copy_of`) best lie in one file.

    Returns
    -------
    iterator of Corpus

    Raises
    ------
    InputError
        Where the folder or a Parquet file in it does not exist (at once), and for a file that
        cannot be read or is no table of articles (at its turn; the message names it).

    Examples
    --------
    >>> corpora_in("no-such-folder")
    Traceback (most recent call last):
    mediaframes.errors.InputError: no Parquet files (*.parquet) in 'no-such-folder'; give the folder
    """
    files = sorted(path for path in Path(folder).glob("*.parquet") if path.is_file())
    if not files:
        raise InputError(f"no Parquet files (*.parquet) in '{folder}'; give the folder")
    return (_corpus(path) for path in files)


def _corpus(path: Path) -> Corpus:
    import pyarrow as pa

    try:
        frame = pd.read_parquet(path)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path}: not a Parquet file that can be read ({error})") from error
    try:
        return Corpus.from_frame(frame)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
