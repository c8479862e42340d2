"""NET-01: peers that are told apart by what they say of themselves."""

from collections.abc import Iterator

from assessor.analysis.netpol.peers import lets_strangers_in
from assessor.analysis.policies import Direction, rules_in_force
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.checks.network.evidence import POLICIES_AND_WORKLOADS
from assessor.checks.network.wording import peer_name, peer_path, selector_name, who
from assessor.inventory.network import NetworkPolicy, Peer
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.severity import Severity

LONGEST = 40


@check(
    "trusts-foreign-label",
    control="NET-01",
    severity=Severity.INFO,
    over=Subjects.NETWORK_POLICIES,
    needs=POLICIES_AND_WORKLOADS,
    remediation="""\
Trust the namespaces as a whole, or know who may create pods in them:
assessor rbac who-can create pods -n NAMESPACE""",
)
def trusts_foreign_label(policy: NetworkPolicy, snapshot: Snapshot) -> Iterator[Problem]:
    """A policy lets pods of other namespaces in by a label that anybody there can give to a pod.

    Whoever may create or label pods in those namespaces decides who is let in, and that is not
    this namespace's owner. The note neither passes nor fails the policy: often there is no other
    way to say it, and the boundary is then the namespace.
    """
    for index, rule in enumerate(rules_in_force(policy, Direction.INGRESS)):
        for number, peer in enumerate(rule.peers):
            if _trusts(peer) and peer.pod_selector is not None:
                yield Problem(
                    f"lets {peer_name(peer)} reach {who(policy, snapshot)}: whoever may create pods"
                    f" there can choose {_clipped(selector_name(peer.pod_selector))}",
                    at=peer_path(Direction.INGRESS, index, number),
                    key=peer_name(peer),
                )


def _trusts(peer: Peer) -> bool:
    return (
        peer.namespace_selector is not None
        and peer.pod_selector is not None
        and not peer.pod_selector.empty
        and not lets_strangers_in(peer)
    )


def _clipped(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
