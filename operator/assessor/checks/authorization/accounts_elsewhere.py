"""AUTHZ-02: accounts with rights in several namespaces."""

from collections.abc import Iterator

from assessor.analysis.rbac.standing import standing
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.inventory.kinds import Evidence
from assessor.inventory.snapshot import Snapshot
from assessor.inventory.workloads import ServiceAccount
from assessor.kernel.severity import Severity


@check(
    "account-bound-in-several-namespaces",
    control="AUTHZ-02",
    severity=Severity.INFO,
    over=Subjects.SERVICE_ACCOUNTS,
    needs=frozenset({Evidence.SERVICE_ACCOUNTS}),
    remediation="""\
Where one workload serves several namespaces, leave it; otherwise give each namespace an account of
its own, and bind that.""",
)
def account_bound_in_several_namespaces(
    account: ServiceAccount, snapshot: Snapshot
) -> Iterator[Problem]:
    """One account holds rights by RoleBindings of two or more namespaces.

    A note that fails nothing: a controller may have to. Whoever takes it over reaches all of
    them. The other namespaces are not named, as their objects are not this namespace's to show;
    what their own assessments say of the bindings is theirs. Without bindings to read there is no
    note, and for want of a note nothing is Unknown.
    """
    rights = standing(snapshot, account.meta.name)
    namespaces = rights.namespaces - {""} if rights else frozenset()
    if len(namespaces) > 1:
        yield Problem(f"RoleBindings of {len(namespaces)} namespaces give it rights")
