"""Which optional kinds the API server serves."""

from collections import defaultdict
from collections.abc import Iterable

import msgspec
from msgspec import Struct

from assessor.adapters.transport import Transport
from assessor.inventory.kinds import ObservedKind
from assessor.kernel.errors import NotFoundError, RecordError


class _Resource(Struct):
    name: str


class _Resources(Struct):
    resources: list[_Resource] = []


async def served(transport: Transport, kinds: Iterable[ObservedKind]) -> frozenset[ObservedKind]:
    """Those of ``kinds`` that are served now.

    Only a 404 means "not served"; any other failure is raised (ClusterError, RecordError), since
    an API server that does not answer has said nothing about what is installed.
    """
    versions: dict[str, list[ObservedKind]] = defaultdict(list)
    for kind in kinds:
        versions[kind.api_version].append(kind)
    found: set[ObservedKind] = set()
    for api_version, members in versions.items():
        names = await _plurals(transport, f"/apis/{api_version}")
        found.update(kind for kind in members if kind.plural in names)
    return frozenset(found)


async def _plurals(transport: Transport, path: str) -> frozenset[str]:
    try:
        body = await transport.get(path, {})
    except NotFoundError:
        return frozenset()
    try:
        listed = msgspec.json.decode(body, type=_Resources)
    except msgspec.DecodeError as error:
        raise RecordError(f"{path}: {error}") from error
    return frozenset(resource.name for resource in listed.resources)
