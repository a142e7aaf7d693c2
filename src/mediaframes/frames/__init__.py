"""A researcher's frames: the codebook, and where its terms stand in the articles."""

from mediaframes.frames.codebook import Codebook, Frame
from mediaframes.frames.hits import Hits
from mediaframes.frames.matching import apply_codebook
from mediaframes.frames.reading import read_codebook

__all__ = ["Codebook", "Frame", "Hits", "apply_codebook", "read_codebook"]
