"""Whom policies mean elsewhere: followed change by change, it is what a fresh look finds."""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator

import pytest

from assessor.adapters.peer_index import PeerIndex
from assessor.adapters.store import Change
from assessor.analysis.netpol.peers import peers_elsewhere
from assessor.inventory.meta import Labels, Meta
from assessor.inventory.network import (
    LabelSelector,
    NetworkPolicy,
    Peer,
    PeerReach,
    PolicyRule,
    Requirement,
)
from assessor.inventory.workloads import Namespace, Pod, PodSpec, Workload

NAME = "kubernetes.io/metadata.name"
NAMESPACES = ("a", "b", "c", "d")
TEAMS = ("x", "y")
APPS = ("web", "db")


def namespace(name: str, **labels: str) -> Namespace:
    """A namespace as the API server keeps it."""
    return Namespace(Meta(name, "", name, {**labels, NAME: name}))


def pod(place: str, name: str, phase: str = "Running", **labels: str) -> Pod:
    """A pod."""
    return Pod(Meta(name, place, name, labels), PodSpec(), phase)


def policy(place: str, name: str, *peers: Peer) -> NetworkPolicy:
    """A policy that lets peers in."""
    return NetworkPolicy(Meta(name, place, name, {}), LabelSelector(), None, (PolicyRule(peers),))


class Cluster:
    """Objects by place, and an index that is told of each change."""

    def __init__(self) -> None:
        """Empty."""
        self.held: dict[str, dict[tuple[str, str], object]] = defaultdict(dict)
        self.index = PeerIndex(self.labels_in)

    def labels_in(self, place: str) -> Iterator[Labels]:
        """Of the pods of a namespace that run."""
        for (where, _), each in self.held["pods"].items():
            if where == place and isinstance(each, Pod) and not each.finished:
                yield each.meta.labels
            if where == place and isinstance(each, Workload):
                yield each.template_labels

    def put(self, kind: str, place: str, name: str, after: object | None) -> frozenset[str]:
        """Create, change or delete an object; the other namespaces that it concerns."""
        before = self.held[kind].pop((place, name), None)
        if after is not None:
            self.held[kind][place, name] = after
        change = Change(place, name, before, after)  # type: ignore[arg-type] # views, as stored
        if kind == "policies":
            self.index.take_policy(change)
            return frozenset()
        take = self.index.take_pods if kind == "pods" else self.index.take_namespace
        return take(change)

    def policies(self, place: str) -> Iterable[NetworkPolicy]:
        """Those of a namespace."""
        for (where, _), each in self.held["policies"].items():
            if where == place and isinstance(each, NetworkPolicy):
                yield each

    def reach(self, place: str) -> dict[Peer, PeerReach]:
        """What the index says of a namespace's policies."""
        return dict(self.index.reach(self.policies(place)))

    def right(self, place: str) -> dict[Peer, PeerReach]:
        """The same by looking at everything."""
        return {
            peer: self._right(peer)
            for each in self.policies(place)
            for peer in peers_elsewhere(each)
        }

    def _right(self, peer: Peer) -> PeerReach:
        assert peer.namespace_selector is not None
        names = sorted(
            each.meta.name
            for each in self.held["namespaces"].values()
            if isinstance(each, Namespace) and peer.namespace_selector.matches(each.meta.labels)
        )
        selector = peer.pod_selector or LabelSelector()
        pods = any(selector.matches(each) for name in names for each in self.labels_in(name))
        if peer.namespace_selector.matches({NAME: "\0"}):
            return PeerReach(pods=pods)
        return PeerReach(tuple(names[:3]), max(0, len(names) - 3), pods=pods)


