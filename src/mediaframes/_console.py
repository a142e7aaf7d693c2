"""Messages and progress bars: shown to a person, silent in files and pipes."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")

_listening: list[list[str]] = []


def say(message: str) -> None:
    """Print one line about what happened to the data (also kept in an executed notebook)."""
    for messages in _listening:
        messages.append(message)
    print(message)


@contextmanager
def heard() -> Iterator[list[str]]:
    """What is said inside, as a list; it is printed all the same.

    Examples
    --------
    >>> with heard() as messages:
    ...     say("two articles have no date")
    two articles have no date
    >>> messages
    ['two articles have no date']
    """
    messages: list[str] = []
    _listening.append(messages)
    try:
        yield messages
    finally:
        _listening.remove(messages)


def _someone_watches() -> bool:
    if os.environ.get("MEDIAFRAMES_OUT"):  # a study runs unattended: its pages must not hold bars
        return False
    in_notebook = "ipykernel" in sys.modules and not sys.stderr.isatty()
    return in_notebook or sys.stderr.isatty()


def progress(items: Iterable[Item], label: str, *, total: int | None = None) -> Iterator[Item]:
    """Pass `items` on, with a progress bar where someone watches.

    Parameters
    ----------
    items : iterable
        What is worked on.
    label : str
        What is done, e.g. ``"cleaning"``.
    total : int, optional
        How many there are, where `items` cannot tell.

    Examples
    --------
    >>> list(progress([1, 2, 3], "counting"))
    [1, 2, 3]
    """
    if not _someone_watches():
        yield from items
        return
    from tqdm.auto import tqdm

    # bars that would be gone within two seconds only flicker
    yield from tqdm(items, desc=label, total=total, delay=2, leave=False)
