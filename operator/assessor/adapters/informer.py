"""One kind's informer: list, watch, and never lose sight of what is not known."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from contextlib import AsyncExitStack

from assessor.adapters.aside import Aside
from assessor.adapters.backoff import Backoff, Pause
from assessor.adapters.beside import LONG
from assessor.adapters.contact import Contact
from assessor.adapters.informer_settings import InformerSettings, InformerStats
from assessor.adapters.listing import Lister, Listing
from assessor.adapters.store import Change, Store, identity
from assessor.adapters.transport import Transport, within
from assessor.adapters.watch_errors import may_resume, of_event
from assessor.inventory.decoding import (
    EventType,
    Interner,
    MalformedRecord,
    WatchEvent,
    decode_event,
    decode_head,
)
from assessor.inventory.kinds import Evidence, ObservedKind
from assessor.inventory.snapshot import EvidenceGap
from assessor.kernel.clock import Clock
from assessor.kernel.errors import ClusterError, RecordError, ThrottledError, UnreachableError

__all__ = ["Informer", "InformerSettings", "InformerStats", "Transport"]

LINES_BEFORE_YIELDING = 64
"""Buffered lines do not suspend the reader: a burst must not keep the loop from other tasks."""


class Informer:
    """Keeps a Store equal to what the API server holds of one kind."""

    def __init__(
        self,
        kind: ObservedKind,
        transport: Transport,
        clock: Clock,
        *,
        on_change: Callable[[ObservedKind, Collection[str]], None],
        on_gap_change: Callable[[ObservedKind], None],
        concerns: Callable[[Change], Iterable[str]] | None = None,
        settings: InformerSettings | None = None,
    ) -> None:
        """Tell ``on_change`` which namespaces changed, and ``on_gap_change`` of another ``gap()``.

        For a Namespace that is its name, for other cluster-scoped kinds ``""``; where a change
        reaches other namespaces, ``concerns`` tells which. It is asked of every change, in order.
        """
        self.kind = kind
        self.store = Store(namespaced=kind.namespaced)
        self.stats = InformerStats()
        self._settings = settings = settings or InformerSettings()
        self._transport, self._on_change = transport, on_change
        self._concerns = concerns or self._own_namespace
        self._contact = Contact(kind, clock, settings.stale_after, on_gap_change)
        self._lister = Lister(
            kind, transport, page_size=settings.page_size, timeout=settings.request_timeout
        )
        self._reconnect = Backoff(*settings.reconnect_delay)
        self._retry = Backoff(*settings.retry_delay)
        self._interner, self._interner_aside = Interner(), Interner()
        """The latter for threads, that decode while the other one is used."""
        self._aside = Aside(self._decode_aside, self._apply)
        self._version = ""
        self._pause = Pause()

    # ── what is known ─────────────────────────────────────────────────────────────────────────

    @property
    def synced(self) -> bool:
        """Whether a list was taken in and its watch opened, at least once."""
        return self._contact.synced

    @property
    def refused(self) -> bool:
        """Whether the server has said that there is nothing to see: a definite gap."""
        return self._contact.refused

    @property
    def absent(self) -> bool:
        """Whether the server's last word was that there is no such kind."""
        return self._contact.absent

    @property
    def answered(self) -> bool:
        """Whether the server has said what there is, or that there is nothing to see."""
        return self.synced or self.refused

    @property
    def failing(self) -> bool:
        """Whether the latest attempt failed."""
        return self._contact.failing

    @property
    def last_error(self) -> str:
        """What the latest attempt failed with; empty while none does."""
        return self._contact.last_error

    @property
    def connected(self) -> bool:
        """Whether a watch is open."""
        return self._contact.opened_at is not None

    @property
    def stale(self) -> bool:
        """Whether contact was lost more than ``stale_after`` seconds ago."""
        return self._contact.stale

    @property
    def last_contact(self) -> float:
        """When something last came from the server, on the monotonic clock."""
        return self._contact.last

    def gap(self) -> EvidenceGap | None:
        """Why this kind is no evidence at present; None where it is.

        That single objects are malformed is not told here: the store knows of which namespaces.
        """
        return self._contact.gap()

    # ── the cycle ─────────────────────────────────────────────────────────────────────────────

    async def run(self) -> None:
        """List, watch and try again until cancelled.

        What a bug raises is left to the caller, who may call again: nothing that was known
        before is trusted then.
        """
        self._version = ""
        try:
            while True:
                self._pause.attempt()
                await self._pause.last(await self._cycle())
        except asyncio.CancelledError:
            self._aside.stop()
            self._contact.stop()
            raise

    def crashed(self, error: Exception) -> None:
        """``run`` has raised ``error``; until it works again, the kind is one that fails."""
        self.stats.crashes += 1
        self._contact.crashed(error)

    def hurry(self) -> None:
        """Something has changed at the server: try again now, and soon if that was too soon."""
        self._retry.reset()
        self._pause.cut()

    async def _cycle(self) -> float:
        """One list, if one is needed, and one watch; seconds to wait before the next."""
        if self._contact.overdue:
            # A watch that opens tells nothing yet of what was missed, or restored, meanwhile: only
            # a list does, in time before the kind is stale.
            self._version = ""
        try:
            await self._list_and_watch()
        except (ClusterError, RecordError) as error:
            return self._failed(error)
        return self._reconnect.next()

    async def _list_and_watch(self) -> None:
        listing = None if self._version else await self._lister.list(self._interner)
        version = listing.resource_version if listing else self._version
        async with AsyncExitStack() as stack:
            async with within(self._settings.request_timeout, "no answer to the watch"):
                watch = self._transport.watch(self.kind.path, self._watch_params(version))
                lines = await stack.enter_async_context(watch)
            self._opened(version, listing)
            try:
                if self.store.has_unidentified:
                    # No event will ever mend what cannot be told from others; a list may.
                    raise RecordError(f"{self.kind.plural}: an object without its identity")
                await self._follow(lines)
            finally:
                self._closed()

    def _watch_params(self, version: str) -> dict[str, str]:
        low, high = self._settings.watch_timeout
        return {
            "watch": "true",
            "allowWatchBookmarks": "true",
            "resourceVersion": version,
            "timeoutSeconds": str(random.randint(low, high)),  # noqa: S311 - jitter, no secret
        }

    def _opened(self, version: str, listing: Listing | None) -> None:
        """Only what can also be watched is evidence, so a list counts from here on."""
        self._version = version
        if self.synced:
            self.stats.reconnects += 1
            self.stats.relists += listing is not None
        if listing:
            self._take_in(listing)
        self._contact.opened(listed=listing is not None)

    def _take_in(self, listing: Listing) -> None:
        self._aside.clear()
        self.stats.malformed += sum(isinstance(e, MalformedRecord) for e in listing.entries)
        self._report(self.store.replace(listing.entries))

    def _closed(self) -> None:
        if self._contact.closed() >= self._settings.settled_after:
            self._reconnect.reset()
            self._retry.reset()

    async def _follow(self, lines: AsyncIterator[bytes]) -> None:
        """Take in events until the server ends the watch; silence is an UnreachableError."""
        silence = self._settings.silence
        loop = asyncio.get_running_loop()
        read = 0
        async with within(silence, "silent watch: nothing") as cut_off:
            async for line in lines:
                self._contact.made()
                # Moving a timer costs as much as decoding an event: only when it is worth it.
                if (cut_off.when() or 0) - loop.time() < 0.9 * silence:
                    cut_off.reschedule(loop.time() + silence)
                self._aside.check()
                if line.strip():
                    await self._take_line(line)
                read += 1
                if read % LINES_BEFORE_YIELDING == 0:
                    await asyncio.sleep(0)
        if self._contact.lived >= self._settings.settled_after:
            # Ended in order, and not as it began: there was nothing more to tell.
            self._contact.made()

    async def _take_line(self, line: bytes) -> None:
        """Take it in now, or after what waits of the same object; long ones always wait."""
        if len(line) < LONG and self._aside.idle:
            self._take(self._decode(line))
            return
        head = decode_head(line)
        if head is None or not (head.namespace or not self.kind.namespaced):
            event = await asyncio.to_thread(self._decode_aside, line)
            if event.entry:
                self._aside.forget(identity(event.entry)[:2])
            self._take(event)
        elif len(line) < LONG and not self._aside.holds((head.namespace, head.name)):
            self._take(self._decode(line))
        else:
            # Whatever becomes of the watch, what waits here is taken in, or a newer list is.
            self._version = head.resource_version or self._version
            await self._aside.put(head, line)

    def _decode(self, line: bytes) -> WatchEvent:
        return decode_event(self.kind, line, self._interner)

    def _decode_aside(self, line: bytes) -> WatchEvent:
        return decode_event(self.kind, line, self._interner_aside)

    def _take(self, event: WatchEvent) -> None:
        self._apply(event)
        self._version = event.resource_version or self._version

    def _apply(self, event: WatchEvent) -> None:
        self.stats.events += 1
        if event.type is EventType.ERROR:
            raise of_event(event)
        gone = event.type is EventType.DELETED
        self.stats.malformed += isinstance(event.entry, MalformedRecord) and not gone
        self._report(self.store.apply(event))
        if isinstance(event.entry, MalformedRecord) and not self.store.identifies(event.entry):
            # Nobody knows what changed, or was deleted, and no later event will tell: a list does.
            raise RecordError(f"{event.type.value} of an unknown object: {event.entry.message}")

    # ── what follows from it ──────────────────────────────────────────────────────────────────

    def _report(self, changes: tuple[Change, ...]) -> None:
        """Tell once of all that an event, or a list, has changed."""
        self.stats.changes += len(changes)
        concerned = [namespace for change in changes for namespace in self._concerns(change)]
        if concerned:
            self._on_change(self.kind, tuple(dict.fromkeys(concerned)))

    def _own_namespace(self, change: Change) -> tuple[str]:
        return (change.name if self.kind.evidence is Evidence.NAMESPACES else change.namespace,)

    def _failed(self, error: ClusterError | RecordError) -> float:
        """Draw the consequences; seconds to wait before the next cycle."""
        self.stats.errors[type(error).__name__] += 1
        if not may_resume(error):
            self._version = ""
        self._contact.failed(error)
        if self.refused:
            self._aside.clear()
            self._report(self.store.replace(()))
        if isinstance(error, UnreachableError):
            return self._reconnect.next()
        patience = error.retry_after if isinstance(error, ThrottledError) else 0.0
        return max(patience, self._retry.next())
