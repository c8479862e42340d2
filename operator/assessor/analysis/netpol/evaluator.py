"""The evaluator: for two pods, or a pod and an address, exactly the ports that are allowed.

Pods fall into classes, selectors are bitsets over them, and each class has one compiled side for
each direction, made when it is first asked for. Nothing here lists pairs of pods.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from assessor.analysis.netpol.classes import Bits, Classes, PodFacts
from assessor.analysis.netpol.namespaces import Namespaces
from assessor.analysis.netpol.portsets import ALL, NO_NAMES
from assessor.analysis.netpol.rules import Address, Remote, Rule, compile_admin, compile_policy
from assessor.analysis.netpol.sides import EVERYTHING, NOTHING_KNOWN, Side, Verdict, joined
from assessor.analysis.policies import Direction, includes
from assessor.inventory.admin_network import AdminPolicy, Tier
from assessor.inventory.meta import Labels
from assessor.inventory.network import (
    ForeignPolicy,
    LabelSelector,
    NetworkPolicy,
    Peer,
    PolicyPort,
)

Place = int | Address
"""One end of a connection: the index of a class, or an address outside of the cluster."""


class PodAddresses(StrEnum):
    """Whether ipBlocks of NetworkPolicies match pods, which depends on the network plugin."""

    UNKNOWN = "unknown"
    NEVER = "never"
    """As np-guard assumes, and as plugins do that know pods by identity."""


class Policies(Struct, frozen=True):
    """All policies of a cluster, or of files."""

    network: tuple[NetworkPolicy, ...] = ()
    admin: tuple[AdminPolicy, ...] = ()
    foreign: tuple[ForeignPolicy, ...] = ()

    def peers(self) -> Iterator[Peer]:
        """Every peer that a rule names."""
        for policy in self.network:
            for rule in (*policy.ingress, *policy.egress):
                yield from rule.peers
        for admin in self.admin:
            for each in (*admin.ingress, *admin.egress):
                yield from each.peers

    def pod_selectors(self) -> Iterator[LabelSelector]:
        """Every selector of pods."""
        yield from (policy.pod_selector for policy in self.network)
        yield from (each.subject.pods for each in self.admin if each.subject)
        yield from (peer.pod_selector for peer in self.peers() if peer.pod_selector)

    def port_names(self) -> frozenset[str]:
        """Every name by which a rule calls a port."""
        return frozenset(port.port for port in self._ports() if isinstance(port.port, str))

    def _ports(self) -> Iterator[PolicyPort]:
        for policy in self.network:
            for rule in (*policy.ingress, *policy.egress):
                yield from rule.ports
        for admin in self.admin:
            for each in (*admin.ingress, *admin.egress):
                yield from each.ports


class Evaluator:
    """Answers for a cluster as it is; makes what it needs when it is asked, and keeps it."""

    def __init__(
        self,
        namespaces: Mapping[str, Labels],
        pods: Iterable[PodFacts],
        policies: Policies,
        *,
        pod_addresses: PodAddresses = PodAddresses.UNKNOWN,
    ) -> None:
        """``pods`` keep their order: ``classes.of_pod`` tells the class of each."""
        self.namespaces = Namespaces(namespaces)
        self.classes = Classes(
            self.namespaces, pods, policies.pod_selectors(), policies.port_names()
        )
        self._pod_addresses = pod_addresses
        self._by_namespace: dict[str, list[NetworkPolicy]] = defaultdict(list)
        for policy in policies.network:
            self._by_namespace[policy.meta.namespace].append(policy)
        self._tiers = {
            tier: sorted(
                (each for each in policies.admin if each.tier is tier),
                key=lambda each: (each.priority, each.kind, each.meta.name),
            )
            for tier in Tier
        }
        self._opaque = {each.meta.namespace for each in policies.foreign} | (
            {""} if any(each.subject is None for each in policies.admin) else set()
        )
        self._sides: dict[tuple[int, Direction], Side] = {}
        self._selecting: dict[str, list[tuple[Bits, NetworkPolicy]]] = {}
        self._subjects = {
            (each.kind, each.meta.name): self._subject(each) for each in policies.admin
        }
        self._compiled: dict[tuple[object, ...], tuple[Rule, ...]] = {}

    def allowed(self, source: Place, destination: Place) -> Verdict:
        """The ports on which ``source`` may connect to ``destination``.

        Both are classes of this evaluator, or one of them is an address.
        """
        return self.egress(source, destination) & self.ingress(source, destination)

    def egress(self, source: Place, destination: Place) -> Verdict:
        """The ports that the source's policies let out; an address has none."""
        if isinstance(source, tuple):
            return EVERYTHING
        return self._verdict(self.side(source, Direction.EGRESS), destination, destination)

    def ingress(self, source: Place, destination: Place) -> Verdict:
        """The ports that the destination's policies let in; an address has none."""
        if isinstance(destination, tuple):
            return EVERYTHING
        return self._verdict(self.side(destination, Direction.INGRESS), source, destination)

    def side(self, number: int, direction: Direction) -> Side:
        """What judges a class of pods in one direction."""
        key = (number, direction)
        side = self._sides.get(key)
        if side is None:
            side = self._sides[key] = self._side(number, direction)
        return side

    def remotes(self, side: Side, place: Place) -> list[Remote]:
        """How ``side`` may see an end of a connection: every way that it may be.

        A pod's address is not known, and neither is whether ipBlocks look at it; whether an
        address is a node's, or behind a domain name, is not known either.
        """
        if isinstance(place, tuple):
            ways = (False, True) if side.undetermined else (False,)
            return [Remote(0, place, undetermined=each) for each in ways]
        if self.classes.all[place].host_network:
            nodes = (False, True) if side.undetermined else (False,)
            addresses = side.atoms or (None,)
            return [Remote(0, each, undetermined=node) for each in addresses for node in nodes]
        bit = 1 << place
        if not side.atoms or self._pod_addresses is PodAddresses.NEVER:
            return [Remote(bit)]
        return [Remote(bit, each, looked) for each in side.atoms for looked in (False, True)]

    def policies_in(self, namespace: str) -> list[tuple[Bits, NetworkPolicy]]:
        """A namespace's NetworkPolicies, with the classes that they select."""
        found = self._selecting.get(namespace)
        if found is None:
            here = self.classes.in_namespace(namespace)
            found = self._selecting[namespace] = [
                (here & self.classes.selected(policy.pod_selector), policy)
                for policy in self._by_namespace.get(namespace, ())
            ]
        return found

    def _verdict(self, side: Side, place: Place, destination: Place) -> Verdict:
        if side.exempt:
            return EVERYTHING
        if side.opaque:
            return NOTHING_KNOWN
        names = NO_NAMES if isinstance(destination, tuple) else self.classes.all[destination].names
        remotes = self.remotes(side, place)
        found = joined([way.decide(each, names) for way in side.ways for each in remotes])
        if not isinstance(place, tuple) and self.classes.all[place].host_network:
            # What comes from, or goes to, the pod's own node is always allowed.
            return Verdict(found.certain, ALL)
        return found

    def _side(self, number: int, direction: Direction) -> Side:
        each, bit = self.classes.all[number], 1 << number
        if each.host_network:
            return Side(exempt=True)
        selecting = [
            policy
            for bits, policy in self.policies_in(each.namespace)
            if bits & bit and includes(policy, direction)
        ]
        rules = tuple(rule for policy in selecting for rule in self._rules(policy, direction))
        ways = tuple(
            Side(admin, rules, baseline, isolated=bool(selecting))
            for admin in self._of_tier(Tier.ADMIN, bit, direction)
            for baseline in self._of_tier(Tier.BASELINE, bit, direction)
        )
        opaque = bool(self._opaque & {"", each.namespace})
        return replace(ways[0], others=ways[1:], opaque=opaque)

    def _of_tier(self, tier: Tier, bit: Bits, direction: Direction) -> list[tuple[Rule, ...]]:
        """The rules of a tier for a class, in each order in which they may count."""
        selecting = [
            policy
            for policy in self._tiers[tier]
            if self._subjects[policy.kind, policy.meta.name] & bit
        ]
        return [
            tuple(rule for policy in order for rule in self._admin_rules(policy, direction))
            for order in _orders(selecting)
        ]

    def _subject(self, policy: AdminPolicy) -> Bits:
        if policy.subject is None:
            return 0
        placed = self.classes.placed(policy.subject.namespaces)
        return placed & self.classes.selected(policy.subject.pods)

    def _rules(self, policy: NetworkPolicy, direction: Direction) -> tuple[Rule, ...]:
        key = (policy.meta.namespace, policy.meta.name, direction)
        return self._once(key, lambda: compile_policy(policy, direction, self.classes))

    def _admin_rules(self, policy: AdminPolicy, direction: Direction) -> tuple[Rule, ...]:
        key = (policy.kind, "", policy.meta.name, direction)
        return self._once(key, lambda: compile_admin(policy, direction, self.classes))

    def _once(
        self, key: tuple[object, ...], make: Callable[[], tuple[Rule, ...]]
    ) -> tuple[Rule, ...]:
        found = self._compiled.get(key)
        if found is None:
            found = self._compiled[key] = make()
        return found


def _orders(policies: list[AdminPolicy]) -> Iterator[list[AdminPolicy]]:
    """The policies by priority, each of equal ones first in one of the orders.

    Which of equal ones decides is up to the implementation; of those that match a connection any
    may, and no other order decides anything else.
    """
    groups = [list(each) for _, each in groupby(policies, key=lambda policy: policy.priority)]
    for turn in range(max(map(len, groups), default=1)):
        yield [
            policy
            for group in groups
            for policy in (*group[turn % len(group) :], *group[: turn % len(group)])
        ]
