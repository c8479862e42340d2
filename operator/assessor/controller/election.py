"""Leader election by a Lease: one process writes, the others stand by with warm caches.

The rules are those of client-go's leaderelection: who holds the lease renews it every ``retry``
seconds; whoever has seen it unchanged for its whole duration, on a monotonic clock of its own, may
take it; the clocks of two machines are never compared. A holder that could not renew for
``deadline`` seconds is none any more, which is sooner than anybody else may take the lease.
"""

import asyncio
import random
from collections.abc import Callable
from typing import Protocol

import structlog
from msgspec import Struct

from assessor.adapters.backoff import Pause
from assessor.adapters.leases import Lease, LeaseSpec, micro_time
from assessor.kernel.clock import Clock
from assessor.kernel.errors import ClusterError, ConflictError, NotFoundError, RecordError

log = structlog.stdlib.get_logger(__name__)

RELEASED_SECONDS = 1
"""The duration that a lease which nobody holds names: it may not be 0."""

RELEASE_TIMEOUT = 2.0
"""Seconds that giving the lease back may take: without it, it runs out by itself."""


class LeadershipLostError(ClusterError):
    """Another process leads, or may; this one must end, since it cannot know what it missed."""


class Timing(Struct, frozen=True):
    """Seconds. ``duration`` > ``deadline`` > ``retry``."""

    duration: float = 15.0
    """How long a lease counts after it was last renewed, for those who wait."""
    deadline: float = 10.0
    """How long its holder counts on it after it last renewed it."""
    retry: float = 2.0
    """From one renewal, or one look of those who wait, to the next."""


class Seat(Struct, frozen=True):
    """The Lease, and as whom it is held: ``identity`` is one process's alone."""

    namespace: str
    lease: str
    identity: str
    timing: Timing = Timing()


class LeaseStore(Protocol):
    """Where the lease is; adapters.leases.Leases."""

    async def read(self) -> Lease | None:
        """The lease, None where there is none."""

    async def create(self, spec: LeaseSpec) -> Lease:
        """Make it; ConflictError where somebody else just did."""

    async def change(self, read: Lease, spec: LeaseSpec) -> Lease:
        """Replace it; ConflictError where it is not as it was read any more."""

    async def follow(self, on_event: Callable[[], None]) -> None:
        """Tell of changes until cancelled."""


class Leadership(Protocol):
    """The right to write."""

    @property
    def holds(self) -> bool:
        """Whether this process may write now."""

    async def acquire(self) -> None:
        """Wait until this process leads."""

    async def hold(self) -> None:
        """Keep it until cancelled; LeadershipLostError."""

    async def release(self) -> None:
        """Give it back, once nothing is written any more."""


class Sole:
    """Leads always: the one process that there is."""

    holds = True

    async def acquire(self) -> None:
        """There is nobody to wait for."""

    async def hold(self) -> None:
        """Nobody takes it."""
        await asyncio.Event().wait()

    async def release(self) -> None:
        """There is nobody to give it to."""


