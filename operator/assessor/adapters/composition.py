"""From stores to a Snapshot: what is known of one namespace, and which kinds are no evidence."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Protocol

from assessor.adapters.bulk import burdens
from assessor.adapters.excess import excesses
from assessor.adapters.peer_index import PeerIndex
from assessor.adapters.rbac_index import RbacIndex
from assessor.adapters.store import Store
from assessor.analysis.netpol.namespaces import NAME_LABEL
from assessor.analysis.rbac.reach import EVERY_NAMESPACE, account_of
from assessor.inventory.admin_network import AdminPolicy
from assessor.inventory.credentials import SecretMaker
from assessor.inventory.kinds import CORE_KINDS, WORKLOAD_EVIDENCE, Evidence, ObservedKind
from assessor.inventory.meta import Meta
from assessor.inventory.network import ForeignPolicy
from assessor.inventory.rbac import BoundRole
from assessor.inventory.snapshot import EvidenceGap, GapReason, Snapshot
from assessor.inventory.workloads import Namespace

NOTHING: Mapping[Evidence, str] = {}

Engine = ForeignPolicy | AdminPolicy
"""Policies beside NetworkPolicies."""

NAMED = 5
"""How many objects a gap's detail names."""

WORKLOADS = tuple(
    kind.evidence
    for kind in CORE_KINDS
    if kind.evidence in WORKLOAD_EVIDENCE and kind.evidence is not Evidence.PODS
)
"""The kinds whose objects stamp out pods."""


class Source(Protocol):
    """One kind's objects: an informer, or a single list."""

    @property
    def kind(self) -> ObservedKind:
        """Which kind."""

    @property
    def store(self) -> Store:
        """What is known of it."""

    def gap(self) -> EvidenceGap | None:
        """Why it is no evidence; None where it is."""


def compose(
    namespace: str,
    core: Mapping[Evidence, Source],
    optional: Collection[Source],
    rbac: RbacIndex,
    peers: PeerIndex | None,
    *,
    undiscovered: Mapping[Evidence, str] = NOTHING,
    everywhere: bool = True,
) -> Snapshot | None:
    """Everything known of ``namespace``; None where no such namespace is known.

    ``core`` has Secrets only where they come from files; ``optional`` holds those kinds that are
    installed, and ``undiscovered`` tells of which nobody knows that, and why. ``rbac`` holds
    what ``core`` knows of roles and bindings, ``peers`` what it knows of namespaces.

    ``peers`` is None where the namespace's own readers are told what comes of it. Whoever writes
    there chooses whom policies and bindings name, and must learn nothing by it of others: not whom
    selectors match elsewhere, not which accounts there exist, not what strangers hold.
    ``everywhere``: whether ``core`` holds all namespaces, and so tells what does not exist in
    others.
    """
    gaps: dict[Evidence, EvidenceGap] = {}
    for gap in _gaps(namespace, core, optional, undiscovered):
        gaps[gap.evidence] = _joined(gaps.get(gap.evidence), gap)
    unknown = gaps.get(Evidence.NAMESPACES)
    view = core[Evidence.NAMESPACES].store.get("", namespace)
    # Where only some of the kind is there, as in files, what is there tells its labels.
    blind = None if unknown and unknown.reason is GapReason.PARTIAL else unknown
    if not isinstance(view, Namespace):
        if unknown is None:
            return None
        blind, view = unknown, Namespace(Meta(namespace, "", "", {}))
    foreign = tuple(_foreign(view, optional))
    admin = tuple(_admin(view, optional, labels_known=blind is None))
    if engines := _engines_gap(foreign, admin, blind):
        gaps.setdefault(Evidence.POLICY_ENGINES, engines)

    @cache
    def records(evidence: Evidence) -> tuple[Any, ...]:
        return tuple(core[evidence].store.records(namespace)) if evidence in core else ()

    def bound(bindings: tuple[BoundRole, ...]) -> tuple[BoundRole, ...]:
        judged = None if everywhere and peers else namespace
        return tuple(
            _with_missing(each, core[Evidence.SERVICE_ACCOUNTS], judged) for each in bindings
        )

    policies = records(Evidence.NETWORK_POLICIES)
    roles, role_bindings = records(Evidence.ROLES), records(Evidence.ROLE_BINDINGS)
    for gap in excesses(policies, roles, role_bindings):
        gaps.setdefault(gap.evidence, gap)
    if peers is None:
        looked_at = (Evidence.PODS, *WORKLOADS, Evidence.CONFIG_MAPS, Evidence.NETWORK_POLICIES)
        for gap in burdens({evidence: records(evidence) for evidence in looked_at}):
            gaps.setdefault(gap.evidence, gap)
    elsewhere = rbac.elsewhere(namespace)
    return Snapshot(
        view,
        pods=records(Evidence.PODS),
        workloads=tuple(workload for kind in WORKLOADS for workload in records(kind)),
        service_accounts=records(Evidence.SERVICE_ACCOUNTS),
        network_policies=policies,
        services=records(Evidence.SERVICES),
        foreign_policies=foreign,
        admin_policies=admin,
        peer_reach=peers.reach(policies) if peers and everywhere and unknown is None else {},
        roles=roles,
        role_bindings=bound(rbac.with_roles(role_bindings)),
        cluster_role_bindings=bound(rbac.of_cluster(namespace)),
        common_bindings=rbac.of_cluster(EVERY_NAMESPACE),
        bindings_elsewhere=elsewhere.bindings,
        unevaluated_elsewhere=elsewhere.unevaluated,
        cluster_grants=rbac.of_subjects(namespace, role_bindings) if peers else {},
        elsewhere_read=everywhere,
        config_maps=records(Evidence.CONFIG_MAPS),
        secret_makers=tuple(_makers(namespace, optional)),
        source_secrets=records(Evidence.SECRETS_IN_SOURCE),
        gaps=gaps,
    )


