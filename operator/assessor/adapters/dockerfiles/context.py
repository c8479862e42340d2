"""The folder that a build is given: which it is, what it holds, what its ignore file leaves out."""

import os
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from assessor.adapters.dockerfiles.ignore_rules import IgnoreRules
from assessor.adapters.manifests.walking import STDIN
from assessor.analysis.dockerfiles.copying import local_sources
from assessor.inventory.dockerfiles.files import BuildContext, Dockerfile
from assessor.inventory.dockerfiles.sensitive import PROBES, sort_of

IGNORE_FILES = (".containerignore", ".dockerignore")
"""In a context's root; the file of a Dockerfile's own name, beside it, comes before both."""

MOST_ENTRIES = 10_000
"""Files and folders that are looked at."""

_MARKS = "*?[$"


class Contexts:
    """The folders of builds, each looked into once though many Dockerfiles may share it."""

    def __init__(self, told: str | None = None) -> None:
        """``told`` is the folder of all builds, where somebody named it."""
        self._told = told
        self._known: dict[tuple[Path, Path | None], BuildContext] = {}

    def of(self, file: Dockerfile, path: str) -> Dockerfile:
        """The Dockerfile with its context; as it is where nobody knows the folder."""
        if self._told is None and path == STDIN:
            return file
        try:
            root = Path(self._told) if self._told is not None else _root(file, Path(path).parent)
            ignore = _ignore_file(root, None if path == STDIN else Path(path))
            key = (root, ignore)
            if key not in self._known:
                self._known[key] = _context(root, ignore)
        except OSError:
            return file
        return replace(file, context=self._known[key])


def _root(file: Dockerfile, beside: Path) -> Path:
    """The folder in which what is copied is found, looking up to the repository's root.

    Of several as good the nearest to the Dockerfile; so its own where nothing is found at all.
    """
    wanted = {
        word.text.strip("/")
        for word in local_sources(file)
        if word.known and not any(mark in word.text for mark in _MARKS)
    }
    best, most = beside, -1
    for folder in _upwards(beside):
        count = sum((folder / each).exists() for each in wanted)
        if count > most:
            best, most = folder, count
    return best


def _upwards(folder: Path) -> Iterator[Path]:
    absolute = folder.absolute()
    for each in (absolute, *absolute.parents):
        yield each
        if (each / ".git").exists() or each == Path.cwd():
            return


def _context(root: Path, ignore: Path | None) -> BuildContext:
    rules = IgnoreRules(())
    if ignore is not None:
        text = ignore.read_text(encoding="utf-8", errors="replace")
        rules = IgnoreRules(text.splitlines())
    uncovered = tuple(
        sort
        for sort, probes in PROBES.items()
        if not all(rules.leaves_out(probe) for probe in probes)
    )
    name = ignore.name if ignore is not None else ""
    return BuildContext(name, rules.is_allow_list, uncovered, _present(root, rules))


def _ignore_file(root: Path, dockerfile: Path | None) -> Path | None:
    candidates = [root / name for name in IGNORE_FILES]
    if dockerfile is not None:
        candidates.insert(0, dockerfile.with_name(f"{dockerfile.name}.dockerignore"))
    return next((each for each in candidates if each.is_file()), None)


def _present(root: Path, rules: IgnoreRules) -> dict[str, str]:
    """The first sensitive file of each sort that the build would be given."""
    found: dict[str, str] = {}
    for path in _walk(root, rules):
        sort = sort_of(path)
        if sort and sort not in found and not rules.leaves_out(path):
            found[sort] = path
    return found


def _walk(root: Path, rules: IgnoreRules) -> Iterator[str]:
    """Paths in the context; folders that are left out as a whole are not looked into."""
    left = MOST_ENTRIES
    for folder, folders, names in os.walk(root):
        relative = os.path.relpath(folder, root)
        prefix = "" if relative == "." else f"{relative}/"
        folders.sort()
        yield from (f"{prefix}{name}" for name in (*folders, *sorted(names)))
        # A sensitive folder is told as one.
        folders[:] = [
            each
            for each in folders
            if not sort_of(f"{prefix}{each}")
            and (rules.keeps_some or not rules.leaves_out(f"{prefix}{each}"))
        ]
        left -= len(folders) + len(names)
        if left <= 0:
            return
