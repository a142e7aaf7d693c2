"""`read_codebook` and `write_codebook`: codebooks as files, our own and other programs'."""

import gzip
import hashlib
import re
import zlib
from pathlib import Path

import pandas as pd

from mediaframes._console import say
from mediaframes.errors import InputError
from mediaframes.frames.codebook import Codebook
from mediaframes.frames.formats import FORMATS, Draft, Format, _own
from mediaframes.frames.formats._draft import codebook_of, decode, draft_of, path_of, refuse_binary
from mediaframes.frames.formats._lists import read_folder
from mediaframes.frames.reading import read_own

LARGEST = 200_000_000  # bytes; a compressed file that becomes more is a bomb, not a dictionary
_OWN = re.compile(r"^(frames|languages)\s*:", re.MULTILINE)


def read_codebook(
    path: str | Path, *, language: str | None = None, encoding: str | None = None
) -> Codebook:
    """Read a codebook: our own YAML, or the dictionary of another program.

    The kind of file is seen from its content: our YAML (see ``data/codebooks/README.md``), LIWC
    ``.dic``, Lexicoder ``.lc3``, WordStat ``.cat``, Yoshikoder ``.ykd``, quanteda's YAML, a CSV
    table (``key,pattern,weight,language``, or a word and a column per category), or a folder of
    word lists, one ``.txt`` per frame. ``.gz`` is opened.

    Parameters
    ----------
    path : str or Path
        The file, or a folder of word lists.
    language : str, optional
        The language of the terms, for files that do not say it: all but ours and CSV with a
        language column.
    encoding : str, optional
        For other programs' files whose letters look wrong; by itself UTF-8, Shift JIS or
        windows-1252 are found.

    Returns
    -------
    Codebook
        Categories are frames; their place in a hierarchy is ``frame.group``. What a codebook
        cannot hold (LIWC's conditions, WordStat's rules, terms without a letter, empty categories)
        is in ``codebook.left_out`` with line and reason, and said.

    Raises
    ------
    InputError
        With file, line, the offending value and the mend: in our own YAML for every slip; for a
        missing or unknown file, one that is no text (LIWC's built-in dictionaries), broken XML or
        YAML, or a language that is needed.

    Examples
    --------
    >>> codebook = read_codebook("data/codebooks/policy-frames.yml")
    >>> len(codebook), codebook.languages
    (15, ('en', 'de'))
    >>> codebook.frame("Morality").color
    '#009E73'
    """
    path = Path(path)
    if path.is_dir():
        draft = read_folder(path, encoding)
        digest = hashlib.sha256("\n".join(map(repr, draft.entries)).encode()).hexdigest()
        return _finish(draft, path, language, digest)
    if not path.exists():
        raise InputError(
            f"there is no codebook file '{path}'; give the path of a YAML file, "
            "e.g. data/codebooks/policy-frames.yml"
        )
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if path.suffix == ".gz":
        content = _unpacked(path)
    kind = _kind(path, content, encoding)
    if kind is None:
        codebook = read_own(path, content)
        if language is not None:
            codebook.terms(language)  # refuses a language it lacks
        return codebook
    try:
        draft = kind.read(decode(content, encoding, str(path)))
    except InputError as error:
        at, message = re.fullmatch(r"(line \d+: )?(.*)", str(error), re.DOTALL).groups()  # type: ignore[union-attr]
        raise InputError(f"{path}, {at or ''}{message}") from error.__cause__
    return _finish(draft, path, language, digest)


def _unpacked(path: Path) -> bytes:
    try:
        with gzip.open(path) as file:
            content = file.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path}: broken .gz file ({error}); copy it again") from error
    if len(content) > LARGEST:
        raise InputError(f"{path}: more than {LARGEST:,} bytes when unpacked; no dictionary is")
    return content


def _kind(path: Path, content: bytes, encoding: str | None) -> Format | None:
    """The format of a file; None for our own YAML, whose reader names its slips best."""
    refuse_binary(content, str(path))
    text = decode(content, encoding, str(path))
    ending = Path(path.stem if path.suffix == ".gz" else path.name).suffix.lower()
    yaml = ending in (".yml", ".yaml")
    if yaml:  # nearly any text is YAML, so there the ending decides
        own = _OWN.search(text) or not FORMATS["quanteda"].looks(text)
        return None if own else FORMATS["quanteda"]
    for kind in FORMATS.values():
        if kind.name != "quanteda" and kind.looks(text):
            return kind
    for kind in FORMATS.values():
        if kind.suffix == ending:
            return kind
    known = ", ".join(f"{kind.program} {kind.suffix}" for kind in FORMATS.values())
    raise InputError(f"{path}: not known what kind of codebook this is; known are YAML, {known}")


def _finish(draft: Draft, path: Path, language: str | None, digest: str) -> Codebook:
    name = path.name.removesuffix(".gz")
    codebook = codebook_of(
        draft, name=Path(name).stem, language=language, file=path.name, sha256=digest
    )
    if codebook.left_out:
        line, entry, reason = codebook.left_out[0]
        at = f" (line {line})" if line else ""
        say(
            f"read_codebook: {len(codebook.left_out):,} entries of {path.name} are left out, see "
            f"codebook.left_out; the first: '{entry}'{at}: {reason}"
        )
    return codebook


