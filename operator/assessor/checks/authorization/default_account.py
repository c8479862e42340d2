"""AUTHZ-02: workloads that run as the namespace's default account."""

from collections.abc import Iterator

from assessor.analysis.identity import DEFAULT_ACCOUNT, accounts_of, runs_with_token
from assessor.analysis.pod_paths import pod_spec_path
from assessor.analysis.rbac.standing import are_rights_unreadable, standing
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.checks.authorization.evidence import RBAC, WORKLOADS_AND_ACCOUNTS
from assessor.inventory.ownership import RootController
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.severity import Severity


@check(
    "default-service-account-used",
    control="AUTHZ-02",
    severity=Severity.MEDIUM,
    over=Subjects.ROOTS,
    needs=WORKLOADS_AND_ACCOUNTS,
    weighs=RBAC,
    remediation="""\
Create an account for this workload and name it in the pod template:
kind: ServiceAccount
apiVersion: v1
metadata: {name: WORKLOAD}
automountServiceAccountToken: false
---
spec: {template: {spec: {serviceAccountName: WORKLOAD}}}""",
)
def default_service_account_used(root: RootController, snapshot: Snapshot) -> Iterator[Problem]:
    """A workload that names no account runs as `default`, with whatever anybody granted to that.

    Each pod that names none joins it later, rights included. High where `default` holds rights of
    High risk or they cannot be read, Low where no token is mounted. That several workloads share it
    is shared-service-account's to say.
    """
    if DEFAULT_ACCOUNT in accounts_of(root):
        with_token = runs_with_token(root, DEFAULT_ACCOUNT, snapshot)
        severity, more = _judge(snapshot) if with_token else (Severity.LOW, ", without its token")
        yield Problem(
            f"runs as the default service account{more}",
            at=pod_spec_path(root.ref, "serviceAccountName"),
            severity=severity,
        )


def _judge(snapshot: Snapshot) -> tuple[Severity, str]:
    """The severity with a token, and what the message adds to explain it."""
    rights = standing(snapshot, DEFAULT_ACCOUNT)
    if rights and rights.worst >= Severity.HIGH:
        return Severity.HIGH, f", which holds rights of {rights.worst.label} risk"
    if are_rights_unreadable(snapshot):
        return Severity.HIGH, ", and what that may do could not be read"
    return Severity.MEDIUM, ""
