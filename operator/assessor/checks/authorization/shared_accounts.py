"""AUTHZ-02: workloads that run as one identity."""

from collections.abc import Iterator

from assessor.analysis.identity import (
    account_ref,
    consumers,
    distinct_systems,
    first_consumed,
    runs_with_token,
)
from assessor.analysis.rbac.standing import Standing, standing
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.wording import clip, name_some
from assessor.checks.authorization.evidence import RBAC, WORKLOADS_AND_ACCOUNTS
from assessor.inventory.kinds import RBAC_KINDS
from assessor.inventory.ownership import RootController
from assessor.inventory.snapshot import Snapshot, is_partial
from assessor.kernel.severity import Severity


@check(
    "shared-service-account",
    control="AUTHZ-02",
    severity=Severity.HIGH,
    over=Subjects.ROOTS,
    needs=WORKLOADS_AND_ACCOUNTS,
    weighs=RBAC,
    remediation="""\
Give each workload an account of its own, with only the rights it needs:
kind: ServiceAccount
apiVersion: v1
metadata: {name: WORKLOAD}
automountServiceAccountToken: false
---
spec: {template: {spec: {serviceAccountName: WORKLOAD}}}""",
)
def shared_service_account(root: RootController, snapshot: Snapshot) -> Iterator[Problem]:
    """Two or more workloads run as one service account.

    A workload is a root controller or a bare pod; scaled to zero or waiting for its schedule, it
    counts, and a finished pod does not. Reported once for each account, `default` included.

    High where the account's rights are a risk of High or more, or cannot all be read, which takes
    other namespaces' bindings too; Medium where it holds any beyond those that every account has
    everywhere, or where files tell nothing worse; and Low where it holds none. Where no workload
    gets a token, rights cannot be used: Low, and Info without rights. Info also where one custom
    resource owns all of them: they are one system, made to share.
    """
    namespace = snapshot.namespace.meta.name
    for account in first_consumed(root, snapshot):
        roots = consumers(snapshot)[account]
        if len(roots) > 1:
            severity, reason = _judge(account, roots, snapshot)
            yield Problem(
                f"{len(roots)} workloads run as it: {name_some(str(r.ref) for r in roots)}{reason}",
                on=account_ref(namespace, account),
                severity=severity,
            )


def _judge(
    account: str, roots: tuple[RootController, ...], snapshot: Snapshot
) -> tuple[Severity, str]:
    """The severity, and what the message adds to explain it."""
    system = roots[0].system
    if system and distinct_systems(roots) == 1:
        return Severity.INFO, f"; all belong to one system, {clip(f'{system.kind}/{system.name}')}"
    rights = standing(snapshot, account)
    if not any(runs_with_token(root, account, snapshot) for root in roots):
        none = rights is not None and rights.complete and not rights.holds_rights
        return (Severity.INFO if none else Severity.LOW), "; none of them gets its token"
    return _by_rights(rights, snapshot)


def _by_rights(rights: Standing | None, snapshot: Snapshot) -> tuple[Severity, str]:
    """The severity where somebody gets the token, and what the message adds to explain it."""
    if rights is None:
        return _unknown_rights(snapshot)
    if rights.worst >= Severity.HIGH:
        return Severity.HIGH, f"; it holds rights of {rights.worst.label} risk"
    if not rights.complete:
        return Severity.HIGH, "; what it may do in other namespaces was not read"
    if rights.holds_rights:
        return Severity.MEDIUM, "; it holds rights, none of them High"
    return Severity.LOW, "; it holds no rights beyond every account's"


def _unknown_rights(snapshot: Snapshot) -> tuple[Severity, str]:
    if any(is_partial(snapshot, kind.evidence) for kind in RBAC_KINDS):
        return Severity.MEDIUM, "; what else it may do is not known"
    return Severity.HIGH, "; what it may do could not be read"
