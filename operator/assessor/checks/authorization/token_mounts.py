"""AUTHZ-02: tokens that are mounted because nobody said otherwise."""

from collections.abc import Iterator

from assessor.analysis.identity import (
    DEFAULT_ACCOUNT,
    accounts_by_name,
    is_token_mounted_by_omission,
    pod_specs,
)
from assessor.analysis.pod_paths import pod_spec_path
from assessor.analysis.rbac.standing import are_rights_unreadable, standing
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.wording import clip
from assessor.checks.authorization.evidence import RBAC, WORKLOADS_AND_ACCOUNTS
from assessor.inventory.kinds import Evidence
from assessor.inventory.ownership import RootController
from assessor.inventory.snapshot import Snapshot, is_partial
from assessor.inventory.workloads import PodSpec
from assessor.kernel.severity import Severity


@check(
    "needless-token-mount",
    control="AUTHZ-02",
    severity=Severity.LOW,
    over=Subjects.ROOTS,
    needs=WORKLOADS_AND_ACCOUNTS,
    weighs=RBAC,
    remediation="""\
Say it in the pod template, or in its ServiceAccount:
spec: {template: {spec: {automountServiceAccountToken: false}}}
If the workload does call the Kubernetes API, say `true` there.""",
)
def needless_token_mount(root: RootController, snapshot: Snapshot) -> Iterator[Problem]:
    """A token is mounted into the workload's containers although nobody asked for it.

    automountServiceAccountToken is the pod's, then the account's, then true; here neither says
    anything. Either value is a decision and passes, and so does a projected token volume that the
    author wrote. Low; Medium where the account holds rights of High risk, or they cannot be read.
    """
    accounts = accounts_by_name(snapshot)
    for spec in pod_specs(root):
        account = accounts.get(spec.service_account)
        if _can_run(spec, snapshot) and is_token_mounted_by_omission(spec, account):
            yield Problem(
                f"gets a token of {clip(spec.service_account)} only because neither the pod nor"
                " the account sets automountServiceAccountToken",
                at=pod_spec_path(root.ref, "automountServiceAccountToken"),
                severity=_severity(spec.service_account, snapshot),
            )
            return


def _severity(account: str, snapshot: Snapshot) -> Severity:
    rights = standing(snapshot, account)
    risky = rights is not None and rights.worst >= Severity.HIGH
    return Severity.MEDIUM if risky or are_rights_unreadable(snapshot) else Severity.LOW


def _can_run(spec: PodSpec, snapshot: Snapshot) -> bool:
    """Pods of an account that does not exist are refused, which missing-service-account tells.

    `default` always exists; but where not all accounts are known, what it says is not, either.
    """
    if spec.service_account in accounts_by_name(snapshot):
        return True
    return spec.service_account == DEFAULT_ACCOUNT and not is_partial(
        snapshot, Evidence.SERVICE_ACCOUNTS
    )
