"""Objects as nobody expects them: absurdly large, deep, strange, or of the wrong types."""

import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from playground.controlplane import ControlPlane
from tests.faults.faults import Refuse, Rewrite
from tests.faults.scene import Scene
from tests.integration.kube import (
    ACCOUNTS,
    DEPLOYMENTS,
    Json,
    condition,
    control,
    deployment,
    eventually,
    new_namespace,
)

POLICIES = r"/networkpolicies\?"
MALFORMED = "kube_assessor_informer_malformed_total"
CILIUM = "/apis/cilium.io/v2/namespaces/{}/ciliumnetworkpolicies"
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/"
DEEP = 3000
"""Levels: far beyond what a decoder that calls itself bears."""
MIXED = "Ω𝔘𝔫𝔦\u202e\u0000\ufeff💥'\"\\{}\n"
"""Beyond the basic plane, right to left, NUL, a byte order mark, quotes and a line's end."""


def at(*path: str, value: Any) -> Callable[[Json], None]:
    """Put ``value`` somewhere into an object."""

    def change(each: Json) -> None:
        *parents, last = path
        for parent in parents:
            each = each[parent]
        each[last] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(at("spec", value=7), id="spec-number"),
        pytest.param(at("spec", value=None), id="spec-null"),
        pytest.param(at("spec", "podSelector", value="all"), id="selector-text"),
        pytest.param(at("spec", "podSelector", value={"matchLabels": {"a": 1}}), id="label-number"),
        pytest.param(at("spec", "policyTypes", value=["Sideways", 3]), id="unknown-type"),
        pytest.param(at("spec", "ingress", value={}), id="rules-object"),
        pytest.param(at("metadata", "uid", value=""), id="no-uid"),
        pytest.param(at("metadata", "labels", value=[1]), id="labels-list"),
    ],
)
def test_wrongly_typed_fields_are_missing_evidence(
    scene: Scene, change: Callable[[Json], None]
) -> None:
    """The policy is there, but nobody knows what it says: Unknown here, and only here."""
    other = new_namespace(scene.kube)
    scene.kube.assess(other)
    before = scene.operator.metric_sum(MALFORMED)
    broken = Rewrite(change)
    with scene.proxy.inject(broken, path=POLICIES, about='"odd"'):
        scene.isolate("odd")
        status = scene.net_becomes("Unknown", "Malformed")
        assert "networkpolicies" in condition(status, "EvidenceComplete")["message"]
        assert condition(status, "Compliant")["status"] != "True"
        assert control(scene.kube.judged(other), "NET-01")["result"] == "Fail"
        assert scene.operator.metric_sum(MALFORMED) > before
    with scene.proxy.inject(Refuse(410, "Expired"), verb="watch", path=POLICIES, times=1):
        scene.proxy.cut(POLICIES)
        scene.net_becomes("Pass")
    scene.settles()
    scene.kube.delete(f"/api/v1/namespaces/{other}")


def test_absurd_workloads(scene: Scene) -> None:
    """Hundreds of containers, every kind of text, and names as long as they may be."""
    containers = [
        {"name": f"c{number}", "image": "app:1.0", "command": [MIXED.replace("\0", "") * 20]}
        for number in range(300)
    ]
    made = deployment("crowd", containers=containers)
    made["metadata"]["annotations"] = {"example.test/note": "💥" * 50_000}
    scene.kube.call("POST", DEPLOYMENTS.format(scene.namespace), made)
    for number in range(60):
        name = f"{number:03}" + ".a" * 125
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}}
        scene.kube.call("POST", ACCOUNTS.format(scene.namespace), account)
    scene.settles()


@pytest.fixture(scope="module")
def cilium(plane: ControlPlane) -> Iterator[Json]:
    """Another policy engine's CRD, which takes any fields at all."""
    anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    crd = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "ciliumnetworkpolicies.cilium.io"},
        "spec": {
            "group": "cilium.io",
            "scope": "Namespaced",
            "names": {"plural": "ciliumnetworkpolicies", "kind": "CiliumNetworkPolicy"},
            "versions": [
                {
                    "name": "v2",
                    "served": True,
                    "storage": True,
                    "schema": {"openAPIV3Schema": anything},
                }
            ],
        },
    }
    plane.apply([crd])
    yield crd
    plane.delete([crd])


def nested(depth: int) -> Json:
    """An object within an object, many times over."""
    inner: Json = {}
    for _ in range(depth):
        inner = {"x": inner}
    return inner


@pytest.fixture
def deep_recursion() -> Iterator[None]:
    """Let this process encode what the operator is not expected to decode."""
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(10 * DEEP)
    yield
    sys.setrecursionlimit(usual)


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param("text", id="text"),
        pytest.param(None, id="null"),
        pytest.param([[[]]], id="lists"),
        pytest.param({"endpointSelector": -1e308, MIXED: [True, MIXED]}, id="strange"),
        pytest.param(nested(DEEP), id="deep"),
        pytest.param({"ingress": ["x" * 1000] * 1000}, id="a-megabyte"),
    ],
)
@pytest.mark.usefixtures("cilium", "deep_recursion")
def test_policies_of_other_engines_with_any_fields(scene: Scene, spec: Any) -> None:
    """They may allow or forbid anything: NET-01 is Unknown in their namespace, and only there."""
    other = new_namespace(scene.kube)
    scene.kube.assess(other)
    made = {
        "apiVersion": "cilium.io/v2",
        "kind": "CiliumNetworkPolicy",
        "metadata": {"name": "any"},
        "spec": spec,
    }
    scene.kube.call("POST", CILIUM.format(scene.namespace), made)
    scene.net_becomes("Unknown")
    scene.settles()
    assert control(scene.kube.judged(other), "NET-01")["result"] == "Fail"
    scene.kube.delete(f"{CILIUM.format(scene.namespace)}/any")
    scene.net_becomes("Pass")
    scene.kube.delete(f"/api/v1/namespaces/{other}")


def test_an_engine_that_is_removed_and_comes_back(scene: Scene, cilium: Json) -> None:
    """With the CRD its policies go, and with a new one they must be looked for again."""
    made = {"apiVersion": "cilium.io/v2", "kind": "CiliumNetworkPolicy", "spec": {}}
    made |= {"metadata": {"name": "any"}}
    for _ in range(2):
        scene.kube.call("POST", CILIUM.format(scene.namespace), made)
        scene.net_becomes("Unknown", "NotEvaluated")
        scene.kube.plane.delete([cilium])
        scene.net_becomes("Pass")
        eventually(lambda: scene.kube.get(CRDS + cilium["metadata"]["name"]) is None)
        scene.kube.plane.apply([cilium])
    scene.settles()
