"""Counts and scores become comparisons and shares over time, with honest intervals."""

from mediaframes.inference.collocates import collocates, count_near
from mediaframes.inference.dispersion import dispersion
from mediaframes.inference.drivers import keyness_drivers
from mediaframes.inference.effects import Effects, effects
from mediaframes.inference.keyness import keyness
from mediaframes.inference.marginal import marginal
from mediaframes.inference.networks import Network, compare_networks, cooccurrence
from mediaframes.inference.parts import keyness_over_parts
from mediaframes.inference.permutation import keyness_test
from mediaframes.inference.prevalence import prevalence, residuals
from mediaframes.inference.resampling import Bootstrap

__all__ = [
    "Bootstrap",
    "Effects",
    "Network",
    "collocates",
    "compare_networks",
    "cooccurrence",
    "count_near",
    "dispersion",
    "effects",
    "keyness",
    "keyness_drivers",
    "keyness_over_parts",
    "keyness_test",
    "marginal",
    "prevalence",
    "residuals",
]
