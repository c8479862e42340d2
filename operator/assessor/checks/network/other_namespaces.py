"""NET-01: policies that let in whole kinds of namespaces instead of named ones."""

from collections.abc import Iterator

from assessor.analysis.netpol.namespaces import NAME_LABEL
from assessor.analysis.netpol.peers import lets_strangers_in, names_namespaces
from assessor.analysis.policies import Direction, rules_in_force
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.catalogue.patches import Change, Patch
from assessor.checks.network.evidence import POLICIES_AND_WORKLOADS
from assessor.checks.network.wording import now, peer_name, peer_path, ports_of, who
from assessor.inventory.network import NetworkPolicy, Peer
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.severity import Severity


@check(
    "allows-other-namespaces",
    control="NET-01",
    severity=Severity.MEDIUM,
    over=Subjects.NETWORK_POLICIES,
    needs=POLICIES_AND_WORKLOADS,
    remediation="""\
Name the namespaces; the API server keeps this label on each of them:
namespaceSelector:
  matchExpressions:
  - {key: kubernetes.io/metadata.name, operator: In, values: [NAMESPACE]}""",
)
def allows_other_namespaces(policy: NetworkPolicy, snapshot: Snapshot) -> Iterator[Problem]:
    """A namespaceSelector by labels means every namespace that gets them, today's and tomorrow's.

    Whoever may label a namespace decides who is let in. Only kubernetes.io/metadata.name cannot be
    chosen (KEP-2161). Peers that let everybody in, but for a few, are allows-every-source and
    allows-every-destination.
    """
    for direction in Direction:
        for index, rule in enumerate(rules_in_force(policy, direction)):
            for number, peer in enumerate(rule.peers):
                if _is_open(peer):
                    yield Problem(
                        _message(policy, snapshot, direction, peer)
                        + f" on {ports_of(rule.ports)}{now(snapshot.peer_reach.get(peer))}",
                        at=peer_path(direction, index, number),
                        patch=_patch(snapshot, peer, peer_path(direction, index, number)),
                        key=f"{direction}:{peer_name(peer)}:{ports_of(rule.ports)}",
                    )


def _patch(snapshot: Snapshot, peer: Peer, at: str) -> Patch:
    """The namespaces that match now, by name; none where they are too many to be told."""
    reach = snapshot.peer_reach.get(peer)
    if reach is None or reach.more or not reach.namespaces:
        return ()
    named = {"key": NAME_LABEL, "operator": "In", "values": list(reach.namespaces)}
    return (Change(f"{at}.namespaceSelector", {"matchExpressions": [named]}),)


def _is_open(peer: Peer) -> bool:
    return (
        peer.namespace_selector is not None
        and not peer.namespace_selector.empty
        and not lets_strangers_in(peer)
        and not names_namespaces(peer.namespace_selector)
    )


def _message(policy: NetworkPolicy, snapshot: Snapshot, direction: Direction, peer: Peer) -> str:
    ours, theirs = who(policy, snapshot), peer_name(peer)
    if direction is Direction.INGRESS:
        return f"lets {theirs} reach {ours}"
    return f"lets {ours} reach {theirs}"
