"""Roles and bindings of a cluster, listed once."""

import asyncio
from collections.abc import Iterable

from msgspec import Struct

from assessor.adapters.gathering import ATTEMPTS, collection
from assessor.adapters.retrying import retrying
from assessor.adapters.store import Entry
from assessor.adapters.transport import Transport
from assessor.analysis.rbac.directory import Directory
from assessor.analysis.rbac.questions import Knowledge
from assessor.inventory.decoding import MalformedRecord
from assessor.inventory.kinds import RBAC_KINDS, ObservedKind
from assessor.inventory.rbac import Role, RoleBinding
from assessor.kernel.errors import ForbiddenError


class _Listed(Struct, frozen=True):
    """One kind: what there is, and why that may not be all."""

    entries: tuple[Entry, ...] = ()
    gap: str = ""


async def list_rbac(transport: Transport, namespace: str | None) -> Knowledge:
    """The cluster's roles and bindings, and those of ``namespace``; ClusterError.

    None is every namespace, ``""`` none. A kind that may not be listed, or that holds an object
    which cannot be decoded, is told in ``unreadable``: then nobody can be sure of a no.
    """
    kinds = [kind for kind in RBAC_KINDS if namespace != "" or not kind.namespaced]
    listed = await asyncio.gather(*(_list(transport, kind, namespace) for kind in kinds))
    entries = [entry for each in listed for entry in each.entries]
    return Knowledge(
        Directory(
            (entry for entry in entries if isinstance(entry, Role)),
            (entry for entry in entries if isinstance(entry, RoleBinding)),
        ),
        tuple(each.gap for each in listed if each.gap),
    )


async def _list(transport: Transport, kind: ObservedKind, namespace: str | None) -> _Listed:
    async def entries() -> Iterable[Entry]:
        return await collection(transport, kind, namespace)

    try:
        found: tuple[Entry, ...] = tuple(await retrying(ATTEMPTS, asyncio.sleep)(entries))
    except ForbiddenError as error:
        return _Listed(gap=f"{kind.plural} may not be read: {error.message}")
    broken = [entry for entry in found if isinstance(entry, MalformedRecord)]
    gap = f"{kind.plural}: {broken[0].name}: {broken[0].message}" if broken else ""
    return _Listed(found, gap)
