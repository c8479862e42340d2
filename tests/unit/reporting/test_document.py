"""The JSON document and the tables of one-shot commands: all of it, and nothing invented."""

import io
import json

import msgspec
from rich.console import Console

from assessor.api.parsing import parse_spec
from assessor.catalogue.checklist import CONTROLS
from assessor.checks.loading import load
from assessor.controller.judge import Judge
from assessor.engine.assessment import Assessment
from assessor.inventory.kinds import Evidence
from assessor.inventory.meta import Meta
from assessor.inventory.snapshot import EvidenceGap, GapReason, Snapshot
from assessor.inventory.workloads import Namespace, ServiceAccount
from assessor.reporting.document import document
from assessor.reporting.table import details, overview

ESCAPE = "\N{ESCAPE}"


def judged(*accounts: str, gaps: dict[Evidence, EvidenceGap] | None = None) -> Assessment:
    """A namespace with service accounts and nothing else, judged."""
    snapshot = Snapshot(
        Namespace(Meta("payments", "", "", {})),
        service_accounts=tuple(ServiceAccount(Meta(name, "payments", "", {})) for name in accounts),
        gaps=gaps or {},
    )
    return Judge().assess(parse_spec({}), snapshot)


def shown(assessment: Assessment) -> str:
    """What a person sees."""
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(overview({"payments": assessment}), details("payments", assessment))
    return console.export_text()


def test_document_is_complete() -> None:
    """All 64 controls, and every finding however many there are."""
    assessment = judged(*(f"account-{number}" for number in range(300)))
    made = json.loads(
        msgspec.json.encode(document({"payments": assessment}, version="1", catalogue_version="2"))
    )
    assert made["schemaVersion"] == "1"
    (namespace,) = made["namespaces"]
    assert namespace["namespace"] == "payments"
    assert len(namespace["controls"]) == 64
    assert len(namespace["findings"]) == len(assessment.findings) >= 300
    assert namespace["compliant"]["status"] == "False"


def test_document_tells_what_was_not_readable() -> None:
    """A reader of the document alone sees which kinds are missing, and why."""
    gap = EvidenceGap(Evidence.PODS, GapReason.FORBIDDEN, "pods is forbidden")
    made = document(
        {"payments": judged(gaps={Evidence.PODS: gap})}, version="1", catalogue_version="2"
    )
    assert made["namespaces"][0]["evidenceGaps"] == [
        {"kind": "pods", "reason": "Forbidden", "message": "pods is forbidden"}
    ]


def test_table_names_every_finding_and_every_gap() -> None:
    """Objects, remediations, unreadable kinds and the number of controls without a check."""
    gap = EvidenceGap(Evidence.PODS, GapReason.FORBIDDEN, "pods is forbidden")
    text = shown(judged("spare", gaps={Evidence.PODS: gap}))
    assert "no-network-policy" in text
    assert "kind: NetworkPolicy" in text
    assert "Not readable: pods (Forbidden): pods is forbidden" in text
    assert "NET-01" in text
    automated = {check.control for check in load() if not check.at_build}
    unchecked = [each for each in CONTROLS if not each.cluster_only and each.id not in automated]
    assert f"Unknown because no check exists yet: {len(unchecked)} controls" in text


def test_table_shows_names_as_text() -> None:
    """What a tenant called something is neither markup nor a control sequence."""
    text = shown(judged(f"[red]{ESCAPE}[31mname"))
    assert "[red]\N{REPLACEMENT CHARACTER}[31mname" in text
    assert ESCAPE not in text
