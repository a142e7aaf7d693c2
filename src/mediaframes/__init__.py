"""mediaframes: from a folder of news articles to the figures of a framing paper."""

__version__ = "0.1.0"
