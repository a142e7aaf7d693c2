"""What people do with articles and topics: coding, agreement, human checks of models."""

from mediaframes.people.agreement import agreement, krippendorff_alpha
from mediaframes.people.intrusion import (
    IntrusionResults,
    IntrusionTest,
    intrusion_results,
    topic_intrusion,
    word_intrusion,
    word_set_intrusion,
)

__all__ = [
    "IntrusionResults",
    "IntrusionTest",
    "agreement",
    "intrusion_results",
    "krippendorff_alpha",
    "topic_intrusion",
    "word_intrusion",
    "word_set_intrusion",
]
