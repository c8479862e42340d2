"""`assessor netpol` on a real API server: fixes are accepted, and the operator agrees."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.kube import Json, Kube, control, deployment, network_policy

ASSESSOR = Path(sys.executable).with_name("assessor")
OTHER = "netpol-callers"
HTTP = {"ports": [{"name": "http", "containerPort": 8080}]}
MONITORING = {"matchLabels": {"kubernetes.io/metadata.name": OTHER}}


def run(kube: Kube, *arguments: str, code: int = 0) -> str:
    """The command's output; AssertionError where it ends otherwise."""
    done = subprocess.run(
        [ASSESSOR, "netpol", *arguments, "--kubeconfig", kube.plane.admin_kubeconfig],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "200"},  # noqa: TID251 - a child's environment
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def placed(manifest: Json, namespace: str) -> Json:
    """An object in a namespace."""
    return manifest | {"metadata": {**manifest["metadata"], "namespace": namespace}}


def careless(namespace: str) -> list[Json]:
    """Two workloads with Services, one of them for the world, and a policy that lets everybody in.

    A policy of another namespace names one of them.
    """
    made: list[Json] = []
    for name, kind in (("web", "LoadBalancer"), ("api", "ClusterIP")):
        made.append(deployment(name))
        containers = made[-1]["spec"]["template"]["spec"]["containers"]
        containers[0] |= HTTP
        selector = made[-1]["spec"]["selector"]["matchLabels"]
        ports = [{"port": 80, "targetPort": "http"}]
        spec = {"type": kind, "selector": selector, "ports": ports}
        made.append(
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec}
        )
    open_to_all = network_policy("open", policyTypes=["Ingress"], ingress=[{}])
    return [placed(each, namespace) for each in (*made, open_to_all)]


def caller(namespace: str, api: Json) -> list[Json]:
    """The namespace that names this one's pods."""
    here = {"matchLabels": {"kubernetes.io/metadata.name": namespace}}
    to = [{"namespaceSelector": here, "podSelector": {"matchLabels": api}}]
    rule = {"to": to, "ports": [{"protocol": "TCP", "port": 8080}]}
    out = network_policy("to-api", policyTypes=["Egress"], egress=[rule])
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": OTHER}},
        placed(out, OTHER),
    ]


@pytest.fixture
def objects(kube: Kube, namespace: str) -> Any:
    """A careless namespace, and one that calls it."""
    made = careless(namespace)
    api = made[2]["spec"]["selector"]["matchLabels"]
    others = caller(namespace, api)
    kube.plane.apply([*made, *others])
    yield made
    kube.delete(f"/api/v1/namespaces/{OTHER}")


def test_a_fix_is_accepted_and_the_finding_goes(
    kube: Kube, namespace: str, operator: object, objects: list[Json]
) -> None:
    """What the command prints is applied as it is, and the operator finds no more of it."""
    del operator, objects
    kube.assess(namespace, reporting={"maxFindings": 200})
    before = kube.judged(namespace, when=lambda s: control(s, "NET-01")["result"] == "Fail")
    assert any(f["check"] == "allows-every-source" for f in before["findings"])
    text = run(kube, "fix", "-n", namespace)
    assert "CUTS" not in text
    fixed = [each for each in yaml.safe_load_all(text) if each]
    assert {"default-deny-ingress", "default-deny-egress", "allow-dns", "open"} <= {
        each["metadata"]["name"] for each in fixed
    }
    kube.plane.apply(fixed)
    gone = {"no-default-deny-ingress", "no-default-deny-egress", "pod-not-isolated-egress"}
    after = kube.judged(
        namespace,
        when=lambda s: not gone & {f["check"] for f in s["findings"] if f["control"] == "NET-01"},
        what="the findings stay",
    )
    told = {f["object"] for f in after["findings"] if f["check"] == "allows-every-source"}
    assert all("allow-ingress-" in each for each in told), "but for what is there for the world"


