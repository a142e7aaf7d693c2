"""Memory that is free goes back to the system.

The heap of Linux's C library keeps what Python's strings leave, and Arrow keeps what its columns
leave; neither uses the other's. After reading 100,000 articles 2.2 of 2.9 GiB are such remains.
"""

import ctypes
import sys
from collections.abc import Callable
from functools import cache, wraps
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")


def give_back() -> None:
    """Return what is free to the system; for moments when large tables have just gone."""
    if "pyarrow" in sys.modules:
        sys.modules["pyarrow"].default_memory_pool().release_unused()
    trim = _trim()
    if trim is not None:
        trim(0)


def gives_back(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """Decorate a function whose objects are many, and gone when it returns."""

    @wraps(function)
    def wrapped(*args: Given.args, **settings: Given.kwargs) -> Result:
        result = function(*args, **settings)
        give_back()
        return result

    return wrapped


@cache
def _trim() -> Callable[[int], int] | None:
    """`malloc_trim` where the C library has it (glibc)."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        return ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):
        return None
