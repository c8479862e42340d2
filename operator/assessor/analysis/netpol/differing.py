"""What a change of policies or workloads opens and closes."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from assessor.analysis.cidr import Family
from assessor.analysis.netpol.connections import (
    Connection,
    Pair,
    Scope,
    connections,
    named,
    shown,
    world_parts,
)
from assessor.analysis.netpol.evaluator import PodAddresses, Policies
from assessor.analysis.netpol.portsets import NONE, PortSet
from assessor.analysis.netpol.state import State
from assessor.analysis.policies import Direction
from assessor.analysis.spans import Span, intersect, subtract


class Effect(StrEnum):
    """What becomes of some ports between two ends."""

    OPENED = "opened"
    CLOSED = "closed"
    CERTAIN = "allowed for certain now"
    UNCERTAIN = "unknown now"


class Difference(Struct, frozen=True):
    """Ports between two ends that were one thing before and are another after.

    ``certain``: which of the ports that were opened, or closed, were or are so for certain.
    ``new`` and ``gone`` are the ends that are there only after, or only before.
    """

    source: str
    destination: str
    effect: Effect
    ports: PortSet
    certain: PortSet
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


def differences(
    before: State, after: State, scope: Scope, pod_addresses: PodAddresses
) -> list[Difference]:
    """All of them, sorted by ends; neighbouring parts of the world with one fate are one end."""
    world = Policies(
        (*before.policies.network, *after.policies.network),
        (*before.policies.admin, *after.policies.admin),
    )
    scope = replace(scope, replicas=True, world=world)
    old, new = (
        {(c.source, c.destination): c for c in connections(each.evaluator(pod_addresses), scope)}
        for each in (before, after)
    )
    were, are = _names(before), _names(after)
    found = [
        _with_ends(each, were, are)
        for pair in sorted(old.keys() | new.keys())
        for each in _between(pair, old.get(pair), new.get(pair))
    ]
    return sorted(
        _joined(found, _places(world, scope)),
        key=lambda each: (each.source, each.destination, each.effect),
    )


def _between(
    pair: Pair, before: Connection | None, after: Connection | None
) -> Iterator[Difference]:
    none = Connection(*pair, NONE, NONE)
    old, new = before or none, after or none
    opened, closed = subtract(new.possible, old.possible), subtract(old.possible, new.possible)
    both = intersect(old.possible, new.possible)
    sure = intersect(both, subtract(new.certain, old.certain))
    unsure = intersect(both, subtract(old.certain, new.certain))
    for effect, ports, certain in (
        (Effect.OPENED, opened, intersect(opened, new.certain)),
        (Effect.CLOSED, closed, intersect(closed, old.certain)),
        (Effect.CERTAIN, sure, sure),
        (Effect.UNCERTAIN, unsure, NONE),
    ):
        if ports:
            yield Difference(*pair, effect, ports, certain)


def _names(state: State) -> frozenset[str]:
    return frozenset(named(root.ref) for root in state.roots)


def _with_ends(each: Difference, before: frozenset[str], after: frozenset[str]) -> Difference:
    """With the workloads told that only one of the states has."""
    ends = dict.fromkeys((each.source, each.destination))
    return replace(
        each,
        new=tuple(end for end in ends if end in after - before),
        gone=tuple(end for end in ends if end in before - after),
    )


# ── parts of the world ────────────────────────────────────────────────────────────────────────

Places = Mapping[str, tuple[Family, Span]]


def _places(world: Policies, scope: Scope) -> Places:
    """The parts of the world by how they are shown."""
    return {
        shown(family, span): (family, span)
        for direction in Direction
        for family, span in world_parts(world, direction, scope.families)
    }


def _joined(found: Iterable[Difference], places: Places) -> Iterator[Difference]:
    """Neighbouring parts with equal differences become one."""

    def alike(each: Difference) -> tuple[str, str, str, PortSet, PortSet]:
        inside = each.destination if each.source in places else each.source
        way = "in" if each.source in places else "out"
        return inside, way, each.effect, each.ports, each.certain

    outside = [each for each in found if each.source in places or each.destination in places]
    yield from (each for each in found if each not in outside)
    for _, group in groupby(sorted(outside, key=alike), key=alike):
        yield from _runs(list(group), places)


def _runs(group: list[Difference], places: Places) -> Iterator[Difference]:
    def place(each: Difference) -> tuple[Family, Span]:
        return places[each.source] if each.source in places else places[each.destination]

    ordered = sorted(group, key=place)
    first = last = ordered[0]
    for each in ordered[1:]:
        family, (_, high) = place(last)
        if place(each)[0] is not family or place(each)[1][0] != high + 1:
            yield _spanning(first, place(first), place(last), places)
            first = each
        last = each
    yield _spanning(first, place(first), place(last), places)


def _spanning(
    each: Difference, low: tuple[Family, Span], high: tuple[Family, Span], places: Places
) -> Difference:
    name = shown(low[0], (low[1][0], high[1][1]))
    if each.source in places:
        return replace(each, source=name)
    return replace(each, destination=name)
