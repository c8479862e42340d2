"""Kinds that only some clusters serve: found by discovery, each with an informer."""

import asyncio
import math
from collections.abc import Callable, Collection, Coroutine, Mapping
from typing import Any

import structlog

from assessor.adapters.backoff import Backoff
from assessor.adapters.composition import Source
from assessor.adapters.discovery import Discovered, discover, undiscovered
from assessor.adapters.informer import Informer
from assessor.adapters.listed import Listed, of_unknown_version
from assessor.adapters.transport import Transport
from assessor.inventory.kinds import OPTIONAL_KINDS, Evidence, ObservedKind

log = structlog.stdlib.get_logger(__name__)

NOT_LOOKED = "not looked for yet"
NOT_TOLD = "not told whether it is served"
"""With the first reason, for as long as it lasts: a text that changes would be another status."""

RETRY_DELAY = 1.0
"""First seconds until the API server is asked again what it never told; then longer and longer."""


class OptionalKinds:
    """Starts and stops informers as kinds are installed and removed.

    ``on_change`` is called when another set of kinds is known than before, ``on_crash`` when a look
    raised what nobody foresaw.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        informer: Callable[[ObservedKind], Informer],
        supervise: Callable[[Informer], Coroutine[Any, Any, None]],
        on_change: Callable[[], None],
        on_crash: Callable[[], None],
        interval: float,
    ) -> None:
        """``informer`` makes one, ``supervise`` runs it; ``interval``: seconds between looks."""
        self._transport, self._interval = transport, interval
        self._informer, self._supervise = informer, supervise
        self._on_change, self._on_crash = on_change, on_crash
        self._informers: dict[ObservedKind, Informer] = {}
        self._tasks: dict[ObservedKind, asyncio.Task[None]] = {}
        self._unknown: frozenset[ObservedKind] = frozenset()
        self._missed: frozenset[ObservedKind] = frozenset()
        """Known kinds that the latest look at their group did not find."""
        self._failed: Mapping[str, str] = {}
        """Groups of which the latest look was told nothing, and why."""
        self._retry = Backoff(RETRY_DELAY, max(RETRY_DELAY, interval))
        self._whole_look_at = -math.inf
        self._silent = {kind.group: NOT_LOOKED for kind in OPTIONAL_KINDS}
        """Groups of which the API server has never said what it serves, and why."""
        self.failing = False
        self.stale = False
        """Never: what was found stays known, and its informers tell how fresh they are."""

    @property
    def answered(self) -> bool:
        """Whether the API server has said of each kind, once, whether it is there."""
        return not self._silent

    @property
    def undiscovered(self) -> Mapping[Evidence, str]:
        """Of which kinds nobody knows whether they are there, and why."""
        return undiscovered(self._silent)

    @property
    def informers(self) -> Collection[Informer]:
        """The informers of the kinds that are served."""
        return tuple(self._informers.values())

    @property
    def sources(self) -> Collection[Source]:
        """What is known of them, and which cannot be read.

        A kind that was just found is waited for: a moment ago nobody knew of it at all.
        """
        informers = [each for each in self.informers if each.answered or each.failing]
        unknown: list[Listed] = [of_unknown_version(kind) for kind in self._unknown]
        return (*informers, *unknown)

    async def run(self) -> None:
        """Look again and again until cancelled; a bug in one look is told, counted and survived."""
        try:
            while True:
                try:
                    await self._look()
                except Exception:
                    log.exception("optional kinds could not be looked for")
                    self.failing = True
                    self._on_crash()
                await asyncio.sleep(self._pause())
        finally:
            for task in self._tasks.values():
                task.cancel()

    def _pause(self) -> float:
        """Asked again soon only where nothing is known; of what is down its informers tell."""
        left = max(0.0, self._whole_look_at - asyncio.get_running_loop().time())
        if self._silent:
            return min(self._retry.next(), left)
        self._retry.reset()
        return left

    async def _look(self) -> None:
        """All groups when it is time for them, else those that have never told."""
        now = asyncio.get_running_loop().time()
        whole = now >= self._whole_look_at
        if whole:
            self._whole_look_at = now + self._interval
        kinds = [kind for kind in OPTIONAL_KINDS if whole or kind.group in self._silent]
        self._take(await discover(self._transport, kinds), {kind.group for kind in kinds})

    def _take(self, found: Discovered, asked: Collection[str]) -> None:
        """What was not asked for, or is not told of, stays as it was."""
        failed = {group: why for group, why in self._failed.items() if group not in asked}
        self._tell(failed | dict(found.failed))
        before = self._known()
        self._silent = {
            group: f"{NOT_TOLD}, {reason}" if why == NOT_LOOKED else why
            for group, why in self._silent.items()
            if (reason := self._failed.get(group))
        }
        told = asked - found.failed.keys()
        gone = self._gone(found, told)
        self._adopt(found.served, gone)
        self._unknown = found.unknown | (self._unknown - gone)
        if self._known() != before:
            self._on_change()

    def _tell(self, failed: Mapping[str, str]) -> None:
        """Once for each change, and not for each look."""
        if failed and failed != self._failed:
            log.warning("optional kinds could not be looked for", groups=dict(failed))
        elif self._failed and not failed:
            log.info("optional kinds can be looked for again")
        self._failed, self.failing = failed, bool(failed)

    def _gone(self, found: Discovered, told: Collection[str]) -> frozenset[ObservedKind]:
        """Known kinds that are served no more.

        One look is not enough for that, be it of an API server that has just started: the next one
        must agree, or the kind's own list.
        """
        known = self._unknown | self._informers.keys()
        missed = {k for k in known - found.served - found.unknown if k.group in told}
        gone = {
            kind
            for kind in missed
            if kind in self._missed or (kind in self._informers and self._informers[kind].absent)
        }
        doubted = {kind for kind in self._missed if kind.group not in told}
        self._missed = frozenset(missed | doubted)
        return frozenset(gone)

    def _known(self) -> tuple[object, ...]:
        return (self._silent, self._unknown, frozenset(self._informers))

    def _adopt(self, served: frozenset[ObservedKind], gone: frozenset[ObservedKind]) -> None:
        for kind in served - self._informers.keys():
            made = self._informers[kind] = self._informer(kind)
            self._tasks[kind] = asyncio.create_task(self._supervise(made))
        # Where another version takes over, the old one's objects count until the new is read.
        coming = {_resource(each.kind) for each in self.informers if not each.answered}
        for kind in self._informers.keys() & gone:
            if _resource(kind) not in coming:
                self._tasks.pop(kind).cancel()
                del self._informers[kind]


def _resource(kind: ObservedKind) -> tuple[str, str]:
    return kind.group, kind.plural
