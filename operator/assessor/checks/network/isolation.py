"""NET-01: whether each workload is isolated, in each direction."""

from collections.abc import Iterator

from assessor.analysis.isolation import is_isolated, pods_on_own_network
from assessor.analysis.netpol.within import is_shut, network_within
from assessor.analysis.pod_paths import pod_labels_path
from assessor.analysis.policies import Direction
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.wording import name_some
from assessor.checks.network.evidence import ABSENT_POLICIES, POLICIES_AND_WORKLOADS
from assessor.inventory.ownership import RootController
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.severity import Severity


@check(
    "pod-not-isolated-ingress",
    control="NET-01",
    severity=Severity.HIGH,
    over=Subjects.ROOTS,
    needs=POLICIES_AND_WORKLOADS,
    absent=ABSENT_POLICIES,
    remediation="""\
Select the workload's pods in a NetworkPolicy with policyTypes: [Ingress], for example
spec: {podSelector: {}, policyTypes: [Ingress]}
and allow its callers by name.""",
)
def pod_not_isolated_ingress(root: RootController, snapshot: Snapshot) -> Iterator[Problem]:
    """No policy selects the workload's pods for ingress, so that everyone may connect to them.

    Live pods decide where there are any, for admission may add labels to the template's; without
    live pods the template does. Pods on their node's network are no subject (host-network-pod),
    and without any policy no-network-policy says it once for all. What policies of the cluster
    keep everybody off is isolated, too.
    """
    yield from _not_isolated(root, snapshot, Direction.INGRESS)


@check(
    "pod-not-isolated-egress",
    control="NET-01",
    severity=Severity.HIGH,
    over=Subjects.ROOTS,
    needs=POLICIES_AND_WORKLOADS,
    absent=ABSENT_POLICIES,
    remediation="""\
Select the workload's pods in a NetworkPolicy with policyTypes: [Egress], for example
spec: {podSelector: {}, policyTypes: [Egress]}
and allow DNS and what it calls by name.""",
)
def pod_not_isolated_egress(root: RootController, snapshot: Snapshot) -> Iterator[Problem]:
    """No policy selects the workload's pods for egress, so that they may connect to everyone.

    Judged as pod-not-isolated-ingress is.
    """
    yield from _not_isolated(root, snapshot, Direction.EGRESS)


def _classes(root: RootController, snapshot: Snapshot) -> tuple[int, ...]:
    return network_within(snapshot).classes[snapshot.roots.index(root)]


def _not_isolated(
    root: RootController, snapshot: Snapshot, direction: Direction
) -> Iterator[Problem]:
    if root.spec.host_network or not snapshot.network_policies:
        return
    way = direction.lower()
    pods = pods_on_own_network(root)
    open_pods = [pod for pod in pods if not is_isolated(snapshot, pod.meta.labels, direction)]
    template_isolated = is_isolated(snapshot, root.labels, direction)
    if template_isolated and not open_pods:
        return
    if snapshot.admin_policies and is_shut(snapshot, _classes(root, snapshot), direction):
        return
    if not template_isolated and (open_pods or not pods):
        yield Problem(f"no NetworkPolicy selects its pods for {way}", at=pod_labels_path(root.ref))
    elif open_pods:
        names = name_some(sorted(pod.meta.name for pod in open_pods))
        yield Problem(
            f"no NetworkPolicy selects live pods of it for {way}: {names};"
            " their labels differ from the template's",
            key="live-pods",
        )
