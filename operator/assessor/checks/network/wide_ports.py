"""NET-01: rules for more ports than anybody serves."""

from collections.abc import Iterator

from assessor.analysis.breadth import openings
from assessor.analysis.netpol.declared import served
from assessor.analysis.netpol.fixing.manifests import port as port_manifest
from assessor.analysis.netpol.portsets import NONE, PortSet, numbered, policy_ports, union
from assessor.analysis.netpol.within import destinations
from assessor.analysis.policies import Direction, rules_in_force
from assessor.analysis.spans import intersect, subtract
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.patches import Change, Patch
from assessor.checks.network.evidence import POLICIES_AND_WORKLOADS
from assessor.checks.network.wording import names_of, path, port_set, rule_key, who
from assessor.inventory.kinds import Evidence
from assessor.inventory.network import NetworkPolicy, PolicyRule
from assessor.inventory.ownership import RootController
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.severity import Severity


@check(
    "wide-ports",
    control="NET-01",
    severity=Severity.MEDIUM,
    over=Subjects.NETWORK_POLICIES,
    needs=POLICIES_AND_WORKLOADS | {Evidence.SERVICES},
    remediation="""\
Name the ports that are served, by number or by the container's name for them:
ports: [{protocol: TCP, port: 8080}]""",
)
def wide_ports(policy: NetworkPolicy, snapshot: Snapshot) -> Iterator[Problem]:
    """A rule allows every port, or ports that no container declares and no Service leads to.

    A debugger, an admin interface or a sidecar is then as open as the service itself. Which ports
    are served is known where every workload at the rule's far end declares one or stands behind a
    Service; otherwise only a rule without ports is told. Rules that let everybody in are told by
    allows-every-source with their ports.
    """
    for direction in Direction:
        for index, rule in enumerate(rules_in_force(policy, direction)):
            if not rule.peers or openings([(0, rule)]):
                continue
            if problem := _problem(policy, snapshot, direction, index, rule):
                yield problem


def _problem(
    policy: NetworkPolicy, snapshot: Snapshot, direction: Direction, index: int, rule: PolicyRule
) -> Problem | None:
    ends = destinations(snapshot, policy, direction, rule)
    known = _served(ends, snapshot)
    if not rule.ports:
        served_here = f"; {names_of(ends)} serve {port_set(known)}" if known else ""
        message = f"{_way(policy, snapshot, direction)} every port{served_here}"
        return Problem(
            message,
            at=path(direction, index),
            key=f"{direction}:all:{rule_key(rule)}",
            patch=_patch(path(direction, index), rule, known),
        )
    wider = subtract(numbered(rule.ports), known) if known else NONE
    if not wider:
        return None
    message = f"{_way(policy, snapshot, direction)} ports that nobody there serves:"
    return Problem(
        f"{message} {port_set(wider)}; {names_of(ends)} serve {port_set(known)}",
        at=path(direction, index),
        key=f"{direction}:{rule_key(rule)}",
        patch=_patch(path(direction, index), rule, known),
    )


def _patch(at: str, rule: PolicyRule, known: PortSet) -> Patch:
    """Just the ports that are served, of those that the rule names."""
    numbers = intersect(numbered(rule.ports), known) if rule.ports else known
    named = tuple(port for port in rule.ports if isinstance(port.port, str))
    kept = (*policy_ports(numbers), *named) if numbers else named
    return (Change(f"{at}.ports", [port_manifest(port) for port in kept]),) if kept else ()


def _way(policy: NetworkPolicy, snapshot: Snapshot, direction: Direction) -> str:
    if direction is Direction.INGRESS:
        return f"lets its sources reach {who(policy, snapshot)} on"
    return f"lets {who(policy, snapshot)} reach its destinations on"


def _served(roots: list[RootController], snapshot: Snapshot) -> PortSet:
    """The ports that they serve together; NONE where one of them does not say."""
    found = [served(root, snapshot.services) for root in roots]
    return union(found) if all(found) else NONE
