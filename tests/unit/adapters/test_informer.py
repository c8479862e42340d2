"""The informer: its store equals the server's, and what it does not know it says."""

import asyncio
from collections.abc import AsyncIterator, Collection

import msgspec
import pytest

from assessor.adapters.contact import CONFIRMED_AFTER
from assessor.adapters.informer import Informer, InformerSettings
from assessor.inventory.kinds import CORE_KINDS, Evidence
from assessor.inventory.snapshot import GapReason
from assessor.kernel.errors import (
    ApiStatusError,
    ExpiredError,
    ForbiddenError,
    ThrottledError,
    UnauthorizedError,
    UnreachableError,
)
from tests.unit.adapters.cluster_server import END, ClusterServer, ManualClock, account, until

KIND = next(kind for kind in CORE_KINDS if kind.evidence is Evidence.SERVICE_ACCOUNTS)
PATH = KIND.path
FORBIDDEN = ForbiddenError(403, "Forbidden", "serviceaccounts is forbidden")
GONE = '{"type":"ERROR","object":{"code":410,"reason":"Expired","message":"too old"}}'

QUICK = InformerSettings(
    stale_after=60.0, page_size=2, reconnect_delay=(0.001, 0.002), retry_delay=(0.001, 0.002)
)


class Running:
    """An informer that runs, with what it told."""

    def __init__(self, settings: InformerSettings = QUICK) -> None:
        """Nothing was told yet."""
        self.server, self.clock = ClusterServer(), ManualClock()
        self.dirty: list[str] = []
        self.gaps = 0
        self.informer = Informer(
            KIND,
            self.server,
            self.clock,
            on_change=lambda _, namespaces: self.dirty.extend(namespaces),
            on_gap_change=lambda _: self._count(),
            settings=settings,
        )

    def _count(self) -> None:
        self.gaps += 1

    @property
    def names(self) -> set[tuple[str, str]]:
        """What the store holds of namespaces a and b."""
        store = self.informer.store
        return {(namespace, name) for namespace in "ab" for name in store.names(namespace)}

    async def settle(self) -> None:
        """Wait until a watch is open."""
        await until(lambda: self.server.watching(PATH))

    async def relisted(self) -> None:
        """Wait for a list that is not the first."""
        before = len(self.server.lists)
        await until(lambda: len(self.server.lists) > before)
        await self.settle()


def gap_reason(running: Running) -> GapReason | None:
    """Why the kind is no evidence."""
    gap = running.informer.gap()
    return gap.reason if gap else None


@pytest.fixture
async def started() -> AsyncIterator[Running]:
    """An informer of two accounts in namespace a, synced and watching."""
    running = Running()
    for name in ("one", "two"):
        running.server.put(PATH, account(name))
    task = asyncio.create_task(running.informer.run())
    await running.settle()
    await until(lambda: running.informer.synced)
    yield running
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_it_lists_and_follows(started: Running) -> None:
    """Each namespace that changes is told once for the list, and with each event."""
    assert started.names == {("a", "one"), ("a", "two")}
    assert started.dirty == ["a"]
    assert started.informer.gap() is None
    started.server.put(PATH, account("three", "b"))
    started.server.remove(PATH, "a", "one")
    await until(lambda: len(started.dirty) == 3)
    assert started.dirty == ["a", "b", "a"]
    assert started.names == {("a", "two"), ("b", "three")}


async def test_what_no_check_reads_changes_nothing(started: Running) -> None:
    """An annotation is no change; the field that is read is one."""
    started.server.put(PATH, account("one", irrelevant={"x": 1}))
    started.server.put(PATH, account("one", automountServiceAccountToken=False))
    await until(lambda: len(started.dirty) > 1)
    assert started.informer.stats.events == 2
    assert started.informer.stats.changes == 3


async def test_a_long_list_comes_in_pages(started: Running) -> None:
    """All of them count, whatever the size of a page."""
    for number in range(7):
        started.server.put(PATH, account(f"more-{number}"), seen=False)
    started.server.send(PATH, GONE.encode())
    await started.relisted()
    await until(lambda: len(started.names) == 9)


@pytest.mark.parametrize(
    "end",
    [
        END,
        UnreachableError("reset"),
        ThrottledError(429, "", "", 0.0),
        UnauthorizedError(401, "", ""),
    ],
)
async def test_an_end_that_says_nothing_of_the_stream_is_gone_on_from(
    started: Running, end: Exception | None
) -> None:
    """No second list: the next watch begins where the last event left off."""
    started.server.put(PATH, account("three"))
    await until(lambda: ("a", "three") in started.names)
    version, lists = str(started.server.version), len(started.server.lists)
    watches = len(started.server.watches)
    started.server.send(PATH, end)
    await until(lambda: len(started.server.watches) > watches)
    await started.settle()
    assert started.server.watches[-1] == (PATH, version)
    assert len(started.server.lists) == lists
    assert started.informer.gap() is None


