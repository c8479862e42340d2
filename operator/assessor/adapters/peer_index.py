"""Whom NetworkPolicies mean in other namespaces: kept by what their selectors ask for.

A change of a namespace's or a pod's labels concerns only the namespaces whose policies can see it,
and costs what those policies' different peers cost, whatever the size of the cluster.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

from assessor.adapters.store import Change, Entry, Store, identity
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
    """Follows the stores of namespaces, policies, pods and workloads change by change."""

    def __init__(self, labels_in: LabelsIn) -> None:
        """``labels_in`` looks into the stores of pods and workloads, which hold them already."""
        self._labels_in = labels_in
        self._namespaces: dict[str, Labels] = {}
        self._by_label: dict[Anchor, set[str]] = defaultdict(set)
        self._peers_of: dict[tuple[str, str], frozenset[Peer]] = {}
        self._watched: dict[Peer, dict[str, int]] = {}
        """By peer, the namespaces whose policies name it, and how many of their policies."""
        self._by_namespace_label: dict[Anchor, set[Peer]] = defaultdict(set)
        self._by_pod_label: dict[Anchor, set[Peer]] = defaultdict(set)
        self._present: dict[Peer, bool] = {}
        """Whether a peer means a pod, of those that were asked about."""

    # ── changes ───────────────────────────────────────────────────────────────────────────────

    def take_namespace(self, change: Change) -> frozenset[str]:
        """Take in a namespace; the others whose policies see the difference."""
        before, after = (_labels_of_namespace(each) for each in (change.before, change.after))
        self._relabel(change.name, before, after)
        concerned: set[str] = set()
        for peer in self._seeing(before, after):
            selector = peer.namespace_selector or EVERYBODY
            was, is_now = _matches(selector, before), _matches(selector, after)
            if was != is_now and self._is_another(peer, change.name, comes=is_now):
                concerned |= self._watched[peer].keys()
        return frozenset(concerned)

    def _is_another(self, peer: Peer, namespace: str, *, comes: bool) -> bool:
        """Whether the answer is another one, now that a namespace is meant or no more."""
        known = self._present.get(peer)
        if anchors(peer.namespace_selector or EVERYBODY):
            # Its namespaces are told by name.
            self._present.pop(peer, None)
            return True
        if known is None or known == comes:
            return False
        selector = peer.pod_selector or EVERYBODY
        if not any(map(selector.matches, self._labels_in(namespace))):
            return False
        self._present[peer] = comes or self._means_a_pod(peer)
        return self._present[peer] != known

    def take_policy(self, change: Change) -> None:
        """Take in a policy: what is asked for changes, not what is there."""
        place = (change.namespace, change.name)
        for peer in self._peers_of.pop(place, frozenset()):
            self._forget(peer, change.namespace)
        if isinstance(change.after, NetworkPolicy):
            found = frozenset(peers_elsewhere(change.after))
            for peer in found:
                self._watch(peer, change.namespace)
            if found:
                self._peers_of[place] = found

    def take_pods(self, change: Change) -> frozenset[str]:
        """Take in a pod or a workload; the namespaces whose policies see another answer."""
        before, after = _labels_of(change.before), _labels_of(change.after)
        if before == after or change.namespace not in self._namespaces:
            # Of a namespace that is not known yet, its own coming tells.
            return frozenset()
        concerned: set[str] = set()
        for peer in self._meaning(change.namespace, before, after):
            known = self._present.get(peer)
            if known is None:
                continue
            selector = peer.pod_selector or EVERYBODY
            if _matches(selector, after):
                now = True
            elif known and _matches(selector, before):
                now = self._means_a_pod(peer, first=change.namespace)
            else:
                now = known
            if now != known:
                self._present[peer] = now
                concerned |= self._watched[peer].keys()
        return frozenset(concerned)

    # ── answers ───────────────────────────────────────────────────────────────────────────────

    def reach(self, policies: Iterable[NetworkPolicy]) -> Mapping[Peer, PeerReach]:
        """Whom the peers of a namespace's policies mean in other namespaces."""
        return {peer: self._reach(peer) for each in policies for peer in peers_elsewhere(each)}

    def _reach(self, peer: Peer) -> PeerReach:
        if peer not in self._present:
            self._present[peer] = self._means_a_pod(peer)
        found = self._matching(peer.namespace_selector or EVERYBODY)
        if found is None:
            return PeerReach(pods=self._present[peer])
        names = sorted(found)
        return PeerReach(tuple(names[:SHOWN]), max(0, len(names) - SHOWN), pods=self._present[peer])

    def _means_a_pod(self, peer: Peer, first: str = "") -> bool:
        namespaces = self._matching(peer.namespace_selector or EVERYBODY)
        if namespaces is None:
            selector = peer.namespace_selector or EVERYBODY
            namespaces = {
                name for name, labels in self._namespaces.items() if selector.matches(labels)
            }
        selector = peer.pod_selector or EVERYBODY
        ordered = (first, *namespaces) if first in namespaces else namespaces
        return any(selector.matches(labels) for name in ordered for labels in self._labels_in(name))

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

    # ── the index ─────────────────────────────────────────────────────────────────────────────

    def _relabel(self, name: str, before: Labels | None, after: Labels | None) -> None:
        for anchor in _anchors_of(before):
            self._by_label[anchor].discard(name)
            if not self._by_label[anchor]:
                del self._by_label[anchor]
        for anchor in _anchors_of(after):
            self._by_label[anchor].add(name)
        if after is None:
            self._namespaces.pop(name, None)
        else:
            self._namespaces[name] = after

    def _watch(self, peer: Peer, namespace: str) -> None:
        counts = self._watched.get(peer)
        if counts is None:
            counts = self._watched[peer] = {}
            for index, anchor in self._entries(peer):
                index[anchor].add(peer)
        counts[namespace] = counts.get(namespace, 0) + 1

    def _forget(self, peer: Peer, namespace: str) -> None:
        counts = self._watched[peer]
        counts[namespace] -= 1
        if not counts[namespace]:
            del counts[namespace]
        if not counts:
            del self._watched[peer]
            self._present.pop(peer, None)
            for index, anchor in self._entries(peer):
                index[anchor].discard(peer)
                if not index[anchor]:
                    del index[anchor]

    def _entries(self, peer: Peer) -> Iterator[tuple[dict[Anchor, set[Peer]], Anchor]]:
        """Where a peer stands: by its namespaces' label if it asks for one, else by its pods'."""
        found = anchors(peer.namespace_selector or EVERYBODY)
        index = self._by_namespace_label if found else self._by_pod_label
        for anchor in found or anchors(peer.pod_selector or EVERYBODY):
            yield index, anchor

    def _seeing(self, *labels: Labels | None) -> set[Peer]:
        """The peers whose namespaces may be those with one of these sets of labels."""
        found = {
            peer
            for each in labels
            for anchor in _anchors_of(each)
            for peer in self._by_namespace_label.get(anchor, ())
        }
        # Those of every namespace see one come or go, and none of its labels.
        sees_all = None in labels
        for peers in self._by_pod_label.values():
            found |= {each for each in peers if sees_all or each.namespace_selector != EVERYBODY}
        return found

    def _meaning(self, namespace: str, *labels: Labels | None) -> set[Peer]:
        """The peers that may mean pods of a namespace with one of these sets of labels."""
        here = self._namespaces[namespace]
        found = {
            peer
            for anchor in _anchors_of(here)
            for peer in self._by_namespace_label.get(anchor, ())
        }
        found |= {
            peer
            for each in labels
            for anchor in _anchors_of(each)
            for peer in self._by_pod_label.get(anchor, ())
        }
        return {peer for peer in found if (peer.namespace_selector or EVERYBODY).matches(here)}


