"""The API server's audit log as witness: what the operator wrote and read in the whole run.

It runs last (see conftest): it judges everything that the other tests made the operator do.
"""

import datetime as dt
from typing import Any

import pytest

from playground.controlplane import ControlPlane

OPERATOR = "system:serviceaccount:kube-assessor-system:kube-assessor"
SETTLING = dt.timedelta(seconds=5)
READS = {"get", "list", "watch"}

pytestmark = pytest.mark.last


@pytest.fixture
def requests(audit: Any, operator: object) -> list[dict[str, Any]]:
    """All requests of the operator's own account."""
    del operator
    made = [event for event in audit() if event["user"].get("username") == OPERATOR]
    assert len(made) > 50, "the operator was hardly seen: the log proves nothing"
    return made


def resource(event: dict[str, Any]) -> str:
    """`resource` or `resource/subresource`; empty for a non-resource URL."""
    ref = event.get("objectRef", {})
    return "/".join(filter(None, (ref.get("resource"), ref.get("subresource"))))


def test_no_write_to_foreign_objects(requests: list[dict[str, Any]]) -> None:
    """Every write is a patch of an assessment's status, or an Event."""
    writes = {(e["verb"], resource(e)) for e in requests if e["verb"] not in READS}
    assert ("patch", "securityassessments/status") in writes
    allowed = {
        ("patch", "securityassessments/status"),
        ("create", "events"),
        ("patch", "events"),
    }
    assert writes <= allowed


def test_events_are_about_assessments_only(requests: list[dict[str, Any]]) -> None:
    """What was created, and what a patch found: a workload's owner would take it for a fault."""
    made = [e for e in requests if resource(e) == "events"]
    created = [e for e in made if e["verb"] == "create"]
    # Of a request that was refused before its body was read there is none, nor what it made.
    assert not [e for e in created if "requestObject" not in e and succeeded(e)]
    bodies = [e["requestObject"] for e in created if "requestObject" in e]
    bodies += [e["responseObject"] for e in made if e["verb"] == "patch" and succeeded(e)]
    assert bodies
    assert {body["involvedObject"]["kind"] for body in bodies} == {"SecurityAssessment"}


def succeeded(event: dict[str, Any]) -> bool:
    """Whether the answer is the object, and not a metav1.Status."""
    return bool(event["responseStatus"]["code"] < 300)


def test_no_secret_is_read(requests: list[dict[str, Any]]) -> None:
    """There is no request for a Secret at all, not even a refused one."""
    assert [e["requestURI"] for e in requests if "secrets" in resource(e)] == []


def received(event: dict[str, Any]) -> dt.datetime:
    """When the API server got the request."""
    return dt.datetime.fromisoformat(event["requestReceivedTimestamp"])


def test_nothing_was_asked_in_vain(requests: list[dict[str, Any]], plane: ControlPlane) -> None:
    """Outside the test that takes a right away, the operator never asks what it may not.

    An API server that has just started refuses everybody: it has not read its RBAC objects yet.
    """
    refused = {
        resource(event)
        for event in requests
        # Not by admission: in a namespace that is going, nothing may be created.
        if event["annotations"].get("authorization.k8s.io/decision") == "forbid"
        and resource(event) != "networkpolicies"
        and not any(abs(received(event) - start) < SETTLING for start in plane.api_server_starts)
    }
    assert refused == set()
