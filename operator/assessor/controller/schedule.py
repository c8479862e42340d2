"""When which key is delivered: the work queue's rules, as data and without a clock.

A key is *dirty* from a change until its delivery; *processing* from a delivery until it is done;
*resting* for a moment after that. What is dirty and neither processing nor resting is *ready*.
"""

import heapq
import itertools
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable
from enum import IntEnum
from typing import Generic, NamedTuple

from msgspec import Struct

from assessor.adapters.turns import K, Turns

OVERTAKES = 16
"""Direct deliveries in a row that may overtake what waits in the other lane; then one of that
comes. However much changes directly, a fan-out or a heartbeat is late, but never put off for ever.
"""

OVERTAKES_OF_ONE = 2
"""The same of one group's: whoever changes very much directly overtakes nobody for long."""

AT_ONCE = 2
"""Keys of one group that are processed at once: what takes long leaves the others' workers free."""

HEAP_SLACK = 64
"""Alarms that may be out of date, besides as many as there are live ones."""


class Lane(IntEnum):
    """Ready keys of the lower lane are delivered first, but for one after ``OVERTAKES`` of them."""

    DIRECT = 0
    """Somebody changed this very thing."""
    BULK = 1
    """One change concerns very many, or it is time to look again."""


class Delivery(NamedTuple, Generic[K]):
    """A key to process, and the seconds that its oldest change has waited."""

    key: K
    waited: float


class _Dirty(Struct):
    """Undelivered changes of one key."""

    lane: Lane
    since: float
    ready_at: float


class _Alarm(Struct, frozen=True):
    """A key is to become dirty by itself."""

    at: float
    lane: Lane


