"""Leader election by a Lease: one process writes, the others stand by with warm caches.

The rules are those of client-go's leaderelection: who holds the lease renews it every ``retry``
seconds; whoever has seen it unchanged for its whole duration, on a monotonic clock of its own, may
take it; the clocks of two machines are never compared. A holder that could not renew for
``deadline`` seconds is none any more, which is sooner than anybody else may take the lease.
"""

import asyncio
import math
import random
from collections.abc import Callable
from typing import Protocol

import structlog

from assessor.adapters.backoff import Backoff, Pause
from assessor.adapters.leases import Lease, LeaseMeta, LeaseSpec, micro_time
from assessor.controller.leadership import LeadershipLostError, Seat
from assessor.kernel.clock import Clock
from assessor.kernel.errors import ClusterError, ConflictError, NotFoundError, RecordError

log = structlog.stdlib.get_logger(__name__)

RELEASED_SECONDS = 1
"""The duration that a lease which nobody holds names: it may not be 0."""

RELEASE_TIMEOUT = 2.0
"""Seconds that giving the lease back may take: without it, it runs out by itself."""

CONFLICT_DELAY = (0.02, 1.0)
"""First and longest seconds until a lease that changed meanwhile is changed again."""

ABSENT = LeaseMeta("")
"""The version of a lease that there is not."""


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


class Elector:
    """Leads while it holds the lease; for one term: who has lost it does not stand again."""

    def __init__(self, leases: LeaseStore, clock: Clock, *, seat: Seat) -> None:
        """Nothing is asked before ``acquire``."""
        self._leases, self._clock = leases, clock
        self._identity, self._timing = seat.identity, seat.timing
        self._stored: Lease | None = None
        self._asked = False
        self._on_its_way: LeaseMeta | None = None
        """What a request to hold it is bound to, from when it is sent until it is answered."""
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
        due = self._clock.monotonic()
        while True:
            # One that took its time is not waited after.
            due = max(due + self._timing.retry, self._clock.monotonic())
            await asyncio.sleep(min(due - self._clock.monotonic(), max(self._left, 0)))
            await self._renew()

    async def release(self) -> None:
        """Give it back, so that somebody else need not wait; where that fails, it runs out."""
        if not self._asked:
            return
        self._renewed_at = None
        try:
            async with asyncio.timeout(RELEASE_TIMEOUT):
                if await self._give_back():
                    log.info("lease released", lease=str(self._leases))
        except (ClusterError, RecordError, TimeoutError) as error:
            log.warning("lease not released", lease=str(self._leases), error=_told(error))

    async def _give_back(self) -> bool:
        """False where it is another's, or nobody's.

        What a request of ours that is still on its way would change is freed as well: the request
        is refused then, and holds nothing for one who has ended.
        """
        delay = Backoff(*CONFLICT_DELAY)
        while True:
            stored = await self._leases.read()
            version = stored.metadata if stored else ABSENT
            is_ours = stored is not None and _holder(stored) == self._identity
            if not is_ours and version != self._on_its_way:
                return False
            try:
                await self._put(stored, self._free(stored))
            except (ConflictError, NotFoundError):
                # By a request of ours that came after all.
                await asyncio.sleep(delay.next())
            else:
                return True

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
        if stored:
            self._observe(stored)
        if self._is_another_s():
            return False
        self._won(await self._ask(stored), begun)
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

    def _is_another_s(self) -> bool:
        """Whether somebody else holds what was last seen of it, also where it was deleted since.

        Who holds one that was deleted makes it anew, and leads meanwhile. One that is ours already
        was taken by a request whose answer got lost.
        """
        seen = self._stored
        return seen is not None and self._runs_for() > 0 and _holder(seen) != self._identity

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
            # One that hangs leaves time for another, over another connection.
            async with asyncio.timeout(max(min(self._left, self._timing.deadline / 2), 0)):
                self._won(await self._renewed(), begun)
        except LeadershipLostError:
            self._renewed_at = None
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
        delay = Backoff(*CONFLICT_DELAY)
        while True:
            try:
                return await self._ask(self._stored)
            except (ConflictError, NotFoundError):
                # It was touched, deleted, taken, or renewed by a request whose answer got lost.
                self._stored = await self._leases.read()
            if self._stored and _holder(self._stored) != self._identity:
                raise LeadershipLostError(
                    f"lease {self._leases} is held by {_holder(self._stored) or 'nobody'}"
                )
            await asyncio.sleep(delay.next())

    def _won(self, stored: Lease, begun: float) -> None:
        """It is ours, from when it was asked for on."""
        self._stored, self._renewed_at = stored, begun

    async def _ask(self, stored: Lease | None) -> Lease:
        """Have the lease be ours, where it still is as ``stored``."""
        self._asked, self._on_its_way = True, stored.metadata if stored else ABSENT
        try:
            held = await self._put(stored, self._ours(stored))
        except (ConflictError, NotFoundError):
            self._on_its_way = None
            raise
        self._on_its_way = None
        return held

    async def _put(self, stored: Lease | None, spec: LeaseSpec) -> Lease:
        if stored is None:
            return await self._leases.create(spec)
        return await self._leases.change(stored, spec)

    # ── what the lease says ───────────────────────────────────────────────────────────────────

    def _ours(self, stored: Lease | None) -> LeaseSpec:
        """That this process holds it, as of now."""
        before, now = stored.spec if stored else LeaseSpec(), micro_time(self._clock.now())
        kept = before.holder_identity == self._identity
        return LeaseSpec(
            holder_identity=self._identity,
            lease_duration_seconds=math.ceil(self._timing.duration),
            acquire_time=before.acquire_time if kept else now,
            renew_time=now,
            lease_transitions=(before.lease_transitions or 0) + (stored is not None and not kept),
        )

    def _free(self, stored: Lease | None) -> LeaseSpec:
        """That nobody holds it, as client-go leaves one behind."""
        now = micro_time(self._clock.now())
        return LeaseSpec(
            holder_identity="",
            lease_duration_seconds=RELEASED_SECONDS,
            acquire_time=now,
            renew_time=now,
            lease_transitions=stored.spec.lease_transitions if stored else 0,
        )


def _holder(lease: Lease) -> str:
    return lease.spec.holder_identity or ""


def _told(error: Exception) -> str:
    """A time-out has no words of its own."""
    return str(error) or "no answer in time"
