"""A namespace's bindings judged: which risks each of them is, and to whom."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from assessor.analysis.memo import once_per_snapshot
from assessor.analysis.rbac.atoms import NOTHING, Powers
from assessor.analysis.rbac.baseline import built_in_powers, is_baseline
from assessor.analysis.rbac.directory import CLUSTER, Directory
from assessor.analysis.rbac.grants import Scope, effective, hits, hits_of, powers_of
from assessor.analysis.rbac.reach import reached_by
from assessor.analysis.rbac.requests import Identity, identity_of
from assessor.analysis.rbac.risk_table import IMPERSONATION, RISKS
from assessor.analysis.rbac.risks import Hit, hit
from assessor.inventory.rbac import BoundRole, Role, RoleBinding, Subject
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.refs import ObjectRef
from assessor.kernel.severity import Severity

BUILT_IN = "built-in-role"
"""The risk of a binding to the cluster's own `edit` or `admin`."""

IMPERSONATING = frozenset(risk.id for risk in IMPERSONATION)
COMBINED = tuple(risk for risk in (*RISKS, *IMPERSONATION) if risk.combined)


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
def judged(snapshot: Snapshot) -> Mapping[tuple[str, ObjectRef], tuple[Grant, ...]]:
    """The risks of the namespace's RoleBindings, and of the ClusterRoleBindings to its accounts.

    By risk id and binding. What the control plane binds by itself is silent.
    """
    found: dict[tuple[str, ObjectRef], list[Grant]] = defaultdict(list)
    alone = [grant for bound in own_bindings(snapshot) for grant in _alone(bound, snapshot)]
    for grant in (*alone, *_together(snapshot, alone)):
        found[grant.hit.risk, grant.binding.ref].append(grant)
    return {key: tuple(grants) for key, grants in found.items()}


@once_per_snapshot
def own_bindings(snapshot: Snapshot) -> tuple[BoundRole, ...]:
    """The bindings that are this namespace's to answer for, less the control plane's own."""
    all_of_them = (*snapshot.role_bindings, *snapshot.cluster_role_bindings)
    return tuple(bound for bound in all_of_them if not is_baseline(bound))


@once_per_snapshot
def _own_refs(snapshot: Snapshot) -> frozenset[ObjectRef]:
    return frozenset(bound.binding.ref for bound in own_bindings(snapshot))


def is_own(bound: BoundRole, snapshot: Snapshot) -> bool:
    """Whether a binding is among ``own_bindings``."""
    return bound.binding.ref in _own_refs(snapshot)


def subjects_of(bound: BoundRole, snapshot: Snapshot) -> tuple[Subject, ...]:
    """The subjects of a binding; of a ClusterRoleBinding only those of the namespace."""
    if bound.binding.meta.namespace:
        return bound.binding.subjects
    namespace = snapshot.namespace.meta.name
    return tuple(each for each in bound.binding.subjects if reached_by(each) == namespace)


def scope_of(bound: BoundRole) -> Scope:
    """Where a binding grants its role."""
    namespace = bound.binding.meta.namespace
    return Scope(namespace, cluster=not namespace)


def _alone(bound: BoundRole, snapshot: Snapshot) -> Iterator[Grant]:
    subjects = subjects_of(bound, snapshot)
    if bound.role is None or not subjects:
        return
    scope = scope_of(bound)
    default = built_in_powers(bound.role)
    if default == NOTHING:
        for each in hits_of(bound.role, scope):
            yield Grant(bound.binding, bound.role, subjects, each)
        return
    yield from (
        Grant(bound.binding, bound.role, subjects, each)
        for each in _built_in(default, subjects, scope)
    )
    beyond = effective(powers_of(bound.role), scope).without(default.unnamed)
    yield from (Grant(bound.binding, bound.role, subjects, each) for each in hits(beyond, scope))


def _built_in(default: Powers, subjects: Iterable[Subject], scope: Scope) -> Iterator[Hit]:
    """The one finding of a binding to `edit` or `admin`, and that they impersonate.

    For people they are what Kubernetes offers: Medium, so that it is seen. A workload with them
    reads every Secret and runs as every account.
    """
    workload = any(reached_by(each) is not None for each in subjects)
    if scope.cluster:
        severity = Severity.CRITICAL
    else:
        severity = Severity.HIGH if workload else Severity.MEDIUM
    may = "read all Secrets, run pods as any account and change policies"
    yield Hit(BUILT_IN, severity, may, 0)
    for each in hits(effective(default, scope), scope):
        if each.risk in IMPERSONATING:
            worst = each.severity if workload else Severity.LOW
            yield Hit(each.risk, worst, each.may, each.mask)


# ── the union of a subject's rights ───────────────────────────────────────────────────────────


def _together(snapshot: Snapshot, alone: Iterable[Grant]) -> Iterator[Grant]:
    """The risks that take several bindings of one subject; told at the first of them.

    Not where one binding alone is as bad.
    """
    known: dict[tuple[Identity, str], Severity] = {}
    for grant in alone:
        for subject in grant.subjects:
            key = identity_of(subject), grant.hit.risk
            known[key] = max(known.get(key, Severity.INFO), grant.hit.severity)
    for subject, bounds in _by_subject(snapshot):
        if len(bounds) > 1:
            for grant in _joint(subject, bounds, snapshot.namespace.meta.name):
                key = identity_of(subject), grant.hit.risk
                if grant.hit.severity > known.get(key, Severity.INFO):
                    yield grant


def _by_subject(snapshot: Snapshot) -> Iterator[tuple[Subject, tuple[BoundRole, ...]]]:
    """Each identity that a binding names, with all bindings that give it rights here.

    Those to the groups that it is known to be in are among them.
    """
    namespace = snapshot.namespace.meta.name
    own = own_bindings(snapshot)
    by_ref = {bound.binding.ref: bound for bound in (*own, *snapshot.common_bindings)}
    directory = Directory((), (bound.binding for bound in by_ref.values()))
    named = {identity_of(each): each for bound in own for each in subjects_of(bound, snapshot)}
    for identity, subject in named.items():
        held = [
            by_ref[binding.ref]
            for place in (namespace, CLUSTER)
            for binding in directory.bindings_of(identity, place)
        ]
        yield subject, tuple(held)


def _joint(subject: Subject, bounds: tuple[BoundRole, ...], namespace: str) -> Iterator[Grant]:
    parts = [
        (bound.binding, bound.role, effective(powers_of(bound.role), scope_of(bound)))
        for bound in bounds
        if bound.role
    ]
    everywhere = _all(powers for binding, _, powers in parts if not binding.meta.namespace)
    here = _all(powers for _, _, powers in parts)
    for risk in COMBINED:
        found = hit(risk, everywhere, cluster=True) or hit(
            risk, here, cluster=False, namespace=namespace
        )
        if found:
            behind = [part for part in parts if (part[2].held | part[2].named) & found.mask]
            (binding, role, _), *others = behind
            if others:
                joint = tuple(other.ref for other, _, _ in others)
                yield Grant(binding, role, (subject,), found, joint)


def _all(parts: Iterable[Powers]) -> Powers:
    joint = NOTHING
    for powers in parts:
        joint |= powers
    return joint
