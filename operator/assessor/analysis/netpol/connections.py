"""What may talk to what: connections between workloads, and with parts of the world outside."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import product

from msgspec import Struct

from assessor.analysis.cidr import Family
from assessor.analysis.netpol.classes import Bits, each_bit
from assessor.analysis.netpol.entrances import CONTROLLER, entered
from assessor.analysis.netpol.evaluator import Policies
from assessor.analysis.netpol.portsets import PortSet, union
from assessor.analysis.netpol.rules import Address, blocks_of, parts
from assessor.analysis.netpol.sides import Verdict
from assessor.analysis.netpol.state import Network
from assessor.analysis.policies import Direction, rules_in_force
from assessor.analysis.spans import Span
from assessor.inventory.network import Peer
from assessor.kernel.refs import ObjectRef

Pair = tuple[str, str]
"""The two ends, as they are shown."""


class Families(StrEnum):
    """Of which versions of IP the world outside is shown."""

    AUTO = "auto"
    """IPv4, and IPv6 where a policy speaks of it."""
    IPV4 = "ipv4"
    IPV6 = "ipv6"
    DUAL = "dual"


class Connection(Struct, frozen=True):
    """Ports on which one end may connect to another; ``possible`` has at least ``certain``."""

    source: str
    destination: str
    certain: PortSet
    possible: PortSet


class Scope(Struct, frozen=True):
    """Which connections are asked for.

    ``namespaces``: at least one end is in one of them, empty for all. ``replicas``: also between
    pods of one workload. ``world``: the policies by whose blocks the world outside is cut, where
    they are others than those that are evaluated.
    """

    namespaces: frozenset[str] = frozenset()
    families: Families = Families.AUTO
    replicas: bool = False
    world: Policies | None = None

    def covers(self, *ends: ObjectRef) -> bool:
        """Whether one of the ends is asked for."""
        return not self.namespaces or any(end.namespace in self.namespaces for end in ends)


def connections(network: Network, scope: Scope = Scope()) -> list[Connection]:  # noqa: B008 - frozen
    """Every pair of ends with a port that is or may be allowed, sorted by their names."""
    found: dict[Pair, list[Verdict]] = defaultdict(list)
    for pair, verdict in (
        *_between(network, scope),
        *_outside(network, scope),
        *_through_entrances(network, scope),
    ):
        if verdict.possible:
            found[pair].append(verdict)
    return [
        Connection(*pair, union(v.certain for v in each), union(v.possible for v in each))
        for pair, each in sorted(found.items())
    ]


def named(ref: ObjectRef) -> str:
    """A workload as it is shown: ``namespace/name[Kind]``."""
    return f"{ref.namespace}/{ref.name}[{ref.kind}]"


def shown(family: Family, span: Span) -> str:
    """A part of the world as it is shown: ``first-last[External]``."""
    return f"{family.shown(span[0])}-{family.shown(span[1])}[External]"


# ── between workloads ─────────────────────────────────────────────────────────────────────────


def _between(network: Network, scope: Scope) -> Iterator[tuple[Pair, Verdict]]:
    owners = _owners(network, scope)
    everywhere = _owners(network, Scope())
    for source, destination in class_pairs(network, owners.keys()):
        verdict = network.evaluator.allowed(source, destination)
        yield from (
            ((named(a), named(b)), verdict)
            for a in everywhere[source]
            for b in everywhere[destination]
            if scope.covers(a, b) and (a != b or scope.replicas)
        )


def _owners(network: Network, scope: Scope) -> dict[int, list[ObjectRef]]:
    """The workloads that have pods of each class."""
    found: dict[int, list[ObjectRef]] = defaultdict(list)
    for root, classes in zip(network.state.roots, network.classes, strict=True):
        for each in classes:
            if scope.covers(root.ref):
                found[each].append(root.ref)
    return found


def class_pairs(network: Network, wanted: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Pairs of classes, one of them wanted, that no default-deny rules out at first sight."""
    asked = sum(1 << each for each in set(wanted))
    evaluator = network.evaluator
    number = len(evaluator.classes.all)
    every: Bits = (1 << number) - 1
    on_nodes = every & ~evaluator.classes.selectable
    sends = [_candidates(network, each, Direction.EGRESS, every) for each in range(number)]
    for destination in range(number):
        bit = 1 << destination
        sources = _candidates(network, destination, Direction.INGRESS, every) | on_nodes
        if not asked & bit:
            sources &= asked
        for source in each_bit(sources):
            if sends[source] & bit or on_nodes & bit:
                yield source, destination


def _candidates(network: Network, number: int, direction: Direction, every: Bits) -> Bits:
    found = network.evaluator.side(number, direction).candidates
    return every if found is None else found


# ── with the world outside ────────────────────────────────────────────────────────────────────


def _outside(network: Network, scope: Scope) -> Iterator[tuple[Pair, Verdict]]:
    policies = scope.world or network.state.policies
    for direction in Direction:
        world = [
            (shown(family, span), (family, span[0]))
            for family, span in world_parts(policies, direction, scope.families)
        ]
        for root, classes in zip(network.state.roots, network.classes, strict=True):
            if scope.covers(root.ref):
                for each, (part, address) in product(classes, world):
                    yield _with_part(network, direction, (named(root.ref), each), (part, address))


def _with_part(
    network: Network, direction: Direction, pod: tuple[str, int], part: tuple[str, Address]
) -> tuple[Pair, Verdict]:
    """``pod`` and ``part`` are ends, each with how it is shown."""
    source, destination = (pod, part) if direction is Direction.EGRESS else (part, pod)
    verdict = network.evaluator.allowed(source[1], destination[1])
    return (source[0], destination[0]), verdict


def world_parts(
    policies: Policies, direction: Direction, families: Families
) -> Iterator[tuple[Family, Span]]:
    """The world outside, cut wherever a policy's block begins or ends in one direction."""
    blocks = [blocks_of(peers) for peers in _peers(policies, direction)]
    for family in Family:
        if _is_shown(family, families, policies):
            for part in parts(family, (each.get(family, ()) for each in blocks)):
                yield family, part


def _peers(policies: Policies, direction: Direction) -> Iterator[tuple[Peer, ...]]:
    for policy in policies.network:
        yield from (rule.peers for rule in rules_in_force(policy, direction))
    for admin in policies.admin:
        rules = admin.ingress if direction is Direction.INGRESS else admin.egress
        yield from (rule.peers for rule in rules)


def _is_shown(family: Family, families: Families, policies: Policies) -> bool:
    match families:
        case Families.IPV4:
            return family is Family.IPV4
        case Families.IPV6:
            return family is Family.IPV6
        case Families.DUAL:
            return True
    return family is Family.IPV4 or any(":" in cidr for cidr in _cidrs(policies))


def _cidrs(policies: Policies) -> Iterator[str]:
    return (peer.ip_block.cidr for peer in policies.peers() if peer.ip_block)


# ── through Ingresses ─────────────────────────────────────────────────────────────────────────


def _through_entrances(network: Network, scope: Scope) -> Iterator[tuple[Pair, Verdict]]:
    for ref, verdict in entered(network):
        if scope.covers(ref):
            yield (CONTROLLER, named(ref)), verdict
