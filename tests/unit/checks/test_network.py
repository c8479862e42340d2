"""NET-01: what a namespace is told, beyond the examples."""

import pytest

from assessor.catalogue.checks import Problem
from assessor.checks.loading import load
from assessor.inventory.kinds import WORKLOAD_EVIDENCE, Evidence
from assessor.inventory.network import (
    IPBlock,
    LabelSelector,
    NetworkPolicy,
    Peer,
    PolicyPort,
    PolicyRule,
    Requirement,
)
from assessor.inventory.snapshot import Snapshot
from assessor.inventory.workloads import PodSpec
from tests.controls.manifests import problems_of
from tests.unit.views import blocks, deployment, owned_by, pod, policy, snapshot

CHECKS = {check.id: check for check in load() if check.control == "NET-01"}
ON_NODE = PodSpec(host_network=True)


def told(namespace: Snapshot) -> set[str]:
    """The ids of the checks that find something."""
    return {check_id for check_id, check in CHECKS.items() if problems_of(check, namespace)}


def problems(check_id: str, namespace: Snapshot) -> list[Problem]:
    """What one check finds."""
    return problems_of(CHECKS[check_id], namespace)


@pytest.mark.parametrize("check_id", CHECKS)
def test_nothing_is_judged_while_other_engines_may_apply(check_id: str) -> None:
    """Another engine's policy may allow what these forbid, and the other way round."""
    assert {Evidence.POLICY_ENGINES, Evidence.NETWORK_POLICIES} <= CHECKS[check_id].needs


@pytest.mark.parametrize("check_id", CHECKS)
def test_workloads_are_judged_on_full_evidence_only(check_id: str) -> None:
    """A check that looks at workloads needs every kind that makes one."""
    looks = not check_id.startswith(("no-", "shadowed-"))
    assert (CHECKS[check_id].needs >= WORKLOAD_EVIDENCE) == looks


def test_no_policy_is_said_once() -> None:
    """Neither the missing directions nor the workloads repeat it."""
    namespace = snapshot(workloads=(deployment("api", app="api"),))
    assert told(namespace) == {"no-network-policy"}


def test_default_deny_in_both_directions_is_silence() -> None:
    """With or without pods."""
    deny = policy("deny", types=("Ingress", "Egress"))
    assert told(snapshot(network_policies=(deny,))) == set()
    assert told(snapshot(network_policies=(deny,), pods=(pod("p", app="x"),))) == set()


def test_one_direction_denied() -> None:
    """The other one is missed for the namespace and for each workload."""
    namespace = snapshot(network_policies=(policy("deny"),), pods=(pod("p"),))
    assert told(namespace) == {"no-default-deny-egress", "pod-not-isolated-egress"}


def test_allow_all_is_no_default_deny() -> None:
    """Its pods are isolated by the letter, so only the namespace and the policy are named."""
    namespace = snapshot(
        network_policies=(policy("allow-all", PolicyRule()), policy("e", types=("Egress",))),
        pods=(pod("p"),),
    )
    assert told(namespace) == {"no-default-deny-ingress", "allows-every-source"}


def test_a_workload_is_named_once_for_all_its_pods() -> None:
    """On its template, as that is what is to be changed."""
    namespace = snapshot(
        network_policies=(policy("db", app="db"),),
        workloads=(deployment("api", app="api"),),
        pods=tuple(
            pod(f"api-{n}", owner=owned_by("Deployment", "api"), app="api") for n in range(3)
        ),
    )
    (problem,) = problems("pod-not-isolated-ingress", namespace)
    assert problem.at == "spec.template.metadata.labels"
    assert problem.key == ""


def test_live_pods_beside_their_template_are_named() -> None:
    """A label that somebody changed by hand takes a pod out of its policy."""
    namespace = snapshot(
        network_policies=(policy("api", app="api"),),
        workloads=(deployment("api", app="api"),),
        pods=(
            pod("api-1", owner=owned_by("Deployment", "api"), app="api"),
            pod("api-2", owner=owned_by("Deployment", "api"), app="debug"),
        ),
    )
    (problem,) = problems("pod-not-isolated-ingress", namespace)
    assert "api-2" in problem.message
    assert "api-1" not in problem.message
    assert problem.key == "live-pods"


