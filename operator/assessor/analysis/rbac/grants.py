"""What one role amounts to where it is granted: its risks, each with the rules that make it."""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from assessor.analysis.rbac.atom_table import INDEX
from assessor.analysis.rbac.atoms import ANY_GROUP, ANY_RESOURCE, ANY_VERB, EVERYTHING, Powers
from assessor.analysis.rbac.risk_table import IMPERSONATION, RISKS
from assessor.analysis.rbac.risks import Hit, Risk, hit
from assessor.inventory.rbac import PolicyRule, Role
from assessor.kernel.severity import Severity

ALL_POWERS = "all-powers"
WILDCARDS = {
    ANY_RESOURCE: "wildcard-resource",
    ANY_GROUP: "wildcard-group",
    ANY_VERB: "wildcard-verb",
}
"""The wildcard's bit and the risk that it is; a rule with several is the first of them."""

MAY_BY_WILDCARD = {
    ANY_RESOURCE: "act on every resource of a group, those to come included",
    ANY_GROUP: "act on resources of every API group, those to come included",
    ANY_VERB: "use every verb on some resources, those to come included",
}


class Scope(Struct, frozen=True):
    """Where a role is granted: in one namespace, or with ``cluster`` in all of them."""

    namespace: str
    cluster: bool = False


def powers_of(role: Role) -> Powers:
    """The atoms that a role grants; derived once for each role."""
    kept = vars(role)
    if "powers" not in kept:
        kept["powers"] = INDEX.powers(role.rules)
    powers: Powers = kept["powers"]
    return powers


def effective(powers: Powers, scope: Scope) -> Powers:
    """Those that a binding of that scope can grant: a RoleBinding nothing without a namespace."""
    return powers if scope.cluster else powers.without(INDEX.cluster)


def hits_of(role: Role, scope: Scope) -> tuple[Hit, ...]:
    """The risks of a role in a scope; derived once for each role and kind of scope."""
    cached: dict[Any, tuple[Hit, ...]] = vars(role).setdefault("hits", {})
    if scope not in cached:
        cached[scope] = hits(effective(powers_of(role), scope), scope)
    return cached[scope]


def hits(powers: Powers, scope: Scope) -> tuple[Hit, ...]:
    """The risks of rights that are effective in a scope.

    All powers are one risk, whatever they imply; so are the consequences of a wildcard. But
    impersonation is a control of its own, which neither hides.
    """
    impersonation = _hits(IMPERSONATION, powers, scope)
    if powers.wild & INDEX.bits[EVERYTHING]:
        return (_all_powers(scope), *impersonation)
    explicit = _hits(RISKS, Powers(powers.unnamed, powers.named), scope)
    return (*explicit, *_by_wildcard(explicit, powers, scope), *impersonation)


def rules_behind(role: Role, mask: int) -> tuple[PolicyRule, ...]:
    """The rules of a role that grant any atom of ``mask``."""
    return tuple(rule for rule in role.rules if _granted(rule) & mask)


def _granted(rule: PolicyRule) -> int:
    powers = INDEX.powers((rule,))
    return powers.held | powers.named


def _hits(risks: Iterable[Risk], powers: Powers, scope: Scope) -> tuple[Hit, ...]:
    found = (hit(r, powers, cluster=scope.cluster, namespace=scope.namespace) for r in risks)
    return tuple(each for each in found if each)


def _all_powers(scope: Scope) -> Hit:
    severity = Severity.CRITICAL if scope.cluster else Severity.HIGH
    return Hit(ALL_POWERS, severity, "do everything", INDEX.bits[EVERYTHING])


def _by_wildcard(explicit: tuple[Hit, ...], powers: Powers, scope: Scope) -> tuple[Hit, ...]:
    """One hit for the widest wildcard, as bad as the worst of what follows from it."""
    bit = next((each for each in WILDCARDS if powers.wild & INDEX.bits[each]), None)
    if bit is None:
        return ()
    known = {each.risk: each.severity for each in explicit}
    following = sorted(
        (h for h in _hits(RISKS, powers, scope) if h.severity > known.get(h.risk, Severity.INFO)),
        key=lambda h: (-h.severity, h.risk),
    )
    least = Severity.HIGH if scope.cluster else Severity.MEDIUM
    severity = max([least, *(each.severity for each in following)])
    may = MAY_BY_WILDCARD[bit]
    if following:
        may += f": to {following[0].may}" + (", and more" if len(following) > 1 else "")
    return (Hit(WILDCARDS[bit], severity, may, INDEX.bits[bit]),)
