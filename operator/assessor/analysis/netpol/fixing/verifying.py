"""The proof of a fix: it is evaluated, and no explained edge that was open is cut."""

from collections.abc import Iterator
from itertools import product

from msgspec import Struct

from assessor.analysis.cidr import addresses
from assessor.analysis.netpol.classes import PodFacts
from assessor.analysis.netpol.connections import Families, world_parts
from assessor.analysis.netpol.evaluator import Place, Policies
from assessor.analysis.netpol.fixing.edges import Edge
from assessor.analysis.netpol.fixing.policies import Fix, applied
from assessor.analysis.netpol.portsets import (
    ALL,
    NamedPorts,
    PortSet,
    numbered,
    resolved,
    union,
)
from assessor.analysis.netpol.state import Network, State
from assessor.analysis.policies import Direction
from assessor.analysis.spans import intersect, subtract
from assessor.inventory.network import IPBlock, LabelSelector, Peer, PolicyPort


class _End(Struct, frozen=True):
    """The same pods, or the same address, before and after."""

    before: Place
    after: Place
    names: tuple[tuple[str, PortSet], ...] = ()


def cut_edges(state: State, fixed: Fix) -> list[Edge]:
    """The explained edges of which a port was open for certain before, and is not after.

    Pods that are alike in both are looked at once; of addresses one of each part of the world that
    a policy of either tells apart.
    """
    before, after = state.evaluator(), applied(state, fixed).evaluator()
    return [edge for edge in fixed.edges if _is_cut(edge, fixed.namespace, before, after)]


def _is_cut(edge: Edge, namespace: str, before: Network, after: Network) -> bool:
    sources = set(_ends(edge.source, namespace, before, after))
    targets = set(_ends(edge.target, namespace, before, after))
    for source, target in product(sources, targets):
        ports = ports_at(edge.ports, dict(target.names))
        old = before.evaluator.allowed(source.before, target.before).certain
        new = after.evaluator.allowed(source.after, target.after).certain
        if subtract(intersect(old, ports), new):
            return True
    return False


def ports_at(given: tuple[PolicyPort, ...], names: NamedPorts) -> PortSet:
    """A rule's ports at pods that call theirs ``names``."""
    if not given:
        return ALL
    named = (
        resolved(port.protocol, port.port, names) for port in given if isinstance(port.port, str)
    )
    return union((numbered(given), *named))


def _ends(
    end: LabelSelector | Peer, namespace: str, before: Network, after: Network
) -> Iterator[_End]:
    if isinstance(end, Peer) and end.ip_block:
        yield from _addresses(end.ip_block, before, after)
        return
    for facts, old, new in zip(before.pods, before.of_pod, after.of_pod, strict=True):
        if _means(end, namespace, facts, before) and not facts.host_network:
            yield _End(old, new, facts.named)


def _means(end: LabelSelector | Peer, namespace: str, pod: PodFacts, network: Network) -> bool:
    if isinstance(end, LabelSelector):
        return pod.namespace == namespace and end.matches(pod.labels)
    selector = end.namespace_selector
    if selector is None:
        return False
    placed = selector.matches(network.evaluator.namespaces.labels(pod.namespace))
    return placed and (end.pod_selector is None or end.pod_selector.matches(pod.labels))


def _addresses(block: IPBlock, before: Network, after: Network) -> Iterator[_End]:
    found = addresses(block)
    if not found:
        return
    world = Policies((*before.state.policies.network, *after.state.policies.network))
    for direction in Direction:
        for family, span in world_parts(world, direction, Families.DUAL):
            if family is found[0] and intersect((span,), found[1]):
                address = (family, intersect((span,), found[1])[0][0])
                yield _End(address, address)
