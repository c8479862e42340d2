"""AUTHZ-02: accounts that no workload runs as."""

from collections.abc import Iterator

from assessor.analysis.identity import DEFAULT_ACCOUNT, consumers
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.checks.authorization.evidence import WORKLOADS_AND_ACCOUNTS
from assessor.inventory.kinds import WORKLOAD_EVIDENCE
from assessor.inventory.snapshot import Snapshot
from assessor.inventory.workloads import ServiceAccount
from assessor.kernel.severity import Severity


@check(
    "unused-service-account",
    control="AUTHZ-02",
    severity=Severity.INFO,
    over=Subjects.SERVICE_ACCOUNTS,
    needs=WORKLOADS_AND_ACCOUNTS,
    absent=WORKLOAD_EVIDENCE,
    remediation="""\
Delete the account and its bindings, unless something outside this namespace's workloads uses it:
kubectl delete serviceaccount NAME""",
)
def unused_service_account(account: ServiceAccount, snapshot: Snapshot) -> Iterator[Problem]:
    """No workload runs as this account, so its rights wait for whoever may create a pod.

    A note that fails nothing: pipelines and controllers outside the namespace may ask for its
    tokens, and no object that is observed shows it. `default` exists in every namespace and is not
    judged.
    """
    name = account.meta.name
    if name != DEFAULT_ACCOUNT and name not in consumers(snapshot):
        yield Problem("no workload of this namespace runs as it")
