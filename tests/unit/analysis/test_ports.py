"""Where rules meet, and which are for DNS alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.analysis.ports import meeting_points, only_dns, reaches
from assessor.inventory.network import PolicyPort, PolicyRule

NUMBER = st.integers(1, 12)
PROTOCOL = st.sampled_from(["TCP", "UDP"])
PORT = st.one_of(
    st.builds(PolicyPort, PROTOCOL),
    st.builds(PolicyPort, PROTOCOL, st.sampled_from(["http", "dns"])),
    st.builds(PolicyPort, PROTOCOL, NUMBER),
    st.builds(
        lambda protocol, ends: PolicyPort(protocol, min(ends), max(ends)),
        PROTOCOL,
        st.tuples(NUMBER, NUMBER),
    ),
)
RULES = st.lists(
    st.builds(PolicyRule, st.just(()), st.lists(PORT, max_size=3).map(tuple)), max_size=5
)


def allows(rule: PolicyRule, protocol: str, number: int) -> bool:
    """The API reference, word for word: any entry; no port is all ports; endPort inclusive."""
    return not rule.ports or any(
        port.protocol == protocol
        and (
            port.port is None
            or (
                isinstance(port.port, int)
                and number in range(port.port, (port.end_port or port.port) + 1)
            )
        )
        for port in rule.ports
    )


@given(RULES)
def test_whoever_meets_anywhere_meets_at_a_meeting_point(rules: list[PolicyRule]) -> None:
    """The rules that reach some port all reach one of the points."""
    at_points = [
        {index for index, rule in enumerate(rules) if reaches(rule, point)}
        for point in meeting_points(rules)
    ]
    for protocol in ("TCP", "UDP"):
        for number in range(1, 14):
            here = {i for i, rule in enumerate(rules) if allows(rule, protocol, number)}
            assert any(here <= there for there in at_points)


@given(RULES, NUMBER, PROTOCOL)
def test_reaches_is_the_api_reference(rules: list[PolicyRule], number: int, protocol: str) -> None:
    """A rule reaches a numbered port exactly where the reference says so."""
    for rule in rules:
        assert reaches(rule, (protocol, number)) == allows(rule, protocol, number)


@pytest.mark.parametrize(
    ("ports", "expected"),
    [
        ((PolicyPort("UDP", 53), PolicyPort("TCP", 53)), True),
        ((PolicyPort("UDP", 53, 53),), True),
        ((PolicyPort("UDP", 53, 54),), False),
        ((PolicyPort("UDP", 53), PolicyPort("TCP", 443)), False),
        ((PolicyPort("UDP"),), False),
        ((PolicyPort("SCTP", 53),), False),
        ((PolicyPort("UDP", "dns"),), False),
        ((), False),
    ],
)
def test_only_dns(ports: tuple[PolicyPort, ...], expected: bool) -> None:  # noqa: FBT001 - a table
    """Port 53 over UDP or TCP and nothing besides; no ports at all are every port."""
    assert only_dns(PolicyRule((), ports)) is expected
