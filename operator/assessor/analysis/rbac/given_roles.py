"""The ClusterRoles that every cluster has, for whoever sees only files that bind them."""

from collections.abc import Collection, Iterator

from assessor.analysis.rbac.aggregation import expanded
from assessor.analysis.rbac.defaults import ROLES, rules_of
from assessor.inventory.meta import Meta
from assessor.inventory.network import LabelSelector
from assessor.inventory.rbac import Role, RoleBinding

AGGREGATED = ("view", "edit", "admin")
"""Each is a part of the next one. Others may add to them by a label."""

_LABEL = "rbac.authorization.k8s.io/aggregate-to-"


def with_given(roles: Collection[Role], bindings: Collection[RoleBinding]) -> tuple[Role, ...]:
    """The roles, aggregated ones filled, and the default ones that are bound besides them.

    Rules as of Kubernetes 1.37. What the roles add to view, edit and admin by their labels is
    added. A role that is there itself counts as it is.
    """
    own = {role.meta.name for role in roles if not role.meta.namespace}
    bound = {place[1] for each in bindings if (place := each.role_place) and not place[0]}
    given = (role for role in _given(bound) if role.meta.name not in own)
    return expanded((*roles, *given))


def _given(bound: set[str]) -> Iterator[Role]:
    """The default roles of these names, and those that they are made of."""
    for name in sorted(bound.difference(AGGREGATED)):
        if ("", name) in ROLES:
            yield Role(_meta(name), rules_of(("", name)))
    if not bound.isdisjoint(AGGREGATED):
        for name, larger in zip(AGGREGATED, (*AGGREGATED[1:], ""), strict=True):
            selector = LabelSelector(((f"{_LABEL}{name}", "true"),))
            yield Role(_meta(name, to=larger), aggregation=(selector,))
            yield Role(_meta(f"system:aggregate-to-{name}", to=name), rules_of(("", name)))


def _meta(name: str, *, to: str = "") -> Meta:
    return Meta(name, "", "", {f"{_LABEL}{to}": "true"} if to else {})
