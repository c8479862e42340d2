"""NetworkPolicies as manifests."""

from typing import Any

from assessor.analysis.policies import Direction
from assessor.inventory.network import (
    IPBlock,
    LabelSelector,
    NetworkPolicy,
    Peer,
    PolicyPort,
    PolicyRule,
)

Json = dict[str, Any]


def manifest(policy: NetworkPolicy) -> Json:
    """The policy as it is applied."""
    metadata: Json = {"name": policy.meta.name, "namespace": policy.meta.namespace}
    if policy.meta.labels:
        metadata["labels"] = dict(policy.meta.labels)
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": metadata,
        "spec": spec(policy),
    }


def spec(policy: NetworkPolicy) -> Json:
    """Its spec."""
    made: Json = {"podSelector": selector(policy.pod_selector)}
    if policy.policy_types is not None:
        made["policyTypes"] = list(policy.policy_types)
    for direction in Direction:
        inward = direction is Direction.INGRESS
        rules = policy.ingress if inward else policy.egress
        if rules:
            peers = "from" if inward else "to"
            made[direction.lower()] = [_rule(rule, peers) for rule in rules]
    return made


def selector(given: LabelSelector) -> Json:
    """A label selector."""
    made: Json = {}
    if given.match_labels:
        made["matchLabels"] = dict(given.match_labels)
    if given.match_expressions:
        made["matchExpressions"] = [
            {"key": each.key, "operator": each.operator}
            | ({"values": list(each.values)} if each.values else {})
            for each in given.match_expressions
        ]
    return made


def _rule(rule: PolicyRule, peers: str) -> Json:
    made: Json = {}
    if rule.peers:
        made[peers] = [_peer(peer) for peer in rule.peers]
    if rule.ports:
        made["ports"] = [port(each) for each in rule.ports]
    return made


def _peer(peer: Peer) -> Json:
    made: Json = {}
    if peer.namespace_selector is not None:
        made["namespaceSelector"] = selector(peer.namespace_selector)
    if peer.pod_selector is not None:
        made["podSelector"] = selector(peer.pod_selector)
    if peer.ip_block:
        made["ipBlock"] = _block(peer.ip_block)
    return made


def _block(block: IPBlock) -> Json:
    return {"cidr": block.cidr} | ({"except": list(block.excluded)} if block.excluded else {})


def port(given: PolicyPort) -> Json:
    """One entry of ports."""
    made: Json = {"protocol": given.protocol}
    if given.port is not None:
        made["port"] = given.port
    if given.end_port is not None:
        made["endPort"] = given.end_port
    return made