def _gaps(
    namespace: str,
    core: Mapping[Evidence, Source],
    optional: Collection[Source],
    undiscovered: Mapping[Evidence, str],
) -> Iterator[EvidenceGap]:
    for evidence, source in core.items():
        place = "" if evidence is Evidence.NAMESPACES else namespace
        gap = source.gap() or _malformed(source, place)
        if gap:
            yield gap
    for evidence, why in undiscovered.items():
        yield EvidenceGap(evidence, GapReason.STALE, why)
    for source in optional:
        gap = source.gap() or _malformed(source, namespace if source.kind.namespaced else "")
        if gap:
            detail = f"{source.kind.kind}.{source.kind.group}: {gap.detail}"
            yield EvidenceGap(source.kind.evidence, gap.reason, detail)


def _joined(known: EvidenceGap | None, gap: EvidenceGap) -> EvidenceGap:
    """Of several gaps of one evidence all are told, and that it is stale before all else."""
    if known is None:
        return gap
    first, second = (gap, known) if gap.reason is GapReason.STALE else (known, gap)
    return EvidenceGap(gap.evidence, first.reason, f"{first.detail}; {second.detail}")


def _with_missing(bound: BoundRole, accounts: Source, namespace: str | None) -> BoundRole:
    """The same, with the accounts named that do not exist; in ``namespace``, None for anywhere."""
    if accounts.gap():
        return bound
    missing = tuple(
        subject
        for subject in bound.binding.subjects
        if (place := account_of(subject)) is not None
        and namespace in (None, place[0])
        and accounts.store.get(*place) is None
    )
    return BoundRole(bound.binding, bound.role, missing) if missing else bound


def _foreign(namespace: Namespace, optional: Collection[Source]) -> Iterator[ForeignPolicy]:
    """The policies in other engines' languages that may reach the namespace."""
    for source in optional:
        place = namespace.meta.name if source.kind.namespaced else ""
        for record in source.store.records(place):
            if isinstance(record, ForeignPolicy):
                yield record


def _admin(
    namespace: Namespace, optional: Collection[Source], *, labels_known: bool
) -> Iterator[AdminPolicy]:
    """The cluster's policies that reach the namespace, or may: unknown labels may be any."""
    labels = {**namespace.meta.labels, NAME_LABEL: namespace.meta.name}
    for source in optional:
        for record in source.store.records():
            if isinstance(record, AdminPolicy):
                decided = labels_known or _goes_by_name(record)
                if not decided or record.reaches(labels):
                    yield record


def _goes_by_name(policy: AdminPolicy) -> bool:
    """Whether it takes no more than a namespace's name to know whether it reaches it."""
    if policy.subject is None:
        return False
    selector = policy.subject.namespaces
    keys = {key for key, _ in selector.match_labels}
    return keys | {each.key for each in selector.match_expressions} <= {NAME_LABEL}


def _makers(namespace: str, optional: Collection[Source]) -> Iterator[SecretMaker]:
    for source in optional:
        for record in source.store.records(namespace):
            if isinstance(record, SecretMaker):
                yield record


def _engines_gap(
    foreign: tuple[ForeignPolicy, ...],
    admin: tuple[AdminPolicy, ...],
    unknown: EvidenceGap | None,
) -> EvidenceGap | None:
    """What the policies leave open; ``unknown``: why the namespace's labels are not known."""
    certain: list[Engine] = [*foreign, *(each for each in admin if each.subject is None)]
    if certain:
        detail = f"other policy engines apply here: {_named(certain)}"
        return EvidenceGap(Evidence.POLICY_ENGINES, GapReason.NOT_EVALUATED, detail)
    selected = tuple(each for each in admin if not _goes_by_name(each))
    if unknown and selected:
        told = f"whether other policy engines apply here is not known, as {unknown.evidence} are"
        detail = f"{told} {unknown.reason}: {_named(selected)}"
        return EvidenceGap(Evidence.POLICY_ENGINES, unknown.reason, detail)
    return None


def _named(policies: Sequence[Engine]) -> str:
    named = ", ".join(f"{policy.kind}/{policy.meta.name}" for policy in policies[:NAMED])
    return named + (f" and {len(policies) - NAMED} more" if len(policies) > NAMED else "")


def _malformed(source: Source, namespace: str) -> EvidenceGap | None:
    found = source.store.malformed(namespace)
    if not found:
        return None
    first = found[0]
    return EvidenceGap(source.kind.evidence, GapReason.MALFORMED, f"{first.name}: {first.message}")
