"""Which rule allows all that another one does, whatever pods there are or will be."""

from collections.abc import Iterator
from itertools import combinations, product

from assessor.analysis.cidr import addresses
from assessor.analysis.netpol.portsets import ALL, PortSet, numbered
from assessor.analysis.spans import subtract
from assessor.inventory.network import IPBlock, LabelSelector, Peer, PolicyPort, PolicyRule

ANYBODY = LabelSelector()
MOST_ASKED = 6
"""Requirements of one selector whose subsets are looked up."""


def covers_rule(wide: PolicyRule, narrow: PolicyRule) -> bool:
    """Whether ``wide`` allows everything that ``narrow`` allows; rules of one namespace."""
    if not covers_ports(wide.ports, narrow.ports):
        return False
    if not wide.peers:
        return True
    return bool(narrow.peers) and all(
        any(covers_peer(each, peer) for each in wide.peers) for peer in narrow.peers
    )


def covers_ports(wide: tuple[PolicyPort, ...], narrow: tuple[PolicyPort, ...]) -> bool:
    """Whether every port of ``narrow`` is one of ``wide``; names mean what they mean."""
    if not wide:
        return True
    if not narrow or subtract(_numbers(narrow), _numbers(wide)):
        return False
    whole = {port.protocol for port in wide if port.port is None}
    named = {(port.protocol, port.port) for port in wide}
    return all(
        port.protocol in whole or (port.protocol, port.port) in named
        for port in narrow
        if isinstance(port.port, str)
    )


def covers_peer(wide: Peer, narrow: Peer) -> bool:
    """Whether every pod or address that ``narrow`` means is one that ``wide`` means."""
    if wide == narrow:
        return True
    if wide.ip_block or narrow.ip_block:
        return bool(
            wide.ip_block and narrow.ip_block and _covers_block(wide.ip_block, narrow.ip_block)
        )
    if wide.namespace_selector is None:
        placed = narrow.namespace_selector is None
    else:
        # A peer without namespaceSelector means the policy's own namespace, which has some labels.
        own = narrow.namespace_selector or None
        placed = wide.namespace_selector.empty or (
            own is not None and covers_selector(wide.namespace_selector, own)
        )
    return placed and covers_selector(wide.pod_selector or ANYBODY, narrow.pod_selector or ANYBODY)


def covers_selector(wide: LabelSelector, narrow: LabelSelector) -> bool:
    """Whether whatever ``narrow`` matches, ``wide`` does: it asks for nothing more."""
    asked = set(narrow.match_labels) | set(narrow.match_expressions)
    return asked.issuperset(wide.match_labels) and asked.issuperset(wide.match_expressions)


Asked = frozenset[object]
PeerKey = tuple[Asked | None, Asked] | None
"""What a peer asks of namespaces, None for its own one, and of pods; None for a block."""


def key_of(peer: Peer) -> PeerKey:
    """Under what a peer is found."""
    if peer.ip_block:
        return None
    placed = peer.namespace_selector
    return (None if placed is None else _asked(placed)), _asked(peer.pod_selector or ANYBODY)


def wider_keys(peer: Peer) -> Iterator[PeerKey]:
    """The keys of all peers that may cover this one: those that ask for no more."""
    key = key_of(peer)
    if key is None:
        yield None
        return
    places: tuple[Asked | None, ...] = (None, frozenset())
    if key[0] is not None:
        places = tuple(_subsets(key[0]))
    yield from product(places, _subsets(key[1]))


def _asked(selector: LabelSelector) -> Asked:
    return frozenset((*selector.match_labels, *selector.match_expressions))


def _subsets(asked: Asked) -> Iterator[Asked]:
    """All of them; of very many requirements only the whole and the empty one."""
    if len(asked) > MOST_ASKED:
        yield from (asked, frozenset())
        return
    for size in range(len(asked) + 1):
        yield from map(frozenset, combinations(asked, size))


def _covers_block(wide: IPBlock, narrow: IPBlock) -> bool:
    outer, inner = addresses(wide), addresses(narrow)
    if not outer or not inner or outer[0] is not inner[0]:
        return False
    return not subtract(inner[1], outer[1])


def _numbers(given: tuple[PolicyPort, ...]) -> PortSet:
    return numbered(given) if given else ALL
