"""AUTHZ-01: rights that nobody has listed."""

from collections.abc import Iterator

from assessor.analysis.rbac.grants import ALL_POWERS
from assessor.analysis.rbac.judging import BUILT_IN
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.checks.authorization.evidence import RBAC
from assessor.checks.authorization.rbac.wording import problems, where
from assessor.inventory.rbac import BoundRole
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.severity import Severity


@check(
    ALL_POWERS,
    control="AUTHZ-01",
    severity=Severity.CRITICAL,
    over=Subjects.BINDINGS,
    needs=RBAC,
    where=where,
    remediation="""\
Bind a role that lists what is needed, in the namespace where it is needed. What is used can be
read from an audit log: assessor rbac usage --audit-log FILE""",
)
def all_powers(bound: BoundRole, snapshot: Snapshot) -> Iterator[Problem]:
    """Every verb on every resource of every group: `cluster-admin`, or the like of it.

    Critical for the cluster, High in a namespace. What it implies is not told again, except
    impersonation, which is a control of its own.
    """
    yield from problems(ALL_POWERS, bound, snapshot)


@check(
    "wildcard-resource",
    control="AUTHZ-01",
    severity=Severity.CRITICAL,
    over=Subjects.BINDINGS,
    needs=RBAC,
    where=where,
    remediation="""\
List the resources; those that a later version or a new definition adds are then not among them:
- apiGroups: [apps]
  resources: [deployments]
  verbs: [get, list, watch]""",
)
def wildcard_resource(bound: BoundRole, snapshot: Snapshot) -> Iterator[Problem]:
    """A rule reaches every resource of its groups, subresources included.

    As bad as the worst that follows from it, and at least Medium (for the cluster High), since
    nobody knows which resources come.
    """
    yield from problems("wildcard-resource", bound, snapshot)


@check(
    "wildcard-group",
    control="AUTHZ-01",
    severity=Severity.CRITICAL,
    over=Subjects.BINDINGS,
    needs=RBAC,
    where=where,
    remediation="""\
Name the API groups; "" is the core group:
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch]""",
)
def wildcard_group(bound: BoundRole, snapshot: Snapshot) -> Iterator[Problem]:
    """A rule reaches its resources in every API group, whoever defines them.

    Judged as wildcard-resource is.
    """
    yield from problems("wildcard-group", bound, snapshot)


@check(
    "wildcard-verb",
    control="AUTHZ-01",
    severity=Severity.CRITICAL,
    over=Subjects.BINDINGS,
    needs=RBAC,
    where=where,
    remediation="""\
List the verbs; the wildcard holds bind, escalate, impersonate and deletecollection too:
  verbs: [get, list, watch, create, update, patch, delete]""",
)
def wildcard_verb(bound: BoundRole, snapshot: Snapshot) -> Iterator[Problem]:
    """A rule allows every verb on its resources, those that nobody thinks of included.

    Judged as wildcard-resource is.
    """
    yield from problems("wildcard-verb", bound, snapshot)


@check(
    BUILT_IN,
    control="AUTHZ-01",
    severity=Severity.HIGH,
    over=Subjects.BINDINGS,
    needs=RBAC,
    where=where,
    remediation="""\
Give a workload a role of its own, with what it needs; people who only look need `view`, which
shows no Secret:
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}""",
)
def built_in_role(bound: BoundRole, snapshot: Snapshot) -> Iterator[Problem]:
    """A binding to the built-in role `edit` or `admin`.

    They read and write Secrets, run commands in pods, run as every account of the namespace and
    change NetworkPolicies: told once, instead of a finding for each. High for a workload; Medium
    for people in a namespace, for whom they are made; Critical for the cluster. What somebody
    aggregated to them is judged besides. `view` is silent.
    """
    yield from problems(BUILT_IN, bound, snapshot)
