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


def context_of(file: Dockerfile, path: str, told: str | None) -> Dockerfile:
    """The Dockerfile with its context; ``told`` is the folder where somebody named it."""
    if told is None and path == STDIN:
        return file
    beside = Path(path).parent
    try:
        root = Path(told) if told is not None else _root(file, beside)
        return replace(file, context=_context(root, None if path == STDIN else Path(path)))
    except OSError:
        return file


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


def _context(root: Path, dockerfile: Path | None) -> BuildContext:
    name, rules = _rules(root, dockerfile)
    uncovered = tuple(
        sort
        for sort, probes in PROBES.items()
        if not all(rules.leaves_out(probe) for probe in probes)
    )
    return BuildContext(name, rules.is_allow_list, uncovered, _present(root, rules))


def _rules(root: Path, dockerfile: Path | None) -> tuple[str, IgnoreRules]:
    candidates = [root / name for name in IGNORE_FILES]
    if dockerfile is not None:
        candidates.insert(0, dockerfile.with_name(f"{dockerfile.name}.dockerignore"))
    for candidate in candidates:
        if candidate.is_file():
            text = candidate.read_text(encoding="utf-8", errors="replace")
            return candidate.name, IgnoreRules(text.splitlines())
    return "", IgnoreRules(())


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
