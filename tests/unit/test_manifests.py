"""The manifests: generated where they can be, restricted, and granting nothing by hand."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from assessor import __version__
from assessor.api.parsing import parse_spec
from assessor.cli.generate import generated_files

ROOT = Path(__file__).parents[2]
BASE = ROOT / "manifests" / "base"
NAMESPACE = "kube-assessor-system"
CLUSTER_SCOPED = {
    "ClusterRole",
    "ClusterRoleBinding",
    "Component",
    "CustomResourceDefinition",
    "Kustomization",
    "Namespace",
}

Document = dict[str, Any]


def documents(path: Path) -> list[Document]:
    """The documents of one YAML file."""
    return list(yaml.safe_load_all(path.read_text(encoding="utf-8")))


def files() -> list[Path]:
    """Every file that is applied to a cluster."""
    found = [*ROOT.glob("crds/*.yaml"), *ROOT.glob("manifests/**/*.yaml")]
    return sorted(path for path in found if "gitops" not in path.parts)


def find(path: Path, kind: str) -> Document:
    """The only document of ``kind`` in ``path``."""
    (found,) = (document for document in documents(path) if document["kind"] == kind)
    return found


def pod_spec(document: Document) -> Document | None:
    """The pod template's spec of a workload, None of anything else."""
    spec = document.get("spec", {})
    template = spec.get("jobTemplate", {}).get("spec", spec).get("template")
    return template["spec"] if template else None


def everything() -> list[tuple[str, Document]]:
    """All documents, each with the name of its file."""
    return [(path.name, document) for path in files() for document in documents(path)]


@pytest.mark.parametrize("path", sorted(generated_files()), ids=str)
def test_generated_files_are_up_to_date(path: Any) -> None:
    """`assessor generate` was run after the last change."""
    assert (ROOT / path).read_text(encoding="utf-8") == generated_files()[path]


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_documents_are_complete_and_placed(path: Path) -> None:
    """Each document can be applied as it stands: kind, name, and a namespace where there is one."""
    for document in documents(path):
        assert document["apiVersion"]
        if document["kind"] not in {"Kustomization", "Component"}:
            assert document["metadata"]["name"]
        if document["kind"] not in CLUSTER_SCOPED:
            assert document["metadata"]["namespace"]


@pytest.mark.parametrize(
    "folder", sorted(path.parent for path in files() if path.name == "kustomization.yaml"), ids=str
)
def test_kustomizations_list_every_file_beside_them(folder: Path) -> None:
    """A file that no kustomization lists is never applied, and a listed one must exist."""
    kustomization = find(
        folder / "kustomization.yaml",
        "Kustomization" if "components" not in folder.parts else "Component",
    )
    listed = set(kustomization["resources"])
    assert all((folder / entry).exists() for entry in listed)
    assert {path.name for path in folder.glob("*.yaml")} - {"kustomization.yaml"} <= listed


def test_no_image_is_latest_and_ours_has_the_version() -> None:
    """A tag that moves cannot be rolled back to."""
    images = [
        (name, container["image"])
        for name, document in everything()
        for container in (pod_spec(document) or {}).get("containers", [])
    ]
    assert images
    for name, image in images:
        assert ":" in image, (name, image)
        assert not image.endswith(":latest"), (name, image)
    (ours,) = find(BASE / "kustomization.yaml", "Kustomization")["images"]
    assert ours["newTag"] == __version__
    assert ("deployment.yaml", f"{ours['name']}:{__version__}") in images


def restricted_violations(spec: Document) -> list[str]:
    """What the restricted Pod Security level would refuse, as far as these manifests go."""
    pod = spec.get("securityContext", {})
    found = [key for key in ("hostNetwork", "hostPID", "hostIPC") if spec.get(key)]
    found += [] if pod.get("runAsNonRoot") else ["runAsNonRoot"]
    found += [] if pod.get("runAsUser") else ["runAsUser"]
    found += [] if pod.get("seccompProfile") == {"type": "RuntimeDefault"} else ["seccompProfile"]
    allowed = {"name", "emptyDir", "configMap", "projected"}
    found += [volume["name"] for volume in spec.get("volumes", []) if not volume.keys() <= allowed]
    for container in spec["containers"]:
        security = container.get("securityContext", {})
        found += [] if security.get("allowPrivilegeEscalation") is False else ["escalation"]
        found += [] if security.get("capabilities") == {"drop": ["ALL"]} else ["capabilities"]
        found += [] if security.get("readOnlyRootFilesystem") else ["readOnlyRootFilesystem"]
    return found


def test_the_operator_meets_the_restricted_level() -> None:
    """And its namespace enforces it."""
    deployment = find(BASE / "deployment.yaml", "Deployment")
    assert restricted_violations(deployment["spec"]["template"]["spec"]) == []
    labels = find(BASE / "namespace.yaml", "Namespace")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def test_one_of_two_leads() -> None:
    """Neither a node that fails or is drained, nor an update, leaves nobody to write."""
    spec = find(BASE / "deployment.yaml", "Deployment")["spec"]
    assert spec["replicas"] == 2
    assert "--leader-elect" in spec["template"]["spec"]["containers"][0]["args"]
    assert spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    labels = spec["template"]["metadata"]["labels"]
    spread = spec["template"]["spec"]["topologySpreadConstraints"]
    assert [each["topologyKey"].rpartition("/")[2] for each in spread] == ["hostname", "zone"]
    budget = find(BASE / "poddisruptionbudget.yaml", "PodDisruptionBudget")["spec"]
    assert budget["minAvailable"] == 1
    for selector in (budget["selector"], *(each["labelSelector"] for each in spread)):
        assert selector["matchLabels"].items() <= labels.items()


