"""A tenant: who may write its own namespace, by the built-in `admin`, and nothing else."""

from typing import Any

from tests.integration.kube import (
    ASSESSMENTS,
    Json,
    Kube,
    assessment,
    eventually,
)
from tests.integration.rights import bind

MERGE = "application/merge-patch+json"
ROLES = "/apis/rbac.authorization.k8s.io/v1/namespaces/{}/roles"
BINDINGS = "/apis/rbac.authorization.k8s.io/v1/namespaces/{}/rolebindings"
CONFIG_MAPS = "/api/v1/namespaces/{}/configmaps"


class Tenant:
    """All that it does is done with its own token, so that the API server says what it may do."""

    def __init__(self, kube: Kube, namespace: str) -> None:
        """Get the rights."""
        self.kube, self.namespace = kube, namespace
        self.token = bind(kube, namespace, "admin", "tenant")

    def make(self, collection: str, manifest: Json) -> Json:
        """Create an object in its namespace; AssertionError where the API server refuses it."""
        return self.kube.call("POST", collection.format(self.namespace), manifest, token=self.token)

    def merge(self, path: str, patch: Json) -> Json:
        """A JSON merge patch of an object in its namespace."""
        return self.kube.call(
            "PATCH", path.format(self.namespace), patch, token=self.token, content_type=MERGE
        )

    def assess(self, name: str = "baseline", **spec: Any) -> Json:
        """Ask for an assessment."""
        return self.make(ASSESSMENTS, assessment(name, **spec))

    def status(self, name: str = "baseline") -> Json:
        """What the tenant itself reads of it."""
        path = f"{ASSESSMENTS.format(self.namespace)}/{name}"
        return (self.kube.get(path, token=self.token) or {}).get("status", {})

    def events(self) -> list[str]:
        """The messages that the tenant is told."""
        path = f"/api/v1/namespaces/{self.namespace}/events"
        listed = self.kube.call("GET", path, token=self.token)
        return [event["message"] for event in listed["items"]]

    def judged_anew(self, name: str = "baseline") -> Json:
        """The status after a look at everything that came before this call."""
        path = f"{ASSESSMENTS}/{name}"
        spec = self.kube.get(path.format(self.namespace))["spec"]  # type: ignore[index] # exists
        interval = "2h" if spec["interval"] != "2h" else "3h"
        generation = self.merge(path, {"spec": {"interval": interval}})["metadata"]["generation"]

        def look() -> Json | None:
            status = self.status(name)
            current = status.get("observedGeneration") == generation
            return status if current and status.get("controls") else None

        return eventually(look, what=f"{self.namespace} judged anew")


def role(name: str, *rules: Json) -> Json:
    """A Role's manifest."""
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": name},
        "rules": list(rules),
    }


def binding(name: str, ref: Json, *subjects: Json) -> Json:
    """A RoleBinding's manifest."""
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": name},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io"} | ref,
        "subjects": list(subjects),
    }


def config_map(name: str, **data: str) -> Json:
    """A ConfigMap's manifest."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name},
        "data": data,
    }


def user(name: str) -> Json:
    """A user as a subject."""
    return {"kind": "User", "name": name, "apiGroup": "rbac.authorization.k8s.io"}


def account(namespace: str, name: str) -> Json:
    """A service account as a subject."""
    return {"kind": "ServiceAccount", "name": name, "namespace": namespace}