class Chance:
    """Random objects."""

    def __init__(self, seed: int) -> None:
        """Equal seeds, equal objects."""
        self.random = random.Random(seed)  # noqa: S311 - a test's

    def change(self, cluster: Cluster) -> tuple[str, frozenset[str]]:
        """Change something; the namespace that it is in, and the others that it concerns."""
        place, number = self.random.choice(NAMESPACES), str(self.random.randrange(2))
        kind = self.random.choice(("pods", "pods", "policies", "namespaces"))
        if kind == "namespaces":
            after = namespace(place, **self.labels("team", TEAMS))
            return place, cluster.put(kind, "", place, self.perhaps(after))
        made: object = policy(place, number, *(self.peer() for _ in range(2)))
        if kind == "pods":
            phase = self.random.choice(("Running", "Running", "Succeeded"))
            made = pod(place, number, phase, **self.labels("app", APPS))
        return place, cluster.put(kind, place, number, self.perhaps(made))

    def perhaps(self, made: object) -> object | None:
        """Or nothing."""
        return made if self.random.random() < 0.75 else None

    def labels(self, key: str, values: tuple[str, ...]) -> dict[str, str]:
        """A label, or none."""
        value = self.random.choice((*values, ""))
        return {key: value} if value else {}

    def selector(self, key: str, values: tuple[str, ...]) -> LabelSelector:
        """Any kind of selector."""
        value, operator = (
            self.random.choice(values),
            self.random.choice(("In", "NotIn", "Exists", "DoesNotExist")),
        )
        needs = (value,) if operator in ("In", "NotIn") else ()
        return self.random.choice(
            (
                LabelSelector(),
                LabelSelector(((key, value),)),
                LabelSelector((), (Requirement(key, operator, needs),)),
            )
        )

    def peer(self) -> Peer:
        """A peer of namespaces."""
        named = LabelSelector(((NAME, self.random.choice(NAMESPACES)),))
        places = self.random.choice((named, self.selector("team", TEAMS)))
        return Peer(self.random.choice((None, self.selector("app", APPS))), places)


@pytest.mark.parametrize("seed", range(40))
def test_an_index_that_follows_is_one_that_is_new(seed: int) -> None:
    """After any changes; and whose answer has changed was told."""
    chance, cluster = Chance(seed), Cluster()
    for name in NAMESPACES:
        cluster.put("namespaces", "", name, namespace(name))
    for _ in range(80):
        before = {name: cluster.reach(name) for name in NAMESPACES}
        place, concerned = chance.change(cluster)
        for name in NAMESPACES:
            assert cluster.reach(name) == cluster.right(name)
            if cluster.reach(name) != before[name]:
                assert name in concerned | {place}


def test_who_cannot_see_it_is_not_concerned() -> None:
    """A label that nobody asks for, a second pod of a kind, and a policy of another namespace."""
    cluster = Cluster()
    peer = Peer(LabelSelector((("app", "web"),)), LabelSelector(((NAME, "a"),)))
    for name in NAMESPACES:
        cluster.put("namespaces", "", name, namespace(name))
    cluster.put("policies", "b", "p", policy("b", "p", peer))
    assert not cluster.reach("b")[peer].pods
    assert cluster.put("pods", "a", "1", pod("a", "1", app="db")) == set()
    assert cluster.put("pods", "a", "2", pod("a", "2", app="web")) == {"b"}
    assert cluster.put("pods", "a", "3", pod("a", "3", app="web")) == set()
    assert cluster.put("pods", "c", "4", pod("c", "4", app="web")) == set()
    assert cluster.put("namespaces", "", "a", namespace("a", note="new")) == set()
    assert cluster.put("pods", "a", "2", None) == set()
    assert cluster.put("pods", "a", "3", None) == {"b"}


def test_nothing_is_kept_of_policies_that_are_gone() -> None:
    """The index is as large as what is asked for."""
    chance, cluster = Chance(1), Cluster()
    for _ in range(200):
        chance.change(cluster)
    for place, name in tuple(cluster.held["policies"]):
        cluster.put("policies", place, name, None)
    index = cluster.index
    kept = (index._watched, index._present, index._by_namespace_label, index._by_pod_label)
    assert not any(kept)
