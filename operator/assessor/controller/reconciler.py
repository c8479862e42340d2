"""One SecurityAssessment brought up to date: snapshot, verdict, status, Events."""

import asyncio
from copy import copy
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from msgspec import Struct

from assessor.adapters.bulk import parts_of
from assessor.adapters.event_recorder import AssessmentRef
from assessor.adapters.metrics import Metrics
from assessor.adapters.status_writer import Gone, Outdated, StatusWriter, Target
from assessor.api.parsing import parse_duration
from assessor.api.security_assessment import SecurityAssessmentSpec
from assessor.controller.assessments import (
    MOST_JUDGED,
    AssessmentKey,
    KnownAssessment,
    Registry,
    jitter,
)
from assessor.controller.judge import Judge, ProfileNotFoundError
from assessor.inventory.snapshot import Snapshot
from assessor.kernel.clock import Clock
from assessor.kernel.errors import InputError
from assessor.reporting.notes import Note
from assessor.reporting.status import not_ready_status, same_content, suspended_status
from assessor.reporting.transitions import notes

log = structlog.stdlib.get_logger(__name__)

DEFAULT_INTERVAL = timedelta(hours=1)
"""The heartbeat of an assessment whose spec cannot be read."""

GONE_DELAY = 5.0
"""Seconds until what was not found is written again, unless its watch has told that it is gone."""

TOO_MANY = f"Only the {MOST_JUDGED} oldest SecurityAssessments of a namespace are judged."

Status = dict[str, Any]


class SnapshotSource(Protocol):
    """Where snapshots come from: the caches of the informers."""

    def snapshot(self, namespace: str) -> Snapshot | None:
        """Everything known of a namespace; None where there is no such namespace (yet)."""

    def patience(self) -> float:
        """Seconds for which a stored verdict counts more than a snapshot; 0 for none."""


class Teller(Protocol):
    """Where notes go; telling is not waited for."""

    def put(self, subject: AssessmentRef, note: Note) -> None:
        """Have it told."""


class Outcome(Struct, frozen=True):
    """What came of a reconciliation; ``again_in``: seconds until the next full evaluation.

    ``outdated``: what it was made from had changed meanwhile, so that it is to be tried again.
    """

    written: bool
    again_in: float | None
    outdated: bool = False


HEAVY = 200
"""Objects and rules of a namespace from which on judging it takes much longer than a thread."""

MANY_PARTS = 1000
"""The same of what their parts are: usual ones have some ten, and each may be a finding."""

NOTHING_TO_DO = Outcome(written=False, again_in=None)


class Reconciler:
    """Judges an assessment's namespace and writes the status where its content changed."""

    def __init__(
        self,
        *,
        registry: Registry,
        snapshots: SnapshotSource,
        judge: Judge,
        writer: StatusWriter,
        teller: Teller,
        metrics: Metrics,
        clock: Clock,
    ) -> None:
        """Everything that it works with is given."""
        self._registry = registry
        self._snapshots = snapshots
        self._judge = judge
        self._writer = writer
        self._teller = teller
        self._metrics = metrics
        self._clock = clock

    async def reconcile(self, key: AssessmentKey) -> Outcome:
        """Bring one assessment's status up to date; raises ClusterError where it cannot."""
        known = self._registry.get(key)
        if known is None:
            return NOTHING_TO_DO
        if not self._registry.is_judged(key):
            return await self._leave_out(key, known)
        # As it is now: while it is judged beside the loop, an event may come.
        known = copy(known)
        snapshot = self._snapshots.snapshot(key.namespace)
        if snapshot is None or snapshot.namespace.meta.deleting:
            # While a namespace goes, its policies go before its pods: that is no drift to tell of.
            return NOTHING_TO_DO
        previous = known.before
        patience = self._snapshots.patience()
        if patience and _is_current(previous, known):
            self._metrics.assessed(key.namespace, key.name, previous)
            return Outcome(written=False, again_in=patience)
        return await self._update(key, known, snapshot, previous)

    async def _update(
        self, key: AssessmentKey, known: KnownAssessment, snapshot: Snapshot, previous: Status
    ) -> Outcome:
        """Judge it, and write what is news."""
        now = self._clock.now()
        if is_heavy(snapshot):
            # Beside the loop: what takes seconds must keep neither probes nor watches waiting.
            status = await asyncio.to_thread(self._status, known, snapshot, previous, now)
            if not self._is_there(key, known):
                # Deleted meanwhile: nobody would remove its series, or its next turn, again.
                return NOTHING_TO_DO
        else:
            status = self._status(known, snapshot, previous, now)
        news = not same_content(status, previous)
        if not (news or known.forged or _heartbeat_due(previous, now, known)):
            self._metrics.assessed(key.namespace, key.name, previous)
            return Outcome(written=False, again_in=_seconds_until(previous, now, known))
        return await self._write(key, known, previous, status, news=news)

    def _is_there(self, key: AssessmentKey, known: KnownAssessment) -> bool:
        now = self._registry.get(key)
        return now is not None and now.uid == known.uid

    async def _leave_out(self, key: AssessmentKey, known: KnownAssessment) -> Outcome:
        """Say once that it is one too many: it costs no more, however many there are."""
        previous, now = known.before, self._clock.now()
        status = not_ready_status(previous, known.generation, now, "TooManyAssessments", TOO_MANY)
        news = not same_content(status, previous)
        self._metrics.assessed(key.namespace, key.name, status)
        if not (news or known.forged):
            return NOTHING_TO_DO
        return await self._write(key, known, previous, status, news=news)

    def _status(
        self, known: KnownAssessment, snapshot: Snapshot, previous: Status, now: datetime
    ) -> Status:
        if isinstance(known.spec, InputError):
            return not_ready_status(previous, known.generation, now, "InvalidSpec", str(known.spec))
        if known.spec.suspend:
            return suspended_status(previous, known.generation, now)
        try:
            return self._judge.status(
                known.spec,
                snapshot,
                generation=known.generation,
                previous=previous,
                now=now,
                next_at=now + _interval(known),
            )
        except ProfileNotFoundError as error:
            return not_ready_status(previous, known.generation, now, "ProfileNotFound", str(error))

    async def _write(
        self,
        key: AssessmentKey,
        known: KnownAssessment,
        previous: Status,
        status: Status,
        *,
        news: bool,
    ) -> Outcome:
        """Store the status, and tell of it where it is ``news``: says other than before."""
        target = Target(key.namespace, key.name, known.version, known.stored.mending)
        # It may get stored and its answer lost: then the next is told against what was before.
        self._registry.sending(key, known.uid, status, known.latest)
        result = await self._writer.write(target, status)
        if isinstance(result, Outdated):
            self._metrics.wrote("outdated")
            return Outcome(written=False, again_in=None, outdated=True)
        if isinstance(result, Gone):
            # Whether it is, its watch tells; an API server that is starting knows of none.
            self._metrics.wrote("gone")
            log.info("assessment not found", reason=result.reason, **_named(key))
            return Outcome(written=False, again_in=GONE_DELAY)
        self._metrics.wrote("written")
        if result.removed:
            self._metrics.wrote("cleaned")
            log.warning("foreign fields removed from status", fields=result.removed, **_named(key))
        if not self._registry.wrote(key, known.uid, result.resource_version):
            # Deleted while the answer was on its way: nobody would remove its series again.
            return NOTHING_TO_DO
        self._metrics.assessed(key.namespace, key.name, status)
        if news:
            _log_change(key, status)
            self._announce(key, known, previous, status)
        return Outcome(written=True, again_in=_interval(known).total_seconds())

    def _announce(
        self, key: AssessmentKey, known: KnownAssessment, previous: Status, status: Status
    ) -> None:
        mode = (
            known.spec.reporting.events
            if isinstance(known.spec, SecurityAssessmentSpec)
            else "Transitions"
        )
        subject = AssessmentRef(key.namespace, key.name, known.uid)
        for note in notes(previous, status, mode=mode):
            self._teller.put(subject, note)