def test_probes_and_service_meet_the_container() -> None:
    """Ports are named once, and everything that uses them resolves."""
    pod = find(BASE / "deployment.yaml", "Deployment")["spec"]["template"]
    (container,) = pod["spec"]["containers"]
    assert container["args"] == ["run", "--leader-elect"]
    assert {"name": "http", "containerPort": 8080, "protocol": "TCP"} in container["ports"]
    assert container["livenessProbe"]["httpGet"] == {"path": "/healthz", "port": "http"}
    assert container["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": "http"}
    service = find(BASE / "service.yaml", "Service")
    assert service["spec"]["ports"][0]["targetPort"] == "http"
    assert service["spec"]["selector"].items() <= pod["metadata"]["labels"].items()


def test_bindings_bind_the_operator_s_account_to_generated_roles() -> None:
    """Whatever it may do in the whole cluster stands in a generated file."""
    manifests = (text for path, text in generated_files().items() if str(path).endswith(".yaml"))
    generated = {yaml.safe_load(text)["metadata"]["name"] for text in manifests}
    bindings = [
        document
        for path in files()
        for document in documents(path)
        if document["kind"] == "ClusterRoleBinding" and path.parent.name != "samples"
    ]
    assert len(bindings) == 4
    for binding in bindings:
        assert binding["roleRef"]["name"] in generated
        assert binding["subjects"] == [
            {"kind": "ServiceAccount", "name": "kube-assessor", "namespace": NAMESPACE}
        ]


def test_leases_are_held_in_the_operator_s_own_namespace() -> None:
    """One by its name; to make it is all that cannot be bound to a name."""
    role, binding = documents(BASE / "leases.yaml")
    assert binding["roleRef"]["name"] == role["metadata"]["name"]
    assert binding["metadata"]["namespace"] == role["metadata"]["namespace"] == NAMESPACE
    assert {tuple(rule["resources"]) for rule in role["rules"]} == {("leases",)}
    unnamed = [rule["verbs"] for rule in role["rules"] if not rule.get("resourceNames")]
    assert unnamed == [["create"]]


def test_tenants_never_write_status() -> None:
    """assessor-edit writes assessments; their verdict is the operator's alone."""
    roles = {
        role["metadata"]["name"]: role for role in documents(BASE / "tenant-clusterroles.yaml")
    }
    assert roles.keys() == {"assessor-view", "assessor-edit"}
    for role in roles.values():
        for rule in role["rules"]:
            assert rule["apiGroups"] == ["kube-assessor.dev"]
            if rule["resources"] != ["securityassessments"]:
                assert rule["verbs"] == ["get"]
    read = {"get", "list", "watch"}
    assert set(roles["assessor-view"]["rules"][0]["verbs"]) == read
    written = set(roles["assessor-edit"]["rules"][0]["verbs"])
    assert written == read | {"create", "update", "patch", "delete"}


@pytest.mark.parametrize(
    ("role", "targets"),
    [("assessor-view", {"view", "edit", "admin"}), ("assessor-edit", {"edit", "admin"})],
)
def test_tenant_roles_aggregate(role: str, targets: set[str]) -> None:
    """Whoever holds a built-in role has them without a further binding."""
    labels = next(
        document["metadata"]["labels"]
        for document in documents(BASE / "tenant-clusterroles.yaml")
        if document["metadata"]["name"] == role
    )
    prefix = "rbac.authorization.k8s.io/aggregate-to-"
    aggregated = {key.removeprefix(prefix) for key in labels if key.startswith(prefix)}
    assert aggregated == targets


def test_each_sample_has_an_assessment_that_can_be_parsed() -> None:
    """One hardened and one careless namespace, judged by the same spec."""
    specs = []
    for name in ("hardened", "careless"):
        path = ROOT / "manifests" / "samples" / f"{name}.yaml"
        assessment = find(path, "SecurityAssessment")
        assert assessment["metadata"]["namespace"] == f"payments-{name}"
        specs.append(parse_spec(assessment["spec"]))
    assert specs[0] == specs[1]


def test_the_hardened_sample_is_hardened() -> None:
    """Every workload meets the restricted level, has its own account and mounts no token."""
    sample = documents(ROOT / "manifests" / "samples" / "hardened.yaml")
    pods = [spec for spec in map(pod_spec, sample) if spec]
    assert len(pods) == 4
    assert [restricted_violations(spec) for spec in pods] == [[], [], [], []]
    assert all(spec["automountServiceAccountToken"] is False for spec in pods)
    accounts = [spec["serviceAccountName"] for spec in pods]
    assert len(set(accounts)) == len(accounts)
    made = {d["metadata"]["name"] for d in sample if d["kind"] == "ServiceAccount"}
    assert made == set(accounts)


@pytest.mark.parametrize("form", ["mild", "strict"])
def test_gitops_health_names_our_kind(form: str) -> None:
    """Argo CD finds its Lua by the key, Flux its expressions by kind."""
    gitops = ROOT / "manifests" / "gitops"
    (config,) = documents(gitops / "argocd" / f"health-{form}.yaml")
    key = "resource.customizations.health.kube-assessor.dev_SecurityAssessment"
    assert set(config["data"]) == {key}
    assert ("Degraded" in config["data"][key]) is (form == "strict")
    ((entry,),) = documents(gitops / "flux" / f"health-{form}.yaml")
    assert entry["apiVersion"] == "kube-assessor.dev/v1alpha1"
    assert entry["kind"] == "SecurityAssessment"
    assert ("Compliant" in entry["current"]) is (form == "strict")
