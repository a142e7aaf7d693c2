"""Articles become words and counts, with the way back to the sentence."""

from mediaframes.text.concordance import concordance
from mediaframes.text.counting import count
from mediaframes.text.counts import Counts
from mediaframes.text.parts import count_parts
from mediaframes.text.phrases import collocations, join_phrases
from mediaframes.text.scanning import Rules
from mediaframes.text.tokens import Tokens, tokenize
from mediaframes.text.words import compound_table, lemma_table, stop_words

__all__ = [
    "Counts",
    "Rules",
    "Tokens",
    "collocations",
    "compound_table",
    "concordance",
    "count",
    "count_parts",
    "join_phrases",
    "lemma_table",
    "stop_words",
    "tokenize",
]
