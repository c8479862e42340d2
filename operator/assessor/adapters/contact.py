"""What is known of one kind's evidence: in contact, never synced, refused or stale."""

import asyncio
from collections.abc import Callable

import structlog

from assessor.adapters.brief import brief
from assessor.inventory.kinds import ObservedKind
from assessor.inventory.snapshot import EvidenceGap, GapReason
from assessor.kernel.clock import Clock
from assessor.kernel.errors import ForbiddenError, NotFoundError

log = structlog.stdlib.get_logger(__name__)

DEFINITE = (ForbiddenError, NotFoundError)
"""Answers that say: there is nothing to see for you."""

CONFIRMED_AFTER = 5.0
"""Seconds that a kind which could be read must be refused before that is believed: an API server
that has just started answers 403 until it has read its own RBAC objects."""

OVERDUE = 0.5
"""The part of ``stale_after`` without contact after which a list is due: time is left for it."""

LONGEST_GRACE = 10.0
"""Seconds at most between the end of a watch that worked and the list that follows it."""

TIMER_SLACK = 0.01
"""Seconds by which the loop's timer may be ahead of the clock."""


class Contact:
    """Turns what an informer experiences into a gap, and tells when that changes.

    An open watch is contact until it is found silent: a quiet kind brings only one bookmark a
    minute, which must not make it stale in between.
    """

    def __init__(
        self,
        kind: ObservedKind,
        clock: Clock,
        stale_after: float,
        on_gap_change: Callable[[ObservedKind], None],
    ) -> None:
        """``stale_after``: seconds without contact after which what is known is no evidence."""
        self._kind, self._clock = kind, clock
        self._stale_after, self._on_gap_change = stale_after, on_gap_change
        self._refusal: EvidenceGap | None = None
        self._refused_since: float | None = None
        self.last_error = ""
        self._first_trouble = ""
        self._timer: asyncio.TimerHandle | None = None
        self.synced = False
        self.opened_at: float | None = None
        self.last = clock.monotonic()
        self._grace = min(LONGEST_GRACE, OVERDUE * stale_after)
        self._ended_at = self.last - self._grace
        self._announced = self.gap()

    @property
    def stale(self) -> bool:
        """Whether contact was lost too long ago."""
        return self.opened_at is None and self._clock.monotonic() > self._fresh_until

    @property
    def _fresh_until(self) -> float:
        """A watch that worked has a moment to be followed by a list, however silent it was.

        A kind of which nothing changes brings no bookmark either, and is found silent each time.
        """
        return max(self.last + self._stale_after, self._ended_at + self._grace)

    @property
    def overdue(self) -> bool:
        """Whether it has been so long since the last contact that it must be sought by a list."""
        return self._clock.monotonic() - self.last > OVERDUE * self._stale_after

    @property
    def lived(self) -> float:
        """Seconds for which the watch has been open."""
        return self._clock.monotonic() - (self.opened_at or 0)

    @property
    def refused(self) -> bool:
        """Whether the server's last word was that there is nothing to see: a definite gap."""
        return self._refusal is not None

    @property
    def absent(self) -> bool:
        """Whether that word was that there is no such kind."""
        return self._refusal is not None and self._refusal.reason is GapReason.NOT_INSTALLED

    @property
    def failing(self) -> bool:
        """Whether the latest attempt failed."""
        return bool(self.last_error)

    def gap(self) -> EvidenceGap | None:
        """Why the kind is no evidence at present; None where it is."""
        if self._refusal is not None:
            return self._refusal
        if not self.synced:
            detail = f"not synced yet{self._first_trouble}"
            return EvidenceGap(self._kind.evidence, GapReason.STALE, detail)
        if self.stale:
            # Not the latest error: a message that changes with each attempt would set off work.
            detail = f"no contact for more than {self._stale_after:g} s"
            return EvidenceGap(self._kind.evidence, GapReason.STALE, detail)
        return None

    def made(self) -> None:
        """Something came from the server."""
        self.last = self._clock.monotonic()

    def opened(self, *, listed: bool) -> None:
        """A watch is open: list and watch both work, so what is known is evidence.

        That is contact where it follows a list that was taken in; else what it brings will be.
        """
        self.opened_at = self._clock.monotonic()
        if listed:
            self.made()
        self.synced = True
        self._refusal, self._refused_since = None, None
        self.last_error = self._first_trouble = ""
        self.announce()

    def closed(self) -> float:
        """The watch has ended; seconds that it lived."""
        lived = self.lived
        self.opened_at = None
        if lived >= self._grace:
            self._ended_at = self._clock.monotonic()
        self._await_staleness()
        return lived

    def failed(self, error: Exception) -> None:
        """An attempt failed; a definite answer is a gap, at once where nothing was ever read."""
        self.last_error = str(error)
        self._first_trouble = self._first_trouble or f": {brief(error)}"
        if not isinstance(error, DEFINITE):
            self._refused_since = None
        elif self._confirmed():
            forbidden = isinstance(error, ForbiddenError)
            reason = GapReason.FORBIDDEN if forbidden else GapReason.NOT_INSTALLED
            self._refusal = EvidenceGap(self._kind.evidence, reason, error.message)
        self.announce()

    def crashed(self, error: Exception) -> None:
        """An attempt ended with a bug: whoever waits for this kind knows that it fails.

        Nobody is told here: what tells may be what has failed.
        """
        self.last_error = repr(error)
        self._first_trouble = self._first_trouble or f": {brief(error)}"
        self._refused_since = None

    def _confirmed(self) -> bool:
        """Whether a refusal is not just that of a server which is starting."""
        now = self._clock.monotonic()
        if self._refused_since is None:
            self._refused_since = now
        return not self.synced or now - self._refused_since >= CONFIRMED_AFTER

    def announce(self) -> None:
        """Tell of the gap where it is another one than was told before."""
        gap = self.gap()
        if gap != self._announced:
            self._announced = gap
            if gap:
                told = {"reason": gap.reason.value, "detail": gap.detail, "error": self.last_error}
                log.warning("kind is no evidence", kind=self._kind.path, **told)
            else:
                log.info("kind is evidence", kind=self._kind.path)
            self._on_gap_change(self._kind)

    def stop(self) -> None:
        """Nobody wants to hear any more."""
        if self._timer is not None:
            self._timer.cancel()

    def _await_staleness(self) -> None:
        """Staleness comes by time alone, so a timer looks when it may have come."""
        self.stop()
        left = self._fresh_until - self._clock.monotonic()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(max(0.0, left) + TIMER_SLACK, self._look)

    def _look(self) -> None:
        self.announce()
        if self.opened_at is None and not self.stale:
            self._await_staleness()
