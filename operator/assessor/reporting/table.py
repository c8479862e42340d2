"""Assessments for a terminal: what fails, how to mend it, and what nobody could judge."""

from collections.abc import Iterator, Mapping

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from assessor.engine.assessment import Assessment, Finding, Reason, Result, Verdict
from assessor.kernel.severity import Severity
from assessor.reporting.bounds import bounded

LONGEST_CELL = 2000
INDENT = 2

STYLES = {
    Severity.CRITICAL: "bold red",
    Severity.HIGH: "red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "cyan",
    Severity.INFO: "dim",
}
COMPLIANT_STYLES = {"True": "bold green", "False": "bold red", "Unknown": "bold yellow"}


def overview(assessments: Mapping[str, Assessment]) -> Table:
    """One line a namespace."""
    table = columns("NAMESPACE", "SCORE", "COMPLIANT", "FAIL", "UNKNOWN", "COVERAGE", "MESSAGE")
    for namespace, judged in assessments.items():
        table.add_row(
            cell(namespace),
            _percent(judged.score),
            _compliant(judged),
            cell(judged.counts[Result.FAIL]),
            cell(judged.counts[Result.UNKNOWN]),
            _percent(judged.coverage),
            cell(judged.compliance.message),
        )
    return table


def details(namespace: str, judged: Assessment) -> RenderableType:
    """Everything found in one namespace, worst first, and what stayed unknown."""
    return Group(*_details(namespace, judged))


def _details(namespace: str, judged: Assessment) -> Iterator[RenderableType]:
    yield Text.assemble("\nNamespace ", (bounded(namespace, LONGEST_CELL), "bold"))
    if judged.findings:
        yield Padding(_findings(judged.findings), (0, 0, 0, INDENT))
        yield Text("\n  How to mend it", style="bold")
        yield Padding(_remediations(judged.findings), (0, 0, 0, INDENT))
    else:
        yield Text("  No findings.")
    yield from _unknowns(judged)


def _findings(findings: tuple[Finding, ...]) -> Table:
    table = columns("SEVERITY", "CONTROL", "CHECK", "OBJECT", "FINDING")
    for finding in findings:
        severity = Text(finding.severity.label, style=STYLES[finding.severity])
        told = f"{finding.message} ({finding.path})" if finding.path else finding.message
        place = finding.object
        table.add_row(severity, cell(finding.control), cell(finding.check), cell(place), cell(told))
    return table


def _remediations(findings: tuple[Finding, ...]) -> Table:
    table = columns("CHECK", "REMEDIATION")
    for check, remediation in {each.check: each.remediation for each in findings}.items():
        table.add_row(cell(check), Text(bounded(remediation, LONGEST_CELL, lines=True)))
    return table


def _unknowns(judged: Assessment) -> Iterator[RenderableType]:
    unknown = [v for v in judged.verdicts if v.result in (Result.UNKNOWN, Result.ERROR)]
    without_check = [v for v in unknown if v.reason is Reason.NOT_AUTOMATED]
    for verdict in unknown:
        if verdict not in without_check:
            yield _unknown(verdict)
    for gap in judged.gaps:
        told = f"  Not readable: {gap.evidence} ({gap.reason}): {gap.detail}"
        yield Text(bounded(told, LONGEST_CELL), style="yellow")
    if without_check:
        yield Text(f"  Unknown because no check exists yet: {len(without_check)} controls.")


def _unknown(verdict: Verdict) -> Text:
    told = f"  {verdict.control} is {verdict.result} ({verdict.reason}): {verdict.message}"
    return Text(bounded(told, LONGEST_CELL), style="yellow")


def columns(*titles: str) -> Table:
    """A table without rows; where it is too wide the widest columns fold, and nothing is cut."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for title in titles:
        table.add_column(title, overflow="fold")
    return table


def cell(value: object) -> Text:
    """As plain text: a tenant's names are neither markup nor control sequences."""
    return Text(bounded(str(value), LONGEST_CELL))


def _percent(value: int | None) -> Text:
    return Text("-" if value is None else str(value))


def _compliant(judged: Assessment) -> Text:
    return Text(judged.compliance.status, style=COMPLIANT_STYLES[judged.compliance.status])
