"""How much a namespace's service accounts may do, and where."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from msgspec import Struct

from assessor.analysis.memo import once_per_snapshot
from assessor.analysis.rbac.grants import hits_of
from assessor.analysis.rbac.judging import scope_of
from assessor.analysis.rbac.reach import reached_by
from assessor.analysis.rbac.requests import SERVICE_ACCOUNT_PREFIX
from assessor.inventory.kinds import RBAC_KINDS
from assessor.inventory.rbac import BoundRole, Subject
from assessor.inventory.snapshot import GapReason, Snapshot
from assessor.kernel.severity import Severity

EVERY_ACCOUNT = ""
"""Stands for all accounts of the namespace."""


class Standing(Struct, frozen=True):
    """The rights of an account beyond those that every account of the cluster has.

    ``worst`` is the severity of the worst risk among them, Info where they are none;
    ``namespaces`` are those in which RoleBindings give them, ``""`` stands for the whole cluster.
    """

    worst: Severity = Severity.INFO
    namespaces: frozenset[str] = frozenset()

    @property
    def holds_rights(self) -> bool:
        """Whether there are any."""
        return bool(self.namespaces)


NO_RIGHTS = Standing()


def standing(snapshot: Snapshot, account: str) -> Standing | None:
    """What an account of the namespace may do; None where roles or bindings cannot be read.

    Partial evidence tells what it may do, and not what it may not: there None, too, where no risk
    of High is found.
    """
    gaps = {
        snapshot.gaps[kind.evidence].reason for kind in RBAC_KINDS if kind.evidence in snapshot.gaps
    }
    if gaps - {GapReason.PARTIAL}:
        return None
    known = _standings(snapshot)
    own, shared = known.get(account, NO_RIGHTS), known.get(EVERY_ACCOUNT, NO_RIGHTS)
    found = Standing(max(own.worst, shared.worst), own.namespaces | shared.namespaces)
    return None if gaps and found.worst < Severity.HIGH else found


@once_per_snapshot
def _standings(snapshot: Snapshot) -> Mapping[str, Standing]:
    found: dict[str, Standing] = defaultdict(Standing)
    for account, bound in _held(snapshot):
        if bound.role and bound.role.rules:
            known, scope = found[account], scope_of(bound)
            risks = (each.severity for each in hits_of(bound.role, scope))
            worst = max([known.worst, *risks])
            found[account] = Standing(worst, known.namespaces | {bound.binding.meta.namespace})
    return found


def _held(snapshot: Snapshot) -> Iterator[tuple[str, BoundRole]]:
    """Every binding to an account of the namespace, with the account's name."""
    here = snapshot.namespace.meta.name
    sources = (
        snapshot.role_bindings,
        snapshot.cluster_role_bindings,
        snapshot.bindings_elsewhere,
    )
    for bound in (bound for source in sources for bound in source):
        for subject in bound.binding.subjects:
            if reached_by(subject) == here:
                yield _account(subject, here), bound


def _account(subject: Subject, namespace: str) -> str:
    if subject.kind == "Group":
        return EVERY_ACCOUNT
    return subject.name.removeprefix(f"{SERVICE_ACCOUNT_PREFIX}{namespace}:")
