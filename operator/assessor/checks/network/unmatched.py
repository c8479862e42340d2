"""NET-01: policies, peers and port names that mean nobody: what was meant is not there."""

from collections.abc import Iterator

from assessor.analysis.cidr import addresses
from assessor.analysis.netpol.classes import named_ports
from assessor.analysis.netpol.portsets import resolved
from assessor.analysis.netpol.within import destinations
from assessor.analysis.policies import Direction, rules_in_force
from assessor.analysis.selection import matched, selected
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.checks.network.evidence import POLICIES_AND_PEERS, POLICIES_AND_WORKLOADS
from assessor.checks.network.wording import (
    names_of,
    path,
    peer_name,
    peer_path,
    selector_name,
)
from assessor.inventory.kinds import WORKLOAD_EVIDENCE
from assessor.inventory.network import NetworkPolicy, Peer
from assessor.inventory.ownership import RootController
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.severity import Severity


@check(
    "policy-selects-nothing",
    control="NET-01",
    severity=Severity.LOW,
    over=Subjects.NETWORK_POLICIES,
    needs=POLICIES_AND_WORKLOADS,
    absent=WORKLOAD_EVIDENCE,
    remediation="""\
Correct the podSelector, or delete the policy:
spec: {podSelector: {matchLabels: {app: NAME}}}""",
)
def policy_selects_nothing(policy: NetworkPolicy, snapshot: Snapshot) -> Iterator[Problem]:
    """A policy's selector matches no workload of the namespace: it protects nobody.

    Often a label was renamed on one side, and the workload is as open as if the policy were not
    there. An empty selector means every pod to come, and a namespace without any workload is
    waiting for them: neither is told. Pods on their node's network are not selected.
    """
    if snapshot.roots and not policy.pod_selector.empty and not selected(snapshot, policy):
        yield Problem(
            f"selects no workload of the namespace: {selector_name(policy.pod_selector)}",
            at="spec.podSelector",
        )


@check(
    "peer-matches-nothing",
    control="NET-01",
    severity=Severity.LOW,
    over=Subjects.NETWORK_POLICIES,
    needs=POLICIES_AND_PEERS,
    absent=WORKLOAD_EVIDENCE,
    remediation="""\
Correct the selector or the CIDR, or delete the peer. Namespaces are named so:
namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: NAME}}""",
)
def peer_matches_nothing(policy: NetworkPolicy, snapshot: Snapshot) -> Iterator[Problem]:
    """A peer means nobody: no workload has the labels, no namespace has them, or the CIDR is empty.

    The edge that somebody wanted is not there, or was taken away and its rule forgotten; who takes
    up the labels next is let in. A CIDR that is malformed, or all of whose addresses are excepted,
    matches nothing. Other namespaces are looked at by `assessor assess -A`, for whoever may read
    them all; a status does not tell whom selectors match there, as it would to anybody who asks.
    """
    if not snapshot.roots:
        return
    for direction in Direction:
        for index, rule in enumerate(rules_in_force(policy, direction)):
            for number, peer in enumerate(rule.peers):
                if _means_nobody(peer, snapshot):
                    yield Problem(
                        f"a peer for {direction.lower()} matches nothing: {peer_name(peer)}",
                        at=peer_path(direction, index, number),
                        key=f"{direction}:{peer_name(peer)}",
                    )


def _means_nobody(peer: Peer, snapshot: Snapshot) -> bool:
    if peer.ip_block:
        found = addresses(peer.ip_block)
        return not found or not found[1]
    if peer.namespace_selector is None:
        return peer.pod_selector is not None and not matched(snapshot, peer.pod_selector)
    reach = snapshot.peer_reach.get(peer)
    return reach is not None and not reach.pods


@check(
    "unknown-named-port",
    control="NET-01",
    severity=Severity.LOW,
    over=Subjects.NETWORK_POLICIES,
    needs=POLICIES_AND_WORKLOADS,
    absent=WORKLOAD_EVIDENCE,
    remediation="""\
Give the container's port that name, or use its number:
ports: [{name: NAME, containerPort: 8080}]""",
)
def unknown_named_port(policy: NetworkPolicy, snapshot: Snapshot) -> Iterator[Problem]:
    """A rule names a port by a name that no container at the far end uses: it allows nothing.

    Names are resolved for each destination pod, of the rule's protocol, over its containers and
    sidecars. Destinations in other namespaces are not looked into.
    """
    for direction in Direction:
        for index, rule in enumerate(rules_in_force(policy, direction)):
            ends = destinations(snapshot, policy, direction, rule)
            for port in rule.ports:
                if ends and isinstance(port.port, str):
                    name, protocol = port.port, port.protocol
                    if not any(_has(root, protocol, name) for root in ends):
                        yield Problem(
                            f"{protocol} port {name!r} is a name that no container of"
                            f" {names_of(ends)} uses",
                            at=f"{path(direction, index)}.ports",
                            key=f"{direction}:{protocol}:{name}",
                        )


def _has(root: RootController, protocol: str, name: str) -> bool:
    specs = [pod.spec for pod in root.pods] or [root.spec]
    return any(resolved(protocol, name, dict(named_ports(spec))) for spec in specs)
