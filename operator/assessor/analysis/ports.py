"""Ports of NetworkPolicy rules: which rules meet at one port, and which are for DNS alone."""

from collections.abc import Iterable

from assessor.inventory.network import PolicyPort, PolicyRule

DNS_PORT = 53

Point = tuple[str, int | str] | None
"""A protocol with a port number or name; None stands for a port that no rule names."""


def meeting_points(rules: Iterable[PolicyRule]) -> list[Point]:
    """Points such that any set of rules with a port in common has one of them in common.

    Ranges that overlap all contain the highest of their lower ends, so those ends suffice. A
    named port is a point of its own, since each destination pod resolves it for itself.
    """
    named = {_start(port) for rule in rules for port in rule.ports}
    return [None, *sorted(named, key=str)]


def reaches(rule: PolicyRule, point: Point) -> bool:
    """Whether a connection to ``point`` is within the rule's ports."""
    if not rule.ports:
        return True
    return point is not None and any(_holds(port, *point) for port in rule.ports)


def only_dns(rule: PolicyRule) -> bool:
    """Whether the rule allows nothing but port 53, over UDP or TCP."""
    return bool(rule.ports) and all(
        port.port == DNS_PORT
        and port.end_port in (None, DNS_PORT)
        and port.protocol in ("UDP", "TCP")
        for port in rule.ports
    )


def _start(port: PolicyPort) -> tuple[str, int | str]:
    return (port.protocol, 1 if port.port is None else port.port)


def _holds(port: PolicyPort, protocol: str, number: int | str) -> bool:
    if port.protocol != protocol:
        return False
    if port.port is None or port.port == number:
        return True
    if isinstance(port.port, str) or isinstance(number, str):
        return False
    return port.port <= number <= (port.end_port or port.port)
