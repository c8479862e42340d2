"""An informer run again where it raised: one kind's trouble, a bug included, ends nothing else."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from assessor.adapters.backoff import Backoff
from assessor.adapters.informer import Informer
from assessor.kernel.clock import Clock

RESTART_DELAY = (1.0, 60.0)
"""First and longest seconds before an informer that raised is run again: each time everything that
it knows is told anew."""

log = structlog.stdlib.get_logger(__name__)


async def supervise(
    informer: Informer,
    clock: Clock,
    *,
    start_over: Callable[[], None],
    on_crash: Callable[[], None] = lambda: None,
) -> None:
    """Run it until cancelled.

    ``start_over`` is called before each run after the first: what the informer had taken in and not
    told yet, nobody will hear of again. ``on_crash`` is told of each exception of either.
    """
    delay = Backoff(*RESTART_DELAY)
    while True:
        begun = clock.monotonic()
        with _contained(informer, on_crash):
            await informer.run()
        with _contained(informer, on_crash):
            start_over()
        if clock.monotonic() - begun > RESTART_DELAY[1]:
            delay.reset()
        await asyncio.sleep(delay.next())


@contextmanager
def _contained(informer: Informer, on_crash: Callable[[], None]) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        log.exception("informer failed", kind=informer.kind.path)
        informer.crashed(error)
        on_crash()
