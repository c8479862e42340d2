"""Whom NetworkPolicies mean in other namespaces, for those who may read all of them.

No status tells of it: whoever writes a policy would learn by it which namespaces and pods have
which labels (docs/design/2026-11-25-hostile-tenants.md).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

from assessor.adapters.store import Store
from assessor.analysis.netpol.namespaces import NAME_LABEL
from assessor.analysis.netpol.peers import ANY, Anchor, anchors, peers_elsewhere
from assessor.inventory.kinds import WORKLOAD_EVIDENCE, Evidence
from assessor.inventory.meta import Labels
from assessor.inventory.network import LabelSelector, NetworkPolicy, Peer, PeerReach
from assessor.inventory.workloads import Namespace, Pod, Workload

SHOWN = 3
"""Namespaces that a message may name."""

EVERYBODY = LabelSelector()

LABELLED = tuple(sorted(WORKLOAD_EVIDENCE))
"""The kinds whose objects have pods' labels."""


class Stored(Protocol):
    """One kind, as far as its objects go."""

    @property
    def store(self) -> Store:
        """What is known of it."""


LabelsIn = Callable[[str], Iterable[Labels]]
"""The labels of what runs, or would, in a namespace."""


class PeerIndex:
    """The namespaces of a cluster by their labels, and what was found of each peer."""

    def __init__(self, namespaces: Iterable[Namespace], labels_in: LabelsIn) -> None:
        """``labels_in`` looks into the stores of pods and workloads, which hold them already."""
        self._labels_in = labels_in
        self._namespaces = {each.meta.name: _labels_of_namespace(each) for each in namespaces}
        self._by_label: dict[Anchor, set[str]] = defaultdict(set)
        for name, labels in self._namespaces.items():
            for key, value in labels.items():
                self._by_label[key, value].add(name)
                self._by_label[key, ANY].add(name)
        self._found: dict[Peer, PeerReach] = {}

    def reach(self, policies: Iterable[NetworkPolicy]) -> Mapping[Peer, PeerReach]:
        """Whom the peers of a namespace's policies mean in other namespaces."""
        return {peer: self._reach(peer) for each in policies for peer in peers_elsewhere(each)}

    def _reach(self, peer: Peer) -> PeerReach:
        if peer not in self._found:
            self._found[peer] = self._look(peer)
        return self._found[peer]

    def _look(self, peer: Peer) -> PeerReach:
        selector, pods = peer.namespace_selector or EVERYBODY, peer.pod_selector or EVERYBODY
        named = self._matching(selector)
        names = self._all_matching(selector) if named is None else sorted(named)
        found = any(pods.matches(labels) for name in names for labels in self._labels_in(name))
        if named is None:
            return PeerReach(pods=found)
        return PeerReach(tuple(names[:SHOWN]), max(0, len(names) - SHOWN), pods=found)

    def _matching(self, selector: LabelSelector) -> set[str] | None:
        """The namespaces that match; None where strangers do, so that nobody counts them."""
        found = anchors(selector)
        if not found:
            return None
        return {
            name
            for anchor in found
            for name in self._by_label.get(anchor, ())
            if selector.matches(self._namespaces[name])
        }

    def _all_matching(self, selector: LabelSelector) -> list[str]:
        return [name for name, labels in self._namespaces.items() if selector.matches(labels)]


def _labels_of_namespace(namespace: Namespace) -> Labels:
    return {**namespace.meta.labels, NAME_LABEL: namespace.meta.name}


def _labels_of(entry: object) -> Labels | None:
    """The labels of what runs, or would; None of what does no more."""
    match entry:
        case Pod():
            return None if entry.finished else entry.meta.labels
        case Workload():
            return None if entry.finished else entry.template_labels
    return None


def peer_index_of(core: Mapping[Evidence, Stored]) -> PeerIndex:
    """The index of what the stores of all kinds hold now."""

    def labels_in(namespace: str) -> Iterator[Labels]:
        for evidence in LABELLED:
            for entry in core[evidence].store.entries(namespace):
                labels = _labels_of(entry)
                if labels is not None:
                    yield labels

    namespaces = (each for each in core[Evidence.NAMESPACES].store if isinstance(each, Namespace))
    return PeerIndex(namespaces, labels_in)
