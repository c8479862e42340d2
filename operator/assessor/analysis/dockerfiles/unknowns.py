"""What of a Dockerfile is not understood, or is told only when it is built."""

from collections.abc import Iterator

from msgspec import Struct

from assessor.analysis.dockerfiles.package_managers import actions
from assessor.analysis.dockerfiles.packages import Verb
from assessor.inventory.dockerfiles.files import Dockerfile, Stage
from assessor.inventory.dockerfiles.instructions import Instruction
from assessor.inventory.dockerfiles.places import Span
from assessor.inventory.kinds import Evidence


class Unknown(Struct, frozen=True):
    """Evidence that a part of the file does not give; ``place`` is None for the file as a whole."""

    evidence: Evidence
    told: str
    place: Span | None = None


def unknowns(file: Dockerfile) -> Iterator[Unknown]:
    """In the order in which they stand there."""
    for stage in file.stages:
        yield from _bases(stage)
        for instruction in stage.instructions:
            yield from _commands(instruction)
    if file.context is None:
        told = "nobody knows which folder the build is given; --context names it"
        yield Unknown(Evidence.BUILD_CONTEXTS, told)


def _bases(stage: Stage) -> Iterator[Unknown]:
    for base in (stage.base, *stage.sources.values()):
        if not base.known and base.stage is None:
            told = "the image is not known: an argument without a default is part of its name"
            yield Unknown(Evidence.BASE_IMAGES, told, base.span)


def _commands(instruction: Instruction) -> Iterator[Unknown]:
    if instruction.not_understood:
        told = f"what {instruction.keyword} does is not known: {instruction.not_understood}"
        yield Unknown(Evidence.BUILD_COMMANDS, told, instruction.span)
    for action in actions(instruction.commands):
        if action.verb is Verb.INSTALL:
            for package in action.packages:
                if not package.known and not package.pinned and not package.local:
                    told = "which packages are installed is told only when it is built"
                    yield Unknown(Evidence.BUILD_COMMANDS, told, package.word.span)
                    break
