"""IMAGE-08: tools that download or tunnel, in the image."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from assessor.analysis.dockerfiles.package_managers import actions
from assessor.analysis.dockerfiles.packages import Verb
from assessor.analysis.dockerfiles.tools import DOWNLOAD_PROGRAMS, DOWNLOADERS
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.dockerfile_checks import (
    COMMANDS,
    INSTRUCTIONS,
    Site,
    each_command,
    each_instruction,
    shown,
)
from assessor.checks.images.shipping import Shipped, shipped
from assessor.inventory.dockerfiles.commands import Command
from assessor.inventory.dockerfiles.files import Stage
from assessor.inventory.dockerfiles.instructions import Instruction
from assessor.inventory.dockerfiles.places import Edit, Edits
from assessor.kernel.severity import Severity

_BUILD_STAGE = """\
Download in a stage of its own, or let the builder do it, and copy the result:
FROM alpine:3.22 AS fetch
RUN apk add --no-cache curl=8.14.1-r2 && curl -fsSLo /tool https://example.com/tool
FROM gcr.io/distroless/static:nonroot
COPY --from=fetch /tool /tool"""


@check(
    "download-tool-installed",
    control="IMAGE-08",
    severity=Severity.MEDIUM,
    over=Subjects.DOCKERFILES,
    needs=COMMANDS,
    remediation=_BUILD_STAGE,
)
@each_command()
def download_tool_installed(command: Command, site: Site) -> Iterator[Problem]:
    """curl, wget, netcat, socat or the like is installed into the image.

    An intruder would have to bring it along. What the same RUN removes again does not count, nor do
    stages that are not in the image, unless the program is copied out of one. What the base image
    brings is not in the Dockerfile: an SBOM tells that.
    """
    for each in shipped(command, site, DOWNLOADERS.get):
        word, edits = each.package.word, _not_installed(each, site)
        yield Problem(f"{shown(word)} is installed", key=each.key, place=word.span, edits=edits)


def _not_installed(found: Shipped, site: Site) -> Edits:
    """Leave the package out of the list, where no step calls its program."""
    words, package = found.action.command.words, found.package
    position = words.index(package.word)
    single = sum(word.span == package.word.span for word in words) == 1
    # In an exec form and in a script within a word, words are separated by more than blanks.
    plain = not site.instruction.exec_form and not site.instruction.not_understood
    several = len(found.action.packages) > 1
    if not (plain and several and single) or _is_called(found.program, site):
        return ()
    return (Edit(words[position - 1].span.end.to(package.word.span.end), ""),)


def _is_called(program: str, site: Site) -> bool:
    return any(
        command.program == program
        for stage in site.file.stages
        for each in stage.instructions
        for command in each.commands
    )


@check(
    "download-tool-used",
    control="IMAGE-08",
    severity=Severity.MEDIUM,
    over=Subjects.DOCKERFILES,
    needs=COMMANDS,
    remediation=_BUILD_STAGE,
)
@each_command("RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK")
def download_tool_used(command: Command, site: Site) -> Iterator[Problem]:
    """A step calls curl, wget, netcat or the like, which the base image brings: it is in the image.

    Where a RUN of the same stage installs it, that is told there and not once more. trivy-checks
    and hadolint DL4001 ask for one of curl and wget; the checklist asks for neither.
    """
    program = command.program
    if program not in DOWNLOAD_PROGRAMS or not site.shipped.holds_program(site.stage, program):
        return
    if any(_installs(stage, program) for stage in _below(site)):
        return
    yield Problem(f"{site.instruction.keyword} calls {program}", key=program)


def _below(site: Site) -> Iterator[Stage]:
    """The stage and those that it is built on."""
    current: Stage | None = site.stage
    while current is not None:
        yield current
        base = current.base.stage
        current = None if base is None else site.file.stages[base]


def _installs(stage: Stage, program: str) -> bool:
    return any(
        found.verb is Verb.INSTALL
        and any(DOWNLOADERS.get(package.name) == program for package in found.packages)
        for instruction in stage.instructions
        for found in actions(instruction.commands)
    )


@check(
    "download-tool-copied",
    control="IMAGE-08",
    severity=Severity.MEDIUM,
    over=Subjects.DOCKERFILES,
    needs=INSTRUCTIONS,
    remediation=_BUILD_STAGE,
)
@each_instruction("COPY", "ADD")
def download_tool_copied(made: Instruction, site: Site) -> Iterator[Problem]:
    """curl, wget, netcat or the like is copied into the image, by the name of the file.

    From the build's folder, from another stage or from another image: an intruder finds it there.
    """
    if not site.in_image:
        return
    for source in made.sources:
        name = PurePosixPath(source.text).name
        if name in DOWNLOAD_PROGRAMS:
            yield Problem(f"{shown(source)} is copied", key=name, place=source.span)
