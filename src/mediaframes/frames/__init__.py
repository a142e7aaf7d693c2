"""A researcher's frames: the codebook, and where its terms stand in the articles."""

from mediaframes.frames.checking import CodebookCheck, check_codebook
from mediaframes.frames.codebook import Codebook, Frame, Rule
from mediaframes.frames.files import read_codebook, write_codebook
from mediaframes.frames.hits import Hits
from mediaframes.frames.induction import Induced, induce
from mediaframes.frames.matching import apply_codebook

__all__ = [
    "Codebook",
    "CodebookCheck",
    "Frame",
    "Hits",
    "Induced",
    "Rule",
    "apply_codebook",
    "check_codebook",
    "induce",
    "read_codebook",
    "write_codebook",
]
