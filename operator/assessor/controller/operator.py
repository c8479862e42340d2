"""The operator process: informers, queue, workers, kopf and probes, wired and supervised."""

import asyncio
import signal
from collections.abc import Callable, Collection, Iterable
from typing import Any

import structlog

from assessor.adapters.api_client import ApiClient
from assessor.adapters.clock import SystemClock
from assessor.adapters.cluster_cache import ClusterCache
from assessor.adapters.credentials import CredentialSource
from assessor.adapters.event_recorder import EventRecorder
from assessor.adapters.informer import InformerSettings
from assessor.adapters.informer_metrics import InformerCollector
from assessor.adapters.leases import Leases
from assessor.adapters.metrics import Metrics
from assessor.adapters.status_writer import StatusWriter
from assessor.controller import health
from assessor.controller.assessment_watch import AssessmentWatch
from assessor.controller.assessments import AssessmentKey, Registry
from assessor.controller.election import Elector
from assessor.controller.judge import Judge
from assessor.controller.kopf_runtime import KopfRuntime
from assessor.controller.leadership import Leadership, LeadershipLostError, Seat, Sole
from assessor.controller.outbox import Outbox
from assessor.controller.queue import QueueClosedError, WorkQueue
from assessor.controller.reconciler import Outcome, Reconciler
from assessor.controller.serving import probe_server
from assessor.controller.settings import Settings
from assessor.controller.triggers import Triggers
from assessor.kernel.errors import ClusterError

log = structlog.stdlib.get_logger(__name__)

REQUEST_TIMEOUT = 60.0
"""Seconds: a page of a large list on a busy API server takes its time."""

FINISH_TIMEOUT = 1.0
"""Seconds at the end for statuses that are being written: who stands by waits for them."""

ANSWER_TIMEOUT = 2.0
"""Seconds after that for the answers to what was sent: without them its Events are lost."""

DRAIN_TIMEOUT = 5.0
"""Seconds at the end for Events that were not told yet: the next process derives none of them
from the statuses that are written."""


