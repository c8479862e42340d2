"""The clock as a parameter, so that a verdict can be computed for any date."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """What tells the time."""

    def now(self) -> datetime:
        """The current time, timezone-aware, in UTC."""

    def monotonic(self) -> float:
        """Seconds that only grow; differences are durations."""
