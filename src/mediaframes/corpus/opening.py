"""Files and archives become batches: each file by the reader for its format."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from io import BufferedReader
from typing import IO, NamedTuple

from mediaframes._console import progress
from mediaframes.corpus.pool import Job, Pool, read_one
from mediaframes.corpus.readers import HEAD, Batch, Options, reader_for, reader_of_stream
from mediaframes.corpus.readers._archives import Item, contents
from mediaframes.corpus.readers._sources import Source, skipped_name
from mediaframes.errors import InputError

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Opened(NamedTuple):
    """One file's content, or why it is not read."""

    source: Source
    digest: str
    batch: Batch | None
    skipped: str = ""
    note: str = ""
    cut: bool = False  # the file breaks off
    archive: bool = False


def open_all(
    sources: list[Source], options: Options, *, processes: int | None = None
) -> list[Opened]:
    """All files, sorted by name; members of archives are files of their own.

    Archives are read member by member, so that no more than one is in memory.

    Raises
    ------
    InputError
        Where a file that the user named cannot be read; one in a folder or archive is named.
    """
    opened: list[Opened] = []
    names: Counter[str] = Counter()
    pool = Pool(processes)
    try:
        for source in progress(sources, "reading"):
            for file, data in _files(source):
                name = file.source.name
                names[name] += 1
                if names[name] > 1:  # an archive may hold the same name twice
                    name = _numbered(name, names[name])
                    file = file._replace(source=file.source._replace(name=name))
                opened.append(file)
                if data is not None:
                    _hand_on(len(opened) - 1, data, opened, pool, options)
        for place, found in progress(pool.finish(), "reading pages", total=len(pool)):
            _settle(place, found, opened)
    finally:
        pool.close()
    return sorted(opened, key=lambda file: file.source.name)


def _numbered(name: str, number: int) -> str:
    stem, dot, ending = name.rpartition(".")
    return f"{stem} ({number}).{ending}" if dot and "/" not in ending else f"{name} ({number})"


def _files(source: Source) -> Iterator[tuple[Opened, bytes | IO[bytes] | None]]:
    """The files in a source, one at a time, with the content of those that are to be read."""
    if not source.path.is_file():  # a pipe, a device, a broken link
        yield Opened(source, "", None, source.skipped or "no file that can be opened"), None
        return
    try:
        opened = _stream(source)
    except InputError as error:
        if source.asked:
            raise
        yield Opened(source, "", None, _reason(error, source.name)), None
        return
    with opened as stream:
        yield from _from_disk(stream, source)


def _from_disk(
    stream: BufferedReader, source: Source
) -> Iterator[tuple[Opened, bytes | IO[bytes] | None]]:
    """The files in an open one; where the disk gives out, what was read before stays."""
    digest = ""
    try:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        stream.seek(0)
        if source.skipped:
            yield Opened(source, digest, None, source.skipped), None
            return
        streams = reader_of_stream(stream.read(HEAD), source.name) is not None
        stream.seek(0)
        if streams:
            yield Opened(source, digest, None), stream
            return
        for item in contents(stream, source.name):
            yield _file_of(item, source, digest), item.data
    except (InputError, OSError) as error:
        if isinstance(error, OSError):
            error = InputError(
                f"{source.name}: cannot be read to its end ({error.strerror}); copy it from its "
                "disk or share, and look whether that is sound"
            )
        if source.asked:
            raise error from None
        yield Opened(source, digest, None, _reason(error, source.name)), None


def _stream(source: Source) -> BufferedReader:
    try:
        return source.path.open("rb")
    except OSError as error:
        raise InputError(
            f"{source.name}: cannot be opened ({error.strerror}); check the file's permissions"
        ) from error


def _file_of(item: Item, source: Source, digest: str) -> Opened:
    """A file as unpacked; members of archives are named and hashed as themselves."""
    skipped = item.skipped
    if item.name != source.name:
        source = Source(source.path, item.name, "", asked=False)
        digest = hashlib.sha256(item.data or b"").hexdigest() if not item.archive else ""
        skipped = skipped or skipped_name(item.name)
    return Opened(source, digest, None, skipped, item.note, item.cut, item.archive)


def _hand_on(
    place: int, data: bytes | IO[bytes], opened: list[Opened], pool: Pool, options: Options
) -> None:
    """Give a file to its reader, or to the pool where that takes long."""
    file = opened[place]
    if file.skipped:
        return
    name = file.source.name
    if not isinstance(data, bytes):
        reader = reader_of_stream(data.read(HEAD), name)
        assert reader is not None
        data.seek(0)
        return _settle(place, read_one(reader, data, name, options), opened)
    if not data.strip():
        empty = f"{name}: the file is empty; export it again or take it away"
        return _settle(place, InputError(empty), opened)
    reader = reader_for(data, name)
    if reader is None and data.startswith(_OLD_OFFICE):
        old = (
            f"{name}: a file of Office before 2007 (.xls, .doc); open it there or in LibreOffice "
            "and save it as .xlsx, .docx or .rtf"
        )
        return _settle(place, InputError(old), opened)
    if reader is None:
        unknown = (
            f"{name}: no known format. Tables (CSV, Excel, JSON, Parquet), text files "
            "and exports of press databases are read; save it as one of these, as UTF-8"
        )
        return _settle(place, InputError(unknown), opened)
    if getattr(reader, "slow", False):
        for ready, found in pool.add(Job(place, reader, data, name, options)):
            _settle(ready, found, opened)
    else:
        _settle(place, read_one(reader, data, name, options), opened)


def _settle(place: int, found: Batch | InputError, opened: list[Opened]) -> None:
    """Put a file's content to its place; what the user named and cannot be read raises."""
    file = opened[place]
    if isinstance(found, Batch):
        opened[place] = file._replace(batch=found, cut=file.cut or found.cut)
        return
    if file.source.asked:
        raise found
    opened[place] = file._replace(skipped=_reason(found, file.source.name))


def not_read(opened: list[Opened], files: list[Opened], error: InputError) -> list[Opened]:
    """`opened` with these files as not read, for this reason; raises where the user named one.

    One table without texts must not keep a researcher from all other files of a folder.
    """
    if any(file.source.asked for file in files):
        raise error
    names = {file.source.name for file in files}
    reason = _reason(error, files[0].source.name)
    return [
        file._replace(batch=None, skipped=reason) if file.source.name in names else file
        for file in opened
    ]


def _reason(error: InputError, name: str) -> str:
    return str(error).removeprefix(f"{name}: ").removeprefix(f"{name}, ")
