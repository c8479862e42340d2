"""The CRD as the API server takes it: structural, strict, and readable in a table."""

import datetime as dt
import json
from typing import Any

import pytest

from assessor.api.parsing import parse_spec
from assessor.controller.judge import Judge
from assessor.inventory.kinds import Evidence
from assessor.inventory.meta import Meta
from assessor.inventory.snapshot import EvidenceGap, GapReason, Snapshot
from assessor.inventory.workloads import Namespace, ServiceAccount
from tests.integration.kube import ASSESSMENTS, Json, Kube, assessment, condition

CRD = (
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/securityassessments.kube-assessor.dev"
)

STRICT = "fieldValidation=Strict"

MAXIMAL: Json = {
    "profile": "full",
    "failOn": "Medium",
    "controls": {
        "include": ["NET-*", "AUTHZ-02"],
        "exclude": ["IMAGE-*"],
        "severities": {"WORKLOAD-09": "Low", "NET-01": "Critical"},
    },
    "interval": "1h30m",
    "suspend": True,
    "reporting": {"events": "Transitions", "maxFindings": 200},
}

TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"


def test_crd_is_established_and_structural(kube: Kube) -> None:
    """The API server serves the kind and finds nothing to complain of in its schema."""
    status = kube.call("GET", CRD)["status"]
    assert condition(status, "Established")["status"] == "True"
    assert condition(status, "NamesAccepted")["status"] == "True"
    assert condition(status, "NonStructuralSchema") == {}


def test_maximal_object_has_every_field(kube: Kube) -> None:
    """What the schema describes is in it, at any depth, so that the round trip leaves out none."""
    (version,) = kube.call("GET", CRD)["spec"]["versions"]
    described = version["schema"]["openAPIV3Schema"]["properties"]["spec"]
    assert fields(described) == written(MAXIMAL)


def fields(schema: Json, place: str = "") -> set[str]:
    """The places of a schema's properties."""
    inner = (
        fields(part, f"{place}.{name}") | {f"{place}.{name}"}
        for name, part in schema.get("properties", {}).items()
    )
    return set().union(*inner)


def written(value: Any, place: str = "") -> set[str]:
    """The places of an object's fields; a map's keys are data, and no fields."""
    if not isinstance(value, dict) or place == ".controls.severities":
        return set()
    inner = (written(part, f"{place}.{name}") | {f"{place}.{name}"} for name, part in value.items())
    return set().union(*inner)


def test_maximal_object_round_trips(kube: Kube, namespace: str) -> None:
    """Every field of the spec is kept as it was written, by create and by strict apply."""
    made = kube.call("POST", ASSESSMENTS.format(namespace), assessment("maximal", **MAXIMAL))
    assert made["spec"] == MAXIMAL
    path = f"{ASSESSMENTS.format(namespace)}/maximal?fieldManager=t&force=true&{STRICT}"
    applied = kube.call(
        "PATCH",
        path,
        assessment("maximal", **MAXIMAL),
        content_type="application/apply-patch+yaml",
    )
    assert applied["spec"] == MAXIMAL


def test_maximal_status_round_trips(kube: Kube, namespace: str) -> None:
    """A status as large as they come is taken as it is: nothing pruned, refused or filled in."""
    names = [f"{number:03}-{'ä' * 240}" for number in range(400)]
    accounts = tuple(ServiceAccount(Meta(name, namespace, "", {})) for name in names)
    gap = EvidenceGap(
        Evidence.SERVICES, GapReason.FORBIDDEN, "services is forbidden: " + "x" * 5000
    )
    view = Namespace(Meta(namespace, "", "", {}))
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    status = Judge().status(
        parse_spec({"profile": "full", "reporting": {"maxFindings": 200}}),
        Snapshot(view, service_accounts=accounts, gaps={gap.evidence: gap}),
        generation=1,
        previous={},
        now=now,
        next_at=now,
    )
    assert len(json.dumps(status, ensure_ascii=False).encode()) > 60_000
    assert status["truncated"] > 0
    kube.assess(namespace, "maximal", suspend=True)
    path = f"{ASSESSMENTS.format(namespace)}/maximal/status?fieldManager=t&force=true&{STRICT}"
    written = assessment("maximal") | {"status": status}
    del written["spec"]
    kept = kube.call("PATCH", path, written, content_type="application/apply-patch+yaml")
    assert kept["status"] == status


def test_minimal_object_gets_the_documented_defaults(kube: Kube, namespace: str) -> None:
    """An empty spec means restricted, High, hourly, with Events and 50 findings."""
    spec = kube.assess(namespace)["spec"]
    assert spec["profile"] == "restricted"
    assert spec["failOn"] == "High"
    assert spec["interval"] == "1h"
    assert spec["suspend"] is False
    assert spec["reporting"] == {"events": "Transitions", "maxFindings": 50}


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ({"failOn": "Terrible"}, "spec.failOn"),
        ({"interval": "30d"}, "spec.interval"),
        ({"interval": "10s"}, "spec.interval"),
        ({"interval": "721h"}, "spec.interval"),
        ({"reporting": {"maxFindings": 201}}, "spec.reporting.maxFindings"),
        ({"controls": {"include": ["net 01!"]}}, "spec.controls.include"),
        ({"controls": {"severities": {"whatever": "Low"}}}, "spec.controls.severities"),
        ({"controls": {"severities": {"NET-01": "Awful"}}}, "spec.controls.severities"),
        ({"profile": "Not A Name"}, "spec.profile"),
        ({"suspend": "yes"}, "spec.suspend"),
    ],
)
def test_bad_spec_is_refused_with_its_field(
    kube: Kube, namespace: str, spec: dict[str, Any], told: str
) -> None:
    """What cannot be meant is refused by the API server, which names the field."""
    code, answer = kube.plane.request("POST", ASSESSMENTS.format(namespace), assessment(**spec))
    assert code == 422
    assert told in answer["message"]


def test_unknown_field_is_refused_by_strict_validation(kube: Kube, namespace: str) -> None:
    """A typing error in a manifest is told to whoever applies it."""
    path = f"{ASSESSMENTS.format(namespace)}?fieldValidation=Strict"
    code, answer = kube.plane.request("POST", path, assessment(failsOn="High"))
    assert code == 400
    assert "failsOn" in answer["message"]


def test_printer_columns(kube: Kube, namespace: str, operator: object) -> None:
    """Kubectl shows score, verdict, counts and age, and with -o wide what lies behind."""
    del operator
    kube.assess(namespace)
    kube.judged(namespace)
    table = kube.call("GET", ASSESSMENTS.format(namespace), accept=TABLE)
    columns = {c["name"]: c["priority"] for c in table["columnDefinitions"]}
    short = ["Name", "Score", "Compliant", "Fail", "Waived", "Unknown", "Coverage", "Age"]
    wide = ["Critical", "High", "Profile", "Last Assessed", "Message"]
    assert [name for name, priority in columns.items() if priority == 0] == short
    assert [name for name, priority in columns.items() if priority == 1] == wide
    cells = dict(zip(columns, table["rows"][0]["cells"], strict=True))
    assert cells["Compliant"] in ("True", "False", "Unknown")
    assert cells["Fail"] >= 1
    assert cells["Profile"] == "restricted"
    assert cells["Message"]
