"""A scan for a person: file by file, with a line for each finding and a sum at the end."""

from collections.abc import Iterator

from assessor.kernel.severity import Severity
from assessor.reporting.bounds import bounded
from assessor.reporting.scan.report import FileFindings, Located, Remark, Report

LONGEST = 400
COLORS = {
    Severity.CRITICAL: "91;1",
    Severity.HIGH: "31",
    Severity.MEDIUM: "33",
    Severity.LOW: "36",
    Severity.INFO: "2",
}
"""Attributes of ECMA-48's SGR sequences."""

SKIPPED = {
    "customResources": "custom resources",
    "otherKinds": "of kinds without checks",
    "templates": "templates",
    "noObjects": "no Kubernetes objects",
}
"""How documents are called that were not judged."""

_BOLD = "1"


def chunks(report: Report, *, color: bool) -> Iterator[str]:
    """The table's text line by line."""
    yield from (f"{line}\n" for line in _lines(report, color=color))


def _lines(report: Report, *, color: bool) -> Iterator[str]:
    told: dict[str, str] = {}
    for file in report.findings:
        yield from _file(file, told, color=color)
    yield from _remediations(told, color=color)
    yield from _remarks("Cannot be read", report.faults, color=color)
    yield from _remarks("Worth a look", report.warnings, color=color)
    yield from _unknown(report)
    yield _sum(report, color=color)


def _file(file: FileFindings, told: dict[str, str], *, color: bool) -> Iterator[str]:
    yield _styled(_text(file.file), _BOLD, color=color)
    for located in file.findings:
        told.setdefault(located.finding.check, located.finding.remediation)
        yield _finding(located, color=color)
    yield ""


def _finding(located: Located, *, color: bool) -> str:
    finding = located.finding
    place = f"{located.line}:{located.column}"
    severity = _styled(f"{finding.severity.label:<8}", COLORS[finding.severity], color=color)
    path = f" ({finding.path})" if finding.path else ""
    told = _text(f"{finding.object}: {finding.message}{path}")
    return f"  {place:>8}  {severity}  {finding.control:<11}  {finding.check}  {told}"


def _remediations(told: dict[str, str], *, color: bool) -> Iterator[str]:
    if told:
        yield _styled("How to mend it", _BOLD, color=color)
    for check, remediation in sorted(told.items()):
        yield f"  {check}"
        yield from (f"    {line}" for line in remediation.splitlines())
    if told:
        yield ""


def _remarks(title: str, remarks: tuple[Remark, ...], *, color: bool) -> Iterator[str]:
    if remarks:
        yield _styled(title, _BOLD, color=color)
        yield from (f"  {place_of(each)}: {_text(each.text)}" for each in remarks)
        yield ""


def place_of(remark: Remark) -> str:
    """``file:line:column``, as editors and compilers spell it."""
    where = f":{remark.line}:{remark.column}" if remark.line else ""
    return _text(remark.file) + where


def _unknown(report: Report) -> Iterator[str]:
    partial = [each.control for each in report.controls if each.reason == "Partial"]
    if partial:
        yield (
            f"Unknown, as the files may not be all there is (--complete says that they are):"
            f" {', '.join(partial)}"
        )
    failed = [each for each in report.controls if each.result == "Error"]
    yield from (f"{each.control} could not be judged: {_text(each.message)}" for each in failed)


def _sum(report: Report, *, color: bool) -> str:
    counts = report.counts
    found = [
        _styled(f"{count} {severity.label}", COLORS[severity], color=color)
        for severity, count in counts.findings.items()
        if count
    ]
    skipped = [f"{count} {SKIPPED[why]}" for why, count in counts.skipped.items()]
    parts = (
        f"{counts.objects} objects in {counts.files} files",
        f"findings: {', '.join(found)}" if found else "no findings",
        f"{counts.in_baseline} in the baseline" if counts.in_baseline else "",
        f"skipped: {', '.join(skipped)}" if skipped else "",
        f"unreadable: {len(report.faults)}" if report.faults else "",
    )
    return "; ".join(part for part in parts if part)


def _text(text: str) -> str:
    """On one line, and without control sequences: names are anybody's to choose."""
    return bounded(text, LONGEST)


def _styled(text: str, attributes: str, *, color: bool) -> str:
    return f"\x1b[{attributes}m{text}\x1b[0m" if color else text
