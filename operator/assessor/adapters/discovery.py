"""Which optional kinds the API server serves, and in which version."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from assessor.adapters.answers import read_as
from assessor.adapters.brief import brief
from assessor.adapters.transport import Transport, within
from assessor.inventory.kinds import OPTIONAL_KINDS, Evidence, ObservedKind
from assessor.kernel.errors import ClusterError, NotFoundError, RecordError

GROUP_TIMEOUT = 5.0
"""Seconds for all that is asked of one group: an aggregated API may accept and never answer."""


class Discovered(Struct, frozen=True):
    """What the API server says of some groups' kinds; ``served`` ones can be read.

    ``unknown`` ones are served in versions alone of which nobody knows what their fields mean.
    ``failed``: by group, why the API server did not tell; that says nothing of what it serves.
    """

    served: frozenset[ObservedKind] = frozenset()
    unknown: frozenset[ObservedKind] = frozenset()
    failed: Mapping[str, str] = {}


class _Version(Struct):
    version: str


class _Group(Struct):
    versions: list[_Version] = field(default_factory=list)


class _Resource(Struct):
    name: str


class _Resources(Struct):
    resources: list[_Resource] = field(default_factory=list)


def undiscovered(failed: Mapping[str, str]) -> dict[Evidence, str]:
    """What is no evidence while the API server does not tell of some groups, and why."""
    groups: dict[Evidence, set[str]] = defaultdict(set)
    for kind in OPTIONAL_KINDS:
        if kind.group in failed:
            groups[kind.evidence].add(kind.group)
    return {
        evidence: ", ".join(f"{group}: {failed[group]}" for group in sorted(members))
        for evidence, members in groups.items()
    }


async def discover(transport: Transport, kinds: Iterable[ObservedKind]) -> Discovered:
    """Look for ``kinds``, each group by itself: an aggregated one may be down, or hang, alone."""
    groups: dict[str, list[ObservedKind]] = defaultdict(list)
    for kind in kinds:
        groups[kind.group].append(kind)
    found = await asyncio.gather(*(_group(transport, *each) for each in groups.items()))
    return Discovered(
        frozenset().union(*(each.served for each in found)),
        frozenset().union(*(each.unknown for each in found)),
        {group: why for each in found for group, why in each.failed.items()},
    )


async def _group(transport: Transport, group: str, kinds: Iterable[ObservedKind]) -> Discovered:
    try:
        async with within(GROUP_TIMEOUT, f"/apis/{group} does not answer"):
            plurals = await _plurals_by_version(transport, group)
    except (ClusterError, RecordError) as error:
        return Discovered(failed={group: brief(error)})
    readable, unreadable = _sorted_out(kinds, plurals)
    return Discovered(frozenset(readable), frozenset(unreadable))


def _sorted_out(
    kinds: Iterable[ObservedKind], plurals: Mapping[str, frozenset[str]]
) -> tuple[set[ObservedKind], set[ObservedKind]]:
    """Those of one group's kinds that can be read, and those that cannot."""
    readable: dict[str, ObservedKind] = {}
    unreadable: dict[str, ObservedKind] = {}
    for kind in kinds:
        versions = [version for version, names in plurals.items() if kind.plural in names]
        if kind.version in versions:
            # Of several versions that are known the first one.
            readable.setdefault(kind.plural, kind)
        elif versions and kind.any_version:
            readable.setdefault(kind.plural, replace(kind, version=versions[0]))
        elif versions:
            unreadable[kind.plural] = replace(kind, version=versions[0])
    return set(readable.values()), {k for name, k in unreadable.items() if name not in readable}


async def _plurals_by_version(transport: Transport, group: str) -> Mapping[str, frozenset[str]]:
    """What the group's versions hold, the preferred one first.

    A version that is told of and not found contradicts itself, and is no absence.
    """
    versions = await _versions(transport, f"/apis/{group}")
    return {version: await _plurals(transport, f"/apis/{group}/{version}") for version in versions}


async def _versions(transport: Transport, path: str) -> tuple[str, ...]:
    """The served versions of a group, none where there is no such group.

    Not taken from the list of all groups: an API server that has just started leaves out of it
    what it has not read yet, and answers 503 to who asks for such a group itself.
    """
    try:
        body = await transport.get(path, {})
    except NotFoundError:
        return ()
    return tuple(each.version for each in read_as(_Group, body, path).versions)


async def _plurals(transport: Transport, path: str) -> frozenset[str]:
    body = await transport.get(path, {})
    return frozenset(each.name for each in read_as(_Resources, body, path).resources)
