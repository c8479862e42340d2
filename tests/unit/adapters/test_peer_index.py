"""Whom policies mean in other namespaces."""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator

import pytest

from assessor.adapters.peer_index import PeerIndex
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
from assessor.inventory.workloads import Namespace, Pod, PodSpec

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
    """Objects by place."""

    def __init__(self) -> None:
        """Empty."""
        self.held: dict[str, dict[tuple[str, str], object]] = defaultdict(dict)

    def labels_in(self, place: str) -> Iterator[Labels]:
        """Of the pods of a namespace that run."""
        for (where, _), each in self.held["pods"].items():
            if where == place and isinstance(each, Pod) and not each.finished:
                yield each.meta.labels

    def namespaces(self) -> Iterator[Namespace]:
        """All of them."""
        for each in self.held["namespaces"].values():
            if isinstance(each, Namespace):
                yield each

    def policies(self, place: str) -> Iterable[NetworkPolicy]:
        """Those of a namespace."""
        for (where, _), each in self.held["policies"].items():
            if where == place and isinstance(each, NetworkPolicy):
                yield each

    def right(self, place: str) -> dict[Peer, PeerReach]:
        """What the index should say of a namespace's policies: by looking at everything."""
        return {
            peer: self._right(peer)
            for each in self.policies(place)
            for peer in peers_elsewhere(each)
        }

    def _right(self, peer: Peer) -> PeerReach:
        assert peer.namespace_selector is not None
        names = sorted(
            each.meta.name
            for each in self.namespaces()
            if peer.namespace_selector.matches(each.meta.labels)
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

    def change(self, cluster: Cluster) -> None:
        """Put something somewhere."""
        place, number = self.random.choice(NAMESPACES), str(self.random.randrange(2))
        kind = self.random.choice(("pods", "pods", "policies", "namespaces"))
        made: object = policy(place, number, *(self.peer() for _ in range(2)))
        if kind == "namespaces":
            made, number = namespace(place, **self.labels("team", TEAMS)), ""
        if kind == "pods":
            phase = self.random.choice(("Running", "Running", "Succeeded"))
            made = pod(place, number, phase, **self.labels("app", APPS))
        cluster.held[kind][place, number] = made

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
def test_whom_a_peer_means_is_what_a_look_at_everything_finds(seed: int) -> None:
    """Of any kind of selector, more than once."""
    chance, cluster = Chance(seed), Cluster()
    for _ in range(30):
        chance.change(cluster)
    index = PeerIndex(cluster.namespaces(), cluster.labels_in)
    for name in 2 * NAMESPACES:
        assert index.reach(cluster.policies(name)) == cluster.right(name)
