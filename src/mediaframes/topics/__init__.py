"""What a model finds, how good it is, and what people call it."""

from mediaframes.topics.model import Topics, fit_topics

__all__ = ["Topics", "fit_topics"]
