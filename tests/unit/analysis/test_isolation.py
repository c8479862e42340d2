"""Who is isolated, and what policies for the same pods allow together."""

import pytest

from assessor.analysis.breadth import Breadth
from assessor.analysis.isolation import (
    JointOpening,
    is_denied_by_default,
    is_isolated,
    joint_openings,
)
from assessor.analysis.policies import Direction, includes
from assessor.inventory.network import LabelSelector, NetworkPolicy, PolicyRule, Requirement
from assessor.inventory.snapshot import Snapshot
from assessor.inventory.workloads import PodSpec
from tests.unit.views import blocks, deployment, pod, policy, snapshot

INGRESS, EGRESS = Direction.INGRESS, Direction.EGRESS


def with_policies(*policies: NetworkPolicy) -> Snapshot:
    """A namespace of these policies."""
    return snapshot(network_policies=policies)


@pytest.mark.parametrize(
    ("types", "egress", "expected"),
    [
        (None, (), {INGRESS}),
        (None, (PolicyRule(),), {INGRESS, EGRESS}),
        (("Egress",), (), {EGRESS}),
        (("Ingress",), (PolicyRule(),), {INGRESS}),
        (("Ingress", "Egress"), (), {INGRESS, EGRESS}),
    ],
)
def test_directions_of_a_policy(
    types: tuple[str, ...] | None, egress: tuple[PolicyRule, ...], expected: set[Direction]
) -> None:
    """Missing policyTypes mean Ingress, and Egress where there are egress rules."""
    subject = NetworkPolicy(policy("p").meta, LabelSelector(), types, egress=egress)
    assert {direction for direction in Direction if includes(subject, direction)} == expected


def test_default_deny_takes_an_empty_selector() -> None:
    """A selector that happens to match today's pods is escaped by tomorrow's."""
    assert is_denied_by_default(with_policies(policy("all")), INGRESS)
    assert not is_denied_by_default(with_policies(policy("all")), EGRESS)
    assert not is_denied_by_default(with_policies(policy("api", app="api")), INGRESS)
    exists = LabelSelector((), (Requirement("app", "Exists"),))
    labelled = NetworkPolicy(policy("labelled").meta, exists, ("Ingress",))
    assert not is_denied_by_default(with_policies(labelled), INGRESS)


def test_default_deny_may_allow_something_but_not_everything() -> None:
    """An allow-all beside a default-deny is reported for what it is, and leaves the deny be."""
    allow_all = policy("allow-all", PolicyRule())
    assert not is_denied_by_default(with_policies(allow_all), INGRESS)
    assert is_denied_by_default(with_policies(allow_all, policy("deny")), INGRESS)
    assert is_denied_by_default(with_policies(policy("office", blocks("192.0.2.0/24"))), INGRESS)


def test_isolated_is_selected_by_a_policy_of_the_direction() -> None:
    """Direction by direction."""
    namespace = with_policies(policy("api", app="api"))
    assert is_isolated(namespace, {"app": "api", "tier": "x"}, INGRESS)
    assert not is_isolated(namespace, {"app": "api"}, EGRESS)
    assert not is_isolated(namespace, {"app": "other"}, INGRESS)
    assert not is_isolated(namespace, {}, INGRESS)


HALVES = (policy("a", blocks("0.0.0.0/1"), app="api"), policy("b", blocks("128.0.0.0/1"), tier="x"))
TOGETHER = [JointOpening(Breadth.EVERY_ADDRESS, ("a", "b"))]


def test_policies_meet_at_a_pod() -> None:
    """Two selectors, one pod that both select, one world."""
    apart = snapshot(network_policies=HALVES, pods=(pod("p", app="api"), pod("q", tier="x")))
    assert joint_openings(apart)[INGRESS] == []
    assert joint_openings(apart)[EGRESS] == []
    meeting = snapshot(network_policies=HALVES, pods=(pod("p", app="api", tier="x"),))
    assert joint_openings(meeting)[INGRESS] == TOGETHER


def test_policies_meet_at_a_template_without_pods() -> None:
    """A workload that is scaled to zero will run again."""
    idle = snapshot(network_policies=HALVES, workloads=(deployment("d", app="api", tier="x"),))
    assert joint_openings(idle)[INGRESS] == TOGETHER


def test_policies_of_one_selector_meet_without_any_pod() -> None:
    """So do one for all pods and one for some of them."""
    same = (policy("a", blocks("0.0.0.0/1"), app="x"), policy("b", blocks("128.0.0.0/1"), app="x"))
    assert joint_openings(with_policies(*same))[INGRESS] == TOGETHER
    part = (policy("a", blocks("0.0.0.0/1")), policy("b", blocks("128.0.0.0/1"), app="x"))
    assert joint_openings(with_policies(*part))[INGRESS] == TOGETHER


def test_what_one_policy_does_alone_is_not_said_of_two() -> None:
    """A policy that is open by itself is reported by itself."""
    wide, narrow = policy("a", blocks("0.0.0.0/0")), policy("b", blocks("128.0.0.0/1"))
    assert joint_openings(with_policies(wide, narrow))[INGRESS] == []


def test_a_pod_on_its_nodes_network_joins_nothing() -> None:
    """No policy selects it in practice."""
    on_node = pod("p", PodSpec(host_network=True), app="api", tier="x")
    namespace = snapshot(network_policies=HALVES, pods=(on_node,))
    assert joint_openings(namespace)[INGRESS] == []
