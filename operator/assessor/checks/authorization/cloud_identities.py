"""AUTHZ-02: identities at the cloud provider that workloads share."""

from collections.abc import Iterator

from assessor.analysis.identity import consumers, distinct_systems
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.wording import clip, name_some
from assessor.checks.authorization.evidence import WORKLOADS_AND_ACCOUNTS
from assessor.inventory.snapshot import Snapshot
from assessor.inventory.workloads import ServiceAccount
from assessor.kernel.severity import Severity


@check(
    "cloud-identity",
    control="AUTHZ-02",
    severity=Severity.MEDIUM,
    over=Subjects.SERVICE_ACCOUNTS,
    needs=WORKLOADS_AND_ACCOUNTS,
    remediation="""\
Give each workload an account of its own, and annotate only that which needs the cloud's rights:
kind: ServiceAccount
apiVersion: v1
metadata:
  name: WORKLOAD
  annotations: {eks.amazonaws.com/role-arn: ROLE}""",
)
def cloud_identity(account: ServiceAccount, snapshot: Snapshot) -> Iterator[Problem]:
    """Two or more workloads run as an account that stands for an identity at the cloud provider.

    An annotation of IAM roles for service accounts (EKS), workload identity federation (GKE) or
    Azure Workload Identity makes every pod of the account that identity, whatever the pod is for,
    and whether or not it mounts a Kubernetes token. Workloads of one custom resource are one
    system and may share it.
    """
    roots = consumers(snapshot).get(account.meta.name, ())
    if account.cloud_identity and len(roots) > 1 and distinct_systems(roots) > 1:
        named = name_some(str(root.ref) for root in roots)
        yield Problem(
            f"{len(roots)} workloads are {clip(account.cloud_identity)} at the cloud: {named}",
            at="metadata.annotations",
        )
