"""Rules of all kinds of policies, compiled against the classes of pods that there are."""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from assessor.analysis.cidr import EVERYTHING, Family, addresses
from assessor.analysis.netpol.classes import Bits, Classes
from assessor.analysis.netpol.portsets import (
    ALL,
    NONE,
    NamedPorts,
    PortSet,
    numbered,
    resolved,
    union,
)
from assessor.analysis.policies import Direction, rules_in_force
from assessor.analysis.spans import Spans, holds, merge
from assessor.inventory.admin_network import Action, AdminPolicy, AdminRule
from assessor.inventory.network import NetworkPolicy, Peer, PolicyPort, PolicyRule

Blocks = Mapping[Family, Spans]
Address = tuple[Family, int]


class Source(Struct, frozen=True):
    """Where a rule stands; ``namespace`` is ``""`` for a policy of the cluster."""

    kind: str
    namespace: str
    name: str
    direction: Direction
    index: int
    title: str = ""
    """The name of the rule, where it has one."""

    @property
    def policy(self) -> str:
        """The policy, as a person calls it."""
        place = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{self.kind} {place}"

    def __str__(self) -> str:
        """The policy and the rule in it."""
        title = f" ({self.title})" if self.title else ""
        return f"{self.policy}, {self.direction.field}[{self.index}]{title}"


class Remote(Struct, frozen=True):
    """The other side of a connection, as one side's rules see it.

    ``bit`` is a pod's class, 0 outside of the cluster. ``address`` may be unknown, then it is in
    no block. ``in_ip_blocks``: whether NetworkPolicies' ipBlocks look at it. ``undetermined``:
    whether nodes and domain names mean it.
    """

    bit: Bits = 0
    address: Address | None = None
    in_ip_blocks: bool = True
    undetermined: bool = False


class Rule(Struct, frozen=True):
    """One rule of any policy; a NetworkPolicy's all have the action Allow."""

    source: Source
    action: Action = Action.ALLOW
    everyone: bool = False
    pods: Bits = 0
    blocks: Blocks = {}
    numbers: PortSet = NONE
    named: tuple[tuple[str, str], ...] = ()
    """(protocol, name), ``""`` for any protocol: resolved for each destination."""
    undetermined: bool = False
    of_cluster: bool = False

    def matches(self, remote: Remote) -> bool:
        """Whether its peers mean ``remote``."""
        if self.everyone or self.pods & remote.bit:
            return True
        if self.undetermined and remote.undetermined:
            return True
        if remote.address is None or not (self.of_cluster or remote.in_ip_blocks):
            return False
        family, value = remote.address
        return holds(self.blocks.get(family, ()), value)

    def ports(self, names: NamedPorts) -> PortSet:
        """Its ports at a destination that calls its ports ``names``."""
        if not self.named or self.numbers == ALL:
            return self.numbers
        found = (resolved(protocol, name, names) for protocol, name in self.named)
        return union((self.numbers, *found))


def compile_policy(
    policy: NetworkPolicy, direction: Direction, classes: Classes
) -> tuple[Rule, ...]:
    """The rules of a NetworkPolicy that are in force in one direction."""
    return tuple(
        _compiled(policy, direction, index, rule, classes)
        for index, rule in enumerate(rules_in_force(policy, direction))
    )


def _compiled(
    policy: NetworkPolicy, direction: Direction, index: int, rule: PolicyRule, classes: Classes
) -> Rule:
    meta = policy.meta
    numbers, named = _ports(rule.ports)
    return Rule(
        Source("NetworkPolicy", meta.namespace, meta.name, direction, index),
        everyone=not rule.peers,
        pods=_pods(rule.peers, meta.namespace, classes),
        blocks=blocks_of(rule.peers),
        numbers=numbers,
        named=named,
    )


def compile_admin(policy: AdminPolicy, direction: Direction, classes: Classes) -> tuple[Rule, ...]:
    """The rules of a cluster's policy in one direction."""
    rules = policy.ingress if direction is Direction.INGRESS else policy.egress
    found = (
        _compiled_admin(policy, direction, index, rule, classes) for index, rule in enumerate(rules)
    )
    return tuple(rule for rule in found if rule)


def _compiled_admin(
    policy: AdminPolicy, direction: Direction, index: int, rule: AdminRule, classes: Classes
) -> Rule | None:
    source = Source(policy.kind, "", policy.meta.name, direction, index, rule.name)
    if rule.unreadable:
        # "Fail closed": it accepts nobody, and denies everybody (policy.networking.k8s.io).
        if rule.action is Action.ALLOW:
            return None
        return Rule(source, Action.DENY, everyone=True, numbers=ALL, of_cluster=True)
    numbers, named = _ports(rule.ports)
    return Rule(
        source,
        rule.action,
        pods=_pods(rule.peers, "", classes),
        blocks=blocks_of(rule.peers),
        numbers=numbers,
        named=named,
        undetermined=rule.undetermined,
        of_cluster=True,
    )


def _ports(given: tuple[PolicyPort, ...]) -> tuple[PortSet, tuple[tuple[str, str], ...]]:
    """The numbered and the named ones; none at all are every port."""
    if not given:
        return ALL, ()
    return numbered(given), tuple(
        (port.protocol, port.port) for port in given if isinstance(port.port, str)
    )


def _pods(peers: Iterable[Peer], namespace: str, classes: Classes) -> Bits:
    found = 0
    for peer in peers:
        found |= classes.peers(peer, namespace)
    return found


def blocks_of(peers: Iterable[Peer]) -> Blocks:
    """The addresses that the peers name, by family."""
    found = [reach for peer in peers if peer.ip_block and (reach := addresses(peer.ip_block))]
    return {
        family: merge(span for each, spans in found if each is family for span in spans)
        for family in {each for each, _ in found}
    }


def atoms(rules: Iterable[Rule]) -> tuple[Address, ...]:
    """An address of each part of the world that some rule tells from the others."""
    blocks = [rule.blocks for rule in rules if rule.blocks]
    return tuple(
        (family, low)
        for family in Family
        for low, _ in parts(family, (each.get(family, ()) for each in blocks))
    )


def parts(family: Family, sets: Iterable[Spans]) -> Iterator[tuple[int, int]]:
    """The addresses of a family, cut wherever one of ``sets`` begins or ends; ascending."""
    first, last = EVERYTHING[family][0]
    cuts = {first}
    for spans in sets:
        for low, high in spans:
            cuts |= {low, high + 1}
    lows = sorted(cut for cut in cuts if cut <= last)
    yield from zip(lows, (*(low - 1 for low in lows[1:]), last), strict=True)
