"""WACZ: web archives of a browser in a ZIP file, with a list of the pages."""

import io
import json
import re
import zipfile
from collections.abc import Iterator

from mediaframes.corpus.readers._batch import Batch, Options, Reader, Rejected
from mediaframes.corpus.readers._merged import Page, merged, start_of
from mediaframes.corpus.readers._warc import Records
from mediaframes.corpus.readers._zip import check_directory, read_member
from mediaframes.errors import InputError

_MEMBER = re.compile(
    rb"PK\x03\x04.{26}(?:archive/[^/]{1,200}\.warc|pages/(?:extraP|p)ages\.jsonl|indexes/index\.)",
    re.DOTALL,
)
_WARC = re.compile(r"(?:^|/)archive/[^/]+\.warc(?:\.gz)?$")
_PAGES = re.compile(r"(?:^|/)pages/[^/]+\.jsonl$")
LARGEST = 1 << 30  # bytes of an archive in it; browsers split theirs at this size
LARGEST_LIST = 1 << 28
MEMBERS = 100_000


class Wacz(Reader):
    """A crawl of a browser (ArchiveWeb.page, Browsertrix)."""

    name = "WACZ"

    def sniff(self, head: bytes, file: str) -> bool:
        """A ZIP file that is named so, or begins with an archive's members."""
        packed = head.startswith(b"PK\x03\x04")
        return packed and (file.lower().endswith(".wacz") or bool(_MEMBER.search(head)))

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """The pages of all archives in it; the index counts their records."""
        check_directory(io.BytesIO(data), file, most=MEMBERS)
        try:
            archive = zipfile.ZipFile(io.BytesIO(data))
        except Exception as error:  # zipfile raises a dozen kinds for damaged files
            raise InputError(
                f"{file}: the zip archive is damaged ({error}); copy or download it again"
            ) from error
        with archive:
            infos = archive.infolist()
            if not any(_WARC.search(info.filename) for info in infos):
                raise InputError(
                    f"{file}: no WACZ: the ZIP file has no archive/*.warc; save the crawl again, "
                    "or unpack it and read what is in it"
                )
            notes: list[str] = []
            pages = _pages(archive, notes)
            return merged(pages, file=file, options=options, form=self.name, notes=notes)


def _pages(archive: zipfile.ZipFile, notes: list[str]) -> Iterator[Page | Rejected]:
    number, urls = 0, set[str]()
    for info in archive.infolist():
        if not _WARC.search(info.filename):
            continue
        data, problem = read_member(archive, info, most=LARGEST)
        if data is None:
            number += 1
            yield Rejected(number, f"{info.filename}: {problem}", "")
            continue
        found = Records(io.BytesIO(data), before=number)
        yield from found.pages()
        number = found.number
        urls |= {_bare(url) for url in found.urls}
        notes += [note for note in found.notes if note not in notes]
    for url, title in _listed(archive, notes).items():
        if _bare(url) not in urls:
            number += 1
            reason = "in the list of pages, but not in the archive"
            yield Rejected(number, reason, start_of(title, url))


def _listed(archive: zipfile.ZipFile, notes: list[str]) -> dict[str, str]:
    """The pages that the crawl lists: address and title."""
    pages: dict[str, str] = {}
    for info in archive.infolist():
        if not _PAGES.search(info.filename):
            continue
        data, problem = read_member(archive, info, most=LARGEST_LIST)
        if data is None:
            notes.append(f"{info.filename}: {problem}")
            continue
        for line in data.decode("utf-8", "replace").split("\n"):
            try:
                page = json.loads(line) if line.strip() else None
            except (ValueError, RecursionError):
                continue
            if isinstance(page, dict) and isinstance(page.get("url"), str):
                pages.setdefault(page["url"], str(page.get("title") or ""))
    return pages


def _bare(url: str) -> str:
    """An address as it is compared: a browser adds and drops slashes and fragments."""
    return re.sub(r"^https?://(?:www\.)?", "", url.partition("#")[0]).rstrip("/")
