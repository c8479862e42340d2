"""The bytes of a file or of standard input, which can be read only once."""

import sys
from functools import cache
from pathlib import Path

from assessor.adapters.manifests.walking import STDIN


def read(file: str) -> bytes:
    """The content; OSError."""
    return _stdin() if file == STDIN else Path(file).read_bytes()


@cache
def _stdin() -> bytes:
    return sys.stdin.buffer.read()
