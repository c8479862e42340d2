"""A whole scan: files in, a report out."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from assessor import __version__
from assessor.adapters.manifests.places import UnreadableError
from assessor.adapters.manifests.reading import is_read_once, read
from assessor.adapters.manifests.streams import Chunk, Document, chunks_by_line, decoded
from assessor.catalogue.checklist import CATALOGUE_VERSION
from assessor.checks.loading import load
from assessor.engine.assessment import Finding
from assessor.kernel.severity import Severity
from assessor.reporting.scan.report import Counts, Located, Remark, Report
from assessor.scanner.file_scan import Origin, shown
from assessor.scanner.judging import Judge, Tally
from assessor.scanner.outcomes import outcomes
from assessor.scanner.placing import located
from assessor.scanner.settings import Settings, selected
from assessor.scanner.spool import Spool
from assessor.scanner.together import Part, Together
from assessor.scanner.working import Kept, Packed, Worker, kept, rest_garbage

T = TypeVar("T")
R = TypeVar("R")

WORTH_PROCESSES = 40
"""Files from which on starting processes takes less time than it saves."""


class Scan:
    """Takes in file by file what they came to, and sums it up."""

    def __init__(self, settings: Settings, spool: Spool) -> None:
        """``spool`` holds the findings."""
        rest_garbage()
        self._settings = settings
        self._spool = spool
        self._checks = selected(settings, load())
        together = [each for each in self._checks if not each.alone]
        self._together = Together(Judge(together, settings.severities), complete=settings.complete)
        self._files: list[str] = []
        self._with_objects: list[str] = []
        self._faults: list[Remark] = []
        self._warnings: list[Remark] = []
        self._tally = Tally()
        self._skipped: Counter[str] = Counter()
        self._severities: Counter[int] = Counter()
        self._worst: dict[str, int] = {}
        self._objects = 0
        self._in_baseline = 0

    def run(self, files: Sequence[str]) -> Iterator[str]:
        """Scan; yields each file when it is done."""
        for file, packed in zip(files, _scanned(files, self._settings), strict=True):
            self._files.append(file)
            self._take(packed)
            yield file
        self._judge_together()

    def report(self, fail_on: Severity | None) -> Report:
        """The sum, once ``run`` has come to its end."""
        counts = Counts(
            len(self._files),
            self._objects,
            dict(sorted(self._skipped.items())),
            {severity: self._severities[severity] for severity in sorted(Severity, reverse=True)},
            self._in_baseline,
        )
        return Report(
            self._spool,
            self._with_objects,
            tuple(self._faults),
            tuple(self._warnings),
            outcomes(self._settings, self._checks, self._tally, self._worst),
            counts,
            {check.id: check for check in self._checks},
            fail_on,
            __version__,
            CATALOGUE_VERSION,
        )

    def _take(self, packed: Packed) -> None:
        scan = packed.scan
        self._together.take(len(self._files) - 1, scan.witnesses)
        self._spool.begin(scan.file)
        if scan.objects:
            self._with_objects.append(scan.file)
        self._faults += scan.faults
        self._warnings += scan.warnings
        self._skipped.update(scan.skipped)
        self._objects += scan.objects
        self._tally.add(scan.tally)
        self._keep(scan.file, packed.kept)

    def _keep(self, file: str, found: Kept) -> None:
        self._severities.update(found.severities)
        self._in_baseline += found.in_baseline
        for control, severity in found.worst.items():
            self._worst[control] = max(severity, self._worst.get(control, 0))
        if found.severities:
            self._spool.add(file, found.findings)

    def _judge_together(self) -> None:
        parts = self._together.parts()
        for tally, found in _done(self._judge_parts, parts, by_forks=_worth_it(self._files)):
            self._tally.add(tally)
            for number, kept_ in found:
                self._keep(shown(self._files[number]), kept_)

    def _judge_parts(self, parts: Sequence[Part]) -> tuple[Tally, list[tuple[int, Kept]]]:
        """How far some parts were judged, and their findings by the files' numbers."""
        tally = Tally()
        by_file: dict[int, list[tuple[Finding, Origin]]] = {}
        for part in parts:
            for finding, place in self._together.judge(part, tally):
                by_file.setdefault(place.file, []).append((finding, place.origin))
        return tally, [
            (number, kept(list(_placed(self._files[number], found)), self._settings.baseline))
            for number, found in sorted(by_file.items())
        ]


def _done(work: Callable[[list[T]], R], items: list[T], *, by_forks: bool) -> Iterator[R]:
    if not by_forks or sys.platform != "linux":
        return iter([work(items)])
    from assessor.scanner.pool import in_forks  # noqa: PLC0415 - as below

    return in_forks(work, items)


def _worth_it(files: Sequence[str]) -> bool:
    """Whether processes are worth it, and can read the files again: a pipe is another's then."""
    return len(files) >= WORTH_PROCESSES and not any(map(is_read_once, files))


def _scanned(files: Sequence[str], settings: Settings) -> Iterator[Packed]:
    if not _worth_it(files):
        worker = Worker(settings)
        return map(worker.scan, files)
    # Imported only where it is worth it: one file shall be scanned at once.
    from assessor.scanner.pool import scan_in_processes  # noqa: PLC0415

    return scan_in_processes(files, settings)


def _placed(file: str, found: Iterable[tuple[Finding, Origin]]) -> Iterator[Located]:
    """The findings at their places; the file is read once more, as few are."""
    try:
        chunks = chunks_by_line(decoded(read(file)))
    except (OSError, UnreadableError):
        chunks = {}
    for finding, origin in found:
        # A file that has changed since it was scanned has nothing at that place.
        chunk = chunks.get(origin.lines, Chunk("", origin.lines))
        document = Document(None, chunk, origin.document, plain=origin.plain)
        yield located(finding, document, origin.at)
