"""Which pods are isolated, and what the policies that select the same pods allow together."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from assessor.analysis.breadth import Breadth, address_opening, allows_everything, judged_rules
from assessor.analysis.memo import once_per_snapshot
from assessor.analysis.policies import Direction, includes, rules_in_force
from assessor.analysis.selection import selection_of
from assessor.inventory.meta import Labels
from assessor.inventory.network import PolicyRule
from assessor.inventory.ownership import RootController
from assessor.inventory.snapshot import Snapshot
from assessor.inventory.workloads import Pod


def is_denied_by_default(snapshot: Snapshot, direction: Direction) -> bool:
    """Whether every pod, present or future, is isolated in this direction.

    That takes one policy whose empty selector no label can escape. A policy that allows
    everything isolates in name only and does not count.
    """
    return any(
        policy.pod_selector.empty
        and includes(policy, direction)
        and not allows_everything(rules_in_force(policy, direction))
        for policy in snapshot.network_policies
    )


def is_isolated(snapshot: Snapshot, labels: Labels, direction: Direction) -> bool:
    """Whether a pod of these labels is selected by a policy that includes the direction."""
    selecting = selection_of(snapshot).selecting(labels)
    return any(includes(policy, direction) for policy in selecting)


def pods_on_own_network(root: RootController) -> list[Pod]:
    """The live pods that a NetworkPolicy can select: not those on their node's network."""
    return [pod for pod in root.pods if not pod.spec.host_network]


class JointOpening(Struct, frozen=True):
    """Policies, by name, that are too broad only together for some pods."""

    breadth: Breadth
    policies: tuple[str, ...]


@once_per_snapshot
def joint_openings(snapshot: Snapshot) -> dict[Direction, list[JointOpening]]:
    """By direction, what policies for the same pods allow together and none of them alone.

    Judged for the pods there are, their templates, and pods with just the labels that a policy
    asks for: policies of one selector meet even before their first pod.
    """
    narrow = {direction: _narrow(snapshot, direction) for direction in Direction}
    if not any(len(rules) > 1 for rules in narrow.values()):
        return {direction: [] for direction in Direction}
    classes = sorted(set(_selected_sets(snapshot)))
    return {direction: _joint_openings(narrow[direction], classes) for direction in Direction}


RulesByPolicy = dict[str, list[tuple[int, PolicyRule]]]


def _narrow(snapshot: Snapshot, direction: Direction) -> RulesByPolicy:
    """The rules with blocks of policies that are not too broad alone."""
    found: RulesByPolicy = {}
    for policy in snapshot.network_policies:
        rules = [
            (index, rule)
            for index, rule in judged_rules(policy, direction)
            if any(peer.ip_block for peer in rule.peers)
        ]
        if rules and not address_opening(rules):
            found[policy.meta.name] = rules
    return found


def _selected_sets(snapshot: Snapshot) -> Iterator[tuple[str, ...]]:
    """The names of the policies that meet at one pod."""
    selection = selection_of(snapshot)
    for labels in _judged_labels(snapshot):
        yield tuple(policy.meta.name for policy in selection.selecting(labels))


def _judged_labels(snapshot: Snapshot) -> Iterator[Labels]:
    for policy in snapshot.network_policies:
        yield dict(policy.pod_selector.match_labels)
    for root in snapshot.roots:
        if not root.spec.host_network:
            yield root.labels
        yield from (pod.meta.labels for pod in pods_on_own_network(root))


def _joint_openings(
    narrow: RulesByPolicy, classes: Sequence[tuple[str, ...]]
) -> list[JointOpening]:
    meeting = {tuple(name for name in names if name in narrow) for names in classes}
    found = (
        _joint_opening({name: narrow[name] for name in names})
        for names in meeting
        if len(names) > 1
    )
    return sorted(
        {opening for opening in found if opening},
        key=lambda opening: (opening.policies, opening.breadth),
    )


def _joint_opening(rules: RulesByPolicy) -> JointOpening | None:
    owners = [(name, rule) for name, entries in rules.items() for _, rule in entries]
    opening = address_opening([(index, rule) for index, (_, rule) in enumerate(owners)])
    if opening is None:
        return None
    names = sorted({owners[index][0] for index in opening.rules})
    return JointOpening(opening.breadth, tuple(names))