async def test_expired_in_the_stream_finds_the_deletions(started: Running) -> None:
    """What was deleted while nobody listened is told after the list that follows a 410."""
    started.server.remove(PATH, "a", "one", seen=False)
    started.dirty.clear()
    started.server.send(PATH, GONE.encode())
    await started.relisted()
    assert started.names == {("a", "two")}
    assert started.dirty == ["a"]
    assert started.informer.stats.relists == 1


async def test_expired_at_the_opening_finds_the_deletions(started: Running) -> None:
    """The same where the server refuses the old version before it sends anything."""
    started.server.remove(PATH, "a", "one", seen=False)
    started.server.fail_watch[PATH] = ExpiredError(410, "Expired", "too old")
    started.server.send(PATH, END)
    await until(lambda: started.informer.stats.errors["ExpiredError"] > 0)
    del started.server.fail_watch[PATH]
    await until(lambda: started.names == {("a", "two")})


@pytest.mark.parametrize("line", [b"{not json", b'{"type":"NONSENSE","object":{}}'])
async def test_a_garbled_line_is_followed_by_a_list(started: Running, line: bytes) -> None:
    """Nobody knows what it should have said."""
    started.server.put(PATH, account("missed"), seen=False)
    started.server.send(PATH, line)
    await started.relisted()
    assert ("a", "missed") in started.names


@pytest.mark.parametrize("kind", ["ADDED", "MODIFIED", "DELETED"])
async def test_an_event_that_names_nothing_is_followed_by_a_list(
    started: Running, kind: str
) -> None:
    """It may have told of the deletion of anything."""
    started.server.remove(PATH, "a", "one", seen=False)
    started.server.send(PATH, f'{{"type":"{kind}","object":{{"spec":1}}}}'.encode())
    await until(lambda: started.names == {("a", "two")})
    assert started.informer.stats.errors["RecordError"] == 1
    assert started.informer.store.malformed("a") == []


async def test_a_list_of_objects_without_names_is_listed_again(started: Running) -> None:
    """No event would ever mend them, so no watch is waited for; meanwhile all is incomplete."""
    nameless = account("one")
    del nameless["metadata"]["name"]
    kept = started.server.objects[PATH]
    started.server.objects[PATH] = {("a", "one"): nameless}
    started.server.send(PATH, GONE.encode())
    await until(lambda: started.informer.stats.errors["RecordError"] > 2)
    assert started.informer.store.malformed("a")
    started.server.objects[PATH] = kept
    await until(lambda: started.names == {("a", "one"), ("a", "two")})


async def test_an_object_of_another_shape_is_held_as_such(started: Running) -> None:
    """It is no record, the namespace is told, and a later good version mends it."""
    started.server.put(PATH, account("one", automountServiceAccountToken="perhaps"))
    await until(lambda: started.informer.store.malformed("a"))
    (broken,) = started.informer.store.malformed("a")
    assert broken.name == "one"
    assert "automountServiceAccountToken" in broken.message
    assert [r.meta.name for r in started.informer.store.records("a")] == ["two"]
    assert started.informer.store.malformed("b") == []
    started.server.put(PATH, account("one"))
    await until(lambda: not started.informer.store.malformed("a"))


async def test_refused_from_the_start_is_a_gap_at_once() -> None:
    """403 before anything was read: Forbidden, until a grant lets it list."""
    running = Running()
    running.server.put(PATH, account("one"))
    running.server.fail_list[PATH] = FORBIDDEN
    task = asyncio.create_task(running.informer.run())
    await until(lambda: running.informer.refused)
    gap = running.informer.gap()
    assert gap is not None
    assert gap.reason is GapReason.FORBIDDEN
    assert not running.informer.synced
    del running.server.fail_list[PATH]
    await until(lambda: running.informer.gap() is None)
    assert running.names == {("a", "one")}
    task.cancel()


async def test_a_short_refusal_is_not_believed(started: Running) -> None:
    """An API server that starts refuses everybody: what was read stays evidence meanwhile."""
    started.server.fail_list[PATH] = started.server.fail_watch[PATH] = FORBIDDEN
    started.server.send(PATH, END)
    await until(lambda: started.informer.stats.errors["ForbiddenError"] > 3)
    assert started.informer.gap() is None
    assert started.names == {("a", "one"), ("a", "two")}
    assert started.gaps == 1, "only the first sync was told"


async def test_a_lasting_refusal_is(started: Running) -> None:
    """Then nothing that was known before is kept, and everybody is told."""
    started.server.fail_list[PATH] = started.server.fail_watch[PATH] = FORBIDDEN
    started.server.send(PATH, END)
    await until(lambda: started.informer.stats.errors["ForbiddenError"] > 1)
    started.clock.seconds += CONFIRMED_AFTER
    await until(lambda: started.informer.refused)
    assert started.names == set()
    assert started.gaps == 2


