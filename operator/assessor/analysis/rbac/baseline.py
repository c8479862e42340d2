"""Bindings that every cluster has: known by name, subjects and content, and therefore silent."""

from collections.abc import Iterable
from functools import cache

from assessor.analysis.rbac.atom_table import INDEX
from assessor.analysis.rbac.atoms import NOTHING, Powers
from assessor.analysis.rbac.defaults import Default, default_at, rules_of
from assessor.analysis.rbac.matching import allows
from assessor.analysis.rbac.requests import ANONYMOUS, Request
from assessor.analysis.rbac.usage.cells import cells_of
from assessor.inventory.rbac import BoundRole, PolicyRule, Role

BOOTSTRAP_INFO = "kube-public", "kubeadm:bootstrap-signer-clusterinfo"
BOOTSTRAP_INFO_RULES = (PolicyRule(("get",), ("",), ("configmaps",), ("cluster-info",)),)
"""What kubeadm lets everybody read, so that nodes find the cluster that they are to join."""

BOOTSTRAP_INFO_BINDING = Default(BOOTSTRAP_INFO, frozenset({f"user:{ANONYMOUS}"}))

BUILT_IN = ("admin", "edit")
"""Default roles that are made to be bound to people; `view` grants nothing that is a risk."""


def is_baseline(bound: BoundRole) -> bool:
    """Whether the control plane, kubeadm or a provider made a binding, and it grants no more.

    The same name with another subject, or with a right that the default role does not have, is
    somebody's own. Labels prove nothing, as anybody may set them.
    """
    binding, role = bound.binding, bound.role
    place = binding.meta.namespace, binding.meta.name
    default = BOOTSTRAP_INFO_BINDING if place == BOOTSTRAP_INFO else default_at(place)
    return (
        default is not None
        and role is not None
        and binding.role_place == default.role
        and default.subjects.issuperset(map(str, binding.subjects))
        and _is_within_default(role)
    )


def built_in_powers(role: Role) -> Powers:
    """What the cluster's own `edit` or `admin` grants by default; nothing for other roles.

    Beyond it may be what others aggregated to them, or changed; somebody may also have cut them.
    """
    if role.meta.namespace or role.meta.name not in BUILT_IN:
        return NOTHING
    return _default_powers(role.meta.name)


def grants_no_more(rules: Iterable[PolicyRule], than: tuple[PolicyRule, ...]) -> bool:
    """Whether each right of ``rules`` is one of ``than``, wildcards and names as they are written.

    A wildcard is covered by that wildcard alone, and a rule on all objects by no names: who reads
    the cells of a rule as requests asks just that of ``allows``.
    """
    cells = (_request_of(cell) for rule in rules for cell in cells_of(rule))
    return all(any(allows(rule, cell) for rule in than) for cell in cells)


@cache
def _default_powers(name: str) -> Powers:
    return INDEX.powers(rules_of(("", name)))


def _is_within_default(role: Role) -> bool:
    """Derived once for each role, as kube-system holds dozens."""
    kept = vars(role)
    if "within-default" not in kept:
        place = role.meta.namespace, role.meta.name
        default = BOOTSTRAP_INFO_RULES if place == BOOTSTRAP_INFO else rules_of(place)
        kept["within-default"] = grants_no_more(role.rules, default)
    within: bool = kept["within-default"]
    return within


def _request_of(cell: PolicyRule) -> Request:
    """The request that only a rule as wide as the cell allows."""
    (verb,) = cell.verbs
    if cell.non_resource_urls:
        return Request(verb, path=cell.non_resource_urls[0])
    resource, _, subresource = cell.resources[0].partition("/")
    name = "".join(cell.resource_names)
    return Request(verb, resource, cell.api_groups[0], subresource, name=name)
