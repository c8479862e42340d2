"""Our own kind's watch: what is new, changed or gone is told, echoes of our own writes are not."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Any

import pytest

from assessor.adapters.informer import InformerSettings
from assessor.controller.assessment_watch import AssessmentWatch
from assessor.controller.assessments import AssessmentKey, Observation, Registry
from assessor.inventory.kinds import ASSESSMENTS
from assessor.kernel.errors import NotFoundError
from tests.unit.adapters.cluster_server import ClusterServer, Json, ManualClock, until

PATH = ASSESSMENTS.path
QUICK = InformerSettings(page_size=2, reconnect_delay=(0.001, 0.002), retry_delay=(0.001, 0.002))
PATIENT = InformerSettings(reconnect_delay=(600.0, 600.0), retry_delay=(600.0, 600.0))


def manifest(name: str, *, uid: str = "u", generation: int = 1, **status: Any) -> Json:
    """A SecurityAssessment as the API server sends it."""
    meta = {"name": name, "namespace": "payments", "uid": uid, "generation": generation}
    return {"metadata": meta, "spec": {"failOn": "Low"}, "status": status}


class Following:
    """A watch with its server, and what it told."""

    def __init__(self, settings: InformerSettings = QUICK) -> None:
        """Nothing was told yet."""
        self.server, self.registry = ClusterServer(), Registry()
        self.seen: list[Observation] = []
        self.at_start: list[str] = []
        self.deleted: list[str] = []
        self.errors = 0
        self.watch = AssessmentWatch(
            self.server,
            ManualClock(),
            self.registry,
            on_seen=self._observe,
            on_deleted=self._forget,
            on_error=self._count,
            settings=settings,
        )

    def _observe(self, seen: Observation, at_start: bool) -> None:  # noqa: FBT001 - the port's
        self.seen.append(seen)
        if at_start:
            self.at_start.append(seen.key.name)
        self.registry.observe(seen)

    def _forget(self, key: AssessmentKey, uid: str) -> None:
        if self.registry.forget(key, uid):
            self.deleted.append(key.name)

    def _count(self) -> None:
        self.errors += 1

    @property
    def names(self) -> list[str]:
        """Of what was seen, in order."""
        return [seen.key.name for seen in self.seen]

    def put(self, name: str, **how: Any) -> None:
        """Create or change one at the server, which tells of it."""
        self.server.put(PATH, manifest(name, **how))

    async def settle(self) -> None:
        """Wait until a watch is open and nothing is on its way."""
        await until(lambda: self.server.watching(PATH))
        await asyncio.sleep(0.01)


@pytest.fixture
async def following(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Following]:
    """Three that were listed, in pages of two."""
    monkeypatch.setattr("assessor.adapters.supervising.RESTART_DELAY", (0.001, 0.002))
    made = Following()
    for name in ("a", "b", "c"):
        made.put(name, score=3)
    task = asyncio.create_task(made.watch.run())
    await made.settle()
    yield made
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_all_that_there_are_are_seen_at_the_start(following: Following) -> None:
    """From every page, with spec and status, and they are told to come from the first list."""
    assert following.at_start == ["a", "b", "c"]
    assert following.seen[0].spec == {"failOn": "Low"}
    assert following.seen[0].status == {"score": 3}
    assert following.watch.listed


async def test_a_new_one_is_seen_as_such(following: Following) -> None:
    """It is no part of the first list, so it need not wait behind that."""
    following.put("d")
    await following.settle()
    assert following.names[-1] == "d"
    assert "d" not in following.at_start


async def test_an_echo_of_our_own_write_is_no_news(following: Following) -> None:
    """The answer to the write has told its version before."""
    key = AssessmentKey("payments", "a")
    following.registry.wrote(key, "u", {"score": 7}, following.server.version + 1)
    following.put("a", score=7)
    following.put("b", score=9)
    await following.settle()
    assert following.names == ["a", "b", "c", "b"]


async def test_a_deletion_is_told_even_where_no_event_told_of_it(following: Following) -> None:
    """By the event, or by the list that follows a watch that was lost."""
    following.server.remove(PATH, "payments", "a")
    following.server.remove(PATH, "payments", "b", seen=False)
    await following.settle()
    assert following.deleted == ["a"]
    following.server.send(PATH, b"not json")
    await until(lambda: following.deleted == ["a", "b"])


async def test_what_was_told_is_not_held_a_second_time(following: Following) -> None:
    """The Registry keeps it; a list that finds it as it was tells nobody."""
    held = list(following.watch.informer.store)
    assert [getattr(entry, "content", "none") for entry in held] == [None, None, None]
    following.server.send(PATH, b"not json")
    await until(lambda: following.watch.informer.stats.relists)
    await following.settle()
    assert following.names == ["a", "b", "c"]


async def test_one_that_was_made_anew_is_another(following: Following) -> None:
    """Both the end of the old one and the new one are told."""
    following.put("a", uid="anew")
    await following.settle()
    assert following.deleted == ["a"]
    known = following.registry.get(AssessmentKey("payments", "a"))
    assert known
    assert known.uid == "anew"


async def test_what_was_restored_from_a_backup_is_seen(following: Following) -> None:
    """Versions that went back mean that the storage did: what it holds now counts."""
    key = AssessmentKey("payments", "a")
    following.registry.wrote(key, "u", {"score": 7}, 50)
    following.put("a", score=7)
    await following.settle()
    following.server.version = 1
    following.server.put(PATH, manifest("a", score=1), seen=False)
    following.server.send(PATH, b"not json")
    await until(lambda: following.seen[-1].status == {"score": 1})
    known = following.registry.get(key)
    assert known
    assert known.version == 2
    assert known.stored.unpack() == {"score": 1}


async def test_one_that_cannot_be_read_is_counted_and_hides_no_other(following: Following) -> None:
    """The others' events go on coming, and it counts again once it can be read."""
    following.server.put(PATH, manifest("a", generation="many"))  # type: ignore[arg-type] # on purpose
    following.put("d")
    await following.settle()
    assert following.errors == 1
    assert following.names[-1] == "d"
    following.put("a", score=5)
    await following.settle()
    assert following.names[-1] == "a"


