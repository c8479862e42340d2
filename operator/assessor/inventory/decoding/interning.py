"""Sharing of equal values, so that a thousand replicas cost one spec and one set of labels."""

from collections.abc import Hashable
from typing import TypeVar, cast

from assessor.inventory.meta import Labels

T = TypeVar("T", bound=Hashable)

NO_LABELS: Labels = {}
"""The labels of everything without labels."""


class Interner:
    """Returns an equal value that it has seen before, where it still remembers one.

    It must not keep for ever what the cluster has long forgotten, and neither a dict of labels
    nor a small struct can be referenced weakly without growing. So it remembers in two
    generations: when the young one is full it becomes the old one, and what was not asked for
    during a whole generation is dropped. At most ``2 * generation_size`` values outlive their use.
    """

    def __init__(self, generation_size: int = 8192) -> None:
        """``generation_size``: values remembered before the older generation is dropped."""
        self._size = generation_size
        self._young: dict[Hashable, object] = {}
        self._old: dict[Hashable, object] = {}

    def __len__(self) -> int:
        """How many values are remembered."""
        return len(self._young.keys() | self._old.keys())

    def share(self, value: T) -> T:
        """A value equal to ``value``: the one that is already in use, if any."""
        return cast("T", self._remember(value, value))

    def labels(self, labels: dict[str, str] | None) -> Labels:
        """The same for a mapping; the API server sorts keys, so equal ones are spelt alike."""
        if not labels:
            return NO_LABELS
        return cast("Labels", self._remember(tuple(labels.items()), labels))

    def _remember(self, key: Hashable, value: object) -> object:
        known = self._young.get(key)
        if known is not None:
            return known
        if len(self._young) >= self._size:
            self._old, self._young = self._young, {}
        kept = self._old.get(key, value)
        # The key is the kept value itself where it can be, so that no second copy is held.
        self._young[kept if key is value else key] = kept
        return kept
