"""One control's checks run over a Snapshot: what they examined, found, missed and raised."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from assessor.catalogue.checks import Check, Problem, Subjects
from assessor.engine.assessment import Finding, worst_first
from assessor.inventory.snapshot import EvidenceGap, GapReason, Snapshot
from assessor.kernel.refs import ObjectRef
from assessor.kernel.severity import Severity


class Listed(Struct, frozen=True):
    """Subjects with their references, and these alone as a set."""

    subjects: Sequence[tuple[ObjectRef, Any]]
    refs: frozenset[ObjectRef]


NOBODY: frozenset[ObjectRef] = frozenset()


class Ran(Struct, frozen=True):
    """What running a control's checks came to; ``errors`` are check ids with exception types.

    ``examined`` are the subjects of checks that can fail something: to write notes about an object
    is not to judge it.
    """

    examined: frozenset[ObjectRef]
    findings: tuple[Finding, ...]
    gaps: tuple[EvidenceGap, ...]
    errors: tuple[str, ...]


class Outcome(Struct):
    """What checks came to so far: findings by fingerprint, and ids of checks that raised."""

    findings: dict[str, Finding]
    errors: set[str]


def run_checks(checks: Sequence[Check], snapshot: Snapshot, override: Severity | None) -> Ran:
    """Run the checks whose evidence is whole; ``override`` replaces all severities but Info."""
    examined: dict[int, frozenset[ObjectRef]] = {}
    gaps: dict[str, EvidenceGap] = {}
    into = Outcome({}, set())
    lists: dict[Subjects, Listed] = {}
    for check in checks:
        if snapshot.gaps and (missing := missing_evidence(check, snapshot)):
            gaps |= {gap.evidence: gap for gap in missing}
        else:
            listed = lists.get(check.over)
            if listed is None:
                listed = lists[check.over] = subjects(check.over, snapshot)
            judged = run_check(check, listed, snapshot, override, into)
            examined[id(judged)] = judged
    ordered = tuple(gaps[name] for name in sorted(gaps))
    findings, errors = tuple(into.findings.values()), tuple(sorted(into.errors))
    return Ran(NOBODY.union(*examined.values()), findings, ordered, errors)


def run_check(
    check: Check,
    listed: Listed,
    snapshot: Snapshot,
    override: Severity | None,
    into: Outcome,
) -> frozenset[ObjectRef]:
    """Run a check whose evidence is whole on its subjects; those that it judged.

    A check that raises does so for one subject: what it had found there until then stays found,
    and the other subjects are judged, so that their order decides nothing.
    """
    raised: list[ObjectRef] = []
    concerned = listed.subjects if check.where is None else _concerned(check, listed, snapshot)
    for ref, subject in concerned:
        try:
            for problem in check.run(subject, snapshot):
                _keep_worse(into.findings, _finding(check, snapshot, ref, problem, override))
        except Exception as error:  # noqa: BLE001 - a check's bug is that check's alone
            into.errors.add(f"{check.id}: {type(error).__name__}")
            raised.append(ref)
    if check.severity is Severity.INFO:
        return NOBODY
    return listed.refs.difference(raised) if raised else listed.refs


def _concerned(check: Check, listed: Listed, snapshot: Snapshot) -> Iterable[tuple[ObjectRef, Any]]:
    """Those with which it has to be called. What raises here does so at each, and is told."""
    tables: dict[Any, Mapping[str, Any] | None] = vars(snapshot).setdefault("concerned", {})
    if check.where not in tables:
        tables[check.where] = _table(check, snapshot)
    table = tables[check.where]
    return listed.subjects if table is None else table.get(check.id, ())


def _table(check: Check, snapshot: Snapshot) -> Mapping[str, Any] | None:
    try:
        return check.where(snapshot) if check.where else None
    except Exception:  # noqa: BLE001 - as above
        return None


def missing_evidence(check: Check, snapshot: Snapshot) -> list[EvidenceGap]:
    """The gaps for which the check cannot run; partial evidence is one where absence is judged."""
    gaps = (snapshot.gaps[need] for need in check.needs if need in snapshot.gaps)
    return [
        gap for gap in gaps if gap.reason is not GapReason.PARTIAL or gap.evidence in check.absent
    ]


def _keep_worse(findings: dict[str, Finding], finding: Finding) -> None:
    """Of two findings that are one, the worse: a note must not hide a failure."""
    same = findings.setdefault(finding.fingerprint, finding)
    if same is not finding:
        findings[finding.fingerprint] = min(finding, same, key=worst_first)


def subjects(over: Subjects, snapshot: Snapshot) -> Listed:
    """Each subject that a check is called with, and its reference; listed once for all checks."""
    listed: dict[Subjects, Listed] = vars(snapshot).setdefault("subjects", {})
    if over not in listed:
        found = _subjects(over, snapshot)
        listed[over] = Listed(found, frozenset(ref for ref, _ in found))
    return listed[over]


def _subjects(over: Subjects, snapshot: Snapshot) -> Sequence[tuple[ObjectRef, Any]]:
    namespace = snapshot.namespace.meta.name
    match over:
        case Subjects.NAMESPACE:
            return [(ObjectRef("", "Namespace", "", namespace), snapshot.namespace)]
        case Subjects.ROOTS:
            return [(root.ref, root) for root in snapshot.roots]
        case Subjects.DOCKERFILES:
            return [(ObjectRef("", "Dockerfile", "", f.name), f) for f in snapshot.dockerfiles]
        case Subjects.ROLES:
            return [(role.ref, role) for role in snapshot.roles]
        case Subjects.BINDINGS:
            bindings = (*snapshot.role_bindings, *snapshot.cluster_role_bindings)
            return [(bound.binding.ref, bound) for bound in bindings]
        case _:
            group, kind, objects = _objects(over, snapshot)
            return [(ObjectRef(group, kind, namespace, o.meta.name), o) for o in objects]


def _objects(over: Subjects, snapshot: Snapshot) -> tuple[str, str, Sequence[Any]]:
    """Group, kind and objects where all are of one kind that is named by its metadata alone."""
    return {
        Subjects.NETWORK_POLICIES: (
            "networking.k8s.io",
            "NetworkPolicy",
            snapshot.network_policies,
        ),
        Subjects.SERVICE_ACCOUNTS: ("", "ServiceAccount", snapshot.service_accounts),
        Subjects.CONFIG_MAPS: ("", "ConfigMap", snapshot.config_maps),
        Subjects.SOURCE_SECRETS: ("", "Secret", snapshot.source_secrets),
    }[over]


def _finding(
    check: Check,
    snapshot: Snapshot,
    subject: ObjectRef,
    problem: Problem,
    override: Severity | None,
) -> Finding:
    ref = problem.on or subject
    severity = check.severity if problem.severity is None else problem.severity
    if override is not None and severity > Severity.INFO:
        severity = override
    return Finding(
        check.id,
        check.control,
        severity,
        ref,
        problem.message,
        check.remediation,
        fingerprint(check.id, snapshot.namespace.meta.name, ref, problem),
        problem.at,
        problem.container,
        problem.patch,
        problem.place,
        problem.stage,
        problem.edits,
    )


def fingerprint(check: str, namespace: str, ref: ObjectRef, problem: Problem) -> str:
    """16 hex digits that survive restarts, reordering and rewording (api.md)."""
    within = problem.container or problem.stage
    parts = [check, namespace, ref.group, ref.kind, ref.name, within, problem.key]
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()[:16]
