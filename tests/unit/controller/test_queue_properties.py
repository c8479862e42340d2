"""Workers on the real queue, for any history, on a loop whose time costs nothing."""

import asyncio
from itertools import pairwise
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from assessor.controller.queue import Lane, QueueClosedError, WorkQueue
from tests.unit.controller.virtual_time import run_virtually

DELAY, CAP = 0.25, 1.0
RETRY = (0.5, 4.0)
"""Powers of two, as all times here, so that sums of times are exact."""
BEAT = DELAY / 2
"""Between the changes of a stream: too short for the key to be left alone."""
LONGEST = 40.0
"""Longer than the latest wish (30), and than the longest job with its retry (4 + 4)."""
KEYS = "abc"
MOMENTS = st.sampled_from([0.0, 0.125, 0.25, 0.5, 1.0, 1.5, 4.0])

whatever = settings(deadline=None)


class Act(NamedTuple):
    """Changes of a key (or, with ``later``, the wish to look at it then), after the one before."""

    after: float
    key: str
    lane: Lane
    times: int
    later: float | None


class Job(NamedTuple):
    """What a worker does with a key that it gets."""

    takes: float
    fails: bool


class Run(Struct):
    """One delivery; ``begun`` and ``ended`` count all that happens, so that nothing is a tie."""

    key: str
    begun: int
    start: float
    fails: bool
    ended: int = 0
    end: float = 0


class Asked(NamedTuple):
    """When something was asked for, as step and as time, and by when it is due."""

    key: str
    step: int
    at: float
    due: float


acts = st.lists(
    st.builds(
        Act,
        after=MOMENTS,
        key=st.sampled_from(KEYS),
        lane=st.sampled_from(Lane),
        times=st.sampled_from([1, 1, 1, 20]),
        later=st.one_of(st.none(), MOMENTS, st.just(30.0)),
    ),
    max_size=15,
)
jobs = st.lists(st.builds(Job, takes=MOMENTS, fails=st.booleans()), min_size=1, max_size=5)
workers = st.integers(1, 4)


class Play:
    """One history played to workers, and what came of it."""

    def __init__(self, history: list[Act], work: list[Job]) -> None:
        """``work`` is done over and over, but a key fails no more when all changes are told."""
        self.history, self.work = history, work
        self.runs: list[Run] = []
        self.changes: list[Asked] = []
        self.wishes: list[Asked] = []
        self.retries: list[Asked] = []
        self.waits: list[float] = []
        self.cancelled = 0
        self._step = 0

    async def with_workers(self, number: int) -> None:
        """Play it to the end; all is delivered then, and the workers still wait."""
        self.queue: WorkQueue[str] = WorkQueue(
            delay=DELAY, cap=CAP, on_wait=self.waits.append, retry_delay=RETRY, rng=lambda: 1.0
        )
        team = [asyncio.create_task(self._worker()) for _ in range(number)]
        await self._tell()
        await self._quiet()
        assert self.queue.depth == 0, "a change was never delivered"
        assert all(run.ended for run in self.runs)
        self.queue.close()
        ends = await asyncio.gather(*team, return_exceptions=True)
        assert [type(end) for end in ends] == [QueueClosedError] * number

    async def with_impatient_workers(self, number: int) -> None:
        """Like that, but workers give up again and again while they wait, and come back."""
        impatient = [asyncio.create_task(self._impatient(0.125 * (i + 1))) for i in range(number)]
        await self.with_workers(1)
        for task in impatient:
            task.cancel()
        await asyncio.gather(*impatient, return_exceptions=True)

    def of(self, key: str) -> list[Run]:
        """The deliveries of one key, in order."""
        return [run for run in self.runs if run.key == key]

    async def _tell(self) -> None:
        for act in self.history:
            await asyncio.sleep(act.after)
            if act.later is None:
                for _ in range(act.times):
                    self.changes.append(self._asked(act.key, 0))
                    self.queue.add(act.key, act.lane)
                    await asyncio.sleep(BEAT if act.times > 1 else 0)
            else:
                self.wishes.append(self._asked(act.key, act.later))
                self.queue.add_after(act.key, act.later)

    async def _worker(self) -> None:
        while True:
            await self._work(await self.queue.get())

    async def _impatient(self, patience: float) -> None:
        while True:
            await asyncio.sleep(0)
            try:
                key = await asyncio.wait_for(self.queue.get(), patience)
            except TimeoutError:
                self.cancelled += 1
                continue
            await self._work(key)

    async def _work(self, key: str) -> None:
        job = self.work[len(self.runs) % len(self.work)]
        fails = job.fails and len(self.runs) < 2 * len(self.history)
        run = Run(key, self._next(), now(), fails)
        self.runs.append(run)
        await asyncio.sleep(job.takes)
        if fails:
            self.retries.append(self._asked(key, RETRY[1]))
            self.queue.retry(key)
        else:
            self.queue.succeeded(key)
        run.ended, run.end = self._next(), now()
        self.queue.done(key)

    async def _quiet(self) -> None:
        """Wait until nothing has happened for longer than any wish or retry takes."""
        for _ in range(2 * len(self.history) + 2):
            before = self._step
            await asyncio.sleep(LONGEST)
            if self._step == before:
                return

    def _asked(self, key: str, later: float) -> Asked:
        return Asked(key, self._next(), now(), now() + later)

    def _next(self) -> int:
        self._step += 1
        return self._step


