"""Which optional kinds the API server serves, and in which version."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TypeVar

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from assessor.adapters.brief import brief
from assessor.adapters.transport import Transport
from assessor.inventory.kinds import OPTIONAL_KINDS, Evidence, ObservedKind
from assessor.kernel.errors import ClusterError, NotFoundError, RecordError

T = TypeVar("T")


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
    name: str
    versions: list[_Version] = field(default_factory=list)


class _Groups(Struct):
    groups: list[_Group] = field(default_factory=list)


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
    """Look for ``kinds``, each group by itself: an aggregated one may be down alone."""
    groups: dict[str, list[ObservedKind]] = defaultdict(list)
    for kind in kinds:
        groups[kind.group].append(kind)
    try:
        versions = await _versions(transport)
    except (ClusterError, RecordError) as error:
        return Discovered(failed=dict.fromkeys(groups, brief(error)))
    served: set[ObservedKind] = set()
    unknown: set[ObservedKind] = set()
    failed: dict[str, str] = {}
    for group, members in groups.items():
        try:
            plurals = await _plurals_by_version(transport, group, versions.get(group, ()))
        except (ClusterError, RecordError) as error:
            failed[group] = brief(error)
            continue
        readable, unreadable = _sorted_out(members, plurals)
        served |= readable
        unknown |= unreadable
    return Discovered(frozenset(served), frozenset(unknown), failed)


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


async def _versions(transport: Transport) -> Mapping[str, tuple[str, ...]]:
    """The served versions of every group, the preferred one first."""
    body = await transport.get("/apis", {})
    listed = _decoded("/apis", body, _Groups)
    return {group.name: tuple(each.version for each in group.versions) for group in listed.groups}


async def _plurals_by_version(
    transport: Transport, group: str, versions: Iterable[str]
) -> Mapping[str, frozenset[str]]:
    return {version: await _plurals(transport, f"/apis/{group}/{version}") for version in versions}


async def _plurals(transport: Transport, path: str) -> frozenset[str]:
    try:
        body = await transport.get(path, {})
    except NotFoundError:
        # It went between two requests.
        return frozenset()
    return frozenset(each.name for each in _decoded(path, body, _Resources).resources)


def _decoded(path: str, body: bytes, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.DecodeError as error:
        raise RecordError(f"{path}: {error}") from error
