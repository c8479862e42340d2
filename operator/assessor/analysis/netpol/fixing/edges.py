"""The edges of a namespace that something explains: a Service, or what a policy already names.

What nothing explains is not known to be needed: that is what a default-deny is for.
"""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from assessor.analysis.breadth import openings
from assessor.analysis.netpol.entrances import is_meant
from assessor.analysis.netpol.namespaces import NAME_LABEL, Namespaces
from assessor.analysis.netpol.peers import lets_strangers_in
from assessor.analysis.netpol.portsets import by_number
from assessor.analysis.netpol.services import behind, target_ports
from assessor.analysis.netpol.state import State
from assessor.analysis.policies import Direction, rules_in_force
from assessor.inventory.network import (
    IPBlock,
    LabelSelector,
    NetworkPolicy,
    Peer,
    PolicyPort,
    PolicyRule,
    Service,
)

ANY_POD = LabelSelector()
WORLD = ("0.0.0.0/0", "::/0")
OUTSIDE = ("LoadBalancer", "NodePort")
"""Types of Services that are there for callers outside of the cluster."""

DNS_NAMES = ("kube-dns", "coredns", "dns-default")
"""What Services of a cluster's name servers are called by those who install them."""


class Edge(Struct, frozen=True):
    """Who may connect to whom on which ports, and what explains it.

    ``source`` and ``target`` are pods of the namespace by a selector, or a peer as a policy of the
    namespace would name it. Exactly one of them may be elsewhere.
    """

    why: str
    source: LabelSelector | Peer
    target: LabelSelector | Peer
    ports: tuple[PolicyPort, ...]


def explained(state: State, namespace: str, entrance_from: str = "") -> list[Edge]:
    """All of them, each once; Services first.

    ``entrance_from`` is the namespace of the controller that Ingresses and Routes come in through;
    nothing tells it but who asks, and without it what they lead to is explained by nobody.
    """
    found = (
        *_of_services(state, namespace),
        *(_of_entrances(state, namespace, entrance_from) if entrance_from else ()),
        *_of_own_policies(state, namespace),
        *_of_others(state, namespace),
    )
    return list(dict.fromkeys(found))


# ── Services ──────────────────────────────────────────────────────────────────────────────────


def _of_services(state: State, namespace: str) -> Iterator[Edge]:
    for service in state.services:
        if service.meta.namespace == namespace and service.selector:
            at = service_ports(state, service)
            target = LabelSelector(tuple(service.selector.items()))
            if at:
                why = f"Service {service.meta.name}"
                yield Edge(why, ANY_POD, target, at)
                if service.type in OUTSIDE:
                    for cidr in service.source_ranges or WORLD:
                        outside = Peer(ip_block=IPBlock(cidr))
                        yield Edge(f"{why} ({service.type})", outside, target, at)


def _of_entrances(state: State, namespace: str, controller: str) -> Iterator[Edge]:
    services = {each.meta.name: each for each in state.services if each.meta.namespace == namespace}
    source = Peer(namespace_selector=LabelSelector(((NAME_LABEL, controller),)))
    for entrance in state.entrances:
        for backend in entrance.backends:
            service = services.get(backend.service)
            if entrance.meta.namespace == namespace and service and service.selector:
                target = LabelSelector(tuple(service.selector.items()))
                meant = tuple(port for port in service.ports if is_meant(backend, port))
                at = service_ports(state, replace(service, ports=meant))
                yield Edge(f"Ingress {entrance.meta.name}", source, target, at)


def service_ports(state: State, service: Service) -> tuple[PolicyPort, ...]:
    """The ports behind a Service: the pods' own, by number; by name where nobody has it yet."""
    roots = list(behind(service, state.roots))
    found: dict[PolicyPort, None] = {}
    for port in service.ports:
        numbers = [
            PolicyPort(port.protocol, low)
            for root in roots
            for low, _ in by_number(port.protocol, target_ports(port, root))
        ]
        found |= dict.fromkeys(numbers or [PolicyPort(port.protocol, port.target or port.port)])
    return tuple(found)


# ── what policies already name ────────────────────────────────────────────────────────────────


def _of_own_policies(state: State, namespace: str) -> Iterator[Edge]:
    """Edges between the namespace's pods, which one direction of a policy names."""
    for policy in state.policies.network:
        if policy.meta.namespace == namespace:
            for direction in Direction:
                for rule in narrow_rules(policy, direction):
                    for peer in rule.peers:
                        if peer.namespace_selector is None and peer.pod_selector is not None:
                            yield _directed(
                                f"NetworkPolicy {policy.meta.name}",
                                direction,
                                policy.pod_selector,
                                peer.pod_selector,
                                rule,
                            )


def _of_others(state: State, namespace: str) -> Iterator[Edge]:
    """Edges from and to other namespaces, which their policies name."""
    known = Namespaces(state.namespaces)
    labels = known.labels(namespace)
    for policy in state.policies.network:
        if policy.meta.namespace == namespace:
            continue
        for direction in Direction:
            for rule in narrow_rules(policy, direction):
                for peer in rule.peers:
                    if peer.namespace_selector and peer.namespace_selector.matches(labels):
                        there = Peer(
                            policy.pod_selector if not policy.pod_selector.empty else None,
                            LabelSelector(((NAME_LABEL, policy.meta.namespace),)),
                        )
                        yield _directed(
                            f"NetworkPolicy {policy.meta.namespace}/{policy.meta.name}",
                            direction,
                            there,
                            peer.pod_selector or ANY_POD,
                            rule,
                        )


def _directed(
    why: str,
    direction: Direction,
    subject: LabelSelector | Peer,
    other: LabelSelector | Peer,
    rule: PolicyRule,
) -> Edge:
    if direction is Direction.INGRESS:
        return Edge(why, other, subject, rule.ports)
    return Edge(why, subject, other, rule.ports)


def narrow_rules(policy: NetworkPolicy, direction: Direction) -> Iterator[PolicyRule]:
    """The rules in force that name somebody: who lets everybody in explains nothing."""
    for rule in rules_in_force(policy, direction):
        strangers = any(lets_strangers_in(peer) for peer in rule.peers)
        if rule.peers and not strangers and not openings([(0, rule)]):
            yield rule


# ── name resolution ───────────────────────────────────────────────────────────────────────────


def name_servers(state: State) -> list[tuple[Peer, tuple[PolicyPort, ...]]]:
    """Where the cluster's name servers are: their Services', or where they usually are."""
    found = [
        (
            Peer(
                LabelSelector(tuple(service.selector.items())),
                LabelSelector(((NAME_LABEL, service.meta.namespace),)),
            ),
            _for_names(service_ports(state, service)),
        )
        for service in state.services
        if service.meta.name in DNS_NAMES and service.selector
    ]
    usual = Peer(
        LabelSelector((("k8s-app", "kube-dns"),)), LabelSelector(((NAME_LABEL, "kube-system"),))
    )
    return found or [(usual, (PolicyPort("UDP", 53), PolicyPort("TCP", 53)))]


def _for_names(given: tuple[PolicyPort, ...]) -> tuple[PolicyPort, ...]:
    """The Service's ports without its metrics."""
    wanted = {53, 5353, "dns", "dns-tcp"}
    return tuple(port for port in given if port.port in wanted) or given
