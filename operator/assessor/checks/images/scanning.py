"""IMAGE-16: scanners that are told to say nothing."""

from collections.abc import Iterator

from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.dockerfile_checks import ALL, shown_text
from assessor.inventory.dockerfiles.files import Dockerfile
from assessor.inventory.dockerfiles.places import Edit
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.severity import Severity


@check(
    "scanner-silenced",
    control="IMAGE-16",
    severity=Severity.LOW,
    over=Subjects.DOCKERFILES,
    needs=ALL,
    remediation="""\
Except single lines, each with its reason, and leave the rest to be scanned:
# hadolint ignore=DL3008 -- the distribution keeps one version only
RUN apt-get install -y --no-install-recommends ca-certificates""",
)
def scanner_silenced(file: Dockerfile, _: Snapshot) -> Iterator[Problem]:
    """A comment tells a scanner to pass over the whole file: hadolint, BuildKit, KICS and others.

    That this scan read the file, and understood it, is what else the control asks for. So it passes
    only where nothing in it is unknown; the scan's JSON, signed, is the attestation.
    """
    for pragma in file.pragmas:
        told = f"{pragma.scanner} is not to tell {shown_text(pragma.silenced)}"
        edits = (Edit(pragma.span, "#"),)
        yield Problem(told, key=pragma.scanner, place=pragma.span, edits=edits)
