"""Derive once from a snapshot, or from a root of it, what several checks ask for many times."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from assessor.inventory.ownership import RootController
from assessor.inventory.snapshot import Snapshot

S = TypeVar("S", Snapshot, RootController)
T = TypeVar("T")


def once_per_snapshot(derive: Callable[[Snapshot], T]) -> Callable[[Snapshot], T]:
    """Make ``derive`` run once for each snapshot."""
    return _once(derive)


def once_per_root(derive: Callable[[RootController], T]) -> Callable[[RootController], T]:
    """Make ``derive`` run once for each root controller of a snapshot."""
    return _once(derive)


def _once(derive: Callable[[S], T]) -> Callable[[S], T]:
    """The result stands in the object's own dict, and so is forgotten together with the object.

    There ``functools.cached_property`` keeps its values, too.
    """
    key = f"{derive.__module__}.{derive.__qualname__}"

    @wraps(derive)
    def derived(source: S) -> T:
        kept = vars(source)
        if key not in kept:
            kept[key] = derive(source)
        value: T = kept[key]
        return value

    return derived
