"""The work queue: keys with something to do, handed to one worker at a time.

The semantics are those of client-go's workqueue, with coalescing and two lanes; schedule.py holds
the rules.
"""

import asyncio
import random
from collections.abc import Callable, Hashable
from typing import Generic

from assessor.adapters.backoff import Backoff
from assessor.adapters.turns import K
from assessor.controller.schedule import Lane, Schedule
from assessor.kernel.errors import AssessorError

__all__ = ["Lane", "QueueClosedError", "WorkQueue"]

RETRY_DELAY = (1.0, 30.0)
"""First and longest seconds until a failed key's next try."""


class QueueClosedError(AssessorError):
    """The queue hands out nothing any more."""


class WorkQueue(Generic[K]):
    """Used from one event loop only.

    A worker gets a key, then says ``succeeded`` or ``retry``, and in any case ``done``.
    """

    def __init__(
        self,
        *,
        delay: float = 0.1,
        cap: float = 1.0,
        group_of: Callable[[K], Hashable] = lambda key: key,
        on_wait: Callable[[float], None] | None = None,
        retry_delay: tuple[float, float] = RETRY_DELAY,
        rng: Callable[[], float] = random.random,
    ) -> None:
        """``delay``, ``cap`` and ``group_of`` are Schedule's.

        ``on_wait`` is told, at each delivery, the seconds since its first change. ``rng``
        returns numbers in [0, 1).
        """
        self._schedule: Schedule[K] = Schedule(delay=delay, cap=cap, group_of=group_of)
        self._on_wait = on_wait
        self._retry_delay, self._rng = retry_delay, rng
        self._backoffs: dict[K, Backoff] = {}
        self._wake = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False

    @property
    def depth(self) -> int:
        """Keys with undelivered changes; resyncs to come do not count."""
        return self._schedule.depth

    @property
    def oldest(self) -> float:
        """Seconds that the oldest undelivered change has waited; costs a look at each dirty key."""
        return self._schedule.oldest(_now())

    def add(self, key: K, lane: Lane) -> None:
        """Note a change of ``key``; a delivery begins after it."""
        self._schedule.add(key, lane, _now())
        self._look()

    def add_after(self, key: K, delay: float) -> None:
        """Deliver ``key`` in ``delay`` seconds at the latest, in the BULK lane.

        The earliest such request wins. Any delivery that begins meanwhile serves it too, so
        whoever wants another look asks again after each.
        """
        self._schedule.add_at(key, _now() + delay, Lane.BULK)
        self._look()

    def retry(self, key: K) -> None:
        """Deliver a failed key again, after longer and longer; a change comes through at once."""
        backoff = self._backoffs.get(key)
        if backoff is None:
            backoff = self._backoffs[key] = Backoff(*self._retry_delay, self._rng)
        self._schedule.add_at(key, _now() + backoff.next(), self._schedule.lane_of(key))
        self._look()

    def succeeded(self, key: K) -> None:
        """Begin with short retries again when ``key`` next fails."""
        self._backoffs.pop(key, None)

    def forget(self, key: K) -> None:
        """Drop all that is known of a key that is gone; a delivery that has begun goes on."""
        self._backoffs.pop(key, None)
        self._schedule.forget(key)

    async def get(self) -> K:
        """The next key, as soon as there is one; QueueClosedError."""
        while True:
            if self._closed:
                raise QueueClosedError("the work queue is closed")
            delivery = self._schedule.take(_now())
            if delivery is not None:
                break
            self._wake.clear()
            self._arm()
            # All idle workers wake up: there are few, and none of them can lose a wake-up
            # by being cancelled.
            await self._wake.wait()
        if self._on_wait:
            self._on_wait(delivery.waited)
        return delivery.key

    def done(self, key: K) -> None:
        """The worker is through with ``key``; KeyError where nobody has it."""
        self._schedule.done(key, _now())
        self._look()

    def close(self) -> None:
        """Hand out nothing more; whoever waits gets a QueueClosedError."""
        self._closed = True
        if self._timer:
            self._timer.cancel()
        self._wake.set()

    def _look(self) -> None:
        """Wake the workers if there is something ready, else see to it that they will be."""
        at = self._schedule.wake_at(_now())
        if at is not None and at <= _now():
            self._wake.set()
        else:
            self._arm()

    def _arm(self) -> None:
        """Have one timer, for the next moment that matters."""
        at = self._schedule.wake_at(_now())
        if at is None or self._closed or (self._timer and self._timer.when() <= at):
            return
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_at(at, self._ring)

    def _ring(self) -> None:
        self._timer = None
        self._wake.set()


def _now() -> float:
    return asyncio.get_running_loop().time()
