"""Bindings that every cluster has: known by name, subjects and content, and therefore silent."""

from assessor.analysis.rbac.atom_table import INDEX
from assessor.analysis.rbac.atoms import NOTHING, Powers
from assessor.analysis.rbac.baseline_data import (
    BUILT_IN_POWERS,
    CONTROLLER_POWERS,
    OTHER_BINDINGS,
)
from assessor.analysis.rbac.grants import powers_of
from assessor.analysis.rbac.requests import ANONYMOUS
from assessor.inventory.rbac import BoundRole, PolicyRule, Role, RoleBinding, Subject

CONTROLLER_PREFIX = "system:controller:"
SYSTEM_NAMESPACE = "kube-system"
PUBLIC_NAMESPACE = "kube-public"

BOOTSTRAP_INFO = "kubeadm:bootstrap-signer-clusterinfo"
BOOTSTRAP_INFO_RULES = (PolicyRule(("get",), ("",), ("configmaps",), ("cluster-info",)),)
"""What kubeadm lets everybody read, so that nodes find the cluster that they are to join."""


def is_baseline(bound: BoundRole) -> bool:
    """Whether the control plane, or kubeadm, made a binding, and it is as it was made.

    The same name with another subject, or with rights that the default role does not have, is
    somebody's own. Labels prove nothing, as anybody may set them.
    """
    binding, role = bound.binding, bound.role
    if role is None or binding.role.name != role.meta.name:
        return False
    if _is_bootstrap_info(binding):
        return role.rules == BOOTSTRAP_INFO_RULES
    place = binding.meta.namespace, binding.meta.name
    if place in OTHER_BINDINGS:
        return _told(binding) == OTHER_BINDINGS[place] and not _held(role)
    account = binding.meta.name.removeprefix(CONTROLLER_PREFIX)
    subjects = frozenset({f"sa:{SYSTEM_NAMESPACE}/{account}"})
    if _told(binding) != (CONTROLLER_PREFIX + account, subjects):
        return False
    default = CONTROLLER_POWERS.get((role.meta.namespace, account), "")
    return not _held(role) & ~INDEX.mask(*default.split())


def built_in_powers(role: Role) -> Powers:
    """What the cluster's own `edit` or `admin` grants by default; nothing for other roles.

    Beyond it may be what others aggregated to them, or changed.
    """
    if role.meta.namespace or role.meta.name not in BUILT_IN_POWERS:
        return NOTHING
    return Powers(INDEX.mask(*BUILT_IN_POWERS[role.meta.name].split()))


def _is_bootstrap_info(binding: RoleBinding) -> bool:
    return (
        (binding.meta.namespace, binding.meta.name) == (PUBLIC_NAMESPACE, BOOTSTRAP_INFO)
        and binding.role.name == BOOTSTRAP_INFO
        and binding.subjects == (Subject("User", ANONYMOUS),)
    )


def _told(binding: RoleBinding) -> tuple[str, frozenset[str]]:
    return binding.role.name, frozenset(map(str, binding.subjects))


def _held(role: Role) -> int:
    powers = powers_of(role)
    return powers.held | powers.named