def write_codebook(
    codebook: Codebook, out: str | Path, *, format: str | None = None, language: str | None = None
) -> pd.DataFrame:
    """Write a codebook as our YAML or for another program.

    Parameters
    ----------
    codebook : Codebook
    out : str or Path
        The file; its ending says the format: ``.yml`` ours, ``.dic`` LIWC, ``.lc3`` Lexicoder,
        ``.cat`` WordStat, ``.ykd`` Yoshikoder, ``.csv`` a table.
    format : str, optional
        ``own liwc lexicoder wordstat yoshikoder quanteda csv``, whatever the ending.
    language : str, optional
        Which language's terms to write, where the format holds one and the codebook several.

    Returns
    -------
    DataFrame
        What the format could not hold, ``frame what``, seen by reading the file again; empty when
        nothing is lost (our own YAML).

    Raises
    ------
    InputError
        For an unknown format, or several languages where the format holds one.

    Examples
    --------
    >>> import tempfile
    >>> codebook = read_codebook("data/codebooks/generic-frames.yml")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     lost = write_codebook(codebook, folder + "/generic.csv")
    ...     again = read_codebook(folder + "/generic.csv")
    write_codebook: table (CSV) does not hold everything: color, definition
    >>> again.terms("de") == codebook.terms("de"), lost["what"].unique().tolist()
    (True, ['color', 'definition'])
    """
    out = Path(out)
    endings = {kind.suffix: name for name, kind in FORMATS.items()} | {
        ".yml": "own",
        ".yaml": "own",
    }
    name = format or endings.get(out.suffix.lower(), "")
    if name == "own":
        out.write_text(_own.write(codebook), encoding="utf-8", newline="\n")
        return _lost(codebook, read_own(out, out.read_bytes()), codebook.languages, ())
    kind = FORMATS.get(name)
    if kind is None or kind.write is None:
        raise InputError(
            f"unknown format '{name or out.suffix}' for '{out.name}'; allowed: "
            f"own, {', '.join(FORMATS)} (format=), or an ending: {', '.join(endings)}"
        )
    languages = codebook.languages
    if "languages" not in kind.holds:
        if language is None and len(languages) > 1:
            raise InputError(
                f"{kind.program} holds one language, the codebook has {', '.join(languages)}; "
                f"say which, e.g. language='{languages[0]}'"
            )
        languages = (language or languages[0],)
    elif language is not None:
        languages = (language,)
    codebook.terms(languages[0])  # refuses a language it lacks
    draft = draft_of(codebook, languages)
    if "exclusions" not in kind.holds:
        draft.entries = [entry for entry in draft.entries if entry.kind == "term"]
    text = kind.write(draft)
    try:
        data = text.encode(kind.encoding)
    except UnicodeEncodeError:
        data = text.encode("utf-8-sig")  # rather another encoding than lost letters
    out.write_bytes(data)
    again = codebook_of(
        kind.read(decode(data, None, out.name)),
        name=out.stem,
        language=languages[0],
        file=out.name,
        sha256="",
    )
    lost = _lost(codebook, again, languages, kind.holds)
    if len(lost):
        kinds = ", ".join(lost["what"].drop_duplicates())
        say(f"write_codebook: {kind.program} does not hold everything: {kinds}")
    return lost


def _lost(
    codebook: Codebook, again: Codebook, languages: tuple[str, ...], holds: tuple[str, ...]
) -> pd.DataFrame:
    """Frame by frame what the file read again does not say."""
    found = {path_of(frame): frame for frame in again.frames}
    flat = {" > ".join(path): frame for path, frame in found.items()}
    rows = [("", f"language {code}") for code in codebook.languages if code not in languages]
    own = not holds and again.content_hash == codebook.content_hash
    for frame in codebook.frames:
        path = path_of(frame)
        other = found.get(path) or flat.get(" > ".join(path))
        if own:
            continue
        if other is None:
            rows.append((frame.name, "frame"))
            continue
        for what in ("color", "definition", "source", "group", "negation_window"):
            if getattr(frame, what) != getattr(other, what):
                rows.append((frame.name, what.replace("_", " ")))
        for code in languages:
            for kind, ours, theirs in (
                ("term", frame.terms, other.terms),
                ("exclusion", frame.exclude, other.exclude),
            ):
                kept = set(theirs.get(code, ()))
                rows += [(frame.name, f"{kind} {t}") for t in ours.get(code, ()) if t not in kept]
            rules, kept_rules = frame.rules.get(code, {}), other.rules.get(code, {})
            rows += [
                (frame.name, f"rule of {term}")
                for term, rule in rules.items()
                if kept_rules.get(term) != rule
            ]
    return pd.DataFrame(rows, columns=["frame", "what"], dtype="str")
