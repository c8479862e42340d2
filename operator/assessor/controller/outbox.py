"""Events to tell, behind the statuses: a verdict is not kept waiting for the telling of another.

Namespaces have their turns: one with very many is told of slowly, and no other is.
"""

import asyncio
import contextlib
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import NamedTuple, Protocol

import structlog

from assessor.adapters.backoff import Backoff
from assessor.adapters.event_recorder import AssessmentRef
from assessor.kernel.errors import ClusterError
from assessor.reporting.notes import Note

CAPACITY = 10_000
"""Notes that wait at most, some 300 bytes each; a storm beyond that is no news to anybody."""

OF_ONE = 500
"""Notes of one namespace that wait at most: what all its assessments tell of one change twice."""

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
    """Notes told one after the other by one task, of each namespace in their order.

    Used from one event loop.
    """

    def __init__(
        self,
        recorder: Recorder,
        *,
        busy: Callable[[], bool],
        on_dropped: Callable[[], None],
        capacity: int = CAPACITY,
        of_one: int = OF_ONE,
        patience: float = PATIENCE,
    ) -> None:
        """``busy``: whether statuses wait. ``on_dropped`` is told of each note that is not told."""
        self._recorder, self._busy, self._on_dropped = recorder, busy, on_dropped
        self._capacity, self._of_one, self._patience = capacity, of_one, patience
        self._waiting: OrderedDict[str, deque[_Waiting]] = OrderedDict()
        """By namespace, the next one first."""
        self._number = 0
        self._overfull: set[str] = set()
        """Namespaces of which it is logged that too much waits."""
        self._filled = asyncio.Event()

    def put(self, subject: AssessmentRef, note: Note) -> None:
        """Have it told; where too much waits it is dropped, which is counted, and logged once."""
        theirs = self._waiting.get(subject.namespace, ())
        if self._number >= self._capacity or len(theirs) >= self._of_one:
            self._on_dropped()
            if subject.namespace not in self._overfull:
                self._overfull.add(subject.namespace)
                _log_drop(subject, note, "too many wait; more of this namespace are not logged")
            return
        waiting = _Waiting(asyncio.get_running_loop().time(), subject, note)
        self._waiting.setdefault(subject.namespace, deque()).append(waiting)
        self._number += 1
        self._filled.set()

    async def run(self) -> None:
        """Tell until cancelled."""
        delay = Backoff(*RETRY_DELAY)
        while True:
            while not self._waiting:
                self._filled.clear()
                await self._filled.wait()
            await self._give_way(self._first.since)
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
            log.warning("events dropped", count=self._number, error="the operator ends")
        while self._waiting:
            self._take_off(self._first.subject.namespace)
            self._on_dropped()

    @property
    def _first(self) -> _Waiting:
        """The note whose turn it is; StopIteration where none waits."""
        return next(iter(self._waiting.values()))[0]

    async def _give_way(self, since: float) -> None:
        """Wait while statuses wait, but not for ever."""
        until = since + self._patience
        while self._busy() and asyncio.get_running_loop().time() < until:  # noqa: ASYNC110 - rare
            await asyncio.sleep(LOOK_EVERY)

    async def _tell(self) -> bool:
        """Be done with the first note; False where it is to be tried again."""
        # Taken off when it is told: where that is cancelled, drain tells it.
        first = self._first
        try:
            if not await self._recorder.record(first.subject, first.note):
                self._on_dropped()
        except ClusterError as error:
            if asyncio.get_running_loop().time() < first.since + KEPT:
                self._waiting.move_to_end(first.subject.namespace)
                return False
            self._drop(first.subject, first.note, str(error))
        except Exception:
            # A bug over one note must not end the telling, nor the operator.
            log.exception("event dropped", **_named(first.subject))
            self._on_dropped()
        self._take_off(first.subject.namespace)
        return True

    def _take_off(self, namespace: str) -> None:
        """The namespace's first is done with; its next turn is the last one."""
        theirs = self._waiting[namespace]
        theirs.popleft()
        self._number -= 1
        self._waiting.move_to_end(namespace)
        if not theirs:
            del self._waiting[namespace]
            self._overfull.discard(namespace)
        if not self._waiting:
            self._overfull.clear()

    def _drop(self, subject: AssessmentRef, note: Note, why: str) -> None:
        self._on_dropped()
        _log_drop(subject, note, why)


def _log_drop(subject: AssessmentRef, note: Note, why: str) -> None:
    log.warning("event dropped", reason=note.reason, error=why, **_named(subject))


def _named(subject: AssessmentRef) -> dict[str, str]:
    return {"namespace": subject.namespace, "assessment": subject.name}
