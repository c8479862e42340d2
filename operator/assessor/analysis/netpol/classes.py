"""Pods in classes that no selector can tell apart, and selectors as bitsets over them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from msgspec import Struct

from assessor.analysis.netpol.namespaces import Namespaces
from assessor.analysis.netpol.portsets import NONE, NamedPorts, PortSet, ports, union
from assessor.analysis.projection import Projected, Projection
from assessor.inventory.containers import ContainerKind
from assessor.inventory.meta import Labels
from assessor.inventory.network import LabelSelector, Peer, Requirement
from assessor.inventory.workloads import PodSpec

Bits = int
"""A set of classes: bit i is the class of index i."""


class PodFacts(Struct, frozen=True):
    """What NetworkPolicies can tell of a pod, or of a template's pods."""

    namespace: str
    labels: Labels
    named: tuple[tuple[str, PortSet], ...] = ()
    host_network: bool = False


class PodClass(Struct, frozen=True):
    """What several pods have in common for every policy there is."""

    namespace: str
    labels: Projected
    named: tuple[tuple[str, PortSet], ...] = ()
    host_network: bool = False

    @property
    def names(self) -> NamedPorts:
        """Its named ports."""
        return dict(self.named)


def facts(namespace: str, labels: Labels, spec: PodSpec) -> PodFacts:
    """The facts of a pod, or of a template."""
    return PodFacts(namespace, labels, named_ports(spec), spec.host_network)


def named_ports(spec: PodSpec) -> tuple[tuple[str, PortSet], ...]:
    """The ports that containers which keep running have named, sorted by name.

    Sidecars keep running; other init containers are gone when the pod serves, and ephemeral ones
    declare no ports.
    """
    found: dict[str, PortSet] = defaultdict(lambda: NONE)
    for container in spec.containers:
        if container.kind in (ContainerKind.REGULAR, ContainerKind.SIDECAR):
            for port in container.ports:
                if port.name:
                    at = ports(port.protocol, port.number)
                    found[port.name] = union((found[port.name], at))
    return tuple(sorted(found.items()))


class Classes:
    """The classes of a cluster's pods."""

    def __init__(
        self,
        namespaces: Namespaces,
        pods: Iterable[PodFacts],
        selectors: Iterable[LabelSelector],
        names: Collection[str],
    ) -> None:
        """``selectors`` of pods and ``names`` of ports: all that will be asked about."""
        self._namespaces = namespaces
        projection = Projection(selectors)
        index: dict[PodClass, int] = {}
        self.of_pod: tuple[int, ...] = tuple(
            index.setdefault(_class_of(pod, projection, names), len(index)) for pod in pods
        )
        """The class of each pod."""
        self.all: tuple[PodClass, ...] = tuple(index)
        self._by_namespace: dict[str, Bits] = defaultdict(int)
        self._by_label: dict[tuple[str, str], Bits] = defaultdict(int)
        self._by_key: dict[str, Bits] = defaultdict(int)
        self.selectable: Bits = 0
        """Those that selectors can reach: not those on their node's network."""
        for number, each in enumerate(self.all):
            self._enter(1 << number, each)
        self._selected: dict[LabelSelector, Bits] = {}
        self._placed: dict[LabelSelector, Bits] = {}

    def _enter(self, bit: Bits, each: PodClass) -> None:
        if each.host_network:
            return
        self.selectable |= bit
        self._by_namespace[each.namespace] |= bit
        for key, value in each.labels:
            self._by_label[key, value] |= bit
            self._by_key[key] |= bit

    def in_namespace(self, namespace: str) -> Bits:
        """Those of one namespace."""
        return self._by_namespace.get(namespace, 0)

    def selected(self, selector: LabelSelector) -> Bits:
        """Those that a pod selector matches, in every namespace."""
        found = self._selected.get(selector)
        if found is None:
            found = self.selectable
            for pair in selector.match_labels:
                found &= self._by_label.get(pair, 0)
            for requirement in selector.match_expressions:
                found &= self._required(requirement)
            self._selected[selector] = found
        return found

    def placed(self, selector: LabelSelector) -> Bits:
        """Those in namespaces that match."""
        found = self._placed.get(selector)
        if found is None:
            found = 0
            for name in self._namespaces.matching(selector):
                found |= self._by_namespace.get(name, 0)
            self._placed[selector] = found
        return found

    def peers(self, peer: Peer, namespace: str) -> Bits:
        """Those that a peer of a policy in ``namespace`` names; ``""``: of the cluster."""
        if peer.namespace_selector is not None:
            found = self.placed(peer.namespace_selector)
        elif peer.pod_selector is not None:
            found = self.in_namespace(namespace)
        else:
            return 0
        if peer.pod_selector is not None and found:
            found &= self.selected(peer.pod_selector)
        return found

    def _required(self, requirement: Requirement) -> Bits:
        match requirement.operator:
            case "Exists":
                return self._by_key.get(requirement.key, 0)
            case "DoesNotExist":
                return self.selectable & ~self._by_key.get(requirement.key, 0)
        found = 0
        for value in requirement.values:
            found |= self._by_label.get((requirement.key, value), 0)
        return self.selectable & ~found if requirement.operator == "NotIn" else found


def each_bit(bits: Bits) -> Iterator[int]:
    """The indexes of the classes in a set, ascending."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def _class_of(pod: PodFacts, projection: Projection, names: Collection[str]) -> PodClass:
    if pod.host_network:
        return PodClass(pod.namespace, (), (), host_network=True)
    named = tuple(entry for entry in pod.named if entry[0] in names)
    return PodClass(pod.namespace, projection.of(pod.labels), named)
