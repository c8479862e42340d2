"""NET-01: policies of the cluster that let strangers past every NetworkPolicy."""

from collections.abc import Iterator

from assessor.analysis.netpol.within import admin_openings
from assessor.analysis.policies import Direction
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.wording import clip
from assessor.checks.network.evidence import POLICIES_AND_WORKLOADS
from assessor.checks.network.wording import names_of, port_set
from assessor.inventory.snapshot import Snapshot
from assessor.inventory.workloads import Namespace
from assessor.kernel.severity import Severity


@check(
    "admin-policy-allows-everyone",
    control="NET-01",
    severity=Severity.HIGH,
    over=Subjects.NAMESPACE,
    needs=POLICIES_AND_WORKLOADS,
    remediation="""\
Ask the cluster's administrators to name the peers of the rule, or to say Pass instead of Allow,
which leaves the decision to NetworkPolicies.""",
)
def admin_policy_allows_everyone(_: Namespace, snapshot: Snapshot) -> Iterator[Problem]:
    """An Allow of the Admin tier lets every pod in or out, whatever NetworkPolicies say.

    AdminNetworkPolicies, and ClusterNetworkPolicies of that tier, count before NetworkPolicies, and
    an Allow (Accept) is final. Rules are taken in the order of their priority, so what a Deny or a
    Pass before takes away is not told. Source: policy.networking.k8s.io, v1alpha1 and v1alpha2.
    """
    for direction in Direction:
        for source, (ports, roots) in admin_openings(snapshot, direction).items():
            named = names_of(roots)
            way = (
                f"every pod that no label excepts reach {named}"
                if direction is Direction.INGRESS
                else f"{named} reach every pod that no label excepts"
            )
            yield Problem(
                f"{source.kind} {clip(source.name)} lets {way} on {port_set(ports)},"
                " whatever NetworkPolicies say",
                key=f"{direction}:{source.kind}:{source.name}:{source.title or source.index}",
            )
