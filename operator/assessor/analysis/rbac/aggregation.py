"""Aggregated ClusterRoles, filled as the cluster's own controller fills them; for files."""

from collections.abc import Iterable, Mapping

import msgspec

from assessor.inventory.rbac import PolicyRule, Role


def expanded(roles: Iterable[Role]) -> tuple[Role, ...]:
    """The roles, with the rules of aggregated ClusterRoles replaced by those they aggregate.

    Selectors are ORed, an empty one selects every ClusterRole, and a role is never aggregated
    into itself; but aggregated roles aggregate aggregated ones, so this repeats until nothing
    changes ("Using RBAC Authorization", aggregated ClusterRoles). What a file declares in the
    rules of an aggregated role counts for nothing.
    """
    given = tuple(roles)
    cluster = {role.meta.name: role for role in given if not role.meta.namespace}
    aggregated = {name: role for name, role in cluster.items() if role.aggregation is not None}
    rules = {name: () if name in aggregated else role.rules for name, role in cluster.items()}
    members = {name: _members(role, cluster) for name, role in aggregated.items()}
    while _grow(rules, members):
        pass
    return tuple(
        msgspec.structs.replace(role, rules=rules[role.meta.name])
        if not role.meta.namespace and role.meta.name in aggregated
        else role
        for role in given
    )


def _members(role: Role, cluster: Mapping[str, Role]) -> tuple[str, ...]:
    """The names of the roles that one aggregates, sorted."""
    selectors = role.aggregation or ()
    return tuple(
        name
        for name, other in sorted(cluster.items())
        if name != role.meta.name and any(each.matches(other.meta.labels) for each in selectors)
    )


def _grow(rules: dict[str, tuple[PolicyRule, ...]], members: Mapping[str, tuple[str, ...]]) -> bool:
    """Fill each aggregated role once; whether any of them got more."""
    grown = False
    for name, from_whom in members.items():
        filled = tuple(dict.fromkeys(rule for member in from_whom for rule in rules[member]))
        grown = grown or len(filled) != len(rules[name])
        rules[name] = filled
    return grown
