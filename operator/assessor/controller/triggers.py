"""What sets work off: changed namespaces, and assessments that come, change, go or are forged."""

import asyncio
from collections.abc import Collection

from assessor.adapters.metrics import Metrics
from assessor.controller.assessments import AssessmentKey, Observation, Registry
from assessor.controller.queue import Lane, WorkQueue

FEW = 8
"""Assessments that one change may concern to be a direct one: as many as are judged at once."""

FOREIGN_STATUS_DELAY = 1.0
"""Seconds before a status that somebody else wrote is put right: a fight stays a slow one."""


class Triggers:
    """Notes in the queue what is to be judged, from when it is opened on.

    Before, as while another process leads, only the registry is kept up to date.
    """

    def __init__(
        self, registry: Registry, queue: WorkQueue[AssessmentKey], metrics: Metrics
    ) -> None:
        """Closed."""
        self._registry, self._queue, self._metrics = registry, queue, metrics
        self.opened = asyncio.Event()
        """Set for good when this process begins to lead."""

    def open(self) -> None:
        """Have everything judged once: what nobody came to before is found by that."""
        self.opened.set()
        self.everything_changed()

    def namespaces_changed(self, namespaces: Collection[str]) -> None:
        """One change: where it concerns many, it must not delay what concerns few."""
        keys = [key for each in namespaces for key in self._registry.judged_in(each)]
        self._add(keys, Lane.DIRECT if len(keys) <= FEW else Lane.BULK)

    def everything_changed(self) -> None:
        """Something on which every verdict depends."""
        self._add(self._registry, Lane.BULK)

    def seen(self, seen: Observation, at_start: bool) -> None:  # noqa: FBT001 - a callback's
        """An event told of an assessment; ``at_start``: it was found by the first list."""
        known = self._registry.get(seen.key)
        generation = known.generation if known and known.uid == seen.uid else None
        if not self._registry.observe(seen):
            return
        if generation == seen.generation:
            # Only the status differs from what we wrote: another manager touched it.
            if self.opened.is_set():
                self._queue.add_after(seen.key, FOREIGN_STATUS_DELAY)
            return
        # At the start there are very many, and beyond the limit as many as somebody likes.
        direct = self._registry.is_judged(seen.key) and not at_start
        self._add([seen.key], Lane.DIRECT if direct else Lane.BULK)
        self._limit_moved(seen.key.namespace)

    def deleted(self, key: AssessmentKey, uid: str) -> None:
        """One of this UID is there no more."""
        if self._registry.forget(key, uid):
            self._metrics.forget(key.namespace, key.name)
            self._queue.forget(key)
            self._limit_moved(key.namespace)

    def _limit_moved(self, namespace: str) -> None:
        self._add(self._registry.at_the_limit(namespace), Lane.BULK)

    def _add(self, keys: Collection[AssessmentKey] | Registry, lane: Lane) -> None:
        if self.opened.is_set():
            for key in keys:
                self._queue.add(key, lane)
