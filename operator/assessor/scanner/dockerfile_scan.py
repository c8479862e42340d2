"""One Dockerfile scanned: read, judged, and what of it is not understood."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from assessor.adapters.manifests.places import UnreadableError
from assessor.adapters.manifests.reading import read
from assessor.adapters.manifests.streams import decoded
from assessor.analysis.dockerfiles.unknowns import Unknown, unknowns
from assessor.inventory.dockerfiles.files import Dockerfile
from assessor.inventory.kinds import Evidence
from assessor.inventory.meta import Meta
from assessor.inventory.snapshot import EvidenceGap, GapReason, Snapshot
from assessor.inventory.workloads import Namespace
from assessor.reporting.scan.report import Located, Remark
from assessor.scanner.file_scan import FileScan, shown
from assessor.scanner.judging import Judge, Tally

if TYPE_CHECKING:
    from assessor.adapters.dockerfiles.context import Contexts


class DockerfileScanner:
    """Scans one Dockerfile after the other, each by itself."""

    def __init__(self, judge: Judge, context: str | None) -> None:
        """``context``: the folder that the builds are given, where it is told."""
        self._judge = judge
        self._context = context
        self._contexts: Contexts | None = None

    def scan(self, file: str) -> FileScan:
        """Everything that the file tells; what cannot be read is a fault in it."""
        # Imported only where there is a Dockerfile: a manifest alone shall be scanned at once.
        from assessor.adapters.dockerfiles.context import Contexts  # noqa: PLC0415
        from assessor.adapters.dockerfiles.faults import DockerfileError  # noqa: PLC0415
        from assessor.adapters.dockerfiles.reading import read_dockerfile  # noqa: PLC0415

        scan = FileScan(shown(file))
        try:
            read_file = read_dockerfile(scan.file, decoded(read(file)))
        except OSError as error:
            scan.faults.append(Remark(scan.file, 0, 0, error.strerror or str(error)))
        except (UnreadableError, DockerfileError) as error:
            place = error.place
            scan.faults.append(Remark(scan.file, place.line, place.column, error.reason))
        else:
            self._contexts = self._contexts or Contexts(self._context)
            self._judged(scan, self._contexts.of(read_file, file))
        return scan

    def _judged(self, scan: FileScan, file: Dockerfile) -> None:
        scan.objects = 1
        found = list(unknowns(file))
        scan.warnings += [_warning(scan.file, each) for each in found]
        scan.findings += _located(self._judge, _snapshot(file, found), scan.tally)


def _snapshot(file: Dockerfile, found: list[Unknown]) -> Snapshot:
    """A world that holds this one file, with what of it is not understood as gaps."""
    gaps: dict[Evidence, EvidenceGap] = {}
    for each in found:
        gap = EvidenceGap(each.evidence, GapReason.NOT_EVALUATED, each.told)
        gaps.setdefault(each.evidence, gap)
    return Snapshot(Namespace(Meta("", "", "", {})), dockerfiles=(file,), gaps=gaps)


def _warning(file: str, unknown: Unknown) -> Remark:
    place = unknown.place
    line, column = (place.line, place.column) if place else (0, 0)
    return Remark(file, line, column, unknown.told)


def _located(judge: Judge, snapshot: Snapshot, tally: Tally) -> Iterator[Located]:
    for finding in judge.findings(snapshot, tally):
        place = finding.place
        yield Located(finding, *((place.line, place.column) if place else (1, 1)))
