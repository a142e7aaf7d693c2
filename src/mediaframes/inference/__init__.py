"""Counts and scores become comparisons and shares over time, with honest intervals."""

from mediaframes.inference.keyness import keyness
from mediaframes.inference.prevalence import prevalence, residuals

__all__ = ["keyness", "prevalence", "residuals"]
