"""The reconciler writes what changed, when it is time, and tells of transitions alone."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.adapters.event_recorder import AssessmentRef
from assessor.adapters.metrics import Metrics
from assessor.adapters.status_writer import Gone, Outdated, Target, WriteOutcome, Written
from assessor.catalogue.checks import Problem, Subjects, check
from assessor.controller.assessments import MOST_JUDGED, AssessmentKey, Observation, Registry
from assessor.controller.judge import Judge
from assessor.controller.reconciler import GONE_DELAY, NOTHING_TO_DO, Outcome, Reconciler
from assessor.inventory.kinds import Evidence
from assessor.inventory.meta import Meta
from assessor.inventory.snapshot import EvidenceGap, GapReason, Snapshot
from assessor.inventory.workloads import Namespace, ServiceAccount
from assessor.kernel.errors import ClusterError, UnreachableError
from assessor.kernel.severity import Severity
from assessor.reporting.notes import Note

KEY = AssessmentKey("payments", "baseline")
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
HARDENED = Namespace(Meta("payments", "", "u", {"hardened": "yes"}))
CARELESS = Namespace(Meta("payments", "", "u", {}))


@check(
    "not-hardened",
    control="NET-01",
    severity=Severity.HIGH,
    over=Subjects.NAMESPACE,
    needs=frozenset({Evidence.PODS}),
    remediation="Harden it.",
)
def not_hardened(namespace: Namespace, _: Snapshot) -> Iterator[Problem]:
    """A namespace is hardened where its label says so."""
    if "hardened" not in namespace.meta.labels:
        yield Problem("not hardened")


class FakeClock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        """Begin with the year."""
        self.time = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        """The time that was set."""
        return self.time

    def monotonic(self) -> float:
        """The same as seconds."""
        return self.time.timestamp()


class FakeSnapshots:
    """Knows one namespace, or none."""

    def __init__(self) -> None:
        """Begin with a hardened one."""
        self.known: Snapshot | None = Snapshot(HARDENED)
        self.waits = 0.0

    def snapshot(self, namespace: str) -> Snapshot | None:
        """What is known."""
        assert namespace == KEY.namespace
        return self.known

    def patience(self) -> float:
        """What was set."""
        return self.waits


class FakeWriter:
    """Accepts every status, unless it was told otherwise."""

    def __init__(self) -> None:
        """Begin with nothing written."""
        self.written: list[dict[str, Any]] = []
        self.version = 1000
        """The highest resourceVersion that there is."""
        self.removed: tuple[str, ...] = ()
        self.before_answer: Callable[[dict[str, Any]], None] | None = None
        """What happens between the acceptance of a status and its answer."""
        self.answer: WriteOutcome | ClusterError | None = None
        """What is answered instead to a status that was accepted."""
        self.gone = False
        self.unreachable = False

    async def write(self, target: Target, status: dict[str, Any]) -> WriteOutcome:
        """Keep it, where it was made from what is stored."""
        assert (target.namespace, target.name) == KEY
        if self.unreachable:
            raise UnreachableError("connection refused")
        if self.gone:
            return Gone("not found")
        if target.version != self.version:
            return Outdated("the object has been modified")
        self.written.append(status)
        self.version = version = self.version + 1
        if self.before_answer:
            self.before_answer(status)
        if isinstance(self.answer, ClusterError):
            raise self.answer
        return self.answer or Written(version, self.removed)


class FakeTeller:
    """Keeps what it is told."""

    def __init__(self) -> None:
        """Begin with nothing told."""
        self.told: list[str] = []

    def put(self, subject: AssessmentRef, note: Note) -> None:
        """Keep the reason."""
        assert (subject.namespace, subject.name) == KEY
        self.told.append(note.reason)


class Bench:
    """A reconciler with everything around it."""

    def __init__(self) -> None:
        """Know one assessment, whose status is empty."""
        self.clock, self.snapshots = FakeClock(), FakeSnapshots()
        self.writer, self.teller = FakeWriter(), FakeTeller()
        self.registry, self.metrics = Registry(), Metrics()
        self.version = 0
        self.observe()
        self.restart()

    def restart(self) -> None:
        """Make the reconciler anew, as another process would."""
        self.reconciler = Reconciler(
            registry=self.registry,
            snapshots=self.snapshots,
            judge=Judge([not_hardened]),
            writer=self.writer,
            teller=self.teller,
            metrics=self.metrics,
            clock=self.clock,
        )

    def observe(self, status: dict[str, Any] | None = None, **spec: Any) -> None:
        """Take in an event; each one is of a new generation."""
        self.version += 1
        self.writer.version += 1
        known = self.registry.get(KEY)
        stored = status if status is not None else known.stored.unpack() if known else {}
        seen = Observation(KEY, "u1", self.version, self.writer.version, spec, stored)
        self.registry.observe(seen)

    def stored(self, **fields: Any) -> None:
        """Forget all, and find the last status in the cluster, with some fields replaced."""
        spec_version, status = self.version, self.status | fields
        self.registry.forget(KEY)
        seen = Observation(KEY, "u1", spec_version, self.writer.version, {}, status)
        self.registry.observe(seen)
        self.restart()

    async def reconcile(self, after: timedelta = timedelta(0)) -> Outcome:
        """Let time pass, and reconcile."""
        self.clock.time += after
        return await self.reconciler.reconcile(KEY)

    @property
    def status(self) -> dict[str, Any]:
        """The last status that was written."""
        return self.writer.written[-1]

    def condition(self, name: str) -> tuple[str, str]:
        """Status and reason of one of its conditions."""
        found = next(c for c in self.status["conditions"] if c["type"] == name)
        return found["status"], found["reason"]

    def samples(self) -> list[str]:
        """The exposition's lines that speak of the assessment."""
        lines = self.metrics.render()[0].decode().splitlines()
        return [line for line in lines if 'name="baseline"' in line]

    def shown(self, metric: str) -> bool:
        """Whether a line is exposed."""
        return metric in self.metrics.render()[0].decode().splitlines()


