"""Arithmetic on sets of IP addresses, and how much of the world such a set is.

A set of one family is spans of its addresses as integers.
"""

import re
from enum import IntEnum, StrEnum
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_network

from assessor.analysis.spans import Span, Spans, merge, size, subtract
from assessor.inventory.network import IPBlock


class Family(IntEnum):
    """The version of the Internet Protocol."""

    IPV4 = 4
    IPV6 = 6

    def shown(self, value: int) -> str:
        """An address as text."""
        return str(IPv4Address(value) if self is Family.IPV4 else IPv6Address(value))


class Extent(StrEnum):
    """How a set of addresses is called that is too large for an allowance."""

    WORLD = "every address"
    INTERNET = "most of the Internet"


LEFT_OUT = 4
"""Leaving out less than one in so many public addresses still leaves most of the Internet."""

_LEADING_ZEROS = re.compile(r"\b0+(?=\d)")


def parse(cidr: str) -> tuple[Family, Span] | None:
    """The addresses of a CIDR, None where it is none and so matches nothing.

    Read as leniently as the API server stored them before 1.36: host bits do not count, and an
    octet's leading zeros are decimal.
    """
    try:
        network = ip_network(cidr if ":" in cidr else _LEADING_ZEROS.sub("", cidr), strict=False)
    except ValueError:
        return None
    return Family(network.version), (int(network[0]), int(network[-1]))


@lru_cache(maxsize=4096)  # the same few blocks are asked for once per set of policies
def addresses(block: IPBlock) -> tuple[Family, Spans] | None:
    """The addresses of an ipBlock without its exceptions; None where its CIDR is malformed.

    A malformed exception takes nothing away, so that it can only make the block look larger.
    """
    parsed = parse(block.cidr)
    if parsed is None:
        return None
    family, span = parsed
    holes = [hole for text in block.excluded if (hole := parse(text)) and hole[0] == family]
    return family, subtract((span,), merge(hole[1] for hole in holes))


def _spans(family: Family, *cidrs: str) -> Spans:
    parsed = [parse(cidr) for cidr in cidrs]
    return merge(found[1] for found in parsed if found and found[0] is family)


EVERYTHING: dict[Family, Spans] = {
    Family.IPV4: _spans(Family.IPV4, "0.0.0.0/0"),
    Family.IPV6: _spans(Family.IPV6, "::/0"),
}
"""All addresses there are."""

# The IANA special-purpose registries (RFC 6890): what is not routed on the Internet, or is
# multicast. Of IPv6 only 2000::/3 has been given out as global unicast.
_PUBLIC: dict[Family, Spans] = {
    Family.IPV4: subtract(
        EVERYTHING[Family.IPV4],
        _spans(
            Family.IPV4,
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",
        ),
    ),
    Family.IPV6: subtract(
        _spans(Family.IPV6, "2000::/3"),
        _spans(Family.IPV6, "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    ),
}


def extent(family: Family, spans: Spans) -> Extent | None:
    """Whether ``spans`` are all addresses, or most of the public ones, of a family.

    Exceptions for private ranges are how "the Internet, but not our network" is written, and it
    is still everybody else. An exception for one country or one provider changes as little: what
    is left out must be at least one in LEFT_OUT public addresses to count.
    """
    if spans == EVERYTHING[family]:
        return Extent.WORLD
    public = _PUBLIC[family]
    if size(subtract(public, spans)) * LEFT_OUT < size(public):
        return Extent.INTERNET
    return None