def now() -> float:
    """The loop's time."""
    return asyncio.get_running_loop().time()


def served(played: Play, asked: Asked) -> Run:
    """The first delivery after something was asked for."""
    found = next((run for run in played.of(asked.key) if run.begun > asked.step), None)
    assert found, f"{asked} was lost"
    return found


@whatever
@given(acts, jobs, workers)
def test_no_key_is_with_two_workers(history: list[Act], work: list[Job], number: int) -> None:
    """A delivery begins when the one before it is done, and has rested."""
    played = Play(history, work)
    run_virtually(played.with_workers(number))
    for key in KEYS:
        for earlier, later in pairwise(played.of(key)):
            assert later.begun > earlier.ended
            assert later.start >= min(earlier.end + DELAY, earlier.start + CAP)


@whatever
@given(acts, jobs, workers)
def test_nothing_that_is_asked_for_is_lost(
    history: list[Act], work: list[Job], number: int
) -> None:
    """After each change, wish and failure the key is delivered, and otherwise it is not."""
    played = Play(history, work)
    run_virtually(played.with_workers(number))
    asked = [*played.changes, *played.wishes, *played.retries]
    for each in asked:
        served(played, each)
    for key in KEYS:
        before = 0
        for run in played.of(key):
            assert any(a.key == key and before < a.step < run.begun for a in asked)
            before = run.begun


@whatever
@given(acts, jobs)
def test_with_idle_workers_all_is_in_time(history: list[Act], work: list[Job]) -> None:
    """A change waits for the cap at most, a wish until it is due, and both for a running job."""
    played = Play(history, work)
    run_virtually(played.with_workers(len(KEYS)))
    for change in played.changes:
        assert served(played, change).start <= latest(played, change, change.at + CAP)
    for asked in (*played.wishes, *played.retries):
        assert served(played, asked).start <= latest(played, asked, asked.due + CAP)


def latest(played: Play, asked: Asked, due: float) -> float:
    """When a delivery is due, or its key comes free."""
    ends = [run.end for run in played.of(asked.key) if run.begun < served(played, asked).begun]
    return max(due, ends[-1] if ends else 0)


@whatever
@given(acts, jobs)
def test_what_was_left_alone_comes_at_once(history: list[Act], work: list[Job]) -> None:
    """The first change of a rested key does not wait, and a wish comes at its time."""
    played = Play(history, work)
    run_virtually(played.with_workers(len(KEYS)))
    for key in KEYS:
        free, before = 0.0, 0
        for run in played.of(key):
            changes = [c for c in played.changes if c.key == key and before < c.step < run.begun]
            if changes and changes[0].at >= free:
                assert run.start <= changes[0].at
            free, before = run.end + DELAY, run.begun


@whatever
@given(acts, jobs, workers)
def test_waits_are_told(history: list[Act], work: list[Job], number: int) -> None:
    """One for each delivery, from a moment at which something was asked for or came due."""
    played = Play(history, work)
    run_virtually(played.with_workers(number))
    assert len(played.waits) == len(played.runs)
    for wait, run in zip(played.waits, played.runs, strict=True):
        assert wait >= 0
        since = {a.at for a in played.changes if a.key == run.key}
        since |= {a.due for a in played.wishes if a.key == run.key}
        if not run.fails and not played.retries:
            assert run.start - wait in since


@whatever
@given(acts, jobs, workers)
def test_workers_that_give_up_lose_nothing(
    history: list[Act], work: list[Job], number: int
) -> None:
    """Cancelled while it waits or is woken, a worker takes no key along."""
    played = Play(history, work)
    run_virtually(played.with_impatient_workers(number))
    assert played.cancelled
    for asked in (*played.changes, *played.wishes, *played.retries):
        served(played, asked)
