"""What the integration tests say to the API server, in the words of a test."""

import secrets
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from playground.controlplane import ControlPlane

Json = dict[str, Any]
T = TypeVar("T")

ASSESSMENTS = "/apis/kube-assessor.dev/v1alpha1/namespaces/{}/securityassessments"


def eventually(look: Callable[[], T | None], *, within: float = 30.0, what: str = "") -> T:
    """Look until there is something, and return it; AssertionError after ``within`` seconds."""
    deadline = time.monotonic() + within
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not seen within {within} s: {what or look}")
        time.sleep(0.02)


class Kube:
    """The API server as an administrator sees it; every refusal is an AssertionError."""

    def __init__(self, plane: ControlPlane) -> None:
        """Talk to ``plane``."""
        self.plane = plane

    def call(self, method: str, path: str, body: Any = None, **how: Any) -> Json:
        """One request that must succeed."""
        code, answer = self.plane.request(method, path, body, **how)
        assert code < 300, f"{method} {path}: {code} {answer.get('message', answer)}"
        return answer

    def get(self, path: str, **how: Any) -> Json | None:
        """The object at ``path``, None where there is none."""
        code, answer = self.plane.request("GET", path, **how)
        assert code in (200, 404), f"GET {path}: {code} {answer}"
        return answer if code == 200 else None

    def merge(self, path: str, patch: Json) -> Json:
        """A JSON merge patch."""
        return self.call("PATCH", path, patch, content_type="application/merge-patch+json")

    def delete(self, path: str) -> None:
        """Delete, in the background; absent is fine."""
        code, answer = self.plane.request("DELETE", path)
        assert code in (200, 202, 404), f"DELETE {path}: {code} {answer}"

    def assessment(self, namespace: str, name: str = "baseline") -> Json | None:
        """One SecurityAssessment."""
        return self.get(f"{ASSESSMENTS.format(namespace)}/{name}")

    def assess(self, namespace: str, name: str = "baseline", **spec: Any) -> Json:
        """Create a SecurityAssessment."""
        return self.call("POST", ASSESSMENTS.format(namespace), assessment(name, **spec))

    def status(self, namespace: str, name: str = "baseline") -> Json:
        """The status, empty while there is none."""
        return (self.assessment(namespace, name) or {}).get("status", {})

    def events(self, namespace: str) -> list[Json]:
        """The namespace's Events about SecurityAssessments."""
        listed = self.call("GET", f"/api/v1/namespaces/{namespace}/events")
        return [
            event
            for event in listed["items"]
            if event["involvedObject"]["kind"] == "SecurityAssessment"
        ]

    def judged(
        self,
        namespace: str,
        name: str = "baseline",
        *,
        when: Callable[[Json], bool] = lambda _: True,
        within: float = 30.0,
        what: str = "",
    ) -> Json:
        """The status, as soon as it holds verdicts and ``when`` agrees."""

        def look() -> Json | None:
            status = self.status(namespace, name)
            return status if status.get("controls") and when(status) else None

        try:
            return eventually(look, within=within)
        except AssertionError as error:
            told = summary(self.status(namespace, name))
            raise AssertionError(f"{namespace}/{name}: {what or error}; status: {told}") from None


def new_namespace(kube: Kube) -> str:
    """Make a namespace with its default service account; return its name."""
    name = f"test-{secrets.token_hex(4)}"
    made = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    kube.call("POST", "/api/v1/namespaces", made)
    # Controllers that lost the API server come back late.
    account = f"/api/v1/namespaces/{name}/serviceaccounts/default"
    eventually(lambda: kube.get(account), within=90)
    return name


def assessment(name: str = "baseline", **spec: Any) -> Json:
    """A SecurityAssessment's manifest, to be created in a namespace."""
    return {
        "apiVersion": "kube-assessor.dev/v1alpha1",
        "kind": "SecurityAssessment",
        "metadata": {"name": name},
        "spec": spec,
    }


def summary(status: Json) -> Json:
    """The parts of a status that an assertion's message should show."""
    return {
        "conditions": [f"{c['type']}={c['status']} {c['reason']}" for c in conditions(status)],
        "summary": status.get("summary"),
        "findings": sorted({finding["check"] for finding in status.get("findings", ())}),
    }


def conditions(status: Json) -> Iterator[Json]:
    """The conditions of a status."""
    yield from status.get("conditions", ())


def condition(status: Json, kind: str) -> Json:
    """One condition; empty where it is absent."""
    return next((c for c in conditions(status) if c["type"] == kind), {})


def control(status: Json, control_id: str) -> Json:
    """One control's verdict."""
    return next(c for c in status["controls"] if c["id"] == control_id)


def checks(status: Json) -> set[str]:
    """The checks that have findings."""
    return {finding["check"] for finding in status.get("findings", ())}


def network_policy(name: str, **spec: Any) -> Json:
    """A NetworkPolicy's manifest; an empty spec is a default deny for ingress."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name},
        "spec": {"podSelector": {}} | spec,
    }


DENY_BOTH: Json = {"policyTypes": ["Ingress", "Egress"]}


def deployment(name: str, **pod: Any) -> Json:
    """A Deployment's manifest with one container; ``pod`` extends the pod's spec."""
    spec = {"containers": [{"name": "app", "image": "app:1.0"}]} | pod
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": spec},
        },
    }


POLICIES = "/apis/networking.k8s.io/v1/namespaces/{}/networkpolicies"
DEPLOYMENTS = "/apis/apps/v1/namespaces/{}/deployments"
ACCOUNTS = "/api/v1/namespaces/{}/serviceaccounts"
SERVICES = "/api/v1/namespaces/{}/services"
