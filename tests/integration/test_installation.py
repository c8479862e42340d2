"""What `kubectl apply -k manifests/` brings, as the API server takes it."""

import copy
from collections.abc import Iterator

import pytest

from playground import installation
from tests.integration.kube import Json, Kube, eventually
from tests.integration.rights import RBAC

NAMESPACE = "kube-assessor-system"
PODS = f"/api/v1/namespaces/{NAMESPACE}/pods"


@pytest.fixture
def deployment(kube: Kube) -> Iterator[Json]:
    """The operator's own Deployment, applied; no node runs its pod."""
    (manifest,) = (each for each in installation.operator() if each["kind"] == "Deployment")
    kube.plane.apply([manifest])
    yield manifest
    kube.plane.delete([manifest])
    eventually(lambda: not kube.call("GET", PODS)["items"])


def test_pod_passes_the_restricted_level(kube: Kube, deployment: Json) -> None:
    """Its namespace enforces `restricted`, and the ReplicaSet's pod is admitted there."""
    labels = kube.call("GET", f"/api/v1/namespaces/{NAMESPACE}")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    wanted = deployment["spec"]["replicas"]
    pods = eventually(lambda: (p := kube.call("GET", PODS)["items"])[wanted - 1 :] and p)
    assert {pod["spec"]["serviceAccountName"] for pod in pods} == {"kube-assessor"}


def test_the_level_is_enforced_there(kube: Kube, deployment: Json) -> None:
    """The same pod that may gain privileges is refused: the test above proves something."""
    spec = copy.deepcopy(deployment["spec"]["template"]["spec"])
    spec["containers"][0]["securityContext"]["allowPrivilegeEscalation"] = True
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "escalating"}, "spec": spec}
    code, answer = kube.plane.request("POST", f"{PODS}?dryRun=All", pod)
    assert code == 403, answer["message"]
    assert 'violates PodSecurity "restricted' in answer["message"]


@pytest.mark.parametrize(
    ("role", "verbs"),
    [
        ("view", {"get", "list", "watch"}),
        ("edit", {"create", "delete", "get", "list", "patch", "update", "watch"}),
        ("admin", {"create", "delete", "get", "list", "patch", "update", "watch"}),
    ],
)
def test_tenant_roles_are_aggregated(kube: Kube, role: str, verbs: set[str]) -> None:
    """The built-in roles carry the rights on assessments; of the status, to read it at most."""

    def granted(resource: str) -> set[str]:
        rules = kube.call("GET", f"{RBAC}/clusterroles/{role}")["rules"]
        ours = [r for r in rules if "kube-assessor.dev" in r.get("apiGroups", ())]
        return {verb for rule in ours if resource in rule["resources"] for verb in rule["verbs"]}

    eventually(lambda: verbs <= granted("securityassessments"))
    assert granted("securityassessments") - {"deletecollection"} == verbs
    assert granted("securityassessments/status") <= {"get", "list", "watch"}
