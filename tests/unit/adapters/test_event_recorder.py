"""Events are created once, counted after that, and never a reason to fail."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec
import pytest
from structlog.testing import capture_logs

from assessor.adapters.event_recorder import AssessmentRef, EventRecorder, event_name
from assessor.kernel.errors import (
    ClusterError,
    ConflictError,
    ForbiddenError,
    NotFoundError,
    UnreachableError,
)
from assessor.reporting.notes import Note

SUBJECT = AssessmentRef("payments", "baseline", "u-1")
NOTE = Note("ControlFailed", "Warning", "NET-01 fails", "NET-01")
EVENTS = "/api/v1/namespaces/payments/events"


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        """Start on a summer's noon."""
        self.time = datetime(2026, 7, 1, 12, tzinfo=UTC)

    def now(self) -> datetime:
        """What it was set to."""
        return self.time

    def monotonic(self) -> float:
        """Not asked for here."""
        return 0.0


class Events:
    """A store of Events that allows to create and to patch, as RBAC does."""

    def __init__(self) -> None:
        """Hold none."""
        self.held: dict[str, dict[str, Any]] = {}
        self.requests: list[tuple[str, str]] = []
        self.failures: list[ClusterError] = []

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: bytes,
        content_type: str,
    ) -> bytes:
        """Create or merge."""
        assert params is None
        self.requests.append((method, content_type))
        if self.failures:
            raise self.failures.pop(0)
        sent = msgspec.json.decode(body)
        if method == "POST":
            return self._create(path, sent)
        assert method == "PATCH"
        if path not in self.held:
            raise NotFoundError(404, "NotFound", path)
        self.held[path] |= sent
        return msgspec.json.encode(self.held[path])

    def _create(self, path: str, sent: dict[str, Any]) -> bytes:
        place = f"{path}/{sent['metadata']['name']}"
        if place in self.held:
            raise ConflictError(409, "AlreadyExists", place)
        self.held[place] = sent
        return msgspec.json.encode(sent)

    @property
    def only(self) -> dict[str, Any]:
        """The one Event there is."""
        (event,) = self.held.values()
        return event


@pytest.fixture
def events() -> Events:
    """No Events yet."""
    return Events()


@pytest.fixture
def clock() -> Clock:
    """Noon."""
    return Clock()


async def nap(_: float) -> None:
    """Sleep no time."""
    await asyncio.sleep(0)


def recorder(events: Events, clock: Clock) -> EventRecorder:
    """Make a recorder of a fresh process."""
    return EventRecorder(events, clock, instance="pod-1", sleep=nap)


async def test_an_event_is_about_the_assessment(events: Events, clock: Clock) -> None:
    """It has all that `kubectl describe` and `kubectl events` show."""
    await recorder(events, clock).record(SUBJECT, NOTE)
    name = event_name(SUBJECT, NOTE)
    assert events.held == {
        f"{EVENTS}/{name}": {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": name, "namespace": "payments"},
            "involvedObject": {
                "apiVersion": "kube-assessor.dev/v1alpha1",
                "kind": "SecurityAssessment",
                "namespace": "payments",
                "name": "baseline",
                "uid": "u-1",
            },
            "type": "Warning",
            "reason": "ControlFailed",
            "message": "NET-01 fails",
            "count": 1,
            "firstTimestamp": "2026-07-01T12:00:00Z",
            "lastTimestamp": "2026-07-01T12:00:00Z",
            "source": {"component": "kube-assessor"},
            "reportingComponent": "kube-assessor",
            "reportingInstance": "pod-1",
        }
    }


async def test_the_same_thing_again_is_counted(events: Events, clock: Clock) -> None:
    """One Event with the latest message and time; one request a repetition."""
    told = recorder(events, clock)
    await told.record(SUBJECT, NOTE)
    clock.time += timedelta(minutes=5)
    await told.record(SUBJECT, Note("ControlFailed", "Warning", "again", "NET-01"))
    assert events.only["count"] == 2
    assert events.only["message"] == "again"
    assert events.only["firstTimestamp"] == "2026-07-01T12:00:00Z"
    assert events.only["lastTimestamp"] == "2026-07-01T12:05:00Z"
    assert [method for method, _ in events.requests] == ["POST", "PATCH"]


async def test_counting_goes_on_after_a_restart(events: Events, clock: Clock) -> None:
    """Without the right to read an Event, the count is learnt from a patch's answer."""
    for _ in range(3):
        await recorder(events, clock).record(SUBJECT, NOTE)
    assert events.only["count"] == 3


