"""AUTHZ-01: whom a binding names."""

from collections.abc import Iterator, Mapping

from assessor.analysis.identity import DEFAULT_ACCOUNT
from assessor.analysis.memo import once_per_snapshot
from assessor.analysis.rbac.bindings import own_bindings, subjects_of
from assessor.analysis.rbac.effect import takes_effect
from assessor.analysis.rbac.reach import reached_by
from assessor.analysis.rbac.requests import (
    ALL_ACCOUNTS,
    ANONYMOUS,
    AUTHENTICATED,
    UNAUTHENTICATED,
    identity_of,
    service_account,
)
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.wording import clip
from assessor.checks.authorization.evidence import RBAC
from assessor.checks.authorization.rbac.wording import who
from assessor.inventory.rbac import BoundRole, Subject
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.refs import ObjectRef
from assessor.kernel.severity import Severity

EVERYBODY = {
    ANONYMOUS: "whoever reaches the API server, without any credentials",
    UNAUTHENTICATED: "whoever reaches the API server, without any credentials",
    AUTHENTICATED: "everybody with any credentials, every workload included",
}
BOUND_SUBJECTS = "subjects"


@check(
    "anonymous-access",
    control="AUTHZ-01",
    severity=Severity.CRITICAL,
    over=Subjects.BINDINGS,
    needs=RBAC,
    remediation="""\
Name those who need the role:
subjects:
- {kind: Group, name: TEAM, apiGroup: rbac.authorization.k8s.io}""",
)
def anonymous_access(bound: BoundRole, snapshot: Snapshot) -> Iterator[Problem]:
    """Rights for `system:anonymous`, `system:unauthenticated` or `system:authenticated`.

    Whatever the rights: nobody is named, and so nobody is left out. What kubeadm lets everybody
    read of cluster-info in kube-public, in just these words, is known and silent.
    """
    for subject in _granted(bound, snapshot):
        if subject.kind != "ServiceAccount" and subject.name in EVERYBODY:
            message = f"gives {_role(bound)} to {subject.name}: {EVERYBODY[subject.name]}"
            yield Problem(message, at=BOUND_SUBJECTS, key=str(subject))


@check(
    "group-of-accounts-bound",
    control="AUTHZ-01",
    severity=Severity.HIGH,
    over=Subjects.BINDINGS,
    needs=RBAC,
    remediation="""\
Name the accounts that need the role:
subjects:
- {kind: ServiceAccount, name: WORKLOAD, namespace: NAMESPACE}""",
)
def group_of_accounts_bound(bound: BoundRole, snapshot: Snapshot) -> Iterator[Problem]:
    """Rights for all service accounts of a namespace, or of the cluster.

    Each workload has them, those to come included.
    """
    for subject in _granted(bound, snapshot):
        if subject.kind == "Group" and _is_group_of_accounts(subject.name):
            message = f"gives {_role(bound)} to every service account in {clip(subject.name)}"
            yield Problem(message, at=BOUND_SUBJECTS, key=str(subject))


@check(
    "default-account-bound",
    control="AUTHZ-01",
    severity=Severity.MEDIUM,
    over=Subjects.BINDINGS,
    needs=RBAC,
    remediation="""\
Create an account for the workload that needs the role, and bind that:
kind: ServiceAccount
apiVersion: v1
metadata: {name: WORKLOAD}""",
)
def default_account_bound(bound: BoundRole, snapshot: Snapshot) -> Iterator[Problem]:
    """Rights for the account `default`, of this namespace or of another one.

    Each pod that names no account has them, those to come included.
    """
    for subject in _granted(bound, snapshot):
        namespace = reached_by(subject)
        if namespace and identity_of(subject) == service_account(namespace, DEFAULT_ACCOUNT):
            message = f"gives {_role(bound)} to {who([subject])}, which pods that name none run as"
            yield Problem(message, at=BOUND_SUBJECTS, key=str(subject))


@check(
    "cross-namespace-subject",
    control="AUTHZ-01",
    severity=Severity.MEDIUM,
    over=Subjects.BINDINGS,
    needs=RBAC,
    remediation="""\
Let the workload of the other namespace call a service of this one instead, or bind a role that
holds no more than it needs here.""",
)
def cross_namespace_subject(bound: BoundRole, snapshot: Snapshot) -> Iterator[Problem]:
    """Rights in this namespace for a service account of another one.

    Whoever runs pods there acts here. The group of another namespace's accounts is told by
    group-of-accounts-bound.
    """
    here = snapshot.namespace.meta.name
    if not bound.binding.meta.namespace:
        return
    for subject in _granted(bound, snapshot):
        if subject.kind != "Group" and reached_by(subject) not in (None, here):
            message = f"gives {_role(bound)} here to {who([subject])} of another namespace"
            yield Problem(message, at=BOUND_SUBJECTS, key=str(subject))


def _granted(bound: BoundRole, snapshot: Snapshot) -> tuple[Subject, ...]:
    """The subjects that get anything at all, the control plane's own bindings left out."""
    return _all_granted(snapshot).get(bound.binding.ref, ())


@once_per_snapshot
def _all_granted(snapshot: Snapshot) -> Mapping[ObjectRef, tuple[Subject, ...]]:
    """Those of each binding that gives anything."""
    return {
        bound.binding.ref: subjects_of(bound, snapshot)
        for bound in own_bindings(snapshot)
        if takes_effect(bound)
    }


def _role(bound: BoundRole) -> str:
    return clip(str(bound.role.ref)) if bound.role else ""


def _is_group_of_accounts(name: str) -> bool:
    return name == ALL_ACCOUNTS or name.startswith(f"{ALL_ACCOUNTS}:")
