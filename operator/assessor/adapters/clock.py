"""The system's clock: the one place where this package asks for the time."""

import time
from datetime import UTC, datetime


class SystemClock:
    """kernel.clock.Clock, as the machine tells it."""

    def now(self) -> datetime:
        """The current time in UTC."""
        return datetime.now(tz=UTC)  # noqa: TID251 - the clock that all others are given

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return time.monotonic()
