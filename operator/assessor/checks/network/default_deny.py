"""NET-01: whether a namespace denies by default, in each direction."""

from collections.abc import Iterator

from assessor.analysis.isolation import is_denied_by_default
from assessor.analysis.netpol.within import is_shut_for_all
from assessor.analysis.policies import Direction
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.checks.network.evidence import ABSENT_POLICIES, POLICIES
from assessor.inventory.snapshot import Snapshot
from assessor.inventory.workloads import Namespace
from assessor.kernel.severity import Severity


@check(
    "no-network-policy",
    control="NET-01",
    severity=Severity.CRITICAL,
    over=Subjects.NAMESPACE,
    needs=POLICIES,
    absent=ABSENT_POLICIES,
    remediation="""\
Deny both directions by default, then allow each needed edge by name (DNS first).
`assessor netpol fix -n NAMESPACE` writes both, or begin with
kind: NetworkPolicy
apiVersion: networking.k8s.io/v1
metadata: {name: default-deny}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}""",
)
def no_network_policy(_: Namespace, snapshot: Snapshot) -> Iterator[Problem]:
    """A namespace without any NetworkPolicy isolates nothing.

    Its pods accept connections from, and open them to, every other pod and every address. That is
    so before the first pod runs, so a namespace without pods is judged too. Policies of the
    cluster that deny both directions to every pod of the namespace stand in for it.
    """
    shut = (is_shut_for_all(snapshot, direction) for direction in Direction)
    if not snapshot.network_policies and not all(shut):
        yield Problem("no NetworkPolicy: every pod may talk to everyone, and everyone to it")


@check(
    "no-default-deny-ingress",
    control="NET-01",
    severity=Severity.CRITICAL,
    over=Subjects.NAMESPACE,
    needs=POLICIES,
    absent=ABSENT_POLICIES,
    remediation="""\
Add a policy that selects every pod and allows nothing (`assessor netpol fix` adds what it needs):
kind: NetworkPolicy
apiVersion: networking.k8s.io/v1
metadata: {name: default-deny-ingress}
spec: {podSelector: {}, policyTypes: [Ingress]}""",
)
def no_default_deny_ingress(_: Namespace, snapshot: Snapshot) -> Iterator[Problem]:
    """Not every pod, present or future, is isolated for ingress.

    A default-deny is a NetworkPolicy with an empty podSelector that includes the direction. It
    may have rules of its own, as the others stay denied; but one that allows every peer on every
    port denies nothing and does not count. Several selectors that happen to leave no pod out do
    not count either: the next label escapes them. A policy of the cluster that denies the direction
    to every pod and address stands in for it. Says nothing of a namespace without any policy,
    since no-network-policy has said it all.
    """
    yield from _no_default_deny(snapshot, Direction.INGRESS)


@check(
    "no-default-deny-egress",
    control="NET-01",
    severity=Severity.CRITICAL,
    over=Subjects.NAMESPACE,
    needs=POLICIES,
    absent=ABSENT_POLICIES,
    remediation="""\
Add a policy that selects every pod and allows nothing, and one that allows DNS:
kind: NetworkPolicy
apiVersion: networking.k8s.io/v1
metadata: {name: default-deny-egress}
spec: {podSelector: {}, policyTypes: [Egress]}""",
)
def no_default_deny_egress(_: Namespace, snapshot: Snapshot) -> Iterator[Problem]:
    """Not every pod, present or future, is isolated for egress.

    Judged as no-default-deny-ingress is. A policy without policyTypes includes Egress only where
    it has egress rules.
    """
    yield from _no_default_deny(snapshot, Direction.EGRESS)


def _no_default_deny(snapshot: Snapshot, direction: Direction) -> Iterator[Problem]:
    if (
        snapshot.network_policies
        and not is_denied_by_default(snapshot, direction)
        and not is_shut_for_all(snapshot, direction)
    ):
        yield Problem(
            f"no default-deny for {direction.lower()}:"
            " a pod that no other policy selects is not isolated"
        )
