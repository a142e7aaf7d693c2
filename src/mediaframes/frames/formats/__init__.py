"""Dictionary files of other programs: one file here for each format, all with one interface."""

from mediaframes.frames.formats import (
    _csv,
    _lexicoder,
    _liwc,
    _quanteda,
    _wordstat,
    _yoshikoder,
)
from mediaframes.frames.formats._draft import Draft, Format

# in the order in which they are tried: those with the clearest marks first
FORMATS: dict[str, Format] = {
    module.FORMAT.name: module.FORMAT
    for module in (_liwc, _yoshikoder, _wordstat, _lexicoder, _csv, _quanteda)
}

__all__ = ["FORMATS", "Draft", "Format"]
