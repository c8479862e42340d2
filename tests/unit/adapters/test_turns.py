"""Groups have their turns: one with thousands of keys keeps no other waiting."""

from collections import Counter

from assessor.controller.schedule import AT_ONCE, Lane, Schedule

CROWD = [f"crowd/{number:04}" for number in range(10_000)]


def schedule() -> Schedule[str]:
    """One whose groups are what stands before the slash."""
    return Schedule(delay=1, cap=10, group_of=lambda key: key.partition("/")[0])


def taken(of: Schedule[str], now: float) -> str:
    """Deliver one, and be done with it."""
    delivery = of.take(now)
    assert delivery
    of.done(delivery.key, now)
    return delivery.key


def test_a_neighbour_is_next_however_many_wait() -> None:
    """In either lane, and whichever lane the crowd is in, for at most a few deliveries."""
    for crowded in Lane:
        for lane in Lane:
            of = schedule()
            for key in CROWD:
                of.add(key, crowded, 0)
            taken(of, 0)
            of.add("neighbour/a", lane, 0)
            assert "neighbour/a" in [taken(of, 0) for _ in range(4)]


def test_who_changes_all_the_time_gives_way() -> None:
    """A crowd that never rests leaves every third delivery to what is not direct."""
    of = schedule()
    for number in range(300):
        of.add(f"other{number}/a", Lane.BULK, 0)
    served: Counter[str] = Counter()
    for number in range(300):
        for key in (CROWD[2 * number], CROWD[2 * number + 1]):
            of.add(key, Lane.DIRECT, 0)
        served[taken(of, 0).rstrip("0123456789")[:5]] += 1
    assert served["other"] == 100


def test_the_crowd_is_served_as_well() -> None:
    """All of it, in its order."""
    of = schedule()
    for key in CROWD:
        of.add(key, Lane.BULK, 0)
    assert [taken(of, 0) for _ in CROWD] == CROWD
    assert of.take(0) is None


def test_one_group_has_few_workers() -> None:
    """What of it is worked on for long leaves the others free; when it is done, the next comes."""
    of = schedule()
    for key in CROWD:
        of.add(key, Lane.DIRECT, 0)
    held = [of.take(0) for _ in range(AT_ONCE)]
    assert all(held)
    assert of.take(0) is None
    assert of.wake_at(0) is None
    of.add("neighbour/a", Lane.BULK, 0)
    assert taken(of, 0) == "neighbour/a"
    of.done(CROWD[0], 0)
    assert of.wake_at(0) == 0
    assert taken(of, 0) == CROWD[AT_ONCE]
