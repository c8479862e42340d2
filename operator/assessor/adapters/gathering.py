"""Everything that an assessment needs, listed once: for commands that run once."""

import asyncio
from collections.abc import Iterable
from urllib.parse import quote

from assessor.adapters.discovery import discover, undiscovered
from assessor.adapters.gathered import Gathered
from assessor.adapters.listed import Listed, of_unknown_version
from assessor.adapters.listing import Lister
from assessor.adapters.rbac_index import index_of
from assessor.adapters.retrying import retrying
from assessor.adapters.store import Entry, Store
from assessor.adapters.transport import Transport
from assessor.inventory.decoding import Interner, decode_list
from assessor.inventory.kinds import (
    CORE_KINDS,
    OPTIONAL_KINDS,
    RBAC_KINDS,
    Evidence,
    ObservedKind,
)
from assessor.inventory.snapshot import EvidenceGap, GapReason
from assessor.kernel.errors import ExpiredError, ForbiddenError, InputError, NotFoundError

ATTEMPTS = 4
PAGE_SIZE = 500
PAGE_TIMEOUT = 60.0
"""Seconds."""


async def gather(transport: Transport, namespace: str | None) -> Gathered:
    """List all kinds in ``namespace``, None for all; ClusterError where that cannot be done.

    A kind that may not be listed is a gap, as for the operator. With a namespace only requests in
    it are made, as far as the kinds are namespaced, so that a tenant's rights are enough.
    """
    found = await discover(transport, OPTIONAL_KINDS)
    kinds = (*CORE_KINDS, *sorted(found.served, key=_place))
    listed = await asyncio.gather(*(_list(transport, kind, namespace) for kind in kinds))
    core = {each.kind.evidence: each for each in listed if not each.kind.optional}
    optional = tuple(each for each in listed if each.kind.optional)
    unreadable = map(of_unknown_version, sorted(found.unknown, key=_place))
    rbac = index_of(entry for kind in RBAC_KINDS for entry in core[kind.evidence].store)
    return Gathered(
        core,
        (*optional, *unreadable),
        rbac,
        everywhere=namespace is None,
        undiscovered=undiscovered(found.failed),
    )


def _place(kind: ObservedKind) -> str:
    return kind.path


async def _list(transport: Transport, kind: ObservedKind, namespace: str | None) -> Listed:
    alone = namespace is not None and kind.evidence is Evidence.NAMESPACES

    async def entries() -> Iterable[Entry]:
        if alone:
            return await _namespace(transport, kind, namespace or "")
        return await collection(transport, kind, namespace)

    store = Store(namespaced=kind.namespaced)
    try:
        store.replace(await retrying(ATTEMPTS, asyncio.sleep)(entries))
    except ForbiddenError as error:
        return Listed(kind, store, EvidenceGap(kind.evidence, GapReason.FORBIDDEN, error.message))
    except NotFoundError as error:
        if alone:
            raise InputError(f"there is no namespace {namespace!r}") from error
        gap = EvidenceGap(kind.evidence, GapReason.NOT_INSTALLED, error.message)
        return Listed(kind, store, gap)
    return Listed(kind, store)


async def collection(
    transport: Transport, kind: ObservedKind, namespace: str | None
) -> Iterable[Entry]:
    """Everything of one kind in ``namespace``, None for all; ClusterError, RecordError."""
    path = kind.path if namespace is None else kind.path_in(quote(namespace, safe=""))
    lister = Lister(kind, transport, page_size=PAGE_SIZE, timeout=PAGE_TIMEOUT, path=path)
    try:
        listing = await lister.list(Interner())
    except ExpiredError:
        # It took longer than its pages live; the lister asks for one piece now.
        listing = await lister.list(Interner())
    return listing.entries


async def _namespace(transport: Transport, kind: ObservedKind, name: str) -> Iterable[Entry]:
    """One namespace, as a list of one: a tenant may get its own, but not list them."""
    body = await transport.get(f"{kind.path}/{quote(name, safe='')}", {})
    page = decode_list(kind, b'{"metadata":{"resourceVersion":""},"items":[' + body + b"]}")
    return (*page.records, *page.malformed)
