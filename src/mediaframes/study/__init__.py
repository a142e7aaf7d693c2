"""A study: its settings, its run, its verification. The only wing that knows all others."""

from mediaframes.study.run import reproduce
from mediaframes.study.settings import Settings, read_settings
from mediaframes.study.verify import verify
from mediaframes.study.work import Study, open_study

__all__ = ["Settings", "Study", "open_study", "read_settings", "reproduce", "verify"]