def test_connections_of_a_cluster(kube: Kube, namespace: str, objects: list[Json]) -> None:
    """Before the fix everybody may; after it what is explained, and the reasons are told."""
    del objects
    before = run(kube, "connections", "-n", namespace)
    assert f"{namespace}/api[Deployment] => {namespace}/web[Deployment] : All Connections" in before
    fixed = [each for each in yaml.safe_load_all(run(kube, "fix", "-n", namespace)) if each]
    kube.plane.apply(fixed)
    after = run(kube, "connections", "-n", namespace)
    assert f"{namespace}/web[Deployment] => {namespace}/api[Deployment] : TCP 8080\n" in after
    why = run(kube, "explain", f"{namespace}/web", f"{namespace}/api", "443", code=1)
    assert "isolated by" in why
    assert "is allowed" in run(kube, "explain", f"{namespace}/web", f"{namespace}/svc/api", "80")


def test_a_change_is_shown_before_it_is_made(
    kube: Kube, namespace: str, tmp_path: Path, objects: list[Json]
) -> None:
    """What the reviewer of a pull request wants to see: from the cluster to files."""
    deny = placed(network_policy("deny", policyTypes=["Ingress", "Egress"]), namespace)
    kept = [each for each in objects if each["kind"] != "NetworkPolicy"]
    file = tmp_path / "after.yaml"
    file.write_text(yaml.safe_dump_all([*kept, deny]), encoding="utf-8")
    told = run(kube, "diff", "cluster", str(file), "-n", namespace, code=1)
    assert f"- {namespace}/api[Deployment] => {namespace}/web[Deployment] : All Connections" in told
    assert "\n+ " not in told


ANP = "adminnetworkpolicies.policy.networking.k8s.io"
COMPONENT = Path(__file__).parents[2] / "manifests" / "components" / "policy-engines"


@pytest.fixture
def admin_policies(kube: Kube, namespace: str) -> Any:
    """The kind, as a cluster's administrators install it, and the operator's right to read it."""
    crd = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": ANP,
            "annotations": {"api-approved.kubernetes.io": "unapproved, for a test"},
        },
        "spec": {
            "group": "policy.networking.k8s.io",
            "scope": "Cluster",
            "names": {"plural": "adminnetworkpolicies", "kind": "AdminNetworkPolicy"},
            "versions": [
                {
                    "name": "v1alpha1",
                    "served": True,
                    "storage": True,
                    "schema": {
                        "openAPIV3Schema": {
                            "type": "object",
                            "x-kubernetes-preserve-unknown-fields": True,
                        }
                    },
                }
            ],
        },
    }
    rights = [
        each
        for path in sorted(COMPONENT.glob("clusterrole*.yaml"))
        for each in yaml.safe_load_all(path.read_text(encoding="utf-8"))
    ]
    kube.plane.apply([*rights, crd])
    yield
    kube.plane.delete([crd])
    # The rights stay until the operator has forgotten the kind: else it is refused, everywhere.
    kube.judged(namespace, when=lambda s: control(s, "NET-01")["result"] == "Pass", within=120)
    kube.plane.delete(rights)


@pytest.mark.first
def test_policies_of_the_cluster_are_evaluated(
    kube: Kube, namespace: str, operator: object, admin_policies: object
) -> None:
    """An AdminNetworkPolicy that lets everybody in is found; one that denies them closes it."""
    del operator, admin_policies
    kube.plane.apply([placed(deployment("web"), namespace)])
    deny = network_policy("deny", policyTypes=["Ingress", "Egress"])
    kube.plane.apply([placed(deny, namespace)])
    kube.assess(namespace)
    kube.judged(namespace, when=lambda s: control(s, "NET-01")["result"] == "Pass")
    here = {"matchLabels": {"kubernetes.io/metadata.name": namespace}}
    rule = {"name": "all", "action": "Allow", "from": [{"namespaces": {}}]}
    admin = {
        "apiVersion": "policy.networking.k8s.io/v1alpha1",
        "kind": "AdminNetworkPolicy",
        "metadata": {"name": f"open-{namespace}"},
        "spec": {"priority": 5, "subject": {"namespaces": here}, "ingress": [rule]},
    }
    kube.plane.apply([admin])
    worse = kube.judged(namespace, when=lambda s: control(s, "NET-01")["result"] == "Fail")
    (found,) = [each for each in worse["findings"] if each["control"] == "NET-01"]
    assert found["check"] == "admin-policy-allows-everyone"
    assert "Deployment/web" in found["message"]
    admin["spec"]["ingress"][0]["action"] = "Pass"  # type: ignore[index] # a plain manifest
    kube.plane.apply([admin])
    kube.judged(namespace, when=lambda s: control(s, "NET-01")["result"] == "Pass")
    kube.plane.delete([admin])
