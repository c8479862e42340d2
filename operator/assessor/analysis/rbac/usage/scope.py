"""What a binding cannot grant, whatever its role says."""

from assessor.inventory.builtins import BUILTINS
from assessor.inventory.rbac import PolicyRule

_WITHOUT_NAMESPACE = frozenset(
    (each.group, each.plural)
    for each in BUILTINS
    if not each.namespaced and each.plural != "namespaces"
)


def is_effective(cell: PolicyRule, namespace: str) -> bool:
    """Whether a binding in ``namespace``, ``""`` for the cluster, grants a cell of its role.

    A RoleBinding grants no URL and nothing that has no namespace, except its own namespace.
    """
    if not namespace:
        return True
    if cell.non_resource_urls:
        return False
    (group,), (resource,) = cell.api_groups, cell.resources
    return (group, resource.partition("/")[0]) not in _WITHOUT_NAMESPACE
