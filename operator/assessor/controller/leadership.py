"""The right to write: who has it, by what, and what it is to have lost it."""

import asyncio
from typing import Protocol

from msgspec import Struct

from assessor.kernel.errors import ClusterError


class LeadershipLostError(ClusterError):
    """Another process leads, or may; this one must end, since it cannot know what it missed."""


class Timing(Struct, frozen=True):
    """Seconds. ``duration`` > ``deadline`` > ``retry``."""

    duration: float = 15.0
    """How long a lease counts after it was last renewed, for those who wait."""
    deadline: float = 10.0
    """How long its holder counts on it after it last renewed it."""
    retry: float = 2.0
    """From one renewal, or one look of those who wait, to the next."""


class Seat(Struct, frozen=True):
    """The Lease, and as whom it is held: ``identity`` is one process's alone."""

    namespace: str
    lease: str
    identity: str
    timing: Timing = Timing()


class Leadership(Protocol):
    """The right to write."""

    @property
    def holds(self) -> bool:
        """Whether this process may write now."""

    async def acquire(self) -> None:
        """Wait until this process leads."""

    async def hold(self) -> None:
        """Keep it until cancelled; LeadershipLostError."""

    async def release(self) -> None:
        """Give it back, once nothing is written any more."""


class Sole:
    """Leads always: the one process that there is."""

    holds = True

    async def acquire(self) -> None:
        """There is nobody to wait for."""

    async def hold(self) -> None:
        """Nobody takes it."""
        await asyncio.Event().wait()

    async def release(self) -> None:
        """There is nobody to give it to."""