@pytest.fixture
def bench() -> Bench:
    """One assessment of one hardened namespace."""
    return Bench()


async def test_the_first_status_is_written_and_told_once(bench: Bench) -> None:
    """The verdict, its metrics, and a single Event."""
    outcome = await bench.reconcile()
    assert outcome.written
    assert bench.condition("Ready") == ("True", "Assessed")
    assert bench.condition("Compliant") == ("True", "NoFailures")
    assert bench.status["observedGeneration"] == 1
    assert bench.teller.told == ["Assessed"]
    assert bench.shown('kube_assessor_score{name="baseline",namespace="payments"} 100.0')
    assert bench.shown('kube_assessor_status_writes_total{outcome="written"} 1.0')


async def test_nothing_is_written_while_nothing_changes(bench: Bench) -> None:
    """However often it is looked at, until the interval is over."""
    await bench.reconcile()
    for _ in range(5):
        outcome = await bench.reconcile(10 * 60 * SECOND)
        assert not outcome.written
    assert len(bench.writer.written) == 1


async def test_the_heartbeat_is_written_and_not_told(bench: Bench) -> None:
    """After the interval the times move, and nothing else does."""
    first = await bench.reconcile()
    assert first.again_in is not None
    outcome = await bench.reconcile(timedelta(seconds=first.again_in))
    assert outcome.written
    before, after = bench.writer.written
    moved = {name for name in after if after[name] != before[name]}
    assert moved == {"lastAssessedTime", "nextAssessmentTime"}
    assert bench.teller.told == ["Assessed"]


