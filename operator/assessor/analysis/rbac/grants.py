"""What one role amounts to where it is granted: its risks, each with the rules that make it."""

from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct

from assessor.analysis.rbac.atom_table import INDEX
from assessor.analysis.rbac.atoms import (
    ANY_GROUP,
    ANY_KIND,
    ANY_RESOURCE,
    ANY_VERB,
    EVERYTHING,
    Powers,
)
from assessor.analysis.rbac.effect import NOBODYS, effective_rule
from assessor.analysis.rbac.risk_table import IMPERSONATION, RISKS
from assessor.analysis.rbac.risks import LIMITED, Hit, Risk, hit
from assessor.inventory.rbac import PolicyRule, Role
from assessor.kernel.severity import Severity

ALL_POWERS = "all-powers"
WILDCARDS = {
    EVERYTHING: "wildcard-resource",
    ANY_KIND: "wildcard-resource",
    ANY_RESOURCE: "wildcard-resource",
    ANY_GROUP: "wildcard-group",
    ANY_VERB: "wildcard-verb",
}
"""The wildcard's bit and the risk that it is; a rule with several is the first of them.

EVERYTHING is all powers, and only where it is limited to names is it a wildcard among others.
"""

MAY_BY_WILDCARD = {
    EVERYTHING: "do everything",
    ANY_KIND: "act on every resource of every API group, those to come included",
    ANY_RESOURCE: "act on every resource of a group, those to come included",
    ANY_GROUP: "act on resources of every API group, those to come included",
    ANY_VERB: "use every verb on some resources, those to come included",
}

OWN_NAMESPACE = INDEX.mask("namespaces-change", "namespaces-delete")
"""Rights on namespaces: a RoleBinding reaches just one, by whichever name."""

DISTINGUISHED = frozenset(
    tier.only_in for risk in (*RISKS, *IMPERSONATION) for tier in risk.tiers
) - {""}
"""Namespaces in which rights are worse than elsewhere."""

NO_NAMES: frozenset[str] = frozenset()

REMEMBERED = 1024
"""Rights whose risks are kept: fleets have few distinct roles, and many bindings to them."""


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


def effective(role: Role, scope: Scope) -> Powers:
    """Those that a binding of that scope grants.

    By a RoleBinding that is nothing without a namespace, and of namespaces only its own: to be
    limited to that name is then no limit, and to others is nothing.
    """
    if scope.cluster:
        return powers_of(role)
    return _powers_in(place_of(role, scope.namespace), role)


def place_of(role: Role, namespace: str) -> str:
    """The namespace where it makes a difference to what takes effect; any other is nobody's."""
    return namespace if not namespace or namespace in _names_of(role) else NOBODYS


def _powers_in(namespace: str, role: Role) -> Powers:
    """What a RoleBinding grants; derived once for each role and namespace that it names."""
    kept = vars(role).setdefault("powers-in", {})
    if namespace not in kept:
        kept[namespace] = _reaching(role, namespace)
    powers: Powers = kept[namespace]
    return powers


def _names_of(role: Role) -> frozenset[str]:
    """All names in a role's rules."""
    kept = vars(role)
    if "names" not in kept:
        found = frozenset(name for rule in role.rules for name in rule.resource_names)
        # Most have none, and each empty set weighs 216 bytes.
        kept["names"] = found or NO_NAMES
    names: frozenset[str] = kept["names"]
    return names


def _reaching(role: Role, namespace: str) -> Powers:
    """With the namespace's own object by its name, by a wildcard or none: one is all there are.

    The wildcard itself stays one that is limited to names.
    """
    powers = _granted_in(namespace, role.rules, powers_of(role))
    own = INDEX.powers(rule for rule in role.rules if namespace in rule.resource_names)
    return Powers(
        powers.unnamed | own.named & OWN_NAMESPACE,
        powers.named,
        powers.wild | own.wild_named & OWN_NAMESPACE,
        powers.wild_named,
    )


