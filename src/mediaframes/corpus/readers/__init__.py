"""One file per format. `read` asks each reader in turn whether a file is its own.

To add a format, write a class with `name`, `sniff` and `read` (see `_batch.Reader`; `_parquet.py`
is the shortest example) and enter it below: the pickier the earlier.
"""

from mediaframes.corpus.readers._apa import Apa
from mediaframes.corpus.readers._batch import Batch, Options, Reader, Rejected
from mediaframes.corpus.readers._defacto import DeFacto
from mediaframes.corpus.readers._delimited import Delimited
from mediaframes.corpus.readers._europresse import Europresse
from mediaframes.corpus.readers._factiva_html import FactivaHtml
from mediaframes.corpus.readers._factiva_txt import FactivaRtf, FactivaTxt
from mediaframes.corpus.readers._factiva_xml import FactivaXml
from mediaframes.corpus.readers._feeds import Feed
from mediaframes.corpus.readers._gdelt import Gdelt
from mediaframes.corpus.readers._integrum import IntegrumHtml
from mediaframes.corpus.readers._json import Json
from mediaframes.corpus.readers._kikuzo import Kikuzo
from mediaframes.corpus.readers._mediacloud import MediaCloudCsv, MediaCloudJson
from mediaframes.corpus.readers._mediargus import Mediargus
from mediaframes.corpus.readers._mhtml import Mhtml
from mediaframes.corpus.readers._nexis_docx import NexisDocx
from mediaframes.corpus.readers._nexis_html import NexisHtml
from mediaframes.corpus.readers._nexis_rtf import NexisRtf
from mediaframes.corpus.readers._nexis_txt import NexisTxt
from mediaframes.corpus.readers._parquet import Parquet
from mediaframes.corpus.readers._proquest_html import ProquestHtml, ProquestMail
from mediaframes.corpus.readers._proquest_txt import ProquestTxt
from mediaframes.corpus.readers._text import Text
from mediaframes.corpus.readers._trafilatura import TrafilaturaJson, TrafilaturaXml
from mediaframes.corpus.readers._wacz import Wacz
from mediaframes.corpus.readers._warc import Warc
from mediaframes.corpus.readers._webpage import Html
from mediaframes.corpus.readers._xlsx import Xlsx
from mediaframes.corpus.readers._yomidasu import Yomidasu

READERS: tuple[Reader, ...] = (
    Parquet(),
    Warc(),
    Wacz(),
    FactivaHtml(),
    FactivaXml(),
    Europresse(),
    ProquestMail(),
    Mhtml(),
    ProquestHtml(),
    ProquestTxt(),
    IntegrumHtml(),
    Kikuzo(),
    Yomidasu(),
    DeFacto(),
    Apa(),
    Mediargus(),
    MediaCloudJson(),
    MediaCloudCsv(),
    Gdelt(),
    Xlsx(),
    NexisDocx(),
    NexisHtml(),
    NexisRtf(),
    NexisTxt(),
    FactivaRtf(),
    FactivaTxt(),
    TrafilaturaXml(),
    Feed(),
    Html(),
    TrafilaturaJson(),
    Json(),
    Delimited(),
    Text(),
)

HEAD = 1 << 16  # bytes a reader sees before it decides


def reader_for(data: bytes, file: str) -> Reader | None:
    """The reader for a file, or None where its format is not known."""
    head = data[:HEAD]
    return next((reader for reader in READERS if reader.sniff(head, file)), None)


def reader_of_stream(head: bytes, file: str) -> Reader | None:
    """The reader that takes the open file, or None where its bytes are to be read and unpacked."""
    readers = (reader for reader in READERS if getattr(reader, "streams", False))
    return next((reader for reader in readers if reader.sniff(head, file)), None)


__all__ = ["READERS", "Batch", "Options", "Reader", "Rejected", "reader_for", "reader_of_stream"]
