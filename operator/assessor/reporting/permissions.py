"""docs/permissions.md: every right of the operator, what it is for, and what breaks without it.

Generated from the kinds that are observed, from what the checks say that they need, and from
``api.permissions``, so that it says what the code says.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from assessor.api.permissions import FILES, OPERATOR, PURPOSES, Purpose
from assessor.catalogue.checks import Check
from assessor.inventory.kinds import (
    CORE_KINDS,
    POLICY_ENGINE_KINDS,
    SECRET_MAKER_KINDS,
    Evidence,
    ObservedKind,
)
from assessor.reporting.reference import NOTICE

_INTRODUCTION = """\
# What the operator may do, and what for

Each right of the roles that are bound to its account, with what is lost without it. A test drops
each one, verb by verb, lets an operator start on a real API server, and compares every verdict;
another shows in the API server's audit log that each was used, and that nothing was refused. There
is no right on Secrets, and none to write anything but its own status, Events and Lease.

What the API server serves (`/api`, `/apis` and below) it asks by the right that Kubernetes gives to
every account, the ClusterRole `system:discovery`. Where that was taken away nobody knows whether
other engines' policies or makers of Secrets are there: NET-01 and SECRET-03 are Unknown.

What is observed needs both verbs: only what can also be watched is evidence. Without one of them
each control of its row is Unknown, with reason Forbidden, in every namespace; `EvidenceComplete` is
False and names the kind, and `kube_assessor_informer_usable` is 0. A control that several checks
judge still fails on what those find that need other kinds; none ever passes for want of evidence.
*Severity* names controls whose findings are as bad as they may be while what decides it cannot be
read.
"""


def page(checks: Iterable[Check]) -> str:
    """The page's Markdown."""
    judging = tuple(check for check in checks if not check.at_build)
    return "".join(
        (
            NOTICE,
            _INTRODUCTION,
            _heading(f"ClusterRole `{OPERATOR}`: evidence", FILES[OPERATOR]),
            *_evidence(CORE_KINDS, judging),
            *_own_work(),
            _heading(
                f"ClusterRole `{OPERATOR}-policy-engines`, optional",
                "components/policy-engines/clusterrole.yaml",
            ),
            *_optional(POLICY_ENGINE_KINDS, judging),
            _heading(
                f"ClusterRole `{OPERATOR}-secret-makers`, optional",
                "components/secret-makers/clusterrole.yaml",
            ),
            *_optional(SECRET_MAKER_KINDS, judging),
        )
    )


def depending(checks: Iterable[Check], evidence: Evidence) -> tuple[str, ...]:
    """The controls that cannot be judged in full without a kind, sorted."""
    return tuple(sorted({check.control for check in checks if evidence in check.needs}))


def weighing(checks: Iterable[Check], evidence: Evidence) -> tuple[str, ...]:
    """The controls of which it decides no more than how bad a finding is, sorted."""
    judged = tuple(checks)
    weighed = {check.control for check in judged if evidence in check.weighs}
    return tuple(sorted(weighed - set(depending(judged, evidence))))


def _heading(title: str, path: str) -> str:
    return f"\n## {title}\n\n[manifests/{path}](../manifests/{path})\n\n"


def _evidence(kinds: Iterable[ObservedKind], checks: Sequence[Check]) -> Iterator[str]:
    yield "| group | resource | verbs | Unknown without it |\n|---|---|---|---|\n"
    for kind in kinds:
        told = _ranges(depending(checks, kind.evidence))
        if weighed := weighing(checks, kind.evidence):
            told += f"; severity: {_ranges(weighed)}"
        if kind.evidence is Evidence.NAMESPACES:
            told += "; `kube_assessor_namespaces_without_assessment` is NaN"
        yield f"| {kind.group or 'core'} | {kind.plural} | list, watch | {told} |\n"


def _optional(kinds: Sequence[ObservedKind], checks: Sequence[Check]) -> Iterator[str]:
    """Of one evidence, so that one sentence says it for all."""
    told = _ranges(depending(checks, kinds[0].evidence))
    yield f"Without one of them, where that kind is installed, {told} is Unknown.\n\n"
    yield "| group | resources | verbs |\n|---|---|---|\n"
    for group, members in groupby(kinds, key=lambda kind: kind.group):
        plurals = ", ".join(dict.fromkeys(kind.plural for kind in members))
        yield f"| {group} | {plurals} | list, watch |\n"


def _own_work() -> Iterator[str]:
    for role, purposes in PURPOSES.items():
        yield _heading(f"`{role}`: its own work", FILES[role])
        yield from _purposes(purposes)


def _purposes(purposes: Iterable[Purpose]) -> Iterator[str]:
    yield "| group | resource | verbs | what for | without it |\n|---|---|---|---|---|\n"
    for each in purposes:
        resource = f"{each.resource}, `{each.name}` alone" if each.name else each.resource
        verbs = ", ".join(each.verbs)
        group = each.group or "core"
        yield f"| {group} | {resource} | {verbs} | {each.reason} | {each.without} |\n"


def _ranges(controls: Iterable[str]) -> str:
    """The controls, neighbours of one family taken together: WORKLOAD-01 to 12."""
    told: list[str] = []
    numbers = ((family, int(number)) for family, _, number in (c.partition("-") for c in controls))
    for (family, _), run in groupby(
        enumerate(numbers), key=lambda each: (each[1][0], each[1][1] - each[0])
    ):
        found = [number for _, (_, number) in run]
        more = f" to {found[-1]:02}" if len(found) > 1 else ""
        told.append(f"{family}-{found[0]:02}{more}")
    return ", ".join(told) or "nothing"
