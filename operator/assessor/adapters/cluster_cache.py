"""All informers together: what is known of a namespace, as a Snapshot with its gaps."""

import asyncio
from collections.abc import Callable, Iterable

import structlog

from assessor.adapters.composition import compose
from assessor.adapters.discovery import served
from assessor.adapters.informer import Informer, InformerSettings
from assessor.adapters.rbac_index import RbacIndex
from assessor.adapters.store import Change
from assessor.adapters.transport import Transport
from assessor.inventory.kinds import (
    CORE_KINDS,
    OPTIONAL_KINDS,
    RBAC_KINDS,
    Evidence,
    ObservedKind,
)
from assessor.inventory.snapshot import Snapshot
from assessor.inventory.workloads import Namespace
from assessor.kernel.clock import Clock
from assessor.kernel.errors import ClusterError, RecordError

log = structlog.stdlib.get_logger(__name__)

RBAC_EVIDENCE = frozenset(kind.evidence for kind in RBAC_KINDS)
RESTART_DELAY = 1.0
"""Seconds before an informer that raised is run again."""


class ClusterCache:
    """Owns an informer for each core kind, and for each optional kind that is installed.

    ``on_dirty`` gets a namespace in which something changed; ``on_all_dirty`` is called for what
    concerns all of them.
    """

    def __init__(
        self,
        transport: Transport,
        clock: Clock,
        *,
        on_dirty: Callable[[str], None],
        on_all_dirty: Callable[[], None],
        stale_after: float = 60.0,
        discovery_interval: float = 30.0,
    ) -> None:
        """Prepare the informers of the core kinds; nothing runs before ``run``."""
        self._transport, self._clock = transport, clock
        self._on_dirty, self._on_all_dirty = on_dirty, on_all_dirty
        self._settings = InformerSettings(stale_after=stale_after)
        self._discovery_interval = discovery_interval
        self._rbac = RbacIndex()
        self._core = {kind.evidence: self._informer(kind) for kind in CORE_KINDS}
        self._optional: dict[ObservedKind, Informer] = {}
        self._optional_tasks: dict[ObservedKind, asyncio.Task[None]] = {}
        self._undiscovered = "not looked for yet"

    @property
    def informers(self) -> Iterable[Informer]:
        """All informers that run."""
        return (*self._core.values(), *self._optional.values())

    @property
    def synced(self) -> bool:
        """Whether each core kind has synced or was refused, and optional kinds were looked for."""
        known = all(informer.synced or informer.refused for informer in self._core.values())
        optional = all(i.synced or i.refused for i in self._optional.values())
        return known and optional and not self._undiscovered

    async def wait_synced(self) -> None:
        """Return when ``synced``."""
        while not self.synced:  # noqa: ASYNC110 - once, at the start, over several informers
            await asyncio.sleep(0.02)

    async def run(self) -> None:
        """Run all informers until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                for informer in self._core.values():
                    group.create_task(self._supervise(informer))
                group.create_task(self._discover_forever())
        finally:
            for task in self._optional_tasks.values():
                task.cancel()

    def namespaces(self) -> Iterable[str]:
        """The names of all namespaces."""
        return [
            record.meta.name
            for record in self._core[Evidence.NAMESPACES].store.records()
            if isinstance(record, Namespace)
        ]

    def snapshot(self, namespace: str) -> Snapshot | None:
        """Everything known of ``namespace``; None where no such namespace is known."""
        return compose(
            namespace,
            self._core,
            self._optional.values(),
            self._rbac,
            undiscovered=self._undiscovered,
        )

    # ── what sets namespaces dirty ────────────────────────────────────────────────────────────

    def _informer(self, kind: ObservedKind) -> Informer:
        return Informer(
            kind,
            self._transport,
            self._clock,
            on_change=self._changed,
            on_gap_change=lambda _: self._on_all_dirty(),
            concerns=self._concerns(kind.evidence),
            settings=self._settings,
        )

    def _concerns(self, evidence: Evidence) -> Callable[[Change], Iterable[str]] | None:
        """What tells which namespaces a change concerns; None where it is the object's own."""
        if evidence in RBAC_EVIDENCE:
            return self._rbac.take
        return self._of_account if evidence is Evidence.SERVICE_ACCOUNTS else None

    def _of_account(self, change: Change) -> Iterable[str]:
        """An account comes or goes: that also matters where a binding names it."""
        return {change.namespace} | self._rbac.binding_namespaces(change.namespace)

    def _changed(self, _: ObservedKind, namespace: str) -> None:
        if namespace:
            self._on_dirty(namespace)
        else:
            self._on_all_dirty()

    # ── life ──────────────────────────────────────────────────────────────────────────────────

    async def _supervise(self, informer: Informer) -> None:
        while True:
            try:
                await informer.run()
            except Exception:
                # One kind's trouble, a bug included, must not end the others.
                log.exception("informer failed", kind=informer.kind.plural)
                informer.stats.crashes += 1
            await asyncio.sleep(RESTART_DELAY)

    async def _discover_forever(self) -> None:
        while True:
            try:
                self._adopt(await served(self._transport, OPTIONAL_KINDS))
                trouble = ""
            except (ClusterError, RecordError) as error:
                log.warning("optional kinds could not be looked for", error=str(error))
                # What was found before stays known; only the first look must succeed.
                trouble = self._undiscovered and str(error)
            if trouble != self._undiscovered:
                self._undiscovered = trouble
                self._on_all_dirty()
            await asyncio.sleep(RESTART_DELAY if trouble else self._discovery_interval)

    def _adopt(self, kinds: frozenset[ObservedKind]) -> None:
        """Start and stop informers as optional kinds are installed and removed."""
        changed = kinds != self._optional.keys()
        for kind in kinds - self._optional.keys():
            informer = self._optional[kind] = self._informer(kind)
            self._optional_tasks[kind] = asyncio.create_task(self._supervise(informer))
        for kind in self._optional.keys() - kinds:
            self._optional_tasks.pop(kind).cancel()
            del self._optional[kind]
        if changed:
            self._on_all_dirty()
