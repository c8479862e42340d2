"""What of a build is in its image: the last stage, what it is built on, and what it copies.

A stage that the last one is built on is in the image with all that it holds. Of one that is copied
from only the copied paths are, and what those stages had copied themselves.
"""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from posixpath import dirname, join, normpath

from msgspec import Struct

from assessor.inventory.dockerfiles.files import Dockerfile, Stage

EVERYTHING = "/"

_BINARIES = ("/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/local/sbin")


class Shipped(Struct, frozen=True):
    """``whole`` are indexes of stages; ``paths`` what is taken of other ones, by index."""

    whole: frozenset[int]
    paths: Mapping[int, tuple[str, ...]]

    def holds(self, stage: Stage, paths: Iterable[str] = ()) -> bool:
        """Whether the image has what a stage holds at one of these paths; all of it without any."""
        if stage.index in self.whole:
            return True
        taken = self.paths.get(stage.index, ())
        return any(covers(each, path) for each in taken for path in (tuple(paths) or (EVERYTHING,)))

    def holds_program(self, stage: Stage, program: str) -> bool:
        """Whether a program that is installed in a stage is in the image."""
        return self.holds(stage, (f"{folder}/{program}" for folder in _BINARIES))


def shipped(file: Dockerfile) -> Shipped:
    """What is in a Dockerfile's image; worked out once for all checks of a file."""
    known: Shipped | None = vars(file).get("shipped")
    if known is None:
        known = vars(file)["shipped"] = _shipped(file.stages)
    return known


def _shipped(stages: tuple[Stage, ...]) -> Shipped:
    whole = frozenset(chain(stages, len(stages) - 1))
    taken: dict[int, list[str]] = {}
    waiting = [each for index in whole for each in _copies(stages[index], EVERYTHING)]
    while waiting:
        index, path = waiting.pop()
        for below in chain(stages, index):
            if below in whole or path in taken.setdefault(below, []):
                continue
            taken[below].append(path)
            waiting += _copies(stages[below], path)
    return Shipped(whole, {index: tuple(sorted(paths)) for index, paths in taken.items()})


def chain(stages: tuple[Stage, ...], index: int) -> Iterator[int]:
    """A stage, the one that it is built on, and so on."""
    current: int | None = index
    while current is not None:
        yield current
        current = stages[current].base.stage


def covers(taken: str, path: str) -> bool:
    """Whether copying ``taken`` takes a path along."""
    ways = list(_upwards(normpath(path)))
    if normpath(taken) in ways:
        return True
    return any(char in taken for char in "*?[") and any(fnmatchcase(each, taken) for each in ways)


def _upwards(path: str) -> Iterator[str]:
    """A path and the folders that it is in."""
    yield path
    while path not in (EVERYTHING, "", "."):
        path = dirname(path)
        yield path


def _copies(stage: Stage, of: str) -> Iterator[tuple[int, str]]:
    """The stages and paths that a stage has copied to where ``of`` takes them along."""
    for number, base in stage.sources.items():
        made = stage.instructions[number]
        if base.stage is None or base.stage == stage.index or not made.words:
            continue
        target = absolute(made.words[-1].text, made.directory)
        if covers(of, target) or covers(target, of):
            for word in made.sources:
                yield base.stage, absolute(word.text, EVERYTHING)


def absolute(path: str, directory: str | None) -> str:
    """A path with the folder that it is relative to."""
    return normpath(join(directory or EVERYTHING, path))
