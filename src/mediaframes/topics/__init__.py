"""What a model finds, how good it is, and what people call it."""

from mediaframes.topics.choice import choose_k, topic_stability
from mediaframes.topics.fitting import fit_topics
from mediaframes.topics.maps import co_membership, network_map, topic_map
from mediaframes.topics.model import Topics
from mediaframes.topics.naming import TopicNames, topic_names
from mediaframes.topics.networks import TopicNetwork, topic_network

__all__ = [
    "TopicNames",
    "TopicNetwork",
    "Topics",
    "choose_k",
    "co_membership",
    "fit_topics",
    "network_map",
    "topic_map",
    "topic_names",
    "topic_network",
    "topic_stability",
]
