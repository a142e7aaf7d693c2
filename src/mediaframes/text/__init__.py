"""Articles become words and counts, with the way back to the sentence."""

from mediaframes.text.concordance import concordance
from mediaframes.text.counting import count
from mediaframes.text.counts import Counts
from mediaframes.text.scanning import Rules
from mediaframes.text.tokens import Tokens, tokenize
from mediaframes.text.words import stop_words

__all__ = ["Counts", "Rules", "Tokens", "concordance", "count", "stop_words", "tokenize"]
