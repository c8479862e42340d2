"""Kinds that only some clusters serve: found by discovery, each with an informer."""

import asyncio
from collections.abc import Callable, Collection, Coroutine, Mapping
from typing import Any

import structlog

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
"""Seconds until the API server is asked again what it did not tell."""


class OptionalKinds:
    """Starts and stops informers as kinds are installed and removed.

    ``on_change`` is called when another set of kinds is known than before.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        informer: Callable[[ObservedKind], Informer],
        supervise: Callable[[Informer], Coroutine[Any, Any, None]],
        on_change: Callable[[], None],
        interval: float,
    ) -> None:
        """``informer`` makes one, ``supervise`` runs it; ``interval``: seconds between looks."""
        self._transport, self._interval = transport, interval
        self._informer, self._supervise, self._on_change = informer, supervise, on_change
        self._informers: dict[ObservedKind, Informer] = {}
        self._tasks: dict[ObservedKind, asyncio.Task[None]] = {}
        self._unknown: frozenset[ObservedKind] = frozenset()
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
        """Look again and again until cancelled."""
        try:
            while True:
                self._take(await discover(self._transport, OPTIONAL_KINDS))
                # Asked again soon only where nothing is known; what is down is told of by its
                # informers.
                await asyncio.sleep(RETRY_DELAY if self._silent else self._interval)
        finally:
            for task in self._tasks.values():
                task.cancel()

    def _take(self, found: Discovered) -> None:
        """What is not told of stays as it was."""
        if found.failed:
            log.warning("optional kinds could not be looked for", groups=dict(found.failed))
        self.failing = bool(found.failed)
        before = self._known()
        self._silent = {
            group: f"{NOT_TOLD}, {reason}" if why == NOT_LOOKED else why
            for group, why in self._silent.items()
            if (reason := found.failed.get(group))
        }
        kept = {kind for kind in self._informers if kind.group in found.failed}
        self._adopt(found.served | kept)
        self._unknown = found.unknown | {k for k in self._unknown if k.group in found.failed}
        if self._known() != before:
            self._on_change()

    def _known(self) -> tuple[object, ...]:
        return (self._silent, self._unknown, frozenset(self._informers))

    def _adopt(self, served: frozenset[ObservedKind]) -> None:
        for kind in served - self._informers.keys():
            made = self._informers[kind] = self._informer(kind)
            self._tasks[kind] = asyncio.create_task(self._supervise(made))
        # Where another version takes over, the old one's objects count until the new is read.
        coming = {_resource(each.kind) for each in self.informers if not each.answered}
        for kind in self._informers.keys() - served:
            if _resource(kind) not in coming:
                self._tasks.pop(kind).cancel()
                del self._informers[kind]


def _resource(kind: ObservedKind) -> tuple[str, str]:
    return kind.group, kind.plural