class Elector:
    """Leads while it holds the lease; for one term: who has lost it does not stand again."""

    def __init__(self, leases: LeaseStore, clock: Clock, *, seat: Seat) -> None:
        """Nothing is asked before ``acquire``."""
        self._leases, self._clock = leases, clock
        self._identity, self._timing = seat.identity, seat.timing
        self._stored: Lease | None = None
        self._seen_at = 0.0
        self._renewed_at: float | None = None
        self._pause = Pause()

    @property
    def holds(self) -> bool:
        """Whether the lease was renewed within the deadline, as of the moment of asking for it."""
        return self._left > 0

    async def acquire(self) -> None:
        """Wait until the lease is free, or has run out, and take it."""
        async with asyncio.TaskGroup() as group:
            following = group.create_task(self._leases.follow(self._pause.cut))
            while True:
                self._pause.attempt()
                if await self._stand():
                    break
                await self._pause.last(self._patience())
            following.cancel()

    async def hold(self) -> None:
        """Renew it until cancelled; LeadershipLostError."""
        while True:
            await asyncio.sleep(min(self._timing.retry, max(self._left, 0)))
            await self._renew()

    async def release(self) -> None:
        """Give it back, so that somebody else need not wait; where that fails, it runs out."""
        if self._renewed_at is None:
            return
        self._renewed_at = None
        try:
            async with asyncio.timeout(RELEASE_TIMEOUT):
                stored = await self._leases.read()
                if stored and _holder(stored) == self._identity:
                    await self._leases.change(stored, self._free(stored))
        except (ClusterError, RecordError, TimeoutError) as error:
            log.warning("lease not released", lease=str(self._leases), error=_told(error))
        else:
            log.info("lease released", lease=str(self._leases))

    # ── standing by ───────────────────────────────────────────────────────────────────────────

    async def _stand(self) -> bool:
        """Look at the lease, and take it where it may be taken."""
        begun = self._clock.monotonic()
        try:
            async with asyncio.timeout(self._timing.deadline):
                taken = await self._take(begun)
        except ConflictError:
            # Somebody else was quicker: the next look tells who.
            return False
        except (ClusterError, RecordError, TimeoutError) as error:
            log.warning("lease not seen", lease=str(self._leases), error=_told(error))
            return False
        if taken:
            log.info("leading", lease=str(self._leases), identity=self._identity)
        return taken

    async def _take(self, begun: float) -> bool:
        stored = await self._leases.read()
        if stored is None:
            self._won(await self._leases.create(self._ours(None)), begun)
            return True
        self._observe(stored)
        # One that is ours already was taken by a request whose answer got lost.
        if self._runs_for() > 0 and _holder(stored) != self._identity:
            return False
        self._won(await self._leases.change(stored, self._ours(stored)), begun)
        return True

    def _observe(self, stored: Lease) -> None:
        """Count from when a lease was first seen to be as it is."""
        before, self._stored = self._stored, stored
        if before and before.spec == stored.spec:
            return
        self._seen_at = self._clock.monotonic()
        holder = _holder(stored)
        if holder and (before is None or _holder(before) != holder):
            log.info("standing by", lease=str(self._leases), holder=holder)

    def _runs_for(self) -> float:
        """Seconds until what was seen of the lease has run out; of one that nobody holds, 0."""
        if self._stored is None or not _holder(self._stored):
            return 0.0
        duration = self._stored.spec.lease_duration_seconds or self._timing.duration
        return max(0.0, self._seen_at + duration - self._clock.monotonic())

    def _patience(self) -> float:
        """Until the lease has run out, at most until the next look; with jitter, for several."""
        wait = max(self._runs_for(), self._timing.retry / 10)
        return min(self._timing.retry, wait) * (1 + random.random() / 10)  # noqa: S311 - jitter

    # ── leading ───────────────────────────────────────────────────────────────────────────────

    @property
    def _left(self) -> float:
        """Seconds for which this process still leads without another renewal."""
        if self._renewed_at is None:
            return 0.0
        return self._renewed_at + self._timing.deadline - self._clock.monotonic()

    async def _renew(self) -> None:
        """Once; LeadershipLostError where it is another's, or the deadline is over."""
        begun, reason = self._clock.monotonic(), "no answer"
        try:
            async with asyncio.timeout(max(self._left, 0)):
                self._won(await self._renewed(), begun)
        except LeadershipLostError:
            raise
        except (ClusterError, RecordError, TimeoutError) as error:
            reason = _told(error)
            log.warning("lease not renewed", lease=str(self._leases), error=reason)
        if not self.holds:
            raise LeadershipLostError(
                f"lease {self._leases} not renewed for {self._timing.deadline:g} s: {reason}"
            )

    async def _renewed(self) -> Lease:
        """Change what is stored; where it is not as it was, look whose it is."""
        while True:
            try:
                if self._stored is None:
                    return await self._leases.create(self._ours(None))
                return await self._leases.change(self._stored, self._ours(self._stored))
            except (ConflictError, NotFoundError):
                # It was touched, deleted, taken, or renewed by a request whose answer got lost.
                self._stored = await self._leases.read()
            if self._stored and _holder(self._stored) != self._identity:
                raise LeadershipLostError(
                    f"lease {self._leases} is held by {_holder(self._stored) or 'nobody'}"
                )

    def _won(self, stored: Lease, begun: float) -> None:
        """It is ours, from when it was asked for on."""
        self._stored, self._renewed_at = stored, begun

    # ── what the lease says ───────────────────────────────────────────────────────────────────

    def _ours(self, stored: Lease | None) -> LeaseSpec:
        """That this process holds it, as of now."""
        before, now = stored.spec if stored else LeaseSpec(), micro_time(self._clock.now())
        kept = before.holder_identity == self._identity
        return LeaseSpec(
            holder_identity=self._identity,
            lease_duration_seconds=round(self._timing.duration),
            acquire_time=before.acquire_time if kept else now,
            renew_time=now,
            lease_transitions=(before.lease_transitions or 0) + (stored is not None and not kept),
        )

    def _free(self, stored: Lease) -> LeaseSpec:
        """That nobody holds it, as client-go leaves one behind."""
        now = micro_time(self._clock.now())
        return LeaseSpec(
            holder_identity="",
            lease_duration_seconds=RELEASED_SECONDS,
            acquire_time=now,
            renew_time=now,
            lease_transitions=stored.spec.lease_transitions,
        )


def _holder(lease: Lease) -> str:
    return lease.spec.holder_identity or ""


def _told(error: Exception) -> str:
    """A time-out has no words of its own."""
    return str(error) or "no answer in time"