class Operator:
    """Everything that runs in `assessor run`; one event loop, plus kopf's thread."""

    def __init__(
        self, settings: Settings, source: CredentialSource, seat: Seat | None = None
    ) -> None:
        """Wire the parts; nothing runs before ``run``.

        ``seat``: the Lease to write under; without it, this is the only process that writes.
        """
        clock = SystemClock()
        self._settings = settings
        self.metrics = Metrics()
        self.registry = Registry()
        self.queue: WorkQueue[AssessmentKey] = WorkQueue(
            delay=settings.coalesce,
            cap=settings.coalesce_cap,
            group_of=lambda key: key.namespace,
            on_wait=self.metrics.queue_wait,
        )
        self.triggers = Triggers(self.registry, self.queue, self.metrics)
        self.client = ApiClient(
            source,
            clock,
            request_timeout=REQUEST_TIMEOUT,
            idle_timeout=settings.watch_silence,
            on_request=self.metrics.request,
        )
        self.cache = ClusterCache(
            self.client,
            clock,
            on_dirty=self.triggers.namespaces_changed,
            on_all_dirty=self.triggers.everything_changed,
            on_crash=lambda: self.metrics.unexpected("discovery"),
            stale_after=settings.stale_after,
            silence=settings.watch_silence,
            discovery_interval=settings.discovery_interval,
        )
        self.assessments = AssessmentWatch(
            self.client,
            clock,
            self.registry,
            on_seen=self.triggers.seen,
            on_deleted=self.triggers.deleted,
            on_error=lambda: self.metrics.unexpected("observe"),
            settings=InformerSettings(
                stale_after=settings.stale_after, silence=settings.watch_silence
            ),
        )
        self.metrics.add(
            InformerCollector(lambda: (*self.cache.informers, self.assessments.informer), clock)
        )
        self.leadership: Leadership = (
            Elector(Leases(self.client, seat.namespace, seat.lease), clock, seat=seat)
            if seat
            else Sole()
        )
        self.outbox = Outbox(
            EventRecorder(self.client, clock),
            busy=lambda: self.queue.depth > 0,
            on_dropped=lambda: self.metrics.unexpected("event"),
        )
        self.reconciler = Reconciler(
            registry=self.registry,
            snapshots=self.cache,
            judge=Judge(),
            writer=StatusWriter(self.client, permit=self._permit),
            teller=self.outbox,
            metrics=self.metrics,
            clock=clock,
        )
        self.kopf = KopfRuntime(
            source,
            lambda: self._in_main_loop(self.assessments.informer.hurry),
            lambda: self._in_main_loop(self.metrics.kopf_restarted),
            silence=settings.watch_silence,
        )
        self.server = probe_server(
            settings,
            self.client,
            clock,
            healthy=self._unhealthy_reason,
            ready=self._unready_reason,
            metrics=self._render_metrics,
        )
        self._loop: asyncio.AbstractEventLoop | None = None

    async def run(self) -> None:
        """Run until SIGTERM or SIGINT; an exception ends the process, and Kubernetes restarts it.

        The order matters: nothing is judged before the caches have settled.
        """
        self._loop = asyncio.get_running_loop()
        stop = asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            self._loop.add_signal_handler(name, stop.set)
        await self.server.start()
        log.info("listening", host=self._settings.http_host, port=self.server.port)
        workers = asyncio.create_task(self._work_while_leading(), name="workers")
        tasks = [workers] + [
            asyncio.create_task(work, name=name)
            for name, work in (
                ("informers", self.cache.run()),
                ("assessments", self.assessments.run()),
                ("leadership", self._lead_when_settled()),
                ("events", self.outbox.run()),
                ("stop", stop.wait()),
            )
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            log.info("stopping")
        finally:
            await self._shut_down(workers, tasks)

    async def _shut_down(
        self, workers: asyncio.Task[None], tasks: Collection[asyncio.Task[Any]]
    ) -> None:
        """Finish what was begun, and let another process lead before what it need not wait for."""
        self.queue.close()
        leads = self.triggers.opened.is_set()
        if leads:
            await asyncio.wait([workers], timeout=FINISH_TIMEOUT)
        await _cancel(task for task in tasks if task is not workers)
        try:
            await self.leadership.release()
            # Nothing more is sent without the lease.
            if leads:
                await asyncio.wait([workers], timeout=ANSWER_TIMEOUT)
            await _cancel([workers])
            await self.outbox.drain(DRAIN_TIMEOUT)
        finally:
            if self.kopf.alive:
                await self.kopf.stop()
            await self.server.stop()
            await self.client.aclose()

    def _in_main_loop(self, call: Callable[[], None]) -> None:
        """From kopf's thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(call)

    # ── what does the work ────────────────────────────────────────────────────────────────────

    async def _lead_when_settled(self) -> None:
        """Stand for leadership once there is something to judge by; keep it while it is held."""
        self.kopf.start()
        await self.cache.wait_settled()
        await self.leadership.acquire()
        # Nothing was noted while another led: what it did not come to is found by judging all.
        self.triggers.open()
        await self.leadership.hold()

    def _permit(self) -> None:
        """Nothing is written without leading, however long ago it was begun."""
        if not self.leadership.holds:
            raise LeadershipLostError("this process does not lead any more")

    async def _work_while_leading(self) -> None:
        await self.triggers.opened.wait()
        async with asyncio.TaskGroup() as group:
            for _ in range(self._settings.workers):
                group.create_task(self._work())

    async def _work(self) -> None:
        while True:
            try:
                key = await self.queue.get()
            except QueueClosedError:
                return
            try:
                outcome = await self.reconciler.reconcile(key)
            except ClusterError as error:
                log.warning("assessment not written", assessment=str(key), error=str(error))
                self.metrics.unexpected("write")
                self.queue.retry(key)
            except Exception:
                # One assessment's trouble, a bug included, must not end the others' worker.
                log.exception("assessment failed", assessment=str(key))
                self.metrics.unexpected("reconcile")
                self.queue.retry(key)
            else:
                self._follow_up(key, outcome)
            finally:
                self.queue.done(key)

    def _follow_up(self, key: AssessmentKey, outcome: Outcome) -> None:
        if outcome.outdated:
            self.queue.retry(key)
            return
        self.queue.succeeded(key)
        if outcome.again_in is not None:
            self.queue.add_after(key, outcome.again_in)

    # ── what tells of it ──────────────────────────────────────────────────────────────────────

    def _unhealthy_reason(self) -> str | None:
        return health.unhealthy(self.cache, self.kopf)

    def _unready_reason(self) -> str | None:
        return health.unready(self.cache, self.kopf, listed=self.assessments.listed)

    def _render_metrics(self) -> tuple[bytes, str]:
        known = self.cache.namespaces()
        without = None if known is None else len(known - self.registry.namespaces())
        self.metrics.observe_state(
            namespaces_without_assessment=without,
            queue_depth=self.queue.depth,
            leading=self.triggers.opened.is_set() and self.leadership.holds,
        )
        return self.metrics.render()


async def _cancel(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """End them, whatever they raise."""
    cancelled = list(tasks)
    for task in cancelled:
        task.cancel()
    await asyncio.gather(*cancelled, return_exceptions=True)
