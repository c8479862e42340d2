"""Who is next of those that wait: groups in turn, so that a large one is slow, and no other is."""

from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class Turns(Generic[K]):
    """Keys that wait, in the order in which they came within their group."""

    def __init__(
        self, group_of: Callable[[K], Hashable], busy: Counter[Hashable], most: int
    ) -> None:
        """``group_of``: to whom a key belongs.

        A group has no turn while ``busy`` counts ``most`` keys of it that are worked on.
        """
        self._group_of, self._busy, self._most = group_of, busy, most
        self._groups: OrderedDict[Hashable, OrderedDict[K, None]] = OrderedDict()

    def __bool__(self) -> bool:
        """Whether it is anybody's turn."""
        return any(map(self._has_turn, self._groups))

    def __contains__(self, key: K) -> bool:
        """Whether this one waits."""
        return key in self._groups.get(self._group_of(key), ())

    @property
    def next_group(self) -> Hashable:
        """Whose turn it is; StopIteration where it is nobody's.

        Few groups are passed over: those that have workers.
        """
        return next(filter(self._has_turn, self._groups))

    def add(self, key: K) -> None:
        """Have it wait behind those of its group."""
        self._groups.setdefault(self._group_of(key), OrderedDict())[key] = None

    def discard(self, key: K) -> None:
        """Have it wait no more."""
        group = self._group_of(key)
        keys = self._groups.get(group, OrderedDict())
        keys.pop(key, None)
        if not keys:
            self._groups.pop(group, None)

    def _has_turn(self, group: Hashable) -> bool:
        return self._busy[group] < self._most

    def pop(self) -> K:
        """Take the first of the group whose turn it is; the group's next turn is the last one."""
        group = self.next_group
        key, _ = self._groups[group].popitem(last=False)
        self._groups.move_to_end(group)
        if not self._groups[group]:
            del self._groups[group]
        return key
