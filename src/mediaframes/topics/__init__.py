"""What a model finds, how good it is, and what people call it."""

from mediaframes.topics.browser import TopicBrowser, browse_topics
from mediaframes.topics.choice import choose_k, topic_stability
from mediaframes.topics.content import topic_words_by
from mediaframes.topics.correlation import topic_correlation
from mediaframes.topics.fitting import fit_topics
from mediaframes.topics.maps import co_membership, network_map, topic_map
from mediaframes.topics.model import Topics
from mediaframes.topics.naming import TopicNames, topic_names
from mediaframes.topics.networks import TopicNetwork, topic_network
from mediaframes.topics.reading import representative_sentences, shared_words, topic_sheet

__all__ = [
    "TopicBrowser",
    "TopicNames",
    "TopicNetwork",
    "Topics",
    "browse_topics",
    "choose_k",
    "co_membership",
    "fit_topics",
    "network_map",
    "representative_sentences",
    "shared_words",
    "topic_correlation",
    "topic_map",
    "topic_names",
    "topic_network",
    "topic_sheet",
    "topic_stability",
    "topic_words_by",
]
