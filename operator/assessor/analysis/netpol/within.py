"""One namespace seen by the policies that reach it: everybody else is a stranger.

A stranger is a pod without labels in a namespace without any but its name: whoever nobody thought
of, next year's namespaces included.
"""

from collections.abc import Iterable, Iterator

from assessor.analysis.cidr import EVERYTHING, Family
from assessor.analysis.memo import once_per_snapshot
from assessor.analysis.netpol.classes import Bits
from assessor.analysis.netpol.evaluator import PodAddresses, Policies
from assessor.analysis.netpol.portsets import ALL, NO_NAMES, NONE, PortSet, union
from assessor.analysis.netpol.rules import Address, Remote, Rule, Source, compile_admin
from assessor.analysis.netpol.sides import Side, hits
from assessor.analysis.netpol.state import Network, State
from assessor.analysis.policies import Direction
from assessor.analysis.selection import matched, selected
from assessor.inventory.admin_network import Action, AdminPolicy, Tier
from assessor.inventory.network import NetworkPolicy, PolicyRule
from assessor.inventory.ownership import RootController
from assessor.inventory.snapshot import Snapshot


@once_per_snapshot
def network_within(snapshot: Snapshot) -> Network:
    """The namespace's workloads, with an evaluator of the policies that reach it."""
    namespace = snapshot.namespace.meta
    policies = Policies(snapshot.network_policies, snapshot.admin_policies)
    state = State({namespace.name: namespace.labels}, snapshot.roots, snapshot.services, policies)
    return Network(state, PodAddresses.UNKNOWN)


def selected_classes(snapshot: Snapshot, policy: NetworkPolicy) -> Bits:
    """The classes of the namespace's pods that a policy selects."""
    evaluator = network_within(snapshot).evaluator
    for bits, each in evaluator.policies_in(policy.meta.namespace):
        if each is policy:
            return bits
    return 0


def owners(snapshot: Snapshot, classes: Bits) -> list[RootController]:
    """The workloads that have pods of these classes."""
    network = network_within(snapshot)
    return [
        root
        for root, numbers in zip(snapshot.roots, network.classes, strict=True)
        if any(classes >> number & 1 for number in numbers)
    ]


def destinations(
    snapshot: Snapshot, policy: NetworkPolicy, direction: Direction, rule: PolicyRule
) -> list[RootController]:
    """The workloads that a rule leads to; none where they may be outside of the namespace, too."""
    if direction is Direction.INGRESS:
        return list(selected(snapshot, policy))
    if not rule.peers or any(peer.namespace_selector or peer.ip_block for peer in rule.peers):
        return []
    selectors = [peer.pod_selector for peer in rule.peers if peer.pod_selector is not None]
    found = {root.ref: root for each in selectors for root in matched(snapshot, each)}
    return list(found.values())


def strangers_ports(snapshot: Snapshot, number: int, direction: Direction) -> PortSet:
    """The ports on which strangers may connect to a class of pods, or it to them.

    Of strangers' names for ports nothing is known: they have none.
    """
    network = network_within(snapshot)
    if direction is Direction.EGRESS:
        return network.evaluator.egress(number, network.stranger).possible
    return network.evaluator.ingress(network.stranger, number).possible


def is_shut(snapshot: Snapshot, classes: Iterable[int], direction: Direction) -> bool:
    """Whether the cluster's policies, whatever NetworkPolicies say, keep everybody off pods."""
    network = network_within(snapshot)
    sides = [network.evaluator.side(each, direction) for each in classes]
    return all(_denies_everybody(way, network.stranger) for side in sides for way in side.ways)


def is_shut_for_all(snapshot: Snapshot, direction: Direction) -> bool:
    """Whether they do so for every pod of the namespace, present and future."""
    everywhere = [
        policy for policy in snapshot.admin_policies if policy.subject and policy.subject.pods.empty
    ]
    if not everywhere:
        return False
    network = network_within(snapshot)

    def rules(tier: Tier) -> tuple[Rule, ...]:
        return tuple(
            rule
            for policy in sorted(everywhere, key=_rank)
            if policy.tier is tier
            for rule in compile_admin(policy, direction, network.evaluator.classes)
        )

    side = Side(admin=rules(Tier.ADMIN), baseline=rules(Tier.BASELINE))
    return _denies_everybody(side, network.stranger)


def _rank(policy: AdminPolicy) -> tuple[int, str, str]:
    return policy.priority, policy.kind, policy.meta.name


def _denies_everybody(side: Side, stranger: int) -> bool:
    return not any(side.decide(each, NO_NAMES) for each in _anybody(side, stranger))


def _anybody(side: Side, stranger: int) -> Iterator[Remote]:
    world: tuple[Address, ...] = side.atoms or tuple(
        (family, EVERYTHING[family][0][0]) for family in Family
    )
    bit = 1 << stranger
    for address in world:
        for special in (False, True):
            yield Remote(0, address, undetermined=special)
        yield Remote(bit, address)


def admin_openings(
    snapshot: Snapshot, direction: Direction
) -> dict[Source, tuple[PortSet, list[RootController]]]:
    """Rules of the cluster's policies that let strangers past NetworkPolicies.

    By rule, the ports and the workloads that they reach; of the Admin tier alone, as a
    NetworkPolicy overrules the Baseline.
    """
    if not snapshot.admin_policies:
        return {}
    network = network_within(snapshot)
    found: dict[Source, tuple[PortSet, Bits]] = {}
    stranger = Remote(1 << network.stranger)
    for number in {each for classes in network.classes for each in classes}:
        side = network.evaluator.side(number, direction)
        inward = direction is Direction.INGRESS
        names = network.evaluator.classes.all[number].names if inward else NO_NAMES
        for rule, hit in hits(side.admin, ALL, stranger, names):
            if rule.action is Action.ALLOW:
                ports, bits = found.get(rule.source, (NONE, 0))
                found[rule.source] = (union((ports, hit)), bits | 1 << number)
    return {each: (ports, owners(snapshot, bits)) for each, (ports, bits) in found.items()}
