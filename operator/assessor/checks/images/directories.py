"""IMAGE-11: working directories that one cannot see."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.dockerfile_checks import (
    COMMANDS,
    INSTRUCTIONS,
    Site,
    each_command,
    each_instruction,
    shown,
)
from assessor.inventory.dockerfiles.commands import Command
from assessor.inventory.dockerfiles.instructions import Instruction
from assessor.inventory.dockerfiles.places import Edit, Edits
from assessor.kernel.severity import Severity


@check(
    "relative-workdir",
    control="IMAGE-11",
    severity=Severity.LOW,
    over=Subjects.DOCKERFILES,
    needs=INSTRUCTIONS,
    remediation="""\
Write the whole path:
WORKDIR /app/src""",
)
@each_instruction("WORKDIR")
def relative_workdir(workdir: Instruction, _: Site) -> Iterator[Problem]:
    """A WORKDIR is relative to another one, which may stand anywhere above it or in the base image.

    Source: Docker, "Building best practices", WORKDIR; hadolint DL3000.
    """
    for word in workdir.words:
        text = word.text
        windows = text[1:2] == ":"
        if not word.known or text.startswith(("/", "\\")) or windows or not text:
            continue
        edits: Edits = ()
        if workdir.directory is not None and _is_plain(text):
            edits = (Edit(word.span, str(PurePosixPath(workdir.directory, text))),)
        yield Problem(f"{shown(word)} is relative", key=shown(word), place=word.span, edits=edits)


@check(
    "cd-in-run",
    control="IMAGE-11",
    severity=Severity.LOW,
    over=Subjects.DOCKERFILES,
    needs=COMMANDS,
    remediation="""\
Let WORKDIR say where the next instructions work, or name the folder to the command:
WORKDIR /src
RUN make
RUN make -C /src""",
)
@each_command()
def cd_in_run(command: Command, site: Site) -> Iterator[Problem]:
    """A RUN changes its directory by cd, which ends with it, and which one has to look for.

    Source: Docker, "Building best practices", WORKDIR; hadolint DL3003.
    """
    if command.program not in ("cd", "pushd") or not command.arguments:
        return
    target = shown(command.arguments[0])
    yield Problem(f"cd {target}", key=target, edits=_as_workdir(command, site))


def _as_workdir(command: Command, site: Site) -> Edits:
    """WORKDIR around the RUN, where the cd is its beginning and the way back is known."""
    run, target = site.instruction, command.arguments[0]
    first = run.commands[0] == command and command.program == "cd" and len(command.arguments) == 1
    begins = (command.span.line, command.span.column) == (run.text.line, run.text.column)
    plain = target.known and PurePosixPath(target.text).is_absolute() and _is_plain(target.text)
    others = any(each.program in ("cd", "pushd", "popd") for each in run.commands[1:])
    unfit = others or run.onbuild or run.heredocs
    if unfit or not (first and begins and plain and command.removal):
        return ()
    following = site.stage.instructions[site.index + 1 :][:1]
    if following and following[0].keyword == "WORKDIR" and not following[0].onbuild:
        back = ""
    elif run.directory is None or not _is_plain(run.directory):
        return ()
    else:
        back = f"\nWORKDIR {run.directory}"
    head = Edit(run.head.start, f"WORKDIR {target.text}\n")
    return (head, command.removal, *((Edit(run.span.end, back),) if back else ()))


def _is_plain(path: str) -> bool:
    return all(char.isalnum() or char in "/._-" for char in path)
