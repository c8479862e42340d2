"""NET-01: workloads that no NetworkPolicy can reach."""

from collections.abc import Iterator

from assessor.analysis.identity import pod_specs
from assessor.analysis.pod_paths import pod_spec_path
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.checks.network.evidence import POLICIES_AND_WORKLOADS
from assessor.inventory.ownership import RootController
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.severity import Severity


@check(
    "host-network-pod",
    control="NET-01",
    severity=Severity.INFO,
    over=Subjects.ROOTS,
    needs=POLICIES_AND_WORKLOADS,
    remediation="""\
Remove `hostNetwork: true` where the workload does not need its node's network:
spec: {template: {spec: {hostNetwork: false}}}
Otherwise restrict it on the nodes; a NetworkPolicy does not apply to it.""",
)
def host_network_pod(root: RootController, _: Snapshot) -> Iterator[Problem]:
    """A pod on its node's network has the node's address, and NetworkPolicies pass it by.

    Whether its traffic is restricted cannot be told from policies: the note neither passes nor
    fails the workload. That hostNetwork is a risk of its own is WORKLOAD-06. Source: the
    Kubernetes documentation, "NetworkPolicy and hostNetwork pods".
    """
    if any(spec.host_network for spec in pod_specs(root)):
        yield Problem(
            "runs on its node's network: NetworkPolicies cannot be enforced for it",
            at=pod_spec_path(root.ref, "hostNetwork"),
        )
