"""Audit events as kube-apiserver writes them, for tests."""

from typing import Any

from assessor.analysis.rbac.requests import Request

Json = dict[str, Any]
DECISION = "authorization.k8s.io/decision"
APP = "system:serviceaccount:a:app"


def event(verb: str = "get", code: int = 200, **more: Any) -> Json:
    """A request of the account `app` for the Pod `one`, as it is logged."""
    return {
        "kind": "Event",
        "apiVersion": "audit.k8s.io/v1",
        "level": "Metadata",
        "auditID": "1",
        "stage": "ResponseComplete",
        "requestURI": "/api/v1/namespaces/a/pods/one",
        "verb": verb,
        "user": {"username": APP, "groups": ["system:authenticated"]},
        "objectRef": {"resource": "pods", "namespace": "a", "name": "one", "apiVersion": "v1"},
        "responseStatus": {"code": code},
        "requestReceivedTimestamp": "2026-01-01T00:00:00.000000Z",
    } | more


GET = Request("get", "pods", namespace="a", name="one")
