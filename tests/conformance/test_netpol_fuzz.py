"""The evaluator against brute force, on random clusters.

``make conformance`` compares ASSESSOR_NETPOL states, 100,000 by default; a plain test run 2,000.
"""

import os
import random
from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from itertools import permutations

import msgspec
import pytest
from msgspec import Struct

from assessor.analysis.cidr import Family
from assessor.analysis.netpol.evaluator import Place, PodAddresses
from assessor.analysis.netpol.portsets import ports
from assessor.analysis.netpol.rules import Address
from assessor.analysis.netpol.sides import Verdict
from assessor.analysis.spans import intersect
from tests.conformance.netpol_brute import (
    End,
    Json,
    Packet,
    World,
    egress_allowed,
    ingress_allowed,
    is_on_host,
    tier_of,
)
from tests.conformance.netpol_reading import network_of
from tests.conformance.netpol_world import PORTS, PROTOCOLS, Maker

STATES = int(os.environ.get("ASSESSOR_NETPOL", "2000"))  # noqa: TID251 - set by make conformance
SEED = int(os.environ.get("ASSESSOR_SEED", "1"))  # noqa: TID251 - set by make conformance
SHARDS = 8
PAIRS, PACKETS = 8, 4
"""Pairs of ends of each state, and packets of each pair."""

ADDRESSES = (
    "0.0.0.0",  # noqa: S104 - an address that policies tell apart, and no interface
    "9.255.255.255",
    "10.0.0.1",
    "10.1.0.1",
    "10.1.2.3",
    "11.0.0.0",
    "127.255.255.255",
    "128.0.0.1",
    "::1",
    "fd00::1",
    "fd00:ec2::254",
    "fe00::1",
)
"""One of each part of the world that the CIDRs of random policies tell apart."""


class Bounds(Struct):
    """What the packet's fate is for certain, and may be."""

    certain: bool
    possible: bool


@pytest.mark.parametrize("shard", range(SHARDS))
def test_agrees_with_brute_force(shard: int) -> None:
    """Whatever the policies, the pods and the packets are."""
    maker = Maker(SEED * SHARDS + shard)
    compared = 0
    for _ in range(STATES // SHARDS):
        world = maker.world()
        for told, ours, packet in differences(world, maker.chance):
            pytest.fail(f"{told}: {ours} for {packet} in {msgspec.json.encode(world).decode()}")
        compared += 1
    assert compared == STATES // SHARDS


def differences(world: World, chance: random.Random) -> Iterator[tuple[str, Bounds, Packet]]:
    """The packets of which the evaluator says something else than brute force."""
    mode = chance.choice(tuple(PodAddresses))
    network = network_of(world, mode)
    number = {
        (root.ref.namespace, root.ref.name): classes[0]
        for root, classes in zip(network.state.roots, network.classes, strict=True)
    }
    places: list[tuple[Json | None, str, Place]] = [
        (pod, "", number[pod["metadata"]["namespace"], pod["metadata"]["name"]])
        for pod in world.pods
    ]
    places += [(None, text, _address(text)) for text in chance.sample(ADDRESSES, 3)]
    pairs = [(a, b) for a in places for b in places if a[0] or b[0]]
    for source, destination in chance.sample(pairs, min(PAIRS, len(pairs))):
        verdict = network.evaluator.allowed(source[2], destination[2])
        for packet in _packets(chance):
            ours = _holds(verdict, packet)
            right = brute(world, source[:2], destination[:2], packet, mode)
            if ours != right:
                ends = f"{_name(source)} => {_name(destination)} ({mode})"
                yield f"{ends}: {right} is right", ours, packet


def brute(
    world: World,
    source: tuple[Json | None, str],
    destination: tuple[Json | None, str],
    packet: Packet,
    mode: PodAddresses,
) -> Bounds:
    """Every way that the unknown may be, tried one by one."""
    orders = [world._replace(admin=list(each)) for each in _orders(world.admin)]
    out = [
        egress_allowed(order, End(*source), each, packet)
        for order in orders
        for each in _ways(world, *destination, mode)
    ]
    into = [
        ingress_allowed(order, each, End(*destination), packet)
        for order in orders
        for each in _ways(world, *source, mode)
    ]
    # What comes from, or goes to, the pod's own node is always allowed; it may be that node.
    may_leave = any(out) or _is_on_host(destination)
    may_enter = any(into) or _is_on_host(source)
    return Bounds(all(out) and all(into), may_leave and may_enter)


def _has_blocks(world: World) -> bool:
    text = msgspec.json.encode((world.policies, world.admin))
    return b'"cidr"' in text or b'"networks"' in text


def _orders(admin: list[Json]) -> Iterable[Iterable[Json]]:
    """Every order in which they may count: only that of equal priorities is open."""
    ranks = {(tier_of(each), each["spec"].get("priority", 0)) for each in admin}
    return [admin] if len(ranks) == len(admin) else permutations(admin)


def _is_on_host(end: tuple[Json | None, str]) -> bool:
    return end[0] is not None and is_on_host(end[0])


def _ways(world: World, pod: Json | None, address: str, mode: PodAddresses) -> list[End]:
    """An end as the other's rules may see it; addresses matter where a rule speaks of any."""
    addresses = ADDRESSES if _has_blocks(world) else ADDRESSES[:1]
    if pod is None:
        return [End(None, address, special=each) for each in (False, True)]
    if is_on_host(pod):
        return [End(pod, each, special=node) for each in addresses for node in (False, True)]
    if mode is PodAddresses.NEVER:
        return [End(pod)]
    return [End(pod, each, seen) for each in addresses for seen in (False, True)]


def _holds(verdict: Verdict, packet: Packet) -> Bounds:
    port = ports(*packet)
    return Bounds(bool(intersect(verdict.certain, port)), bool(intersect(verdict.possible, port)))


def _packets(chance: random.Random) -> list[Packet]:
    return [Packet(chance.choice(PROTOCOLS), chance.choice(PORTS)) for _ in range(PACKETS)]


def _address(text: str) -> Address:
    value = ip_address(text)
    return Family(value.version), int(value)


def _name(place: tuple[Json | None, str, Place]) -> str:
    return place[0]["metadata"]["name"] if place[0] else place[1]
