"""The policies that a namespace needs: made of its explained edges, and of what it has."""

import re
from collections import defaultdict
from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from assessor.analysis.breadth import openings
from assessor.analysis.netpol.containment import covers_rule, covers_selector
from assessor.analysis.netpol.fixing.cutting import Cut, cut_by, ports_at
from assessor.analysis.netpol.fixing.edges import ANY_POD, Edge, explained, name_servers
from assessor.analysis.netpol.portsets import policy_ports
from assessor.analysis.netpol.state import State
from assessor.analysis.policies import Direction, includes, rules_in_force
from assessor.inventory.meta import Meta
from assessor.inventory.network import (
    LabelSelector,
    NetworkPolicy,
    Peer,
    PolicyPort,
    PolicyRule,
    Requirement,
)
from assessor.inventory.ownership import RootController

LONGEST_NAME = 63
"""Of a policy's name; the API would take 253 characters."""

GIVEN = frozenset(
    {
        "pod-template-hash",
        "controller-revision-hash",
        "pod-template-generation",
        "statefulset.kubernetes.io/pod-name",
        "apps.kubernetes.io/pod-index",
        "batch.kubernetes.io/controller-uid",
        "batch.kubernetes.io/job-name",
        "controller-uid",
        "job-name",
    }
)
"""Labels that built-in controllers give to pods, of one revision or of one pod."""

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
    narrowed = tuple(_narrowed(own))
    strict = Fix(namespace, tuple(made), narrowed, edges, why)
    change = state.evaluator(), applied(state, strict).evaluator()
    for direction in BOTH:
        cut = [
            narrow
            for each in edges
            for narrow in _cut(
                each, cut_by(each, direction, namespace, change, unseen=True), direction, state
            )
        ]
        for selector, grouped in _by_subject(cut, direction).items():
            rules = tuple(
                PolicyRule(tuple(dict.fromkeys(peers)), at) for at, peers in grouped.rules.items()
            )
            name = f"allow-{direction.lower()}-{_slug(selector)}"
            add(name, ", ".join(grouped.why), _policy(selector, direction, rules))
    return Fix(namespace, tuple(made), narrowed, edges, why)


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


def _cut(edge: Edge, cut: Cut, direction: Direction, state: State) -> Iterable[Edge]:
    """The edge where it is cut: for all its subjects, or for those alone that lose it.

    What other policies keep from the rest, or on other ports, is not to be given to them.
    """
    whole = ports_at(edge.ports, {})
    named = any(isinstance(port.port, str) for port in edge.ports)
    if not cut.kept and all(named or lost == whole for lost in cut.lost.values()):
        return [edge] if cut.lost else []
    field = "target" if direction is Direction.INGRESS else "source"
    spared = [state.roots[number] for number in cut.kept]
    return [
        replace(
            edge,
            ports=edge.ports if named or lost == whole else policy_ports(lost),
            **{field: own_selector(state.roots[number], spared)},
        )
        for number, lost in sorted(cut.lost.items())
    ]


def own_selector(root: RootController, spared: Iterable[RootController]) -> LabelSelector:
    """The labels of a workload's pods, without those that controllers give to each.

    Where that matches one of ``spared``, too, it asks for the absence of what those have besides.
    """
    labels = {key: value for key, value in root.labels.items() if key not in GIVEN}
    absent: dict[str, None] = {}
    for other in spared:
        if labels.items() <= dict(other.labels).items():
            besides = [key for key in other.labels if key not in labels and key not in GIVEN]
            absent |= dict.fromkeys(besides[:1])
    return LabelSelector(
        tuple(labels.items()), tuple(Requirement(key, "DoesNotExist") for key in absent)
    )


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
    """By the pods whose policies are to allow them; what a wider one allows is left out."""
    found: dict[LabelSelector, _Grouped] = {}
    added: list[tuple[LabelSelector, PolicyRule]] = []
    for edge in edges:
        inward = direction is Direction.INGRESS
        subject, other = (edge.target, edge.source) if inward else (edge.source, edge.target)
        if isinstance(subject, Peer):
            continue
        peer = other if isinstance(other, Peer) else Peer(pod_selector=other)
        if any(_is_covered(subject, PolicyRule((peer,), edge.ports), *each) for each in added):
            continue
        added.append((subject, PolicyRule((peer,), edge.ports)))
        grouped = found.setdefault(subject, _Grouped(defaultdict(list), []))
        grouped.rules[edge.ports].append(peer)
        if edge.why not in grouped.why:
            grouped.why.append(edge.why)
    return found


def _is_covered(
    subject: LabelSelector, rule: PolicyRule, wide: LabelSelector, known: PolicyRule
) -> bool:
    return covers_selector(wide, subject) and covers_rule(known, rule)


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
