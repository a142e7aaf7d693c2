"""The one error a researcher sees: what is wrong, where, and what to do next."""


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
