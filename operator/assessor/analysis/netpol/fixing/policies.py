"""The policies that a namespace needs: made of its explained edges, and of what it has."""

import re
from collections import defaultdict
from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from assessor.analysis.breadth import openings
from assessor.analysis.netpol.fixing.edges import ANY_POD, Edge, explained, name_servers
from assessor.analysis.netpol.state import State
from assessor.analysis.policies import Direction, includes, rules_in_force
from assessor.inventory.meta import Meta
from assessor.inventory.network import (
    LabelSelector,
    NetworkPolicy,
    Peer,
    PolicyPort,
    PolicyRule,
)

LONGEST_NAME = 63
"""Of a policy's name; the API would take 253 characters."""

BOTH = (Direction.INGRESS, Direction.EGRESS)


class Fix(Struct, frozen=True):
    """What is to be applied in one namespace, and why.

    ``made`` are new policies, ``replaced`` those that are there and lose rules that let everybody
    in or out. ``why`` tells by a policy's name what explains it.
    """

    namespace: str
    made: tuple[NetworkPolicy, ...]
    replaced: tuple[NetworkPolicy, ...]
    edges: tuple[Edge, ...]
    why: dict[str, str]

    @property
    def policies(self) -> tuple[NetworkPolicy, ...]:
        """All that is to be applied."""
        return (*self.made, *self.replaced)


def fix(state: State, namespace: str, entrance_from: str = "") -> Fix:
    """The default-deny pair, name resolution and the explained edges of a namespace.

    ``entrance_from``: the namespace that Ingresses are served from.
    """
    own = [each for each in state.policies.network if each.meta.namespace == namespace]
    edges = tuple(explained(state, namespace, entrance_from))
    taken = {each.meta.name for each in own}
    names = _Names(namespace, taken)
    why: dict[str, str] = {}
    made: list[NetworkPolicy] = []

    def add(name: str, because: str, policy: NetworkPolicy) -> None:
        if any(_says_the_same(policy, each) for each in own):
            return
        meta = names.meta(name)
        why[meta.name] = because
        made.append(replace(policy, meta=meta))

    for direction in BOTH:
        deny = _policy(ANY_POD, direction, ())
        add(f"default-deny-{direction.lower()}", "what is not allowed below is denied", deny)
    servers = tuple(PolicyRule((peer,), at) for peer, at in name_servers(state))
    add("allow-dns", "names are resolved", _policy(ANY_POD, Direction.EGRESS, servers))
    for direction in BOTH:
        for selector, grouped in _by_subject(edges, direction).items():
            rules = tuple(
                PolicyRule(tuple(dict.fromkeys(peers)), at) for at, peers in grouped.rules.items()
            )
            name = f"allow-{direction.lower()}-{_slug(selector)}"
            add(name, ", ".join(grouped.why), _policy(selector, direction, rules))
    return Fix(namespace, tuple(made), tuple(_narrowed(own)), edges, why)


def applied(state: State, fixed: Fix) -> State:
    """The state with a fix in place."""
    names = {each.meta.name for each in fixed.policies}
    kept = (
        each
        for each in state.policies.network
        if each.meta.namespace != fixed.namespace or each.meta.name not in names
    )
    policies = replace(state.policies, network=(*kept, *fixed.policies))
    return replace(state, policies=policies)


class _Names:
    """Names for policies that nobody has yet."""

    def __init__(self, namespace: str, taken: set[str]) -> None:
        self._namespace, self._taken = namespace, taken

    def meta(self, wanted: str) -> Meta:
        name, number = wanted[:LONGEST_NAME].rstrip("-"), 1
        while name in self._taken:
            number += 1
            name = f"{wanted[: LONGEST_NAME - 4].rstrip('-')}-{number}"
        self._taken.add(name)
        return Meta(name, self._namespace, "", {})


class _Grouped(Struct):
    """The peers of the pods of one selector, by ports, and what explains them."""

    rules: dict[tuple[PolicyPort, ...], list[Peer]]
    why: list[str]


def _by_subject(edges: Iterable[Edge], direction: Direction) -> dict[LabelSelector, _Grouped]:
    found: dict[LabelSelector, _Grouped] = {}
    for edge in edges:
        inward = direction is Direction.INGRESS
        subject, other = (edge.target, edge.source) if inward else (edge.source, edge.target)
        if isinstance(subject, Peer):
            continue
        peer = other if isinstance(other, Peer) else Peer(pod_selector=other)
        grouped = found.setdefault(subject, _Grouped(defaultdict(list), []))
        grouped.rules[edge.ports].append(peer)
        if edge.why not in grouped.why:
            grouped.why.append(edge.why)
    return found


def _policy(
    selector: LabelSelector, direction: Direction, rules: tuple[PolicyRule, ...]
) -> NetworkPolicy:
    inward = direction is Direction.INGRESS
    return NetworkPolicy(
        Meta("", "", "", {}),
        selector,
        (direction.value,),
        ingress=rules if inward else (),
        egress=() if inward else rules,
    )


def _says_the_same(policy: NetworkPolicy, known: NetworkPolicy) -> bool:
    """Whether a policy that is there already does all that this one would."""
    if known.pod_selector != policy.pod_selector:
        return False
    return all(
        includes(known, direction)
        and set(rules_in_force(policy, direction)) <= set(rules_in_force(known, direction))
        and not openings(list(enumerate(rules_in_force(known, direction))))
        for direction in Direction
        if includes(policy, direction)
    )


def _narrowed(own: Iterable[NetworkPolicy]) -> Iterable[NetworkPolicy]:
    """The policies that let everybody in or out, without the rules that do."""
    for policy in own:
        kept = {direction: _kept(policy, direction) for direction in Direction}
        if any(kept[each] != rules_in_force(policy, each) for each in Direction):
            yield replace(
                policy,
                policy_types=tuple(each.value for each in Direction if includes(policy, each)),
                ingress=kept[Direction.INGRESS],
                egress=kept[Direction.EGRESS],
            )


def _kept(policy: NetworkPolicy, direction: Direction) -> tuple[PolicyRule, ...]:
    rules = list(enumerate(rules_in_force(policy, direction)))
    broad = {index for opening in openings(rules) for index in opening.rules}
    return tuple(rule for index, rule in rules if index not in broad)


def _slug(selector: LabelSelector) -> str:
    """A part of a name that recalls the selector."""
    if selector.empty:
        return "all"
    values = [value for _, value in selector.match_labels]
    values += [requirement.key for requirement in selector.match_expressions]
    return re.sub(r"[^a-z0-9]+", "-", "-".join(values).lower()).strip("-") or "some"