def _granted_in(namespace: str, rules: tuple[PolicyRule, ...], everywhere: Powers) -> Powers:
    """What rules grant by a RoleBinding, of namespaces that are named nothing."""
    if not everywhere.any:
        return everywhere
    found = [effective_rule(rule, namespace) for rule in rules]
    kept = tuple(rule for rule in found if rule is not None)
    powers = everywhere if kept == rules else INDEX.powers(kept)
    powers = powers.without(INDEX.cluster)
    return Powers(
        powers.unnamed,
        powers.named & ~OWN_NAMESPACE,
        powers.wild,
        powers.wild_named & ~OWN_NAMESPACE,
    )


def hits_of(role: Role, scope: Scope) -> tuple[Hit, ...]:
    """The risks of a role where a binding of that scope grants it."""
    return hits(effective(role, scope), scope)


def hits(powers: Powers, scope: Scope) -> tuple[Hit, ...]:
    """The risks of rights that are effective in a scope.

    All powers are one risk, whatever they imply; so are the consequences of a wildcard. But
    impersonation is a control of its own, which neither hides.
    """
    return _hits_at(powers, distinguished(scope.namespace), scope.cluster)


def distinguished(namespace: str) -> str:
    """The namespace where it makes a difference to a risk; any other is as good as none."""
    return namespace if namespace in DISTINGUISHED else ""


@lru_cache(maxsize=REMEMBERED)
def _hits_at(powers: Powers, namespace: str, cluster: bool) -> tuple[Hit, ...]:  # noqa: FBT001 - a key
    scope = Scope(namespace, cluster)
    impersonation = _hits(IMPERSONATION, powers, scope)
    if powers.wild & INDEX.bits[EVERYTHING]:
        return (_all_powers(powers, scope), *impersonation)
    explicit = _hits(RISKS, Powers(powers.unnamed, powers.named), scope)
    return (*explicit, *_by_wildcard(explicit, powers, scope), *impersonation)


def _hits(risks: Iterable[Risk], powers: Powers, scope: Scope) -> tuple[Hit, ...]:
    found = (hit(r, powers, cluster=scope.cluster, namespace=scope.namespace) for r in risks)
    return tuple(each for each in found if each)


def _all_powers(powers: Powers, scope: Scope) -> Hit:
    """As bad as the worst that follows: in some namespaces that is worse than in others."""
    least = Severity.CRITICAL if scope.cluster else Severity.HIGH
    severity = max([least, *(each.severity for each in _hits(RISKS, powers, scope))])
    return Hit(ALL_POWERS, severity, MAY_BY_WILDCARD[EVERYTHING], INDEX.bits[EVERYTHING])


def _by_wildcard(explicit: tuple[Hit, ...], powers: Powers, scope: Scope) -> tuple[Hit, ...]:
    """One hit for the widest wildcard, as bad as the worst of what follows from it.

    One that is limited to names counts where there is no other and something does follow.
    """
    least = Severity.HIGH if scope.cluster else Severity.MEDIUM
    bit, limited = _widest(powers.wild), ""
    if bit is None:
        bit, limited, least = _widest(powers.wild_named), LIMITED, Severity.LOW
    if bit is None:
        return ()
    known = {each.risk: each.severity for each in explicit}
    following = sorted(
        (h for h in _hits(RISKS, powers, scope) if h.severity > known.get(h.risk, Severity.INFO)),
        key=lambda h: (-h.severity, h.risk),
    )
    if limited and not following:
        return ()
    severity = max([least, *(each.severity for each in following)])
    may = MAY_BY_WILDCARD[bit] + limited
    if following:
        worst = following[0].may.removesuffix(limited)
        may += f": to {worst}" + (", and more" if len(following) > 1 else "")
    return (Hit(WILDCARDS[bit], severity, may, INDEX.bits[bit]),)


def _widest(mask: int) -> str | None:
    return next((each for each in WILDCARDS if mask & INDEX.bits[each]), None)
