"""Which bindings are a namespace's to answer for, and to whom they give what."""

from assessor.analysis.memo import once_per_snapshot
from assessor.analysis.rbac.baseline import is_baseline
from assessor.analysis.rbac.grants import Scope
from assessor.analysis.rbac.reach import reached_by
from assessor.analysis.rbac.requests import MASTERS
from assessor.inventory.rbac import BoundRole, Subject
from assessor.inventory.snapshot import Snapshot


@once_per_snapshot
def own_bindings(snapshot: Snapshot) -> tuple[BoundRole, ...]:
    """The bindings that are this namespace's to answer for, less the control plane's own."""
    all_of_them = (*snapshot.role_bindings, *snapshot.cluster_role_bindings)
    return tuple(bound for bound in all_of_them if not is_baseline(bound))


@once_per_snapshot
def _own(snapshot: Snapshot) -> frozenset[int]:
    """The identities of their objects, as the views of a snapshot stay what they are."""
    return frozenset(id(bound.binding) for bound in own_bindings(snapshot))


def is_own(bound: BoundRole, snapshot: Snapshot) -> bool:
    """Whether a binding is among ``own_bindings``."""
    return id(bound.binding) in _own(snapshot)


def subjects_of(bound: BoundRole, snapshot: Snapshot) -> tuple[Subject, ...]:
    """The subjects of a binding that it gives anything to.

    Of a ClusterRoleBinding those of the namespace alone; never ``system:masters``, who may do
    everything without it.
    """
    subjects = bound.binding.subjects
    if bound.binding.meta.namespace:
        return tuple(each for each in subjects if (each.kind, each.name) != ("Group", MASTERS))
    namespace = snapshot.namespace.meta.name
    return tuple(each for each in subjects if reached_by(each) == namespace)


def scope_of(bound: BoundRole) -> Scope:
    """Where a binding grants its role."""
    namespace = bound.binding.meta.namespace
    return Scope(namespace, cluster=not namespace)