async def test_without_contact_it_goes_stale(started: Running) -> None:
    """Not at once, but after the time that was set; and a list mends it."""
    started.server.fail_watch[PATH] = UnreachableError("refused")
    started.server.fail_list[PATH] = UnreachableError("refused")
    started.server.send(PATH, UnreachableError("reset"))
    await until(lambda: started.informer.stats.errors["UnreachableError"] > 2)
    assert started.informer.gap() is None
    started.clock.seconds += QUICK.stale_after + 1
    await until(lambda: started.informer.stale)
    gap = started.informer.gap()
    assert gap is not None
    assert gap.reason is GapReason.STALE
    lists = len(started.server.lists)
    started.server.fail_watch.clear()
    started.server.fail_list.clear()
    await until(lambda: started.informer.gap() is None)
    assert len(started.server.lists) > lists, "what was restored meanwhile is listed, not resumed"


async def test_a_quiet_open_watch_does_not_go_stale(started: Running) -> None:
    """A kind in which nothing happens is not one that nobody hears of."""
    started.clock.seconds += QUICK.stale_after * 10
    assert started.informer.gap() is None


async def test_after_a_bug_nothing_is_taken_for_granted() -> None:
    """Whoever runs it again gets a list, not the rest of a stream."""
    running = Running()
    running.server.put(PATH, account("one"))
    broken = [True]

    def change(_: object, namespaces: Collection[str]) -> None:
        if broken.pop() if broken else False:
            raise RuntimeError("a bug")
        running.dirty.extend(namespaces)

    running.informer._on_change = change
    with pytest.raises(RuntimeError):
        await running.informer.run()
    lists = len(running.server.lists)
    task = asyncio.create_task(running.informer.run())
    await until(lambda: running.informer.synced)
    assert len(running.server.lists) > lists
    task.cancel()


@pytest.mark.parametrize(
    "error",
    [
        UnreachableError("no answer to the watch"),
        ThrottledError(429, "TooManyRequests", "", 0.0),
        ApiStatusError(500, "InternalError", "watch cache"),
        ExpiredError(410, "Expired", "too old"),
    ],
)
async def test_a_list_without_its_watch_is_no_contact(started: Running, error: Exception) -> None:
    """Lists that are never taken in keep nothing fresh: the kind goes stale."""
    started.server.fail_watch[PATH] = error
    started.server.send(PATH, END)
    await until(lambda: started.informer.stats.errors[type(error).__name__] > 0)
    started.clock.seconds += QUICK.stale_after / 2 + 1
    lists = len(started.server.lists)
    await until(lambda: len(started.server.lists) > lists + 1)
    started.clock.seconds += QUICK.stale_after / 2
    await until(lambda: started.informer.stale)
    assert gap_reason(started) is GapReason.STALE
    started.server.fail_watch.clear()
    await until(lambda: started.informer.gap() is None)


async def test_a_watch_that_ends_as_it_begins_is_listed_in_time(started: Running) -> None:
    """Its answer tells nothing of what was missed: a list does, before the kind is stale."""
    started.server.remove(PATH, "a", "one", seen=False)
    started.server.end_watches.add(PATH)
    started.server.send(PATH, END)
    lists = len(started.server.lists)
    for _ in range(7):
        watches = len(started.server.watches)
        await until(lambda seen=watches: len(started.server.watches) > seen + 1)
        assert len(started.server.lists) == lists
        started.clock.seconds += QUICK.stale_after / 14
    started.clock.seconds += 1
    await until(lambda: started.names == {("a", "two")})
    assert not started.informer.stale
    assert started.gaps == 1, "only the first sync was told"


async def test_an_informer_that_raises_over_each_list_goes_stale(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What it could not take in is no evidence, however often it lists."""
    running = Running()

    def replace(_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(running.informer.store, "replace", replace)
    running.clock.seconds += QUICK.stale_after + 1
    for _ in range(3):
        with pytest.raises(RuntimeError):
            await running.informer.run()
    assert running.informer.stale


async def test_silence_counts_from_the_last_line() -> None:
    """A watch that brings something now and then stays open; one that brings nothing is cut."""
    running = Running(msgspec.structs.replace(QUICK, silence=0.2))
    task = asyncio.create_task(running.informer.run())
    await running.settle()
    for _ in range(8):
        await asyncio.sleep(0.05)
        running.server.send(PATH, b"")
    assert len(running.server.watches) == 1
    assert running.informer.stats.errors == {}
    await until(lambda: running.informer.stats.errors["UnreachableError"] == 1)
    task.cancel()
