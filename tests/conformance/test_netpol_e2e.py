"""Kubernetes' own end-to-end cases, as data: every pair of pods on the ports of each case."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from assessor.analysis.netpol.evaluator import PodAddresses
from assessor.analysis.netpol.portsets import PROTOCOLS, ports
from assessor.analysis.netpol.state import Network
from assessor.analysis.spans import intersect
from tests.conformance.netpol_brute import End, Packet, World, egress_allowed, ingress_allowed
from tests.conformance.netpol_reading import network_of

CASES: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("netpol_e2e.yaml").read_text(encoding="utf-8")
)
PODS = [f"{namespace}/{pod}" for namespace in "xyz" for pod in "abc"]


def cluster(policies: list[dict[str, Any]]) -> World:
    """The three namespaces with three pods each, and a case's policies."""
    served = [
        {
            "name": f"serve-{number}-{protocol.lower()}",
            "containerPort": number,
            "protocol": protocol,
        }
        for number in (80, 81)
        for protocol in PROTOCOLS
    ]
    return World(
        [_object("Namespace", name, labels={"ns": name}) for name in "xyz"],
        [
            _object("Pod", pod.partition("/")[2], pod[0], {"pod": pod[2]})
            | {"spec": {"containers": [{"name": "serve", "ports": served}]}}
            for pod in PODS
        ],
        [
            _object("NetworkPolicy", f"policy-{number}", each["in"]) | {"spec": each["spec"]}
            for number, each in enumerate(policies)
        ],
        [],
    )


def expected(case: dict[str, Any], source: str, destination: str) -> bool:
    """What the case says of a pair: the last line that speaks of it counts."""
    may = True
    for line in case["expect"]:
        if _is_meant(line.get("from", "*"), source) and _is_meant(line.get("to", "*"), destination):
            may = line["may"]
    return may


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_says_what_kubernetes_says(case: dict[str, Any]) -> None:
    """The evaluator, and the brute force that it is fuzzed against."""
    world = cluster(case["policies"])
    network = network_of(world, PodAddresses.UNKNOWN)
    by_name = {f"{p['metadata']['namespace']}/{p['metadata']['name']}": p for p in world.pods}
    for text in case.get("ports", ["TCP 80"]):
        protocol, number = text.split()
        packet = Packet(protocol, int(number))
        for source in PODS:
            for destination in PODS:
                if source == destination:
                    continue
                right = expected(case, source, destination)
                ends = End(by_name[source]), End(by_name[destination])
                brute = egress_allowed(world, *ends, packet) and ingress_allowed(
                    world, *ends, packet
                )
                ours = is_allowed(network, source, destination, packet)
                assert (ours, brute) == (right, right), f"{source} => {destination} {text}"


def is_allowed(network: Network, source: str, destination: str, packet: Packet) -> bool:
    """Whether the evaluator is certain that it is allowed; nothing here is unknown."""
    number = {
        f"{root.ref.namespace}/{root.ref.name}": classes[0]
        for root, classes in zip(network.state.roots, network.classes, strict=True)
    }
    verdict = network.evaluator.allowed(number[source], number[destination])
    assert verdict.certain == verdict.possible
    return bool(intersect(verdict.certain, ports(*packet)))


def _is_meant(pattern: str, pod: str) -> bool:
    return pattern in ("*", pod) or (pattern.endswith("/*") and pod.startswith(pattern[:-1]))


def _object(
    kind: str, name: str, namespace: str = "", labels: dict[str, str] | None = None
) -> dict[str, Any]:
    version = "networking.k8s.io/v1" if kind == "NetworkPolicy" else "v1"
    place = {"namespace": namespace} if namespace else {}
    metadata = {"name": name, "uid": name, "labels": labels or {}} | place
    return {"apiVersion": version, "kind": kind, "metadata": metadata}
