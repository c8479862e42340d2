"""Whether a change of policies cuts an edge that was open."""

from collections.abc import Callable, Iterator
from itertools import product

from msgspec import Struct

from assessor.analysis.cidr import addresses
from assessor.analysis.netpol.classes import PodFacts
from assessor.analysis.netpol.connections import Families, world_parts
from assessor.analysis.netpol.evaluator import Place, Policies
from assessor.analysis.netpol.fixing.edges import Edge
from assessor.analysis.netpol.portsets import (
    ALL,
    NONE,
    NamedPorts,
    PortSet,
    numbered,
    resolved,
    union,
)
from assessor.analysis.netpol.sides import Verdict
from assessor.analysis.netpol.state import Network
from assessor.analysis.policies import Direction
from assessor.analysis.spans import intersect, subtract
from assessor.inventory.network import IPBlock, LabelSelector, Peer, PolicyPort

OUTSIDE = -1
"""The number of no workload."""


class _End(Struct, frozen=True):
    """The same pods, or the same address, before and after."""

    before: Place
    after: Place
    root: int
    names: tuple[tuple[str, PortSet], ...] = ()


class Cut(Struct, frozen=True):
    """What a change does to the subjects of an edge, its sources or its targets.

    By the numbers of workloads: those that lose ports which were open, with these ports, and those
    that lose none.
    """

    lost: dict[int, PortSet]
    kept: frozenset[int]


def cut_by(
    edge: Edge,
    direction: Direction,
    namespace: str,
    change: tuple[Network, Network],
    *,
    unseen: bool = False,
) -> Cut:
    """Which subjects lose what both sides allowed for certain before, on their own side.

    ``unseen``: where nobody is seen at an end in another namespace, a stranger stands in.

    Pods that are alike in both are looked at once; of addresses one of each part of the world that
    a policy of either tells apart.
    """
    before, after = change
    sources = set(_ends(edge.source, namespace, before, after))
    targets = set(_ends(edge.target, namespace, before, after))
    if unseen:
        stranger = {_End(before.stranger, after.stranger, OUTSIDE)}
        sources = sources or (stranger if isinstance(edge.source, Peer) else sources)
        targets = targets or (stranger if isinstance(edge.target, Peer) else targets)
    inward = direction is Direction.INGRESS
    lost: dict[int, PortSet] = {}
    subjects: set[int] = set()
    for source, target in product(sources, targets):
        ports = ports_at(edge.ports, dict(target.names))
        old = before.evaluator.allowed(source.before, target.before).certain
        new = _side(after, direction)(source.after, target.after).certain
        subject = (target if inward else source).root
        subjects.add(subject)
        if missed := subtract(intersect(old, ports), new):
            lost[subject] = union((lost.get(subject, NONE), missed))
    return Cut(lost, frozenset(subjects - lost.keys()))


def _side(network: Network, direction: Direction) -> Callable[[Place, Place], Verdict]:
    inward = direction is Direction.INGRESS
    return network.evaluator.ingress if inward else network.evaluator.egress


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
    roots = before.root_of_pod
    for pod, old, new, root in zip(before.pods, before.of_pod, after.of_pod, roots, strict=True):
        if _means(end, namespace, pod, before) and not pod.host_network:
            yield _End(old, new, root, pod.named)


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
                yield _End(address, address, OUTSIDE)
