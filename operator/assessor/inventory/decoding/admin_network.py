"""Policies of policy.networking.k8s.io: subjects, tiers, actions and peers."""

from collections.abc import Iterator
from typing import Literal

from msgspec import field

from assessor.inventory.admin_network import Action, AdminPolicy, AdminRule, Subject, Tier
from assessor.inventory.decoding.interning import Interner
from assessor.inventory.decoding.wire import (
    Wire,
    WireMeta,
    WireSelector,
    project_meta,
    project_selector,
)
from assessor.inventory.kinds import ObservedKind
from assessor.inventory.network import IPBlock, LabelSelector, Peer, PolicyPort

POLICY_API_GROUP = "policy.networking.k8s.io"
"""The group whose policies name their subject as Kubernetes' own types do."""

_ACTIONS = {each.value: each for each in Action} | {"Accept": Action.ALLOW}


class WirePods(Wire):
    """Pods of some namespaces, as subject or peer."""

    namespace_selector: WireSelector | None = None
    pod_selector: WireSelector | None = None


class WireSubject(Wire):
    """spec.subject: all pods of some namespaces, or some pods of some namespaces."""

    namespaces: WireSelector | None = None
    pods: WirePods | None = None


class WireAdminPeer(Wire):
    """One entry of from or to: exactly one of the fields is set."""

    namespaces: WireSelector | None = None
    pods: WirePods | None = None
    nodes: WireSelector | None = None
    networks: list[str] | None = None
    domain_names: list[str] | None = None


class WirePortNumber(Wire):
    """ports[].portNumber."""

    port: int
    protocol: str | None = None


class WirePortRange(Wire):
    """ports[].portRange."""

    start: int
    end: int
    protocol: str | None = None


class WireAdminPort(Wire):
    """ports[] of v1alpha1: exactly one of the fields is set."""

    port_number: WirePortNumber | None = None
    port_range: WirePortRange | None = None
    named_port: str | None = None


class WireRange(Wire):
    """A destinationPort's range."""

    start: int
    end: int


class WireDestination(Wire):
    """destinationPort: a number or a range."""

    number: int | None = None
    range: WireRange | None = None


class WireProtocolMatch(Wire):
    """What is matched of one protocol; without destinationPort every port."""

    destination_port: WireDestination | None = None


class WireProtocol(Wire):
    """protocols[] of v1alpha2: exactly one of the fields is set."""

    tcp: WireProtocolMatch | None = None
    udp: WireProtocolMatch | None = None
    sctp: WireProtocolMatch | None = None
    destination_named_port: str | None = None


class WireAdminIngress(Wire):
    """spec.ingress[]."""

    action: Literal["Allow", "Accept", "Deny", "Pass"]
    name: str | None = None
    peers: list[WireAdminPeer] | None = field(name="from", default=None)
    ports: list[WireAdminPort] | None = None
    protocols: list[WireProtocol] | None = None


class WireAdminEgress(Wire):
    """spec.egress[]."""

    action: Literal["Allow", "Accept", "Deny", "Pass"]
    name: str | None = None
    peers: list[WireAdminPeer] | None = field(name="to", default=None)
    ports: list[WireAdminPort] | None = None
    protocols: list[WireProtocol] | None = None


class WireAdminSpec(Wire):
    """spec; a BaselineAdminNetworkPolicy has no priority, and only v1alpha2 has tiers."""

    subject: WireSubject = field(default_factory=WireSubject)
    tier: Literal["Admin", "Baseline"] | None = None
    priority: int | None = None
    ingress: list[WireAdminIngress] | None = None
    egress: list[WireAdminEgress] | None = None


class WireAdminPolicy(Wire):
    """AdminNetworkPolicy, BaselineAdminNetworkPolicy or ClusterNetworkPolicy."""

    metadata: WireMeta
    spec: WireAdminSpec = field(default_factory=WireAdminSpec)


def project_admin_policy(
    wire: WireAdminPolicy, kind: ObservedKind, interner: Interner
) -> AdminPolicy:
    """The view of a policy; without a subject that can be read it may reach any pod."""
    spec = wire.spec
    baseline = kind.kind == "BaselineAdminNetworkPolicy" or spec.tier == Tier.BASELINE.value
    return AdminPolicy(
        kind.kind,
        project_meta(wire.metadata, kind, interner),
        Tier.BASELINE if baseline else Tier.ADMIN,
        spec.priority or 0,
        _subject(spec.subject),
        tuple(_rule(rule) for rule in spec.ingress or ()),
        tuple(_rule(rule) for rule in spec.egress or ()),
    )


def _subject(wire: WireSubject) -> Subject | None:
    if wire.pods is not None:
        return Subject(_selector(wire.pods.namespace_selector), _selector(wire.pods.pod_selector))
    return Subject(project_selector(wire.namespaces)) if wire.namespaces is not None else None


def _selector(wire: WireSelector | None) -> LabelSelector:
    return project_selector(wire) if wire else LabelSelector()


def _rule(wire: WireAdminIngress | WireAdminEgress) -> AdminRule:
    peers = wire.peers or []
    unknown_ports = any(not _has_field(port) for port in (wire.ports or wire.protocols or ()))
    return AdminRule(
        _ACTIONS[wire.action],
        tuple(each for peer in peers for each in _peers(peer)),
        tuple(_ports(wire)),
        wire.name or "",
        undetermined=any(peer.nodes is not None or peer.domain_names for peer in peers),
        unreadable=unknown_ports or any(not _has_field(peer) for peer in peers),
    )


def _has_field(wire: Wire) -> bool:
    """Whether one of its fields is set; what has none is of a version that nobody knows here."""
    return any(getattr(wire, name) is not None for name in wire.__struct_fields__)


def _peers(wire: WireAdminPeer) -> Iterator[Peer]:
    if wire.namespaces is not None:
        yield Peer(namespace_selector=project_selector(wire.namespaces))
    if wire.pods is not None:
        pods, namespaces = wire.pods.pod_selector, wire.pods.namespace_selector
        yield Peer(_selector(pods), _selector(namespaces))
    yield from (Peer(ip_block=IPBlock(cidr)) for cidr in wire.networks or ())


def _ports(wire: WireAdminIngress | WireAdminEgress) -> Iterator[PolicyPort]:
    for port in wire.ports or ():
        if port.port_number:
            yield PolicyPort(port.port_number.protocol or "TCP", port.port_number.port)
        if port.port_range:
            span = port.port_range
            yield PolicyPort(span.protocol or "TCP", span.start, span.end)
        if port.named_port:
            yield PolicyPort("", port.named_port)
    for match in wire.protocols or ():
        yield from _of_protocol("TCP", match.tcp)
        yield from _of_protocol("UDP", match.udp)
        yield from _of_protocol("SCTP", match.sctp)
        if match.destination_named_port:
            yield PolicyPort("", match.destination_named_port)


def _of_protocol(protocol: str, match: WireProtocolMatch | None) -> Iterator[PolicyPort]:
    if match is None:
        return
    at = match.destination_port
    if at is None:
        yield PolicyPort(protocol)
    elif at.range:
        yield PolicyPort(protocol, at.range.start, at.range.end)
    elif at.number is not None:
        yield PolicyPort(protocol, at.number)
