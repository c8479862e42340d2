"""The work queue wakes its workers when it should, and not before."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from assessor.controller.queue import Lane, QueueClosedError, WorkQueue

DELAY, CAP = 0.05, 0.2
SLACK = 0.002
"""Seconds by which a timer may be early."""


@pytest.fixture
async def waits() -> list[float]:
    """What was told about waiting."""
    return []


@pytest.fixture
async def queue(waits: list[float]) -> AsyncIterator[WorkQueue[str]]:
    """A queue with short times and without chance."""
    made: WorkQueue[str] = WorkQueue(
        delay=DELAY, cap=CAP, on_wait=waits.append, retry_delay=(0.04, 0.08), rng=lambda: 1.0
    )
    yield made
    made.close()


async def take(queue: WorkQueue[str]) -> tuple[str, float]:
    """The next key, and how long it took to come."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    key = await asyncio.wait_for(queue.get(), timeout=5)
    return key, loop.time() - started


async def is_idle(queue: WorkQueue[str], seconds: float) -> bool:
    """Whether nothing comes for a while."""
    try:
        await asyncio.wait_for(queue.get(), timeout=seconds)
    except TimeoutError:
        return True
    return False


async def test_a_waiting_worker_gets_a_change_at_once(
    queue: WorkQueue[str], waits: list[float]
) -> None:
    """The first change of a key is not delayed, and its wait is told."""
    worker = asyncio.create_task(take(queue))
    await asyncio.sleep(0.01)
    queue.add("a", Lane.DIRECT)
    key, _ = await worker
    assert key == "a"
    assert len(waits) == 1
    assert waits[0] < DELAY


async def test_following_changes_are_taken_together(queue: WorkQueue[str]) -> None:
    """Ten changes after a delivery are one delivery more, after the delay."""
    queue.add("a", Lane.DIRECT)
    await take(queue)
    queue.done("a")
    for _ in range(10):
        queue.add("a", Lane.DIRECT)
    assert queue.depth == 1
    _, took = await take(queue)
    assert took >= DELAY - SLACK
    queue.done("a")
    assert queue.depth == 0
    assert await is_idle(queue, 2 * DELAY)


async def test_a_change_while_processing_runs_after(queue: WorkQueue[str]) -> None:
    """It is not handed out before ``done``, and not lost."""
    queue.add("a", Lane.DIRECT)
    await take(queue)
    queue.add("a", Lane.DIRECT)
    assert await is_idle(queue, 2 * DELAY)
    queue.done("a")
    assert (await take(queue))[0] == "a"


async def test_direct_comes_before_bulk(queue: WorkQueue[str]) -> None:
    """A fan-out does not delay a direct change."""
    for key in ("b1", "b2", "d"):
        queue.add(key, Lane.BULK)
    queue.add("d", Lane.DIRECT)
    assert [(await take(queue))[0] for _ in range(3)] == ["d", "b1", "b2"]


async def test_a_resync_comes_in_time(queue: WorkQueue[str]) -> None:
    """A worker that already waits is woken by a timer, the earliest one."""
    worker = asyncio.create_task(take(queue))
    await asyncio.sleep(0)
    queue.add_after("a", 5)
    queue.add_after("a", 0.05)
    assert queue.depth == 0
    key, took = await worker
    assert key == "a"
    assert 0.05 - SLACK <= took < 2


async def test_retries_take_longer_and_longer(queue: WorkQueue[str]) -> None:
    """Each failure doubles the wait up to the longest; success starts over."""
    queue.add("a", Lane.DIRECT)
    took = []
    for _ in range(4):
        await take(queue)
        queue.retry("a")
        queue.done("a")
        _, seconds = await take(queue)
        took.append(seconds)
        queue.done("a")
        queue.add("a", Lane.DIRECT)
    assert took[0] >= DELAY - SLACK
    assert took[1] >= 0.08 - SLACK
    await take(queue)
    queue.succeeded("a")
    queue.retry("a")
    queue.done("a")
    _, seconds = await take(queue)
    assert seconds < 0.08


async def test_a_change_overtakes_a_retry() -> None:
    """A failed key that changes is delivered after the rest, not after the backoff."""
    slow: WorkQueue[str] = WorkQueue(delay=DELAY, cap=CAP, retry_delay=(60, 60))
    slow.add("a", Lane.DIRECT)
    await take(slow)
    slow.retry("a")
    slow.done("a")
    slow.add("a", Lane.DIRECT)
    _, took = await take(slow)
    assert took < 2
    slow.close()


async def test_workers_share_what_there_is(queue: WorkQueue[str]) -> None:
    """Each of three waiting workers gets a key of its own."""
    workers = [asyncio.create_task(take(queue)) for _ in range(3)]
    await asyncio.sleep(0)
    for key in ("a", "b", "c"):
        queue.add(key, Lane.BULK)
    assert sorted(key for key, _ in await asyncio.gather(*workers)) == ["a", "b", "c"]


async def test_a_cancelled_worker_takes_no_key_along(queue: WorkQueue[str]) -> None:
    """Cancelled in the moment it is woken, it leaves the key to another one."""
    first = asyncio.create_task(queue.get())
    second = asyncio.create_task(queue.get())
    await asyncio.sleep(0)
    queue.add("a", Lane.DIRECT)
    first.cancel()
    assert await asyncio.wait_for(second, timeout=5) == "a"


async def test_forgotten_is_forgotten(queue: WorkQueue[str]) -> None:
    """Neither a change nor a resync of a deleted object is delivered."""
    queue.add("a", Lane.DIRECT)
    queue.add_after("a", 0.02)
    queue.forget("a")
    assert await is_idle(queue, 0.1)


async def test_the_oldest_waiting_age_grows(queue: WorkQueue[str]) -> None:
    """It tells how far the workers lag behind."""
    assert queue.oldest == 0
    queue.add("a", Lane.BULK)
    await asyncio.sleep(0.03)
    assert queue.oldest >= 0.03 - SLACK


async def test_closing_sends_the_workers_home(queue: WorkQueue[str]) -> None:
    """Waiting workers and later ones are told."""
    worker = asyncio.create_task(queue.get())
    await asyncio.sleep(0)
    queue.close()
    with pytest.raises(QueueClosedError):
        await worker
    queue.add("a", Lane.DIRECT)
    with pytest.raises(QueueClosedError):
        await queue.get()


async def test_a_failed_direct_change_overtakes_the_bulk_again(queue: WorkQueue[str]) -> None:
    """It is tried again through the lane that it came by."""
    queue.add("direct", Lane.DIRECT)
    key, _ = await take(queue)
    queue.retry(key)
    queue.done(key)
    await asyncio.sleep(0.08)
    queue.add("bulk", Lane.BULK)
    assert (await take(queue))[0] == "direct"
    assert (await take(queue))[0] == "bulk"
