"""A scan as one JSON document: docs/scan/schema.json describes it."""

from collections.abc import Iterator
from typing import Any

import msgspec

from assessor.inventory.dockerfiles.places import Edit
from assessor.reporting.scan.report import FileFindings, Located, Remark, Report

SCHEMA_VERSION = "1"
"""Raised when a field changes its meaning or goes; new fields do not raise it."""

Json = dict[str, Any]


def chunks(report: Report) -> Iterator[str]:
    """The document's text piece by piece, as it is never held as a whole."""
    yield "{" + ",".join(_member(name, value) for name, value in _head(report).items())
    yield ',"findings":['
    comma = ""
    for file in report.findings:
        for located in file.findings:
            yield f"{comma}\n{_text(finding(file, located))}"
            comma = ","
    yield "\n]}\n"


def _head(report: Report) -> Json:
    counts = report.counts
    return {
        "schemaVersion": SCHEMA_VERSION,
        "assessor": report.version,
        "catalogue": report.catalogue,
        "failOn": "never" if report.fail_on is None else report.fail_on.label,
        "failed": report.failed,
        "summary": {
            "files": counts.files,
            "objects": counts.objects,
            "skipped": dict(counts.skipped),
            "findings": {each.label.lower(): count for each, count in counts.findings.items()},
            "inBaseline": counts.in_baseline,
        },
        "errors": [_remark(each) for each in report.faults],
        "warnings": [_remark(each) for each in report.warnings],
        "controls": [
            {"id": each.control, "result": each.result.value, "reason": each.reason.value}
            | ({"message": each.message} if each.message else {})
            for each in report.controls
        ],
    }


def finding(file: FileFindings, located: Located) -> Json:
    """One finding; what it does not have is left out."""
    found = located.finding
    ref = found.object
    made: Json = {
        "control": found.control,
        "check": found.check,
        "severity": found.severity.label,
        "file": file.file,
        "line": located.line,
        "column": located.column,
        "object": {"group": ref.group, "kind": ref.kind, "name": ref.name},
        "message": found.message,
        "remediation": found.remediation,
        "fingerprint": found.fingerprint,
    }
    if ref.namespace:
        made["object"]["namespace"] = ref.namespace
    if found.container:
        made["container"] = found.container
    if found.stage:
        made["stage"] = found.stage
    if found.place:
        made["endLine"] = found.place.end_line
        made["endColumn"] = found.place.end_column
    if found.edits:
        made["replacements"] = [_replacement(each) for each in found.edits]
    if found.path:
        made["path"] = found.path
    if found.patch:
        made["patch"] = [{"path": each.path, "value": each.value} for each in found.patch]
    return made


def _replacement(edit: Edit) -> Json:
    span = edit.span
    return {
        "line": span.line,
        "column": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
        "text": edit.text,
    }


def _remark(remark: Remark) -> Json:
    place = {"line": remark.line, "column": remark.column} if remark.line else {}
    return {"file": remark.file, **place, "message": remark.text}


def _member(name: str, value: Any) -> str:
    return f"{_text(name)}:{_text(value)}"


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()
