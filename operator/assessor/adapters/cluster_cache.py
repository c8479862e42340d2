"""All informers together: what is known of a namespace, as a Snapshot with its gaps."""

import asyncio
from collections.abc import Callable, Collection, Iterable

import structlog
from msgspec.structs import replace

from assessor.adapters.composition import compose
from assessor.adapters.informer import Informer, InformerSettings
from assessor.adapters.optional_kinds import OptionalKinds
from assessor.adapters.rbac_index import RbacIndex, index_of
from assessor.adapters.settling import Awaited, Settling
from assessor.adapters.store import Change
from assessor.adapters.supervising import supervise
from assessor.adapters.transport import Transport
from assessor.inventory.kinds import (
    CORE_KINDS,
    RBAC_KINDS,
    Evidence,
    ObservedKind,
)
from assessor.inventory.snapshot import Snapshot
from assessor.inventory.workloads import Namespace
from assessor.kernel.clock import Clock

log = structlog.stdlib.get_logger(__name__)

RBAC_EVIDENCE = frozenset(kind.evidence for kind in RBAC_KINDS)
INFORMER_SETTINGS = InformerSettings()


class ClusterCache:
    """Owns an informer for each core kind, and for each optional kind that is installed.

    ``on_dirty`` gets the namespaces in which one event, or one list, changed something;
    ``on_all_dirty`` is called for what concerns all of them, ``on_crash`` when discovery raised
    what nobody foresaw.
    """

    def __init__(
        self,
        transport: Transport,
        clock: Clock,
        *,
        on_dirty: Callable[[Collection[str]], None],
        on_all_dirty: Callable[[], None],
        on_crash: Callable[[], None] = lambda: None,
        stale_after: float = 60.0,
        silence: float = 90.0,
        discovery_interval: float = 30.0,
    ) -> None:
        """Prepare the informers of the core kinds; nothing runs before ``run``.

        ``stale_after`` and ``silence`` as in InformerSettings.
        """
        self._transport, self._clock = transport, clock
        self._on_dirty, self._on_all_dirty = on_dirty, on_all_dirty
        self._settings = replace(INFORMER_SETTINGS, stale_after=stale_after, silence=silence)
        self._settling = Settling(clock, stale_after)
        self._rbac = RbacIndex()
        self._core = {kind.evidence: self._informer(kind) for kind in CORE_KINDS}
        self._optional = OptionalKinds(
            transport,
            informer=self._informer,
            supervise=self._supervise,
            on_change=on_all_dirty,
            on_crash=on_crash,
            interval=discovery_interval,
        )

    @property
    def informers(self) -> Iterable[Informer]:
        """All informers that run."""
        return (*self._core.values(), *self._optional.informers)

    @property
    def settled(self) -> bool:
        """Whether judging can begin, or has begun; true for good."""
        return self._settling.settled

    @property
    def unsettled_for(self) -> float:
        """Seconds since the API server began to answer while judging has not begun; else 0."""
        return self._settling.unsettled_for

    @property
    def connected(self) -> bool:
        """Whether any watch is open, so that there is an API server."""
        return any(informer.connected for informer in self.informers)

    async def wait_settled(self) -> None:
        """Return when ``settled``."""
        while not self._settling.look(self._awaited):  # noqa: ASYNC110 - once, over several informers
            await asyncio.sleep(0.02)
        log.info("caches settled", without=self._without() or None)

    def patience(self) -> float:
        """Seconds for which stored verdicts count more than a snapshot; 0 for none (Settling)."""
        return self._settling.patience(self._awaited)

    async def run(self) -> None:
        """Run all informers until cancelled."""
        async with asyncio.TaskGroup() as group:
            for informer in self._core.values():
                group.create_task(self._supervise(informer))
            group.create_task(self._optional.run())

    def namespaces(self) -> frozenset[str] | None:
        """The names of all namespaces; None where they cannot be read."""
        informer = self._core[Evidence.NAMESPACES]
        if informer.gap():
            return None
        records = informer.store.records()
        return frozenset(each.meta.name for each in records if isinstance(each, Namespace))

    def snapshot(self, namespace: str) -> Snapshot | None:
        """Everything known of ``namespace``; None where no such namespace is known."""
        return compose(
            namespace,
            self._core,
            self._optional.sources,
            self._rbac,
            None,
            undiscovered=self._optional.undiscovered,
        )

    @property
    def _awaited(self) -> tuple[Awaited, ...]:
        return (*self.informers, self._optional)

    def _without(self) -> dict[str, str]:
        """The kinds that have not answered yet, and why."""
        missing = {i.kind.path: i.last_error for i in self.informers if not i.answered}
        return missing | {str(kind): why for kind, why in self._optional.undiscovered.items()}

    # ── what sets namespaces dirty ────────────────────────────────────────────────────────────

    def _informer(self, kind: ObservedKind) -> Informer:
        return Informer(
            kind,
            self._transport,
            self._clock,
            on_change=self._changed,
            on_gap_change=self._gap_changed,
            concerns=self._of_rbac if kind.evidence in RBAC_EVIDENCE else None,
            settings=self._settings,
        )

    def _of_rbac(self, change: Change) -> Iterable[str]:
        return self._rbac.take(change)

    def _changed(self, _: ObservedKind, namespaces: Collection[str]) -> None:
        if "" in namespaces:
            self._on_all_dirty()
        else:
            self._on_dirty(namespaces)

    def _gap_changed(self, _: ObservedKind) -> None:
        if sum(informer.connected for informer in self.informers) == 1:
            self._settling.returned()
        self._on_all_dirty()

    # ── life ──────────────────────────────────────────────────────────────────────────────────

    async def _supervise(self, informer: Informer) -> None:
        await supervise(informer, self._clock, start_over=lambda: self._start_over(informer.kind))

    def _start_over(self, kind: ObservedKind) -> None:
        """What it had taken in and not told yet, nobody will hear of again."""
        self._on_all_dirty()
        if kind.evidence in RBAC_EVIDENCE:
            stores = (self._core[each.evidence].store for each in RBAC_KINDS)
            self._rbac = index_of(entry for store in stores for entry in store)
