"""What sets work off, in which lane, and what probes and metrics tell of it."""

import asyncio
from typing import Any

import pytest

from assessor.adapters.cluster_cache import ClusterCache
from assessor.adapters.credentials import Connection
from assessor.adapters.event_recorder import AssessmentRef
from assessor.adapters.status_writer import Target
from assessor.controller.assessment_watch import AssessmentWatch
from assessor.controller.assessments import MOST_JUDGED, AssessmentKey, Observation
from assessor.controller.health import UNHEALTHY_ENDS, UNSETTLED_LIMIT
from assessor.controller.leadership import LeadershipLostError, Seat
from assessor.controller.operator import Operator
from assessor.controller.settings import Settings
from assessor.controller.triggers import FEW
from assessor.inventory.meta import Meta
from assessor.inventory.workloads import Namespace
from assessor.reporting.notes import Note


class Source:
    """Credentials that nobody uses."""

    def current(self) -> Connection:
        """The same."""
        return Connection(server="https://cluster.test")

    reload = current


class Thread:
    """kopf's thread as far as probes look at it."""

    alive = True
    ready = True
    ends = 0


@pytest.fixture
async def operator() -> Operator:
    """An operator that was not started and leads, in a running loop."""
    made = Operator(Settings(), Source())
    made.triggers.open()
    return made


def seen(namespace: str, version: int = 1, **status: Any) -> Observation:
    """Make what an event tells of a namespace's assessment."""
    return Observation(AssessmentKey(namespace, "b"), namespace, 1, version, {}, status)


def settle(operator: Operator) -> None:
    """Let the caches be settled."""
    operator.cache._settling.settled = True


async def order(operator: Operator) -> list[str]:
    """The namespaces that are judged, in order."""
    taken = []
    while operator.queue.depth:
        key = await operator.queue.get()
        taken.append(key.namespace)
        operator.queue.succeeded(key)
        operator.queue.done(key)
    return taken


async def test_a_direct_change_overtakes_one_that_concerns_many(operator: Operator) -> None:
    """A ClusterRole that is bound everywhere sets off a fan-out, not a thousand direct changes."""
    names = [f"ns{number}" for number in range(3 * FEW)]
    for name in names:
        operator.registry.observe(seen(name))
    operator.triggers.namespaces_changed(names)
    operator.triggers.namespaces_changed([names[-1]])
    assert (await order(operator))[0] == names[-1]


async def test_a_change_of_a_few_is_direct(operator: Operator) -> None:
    """It overtakes a look at everything."""
    for name in ("a", "b", "c"):
        operator.registry.observe(seen(name))
    operator.triggers.everything_changed()
    operator.triggers.namespaces_changed(["c"])
    assert await order(operator) == ["c", "a", "b"]


async def test_what_is_found_by_listing_is_overtaken(operator: Operator) -> None:
    """At the start there are very many; a new assessment's own event is direct."""
    for name in ("a", "b", "c"):
        operator.triggers.seen(seen(name), at_start=True)
    operator.triggers.seen(seen("d"), at_start=False)
    assert await order(operator) == ["d", "a", "b", "c"]


async def test_who_stands_by_knows_of_everything_and_notes_no_work() -> None:
    """What the leader did not come to is found by judging all, once this process leads."""
    operator = Operator(Settings(), Source(), Seat("system", "lease", "me"))
    operator.triggers.seen(seen("a"), at_start=True)
    operator.triggers.seen(seen("b"), at_start=False)
    operator.triggers.namespaces_changed(["a"])
    operator.triggers.everything_changed()
    assert operator.queue.depth == 0
    assert len(operator.registry) == 2
    assert "kube_assessor_leading 0.0" in exposition(operator)
    with pytest.raises(LeadershipLostError):
        await operator.reconciler._writer.write(Target("a", "b", 1), {})
    operator.triggers.open()
    assert await order(operator) == ["a", "b"]


async def test_a_deleted_assessment_is_forgotten(operator: Operator) -> None:
    """With its series and what waits for it; one that was made anew is not."""
    operator.triggers.seen(seen("a"), at_start=False)
    operator.metrics.assessed("a", "b", {"score": 3})
    operator.triggers.deleted(AssessmentKey("a", "b"), "another")
    assert len(operator.registry) == 1
    operator.triggers.deleted(AssessmentKey("a", "b"), "a")
    assert len(operator.registry) == 0
    assert 'namespace="a"' not in exposition(operator)
    assert operator.queue.depth == 0


