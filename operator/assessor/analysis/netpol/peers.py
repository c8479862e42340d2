"""Peers in other namespaces: which of them can be looked up, and under what."""

from collections.abc import Iterator

from assessor.analysis.netpol.namespaces import NAME_LABEL
from assessor.analysis.projection import OTHER
from assessor.inventory.network import LabelSelector, NetworkPolicy, Peer

Anchor = tuple[str, str]
"""A label, key and value, that whatever matches must have; ``ANY`` as value: any value."""

ANY = "\0"
"""No label value can hold it."""

STRANGER = {NAME_LABEL: OTHER}
"""The labels of a namespace that nobody thought of."""


def peers_elsewhere(policy: NetworkPolicy) -> Iterator[Peer]:
    """The peers of its rules that name namespaces and let no stranger in.

    Whom the others mean is everybody but a few: that is told without counting them, and changes
    with every namespace that comes.
    """
    for rule in (*policy.ingress, *policy.egress):
        for peer in rule.peers:
            if peer.namespace_selector is not None and not lets_strangers_in(peer):
                yield peer


def lets_strangers_in(peer: Peer) -> bool:
    """Whether it means a pod without labels in a namespace without any but its name."""
    return (
        peer.namespace_selector is not None
        and peer.namespace_selector.matches(STRANGER)
        and (peer.pod_selector is None or peer.pod_selector.matches({}))
    )


def anchors(selector: LabelSelector) -> tuple[Anchor, ...]:
    """Labels of which everything that matches has one; none where a stranger matches."""
    if selector.match_labels:
        return selector.match_labels[:1]
    for requirement in selector.match_expressions:
        if requirement.operator == "In":
            return tuple((requirement.key, value) for value in requirement.values)
    for requirement in selector.match_expressions:
        if requirement.operator == "Exists" and requirement.key != NAME_LABEL:
            return ((requirement.key, ANY),)
    return ()


def names_namespaces(selector: LabelSelector) -> bool:
    """Whether it matches namespaces by their names, so that no label lets another one in."""
    return any(key == NAME_LABEL for key, _ in selector.match_labels) or any(
        requirement.key == NAME_LABEL and requirement.operator == "In"
        for requirement in selector.match_expressions
    )
