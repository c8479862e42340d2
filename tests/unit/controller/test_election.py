"""Who leads, in virtual time: never two, never nobody for long, whatever happens to requests."""

import asyncio
import contextlib
import datetime as dt
import random
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from assessor.adapters.leases import LeaseSpec
from assessor.controller.election import RELEASE_TIMEOUT, Elector
from assessor.controller.leadership import LeadershipLostError, Seat, Timing
from assessor.kernel.errors import ConflictError
from tests.unit.controller.lease_server import Line, Server, Severed
from tests.unit.controller.virtual_time import run_virtually

TIMING = Timing()
NEVER = float("inf")


class LoopClock:
    """The event loop's time, with a wall clock that is wrong by ``skew`` seconds."""

    def __init__(self, skew: float = 0.0) -> None:
        """Be right by default."""
        self.skew = skew

    def now(self) -> dt.datetime:
        """Some date."""
        return dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(
            seconds=self.monotonic() + self.skew
        )

    def monotonic(self) -> float:
        """Seconds since the loop began."""
        return asyncio.get_running_loop().time()


def elector(line: Line, name: str, skew: float = 0.0) -> Elector:
    """Make one that stands for ``name``."""
    return Elector(line, LoopClock(skew), seat=Seat("system", "lease", name, TIMING))


