"""What an informer experiences, as a gap in the evidence."""

from typing import Any

import pytest

from assessor.adapters.contact import LONGEST_GRACE, Contact
from assessor.inventory.kinds import CORE_KINDS
from tests.unit.adapters.cluster_server import ManualClock

STALE_AFTER = 60.0
SILENCE = 90.0


@pytest.fixture
def clock() -> ManualClock:
    """A clock that is moved by hand."""
    return ManualClock()


def watching(clock: ManualClock, told: list[Any]) -> Contact:
    """A kind that was listed, and whose watch is open."""
    made = Contact(CORE_KINDS[0], clock, STALE_AFTER, told.append)
    made.opened(listed=True)
    told.clear()
    return made


async def test_a_quiet_kind_is_never_stale(clock: ManualClock) -> None:
    """Where nothing changes no bookmark comes either: its watch is found silent, and it is listed.

    Otherwise each quiet kind would turn every verdict to Unknown and back, every minute and a half.
    """
    told: list[Any] = []
    contact = watching(clock, told)
    for _ in range(3):
        clock.seconds += SILENCE
        contact.closed()
        contact.announce()
        assert contact.gap() is None
        assert contact.overdue, "the next cycle begins with a list"
        clock.seconds += LONGEST_GRACE / 2
        contact.opened(listed=True)
    contact.stop()
    assert told == []


async def test_without_a_list_after_it_a_silent_watch_is_stale_soon(clock: ManualClock) -> None:
    """What it missed meanwhile nobody knows."""
    told: list[Any] = []
    contact = watching(clock, told)
    clock.seconds += SILENCE
    contact.closed()
    clock.seconds += LONGEST_GRACE + 0.1
    contact.announce()
    contact.stop()
    assert contact.stale
    assert told == [CORE_KINDS[0]]


async def test_watches_that_end_as_they_begin_put_nothing_off(clock: ManualClock) -> None:
    """Only a watch that worked for a while has a grace."""
    contact = watching(clock, [])
    for _ in range(40):
        clock.seconds += 1
        contact.closed()
        clock.seconds += 1
        contact.opened(listed=False)
    contact.closed()
    contact.stop()
    assert contact.stale
