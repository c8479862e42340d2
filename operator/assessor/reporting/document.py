"""The JSON document of one-shot commands: every verdict and every finding, nothing truncated."""

from collections.abc import Mapping
from typing import Any

from assessor.engine.assessment import Assessment
from assessor.reporting import parts

SCHEMA_VERSION = "1"
"""Raised when a field changes its meaning or goes; new fields do not raise it."""


def document(
    assessments: Mapping[str, Assessment], *, version: str, catalogue_version: str
) -> dict[str, Any]:
    """The document over ``assessments`` by namespace; ``version`` is the program's."""
    return {
        "schemaVersion": SCHEMA_VERSION,
        "assessor": version,
        "catalogue": catalogue_version,
        "namespaces": [_namespace(name, judged) for name, judged in assessments.items()],
    }


def _namespace(name: str, judged: Assessment) -> dict[str, Any]:
    return {
        "namespace": name,
        "compliant": {
            "status": judged.compliance.status,
            "reason": judged.compliance.reason,
            "message": judged.compliance.message,
        },
        "score": judged.score,
        "coverage": judged.coverage,
        "summary": parts.counts(judged.counts),
        "failing": parts.failing(judged),
        "sections": [parts.section(section) for section in judged.sections],
        "controls": [parts.verdict(verdict) for verdict in judged.verdicts],
        "findings": [parts.finding(finding) for finding in judged.findings],
        "evidenceGaps": [
            {"kind": gap.evidence.value, "reason": gap.reason.value, "message": gap.detail}
            for gap in judged.gaps
        ],
    }
