"""The files that a command line names: files by themselves, directories by what is in them."""

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from assessor.adapters.dockerfiles.naming import is_dockerfile
from assessor.adapters.manifests.ignoring import Ignored
from assessor.kernel.errors import InputError

STDIN = "-"
SUFFIXES = (".yaml", ".yml", ".json")
"""What is looked into in directories; hidden files and directories are not."""


def files_of(paths: Sequence[str]) -> Iterator[str]:
    """Each file once, in order; InputError for a path that is not there.

    What a path names itself is taken even where an ignore file names it, too.
    """
    seen: set[str] = set()
    for path in paths:
        for file in _files(path):
            if file not in seen:
                seen.add(file)
                yield file


def _files(path: str) -> Iterator[str]:
    if path == STDIN:
        yield STDIN
    elif os.path.isdir(path):  # noqa: PTH112 - Path says no to what it may not look at, too
        yield from _walk(path)
    elif os.path.lexists(path):
        yield os.path.normpath(path)
    else:
        raise InputError(f"{path}: no such file or directory")


def _walk(directory: str) -> Iterator[str]:
    start = os.path.abspath(directory)  # noqa: PTH100 - ".." and links stay as they were named
    rules = {start: Ignored.above(Path(start)).within(Path(start))}
    for folder, folders, names in os.walk(start, onerror=_refuse):
        here = Path(folder)
        ignored = rules.pop(folder)
        folders[:] = sorted(
            each
            for each in folders
            if not each.startswith(".") and not ignored.leaves_out(here / each, folder=True)
        )
        rules |= {str(here / each): ignored.within(here / each) for each in folders}
        for name in sorted(names):
            if _is_candidate(name) and not ignored.leaves_out(here / name, folder=False):
                path = _named(directory, start, here / name)
                # A pipe or a device was not written to be applied, and might never end.
                if not is_special(path):
                    yield path


def is_special(path: str) -> bool:
    """Whether it is there and no regular file; what is not there is told when it is read."""
    try:
        return not stat.S_ISREG(os.stat(path).st_mode)  # noqa: PTH116 - asked of every file
    except OSError:
        return False


def _is_candidate(name: str) -> bool:
    return (name.endswith(SUFFIXES) or is_dockerfile(name)) and not name.startswith(".")


def _named(directory: str, start: str, path: Path) -> str:
    """The path as the command line began it."""
    return os.path.normpath(os.path.join(directory, path.relative_to(start)))  # noqa: PTH118


def _refuse(error: OSError) -> None:
    raise InputError(f"{error.filename}: {error.strerror}") from error