async def test_an_expired_event_is_created_anew(events: Events, clock: Clock) -> None:
    """The API server drops Events after an hour."""
    told = recorder(events, clock)
    await told.record(SUBJECT, NOTE)
    await told.record(SUBJECT, NOTE)
    events.held.clear()
    await told.record(SUBJECT, NOTE)
    assert events.only["count"] == 1
    await told.record(SUBJECT, NOTE)
    assert events.only["count"] == 2


@pytest.mark.parametrize(
    ("subject", "note"),
    [
        (AssessmentRef("payments", "baseline", "u-2"), NOTE),
        (SUBJECT, Note("ControlRecovered", "Warning", "NET-01 fails", "NET-01")),
        (SUBJECT, Note("ControlFailed", "Warning", "NET-01 fails", "NET-02")),
    ],
)
async def test_different_things_are_different_events(
    events: Events, clock: Clock, subject: AssessmentRef, note: Note
) -> None:
    """Another incarnation, reason or key."""
    told = recorder(events, clock)
    await told.record(SUBJECT, NOTE)
    await told.record(subject, note)
    assert len(events.held) == 2


@pytest.mark.parametrize("order", [("Warning", "Normal"), ("Normal", "Warning")])
async def test_worse_and_better_are_two_events(
    events: Events, clock: Clock, order: tuple[Literal["Normal", "Warning"], ...]
) -> None:
    """An Event keeps the type of its first use, so the other direction needs one of its own."""
    told = recorder(events, clock)
    for kind in (*order, *order):
        await told.record(SUBJECT, Note("ComplianceChanged", kind, f"a {kind}", "compliance"))
    assert {event["type"]: event["message"] for event in events.held.values()} == {
        "Normal": "a Normal",
        "Warning": "a Warning",
    }
    assert [event["count"] for event in events.held.values()] == [2, 2]


def test_names_are_stable_and_valid() -> None:
    """The same for the same thing for ever; a DNS subdomain even for the longest name."""
    assert event_name(SUBJECT, NOTE) == "baseline.557e85b05b50cdc0"
    longest = AssessmentRef("n", "a" * 235 + "." + "b" * 17, "u")
    name = event_name(longest, NOTE)
    assert len(name) <= 253
    assert name.startswith("a" * 235 + ".")
    assert ".." not in name


@pytest.mark.parametrize("letter", ["x", "ä", "漢", "\N{GRINNING FACE}"])
async def test_long_messages_are_cut(events: Events, clock: Clock, letter: str) -> None:
    """At the API's limit in bytes, between characters, and visibly."""
    await recorder(events, clock).record(SUBJECT, Note("R", "Normal", letter * 2000, "k"))
    message = events.only["message"]
    assert 1020 <= len(message.encode()) <= 1024
    assert message == letter * (len(message) - 1) + "…"


async def test_a_message_of_just_the_limit_is_whole(events: Events, clock: Clock) -> None:
    """Nothing is cut without need."""
    await recorder(events, clock).record(SUBJECT, Note("R", "Normal", "x" * 1024, "k"))
    assert events.only["message"] == "x" * 1024


async def test_what_may_pass_is_tried_again(events: Events, clock: Clock) -> None:
    """A broken connection costs no Event."""
    events.failures = [UnreachableError("reset"), UnreachableError("reset")]
    assert await recorder(events, clock).record(SUBJECT, NOTE)
    assert events.only["count"] == 1


async def test_an_outage_is_raised(events: Events, clock: Clock) -> None:
    """Whoever keeps the note can tell it when the API server is back."""
    events.failures = [UnreachableError("away")] * 3
    told = recorder(events, clock)
    with pytest.raises(UnreachableError):
        await told.record(SUBJECT, NOTE)
    assert await told.record(SUBJECT, NOTE)
    assert events.only["count"] == 1


async def test_an_event_that_cannot_be_told_is_dropped(events: Events, clock: Clock) -> None:
    """It is logged, whoever asked knows, and the next one is told."""
    events.failures = [ForbiddenError(403, "Forbidden", "namespace is being terminated")]
    told = recorder(events, clock)
    with capture_logs() as logs:
        assert not await told.record(SUBJECT, NOTE)
    assert [(entry["event"], entry["assessment"]) for entry in logs] == [
        ("event dropped", "baseline")
    ]
    await told.record(SUBJECT, NOTE)
    assert events.only["count"] == 1


async def test_memory_is_bounded(events: Events, clock: Clock) -> None:
    """A forgotten Event is still counted right."""
    told = EventRecorder(events, clock, instance="pod-1", remembered=2, sleep=nap)
    notes = [Note("R", "Normal", "m", str(number)) for number in range(5)]
    for note in (*notes, *notes):
        await told.record(SUBJECT, note)
    assert len(told._counts) == 2
    assert [event["count"] for event in events.held.values()] == [2] * 5