async def test_a_change_is_written_at_once_and_told(bench: Bench) -> None:
    """Worse, then better again: each transition once."""
    await bench.reconcile()
    bench.snapshots.known = Snapshot(CARELESS)
    assert (await bench.reconcile(SECOND)).written
    assert bench.condition("Compliant") == ("False", "FailuresFound")
    assert bench.teller.told == ["Assessed", "ComplianceChanged", "ControlFailed"]
    assert not (await bench.reconcile(SECOND)).written
    bench.snapshots.known = Snapshot(HARDENED)
    assert (await bench.reconcile(SECOND)).written
    assert bench.teller.told[3:] == ["ComplianceChanged", "ControlRecovered"]


async def test_evidence_that_goes_is_unknown_and_told(bench: Bench) -> None:
    """The control does not pass on what cannot be read; stale evidence is not ready either."""
    await bench.reconcile()
    gap = EvidenceGap(Evidence.PODS, GapReason.STALE, "no contact")
    bench.snapshots.known = Snapshot(HARDENED, gaps={Evidence.PODS: gap})
    await bench.reconcile(SECOND)
    assert bench.condition("Ready") == ("False", "EvidenceStale")
    assert bench.condition("Compliant") == ("Unknown", "EvidenceMissing")
    assert bench.teller.told == ["Assessed", "ComplianceChanged", "EvidenceUnavailable"]


async def test_a_restart_repeats_nothing(bench: Bench) -> None:
    """What is stored is compared with, not what this process has seen."""
    await bench.reconcile()
    bench.stored()
    assert not (await bench.reconcile(SECOND)).written
    assert bench.teller.told == ["Assessed"]


async def test_a_foreign_status_is_put_right(bench: Bench) -> None:
    """A better verdict that somebody else wrote does not stay."""
    bench.snapshots.known = Snapshot(CARELESS)
    await bench.reconcile()
    bench.stored(score=100)
    assert (await bench.reconcile(SECOND)).written
    assert bench.status["score"] != 100


@pytest.mark.parametrize(
    "told", ["2100-01-01T00:00:00Z", "2026-01-01t00:30:00z", "2025-12-31T00:00:00Z"]
)
async def test_a_foreign_heartbeat_does_not_silence_ours(bench: Bench, told: str) -> None:
    """A time that is too far, unreadable or long ago is replaced at the next look."""
    await bench.reconcile()
    bench.stored(nextAssessmentTime=told)
    assert (await bench.reconcile(SECOND)).written
    assert bench.status["nextAssessmentTime"].startswith("2026-01-01T0")


