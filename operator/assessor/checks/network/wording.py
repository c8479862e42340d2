"""How NET-01 names workloads, peers and ports."""

from collections.abc import Iterable

from assessor.analysis.netpol.portsets import ALL, PortSet, text
from assessor.analysis.policies import Direction
from assessor.analysis.selection import selected
from assessor.catalogue.wording import clip, name_some
from assessor.inventory.network import (
    LabelSelector,
    NetworkPolicy,
    Peer,
    PeerReach,
    PolicyPort,
    PolicyRule,
    Requirement,
)
from assessor.inventory.ownership import RootController
from assessor.inventory.snapshot import Snapshot

PEER_LENGTH = 80


def selected_names(policy: NetworkPolicy, snapshot: Snapshot) -> str:
    """The workloads that a policy selects now, ``""`` for none."""
    return names_of(selected(snapshot, policy))


def names_of(roots: Iterable[RootController]) -> str:
    """Workloads as ``Kind/name``; ``""`` for none."""
    return name_some(named) if (named := [str(root.ref) for root in roots]) else ""


def who(policy: NetworkPolicy, snapshot: Snapshot) -> str:
    """The workloads, or who would be meant if there were any."""
    return selected_names(policy, snapshot) or "the pods it selects"


def ports_of(ports: tuple[PolicyPort, ...]) -> str:
    """The ports of a rule."""
    return name_some(_port(port) for port in ports) if ports else "every port"


def _port(port: PolicyPort) -> str:
    if port.port is None:
        return f"every {port.protocol} port"
    end = f"-{port.end_port}" if port.end_port else ""
    return f"{port.protocol} {port.port}{end}"


def port_set(ports: PortSet) -> str:
    """A set of ports."""
    return "every port" if ports == ALL else clip(text(ports))


def peer_name(peer: Peer) -> str:
    """Whom a peer means, in the words of its selectors."""
    name = _whole_peer(peer)
    return name if len(name) <= PEER_LENGTH else f"{name[: PEER_LENGTH - 1]}…"


def _whole_peer(peer: Peer) -> str:
    if peer.ip_block:
        return peer.ip_block.cidr
    pods = "pods"
    if peer.pod_selector is not None and not peer.pod_selector.empty:
        pods = f"pods with {selector_name(peer.pod_selector)}"
    if peer.namespace_selector is None:
        return pods
    if peer.namespace_selector.empty:
        return f"{pods} of every namespace"
    return f"{pods} of namespaces with {selector_name(peer.namespace_selector)}"


def selector_name(selector: LabelSelector) -> str:
    """A selector as kubectl takes it: ``a=b,c in (d,e),!f``."""
    return ",".join(
        (
            *(f"{key}={value}" for key, value in selector.match_labels),
            *map(_requirement, selector.match_expressions),
        )
    )


def _requirement(given: Requirement) -> str:
    match given.operator:
        case "Exists":
            return given.key
        case "DoesNotExist":
            return f"!{given.key}"
    return f"{given.key} {given.operator.lower()} ({','.join(given.values)})"


def now(reach: PeerReach | None) -> str:
    """Which namespaces a selector matches now, in brackets; ``""`` where nobody looked."""
    if reach is None:
        return ""
    if not reach.namespaces:
        return " (now none)"
    more = f" and {reach.more} more" if reach.more else ""
    return f" (now {', '.join(map(clip, reach.namespaces))}{more})"


def rule_key(rule: PolicyRule) -> str:
    """What a rule says, to tell it from the others wherever it stands."""
    peers = ";".join(map(_whole_peer, rule.peers))
    return f"{peers}|{','.join(map(_port, rule.ports))}"


def path(direction: Direction, index: int) -> str:
    """A rule's field."""
    return f"{direction.field}[{index}]"


def peer_path(direction: Direction, index: int, number: int) -> str:
    """A peer's field."""
    return (
        f"{path(direction, index)}.{'from' if direction is Direction.INGRESS else 'to'}[{number}]"
    )
