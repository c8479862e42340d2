"""How much a namespace's service accounts may do, and where."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from msgspec import Struct

from assessor.analysis.memo import once_per_snapshot
from assessor.analysis.rbac.baseline import is_baseline
from assessor.analysis.rbac.bindings import scope_of
from assessor.analysis.rbac.effect import takes_effect
from assessor.analysis.rbac.grants import hits_of
from assessor.analysis.rbac.holdings import held, parts_of
from assessor.analysis.rbac.reach import EVERY_NAMESPACE, account_of, reached_by
from assessor.analysis.rbac.union import joint
from assessor.inventory.kinds import RBAC_KINDS
from assessor.inventory.rbac import BoundRole
from assessor.inventory.snapshot import GapReason, Snapshot
from assessor.kernel.severity import Severity

EVERY_ACCOUNT = ""
"""Stands for all accounts of the namespace."""


class Standing(Struct, frozen=True):
    """The rights of an account beyond those that every account has everywhere.

    ``worst`` is the severity of the worst risk that they are, together with those of every
    account; Info where they are none. ``namespaces`` are those in which RoleBindings give them,
    ``""`` stands for the whole cluster; those whose bindings are too many to be evaluated are
    among them. Not ``complete``: other namespaces were not looked at, or not at all of them.
    """

    worst: Severity = Severity.INFO
    namespaces: frozenset[str] = frozenset()
    complete: bool = True

    @property
    def holds_rights(self) -> bool:
        """Whether there are any that are known."""
        return bool(self.namespaces)


def are_rights_unreadable(snapshot: Snapshot) -> bool:
    """Whether a kind of role or binding cannot be read: then an account may do anything."""
    return _hide_rights(_gaps(snapshot))


def _hide_rights(gaps: set[GapReason]) -> bool:
    return bool(gaps - {GapReason.PARTIAL})


def _gaps(snapshot: Snapshot) -> set[GapReason]:
    kinds = (kind.evidence for kind in RBAC_KINDS)
    return {snapshot.gaps[evidence].reason for evidence in kinds if evidence in snapshot.gaps}


def standing(snapshot: Snapshot, account: str) -> Standing | None:
    """What an account of the namespace may do; None where roles or bindings cannot be read.

    Partial evidence tells what it may do, and not what it may not: there None, too, where no risk
    of High is found.
    """
    gaps = _gaps(snapshot)
    if _hide_rights(gaps):
        return None
    known = _standings(snapshot)
    if account not in known:
        known[account] = _standing(snapshot, account)
    found = known[account]
    return None if gaps and found.worst < Severity.HIGH else found


@once_per_snapshot
def _standings(_: Snapshot) -> dict[str, Standing]:
    """Those that were asked for."""
    return {}


def _standing(snapshot: Snapshot, account: str) -> Standing:
    bindings = _bindings(snapshot)
    given = (*bindings.get(account, ()), *bindings.get(EVERY_ACCOUNT, ()))
    by_place: dict[str, list[BoundRole]] = defaultdict(list)
    for bound in given:
        by_place[bound.binding.meta.namespace].append(bound)
    everywhere = by_place.get(EVERY_NAMESPACE, [])
    common = snapshot.common_bindings
    worst = Severity.INFO
    for place, here in by_place.items():
        more = (*everywhere, *common) if place else common
        worst = max(worst, _worst(here, more, place))
    unknown = snapshot.unevaluated_elsewhere
    return Standing(worst, unknown.union(by_place), snapshot.elsewhere_read and not unknown)


def _worst(given: list[BoundRole], more: tuple[BoundRole, ...], place: str) -> Severity:
    """The worst risk in one place, of each binding or of several, at least one of them given."""
    alone = (hit for b in given if b.role for hit in hits_of(b.role, scope_of(b)))
    severities = [hit.severity for hit in alone]
    several = [held(bound, own=True) for bound in given]
    several += [held(bound, own=False) for bound in more]
    severities += [each.hit.severity for each in joint(parts_of(several), place)]
    return max(severities, default=Severity.INFO)


@once_per_snapshot
def _bindings(snapshot: Snapshot) -> Mapping[str, tuple[BoundRole, ...]]:
    """Every binding that gives accounts of the namespace anything, by the account's name."""
    found: dict[str, dict[int, BoundRole]] = defaultdict(dict)
    for account, bound in _to_accounts(snapshot):
        found[account][id(bound)] = bound
    return {
        account: tuple(bound for bound in several.values() if takes_effect(bound))
        for account, several in found.items()
    }


def _to_accounts(snapshot: Snapshot) -> Iterator[tuple[str, BoundRole]]:
    """Every binding to an account of the namespace, with the account's name.

    In the namespace itself also those to every account: they are rights here, but where a provider
    gives them to every account of every namespace.
    """
    here = snapshot.namespace.meta.name
    sources = (
        (snapshot.role_bindings, (here, EVERY_NAMESPACE)),
        (snapshot.cluster_role_bindings, (here,)),
        (snapshot.bindings_elsewhere, (here,)),
    )
    for bindings, reaching in sources:
        for bound in bindings:
            for subject in bound.binding.subjects:
                if reached_by(subject) in reaching:
                    account = account_of(subject)
                    if account or not is_baseline(bound):
                        yield account[1] if account else EVERY_ACCOUNT, bound