def test_labels_that_admission_adds_count() -> None:
    """What runs is isolated, though the template does not show why."""
    namespace = snapshot(
        network_policies=(policy("meshed", mesh="on"),),
        workloads=(deployment("api", app="api"),),
        pods=(pod("api-1", owner=owned_by("Deployment", "api"), app="api", mesh="on"),),
    )
    assert problems("pod-not-isolated-ingress", namespace) == []


def test_pods_on_their_nodes_network_are_a_note_only() -> None:
    """They are told, and never asked to be isolated."""
    namespace = snapshot(
        network_policies=(policy("api", app="api"),), workloads=(deployment("agent", ON_NODE),)
    )
    assert problems("pod-not-isolated-ingress", namespace) == []
    (note,) = problems("host-network-pod", namespace)
    assert note.at == "spec.template.spec.hostNetwork"
    assert CHECKS["host-network-pod"].severity.label == "Info"


def test_a_policy_open_in_two_ways_is_told_both() -> None:
    """With keys that outlive the rules' order, and paths that lead to them."""
    wide = policy(
        "wide", PolicyRule((), (PolicyPort("TCP", 80),)), blocks("0.0.0.0/1", "128.0.0.0/1")
    )
    found = problems("allows-every-source", snapshot(network_policies=(wide,)))
    assert [(problem.key, problem.at) for problem in found] == [
        ("every-peer", "spec.ingress[0]"),
        ("every-address", "spec.ingress[1]"),
    ]
    assert found[0].message == "allows every source on TCP 80"
    assert found[1].message == "allows every address on every port"


def test_policies_open_together_are_told_once() -> None:
    """At the first of them by name, and the others are named."""
    halves = (policy("b", blocks("128.0.0.0/1")), policy("a", blocks("0.0.0.0/1")))
    check = CHECKS["allows-every-source"]
    namespace = snapshot(network_policies=halves)
    by_policy = {p.meta.name: list(check.run(p, namespace)) for p in halves}
    assert by_policy["b"] == []
    (problem,) = by_policy["a"]
    assert "together with b" in problem.message
    assert problem.key == "every-address:a+b"


def test_egress_to_the_internet_without_private_ranges() -> None:
    """It is still everybody else; DNS to everywhere alone is not."""
    private = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
    world = PolicyRule((Peer(ip_block=IPBlock("0.0.0.0/0", private)),))
    dns = PolicyRule((), (PolicyPort("UDP", 53),))

    def egress(*rules: PolicyRule) -> Snapshot:
        base = policy("out")
        out = NetworkPolicy(base.meta, base.pod_selector, ("Egress",), egress=rules)
        return snapshot(network_policies=(out,))

    (problem,) = problems("allows-every-destination", egress(dns, world))
    assert problem.message == "allows most of the Internet on every port"
    assert problem.at == "spec.egress[1]"
    assert problems("allows-every-destination", egress(dns)) == []


def test_whom_no_label_excepts_is_everybody_else() -> None:
    """The namespace that is made tomorrow has none of the labels."""
    selector = LabelSelector((), (Requirement("isolated", "DoesNotExist"),))
    peer = PolicyRule((Peer(namespace_selector=selector),))
    (problem,) = problems("allows-every-source", snapshot(network_policies=(policy("p", peer),)))
    assert problem.message == "allows every pod that no label excepts on every port"
    assert problem.key == "most-pods"


def test_messages_stay_short_with_the_longest_names() -> None:
    """253 characters for a policy, as many as the API allows."""
    halves = tuple(
        policy(f"{n:03}" + "x" * 250, blocks(f"{n * 16}.0.0.0/4"), app="api") for n in range(16)
    )
    (problem,) = problems("allows-every-source", snapshot(network_policies=halves))
    assert len(problem.message) <= 300
