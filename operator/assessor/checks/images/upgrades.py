"""IMAGE-03: upgrades of whatever there is."""

from collections.abc import Iterator

from assessor.analysis.dockerfiles.package_managers import action
from assessor.analysis.dockerfiles.packages import Action, Verb
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.dockerfile_checks import COMMANDS, Site, each_command, shown
from assessor.catalogue.wording import name_some
from assessor.inventory.dockerfiles.commands import Command
from assessor.kernel.severity import Severity


@check(
    "blanket-upgrade",
    control="IMAGE-03",
    severity=Severity.MEDIUM,
    over=Subjects.DOCKERFILES,
    needs=COMMANDS,
    remediation="""\
Leave the upgrade out, and build on a newer image instead, by its digest:
FROM debian:13.1-slim@sha256:…
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates=20250419""",
)
@each_command()
def blanket_upgrade(command: Command, site: Site) -> Iterator[Problem]:
    """A package manager upgrades everything: apt, apk, yum, dnf, zypper, pacman, npm, gem.

    Each build then holds other packages than the one that was tested, in a layer that repeats them.
    Source: the checklist; hadolint DL3005, DL3017, DL3031, DL3035, DL3039.
    """
    found = action(command)
    if found and found.verb is Verb.UPGRADE:
        told = f"{found.manager} {shown(found.verb_word)}"
        yield Problem(f"{told} upgrades everything", key=told, edits=site.removing(command))


@check(
    "newest-version",
    control="IMAGE-03",
    severity=Severity.LOW,
    over=Subjects.DOCKERFILES,
    needs=COMMANDS,
    remediation="""\
Name the version that was tested:
RUN pip install --no-cache-dir requests==2.32.5""",
)
@each_command()
def newest_version(command: Command, _: Site) -> Iterator[Problem]:
    """Named packages are taken as new as there are: `pip install -U x`, `yum update x`.

    That is an upgrade without a version, of these packages and what they need. With a version it
    is none.
    """
    found = action(command)
    if found is None or not found.newest:
        return
    loose = [p for p in found.packages if not p.pinned and not p.local and p.known]
    if loose:
        names = name_some(shown(package.word) for package in loose)
        yield Problem(f"{_called(found)} takes the newest {names}", key=f"{found.manager} {names}")


def _called(found: Action) -> str:
    return f"{found.manager} {shown(found.verb_word)}"
