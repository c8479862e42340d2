"""Events wait for statuses, not for ever, and none is lost without a count."""

import asyncio
from contextlib import suppress

import pytest

from assessor.adapters.event_recorder import AssessmentRef
from assessor.controller import outbox
from assessor.controller.outbox import KEPT, Outbox
from assessor.kernel.errors import UnreachableError
from assessor.reporting.notes import Note
from tests.unit.controller.virtual_time import run_virtually

SUBJECT = AssessmentRef("payments", "baseline", "u1")
OTHER = AssessmentRef("other", "baseline", "u2")


class FakeRecorder:
    """Keeps when it was told what; what is in ``refused`` cannot be told."""

    def __init__(self) -> None:
        """Begin with nothing told."""
        self.told: list[tuple[str, float]] = []
        self.refused: set[str] = set()
        self.bugs: set[str] = set()
        self.away = False

    async def record(self, subject: AssessmentRef, note: Note) -> bool:
        """Keep the reason and the moment; it takes a second."""
        if note.reason in self.bugs:
            raise KeyError(note.reason)
        if self.away:
            raise UnreachableError("away")
        if note.reason in self.refused:
            return False
        await asyncio.sleep(1)
        told = note.reason if subject == SUBJECT else f"{subject.namespace}: {note.reason}"
        self.told.append((told, asyncio.get_running_loop().time()))
        return True


class Bench:
    """An outbox with everything around it."""

    def __init__(self, **how: float) -> None:
        """Nothing else is to do."""
        self.recorder, self.busy, self.dropped = FakeRecorder(), False, 0
        self.outbox = Outbox(
            self.recorder,
            busy=lambda: self.busy,
            on_dropped=self._drop,
            **how,  # type: ignore[arg-type] # capacity and patience
        )

    def _drop(self) -> None:
        self.dropped += 1

    def put(self, *reasons: str, of: AssessmentRef = SUBJECT) -> None:
        """Have some reasons told."""
        for reason in reasons:
            self.outbox.put(of, Note(reason, "Normal", reason, reason))

    @property
    def reasons(self) -> list[str]:
        """What was told, in order."""
        return [reason for reason, _ in self.recorder.told]


def test_notes_are_told_in_order() -> None:
    """At once where nothing else is to do."""

    async def scenario() -> Bench:
        bench = Bench()
        task = asyncio.create_task(bench.outbox.run())
        bench.put("A", "B")
        await asyncio.sleep(5)
        bench.put("C")
        await asyncio.sleep(5)
        task.cancel()
        return bench

    assert run_virtually(scenario()).recorder.told == [("A", 1), ("B", 2), ("C", 6)]


def test_statuses_go_first_but_not_for_ever() -> None:
    """While statuses wait so do notes, until their patience is over."""

    async def scenario() -> Bench:
        bench = Bench(patience=10)
        bench.busy = True
        task = asyncio.create_task(bench.outbox.run())
        bench.put("A")
        await asyncio.sleep(9)
        assert bench.reasons == []
        await asyncio.sleep(3)
        assert bench.reasons == ["A"]
        bench.put("B")
        await asyncio.sleep(2)
        assert bench.reasons == ["A"]
        bench.busy = False
        await asyncio.sleep(2)
        task.cancel()
        return bench

    assert run_virtually(scenario()).reasons == ["A", "B"]


def test_what_is_not_told_is_counted() -> None:
    """What cannot be told, and what is too much; the others are told."""

    async def scenario() -> Bench:
        bench = Bench(capacity=3)
        bench.recorder.refused = {"B"}
        bench.put("A", "B", "C", "D")
        await bench.outbox.drain(60)
        bench.put("E")
        await bench.outbox.drain(60)
        return bench

    bench = run_virtually(scenario())
    assert bench.reasons == ["A", "C", "E"]
    assert bench.dropped == 2


def test_who_has_much_to_tell_keeps_nobody_waiting() -> None:
    """Namespaces have their turns, and room for no more than is theirs."""

    async def scenario() -> Bench:
        bench = Bench(capacity=10, of_one=4)
        bench.put(*"ABCDEF")
        bench.put("G", "H", of=OTHER)
        await bench.outbox.drain(60)
        return bench

    bench = run_virtually(scenario())
    assert bench.reasons == ["A", "other: G", "B", "other: H", "C", "D"]
    assert bench.dropped == 2


def test_what_is_dropped_is_logged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever makes many makes no log of it, until there was room again."""
    logged: list[str] = []
    monkeypatch.setattr(outbox.log, "warning", lambda event, **_: logged.append(event))

    async def scenario() -> None:
        bench = Bench(of_one=1)
        for _ in range(2):
            bench.put(*"ABCD")
            await bench.outbox.drain(60)
        assert bench.dropped == 6

    run_virtually(scenario())
    assert logged == ["event dropped"] * 2


def test_what_was_being_told_is_told_at_the_end() -> None:
    """The task may be cancelled at any moment."""

    async def scenario() -> Bench:
        bench = Bench()
        task = asyncio.create_task(bench.outbox.run())
        bench.put("A", "B")
        await asyncio.sleep(0.5)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        bench.busy = True
        await bench.outbox.drain(60)
        return bench

    assert run_virtually(scenario()).reasons == ["A", "B"]


def test_the_end_is_not_put_off_for_ever() -> None:
    """What is left then is counted as not told."""

    async def scenario() -> Bench:
        bench = Bench()
        bench.put("A", "B", "C", "D")
        await bench.outbox.drain(2.5)
        assert asyncio.get_running_loop().time() == 2.5
        await bench.outbox.drain(2.5)
        return bench

    bench = run_virtually(scenario())
    assert bench.reasons == ["A", "B"]
    assert bench.dropped == 2


def test_an_outage_costs_no_note() -> None:
    """What cannot be told now is kept, in its order, but not for ever."""

    async def scenario() -> Bench:
        bench = Bench()
        bench.recorder.away = True
        task = asyncio.create_task(bench.outbox.run())
        bench.put("A", "B")
        await asyncio.sleep(100)
        assert (bench.reasons, bench.dropped) == ([], 0)
        bench.recorder.away = False
        await asyncio.sleep(60)
        assert bench.reasons == ["A", "B"]
        bench.recorder.away = True
        bench.put("C")
        await asyncio.sleep(2 * KEPT)
        bench.recorder.away = False
        bench.put("D")
        await asyncio.sleep(60)
        task.cancel()
        return bench

    bench = run_virtually(scenario())
    assert bench.reasons == ["A", "B", "D"]
    assert bench.dropped == 1


def test_a_bug_over_one_note_ends_nothing() -> None:
    """It is counted, and the next one is told."""

    async def scenario() -> Bench:
        bench = Bench()
        bench.recorder.bugs = {"A"}
        task = asyncio.create_task(bench.outbox.run())
        bench.put("A", "B")
        await asyncio.sleep(5)
        assert not task.done()
        task.cancel()
        return bench

    bench = run_virtually(scenario())
    assert bench.reasons == ["B"]
    assert bench.dropped == 1