def _anchors_of(labels: Labels | None) -> Iterator[Anchor]:
    for key, value in (labels or {}).items():
        yield key, value
        yield key, ANY


def _labels_of_namespace(entry: object) -> Labels | None:
    if not isinstance(entry, Namespace):
        return None
    return {**entry.meta.labels, NAME_LABEL: entry.meta.name}


def _labels_of(entry: object) -> Labels | None:
    """The labels of what runs, or would; None of what does no more."""
    match entry:
        case Pod():
            return None if entry.finished else entry.meta.labels
        case Workload():
            return None if entry.finished else entry.template_labels
    return None


def _matches(selector: LabelSelector, labels: Labels | None) -> bool:
    return labels is not None and selector.matches(labels)


def peer_index_of(core: Mapping[Evidence, Stored]) -> PeerIndex:
    """The index of what the stores of all kinds hold now."""

    def labels_in(namespace: str) -> Iterator[Labels]:
        for evidence in LABELLED:
            for entry in core[evidence].store.entries(namespace):
                labels = _labels_of(entry)
                if labels is not None:
                    yield labels

    index = PeerIndex(labels_in)
    for entry in core[Evidence.NAMESPACES].store:
        index.take_namespace(_made(entry))
    for entry in core[Evidence.NETWORK_POLICIES].store:
        index.take_policy(_made(entry))
    return index


def _made(entry: Entry) -> Change:
    return Change(*identity(entry)[:2], None, entry)
