"""Events to tell, behind the statuses: a verdict is not kept waiting for the telling of another."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import NamedTuple, Protocol

import structlog

from assessor.adapters.event_recorder import AssessmentRef
from assessor.reporting.notes import Note

CAPACITY = 10_000
"""Notes that wait at most, some 300 bytes each; a storm beyond that is no news to anybody."""

PATIENCE = 30.0
"""Seconds that a note waits at most while statuses wait to be written."""

LOOK_EVERY = 0.05
"""Seconds between two looks whether statuses still wait."""

log = structlog.stdlib.get_logger(__name__)


class Recorder(Protocol):
    """Writes Events."""

    async def record(self, subject: AssessmentRef, note: Note) -> bool:
        """Tell one thing; False where it could not be told."""


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
            self._on_dropped()
            where = {"namespace": subject.namespace, "assessment": subject.name}
            log.warning("event dropped", reason=note.reason, error="too many wait", **where)
            return
        self._waiting.append(_Waiting(asyncio.get_running_loop().time(), subject, note))
        self._filled.set()

    async def run(self) -> None:
        """Tell until cancelled."""
        while True:
            while not self._waiting:
                self._filled.clear()
                await self._filled.wait()
            await self._give_way(self._waiting[0].since)
            await self._tell()

    async def drain(self) -> None:
        """Tell all that waits, whatever else is to do: at the end."""
        while self._waiting:
            await self._tell()

    async def _give_way(self, since: float) -> None:
        """Wait while statuses wait, but not for ever."""
        until = since + self._patience
        while self._busy() and asyncio.get_running_loop().time() < until:  # noqa: ASYNC110 - rare
            await asyncio.sleep(LOOK_EVERY)

    async def _tell(self) -> None:
        # Taken off when it is told: where that is cancelled, drain tells it.
        first = self._waiting[0]
        if not await self._recorder.record(first.subject, first.note):
            self._on_dropped()
        self._waiting.popleft()
