"""The bytes of a file or of standard input, which can be read only once."""

import sys
from functools import cache

from assessor.adapters.manifests.walking import STDIN


def read(file: str) -> bytes:
    """The content; OSError."""
    if file == STDIN:
        return _stdin()
    with open(file, "rb") as opened:  # noqa: PTH123 - a Path takes as long as the reading itself
        return opened.read()


@cache
def _stdin() -> bytes:
    return sys.stdin.buffer.read()
