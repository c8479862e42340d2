"""A scan as Markdown, for a comment on a change or a job's summary."""

from collections.abc import Iterator

from assessor.reporting.bounds import bounded
from assessor.reporting.scan.report import FileFindings, Remark, Report
from assessor.reporting.scan.table import SKIPPED, place_of

LONGEST = 400
_ESCAPED = str.maketrans({each: f"\\{each}" for each in "\\`*_[]<>|#"})


def chunks(report: Report) -> Iterator[str]:
    """The text piece by piece."""
    counts = report.counts
    yield "# Scan by kube-assessor\n\n"
    yield f"{counts.objects} objects in {counts.files} files. "
    yield f"**{'Failed' if report.failed else 'Passed'}**"
    yield f", failing on {report.fail_on.label} and above.\n\n" if report.fail_on else ".\n\n"
    yield "| severity | findings |\n|---|---|\n"
    for severity, count in counts.findings.items():
        yield f"| {severity.label} | {count} |\n"
    if counts.in_baseline:
        yield f"\n{counts.in_baseline} findings are in the baseline.\n"
    if counts.skipped:
        told = (f"{count} {SKIPPED[why]}" for why, count in counts.skipped.items())
        yield f"\nSkipped: {', '.join(told)}.\n"
    for file in report.findings:
        yield from _file(file)
    yield from _remarks("Cannot be read", report.faults)
    yield from _remarks("Worth a look", report.warnings)


def _file(file: FileFindings) -> Iterator[str]:
    yield f"\n## {_text(file.file)}\n\n| line | severity | control | check | finding |\n"
    yield "|---|---|---|---|---|\n"
    for located in file.findings:
        found = located.finding
        told = _text(f"{found.object}: {found.message}")
        place = f"{located.line}:{located.column}"
        yield (f"| {place} | {found.severity.label} | {found.control} | {found.check} | {told} |\n")


def _remarks(title: str, remarks: tuple[Remark, ...]) -> Iterator[str]:
    if remarks:
        yield f"\n## {title}\n\n"
        yield from (f"- {_escaped(place_of(each))}: {_text(each.text)}\n" for each in remarks)


def _text(text: str) -> str:
    """As text: names are anybody's to choose."""
    return _escaped(bounded(text, LONGEST))


def _escaped(text: str) -> str:
    return text.translate(_ESCAPED)
