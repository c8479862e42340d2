"""The bytes of a file; of standard input and of a pipe, which can be read only once."""

import sys
from functools import cache

from assessor.adapters.manifests.walking import STDIN, is_special


def read(file: str) -> bytes:
    """The content; OSError."""
    if file == STDIN:
        return _stdin()
    return _pipe(file) if is_read_once(file) else _content(file)


def is_read_once(file: str) -> bool:
    """Whether it is standard input, or a pipe such as a shell's ``<(kustomize build)``."""
    return file == STDIN or is_special(file)


@cache
def _stdin() -> bytes:
    return sys.stdin.buffer.read()


@cache
def _pipe(file: str) -> bytes:
    return _content(file)


def _content(file: str) -> bytes:
    with open(file, "rb") as opened:  # noqa: PTH123 - a Path takes as long as the reading itself
        return opened.read()
