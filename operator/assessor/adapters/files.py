"""Files that may change while they are in use, and that were read as one set."""

import os
from typing import NamedTuple

from assessor.kernel.errors import CredentialsError


class Stamp(NamedTuple):
    """What tells one version of a file from another without reading it.

    A mounted volume changes by swapping a symbolic link, so the inode is part of it.
    """

    modified_ns: int
    inode: int
    size: int


class FileSet:
    """Remembers each file that was used, as it was before it was read."""

    def __init__(self) -> None:
        """Start with none."""
        self._stamps: dict[str, Stamp] = {}

    def use(self, path: str) -> Stamp:
        """Note a file that somebody else will read; CredentialsError where it is missing."""
        try:
            stamp = _stamp(path)
        except OSError as error:
            raise CredentialsError(f"{path}: {error.strerror}") from error
        self._stamps[path] = stamp
        return stamp

    def read(self, path: str) -> str:
        """Read a file; CredentialsError where it cannot be read."""
        self.use(path)
        try:
            with open(path, encoding="utf-8") as file:  # noqa: PTH123 - paths stay strings here
                return file.read()
        except UnicodeDecodeError as error:
            raise CredentialsError(f"{path}: is not UTF-8 text") from error
        except OSError as error:
            raise CredentialsError(f"{path}: {error.strerror}") from error

    def unchanged(self) -> bool:
        """Whether all files are those that were used; a missing one is a change."""
        try:
            return all(_stamp(path) == stamp for path, stamp in self._stamps.items())
        except OSError:
            return False


def _stamp(path: str) -> Stamp:
    status = os.stat(path)  # noqa: PTH116 - asked for each request: half the price of Path.stat
    return Stamp(status.st_mtime_ns, status.st_ino, status.st_size)
