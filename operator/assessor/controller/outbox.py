"""Events to tell, behind the statuses: a verdict is not kept waiting for the telling of another."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from typing import NamedTuple, Protocol

import structlog

from assessor.adapters.backoff import Backoff
from assessor.adapters.event_recorder import AssessmentRef
from assessor.kernel.errors import ClusterError
from assessor.reporting.notes import Note

CAPACITY = 10_000
"""Notes that wait at most, some 300 bytes each; a storm beyond that is no news to anybody."""

PATIENCE = 30.0
"""Seconds that a note waits at most while statuses wait to be written."""

KEPT = 300.0
"""Seconds that a note is kept while the API server cannot take it: no other process derives it."""

RETRY_DELAY = (1.0, 30.0)
"""First and longest seconds between two tries of one note."""

LOOK_EVERY = 0.05
"""Seconds between two looks whether statuses still wait."""

log = structlog.stdlib.get_logger(__name__)


class Recorder(Protocol):
    """Writes Events."""

    async def record(self, subject: AssessmentRef, note: Note) -> bool:
        """Tell one thing; False where that is refused, ClusterError where it may be tried again."""


class _Waiting(NamedTuple):
    since: float
    subject: AssessmentRef
    note: Note


class Outbox:
    """Notes in their order, told one after the other by one task; used from one event loop."""

    def __init__(
        self,
        recorder: Recorder,
        *,
        busy: Callable[[], bool],
        on_dropped: Callable[[], None],
        capacity: int = CAPACITY,
        patience: float = PATIENCE,
    ) -> None:
        """``busy``: whether statuses wait. ``on_dropped`` is told of each note that is not told."""
        self._recorder, self._busy, self._on_dropped = recorder, busy, on_dropped
        self._capacity, self._patience = capacity, patience
        self._waiting: deque[_Waiting] = deque()
        self._filled = asyncio.Event()

    def put(self, subject: AssessmentRef, note: Note) -> None:
        """Have it told; where too much waits it is dropped, which is logged and counted."""
        if len(self._waiting) >= self._capacity:
            self._drop(subject, note, "too many wait")
            return
        self._waiting.append(_Waiting(asyncio.get_running_loop().time(), subject, note))
        self._filled.set()

    async def run(self) -> None:
        """Tell until cancelled."""
        delay = Backoff(*RETRY_DELAY)
        while True:
            while not self._waiting:
                self._filled.clear()
                await self._filled.wait()
            await self._give_way(self._waiting[0].since)
            if await self._tell():
                delay.reset()
            else:
                await asyncio.sleep(delay.next())

    async def drain(self, seconds: float) -> None:
        """At the end: tell what waits, whatever else is to do, and drop what is left after that."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._waiting:
                    if not await self._tell():
                        await asyncio.sleep(LOOK_EVERY)
        if self._waiting:
            log.warning("events dropped", count=len(self._waiting), error="the operator ends")
        while self._waiting:
            self._waiting.popleft()
            self._on_dropped()

    async def _give_way(self, since: float) -> None:
        """Wait while statuses wait, but not for ever."""
        until = since + self._patience
        while self._busy() and asyncio.get_running_loop().time() < until:  # noqa: ASYNC110 - rare
            await asyncio.sleep(LOOK_EVERY)

    async def _tell(self) -> bool:
        """Be done with the first note; False where it is to be tried again."""
        # Taken off when it is told: where that is cancelled, drain tells it.
        first = self._waiting[0]
        try:
            if not await self._recorder.record(first.subject, first.note):
                self._on_dropped()
        except ClusterError as error:
            if asyncio.get_running_loop().time() < first.since + KEPT:
                return False
            self._drop(first.subject, first.note, str(error))
        except Exception:
            # A bug over one note must not end the telling, nor the operator.
            log.exception("event dropped", **_named(first.subject))
            self._on_dropped()
        self._waiting.popleft()
        return True

    def _drop(self, subject: AssessmentRef, note: Note, why: str) -> None:
        self._on_dropped()
        log.warning("event dropped", reason=note.reason, error=why, **_named(subject))


def _named(subject: AssessmentRef) -> dict[str, str]:
    return {"namespace": subject.namespace, "assessment": subject.name}
