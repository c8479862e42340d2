"""Arithmetic on address sets, against sets of integers on an 8-bit address space."""

from ipaddress import ip_address, ip_network
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.analysis.cidr import (
    EVERYTHING,
    Extent,
    Family,
    Span,
    Spans,
    addresses,
    extent,
    merge,
    parse,
    size,
    subtract,
)
from assessor.inventory.network import IPBlock

BYTE = st.integers(0, 255)
SPANS = st.lists(st.tuples(BYTE, BYTE).map(lambda ends: (min(ends), max(ends))), max_size=12)


def members(spans: list[Span] | Spans) -> set[int]:
    """The addresses one by one."""
    return {address for low, high in spans for address in range(low, high + 1)}


@st.composite
def small_blocks(draw: st.DrawFn) -> str:
    """A CIDR within 192.0.2.0/24, possibly with host bits."""
    return f"192.0.2.{draw(BYTE)}/{draw(st.integers(24, 32))}"


@st.composite
def partitions(draw: st.DrawFn) -> list[str]:
    """All of IPv4, cut at random into 2 to 9 blocks, in any order."""
    blocks = [ip_network("0.0.0.0/0")]
    for _ in range(draw(st.integers(1, 8))):
        cut = blocks.pop(draw(st.integers(0, len(blocks) - 1)))
        blocks += cut.subnets()
    return draw(st.permutations([str(block) for block in blocks]))


def union(cidrs: list[str]) -> Spans:
    """The IPv4 addresses of some CIDRs."""
    found = [addresses(IPBlock(cidr)) for cidr in cidrs]
    return merge(span for entry in found if entry for span in entry[1])


@given(SPANS)
def test_merge_is_the_union(spans: list[Span]) -> None:
    """The same members; sorted, disjoint and not adjacent."""
    merged = merge(spans)
    assert members(merged) == members(spans)
    assert all(after[0] > before[1] + 1 for before, after in pairwise(merged))
    assert size(merged) == len(members(spans))


@given(SPANS, SPANS)
def test_subtract_is_the_difference(spans: list[Span], removed: list[Span]) -> None:
    """What remains are the members of the one that the other lacks, in normal form."""
    left = subtract(merge(spans), merge(removed))
    assert members(left) == members(spans) - members(removed)
    assert left == merge(left)


@given(small_blocks(), st.lists(small_blocks(), max_size=6))
def test_a_block_is_its_cidr_without_the_exceptions(cidr: str, excluded: list[str]) -> None:
    """As the standard library enumerates them."""

    def listed(text: str) -> set[int]:
        return {int(address) for address in ip_network(text, strict=False)}

    found = addresses(IPBlock(cidr, tuple(excluded)))
    assert found is not None
    family, spans = found
    assert family is Family.IPV4
    assert members(spans) == listed(cidr).difference(*map(listed, excluded))


@given(partitions())
def test_parts_of_the_world_are_the_world_together(cidrs: list[str]) -> None:
    """However it is cut; and no longer when a part of at least a sixteenth is missing."""
    assert extent(Family.IPV4, union(cidrs)) is Extent.WORLD
    largest = min(cidrs, key=lambda cidr: int(cidr.rpartition("/")[2]))
    rest = [cidr for cidr in cidrs if cidr != largest]
    assert extent(Family.IPV4, union(rest)) is not Extent.WORLD


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (IPBlock("0.0.0.0/0"), Extent.WORLD),
        (IPBlock("::/0"), Extent.WORLD),
        (IPBlock("1.2.3.4/0"), Extent.WORLD),
        (IPBlock("0.0.0.0/1"), None),
        (IPBlock("10.0.0.0/8"), None),
        (IPBlock("0.0.0.0/0", ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")), Extent.INTERNET),
        (IPBlock("0.0.0.0/0", ("169.254.169.254/32",)), Extent.INTERNET),
        (IPBlock("0.0.0.0/0", ("8.8.8.8/32",)), Extent.INTERNET),
        (IPBlock("0.0.0.0/0", ("1.0.0.0/8",)), Extent.INTERNET),
        (IPBlock("0.0.0.0/0", ("64.0.0.0/3",)), Extent.INTERNET),
        (IPBlock("0.0.0.0/0", ("64.0.0.0/2",)), None),
        (IPBlock("::/0", ("2000::/4",)), None),
        (IPBlock("0.0.0.0/0", ("0.0.0.0/0",)), None),
        (IPBlock("0.0.0.0/0", ("nonsense",)), Extent.WORLD),
        (IPBlock("0.0.0.0/0", ("::/0",)), Extent.WORLD),
        (IPBlock("2000::/3"), Extent.INTERNET),
        (IPBlock("::/0", ("fc00::/7",)), Extent.INTERNET),
        (IPBlock("fc00::/7"), None),
        (IPBlock("2001:db8::/32"), None),
    ],
)
def test_extent(block: IPBlock, expected: Extent | None) -> None:
    """Exceptions of private ranges, or of less than a quarter, still leave most of the Internet."""
    found = addresses(block)
    assert found is not None
    assert extent(*found) is expected


@pytest.mark.parametrize(
    "cidr", ["", "nonsense", "10.0.0.0/33", "300.0.0.0/8", "10.0.0/8", "::/129"]
)
def test_a_malformed_cidr_matches_nothing(cidr: str) -> None:
    """It neither raises nor selects."""
    assert parse(cidr) is None
    assert addresses(IPBlock(cidr)) is None


def test_stored_spellings_are_read_leniently() -> None:
    """Host bits are ignored, and leading zeros are decimal, as they were when it was stored."""
    assert parse("010.001.002.003/8") == parse("10.0.0.0/8")
    assert parse("10.0.0.0/8") == (
        Family.IPV4,
        (int(ip_address("10.0.0.0")), int(ip_address("10.255.255.255"))),
    )


def test_everything_is_a_single_span() -> None:
    """The whole of each family."""
    assert EVERYTHING[Family.IPV4] == ((0, 2**32 - 1),)
    assert EVERYTHING[Family.IPV6] == ((0, 2**128 - 1),)
