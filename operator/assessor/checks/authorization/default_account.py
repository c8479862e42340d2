"""AUTHZ-02: workloads that run as the namespace's default account."""

from collections.abc import Iterator

from assessor.analysis.identity import DEFAULT_ACCOUNT, accounts_of, runs_with_token
from assessor.analysis.pod_paths import pod_spec_path
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.checks.authorization.evidence import WORKLOADS_AND_ACCOUNTS
from assessor.inventory.ownership import RootController
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.severity import Severity


@check(
    "default-service-account-used",
    control="AUTHZ-02",
    severity=Severity.MEDIUM,
    over=Subjects.ROOTS,
    needs=WORKLOADS_AND_ACCOUNTS,
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

    Each pod that names none joins it later, rights included. Low where no token is mounted. That
    several workloads share it is shared-service-account's to say.
    """
    if DEFAULT_ACCOUNT in accounts_of(root):
        with_token = runs_with_token(root, DEFAULT_ACCOUNT, snapshot)
        yield Problem(
            "runs as the default service account" + ("" if with_token else ", without its token"),
            at=pod_spec_path(root.ref, "serviceAccountName"),
            severity=Severity.MEDIUM if with_token else Severity.LOW,
        )
