"""How much of a namespace is evaluated: a tenant may store more than anybody should work through.

Some checks compare rules with each other, and subjects by all that they hold. What is more than
people write is a gap in the evidence: Unknown for whoever stored it, and no wait for the others.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from assessor.inventory.kinds import Evidence
from assessor.inventory.network import NetworkPolicy
from assessor.inventory.rbac import BoundRole, Role, RoleBinding
from assessor.inventory.snapshot import EvidenceGap, GapReason

MOST_POLICY_RULES = 500
MOST_ROLE_RULES = 1000
MOST_SUBJECTS = 2000

MOST_ELSEWHERE = 1000
"""Bindings, subjects and rules by which one other namespace gives rights to this one's accounts.
Whoever writes there chooses whom they name, and must not choose how long others are judged."""


def excesses(
    policies: Iterable[NetworkPolicy], roles: Iterable[Role], bindings: Iterable[RoleBinding]
) -> Iterator[EvidenceGap]:
    """The kinds of which a namespace has more than is evaluated."""
    rules = sum(len(each.ingress) + len(each.egress) for each in policies)
    granted = sum(len(each.rules) for each in roles)
    subjects = sum(len(each.subjects) for each in bindings)
    for evidence, number, most, what in (
        (Evidence.NETWORK_POLICIES, rules, MOST_POLICY_RULES, "rules"),
        (Evidence.ROLES, granted, MOST_ROLE_RULES, "rules"),
        (Evidence.ROLE_BINDINGS, subjects, MOST_SUBJECTS, "subjects"),
    ):
        yield from too_many(evidence, number, most, what)


def too_many(evidence: Evidence, number: int, most: int, what: str) -> Iterator[EvidenceGap]:
    """The gap where there are more of something than are evaluated."""
    if number > most:
        detail = f"{number} {what}; no more than {most} are evaluated"
        yield EvidenceGap(evidence, GapReason.NOT_EVALUATED, detail)


def crowded(bindings: Iterable[BoundRole]) -> frozenset[str]:
    """The namespaces whose bindings, of those given, are more than is evaluated for another one."""
    weights: Counter[str] = Counter()
    for each in bindings:
        weights[each.binding.meta.namespace] += weight_of(each)
    return frozenset(place for place, weight in weights.items() if weight > MOST_ELSEWHERE)


def weight_of(bound: BoundRole) -> int:
    """A binding, its subjects and its role's rules.

    The rules of a ClusterRole do not count: whoever writes a namespace does not write those.
    """
    own = bound.role.rules if bound.role and bound.role.meta.namespace else ()
    return 1 + len(bound.binding.subjects) + len(own)
