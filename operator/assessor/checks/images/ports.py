"""IMAGE-07: ports that are exposed and need not, or must not be."""

from collections.abc import Iterator

from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.dockerfile_checks import INSTRUCTIONS, Site, each_instruction, shown
from assessor.inventory.dockerfiles.commands import Word
from assessor.inventory.dockerfiles.instructions import Instruction
from assessor.inventory.dockerfiles.places import Edit, Edits
from assessor.kernel.severity import Severity

HIGHEST = 65_535
MOST = 10
"""Ports of one image that are not many yet."""

REMOTE_ACCESS = {
    22: "SSH",
    23: "Telnet",
    512: "rexec",
    513: "rlogin",
    514: "rsh",
    2375: "Docker's API",
    2376: "Docker's API",
    3389: "RDP",
    5800: "VNC",
    5900: "VNC",
    5901: "VNC",
    5938: "TeamViewer",
    5985: "WinRM",
    5986: "WinRM",
    10000: "Webmin",
}
"""Ports of services that control a machine, by number."""


@check(
    "remote-access-port",
    control="IMAGE-07",
    severity=Severity.MEDIUM,
    over=Subjects.DOCKERFILES,
    needs=INSTRUCTIONS,
    remediation="""\
Expose what the application serves, and nothing to log in by; `kubectl exec` is logged and limited:
EXPOSE 8080""",
)
@each_instruction("EXPOSE")
def remote_access_port(expose: Instruction, site: Site) -> Iterator[Problem]:
    """A port of a service that controls machines is exposed: SSH, Telnet, RDP, VNC and the like.

    Source: trivy-checks, "Port 22 exposed".
    """
    if not site.in_image:
        return
    for word in expose.words:
        low, high = _range(word)
        for port, called in REMOTE_ACCESS.items():
            if low <= port <= high:
                told = f"port {port} of {called} is exposed"
                edits = without(expose, word) if low == high else ()
                yield Problem(told, key=str(port), place=word.span, edits=edits)


@check(
    "many-ports",
    control="IMAGE-07",
    severity=Severity.LOW,
    over=Subjects.DOCKERFILES,
    needs=INSTRUCTIONS,
    remediation="""\
Expose each port that the application serves, and only those:
EXPOSE 8080 9090""",
)
@each_instruction("EXPOSE")
def many_ports(expose: Instruction, site: Site) -> Iterator[Problem]:
    """A range of ports is exposed that is wider than any application needs.

    Ten are not many; some protocols do need a few.
    """
    if not site.in_image:
        return
    for word in expose.words:
        low, high = _range(word)
        if high - low >= MOST:
            told = f"{high - low + 1} ports are exposed: {shown(word)}"
            yield Problem(told, key=shown(word), place=word.span)


@check(
    "impossible-port",
    control="IMAGE-07",
    severity=Severity.LOW,
    over=Subjects.DOCKERFILES,
    needs=INSTRUCTIONS,
    remediation="""\
Ports go from 1 to 65535:
EXPOSE 8080""",
)
@each_instruction("EXPOSE")
def impossible_port(expose: Instruction, site: Site) -> Iterator[Problem]:
    """A number is exposed that is no port, so that nobody knows which one was meant.

    Source: hadolint DL3011.
    """
    for word in expose.words:
        if site.in_image and _range(word)[1] > HIGHEST:
            told = f"{shown(word)} is no port"
            yield Problem(told, key=shown(word), place=word.span, edits=without(expose, word))


def _range(word: Word) -> tuple[int, int]:
    """The first and the last port of a word; two that no port is between where it is not known."""
    ports = word.text.partition("/")[0].rpartition(":")[2]
    low, _, high = ports.partition("-")
    if not word.known or not low.isdecimal() or (high and not high.isdecimal()):
        return 1, 0
    return int(low), int(high or low)


def without(made: Instruction, word: Word) -> Edits:
    """Delete a word of an instruction, or the instruction where it has no other."""
    if len(made.words) == 1:
        return () if made.onbuild else (Edit(made.lines, ""),)
    position = made.words.index(word)
    if position == 0:
        return (Edit(word.span.start.to(made.words[1].span.start), ""),)
    return (Edit(made.words[position - 1].span.end.to(word.span.end), ""),)
