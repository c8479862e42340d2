"""Sharing of equal values, so that a thousand replicas cost one spec and one set of labels."""

from collections.abc import Hashable
from typing import TypeVar, cast

import msgspec

from assessor.inventory.meta import Labels

T = TypeVar("T", bound=Hashable)

HEAVIEST = 16 * 2**20
"""Bytes that the values of a generation may take, about."""

PER_QUOTE = 40
"""Bytes that each quotation mark stands for, about: a text takes more than its letters."""

NO_LABELS: Labels = {}
"""The labels of everything without labels."""


class Interner:
    """Returns an equal value that it has seen before, where it still remembers one.

    It must not keep for ever what the cluster has long forgotten, and neither a dict of labels
    nor a small struct can be referenced weakly without growing. So it remembers in two
    generations: when the young one is full it becomes the old one, and what was not asked for
    during a whole generation is dropped. Two generations at most outlive their use, in number and
    in weight: whoever makes and deletes objects, each of a megabyte of other labels, fills no
    memory with what no quota counts any more.
    """

    def __init__(self, generation_size: int = 8192, heaviest: int = HEAVIEST) -> None:
        """``generation_size``: values remembered before the older generation is dropped.

        ``heaviest``: bytes, about, of the same.
        """
        self._size, self._heaviest, self._weight = generation_size, heaviest, 0
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
        weight = _weight(value)
        if len(self._young) >= self._size or self._weight + weight > self._heaviest:
            self._old, self._young, self._weight = self._young, {}, 0
        self._weight += weight
        kept = self._old.get(key, value)
        # The key is the kept value itself where it can be, so that no second copy is held.
        self._young[kept if key is value else key] = kept
        return kept


def _weight(value: object) -> int:
    """Bytes that a value takes, about: by its JSON, which is fast to make."""
    encoded = msgspec.json.encode(value)
    return len(encoded) + PER_QUOTE * encoded.count(b'"')
