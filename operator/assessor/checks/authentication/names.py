"""AUTHN-04: names that do not tell who acts."""

import re
from collections.abc import Iterator

from assessor.analysis.rbac.bindings import subjects_of
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.wording import clip
from assessor.inventory.kinds import RBAC_KINDS, Evidence
from assessor.inventory.rbac import BoundRole
from assessor.inventory.snapshot import Snapshot
from assessor.inventory.workloads import ServiceAccount
from assessor.kernel.severity import Severity

MASTERS = "system:masters"

_SHARED = re.compile(
    r"(admin|administrator|root|ops|operator|operations|devops|dev|developer|test|tester|demo|guest"
    r"|user|shared|common|generic|temp|tmp|team|support|deploy|deployer|ci|build)s?[0-9]*",
    re.IGNORECASE,
)
_SAYS_NOTHING = re.compile(
    r"(default|sa|svc|acc|account|service-?account|test|tmp|temp|foo|bar|baz|demo|example|new|my"
    r"|user|app|x)-?(sa|account|service-?account)?[-_]?[0-9]+|(sa|svc|acc|account|service-?account"
    r"|test|tmp|temp|foo|bar|baz|new|my-?sa|my-?account|test-?sa|test-?account)|[a-z0-9]",
    re.IGNORECASE,
)


@check(
    "shared-user-bound",
    control="AUTHN-04",
    severity=Severity.LOW,
    over=Subjects.BINDINGS,
    needs=frozenset(kind.evidence for kind in RBAC_KINDS),
    remediation="Bind people under their own names, best by groups of your identity provider.",
)
def shared_user_bound(bound: BoundRole, snapshot: Snapshot) -> Iterator[Problem]:
    """A user is bound whose name several people, or nobody in particular, may go by.

    Such as admin, root, ops or test: the audit log then does not tell who acted. The group
    system:masters may do everything without any binding, so that naming it in one is of no use,
    and shows that somebody signs in as a member: Medium. Whom a ClusterRoleBinding names beside a
    namespace's accounts is no namespace's finding. Source: CIS Kubernetes Benchmark, "Avoid use of
    system:masters group".
    """
    own = bound.binding.meta.namespace
    for subject in bound.binding.subjects if own else subjects_of(bound, snapshot):
        name = subject.name.rpartition("@")[0] or subject.name
        if subject.kind == "Group" and subject.name == MASTERS:
            told, severity = f"binds the group {MASTERS}", Severity.MEDIUM
        elif subject.kind == "User" and _SHARED.fullmatch(name.rpartition(":")[2]):
            told, severity = f"binds the user {clip(subject.name)}, who may be anybody", None
        else:
            continue
        yield Problem(told, at="subjects", key=f"{subject.kind}/{subject.name}", severity=severity)


@check(
    "nondescript-service-account",
    control="AUTHN-04",
    severity=Severity.LOW,
    over=Subjects.SERVICE_ACCOUNTS,
    needs=frozenset({Evidence.SERVICE_ACCOUNTS}),
    remediation="""\
Name it after the workload that it is for, or describe it:
metadata: {annotations: {kubernetes.io/description: what it is for}}""",
)
def nondescript_service_account(account: ServiceAccount, _: Snapshot) -> Iterator[Problem]:
    """The account's name does not say what it is for, and no description does.

    Such as sa, test, default1 or a single letter. The account `default` is the API server's own.
    Source: the Kubernetes documentation on the annotation kubernetes.io/description.
    """
    if not account.described and _SAYS_NOTHING.fullmatch(account.meta.name):
        yield Problem("its name does not say what it is for", at="metadata.name")
