"""NetworkPolicies and Services."""

from msgspec import field

from assessor.inventory.decoding.interning import Interner
from assessor.inventory.decoding.wire import (
    Wire,
    WireMeta,
    WireSelector,
    project_meta,
    project_selector,
)
from assessor.inventory.kinds import ObservedKind
from assessor.inventory.network import (
    IPBlock,
    LabelSelector,
    NetworkPolicy,
    Peer,
    PolicyPort,
    PolicyRule,
    Service,
    ServicePort,
)


class WireIPBlock(Wire):
    """An ipBlock."""

    cidr: str
    excluded: list[str] | None = field(name="except", default=None)


class WirePeer(Wire):
    """One entry of from or to."""

    pod_selector: WireSelector | None = None
    namespace_selector: WireSelector | None = None
    ip_block: WireIPBlock | None = None


class WirePolicyPort(Wire):
    """One entry of a rule's ports."""

    protocol: str | None = None
    port: int | str | None = None
    end_port: int | None = None


class WireIngressRule(Wire):
    """spec.ingress[]."""

    peers: list[WirePeer] | None = field(name="from", default=None)
    ports: list[WirePolicyPort] | None = None


class WireEgressRule(Wire):
    """spec.egress[]."""

    peers: list[WirePeer] | None = field(name="to", default=None)
    ports: list[WirePolicyPort] | None = None


class WirePolicySpec(Wire):
    """spec; an absent podSelector is an empty one, which selects every pod."""

    pod_selector: WireSelector | None = None
    policy_types: list[str] | None = None
    ingress: list[WireIngressRule] | None = None
    egress: list[WireEgressRule] | None = None


class WireNetworkPolicy(Wire):
    """A networking.k8s.io/v1 NetworkPolicy."""

    metadata: WireMeta
    spec: WirePolicySpec = field(default_factory=WirePolicySpec)


class WireServicePort(Wire):
    """spec.ports[] of a Service."""

    port: int
    protocol: str | None = None
    name: str | None = None
    target_port: int | str | None = None


class WireServiceSpec(Wire):
    """spec of a Service."""

    type: str | None = None
    selector: dict[str, str] | None = None
    ports: list[WireServicePort] | None = None
    load_balancer_source_ranges: list[str] | None = None


class WireService(Wire):
    """A v1 Service."""

    metadata: WireMeta
    spec: WireServiceSpec = field(default_factory=WireServiceSpec)


def project_network_policy(
    wire: WireNetworkPolicy, kind: ObservedKind, interner: Interner
) -> NetworkPolicy:
    """The view of a NetworkPolicy; empty policyTypes are absent ones, as the API defaults them.

    Most namespaces have the same few policies: what they say is one object.
    """
    spec = wire.spec
    selector = project_selector(spec.pod_selector) if spec.pod_selector else LabelSelector()
    return NetworkPolicy(
        project_meta(wire.metadata, kind, interner),
        interner.share(selector),
        interner.share(tuple(spec.policy_types)) if spec.policy_types else None,
        interner.share(tuple(_rule(rule) for rule in spec.ingress or ())),
        interner.share(tuple(_rule(rule) for rule in spec.egress or ())),
    )


def _rule(wire: WireIngressRule | WireEgressRule) -> PolicyRule:
    return PolicyRule(
        tuple(_peer(peer) for peer in wire.peers or ()),
        tuple(
            PolicyPort(port.protocol or "TCP", port.port, port.end_port)
            for port in wire.ports or ()
        ),
    )


def _peer(wire: WirePeer) -> Peer:
    block = wire.ip_block
    return Peer(
        project_selector(wire.pod_selector) if wire.pod_selector else None,
        project_selector(wire.namespace_selector) if wire.namespace_selector else None,
        IPBlock(block.cidr, tuple(block.excluded or ())) if block else None,
    )


def project_service(wire: WireService, kind: ObservedKind, interner: Interner) -> Service:
    """The view of a Service."""
    spec = wire.spec
    return Service(
        project_meta(wire.metadata, kind, interner),
        spec.type or "ClusterIP",
        interner.labels(spec.selector),
        interner.share(tuple(_service_port(port) for port in spec.ports or ())),
        tuple(spec.load_balancer_source_ranges or ()),
    )


def _service_port(wire: WireServicePort) -> ServicePort:
    return ServicePort(wire.port, wire.protocol or "TCP", wire.name or "", wire.target_port)
