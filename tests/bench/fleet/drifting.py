"""Many changes a second, each timed from the API server's answer until its verdict is visible."""

import asyncio
import itertools
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence

from msgspec import Struct

from tests.bench.fleet.api import Api
from tests.bench.fleet.levers import Lever
from tests.bench.fleet.statuses import StatusWatch, all_seen

PATIENCE = 300.0
"""Seconds after which a status is not late but missing."""

SAMPLE = 0.01


Follow = Callable[[Lever], Awaitable[None]]


async def by_the_operator(_: Lever) -> None:
    """The status follows by itself."""


class Drift(Struct, frozen=True):
    """Latencies of all changes, in seconds."""

    changes: int
    rate: float
    """Changes that were sent in a second: less than asked for where the API server is slow."""
    p50: float
    p95: float
    p99: float
    worst: float
    generator_p99: float
    """How late the load generator's own event loop was: what it may have added to a latency."""
    generator_cpu: float
    """What it used of one core."""


async def drift(
    api: Api,
    watch: StatusWatch,
    levers: Sequence[Lever],
    *,
    rate: int,
    seconds: int,
    follow: Follow = by_the_operator,
) -> Drift:
    """Pull levers at ``rate``; one is pulled again only after its last change was seen.

    ``follow`` is awaited after each change was answered.
    """
    idle: asyncio.Queue[Lever] = asyncio.Queue()
    for lever in levers:
        idle.put_nowait(lever)
    lags: list[float] = []
    sampler = asyncio.create_task(_sample_lag(lags))
    started, cpu = time.monotonic(), time.process_time()
    latencies: list[float] = []

    async def change(lever: Lever) -> None:
        latencies.append(await _latency(api, watch, lever, follow))
        idle.put_nowait(lever)

    try:
        async with asyncio.TaskGroup() as group:
            for number in range(rate * seconds):
                await asyncio.sleep(max(0.0, started + number / rate - time.monotonic()))
                group.create_task(change(await idle.get()))
            sent = time.monotonic() - started
    finally:
        sampler.cancel()
    share = (time.process_time() - cpu) / (time.monotonic() - started)
    return _summed_up(sorted(latencies), rate * seconds / sent, lags, share)


async def _latency(api: Api, watch: StatusWatch, lever: Lever, follow: Follow) -> float:
    lever.turn()
    visible = watch.next(lever.namespace, lever.shows)
    await lever.pull(api)
    answered = time.monotonic()
    await follow(lever)
    seen = await all_seen({lever.namespace: visible}, PATIENCE, f"drift of {lever.path}")
    # A status may be there before the answer to the change is.
    return max(0.0, seen[lever.namespace].at - answered)


async def keep_changing(api: Api, lever: Lever, rate: int) -> None:
    """Pull one lever ``rate`` times a second, seen or not, until cancelled."""
    started = time.monotonic()
    for number in itertools.count(1):
        lever.turn()
        await lever.pull(api)
        await asyncio.sleep(max(0.0, started + number / rate - time.monotonic()))


async def _sample_lag(lags: list[float]) -> None:
    while True:
        before = time.monotonic()
        await asyncio.sleep(SAMPLE)
        lags.append(time.monotonic() - before - SAMPLE)


def _summed_up(latencies: list[float], rate: float, lags: list[float], cpu: float) -> Drift:
    cuts = statistics.quantiles(latencies, n=100, method="inclusive")
    return Drift(
        changes=len(latencies),
        rate=rate,
        p50=cuts[49],
        p95=cuts[94],
        p99=cuts[98],
        worst=latencies[-1],
        generator_p99=statistics.quantiles(lags, n=100, method="inclusive")[98],
        generator_cpu=cpu,
    )
