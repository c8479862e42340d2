"""Waiting longer and longer, and never in step with others."""

import asyncio
import contextlib
import random
from collections.abc import Callable


class Backoff:
    """Exponential backoff with jitter, for ever: doubles from ``initial`` up to ``cap`` seconds.

    tenacity's waits belong to its retry loop, which ends with a result; a watch never ends, so
    only the arithmetic is needed here. Half of each delay is random: clients that failed
    together do not return together, and none returns at once.
    """

    def __init__(
        self, initial: float, cap: float, rng: Callable[[], float] = random.random
    ) -> None:
        """``rng`` returns numbers in [0, 1)."""
        self._initial, self._cap, self._rng = initial, cap, rng
        self._ceiling = initial

    def next(self) -> float:
        """Seconds to wait this time."""
        ceiling = self._ceiling
        self._ceiling = min(self._cap, ceiling * 2)
        return ceiling * (0.5 + self._rng() / 2)

    def reset(self) -> None:
        """Begin again: what was waited for has come."""
        self._ceiling = self._initial


class Pause:
    """A wait between two attempts that can be cut short; for one event loop.

    Who cuts while an attempt is being made may know what that attempt could not: the wait after it
    is left out.
    """

    def __init__(self) -> None:
        """Nothing is waited for yet."""
        self._cut = asyncio.Event()

    def attempt(self) -> None:
        """An attempt begins: what was cut before is done with."""
        self._cut.clear()

    async def last(self, seconds: float) -> None:
        """Wait for ``seconds``, or until it is cut; not at all where it was since ``attempt``."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._cut.wait(), seconds)

    def cut(self) -> None:
        """End the wait, or leave out the one that follows the attempt."""
        self._cut.set()
