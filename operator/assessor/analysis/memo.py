"""Derive once from a snapshot what several checks ask for many times."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from assessor.inventory.snapshot import Snapshot

T = TypeVar("T")


def once_per_snapshot(derive: Callable[[Snapshot], T]) -> Callable[[Snapshot], T]:
    """Make ``derive`` run once for each snapshot.

    The result stands in the snapshot's own dict, where ``functools.cached_property`` keeps its
    values too, and so is forgotten together with the snapshot.
    """
    key = f"{derive.__module__}.{derive.__qualname__}"

    @wraps(derive)
    def derived(snapshot: Snapshot) -> T:
        kept = vars(snapshot)
        if key not in kept:
            kept[key] = derive(snapshot)
        value: T = kept[key]
        return value

    return derived
