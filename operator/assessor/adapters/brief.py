"""Errors in words that may stand in a status."""

from assessor.kernel.errors import ApiStatusError


def brief(error: Exception) -> str:
    """The same for each attempt that fails in the same way: other words would be another status.

    The whole message goes into the log.
    """
    if isinstance(error, ApiStatusError):
        return f"{error.code} {error.reason}".rstrip()
    return "no usable answer"
