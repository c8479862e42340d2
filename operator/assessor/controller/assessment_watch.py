"""SecurityAssessments followed by an informer of their own, compared with what is known of them."""

import zlib
from collections.abc import Callable

import msgspec
import structlog
from msgspec.structs import replace

from assessor.adapters.informer import Informer, InformerSettings
from assessor.adapters.store import Change, Entry
from assessor.adapters.supervising import supervise
from assessor.adapters.transport import Transport
from assessor.controller.assessments import AssessmentKey, Observation, Registry
from assessor.inventory.assessments import AssessmentContent, AssessmentRecord
from assessor.inventory.kinds import ASSESSMENTS
from assessor.kernel.clock import Clock

log = structlog.stdlib.get_logger(__name__)


class AssessmentWatch:
    """Tells of what is new, changed or deleted, and of no echo of our own writes.

    ``on_seen`` is told of it, and whether it comes from the first list; ``on_deleted`` of a key and
    the UID that it had; ``on_error`` of what could not be taken in.
    """

    def __init__(
        self,
        transport: Transport,
        clock: Clock,
        registry: Registry,
        *,
        on_seen: Callable[[Observation, bool], None],
        on_deleted: Callable[[AssessmentKey, str], None],
        on_error: Callable[[], None],
        settings: InformerSettings,
    ) -> None:
        """Nothing runs before ``run``."""
        self._registry, self._clock = registry, clock
        self._on_seen, self._on_deleted, self._on_error = on_seen, on_deleted, on_error
        self.informer = Informer(
            ASSESSMENTS,
            transport,
            clock,
            on_change=lambda *_: None,
            on_gap_change=lambda _: None,
            concerns=self._take,
            settings=settings,
        )

    @property
    def listed(self) -> bool:
        """Whether all there are were listed, at least once."""
        return self.informer.synced

    async def run(self) -> None:
        """Follow them until cancelled; a bug is told, counted and survived."""
        await supervise(
            self.informer, self._clock, start_over=self._start_over, on_crash=self._on_error
        )

    def _take(self, change: Change) -> tuple[()]:
        """Tell of one change; it concerns no namespace's evidence."""
        try:
            self._compare(change)
        except Exception:
            # A bug over one assessment must not end the watch of the others.
            log.exception("assessment not taken in", namespace=change.namespace, name=change.name)
            self._on_error()
        return ()

    def _compare(self, change: Change) -> None:
        key = AssessmentKey(change.namespace, change.name)
        before, after = change.before, change.after
        if after is None:
            known = self._registry.get(key)
            uid = before.meta.uid if isinstance(before, AssessmentRecord) else known and known.uid
            if uid:
                self._on_deleted(key, uid)
        elif not isinstance(after, AssessmentRecord):
            raise TypeError(f"unreadable: {after}")
        else:
            if isinstance(before, AssessmentRecord) and after.version < before.version:
                # What is seen is never older than what was seen, unless the storage is.
                self._registry.restored(key, after.version)
            self._tell(key, after)

    def _tell(self, key: AssessmentKey, record: AssessmentRecord) -> None:
        known = self._registry.get(key)
        same = known and known.uid == record.meta.uid
        echo = known and same and record.version <= known.version
        # An echo of our own write, or older: most events are, so nothing of it is decoded.
        if record.content and not echo:
            self._on_seen(_observation(key, record, record.content), not self.informer.synced)
        self.informer.store.keep(*key, replace(record, content=None))

    def _start_over(self) -> None:
        """What the informer had taken in and not told yet, nobody will hear of again."""
        store = self.informer.store
        for entry in store:
            self._retell(entry)
        for key in self._registry:
            if store.get(key.namespace, key.name) is None and (known := self._registry.get(key)):
                self._on_deleted(key, known.uid)

    def _retell(self, entry: Entry) -> None:
        if isinstance(entry, AssessmentRecord):
            self._take(Change(entry.meta.namespace, entry.meta.name, None, entry))


def _observation(
    key: AssessmentKey, record: AssessmentRecord, content: AssessmentContent
) -> Observation:
    return Observation(
        key,
        record.meta.uid,
        record.generation,
        record.version,
        msgspec.json.decode(content.spec, type=dict),
        msgspec.json.decode(zlib.decompress(content.status), type=dict),
        record.created,
    )
