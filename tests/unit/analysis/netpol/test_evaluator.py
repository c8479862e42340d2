"""What the evaluator says where something is not known."""

import pytest

from assessor.analysis.cidr import Family
from assessor.analysis.netpol.classes import PodFacts
from assessor.analysis.netpol.evaluator import Evaluator, PodAddresses, Policies
from assessor.analysis.netpol.portsets import ALL, NONE, numbered, policy_ports, ports, text, union
from assessor.analysis.netpol.sides import EVERYTHING, NOTHING_KNOWN, Verdict
from assessor.inventory.meta import Meta
from assessor.inventory.network import (
    ForeignPolicy,
    IPBlock,
    LabelSelector,
    NetworkPolicy,
    Peer,
    PolicyPort,
    PolicyRule,
)

WEB, DB = PodFacts("shop", {"app": "web"}), PodFacts("shop", {"app": "db"})
ON_NODE = PodFacts("shop", {"app": "agent"}, host_network=True)
OUTSIDE = (Family.IPV4, 8)


def policy(*rules: PolicyRule, **labels: str) -> NetworkPolicy:
    """For ingress to the pods with these labels."""
    selector = LabelSelector(tuple(labels.items()))
    return NetworkPolicy(Meta("p", "shop", "p", {}), selector, ("Ingress",), rules)


def evaluator(*policies: NetworkPolicy, **more: object) -> Evaluator:
    """Of three pods: web, db, and one on its node's network."""
    foreign = more.pop("foreign", ())
    return Evaluator({"shop": {}}, (WEB, DB, ON_NODE), Policies(policies, (), foreign), **more)  # type: ignore[arg-type]


def of(made: Evaluator) -> tuple[int, int, int]:
    """The classes of the three."""
    web, db, agent = made.classes.of_pod
    return web, db, agent


def test_without_policies_everything_is_allowed() -> None:
    """And pods that no selector tells apart are one class."""
    made = evaluator()
    web, db, _ = of(made)
    assert web == db
    assert made.allowed(web, db) == EVERYTHING
    assert made.allowed(OUTSIDE, web) == EVERYTHING


@pytest.mark.parametrize("place", ["shop", ""])
def test_a_policy_in_another_language_leaves_it_open(place: str) -> None:
    """In its namespace, or everywhere; elsewhere it changes nothing."""
    opaque = ForeignPolicy("cilium.io", "CiliumNetworkPolicy", Meta("c", place, "c", {}))
    made = evaluator(foreign=(opaque,))
    web, db, agent = of(made)
    assert made.allowed(web, db) == NOTHING_KNOWN
    elsewhere = ForeignPolicy("cilium.io", "CiliumNetworkPolicy", Meta("c", "other", "c", {}))
    assert evaluator(foreign=(elsewhere,)).allowed(web, db) == EVERYTHING
    assert made.allowed(agent, OUTSIDE) == EVERYTHING


def test_what_is_on_the_own_node_is_allowed() -> None:
    """Whether it is on that node is not known; nor is its address."""
    made = evaluator(policy(app="web"))
    web, db, agent = of(made)
    assert made.allowed(db, web) == Verdict(NONE, NONE)
    assert made.allowed(agent, web) == Verdict(NONE, ALL)
    assert made.allowed(web, agent) == EVERYTHING


def test_whether_a_block_means_pods_is_up_to_the_plugin() -> None:
    """Unless somebody says that it never does."""
    rule = PolicyRule((Peer(ip_block=IPBlock("0.0.0.0/0")),), (PolicyPort("TCP", 80),))
    web, db, _ = of(evaluator(policy(rule, app="web")))
    http = ports("TCP", 80)
    assert evaluator(policy(rule, app="web")).allowed(db, web) == Verdict(NONE, http)
    never = evaluator(policy(rule, app="web"), pod_addresses=PodAddresses.NEVER)
    assert never.allowed(db, web) == Verdict(NONE, NONE)
    assert never.allowed(OUTSIDE, web) == Verdict(http, http)


def test_a_selector_that_is_empty_names_no_pod_on_a_node() -> None:
    """Nor is it a peer of one."""
    rule = PolicyRule((Peer(pod_selector=LabelSelector()),))
    made = evaluator(policy(rule, app="web"))
    web, db, agent = of(made)
    assert made.allowed(db, web) == EVERYTHING
    assert made.allowed(agent, web).certain == NONE


def test_port_sets_are_shown_and_written_back() -> None:
    """By protocol, in the order of their names."""
    given = union((ports("UDP", 53), ports("TCP", 80), ports("TCP", 8000, 9000), ports("SCTP", 7)))
    assert text(given) == "SCTP 7,TCP 80,8000-9000,UDP 53"
    assert numbered(policy_ports(given)) == given
    assert policy_ports(ALL) == ()
    assert text(NONE) == "No Connections"
    assert ports("ICMP", 8) == NONE
    assert ports("TCP", 0, 70000) == numbered((PolicyPort("TCP"),))
