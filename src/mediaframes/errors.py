"""The one error a researcher sees: what is wrong, where, and what to do next."""

from numbers import Integral


class InputError(ValueError):
    """Something in the files, settings or arguments must be mended by the researcher.

    The message names the offending value, the file and row where they are known, and the mend.
    It is a ``ValueError``, so code that catches those keeps working.

    Examples
    --------
    >>> raise InputError("no column holds the text; say columns={'text': ...}")
    Traceback (most recent call last):
    ...
    mediaframes.errors.InputError: no column holds the text; say columns={'text': ...}
    """


def check_kind(value: object, *kinds: type, verb: str, how: str) -> None:
    """Raise where a verb got another kind of value than it takes, most often of an earlier step.

    Examples
    --------
    >>> check_kind("data/raw", dict, verb="tokenize", how="read the articles first")
    Traceback (most recent call last):
    ...
    mediaframes.errors.InputError: tokenize takes dict, and was given str: read the articles first
    """
    if not isinstance(value, kinds):
        taken = " or ".join(kind.__name__ for kind in kinds)
        raise InputError(f"{verb} takes {taken}, and was given {type(value).__name__}: {how}")


def check_whole(value: object, name: str, *, least: int | None = 0) -> None:
    """Raise unless `value` is a whole number, such as a seed, from `least` where there is one.

    Examples
    --------
    >>> check_whole(2.5, "k", least=2)
    Traceback (most recent call last):
    ...
    mediaframes.errors.InputError: k=2.5 must be a whole number from 2
    """
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or (least is not None and value < least):  # type: ignore[operator]
        start = "" if least is None else f" from {least}"
        raise InputError(f"{name}={value!r} must be a whole number{start}")
