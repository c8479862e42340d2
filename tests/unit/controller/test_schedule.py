"""The queue's rules hold for any history."""

from collections import defaultdict
from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.controller.schedule import HEAP_SLACK, OVERTAKES, Lane, Schedule

DELAY, CAP = 10, 100
"""Whole numbers, so that times compare exactly."""

KEYS = "abc"


class Add(NamedTuple):
    """A change, ``after`` the one before it."""

    after: int
    key: str
    lane: Lane


class Run(NamedTuple):
    """One delivery, from its start to its being done."""

    key: str
    start: int
    end: int
    waited: float


adds = st.lists(
    st.builds(
        Add,
        after=st.sampled_from([0, 1, 3, 9, 10, 11, 40, 101, 300]),
        key=st.sampled_from(KEYS),
        lane=st.sampled_from(Lane),
    ),
    max_size=40,
)
durations = st.lists(st.sampled_from([0, 1, 5, 10, 50, 95, 150]), min_size=1, max_size=5)


def simulate(history: list[Add], lengths: list[int], workers: int) -> tuple[list[Run], list[int]]:
    """Play a history to workers who take a key whenever they can; return runs and add times."""
    schedule: Schedule[str] = Schedule(delay=DELAY, cap=CAP)
    now, times, runs = 0, [], []
    busy: list[tuple[int, str]] = []
    for change in history:
        times.append((times[-1] if times else 0) + change.after)
    pending = list(zip(times, history, strict=True))
    while True:
        wake = schedule.wake_at(now)
        moments = [at for at, _ in busy] + [at for at, _ in pending[:1]]
        if wake is not None and len(busy) < workers:
            moments.append(max(now, int(wake)))
        if not moments:
            assert schedule.depth == 0
            return runs, times
        now = min(moments)
        for run in [run for run in busy if run[0] == now]:
            busy.remove(run)
            schedule.done(run[1], now)
        while pending and pending[0][0] == now:
            _, change = pending.pop(0)
            schedule.add(change.key, change.lane, now)
        while len(busy) < workers and (taken := schedule.take(now)):
            assert taken.key not in [key for _, key in busy], "two workers have one key"
            end = now + lengths[len(runs) % len(lengths)]
            runs.append(Run(taken.key, now, end, taken.waited))
            busy.append((end, taken.key))


def by_key(runs: list[Run]) -> dict[str, list[Run]]:
    """Group runs; those of one key stay in order."""
    grouped = defaultdict(list)
    for run in runs:
        grouped[run.key].append(run)
    return grouped


@given(adds, durations, st.integers(1, 3))
def test_no_change_is_lost(history: list[Add], lengths: list[int], workers: int) -> None:
    """Each change is followed by a delivery that begins no earlier than it."""
    runs, times = simulate(history, lengths, workers)
    for at, change in zip(times, history, strict=True):
        assert any(run.key == change.key and run.start >= at for run in runs)


@given(adds, durations, st.integers(1, 3))
def test_no_delivery_is_for_nothing(history: list[Add], lengths: list[int], workers: int) -> None:
    """Between the starts of two deliveries of one key there was a change of it."""
    runs, times = simulate(history, lengths, workers)
    for key, of_key in by_key(runs).items():
        changes = [at for at, change in zip(times, history, strict=True) if change.key == key]
        before = -1
        for run in of_key:
            assert any(before <= at <= run.start for at in changes)
            assert run.start - run.waited in changes, "the wait is counted from a change"
            before = run.start


@given(adds, durations, st.integers(1, 3))
def test_a_key_rests_between_deliveries(
    history: list[Add], lengths: list[int], workers: int
) -> None:
    """Deliveries of one key begin at least the delay apart, and never overlap."""
    runs, _ = simulate(history, lengths, workers)
    for of_key in by_key(runs).values():
        for earlier, later in pairwise(of_key):
            assert later.start >= max(earlier.end, earlier.start + DELAY)


@given(adds, durations)
def test_with_idle_workers_the_cap_holds(history: list[Add], lengths: list[int]) -> None:
    """No change waits longer than the cap, or than its key's running delivery."""
    runs, _ = simulate(history, lengths, workers=len(KEYS))
    for of_key in by_key(runs).values():
        ended = 0
        for run in of_key:
            assert run.start <= max(run.start - run.waited + CAP, ended)
            ended = run.end


@given(adds, durations)
def test_what_was_left_alone_is_delivered_at_once(history: list[Add], lengths: list[int]) -> None:
    """The first change after a rest is delivered in the moment it comes, given idle workers."""
    runs, _ = simulate(history, lengths, workers=len(KEYS))
    for of_key in by_key(runs).values():
        free = 0
        for run in of_key:
            if run.start - run.waited >= free:
                assert run.waited == 0
            free = run.end + DELAY


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(Lane)), max_size=30))
def test_direct_overtakes_bulk(changes: list[tuple[int, Lane]]) -> None:
    """All that is direct comes first, also what was bulk before, as long as it is not very much."""
    schedule: Schedule[int] = Schedule(delay=DELAY, cap=CAP)
    for key, lane in changes:
        schedule.add(key, lane, 0)
    direct = {key for key, lane in changes if lane is Lane.DIRECT}
    taken = []
    while delivery := schedule.take(0):
        taken.append(delivery.key)
    assert set(taken[: len(direct)]) == direct
    assert sorted(taken) == sorted({key for key, _ in changes})