async def test_a_bug_over_one_hides_no_other(
    following: Following, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is counted."""
    observe = following.registry.observe

    def failing(seen: Observation) -> bool:
        if seen.key.name == "d":
            raise RuntimeError("bug")
        return observe(seen)

    monkeypatch.setattr(following.registry, "observe", failing)
    following.put("d")
    following.put("e")
    await following.settle()
    assert following.errors == 1
    assert following.registry.get(AssessmentKey("payments", "e"))


async def test_after_a_crash_all_is_compared_again(following: Following) -> None:
    """What the informer had taken in and not told is told; what is gone is forgotten."""
    key = AssessmentKey("payments", "a")
    following.registry.forget(key)
    phantom = AssessmentKey("payments", "phantom")
    following.registry.observe(Observation(phantom, "p", 1, 1, {}, {}))
    following.server.send(PATH, RuntimeError("bug"))
    await until(lambda: following.registry.get(key) is not None)
    assert following.registry.get(phantom) is None
    assert following.errors == 1


async def test_where_the_kind_appears_nobody_waits_for_it() -> None:
    """Its definition was missing; the pause between two attempts ends when told so."""
    following = Following(PATIENT)
    following.server.fail_list[PATH] = NotFoundError(404, "NotFound", "no such kind")
    task = asyncio.create_task(following.watch.run())
    await until(lambda: following.watch.informer.failing)
    assert not following.watch.listed
    del following.server.fail_list[PATH]
    following.put("a")
    following.watch.informer.hurry()
    await until(lambda: following.names == ["a"])
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_a_kind_that_appears_during_an_attempt_is_tried_again_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is told while the answer that there is no such kind is on its way is not forgotten."""
    following = Following(PATIENT)
    following.put("a")
    answer, refused = following.server.get, asyncio.Event()

    async def get(path: str, params: Mapping[str, str], **how: Any) -> bytes:
        if refused.is_set():
            return await answer(path, params, **how)
        refused.set()
        following.watch.informer.hurry()
        raise NotFoundError(404, "NotFound", "no such kind")

    monkeypatch.setattr(following.server, "get", get)
    task = asyncio.create_task(following.watch.run())
    await until(lambda: following.names == ["a"])
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
