"""NetworkPolicy by brute force: packet by packet, on plain manifests, as the API reference says.

Nothing of the product is used, and nothing is fast: no classes, no bitsets, no sets of ports. The
sources are the reference of networking.k8s.io/v1 NetworkPolicy and the types of
policy.networking.k8s.io, v1alpha1 and v1alpha2.
"""

import ipaddress
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

Json = dict[str, Any]

NAME_LABEL = "kubernetes.io/metadata.name"


class Packet(NamedTuple):
    """The first packet of a connection: to which port, over which protocol."""

    protocol: str
    port: int


class End(NamedTuple):
    """One end: a pod's manifest or None, and its address, ``""`` where there is none.

    ``seen``: whether the network plugin has ipBlocks look at pods' addresses. ``special``: whether
    the address is of a node, or behind a domain name, that any rule on such means.
    """

    pod: Json | None
    address: str = ""
    seen: bool = True
    special: bool = False


class World(NamedTuple):
    """All manifests of a cluster, by kind; of equal priorities those listed first in ``admin``."""

    namespaces: list[Json]
    pods: list[Json]
    policies: list[Json]
    admin: list[Json]


class Scene(NamedTuple):
    """A packet on its way, as policies of one end look at it."""

    world: World
    subject: End
    other: End
    destination: End
    packet: Packet
    direction: str


def egress_allowed(world: World, source: End, destination: End, packet: Packet) -> bool:
    """Whether what selects the source lets the packet out."""
    return _allowed(Scene(world, source, destination, destination, packet, "egress"))


def ingress_allowed(world: World, source: End, destination: End, packet: Packet) -> bool:
    """Whether what selects the destination lets the packet in."""
    return _allowed(Scene(world, destination, source, destination, packet, "ingress"))


def _allowed(scene: Scene) -> bool:
    pod = scene.subject.pod
    if pod is None or is_on_host(pod):
        return True
    decided = _tier(scene, "Admin", pod)
    if decided is not None:
        return decided
    selecting = [
        policy
        for policy in scene.world.policies
        if policy["metadata"]["namespace"] == pod["metadata"]["namespace"]
        and matches(policy["spec"].get("podSelector"), labels_of(pod))
        and scene.direction in types_of(policy)
    ]
    if selecting:
        return any(
            _rule_allows(scene, policy, rule)
            for policy in selecting
            for rule in policy["spec"].get(scene.direction) or []
        )
    decided = _tier(scene, "Baseline", pod)
    return True if decided is None else decided


# ── NetworkPolicy ─────────────────────────────────────────────────────────────────────────────


def types_of(policy: Json) -> set[str]:
    """The directions that a policy includes."""
    spec = policy["spec"]
    given = spec.get("policyTypes")
    if given:
        return {each.lower() for each in given}
    return {"ingress", "egress"} if spec.get("egress") else {"ingress"}


def _rule_allows(scene: Scene, policy: Json, rule: Json) -> bool:
    peers = rule.get(_peers_of(scene))
    if peers and not any(_is_peer(scene.world, policy, peer, scene.other) for peer in peers):
        return False
    ports = rule.get("ports")
    return not ports or any(_is_port(port, scene.destination, scene.packet) for port in ports)


def _peers_of(scene: Scene) -> str:
    return "from" if scene.direction == "ingress" else "to"


def _is_peer(world: World, policy: Json, peer: Json, other: End) -> bool:
    if "ipBlock" in peer:
        if other.pod is not None and not is_on_host(other.pod) and not other.seen:
            return False
        return in_block(other.address, peer["ipBlock"])
    if other.pod is None or is_on_host(other.pod):
        return False
    own = policy["metadata"]["namespace"]
    namespace = other.pod["metadata"]["namespace"]
    if "namespaceSelector" in peer:
        if not matches(peer["namespaceSelector"], namespace_labels(world, namespace)):
            return False
    elif namespace != own:
        return False
    return "podSelector" not in peer or matches(peer["podSelector"], labels_of(other.pod))


def _is_port(port: Json, destination: End, packet: Packet) -> bool:
    if port.get("protocol", "TCP") != packet.protocol:
        return False
    wanted = port.get("port")
    if wanted is None:
        return True
    if isinstance(wanted, str):
        return (packet.protocol, wanted, packet.port) in set(named_ports(destination))
    return wanted <= packet.port <= port.get("endPort", wanted)


# ── policies of the cluster ───────────────────────────────────────────────────────────────────


def _tier(scene: Scene, tier: str, pod: Json) -> bool | None:
    """Allowed or denied, None where the tier passes or says nothing."""
    ordered = sorted(
        (each for each in scene.world.admin if tier_of(each) == tier),
        key=lambda each: each["spec"].get("priority", 0),
    )
    for policy in ordered:
        if not _is_subject(scene.world, policy["spec"]["subject"], pod):
            continue
        for rule in policy["spec"].get(scene.direction) or []:
            action = _action(scene, rule)
            if action == "Pass":
                return None
            if action is not None:
                return action != "Deny"
    return None


