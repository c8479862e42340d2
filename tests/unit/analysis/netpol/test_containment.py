"""Which rule allows all that another does: held against what they match, one by one."""

import random
from itertools import product

import pytest

from assessor.analysis.netpol.containment import (
    covers_peer,
    covers_ports,
    covers_rule,
    key_of,
    wider_keys,
)
from assessor.inventory.network import (
    IPBlock,
    LabelSelector,
    Peer,
    PolicyPort,
    PolicyRule,
    Requirement,
)

VALUES = ("x", "y", "")
SELECTORS = (
    LabelSelector(),
    LabelSelector((("app", "x"),)),
    LabelSelector((("app", "x"), ("tier", "y"))),
    LabelSelector((), (Requirement("app", "Exists"),)),
    LabelSelector((("tier", "y"),), (Requirement("app", "Exists"),)),
)
PEERS = [
    Peer(pods, places)
    for pods, places in product((None, *SELECTORS), repeat=2)
    if pods is not None or places is not None
]
BLOCKS = [
    Peer(ip_block=IPBlock("10.0.0.0/8")),
    Peer(ip_block=IPBlock("10.1.0.0/16")),
    Peer(ip_block=IPBlock("10.0.0.0/8", ("10.1.0.0/16",))),
]
LABELS = [
    {key: value for key, value in (("app", app), ("tier", tier)) if value}
    for app, tier in product(VALUES, repeat=2)
]


def means(peer: Peer, place: dict[str, str], pod: dict[str, str], *, own: bool) -> bool:
    """Whether a peer means a pod: of its policy's own namespace, or of another one."""
    placed = own if peer.namespace_selector is None else peer.namespace_selector.matches(place)
    return placed and (peer.pod_selector is None or peer.pod_selector.matches(pod))


@pytest.mark.parametrize("wide", PEERS)
def test_what_a_wider_peer_covers_it_means(wide: Peer) -> None:
    """Whatever the labels; and what covers a peer is found under one of its keys."""
    for narrow in PEERS:
        if not covers_peer(wide, narrow):
            continue
        assert key_of(wide) in set(wider_keys(narrow))
        for place, pod, own in product(LABELS, LABELS, (False, True)):
            if means(narrow, place, pod, own=own):
                assert means(wide, place, pod, own=own)


def test_blocks_are_covered_by_addresses() -> None:
    """Exceptions count on either side."""
    covered = [[covers_peer(wide, narrow) for narrow in BLOCKS] for wide in BLOCKS]
    assert covered == [[True, True, True], [False, True, False], [False, False, True]]
    assert not covers_peer(BLOCKS[0], PEERS[0])


def test_ports() -> None:
    """Ranges, protocols as a whole, and names, which mean only themselves."""
    http, named = PolicyPort("TCP", 80), PolicyPort("TCP", "http")
    assert covers_ports((), (http,))
    assert not covers_ports((http,), ())
    assert covers_ports((PolicyPort("TCP", 79, 81),), (http,))
    assert not covers_ports((PolicyPort("UDP"),), (http,))
    assert covers_ports((PolicyPort("TCP"),), (http, named))
    assert covers_ports((named,), (named,))
    assert not covers_ports((PolicyPort("TCP", 1, 65535),), (named,))
    assert not covers_ports((http,), (named,))


def test_a_rule_for_everybody_covers_those_for_some() -> None:
    """And no other way round."""
    chance = random.Random(1)  # noqa: S311 - a test's
    for _ in range(20):
        some = PolicyRule(tuple(chance.sample(PEERS + BLOCKS, 2)))
        assert covers_rule(PolicyRule(), some)
        assert not covers_rule(some, PolicyRule())
        assert covers_rule(some, PolicyRule(some.peers[:1]))