def is_heavy(snapshot: Snapshot) -> bool:
    """Whether judging it may take long: what is compared with each other is many."""
    objects = (snapshot.pods, snapshot.workloads, snapshot.role_bindings, snapshot.services)
    rules = (len(each.ingress) + len(each.egress) + 1 for each in snapshot.network_policies)
    containers = (len(each.template.containers) for each in snapshot.workloads)
    granted = (len(each.rules) for each in snapshot.roles)
    named = (len(each.binding.subjects) for each in snapshot.role_bindings)
    total = sum(map(len, objects)) + sum(rules) + sum(containers) + sum(granted) + sum(named)
    return total > HEAVY or parts_of(snapshot) > MANY_PARTS


def _is_current(status: Status, known: KnownAssessment) -> bool:
    """Whether a stored status holds verdicts on good evidence for the spec as it is."""
    ready = next((c["status"] for c in status.get("conditions", ()) if c["type"] == "Ready"), "")
    return ready == "True" and status.get("observedGeneration") == known.generation


def _interval(known: KnownAssessment) -> timedelta:
    """The spec's interval, shortened by up to a tenth so that heartbeats spread."""
    whole = (
        DEFAULT_INTERVAL
        if isinstance(known.spec, InputError)
        else parse_duration(known.spec.interval)
    )
    return whole * (1 - 0.1 * jitter(known.uid))


def _next_at(status: Status) -> datetime | None:
    text = status.get("nextAssessmentTime")
    return datetime.fromisoformat(text) if text else None


def _heartbeat_due(status: Status, now: datetime, known: KnownAssessment) -> bool:
    """Whether the time that the stored status announces has come; a suspended one has none.

    A time that is unreadable, or farther off than the interval, was not written by us and this
    clock: waiting for it could silence the heartbeat for years.
    """
    try:
        next_at = _next_at(status)
    except ValueError:
        return True
    return next_at is not None and not now < next_at <= now + _interval(known)


def _seconds_until(status: Status, now: datetime, known: KnownAssessment) -> float:
    """From now to the announced heartbeat, which is not due."""
    next_at = _next_at(status) or now + _interval(known)
    return (next_at - now).total_seconds()


def _named(key: AssessmentKey) -> dict[str, str]:
    """An assessment as log lines name it."""
    return {"namespace": key.namespace, "assessment": key.name}


def _log_change(key: AssessmentKey, status: Status) -> None:
    summary = status.get("summary", {})
    compliant = next(
        (c["status"] for c in status["conditions"] if c["type"] == "Compliant"), "Unknown"
    )
    log.info(
        "assessment changed",
        compliant=compliant,
        score=status.get("score"),
        failed=summary.get("fail"),
        unknown=summary.get("unknown"),
        **_named(key),
    )
