"""What scans files in one process: the judge and its checks, made once."""

import gc
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from assessor.adapters.dockerfiles.naming import is_dockerfile
from assessor.catalogue.checks import Check
from assessor.checks.loading import load
from assessor.inventory.kinds import Evidence
from assessor.reporting.scan.report import Located, Remark
from assessor.scanner.dockerfile_scan import DockerfileScanner
from assessor.scanner.file_scan import FileScan, FileScanner, shown
from assessor.scanner.judging import Judge
from assessor.scanner.settings import Settings, selected
from assessor.scanner.spool import encoded


class Kept(NamedTuple):
    """Findings as bytes, and what is told of them all.

    Their numbers by severity, each control's worst, and how many the baseline holds besides.
    """

    findings: bytes
    severities: dict[int, int]
    worst: dict[str, int]
    in_baseline: int


class Packed(NamedTuple):
    """A file's scan as bytes, which cross to another process at least cost, and its findings."""

    content: bytes
    kept: Kept

    @property
    def scan(self) -> FileScan:
        """The scan without its findings."""
        return _SCAN.decode(self.content)


_SCAN = msgspec.msgpack.Decoder(FileScan)


class Worker:
    """One process's scanner."""

    def __init__(self, settings: Settings) -> None:
        """``settings``: the scan's."""
        checks = selected(settings, load())
        self.settings = settings
        self._baseline = settings.baseline
        alone = [each for each in checks if each.alone and not each.at_build]
        judge = Judge(alone, settings.severities)
        self._scanner = FileScanner(judge, witnesses_of([c for c in checks if not c.alone]))
        at_build = Judge((each for each in checks if each.at_build), settings.severities)
        self._dockerfiles = DockerfileScanner(at_build, settings.context)

    def scan(self, file: str) -> Packed:
        """Scan a file. A bug ends that file alone, and is told."""
        try:
            dockerfile = is_dockerfile(file) or file in self.settings.dockerfiles
            scan = (self._dockerfiles if dockerfile else self._scanner).scan(file)
        except Exception as error:  # noqa: BLE001 - the other files shall be scanned
            told = f"internal error, please report it: {type(error).__name__}"
            scan = FileScan(shown(file), faults=[Remark(shown(file), 0, 0, told)])
        found, scan.findings = scan.findings, []
        return Packed(msgspec.msgpack.encode(scan), kept(found, self._baseline))


def witnesses_of(checks: Sequence[Check]) -> frozenset[Evidence]:
    """The kinds that the checks need to see of all files; ConfigMaps are big, and rarely one."""
    if not checks:
        return frozenset()
    needed = frozenset().union(*(check.needs for check in checks))
    return (frozenset(Evidence) - {Evidence.CONFIG_MAPS}) | needed


def kept(found: list[Located], baseline: frozenset[str]) -> Kept:
    """The findings without those of the baseline."""
    new = [each for each in found if each.finding.fingerprint not in baseline]
    counted = Counter(int(each.finding.severity) for each in new)
    worst: dict[str, int] = {}
    for each in sorted(new, key=lambda each: each.finding.severity):
        worst[each.finding.control] = int(each.finding.severity)
    return Kept(encoded(new), dict(counted), worst, len(found) - len(new))


def rest_garbage() -> None:
    """Look for garbage rarely: nearly all that a scan makes is freed without looking."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


_worker: list[Worker] = []
"""This process's own, once it has one."""


def begin(settings: Settings) -> None:
    """Make this process a worker, unless it was forked from one."""
    if not _worker or _worker[0].settings != settings:
        _worker[:] = [Worker(settings)]
    rest_garbage()


def scan_each(files: list[str]) -> list[Packed]:
    """Scan files in this process, which is a worker."""
    return [_worker[0].scan(file) for file in files]