def test_what_is_direct_starves_nobody() -> None:
    """However much keeps changing, each fan-out's key has its turn, in order."""
    schedule: Schedule[int] = Schedule(delay=0, cap=0)
    for key in (-1, -2):
        schedule.add(key, Lane.BULK, 0)
    taken = []
    for now in range(3 * OVERTAKES):
        schedule.add(now, Lane.DIRECT, now)
        delivery = schedule.take(now)
        assert delivery
        schedule.done(delivery.key, now)
        taken.append(delivery.key)
    assert [taken.index(key) for key in (-1, -2)] == [OVERTAKES, 2 * OVERTAKES + 1]


def fresh() -> Schedule[str]:
    """Make an empty schedule."""
    return Schedule(delay=DELAY, cap=CAP)


def run_once(schedule: Schedule[str], key: str, now: float) -> None:
    """Deliver ``key`` and be done with it in no time."""
    delivery = schedule.take(now)
    assert delivery
    assert delivery.key == key
    schedule.done(key, now)


def starts(schedule: Schedule[str], upto: int) -> list[int]:
    """The moments up to ``upto`` in which a key is delivered."""
    found = []
    for now in range(upto + 1):
        if delivery := schedule.take(now):
            schedule.done(delivery.key, now)
            found.append(now)
    return found


def test_a_stream_of_changes_is_delivered_once_per_cap() -> None:
    """While changes keep coming the key waits for the cap, then for the delay after the last."""
    schedule = fresh()
    schedule.add("a", Lane.DIRECT, 0)
    run_once(schedule, "a", 0)
    deliveries = []
    for now in range(1, 300):
        if now < 250 and now % 3 == 0:
            schedule.add("a", Lane.DIRECT, now)
        if delivery := schedule.take(now):
            deliveries.append(now)
            schedule.done(delivery.key, now)
    assert deliveries == [103, 205, 259]


def test_an_alarm_rings_once_and_the_earlier_one_wins() -> None:
    """Of two alarms for one key the earlier one delivers it, and the later one is gone."""
    schedule = fresh()
    schedule.add_at("a", 50, Lane.BULK)
    schedule.add_at("a", 30, Lane.BULK)
    schedule.add_at("a", 70, Lane.BULK)
    assert schedule.depth == 0
    assert starts(schedule, 200) == [30]


def test_a_delivery_removes_the_alarm() -> None:
    """A change that comes first serves the alarm as well."""
    schedule = fresh()
    schedule.add_at("a", 50, Lane.BULK)
    schedule.add("a", Lane.DIRECT, 0)
    assert starts(schedule, 200) == [0]


def test_an_alarm_during_a_delivery_is_kept() -> None:
    """What is asked for while the key is processed comes after it."""
    schedule = fresh()
    schedule.add("a", Lane.DIRECT, 0)
    schedule.take(0)
    schedule.add_at("a", 5, Lane.BULK)
    assert schedule.take(6) is None
    schedule.done("a", 7)
    assert starts(schedule, 100) == [17]


def test_an_alarm_waits_for_the_rest() -> None:
    """A key is not delivered twice within the delay, whoever asks."""
    schedule = fresh()
    schedule.add("a", Lane.DIRECT, 0)
    run_once(schedule, "a", 0)
    schedule.add_at("a", 1, Lane.BULK)
    assert starts(schedule, 100) == [10]


def test_a_forgotten_key_is_not_delivered() -> None:
    """Neither its changes nor its alarm are left."""
    schedule = fresh()
    schedule.add("a", Lane.DIRECT, 0)
    schedule.add_at("a", 50, Lane.BULK)
    schedule.forget("a")
    assert schedule.depth == 0
    assert starts(schedule, 100) == []


def test_the_lane_of_a_delivery_is_known_until_it_is_done() -> None:
    """A retry goes through the lane that the failed delivery came from."""
    schedule = fresh()
    schedule.add("a", Lane.BULK, 0)
    schedule.add("a", Lane.DIRECT, 0)
    schedule.take(0)
    assert schedule.lane_of("a") is Lane.DIRECT
    schedule.done("a", 1)
    assert schedule.lane_of("a") is Lane.BULK


def test_the_oldest_change_is_told() -> None:
    """Its age counts from the first undelivered change."""
    schedule = fresh()
    assert schedule.oldest(5) == 0
    schedule.add("a", Lane.BULK, 0)
    schedule.add("b", Lane.BULK, 3)
    schedule.add("a", Lane.BULK, 4)
    assert schedule.oldest(5) == 5


def test_superseded_alarms_do_not_pile_up() -> None:
    """A key that is delivered and asks for a far resync each time keeps a small heap."""
    schedule = fresh()
    for now in range(0, 20_000, 20):
        schedule.add("a", Lane.DIRECT, now)
        run_once(schedule, "a", now)
        schedule.add_at("a", now + 100_000, Lane.BULK)
    assert len(schedule._heap) <= HEAP_SLACK + 3
    assert len(schedule._rest_until) <= 1


def test_done_without_a_delivery_is_a_bug() -> None:
    """It is told at once, not hidden."""
    with pytest.raises(KeyError):
        fresh().done("a", 0)


def test_a_delay_beyond_the_cap_is_refused() -> None:
    """Both could not hold."""
    with pytest.raises(ValueError, match="cap"):
        Schedule(delay=2, cap=1)
