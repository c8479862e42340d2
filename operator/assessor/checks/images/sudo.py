"""IMAGE-01: sudo in a build."""

from collections.abc import Iterator

from assessor.analysis.dockerfiles.package_managers import action
from assessor.analysis.dockerfiles.packages import Verb
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.dockerfile_checks import COMMANDS, Site, each_command, shown_text
from assessor.inventory.dockerfiles.commands import Command
from assessor.inventory.dockerfiles.places import Edit, Edits
from assessor.kernel.severity import Severity

_PLAIN_OPTIONS = frozenset({"-E", "-H", "-n", "-S", "--", "--preserve-env", "--set-home"})
"""Options without which a command runs the same while root runs the build."""


@check(
    "sudo-in-run",
    control="IMAGE-01",
    severity=Severity.MEDIUM,
    over=Subjects.DOCKERFILES,
    needs=COMMANDS,
    remediation="""\
Run the command itself, as root or as the user that USER names:
USER root
RUN apt-get update
USER 65532""",
)
@each_command()
def sudo_in_run(command: Command, site: Site) -> Iterator[Problem]:
    """A RUN calls sudo, also within `sh -c`, a pipe or a subshell.

    A build step runs as root, or as the user that USER names, which is where a change of user can
    be seen. Source: Docker, "Building best practices", USER; hadolint DL3004.
    """
    if command.program != "sudo":
        return
    started = next((c for c in site.instruction.commands if _is_started_by(command, c)), None)
    told = shown_text(started.program) if started else "a command"
    yield Problem(f"sudo runs {told}", key=told, edits=_without_sudo(command))


def _is_started_by(sudo: Command, command: Command) -> bool:
    inside = command.wrappers[-1:] == ("sudo",) and command.span.end == sudo.span.end
    return inside and len(command.words) < len(sudo.words)


def _without_sudo(command: Command) -> Edits:
    """Delete the word where nothing else than being root is asked of it."""
    position = 1
    while position < len(command.words) and command.words[position].text in _PLAIN_OPTIONS:
        position += 1
    if position >= len(command.words) or command.words[position].text.startswith("-"):
        return ()
    if "=" in command.words[position].text:
        return ()
    begin, end = command.words[0].span, command.words[position].span
    if begin.line != end.line:
        return ()
    return (Edit(begin.start.to(end.start), ""),)


@check(
    "sudo-installed",
    control="IMAGE-01",
    severity=Severity.LOW,
    over=Subjects.DOCKERFILES,
    needs=COMMANDS,
    remediation="Do not install sudo: let USER name the user that the image runs as.",
)
@each_command()
def sudo_installed(command: Command, site: Site) -> Iterator[Problem]:
    """The image gets sudo, which nothing in a container needs, and which is made to gain rights.

    Only the last stage and what it is built on count, and what is copied out of other ones.
    """
    found = action(command)
    if found is None or found.verb is not Verb.INSTALL:
        return
    for package in found.packages:
        if package.name == "sudo" and site.shipped.holds_program(site.stage, "sudo"):
            yield Problem("sudo is installed", key="sudo", place=package.word.span)
