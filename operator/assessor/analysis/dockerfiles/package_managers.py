"""All package managers that are known, and what commands tell them to do."""

import re
from collections.abc import Iterator, Sequence

from assessor.analysis.dockerfiles.language_packages import LANGUAGES
from assessor.analysis.dockerfiles.packages import Action, Reader
from assessor.analysis.dockerfiles.system_packages import SYSTEM
from assessor.inventory.dockerfiles.commands import Command

READERS: dict[str, Reader] = {**SYSTEM, **LANGUAGES}
"""By the program's name."""

_VERSIONED = re.compile(r"(pip|python|gem)[0-9.]+")


def action(command: Command) -> Action | None:
    """What a command tells a package manager to do, None where it is no such command."""
    versioned = _VERSIONED.fullmatch(command.program)
    reader = READERS.get(versioned[1] if versioned else command.program)
    return reader(command) if reader else None


def actions(commands: Sequence[Command]) -> Iterator[Action]:
    """Each call of a package manager among commands."""
    for command in commands:
        found = action(command)
        if found:
            yield found
