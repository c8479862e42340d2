"""AUTHZ-01: bindings and roles that lead nowhere."""

from collections.abc import Iterator

from assessor.analysis.rbac.bindings import is_own, subjects_of
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.wording import clip
from assessor.checks.authorization.evidence import RBAC
from assessor.checks.authorization.rbac.wording import who
from assessor.inventory.kinds import Evidence
from assessor.inventory.rbac import BoundRole, Role
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.severity import Severity


@check(
    "dangling-role",
    control="AUTHZ-01",
    severity=Severity.LOW,
    over=Subjects.BINDINGS,
    needs=RBAC,
    absent={Evidence.ROLES, Evidence.CLUSTER_ROLES},
    remediation="""\
Delete the binding, or create the role that it names:
kubectl delete rolebinding NAME  # or clusterrolebinding NAME, which this finding's object says""",
)
def dangling_role(bound: BoundRole, _: Snapshot) -> Iterator[Problem]:
    """A binding grants a role that does not exist.

    It grants nothing, until somebody creates a role of that name: who may do so decides what the
    subjects get.
    """
    if bound.role is None and bound.binding.subjects:
        role = bound.binding.role
        yield Problem(f"{role.kind} {clip(role.name)} does not exist", at="roleRef.name")


@check(
    "dangling-subject",
    control="AUTHZ-01",
    severity=Severity.LOW,
    over=Subjects.BINDINGS,
    needs=RBAC | {Evidence.SERVICE_ACCOUNTS},
    absent={Evidence.SERVICE_ACCOUNTS},
    remediation="""\
Remove the subject from the binding, or delete the binding where it is the only one:
kubectl delete rolebinding NAME  # or clusterrolebinding NAME, which this finding's object says""",
)
def dangling_subject(bound: BoundRole, snapshot: Snapshot) -> Iterator[Problem]:
    """A binding names a service account that does not exist.

    Whoever creates an account of that name gets its rights. Accounts of other namespaces are looked
    for by `assessor assess -A`, for whoever may read them all; a status does not tell of them.
    """
    if is_own(bound, snapshot):
        here = subjects_of(bound, snapshot)
        for subject in bound.missing:
            if subject in here:
                yield Problem(f"{who([subject])} does not exist", at="subjects", key=str(subject))


@check(
    "unbound-role",
    control="AUTHZ-01",
    severity=Severity.LOW,
    over=Subjects.ROLES,
    needs=RBAC,
    absent={Evidence.ROLE_BINDINGS},
    remediation="""\
Delete the role, unless a controller binds it when it is needed:
kubectl delete role NAME""",
)
def unbound_role(role: Role, snapshot: Snapshot) -> Iterator[Problem]:
    """A Role that no binding of its namespace grants: rights that wait for a binding.

    No risk as long as it is so; ClusterRoles are not judged here, as other namespaces bind them.
    """
    bound = {each.binding.role_place for each in snapshot.role_bindings}
    if (role.meta.namespace, role.meta.name) not in bound:
        yield Problem("no RoleBinding grants it")