def tier_of(policy: Json) -> str:
    """Before NetworkPolicies, or behind them."""
    if policy["kind"] == "BaselineAdminNetworkPolicy":
        return "Baseline"
    return str(policy["spec"].get("tier", "Admin"))


def _is_subject(world: World, subject: Json, pod: Json) -> bool:
    labels = namespace_labels(world, pod["metadata"]["namespace"])
    if "namespaces" in subject:
        return matches(subject["namespaces"], labels)
    pods = subject["pods"]
    return matches(pods.get("namespaceSelector"), labels) and matches(
        pods.get("podSelector"), labels_of(pod)
    )


def _action(scene: Scene, rule: Json) -> str | None:
    """What the rule does with the packet; None where it does not match."""
    peers = rule[_peers_of(scene)]
    if any(not peer for peer in peers):
        # No field that is known: fail closed.
        return None if rule["action"] in ("Allow", "Accept") else "Deny"
    if not any(_is_admin_peer(scene.world, peer, scene.other) for peer in peers):
        return None
    ports = (rule.get("ports") or []) + (rule.get("protocols") or [])
    if ports and not any(_is_admin_port(each, scene.destination, scene.packet) for each in ports):
        return None
    return str(rule["action"])


def _is_admin_peer(world: World, peer: Json, other: End) -> bool:
    if "networks" in peer:
        return any(in_block(other.address, {"cidr": cidr}) for cidr in peer["networks"])
    outside = other.pod is None or is_on_host(other.pod)
    if "nodes" in peer or "domainNames" in peer:
        return outside and other.special
    if other.pod is None or is_on_host(other.pod):
        return False
    labels = namespace_labels(world, other.pod["metadata"]["namespace"])
    if "namespaces" in peer:
        return matches(peer["namespaces"], labels)
    pods = peer["pods"]
    return matches(pods.get("namespaceSelector"), labels) and matches(
        pods.get("podSelector"), labels_of(other.pod)
    )


def _is_admin_port(port: Json, destination: End, packet: Packet) -> bool:
    name = port.get("namedPort") or port.get("destinationNamedPort")
    if name:
        return (packet.protocol, name, packet.port) in set(named_ports(destination))
    if "portNumber" in port or "portRange" in port:
        old = port.get("portNumber") or port["portRange"]
        first, last = old.get("port", old.get("start")), old.get("port", old.get("end"))
        return old.get("protocol", "TCP") == packet.protocol and first <= packet.port <= last
    if packet.protocol.lower() not in port:
        return False
    at = port[packet.protocol.lower()].get("destinationPort")
    if at and "range" in at:
        return bool(at["range"]["start"] <= packet.port <= at["range"]["end"])
    return at is None or bool(at["number"] == packet.port)


# ── what both have in common ──────────────────────────────────────────────────────────────────


def matches(selector: Json | None, labels: dict[str, str]) -> bool:
    """metav1.LabelSelector: every requirement must hold, and none means everything."""
    given = selector or {}
    for key, value in (given.get("matchLabels") or {}).items():
        if labels.get(key) != value:
            return False
    return all(_holds(each, labels) for each in given.get("matchExpressions") or [])


def _holds(requirement: Json, labels: dict[str, str]) -> bool:
    key, values = requirement["key"], requirement.get("values") or []
    match requirement["operator"]:
        case "In":
            return key in labels and labels[key] in values
        case "NotIn":
            return key not in labels or labels[key] not in values
        case "Exists":
            return key in labels
        case _:
            return key not in labels


def in_block(address: str, block: Json) -> bool:
    """Whether an address is in the block, and in none of its exceptions."""
    if not address:
        return False
    return _is_within(address, block["cidr"]) and not any(
        _is_within(address, each) for each in block.get("except") or []
    )


@cache
def _is_within(address: str, cidr: str) -> bool:
    return ipaddress.ip_address(address) in ipaddress.ip_network(cidr, strict=False)


def labels_of(pod: Json) -> dict[str, str]:
    """A pod's labels."""
    return pod["metadata"].get("labels") or {}


def namespace_labels(world: World, name: str) -> dict[str, str]:
    """A namespace's labels, with the one that every namespace has."""
    found = [each for each in world.namespaces if each["metadata"]["name"] == name]
    given = (found[0]["metadata"].get("labels") or {}) if found else {}
    return {**given, NAME_LABEL: name}


def is_on_host(pod: Json) -> bool:
    """Whether a pod has its node's address."""
    return bool(pod["spec"].get("hostNetwork"))


def named_ports(destination: End) -> Iterator[tuple[str, str, int]]:
    """Protocol, name and number of the ports that containers which keep running have named."""
    if destination.pod is None or is_on_host(destination.pod):
        return
    spec = destination.pod["spec"]
    sidecars = [
        each for each in spec.get("initContainers") or [] if each.get("restartPolicy") == "Always"
    ]
    for container in (*(spec.get("containers") or []), *sidecars):
        for port in container.get("ports") or []:
            if port.get("name"):
                yield port.get("protocol", "TCP"), port["name"], port["containerPort"]
