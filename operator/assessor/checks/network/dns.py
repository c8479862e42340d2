"""NET-01: name resolution, which a default-deny for egress breaks and a careless one opens."""

from collections.abc import Iterator, Sequence

from assessor.analysis.breadth import Breadth, openings
from assessor.analysis.netpol.portsets import PortSet, ports, union
from assessor.analysis.netpol.rules import Rule
from assessor.analysis.netpol.sides import Side
from assessor.analysis.netpol.within import network_within
from assessor.analysis.policies import Direction, rules_in_force
from assessor.analysis.ports import DNS_PORT, only_dns
from assessor.analysis.spans import intersect
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.checks.network.evidence import ABSENT_POLICIES, POLICIES_AND_WORKLOADS
from assessor.checks.network.wording import path, who
from assessor.inventory.admin_network import Action
from assessor.inventory.network import NetworkPolicy
from assessor.inventory.ownership import RootController
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.severity import Severity

NAMES: PortSet = union((ports("UDP", DNS_PORT), ports("UDP", 5353)))
"""Where DNS answers: the Service's port, and the one that OpenShift's pods listen on."""

WORLD = (Breadth.EVERY_PEER, Breadth.EVERY_ADDRESS, Breadth.INTERNET)


@check(
    "dns-blocked",
    control="NET-01",
    severity=Severity.LOW,
    over=Subjects.ROOTS,
    needs=POLICIES_AND_WORKLOADS,
    absent=ABSENT_POLICIES,
    remediation="""\
egress:
- to:
  - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}
    podSelector: {matchLabels: {k8s-app: kube-dns}}
  ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]""",
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
    network = network_within(snapshot)
    classes = network.classes[snapshot.roots.index(root)]
    sides = [network.evaluator.side(each, Direction.EGRESS) for each in classes]
    if any(_is_blocked(side) for side in sides):
        yield Problem("isolated for egress, and no rule lets it resolve names (UDP 53)")


def _is_blocked(side: Side) -> bool:
    if side.exempt or not side.isolated or not side.rules:
        return False
    allowing = [rule for rule in side.admin if rule.action is Action.ALLOW]
    return not any(_is_for_names(rule) for rule in (*side.rules, *allowing))


def _is_for_names(rule: Rule) -> bool:
    # A pod's name for a port may be any; those of protocol UDP may mean a name server's.
    named = any(protocol in ("", "UDP") for protocol, _ in rule.named)
    return bool(named or intersect(rule.numbers, NAMES))


@check(
    "dns-to-the-world",
    control="NET-01",
    severity=Severity.MEDIUM,
    over=Subjects.NETWORK_POLICIES,
    needs=POLICIES_AND_WORKLOADS,
    remediation="""\
egress:
- to:
  - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}
    podSelector: {matchLabels: {k8s-app: kube-dns}}
  ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]""",
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
