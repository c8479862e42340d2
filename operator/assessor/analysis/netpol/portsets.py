"""Sets of ports of all protocols, as spans of one number line.

Each protocol has its stretch of the line: port 80 of TCP is one number, port 80 of UDP another.
A union of port sets is then a union of spans, whatever the protocols.
"""

from collections.abc import Iterable, Mapping

from assessor.analysis.spans import Span, Spans, intersect, merge
from assessor.inventory.network import PolicyPort

PROTOCOLS = ("SCTP", "TCP", "UDP")
"""Those that NetworkPolicies know, sorted as they are shown."""

LAST_PORT = 65535

_STRETCH = 1 << 16
_OFFSETS = {protocol: _STRETCH * index for index, protocol in enumerate(PROTOCOLS)}

PortSet = Spans
NONE: PortSet = ()
ALL: PortSet = tuple((offset + 1, offset + LAST_PORT) for offset in _OFFSETS.values())

NamedPorts = Mapping[str, PortSet]
"""What a pod's containers call their ports; of equal names all are meant."""

NO_NAMES: NamedPorts = {}


def ports(protocol: str, first: int = 1, last: int | None = None) -> PortSet:
    """``first`` to ``last`` of a protocol, one port without ``last``; none of an unknown one."""
    offset = _OFFSETS.get(protocol)
    low, high = max(first, 1), min(first if last is None else last, LAST_PORT)
    if offset is None or low > high:
        return NONE
    return ((offset + low, offset + high),)


def of_protocol(protocol: str) -> PortSet:
    """Every port of a protocol."""
    return ports(protocol, 1, LAST_PORT)


def numbered(given: Iterable[PolicyPort]) -> PortSet:
    """The ports of those entries that need no pod to be resolved; NONE of none."""
    return merge(span for port in given for span in _numbers(port))


def _numbers(port: PolicyPort) -> PortSet:
    if port.port is None:
        return of_protocol(port.protocol)
    if isinstance(port.port, str):
        return NONE
    return ports(port.protocol, port.port, port.end_port)


def policy_ports(given: PortSet) -> tuple[PolicyPort, ...]:
    """The entries of a rule for these ports; none for all of them, which is what none mean."""
    if given == ALL:
        return ()
    return tuple(
        PolicyPort(protocol)
        if (low, high) == (1, LAST_PORT)
        else PolicyPort(protocol, low, None if low == high else high)
        for protocol in PROTOCOLS
        for low, high in by_number(protocol, given)
    )


def resolved(protocol: str, name: str, names: NamedPorts) -> PortSet:
    """The ports that a pod calls ``name``; of any protocol with ``""``."""
    found = names.get(name, NONE)
    return intersect(found, of_protocol(protocol)) if protocol and found else found


def union(sets: Iterable[PortSet]) -> PortSet:
    """What is in any of them."""
    given = [each for each in sets if each]
    if len(given) == 1 or ALL in given:
        return ALL if ALL in given else given[0]
    return merge(span for each in given for span in each)


def text(given: PortSet) -> str:
    """As in ``SCTP 1-65535,TCP 80,443``; every port is ``All Connections``."""
    if given == ALL:
        return "All Connections"
    parts = []
    for protocol in PROTOCOLS:
        spans = by_number(protocol, given)
        if spans:
            parts.append(f"{protocol} " + ",".join(map(_span, spans)))
    return ",".join(parts) or "No Connections"


def by_number(protocol: str, given: PortSet) -> Spans:
    """Those of one protocol, as port numbers."""
    offset = _OFFSETS[protocol]
    return tuple(
        (low - offset, high - offset) for low, high in intersect(given, of_protocol(protocol))
    )


def _span(span: Span) -> str:
    low, high = span
    return str(low) if low == high else f"{low}-{high}"
