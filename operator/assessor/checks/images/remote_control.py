"""IMAGE-14: tools by which a machine is controlled from afar."""

from collections.abc import Iterator

from assessor.analysis.dockerfiles.tools import REMOTE_CONTROL, REMOTE_PROGRAMS
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.dockerfile_checks import COMMANDS, Site, each_command, shown, shown_text
from assessor.checks.images.shipping import shipped
from assessor.inventory.dockerfiles.commands import Command
from assessor.kernel.severity import Severity

_INSTEAD = """\
Leave it out. `kubectl exec` and `kubectl debug` reach a container, with RBAC and an audit log."""


@check(
    "remote-control-installed",
    control="IMAGE-14",
    severity=Severity.HIGH,
    over=Subjects.DOCKERFILES,
    needs=COMMANDS,
    remediation=_INSTEAD,
)
@each_command()
def remote_control_installed(command: Command, site: Site) -> Iterator[Problem]:
    """An SSH, Telnet, VNC or RDP server, TeamViewer or a shell in the browser is installed.

    Each has credentials of its own and no audit. Clients, such as openssh-client, are none. Stages
    that are not in the image do not count, unless the program is copied out of one.
    """
    for each in shipped(command, site, REMOTE_CONTROL.get):
        word = each.package.word
        yield Problem(f"{shown(word)} is installed", key=each.key, place=word.span)


@check(
    "remote-control-started",
    control="IMAGE-14",
    severity=Severity.HIGH,
    over=Subjects.DOCKERFILES,
    needs=COMMANDS,
    remediation=_INSTEAD,
)
@each_command("RUN", "CMD", "ENTRYPOINT")
def remote_control_started(command: Command, site: Site) -> Iterator[Problem]:
    """The image runs sshd, a VNC server or the like, or netcat that hands out a shell.

    Judged in CMD, ENTRYPOINT and RUN of the stages that are in the image.
    """
    if not site.in_image:
        return
    program = command.program
    if program in REMOTE_PROGRAMS:
        told = shown_text(program)
        yield Problem(f"{site.instruction.keyword} runs {told}", key=told)
    elif program in ("nc", "ncat", "netcat") and _hands_out(command):
        yield Problem(f"{program} hands out a shell", key=program)
    elif program in ("service", "systemctl", "rc-service", "rc-update") and _is_ssh(command):
        yield Problem(f"{program} starts an SSH server", key=program)


def _hands_out(command: Command) -> bool:
    letters = {letter for text in command.texts if text[:1] == "-" for letter in text[1:]}
    return bool(letters & {"e", "c"}) and "l" in letters


def _is_ssh(command: Command) -> bool:
    return any(text in ("ssh", "sshd", "ssh.service", "sshd.service") for text in command.texts)
