"""AUTHZ-02: workloads whose account does not exist."""

from collections.abc import Iterator

from assessor.analysis.identity import DEFAULT_ACCOUNT, accounts_by_name, accounts_of
from assessor.analysis.pod_paths import pod_spec_path
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.wording import clip
from assessor.checks.authorization.evidence import WORKLOADS_AND_ACCOUNTS
from assessor.inventory.kinds import Evidence
from assessor.inventory.ownership import RootController
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.severity import Severity


@check(
    "missing-service-account",
    control="AUTHZ-02",
    severity=Severity.LOW,
    over=Subjects.ROOTS,
    needs=WORKLOADS_AND_ACCOUNTS,
    absent={Evidence.SERVICE_ACCOUNTS},
    remediation="""\
Create the account, or correct the name in the pod template:
kind: ServiceAccount
apiVersion: v1
metadata: {name: WORKLOAD}
automountServiceAccountToken: false""",
)
def missing_service_account(root: RootController, snapshot: Snapshot) -> Iterator[Problem]:
    """A workload names a service account that does not exist.

    New pods of it are refused, and whoever may create that account decides what it may do: rights
    may be bound to the name already. `default` is not judged: its controller makes it again.
    """
    existing = accounts_by_name(snapshot)
    for account in accounts_of(root):
        if account not in existing and account != DEFAULT_ACCOUNT:
            yield Problem(
                f"ServiceAccount {clip(account)} does not exist",
                at=pod_spec_path(root.ref, "serviceAccountName"),
                key=account,
            )