async def test_a_foreign_condition_is_its_owner_s(bench: Bench) -> None:
    """Conditions have one owner a type: others' neither count as a change nor are copied."""
    await bench.reconcile()
    approved = {"type": "Approved", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"}
    bench.stored(conditions=[*bench.status["conditions"], approved])
    assert not (await bench.reconcile(SECOND)).written
    bench.observe(suspend=True)
    await bench.reconcile(SECOND)
    assert {c["type"] for c in bench.status["conditions"]} == {
        "Ready",
        "Compliant",
        "EvidenceComplete",
    }


@pytest.mark.parametrize("suspend", [False, True])
async def test_a_forged_status_is_no_history(bench: Bench, suspend: bool) -> None:  # noqa: FBT001
    """What we wrote is what follows from it: no copy of the forgery, and no transition from it."""
    bench.snapshots.known = Snapshot(CARELESS)
    await bench.reconcile()
    bench.observe(suspend=suspend)
    await bench.reconcile(SECOND)
    ours, told = bench.status, list(bench.teller.told)
    controls = [control | {"result": "Pass"} for control in ours["controls"]]
    bench.writer.version += 1
    forged = ours | {"score": 100, "controls": controls}
    spec = {"suspend": suspend}
    assert bench.registry.observe(Observation(KEY, "u1", 2, bench.writer.version, spec, forged))
    assert (await bench.reconcile(SECOND)).written
    assert (bench.status["score"], bench.status["controls"]) == (ours["score"], ours["controls"])
    assert bench.teller.told == told


async def test_a_status_that_overtakes_the_answer_to_ours_is_put_right(bench: Bench) -> None:
    """The event of a later foreign write comes first: what it tells is what is stored."""
    bench.snapshots.known = Snapshot(CARELESS)

    def forge(status: dict[str, Any]) -> None:
        bench.writer.version += 1
        forged = status | {"score": 100}
        assert bench.registry.observe(Observation(KEY, "u1", 1, bench.writer.version, {}, forged))

    bench.writer.before_answer = forge
    await bench.reconcile()
    bench.writer.before_answer = None
    assert (await bench.reconcile(SECOND)).written
    assert bench.status["score"] != 100


async def test_an_assessment_that_goes_while_it_is_written_leaves_nothing(bench: Bench) -> None:
    """Its deletion was handled before the answer came: no series, no Event, no next look."""

    def delete(_: dict[str, Any]) -> None:
        bench.registry.forget(KEY, "u1")
        bench.metrics.forget(*KEY)

    bench.writer.before_answer = delete
    assert await bench.reconcile() == NOTHING_TO_DO
    assert bench.samples() == []
    assert bench.teller.told == []


async def test_an_assessment_that_goes_while_it_is_judged_leaves_nothing(bench: Bench) -> None:
    """What is judged beside the loop is overtaken by its deletion: no series, and no next look.

    Nothing else would ever remove them; whoever deletes at the right moment could make any number.
    """
    await bench.reconcile()
    many = tuple(ServiceAccount(Meta(f"a{n}", "payments", f"a{n}", {})) for n in range(1001))
    bench.snapshots.known = Snapshot(HARDENED, service_accounts=many)
    judged = asyncio.create_task(bench.reconcile(SECOND))
    await asyncio.sleep(0)
    bench.registry.forget(KEY, "u1")
    bench.metrics.forget(*KEY)
    assert await judged == NOTHING_TO_DO
    assert bench.samples() == []


async def test_fields_that_were_planted_are_told(bench: Bench) -> None:
    """Somebody writes into other people's verdicts: that is counted."""
    bench.writer.removed = ("score",)
    await bench.reconcile()
    assert bench.shown('kube_assessor_status_writes_total{outcome="cleaned"} 1.0')


async def test_a_start_overrules_no_good_verdict_at_once(bench: Bench) -> None:
    """While kinds that do not answer are waited for, a stored status stays, and is shown."""
    await bench.reconcile()
    gap = EvidenceGap(Evidence.PODS, GapReason.STALE, "not synced yet")
    bench.snapshots.known = Snapshot(HARDENED, gaps={Evidence.PODS: gap})
    bench.snapshots.waits = 50.0
    bench.stored()
    outcome = await bench.reconcile(SECOND)
    assert outcome == Outcome(written=False, again_in=50.0)
    assert bench.shown('kube_assessor_score{name="baseline",namespace="payments"} 100.0')
    bench.snapshots.waits = 0.0
    assert (await bench.reconcile(50 * SECOND)).written
    assert bench.condition("Ready") == ("False", "EvidenceStale")


async def test_a_start_judges_what_has_no_good_verdict(bench: Bench) -> None:
    """A new assessment, a new spec, and one that was judged without evidence before."""
    gap = EvidenceGap(Evidence.PODS, GapReason.STALE, "not synced yet")
    bench.snapshots.known = Snapshot(HARDENED, gaps={Evidence.PODS: gap})
    bench.snapshots.waits = 50.0
    assert (await bench.reconcile()).written
    bench.snapshots.known = Snapshot(HARDENED)
    assert (await bench.reconcile(SECOND)).written
    bench.observe(failOn="Low")
    assert (await bench.reconcile(SECOND)).written


async def test_a_time_that_nobody_can_read_stops_nothing(bench: Bench) -> None:
    """The CRD lets lower-case letters through (RFC 3339 does): no sample, and it goes on."""
    await bench.reconcile()
    bench.stored(lastAssessedTime="2026-01-01t00:00:00z")
    await bench.reconcile(SECOND)
    assert bench.shown('kube_assessor_score{name="baseline",namespace="payments"} 100.0')
    assert not any("last_assessed" in line for line in bench.samples())


async def test_heartbeats_are_spread(bench: Bench) -> None:
    """Each has its own interval, shorter than the spec's by up to a tenth."""
    looks = set()
    for number in range(20):
        bench.registry.forget(KEY)
        bench.registry.observe(Observation(KEY, f"u{number}", 1, bench.writer.version, {}, {}))
        looks.add((await bench.reconcile()).again_in)
    assert len(looks) == 20
    assert all(look is not None and 3240 <= look <= 3600 for look in looks)


async def test_what_is_not_found_is_tried_again_until_it_is_told_to_be_gone(bench: Bench) -> None:
    """An API server that is starting finds nothing; what is unknown is nothing to do."""
    await bench.reconcile()
    bench.writer.gone = True
    bench.snapshots.known = Snapshot(CARELESS)
    assert await bench.reconcile(SECOND) == Outcome(written=False, again_in=GONE_DELAY)
    assert bench.teller.told == ["Assessed"]
    bench.registry.forget(KEY)
    assert await bench.reconcile(SECOND) == NOTHING_TO_DO


async def test_a_write_that_fails_is_told_and_tried_again(bench: Bench) -> None:
    """Nothing counts as written that was not, and its Event comes with the write."""
    bench.writer.unreachable = True
    with pytest.raises(UnreachableError):
        await bench.reconcile()
    assert bench.teller.told == []
    bench.writer.unreachable = False
    assert (await bench.reconcile()).written
    assert bench.teller.told == ["Assessed"]


async def test_what_was_made_from_an_older_version_is_tried_again(bench: Bench) -> None:
    """Nothing counts as written; once what has changed is known, it is."""
    bench.writer.version += 1
    assert (await bench.reconcile()).outdated
    assert bench.writer.written == bench.teller.told == []
    assert bench.shown('kube_assessor_status_writes_total{outcome="outdated"} 1.0')
    bench.observe()
    assert (await bench.reconcile()).written
    assert bench.teller.told == ["Assessed"]


@pytest.mark.parametrize("first", ["event", "outcome"])
@pytest.mark.parametrize("restarted", [True, False])
@pytest.mark.parametrize(
    "outcome",
    [Outdated("the next attempt"), Gone("starting"), UnreachableError("reset")],
    ids=lambda outcome: type(outcome).__name__,
)
async def test_a_write_whose_answer_got_lost_is_told_of(
    bench: Bench, outcome: WriteOutcome | ClusterError, *, restarted: bool, first: str
) -> None:
    """However its last attempt ended: what is stored is ours, and told by the next, once."""
    await bench.reconcile()
    if restarted:
        bench.stored()

    def event(status: dict[str, Any]) -> None:
        version = bench.writer.version
        bench.registry.observe(Observation(KEY, "u1", bench.version, version, {}, status))

    told = len(bench.teller.told)
    bench.snapshots.known = Snapshot(CARELESS)
    bench.writer.answer = outcome
    bench.writer.before_answer = event if first == "event" else None
    with contextlib.suppress(UnreachableError):
        assert not (await bench.reconcile(SECOND)).written
    assert bench.condition("Compliant")[0] == "False"
    assert len(bench.teller.told) == told
    if first == "outcome":
        event(bench.status)
    bench.writer.answer = bench.writer.before_answer = None
    assert (await bench.reconcile(SECOND)).written
    assert bench.teller.told[told:] == ["ComplianceChanged", "ControlFailed"]
    assert not (await bench.reconcile(SECOND)).written


async def test_an_unknown_or_leaving_namespace_is_left_alone(bench: Bench) -> None:
    """Nothing is judged that is not there, or that is being deleted."""
    going = msgspec.structs.replace(CARELESS.meta, deleting=True)
    for known in (None, Snapshot(Namespace(going))):
        bench.snapshots.known = known
        assert await bench.reconcile() == NOTHING_TO_DO
    assert bench.writer.written == []


async def test_an_unusable_spec_is_not_ready(bench: Bench) -> None:
    """The verdict of the spec before it is gone, and so are its metrics; nothing beats."""
    await bench.reconcile()
    bench.observe(interval="yesterday")
    outcome = await bench.reconcile(SECOND)
    assert outcome.written
    assert bench.condition("Ready") == ("False", "InvalidSpec")
    assert bench.condition("Compliant")[0] == "Unknown"
    assert {control["result"] for control in bench.status["controls"]} == {"Unknown"}
    assert bench.status["observedGeneration"] == 2
    assert not any(line.startswith("kube_assessor_score") for line in bench.samples())
    assert not (await bench.reconcile(1000 * HOUR)).written


async def test_an_unknown_profile_is_named(bench: Bench) -> None:
    """With the profiles that there are; and a spec that is mended is judged again."""
    bench.observe(profile="strictest")
    await bench.reconcile()
    assert bench.condition("Ready") == ("False", "ProfileNotFound")
    message = bench.status["conditions"][0]["message"]
    assert "'strictest'" in message
    assert "baseline, full, pss-baseline, pss-restricted, restricted" in message
    bench.observe(profile="baseline")
    await bench.reconcile(SECOND)
    assert bench.condition("Ready") == ("True", "Assessed")


async def test_a_suspended_assessment_is_left_as_it_is(bench: Bench) -> None:
    """Its verdicts stay as they were, whatever changes, and Compliant is Unknown meanwhile."""
    await bench.reconcile()
    judged = bench.status
    bench.observe(suspend=True)
    await bench.reconcile(SECOND)
    assert bench.condition("Ready") == ("True", "Suspended")
    assert bench.condition("Compliant") == ("Unknown", "Suspended")
    assert bench.status["observedGeneration"] == 2
    assert bench.status["controls"] == judged["controls"]
    bench.snapshots.known = Snapshot(CARELESS)
    assert not (await bench.reconcile(1000 * HOUR)).written
    bench.observe()
    await bench.reconcile(SECOND)
    assert bench.condition("Compliant")[0] == "False"


async def test_a_shorter_interval_holds_at_once(bench: Bench) -> None:
    """A change of the spec is written even where the verdict is the same."""
    await bench.reconcile()
    bench.observe(interval="1m")
    outcome = await bench.reconcile(SECOND)
    assert outcome.written
    assert outcome.again_in is not None
    assert outcome.again_in <= 60


@settings(deadline=None, max_examples=50)
@given(
    st.sampled_from([("1m", 60), ("90s", 90), ("1h", 3600), ("720h", 720 * 3600)]),
    st.lists(st.integers(-7200, 7200), max_size=8),
)
async def test_the_next_look_is_never_later_than_the_interval(
    interval: tuple[str, int], passing: list[int]
) -> None:
    """Also where the clock is set back; and a look at that moment is written."""
    bench = Bench()
    bench.observe(interval=interval[0])
    for seconds in (0, *passing):
        outcome = await bench.reconcile(seconds * SECOND)
        assert outcome.again_in is not None
        assert 0 < outcome.again_in <= interval[1]
    assert outcome.again_in is not None
    assert (await bench.reconcile(timedelta(seconds=outcome.again_in))).written


async def test_one_assessment_too_many_says_so_once(bench: Bench) -> None:
    """Without looking at the namespace, without series, and never again."""
    for number in range(MOST_JUDGED):
        key = AssessmentKey(KEY.namespace, f"a{number}")
        bench.registry.observe(Observation(key, key.name, 1, 1, {}, {}))
    bench.snapshots.known = None
    assert (await bench.reconcile()).written
    assert bench.condition("Ready") == ("False", "TooManyAssessments")
    assert bench.condition("Compliant") == ("Unknown", "TooManyAssessments")
    assert bench.samples() == []
    assert bench.teller.told == []
    assert not (await bench.reconcile(after=timedelta(days=1))).written
    assert len(bench.writer.written) == 1
