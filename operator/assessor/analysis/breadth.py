"""How broad the allowances of NetworkPolicy rules are, by arithmetic over their union."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from msgspec import Struct

from assessor.analysis.cidr import EVERYTHING, Extent, Family, addresses, extent
from assessor.analysis.netpol.namespaces import NAME_LABEL
from assessor.analysis.policies import Direction, rules_in_force
from assessor.analysis.ports import meeting_points, only_dns, reaches
from assessor.analysis.spans import Spans, merge, size
from assessor.inventory.network import LabelSelector, NetworkPolicy, Peer, PolicyPort, PolicyRule

STRANGERS_NAME = "\0"
"""Stands for a name that no selector mentions; no label value can hold it."""


class Breadth(StrEnum):
    """Whom an allowance lets in or out; the values key findings, so they must not change."""

    EVERY_PEER = "every-peer"
    EVERY_POD = "every-pod"
    MOST_PODS = "most-pods"
    """Every pod of every namespace but those that a label excepts."""
    EVERY_ADDRESS = "every-address"
    INTERNET = "internet"


class Opening(Struct, frozen=True):
    """An allowance too broad: ``rules`` are the indices of the rules that make it, together.

    ``ports`` are those of the first of them.
    """

    breadth: Breadth
    rules: tuple[int, ...]
    ports: tuple[PolicyPort, ...] = ()


IndexedRule = tuple[int, PolicyRule]


def judged_rules(policy: NetworkPolicy, direction: Direction) -> list[IndexedRule]:
    """The rules in force, with their indices, without egress to DNS alone.

    A rule for port 53 to everywhere is how DNS is commonly allowed. It leaks names at most, and
    is a question of its own.
    """
    rules = enumerate(rules_in_force(policy, direction))
    if direction is Direction.INGRESS:
        return list(rules)
    return [(index, rule) for index, rule in rules if not only_dns(rule)]


def openings(rules: Sequence[IndexedRule]) -> list[Opening]:
    """The allowances of one policy's rules that are too broad, at most one of each kind."""
    every_pod = _opening(Breadth.EVERY_POD, [each for each in rules if _admits_every_pod(each[1])])
    found = [
        _opening(Breadth.EVERY_PEER, [each for each in rules if not each[1].peers]),
        every_pod
        or _opening(Breadth.MOST_PODS, [each for each in rules if _admits_strangers(each[1])]),
        address_opening(rules),
    ]
    return [opening for opening in found if opening]


def allows_everything(rules: Iterable[PolicyRule]) -> bool:
    """Whether nothing at all is denied: every peer on every port.

    Every pod together with every address is every peer too. A rule that names ports still denies
    the others, and one of ipBlocks alone may still deny pods, as network plugins differ in that.
    """
    unlimited = [rule for rule in rules if not rule.ports]
    return any(not rule.peers for rule in unlimited) or (
        any(_admits_every_pod(rule) for rule in unlimited)
        and any(_reach(unlimited, family) == EVERYTHING[family] for family in Family)
    )


def address_opening(rules: Sequence[IndexedRule]) -> Opening | None:
    """Rules whose ipBlocks, on one port, together are every address or the Internet."""
    with_blocks = [entry for entry in rules if any(peer.ip_block for peer in entry[1].peers)]
    if not with_blocks:
        return None
    for family in Family:
        # Most of the others end here: what is not much on all ports together is not much on one.
        if extent(family, _reach([rule for _, rule in with_blocks], family)) is None:
            continue
        for point in meeting_points(rule for _, rule in with_blocks):
            meeting = [entry for entry in with_blocks if reaches(entry[1], point)]
            if opening := _sufficient(meeting, family):
                return opening
    return None


def _opening(breadth: Breadth, rules: Sequence[IndexedRule]) -> Opening | None:
    if not rules:
        return None
    return Opening(breadth, tuple(index for index, _ in rules), rules[0][1].ports)


def _admits_every_pod(rule: PolicyRule) -> bool:
    return any(_is_every_pod(peer) for peer in rule.peers)


def _admits_strangers(rule: PolicyRule) -> bool:
    """Whether it admits a pod without labels in a namespace without any but its name.

    That is whoever nobody thought of, next year's namespaces included. Peers that let everybody in
    only together admit a stranger too, and so does one of them alone; hence peers are looked at
    one by one, and no other namespace's labels decide what this namespace is told.
    """
    return any(_is_open_to_strangers(peer) for peer in rule.peers)


def _is_open_to_strangers(peer: Peer) -> bool:
    return (
        peer.namespace_selector is not None
        and peer.namespace_selector.matches({NAME_LABEL: STRANGERS_NAME})
        and (peer.pod_selector is None or peer.pod_selector.matches({}))
    )


def _is_every_pod(peer: Peer) -> bool:
    return (
        peer.namespace_selector is not None
        and _is_every_namespace(peer.namespace_selector)
        and (peer.pod_selector is None or peer.pod_selector.empty)
    )


def _is_every_namespace(selector: LabelSelector) -> bool:
    return not selector.match_labels and all(
        requirement.key == NAME_LABEL and requirement.operator == "Exists"
        for requirement in selector.match_expressions
    )


def _reach(rules: Iterable[PolicyRule], family: Family) -> Spans:
    """The addresses of one family that the rules allow, whatever the port."""
    blocks = (peer.ip_block for rule in rules for peer in rule.peers if peer.ip_block)
    reached = (addresses(block) for block in blocks)
    return merge(span for reach in reached if reach and reach[0] is family for span in reach[1])


def _sufficient(rules: Sequence[IndexedRule], family: Family) -> Opening | None:
    """The largest rules that are too broad together; None where not even all of them are."""
    reach = {index: _reach([rule], family) for index, rule in rules}
    if extent(family, merge(span for spans in reach.values() for span in spans)) is None:
        return None
    taken: list[IndexedRule] = []
    union: Spans = ()
    for entry in sorted(rules, key=lambda entry: (-size(reach[entry[0]]), entry[0])):
        taken.append(entry)
        union = merge((*union, *reach[entry[0]]))
        if found := extent(family, union):
            return _opening(_BREADTH[found], sorted(taken, key=lambda entry: entry[0]))
    return None


_BREADTH = {Extent.WORLD: Breadth.EVERY_ADDRESS, Extent.INTERNET: Breadth.INTERNET}