class Schedule(Generic[K]):
    """Decides; whoever asks brings the time, in seconds, which must not run backwards.

    The first change of a key is ready at once. What changes within ``delay`` of its being done
    is taken together: ready when the key was left alone for ``delay``, at the latest ``cap``
    after the first of these changes, and not while the key is processed.

    Within a lane groups of keys have their turns one after the other, whatever their sizes: a
    change waits for one key at most of each other group, and for those of its own.
    """

    def __init__(
        self, *, delay: float, cap: float, group_of: Callable[[K], Hashable] = lambda key: key
    ) -> None:
        """``delay`` must not exceed ``cap``; both are seconds. Each key is a group by default."""
        if not 0 <= delay <= cap:
            raise ValueError(f"delay {delay} and cap {cap}: need 0 <= delay <= cap")
        self._delay, self._cap = delay, cap
        self._dirty: dict[K, _Dirty] = {}
        self._alarms: dict[K, _Alarm] = {}
        self._processing: dict[K, Lane] = {}
        self._rest_until: OrderedDict[K, float] = OrderedDict()
        self._group_of = group_of
        self._busy: Counter[Hashable] = Counter()
        self._ready: dict[Lane, Turns[K]] = {
            lane: Turns(group_of, self._busy, AT_ONCE) for lane in Lane
        }
        self._overtook: Counter[Hashable] = Counter()
        self._heap: list[tuple[float, int, K]] = []
        self._ticket = itertools.count()

    @property
    def depth(self) -> int:
        """Keys that are dirty; those that only wait for an alarm do not count."""
        return len(self._dirty)

    def oldest(self, now: float) -> float:
        """Seconds that the oldest undelivered change has waited; 0 where there is none."""
        return max((now - dirty.since for dirty in self._dirty.values()), default=0.0)

    def lane_of(self, key: K) -> Lane:
        """The lane through which a key came that is processed now; BULK for others."""
        return self._processing.get(key, Lane.BULK)

    # ── what comes in ─────────────────────────────────────────────────────────────────────────

    def add(self, key: K, lane: Lane, now: float) -> None:
        """Note a change: a delivery of ``key`` will begin after it."""
        dirty = self._dirty.get(key)
        if dirty is None:
            self._become_dirty(key, lane, now, now)
            return
        self._hurry(key, dirty, lane)
        if dirty.ready_at > now:
            settled = max(dirty.ready_at, now + self._delay)
            # No new alarm: the old one rings too early and is then set again, once.
            dirty.ready_at = min(dirty.since + self._cap, settled)

    def add_at(self, key: K, at: float, lane: Lane) -> None:
        """Deliver ``key`` at ``at`` at the latest; the earlier of two such requests wins.

        Any delivery that begins later than this call serves it as well.
        """
        alarm = self._alarms.get(key)
        if alarm is None or at < alarm.at:
            self._alarms[key] = _Alarm(at, lane)
            self._push(at, key)

    def forget(self, key: K) -> None:
        """Drop what waits for ``key``; a delivery that has begun is still to be done."""
        dirty = self._dirty.pop(key, None)
        if dirty:
            self._ready[dirty.lane].discard(key)
        self._alarms.pop(key, None)
        self._rest_until.pop(key, None)

    # ── what goes out ─────────────────────────────────────────────────────────────────────────

    def take(self, now: float) -> Delivery[K] | None:
        """Begin the delivery of the next ready key; None where there is none."""
        self._ring(now)
        lane = self._next_lane()
        if lane is None:
            return None
        key = self._ready[lane].pop()
        dirty = self._dirty.pop(key)
        self._alarms.pop(key, None)
        self._processing[key] = dirty.lane
        self._busy[self._group_of(key)] += 1
        return Delivery(key, now - dirty.since)

    def done(self, key: K, now: float) -> None:
        """End the delivery of ``key``; KeyError where there is none."""
        del self._processing[key]
        self._leave(self._group_of(key))
        self._rest(key, now)
        dirty = self._dirty.get(key)
        if dirty:
            dirty.ready_at = min(dirty.since + self._cap, now + self._delay)
            self._line_up(key, dirty, now)

    def wake_at(self, now: float) -> float | None:
        """When to look again: never later than the next key is ready; None for never."""
        if any(self._ready.values()):
            return now
        return self._heap[0][0] if self._heap else None

    # ── inside ────────────────────────────────────────────────────────────────────────────────

    def _next_lane(self) -> Lane | None:
        direct, bulk = self._ready[Lane.DIRECT], self._ready[Lane.BULK]
        if direct and not bulk:
            self._overtook.clear()
            return Lane.DIRECT
        if direct and self._may_overtake(direct.next_group):
            self._overtook[direct.next_group] += 1
            return Lane.DIRECT
        self._overtook.clear()
        return Lane.BULK if bulk else None

    def _may_overtake(self, group: Hashable) -> bool:
        return self._overtook.total() < OVERTAKES and self._overtook[group] < OVERTAKES_OF_ONE

    def _leave(self, group: Hashable) -> None:
        self._busy[group] -= 1
        if not self._busy[group]:
            del self._busy[group]

    def _become_dirty(self, key: K, lane: Lane, since: float, now: float) -> None:
        ready_at = max(now, min(since + self._cap, self._rest_until.get(key, now)))
        dirty = self._dirty[key] = _Dirty(lane, since, ready_at)
        if key not in self._processing:
            self._line_up(key, dirty, now)

    def _line_up(self, key: K, dirty: _Dirty, now: float) -> None:
        """Into its lane, or to the alarms until it is ready."""
        if dirty.ready_at <= now:
            self._ready[dirty.lane].add(key)
        else:
            self._push(dirty.ready_at, key)

    def _hurry(self, key: K, dirty: _Dirty, lane: Lane) -> None:
        """Move a dirty key to the faster of its lane and ``lane``."""
        if lane < dirty.lane:
            if key in self._ready[dirty.lane]:
                self._ready[dirty.lane].discard(key)
                self._ready[lane].add(key)
            dirty.lane = lane

    def _ring(self, now: float) -> None:
        """Take up all that is due."""
        while self._heap and self._heap[0][0] <= now:
            _, _, key = heapq.heappop(self._heap)
            alarm = self._alarms.get(key)
            if alarm and alarm.at <= now:
                del self._alarms[key]
                self._alarm(key, alarm, now)
            self._settle(key, now)

    def _alarm(self, key: K, alarm: _Alarm, now: float) -> None:
        dirty = self._dirty.get(key)
        if dirty:
            self._hurry(key, dirty, alarm.lane)
        else:
            self._become_dirty(key, alarm.lane, alarm.at, now)

    def _settle(self, key: K, now: float) -> None:
        """See whether a dirty key is ready by now."""
        dirty = self._dirty.get(key)
        if dirty and key not in self._processing and key not in self._ready[dirty.lane]:
            self._line_up(key, dirty, now)

    def _rest(self, key: K, now: float) -> None:
        self._rest_until[key] = now + self._delay
        self._rest_until.move_to_end(key)
        while self._rest_until and next(iter(self._rest_until.values())) <= now:
            self._rest_until.popitem(last=False)

    def _push(self, at: float, key: K) -> None:
        heapq.heappush(self._heap, (at, next(self._ticket), key))
        if len(self._heap) > 2 * (len(self._alarms) + len(self._dirty)) + HEAP_SLACK:
            self._rebuild()

    def _rebuild(self) -> None:
        """Drop the heap's entries that mean nothing any more: rare enough to cost O(1) a push."""
        waiting = [(alarm.at, key) for key, alarm in self._alarms.items()]
        waiting += [(dirty.ready_at, key) for key, dirty in self._dirty.items()]
        self._heap = [(at, next(self._ticket), key) for at, key in waiting]
        heapq.heapify(self._heap)
