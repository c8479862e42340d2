"""When the caches can be judged from, and what they must not overrule yet."""

from collections.abc import Iterable
from typing import Protocol

from assessor.kernel.clock import Clock

SETTLING = 10.0
"""Seconds, since the API server began to answer, that a kind which fails is waited for."""


class Awaited(Protocol):
    """Something that the API server has to answer: a kind's informer, or discovery."""

    @property
    def answered(self) -> bool:
        """Whether it was answered at least once, be it by a refusal."""

    @property
    def failing(self) -> bool:
        """Whether the latest attempt failed."""

    @property
    def stale(self) -> bool:
        """Whether contact was lost too long ago."""


class Settling:
    """One kind that does not answer must hold up neither the others' verdicts nor the start.

    Nor may a start write verdicts of Unknown over good ones, or for a moment: what is slow is
    waited for without end, what fails for ``SETTLING`` seconds, and stored verdicts stay as long
    as those of a running operator would (``stale_after``). Both count from the API server's first
    answer: while it answers nothing at all, there is nothing to judge. When it comes back after it
    was away, one kind is read before the other: they stay for ``SETTLING`` seconds then.
    """

    def __init__(self, clock: Clock, stale_after: float) -> None:
        """``stale_after``: seconds, as for an informer."""
        self._clock, self._stale_after = clock, stale_after
        self._answered_at: float | None = None
        self._returned_at: float | None = None
        self.settled = False
        """Whether judging has begun; once true, it stays true."""

    @property
    def unsettled_for(self) -> float:
        """Seconds since the first answer for which it has not settled; 0 once it has."""
        return 0.0 if self.settled else self._since_answer()

    def look(self, awaited: Iterable[Awaited]) -> bool:
        """Look again whether it is settled."""
        awaited = tuple(awaited)
        if self._answered_at is None and any(each.answered for each in awaited):
            self._answered_at = self._clock.monotonic()
        given_up = self._since_answer() >= SETTLING
        self.settled = self.settled or all(
            each.answered or (given_up and each.failing) for each in awaited
        )
        return self.settled

    def patience(self, awaited: Iterable[Awaited]) -> float:
        """Seconds for which stored verdicts still count more than what is known; 0 for none."""
        awaited = tuple(awaited)
        patience = 0.0
        if not all(each.answered for each in awaited):
            patience = self._stale_after - self._since_answer()
        if self._returned_at is not None and any(each.stale for each in awaited):
            returned = self._clock.monotonic() - self._returned_at
            patience = max(patience, SETTLING - returned)
        return max(0.0, patience)

    def returned(self) -> None:
        """The API server answers again, after nothing was heard of it."""
        self._returned_at = self._clock.monotonic()

    def _since_answer(self) -> float:
        return 0.0 if self._answered_at is None else self._clock.monotonic() - self._answered_at
