"""How broad rules are."""

import pytest

from assessor.analysis.breadth import Breadth, allows_everything, judged_rules, openings
from assessor.analysis.policies import Direction
from assessor.inventory.network import (
    IPBlock,
    LabelSelector,
    NetworkPolicy,
    Peer,
    PolicyPort,
    PolicyRule,
    Requirement,
)
from tests.unit.views import blocks, policy

ALL = LabelSelector()
APP = LabelSelector((("app", "api"),))
NAMED = LabelSelector((), (Requirement("kubernetes.io/metadata.name", "Exists"),))
ALL_BUT_ONE = LabelSelector(
    (), (Requirement("kubernetes.io/metadata.name", "NotIn", ("kube-system",)),)
)
LABELLED = LabelSelector((), (Requirement("team", "Exists"),))
UNLABELLED = LabelSelector((), (Requirement("team", "DoesNotExist"),))
NOT_TEAM_A = LabelSelector((), (Requirement("team", "NotIn", ("a",)),))
LABELLED_NOT_TEAM_A = LabelSelector(
    (), (*LABELLED.match_expressions, *NOT_TEAM_A.match_expressions)
)
NAMES = LabelSelector((), (Requirement("kubernetes.io/metadata.name", "In", ("a", "b")),))
TCP_80 = (PolicyPort("TCP", 80),)
TCP_443 = (PolicyPort("TCP", 443),)


def breadths(*rules: PolicyRule) -> list[Breadth]:
    """What is too broad about the rules of one policy."""
    return [opening.breadth for opening in openings(list(enumerate(rules)))]


@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        (Peer(namespace_selector=ALL), [Breadth.EVERY_POD]),
        (Peer(namespace_selector=ALL, pod_selector=ALL), [Breadth.EVERY_POD]),
        (Peer(namespace_selector=NAMED), [Breadth.EVERY_POD]),
        (Peer(namespace_selector=ALL, pod_selector=APP), []),
        (Peer(namespace_selector=APP), []),
        (Peer(namespace_selector=ALL_BUT_ONE), [Breadth.MOST_PODS]),
        (Peer(namespace_selector=UNLABELLED), [Breadth.MOST_PODS]),
        (Peer(namespace_selector=UNLABELLED, pod_selector=APP), []),
        (Peer(namespace_selector=ALL, pod_selector=UNLABELLED), [Breadth.MOST_PODS]),
        (Peer(namespace_selector=ALL, pod_selector=LABELLED), []),
        (Peer(namespace_selector=NAMES), []),
        (Peer(namespace_selector=NOT_TEAM_A), [Breadth.MOST_PODS]),
        (Peer(namespace_selector=LABELLED_NOT_TEAM_A), []),
        (Peer(pod_selector=UNLABELLED), []),
        (Peer(namespace_selector=LABELLED), []),
        (Peer(pod_selector=ALL), []),
        (Peer(ip_block=IPBlock("0.0.0.0/0")), [Breadth.EVERY_ADDRESS]),
        (Peer(ip_block=IPBlock("::/0")), [Breadth.EVERY_ADDRESS]),
        (Peer(ip_block=IPBlock("0.0.0.0/0", ("10.0.0.0/8",))), [Breadth.INTERNET]),
        (Peer(ip_block=IPBlock("0.0.0.0/0", ("1.0.0.0/8",))), [Breadth.INTERNET]),
        (Peer(ip_block=IPBlock("10.0.0.0/8")), []),
        (Peer(ip_block=IPBlock("garbage")), []),
        (Peer(), []),
    ],
)
def test_a_single_peer(peer: Peer, expected: list[Breadth]) -> None:
    """Only selectors that nobody escapes, and blocks that leave practically nobody out."""
    assert breadths(PolicyRule((peer,))) == expected


def test_a_rule_without_peers_allows_every_peer() -> None:
    """On whatever ports it names; an absence of rules allows nobody."""
    assert breadths(PolicyRule()) == [Breadth.EVERY_PEER]
    assert breadths(PolicyRule((), TCP_80)) == [Breadth.EVERY_PEER]
    assert breadths() == []


def test_selectors_that_miss_each_other_let_everybody_in_together() -> None:
    """Whoever has the label by the one, whoever lacks it by the other: the latter is told."""
    parts = (PolicyRule((Peer(namespace_selector=each),)) for each in (LABELLED, UNLABELLED))
    (opening,) = openings(list(enumerate(parts)))
    assert (opening.breadth, opening.rules) == (Breadth.MOST_PODS, (1,))


def test_every_pod_is_not_told_a_second_time_as_most() -> None:
    """One fact, one opening."""
    assert breadths(
        PolicyRule((Peer(namespace_selector=ALL), Peer(namespace_selector=UNLABELLED)))
    ) == [Breadth.EVERY_POD]


def test_halves_of_the_world_count_together() -> None:
    """Within one rule and across rules; the rules that matter are named."""
    first, second = blocks("0.0.0.0/1"), blocks("128.0.0.0/1")
    assert breadths(blocks("0.0.0.0/1", "128.0.0.0/1")) == [Breadth.EVERY_ADDRESS]
    found = openings([(0, first), (1, blocks("10.0.0.0/8")), (2, second)])
    assert [(opening.breadth, opening.rules) for opening in found] == [
        (Breadth.EVERY_ADDRESS, (0, 2))
    ]


def test_halves_on_different_ports_are_no_world() -> None:
    """No port is open to everyone; but a rule for every port meets each of the others."""
    first = PolicyRule(blocks("0.0.0.0/1").peers, TCP_80)
    second = PolicyRule(blocks("128.0.0.0/1").peers, TCP_443)
    assert breadths(first, second) == []
    assert breadths(first, blocks("128.0.0.0/1")) == [Breadth.EVERY_ADDRESS]


def test_families_do_not_complete_each_other() -> None:
    """Half of IPv4 and half of IPv6 are two halves."""
    assert breadths(blocks("0.0.0.0/1", "8000::/1")) == []


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ((), False),
        ((PolicyRule(),), True),
        ((PolicyRule((), TCP_80),), False),
        ((blocks("0.0.0.0/0"),), False),
        ((PolicyRule((Peer(namespace_selector=ALL),)),), False),
        ((PolicyRule((Peer(namespace_selector=ALL),)), blocks("0.0.0.0/0")), True),
        ((PolicyRule((Peer(namespace_selector=ALL),), TCP_80), blocks("0.0.0.0/0")), False),
        ((PolicyRule((Peer(namespace_selector=ALL_BUT_ONE),)), blocks("0.0.0.0/0")), False),
    ],
)
def test_allows_everything(rules: tuple[PolicyRule, ...], expected: bool) -> None:  # noqa: FBT001 - a table
    """Only what denies nothing at all, on any plugin."""
    assert allows_everything(rules) is expected


def test_dns_to_everywhere_is_not_judged_on_egress() -> None:
    """For ingress, port 53 is a port like any other."""
    dns = PolicyRule((), (PolicyPort("UDP", 53), PolicyPort("TCP", 53)))
    both = NetworkPolicy(
        policy("dns").meta, ALL, ("Ingress", "Egress"), ingress=(dns,), egress=(dns, PolicyRule())
    )
    assert judged_rules(both, Direction.INGRESS) == [(0, dns)]
    assert judged_rules(both, Direction.EGRESS) == [(1, PolicyRule())]


def test_inert_rules_are_not_judged() -> None:
    """Explicit policyTypes that leave a direction out make its rules inert."""
    inert = policy("inert", PolicyRule(), types=("Egress",))
    assert judged_rules(inert, Direction.INGRESS) == []
