"""A folder of word lists: each text file is a category, each line a term, ``a|b`` two."""

from pathlib import Path

from mediaframes.errors import InputError
from mediaframes.frames.formats._draft import Draft, decode, refuse_binary

SKIPPED = ("license", "licence", "readme", "copying")  # what lies beside the lists


def read_folder(folder: Path, encoding: str | None) -> Draft:
    """The lists of a folder as a draft, by name of the file.

    Raises
    ------
    InputError
        Where the folder holds no ``.txt`` file.
    """
    paths = sorted(
        path
        for path in folder.glob("*.txt")
        if path.is_file() and not path.stem.lower().startswith(SKIPPED)
    )
    if not paths:
        raise InputError(f"the folder '{folder}' holds no word list; put one .txt file per frame")
    draft = Draft()
    for path in paths:
        data = path.read_bytes()
        refuse_binary(data, path.name)
        draft.categories[(path.stem,)] = ""
        for k, line in enumerate(decode(data, encoding, path.name).splitlines(), 1):
            for term in line.split("|"):
                if term.strip() and not line.startswith("#"):
                    draft.add((path.stem,), term.strip(), k)
    return draft
