"""AUTHZ-02: identities at the cloud provider that workloads share."""

from collections.abc import Iterator

from assessor.analysis.identity import (
    account_ref,
    accounts_by_name,
    consumers,
    distinct_systems,
    first_consumed,
)
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.wording import clip, name_some
from assessor.checks.authorization.evidence import WORKLOADS_AND_ACCOUNTS
from assessor.inventory.ownership import RootController
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.severity import Severity


@check(
    "cloud-identity",
    control="AUTHZ-02",
    severity=Severity.MEDIUM,
    over=Subjects.ROOTS,
    needs=WORKLOADS_AND_ACCOUNTS,
    remediation="""\
Give each workload an account of its own, and annotate only that which needs the cloud's rights:
kind: ServiceAccount
apiVersion: v1
metadata:
  name: WORKLOAD
  annotations: {eks.amazonaws.com/role-arn: ROLE}""",
)
def cloud_identity(root: RootController, snapshot: Snapshot) -> Iterator[Problem]:
    """Two or more workloads run as an account that stands for an identity at the cloud provider.

    An annotation of IAM roles for service accounts (EKS), workload identity federation (GKE) or
    Azure Workload Identity makes every pod of the account that identity, whatever the pod is for,
    and whether or not it mounts a Kubernetes token. Workloads of one custom resource are one
    system and may share it. Reported once for each account.
    """
    for name in first_consumed(root, snapshot):
        account, roots = accounts_by_name(snapshot).get(name), consumers(snapshot)[name]
        if account and account.cloud_identity and distinct_systems(roots) > 1:
            named = name_some(str(root.ref) for root in roots)
            yield Problem(
                f"{len(roots)} workloads are {clip(account.cloud_identity)} at the cloud: {named}",
                on=account_ref(snapshot.namespace.meta.name, name),
                at="metadata.annotations",
            )
