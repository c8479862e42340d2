"""Long events: the latest of each object, namespaces in turn, and nothing that is over."""

import asyncio
import threading

import pytest

from assessor.adapters.aside import MOST_WAITING, Aside
from assessor.adapters.store import identity
from assessor.inventory.decoding import EventHead, EventType, MalformedRecord, WatchEvent


class Bench:
    """An Aside whose decoding goes on when it is let."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.taken: list[str] = []
        self.decoded: list[str] = []
        self.error: Exception | None = None
        self._may = threading.Semaphore(0)
        self.aside = Aside(self._decode, self._take)

    def _decode(self, line: bytes) -> WatchEvent:
        self._may.acquire(timeout=10)
        self.decoded.append(line.decode())
        namespace, name, text = line.decode().split("/")
        return WatchEvent(EventType.MODIFIED, MalformedRecord(namespace, name, "", text.strip()))

    def _take(self, event: WatchEvent) -> None:
        if self.error:
            raise self.error
        assert isinstance(event.entry, MalformedRecord)
        namespace, name, _ = identity(event.entry)
        self.taken.append(f"{namespace}/{name}/{event.entry.message}")

    async def put(self, line: str, kind: EventType = EventType.MODIFIED) -> None:
        """An event told of this."""
        namespace, name, _ = line.split("/")
        await self.aside.put(EventHead(kind, namespace, name), line.encode())

    async def finish(self, more: int = 100) -> None:
        """Let so many be decoded, and wait for them."""
        self._may.release(more)
        while not self.aside.idle:  # noqa: ASYNC110 - a test
            await asyncio.sleep(0.01)


@pytest.fixture
def bench() -> Bench:
    """Everything around it."""
    return Bench()


async def test_only_the_latest_is_decoded(bench: Bench) -> None:
    """Whoever stores faster than it is decoded costs one decoding at a time."""
    for number in range(50):
        await bench.put(f"a/x/{number}")
        await asyncio.sleep(0)
    await bench.finish()
    assert bench.taken[-1] == "a/x/49"
    assert len(bench.decoded) <= 2


async def test_namespaces_have_turns(bench: Bench) -> None:
    """One of many objects is behind one of few."""
    for number in range(9):
        await bench.put(f"a/x{number}/1")
    await bench.put("b/y/1")
    await bench.finish()
    assert "b/y/1" in bench.taken[:3]
    assert len(bench.taken) == 10


async def test_what_is_deleted_is_so_at_once(bench: Bench) -> None:
    """And what waits of it, or is being decoded, is not taken in afterwards."""
    await bench.put("a/x/1")
    await asyncio.sleep(0.05)
    await bench.put("a/y/1")
    for name in "xy":
        await bench.put(f"a/{name}/2", EventType.DELETED)
    assert bench.taken == ["a/x/deleted", "a/y/deleted"]
    await bench.finish()
    assert bench.taken == ["a/x/deleted", "a/y/deleted"]
    assert not bench.aside.holds(("a", "x"))


async def test_what_was_listed_is_newer(bench: Bench) -> None:
    """A list tells of everything; so does an event that was decoded elsewhere, of its object."""
    for name in "xyz":
        await bench.put(f"a/{name}/1")
    await asyncio.sleep(0.05)
    bench.aside.forget(("a", "y"))
    assert [bench.aside.holds(("a", name)) for name in "xyz"] == [True, False, True]
    bench.aside.clear()
    await bench.finish()
    assert bench.taken == []


async def test_what_goes_wrong_is_raised_where_the_watch_is_followed(bench: Bench) -> None:
    """Once; and what comes then is taken in."""
    bench.error = KeyError("bug")
    await bench.put("a/x/1")
    await bench.put("a/y/1")
    await bench.finish()
    with pytest.raises(KeyError):
        bench.aside.check()
    bench.aside.check()
    bench.error = None
    await bench.put("a/z/1")
    await bench.finish()
    assert bench.taken == ["a/z/1"]


async def test_the_watch_waits_where_very_much_does(bench: Bench) -> None:
    """Of very many objects; each is held as long as it is."""
    large = " " * (MOST_WAITING // 4)
    for number in range(5):
        await bench.put(f"a/x{number}/1{large}")
    late = asyncio.create_task(bench.put(f"a/late/1{large}"))
    await asyncio.sleep(0.05)
    assert not late.done()
    await bench.finish()
    await late
    await bench.finish()
    assert bench.taken[-1] == "a/late/1"
    assert len(bench.taken) == 6
