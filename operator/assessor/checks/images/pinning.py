"""IMAGE-04: packages of whatever version there is."""

from collections.abc import Iterator

from assessor.analysis.dockerfiles.package_managers import action
from assessor.analysis.dockerfiles.packages import Verb
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.dockerfile_checks import COMMANDS, Site, each_command, shown
from assessor.inventory.dockerfiles.commands import Command
from assessor.kernel.severity import Severity


@check(
    "unpinned-package",
    control="IMAGE-04",
    severity=Severity.MEDIUM,
    over=Subjects.DOCKERFILES,
    needs=COMMANDS,
    remediation="""\
Name the version of each package, or let a lock file name them:
RUN apt-get install -y --no-install-recommends nginx=1.26.3-3
RUN pip install --require-hashes -r requirements.lock
RUN npm ci""",
)
@each_command()
def unpinned_package(command: Command, _: Site) -> Iterator[Problem]:
    """A package is installed without a version, so that two builds are not the same.

    Judged for apt, apk, yum, dnf, zypper, pacman, pip, npm, gem and go. Files, requirements and
    lock files, and constraints are taken to pin. Of pacman no version can be asked: it would have
    to be a dated mirror. Source: hadolint DL3008, DL3013, DL3016, DL3018, DL3028, DL3033, DL3037,
    DL3041, DL3062.
    """
    found = action(command)
    if found is None or found.verb is not Verb.INSTALL:
        return
    for package in found.packages:
        if package.known and not package.pinned and not package.local:
            told = f"{found.manager} installs {shown(package.word)} of any version"
            key = f"{found.manager} {package.name}"
            yield Problem(told, key=key, place=package.word.span)