def virtually(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """Run a test in virtual time."""

    def run() -> None:
        run_virtually(test())

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    return run


def now() -> float:
    """Virtual seconds."""
    return asyncio.get_running_loop().time()


async def dies(elected: Elector, after: float) -> None:
    """Keep the lease for some time, then never be heard of again."""
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(elected.hold(), after)


@virtually
async def test_the_first_leads_at_once() -> None:
    """And its lease says so, as others read it."""
    server = Server()
    first = elector(Line(server), "a")
    assert not first.holds
    await first.acquire()
    assert first.holds
    assert now() == 0
    assert server.lease
    assert server.lease.spec == LeaseSpec(
        holder_identity="a",
        lease_duration_seconds=15,
        acquire_time="2026-01-01T00:00:00.000000Z",
        renew_time="2026-01-01T00:00:00.000000Z",
        lease_transitions=0,
    )


@virtually
async def test_a_lease_that_is_given_back_is_taken_at_once() -> None:
    """Whoever follows it does not wait for its next look."""
    server = Server()
    first, second = elector(Line(server), "a"), elector(Line(server), "b")
    await first.acquire()
    standing = asyncio.create_task(second.acquire())
    await dies(first, 7)
    assert not standing.done()
    begun = now()
    await first.release()
    assert not first.holds
    await standing
    assert now() == begun
    assert server.lease
    assert server.lease.spec.lease_transitions == 1


@pytest.mark.parametrize("deaf", [False, True], ids=["following", "deaf"])
@pytest.mark.parametrize("skew", [-3600.0, 0.0, 3600.0])
def test_a_lease_that_nobody_renews_runs_out(deaf: bool, skew: float) -> None:  # noqa: FBT001
    """After its duration by the clock of who waits: what another machine's says does not count."""

    async def run() -> None:
        server = Server()
        line = Line(server)
        line.deaf = deaf
        first, second = elector(Line(server), "a"), elector(line, "b", skew)
        await first.acquire()
        standing = asyncio.create_task(second.acquire())
        await dies(first, 31)
        renewed = now() - 1
        await standing
        late = TIMING.retry * 1.1 if deaf else 0
        assert renewed + TIMING.duration <= now() <= renewed + TIMING.duration * 1.1 + late + 0.1
        assert not first.holds

    run_virtually(run())


@virtually
async def test_a_leader_without_an_api_server_gives_up_before_another_may_lead() -> None:
    """The deadline is shorter than the duration, and counts from when the renewal was sent."""
    server = Server()
    line = Line(server)
    first, second = elector(line, "a"), elector(Line(server), "b")
    await first.acquire()
    standing = asyncio.create_task(second.acquire())
    await dies(first, 5)
    line.cut = True
    with pytest.raises(LeadershipLostError, match="not renewed for 10 s: connection refused"):
        await first.hold()
    assert now() == 4 + TIMING.deadline
    assert not first.holds
    assert not standing.done()
    await standing
    assert server.holder == "b"


@virtually
async def test_a_leader_survives_a_short_absence_of_the_api_server() -> None:
    """Shorter than the deadline."""
    line = Line(Server())
    first = elector(line, "a")
    await first.acquire()
    holding = asyncio.create_task(first.hold())
    line.cut = True
    await asyncio.sleep(9)
    line.cut = False
    await asyncio.sleep(100)
    assert first.holds
    holding.cancel()


@virtually
async def test_a_leader_whose_lease_another_took_ends() -> None:
    """As it finds by its next renewal, long before its deadline."""
    server = Server()
    first = elector(Line(server), "a")
    await first.acquire()
    server.store(LeaseSpec(holder_identity="b", lease_duration_seconds=15))
    with pytest.raises(LeadershipLostError, match="held by b"):
        await first.hold()
    assert now() == TIMING.retry
    assert not first.holds


@virtually
async def test_a_lease_that_somebody_deleted_or_touched_is_kept() -> None:
    """Nobody else holds it, so it is still ours."""
    server = Server()
    first = elector(Line(server), "a")
    await first.acquire()
    server.lease = None
    await dies(first, 3)
    assert server.holder == "a"
    assert server.lease
    server.store(server.lease.spec)
    await dies(first, 3)
    assert first.holds


@virtually
async def test_nothing_is_given_back_that_is_another_s() -> None:
    """Who has lost the lease leaves it alone; who never had it, too."""
    server = Server()
    first, second = elector(Line(server), "a"), elector(Line(server), "b")
    await first.acquire()
    await second.release()
    assert server.holder == "a"
    server.store(LeaseSpec(holder_identity="c", lease_duration_seconds=15))
    await first.release()
    assert server.holder == "c"


@virtually
async def test_giving_back_does_not_hold_up_the_end() -> None:
    """An API server that is away gets no lease back; it runs out by itself."""
    line = Line(Server())
    first = elector(line, "a")
    await first.acquire()
    line.cut = True
    await first.release()
    assert not first.holds


@virtually
async def test_a_renewal_that_was_on_its_way_does_not_keep_the_lease() -> None:
    """It arrives between the look and the giving back: the lease is given back all the same."""
    server = Server()
    line = Line(server)
    first, second = elector(line, "a"), elector(Line(server), "b")
    await first.acquire()
    standing = asyncio.create_task(second.acquire())
    await dies(first, 5)
    look = line.requests + 1

    def renew(number: int) -> None:
        if number == look + 1 and server.lease:
            server.store(server.lease.spec)

    line.under_way = renew
    begun = now()
    await first.release()
    await standing
    assert now() - begun < RELEASE_TIMEOUT
    assert server.holder == "b"


@pytest.mark.parametrize("there", [True, False], ids=["free", "absent"])
@pytest.mark.parametrize("late", [False, True], ids=["before it looks", "after"])
def test_who_ends_while_it_takes_the_lease_leaves_it_free(*, there: bool, late: bool) -> None:
    """Whenever the request arrives that was on its way."""

    async def run() -> None:
        server = Server()
        if there:
            server.store(LeaseSpec(holder_identity="", lease_duration_seconds=1))
        line = Severed(server)
        first, second = elector(line, "a"), elector(Line(server), "b")
        taking = asyncio.create_task(first.acquire())
        await line.sent.wait()
        taking.cancel()
        await asyncio.wait([taking])
        assert line.arrive
        if not late:
            line.arrive()
        await first.release()
        if late:
            with pytest.raises(ConflictError):
                line.arrive()
        await second.acquire()
        assert now() == 0

    run_virtually(run())


@virtually
async def test_who_was_refused_the_lease_gives_nothing_back() -> None:
    """Nothing of it is on its way any more, whatever becomes of the lease."""
    server = Server()
    line = Line(server)

    def be_late(number: int) -> None:
        if number == 2:
            server.store(LeaseSpec(holder_identity="b", lease_duration_seconds=15))

    line.under_way = be_late
    first = elector(line, "a")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(first.acquire(), 5)
    server.lease = None
    await first.release()
    assert server.lease is None


@virtually
async def test_a_lease_that_somebody_deleted_stays_with_its_holder() -> None:
    """Who stood by lets it be made anew; only where its holder is gone it is taken, in time."""
    server = Server()
    line = Line(server)
    first, second = elector(line, "a"), elector(Line(server), "b")
    await first.acquire()
    standing = asyncio.create_task(second.acquire())
    await dies(first, 3)
    holding = asyncio.create_task(first.hold())
    await asyncio.sleep(0.5)
    server.remove()
    await asyncio.sleep(30)
    assert not standing.done()
    assert server.holder == "a"
    holding.cancel()
    server.remove()
    begun = now()
    await standing
    assert now() - begun <= TIMING.duration


@virtually
async def test_one_renewal_that_hangs_is_not_the_last() -> None:
    """As over a connection that something in between has forgotten: there is time for another."""
    line = Line(Server())
    first = elector(line, "a")
    await first.acquire()
    line.takes = [3600, 2]
    await dies(first, 60)
    assert first.holds


@virtually
async def test_a_rival_is_not_fought_without_a_pause() -> None:
    """Somebody changes the lease before each renewal: it is tried again, ever more slowly."""
    server = Server()
    line = Line(server)
    first = elector(line, "a")
    await first.acquire()

    def touch(_: int) -> None:
        assert server.lease
        server.store(server.lease.spec)

    line.under_way = touch
    with pytest.raises(LeadershipLostError, match="not renewed for 10 s"):
        await first.hold()
    assert 10 < line.requests < 100


@virtually
async def test_a_lease_never_runs_out_before_its_holder_s_deadline() -> None:
    """It names whole seconds, and no fewer than are meant."""
    server, timing = Server(), Timing(duration=10.4, deadline=10.3)
    await Elector(Line(server), LoopClock(), seat=Seat("system", "lease", "a", timing)).acquire()
    assert server.lease
    assert server.lease.spec.lease_duration_seconds == 11


@pytest.mark.parametrize("seed", range(40))
def test_never_two_lead(seed: int) -> None:
    """Three processes that die, hang and come back over lines that delay and lose requests."""
    rng = random.Random(seed)  # noqa: S311 - a reproducible story

    async def live(server: Server, name: str, leaders: list[Elector], terms: list[str]) -> None:
        for life in range(4):
            me = elector(Line(server, rng), f"{name}{life}", rng.uniform(-99, 99))
            leaders.append(me)
            await me.acquire()
            terms.append(name)
            with contextlib.suppress(TimeoutError, LeadershipLostError):
                await asyncio.wait_for(me.hold(), rng.choice((3.0, 20.0, 60.0)))
            # Half of them end in order, half by kill -9.
            if rng.random() < 0.5:
                await me.release()
            else:
                # Its lease runs out, and so does what it takes for its right.
                await asyncio.sleep(rng.uniform(0, 30))
                leaders.remove(me)

    async def run() -> None:
        server, leaders, terms = Server(), list[Elector](), list[str]()

        async def watch() -> None:
            while True:
                assert sum(each.holds for each in leaders) <= 1
                await asyncio.sleep(0.05)

        watching = asyncio.create_task(watch())
        async with asyncio.TaskGroup() as group:
            for name in "abc":
                group.create_task(live(server, name, leaders, terms))
        assert len(terms) == 12
        assert not watching.done()
        watching.cancel()

    run_virtually(run())
