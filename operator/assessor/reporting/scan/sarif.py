"""A scan as SARIF 2.1.0, as code-scanning services take it (OASIS, 2020).

A rule is a check. ``partialFingerprints`` keep a result the same one while lines move.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from assessor.catalogue.checklist import CONTROLS
from assessor.catalogue.checks import Check
from assessor.inventory.dockerfiles.places import Edits, Span
from assessor.kernel.severity import Severity
from assessor.reporting.scan.report import FileFindings, Located, Remark, Report

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_OUTSIDE = re.compile(r"[^A-Za-z0-9_.~/-]+")
"""What a path in a URI cannot hold as it is."""
FINGERPRINT = "assessorFinding/v1"
LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
SECURITY_SEVERITY = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.0",
    Severity.INFO: "0.0",
}
"""Code-scanning services sort by this property, on the scale of CVSS."""

Json = dict[str, Any]

_TITLES = {control.id: control.title for control in CONTROLS}


def chunks(report: Report) -> Iterator[str]:
    """The log's text piece by piece, as it is never held as a whole."""
    checks = sorted(report.checks)
    index = {check: number for number, check in enumerate(checks)}
    driver = {
        "name": "kube-assessor",
        "semanticVersion": report.version,
        "rules": [_rule(report.checks[each]) for each in checks],
    }
    yield (
        f'{{"$schema":{_text(SCHEMA)},"version":"2.1.0","runs":[{{"tool":{{"driver":{_text(driver)}}},'
        f'"columnKind":"unicodeCodePoints","invocations":[{_text(_invocation(report))}],"results":['
    )
    comma = ""
    for file in report.findings:
        for located in file.findings:
            yield f"{comma}\n{_text(_result(file, located, index))}"
            comma = ","
    yield "\n]}]}\n"


def _rule(check: Check) -> Json:
    short, _, _ = check.documentation.partition("\n\n")
    language, about = ("dockerfile", "docker") if check.at_build else ("yaml", "kubernetes")
    return {
        "id": check.id,
        "shortDescription": {"text": " ".join(short.split())},
        "fullDescription": {"text": check.documentation},
        "help": {
            "text": check.remediation,
            "markdown": f"{check.documentation}\n\n```{language}\n{check.remediation}\n```",
        },
        "defaultConfiguration": {"level": LEVELS[check.severity]},
        "properties": {
            "tags": ["security", about, check.control],
            "control": f"{check.control} {_TITLES[check.control]}",
            "security-severity": SECURITY_SEVERITY[check.severity],
        },
    }


def _result(file: FileFindings, located: Located, index: dict[str, int]) -> Json:
    finding = located.finding
    ref = finding.object
    name = "/".join(part for part in (ref.namespace, ref.kind, ref.name) if part)
    fixes = {"fixes": [_fix(file.file, finding.edits)]} if finding.edits else {}
    return {
        **fixes,
        "ruleId": finding.check,
        "ruleIndex": index[finding.check],
        "level": LEVELS[finding.severity],
        "message": {"text": f"{ref}: {finding.message}"},
        "locations": [
            {
                "physicalLocation": _place(file.file, located),
                "logicalLocations": [{"fullyQualifiedName": name, "kind": "resource"}],
            }
        ],
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
        "properties": {
            "control": finding.control,
            "severity": finding.severity.label,
            "path": finding.path,
            "container": finding.container,
            **({"stage": finding.stage} if finding.stage else {}),
        },
    }


def _place(file: str, located: Located) -> Json:
    place = located.finding.place
    if place is None:
        return _physical(file, located.line, located.column)
    return {"artifactLocation": {"uri": uri(file)}, "region": _region(place)}


def _region(span: Span) -> Json:
    """Where a region ends is behind its last character, as here."""
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _fix(file: str, edits: Edits) -> Json:
    replacements = [
        {"deletedRegion": _region(each.span), "insertedContent": {"text": each.text}}
        for each in edits
    ]
    change = {"artifactLocation": {"uri": uri(file)}, "replacements": replacements}
    return {"description": {"text": "Mend it"}, "artifactChanges": [change]}


def _invocation(report: Report) -> Json:
    return {
        "executionSuccessful": not report.faults,
        "toolExecutionNotifications": [
            *(_notification(each, "error") for each in report.faults),
            *(_notification(each, "warning") for each in report.warnings),
        ],
    }


def _notification(remark: Remark, level: str) -> Json:
    return {
        "level": level,
        "message": {"text": remark.text},
        "locations": [
            {"physicalLocation": _physical(remark.file, remark.line, remark.column)},
        ],
    }


def _physical(file: str, line: int, column: int) -> Json:
    region = {"region": {"startLine": line, "startColumn": column}} if line else {}
    return {"artifactLocation": {"uri": uri(file)}, **region}


def uri(file: str) -> str:
    """The file as a URI reference: relative ones are relative to where the scan was started."""
    return ("file://" if file.startswith("/") else "") + _OUTSIDE.sub(_percent, file)


def _percent(found: re.Match[str]) -> str:
    """RFC 3986: the bytes of UTF-8; a byte of a name that is no UTF-8 as it is."""
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "surrogateescape"))


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
