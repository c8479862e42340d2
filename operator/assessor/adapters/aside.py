"""Long events of a watch, decoded beside the event loop and beside the watch itself.

Somebody who stores a megabyte of text with each breath must not keep the events of all others
waiting behind it. So of each object only its latest event is decoded, and namespaces have turns.
"""

import asyncio
from collections import Counter
from collections.abc import Callable

from msgspec import Struct

from assessor.adapters.turns import Turns
from assessor.inventory.decoding import EventHead, EventType, MalformedRecord, WatchEvent

MOST_WAITING = 64 * 2**20
"""Bytes that wait at most before the watch does; one event of each object, none of what is gone."""

Place = tuple[str, str]
"""Namespace and name."""


class _Decoding(Struct):
    """What is being decoded; ``outdated`` where nobody wants to know any more."""

    place: Place
    outdated: bool = False


class Aside:
    """Takes events that are long, or of an object of which such a one waits; one event loop."""

    def __init__(
        self, decode: Callable[[bytes], WatchEvent], take: Callable[[WatchEvent], None]
    ) -> None:
        """``decode`` is called in threads, one at a time; ``take`` gets what comes of it."""
        self._decode, self._take = decode, take
        self._turns: Turns[Place] = Turns(lambda place: place[0], Counter(), 1)
        self._lines: dict[Place, bytes] = {}
        self._size = 0
        self._now: _Decoding | None = None
        self._task: asyncio.Task[None] | None = None
        self._room = asyncio.Event()
        self._error: Exception | None = None

    @property
    def idle(self) -> bool:
        """Whether nothing waits."""
        return not self._lines and self._now is None

    def holds(self, place: Place) -> bool:
        """Whether an event of this object waits, so that later ones have to."""
        if self._now and self._now.place == place and not self._now.outdated:
            return True
        return place in self._lines

    async def put(self, head: EventHead, line: bytes) -> None:
        """Have it decoded in its turn; what is deleted is so at once. Raises what ``take`` did."""
        self.check()
        place = head.namespace, head.name
        if head.type is EventType.DELETED:
            self.forget(place)
            gone = MalformedRecord(head.namespace, head.name, head.uid, "deleted")
            self._take(WatchEvent(EventType.DELETED, gone, head.resource_version))
            return
        self._drop(place)
        self._turns.add(place)
        self._lines[place] = line
        self._size += len(line)
        if self._task is None:
            self._task = asyncio.create_task(self._work())
        while self._size > MOST_WAITING:
            self._room.clear()
            await self._room.wait()
            self.check()

    def forget(self, place: Place) -> None:
        """Of this object something newer is known."""
        self._drop(place)
        if self._now and self._now.place == place:
            self._now.outdated = True

    def check(self) -> None:
        """Raise what went wrong since the last time."""
        error, self._error = self._error, None
        if error:
            raise error

    def clear(self) -> None:
        """Forget all that waits: something newer tells of everything."""
        for place in tuple(self._lines):
            self._drop(place)
        self._room.set()
        if self._now:
            self._now.outdated = True

    def stop(self) -> None:
        """Forget all, and end what is under way."""
        self.clear()
        if self._task:
            self._task.cancel()

    async def _work(self) -> None:
        try:
            while self._lines:
                place, line = self._next()
                self._now = _Decoding(place)
                event = await asyncio.to_thread(self._decode, line)
                outdated, self._now = self._now.outdated, None
                if not outdated:
                    self._take(event)
        except Exception as error:  # noqa: BLE001 - raised where the watch is followed
            self._error = error
            self.clear()
        finally:
            self._now = self._task = None

    def _next(self) -> tuple[Place, bytes]:
        """The object whose turn it is."""
        place = self._turns.pop()
        line = self._lines.pop(place)
        self._size -= len(line)
        self._room.set()
        return place, line

    def _drop(self, place: Place) -> None:
        self._turns.discard(place)
        self._size -= len(self._lines.pop(place, b""))
