"""Imports that take optional packages wherever they find them, kept from those nobody needs."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(package: str) -> Iterator[None]:
    """An import of ``package`` fails inside, as where it is not installed; not if it is loaded."""
    absent = package not in sys.modules
    if absent:
        # None makes that import fail.
        sys.modules[package] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if absent:
            del sys.modules[package]
