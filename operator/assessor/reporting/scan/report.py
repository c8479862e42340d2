"""What a scan of manifests came to: the input of every renderer."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from msgspec import Struct

from assessor.catalogue.checks import Check
from assessor.engine.assessment import Finding, Reason, Result
from assessor.kernel.severity import Severity


class Located(Struct, frozen=True, gc=False):
    """A finding and where it stands: line and column, from 1, of the field or its parent."""

    finding: Finding
    line: int
    column: int


class FileFindings(Struct, frozen=True):
    """All findings in one file, by line and then the worst first."""

    file: str
    findings: list[Located]


class Remark(Struct, frozen=True):
    """Something to say of a place in a file; line 0: of the file as a whole."""

    file: str
    line: int
    column: int
    text: str


class Judged(Struct, frozen=True):
    """What the files tell of one control; ``message`` says why it is not known."""

    control: str
    result: Result
    reason: Reason
    message: str = ""


class Counts(Struct, frozen=True):
    """What was looked at. ``skipped`` counts documents by why they were not judged."""

    files: int
    objects: int
    skipped: Mapping[str, int]
    findings: Mapping[Severity, int]
    in_baseline: int


class Findings(Protocol):
    """Findings that may be gone through several times, and are not all held at once."""

    def __iter__(self) -> Iterator[FileFindings]:
        """File by file, in the order of their names on the command line."""


class Report(Struct, frozen=True):
    """A scan's result. ``faults`` could not be read; ``warnings`` could, but may surprise.

    ``files`` are those that hold objects.
    """

    findings: Findings
    files: Iterable[str]
    faults: tuple[Remark, ...]
    warnings: tuple[Remark, ...]
    controls: tuple[Judged, ...]
    counts: Counts
    checks: Mapping[str, Check]
    fail_on: Severity | None
    version: str
    catalogue: str

    @property
    def failed(self) -> bool:
        """Whether there is a finding at or above the severity that fails the scan."""
        return self.fail_on is not None and any(
            count for severity, count in self.counts.findings.items() if severity >= self.fail_on
        )


def in_order(located: Located) -> tuple[object, ...]:
    """Sort key within a file."""
    finding = located.finding
    return (
        located.line,
        located.column,
        -finding.severity,
        finding.check,
        finding.container,
        finding.fingerprint,
    )
