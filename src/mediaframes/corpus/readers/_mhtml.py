"""MHTML: a page that a browser saved as one file, as a mail with its pictures attached."""

import email
import email.utils
import re
from dataclasses import replace
from email.message import Message
from typing import Any, ClassVar

from mediaframes.corpus.readers._batch import Batch, Options, Reader
from mediaframes.corpus.readers._webpage import PageReader
from mediaframes.corpus.webpage import archived
from mediaframes.errors import InputError

_HEADER = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,10}(?:From [^\n]{0,200}\n)?[A-Za-z][\w-]{1,40}:[ \t]")
_SAVED = re.compile(
    rb"^(?:Snapshot-Content-Location:|From:\s*[<\"]*Saved by |X-MAF-Information:"
    rb"|Content-Type:\s*multipart/related)",
    re.IGNORECASE | re.MULTILINE,
)
_END_OF_HEADER = re.compile(rb"\r?\n\r?\n")


class Mhtml(Reader):
    """A page saved as "web page, single file" (.mhtml, .mht)."""

    name = "saved web page (MHTML)"
    slow: ClassVar[bool] = True

    def sniff(self, head: bytes, file: str) -> bool:
        """By the header: what saved it, or parts that belong together."""
        if not _HEADER.match(head):
            return False
        end = _END_OF_HEADER.search(head, 20)
        return bool(_SAVED.search(head[: end.start() if end else 4096]))

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """The page as one article; frames in it are named, not read."""
        try:
            message = email.message_from_bytes(data.lstrip(b"\xef\xbb\xbf \t\r\n"))
            parts = [part for part in message.walk() if part.get_content_type() == "text/html"]
            root = _root(message, parts)
            page: Any = root.get_payload(decode=True) if root is not None else None
        except Exception as error:  # the mail parser raises many kinds, and recurses
            raise InputError(
                f"{file}: cannot be taken apart ({type(error).__name__}); save the page again"
            ) from error
        if root is None or not page:
            raise InputError(f"{file}: a saved page without HTML; save the page again")
        url = root.get("Content-Location") or message.get("Snapshot-Content-Location")
        url, day = archived(str(url).strip()) if url else (None, None)
        if url and not url.startswith(("http://", "https://")):
            url = None  # a path on somebody's disk
        saved = min(filter(None, (day, _day(message))), default=None)
        reader = PageReader(url, root.get_content_charset(), saved, {}, self.name)
        batch = reader.read(page, file, options)
        frames = len(parts) - 1
        if frames:
            note = f"{frames} frame{'s' * (frames > 1)} inside the page not read"
            return replace(batch, notes=(*batch.notes, note))
        return batch


def _root(message: Message, parts: list[Message]) -> Message | None:
    """The page itself: the part that the header names, or the first HTML."""
    start = message.get_param("start")
    named = [part for part in parts if start and part.get("Content-ID") == start]
    return next(iter([*named, *parts]), None)


def _day(message: Message) -> str | None:
    try:
        return email.utils.parsedate_to_datetime(str(message["Date"])).date().isoformat()
    except (TypeError, ValueError, IndexError):
        return None
