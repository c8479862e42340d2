"""A cluster's network, listed once."""

import asyncio
from collections.abc import Iterable

from msgspec import Struct

from assessor.adapters.discovery import discover
from assessor.adapters.gathering import ATTEMPTS, collection
from assessor.adapters.netpol_state import KINDS, state_of
from assessor.adapters.retrying import retrying
from assessor.adapters.store import Entry
from assessor.adapters.transport import Transport
from assessor.analysis.netpol.state import State
from assessor.inventory.decoding import MalformedRecord, Record
from assessor.inventory.kinds import ObservedKind
from assessor.kernel.errors import ForbiddenError, NotFoundError


class _Listed(Struct, frozen=True):
    """One kind: what there is, and why that may not be all."""

    records: tuple[Record, ...] = ()
    gap: str = ""


async def list_state(transport: Transport, namespaces: tuple[str, ...]) -> State:
    """What bears on who may talk to whom, of the whole cluster; ClusterError.

    A kind that may not be listed for all namespaces is listed in ``namespaces``; what is left
    unknown then is told in ``unreadable``.
    """
    optional = [kind for kind in KINDS if kind.optional]
    found = await discover(transport, optional)
    kinds = (*(kind for kind in KINDS if not kind.optional), *found.served)
    listed = await asyncio.gather(*(_list(transport, kind, namespaces) for kind in kinds))
    unknown = [
        f"{kind.kind} is served as a version that is not understood: {kind.api_version}"
        for kind in found.unknown
    ]
    unheard = [f"{group}: {why}" for group, why in found.failed.items()]
    gaps = [each.gap for each in listed if each.gap]
    return state_of(
        (record for each in listed for record in each.records), (*gaps, *unknown, *unheard)
    )


async def _list(transport: Transport, kind: ObservedKind, namespaces: tuple[str, ...]) -> _Listed:
    try:
        return _sorted_out(kind, await _entries(transport, kind, None))
    except NotFoundError as error:
        return _Listed(gap=f"{kind.plural} are not served: {error.message}")
    except ForbiddenError as error:
        gap = f"{kind.plural} may not be read in every namespace: {error.message}"
        return await _in(transport, kind, namespaces, gap)


async def _in(
    transport: Transport, kind: ObservedKind, namespaces: tuple[str, ...], gap: str
) -> _Listed:
    """Those of the namespaces that are asked about; what is elsewhere stays unknown."""
    records: list[Record] = []
    gaps = [gap]
    for namespace in namespaces if kind.namespaced else ():
        try:
            here = _sorted_out(kind, await _entries(transport, kind, namespace))
        except ForbiddenError as error:
            gaps.append(f"{kind.plural} may not be read: {error.message}")
        else:
            records += here.records
            gaps += [here.gap] if here.gap else []
    return _Listed(tuple(records), "; ".join(gaps))


async def _entries(
    transport: Transport, kind: ObservedKind, namespace: str | None
) -> Iterable[Entry]:
    async def entries() -> Iterable[Entry]:
        return await collection(transport, kind, namespace)

    return await retrying(ATTEMPTS, asyncio.sleep)(entries)


def _sorted_out(kind: ObservedKind, entries: Iterable[Entry]) -> _Listed:
    given = tuple(entries)
    broken = [entry for entry in given if isinstance(entry, MalformedRecord)]
    gap = f"{kind.plural}: {broken[0].name}: {broken[0].message}" if broken else ""
    return _Listed(tuple(entry for entry in given if not isinstance(entry, MalformedRecord)), gap)
