"""A namespace's bindings judged: which risks each of them is, and to whom."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from assessor.analysis.memo import once_per_snapshot
from assessor.analysis.rbac.atom_table import INDEX
from assessor.analysis.rbac.atoms import EVERYTHING, NOTHING, Powers
from assessor.analysis.rbac.baseline import built_in_powers
from assessor.analysis.rbac.bindings import own_bindings, scope_of, subjects_of
from assessor.analysis.rbac.grants import Scope, effective, hits, hits_of
from assessor.analysis.rbac.holdings import combinations
from assessor.analysis.rbac.reach import reached_by
from assessor.analysis.rbac.risk_table import IMPERSONATION
from assessor.analysis.rbac.risks import Hit
from assessor.inventory.rbac import BoundRole, Role, RoleBinding, Subject
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.refs import ObjectRef
from assessor.kernel.severity import Severity

BUILT_IN = "built-in-role"
"""The risk of a binding to the cluster's own `edit` or `admin`."""

IMPERSONATING = frozenset(risk.id for risk in IMPERSONATION)

CONTROL_PLANE = frozenset(
    ("User", name)
    for name in ("system:apiserver", "system:kube-controller-manager", "system:kube-scheduler")
)
"""Users of the control plane itself: rbac.md's row of all powers is for subjects that are not."""


class Grant(Struct, frozen=True):
    """A risk that a binding is: to ``subjects``, those of the namespace where it is the cluster's.

    ``joint`` names the other bindings that it takes; then there is one subject.
    """

    binding: RoleBinding
    role: Role
    subjects: tuple[Subject, ...]
    hit: Hit
    joint: tuple[ObjectRef, ...] = ()


@once_per_snapshot
def judged(snapshot: Snapshot) -> Mapping[str, Mapping[ObjectRef, Sequence[Grant]]]:
    """The risks of the namespace's RoleBindings, and of the ClusterRoleBindings to its accounts.

    By risk id, then by binding. What the control plane binds by itself is silent.
    """
    found: dict[str, dict[ObjectRef, list[Grant]]] = {}
    for bound in own_bindings(snapshot):
        for grant in _alone(bound, snapshot):
            found.setdefault(grant.hit.risk, {}).setdefault(grant.binding.ref, []).append(grant)
    for grant in _together(snapshot):
        found.setdefault(grant.hit.risk, {}).setdefault(grant.binding.ref, []).append(grant)
    return found


def _alone(bound: BoundRole, snapshot: Snapshot) -> Iterator[Grant]:
    if bound.role is None:
        return
    subjects, scope = subjects_of(bound, snapshot), scope_of(bound)
    powers = effective(bound.role, scope)
    if powers.wild & INDEX.bits[EVERYTHING]:
        subjects = tuple(each for each in subjects if (each.kind, each.name) not in CONTROL_PLANE)
    if not subjects:
        return
    default = built_in_powers(bound.role)
    if default == NOTHING or powers.wild & INDEX.bits[EVERYTHING]:
        found: Iterable[Hit] = hits_of(bound.role, scope)
    else:
        workload = any(reached_by(each) is not None for each in subjects)
        beyond = powers.without(default.unnamed)
        found = (*_built_in(powers, default, scope, workload=workload), *hits(beyond, scope))
    yield from (Grant(bound.binding, bound.role, subjects, each) for each in found)


def _built_in(powers: Powers, default: Powers, scope: Scope, *, workload: bool) -> Iterator[Hit]:
    """The one finding of a binding to `edit` or `admin`, and that they impersonate.

    For people they are what Kubernetes offers: Medium, so that it is seen. A workload with them
    reads every Secret and runs as every account. Where somebody cut them, no worse than what is
    left, and nothing where nothing is.
    """
    left = hits(powers.within(default.unnamed), scope)
    may = sorted((h for h in left if h.risk not in IMPERSONATING), key=lambda h: -h.severity)
    if may:
        most = Severity.CRITICAL if scope.cluster else Severity.HIGH
        most = most if workload or scope.cluster else Severity.MEDIUM
        more = ["and more"] if len(may) > MOST else []
        told = "; ".join([*(each.may for each in may[:MOST]), *more])
        uncut = not default.unnamed & ~powers.unnamed
        yield Hit(BUILT_IN, min(most, may[0].severity), ALL_OF_IT if uncut else told, 0)
    for each in left:
        if each.risk in IMPERSONATING:
            worst = each.severity if workload or scope.cluster else Severity.LOW
            yield Hit(each.risk, worst, each.may, each.mask)


ALL_OF_IT = "read all Secrets, run pods as any account and change policies"
MOST = 3
"""What a built-in role's one finding tells: of one that somebody cut, some of what is left."""


def _together(snapshot: Snapshot) -> Iterator[Grant]:
    """The risks that take several bindings of one subject; told at the first own one of them."""
    for each in combinations(snapshot):
        first, *others = each.behind
        if first.role:
            refs = tuple(other.binding.ref for other in others)
            yield Grant(first.binding, first.role, (each.subject,), each.hit, refs)
