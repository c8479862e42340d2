"""NET-01: name resolution, which a default-deny for egress breaks and a careless one opens."""

from collections.abc import Iterator, Sequence

from assessor.analysis.breadth import Breadth, openings
from assessor.analysis.netpol.portsets import PortSet, numbered, ports, union
from assessor.analysis.policies import Direction, rules_in_force
from assessor.analysis.ports import DNS_PORT, only_dns
from assessor.analysis.selection import label_sets, selection_of
from assessor.analysis.spans import intersect
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.checks.network.evidence import ABSENT_POLICIES, POLICIES_AND_WORKLOADS
from assessor.checks.network.wording import path, who
from assessor.inventory.admin_network import Action
from assessor.inventory.network import NetworkPolicy, PolicyPort
from assessor.inventory.ownership import RootController
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.severity import Severity

NAMES: PortSet = union((ports("UDP", DNS_PORT), ports("UDP", 5353)))
"""Where DNS answers: the Service's port, and the one that OpenShift's pods listen on."""

_CLUSTER_DNS = """\
egress:
- to:
  - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}
    podSelector: {matchLabels: {k8s-app: kube-dns}}
  ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]"""

WORLD = (Breadth.EVERY_PEER, Breadth.EVERY_ADDRESS, Breadth.INTERNET)


@check(
    "dns-blocked",
    control="NET-01",
    severity=Severity.LOW,
    over=Subjects.ROOTS,
    needs=POLICIES_AND_WORKLOADS,
    absent=ABSENT_POLICIES,
    remediation=_CLUSTER_DNS,
)
def dns_blocked(root: RootController, snapshot: Snapshot) -> Iterator[Problem]:
    """A workload is isolated for egress, may call somebody, and may not ask for their names.

    It breaks as soon as it calls anybody by name, Services included. Any rule for UDP 53 will do,
    or 5353, whomever it names: where a cluster's name servers are is not known here. Named ports
    count where they may be that of a name server. A workload without any rule for egress is meant
    to call nobody, and not told.
    """
    if root.spec.host_network:
        return
    selection = selection_of(snapshot)
    if any(_is_blocked(selection.selecting(each), snapshot) for each in label_sets(root)):
        yield Problem("isolated for egress, and no rule lets it resolve names (UDP 53)")


def _is_blocked(policies: Sequence[NetworkPolicy], snapshot: Snapshot) -> bool:
    rules = [rule for each in policies for rule in rules_in_force(each, Direction.EGRESS)]
    if not rules or any(_is_for_names(rule.ports) for rule in rules):
        return False
    return not any(
        rule.action is Action.ALLOW and _is_for_names(rule.ports)
        for policy in snapshot.admin_policies
        for rule in policy.egress
    )


def _is_for_names(ports: tuple[PolicyPort, ...]) -> bool:
    # A pod's name for a port may be any; those of protocol UDP may mean a name server's.
    named = any(isinstance(port.port, str) and port.protocol in ("", "UDP") for port in ports)
    return not ports or named or bool(intersect(numbered(ports), NAMES))


@check(
    "dns-to-the-world",
    control="NET-01",
    severity=Severity.MEDIUM,
    over=Subjects.NETWORK_POLICIES,
    needs=POLICIES_AND_WORKLOADS,
    remediation=_CLUSTER_DNS,
)
def dns_to_the_world(policy: NetworkPolicy, snapshot: Snapshot) -> Iterator[Problem]:
    """A rule for DNS alone leads to every address.

    Queries carry data out to whoever answers for a domain, and answers carry it in: the cluster's
    own name servers can log and filter them. Several rules count together, as in
    allows-every-destination.
    """
    rules = [
        each for each in enumerate(rules_in_force(policy, Direction.EGRESS)) if only_dns(each[1])
    ]
    for opening in openings(rules):
        if opening.breadth in WORLD:
            yield Problem(
                f"lets {who(policy, snapshot)} ask any name server in the world",
                at=_at(opening.rules),
                key=opening.breadth,
            )


def _at(rules: Sequence[int]) -> str:
    return path(Direction.EGRESS, rules[0]) if len(rules) == 1 else Direction.EGRESS.field
