"""Verdicts, findings and sums as JSON objects, spelt as in the resource's status."""

from collections.abc import Mapping
from typing import Any

from assessor.engine.assessment import Assessment, Finding, Result, SectionSummary, Verdict
from assessor.kernel.severity import Severity

Part = dict[str, Any]

COUNTED = {
    Result.PASS: "pass",
    Result.FAIL: "fail",
    Result.WAIVED: "waived",
    Result.UNKNOWN: "unknown",
    Result.NOT_APPLICABLE: "notApplicable",
    Result.ERROR: "error",
}


def counts(counted: Mapping[Result, int]) -> Part:
    """How many controls have which result."""
    return {name: counted[result] for result, name in COUNTED.items()}


def failing(assessment: Assessment) -> Part:
    """How many failing controls have which severity."""
    return {
        severity.label.lower(): assessment.failing[severity]
        for severity in sorted(Severity, reverse=True)
        if severity > Severity.INFO
    }


def section(summary: SectionSummary) -> Part:
    """One section's counts, and its score where there is one."""
    rendered: Part = {"name": summary.section.value} | counts(summary.counts)
    if summary.score is not None:
        rendered["score"] = summary.score
    return rendered


def verdict(verdict_: Verdict) -> Part:
    """One control's result; what was not looked at has no basis and no numbers."""
    rendered: Part = {
        "id": verdict_.control,
        "result": verdict_.result.value,
        "reason": verdict_.reason.value,
        "severity": verdict_.severity.label,
    }
    if verdict_.basis is not None:
        rendered |= {
            "basis": verdict_.basis.value,
            "evaluated": verdict_.evaluated,
            "failing": verdict_.failing,
        }
    if verdict_.message:
        rendered["message"] = verdict_.message
    return rendered


def finding(finding_: Finding) -> Part:
    """One problem, with texts of any length."""
    rendered: Part = {
        "check": finding_.check,
        "control": finding_.control,
        "severity": finding_.severity.label,
        "object": str(finding_.object),
        "message": finding_.message,
        "remediation": finding_.remediation,
        "fingerprint": finding_.fingerprint,
    }
    if finding_.path:
        rendered["path"] = finding_.path
    return rendered
