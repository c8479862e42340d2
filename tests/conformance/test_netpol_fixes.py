"""Fixes of random namespaces: proven by the product, and again by brute force."""

import os
import random

import pytest

from assessor.analysis.netpol.fixing.manifests import manifest
from assessor.scanner.netpol_proof import Proof, prove
from tests.conformance.netpol_brute import (
    End,
    Json,
    Packet,
    World,
    egress_allowed,
    ingress_allowed,
    is_on_host,
    labels_of,
    matches,
    named_ports,
)
from tests.conformance.netpol_reading import read
from tests.conformance.netpol_world import Maker

STATES = int(os.environ.get("ASSESSOR_NETPOL", "2000")) // 20  # noqa: TID251 - size of the run
SEED = int(os.environ.get("ASSESSOR_SEED", "1"))  # noqa: TID251 - set by make conformance
DENIES = {"no-network-policy", "no-default-deny-ingress", "no-default-deny-egress"}
SHARDS = 4


@pytest.mark.parametrize("shard", range(SHARDS))
def test_a_fix_denies_by_default_and_cuts_nothing_explained(shard: int) -> None:
    """Whatever there was; and what it opens between pods, if anything, is told."""
    maker = Maker(1_000_000 + SEED * SHARDS + shard)
    fixed = closed = 0
    for _ in range(max(1, STATES // SHARDS)):
        world = maker.world()._replace(admin=[])
        services = maker.services(world)
        namespace = maker.chance.choice(world.namespaces)["metadata"]["name"]
        proof = prove(read(world, *services), namespace)
        assert not proof.cut
        assert not DENIES & {each.check for each in proof.after}
        assert_kept(world, with_fix(world, proof), services, namespace)
        closed += 0 if proof.opened else assert_closed(world, with_fix(world, proof), maker.chance)
        fixed += bool(proof.fix.policies)
    assert fixed
    assert closed > fixed // 2


def with_fix(world: World, proof: Proof) -> World:
    """The cluster with the fix applied."""
    made = [manifest(policy) for policy in proof.fix.policies]
    names = {(each["metadata"]["namespace"], each["metadata"]["name"]) for each in made}
    kept = [
        each
        for each in world.policies
        if (each["metadata"]["namespace"], each["metadata"]["name"]) not in names
    ]
    return world._replace(policies=[*kept, *made])


def assert_kept(before: World, after: World, services: list[Json], namespace: str) -> None:
    """Pods of the namespace reach its Services wherever they did."""
    pods = [p for p in before.pods if p["metadata"]["namespace"] == namespace]
    for service in services:
        if service["metadata"]["namespace"] != namespace:
            continue
        selector = {"matchLabels": service["spec"]["selector"]}
        for target in pods:
            if is_on_host(target) or not matches(selector, labels_of(target)):
                continue
            for packet in led_to(service["spec"]["ports"][0], target):
                for source in pods:
                    if not is_on_host(source) and may(before, source, target, packet):
                        assert may(after, source, target, packet), (packet, before, after)


def assert_closed(before: World, after: World, chance: random.Random) -> int:
    """What was denied between pods is denied; 1 where that is so."""
    for _ in range(20):
        source, target = chance.choice(before.pods), chance.choice(before.pods)
        packet = Packet(chance.choice(("TCP", "UDP")), chance.choice((53, 80, 443, 8080)))
        if may(after, source, target, packet):
            assert may(before, source, target, packet), (packet, before, after)
    return 1


def may(world: World, source: Json, target: Json, packet: Packet) -> bool:
    """Whether the packet passes if ipBlocks look at no pod."""
    ends = End(source, seen=False), End(target, seen=False)
    return egress_allowed(world, *ends, packet) and ingress_allowed(world, *ends, packet)


def led_to(port: Json, pod: Json) -> list[Packet]:
    """Where a Service's port ends at a pod."""
    target, protocol = port["targetPort"], port["protocol"]
    if isinstance(target, int):
        return [Packet(protocol, target)]
    return [
        Packet(protocol, number)
        for each, name, number in named_ports(End(pod))
        if (each, name) == (protocol, target)
    ]