async def test_ready_is_settled_and_listed(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each by itself is not enough, and the reason is told."""
    assert operator._unready_reason() == "the caches have not settled yet"
    settle(operator)
    assert operator._unready_reason() == "the SecurityAssessments have not been listed yet"
    monkeypatch.setattr(AssessmentWatch, "listed", True)
    assert operator._unready_reason() == "kopf has not started its watches yet"
    operator.kopf = Thread()  # type: ignore[assignment] # as much of it as is looked at
    assert operator._unready_reason() is None


async def test_without_kopf_s_thread_it_is_not_healthy(operator: Operator) -> None:
    """Before the start there is none, and that is well."""
    assert operator._unhealthy_reason() is None
    settle(operator)
    assert operator._unhealthy_reason() == "kopf is not running"
    operator.kopf = Thread()  # type: ignore[assignment] # as much of it as is looked at
    assert operator._unhealthy_reason() is None


async def test_kopf_that_keeps_ending_is_not_healthy(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where an API server answers; a restart would not bring one that is away."""
    settle(operator)
    operator.kopf = thread = Thread()  # type: ignore[assignment] # as much of it as is looked at
    thread.ends = UNHEALTHY_ENDS
    assert operator._unhealthy_reason() is None
    monkeypatch.setattr(ClusterCache, "connected", True)
    told = f"kopf ended {UNHEALTHY_ENDS} times in a row"
    assert operator._unhealthy_reason() == told
    thread.ends -= 1
    assert operator._unhealthy_reason() is None


async def test_caches_that_never_settle_are_not_healthy(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where an API server answers, and after minutes: a large list takes its time."""
    monkeypatch.setattr(ClusterCache, "unsettled_for", UNSETTLED_LIMIT + 1, raising=False)
    assert operator._unhealthy_reason() is None
    monkeypatch.setattr(ClusterCache, "connected", True)
    assert operator._unhealthy_reason() == "the caches have not settled for 600 s"
    monkeypatch.setattr(ClusterCache, "unsettled_for", UNSETTLED_LIMIT)
    assert operator._unhealthy_reason() is None


async def test_namespaces_that_nobody_assesses_are_counted(operator: Operator) -> None:
    """Those that exist, without those that have an assessment."""
    informer = next(i for i in operator.cache.informers if i.kind.kind == "Namespace")
    assert "kube_assessor_namespaces_without_assessment NaN" in exposition(operator)
    informer._opened("1", None)
    informer.store.replace([Namespace(Meta(name, "", name, {})) for name in ("a", "b", "c")])
    operator.triggers.seen(seen("a"), at_start=True)
    operator.triggers.seen(seen("gone"), at_start=True)
    exposed = exposition(operator)
    assert "kube_assessor_namespaces_without_assessment 2.0" in exposed
    assert "kube_assessor_queue_depth 2.0" in exposed


def exposition(operator: Operator) -> str:
    """What a scraper reads."""
    return operator._render_metrics()[0].decode()


async def test_a_crowd_is_not_direct(operator: Operator) -> None:
    """Neither a change that concerns many assessments, nor one beyond the limit."""
    for number in range(MOST_JUDGED + 3):
        key = AssessmentKey("crowd", f"{number:02}")
        operator.triggers.seen(Observation(key, key.name, 1, 1, {}, {}), at_start=True)
    operator.triggers.seen(seen("quiet"), at_start=True)
    await order(operator)
    await asyncio.sleep(0.2)  # what was judged rests for a moment
    operator.triggers.namespaces_changed(["crowd"])
    operator.triggers.seen(
        Observation(AssessmentKey("crowd", "99"), "99", 1, 1, {}, {}), at_start=False
    )
    operator.triggers.namespaces_changed(["quiet"])
    judged = await order(operator)
    assert judged[0] == "quiet"
    assert judged.count("crowd") == MOST_JUDGED + 2, "the new one, and the first beyond the limit"


async def test_where_one_goes_the_next_is_judged(operator: Operator) -> None:
    """Its turn comes without a change of its own."""
    keys = [AssessmentKey("crowd", f"{number:02}") for number in range(MOST_JUDGED + 1)]
    for key in keys:
        operator.triggers.seen(Observation(key, key.name, 1, 1, {}, {}), at_start=True)
    await order(operator)
    operator.triggers.deleted(keys[0], keys[0].name)
    await asyncio.sleep(0.2)
    assert await operator.queue.get() == keys[-1]


class Term:
    """Leadership that tells when it was given back."""

    holds = True

    def __init__(self) -> None:
        """It is held."""
        self.over = asyncio.Event()

    async def acquire(self) -> None:
        """It is held already."""

    async def hold(self) -> None:
        """Nobody else wants it."""

    async def release(self) -> None:
        """It is over."""
        self.over.set()


async def test_what_was_sent_may_be_answered_when_another_leads(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lease is given back when statuses take too long; their Events are told all the same."""
    monkeypatch.setattr("assessor.controller.operator.FINISH_TIMEOUT", 0.01)
    told: list[str] = []

    async def record(_: AssessmentRef, note: Note) -> bool:
        told.append(note.reason)
        return True

    async def write() -> None:
        await term.over.wait()
        operator.outbox.put(AssessmentRef("a", "b", "u"), Note("Assessed", "Normal", "", ""))

    operator.leadership = term = Term()
    monkeypatch.setattr(operator.outbox._recorder, "record", record)
    workers = asyncio.create_task(write())
    await operator._shut_down(workers, [workers])
    assert told == ["Assessed"]
