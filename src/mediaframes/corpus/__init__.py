"""Files become articles; articles become clean, dated, named, grouped with their copies."""

from mediaframes.corpus import datasets
from mediaframes.corpus.articles import Corpus
from mediaframes.corpus.cleaning import clean
from mediaframes.corpus.duplicates import dedupe
from mediaframes.corpus.folder import corpora_in
from mediaframes.corpus.inspection import check_cleaning, show_cleaning
from mediaframes.corpus.language import language
from mediaframes.corpus.outlets import copies_between, outlets, propose_outlets, wire_share
from mediaframes.corpus.reading import read, read_stubs

__all__ = [
    "Corpus",
    "check_cleaning",
    "clean",
    "copies_between",
    "corpora_in",
    "datasets",
    "dedupe",
    "language",
    "outlets",
    "propose_outlets",
    "read",
    "read_stubs",
    "show_cleaning",
    "wire_share",
]
