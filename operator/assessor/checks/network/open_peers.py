"""NET-01: policies that allow every source or every destination."""

from collections.abc import Iterator

from assessor.analysis.breadth import Breadth, Opening, judged_rules, openings
from assessor.analysis.isolation import JointOpening, joint_openings
from assessor.analysis.netpol.classes import each_bit
from assessor.analysis.netpol.within import is_shut, selected_classes, strangers_ports
from assessor.analysis.policies import Direction
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.wording import name_some
from assessor.checks.network.evidence import POLICIES_AND_WORKLOADS
from assessor.checks.network.wording import path, ports_of, selected_names
from assessor.inventory.network import NetworkPolicy
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.severity import Severity


@check(
    "allows-every-source",
    control="NET-01",
    severity=Severity.HIGH,
    over=Subjects.NETWORK_POLICIES,
    needs=POLICIES_AND_WORKLOADS,
    remediation="""\
Name the sources that need it:
ingress:
- from:
  - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: NAMESPACE}}
    podSelector: {matchLabels: {app: CALLER}}
  ports: [{protocol: TCP, port: 8080}]""",
)
def allows_every_source(policy: NetworkPolicy, snapshot: Snapshot) -> Iterator[Problem]:
    """A policy lets everyone in: every peer, every pod of every namespace, or most of the world.

    Allowances are a union, so blocks count together: 0.0.0.0/1 and 128.0.0.0/1 are the world, in
    one rule, in two, or in two policies that select the same pods. So is a block that excepts
    only private ranges or less than a quarter of the public ones: it still is everybody else. So
    are selectors that let in whoever no label excepts (DoesNotExist, NotIn): whose namespace is
    made tomorrow has none of those labels. Rules of
    a direction that policyTypes leave out are inert and not judged; a malformed CIDR matches
    nothing. What policies of the cluster deny all the same is not told.
    """
    yield from _problems(policy, snapshot, Direction.INGRESS)


@check(
    "allows-every-destination",
    control="NET-01",
    severity=Severity.HIGH,
    over=Subjects.NETWORK_POLICIES,
    needs=POLICIES_AND_WORKLOADS,
    remediation="""\
Name the destinations that are needed:
egress:
- to:
  - podSelector: {matchLabels: {app: CALLED}}
  ports: [{protocol: TCP, port: 8080}]
- to: [{ipBlock: {cidr: 198.51.100.7/32}}]
  ports: [{protocol: TCP, port: 443}]""",
)
def allows_every_destination(policy: NetworkPolicy, snapshot: Snapshot) -> Iterator[Problem]:
    """A policy lets pods out to everyone: every peer, every pod, or the whole world.

    Judged as allows-every-source is, except that rules for port 53 alone are left out: DNS to
    everywhere is a question of its own.
    """
    yield from _problems(policy, snapshot, Direction.EGRESS)


def _problems(policy: NetworkPolicy, snapshot: Snapshot, direction: Direction) -> Iterator[Problem]:
    for opening in openings(judged_rules(policy, direction)):
        if not _is_overruled(policy, snapshot, direction, opening.breadth):
            yield _alone(opening, policy, snapshot, direction)
    for joint in joint_openings(snapshot)[direction]:
        if joint.policies[0] == policy.meta.name:
            yield _together(joint, direction)


def _is_overruled(
    policy: NetworkPolicy, snapshot: Snapshot, direction: Direction, breadth: Breadth
) -> bool:
    """Whether policies of the cluster deny it to every pod that the policy selects now."""
    if not snapshot.admin_policies:
        return False
    classes = tuple(each_bit(selected_classes(snapshot, policy)))
    if breadth in (Breadth.EVERY_POD, Breadth.MOST_PODS):
        open_to = [strangers_ports(snapshot, each, direction) for each in classes]
        return bool(classes) and not any(open_to)
    return bool(classes) and is_shut(snapshot, classes, direction)


def _alone(
    opening: Opening, policy: NetworkPolicy, snapshot: Snapshot, direction: Direction
) -> Problem:
    message = f"allows {_whom(opening.breadth, direction)} on {ports_of(opening.ports)}"
    message += _reached(selected_names(policy, snapshot), direction)
    if len(opening.rules) == 1:
        return Problem(message, at=path(direction, opening.rules[0]), key=opening.breadth)
    rules = name_some(str(index) for index in opening.rules)
    return Problem(f"{message} (rules {rules})", at=direction.field, key=opening.breadth)


def _reached(named: str, direction: Direction) -> str:
    """Which workloads that concerns; none where no workload is selected yet."""
    if not named:
        return ""
    return f" to reach {named}" if direction is Direction.INGRESS else f" for {named}"


def _together(joint: JointOpening, direction: Direction) -> Problem:
    others = name_some(joint.policies[1:])
    whom = _whom(joint.breadth, direction)
    return Problem(
        f"allows {whom} together with {others}, which may select the same pods",
        at=direction.field,
        key=f"{joint.breadth}:{'+'.join(joint.policies)}",
    )


def _whom(breadth: Breadth, direction: Direction) -> str:
    if breadth is Breadth.EVERY_PEER:
        return "every source" if direction is Direction.INGRESS else "every destination"
    return _WHOM[breadth]


_WHOM = {
    Breadth.EVERY_POD: "every pod of every namespace",
    Breadth.MOST_PODS: "every pod that no label excepts",
    Breadth.EVERY_ADDRESS: "every address",
    Breadth.INTERNET: "most of the Internet",
}
